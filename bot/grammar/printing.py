"""The command that asks a query: what is printed under every answer, and kept in buttons."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.grammar.asking import FILTERS, OTHER_COMMANDS, RECENT
from bot.grammar.periods import OPENING
from bot.grammar.words import COMMAND, in_quotes
from reports.period import Period
from reports.query import Filters, Query
from reports.section import Scope
from reports.views import DEFAULT, all_words, options_of, scope_of, sections_of, word_of

#: A name of such words alone is typed without quotes.
_BARE = re.compile(r"[\w.-]+(?: [\w.-]+)*")
#: Words that begin an option: in a name they are quoted, so that no later option can change what a command means.
_RESERVED = {"to", "by", "per", "vs", "versus", *OPENING}


def to_command(query: Query) -> str:
    """The command that asks a query; zone and locale come from who asks it."""
    word, scope = word_of(query.sections), scope_of(query.sections)
    parts = [COMMAND] if word == DEFAULT else [COMMAND, word]
    if scope is Scope.ALL:
        parts += [_quoted(query.filters.name)] if query.filters.name else []
        parts += [f"{key}:{_value(text)}" for key, text in _filters(query.filters)]
    else:
        parts.append(" vs ".join(_quoted(name) for name in (query.email, *query.others)))
    parts += _period(query.period, scope)
    if query.unit != "auto":
        parts.append(f"by {query.unit}")
    if query.list_name is not None:
        parts.append(f"list:{in_quotes(query.list_name)}")
    parts += [f"{key}:{_value(value)}" for key, value in query.options]
    return " ".join(parts)


def to_commands(query: Query) -> tuple[str, ...]:
    """The commands that ask a query: one for each of its sections where no word asks for all of them together."""
    if sections_of(word_of(query.sections)) == query.sections:
        return (to_command(query),)
    alone = ((name, options_of((name,))) for name in query.sections)
    return tuple(
        to_command(replace(query, sections=(name,), options=tuple(pair for pair in query.options if pair[0] in takes)))
        for name, takes in alone
    )


def _filters(filters: Filters) -> Iterator[tuple[str, str]]:
    for key, field in FILTERS.items():
        value = getattr(filters, field)
        if value is not None and value is not False:
            yield key, "yes" if value is True else value


def _period(period: Period, scope: Scope) -> list[str]:
    if period.preset == "dates":
        return [f"since {period.first}" if period.last is None else f"from {period.first} to {period.last}"]
    usual = RECENT if scope is Scope.ALL else Period()
    if period == usual:
        return []
    return ["all time"] if period.preset == "all" else [f"last {period.preset.replace('d', ' days')}"]


def _quoted(name: str) -> str:
    words = name.casefold().split(" ")
    bare = _BARE.fullmatch(name) and _RESERVED.isdisjoint(words) and words[0] not in {*OTHER_COMMANDS, *all_words()}
    return name if bare else in_quotes(name)


def _value(value: str) -> str:
    return value if re.fullmatch(r"#?[\w.-]+", value) else in_quotes(value)
