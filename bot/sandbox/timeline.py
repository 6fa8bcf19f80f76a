"""What stands in the page's channel and direct messages, in order, and who sees what of it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.sandbox.controls import value_of
from bot.sandbox.doors import NotAcknowledged, Person, chosen, in_message, taken
from bot.sandbox.elements import ELEMENTS, Block
from bot.sandbox.people import GENERAL, PEOPLE
from bot.sandbox.state import Conversation, Post

#: How one speaks to the app in a channel.
MENTION = "@emailstats"
_LINK = re.compile(r"https?://[^\s<>|\"]+")
#: Slack waits so long for an acknowledgement; then it tells the person `operation_timeout`.
ACKNOWLEDGED_WITHIN = 3.0


@dataclass
class Entry:
    """One command with all that followed on it; a press begins a conversation of its own in the same place."""

    user: str
    typed: str
    at: datetime
    channel: str = GENERAL
    under: tuple[str, str] | None = None  #: the posted message, by channel and time, on which something was pressed
    parts: list[Conversation] = field(default_factory=list)
    fault: str = ""

    def seen_by(self, user: str) -> list[tuple[int, int, Post]]:
        """The messages that somebody sees, each with where it stands."""
        return [
            (part, place, post)
            for part, conversation in enumerate(self.parts)
            for place, post in enumerate(conversation.shown)
            if user == self.user or post.body.get("response_type") == "in_channel"
        ]


@dataclass
class Timeline:
    entries: list[Entry] = field(default_factory=list)

    def visible(self, user: str) -> Iterator[tuple[int, Entry]]:
        """The entries of which somebody sees anything, with their numbers."""
        for number, entry in enumerate(self.entries):
            if entry.user == user or entry.seen_by(user):
                yield number, entry

    async def type(self, person: Person, text: str, at: datetime, channel: str = GENERAL, thread: str = "") -> None:
        """Type a command, or say something; what the app does not acknowledge, or too late, is said where it was typed.

        A thread takes no commands, in Slack as here.
        """
        command, _, rest = text.strip().partition(" ")
        if command == MENTION or (channel == person.direct and not command.startswith("/")):
            await self._say(person, rest if command == MENTION else text.strip(), at, channel, thread)
            return
        if not command.startswith("/") and (links := list(dict.fromkeys(_LINK.findall(text)))):
            await self._post_links(person, _LINK.sub(r"<\g<0>>", text.strip()), links, at, channel, thread)
            return
        entry = Entry(person.user, text.strip(), at, channel)
        self.entries.append(entry)
        if command != "/emailstats":
            entry.fault = f"{command or 'Nothing'} is no command here. Type /emailstats help, or {MENTION} help."
            return
        if thread:
            entry.fault = f"{command} is not supported in threads. Sorry! Mention the app: {MENTION} {rest}"
            return
        try:
            conversation = await person.type(rest, channel=channel)
            entry.parts.append(conversation)
            entry.fault = _late(conversation)
        except (NotAcknowledged, TimeoutError) as error:
            entry.fault = _failed(error)

    async def _say(self, person: Person, text: str, at: datetime, channel: str, thread: str) -> None:
        try:
            await person.say(text, channel, thread)
        except (NotAcknowledged, TimeoutError) as error:
            self.entries.append(Entry(person.user, text, at, channel, fault=_failed(error)))

    async def _post_links(
        self, person: Person, text: str, links: list[str], at: datetime, channel: str, thread: str
    ) -> None:
        """The app hears of every link: which domains are its own, the manifest would say."""
        try:
            await person.post_links(channel, *links, text=text, thread=thread)
        except (NotAcknowledged, TimeoutError) as error:
            self.entries.append(Entry(person.user, text, at, channel, fault=_failed(error)))

    async def press(
        self, person: Person, place: tuple[int, int, int], block: int, action: str, told: list[str]
    ) -> None:
        """Press a button, or choose an option of a menu. Raises LookupError where the person sees none such."""
        number, part, _ = place
        entry = self.entries[number]
        conversation, post = self._answer(person, place)
        try:
            following = await _press(person, conversation, post, (block, action, told))
        except (NotAcknowledged, TimeoutError) as error:
            entry.fault = _failed(error)
            return
        if post in conversation.shown:  # it goes on in the conversation that the press began
            conversation.shown.remove(post)
        entry.parts.insert(part + 1, following)
        entry.fault = _late(following)

    async def press_posted(
        self, person: Person, place: tuple[str, str], block: int, action: str, told: list[str], at: datetime
    ) -> None:
        """The same on a message that the app has posted. Raises LookupError where there is none such."""
        message, post = _posted(person, place)
        entry = Entry(person.user, "", at, message.channel, place)
        self.entries.append(entry)
        try:
            following = await _press(person, message, post, (block, action, told))
        except (NotAcknowledged, TimeoutError) as error:
            entry.fault = _failed(error)
            return
        entry.parts.append(following)
        entry.fault = _late(following)

    def message(self, person: Person, where: Mapping[str, str]) -> tuple[Conversation, Post]:
        """The message of which the page's fields say where it stands. Raises LookupError or ValueError for none."""
        if "ts" in where:
            return _posted(person, (where["channel"], where["ts"]))
        return self._answer(person, (int(where["entry"]), int(where["part"]), int(where["post"])))

    def _answer(self, person: Person, place: tuple[int, int, int]) -> tuple[Conversation, Post]:
        number, part, position = place
        entry = self.entries[number]
        post = next((post for *at, post in entry.seen_by(person.user) if at == [part, position]), None)
        if post is None:
            raise LookupError("no such message")
        return entry.parts[part], post


