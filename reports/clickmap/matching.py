"""Which clicks belong to which link of the HTML: providers write URLs in their own ways."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from reports.classify import is_content_link
from reports.facts import LinkFacts

#: Parameters that tell web analytics where a visit came from; they don't change the page.
_TRACKING: Final = re.compile(
    r"(?:utm_\w+|mc_[ce]id|mkt_tok|_hs\w*|__hs\w*|hs[a-z]*tracking|fbclid|gclid|dclid|msclkid|yclid|igshid|_ke|_kx"
    r"|vero_\w+|oly_\w+|ck_subscriber_id|sc_\w+|elq\w*|trk\w*|pk_\w+|mtm_\w+|piwik_\w+|ns_\w+|wickedid|s_cid"
    r"|et_[cr]id|dm_i|sfmc_\w+|sib_\w+|_bta_\w+)\Z",
    re.IGNORECASE | re.ASCII,
)
#: What stands for a value of the recipient's own until the e-mail is sent: {{x}}, {%x%}, *|x|*, %%x%%, %x%, [[x]],
#: ${x}, <%x%>, ##x##, {x}.
_MERGE: Final = re.compile(
    r"\{\{[^{}]{0,300}\}\}|\{%[^{}]{0,300}%\}|\*\|[^|]{0,300}\|\*|%%[^%\s]{1,300}%%|%(?![0-9a-f]{2})[a-z_]\w{2,80}%"
    r"|\[\[[^\[\]]{0,300}\]\]|\$?\{[^{}]{1,300}\}|<%[^<>]{0,300}%>|##[^#\s]{1,80}##",
    re.IGNORECASE,
)
#: Links that open a program of the reader's own; providers don't count them.
_UNTRACKED: Final = ("mailto:", "tel:", "sms:", "callto:", "skype:", "whatsapp:")
_NO_LINK: Final = ("javascript:", "vbscript:", "data:", "cid:", "#")
#: Words by which links that every e-mail has are known, and their merge tags.
_SORTS: Final = (
    ("unsub", "optout", "opt-out", "opt_out", "uitschrij", "afmeld"),
    ("preference", "voorkeur", "profile", "manage"),
    ("browser", "archive", "webversi", "web-versi", "web_versi", "weblink"),
)
_PORTS: Final = {"http": ":80", "https": ":443"}


@dataclass(slots=True)
class Group:
    """Places of the HTML whose clicks are known together, and those clicks."""

    url: str
    places: list[int] = field(default_factory=list)  #: numbers of links of the HTML, from 0 in their order
    facts: list[LinkFacts] = field(default_factory=list)

    @property
    def clicks(self) -> int:
        """People's clicks in the HTML, and those of which the part isn't known."""
        return sum(html_clicks(fact) for fact in self.facts)

    @property
    def text_clicks(self) -> int:
        return sum(fact.text_clicks for fact in self.facts)

    @property
    def people(self) -> int:
        """At most so many: somebody who clicked two ways of writing one link counts in each."""
        return sum(html_people(fact) for fact in self.facts)

    @property
    def content(self) -> bool:
        return all(fact.content for fact in self.facts) if self.facts else is_content_link(unquote(self.url))

    @property
    def tracked(self) -> bool:
        return bool(self.facts) or not self.url.lower().startswith(_UNTRACKED)


def html_clicks(fact: LinkFacts) -> int:
    return fact.html_clicks + fact.untold_clicks


def html_people(fact: LinkFacts) -> int:
    """Of whom a click's part isn't known, the HTML is assumed: nearly everybody reads it."""
    return fact.people if fact.untold_clicks else fact.html_people


def is_link(href: str) -> bool:
    """Whether something can be clicked there: no anchor within the e-mail, and no script."""
    return bool(href) and not href.lower().startswith(_NO_LINK)


def match(hrefs: Sequence[str], facts: Iterable[LinkFacts]) -> tuple[list[Group], list[LinkFacts]]:
    """Groups of the HTML's links in the order in which they begin, and the facts that belong to none of them.

    The most exact way of comparing that finds a link wins: as it is written, then as one address, then without
    tracking parameters, then with its merge tags filled in. Where that leaves a choice of several links of the HTML,
    their clicks can't be told apart: they become one group.
    """
    by_url: dict[str, Group] = {}
    for place, href in enumerate(hrefs):
        by_url.setdefault(href, Group(href)).places.append(place)
    groups = list(by_url.values())
    rest = list(facts)
    for key in (str.strip, address, bare):
        rest = _assign(groups, rest, key)
    rest = _fill_in(groups, rest)
    _join_same_addresses(groups)
    found = [group for group in groups if group.places]
    return sorted(found, key=lambda group: group.places[0]), rest


def address(url: str) -> str:
    """One way of writing for one address: host in small letters, default port and last slash gone, one scheme."""
    try:
        parts = urlsplit(unescape(url).strip())
        host = (parts.netloc.rpartition("@")[2] if parts.netloc else "").lower()
    except ValueError:  # brackets that no address has
        return url.strip()
    if not host:
        return url.strip()
    host = host.removesuffix(_PORTS.get(parts.scheme.lower(), ":80"))
    path = quote(unquote(parts.path), safe="/:@!$&'()*+,;=~-._").rstrip("/")
    query = f"?{parts.query}" if parts.query else ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    scheme = "http" if parts.scheme.lower() in {"http", "https"} else parts.scheme.lower()
    return f"{scheme}://{host}{path}{query}{fragment}"


def bare(url: str) -> str:
    """The address without what web analytics adds, its parameters in one order."""
    try:
        parts = urlsplit(address(url))
        pairs = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return url.strip()
    kept = sorted(pair for pair in pairs if not _TRACKING.match(pair[0]))
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{parts.scheme}://{parts.netloc}{parts.path}{query}" if parts.netloc else url.strip()


def _assign(groups: list[Group], facts: list[LinkFacts], key: Callable[[str], str]) -> list[LinkFacts]:
    """The facts that this way of comparing leaves over."""
    known: dict[str, list[Group]] = {}
    for group in groups:
        if group.places:
            known.setdefault(key(group.url), []).append(group)
    taken = {id(group) for group in groups if group.facts}
    rest = []
    for fact in facts:
        found = [group for group in known.get(key(fact.url), []) if group.places]
        if not found:
            rest.append(fact)
            continue
        # A link that a more exact comparison has found already has clicks of its own.
        _join([group for group in found if id(group) not in taken] or found).facts.append(fact)
    return rest


def _join(groups: list[Group]) -> Group:
    """All of them in the first; the others are left without a place."""
    first = groups[0]
    for other in groups[1:]:
        first.places.extend(other.places)
        first.facts.extend(other.facts)
        other.places, other.facts = [], []
    first.places.sort()
    return first


def _join_same_addresses(groups: list[Group]) -> None:
    """Two ways of writing one address, of which the provider tells only one: nobody knows that the other had none."""
    known = {address(group.url): group for group in groups if group.places and group.facts}
    for group in groups:
        same = known.get(address(group.url))
        if same is not None and same is not group and group.places and not group.facts:
            _join([same, group])


def _fill_in(groups: list[Group], facts: list[LinkFacts]) -> list[LinkFacts]:
    """Links that each recipient got with values of their own: what stands around the values tells them."""
    tagged = [(group, _pieces(group.url)) for group in groups if group.places and _MERGE.search(group.url)]
    rest = []
    for fact in facts:
        found = next((group for group, pieces in tagged if _fits(fact, group.url, pieces)), None)
        if found is None:
            rest.append(fact)
        else:
            found.facts.append(fact)
    return rest


def _pieces(url: str) -> tuple[str, ...]:
    return tuple(piece.lower() for piece in _MERGE.split(url))


def _fits(fact: LinkFacts, url: str, pieces: tuple[str, ...]) -> bool:
    """Whether the pieces stand in the fact's URL in their order, the first at its beginning, the last at its end."""
    if sum(map(len, pieces)) < len("https://a.b"):
        return not fact.content and _sort(url) is not None and _sort(url) == _sort(fact.url)
    told = fact.url.lower()
    if not told.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1]:
        found = told.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return told.endswith(pieces[-1]) and len(told) - len(pieces[-1]) >= at


def _sort(text: str) -> int | None:
    """Which of the links that every e-mail has it is, when the whole of it is a merge tag: {{ unsubscribe_link }}."""
    lowered = text.lower()
    return next((number for number, words in enumerate(_SORTS) if any(word in lowered for word in words)), None)
