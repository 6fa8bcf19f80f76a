"""Counts of the list that a query narrows to, and what is said where there is no such list."""

from rapidfuzz import process

from reports.facts import Counts, Facts
from reports.query import Query
from reports.text import shortened

#: Lists that are named, and characters of a name, where a list is not found.
_NAMES = 10
_NAME = 60
_LIKENESS = 60

OVERLAP = "A contact on two lists counts in both: lists can add up to more than the whole."


def counts_of(query: Query, facts: Facts) -> Counts | None:
    """The whole e-mail's, or those of the query's list; None where no recipient is on such a list."""
    return facts.counts if query.list_name is None else dict(facts.list_counts).get(query.list_name)


def unknown_list(query: Query, facts: Facts) -> str:
    """What to say instead of figures; the nearest list is offered first."""
    wanted = query.list_name or ""
    known = [name for name, _counts in facts.list_counts]
    nearest = [name for name, _score, _place in process.extract(wanted[:200], known, limit=1, score_cutoff=_LIKENESS)]
    offered = [*nearest, *(name for name in known if name not in nearest)][:_NAMES]
    names = [f"“{shortened(name, _NAME)}”" for name in offered]
    if more := len(known) - len(names):
        names.append(f"and {more} more")
    return f"No recipient of this e-mail is on a list called “{shortened(wanted, _NAME)}”. " + (
        f"Its lists: {', '.join(names)}." if names else "Nothing is known of its lists."
    )


def whole_only(query: Query, subject: str) -> tuple[str, ...]:
    """A note for what is not kept by list, where a query names one."""
    return () if query.list_name is None else (f"{subject} of all recipients, not of the list.",)
