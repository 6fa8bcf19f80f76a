"""The buttons under an answer. Each holds the command that it goes on from, so that it works after a restart too."""

from secrets import token_hex

from bot.grammar import to_command
from bot.slack.poster import Blocks
from bot.slack.services import Asked
from reports.compile import section_of
from reports.query import Query
from reports.section import Scope
from reports.text import shortened
from reports.views import DEFAULT, following, scope_of, word_of

#: Characters of a command of which a message still has room for every button.
_LONGEST = 400
_LABEL = 75


def buttons_of(query: Query, asked: Asked) -> Blocks:
    """One block, of a name of its own, or none where the command is too long to stand in every button."""
    command = to_command(query)
    if len(command) > _LONGEST:
        return []
    services, buttons = asked.services, []
    if asked.place is None and not asked.channel.startswith("D"):  # where there is a channel, and it is not said there
        buttons.append(_button("answer_share", "Share in channel", command))
    if services.saving is not None:
        buttons.append(_button("answer_save", "Save", command))
    if services.exporting is not None:
        buttons.append(_button("answer_export", "Export", command))
    if services.subscribing is not None:
        buttons.append(_button("answer_subscribe", "Subscribe", command))
    if services.saving is not None and scope_of(query.sections) is Scope.EMAIL:
        buttons.append(_button("answer_compare", "Compare", command))
    if (after := following(query)) is not None and len(to_command(after)) <= _LONGEST:
        buttons.append(_button("ask_next", f"Next: {_title(after)}", to_command(after)))
    return [{"type": "actions", "block_id": f"answer_{token_hex(6)}", "elements": buttons}] if buttons else []


def _title(query: Query) -> str:
    return "Summary" if word_of(query.sections) == DEFAULT else section_of(query.sections[0]).title


def _button(action: str, label: str, command: str) -> dict[str, object]:
    text = {"type": "plain_text", "text": shortened(label, _LABEL), "emoji": False}
    return {"type": "button", "action_id": action, "text": text, "value": command}
