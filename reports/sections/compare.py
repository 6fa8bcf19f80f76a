"""Several e-mails side by side, and whether what sets them apart is more than chance."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from reports.facts import AllFacts, Counts
from reports.metrics import METRICS, Better, rate
from reports.numbers import write_count, write_rate
from reports.query import Query
from reports.report import Column, IntervalChart, Result, Table, Unit, Value
from reports.section import Scope, Section
from reports.significance import Pair, Verdict, compare
from reports.text import shortened_apart

TITLE = "Comparison"
_COLUMNS = (
    Column("email", "E-mail", Unit.TEXT),
    Column("sent_at", "Sent", Unit.INSTANT),
    Column("delivered", "Delivered", Unit.COUNT),
    Column("open_rate", "Open rate", Unit.RATE),
    Column("click_rate", "Click rate", Unit.RATE),
    Column("click_through_rate", "Click-through", Unit.RATE),
    Column("bounce_rate", "Bounces", Unit.RATE),
    Column("unsubscribe_rate", "Unsubscribed", Unit.RATE),
)
_RATES = tuple(column.key for column in _COLUMNS if column.unit is Unit.RATE)
_TESTED = ("open_rate", "click_rate")
_NAME = 40
#: Pairs that are told; of more, only those that differ, for a list of a hundred pairs is read by nobody.
_MOST_PAIRS = 3


def build(query: Query, facts: AllFacts) -> Result:
    emails = {email.id: (email, counts) for email, counts in zip(facts.named, facts.named_counts, strict=True)}
    if len(emails) < 2:
        return Result("compare", TITLE, notes=("These names are one e-mail: name two that differ.",))
    names = shortened_apart([email.name for email, _ in emails.values()], _NAME)
    groups = [counts for _, counts in emails.values()]
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (email.name, email.sent_at, counts.delivered, *(rate(key, counts).value for key in _RATES))
        for email, counts in emails.values()
    )
    metric = query.option("metric", "click_rate")
    tested = tuple(dict.fromkeys((*_TESTED, metric)))
    notes = [note for key in tested for note in _verdicts(query, key, names, groups)]
    return Result(
        section="compare",
        title=TITLE,
        table=Table(_COLUMNS, rows, len(rows)),
        chart=_chart(metric, [email.name for email, _ in emails.values()], groups),
        notes=(*notes, _method(len(groups))),
    )


def _chart(key: str, names: Sequence[str], groups: Sequence[Counts]) -> IntervalChart | None:
    found = [rate(key, counts) for counts in groups]
    if all(one.value is None for one in found):
        return None
    rows = tuple(
        (name, None if one.value is None else float(one.value), one.low, one.high)
        for name, one in zip(names, found, strict=True)
    )
    label = METRICS[key].label
    return IntervalChart(f"{label} compared", label, rows)


def _verdicts(query: Query, key: str, names: Sequence[str], groups: Sequence[Counts]) -> Iterator[str]:
    label = METRICS[key].label
    rates = [rate(key, counts) for counts in groups]
    pairs = compare([(one.numerator, one.denominator) for one in rates])
    told = sorted(pairs, key=lambda pair: (pair.verdict is not Verdict.DIFFERENT, pair.p if pair.p is not None else 2))
    for verdict, found in groupby(told, key=lambda pair: pair.verdict):
        some = list(found)
        shown = some if verdict is Verdict.DIFFERENT else some[:_MOST_PAIRS]
        for pair in shown:
            yield f"{label}: {_sentence(query, key, names, [one.value for one in rates], pair)}"
        if more := len(some) - len(shown):
            yield f"{label}: {write_count(more, query.locale)} more pairs without a call."


def _sentence(query: Query, key: str, names: Sequence[str], values: Sequence[Value], pair: Pair) -> str:
    one, other = names[pair.one], names[pair.other]
    if pair.verdict is Verdict.SILENT:
        return f"nothing can be said yet of “{one}” and “{other}”."
    chance = _chance(pair.p, query.locale)
    if pair.verdict is Verdict.OPEN:
        if pair.more is None:
            return f"“{one}” and “{other}” have the same rate so far."
        more = write_count(_round(pair.more), query.locale)
        return f"no call yet between “{one}” and “{other}” ({chance}); about {more} more recipients a side would tell."
    higher, lower = (one, other) if values[pair.one] > values[pair.other] else (other, one)  # type: ignore[operator]
    better = METRICS[key].better
    word = {Better.UP: "does better than", Better.DOWN: "does worse than", Better.NEITHER: "has a higher rate than"}
    return f"“{higher}” {word[better]} “{lower}” ({chance})."


def _chance(p: float | None, locale: str) -> str:
    """p in percent, as figures are written elsewhere."""
    return f"p under {write_rate(0.001, locale)}" if p is not None and p < 0.001 else f"p = {write_rate(p, locale)}"


def _round(more: int) -> int:
    """Two digits: an estimate that looks exact would be believed to be."""
    scale = int(f"1{'0' * max(0, len(str(more)) - 2)}")
    return -(-more // scale) * scale


def _method(groups: int) -> str:
    holm = ", corrected by Holm for all the pairs" if groups > 2 else ""
    return (
        f"Two-proportion test at 5 %{holm}. It takes the recipients of different e-mails as different people, and "
        "knows of nothing else that differed, such as the day."
    )


SECTION = Section(TITLE, frozenset({"named_counts"}), build, Scope.SEVERAL, options=frozenset({"metric"}))
