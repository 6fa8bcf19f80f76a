"""Saving, sharing and reading on in a real browser, as a person presses and types it."""

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage


async def ask(page: Page, text: str) -> None:
    await page.get_by_label("Message #general").fill(text)
    await page.keyboard.press("Enter")


async def test_an_answer_is_saved_to_a_new_dashboard_shown_deleted_and_put_back(visit: OpenPage) -> None:
    page = await visit()
    await ask(page, "/emailstats overview last 90 days")
    await page.get_by_role("button", name="Save", exact=True).click()
    form = page.get_by_role("dialog")
    await form.get_by_label("Name", exact=True).fill("Groei")
    await form.get_by_label("Dashboard", exact=True).select_option("A new one")
    await form.get_by_label("Name of the dashboard").fill("Maandag")
    await form.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Saved: Groei, on the dashboard Maandag.")).to_be_visible()
    await ask(page, "/emailstats reports")
    await expect(page.get_by_text("1 report.")).to_be_visible()
    await page.get_by_label("More").click()
    await page.get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("Groei is deleted.")).to_be_visible()
    await page.get_by_role("button", name="Undo").click()
    await expect(page.get_by_text("Groei is as it was before.")).to_be_visible()
    await ask(page, "/emailstats dashboard maandag")
    await expect(page.get_by_text("Dashboard: Maandag, report 1 of 1: Groei")).to_be_visible()


async def test_what_anna_shares_is_read_by_mark_and_the_rest_is_not(visit: OpenPage) -> None:
    page = await visit()
    await ask(page, "/emailstats overview last 90 days")
    await page.get_by_role("button", name="Share in channel").click()
    await expect(page.get_by_text("Shared by")).to_be_visible()
    await page.get_by_role("link", name="Mark").click()
    await expect(page.get_by_text("Shared by @Anna")).to_be_visible()
    await expect(page.get_by_role("button", name="Share in channel")).to_have_count(0)


async def test_one_reads_on_in_the_same_message(visit: OpenPage) -> None:
    page = await visit()
    await ask(page, "/emailstats latest")
    await page.get_by_role("button", name="Next: Top clicked links").click()
    await expect(page.get_by_text("/emailstats links latest")).to_be_visible()
    await expect(page.get_by_role("button", name="Next: Click map")).to_have_count(1)
    await expect(page.get_by_role("button", name="Next: Top clicked links")).to_have_count(0)
