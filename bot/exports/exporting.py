"""What every place where files are asked for is given: asking, and looking after what was asked for.

Whoever asked looks after their own; the operator, at the terminal, after everybody's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import Engine

from bot.access.rights import Access, NotAllowed, Right
from bot.exports.told import Told
from bot.names import file_name
from bot.subscriptions.addresses import AddressRules, BadAddress
from reports.masking import masked_query
from reports.query import Query
from store import exports
from store.exports import Job, Limit, State, TooMany, Wanted

#: Who asks at the terminal, and may do everything.
OPERATOR = "terminal"
_TOKEN = 16  # bytes: 128 bits, 22 characters
_HOUR = timedelta(hours=1)


class Denied(Exception):
    """It can't be done; its text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a file, and when it ends."""

    url: str
    expires: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A file with what became of it; `last` is when it was last fetched, `until` when the last link to it ends."""

    job: Job
    fetched: int
    last: datetime | None
    until: datetime | None


@dataclass(frozen=True)
class Exporting:
    """`keep` is how long a file and a link are good, `access_of` what somebody may do: it waits for Slack, so whatever
    depends on it is called in a thread.

    `public_url` is what links begin with; `rules` say whom mail may go to, and None that none can be sent; `wake` tells
    whoever makes files that there is one to make.
    """

    engine: Engine
    keep: timedelta
    an_hour: int
    access_of: Callable[[str], Access]
    public_url: str
    now: Callable[[], datetime]
    rules: AddressRules | None = None
    wake: Callable[[], None] = lambda: None

    def ask(
        self, owner: str, queries: Sequence[Query], format_word: str, name: str = "", mail: Sequence[str] = ()
    ) -> int:
        """The number of a file that will be made. One that is mailed hides addresses: others may read it.

        Raises Denied.
        """
        told = Told("" if owner == OPERATOR else owner, tuple(mail)).to_json()
        reveal = self._access(owner).may(Right.RECIPIENTS) and not mail
        query, *others = queries if reveal else map(masked_query, queries)
        wanted = Wanted(owner, query, format_word, reveal, told, file_name(name, "") or None, tuple(others))
        try:
            number = exports.ask(self.engine, wanted, self.now(), Limit(self.an_hour, _HOUR))
        except TooMany:
            raise self._too_many() from None
        self.wake()
        return number

    def addresses(self, text: str) -> tuple[str, ...]:
        """The mail addresses that somebody typed. Raises BadAddress: a file goes to the domains of the house alone."""
        places = self.rules.places(text) if self.rules is not None else ()
        for place in places:
            if place.confirm:
                raise BadAddress(
                    f"{place.address} is outside your own domains, where files go alone: your operator lists them"
                    " in subscriptions.allowed_domains."
                )
        return tuple(place.address for place in places)

    def _access(self, owner: str) -> Access:
        """Of somebody who may have files made. Raises Denied."""
        access = self.access_of(owner)
        if not access.may(Right.EXPORT):
            raise Denied(str(NotAllowed(Right.EXPORT)))
        return access

    def _too_many(self) -> Denied:
        return Denied(
            f"That would be more than {self.an_hour} files in an hour, and the settings allow no more to one person."
            " Wait a little, or take one that you have: /emailstats exports."
        )

    def find(self, number: int, who: str) -> Job:
        """Raises Denied."""
        with self.engine.connect() as connection:
            job = exports.get(connection, number)
        if job is None or who not in (job.owner, OPERATOR):
            raise Denied(f"There is no file {number}{'' if who == OPERATOR else ' of yours'}.")
        return job

    def renew(self, number: int, who: str) -> Link:
        """A new link to a file that is there; those before stay good until they end. Raises Denied."""
        job = self.find(number, who)
        if job.state is State.REMOVED:
            raise Denied("The file's time was up, and it is gone. Have it made again.")
        if job.state not in (State.MADE, State.TELLING) or job.problem is not None:
            raise Denied("The file is not there yet.")
        if job.reveal and not self.access_of(job.owner).may(Right.RECIPIENTS):
            raise Denied("You may not see recipients' addresses any more, and the file has them. Ask for it anew.")
        token = token_urlsafe(_TOKEN)
        expires = exports.link(self.engine, job.id, token, self.now(), self.keep)
        return Link(self.url(token), expires)

    def url(self, token: str) -> str:
        return f"{self.public_url}/d/{token}"

    def revoke(self, number: int, who: str) -> int:
        """Ends all links to a file; how many there were. Raises Denied."""
        return exports.revoke(self.engine, self.find(number, who).id, self.now())

    def again(self, number: int, who: str) -> None:
        """Has a file made anew, with the figures of now, whose time was up or that could not be made. Raises Denied."""
        job = self.find(number, who)
        told = Told.of(job.told)
        reveal = self._access(job.owner).may(Right.RECIPIENTS) and not told.mail
        wanted = Wanted(job.owner, job.query, job.format, reveal, told.afresh().to_json(), job.name)
        limit = None if who == OPERATOR else Limit(self.an_hour, _HOUR)
        try:
            done = exports.again(self.engine, number, wanted, self.now(), limit)
        except TooMany:
            raise self._too_many() from None
        if not done:
            raise Denied("The file is there, or is being made.")
        self.wake()

    def listed(self, who: str, most: int) -> list[Listed]:
        """Newest first."""
        with self.engine.connect() as connection:
            jobs = exports.of_owner(connection, None if who == OPERATOR else who, most)
            numbers = [job.id for job in jobs]
            fetched = exports.fetched(connection, numbers)
            until = exports.ends(connection, numbers, self.now())
        return [_listed(job, fetched.get(job.id), until.get(job.id)) for job in jobs]


def _listed(job: Job, fetched: tuple[int, datetime] | None, until: datetime | None) -> Listed:
    times, last = fetched or (0, None)
    return Listed(job, times, last, until)
