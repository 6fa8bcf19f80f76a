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
    """The sentences, and a table of what has to be decided; `reveal` shows mail addresses in full."""
    lines = [Text(sentence) for sentence in sentences(health, reachable)]
    if not health.unsettled:
        return Group(*lines, Text("There is nothing to decide."))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("number", justify="right", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column(f"due ({zone})", overflow="fold")
    table.add_column("what", overflow="fold", min_width=12)
    table.add_column("to", overflow="fold", min_width=11)
    table.add_column("why", overflow="fold", min_width=20)
    for one in health.unsettled:
        masked = one.channel is Channel.MAIL and not reveal
        table.add_row(
            str(one.id),
            one.state,
            Text(write_due(one.due_at, _LOCALE, zone)),
            Text(plain(one.name)),
            Text(mask_address(one.address) if masked else one.address),
            Text(plain(one.why or "—")),
        )
    again = "emailstats resend NUMBER has one sent after all; with --arrived an unknown one counts as sent."
    return Group(*lines, Text(), table, Text(), Text(again))
