"""The table [access] of config.toml: who in Slack may do what."""

import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bot.access.rights import WORDS, Policy, Reach, Right
from bot.part import Part, listed

_WHO = re.compile(rf"[UWSCG][A-Z0-9]{{2,}}|{'|'.join(WORDS)}")
_ONLY = re.compile(r"\s*(\S+?)\s*=\s*(team|business-unit):\s*(\S.*?)\s*")


def _named(who: tuple[str, ...]) -> tuple[str, ...]:
    for one in who:
        if not _WHO.fullmatch(one):
            raise ValueError(
                f"has {one!r}, and should have {', '.join(WORDS)}, or identifiers of people (U…), user groups (S…) and"
                " channels (C…), as Slack shows them"
            )
    return who


def _teams(pairs: tuple[str, ...]) -> tuple[str, ...]:
    for one in pairs:
        if not re.fullmatch(r"\s*\S[^=]{0,99}=\s*[UW][A-Z0-9]{2,}\s*", one):
            raise ValueError("should be a team, an equals sign and a member ID, such as growth=U0123ABC")
    return pairs


def _parts(pairs: tuple[str, ...]) -> tuple[str, ...]:
    for one in pairs:
        found = _ONLY.fullmatch(one)
        if found is None or not _WHO.fullmatch(found[1]):
            raise ValueError(
                f"has {one!r}, and should have such as S0123ABC=team:Growth or U0123ABC=business-unit:Shoes"
            )
    return pairs


_Who = Annotated[tuple[str, ...], BeforeValidator(listed), AfterValidator(_named)]


class Access(Part):
    see_figures: _Who = Field(
        ("members",),
        description="Who may ask: members, guests, strangers (other workspaces), or IDs of people, groups, channels.",
        examples=['["members", "C0123ABC"]'],
    )
    see_recipients: _Who = Field(
        (),
        description="Whose private answers show recipients' addresses in full; named as above.",
        examples=['["U0123ABC"]'],
    )
    export: _Who = Field(
        ("members",),
        description="Who may have files made; named as above.",
        examples=['["S0123ABC"]'],
    )
    manage: _Who = Field(
        (),
        description="Who sees and may change what others saved; named as above.",
        examples=['["U0123ABC"]'],
    )
    only: Annotated[tuple[str, ...], AfterValidator(_parts)] = Field(
        (),
        description="Who sees a part of all e-mail: named as above, =, and team: or business-unit: with its name.",
        examples=['["S0123ABC=team:Growth"]'],
    )
    teams: Annotated[tuple[str, ...], BeforeValidator(listed), AfterValidator(_teams)] = Field(
        (),
        description="Who is in which team, to whom reports and dashboards can be shown: a team, =, a member ID.",
        examples=['["growth=U0123ABC"]'],
    )

    def policy(self) -> Policy:
        named = {right: frozenset(getattr(self, right)) for right in Right}
        units: dict[str, set[str]] = {}
        teams: dict[str, set[str]] = {}
        for one in self.only:
            found = _ONLY.fullmatch(one)
            assert found is not None, "checked when the settings were read"
            who, kind, name = found.groups()
            (teams if kind == "team" else units).setdefault(who, set()).add(name)
        reach = {
            who: Reach(frozenset(units.get(who, ())), frozenset(teams.get(who, ()))) for who in units.keys() | teams
        }
        return Policy(named, reach)

    def teams_of(self) -> dict[str, frozenset[str]]:
        """The teams of each person who is in any, by member ID."""
        found: dict[str, set[str]] = {}
        for one in self.teams:
            team, _equals, person = one.rpartition("=")
            found.setdefault(person.strip(), set()).add(team.strip())
        return {person: frozenset(teams) for person, teams in found.items()}
