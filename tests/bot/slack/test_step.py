"""The step “Get e-mail statistics” of Workflow Builder."""

import re
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.access.rights import Access, Policy, Right
from bot.sandbox.doors import ANNA, Person
from bot.sandbox.state import Failure
from bot.slack.step import NAME, outputs_of
from reports.query import Query
from reports.report import Figure, Report, Unit
from tests.bot.slack.office import Office, OpenOffice, a_report

_MANIFEST = (Path(__file__).parents[3] / "slack-manifest.yaml").read_text(encoding="utf-8")


async def ran(office: Office, anna: Person, email: str = "newsletter-may", user: str | None = ANNA) -> dict[str, Any]:
    """What the step ended with."""
    person = {"person": {"id": user, "secret": "s"}} if user else {}
    execution = await anna.run_step(NAME, email=email, **person)
    await office.services.finish()
    ended = office.sandbox.workspace.steps[execution]
    assert ended is not None
    return ended


async def test_the_figures_come_as_numbers(office: OpenOffice) -> None:
    opened = await office()
    for anna in (await opened.by_http(), await opened.by_socket()):
        outputs = (await ran(opened, anna))["outputs"]
        assert (outputs["name"], outputs["delivered"], outputs["opened"]) == ("newsletter-may", 990, 400)
        assert outputs["open_rate"] == 40.4 and "400" in outputs["summary"]


def test_what_is_not_known_is_left_out_and_nothing_is_zero_for_it() -> None:
    report = a_report(Query("may"))
    unknown = Figure("open_rate", "Open rate", Unit.RATE, None, None, None)
    none = Figure("click_rate", "Click rate", Unit.RATE, Fraction(0), 0, 990)
    report = replace(report, results=(replace(report.results[0], figures=(unknown, none)),))
    outputs = outputs_of(report)
    assert outputs.keys() & {"open_rate", "opened", "delivered", "click_through_rate"} == set()
    assert (outputs["click_rate"], outputs["clicked"]) == (0.0, 0)


def test_every_output_is_in_the_manifest_with_its_type() -> None:
    types = dict(re.findall(r"^      (\w+): {type: (\w+),", _MANIFEST, flags=re.MULTILINE))
    keys = ("open_rate", "click_rate", "click_through_rate", "bounce_rate", "unsubscribe_rate")
    figures = tuple(Figure(key, key, Unit.RATE, Fraction(1, 3), 1, 3) for key in keys)
    report = a_report(Query("may"))
    outputs = outputs_of(replace(report, results=(replace(report.results[0], figures=figures),)))
    told = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
    assert {key: told[type(value).__name__] for key, value in outputs.items()} == types
    assert f"  {NAME}:\n" in _MANIFEST


async def test_it_has_the_rights_of_who_started_it_and_no_addresses(office: OpenOffice) -> None:
    seen: list[bool] = []

    def answer(query: Query, now: datetime, access: Access) -> Report:
        seen.append(access.may(Right.RECIPIENTS))
        return a_report(query)

    policy = Policy({right: frozenset({ANNA}) for right in Right})
    opened = await office(answer, policy=policy)
    anna = await opened.by_http()
    assert "outputs" in await ran(opened, anna) and seen == [False]
    assert "You may not see figures" in (await ran(opened, anna, user="U0BOB000000"))["error"]


@pytest.mark.parametrize(
    ("email", "user", "part"),
    [
        ("newsleter-may", ANNA, "Did you mean “newsletter-may”"),
        ("", ANNA, "Which e-mail"),
        ("overview", ANNA, "one e-mail"),
        ("newsletter-may", None, "Nobody is known"),
    ],
)
async def test_what_goes_wrong_is_told_to_the_workflow(
    by_http: tuple[Office, Person], email: str, user: str | None, part: str
) -> None:
    office, anna = by_http
    assert part in (await ran(office, anna, email, user))["error"]


async def test_a_step_of_another_name_and_one_sent_again_are_not_answered(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    await anna.run_step("another", email="newsletter-may", person={"id": ANNA})
    execution = await anna.run_step(NAME, email="newsletter-may", person={"id": ANNA})
    event = {"type": "function_executed", "function": {"callback_id": NAME}, "function_execution_id": execution}
    await anna.tell(event)
    await office.services.finish()
    assert [call for call in office.sandbox.calls if call.startswith("functions.")] == ["functions.completeSuccess"]


async def test_when_slack_takes_no_result_it_is_logged(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("functions.completeSuccess", Failure("access_denied"))
    with capture_logs() as logs:
        await anna.run_step(NAME, email="newsletter-may", person={"id": ANNA})
        await office.services.finish()
    assert [line["log_level"] for line in logs] == ["error"] and "newsletter-may" not in str(logs)
