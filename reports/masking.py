"""Recipients' addresses hidden in a report, for whoever may not see them: the domain stays, the person does not."""

import re
from dataclasses import replace

from reports.query import Query
from reports.recipients import HIDDEN_CONTACT
from reports.report import BarChart, Chart, ClickMap, Column, Report, Result, Table, Unit, Value
from reports.text import without_mailbox

HIDDEN = "•••"
#: The end of an address as it stands in replies of servers, in links ("%40") and in notes.
_AT_DOMAIN = re.compile(r"(?:@|%40)((?:[\w-]+\.)+[\w-]{2,})")
#: What cannot stand before the "@": the address begins after it.
_SEPARATORS = frozenset(' \t\r\n\v\f\u00a0<>"()[]{},;:=&?/\\|')


def mask_address(address: str) -> str:
    """anna@example.com → a•••@example.com; what is no address keeps nothing of itself."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}{HIDDEN}{at}{domain}" if local and at else HIDDEN


def mask_text(text: str) -> str:
    """A text with every address in it masked. The time is that of the text's length, whatever is in it."""
    if "@" not in text and "%40" not in text:  # nearly always
        return text
    kept: list[str] = []
    end = 0
    for match in _AT_DOMAIN.finditer(text):
        start = match.start()
        while start > end and text[start - 1] not in _SEPARATORS:  # backwards: a pattern would try every beginning
            start -= 1
        if start < match.start():
            kept += (text[end:start], text[start], HIDDEN, "@", match[1])
            end = match.end()
    return "".join((*kept, text[end:]))


def masked(report: Report) -> Report:
    """The report as somebody without the right to see recipients reads it. The e-mail's own sender is no secret."""
    return replace(report, results=tuple(_result(result) for result in report.results), masked=True)


def masked_query(query: Query) -> Query:
    """The query as somebody without that right may ask it: neither a search nor an address finds out who is who.

    The first sign of what is searched for stands right after the “@”, and a contact is asked for by number alone.
    """
    options = dict(query.options)
    if "search" in options:
        options["search"] = f"@{options['search'].rpartition('@')[2]}"
    if not options.get("contact", "#").startswith("#"):
        options["contact"] = HIDDEN_CONTACT
    return replace(query, options=tuple(options.items()))


def _result(result: Result) -> Result:
    return replace(
        result,
        title=mask_text(result.title),
        figures=tuple(
            replace(figure, label=mask_text(figure.label), value=_value(figure.value, figure.unit))
            for figure in result.figures
        ),
        table=None if result.table is None else _table(result.table),
        chart=None if result.chart is None else _chart(result.chart),
        notes=tuple(mask_text(note) for note in result.notes),
    )


def _table(table: Table) -> Table:
    return replace(table, rows=tuple(masked_row(row, table.columns) for row in table.rows))


def masked_row(row: tuple[Value, ...], columns: tuple[Column, ...]) -> tuple[Value, ...]:
    """A row about somebody: a server's reply may name the mailbox without its domain."""
    told = [value for value, column in zip(row, columns, strict=True) if column.unit is Unit.ADDRESS]
    addresses = [address for address in told if isinstance(address, str) and HIDDEN not in address]
    return tuple(_cell(value, column.unit, addresses) for value, column in zip(row, columns, strict=True))


def _cell(value: Value, unit: Unit, addresses: list[str]) -> Value:
    value = _value(value, unit)
    if isinstance(value, str) and unit is not Unit.ADDRESS:
        for address in addresses:
            value = without_mailbox(value, address, HIDDEN)
    return value


def _value(value: Value, unit: Unit) -> Value:
    if not isinstance(value, str):
        return value
    return mask_address(value) if unit is Unit.ADDRESS else mask_text(value)


def _chart(chart: Chart) -> Chart:
    """Charts name links, clients and e-mails, never contacts; an address can be in a link."""
    if isinstance(chart, BarChart):
        return replace(chart, labels=tuple(mask_text(label) for label in chart.labels))
    if isinstance(chart, ClickMap):
        links = tuple(replace(link, url=mask_text(link.url)) for link in chart.links)
        return replace(chart, links=links, masked=True)
    return chart
