"""A Report as a Slack message: plain block dictionaries, and a text that says the same to a screen reader.

Words from outside stand only where Slack reads no markup (plain text and rich text), so that no name can make a
mention, a link or formatting. Slack's limits hold for any data: what does not fit is left out whole and said.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.charts import alt_text
from reports.numbers import UNKNOWN, write_change, write_count, write_instant, write_interval, write_shown, write_value
from reports.options import PAGE_ROWS
from reports.report import Figure, Report, Result, Table, Unit, Value
from reports.text import plain, shortened

Block = dict[str, Any]

#: Characters of all blocks as JSON; Slack documents no limit and has refused messages of little more.
MOST_CHARACTERS = 11_000
#: Characters of the text beside the blocks; Slack cuts or refuses longer ones.
MOST_TEXT = 3_900
_MOST_BLOCKS = 48  # two less than Slack takes: for what is said about blocks that were left out
_ROWS = PAGE_ROWS
_NAME = 150
_NOTE = 400
_COMMAND = 1_000


@dataclass(frozen=True, slots=True)
class Message:
    """What a person sees (`blocks`), and what a notification and a screen reader say (`text`, escaped)."""

    text: str
    blocks: list[Block]


def render(
    report: Report,
    command: str,
    images: Mapping[str, str] | None = None,
    remark: str | None = None,
    actions: Sequence[Block] = (),
) -> Message:
    """A report with the command that asks it again.

    `images` are Slack's file identifiers of charts, by section; `remark` is a sentence at the end, such as why there
    is no chart; `actions` are blocks after that, which are never left out.
    """
    closing = [_rich_text(_text("Ask again: "), _text(_one_line(command, _COMMAND), code=True))]
    if remark:
        closing.append(_context([remark]))
    closing += actions
    return Message(_spoken(report), _fitting(_blocks(report, images or {}), closing))


def notice(sentence: str) -> list[Block]:
    """A sentence as it stands, with no markup read in it."""
    return [{"type": "section", "text": _plain_text(_one_line(sentence, 2_900))}]


def escaped(text: str) -> str:
    """Text that Slack reads as text: without mentions and links."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _blocks(report: Report, images: Mapping[str, str]) -> Iterator[Block]:
    locale, zone = report.query.locale, report.query.zone
    yield {"type": "header", "text": _plain_text(_one_line(report.subject.name, _NAME))}
    yield _context([*[*_subject(report), *_details(report)][:9], _as_of(report)])
    for result in report.results:
        yield _rich_text(_text(_one_line(result.title, _NAME), bold=True))
        for start in range(0, len(result.figures), 10):
            yield {"type": "section", "fields": [_field(f, locale, zone) for f in result.figures[start : start + 10]]}
        if result.table is not None:
            yield from _table(result.table, locale, zone)
        if result.chart is not None and result.section in images:
            alt = alt_text(result.chart, locale)
            yield {"type": "image", "slack_file": {"id": images[result.section]}, "alt_text": alt}
        for start in range(0, len(result.notes), 10):
            yield _context([*result.notes[start : start + 10]])


def _fitting(blocks: Iterator[Block], closing: list[Block]) -> list[Block]:
    """As many blocks as Slack takes, in their order, then the closing ones."""
    left_out = _context(["Some parts are too long for a message in Slack and are left out here."])
    room = MOST_CHARACTERS - sum(_size(block) for block in (*closing, left_out))
    kept: list[Block] = []
    complete = True
    for block in blocks:
        size = _size(block)
        if size > room or len(kept) + len(closing) >= _MOST_BLOCKS:
            complete = False
            continue
        kept.append(block)
        room -= size
    return [*kept, *([] if complete else [left_out]), *closing]


def _size(block: Block) -> int:
    return len(json.dumps(block, ensure_ascii=False)) + 2


def _subject(report: Report) -> Iterator[str]:
    if report.query.email and not report.query.others:  # several and all have none
        yield f"Subject: {report.subject.subject or UNKNOWN}"


def _details(report: Report) -> Iterator[str]:
    for label, value in report.subject.details:
        unit = Unit.TEXT if isinstance(value, str) else Unit.INSTANT
        yield f"{label}: {write_value(value, unit, report.query.locale, report.query.zone)}"


def _as_of(report: Report) -> str:
    state = "provisional until 72 hours after sending" if report.provisional else "settled"
    return f"As of {write_instant(report.as_of, report.query.locale, report.query.zone)}, {state}"


