"""docs/webhooks.md says of every provider what it is answered and which fields name an e-mail, as the code has it."""

import re
from pathlib import Path

from bot.inbox.drain import all_providers

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "webhooks.md").read_text()
PROVIDERS = all_providers()


def test_the_statuses_are_those_of_the_code() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \| 413 \| (\d+) \|$", TEXT, flags=re.MULTILINE)
    assert {name: tuple(map(int, statuses)) for name, *statuses in rows} == {
        name: (told.answers.success, told.answers.unverified, told.answers.malformed, told.answers.overloaded)
        for name, told in PROVIDERS.items()
    }


def test_the_fields_that_name_an_e_mail_are_those_of_the_code_and_of_the_example() -> None:
    section = TEXT.partition("## Which e-mail")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|$", section, flags=re.MULTILINE))
    assert {name: tuple(re.findall(r"`([^`]+)`", row.partition(". ")[0])) for name, row in rows.items()} == {
        name: told.identity for name, told in PROVIDERS.items()
    }
    example = (ROOT / "config.example.toml").read_text()
    for name, told in PROVIDERS.items():
        table = example.partition(f"[providers.{name}]")[2].partition("\n[")[0]
        assert re.findall(r'"([^"]+)"', re.findall(r"^# email_id = (.*)$", table, flags=re.MULTILINE)[0]) == list(
            told.identity
        )


def test_every_provider_has_a_row_that_says_how_to_connect_it() -> None:
    section = TEXT.partition("## Connect a provider")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `(\w+)`", section, flags=re.MULTILINE)) == PROVIDERS.keys()
