"""Top clicked links: people and clicks, of the whole message or of its HTML or plain-text part."""

from dataclasses import dataclass

from reports.facts import Facts, LinkFacts
from reports.metrics import ratio
from reports.numbers import write_count, write_counted
from reports.query import Query
from reports.report import BarChart, Column, Figure, Result, Series, Table, Unit, Value
from reports.section import Section
from reports.sections._lists import whole_only

TITLE = "Top clicked links"
_PARTS = {"html": "HTML", "text": "plain text"}
_IN_CHART = 10

_HEAD = (
    Column("url", "Link", Unit.TEXT),
    Column("people", "People", Unit.COUNT),
    Column("clicks", "Clicks", Unit.COUNT),
    Column("share", "Share", Unit.RATE),
)
_BY_PART = (Column("html", "HTML", Unit.COUNT), Column("text", "Text", Unit.COUNT))
_KIND = Column("kind", "Kind", Unit.TEXT)


@dataclass(frozen=True, slots=True)
class _Clicked:
    """A link with what counts of it in the part that is asked for."""

    link: LinkFacts
    people: int
    clicks: int


def build(query: Query, facts: Facts) -> Result:
    part = query.option("part", "combined")
    title = TITLE if part == "combined" else f"{TITLE}, {_PARTS[part]}"
    clicked = [one for link in facts.links if (one := _in_part(link, part)).clicks]
    content = sorted((one for one in clicked if one.link.content), key=_rank)
    utility = sorted((one for one in clicked if not one.link.content), key=_rank)
    if not clicked:
        return Result("links", title, notes=(_nothing(facts, part),))
    total = sum(one.clicks for one in content)
    rows = tuple(_row(one, total, part) for one in (*content, *utility))
    columns = (*_HEAD, *(_BY_PART if part == "combined" else ()), _KIND)
    return Result(
        section="links",
        title=title,
        figures=(
            Figure("links_clicked", "Links clicked", Unit.COUNT, len(content)),
            Figure("link_clicks", "Clicks on them", Unit.COUNT, total),
        ),
        table=Table(columns, rows, len(rows)),
        chart=_chart(query, title, content) if content else None,
        notes=tuple(_notes(query, facts, part, len(content), bool(utility))),
    )


def _in_part(link: LinkFacts, part: str) -> _Clicked:
    if part == "html":
        return _Clicked(link, link.html_people, link.html_clicks)
    if part == "text":
        return _Clicked(link, link.text_people, link.text_clicks)
    return _Clicked(link, link.people, link.html_clicks + link.text_clicks + link.untold_clicks)


def _rank(one: _Clicked) -> tuple[int, int, str]:
    return -one.people, -one.clicks, one.link.url


def _row(one: _Clicked, total: int, part: str) -> tuple[Value, ...]:
    link = one.link
    share = ratio(one.clicks, total) if link.content else None
    by_part = (link.html_clicks, link.text_clicks) if part == "combined" else ()
    return (link.url, one.people, one.clicks, share, *by_part, "content" if link.content else "utility")


def _nothing(facts: Facts, part: str) -> str:
    elsewhere = part != "combined" and any(_in_part(link, "combined").clicks for link in facts.links)
    return f"No click is known to be in the {_PARTS[part]}." if elsewhere else "No clicks are known yet."


def _chart(query: Query, title: str, content: list[_Clicked]) -> BarChart:
    top = content[:_IN_CHART]
    return BarChart(
        title=title,
        labels=tuple(one.link.url for one in top),
        series=(Series("People", tuple(float(one.people) for one in top)),),
        details=tuple(write_counted(one.clicks, "click", "clicks", query.locale) for one in top),
    )


def _notes(query: Query, facts: Facts, part: str, content: int, utility: bool) -> list[str]:
    notes = []
    if content > _IN_CHART:
        notes.append(f"The chart shows the first {_IN_CHART} of {write_count(content, query.locale)} links.")
    if utility:
        notes.append(
            "Utility links (unsubscribe, preferences, view in browser) come last and are left out of the click rate."
        )
    machine = sum(link.machine_clicks for link in facts.links)
    if machine:
        written = write_counted(machine, "machine click is", "machine clicks are", query.locale)
        notes.append(f"{written} left out.")
    untold = sum(link.untold_clicks for link in facts.links)
    if untold:
        written = write_counted(untold, "click", "clicks", query.locale)
        counted = "" if part == "combined" else "; they are not counted here"
        notes.append(f"Of {written} the provider did not say whether in the HTML or the plain text{counted}.")
    return [*notes, *whole_only(query, "Links are")]


SECTION = Section(TITLE, frozenset({"links"}), build, options=frozenset({"part"}))
