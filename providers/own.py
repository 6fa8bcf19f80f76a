"""Our own documented schema (docs/import.md), as lines of JSON and as rows of CSV."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from rapidfuzz import process

from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason, Part

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # clocks differ; more than a day is a mistake
_WORDS = {
    "kind": Kind,
    "part": Part,
    "bounce": BounceType,
    "machine": MachineReason,
    "reason": NotSentReason,
}
_EVENT_FIELDS = tuple(field.name for field in msgspec.structs.fields(Event))


class BadRow(ValueError):
    """A row that makes no sense; the text is for the person who made the file."""


class Reader:
    """Reads rows as they were at `now`: an event from the future is a mistake. Not to be shared between threads."""

    def __init__(self, now: datetime, mapping: Mapping[str, str] | None = None) -> None:
        """`mapping` is from a CSV's column to our field. Raises BadRow when it names a field that there is not."""
        self._latest = now + _AHEAD
        self._mapping = dict(mapping or {})
        self._event = msgspec.json.Decoder(Event).decode
        self._email = msgspec.json.Decoder(Email).decode
        for name in self._mapping.values():
            if name not in _EVENT_FIELDS:
                raise BadRow(f"there is no field {_nearest(name, _EVENT_FIELDS)}")

    def line(self, line: bytes) -> Event | Email:
        """One line of JSON. Raises BadRow."""
        if b'"record"' in line:
            return self._record(line)
        try:
            event = self._event(line)
        except msgspec.MsgspecError as error:
            raise BadRow(_explained(line, error)) from None
        except UnicodeDecodeError:
            raise BadRow("the line is not UTF-8") from None
        return self._checked(event)

    def row(self, row: Mapping[str | None, str | list[str] | None]) -> Event:
        """One row of CSV by column; empty cells are absent; lists are separated by ";". Raises BadRow."""
        if None in row:
            raise BadRow("the row has more cells than the header has columns")
        told = {self._mapping.get(str(column), column): value for column, value in row.items() if value}
        values = {name: value for name, value in told.items() if name in _EVENT_FIELDS}
        if "lists" in values:
            values["lists"] = [name.strip() for name in str(values["lists"]).split(";") if name.strip()]
        try:
            event = msgspec.convert(values, Event, strict=False)
        except msgspec.ValidationError as error:
            raise BadRow(_explained(msgspec.json.encode(values), error)) from None
        return self._checked(event)

    def check_header(self, columns: list[str]) -> None:
        """Raises BadRow when a CSV's header lacks what every event needs."""
        known = {self._mapping.get(column, column) for column in columns}
        missing = [name for name in ("kind", "at", "email", "contact") if name not in known]
        if missing:
            raise BadRow(
                f"no column for {', '.join(missing)}; the columns are {', '.join(columns)}."
                f" Say which is meant: --map COLUMN={missing[0]}"
            )

    def _record(self, line: bytes) -> Email:
        try:
            fields = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
            if msgspec.json.decode(fields.pop("record")) != "email":
                raise BadRow('record: only "email" is known')
            email = self._email(msgspec.json.encode(fields))
        except (msgspec.MsgspecError, UnicodeDecodeError, KeyError) as error:
            raise BadRow(_sentence(error)) from None
        if not email.id:
            raise BadRow("id: empty")
        if email.sent_at is not None and email.sent_at.tzinfo is None:
            raise BadRow("sent_at: no time zone; write 2026-05-12T09:30:00+02:00, or Z for UTC")
        return email

    def _checked(self, event: Event) -> Event:
        at = event.at
        if at.tzinfo is None:
            raise BadRow("at: no time zone; write 2026-05-12T09:30:00+02:00, or Z for UTC")
        if not _EARLIEST <= at <= self._latest:
            raise BadRow(f"at: {at.isoformat()} is {'in the future' if at > self._latest else 'before 1990'}")
        if not event.email:
            raise BadRow("email: empty; it is the identifier of the e-mail")
        if "@" not in event.contact[1:-1]:
            raise BadRow("contact: not an e-mail address")
        return event


def _explained(line: bytes, error: msgspec.MsgspecError) -> str:
    """The decoder's message, with the word that was meant where one is nearly right."""
    path = re.search(r"`\$\.(\w+)`", str(error))
    if path and path[1] in _WORDS:
        try:
            said = str(msgspec.json.decode(line)[path[1]])
        except (msgspec.MsgspecError, KeyError, TypeError):
            return _sentence(error)
        return f"{path[1]}: {_nearest(said, [str(word) for word in _WORDS[path[1]]])}"
    unknown = re.search(r"unknown field `(\w+)`", str(error))
    if unknown:
        return f"there is no field {_nearest(unknown[1], _EVENT_FIELDS)}"
    return _sentence(error)


def _nearest(said: str, known: tuple[str, ...] | list[str]) -> str:
    found = process.extractOne(said, known, score_cutoff=60)
    shown = said if len(said) <= 40 else f"{said[:39]}…"
    if found:
        return f"{shown!r}; did you mean {found[0]!r}?"
    return f"{shown!r}; known are {', '.join(known)}"


def _sentence(error: Exception) -> str:
    """msgspec's words without its signs: `$.at` is the field at."""
    message = re.sub(r"(.*) - at `\$\.?([^`]*)`", r"\2: \1", str(error))
    return message.removeprefix(": ").replace("Object ", "") or "not readable"
