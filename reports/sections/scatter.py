"""Each e-mail of a period as a point by two rates, with dashed averages."""

from fractions import Fraction

from reports.facts import AllFacts, Counts
from reports.metrics import METRICS, rate
from reports.numbers import write_counted
from reports.query import Query
from reports.report import Column, Figure, Mark, Result, ScatterChart, Table, Unit
from reports.section import Scope, Section

TITLE = "E-mails by two rates"
#: Delivered to fewer, an e-mail lies wherever chance puts it.
ENOUGH = 20
_RIGHT = "open_rate"

_Point = tuple[str, Fraction, Fraction, int]  # name, to the right, up, delivered


def build(query: Query, facts: AllFacts) -> Result:
    up = query.option("metric", "click_rate")
    points = [point for email in facts.sent_emails if (point := _point(email.name, email.counts, up))]
    if not points:
        return Result("scatter", TITLE, notes=("No e-mail of this period reached enough people to be shown.",))
    points.sort(key=lambda point: (-point[2], point[0]))
    x_mean = sum((x for _, x, _, _ in points), Fraction()) / len(points)
    y_mean = sum((y for _, _, y, _ in points), Fraction()) / len(points)
    across, upward = METRICS[_RIGHT].label, METRICS[up].label
    marks = tuple(Mark(name, float(x), float(y), size) for name, x, y, size in points)
    return Result(
        section="scatter",
        title=f"{TITLE}: {upward.lower()} and {across.lower()}",
        figures=(
            Figure("emails", "E-mails shown", Unit.COUNT, len(points)),
            Figure("x_mean", f"{across}, mean of e-mails", Unit.RATE, x_mean),
            Figure("y_mean", f"{upward}, mean of e-mails", Unit.RATE, y_mean),
        ),
        table=Table(_columns(across, upward), tuple(points), len(points)),
        chart=ScatterChart(TITLE, across, upward, marks, float(x_mean), float(y_mean)),
        notes=_notes(query, len(facts.sent_emails) - len(points)),
    )


def _point(name: str, counts: Counts, up: str) -> _Point | None:
    x, y = rate(_RIGHT, counts).value, rate(up, counts).value
    if counts.delivered < ENOUGH or x is None or y is None:
        return None
    return name, x, y, counts.delivered


def _columns(across: str, upward: str) -> tuple[Column, ...]:
    return (
        Column("email", "E-mail", Unit.TEXT),
        Column("x", across, Unit.RATE),
        Column("y", upward, Unit.RATE),
        Column("delivered", "Delivered", Unit.COUNT),
    )


def _notes(query: Query, left_out: int) -> tuple[str, ...]:
    mean = "The means are of e-mails, each counting once whatever its size; the overview's rates are of recipients."
    if not left_out:
        return (mean,)
    written = write_counted(left_out, "e-mail is", "e-mails are", query.locale)
    return (mean, f"{written} left out: delivered to fewer than {ENOUGH}, or without a rate.")


SECTION = Section(TITLE, frozenset({"sent_emails"}), build, Scope.ALL, options=frozenset({"metric"}))
