"""The form with which somebody subscribes, or changes a subscription: what, how often, on whose clock, and where to.

What is due next stands at its end, and follows every choice. What is filled in is only read when it is submitted; the
choices that other fields depend on are remembered in the form itself, so that going back to one finds it as it was.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from bot.grammar import Misread
from bot.slack import home
from bot.slack.interactions import Filled, Modal, View, open_modal, update
from bot.slack.modals._fields import Fields, option, plain
from bot.slack.poster import add, send
from bot.slack.services import Asked
from bot.slack.subscription_text import told, upcoming_lines
from bot.subscriptions.addresses import BadAddress
from bot.subscriptions.subscribing import Subject, Subscribing, subject_of
from bot.subscriptions.words import split_schedule
from bot.subscriptions.zones import zones_like
from reports.calendar import Schedule
from reports.render.slack import escaped
from store import subscriptions
from store.saved import Unsaved
from store.subscriptions import AlreadyThere, Channel, NoSubscription, Place, Promise, Subscription, TargetState

NAME = "subscribe"
_FIELDS = Fields(NAME)
_EVERY = {"day": "Daily", "week": "Weekly", "month": "Monthly", "send": "After each send"}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTH = {str(day): f"Day {day}" for day in range(1, 31)} | {"31": "The last day"}
_ASKS = (
    "As you type it after /emailstats: overview team:growth, or links newsletter-may. Of all e-mail, each time the days"
    " are told that have just ended. Or something saved: report Growth, dashboard Monday."
)
_CALLED = "What its messages and mails are called; without one, what it asks."
_AGREE = "One a line. An address outside your own domains gets a mail first, in which its owner agrees."
#: Fields that are a schedule's own, and how what they hold is read.
_READ: dict[str, Callable[[Any], Any]] = {
    "every": str,
    "zone": str,
    "at": time.fromisoformat,
    "days": lambda days: tuple(int(day) for day in days),
    "day": int,
    "hours": int,
}
_SKIP = {"skip": "Send nothing when there is nothing to report"}


@dataclass(frozen=True)
class Draft:
    """What a form begins with. `number` is that of the subscription that it changes, None for a new one."""

    asks: str
    schedule: Schedule
    conversations: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    mail: tuple[str, ...] = ()
    name: str = ""
    skip_empty: bool = False
    number: int | None = None


def draft_of(subscription: Subscription, asks: str) -> Draft:
    """The form with which a subscription is changed. Who has left is not in it; `asks` is what it is to, as typed."""
    here = [target for target in subscription.targets if target.state in (TargetState.ACTIVE, TargetState.PENDING)]
    slack = [target.address for target in here if target.channel is Channel.SLACK]
    promise = subscription.promise
    return Draft(
        asks=asks,
        schedule=promise.schedule,
        conversations=tuple(address for address in slack if address[0] not in "UW"),
        people=tuple(address for address in slack if address[0] in "UW"),
        mail=tuple(target.address for target in here if target.channel is Channel.MAIL),
        name=promise.name,
        skip_empty=promise.skip_empty,
        number=subscription.id,
    )


def build(draft: Draft, locale: str, now: datetime, response_url: str = "", *, beside: bool = False) -> View:
    """The modal. `response_url` is where it is said what became of it, in place of what stands there or `beside` it."""
    return _view(draft.schedule, locale, now, {"number": draft.number, "url": response_url, "beside": beside}, draft)


async def open_form(asked: Asked, text: str, *, beside: bool = False) -> None:
    """Opens the form for what was said: what, and how often, to where it was said. `beside`: as in `build`."""
    asks, schedule = split_schedule(text, Schedule(zone=asked.reader.zone))
    in_channel = asked.channel.startswith(("C", "G"))
    draft = Draft(
        asks=asks or "overview",
        schedule=schedule or Schedule(zone=asked.reader.zone),
        conversations=(asked.channel,) if in_channel else (),
        people=() if in_channel else (asked.user,),
    )
    view = build(draft, asked.reader.locale, asked.services.now(), asked.response_url, beside=beside)
    await open_modal(asked, view)


def _view(schedule: Schedule, locale: str, now: datetime, memory: dict[str, Any], draft: Draft | None = None) -> View:
    """Without a draft the fields keep what was filled in: Slack leaves what has the same identifiers."""
    known = draft or Draft("", schedule)
    memory = {**memory, "schedule": schedule.to_json().decode()}
    changing = memory["number"] is not None
    blocks = [
        _FIELDS.typed("asks", "What", known.asks, hint=_ASKS),
        _FIELDS.typed("name", "Name", known.name, optional=True, most=100, hint=_CALLED),
        _FIELDS.chosen("every", "How often", _EVERY, schedule.every),
        *_when(schedule),
        _FIELDS.offered("zone", "Time zone", schedule.zone),
        {"type": "section", "block_id": "next", "text": plain(upcoming_lines(schedule, now, locale))},
        {"type": "divider"},
        _FIELDS.conversations("conversations", "Channels", known.conversations),
        _FIELDS.people("people", "People", known.people),
        _FIELDS.typed("mail", "Mail addresses", "\n".join(known.mail), optional=True, lines=True, hint=_AGREE),
        _FIELDS.ticked("skip", "When it is empty", _SKIP, ["skip"] if known.skip_empty else [], optional=True),
    ]
    return {
        "type": "modal",
        "callback_id": NAME,
        "title": plain("Change subscription" if changing else "Subscribe"),
        "submit": plain("Save" if changing else "Subscribe"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps(memory),
        "blocks": blocks,
    }


def _when(schedule: Schedule) -> list[dict[str, Any]]:
    """The _FIELDS that this kind of schedule has."""
    if schedule.every == "send":
        return [_FIELDS.number("hours", "Hours after each send", schedule.hours, 1, 744)]
    at = _FIELDS.clock("at", "At", f"{schedule.at:%H:%M}")
    if schedule.every == "week":
        days = {str(number): day for number, day in enumerate(_DAYS, 1)}
        return [_FIELDS.ticked("days", "On", days, [str(day) for day in schedule.days], told=True), at]
    if schedule.every == "month":
        return [_FIELDS.chosen("day", "On", _MONTH, str(schedule.day)), at]
    return [at]


def _schedule(filled: Filled) -> tuple[Schedule, dict[str, str]]:
    """The schedule as the form has it, and what is wrong with it, by block; what is wrong is as it was before."""
    schedule = Schedule.from_json(filled.memory["schedule"])
    errors: dict[str, str] = {}
    for block, read in _READ.items():
        held = filled.held(block)
        if held == []:
            errors[block] = "Tick at least one day."
        elif held is not None:
            try:
                values: dict[str, Any] = {block: read(held)}
                schedule = replace(schedule, **values)
            except ValueError as error:
                errors[block] = f"{str(error)[:1].upper()}{str(error)[1:]}."
    return schedule, errors


async def _changed(filled: Filled) -> None:
    """Fields come and go with how often it is, and what is due next is another."""
    schedule, _ = _schedule(filled)
    asked = filled.asked
    await update(filled, _view(schedule, asked.reader.locale, asked.services.now(), filled.memory))


async def _submit(filled: Filled) -> dict[str, str]:
    asked, subscribing = filled.asked, filled.asked.services.subscribing
    assert subscribing is not None, "the form is opened only where people can subscribe"
    schedule, errors = _schedule(filled)
    subject = None
    try:
        subject = await asyncio.to_thread(_subject, filled, schedule)
    except (Misread, Unsaved) as error:
        errors["asks"] = str(error)
    places = [Place(Channel.SLACK, one) for block in ("conversations", "people") for one in filled.held(block) or ()]
    try:
        mail = subscribing.rules.places(filled.held("mail") or "")
        if mail and subscribing.confirm is None:
            errors["mail"] = "Mail is not set up here yet: ask your operator for the part [mail] of the settings."
        places += mail
    except BadAddress as error:
        errors["mail"] = str(error)
    if not places and "mail" not in errors:
        errors["conversations"] = "Choose a channel, a person, or a mail address: it has to go somewhere."
    if errors or subject is None:
        return errors
    name = (filled.held("name") or "").strip() or subject.title
    skip = bool(filled.held("skip"))
    promise = Promise(asked.user, name, subject.kind, schedule, subject.query, subject.number, skip)
    return await _saved(filled, promise, places)


def _subject(filled: Filled, schedule: Schedule) -> Subject:
    asked = filled.asked
    assert asked.services.subscribing is not None
    with asked.services.subscribing.engine.connect() as connection:
        who = asked.viewer
        return subject_of(filled.held("asks") or "", schedule, asked.reader.locale, connection, who)


async def _saved(filled: Filled, promise: Promise, places: list[Place]) -> dict[str, str]:
    asked = filled.asked
    assert asked.services.subscribing is not None
    engine, now, number = asked.services.subscribing.engine, asked.services.now(), filled.memory["number"]
    try:
        if number is None:
            saved, new = await asyncio.to_thread(subscriptions.add, engine, promise, places, now)
            head = "You are subscribed." if new else "There was this subscription already; it goes on."
        else:
            saved = await asyncio.to_thread(subscriptions.change, engine, number, promise, places, now)
            head = "The subscription is changed."
    except AlreadyThere:
        return {"asks": "You have another subscription that is just this already."}
    except NoSubscription:
        return {"asks": "This subscription has ended in the meantime. Subscribe anew."}
    asked.services.start(_tell(filled, saved, head))
    return {}


async def _tell(filled: Filled, saved: Subscription, head: str) -> None:
    """What was saved, where the form was asked for; and a mail to everybody who has to agree first."""
    asked = replace(filled.asked, response_url=filled.memory["url"])
    assert asked.services.subscribing is not None
    lines = told(saved, asked.user, asked.services.now(), asked.reader.locale)
    said = f"{escaped(head)}\n{lines}"
    if not asked.response_url:
        await home.publish(asked, said)
    else:
        await (add if filled.memory["beside"] else send)(asked, said)
    if not_asked := await _ask_to_agree(asked.services.subscribing, saved):
        warning = f"{not_asked} Change the subscription and save it, and they are asked once more."
        if not asked.response_url:
            await home.publish(asked, f"{said}\n{escaped(warning)}")
        else:
            await add(asked, escaped(warning))


async def _ask_to_agree(subscribing: Subscribing, saved: Subscription) -> str:
    """A mail to everybody who has to agree first; a sentence for each who could not be asked."""
    if subscribing.confirm is None:
        return ""
    waiting = [target for target in saved.targets if target.state is TargetState.PENDING]
    faults = await asyncio.gather(*(subscribing.confirm(saved, target) for target in waiting))
    return " ".join(
        f"{target.address} could not be asked to agree: {fault}"
        for target, fault in zip(waiting, faults, strict=True)
        if fault is not None
    )


def _zones(_: Filled, typed: str) -> list[dict[str, Any]]:
    return [option(name, name) for name in zones_like(typed)]


MODAL = Modal(
    name=NAME,
    submit=_submit,
    changed={f"{NAME}_{block}": _changed for block in _READ},
    offered={f"{NAME}_zone": _zones},
)
