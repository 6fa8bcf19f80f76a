"""Reads what has one shape and no life of its own, such as orders and visits: lines of JSON, and rows of CSV."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from providers.intake import LONGEST_NAME
from providers.own import BadRow
from providers.rows import TIME, explained, header_fault, nearest

#: A shape is a struct with the fields of the file; a value is what becomes of it.
Shape = TypeVar("Shape", bound=msgspec.Struct)
Value = TypeVar("Value")

_BOM = b"\xef\xbb\xbf"  # some programs on Windows begin a file with it
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # clocks differ; more than a day is a mistake


class TableReader(Generic[Shape, Value]):
    """Rows of one shape as values. Not to be shared between threads."""

    def __init__(
        self,
        shape: type[Shape],
        made: Callable[[Shape], Value],
        hints: Mapping[str, tuple[str, str]],
        mapping: Mapping[str, str] | None = None,
    ) -> None:
        """`made` raises ValueError for what makes no sense; `hints` are as those of providers.rows.explained.

        `mapping` is from a CSV's column to our field. Raises BadRow when it names a field that there is not.
        """
        self._shape, self._made, self._hints = shape, made, hints
        self._mapping = dict(mapping or {})
        fields = msgspec.structs.fields(shape)
        self._fields = tuple(field.name for field in fields)
        self._needed = tuple(field.name for field in fields if field.required)
        self._decode = msgspec.json.Decoder(shape).decode
        for name in self._mapping.values():
            if name not in self._fields:
                raise BadRow(f"there is no field {nearest(name, self._fields)}")

    def line(self, line: bytes) -> Value:
        """One line of JSON. Raises BadRow."""
        line = line.removeprefix(_BOM)
        try:
            return self._value(self._decode(line))
        except UnicodeDecodeError:
            raise BadRow("the line is not UTF-8") from None
        except RecursionError:
            raise BadRow("nested too deeply") from None
        except msgspec.MsgspecError as error:
            raise BadRow(explained(line, error, self._fields, {}, self._hints)) from None

    def row(self, row: Mapping[str, str]) -> Value:
        """One row of CSV by column; empty cells are absent, columns that are no field are left out. Raises BadRow."""
        told = {self._mapping.get(column, column): cell.strip() for column, cell in row.items()}
        cells = {name: cell for name, cell in told.items() if cell and name in self._fields}
        try:
            return self._value(msgspec.convert(cells, self._shape, strict=False))
        except msgspec.MsgspecError as error:
            raise BadRow(explained(msgspec.json.encode(cells), error, self._fields, {}, self._hints)) from None

    def check_header(self, columns: list[str]) -> None:
        """Raises BadRow when a CSV's header lacks what every row needs or a mapping names, or tells a field twice."""
        if fault := header_fault(columns, self._mapping, self._fields, self._needed):
            raise BadRow(fault)

    def _value(self, told: Shape) -> Value:
        try:
            return self._made(told)
        except msgspec.MsgspecError:
            raise
        except ValueError as error:
            raise BadRow(str(error)) from None


def name(field: str, value: Any) -> str:
    """A name that the store can hold. Raises ValueError."""
    told = str(value).strip()
    if not told:
        raise ValueError(f"{field}: empty")
    if len(told) > LONGEST_NAME:
        raise ValueError(f"{field}: longer than {LONGEST_NAME} characters")
    if "\0" in told:
        raise ValueError(f"{field}: has a NUL character in it")
    return told


def address(field: str, value: str) -> str:
    """An e-mail address. Raises ValueError."""
    if "@" not in value.strip()[1:-1]:
        raise ValueError(f"{field}: not an e-mail address")
    return name(field, value)


def past(field: str, at: datetime, now: datetime) -> datetime:
    """An instant that has been. Raises ValueError."""
    if at.tzinfo is None:
        raise ValueError(f"{field}: no time zone; {TIME[1]}")
    if not _EARLIEST <= at <= now + _AHEAD:
        raise ValueError(f"{field}: {'in the future' if at > now else 'before 1990'}")
    return at
