"""What every format must keep to, whatever the report."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from io import BytesIO, StringIO
from typing import IO
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image

from bot.fonts import provide_fonts
from reports import exports
from reports.discover import discover
from reports.export import Document, Export, Row
from reports.exports._page import html
from reports.exports._together import write_together
from tests.reports.exports.documents import TOOLS, compiled, named, written

FORMATS: dict[str, Export] = discover(exports, "EXPORT")
_COMPILED = compiled()
#: Any character there is: controls, lone surrogates, what turns text around, what a formula begins with.
_NAMES = st.lists(st.text(st.characters(exclude_categories=()), max_size=60), min_size=40, max_size=40)
_PAYLOADS = (
    "=1+1",
    '=HYPERLINK("http://evil.example","x")',
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "=cmd|' /C calc'!A0",
    "\u200b=1",
    "\u202e=1",
    "#REF",
    "_x0041_",
    "]]>",
    "<x-canary>",
    '<img src="/etc/passwd">',
    "a\x00b",
    "\ud800",
    "$$",
)


@pytest.fixture(scope="module", autouse=True)
def _fonts() -> None:
    provide_fonts()


def _is_whole(name: str, content: bytes) -> None:
    """Raises unless a reader of that format finds the file in order."""
    match name:
        case "csv":
            content.decode("utf-8")
        case "xlsx":
            load_workbook(BytesIO(content))
        case "pdf":
            assert content.startswith(b"%PDF-") and content.rstrip().endswith(b"%%EOF")
        case "png":
            with Image.open(BytesIO(content), formats=["PNG"]) as image:
                assert image.width > 1_000 and image.convert("RGB").getcolors(1) is None
        case "zip":
            with ZipFile(BytesIO(content)) as archive:
                assert archive.testzip() is None
                assert "about.txt" in archive.namelist()


def test_the_formats_are_those_that_were_promised() -> None:
    assert sorted(FORMATS) == ["csv", "pdf", "png", "xlsx", "zip"]
    assert all(export.suffix == f".{name}" for name, export in FORMATS.items())


@pytest.mark.parametrize("facts", _COMPILED)
@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_format_takes_every_section_of_any_facts(name: str, facts: str) -> None:
    _is_whole(name, written(FORMATS[name], _COMPILED[facts]))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_several_reports_are_an_archive_of_that_format(name: str) -> None:
    stream = BytesIO()
    write_together([named("a/../b"), *_COMPILED.values()], FORMATS[name], TOOLS, stream)
    with ZipFile(stream) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        if name == "zip":
            second = f"2-{next(iter(_COMPILED.values())).report.results[0].section}"
            assert {"1-summary/about.txt", f"{second}/about.txt", f"{second}/report.pdf"} <= set(names)
        else:
            assert names[0] == f"1-summary.{name}" and len(names) == 1 + len(_COMPILED)
            for one in names:
                _is_whole(name, archive.read(one))


@pytest.mark.parametrize("name", sorted(FORMATS))
@settings(max_examples=50)
@given(names=_NAMES)
def test_a_format_takes_any_names(name: str, names: list[str]) -> None:
    _is_whole(name, written(FORMATS[name], named(*names)))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_format_takes_a_report_without_a_name_or_a_row(name: str) -> None:
    _is_whole(name, written(FORMATS[name], named()))


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_equal_documents_are_equal_files(name: str) -> None:
    if name not in {"pdf", "zip"}:  # the engine writes the time of day into a PDF
        assert written(FORMATS[name], named("a", "b")) == written(FORMATS[name], named("a", "b"))


class _Forward(BytesIO):
    """A stream in which nobody may move, as a socket or a pipe is."""

    def seek(self, *_: object) -> int:
        raise OSError("not seekable")

    def tell(self) -> int:
        raise OSError("not seekable")

    def seekable(self) -> bool:
        return False


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_format_writes_into_a_stream_without_moving_in_it_or_closing_it(name: str) -> None:
    stream = _Forward()
    FORMATS[name].write(named("a"), TOOLS, stream)
    _is_whole(name, stream.getvalue())


@pytest.mark.parametrize("name", ["csv", "xlsx", "zip"])
def test_rows_are_written_while_they_come(name: str) -> None:
    """Memory is held to a bound by the benchmark; here, that the first rows are out before the last are made."""
    out = BytesIO()
    sizes: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(60_000):
            if number % 10_000 == 0:
                sizes.append(len(out.getvalue()))
            text = f"{number * 7919 % 1_000_003}-{number}"
            yield (text, text, None, None, number, None, None)

    document = named("a")
    table = replace(document.sheets[-1], rows=rows, total=60_000)
    FORMATS[name].write(replace(document, sheets=(table,)), TOOLS, out)
    assert sizes[:6] == sorted(set(sizes[:6])), "each ten thousand rows the file has grown"


def _cells(content: bytes) -> Iterator[object]:
    for sheet in load_workbook(BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            yield from row


@pytest.mark.parametrize("payload", _PAYLOADS)
def test_no_spreadsheet_runs_a_name(payload: str) -> None:
    document = named(payload)
    for cell in _cells(written(FORMATS["xlsx"], document)):
        assert cell.data_type != "f"  # type: ignore[attr-defined]
    text = written(FORMATS["csv"], document).decode("utf-8-sig")
    for row in csv.reader(line for line in StringIO(text, newline="") if not line.startswith("#")):
        for field in row:
            assert field.lstrip(" ")[:1] not in "=+@\t\r＝＋－＠" or not field
            assert not field.startswith("-") or field == "-19.99 EUR"


def _read(stream: IO[bytes]) -> list[list[str]]:
    text = stream.read().decode("utf-8-sig")
    return list(csv.reader(line for line in StringIO(text, newline="") if line.strip() and not line.startswith("#")))


def test_csv_has_whole_values_for_programs() -> None:
    heading, row, empty = _read(BytesIO(written(FORMATS["csv"], named("Anna"))))[-3:]
    assert heading == ["Name", "Contact", "At", "Day", "People", "Rate", "Spent"]
    assert row == ["Anna", "Anna", "2026-03-29T03:00:00+02:00", "2026-03-29", "1234", "0.333333", "-19.99 EUR"]
    assert empty == [""] * 7


def test_csv_says_first_what_it_is_about() -> None:
    lines = written(FORMATS["csv"], named("Anna")).decode("utf-8-sig").split("\r\n")
    about = lines[: lines.index("")]
    assert all(line.startswith("# ") for line in about)
    for told in ("# About: Anna", "# Time zone: Europe/Amsterdam", "# Asked as: /emailstats Anna"):
        assert told in about
    assert "# As of: 1 jun 2026 14:30 CEST, provisional until 72 hours after sending" in about
    assert any(line.startswith("# Open rate: People who opened") for line in about)


def test_no_row_of_a_csv_can_be_taken_for_what_it_is_about() -> None:
    rows = _read(BytesIO(written(FORMATS["csv"], named("#summer"))))
    assert ["'#summer", "#summer"] in [row[:2] for row in rows]


def test_a_workbook_has_typed_cells_in_the_zone_of_the_report() -> None:
    book = load_workbook(BytesIO(written(FORMATS["xlsx"], named("=1+1"))))
    assert book.sheetnames == ["About", "=1+1 figures", "=1+1"]
    rows = list(book["=1+1"].iter_rows())
    assert rows[0][2].value == "At (Europe/Amsterdam)"
    assert [cell.value for cell in rows[1]][:5] == [
        "=1+1",
        "=1+1",
        datetime(2026, 3, 29, 3, 0),  # noqa: DTZ001 - a cell has no zone
        datetime(2026, 3, 29),  # noqa: DTZ001
        1_234,
    ]
    assert rows[1][5].value == pytest.approx(1 / 3) and rows[1][5].number_format == "0.00%"
    assert rows[1][6].value == -19.99 and rows[1][6].number_format == '#,##0.00 "EUR"'
    assert [cell.value for cell in rows[2]] == [None] * 7
    assert book["=1+1"].freeze_panes == "A2"
    about = {row[0].value: row[1].value for row in book["About"].iter_rows()}
    assert about["Time zone"] == "Europe/Amsterdam"
    assert about["As of"] == "1 jun 2026 14:30 CEST, provisional until 72 hours after sending"


def test_names_of_sheets_are_those_that_excel_takes() -> None:
    names = ("[a]:b*c?/d\\" + "e" * 40, "History", "'quoted'", "", "\x00\ud800")
    for name in names:
        for title in load_workbook(BytesIO(written(FORMATS["xlsx"], named(name)))).sheetnames:
            assert 0 < len(title) <= 31
            assert not set("[]:*?/\\").intersection(title)
            assert title.casefold() != "history" and title.strip("'") == title


def test_a_table_longer_than_a_sheet_goes_on_in_another() -> None:
    document = named("a")
    row = ("x", None, None, None, 1, None, None)
    many = replace(document.sheets[-1], rows=lambda: iter([row] * 1_048_576), total=1_048_576)
    book = load_workbook(BytesIO(written(FORMATS["xlsx"], replace(document, sheets=(many,)))), read_only=True)
    assert book.sheetnames == ["About", "a", "a (2)"]
    assert sum(1 for _ in book["a (2)"].iter_rows()) == 2


def test_an_archive_has_everything_under_names_of_ours() -> None:
    with ZipFile(BytesIO(written(FORMATS["zip"], named("../../etc/passwd")))) as archive:
        assert archive.namelist() == [
            "about.txt",
            "tables/1-links-figures.csv",
            "tables/1-links.csv",
            "charts/1-links.png",
            "report.pdf",
        ]
        assert _read(archive.open("tables/1-links.csv"))[0][0] == "Name"


def test_a_page_escapes_whatever_stands_in_a_name() -> None:
    page = html(named('<x-canary a="1">', "</style><script>"), TOOLS, 20)
    assert "<x-canary" not in page and "<script" not in page


def _printed(document: Document) -> list[str]:
    pages: list[str] = []
    FORMATS["pdf"].write(document, replace(TOOLS, pdf=lambda html: pages.append(html) or b""), BytesIO())
    return pages


def test_a_page_says_how_many_rows_it_leaves_out() -> None:
    document = named(*(f"name {n}" for n in range(1_500)))
    (page,) = _printed(document)
    assert "name 999<" in page and "name 1000<" not in page
    assert "Showing 1.000 of 1.501. CSV and Excel have all of them." in page
