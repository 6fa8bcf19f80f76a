"""Links that are the mail's content, and those that every mail carries."""

import pytest

from reports.classify import is_content_link


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/unsubscribe?u=1",
        "https://UNSUBSCRIBE.example.org/x",
        "mailto:unsubscribe@example.org",
        "https://example.org/hs/manage-preferences/unsubscribe?d=1",
        "https://example.org/preference-center",
        "https://example.org/view-in-browser/7",
        "https://example.org/email/opt-out",
        "https://example.nl/uitschrijven",
        "https://example.nl/afmelden?c=1",
        "https://example.nl/voorkeuren",
    ],
)
def test_links_to_leave_to_choose_and_to_read_elsewhere_are_no_content(url: str) -> None:
    assert not is_content_link(url)


@pytest.mark.parametrize(
    "url", ["https://example.org/articles/spring", "https://example.org/subscribe", "https://browser.example.org", ""]
)
def test_other_links_are_content(url: str) -> None:
    assert is_content_link(url)


def test_the_pieces_that_tell_are_the_caller_s_to_choose() -> None:
    assert not is_content_link("https://example.de/Abmelden", utility=("abmelden",))
    assert is_content_link("https://example.org/unsubscribe", utility=())
