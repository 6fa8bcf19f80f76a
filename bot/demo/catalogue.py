"""The e-mails of the sample data: what they are called, to whom, when, with which links."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from bot.demo.body import SITE, body
from reports.events import Email

ZONE = ZoneInfo("Europe/Amsterdam")

#: Recipient lists, and which contacts are on each, by number.
LISTS: dict[str, Callable[[int], bool]] = {
    "Newsletter": lambda contact: True,
    "Customers NL": lambda contact: contact % 5 < 3,
    "Customers BE": lambda contact: contact % 5 == 3,
    "Trial users": lambda contact: contact % 7 == 2,
    "VIP klanten": lambda contact: contact % 23 == 5,
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One e-mail and how it is sent: `weight` is its share of all recipients, `days` over how many days it goes out."""

    email: Email
    sent_at: datetime
    links: tuple[str, ...]
    weight: float
    days: int
    appeal: float  #: 1 is an ordinary e-mail; opens and clicks go up and down with it


@dataclass(frozen=True, slots=True)
class _Theme:
    name: str
    subject: str
    type: str
    campaign: str | None
    team: str | None
    unit: str
    lists: tuple[str, ...]
    topics: tuple[str, ...]
    language: str = "en"
    workflow: str | None = None


_MAY = _Theme(
    "newsletter-may",
    "Spring is here: twelve ideas for your garden",
    "regular",
    "Spring 2026",
    "Growth",
    "Europe",
    ("Newsletter", "Customers NL", "Trial users"),
    ("garden ideas", "seed calendar", "raised beds", "reader's balcony", "spring sale"),
)
_THEMES = (
    _Theme(
        "nieuwsbrief-{month}",
        "Nieuws van {month}: dit wil je niet missen",
        "regular",
        "Nieuwsbrieven",
        "Growth",
        "Europe",
        ("Customers NL", "VIP klanten"),
        ("tuintips", "zaaikalender", "aanbiedingen", "lezersfoto's"),
        "nl",
    ),
    _Theme(
        "newsletter-{month}-{number}",
        "{month}: what grows now, and three offers",
        "regular",
        "Newsletters",
        "Growth",
        "Europe",
        ("Newsletter", "Customers BE"),
        ("what grows now", "offers", "ask an expert", "opening hours"),
    ),
    _Theme(
        "product-update-{number}",
        "New in the app: plan your beds by drag and drop",
        "regular",
        "Product",
        "Product",
        "North America",
        ("Trial users", "Newsletter"),
        ("release notes", "how to", "feedback", "webinar"),
    ),
    _Theme(
        "blog-{number}-{month}",
        "This week on the blog: pruning without tears ✂️",
        "blog",
        None,
        None,
        "Europe",
        ("Newsletter",),
        ("pruning", "compost", "recipes"),
    ),
    _Theme(
        "sale-{month}-{number}",
        "Last day: 25 % off everything *with roots* <!channel> & more",
        "regular",
        "Sales",
        "Retention",
        "North America",
        ("Customers BE", "VIP klanten", "Trial users"),
        ("shop now", "gift cards", "delivery"),
    ),
    _Theme(
        "onboarding-{number}",
        "Welcome! Your first bed in ten minutes",
        "automated",
        "Onboarding",
        "Product",
        "Europe",
        ("Trial users",),
        ("first steps", "video", "invite a friend"),
        workflow="Onboarding",
    ),
    _Theme(
        "مرحبا-{number} — a very long internal name that somebody typed in one go: spring, summer & autumn collection, "
        "second send to those who did not open the first, approved by marketing",
        "\u202eHello\u202c 👋 مرحبا: للجميع",
        "regular",
        None,
        None,
        "North America",
        ("Newsletter",),
        ("collection", "lookbook"),
    ),
)


def plans(count: int, random: Random, until: datetime) -> list[Plan]:
    """`newsletter-may` first, then the themes in turn, spread over the half year before `until`."""
    made = [_plan(0, _MAY, _last_may(until), random)]
    for number in range(1, count):
        theme = _THEMES[(number - 1) % len(_THEMES)]
        before = timedelta(days=3 + 177 * (number - 1) / max(1, count - 2))
        made.append(_plan(number, theme, _morning(until - before, random), random))
    return made


def _last_may(until: datetime) -> datetime:
    """A Tuesday morning in the May before `until`."""
    year = until.year if until >= datetime(until.year, 6, 15, tzinfo=UTC) else until.year - 1
    return datetime(year, 5, 12, 9, 30, tzinfo=ZONE).astimezone(UTC)


def _morning(day: datetime, random: Random) -> datetime:
    """A working morning on or before a day, on the senders' clock."""
    local = day.astimezone(ZONE)
    local -= timedelta(days=max(0, local.weekday() - 4))
    return local.replace(
        hour=random.choice((7, 8, 9, 9, 10)), minute=random.randrange(0, 60, 5), second=0, microsecond=0
    ).astimezone(UTC)


def _plan(number: int, theme: _Theme, sent_at: datetime, random: Random) -> Plan:
    month = f"{sent_at:%B}".lower()
    name = theme.name.format(month=month, number=number)
    links = tuple(f"{SITE}/{name_of(topic)}?utm_campaign={number}" for topic in theme.topics)
    subject = theme.subject.format(month=month.capitalize(), number=number)
    automated = theme.type == "automated"
    email = Email(
        id=f"email-{number}",
        provider="demo",
        name=name,
        subject=subject,
        from_name="Tuin & Zo" if theme.language == "nl" else "Garden & Co",
        from_address="hello@news.example.com",
        sent_by=random.choice(("Noor de Vries", "Sam O'Neill", "Zoë Müller")),
        sent_at=sent_at,
        type=theme.type,
        campaign=theme.campaign,
        business_unit=theme.unit,
        team=theme.team,
        workflow=theme.workflow,
        lists=theme.lists,
        html=body(subject, theme.topics, links, theme.language),
    )
    weight = 3.0 if number == 0 else random.lognormvariate(0, 0.4)
    days = 90 if automated else 0
    return Plan(email, sent_at, links, weight, days, random.uniform(0.75, 1.25))


def name_of(topic: str) -> str:
    """A topic as a piece of a URL."""
    return "-".join("".join(c if c.isalnum() else " " for c in topic.lower()).split())
