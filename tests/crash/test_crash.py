"""Processes die at any moment, and every digest arrives once, or is seen not to be known. See docs/reliability.md."""

import sys
from pathlib import Path

from tests.crash.conftest import migrated
from tests.crash.storm import Tally, storm
from tests.postgres import Cluster

#: Where a process dies by order: before a commit (of whatever it is about), and around sending.
POINTS = tuple(
    f"{point}:{count}" for point in ("commit", "claimed", "unmarked", "marked", "sent") for count in (1, 2, 3, 5, 8)
)


def check(tally: Tally) -> None:
    """Nothing twice, nothing lost, no day left out, and no more unknown than what has cost an answer."""
    sys.stdout.write(f"{tally}\n")  # `make crash` shows it
    assert tally.twice == []
    assert tally.lost == []
    assert tally.gaps == []
    assert set(tally.states) <= {"sent", "unknown"}
    assert tally.unknown <= tally.kills + tally.ambiguous
    assert tally.once >= tally.states["sent"]


async def test_three_processes_on_postgresql_that_are_killed_send_everything_once(
    postgres_url: str, tmp_path: Path, kills: int
) -> None:
    async with storm(postgres_url, tmp_path, replicas=3, seed=1) as raging:
        await raging.rage(kills * 3 // 10)
        await raging.rage(kills * 2 // 10, POINTS)
        check(await raging.calm())


async def test_two_processes_on_sqlite_that_are_killed_send_everything_once(
    sqlite_url: str, tmp_path: Path, kills: int
) -> None:
    async with storm(sqlite_url, tmp_path, replicas=2, seed=2) as raging:
        await raging.rage(kills * 2 // 10)
        await raging.rage(kills * 2 // 10, POINTS)
        check(await raging.calm())


async def test_a_database_that_is_restarted_meanwhile_costs_nothing(
    tmp_path: Path, kills: int, durable: Cluster
) -> None:
    url = durable.url(durable.create())
    migrated(url)
    async with storm(url, tmp_path, replicas=3, seed=3) as raging:
        await raging.rage(kills // 10, restart=durable.restart)
        check(await raging.calm())


async def test_without_the_mark_digests_arrive_twice_and_this_test_would_find_it(
    sqlite_url: str, tmp_path: Path
) -> None:
    """The control: what finds nothing when the mark is switched off, proves nothing."""
    async with storm(sqlite_url, tmp_path, replicas=2, seed=4, faults=0, marks=False) as raging:
        await raging.rage(24, ("sent:1", "sent:2"))
        assert (await raging.calm()).twice != []
