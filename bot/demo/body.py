"""The HTML of a sample e-mail: tables as mail clients understand them, pictures inside, nothing loaded from outside."""

import base64
import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from bot.demo.articles import Article

SITE = "https://www.example.com"
SENDERS = {"en": "Garden & Co", "nl": "Tuin & Zo"}
SOCIAL = ("https://social.example.org/@gardenandco", "https://video.example.org/c/gardenandco")

_WORDS = {
    "en": (
        "View in browser",
        "Unsubscribe",
        "Preferences",
        "You get this e-mail because you asked for it.",
        "Follow us",
        "Watch us",
    ),
    "nl": (
        "Bekijk in je browser",
        "Uitschrijven",
        "Voorkeuren",
        "Je krijgt deze mail omdat je erom hebt gevraagd.",
        "Volg ons",
        "Bekijk ons",
    ),
}
_BUTTON = "display:inline-block;padding:10px 18px;background:{colour};color:#ffffff;text-decoration:none"


@dataclass(frozen=True, slots=True)
class Links:
    """Where the links of one e-mail lead: `content` from top to bottom, and those that every e-mail carries."""

    content: tuple[str, ...]
    unsubscribe: str
    preferences: str
    view_in_browser: str


def links(number: int, campaign: str, articles: tuple[Article, ...]) -> Links:
    """The links of an e-mail: an article each, the logo's and the social ones after them.

    `campaign` is what web analytics shall call it, of letters that a URL may hold.
    """
    tagged = f"utm_medium=email&utm_campaign={campaign}"
    pages = [f"{article.page}?{tagged}" for article in articles]
    return Links(
        content=(*pages, f"{SITE}/?{tagged}", *SOCIAL),
        unsubscribe=f"{SITE}/unsubscribe?e={number}",
        preferences=f"{SITE}/email-preferences?e={number}",
        view_in_browser=f"{SITE}/view-in-browser/{number}",
    )


def body(subject: str, articles: tuple[Article, ...], to: Links, language: str, hue: int) -> str:
    """A complete document; `to` holds the links of exactly these articles, `hue` (0 to 5) picks the colours."""
    view, leave, preferences, why, follow, watch = _WORDS[language]
    pages = to.content[: len(articles)]
    home, social, video = to.content[len(articles) :]
    sender, title = escape(SENDERS[language]), escape(subject)
    rows = "".join(_article(article, page, hue) for article, page in zip(articles[1:], pages[1:], strict=True))
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title></head>'
        '<body style="margin:0;background:#f3f5f0;font-family:Arial,Helvetica,sans-serif;color:#22301f">'
        f'<div style="display:none">{escape(articles[0].text)}</div>'
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">'
        '<table role="presentation" width="600" cellpadding="20" cellspacing="0" style="background:#ffffff">'
        f'<tr><td><a href="{escape(home)}"><img src="{_picture(hue, 48, 16)}" width="96" height="32" alt="{sender}">'
        f'</a></td><td align="right" style="font-size:12px"><a href="{escape(to.view_in_browser)}">{view}</a></td></tr>'
        f'<tr><td colspan="2"><a href="{escape(pages[0])}"><img src="{_picture(hue, 70, 24)}" width="560" height="190" '
        f'alt="{escape(articles[0].title)}"></a><h1 style="font-size:26px">{escape(articles[0].title)}</h1>'
        f"<p>{escape(articles[0].text)}</p>{_button(articles[0], pages[0], hue)}</td></tr>{rows}"
        f'<tr><td colspan="2" align="center"><a href="{escape(social)}">{follow}</a> · '
        f'<a href="{escape(video)}">{watch}</a></td></tr>'
        f'<tr><td colspan="2" align="center" style="font-size:12px;color:#66705f"><p>{sender}, 1 Example Street</p>'
        f'<p>{why} <a href="{escape(to.preferences)}">{preferences}</a> · '
        f'<a href="{escape(to.unsubscribe)}">{leave}</a></p></td></tr>'
        "</table></td></tr></table></body></html>"
    )


def _article(article: Article, page: str, hue: int) -> str:
    return (
        f'<tr><td width="170"><img src="{_picture(hue + 1, 20, 15)}" width="160" height="120" alt=""></td>'
        f'<td><h2 style="font-size:18px">{escape(article.title)}</h2><p>{escape(article.text)}</p>'
        f"{_button(article, page, hue)}</td></tr>"
    )


def _button(article: Article, page: str, hue: int) -> str:
    style = _BUTTON.format(colour="#{:02x}{:02x}{:02x}".format(*_COLOURS[hue % len(_COLOURS)]))
    return f'<a href="{escape(page)}" style="{style}">{escape(article.button)}</a>'


#: Dark enough for white letters upon them.
_COLOURS = ((46, 92, 58), (120, 63, 32), (38, 84, 124), (110, 52, 98), (92, 84, 30), (140, 48, 52))


@lru_cache(maxsize=64)
def _picture(hue: int, width: int, height: int) -> str:
    """A small picture, from a colour at the bottom to its light tint at the top, as a data: URI of a PNG."""
    red, green, blue = _COLOURS[hue % len(_COLOURS)]
    rows = bytearray()
    for y in range(height):
        light = 0.65 * (1 - y / height)
        pixel = bytes(round(part + (255 - part) * light) for part in (red, green, blue))
        rows += b"\0" + pixel * width
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*chunk) for chunk in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    )
    return "data:image/png;base64," + base64.b64encode(png).decode()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
