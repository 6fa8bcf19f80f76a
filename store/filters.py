"""Which e-mails pass the filters of a question about all e-mail."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process, utils
from sqlalchemy import Connection, text

from reports.query import Filters

#: Filters by name, as fields of reports.query.Filters, and the table whose names they take.
_NAMED = {"campaign": "campaigns", "team": "teams", "business_unit": "business_units", "workflow": "workflows"}
_NEAREST = 5
_LIKENESS = 55.0  # below it, the nearest value is a guess that helps nobody
_EMAILS = text(
    "SELECT id, coalesce(name, external_id) AS name, subject, type, campaign_id, team_id, business_unit_id, workflow_id"
    " FROM emails ORDER BY id"
)


@dataclass(frozen=True, slots=True)
class Meant:
    """The e-mails that are meant, or the filter whose value there is not, with the values nearest to it."""

    ids: tuple[int, ...] | None = None  #: None: all of them
    unknown: str | None = None  #: a field of reports.query.Filters
    nearest: tuple[str, ...] = ()
    empty: bool = False  #: the store has no e-mail at all


def numbers_of(connection: Connection, business_units: Collection[str], teams: Collection[str]) -> tuple[int, ...]:
    """The numbers of the e-mails of any of these business units or teams, whose names have no regard to case."""
    numbers = {
        column: {
            number for number, known in _names(connection, table).items() if any(_same(known, one) for one in names)
        }
        for column, table, names in (
            ("business_unit_id", "business_units", business_units),
            ("team_id", "teams", teams),
        )
    }
    rows = connection.execute(_EMAILS)
    return tuple(row.id for row in rows if any(getattr(row, column) in found for column, found in numbers.items()))


def select(connection: Connection, filters: Filters, within: Collection[int] | None = None) -> Meant:
    """Names are compared without regard to case; of a name search every word has to be in the name or the subject.

    `unassigned` without a team means the e-mails of no team alone. With `within`, no e-mail but those of these numbers
    is known, nor a value that none of them has.
    """
    if filters == Filters() and within is None:
        found = connection.execute(text("SELECT 1 FROM emails LIMIT 1")).first()
        return Meant(empty=found is None)
    known = rows = [row for row in connection.execute(_EMAILS) if within is None or row.id in within]
    if not rows and within is None:
        return Meant(empty=True)
    for field, table in _NAMED.items():
        wanted = getattr(filters, field)
        unassigned = field == "team" and filters.unassigned
        if wanted is None and not unassigned:
            continue
        names = _names(connection, table)
        if within is not None:
            names = {number: names[number] for row in known if (number := getattr(row, f"{field}_id")) is not None}
        numbers = {number for number, name in names.items() if wanted and _same(name, wanted)}
        if wanted is not None and not numbers:
            return Meant(unknown=field, nearest=_near(wanted, names.values()))
        rows = [
            row for row in rows if (number := getattr(row, f"{field}_id")) in numbers or (unassigned and number is None)
        ]
    if filters.type is not None:
        types = {row.type for row in known if row.type}
        if not any(_same(one, filters.type) for one in types):
            return Meant(unknown="type", nearest=_near(filters.type, types))
        rows = [row for row in rows if row.type and _same(row.type, filters.type)]
    if filters.name is not None:
        words = _plain(filters.name).split()
        named = [row for row in rows if all(word in _plain(f"{row.name} {row.subject or ''}") for word in words)]
        if rows and not named:
            return Meant(unknown="name", nearest=_alike(filters.name, [row.name for row in rows]))
        rows = named
    return Meant(ids=tuple(row.id for row in rows))


def _names(connection: Connection, table: str) -> dict[int, str]:
    return {row.id: row.name for row in connection.execute(text(f"SELECT id, name FROM {table}"))}


def _same(known: str, wanted: str) -> bool:
    return " ".join(known.casefold().split()) == " ".join(wanted.casefold().split())


def _plain(name: str) -> str:
    """A name as people remember it: without case and punctuation."""
    return utils.default_process(name)


def _near(wanted: str, known: Iterable[str]) -> tuple[str, ...]:
    """What looks like it; where nothing does, some of what there is."""
    names = sorted(known, key=str.casefold)
    return _alike(wanted, names) or tuple(names[:_NEAREST])


def _alike(wanted: str, names: Sequence[str]) -> tuple[str, ...]:
    likely = process.extract(wanted, names, scorer=fuzz.WRatio, processor=_plain, score_cutoff=_LIKENESS, limit=25)
    return tuple(dict.fromkeys(name for name, _score, _index in likely))[:_NEAREST]
