"""The rates, the deliverability and what was not sent, of an e-mail or of one of its recipient lists."""

from reports.facts import Counts, Facts
from reports.metrics import rate
from reports.numbers import write_count, write_counted
from reports.query import Query
from reports.report import Column, Figure, Result, Table, Unit
from reports.section import Section
from reports.text import shortened

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
#: Lists that are named, and characters of a name, where a list is not found.
_NAMES = 10
_NAME = 60


def build(query: Query, facts: Facts) -> Result:
    lists = dict(facts.list_counts)
    if query.list_name is not None and query.list_name not in lists:
        return Result("summary", TITLE, notes=(_unknown_list(query.list_name, facts),))
    counts = facts.counts if query.list_name is None else lists[query.list_name]
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
        notes.append("A contact on two lists counts in both: lists can add up to more than the whole.")
    return notes


def _unknown_list(name: str, facts: Facts) -> str:
    names = [f"“{shortened(known, _NAME)}”" for known, _counts in facts.list_counts[:_NAMES]]
    if more := len(facts.list_counts) - len(names):
        names.append(f"and {more} more")
    return f"No recipient of this e-mail is on a list called “{shortened(name, _NAME)}”. " + (
        f"Its lists: {', '.join(names)}." if names else "Nothing is known of its lists."
    )


SECTION = Section(TITLE, frozenset({"counts", "not_sent_reasons", "list_counts"}), build)
