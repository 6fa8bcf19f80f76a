"""Slack's own markup as HTML: what an app writes in `mrkdwn`, shown to somebody in their zone."""

import html
import re
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from markdown_it import MarkdownIt
from markupsafe import Markup, escape

_SPLIT = re.compile(r"(```.*?```|`[^`\n]+`|<[^<>\n]+>)", re.DOTALL)
_STYLES = tuple(
    (re.compile(rf"(?<![\w{mark}]){mark}(?=\S)([^\n{mark}]*[^\s{mark}]){mark}(?!\w)"), tag)
    for mark, tag in ((r"\*", "strong"), ("_", "em"), ("~", "s"))
)
_DATES = {
    "date_num": "%Y-%m-%d",
    "date": "%B %-d, %Y",
    "date_short": "%b %-d, %Y",
    "date_long": "%A, %B %-d, %Y",
    "date_pretty": "%B %-d, %Y",
    "date_short_pretty": "%b %-d, %Y",
    "date_long_pretty": "%A, %B %-d, %Y",
    "time": "%H:%M",
    "time_secs": "%H:%M:%S",
}


def to_html(text: str, zone: str = "UTC", names: Callable[[str], str] = str) -> Markup:
    """The text with its links, mentions, dates and styles. `names` tells what a user or a channel is called."""
    parts: list[Markup] = []
    for part in _SPLIT.split(text):
        if len(part) > 6 and part.startswith("```") and part.endswith("```"):
            parts.append(Markup("<pre>{}</pre>").format(html.unescape(part[3:-3]).strip("\n")))
        elif len(part) > 2 and part[0] == part[-1] == "`":
            parts.append(Markup("<code>{}</code>").format(html.unescape(part[1:-1])))
        elif len(part) > 2 and part[0] == "<" and part[-1] == ">":
            parts.append(_reference(part[1:-1], zone, names))
        else:
            parts.append(_styled(part))
    return Markup().join(parts)


def link(url: str, label: str) -> Markup:
    """A link where a browser may follow it; else its words alone, so that no script hides in one."""
    if not re.match(r"(https?://|mailto:)", url, re.IGNORECASE):
        return escape(label)
    return Markup('<a href="{}" target="_blank" rel="noreferrer noopener">{}</a>').format(url, label)


def _styled(text: str) -> Markup:
    written = str(escape(html.unescape(text)))
    for pattern, tag in _STYLES:
        written = pattern.sub(rf"<{tag}>\1</{tag}>", written)
    return Markup(written.replace("\n", "<br>"))  # noqa: S704 - escaped above


def _reference(inside: str, zone: str, names: Callable[[str], str]) -> Markup:
    target, _, label = inside.partition("|")
    if not target:  # it refers to nothing, and so is text
        return escape(f"<{html.unescape(inside)}>")
    if target.startswith("!date^"):
        return _date(target, label, zone)
    if target[0] in "@#":
        name = label or names(target[1:])
        return Markup('<span class="mention">{}{}</span>').format(target[0], html.unescape(name))
    if target[0] == "!":
        return Markup('<span class="mention">@{}</span>').format(target[1:])
    return link(html.unescape(target), html.unescape(label or target))


def _date(target: str, fallback: str, zone: str) -> Markup:
    parts = target.split("^")
    if len(parts) < 3:
        return escape(html.unescape(fallback))
    return date_of(parts[1], parts[2], fallback, zone, *parts[3:4])


def date_of(seconds: object, form: str, fallback: str, zone: str, url: str = "") -> Markup:
    """A moment in the words of a form such as "{date} at {time}", in a zone."""
    try:
        at = datetime.fromtimestamp(int(str(seconds)), UTC).astimezone(ZoneInfo(zone))
    except (ValueError, OverflowError, OSError):
        return escape(html.unescape(fallback))
    words = re.sub(r"\{(\w+)\}", lambda found: at.strftime(_DATES.get(found[1], found[0])), html.unescape(form))
    return link(url, words) if url else Markup('<time datetime="{}">{}</time>').format(at.isoformat(), words)


def markdown(text: str) -> Markup:
    """Standard Markdown as HTML: HTML in it is text, and its pictures are links."""
    reader = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
    return Markup(reader.render(text))  # noqa: S704 - its reader escapes HTML and keeps to harmless links
