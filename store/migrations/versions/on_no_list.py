"""Figures of the people who are on no list"""

from alembic import op

revision = "on_no_list"
down_revision = "emails_by_name"
branch_labels = None
depends_on = None

_STATES = (
    *("sent", "delivered", "bounced_hard", "bounced_soft", "pending", "not_sent", "opened", "machine_opened"),
    *("clicked", "machine_clicked", "unsubscribed", "unsubscribed_suspect", "complained", "replied"),
    *("read", "skimmed", "glanced"),
)
_EVENTS = {
    "open_events": "opens",
    "click_events": "clicks",
    "machine_open_events": "machine_opens",
    "machine_click_events": "machine_clicks",
}


def upgrade() -> None:
    sums = [f"sum((state >> {place}) & 1)" for place in range(len(_STATES))]
    sums += [f"sum({column})" for column in _EVENTS.values()]
    op.execute(
        f"INSERT INTO list_totals (email_id, list_id, {', '.join((*_STATES, *_EVENTS))})"
        f" SELECT email_id, 0, {', '.join(sums)} FROM recipients AS r WHERE NOT EXISTS"
        " (SELECT 1 FROM memberships AS m WHERE m.email_id = r.email_id AND m.contact_id = r.contact_id)"
        " GROUP BY email_id HAVING sum(state & 33) > 0"  # sent, or not sent
    )


def downgrade() -> None:
    op.execute("DELETE FROM list_totals WHERE list_id = 0")
