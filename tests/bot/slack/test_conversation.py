"""Mentions in channels and direct messages: answered like the command, where they were said."""

import asyncio
import json
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.access.rights import Access, Policy, Right
from bot.answers import EmptyStore
from bot.sandbox.doors import Person
from bot.sandbox.methods import BOT_USER, Arguments
from bot.sandbox.state import Failure
from reports.query import Query
from reports.report import Report
from tests.bot.slack.desk import OpenSavingDesk
from tests.bot.slack.office import Gate, Office, OpenOffice, a_report

GENERAL = "C0GENERAL00"


@pytest.fixture(params=["http", "socket"])
async def wired(request: pytest.FixtureRequest, office: OpenOffice) -> tuple[Office, Person]:
    opened = await office()
    return opened, await (opened.by_http() if request.param == "http" else opened.by_socket())


async def said(office: Office, anna: Person, text: str, channel: str = "", thread: str = "") -> str:
    """The time of what was said, when all is answered."""
    ts = await anna.say(text, channel, thread)
    await office.services.finish()
    return ts


def answers(office: Office) -> list[Arguments]:
    """Messages of the app, oldest first."""
    return [body for body in office.sandbox.workspace.posted.values() if "user" not in body]


def buttons(message: Arguments) -> dict[str, str]:
    """Labels, with what pressing them asks."""
    found = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return {button["text"]["text"]: button["value"] for elements in found for button in elements}


def time_of(office: Office, message: Arguments) -> str:
    return next(ts for (_, ts), body in office.sandbox.workspace.posted.items() if body is message)


async def test_a_mention_is_answered_in_a_thread_for_all_with_the_chart_in_the_same_message(
    wired: tuple[Office, Person],
) -> None:
    office, anna = wired
    ts = await said(office, anna, "newsletter-may", GENERAL)
    (message,) = answers(office)
    assert message["channel"] == GENERAL and message["thread_ts"] == ts
    assert "400" in message["text"] and "990" in message["text"]
    assert [block["type"] for block in message["blocks"]].count("image") == 1
    assert office.sandbox.calls.count("chat.postMessage") == office.sandbox.calls.count("chat.update") == 1


async def test_a_direct_message_is_answered_there_in_its_own_thread(wired: tuple[Office, Person]) -> None:
    office, anna = wired
    ts = await said(office, anna, "newsletter-may last 7 days")
    (message,) = answers(office)
    assert message["channel"] == anna.direct and message["thread_ts"] == ts
    assert "/emailstats newsletter-may last 7 days" in json.dumps(message["blocks"])


async def test_others_read_no_addresses_and_one_alone_does_as_they_may(office: OpenOffice) -> None:
    seen: list[bool] = []

    def answer_(query: Query, now: datetime, access: Access) -> Report:
        seen.append(access.may(Right.RECIPIENTS))
        return a_report(query)

    policy = Policy({Right.FIGURES: frozenset({"members"}), Right.RECIPIENTS: frozenset({"members"})})
    opened = await office(answer_, policy=policy)
    anna = await opened.by_http()
    await said(opened, anna, "recipients newsletter-may", GENERAL)
    await said(opened, anna, "recipients newsletter-may")
    assert seen == [False, True]


async def test_what_is_pressed_under_an_answer_for_all_is_answered_in_the_thread_without_addresses(
    office: OpenOffice,
) -> None:
    seen: list[bool] = []

    def answer_(query: Query, now: datetime, access: Access) -> Report:
        seen.append(access.may(Right.RECIPIENTS))
        return a_report(query)

    policy = Policy({Right.FIGURES: frozenset({"members"}), Right.RECIPIENTS: frozenset({"members"})})
    opened = await office(answer_, policy=policy)
    anna = await opened.by_http()
    ts = await said(opened, anna, "newsletter-may", GENERAL)
    (first,) = answers(opened)
    before = dict(first)
    await anna.press_posted(GENERAL, time_of(opened, first), "Next: Top clicked links")
    await opened.services.finish()
    _, second = answers(opened)
    assert first == before and second["thread_ts"] == ts and "links newsletter-may" in str(second["blocks"])
    assert seen == [False, False]


async def test_a_name_that_is_offered_for_all_is_answered_in_the_place_of_the_offer(office: OpenOffice) -> None:
    opened = await office()
    anna = await opened.by_http()
    await said(opened, anna, "newsleter-may", GENERAL)
    (offer,) = answers(opened)
    await anna.press_posted(GENERAL, time_of(opened, offer), "newsletter-may")
    await opened.services.finish()
    (message,) = answers(opened)
    assert "400" in message["text"] and "newsletter-march" not in str(message["blocks"])


