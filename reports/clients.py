"""From a user agent to the e-mail client and device that a person knows by name."""

import re
from functools import lru_cache
from typing import NamedTuple

from reports.events import Kind, MachineReason


class Client(NamedTuple):
    """`device` is "desktop", "mobile" or "tablet"; None is unknown."""

    name: str | None
    device: str | None


_LONGEST = 1_000  # characters; the agents that people have are a tenth of it, and longer ones cost more than they tell
_BARE_WEBKIT = r"AppleWebKit/[\d.+]+ \(KHTML, like Gecko\)( Mobile/\w+)?( \(\d+\))?$"
_ANDROID_APP = "Android app"
_HIDDEN = ""  # a proxy stands between: the device in the agent is the proxy's

#: Mail first, in this order: general parsers know few mail clients. None: the device is read off the rest of the agent.
_RULES: tuple[tuple[re.Pattern[str], str, str | None], ...] = tuple(
    (re.compile(pattern), name, device)
    for pattern, name, device in (
        (r"^Mozilla/5\.0$", "Apple Mail", _HIDDEN),
        (r"GoogleImageProxy|ggpht\.com|Edge/12\.246 Mozilla/5\.0$", "Gmail", _HIDDEN),
        (r"YahooMailProxy", "Yahoo Mail", _HIDDEN),
        (r"Outlook-iOS.*\.ipad", "Outlook", "tablet"),
        (r"Outlook-iOS|Outlook-Android", "Outlook", "mobile"),
        (r"Microsoft Outlook|MSOffice|ms-office|Outlook/", "Outlook", "desktop"),
        (r"MSIE .*(Trident|Windows).*Office", "Outlook", "desktop"),
        (r"Thunderbird", "Thunderbird", None),
        (r"Airmail", "Airmail", None),
        (r"SamsungEmail|Samsung Email", "Samsung Mail", "mobile"),
        (r"Lotus-Notes|HCL[ -]Notes", "HCL Notes", "desktop"),
        # Apple Mail says no more than its engine; browsers and other apps on Apple's devices go on to name themselves.
        (rf"(iPad|iPhone|iPod touch|Macintosh);.*{_BARE_WEBKIT}", "Apple Mail", None),
        (r"Android.*; wv\)", _ANDROID_APP, None),
    )
)
#: What the general parser calls a browser that is part of an app, and what people would call that.
_APPS = {"Mobile Safari UI/WKWebView": "iOS app", "Chrome Mobile WebView": _ANDROID_APP}


def client_of(user_agent: str | None) -> Client:
    """Our rules for mail first, then ua-parser's names of browsers."""
    return _client_of(user_agent[:_LONGEST]) if user_agent else Client(None, None)


@lru_cache(maxsize=20_000)
def _client_of(user_agent: str) -> Client:
    for pattern, name, device in _RULES:
        if pattern.search(user_agent):
            return Client(name, _device(user_agent) if device is None else device or None)
    from ua_parser import parse_user_agent  # noqa: PLC0415 - builds its tables, 50 ms that few commands need

    parsed = parse_user_agent(user_agent)
    return Client(_APPS.get(parsed.family, parsed.family) if parsed else None, _device(user_agent))


def _device(user_agent: str) -> str | None:
    if re.search(r"iPad|Tablet|Android(?!.*Mobile)", user_agent):
        return "tablet"
    if re.search(r"iPhone|iPod|Mobile|Android", user_agent):
        return "mobile"
    if re.search(r"Windows|Macintosh|X11|Linux|CrOS", user_agent):
        return "desktop"
    return None


def machine_verdict(kind: Kind, user_agent: str | None, marked: bool) -> MachineReason | None:
    """Why an open or click is a machine's, or None: a person's. `marked` is the provider's own verdict.

    A bare "Mozilla/5.0" is what Apple's privacy proxy calls itself when it loads pictures.
    """
    if kind not in (Kind.OPENED, Kind.CLICKED):
        return None
    if kind is Kind.OPENED and user_agent == "Mozilla/5.0":
        return MachineReason.APPLE_PRIVACY
    if kind is Kind.OPENED and user_agent and user_agent.endswith("Edge/12.246 Mozilla/5.0"):
        return MachineReason.PREFETCH  # Gmail's, seconds after sending
    return MachineReason.PROVIDER if marked else None
