"""Recipients of one e-mail: which of them can be asked for, and their state in words."""

from collections.abc import Collection
from functools import lru_cache

from reports.facts import Recipient

#: What `show:` takes → the counts (reports.facts.Counts) of who is shown; nobody is in two of one line.
SHOWN = {
    "all": ("sent", "not_sent"),
    "sent": ("sent",),
    "delivered": ("delivered",),
    "opened": ("opened",),
    "clicked": ("clicked",),
    "replied": ("replied",),
    "bounced": ("bounced_hard", "bounced_soft"),
    "bounced-hard": ("bounced_hard",),
    "bounced-soft": ("bounced_soft",),
    "pending": ("pending",),
    "unsubscribed": ("unsubscribed",),
    "unsubscribed-suspect": ("unsubscribed_suspect",),
    "spam": ("complained",),
    "not-sent": ("not_sent",),
    "machine-only": ("machine_opened",),
    "machine-clicked": ("machine_clicked",),
    "read": ("read",),
    "skimmed": ("skimmed",),
    "glanced": ("glanced",),
}
#: Who is shown, as a sentence names them.
PEOPLE = {
    "all": "recipients",
    "sent": "who were sent to",
    "delivered": "who received it",
    "opened": "who opened",
    "clicked": "who clicked",
    "replied": "who replied",
    "bounced": "who bounced",
    "bounced-hard": "who bounced hard",
    "bounced-soft": "who bounced soft",
    "pending": "who are pending",
    "unsubscribed": "who unsubscribed",
    "unsubscribed-suspect": "whose unsubscribing looks like a scanner's",
    "spam": "who reported spam",
    "not-sent": "who were not sent to",
    "machine-only": "with machine opens only",
    "machine-clicked": "with machine clicks only",
    "read": "who read it",
    "skimmed": "who skimmed it",
    "glanced": "who glanced at it",
}

#: How far somebody came: the first that holds.
_STAGES = (
    ("clicked", "clicked"),
    ("opened", "opened"),
    ("machine_opened", "machine opens only"),
    ("machine_clicked", "machine clicks only"),
    ("delivered", "delivered"),
    ("bounced_hard", "hard bounce"),
    ("bounced_soft", "soft bounce"),
    ("pending", "pending"),
    ("sent", "sent"),
)
_ALSO = (
    ("replied", "replied"),
    ("unsubscribed", "unsubscribed"),
    ("unsubscribed_suspect", "unsubscribed, perhaps by a scanner"),
    ("complained", "reported spam"),
)


def state_in_words(recipient: Recipient) -> str:
    """How far somebody came, and what else they did: “opened, unsubscribed”."""
    if "not_sent" in recipient.states:
        return f"not sent: {recipient.not_sent_reason}"
    return _stage(recipient.states)


@lru_cache(maxsize=1_024)  # few are met, by a million recipients
def _stage(states: tuple[str, ...]) -> str:
    return ", ".join([_first(states), *(words for state, words in _ALSO if state in states)])


def _first(states: Collection[str]) -> str:
    return next((words for state, words in _STAGES if state in states), "nothing but clicks on utility links")


#: What an address becomes in the question of somebody who may not see addresses: no contact has this number.
HIDDEN_CONTACT = "#0"


def contact_number(number: int) -> str:
    """How a contact is named where its address is not shown: option `contact` takes it."""
    return f"#{number}"


def number_of(contact: str) -> int | None:
    """The number in “#123”, or None: it is an address."""
    return int(contact[1:]) if contact.startswith("#") else None
