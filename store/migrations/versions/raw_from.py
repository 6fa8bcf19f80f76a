"""Since when an e-mail has its raw events"""

import sqlalchemy as sa
from alembic import op

revision = "raw_from"
down_revision = "privacy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("upkeep", sa.Column("raw_from", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("upkeep", "raw_from")
