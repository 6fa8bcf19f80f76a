"""What readers of webhooks share: JSON of strangers, item by item; times; identities."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from math import isfinite
from typing import Any

import msgspec

from providers.intake import Intake, Reject, misfit
from reports.events import Email, Event

#: The e-mail of events that say nothing of what they belong to.
UNCATEGORISED = "uncategorised"
_SECONDS_END = 100_000_000_000  # a larger timestamp is in milliseconds


def items_of(told: Any) -> list[Any]:
    """The items of an array, or the one value."""
    return told if isinstance(told, list) else [told]


def read_json(
    body: bytes, read: Callable[[Any], Iterable[Event | Email]], items: Callable[[Any], list[Any]] = items_of
) -> Intake:
    """What `read` makes of each of the `items` of a JSON body, which may raise ValueError: then the body is refused.

    `read` gives nothing for what is of no use here and raises ValueError, with the reason, for what is no event: that
    costs the item and no other. A reject's `line` is the item's place, from 1. Never raises.
    """
    try:
        found = items(decoded(body))
    except ValueError as error:
        return Intake(rejects=(Reject(1, str(error), shown(body)),))
    return read_items(found, read)


def read_items(items: Iterable[Any], read: Callable[[Any], Iterable[Event | Email]]) -> Intake:
    """As `read_json`, of items that are decoded."""
    events: list[Event] = []
    emails: dict[str, Email] = {}
    rejects: list[Reject] = []
    ignored = 0
    for place, item in enumerate(items, start=1):
        try:
            found = list(read(item))
            for fault in filter(None, map(misfit, found)):
                raise ValueError(fault)
        except ValueError as error:
            rejects.append(Reject(place, str(error), _encoded(item)))
            continue
        ignored += not found
        for value in found:
            if isinstance(value, Event):
                events.append(value)
            else:
                emails[value.id] = value
    return Intake(tuple(events), tuple(emails.values()), tuple(rejects), ignored)


def decoded(body: bytes) -> Any:
    """The value of a body of JSON. Raises ValueError.

    One broken character, or a number too large, in one of a thousand events must not cost the others: what strict
    JSON refuses is read once more with such put right.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        told = json.loads(
            body.decode("utf-8-sig", errors="replace"),
            parse_constant=lambda _: None,
            parse_float=lambda text: number if isfinite(number := float(text)) else None,
            parse_int=lambda text: int(text) if len(text) < 100 else None,
        )
        return msgspec.json.decode(json.dumps(told, ensure_ascii=False).encode(errors="replace"))
    except (ValueError, RecursionError):  # msgspec's and the codec's errors are ValueErrors
        raise ValueError("the body is not JSON") from None


def shown(raw: bytes) -> str:
    """Bytes as text for a person, whatever they are."""
    return raw.decode(errors="replace")


def _encoded(item: Any) -> str:
    try:
        return shown(msgspec.json.encode(item))
    except RecursionError:  # writing stands a little less depth than reading
        return ""


def text_of(item: Mapping[str, Any], field: str) -> str | None:
    """A field that is text and not empty, else None."""
    value = item.get(field)
    return value if isinstance(value, str) and value else None


def table_of(item: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """A field that is an object, else an empty one."""
    value = item.get(field)
    return value if isinstance(value, dict) else {}


def address_of(item: Mapping[str, Any], field: str) -> str:
    """A field that is an e-mail address, as it came. Raises ValueError."""
    value = item.get(field)
    if not isinstance(value, str) or "@" not in value[1:-1]:
        raise ValueError(f"{field}: not an e-mail address")
    return value


def mailbox(text: str) -> tuple[str, str]:
    """Name and address of "Ada <ada@example.org>". The library's parser can be made to recurse without end."""
    name, bracket, rest = text.rpartition("<")
    return (name.strip(' "'), rest.strip().removesuffix(">")) if bracket else ("", text.strip())


def content_key(item: Mapping[str, Any], *fields: str) -> str:
    """A key for events that have none of their own: a digest of what was said in these fields, empty if nothing was.

    Without it, what we made of an event would tell it apart, and a better name for a client would count it twice.
    """
    told = [text_of(item, field) for field in fields]
    if not any(told):
        return ""
    return blake2b(msgspec.json.encode(told), digest_size=16).hexdigest()


def epoch_of(item: Mapping[str, Any], field: str) -> datetime:
    """A field that is seconds or milliseconds since 1970, as a number or as text. Raises ValueError.

    One provider mixes all four.
    """
    value = item.get(field)
    try:
        number = 0.0 if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
        if number <= 0:
            raise ValueError
        return datetime.fromtimestamp(number / 1000 if number >= _SECONDS_END else number, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise ValueError(f"{field}: not a time") from None


def instant_of(item: Mapping[str, Any], field: str) -> datetime:
    """A field that is an instant in ISO 8601; in UTC where it names no zone. Raises ValueError.

    Digits after the microsecond are dropped: some providers tell seven.
    """
    try:
        at = datetime.fromisoformat(item.get(field))  # type: ignore[arg-type]
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    except (TypeError, ValueError):
        raise ValueError(f"{field}: not a time") from None


def identity(item: Any, paths: Iterable[str]) -> str:
    """What an event belongs to: the first of the paths that leads to a name or a number.

    A path is names of fields with dots between, as in `mail.tags.campaign`; of a list, the first item is meant.
    """
    found = (_first(at_path(item, path)) for path in paths)
    return next((str(value) for value in found if _is_identifier(value)), UNCATEGORISED)


def at_path(item: Any, path: str) -> Any:
    """What a path leads to, or None. A field whose own name has dots in it is found as well."""
    item = _first(item)
    if not isinstance(item, dict):
        return None
    if path in item:
        return item[path]
    name, dot, rest = path.partition(".")
    return at_path(item.get(name), rest) if dot else None


def _first(value: Any) -> Any:
    """Of a list, the first item that can be a name or lead to one."""
    if not isinstance(value, list):
        return value
    return next((item for item in value if _is_identifier(item) or isinstance(item, dict)), None)


def _is_identifier(value: Any) -> bool:
    """Numbers and strings of numbers are both met, of one field even."""
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(value)
