"""A person out of the store: nothing is left that tells who it was, and every count stays as it is."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Engine, String, Table, and_, bindparam, delete, func, or_, select, update
from sqlmodel import AutoString

from reports.freeze import fingerprint
from store import exports, inbox, tombstones
from store.codes import to_seconds
from store.engine import writing
from store.packing import digest, normal
from store.subscriptions import TargetState
from store.tables import metadata

#: Tables that are handled one by one, hold nothing of recipients, or are too large to be looked through for nothing.
_APART = {
    "contacts",
    "links",
    "event_replies",
    "inbox",
    "domains",
    "clients",
    "bounce_replies",  # patterns of replies have no address
    "emails",  # and their bodies: who sends is no recipient
    "email_bodies",
    "audits",
    "alembic_version",
}
_PAGE = 200  # bodies of webhooks that are looked through at once


@dataclass(slots=True)
class Erased:
    """What was erased, or would be. `known`: the address was somebody's here, or was forgotten before."""

    known: bool = False
    replies: int = 0  #: servers' words about their messages
    links: int = 0  #: URLs that held the address
    texts: int = 0  #: other fields that held it
    digests: int = 0  #: kept to be sent, or as they were sent
    targets: int = 0  #: subscriptions that sent to it
    webhooks: int = 0  #: bodies that were read already
    files: int = 0  #: made with addresses, and removed by the service
    unread: list[int] = field(default_factory=list)  #: webhooks that hold the address and were not read yet

    @property
    def counts(self) -> dict[str, int]:
        told = asdict(self)
        return {name: told[name] for name in ("replies", "links", "texts", "digests", "targets", "webhooks", "files")}


class _DryRun(Exception):
    """Ends the transaction without a trace."""


def forget(engine: Engine, address: str, now: datetime, *, dry_run: bool = False) -> Erased:
    """Erases a person in one transaction. Done again it finds what is left, so that it may be cut off anywhere.

    The contact's row stays without address and digest, for events and orders are counted under its number; what comes
    late of that person counts there too (store.tombstones). Raises tombstones.NoSecret.
    """
    erased, address = Erased(), normal(address)
    try:
        with writing(engine, durable=True).begin() as connection:
            number = _number(connection, address)
            erased.known = number is not None
            if number is None:
                number = 0
            else:
                tombstones.bury(connection, address, number)
                contacts = metadata.tables["contacts"]
                mine = update(contacts).where(contacts.c.id == number)
                connection.execute(mine.values(digest=None, address=None))
                erased.replies = _drop_replies(connection, number)
            _clear_texts(connection, address, number, erased)
            erased.digests = _clear_digests(connection, address, number)
            _clear_webhooks(connection, address, erased)
            erased.files = _end_files(connection, now)
            if dry_run:
                raise _DryRun
            _put_down(connection, now, erased)
    except _DryRun:
        pass
    return erased


def _put_down(connection: Connection, now: datetime, erased: Erased) -> None:
    row = {"at": to_seconds(now), "what": "forget", "told": json.dumps(erased.counts)}
    connection.execute(metadata.tables["audits"].insert(), row)


def _number(connection: Connection, address: str) -> int | None:
    contacts = metadata.tables["contacts"]
    found = connection.execute(select(contacts.c.id).where(contacts.c.digest == digest(address))).scalar()
    return found if found is not None else tombstones.buried(connection, [address]).get(address)


def _drop_replies(connection: Connection, number: int) -> int:
    """Replies are about few events, so it is they that are gone through, and not all events of an e-mail."""
    recipients = f"SELECT DISTINCT email_id FROM recipients WHERE contact_id = {number:d}"
    dropped = 0
    for email_id in connection.exec_driver_sql(recipients).scalars().all():
        dropped += connection.exec_driver_sql(
            f"DELETE FROM event_replies WHERE email_id = {email_id:d} AND (SELECT contact_id FROM events AS e"
            " WHERE e.email_id = event_replies.email_id AND e.at = event_replies.at AND e.key = event_replies.key)"
            f" = {number:d}"
        ).rowcount
    return dropped


