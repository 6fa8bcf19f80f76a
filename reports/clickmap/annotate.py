"""An e-mail's HTML, made safe, with a number on every link, and whose clicks each of them has."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Final

from lxml import etree, html
from lxml.html import HtmlElement

from reports.clickmap import sanitise
from reports.clickmap.matching import Group, is_link, match
from reports.facts import LinkFacts

#: On an element of the sanitised HTML: the number of its group in `Annotated.groups`.
MARK: Final = "data-link"
_BROKEN: Final = re.compile(r"[\t\r\n]")
_CONDITION: Final = re.compile(r"\A\[if[^\]]*\]>|<!\[endif\]\Z", re.IGNORECASE)
_MOST_COMMENT: Final = 50_000
#: Styled as a link by the engine, and leads nowhere.
_NOWHERE: Final = "about:blank"


@dataclass(frozen=True, slots=True)
class Annotated:
    html: str  #: sanitised; elements that are links carry MARK
    groups: tuple[Group, ...]  #: links of the HTML, each URL once, in the order in which they stand there
    outlook: tuple[Group, ...]  #: links that only Outlook shows (VML in conditional comments), with clicks
    elsewhere: tuple[LinkFacts, ...]  #: links that the HTML doesn't have: in smart content, or the plain text alone


def annotate(source: str, facts: Iterable[LinkFacts]) -> Annotated:
    """Raises sanitise.Unreadable when there is nothing to show."""
    root = sanitise.parse(source)
    hidden = _outlook_links(root)
    sanitise.clean(root)
    links = [element for element in root.iter("a", "area") if is_link(_href(element))]
    groups, rest = match([_href(element) for element in links], facts)
    outlook, elsewhere = match(hidden, rest)
    number = {place: index for index, group in enumerate(groups) for place in group.places}
    for place, element in enumerate(links):
        element.set(MARK, str(number[place]))
    for element in root.iter("a", "area"):
        if element.attrib.pop("href", None) is not None and element.get(MARK):
            element.set("href", _NOWHERE)
    return Annotated(
        sanitise.serialise(root),
        tuple(groups),
        tuple(group for group in outlook if group.facts),
        tuple(elsewhere),
    )


def _href(element: HtmlElement) -> str:
    return _BROKEN.sub("", element.get("href") or "").strip()


def _outlook_links(root: HtmlElement) -> list[str]:
    """The links in what only Outlook reads: VML, and comments with a condition."""
    found = [_href(element) for element in root.iter() if isinstance(element.tag, str) and ":" in element.tag]
    beside = (root.itersiblings(etree.Comment, preceding=before) for before in (True, False))
    for comment in chain(root.iter(etree.Comment), *beside):
        text = comment.text or ""
        if _CONDITION.match(text) and "href" in text:
            try:
                inner = html.fromstring(f"<div>{_CONDITION.sub('', text[:_MOST_COMMENT])}</div>")
            except (etree.ParserError, etree.XMLSyntaxError, ValueError):
                continue
            found += [_href(element) for element in inner.iter() if isinstance(element.tag, str)]
    return [href for href in found if is_link(href)]
