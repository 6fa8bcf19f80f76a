"""Buttons of a list of subscriptions. Each looks anew at what it is about: a list may be old, or another's."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from sqlalchemy import Engine

from bot.digests.compiling import compile_digest, newest, questions_of
from bot.grammar import to_command
from bot.slack.faults import sentence
from bot.slack.interactions import Action, View, open_modal
from bot.slack.modals import subscribe
from bot.slack.modals._fields import plain
from bot.slack.poster import Blocks, Refused, direct_message, post_report
from bot.slack.services import Asked
from bot.slack.subscription_list import show
from bot.slack.subscription_rows import mine
from bot.subscriptions.subscribing import asks_of
from reports.freeze import Digest
from reports.render import slack
from reports.render.slack import unmarked
from reports.text import plain as one_line
from reports.text import shortened
from store import subscriptions
from store.subscriptions import NoSubscription, Subscription

_GONE = "That subscription has ended already."
_NOT_YOURS = "That subscription is another's: its owner alone can do that."
_MOST_BLOCKS = 90  # of a modal's hundred

Act = Callable[[Asked, Subscription], Awaitable[None]]


async def _pause(asked: Asked, subscription: Subscription) -> None:
    await asyncio.to_thread(subscriptions.pause, _engine(asked), subscription.id)
    await show(asked, f"“{subscription.promise.name}” is paused.")


async def _resume(asked: Asked, subscription: Subscription) -> None:
    await asyncio.to_thread(subscriptions.resume, _engine(asked), subscription.id, asked.services.now())
    await show(asked, f"“{subscription.promise.name}” goes on. What was due in between is not made up for.")


async def _end(asked: Asked, subscription: Subscription) -> None:
    await asyncio.to_thread(subscriptions.end, _engine(asked), subscription.id)
    await show(asked, f"“{subscription.promise.name}” has ended.")


async def _edit(asked: Asked, subscription: Subscription) -> None:
    draft = subscribe.draft_of(subscription, await asyncio.to_thread(_asks, asked, subscription))
    view = subscribe.build(draft, asked.reader.locale, asked.services.now(), asked.response_url)
    await open_modal(asked, view)


async def _leave(asked: Asked, subscription: Subscription) -> None:
    name, target = subscription.promise.name, mine(subscription, asked)
    if target is None:
        await show(asked, f"“{name}” does not come to you here any more.")
        return
    await asyncio.to_thread(subscriptions.leave, _engine(asked), target.token, f"taken off by {asked.user}")
    owner = subscription.promise.owner
    if target.address != asked.user and owner not in (asked.user, "terminal"):
        words = f"<@{asked.user}> has taken <#{target.address}> off your subscription *{unmarked(name)}*."
        with suppress(Refused):  # the list says it to whoever pressed
            await direct_message(replace(asked, user=owner), words)
    await show(asked, f"“{name}” does not come {'to you' if target.address == asked.user else 'here'} any more.")


async def _preview(asked: Asked, subscription: Subscription) -> None:
    """In a modal, which is opened at once: its trigger does not wait for figures."""
    waiting = _preview_view(subscription, slack.notice("Compiling …"))
    opened = await asked.client.views_open(trigger_id=asked.trigger_id, view=waiting)
    try:
        blocks = _blocks(await _digest(asked, subscription))
    except Exception as error:  # noqa: BLE001 - whatever it is, it is said where the person waits
        blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": sentence(error)}}]
    await asked.client.views_update(view_id=opened["view"]["id"], view=_preview_view(subscription, blocks))


def _blocks(digest: Digest) -> Blocks:
    messages = [slack.render(report, to_command(report.query), remark=_remark(digest)) for report in digest.reports]
    return [block for message in messages for block in message.blocks if block["type"] != "actions"][:_MOST_BLOCKS]


async def _to_me(asked: Asked, subscription: Subscription) -> None:
    """A trial: it is no occurrence, and goes to nobody else."""
    digest = await _digest(asked, subscription)
    for report in digest.reports:
        await post_report(asked, asked.user, report, _remark(digest))
    await show(asked, f"“{subscription.promise.name}” is in your messages from the app.")


async def _digest(asked: Asked, subscription: Subscription) -> Digest:
    """What would be sent now, as of the last occurrence. Addresses are hidden: others will read it."""
    promise, services = subscription.promise, asked.services
    ask = partial(services.answer, now=services.now(), access=asked.access.for_others)

    def compiled() -> Digest:
        with _engine(asked).connect() as connection:
            owner = asked.viewer if promise.owner == asked.user else services.viewer(promise.owner)
            queries = questions_of(connection, promise, owner)
        return compile_digest(promise, queries, newest(promise.schedule, services.now()), ask)

    async with asyncio.timeout(services.patience):
        return await asyncio.get_running_loop().run_in_executor(services.threads, compiled)


def _remark(digest: Digest) -> str:
    return f"{digest.title}, {digest.period}" if digest.period else digest.title


def _preview_view(subscription: Subscription, blocks: Blocks) -> View:
    heading = {"type": "header", "text": plain(shortened(one_line(subscription.promise.name), 150) or "—")}
    return {"type": "modal", "title": plain("Preview"), "close": plain("Close"), "blocks": [heading, *blocks]}


def _checked(act: Act, *, owner: bool = False) -> Callable[[Asked], Awaitable[None]]:
    """`owner`: nobody else may do it; the rest is for those whom it comes to as well."""

    async def run(asked: Asked) -> None:
        try:
            subscription = await asyncio.to_thread(_load, asked)
            theirs = subscription.promise.owner == asked.user
            if theirs or (not owner and mine(subscription, asked) is not None):
                await act(asked, subscription)
            else:
                await show(asked, _NOT_YOURS)
        except NoSubscription:
            await show(asked, _GONE)

    return run


def _asks(asked: Asked, subscription: Subscription) -> str:
    with _engine(asked).connect() as connection:
        return asks_of(connection, subscription.promise, asked.viewer)


def _load(asked: Asked) -> Subscription:
    with _engine(asked).connect() as connection:
        return subscriptions.get(connection, int(asked.text))


def _engine(asked: Asked) -> Engine:
    assert asked.services.subscribing is not None, "the list is shown only where people can subscribe"
    return asked.services.subscribing.engine


async def _page(asked: Asked) -> None:
    await show(asked, first=int(asked.text))


ACTION = Action(
    {
        "subscription_preview": _checked(_preview),
        "subscription_to_me": _checked(_to_me),
        "subscription_edit": _checked(_edit, owner=True),
        "subscription_pause": _checked(_pause, owner=True),
        "subscription_resume": _checked(_resume, owner=True),
        "subscription_end": _checked(_end, owner=True),
        "subscription_leave": _checked(_leave),
        "subscription_page_back": _page,
        "subscription_page_on": _page,
    }
)
