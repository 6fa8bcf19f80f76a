"""Why a file could not be made, as its person reads it."""

import errno
from secrets import token_hex

import structlog
from sqlalchemy.exc import OperationalError

from bot.access.rights import NotAllowed
from bot.answers import EmptyStore, OutOfReach, UnknownEmail, UnknownValue
from bot.drawing import DrawingError
from bot.exports.storage import StorageFault
from reports.compile import UnknownSection

_LOG = structlog.get_logger(__name__)
_KNOWN = (NotAllowed, EmptyStore, OutOfReach, UnknownEmail, UnknownValue, UnknownSection)
_FULL = {errno.ENOSPC, errno.EDQUOT}


def sentence(number: int, error: Exception) -> str:
    """What went wrong and what to do; what an operator has to look into is logged with a reference."""
    if isinstance(error, _KNOWN):
        return str(error)
    reference = token_hex(4)
    _LOG.error("a file could not be made", export=number, reference=reference, exc_info=error)
    return f"{_cause(error)} Reference {reference}."


def _cause(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error, StorageFault) else error
    if isinstance(cause, OSError) and cause.errno in _FULL:
        return "There is no room left where files are kept: your operator has to make some."
    match error:
        case StorageFault():
            return "It could not be kept: your operator has to look at the storage, exports.storage of the settings."
        case DrawingError():
            return "Its charts or pages could not be drawn. Try CSV or Excel, which need none."
        case OperationalError():
            return "The database could not be reached. Try again in a minute."
    return "Something went wrong that nobody foresaw. Try again, and if it stays, give your operator the reference."
