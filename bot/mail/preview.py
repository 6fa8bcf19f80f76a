"""`emailstats preview …`: a digest's mail as files to look at, just as it would be sent."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import Settings
from bot.terminal import Fault, opened_store, reader_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.mail.brand import Brand
    from bot.mail.letter import Letter
    from reports.freeze import Digest
    from reports.query import Query
    from reports.report import Report

#: Who gets it, and how they would leave, while it is sent to nobody.
_TO = "you@example.com"
_TOKEN = "this-is-a-preview"  # noqa: S105 - in the place of one
_ANYWHERE = "https://emailstats.example.com"


def preview(
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(help="As after /emailstats: overview team:growth; or report NAME, dashboard NAME."),
    ] = None,
    subscription: Annotated[
        int | None, typer.Option(help="A subscription's number: its newest period.", show_default=False)
    ] = None,
    out: Annotated[Path, typer.Option(help="The folder to write into.")] = Path(),
    zone: Annotated[str | None, typer.Option(help="IANA time zone; the settings' by default.")] = None,
    locale: Annotated[str | None, typer.Option(help="Language and number format; the settings' by default.")] = None,
) -> None:
    """Write a digest's mail as HTML, as plain text and as a message, without sending it."""
    import asyncio

    from rich.console import Console

    from bot.mail.brand import brand_of
    from bot.names import file_name

    if (words is None) == (subscription is None):
        raise Fault("Say what to preview, such as overview, or a subscription: --subscription 3.")
    settings: Settings = context.obj.settings
    brand = brand_of(settings.brand)
    if out.exists() and not out.is_dir():
        raise Fault(f"{out} is no folder.")
    with Console(stderr=True).status("Asking …") as status:
        with opened_store(settings) as engine:
            if words is None:
                digest = _of_subscription(engine, settings, subscription or 0)
            else:
                digest = _of_question(engine, settings, " ".join(words), zone, locale)
        status.update("Drawing the charts …")
        letter = asyncio.run(_composed(digest, settings, brand))
        out.mkdir(parents=True, exist_ok=True)
        stem = file_name(digest.title, "digest")
        files = _files(letter, settings)
        for suffix, content in files.items():
            (out / f"{stem}.{suffix}").write_bytes(content)
    typer.echo(f"Subject: {letter.subject}")
    for suffix, content in files.items():
        typer.echo(f"Wrote {out / f'{stem}.{suffix}'} ({len(content):,} bytes).")


def _of_question(engine: "Engine", settings: Settings, text: str, zone: str | None, locale: str | None) -> "Digest":
    """As it would be sent if it were due now and had no period of its own."""
    from bot.digests.compiling import compile_digest, questions_of
    from bot.grammar import Misread
    from bot.subscriptions.subscribing import subject_of
    from reports.calendar import Schedule
    from store.saved import OPERATOR, Unsaved
    from store.subscriptions import Promise

    reader = reader_of(settings.defaults, zone, locale)
    schedule = Schedule(zone=reader.zone)
    try:
        with engine.connect() as connection:
            what = subject_of(text, schedule, reader.locale, connection, OPERATOR)
            promise = Promise(OPERATOR.person, what.title, what.kind, schedule, what.query, what.number)
            queries = questions_of(connection, promise, OPERATOR)
    except (Misread, Unsaved) as error:
        raise Fault(str(error)) from None
    return compile_digest(promise, queries, None, _answering(engine, settings))


def _of_subscription(engine: "Engine", settings: Settings, number: int) -> "Digest":
    from bot.digests.compiling import compile_digest, newest, questions_of
    from bot.saved.saving import Saving
    from store import subscriptions
    from store.saved import Unsaved

    now = datetime.now(UTC)
    who = Saving(engine, settings.access.teams_of())
    try:
        with engine.connect() as connection:
            promise = subscriptions.get(connection, number).promise
            queries = questions_of(connection, promise, who.viewer(promise.owner))
    except subscriptions.NoSubscription:
        raise Fault(f"There is no subscription {number}; emailstats subscriptions shows which there are.") from None
    except Unsaved as error:
        raise Fault(str(error)) from None
    return compile_digest(promise, queries, newest(promise.schedule, now), _answering(engine, settings))


def _answering(engine: "Engine", settings: Settings) -> "Callable[[Query], Report]":
    """Masked, as everything that is sent."""
    from functools import partial

    from bot.access.rights import OPERATOR
    from bot.answers import answer

    masked = OPERATOR.for_others  # as what is sent
    return partial(answer, engine, now=datetime.now(UTC), access=masked, bounce_sentences=settings.bounces.by_code())


async def _composed(digest: "Digest", settings: Settings, brand: "Brand") -> "Letter":
    from bot.drawing import Drawing
    from bot.mail.compose import compose

    async with Drawing(settings.charts.workers) as drawing:
        return await compose(digest, brand, drawing)


def _files(letter: "Letter", settings: Settings) -> dict[str, bytes]:
    """By suffix: a page that holds its pictures, the plain text, and the message as the wire would have it."""
    from email.headerregistry import Address

    from bot.mail.letter import addressed

    leave_url = f"{settings.web.public_url or _ANYWHERE}/u/{_TOKEN}"
    html, text = letter.read_by(_TO, leave_url)
    message = addressed(
        letter,
        sender=Address(settings.brand.name, addr_spec="emailstats@example.com"),
        to=_TO,
        message_id="<preview@emailstats.example.com>",
        date=datetime.now(UTC),
        leave_url=leave_url,
    )
    return {"html": with_pictures(html, letter).encode(), "txt": text.encode(), "eml": message}


def with_pictures(html: str, letter: "Letter") -> str:
    """A browser knows no cid: the pictures stand in the page."""
    from base64 import b64encode

    for picture in letter.pictures:
        data = f"data:{picture.media_type};base64,{b64encode(picture.content).decode()}"
        html = html.replace(f'"cid:{picture.cid}"', f'"{data}"')
    return html
