"""Every setting is in config.example.toml and in docs/configuration.md with its real default, and nothing else is."""

import re
import tomllib
from pathlib import Path

from pydantic import SecretStr

from bot.settings import leaves, variable

ROOT = Path(__file__).parents[2]


def defaults() -> dict[str, object]:
    return {
        key: field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        for key, field in leaves()
    }


def test_the_example_has_every_setting_with_its_default_and_no_other() -> None:
    text = (ROOT / "config.example.toml").read_text()
    written = {f"{part}.{name}": value for part, table in tomllib.loads(text).items() for name, value in table.items()}
    assert written == {key: value for key, value in defaults().items() if value is not None}
    uncommented = tomllib.loads(re.sub(r"^# (\w+ = )", r"\1", text, flags=re.MULTILINE))
    assert [f"{part}.{name}" for part, table in uncommented.items() for name in table] == list(defaults())


def test_the_example_says_something_of_every_setting() -> None:
    lines = (ROOT / "config.example.toml").read_text().splitlines()
    settings = [number for number, line in enumerate(lines) if re.match(r"(# )?\w+ = ", line)]
    assert len(settings) == len(defaults())
    for number in settings:
        assert re.match(r"# \S.*[.:]", lines[number - 1]), f"no comment above line {number + 1}: {lines[number]}"


def test_the_table_in_the_docs_has_every_setting_with_its_default_and_no_other() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text()
    rows = re.findall(r"^\| `(\w+\.\w+)` \| `(\w+)` \| (\S+) \| (.+) \|$", text, flags=re.MULTILINE)
    descriptions = {key: field.description for key, field in leaves()}
    assert rows == [
        (key, variable(key), "none" if value is None else f"`{value}`", descriptions[key])
        for key, value in defaults().items()
    ]
