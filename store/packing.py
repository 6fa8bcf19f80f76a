"""Events packed into columns of whole numbers, by whoever reads them: pure, so that it can run in another process.

Strings are numbered from 1 in the order in which they are met; 0 is none. A pack brings the strings that no pack
before it had, and store.interning turns their numbers into the database's own.
"""

from array import array
from bisect import bisect_left
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from typing import Generic, TypeVar

from reports.bounces import pattern
from reports.classify import is_content_link
from reports.events import Email, Event, Kind, NotSentReason
from store import codes

K = TypeVar("K", bound=Hashable)

#: Columns of Packed.rows, by position.
COLUMNS = ("email", "at", "digest", "contact", "code", "link", "client", "value")
_CODE = COLUMNS.index("code")
MEMBER_COLUMNS = ("email", "contact", "list")

#: Addresses remembered between packs; past it they are numbered anew, so that memory stays bounded.
REMEMBERED = 300_000


@dataclass(frozen=True, slots=True)
class Strings:
    """What is met for the first time, in the order of the numbers."""

    emails: Sequence[tuple[str, str]]  #: provider and its identifier
    contacts: Sequence[str]  #: normalised addresses
    links: Sequence[str]
    clients: Sequence[tuple[str, str]]  #: client and device; "" is unknown
    lists: Sequence[str]

    def __bool__(self) -> bool:
        return any((self.emails, self.contacts, self.links, self.clients, self.lists))


@dataclass(frozen=True, slots=True)
class Packed:
    """A batch of events. Rows are without duplicates, by e-mail and time."""

    strings: Strings
    contacts_anew: bool  #: contacts are numbered from 1 again, beginning with this pack
    rows: Sequence[Sequence[int]]  #: COLUMNS
    members: Sequence[Sequence[int]]  #: MEMBER_COLUMNS
    replies: Sequence[tuple[int, str]]  #: place in `rows`, and the words
    patterns: Mapping[int, str]  #: of replies to bounced messages, by place in `rows`
    descriptions: Sequence[tuple[int, Email]]  #: with the number of the e-mail
    told: int  #: events, duplicates included


class _Numbers(dict[K, int], Generic[K]):
    """Asked for a key that it does not know, it gives the next number."""

    def __init__(self) -> None:
        self.new: list[K] = []
        self._last = 0

    def __missing__(self, key: K) -> int:
        self._last += 1
        self.new.append(key)
        self[key] = self._last
        return self._last

    def taken(self) -> list[K]:
        """Keys that are new since it was asked before."""
        new, self.new = self.new, []
        return new


def normal(address: str) -> str:
    """Addresses that differ only in case or surrounding space are one contact's."""
    return address.strip().lower()


class _Contacts(_Numbers[str]):
    """By the address as it was told."""

    def __missing__(self, key: str) -> int:
        address = normal(key)
        if address == key:
            return super().__missing__(key)
        number = self[key] = self[address]
        return number


#: An enum's members are looked up anew each time they are named, which is felt at every event.
_OPENED, _CLICKED, _BOUNCED, _NOT_SENT = Kind.OPENED, Kind.CLICKED, Kind.BOUNCED, Kind.NOT_SENT
_WITH_REPLY = {Kind.BOUNCED, Kind.NOT_SENT, Kind.DEFERRED}

_Identity = tuple[int, int, int, int]


