"""What e-mail brought to the site, beside the other sources."""

from fractions import Fraction

from reports.facts import AllFacts, SourceVisits
from reports.query import Filters, Query
from reports.report import BarChart, Result
from reports.sections import sources

VISITS = (
    SourceVisits("Email", "may", 100, 7, 2),
    SourceVisits("newsletter", "may", 20, 0, 0),
    SourceVisits("e-mail", None, 5, 0, 0),
    SourceVisits("direct", None, 300, 9, 3),
    SourceVisits("organic search", "brand", 75, 1, 0),
)


def build(query: Query | None = None, **facts: object) -> Result:
    return sources.build(query or Query(), AllFacts(**facts))  # type: ignore[arg-type]


def test_campaigns_come_before_other_sources_each_with_its_share_of_all_visits() -> None:
    result = build(visits=VISITS)
    assert result.table is not None
    assert result.table.rows == (
        ("E-mail: may", 120, 7, 2, Fraction(120, 500)),
        ("E-mail: not told", 5, 0, 0, Fraction(5, 500)),
        ("direct", 300, 9, 3, Fraction(300, 500)),
        ("organic search", 75, 1, 0, Fraction(75, 500)),
    )
    assert isinstance(result.chart, BarChart) and result.chart.labels == ("may", "not told")


def test_counts_change_against_the_days_before_and_not_where_nothing_is_known_of_them() -> None:
    figures = build(visits=VISITS, visits_before=(SourceVisits("email", "may", 100, 0, 4),)).figures
    changes = [(figure.value, figure.change and figure.change.by) for figure in figures]
    assert changes == [(125, Fraction(1, 4)), (7, None), (2, Fraction(-1, 2))]
    assert all(figure.change is None for figure in build(visits=VISITS).figures)


def test_one_campaign_can_be_asked_for_whatever_its_case() -> None:
    result = build(Query(filters=Filters(campaign="MAY")), visits=VISITS)
    assert result.table is not None and [row[0] for row in result.table.rows] == ["E-mail: may"]
    none = build(Query(filters=Filters(campaign="june")), visits=VISITS)
    assert "june" in none.notes[0] and none.chart is None


def test_without_visits_it_says_how_they_come_in() -> None:
    assert "emailstats import" in build().notes[0]
