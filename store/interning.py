"""From the strings of events to the small numbers that the big tables hold."""

from array import array
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table
from sqlmodel import SQLModel

from reports.classify import is_content_link
from store.codes import NONE
from store.dialects import dialect_of
from store.packing import Packed, digest
from store.tables import BounceReplyRow, ClientRow, ContactRow, DomainRow, EmailRow, LinkRow, ListRow
from store.tombstones import buried, without

K = TypeVar("K", bound=Hashable)

_CHUNK = 5_000
_PATTERNS = 50_000


class Interned:
    """The database's numbers of the strings of packs, by their numbers there: of one Packer's packs, in their order.

    `gone` has those of the contacts who were forgotten, by address: of them no address and no words are kept.
    """

    def __init__(self) -> None:
        self.emails = array("q", [0])
        self.contacts = array("q", [0])
        self.domains = array("q", [0])  #: of contacts' addresses
        self.links = array("q", [NONE])
        self.clients = array("q", [NONE])
        self.lists = array("q", [0])
        self.gone: dict[str, int] = {}
        self.patterns: dict[str, int] = {}  #: of replies to bounces, by the pattern itself

    def add(self, connection: Connection, packed: Packed) -> None:
        """Gives the strings that are new in a pack their numbers; after an error it is of no more use."""
        new = packed.strings
        if packed.contacts_anew:
            del self.contacts[1:], self.domains[1:]
        self.emails.extend(_in_order(new.emails, intern_emails(connection, new.emails)))
        domains = _intern_domains(connection, new.contacts)
        self.domains.extend(_in_order(new.contacts, domains))
        gone = buried(connection, new.contacts)
        self.gone |= gone
        self.contacts.extend(_in_order(new.contacts, _intern_contacts(connection, domains, gone)))
        links = [without(url, self.gone) for url in new.links] if self.gone else new.links
        self.links.extend(_in_order(links, _intern_links(connection, set(links))))
        self.clients.extend(_in_order(new.clients, _intern_clients(connection, new.clients)))
        self.lists.extend(_in_order(new.lists, intern_names(connection, ListRow, new.lists)))
        if len(self.patterns) > _PATTERNS:  # they are few, unless a server is mad
            self.patterns.clear()
        self.patterns |= intern_patterns(connection, set(packed.patterns.values()) - self.patterns.keys())


def _in_order(keys: Sequence[K], numbers: Mapping[K, int]) -> list[int]:
    return [numbers[key] for key in keys]


def intern_emails(connection: Connection, identities: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Numbers of e-mails by provider and its identifier."""
    rows = {told: {"provider": told[0], "external_id": told[1]} for told in identities}
    return _intern(connection, EmailRow, ("provider", "external_id"), rows)


def domain_of(address: str) -> str:
    """What stands after the last @ of an address; nothing where there is none."""
    return address.rpartition("@")[2] if "@" in address else ""


def intern_contacts(connection: Connection, addresses: Collection[str]) -> dict[str, int]:
    """Numbers of normalised addresses."""
    return _intern_contacts(connection, _intern_domains(connection, addresses), buried(connection, addresses))


def _intern_domains(connection: Connection, addresses: Collection[str]) -> dict[str, int]:
    """Numbers of the domains of addresses; 0 where there is none."""
    names = {address: domain_of(address) for address in addresses}
    numbers = intern_names(connection, DomainRow, {name for name in names.values() if name})
    return {address: numbers.get(name, 0) for address, name in names.items()}


def _intern_contacts(connection: Connection, domains: Mapping[str, int], gone: Mapping[str, int]) -> dict[str, int]:
    keys = {address: digest(address) for address in domains if address not in gone}
    rows = {key: {"digest": key, "address": address, "domain_id": domains[address]} for address, key in keys.items()}
    found = _intern(connection, ContactRow, ("digest",), rows)
    return {**gone, **{address: found[key] for address, key in keys.items()}}


def _intern_links(connection: Connection, urls: Collection[str]) -> dict[str, int]:
    keys = {url: digest(url) for url in urls}
    rows = {key: {"digest": key, "url": url, "content": is_content_link(url)} for url, key in keys.items()}
    found = _intern(connection, LinkRow, ("digest",), rows)
    return {url: found[key] for url, key in keys.items()}


def intern_patterns(connection: Connection, patterns: Collection[str]) -> dict[str, int]:
    """Numbers of patterns of replies."""
    keys = {one: digest(one) for one in patterns}
    rows = {key: {"digest": key, "pattern": one} for one, key in keys.items()}
    found = _intern(connection, BounceReplyRow, ("digest",), rows)
    return {one: found[key] for one, key in keys.items()}


def _intern_clients(connection: Connection, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
    rows = {(client, device): {"client": client, "device": device} for client, device in pairs}
    return _intern(connection, ClientRow, ("client", "device"), rows)


def intern_names(connection: Connection, row: type[SQLModel], names: Collection[str]) -> dict[str, int]:
    """Numbers of names in one of the tables of names: campaigns, teams, lists, ..."""
    return _intern(connection, row, ("name",), {name: {"name": name} for name in names})


def _intern(
    connection: Connection, row: type[SQLModel], columns: tuple[str, ...], rows: Mapping[Any, dict[str, Any]]
) -> dict[Any, int]:
    """Inserts what is missing and reads every number; keys of `rows` are the values of `columns`, bare if one."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    dialect = dialect_of(connection)
    found: dict[Any, int] = {}
    for chunk in _chunks(sorted(rows)):
        found |= _by_key(dialect.known(connection, table.name, columns, chunk))
        if missing := [rows[key] for key in chunk if key not in found]:
            found |= _by_key(dialect.insert_new(connection, table, missing, ("id", *columns)))
            if others := [key for key in chunk if key not in found]:  # meanwhile another writer inserted them
                found |= _by_key(dialect.known(connection, table.name, columns, others))
    return found


def _by_key(read: Iterable[Any]) -> dict[Any, int]:
    return {key[0] if len(key) == 1 else tuple(key): number for number, *key in read}


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
