"""E-mails found by name, subject and identifier without a look at every one"""

from alembic import op

revision = "emails_by_name"
down_revision = "cohorts"
branch_labels = None
depends_on = None

_COLUMNS = ("name", "subject", "external_id")


def upgrade() -> None:
    for column in _COLUMNS:
        op.create_index(f"emails_by_{column}", "emails", [column], postgresql_using="hash")


def downgrade() -> None:
    for column in _COLUMNS:
        op.drop_index(f"emails_by_{column}", "emails")
