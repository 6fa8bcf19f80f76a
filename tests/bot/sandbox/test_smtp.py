"""The stand-in's mail server: Python's own client sends to it, and bare lines ask what it refuses."""

import asyncio
import smtplib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from bot.sandbox.mailbox import Mailbox
from bot.sandbox.smtp import MOST_OCTETS, MailServer

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
HEAD = "From: a@example.com\r\nDate: Fri, 20 Nov 2026 12:00:00 +0000\r\n"


class Post:
    """A mail server with its mailbox; `told` is how often it told of a mail."""

    def __init__(self) -> None:
        self.mailbox, self.told = Mailbox(), 0
        self.server = MailServer(self.mailbox, lambda: NOON, self._arrived)

    async def _arrived(self) -> None:
        self.told += 1

    async def send(self, message: EmailMessage, to: str = "ann@example.com") -> None:
        def deliver() -> None:
            with smtplib.SMTP("127.0.0.1", self.server.port) as client:
                client.send_message(message, "reports@example.com", [to])

        await asyncio.to_thread(deliver)

    async def talk(self, *lines: str | bytes) -> list[str]:
        """The replies to lines that are sent at once, without the greeting; of several lines the last."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(b"".join(line if isinstance(line, bytes) else f"{line}\r\n".encode() for line in lines))
        writer.write(b"QUIT\r\n")
        replies = (await reader.read()).decode().splitlines()
        writer.close()
        return [reply for reply in replies if reply[3] == " "][1:-1]

    async def given(self, content: bytes, sender: str = "MAIL FROM:<a@example.com>") -> str:
        """The reply to a mail's bytes."""
        return (await self.talk("EHLO x", sender, "RCPT TO:<b@example.com>", "DATA", content, b".\r\n"))[-1]


@pytest.fixture
async def post() -> AsyncIterator[Post]:
    post = Post()
    async with post.server:
        yield post


def a_mail(subject: str = "Week 47") -> EmailMessage:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "Reports <reports@example.com>", "ann@example.com"
    message["Date"] = NOON
    message.set_content("In words\n.\n..and dots\n")
    return message


async def test_a_mail_is_kept_with_its_parts_and_told_of(post: Post) -> None:
    message = a_mail("Größe & Öffnungen")
    message.add_alternative('<p>As it looks <img src="cid:chart"></p>', subtype="html")
    html = message.get_body(("html",))
    assert html is not None
    html.add_related(b"\x89PNG", "image", "png", cid="<chart>")
    message.add_attachment(b"a;b\r\n", maintype="text", subtype="csv", filename="März.csv")
    await post.send(message)
    (mail,) = post.mailbox.mails
    assert (mail.sender, mail.recipients, mail.at) == ("reports@example.com", ("ann@example.com",), NOON)
    assert mail.header("Subject") == "Größe & Öffnungen"
    assert mail.plain.replace("\r\n", "\n") == "In words\n.\n..and dots\n"
    assert 'src="data:image/png;base64,iVBORw=="' in mail.html
    assert mail.attachments == [("März.csv", "text/csv", b"a;b\r\n")]
    assert post.told == 1


async def test_one_connection_carries_several_mails(post: Post) -> None:
    one = ["MAIL FROM:<>", "RCPT TO:<b@example.com>", "DATA", f"{HEAD}\r\nx\r\n."]
    replies = await post.talk("EHLO x", *one, *one)
    assert [reply[:3] for reply in replies] == ["250", *["250", "250", "354", "250"] * 2]
    assert [mail.number for mail in post.mailbox.mails] == [1, 2]


@pytest.mark.parametrize(
    ("lines", "reply"),
    [
        (["MAIL FROM:<a@example.com>"], "503 5.5.1"),
        (["EHLO x", "RCPT TO:<a@example.com>"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:<a@example.com>", "DATA"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:<a@example.com>", "MAIL FROM:<a@example.com>"], "503 5.5.1"),
        (["EHLO x", "MAIL FROM:a@example.com"], "501 5.5.4"),
        (["EHLO x", "MAIL FROM:<nowhere>"], "501 5.1.3"),
        (["EHLO x", f"MAIL FROM:<a@example.com> SIZE={MOST_OCTETS + 1}"], "552 5.3.4"),
        (["EHLO x", "MAIL FROM:<a@example.com> RET=FULL"], "555 5.5.4"),
        (["EHLO x", "MAIL FROM:<ü@example.com>"], "553 5.6.7"),
        (["EHLO x", "MAIL FROM:<a@example.com>", "RCPT TO:<nobody@example.com>"], "550 5.1.1"),
        (["EHLO x", "STARTTLS"], "502 5.5.1"),
    ],
)
async def test_what_a_server_refuses_is_refused(post: Post, lines: list[str], reply: str) -> None:
    assert (await post.talk(*lines))[-1].startswith(reply)
    assert post.mailbox.mails == []


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        (f"{HEAD}\r\none\ntwo\r\n".encode(), "554 5.6.0"),
        (f"{HEAD}\r\n{'x' * 999}\r\n".encode(), "554 5.6.0"),
        (f"{HEAD}\r\nä\r\n".encode(), "554 5.6.3"),
        (b"Subject: no sender\r\n\r\nx\r\n", "554 5.6.0"),
        (f"{HEAD}{HEAD}\r\nx\r\n".encode(), "554 5.6.0"),
    ],
)
async def test_a_mail_out_of_shape_is_refused(post: Post, content: bytes, reply: str) -> None:
    assert (await post.given(content)).startswith(reply)
    assert post.mailbox.mails == []


async def test_eight_bits_and_unicode_are_taken_where_they_are_announced(post: Post) -> None:
    body = f"{HEAD}\r\nä\r\n".encode()
    head = f"{HEAD}Subject: ä\r\n\r\nx\r\n".encode()
    assert (await post.given(body, "MAIL FROM:<a@example.com> BODY=8BITMIME")).startswith("250")
    assert (await post.given(head, "MAIL FROM:<a@example.com> BODY=8BITMIME")).startswith("554 5.6.7")
    assert (await post.given(head, "MAIL FROM:<ü@example.com> SMTPUTF8")).startswith("250")


async def test_a_client_that_goes_away_inside_a_mail_leaves_nothing(post: Post) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", post.server.port)
    writer.write(b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n" + HEAD.encode() + b"\r\nhalf")
    await reader.readuntil(b"354")
    writer.close()
    await writer.wait_closed()
    await post.send(a_mail())
    assert [mail.header("Subject") for mail in post.mailbox.mails] == ["Week 47"]
