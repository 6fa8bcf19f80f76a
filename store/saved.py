"""Saved reports and dashboards: under a name, with an owner, whom they are shown to, and every version kept.

What changes them is store/saving.py.
"""

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from rapidfuzz import process, utils
from sqlalchemy import ColumnElement, Connection, select, union

from reports.compile import UnknownSection
from reports.query import Query
from reports.text import plain, shortened
from reports.views import scope_of
from store.codes import from_seconds
from store.subscriptions import Kind
from store.tables import metadata

_SAVED, _VERSIONS = metadata.tables["saved"], metadata.tables["saved_versions"]
#: Characters of a name.
LONGEST_NAME = 100
#: Reports of one dashboard: each is a message where it is sent.
MOST_REPORTS = 20
_NEAREST = 5


class Visibility(StrEnum):
    PRIVATE = "private"  # its owner alone
    TEAM = "team"  # everybody of one team
    EVERYONE = "everyone"


class Unsaved(Exception):
    """What is asked of something saved can't be done; its text says why, and what to do instead."""


class NotSaved(Unsaved):
    """There is none of that number or name that the person may see."""


class NameTaken(Unsaved):
    """Its owner has another of that name."""

    def __init__(self, kind: Kind, name: str) -> None:
        super().__init__(f"There is another {kind} of that owner called “{name}”: choose another name.")


class Changed(Unsaved):
    """Somebody has changed it in between; `now` is what it has become."""

    def __init__(self, now: "Saved") -> None:
        super().__init__(f"“{now.name}” has been changed in the meantime: look at it as it is now, and do it again.")
        self.now = now


class Unreadable(Unsaved):
    """A later version of this program saved it, with what this one does not know."""

    def __init__(self, name: str) -> None:
        super().__init__(f"This version of emailstats can't read what “{name}” asks: save it anew.")


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: an identifier in Slack, or "terminal", the operator, who sees and changes everything.

    So does whoever `manages`.
    """

    person: str
    teams: frozenset[str] = frozenset()
    manages: bool = False

    @property
    def operator(self) -> bool:
        return self.manages or self.person == OPERATOR.person


OPERATOR = Viewer("terminal")


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be saved: a report asks a query, a dashboard has the numbers of reports, in their order.

    Raises Unsaved for a name that is none.
    """

    name: str
    content: Query | tuple[int, ...]
    visibility: Visibility = Visibility.PRIVATE
    team: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", plain(self.name))
        if not self.name:
            raise Unsaved("Give it a name.")
        if len(self.name) > LONGEST_NAME:
            raise Unsaved(f"A name has at most {LONGEST_NAME} characters, and this one has {len(self.name)}.")
        if (self.visibility is Visibility.TEAM) != (self.team is not None):
            raise Unsaved("Say which team may see it.")
        if isinstance(self.content, tuple) and len(self.content) > MOST_REPORTS:
            raise Unsaved(f"A dashboard has at most {MOST_REPORTS} reports: begin another one.")

    @property
    def kind(self) -> Kind:
        return Kind.REPORT if isinstance(self.content, Query) else Kind.DASHBOARD

    @property
    def stored(self) -> str:
        """The content as it is kept."""
        return self.content.to_json().decode() if isinstance(self.content, Query) else json.dumps(self.content)


@dataclass(frozen=True, slots=True)
class Saved:
    """A report or a dashboard, in one of its versions. `content` is as it is kept."""

    id: int
    kind: Kind
    owner: str
    name: str
    visibility: Visibility
    team: str | None
    content: str
    version: int
    changed_by: str
    changed_at: datetime
    deleted_at: datetime | None = None

    @property
    def query(self) -> Query:
        """What a report asks. Raises Unreadable, rather than ask less than was meant."""
        try:
            query = Query.from_json(self.content)
            scope_of(query.sections)
        except (msgspec.MsgspecError, UnknownSection) as error:
            raise Unreadable(self.name) from error
        told, known = json.loads(self.content), json.loads(query.to_json())
        if not (told.keys() <= known.keys() and told.get("filters", {}).keys() <= known["filters"].keys()):
            raise Unreadable(self.name)
        return query

    @property
    def reports(self) -> tuple[int, ...]:
        """The numbers of a dashboard's reports."""
        return tuple(json.loads(self.content))


def get(connection: Connection, who: Viewer, number: int) -> Saved:
    """Raises NotSaved where it is deleted or not shown to the viewer."""
    found = rows_of(connection, _SAVED.c.id == number, seen_by(who))
    if not found:
        raise NotSaved("That is not there any more, or not shown to you.")
    return found[0]


def visible(connection: Connection, who: Viewer, kind: Kind) -> tuple[Saved, ...]:
    """All that the viewer may see: their own first, then by name."""
    found = rows_of(connection, _SAVED.c.kind == kind, seen_by(who))
    return tuple(sorted(found, key=lambda one: (one.owner != who.person, key_of(one.name), one.id)))


