"""What an owner was told is found by owner"""

from alembic import op

revision = "notices_by_owner"
down_revision = "verdicts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("notices_by_owner", "notices", ["owner", "created_at"])


def downgrade() -> None:
    op.drop_index("notices_by_owner", "notices")
