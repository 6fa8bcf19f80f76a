"""Pulling HubSpot over real HTTP from a strict stand-in: all is counted once, whatever happens on the way."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bot.sync.api import Refused, Unavailable
from bot.sync.run import Busy, Pulled, Watch, running
from bot.terminal import Fault
from store import sync
from tests.bot.sync.portal import Portal, failing, hang_up, nonsense
from tests.bot.sync.story import NOW, Clock, event, figures_of, history, pull, source
from tests.store.snapshot import rollups


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def elsewhere(tmp_path: Path) -> str:
    """A database of its own for what is expected."""
    return f"sqlite:///{tmp_path / 'expected.db'}"


def state(engine: Engine) -> sync.SyncState:
    with engine.connect() as connection:
        return sync.state_of(connection, "hubspot")


async def test_everything_is_counted_once_page_after_page(engine: Engine, clock: Clock, elsewhere: str) -> None:
    told = history(700)
    async with Portal(told, now=clock.now) as portal:
        portal.page = 40
        pulled = await pull(engine, portal, clock)
    assert pulled.share == 1
    assert rollups(engine) == figures_of(elsewhere, told)
    assert (state(engine).progress["until"], state(engine).problem) == (int(NOW.timestamp() * 1000), None)


async def test_the_next_run_reads_the_overlap_again_and_finds_what_came_late(
    engine: Engine, clock: Clock, elsewhere: str
) -> None:
    told = history(200)
    async with Portal(told, now=clock.now) as portal:
        await pull(engine, portal, clock)
        late = [event(9_001, NOW - timedelta(hours=23)), event(9_002, NOW + timedelta(minutes=5))]
        portal.events += late
        clock.at = NOW + timedelta(minutes=15)
        portal.asked.clear()
        pulled = await pull(engine, portal, clock)
    assert pulled.new == 2
    assert portal.asked.count("/email/public/v1/events") == 2  # the overlap has a day and a quarter of an hour
    assert rollups(engine) == figures_of(elsewhere, told + late)


async def test_what_was_replaced_after_it_was_counted_is_taken_back(
    engine: Engine, clock: Clock, elsewhere: str
) -> None:
    told = [event(number, NOW - timedelta(hours=number % 20), filteredEvent=False) for number in range(60)]
    async with Portal(told, now=clock.now) as portal:
        await pull(engine, portal, clock)
        longer = told[6] | {"id": "longer", "duration": 60_000, "created": told[6]["created"] + 60_000}
        told[6]["obsoletedBy"] = {"id": "longer", "created": longer["created"]}
        portal.events.append(longer)
        pulled = await pull(engine, portal, clock)
        again = await pull(engine, portal, clock)
    assert (pulled.new, pulled.withdrawn, again.withdrawn) == (1, 1, 0)
    assert rollups(engine) == figures_of(elsewhere, [*told, longer])


async def test_a_person_can_have_all_read_again_from_a_day_on(engine: Engine, clock: Clock) -> None:
    async with Portal(history(100), now=clock.now) as portal:
        await pull(engine, portal, clock)
        portal.events.append(event(9_001, NOW - timedelta(days=25)))
        assert (await pull(engine, portal, clock)).new == 0
        assert (await pull(engine, portal, clock, since=NOW - timedelta(days=26))).new == 1


async def test_no_more_is_asked_in_ten_seconds_than_hubspot_allows(engine: Engine, clock: Clock) -> None:
    async with Portal(history(600, days=2), now=clock.now) as portal:
        portal.page = 2
        await pull(engine, portal, clock)
    assert len(portal.asked) > 300
    assert portal.too_quick == 0
    assert clock.at - NOW > timedelta(seconds=20)


async def test_whoever_is_told_to_come_later_comes_later_and_loses_nothing(
    engine: Engine, clock: Clock, elsewhere: str
) -> None:
    told = history(300)
    async with Portal(told, now=clock.now) as portal:
        portal.page = 50
        date = (NOW + timedelta(seconds=90)).strftime("%a, %d %b %Y %H:%M:%S GMT")
        portal.failures += [failing(429, Retry_After="7"), failing(429), failing(503, Retry_After=date)]
        await pull(engine, portal, clock)
    assert clock.at >= NOW + timedelta(seconds=90)
    assert rollups(engine) == figures_of(elsewhere, told)


async def test_storms_of_faults_cost_time_and_nothing_else(engine: Engine, clock: Clock, elsewhere: str) -> None:
    told, chance = history(300), random.Random(5)
    async with Portal(told, now=clock.now) as portal:
        portal.page = 20
        faults = [failing(500), failing(502), failing(503), failing(504), failing(429), hang_up, failing(408)]
        portal.failures += [chance.choice(faults) for _ in range(7)]
        await pull(engine, portal, clock)
    assert rollups(engine) == figures_of(elsewhere, told)
    assert sum(clock.waits) > 60  # each wait twice the one before


async def test_a_provider_that_stays_away_is_given_up_until_the_next_run(
    engine: Engine, clock: Clock, elsewhere: str
) -> None:
    told = history(400)
    async with Portal(told, now=clock.now) as portal:
        portal.page = 15
        for after in (3, 9, 12):
            portal.failures += [_served(portal)] * after + [failing(500)] * 8
            with pytest.raises(
                Unavailable, match=r"HubSpot did not answer in 8 tries \(it answers 500\)\. Run it again"
            ):
                await pull(engine, portal, clock)
            assert state(engine).problem
        await pull(engine, portal, clock)
    assert rollups(engine) == figures_of(elsewhere, told)
    assert state(engine).problem is None


def _served(portal: Portal) -> Any:
    async def serve(request: Any) -> Any:
        handler = request.match_info.handler
        return await handler(request)

    return serve


async def test_an_interrupted_window_goes_on_where_it_was_left(engine: Engine, clock: Clock) -> None:
    told = [event(number, NOW - timedelta(minutes=number)) for number in range(1_000)]
    async with Portal(told, now=clock.now) as portal:
        portal.page = 10
        portal.failures += [_served(portal)] * 110 + [failing(500)] * 8
        with pytest.raises(Unavailable):
            await pull(engine, portal, clock)
        before = portal.asked.count("/email/public/v1/events") - 8
        portal.asked.clear()
        await pull(engine, portal, clock)
    again = portal.asked.count("/email/public/v1/events")
    # 30 windows, and 100 pages of the last: no page but the last one is read twice.
    assert before > 60
    assert before + again <= 30 + 100 + 2


async def test_a_quota_that_is_used_up_is_left_alone_by_all(engine: Engine, clock: Clock) -> None:
    async with Portal(history(10), now=clock.now) as portal:
        portal.failures.append(failing(429, Retry_After="7200"))
        with pytest.raises(Unavailable, match="not to be called before 2026-05-20 14:00 UTC"):
            await pull(engine, portal, clock)
        with pytest.raises(Unavailable, match="not to be called before 2026-05-20 14:00 UTC"):
            await pull(engine, portal, clock)
        assert len(portal.asked) == 1
        clock.at += timedelta(hours=2)
        await pull(engine, portal, clock)


async def test_an_offset_that_grew_old_is_no_loss(engine: Engine, clock: Clock, elsewhere: str) -> None:
    told = history(500, days=1)
    async with Portal(told, now=clock.now) as portal:
        portal.page, portal.uses = 20, 3
        await pull(engine, portal, clock)
    assert rollups(engine) == figures_of(elsewhere, told)


@pytest.mark.parametrize("status", [401, 530])
async def test_a_token_that_is_refused_says_what_to_mend_and_is_not_tried_again(
    status: int, engine: Engine, clock: Clock
) -> None:
    async with Portal(now=clock.now) as portal:
        portal.failures.append(failing(status))
        with pytest.raises(Refused, match=r"does not accept the credentials\. Make a new token in .* Private Apps"):
            await pull(engine, portal, clock)
        assert len(portal.asked) == 1
    assert "Private Apps" in (state(engine).problem or "")


async def test_a_token_that_may_not_read_events_says_so(engine: Engine, clock: Clock) -> None:
    async with Portal(now=clock.now) as portal:
        portal.forbidden = {"email/public/v1/events"}
        with pytest.raises(Refused, match="does not let these credentials read email/public/v1/events"):
            await pull(engine, portal, clock)


async def test_a_token_is_sent_to_nobody_else(engine: Engine, clock: Clock) -> None:
    async with Portal(now=clock.now) as other, Portal(now=clock.now) as portal:
        portal.failures.append(failing(302, Location=f"{other.url}marketing/v3/emails"))
        with pytest.raises(Refused, match="302"):
            await pull(engine, portal, clock)
        assert other.asked == []


async def test_an_answer_that_makes_no_sense_is_no_day_without_events(engine: Engine, clock: Clock) -> None:
    async with Portal(history(10), now=clock.now) as portal:
        portal.failures += [_served(portal)] * 5 + [nonsense]
        with pytest.raises(Fault, match=r"HubSpot's answer can't be read \(the body is not JSON\)"):
            await pull(engine, portal, clock)
        assert (await pull(engine, portal, clock)).share == 1


async def test_events_that_make_no_sense_are_handed_on_and_cost_no_other(engine: Engine, clock: Clock) -> None:
    reasons: list[str] = []
    watch = Watch(on_rejects=lambda rejects: reasons.extend(reject.reason for reject in rejects))
    bad = event(1, NOW - timedelta(hours=1), recipient="nobody")
    async with Portal([bad, event(2, NOW - timedelta(hours=1))], now=clock.now) as portal:
        pulled = await pull(engine, portal, clock, watch=watch)
    assert (pulled.new, pulled.rejects, reasons) == (1, 1, ["recipient: not an e-mail address"])


async def test_one_process_at_a_time_pulls(engine: Engine, clock: Clock) -> None:
    async with Portal(history(10), now=clock.now) as portal:
        async with running(engine, "hubspot", time=clock.time, watch=Watch()):
            with pytest.raises(Busy, match="Another process is pulling hubspot"):
                await pull(engine, portal, clock)
        assert (await pull(engine, portal, clock)).events


async def test_whoever_was_taken_over_merges_no_further_point(engine: Engine, clock: Clock) -> None:
    async with running(engine, "hubspot", time=clock.time, watch=Watch()) as first:
        clock.at += timedelta(minutes=5)
        async with running(engine, "hubspot", time=clock.time, watch=Watch()) as second:
            await second.put_down({"until": 2}, 0.5)
            with pytest.raises(sync.LeaseLost):
                await first.put_down({"until": 1}, 0.5)
    assert state(engine).progress == {"until": 2}


def described(engine: Engine) -> list[tuple[Any, ...]]:
    columns = "external_id, emails.name, subject, teams.name"
    joined = "emails LEFT JOIN teams ON teams.id = team_id"
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM {joined} ORDER BY 1"))]


def marketing_email(number: int, *lists: str, campaigns: tuple[str, ...], days_ago: float = 3) -> dict[str, Any]:
    return {
        "id": str(number),
        "name": f"mail-{number}",
        "subject": "Hello",
        "type": "BATCH_EMAIL",
        "isPublished": True,
        "publishDate": "2026-05-17T07:00:00Z",
        "updatedAt": (NOW - timedelta(days=days_ago)).isoformat(),
        "allEmailCampaignIds": list(campaigns),
        "teamsWithAccess": ["21"],
        "to": {"contactIlsLists": {"include": list(lists)}},
    }


def list_people(engine: Engine) -> dict[tuple[str, str], int]:
    rows = "list_totals AS t JOIN lists ON lists.id = t.list_id JOIN emails ON emails.id = t.email_id"
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT external_id, lists.name, sent FROM {rows}"))
        return {(row[0], row[1]): row[2] for row in found}


async def test_e_mails_have_names_teams_and_the_list_that_all_of_its_recipients_are_on(
    engine: Engine, clock: Clock
) -> None:
    told = [event(number, NOW - timedelta(days=3), "SENT") for number in range(9)]
    async with Portal(told, now=clock.now) as portal:
        portal.emails = [
            marketing_email(1, "7", campaigns=("41",)),
            marketing_email(2, "7", "8", campaigns=("42",)),
            marketing_email(3, "gone", campaigns=("44", "45")),
        ]
        portal.lists, portal.teams = {"7": "Readers", "8": "Buyers"}, {"21": "Benelux"}
        portal.campaigns = {
            number: {"id": number, "appId": 113, "name": f"campaign-{number}", "subject": "Hi"}
            for number in (40, 41, 43)
        }
        pulled = await pull(engine, portal, clock)
    assert pulled.notes == []
    assert described(engine) == [
        ("41", "mail-1", "Hello", "Benelux"),
        ("42", "mail-2", "Hello", "Benelux"),
        ("43", "campaign-43", "Hi", None),
        ("44", "mail-3", "Hello", "Benelux"),
        ("45", "mail-3", "Hello", "Benelux"),
    ]
    assert list_people(engine) == {("41", "Readers"): 3}


async def test_only_e_mails_that_changed_are_described_again(engine: Engine, clock: Clock) -> None:
    async with Portal(now=clock.now) as portal:
        portal.emails = [marketing_email(1, campaigns=("41",), days_ago=9), marketing_email(2, campaigns=("42",))]
        assert (await pull(engine, portal, clock)).emails == 2
        portal.emails[0] |= {"name": "renamed", "updatedAt": (NOW + timedelta(minutes=1)).isoformat()}
        clock.at += timedelta(days=5)
        assert (await pull(engine, portal, clock)).emails == 2  # the last one of before, and what changed
        assert (await pull(engine, portal, clock)).emails == 1
    assert [row[1] for row in described(engine)] == ["renamed", "mail-2"]


async def test_scopes_that_are_missing_cost_names_and_no_figures(engine: Engine, clock: Clock) -> None:
    told = history(50)
    async with Portal(told, now=clock.now) as portal:
        portal.emails = [marketing_email(1, "7", campaigns=("41",))]
        portal.forbidden = {"crm", "settings"}
        pulled = await pull(engine, portal, clock)
        assert [note.partition(":")[0] for note in pulled.notes] == [
            "The private app may not read teams",
            "The private app may not read lists",
        ]
        portal.forbidden = {"marketing", "crm", "settings"}
        assert (await pull(engine, portal, clock)).notes
    assert described(engine)[0] == ("41", "mail-1", "Hello", None)


async def test_how_far_it_is_never_goes_back(engine: Engine, clock: Clock) -> None:
    shares: list[float] = []
    async with Portal(history(300), now=clock.now) as portal:
        portal.page = 10

        def follow(pulled: Pulled) -> None:
            shares.append(pulled.share)

        await pull(engine, portal, clock, watch=Watch(on_progress=follow))
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_secret_is_not_in_what_a_source_says_of_itself() -> None:
    portal = Portal()
    portal.url = "http://127.0.0.1:1/"
    assert "01234567" not in repr(source(portal))
