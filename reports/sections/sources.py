"""Visits, contacts and customers that e-mail brought in a period, by campaign, beside the other sources."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction

from reports.facts import AllFacts, SourceVisits
from reports.metrics import Better
from reports.numbers import write_count
from reports.query import Query
from reports.report import BarChart, Change, Column, Figure, Result, Series, Table, Unit
from reports.section import Scope, Section

TITLE = "Sources"
#: How analytics name what came from e-mail.
_EMAIL = {"email", "e-mail", "e_mail", "mail", "newsletter"}
_COUNTS = (("visits", "Visits"), ("contacts", "New contacts"), ("customers", "Customers"))
_COLUMNS = (
    Column("source", "Source and campaign", Unit.TEXT),
    *(Column(key, label, Unit.COUNT) for key, label in _COUNTS),
    Column("share", "Share of visits", Unit.RATE),
)
_IN_CHART = 10
_OTHER = "not told"

_Sums = tuple[int, int, int]


def build(query: Query, facts: AllFacts) -> Result:
    wanted = query.filters.campaign
    mail = [told for told in facts.visits if _is_email(told) and _meant(told, wanted)]
    if not facts.visits:
        return Result("sources", TITLE, notes=(_NOTHING,))
    before = [told for told in facts.visits_before if _is_email(told) and _meant(told, wanted)]
    campaigns = _by(mail, lambda told: told.campaign or _OTHER)
    others = {} if wanted else _by([t for t in facts.visits if not _is_email(t)], lambda told: told.source)
    whole = sum(told.visits for told in facts.visits)
    rows = tuple(
        (name, *sums, Fraction(sums[0], whole) if whole else None)
        for name, sums in [
            *((f"E-mail: {name}", sums) for name, sums in _largest_first(campaigns)),
            *_largest_first(others),
        ]
    )
    return Result(
        section="sources",
        title=TITLE,
        figures=tuple(_figures(_sum(mail), _sum(before) if facts.visits_before else None)),
        table=Table(_COLUMNS, rows, len(rows)),
        chart=_chart(campaigns),
        notes=tuple(_notes(query, mail, whole)),
    )


_NOTHING = "No visits are known in this period. They come in by `emailstats import`, from your web analytics."


def _is_email(told: SourceVisits) -> bool:
    return told.source.strip().casefold() in _EMAIL


def _meant(told: SourceVisits, campaign: str | None) -> bool:
    return campaign is None or (told.campaign or "").casefold() == campaign.casefold()


def _by(told: Iterable[SourceVisits], name: Callable[[SourceVisits], str]) -> dict[str, _Sums]:
    groups: defaultdict[str, list[SourceVisits]] = defaultdict(list)
    for one in told:
        groups[name(one)].append(one)
    return {key: _sum(group) for key, group in groups.items()}


def _sum(told: Iterable[SourceVisits]) -> _Sums:
    visits = contacts = customers = 0
    for one in told:
        visits, contacts, customers = visits + one.visits, contacts + one.contacts, customers + one.customers
    return visits, contacts, customers


def _largest_first(groups: dict[str, _Sums]) -> list[tuple[str, _Sums]]:
    return sorted(groups.items(), key=lambda pair: (-pair[1][0], pair[0]))


def _figures(now: _Sums, before: _Sums | None) -> Iterable[Figure]:
    for place, (key, label) in enumerate(_COUNTS):
        change = None
        if before is not None:
            by = Fraction(now[place] - before[place], before[place]) if before[place] else None
            change = Change(before[place], by, Better.UP)
        yield Figure(key, f"{label} by e-mail", Unit.COUNT, now[place], change=change)


def _chart(campaigns: dict[str, _Sums]) -> BarChart | None:
    shown = _largest_first(campaigns)[:_IN_CHART]
    if not shown:
        return None
    series = Series("Visits by e-mail", tuple(float(sums[0]) for _, sums in shown))
    return BarChart("Visits by campaign", tuple(name for name, _ in shown), (series,))


def _notes(query: Query, mail: list[SourceVisits], whole: int) -> Iterable[str]:
    if not mail:
        yield (
            "No visit of this period came by e-mail."
            if query.filters.campaign is None
            else (f"No visit of this period came by e-mail of the campaign “{query.filters.campaign}”.")
        )
    yield (
        f"{write_count(whole, query.locale)} visits from all sources. Days are those of the analytics' own account, "
        "and campaigns are named as its links name them."
    )


SECTION = Section(TITLE, frozenset({"visits", "visits_before"}), build, Scope.ALL)
