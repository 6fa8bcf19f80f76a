"""What of the notices an owner can still do something about: of the ledger and the targets as they are now."""

from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from store.codes import from_seconds, to_seconds
from store.ledger import UNSENT, DeliveryState
from store.notices import Notice, NoticeKind
from store.subscriptions import TargetState
from store.tables import metadata

_NOTICES = metadata.tables["notices"]
_DELIVERIES, _TARGETS = metadata.tables["deliveries"], metadata.tables["targets"]


def open_of(
    connection: Connection, owner: str, since: datetime, lately: datetime, most: int
) -> tuple[tuple[datetime, Notice], ...]:
    """What an owner can still do something about, and what they were told lately; with when, the newest first.

    What is settled in between, and an earlier notice about the same, is left out.
    """
    retried = and_(_NOTICES.c.kind == NoticeKind.RETRY, _DELIVERIES.c.state.in_(UNSENT))
    undecided = and_(_NOTICES.c.kind == NoticeKind.DECIDE, _DELIVERIES.c.state == DeliveryState.UNKNOWN)
    broken = and_(_NOTICES.c.kind == NoticeKind.MEND, _TARGETS.c.state == TargetState.SUPPRESSED)
    told_lately = and_(_NOTICES.c.kind == NoticeKind.TELL, _NOTICES.c.created_at >= to_seconds(lately))
    delivery = and_(_DELIVERIES.c.id == _NOTICES.c.about, _NOTICES.c.kind.in_([NoticeKind.RETRY, NoticeKind.DECIDE]))
    target = and_(_TARGETS.c.id == _NOTICES.c.about, _NOTICES.c.kind == NoticeKind.MEND)
    going = (
        select(_NOTICES)
        .outerjoin(_DELIVERIES, delivery)
        .outerjoin(_TARGETS, target)
        .where(_NOTICES.c.owner == owner, _NOTICES.c.created_at >= to_seconds(since))
        .where(or_(retried, undecided, broken, told_lately))
        .order_by(_NOTICES.c.created_at.desc(), _NOTICES.c.id.desc())
    )
    found: dict[tuple[str, int], tuple[datetime, Notice]] = {}
    for row in connection.execute(going):
        notice = Notice(row.owner, row.subscription_id, NoticeKind(row.kind), row.text, row.about)
        about = (row.kind, row.subscription_id if row.about is None else row.about)
        found.setdefault(about, (from_seconds(row.created_at), notice))
    return tuple(found.values())[:most]
