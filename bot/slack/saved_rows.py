"""One report or dashboard in a list or on the app's home: its words, and what the person may do with it."""

from typing import Any

from bot.access.rights import Right
from bot.slack.saved_text import told
from bot.slack.services import Asked
from store.saved import Saved


def buttons(saved: Saved, asked: Asked) -> list[dict[str, Any]]:
    """What the person may do with it: a look, a subscription, and the menu."""
    found = [_button("show", "Show", saved)]
    if asked.services.subscribing is not None:
        found.append(_button("subscribe", "Subscribe", saved))
    return [*found, _menu(saved, asked)]


def _button(action: str, label: str, saved: Saved) -> dict[str, Any]:
    """Its value is which one it is, and the version that the person looks at."""
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": f"saved_{action}", "text": text, "value": _value(saved)}


def _value(saved: Saved) -> str:
    return f"{saved.kind} {saved.id} {saved.version}"


def _menu(saved: Saved, asked: Asked) -> dict[str, Any]:
    own = {"change": "Rename or change …", "duplicate": "Duplicate", "hand_over": "Hand over …", "delete": "Delete"}
    theirs = {"duplicate": "Copy to my own"}
    others = own | theirs if asked.access.may(Right.MANAGE) else theirs
    may = own if saved.owner == asked.user else others
    options = [
        {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": f"{act} {_value(saved)}"}
        for act, label in may.items()
    ]
    return {"type": "overflow", "action_id": "saved_menu", "options": options}


def undo_button(saved: Saved) -> dict[str, Any]:
    """Undoes what made it this version."""
    return _button("undo", "Undo", saved)


def words(asked: Asked, saved: Saved) -> str:
    reveal = asked.access.may(Right.RECIPIENTS)
    return told(saved, asked.user, asked.reader.locale, asked.reader.zone, reveal=reveal)
