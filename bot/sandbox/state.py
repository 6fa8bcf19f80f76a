"""What the stand-in remembers: files, conversations by response URL, and failures ordered for it."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.elements import Block, elements_of

PATIENCE = 10.0  #: seconds after which waiting for the app is given up


class Refused(Exception):
    """Slack's error code; `details` go into the answer's response_metadata."""

    def __init__(self, error: str, *details: str) -> None:
        super().__init__(error, *details)
        self.error = error
        self.details = details


@dataclass(frozen=True, slots=True)
class Failure:
    """How a method answers instead: an HTTP status, and Slack's error code in the body.

    `done`: it has done what it was asked to all the same. `cut`: the connection ends without an answer.
    """

    error: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    done: bool = False
    cut: bool = False


@dataclass
class Trigger:
    """Something that a person did `at` a moment of the stand-in's clock; it opens one view."""

    user: str
    at: float
    used: bool = False


@dataclass
class File:
    """An uploaded file. `polls` is how often files.info still says that it is not processed."""

    id: str
    name: str
    length: int
    alt_text: str
    polls: int
    content: bytes | None = None
    title: str | None = None

    @property
    def completed(self) -> bool:
        return self.title is not None

    @property
    def is_picture(self) -> bool:
        return self.content is not None and self.content.startswith(b"\x89PNG")

    @property
    def processed(self) -> bool:
        return self.completed and self.polls <= 0


@dataclass
class Post:
    """One body that the app sent to a response URL, with Slack's answer."""

    body: dict[str, Any]
    status: int

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))

    @property
    def blocks(self) -> list[Block]:
        return list(self.body.get("blocks", []))

    def of_type(self, kind: str) -> list[Block]:
        return [block for block in self.blocks if block["type"] == kind]

    @property
    def menus(self) -> list[Block]:
        return [element for _, element in elements_of(self.blocks) if element["type"] == "overflow"]

    @property
    def buttons(self) -> list[Block]:
        return [element for _, element in elements_of(self.blocks) if element["type"] == "button"]


@dataclass
class Conversation:
    """What follows on one command or press: at most five uses of its response URL, within half an hour."""

    user: str
    opened: float
    ts: str = ""  #: by which Slack knows its message
    channel: str = "C0GENERAL00"
    in_channel: bool = False  #: whether the message stands in the channel; else it is one person's, and goes with them
    ack_seconds: float = 0.0
    acknowledgement: Post | None = None  #: the message that came with it, if any
    posts: list[Post] = field(default_factory=list)
    shown: list[Post] = field(default_factory=list)  #: what the person sees, oldest first
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def last(self) -> Post:
        return self.shown[-1]

    async def until(self, holds: Callable[["Conversation"], bool]) -> "Conversation":
        """This conversation once a condition holds. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: holds(self))
        return self

    async def posted(self, count: int = 1) -> "Conversation":
        """This conversation once the app has posted so often with success."""
        return await self.until(lambda self: sum(post.status == 200 for post in self.posts) >= count)
