"""How reports and dashboards are saved and changed, and what was changed undone.

Each takes the connection of a transaction that `changing` begins, so that several changes count together or not at
all. Each change says which version it is about, so that of two at once the later one is told.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from store.codes import to_seconds
from store.engine import writing
from store.saved import (
    LONGEST_NAME,
    Changed,
    Draft,
    NameTaken,
    NotSaved,
    Saved,
    Unsaved,
    Viewer,
    get,
    key_of,
    owned,
    rows_of,
    saved_of,
    seen_by,
)
from store.subscriptions import Kind
from store.tables import metadata

_SAVED, _VERSIONS = metadata.tables["saved"], metadata.tables["saved_versions"]


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """A transaction in which things are saved and changed."""
    with writing(engine, durable=True).begin() as connection:
        yield connection


def save(
    connection: Connection, who: Viewer, draft: Draft, now: datetime, *, owner: str = "", replacing: bool = False
) -> tuple[Saved, bool]:
    """The report or dashboard, and whether it is new: saving the same twice, as a double click does, is saving once.

    `owner` is whose it is, the viewer's own by default. Raises NameTaken, unless it is to replace the one there is.
    """
    owner = owner or who.person
    there = owned(connection, owner, draft.kind, draft.name)
    _check(connection, who, draft, owner, before=there.reports if there and there.kind is Kind.DASHBOARD else ())
    if there is None:
        return _add(connection, who, draft, now, owner), True
    if _same(there, draft):
        return there, False
    if not replacing:
        raise NameTaken(draft.kind, there.name)
    values = {"name": draft.name, "visibility": draft.visibility, "team": draft.team, "content": draft.stored}
    return _change(connection, who, there.id, there.version, now, values), False


def rename(connection: Connection, who: Viewer, number: int, version: int, name: str, now: datetime) -> Saved:
    """Raises NameTaken, Changed, NotSaved or Unsaved."""
    name = Draft(name, ()).name
    return _change(connection, who, number, version, now, {"name": name})


def amend(connection: Connection, who: Viewer, number: int, version: int, draft: Draft, now: datetime) -> Saved:
    """Gives it another name, other viewers and another content at once.

    Raises NameTaken, Changed, NotSaved or Unsaved.
    """
    there = _locked(connection, number)
    _check(connection, who, draft, who.person, before=there.reports if there.kind is Kind.DASHBOARD else ())
    values = {"name": draft.name, "visibility": draft.visibility, "team": draft.team, "content": draft.stored}
    return _change(connection, who, number, version, now, values)


def arrange(
    connection: Connection, who: Viewer, number: int, version: int, reports: Sequence[int], now: datetime
) -> Saved:
    """Gives a dashboard these reports, in this order. Raises Changed, NotSaved or Unsaved."""
    draft = Draft("any", tuple(dict.fromkeys(reports)))
    _check(connection, who, draft, who.person, before=_locked(connection, number).reports)
    return _change(connection, who, number, version, now, {"content": draft.stored})


def put_on(connection: Connection, who: Viewer, dashboard: int, report: int, now: datetime) -> Saved:
    """Puts a report at a dashboard's end, unless it is on it. Raises NotSaved or Unsaved."""
    there = _locked(connection, dashboard)
    if report in there.reports:
        return there
    return arrange(connection, who, dashboard, there.version, (*there.reports, report), now)


def hand_over(connection: Connection, who: Viewer, number: int, version: int, owner: str, now: datetime) -> Saved:
    """Gives it to another owner. Raises NameTaken where they have one of that name, Changed, NotSaved or Unsaved."""
    return _change(connection, who, number, version, now, {"owner": owner})


def delete(connection: Connection, who: Viewer, number: int, version: int, now: datetime) -> Saved:
    """Nobody sees it any more, until it is undone. Raises Changed, NotSaved or Unsaved."""
    return _change(connection, who, number, version, now, {"deleted_at": to_seconds(now)})


def undo(connection: Connection, who: Viewer, number: int, version: int | None, now: datetime) -> Saved:
    """Puts back what it was before a version, as a version of its own; a deletion is undone so as well.

    None is the version that it has. Raises Changed when it has another one, Unsaved for the first one, and NameTaken.
    """
    version = _locked(connection, number).version if version is None else version
    before = select(_VERSIONS).where(_VERSIONS.c.saved_id == number, _VERSIONS.c.version == version - 1)
    row = connection.execute(before).one_or_none()
    if row is None:
        raise Unsaved("There is nothing to undo: it is as it was saved first.")
    columns = ("owner", "name", "visibility", "team", "content", "deleted_at")
    values = {column: getattr(row, column) for column in columns}
    return _change(connection, who, number, version, now, values, deleted=True)


