"""The schema that migrations make is the schema that the tables declare."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, inspect, text

import store
from reports.events import BounceType, Event, Kind, MachineReason
from store.engine import migrate, open_engine, writing
from store.merge import merge
from store.tables import metadata
from tests.store.events import START
from tests.store.snapshot import everything, rollups


def test_migrations_make_what_the_tables_declare(blank_url: str) -> None:
    engine = open_engine(blank_url)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_migrations_are_one_line_that_ends_in_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations").replace("%", "%%"))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_migrating_twice_changes_nothing(blank_url: str) -> None:
    engine = open_engine(blank_url)
    migrate(engine)
    tables = sorted(inspect(engine).get_table_names())
    migrate(engine)
    assert sorted(inspect(engine).get_table_names()) == tables
    engine.dispose()


def test_figures_by_domain_of_machines_and_of_no_list_are_filled_in_from_what_the_store_has(engine: Engine) -> None:
    merge(engine, _told())
    before = rollups(engine)
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "recipient_blocks")
    migrate(engine)
    assert rollups(engine) == before


def _told() -> list[Event]:
    at, machine = datetime(2026, 5, 4, 9, tzinfo=UTC), MachineReason.SCANNER
    contacts = ("ann@example.com", "bob@example.com", '"a@b"@example.org', "nobody@", "no address")
    opens = [Event(kind=Kind.OPENED, at=at, email="may", contact=contact) for contact in contacts]
    kinds = (Kind.OPENED, Kind.CLICKED)
    reply = "550 5.1.1 <ann@example.com> unknown"
    listed = Event(kind=Kind.SENT, at=at, email="may", contact="ann@example.com", lists=("NL", "BE"))
    return [
        listed,
        *opens,
        Event(kind=Kind.BOUNCED, at=at, email="may", contact="ann@example.com", bounce=BounceType.HARD, reply=reply),
        *(Event(kind=kind, at=at, email="may", contact="ann@example.com", machine=machine) for kind in kinds),
    ]


def test_big_tables_lead_with_the_email_and_have_no_second_index_of_all_rows() -> None:
    for name in ("events", "recipients", "memberships", "link_people", "client_people", "moments", "cohorts"):
        table = metadata.tables[name]
        assert next(iter(table.primary_key.columns)).name == "email_id"
        assert all(index.dialect_options["sqlite"]["where"] is not None for index in table.indexes)


def test_big_tables_are_without_rowid_on_sqlite(sqlite_url: str) -> None:
    engine = create_engine(sqlite_url)
    with engine.connect() as connection:
        made = dict(connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all())
    engine.dispose()
    for name in ("events", "recipients", "memberships", "link_people", "client_people", "moments", "email_totals"):
        assert made[name].rstrip().endswith("WITHOUT ROWID")


def test_cohorts_are_filled_for_a_store_that_is_older_than_they_are(engine: Engine) -> None:
    kinds = (Kind.SENT, Kind.DELIVERED, Kind.OPENED, Kind.OPENED)
    told = [
        Event(kind=kind, at=START + timedelta(days=n), email="may", contact=f"{contact}@example.com")
        for contact in ("ann", "bob")
        for n, kind in enumerate(kinds[: 4 if contact == "ann" else 1])
    ]
    merge(engine, told)
    before = everything(engine)["cohorts"]
    config = Config()
    config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "pulled_sources")
    migrate(engine)
    assert len(before) == 3
    assert everything(engine)["cohorts"] == before
