"""Files read into packs of events, in this process or in one of its own, beside the one that merges them."""

import gc
import multiprocessing
import signal
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

from bot.importing.quarantine import Quarantine
from bot.importing.sources import intakes_of
from providers.own import Reader
from providers.provider import Identities
from store.packing import Packed, Packer

T = TypeVar("T")


@contextmanager
def without_cycles() -> Iterator[None]:
    """A batch is many small objects without cycles: looking for some as often as usual costs a fifth of reading."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be read; `mapping` is from a CSV's columns to our fields, `batch` is in events and descriptions."""

    paths: Sequence[Path]
    mapping: Mapping[str, str]
    now: datetime
    quarantine_path: Path
    batch: int
    identities: Identities = field(default_factory=dict)  #: as settings give them for webhooks


@dataclass(frozen=True, slots=True)
class Portion:
    """A pack, and how far the reading has come: bytes of all files, rows of no use here, rows in the quarantine."""

    packed: Packed
    done: int
    ignored: int
    quarantined: int


def portions(task: Task) -> Generator[Portion, None, None]:
    """Everything in the files. Raises, before the first portion, sources.Unreadable and providers.own.BadRow."""
    reader, packer = Reader(task.now, task.mapping), Packer()
    contents = [intakes_of(path, reader, task.identities) for path in task.paths]
    before = done = ignored = 0
    enough = task.batch // 8  # a small portion first, so that merging soon begins
    with Quarantine(task.quarantine_path) as quarantine:
        for path, intakes in zip(task.paths, contents, strict=True):
            for intake, done in intakes:
                packer.describe(intake.emails)
                packer.add(intake.events)
                quarantine.put(path, intake.rejects)
                ignored += intake.ignored
                if packer.size >= enough:
                    yield Portion(packer.take(), before + done, ignored, quarantine.count)
                    enough = min(2 * enough, task.batch)
            before += done
        yield Portion(packer.take(), before, ignored, quarantine.count)


def portions_beside(task: Task) -> Generator[Portion, None, None]:
    """The same from a process of its own, which reads the next portion meanwhile. Close it to end that process."""
    # spawn: a forked child would inherit this process's threads' locks and its connections.
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_portions, args=(sender, task), daemon=True)
    process.start()
    sender.close()  # the process has its own: without ours, its end is the end of what can be received
    try:
        while (told := _receive(receiver)) is not None:
            yield told
    finally:
        receiver.close()
        process.terminate()
        process.join()


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The same items; while one is worked on, the next is made in a thread. Close it before what they are made from."""
    with ThreadPoolExecutor(1, "ahead") as thread:
        coming = thread.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = thread.submit(next, items, None)
            yield item


def _receive(receiver: Connection) -> Portion | None:
    """Raises what was raised while reading."""
    try:
        told: Portion | Exception | None = receiver.recv()
    except EOFError:
        raise RuntimeError("the process that reads the files was killed") from None
    if isinstance(told, Exception):
        raise told
    return told


def _send_portions(sender: Connection, task: Task) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches both processes; the one that merges ends this one
    try:
        with without_cycles():
            for portion in portions(task):
                sender.send(portion)
        sender.send(None)
    except BrokenPipeError:
        pass  # nobody merges any longer
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised where it can be told of
        sender.send(error)
