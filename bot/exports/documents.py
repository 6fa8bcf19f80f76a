"""From a query to the document of its files: the report that every surface shows, with all the rows of its tables."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import count

from sqlalchemy import Connection, Engine

from bot.access.rights import Access, Reach, Right
from bot.answers import answer, numbers_within
from bot.grammar import to_commands
from reports.compile import section_of
from reports.export import Document, Row, Sheet, sheets_of
from reports.masking import masked_query, masked_row
from reports.options import MOST_ROWS
from reports.pages import turning
from reports.query import Query
from reports.report import Column, Report, Result, Value
from reports.sections import contacts, recipients
from store.emails import find
from store.facts.contacts import every_engaged_contact
from store.facts.recipients import every_recipient

_PAGES = {"page", "rows"}

Rows = Iterator[tuple[Value, ...]]


def _recipients(connection: Connection, email_id: int, query: Query) -> Rows:
    return recipients.rows_of(query, every_recipient(connection, email_id, query))


def _contacts(connection: Connection, email_id: int, query: Query) -> Rows:
    return map(contacts.row_of, every_engaged_contact(connection, email_id, query))


#: By section: all the rows of its pages, read as they are asked for. Of other sections the pages are asked for in turn.
_STREAMS: dict[str, Callable[[Connection, int, Query], Rows]] = {"recipients": _recipients, "contacts": _contacts}


def load_document(
    engine: Engine,
    query: Query,
    now: datetime,
    access: Access,
    *,
    bounce_sentences: Mapping[str, str] | None = None,
) -> Document:
    """What bot.answers.answer gives, and raises; the rows of long tables are read from the store when asked for."""
    whole = replace(query, options=tuple(pair for pair in query.options if pair[0] not in _PAGES))
    reveal = access.may(Right.RECIPIENTS)
    asked = whole if reveal else masked_query(whole)
    answered = partial(answer, engine, now=now, access=access, bounce_sentences=bounce_sentences)
    report = answered(query=asked)
    report = replace(report, results=tuple(_unturned(result, asked) for result in report.results))

    def rest_of(section: str, columns: tuple[Column, ...]) -> Callable[[], Rows]:
        if section in _STREAMS:
            return partial(_streamed, engine, access.reach, asked, section, None if reveal else columns)
        return partial(_page_after_page, answered, asked, section)

    sheets = tuple(_whole(sheet, report, rest_of) for sheet in sheets_of(report))
    return Document(report, sheets, ", ".join(to_commands(whole)))


def watched(document: Document, on_rows: Callable[[int], None], every: int = 1_000) -> Document:
    """The same document, which tells after so many rows each how many more were read; what is raised there ends it."""

    def counted(rows: Callable[[], Iterator[Row]]) -> Iterator[Row]:
        number = 0
        for row in rows():
            number += 1
            if number == every:
                on_rows(number)
                number = 0
            yield row
        on_rows(number)

    sheets = tuple(replace(sheet, rows=partial(counted, sheet.rows)) for sheet in document.sheets)
    return replace(document, sheets=sheets)


def _unturned(result: Result, query: Query) -> Result:
    """A file has no pages to turn: it does not say how."""
    if result.table is None:
        return result
    told = turning(query, result.table.total_rows)
    return replace(result, notes=tuple(note for note in result.notes if note not in told))


def _whole(sheet: Sheet, report: Report, rest_of: Callable[[str, tuple[Column, ...]], Callable[[], Rows]]) -> Sheet:
    """The sheet with all its rows, where the report has some of them and the section can tell the others."""
    result = report.results[sheet.result]
    total = 0 if sheet.figures or result.table is None else result.table.total_rows
    if total <= sheet.total or "page" not in section_of(result.section).options:
        return sheet
    return replace(sheet, rows=rest_of(result.section, sheet.columns), total=total)


def _streamed(engine: Engine, reach: Reach, query: Query, section: str, masked: tuple[Column, ...] | None) -> Rows:
    """Rows from the store; where `masked` names their columns, without addresses."""
    with engine.connect() as connection:
        email = find(connection, query.email, numbers_within(connection, reach)).email
        if email is not None:  # it may have been taken away since
            for row in _STREAMS[section](connection, email.id, query):
                yield row if masked is None else masked_row(row, masked)


def _page_after_page(answered: Callable[..., Report], query: Query, section: str) -> Rows:
    takes = section_of(section).options
    size = (("rows", str(MOST_ROWS)),) if "rows" in takes else ()
    for page in count(1):
        options = (*query.options, *size, ("page", str(page)))
        (result,) = answered(query=replace(query, sections=(section,), options=options)).results
        rows = () if result.table is None else result.table.rows
        yield from rows
        if result.table is None or not rows or (result.table.first or 1) - 1 + len(rows) >= result.table.total_rows:
            return
