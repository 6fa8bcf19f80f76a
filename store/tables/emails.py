"""E-mails and what they are grouped by."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, key, reference, serial


class _Named(SQLModel):
    id: int | None = serial()
    name: str = Field(unique=True)


class CampaignRow(_Named, table=True):
    __tablename__ = "campaigns"


class WorkflowRow(_Named, table=True):
    __tablename__ = "workflows"


class TeamRow(_Named, table=True):
    __tablename__ = "teams"


class BusinessUnitRow(_Named, table=True):
    __tablename__ = "business_units"


class ListRow(_Named, table=True):
    __tablename__ = "lists"


class EmailRow(SQLModel, table=True):
    __tablename__ = "emails"
    __table_args__ = (
        UniqueConstraint("provider", "external_id"),
        # By hash: a subject may be longer than PostgreSQL takes into a tree.
        Index("emails_by_name", "name", postgresql_using="hash"),
        Index("emails_by_subject", "subject", postgresql_using="hash"),
        Index("emails_by_external_id", "external_id", postgresql_using="hash"),
        Index("emails_by_sent", "sent_at"),
    )

    id: int | None = serial()
    provider: str
    external_id: str
    name: str | None = None  #: internal name; the external id stands in while it is unknown
    subject: str | None = None
    from_name: str | None = None
    from_address: str | None = None
    sent_by: str | None = None
    sent_at: int | None = instant()
    type: str | None = None
    campaign_id: int | None = reference("campaigns.id")
    workflow_id: int | None = reference("workflows.id")
    team_id: int | None = reference("teams.id")
    business_unit_id: int | None = reference("business_units.id")


class EmailListRow(SQLModel, table=True):
    """Lists that an e-mail was addressed to, as its description says."""

    __tablename__ = "email_lists"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    list_id: int = key()


class EmailBodyRow(SQLModel, table=True):
    """The HTML, apart: a hundred kilobytes that only the click map reads."""

    __tablename__ = "email_bodies"

    email_id: int = key()
    html: str
