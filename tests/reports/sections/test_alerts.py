"""What is told of an e-mail as unusual, and what is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.digests.compiling import is_empty
from reports.compile import compile_report
from reports.facts import Counts, Facts, Peer
from reports.freeze import Digest
from reports.query import Query
from reports.report import Result
from reports.sections import alerts
from tests.reports.sections.facts import SENT, UGLY, email

_USUAL = Counts(sent=2_000, delivered=1_980, bounced_hard=10, bounced_soft=10, clicked=80, unsubscribed=4)


def peer(number: int) -> Peer:
    """One a little more, one a little less."""
    turn = (-1) ** number
    return Peer(number, replace(_USUAL, bounced_hard=10 + 2 * turn, clicked=80 + 8 * turn, unsubscribed=4 + turn))


def built(counts: Counts, *, peers: int = 20, days: int = 9, locale: str = "en", **kind: str) -> Result:
    told = replace(email(), **{"type": "newsletter", **kind})  # type: ignore[arg-type]
    facts = Facts(told, SENT + timedelta(days=days), counts, peers=tuple(map(peer, range(peers))))
    return alerts.build(Query("x", locale=locale), facts)


def what(result: Result) -> list[object]:
    return [row[0] for row in result.table.rows] if result.table else []


def test_an_e_mail_like_the_others_is_nothing_to_be_told_of() -> None:
    result = built(_USUAL)
    assert result.table is None and result.chart is None and not result.figures
    assert result.notes[0].startswith("Nothing is unusual: ")
    assert result.notes[0].endswith(" as in the 20 earlier e-mails of the type “newsletter”.")
    report = compile_report(Query("x", sections=("alerts",)), Facts(email(), SENT, _USUAL), SENT)
    assert is_empty(Digest("Alerts", "", (report,)))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"bounced_hard": 90}, "Bounce rate is high"),
        ({"complained": 12}, "Spam report rate is high"),
        ({"unsubscribed": 30}, "Unsubscribe rate is high"),
        ({"clicked": 200}, "Click rate is high"),
        ({"clicked": 20}, "Click rate is low"),
    ],
)
def test_what_is_far_from_the_usual_is_told_with_how_often_chance_does_so(change: dict[str, int], told: str) -> None:
    result = built(replace(_USUAL, **change))
    assert what(result) == [told]
    assert result.table is not None
    assert str(result.table.rows[0][3]).startswith(("about once in ", "less than once in 10,000"))


def test_fewer_bounces_and_unsubscribes_are_no_alarm() -> None:
    assert what(built(replace(_USUAL, bounced_hard=0, bounced_soft=0, unsubscribed=0))) == []


def test_few_clicks_are_no_news_while_people_are_still_to_click() -> None:
    early = built(replace(_USUAL, clicked=20), days=1)
    assert what(early) == [] and "Few clicks are not told of before three days have passed." in early.notes
    assert what(built(replace(_USUAL, clicked=200), days=1)) == ["Click rate is high"]


def test_the_rarest_comes_first() -> None:
    result = built(replace(_USUAL, bounced_hard=300, unsubscribed=16))
    assert what(result) == ["Bounce rate is high", "Unsubscribe rate is high"]


def test_without_a_history_it_says_how_many_are_missing() -> None:
    assert built(_USUAL, peers=1).notes == (
        "1 earlier e-mail of its type is known, and 8 are needed to tell what is usual.",
    )


def test_an_automated_e_mail_is_not_watched() -> None:
    assert "sent on and on" in built(replace(_USUAL, bounced_hard=900), workflow="Onboarding").notes[0]


def test_numbers_are_the_readers() -> None:
    result = built(replace(_USUAL, bounced_hard=900), locale="nl")
    assert result.table is not None and result.table.rows[0][3] == "less than once in 10.000 e-mails"


def test_a_type_of_three_thousand_signs_is_no_trouble() -> None:
    assert len(built(_USUAL, type=UGLY).notes[0]) < 300
