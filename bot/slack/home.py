"""The app's home in Slack: somebody's dashboards, reports and subscriptions, and what of these went wrong.

It is published whenever it is opened, and after whatever is done on it. There is no answering beside it: where a
message has a response URL, what is pressed here has none.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.digests.owners import buttons_of
from bot.slack import subscription_rows
from bot.slack.poster import Blocks
from bot.slack.saved_rows import buttons, undo_button, words
from bot.slack.services import Asked
from bot.slack.subscription_text import told
from reports.numbers import write_instant
from store import subscriptions
from store.notices import Notice
from store.open_notices import open_of
from store.saved import Saved, visible
from store.subscriptions import Kind, Subscription

#: How many of each are shown, which keeps to Slack's hundred blocks; the rest is a command away.
_FAILURES, _DASHBOARDS, _REPORTS, _SUBSCRIPTIONS = 5, 6, 9, 7
_SINCE, _LATELY = timedelta(days=30), timedelta(days=7)
_SENTENCE = 2_900
_LATEST = datetime.max.replace(tzinfo=UTC)
_NO_DASHBOARD = (
    "A dashboard is several reports in one place, for you, your team or everyone. Press *Save* under an answer, and"
    " choose “A new one” where the form asks for the dashboard."
)
_NO_REPORT = (
    "Ask something, such as `/emailstats overview last 30 days`, and press *Save* under the answer: the question is"
    " kept with its filters, and answered anew whenever you look."
)
_NO_SUBSCRIPTION = (
    "Have a report sent to a channel, to people or to mail addresses, on the days and at the time you choose: press"
    " *Subscribe* under an answer, or type `/emailstats subscribe overview weekly on Monday at 09:00`."
)
_WELCOME = (
    "Type `/emailstats newsletter-may` in any channel to read what an e-mail did: the answer is private until you share"
    " it. `/emailstats help` shows all that can be asked."
)


@dataclass(frozen=True)
class Shown:
    """What stands on somebody's home; each list is whole, and shown as far as there is room."""

    dashboards: Sequence[Saved] = ()
    reports: Sequence[Saved] = ()
    subscriptions: Sequence[Subscription] = ()
    failures: Sequence[tuple[datetime, Notice]] = ()


async def publish(asked: Asked, head: str = "", undo: Saved | None = None) -> None:
    """`head` says what has just been done, in Slack's markup; `undo` is what it was done to, if it can be undone."""
    shown = await asyncio.to_thread(_load, asked)
    view = {"type": "home", "blocks": list(_blocks(asked, shown, head, undo))}
    await asked.client.views_publish(user_id=asked.user, view=view)


async def refuse(asked: Asked, sentence: str) -> None:
    """To whoever may see nothing."""
    await asked.client.views_publish(user_id=asked.user, view={"type": "home", "blocks": [_section(sentence)]})


def _load(asked: Asked) -> Shown:
    saving, subscribing = asked.services.saving, asked.services.subscribing
    engine = saving.engine if saving else subscribing.engine if subscribing else None
    if engine is None:
        return Shown()
    who = asked.viewer
    now = asked.services.now()
    with engine.connect() as connection:
        return Shown(
            visible(connection, who, Kind.DASHBOARD) if saving else (),
            visible(connection, who, Kind.REPORT) if saving else (),
            subscriptions.of_people(connection, asked.user, [asked.user]) if subscribing else (),
            open_of(connection, asked.user, now - _SINCE, now - _LATELY, _FAILURES) if subscribing else (),
        )


def _blocks(asked: Asked, shown: Shown, head: str, undo: Saved | None) -> Iterator[dict[str, Any]]:
    if head:
        yield _section(head)
        if undo is not None:
            yield _actions(undo_button(undo))
        yield {"type": "divider"}
    if shown.failures:
        yield _header("What needs you")
        for at, notice in shown.failures:
            yield from _failure(asked, at, notice)
        yield {"type": "divider"}
    if asked.services.saving is None and asked.services.subscribing is None:
        yield _section(_WELCOME)
        return
    if asked.services.saving is not None:
        yield from _saved(asked, "Dashboards", shown.dashboards[:_DASHBOARDS], len(shown.dashboards), _NO_DASHBOARD)
        yield {"type": "divider"}
        yield from _saved(asked, "Reports", shown.reports[:_REPORTS], len(shown.reports), _NO_REPORT)
    if asked.services.saving is not None and asked.services.subscribing is not None:
        yield {"type": "divider"}
    if asked.services.subscribing is not None:
        yield from _subscriptions(asked, shown.subscriptions)
    yield {"type": "divider"}
    yield _section(_WELCOME)


def _failure(asked: Asked, at: datetime, notice: Notice) -> Blocks:
    when = write_instant(at, asked.reader.locale, asked.reader.zone)
    found = [_section(f"{notice.text[:_SENTENCE]}\n{when}")]
    if elements := buttons_of(notice.kind, str(notice.about)):
        found.append(_actions(*elements))
    return found


def _saved(asked: Asked, title: str, page: Sequence[Saved], total: int, none: str) -> Iterator[dict[str, Any]]:
    yield _header(title)
    if not page:
        yield _section(none)
    for one in page:
        yield _section(words(asked, one))
        yield _actions(*buttons(one, asked))
    yield from _more(total - len(page), f"/emailstats {title.casefold()}")


def _subscriptions(asked: Asked, found: Sequence[Subscription]) -> Iterator[dict[str, Any]]:
    """Those that are due soonest first; those that follow sends, and those that are paused, come last."""
    yield _header("Next digests")
    if not found:
        yield _section(_NO_SUBSCRIPTION)
    page = sorted(found, key=lambda one: (one.next_due or _LATEST, one.id))[:_SUBSCRIPTIONS]
    for one in page:
        yield _section(told(one, asked.user, asked.services.now(), asked.reader.locale))
        yield _actions(*subscription_rows.buttons(one, asked))
    yield from _more(len(found) - len(page), "/emailstats subscriptions")


def _more(number: int, command: str) -> Blocks:
    return [_section(f"… and {number} more: `{command}`")] if number > 0 else []


def _header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}
