"""`emailstats parity hubspot`: our figures beside HubSpot's, over real HTTP, as a person sees them."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.cli import run_command
from tests.bot.sync.portal import TOKEN, Portal
from tests.bot.sync.story import event

NOW = datetime.now(UTC)


@contextmanager
def elsewhere(portal: Portal) -> Iterator[None]:
    """The portal on a loop of its own, for commands that have theirs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    asyncio.run_coroutine_threadsafe(portal.__aenter__(), loop).result(10)
    try:
        yield
    finally:
        asyncio.run_coroutine_threadsafe(portal.__aexit__(None, None, None), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def mail(number: int, name: str, days: float, counters: dict[str, int], *campaigns: str) -> dict[str, Any]:
    at = (NOW - timedelta(days=days)).isoformat()
    return {
        "id": str(number),
        "name": name,
        "type": "BATCH_EMAIL",
        "isPublished": True,
        "publishDate": at,
        "updatedAt": at,
        "allEmailCampaignIds": campaigns,
        "stats": {"counters": counters, "ratios": {"openratio": 12.5}},
    }


def portal() -> Portal:
    told = []
    for number in range(10):
        to = {"recipient": f"p{number}@example.org", "emailCampaignId": 41, "filteredEvent": number < 3}
        at = NOW - timedelta(days=9)
        told += [event(number * 10, at, "SENT", **to), event(number * 10 + 1, at, "DELIVERED", **to)]
        if number < 5:
            told.append(event(number * 10 + 2, at, "OPEN", **to))
    told.append(event(200, NOW - timedelta(hours=5), "SENT", emailCampaignId=43, recipient="a@example.org"))
    found = Portal(told)
    counters = {"sent": 10, "delivered": 10, "open": 5, "click": 0, "selected": 10}
    found.emails = [
        mail(1, "newsletter-may", 9, counters, "41"),
        mail(2, "agrees [bold]", 0.3, {"sent": 1, "open": 0}, "43", "44"),
        mail(3, "never pulled", 2, {"sent": 7}, "45"),
        mail(4, "long ago", 80, {"sent": 7}, "46"),
    ]
    return found


def command(there: Portal, url: str, *words: str) -> int:
    environ = {
        "EMAILSTATS_DATABASE__URL": url,
        "EMAILSTATS_PROVIDERS__HUBSPOT__TOKEN": TOKEN,
        "EMAILSTATS_PROVIDERS__HUBSPOT__BASE_URL": there.url,
        "COLUMNS": "100",
    }
    return run_command(words, environ)


def test_each_difference_has_its_reason(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    there = portal()
    with elsewhere(there):
        assert command(there, store_url, "sync", "hubspot") == 0
        assert "Pulled 26 events and 5 descriptions of e-mails." in capsys.readouterr().out
        code = command(there, store_url, "parity", "hubspot")
    told = capsys.readouterr().out
    assert "newsletter-may" in told
    assert [line.split(maxsplit=4) for line in told.splitlines() if line.startswith("Opened")] == [
        ["Opened", "2", "5", "+3", "+3 opened by machines alone, left out here"]
    ]
    assert "Delivered" not in told
    sentence = "3 e-mails compared; 1 agrees; 1 differs for the reasons above; of 1 a difference is not explained."
    assert " ".join(told.split()).endswith(sentence)
    assert "long ago" not in told
    assert code == 1  # of the one that was never pulled, nothing explains the figures


def test_one_e_mail_is_told_whole(store_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    there = portal()
    with elsewhere(there):
        command(there, store_url, "sync", "hubspot")
        capsys.readouterr()
        assert command(there, store_url, "parity", "hubspot", "newsletter-may") == 0
        told = capsys.readouterr().out
        assert [line.split()[0] for line in told.splitlines() if line] == [
            *("newsletter-may", "ours", "Sent", "Delivered", "Opened", "Clicked", "1")
        ]
        assert command(there, store_url, "parity", "hubspot", "agrees [bold]") == 0
    told = capsys.readouterr().out
    assert "agrees [bold]" in told
    assert "Provisional: sent less than 72 hours ago." in told
    assert "Went out in 2 ways" in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["parity", "mailchimp"], "Only hubspot tells figures"),
        (["parity", "hubspot", "nonsense"], "no e-mail"),
        (["sync", "nonsense"], "nonsense is not pulled; hubspot and mailchimp can be."),
        (["sync", "mailchimp"], "Set providers.mailchimp.api_key first; docs/sync.md says where to find it."),
        (["sync", "hubspot", "--since", "2999-01-01"], "--since takes a day that has been; 2999-01-01 is not."),
    ],
)
def test_what_cannot_be_done_says_what_to_do(
    words: list[str], told: str, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    there = portal()
    with elsewhere(there):
        assert command(there, sqlite_url, *words) == 2
    assert told in capsys.readouterr().err
