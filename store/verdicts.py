"""Our own verdicts on clicks (reports.verdicts), which stand in the events' code as machine reasons of their own.

A verdict follows from everything that one person did with one e-mail within some seconds. So whom new events may
concern is judged anew, and what depends on it is moved; the result is a function of the set of events.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from reports.classify import is_unsubscribe_link
from reports.verdicts import Act, Rules, judge
from store import bulk, turned
from store.arrays import Columns, Ints, Mask, chosen, grouped, joined, named
from store.codes import KINDS, MACHINES, NONE, OURS, RULE, UTILITY_CLICK
from store.dialects import among
from store.moves import Touched

_CLICKED, _UNSUBSCRIBED = 6, 7
_ACTS = f"code & {KINDS} IN ({_CLICKED}, {_UNSUBSCRIBED}, {UTILITY_CLICK})"
_COLUMNS = ("email_id", "at", "key", "contact_id", "code", "link_id", "client_id")
#: Stretches of time that are so near to each other, in seconds, are read as one.
_GAP = 900


def apply(
    connection: Connection, touched: Touched, events: Columns, person: Ints, rules: Rules, raw: Collection[int] = ()
) -> None:
    """Judges whom new events may concern: they are in events, state and rollups already.

    `person` is the row of each event's recipient in `touched`. Of e-mails in `raw` acts were dropped that would
    decide: there all stays as it is.
    """
    if rules.reach < 0:
        return
    acted = _are_acts(events["code"]) & ~np.isin(events["email_id"], list(raw))
    acts, of = chosen(events, acted), person[acted]
    delivered = _newly_delivered(touched, rules) & ~np.isin(touched.after["email_id"], list(raw))
    if not len(of) and not delivered.any():
        return
    before = _acted_before(connection, touched, acts, of)
    again = np.bincount(of, minlength=len(before)).astype(bool) & before | delivered
    first = np.zeros(len(before), bool)
    first[_near(of, acts["at"], rules.reach)] = True
    # Of whom a provider has judged every click there is nothing to say: most of a scanner's are so.
    reason = acts["code"] // MACHINES
    unjudged = (acts["code"] & KINDS != _UNSUBSCRIBED) & ((reason == 0) | (reason >= OURS))
    first &= ~again & (np.bincount(of[unjudged], minlength=len(first)) > 0)
    changed = []
    if first.any():  # all that they ever did is new
        mine = first[of]
        changed.append(_changed(connection, chosen(acts, mine), of[mine], touched.after["delivered_at"], rules))
    if again.any():
        changed.append(_changed_among_known(connection, touched, acts, of, again, rules))
    if changed:
        turned.apply(connection, joined(*changed))


def judge_all(connection: Connection, email_id: int, rules: Rules) -> int:
    """Judges all clicks of an e-mail, and gives how many verdicts changed; state and rollups follow."""
    acts = bulk.select(connection, "events", _COLUMNS, f"email_id = {email_id:d} AND {_ACTS}")
    people = grouped(acts["email_id"], acts["contact_id"])
    key = dict(zip(("email_id", "contact_id"), people.keys, strict=True))
    place, found = bulk.find(connection, "recipients", key, ("delivered_at",))
    delivered_at = np.full(len(people), NONE)
    delivered_at[place] = found["delivered_at"]
    changed = _changed(connection, acts, people.index, delivered_at, rules)
    turned.apply(connection, changed)
    return len(changed["at"])


def _are_acts(code: Ints) -> Mask:
    kind = code & KINDS
    acts: Mask = (kind == _CLICKED) | (kind == _UNSUBSCRIBED) | (kind == UTILITY_CLICK)
    return acts


def _newly_delivered(touched: Touched, rules: Rules) -> Mask:
    """People whose last delivery is another than it was, and who clicked enough for an early burst."""
    after = touched.after
    clicks = after["clicks"] + after["machine_clicks"]
    enough = clicks >= (rules.early_links or np.inf)
    found: Mask = enough & (after["delivered_at"] != touched.before["delivered_at"])
    return found


def _acted_before(connection: Connection, touched: Touched, acts: Columns, of: Ints) -> Mask:
    """People of whom the store had an act already that may decide about others."""
    before = touched.before
    found: Mask = (before["clicks"] + before["machine_clicks"] > 0) | (before["unsubscribed_at"] != NONE)
    # A person's clicks on links that are no content are counted by link alone.
    asked = np.unique(of[~found[of] & touched.known[of]])
    if not len(asked):
        return found
    emails = among(np.unique(before["email_id"][asked]))
    links = connection.exec_driver_sql(
        "SELECT email_id, link_id FROM link_totals JOIN links ON links.id = link_id"
        f" WHERE email_id IN {emails} AND NOT content"
    )
    for email_id, link_id in links.all():
        rows = asked[before["email_id"][asked] == email_id]
        key = {"email_id": before["email_id"][rows], "link_id": np.full(len(rows), link_id)}
        key["contact_id"] = before["contact_id"][rows]
        place, _ = bulk.find(connection, "link_people", key, ())
        found[rows[place]] = True
    return found


def _near(person: Ints, at: Ints, reach: int) -> Ints:
    """People with two acts that are no further apart."""
    order = np.lexsort((at, person))
    person, at = person[order], at[order]
    found: Ints = person[1:][(person[1:] == person[:-1]) & (at[1:] - at[:-1] <= reach)]
    return found


@dataclass(frozen=True, slots=True)
class _Spans:
    """From when to when acts of each person may have another verdict now, by row of Touched."""

    start: Ints
    end: Ints


def _spans(touched: Touched, acts: Columns, of: Ints, rules: Rules) -> _Spans:
    start, end = np.full(len(touched.known), -NONE), np.full(len(touched.known), NONE)
    np.minimum.at(start, of, acts["at"] - rules.reach)
    np.maximum.at(end, of, acts["at"] + rules.reach)
    after, before = touched.after["delivered_at"], touched.before["delivered_at"]
    for delivered in (after, before):
        moved = (after != before) & (delivered != NONE)
        start[moved] = np.minimum(start[moved], delivered[moved] - 2 * rules.burst_seconds)
        end[moved] = np.maximum(end[moved], delivered[moved] + rules.early_seconds + rules.burst_seconds)
    return _Spans(start, end)


def _changed_among_known(
    connection: Connection, touched: Touched, acts: Columns, of: Ints, people: Mask, rules: Rules
) -> dict[str, Ints]:
    """Acts whose verdict changed, of people of whom the store knew some: it is asked for all around the new ones."""
    spans, rows = _spans(touched, acts, of, rules), np.flatnonzero(people)
    emails, contacts = touched.after["email_id"], touched.after["contact_id"]
    parts = []
    for email_id in np.unique(emails[rows]).tolist():
        mine = rows[emails[rows] == email_id]
        for start, end in _stretches(spans.start[mine] - rules.reach, spans.end[mine] + rules.reach):
            where = f"email_id = {email_id:d} AND at >= {start:d} AND at <= {end:d} AND {_ACTS}"
            parts.append(bulk.select(connection, "events", _COLUMNS, where))
    known = joined(*parts)
    groups = grouped(
        np.concatenate([emails[rows], known["email_id"]]), np.concatenate([contacts[rows], known["contact_id"]])
    )
    row_of = np.full(len(groups), -1)
    row_of[groups.index[: len(rows)]] = rows
    person = row_of[groups.index[len(rows) :]]
    told = person >= 0
    known, person = chosen(known, told), person[told]
    return _changed(connection, known, person, touched.after["delivered_at"], rules, spans)


def _stretches(start: Ints, end: Ints) -> Iterator[tuple[int, int]]:
    """Few stretches of time that hold all of these."""
    order = np.argsort(start)
    now: tuple[int, int] | None = None
    for begin, last in zip(start[order].tolist(), end[order].tolist(), strict=True):
        if now and begin <= now[1] + _GAP:
            now = now[0], max(now[1], last)
            continue
        if now:
            yield now
        now = begin, last
    if now:
        yield now


def _changed(
    connection: Connection, acts: Columns, person: Ints, delivered_at: Ints, rules: Rules, spans: _Spans | None = None
) -> dict[str, Ints]:
    """Columns of `turned` of clicks whose verdict is not what it was, within each person's span."""
    leaving = _leaving_links(connection, acts)
    order = np.lexsort((acts["key"], acts["at"], person))
    rows = zip(
        order.tolist(),
        *(column[order].tolist() for column in (person, acts["at"], acts["code"], acts["link_id"])),
        strict=True,
    )
    places, verdicts = [], []
    for place, code in _judged(rows, delivered_at.tolist(), leaving, rules):
        places.append(place)
        verdicts.append(code)
    found = chosen(named(acts, *_COLUMNS), np.array(places, np.int64)) | {"new": np.array(verdicts, np.int64)}
    if spans is None:
        return found
    mine = person[places]
    return chosen(found, (found["at"] >= spans.start[mine]) & (found["at"] <= spans.end[mine]))


