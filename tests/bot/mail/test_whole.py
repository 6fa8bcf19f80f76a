"""A digest by mail with its ledger: one message an address, and what the server says becomes of each."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.headerregistry import Address

from sqlalchemy import Engine, text

from bot.access.rights import OPERATOR
from bot.digests.preparing import Eyes
from bot.digests.service import Digests
from bot.mail.letter import Letter
from bot.mail.sender import MailSender
from bot.mail.settings import Mail
from bot.mail.transport import Relay
from reports.freeze import Digest
from store import subscriptions
from store.saved import Viewer
from store.subscriptions import Channel, Place, TargetState
from tests.bot.digests.desk import MONDAY, NOW, QUICK, WEEKLY, Owners, a_report
from tests.bot.mail.scripted import CUT, Script, scripted
from tests.bot.mail.servers import read

_ADDRESSES = ("anna@example.com", "bob@example.com", "chen@example.com")


@dataclass
class Office:
    engine: Engine
    script: Script
    owners: Owners
    subscription: int

    def states(self) -> dict[str, tuple[str, str]]:
        """By address: the delivery's state and the target's."""
        told = text(
            "SELECT address, deliveries.state, targets.state FROM deliveries JOIN targets ON targets.id = target_id"
        )
        with self.engine.connect() as connection:
            return {address: (sent, there) for address, sent, there in connection.execute(told)}

    async def until(self, wanted: dict[str, tuple[str, str]]) -> None:
        await eventually(lambda: self.states() == wanted)


async def eventually(holds: Callable[[], bool]) -> None:
    """Raises TimeoutError."""
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - neither server nor database tells
            await asyncio.sleep(0.01)


@asynccontextmanager
async def office(engine: Engine, script: Script) -> AsyncIterator[Office]:
    """A subscription of three addresses that has just come due."""
    places = [Place(Channel.MAIL, address) for address in _ADDRESSES]
    subscription, _ = subscriptions.add(engine, WEEKLY, places, NOW)
    owners = Owners()
    mail = Mail(host="127.0.0.1", port=script.port, tls="none", sender="reports@example.com")

    async def compose(digest: Digest) -> Letter:
        return Letter(digest.title, "<p>\ue000 \ue001</p>", "\ue000 \ue001\n")

    async with Relay(mail, answer_seconds=0.5) as relay:
        address = Address("Reports", addr_spec="reports@example.com")
        sender = MailSender(relay, compose, address, "https://stats.example.com", lambda: MONDAY)
        eyes = Eyes(a_report, Viewer, lambda _owner: OPERATOR)
        senders = {Channel.MAIL: sender}
        async with Digests(engine, senders, eyes, lambda: MONDAY, tells=owners, pace=QUICK, at_once={Channel.MAIL: 3}):
            yield Office(engine, script, owners, subscription.id)


_SENT = ("sent", "active")


async def test_each_address_gets_one_message_of_its_own(engine: Engine) -> None:
    async with scripted() as script, office(engine, script) as there:
        await there.until(dict.fromkeys(_ADDRESSES, _SENT))
    assert sorted(to for to, _ in script.got) == sorted(_ADDRESSES)


async def test_where_nobody_is_gets_no_more_and_the_owner_is_told(engine: Engine) -> None:
    refusal = {"rcpt bob@example.com": "550 5.1.1 <bob@example.com> no such user"}
    async with scripted(refusal) as script, office(engine, script) as there:
        await there.until({**dict.fromkeys(_ADDRESSES, _SENT), "bob@example.com": ("failed", "suppressed")})
        await eventually(lambda: bool(there.owners.told))
        (waiting,) = there.owners.told
        with engine.connect() as connection:
            targets = {one.address: one.state for one in subscriptions.get(connection, there.subscription).targets}
    assert waiting.notice.owner == WEEKLY.owner
    assert "550 5.1.1" in waiting.notice.text
    assert targets["bob@example.com"] is TargetState.SUPPRESSED
    assert len(script.got) == 2


async def test_what_is_put_off_is_sent_at_the_next_try_and_only_once(engine: Engine) -> None:
    async with scripted({"dot": "451 4.3.0 later"}) as script, office(engine, script) as there:
        await eventually(lambda: len(script.got) > 3)  # each was offered, and one again
        script.replies["dot"] = "250 Ok"
        put_off = len(script.got)
        await there.until(dict.fromkeys(_ADDRESSES, _SENT))
    assert len(script.got) - put_off <= len(_ADDRESSES)
    numbers = {(to, read(content)["Message-ID"]) for to, content in script.got}
    assert len(numbers) == len({number for _, number in numbers}) == 3  # one for all tries of a delivery


async def test_an_answer_that_is_lost_is_unknown_and_never_sent_again(engine: Engine) -> None:
    async with scripted({"dot": CUT}) as script, office(engine, script) as there:
        await there.until(dict.fromkeys(_ADDRESSES, ("unknown", "active")))
        script.replies["dot"] = "250 Ok"
        await eventually(lambda: len(there.owners.told) == 3)  # after each was looked for
    assert sorted(to for to, _ in script.got) == sorted(_ADDRESSES)
