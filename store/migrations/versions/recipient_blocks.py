"""Counts of the recipients of large e-mails by stretches of contact numbers"""

import sqlalchemy as sa
from alembic import op

revision = "recipient_blocks"
down_revision = "engaged_contacts"
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


def upgrade() -> None:
    op.create_table(
        "recipient_blocks",
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in _STATES),
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("email_id", "block"),
        sqlite_with_rowid=False,
    )
    sums = ", ".join(f"sum((state >> {place}) & 1)" for place in range(len(_STATES)))
    op.execute(
        f"INSERT INTO recipient_blocks (email_id, block, {', '.join(_STATES)})"
        f" SELECT email_id, contact_id / 512, {sums} FROM recipients"
        " WHERE email_id IN (SELECT email_id FROM email_totals WHERE sent + not_sent >= 10000)"
        " GROUP BY email_id, contact_id / 512"
    )


def downgrade() -> None:
    op.drop_table("recipient_blocks")
