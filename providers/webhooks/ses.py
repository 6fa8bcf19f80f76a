"""Amazon SES: events by SNS (signed), by EventBridge (with a secret), and by Firehose (files).

Messages: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
Signatures: https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlencode

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from providers.intake import Intake
from providers.proof import check_shared_secret
from providers.provider import Answers, Credentials, Provider, Request, Unverified
from providers.reading import decoded, identity, instant_of, read_json, table_of, text_of
from reports.clients import client_of, machine_verdict
from reports.events import BounceType, Email, Event, Kind, NotSentReason

NAME = "ses"

_TOPIC = re.compile(r"arn:aws(?P<part>-cn|-us-gov)?:sns:(?P<region>[a-z0-9-]{1,30}):\d{12}:[\w.-]{1,256}", re.ASCII)
#: What is signed of a message, in this order; a field that is absent is left out.
_SIGNED = ("Message", "MessageId", "SubscribeURL", "Subject", "Timestamp", "Token", "TopicArn", "Type")
_BY_TYPE = {
    "Notification": set(_SIGNED) - {"SubscribeURL", "Token"},
    "SubscriptionConfirmation": set(_SIGNED) - {"Subject"},
    "UnsubscribeConfirmation": set(_SIGNED) - {"Subject"},
}
_HASHES = {"1": SHA1(), "2": SHA256()}  # noqa: S303 - SNS signs with SHA-1 unless its topic is set otherwise
#: What SES writes to a topic when it is connected; it is no JSON.
_CONNECTED = "Successfully validated SNS topic"

#: Event type → our kind, the object that has its details, and where that names the recipients.
_KINDS = {
    "Send": (Kind.SENT, "send", None),
    "Delivery": (Kind.DELIVERED, "delivery", "recipients"),
    "DeliveryDelay": (Kind.DEFERRED, "deliveryDelay", "delayedRecipients"),
    "Bounce": (Kind.BOUNCED, "bounce", "bouncedRecipients"),
    "Complaint": (Kind.COMPLAINED, "complaint", "complainedRecipients"),
    "Reject": (Kind.NOT_SENT, "reject", None),
    "Rendering Failure": (Kind.NOT_SENT, "failure", None),
    "Open": (Kind.OPENED, "open", None),
    "Click": (Kind.CLICKED, "click", None),
    "Subscription": (Kind.UNSUBSCRIBED, "subscription", None),
}
#: These name nobody: of a message to several, it is not known who it was.
_OF_ONE = {Kind.OPENED, Kind.CLICKED, Kind.UNSUBSCRIBED}
_SUPPRESSED = "OnAccountSuppressionList"


def _envelope(request: Request) -> Mapping[str, Any] | None:
    """The message of SNS around an event, or None: it did not come by SNS."""
    try:
        told = decoded(request.body)
    except ValueError:
        raise Unverified("the body is not JSON") from None
    return told if isinstance(told, dict) and told.get("Type") in _BY_TYPE else None


def _topic(envelope: Mapping[str, Any], credentials: Credentials) -> re.Match[str]:
    """An attacker's own topic is validly signed by Amazon as well: only topics of the settings may call."""
    topic = text_of(envelope, "TopicArn") or ""
    found = _TOPIC.fullmatch(topic)
    if found is None or topic not in credentials.topics:
        raise Unverified("the topic is not one of providers.ses.topics")
    return found


def _host(topic: re.Match[str]) -> str:
    return f"sns.{_domain(topic)}"


def _domain(topic: re.Match[str]) -> str:
    return f"{topic['region']}.amazonaws.com{'.cn' if topic['part'] == '-cn' else ''}"


def _certificate(request: Request, credentials: Credentials) -> str | None:
    envelope = _envelope(request)
    if envelope is None:
        return None
    url = text_of(envelope, "SigningCertURL") or ""
    host = re.escape(_host(_topic(envelope, credentials)))
    if not re.fullmatch(rf"https://{host}/[A-Za-z0-9_-]{{1,200}}\.pem", url):
        raise Unverified("the certificate's URL is not of the topic's own region of SNS")
    return url


