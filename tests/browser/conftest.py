"""The demo as a person has it: the real service, the stand-in of Slack, and a real browser before its page.

The browser is the system's Chromium. Where there is none these tests are skipped, except in CI (CI=true), where they
fail.
"""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import ConsoleMessage, Page, async_playwright, expect
from rich.console import Console

from bot.demo_run import Stage, fill, staged
from bot.sandbox.clock import Clock

expect.set_options(timeout=60_000)  # nothing is timed here; a machine may be busy
#: A Friday; sample data that ends then is always the same.
FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class StillClock(Clock):
    """Moved by hand alone: on a busy machine no trigger of Slack's is too old because of it."""

    def now(self) -> datetime:
        return self.at


OpenPage = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the system's browser is."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("CI needs Chromium: .ci/run installs it")
    return found or pytest.skip("Chromium is not installed: apt-get install chromium")


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file of sample data that each test's own is copied from."""
    folder = tmp_path_factory.mktemp("sample")
    fill(f"sqlite:///{folder / 'demo.db'}", folder, Console(file=StringIO()), FRIDAY, emails=12, events=6_000)
    return folder / "demo.db"


@pytest.fixture
async def stage(chromium: str, sample: Path, tmp_path: Path) -> AsyncIterator[Stage]:
    """The demo, started on its sample data."""
    store = Path(shutil.copy(sample, tmp_path / "demo.db"))
    async with staged(store, StillClock(FRIDAY)) as opened:
        yield opened


@pytest.fixture
async def visit(chromium: str, stage: Stage) -> AsyncIterator[OpenPage]:
    """Opens the demo in a browser: `await visit("?as=…", color_scheme="dark")`.

    A fault in its console is a failure, unless it begins with what the test has said it is `expecting`.
    """
    faults: list[str] = []
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        # root, as in a container, has no sandbox; what is shown is our own
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        stack.push_async_callback(browser.close)

        async def opened(path: str = "", *, expecting: str | None = None, **options: Any) -> Page:
            context = await browser.new_context(**options)
            page = await context.new_page()
            page.on("pageerror", lambda error: faults.append(str(error)))

            def told(message: ConsoleMessage) -> None:
                if message.type == "error" and not (expecting and message.text.startswith(expecting)):
                    faults.append(message.text)

            page.on("console", told)
            await page.goto(stage.address + path)
            return page

        yield opened
    assert faults == []
