"""The parts of a workbook beside its sheets: ECMA-376, part 1, 12.3 and 18."""

import re
from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"

#: Styles of cells, by place; what money is written with comes after them.
PLAIN, BOLD, INSTANT, DAY, RATE, WRAPPED, COUNT = range(7)
_FORMATS = {INSTANT: "yyyy-mm-dd hh:mm:ss", DAY: "ddd yyyy-mm-dd", RATE: "0.00%", COUNT: "#,##0"}
_FIRST_OWN = 164  #: lower numbers of formats are Excel's


class Styles:
    """Styles of cells, as far as they are used; each currency has one of its own."""

    def __init__(self) -> None:
        self._money: dict[tuple[str, int], int] = {}

    def money(self, currency: str, decimals: int) -> int:
        """The place of the style that shows amounts of a currency with so many decimals."""
        return self._money.setdefault((currency, decimals), COUNT + 1 + len(self._money))

    def xml(self) -> str:
        formats = dict(_FORMATS)
        for (currency, decimals), place in self._money.items():
            formats[place] = f'#,##0{"." if decimals else ""}{"0" * decimals} "{currency}"'
        numbers = {place: _FIRST_OWN + n for n, place in enumerate(formats)}
        named = "".join(
            f"<numFmt numFmtId={quoteattr(str(numbers[place]))} formatCode={quoteattr(code)}/>"
            for place, code in formats.items()
        )
        cells = "".join(_style(place, numbers.get(place, 0)) for place in range(COUNT + 1 + len(self._money)))
        return (
            f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts count="{len(formats)}">{named}</numFmts>'
            '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
            '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill></fills>'
            '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            f'<cellXfs count="{COUNT + 1 + len(self._money)}">{cells}</cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        )


def _style(place: int, number: int) -> str:
    wrapped = place == WRAPPED
    inside = '<alignment vertical="top" wrapText="1"/>' if wrapped else '<alignment vertical="top"/>'
    return (
        f'<xf numFmtId="{number}" fontId="{int(place == BOLD)}" fillId="0" borderId="0" xfId="0"'
        f' applyNumberFormat="{int(bool(number))}" applyFont="{int(place == BOLD)}" applyAlignment="1">{inside}</xf>'
    )


def sheet_head(widths: Sequence[float], frozen: bool) -> str:
    """Up to the first row; a heading that is `frozen` stays while one scrolls."""
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width:g}" customWidth="1"/>' for n, width in enumerate(widths, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' if frozen else ""
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
        f"<cols>{columns}</cols><sheetData>"
    )


def sheet_tail(columns: int, rows: int) -> str:
    """After the last row; where there is a heading (`columns`), its columns can be filtered."""
    filtered = f'<autoFilter ref="A1:{_letters(columns)}{rows + 1}"/>' if columns and rows else ""
    return f"</sheetData>{filtered}</worksheet>"


def _letters(column: int) -> str:
    """1 is A, 27 is AA."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def parts(names: Sequence[str], styles: Styles) -> dict[str, str]:
    """Path → XML of all parts but the sheets, which are xl/worksheets/sheet1.xml and so on, in the order of names."""
    numbers = range(1, len(names) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, names, strict=True)
    )
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    last = len(names) + 1
    return {
        "[Content_Types].xml": (
            f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{sheets}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{targets}'
            f'<Relationship Id="rId{last}" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/styles.xml": styles.xml(),
    }


def sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes: no more than 31 characters, none of []:*?/\\, no apostrophe at an end, and its own."""
    kept = re.sub(r"[\[\]:*?/\\]", " ", title)
    kept = " ".join(kept.split()).strip("'")[:31].strip(" '") or "Sheet"
    name, number = kept, 1
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        name = f"{kept[: 31 - len(f' ({number})')]} ({number})"
    taken.add(name.casefold())
    return name


def xml_text(text: str) -> str:
    """Text of a cell; what looks like an escape of Excel's (_x0041_) stays what it is."""
    return escape(re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text))
