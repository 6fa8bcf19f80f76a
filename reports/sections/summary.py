"""The rates, the deliverability and what was not sent, of an e-mail or of one of its recipient lists."""

from reports.facts import Counts, Facts
from reports.metrics import rate
from reports.numbers import write_count, write_counted
from reports.query import Query
from reports.report import Column, Figure, Result, Table, Unit
from reports.section import Section
from reports.sections._lists import OVERLAP, counts_of, unknown_list

TITLE = "Summary"

#: In the order in which they are shown; the first three are the headline.
RATES = (
    "open_rate",
    "click_rate",
    "click_through_rate",
    "delivery_rate",
    "bounce_rate",
    "unsubscribe_rate",
    "spam_rate",
    "reply_rate",
    "identifiable_open_rate",
    "raw_open_rate",
)

_COUNTS = (
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("bounced_hard", "Hard bounces"),
    ("bounced_soft", "Soft bounces"),
    ("pending", "Pending"),
    ("unsubscribed", "Unsubscribed"),
    ("complained", "Spam reports"),
    ("not_sent", "Not sent"),
)
#: Shown though they are 0: a reader looks for them.
_ALWAYS = {"sent", "delivered", "bounced_hard", "unsubscribed", "complained"}


def build(query: Query, facts: Facts) -> Result:
    counts = counts_of(query, facts)
    if counts is None:
        return Result("summary", TITLE, notes=(unknown_list(query, facts),))
    figures = tuple(rate_figure(key, counts) for key in RATES)
    return Result(
        section="summary",
        title=TITLE if query.list_name is None else f"{TITLE}: list {query.list_name}",
        figures=figures,
        table=_deliverability(query, facts, counts),
        notes=tuple(_notes(query, counts)),
    )


def rate_figure(key: str, counts: Counts) -> Figure:
    found = rate(key, counts)
    return Figure(
        key=key,
        label=found.metric.label,
        unit=Unit.RATE,
        value=found.value,
        numerator=found.numerator,
        denominator=found.denominator,
        low=found.low,
        high=found.high,
    )


def _deliverability(query: Query, facts: Facts, counts: Counts) -> Table:
    rows: list[tuple[str, int]] = [
        (label, people) for key, label in _COUNTS if (people := getattr(counts, key)) or key in _ALWAYS
    ]
    if query.list_name is None:
        rows += [(f"Not sent: {reason}", people) for reason, people in facts.not_sent_reasons]
    columns = (Column("state", "Recipients", Unit.TEXT), Column("people", "Count", Unit.COUNT))
    return Table(columns, tuple(rows), len(rows))


def _notes(query: Query, counts: Counts) -> list[str]:
    notes = []
    if not counts.sent and not counts.not_sent:
        notes.append("Nothing is known yet of anybody who received this e-mail.")
        return notes
    opens = write_counted(counts.open_events, "open", "opens", query.locale)
    clicks = write_counted(counts.click_events, "click", "clicks", query.locale)
    openers, clickers = (
        write_counted(people, "person", "people", query.locale) for people in (counts.opened, counts.clicked)
    )
    notes.append(f"{opens} by {openers}, {clicks} by {clickers}.")
    if counts.machine_opened or counts.machine_click_events:
        machine = write_counted(counts.machine_opened, "recipient", "recipients", query.locale)
        scans = write_counted(counts.machine_click_events, "machine click", "machine clicks", query.locale)
        notes.append(
            f"Left out of the rates: {machine} of whom only machine opens are known, and {scans}. "
            "The identifiable open rate assumes that those recipients behave like the rest."
        )
    if counts.unsubscribed_suspect:
        suspect = write_count(counts.unsubscribed_suspect, query.locale)
        notes.append(f"{suspect} unsubscribed within two minutes of delivery and did nothing else: likely a scanner.")
    if query.list_name is not None:
        notes.append(OVERLAP)
    return notes


SECTION = Section(TITLE, frozenset({"counts", "not_sent_reasons", "list_counts"}), build)
