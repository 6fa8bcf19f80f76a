"""Everything that was sent in a period: every rate and count, each with its change against the period just before."""

from collections.abc import Iterator
from dataclasses import replace

from reports.changes import ENOUGH, count_change, rate_change
from reports.facts import AllFacts, PeriodCounts
from reports.metrics import Better
from reports.numbers import write_count, write_counted
from reports.query import Query
from reports.report import Figure, Result, Unit
from reports.section import Scope, Section
from reports.sections.summary import RATES, rate_figure

TITLE = "Engagement and delivery"
_COUNTS = (
    ("sent", "Sent", Better.NEITHER),
    ("delivered", "Delivered", Better.NEITHER),
    ("opened", "Opened", Better.UP),
    ("clicked", "Clicked", Better.UP),
    ("replied", "Replied", Better.UP),
    ("bounced_hard", "Hard bounces", Better.DOWN),
    ("bounced_soft", "Soft bounces", Better.DOWN),
    ("pending", "Pending", Better.NEITHER),
    ("unsubscribed", "Unsubscribed", Better.DOWN),
    ("complained", "Spam reports", Better.DOWN),
    ("not_sent", "Not sent", Better.DOWN),
)
#: Shown though there are none: a reader looks for them.
_ALWAYS = {"sent", "delivered", "opened", "clicked", "bounced_hard", "unsubscribed", "complained"}


def build(query: Query, facts: AllFacts) -> Result:
    now, before = facts.period, facts.period_before
    if not now.emails and not now.counts.not_sent:
        return Result("overview", TITLE, tuple(_emails(now, before)), notes=(_nothing(query, before),))
    figures = (*_emails(now, before), *_rates(now, before), *_counts(now, before))
    return Result("overview", TITLE, figures, notes=tuple(_notes(query, before)))


def _emails(now: PeriodCounts, before: PeriodCounts | None) -> Iterator[Figure]:
    figure = Figure("emails", "E-mails", Unit.COUNT, now.emails)
    if before is not None:
        figure = replace(figure, change=count_change(now.emails, before.emails, Better.NEITHER, ENOUGH))
    yield figure


def _rates(now: PeriodCounts, before: PeriodCounts | None) -> Iterator[Figure]:
    for key in RATES:
        figure = rate_figure(key, now.counts)
        yield figure if before is None else replace(figure, change=rate_change(key, now.counts, before.counts))


def _counts(now: PeriodCounts, before: PeriodCounts | None) -> Iterator[Figure]:
    for key, label, better in _COUNTS:
        people = getattr(now.counts, key)
        was = 0 if before is None else getattr(before.counts, key)
        if not people and not was and key not in _ALWAYS:
            continue
        figure = Figure(key, label, Unit.COUNT, people)
        if before is not None:
            few = min(now.counts.sent + now.counts.not_sent, before.counts.sent + before.counts.not_sent)
            figure = replace(figure, change=count_change(people, was, better, few))
        yield figure


def _nothing(query: Query, before: PeriodCounts | None) -> str:
    if before is None or not before.emails:
        return "Nothing was sent in this period."
    written = write_counted(before.emails, "e-mail", "e-mails", query.locale)
    return f"Nothing was sent in this period; in the one before it, {written}."


def _notes(query: Query, before: PeriodCounts | None) -> Iterator[str]:
    yield (
        "Figures are of what was sent in the period, whenever it was opened or clicked, and count a person once an "
        "e-mail. Rates are all people together, not the mean of the e-mails' rates."
    )
    if before is not None:
        few = write_count(ENOUGH, query.locale)
        yield (
            "Changes are against as many days just before: points for rates, percent for counts; no arrow below "
            f"{few} people. What was sent lately may still be opened: compare closed weeks with closed weeks."
        )


SECTION = Section(TITLE, frozenset({"period", "period_before"}), build, Scope.ALL)
