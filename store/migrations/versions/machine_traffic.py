"""Figures by the domain of recipients, and machines' events by reason"""

import sqlalchemy as sa
from alembic import op

revision = "machine_traffic"
down_revision = "recipient_blocks"
branch_labels = None
depends_on = None

#: People by the bit of their state, and sums of events.
_PEOPLE = {"delivered": 1, "opened": 6, "machine_opened": 7}
_EVENTS = ("machine_opens", "machine_clicks")
#: What stands after the last @ of an address that has one.
_DOMAIN = "substr(address, length(rtrim(address, replace(address, '@', ''))) + 1)"


def upgrade() -> None:
    op.create_table(
        "domains",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.add_column("contacts", sa.Column("domain_id", sa.BigInteger(), server_default="0", nullable=False))
    op.create_table(
        "domain_totals",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("domain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in (*_PEOPLE, *_EVENTS)),
        sa.PrimaryKeyConstraint("email_id", "domain_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "machine_totals",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicks", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "reason"),
        sqlite_with_rowid=False,
    )
    _fill()


def _fill() -> None:
    """What the store has heard of before."""
    op.execute(f"INSERT INTO domains (name) SELECT DISTINCT {_DOMAIN} FROM contacts WHERE address LIKE '%@_%'")
    op.execute(
        f"UPDATE contacts SET domain_id = coalesce((SELECT d.id FROM domains AS d WHERE d.name = {_DOMAIN}), 0)"
        " WHERE address LIKE '%@%'"
    )
    people = ", ".join(f"sum((state >> {place}) & 1)" for place in _PEOPLE.values())
    events = ", ".join(f"sum({column})" for column in _EVENTS)
    op.execute(
        f"INSERT INTO domain_totals (email_id, domain_id, {', '.join((*_PEOPLE, *_EVENTS))})"
        f" SELECT email_id, domain_id, {people}, {events}"
        " FROM recipients JOIN contacts ON contacts.id = contact_id GROUP BY email_id, domain_id"
    )
    op.execute(
        "INSERT INTO machine_totals (email_id, reason, opens, clicks)"
        " SELECT email_id, code >> 6, sum(CASE WHEN code & 15 = 5 THEN 1 ELSE 0 END),"
        " sum(CASE WHEN code & 15 = 5 THEN 0 ELSE 1 END)"
        " FROM events WHERE code > 63 GROUP BY email_id, code >> 6"
    )


def downgrade() -> None:
    op.drop_table("machine_totals")
    op.drop_table("domain_totals")
    op.drop_column("contacts", "domain_id")
    op.drop_table("domains")
