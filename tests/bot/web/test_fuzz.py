"""Whatever a provider's door is sent, it answers as it should, and no valid event is lost beside it.

`make fuzz` sends 10,000 damaged webhooks to each; `make test` a few.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, text

from bot.inbox.drain import all_providers
from providers.provider import Request
from tests.bot.web.damage import beside, damaged
from tests.bot.web.doors import CASES, Caller, opened
from tests.bot.web.test_webhooks import counted
from tests.providers.webhooks.cases import ses

PROVIDERS = all_providers()
_AT_A_TIME = 16
_PEOPLE = "SELECT address FROM contacts WHERE id IN (SELECT contact_id FROM events)"
#: What should have been refused with a reason, and was found out by an exception.
_FAULTS = "SELECT problem FROM inbox WHERE problem LIKE '%reading it failed%' OR problem LIKE '%store refuses%'"


@dataclass(frozen=True)
class Sent:
    """A request, and the identities of the events that must come of it, whatever else does."""

    request: Request
    valid: frozenset[str]


def sent(name: str, number: int, chance: random.Random) -> Iterator[Sent]:
    """A damaged webhook, and now and then one with valid events about people of its own."""
    body = CASES[name].body.replace(b"example.org", b"n%d.example.org" % number)
    yield Sent(signed(name, damaged(body, chance)), frozenset())
    if number % 5 == 0:
        request = signed(name, body if number % 10 == 0 else beside(body, chance))
        contacts = (event.contact for event in PROVIDERS[name].parse(Request(body), PROVIDERS[name].identity).events)
        yield Sent(request, frozenset(contact.lower() for contact in contacts))


def signed(name: str, body: bytes) -> Request:
    """As the provider would send it; what it could not even sign comes without a proof."""
    if name == "ses":  # by EventBridge: of SNS, tests/bot/web/test_sns.py
        return Request(body, {"x-emailstats-secret": ses.SECRET})
    try:
        return CASES[name].sign(body)
    except (ValueError, KeyError, TypeError, RecursionError):
        return Request(body)


async def send_all(caller: Caller, name: str, sending: Sequence[Sent]) -> set[int]:
    """Sends everything, some at a time; gives the statuses, of valid ones as well."""
    statuses: set[int] = set()
    waiting = iter(sending)

    async def one_after_the_other() -> None:
        for each in waiting:
            status = await caller.send(name, each.request)
            assert not each.valid or status == PROVIDERS[name].answers.success
            statuses.add(status)

    await asyncio.gather(*(one_after_the_other() for _ in range(_AT_A_TIME)))
    return statuses


@pytest.mark.parametrize("name", sorted(PROVIDERS))
async def test_damaged_webhooks_cost_no_valid_event(name: str, engine: Engine, pytestconfig: pytest.Config) -> None:
    chance = random.Random(name)
    numbers = range(pytestconfig.getoption("--fuzz"))
    sending = [each for number in numbers for each in sent(name, number, chance)]
    async with opened(engine, most=len(sending) + 1, store_seconds=60) as caller:
        answers = PROVIDERS[name].answers
        statuses = await send_all(caller, name, sending)
        assert statuses <= {answers.success, answers.unverified}
        await counted(engine, 600)
    with engine.connect() as connection:
        counted_people = set(connection.execute(text(_PEOPLE)).scalars())
        faults = connection.execute(text(_FAULTS)).scalars().all()
    wanted = {contact for each in sending for contact in each.valid}
    assert wanted and wanted <= counted_people
    assert faults == []
