"""Facts that sections must cope with: nothing, one person, very many, and ugly names."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from reports.events import Kind, MachineReason, NotSentReason
from reports.facts import (
    AllFacts,
    Bounced,
    ClientFacts,
    ContactFacts,
    Counts,
    DomainFacts,
    EmailFacts,
    EngagedContact,
    Facts,
    Happening,
    HourCounts,
    LinkFacts,
    MachineFacts,
    Moment,
    PeriodCounts,
    Recipient,
    RecipientPage,
    SentEmail,
    Spending,
    TouchedOrder,
    UnitCounts,
    WorkflowEmail,
    WorkflowUnits,
)

SENT = datetime(2026, 3, 28, 9, 0, tzinfo=UTC)
UGLY = "\u202eمرحبا <!channel> *bold* `x` " + "y" * 3_000


def email(name: str = "newsletter-may") -> EmailFacts:
    return EmailFacts(1, "demo", "e1", name, subject=UGLY, sent_at=SENT, lists=("NL", UGLY), from_name=UGLY)


def moment(hours: float, opens: int = 1, clicks: int = 0) -> Moment:
    return Moment(SENT + timedelta(hours=hours), opens, clicks, opens, clicks, 0, 0)


def link(url: str, clicks: int, *, content: bool = True) -> LinkFacts:
    return LinkFacts(url, content, clicks, 0, 0, clicks, clicks, 0, 3)


def recipient(number: int, address: str | None = "anna@example.com", *states: str, **rest: Any) -> Recipient:
    return Recipient(number, address, states or ("sent", "delivered"), **rest)


_HUGE = 10**12
ALL = {
    "nothing": Facts(EmailFacts(1, "demo", "e1", "x")),
    "one person": Facts(
        email(),
        SENT,
        Counts(sent=1, delivered=1, opened=1, open_events=1),
        (),
        (),
        (moment(1),),
        (link("https://a.b/", 1),),
        (ClientFacts("Apple Mail", "mobile", 1, 0, 1, 0),),
        engaged_contacts=(EngagedContact("ann@example.com", 1, 0, SENT, None),),
        bounces=(Bounced(True, "550 5.1.1 unknown", 1),),
        contact=ContactFacts(recipient(1), (Happening(SENT, Kind.DELIVERED),)),
        recipients=RecipientPage((recipient(1, "anna@example.com", "sent", "delivered", "opened", opens=1),), 1),
        html='<p>Hello <a href="https://a.b">you</a></p>',
    ),
    "huge": Facts(
        email(),
        SENT,
        Counts(sent=_HUGE, delivered=_HUGE, opened=_HUGE // 2, clicked=7, not_sent=_HUGE, open_events=_HUGE * 9),
        (("suppressed", _HUGE),),
        (("NL", Counts(sent=_HUGE)),),
        tuple(moment(hours, _HUGE, 3) for hours in range(0, 9_000, 5)),
        tuple(link(f"https://example.com/{number}", _HUGE - number) for number in range(300)),
        tuple(ClientFacts(f"Client {number}", "", _HUGE, number, 1, 1) for number in range(300)),
        contact=ContactFacts(recipient(1), tuple(Happening(SENT, kind) for kind in Kind) * 100),
        bounces=tuple(Bounced(False, f"451 4.7.{number} later", _HUGE - number) for number in range(300)),
        recipients=RecipientPage(tuple(recipient(number, opens=_HUGE, sent_at=SENT) for number in range(50)), _HUGE),
        orders=tuple(TouchedOrder(n, n, SENT, "EUR", _HUGE, ((1, SENT), (2, SENT))) for n in range(300)),
        spending=Spending(_HUGE, ((1, "EUR", _HUGE),), ((2, "JPY", 10**15),)),
        html="".join(f'<a href="https://example.com/{number}">{number}</a>' for number in range(200)),
    ),
    "ugly": Facts(
        replace(email(UGLY), workflow=UGLY, type="AUTOMATED_EMAIL"),
        SENT,
        Counts(
            sent=3, delivered=2, opened=1, clicked=1, unsubscribed_suspect=1, machine_opened=1, machine_open_events=3
        ),
        ((UGLY, 1),),
        ((UGLY, Counts(sent=1)),),
        (moment(0.5, 1, 1),),
        (link(f"javascript:{UGLY}", 2), link("https://example.com/unsubscribe", 1, content=False)),
        (ClientFacts(UGLY, UGLY, 3, 2, 1, 1), ClientFacts("", "mobile", 0, 1, 0, 1)),
        machine_reasons=(MachineFacts(UGLY, 3, 0), MachineFacts("security scanner", 0, _HUGE)),
        domains=(DomainFacts(None, 0, 0, 0, 0, 0), DomainFacts(UGLY, 1, 0, 1, 3, 0)),
        domains_known=1,
        engaged_contacts=(EngagedContact(None, 3, 2, None, SENT), EngagedContact(UGLY, 1, 1, SENT, SENT)),
        html=f"<a href='javascript:{UGLY}'>{UGLY}</a><a href='{{{{unsubscribe}}}}'>{UGLY}",
        workflow_emails=(
            WorkflowEmail(1, UGLY, None, Counts(sent=1)),
            WorkflowEmail(2, UGLY, SENT, Counts(sent=9, delivered=9)),
        ),
        contact=ContactFacts(
            recipient(2, UGLY, "not_sent", not_sent_reason=UGLY),
            (
                Happening(SENT, Kind.CLICKED, link=UGLY, client=UGLY, device=UGLY, machine=MachineReason.BOT),
                Happening(SENT, Kind.BOUNCED, hard=True, reply=UGLY),
                Happening(SENT, Kind.NOT_SENT, reason=NotSentReason.OTHER),
            ),
        ),
        bounces=(Bounced(True, UGLY, 2), Bounced(False, None, 1)),
        recipients=RecipientPage(
            (
                recipient(1, UGLY, "not_sent", not_sent_reason=UGLY),
                recipient(2, None, "sent", "bounced_hard", bounced_at=SENT),
                recipient(3, "x"),
            ),
            3,
        ),
        orders=(TouchedOrder(1, 1, SENT, "XTS", 0, ((1, SENT),)), TouchedOrder(2, 1, SENT, "KWD", 1, ((2, SENT),))),
        spending=Spending(1),
    ),
}


def counts(delivered: int, opened: int = 0, clicked: int = 0) -> Counts:
    return Counts(sent=delivered, delivered=delivered, opened=opened, clicked=clicked)


def sent(name: str, told: Counts, campaign: str | None = None, workflow: str | None = None, day: int = 0) -> SentEmail:
    return SentEmail(name, None, None, campaign, workflow, SENT + timedelta(days=day), told)


def _facts(name: str, told: Counts) -> AllFacts:
    units = (UnitCounts(SENT, "day", told), UnitCounts(SENT + timedelta(days=1), "day", Counts()))
    return AllFacts(
        window=(SENT, SENT + timedelta(days=30)),
        before=(SENT - timedelta(days=30), SENT),
        period=PeriodCounts(1, told),
        period_before=PeriodCounts(1, counts(3, 1)),
        sent_emails=(sent(name, told, name, name), sent("other", counts(1))),
        sent_emails_before=(sent(name, counts(3, 1), None, name),),
        sent_units=units,
        workflow_units=(WorkflowUnits(name, units),),
        sent_hours=(HourCounts(6, 23, told), HourCounts(0, 0, counts(1, 1))),
    )


#: Facts for questions about all e-mail.
ALL_EMAIL = {
    "one": _facts("may", counts(1)),
    "huge": _facts("may", counts(_HUGE, _HUGE, 7)),
    "ugly": _facts(UGLY, counts(120, 30)),
    "bounced": _facts("may", Counts(sent=2, bounced_hard=2)),
}
