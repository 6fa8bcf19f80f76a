"""What a subscription's owner is told: the cause, and what they can do, in Slack's markup. Pure."""

from reports.calendar import Due, period_in_words
from reports.render.slack import escaped, unmarked
from store.ledger import Delivery, DeliveryState, Outcome
from store.notices import Notice, NoticeKind
from store.subscriptions import Channel


def mend(delivery: Delivery, why: str) -> Notice:
    """A target was taken off."""
    text = f"{_named(delivery)} can't be sent to {place(delivery)} any more: {_sentence(why)} Nothing is sent there"
    text += " until you say so."
    return Notice(delivery.owner, delivery.subscription_id, NoticeKind.MEND, text, delivery.target_id)


def failed(delivery: Delivery, outcome: Outcome, state: DeliveryState) -> Notice | None:
    """A delivery was given up; None for a state that is no end, or of which somebody is told later."""
    if state not in (DeliveryState.FAILED, DeliveryState.EXPIRED):
        return None
    tried = f"{delivery.attempt} {'attempt' if delivery.attempt == 1 else 'attempts'}"
    why = _sentence(outcome.text or outcome.code or "no reason was given")
    text = f"{_named(delivery)} did not reach {place(delivery)} after {tried}: {why}"
    return Notice(delivery.owner, delivery.subscription_id, NoticeKind.RETRY, text, delivery.id)


def decide(delivery: Delivery) -> Notice:
    """Nobody can tell whether it has arrived."""
    text = (
        f"Whether {_named(delivery)} has reached {place(delivery)} can't be told: the connection was lost just as it"
        " was sent. Look whether it is there; sent again, it may be there twice."
    )
    return Notice(delivery.owner, delivery.subscription_id, NoticeKind.DECIDE, text, delivery.id)


def unmade(owner: str, subscription_id: int, name: str, due: Due, why: str) -> Notice:
    """A digest could not be compiled."""
    text = f"*{unmarked(name)}* about {period_in_words(due)} could not be made, and nobody gets it. {_sentence(why)}"
    return Notice(owner, subscription_id, NoticeKind.TELL, text)


def late(owner: str, subscription_id: int, name: str, key: str, why: str | None) -> Notice:
    """A due occurrence has a delivery with no outcome."""
    text = f"*{unmarked(name)}* ({escaped(key)}) is late: not everybody has it yet, and it is still tried."
    return Notice(owner, subscription_id, NoticeKind.TELL, f"{text} {_sentence(why)}" if why else text)


def paused(owner: str, subscription_id: int, why: str) -> Notice:
    """A subscription is broken."""
    text = f"Your subscription {subscription_id} is paused: {why}. End it, and make it anew."
    return Notice(owner, subscription_id, NoticeKind.TELL, text)


def place(delivery: Delivery) -> str:
    """Where it goes, for its owner, who chose it."""
    if delivery.channel is Channel.MAIL:
        return unmarked(delivery.address)
    return f"<@{delivery.address}>" if delivery.address[0] in "UW" else f"<#{delivery.address}>"


def _named(delivery: Delivery) -> str:
    return f"*{unmarked(delivery.name)}* ({escaped(delivery.period_key)})"


def _sentence(why: str) -> str:
    return escaped(f"{why[:1].upper()}{why[1:].rstrip('.')}.")
