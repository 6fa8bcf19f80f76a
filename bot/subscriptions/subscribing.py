"""What every place where people subscribe is given: the store, whom mail may go to, and who asks them to confirm."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import Engine

from bot.grammar import Misread, parse, to_command
from bot.subscriptions.addresses import AddressRules
from reports.calendar import Schedule
from reports.query import Query
from reports.section import Scope
from reports.views import scope_of
from store.subscriptions import Subscription, Target

#: Asks the owner of a mail address whether they agree.
Confirming = Callable[[Subscription, Target], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Subscribing:
    """`confirm` is None where no mail can be sent: then subscriptions go to Slack alone."""

    engine: Engine
    rules: AddressRules
    confirm: Confirming | None = None


def question(text: str, schedule: Schedule, locale: str) -> Query:
    """What a subscription asks each time, on the schedule's clock. Raises Misread."""
    query = parse(text, schedule.zone, locale)
    if schedule.every == "send" and scope_of(query.sections) is not Scope.EMAIL:
        raise Misread("After each send there is one e-mail to tell of: ask about latest, such as “links latest”.")
    if schedule.every == "send" and query.email != "latest":
        raise Misread("After each send the e-mail is the one just sent: put latest in the place of its name.")
    return query


def title_of(query: Query) -> str:
    """A name for a subscription that was given none: what it asks, as it is typed."""
    _, _, words = to_command(query).partition(" ")
    return words
