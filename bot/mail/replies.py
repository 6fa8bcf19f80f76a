"""What a mail server's answer, or its silence, makes of a delivery. Pure."""

from datetime import timedelta
from enum import StrEnum

from bot.logging import masked
from reports.bounces import code_of, meaning
from reports.text import plain, shortened
from store.ledger import Outcome, OutcomeKind

#: How long a server wants to be left that greylists: the usual five minutes, and a little more.
_GREYLISTED = timedelta(minutes=6)
_LONGEST = 300


class Phase(StrEnum):
    """How far a session had come. Only past the dot can a message have arrived."""

    CONNECT = "connect"  # up to the login
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # the message, and not yet the dot that ends it
    DOT = "dot"


def answered(phase: Phase, code: int, reply: str) -> Outcome:
    """What a reply at a phase makes of a delivery (RFC 5321, 4.2.1). `code` is -1 for what is no reply at all.

    4xx is definite everywhere, also after the dot: the server did not take the message. A 5xx before the recipient is
    named is about us, not about them, so it is worth another try once somebody has mended it.
    """
    said = f"{code} {reply}"
    status, text = code_of(said), _readable(said)
    if phase is Phase.DOT and 200 <= code < 300:
        return Outcome(OutcomeKind.SENT, status, text)
    if 400 <= code < 500:
        later = _GREYLISTED if meaning(said).category == "greylisting" or _greylists(phase, code, said) else timedelta()
        return Outcome(OutcomeKind.TRANSIENT, status, text, retry_after=later)
    if 500 <= code < 600:
        if is_servers(phase, code, reply):
            return Outcome(OutcomeKind.TRANSIENT, status, text)
        return Outcome(OutcomeKind.PERMANENT, status, text, suppress=_nobody_there(said))
    return lost(phase, f"it answered {_readable(said)}")


def lost(phase: Phase, how: str) -> Outcome:
    """No answer that can be understood: nobody can tell what became of it once the dot was sent."""
    if phase is Phase.DOT:
        text = f"The mail server had the whole message, and then {how}: it may have arrived."
        return Outcome(OutcomeKind.UNKNOWN, text=_readable(text))
    return Outcome(OutcomeKind.TRANSIENT, text=_readable(f"Before the message was complete, {how}."))


def is_servers(phase: Phase, code: int, reply: str) -> bool:
    """Whether a refusal is about us and our server, so that every other mail would be refused as well."""
    about_it = code == 552 or (code_of(f"{code} {reply}") or "").endswith(".3.4")  # this message is too large
    return code >= 500 and phase in (Phase.CONNECT, Phase.MAIL) and not about_it


def _greylists(phase: Phase, code: int, said: str) -> bool:
    """Servers that greylist say 450 or 451 and often 4.7.1 of a recipient, not always in words."""
    return phase is Phase.RCPT and code in (450, 451) and code_of(said) == "4.7.1"


def _nobody_there(said: str) -> bool:
    """Whether no mail will arrive at this address again: it is unknown, or its mailbox is switched off."""
    means = meaning(said)
    return means.category == "address" or means.code in ("5.2.1", "5.7.13")


def _readable(said: str) -> str:
    return shortened(plain(masked(said)), _LONGEST)
