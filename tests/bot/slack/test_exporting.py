"""Files in Slack: asked for by a command or in a form, told of in one message, and looked after in a list."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine

from bot.access.rights import OPERATOR, Access
from bot.answers import answer
from bot.export_settings import Exports
from bot.exports.documents import load_document
from bot.exports.exporting import Exporting
from bot.exports.maker import Maker
from bot.exports.making import FORMATS
from bot.exports.runner import Exporter
from bot.exports.storage import Storage
from bot.exports.telling import Telling
from bot.sandbox.doors import ANNA, Person
from bot.sandbox.forms import Form, form_of
from bot.sandbox.methods import BOT_TOKEN
from bot.sandbox.state import Conversation, Failure, Post
from bot.slack.app import web_client
from bot.slack.export_list import PAGE
from bot.slack.export_message import ExportMessages
from bot.slack.export_text import progress
from bot.slack.modals.export import FORMATS as OFFERED
from bot.subscriptions.addresses import AddressRules
from reports.query import Query
from store import exports
from store.exports import Job, State
from store.saved import Draft, Viewer
from store.saving import changing, save
from tests.bot.exports.bench import WEEK, Printer, fill, until
from tests.bot.slack.office import NOW, Office, OpenOffice

BOB = "U0BOB000000"
SITE = "https://emailstats.example.com"
RULES = AddressRules(frozenset({"example.com"}))


@dataclass
class Desk:
    """An office where people ask for files, which are made whenever a test says so; `seeing` may see addresses."""

    office: Office
    engine: Engine
    anna: Person
    folder: Path
    seeing: set[str] = field(default_factory=lambda: {ANNA})

    @property
    def bob(self) -> Person:
        return Person(self.office.sandbox, self.anna.wire, BOB)

    async def said(self, text: str, person: Person | None = None) -> Conversation:
        return await (await (person or self.anna).type(text)).posted(1)

    async def form(self, text: str = "export") -> Form:
        await self.anna.type(text)
        return await form_of(self.anna)

    def jobs(self, owner: str | None = None) -> list[Job]:
        with self.engine.connect() as connection:
            return exports.of_owner(connection, owner, 99)

    def messages(self) -> list[dict[str, Any]]:
        """The app's messages to people, oldest first."""
        return list(self.office.sandbox.workspace.posted.values())

    def access_of(self, owner: str) -> Access:
        return OPERATOR if owner in self.seeing else OPERATOR.for_others

    async def make(self) -> None:
        """Makes what waits, and tells of it."""
        async with self._exporter():
            await until(lambda: all(job.state in (State.MADE, State.FAILED, State.REMOVED) for job in self.jobs()))

    async def forget(self) -> None:
        """Removes what was made, once its time is up."""
        async with self._exporter():
            await until(lambda: all(job.state is State.REMOVED for job in self.jobs()))

    def _exporter(self) -> Exporter:
        client = web_client(BOT_TOKEN, self.office.sandbox.api_url)
        telling = Telling(lambda token: f"{SITE}/d/{token}", ExportMessages(self.engine, client))
        loop = asyncio.get_running_loop()
        load = partial(load_document, self.engine)
        now, storage = self.office.clock.now, Storage(Exports(storage=str(self.folder)))
        maker = Maker(load, Printer(), storage, self.access_of, now, loop)
        return Exporter(self.engine, storage, maker, telling, WEEK, now)

    async def press_in_message(self, label: str, person: Person | None = None) -> Conversation:
        """Presses a button of the app's last message."""
        conversation, _ = self.office.sandbox.open_conversation(ANNA)
        post = Post(self.messages()[-1], 200)
        (button,) = [one for one in post.buttons if one["text"]["text"] == label]
        following = await (person or self.anna).press_in(conversation, post, {**button, "block_id": "b"})
        await self.office.services.finish()
        return following

    async def press(self, listed: Conversation, label: str, place: int = 0) -> Conversation:
        following = await self.anna.press(listed, label, place)
        await self.office.services.finish()
        return following


OpenDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
def desk(office: OpenOffice, engine: Engine, tmp_path: Path) -> OpenDesk:
    async def opened(*, rules: AddressRules | None = None, an_hour: int = 20) -> Desk:
        fill(engine)
        made: Desk

        def access_of(who: str) -> Access:
            return made.access_of(who)

        exporting = Exporting(engine, WEEK, an_hour, access_of, SITE, lambda: NOW, rules)
        there = await office(exporting=exporting)
        there.services.exporting = replace(exporting, now=there.clock.now)
        made = Desk(there, engine, await there.by_http(), tmp_path / "files")
        return made

    return opened


# Asking


@pytest.mark.parametrize(
    ("text", "kind", "sections"),
    [
        ("export recipients may csv", "csv", ("recipients",)),
        ("export may as PDF", "pdf", ("summary", "timeline", "links")),
        ('export links "may" .zip', "zip", ("links",)),
        ("export overview png", "png", ("overview",)),
        ("export overview last month pdf", "pdf", ("overview",)),
    ],
)
async def test_a_file_is_asked_for_in_a_line(desk: OpenDesk, text: str, kind: str, sections: tuple[str, ...]) -> None:
    there = await desk()
    said = await there.said(text)
    (job,) = there.jobs()
    assert (job.owner, job.format, job.query.sections, job.reveal) == (ANNA, kind, sections, True)
    assert (job.query.zone, job.query.locale) == ("Europe/Amsterdam", "nl_NL")
    assert "is being made" in said.last.text


async def test_a_dashboard_is_one_archive_named_after_it(desk: OpenDesk) -> None:
    there = await desk()
    who = Viewer(ANNA)
    with changing(there.engine) as connection:
        kept = [
            save(connection, who, Draft(name, query), NOW)[0].id
            for name, query in (("A", Query("may", ("links",))), ("B", Query(sections=("overview",))))
        ]
        save(connection, who, Draft("Monday morning", tuple(kept)), NOW)
    await there.said('export dashboard "Monday morning" csv')
    await there.make()
    (job,) = there.jobs()
    assert (job.state, job.name, job.media_type) == (State.MADE, "Monday-morning.zip", "application/zip")
    assert [query.zone for query in job.queries] == ["Europe/Amsterdam"] * 2
    with ZipFile(there.folder / (job.file or "")) as archive:
        assert archive.namelist() == ["1-links.csv", "2-overview.csv"]
    assert "CSV in a ZIP" in there.messages()[-1]["text"]


