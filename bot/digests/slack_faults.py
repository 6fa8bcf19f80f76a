"""What Slack's answer, or its lack, means for a message that was to be posted. Pure."""

from datetime import timedelta

from aiohttp import ClientConnectorError, ClientError
from slack_sdk.errors import SlackApiError, SlackClientError

from store.ledger import Outcome, OutcomeKind

_INVITE = "type /invite @emailstats in it"
_INSTALL = "your operator has to install the app again"
_TOKEN = f"Slack does not take the app's token any more; {_INSTALL}"
_POSTING = "the channel's or workspace's rules keep the app from posting there"
_PERSON = "that person can't be written to any more"
#: Nothing arrives until somebody mends it; the words tell what that is.
_BROKEN = {
    "is_archived": "the channel is archived; unarchive it, or send it to another",
    "not_in_channel": f"the app is not in the channel; {_INVITE}",
    "channel_not_found": f"the app sees no such channel; if it is private, {_INVITE}, or choose another",
    "channel_is_limited_access": f"the app has no access to the channel; {_INVITE}",
    "restricted_action": _POSTING,
    "restricted_action_read_only_channel": _POSTING,
    "restricted_action_thread_only_channel": _POSTING,
    "restricted_action_non_threadable_channel": _POSTING,
    "messages_tab_disabled": f"the app's messages tab is switched off; {_INSTALL} with the manifest",
    "missing_scope": f"the app lacks a scope; {_INSTALL} with the manifest",
    "no_permission": f"the app lacks a permission; {_INSTALL} with the manifest",
    "user_not_found": _PERSON,
    "users_not_found": _PERSON,
    "user_disabled": _PERSON,
    "user_not_visible": _PERSON,
    "cannot_dm_bot": "a bot takes no messages; choose a person",
    "invalid_auth": _TOKEN,
    "not_authed": _TOKEN,
    "account_inactive": _TOKEN,
    "token_revoked": _TOKEN,
    "token_expired": _TOKEN,
    "team_access_not_granted": f"the app has no access to this workspace; {_INSTALL}",
    "ekm_access_denied": "the workspace's administrators have suspended access to the channel",
    "org_login_required": "the workspace is being moved; try it again when that is over",
}
#: Slack says itself that some of it may have happened.
_AMBIGUOUS = {"fatal_error", "internal_error", "request_timeout", "service_unavailable"}
_BUSY = {"ratelimited", "rate_limited", "message_limit_exceeded", "team_added_to_org", "accesslimited"}
_PAUSE = timedelta(seconds=30)


def outcome_of(error: Exception, *, posting: bool) -> Outcome:
    """Of what Slack's client raised. While `posting`, what has no definite answer is unknown; before it, nothing is.

    Raises the error itself where no far end can have caused it.
    """
    unsure = OutcomeKind.UNKNOWN if posting else OutcomeKind.TRANSIENT
    if isinstance(error, SlackApiError):
        return _answered(error, unsure)
    if isinstance(error, ClientConnectorError):  # nothing was connected, so nothing was said
        return Outcome(OutcomeKind.TRANSIENT, "unreachable", "Slack can't be reached")
    if isinstance(error, SlackClientError | ClientError | OSError | TimeoutError):
        return Outcome(unsure, type(error).__name__, "the connection to Slack was lost")
    raise error


def code_of(error: SlackApiError) -> str:
    """Slack's own word."""
    try:
        return str(error.response.get("error") or "")
    except (AttributeError, ValueError):
        return ""


def _answered(error: SlackApiError, unsure: OutcomeKind) -> Outcome:
    code, status = code_of(error), _status(error)
    if status == 429 or code in _BUSY:
        return Outcome(OutcomeKind.TRANSIENT, code or "429", "Slack asked for a pause", retry_after=_pause(error))
    if status >= 500 or not code or code in _AMBIGUOUS:
        return Outcome(unsure, code or str(status), "Slack had a fault of its own")
    if code in _BROKEN:
        return Outcome(OutcomeKind.PERMANENT, code, f"{_BROKEN[code]} ({code})", suppress=True)
    return Outcome(OutcomeKind.PERMANENT, code, f"Slack refused it ({code})")


def _status(error: SlackApiError) -> int:
    """Of its own responses the SDK says status_code, of those that it could not read status."""
    response = error.response
    return int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)


def _pause(error: SlackApiError) -> timedelta:
    headers = getattr(error.response, "headers", None) or {}
    told = next((value for name, value in headers.items() if name.casefold() == "retry-after"), "")
    return timedelta(seconds=int(told)) if str(told).isdecimal() else _PAUSE
