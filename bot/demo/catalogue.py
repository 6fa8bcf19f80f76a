"""The e-mails of the sample data, one after another: which theme, when, with which articles and links."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from zoneinfo import ZoneInfo

from bot.demo.articles import ARTICLES
from bot.demo.body import SENDERS, Links, body, links
from bot.demo.themes import AMERICA, MONTHS, SERIES, SHOWCASE, SINGLES, Theme
from reports.events import Email

PROVIDER = "demo"

_HALF_A_YEAR = timedelta(days=182)
_SETTLED = timedelta(days=14)  # newsletter-may's figures are final
_ZONES = {AMERICA: ZoneInfo("America/New_York")}
_EUROPE = ZoneInfo("Europe/Amsterdam")
_FROM = {AMERICA: "hello@us.news.example.com"}
_AUTHORS = ("Noor de Vries", "Sam O'Neill", "Zoë Müller", "Mateo García")


@dataclass(frozen=True, slots=True)
class Plan:
    """One e-mail, and how people will take it."""

    email: Email
    sent_at: datetime
    zone: ZoneInfo  #: where its readers live
    days: float  #: over how many days it goes out; 0: at once
    links: Links
    clicks: tuple[float, ...]  #: running totals of the share of clicks, a content link each
    appeal: float  #: 1 is an ordinary e-mail; opens and clicks go up and down with it
    held_out: float  #: share of those selected


def plans(count: int, seed: int, until: datetime) -> Iterator[Plan]:
    """`newsletter-may` first, then singles and series in turn, through the half year before `until`."""
    for number in range(count):
        yield _plan(number, count, Random(f"{seed}/plan/{number}"), until)


def weight(number: int, seed: int) -> float:
    """The size of an e-mail, against others."""
    theme, _ = _theme(number)
    return theme.weight * (1.0 if number == 0 else Random(f"{seed}/weight/{number}").uniform(0.7, 1.4))


def _theme(number: int) -> tuple[Theme, int]:
    """The theme of an e-mail and which issue of it this is, from 1. Every third is a single, while there are any."""
    if number == 0:
        return SHOWCASE, 1
    turn, rest = divmod(number - 1, 3)
    if rest == 0 and turn < len(SINGLES):
        return SINGLES[turn], 1
    issue, place = divmod(number - 1 - min(turn + 1, len(SINGLES)), len(SERIES))
    return SERIES[place], issue + 1


def _plan(number: int, count: int, random: Random, until: datetime) -> Plan:
    theme, issue = _theme(number)
    zone = _ZONES.get(theme.unit, _EUROPE)
    days = 0.0
    if number == 0:
        sent_at = _tuesday_in_may(until)
    elif theme.type == "automated":
        sent_at = _morning(until - _HALF_A_YEAR, zone, random)
        days = (until - sent_at) / timedelta(days=1)
    else:
        sent_at = _morning(until - timedelta(days=3) - _HALF_A_YEAR * (1 - number / max(1, count - 1)), zone, random)
    email, to = _describe(number, theme, issue, sent_at.astimezone(zone), random)
    return Plan(
        email=email,
        sent_at=sent_at,
        zone=zone,
        days=days,
        links=to,
        clicks=tuple(accumulate(1 / place for place in range(1, len(to.content) + 1))),
        appeal=random.uniform(0.75, 1.25) if number else 1.05,
        held_out=theme.held_out,
    )


def _describe(number: int, theme: Theme, issue: int, local: datetime, random: Random) -> tuple[Email, Links]:
    words = {"month": MONTHS[theme.language][local.month - 1], "year": str(local.year), "issue": str(issue)}
    subject = _filled(theme.subjects[(issue - 1) % len(theme.subjects)], words)
    articles = ARTICLES[theme.language][: theme.articles]
    if number:
        articles = tuple(random.sample(ARTICLES[theme.language], theme.articles))
    name = _filled(theme.name, {**words, "month": words["month"].lower()})
    to = links(number, _slug(name), articles)
    email = Email(
        id=f"email-{number}",
        provider=PROVIDER,
        name=name,
        subject=subject,
        from_name=SENDERS[theme.language],
        from_address=_FROM.get(theme.unit, "hello@news.example.com"),
        sent_by=random.choice(_AUTHORS),
        sent_at=local.astimezone(UTC),
        type=theme.type,
        campaign=_filled(theme.campaign, words) if theme.campaign else None,
        business_unit=theme.unit,
        team=theme.team,
        workflow=theme.workflow,
        lists=theme.lists,
        html=body(subject, articles, to, theme.language, number % 6),
    )
    return email, to


def _filled(text: str, words: dict[str, str]) -> str:
    """`text` with {word} replaced; other braces stay, as in a subject with a forgotten placeholder."""
    for word, value in words.items():
        text = text.replace(f"{{{word}}}", value)
    return text


def _slug(name: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", name.lower()))[:40].strip("-")


def _tuesday_in_may(until: datetime) -> datetime:
    """The second Tuesday of the last May that is well before `until`, in the morning."""
    local = until.astimezone(_EUROPE)
    for year in (local.year, local.year - 1):
        first = datetime(year, 5, 1, 9, 30, tzinfo=_EUROPE)
        tuesday = first + timedelta(days=(1 - first.weekday()) % 7 + 7)
        if tuesday <= local - _SETTLED:
            break
    return tuesday.astimezone(UTC)


def _morning(day: datetime, zone: ZoneInfo, random: Random) -> datetime:
    """A working morning on or before a day, on the readers' clock."""
    local = day.astimezone(zone)
    local -= timedelta(days=max(0, local.weekday() - 4))
    hour, minute = random.choice((7, 8, 9, 9, 10)), random.randrange(0, 60, 5)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0).astimezone(UTC)
