"""By which rules the clicks of each e-mail were judged, and judging them anew (`emailstats rescore`)."""

from collections.abc import Collection

from sqlalchemy import Connection, Engine

from reports.verdicts import Rules
from store.dialects import dialect_of
from store.engine import writing
from store.retention import refuse


def begin(connection: Connection, email_ids: Collection[int], rules: Rules) -> None:
    """E-mails that had no events until now: all of their clicks are judged by these rules."""
    if email_ids:
        rows = ", ".join(f"({email_id:d}, {rules.fingerprint})" for email_id in sorted(email_ids))
        connection.exec_driver_sql(f"INSERT INTO upkeep (email_id, rules) VALUES {rows} ON CONFLICT DO NOTHING")


def judged_otherwise(connection: Connection, rules: Rules) -> list[int]:
    """E-mails whose clicks were judged by other rules, or never, and can be judged anew."""
    found = connection.exec_driver_sql(
        "SELECT t.email_id FROM email_totals AS t LEFT JOIN upkeep AS u ON u.email_id = t.email_id"
        f" WHERE (u.rules IS NULL OR u.rules <> {rules.fingerprint}) AND u.raw_from IS NULL ORDER BY t.email_id"
    )
    return list(found.scalars())


def rescore(engine: Engine, email_id: int, rules: Rules) -> int:
    """Judges all clicks of an e-mail by `rules`, in one transaction, and gives how many verdicts changed.

    Raises RawGone.
    """
    from store.verdicts import judge_all  # numpy with it

    with writing(engine).begin() as connection:
        dialect_of(connection).hold(connection, [email_id])
        refuse(connection, email_id)
        changed = judge_all(connection, email_id, rules)
        connection.exec_driver_sql(
            f"INSERT INTO upkeep (email_id, rules) VALUES ({email_id:d}, {rules.fingerprint})"
            " ON CONFLICT (email_id) DO UPDATE SET rules = excluded.rules"
        )
        return changed