def duplicate(connection: Connection, who: Viewer, number: int, now: datetime) -> Saved:
    """A private copy, of whatever the viewer sees. Raises NotSaved."""
    original = get(connection, who, number)
    kept = original.name[: LONGEST_NAME - 12]
    names = (f"{kept} (copy{'' if n == 1 else f' {n}'})" for n in count(1))
    name = next(name for name in names if owned(connection, who.person, original.kind, name) is None)
    content = original.query if original.kind is Kind.REPORT else original.reports
    return _add(connection, who, Draft(name, content), now, who.person)


def _check(connection: Connection, who: Viewer, draft: Draft, owner: str, before: Sequence[int] = ()) -> None:
    """Raises Unsaved for another's team, and for reports that the viewer can't see and that were not there before."""
    if draft.team is not None and not who.operator and draft.team not in who.teams:
        raise Unsaved(f"You are not in the team “{draft.team}”.")
    if not who.operator and owner != who.person:
        raise Unsaved("What you save is your own; hand it over afterwards.")
    if isinstance(draft.content, tuple):
        wanted = [number for number in draft.content if number not in before]
        rows = rows_of(connection, _SAVED.c.id.in_(wanted), _SAVED.c.kind == Kind.REPORT, seen_by(who))
        if len(rows) < len(set(wanted)):
            raise NotSaved("One of these reports is not there any more, or not shown to you.")


def _add(connection: Connection, who: Viewer, draft: Draft, now: datetime, owner: str) -> Saved:
    values = {
        "kind": draft.kind,
        "owner": owner,
        "name": draft.name,
        "name_key": key_of(draft.name),
        "visibility": draft.visibility,
        "team": draft.team,
        "content": draft.stored,
        "version": 1,
        "changed_by": who.person,
        "changed_at": to_seconds(now),
    }
    try:
        number = connection.execute(insert(_SAVED).values(**values).returning(_SAVED.c.id)).scalar_one()
    except IntegrityError as error:
        raise NameTaken(draft.kind, draft.name) from error
    return _remembered(connection, number)


def _change(
    connection: Connection,
    who: Viewer,
    number: int,
    version: int,
    now: datetime,
    values: dict[str, Any],
    *,
    deleted: bool = False,
) -> Saved:
    """One more version, of what has this one now; `deleted`: also of what is deleted."""
    there = _locked(connection, number)
    if not who.operator and there.owner != who.person:
        raise Unsaved(f"“{there.name}” is another's: its owner alone can change it. A copy of it would be yours.")
    if there.version != version:
        raise Changed(there)
    if there.deleted_at is not None and not deleted:
        raise NotSaved(f"“{there.name}” is deleted.")
    if all(getattr(there, name) == value for name, value in values.items()):
        return there
    name, gone = values.get("name", there.name), values.get("deleted_at") is not None
    made = {"version": version + 1, "changed_by": who.person, "changed_at": to_seconds(now)}
    key = None if gone else key_of(name)
    try:
        connection.execute(update(_SAVED).where(_SAVED.c.id == number).values(**values, **made, name_key=key))
    except IntegrityError as error:
        raise NameTaken(there.kind, name) from error
    return _remembered(connection, number)


def _remembered(connection: Connection, number: int) -> Saved:
    """Keeps what it has become as a version."""
    now = _locked(connection, number)
    row = connection.execute(select(_SAVED).where(_SAVED.c.id == number)).mappings().one()
    kept = {column.name: row[column.name] for column in _VERSIONS.c if column.name != "saved_id"}
    connection.execute(insert(_VERSIONS).values(saved_id=number, **kept))
    return now


def _locked(connection: Connection, number: int) -> Saved:
    """Deleted or not; nobody else changes it until the transaction ends. Raises NotSaved."""
    row = connection.execute(select(_SAVED).where(_SAVED.c.id == number).with_for_update()).one_or_none()
    if row is None:
        raise NotSaved("That is not there.")
    return saved_of(row, row.id, Kind(row.kind))


def _same(there: Saved, draft: Draft) -> bool:
    told = (draft.name, draft.visibility, draft.team, draft.stored)
    return (there.name, there.visibility, there.team, there.content) == told
