"""All that sections may read, fully loaded; the store fills it, nothing here queries."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime

import msgspec

from reports.events import Kind, MachineReason, NotSentReason, Part
from reports.verdicts import Rule


@dataclass(frozen=True, slots=True)
class EmailFacts:
    """What is known of the e-mail itself. Its HTML is not here but in Facts: only the click map reads it."""

    id: int
    provider: str
    external_id: str
    name: str
    subject: str | None = None
    from_name: str | None = None
    from_address: str | None = None
    sent_by: str | None = None
    sent_at: datetime | None = None
    type: str | None = None
    campaign: str | None = None
    business_unit: str | None = None
    team: str | None = None
    workflow: str | None = None
    lists: tuple[str, ...] = ()

    @property
    def automated(self) -> bool:
        """Sent on and on, by a workflow: its days count back from its last event, not on from its sending."""
        return self.workflow is not None or "automat" in (self.type or "").casefold()


@dataclass(frozen=True, slots=True)
class Counts:
    """Distinct recipients, unless a name says events; METRICS.md 3.3. The columns of the rollups, by the same names."""

    sent: int = 0
    delivered: int = 0
    bounced_hard: int = 0
    bounced_soft: int = 0
    pending: int = 0
    not_sent: int = 0
    opened: int = 0  #: O_h: a person opened, or clicked a content link
    machine_opened: int = 0  #: O_m: every open was a machine's
    clicked: int = 0  #: C: a person clicked a content link
    machine_clicked: int = 0  #: machine clicks and no person's
    unsubscribed: int = 0
    unsubscribed_suspect: int = 0  #: within 120 s of delivery and no other human act
    complained: int = 0
    replied: int = 0
    read: int = 0
    skimmed: int = 0
    glanced: int = 0
    open_events: int = 0
    click_events: int = 0
    machine_open_events: int = 0
    machine_click_events: int = 0


def total(counts: Iterable[Counts]) -> Counts:
    """Sums, column by column: somebody who received several e-mails counts with each."""
    parts = tuple(counts)
    return Counts(**{column.name: sum(getattr(part, column.name) for part in parts) for column in fields(Counts)})


class Moment(msgspec.Struct, frozen=True, gc=False):  # thousands an e-mail: made ten times as fast as a dataclass
    """One quarter of an hour (UTC) of an e-mail; a quarter is the largest unit that every zone's hours are made of."""

    at: datetime
    open_events: int
    click_events: int
    openers: int  #: people whose first open this was
    clickers: int  #: people whose first click this was
    machine_open_events: int
    machine_click_events: int


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """One link of an e-mail: human clicks and distinct people, by the part of the message; machine clicks apart."""

    url: str
    content: bool  #: False: unsubscribe, preferences, view in browser; not in the click rate
    html_clicks: int
    text_clicks: int
    untold_clicks: int  #: the provider did not tell the part
    people: int
    html_people: int
    text_people: int
    machine_clicks: int


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """People's opens and clicks with one e-mail client on one device; what is unknown is empty."""

    client: str
    device: str
    opens: int
    clicks: int
    openers: int
    clickers: int


@dataclass(frozen=True, slots=True)
class WorkflowEmail:
    """One e-mail of a workflow, with its figures."""

    email_id: int
    name: str
    sent_at: datetime | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Peer:
    """An earlier e-mail of the same type, with its figures."""

    email_id: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class EngagedContact:
    """One recipient's own opens and content clicks of one e-mail; an erased one has no address."""

    address: str | None
    opens: int
    clicks: int
    opened_at: datetime | None  #: first
    clicked_at: datetime | None  #: first


@dataclass(frozen=True, slots=True)
class Recipient:
    """What is known of one contact for one e-mail. Instants are the first of their kind, unless said otherwise."""

    number: int  #: the store's number of the contact, the same for every e-mail
    address: str | None  #: None: erased
    states: tuple[str, ...]  #: the fields of Counts in which this contact is counted
    sent_at: datetime | None = None
    delivered_at: datetime | None = None  #: last
    bounced_at: datetime | None = None  #: last
    reply: str | None = None  #: the server's exact words to the last bounce, where bounces are asked for
    not_sent_at: datetime | None = None  #: last
    not_sent_reason: str | None = None
    opened_at: datetime | None = None  #: by a person
    clicked_at: datetime | None = None  #: by a person, on a content link
    opens: int = 0
    clicks: int = 0


@dataclass(frozen=True, slots=True)
class Bounced:
    """Recipients who bounced with replies that say the same (reports.bounces.pattern)."""

    hard: bool
    reply: str | None  #: the replies' pattern; None: the provider passed none on
    people: int


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of one contact; `detail` is a server's reply, or why nothing was sent."""

    at: datetime
    kind: Kind
    utility: bool = False  #: a click on an unsubscribe, preferences or view-in-browser link
    part: Part | None = None
    link: str | None = None
    client: str | None = None
    device: str | None = None
    machine: MachineReason | Rule | None = None
    looked_ms: int | None = None  #: for opens: how long the e-mail was looked at
    hard: bool | None = None  #: for bounces
    reason: NotSentReason | None = None
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """The recipient that a query asks for and all that happened, oldest first; or addresses that may be meant."""

    recipient: Recipient | None = None
    happenings: tuple[Happening, ...] = ()
    nearest: tuple[str, ...] = ()
    cut: bool = False  #: there is more than was read


