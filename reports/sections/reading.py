"""Time spent viewing: read, skimmed or glanced at, by the longest look of each person, and how many have no timing."""

from reports.facts import Facts
from reports.metrics import METRICS, ratio
from reports.numbers import write_count, write_counted, write_rate
from reports.query import Query
from reports.report import BarChart, Column, Figure, Result, Series, Table, Unit
from reports.section import Section
from reports.sections._lists import OVERLAP, counts_of, unknown_list
from reports.sections.summary import rate_figure

TITLE = "Time spent viewing"
_LOOKS = ("read", "skimmed", "glanced")


def build(query: Query, facts: Facts) -> Result:
    counts = counts_of(query, facts)
    if counts is None:
        return Result("reading", TITLE, notes=(unknown_list(query, facts),))
    people = [getattr(counts, look) for look in _LOOKS]
    timed = sum(people)
    untimed = max(counts.opened - timed, 0)
    told = (*zip(_labels(), people, strict=True), ("No timing", untimed))
    rows = tuple((label, number, ratio(number, counts.opened)) for label, number in told)
    columns = (
        Column("look", "Longest look", Unit.TEXT),
        Column("people", "People", Unit.COUNT),
        Column("share", "Of all who opened", Unit.RATE),
    )
    return Result(
        section="reading",
        title=TITLE if query.list_name is None else f"{TITLE}: list {query.list_name}",
        figures=(
            *(rate_figure(f"{look}_rate", counts) for look in _LOOKS),
            Figure("timed", "With timing", Unit.COUNT, timed),
            Figure("untimed", "Without timing", Unit.COUNT, untimed),
        ),
        table=Table(columns, rows, len(rows)) if counts.opened else None,
        chart=_chart(query, people, timed) if timed else None,
        notes=tuple(_notes(query, timed, untimed)),
    )


def _labels() -> tuple[str, ...]:
    return tuple(METRICS[f"{look}_rate"].label for look in _LOOKS)


def _chart(query: Query, people: list[int], timed: int) -> BarChart:
    return BarChart(
        title=TITLE,
        labels=_labels(),
        series=(Series(f"People, of {write_count(timed, query.locale)} with timing", tuple(map(float, people))),),
        details=tuple(write_rate(ratio(number, timed), query.locale) for number in people),
    )


def _notes(query: Query, timed: int, untimed: int) -> list[str]:
    if not timed and not untimed:
        return ["Nobody is known to have opened this e-mail yet."]
    with_timing = write_counted(timed, "person", "people", query.locale)
    without = write_count(untimed, query.locale)
    notes = [
        f"Shares are of the {with_timing} whose longest look is known; {without} opened without any timing."
        if timed
        else f"The provider told no timing of any of the {without} who opened."
    ]
    if query.list_name is not None:
        notes.append(OVERLAP)
    return notes


SECTION = Section(TITLE, frozenset({"counts", "list_counts"}), build)
