"""Files asked for in Slack by a command: what is made, and the message that brings its link."""

from dataclasses import replace
from zipfile import ZipFile

import pytest

from bot.sandbox.doors import ANNA
from bot.sandbox.state import Post
from bot.slack.export_text import progress
from reports.query import Query
from store.exports import State
from store.saved import Draft, Viewer
from store.saving import changing, save
from tests.bot.slack.export_desk import BOB, SITE, OpenExportDesk
from tests.bot.slack.office import NOW, OpenOffice


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
async def test_a_file_is_asked_for_in_a_line(
    export_desk: OpenExportDesk, text: str, kind: str, sections: tuple[str, ...]
) -> None:
    there = await export_desk()
    said = await there.said(text)
    (job,) = there.jobs()
    assert (job.owner, job.format, job.query.sections, job.reveal) == (ANNA, kind, sections, True)
    assert (job.query.zone, job.query.locale) == ("Europe/Amsterdam", "nl_NL")
    assert "is being made" in said.last.text


async def test_a_dashboard_is_one_archive_named_after_it(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
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


async def test_its_person_gets_one_message_with_the_link(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    await there.said("export recipients may csv")
    await there.make()
    (message,) = there.messages()
    assert message["channel"] == ANNA
    assert f"<{SITE}/d/" in message["text"] and "|may-recipients.csv>" in message["text"]
    assert "Good until ma 8 jun 2026 14:00 CEST" in message["text"]
    assert [button["text"]["text"] for button in Post(message, 200).buttons] == ["New link", "End the links"]
    assert message["unfurl_links"] in (False, "false", 0, "0")


async def test_the_message_says_how_far_the_file_is(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    await there.said("export recipients may xlsx")
    (job,) = there.jobs()
    for done, words in ((None, "Just begun"), (999_999, "99 %: 999.999 of 1.000.000 rows"), (1_000_000, "All rows")):
        told = progress(replace(job, rows_done=done or 0, rows=done and 1_000_000))
        assert words in told.text and "Making *recipients may* as Excel" in told.text


async def test_who_may_not_see_recipients_gets_them_masked(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    await there.said("export recipients may csv", there.bob)
    (job,) = there.jobs()
    assert (job.owner, job.reveal) == (BOB, False)


async def test_a_file_without_addresses_does_not_tell_the_one_that_was_searched_for(
    export_desk: OpenExportDesk,
) -> None:
    there = await export_desk()
    await there.said("export recipients may search:dora@customers.example csv", there.bob)
    (job,) = there.jobs()
    assert job.query.option("search", "") == "@customers.example"


async def test_a_name_that_is_not_there_brings_buttons_that_ask_for_the_same_file(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    said = await there.said("export recipients mai csv")
    assert there.jobs() == []
    await there.press(said, "may")
    (job,) = there.jobs()
    assert (job.format, job.query.email, job.query.sections) == ("csv", "may", ("recipients",))


async def test_nobody_asks_for_more_than_the_settings_allow(export_desk: OpenExportDesk) -> None:
    there = await export_desk(an_hour=2)
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
