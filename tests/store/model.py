"""The rollups worked out again from METRICS.md 3.3, one person and one event at a time, without SQL.

Written for clarity and kept apart from the store's own code: merge is right when it agrees with this.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from msgspec import structs

from reports.classify import is_content_link
from reports.events import BounceType, Event, Kind, NotSentReason, Part
from reports.verdicts import DEFAULT_RULES, Rule, Rules

_TABLES = ("email", "list", "cohort", "domain", "machine", "not_sent", "bounce", "moment", "link", "client")

Rows = dict[str, dict[Any, dict[str, int]]]


def expected(events: Iterable[Event], rules: Rules = DEFAULT_RULES) -> Rows:
    """Rollups by table, key (names, not numbers) and column; columns that are 0 are left out."""
    rows: Rows = {name: defaultdict(Counter) for name in _TABLES}
    people: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        people[event.email, event.contact].append(event)
    for (email, contact), told in people.items():
        _person(rows, email, contact, judged(told, rules))
    return {name: {key: dict(+counts) for key, counts in table.items()} for name, table in rows.items()}


def judged(told: list[Event], rules: Rules) -> list[Event]:
    """One person's events with one e-mail, with our verdicts on clicks, each worked out from the rules' own words."""
    delivered = max(_times(told, Kind.DELIVERED), default=None)
    clicks = [event for event in told if event.kind is Kind.CLICKED]
    return [
        structs.replace(event, machine=_verdict(event, clicks, told, delivered, rules))
        if event.kind is Kind.CLICKED and event.machine is None
        else event
        for event in told
    ]


def _verdict(event: Event, clicks: list[Event], told: list[Event], delivered: int | None, rules: Rules) -> Rule | None:
    verdict: Rule | None = None
    near = [one for one in told if abs(_second(one) - _second(event)) <= rules.leaving_seconds]
    clicked = [one for one in near if one.kind is Kind.CLICKED and one.link]
    left = [one for one in near if one.kind is Kind.UNSUBSCRIBED]
    left += [one for one in clicked if "unsubscribe" in (one.link or "")]
    read = [one for one in clicked if is_content_link(one.link or "")]
    if rules.leaving_seconds and ((event in left and read) or (event in read and left)):
        verdict = Rule.LEAVING
    for start in map(_second, clicks):
        if not start <= _second(event) <= start + rules.burst_seconds:
            continue
        within = [one.link for one in clicks if start <= _second(one) <= start + rules.burst_seconds]
        links = len({link for link in within if link and is_content_link(link)})
        if rules.burst_links and links >= rules.burst_links:
            return Rule.BURST
        early = delivered is not None and -rules.burst_seconds <= start - delivered <= rules.early_seconds
        if rules.early_links and links >= rules.early_links and early:
            verdict = Rule.EARLY
    return verdict


def _person(rows: Rows, email: str, contact: str, told: list[Event]) -> None:
    status = _status(told)
    rows["email"][email].update(status)
    domain = rows["domain"][email, contact.lower().split("@")[1] if "@" in contact else None]
    domain.update({name: status[name] for name in ("delivered", "opened", "machine_opened")})
    domain.update({f"machine_{kind}s": status[f"machine_{kind}_events"] for kind in ("open", "click")})
    for event in told:
        if event.machine:
            rows["machine"][email, event.machine]["opens" if event.kind is Kind.OPENED else "clicks"] += 1
    for name in {name for event in told for name in event.lists} or {None}:
        rows["list"][email, name].update(status)
    if status:
        when = _sent_at(told)
        for span, length in enumerate((900, 24 * 3600, 28 * 24 * 3600)):
            rows["cohort"][email, span, when // length].update(status)
    if "not_sent" in status:
        last = max(
            (_second(e), _REASONS.index(e.reason or NotSentReason.OTHER)) for e in told if e.kind is Kind.NOT_SENT
        )
        rows["not_sent"][email, _REASONS[last[1]]]["people"] += 1
    if status["bounced_hard"] or status["bounced_soft"]:
        last_bounce = max((_second(e), e.bounce is BounceType.HARD, e.reply) for e in told if e.kind is Kind.BOUNCED)
        rows["bounce"][email, 2 if last_bounce[1] else 1, last_bounce[2]]["people"] += 1
    _moments(rows["moment"], email, told, status)
    _links(rows["link"], email, told)
    _clients(rows["client"], email, told)


#: In the order in which the store numbers them: on equal seconds the later one stands.
_REASONS = [NotSentReason.OTHER, *(reason for reason in NotSentReason if reason is not NotSentReason.OTHER)]


def _second(event: Event) -> int:
    return int(event.at.timestamp())


def _sent_at(told: list[Event]) -> int:
    """When the message was sent to somebody, or the best that is known instead; 0: nothing."""
    first_known = (
        min(_times(told, Kind.SENT), default=0),
        max(_times(told, Kind.DELIVERED), default=0),
        max(_times(told, Kind.DEFERRED), default=0),
        max(_times(told, Kind.BOUNCED), default=0),
        max(_times(told, Kind.NOT_SENT), default=0),
        min(map(_second, _human(told, Kind.OPENED)), default=0),
        min(map(_second, _human(told, Kind.CLICKED)), default=0),
        min(_times(told, Kind.UNSUBSCRIBED), default=0),
        min(_times(told, Kind.COMPLAINED), default=0),
        min(_times(told, Kind.REPLIED), default=0),
    )
    return next(filter(None, first_known), 0)


def _times(told: list[Event], kind: Kind) -> list[int]:
    return [_second(event) for event in told if event.kind is kind]


def _human(told: list[Event], kind: Kind) -> list[Event]:
    content = [e for e in told if e.kind is kind and (kind is not Kind.CLICKED or is_content_link(e.link or ""))]
    return [event for event in content if event.machine is None]


def _machine(told: list[Event], kind: Kind) -> list[Event]:
    return [event for event in told if event.kind is kind and event.machine is not None]


def _status(told: list[Event]) -> Counter[str]:
    opens, clicks = _human(told, Kind.OPENED), _human(told, Kind.CLICKED)
    machine_opens, machine_clicks = _machine(told, Kind.OPENED), _machine(told, Kind.CLICKED)
    status = Counter(
        open_events=len(opens),
        click_events=len(clicks),
        machine_open_events=len(machine_opens),
        machine_click_events=len(machine_clicks),
    )
    delivered, bounced = _times(told, Kind.DELIVERED), [e for e in told if e.kind is Kind.BOUNCED]
    later = (Kind.UNSUBSCRIBED, Kind.COMPLAINED, Kind.REPLIED)
    signs = opens or clicks or machine_opens or machine_clicks or any(event.kind in later for event in told)
    if bounced:
        last = max((_second(event), event.bounce is BounceType.HARD) for event in bounced)
        if not delivered or max(delivered) <= last[0]:
            return status + Counter({"sent": 1, "bounced_hard" if last[1] else "bounced_soft": 1})
    elif not delivered and not signs:
        if _times(told, Kind.DEFERRED):
            return status + Counter(sent=1, pending=1)
        if _times(told, Kind.NOT_SENT):
            return status + Counter(not_sent=1)
        return status + Counter(sent=1 if _times(told, Kind.SENT) else 0)
    status += Counter(sent=1, delivered=1)
    if opens or clicks:
        status["opened"] += 1
        looks = [event.duration_ms for event in opens if event.duration_ms]
        if looks:
            status["read" if max(looks) >= 8000 else "skimmed" if max(looks) >= 2000 else "glanced"] += 1
    elif machine_opens:
        status["machine_opened"] += 1
    if clicks:
        status["clicked"] += 1
    elif machine_clicks:
        status["machine_clicked"] += 1
    replied = _times(told, Kind.REPLIED)
    if left := _times(told, Kind.UNSUBSCRIBED):
        soon = bool(delivered) and 0 <= min(left) - max(delivered) <= 120
        status["unsubscribed_suspect" if soon and not (opens or clicks or replied) else "unsubscribed"] += 1
    status["complained"] += bool(_times(told, Kind.COMPLAINED))
    status["replied"] += bool(replied)
    return status


def _moments(table: dict[Any, dict[str, int]], email: str, told: list[Event], status: Counter[str]) -> None:
    opens, clicks = _human(told, Kind.OPENED), _human(told, Kind.CLICKED)
    counted = (("open", opens), ("click", clicks))
    machine = (("machine_open", _machine(told, Kind.OPENED)), ("machine_click", _machine(told, Kind.CLICKED)))
    for name, found in counted + machine:
        for event in found:
            table[email, _second(event) // 900][f"{name}_events"] += 1
    if status["opened"]:
        table[email, min(map(_second, opens + clicks)) // 900]["openers"] += 1
    if status["clicked"]:
        table[email, min(map(_second, clicks)) // 900]["clickers"] += 1


def _links(table: dict[Any, dict[str, int]], email: str, told: list[Event]) -> None:
    for url in {event.link for event in told if event.link}:
        clicks = [event for event in told if event.link == url]
        row = table[email, url]
        parts = Counter(event.part for event in clicks if event.machine is None)
        row["html_clicks"] += parts[Part.HTML]
        row["text_clicks"] += parts[Part.TEXT]
        row["untold_clicks"] += parts[None]
        row["machine_clicks"] += sum(event.machine is not None for event in clicks)
        row["people"] += bool(parts)
        row["html_people"] += Part.HTML in parts
        row["text_people"] += Part.TEXT in parts


def _clients(table: dict[Any, dict[str, int]], email: str, told: list[Event]) -> None:
    human = _human(told, Kind.OPENED) + _human(told, Kind.CLICKED)
    for pair in {(event.client, event.device) for event in human if event.client}:
        kinds = Counter(event.kind for event in human if (event.client, event.device) == pair)
        row = table[email, *pair]
        row["opens"] += kinds[Kind.OPENED]
        row["clicks"] += kinds[Kind.CLICKED]
        row["openers"] += Kind.OPENED in kinds
        row["clickers"] += Kind.CLICKED in kinds