@pytest.mark.parametrize("channel", [GENERAL, ""], ids=["mention", "direct message"])
async def test_slack_sending_again_is_answered_once(wired: tuple[Office, Person], channel: str) -> None:
    office, anna = wired
    ts = await anna.say("help", channel)
    kind = {"type": "app_mention"} if channel else {"type": "message", "channel_type": "im"}
    event = {**kind, "user": anna.user, "text": "help", "ts": ts, "channel": channel or anna.direct}
    await asyncio.gather(*(anna.tell(event) for _ in range(3)))
    await office.services.finish()
    assert len(answers(office)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"bot_id": "B0BOT00000", "user": BOT_USER},
        {"bot_id": "B0OTHER000"},
        {"subtype": "message_changed", "message": {"text": "help"}},
        {"subtype": "message_deleted"},
        {"edited": {"user": "U0ANNA00000", "ts": "2.0"}},
        {"channel_type": "channel"},
        {"user": None},
    ],
    ids=["own", "another app", "changed", "deleted", "edited", "not to the app", "nobody"],
)
async def test_what_no_person_says_to_the_app_is_taken_and_not_answered(
    by_http: tuple[Office, Person], other: Arguments
) -> None:
    office, anna = by_http
    event = {"type": "message", "channel_type": "im", "user": anna.user, "text": "help", "ts": "1.0", "channel": "D0"}
    await anna.tell(event | other)
    await office.services.finish()
    assert answers(office) == [] and office.sandbox.calls == []


@pytest.mark.parametrize("text", ["", "help", f"help <@{BOT_USER}>", "`help`", "  help  "])
async def test_mentions_and_marks_are_no_part_of_the_question(by_http: tuple[Office, Person], text: str) -> None:
    office, anna = by_http
    await said(office, anna, text, GENERAL)
    (message,) = answers(office)
    assert "What you can ask" in message["text"]


async def test_errors_are_sentences_in_the_thread_too(office: OpenOffice) -> None:
    def broken(query: Query, now: datetime, access: Access) -> Report:
        raise EmptyStore

    opened = await office(broken)
    ts = await said(opened, await opened.by_http(), "latest", GENERAL)
    (message,) = answers(opened)
    assert "emailstats import" in message["text"] and message["thread_ts"] == ts


async def test_who_may_not_ask_is_told_where_they_asked(office: OpenOffice) -> None:
    opened = await office(policy=Policy({}))
    await said(opened, await opened.by_http(), "newsletter-may", GENERAL)
    (message,) = answers(opened)
    assert "You may not see figures here." in message["text"]


