"""A file in the browser: asked for, followed to its end, and gone when its time is up."""

from playwright.async_api import expect

from tests.browser.conftest import OpenPage


async def test_a_file_is_asked_for_fetched_and_gone_after_a_week(visit: OpenPage) -> None:
    page = await visit("?in=direct")
    await page.locator("input[name=text]").fill("/emailstats export recipients newsletter-may csv")
    await page.keyboard.press("Enter")
    link = page.locator("a[href*='/d/']")
    await expect(link).to_have_text("newsletter-may-recipients.csv")
    url = await link.get_attribute("href")
    assert url is not None
    answer = await page.request.get(url)
    assert answer.status == 200
    assert answer.headers["content-disposition"].startswith('attachment; filename="newsletter-may-recipients.csv"')
    assert b"# About: newsletter-may" in await answer.body()
    await page.get_by_role("button", name="Forward by one week").click()
    await expect(page.get_by_text("is gone: its time was up")).to_be_visible()
    assert (await page.request.get(url)).status == 404
