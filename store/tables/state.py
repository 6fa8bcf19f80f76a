"""What the events say of one person: kept by merge, computed from events alone."""

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from store.codes import has_state
from store.tables.columns import count, instant, key


def _ranked(name: str, column: str, state: str) -> Index:
    """The people of one state by a count; only they are in it, so that it costs those who write little."""
    among = text(has_state(state))
    return Index(name, "email_id", column, "contact_id", sqlite_where=among, postgresql_where=among)


class RecipientRow(SQLModel, table=True):
    """The state of one contact for one e-mail; every column but `state` is a min, max or sum over its events.

    `state` holds the bits of store.codes.STATE_BITS; `bounce` and `not_sent` are packed
    (store.codes.BOUNCE_PACK, PACK).
    """

    __tablename__ = "recipients"
    __table_args__ = (
        _ranked("recipients_by_opens", "opens", "opened"),
        _ranked("recipients_by_clicks", "clicks", "clicked"),
        # What somebody clicked before an order: one in twenty rows, so that it costs next to nothing.
        Index(
            "recipients_who_clicked",
            "contact_id",
            "email_id",
            "clicked_at",
            sqlite_where=text("clicked_at IS NOT NULL"),
            postgresql_where=text("clicked_at IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )

    email_id: int = key()
    contact_id: int = key()
    state: int = count()
    sent_at: int | None = instant()  #: first
    delivered_at: int | None = instant()  #: last
    deferred_at: int | None = instant()  #: last
    bounce: int | None = instant()  #: last, packed with its type and reply
    not_sent: int | None = instant()  #: last, packed with its reason
    opened_at: int | None = instant()  #: first by a person
    clicked_at: int | None = instant()  #: first by a person, on a content link
    unsubscribed_at: int | None = instant()  #: first
    complained_at: int | None = instant()  #: first
    replied_at: int | None = instant()  #: first
    opens: int = count()
    clicks: int = count()
    machine_opens: int = count()
    machine_clicks: int = count()
    viewed_ms: int | None = instant()  #: longest look; null: no timing


class MembershipRow(SQLModel, table=True):
    """Through which lists a contact was selected for an e-mail; frozen by the send's own events."""

    __tablename__ = "memberships"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    contact_id: int = key()
    list_id: int = key()


class ActivityRow(SQLModel, table=True):
    """A stretch of store.codes.SLOT seconds in which a contact of a large e-mail did something (store.large)."""

    __tablename__ = "activity"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    contact_id: int = key()
    slot: int = key()


class LinkPersonRow(SQLModel, table=True):
    """A person's clicks on one link, by part of the message; machine clicks are only counted."""

    __tablename__ = "link_people"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    link_id: int = key()
    contact_id: int = key()
    html_clicks: int = count()
    text_clicks: int = count()
    untold_clicks: int = count()


class ClientPersonRow(SQLModel, table=True):
    """A person's opens and clicks with one client."""

    __tablename__ = "client_people"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    client_id: int = key()
    contact_id: int = key()
    opens: int = count()
    clicks: int = count()
