"""Files looked after in Slack: their list, new links, links that are ended, files made again."""

from datetime import timedelta

from bot.sandbox.doors import ANNA
from bot.sandbox.state import Failure
from bot.slack.export_list import PAGE
from reports.query import Query
from store import exports
from store.exports import State
from tests.bot.exports.bench import WEEK
from tests.bot.slack.export_desk import SITE, OpenExportDesk
from tests.bot.slack.office import NOW


async def test_files_are_listed_with_what_became_of_them(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    await there.said("export may csv")
    await there.make()
    await there.said("export may pdf")
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


async def test_a_long_list_has_pages(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    for n in range(PAGE + 2):
        there.office.clock.at += timedelta(seconds=n)
        await there.said("export may csv")
    listed = await there.said("exports")
    assert listed.last.text.count("Waits for its turn") == PAGE
    listed = await there.press(listed, "Older")
    assert listed.last.text.count("Waits for its turn") == 2
    listed = await there.press(listed, "Newer")
    assert listed.last.text.count("Waits for its turn") == PAGE


async def test_a_new_link_is_given_in_the_list_and_the_links_are_ended(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    await there.said("export may csv")
    await there.make()
    listed = await there.press(await there.said("exports"), "New link")
    assert f"<{SITE}/d/" in listed.last.text
    listed = await there.press(listed, "End the links")
    assert "The links are ended." in listed.last.text and "No link is good" in listed.last.text
    assert [button["text"]["text"] for button in listed.last.buttons] == ["New link"]


async def test_the_message_of_a_file_shows_its_new_link_and_that_the_links_are_ended(
    export_desk: OpenExportDesk,
) -> None:
    there = await export_desk()
    await there.said("export may csv")
    await there.make()
    before = there.messages()[-1]["text"]
    await there.press_in_message("New link")
    (message,) = there.messages()
    assert f"<{SITE}/d/" in message["text"] and message["text"] != before
    await there.press_in_message("End the links")
    (message,) = there.messages()
    assert "ended" in message["text"] and "/d/" not in message["text"]


async def test_a_message_that_was_deleted_is_followed_by_another(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    await there.said("export may csv")
    await there.make()
    there.office.sandbox.fail("chat.update", Failure("message_not_found"))
    await there.press_in_message("New link")
    assert len(there.messages()) == 2


async def test_a_file_whose_time_was_up_is_made_again_with_the_rights_of_now(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
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


async def test_what_could_not_be_made_says_why_and_can_be_tried_again(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    exporting = there.office.services.exporting
    assert exporting is not None
    exporting.ask(ANNA, [Query("june <!channel>")], "csv")
    await there.make()
    (message,) = there.messages()
    assert "could not be made" in message["text"] and "<!channel>" not in message["text"]
    await there.press_in_message("Make it again")
    (job,) = there.jobs()
    assert job.state is State.WAITING


async def test_a_link_to_addresses_is_not_renewed_for_who_may_not_see_them_any_more(
    export_desk: OpenExportDesk,
) -> None:
    there = await export_desk()
    await there.said("export recipients may csv")
    await there.make()
    there.seeing.clear()
    listed = await there.press(await there.said("exports"), "New link")
    assert "may not see recipients" in listed.last.text and "/d/" not in listed.last.text


async def test_nobody_touches_the_file_of_another(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    await there.said("export may csv")
    await there.make()
    before = there.messages()[-1]["text"]
    said = await there.press_in_message("New link", there.bob)
    assert "no file" in said.last.text
    assert there.messages()[-1]["text"] == before
