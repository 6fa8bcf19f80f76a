"""The form that asks for a file: how it begins, what it makes, and what it refuses at which field."""

from functools import partial

import pytest

from bot.answers import answer
from bot.exports.making import FORMATS
from bot.sandbox.forms import form_of
from bot.slack.modals.export import FORMATS as OFFERED
from bot.subscriptions.addresses import AddressRules
from tests.bot.slack.export_desk import OpenExportDesk

RULES = AddressRules(frozenset({"example.com"}))


async def test_the_form_begins_with_what_was_said(export_desk: OpenExportDesk) -> None:
    form = await (await export_desk()).form("export overview team:growth")
    assert form.value("What") == "overview team:growth"
    assert form.value("Format")["value"] == "xlsx"
    titles = [option["text"]["text"] for block in form.view.blocks for option in block["element"].get("options", ())]
    assert "Performance of e-mails" in titles or "Engagement and delivery" in titles
    assert "Mail addresses" not in form.labels


async def test_an_answer_has_a_button_that_opens_the_form_for_its_question(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
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


async def test_another_question_has_other_parts(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    form = await there.form("export pdf")
    assert form.value("What") == "latest" and "Recipients" in form.text
    await form.fill("What", "overview")
    await there.office.services.finish()
    assert "Recipients" not in form.text
    assert form.value("What") == "overview"
    assert form.value("Format")["value"] == "pdf"


async def test_what_is_filled_in_is_made(export_desk: OpenExportDesk) -> None:
    there = await export_desk(rules=RULES)
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
async def test_what_is_wrong_is_said_at_its_field(
    export_desk: OpenExportDesk, label: str, value: str, words: str
) -> None:
    there = await export_desk(rules=RULES)
    form = await there.form("export may")
    await form.fill(label, value)
    errors = await form.submit()
    assert words in errors[label]
    assert there.jobs() == []


async def test_parts_of_another_kind_of_question_are_refused(export_desk: OpenExportDesk) -> None:
    there = await export_desk()
    form = await there.form("export may")
    await form.fill("Parts", ["Recipients"])
    form.view.values["asks"]["export_asks"] = {"type": "plain_text_input", "value": "overview"}  # without Enter
    assert "no parts" in (await form.submit())["Parts"]


def test_every_format_is_offered() -> None:
    assert OFFERED.keys() == FORMATS.keys()
