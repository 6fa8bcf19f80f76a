"""The whole of it in a browser: a report saved, subscribed to, sent when its time has come, read, and left."""

import asyncio
from pathlib import Path

from playwright.async_api import Page, expect

from bot.demo_run import Stage
from tests.browser.conftest import OpenPage


async def save(page: Page, command: str, name: str) -> None:
    """Ask, and keep what was asked under a name."""
    await page.get_by_label("Message #general").fill(command)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Save", exact=True).click()
    form = page.get_by_role("dialog", name="Form")
    await form.get_by_label("Name").fill(name)
    await form.get_by_role("button", name="Save", exact=True).click()
    await expect(page.get_by_role("log")).to_contain_text(f"Saved: {name}")


async def subscribe(page: Page, command: str, address: str) -> None:
    """Have it sent to a mail address beside the channel in which it is said."""
    await page.get_by_label("Message #general").fill(command)
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Form")
    await expect(form).to_contain_text("ma 23 nov 2026 09:00 CET")  # the next of five, on Anna's clock and in Dutch
    await form.get_by_label("Mail addresses").fill(address)
    await form.get_by_role("button", name="Subscribe", exact=True).click()
    await expect(form).to_be_hidden()


async def test_a_report_is_saved_subscribed_to_and_arrives_when_the_clock_is_moved(
    stage: Stage, visit: OpenPage
) -> None:
    page = await visit()
    await save(page, "/emailstats overview last 7 days", "Monday figures")
    await subscribe(page, "/emailstats subscribe report Monday figures weekly on Monday at 09:00", "ann@example.com")
    await page.get_by_role("button", name="Forward by one week").click()
    await page.get_by_role("link", name="Mail 1").click(timeout=60_000)
    await page.get_by_role("link", name="Monday figures").click()
    letter = page.frame_locator("iframe[title='The mail as it looks']")
    await expect(letter.get_by_role("heading", name="Monday figures")).to_be_visible()
    await expect(letter.locator("body")).to_contain_text("Open rate")

    async with page.expect_popup() as opening:
        await letter.get_by_role("link", name="Unsubscribe").click()
    leaving = await opening.value
    await leaving.get_by_role("button", name="Stop sending it").click()
    await expect(leaving.locator("body")).to_contain_text("no longer")

    await page.get_by_role("link", name="general").click()
    await expect(page.get_by_role("log")).to_contain_text("/emailstats subscriptions changes or ends this.")
    await page.get_by_role("button", name="Forward by one week").click()
    messages = page.get_by_text("/emailstats subscriptions changes or ends this.")
    await expect(messages).to_have_count(2, timeout=60_000)  # the channel gets the next; the address has left
    assert [mail.recipients for mail in stage.mail.mailbox.mails] == [("ann@example.com",)]


async def test_a_file_is_asked_for_and_fetched_by_the_link_in_its_mail(visit: OpenPage) -> None:
    page = await visit()
    await page.get_by_label("Message #general").fill("/emailstats export")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Form")
    await form.get_by_label("What", exact=True).fill("links newsletter-may")
    await form.get_by_label("Mail addresses").fill("ann@example.com")
    await form.get_by_role("button", name="Make the file").click()
    await expect(form).to_be_hidden()
    await page.get_by_role("link", name="Mail 1").click()
    await page.locator(".mails a").click()
    letter = page.frame_locator("iframe[title='The mail as it looks']")
    link = await letter.get_by_role("link").first.get_attribute("href")
    assert link
    async with page.expect_download() as saving:
        await page.evaluate("link => { location.href = link }", link)
    file = await saving.value
    assert file.suggested_filename.startswith("newsletter-may")
    assert await asyncio.to_thread(Path(await file.path()).read_bytes)


async def test_a_link_that_is_posted_says_what_the_file_is_about(visit: OpenPage) -> None:
    page = await visit()
    await page.get_by_label("Message #general").fill("/emailstats export links newsletter-may csv")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="emailstats App").click()
    link = page.get_by_role("log").locator("a[href*='/d/']").first
    await expect(link).to_be_visible(timeout=60_000)
    address = await link.get_attribute("href")
    await page.get_by_role("link", name="general").click()
    await page.get_by_label("Message #general").fill(f"Have a look: {address}")
    await page.keyboard.press("Enter")
    await expect(page.locator(".unfurl")).to_contain_text("links newsletter-may")
    await expect(page.get_by_role("log")).to_contain_text("Have a look: http")