def _verify(request: Request, credentials: Credentials, now: datetime) -> None:
    """What comes by SNS has to be signed by it, for one of our topics; all else has to carry the secret."""
    envelope = _envelope(request)
    if envelope is None:
        check_shared_secret(request, credentials)
        return
    topic = _topic(envelope, credentials)
    pem = credentials.certificates.get(_certificate(request, credentials) or "")
    if pem is None:
        raise Unverified("the certificate is not at hand")
    key = _key(pem, topic, now)
    algorithm = _HASHES.get(str(envelope.get("SignatureVersion")))
    if algorithm is None:
        raise Unverified("the signature is of a version that is not known")
    try:
        signature = b64decode(text_of(envelope, "Signature") or "", validate=True)
        key.verify(signature, _signed(envelope), PKCS1v15(), algorithm)
    except (ValueError, InvalidSignature, UnsupportedAlgorithm):
        raise Unverified("the signature is of another key or another message") from None


def _signed(envelope: Mapping[str, Any]) -> bytes:
    fields = _BY_TYPE[envelope["Type"]]
    told = ((field, envelope[field]) for field in _SIGNED if field in fields and envelope.get(field) is not None)
    return "".join(f"{field}\n{value}\n" for field, value in told).encode(errors="replace")


def _key(pem: bytes, topic: re.Match[str], now: datetime) -> RSAPublicKey:
    """The key of SNS's certificate: by its name, in its time."""
    try:
        certificate = x509.load_pem_x509_certificates(pem)[0]
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        key = certificate.public_key()
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension, UnsupportedAlgorithm):
        raise Unverified("the certificate cannot be read") from None
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        raise Unverified("the certificate is not valid now")
    if _names(topic).isdisjoint(names.get_values_for_type(x509.DNSName)) or not isinstance(key, RSAPublicKey):
        raise Unverified("the certificate is not SNS's")
    return key


def _names(topic: re.Match[str]) -> set[str]:
    """What SNS calls itself in its certificates; old regions, newer ones, China's and those of the US government."""
    domain = _domain(topic)
    government = {"sns-us-gov-west-1.amazonaws.com"} if topic["part"] == "-us-gov" else set()
    return {"sns.amazonaws.com", f"sns.{domain}", f"sns-signing.{domain}", f"sns-{domain}"} | government


def _confirmation(request: Request) -> str | None:
    """Built anew from the topic, so that no URL of the message is called."""
    try:
        envelope = _envelope(request) or {}
    except Unverified:
        return None
    topic = _TOPIC.fullmatch(text_of(envelope, "TopicArn") or "")
    token = text_of(envelope, "Token")
    if envelope.get("Type") != "SubscriptionConfirmation" or not topic or not token:
        return None
    asked = {"Action": "ConfirmSubscription", "TopicArn": topic[0], "Token": token}
    return f"https://{_host(topic)}/?{urlencode(asked)}"


def _parse(request: Request, paths: tuple[str, ...]) -> Intake:
    return read_json(request.body, lambda item: _read(item, paths))


def _read(item: Any, paths: tuple[str, ...]) -> Iterable[Event | Email]:
    told = _unwrapped(item)
    if told is None:
        return []
    said = told.get("eventType") or told.get("notificationType")
    if not isinstance(said, str):
        raise ValueError("no event: the field `eventType` is missing")
    if said not in _KINDS:
        return []
    kind, place, recipients = _KINDS[said]
    return _events(told, kind, place, recipients, identity(told, paths))


def _unwrapped(item: Any) -> Mapping[str, Any] | None:
    """SES's own object, out of what SNS or EventBridge put around it; None: they speak for themselves."""
    if isinstance(item, dict) and item.get("Type") in _BY_TYPE:
        message = text_of(item, "Message") or ""
        if item["Type"] != "Notification" or message.startswith(_CONNECTED):
            return None
        item = decoded(message.encode(errors="replace"))
    elif isinstance(item, dict) and isinstance(item.get("detail"), dict):
        item = item["detail"]
    if not isinstance(item, dict):
        raise ValueError("no event: it is no object")
    return item


