"""Every setting is in config.example.toml and in docs/configuration.md with its real default, and nothing else is."""

import re
import tomllib
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.settings import leaves, variable

ROOT = Path(__file__).parents[2]


def defaults() -> dict[str, object]:
    return {key: plain(field.get_default(call_default_factory=True)) for key, field in leaves()}


def plain(value: object) -> object:
    """A default as TOML would hold it."""
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return list(value) if isinstance(value, tuple) else value


def flat(tables: dict[str, Any], prefix: str = "") -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in tables.items():
        found |= flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return found


def test_the_example_has_every_setting_with_its_default_and_no_other() -> None:
    text = (ROOT / "config.example.toml").read_text()
    assert flat(tomllib.loads(text)) == {key: value for key, value in defaults().items() if value is not None}
    uncommented = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))
    assert list(flat(uncommented)) == list(defaults())


def test_the_example_says_something_of_every_setting() -> None:
    lines = (ROOT / "config.example.toml").read_text().splitlines()
    settings = [number for number, line in enumerate(lines) if re.match(r"(# )?\w+ = ", line)]
    assert len(settings) == len(defaults())
    for number in settings:
        assert re.match(r"# \S.*[.:]", lines[number - 1]), f"no comment above line {number + 1}: {lines[number]}"


def test_the_table_in_the_docs_has_every_setting_with_its_default_and_no_other() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = re.findall(r"^\| `([\w.]+)` \| `(\w+)` \| (\S+) \| (.+) \|$", text, flags=re.MULTILINE)
    descriptions = {key: field.description for key, field in leaves()}
    assert rows == [
        (key, variable(key), "none" if value is None else f"`{value}`", descriptions[key])
        for key, value in defaults().items()
    ]
