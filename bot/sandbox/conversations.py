"""Conversations of the workspace: which the app may post into, what stands in them, and opening one with a person."""

from typing import TYPE_CHECKING, Any

from bot.sandbox.state import Refused

if TYPE_CHECKING:
    from bot.sandbox.methods import Workspace

Arguments = dict[str, Any]
_MOST = 999  # messages of a page


def direct(user: str) -> str:
    """The conversation of the app with a person."""
    return f"D{user[1:]}"


def enter(workspace: "Workspace", channel: str) -> str:
    """The conversation that a message goes into. Raises Refused where the app may not post."""
    if channel in workspace.closed:
        raise Refused(workspace.closed[channel])
    if channel[0] in "UW":  # a message to a person stands in a conversation of its own
        return direct(channel)
    if channel[0] not in "CDG":
        raise Refused("channel_not_found")
    return channel


def checked_thread(workspace: "Workspace", channel: str, arguments: Arguments) -> None:
    """Raises Refused for a reply to what was never said."""
    thread = arguments.get("thread_ts")
    if thread and (channel, thread) not in workspace.posted:
        raise Refused("thread_not_found")


def open_conversation(workspace: "Workspace", arguments: Arguments) -> Arguments:
    users = str(arguments["users"]).split(",")
    if len(users) != 1:
        raise Refused("invalid_arguments", "only one person at a time here")
    if users[0] in workspace.closed:
        raise Refused(workspace.closed[users[0]])
    if users[0] not in workspace.users:
        raise Refused("user_not_found")
    return {"channel": {"id": direct(users[0])}}


def history(workspace: "Workspace", arguments: Arguments) -> Arguments:
    """The newest first; what stands in threads is not in it, and metadata only where it is asked for."""
    channel = enter(workspace, arguments["channel"])
    limit, start = int(arguments.get("limit") or 100), int(arguments.get("cursor") or 0)
    if not 1 <= limit <= _MOST:
        raise Refused("invalid_limit")
    with_metadata = str(arguments.get("include_all_metadata", "")).lower() in {"1", "true"}
    messages = [
        {"type": "message", "ts": ts, "text": body.get("text", "")}
        | ({"metadata": body["metadata"]} if with_metadata and "metadata" in body else {})
        for (place, ts), body in reversed(workspace.posted.items())
        if place == channel and "thread_ts" not in body
    ]
    page, more = messages[start : start + limit], start + limit < len(messages)
    cursor = {"response_metadata": {"next_cursor": str(start + limit)}} if more else {}
    return {"messages": page, "has_more": more, **cursor}


def replies(workspace: "Workspace", arguments: Arguments) -> Arguments:
    """A thread from its first message on; metadata only where it is asked for."""
    channel, first = enter(workspace, arguments["channel"]), arguments["ts"]
    if (channel, first) not in workspace.posted:
        raise Refused("thread_not_found")
    hidden = set() if str(arguments.get("include_all_metadata", "")).lower() in {"1", "true"} else {"metadata"}
    thread = [
        {"type": "message", "ts": ts} | {key: value for key, value in body.items() if key not in hidden}
        for (place, ts), body in workspace.posted.items()
        if place == channel and first in (ts, body.get("thread_ts"))
    ]
    start, limit = int(arguments.get("cursor") or 0), int(arguments.get("limit") or 1_000)
    more = start + limit < len(thread)
    cursor = {"response_metadata": {"next_cursor": str(start + limit)}} if more else {}
    return {"messages": thread[start : start + limit], "has_more": more, **cursor}


def unfurl(workspace: "Workspace", arguments: Arguments) -> Arguments:
    """What stands under the links of a message that has them."""
    place = (str(arguments.get("channel", "")), str(arguments.get("ts", "")))
    if not isinstance(arguments["unfurls"], dict) or not arguments["unfurls"]:
        raise Refused("invalid_unfurls_format")
    if place not in workspace.posted:
        raise Refused("cannot_find_message")
    for url, shown in arguments["unfurls"].items():
        if url not in workspace.posted[place]["text"]:
            raise Refused("cannot_unfurl_url")
        workspace.check_message(shown)
    workspace.unfurled[place] = arguments["unfurls"]
    return {}


def checked_metadata(arguments: Arguments) -> None:
    """Raises Refused for metadata that Slack does not take."""
    metadata = arguments.get("metadata")
    if metadata is None:
        return
    if not isinstance(metadata, dict) or set(metadata) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict):
        raise Refused("invalid_metadata_schema")
