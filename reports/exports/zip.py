"""Everything in one archive: what it is about, the PDF, a CSV of each table and a picture of each chart."""

from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from reports.export import Document, Export, Sheet, Tools
from reports.exports import pdf
from reports.exports._about import definitions, lines
from reports.exports.csv import write_sheet
from reports.text import plain

_COMPRESSION = 1


def write(document: Document, tools: Tools, out: IO[bytes]) -> None:
    report = document.report
    at = report.as_of.timetuple()[:6]
    with ZipFile(out, "w", compresslevel=_COMPRESSION) as archive:

        def part(path: str, kind: int = ZIP_DEFLATED) -> IO[bytes]:
            info = ZipInfo(path, at)
            info.compress_type = kind
            info.external_attr = 0o644 << 16
            return archive.open(info, "w", force_zip64=True)

        with part("about.txt") as file:
            file.write(_about(document).encode())
        for sheet in document.sheets:
            with part(f"tables/{_name(document, sheet)}.csv") as file:
                write_sheet(sheet, report.query.zone, file)
        for place, result in enumerate(report.results):
            if result.chart is not None:
                with part(f"charts/{place + 1}-{result.section}.png", ZIP_STORED) as file:
                    file.write(tools.chart(result.chart))
        with part(f"report{pdf.EXPORT.suffix}") as file:
            pdf.write(document, tools, file)


def _name(document: Document, sheet: Sheet) -> str:
    section = document.report.results[sheet.result].section
    return f"{sheet.result + 1}-{section}{'-figures' if sheet.figures else ''}"


def _about(document: Document) -> str:
    told = [f"{plain(label)}: {plain(text)}" for label, text in lines(document)]
    meant = [f"{plain(label)}: {plain(text)}" for label, text in definitions(document.report)]
    noted = [plain(note) for result in document.report.results for note in result.notes]
    parts = ("\n".join(told), "\n".join(meant), "\n".join(noted))
    return "\n\n".join(part for part in parts if part) + "\n"


EXPORT = Export("ZIP", ".zip", "application/zip", write)
