"""Finding the e-mail that somebody means."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from sqlalchemy import Connection, text

from reports.facts import EmailFacts
from store.codes import from_seconds

LATEST = "latest"
_NEAREST = 5
_LIKENESS = 55.0  # below it, the nearest name is a guess that helps nobody

_DETAILS = """
    SELECT e.id, e.provider, e.external_id, coalesce(e.name, e.subject, e.external_id) AS name, e.subject, e.from_name,
        e.from_address, e.sent_by, coalesce(e.sent_at, t.first_event_at) AS sent_at, e.type, c.name AS campaign,
        b.name AS business_unit, tm.name AS team, w.name AS workflow
    FROM emails AS e
    LEFT JOIN email_totals AS t ON t.email_id = e.id
    LEFT JOIN campaigns AS c ON c.id = e.campaign_id
    LEFT JOIN business_units AS b ON b.id = e.business_unit_id
    LEFT JOIN teams AS tm ON tm.id = e.team_id
    LEFT JOIN workflows AS w ON w.id = e.workflow_id
    WHERE e.id = :email_id"""
_LISTS = """
    SELECT name FROM lists WHERE id IN (SELECT list_id FROM email_lists WHERE email_id = :email_id)
        OR id IN (SELECT list_id FROM list_totals WHERE email_id = :email_id) ORDER BY name"""
_NAMES = """
    SELECT e.id, e.external_id, e.name, e.subject, coalesce(e.sent_at, t.first_event_at, 0) AS sent_at
    FROM emails AS e LEFT JOIN email_totals AS t ON t.email_id = e.id ORDER BY sent_at DESC, e.id DESC"""


@dataclass(frozen=True, slots=True)
class Found:
    """The e-mail that was meant, or else the names nearest to it, best first."""

    email: EmailFacts | None = None
    nearest: tuple[str, ...] = ()
    empty: bool = False  #: the store has no e-mail at all


def find(connection: Connection, wanted: str) -> Found:
    """By name, subject or provider's identifier, without regard to case; "latest" is the one sent last.

    Among equal names the one sent last is meant.
    """
    rows = connection.execute(text(_NAMES)).all()
    if not rows:
        return Found(empty=True)
    if wanted.strip().casefold() == LATEST:
        return Found(load_email(connection, rows[0].id))
    folded = _plain(wanted)
    names: dict[str, str] = {}
    for field in ("name", "external_id", "subject"):
        for row in rows:
            value = getattr(row, field)
            if not value:
                continue
            if value.casefold() == wanted.strip().casefold():
                return Found(load_email(connection, row.id))
            names.setdefault(value, row.name or row.subject or row.external_id)
    exact = [row.id for row in rows if folded and folded == _plain(row.name or "")]
    if exact:
        return Found(load_email(connection, exact[0]))
    return Found(nearest=_nearest(folded, names))


def _plain(name: str) -> str:
    """A name as people remember it: its words, without case and punctuation."""
    return " ".join(re.findall(r"\w+", name.casefold()))


def _nearest(wanted: str, names: dict[str, str]) -> tuple[str, ...]:
    """Names to offer for keys (names, subjects, identifiers) that look like what was typed."""
    likely = process.extract(
        wanted, list(names), scorer=fuzz.WRatio, processor=_plain, score_cutoff=_LIKENESS, limit=25
    )
    return tuple(dict.fromkeys(names[key] for key, _score, _index in likely))[:_NEAREST]


def load_email(connection: Connection, email_id: int) -> EmailFacts:
    """Raises sqlalchemy.exc.NoResultFound for a number that no e-mail has."""
    row = connection.execute(text(_DETAILS), {"email_id": email_id}).mappings().one()
    lists = connection.execute(text(_LISTS), {"email_id": email_id}).scalars().all()
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
