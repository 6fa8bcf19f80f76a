"""The narrow waist: Slack, mail, files and the terminal read a Report and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from reports.query import Query


class Unit(StrEnum):
    """How a cell or figure is written."""

    COUNT = "count"  # int
    RATE = "rate"  # Fraction of one, or None: unknown
    TEXT = "text"  # str
    INSTANT = "instant"  # aware datetime, shown in the query's zone
    DAY = "day"  # aware datetime at the local start of a day, shown as that day


#: A value of one of the units; None is unknown and is shown as a dash.
Value = int | Fraction | str | datetime | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with what is needed to trust it.

    For a rate: `value` is numerator / denominator, `low` and `high` its Wilson 95 % interval (fractions of one).
    """

    key: str
    label: str
    unit: Unit
    value: Value
    numerator: int | None = None
    denominator: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values under typed columns; `total_rows` says how many there are when rows are cut."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total_rows: int


@dataclass(frozen=True, slots=True)
class Series:
    label: str
    values: tuple[float | None, ...]  #: one a position; None leaves a gap


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars, one a label, longest first; values are counts. `details` are printed beside the bars."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Lines or columns over time. `starts` are the local starts of the units (aware datetimes), oldest first."""

    title: str
    starts: tuple[datetime, ...]
    unit: str  #: hour, day or week
    series: tuple[Series, ...]


Chart = BarChart | TimeChart


@dataclass(frozen=True, slots=True)
class Result:
    """What one section has to say. Any part may be absent."""

    section: str
    title: str
    figures: tuple[Figure, ...] = ()
    table: Table | None = None
    chart: Chart | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """The e-mail a report is about, as a heading needs it."""

    name: str
    subject: str | None
    details: tuple[tuple[str, Value], ...]  #: label and value, in the order in which they are shown


@dataclass(frozen=True, slots=True)
class Report:
    """Results for a query, as they were at `as_of`; equal data gives an equal fingerprint."""

    query: Query
    subject: Subject
    results: tuple[Result, ...]
    as_of: datetime
    provisional: bool  #: True until 72 hours after sending: figures may still move
    fingerprint: str
