"""The schema, by subject. A `ThingRow` is the table of the value `Thing`; rows are never validated, parse first.

Big tables lead their key with `email_id`, so that they can be partitioned by it. On SQLite they are without rowid:
the key is the table. No column holds a name twice: repeating strings are interned.
"""

from sqlmodel import SQLModel

from store.tables.emails import (
    BusinessUnitRow,
    CampaignRow,
    EmailBodyRow,
    EmailListRow,
    EmailRow,
    ListRow,
    TeamRow,
    WorkflowRow,
)
from store.tables.events import BounceReplyRow, ClientRow, ContactRow, DomainRow, EventReplyRow, EventRow, LinkRow
from store.tables.exports import ExportAccessRow, ExportLinkRow, ExportRow
from store.tables.inbox import InboxRow, WebhookTokenRow
from store.tables.ledger import DeliveryAttemptRow, DeliveryRow, NoticeRow, OccurrenceRow
from store.tables.orders import OrderRow, VisitRow
from store.tables.privacy import AuditRow, TombstoneRow
from store.tables.rollups import (
    BounceTotalsRow,
    ClientTotalsRow,
    CohortRow,
    DomainTotalsRow,
    EmailTotalsRow,
    LinkTotalsRow,
    ListTotalsRow,
    MachineTotalsRow,
    MomentRow,
    NotSentTotalsRow,
    RecipientBlockRow,
)
from store.tables.saved import SavedRow, SavedVersionRow
from store.tables.state import ActivityRow, ClientPersonRow, LinkPersonRow, MembershipRow, RecipientRow
from store.tables.subscriptions import SubscriptionRow, TargetRow
from store.tables.sync import PaceRow, SyncRow
from store.tables.upkeep import UpkeepRow

metadata = SQLModel.metadata

__all__ = [
    "ActivityRow",
    "AuditRow",
    "BounceReplyRow",
    "BounceTotalsRow",
    "BusinessUnitRow",
    "CampaignRow",
    "ClientPersonRow",
    "ClientRow",
    "ClientTotalsRow",
    "CohortRow",
    "ContactRow",
    "DeliveryAttemptRow",
    "DeliveryRow",
    "DomainRow",
    "DomainTotalsRow",
    "EmailBodyRow",
    "EmailListRow",
    "EmailRow",
    "EmailTotalsRow",
    "EventReplyRow",
    "EventRow",
    "ExportAccessRow",
    "ExportLinkRow",
    "ExportRow",
    "InboxRow",
    "LinkPersonRow",
    "LinkRow",
    "LinkTotalsRow",
    "ListRow",
    "ListTotalsRow",
    "MachineTotalsRow",
    "MembershipRow",
    "MomentRow",
    "NotSentTotalsRow",
    "NoticeRow",
    "OccurrenceRow",
    "OrderRow",
    "PaceRow",
    "RecipientBlockRow",
    "RecipientRow",
    "SavedRow",
    "SavedVersionRow",
    "SubscriptionRow",
    "SyncRow",
    "TargetRow",
    "TeamRow",
    "TombstoneRow",
    "UpkeepRow",
    "VisitRow",
    "WebhookTokenRow",
    "WorkflowRow",
    "metadata",
]
