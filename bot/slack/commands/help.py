"""`/emailstats help`, and `/emailstats` alone: what can be asked."""

from collections.abc import Iterator

from bot.grammar import COMMAND as OWN_NAME
from bot.slack.commands import export, exports, health, reports, save, show, subscribe, subscriptions
from bot.slack.poster import send
from bot.slack.services import Asked, Command, Services
from reports.compile import SECTIONS
from reports.section import Scope

_AFTER = {Scope.EMAIL: " NAME", Scope.SEVERAL: " NAME vs NAME", Scope.ALL: ""}
_HEADS = {Scope.EMAIL: "One e-mail", Scope.SEVERAL: "Several", Scope.ALL: "All e-mail"}


async def run(asked: Asked) -> None:
    await send(asked, "\n".join(_lines(asked.services)))


def _lines(services: Services) -> Iterator[str]:
    yield "*What you can ask*"
    yield show.USAGE
    for scope, head in _HEADS.items():
        named = sorted((word, section.title) for word, section in SECTIONS.items() if section.scope is scope)
        if named:
            yield f"*{head}*"
            yield from (f"`{OWN_NAME} {word}{_AFTER[scope]}` — {title}" for word, title in named)
    if services.saving is not None:
        yield "*To keep*"
        yield save.USAGE
        yield reports.USAGE
    if services.exporting is not None:
        yield "*As a file*"
        yield export.USAGE
        yield exports.USAGE
    if services.subscribing is not None:
        yield "*By itself*"
        yield subscribe.USAGE
        yield subscriptions.USAGE
        yield health.USAGE
    yield f"`{OWN_NAME} help` — this list"
    yield "Answers are private: only you see them, until you press *Share in channel*."


COMMAND = Command(words=("help",), run=run)
