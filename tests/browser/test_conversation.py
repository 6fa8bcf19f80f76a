"""Mentions, threads and direct messages in a real browser."""

import re

from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage


async def say(page: Page, text: str) -> None:
    field = page.get_by_label(re.compile("^Message "))
    await field.fill(text)
    await page.keyboard.press("Enter")


async def test_a_mention_is_answered_in_a_thread_that_others_read_and_goes_on_there(visit: OpenPage) -> None:
    page = await visit()
    await say(page, "@emailstats latest last 7 days")
    thread = page.get_by_label("Thread")
    await expect(thread.get_by_text("/emailstats latest last 7 days")).to_be_visible()
    await expect(thread.locator("img")).to_have_count(1)
    await page.get_by_role("button", name="Reply in thread").click()
    await say(page, "@emailstats and by list?")
    await expect(thread.get_by_text("/emailstats lists latest last 7 days")).to_be_visible()
    await page.get_by_role("link", name="Mark").click()
    await expect(page.get_by_label("Thread").get_by_text("/emailstats lists latest last 7 days")).to_be_visible()


async def test_what_is_written_to_the_app_is_answered_there_and_nowhere_else(visit: OpenPage) -> None:
    page = await visit("?in=direct")
    await say(page, "latest")
    await expect(page.get_by_label("Thread").get_by_text("/emailstats latest")).to_be_visible()
    await page.get_by_role("link", name="Mark").click()
    await expect(page.get_by_text("/emailstats latest")).to_have_count(0)


async def test_what_slack_does_not_do_in_threads_is_said(visit: OpenPage) -> None:
    page = await visit()
    await say(page, "@emailstats help")
    await page.get_by_role("button", name="Reply in thread").click()
    await say(page, "/emailstats latest")
    await expect(page.get_by_text("/emailstats is not supported in threads.")).to_be_visible()
