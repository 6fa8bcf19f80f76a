"""What somebody who types /emailstats gets to see, on both wires."""

import asyncio
import json
import time
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlencode

import aiohttp
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.access.rights import Access
from bot.answers import EmptyStore, UnknownEmail
from bot.sandbox import blocks
from bot.sandbox.doors import SIGNING_SECRET, NotAcknowledged, Person, sign
from bot.sandbox.state import Conversation, Failure
from reports.query import Query
from reports.report import Report
from tests.bot.slack.office import Gate, Office, OpenOffice, a_report


@pytest.fixture(params=["http", "socket"])
async def wired(request: pytest.FixtureRequest, office: OpenOffice) -> tuple[Office, Person]:
    """An office and somebody who asks, once over HTTP and once over a socket."""
    opened = await office()
    return opened, await (opened.by_http() if request.param == "http" else opened.by_socket())


def raising(error: Exception) -> object:
    def answer(query: Query, now: datetime, access: Access) -> Report:
        raise error

    return answer


async def said(office: Office, anna: Person, text: str) -> Conversation:
    """The conversation when all is said."""
    asked = await anna.type(text)
    await office.services.finish()
    return asked


# Both wires


async def test_a_name_gives_its_figures(wired: tuple[Office, Person]) -> None:
    _, anna = wired
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert "400" in asked.last.text and "990" in asked.last.text
    assert asked.last.of_type("header")[0]["text"]["text"] == "newsletter-may"
    assert asked.last.of_type("image")


async def test_the_answer_shows_the_command_that_asks_it(wired: tuple[Office, Person]) -> None:
    _, anna = wired
    asked = await (await anna.type('"newsletter-may"  by   day last 7d')).posted(2)
    assert "/emailstats newsletter-may last 7 days by day" in json.dumps(asked.last.blocks)


@pytest.mark.parametrize("text", ["", "help", "HELP", "  "])
async def test_help_is_for_who_asks_and_for_who_types_nothing(wired: tuple[Office, Person], text: str) -> None:
    office, anna = wired
    asked = await said(office, anna, text)
    assert "/emailstats latest" in asked.last.text and asked.last.body["response_type"] == "ephemeral"


async def test_the_acknowledgement_does_not_wait_for_the_database(office: OpenOffice) -> None:
    gate = Gate()
    opened = await office(gate)
    for anna in (await opened.by_http(), await opened.by_socket()):
        asked = await anna.type("newsletter-may")  # returns when it is acknowledged
        assert asked.posts == []
    gate.open.set()
    await opened.services.finish()
    assert asked.last.of_type("image")


async def test_the_acknowledgement_does_not_wait_for_slack(office: OpenOffice) -> None:
    opened = await office()
    anna = await opened.by_http()
    await anna.type("help")
    assert "auth.test" not in opened.sandbox.calls


async def test_the_acknowledgement_says_privately_what_is_looked_up(by_http: tuple[Office, Person]) -> None:
    _, anna = by_http
    asked = await anna.type("&lt;!channel&gt; &amp; more")  # as Slack sends what a person types
    assert asked.acknowledgement.body["response_type"] == "ephemeral"
    assert "&lt;!channel&gt; &amp; more" in asked.acknowledgement.text


# Who asks


async def test_the_figures_are_in_the_askers_language_and_time_zone(by_http: tuple[Office, Person]) -> None:
    _, anna = by_http
    asked = await (await anna.type("newsletter-may")).posted(1)
    assert "40,4" in asked.posts[0].text
    assert "1 jun 2026 14:00 CEST" in asked.posts[0].text