async def test_a_chart_that_fails_leaves_the_figures_and_says_so(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("files.getUploadURLExternal", Failure("storage_limit_reached"))
    await said(office, anna, "newsletter-may", GENERAL)
    (message,) = answers(office)
    assert "400" in message["text"] and "file storage is full" in str(message["blocks"])


async def test_where_slack_refuses_blocks_the_text_says_the_same(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("chat.postMessage", Failure("invalid_blocks"))
    await said(office, anna, "newsletter-may", GENERAL)
    (message,) = answers(office)
    assert "400" in message["text"] and not message.get("blocks")


async def test_where_the_app_may_not_write_the_person_gets_a_direct_message(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("chat.postMessage", Failure("restricted_action"))
    await said(office, anna, "newsletter-may", GENERAL)
    (message,) = answers(office)
    assert message["channel"] in (anna.user, anna.direct) and "image" in str(message["blocks"])


async def test_the_acknowledgement_of_a_message_waits_for_nothing(office: OpenOffice) -> None:
    gate = Gate()
    opened = await office(gate)
    for anna in (await opened.by_http(), await opened.by_socket()):
        await anna.say("newsletter-may", GENERAL)  # returns when it is acknowledged
        assert answers(opened) == []
    gate.open.set()
    await opened.services.finish()
    assert len(answers(opened)) == 2


# What is about one person alone


async def test_what_somebody_has_is_shown_to_all_only_as_a_button(saving_desk: OpenSavingDesk) -> None:
    desk = await saving_desk()
    desk.save("Secret plans")
    await said(desk.office, desk.anna, "reports", GENERAL)
    (offer,) = answers(desk.office)
    assert "Secret plans" not in str(offer) and buttons(offer) == {"Show me privately": "reports"}
    await desk.anna.press_posted(GENERAL, time_of(desk.office, offer), "Show me privately")
    await desk.office.services.finish()
    assert answers(desk.office)[0] == offer
    shown = answers(desk.office)[-1]
    assert shown["channel"] in (desk.anna.user, desk.anna.direct) and "Secret plans" in str(shown)


@pytest.mark.parametrize("command", ["health", "subscriptions", "exports"])
async def test_what_needs_or_comes_to_somebody_is_not_told_to_all(saving_desk: OpenSavingDesk, command: str) -> None:
    desk = await saving_desk()
    await said(desk.office, desk.anna, command, GENERAL)
    (offer,) = answers(desk.office)
    assert buttons(offer) == {"Show me privately": command}


async def test_what_somebody_has_is_shown_in_a_direct_message(saving_desk: OpenSavingDesk) -> None:
    desk = await saving_desk()
    desk.save("Growth")
    await said(desk.office, desk.anna, "reports")
    assert "Growth" in answers(desk.office)[-1]["text"]


@pytest.mark.parametrize("channel", [GENERAL, ""], ids=["mention", "direct message"])
async def test_a_form_is_opened_by_a_button(saving_desk: OpenSavingDesk, channel: str) -> None:
    desk = await saving_desk()
    await said(desk.office, desk.anna, "subscribe overview weekly", channel)
    (offer,) = answers(desk.office)
    place = channel or desk.anna.direct
    await desk.anna.press_posted(place, time_of(desk.office, offer), "Open the form")
    await desk.office.services.finish()
    (view,) = desk.office.sandbox.workspace.views.values()
    assert view.user == desk.anna.user and "overview" in json.dumps(view.body)


async def test_a_log_has_nothing_of_what_was_said(office: OpenOffice) -> None:
    def broken(query: Query, now: datetime, access: Access) -> Report:
        raise RuntimeError("boom")

    opened = await office(broken)
    anna = await opened.by_http()
    with capture_logs() as logs:
        await said(opened, anna, "secret-campaign", GENERAL)
    assert logs and anna.user not in str(logs) and "secret-campaign" not in str(logs)


async def test_the_comparison_of_an_answer_for_all_comes_into_the_thread(saving_desk: OpenSavingDesk) -> None:
    desk = await saving_desk()
    ts = await said(desk.office, desk.anna, "newsletter-may", GENERAL)
    (first,) = answers(desk.office)
    assert "Share in channel" not in buttons(first)
    await desk.anna.press_posted(GENERAL, time_of(desk.office, first), "Compare")
    await desk.office.services.finish()
    (view,) = desk.office.sandbox.workspace.views.values()
    memory = json.loads(view.body["private_metadata"])
    assert (memory["place"]["channel"], memory["place"]["thread"]) == (GENERAL, ts)


# Threads


@pytest.mark.parametrize("channel", [GENERAL, ""], ids=["mention", "direct message"])
async def test_what_is_said_in_a_thread_goes_on_from_the_last_question(
    wired: tuple[Office, Person], channel: str
) -> None:
    office, anna = wired
    ts = await said(office, anna, "newsletter-may last 7 days", channel)
    for said_next, command in [
        ("and by list?", "/emailstats lists newsletter-may last 7 days"),
        ("links", "/emailstats links newsletter-may last 7 days"),
        ("laatste 30 dagen", "/emailstats links newsletter-may last 30 days"),
    ]:
        await said(office, anna, said_next, channel, ts)
        message = answers(office)[-1]
        assert f'"{command}"' in json.dumps(message["blocks"]) and message["thread_ts"] == ts
    assert len(answers(office)) == 4


async def test_a_thread_is_known_by_another_process_and_after_a_restart(office: OpenOffice) -> None:
    first, second = await office(), await office()
    ts = await said(first, await first.by_http(), "newsletter-may", GENERAL)
    second.sandbox.workspace.posted.update(first.sandbox.workspace.posted)
    anna = Person(second.sandbox, (await second.by_http()).wire)
    await said(second, anna, "links", GENERAL, ts)
    assert '"/emailstats links newsletter-may"' in json.dumps(answers(second)[-1]["blocks"])


async def test_other_commands_in_a_thread_are_what_they_are_elsewhere(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    ts = await said(office, anna, "newsletter-may", GENERAL)
    for text in ("help", ""):
        await said(office, anna, text, GENERAL, ts)
        assert "What you can ask" in answers(office)[-1]["text"]
    assert "conversations.replies" not in office.sandbox.calls


async def test_in_a_thread_of_others_a_question_is_read_by_itself(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    ts = office.sandbox.workspace.say("U0BOB000000", GENERAL, "Look at `/emailstats nothing`")
    await said(office, anna, "newsletter-may", GENERAL, ts)
    assert "400" in answers(office)[-1]["text"]


async def test_a_thread_that_slack_does_not_show_is_no_fault(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    ts = await said(office, anna, "newsletter-may", GENERAL)
    office.sandbox.fail("conversations.replies", Failure("missing_scope"))
    await said(office, anna, "links newsletter-may", GENERAL, ts)
    assert "400" in answers(office)[-1]["text"]


async def test_a_long_thread_is_read_to_its_end(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    ts = await said(office, anna, "newsletter-may", GENERAL)
    for _ in range(250):
        office.sandbox.workspace.say("U0BOB000000", GENERAL, "Nice!", ts)
    await said(office, anna, "clients newsletter-may", GENERAL, ts)
    await said(office, anna, "first 48h", GENERAL, ts)
    assert '"/emailstats clients newsletter-may last 48h"' in json.dumps(answers(office)[-1]["blocks"])
