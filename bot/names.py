"""Names from outside as names of files."""

import re

from reports.text import plain

_MOST = 80


def file_name(name: str, otherwise: str) -> str:
    """Letters, digits, points and dashes, none of the last two at an end; `otherwise` where nothing is left."""
    return re.sub(r"[^\w.-]+", "-", plain(name))[:_MOST].strip("-.") or otherwise
