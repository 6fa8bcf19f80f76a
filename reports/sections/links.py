"""Top clicked links: people and clicks, by the part of the message."""

from reports.facts import Facts, LinkFacts
from reports.metrics import ratio
from reports.numbers import write_counted
from reports.query import Query
from reports.report import BarChart, Column, Figure, Result, Series, Table, Unit
from reports.section import Section

TITLE = "Top clicked links"
_IN_CHART = 10

_COLUMNS = (
    Column("url", "Link", Unit.TEXT),
    Column("people", "People", Unit.COUNT),
    Column("clicks", "Clicks", Unit.COUNT),
    Column("share", "Share", Unit.RATE),
    Column("html", "HTML", Unit.COUNT),
    Column("text", "Text", Unit.COUNT),
    Column("kind", "Kind", Unit.TEXT),
)


def clicks(link: LinkFacts) -> int:
    """A person's clicks on a link, in whatever part of the message."""
    return link.html_clicks + link.text_clicks + link.untold_clicks


def build(query: Query, facts: Facts) -> Result:
    clicked = [link for link in facts.links if clicks(link)]
    content = sorted((link for link in clicked if link.content), key=_rank)
    utility = sorted((link for link in clicked if not link.content), key=_rank)
    if not clicked:
        return Result("links", TITLE, notes=("No clicks are known yet.",))
    total = sum(clicks(link) for link in content)
    rows = tuple(
        (
            link.url,
            link.people,
            clicks(link),
            ratio(clicks(link), total) if link.content else None,
            link.html_clicks,
            link.text_clicks,
            "content" if link.content else "utility",
        )
        for link in (*content, *utility)
    )
    figures = (
        Figure("links_clicked", "Links clicked", Unit.COUNT, len(content)),
        Figure("link_clicks", "Clicks on them", Unit.COUNT, total),
    )
    chart = _chart(query, content) if content else None
    return Result(
        "links", TITLE, figures, Table(_COLUMNS, rows, len(rows)), chart, tuple(_notes(query, facts, clicked))
    )


def _rank(link: LinkFacts) -> tuple[int, int, str]:
    return -link.people, -clicks(link), link.url


def _chart(query: Query, content: list[LinkFacts]) -> BarChart:
    top = content[:_IN_CHART]
    return BarChart(
        title=TITLE,
        labels=tuple(link.url for link in top),
        series=(Series("People", tuple(float(link.people) for link in top)),),
        details=tuple(write_counted(clicks(link), "click", "clicks", query.locale) for link in top),
    )


def _notes(query: Query, facts: Facts, clicked: list[LinkFacts]) -> list[str]:
    notes = []
    if any(not link.content for link in clicked):
        notes.append(
            "Utility links (unsubscribe, preferences, view in browser) come last and are left out of the click rate."
        )
    machine = sum(link.machine_clicks for link in facts.links)
    if machine:
        written = write_counted(machine, "machine click is", "machine clicks are", query.locale)
        notes.append(f"{written} left out.")
    if any(link.untold_clicks for link in clicked):
        notes.append("For some clicks the provider did not say whether they were in the HTML or the plain text.")
    if query.list_name is not None:
        notes.append("Links are of all recipients, not of the list.")
    return notes


SECTION = Section(TITLE, frozenset({"links"}), build)
