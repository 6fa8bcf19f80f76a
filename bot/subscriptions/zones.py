"""Finding a time zone by what somebody types of its name. Pure."""

import unicodedata
from functools import lru_cache
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process, utils

#: Folders of the database that are other spellings of what it has, or no place.
_LEFT_OUT = ("posix/", "right/", "SystemV/", "US/", "Etc/")
_LEAST = 60  # of 100: below it a name is like what was typed by chance alone


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """The zones that are offered: places, and UTC."""
    places = (name for name in available_timezones() if "/" in name and not name.startswith(_LEFT_OUT))
    return ("UTC", *sorted(places))


def zones_like(typed: str, most: int = 100) -> list[str]:
    """Zones for what was typed, the likeliest first; all, as far as there is room, for nothing typed."""
    letters = unicodedata.normalize("NFKD", typed).encode("ascii", "ignore").decode()  # São Paulo is Sao_Paulo there
    wanted = letters.strip().replace(" ", "_").casefold()
    if not wanted:
        return list(zone_names()[:most])
    inside = sorted(
        (name for name in zone_names() if wanted in name.casefold()),
        key=lambda name: not any(part.startswith(wanted) for part in name.casefold().split("/")),
    )
    near = process.extract(
        wanted, zone_names(), scorer=fuzz.WRatio, processor=utils.default_process, limit=10, score_cutoff=_LEAST
    )
    return list(dict.fromkeys([*inside, *(name for name, _score, _place in near)]))[:most]
