"""`emailstats rebuild`, `rescore`, `forget`, `retain` and `audit`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal import Fault, opened_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.forgetting import Erased

_QUARANTINE = Path("data/quarantine")
#: What `forget` tells of, by field of Erased.
_ERASED = {
    "replies": "words of servers about their messages",
    "links": "links that held the address",
    "texts": "other fields that held it",
    "digests": "digests as they were compiled",
    "targets": "subscriptions to it, ended",
    "webhooks": "webhooks that were read",
    "files": "files with addresses of recipients, which the service removes",
}
#: Something is left that a person has to see to.
LEFT = 1


def rebuild(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="An e-mail's name.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Every e-mail in the store.")] = False,
) -> None:
    """Compute an e-mail's figures anew from its events."""
    from store import merge

    if (name is None) == (not every):
        raise Fault("Say which e-mail to rebuild, or --all for every one.")
    with opened_store(context.obj.settings) as engine:
        with engine.connect() as connection:
            wanted = _meant(connection, name)
        merge.rebuild(engine, wanted)
    typer.echo("Rebuilt one e-mail." if len(wanted) == 1 else f"Rebuilt {len(wanted)} e-mails.")


def _meant(connection: "Connection", name: str | None) -> list[int]:
    """The e-mail of a name; without one, all that can be computed anew. Raises what `show` raises for a name."""
    from bot.answers import EmptyStore, UnknownEmail
    from store import emails, retention

    if name is None:
        every = emails.all_email_ids(connection)
        gone = retention.raw_from(connection, every)
        return [email_id for email_id in every if email_id not in gone]
    found = emails.find(connection, name)
    if found.email is None:
        raise EmptyStore if found.empty else UnknownEmail(name, found.nearest)
    return [found.email.id]


def rescore(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="An e-mail's name.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="Every e-mail, whichever rules judged it last.")] = False,
) -> None:
    """Judge clicks anew by the rules of the settings: which are a machine's. Figures follow.

    Without a name, those e-mails that other rules judged; interrupted, the same command goes on from there.
    """
    from rich.console import Console
    from rich.progress import track

    from store import upkeep

    if name is not None and every:
        raise Fault("Say which e-mail to judge anew, or --all for every one.")
    settings = context.obj.settings
    rules = settings.machines.rules()
    with opened_store(settings) as engine:
        with engine.connect() as connection:
            if name is None and not every:
                wanted = upkeep.judged_otherwise(connection, rules)
            else:
                wanted = _meant(connection, name)
        changed = 0
        for email_id in track(wanted, "judging …", console=Console(stderr=True), transient=True):
            changed += upkeep.rescore(engine, email_id, rules)
    if not wanted:
        typer.echo("Every e-mail is judged by the rules of the settings already.")
        return
    which = "one e-mail" if len(wanted) == 1 else f"{len(wanted)} e-mails"
    typer.echo(f"Judged {which} anew: {changed} {'verdict' if changed == 1 else 'verdicts'} changed.")


def forget(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="The mail address of the person.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be erased.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Erase a person: nothing is left that tells who it was, and every count stays as it is.

    The exit code is 1 where something is left for you to see to.
    """
    from bot.upkeep.quarantine import clear
    from store.forgetting import forget as erase

    settings = context.obj.settings
    if settings.privacy.secret is None:
        raise Fault(
            "Set privacy.secret to a long random text first, and keep it: by it, what comes late of somebody who was "
            "forgotten is still counted, and known as nobody's. For example: openssl rand -hex 32"
        )
    if "@" not in address:
        raise Fault(f"{address!r} is no mail address.")
    if not dry_run and not yes:
        typer.confirm("This can't be undone. Erase this person?", abort=True)
    with opened_store(settings) as engine:
        erased = erase(engine, address, datetime.now(UTC), dry_run=dry_run)
    rows = clear(_QUARANTINE, address, dry_run=dry_run)
    _tell_erased(erased, rows, dry_run)
    if erased.unread:
        raise typer.Exit(LEFT)


def _tell_erased(erased: "Erased", rows: int, dry_run: bool) -> None:
    would = "would be erased" if dry_run else "erased"
    if not erased.known:
        typer.echo("Nobody here has this address.")
    else:
        typer.echo(f"The person {'would be forgotten' if dry_run else 'is forgotten'}; no count changes.")
    for name, count in erased.counts.items():
        if count:
            typer.echo(f"  {count} {_ERASED[name]}: {would}")
    if rows:
        typer.echo(f"  {rows} rows of files in {_QUARANTINE}: {would}")
    typer.echo(
        "Out of reach: mails and messages that were sent, files that were fetched or are being made, backups, and your "
        "providers. See to those yourself."
    )
    if erased.unread:
        numbers = ", ".join(map(str, erased.unread[:10])) + (", …" if len(erased.unread) > 10 else "")
        typer.echo(
            f"Not erased: webhooks that hold the address and were not read yet ({numbers}). Read or drop them with "
            "emailstats inbox, then run this again."
        )


def audit(context: typer.Context) -> None:
    """What was erased, and when; newest first."""
    from store.forgetting import audits

    with opened_store(context.obj.settings) as engine, engine.connect() as connection:
        rows = audits(connection)
    if not rows:
        typer.echo("Nothing was erased.")
    for at, what, counts in rows:
        told = ", ".join(f"{count} {name}" for name, count in counts.items() if count) or "nothing more"
        typer.echo(f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC  {what}: {told}")


def retain(
    context: typer.Context,
    months: Annotated[
        int | None, typer.Option(min=1, max=240, help="Instead of privacy.keep_months.", show_default=False)
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what would be dropped.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Drop raw events that are older than so many months; figures stay. Interrupted, it goes on from there."""
    from rich.console import Console
    from rich.progress import Progress

    from store import retention

    settings = context.obj.settings
    months = months or settings.privacy.keep_months
    if not months:
        raise Fault("Say --months, or set privacy.keep_months: raw events are kept for ever until then.")
    now = datetime.now(UTC)
    before = retention.months_before(now, months)
    with opened_store(settings) as engine:
        events, emails = retention.old(engine, before)
        told = f"{events} raw events of {emails} e-mails, all before {before:%Y-%m-%d}"
        if dry_run or not events:
            typer.echo(f"Would be dropped: {told}." if events else f"There are no raw events before {before:%Y-%m-%d}.")
            return
        if not yes:
            typer.confirm(f"Drop {told}? Figures stay, but can't be computed anew.", abort=True)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("dropping …", total=emails)
            dropped = retention.retain(
                engine, before, now, lambda done, total: bar.update(task, completed=done, total=total)
            )
    typer.echo(f"Dropped {dropped.events} raw events of {dropped.emails} e-mails. Every figure stays.")
