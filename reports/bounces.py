"""What a mail server's reply means: its code, a category, and a plain sentence; and replies that say the same.

Enhanced status codes are those of RFC 3463 with IANA's registry of them (RFC 5248), basic ones of RFC 5321;
categories are HubSpot's. Providers disagree on which are permanent, so nothing here decides that.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from reports.bounce_codes import BASIC, CATEGORIES, CLASSES, DETAILS, SUBJECTS, WORDS
from reports.text import plain, shortened, without_mailbox

#: Characters of a pattern that are kept; what a server says after them is help or advertisement.
_PATTERN = 200
_GAP = "…"

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_BASIC = re.compile(r"(?<![\d.#])([245]\d\d)(?![\d.]*\d)")
_CATEGORY = re.compile(r"\b[A-Z]{3,}(?:_[A-Z]+)*\b")
#: What differs from one recipient to the next, in the order in which it is looked for.
_VARIABLE = (
    re.compile(r"<[^<>]*@[^<>]*>|[^\s<>()\[\]:;,]*@[^\s<>()\[\]:;,]*"),  # addresses, and whatever has an @
    re.compile(r"(?<=://)([^\s/]+)/\S+"),  # paths of links; the site stays
    re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|(?<![\w:])(?:[0-9a-f]{1,4}:){2,}[0-9a-f:]+", re.IGNORECASE),  # IP addresses
    re.compile(r"(?<![\w.])(?=[\w.+/=-]*\d)(?=[\w.+/=-]*[a-z])[\w+/=-][\w.+/=-]{7,}", re.IGNORECASE),  # identifiers
    re.compile(r"(?<![\w.])\d{4,}(?![\w.])"),  # numbers longer than a code
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """`code` is an enhanced or basic status code or a provider's category; None: the reply has none."""

    code: str | None
    category: str  #: of what kind the trouble is: address, mailbox, server, network, policy, ...
    sentence: str


_NOTHING = ("unknown", "The server gave no reason that is known.")
UNKNOWN = Meaning(None, *_NOTHING)
NO_REPLY = Meaning(None, "unknown", "The provider passed no reply on.")


def pattern(reply: str, address: str = "") -> str:
    """The reply without what differs between recipients: addresses, identifiers, numbers. No address is left in it,
    nor the mailbox's name of the `address` that it is about.

    At most 200 characters, on one line.
    """
    text = without_mailbox(plain(reply)[:2_000], address, _GAP)
    for variable in _VARIABLE:
        text = variable.sub(lambda match: f"{match[1]}/{_GAP}" if match.re.groups and match[1] else _GAP, text)
    return shortened(re.sub(rf"{_GAP}(?:[\s,]*{_GAP})+", _GAP, text).strip(), _PATTERN)


def meaning(reply: str | None, own: Mapping[str, str] | None = None) -> Meaning:
    """What a reply, or its pattern, says; `own` are sentences by code or category that go before ours."""
    if not reply:
        return NO_REPLY
    code = code_of(reply)
    found = _known(code, reply)
    if own and code and (sentence := own.get(code)):
        return Meaning(code, found.category, sentence)
    return found


def code_of(reply: str) -> str | None:
    """The enhanced status code in a reply, else a basic one, else a provider's category that is known."""
    if enhanced := _ENHANCED.search(reply):
        return ".".join(str(int(part)) for part in enhanced.groups())
    if basic := _BASIC.search(reply):
        return basic[1]
    return next((word for word in _CATEGORY.findall(reply) if word in CATEGORIES), None)


def _known(code: str | None, reply: str) -> Meaning:
    if code in CATEGORIES:
        return Meaning(code, *CATEGORIES[code])
    by_words = next((told for words, told in WORDS if words.search(reply)), None)
    if code is None:
        return Meaning(None, *by_words) if by_words else UNKNOWN
    _class, _, detail = code.partition(".")
    if not detail:
        return Meaning(code, *(by_words or BASIC.get(code) or CLASSES.get(code[0]) or _NOTHING))
    # Many servers send the general code of a subject, and say in words what it is about.
    general = detail.endswith(".0")
    told = DETAILS.get(detail) if not general else None
    told = told or (by_words if general else None) or SUBJECTS.get(detail.partition(".")[0])
    return Meaning(code, *(told or by_words or _NOTHING))
