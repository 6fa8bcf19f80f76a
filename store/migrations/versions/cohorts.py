"""Cohorts: people by when they were sent the message"""

import sqlalchemy as sa
from alembic import op

revision = "cohorts"
down_revision = "pulled_sources"
branch_labels = None
depends_on = None

_STATES = (
    "sent",
    "delivered",
    "bounced_hard",
    "bounced_soft",
    "pending",
    "not_sent",
    "opened",
    "machine_opened",
    "clicked",
    "machine_clicked",
    "unsubscribed",
    "unsubscribed_suspect",
    "complained",
    "replied",
    "read",
    "skimmed",
    "glanced",
)
_EVENTS = {
    "open_events": "opens",
    "click_events": "clicks",
    "machine_open_events": "machine_opens",
    "machine_click_events": "machine_clicks",
}
_KEY = ("email_id", "span", "start")


def upgrade() -> None:
    counts = (*_STATES, *_EVENTS)
    op.create_table(
        "cohorts",
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in counts),
        *(sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False) for name in _KEY),
        sa.PrimaryKeyConstraint(*_KEY),
        sqlite_with_rowid=False,
    )
    sent_at = (
        "coalesce(sent_at, delivered_at, deferred_at, bounce / 256, not_sent / 256, opened_at, clicked_at,"
        " unsubscribed_at, complained_at, replied_at, 0)"
    )
    spans = "SELECT 0 AS span, 900 AS length UNION ALL SELECT 1, 86400 UNION ALL SELECT 2, 2419200"
    bits = ", ".join(f"sum((state >> {n}) & 1)" for n in range(len(_STATES)))
    events = ", ".join(f"sum({column})" for column in _EVENTS.values())
    op.execute(
        f"INSERT INTO cohorts ({', '.join((*_KEY, *counts))})"
        f" SELECT email_id, span, {sent_at} / length, {bits}, {events}"
        f" FROM recipients CROSS JOIN ({spans}) AS spans WHERE state <> 0 GROUP BY email_id, span, {sent_at} / length"
    )


def downgrade() -> None:
    op.drop_table("cohorts")
