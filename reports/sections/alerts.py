"""What is unusual of an e-mail: rates far from those of earlier e-mails of its type, and how often chance does so.

It is made to be subscribed to, some hours after each send and without empty ones: it has a figure only where there is
something to look at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from reports.anomalies import ENOUGH, History, chance, history_of
from reports.facts import Facts
from reports.metrics import METRICS, Better, Rate, rate
from reports.numbers import write_count, write_counted
from reports.period import SETTLED_AFTER
from reports.query import Query
from reports.report import Column, Result, Table, Unit, Value
from reports.section import Section
from reports.sections._lists import whole_only
from reports.text import plain, shortened

TITLE = "What is unusual"
_WATCHED = ("bounce_rate", "spam_rate", "unsubscribe_rate", "click_rate")
#: Told when chance makes it less often. Five sides are watched, so one e-mail in forty is told of for nothing, if all
#: were as rare as they are called.
_RARE = 1 / 200
#: Beyond it the tail of no model is to be trusted.
_RAREST = 10_000
_AUTOMATED = "An automated e-mail is sent on and on: watched are those that are sent at once."
_COLUMNS = (
    Column("what", "What", Unit.TEXT),
    Column("rate", "Rate", Unit.RATE),
    Column("usual", "Usual", Unit.RATE),
    Column("by_chance", "By chance", Unit.TEXT),
)


@dataclass(frozen=True, slots=True)
class _Unusual:
    found: Rate
    history: History
    chance: float

    @property
    def high(self) -> bool:
        return (self.found.value or 0) > self.history.mean


def build(query: Query, facts: Facts) -> Result:
    if facts.email.automated:
        return Result(
            "alerts", TITLE, notes=("An automated e-mail is sent on and on: watched are those sent at once.",)
        )
    histories = {key: history for key in _WATCHED if (history := _history(key, facts))}
    if not histories:
        return Result("alerts", TITLE, notes=(_too_few(query, facts),))
    unusual = [one for key, history in histories.items() if (one := _unusual(key, history, facts))]
    rows = tuple(_row(one, query) for one in sorted(unusual, key=lambda one: one.chance))
    table = Table(_COLUMNS, rows, len(rows)) if rows else None
    return Result("alerts", TITLE, table=table, notes=tuple(_notes(query, facts, nothing=not rows)))


def _unusual(key: str, history: History, facts: Facts) -> _Unusual | None:
    found = rate(key, facts.counts)
    if found.value is None:
        return None
    one = _Unusual(found, history, chance(found.numerator, found.denominator, history))
    # What has not happened yet is no news: people are still to click.
    early = not one.high and not _settled(facts)
    told = one.high or found.metric.better is Better.UP
    return one if one.chance < _RARE and told and not early else None


def _history(key: str, facts: Facts) -> History | None:
    metric = METRICS[key]
    return history_of([(metric.numerator(peer.counts), metric.denominator(peer.counts)) for peer in facts.peers])


def _settled(facts: Facts) -> bool:
    sent, last = facts.email.sent_at, facts.last_event_at
    return sent is not None and last is not None and last - sent >= SETTLED_AFTER


def _row(one: _Unusual, query: Query) -> tuple[Value, ...]:
    direction = "high" if one.high else "low"
    often = min(_RAREST, round(1 / max(one.chance, 1 / (2 * _RAREST))))
    once = f"once in {write_count(_rounded(often), query.locale)} e-mails"
    once = f"less than {once}" if often == _RAREST else f"about {once}"
    usual = Fraction(one.history.mean).limit_denominator(10_000_000)
    return f"{one.found.metric.label} is {direction}", one.found.value, usual, once


def _rounded(number: int) -> int:
    """To one digit: it is an estimate."""
    return round(number, 1 - len(str(number)))


def _too_few(query: Query, facts: Facts) -> str:
    written = write_counted(
        len(facts.peers), "earlier e-mail of its type is", "earlier ones of its type are", query.locale
    )
    return f"{written} known, and {ENOUGH} are needed to tell what is usual."


def _notes(query: Query, facts: Facts, *, nothing: bool) -> Iterator[str]:
    written = write_counted(len(facts.peers), "earlier e-mail", "earlier e-mails", query.locale)
    of_type = f" of the type “{shortened(plain(facts.email.type), 80)}”" if facts.email.type else ""
    if nothing:
        yield f"Nothing is unusual: bounces, spam reports, unsubscribes and clicks are as in the {written}{of_type}."
    else:
        yield f"Usual is the rate of the {written}{of_type}; by chance is how often one of those lies as far from it."
    if not _settled(facts):
        yield "Few clicks are not told of before three days have passed."
    yield from whole_only(query, "What is unusual is")


SECTION = Section(TITLE, frozenset({"counts", "peers"}), build)
