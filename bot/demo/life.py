"""What becomes of one e-mail at one recipient: delivery or not, machines at once, people in their own time."""

from bisect import bisect
from random import Random
from typing import Any

from bot.demo import replies
from bot.demo.catalogue import Plan
from bot.demo.people import Person
from reports.events import BounceType, Kind, MachineReason, NotSentReason, Part

DAY = 86_400

#: What happened and when, in seconds since 1970, with the rest of the event.
Told = tuple[int, Kind, dict[str, Any]]

#: How busy people are with their mail in each hour of their day; 1 at the busiest.
_HOURS = (
    0.04,
    0.02,
    0.01,
    0.01,
    0.02,
    0.06,
    0.25,
    0.6,
    0.85,
    0.9,
    0.75,
    0.7,
    0.95,
    0.85,
    0.6,
    0.55,
    0.55,
    0.6,
    0.7,
    0.85,
    1,
    0.9,
    0.55,
    0.2,
)
_WEEKEND = 0.5
_SUNRISE = 7 * 3_600
#: Nobody comes to it, or back to it, after so long; without an end, one straggler would stretch every chart.
_FORGOTTEN = 10 * DAY


def story(plan: Plan, random: Random, who: Person, lists: tuple[str, ...], sent: int, offset: int) -> list[Told]:
    """Everything that happens between one recipient and the e-mail; `offset` is their clock's, in seconds."""
    dice = random.random
    if reason := _held_back(who, dice()):
        return [(sent, Kind.NOT_SENT, {"reason": reason, "reply": replies.HELD_BACK[reason], "lists": lists})]
    if plan.held_out and dice() < plan.held_out:
        return [(sent, Kind.NOT_SENT, {"reason": NotSentReason.HELD_OUT, "lists": lists})]
    told: list[Told] = [(sent, Kind.SENT, {"lists": lists})]
    chance = dice()
    if who.dead or chance < 0.003:
        refused: dict[str, Any] = {"bounce": BounceType.HARD, "reply": replies.hard(who.client, dice(), who.address)}
        return [*told, (sent + 1 + int(dice() * 30), Kind.BOUNCED, refused)]
    arrived = sent + 1 + int(dice() ** 3 * 40)
    if chance < 0.022:
        reply = replies.soft(who.client, dice(), who.address)
        told.append((arrived, Kind.DEFERRED, {"reply": reply}))
        if chance < 0.012:
            given_up = arrived + int((1 + 2 * dice()) * DAY)
            return [*told, (given_up, Kind.BOUNCED, {"bounce": BounceType.SOFT, "reply": reply})]
        arrived += 300 + int(dice() * 18_000)
    told.append((arrived, Kind.DELIVERED, {}))
    if who.scanned and not _scanner_lets_it_be(plan, random, arrived, told):
        return told
    _machines(random, who, arrived, told)
    if dice() < min(0.95, (0.06 + 0.9 * who.interest) * plan.appeal):
        _reads(plan, random, who, arrived, offset, told)
    if dice() < 0.0003:
        told.append((arrived + 60 + int(dice() * 40_000), Kind.COMPLAINED, {}))
    return told


def _held_back(who: Person, chance: float) -> NotSentReason | None:
    if who.held_back:
        return who.held_back
    if who.dead:  # most were found out by an earlier e-mail
        return NotSentReason.PREVIOUSLY_BOUNCED if chance < 0.5 else None
    return NotSentReason.INVALID_ADDRESS if chance < 0.0005 else None


