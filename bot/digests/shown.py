"""How deliveries have fared, as a terminal shows it. Names come from people: they are text, with no markup read."""

from collections.abc import Collection

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.digests.health import sentences
from reports.masking import mask_address
from reports.numbers import write_due
from reports.text import plain
from store.health import Health
from store.subscriptions import Channel

_LOCALE = "en"


def told(health: Health, reachable: Collection[Channel], zone: str, *, reveal: bool) -> RenderableType:
    """The sentences, and what has to be decided, each after its number; `reveal` shows mail addresses in full."""
    lines = [Text(sentence) for sentence in sentences(health, reachable)]
    if not health.unsettled:
        return Group(*lines, Text("There is nothing to decide."))
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for one in health.unsettled:
        masked = one.channel is Channel.MAIL and not reveal
        place = mask_address(one.address) if masked else one.address
        head = Text(f"{one.state}: ").append(plain(one.name), style="bold")
        due = Text(f"due {write_due(one.due_at, _LOCALE, zone)}, to {place}")
        table.add_row(str(one.id), Group(head, due, Text(plain(one.why or "—")), Text()))
    again = "emailstats resend NUMBER has one sent after all; with --arrived an unknown one counts as sent."
    return Group(*lines, Text(), table, Text(again))
