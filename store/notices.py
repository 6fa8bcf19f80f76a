"""What owners of subscriptions are to be told: put down in the transaction that it is about, told afterwards.

So nobody misses that their subscription stopped because the process, or Slack, was down at that moment.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection, Engine, select, update

from store.dialects import now_of
from store.engine import some, writing
from store.tables import metadata

_NOTICES = metadata.tables["notices"]


class NoticeKind(StrEnum):
    """What its reader can do about it."""

    TELL = "tell"  # nothing
    MEND = "mend"  # take a target up again; `about` is its number
    RETRY = "retry"  # have a delivery sent after all
    DECIDE = "decide"  # say of a delivery whether it has arrived, or have it sent again


@dataclass(frozen=True, slots=True)
class Notice:
    """For the owner of a subscription, a member of Slack or "terminal"; `text` is sentences in Slack's markup."""

    owner: str
    subscription_id: int
    kind: NoticeKind
    text: str
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """One that is to be told now; `attempt` counts from 1."""

    id: int
    notice: Notice
    attempt: int


def put(connection: Connection, notice: Notice) -> None:
    """Within the transaction of what it is about."""
    now = now_of(connection)
    connection.execute(
        _NOTICES.insert().values(
            owner=notice.owner,
            subscription_id=notice.subscription_id,
            kind=notice.kind,
            about=notice.about,
            text=notice.text,
            created_at=now,
            not_before=now,
            attempt=0,
        )
    )


def add(engine: Engine, notice: Notice) -> None:
    """In a transaction of its own."""
    with writing(engine).begin() as connection:
        put(connection, notice)


def claim(engine: Engine, lease: timedelta, most: int) -> tuple[Waiting, ...]:
    """The oldest that wait; each comes again after `lease`, unless it was told by then."""
    now = now_of(engine)
    waiting = (
        select(_NOTICES.c.id)
        .where(_NOTICES.c.told_at.is_(None), _NOTICES.c.not_before <= now)
        .order_by(_NOTICES.c.not_before)
    )
    if not some(engine, waiting):
        return ()
    with writing(engine).begin() as connection:
        taken = (
            update(_NOTICES)
            .where(_NOTICES.c.id.in_(waiting.limit(most).with_for_update(skip_locked=True)))
            .values(attempt=_NOTICES.c.attempt + 1, not_before=now + int(lease.total_seconds()))
            .returning(_NOTICES)
        )
        rows = sorted(connection.execute(taken), key=lambda row: row.id)
    return tuple(
        Waiting(
            row.id,
            Notice(row.owner, row.subscription_id, NoticeKind(row.kind), row.text, row.about),
            row.attempt,
        )
        for row in rows
    )


def told(engine: Engine, number: int) -> None:
    """It was, or nobody is there to be told."""
    with writing(engine).begin() as connection:
        connection.execute(update(_NOTICES).where(_NOTICES.c.id == number).values(told_at=now_of(connection)))


def later(engine: Engine, number: int, wait: timedelta) -> None:
    """It could not be told now."""
    with writing(engine).begin() as connection:
        again = now_of(connection) + int(wait.total_seconds())
        connection.execute(update(_NOTICES).where(_NOTICES.c.id == number).values(not_before=again))
