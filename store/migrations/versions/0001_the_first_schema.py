"""The first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "business_units",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "client_people",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicks", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "client_id", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "client_totals",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("opens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("openers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clickers", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "client_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "clients",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client", "device"),
    )
    op.create_table(
        "contacts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "email_bodies",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("html", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("email_id"),
    )
    op.create_table(
        "email_lists",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("list_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("email_id", "list_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "email_totals",
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bounced_hard", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bounced_soft", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pending", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_opened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_clicked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unsubscribed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unsubscribed_suspect", sa.Integer(), server_default="0", nullable=False),
        sa.Column("complained", sa.Integer(), server_default="0", nullable=False),
        sa.Column("replied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skimmed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("glanced", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("click_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_open_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_click_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_event_at", sa.BigInteger(), nullable=True),
        sa.Column("last_event_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("email_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_replies",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reply", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("email_id", "at", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "events",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=True),
        sa.Column("client_id", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "at", "key"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link_people",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("link_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("html_clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("text_clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("untold_clicks", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "link_id", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "link_totals",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("link_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("html_clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("text_clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("untold_clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("html_people", sa.Integer(), server_default="0", nullable=False),
        sa.Column("text_people", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "link_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("content", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    op.create_table(
        "list_totals",
        sa.Column("sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("delivered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bounced_hard", sa.Integer(), server_default="0", nullable=False),
        sa.Column("bounced_soft", sa.Integer(), server_default="0", nullable=False),
        sa.Column("pending", sa.Integer(), server_default="0", nullable=False),
        sa.Column("not_sent", sa.Integer(), server_default="0", nullable=False),
        sa.Column("opened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_opened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_clicked", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unsubscribed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("unsubscribed_suspect", sa.Integer(), server_default="0", nullable=False),
        sa.Column("complained", sa.Integer(), server_default="0", nullable=False),
        sa.Column("replied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("skimmed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("glanced", sa.Integer(), server_default="0", nullable=False),
        sa.Column("open_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("click_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_open_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_click_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("list_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("email_id", "list_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "memberships",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("list_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("email_id", "contact_id", "list_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "moments",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("quarter", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("open_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("click_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_open_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_click_events", sa.Integer(), server_default="0", nullable=False),
        sa.Column("openers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clickers", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "quarter"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "not_sent_totals",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("email_id", "reason"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recipients",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("contact_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("deferred_at", sa.BigInteger(), nullable=True),
        sa.Column("bounce", sa.BigInteger(), nullable=True),
        sa.Column("not_sent", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("clicked_at", sa.BigInteger(), nullable=True),
        sa.Column("unsubscribed_at", sa.BigInteger(), nullable=True),
        sa.Column("complained_at", sa.BigInteger(), nullable=True),
        sa.Column("replied_at", sa.BigInteger(), nullable=True),
        sa.Column("opens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_opens", sa.Integer(), server_default="0", nullable=False),
        sa.Column("machine_clicks", sa.Integer(), server_default="0", nullable=False),
        sa.Column("viewed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("email_id", "contact_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "workflows",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "emails",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("from_name", sa.String(), nullable=True),
        sa.Column("from_address", sa.String(), nullable=True),
        sa.Column("sent_by", sa.String(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("type", sa.String(), nullable=True),
        sa.Column("campaign_id", sa.BigInteger(), nullable=True),
        sa.Column("workflow_id", sa.BigInteger(), nullable=True),
        sa.Column("team_id", sa.BigInteger(), nullable=True),
        sa.Column("business_unit_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["business_unit_id"],
            ["business_units.id"],
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.id"],
        ),
        sa.ForeignKeyConstraint(
            ["team_id"],
            ["teams.id"],
        ),
        sa.ForeignKeyConstraint(
            ["workflow_id"],
            ["workflows.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "external_id"),
    )


def downgrade() -> None:
    op.drop_table("emails")
    op.drop_table("workflows")
    op.drop_table("teams")
    op.drop_table("recipients")
    op.drop_table("not_sent_totals")
    op.drop_table("moments")
    op.drop_table("memberships")
    op.drop_table("lists")
    op.drop_table("list_totals")
    op.drop_table("links")
    op.drop_table("link_totals")
    op.drop_table("link_people")
    op.drop_table("events")
    op.drop_table("event_replies")
    op.drop_table("email_totals")
    op.drop_table("email_lists")
    op.drop_table("email_bodies")
    op.drop_table("contacts")
    op.drop_table("clients")
    op.drop_table("client_totals")
    op.drop_table("client_people")
    op.drop_table("campaigns")
    op.drop_table("business_units")
