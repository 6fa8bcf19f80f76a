"""Where the events of a contact of a large e-mail are"""

import sqlalchemy as sa
from alembic import op

revision = "activity"
down_revision = "bounce_replies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("email_id", "contact_id", "slot"),
        sqlite_with_rowid=False,
    )
    # 0 sent, 1 delivered, 5 opened, 6 clicked; more than 63 is a machine's.
    op.execute(
        "INSERT INTO activity (email_id, contact_id, slot) SELECT DISTINCT e.email_id, e.contact_id, e.at / 64"
        " FROM events AS e JOIN recipients AS r ON r.email_id = e.email_id AND r.contact_id = e.contact_id"
        " WHERE e.email_id IN (SELECT email_id FROM email_totals WHERE sent + not_sent >= 10000)"
        " AND (NOT (code < 2 OR code < 64 AND code & 15 IN (5, 6)) OR at <> CASE WHEN code = 0 THEN r.sent_at"
        " WHEN code = 1 THEN r.delivered_at WHEN code = 5 THEN r.opened_at ELSE r.clicked_at END)"
    )


def downgrade() -> None:
    op.drop_table("activity")
