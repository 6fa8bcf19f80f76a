"""Finding the e-mail that somebody means."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from reports.events import Email, Event, Kind
from store.emails import Found, find, named_in
from store.merge import merge
from tests.store.events import START

_EMAILS = [
    Email(id="1", name="newsletter-may", subject="Spring is here", sent_at=START),
    Email(id="2", name="newsletter-june", subject="Summer sale ☀", sent_at=START + timedelta(days=30)),
    Email(id="3", name="Onboarding NL: welkom!", subject="Welkom", team="Growth", lists=("NL", "BE")),
]


def _find(engine: Engine, wanted: str) -> Found:
    with engine.connect() as connection:
        return find(connection, wanted)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    merge(engine, [], _EMAILS)
    return engine


@pytest.mark.parametrize(
    ("wanted", "name"),
    [
        ("newsletter-may", "newsletter-may"),
        ("  Newsletter-MAY ", "newsletter-may"),
        ("newsletter may", "newsletter-may"),
        ("Spring is here", "newsletter-may"),
        ("2", "newsletter-june"),
        ("SUMMER SALE ☀", "newsletter-june"),
        ("onboarding nl welkom", "Onboarding NL: welkom!"),
    ],
)
def test_an_email_is_found_by_name_subject_or_identifier(filled: Engine, wanted: str, name: str) -> None:
    email = _find(filled, wanted).email
    assert email is not None and email.name == name


def test_latest_is_the_one_sent_last(filled: Engine) -> None:
    email = _find(filled, "Latest").email
    assert email is not None and email.name == "newsletter-june"


def test_an_email_known_from_events_alone_is_as_old_as_its_first_event(filled: Engine) -> None:
    at = START + timedelta(days=99)
    merge(filled, [Event(kind=Kind.SENT, at=at, email="untold", contact="ann@example.com")])
    email = _find(filled, "latest").email
    assert email is not None and (email.name, email.sent_at) == ("untold", at)


@pytest.mark.parametrize("typo", ["newsleter-may", "newsletter-mai", "nwsletter may"])
def test_a_typo_offers_the_nearest_name_first(filled: Engine, typo: str) -> None:
    found = _find(filled, typo)
    assert found.email is None and found.nearest[0] == "newsletter-may"


@pytest.mark.parametrize("part", ["may", "letter may", "MAY-news"])
def test_a_part_of_a_name_offers_it(filled: Engine, part: str) -> None:
    assert _find(filled, part).nearest[0] == "newsletter-may"


def test_a_part_with_a_typo_offers_the_name(engine: Engine) -> None:
    merge(engine, [], [Email(id="1", name="the quarterly shareholder newsletter of may 2026")])
    assert _find(engine, "shareholdr").nearest == ("the quarterly shareholder newsletter of may 2026",)


def test_a_name_as_it_is_written_goes_before_the_same_in_other_case(engine: Engine) -> None:
    later = Email(id="2", name="WELCOME", sent_at=START + timedelta(days=1))
    merge(engine, [], [Email(id="1", name="Welcome", sent_at=START), later])
    found = [_find(engine, wanted).email for wanted in ("Welcome", "WELCOME", "welcome")]
    assert [email and email.name for email in found] == ["Welcome", "WELCOME", "WELCOME"]


def test_among_equal_names_the_one_sent_last_is_meant(engine: Engine) -> None:
    emails = [Email(id=str(day), name="weekly", sent_at=START + timedelta(days=day)) for day in (1, 3, 2)]
    merge(engine, [], emails)
    email = _find(engine, "weekly").email
    assert email is not None and email.external_id == "3"


def test_a_subject_longer_than_an_index_takes_is_kept_and_found(engine: Engine) -> None:
    subject = "".join(f"{number:x}" for number in range(4_000))
    merge(engine, [], [Email(id="1", subject=subject)])
    email = _find(engine, subject).email
    assert email is not None and email.external_id == "1"


def test_a_typo_in_a_subject_offers_the_name_of_its_email(filled: Engine) -> None:
    assert _find(filled, "sprng is here").nearest[0] == "newsletter-may"


@pytest.mark.parametrize("nonsense", ["qqqq xyzzy", "", "☃", "'; DROP TABLE emails; --", "%", "\x00", "\ud800"])
def test_what_looks_like_nothing_offers_nothing(filled: Engine, nonsense: str) -> None:
    found = _find(filled, nonsense)
    assert (found.email, found.nearest, found.empty) == (None, (), False)


def test_an_empty_store_says_so(engine: Engine) -> None:
    assert _find(engine, "latest").empty


def test_details_come_with_the_email(filled: Engine) -> None:
    email = _find(filled, "3").email
    assert email is not None and (email.team, email.lists, email.campaign) == ("Growth", ("BE", "NL"), None)


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("How did newsletter-may do?", ["newsletter-may"]),
        ("SPRING IS HERE, says newsletter-june.", ["newsletter-june", "newsletter-may"]),
        ("Onboarding  NL: welkom! went well", ["Onboarding NL: welkom!"]),
        ("newsletter-maybe, my-newsletter-may, newsletter-may-2", []),
        ("", []),
    ],
)
def test_emails_are_found_in_what_somebody_wrote(filled: Engine, said: str, names: list[str]) -> None:
    with filled.connect() as connection:
        assert named_in(connection, said) == names
        assert named_in(connection, said, within=()) == []


def test_a_name_within_a_longer_one_that_stands_there_is_not_meant(filled: Engine) -> None:
    merge(filled, [], [Email(id="9", name="newsletter", subject="is")])
    with filled.connect() as connection:
        assert named_in(connection, "newsletter may differ") == ["newsletter"]
        assert named_in(connection, "about newsletter-may") == ["newsletter-may"]
