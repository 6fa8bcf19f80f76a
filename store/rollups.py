"""People's state and every rollup brought up to date with a set of new events, by set-based SQL.

`apply` reads a source of events: the staged batch, or all events of one e-mail when it is rebuilt from nothing.
Counts of people move by the difference between their states before and after; counts of events are added.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from store import codes, large
from store.codes import BOUNCE_PACK, PACK, QUARTER, SPANS, STATE_BITS
from store.derive import AGGREGATES, EVENT_COUNTS, FIRST_OPEN, STATE_MOVES, bit, cohort, merged_columns, state_select
from store.dialects import among, dialect_of
from store.tables import metadata

PEOPLE = (*STATE_BITS, *EVENT_COUNTS.values())
_COLUMNS = tuple(AGGREGATES)
#: A touched recipient's columns before the batch, and what the batch adds to its event counters.
_BEFORE = {
    "known": "CASE WHEN r.email_id IS NULL THEN 0 ELSE 1 END",
    # The message was sent or delivered at more than one instant; d is the batch.
    "again": "CASE WHEN d.last_sent_at <> d.sent_at OR d.first_delivered_at <> d.delivered_at"
    " OR d.sent_at <> r.sent_at OR d.delivered_at <> r.delivered_at THEN 1 ELSE 0 END",
    "old_sent_at": "r.sent_at",
    "old_delivered_at": "r.delivered_at",
    "old_state": "coalesce(r.state, 0)",
    "old_opened_at": "r.opened_at",
    "old_clicked_at": "r.clicked_at",
    "old_not_sent": "r.not_sent",
    "old_cohort": cohort("r"),
    "old_bounce": "r.bounce",
}
_TOUCHED = (
    "email_id",
    "contact_id",
    *_BEFORE,
    *(f"more_{column}" for column in EVENT_COUNTS),
    *_COLUMNS,
    "state",
    "cohort",
)
#: How many people of a domain and a cohort went from one state to another.
_CHANGED = (
    "email_id",
    "domain_id",
    "cohort",
    "old_state",
    "state",
    "n",
    *(f"more_{column}" for column in EVENT_COUNTS),
)
#: What is kept by domain: little, for a list of businesses has nearly as many domains as people.
_DOMAIN = {
    **{name: STATE_MOVES[STATE_BITS.index(name)] for name in ("delivered", "opened", "machine_opened")},
    **{name: f"sum(more_{name})" for name in ("machine_opens", "machine_clicks")},
}
_TOUCHED_LINKS = (
    "email_id",
    "link_id",
    "contact_id",
    "known",
    "old_html",
    "old_text",
    "old_untold",
    "html",
    "text",
    "untold",
)
_COUNTED = ("email_id", "quarter", "code", "link_id", "n")
_TOUCHED_CLIENTS = ("email_id", "client_id", "contact_id", "known", "old_opens", "old_clicks", "opens", "clicks")


def apply(connection: Connection, source: str, email_ids: Collection[int]) -> None:
    """Adds the events of `source` (a table or a subselect in brackets) to state and rollups of their e-mails.

    They are in `events` already.
    """
    _touch(connection, source)
    _add_people(connection)
    _add_cohorts(connection)
    _add_list_people(connection, email_ids)
    _add_last(connection, "not_sent_totals", "not_sent", PACK, bit("not_sent"))
    _add_last(connection, "bounce_totals", "bounce", BOUNCE_PACK, bit("bounced_hard") | bit("bounced_soft"))
    _add_bounds(connection, email_ids)
    _count_engagement(connection, source)
    _add_moments(connection)
    _add_links(connection, source)
    _add_clients(connection, source)
    _add_machines(connection)
    large.add(connection, source, email_ids)


def clear(connection: Connection, email_id: int) -> None:
    """Forgets everything about an e-mail that can be computed from its events."""
    for table in (
        "recipients",
        "link_people",
        "client_people",
        "email_totals",
        "recipient_blocks",
        "activity",
        "list_totals",
        "domain_totals",
        "machine_totals",
        "cohorts",
        "not_sent_totals",
        "bounce_totals",
        "moments",
        "link_totals",
        "client_totals",
    ):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE email_id = {email_id:d}")


def _touch(connection: Connection, source: str) -> None:
    """Everybody the source tells of, before and after it, into `touched` and so into `recipients`."""
    dialect = dialect_of(connection)
    dialect.temporary(connection, "touched", _TOUCHED)
    aggregates = ", ".join(f"{aggregate} AS {column}" for column, aggregate in AGGREGATES.items())
    others = "max(at) FILTER (WHERE code = 0) AS last_sent_at, min(at) FILTER (WHERE code = 1) AS first_delivered_at"
    told = f"SELECT email_id, contact_id, {aggregates}, {others} FROM {source} AS event GROUP BY contact_id, email_id"
    old = ", ".join(f"{before} AS {column}" for column, before in _BEFORE.items())
    more = ", ".join(f"d.{column} AS more_{column}" for column in EVENT_COUNTS)
    merged = (
        f"(SELECT d.email_id, d.contact_id, {old}, {more}, {merged_columns(dialect, 'd', 'r')}"
        f" FROM ({told}) AS d LEFT JOIN recipients AS r ON r.email_id = d.email_id AND r.contact_id = d.contact_id"
        ") AS merged"
    )
    keep = ", ".join(_TOUCHED[: -len(_COLUMNS) - 2])
    connection.exec_driver_sql(f"INSERT INTO touched ({', '.join(_TOUCHED)}) {state_select(merged, keep)}")
    after = {column: f"touched.{column}" for column in ("state", *_COLUMNS)}
    _keep(connection, "recipients", ("email_id", "contact_id"), "touched", after)


def _add_people(connection: Connection) -> None:
    """People are gone through once, by domain and cohort: the e-mail's own figures are the sums of theirs."""
    dialect_of(connection).temporary(connection, "changed", _CHANGED)
    joined = "touched JOIN contacts ON contacts.id = contact_id WHERE"
    moved = "old_state <> 0 AND old_cohort <> cohort"
    # Whose sending is now known better leaves the old cohort whole, and comes whole into the new one.
    whole = {column: (f"sum({column})", f"sum(more_{column} - {column})") for column in EVENT_COUNTS}
    come, gone = (", ".join(sums[n] for sums in whole.values()) for n in (0, 1))
    connection.exec_driver_sql(
        f"INSERT INTO changed ({', '.join(_CHANGED)})"
        f" {_changes(f'{joined} NOT ({moved})', 'email_id, domain_id, cohort')}"
        f" UNION ALL SELECT email_id, domain_id, cohort, 0, state, count(*), {come}"
        f" FROM {joined} {moved} GROUP BY state, cohort, domain_id, email_id"
        f" UNION ALL SELECT email_id, domain_id, old_cohort, old_state, 0, count(*), {gone}"
        f" FROM {joined} {moved} GROUP BY old_state, old_cohort, domain_id, email_id"
    )
    _put(connection, "email_totals", ("email_id",), PEOPLE, _people_sums("email_id", "changed"))
    sums = (
        f"SELECT email_id, domain_id, {', '.join(_DOMAIN.values())} FROM changed"
        " WHERE state <> old_state OR more_machine_opens + more_machine_clicks > 0 GROUP BY email_id, domain_id"
    )
    _put(connection, "domain_totals", ("email_id", "domain_id"), tuple(_DOMAIN), sums)


