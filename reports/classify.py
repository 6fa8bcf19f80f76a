"""What a link is for."""

from collections.abc import Iterable

#: Pieces of the URLs of links by which somebody unsubscribes.
UNSUBSCRIBE_LINKS = ("unsubscribe", "opt-out", "optout", "uitschrijven", "afmelden")
#: Pieces of the URLs of links that every mail carries: they are not the mail's content.
UTILITY_LINKS = (
    *UNSUBSCRIBE_LINKS,
    "preferences",
    "preference-center",
    "view-in-browser",
    "view_in_browser",
    "viewinbrowser",
    "webversion",
    "web-version",
    "voorkeuren",
    "webversie",
)

#: Milliseconds of the longest look from which somebody has read, or skimmed, an e-mail; less is a glance.
READ_MS, SKIMMED_MS = 8_000, 2_000


def is_content_link(url: str, utility: Iterable[str] = UTILITY_LINKS) -> bool:
    """False for unsubscribe, preference and view-in-browser links, which click rates leave out."""
    lowered = url.lower()
    return not any(piece in lowered for piece in utility)


def is_unsubscribe_link(url: str) -> bool:
    lowered = url.lower()
    return any(piece in lowered for piece in UNSUBSCRIBE_LINKS)
