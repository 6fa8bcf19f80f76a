"""Subscriptions as a terminal shows them. Names come from people: they are shown as text, with no markup read."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from reports.calendar import Schedule, in_words, period_in_words, upcoming
from reports.masking import mask_address
from reports.numbers import write_counted, write_due
from reports.text import plain
from store.subscriptions import Channel, State, Subscription, Target, TargetState

#: The terminal's own sentences are English.
_LOCALE = "en"
_STATES = {
    TargetState.PENDING: " (has to agree)",
    TargetState.SUPPRESSED: " (nothing arrives there)",
    TargetState.LEFT: " (left)",
}


def listing(found: Sequence[Subscription], *, reveal: bool) -> RenderableType:
    """A few lines for each, after its number; `reveal` shows mail addresses in full."""
    if not found:
        return Text("There are no subscriptions. emailstats subscriptions add, or /emailstats subscribe, makes one.")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        going = ", ".join(_place(target, reveal=reveal) for target in one.targets)
        name, when = Text(plain(one.promise.name), style="bold"), Text(in_words(one.promise.schedule, _LOCALE))
        table.add_row(str(one.id), Group(name, when, Text(f"to {going}"), Text(_next(one)), Text()))
    return Group(Text(write_counted(len(found), "subscription", "subscriptions", _LOCALE) + "."), Text(), table)


def occurrences(schedule: Schedule, now: datetime, count: int, locale: str) -> RenderableType:
    """When it is due, and what it is then about."""
    head = Text(f"{in_words(schedule, locale)}:")
    lines = list(_lines(schedule, now, count, locale))
    return Group(head, *lines) if lines else Text(f"{in_words(schedule, locale)}; each sending tells when that is.")


def _lines(schedule: Schedule, now: datetime, count: int, locale: str) -> Iterator[Text]:
    for due in upcoming(schedule, now, count):
        yield Text(f"  {write_due(due.due, locale, schedule.zone)}, about {period_in_words(due, locale)}")


def _next(subscription: Subscription) -> str:
    if subscription.state is State.PAUSED:
        return f"paused{f': {plain(subscription.paused_why)}' if subscription.paused_why else ''}"
    if subscription.next_due is None:
        return "next after the next sending"
    return "next " + write_due(subscription.next_due, _LOCALE, subscription.promise.schedule.zone)


def _place(target: Target, *, reveal: bool) -> str:
    masked = target.channel is Channel.MAIL and not reveal
    return f"{mask_address(target.address) if masked else target.address}{_STATES.get(target.state, '')}"
