"""A person at the keyboard: types commands and presses buttons, over HTTP or over the socket."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

from aiohttp import ClientSession

from bot.sandbox.elements import elements_of, option_faults
from bot.sandbox.methods import BOT_USER, TEAM, Arguments
from bot.sandbox.server import Sandbox
from bot.sandbox.state import PATIENCE, Conversation, Post, Refused
from bot.sandbox.views import View

SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105 - opens nothing but the stand-in
ANNA = "U0ANNA00000"


class NotAcknowledged(Exception):
    """The app did not answer 200: a person would see that the command failed."""


class Wire(Protocol):
    """How payloads travel to the app."""

    async def send(self, kind: str, payload: Arguments) -> Any:
        """The body of the acknowledgement. Raises NotAcknowledged or TimeoutError."""
        ...


@dataclass(frozen=True, slots=True)
class HttpWire:
    """Signed requests to the app's own URL, such as http://127.0.0.1:8080/slack/events."""

    session: ClientSession
    url: str
    secret: str = SIGNING_SECRET

    async def send(self, kind: str, payload: Arguments) -> Any:
        if kind == "events_api":
            body, media = json.dumps(payload), "application/json"
        else:
            form = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
            body, media = urlencode(form), "application/x-www-form-urlencoded"
        headers = sign(body, self.secret, int(time.time())) | {"Content-Type": media}
        async with asyncio.timeout(PATIENCE), self.session.post(self.url, data=body, headers=headers) as response:
            text = await response.text()
            if response.status != 200:
                raise NotAcknowledged(f"{response.status}: {text}")
            return text or None