def _posted(person: Person, place: tuple[str, str]) -> tuple[Conversation, Post]:
    channel, ts = place
    post = Post(person.sandbox.workspace.posted[channel, ts], 200)
    return Conversation(person.user, 0.0, ts, channel, in_channel=True), post


async def _press(
    person: Person, conversation: Conversation, post: Post, what: tuple[int, str, list[str]]
) -> Conversation:
    pressed = pressed_in(post.blocks, *what, PEOPLE[person.user].tz)
    return await person.press_in(conversation, post, await with_options(person, pressed, in_message(conversation)))


async def with_options(person: Person, pressed: dict[str, Any], where: dict[str, Any]) -> dict[str, Any]:
    """The same, with what was typed into a menu that the app fills become an option that it offers."""
    if not pressed["type"].endswith("external_select"):
        return pressed
    state = ELEMENTS[pressed["type"]].state
    typed = pressed[state] if isinstance(pressed[state], list) else [pressed[state] or ""]
    options = [taken(await person.offered(pressed, one, where), one) for one in typed]
    return pressed | {state: options if isinstance(pressed[state], list) else options[0]}


def element_in(blocks: list[Block], block: int, action: str) -> tuple[Block, dict[str, Any]]:
    """A button or menu, and where it stands as Slack tells it. Raises LookupError where there is none such."""
    held = blocks[block]
    elements: list[Block] = [*held.get("elements", ()), *([held["accessory"]] if "accessory" in held else [])]
    found = next((one for one in elements if one.get("action_id") == action), None)
    if found is None:
        raise LookupError("no such button")
    return found, {"block_id": held.get("block_id", f"b{block}")}


def pressed_in(blocks: list[Block], block: int, action: str, told: list[str], zone: str) -> dict[str, Any]:
    """What Slack tells of a press or a choice, which the message then shows.

    Raises LookupError where there is nothing of the kind, and ValueError for what can't be chosen.
    """
    pressed, where = element_in(blocks, block, action)
    rule = ELEMENTS[pressed["type"]]
    if pressed["type"] == "overflow":
        return chosen(pressed, "".join(told[:1])) | where
    if not rule.state:
        return pressed | where
    value = value_of(pressed, told, zone)
    if value and "external" not in pressed["type"]:
        pressed[rule.initial] = value
    else:
        pressed.pop(rule.initial, None)
    return {**where, "type": pressed["type"], "action_id": action, rule.state: value}


def _late(conversation: Conversation) -> str:
    return _failed(TimeoutError()) if conversation.ack_seconds > ACKNOWLEDGED_WITHIN else ""


def _failed(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "/emailstats failed with the error “operation_timeout”: no acknowledgement within 3 seconds."
    return f"/emailstats failed: the app answered {error}"
