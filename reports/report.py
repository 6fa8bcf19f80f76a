"""The narrow waist: Slack, mail, files and the terminal read a Report and nothing else."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from reports.metrics import Better
from reports.query import Query


class Unit(StrEnum):
    """How a cell or figure is written."""

    COUNT = "count"  # int
    MONEY = "money"  # Money
    RATE = "rate"  # Fraction of one, or None: unknown
    TEXT = "text"  # str
    ADDRESS = "address"  # str: a recipient's, masked for whoever may not see it
    INSTANT = "instant"  # aware datetime, shown in the query's zone
    DAY = "day"  # aware datetime at the local start of a day, shown as that day


@dataclass(frozen=True, slots=True)
class Money:
    """A whole number of minor units of a currency (ISO 4217)."""

    units: int
    currency: str


#: A value of one of the units; None is unknown and is shown as a dash.
Value = int | Fraction | str | datetime | Money | None


@dataclass(frozen=True, slots=True)
class Change:
    """Against the same number of days just before: points for a rate (a fraction of one), else a share of `before`.

    `by` is None where `before` is unknown or nothing, and `quiet` where there are too few to speak of a direction.
    """

    before: Value
    by: Fraction | None
    better: Better
    quiet: bool = False


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
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str
    unit: Unit
    whole: bool = False  #: its words are shown to the last, as far as a surface takes them: a server's reply


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values under typed columns; `total_rows` says how many there are when rows are cut.

    `first` is the place, from 1, of the first row among all: then the rows are a page that was asked for, and every
    surface shows it whole.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    total_rows: int
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    label: str
    values: tuple[float | None, ...]  #: one a position; None leaves a gap


@dataclass(frozen=True, slots=True)
class BarChart:
    """Horizontal bars, one a label, in the order given; `details` are printed beside the bars.

    Values are counts, or fractions of one where the unit is a rate.
    """

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    details: tuple[str, ...] = ()
    value_unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class TimeChart:
    """Lines over time. `starts` are the local starts of the units (aware datetimes), oldest first.

    Values are counts, or fractions of one where the unit is a rate.
    """

    title: str
    starts: tuple[datetime, ...]
    unit: str  #: hour, day or week
    series: tuple[Series, ...]
    value_unit: Unit = Unit.COUNT


@dataclass(frozen=True, slots=True)
class Mark:
    """One point of a scatter, or one row of intervals: fractions of one."""

    label: str
    x: float
    y: float
    size: int  #: recipients: how much there is behind the point


@dataclass(frozen=True, slots=True)
class ScatterChart:
    """One point an e-mail by two rates, with dashed lines at the unweighted means of the e-mails."""

    title: str
    x_label: str
    y_label: str
    marks: tuple[Mark, ...]
    x_mean: float | None
    y_mean: float | None


@dataclass(frozen=True, slots=True)
class IntervalChart:
    """A rate of several e-mails or groups with its 95 % interval, one a row: label, value, low, high as fractions."""

    title: str
    x_label: str
    rows: tuple[tuple[str, float | None, float | None, float | None], ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """`n` people behind a `value` (fraction of one); None is unknown. A `thin` cell has too few to be read."""

    value: float | None
    n: int
    thin: bool = False


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Cells by row (weekday) and column (hour), row by row; n stands in each cell, thin cells are hatched."""

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    legend: str


class LinkKind(StrEnum):
    CONTENT = "content"
    UTILITY = "utility"  # unsubscribe, preferences, view in browser: shown, but no part of the shares
    UNTRACKED = "not tracked"  # mail addresses and phone numbers: providers don't count them


@dataclass(frozen=True, slots=True)
class MapLink:
    """A link of a click map: clicks and people of the HTML part; `places` says how often it stands in the e-mail."""

    url: str
    clicks: int
    people: int
    share: float | None  #: of the clicks on content links, a fraction of one; None where it has no part in them
    places: int = 1
    kind: LinkKind = LinkKind.CONTENT


@dataclass(frozen=True, slots=True)
class ClickMap:
    """An e-mail with a badge on every link; long ones in pages.

    `html` is sanitised (reports.clickmap), and its links carry their place in `links` as the attribute data-link.
    `footnotes` say what can't be seen on it. `page` counts from 1; beyond the last one, the last is meant. `masked`:
    addresses in the text of the e-mail are hidden.
    """

    title: str
    html: str
    links: tuple[MapLink, ...]
    footnotes: tuple[str, ...] = ()
    page: int = 1
    masked: bool = False


#: Charts whose data are series of values, one a place.
SeriesChart = BarChart | TimeChart
#: Charts that are drawn from their data alone.
DataChart = SeriesChart | ScatterChart | IntervalChart | HeatMap
Chart = DataChart | ClickMap


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
    """What a report is about, as a heading needs it: an e-mail, several, or all that pass the filters."""

    name: str
    subject: str | None  #: the subject line; None where there is none, or not one
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
    masked: bool = False  #: True: recipients' addresses are hidden (reports.masking)
