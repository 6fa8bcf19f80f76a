"""Our own documented schema (docs/import.md), as lines of JSON and as rows of CSV."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from providers.intake import LONGEST_LOOK, LONGEST_NAME, Intake, Reject, misfit
from providers.rows import TIME, explained, header_fault, nearest
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
_EMAIL_FIELDS = tuple(field.name for field in msgspec.structs.fields(Email))
#: Bytes: with a name that is too long beside what every event must have, a line is longer.
_SURELY_FITS = LONGEST_NAME + len('{"kind":"sent","at":"2026-05-12T09:30:00Z","email":"e"}')
_BOM = b"\xef\xbb\xbf"  # some programs on Windows begin a file with it


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
                raise BadRow(f"there is no field {nearest(name, _EVENT_FIELDS)}")

    def lines(self, lines: Iterable[bytes], first: int = 1) -> Intake:
        """Lines of JSON; `first` is the number of the first of them. Blank ones are passed over."""
        events: list[Event] = []
        emails: list[Email] = []
        rejects: list[Reject] = []
        decode, earliest, latest = self._event, _EARLIEST, self._latest
        for number, line in enumerate(lines, first):
            # Nearly every line is a plain event; whatever seems to be anything else is looked at closely.
            try:
                event = decode(line)
                if (
                    len(line) <= _SURELY_FITS
                    and earliest <= event.at <= latest
                    and "@" in event.contact.strip()[1:-1]
                    and event.email
                    and 0 <= (event.duration_ms or 0) <= LONGEST_LOOK
                    and b"\\u0000" not in line
                ):
                    events.append(event)
                    continue
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError):
                pass  # TypeError: `at` has no zone
            if line.isspace():
                continue
            try:
                item = self.line(line)
            except BadRow as error:
                rejects.append(Reject(number, str(error), line.decode(errors="replace").rstrip("\r\n")))
                continue
            if isinstance(item, Event):
                events.append(item)
            else:
                emails.append(item)
        return Intake(tuple(events), tuple(emails), tuple(rejects))

    def line(self, line: bytes) -> Event | Email:
        """One line of JSON. Raises BadRow."""
        try:
            if b'"record"' in line and (fields := _fields(line)):
                return self._described(fields)
            event = self._event(line)
        except UnicodeDecodeError:
            raise BadRow("the line is not UTF-8") from None
        except RecursionError:
            raise BadRow("nested too deeply") from None
        except msgspec.MsgspecError as error:
            if line.startswith(_BOM):
                return self.line(line.removeprefix(_BOM))
            raise BadRow(_explained(line, error, _EVENT_FIELDS)) from None
        # Few lines can hold what `misfit` looks for, and this is far quicker than looking.
        look = event.duration_ms
        if len(line) > _SURELY_FITS or b"\\u0000" in line or (look is not None and not 0 <= look <= LONGEST_LOOK):
            _refuse_misfit(event)
        return self._checked(event)

    def row(self, row: Mapping[str, str]) -> Event:
        """One row of CSV by column; empty cells are absent; lists are separated by ";". Raises BadRow."""
        told = {self._mapping.get(column, column): cell.strip() for column, cell in row.items()}
        values: dict[str, Any] = {name: cell for name, cell in told.items() if cell and name in _EVENT_FIELDS}
        if "lists" in values:
            values["lists"] = [name.strip() for name in values["lists"].split(";") if name.strip()]
        try:
            event = msgspec.convert(values, Event, strict=False)
        except msgspec.ValidationError as error:
            raise BadRow(_explained(msgspec.json.encode(values), error, _EVENT_FIELDS)) from None
        _refuse_misfit(event)
        return self._checked(event)

    def check_header(self, columns: list[str]) -> None:
        """Raises BadRow when a CSV's header lacks what every event needs or a mapping names, or tells a field twice."""
        if fault := header_fault(columns, self._mapping, _EVENT_FIELDS, ("kind", "at", "email", "contact")):
            raise BadRow(fault)

    def _described(self, fields: dict[str, msgspec.Raw]) -> Email:
        if msgspec.json.decode(fields.pop("record")) != "email":
            raise BadRow('record: only "email" is known')
        told = msgspec.json.encode(fields)
        try:
            email = self._email(told)
        except msgspec.MsgspecError as error:
            raise BadRow(_explained(told, error, _EMAIL_FIELDS)) from None
        if not email.id:
            raise BadRow("id: empty")
        if email.sent_at is not None:
            self._check_instant("sent_at", email.sent_at)
        _refuse_misfit(email)
        return email

    def _checked(self, event: Event) -> Event:
        at = event.at
        if at.tzinfo is None or not _EARLIEST <= at <= self._latest:
            self._check_instant("at", at)
        if not event.email:
            raise BadRow("email: empty; it is the identifier of the e-mail")
        if "@" not in event.contact.strip()[1:-1]:
            raise BadRow("contact: not an e-mail address")
        return event

    def _check_instant(self, field: str, at: datetime) -> None:
        if at.tzinfo is None:
            raise BadRow(f"{field}: no time zone; {TIME[1]}")
        if not _EARLIEST <= at <= self._latest:
            raise BadRow(f"{field}: {at.isoformat()} is {'in the future' if at > self._latest else 'before 1990'}")


def _fields(line: bytes) -> dict[str, msgspec.Raw] | None:
    """The fields of a line that is a record; None for an event that merely has the word in it."""
    fields = msgspec.json.decode(line.removeprefix(_BOM), type=dict[str, msgspec.Raw])
    return fields if "record" in fields else None


def _refuse_misfit(value: Event | Email) -> None:
    if found := misfit(value):
        raise BadRow(found)


def _explained(line: bytes, error: msgspec.MsgspecError, known: tuple[str, ...]) -> str:
    return explained(line, error, known, _WORDS, {"at": TIME, "sent_at": TIME})
