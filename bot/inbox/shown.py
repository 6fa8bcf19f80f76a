"""The inbox as a terminal shows it. Whatever came from outside is shown as text: no markup, no control characters."""

import json
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bot.logging import masked
from providers.reading import shown
from reports.numbers import write_count, write_counted
from reports.text import plain, shortened
from store.inbox import FAILED, READ, WAITING, Line, Message

#: The terminal's own sentences are English.
_LOCALE = "en"
_LONGEST_NAME = 12  # so that a narrow window has room for the reason


def listing(counts: Mapping[int, int], failures: Sequence[Line]) -> RenderableType:
    """A sentence with the counts, and a table of what could not be read."""
    waiting = write_counted(counts[WAITING], "webhook waits", "webhooks wait", _LOCALE)
    kept = write_count(counts[READ], _LOCALE)
    told = Text(f"{waiting} to be read; {kept} were read and are kept a while.")
    if not failures:
        return Group(told, Text("Everything that came could be read."))
    total = counts[FAILED]
    more = f", the newest {len(failures)}" if total > len(failures) else ""
    could = write_counted(total, "webhook could not be read", "webhooks could not be read", _LOCALE)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("number", justify="right", no_wrap=True)
    table.add_column("provider", no_wrap=True)
    table.add_column("came (UTC)", no_wrap=True)
    table.add_column("bytes", justify="right", no_wrap=True)
    table.add_column("why", overflow="fold", min_width=20)
    for line in failures:
        table.add_row(
            str(line.id),
            Text(shortened(plain(line.provider), _LONGEST_NAME)),
            f"{line.received_at:%Y-%m-%d %H:%M}",
            write_count(line.size, _LOCALE),
            Text(masked(plain(line.problem or ""))),
        )
    hint = Text("emailstats inbox show, replay or drop, and a number, goes on.")
    return Group(told, Text(f"{could}, or not whole{more}:"), Text(), table, Text(), hint)


def whole(message: Message, *, reveal: bool) -> str:
    """All that is kept of a webhook; `reveal` shows addresses in full."""
    lines = [
        f"{message.provider}, {message.received_at:%Y-%m-%d %H:%M:%S} UTC, {len(message.body)} bytes",
        *([message.problem] if message.problem else []),
        "",
        *(f"{name}: {value}" for name, value in sorted(message.headers.items())),
        "",
        *_body(message).splitlines(),
    ]
    text = "\n".join(_plain(line) for line in lines)
    return text if reveal else masked(text)


def _plain(line: str) -> str:
    """A line made safe that keeps its indent."""
    return " " * (len(line) - len(line.lstrip(" "))) + plain(line)


def _body(message: Message) -> str:
    """A form's fields, or JSON's, with a line for each; all else as it is."""
    if message.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return "\n".join(f"{name}: {value}" for name, value in parse_qsl(shown(message.body), keep_blank_values=True))
    try:
        return json.dumps(json.loads(message.body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return shown(message.body)
