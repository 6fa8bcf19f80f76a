"""Definitions of saved reports and dashboards as TOML, written and read. Pure.

Questions stand as people type them. A dashboard names its owner's reports, and another's as {owner = …, name = …}.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.grammar import COMMAND, Misread, parse, to_command
from reports.query import Query
from store.saved import Draft, Saved, Unsaved, Visibility
from store.subscriptions import Kind

FORMAT = 1
_HEAD = """\
# Saved reports and dashboards of emailstats. `emailstats reports import FILE` reads this: what is not there is made,
# what is there under the same owner and name becomes what stands here, and nothing else is touched."""
_TABLES = {"reports": Kind.REPORT, "dashboards": Kind.DASHBOARD}
_SHARED = {"name", "owner", "visibility", "team"}
_KEYS = {"reports": _SHARED | {"asks", "zone", "locale"}, "dashboards": _SHARED | {"reports"}}


class BadDefinitions(ValueError):
    """What stands in the file can't be read; its text names the line and the key."""


@dataclass(frozen=True, slots=True)
class Named:
    """A report that a dashboard has: whose, and its name."""

    owner: str
    name: str


@dataclass(frozen=True, slots=True)
class Definition:
    """One entry of a file. A dashboard's draft has no reports yet: `reports` names them. `where` is for refusals."""

    owner: str
    draft: Draft
    reports: tuple[Named, ...] = ()
    where: str = ""


def write_definitions(saved: Sequence[Saved], reports: Mapping[int, Saved]) -> str:
    """A file of what was saved; `reports` are those that dashboards have, by number.

    Raises store.saved.Unreadable for a report of a later version.
    """
    tables = [_HEAD, f"format = {FORMAT}"]
    for one in saved:
        lines = [f"[[{one.kind}s]]", f"name = {_text(one.name)}", f"owner = {_text(one.owner)}"]
        lines.append(f"visibility = {_text(one.visibility)}")
        if one.team is not None:
            lines.append(f"team = {_text(one.team)}")
        lines += _asked(one.query) if one.kind is Kind.REPORT else [_on(one, reports)]
        tables.append("\n".join(lines))
    return "\n\n".join(tables) + "\n"


def _asked(query: Query) -> list[str]:
    words = to_command(query).removeprefix(COMMAND).strip()
    return [f"asks = {_text(words)}", f"zone = {_text(query.zone)}", f"locale = {_text(query.locale)}"]


def _on(dashboard: Saved, reports: Mapping[int, Saved]) -> str:
    named = (reports[number] for number in dashboard.reports if number in reports)
    told = [
        _text(one.name) if one.owner == dashboard.owner else f"{{owner = {_text(one.owner)}, name = {_text(one.name)}}}"
        for one in named
    ]
    return f"reports = [{', '.join(told)}]"


def _text(value: str) -> str:
    """A basic string of TOML: JSON's, but for one sign that TOML wants escaped as well."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_definitions(text: str, owner: str, zone: str, locale: str) -> list[Definition]:
    """Reports first. `owner`, `zone` and `locale` are those of entries that name none. Raises BadDefinitions."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDefinitions(f"This is no TOML: {error}.") from None
    if told.get("format") != FORMAT:
        raise BadDefinitions(f"The key format is not {FORMAT}: this is another kind of file, or a later version's.")
    if unknown := sorted(told.keys() - _TABLES.keys() - {"format"}):
        raise BadDefinitions(f"The key {unknown[0]} is not known; there are format, reports and dashboards.")
    found = []
    for table in _TABLES:
        entries = told.get(table, [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise BadDefinitions(f"The key {table} is no list of tables: begin each with [[{table}]].")
        places = _Places(text, table, len(entries))
        for number, entry in enumerate(entries):
            found.append(_Entry(table, number, entry, places).read(owner, zone, locale))
    return found


class _Places:
    """On which lines entries and their keys stand, as far as that can be told: tomllib does not say."""

    def __init__(self, text: str, table: str, entries: int) -> None:
        self._lines = text.splitlines()
        head = re.compile(rf"\s*\[\[\s*{table}\s*\]\]")
        heads = [number for number, line in enumerate(self._lines) if head.match(line)]
        self._heads = heads if len(heads) == entries else []  # a header within a text, or a list written otherwise

    def line(self, entry: int, key: str) -> str:
        if not self._heads:
            return ""
        start = self._heads[entry]
        pattern = re.compile(rf"\s*\"?{re.escape(key)}\"?\s*=")
        for number in range(start + 1, len(self._lines)):
            if re.match(r"\s*\[\[?\s*\w+\s*\]", self._lines[number]):
                break
            if pattern.match(self._lines[number]):
                return f"Line {number + 1}, "
        return f"Line {start + 1}, "


@dataclass(frozen=True, slots=True)
class _Entry:
    table: str
    number: int
    told: dict[str, Any]
    places: _Places

    def read(self, owner: str, zone: str, locale: str) -> Definition:
        if unknown := sorted(self.told.keys() - _KEYS[self.table]):
            raise self.bad(unknown[0], f"is not known; there are {', '.join(sorted(_KEYS[self.table]))}")
        name, owner = self.text("name"), self.text("owner", owner)
        visibility, team = self.seen()
        named: tuple[Named, ...] = ()
        content: Query | tuple[int, ...] = ()
        if self.table == "reports":
            content = self.asked(self.text("zone", zone), self.text("locale", locale))
        else:
            named = tuple(self.reports(owner))
        try:
            draft = Draft(name, content, visibility, team)
        except Unsaved as error:
            raise self.bad("name", f"is wrong. {error}") from None
        return Definition(owner, draft, named, self.where("name" if self.table == "reports" else "reports"))

    def asked(self, zone: str, locale: str) -> Query:
        try:
            return parse(self.text("asks"), zone, locale)
        except Misread as error:
            raise self.bad("asks", f"can't be asked. {error}") from None

    def seen(self) -> tuple[Visibility, str | None]:
        try:
            visibility = Visibility(self.text("visibility", Visibility.PRIVATE))
        except ValueError:
            raise self.bad("visibility", f"is none of {', '.join(Visibility)}") from None
        if visibility is Visibility.TEAM:
            return visibility, self.text("team")
        if "team" in self.told:
            raise self.bad("team", 'stands only beside visibility = "team"')
        return visibility, None

    def reports(self, owner: str) -> Iterator[Named]:
        told = self.told.get("reports", [])
        if not isinstance(told, list):
            raise self.bad("reports", "is no list of names")
        for one in told:
            match one:
                case str(name):
                    yield Named(owner, name)
                case {"owner": str(other), "name": str(name), **rest} if not rest:
                    yield Named(other, name)
                case _:
                    raise self.bad("reports", "has what is neither a name nor {owner = …, name = …}")

    def text(self, key: str, default: str | None = None) -> str:
        value = self.told.get(key, default)
        if value is None:
            raise self.bad(key, "is missing")
        if not isinstance(value, str) or not value.strip():
            raise self.bad(key, "is no text, or empty")
        return value

    def bad(self, key: str, why: str) -> BadDefinitions:
        return BadDefinitions(f"{self.where(key)} {why.rstrip('.')}.")

    def where(self, key: str) -> str:
        return f"{self.places.line(self.number, key)}{self.table} {self.number + 1}: the key {key}"
