"""Figures of what was sent in a period, from the rollup of people by when the message was sent to them."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import chain, pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from reports.facts import AllFacts, Counts, HourCounts, PeriodCounts, SentEmail, UnitCounts, WorkflowUnits
from reports.period import Bounds
from reports.query import Query
from reports.units import unit_of, unit_starts
from store.codes import QUARTER, SPANS, from_seconds
from store.dialects import among

_COLUMNS = tuple(field.name for field in fields(Counts))
_SUMS = ", ".join(f"sum(c.{column})" for column in _COLUMNS)
#: When an e-mail counts as sent where nothing tells when it was sent to somebody.
_SENT = "coalesce(e.sent_at, t.first_event_at)"
#: After every quarter of an hour that can be stored.
_END = 2**40
#: The fields of AllFacts that are loaded here: they are about the e-mails that pass the filters.
FILTERED = frozenset(
    {"period", "period_before", "sent_emails", "sent_emails_before", "sent_units", "workflow_units", "sent_hours"}
)

Quarters = tuple[int, int]
_Tile = tuple[int, int, int]  # place in SPANS, first start, start after the last


@dataclass(frozen=True, slots=True)
class _Axis:
    """Units of time; `edges` are the quarters in which each begins, and the one after the last."""

    unit: str
    starts: tuple[datetime, ...]
    edges: tuple[int, ...]

    @property
    def quarters(self) -> Quarters:
        return self.edges[0], self.edges[-1]

    @property
    def pieces(self) -> list[_Tile]:
        return [tile for low, high in pairwise(self.edges) for tile in tiles(low, high)]

    def place(self, quarter: int) -> int:
        """The unit that a quarter is in."""
        return bisect_right(self.edges, quarter) - 1

    def units(self, counts: Sequence[Sequence[int]]) -> tuple[UnitCounts, ...]:
        return tuple(UnitCounts(at, self.unit, Counts(*row)) for at, row in zip(self.starts, counts, strict=True))


def period(connection: Connection, _query: Query, known: AllFacts) -> PeriodCounts:
    return _period(connection, known, _quarters(known.window))


def period_before(connection: Connection, _query: Query, known: AllFacts) -> PeriodCounts | None:
    return None if known.before is None else _period(connection, known, _quarters_before(known))


def sent_emails(connection: Connection, _query: Query, known: AllFacts) -> tuple[SentEmail, ...]:
    return _emails(connection, known, _quarters(known.window))


def sent_emails_before(connection: Connection, _query: Query, known: AllFacts) -> tuple[SentEmail, ...]:
    return () if known.before is None else _emails(connection, known, _quarters_before(known))


def sent_units(connection: Connection, query: Query, known: AllFacts) -> tuple[UnitCounts, ...]:
    """By unit of the query's time axis, oldest first, those without anything sent among them."""
    axis = _axis(connection, query, known)
    if axis is None:
        return ()
    counts = _nothing(axis)
    for quarter, row in _by_start(connection, known, axis.pieces, axis.quarters):
        _add(counts[axis.place(quarter)], row)
    return axis.units(counts)


def workflow_units(connection: Connection, query: Query, known: AllFacts) -> tuple[WorkflowUnits, ...]:
    """As `sent_units`, of each workflow by its name."""
    axis = _axis(connection, query, known)
    if axis is None:
        return ()
    sql = "SELECT t.id, w.name FROM emails AS t JOIN workflows AS w ON w.id = t.workflow_id"
    only = "" if known.meant is None else f" WHERE t.id IN {among(known.meant) if known.meant else '(NULL)'}"
    workflows = {int(email_id): str(name) for email_id, name in connection.execute(text(sql + only))}
    if not workflows:
        return ()
    counts: defaultdict[str, list[list[int]]] = defaultdict(lambda: _nothing(axis))
    automated = replace(known, meant=tuple(workflows))
    for quarter, (email_id, *row) in _by_start(connection, automated, axis.pieces, axis.quarters, "t.email_id"):
        _add(counts[workflows[email_id]][axis.place(quarter)], row)
    return tuple(WorkflowUnits(name, axis.units(counts[name])) for name in sorted(counts))


