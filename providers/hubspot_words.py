"""HubSpot's vocabulary as ours: what its events API and a data warehouse's copy of it have in common.

Field meanings: https://legacydocs.hubspot.com/docs/methods/email/email_events_overview
"""

from collections.abc import Collection

from reports.events import BounceType, Kind, NotSentReason

PROVIDER = "hubspot"

#: Of a change of status, leaving alone counts: see the readers.
STATUS_CHANGE = "STATUSCHANGE"
LEFT = "UNSUBSCRIBED"
KINDS = {
    "SENT": Kind.SENT,
    "DELIVERED": Kind.DELIVERED,
    "DEFERRED": Kind.DEFERRED,
    "BOUNCE": Kind.BOUNCED,
    "DROPPED": Kind.NOT_SENT,
    "OPEN": Kind.OPENED,
    "CLICK": Kind.CLICKED,
    "SPAMREPORT": Kind.COMPLAINED,
}
#: Public integrations disagree on several categories (POLICY, FILTERED, DMARC, MAILBOX_MISCONFIGURATION, ...): those
#: count as soft, which excludes nobody.
HARD_CATEGORIES = frozenset({"UNKNOWN_USER", "DNS_FAILURE", "HUBSPOT_GLOBAL_BOUNCE"})
_DROPPED = {
    "PREVIOUSLY_BOUNCED": NotSentReason.PREVIOUSLY_BOUNCED,
    "PREVIOUS_SPAM": NotSentReason.PREVIOUS_SPAM_REPORT,
    "INVALID_TO_ADDRESS": NotSentReason.INVALID_ADDRESS,
    "QUARANTINED_ADDRESS": NotSentReason.SUPPRESSED,
    "BLOCKED_ADDRESS": NotSentReason.SUPPRESSED,
    "BLOCKED_DOMAIN": NotSentReason.SUPPRESSED,
    "GRAYMAIL_SUPPRESSED": NotSentReason.NOT_ENGAGED,
    "RECIPIENT_FATIGUE_SUPPRESSED": NotSentReason.NOT_ENGAGED,
    "NON_MARKETABLE_CONTACT": NotSentReason.NOT_MARKETABLE,
    "PORTAL_OVER_LIMIT": NotSentReason.OVER_LIMIT,
    "CAMPAIGN_CANCELLED": NotSentReason.CANCELLED,
}


def bounce_type(category: str | None, hard: Collection[str] = HARD_CATEGORIES) -> BounceType:
    """`hard` are the categories of bounces that are permanent."""
    return BounceType.HARD if category in hard else BounceType.SOFT


def not_sent_reason(said: str | None) -> NotSentReason:
    """Why a message was dropped; HubSpot's list is open, and what is new is OTHER."""
    if (said or "").startswith("PREVIOUSLY_UNSUBSCRIBED"):
        return NotSentReason.PREVIOUSLY_UNSUBSCRIBED
    return _DROPPED.get(said or "", NotSentReason.OTHER)
