"""Bounces by type and by what the servers said, each with a plain explanation."""

from collections import Counter

from reports.bounces import meaning
from reports.facts import Bounced, Facts
from reports.metrics import ratio
from reports.numbers import write_count
from reports.pages import PAGES, page_of, turning
from reports.query import Query
from reports.report import BarChart, Column, Figure, Result, Series, Table, Unit, Value
from reports.section import Section
from reports.sections._lists import whole_only
from reports.sections.summary import rate_figure

TITLE = "Bounces"

_COLUMNS = (
    Column("why", "Why", Unit.TEXT, whole=True),
    Column("people", "Recipients", Unit.COUNT),
    Column("share", "Share", Unit.RATE),
    Column("type", "Type", Unit.TEXT),
    Column("code", "Code", Unit.TEXT),
    Column("category", "Category", Unit.TEXT),
    Column("reply", "Reply", Unit.TEXT, whole=True),
)


def build(query: Query, facts: Facts) -> Result:
    counts = facts.counts
    total = counts.bounced_hard + counts.bounced_soft
    figures = (
        rate_figure("bounce_rate", counts),
        Figure("bounced_hard", "Hard: the contact is given up", Unit.COUNT, counts.bounced_hard),
        Figure("bounced_soft", "Soft: the contact stays", Unit.COUNT, counts.bounced_soft),
        Figure("pending", "Pending: still tried again", Unit.COUNT, counts.pending),
    )
    if not total:
        return Result("bounces", TITLE, figures, notes=("No bounce is known.",))
    own = dict(facts.bounce_sentences)
    skipped, rows = page_of(query)
    shown = tuple(_row(one, total, own) for one in facts.bounces[skipped : skipped + rows])
    return Result(
        section="bounces",
        title=TITLE,
        figures=figures,
        table=Table(_COLUMNS, shown, len(facts.bounces), first=skipped + 1) if shown else None,
        chart=_chart(facts.bounces, own),
        notes=(
            *turning(query, len(facts.bounces)),
            *_left_out(query, total - sum(one.people for one in facts.bounces)),
            "Replies that differ only in addresses, identifiers and numbers are one row; “…” stands for these.",
            "Who they are, with the exact reply: the command recipients, with show:bounced-hard or show:bounced-soft.",
            *whole_only(query, "Bounces are"),
        ),
    )


def _row(one: Bounced, total: int, own: dict[str, str]) -> tuple[Value, ...]:
    told = meaning(one.reply, own)
    share = ratio(one.people, total)
    return told.sentence, one.people, share, "hard" if one.hard else "soft", told.code, told.category, one.reply


def _chart(bounces: tuple[Bounced, ...], own: dict[str, str]) -> BarChart:
    people: Counter[str] = Counter()
    for one in bounces:
        people[meaning(one.reply, own).category] += one.people
    ranked = people.most_common(10)
    return BarChart(
        title="Bounces by category",
        labels=tuple(category for category, _people in ranked),
        series=(Series("Recipients", tuple(float(people) for _category, people in ranked)),),
    )


def _left_out(query: Query, people: int) -> tuple[str, ...]:
    if people <= 0:
        return ()
    return (f"Replies to {write_count(people, query.locale)} more, each to few people, are left out.",)


SECTION = Section(TITLE, frozenset({"counts", "bounces"}), build, options=PAGES)
