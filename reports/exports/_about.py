"""What stands on a file's first page: what it is about, how it was asked for, as of when, and what its figures mean."""

from collections.abc import Iterator

from reports.export import Document
from reports.metrics import METRICS
from reports.numbers import write_instant, write_value
from reports.report import Report, Unit

_MASKED = "Hidden in part. People who may see recipients find them in full in their own exports."


def lines(document: Document) -> Iterator[tuple[str, str]]:
    """Label and text, not yet made safe for a format."""
    report = document.report
    query = report.query
    yield "About", report.subject.name
    if report.subject.subject:
        yield "Subject", report.subject.subject
    for label, value in report.subject.details:
        unit = Unit.TEXT if isinstance(value, str) else Unit.INSTANT
        yield label, write_value(value, unit, query.locale, query.zone)
    if query.list_name is not None:
        yield "Only the list", query.list_name
    yield "Asked as", document.command
    yield "Time zone", query.zone
    yield "As of", as_of(report)
    yield "Unknown", "Left empty. What is unknown is not zero."
    if report.masked and document.has_addresses:
        yield "Addresses", _MASKED


def as_of(report: Report) -> str:
    """The cut-off, and whether figures may still move."""
    state = "provisional until 72 hours after sending" if report.provisional else "settled"
    return f"{write_instant(report.as_of, report.query.locale, report.query.zone)}, {state}"


def definitions(report: Report) -> Iterator[tuple[str, str]]:
    """Of every rate in the report, once: its name and what it is made of."""
    keys: list[str] = []
    for result in report.results:
        keys += [figure.key for figure in result.figures]
        keys += [column.key for column in (result.table.columns if result.table else ())]
    for key in dict.fromkeys(keys):
        if key in METRICS:
            yield METRICS[key].label, METRICS[key].definition
