"""The e-mails of the sample data: varied, some of them ugly on purpose, with bodies like real ones."""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from bot.demo import DEMO
from bot.demo.catalogue import plans
from bot.demo.people import LISTS
from reports.classify import is_content_link
from reports.events import Email

UNTIL = datetime(2026, 11, 23, 12, tzinfo=UTC)
PLANS = list(plans(DEMO["emails"], 1, UNTIL))
EMAILS = [plan.email for plan in PLANS]
_VOID = {"meta", "img"}


class Page(HTMLParser):
    """Where its links lead, what it loads, and whether every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.open: list[str] = []
        self.seen: Counter[str] = Counter()
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.seen[tag] += 1
        if tag == "a":
            self.links.append(told["href"] or "")
        self.loaded += [told[name] or "" for name in ("src", "background", "srcset") if name in told]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_first_is_newsletter_may_with_everything_that_is_shown_of_an_email() -> None:
    email = EMAILS[0]
    assert email.name == "newsletter-may"
    assert all(getattr(email, field) for field in Email.__struct_fields__ if field != "workflow")
    assert len(email.lists) == 3
    assert len(PLANS[0].links.content) >= 10


@pytest.mark.parametrize(
    "until",
    [
        datetime(2026, 11, 23, tzinfo=UTC),
        datetime(2026, 6, 1, tzinfo=UTC),
        datetime(2026, 5, 13, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
        datetime(2028, 2, 29, 23, tzinfo=UTC),
    ],
)
def test_newsletter_may_left_on_a_tuesday_in_the_last_may_that_has_settled(until: datetime) -> None:
    (plan,) = plans(1, 1, until)
    assert (plan.sent_at.month, plan.sent_at.weekday()) == (5, 1)
    assert timedelta(days=14) <= until - plan.sent_at < timedelta(days=380)


@pytest.mark.parametrize("count", [2, 3, 24, 300])
def test_names_and_identifiers_tell_emails_apart(count: int) -> None:
    emails = [plan.email for plan in plans(count, 1, UNTIL)]
    assert len({email.name for email in emails}) == count
    assert len({email.id for email in emails}) == count


def test_the_others_leave_on_working_mornings_of_the_last_half_year() -> None:
    for plan in PLANS[1:]:
        local = plan.sent_at.astimezone(plan.zone)
        assert UNTIL - timedelta(days=190) < plan.sent_at < UNTIL - timedelta(days=2)
        assert local.weekday() < 5 and 7 <= local.hour <= 10


def test_they_are_spread_over_the_months() -> None:
    assert len({plan.sent_at.month for plan in PLANS}) >= 6
    regular = [plan.sent_at for plan in PLANS[1:] if not plan.days]
    assert all(later - sooner < timedelta(days=10) for sooner, later in pairwise(sorted(regular)))


def test_there_is_one_of_every_kind() -> None:
    assert {email.type for email in EMAILS} == {"regular", "automated", "blog"}
    assert len({email.business_unit for email in EMAILS}) == 2
    assert {email.team for email in EMAILS} == {"Growth", "Product", "Retention", None}
    assert len({email.workflow for email in EMAILS} - {None}) == 1
    assert len({email.campaign for email in EMAILS} - {None}) >= 5
    assert {name for email in EMAILS for name in email.lists} == set(LISTS)
    assert {email.workflow for email in EMAILS if email.type == "automated"} == {"Onboarding"}


def test_some_names_and_subjects_try_whoever_shows_them() -> None:
    said = "\n".join(f"{email.name}\n{email.subject}" for email in EMAILS)
    for ugly in (
        "<!channel>",
        "*last day*",
        "<script>",
        "\u202e",
        "مرحبا",
        "👋🏽",
        "=HYPERLINK",
        "{{ first_name }}",
    ):
        assert ugly in said
    assert max(len(email.name or "") for email in EMAILS) > 120
    assert max(len(email.subject or "") for email in EMAILS) > 150
    assert any(not re.search(r"\w", email.subject or "") for email in EMAILS)


def test_both_languages_are_spoken() -> None:
    languages = Counter(re.search(r'<html lang="(..)"', email.html or "").group(1) for email in EMAILS)  # type: ignore[union-attr]
    assert languages["en"] > 10 and languages["nl"] > 10
    assert any("Uitschrijven" in (email.html or "") for email in EMAILS)


def test_bodies_are_whole_and_load_nothing_from_outside() -> None:
    for email in EMAILS:
        page = Page(email.html or "")
        assert page.open == []
        assert page.seen["script"] == 0
        assert page.loaded and all(source.startswith("data:image/png;base64,") for source in page.loaded)
        assert len(email.html or "") < 20_000


def test_a_body_has_exactly_the_links_of_its_plan() -> None:
    for plan in PLANS:
        page = Page(plan.email.html or "")
        utility = {plan.links.unsubscribe, plan.links.preferences, plan.links.view_in_browser}
        assert set(page.links) == {*plan.links.content, *utility}
        assert {url for url in page.links if not is_content_link(url)} == utility
        assert len(set(plan.links.content)) == len(plan.links.content) == len(plan.clicks)


def test_a_subject_is_only_text_in_its_body() -> None:
    email = next(email for email in EMAILS if "<script>" in (email.subject or ""))
    title = re.search("<title>(.*)</title>", email.html or "")
    assert title and "<" not in title.group(1) and unescape(title.group(1)) == email.subject


def test_all_hosts_and_addresses_are_reserved_ones() -> None:
    reserved = re.compile(r"([\w-]+\.)*example\.(com|net|org)")
    for email in EMAILS:
        hosts = [*re.findall(r"https?://([^/\"?]+)", email.html or ""), (email.from_address or "").split("@")[1]]
        assert all(reserved.fullmatch(host) for host in hosts)
