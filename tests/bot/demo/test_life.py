"""What happens to the e-mails looks like what happens to real ones."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from bot.demo import generate
from reports.classify import is_content_link
from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason, Part

UNTIL = datetime(2026, 11, 23, 12, tzinfo=UTC)
ITEMS = list(generate(emails=24, events=120_000, seed=1, until=UNTIL))
EMAILS = {item.id: item for item in ITEMS if isinstance(item, Email)}
EVENTS = [item for item in ITEMS if isinstance(item, Event)]
AMSTERDAM = ZoneInfo("Europe/Amsterdam")

Recipient = tuple[str, str]


def recipients(*kinds: Kind, among: Iterable[Event] = EVENTS) -> set[Recipient]:
    return {(event.email, event.contact) for event in among if event.kind in kinds}


STORIES: dict[Recipient, list[Event]] = defaultdict(list)
for told in EVENTS:
    STORIES[told.email, told.contact].append(told)
HUMAN = [event for event in EVENTS if event.machine is None]
CLICKS = [event for event in HUMAN if event.kind is Kind.CLICKED and is_content_link(event.link or "")]
OPENS = [event for event in HUMAN if event.kind is Kind.OPENED]
SENT, DELIVERED = recipients(Kind.SENT), recipients(Kind.DELIVERED)
CLICKERS = recipients(Kind.CLICKED, among=CLICKS)
OPENERS = recipients(Kind.OPENED, among=OPENS) | CLICKERS


def first(story: list[Event], kind: Kind) -> datetime | None:
    return min((event.at for event in story if event.kind is kind), default=None)


@pytest.mark.parametrize(
    ("numerator", "denominator", "low", "high"),
    [
        (DELIVERED, SENT, 0.97, 0.995),
        (OPENERS, DELIVERED, 0.25, 0.45),
        (CLICKERS, DELIVERED, 0.01, 0.06),
        (recipients(Kind.UNSUBSCRIBED), DELIVERED, 0.001, 0.005),
        (recipients(Kind.COMPLAINED), DELIVERED, 0.0001, 0.0005),
        (recipients(Kind.REPLIED), DELIVERED, 0.0001, 0.003),
        (recipients(Kind.BOUNCED), SENT, 0.005, 0.03),
        (recipients(Kind.NOT_SENT), SENT, 0.005, 0.03),
    ],
    ids=["delivered", "opened", "clicked", "unsubscribed", "complained", "replied", "bounced", "not sent"],
)
def test_rates_are_like_real_ones(
    numerator: set[Recipient], denominator: set[Recipient], low: float, high: float
) -> None:
    assert low <= len(numerator) / len(denominator) <= high


def test_each_of_the_larger_emails_has_an_open_rate_of_its_own() -> None:
    delivered, opened = (Counter(email for email, _ in people) for people in (DELIVERED, OPENERS))
    rates = {round(opened[email] / count, 3) for email, count in delivered.items() if count > 800}
    assert all(0.2 < rate < 0.5 for rate in rates)
    assert max(rates) - min(rates) > 0.05


def test_privacy_proxies_make_the_raw_open_rate_higher() -> None:
    raw = recipients(Kind.OPENED) | OPENERS
    assert 1.2 < len(raw) / len(OPENERS) < 2.2


def test_every_event_has_a_key_of_its_own() -> None:
    assert len({(event.email, event.key) for event in EVENTS}) == len(EVENTS)
    assert all(event.provider == EMAILS[event.email].provider for event in EVENTS)


def test_nobody_can_be_reached_at_any_address() -> None:
    reserved = re.compile(r"[a-z0-9.'+]+@([a-z]+\.)?example\.(com|net|org)")
    assert all(reserved.fullmatch(contact) for contact in {event.contact for event in EVENTS})


def test_events_follow_the_email_that_they_are_of_and_its_sending() -> None:
    seen: set[str] = set()
    for item in ITEMS:
        if isinstance(item, Email):
            seen.add(item.id)
        else:
            sent_at = EMAILS[item.email].sent_at
            assert item.email in seen
            assert sent_at and sent_at <= item.at <= UNTIL


def test_a_wave_of_recipients_is_in_order_of_time() -> None:
    back = sum(later.at < sooner.at for sooner, later in pairwise(EVENTS) if sooner.email == later.email)
    assert back <= 10


def test_a_story_goes_from_sending_to_an_answer_to_reading() -> None:
    after_delivery = {Kind.OPENED, Kind.CLICKED, Kind.UNSUBSCRIBED, Kind.COMPLAINED, Kind.REPLIED}
    for story in STORIES.values():
        kinds = {event.kind for event in story}
        sent, delivered = first(story, Kind.SENT), first(story, Kind.DELIVERED)
        if Kind.NOT_SENT in kinds:
            assert kinds == {Kind.NOT_SENT}
            continue
        assert sent is not None and all(event.at >= sent for event in story)
        if delivered is None:
            assert not kinds & after_delivery
        else:
            assert delivered > sent and Kind.BOUNCED not in kinds
            assert all(event.at > delivered for event in story if event.kind in after_delivery)


def test_links_stand_in_the_html_of_their_email() -> None:
    bodies = {email.id: (email.html or "").replace("&amp;", "&") for email in EMAILS.values()}
    clicked = {(event.email, event.link) for event in EVENTS if event.kind is Kind.CLICKED}
    assert all(f'href="{link}"' in bodies[email] for email, link in clicked)
    assert all(event.link is None for event in EVENTS if event.kind is not Kind.CLICKED)


def test_people_are_selected_through_lists_and_can_be_on_several() -> None:
    selected = [event for event in EVENTS if event.kind in {Kind.SENT, Kind.NOT_SENT}]
    assert all(event.lists and set(event.lists) <= set(EMAILS[event.email].lists) for event in selected)
    assert {len(event.lists) for event in selected} >= {1, 2, 3}
    assert len(selected) == len({(event.email, event.contact) for event in selected})


def test_bounces_and_deferrals_carry_the_servers_words() -> None:
    bounced = [event for event in EVENTS if event.kind is Kind.BOUNCED]
    deferred = [event for event in EVENTS if event.kind is Kind.DEFERRED]
    for event in bounced + deferred:
        permanent = event.bounce is BounceType.HARD
        assert re.match(r"55\d|554" if permanent else r"4\d\d|552", event.reply or "")
        assert "{" not in (event.reply or "")
    assert all(event.bounce for event in bounced) and not any(event.bounce for event in deferred)
    assert len({event.reply.split("<")[0] for event in bounced if event.reply}) >= 8
    assert any(re.search(r"\b[45]\.\d\.\d+\b", event.reply or "") for event in bounced)
    assert any(event.contact in (event.reply or "") for event in bounced)


def test_after_a_deferral_most_is_delivered_and_some_bounces() -> None:
    deferred = recipients(Kind.DEFERRED)
    assert len(deferred & DELIVERED) > 0.3 * len(deferred)
    assert deferred & recipients(Kind.BOUNCED)


def test_what_was_not_sent_has_reasons() -> None:
    reasons = Counter(event.reason for event in EVENTS if event.kind is Kind.NOT_SENT)
    assert len(reasons) >= 5 and None not in reasons
    assert {NotSentReason.PREVIOUSLY_BOUNCED, NotSentReason.PREVIOUSLY_UNSUBSCRIBED} <= set(reasons)
    own = NotSentReason.HELD_OUT  # the sender's choice, with no words of the provider's
    assert all(event.reply for event in EVENTS if event.kind is Kind.NOT_SENT and event.reason is not own)


def test_machines_tell_what_they_are() -> None:
    by_machine = Counter((event.machine, event.kind) for event in EVENTS if event.machine)
    for reason in (MachineReason.APPLE_PRIVACY, MachineReason.PREFETCH, MachineReason.SCANNER, MachineReason.BOT):
        assert by_machine[reason, Kind.OPENED]
    assert {reason for (reason, kind) in by_machine if kind is Kind.CLICKED} == {MachineReason.SCANNER}
    assert {kind for (_, kind) in by_machine} == {Kind.OPENED, Kind.CLICKED}


def test_apple_opens_soon_after_delivery_with_apple_mail() -> None:
    opens = [event for event in EVENTS if event.machine is MachineReason.APPLE_PRIVACY]
    waited = [event.at - _delivery(event) for event in opens]
    assert median(waited) < timedelta(hours=1)
    assert {event.client for event in opens} == {"Apple Mail"}


def test_a_scanner_follows_every_link_within_seconds_of_delivery() -> None:
    scanned: dict[Recipient, list[Event]] = defaultdict(list)
    for event in EVENTS:
        if event.machine is MachineReason.SCANNER and event.kind is Kind.CLICKED:
            scanned[event.email, event.contact].append(event)
            assert event.at - _delivery(event) < timedelta(seconds=20)
    assert len({contact for _, contact in scanned}) > 100
    for (email, _), clicks in scanned.items():
        assert {click.link for click in clicks} == _links(EMAILS[email])


def test_some_unsubscribe_at_once_without_having_read_and_more_after_reading() -> None:
    gone = [(event, STORIES[event.email, event.contact]) for event in EVENTS if event.kind is Kind.UNSUBSCRIBED]
    quick = [story for event, story in gone if event.at - _delivery(event) <= timedelta(seconds=120)]
    suspect = [story for story in quick if all(e.machine for e in story if e.kind in {Kind.OPENED, Kind.CLICKED})]
    assert 1 <= len(suspect) < 0.6 * len(gone)
    slow = [story for _, story in gone if story not in suspect]
    assert slow and all(any(e.kind is Kind.CLICKED and not e.machine for e in story) for story in slow)


def test_people_open_again_and_some_on_another_device() -> None:
    times = Counter((event.email, event.contact) for event in OPENS)
    assert 0.2 < sum(count > 1 for count in times.values()) / len(times) < 0.6
    devices: dict[Recipient, set[str | None]] = defaultdict(set)
    for event in OPENS:
        devices[event.email, event.contact].add(event.device)
    assert any(len(used) > 1 for used in devices.values())


def test_most_opens_are_timed_and_all_three_kinds_of_looking_occur() -> None:
    looked = [event.duration_ms for event in OPENS if event.duration_ms is not None]
    assert 0.8 < len(looked) / len(OPENS) < 0.92
    assert 5_000 < median(looked) < 14_000
    for low, high in ((0, 2_000), (2_000, 8_000), (8_000, 10**9)):
        assert sum(low <= ms < high for ms in looked) > 0.03 * len(looked)
    assert all(event.duration_ms is None for event in EVENTS if event.kind is not Kind.OPENED or event.machine)


def test_clients_and_devices_are_varied() -> None:
    assert {"Apple Mail", "Gmail", "Outlook", "Yahoo Mail", "Samsung Mail", "Thunderbird"} == {e.client for e in OPENS}
    assert {event.device for event in OPENS} == {"desktop", "mobile", "tablet"}


def test_higher_links_are_clicked_more_and_some_in_the_text_part() -> None:
    content = list(dict.fromkeys(link for link in _in_order(EMAILS["email-0"]) if is_content_link(link)))
    logo, *articles = content
    clicks = Counter(event.link for event in CLICKS if event.email == "email-0")
    assert clicks[articles[0]] > 1.4 * clicks[articles[1]] > 0
    assert clicks[articles[0]] > 2.5 * clicks[articles[4]] > 0
    assert set(clicks) == {logo, *articles}
    parts = Counter(event.part for event in CLICKS)
    assert 0.02 < parts[Part.TEXT] / len(CLICKS) < 0.12 and set(parts) == {Part.HTML, Part.TEXT}


def test_opens_fall_off_and_follow_the_day_of_the_reader() -> None:
    sent_at = EMAILS["email-0"].sent_at
    opens = [event for event in OPENS if event.email == "email-0"]
    assert sent_at
    days = Counter((event.at - sent_at).days for event in opens)
    assert days[0] > 2 * days[1] > 2 * days[6] > 0
    hours = Counter(event.at.astimezone(AMSTERDAM).hour for event in opens if event.at - sent_at > timedelta(days=1))
    assert sum(hours[hour] for hour in range(6)) < 0.1 * sum(hours.values())
    assert hours[20] > hours[16]


def test_weekends_are_quieter() -> None:
    later = [
        e for e in OPENS if (e.at - _delivery(e)) > timedelta(days=1) and EMAILS[e.email].business_unit == "Europe"
    ]
    days = Counter(event.at.astimezone(AMSTERDAM).weekday() for event in later)
    assert (days[5] + days[6]) / 2 < 0.8 * sum(days[day] for day in range(5)) / 5


def test_automated_email_is_sent_through_all_the_months_by_day() -> None:
    automated = {email.id for email in EMAILS.values() if email.type == "automated"}
    sent = [event.at.astimezone(AMSTERDAM) for event in EVENTS if event.kind is Kind.SENT and event.email in automated]
    assert len({(at.year, at.month) for at in sent}) >= 6
    assert sum(at.hour < 6 for at in sent) < 0.1 * len(sent)
    assert max(sent) - min(sent) > timedelta(days=160)


def test_a_person_stays_who_they_are_from_one_email_to_the_next() -> None:
    clients: dict[str, set[str]] = defaultdict(set)
    opened = Counter(contact for _, contact in OPENERS)
    for event in OPENS:
        clients[event.contact].add(event.client or "")
    assert max(len(used) for used in clients.values()) <= 2
    assert max(opened.values()) >= 15


def _delivery(event: Event) -> datetime:
    delivered = first(STORIES[event.email, event.contact], Kind.DELIVERED)
    assert delivered is not None
    return delivered


def _links(email: Email) -> set[str]:
    return set(_in_order(email))


def _in_order(email: Email) -> list[str]:
    return [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*)"', email.html or "")]
