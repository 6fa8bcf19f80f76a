"""Definitions put into the store: all of a file, or nothing of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine

from bot.saved.definitions import BadDefinitions, Definition
from store.saved import OPERATOR, Draft, Saved, Unsaved, owned, reports_on
from store.saving import changing, save
from store.subscriptions import Kind


class Outcome(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of one definition."""

    outcome: Outcome
    saved: Saved


def import_definitions(
    engine: Engine, definitions: Sequence[Definition], now: datetime, *, dry_run: bool
) -> list[Imported]:
    """What is not there is made; what is there under its owner and name becomes what the file says, as a new version.

    A dry run finds out the same and keeps nothing. Raises BadDefinitions, and then nothing is kept either.
    """
    with changing(engine) as connection:
        found = list(_imported(connection, definitions, now))
        if dry_run:
            connection.rollback()
    return found


def _imported(connection: Connection, definitions: Sequence[Definition], now: datetime) -> Iterator[Imported]:
    for one in definitions:
        before = owned(connection, one.owner, one.draft.kind, one.draft.name)
        try:
            draft = _complete(connection, one, before)
            saved, new = save(connection, OPERATOR, draft, now, owner=one.owner, replacing=True)
        except Unsaved as error:
            raise BadDefinitions(f"{one.where} is wrong. {error}") from None
        same = before is not None and saved.version == before.version
        yield Imported(Outcome.NEW if new else Outcome.UNCHANGED if same else Outcome.CHANGED, saved)


def _complete(connection: Connection, definition: Definition, before: Saved | None) -> Draft:
    """The draft with the numbers of a dashboard's reports, which are there by now.

    What is deleted for the time being stays on a dashboard: no file can name it.
    """
    if definition.draft.kind is Kind.REPORT:
        return definition.draft
    numbers: list[int] = []
    for named in definition.reports:
        report = owned(connection, named.owner, Kind.REPORT, named.name)
        if report is None:
            raise BadDefinitions(f"{definition.where} names “{named.name}”, which {named.owner} has not saved.")
        if report.id not in numbers:
            numbers.append(report.id)
    shown = {one.id for one in reports_on(connection, OPERATOR, before)} if before else set()
    if before and numbers == [number for number in before.reports if number in shown]:
        return replace(definition.draft, content=before.reports)
    gone = [number for number in before.reports if number not in shown] if before else []
    return replace(definition.draft, content=(*numbers, *gone))
