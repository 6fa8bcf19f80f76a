"""Where people save and subscribe: an office with a store, in which Anna and Carla are of the team growth."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Engine

from bot.access.rights import Access, Right
from bot.sandbox.doors import ANNA, Person
from bot.sandbox.forms import Form, form_of
from bot.sandbox.state import Conversation
from bot.saved.saving import Saving
from bot.subscriptions.addresses import AddressRules
from bot.subscriptions.subscribing import Subscribing
from reports.query import Filters, Query
from reports.report import Report
from store import subscriptions
from store.saved import OPERATOR, Draft, Saved, Viewer, Visibility, visible
from store.saving import changing, save
from store.subscriptions import Kind, Subscription
from tests.bot.slack.office import NOW, Office, OpenOffice, a_report

BOB, CARLA, GENERAL = "U0BOB000000", "U0CARLA0000", "C0GENERAL00"
TEAMS = {ANNA: frozenset({"growth"}), CARLA: frozenset({"growth"})}
GROWTH = Query(sections=("overview",), filters=Filters(team="growth"), zone="Europe/Amsterdam", locale="nl_NL")
LINKS = Query("newsletter-may", ("links",), zone="Europe/Amsterdam", locale="nl_NL")


@dataclass
class SavingDesk:
    """`queries` are the questions that were asked."""

    office: Office
    engine: Engine
    anna: Person
    queries: list[Query] = field(default_factory=list)

    def person(self, user: str) -> Person:
        return Person(self.office.sandbox, self.anna.wire, user)

    async def form(self, text: str, person: Person | None = None) -> Form:
        person = person or self.anna
        await person.type(text)
        return await form_of(person)

    async def said(self, text: str, person: Person | None = None) -> Conversation:
        """A command, once all that follows on it is over."""
        conversation = await (person or self.anna).type(text)
        await self.office.services.finish()
        return conversation

    async def pressed(self, conversation: Conversation, label: str, person: Person | None = None) -> Conversation:
        following = await (person or self.anna).press(conversation, label)
        await self.office.services.finish()
        return following

    def saved(self, kind: Kind = Kind.REPORT, who: Viewer = OPERATOR) -> tuple[Saved, ...]:
        with self.engine.connect() as connection:
            return visible(connection, who, kind)

    def save(
        self,
        name: str = "Growth",
        content: Query | tuple[int, ...] = GROWTH,
        owner: str = ANNA,
        visibility: Visibility = Visibility.PRIVATE,
        team: str | None = None,
    ) -> Saved:
        with changing(self.engine) as connection:
            return save(
                connection, Viewer(owner, TEAMS.get(owner, frozenset())), Draft(name, content, visibility, team), NOW
            )[0]

    def subscriptions(self) -> tuple[Subscription, ...]:
        with self.engine.connect() as connection:
            return subscriptions.every(connection)


OpenSavingDesk = Callable[..., Awaitable[SavingDesk]]


async def open_desk(office: OpenOffice, engine: Engine, **kept: object) -> SavingDesk:
    """`kept` goes to the office: who sees recipients, and the like."""
    made: SavingDesk

    def answer(query: Query, now: datetime, access: Access) -> Report:
        made.queries.append(query)
        return replace(a_report(query), as_of=now, masked=not access.may(Right.RECIPIENTS))

    subscribing, saving = Subscribing(engine, AddressRules()), Saving(engine, TEAMS)
    there = await office(answer, subscribing=subscribing, saving=saving, **kept)
    made = SavingDesk(there, engine, await there.by_http())
    return made
