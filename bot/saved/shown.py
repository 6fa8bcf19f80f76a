"""Saved reports and dashboards as a terminal shows them. Names come from people: they are text, with no markup read."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.grammar import to_command
from reports.masking import masked_query
from reports.numbers import write_counted, write_instant
from reports.text import plain
from store.saved import Saved, Unreadable, Visibility
from store.subscriptions import Kind

#: The terminal's own sentences are English.
_LOCALE = "en"


def listing(found: Sequence[Saved], kind: Kind, zone: str, *, reveal: bool) -> RenderableType:
    """A few lines for each, after its number; `reveal` shows addresses in questions in full."""
    if not found:
        return Text(f"There are no saved {kind}s. emailstats {kind}s save, or /emailstats save, makes one.")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for one in found:
        name = Text(plain(one.name), style="bold")
        about = Text(f"{_seen(one)}, {one.owner}'s; {_changed(one, zone)}")
        table.add_row(f"#{one.id}", Group(name, Text(_what(one, reveal=reveal)), about, Text()))
    return Group(Text(write_counted(len(found), kind, f"{kind}s", _LOCALE) + "."), Text(), table)


def history(versions: Sequence[Saved], zone: str, *, reveal: bool) -> RenderableType:
    """Every version, the newest first, with who made it."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for one in versions:
        name = Text(plain(one.name), style="bold")
        state = "deleted" if one.deleted_at else f"{_seen(one)}, {one.owner}'s"
        made = f"{state}; by {one.changed_by}, {write_instant(one.changed_at, _LOCALE, zone)}"
        table.add_row(str(one.version), Group(name, Text(_what(one, reveal=reveal)), Text(made), Text()))
    return table


def _changed(saved: Saved, zone: str) -> str:
    when = write_instant(saved.changed_at, _LOCALE, zone)
    return f"saved {when}" if saved.version == 1 else f"version {saved.version} by {saved.changed_by}, {when}"


def _seen(saved: Saved) -> str:
    return f"for the team {plain(saved.team or '')}" if saved.visibility is Visibility.TEAM else saved.visibility


def _what(saved: Saved, *, reveal: bool) -> str:
    if saved.kind is Kind.DASHBOARD:
        return write_counted(len(saved.reports), "report", "reports", _LOCALE)
    try:
        return plain(to_command(saved.query if reveal else masked_query(saved.query)))
    except Unreadable as error:
        return str(error)
