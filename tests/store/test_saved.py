"""Saved reports and dashboards: who sees and changes them, what is kept of them, and two people at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text, update
from sqlalchemy import event as hooks

from reports.query import Filters, Query
from store.engine import writing
from store.saved import (
    MOST_REPORTS,
    OPERATOR,
    Changed,
    Draft,
    NameTaken,
    NotSaved,
    Saved,
    Unreadable,
    Unsaved,
    Viewer,
    Visibility,
    get,
    named,
    queries_of,
    reports_on,
    versions,
    visible,
)
from store.saving import amend, arrange, changing, delete, duplicate, hand_over, put_on, rename, save, undo
from store.subscriptions import Kind
from store.tables import metadata

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
ANNA, BOB = Viewer("U0ANNA00000", frozenset({"growth"})), Viewer("U0BOB000000")
CARLA = Viewer("U0CARLA0000", frozenset({"growth"}))
GROWTH = Query(sections=("overview",), filters=Filters(team="growth"), zone="Europe/Amsterdam", locale="nl")
LINKS = Query("newsletter-may", ("links",))
SALES = Draft("Growth", GROWTH, Visibility.TEAM, "sales")


def made(
    engine: Engine,
    name: str = "Growth",
    content: Query | tuple[int, ...] = GROWTH,
    who: Viewer = ANNA,
    visibility: Visibility = Visibility.PRIVATE,
    team: str | None = None,
) -> Saved:
    with changing(engine) as connection:
        return save(connection, who, Draft(name, content, visibility, team), NOW)[0]


def act(engine: Engine, do: Any, *args: Any) -> Saved:
    with changing(engine) as connection:
        found: Saved = do(connection, *args)
        return found


def names(engine: Engine, who: Viewer, kind: Kind = Kind.REPORT) -> list[str]:
    with engine.connect() as connection:
        return [one.name for one in visible(connection, who, kind)]


def asked(engine: Engine, kind: Kind, number: int, who: Viewer | None = None) -> tuple[Query, ...]:
    with engine.connect() as connection:
        return queries_of(connection, kind, number, who)


def test_what_is_saved_comes_back_with_every_filter(engine: Engine) -> None:
    report = made(engine, visibility=Visibility.TEAM, team="growth")
    with engine.connect() as connection:
        assert get(connection, ANNA, report.id) == report
    assert report.query == GROWTH
    assert (report.owner, report.version, report.changed_by, report.changed_at) == (ANNA.person, 1, ANNA.person, NOW)
    assert asked(engine, Kind.REPORT, report.id) == (GROWTH,)


@pytest.mark.parametrize(
    ("visibility", "team", "seen"),
    [
        (Visibility.PRIVATE, None, {ANNA, OPERATOR}),
        (Visibility.TEAM, "growth", {ANNA, CARLA, OPERATOR}),
        (Visibility.EVERYONE, None, {ANNA, BOB, CARLA, OPERATOR}),
    ],
)
def test_who_sees_it_is_what_its_visibility_says(
    engine: Engine, visibility: Visibility, team: str | None, seen: set[Viewer]
) -> None:
    report = made(engine, visibility=visibility, team=team)
    for who in (ANNA, BOB, CARLA, OPERATOR):
        assert names(engine, who) == (["Growth"] if who in seen else [])
        if who not in seen:
            with engine.connect() as connection, pytest.raises(NotSaved):
                get(connection, who, report.id)
            with pytest.raises(NotSaved):
                asked(engine, Kind.REPORT, report.id, who)


def test_nobody_shows_it_to_a_team_that_they_are_not_in(engine: Engine) -> None:
    with pytest.raises(Unsaved, match="not in the team “sales”"):
        made(engine, visibility=Visibility.TEAM, team="sales")
    report = made(engine)
    with pytest.raises(Unsaved, match="not in the team “sales”"):
        act(engine, amend, ANNA, report.id, 1, SALES, NOW)
    assert act(engine, amend, OPERATOR, report.id, 1, SALES, NOW).team == "sales"


def test_its_owner_alone_changes_it(engine: Engine) -> None:
    report = made(engine, visibility=Visibility.EVERYONE)
    for do, args in (
        (rename, ("Mine",)),
        (amend, (Draft("Growth", LINKS),)),
        (hand_over, (BOB.person,)),
        (delete, ()),
    ):
        with pytest.raises(Unsaved, match="another's"):
            act(engine, do, BOB, report.id, 1, *args, NOW)
    assert act(engine, rename, OPERATOR, report.id, 1, "The operator's word", NOW).changed_by == "terminal"


def test_a_name_is_its_owners_once_however_it_is_written(engine: Engine) -> None:
    made(engine, "Größe ﬁt")
    with pytest.raises(NameTaken, match="choose another name"):
        made(engine, "GRÖSSE  fit", LINKS)
    made(engine, "Größe ﬁt", LINKS, BOB)
    made(engine, "Größe ﬁt", ())
    other = made(engine, "Other")
    with pytest.raises(NameTaken):
        act(engine, rename, ANNA, other.id, 1, "größe fit", NOW)
    with engine.connect() as connection:
        assert named(connection, ANNA, Kind.REPORT, " grösse FIT ").name == "Größe ﬁt"


@pytest.mark.parametrize(
    ("name", "why"), [("", "Give it a name"), (" \u200b\n", "Give it a name"), ("x" * 101, "at most 100 characters")]
)
def test_what_is_no_name_is_refused(engine: Engine, name: str, why: str) -> None:
    with pytest.raises(Unsaved, match=why):
        made(engine, name)


def test_saving_the_same_twice_is_saving_once(engine: Engine) -> None:
    first = made(engine)
    with changing(engine) as connection:
        assert save(connection, ANNA, Draft("Growth", GROWTH), LATER) == (first, False)


def test_saving_in_the_place_of_another_keeps_the_earlier_one(engine: Engine) -> None:
    first = made(engine)
    with changing(engine) as connection:
        second, new = save(connection, ANNA, Draft("Growth", LINKS), LATER, replacing=True)
    assert not new and (second.id, second.version, second.query) == (first.id, 2, LINKS)
    with engine.connect() as connection:
        kept = versions(connection, ANNA, first.id)
    assert kept == (second, first)


def test_forms_that_are_sent_at_the_same_time_save_once(engine: Engine) -> None:
    def one(_: int) -> int | type[NameTaken]:
        try:
            return made(engine).id
        except NameTaken:
            return NameTaken

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(one, range(8)))
    assert names(engine, ANNA) == ["Growth"]
    assert len({number for number in found if number is not NameTaken}) == 1


def test_of_two_changes_at_once_the_later_one_is_told(engine: Engine) -> None:
    report = made(engine)

    def one(name: str) -> str:
        try:
            return act(engine, rename, ANNA, report.id, 1, name, NOW).name
        except Changed as told:
            return f"lost to {told.now.name}"

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(one, "ABCD"))
    (winner,) = [name for name in found if len(name) == 1]
    assert sorted(found) == sorted([winner, *[f"lost to {winner}"] * 3])
    with engine.connect() as connection:
        assert [one.name for one in versions(connection, ANNA, report.id)] == [winner, "Growth"]


def test_what_changes_nothing_makes_no_version(engine: Engine) -> None:
    report = made(engine)
    assert act(engine, rename, ANNA, report.id, 1, "Growth", LATER) == report


def test_what_is_deleted_is_gone_until_it_is_undone(engine: Engine) -> None:
    report = made(engine, visibility=Visibility.EVERYONE)
    gone = act(engine, delete, ANNA, report.id, 1, LATER)
    assert (gone.version, gone.deleted_at) == (2, LATER)
    assert names(engine, ANNA) == names(engine, OPERATOR) == []
    with pytest.raises(NotSaved, match="deleted"):
        asked(engine, Kind.REPORT, report.id)
    with pytest.raises(NotSaved, match="deleted"):
        act(engine, rename, ANNA, report.id, 2, "Again", LATER)
    back = act(engine, undo, ANNA, report.id, 2, LATER)
    assert (back.name, back.version, back.deleted_at, back.query) == ("Growth", 3, None, GROWTH)
    with pytest.raises(Changed):
        act(engine, undo, ANNA, report.id, 2, LATER)


def test_the_name_of_what_is_deleted_is_free_and_then_taken(engine: Engine) -> None:
    report = made(engine)
    act(engine, delete, ANNA, report.id, 1, NOW)
    made(engine, content=LINKS)
    with pytest.raises(NameTaken):
        act(engine, undo, ANNA, report.id, 2, NOW)


def test_any_change_is_undone_and_the_first_version_stays(engine: Engine) -> None:
    report = made(engine)
    act(engine, rename, ANNA, report.id, 1, "Other", NOW)
    assert act(engine, undo, ANNA, report.id, 2, NOW).name == "Growth"
    with pytest.raises(Unsaved, match="nothing to undo"):
        act(engine, undo, ANNA, made(engine, "New").id, 1, NOW)


def test_a_copy_is_private_and_called_so(engine: Engine) -> None:
    report = made(engine, "x" * 100, visibility=Visibility.EVERYONE)
    copies = [act(engine, duplicate, BOB, report.id, NOW) for _ in range(3)]
    assert [copy.name for copy in copies] == [f"{'x' * 88} (copy{end})" for end in ("", " 2", " 3")]
    assert {(copy.owner, copy.visibility, copy.query) for copy in copies} == {(BOB.person, Visibility.PRIVATE, GROWTH)}


def test_the_new_owner_has_it_and_the_old_one_does_not(engine: Engine) -> None:
    report = made(engine)
    act(engine, hand_over, ANNA, report.id, 1, BOB.person, NOW)
    assert (names(engine, ANNA), names(engine, BOB)) == ([], ["Growth"])
    mine = made(engine)
    with pytest.raises(NameTaken):
        act(engine, hand_over, ANNA, mine.id, 1, BOB.person, NOW)


def test_a_dashboard_asks_what_its_reports_ask_in_their_order(engine: Engine) -> None:
    first, second = made(engine), made(engine, "Links", LINKS)
    dashboard = made(engine, "Monday", (second.id, first.id))
    assert asked(engine, Kind.DASHBOARD, dashboard.id) == (LINKS, GROWTH)
    act(engine, arrange, ANNA, dashboard.id, 1, (first.id, second.id, first.id), NOW)
    assert asked(engine, Kind.DASHBOARD, dashboard.id) == (GROWTH, LINKS)
    act(engine, delete, ANNA, first.id, 1, NOW)
    assert asked(engine, Kind.DASHBOARD, dashboard.id) == (LINKS,)
    act(engine, delete, ANNA, second.id, 1, NOW)
    with pytest.raises(Unsaved, match="no reports on the dashboard “Monday”"):
        asked(engine, Kind.DASHBOARD, dashboard.id)
    act(engine, undo, ANNA, first.id, 2, NOW)
    assert asked(engine, Kind.DASHBOARD, dashboard.id) == (GROWTH,)


def test_a_report_is_put_on_a_dashboard_once(engine: Engine) -> None:
    report, dashboard = made(engine), made(engine, "Monday", ())
    act(engine, put_on, ANNA, dashboard.id, report.id, NOW)
    assert act(engine, put_on, ANNA, dashboard.id, report.id, NOW).reports == (report.id,)


def test_reports_that_are_put_on_at_the_same_time_all_stand_on_it(engine: Engine) -> None:
    dashboard = made(engine, "Monday", ())
    reports = [made(engine, f"Report {n}").id for n in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: act(engine, put_on, ANNA, dashboard.id, number, NOW), reports))
    with engine.connect() as connection:
        assert sorted(get(connection, ANNA, dashboard.id).reports) == reports


def test_a_dashboard_has_so_many_reports_and_no_more(engine: Engine) -> None:
    reports = [made(engine, f"Report {n}").id for n in range(MOST_REPORTS + 1)]
    dashboard = made(engine, "Monday", tuple(reports[:-1]))
    with pytest.raises(Unsaved, match=f"at most {MOST_REPORTS} reports"):
        act(engine, put_on, ANNA, dashboard.id, reports[-1], NOW)


def test_a_dashboard_shows_its_owners_reports_and_of_others_what_the_viewer_may_see(engine: Engine) -> None:
    own, shared = made(engine), made(engine, "Links", LINKS, CARLA, Visibility.EVERYONE)
    dashboard = made(engine, "Monday", (own.id, shared.id), visibility=Visibility.EVERYONE)
    assert asked(engine, Kind.DASHBOARD, dashboard.id, BOB) == (GROWTH, LINKS)
    act(engine, amend, CARLA, shared.id, 1, Draft("Links", LINKS), NOW)
    assert asked(engine, Kind.DASHBOARD, dashboard.id, BOB) == (GROWTH,)
    assert asked(engine, Kind.DASHBOARD, dashboard.id, CARLA) == (GROWTH, LINKS)
    with engine.connect() as connection:
        assert reports_on(connection, BOB, dashboard) == (own,)
    act(engine, rename, ANNA, dashboard.id, 1, "Tuesday", NOW)  # what it has stays on it


def test_what_somebody_does_not_see_is_put_on_no_dashboard(engine: Engine) -> None:
    report, dashboard = made(engine, who=BOB), made(engine, "Monday", ())
    with pytest.raises(NotSaved):
        act(engine, put_on, ANNA, dashboard.id, report.id, NOW)
    with pytest.raises(NotSaved):
        act(engine, put_on, ANNA, dashboard.id, dashboard.id, NOW)


def test_a_name_of_several_people_is_said_by_its_number(engine: Engine) -> None:
    first = made(engine, who=ANNA, visibility=Visibility.EVERYONE)
    second = made(engine, who=CARLA, visibility=Visibility.EVERYONE)
    with engine.connect() as connection:
        assert named(connection, ANNA, Kind.REPORT, "growth") == first
        with pytest.raises(Unsaved, match=f"#{first.id}, #{second.id}"):
            named(connection, BOB, Kind.REPORT, "growth")
        assert named(connection, BOB, Kind.REPORT, f"#{second.id}") == second
        with pytest.raises(NotSaved, match="Did you mean “Growth”"):
            named(connection, BOB, Kind.REPORT, "grwoth")
        with pytest.raises(NotSaved, match="no name looks like it"):
            named(connection, BOB, Kind.REPORT, "zzzz")
        with pytest.raises(NotSaved, match="none at all yet"):
            named(connection, BOB, Kind.DASHBOARD, f"#{second.id}")


@pytest.mark.parametrize(
    "content",
    [
        "{}]",
        '{"sections": ["hologram"]}',
        '{"unit": "fortnight"}',
        '{"colour": "red"}',
        '{"filters": {"planet": "Mars"}}',
        '{"options": [["depth", "3"]]}',
    ],
)
def test_a_query_of_a_later_version_says_so_and_asks_nothing_else(engine: Engine, content: str) -> None:
    report, other = made(engine), made(engine, "Links", LINKS)
    with writing(engine).begin() as connection:
        saved = metadata.tables["saved"]
        connection.execute(update(saved).where(saved.c.id == report.id).values(content=content))
    assert names(engine, ANNA) == [report.name, other.name], "the list stands"
    with pytest.raises(Unreadable, match="can't read what “Growth” asks: save it anew"):
        asked(engine, Kind.REPORT, report.id)


def test_a_query_of_an_earlier_version_is_read(engine: Engine) -> None:
    report = made(engine)
    with writing(engine).begin() as connection:
        saved = metadata.tables["saved"]
        older = json.dumps({"email": "newsletter-may", "sections": ["links"]})
        connection.execute(update(saved).where(saved.c.id == report.id).values(content=older))
    assert asked(engine, Kind.REPORT, report.id) == (LINKS,)


def test_the_list_of_what_somebody_sees_reads_indexes_and_no_other_rows(engine: Engine) -> None:
    told: list[tuple[str, Any]] = []
    hooks.listen(engine, "before_cursor_execute", lambda _c, _k, statement, given, *_: told.append((statement, given)))
    names(engine, ANNA)
    ((statement, given),) = [each for each in told if "FROM saved" in each[0]]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))  # the table is empty: any plan would cost the same
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, given))
    of_owner = "sqlite_autoindex_saved_1" if engine.dialect.name == "sqlite" else "saved_once"
    assert of_owner in plan and "saved_by_visibility" in plan
    assert "SCAN saved" not in plan and "Seq Scan" not in plan, plan
