"""Orders that the e-mail is credited with by three rules, and what sending brought over not sending."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from reports.facts import Facts, Spending
from reports.metrics import ratio, wilson
from reports.numbers import write_counted, write_money, write_points
from reports.query import Query
from reports.report import Column, Figure, IntervalChart, Money, Result, Table, Unit, Value
from reports.revenue import DAYS, Credit, Lift, Rule, credited, lift_of_means, lift_of_shares
from reports.section import Section

TITLE = "Influenced revenue"
_RULES = {Rule.LAST: "Last click", Rule.FIRST: "First click", Rule.LINEAR: "Equal parts"}
_COLUMNS = (
    Column("rule", "Credited to", Unit.TEXT),
    Column("amount", "Revenue", Unit.MONEY),
    Column("orders", "Orders", Unit.COUNT),
    Column("buyers", "Buyers", Unit.COUNT),
)


def build(query: Query, facts: Facts) -> Result:
    within = timedelta(days=int(query.option("days", DAYS)))
    by_rule = {rule: credited(facts.orders, facts.email.id, rule, within) for rule in Rule}
    rows = tuple(_rows(by_rule))
    held_out, chart, lift_notes = _lift(query, facts)
    return Result(
        section="revenue",
        title=TITLE,
        figures=(*_headline(by_rule[Rule.LAST]), *held_out),
        table=Table(_COLUMNS, rows, len(rows)) if rows else None,
        chart=chart,
        notes=(*_notes(query, within, rows), *lift_notes),
    )


def _headline(last: dict[str, Credit]) -> Iterable[Figure]:
    for currency, credit in last.items():
        label = "Revenue, last click" if len(last) == 1 else f"Revenue, last click, {currency}"
        yield Figure(f"revenue_{currency}", label, Unit.MONEY, Money(credit.amount, currency))
    yield Figure("orders", "Orders", Unit.COUNT, sum(credit.orders for credit in last.values()))


def _rows(by_rule: dict[Rule, dict[str, Credit]]) -> Iterable[tuple[Value, ...]]:
    for rule, name in _RULES.items():
        for currency, credit in by_rule[rule].items():
            yield name, Money(credit.amount, currency), credit.orders, credit.buyers


def _notes(query: Query, within: timedelta, rows: tuple[tuple[Value, ...], ...]) -> Iterable[str]:
    days = write_counted(within.days, "day", "days", query.locale)
    if not rows:
        yield (
            f"No order is known within {days} after a click on this e-mail. Orders come in by `emailstats import`; "
            "days:30 looks further."
        )
        return
    yield (
        f"An order counts within {days} after its buyer's first click on a content link of an e-mail. Where several "
        "were clicked, the rules divide it differently; all the parts of an order sum to the order."
    )
    if query.list_name is not None:
        yield "Revenue is of all recipients, not of the list."


def _lift(query: Query, facts: Facts) -> tuple[tuple[Figure, ...], IntervalChart | None, tuple[str, ...]]:
    """Buyers among those who were sent the e-mail and among those held out, and what each spent a head."""
    spending, sent = facts.spending, facts.counts.sent
    if not spending.held_out or not sent:
        return (), None, ()
    treated = len({contact for contact, _, _ in spending.sent_spent})
    control = len({contact for contact, _, _ in spending.held_out_spent})
    figures = (
        _bought("bought_sent", "Bought, of those sent to", treated, sent),
        _bought("bought_held_out", "Bought, of those held out", control, spending.held_out),
    )
    rows = tuple((figure.label, _share(figure), figure.low, figure.high) for figure in figures)
    chart = IntervalChart("What sending brought", "People who bought", rows)
    shares = lift_of_shares(treated, sent, control, spending.held_out)
    notes = [_told_shares(shares, query.locale)] if shares else []
    return figures, chart, (*notes, *_money_notes(query, spending, sent), _HOW_HELD_OUT)


_HOW_HELD_OUT = (
    "Held out are contacts whom the provider did not send to with the reason “held out”. Orders count for as many days "
    "after the sending, with or without a click."
)


def _bought(key: str, label: str, buyers: int, people: int) -> Figure:
    low, high = wilson(buyers, people) or (None, None)
    return Figure(key, label, Unit.RATE, ratio(buyers, people), buyers, people, low, high)


def _share(figure: Figure) -> float:
    return (figure.numerator or 0) / (figure.denominator or 1)


def _told_shares(lift: Lift, locale: str) -> str:
    low, high = write_points(lift.low, locale), write_points(lift.high, locale)
    return (
        f"Lift: {write_points(lift.value, locale)} percentage points of buyers (95 %: {low} to {high}). {_call(lift)}"
    )


def _call(lift: Lift) -> str:
    if lift.low > 0:
        return "Sending brought buyers."
    return "Sending cost buyers." if lift.high < 0 else "No call yet: the interval has zero in it."


def _money_notes(query: Query, spending: Spending, sent: int) -> Iterable[str]:
    treated, control = _moments(spending.sent_spent), _moments(spending.held_out_spent)
    for currency in sorted(treated.keys() | control.keys()):
        lift = lift_of_means((sent, *treated[currency]), (spending.held_out, *control[currency]))
        if lift is not None:
            value, low, high = (
                write_money(Money(round(units), currency), query.locale) for units in (lift.value, lift.low, lift.high)
            )
            yield f"Revenue a recipient, over those held out: {value} (95 %: {low} to {high})."


def _moments(spent: Iterable[tuple[int, str, int]]) -> defaultdict[str, tuple[int, int]]:
    """By currency the sum of what each person spent, and of its square."""
    found: defaultdict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for _contact, currency, units in spent:
        total, squares = found[currency]
        found[currency] = total + units, squares + units * units
    return found


SECTION = Section(TITLE, frozenset({"orders", "spending", "counts"}), build, options=frozenset({"days"}))