def _add_cohorts(connection: Connection) -> None:
    """Quarters from the changes, and longer spans from the quarters; what everybody has left is deleted."""
    columns, sums = ", ".join(PEOPLE), ", ".join(f"sum({column})" for column in PEOPLE)
    widths = {n: span // QUARTER for n, span in enumerate(SPANS) if n}
    spans = [f"SELECT email_id, 0, cohort, {columns} FROM quarters"]
    spans += [
        f"SELECT email_id, {n}, cohort / {width}, {sums} FROM quarters GROUP BY email_id, cohort / {width}"
        for n, width in widths.items()
    ]
    known = "(SELECT * FROM changed WHERE state <> 0 OR old_state <> 0)"
    quarters = f"quarters (email_id, cohort, {columns}) AS MATERIALIZED ({_people_sums('email_id, cohort', known)})"
    key = ("email_id", "span", "start")
    _put(connection, "cohorts", key, PEOPLE, f"WITH {quarters} {' UNION ALL '.join(spans)}")
    table = " UNION ALL ".join(f"SELECT {n} AS span, {span // QUARTER} AS width" for n, span in enumerate(SPANS))
    left = f"SELECT email_id, span, cohort / width FROM changed CROSS JOIN ({table}) AS spans WHERE state = 0"
    connection.exec_driver_sql(
        f"DELETE FROM cohorts WHERE sent = 0 AND not_sent = 0 AND ({', '.join(key)}) IN ({left})"
    )


def _add_list_people(connection: Connection, email_ids: Collection[int]) -> None:
    """Changes of people by list, NO_LIST for who is on none; `add_members` has counted what was known before."""
    joined = (
        f"(SELECT touched.*, coalesce(m.list_id, {codes.NO_LIST}) AS list_id FROM touched LEFT JOIN memberships AS m"
        " ON m.email_id = touched.email_id AND m.contact_id = touched.contact_id) AS listed"
    )
    sums = _people_sums("email_id, list_id", f"({_changes(joined, 'email_id, list_id')})")
    _put(connection, "list_totals", ("email_id", "list_id"), PEOPLE, sums)
    _drop_nobody(connection, among(email_ids))


def add_members(connection: Connection) -> None:
    """Puts the staged `new_members` on their lists, with all that is known of them before the batch."""
    connection.exec_driver_sql(
        "DELETE FROM new_members WHERE (SELECT known.list_id FROM memberships AS known"
        " WHERE known.email_id = new_members.email_id AND known.contact_id = new_members.contact_id"
        " AND known.list_id = new_members.list_id) IS NOT NULL"
    )
    met = "met AS MATERIALIZED (SELECT * FROM new_members NATURAL JOIN recipients)"
    more = ", ".join(f"sum({column}) AS more_{column}" for column in EVENT_COUNTS)
    joining = (
        f"SELECT email_id, list_id, 0 AS old_state, state, count(*) AS n, {more}"
        " FROM met GROUP BY state, list_id, email_id"
    )
    # Few are met that were on no list, so it is they who are made distinct, and not the members.
    unlisted = (
        f"SELECT DISTINCT email_id, contact_id, state, {', '.join(EVENT_COUNTS)} FROM met"
        " WHERE (SELECT m.list_id FROM memberships AS m WHERE m.email_id = met.email_id"
        " AND m.contact_id = met.contact_id LIMIT 1) IS NULL"
    )
    less = ", ".join(f"-sum({column})" for column in EVENT_COUNTS)
    leaving = (
        f"SELECT email_id, {codes.NO_LIST}, state, 0, count(*), {less}"
        f" FROM ({unlisted}) AS unlisted GROUP BY state, email_id"
    )
    sums = _people_sums("email_id, list_id", f"({joining} UNION ALL {leaving})")
    _put(connection, "list_totals", ("email_id", "list_id"), PEOPLE, f"WITH {met} {sums}")
    _drop_nobody(connection, "(SELECT DISTINCT email_id FROM new_members)")
    connection.exec_driver_sql(
        "INSERT INTO memberships (email_id, contact_id, list_id) SELECT email_id, contact_id, list_id FROM new_members"
    )


def _drop_nobody(connection: Connection, emails: str) -> None:
    """Where everybody has come to be on a list, no row says so: a rebuild would not know that there was one."""
    connection.exec_driver_sql(
        f"DELETE FROM list_totals WHERE email_id IN {emails} AND list_id = {codes.NO_LIST}"
        " AND sent = 0 AND not_sent = 0"
    )


def _changes(touched: str, group: str) -> str:
    """How many went from one state to another: few rows, whatever the size of the batch."""
    counters = ", ".join(f"sum(more_{column}) AS more_{column}" for column in EVENT_COUNTS)
    return (
        f"SELECT {group}, old_state, state, count(*) AS n, {counters} FROM {touched} GROUP BY state, old_state, {group}"
    )


def _people_sums(group: str, changes: str) -> str:
    counters = [f"sum(more_{column})" for column in EVENT_COUNTS]
    return f"SELECT {group}, {', '.join(STATE_MOVES + counters)} FROM {changes} AS changes GROUP BY {group}"


def _add_last(connection: Connection, table: str, column: str, pack: int, states: int) -> None:
    """People who are in one of `states`, by what the packed column says of the last time: a reason, a reply."""
    name = metadata.tables[table].primary_key.columns.keys()[1]
    moves = (
        f"SELECT email_id, {column} & {pack - 1} AS {name}, 1 AS people FROM touched WHERE state & {states} <> 0"
        f" UNION ALL SELECT email_id, old_{column} & {pack - 1}, -1 FROM touched WHERE old_state & {states} <> 0"
    )
    sums = f"SELECT email_id, {name}, sum(people) FROM ({moves}) AS moves GROUP BY email_id, {name}"
    _put(connection, table, ("email_id", name), ("people",), sums)
    connection.exec_driver_sql(
        f"DELETE FROM {table} WHERE people = 0 AND email_id IN (SELECT DISTINCT email_id FROM touched)"
    )


def _add_bounds(connection: Connection, email_ids: Collection[int]) -> None:
    first, last = (
        f"(SELECT {end}(at) FROM events WHERE events.email_id = emails.id)" for end in ("min", "max")
    )  # each is one step into the table's key
    connection.exec_driver_sql(
        "INSERT INTO email_totals (email_id, first_event_at, last_event_at)"
        f" SELECT id, {first}, {last} FROM emails WHERE id IN {among(email_ids)}"
        " ON CONFLICT (email_id) DO UPDATE SET first_event_at = excluded.first_event_at,"
        " last_event_at = excluded.last_event_at"
    )


def _add_moments(connection: Connection) -> None:
    """Counts of events by quarter; a person's first open or click moves when an earlier one comes in late."""
    dialect = dialect_of(connection)
    counts = {
        "open_events": codes.HUMAN_OPEN,
        "click_events": codes.HUMAN_CLICK,
        "machine_open_events": codes.MACHINE_OPEN,
        "machine_click_events": codes.MACHINE_ANY_CLICK,
    }
    summed = ", ".join(f"CASE WHEN {condition} THEN n ELSE 0 END AS {name}" for name, condition in counts.items())
    events = (
        f"SELECT email_id, quarter, {summed}, 0 AS openers, 0 AS clickers"
        f" FROM counted WHERE {codes.HUMAN_ENGAGEMENT} OR code > 63"
    )
    parts = [events]
    for state, (first, other) in FIRST_OPEN.items():
        people = "1, 0" if state == "opened" else "0, 1"
        gone = "-1, 0" if state == "opened" else "0, -1"
        after = f"{dialect.least(first, other)} / {QUARTER}"
        before = f"{dialect.least('old_' + first, 'old_' + other)} / {QUARTER}"
        parts.append(f"SELECT email_id, {after}, 0, 0, 0, 0, {people} FROM touched WHERE state & {bit(state)} <> 0")
        parts.append(f"SELECT email_id, {before}, 0, 0, 0, 0, {gone} FROM touched WHERE old_state & {bit(state)} <> 0")
    columns = (*counts, "openers", "clickers")
    sums = ", ".join(f"sum({column})" for column in columns)
    moves = f"SELECT email_id, quarter, {sums} FROM ({' UNION ALL '.join(parts)}) AS moves GROUP BY quarter, email_id"
    _put(connection, "moments", ("email_id", "quarter"), columns, moves)


def _add_links(connection: Connection, source: str) -> None:
    dialect_of(connection).temporary(connection, "touched_links", _TOUCHED_LINKS)
    by_part = ", ".join(f"count(*) FILTER (WHERE {part}) AS {name}" for name, part in codes.PART_OF.items())
    told = (
        f"SELECT email_id, link_id, contact_id, {by_part} FROM {source} AS event"
        f" WHERE {codes.HUMAN_ANY_CLICK} AND link_id IS NOT NULL GROUP BY contact_id, link_id, email_id"
    )
    connection.exec_driver_sql(
        f"INSERT INTO touched_links ({', '.join(_TOUCHED_LINKS)}) SELECT d.email_id, d.link_id, d.contact_id,"
        " CASE WHEN p.email_id IS NULL THEN 0 ELSE 1 END,"
        " coalesce(p.html_clicks, 0), coalesce(p.text_clicks, 0), coalesce(p.untold_clicks, 0),"
        " d.html, d.text, d.untold"
        f" FROM ({told}) AS d LEFT JOIN link_people AS p"
        " ON p.email_id = d.email_id AND p.link_id = d.link_id AND p.contact_id = d.contact_id"
    )
    clicks = ("html_clicks", "text_clicks", "untold_clicks")
    after = {f"{part}_clicks": f"old_{part} + {part}" for part in codes.PART_OF}
    _keep(connection, "link_people", ("email_id", "link_id", "contact_id"), "touched_links", after)
    machine = (
        "SELECT email_id, link_id, 0 AS html, 0 AS text, 0 AS untold, n AS machine, 0 AS people,"
        " 0 AS html_people, 0 AS text_people FROM counted"
        f" WHERE {codes.MACHINE_ANY_CLICK} AND link_id IS NOT NULL"
    )
    human = (
        "SELECT email_id, link_id, html, text, untold, 0,"
        " CASE WHEN old_html + old_text + old_untold = 0 THEN 1 ELSE 0 END,"
        " CASE WHEN old_html = 0 AND html > 0 THEN 1 ELSE 0 END, CASE WHEN old_text = 0 AND text > 0 THEN 1 ELSE 0 END"
        " FROM touched_links"
    )
    sums = (
        "SELECT email_id, link_id, sum(html), sum(text), sum(untold), sum(machine), sum(people), sum(html_people),"
        f" sum(text_people) FROM ({machine} UNION ALL {human}) AS clicks GROUP BY email_id, link_id"
    )
    columns = (*clicks, "machine_clicks", "people", "html_people", "text_people")
    _put(connection, "link_totals", ("email_id", "link_id"), columns, sums)


def _add_clients(connection: Connection, source: str) -> None:
    dialect_of(connection).temporary(connection, "touched_clients", _TOUCHED_CLIENTS)
    told = (
        f"SELECT email_id, client_id, contact_id, count(*) FILTER (WHERE {codes.HUMAN_OPEN}) AS opens,"
        f" count(*) FILTER (WHERE {codes.HUMAN_CLICK}) AS clicks FROM {source} AS event"
        f" WHERE {codes.HUMAN_ENGAGEMENT} AND client_id IS NOT NULL GROUP BY contact_id, client_id, email_id"
    )
    connection.exec_driver_sql(
        f"INSERT INTO touched_clients ({', '.join(_TOUCHED_CLIENTS)}) SELECT d.email_id, d.client_id, d.contact_id,"
        " CASE WHEN p.email_id IS NULL THEN 0 ELSE 1 END,"
        " coalesce(p.opens, 0), coalesce(p.clicks, 0), d.opens, d.clicks"
        f" FROM ({told}) AS d LEFT JOIN client_people AS p"
        " ON p.email_id = d.email_id AND p.client_id = d.client_id AND p.contact_id = d.contact_id"
    )
    events = ("opens", "clicks")
    after = {event: f"old_{event} + touched_clients.{event}" for event in events}
    _keep(connection, "client_people", ("email_id", "client_id", "contact_id"), "touched_clients", after)
    sums = (
        "SELECT email_id, client_id, sum(opens), sum(clicks),"
        " sum(CASE WHEN old_opens = 0 AND opens > 0 THEN 1 ELSE 0 END),"
        " sum(CASE WHEN old_clicks = 0 AND clicks > 0 THEN 1 ELSE 0 END)"
        " FROM touched_clients GROUP BY email_id, client_id"
    )
    _put(connection, "client_totals", ("email_id", "client_id"), (*events, "openers", "clickers"), sums)


def _count_engagement(connection: Connection, source: str) -> None:
    """Opens and clicks of people and machines by quarter, code and link: the events are gone through once for all."""
    dialect_of(connection).temporary(connection, "counted", _COUNTED)
    connection.exec_driver_sql(
        f"INSERT INTO counted ({', '.join(_COUNTED)}) SELECT email_id, at / {QUARTER}, code, link_id, count(*)"
        f" FROM {source} AS event WHERE code & 15 IN (5, 6, 10) GROUP BY at / {QUARTER}, link_id, code, email_id"
    )


def _add_machines(connection: Connection) -> None:
    sums = (
        "SELECT email_id, code >> 6, sum(CASE WHEN code & 15 = 5 THEN n ELSE 0 END),"
        " sum(CASE WHEN code & 15 = 5 THEN 0 ELSE n END) FROM counted"
        " WHERE code > 63 GROUP BY email_id, code >> 6"
    )
    _put(connection, "machine_totals", ("email_id", "reason"), ("opens", "clicks"), sums)


def _keep(connection: Connection, table: str, key: tuple[str, ...], touched: str, after: Mapping[str, str]) -> None:
    """Writes a table of state: its columns `after` the batch, by expressions over what was touched.

    Inserted and updated apart, as whoever holds the e-mail may: on PostgreSQL that is half the cost of ON CONFLICT.
    """
    columns, values = ", ".join((*key, *after)), ", ".join((*key, *after.values()))
    connection.exec_driver_sql(f"INSERT INTO {table} ({columns}) SELECT {values} FROM {touched} WHERE known = 0")
    same = " AND ".join(f"{table}.{column} = {touched}.{column}" for column in key)
    update = ", ".join(f"{column} = {value}" for column, value in after.items())
    connection.exec_driver_sql(f"UPDATE {table} SET {update} FROM {touched} WHERE known = 1 AND {same}")


def _put(connection: Connection, table: str, key: tuple[str, ...], columns: tuple[str, ...], select: str) -> None:
    """Inserts rows of key and columns; where the key is known already, adds to its columns."""
    names = ", ".join((*key, *columns))
    update = ", ".join(f"{column} = {table}.{column} + excluded.{column}" for column in columns)
    connection.exec_driver_sql(
        f"INSERT INTO {table} ({names}) {select} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {update}"
    )
