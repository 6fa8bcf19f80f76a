"""The Web API's methods that this project calls, and no other."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from bot.sandbox import blocks, conversations
from bot.sandbox.state import File, Refused, Trigger
from bot.sandbox.views import TRIGGER_LIFETIME, View, beginnings, faults, home_faults, named

BOT_TOKEN = "xoxb-0000-sandbox"  # noqa: S105 - opens nothing but the stand-in
APP_TOKEN = "xapp-0000-sandbox"  # noqa: S105
TEAM = "T0SANDBOX"
BOT_USER = "U0BOT00000"

Arguments = dict[str, Any]
_DEEPEST = 3  # modals on top of each other


@dataclass
class Workspace:
    """What the methods read and write. `polls` is how often files.info says "not yet" of a new file."""

    polls: int = 1
    groups: dict[str, set[str]] = field(default_factory=dict)  #: members by user group
    users: dict[str, dict[str, Any]] = field(
        default_factory=lambda: {
            "U0ANNA00000": {"tz": "Europe/Amsterdam", "locale": "nl-NL"},
            "U0BOB000000": {"tz": "Europe/Amsterdam", "locale": "nl-NL"},
        }
    )
    files: dict[str, File] = field(default_factory=dict)
    messages: list[Arguments] = field(default_factory=list)
    posted: dict[tuple[str, str], Arguments] = field(default_factory=dict)  #: the same by conversation and time
    unfurled: dict[tuple[str, str], Arguments] = field(default_factory=dict)  #: what stands under links, by message
    steps: dict[str, Arguments | None] = field(default_factory=dict)  #: of workflows, by execution; None while it runs
    triggers: dict[str, Trigger] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)  #: what stands on the app's home, by person
    closed: dict[str, str] = field(default_factory=dict)  #: what Slack says where the app may not post: is_archived
    clock: Callable[[], float] = time.time
    tickets: set[str] = field(default_factory=set)  #: each opens one socket
    base: str = ""  #: where the stand-in listens, without a slash at the end
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def number(self) -> int:
        return next(self._numbers)

    def trigger(self, user: str) -> str:
        """What lets the app open one view for somebody who has just done something."""
        identifier = f"1.{self.number()}"
        self.triggers[identifier] = Trigger(user, self.clock())
        return identifier

    def say(self, user: str, channel: str, text: str, thread: str = "") -> str:
        """A message of a person; gives its time."""
        ts = self.time()
        self.posted[channel, ts] = {"user": user, "text": text} | ({"thread_ts": thread} if thread else {})
        return ts

    def time(self) -> str:
        """By which a message is known."""
        return f"{int(self.clock())}.{self.number():06}"

    def stack(self, user: str) -> list[View]:
        """The modals that somebody has open, the lowest first."""
        return [view for view in self.views.values() if view.open and view.user == user]

    def show(self, body: Arguments, user: str, below: Sequence[View] = ()) -> View:
        """A modal before somebody, on top of those below it."""
        number = self.number()
        view = View(f"V{number:09}", user, body, f"{number}.0", beginnings(body["blocks"]))
        if below:
            view.root, view.previous = below[0].id, below[-1].id
        self.views[view.id] = view
        return view

    def check_message(self, body: Arguments) -> None:
        """Raises Refused unless Slack would show it."""
        if not body.get("text") and not body.get("blocks"):
            raise Refused("no_text")
        if len(body.get("text") or "") > 40_000:
            raise Refused("msg_too_long")
        found = blocks.faults(body.get("blocks") or [])
        for block in body.get("blocks") or []:
            if isinstance(block, dict) and isinstance(block.get("slack_file"), dict):
                file = self.files.get(str(block["slack_file"].get("id")))
                if file is None or not file.processed:
                    found.append("slack_file: there is no such file, or it is not processed yet")
        if found:
            raise Refused("invalid_blocks", *found)


def _auth_test(_: Workspace, __: Arguments) -> Arguments:
    return {"team_id": TEAM, "team": "Sandbox", "user_id": BOT_USER, "user": "emailstats", "bot_id": "B0BOT00000"}


def _users_info(workspace: Workspace, arguments: Arguments) -> Arguments:
    user = workspace.users.get(arguments["user"])
    if user is None:
        raise Refused("user_not_found")
    shown = {"id": arguments["user"], "tz": user["tz"], "team_id": TEAM, "deleted": False, "is_restricted": False}
    shown |= user  # with what a test says of somebody else than a member
    del shown["locale"]
    if str(arguments.get("include_locale", "")).lower() in {"1", "true"}:
        shown["locale"] = user["locale"]
    return {"user": shown}


def _group_members(workspace: Workspace, arguments: Arguments) -> Arguments:
    if arguments["usergroup"] not in workspace.groups:
        raise Refused("no_such_subteam")
    return {"users": sorted(workspace.groups[arguments["usergroup"]])}


def _connections_open(workspace: Workspace, _: Arguments) -> Arguments:
    ticket = f"ticket-{workspace.number()}"
    workspace.tickets.add(ticket)
    return {"url": f"{workspace.base.replace('http', 'ws', 1)}/socket?ticket={ticket}"}


def _post_message(workspace: Workspace, arguments: Arguments) -> Arguments:
    channel = conversations.enter(workspace, arguments["channel"])
    workspace.check_message(arguments)
    conversations.checked_thread(workspace, channel, arguments)
    conversations.checked_metadata(arguments)
    workspace.messages.append(arguments)
    ts = workspace.time()
    workspace.posted[channel, ts] = arguments
    return {"channel": channel, "ts": ts}


def _update_message(workspace: Workspace, arguments: Arguments) -> Arguments:
    message = workspace.posted.get((arguments["channel"], arguments["ts"]))
    if message is None:
        raise Refused("message_not_found" if arguments["channel"][0] in "CDG" else "channel_not_found")
    if "user" in message:
        raise Refused("cant_update_message")
    workspace.check_message(arguments)
    conversations.checked_metadata(arguments)
    message.update({"text": "", "blocks": []} | arguments | {"channel": message["channel"]})
    return {"channel": arguments["channel"], "ts": arguments["ts"]}


def _open_view(workspace: Workspace, arguments: Arguments) -> Arguments:
    trigger = _trigger(workspace, arguments)
    body = _modal(workspace, arguments)
    trigger.used = True
    return {"view": workspace.show(body, trigger.user).payload}


def _push_view(workspace: Workspace, arguments: Arguments) -> Arguments:
    """On top of the modal that is open; Slack stacks three."""
    trigger = _trigger(workspace, arguments)
    stack = workspace.stack(trigger.user)
    if not stack:
        raise Refused("not_found")
    if len(stack) >= _DEEPEST:
        raise Refused("push_limit_reached")
    body = _modal(workspace, arguments)
    trigger.used = True
    return {"view": workspace.show(body, trigger.user, stack).payload}


def _trigger(workspace: Workspace, arguments: Arguments) -> Trigger:
    trigger = workspace.triggers.get(arguments["trigger_id"])
    if trigger is None:
        raise Refused("invalid_trigger_id")
    if trigger.used:
        raise Refused("exchanged_trigger_id")
    if workspace.clock() - trigger.at > TRIGGER_LIFETIME:
        raise Refused("expired_trigger_id")
    return trigger


def _update_view(workspace: Workspace, arguments: Arguments) -> Arguments:
    view = workspace.views.get(arguments.get("view_id", ""))
    if view is None or not view.open:
        raise Refused("not_found")
    if arguments.get("hash") not in {None, view.hash}:
        raise Refused("hash_conflict")
    view.replace(_modal(workspace, arguments), f"{workspace.number()}.0")
    return {"view": view.payload}


def _publish_view(workspace: Workspace, arguments: Arguments) -> Arguments:
    body, user = arguments["view"], arguments["user_id"]
    found = home_faults(body)
    if found:
        raise Refused("invalid_arguments", *found)
    before = workspace.homes.get(user)
    if arguments.get("hash") not in {None, before and before.hash}:
        raise Refused("hash_conflict")
    number = workspace.number()
    body = named(body, f"b{number}_")
    identifier = before.id if before else f"V{number:09}"
    view = workspace.homes[user] = View(identifier, user, body, f"{number}.0", beginnings(body["blocks"]))
    return {"view": view.payload}


def _modal(workspace: Workspace, arguments: Arguments) -> Arguments:
    found = faults(arguments["view"])
    if found:
        raise Refused("invalid_arguments", *found)
    return named(arguments["view"], f"b{workspace.number()}_")


def _get_upload_url(workspace: Workspace, arguments: Arguments) -> Arguments:
    length = int(arguments["length"])
    if length <= 0:
        raise Refused("invalid_arguments", "length must be positive")
    alt_text = arguments.get("alt_txt", "")
    if len(alt_text) > 1000:
        raise Refused("invalid_arguments", "alt_txt has more than 1000 characters")
    file = File(f"F{workspace.number():09}", arguments["filename"], length, alt_text, workspace.polls)
    workspace.files[file.id] = file
    return {"file_id": file.id, "upload_url": f"{workspace.base}/upload/{file.id}"}


def _complete_upload(workspace: Workspace, arguments: Arguments) -> Arguments:
    """Files that are told a channel become a message in it, for all who read there."""
    channel = arguments.get("channel_id")
    if channel is not None and conversations.enter(workspace, channel) != channel:
        raise Refused("channel_not_found")  # a person's number is none here
    if channel is not None:
        conversations.checked_thread(workspace, channel, arguments)
    thread = {"thread_ts": arguments["thread_ts"]} if "thread_ts" in arguments else {}
    completed = []
    for told in arguments["files"]:
        file = workspace.files.get(told["id"])
        if file is None or file.content is None:
            raise Refused("file_not_found")
        file.title = told.get("title") or file.name
        completed.append({"id": file.id, "title": file.title})
    if channel is not None:
        message = {"channel": channel, "text": arguments.get("initial_comment", ""), "files": completed}
        workspace.posted[channel, workspace.time()] = message | thread
    return {"files": completed}


def _files_info(workspace: Workspace, arguments: Arguments) -> Arguments:
    file = workspace.files.get(arguments["file"])
    if file is None or not file.completed:
        raise Refused("file_not_found")
    file.polls -= 1
    return {"file": {"id": file.id, "name": file.name, "mimetype": "image/png" if file.processed else ""}}


@dataclass(frozen=True, slots=True)
class Method:
    needs: frozenset[str]
    run: Callable[[Workspace, Arguments], Arguments]
    token: str = BOT_TOKEN


def _complete_step(workspace: Workspace, arguments: Arguments) -> Arguments:
    """A step of a workflow ends once, with outputs or with an error."""
    execution = arguments["function_execution_id"]
    if execution not in workspace.steps:
        raise Refused("function_execution_not_found")
    if workspace.steps[execution] is not None:
        raise Refused("execution_not_in_running_state")
    if not isinstance(arguments.get("outputs", {}), dict) or not isinstance(arguments.get("error", ""), str):
        raise Refused("parameter_validation_failed")
    workspace.steps[execution] = {key: arguments[key] for key in ("outputs", "error") if key in arguments}
    return {}


METHODS = {
    "apps.connections.open": Method(frozenset(), _connections_open, APP_TOKEN),
    "auth.test": Method(frozenset(), _auth_test),
    "chat.postMessage": Method(frozenset({"channel"}), _post_message),
    "chat.update": Method(frozenset({"channel", "ts"}), _update_message),
    "chat.unfurl": Method(frozenset({"unfurls"}), conversations.unfurl),
    "conversations.history": Method(frozenset({"channel"}), conversations.history),
    "conversations.replies": Method(frozenset({"channel", "ts"}), conversations.replies),
    "conversations.open": Method(frozenset({"users"}), conversations.open_conversation),
    "files.completeUploadExternal": Method(frozenset({"files"}), _complete_upload),
    "files.getUploadURLExternal": Method(frozenset({"filename", "length"}), _get_upload_url),
    "files.info": Method(frozenset({"file"}), _files_info),
    "functions.completeError": Method(frozenset({"function_execution_id", "error"}), _complete_step),
    "functions.completeSuccess": Method(frozenset({"function_execution_id", "outputs"}), _complete_step),
    "usergroups.users.list": Method(frozenset({"usergroup"}), _group_members),
    "users.info": Method(frozenset({"user"}), _users_info),
    "views.open": Method(frozenset({"trigger_id", "view"}), _open_view),
    "views.publish": Method(frozenset({"user_id", "view"}), _publish_view),
    "views.push": Method(frozenset({"trigger_id", "view"}), _push_view),
    "views.update": Method(frozenset({"view"}), _update_view),
}


def call(workspace: Workspace, name: str, token: str | None, arguments: Arguments) -> Arguments:
    """A method's answer. Raises Refused with the code that Slack would give."""
    method = METHODS.get(name)
    if method is None:
        raise Refused("unknown_method")
    if token is None:
        raise Refused("not_authed")
    if token != method.token:
        raise Refused("not_allowed_token_type" if token in {BOT_TOKEN, APP_TOKEN} else "invalid_auth")
    missing = sorted(method.needs - arguments.keys())
    if missing:
        raise Refused("invalid_arguments", *(f"missing required field: {name}" for name in missing))
    return method.run(workspace, arguments)
