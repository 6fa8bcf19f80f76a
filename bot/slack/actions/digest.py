"""Buttons with which owners mend what stopped: a target is taken up again, a delivery is sent after all."""

import asyncio
from datetime import timedelta
from functools import partial

from sqlalchemy import Engine

from bot.digests.pace import Pace
from bot.slack import home
from bot.slack.interactions import Action
from bot.slack.poster import send
from bot.slack.services import Asked
from reports.render.slack import unmarked
from store import ledger, subscriptions
from store.subscriptions import NoSubscription, Subscription

_GONE = "That subscription has ended already."
_NOT_YOURS = "That subscription is another's: its owner alone can do that."
_SETTLED = "That is settled already: nothing is sent."


async def _mend(asked: Asked) -> None:
    """The target is active again, and what it missed last is sent."""
    try:
        said = await asyncio.to_thread(_taken_up, asked)
    except NoSubscription:
        said = _GONE
    await _tell(asked, said)


async def _tell(asked: Asked, said: str) -> None:
    """In the notice's place, or on the app's home, where it is pressed as well."""
    if asked.response_url:
        await send(asked, said)
    else:
        await home.publish(asked, said)


def _taken_up(asked: Asked) -> str:
    engine, target = _engine(asked), int(asked.text)
    with engine.connect() as connection:
        subscription = subscriptions.of_target(connection, target)
        missed = ledger.last_unsent(connection, target)
    if subscription.promise.owner != asked.user:
        return _NOT_YOURS
    subscriptions.take_up(engine, target, asked.services.now())
    resent = missed is not None and ledger.resend(engine, missed, _keep(subscription))
    return (
        f"*{unmarked(subscription.promise.name)}* goes on{', and what was missed last is sent now' if resent else ''}."
    )


async def _resend(asked: Asked) -> None:
    await _tell(asked, await asyncio.to_thread(_decided, asked, again=True))


async def _arrived(asked: Asked) -> None:
    await _tell(asked, await asyncio.to_thread(_decided, asked, again=False))


def _decided(asked: Asked, *, again: bool) -> str:
    engine, number = _engine(asked), int(asked.text)
    with engine.connect() as connection:
        found = ledger.get(connection, number)
        if found is None:
            return _SETTLED
        delivery, _state = found
        if delivery.owner != asked.user:
            return _NOT_YOURS
        try:
            subscription = subscriptions.get(connection, delivery.subscription_id)
        except NoSubscription:
            return _GONE
    decide = (
        partial(ledger.resend, engine, number, _keep(subscription))
        if again
        else partial(ledger.arrived, engine, number, asked.user)
    )
    if not decide():
        return _SETTLED
    name = f"*{unmarked(delivery.name)}*"
    return f"{name} is sent again now." if again else f"{name} counts as arrived."


def _keep(subscription: Subscription) -> timedelta:
    return Pace().keep(subscription.promise.schedule)


def _engine(asked: Asked) -> Engine:
    assert asked.services.subscribing is not None, "owners are told only where people can subscribe"
    return asked.services.subscribing.engine


ACTION = Action({"digest_mend": _mend, "digest_resend": _resend, "digest_arrived": _arrived})
