"""Who was forgotten, known again without an address: by a keyed digest that nobody can try addresses on.

Late events of somebody who was forgotten have to count under the number that they had, because the number is part of
each event's identity; but they identify nobody any more.
"""

import json
import re
from collections.abc import Collection, Mapping
from hashlib import blake2b, sha256
from urllib.parse import quote

from sqlalchemy import Connection

from store.dialects import among

_CHUNK = 5_000
_NOBODY = 0  # the row of this number is the digest of nothing, and tells whether the secret is still the same


class NoSecret(Exception):
    """The secret of the settings is missing, or is not the one by which people were forgotten; says what to do."""


def bury(connection: Connection, address: str, contact_id: int) -> None:
    """A normalised address stands for this number from now on. Raises NoSecret."""
    check(connection)
    rows = [(_digest(connection, ""), _NOBODY), (_digest(connection, address), contact_id)]
    for row in rows:
        connection.exec_driver_sql(
            f"INSERT INTO tombstones (digest, contact_id) VALUES ({row[0]}, {row[1]}) ON CONFLICT DO NOTHING"
        )


def buried(connection: Connection, addresses: Collection[str]) -> dict[str, int]:
    """Those of normalised addresses that were forgotten, with their numbers. Raises NoSecret."""
    if not addresses or not check(connection):
        return {}
    found: dict[str, int] = {}
    told = {_digest(connection, address): address for address in addresses}
    digests = list(told)
    for start in range(0, len(digests), _CHUNK):
        which = among(digests[start : start + _CHUNK])
        rows = connection.exec_driver_sql(f"SELECT digest, contact_id FROM tombstones WHERE digest IN {which}")
        found |= {told[digest]: contact_id for digest, contact_id in rows}
    return found


def check(connection: Connection) -> bool:
    """Whether anybody was forgotten, and then by this secret. Raises NoSecret."""
    known = connection.exec_driver_sql(f"SELECT digest FROM tombstones WHERE contact_id = {_NOBODY}").scalar()
    if known is not None and known != _digest(connection, ""):
        raise NoSecret(
            "People were forgotten in this store with another privacy.secret: set the one of then, or they come back."
        )
    return known is not None


def _digest(connection: Connection, address: str) -> int:
    secret = connection.get_execution_options().get("secret")
    if not secret:
        raise NoSecret(
            "Set privacy.secret, to what it was when people of this store were forgotten: by it they stay so."
        )
    key = sha256(secret.encode()).digest()
    return int.from_bytes(blake2b(address.encode(errors="surrogatepass"), key=key, digest_size=8).digest(), "big") >> 1


def pattern(address: str) -> re.Pattern[str]:
    """Finds a normalised address in a text, URL or JSON, and not where it is a part of another."""
    words = "|".join(re.escape(form) for form in forms(address))
    # What looks like a part of the word before it may be a sign that is written out: %2C, \n, \u003c.
    written_out = r"(?<=%[0-9a-f]{2})|(?<=\\[bfnrt])|(?<=\\u00[0-7][0-9a-f])"
    return re.compile(rf"(?:(?<![\w.+%-])|{written_out})(?:{words})(?!\.?[\w-])", re.IGNORECASE)


def forms(address: str) -> list[str]:
    """How a normalised address is written in texts, URLs and JSON."""
    written = (address, quote(address, safe=""), quote(address, safe="@"), json.dumps(address)[1:-1])
    return list(dict.fromkeys(written))


def without(text: str, gone: Mapping[str, int]) -> str:
    """A text in which the numbers of people who were forgotten stand for their addresses."""
    for address, contact_id in gone.items():
        text = pattern(address).sub(f"forgotten-{contact_id}", text)
    return text