async def test_its_person_gets_one_message_with_the_link(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export recipients may csv")
    await there.make()
    (message,) = there.messages()
    assert message["channel"] == ANNA
    assert f"<{SITE}/d/" in message["text"] and "|may-recipients.csv>" in message["text"]
    assert "Good until ma 8 jun 2026 14:00 CEST" in message["text"]
    assert [button["text"]["text"] for button in Post(message, 200).buttons] == ["New link", "End the links"]
    assert message["unfurl_links"] in (False, "false", 0, "0")


async def test_the_message_says_how_far_the_file_is(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export recipients may xlsx")
    (job,) = there.jobs()
    for done, words in ((None, "Just begun"), (999_999, "99 %: 999.999 of 1.000.000 rows"), (1_000_000, "All rows")):
        told = progress(replace(job, rows_done=done or 0, rows=done and 1_000_000))
        assert words in told.text and "Making *recipients may* as Excel" in told.text


async def test_who_may_not_see_recipients_gets_them_masked(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export recipients may csv", there.bob)
    (job,) = there.jobs()
    assert (job.owner, job.reveal) == (BOB, False)


async def test_a_name_that_is_not_there_brings_buttons_that_ask_for_the_same_file(desk: OpenDesk) -> None:
    there = await desk()
    said = await there.said("export recipients mai csv")
    assert there.jobs() == []
    await there.press(said, "may")
    (job,) = there.jobs()
    assert (job.format, job.query.email, job.query.sections) == ("csv", "may", ("recipients",))


async def test_nobody_asks_for_more_than_the_settings_allow(desk: OpenDesk) -> None:
    there = await desk(an_hour=2)
    for _ in range(2):
        await there.said("export may csv")
    said = await there.said("export may csv")
    assert "more than 2 files in an hour" in said.last.text
    assert len(there.jobs()) == 2


async def test_without_a_place_to_give_files_out_it_is_said_what_is_missing(office: OpenOffice) -> None:
    anna = await (await office()).by_http()
    for text in ("export may csv", "export", "exports"):
        said = await (await anna.type(text)).posted(1)
        assert "web.public_url" in said.last.text


# The form


async def test_the_form_begins_with_what_was_said(desk: OpenDesk) -> None:
    form = await (await desk()).form("export overview team:growth")
    assert form.value("What") == "overview team:growth"
    assert form.value("Format")["value"] == "xlsx"
    titles = [option["text"]["text"] for block in form.view.blocks for option in block["element"].get("options", ())]
    assert "Performance of e-mails" in titles or "Engagement and delivery" in titles
    assert "Mail addresses" not in form.labels


async def test_an_answer_has_a_button_that_opens_the_form_for_its_question(desk: OpenDesk) -> None:
    there = await desk()
    there.office.services.answer = partial(answer, there.engine)
    asked = await there.said("recipients may show:bounced")
    await there.office.services.finish()
    shown = asked.last.text
    pressed = await there.anna.press(asked, "Export")
    form = await form_of(there.anna)
    assert form.value("What") == "recipients may show:bounced"
    assert await form.submit() == {}
    await there.office.services.finish()
    assert len(there.jobs()) == 1
    assert "is being made" in pressed.last.text
    assert asked.last.text == shown, "the answer stays"


async def test_another_question_has_other_parts(desk: OpenDesk) -> None:
    there = await desk()
    form = await there.form("export pdf")
    assert form.value("What") == "latest" and "Recipients" in form.text
    await form.fill("What", "overview")
    await there.office.services.finish()
    assert "Recipients" not in form.text
    assert form.value("What") == "overview"
    assert form.value("Format")["value"] == "pdf"


async def test_what_is_filled_in_is_made(desk: OpenDesk) -> None:
    there = await desk(rules=RULES)
    asked = await there.anna.type("export")
    form = await form_of(there.anna)
    await form.fill("What", "may first 7 days")
    await form.fill("Parts", ["Recipients", "E-mail clients and devices"])
    await form.fill("Format", "ZIP: everything, each chart and table by itself")
    await form.fill("Name", "Growth / board")
    await form.fill("Mail addresses", "Anna <anna@example.com>\nbob@example.com")
    assert await form.submit() == {}
    await there.office.services.finish()
    assert "is being made" in asked.last.text
    (job,) = there.jobs()
    assert (job.format, job.name, job.reveal) == ("zip", "Growth-board", False), "others read what is mailed"
    assert set(job.query.sections) == {"clients", "recipients"}
    assert str(job.query.period.preset) == "7d"
    assert '"mail":["anna@example.com","bob@example.com"]' in (job.told or "")


@pytest.mark.parametrize(
    ("label", "value", "words"),
    [
        ("What", "june", "No e-mail is called “june”"),
        ("What", 'may list:"', "quotation mark"),
        ("What", "report Nothing", "Nothing"),
        ("What", "dashboard Monday", "Monday"),
        ("Mail addresses", "eve@elsewhere.example", "subscriptions.allowed_domains"),
        ("Mail addresses", "nonsense", "is no mail address"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(desk: OpenDesk, label: str, value: str, words: str) -> None:
    there = await desk(rules=RULES)
    form = await there.form("export may")
    await form.fill(label, value)
    errors = await form.submit()
    assert words in errors[label]
    assert there.jobs() == []


async def test_parts_of_another_kind_of_question_are_refused(desk: OpenDesk) -> None:
    there = await desk()
    form = await there.form("export may")
    await form.fill("Parts", ["Recipients"])
    form.view.values["asks"]["export_asks"] = {"type": "plain_text_input", "value": "overview"}  # without Enter
    assert "no parts" in (await form.submit())["Parts"]


def test_every_format_is_offered() -> None:
    assert OFFERED.keys() == FORMATS.keys()


# Looking after them


async def test_files_are_listed_with_what_became_of_them(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export may csv")
    await there.make()
    await there.said("export june-never pdf".replace("june-never", "may"))
    with there.engine.connect() as connection:
        found = exports.of_owner(connection, ANNA, 9)[1]
    exports.link(there.engine, found.id, "t", NOW, WEEK)
    listed = await there.said("exports")
    assert "2 bestanden" in listed.last.text or "2 files" in listed.last.text
    assert "may.csv" in listed.last.text and "Waits for its turn" in listed.last.text
    assert "Fetched never" in listed.last.text
    assert [button["text"]["text"] for button in listed.last.buttons] == ["New link", "End the links"]
    others = await there.said("exports", there.bob)
    assert "no files" in others.last.text


async def test_a_long_list_has_pages(desk: OpenDesk) -> None:
    there = await desk()
    for n in range(PAGE + 2):
        there.office.clock.at += timedelta(seconds=n)
        await there.said("export may csv")
    listed = await there.said("exports")
    assert listed.last.text.count("Waits for its turn") == PAGE
    listed = await there.press(listed, "Older")
    assert listed.last.text.count("Waits for its turn") == 2
    listed = await there.press(listed, "Newer")
    assert listed.last.text.count("Waits for its turn") == PAGE


async def test_a_new_link_is_given_in_the_list_and_the_links_are_ended(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export may csv")
    await there.make()
    listed = await there.press(await there.said("exports"), "New link")
    assert f"<{SITE}/d/" in listed.last.text
    listed = await there.press(listed, "End the links")
    assert "The links are ended." in listed.last.text and "No link is good" in listed.last.text
    assert [button["text"]["text"] for button in listed.last.buttons] == ["New link"]


async def test_the_message_of_a_file_shows_its_new_link_and_that_the_links_are_ended(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export may csv")
    await there.make()
    before = there.messages()[-1]["text"]
    await there.press_in_message("New link")
    (message,) = there.messages()
    assert f"<{SITE}/d/" in message["text"] and message["text"] != before
    await there.press_in_message("End the links")
    (message,) = there.messages()
    assert "ended" in message["text"] and "/d/" not in message["text"]


async def test_a_message_that_was_deleted_is_followed_by_another(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export may csv")
    await there.make()
    there.office.sandbox.fail("chat.update", Failure("message_not_found"))
    await there.press_in_message("New link")
    assert len(there.messages()) == 2


async def test_a_file_whose_time_was_up_is_made_again_with_the_rights_of_now(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export recipients may csv")
    await there.make()
    there.office.clock.at += WEEK
    await there.forget()
    (message,) = there.messages()
    assert "is gone: its time was up" in message["text"] and "/d/" not in message["text"]
    there.seeing.clear()
    listed = await there.said("exports")
    assert "Gone" in listed.last.text
    await there.press(listed, "Make it again")
    (job,) = there.jobs()
    assert (job.state, job.reveal) == (State.WAITING, False)
    await there.make()
    assert len(there.messages()) == 2, "the new file has a message of its own"


async def test_what_could_not_be_made_says_why_and_can_be_tried_again(desk: OpenDesk) -> None:
    there = await desk()
    exporting = there.office.services.exporting
    assert exporting is not None
    exporting.ask(ANNA, [Query("june <!channel>")], "csv")
    await there.make()
    (message,) = there.messages()
    assert "could not be made" in message["text"] and "<!channel>" not in message["text"]
    await there.press_in_message("Make it again")
    (job,) = there.jobs()
    assert job.state is State.WAITING


async def test_a_link_to_addresses_is_not_renewed_for_who_may_not_see_them_any_more(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export recipients may csv")
    await there.make()
    there.seeing.clear()
    listed = await there.press(await there.said("exports"), "New link")
    assert "may not see recipients" in listed.last.text and "/d/" not in listed.last.text


async def test_nobody_touches_the_file_of_another(desk: OpenDesk) -> None:
    there = await desk()
    await there.said("export may csv")
    await there.make()
    before = there.messages()[-1]["text"]
    said = await there.press_in_message("New link", there.bob)
    assert "no file" in said.last.text
    assert there.messages()[-1]["text"] == before
