"""Finding the e-mail that somebody means."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine

from reports.events import Email, Event, Kind
from store.emails import Found, find
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


def test_a_typo_in_a_subject_offers_the_name_of_its_email(filled: Engine) -> None:
    assert _find(filled, "sprng is here").nearest[0] == "newsletter-may"


@pytest.mark.parametrize("nonsense", ["qqqq xyzzy", "", "☃", "'; DROP TABLE emails; --", "%"])
def test_what_looks_like_nothing_offers_nothing(filled: Engine, nonsense: str) -> None:
    found = _find(filled, nonsense)
    assert (found.email, found.nearest, found.empty) == (None, (), False)


def test_an_empty_store_says_so(engine: Engine) -> None:
    assert _find(engine, "latest").empty


def test_details_come_with_the_email(filled: Engine) -> None:
    email = _find(filled, "3").email
    assert email is not None and (email.team, email.lists, email.campaign) == ("Growth", ("BE", "NL"), None)
