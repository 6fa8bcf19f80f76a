"""Contacts computed from their number, so that a universe of millions takes no memory."""

from dataclasses import dataclass

_FIRST = (
    "noor",
    "daan",
    "emma",
    "sem",
    "julia",
    "lucas",
    "mila",
    "finn",
    "tess",
    "levi",
    "zoe",
    "jan",
    "fatima",
    "ali",
)
_LAST = ("devries", "jansen", "bakker", "visser", "smit", "meijer", "mulder", "oneill", "garcia", "novak", "yilmaz")
#: Reserved for documentation (RFC 2606): no mail can ever reach anybody.
_DOMAINS = ("example.com", "mail.example.org", "post.example.net", "inbox.example.com", "corp.example.net")
#: Clients and devices, in the order in which a share of people uses them.
_CLIENTS = (
    (0.30, "Apple Mail", "mobile"),
    (0.42, "Apple Mail", "desktop"),
    (0.62, "Gmail", "mobile"),
    (0.74, "Gmail", "desktop"),
    (0.90, "Outlook", "desktop"),
    (0.95, "Yahoo Mail", "mobile"),
    (0.98, "Samsung Mail", "tablet"),
    (1.01, "Thunderbird", "desktop"),
)


@dataclass(frozen=True, slots=True)
class Person:
    """What stays the same of somebody from one e-mail to the next."""

    address: str
    interest: float  #: 0 to 1, most are low
    client: str
    device: str
    private: bool  #: opens are made by Apple's privacy proxy as well
    scanned: bool  #: a security scanner follows every link first
    dead: bool  #: the mailbox does not exist


def person(number: int) -> Person:
    """The same number is the same person, whatever the seed."""
    dice = _mixed(number)
    share = _unit(dice)
    client, device = next((client, device) for below, client, device in _CLIENTS if share < below)
    domain = _DOMAINS[dice >> 8 & 3]
    scanned = _unit(dice >> 20) < 0.03
    return Person(
        address=f"{_FIRST[number % 14]}.{_LAST[number // 14 % 11]}{number}@{_DOMAINS[4] if scanned else domain}",
        interest=_unit(dice >> 12) ** 2,
        client=client,
        device=device,
        private=client == "Apple Mail" and dice >> 30 & 3 != 0,
        scanned=scanned,
        dead=_unit(dice >> 5) < 0.009,
    )


def _mixed(number: int) -> int:
    """64 well mixed bits (the finaliser of SplitMix64)."""
    value = (number + 1) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & 0xFFFFFFFFFFFFFFFF
    value = (value ^ value >> 27) * 0x94D049BB133111EB & 0xFFFFFFFFFFFFFFFF
    return value ^ value >> 31


def _unit(bits: int) -> float:
    return (bits & 0xFFFF) / 0x10000
