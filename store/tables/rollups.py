"""What is read: sums over people and events, kept by merge, rebuilt from events by `emailstats rebuild`."""

from sqlmodel import SQLModel

from store.tables.columns import count, instant, key


class _States(SQLModel):
    """Distinct recipients by state (store.codes.STATE_BITS)."""

    sent: int = count()
    delivered: int = count()
    bounced_hard: int = count()
    bounced_soft: int = count()
    pending: int = count()
    not_sent: int = count()
    opened: int = count()
    machine_opened: int = count()
    clicked: int = count()
    machine_clicked: int = count()
    unsubscribed: int = count()
    unsubscribed_suspect: int = count()
    complained: int = count()
    replied: int = count()
    read: int = count()
    skimmed: int = count()
    glanced: int = count()


class _People(_States):
    """Distinct recipients by state, and their events."""

    open_events: int = count()
    click_events: int = count()
    machine_open_events: int = count()
    machine_click_events: int = count()


class EmailTotalsRow(_People, table=True):
    __tablename__ = "email_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    first_event_at: int | None = instant()
    last_event_at: int | None = instant()


class ListTotalsRow(_People, table=True):
    """By recipient list; store.codes.NO_LIST is the people who are on none."""

    __tablename__ = "list_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    list_id: int = key()


class RecipientBlockRow(_States, table=True):
    """One stretch of store.codes.BLOCK contact numbers, of an e-mail with store.codes.LARGE recipients or more.

    Any page of recipients is found by these counts, without counting people one by one.
    """

    __tablename__ = "recipient_blocks"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    block: int = key()


class DomainTotalsRow(SQLModel, table=True):
    """By the domain of the recipients' addresses, 0 for those without one: people by state, and machines' events."""

    __tablename__ = "domain_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    domain_id: int = key()
    delivered: int = count()
    opened: int = count()
    machine_opened: int = count()
    machine_opens: int = count()
    machine_clicks: int = count()


class MachineTotalsRow(SQLModel, table=True):
    """Machines' events by the reason for holding them to be machines'; clicks on utility links are among them."""

    __tablename__ = "machine_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    reason: int = key()
    opens: int = count()
    clicks: int = count()


class CohortRow(_People, table=True):
    """People by when they were sent the message, in spans of several lengths: sums over any period are few rows.

    `span` is a place in store.codes.SPANS, `start` the start of the span divided by its length. 0: nothing tells when.
    """

    __tablename__ = "cohorts"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    span: int = key()
    start: int = key()


class NotSentTotalsRow(SQLModel, table=True):
    __tablename__ = "not_sent_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    reason: int = key()
    people: int = count()


class BounceTotalsRow(SQLModel, table=True):
    """Bounced recipients by the value of their last bounce: its type and its reply's pattern (store.codes.REPLIES)."""

    __tablename__ = "bounce_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    value: int = key()
    people: int = count()


class MomentRow(SQLModel, table=True):
    """One quarter of an hour; `quarter` is its start divided by store.codes.QUARTER."""

    __tablename__ = "moments"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    quarter: int = key()
    open_events: int = count()
    click_events: int = count()
    machine_open_events: int = count()
    machine_click_events: int = count()
    openers: int = count()
    clickers: int = count()


class LinkTotalsRow(SQLModel, table=True):
    __tablename__ = "link_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    link_id: int = key()
    html_clicks: int = count()
    text_clicks: int = count()
    untold_clicks: int = count()
    machine_clicks: int = count()
    people: int = count()
    html_people: int = count()
    text_people: int = count()


class ClientTotalsRow(SQLModel, table=True):
    __tablename__ = "client_totals"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    client_id: int = key()
    opens: int = count()
    clicks: int = count()
    openers: int = count()
    clickers: int = count()
