"""E-mail clients and devices, by opens or by clicks of people."""

from collections.abc import Sequence

from reports.facts import ClientFacts, Counts, Facts
from reports.metrics import ratio
from reports.numbers import write_count, write_counted, write_rate
from reports.query import Query
from reports.report import BarChart, Column, Figure, Result, Series, Table, Unit
from reports.section import Section
from reports.sections._lists import whole_only

TITLE = "E-mail clients and devices"
_UNKNOWN = "Unknown"
_IN_CHART = 10

_COLUMNS = (
    Column("client", "Client", Unit.TEXT),
    Column("opens", "Opens", Unit.COUNT),
    Column("open_share", "Share of opens", Unit.RATE),
    Column("openers", "Openers", Unit.COUNT),
    Column("clicks", "Clicks", Unit.COUNT),
    Column("click_share", "Share of clicks", Unit.RATE),
    Column("clickers", "Clickers", Unit.COUNT),
)


def build(query: Query, facts: Facts) -> Result:
    by = query.option("by", "opens")
    told = [*facts.clients, *_untold(facts.clients, facts.counts)]
    if not told:
        return Result("clients", TITLE, notes=("No opens or clicks are known yet.",))
    total = _sum("", told)
    clients = _ranked(by, "client", told)
    rows = tuple(
        (
            one.client,
            one.opens,
            ratio(one.opens, total.opens),
            one.openers if one.client != _UNKNOWN else None,
            one.clicks,
            ratio(one.clicks, total.clicks),
            one.clickers if one.client != _UNKNOWN else None,
        )
        for one in clients
    )
    return Result(
        section="clients",
        title=f"{TITLE}, by {by}",
        figures=_devices(by, told, _events(total, by)),
        table=Table(_COLUMNS, rows, len(rows)),
        chart=_chart(query, by, clients, _events(total, by)) if _events(total, by) else None,
        notes=tuple(_notes(query, facts, by, len(clients))),
    )


def _untold(known: Sequence[ClientFacts], counts: Counts) -> list[ClientFacts]:
    """Opens and clicks of which the provider named neither client nor device; whose they are is not kept."""
    opens = max(counts.open_events - sum(one.opens for one in known), 0)
    clicks = max(counts.click_events - sum(one.clicks for one in known), 0)
    return [ClientFacts("", "", opens, clicks, 0, 0)] if opens or clicks else []


def _ranked(by: str, field: str, told: Sequence[ClientFacts]) -> list[ClientFacts]:
    """The sums by client, or by device, under its name in `client`; the most first and what is unknown last."""
    groups: dict[str, list[ClientFacts]] = {}
    for one in told:
        groups.setdefault(getattr(one, field) or _UNKNOWN, []).append(one)
    sums = [_sum(name, group) for name, group in groups.items()]
    other = "clicks" if by == "opens" else "opens"
    return sorted(sums, key=lambda one: (one.client == _UNKNOWN, -_events(one, by), -_events(one, other), one.client))


def _sum(name: str, group: Sequence[ClientFacts]) -> ClientFacts:
    opens, clicks, openers, clickers = (
        sum(getattr(one, column) for one in group) for column in ("opens", "clicks", "openers", "clickers")
    )
    return ClientFacts(name, "", opens, clicks, openers, clickers)


def _events(one: ClientFacts, by: str) -> int:
    return one.clicks if by == "clicks" else one.opens


def _devices(by: str, told: Sequence[ClientFacts], total: int) -> tuple[Figure, ...]:
    """Shares of devices; they have no interval, for events of one person do not come by chance."""
    return tuple(
        Figure(
            key=f"device_{place}",
            label=device.client.capitalize() if device.client != _UNKNOWN else "Unknown device",
            unit=Unit.RATE,
            value=ratio(_events(device, by), total),
            numerator=_events(device, by),
            denominator=total,
        )
        for place, device in enumerate(_ranked(by, "device", told), 1)
    )


def _chart(query: Query, by: str, clients: Sequence[ClientFacts], total: int) -> BarChart:
    shown = [one for one in clients if _events(one, by)][:_IN_CHART]
    return BarChart(
        title=f"E-mail clients by {by}",
        labels=tuple(one.client for one in shown),
        series=(Series(by.capitalize(), tuple(float(_events(one, by)) for one in shown)),),
        details=tuple(write_rate(ratio(_events(one, by), total), query.locale) for one in shown),
    )


def _notes(query: Query, facts: Facts, by: str, clients: int) -> list[str]:
    overlap = "Somebody who used two clients, or one client on two devices, counts as opener and clicker with each."
    notes = [f"Shares are of people's {by}. {overlap}"]
    if clients > _IN_CHART:
        notes.append(f"The chart shows the first {_IN_CHART} of {write_count(clients, query.locale)} clients.")
    machine = facts.counts.machine_open_events if by == "opens" else facts.counts.machine_click_events
    if machine:
        one = by.removesuffix("s")
        written = write_counted(machine, f"machine {one} is", f"machine {by} are", query.locale)
        hidden = " Apple Mail's privacy proxy hides some of its readers' own opens." if by == "opens" else ""
        notes.append(f"{written} left out.{hidden}")
    return [*notes, *whole_only(query, "Clients are")]


SECTION = Section(TITLE, frozenset({"clients", "counts"}), build, options=frozenset({"by"}))
