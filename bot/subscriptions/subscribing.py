"""What every place where people subscribe is given: the store, whom mail may go to, and who asks them to confirm."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from bot.grammar import Misread, parse, to_command
from bot.saved.names import saved_name
from bot.subscriptions.addresses import AddressRules
from reports.calendar import Schedule
from reports.masking import masked_query
from reports.query import Query
from reports.section import Scope
from reports.views import scope_of
from store.saved import NotSaved, Unsaved, Viewer, get, named, queries_of
from store.subscriptions import Kind, Promise, Subscription, Target

#: Asks the owner of a mail address whether they agree; gives a sentence where they could not be asked.
Confirming = Callable[[Subscription, Target], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Subscribing:
    """`confirm` is None where no mail can be sent: then subscriptions go to Slack alone."""

    engine: Engine
    rules: AddressRules
    confirm: Confirming | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is subscribed to: a question, or a report or dashboard by its number; `title` is what it is called."""

    kind: Kind
    query: Query | None
    number: int | None
    title: str


def subject_of(text: str, schedule: Schedule, locale: str, connection: Connection, who: Viewer) -> Subject:
    """What was typed after subscribe: a question, `report NAME` or `dashboard NAME`. Raises Misread or Unsaved."""
    if (saved := saved_name(text)) is None:
        query = parse(text, schedule.zone, locale)
        _fit(schedule, (query,))
        return Subject(Kind.QUERY, query, None, title_of(masked_query(query)))
    kind, name = saved
    found = named(connection, who, kind, name)
    _fit(schedule, queries_of(connection, kind, found.id, who))
    return Subject(kind, None, found.id, found.name)


def asks_of(connection: Connection, promise: Promise, who: Viewer) -> str:
    """What to type for what a subscription is to; nothing where that is gone."""
    if promise.query is not None:
        return title_of(promise.query)
    assert promise.subject is not None, "a promise has a query or a subject"
    try:
        name = get(connection, who, promise.subject).name
        found = named(connection, who, promise.kind, name)
    except NotSaved:
        return ""
    except Unsaved:  # several people have one of that name
        return f"{promise.kind} #{promise.subject}"
    return f"{promise.kind} {name}" if found.id == promise.subject else f"{promise.kind} #{promise.subject}"


def _fit(schedule: Schedule, queries: Sequence[Query]) -> None:
    """Raises Misread where questions can't be asked on a schedule."""
    if schedule.every != "send":
        return
    if any(scope_of(query.sections) is not Scope.EMAIL for query in queries):
        raise Misread("After each send there is one e-mail to tell of: ask about latest, such as “links latest”.")
    if any(query.email != "latest" for query in queries):
        raise Misread("After each send the e-mail is the one just sent: put latest in the place of its name.")


def title_of(query: Query) -> str:
    """A name for a subscription that was given none: what it asks, as it is typed."""
    _, _, words = to_command(query).partition(" ")
    return words
