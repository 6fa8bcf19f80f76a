"""Definitions of saved reports and dashboards as TOML: out and in again, and what is said of a bad file."""

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from bot.saved.definitions import BadDefinitions, read_definitions, write_definitions
from bot.saved.importing import Outcome, import_definitions
from reports.query import Filters, Query
from reports.text import plain
from store.saved import OPERATOR, Draft, Saved, Viewer, Visibility, owned, versions, visible
from store.saving import changing, delete, save
from store.subscriptions import Kind

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
ANNA, BOB = "U0ANNA00000", "U0BOB000000"
GROWTH = Query(sections=("overview",), filters=Filters(team="growth"), zone="Europe/Amsterdam", locale="nl_NL")
LINKS = Query("newsletter-may", ("links",))


def made(engine: Engine, name: str, content: Query | tuple[int, ...], owner: str = ANNA) -> Saved:
    with changing(engine) as connection:
        return save(connection, OPERATOR, Draft(name, content, Visibility.TEAM, "growth"), NOW, owner=owner)[0]


def written(engine: Engine) -> str:
    with engine.connect() as connection:
        reports = visible(connection, OPERATOR, Kind.REPORT)
        boards = visible(connection, OPERATOR, Kind.DASHBOARD)
    return write_definitions((*reports, *boards), {one.id: one for one in reports})


def imported(engine: Engine, text: str, *, dry_run: bool = False) -> list[Outcome]:
    definitions = read_definitions(text, ANNA, "UTC", "en")
    return [one.outcome for one in import_definitions(engine, definitions, NOW, dry_run=dry_run)]


def test_what_is_written_is_read_back_as_it_is(engine: Engine) -> None:
    first, second, other = (
        made(engine, "Growth", GROWTH),
        made(engine, "Links", LINKS),
        made(engine, "Links", LINKS, BOB),
    )
    gone = made(engine, "Gone", LINKS)
    made(engine, "Monday", (second.id, gone.id, other.id, first.id))
    with changing(engine) as connection:
        delete(connection, Viewer(ANNA), gone.id, 1, NOW)
    text = written(engine)
    assert set(imported(engine, text)) == {Outcome.UNCHANGED}
    with changing(engine) as connection:
        for one in (*visible(connection, OPERATOR, Kind.REPORT), *visible(connection, OPERATOR, Kind.DASHBOARD)):
            delete(connection, OPERATOR, one.id, one.version, NOW)
    assert set(imported(engine, text)) == {Outcome.NEW}
    assert written(engine) == text
    with engine.connect() as connection:
        monday = owned(connection, ANNA, Kind.DASHBOARD, "monday")
        assert monday is not None and len(monday.reports) == 3


names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=100).filter(
    lambda name: 0 < len(plain(name)) <= 100 and plain(plain(name)) == plain(name)
)


@given(names, names, st.none() | names.filter(lambda team: "=" not in team))
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
def test_any_name_and_any_question_survives(name: str, email: str, team: str | None) -> None:
    visibility = Visibility.PRIVATE if team is None else Visibility.TEAM
    query = Query(plain(email), ("links",), list_name=name, zone="Asia/Kolkata", locale="de_DE")
    draft = Draft(name, query, visibility, team)
    kept = Saved(1, Kind.REPORT, ANNA, draft.name, visibility, team, draft.stored, 1, ANNA, NOW)
    (read,) = read_definitions(write_definitions([kept], {}), BOB, "UTC", "en")
    assert (read.owner, read.draft) == (ANNA, draft)


def test_what_differs_becomes_a_version_and_what_is_not_named_is_left_alone(engine: Engine) -> None:
    growth = made(engine, "Growth", GROWTH)
    made(engine, "Other", LINKS)
    text = 'format = 1\n[[reports]]\nname = "growth"\nasks = "links newsletter-may"\n'
    assert imported(engine, text, dry_run=True) == [Outcome.CHANGED]
    with engine.connect() as connection:
        assert owned(connection, ANNA, Kind.REPORT, "Growth") == growth, "a dry run keeps nothing"
    assert imported(engine, text) == [Outcome.CHANGED]
    with engine.connect() as connection:
        now, before = versions(connection, OPERATOR, growth.id)
        assert (now.name, now.query, before) == ("growth", LINKS, growth)
        assert owned(connection, ANNA, Kind.REPORT, "Other") is not None
    assert imported(engine, text) == [Outcome.UNCHANGED]


HEAD = "format = 1\n\n[[reports]]\nname = 'Fine'\nasks = 'links newsletter-may'\n\n"


REPORT, BOARD = HEAD + "[[reports]]\n", HEAD + "[[dashboards]]\nname = 'M'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format = 1\n[[reports]\n", "This is no TOML: .*line 2"),
        ("", "The key format is not 1"),
        ("format = 2", "The key format is not 1"),
        ("format = 1\ndashbords = []", "The key dashbords is not known"),
        ("format = 1\nreports = 3", r"The key reports is no list of tables: begin each with \[\[reports\]\]"),
        (REPORT + "name = 'A'\n", "^Line 7, reports 2: the key asks is missing"),
        (REPORT + "name = 'A'\nasks = 'links'\n", "^Line 9, reports 2: the key asks can't be asked. Which e-mail"),
        (REPORT + "name = 3\nasks = 'links x'\n", "^Line 8, reports 2: the key name is no text"),
        (REPORT + "color = 'red'\n", "^Line 8, reports 2: the key color is not known; there are asks, locale"),
        (HEAD + f"[[dashboards]]\nname = '{'x' * 101}'\n", "^Line 8, dashboards 1: the key name is wrong. A name has"),
        (BOARD + "visibility = 'all'\n", "^Line 9, dashboards 1: the key visibility is none of private, team"),
        (BOARD + "team = 'growth'\n", "^Line 9, dashboards 1: the key team stands only beside"),
        (BOARD + "visibility = 'team'\n", "^Line 7, dashboards 1: the key team is missing"),
        (BOARD + "reports = [3]\n", "^Line 9, dashboards 1: the key reports has what is neither"),
        (BOARD + "reports = ['Grwth']\n", "^Line 9, dashboards 1: the key reports names “Grwth”"),
        ("format = 1\nreports = [{name = 'A'}]", "^reports 1: the key asks is missing"),
    ],
)
def test_a_bad_file_names_line_and_key_and_changes_nothing(engine: Engine, text: str, said: str) -> None:
    with pytest.raises(BadDefinitions, match=said):
        imported(engine, text)
    assert written(engine).endswith("format = 1\n")
