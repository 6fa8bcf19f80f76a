"""`emailstats health` and `resend`, as a person types them, on a ledger of every kind of end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.cli import run_command
from bot.digests.health import length, sentences
from reports.calendar import Due
from store import entries, ledger, occurrences, subscriptions
from store.engine import writing
from store.health import health
from store.ledger import Delivery, DeliveryState, Outcome, OutcomeKind
from store.subscriptions import Channel, Place
from tests.bot.digests.desk import WEEKLY

Say = Callable[..., tuple[int, str]]
DUE = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=3)
ANSWERS = (
    Outcome(OutcomeKind.SENT),
    Outcome(OutcomeKind.UNKNOWN, "timeout", "the connection to [b]Slack[/b] was lost"),
    Outcome(OutcomeKind.PERMANENT, "is_archived", "the channel is archived"),
)


def delivered(engine: Engine, *answers: Outcome) -> list[Delivery]:
    """A delivery an answer, and one that waits for a mail server."""
    places = [Place(Channel.SLACK, f"C0CHANNEL{number:02}") for number in range(len(answers))]
    mail = Place(Channel.MAIL, "someone@example.com")
    number = subscriptions.add(engine, WEEKLY, [*places, mail], DUE)[0].id
    occurrences.elect(engine, number, Due("2026-W20", DUE, DUE, DUE))
    occurrences.freeze(engine, number, "2026-W20", b"digest")
    found = ledger.claim(engine, "one", Channel.SLACK, timedelta(minutes=1), 100)
    for delivery, answer in zip(found, answers, strict=True):
        entries.mark(engine, delivery, timedelta(minutes=1))
        entries.record(engine, delivery, answer)
    return list(found)


@pytest.fixture
def say(store_url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Say:
    def say(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run_command([*words], {"EMAILSTATS_DATABASE__URL": store_url, "COLUMNS": "160", "HOME": str(tmp_path)})
        said = capsys.readouterr()
        return code, said.out + said.err

    return say


def test_health_counts_what_became_of_everything_and_says_what_waits_for_what(engine: Engine) -> None:
    delivered(engine, *ANSWERS, *[Outcome(OutcomeKind.SENT)] * 18)
    with engine.connect() as connection:
        found = health(connection, DUE - timedelta(days=1), 10)
        later = health(connection, DUE + timedelta(seconds=1), 10)
    assert found.occurrences == 1
    assert (found.states[DeliveryState.SENT], found.states[DeliveryState.UNKNOWN]) == (19, 1)
    assert found.late is not None and timedelta(minutes=3) <= found.late < timedelta(minutes=4)
    assert [one.state for one in found.unsettled] == ["failed", "unknown"]
    told = list(sentences(found, {Channel.SLACK}))
    assert told[0].startswith("Last 30 days: 1 digest due; deliveries: 19 sent, 1 unknown, 1 failed")
    assert "1 delivery waits, and can't be sent: no mail server is set (mail.host)." in told
    assert (later.occurrences, later.late, later.unsettled) == (0, None, ())
    assert next(sentences(later, set())) == "Nothing came due in the last 30 days."


def test_the_lateness_is_that_of_ninety_five_of_a_hundred(engine: Engine) -> None:
    delivered(engine, *[Outcome(OutcomeKind.SENT)] * 40)
    with writing(engine).begin() as connection:
        late = text("UPDATE deliveries SET settled_at = :due + id WHERE settled_at IS NOT NULL")
        connection.execute(late, {"due": int(DUE.timestamp())})
    with engine.connect() as connection:
        assert health(connection, DUE, 10).late == timedelta(seconds=38)


def test_an_owner_sees_what_is_theirs_to_decide(engine: Engine) -> None:
    delivered(engine, *ANSWERS)
    with engine.connect() as connection:
        assert len(health(connection, DUE, 10, WEEKLY.owner).unsettled) == 2
        assert health(connection, DUE, 10, "U0ANOTHER00").unsettled == ()


def test_a_terminal_shows_what_has_to_be_decided_and_a_person_decides_it(engine: Engine, say: Say) -> None:
    _sent, unknown, failed = delivered(engine, *ANSWERS)
    code, said = say("health")
    assert code == 0
    assert "[b]Slack[/b]" in said
    assert "C0CHANNEL01" in said and "The week" in said
    assert say("resend", str(unknown.id), "--arrived") == (0, "It counts as sent.\n")
    assert say("resend", str(failed.id))[0] == 0
    assert [one.id for one in ledger.claim(engine, "two", Channel.SLACK, timedelta(minutes=1), 10)] == [failed.id]
    assert "There is nothing to decide." in say("health")[1]


def test_what_was_sent_is_not_sent_again_by_a_slip(engine: Engine, say: Say) -> None:
    (sent,) = delivered(engine, ANSWERS[0])
    code, said = say("resend", str(sent.id))
    assert (code, "is sent: only one that is unknown, failed or expired" in said) == (2, True)
    assert "There is no delivery 99" in say("resend", "99")[1]


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (121, "3 min"), (7_200, "2 h"), (200_000, "3 d")]
)
def test_a_bound_is_rounded_up(seconds: int, words: str) -> None:
    assert length(timedelta(seconds=seconds)) == words
