"""A Query as the words that ask it, and back: one grammar for every surface.

    /emailstats newsletter-may
    /emailstats "Spring is here" last 7d by day list:"Customers NL"
"""

import re
from dataclasses import replace

from reports.period import SINCE_SENT, Period
from reports.query import UNITS, Query

#: A quoted text with a key before it or not, in straight quotes or in those that keyboards make of them; or a word.
_TOKEN = re.compile(r'(?:(\w+):)?(?:"((?:[^"\\]|\\.)*)"|[“„«]([^“”„«»]*)[“”»])|(\S+)', re.DOTALL)
_PRESETS = {
    "24h": "24h",
    "24 hours": "24h",
    "48h": "48h",
    "48 hours": "48h",
    "7d": "7d",
    "7 days": "7d",
    "30d": "30d",
    "30 days": "30d",
    "all": "all",
}


class Misunderstood(ValueError):
    """Words that are no command; the text says which and what would be."""


def parse(text: str, asker: Query) -> Query:
    """The query that `text` asks; zone, locale and sections are `asker`'s. Raises Misunderstood.

    Options may stand anywhere behind the name; case and the kind of quotes do not matter.
    """
    tokens = _tokens(text)
    name: list[str] = []
    query = asker
    while tokens:
        key, word, quoted = tokens.pop(0)
        lowered = word.lower()
        if key == "list":
            query = replace(query, list_name=word)
        elif not quoted and lowered in ("last", "first") and name and tokens:
            query = replace(query, period=_period(tokens))
        elif not quoted and lowered == "by" and name and tokens:
            query = replace(query, unit=_unit(tokens.pop(0)[1]))
        else:
            name.append(f"{key}:{word}" if key else word)
    if not name:
        raise Misunderstood("Which e-mail? Give its name, its subject in quotes, or `latest`.")
    return replace(query, email=" ".join(name))


def to_command(query: Query) -> str:
    """The command that asks this, so that `parse` gives it back."""
    words = ["/emailstats", _quoted(query.email)]
    if query.period.preset in SINCE_SENT:
        words.append(f"last {query.period.preset}")
    if query.unit != "auto":
        words.append(f"by {query.unit}")
    if query.list_name is not None:
        words.append(f"list:{_quoted(query.list_name, always=True)}")
    return " ".join(words)


def _quoted(name: str, *, always: bool = False) -> str:
    if not always and re.fullmatch(r"[\w.-]+", name):
        return name
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _tokens(text: str) -> list[tuple[str | None, str, bool]]:
    """Key before a colon (of quoted text, or `list:word`), the word, and whether it was quoted."""
    found: list[tuple[str | None, str, bool]] = []
    for key, quoted, curly, word in _TOKEN.findall(text):
        if word:
            head, colon, rest = word.partition(":")
            listed = head.lower() == "list" and colon and rest
            found.append(("list", rest, False) if listed else (None, word, False))
        else:
            found.append((key.lower() or None, curly or re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL), True))
    return found


def _period(tokens: list[tuple[str | None, str, bool]]) -> Period:
    said = tokens.pop(0)[1].lower()
    if said.isdigit() and tokens:
        said = f"{said} {tokens.pop(0)[1].lower()}"
    if said not in _PRESETS:
        raise Misunderstood(f"“last {said}” is no period here; there are last 24h, 48h, 7d, 30d and all.")
    return Period(_PRESETS[said])


def _unit(said: str) -> str:
    if said.lower() not in UNITS:
        raise Misunderstood(f"“by {said}” is no unit here; there are by hour, by day and by week.")
    return said.lower()
