"""How deliveries have fared, in sentences that Slack and the terminal share. Pure; both are in English."""

from collections.abc import Collection, Iterator
from datetime import timedelta

from reports.numbers import write_count, write_counted
from store.health import Health
from store.ledger import DeliveryState
from store.subscriptions import Channel

#: What is looked back on.
PERIOD = timedelta(days=30)
_LOCALE = "en"
_ENDS = {
    DeliveryState.SENT: "sent",
    DeliveryState.UNKNOWN: "unknown",
    DeliveryState.FAILED: "failed",
    DeliveryState.EXPIRED: "expired",
    DeliveryState.EMPTY: "with nothing to report",
    DeliveryState.SUPPRESSED: "not wanted any more",
}
#: Told though there are none of them.
_ALWAYS = {DeliveryState.SENT, DeliveryState.UNKNOWN, DeliveryState.FAILED}


def sentences(health: Health, reachable: Collection[Channel]) -> Iterator[str]:
    """What came due in 30 days and what became of it. `reachable` are the channels that have a sender."""
    if not health.occurrences:
        yield "Nothing came due in the last 30 days."
    else:
        digests = write_counted(health.occurrences, "digest", "digests", _LOCALE)
        counts = ", ".join(
            f"{write_count(health.states.get(state, 0), _LOCALE)} {word}"
            for state, word in _ENDS.items()
            if state in _ALWAYS or state in health.states
        )
        yield f"Last 30 days: {digests} due; deliveries: {counts}."
    if health.late is not None:
        yield f"95 of 100 sent ones were on their way within {length(health.late)} of their time."
    for channel, count in health.waiting.items():
        waiting = write_counted(count, "delivery waits", "deliveries wait", _LOCALE)
        if channel in reachable:
            yield f"{waiting} to be sent by {channel}."
        else:
            yield f"{waiting}, and can't be sent: {_UNREACHABLE[channel]}."
    if health.paused:
        yield f"{write_counted(health.paused, 'subscription is', 'subscriptions are', _LOCALE)} paused for a reason."


_UNREACHABLE = {Channel.SLACK: "Slack is not set up (slack.mode)", Channel.MAIL: "no mail server is set (mail.host)"}


def length(span: timedelta) -> str:
    """3 s, 4 min, 2 h, 3 d: rounded up, as it is a bound."""
    seconds = int(span.total_seconds())
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{-(-seconds // size)} {unit}"
    return f"{seconds} s"
