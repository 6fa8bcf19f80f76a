"""User agents, as mail programs, proxies and machines send them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.clients import Client, client_of, machine_verdict
from reports.events import Kind, MachineReason

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X)"
ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-S901B"
ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/112.0.0.0 Mobile Safari/537.36"
GMAIL_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
GMAIL_PREFETCH = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
    " Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "name", "device"),
    [
        # Apple Mail, which names its engine and nothing after
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT}", "Apple Mail", "desktop"),
        (f"Mozilla/5.0 (Macintosh; U; PPC Mac OS X 10_5_8; en-us) {WEBKIT} (140318280468480)", "Apple Mail", "desktop"),
        (f"{IPHONE} {WEBKIT} Mobile/15E148", "Apple Mail", "mobile"),
        (f"{IPHONE} {WEBKIT}", "Apple Mail", "mobile"),
        (f"{IPHONE} {WEBKIT} Mobile/14E304 (140318280468480)", "Apple Mail", "mobile"),
        (f"Mozilla/5.0 (iPod touch; CPU iPhone OS 12_0 like Mac OS X) {WEBKIT} Mobile/15A", "Apple Mail", "mobile"),
        (f"Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) {WEBKIT} Mobile/15E148", "Apple Mail", "tablet"),
        # browsers and apps on Apple's devices
        (f"{IPHONE} {WEBKIT} Version/16.6 Mobile/15E148 Safari/604.1", "Mobile Safari", "mobile"),
        (f"{IPHONE} {WEBKIT} CriOS/120.0.6099.50 Mobile/15E148 Safari/604.1", "Chrome Mobile iOS", "mobile"),
        (f"{IPHONE} {WEBKIT} FxiOS/120.0 Mobile/15E148 Safari/605.1.15", "Firefox iOS", "mobile"),
        (f"{IPHONE} {WEBKIT} EdgiOS/120.0 Mobile/15E148 Safari/605.1.15", "Edge Mobile", "mobile"),
        (f"{IPHONE} {WEBKIT} Mobile/15E148 SomeShop/3.2", "iOS app", "mobile"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/17.0 Safari/605.1.15", "Safari", "desktop"),
        # Outlook
        ("Microsoft Outlook 16.0", "Outlook", "desktop"),
        ("Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.4266; Pro)", "Outlook", "desktop"),
        ("Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; Microsoft Outlook 16.0.5)", "Outlook", "desktop"),
        ("Mozilla/4.0 (compatible; ms-office; MSOffice 16)", "Outlook", "desktop"),
        (f"{CHROME} Edg/120.0.0.0 OneOutlook/1.2023.1214.300", "Outlook", "desktop"),
        ("MacOutlook/16.78.23100802 (Intelx64 Mac OS X Version 14.0)", "Outlook", "desktop"),
        ("Microsoft-MacOutlook/10.3.0.180616", "Outlook", "desktop"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} MacOutlook/16.60.22041000", "Outlook", "desktop"),
        ("Outlook-iOS/709.2226530.prod.iphone (3.24.1)", "Outlook", "mobile"),
        ("Outlook-iOS/709.2226530.prod.ipad (3.24.1)", "Outlook", "tablet"),
        ("Outlook-Android/2.0", "Outlook", "mobile"),
        # other mail programs
        ("Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Thunderbird/102.1", "Thunderbird", "desktop"),
        ("Mozilla/5.0 (Android 13; Mobile; rv:128.0) Gecko/128.0 Thunderbird/8.0", "Thunderbird", "mobile"),
        ("Airmail 3.6.70 rv:603 (Macintosh; Mac OS X 10.14; en_US)", "Airmail", "desktop"),
        ("Airmail/2.1 (iPhone; iOS 16.0)", "Airmail", "mobile"),
        (f"{ANDROID}; wv) {ENGINE} SamsungEmail/6.1.31.2", "Samsung Mail", "mobile"),
        ("Samsung Email 6.1.11.6", "Samsung Mail", "mobile"),
        ("Mozilla/4.0 (compatible; Lotus-Notes/6.0; Windows-NT)", "HCL Notes", "desktop"),
        ("HCL Notes 12.0", "HCL Notes", "desktop"),
        # apps and browsers elsewhere
        (f"{ANDROID}; wv) {ENGINE}", "Android app", "mobile"),
        (f"{ANDROID}; wv) {ENGINE.replace(' Mobile', '')}", "Android app", "tablet"),
        (f"{ANDROID}) {ENGINE.replace('Version/4.0 ', '')}", "Chrome Mobile", "mobile"),
        # Safe Links of old called itself this; by its name alone nobody can be told from it
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)", "IE", "desktop"),
        (CHROME, "Chrome", "desktop"),
    ],
)
def test_programs_are_named_as_people_know_them(agent: str, name: str, device: str) -> None:
    assert client_of(agent) == Client(name, device)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (GMAIL_PROXY, "Gmail"),
        (GMAIL_PREFETCH, "Gmail"),
        ("YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html", "Yahoo Mail"),
        ("Mozilla/5.0", "Apple Mail"),
    ],
)
def test_a_proxy_tells_the_program_and_hides_the_device(agent: str, name: str) -> None:
    assert client_of(agent) == Client(name, None)


@pytest.mark.parametrize("agent", [None, "", "bXpUTzb+PMqPwL4b55mHLw==", "\0", "🦊"])
def test_what_tells_nothing_is_unknown(agent: str | None) -> None:
    assert client_of(agent) == Client(None, None)


@pytest.mark.parametrize(
    "piece",
    ["iPad;", "Macintosh;", "iPhone; AppleWebKit ", "AppleWebKit/1 (KHTML, like Gecko)", "MSIE Windows ", "Android "],
)
def test_an_agent_made_to_be_slow_is_not(piece: str) -> None:
    start = time.process_time()
    client_of(piece * 200_000)
    assert time.process_time() - start < 1


@given(st.text(max_size=100))
def test_any_text_is_a_client_or_unknown(agent: str) -> None:
    assert client_of(agent).device in {"desktop", "mobile", "tablet", None}


@pytest.mark.parametrize(
    ("kind", "agent", "marked", "verdict"),
    [
        (Kind.OPENED, CHROME, False, None),
        (Kind.OPENED, None, False, None),
        (Kind.OPENED, CHROME, True, MachineReason.PROVIDER),
        (Kind.CLICKED, CHROME, True, MachineReason.PROVIDER),
        (Kind.OPENED, "Mozilla/5.0", False, MachineReason.APPLE_PRIVACY),
        (Kind.OPENED, "Mozilla/5.0", True, MachineReason.APPLE_PRIVACY),
        (Kind.OPENED, "Mozilla/5.0 ", False, None),
        (Kind.CLICKED, "Mozilla/5.0", False, None),
        (Kind.OPENED, GMAIL_PREFETCH, False, MachineReason.PREFETCH),
        (Kind.OPENED, GMAIL_PROXY, False, None),  # a person looked: Google only fetched the picture for them
        (Kind.DELIVERED, "Mozilla/5.0", True, None),
        (Kind.UNSUBSCRIBED, CHROME, True, None),
    ],
)
def test_a_machine_is_told_by_its_mark_or_by_an_exact_agent(
    kind: Kind, agent: str | None, marked: bool, verdict: MachineReason | None
) -> None:
    assert machine_verdict(kind, agent, marked) is verdict
