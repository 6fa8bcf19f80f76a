"""A digest as bytes and back, exactly: what was compiled once is what every recipient and every retry gets."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import Enum
from fractions import Fraction
from hashlib import blake2b
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from reports import metrics, period, query, report
from reports.report import Report

#: Names the class of an object; no field is called so.
_CLASS = "$"


@dataclass(frozen=True, slots=True)
class Digest:
    """What one occurrence sends: reports about one `period` (its label); `skipped` are labels of missed periods."""

    title: str
    period: str
    reports: tuple[Report, ...]
    skipped: tuple[str, ...] = ()


#: What may stand in a digest, by the name that it is written under: nothing else is ever made from bytes.
_CLASSES: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Digest, report.Report, report.Subject, report.Result, report.Figure, report.Change, report.Money,
        report.Table, report.Column, report.Unit, metrics.Better, query.Query, query.Filters, period.Period,
        report.BarChart, report.TimeChart, report.Series, report.ScatterChart, report.Mark, report.IntervalChart,
        report.HeatMap, report.Cell, report.ClickMap, report.MapLink, report.LinkKind,
    )
}  # fmt: skip


def freeze(digest: Digest) -> bytes:
    """Equal digests give equal bytes, on every machine. Raises TypeError for a value that no report has."""
    return json.dumps(_plain(digest), separators=(",", ":"), sort_keys=True, allow_nan=False).encode("ascii")


def thaw(frozen: bytes) -> Digest:
    """Raises ValueError for bytes that are no frozen digest."""
    try:
        digest = json.loads(frozen, object_hook=_made)
    except (KeyError, TypeError, OSError, RecursionError, ArithmeticError) as error:
        raise ValueError(f"no frozen digest: {error!r}") from error
    if not isinstance(digest, Digest):
        raise ValueError("no frozen digest: it is something else")
    return digest


def fingerprint(frozen: bytes) -> str:
    """24 hexadecimal digits: what was sent can be compared with what was compiled."""
    return blake2b(frozen, digest_size=12).hexdigest()


def _plain(value: object) -> Any:
    """As JSON has it. An instant is kept in UTC with its zone beside it: new rules of a zone don't move it."""
    match value:
        case Enum():
            return {_CLASS: _known(type(value)), "value": value.value}
        case None | bool() | int() | str():
            return value
        case float():
            return value if isfinite(value) else {_CLASS: "float", "value": str(value)}
        case Fraction():
            return {_CLASS: "Fraction", "value": str(value)}
        case datetime():
            return {_CLASS: "datetime", "value": _utc(value), "zone": _zone_name(value.tzinfo)}
        case date():
            return {_CLASS: "date", "value": value.isoformat()}
        case tuple():
            return [_plain(item) for item in value]
    if not is_dataclass(value):
        raise TypeError(f"{type(value).__name__} can't be frozen")
    own = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return {_CLASS: _known(type(value)), **own}


def _known(kind: type) -> str:
    if _CLASSES.get(kind.__name__) is not kind:
        raise TypeError(f"{kind.__name__} can't be frozen")
    return kind.__name__


def _utc(at: datetime) -> str:
    if at.tzinfo is None:
        raise TypeError("a time without a zone can't be frozen")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat()


def _zone_name(zone: tzinfo | None) -> str | float:
    """A zone's IANA name; of a fixed offset its seconds."""
    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    if isinstance(zone, timezone):
        return zone.utcoffset(None).total_seconds()
    raise TypeError("a zone without a name can't be frozen")


def _zone(name: str | float) -> tzinfo:
    if isinstance(name, str):
        return ZoneInfo(name)
    return timezone(timedelta(seconds=name)) if name else UTC


_READERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "float": lambda told: float(told["value"]),
    "Fraction": lambda told: Fraction(told["value"]),
    "datetime": lambda told: datetime.fromisoformat(told["value"]).replace(tzinfo=UTC).astimezone(_zone(told["zone"])),
    "date": lambda told: date.fromisoformat(told["value"]),
}


def _made(told: dict[str, Any]) -> object:
    """The value of one object of JSON, whose parts are made already."""
    name = told.pop(_CLASS)
    if name in _READERS:
        return _READERS[name](told)
    return _CLASSES[name](**{key: _tuples(value) for key, value in told.items()})


def _tuples(value: object) -> object:
    """JSON's arrays, at any depth, as the tuples that they were."""
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value
