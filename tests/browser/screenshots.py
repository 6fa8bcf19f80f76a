"""Pictures of the sandbox's main screens, for the README and the documentation: `make screenshots`."""

import asyncio
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright, expect
from rich.console import Console

from bot.demo_run import Stage, fill, staged
from bot.sandbox.clock import Clock

_FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_PATIENCE = 60_000  # milliseconds
_DESK = {"width": 1200, "height": 800}


async def _ask(page: Page, command: str) -> None:
    await page.get_by_label("Message #general").fill(command)
    await page.keyboard.press("Enter")


async def _answer(page: Page, folder: Path) -> None:
    """A command with its answer, from its heading on."""
    await _ask(page, "/emailstats newsletter-may")
    chart = page.get_by_role("log").get_by_role("img").first
    await chart.wait_for(timeout=_PATIENCE)
    await chart.evaluate("image => image.decode()")
    await page.evaluate("document.getElementById('messages').scrollTop = 0")
    await page.screenshot(path=folder / "sandbox-answer.png")


async def _digest(page: Page, folder: Path) -> None:
    """A form, and the mail that comes of it when the clock is moved."""
    await _ask(page, "/emailstats subscribe overview weekly on Monday at 09:00")
    form = page.get_by_role("dialog", name="Form")
    await expect(form).to_contain_text("ma 23 nov 2026", timeout=_PATIENCE)
    await form.get_by_label("Name").fill("Monday figures")
    await form.get_by_label("Mail addresses").fill("ann@example.com")
    await page.screenshot(path=folder / "sandbox-subscribe.png")
    await form.get_by_role("button", name="Subscribe", exact=True).click()
    await expect(form).to_be_hidden(timeout=_PATIENCE)
    await page.get_by_role("button", name="Forward by one week").click()
    await page.get_by_role("link", name="Mail 1").click(timeout=_PATIENCE)
    await page.get_by_role("link", name="Monday figures").click()
    await page.frame_locator("iframe").get_by_role("heading", name="Monday figures").wait_for(timeout=_PATIENCE)
    await page.screenshot(path=folder / "sandbox-mail.png")


async def _webhooks(page: Page, folder: Path) -> None:
    await page.get_by_role("link", name="Webhooks").click()
    for happening, figure in (("delivered", "Delivery rate"), ("opened", "Open rate")):
        await page.get_by_label("What happened").select_option(happening)
        await page.get_by_role("button", name="Fire the event").click()
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=figure, exact=True))
        await expect(row).to_contain_text("1 of 1", timeout=_PATIENCE)
    await page.screenshot(path=folder / "sandbox-webhooks.png")


async def _dark(browser: Browser, stage: Stage, folder: Path) -> None:
    page = await browser.new_page(viewport=_DESK, color_scheme="dark")
    await page.goto(f"{stage.address}?as=U0LENA00000")
    await _ask(page, "/emailstats clients newsletter-may")
    await page.get_by_role("log").get_by_text("Ask again").last.wait_for(timeout=_PATIENCE)
    await page.screenshot(path=folder / "sandbox-dark.png")


async def main(folder: Path) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("Chromium is not installed: apt-get install chromium")
    with tempfile.TemporaryDirectory() as place:
        store = Path(place) / "demo.db"
        fill(f"sqlite:///{store}", Path(place), Console(), _FRIDAY, emails=12, events=60_000)
        async with staged(store, Clock(_FRIDAY)) as stage, async_playwright() as playwright:
            arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = await playwright.chromium.launch(executable_path=chromium, args=arguments)
            page = await browser.new_page(viewport=_DESK)
            await page.goto(stage.address)
            await _answer(page, folder)
            await _digest(page, folder)
            await _webhooks(page, folder)
            await _dark(browser, stage, folder)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path("docs/images")))
