"""Structured logs without personal data: whatever looks like an address or a token is masked before it is written."""

import logging
import re
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from bot.settings import Log

_MASKS = (
    # Slack's tokens, and the random part of a response URL or an upload URL.
    (re.compile(r"\b(?:xox[a-z]|xapp|xwfp)[-.][\w.-]+"), "[token]"),
    (re.compile(r"(https?://(?:hooks|files)\.slack\.com)/\S+"), r"\1/[masked]"),
    # HubSpot's tokens and Mailchimp's keys.
    (re.compile(r"\bpat-[a-z0-9]+-[0-9a-f-]{8,}|\b[0-9a-f]{32}-[a-z]{2}\d+\b"), "[token]"),
    # A password in a database's URL.
    (re.compile(r"(\w://[^\s:/@]*):[^\s@/]+@"), r"\1:[masked]@"),
    (re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+"), "[address]"),
)

#: SQLAlchemy tells every statement with its values at "info", and the others whole requests at "debug".
_AT_LEAST = {
    "sqlalchemy": logging.WARNING,
    "slack_bolt": logging.INFO,
    "slack_sdk": logging.INFO,
    "aiohttp": logging.INFO,
    "asyncio": logging.INFO,
    "apscheduler": logging.WARNING,  # "info" tells that each job ran, with all that it was given
}


def masked(text: str) -> str:
    """The text without addresses and tokens."""
    for pattern, instead in _MASKS:
        text = pattern.sub(instead, text)
    return text


def configure(settings: Log, stream: TextIO | None = None) -> None:
    """Send structlog's and the standard library's logs through one door, to `stream` (standard error by default)."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
    ]
    end: list[Processor] = [structlog.processors.JSONRenderer()]
    if settings.format == "text":
        end = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _mask,
                *end,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], name != "uvicorn.access"  # paths of requests carry secrets
    # At a lower level these write what is in requests and statements: names, subjects and addresses.
    for name, level in _AT_LEAST.items():
        logging.getLogger(name).setLevel(max(level, root.level))


def _mask(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)  # uvicorn's, the same words again
    return {key: _masked_value(value) for key, value in event.items()}


def _masked_value(value: object) -> object:
    if isinstance(value, bool | int | float) or value is None:
        return value
    if isinstance(value, list | tuple):
        return [_masked_value(item) for item in value]
    if isinstance(value, dict):
        return {masked(str(key)): _masked_value(item) for key, item in value.items()}
    return masked(str(value))
