"""Many rows at once, on both databases."""

import numpy as np
import pytest
from sqlalchemy import Engine

from store import bulk
from store.codes import NONE
from store.engine import writing


def _column(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def _moments(quarters: np.ndarray, **counts: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    return {"email_id": np.full(len(quarters), 7), "quarter": quarters}, counts


def _all(engine: Engine, table: str, columns: str) -> list[tuple[int | None, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT {columns} FROM {table} ORDER BY 1, 2")]


@pytest.mark.parametrize("rows", [0, 1, 7, 64, 65, 600])
def test_what_is_inserted_is_found_by_the_first_columns_of_its_key(engine: Engine, rows: int) -> None:
    contacts = np.arange(rows)
    columns = {"email_id": np.full(rows, 3), "contact_id": contacts, "list_id": contacts * 2}
    with writing(engine).begin() as connection:
        bulk.insert(connection, "memberships", columns)
        key = {"email_id": np.full(rows + 2, 3), "contact_id": np.arange(rows + 2)[::-1]}
        place, found = bulk.find(connection, "memberships", key, ("list_id",))
    assert sorted(zip(place.tolist(), found["list_id"].tolist(), strict=True)) == [
        (rows + 1 - contact, contact * 2) for contact in reversed(range(rows))
    ]


def test_null_goes_in_and_comes_out_as_none(engine: Engine) -> None:
    key = {"email_id": _column(1, 1), "contact_id": _column(1, 2)}
    with writing(engine).begin() as connection:
        bulk.insert(connection, "recipients", {**key, "sent_at": _column(NONE, 950), "opens": _column(0, 2)})
        _, found = bulk.find(connection, "recipients", key, ("sent_at", "opens"))
        assert sorted(found["sent_at"].tolist()) == [NONE, 950]
        assert sorted(bulk.select(connection, "recipients", ("sent_at",), "opens > 0")["sent_at"].tolist()) == [950]
    assert _all(engine, "recipients", "contact_id, sent_at, opens") == [(1, None, 0), (2, 950, 2)]


def test_columns_of_rows_that_are_there_become_others_null_too(engine: Engine) -> None:
    names = ("email_id", "contact_id")
    told = {"email_id": _column(1, 1), "contact_id": _column(5, 6), "sent_at": _column(950, 960)}
    with writing(engine).begin() as connection:
        bulk.insert(connection, "recipients", told | {"opens": _column(1, 1)})
        bulk.update(connection, "recipients", names, told | {"sent_at": _column(NONE, 900), "opens": _column(2, 3)})
    assert _all(engine, "recipients", "contact_id, sent_at, opens") == [(5, None, 2), (6, 900, 3)]


def test_counts_are_added_and_a_row_that_counts_nothing_is_gone(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        bulk.add(connection, "moments", *_moments(_column(1, 2, 3), openers=_column(2, 5, 0)))
        bulk.add(connection, "moments", *_moments(_column(1, 2), openers=_column(1, -5)))
    assert _all(engine, "moments", "quarter, openers") == [(1, 3)]


def test_a_row_stays_while_any_of_its_counts_is_something(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        bulk.add(connection, "moments", *_moments(_column(1), openers=_column(2), open_events=_column(2)))
        bulk.add(connection, "moments", *_moments(_column(1), openers=_column(-2)))
    assert _all(engine, "moments", "quarter, openers, open_events") == [(1, 0, 2)]


def test_rows_that_are_asked_for_are_there_even_if_they_count_nothing(engine: Engine) -> None:
    key = {"email_id": _column(1, 1), "domain_id": _column(4, 5)}
    with writing(engine).begin() as connection:
        bulk.add(connection, "domain_totals", key, {"opened": _column(0, 0)}, also=np.array([True, False]))
    assert _all(engine, "domain_totals", "domain_id, opened") == [(4, 0)]


def test_missing_rows_are_inserted_beside_those_that_are_there(engine: Engine) -> None:
    columns = {"email_id": _column(1, 1), "contact_id": _column(2, 3), "slot": _column(9, 9)}
    with writing(engine).begin() as connection:
        bulk.insert_missing(connection, "activity", {name: column[:1] for name, column in columns.items()})
        bulk.insert_missing(connection, "activity", columns)
    assert _all(engine, "activity", "contact_id, slot") == [(2, 9), (3, 9)]
