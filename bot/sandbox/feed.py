"""What somebody sees in one conversation, oldest first: commands with their answers, messages, and their threads."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.sandbox.methods import Workspace
from bot.sandbox.people import GENERAL, PEOPLE, name_of
from bot.sandbox.state import Post
from bot.sandbox.timeline import Entry, Timeline

APP = "emailstats"


@dataclass(frozen=True, slots=True)
class Shown:
    """One message, and the fields by which a press on something in it says where it was."""

    post: Post
    at: datetime
    where: dict[str, str]
    who: str = APP
    unfurled: list[Post] = field(default_factory=list)  #: what the app shows of the links in it

    @property
    def private(self) -> bool:
        return bool(self.post.body.get("response_type", "ephemeral") != "in_channel")


@dataclass(frozen=True, slots=True)
class Item:
    """What stands together: a command or a message, with what followed on it."""

    at: datetime
    who: str = ""  #: empty where nobody typed
    typed: str = ""
    fault: str = ""
    shown: list[Shown] = field(default_factory=list)
    replies: list[Shown] = field(default_factory=list)


def channel_of(user: str, place: str) -> str:
    """The identifier of a place of the page: a channel, or somebody's own conversation with the app."""
    return f"D{user[1:]}" if place == "direct" else GENERAL


def feed(timeline: Timeline, workspace: Workspace, user: str, channel: str) -> list[Item]:
    """The items of a conversation as somebody sees them."""
    entries = [(number, entry) for number, entry in timeline.visible(user) if entry.channel == channel]
    commands = [_command(number, entry, user) for number, entry in entries if entry.under is None]
    return sorted([*commands, *_messages(workspace, entries, user, channel)], key=lambda item: item.at)


def _command(number: int, entry: Entry, user: str) -> Item:
    return Item(entry.at, PEOPLE[entry.user].name, entry.typed, entry.fault, list(_answers(number, entry, user)))


def _answers(number: int, entry: Entry, user: str) -> Iterator[Shown]:
    for part, position, post in entry.seen_by(user):
        where = {"entry": str(number), "part": str(part), "post": str(position)}
        yield Shown(post, entry.at, where)


def _messages(workspace: Workspace, entries: list[tuple[int, Entry]], user: str, channel: str) -> Iterator[Item]:
    posted = [(ts, body) for (place, ts), body in workspace.posted.items() if place == channel]
    for ts, body in posted:
        if "thread_ts" in body:
            continue
        replies = [_message(workspace, channel, reply, said) for reply, said in posted if said.get("thread_ts") == ts]
        after = [(number, entry) for number, entry in entries if entry.under == (channel, ts)]
        answers = [shown for number, entry in after for shown in _answers(number, entry, user)]
        faults = [entry.fault for _, entry in after if entry.fault and entry.user == user]
        message = _message(workspace, channel, ts, body)
        yield Item(message.at, fault=" ".join(faults[-1:]), shown=[message, *answers], replies=replies)


def _message(workspace: Workspace, channel: str, ts: str, body: dict[str, object]) -> Shown:
    post = Post({**body, "response_type": "in_channel"}, 200)
    who = name_of(str(body["user"])) if "user" in body else APP
    unfurled = [Post(shown, 200) for shown in workspace.unfurled.get((channel, ts), {}).values()]
    return Shown(post, datetime.fromtimestamp(float(ts), UTC), {"channel": channel, "ts": ts}, who, unfurled)
