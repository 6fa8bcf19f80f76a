"""What is left of an e-mail's HTML before anything draws it: an allow-list of elements and attributes, nothing remote.

The picture is drawn by an engine without scripts, which can fetch nothing, so this is not what keeps a page from doing
harm; it keeps a hostile e-mail from costing time and memory, and takes away what would only be noise in a picture.
"""

import re
from collections.abc import Iterable
from typing import Final

from lxml import etree, html
from lxml.html import HtmlElement

from reports.clickmap.boxes import BLANK, box, told_size
from reports.masking import mask_text

MOST_CHARACTERS: Final = 3_000_000  #: of HTML; mail clients cut at a thirtieth of it
MOST_ELEMENTS: Final = 20_000
MOST_TABLES: Final = 12  #: within each other: the time to lay out tables doubles with every further one
_MOST_STYLE: Final = 300_000  # characters of style sheets
_MOST_ATTRIBUTES: Final = 500  # of one element: parsers take the square of it

_KEPT_TAGS: Final = (
    "html head body style a abbr address area article aside b bdi bdo big blockquote br button caption center cite code"
    " col colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li"
    " main map mark nav ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead tr tt"
    " u ul var wbr"
)
#: With all that is in them. What is in neither list loses its tag and keeps its content.
_DROPPED_TAGS: Final = (
    "script noscript iframe frame frameset object embed applet audio video source track canvas svg math template link"
    " meta base title input select textarea option xml noembed noframes"
)
_KEPT_ATTRIBUTES: Final = (
    "align valign bgcolor border cellpadding cellspacing width height style class id dir lang colspan rowspan color"
    " face size nowrap hspace vspace start type alt shape coords usemap name span"
)
_KEPT: Final = frozenset(_KEPT_TAGS.split())
_DROPPED: Final = frozenset(_DROPPED_TAGS.split())
_ATTRIBUTES: Final = frozenset(_KEPT_ATTRIBUTES.split())
_LINKS: Final = frozenset({"a", "area"})
#: Outlook draws these; other mail clients show what stands beside them.
_VML: Final = ("v:", "w:", "o:")

_TAG: Final = re.compile(r"""<[a-zA-Z](?:[^"'>]|"[^"]*"|'[^']*')*+""")
_QUOTED: Final = re.compile(r""""[^"]*"|'[^']*'""")
_BREAKS: Final = re.compile(r"[\s/]+")
_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_IMAGE: Final = re.compile(r"data:image/(?:png|jpe?g|gif|webp);base64,[A-Za-z0-9+/=\s]+\Z", re.IGNORECASE)
_URL: Final = re.compile(r"""url\(\s*(["']?)(?!data:image/(?:png|jpe?g|gif|webp);base64,)[^)]*\)?""", re.IGNORECASE)
_IMPORT: Final = re.compile(r"@import[^;}]*[;}]?", re.IGNORECASE)


class Unreadable(ValueError):
    """There is nothing in the HTML that could be shown."""


def parse(source: str) -> HtmlElement:
    """A document's root. Elements nested deeper than 255 end it, which keeps every later walk from growing with depth.

    Raises Unreadable.
    """
    text = _TAG.sub(_bounded, _UNSEEN.sub("", source[:MOST_CHARACTERS]))
    parser = html.HTMLParser(encoding="utf-8", remove_pis=True, no_network=True)
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise Unreadable("the HTML is empty") from error
    if root.find("body") is None:
        raise Unreadable("the HTML has no body")
    return root


def _bounded(tag: re.Match[str]) -> str:
    return tag[0] if len(_BREAKS.split(_QUOTED.sub("", tag[0]))) <= _MOST_ATTRIBUTES else "<i"


def clean(root: HtmlElement) -> None:
    """Changes the document in place. Links keep their `href`: `annotate` reads it and takes it away."""
    styled = 0
    for number, element in enumerate(list(root.iter())):
        if element is root:
            continue
        tag = element.tag if isinstance(element.tag, str) else ""
        if number > MOST_ELEMENTS or not tag or tag in _DROPPED or tag.startswith(_VML):
            _drop(element)
        elif tag == "style":
            styled += len(element.text or "")
            element.text = local_style(element.text or "") if styled <= _MOST_STYLE else ""
            element.attrib.clear()
        elif tag not in _KEPT:
            _keep_attributes(element, tag)
            element.tag = "div" if tag in {"form", "fieldset", "details", "summary", "hgroup", "marquee"} else "span"
        else:
            _keep_attributes(element, tag)
    _flatten(root, 0)


def local_style(css: str) -> str:
    """CSS without what would have to be fetched. What it misses finds no way out: the engine can fetch nothing."""
    return _URL.sub("none", _IMPORT.sub("", css)) if "(" in css or "@" in css else css


def serialise(root: HtmlElement) -> str:
    return html.tostring(root, encoding="unicode", doctype="<!DOCTYPE html>")


def without_addresses(source: str) -> str:
    """Sanitised HTML with every address that stands in its text masked."""
    if "@" not in source:
        return source
    root = parse(source)
    for element in root.iter():
        if element.tag != "style":
            element.text = _masked(element.text)
        element.tail = _masked(element.tail)
    return serialise(root)


def _masked(text: str | None) -> str | None:
    return mask_text(text) if text else text


def _drop(element: HtmlElement) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _keep_attributes(element: HtmlElement, tag: str) -> None:
    for name, value in element.attrib.items():
        if name == "style":
            element.set(name, local_style(value))
        elif (
            name == "src"
            or (name == "href" and tag in _LINKS)
            or (name == "background" and _IMAGE.match(value.strip()))
        ):
            continue
        elif name not in _ATTRIBUTES:
            del element.attrib[name]
    if tag == "img":
        _localise(element)
    else:
        element.attrib.pop("src", None)


def _localise(image: HtmlElement) -> None:
    """A picture that is in the HTML stays; any other becomes a box of its size with its alternative text."""
    source = (image.get("src") or "").strip()
    if not _IMAGE.match(source):
        size = told_size(dict(image.attrib))
        image.set("src", BLANK if size.tiny else box(size, image.get("alt") or ""))
    image.attrib.pop("alt", None)  # the engine would write it beside the box


def _flatten(element: HtmlElement, tables: int) -> None:
    """Tables within too many tables become plain blocks."""
    within = tables + (element.tag == "table")
    if within > MOST_TABLES and element.tag in {"table", "tbody", "thead", "tfoot", "tr", "td", "th", "caption"}:
        element.tag = "div"
    for child in _children(element):
        _flatten(child, within)


def _children(element: HtmlElement) -> Iterable[HtmlElement]:
    return [child for child in element if isinstance(child.tag, str)]