@dataclass(frozen=True, slots=True)
class SocketWire:
    """Envelopes over the socket that the app has opened."""

    sandbox: Sandbox

    async def send(self, kind: str, payload: Arguments) -> Any:
        return await self.sandbox.send_envelope(kind, payload)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in the workspace."""

    sandbox: Sandbox
    wire: Wire
    user: str = ANNA

    async def type(self, text: str, command: str = "/emailstats", channel: str = "C0GENERAL00") -> Conversation:
        """Type a command; the conversation is returned once the app has acknowledged it."""
        conversation, url = self.sandbox.open_conversation(self.user)
        conversation.channel = channel
        payload = {
            "team_id": TEAM,
            "channel_id": channel,
            "user_id": self.user,
            "command": command,
            "text": text,
            "response_url": url,
            "trigger_id": self.sandbox.workspace.trigger(self.user),
            "is_enterprise_install": "false",
        }
        return await self._send("slash_commands", payload, conversation)

    async def press(self, conversation: Conversation, label: str, place: int = 0) -> Conversation:
        """Press the button of that label in the last message; of several, the one at that place."""
        found = [
            {**element, "block_id": block.get("block_id", "b")}
            for block, element in elements_of(conversation.last.blocks)
            if element["type"] == "button" and element["text"]["text"] == label
        ]
        return await self.press_in(conversation, conversation.last, found[place])

    async def choose(self, conversation: Conversation, label: str, place: int = 0) -> Conversation:
        """Choose from the menu at that place in the last message."""
        menu = conversation.last.menus[place]
        return await self.press_in(conversation, conversation.last, {**chosen(menu, label), "block_id": "b"})

    async def press_in(self, conversation: Conversation, post: Post, button: Arguments) -> Conversation:
        """Press a button of one message of a conversation."""
        following, url = self.sandbox.open_conversation(self.user)
        if not conversation.in_channel:
            following.shown.append(post)
        following.ts = conversation.ts  # it is the same message, whatever takes its place
        following.channel, following.in_channel = conversation.channel, conversation.in_channel
        payload: Arguments = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": self.user, "team_id": TEAM},
            "channel": {"id": conversation.channel},
            "container": {
                "type": "message",
                "message_ts": conversation.ts,
                "channel_id": conversation.channel,
                "is_ephemeral": not conversation.in_channel,
            },
            "trigger_id": self.sandbox.workspace.trigger(self.user),
            "response_url": url,
            "actions": [{**button, "action_ts": str(self.sandbox.workspace.number())}],
        }
        if conversation.in_channel:
            payload["message"] = {"ts": conversation.ts, **post.body}
        return await self._send("interactive", payload, following)

    async def offered(self, menu: Arguments, typed: str, where: Arguments) -> list[Arguments]:
        """What the app offers in a menu, for what was typed into it; `where` is of `in_message` or `in_view`."""
        payload = {
            "type": "block_suggestion",
            "team": {"id": TEAM},
            "user": {"id": self.user, "team_id": TEAM},
            **where,
            **{name: menu[name] for name in ("action_id", "block_id")},
            "value": typed,
        }
        return offers(await self.wire.send("interactive", payload))

    async def press_posted(self, channel: str, ts: str, label: str) -> Conversation:
        """Press the button of that label in a message that the app has posted."""
        post = Post(self.sandbox.workspace.posted[channel, ts], 200)
        message = Conversation(self.user, 0.0, ts, channel, in_channel=True)
        button = next(button for button in post.buttons if button["text"]["text"] == label)
        return await self.press_in(message, post, {**button, "block_id": "b"})

    async def use_shortcut(self, name: str, channel: str, ts: str) -> Conversation:
        """Choose a shortcut of the app in the menu of a message."""
        conversation, url = self.sandbox.open_conversation(self.user)
        conversation.channel = channel
        payload: Arguments = {
            "type": "message_action",
            "callback_id": name,
            "team": {"id": TEAM},
            "user": {"id": self.user, "team_id": TEAM},
            "channel": {"id": channel},
            "trigger_id": self.sandbox.workspace.trigger(self.user),
            "response_url": url,
            "message_ts": ts,
            "message": {"type": "message", "ts": ts, **self.sandbox.workspace.posted[channel, ts]},
        }
        if "user" not in payload["message"]:
            payload["message"] |= {"user": BOT_USER, "bot_id": "B0BOT00000"}
        return await self._send("interactive", payload, conversation)

    async def open_home(self) -> None:
        """Look at the app's home: the app hears of it."""
        event = {"type": "app_home_opened", "user": self.user, "channel": self.direct, "tab": "home"}
        await self.tell({**event, "event_ts": f"{time.time():.6f}"})

    @property
    def direct(self) -> str:
        """Their conversation with the app."""
        return f"D{self.user[1:]}"

    async def say(self, text: str, channel: str = "", thread: str = "") -> str:
        """Write to the app, or in a channel mention it; the message's time is returned once the app has taken it."""
        channel = channel or self.direct
        direct = channel.startswith("D")
        wire = text if direct else f"<@{BOT_USER}> {text}"
        ts = self.sandbox.workspace.say(self.user, channel, wire, thread)
        event: Arguments = {"type": "message", "channel_type": "im"} if direct else {"type": "app_mention"}
        event |= {"user": self.user, "text": wire, "ts": ts, "channel": channel, "event_ts": ts}
        if thread:
            event["thread_ts"] = thread
        await self.tell(event)
        return ts

    async def post_links(self, channel: str, *urls: str, text: str = "", thread: str = "") -> str:
        """Write a message with links of the app's domain; its time, once the app has taken that.

        `text` has them where they stand in it, as <URL>; without one, they are all there is.
        """
        ts = self.sandbox.workspace.say(self.user, channel, text or " ".join(f"<{url}>" for url in urls), thread)
        links = [{"domain": url.split("/")[2], "url": url} for url in urls]
        event = {"type": "link_shared", "user": self.user, "channel": channel, "message_ts": ts, "links": links}
        await self.tell(event)
        return ts

    async def run_step(self, name: str, **inputs: Any) -> str:
        """Start a workflow with a step of the app in it; the execution's number."""
        execution = f"Fx{self.sandbox.workspace.number():09}"
        self.sandbox.workspace.steps[execution] = None
        function = {"callback_id": name, "type": "app", "app_id": "A0EMAILSTAT"}
        event = {"type": "function_executed", "function": function, "inputs": inputs}
        await self.tell({**event, "function_execution_id": execution, "bot_access_token": "xwfp-sandbox"})
        return execution

    async def tell(self, event: Arguments) -> None:
        """Let the app hear of something."""
        payload = {
            "type": "event_callback",
            "team_id": TEAM,
            "event_id": f"Ev{self.sandbox.workspace.number():08}",
            "event_time": int(time.time()),
            "event": event,
        }
        await self.wire.send("events_api", payload)

    async def press_home(self, label: str, place: int = 0, option: str = "") -> None:
        """Press the button of that label on the app's home; of several, the one at that place.

        With an `option`, `label` is nothing and the menu at that place is chosen from.
        """
        view = self.sandbox.workspace.homes[self.user]
        found = [
            (block, element)
            for block, element in elements_of(view.blocks)
            if (element["type"] == "overflow" if option else element.get("text", {}).get("text") == label)
        ]
        block, element = found[place]
        await self.press_in_view(
            view, {**(chosen(element, option) if option else element), "block_id": block["block_id"]}
        )

    async def press_in_view(self, view: View, pressed: Arguments) -> None:
        """Press what Slack tells so of, in what a view shows."""
        payload = {
            "type": "block_actions",
            "team": {"id": TEAM},
            "user": {"id": self.user, "team_id": TEAM},
            "container": {"type": "view", "view_id": view.id},
            "view": view.payload,
            "trigger_id": self.sandbox.workspace.trigger(self.user),
            "actions": [{**pressed, "action_ts": str(self.sandbox.workspace.number())}],
        }
        await self.wire.send("interactive", payload)

    async def _send(self, kind: str, payload: Arguments, conversation: Conversation) -> Conversation:
        started = time.perf_counter()
        body = await self.wire.send(kind, payload)
        conversation.ack_seconds = time.perf_counter() - started
        if body:
            _show_acknowledgement(self.sandbox, conversation, body)
        return conversation


