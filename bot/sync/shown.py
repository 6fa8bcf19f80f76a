"""A comparison as a terminal shows it. Names came from outside: no markup, no control characters."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.sync.parity import Compared
from reports.numbers import write_count, write_counted
from reports.parity import Line
from reports.text import plain, shortened

_LOCALE = "en"  # the terminal's own sentences are English
_LONGEST_NAME = 60


def comparison(found: Sequence[Compared], *, every: bool) -> RenderableType:
    """A table an e-mail; only lines that differ unless `every`. E-mails that agree are counted in the last sentence."""
    parts: list[RenderableType] = []
    for email in found:
        lines = [line for line in email.lines if every or line.difference]
        if not lines:
            continue
        parts += [Text(shortened(plain(email.name), _LONGEST_NAME) or "(no name)", style="bold"), _table(lines)]
        parts += [*(Text(note, style="dim") for note in email.notes), Text()]
    return Group(*parts, Text(_summary(found)))


def _table(lines: Sequence[Line]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for heading in ("ours", "HubSpot", "difference"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("because", overflow="fold", min_width=20)
    for line in lines:
        numbers = (write_count(line.ours, _LOCALE), write_count(line.theirs, _LOCALE), _signed(line.difference))
        table.add_row(line.label, *numbers, _because(line))
    return table


def _signed(number: int) -> str:
    return f"{'+' if number > 0 else '−' if number else ''}{write_count(abs(number), _LOCALE)}"


def _because(line: Line) -> Text:
    if line.reasons is None:
        return Text("not explained by what is known here", style="yellow")
    return Text("\n".join(f"{_signed(reason.people)} {reason.words}" for reason in line.reasons))


def _summary(found: Sequence[Compared]) -> str:
    agree = sum(not any(line.difference for line in email.lines) for email in found)
    unexplained = sum(not email.explained for email in found)
    told = f"{write_counted(len(found), 'e-mail', 'e-mails', _LOCALE)} compared"
    if agree:
        told += f"; {write_counted(agree, 'agrees', 'agree', _LOCALE)}"
    if known := len(found) - agree - unexplained:
        told += f"; {write_counted(known, 'differs', 'differ', _LOCALE)} for the reasons above"
    if unexplained:
        told += f"; of {write_count(unexplained, _LOCALE)} a difference is not explained"
    return f"{told}."
