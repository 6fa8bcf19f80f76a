"""Machine traffic: the three open rates with the bounds of the truth, machines' events by reason and by domain."""

from collections.abc import Sequence

from reports.facts import Counts, DomainFacts, Facts, MachineFacts
from reports.metrics import ratio
from reports.numbers import write_count, write_counted, write_rate
from reports.query import Query
from reports.report import BarChart, Column, Figure, Result, Series, Table, Unit, Value
from reports.section import Section
from reports.sections._lists import counts_of, unknown_list, whole_only
from reports.sections.summary import rate_figure

TITLE = "Machine traffic"

_COLUMNS = (
    Column("domain", "Domain", Unit.TEXT),
    Column("delivered", "Delivered", Unit.COUNT),
    Column("opened", "Opened", Unit.COUNT),
    Column("machine_opened", "Machine opens only", Unit.COUNT),
    Column("machine_share", "Of delivered", Unit.RATE),
    Column("machine_opens", "Machine opens", Unit.COUNT),
    Column("machine_clicks", "Machine clicks", Unit.COUNT),
)


def build(query: Query, facts: Facts) -> Result:
    counts = counts_of(query, facts)
    if counts is None:
        return Result("machines", TITLE, notes=(unknown_list(query, facts),))
    title = TITLE if query.list_name is None else f"{TITLE}: list {query.list_name}"
    rates = tuple(rate_figure(key, counts) for key in ("open_rate", "identifiable_open_rate", "raw_open_rate"))
    if not (counts.machine_open_events or counts.machine_click_events or counts.unsubscribed_suspect):
        return Result("machines", title, rates, notes=("No machine's opens or clicks are known.",))
    rows = tuple(_row(one) for one in sorted(facts.domains, key=_rank))
    return Result(
        section="machines",
        title=title,
        figures=(*rates, *_figures(counts, facts)),
        table=Table(_COLUMNS, rows, facts.domains_known) if rows else None,
        chart=_chart(facts) if facts.machine_reasons else None,
        notes=tuple(_notes(query, counts, facts)),
    )


def _rank(one: DomainFacts) -> tuple[int, int, str]:
    return -one.machine_opens - one.machine_clicks, -one.delivered, one.domain or ""


def _row(one: DomainFacts) -> tuple[Value, ...]:
    share = ratio(one.machine_opened, one.delivered)
    return one.domain, one.delivered, one.opened, one.machine_opened, share, one.machine_opens, one.machine_clicks


def _figures(counts: Counts, facts: Facts) -> list[Figure]:
    """Recipients of whom only machines are known, then every reason with what it marked."""
    figures = [
        Figure("machine_opened", "Recipients with machine opens only", Unit.COUNT, counts.machine_opened),
        Figure("machine_clicked", "Recipients with machine clicks only", Unit.COUNT, counts.machine_clicked),
    ]
    if counts.unsubscribed_suspect:
        figures.append(
            Figure("unsubscribed_suspect", "Likely a scanner's unsubscribes", Unit.COUNT, counts.unsubscribed_suspect)
        )
    for place, one in enumerate(_most_first(facts.machine_reasons), 1):
        for kind, events in (("opens", one.opens), ("clicks", one.clicks)):
            if events:
                label = f"Machine {kind}: {one.reason}"
                figures.append(Figure(f"{kind}_by_reason_{place}", label, Unit.COUNT, events))
    return figures


def _most_first(reasons: Sequence[MachineFacts]) -> list[MachineFacts]:
    return sorted(reasons, key=lambda one: (-one.opens - one.clicks, one.reason))


def _chart(facts: Facts) -> BarChart:
    reasons = _most_first(facts.machine_reasons)
    return BarChart(
        title="Machine opens and clicks by reason",
        labels=tuple(f"{one.reason[:1].upper()}{one.reason[1:]}" for one in reasons),
        series=(
            Series("Opens", tuple(float(one.opens) for one in reasons)),
            Series("Clicks", tuple(float(one.clicks) for one in reasons)),
        ),
    )


def _notes(query: Query, counts: Counts, facts: Facts) -> list[str]:
    notes = []
    if counts.delivered:
        low = write_rate(ratio(counts.opened, counts.delivered), query.locale)
        high = write_rate(ratio(counts.opened + counts.machine_opened, counts.delivered), query.locale)
        notes.append(
            f"Of the delivered, between {low} and {high} opened: behind a machine's open there may or may not be a "
            "person's. The identifiable rate assumes that those recipients behave like the rest."
        )
    opens, clicks = (
        write_counted(counts.machine_open_events, "machine open", "machine opens", query.locale),
        write_counted(counts.machine_click_events, "machine click", "machine clicks", query.locale),
    )
    notes.append(f"{opens} and {clicks} are kept, and left out of every other figure.")
    if facts.domains_known > len(facts.domains):
        shown, known = (write_count(n, query.locale) for n in (len(facts.domains), facts.domains_known))
        notes.append(f"The {shown} domains with most machine traffic, of {known}.")
    return [*notes, *whole_only(query, "Reasons and domains are")]


SECTION = Section(TITLE, frozenset({"counts", "list_counts", "machine_reasons", "domains", "domains_known"}), build)