class Packer:
    """Takes events and descriptions, and gives them packed. Not to be shared between threads."""

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._emails: _Numbers[tuple[str, str]] = _Numbers()
        self._contacts = _Contacts()
        self._links: _Numbers[str] = _Numbers()
        self._utility: dict[str, bool] = {}
        self._clients: _Numbers[tuple[str, str]] = _Numbers()
        self._lists: _Numbers[str] = _Numbers()
        self._contacts_anew = True
        self._begin()

    def _begin(self) -> None:
        self.told = 0
        self._rows: dict[_Identity, tuple[int, int, int, int]] = {}
        self._members: dict[tuple[int, int, int], None] = {}
        self._replies: dict[_Identity, tuple[str, str]] = {}  # with the address that it is about
        self._descriptions: list[tuple[int, Email]] = []

    @property
    def size(self) -> int:
        """Events and descriptions taken since the last pack."""
        return self.told + len(self._descriptions)

    def describe(self, emails: Iterable[Email]) -> None:
        self._descriptions += [(self._emails[email.provider, email.id], email) for email in emails]

    def add(self, events: Iterable[Event]) -> None:
        emails, contacts, links, clients = self._emails, self._contacts, self._links, self._clients
        rows, members, lists = self._rows, self._members, self._lists
        for event in events:
            self.told += 1
            kind, link, client, device = event.kind, event.link, event.client, event.device
            email, contact = emails[event.provider, event.email], contacts[event.contact]
            code, value = codes.KIND[kind], 0
            if kind is _OPENED:
                code = codes.pack(code, 0, codes.MACHINE[event.machine])
                value = event.duration_ms or 0
            elif kind is _CLICKED:
                clicked = codes.UTILITY_CLICK if link and self._is_utility(link) else code
                code = codes.pack(clicked, codes.PART[event.part], codes.MACHINE[event.machine])
            elif kind is _BOUNCED:
                value = codes.BOUNCE[event.bounce] * codes.REPLIES
            elif kind is _NOT_SENT:
                value = codes.NOT_SENT[event.reason or NotSentReason.OTHER]
            identity = (email, codes.to_seconds(event.at), event_digest(event), contact)
            # One identity is one event: what was told first stands, as in the store.
            rows.setdefault(
                identity,
                (
                    code,
                    links[link] if link else 0,
                    clients[client or "", device or ""] if client or device else 0,
                    value,
                ),
            )
            if event.reply and kind in _WITH_REPLY:
                self._replies.setdefault(identity, (event.reply, event.contact))
            for name in event.lists:
                members[email, contact, lists[name]] = None

    def _is_utility(self, link: str) -> bool:
        known = self._utility.get(link)
        if known is None:
            known = self._utility[link] = not is_content_link(link)
        return known

    def take(self) -> Packed:
        """Everything since the last time, packed."""
        rows = sorted(identity + rest for identity, rest in self._rows.items())
        replies = [(bisect_left(rows, identity), *told) for identity, told in self._replies.items()]
        bounced = codes.KIND[Kind.BOUNCED]
        packed = Packed(
            strings=Strings(
                self._emails.taken(),
                self._contacts.taken(),
                self._links.taken(),
                self._clients.taken(),
                self._lists.taken(),
            ),
            contacts_anew=self._contacts_anew,
            rows=_columns(rows, len(COLUMNS)),
            members=_columns(self._members, len(MEMBER_COLUMNS)),
            replies=[(place, reply) for place, reply, _address in replies],
            patterns={
                place: pattern(reply, address) for place, reply, address in replies if rows[place][_CODE] == bounced
            },
            descriptions=self._descriptions,
            told=self.told,
        )
        self._contacts_anew = len(self._contacts) > self._remembered
        if self._contacts_anew:
            self._contacts = _Contacts()
        self._begin()
        return packed


def event_digest(event: Event) -> int:
    """63 bits that tell the events of one contact apart: of the provider's own id, else of all that the event says.

    Kind is part of it always: some providers give one id to several kinds. The contact is not, so that nothing of an
    address is left in the store when it is erased; store.batch.event_keys puts the contact's number in.
    """
    if event.key:
        return digest(event.key + "\0" + event.kind)  # a third quicker than formatting it
    told = (event.at.isoformat(), event.kind, event.link, event.part, event.client, event.device)
    return digest("\0".join(("", *(word or "" for word in told))))


def digest(value: str) -> int:
    """63 bits of BLAKE2b: short enough for a key, and nobody can make two that are equal."""
    return int.from_bytes(blake2b(value.encode(errors="surrogatepass"), digest_size=8).digest(), "big") >> 1


def _columns(rows: Iterable[tuple[int, ...]], width: int) -> "list[array[int]]":
    values = array("q", list(chain.from_iterable(rows)))  # from a list it is half as slow as from an iterator
    return [values[column::width] for column in range(width)]
