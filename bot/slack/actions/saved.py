"""Buttons and menus of saved reports and dashboards. Each holds the version that was looked at: a list may be old."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from bot.slack import home, showing
from bot.slack.interactions import Action
from bot.slack.modals import change, hand_over, subscribe
from bot.slack.poster import add
from bot.slack.saved_list import show
from bot.slack.services import Asked
from bot.slack.sharing import NotShared
from reports.render.slack import escaped, unmarked
from store import saving
from store.saved import Saved, Unsaved, get
from store.subscriptions import Kind

Act = Callable[[Asked, Saved, int], Awaitable[None]]


async def _show(asked: Asked, saved: Saved, _: int) -> None:
    await showing.show(asked, saved)
    if asked.at_home:
        await home.publish(asked, f"*{unmarked(saved.name)}* is in your messages from the app, above.")


async def _subscribe(asked: Asked, saved: Saved, _: int) -> None:
    name = saved.name if saved.owner == asked.user else f"#{saved.id}"
    await subscribe.open_form(asked, f"{saved.kind} {name}", beside=True)


async def _change(asked: Asked, saved: Saved, version: int) -> None:
    await change.open_form(asked, saved, version)


async def _hand_over(asked: Asked, saved: Saved, version: int) -> None:
    await hand_over.open_form(asked, saved, version)


async def _duplicate(asked: Asked, saved: Saved, _: int) -> None:
    copy = await _write(asked, saving.duplicate, saved.id)
    await show(asked, copy.kind, f"*{unmarked(copy.name)}* is your copy.")


async def _delete(asked: Asked, saved: Saved, version: int) -> None:
    gone = await _write(asked, saving.delete, saved.id, version)
    await show(asked, gone.kind, f"*{unmarked(gone.name)}* is deleted.", undo=gone)


async def _write(asked: Asked, do: Callable[..., Saved], *args: Any) -> Saved:
    """Raises store.saved.Unsaved."""

    def write() -> Saved:
        with saving.changing(_engine(asked)) as connection:
            return do(connection, asked.viewer, *args, asked.services.now())

    return await asyncio.to_thread(write)


def _of(act: Act) -> Callable[[Asked], Awaitable[None]]:
    """What can't be done is said above the list as it is now."""

    async def run(asked: Asked) -> None:
        kind, number, version = _pressed(asked)
        try:
            await act(asked, await asyncio.to_thread(_load, asked, number), version)
        except Unsaved as error:
            await show(asked, kind, escaped(str(error)))

    return run


async def _undo(asked: Asked) -> None:
    kind, number, version = _pressed(asked)
    try:
        back = await _write(asked, saving.undo, number, version)
        await show(asked, kind, f"*{unmarked(back.name)}* is as it was before.")
    except Unsaved as error:
        await show(asked, kind, escaped(str(error)))


async def _menu(asked: Asked) -> None:
    act, _, rest = asked.text.partition(" ")
    await _MENU[act](replace(asked, text=rest))


async def _page(asked: Asked) -> None:
    kind, first, _ = _pressed(asked)
    await show(asked, kind, first=first)


async def _turn(asked: Asked, dashboard: Saved, place: int) -> None:
    await showing.show(asked, dashboard, place)


async def _share(asked: Asked, dashboard: Saved, _: int) -> None:
    try:
        await showing.share(asked, dashboard)
    except NotShared as refused:
        await add(asked, str(refused))


def _pressed(asked: Asked) -> tuple[Kind, int, int]:
    """What the list is of, and two numbers: mostly which one, and the version that the person looked at."""
    kind, first, second = asked.text.split(" ")
    return Kind(kind), int(first), int(second)


def _load(asked: Asked, number: int) -> Saved:
    with _engine(asked).connect() as connection:
        return get(connection, asked.viewer, number)


def _engine(asked: Asked) -> Engine:
    assert asked.services.saving is not None, "these stand only where things can be saved"
    return asked.services.saving.engine


_MENU = {"change": _of(_change), "duplicate": _of(_duplicate), "hand_over": _of(_hand_over), "delete": _of(_delete)}

ACTION = Action(
    {
        "saved_show": _of(_show),
        "saved_subscribe": _of(_subscribe),
        "saved_menu": _menu,
        "saved_undo": _undo,
        "saved_page_back": _page,
        "saved_page_on": _page,
        "saved_page_list": _page,
        "dashboard_back": _of(_turn),
        "dashboard_on": _of(_turn),
        "dashboard_share": _of(_share),
    }
)
