"""Which mail addresses a subscription may go to. Pure.

The domains of the house are written to at once; an address anywhere else has to agree first, or is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from store.subscriptions import Channel, Place

_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
#: Anna <anna@example.com>
_IN_BRACKETS = re.compile(r"[^<>,;\n]*<([^<>\s]+)>")
_MOST = 50


class BadAddress(ValueError):
    """What was typed is no mail address, or may not be written to; its text says why."""


@dataclass(frozen=True, slots=True)
class AddressRules:
    """`allowed` domains need no confirmation; with `refuse_others` there are no others."""

    allowed: frozenset[str] = frozenset()
    refuse_others: bool = False

    def place(self, address: str) -> Place:
        """Raises BadAddress."""
        address = normal_address(address)
        domain = address.rpartition("@")[2]
        if domain in self.allowed:
            return Place(Channel.MAIL, address)
        if self.refuse_others:
            known = ", ".join(sorted(self.allowed)) or "none"
            raise BadAddress(f"{address}: mail goes to these domains alone: {known}.")
        return Place(Channel.MAIL, address, confirm=True)

    def places(self, text: str) -> tuple[Place, ...]:
        """Of several addresses, with commas, spaces or lines between; each once. Raises BadAddress."""
        found = tuple(dict.fromkeys(self.place(address) for address in _listed(text)))
        if len(found) > _MOST:
            raise BadAddress(f"There are {len(found)} addresses; one subscription takes {_MOST}.")
        return found


def normal_address(text: str) -> str:
    """The address as it is kept: in small letters, its domain as the network writes it. Raises BadAddress."""
    local, at, domain = text.strip().casefold().rpartition("@")
    try:
        ascii_domain = normal_domain(domain)
    except ValueError:
        ascii_domain = ""
    whole = bool(at and ascii_domain and _LOCAL.fullmatch(local))
    if not whole or len(local) > 64 or len(local) + len(ascii_domain) > 253:
        raise BadAddress(f"“{text.strip()[:80]}” is no mail address; one is written like anna@example.com.")
    return f"{local}@{ascii_domain}"


def normal_domain(text: str) -> str:
    """münchen.example → xn--mnchen-3ya.example. Raises ValueError."""
    try:
        domain = text.casefold().encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    labels = domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels) or labels[-1].isdigit():
        raise ValueError("should be a domain, such as example.com")
    return domain


def _listed(text: str) -> Iterator[str]:
    bare = _IN_BRACKETS.sub(r"\1 ", text)
    yield from (part for part in re.split(r"[\s,;]+", bare) if part)
