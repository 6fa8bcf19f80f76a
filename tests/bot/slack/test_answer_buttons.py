"""The buttons under an answer: shared without addresses, compared, and read on."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from bot.access.rights import Access, Right
from bot.access_settings import Access as Settings
from bot.sandbox.doors import ANNA
from bot.sandbox.forms import form_of
from bot.sandbox.state import Failure, Post
from reports.events import Event, Kind
from reports.query import Query
from reports.report import Column, Report, Result, Table, Unit
from store.merge import merge
from tests.bot.slack.desk import GENERAL, OpenSavingDesk
from tests.bot.slack.office import NOW, OpenOffice, a_report

ADDRESS = "dora@customers.example"


def labels(post: Post) -> list[str]:
    return [button["text"]["text"] for button in post.buttons]


def revealing(query: Query, now: datetime, access: Access) -> Report:
    """As a store answers somebody who may see addresses."""
    columns = (Column("contact", "Contact", Unit.ADDRESS), Column("opens", "Opens", Unit.COUNT))
    people = Result(
        "recipients", "Recipients", table=Table(columns, ((ADDRESS if access.may(Right.RECIPIENTS) else "d•••", 3),), 1)
    )
    return replace(a_report(query), results=(people,), as_of=now, masked=not access.may(Right.RECIPIENTS))


async def test_what_somebody_reads_with_addresses_is_shared_without_them(office: OpenOffice) -> None:
    there = await office(revealing, policy=Settings(see_recipients=(ANNA,)).policy())
    anna = await there.by_http()
    shown = await anna.type(f'recipients newsletter-may search:"{ADDRESS}"')
    await there.services.finish()
    assert ADDRESS in str(shown.last.body)
    await anna.press(shown, "Share in channel")
    await there.services.finish()
    (shared,) = there.sandbox.workspace.messages
    assert shared["channel"] == GENERAL and f"Shared by <@{ANNA}>" in str(shared["blocks"])
    assert "dora" not in str(shared), "neither in the table nor in the command that asks again"


async def test_what_is_shared_in_a_channel_is_what_may_be_seen_there(office: OpenOffice) -> None:
    def by_reach(query: Query, now: datetime, access: Access) -> Report:
        seen = Result("summary", "All e-mail" if access.reach.everything else "A part", notes=("A note",))
        return replace(a_report(query), results=(seen,), as_of=now)

    there = await office(by_reach, policy=Settings(only=(f"{GENERAL}=team:Growth",)).policy())
    anna = await there.by_http()
    here = await anna.type("newsletter-may")
    await there.services.finish()
    await anna.type("newsletter-may", channel="C0ELSEWHERE")
    await there.services.finish()
    await anna.press(here, "Share in channel")
    await there.services.finish()
    (shared,) = there.sandbox.workspace.messages
    assert "A part" in str(shared) and "All e-mail" not in str(shared)


async def test_what_is_shared_is_what_was_read_with_its_chart_and_without_buttons(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    shown = await there.said("newsletter-may")
    await there.pressed(shown, "Share in channel")
    assert len(there.queries) == 1, "the same report, not another answer"
    ((channel, _), shared), *_ = there.office.sandbox.workspace.posted.items()
    assert channel == GENERAL
    kinds = [block["type"] for block in shared["blocks"]]
    assert "image" in kinds and "actions" not in kinds
    assert shown.last.text in shared["text"]


async def test_a_double_click_shares_once(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    shown = await there.said("newsletter-may")
    await asyncio.gather(*(there.anna.press(shown, "Share in channel") for _ in range(3)))
    await there.office.services.finish()
    assert len(there.office.sandbox.workspace.messages) == 1


async def test_after_a_restart_the_button_shares_what_is_there_now(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    shown = await there.said("newsletter-may")
    there.office.services._shown.clear()
    await there.pressed(shown, "Share in channel")
    assert len(there.queries) == 2 and len(there.office.sandbox.workspace.messages) == 1


@pytest.mark.parametrize("code", ["not_in_channel", "channel_not_found"])
async def test_where_the_app_is_no_member_it_answers_for_everybody(saving_desk: OpenSavingDesk, code: str) -> None:
    there = await saving_desk()
    shown = await there.said("newsletter-may")
    there.office.sandbox.fail("chat.postMessage", Failure(code))
    following = await there.pressed(shown, "Share in channel")
    kept, shared = following.shown
    assert kept is shown.last, "the private answer stays"
    assert shared.body["response_type"] == "in_channel" and shared.of_type("image")


async def test_a_place_that_takes_nothing_is_said(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    shown = await there.said("newsletter-may")
    there.office.sandbox.fail("chat.postMessage", Failure("is_archived"))
    following = await there.pressed(shown, "Share in channel")
    assert "is_archived" in following.last.text and "/invite" in following.last.text


async def test_one_reads_on_section_by_section_in_the_same_message(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    shown = await there.said("newsletter-may first 7 days")
    titles = []
    for _ in range(12):
        (label,) = [label for label in labels(shown.last) if label.startswith("Next")]
        titles.append(label)
        shown = await there.pressed(shown, label)
        assert len(shown.shown) == 1
    assert len(set(titles)) == 12 and titles[-1] == "Next: Summary", "every section once, and round again"
    assert {query.period.preset for query in there.queries} == {"7d"}


async def test_an_email_is_compared_with_one_that_is_found_as_one_types(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    merge(there.engine, [Event(kind=Kind.SENT, at=NOW, email=name, contact="a@example.com") for name in EMAILS])
    shown = await there.said("newsletter-may")
    await there.pressed(shown, "Compare")
    form = await form_of(there.anna)
    assert [option["value"] for option in await form.offered("With", "")] == sorted(EMAILS, reverse=True)
    assert [option["value"] for option in await form.offered("With", "NEWS jun")] == ["newsletter-june"]
    assert (await form.offered("With", "newsleter-jne"))[0]["value"] == "newsletter-june"
    await form.fill("With", "june")
    assert await form.submit() == {}
    await there.office.services.finish()
    last = there.queries[-1]
    assert (last.sections, last.email, last.others) == (("compare",), "newsletter-may", ("newsletter-june",))


EMAILS = ("newsletter-may", "newsletter-june", "welcome")


async def test_an_answer_is_subscribed_to_by_its_button_and_stays(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    shown = await there.said("overview team:growth")
    following = await there.pressed(shown, "Subscribe")
    form = await form_of(there.anna)
    assert form.value("What") == "overview team:growth"
    assert await form.submit() == {}
    await there.office.services.finish()
    assert len(there.subscriptions()) == 1
    assert [post is shown.last for post in following.shown] == [True, False]
    assert "You are subscribed" in following.last.text


async def test_a_chart_that_comes_late_is_not_put_over_what_was_asked_since(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk(polls=2)
    answered, reading_on = asyncio.Event(), asyncio.Event()

    async def scanning(_: float) -> None:
        """While Slack scans the picture of the first answer, the person reads on."""
        if not reading_on.is_set():
            answered.set()
            await reading_on.wait()

    there.office.services.sleep = scanning
    shown = await there.anna.type("newsletter-may")
    await answered.wait()
    following = await there.anna.press(shown, "Next: Top clicked links")
    await following.posted(1)
    reading_on.set()
    await there.office.services.finish()
    assert [query.sections[0] for query in there.queries] == ["summary", "links"]
    assert [len(post.of_type("image")) for post in shown.posts] == [0], "the first answer's chart is not put there"
    assert following.last.of_type("image")
