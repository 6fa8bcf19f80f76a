"""From a signed slash command to the text at its response URL, on a store of a million events.

The service runs as its users run it, in a process of its own; this process plays Slack and sixteen people who ask at
the same moment, again as soon as all have text and chart. Drawing and uploading the charts is so under way while the
text of others is awaited. The floor answers from a constant, in a process of its own as well.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter

import aiohttp

from benchmarks import Measure
from benchmarks.data import write_sample
from benchmarks.ingest import import_in_a_process
from benchmarks.processes import free_ports, ready, started
from bot.sandbox.doors import SIGNING_SECRET, HttpWire, Person
from bot.sandbox.methods import BOT_TOKEN
from bot.sandbox.server import Sandbox

EVENTS = 1_000_000
_EMAILS = 40
_AT_A_TIME = 16
_WAVES = 25
_WARM_UP = 3


@dataclass(frozen=True, slots=True)
class Waits:
    """Milliseconds of every question after the warm-up: to the acknowledgement and to the text."""

    acknowledged: list[float]
    answered: list[float]


def run() -> Iterator[Measure]:
    with TemporaryDirectory() as name:
        url = _filled(Path(name))
        ours, bare = asyncio.run(_measured(url, Path(name)))
    yield Measure("slash command, text at 16 at a time, p50", median(ours.answered), "ms", 50, "at most")
    yield Measure("slash command, text at 16 at a time, p99", _p99(ours.answered), "ms", 200, "at most")
    acknowledged, floor = median(ours.acknowledged), median(bare.acknowledged)
    yield Measure("slash command, acknowledged, p50", acknowledged, "ms", 3, "at most", floor)


def _filled(directory: Path) -> str:
    path = directory / "events.ndjson"
    write_sample(path, EVENTS, _EMAILS)
    url = f"sqlite:///{directory / 'store.db'}"
    import_in_a_process(url, path)
    path.unlink()
    return url


def _p99(waits: Sequence[float]) -> float:
    return quantiles(waits, n=100, method="inclusive")[98]


async def _measured(url: str, directory: Path) -> tuple[Waits, Waits]:
    async with Sandbox() as sandbox:
        settings = {
            "DATABASE__URL": url,
            "SLACK__MODE": "http",
            "SLACK__BOT_TOKEN": BOT_TOKEN,
            "SLACK__SIGNING_SECRET": SIGNING_SECRET,
            "SLACK__BASE_URL": sandbox.api_url,
            "LOG__LEVEL": "warning",
        }
        port, spare = free_ports(2)
        environment = {f"EMAILSTATS_{key}": value for key, value in (settings | {"WEB__PORT": str(port)}).items()}
        async with started(directory, environment, "bot", "run"):
            ours = await _asked(sandbox, port, posts=2)
        async with started(directory, {}, "benchmarks.slack_bare", str(spare), SIGNING_SECRET):
            bare = await _asked(sandbox, spare, posts=1)
    return ours, bare


async def _asked(sandbox: Sandbox, port: int, posts: int) -> Waits:
    """Asks in waves, each begun when the one before has all its `posts`."""
    waits = Waits([], [])
    async with aiohttp.ClientSession() as session:
        await ready(session, f"http://127.0.0.1:{port}/readyz")
        anna = Person(sandbox, HttpWire(session, f"http://127.0.0.1:{port}/slack/events"))
        for wave in range(_WARM_UP + _WAVES):
            told = await asyncio.gather(*(_ask(anna, posts) for _ in range(_AT_A_TIME)))
            if wave >= _WARM_UP:
                waits.acknowledged.extend(acknowledged for acknowledged, _ in told)
                waits.answered.extend(answered for _, answered in told)
    return waits


async def _ask(anna: Person, posts: int) -> tuple[float, float]:
    """Milliseconds to the acknowledgement and to the first text."""
    start = perf_counter()
    asked = await (await anna.type("newsletter-may")).posted(1)
    answered = perf_counter() - start
    await asked.posted(posts)
    return 1000 * asked.ack_seconds, 1000 * answered