@dataclass(frozen=True, slots=True)
class RecipientPage:
    """The page that a query asks for, and how many recipients there are on all of its pages."""

    rows: tuple[Recipient, ...] = ()
    total: int = 0


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """Opens and clicks, utility links' too, that one reason marks as a machine's."""

    reason: str
    opens: int
    clicks: int


@dataclass(frozen=True, slots=True)
class DomainFacts:
    """The recipients whose addresses are of one domain, by the names of Counts, and machines' events at them."""

    domain: str | None  #: None: of the recipients without one
    delivered: int
    opened: int
    machine_opened: int
    machine_opens: int
    machine_clicks: int


@dataclass(frozen=True, slots=True)
class TouchedOrder:
    """One order with the touches before it, by e-mail; `amount` is in minor units of the currency."""

    id: int
    contact_id: int
    at: datetime
    currency: str
    amount: int
    touches: tuple[tuple[int, datetime], ...]


@dataclass(frozen=True, slots=True)
class Spending:
    """What people spent after the e-mail was sent to them, and those who were held out after it was not.

    A person's spending is a pair of currency and minor units; nobody who spent nothing is named.
    """

    held_out: int = 0  #: people
    sent_spent: tuple[tuple[int, str, int], ...] = ()  #: contact, currency, minor units
    held_out_spent: tuple[tuple[int, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceVisits:
    """Visits to the site by where they came from and what the link named; `campaign` None: not told."""

    source: str
    campaign: str | None
    visits: int
    contacts: int
    customers: int


@dataclass(frozen=True, slots=True)
class PeriodCounts:
    """What was sent in a period: how many e-mails to anybody, and what became of it by now."""

    emails: int = 0
    counts: Counts = field(default_factory=Counts)


@dataclass(frozen=True, slots=True)
class SentEmail:
    """An e-mail with the figures of what was sent of it in a period."""

    name: str
    subject: str | None
    type: str | None
    campaign: str | None
    workflow: str | None
    sent_at: datetime
    counts: Counts


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """What was sent in one unit of the time axis, which begins at `start`, a local instant."""

    start: datetime
    unit: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class WorkflowUnits:
    """What one workflow sent, by unit of the time axis."""

    workflow: str
    units: tuple[UnitCounts, ...]


@dataclass(frozen=True, slots=True)
class HourCounts:
    """What was sent while the local clock showed one hour of one weekday; Monday is 0."""

    weekday: int
    hour: int
    counts: Counts


@dataclass(frozen=True, slots=True)
class Facts:
    """What the store knows that a query's sections need; a part no section asked for stays empty."""

    email: EmailFacts
    last_event_at: datetime | None = None
    counts: Counts = field(default_factory=Counts)
    not_sent_reasons: tuple[tuple[str, int], ...] = ()
    list_counts: tuple[tuple[str, Counts], ...] = ()
    moments: tuple[Moment, ...] = ()
    links: tuple[LinkFacts, ...] = ()
    clients: tuple[ClientFacts, ...] = ()
    workflow_emails: tuple[WorkflowEmail, ...] = ()  #: all of the e-mail's workflow, itself among them
    peers: tuple[Peer, ...] = ()  #: sent before it and of its type, the latest first, at most fifty
    engaged_contacts: tuple[EngagedContact, ...] = ()  #: the page that the query asks for, by its measure
    recipients: RecipientPage = field(default_factory=RecipientPage)
    contact: ContactFacts = field(default_factory=ContactFacts)
    bounces: tuple[Bounced, ...] = ()  #: most people first; of very many replies the rest is left out
    bounce_sentences: tuple[tuple[str, str], ...] = ()  #: the operator's own explanations, by code or category
    machine_reasons: tuple[MachineFacts, ...] = ()
    domains: tuple[DomainFacts, ...] = ()  #: those with most machine traffic
    domains_known: int = 0  #: how many domains the recipients have
    on_no_list: Counts = field(default_factory=Counts)
    orders: tuple[TouchedOrder, ...] = ()  #: not cancelled, placed after a click on the e-mail, with all their touches
    spending: Spending = field(default_factory=Spending)
    html: str | None = None  #: the e-mail's own, as it was imported


@dataclass(frozen=True, slots=True)
class AllFacts:
    """What the store knows that a query about several e-mails, or all, needs; a part nobody asked for stays empty.

    `window` is the query's period as half-open UTC instants, `before` the equally long one just before it; None is
    unbounded, or that there is none before.
    """

    window: tuple[datetime | None, datetime | None] = (None, None)
    before: tuple[datetime | None, datetime | None] | None = None
    last_sent_at: datetime | None = None  #: of the e-mails that are meant: until 72 hours later figures may move
    named: tuple[EmailFacts, ...] = ()  #: the e-mails that the query names, in its order
    named_counts: tuple[Counts, ...] = ()  #: of each of them
    visits: tuple[SourceVisits, ...] = ()  #: of the window
    visits_before: tuple[SourceVisits, ...] = ()  #: of the window before it
    meant: tuple[int, ...] | None = None  #: numbers of the e-mails that pass the filters; None: all
    period: PeriodCounts = field(default_factory=PeriodCounts)
    period_before: PeriodCounts | None = None  #: None: the window has none before it
    sent_emails: tuple[SentEmail, ...] = ()
    sent_emails_before: tuple[SentEmail, ...] = ()
    sent_units: tuple[UnitCounts, ...] = ()  #: the window's, oldest first, units without anything sent among them
    workflow_units: tuple[WorkflowUnits, ...] = ()  #: of every workflow, over the same units as `sent_units`
    sent_hours: tuple[HourCounts, ...] = ()
