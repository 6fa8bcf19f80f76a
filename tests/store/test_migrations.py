"""The schema that migrations make is the schema that the tables declare."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from store.engine import migrate, open_engine
from store.tables import metadata


def test_migrations_make_what_the_tables_declare(blank_url: str) -> None:
    engine = open_engine(blank_url)
    migrate(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(blank_url: str) -> None:
    engine = open_engine(blank_url)
    migrate(engine)
    tables = sorted(inspect(engine).get_table_names())
    migrate(engine)
    assert sorted(inspect(engine).get_table_names()) == tables
    engine.dispose()


def test_big_tables_lead_with_the_email_and_have_no_second_index_of_all_rows() -> None:
    for name in ("events", "recipients", "memberships", "link_people", "client_people", "moments"):
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
