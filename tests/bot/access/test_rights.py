"""Who may do what, from what the settings say and what Slack tells of a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access.rights import ALL, WORDS, Access, NotAllowed, Person, Policy, Reach, Right, Standing
from bot.access_settings import Access as AccessSettings

_IDS = ("U0ANNA", "U0BOB", "S0GROWTH", "C0NEWS")
who = st.frozensets(st.sampled_from((*WORDS, *_IDS)))
policies = st.builds(
    Policy,
    st.fixed_dictionaries(dict.fromkeys(Right, who)),
    st.dictionaries(st.sampled_from(_IDS), st.just(Reach(teams=frozenset({"Growth"})))),
)
people = st.builds(
    Person, st.sampled_from(("U0ANNA", "U0BOB")), st.sampled_from(Standing), st.just(frozenset({"S0GROWTH"}))
)


def test_by_default_members_ask_and_export_and_nobody_else_does_anything() -> None:
    policy = AccessSettings().policy()
    assert policy.access(Person("U0ANNA", Standing.MEMBER)) == Access(frozenset({Right.FIGURES, Right.EXPORT}), ALL)
    for standing in Standing:
        if standing is not Standing.MEMBER:
            assert policy.access(Person("U0ANNA", standing)) == Access()


@given(policies, people, st.sampled_from(("", "C0NEWS")))
def test_without_figures_there_is_no_right_and_the_gone_and_the_unknown_have_none(
    policy: Policy, person: Person, channel: str
) -> None:
    access = policy.access(person, channel)
    assert Right.FIGURES in access.rights or not access.rights
    if person.standing in (Standing.GONE, Standing.UNKNOWN):
        assert not access.rights


@given(policies, people)
def test_to_be_named_once_more_never_takes_a_right_away(policy: Policy, person: Person) -> None:
    assert policy.access(person).rights <= policy.access(person, "C0NEWS").rights


@pytest.mark.parametrize(
    ("named", "person", "channel"),
    [
        ("U0ANNA", Person("U0ANNA", Standing.GUEST), ""),
        ("S0GROWTH", Person("U0BOB", Standing.GUEST, frozenset({"S0GROWTH"})), ""),
        ("C0NEWS", Person("U0BOB", Standing.STRANGER), "C0NEWS"),
        ("guests", Person("U0BOB", Standing.GUEST), ""),
    ],
)
def test_a_right_is_given_to_a_person_a_user_group_a_channel_or_a_standing(
    named: str, person: Person, channel: str
) -> None:
    policy = AccessSettings(see_figures=(named,)).policy()
    assert policy.check(person, Right.FIGURES, channel).may(Right.FIGURES)
    with pytest.raises(NotAllowed, match=r"may not see figures.*access\.see_figures"):
        policy.check(Person("U0OTHER", Standing.MEMBER), Right.FIGURES)


def test_whoever_slack_tells_nothing_of_is_told_to_ask_again() -> None:
    with pytest.raises(NotAllowed, match="Ask again in a minute"):
        AccessSettings().policy().check(Person("U0ANNA"), Right.FIGURES)


def test_parts_that_somebody_is_named_with_add_up_and_others_see_all() -> None:
    policy = AccessSettings(
        only=("U0ANNA=team:Growth", "S0GROWTH = business-unit: Shoes & Co", "U0ANNA=team:Brand")
    ).policy()
    anna = Person("U0ANNA", Standing.MEMBER, frozenset({"S0GROWTH"}))
    assert policy.access(anna).reach == Reach(frozenset({"Shoes & Co"}), frozenset({"Growth", "Brand"}))
    assert policy.access(Person("U0BOB", Standing.MEMBER)).reach.everything
    assert policy.groups == {"S0GROWTH"}