async def test_of_whom_slack_tells_neither_zone_nor_language_the_settings_hold(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.workspace.users["U0BARE00000"] = {"tz": None, "locale": None}
    bare = Person(office.sandbox, anna.wire, user="U0BARE00000")
    asked = await (await bare.type("newsletter-may")).posted(1)
    assert "40.4" in asked.posts[0].text and "12:00 UTC" in asked.posts[0].text


async def test_a_person_is_looked_up_once_an_hour(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    await said(office, anna, "help")
    await said(office, anna, "help")
    assert office.sandbox.calls.count("users.info") == 1
    await office.clock.sleep(3601)
    await said(office, anna, "help")
    assert office.sandbox.calls.count("users.info") == 2


async def test_a_look_up_that_fails_is_made_again_the_next_time(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("users.info", Failure("missing_scope"))
    first = await (await anna.type("newsletter-may")).posted(1)
    second = await (await anna.type("newsletter-may")).posted(2)
    assert "Slack does not tell who you are" in first.last.text and "40,4" in second.last.text


# What can go wrong


async def test_a_typo_offers_the_nearest_names_and_a_press_answers(wired: tuple[Office, Person]) -> None:
    _, anna = wired
    asked = await (await anna.type("newsleter-may")).posted(1)
    assert [button["text"]["text"] for button in asked.last.buttons] == ["newsletter-may", "newsletter-march"]
    assert "newsletter-may" in asked.last.text, "a screen reader hears the names"
    pressed = await (await anna.press(asked, "newsletter-may")).posted(2)
    assert len(pressed.shown) == 1, "the answer takes the place of the buttons"
    assert pressed.last.of_type("image")
    assert "newsletter-march" not in str(pressed.last.buttons)


async def test_a_name_too_long_for_a_button_is_named_and_never_asked_in_part(office: OpenOffice) -> None:
    opened = await office(raising(UnknownEmail("x", ("long " * 500, "newsletter-may"))))
    asked = await (await (await opened.by_http()).type("x")).posted(1)
    assert [button["text"]["text"] for button in asked.last.buttons] == ["newsletter-may"]
    assert "long long" in asked.last.text and blocks.faults(asked.last.blocks) == []


async def test_a_filters_value_that_there_is_not_offers_the_nearest_and_a_press_answers(
    wired: tuple[Office, Person],
) -> None:
    _, anna = wired
    asked = await (await anna.type("overview all time campaign:newsleters")).posted(1)
    assert "No e-mail has the campaign “newsleters”." in asked.last.text
    pressed = await (await anna.press(asked, "Newsletters")).posted(2)
    assert "campaign:Newsletters" in str(pressed.last.body)


async def test_a_press_keeps_the_rest_of_the_question(by_http: tuple[Office, Person]) -> None:
    _, anna = by_http
    asked = await (await anna.type('newsleter-may last 7 days by day list:"Customers NL"')).posted(1)
    pressed = await (await anna.press(asked, "newsletter-may")).posted(1)
    assert 'last 7 days by day list:\\"Customers NL\\"' in json.dumps(pressed.last.blocks)


async def test_a_double_click_acts_once(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    asked = await (await anna.type("newsleter-may")).posted(1)
    presses = await asyncio.gather(*(anna.press(asked, "newsletter-may") for _ in range(2)))
    await office.services.finish()
    assert sorted(len(pressed.posts) for pressed in presses) == [0, 2]


async def test_a_command_that_arrives_twice_is_answered_once(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    conversation, url = office.sandbox.open_conversation("U0ANNA00000")
    payload = {"command": "/emailstats", "text": "help", "user_id": "U0ANNA00000", "trigger_id": "1.2"}
    for _ in range(2):
        await anna.wire.send("slash_commands", payload | {"response_url": url, "team_id": "T0SANDBOX"})
    await office.services.finish()
    assert len(conversation.posts) == 1


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (EmptyStore(), "emailstats import"),
        (UnknownEmail("x", ()), "/emailstats latest"),
        (OperationalError("SELECT", {}, Exception("secret")), "database"),
        (RuntimeError("secret"), "operator"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_an_error_is_a_sentence_that_helps(office: OpenOffice, error: Exception, part: str) -> None:
    opened = await office(raising(error))
    asked = await said(opened, await opened.by_http(), "x")
    assert part in asked.last.text
    assert "secret" not in asked.last.text and "Traceback" not in asked.last.text


async def test_an_unexpected_error_can_be_found_in_the_log_without_personal_data(office: OpenOffice) -> None:
    opened = await office(raising(RuntimeError("boom")))
    anna = await opened.by_http()
    with capture_logs() as logs:
        asked = await said(opened, anna, "secret-campaign")
    (line,) = [line for line in logs if line["log_level"] == "error"]
    assert line["reference"] in asked.last.text
    assert anna.user not in str(line) and "secret-campaign" not in str(line)


async def test_a_database_that_never_answers_is_said(office: OpenOffice) -> None:
    gate = Gate()
    opened = await office(gate, patience=0.01)
    asked = await said(opened, await opened.by_http(), "newsletter-may")
    gate.open.set()
    assert "takes too long" in asked.last.text


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("last 7 days", "/emailstats latest last 7 days"),
        ("newsletter-may last 0 days", "/emailstats newsletter-may last 30 days"),
        ('"newsletter-may', '/emailstats "newsletter-may"'),
        ("newsletter-may by month", "/emailstats newsletter-may by week"),
        ("newsletter-may by day by hour", "/emailstats newsletter-may by day"),
        ("newsletter-may list:", "/emailstats newsletter-may"),
    ],
)
async def test_words_that_are_no_question_are_answered_with_what_to_type_and_the_nearest_command_to_press(
    by_http: tuple[Office, Person], text: str, nearest: str
) -> None:
    office, anna = by_http
    asked = await said(office, anna, text)
    assert asked.last.status == 200 and len(asked.last.text) > 20
    assert "reference" not in asked.last.text.casefold()
    assert [button["text"]["text"] for button in asked.last.buttons] == [nearest]
    pressed = await (await anna.press(asked, nearest)).posted(1)
    assert "400" in pressed.posts[0].text


@pytest.mark.parametrize("text", ["newsletter-may links", "newsletter-may LINKS", "lniks newsletter-may"])
async def test_the_section_may_stand_after_the_name_or_be_almost_right(
    by_http: tuple[Office, Person], text: str
) -> None:
    office, anna = by_http
    asked = await said(office, anna, text)
    assert "/emailstats links newsletter-may" in json.dumps(asked.posts[0].blocks)


async def test_when_slack_takes_nothing_at_all_it_is_logged_and_the_next_question_is_answered(
    by_http: tuple[Office, Person],
) -> None:
    office, anna = by_http
    office.sandbox.fail("response_url", Failure("down", 500), times=5)
    office.sandbox.fail("chat.postMessage", Failure("account_inactive"), times=5)
    with capture_logs() as logs:
        await said(office, anna, "help")
    assert [line["event"] for line in logs if line["log_level"] == "error"] == ["Slack took no answer at all"]
    office.sandbox.fail("response_url", Failure("", 200), times=0)
    assert (await said(office, Person(office.sandbox, anna.wire), "help")).posts


async def test_the_end_of_the_service_waits_for_answers_under_way(office: OpenOffice) -> None:
    gate = Gate()
    opened = await office(gate)
    asked = await (await opened.by_http()).type("newsletter-may")
    asyncio.get_running_loop().call_soon(gate.open.set)
    await opened.services.finish()
    assert asked.last.of_type("image")


async def test_the_end_of_the_service_does_not_wait_for_ever(office: OpenOffice) -> None:
    gate = Gate()
    opened = await office(gate)
    asked = await (await opened.by_http()).type("newsletter-may")
    await opened.services.finish(patience=0.01)
    gate.open.set()
    assert asked.posts == []


# Names from outside

HOSTILE = [
    "<!channel>",
    "<@U0ANNA00000>",
    "<https://evil.example|click>",
    "*bold*",
    "_it_",
    "`code`",
    "@here",
    "a\nb",
    "\u202eabc",
]


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_can_not_inject_anything(office: OpenOffice, name: str) -> None:
    opened = await office(lambda query, now, access: a_report(query, name))
    asked = await (await (await opened.by_http()).type("latest")).posted(2)
    for text in markup_of(asked.last.body):
        assert not {"<", ">", "\u202e"} & set(text)


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_name_that_is_offered_can_not_inject_anything_and_its_button_asks_for_it(
    office: OpenOffice, name: str
) -> None:
    wanted: list[str] = []

    def answer_(query: Query, now: datetime, access: Access) -> Report:
        wanted.append(query.email)
        raise UnknownEmail(query.email, (name,))

    opened = await office(answer_)
    anna = await opened.by_http()
    asked = await (await anna.type("x")).posted(1)
    (button,) = asked.last.buttons
    assert blocks.faults(asked.last.blocks) == []
    for text in markup_of(asked.last.body):
        assert not {"<", ">", "\u202e"} & set(text)
    with suppress(TimeoutError):
        await (await anna.press(asked, button["text"]["text"])).posted(1)
    assert wanted == ["x", name]


def markup_of(value: object) -> list[str]:
    """Every text in which Slack reads markup: mrkdwn objects, and the text of the message."""
    if isinstance(value, list):
        return [text for item in value for text in markup_of(item)]
    if not isinstance(value, dict):
        return []
    own = [value["text"]] if isinstance(value.get("text"), str) and value.get("type") in (None, "mrkdwn") else []
    return own + [
        text for key, item in value.items() if key != "text" or isinstance(item, dict) for text in markup_of(item)
    ]


# Who may speak to the app


async def post(url: str, body: str, headers: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as response:
        return response.status


BODY = urlencode(
    {"command": "/emailstats", "text": "help", "user_id": "U", "trigger_id": "1", "response_url": "http://x"}
)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        sign(BODY, "another-secret", int(time.time())),
        sign(BODY + "&text=latest", SIGNING_SECRET, int(time.time())),
        sign(BODY, SIGNING_SECRET, int(time.time()) - 301),
        sign(BODY, SIGNING_SECRET, int(time.time())) | {"X-Slack-Signature": "v0="},
        sign(BODY, SIGNING_SECRET, int(time.time())) | {"X-Slack-Request-Timestamp": "yesterday"},
    ],
    ids=["unsigned", "wrong secret", "changed body", "old", "empty signature", "no time"],
)
async def test_a_request_that_is_not_slacks_is_refused(by_http: tuple[Office, Person], headers: dict[str, str]) -> None:
    office, anna = by_http
    url = anna.wire.url  # type: ignore[attr-defined]
    assert await post(url, BODY, {"Content-Type": "application/x-www-form-urlencoded"} | headers) in (400, 401)
    await office.services.finish()
    assert office.sandbox.calls == []


async def test_another_apps_command_is_not_answered(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    with pytest.raises(NotAcknowledged):
        await anna.type("x", command="/weather")
    await office.services.finish()
    assert office.sandbox.calls == []
