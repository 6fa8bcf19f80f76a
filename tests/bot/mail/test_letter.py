"""A letter as bytes of a message: what every reader of mail, and every server between, needs to find in it."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, strict
from email.utils import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.letter import ADDRESS, LEAVE, Attachment, Letter, Picture, addressed
from reports.text import plain

AT = datetime(2026, 5, 11, 7, 0, tzinfo=UTC)
PNG = bytes(range(256)) * 5
LETTER = Letter(
    "Weekly: May 4 – 10",
    f'<p>Für Ünal</p>\n<p title="{ADDRESS}">{ADDRESS}, <a href="{LEAVE}">leave</a></p>\n',
    f"Figures\n\nto {ADDRESS}:\n{LEAVE}\n.\nthe end",
    (Picture("chart-0-0@emailstats", PNG),),
)
SENDER = Address("Anna’s “figures”, Inc", "reports", "example.com")
NOTICE = Letter(
    "Your file", "<p>Ready</p>", "Ready\n", attachments=(Attachment("naïve – a.csv", "text/csv", b"a,b\n"),)
)


def sent(
    letter: Letter = LETTER,
    to: str = "anna@example.com",
    leave_url: str | None = "https://mail.example.com/u/abcdefghijklmnopqrstuv",
    sender: Address = SENDER,
) -> bytes:
    return addressed(letter, sender=sender, to=to, message_id="<d.1@example.com>", date=AT, leave_url=leave_url)


def read(raw: bytes) -> EmailMessage:
    """As a strict reader has it: raises for whatever is no good MIME."""
    message = message_from_bytes(raw, policy=strict + SMTP)
    assert isinstance(message, EmailMessage)
    for part in message.walk():
        assert not part.defects
    return message


def bodies(raw: bytes) -> tuple[str, str]:
    message = read(raw)
    html, text = message.get_body(("html",)), message.get_body(("plain",))
    assert html is not None and text is not None
    return html.get_content().replace("\r\n", "\n"), text.get_content().replace("\r\n", "\n")


def test_the_headers_say_from_whom_to_whom_about_what_and_that_a_machine_wrote_it() -> None:
    message = read(sent())
    assert message["From"].addresses[0].display_name == "Anna’s “figures”, Inc"
    assert message["From"].addresses[0].addr_spec == "reports@example.com"
    assert message["To"] == "anna@example.com"
    assert message["Subject"] == "Weekly: May 4 – 10"
    assert message["Date"].datetime == AT
    assert message["Message-ID"] == "<d.1@example.com>"
    assert message["Auto-Submitted"] == "auto-generated"


def test_one_click_is_enough_to_leave() -> None:
    message = read(sent())
    assert message["List-Unsubscribe"] == "<https://mail.example.com/u/abcdefghijklmnopqrstuv>"
    assert message["List-Id"] == "<digests.example.com>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_link_to_leave_stays_in_one_line_as_it_is() -> None:
    url = f"https://mail.example.com/u/{'x' * 200}"
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in sent(leave_url=url)


def test_text_comes_first_and_the_html_has_its_picture_beside_it() -> None:
    message = read(sent())
    assert message.get_content_type() == "multipart/alternative"
    text, related = message.iter_parts()
    assert text.get_content_type() == "text/plain"
    assert related.get_content_type() == "multipart/related"
    html, picture = related.iter_parts()
    assert html.get_content_type() == "text/html"
    assert picture["Content-ID"] == "<chart-0-0@emailstats>"
    assert picture.get_content() == PNG


def test_each_reads_their_own_address_and_link_in_the_html_and_in_the_text() -> None:
    html, text = bodies(sent(to="o'hara&co@example.com", leave_url="https://a.example/u/1?a=b&c=d"))
    assert html == (
        "<p>Für Ünal</p>\n"
        '<p title="o&#39;hara&amp;co@example.com">o&#39;hara&amp;co@example.com, '
        '<a href="https://a.example/u/1?a=b&amp;c=d">leave</a></p>\n'
    )
    assert text == "Figures\n\nto o'hara&co@example.com:\nhttps://a.example/u/1?a=b&c=d\n.\nthe end"


def test_what_is_previewed_is_what_is_sent() -> None:
    assert bodies(sent(to="b@example.com", leave_url="https://a.example/u/2")) == LETTER.read_by(
        "b@example.com", "https://a.example/u/2"
    )


def test_the_same_letter_to_the_same_person_is_the_same_bytes() -> None:
    assert sent() == sent(Letter(LETTER.subject, LETTER.html, LETTER.text, LETTER.pictures))


def test_a_file_is_attached_under_its_name() -> None:
    message = read(sent(NOTICE, leave_url=None))
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content_type(), file.get_content()) == (
        "naïve – a.csv",
        "text/csv",
        "a,b\n",
    )
    assert "List-Unsubscribe" not in message


def test_a_letter_that_can_be_left_is_not_sent_without_the_link() -> None:
    with pytest.raises(ValueError, match="link to leave"):
        sent(leave_url=None)


@pytest.mark.parametrize("to", ["a@example.com\r\nBcc: b@example.com", "a@example.com\nX: y", "a\u202e@example.com"])
def test_an_address_never_makes_another_header(to: str) -> None:
    with pytest.raises(ValueError, match="can't be seen"):
        sent(to=to)


def test_only_an_address_that_is_not_in_ascii_takes_more_than_ascii() -> None:
    assert sent().isascii()
    raw = sent(to="jürgen@example.com")
    assert "To: jürgen@example.com\r\n".encode() in raw
    assert raw.replace("jürgen".encode(), b"").isascii()


names = st.text().map(plain)


@settings(max_examples=150, deadline=None)
@given(subject=names, name=names, html=names, text=st.lists(names).map("\n".join), to=st.emails(), marks=st.booleans())
def test_whatever_the_names_are_the_message_is_good_mime_and_says_them(
    subject: str, name: str, html: str, text: str, to: str, marks: bool
) -> None:
    own = f"{ADDRESS}{html}{LEAVE}" if marks else html
    letter = Letter(subject, own, f"{text}{own}", (Picture("c@e", PNG),))
    raw = sent(letter, to=to, leave_url="https://a.example/u/3", sender=Address(name, "a", "example.com"))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"") and b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    message = read(raw)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip
    assert message["Subject"] == subject
    # Python's own reader of addresses puts spaces between encoded words.
    assert str(make_header(decode_header(str(message_from_bytes(raw)["From"])))).rstrip() in (
        f"{name} <a@example.com>".strip(),
        f'"{quote(name)}" <a@example.com>',
        "a@example.com",
    )
    assert bodies(raw) == letter.read_by(to, "https://a.example/u/3")


@given(st.lists(st.sampled_from(["\r\n", "\n", "\r", ".", "é", ADDRESS, "x" * 76]), max_size=20).map("".join))
def test_lines_of_whatever_kind_are_sent_as_lines_of_crlf_and_say_the_same(text: str) -> None:
    """Half an end of a line, and a dot, is the end of the message to some servers."""
    raw = sent(Letter("Weekly", text, text, (Picture("chart-0-0@emailstats", PNG),)), leave_url=None)
    assert raw.count(b"\r\n") == raw.count(b"\n") == raw.count(b"\r")
    said = text.replace("\r\n", "\n").replace("\r", "\n").replace(ADDRESS, "anna@example.com")
    assert [body.removesuffix("\n") for body in bodies(raw)] == [said.removesuffix("\n")] * 2