def sent_hours(connection: Connection, query: Query, known: AllFacts) -> tuple[HourCounts, ...]:
    """By weekday and hour that the clock in the query's zone showed; Monday is 0."""
    zone = ZoneInfo(query.zone)
    low, high = _quarters(known.window)
    cells: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0] * len(_COLUMNS))
    for quarter, row in _by_start(connection, known, [(0, low, high)], (low, high)):
        local = from_seconds(quarter * QUARTER).astimezone(zone)
        _add(cells[local.weekday(), local.hour], row)
    return tuple(HourCounts(weekday, hour, Counts(*row)) for (weekday, hour), row in sorted(cells.items()))


def last_sent_at(connection: Connection, known: AllFacts, recent: datetime) -> datetime | None:
    """When something was last sent, exact for what is later than `recent`: before that, figures are settled anyway."""
    latest = f"(SELECT max(start) * {QUARTER} FROM cohorts AS c WHERE c.email_id = t.email_id AND c.span = 0)"
    when = f"CASE WHEN t.last_event_at >= :recent THEN {latest} ELSE t.last_event_at END"
    sql = f"SELECT max({when}) FROM email_totals AS t WHERE true {_only(known)}"
    seconds = connection.execute(text(sql), {"recent": int(recent.timestamp())}).scalar()
    return None if seconds is None else from_seconds(seconds)


def _period(connection: Connection, known: AllFacts, quarters: Quarters) -> PeriodCounts:
    low, high = quarters
    sums = [0] * len(_COLUMNS)
    selects = [_tile_select(known, tile, "") for tile in tiles(low, high)]
    selects.append(_untold_select(known, quarters, ""))
    for row in connection.execute(text(" UNION ALL ".join(selects))):
        _add(sums, row)
    held = "EXISTS (SELECT 1 FROM cohorts AS c WHERE c.email_id = t.email_id AND c.span = 0 AND c.sent > 0 AND {})"
    emails = (
        f"SELECT count(*) FROM email_totals AS t JOIN emails AS e ON e.id = t.email_id WHERE {_active(low, high)}"
        f" {_only(known)} AND ({held.format(f'c.start >= {low} AND c.start < {high}')}"
        f" OR {_sent_in(quarters)} AND {held.format('c.start = 0')})"
    )
    return PeriodCounts(int(connection.execute(text(emails)).scalar_one()), Counts(*sums))


def _emails(connection: Connection, known: AllFacts, quarters: Quarters) -> tuple[SentEmail, ...]:
    selects = [_tile_select(known, tile, "t.email_id") for tile in tiles(*quarters)]
    selects.append(_untold_select(known, quarters, "t.email_id"))
    counts: defaultdict[int, list[int]] = defaultdict(lambda: [0] * len(_COLUMNS))
    for email_id, *row in connection.execute(text(" UNION ALL ".join(selects))):
        _add(counts[email_id], row)
    if not counts:
        return ()
    described = connection.execute(
        text(
            "SELECT e.id, coalesce(e.name, e.external_id), e.subject, e.type, p.name, w.name,"
            f" {_SENT} FROM emails AS e JOIN email_totals AS t ON t.email_id = e.id"
            " LEFT JOIN campaigns AS p ON p.id = e.campaign_id LEFT JOIN workflows AS w ON w.id = e.workflow_id"
        )
    )
    return tuple(
        SentEmail(name, subject, kind, campaign, workflow, from_seconds(sent_at), Counts(*counts[email_id]))
        for email_id, name, subject, kind, campaign, workflow, sent_at in described
        if email_id in counts
    )