def _judged(
    rows: Iterable[tuple[int, int, int, int, int]], delivered_at: list[int], leaving: set[int], rules: Rules
) -> Iterator[tuple[int, int]]:
    """Places and new codes of acts whose verdict is another; rows are place, person, at, code and link, by person."""
    told: list[tuple[int, int, int, int, int]] = []
    for row in rows:
        if told and told[0][1] != row[1]:
            yield from _judged_person(told, delivered_at[told[0][1]], leaving, rules)
            told = []
        told.append(row)
    if told:
        yield from _judged_person(told, delivered_at[told[0][1]], leaving, rules)


def _judged_person(
    told: list[tuple[int, int, int, int, int]], delivered_at: int, leaving: set[int], rules: Rules
) -> Iterator[tuple[int, int]]:
    if all(0 < code // MACHINES < OURS for _place, _person, _at, code, _link in told):
        return  # its provider said so of all
    acts = [
        Act(
            at=at,
            click=code & KINDS != _UNSUBSCRIBED,
            content=link if code & KINDS == _CLICKED and link != NONE else None,
            leaves=code & KINDS == _UNSUBSCRIBED or link in leaving,
        )
        for _place, _person, at, code, link in told
    ]
    verdicts = judge(acts, None if delivered_at == NONE else delivered_at, rules)
    for (place, _person, _at, code, _link), verdict in zip(told, verdicts, strict=True):
        if 0 < code // MACHINES < OURS:
            continue
        new = code % MACHINES + (RULE[verdict] * MACHINES if verdict else 0)
        if new != code:
            yield place, new


def _leaving_links(connection: Connection, acts: Columns) -> set[int]:
    """Links for unsubscribing among those that were clicked."""
    utility = np.unique(acts["link_id"][acts["code"] & KINDS == UTILITY_CLICK])
    if not len(utility):
        return set()
    urls = connection.exec_driver_sql(f"SELECT id, url FROM links WHERE id IN {among(utility)}")
    return {link_id for link_id, url in urls if is_unsubscribe_link(url)}
