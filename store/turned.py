"""State and rollups of people whose clicks turned from a person's into a machine's, or back; the rest of them stays."""

import numpy as np
from sqlalchemy import Connection

from store import bulk, large
from store.arrays import Columns, Ints, Mask, chosen, earlier, grouped, joined, named
from store.codes import KINDS, MACHINES, NONE, SLOT
from store.derive import COLUMNS, cohort, state
from store.dialects import among
from store.moves import Touched, move
from store.rollups import with_unlisted

_CLICKED = 6
_KEY = ("email_id", "contact_id")


def apply(connection: Connection, turned: Columns) -> None:
    """`turned` has the identity, contact, code, link and client of each click, and its `new` code."""
    if not len(turned["at"]):
        return
    events = {**named(turned, "email_id", "at", "key", "contact_id"), "code": turned["new"]}
    bulk.update(connection, "events", ("email_id", "at", "key"), events)
    people = grouped(turned["email_id"], turned["contact_id"])
    touched = _touched(connection, turned, dict(zip(_KEY, people.keys, strict=True)), people.index)
    columns = named(touched.after, *_KEY, "state", "clicked_at", "clicks", "machine_clicks")
    bulk.update(connection, "recipients", _KEY, columns)
    once = np.ones(len(turned["at"]), np.int64)
    gone, come = ({**turned, "code": turned[name], "n": n} for name, n in (("code", -once), ("new", once)))
    move(connection, touched, joined(gone, come), np.tile(people.index, 2))
    _move_large(connection, touched, come, people.index)


def _touched(connection: Connection, turned: Columns, key: Columns, person: Ints) -> Touched:
    size = len(key["contact_id"])
    names = ("state", *COLUMNS)
    place, found = bulk.find(connection, "recipients", key, names)
    before = {**key, **{name: _placed(place, found[name], size) for name in names}}
    place, found = bulk.find(connection, "contacts", {"id": key["contact_id"]}, ("domain_id",))
    before["domain_id"] = _placed(place, found["domain_id"], size)
    before["cohort"] = cohort(before)
    after = before | _clicks(connection, before, turned, person)
    after["state"] = state(after)
    after["cohort"] = cohort(after)
    place, found = bulk.find(connection, "memberships", key, ("list_id",))
    lists = with_unlisted((place, found["list_id"]), size)
    return Touched(np.ones(size, bool), before, after, lists, lists)


def _placed(place: Ints, column: Ints, size: int) -> Ints:
    placed = np.zeros(size, np.int64)
    placed[place] = column
    return placed


def _clicks(connection: Connection, before: Columns, turned: Columns, person: Ints) -> dict[str, Ints]:
    """What depends on the verdict on clicks."""
    size = len(before["clicks"])
    content = turned["code"] & KINDS == _CLICKED
    was, now = turned["code"] < MACHINES, turned["new"] < MACHINES
    gained, lost = now & ~was, was & ~now
    more = {
        name: np.bincount(person[which], minlength=size)
        for name, which in (
            ("human", gained & content),
            ("no human", lost & content),
            ("machine", lost),
            ("no machine", gained),
        )
    }
    clicks = before["clicks"] + more["human"] - more["no human"]
    first = np.full(size, -NONE)
    np.minimum.at(first, person[gained & content], turned["at"][gained & content])
    clicked_at = earlier(before["clicked_at"], np.where(first == -NONE, NONE, first))
    # Whose first click is no person's any more: another of theirs is the first now, if there is one.
    unsure = np.zeros(size, bool)
    unsure[person[lost & content & (turned["at"] == before["clicked_at"][person])]] = True
    clicked_at[clicks == 0] = NONE
    _find_first(connection, before, clicked_at, unsure & (clicks > 0))
    machine_clicks = before["machine_clicks"] + more["machine"] - more["no machine"]
    return {"clicks": clicks, "clicked_at": clicked_at, "machine_clicks": machine_clicks}


def _find_first(connection: Connection, people: Columns, clicked_at: Ints, which: Mask) -> None:
    """Reads the e-mail's clicks through: somebody who clicked beside a machine is seldom met."""
    for email_id in np.unique(people["email_id"][which]).tolist():
        rows = np.flatnonzero(which & (people["email_id"] == email_id))
        contacts = people["contact_id"][rows]
        found = connection.exec_driver_sql(
            f"SELECT contact_id, min(at) FROM events WHERE email_id = {email_id:d} AND code < {MACHINES}"
            f" AND code & {KINDS} = {_CLICKED} AND contact_id IN {among(contacts)} GROUP BY contact_id"
        )
        first = {contact_id: at for contact_id, at in found}  # noqa: C416 - rows are no pairs to mypy
        clicked_at[rows] = [first[contact] for contact in contacts.tolist()]


def _move_large(connection: Connection, touched: Touched, events: Columns, person: Ints) -> None:
    """Brings blocks and `activity` of large e-mails up to date."""
    emails = among(np.unique(touched.after["email_id"]))
    found = connection.exec_driver_sql(f"SELECT DISTINCT email_id FROM recipient_blocks WHERE email_id IN {emails}")
    ids = found.scalars().all()
    if not ids:
        return
    people, of = np.isin(touched.after["email_id"], ids), np.isin(events["email_id"], ids)
    before, after = chosen(touched.before, people), chosen(touched.after, people)
    large.move_blocks(connection, before, after)
    told = large.unlocated(touched.after, chosen(events, of), person[of])
    was = before["clicked_at"]
    large.put_slots(connection, told, large.slots_at(before, was, was != after["clicked_at"]))
    for row in np.flatnonzero(after["clicked_at"] != NONE).tolist():
        _drop_told(connection, chosen(after, np.array([row])))


def _drop_told(connection: Connection, person: Columns) -> None:
    """The first click by a person is told by its column; its stretch of time stays where something else is in it."""
    email_id, contact_id, clicked_at = (int(person[name][0]) for name in (*_KEY, "clicked_at"))
    slot = clicked_at // SLOT
    events = connection.exec_driver_sql(
        f"SELECT at, code FROM events WHERE email_id = {email_id} AND at >= {slot * SLOT} AND at < {(slot + 1) * SLOT}"
        f" AND contact_id = {contact_id}"
    )
    told = {kind: int(person[column][0]) for kind, column in large.LOCATED.items()}
    if all(code < MACHINES and told.get(code & KINDS) == at for at, code in events):
        connection.exec_driver_sql(
            f"DELETE FROM activity WHERE email_id = {email_id} AND contact_id = {contact_id} AND slot = {slot}"
        )
