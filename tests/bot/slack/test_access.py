"""Who sees recipients' addresses in Slack: those whom the settings name, and nobody else."""

import json
from functools import partial

import pytest
from sqlalchemy import Engine

from bot.answers import answer
from bot.sandbox.doors import ANNA
from reports.events import Email, Event, Kind
from store.merge import merge
from tests.bot.slack.office import NOW, OpenOffice


@pytest.fixture
def store(engine: Engine) -> Engine:
    told = [
        Event(kind=kind, at=NOW, email="may", contact=f"{name}@example.com")
        for name in ("bob.smith", "cy")
        for kind in (Kind.SENT, Kind.DELIVERED)
    ]
    merge(engine, told, [Email(id="may", name="newsletter-may")])
    return engine


async def _told(office: OpenOffice, store: Engine, sees: frozenset[str], text: str) -> str:
    opened = await office(partial(answer, store), see_recipients=sees)
    asked = await (await opened.by_http()).type(text)
    await opened.services.finish()
    return json.dumps([asked.last.text, asked.last.blocks], ensure_ascii=False)


async def test_addresses_are_masked_for_whoever_is_not_named(office: OpenOffice, store: Engine) -> None:
    told = await _told(office, store, frozenset({"U0SOMEBODY"}), "recipients newsletter-may")
    assert "b•••@example.com" in told and "bob.smith" not in told


async def test_whoever_is_named_sees_them_alone(office: OpenOffice, store: Engine) -> None:
    told = await _told(office, store, frozenset({ANNA}), "recipients newsletter-may search:smith")
    assert "bob.smith@example.com" in told and "cy@example.com" not in told


@pytest.mark.parametrize("search", ["bob", "smith", "b", "bob.smith@exam"])
async def test_a_search_does_not_spell_a_masked_address(office: OpenOffice, store: Engine, search: str) -> None:
    told = await _told(office, store, frozenset(), f'recipients newsletter-may search:"{search}"')
    assert ("c•••@example.com" in told) == ("b•••@example.com" in told)
    assert "bob.smith" not in told