def _clear_texts(connection: Connection, address: str, number: int, erased: Erased) -> None:
    for table in metadata.sorted_tables:
        if table.name == "links":
            erased.links = _clear_table(connection, table, address, number)
        elif table.name == "targets":
            erased.targets = _clear_table(connection, table, address, number)
        elif table.name not in _APART:
            erased.texts += _clear_table(connection, table, address, number)


def _clear_table(connection: Connection, table: Table, address: str, number: int) -> int:
    """Every text in which the address stands has a number in its place; JSON stays JSON."""
    texts = [column for column in table.columns if _is_text(column)]
    if not texts:
        return 0
    likes = [f"%{_escaped(form.lower())}%" for form in tombstones.forms(address)]
    holds = or_(*(func.lower(column).like(like, escape="!") for column in texts for like in likes))
    key = list(table.primary_key.columns)
    gone = {address: number}
    changed = 0
    for row in connection.execute(select(*key, *texts).where(holds)).mappings().all():
        new = {column.name: tombstones.without(row[column.name], gone) for column in texts if row[column.name]}
        new = {name: text for name, text in new.items() if text != row[name]}
        if not new:
            continue  # a part of another address
        values: dict[str, Any] = dict(new)
        if table.name == "links":
            values["digest"] = digest(new["url"])
        if table.name == "targets" and "address" in new:
            values |= {"address": f"{new['address']}-{row['id']}", "state": TargetState.LEFT}
        same = [column == bindparam(f"key_{column.name}") for column in key]
        connection.execute(
            update(table).where(*same).values(**values), {f"key_{column.name}": row[column.name] for column in key}
        )
        changed += 1
    return changed


def _clear_digests(connection: Connection, address: str, number: int) -> int:
    """What was compiled is kept as JSON in ASCII (reports.freeze), and is no text to the database."""
    table, cleared = metadata.tables["occurrences"], 0
    keys = connection.execute(
        select(table.c.subscription_id, table.c.period_key).where(table.c.digest.is_not(None))
    ).all()
    for key in keys:
        this = and_(table.c.subscription_id == key.subscription_id, table.c.period_key == key.period_key)
        frozen = bytes(connection.execute(select(table.c.digest).where(this)).scalar_one())
        new = tombstones.without(frozen.decode("ascii"), {address: number}).encode("ascii")
        if new != frozen:
            connection.execute(update(table).where(this).values(digest=new, fingerprint=fingerprint(new)))
            cleared += 1
    return cleared


def _is_text(column: Column[Any]) -> bool:
    return isinstance(column.type, String | AutoString) and not column.primary_key


def _escaped(text: str) -> str:
    return "".join(f"!{sign}" if sign in "!%_" else sign for sign in text)


def _clear_webhooks(connection: Connection, address: str, erased: Erased) -> None:
    """Bodies that were read are dropped whole; in the others is more than this person, and it counts nowhere yet."""
    table, last = metadata.tables["inbox"], 0
    found = tombstones.pattern(address)
    while True:
        page = select(table.c.id, table.c.state, table.c.headers, table.c.body).where(table.c.id > last)
        rows = connection.execute(page.order_by(table.c.id).limit(_PAGE)).all()
        if not rows:
            return
        last = rows[-1].id
        for row in rows:
            if not found.search(row.headers) and not found.search(bytes(row.body).decode(errors="replace")):
                continue
            if row.state == inbox.READ:
                connection.execute(delete(table).where(table.c.id == row.id))
                erased.webhooks += 1
            else:
                erased.unread.append(row.id)


def _end_files(connection: Connection, now: datetime) -> int:
    """The time of files that show addresses is up: whoever needs one has it made anew."""
    table = metadata.tables["exports"]
    which = table.c.reveal & (table.c.state == exports.State.MADE) & (table.c.keep_until > to_seconds(now))
    return connection.execute(update(table).where(which).values(keep_until=to_seconds(now))).rowcount


def audits(connection: Connection) -> list[tuple[int, str, Mapping[str, int]]]:
    """What was erased, newest first: when in seconds since 1970, a word, and counts."""
    rows = connection.exec_driver_sql("SELECT at, what, told FROM audits ORDER BY id DESC")
    return [(at, what, json.loads(told)) for at, what, told in rows]
