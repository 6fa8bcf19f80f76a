"""Files as a terminal shows them. Names come from people: they are shown as text, with no markup read."""

from collections.abc import Sequence
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.exports.exporting import Listed
from bot.exports.words import asks, kind_of
from reports.numbers import write_count, write_counted, write_instant, write_size
from reports.text import plain
from store.exports import State

_LOCALE = "en"  # the terminal's own sentences are English


def listing(found: Sequence[Listed], zone: str) -> RenderableType:
    """A few lines for each, after its number."""
    if not found:
        return Text("Nobody has asked for files. In Slack, /emailstats export asks for one.")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        job = one.job
        name = Text(plain(job.name or asks(job.queries)), style="bold")
        asked = f"{asks(job.queries)} as {kind_of(job)}, asked for by {job.owner}"
        when = write_instant(job.created_at, _LOCALE, zone)
        table.add_row(str(job.id), Group(name, Text(plain(f"{asked} on {when}")), Text(_state(one, zone)), Text()))
    return Group(table)


def accesses(found: Sequence[tuple[datetime, str, str]], zone: str) -> RenderableType:
    """When and how a file was fetched."""
    if not found:
        return Text("Nobody has followed a link to it.")
    table = Table("When", "Method", "Range", box=None, pad_edge=False)
    for at, method, asked in found:
        table.add_row(write_instant(at, _LOCALE, zone), method, Text(plain(asked) or "all of it"))
    return table


def _state(one: Listed, zone: str) -> str:
    job = one.job
    match job.state:
        case State.WAITING:
            return "waits for its turn"
        case State.MAKING:
            rows = (
                f": {write_count(job.rows_done, _LOCALE)} of {write_count(job.rows, _LOCALE)} rows" if job.rows else ""
            )
            return f"is being made{rows}"
        case State.REMOVED:
            return "gone: its time was up"
    if job.problem is not None:
        return f"could not be made: {plain(job.problem)}"
    until = f"the link is good until {write_instant(one.until, _LOCALE, zone)}" if one.until else "no link is good"
    return (
        f"{write_size(job.size or 0, _LOCALE)}; {until}; fetched {write_counted(one.fetched, 'time', 'times', _LOCALE)}"
    )
