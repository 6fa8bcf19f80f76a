"""Who may do what: pure, from what the settings say and what Slack tells of a person."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum


class Right(StrEnum):
    """Called as its setting is."""

    FIGURES = "see_figures"  # ask anything at all
    RECIPIENTS = "see_recipients"  # read addresses, in private answers
    EXPORT = "export"  # have files made
    MANAGE = "manage"  # see and change what others saved


class Standing(StrEnum):
    """What somebody is in our workspace, as the settings call them."""

    MEMBER = "members"
    GUEST = "guests"
    STRANGER = "strangers"  # of another workspace, in a channel that is shared with it
    GONE = "gone"  # deactivated: has no right whatever the settings say
    UNKNOWN = "unknown"  # Slack does not tell


#: Standings that a right can be given to as a whole.
WORDS = (Standing.MEMBER, Standing.GUEST, Standing.STRANGER)


@dataclass(frozen=True, slots=True)
class Person:
    """`id` and `groups`, the user groups that they are in, are Slack's identifiers."""

    id: str
    standing: Standing = Standing.UNKNOWN
    groups: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """The e-mails that somebody sees: of any of these business units or teams; without either, all."""

    business_units: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        return not self.business_units and not self.teams


#: No part of it is left out.
ALL = Reach()


@dataclass(frozen=True, slots=True)
class Access:
    """What one person may do in one place."""

    rights: frozenset[Right] = frozenset()
    reach: Reach = ALL

    def may(self, right: Right) -> bool:
        return right in self.rights

    @property
    def for_others(self) -> "Access":
        """The same where others read along: without recipients' addresses."""
        return replace(self, rights=self.rights - {Right.RECIPIENTS})


#: Of whoever has not been asked about yet.
NONE = Access()
#: Whoever works at the terminal has the database anyway.
OPERATOR = Access(frozenset(Right))


class NotAllowed(Exception):
    """The person may not do it; its text says so, and who can change that."""

    def __init__(self, right: Right, standing: Standing = Standing.MEMBER) -> None:
        super().__init__(_sentence(right, standing))


def _sentence(right: Right, standing: Standing) -> str:
    if standing is Standing.UNKNOWN:
        return "Slack does not tell who you are at the moment, and so nothing can be shown. Ask again in a minute."
    what = {
        Right.FIGURES: "see figures",
        Right.RECIPIENTS: "see recipients",
        Right.EXPORT: "have files made",
        Right.MANAGE: "change what others saved",
    }[right]
    return f"You may not {what} here. Whoever runs emailstats can allow it: access.{right} in its settings."


@dataclass(frozen=True)
class Policy:
    """Who has a right: standings, and Slack's identifiers of people, user groups and channels; and who sees a part.

    A channel in it stands for everybody who asks there. Whoever is named with a part by `only`, by whichever of those,
    sees these parts alone.
    """

    granted: Mapping[Right, frozenset[str]]
    only: Mapping[str, Reach] = field(default_factory=dict)

    @property
    def groups(self) -> frozenset[str]:
        """The user groups whose members have to be known."""
        named = {one for who in self.granted.values() for one in who} | self.only.keys()
        return frozenset(one for one in named if one.startswith("S"))

    def access(self, person: Person, channel: str = "") -> Access:
        """Without `figures`, there is no other right."""
        if person.standing in (Standing.GONE, Standing.UNKNOWN):
            return Access()
        called = {person.id, person.standing.value, *person.groups, channel} - {""}
        rights = frozenset(right for right, who in self.granted.items() if called & who)
        if Right.FIGURES not in rights:
            return Access()
        return Access(rights, _joined([self.only[who] for who in sorted(called & self.only.keys())]))

    def check(self, person: Person, right: Right, channel: str = "") -> Access:
        """The access of a person who needs a right. Raises NotAllowed."""
        access = self.access(person, channel)
        if not access.may(right):
            raise NotAllowed(right, person.standing)
        return access


def _joined(parts: Collection[Reach]) -> Reach:
    return Reach(
        frozenset().union(*(part.business_units for part in parts)), frozenset().union(*(part.teams for part in parts))
    )
