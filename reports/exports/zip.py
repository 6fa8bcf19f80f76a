"""Everything in one archive: what it is about, the PDF, a CSV of each table and a picture of each chart."""

from typing import IO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from reports.export import Document, Export, Sheet, Tools
from reports.exports import pdf
from reports.exports._about import definitions, lines
from reports.exports.csv import write_sheet
from reports.report import Report
from reports.text import plain

COMPRESSION = 1


def write(document: Document, tools: Tools, out: IO[bytes]) -> None:
    with ZipFile(out, "w", compresslevel=COMPRESSION) as archive:
        add(document, tools, archive)


def add(document: Document, tools: Tools, archive: ZipFile, folder: str = "") -> None:
    """Everything of a document; `folder` is where, with its slash."""
    report = document.report
    with part(archive, f"{folder}about.txt", report) as file:
        file.write(_about(document).encode())
    for sheet in document.sheets:
        with part(archive, f"{folder}tables/{_name(document, sheet)}.csv", report) as file:
            write_sheet(sheet, report.query.zone, file)
    for place, result in enumerate(report.results):
        if result.chart is not None:
            with part(archive, f"{folder}charts/{place + 1}-{result.section}.png", report, ZIP_STORED) as file:
                file.write(tools.chart(result.chart))
    with part(archive, f"{folder}report{pdf.EXPORT.suffix}", report) as file:
        pdf.write(document, tools, file)


def part(archive: ZipFile, path: str, report: Report, kind: int = ZIP_DEFLATED) -> IO[bytes]:
    """A file in the archive, as old as the report's figures, to be written and closed."""
    info = ZipInfo(path, report.as_of.timetuple()[:6])
    info.compress_type = kind
    info.external_attr = 0o644 << 16
    return archive.open(info, "w", force_zip64=True)


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
