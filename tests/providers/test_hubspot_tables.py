"""HubSpot's tables of events, as a warehouse holds them."""

import csv
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.hubspot_tables import CAMPAIGN_FILE, COLUMNS, DETAIL_FILES, Details, email, event
from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason

ROW = {
    "id": "0e442bf1",
    "created": "2020-03-16 19:03:20.357",
    "email_campaign_id": "2",
    "obsoleted_by_id": "",
    "type": "OPEN",
    "filtered_event": "false",
    "recipient": "o2wjpPyUfzBfq9OSt9I2NQ==",
}
OPENED = Event(
    kind=Kind.OPENED,
    at=datetime(2020, 3, 16, 19, 3, 20, 357_000, UTC),
    email="2",
    contact="o2wjpPyUfzBfq9OSt9I2NQ==",
    provider="hubspot",
    key="0e442bf1",
)
NONE = Details()


def one(details: Details = NONE, **cells: str) -> Event:
    found = event(ROW | cells, details)
    assert found
    return found


def test_a_row_is_an_event_in_utc_of_a_contact_that_may_be_hashed() -> None:
    assert event(ROW, NONE) == OPENED


@pytest.mark.parametrize(
    "created", ["2020-03-16 19:03:20.357 UTC", "2020-03-16T19:03:20.357Z", "2020-03-16 20:03:20.357+01"]
)
def test_warehouses_write_one_time_in_several_ways(created: str) -> None:
    assert one(created=created) == OPENED


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("SENT", Kind.SENT),
        ("DELIVERED", Kind.DELIVERED),
        ("DEFERRED", Kind.DEFERRED),
        ("BOUNCE", Kind.BOUNCED),
        ("DROPPED", Kind.NOT_SENT),
        ("OPEN", Kind.OPENED),
        ("CLICK", Kind.CLICKED),
        ("SPAMREPORT", Kind.COMPLAINED),
    ],
)
def test_each_type_that_is_counted(said: str, kind: Kind) -> None:
    assert one(type=said).kind is kind


@pytest.mark.parametrize("said", ["PRINT", "FORWARD", "PROCESSED", "UNBOUNCE", "SUPPRESSED", "SOMETHING_NEW"])
def test_other_types_are_of_no_use_even_without_a_recipient(said: str) -> None:
    assert event(ROW | {"type": said, "recipient": ""}, NONE) is None


def test_a_row_that_a_later_one_replaced_is_not_counted_again() -> None:
    assert event(ROW | {"obsoleted_by_id": "7"}, NONE) is None


@pytest.mark.parametrize("flag", ["true", "TRUE", "t", "1"])
def test_a_filtered_event_is_a_machine_s_open_or_click_and_nothing_else(flag: str) -> None:
    assert one(filtered_event=flag).machine is MachineReason.PROVIDER
    assert one(filtered_event=flag, type="CLICK").machine is MachineReason.PROVIDER
    assert one(filtered_event=flag, type="DELIVERED").machine is None


def test_details_of_an_event_stand_in_the_other_tables() -> None:
    details = Details(
        bounces={"0e442bf1": {"category": "UNKNOWN_USER", "response": "550 no such user"}},
        drops={"0e442bf1": {"drop_reason": "PREVIOUSLY_UNSUBSCRIBED_PORTAL", "drop_message": "left"}},
        opens={"0e442bf1": {"duration": "27004", "user_agent": "Mozilla/5.0"}},
        clicks={"0e442bf1": {"url": "https://example.org"}},
    )
    bounced, dropped = one(details, type="BOUNCE"), one(details, type="DROPPED")
    assert (bounced.bounce, bounced.reply) == (BounceType.HARD, "550 no such user")
    assert dropped.reason is NotSentReason.PREVIOUSLY_UNSUBSCRIBED
    assert (one(details).duration_ms, one(details).machine) == (27_004, MachineReason.APPLE_PRIVACY)
    assert one(details, type="CLICK").link == "https://example.org"


