"""The one place where errors become sentences for people."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from secrets import token_hex
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import OperationalError

from bot.access.rights import NotAllowed
from bot.answers import EmptyStore, OutOfReach, UnknownEmail, UnknownValue
from bot.exports.exporting import Denied
from bot.grammar import Misread, to_command
from bot.slack.poster import Refused, send
from bot.slack.services import Asked
from reports.compile import UnknownSection
from reports.query import Filters, Query
from reports.render.slack import escaped, notice
from reports.text import plain, shortened
from store.saved import Unsaved

_LOG = structlog.get_logger(__name__)
_BUTTON = 75
#: What Slack says when a modal is opened later than three seconds after somebody asked for it.
_LATE = {"expired_trigger_id", "exchanged_trigger_id"}
_VALUE = 2_000
#: What says itself what went wrong and what to do.
TOLD = (Denied, EmptyStore, Misread, NotAllowed, OutOfReach, UnknownEmail, UnknownSection, UnknownValue, Unsaved)


async def explain(asked: Asked, error: Exception) -> None:
    """Tells the person what went wrong and what to do; an unexpected error gets a reference that is logged."""
    try:
        if isinstance(error, Refused):
            raise error
        await send(asked, sentence(error), _nearest(error))
    except Refused as refused:  # there is no way left to the person
        _LOG.error("Slack took no answer at all", code=refused.code)


def _nearest(error: Exception) -> list[dict[str, Any]] | None:
    """What went wrong, with the nearest command that can be understood as a button."""
    button = name_button(0, error.nearest, error.nearest) if isinstance(error, Misread) and error.nearest else None
    return None if button is None else [*notice(str(error)), {"type": "actions", "elements": [button]}]


async def explaining(asked: Asked, run: Callable[[Asked], Awaitable[None]]) -> None:
    """Runs what goes on after a form is closed; whatever goes wrong is told."""
    try:
        await run(asked)
    except Exception as error:  # noqa: BLE001 - as in bot.slack.app: every error ends as a sentence or in the log
        await explain(asked, error)


def sentence(error: Exception) -> str:
    """What went wrong and what to do, in Slack's markup; what nobody foresaw is logged with a reference."""
    if isinstance(error, TOLD):
        return escaped(str(error))
    if isinstance(error, SlackApiError) and error.response.get("error") in _LATE:
        return "Slack says that it took too long to open. Do it once more."
    reference = token_hex(4)
    _LOG.error("a question could not be answered", reference=reference, exc_info=error)
    if isinstance(error, TimeoutError):
        return f"The database takes too long to answer: ask again in a minute. Reference {reference}."
    if isinstance(error, OperationalError):
        return f"The database can't be reached at the moment: ask again in a minute. Reference {reference}."
    return (
        f"Something went wrong that nobody foresaw. Ask again, and if it stays, give your operator this: {reference}."
    )


async def offer(
    asked: Asked,
    query: Query,
    error: UnknownEmail | UnknownValue,
    command: Callable[[Query], str] = to_command,
) -> None:
    """The nearest names or values as buttons that ask the same of them: `command` is what each then asks.

    Raises bot.slack.poster.Refused.
    """
    wanted = shortened(plain(error.wanted), 100)
    told = _unknown(error, wanted)
    if not error.nearest:
        await send(asked, escaped(told))
        return
    told = f"{told} Did you mean one of these?"
    names = ", ".join(f"“{escaped(shortened(plain(name), 100))}”" for name in error.nearest)
    commands = [command(_meant(query, error, name)) for name in error.nearest]
    buttons = [name_button(place, *pair) for place, pair in enumerate(zip(error.nearest, commands, strict=True))]
    buttons = [button for button in buttons if button is not None]
    blocks = [*notice(told), {"type": "actions", "elements": buttons}] if buttons else None
    await send(asked, f"{escaped(told)} {names}", blocks)


def _unknown(error: UnknownEmail | UnknownValue, wanted: str) -> str:
    if isinstance(error, UnknownValue):
        return f"No e-mail has the {error.kind} “{wanted}”{'.' if error.nearest else ', and none has another either.'}"
    if error.nearest:
        return f"No e-mail is called “{wanted}”."
    return f"No e-mail is called “{wanted}”, and no name looks like it. `/emailstats latest` shows the one sent last."


def _meant(query: Query, error: UnknownEmail | UnknownValue, name: str) -> Query:
    """The query with what there is in the place of what there is not."""
    if isinstance(error, UnknownValue):
        filters = {**asdict(query.filters), error.field: name}
        return replace(query, filters=Filters(**filters))
    email, *others = (name if asked == error.wanted else asked for asked in (query.email, *query.others))
    return replace(query, email=email, others=tuple(others))


def name_button(place: int, name: str, command: str) -> dict[str, Any] | None:
    """Asks a command; its answer takes the place of the button. None for one that does not fit.

    A command that is cut would ask something else: its name stands in the text alone.
    """
    if len(command) > _VALUE:
        return None
    return {
        "type": "button",
        "action_id": f"ask_{place}",
        "text": {"type": "plain_text", "text": shortened(plain(name), _BUTTON) or "—", "emoji": False},
        "value": command,
    }