def _field(figure: Figure, locale: str, zone: str) -> Block:
    lines = [f"*{unmarked(figure.label)}*", unmarked(_written(figure, locale, zone))]
    interval = write_interval(figure, locale)
    if interval:
        lines.append(unmarked(f"95 %: {interval}"))
    change = write_change(figure, locale)
    if change:
        lines.append(unmarked(change))
    # verbatim: Slack makes no links of words that look like addresses or names.
    return {"type": "mrkdwn", "verbatim": True, "text": "\n".join(lines)}


def _written(figure: Figure, locale: str, zone: str) -> str:
    value = write_value(figure.value, figure.unit, locale, zone)
    if figure.numerator is None or figure.denominator is None:
        return value
    return f"{value} ({write_count(figure.numerator, locale)} of {write_count(figure.denominator, locale)})"


def _table(table: Table, locale: str, zone: str) -> Iterator[Block]:
    """Rows that have names, as a list that is read on a telephone too; rows over time are what the chart shows."""
    if not _named(table):
        return
    items = []
    for row in _shown(table):
        name, *cells = (
            _one_line(write_value(value, column.unit, locale, zone), _NOTE if column.whole else _NAME)
            for value, column in zip(row, table.columns, strict=True)
        )
        pairs = zip(table.columns[1:], cells, strict=True)
        numbers = [cell if len(cells) == 1 else f"{_one_line(column.label, 40)} {cell}" for column, cell in pairs]
        # Where most rows have no share or kind, a dash in each says nothing.
        told = [number for number in numbers if not number.endswith(UNKNOWN)]
        texts = [_text(name, bold=True), *([_text(f"  {' · '.join(told)}")] if told else [])]
        items.append({"type": "rich_text_section", "elements": texts})
    for start in range(0, len(items), _ROWS):  # in parts, so that of a long page as much stays as a message takes
        part = {"type": "rich_text_list", "style": "bullet", "elements": items[start : start + _ROWS]}
        yield {"type": "rich_text", "elements": [part]}
    if shown := write_shown(table, len(items), locale):
        yield _context([shown])


def _shown(table: Table) -> tuple[tuple[Value, ...], ...]:
    return table.rows[:_ROWS] if table.first is None else table.rows


def _named(table: Table) -> bool:
    return bool(table.rows) and table.columns[0].unit in (Unit.TEXT, Unit.ADDRESS)


def _spoken(report: Report) -> str:
    """Every key number in one text, cut between sentences and never within a number."""
    parts = [report.subject.name, *_subject(report)] if report.query.email else [report.subject.name, *_details(report)]
    spoken = escaped(f"{'. '.join(_one_line(part, _NAME) for part in parts)}. {_as_of(report)}.")
    for sentence in _sentences(report):
        if len(spoken) + len(sentence) + 1 > MOST_TEXT:
            break
        spoken += f" {sentence}"
    return spoken


def _sentences(report: Report) -> Iterator[str]:
    locale, zone = report.query.locale, report.query.zone
    for result in report.results:
        yield f"{escaped(_one_line(result.title, _NAME))}:"
        for figure in result.figures:
            change = write_change(figure, locale)
            value = _one_line(_written(figure, locale, zone) + (f", {change}" if change else ""), _NOTE)
            yield escaped(f"{_one_line(figure.label, _NAME)}: {value}.")
        yield from (escaped(row) for row in _spoken_rows(result, locale, zone))
        yield from (escaped(_one_line(note, _NOTE)) for note in result.notes)


def _spoken_rows(result: Result, locale: str, zone: str) -> Iterator[str]:
    table = result.table
    if table is None or not _named(table):
        return
    for row in _shown(table):
        pairs = zip(row, table.columns, strict=True)
        name, *cells = (_one_line(write_value(v, c.unit, locale, zone), _NAME) for v, c in pairs)
        labels = (_one_line(column.label, 40) for column in table.columns[1:])
        yield f"{name}: {', '.join(f'{label} {cell}' for label, cell in zip(labels, cells, strict=True))}."


def _one_line(text: str, length: int) -> str:
    """Never empty: Slack refuses an empty text."""
    return shortened(plain(text), length) or UNKNOWN


_MARKS = str.maketrans({"*": "∗", "_": "‗", "~": "∼", "`": "ˋ"})  # Slack's markup has no escape for these
_EMOJI = re.compile(r":(?=[\w+'-]+:)")


def unmarked(text: str) -> str:
    """Text among markup, without any of its own."""
    return escaped(_EMOJI.sub("∶", _one_line(text, _NAME).translate(_MARKS)))


def _plain_text(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _context(texts: list[str]) -> Block:
    return {"type": "context", "elements": [_plain_text(_one_line(text, _NOTE)) for text in texts]}


def _text(text: str, **style: bool) -> Block:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def _rich_text(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}
