"""A digest as a letter, composed once whoever gets it; and a notice, which has a few sentences and a link."""

import asyncio
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.drawing import Drawing
from bot.grammar import to_command
from bot.mail import pictures
from bot.mail.brand import DARK, Brand
from bot.mail.letter import ADDRESS, LEAVE, Attachment, Letter, Picture
from bot.mail.pictures import Pictures
from reports.freeze import Digest
from reports.numbers import UNKNOWN
from reports.render import mail
from reports.render.mail_text import paragraph, text

#: Bytes of HTML; Gmail hides what is beyond 102 kB, and with it the link to leave.
MOST_HTML: Final = 96_000
#: Rows of long tables: fewer where the mail would be too long.
_ROWS: Final = (mail.ROWS, 6, 2)
_LOGO: Final = "logo@emailstats"


async def compose(digest: Digest, brand: Brand, drawing: Drawing) -> Letter:
    """The letter of a digest, with its charts. What is too much for a mail is left out, and named."""
    drawn = await pictures.draw(digest, drawing)
    return await asyncio.to_thread(_letter, digest, drawn, brand)


def notice(
    subject: str,
    paragraphs: Sequence[str],
    brand: Brand,
    *,
    link: tuple[str, str] | None = None,
    attachments: Sequence[Attachment] = (),
) -> Letter:
    """A letter about one thing; `link` is what its button says, and an http or https URL. Raises ValueError."""
    if link is not None and not link[1].startswith(("https://", "http://")):
        raise ValueError("a mail links to http and https alone")
    title = mail.line(subject, 150) or brand.name
    told = [mail.line(words, 2_000) for words in paragraphs]
    linked = [*paragraph(f"{link[0]}:"), link[1], ""] if link else []
    lines = [line for words in told for line in (*paragraph(words), "")]
    return Letter(
        title,
        _html("notice.html.j2", {"title": title, "paragraphs": told, "link": link}, brand),
        _signed([*lines, *linked], paragraph(f"This went to {ADDRESS}."), brand),
        tuple(_logo(brand)),
        tuple(attachments),
    )


def _letter(digest: Digest, drawn: Pictures, brand: Brand) -> Letter:
    shown, html = _fitting(digest, drawn, brand)
    foot = [*paragraph(f"You get this because {ADDRESS} is subscribed to “{shown['title']}”. To unsubscribe:"), LEAVE]
    return Letter(
        mail.subject(digest),
        html,
        _signed([brand.name, "", text(shown)], foot, brand),
        (*_logo(brand), *(picture for picture in drawn.attached if picture.cid in html)),
    )


def _fitting(digest: Digest, drawn: Pictures, brand: Brand) -> tuple[dict[str, Any], str]:
    """What is shown, and its HTML: with fewer rows where it is too long, and then without its last parts."""
    commands = [to_command(report.query) for report in digest.reports]
    places = [(number, n) for number, report in enumerate(digest.reports) for n in range(len(report.results))]

    def attempt(rows: int, kept: int) -> tuple[dict[str, Any], str]:
        shown = mail.context(digest, commands, drawn.shown, rows, frozenset(places[kept:]))
        return shown, _html("digest.html.j2", shown, brand)

    def too_long(kept: int) -> bool:
        return len(attempt(_ROWS[-1], kept)[1].encode()) > MOST_HTML

    for rows in _ROWS:
        shown, html = attempt(rows, len(places))
        if len(html.encode()) <= MOST_HTML:
            return shown, html
    return attempt(_ROWS[-1], max(0, bisect_left(range(len(places)), True, key=too_long) - 1))


def _signed(lines: Sequence[str], foot: Sequence[str], brand: Brand) -> str:
    """With a foot that readers of mail know as one."""
    own = ["", *paragraph(brand.footer)] if brand.footer else []
    return "\n".join([*lines, "-- ", *foot, *own]) + "\n"


def _logo(brand: Brand) -> Iterator[Picture]:
    if brand.logo is not None:
        yield Picture(_LOGO, brand.logo.content, brand.logo.media_type)


def _html(template: str, shown: dict[str, Any], brand: Brand) -> str:
    return (
        _templates()
        .get_template(template)
        .render(
            shown,
            brand=brand,
            logo=f"cid:{_LOGO}" if brand.logo else None,
            dark=DARK,
            unknown=UNKNOWN,
            address=ADDRESS,
            leave=LEAVE,
        )
    )


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("templates", "mail"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
