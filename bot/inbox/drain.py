"""From stored bodies to figures. Run again after any interruption, it completes: known events are duplicates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

import providers.webhooks
from providers.intake import Intake, Reject
from providers.provider import Identities, Provider, Request
from providers.reading import shown
from reports.discover import discover
from reports.events import Email, Event
from reports.verdicts import DEFAULT_RULES, Rules
from store import inbox
from store.inbox import Message
from store.merge import merge

_LOG = structlog.get_logger(__name__)

#: Clocks differ; an event further ahead of its own arrival is a mistake.
_AHEAD = timedelta(days=1)
#: Messages of one merge: enough that its fixed cost is shared.
MANY = 500
_SHOWN = 3  # reasons that a message's problem tells
_LONGEST = 200  # characters of one


def all_providers() -> dict[str, Provider]:
    """Every provider of webhooks by name."""
    return discover(providers.webhooks, "PROVIDER")


@dataclass(frozen=True, slots=True)
class Reader:
    """What a message says, by the provider it came from and the settings of today."""

    providers: Mapping[str, Provider]
    identities: Identities
    on_fault: Callable[[Message], None] = lambda message: (
        None
    )  #: told, with the exception under way, of a fault of ours
    rules: Rules = DEFAULT_RULES  #: by which clicks are judged

    def read(self, message: Message) -> Intake:
        """Never raises: what cannot be read is a reject."""
        provider = self.providers.get(message.provider)
        if provider is None:
            return _refused(message, f"there is no provider {message.provider}")
        request = Request(message.body, message.headers)
        try:
            intake = provider.read(request, self.identities)
        except Exception as error:  # noqa: BLE001 - a fault of ours: the message stays for a version that is mended
            self.on_fault(message)
            return _refused(message, f"reading it failed: {type(error).__name__}")
        return _without_future(intake, message.received_at + _AHEAD)


def log_fault(message: Message) -> None:
    """Writes down the exception under way."""
    _LOG.exception("webhook not readable", provider=message.provider, message=message.id)


def _refused(message: Message, reason: str) -> Intake:
    return Intake(rejects=(Reject(1, reason, shown(message.body)),))


def _without_future(intake: Intake, latest: datetime) -> Intake:
    ahead = [event for event in intake.events if event.at > latest]
    if not ahead:
        return intake
    rejects = tuple(Reject(0, f"{event.at.isoformat()} is in the future", "") for event in ahead)
    events = tuple(event for event in intake.events if event.at <= latest)
    return replace(intake, events=events, rejects=intake.rejects + rejects)


def drain(engine: Engine, reader: Reader, now: Callable[[], datetime], most: int = MANY) -> int:
    """Reads `most` messages that wait, merges them, and gives how many they were; 0: nothing waits.

    Raises sqlalchemy's errors while the database cannot be used; then the messages wait, or will when the lease ends.
    """
    messages = inbox.take(engine, now(), most)
    if messages:
        for number, problem in read_all(engine, reader, messages).items():
            _LOG.warning("webhook kept in the inbox", message=number, problem=problem)
    return len(messages)


def read_all(engine: Engine, reader: Reader, messages: Sequence[Message]) -> dict[int, str]:
    """Reads messages and merges what they say; gives why some could not be read, or not whole, by number.

    Raises sqlalchemy's errors while the database cannot be used.
    """
    intakes = {message.id: reader.read(message) for message in messages}
    refused = _merge(engine, intakes, reader.rules)
    failed: dict[int, str] = {}
    for number, intake in intakes.items():
        reasons = [reject.reason for reject in intake.rejects] + refused.get(number, [])
        if reasons:
            failed[number] = _problem(reasons, len(intake.events) + len(intake.rejects) + intake.ignored)
    inbox.settle(engine, intakes.keys() - failed.keys(), failed)
    return failed


def _problem(reasons: Sequence[str], total: int) -> str:
    told = [reason[:_LONGEST].replace("\0", "") for reason in dict.fromkeys(reasons)]
    more = f" and {len(told) - _SHOWN} other reasons" if len(told) > _SHOWN else ""
    which = f"{len(reasons)} of {total}: " if total > 1 else ""
    return which + "; ".join(told[:_SHOWN]) + more


def _merge(engine: Engine, intakes: Mapping[int, Intake], rules: Rules) -> dict[int, list[str]]:
    """Merges everything; gives the reasons, by message, of what the store refuses, which costs nothing beside it."""
    try:
        _merge_whole(engine, list(intakes.values()), rules)
    except Exception as error:
        if _is_out_of_reach(error):
            raise
        if len(intakes) == 1:
            (number,) = intakes
            return {number: _merge_each(engine, intakes[number], rules)}
        halves = list(intakes.items())
        middle = len(halves) // 2
        return _merge(engine, dict(halves[:middle]), rules) | _merge(engine, dict(halves[middle:]), rules)
    return {}


def _merge_whole(engine: Engine, intakes: Sequence[Intake], rules: Rules) -> None:
    events = [event for intake in intakes for event in intake.events]
    emails = [email for intake in intakes for email in intake.emails]
    if events or emails:
        merge(engine, events, emails, rules)


def _merge_each(engine: Engine, intake: Intake, rules: Rules) -> list[str]:
    lost: list[str] = []
    parts: list[Event | Email] = [*intake.emails, *intake.events]
    for part in parts:
        try:
            if isinstance(part, Event):
                merge(engine, [part], rules=rules)
            else:
                merge(engine, [], [part])
        except Exception as error:
            if _is_out_of_reach(error):
                raise
            lost.append(f"the store refuses it: {type(error).__name__}")
    return lost


def _is_out_of_reach(error: Exception) -> bool:
    """Whether it is the database that fails, and not what it was given."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
