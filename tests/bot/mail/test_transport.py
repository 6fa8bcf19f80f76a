"""A message is surely not sent before its dot, and only after it can nobody tell; the mark stands between the two."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mail.session import Message, stuffed
from bot.mail.settings import Mail
from bot.mail.transport import Relay
from store.ledger import OutcomeKind
from tests.bot.mail.scripted import CUT, SILENT, Script, scripted

_SENT, _TRANSIENT, _PERMANENT, _UNKNOWN = (
    OutcomeKind.SENT,
    OutcomeKind.TRANSIENT,
    OutcomeKind.PERMANENT,
    OutcomeKind.UNKNOWN,
)
_CONTENT = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\n\r\nhello\r\n"


def settings_for(script: Script, connections: int = 2) -> Mail:
    whole = Mail(host="127.0.0.1", port=script.port, tls="none", sender="a@example.com", connections=connections)
    return whole.model_copy(update={"timeout_seconds": 0.5})  # less than a person may set


def message(to: str = "b@example.com", content: bytes = _CONTENT) -> Message:
    return Message("a@example.com", to, "<d.1@example.com>", content)


@dataclass
class Mark:
    """Counts, and keeps what the server had been told when it was awaited."""

    script: Script
    answer: bool = True
    times: int = 0
    dots: list[int] = field(default_factory=list)

    async def __call__(self) -> bool:
        self.times += 1
        self.dots.append(len(self.script.got))
        return self.answer


async def test_a_message_arrives_as_it_is_and_is_marked_once_before_its_dot() -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:
        mark = Mark(script)
        outcome = await relay.send(message(), mark)
    assert (outcome.kind, outcome.far_id) == (_SENT, "<d.1@example.com>")
    assert outcome.text == "250 2.0.0 Ok: queued as 4F2A9C"
    assert script.got == [("b@example.com", _CONTENT + b".\r\n")]
    assert (mark.times, mark.dots) == (1, [0])
    assert script.said == [
        "EHLO example.com",
        f"MAIL FROM:<a@example.com> SIZE={len(_CONTENT)}",
        "RCPT TO:<b@example.com>",
        "DATA",
        ".",
        "QUIT",
    ]


@pytest.mark.parametrize(
    ("step", "reply", "kind", "marks"),
    [
        ("greeting", CUT, _TRANSIENT, 0),
        ("greeting", SILENT, _TRANSIENT, 0),
        ("greeting", "421 4.3.2 too busy", _TRANSIENT, 0),
        ("greeting", "554 5.7.1 go away", _TRANSIENT, 0),
        ("greeting", "hello there", _TRANSIENT, 0),
        ("ehlo", CUT, _TRANSIENT, 0),
        ("mail", CUT, _TRANSIENT, 0),
        ("mail", SILENT, _TRANSIENT, 0),
        ("mail", "451 4.3.0 later", _TRANSIENT, 0),
        ("mail", "550 5.7.1 not from you", _TRANSIENT, 0),
        ("mail", "552 5.3.4 too large", _PERMANENT, 0),
        ("rcpt", CUT, _TRANSIENT, 0),
        ("rcpt", SILENT, _TRANSIENT, 0),
        ("rcpt", "450 4.2.0 later", _TRANSIENT, 0),
        ("rcpt", "550 5.1.1 no such user", _PERMANENT, 0),
        ("rcpt", "550 5.7.1 spam", _PERMANENT, 0),
        ("rcpt", "421 4.4.2 closing", _TRANSIENT, 0),
        ("data", CUT, _TRANSIENT, 0),
        ("data", SILENT, _TRANSIENT, 0),
        ("data", "451 4.3.0 later", _TRANSIENT, 0),
        ("data", "554 5.5.1 no recipients", _PERMANENT, 0),
        ("data", "250 odd", _TRANSIENT, 0),
        ("dot", "250 Ok", _SENT, 1),
        ("dot", "251 will forward", _SENT, 1),
        ("dot", "451 4.3.0 later", _TRANSIENT, 1),
        ("dot", "421 4.3.2 closing", _TRANSIENT, 1),
        ("dot", "552 5.2.2 full", _PERMANENT, 1),
        ("dot", "554 5.7.1 spam", _PERMANENT, 1),
        ("dot", "550 5.1.1 no such user", _PERMANENT, 1),
        ("dot", CUT, _UNKNOWN, 1),
        ("dot", SILENT, _UNKNOWN, 1),
        ("dot", "what was that", _UNKNOWN, 1),
        ("dot", "354 go on", _UNKNOWN, 1),
    ],
)
async def test_each_answer_at_each_step_has_one_meaning(step: str, reply: str, kind: OutcomeKind, marks: int) -> None:
    async with scripted({step: reply}) as script, Relay(settings_for(script), answer_seconds=0.3) as relay:
        mark = Mark(script)
        outcome = await relay.send(message(), mark)
        assert (outcome.kind, mark.times) == (kind, marks)
        assert len(script.got) == marks  # marked exactly where a dot was sent, and not twice
        assert (outcome.far_id is not None) == (step == "dot")


async def test_a_message_that_is_cut_off_half_way_is_surely_not_sent() -> None:
    many = b"".join((b"x" * 70 + b"\r\n") for _ in range(300_000))  # more than what is between us can hold
    async with scripted({"body": CUT, "ehlo": "250 scripted"}) as script, Relay(settings_for(script)) as relay:
        outcome = await relay.send(message(content=_CONTENT + many), mark := Mark(script))
    assert (outcome.kind, mark.times, script.got) == (_TRANSIENT, 0, [])


async def test_a_message_that_is_larger_than_the_server_takes_is_not_begun() -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:
        outcome = await relay.send(message(content=_CONTENT + b"x" * 1_000_000 + b"\r\n"), Mark(script))
    assert (outcome.kind, outcome.code, script.said[1:]) == (_PERMANENT, "5.3.4", ["QUIT"])
    assert "1,000,000 at most" in (outcome.text or "")


async def test_a_connection_that_is_lost_while_it_is_marked_sends_no_dot() -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:

        async def mark() -> bool:
            for task in script.tasks:
                task.cancel()
            await asyncio.wait(script.tasks)
            while script.open:  # noqa: ASYNC110 - the server tells no more
                await asyncio.sleep(0)
            await asyncio.sleep(0.05)  # until the end of the connection has come over
            return True

        outcome = await relay.send(message(), mark)
    assert (outcome.kind, script.got) == (_TRANSIENT, [])


async def test_what_is_no_longer_wanted_is_given_up_without_a_dot() -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:
        outcome = await relay.send(message(), Mark(script, answer=False))
        assert (outcome.kind, script.got) == (_TRANSIENT, [])
        assert (await relay.send(message(), Mark(script))).kind is _SENT  # on another connection
    assert script.sessions == 2


async def test_an_error_of_the_mark_is_passed_on_and_nothing_is_sent() -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:

        async def mark() -> bool:
            raise TimeoutError("the database")

        with pytest.raises(TimeoutError, match="the database"):
            await relay.send(message(), mark)
        assert (await relay.send(message(), Mark(script))).kind is _SENT
    assert len(script.got) == 1


async def test_who_is_cancelled_after_the_dot_leaves_no_session_behind_with_an_answer_to_come() -> None:
    async with scripted({"dot": SILENT}) as script, Relay(settings_for(script)) as relay:
        task = asyncio.create_task(relay.send(message(), Mark(script)))
        while not script.got:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        script.replies["dot"] = "250 Ok"
        assert (await relay.send(message(), Mark(script))).kind is _SENT
    assert script.sessions == 2


async def test_connections_are_used_again_and_never_more_than_are_set() -> None:
    async with scripted() as script, Relay(settings_for(script, connections=3)) as relay:
        outcomes = await asyncio.gather(*(relay.send(message(f"p{n}@example.com"), Mark(script)) for n in range(60)))
    assert {outcome.kind for outcome in outcomes} == {_SENT}
    assert sorted(to for to, _content in script.got) == sorted(f"p{n}@example.com" for n in range(60))
    assert (script.sessions, script.most_open) == (3, 3)


async def test_a_session_has_its_share_of_messages_and_then_there_is_another() -> None:
    async with scripted() as script, Relay(settings_for(script, connections=1)) as relay:
        for _ in range(101):
            assert (await relay.send(message(), Mark(script))).kind is _SENT
    assert (script.sessions, len(script.got)) == (2, 101)


async def test_a_session_that_nobody_needs_is_ended_in_order() -> None:
    async with scripted() as script, Relay(settings_for(script), idle_seconds=0.01) as relay:
        assert (await relay.send(message(), Mark(script))).kind is _SENT
        async with asyncio.timeout(20):
            while script.open:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0)
        assert script.said[-1] == "QUIT"
        assert (await relay.send(message(), Mark(script))).kind is _SENT
    assert script.sessions == 2


@pytest.mark.parametrize("reply", [CUT, "421 4.7.0 too many messages in this session", "452 4.5.3 enough"])
async def test_a_kept_session_that_takes_no_more_is_replaced_at_once(reply: str) -> None:
    async with scripted() as script, Relay(settings_for(script, connections=1)) as relay:
        assert (await relay.send(message(), Mark(script))).kind is _SENT
        script.replies["mail"] = reply
        script.replies["greeting"] = "220 anew"

        async def until_asked() -> None:
            while script.sessions == 1:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0)
            script.replies["mail"] = "250 Ok"

        outcome, _ = await asyncio.gather(relay.send(message(), mark := Mark(script)), until_asked())
    assert (outcome.kind, mark.times, script.sessions) == (_SENT, 1, 2)


async def test_a_refusal_leaves_the_session_good_for_the_next() -> None:
    async with scripted({"rcpt": "550 5.1.1 no such user"}) as script, Relay(settings_for(script)) as relay:
        assert (await relay.send(message(), Mark(script))).kind is _PERMANENT
        script.replies["rcpt"] = "250 Ok"
        assert (await relay.send(message(), Mark(script))).kind is _SENT
    assert script.sessions == 1
    assert "RSET" in script.said


@pytest.mark.parametrize(
    ("reply", "suppress"),
    [
        ("550 5.1.1 user unknown", True),
        ("550 no such user here", True),
        ("556 domain takes no mail", True),
        ("550 5.2.1 disabled", True),
        ("552 5.2.2 over quota", False),
        ("550 5.7.1 blocked using a list", False),
        ("554 5.7.1 relay access denied", False),
        ("550 5.1.8 sender's domain unknown", False),
    ],
)
async def test_only_an_address_where_nobody_is_gets_no_more_mail(reply: str, suppress: bool) -> None:
    async with scripted({"rcpt": reply}) as script, Relay(settings_for(script)) as relay:
        outcome = await relay.send(message(), Mark(script))
    assert (outcome.kind, outcome.suppress) == (_PERMANENT, suppress)


async def test_a_server_that_greylists_is_left_for_some_minutes() -> None:
    async with scripted({"rcpt": "450 4.2.0 greylisted, come again"}) as script, Relay(settings_for(script)) as relay:
        outcome = await relay.send(message(), Mark(script))
    assert outcome.kind is _TRANSIENT
    assert outcome.retry_after >= timedelta(minutes=5)


async def test_no_address_stands_in_what_is_kept_of_an_answer() -> None:
    reply = "550 5.1.1 <anna.b@example.com>: user \x1b[31m unknown"
    async with scripted({"rcpt": reply}) as script, Relay(settings_for(script)) as relay:
        outcome = await relay.send(message("anna.b@example.com"), Mark(script))
    assert outcome.text is not None
    assert "anna" not in outcome.text
    assert outcome.text.isprintable()
    assert outcome.code == "5.1.1"


@pytest.mark.parametrize(
    "to",
    [
        "b@example.com\r\nDATA",
        "b@example.com>\r\nRCPT TO:<c@example.com",
        "b b@example.com",
        "a,b@example.com",
        '"a b"@example.com',
        "b@example.com> SIZE=1",
        "b",
        "@example.com",
        "b@x@example.com",
        "b\x00@example.com",
        "",
    ],
)
async def test_what_is_no_bare_address_never_reaches_the_server(to: str) -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:
        outcome = await relay.send(message(to), mark := Mark(script))
    assert (outcome.kind, outcome.code, mark.times, script.sessions) == (_PERMANENT, "5.1.3", 0, 0)


async def test_a_domain_beyond_ascii_is_written_as_the_network_does() -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:
        assert (await relay.send(message("b@münchen.example"), Mark(script))).kind is _SENT
    assert script.got[0][0] == "b@xn--mnchen-3ya.example"
    assert not any("SMTPUTF8" in said for said in script.said)


async def test_a_name_beyond_ascii_needs_a_server_that_takes_it() -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:
        refused = await relay.send(message("zoë@example.com"), Mark(script))
    async with scripted({"ehlo": "250-x\r\n250 SMTPUTF8"}) as script, Relay(settings_for(script)) as relay:
        assert (await relay.send(message("zoë@example.com"), Mark(script))).kind is _SENT
    assert (refused.kind, refused.code) == (_PERMANENT, "5.6.7")
    assert script.got[0][0] == "zoë@example.com"
    assert "MAIL FROM:<a@example.com> SMTPUTF8" in script.said


async def test_eight_bits_are_announced_where_there_are_any() -> None:
    async with scripted() as script, Relay(settings_for(script)) as relay:
        assert (await relay.send(message(content="\r\né\r\n".encode()), Mark(script))).kind is _SENT
    assert any(said.endswith("BODY=8BITMIME") for said in script.said)


async def test_a_server_that_fails_again_and_again_is_left_alone() -> None:
    async with scripted({"greeting": "421 busy"}) as script, Relay(settings_for(script, connections=1)) as relay:
        for _ in range(5):
            assert await relay.working()
            await relay.send(message(), Mark(script))
        assert not await relay.working()
        outcome = await relay.send(message(), Mark(script))
    assert (outcome.kind, script.sessions) == (_TRANSIENT, 5)
    assert timedelta(seconds=55) < outcome.retry_after <= timedelta(seconds=60)
    assert "421 busy" in (outcome.text or "")


async def test_a_server_that_refuses_us_is_not_asked_for_every_mail() -> None:
    async with scripted({"mail": "530 5.7.0 log in first"}) as script, Relay(settings_for(script)) as relay:
        await relay.send(message(), Mark(script))
        outcome = await relay.send(message(), Mark(script))
    assert (outcome.kind, script.sessions) == (_TRANSIENT, 1)
    assert "log in first" in (outcome.text or "")


@given(st.lists(st.sampled_from([b"\r\n", b".", b"a", b"\xc3\xa9"]), max_size=30).map(b"".join))
def test_stuffing_is_undone_by_taking_a_dot_off_and_leaves_no_end_inside(content: bytes) -> None:
    wire = stuffed(content)
    assert wire.endswith(b"\r\n")
    lines = wire[:-2].split(b"\r\n")
    assert b"." not in lines
    assert b"\r\n".join(line.removeprefix(b".") for line in lines) == content.removesuffix(b"\r\n")
