"""A digest as a letter, composed once whoever gets it; and a notice, which has a few sentences and a link."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import structlog
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.drawing import Drawing, DrawingError
from bot.grammar import to_command
from bot.mail.brand import Brand
from bot.mail.letter import ADDRESS, LEAVE, Attachment, Letter, Picture
from reports.freeze import Digest
from reports.render import mail
from reports.render.mail_text import paragraph, text

_LOG = structlog.get_logger(__name__)


async def compose(digest: Digest, brand: Brand, drawing: Drawing) -> Letter:
    """The letter of a digest, with its charts; one that can't be drawn is told in words."""
    pictures: dict[mail.Place, Picture] = {}
    for number, report in enumerate(digest.reports):
        for place, result in enumerate(report.results):
            if result.chart is not None:
                try:
                    png = await drawing.draw(result.chart, "light", report.query.locale)
                    pictures[number, place] = Picture(f"chart-{number}-{place}@emailstats", png)
                except DrawingError as error:
                    _LOG.warning("a chart of a mail could not be drawn", cause=str(error))
    commands = [to_command(report.query) for report in digest.reports]
    sources = {place: {"light": f"cid:{picture.cid}"} for place, picture in pictures.items()}
    shown = mail.context(digest, commands, sources)
    foot = [f"{ADDRESS} gets this because it is subscribed to it. To leave:", LEAVE]
    return Letter(
        mail.subject(digest),
        _html("digest.html.j2", shown, brand),
        "\n".join([text(shown), "-- ", *foot]) + "\n",
        tuple(pictures.values()),
    )


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
    told = [mail.line(words, 2_000) for words in paragraphs]
    title = mail.line(subject, 150) or brand.name
    lines = [line for words in told for line in (*paragraph(words), "")]
    linked = [*paragraph(f"{link[0]}:"), link[1], ""] if link else []
    foot = ["-- ", f"This went to {ADDRESS}."]
    return Letter(
        title,
        _html("notice.html.j2", {"title": title, "paragraphs": told, "link": link}, brand),
        "\n".join([*lines, *linked, *foot]) + "\n",
        attachments=tuple(attachments),
    )


def _html(template: str, shown: Mapping[str, Any], brand: Brand) -> str:
    return _templates().get_template(template).render(shown, brand=brand, address=ADDRESS, leave=LEAVE)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("templates", "mail"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
