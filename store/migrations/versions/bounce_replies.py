"""Patterns of the replies to bounced messages, and people by them"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from reports.bounces import pattern
from store.packing import digest

revision = "bounce_replies"
down_revision = "on_no_list"
branch_labels = None
depends_on = None

_BOUNCED = 3
_REPLIES, _PACK = 1 << 26, 1 << 28
_STATES = 4 | 8  # bounced hard, bounced soft


def upgrade() -> None:
    op.create_table(
        "bounce_replies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("pattern", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "bounce_totals",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "value"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    # A bounce's value was its type alone; now the number of its reply's pattern is in it too.
    connection.exec_driver_sql(f"UPDATE events SET value = value * {_REPLIES} WHERE code = {_BOUNCED}")
    numbers: dict[str, int] = {}
    replies = sa.table("bounce_replies", sa.column("id"), sa.column("digest"), sa.column("pattern"))
    for where, reply in list(_bounces(connection)):
        told = pattern(reply)
        if told not in numbers:
            numbers[told] = len(numbers) + 1
            connection.execute(replies.insert().values(digest=digest(told), pattern=told))
        connection.execute(_ADD, where | {"number": numbers[told]})
    connection.exec_driver_sql(
        f"UPDATE recipients SET bounce = (SELECT max(at * {_PACK} + value) FROM events AS e"
        " WHERE e.email_id = recipients.email_id AND e.contact_id = recipients.contact_id"
        f" AND e.code = {_BOUNCED} AND e.at = recipients.bounce / 256) WHERE bounce IS NOT NULL"
    )
    connection.exec_driver_sql(
        f"INSERT INTO bounce_totals (email_id, value, people) SELECT email_id, bounce & {_PACK - 1}, count(*)"
        f" FROM recipients WHERE state & {_STATES} <> 0 GROUP BY email_id, bounce & {_PACK - 1}"
    )


_ADD = sa.text("UPDATE events SET value = value + :number WHERE email_id = :email_id AND at = :at AND key = :key")


def _bounces(connection: sa.Connection) -> Iterator[tuple[dict[str, Any], str]]:
    read = connection.exec_driver_sql(
        "SELECT r.email_id, r.at, r.key, r.reply FROM event_replies AS r JOIN events AS e"
        f" ON e.email_id = r.email_id AND e.at = r.at AND e.key = r.key AND e.code = {_BOUNCED}"
    )
    for row in read:
        yield {"email_id": row.email_id, "at": row.at, "key": row.key}, row.reply


def downgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(f"UPDATE events SET value = value / {_REPLIES} WHERE code = {_BOUNCED}")
    connection.exec_driver_sql(
        f"UPDATE recipients SET bounce = bounce / {_PACK} * 256 + (bounce & {_PACK - 1}) / {_REPLIES}"
        " WHERE bounce IS NOT NULL"
    )
    op.drop_table("bounce_totals")
    op.drop_table("bounce_replies")
