"""Click map: the e-mail as a picture with a badge on every link, and the clicks that can't be seen on it."""

from collections.abc import Sequence

from reports.clickmap import Annotated, Group, Unreadable, annotate, html_clicks, html_people
from reports.facts import Facts, LinkFacts
from reports.metrics import ratio
from reports.numbers import write_counted
from reports.query import Query
from reports.report import ClickMap, Column, Figure, LinkKind, MapLink, Result, Table, Unit, Value
from reports.section import Section
from reports.sections._lists import whole_only

TITLE = "Click map"
_NAMED = 3  # links that aren't on the map and that a note names; the table has all

_COLUMNS = (
    Column("url", "Link", Unit.TEXT),
    Column("share", "Share", Unit.RATE),
    Column("clicks", "Clicks", Unit.COUNT),
    Column("people", "People", Unit.COUNT),
    Column("text", "Text", Unit.COUNT),
    Column("where", "In the HTML", Unit.TEXT),
    Column("kind", "Kind", Unit.TEXT),
)


def build(query: Query, facts: Facts) -> Result:
    if not facts.html or not facts.html.strip():
        return Result("map", TITLE, notes=(_no_html(facts),))
    try:
        found = annotate(facts.html, facts.links)
    except Unreadable as error:
        return Result("map", TITLE, notes=(f"There is no picture: {error}. {_no_html(facts)}",))
    smart = [fact for fact in found.elsewhere if html_clicks(fact)]
    groups = (*found.groups, *found.outlook)
    total = sum(group.clicks for group in groups if group.content)
    total += sum(html_clicks(fact) for fact in smart if fact.content)
    blind = _blind_spots(query, facts, found, smart)
    rows = _rows(found, total)
    return Result(
        section="map",
        title=TITLE,
        figures=_figures(facts, found, smart),
        table=Table(_COLUMNS, rows, len(rows)) if rows else None,
        chart=ClickMap(
            title=f"{TITLE}: {facts.email.name}",
            html=found.html,
            links=tuple(_map_link(group, total) for group in found.groups),
            footnotes=blind,
            page=int(query.option("page", "1")),
        ),
        notes=(*blind, *_notes(query, facts, found, smart)),
    )


def _no_html(facts: Facts) -> str:
    identifier = facts.email.external_id[:80]
    return (
        "A click map is drawn on the e-mail's own HTML. Import it in the field “html” of a line that describes the "
        f"e-mail with the identifier “{identifier}”; docs/import.md tells how."
    )


def _kind(group: Group) -> LinkKind:
    if not group.tracked:
        return LinkKind.UNTRACKED
    return LinkKind.CONTENT if group.content else LinkKind.UTILITY


def _map_link(group: Group, total: int) -> MapLink:
    kind = _kind(group)
    share = group.clicks / total if total and kind is LinkKind.CONTENT else None
    return MapLink(group.url, group.clicks, group.people, share, len(group.places), kind)


def _figures(facts: Facts, found: Annotated, smart: Sequence[LinkFacts]) -> tuple[Figure, ...]:
    counted = [group for group in found.groups if group.tracked]
    return (
        Figure("map_links", "Links on the map", Unit.COUNT, len(found.groups)),
        Figure("map_links_clicked", "Of them clicked", Unit.COUNT, sum(group.clicks > 0 for group in counted)),
        Figure("map_clicks", "Clicks on the map", Unit.COUNT, sum(group.clicks for group in counted)),
        Figure("map_smart_clicks", "Clicks on links not in the HTML", Unit.COUNT, sum(map(html_clicks, smart))),
        Figure("map_text_clicks", "Clicks in the plain text", Unit.COUNT, sum(f.text_clicks for f in facts.links)),
    )


def _rows(found: Annotated, total: int) -> tuple[tuple[Value, ...], ...]:
    """Content links by clicks, then utility links, then those that nobody counts."""
    rows = [
        *((_kind(group), group.clicks, _group_row(group, total, _where(group))) for group in found.groups),
        *((_kind(group), group.clicks, _group_row(group, total, "Outlook only")) for group in found.outlook),
        *((_fact_kind(fact), html_clicks(fact), _fact_row(fact, total)) for fact in found.elsewhere if _any(fact)),
    ]
    order = list(LinkKind)
    return tuple(row for _, _, row in sorted(rows, key=lambda row: (order.index(row[0]), -row[1], str(row[2][0]))))


def _any(fact: LinkFacts) -> bool:
    return bool(html_clicks(fact) or fact.text_clicks)


def _where(group: Group) -> str:
    return "yes" if len(group.places) == 1 else f"{len(group.places)} times"


def _group_row(group: Group, total: int, where: str) -> tuple[Value, ...]:
    kind = _kind(group)
    share = ratio(group.clicks, total) if kind is LinkKind.CONTENT else None
    known = (group.clicks, group.people, group.text_clicks) if group.tracked else (None, None, None)
    return (group.url, share, *known, where, kind.value)


def _fact_kind(fact: LinkFacts) -> LinkKind:
    return LinkKind.CONTENT if fact.content else LinkKind.UTILITY


def _fact_row(fact: LinkFacts, total: int) -> tuple[Value, ...]:
    clicks = html_clicks(fact)
    share = ratio(clicks, total) if fact.content else None
    kind = _fact_kind(fact).value
    return (fact.url, share, clicks, html_people(fact), fact.text_clicks, "no" if clicks else "plain text only", kind)


def _blind_spots(query: Query, facts: Facts, found: Annotated, smart: Sequence[LinkFacts]) -> tuple[str, ...]:
    """What the map can't show: links that the HTML lacks, those of Outlook alone, and readers of the plain text."""
    notes = []
    clicks = sum(map(html_clicks, smart))
    if smart:
        links = write_counted(len(smart), "link", "links", query.locale)
        written = write_counted(clicks, "click", "clicks", query.locale)
        notes.append(f"Not on the map: {written} on {links} that the HTML lacks, as in smart content.")
    hidden = sum(group.clicks for group in found.outlook)
    if hidden:
        written = write_counted(hidden, "click", "clicks", query.locale)
        notes.append(f"Not on the map: {written} on links that only Outlook shows.")
    in_text = sum(fact.text_clicks for fact in facts.links)
    if in_text:
        written = write_counted(in_text, "click", "clicks", query.locale)
        notes.append(f"Not on the map: {written} by readers of the plain text.")
    return tuple(notes)


def _notes(query: Query, facts: Facts, found: Annotated, smart: Sequence[LinkFacts]) -> list[str]:
    notes = []
    if not found.groups:
        notes.append("The HTML has no links.")
    for fact in sorted(smart, key=lambda fact: (-html_clicks(fact), fact.url))[:_NAMED]:
        written = write_counted(html_clicks(fact), "click", "clicks", query.locale)
        notes.append(f"Not in the HTML: {fact.url} ({written}).")
    if any(len(group.places) > 1 for group in found.groups):
        notes.append("A link in several places is counted once for all of them: providers tell clicks by URL.")
    untold = sum(fact.untold_clicks for fact in facts.links)
    if untold:
        written = write_counted(untold, "click", "clicks", query.locale)
        notes.append(f"Of {written} the provider did not say whether in the HTML or the plain text: taken for HTML.")
    if any(not group.tracked for group in found.groups):
        notes.append("Mail addresses and phone numbers are not tracked by providers.")
    return [*notes, *whole_only(query, "Links are")]


SECTION = Section(TITLE, frozenset({"links", "html"}), build, options=frozenset({"page"}))
