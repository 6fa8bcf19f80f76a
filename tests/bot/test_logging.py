"""Logs are one JSON object a line, and hold neither addresses nor tokens nor what is in a statement."""

import json
import logging
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog

from bot.logging import configure, masked
from bot.settings import Log


@pytest.fixture
def stream() -> Iterator[StringIO]:
    """Where logs go during a test; what logging was before is put back."""
    root = logging.getLogger()
    before = root.handlers, root.level
    configure(Log(), stream := StringIO())
    yield stream
    root.handlers, root.level = before
    structlog.reset_defaults()


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("bounced: ann.o'brien+news@mail.example.com", "bounced: [address]"),
        ("token xoxb-1-2-abc refused", "token [token] refused"),
        ("xapp-1-A-2-b and xoxe.xoxb-1-z", "[token] and [token]"),
        ("postgresql://me:sesame@db.example.com/x", "postgresql://me:[masked]@db.example.com/x"),
        ("https://hooks.slack.com/commands/T1/2/abc", "https://hooks.slack.com/[masked]"),
        ("newsletter-may answered in 18 ms", "newsletter-may answered in 18 ms"),
    ],
)
def test_what_looks_like_an_address_or_a_token_is_masked(text: str, safe: str) -> None:
    assert masked(text) == safe


def test_both_kinds_of_logger_write_the_same_masked_lines(stream: StringIO) -> None:
    structlog.get_logger("ours").warning(
        "refused", contact="ann@example.com", tries=2, more={"to": ["bob@example.com"]}
    )
    logging.getLogger("theirs").warning("refused %s", "ann@example.com")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["contact"], ours["tries"], ours["more"]) == (
        "refused",
        "[address]",
        2,
        {"to": ["[address]"]},
    )
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("refused [address]", "theirs", "warning")


def test_a_traceback_is_masked_too(stream: StringIO) -> None:
    try:
        raise ValueError("ann@example.com is not xoxb-1-2-abc")
    except ValueError:
        structlog.get_logger("ours").exception("failed")
    (line,) = lines(stream)
    assert "ValueError: [address] is not [token]" in line["exception"]


@pytest.mark.parametrize("level", ["debug", "info"])
def test_no_level_shows_statements_or_requests(stream: StringIO, level: str) -> None:
    configure(Log(level=level), stream)  # type: ignore[arg-type]
    logging.getLogger("sqlalchemy.engine.Engine").info("INSERT INTO contacts")
    logging.getLogger("slack_sdk.web.async_client").debug("body")
    logging.getLogger("slack_bolt.AsyncApp").debug("body")
    logging.getLogger("uvicorn.access").info("GET /slack/events")
    assert stream.getvalue() == ""


def test_less_serious_events_than_the_level_are_left_out(stream: StringIO) -> None:
    configure(Log(level="warning"), stream)
    structlog.get_logger("ours").info("ready")
    logging.getLogger("theirs").info("ready")
    assert stream.getvalue() == ""