def _scanner_lets_it_be(plan: Plan, random: Random, arrived: int, told: list[Told]) -> bool:
    """A security scanner follows every link within seconds; False where it also ends the subscription."""
    links, at = plan.links, arrived + 1 + int(random.random() * 4)
    told.append((at, Kind.OPENED, {"machine": MachineReason.SCANNER}))
    for step, link in enumerate((links.view_in_browser, *links.content, links.preferences, links.unsubscribe)):
        clicked = {"link": link, "part": Part.HTML, "machine": MachineReason.SCANNER}
        told.append((at + step // 4, Kind.CLICKED, clicked))
    if random.random() < 0.03:
        told.append((at + 5 + int(random.random() * 80), Kind.UNSUBSCRIBED, {}))
        return False
    return True


def _machines(random: Random, who: Person, arrived: int, told: list[Told]) -> None:
    chance = random.random()
    if who.private:
        for _ in range((chance < 0.85) + (chance < 0.05)):
            at = arrived + 20 + int(random.expovariate(1 / 1_500))
            told.append((at, Kind.OPENED, {"client": "Apple Mail", "machine": MachineReason.APPLE_PRIVACY}))
    elif who.client == "Gmail" and chance < 0.03:
        told.append((arrived + 1, Kind.OPENED, {"client": "Gmail", "machine": MachineReason.PREFETCH}))
    elif chance > 0.997:
        told.append((arrived + 600 + int(random.random() * DAY), Kind.OPENED, {"machine": MachineReason.BOT}))


def _reads(plan: Plan, random: Random, who: Person, arrived: int, offset: int, told: list[Told]) -> None:
    """Somebody reads it: once or a few times, may click, and seldom does more."""
    dice = random.random
    at = _in_their_time(random, arrived + 5, 9.7, 2.0, offset)
    hidden = who.private and dice() < 0.6  # behind Apple's proxy opens are not seen, but clicks are
    using = {"client": who.client, "device": who.device}
    for again in range(1 + min(7, int(random.expovariate(1.25)))):
        if again:
            at = _in_their_time(random, at + 120, 10.8, 1.4, offset)
            if dice() < 0.3:
                using = {"client": who.other[0], "device": who.other[1]}
        if not hidden:
            timed = {"duration_ms": 300 + int(random.lognormvariate(9.0, 1.05))} if dice() < 0.86 else {}
            told.append((at, Kind.OPENED, {**using, **timed}))
    if dice() < (0.03 + 0.13 * who.interest) * plan.appeal:
        at = _clicks(plan, random, at, using, told)
    chance = dice()
    if chance < 0.007:
        at += 8 + int(dice() * 40)
        leaves = chance < 0.0055
        link = plan.links.unsubscribe if leaves else plan.links.preferences
        told.append((at, Kind.CLICKED, {"link": link, "part": Part.HTML, **using}))
        if leaves:
            told.append((at + 4 + int(dice() * 20), Kind.UNSUBSCRIBED, {}))
    elif chance < 0.009:
        told.append((at + 120 + int(dice() * 20_000), Kind.REPLIED, {}))
    elif chance < 0.014:
        told.append((at + 3, Kind.CLICKED, {"link": plan.links.view_in_browser, "part": Part.HTML, **using}))


def _clicks(plan: Plan, random: Random, at: int, using: dict[str, str], told: list[Told]) -> int:
    """The higher a link stands, the more it is clicked (Zipf's law over its place); returns when the last was."""
    links, totals = plan.links.content, plan.clicks
    part = Part.TEXT if random.random() < 0.06 else Part.HTML
    for _ in range(1 + min(5, int(random.expovariate(1.3)))):
        at += 3 + int(random.expovariate(1 / 40))
        link = links[bisect(totals, random.random() * totals[-1])]
        told.append((at, Kind.CLICKED, {"link": link, "part": part, **using}))
    return at


def _in_their_time(random: Random, since: int, mu: float, sigma: float, offset: int) -> int:
    """A log-normal while after `since`, at an hour of the day and a day of the week at which people read."""
    for _ in range(5):
        at = since + int(random.lognormvariate(mu, sigma)) % _FORGOTTEN
        if random.random() < activity(at + offset):
            return at
    local = at + offset
    if local % DAY < _SUNRISE:  # whoever was asleep reads it in the morning
        at += _SUNRISE - local % DAY + int(random.expovariate(1 / 4_000))
    return at


def activity(local: int) -> float:
    """How likely people read at a moment, in seconds since 1970 by their own clock; from 0 to 1."""
    weekend = (local // DAY + 3) % 7 >= 5  # 1 January 1970 was a Thursday
    return _HOURS[local % DAY // 3_600] * (_WEEKEND if weekend else 1)
