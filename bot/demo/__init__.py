"""Believable sample data from a seed: e-mails, and months of what people and machines did with them.

Any size from one e-mail to tens of millions of events, in constant memory: contacts are computed from their number,
and events are made a wave of recipients at a time.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from random import Random
from typing import BinaryIO

import msgspec

from bot.demo.catalogue import Plan, plans
from bot.demo.life import WAVE, events_of_wave
from reports.events import Email, Event

#: The size of `make demo`.
DEMO = {"emails": 36, "events": 150_000}

#: Events a recipient gives rise to, as measured; only the first e-mail's size depends on it.
_EVENTS_A_RECIPIENT = 3.0


def generate(*, emails: int, events: int, seed: int = 1, until: datetime) -> Iterator[Email | Event]:
    """`emails` e-mails with about `events` events in all, none of them after `until`; equal arguments, equal data.

    The first e-mail is always `newsletter-may`. Within a wave of recipients events are in order of time.
    """
    planned = plans(emails, Random(seed), until)
    left, weight = events, sum(plan.weight for plan in planned)
    told = recipients = 0
    for number, plan in enumerate(planned):
        rate = told / recipients if recipients > 1_000 else _EVENTS_A_RECIPIENT
        size = max(1, round(left * plan.weight / weight / rate))
        yield plan.email
        made = 0
        for event in _events(plan, number, size, seed, until):
            made += 1
            yield event
        left, weight = max(0, left - made), weight - plan.weight
        told, recipients = told + made, recipients + size


def _events(plan: Plan, number: int, recipients: int, seed: int, until: datetime) -> Iterator[Event]:
    for wave, first in enumerate(range(0, recipients, WAVE)):
        random = Random(f"{seed}/{number}/{wave}")
        yield from events_of_wave(plan, random, range(first, min(first + WAVE, recipients)), wave, until)


def write_ndjson(items: Iterable[Email | Event], stream: BinaryIO) -> int:
    """Writes lines that `emailstats import` reads, and returns how many."""
    encode = msgspec.json.Encoder().encode
    lines: list[bytes] = []
    count = 0
    for item in items:
        if isinstance(item, Email):
            lines.append(encode({"record": "email"} | msgspec.to_builtins(item)))
        else:
            lines.append(encode(item))
        count += 1
        if len(lines) == 2_000:
            stream.write(b"\n".join(lines) + b"\n")
            lines.clear()
    if lines:
        stream.write(b"\n".join(lines) + b"\n")
    return count
