"""What mail servers and providers answer when a message does not simply arrive, by the kind of server."""

from reports.events import NotSentReason

_ANY = "any"

#: Client of the mailbox, as the sign of who runs it → permanent refusals.
_HARD = {
    "Gmail": (
        (
            "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the "
            "recipient's email address for typos or unnecessary spaces. 550 5.1.1 a640c23a62f3a-ab7d3f0 - gsmtp"
        ),
        "550-5.2.1 The email account that you tried to reach is inactive. 550 5.2.1 4fb4d7f45d1cf-5e1 - gsmtp",
    ),
    "Outlook": (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient {address} not found by SMTP address lookup",
        "550 5.4.1 Recipient address rejected: Access denied. [AM4PEPF00027A63.example.net]",
        "550 5.7.1 Message rejected by the organisation's policy: the message failed DMARC evaluation",
    ),
    "Yahoo Mail": (
        "554 delivery error: dd This user doesn't have an account ({address}) [0] - mta4180.example.org",
        "554 5.7.9 Message not accepted for policy reasons",
    ),
    _ANY: (
        "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table",
        "550 5.1.2 <{address}>: Recipient address rejected: Domain not found",
        "553 5.3.0 <{address}>... No such user here",
        "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using a block list",
    ),
}
#: Refusals for now: as a deferral, and as the last word after days of trying.
_SOFT = {
    "Gmail": (
        "452-4.2.2 The recipient's inbox is out of storage space. 452 4.2.2 ffacd0b85a97d-38 - gsmtp",
        (
            "421-4.7.28 Our system has detected an unusual rate of mail originating from your IP address [192.0.2.25]. "
            "421 4.7.28 5b1f17b1804b1-43 - gsmtp"
        ),
    ),
    "Outlook": (
        "452 4.3.1 Insufficient system resources (TSTE)",
        "451 4.7.500 Server busy. Please try again later from [192.0.2.25]. (S77719)",
        "552 5.2.2 The recipient's mailbox is full and can't accept messages now",
    ),
    "Yahoo Mail": (
        "421 4.7.0 [TSS04] Messages from 192.0.2.25 temporarily deferred due to unexpected volume or user complaints",
    ),
    _ANY: (
        "450 4.2.0 <{address}>: Recipient address rejected: Greylisted, see https://postgrey.example.org/",
        "451 4.3.2 System not accepting network messages",
        "452 4.2.2 <{address}>: mailbox over quota",
        "421 4.4.2 Connection timed out while sending the message body",
    ),
}

#: A provider's own words for not sending.
HELD_BACK = {
    NotSentReason.PREVIOUSLY_BOUNCED: "Dropped: bounced address",
    NotSentReason.PREVIOUSLY_UNSUBSCRIBED: "Dropped: unsubscribed address",
    NotSentReason.PREVIOUS_SPAM_REPORT: "Dropped: spam-reporting address",
    NotSentReason.NOT_ENGAGED: "Not sent: no open or click in the last 16 messages",
    NotSentReason.NOT_MARKETABLE: "Not sent: contact is not a marketing contact",
    NotSentReason.SUPPRESSED: "Dropped: address is on the suppression list",
    NotSentReason.INVALID_ADDRESS: "Invalid recipient: domain has no mail server",
}


def hard(client: str, choice: float, address: str) -> str:
    """A permanent refusal; `choice` is from 0 to under 1."""
    return _pick(_HARD, client, choice, address)


def soft(client: str, choice: float, address: str) -> str:
    """A refusal for now; `choice` is from 0 to under 1."""
    return _pick(_SOFT, client, choice, address)


def _pick(replies: dict[str, tuple[str, ...]], client: str, choice: float, address: str) -> str:
    known = replies.get(client, replies[_ANY])
    return known[int(choice * len(known))].format(address=address)
