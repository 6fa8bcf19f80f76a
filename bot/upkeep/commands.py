"""`emailstats rescore`."""

from typing import Annotated

import typer

from bot.terminal import Fault, opened_store


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

    from bot.answers import EmptyStore, UnknownEmail
    from store import emails, upkeep

    if name is not None and every:
        raise Fault("Say which e-mail to judge anew, or --all for every one.")
    settings = context.obj.settings
    rules = settings.machines.rules()
    with opened_store(settings) as engine:
        with engine.connect() as connection:
            if name is not None:
                found = emails.find(connection, name)
                if found.email is None:
                    raise EmptyStore if found.empty else UnknownEmail(name, found.nearest)
                wanted = [found.email.id]
            else:
                wanted = emails.all_email_ids(connection) if every else upkeep.judged_otherwise(connection, rules)
        changed = 0
        for email_id in track(wanted, "judging …", console=Console(stderr=True), transient=True):
            changed += upkeep.rescore(engine, email_id, rules)
    if not wanted:
        typer.echo("Every e-mail is judged by the rules of the settings already.")
        return
    which = "one e-mail" if len(wanted) == 1 else f"{len(wanted)} e-mails"
    typer.echo(f"Judged {which} anew: {changed} {'verdict' if changed == 1 else 'verdicts'} changed.")
