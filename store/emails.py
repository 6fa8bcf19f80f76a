"""Finding the e-mail that somebody means."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process, utils
from sqlalchemy import Connection, Row, TextClause, text

from reports.facts import EmailFacts
from reports.text import plain
from store.codes import from_seconds
from store.dialects import among

LATEST = "latest"
_NEAREST = 5
_LIKENESS = 55.0  # below it, the nearest name is a guess that helps nobody
_HOLDS = 80.0  # the likeness of a name that has all that was typed within it
_SHORTEST = 3  # signs: what is shorter stands in every text
_OFFERED = 10_000  # e-mails, the last sent, whose names may be offered: a typo then costs less than a tenth of a second
_IN_PARTS = 5_000  # keys compared part by part, which costs twenty times as much as whole ones

_DETAILS = text("""
    SELECT e.id, e.provider, e.external_id, coalesce(e.name, e.subject, e.external_id) AS name, e.subject, e.from_name,
        e.from_address, e.sent_by, coalesce(e.sent_at, t.first_event_at) AS sent_at, e.type, c.name AS campaign,
        b.name AS business_unit, tm.name AS team, w.name AS workflow
    FROM emails AS e
    LEFT JOIN email_totals AS t ON t.email_id = e.id
    LEFT JOIN campaigns AS c ON c.id = e.campaign_id
    LEFT JOIN business_units AS b ON b.id = e.business_unit_id
    LEFT JOIN teams AS tm ON tm.id = e.team_id
    LEFT JOIN workflows AS w ON w.id = e.workflow_id
    WHERE e.id = :email_id""")
_LISTS = text("""
    SELECT name FROM lists WHERE id IN (SELECT list_id FROM email_lists WHERE email_id = :email_id)
        OR id IN (SELECT list_id FROM list_totals WHERE email_id = :email_id) ORDER BY name""")
_NAMES = "e.id, e.name, e.external_id, e.subject"
_FIELDS = ("name", "external_id", "subject")


@dataclass(frozen=True, slots=True)
class Found:
    """The e-mail that was meant, or else the names nearest to it, best first."""

    email: EmailFacts | None = None
    nearest: tuple[str, ...] = ()
    empty: bool = False  #: the store has no e-mail at all


def find(connection: Connection, wanted: str, within: Collection[int] | None = None) -> Found:
    """By name, provider's identifier or subject as it is written; else without regard to case; else by its words.

    "latest" is the one sent last, and so is meant among equals. Only what is not found as it is written costs a look
    at every name. With `within`, no e-mail but those of these numbers is known.
    """
    wanted = plain(wanted)
    if wanted.casefold() == LATEST:
        email_id = connection.execute(_sent_last("e.id", within, most=1)).scalar()
        return Found(empty=within is None) if email_id is None else Found(load_email(connection, email_id))
    for field in _FIELDS:
        exact = _sent_last("e.id", within, f"e.{field} = :wanted", most=1)
        email_id = connection.execute(exact, {"wanted": wanted}).scalar()
        if email_id is not None:
            return Found(load_email(connection, email_id))
    rows = connection.execute(_sent_last(_NAMES, within)).all()
    email_id = _alike(rows, wanted)
    if email_id is not None:
        return Found(load_email(connection, email_id))
    return Found(nearest=_nearest(rows, wanted), empty=not rows and within is None)


def _sent_last(
    columns: str, within: Collection[int] | None, where: str = "true", most: int | None = None
) -> TextClause:
    """The last sent comes first."""
    known = "" if within is None else f" AND e.id IN {among(within)}" if within else " AND false"
    return text(
        f"SELECT {columns} FROM emails AS e LEFT JOIN email_totals AS t ON t.email_id = e.id WHERE {where}{known}"
        f" ORDER BY coalesce(e.sent_at, t.first_event_at, 0) DESC, e.id DESC{f' LIMIT {most}' if most else ''}"
    )


def names_like(connection: Connection, typed: str, within: Collection[int] | None = None, most: int = 100) -> list[str]:
    """Names to choose from for what is typed so far: those with all its words in them, the last sent first.

    Where there is none, the likest ones; a look for somebody who is typing, so of the names alone. `within` as in find.
    """
    words = _words(typed)
    titles = connection.execute(_sent_last("coalesce(e.name, e.subject, e.external_id)", within, most=_OFFERED))
    keys = {name: utils.default_process(name) for name in titles.scalars()}
    holding = [name for name, key in keys.items() if all(word in key for word in words)]
    if holding:
        return holding[:most]
    wanted = " ".join(words)
    near = process.extract(wanted, keys, scorer=fuzz.token_sort_ratio, score_cutoff=_LIKENESS, limit=_NEAREST)
    return [name for _key, _score, name in near]


def named_in(connection: Connection, said: str, within: Collection[int] | None = None, most: int = 10) -> list[str]:
    """Names of the e-mails whose name or subject stands in a text as words of it, the last sent first.

    One within a longer one that stands there is not meant, and none is shorter than three signs.
    """
    rows = connection.execute(_sent_last(_NAMES, within)).all()[:_OFFERED]
    called = [
        (row.name or row.subject, {plain(key).casefold() for key in (row.name, row.subject) if key}) for row in rows
    ]
    left, found = plain(said).casefold(), set[str]()
    standing = {key for _, keys in called for key in keys if len(key) >= _SHORTEST and key in left}
    for key in sorted(standing, key=len, reverse=True):
        left, times = re.subn(rf"(?<![\w-]){re.escape(key)}(?![\w-])", "\n", left)
        if times:
            found.add(key)
    return list(dict.fromkeys(name for name, keys in called if keys & found))[:most]


def _alike(rows: Sequence[Row[Any]], wanted: str) -> int | None:
    """The number of the e-mail that is called so but for case, or but for punctuation."""
    folded, words = wanted.casefold(), _words(wanted)
    for position in (1, 2, 3):
        for row in rows:
            if row[position] and row[position].casefold() == folded:
                return int(row.id)
    return next((int(row.id) for row in rows if words and row.name and _words(row.name) == words), None)


def _words(name: str) -> list[str]:
    """A name as people remember it: without case and punctuation."""
    return utils.default_process(name).split()


def _nearest(rows: Sequence[Row[Any]], wanted: str) -> tuple[str, ...]:
    """Names of e-mails with a name, identifier or subject like what was typed, best first, of equals the last sent."""
    names: dict[str, str] = {}
    for row in rows[:_OFFERED]:
        for key in (row.name, row.external_id, row.subject):
            if key:
                names.setdefault(utils.default_process(key), row.name or row.subject or row.external_id)
    keys, typed = list(names), utils.default_process(wanted)
    words = typed.split()
    if not words:
        return ()
    whole = process.extract(typed, keys, scorer=fuzz.token_sort_ratio, score_cutoff=_LIKENESS, limit=25)
    holding = [(key, _HOLDS, 0) for key in keys if all(word in key for word in words)][:25]
    if not whole and not holding:
        whole = process.extract(typed, keys[:_IN_PARTS], scorer=fuzz.WRatio, score_cutoff=_LIKENESS, limit=25)
    likely = sorted([*whole, *holding], key=lambda found: -found[1])
    return tuple(dict.fromkeys(names[key] for key, _score, _index in likely))[:_NEAREST]


def load_email(connection: Connection, email_id: int) -> EmailFacts:
    """Raises sqlalchemy.exc.NoResultFound for a number that no e-mail has."""
    row = connection.execute(_DETAILS, {"email_id": email_id}).mappings().one()
    lists = connection.execute(_LISTS, {"email_id": email_id}).scalars().all()
    details = dict(row)
    sent_at = details.pop("sent_at")
    return EmailFacts(**details, sent_at=None if sent_at is None else from_seconds(sent_at), lists=tuple(lists))


def all_email_ids(connection: Connection) -> list[int]:
    return list(connection.execute(text("SELECT id FROM emails ORDER BY id")).scalars())


def undescribed(connection: Connection, provider: str, most: int) -> list[str]:
    """A provider's identifiers of e-mails of which neither name nor subject is known, the latest first."""
    unknown = "SELECT external_id FROM emails WHERE provider = :provider AND name IS NULL AND subject IS NULL"
    rows = connection.execute(text(f"{unknown} ORDER BY id DESC LIMIT :most"), {"provider": provider, "most": most})
    return list(rows.scalars())
