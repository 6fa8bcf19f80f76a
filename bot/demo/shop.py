"""What the people of the sample data buy, and how they come to the site: orders and visits that go with its events."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, BinaryIO

import msgspec

from bot.demo.catalogue import PROVIDER
from reports.classify import is_content_link
from reports.events import Email, Event, Kind, NotSentReason
from reports.orders import Order, Visit, exponent

_BUY_AFTER_A_CLICK = 0.06
_BUY_ANYHOW = 0.004  # whoever was sent an e-mail or held out, in the week after
_CANCELLED = 0.03
_ELSEWHERE = (("direct", 900), ("organic search", 1_400), ("social", 260))  # visits on an ordinary day


def orders(items: Iterable[Email | Event], seed: int, until: datetime) -> Iterator[Order]:
    """Orders in the days after clicks, and some of everybody's; none after `until`. Equal arguments, equal data."""
    random = Random(f"{seed}/orders")
    number = 1_000
    for item in items:
        if isinstance(item, Email) or item.machine is not None:
            continue
        chance = _BUY_AFTER_A_CLICK if _is_content_click(item) else _BUY_ANYHOW if _is_selected(item) else 0.0
        if random.random() >= chance:
            continue
        at = item.at + timedelta(days=min(random.expovariate(1 / 1.5), 7))
        number += 1
        if at <= until:
            yield Order(
                provider=PROVIDER,
                id=str(number),
                contact=item.contact,
                at=at,
                currency="EUR",
                amount=round(100 * min(random.lognormvariate(3.8, 0.7), 2_000)),
                cancelled=random.random() < _CANCELLED,
            )


def visits(items: Iterable[Email | Event], seed: int, until: datetime) -> Iterator[Visit]:
    """A row a day and campaign of the e-mails' clicks, and rows of other sources for the same days."""
    random = Random(f"{seed}/visits")
    campaigns: dict[str, str | None] = {}
    clicks: defaultdict[tuple[date, str | None], int] = defaultdict(int)
    for item in items:
        if isinstance(item, Email):
            campaigns[item.id] = item.campaign
        elif item.machine is None and _is_content_click(item):
            clicks[item.at.astimezone(UTC).date(), campaigns.get(item.email)] += 1
    days = sorted({day for day, _campaign in clicks})
    rows = [(day, "email", campaign, count) for (day, campaign), count in clicks.items()]
    rows += [
        (day, source, None, round(usual * random.uniform(0.7, 1.3))) for day in days for source, usual in _ELSEWHERE
    ]
    for day, source, campaign, count in sorted(rows, key=lambda row: (row[0], row[1], row[2] or "")):
        contacts = sum(random.random() < 0.02 for _ in range(count))
        customers = sum(random.random() < 0.005 for _ in range(count))
        yield Visit(
            provider=PROVIDER,
            day=day,
            campaign=campaign,
            source=source,
            visits=count,
            contacts=contacts,
            customers=customers,
        )


def _is_content_click(event: Event) -> bool:
    return event.kind is Kind.CLICKED and is_content_link(event.link or "")


def _is_selected(event: Event) -> bool:
    return event.kind is Kind.SENT or event.reason is NotSentReason.HELD_OUT


def write_rows(rows: Iterable[Order | Visit], stream: BinaryIO) -> int:
    """Writes lines that `emailstats import --as orders` or `--as visits` reads, and returns how many."""
    count = 0
    for row in rows:
        told: dict[str, Any] = msgspec.to_builtins(row)
        if isinstance(row, Order):
            told["amount"] = str(Decimal(row.amount).scaleb(-exponent(row.currency)))
        stream.write(msgspec.json.encode(told) + b"\n")
        count += 1
    return count
