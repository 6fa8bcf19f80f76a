"""Rankings of an e-mail's people by opens and by clicks"""

import sqlalchemy as sa
from alembic import op

revision = "engaged_contacts"
down_revision = "webhook_inbox"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, column, state in (("recipients_by_opens", "opens", 64), ("recipients_by_clicks", "clicks", 256)):
        among = sa.text(f"state & {state} <> 0")
        op.create_index(
            name, "recipients", ["email_id", column, "contact_id"], sqlite_where=among, postgresql_where=among
        )


def downgrade() -> None:
    op.drop_index("recipients_by_clicks", "recipients")
    op.drop_index("recipients_by_opens", "recipients")
