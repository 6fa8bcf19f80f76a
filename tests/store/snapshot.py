"""What a store holds, by names instead of numbers, so that two stores can be compared."""

from typing import Any

from sqlalchemy import Engine, text

from store.codes import MACHINE_REASON, NOT_SENT_REASON, REPLIES, STATE_BITS
from store.derive import EVENT_COUNTS

Rows = dict[str, dict[Any, dict[str, int]]]

_PEOPLE = (*STATE_BITS, *EVENT_COUNTS.values())
_DOMAIN = ("delivered", "opened", "machine_opened", "machine_opens", "machine_clicks")
_QUERIES = {
    "email": ("email_totals", "e.external_id", 1, _PEOPLE),
    "list": ("list_totals LEFT JOIN lists ON lists.id = t.list_id", "e.external_id, lists.name", 2, _PEOPLE),
    "domain": (
        "domain_totals LEFT JOIN domains ON domains.id = t.domain_id",
        "e.external_id, domains.name",
        2,
        _DOMAIN,
    ),
    "machine": ("machine_totals", "e.external_id, t.reason", 2, ("opens", "clicks")),
    "cohort": ("cohorts", "e.external_id, t.span, t.start", 3, _PEOPLE),
    "not_sent": ("not_sent_totals", "e.external_id, t.reason", 2, ("people",)),
    "bounce": (
        f"bounce_totals LEFT JOIN bounce_replies ON bounce_replies.id = t.value & {REPLIES - 1}",
        f"e.external_id, t.value / {REPLIES}, bounce_replies.pattern",
        3,
        ("people",),
    ),
    "moment": (
        "moments",
        "e.external_id, t.quarter",
        2,
        ("open_events", "click_events", "machine_open_events", "machine_click_events", "openers", "clickers"),
    ),
    "link": (
        "link_totals JOIN links ON links.id = t.link_id",
        "e.external_id, links.url",
        2,
        ("html_clicks", "text_clicks", "untold_clicks", "machine_clicks", "people", "html_people", "text_people"),
    ),
    "client": (
        "client_totals JOIN clients ON clients.id = t.client_id",
        "e.external_id, clients.client, clients.device",
        3,
        ("opens", "clicks", "openers", "clickers"),
    ),
}


def rollups(engine: Engine) -> Rows:
    """Every rollup by key and column; columns that are 0 are left out, rows never."""
    found: Rows = {}
    with engine.connect() as connection:
        for name, (source, keys, width, columns) in _QUERIES.items():
            table, _, join = source.partition(" ")
            select = f"SELECT {keys}, {', '.join(f't.{column}' for column in columns)}"
            origin = f"FROM {table} AS t {join} JOIN emails AS e ON e.id = t.email_id"
            rows = connection.execute(text(f"{select} {origin}"))
            found[name] = {
                _key(name, tuple(row[:width])): {c: v for c, v in zip(columns, row[width:], strict=True) if v}
                for row in rows
            }
    return found


def _key(name: str, key: tuple[Any, ...]) -> Any:
    if name == "machine":
        return key[0], MACHINE_REASON[key[1]]
    if name == "not_sent":
        return key[0], NOT_SENT_REASON[key[1]]
    return key[0] if len(key) == 1 else key


def everything(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of state and rollups, as it is; for comparing one store with itself."""
    tables = (
        "recipients",
        "link_people",
        "client_people",
        "email_totals",
        "recipient_blocks",
        "activity",
        "list_totals",
        "domain_totals",
        "machine_totals",
        "cohorts",
        "not_sent_totals",
        "bounce_totals",
        "moments",
        "link_totals",
        "client_totals",
    )
    with engine.connect() as connection:
        return {
            table: sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {table}"))), key=repr)
            for table in tables
        }