def _events(told: Mapping[str, Any], kind: Kind, place: str, recipients: str | None, email: str) -> Iterable[Event]:
    mail, details = table_of(told, "mail"), table_of(told, place)
    message = text_of(mail, "messageId")
    if message is None:
        raise ValueError("mail.messageId: missing")
    people = _people(details.get(recipients) if recipients else mail.get("destination"))
    if kind in _OF_ONE and (len(people) != 1 or (kind is Kind.UNSUBSCRIBED and not _opted_out(details))):
        return
    if kind is Kind.COMPLAINED:
        if details.get("complaintFeedbackType") == "not-spam":  # taken back: it is no complaint
            return
        # The address is often withheld, and everybody at the domain is told instead: one of them complained.
        people = people[:1]
    if not people:
        raise ValueError("no recipient is told")
    timed = details if "timestamp" in details else mail
    at, link = instant_of(timed, "timestamp"), text_of(details, "link") if kind is Kind.CLICKED else None
    if details.get("bounceSubType") == _SUPPRESSED or details.get("complaintSubType") == _SUPPRESSED:
        kind = Kind.NOT_SENT
    agent = text_of(details, "userAgent") if kind in (Kind.OPENED, Kind.CLICKED) else None
    client = client_of(agent)
    for contact, reply in people:
        yield Event(
            kind=kind,
            at=at,
            email=email,
            contact=contact,
            provider=NAME,
            #: Not the number of SNS or EventBridge: an event that comes by both, and in a file of Firehose, is one.
            key=f"{message}|{place}|{timed['timestamp']}|{link or ''}",
            link=link,
            client=client.name,
            device=client.device,
            machine=machine_verdict(kind, agent, False),
            bounce=_bounce(details) if kind is Kind.BOUNCED else None,
            reason=_reason(details) if kind is Kind.NOT_SENT else None,
            reply=(reply or _reply(details)) if kind in (Kind.BOUNCED, Kind.DEFERRED, Kind.NOT_SENT) else None,
        )


def _people(told: Any) -> list[tuple[str, str | None]]:
    """Addresses, each with the server's words for it."""
    people: list[tuple[str, str | None]] = []
    for person in told if isinstance(told, list) else []:
        words = text_of(person, "diagnosticCode") if isinstance(person, dict) else None
        name = person.get("emailAddress") if isinstance(person, dict) else person
        address = parseaddr(name)[1] if isinstance(name, str) else ""
        if "@" not in address[1:-1]:
            raise ValueError("a recipient is not an e-mail address")
        people.append((address, words))
    return people


def _opted_out(details: Mapping[str, Any]) -> bool:
    """Whether somebody left all topics, or one, who had not before."""
    new, old = table_of(details, "newTopicPreferences"), table_of(details, "oldTopicPreferences")
    left_all = new.get("unsubscribeAll") is True and old.get("unsubscribeAll") is not True
    return left_all or not _left(new) <= _left(old)


def _left(preferences: Mapping[str, Any]) -> set[str]:
    told = preferences.get("topicSubscriptionStatus")
    topics = [topic for topic in told if isinstance(topic, dict)] if isinstance(told, list) else []
    return {str(topic.get("topicName")) for topic in topics if topic.get("subscriptionStatus") == "OptOut"}


def _bounce(details: Mapping[str, Any]) -> BounceType:
    return BounceType.HARD if details.get("bounceType") == "Permanent" else BounceType.SOFT


def _reason(details: Mapping[str, Any]) -> NotSentReason:
    if details.get("reason") == "Bad content":
        return NotSentReason.BLOCKED_CONTENT
    suppressed = _SUPPRESSED in (details.get("bounceSubType"), details.get("complaintSubType"))
    return NotSentReason.SUPPRESSED if suppressed else NotSentReason.OTHER


def _reply(details: Mapping[str, Any]) -> str | None:
    """SES's words, where no server's are told."""
    fields = ("reason", "errorMessage", "delayType", "bounceSubType", "complaintSubType")
    return next((told for field in fields if (told := text_of(details, field))), None)


PROVIDER = Provider(
    name=NAME,
    verify=_verify,
    parse=_parse,
    #: A tag that says which mailing it is, else the configuration set, which every event has.
    identity=("mail.tags.campaign", "mail.tags.ses:configuration-set"),
    #: SNS tries again after 5xx alone, EventBridge after it as well: a topic may not be in the settings yet.
    answers=Answers(unverified=503, malformed=503),
    certificate=_certificate,
    confirmation=_confirmation,
)
