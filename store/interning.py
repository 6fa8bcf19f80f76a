"""From the strings of events to the small numbers that the big tables hold."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from hashlib import blake2b
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table, select, tuple_
from sqlmodel import SQLModel

from reports.classify import is_content_link
from store.dialects import dialect_of
from store.tables import ClientRow, ContactRow, EmailRow, LinkRow, ListRow

_CHUNK = 5_000
#: Addresses remembered between the batches of one import; past it the memory starts anew, so that it stays bounded.
_REMEMBERED = 300_000


def digest(value: str) -> int:
    """63 bits of BLAKE2b: short enough for a key, and nobody can make two that are equal."""
    return int.from_bytes(blake2b(value.encode(errors="surrogatepass"), digest_size=8).digest()) >> 1


class Interned:
    """Numbers already looked up. Keep one only for the length of an import: erasing a contact ends its number."""

    def __init__(self) -> None:
        self.contacts: dict[str, int] = {}  #: by the address as it was told
        self.links: dict[str, int] = {}
        self.utility_links: set[str] = set()
        self.clients: dict[tuple[str, str], int] = {}
        self.lists: dict[str, int] = {}
        self.emails: dict[tuple[str, str], int] = {}

    def add_contacts(self, connection: Connection, addresses: AbstractSet[str]) -> None:
        """`addresses` as they were told; those that differ only in case or surrounding space are one contact."""
        unknown: AbstractSet[str] = addresses - self.contacts.keys()
        if len(self.contacts) + len(unknown) > _REMEMBERED:
            self.contacts.clear()
            unknown = addresses
        normal = {told: told.strip().lower() for told in unknown}
        keys = {address: digest(address) for address in normal.values()}
        rows = {key: {"digest": key, "address": address} for address, key in keys.items()}
        found = _intern(connection, ContactRow, ("digest",), rows)
        self.contacts.update((told, found[keys[address]]) for told, address in normal.items())

    def add_links(self, connection: Connection, urls: Iterable[str]) -> None:
        unknown = {url: digest(url) for url in urls if url not in self.links}
        self.utility_links.update(url for url in unknown if not is_content_link(url))
        rows = {
            key: {"digest": key, "url": url, "content": url not in self.utility_links} for url, key in unknown.items()
        }
        found = _intern(connection, LinkRow, ("digest",), rows)
        self.links.update((url, found[key]) for url, key in unknown.items())

    def add_clients(self, connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
        rows = {pair: {"client": pair[0], "device": pair[1]} for pair in pairs if pair not in self.clients}
        self.clients.update(_intern(connection, ClientRow, ("client", "device"), rows))

    def add_lists(self, connection: Connection, names: Iterable[str]) -> None:
        rows = {name: {"name": name} for name in names if name not in self.lists}
        self.lists.update(_intern(connection, ListRow, ("name",), rows))

    def add_emails(self, connection: Connection, identities: Iterable[tuple[str, str]]) -> None:
        rows = {
            identity: {"provider": identity[0], "external_id": identity[1]}
            for identity in identities
            if identity not in self.emails
        }
        self.emails.update(_intern(connection, EmailRow, ("provider", "external_id"), rows))


def intern_names(connection: Connection, row: type[SQLModel], names: Collection[str]) -> dict[str, int]:
    """Numbers of names in one of the tables of names: campaigns, teams, lists, ..."""
    return _intern(connection, row, ("name",), {name: {"name": name} for name in names})


def _intern(
    connection: Connection, row: type[SQLModel], columns: tuple[str, ...], rows: Mapping[Any, dict[str, Any]]
) -> dict[Any, int]:
    """Inserts what is missing and reads every number; keys of `rows` are the values of `columns`, bare if one."""
    table: Table = row.__table__  # type: ignore[attr-defined]
    unique = [table.c[name] for name in columns]
    matching = unique[0].in_ if len(unique) == 1 else tuple_(*unique).in_
    found: dict[Any, int] = {}
    for chunk in _chunks(sorted(rows)):
        where = matching(chunk)
        found |= _numbers(connection, table, unique, where)
        missing = [rows[key] for key in chunk if key not in found]
        if missing:
            connection.execute(dialect_of(connection).insert(table).on_conflict_do_nothing(), missing)
            found |= _numbers(connection, table, unique, where)
    return found


def _numbers(connection: Connection, table: Table, unique: list[Any], where: Any) -> dict[Any, int]:
    read = connection.execute(select(table.c.id, *unique).where(where))
    if len(unique) == 1:
        return {key: number for number, key in read}
    return {tuple(key): number for number, *key in read}


def _chunks(values: list[Any]) -> Iterator[list[Any]]:
    iterator = iter(values)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
