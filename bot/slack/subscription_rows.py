"""A subscription in a list or on the app's home: what the person may do with it."""

from typing import Any

from bot.slack.services import Asked
from store.subscriptions import Channel, State, Subscription, Target, TargetState

_ENDING = {
    "title": {"type": "plain_text", "text": "End this subscription?"},
    "text": {"type": "plain_text", "text": "It stops for everybody it goes to."},
    "confirm": {"type": "plain_text", "text": "End it"},
    "deny": {"type": "plain_text", "text": "Keep it"},
    "style": "danger",
}


def mine(subscription: Subscription, asked: Asked) -> Target | None:
    """The target with which a subscription comes to the person, or else to the channel they are in."""
    addresses = [
        target
        for target in subscription.targets
        if target.channel is Channel.SLACK and target.state is TargetState.ACTIVE
    ]
    return next((one for here in (asked.user, asked.channel) for one in addresses if one.address == here), None)


def buttons(subscription: Subscription, asked: Asked) -> list[dict[str, Any]]:
    """What the person may do: all to their own, and leave any that comes to them or to the channel they are in."""
    number = str(subscription.id)
    buttons = [button("preview", "Preview", number), button("to_me", "Send to me", number)]
    if subscription.promise.owner == asked.user:
        paused = subscription.state is State.PAUSED
        buttons += [
            button("edit", "Change", number),
            button("resume", "Resume", number) if paused else button("pause", "Pause", number),
            {**button("end", "End", number), "style": "danger", "confirm": _ENDING},
        ]
    if (target := mine(subscription, asked)) is not None:
        buttons.append(button("leave", "Leave" if target.address == asked.user else "Leave with this channel", number))
    return buttons


def button(action: str, label: str, value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": f"subscription_{action}", "text": text, "value": value}
