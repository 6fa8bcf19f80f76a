"""The same figures by recipient list."""

from reports.facts import Facts
from reports.query import Query
from reports.report import Column, Result, Table, Unit
from reports.section import Section
from reports.sections import _segments as segments
from reports.sections._lists import OVERLAP, counts_of, unknown_list
from reports.sections.summary import rate_figure

TITLE = "By recipient list"
_RATES = ("open_rate", "click_rate", "click_through_rate")


def build(query: Query, facts: Facts) -> Result:
    whole = counts_of(query, facts)
    if whole is None:
        return Result("lists", TITLE, notes=(unknown_list(query, facts),))
    told = [(name, counts) for name, counts in facts.list_counts if query.list_name in (None, name)]
    if not told:
        return Result("lists", TITLE, notes=("Nothing is known of the lists that its recipients are on.",))
    parts = [
        segments.Part(name, counts)
        for name, counts in sorted(told, key=lambda one: (-one[1].delivered, -one[1].sent, one[0]))
    ]
    unlisted = facts.on_no_list
    if query.list_name is None and unlisted.sent + unlisted.not_sent:
        parts.append(segments.Part("On no list", unlisted))
    rows = tuple(segments.row(part, query) for part in parts)
    return Result(
        section="lists",
        title=TITLE,
        figures=tuple(rate_figure(key, whole) for key in _RATES),
        table=Table(segments.columns(Column("list", "List", Unit.TEXT)), rows, len(rows)),
        chart=segments.chart("Open rate by recipient list", parts),
        notes=(
            f"Above: {'the list' if query.list_name else 'the whole e-mail'}. Largest list first.",
            *segments.cut_note(parts),
            OVERLAP,
        ),
    )


SECTION = Section(TITLE, frozenset({"counts", "list_counts", "on_no_list"}), build)