@pytest.mark.parametrize("category", ["POLICY", "FILTERED", "DMARC", "MAILBOX_MISCONFIGURATION", "MAILBOX_FULL", ""])
def test_a_bounce_that_integrations_disagree_on_is_soft_unless_told_otherwise(category: str) -> None:
    details = Details(bounces={"0e442bf1": {"category": category}})
    told = event(ROW | {"type": "BOUNCE"}, details, hard={category})
    assert one(details, type="BOUNCE").bounce is BounceType.SOFT
    assert told
    assert told.bounce is BounceType.HARD


def test_a_drop_without_a_message_keeps_its_reason_s_own_word() -> None:
    dropped = one(Details(drops={"0e442bf1": {"drop_reason": "MTA_IGNORE", "drop_message": ""}}), type="DROPPED")
    assert (dropped.reason, dropped.reply) == (NotSentReason.OTHER, "MTA_IGNORE")


@pytest.mark.parametrize(
    ("status", "kind"), [("UNSUBSCRIBED", Kind.UNSUBSCRIBED), ("SUBSCRIBED", None), ("", None), (None, None)]
)
def test_of_changes_of_status_leaving_alone_counts(status: str | None, kind: Kind | None) -> None:
    changes = {} if status is None else {"0e442bf1": {"portal_subscription_status": status}}
    found = event(ROW | {"type": "STATUSCHANGE"}, Details(changes=changes))
    assert (found.kind if found else None) is kind


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"recipient": ""}, "recipient: empty"),
        ({"email_campaign_id": ""}, "email_campaign_id: empty"),
        ({"id": ""}, "id: empty"),
        ({"created": "yesterday"}, "created: 'yesterday' is not a time"),
        ({"recipient": "a\0b"}, "contact: has a NUL character in it"),
        ({"created": "9999-12-31 23:59:59-14:00"}, "at: not between the years 1970 and 2999"),
        ({"created": "0001-01-01 00:00:00+14:00"}, "at: not between the years 1970 and 2999"),
        ({"email_campaign_id": "2" * 301}, "email: longer than 300 characters"),
    ],
)
def test_a_row_that_makes_no_sense_is_refused_in_words(cells: dict[str, str], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        event(ROW | cells, NONE)


@pytest.mark.parametrize("duration", ["", "-5", "²", "12.5", "9" * 400])
def test_a_duration_that_is_no_number_is_unknown(duration: str) -> None:
    assert one(Details(opens={"0e442bf1": {"duration": duration}})).duration_ms is None


def test_a_campaign_describes_an_e_mail_and_a_row_without_id_nothing() -> None:
    row = {"id": "2", "name": "May", "subject": "", "type": "BATCH_EMAIL"}
    assert email(row) == Email(id="2", provider="hubspot", name="May", type="BATCH_EMAIL")
    assert email(row | {"id": ""}) is None
    assert email({"name": "May"}) is None


@given(st.dictionaries(st.sampled_from(sorted(ROW)), st.text(max_size=30)))
def test_a_row_of_any_cells_is_read_or_refused(cells: dict[str, str]) -> None:
    with suppress(ValueError):
        event(ROW | cells, NONE)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_the_real_tables_are_read_to_the_last_row(shared_data: Path) -> None:
    folder = shared_data / "datasets" / "hubspot_tables"
    table = rows(folder / "email_event_data.csv")
    events = [event(row, NONE) for row in table]
    counted = Counter(found.kind if found else None for found in events)
    assert table[0].keys() >= COLUMNS
    # The three of no use are PROCESSED.
    assert counted == {Kind.OPENED: 90, Kind.SENT: 4, Kind.DELIVERED: 3, None: 3}
    assert all(email(row) for row in rows(folder / CAMPAIGN_FILE))


@pytest.mark.parametrize("name", sorted(DETAIL_FILES.values()))
def test_the_real_tables_of_details_have_the_id_that_joins_them(name: str, shared_data: Path) -> None:
    assert all(row["id"] for row in rows(shared_data / "datasets" / "hubspot_tables" / name))
