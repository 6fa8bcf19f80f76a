"""What becomes of an e-mail: deliveries, bounces, machines at once, people in their own time."""

from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random
from typing import Any

from bot.demo.body import PREFERENCES, UNSUBSCRIBE
from bot.demo.catalogue import LISTS, ZONE, Plan
from bot.demo.people import Person, person
from reports.events import BounceType, Event, Kind, MachineReason, NotSentReason, Part

#: Recipients whose events are made together; a large e-mail goes out in waves.
WAVE = 10_000
_WAVE_SECONDS = 400
_DAY = 86_400

_HARD = (
    "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table",
    "550 5.1.1 The email account that you tried to reach does not exist. gsmtp",
    "554 5.7.1 Message rejected due to content restrictions",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP address lookup",
)
_SOFT = (
    "452 4.2.2 The email account that you tried to reach is over quota",
    "421 4.7.0 [TSS04] Messages temporarily deferred due to unexpected volume",
    "451 4.7.1 Greylisting in action, please come back later",
)
_REASONS = (
    NotSentReason.PREVIOUSLY_BOUNCED,
    NotSentReason.PREVIOUSLY_UNSUBSCRIBED,
    NotSentReason.PREVIOUSLY_UNSUBSCRIBED,
    NotSentReason.NOT_ENGAGED,
    NotSentReason.SUPPRESSED,
)

#: What happened, to whom, when, and the rest of the event.
_Told = tuple[int, Kind, dict[str, Any]]


def events_of_wave(plan: Plan, random: Random, recipients: range, wave: int, until: datetime) -> Iterator[Event]:
    """Events of some recipients of an e-mail, in order of time, none after `until`."""
    start = int(plan.sent_at.timestamp())
    offset = int(plan.sent_at.astimezone(ZONE).utcoffset().total_seconds())  # type: ignore[union-attr]
    end = int(until.timestamp())
    told: list[tuple[int, int, int, Kind, dict[str, Any]]] = []
    for place, number in enumerate(recipients):
        sent = start + wave * _WAVE_SECONDS + place * _WAVE_SECONDS // WAVE
        if plan.days:
            sent = start + int(random.random() * plan.days * _DAY)
        story = _story(plan, random, number, person(number), sent, offset)
        told += [(at, number, turn, kind, rest) for turn, (at, kind, rest) in enumerate(story) if at <= end]
    told.sort(key=lambda event: event[:3])
    email = plan.email.id
    for at, number, turn, kind, rest in told:
        yield Event(
            kind=kind,
            at=datetime.fromtimestamp(at, UTC),
            email=email,
            contact=person(number).address,
            provider="demo",
            key=f"{email}-{number}-{turn}",
            **rest,
        )


def _story(plan: Plan, random: Random, number: int, who: Person, sent: int, offset: int) -> list[_Told]:
    """Everything that happens between one recipient and the e-mail."""
    chance = random.random()
    if chance < 0.012:
        reason = random.choice(_REASONS)
        return [(sent, Kind.NOT_SENT, {"reason": reason, "reply": reason.value.capitalize()})]
    lists = tuple(name for name in plan.email.lists if LISTS[name](number)) or plan.email.lists[:1]
    told: list[_Told] = [(sent, Kind.SENT, {"lists": lists})]
    if who.dead or chance < 0.015:
        reply = random.choice(_HARD).format(address=who.address)
        return [*told, (sent + random.randrange(1, 30), Kind.BOUNCED, {"bounce": BounceType.HARD, "reply": reply})]
    arrived = sent + random.randrange(1, 9)
    if chance < 0.025:
        told.append((arrived, Kind.DEFERRED, {"reply": random.choice(_SOFT)}))
        arrived += random.randrange(300, 20_000)
        if chance < 0.02:
            soft = {"bounce": BounceType.SOFT, "reply": random.choice(_SOFT)}
            return [*told, (arrived + 2 * _DAY, Kind.BOUNCED, soft)]
    told.append((arrived, Kind.DELIVERED, {}))
    _machines(plan, random, who, arrived, told)
    if random.random() < min(0.95, (0.08 + 0.72 * who.interest) * plan.appeal):
        _reads(plan, random, who, arrived, offset, told)
    elif random.random() < 0.0004:
        told.append((arrived + random.randrange(60, 9_000), Kind.COMPLAINED, {}))
    return told


def _machines(plan: Plan, random: Random, who: Person, arrived: int, told: list[_Told]) -> None:
    if who.private and random.random() < 0.8:
        at = arrived + int(random.expovariate(1 / 1_800))
        told.append((at, Kind.OPENED, {"machine": MachineReason.APPLE_PRIVACY}))
    elif who.client == "Gmail" and random.random() < 0.02:
        told.append((arrived + 1, Kind.OPENED, {"machine": MachineReason.PREFETCH}))
    if who.scanned:
        for step, link in enumerate((*plan.links, UNSUBSCRIBE)):
            rest = {"link": link, "part": Part.HTML, "machine": MachineReason.SCANNER}
            told.append((arrived + 2 + step, Kind.CLICKED, rest))
        if random.random() < 0.04:
            told.append((arrived + random.randrange(10, 100), Kind.UNSUBSCRIBED, {}))


def _reads(plan: Plan, random: Random, who: Person, arrived: int, offset: int, told: list[_Told]) -> None:
    """Somebody reads it: once or a few times, may click, and seldom does more."""
    at = _awake(arrived + int(random.lognormvariate(9.2, 1.6)), offset, random)
    client = {"client": who.client, "device": who.device}
    for again in range(1 + int(random.expovariate(1.6))):
        if again:
            at = _awake(at + 600 + int(random.expovariate(1 / 60_000)), offset, random)
        timed = {"duration_ms": int(random.lognormvariate(9.1, 1.0))} if random.random() < 0.85 else {}
        told.append((at, Kind.OPENED, {**client, **timed}))
    if random.random() < 0.12 * plan.appeal:
        _clicks(plan, random, at, client, told)
    chance = random.random()
    if chance < 0.006:
        utility = UNSUBSCRIBE if chance < 0.005 else PREFERENCES
        told.append((at + 20, Kind.CLICKED, {"link": utility, "part": Part.HTML, **client}))
        if chance < 0.005:
            told.append((at + 31, Kind.UNSUBSCRIBED, {}))
    elif chance < 0.008:
        told.append((at + random.randrange(300, 20_000), Kind.REPLIED, {}))


def _clicks(plan: Plan, random: Random, at: int, client: dict[str, str], told: list[_Told]) -> None:
    """The higher a link stands, the more it is clicked: a Zipf law over its place."""
    weights = [1 / (place + 1) for place in range(len(plan.links))]
    for _ in range(1 + (random.random() < 0.25)):
        at += random.randrange(4, 90)
        link = random.choices(plan.links, weights)[0]
        part = Part.TEXT if random.random() < 0.05 else Part.HTML
        told.append((at, Kind.CLICKED, {"link": link, "part": part, **client}))


def _awake(at: int, offset: int, random: Random) -> int:
    """Moves what falls in the night to the morning, and half of what falls in the weekend to Monday."""
    local = at + offset
    hour = local % _DAY // 3_600
    if hour < 7 and random.random() < 0.9:
        local += (7 - hour) * 3_600 + random.randrange(5_400)
    elif 13 <= hour < 17 and random.random() < 0.3:
        local += (19 - hour) * 3_600
    weekday = (local // _DAY + 3) % 7  # 1 January 1970 was a Thursday
    if weekday >= 5 and random.random() < 0.5:
        local += (7 - weekday) * _DAY
    return local - offset
