"""Files of orders and of visits, imported as a person does."""

import gzip
import json
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.cli import run_command
from store.engine import open_engine

ORDER = {
    "id": "1",
    "contact": "ann@example.com",
    "at": "2026-05-12T11:40:00+02:00",
    "currency": "EUR",
    "amount": "49.95",
}
VISIT = {"day": "2026-05-12", "source": "email", "campaign": "may", "visits": 120, "contacts": 7, "customers": 2}
SHOPIFY = """Name,Email,Financial Status,Currency,Total,Created at,Lineitem name
#1,ann@example.com,paid,EUR,30.00,2026-05-12 11:40:00 +0200,Socks
#1,ann@example.com,,,,,Hat
#2,bob@example.com,paid,EUR,x,2026-05-12 11:40:00 +0200,Socks
"""


@pytest.fixture
def environ(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    return {"EMAILSTATS_DATABASE__URL": sqlite_url}


def rows(environ: dict[str, str], table: str, columns: str) -> list[tuple[object, ...]]:
    engine = open_engine(environ["EMAILSTATS_DATABASE__URL"])
    with engine.connect() as connection:
        found = [tuple(row) for row in connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY 1"))]
    engine.dispose()
    return found


def test_orders_and_visits_come_in_by_lines(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("orders.ndjson").write_text("\n".join(map(json.dumps, (ORDER, {**ORDER, "id": 2, "amount": "1.234"}, "x"))))
    assert run_command(["import", "--as", "orders", "orders.ndjson"], environ) == 1
    told = capsys.readouterr().out
    assert "Imported 1 order" in told and "2 rows could not be read" in told
    assert rows(environ, "orders", "external_id, currency, amount") == [("1", "EUR", 4995)]
    with gzip.open("visits.ndjson.gz", "wt") as file:
        file.write(json.dumps(VISIT) + "\n\n")
    for _again in range(2):
        assert run_command(["import", "--as", "visits", "visits.ndjson.gz"], environ) == 0
    assert rows(environ, "visits", "source, campaign, visits") == [("email", "may", 120)]


def test_shopifys_export_is_known_by_its_columns(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    Path("orders_export.csv").write_text(SHOPIFY)
    assert run_command(["import", "--as", "orders", "orders_export.csv"], environ) == 1
    assert "Imported 1 order" in capsys.readouterr().out
    assert rows(environ, "orders", "provider, external_id, amount") == [("shopify", "#1", 3000)]
    (kept,) = Path("data/quarantine").iterdir()
    assert json.loads(kept.read_text())["line"] == 4


def test_a_csv_may_have_columns_of_its_own_names(environ: dict[str, str]) -> None:
    Path("orders.csv").write_text("id,buyer,at,currency,amount\n7,ann@example.com,2026-05-12T11:40:00Z,JPY,500\n")
    assert run_command(["import", "--as", "orders", "--map", "buyer=contact", "orders.csv"], environ) == 0
    assert rows(environ, "orders", "external_id, amount") == [("7", 500)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--as", "invoices", "orders.csv"], "--as takes events, orders, visits"),
        (["--as", "orders", "orders.csv"], "currency"),
        (["--as", "orders", "orders.json"], "known are .ndjson"),
        (["--as", "visits", "orders.csv", "--map", "id=dya"], "day"),
    ],
)
def test_what_cannot_be_read_is_told_before_anything_is_imported(
    environ: dict[str, str], capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    Path("orders.csv").write_text("id,contact,at,amount\n")
    Path("orders.json").write_text("[]")
    assert run_command(["import", *arguments], environ) == 2
    assert sentence in capsys.readouterr().err
