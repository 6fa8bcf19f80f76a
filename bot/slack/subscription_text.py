"""Subscriptions in words, as Slack shows them."""

from datetime import datetime

from reports.calendar import Schedule, in_words, period_in_words, upcoming
from reports.masking import mask_address
from reports.numbers import write_due
from reports.render.slack import unmarked
from store.subscriptions import Channel, State, Subscription, Target, TargetState

_STATES = {TargetState.PENDING: " (has to agree first)", TargetState.SUPPRESSED: " (nothing arrives there: taken off)"}


def upcoming_lines(schedule: Schedule, now: datetime, locale: str) -> str:
    """The next five, each with the days that it is about."""
    found = upcoming(schedule, now)
    if not found:
        return f"{in_words(schedule, locale)}. When that is, each sending will tell."
    lines = (f"• {write_due(due.due, locale, schedule.zone)}, about {period_in_words(due, locale)}" for due in found)
    return "\n".join(["The next five:", *lines])


def told(subscription: Subscription, viewer: str, now: datetime, locale: str) -> str:
    """A subscription in three lines of Slack's markup, as its owner or somebody else reads it."""
    promise = subscription.promise
    schedule = promise.schedule
    going = [
        _place(target, owner=viewer == promise.owner)
        for target in subscription.targets
        if target.state is not TargetState.LEFT
    ]
    return "\n".join(
        (
            f"*{unmarked(promise.name)}* — {in_words(schedule, locale)}",
            f"To: {', '.join(going) or 'nobody any more'}",
            _next(subscription, now, locale),
        )
    )


def _next(subscription: Subscription, now: datetime, locale: str) -> str:
    if subscription.state is State.PAUSED:
        why = f": {unmarked(subscription.paused_why)}" if subscription.paused_why else ""
        return f"Paused{why}"
    found = upcoming(subscription.promise.schedule, now, 1)
    if not found:
        return "Next: after the next sending"
    return f"Next: {write_due(found[0].due, locale, subscription.promise.schedule.zone)}"


def _place(target: Target, *, owner: bool) -> str:
    """Mail addresses are their owner's and the subscription's owner's business."""
    if target.channel is Channel.MAIL:
        name = unmarked(target.address if owner else mask_address(target.address))
    else:
        name = f"<@{target.address}>" if target.address[0] in "UW" else f"<#{target.address}>"
    return f"{name}{_STATES.get(target.state, '')}"
