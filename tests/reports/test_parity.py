"""Differences from a provider's figures are explained by people who count otherwise there, or are not explained."""

from hypothesis import given
from hypothesis import strategies as st

from reports.facts import Counts
from reports.parity import Apart, Reason, compare

OURS = Counts(
    sent=100,
    delivered=95,
    bounced_hard=3,
    bounced_soft=2,
    not_sent=7,
    opened=40,
    machine_opened=12,
    clicked=9,
    machine_clicked=4,
    unsubscribed=2,
    unsubscribed_suspect=1,
    complained=1,
)
APART = Apart(opened_by_click=5, clicked_utility=3, inferred=2, bounced_first=1)


def line(key: str, theirs: int) -> tuple[int, int, tuple[Reason, ...] | None]:
    (found,) = compare(OURS, APART, {key: theirs})
    return found.ours, found.difference, found.reasons


def test_figures_that_agree_need_no_reason() -> None:
    assert line("delivered", 95) == (95, 0, ())
    assert line("bounce", 5) == (5, 0, ())


def test_machines_that_the_provider_counts_explain_what_it_has_more() -> None:
    assert line("open", 52) == (40, 12, (Reason(12, "opened by machines alone, left out here"),))
    assert line("click", 13) == (9, 4, (Reason(4, "clicked by machines alone, left out here"),))


def test_several_reasons_together_explain_a_difference() -> None:
    _, difference, reasons = line("open", 47)
    assert reasons
    assert (difference, [reason.people for reason in reasons]) == (7, [12, -5])
    _, difference, reasons = line("click", 16)
    assert reasons
    assert (difference, [reason.people for reason in reasons]) == (7, [4, 3])


def test_deliveries_that_nobody_told_of_explain_what_the_provider_has_fewer() -> None:
    assert line("delivered", 93)[1:] == (-2, (Reason(-2, "engaged, though no delivery was told"),))
    assert line("unsubscribed", 3)[1:] == (1, (Reason(1, "likely a scanner's, counted apart here"),))


def test_what_no_reason_makes_to_the_last_person_is_not_explained() -> None:
    assert line("open", 51) == (40, 11, None)
    assert line("spamreport", 2) == (1, 1, None)
    assert line("notsent", 0) == (7, -7, None)


def test_only_what_the_provider_tells_is_compared() -> None:
    assert [told.label for told in compare(OURS, APART, {"sent": 100, "selected": 107})] == ["Sent"]


@given(st.builds(Apart, *[st.integers(0, 9)] * 5), st.integers(0, 200), st.sampled_from(["sent", "open", "click"]))
def test_reasons_always_add_up_to_the_difference(apart: Apart, theirs: int, key: str) -> None:
    (found,) = compare(OURS, apart, {key: theirs})
    if found.reasons is not None:
        assert sum(reason.people for reason in found.reasons) == found.difference
