"""Status codes of mail servers and categories of providers, each with the kind of trouble and a plain sentence.

Details are by subject and detail, for a code's first number only says whether trying again can help.
https://www.iana.org/assignments/smtp-enhanced-status-codes
"""

import re

Told = tuple[str, str]

#: By subject: what is said of a detail that has no sentence of its own.
SUBJECTS: dict[str, Told] = {
    "0": ("unknown", "The server gave no reason."),
    "1": ("address", "Something is wrong with the address."),
    "2": ("mailbox", "Something is wrong with the mailbox."),
    "3": ("server", "The receiving mail system has a problem."),
    "4": ("network", "The receiving server could not be reached, or mail to it loses its way."),
    "5": ("protocol", "The two servers did not understand each other."),
    "6": ("content", "The receiving server cannot handle this content."),
    "7": ("policy", "The receiving server's rules refused the message."),
}
DETAILS: dict[str, Told] = {
    "1.1": ("address", "The mailbox does not exist."),
    "1.2": ("address", "The domain does not exist, or takes no mail."),
    "1.3": ("address", "The address is not written correctly."),
    "1.4": ("address", "The address fits more than one mailbox."),
    "1.6": ("address", "The mailbox has moved and left no new address."),
    "1.7": ("sender", "The sender's address is not written correctly."),
    "1.8": ("sender", "The sender's domain does not exist, or takes no mail."),
    "1.9": ("server", "The message was passed on to a server that knows less than the first."),
    "1.10": ("address", "The domain says that it takes no mail; Microsoft's servers say so of an unknown mailbox."),
    "2.1": ("mailbox", "The mailbox is switched off and takes no mail."),
    "2.2": ("mailbox", "The mailbox is full."),
    "2.3": ("mailbox", "The message is larger than this mailbox takes."),
    "2.4": ("mailbox", "The mailing list behind the address could not be expanded."),
    "3.1": ("server", "The receiving mail system is full."),
    "3.2": ("server", "The receiving mail system takes no mail at the moment."),
    "3.3": ("server", "The receiving mail system cannot do what the message asks for."),
    "3.4": ("content", "The message is larger than the receiving mail system takes."),
    "3.5": ("server", "The receiving mail system is set up wrongly."),
    "4.1": ("network", "The receiving server did not answer; Microsoft's say so of an unknown mailbox too."),
    "4.2": ("network", "The connection to the receiving server broke."),
    "4.3": ("network", "A directory that the receiving server needs did not answer."),
    "4.4": ("network", "There is no way to the domain's mail server."),
    "4.5": ("network", "The receiving mail system is too busy."),
    "4.6": ("network", "The message went round in a circle between servers."),
    "4.7": ("network", "The receiving server put the message off for too long."),
    "5.3": ("protocol", "There were too many recipients at once."),
    "6.1": ("content", "The receiving server does not take this kind of content."),
    "6.6": ("content", "The content is not at hand for the receiving server."),
    "6.7": ("content", "The receiving server cannot take addresses with letters beyond ASCII."),
    "7.1": (
        "policy",
        "The receiver's rules refused the message, often as spam or for the sender's reputation.",
    ),
    "7.2": ("policy", "The sender may not write to this mailing list."),
    "7.5": ("policy", "A security feature of the message could not be checked."),
    "7.7": ("policy", "The message was changed on its way, or could not be proved whole."),
    "7.13": ("mailbox", "The account behind the mailbox is switched off."),
    "7.17": ("address", "The mailbox has a new owner since the contact was known."),
    "7.18": ("address", "The domain has a new owner since the contact was known."),
    "7.20": ("authentication", "No DKIM signature passed; the sender's domain has to be set up."),
    "7.21": ("authentication", "No DKIM signature of an accepted domain passed."),
    "7.22": ("authentication", "No DKIM signature belongs to the sender's own domain."),
    "7.23": ("authentication", "SPF failed: the sending server is not one that the sender's domain names."),
    "7.24": ("authentication", "SPF could not be checked: the sender's domain is set up wrongly."),
    "7.25": ("authentication", "The sending server's own name could not be proved (reverse DNS)."),
    "7.26": ("authentication", "The message passed neither SPF nor DKIM; the sender's domain has to be set up."),
    "7.27": ("sender", "The sender's domain says that it takes no mail."),
    "7.28": ("reputation", "Too much mail, or too much of one kind, came from the sender at once."),
    "7.29": ("authentication", "The chain of signatures of servers in between (ARC) did not pass."),
    "7.30": ("policy", "The receiving server wants an encrypted connection all the way."),
}
#: Where a reply has no enhanced code.
BASIC: dict[str, Told] = {
    "421": ("server", "The receiving server is not available, or too busy."),
    "450": ("mailbox", "The mailbox could not be used at the moment."),
    "451": ("server", "The receiving server had an error, or asks to come again later."),
    "452": ("server", "The receiving mail system has no room, or too many messages at once."),
    "500": ("protocol", "The two servers did not understand each other."),
    "501": ("protocol", "The two servers did not understand each other."),
    "503": ("protocol", "The two servers did not understand each other."),
    "521": ("address", "The domain takes no mail."),
    "550": ("mailbox", "The mailbox does not exist, or may not be written to."),
    "551": ("address", "The mailbox is elsewhere."),
    "552": ("mailbox", "The mailbox is full, or the message too large."),
    "553": ("address", "The address is not allowed or not written correctly."),
    "554": ("policy", "The receiving server refused the message."),
    "556": ("address", "The domain takes no mail."),
}
#: Where not even a basic code is known, by its first digit.
CLASSES: dict[str, Told] = {
    "4": ("unknown", "The receiving server put the message off."),
    "5": ("unknown", "The receiving server refused the message."),
}
_NO_ANSWER = ("network", "The receiving server did not answer.")
#: Words of replies that say more than a general code, most telling first.
WORDS: tuple[tuple[re.Pattern[str], Told], ...] = tuple(
    (re.compile(words, re.IGNORECASE), told)
    for words, told in (
        (r"over ?quota|mailbox (is )?full|quota exceeded|insufficient (system )?storage", DETAILS["2.2"]),
        (r"(user|recipient|mailbox|address|account)\b.{0,25}(unknown|not found|not exist|unavailable)", DETAILS["1.1"]),
        (r"no such (user|mailbox|recipient|person)|(unknown|invalid) (user|recipient|mailbox)", DETAILS["1.1"]),
        (r"(disabled|suspended|deactivated|inactive)", DETAILS["2.1"]),
        (r"gr[ea]ylist", ("greylisting", "The receiving server asks unknown senders to come again later.")),
        (
            r"blocked using|block ?list|blacklist|spamhaus|spamcop|reputation",
            ("reputation", "The sender is on a list of unwanted senders."),
        ),
        (r"\bspam\b|junk mail|unsolicited", ("spam", "The receiving server takes the message for spam.")),
        (r"\bdmarc\b|\bspf\b|\bdkim\b", ("authentication", "The sender could not be proved (SPF, DKIM or DMARC).")),
        (
            r"too many|rate limit|throttl",
            ("throttling", "The receiving server takes no more from this sender at the moment."),
        ),
        (r"time(d)? ?out", _NO_ANSWER),
        (r"(host|domain|dns).{0,20}(not found|unknown|not exist)|nxdomain|no mx", DETAILS["1.2"]),
    )
)
#: Categories of HubSpot's events, as a reply where there is no other.
CATEGORIES: dict[str, Told] = {
    "UNKNOWN_USER": DETAILS["1.1"],
    "MAILBOX_FULL": DETAILS["2.2"],
    "MAILBOX_MISCONFIGURATION": ("mailbox", "The mailbox is set up wrongly."),
    "CONTENT": ("content", "The receiving server refused the content."),
    "SPAM": ("spam", "The receiving server takes the message for spam."),
    "POLICY": ("policy", "The receiving server's rules refused the message, without saying which."),
    "FILTERED": ("policy", "A filter of the receiver kept the message back."),
    "DMARC": ("authentication", "The sender's domain asks to refuse mail that it has not signed (DMARC)."),
    "DNS_FAILURE": DETAILS["1.2"],
    "TIMEOUT": _NO_ANSWER,
    "THROTTLED": ("throttling", "The receiving server takes no more from this sender at the moment."),
    "GREYLISTING": ("greylisting", "The receiving server asks unknown senders to come again later."),
    "TEMPORARY_PROBLEM": ("server", "The receiving mail system has a problem that should pass."),
    "IP_REPUTATION": ("reputation", "The sending server's reputation is too low for the receiver."),
    "DOMAIN_REPUTATION": ("reputation", "The sender's domain has too low a reputation for the receiver."),
    "ISP_MISCONFIGURATION": ("server", "The receiving mail system is set up wrongly."),
    "SENDING_DOMAIN_MISCONFIGURATION": ("authentication", "The sender's domain is set up wrongly."),
    "HUBSPOT_GLOBAL_BOUNCE": ("address", "The address bounced for several of the provider's customers."),
    "UNCATEGORIZED": ("unknown", "The provider put the reply in no category."),
}