def _axis(connection: Connection, query: Query, known: AllFacts) -> _Axis | None:
    """The query's time axis over the window; None: nothing was sent in it."""
    start, end = known.window
    first = start or _first_sent(connection, known)
    last = from_seconds(_quarters((None, end))[1] * QUARTER - 1) if end else known.last_sent_at
    if first is None or last is None or last < first:
        return None
    unit, _ = unit_of(query.unit, first, last)
    starts = unit_starts(first, last, unit, ZoneInfo(query.zone))
    edges = [int(at.timestamp()) // QUARTER for at in starts]
    edges[0] = max(edges[0], _quarters(known.window)[0])
    return _Axis(unit, tuple(starts), (*edges, int(last.timestamp()) // QUARTER + 1))


def _nothing(axis: _Axis) -> list[list[int]]:
    return [[0] * len(_COLUMNS) for _ in axis.starts]


def _by_start(
    connection: Connection, known: AllFacts, pieces: Iterable[_Tile], quarters: Quarters, of: str = ""
) -> Iterator[tuple[int, Iterable[int]]]:
    """The quarter in which a span begins, and counts; with `of`, a column, its value before them and a row for each."""
    also = f", {of}" if of else ""
    for span, low, high in _joined(pieces):
        width = SPANS[span] // QUARTER
        for start, *row in connection.execute(text(_tile_select(known, (span, low, high), f"c.start{also}"))):
            yield start * width, row
    for quarter, *row in connection.execute(text(_untold_select(known, quarters, f"{_SENT} / {QUARTER}{also}"))):
        yield quarter, row


def _joined(pieces: Iterable[_Tile]) -> Iterator[_Tile]:
    """Tiles of one span that touch as one: fewer questions for the same rows."""
    spans: defaultdict[int, list[_Tile]] = defaultdict(list)
    for span, low, high in pieces:
        ranges = spans[span]
        if ranges and ranges[-1][2] == low:
            ranges[-1] = (span, ranges[-1][1], high)
        else:
            ranges.append((span, low, high))
    return chain.from_iterable(spans.values())


def _tile_select(known: AllFacts, tile: _Tile, group: str) -> str:
    """CROSS JOIN, so that SQLite looks cohorts up by e-mail, whatever it thinks of tables without statistics."""
    span, first, last = tile
    width = SPANS[span] // QUARTER
    return (
        f"SELECT {group}{', ' if group else ''}{_SUMS} FROM email_totals AS t CROSS JOIN cohorts AS c"
        f" WHERE c.email_id = t.email_id AND c.span = {span} AND c.start >= {first} AND c.start < {last}"
        f" AND {_active(first * width, last * width)} {_only(known)}{f' GROUP BY {group}' if group else ''}"
    )


def _untold_select(known: AllFacts, quarters: Quarters, group: str) -> str:
    """Of people of whom nothing tells when: as their e-mail was sent."""
    return (
        f"SELECT {group}{', ' if group else ''}{_SUMS} FROM email_totals AS t JOIN emails AS e ON e.id = t.email_id"
        " CROSS JOIN cohorts AS c WHERE c.email_id = t.email_id AND c.span = 0 AND c.start = 0"
        f" AND {_sent_in(quarters)} {_only(known)}{f' GROUP BY {group}' if group else ''}"
    )


def _active(low: int, high: int) -> str:
    """Leaves out e-mails that nothing happened to while this was sent: most of them, where the period is short."""
    return f"t.first_event_at < {high * QUARTER} AND t.last_event_at >= {low * QUARTER}"


def _sent_in(quarters: Quarters) -> str:
    return f"{_SENT} >= {quarters[0] * QUARTER} AND {_SENT} < {quarters[1] * QUARTER}"


def _only(known: AllFacts) -> str:
    return "" if known.meant is None else f"AND t.email_id IN {among(known.meant) if known.meant else '(NULL)'}"


def tiles(first: int, last: int, span: int = len(SPANS) - 1) -> Iterator[_Tile]:
    """The fewest spans that together are the quarters from `first` to before `last`."""
    width = SPANS[span] // QUARTER
    low, high = -(-first // width), last // width
    if span == 0 or low < high:
        if span:
            yield from tiles(first, low * width, span - 1)
        if low < high:
            yield span, low, high
        if span:
            yield from tiles(high * width, last, span - 1)
    elif first < last:
        yield from tiles(first, last, span - 1)


def _quarters(bounds: Bounds) -> Quarters:
    """From the quarter in which the period begins to before the one after its end; 0 is no quarter but "untold"."""
    start, end = bounds
    first = 1 if start is None else max(1, int(start.timestamp()) // QUARTER)
    return first, _END if end is None else -(-int(end.timestamp()) // QUARTER)


def _quarters_before(known: AllFacts) -> Quarters:
    """Up to where the window's own quarters begin, so that none is in both."""
    assert known.before is not None
    return _quarters(known.before)[0], _quarters(known.window)[0]


def _first_sent(connection: Connection, known: AllFacts) -> datetime | None:
    sql = f"SELECT min({_SENT}) FROM email_totals AS t JOIN emails AS e ON e.id = t.email_id WHERE true {_only(known)}"
    seconds = connection.execute(text(sql)).scalar()
    return None if seconds is None else from_seconds(seconds)


def _add(sums: list[int], row: Iterable[int | None]) -> None:
    for place, count in enumerate(row):
        sums[place] += int(count or 0)
