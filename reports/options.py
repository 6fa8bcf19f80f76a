"""The options that sections take beside period, unit, list and filters: one vocabulary for every surface.

A section names the options that it reads; a query holds them as pairs of key and value, checked here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from rapidfuzz import process

from reports.metrics import COUNTS, METRICS, figure_key
from reports.recipients import SHOWN

Check = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Option:
    """`check` gives the value in its one spelling, or raises ValueError with what to type instead."""

    key: str
    example: str
    check: Check


def one_of(*values: str) -> Check:
    """A closed vocabulary, without regard to case; the nearest value is offered for another one."""

    def check(given: str) -> str:
        folded = given.strip().casefold()
        if folded in values:
            return folded
        nearest = process.extractOne(folded, values, score_cutoff=60)
        hint = f"did you mean {nearest[0]}?" if nearest else f"there are {', '.join(values)}."
        raise ValueError(f"“{given}” is not known; {hint}")

    return check


def some_of(*values: str) -> Check:
    """One or more of a vocabulary, with commas between them, each once."""
    each = one_of(*values)
    return lambda given: ",".join(dict.fromkeys(each(value) for value in given.split(",") if value.strip()))


def whole_number(least: int, most: int) -> Check:
    def check(given: str) -> str:
        digits = given.strip()
        if not (digits.isascii() and digits.isdecimal() and len(digits) < 12 and least <= int(digits) <= most):
            raise ValueError(f"“{given}” is not a whole number from {least} to {most}.")
        return str(int(digits))

    return check


def words(given: str) -> str:
    """Free text, such as what is searched for."""
    text = " ".join(given.split())
    if not text:
        raise ValueError("there is nothing in it.")
    return text


#: What contacts, clients and the like are ranked by.
MEASURES = ("opens", "clicks")

#: Rows of a page of people where the question does not say, and the most that it may ask for.
PAGE_ROWS = 10
MOST_ROWS = 50


def metric(given: str) -> str:
    """A rate, or a count, by whatever people call it."""
    key = figure_key(given)
    if key is None:
        raise ValueError(f"“{given}” is not known; there are {', '.join((*METRICS, *COUNTS))}.")
    return key


def contact(given: str) -> str:
    """An address in lower case, or a number as “#123”."""
    text = words(given).lower()
    digits = text.removeprefix("#")
    if digits.isascii() and digits.isdecimal() and len(digits) < 19:
        return f"#{int(digits)}"
    if "@" not in text:
        raise ValueError(f"“{given}” is neither an address nor a number such as #123.")
    return text


def columns(given: str) -> str:
    """Counts and rates with commas between them, each once."""
    keys = [(called, figure_key(called)) for called in given.split(",") if called.strip()]
    unknown = [called.strip() for called, key in keys if key is None]
    if unknown or not keys:
        known = ", ".join((*COUNTS, *METRICS))
        raise ValueError(f"“{unknown[0] if unknown else given}” is not known; there are {known}.")
    return ",".join(dict.fromkeys(key for _, key in keys if key))


def order(given: str) -> str:
    """date, name, or a count or a rate; with a minus before it in the other direction."""
    turned, called = given.strip().startswith("-"), given.strip().removeprefix("-")
    key = called.casefold() if called.casefold() in ("date", "name") else figure_key(called)
    if key is None:
        raise ValueError(f"“{given}” is not known; there are date, name, {', '.join((*COUNTS, *METRICS))}.")
    return f"-{key}" if turned else key


OPTIONS = {
    option.key: option
    for option in (
        Option("by", "by:clicks", one_of(*MEASURES)),
        Option("contact", "contact:anna@example.com", contact),
        Option("columns", "columns:sent,open_rate", columns),
        Option("days", "days:7", whole_number(1, 90)),
        Option("metric", "metric:clicks", metric),
        Option("page", "page:2", whole_number(1, 100_000)),
        Option("part", "part:html", one_of("combined", "html", "text")),
        Option("rows", "rows:25", whole_number(1, MOST_ROWS)),
        Option("search", 'search:"anna"', words),
        Option("sort", "sort:click_rate", order),
        Option("show", "show:bounced", one_of(*SHOWN)),
    )
}


def checked(pairs: dict[str, str]) -> tuple[tuple[str, str], ...]:
    """Options in one order and spelling, so that equal questions are equal. Raises ValueError with what to mend."""
    found = []
    for key, value in sorted(pairs.items()):
        if key not in OPTIONS:
            raise ValueError(f"there is no option {key!r}; there are {', '.join(sorted(OPTIONS))}.")
        try:
            found.append((key, OPTIONS[key].check(value)))
        except ValueError as error:
            raise ValueError(f"{key}: {error}") from None
    return tuple(found)
