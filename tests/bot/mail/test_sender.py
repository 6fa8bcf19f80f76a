"""A digest by mail: put together once, addressed to each, with what mail programs need to leave by one click."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import parseaddr, parsedate_to_datetime

import pytest

from bot.mail.brand import Brand
from bot.mail.letter import Attachment, Letter
from bot.mail.notices import Notices
from bot.mail.sender import MailSender, message_id
from bot.mail.settings import Mail
from bot.mail.transport import Relay
from reports.calendar import Schedule
from reports.freeze import Digest
from store.ledger import Delivery, OutcomeKind
from store.subscriptions import Channel, Kind, Promise, State, Subscription, Target, TargetState
from tests.bot.mail.digests import ARABIC, HOSTILE, LONG
from tests.bot.mail.servers import Post, read, serving

_NOW = datetime(2026, 5, 11, 7, 0, tzinfo=UTC)
_TOKEN = "abcdefghijklmnopqrstuv"
_DELIVERY = Delivery(7, 1, "2026-W19", 3, Channel.MAIL, "anna@example.com", 1, 1, _TOKEN, "Weekly", "U1", _NOW)
_DIGEST = Digest("Weekly", "4 – 10 May", ())


async def _wanted() -> bool:
    return True


@dataclass
class Desk:
    """A sender before a real server; `made` counts letters that were put together."""

    sender: MailSender
    notices: Notices
    post: Post
    made: list[Digest]
    fail: bool = False


@asynccontextmanager
async def desk(name: str = "Example's figures", subject: str = "Weekly") -> AsyncIterator[Desk]:
    made: list[Digest] = []
    there: Desk

    async def compose(digest: Digest) -> Letter:
        made.append(digest)
        await asyncio.sleep(0)  # while others ask for it
        if there.fail:
            raise RuntimeError("no letter")
        text = f"Hello \ue000\n.\n..\n{'x' * 3_000}\n{ARABIC}\n\ue001\n"
        return Letter(subject, f"<p>\ue000</p><a href='\ue001'>leave</a>{'y' * 3_000}\n.\n", text)

    async with serving() as post:
        mail = Mail(host="127.0.0.1", port=post.port, tls="none", sender="reports@example.com", connections=3)
        async with Relay(mail) as relay:
            address = Address(name, addr_spec="reports@example.com")
            brand, url = Brand("Example Ltd", "#0b5cad", "", None), "https://stats.example.com"
            there = Desk(
                MailSender(relay, compose, address, url, lambda: _NOW),
                Notices(relay, address, brand, url, lambda: _NOW),
                post,
                made,
            )
            yield there


async def test_a_digest_has_all_that_a_mail_program_needs_to_leave_by_one_click() -> None:
    async with desk() as there:
        outcome = await there.sender.send(_DELIVERY, _DIGEST, _wanted)
    assert outcome.kind is OutcomeKind.SENT
    ((sender, to, content),) = there.post.got
    message = read(content)
    assert (sender, to) == ("reports@example.com", ["anna@example.com"])
    assert message["From"] == "Example's figures <reports@example.com>"
    assert message["To"] == "anna@example.com"
    assert message["List-Unsubscribe"] == f"<https://stats.example.com/u/{_TOKEN}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(message["Date"]) == _NOW
    assert message["Message-ID"] == outcome.far_id == message_id(_DELIVERY, "example.com")
    assert f"https://stats.example.com/u/{_TOKEN}" in message.get_body(("plain",)).get_content()  # type: ignore[union-attr]


async def test_long_lines_dots_and_signs_beyond_ascii_come_as_they_are() -> None:
    async with desk() as there:
        await there.sender.send(_DELIVERY, _DIGEST, _wanted)
    content = there.post.got[0][2]
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert content.isascii()
    text = read(content).get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert text.replace("\r\n", "\n") == (
        f"Hello anna@example.com\n.\n..\n{'x' * 3_000}\n{ARABIC}\nhttps://stats.example.com/u/{_TOKEN}\n"
    )


async def test_every_try_has_the_same_number_and_every_delivery_another() -> None:
    again = replace(_DELIVERY, attempt=2, fence=2)
    assert message_id(again, "example.com") == message_id(_DELIVERY, "example.com")
    assert message_id(replace(_DELIVERY, id=8), "example.com") != message_id(_DELIVERY, "example.com")
    assert re.fullmatch(r"<d\.[0-9a-f]{24}@example\.com>", message_id(_DELIVERY, "example.com"))
    assert _TOKEN not in message_id(_DELIVERY, "example.com")


async def test_a_letter_is_put_together_once_for_all_who_get_it() -> None:
    async with desk() as there:
        people = [
            replace(_DELIVERY, id=n, target_id=n, address=f"p{n}@example.com", leave_token=f"{n:022}")
            for n in range(40)
        ]
        await asyncio.gather(*(there.sender.send(one, _DIGEST, _wanted) for one in people))
        assert len(there.made) == 1
        await there.sender.send(replace(_DELIVERY, period_key="2026-W20"), replace(_DIGEST, period="later"), _wanted)
    assert [digest.period for digest in there.made] == ["4 – 10 May", "later"]
    sent = {read(content)["To"]: content.decode() for _, _, content in there.post.got[:40]}
    assert len(sent) == 40
    for n in range(40):  # one message a recipient, with nothing of anybody else
        own = sent[f"p{n}@example.com"]
        assert f"/u/{n:022}" in own
        assert not any(f"p{other}@example.com" in own for other in range(40) if other != n)


async def test_a_letter_that_failed_is_tried_anew_the_next_time() -> None:
    async with desk() as there:
        there.fail = True
        with pytest.raises(RuntimeError, match="no letter"):
            await there.sender.send(_DELIVERY, _DIGEST, _wanted)
        there.fail = False
        assert (await there.sender.send(_DELIVERY, _DIGEST, _wanted)).kind is OutcomeKind.SENT
    assert len(there.made) == 2


@pytest.mark.parametrize("name", [ARABIC, 'Zoë "the" O\'Brien, <x>', "a" * 100])
async def test_a_senders_name_stays_a_name(name: str) -> None:
    async with desk(name) as there:
        await there.sender.send(_DELIVERY, _DIGEST, _wanted)
    raw = message_from_bytes(there.post.got[0][2])["From"]  # the newer reader puts spaces between encoded words
    told, address = parseaddr(raw)
    assert (str(make_header(decode_header(told))), address) == (name, "reports@example.com")


async def test_a_subject_can_bring_in_no_other_header() -> None:
    with pytest.raises(ValueError, match="header"):
        async with desk(subject="x\r\nBcc: c@example.com") as there:
            await there.sender.send(_DELIVERY, _DIGEST, _wanted)


def subscription(name: str) -> tuple[Subscription, Target]:
    target = Target(3, 1, Channel.MAIL, "anna@elsewhere.example", _TOKEN, TargetState.PENDING)
    schedule = Schedule(every="week", days=(1,), at=time(9), zone="Europe/Amsterdam")
    promise = Promise("U1", name, Kind.QUERY, schedule)
    return Subscription(1, promise, State.ACTIVE, _NOW, _NOW, None, (target,)), target


@pytest.mark.parametrize("name", ["Weekly", HOSTILE, LONG, ARABIC, "x\r\nBcc: c@example.com"])
async def test_who_has_to_agree_is_asked_with_a_link_that_says_so(name: str) -> None:
    async with desk() as there:
        assert await there.notices.confirm(*subscription(name)) is None
    ((_, to, content),) = there.post.got
    message = read(content)
    assert to == ["anna@elsewhere.example"]
    assert message["Bcc"] is None
    assert message["List-Unsubscribe"] is None  # there is nothing to leave yet
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert f"https://stats.example.com/confirm/{_TOKEN}" in text
    assert "do nothing" in text


async def test_a_notice_carries_what_is_attached() -> None:
    async with desk() as there:
        file = Attachment("zomer-é.csv", "text/csv", b"a,b\r\n1,2\r\n")
        outcome = await there.notices.notify(
            "anna@example.com", "Your file", ("It is here.",), ("Open", "https://x.example/d/1"), (file,)
        )
        again = await there.notices.notify("anna@example.com", "Your file", ("It is here.",))
    (attached,) = read(there.post.got[0][2]).iter_attachments()
    assert (attached.get_filename(), attached.get_payload(decode=True)) == ("zomer-é.csv", b"a,b\r\n1,2\r\n")
    assert outcome.kind is again.kind is OutcomeKind.SENT
    assert outcome.far_id != again.far_id
