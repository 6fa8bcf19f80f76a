"""Documents that every format must cope with."""

from datetime import UTC, datetime
from fractions import Fraction
from io import BytesIO

from reports import paper
from reports.compile import SECTIONS, compile_report
from reports.export import Document, Export, Tools, sheets_of
from reports.metrics import Better
from reports.query import Query
from reports.report import (
    BarChart,
    Change,
    Chart,
    Column,
    Figure,
    Money,
    Report,
    Result,
    Series,
    Subject,
    Table,
    Unit,
)
from reports.section import Scope
from tests.reports.sections.facts import ALL

AS_OF = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
#: One pixel: what a chart looks like is tested where charts are.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc000000301010018dd8d"
    "b00000000049454e44ae426082"
)
TOOLS = Tools(lambda _chart: PIXEL, paper.pdf, paper.picture)
COLUMNS = (
    Column("name", "Name", Unit.TEXT),
    Column("contact", "Contact", Unit.ADDRESS),
    Column("at", "At", Unit.INSTANT),
    Column("day", "Day", Unit.DAY),
    Column("people", "People", Unit.COUNT),
    Column("rate", "Rate", Unit.RATE),
    Column("spent", "Spent", Unit.MONEY),
)
AT = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # the first moment of summer time in Amsterdam


def named(*names: str, zone: str = "Europe/Amsterdam") -> Document:
    """A report in which the names stand everywhere that a name can stand; without names nothing is known."""
    first = names[0] if names else ""
    rows = tuple((name, name, AT, AT, 1_234, Fraction(1, 3), Money(-1_999, "EUR")) for name in names)
    figures = (
        Figure("open_rate", first, Unit.RATE, Fraction(1, 3), 1, 3, 0.1, 0.5, Change(None, None, Better.UP)),
        Figure("sent", "Sent", Unit.COUNT, None),
    )
    chart: Chart = BarChart(first, names[:3] or ("x",), (Series(first, (1.0,) * max(1, len(names[:3]))),))
    table = Table(COLUMNS, (*rows, (None,) * len(COLUMNS)), len(rows) + 1)
    results = (Result("links", first or "Links", figures, table, chart, (first,)), Result("map", "Map", notes=(first,)))
    subject = Subject(first, first, (("Campaign", first), ("Sent", AT)))
    report = Report(Query(first, zone=zone, locale="nl"), subject, results, AS_OF, True, "f1", masked=True)
    return Document(report, sheets_of(report), f"/emailstats {first}")


def compiled() -> dict[str, Document]:
    """Every section of one e-mail, of any facts."""
    sections = tuple(sorted(name for name, section in SECTIONS.items() if section.scope is Scope.EMAIL))
    query = Query("x", sections=sections, zone="Asia/Kathmandu")
    found = {}
    for name, facts in ALL.items():
        report = compile_report(query, facts, AS_OF)
        found[name] = Document(report, sheets_of(report), "/emailstats x")
    return found


def written(export: Export, document: Document) -> bytes:
    stream = BytesIO()
    export.write(document, TOOLS, stream)
    return stream.getvalue()
