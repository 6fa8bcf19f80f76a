"""Believable sample data from a seed: e-mails, and months of what people and machines did with them.

Any size from one e-mail to tens of millions of events, in constant memory: contacts are computed from their number,
and events are made a wave of recipients at a time.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any, BinaryIO

import msgspec

from bot.demo.catalogue import PROVIDER, Plan, plans, weight
from bot.demo.life import DAY, activity, story
from bot.demo.people import lists_of, person
from reports.events import Email, Event, Kind

#: The size of `make demo`.
DEMO = {"emails": 60, "events": 250_000}

_EVENTS_AN_EMAIL = DEMO["events"] / DEMO["emails"]
#: Recipients whose events are made together, and then sorted by time.
_WAVE = 5_000
#: A large e-mail leaves at this pace, or faster, so that the last leaves within the hours.
_SECONDS_A_RECIPIENT = 0.04
_SENDING_SECONDS = 3 * 3_600
#: About how many events a recipient gives rise to; only the pace of sending depends on it.
_EVENTS_A_RECIPIENT = 3.05


def generate(
    *, emails: int = DEMO["emails"], events: int | None = None, seed: int = 1, until: datetime
) -> Iterator[Email | Event]:
    """`emails` e-mails and about `events` events, none of them after `until`; equal arguments, equal data.

    The first e-mail is always `newsletter-may`. Each e-mail's events follow its description, within a wave of
    recipients in order of time. Without `events`, as many an e-mail as in `make demo`. Their number is met within a
    few events an e-mail; every e-mail has one recipient at least. Raises ValueError for an `until` without a zone and
    for less than one e-mail or event.
    """
    if until.tzinfo is None:
        raise ValueError("until needs a time zone")
    if events is None:
        events = round(_EVENTS_AN_EMAIL * emails)
    if emails < 1 or events < 1:
        raise ValueError("sample data is at least one e-mail and one event")
    return _generate(emails, events, seed, until.astimezone(UTC))


def _generate(emails: int, events: int, seed: int, until: datetime) -> Iterator[Email | Event]:
    left, weights = events, sum(weight(number, seed) for number in range(emails))
    for number, plan in enumerate(plans(emails, seed, until)):
        share = weight(number, seed)
        yield plan.email
        for event in _events(plan, left * share / weights, f"{seed}/{number}", until):
            left -= 1
            yield event
        left, weights = max(0, left), weights - share


def _events(plan: Plan, wanted: float, seed: str, until: datetime) -> Iterator[Event]:
    """About `wanted` events of one e-mail, a wave at a time."""
    random = Random(seed)
    end = int(until.timestamp())
    email = plan.email.id
    expected = max(1.0, wanted / _EVENTS_A_RECIPIENT)
    number = place = made = 0
    while made == 0 or made < wanted:
        wave: list[tuple[int, int, int, str, Kind, dict[str, Any]]] = []
        wave_end = place + _WAVE
        offset = _offset(plan, place / expected)
        while place < wave_end and (place == 0 or made + len(wave) < wanted):
            while not (lists := lists_of(number, plan.email.lists)):
                number += 1
            who = person(number)
            told = story(plan, random, who, lists, _sent(plan, random, place, expected, offset), offset)
            for turn, (at, kind, rest) in enumerate(told):
                if at <= end:
                    wave.append((at, number, turn, who.address, kind, rest))
            number += 1
            place += 1
        wave.sort(key=_by_time)
        made += len(wave)
        for at, recipient, turn, address, kind, rest in wave:
            yield Event(
                kind=kind,
                at=datetime.fromtimestamp(at, UTC),
                email=email,
                contact=address,
                provider=PROVIDER,
                key=f"{email}-{recipient}-{turn}",
                **rest,
            )


def _by_time(told: tuple[int, int, int, str, Kind, dict[str, Any]]) -> tuple[int, int, int]:
    return told[:3]


def _offset(plan: Plan, progress: float) -> int:
    """By how many seconds the readers' clock is ahead of UTC, at a wave of the sending."""
    sent = plan.sent_at.timestamp() + min(progress, 1) * plan.days * DAY
    offset = datetime.fromtimestamp(sent, plan.zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _sent(plan: Plan, random: Random, place: int, expected: float, offset: int) -> int:
    """When the e-mail leaves for a recipient: one after another, or whenever somebody enters the workflow."""
    start = int(plan.sent_at.timestamp())
    if not plan.days:
        return start + int(place * min(_SECONDS_A_RECIPIENT, _SENDING_SECONDS / expected))
    span = plan.days * DAY
    for _ in range(8):
        progress = (place + random.random()) / expected
        if progress >= 1:  # more recipients than expected
            progress = random.random()
        at = start + int(progress * span)
        around = at - at % DAY + int(random.random() * DAY)
        if start <= around < start + span and random.random() < activity(around + offset):
            return around
    return at


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
