"""Clicks that are a machine's by what else was done with the same message, where its provider said nothing.

Security scanners follow every link of a message, most of them as soon as it is delivered. The thresholds are those of
field reports, each a setting; sources in docs/machines.md. A verdict is a function of the set of a recipient's acts and
of the last delivery, so the order in which they become known does not matter.
"""

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from dataclasses import astuple, dataclass
from hashlib import blake2b
from typing import NamedTuple

from reports.events import Word


class Rule(Word):
    """Why a click is held to be a machine's although its provider did not say so."""

    BURST = "many links within seconds"
    EARLY = "several links just after delivery"
    LEAVING = "content and unsubscribe links together"


@dataclass(frozen=True, slots=True)
class Rules:
    """Thresholds; 0 switches a rule off. Seconds are whole, and a span of `n` seconds has both its ends."""

    burst_links: int = 5  #: different content links within `burst_seconds`, at any time
    early_links: int = 3  #: as many in a burst that began `early_seconds` after delivery or less
    burst_seconds: int = 10
    early_seconds: int = 120
    leaving_seconds: int = 60  #: an unsubscribe so near to a click on a content link

    @property
    def fewest(self) -> int:
        """The fewest different links by which a burst is told; 0: by none."""
        return min(filter(None, (self.burst_links, self.early_links)), default=0)

    @property
    def reach(self) -> int:
        """How far from each other, in seconds, acts may be that decide about each other; -1: no rule is on."""
        return max(self.burst_seconds if self.fewest else -1, self.leaving_seconds or -1)

    @property
    def fingerprint(self) -> int:
        """63 bits that are the same where the rules are: verdicts were made by these, or by others."""
        told = repr((*Rule, *astuple(self))).encode()
        return int.from_bytes(blake2b(told, digest_size=8).digest(), "big") >> 1


DEFAULT_RULES = Rules()


class Act(NamedTuple):
    """A click, or an unsubscribe without one."""

    at: int  #: whole seconds
    click: bool = True
    content: Hashable = None  #: of a click on a content link: which
    leaves: bool = False  #: an unsubscribe, or a click on a link for it


def judge(acts: Sequence[Act], delivered_at: int | None, rules: Rules) -> list[Rule | None]:
    """The verdict on each of one recipient's acts with one message, in their order; None: a person's, or no click."""
    order = sorted(range(len(acts)), key=lambda place: acts[place].at)
    told = [acts[place] for place in order]
    verdicts: list[Rule | None] = [None] * len(acts)
    # The surest reason last: it stands.
    for rule, found in (
        (Rule.LEAVING, _leaving(told, rules.leaving_seconds)),
        (Rule.EARLY, _early(told, delivered_at, rules)),
        (Rule.BURST, _bursts(told, rules.burst_links, rules.burst_seconds)),
    ):
        for place in found:
            if told[place].click:
                verdicts[order[place]] = rule
    return verdicts


def _early(told: Sequence[Act], delivered_at: int | None, rules: Rules) -> set[int]:
    if delivered_at is None:
        return set()
    # Clocks differ, and some scan before they take a message: a little before its delivery is after it.
    begin, end = delivered_at - rules.burst_seconds, delivered_at + rules.early_seconds
    return _bursts(told, rules.early_links, rules.burst_seconds, begin, end)


def _bursts(
    told: Sequence[Act], links: int, seconds: int, begin: float = float("-inf"), end: float = float("inf")
) -> set[int]:
    """Places of acts in any span of `seconds`, begun from `begin` to `end`, with so many different content links."""
    if not links:
        return set()
    found: set[int] = set()
    within: dict[Hashable, int] = {}  # how often each content link is in the span from `first` to before `after`
    after = marked = 0
    for first, act in enumerate(told):
        while after < len(told) and told[after].at <= act.at + seconds:
            if told[after].content is not None:
                within[told[after].content] = within.get(told[after].content, 0) + 1
            after += 1
        if act.click and len(within) >= links and begin <= act.at <= end:
            found.update(range(max(first, marked), after))
            marked = after
        if act.content is not None:
            within[act.content] -= 1
            if not within[act.content]:
                del within[act.content]
    return found


def _leaving(told: Sequence[Act], seconds: int) -> set[int]:
    """Places of content links and unsubscribes that are so near to each other."""
    if not seconds:
        return set()
    contents, leaves = [act.at for act in told if act.content is not None], [act.at for act in told if act.leaves]

    def near(times: Sequence[int], at: int) -> bool:
        place = bisect_left(times, at - seconds)
        return place < len(times) and times[place] <= at + seconds

    return {
        place
        for place, act in enumerate(told)
        if (act.leaves and near(contents, act.at)) or (act.content is not None and near(leaves, act.at))
    }
