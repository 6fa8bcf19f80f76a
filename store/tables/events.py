"""Events as they were told, and the strings they intern."""

from sqlalchemy import BigInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.columns import code, count, key, serial


class ContactRow(SQLModel, table=True):
    """A person. `digest` finds the address (63 bits of BLAKE2b) in a fifth of the space of an index on the text."""

    __tablename__ = "contacts"

    id: int | None = serial()
    digest: int | None = Field(default=None, sa_type=BigInteger, unique=True)
    address: str | None = None
    domain_id: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})  #: 0: it has none


class DomainRow(SQLModel, table=True):
    """What stands after the @ of contacts' addresses."""

    __tablename__ = "domains"

    id: int | None = serial()
    name: str = Field(unique=True)


class LinkRow(SQLModel, table=True):
    __tablename__ = "links"

    id: int | None = serial()
    digest: int = Field(sa_type=BigInteger, unique=True)
    url: str
    content: bool  #: False: unsubscribe, preferences, view in browser


class ClientRow(SQLModel, table=True):
    """One pair of e-mail client and device; "" is unknown."""

    __tablename__ = "clients"
    __table_args__ = (UniqueConstraint("client", "device"),)

    id: int | None = serial()
    client: str
    device: str


class EventRow(SQLModel, table=True):
    """One event. The key is its identity: `key` is 47 bits of BLAKE2b over what the provider identifies it by,
    enough for those of one second of one e-mail. `code` packs kind, part and machine (store.codes.pack).

    `value`: opened: milliseconds looked at; bounced: store.codes.REPLIES; not_sent: store.codes.NOT_SENT.
    No secondary index: everything that is asked often is in the rollups.
    """

    __tablename__ = "events"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    at: int = key()
    key: int = key()
    contact_id: int = Field(sa_type=BigInteger)
    code: int = code()
    link_id: int | None = Field(default=None, sa_type=BigInteger)
    client_id: int | None = Field(default=None, sa_type=BigInteger)
    value: int = count()


class EventReplyRow(SQLModel, table=True):
    """The server's or provider's exact words; only bounces, deferrals and not_sent have them."""

    __tablename__ = "event_replies"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    at: int = key()
    key: int = key()
    reply: str


class BounceReplyRow(SQLModel, table=True):
    """A pattern of replies to bounced messages (reports.bounces.pattern): no address is in it."""

    __tablename__ = "bounce_replies"

    id: int | None = serial()
    digest: int = Field(sa_type=BigInteger, unique=True)
    pattern: str
