"""What every place where people save reports is given: the store, and who is in which team."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from store.saved import Viewer


@dataclass(frozen=True)
class Saving:
    """`teams` are those of each person who is in any, by Slack's identifier."""

    engine: Engine
    teams: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def viewer(self, person: str) -> Viewer:
        """Who looks, as the store judges what they see."""
        return Viewer(person, self.teams.get(person, frozenset()))
