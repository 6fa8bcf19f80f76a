"""Contacts computed from their number, so that a universe of millions takes no memory."""

import msgspec

from reports.events import NotSentReason

_FIRST = (
    *("noor", "daan", "emma", "sem", "julia", "lucas", "mila", "finn", "tess", "levi", "zoe", "jan", "fatima"),
    *("ali", "grace", "oliver", "amelia", "yusuf", "sofia", "mateo", "hannah", "pieter", "aisha", "thomas", "chloe"),
)
_LAST = (
    *("devries", "jansen", "bakker", "visser", "smit", "meijer", "mulder", "o'neill", "garcia", "novak", "yilmaz"),
    *("vandenberg", "williams", "okafor", "murphy", "dubois", "schmidt", "kowalska", "rossi", "nguyen", "peeters"),
)

#: Recipient lists, and of a thousand contacts how many are on each; a contact can be on several, or on none.
LISTS = {
    "Newsletter": 620,
    "Customers NL": 400,
    "Customers BE": 180,
    "Customers US & Canada": 350,
    "Trial users": 220,
    "VIP klanten": 70,
    "Blog subscribers": 300,
}
_LIST_NUMBERS = {name: place for place, name in enumerate(LISTS)}

#: Of 1,024 people, up to how many use this first; then their client and device, the other one that some of them use,
#: and their mailbox. Every domain is reserved for documentation (RFC 2606): no mail can ever reach anybody.
_HABITS = (
    (260, "Apple Mail", "mobile", ("Apple Mail", "desktop"), "mail.example.com"),
    (350, "Apple Mail", "desktop", ("Apple Mail", "mobile"), "inbox.example.org"),
    (390, "Apple Mail", "tablet", ("Apple Mail", "mobile"), "mail.example.com"),
    (560, "Gmail", "mobile", ("Gmail", "desktop"), "post.example.org"),
    (670, "Gmail", "desktop", ("Gmail", "mobile"), "post.example.org"),
    (830, "Outlook", "desktop", ("Outlook", "mobile"), "office.example.net"),
    (890, "Outlook", "mobile", ("Outlook", "desktop"), "example.net"),
    (950, "Yahoo Mail", "mobile", ("Yahoo Mail", "desktop"), "example.org"),
    (980, "Samsung Mail", "mobile", ("Samsung Mail", "tablet"), "example.com"),
    (1_024, "Thunderbird", "desktop", ("Gmail", "mobile"), "home.example.net"),
)
_SCANNED_DOMAIN = "corp.example.net"

#: Of 1,024 people, up to how many are never, or seldom, sent anything, and why.
_HELD_BACK = (
    (4, NotSentReason.PREVIOUSLY_UNSUBSCRIBED),
    (7, NotSentReason.NOT_ENGAGED),
    (9, NotSentReason.NOT_MARKETABLE),
    (10, NotSentReason.SUPPRESSED),
    (11, NotSentReason.PREVIOUS_SPAM_REPORT),
)


class Person(msgspec.Struct, frozen=True, gc=False):
    """What stays the same of somebody from one e-mail to the next."""

    address: str
    interest: float  #: 0 to 1, most are low
    client: str
    device: str
    other: tuple[str, str]  #: the client and device that they sometimes use instead
    private: bool  #: Apple's privacy proxy opens everything, and hides most of what they do themselves
    scanned: bool  #: a security scanner follows every link first
    dead: bool  #: the mailbox does not exist
    held_back: NotSentReason | None


def person(number: int) -> Person:
    """The same number is the same person, whatever the seed."""
    dice = _mixed(number)
    share = dice & 1_023
    for below, client, device, other, domain in _HABITS:  # noqa: B007 the last row holds for every share
        if share < below:
            break
    scanned = (dice >> 10 & 1_023) < 30
    held_back = None
    if (holding := dice >> 40 & 1_023) < _HELD_BACK[-1][0]:
        held_back = next(reason for below, reason in _HELD_BACK if holding < below)
    tag = "+news" if dice >> 50 & 63 == 0 else ""
    name = f"{_FIRST[number % len(_FIRST)]}.{_LAST[number // len(_FIRST) % len(_LAST)]}{number}{tag}"
    return Person(
        address=f"{name}@{_SCANNED_DOMAIN if scanned else domain}",
        interest=((dice >> 20 & 1_023) / 1_024) ** 1.6,
        client=client,
        device=device,
        other=other,
        private=client == "Apple Mail" and dice >> 30 & 7 < 5,
        scanned=scanned,
        dead=(dice >> 33 & 127) == 0,
        held_back=held_back,
    )


def lists_of(number: int, lists: tuple[str, ...]) -> tuple[str, ...]:
    """Which of some recipient lists a contact is on; all are of LISTS."""
    dice = _mixed(~number)
    return tuple(name for name in lists if (dice >> 9 * _LIST_NUMBERS[name] & 511) * 1_000 < LISTS[name] * 512)


def _mixed(number: int) -> int:
    """64 well mixed bits (the finaliser of SplitMix64)."""
    value = (number + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    value = (value ^ value >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return value ^ value >> 31
