"""Our figures of an e-mail beside its provider's, and why they differ: in numbers where numbers tell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations

from reports.facts import Counts


@dataclass(frozen=True, slots=True)
class Apart:
    """People of whom it is a matter of definition whether they count; all distinct recipients."""

    opened_by_click: int = 0  #: clicked, and never loaded the pictures
    clicked_utility: int = 0  #: clicked links that are no content, and no other
    inferred: int = 0  #: engaged, so that they received it, though no delivery was told
    bounced_first: int = 0  #: delivered to after a bounce
    delivered_first: int = 0  #: bounced after a delivery


@dataclass(frozen=True, slots=True)
class Reason:
    """People by whom the provider's figure would be larger than ours, or smaller, if they are what differs."""

    people: int
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One figure, and what makes the whole difference; None: the numbers do not tell. Empty where both agree."""

    label: str
    ours: int
    theirs: int
    reasons: tuple[Reason, ...] | None = ()

    @property
    def difference(self) -> int:
        """The provider's less ours."""
        return self.theirs - self.ours


_Reasons = Callable[[Counts, Apart], tuple[Reason, ...]]

_INFERRED = "engaged, though no delivery was told"
_SECOND = "delivered to after a bounce"
_LATER = "bounced after a delivery"

#: The provider's counter, our words and figure, and who might be counted otherwise there.
_MEASURES: tuple[tuple[str, str, Callable[[Counts], int], _Reasons], ...] = (
    ("sent", "Sent", lambda c: c.sent, lambda _c, a: (Reason(-a.inferred, _INFERRED),)),
    (
        "delivered",
        "Delivered",
        lambda c: c.delivered,
        lambda _c, a: (
            Reason(-a.inferred, _INFERRED),
            Reason(-a.bounced_first, _SECOND),
            Reason(a.delivered_first, _LATER),
        ),
    ),
    (
        "bounce",
        "Bounced",
        lambda c: c.bounced_hard + c.bounced_soft,
        lambda _c, a: (Reason(a.bounced_first, _SECOND), Reason(-a.delivered_first, _LATER)),
    ),
    (
        "open",
        "Opened",
        lambda c: c.opened,
        lambda c, a: (
            Reason(c.machine_opened, "opened by machines alone, left out here"),
            Reason(-a.opened_by_click, "clicked without loading pictures, opened here"),
        ),
    ),
    (
        "click",
        "Clicked",
        lambda c: c.clicked,
        lambda c, a: (
            Reason(c.machine_clicked, "clicked by machines alone, left out here"),
            Reason(a.clicked_utility, "clicked only excluded links (unsubscribe, preferences)"),
        ),
    ),
    (
        "unsubscribed",
        "Unsubscribed",
        lambda c: c.unsubscribed,
        lambda c, _a: (Reason(c.unsubscribed_suspect, "likely a scanner's, counted apart here"),),
    ),
    ("spamreport", "Spam reports", lambda c: c.complained, lambda _c, _a: ()),
    ("notsent", "Not sent", lambda c: c.not_sent, lambda _c, _a: ()),
)


def compare(ours: Counts, apart: Apart, theirs: Mapping[str, int]) -> tuple[Line, ...]:
    """Each figure that the provider tells. Reasons are the fewest that make the difference to the last person."""
    return tuple(
        _line(label, figure(ours), theirs[key], reasons(ours, apart))
        for key, label, figure, reasons in _MEASURES
        if key in theirs
    )


def _line(label: str, ours: int, theirs: int, reasons: tuple[Reason, ...]) -> Line:
    possible = [reason for reason in reasons if reason.people]
    for size in range(len(possible) + 1):
        for some in combinations(possible, size):
            if sum(reason.people for reason in some) == theirs - ours:
                return Line(label, ours, theirs, some)
    return Line(label, ours, theirs, None)