def offers(body: Any) -> list[Arguments]:
    """The options that an app answers with. Raises NotAcknowledged for such as Slack refuses."""
    options = list((json.loads(body) if isinstance(body, str) else body or {})["options"])
    wrong = [fault for option in options for fault in option_faults(option)]
    if wrong or len(options) > 100:
        raise NotAcknowledged(f"options that Slack refuses: {'; '.join(wrong) or len(options)}")
    return options


def in_message(conversation: Conversation) -> Arguments:
    """Where a menu stands, as Slack tells it."""
    container = {"type": "message", "message_ts": conversation.ts, "channel_id": conversation.channel}
    return {"channel": {"id": conversation.channel}, "container": container}


def in_view(view: View) -> Arguments:
    """The same of a menu in a modal or on the app's home."""
    return {"container": {"type": "view", "view_id": view.id}, "view": view.payload}


def taken(options: list[Arguments], typed: str) -> Arguments:
    """The one that is called so, or else the first, as Enter takes it. Raises LookupError where none is offered."""
    if not options:
        raise LookupError(f"nothing is offered for {typed!r}")
    return next((one for one in options if one["text"]["text"] == typed), options[0])


def chosen(menu: Arguments, label: str) -> Arguments:
    """What Slack tells of a choice from a menu. Raises LookupError where it has no such option."""
    option = next((option for option in menu["options"] if option["text"]["text"] == label), None)
    if option is None:
        raise LookupError(f"the menu has no {label!r}")
    return {"type": "overflow", "action_id": menu["action_id"], "selected_option": option}


def _show_acknowledgement(sandbox: Sandbox, conversation: Conversation, body: Any) -> None:
    """An acknowledgement may carry a message, which later ones can replace."""
    message = json.loads(body) if isinstance(body, str) else body
    try:
        sandbox.workspace.check_message(message)
    except Refused as refused:
        raise NotAcknowledged(f"{refused.error}: {'; '.join(refused.details)}") from None
    conversation.acknowledgement = Post(message, 200)
    if not conversation.shown:  # an answer may have been quicker, and has replaced it
        conversation.shown.append(conversation.acknowledgement)


def sign(body: str, secret: str, timestamp: int) -> dict[str, str]:
    """Headers that prove that a body comes from Slack."""
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:{body}".encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": str(timestamp),
        "X-Slack-Signature": f"v0={digest}",
    }
