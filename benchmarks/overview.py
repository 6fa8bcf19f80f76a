"""Questions about all e-mail, on a store of 5,000 e-mails over two years, fifty of them automated.

The whole answer is timed: its SQL, which is most of it, and the section.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Engine

from benchmarks import Measure
from bot.access.rights import OPERATOR
from bot.answers import answer
from reports.events import Event, Kind
from reports.period import Period
from reports.query import Query
from store.engine import migrate, open_engine
from store.merge import merge

_EMAILS, _AUTOMATED = 5_000, 50
_DAYS = 730
_RECIPIENTS = 20  # of a regular e-mail
_A_DAY = 4  # messages of an automated one
_ROUNDS = 11
_NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def run() -> Iterator[Measure]:
    with TemporaryDirectory() as name:
        engine = open_engine(f"sqlite:///{Path(name) / 'store.db'}")
        migrate(engine)
        _fill(engine)
        for section, bar in (("overview", 50.0), ("trend", 1_000.0), ("emails", 1_000.0), ("heatmap", 1_000.0)):
            query = Query(sections=(section,), period=Period(f"{_DAYS}d"), zone="Europe/Amsterdam")
            milliseconds = _milliseconds(engine, query)
            yield Measure(f"{section}, 5,000 e-mails, two years", milliseconds, "ms", bar, "at most")
        engine.dispose()


def _fill(engine: Engine) -> None:
    random = Random(1)
    batch: list[Event] = []
    for number in range(_EMAILS):
        sent = _NOW - timedelta(days=_DAYS * (1 - number / _EMAILS), minutes=random.randrange(600))
        if number % (_EMAILS // _AUTOMATED):
            instants = [sent + timedelta(seconds=place) for place in range(_RECIPIENTS)]
        else:
            start = _NOW - timedelta(days=_DAYS)
            instants = [start + timedelta(days=random.random() * _DAYS) for _ in range(_DAYS * _A_DAY)]
        for place, at in enumerate(instants):
            happened = [(Kind.SENT, at), (Kind.DELIVERED, at + timedelta(seconds=2))]
            if random.random() < 0.3:
                happened.append((Kind.OPENED, at + timedelta(hours=random.expovariate(0.2))))
            for kind, when in happened:
                batch.append(Event(kind=kind, at=when, email=f"email-{number}", contact=f"person{place}@example.com"))
        if len(batch) > 50_000 or number == _EMAILS - 1:
            merge(engine, batch)
            batch = []


def _milliseconds(engine: Engine, query: Query) -> float:
    rounds = []
    for _ in range(_ROUNDS):
        start = perf_counter()
        answer(engine, query, _NOW, OPERATOR)
        rounds.append(1000 * (perf_counter() - start))
    return median(rounds)