def named(connection: Connection, who: Viewer, kind: Kind, name: str) -> Saved:
    """One by its name as two are compared, the viewer's own before another's, or by “#” and its number.

    Raises NotSaved with the nearest names, and Unsaved where several others have it.
    """
    if name.startswith("#") and name[1:].isdecimal() and len(name) < 19:
        found = [get(connection, who, int(name[1:]))]
        if found[0].kind is kind:
            return found[0]
    found = rows_of(connection, _SAVED.c.kind == kind, _SAVED.c.name_key == key_of(name), seen_by(who))
    own = [one for one in found if one.owner == who.person]
    if len(found) > 1 and not own:
        numbers = ", ".join(f"#{one.id}" for one in found)
        raise Unsaved(f"Several people have a {kind} called “{found[0].name}”: name it by its number, {numbers}.")
    if not found:
        raise NotSaved(_missing(visible(connection, who, kind), kind, name))
    return (own or found)[0]


def owned(connection: Connection, owner: str, kind: Kind, name: str) -> Saved | None:
    """Somebody's own of that name."""
    found = rows_of(connection, _SAVED.c.owner == owner, _SAVED.c.kind == kind, _SAVED.c.name_key == key_of(name))
    return found[0] if found else None


def reports_on(connection: Connection, who: Viewer | None, dashboard: Saved) -> tuple[Saved, ...]:
    """A dashboard's reports that are there and that the viewer may see, in their order; None sees what its owner saw.

    Its owner's reports are shown with it, whoever may see them by themselves: that is what sharing it means.
    """
    numbers = dashboard.reports
    rows = {one.id: one for one in rows_of(connection, _SAVED.c.id.in_(numbers), _SAVED.c.kind == Kind.REPORT)}
    seen = {one.id for one in rows_of(connection, _SAVED.c.id.in_(numbers), seen_by(who))} if who else set(rows)
    here = (rows[number] for number in numbers if number in rows)
    return tuple(one for one in here if one.id in seen or one.owner == dashboard.owner)


def queries_of(connection: Connection, kind: Kind, number: int, who: Viewer | None = None) -> tuple[Query, ...]:
    """What a subscription to a report or a dashboard asks: a query for each of its reports.

    None looks for nobody in particular. Raises NotSaved where it is deleted or not shown to the viewer any more,
    Unsaved for a dashboard with nothing on it, and Unreadable.
    """
    found = rows_of(connection, _SAVED.c.id == number, _SAVED.c.kind == kind, *([seen_by(who)] if who else []))
    if not found:
        raise NotSaved(f"The {kind} that this is about is deleted, or not shown to you any more.")
    if kind is Kind.REPORT:
        return (found[0].query,)
    queries = tuple(one.query for one in reports_on(connection, who, found[0]))
    if not queries:
        raise Unsaved(f"There are no reports on the dashboard “{found[0].name}”.")
    return queries


def versions(connection: Connection, who: Viewer, number: int) -> tuple[Saved, ...]:
    """Every version of what the viewer may see, the newest first. Raises NotSaved."""
    kind = get(connection, who, number).kind
    rows = connection.execute(
        select(_VERSIONS).where(_VERSIONS.c.saved_id == number).order_by(_VERSIONS.c.version.desc())
    )
    return tuple(saved_of(row, number, kind) for row in rows)


def seen_by(who: Viewer) -> ColumnElement[bool]:
    """What a viewer may see; each part has its index, which an OR would not use."""
    if who.operator:
        return _SAVED.c.id.is_not(None)
    own = select(_SAVED.c.id).where(_SAVED.c.owner == who.person)
    shared = select(_SAVED.c.id).where(_SAVED.c.visibility == Visibility.EVERYONE)
    team = select(_SAVED.c.id).where(_SAVED.c.visibility == Visibility.TEAM, _SAVED.c.team.in_(sorted(who.teams)))
    return _SAVED.c.id.in_(union(own, shared, team))


def rows_of(connection: Connection, *conditions: ColumnElement[bool]) -> list[Saved]:
    """What meets the conditions and is not deleted, oldest first."""
    there = select(_SAVED).where(_SAVED.c.deleted_at.is_(None), *conditions).order_by(_SAVED.c.id)
    return [saved_of(row, row.id, Kind(row.kind)) for row in connection.execute(there)]


def saved_of(row: Any, number: int, kind: Kind) -> Saved:
    """Of a row of either table."""
    changed_at = from_seconds(row.changed_at)
    deleted_at = None if row.deleted_at is None else from_seconds(row.deleted_at)
    visibility = Visibility(row.visibility)
    told = (row.owner, row.name, visibility, row.team, row.content, row.version, row.changed_by)
    return Saved(number, kind, *told, changed_at, deleted_at)


def _missing(there: Sequence[Saved], kind: Kind, name: str) -> str:
    wanted = shortened(plain(name), LONGEST_NAME)
    if not there:
        return f"There is no {kind} called “{wanted}”, and none at all yet."
    names = list(dict.fromkeys(one.name for one in there))
    near = process.extract(wanted, names, processor=utils.default_process, limit=_NEAREST, score_cutoff=55)
    if not near:
        return f"There is no {kind} called “{wanted}”, and no name looks like it."
    return f"There is no {kind} called “{wanted}”. Did you mean {', '.join(f'“{found[0]}”' for found in near)}?"


def key_of(name: str) -> str:
    """A name as two are compared: without regard to case, and to how Unicode writes the same letter."""
    return unicodedata.normalize("NFKC", plain(name)).casefold()
