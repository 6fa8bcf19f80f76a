"""Read and used by everybody: roles and names, contrast in both schemes, 400 % zoom."""

from typing import Literal

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_mail import FAINT

PLACES = ("?in=general", "?in=direct", "?in=home", "mail", "webhooks")
#: What a screen reader could not name, and identifiers that are there twice.
UNNAMED = """() => {
  const named = element => element.getAttribute("aria-label") || element.labels?.length || element.textContent.trim()
    || element.alt || element.title || (element.getAttribute("aria-labelledby") ?? "");
  const found = [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, img, iframe")]
    .filter(element => element.checkVisibility() && !named(element)).map(element => element.outerHTML.slice(0, 80));
  const ids = [...document.querySelectorAll("[id]")].map(element => element.id);
  return [...found, ...ids.filter((id, place) => ids.indexOf(id) !== place)];
}"""


async def answered(page: Page) -> None:
    await page.get_by_label("Message #general").fill("/emailstats newsleter-may")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="newsletter-may", exact=True)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_place_can_be_read_and_everything_in_it_has_a_name(
    visit: OpenPage, scheme: Literal["light", "dark"]
) -> None:
    page = await visit(color_scheme=scheme)
    await answered(page)
    for place in PLACES:
        await page.goto(page.url.split("?")[0].rsplit("/", 1)[0] + "/" + place)
        await expect(page.get_by_role("navigation", name="Workspace")).to_be_visible()
        await expect(page.get_by_role("main")).to_be_visible()
        assert await page.evaluate(UNNAMED) == [], place
        contrast = await page.evaluate(FAINT)
        assert contrast["seen"] > 10
        assert contrast["faint"] == [], place


async def test_at_400_percent_nothing_is_cut_and_nobody_scrolls_sideways(visit: OpenPage) -> None:
    page = await visit(viewport={"width": 320, "height": 256})  # what 1280 by 1024 is at 400 %
    await answered(page)
    for place in PLACES:
        await page.goto(page.url.split("?")[0].rsplit("/", 1)[0] + "/" + place)
        assert await page.evaluate("document.documentElement.scrollWidth") == 320, place


async def test_a_form_keeps_the_focus_and_gives_it_back(visit: OpenPage) -> None:
    page = await visit()
    await expect(page.get_by_label("Message #general")).to_be_focused()  # by itself, once the page is drawn
    await page.keyboard.type("/emailstats subscribe overview weekly on Monday at 09:00")
    await page.keyboard.press("Enter")
    form = page.get_by_role("dialog", name="Form")
    await expect(form).to_be_visible()
    for _ in range(4):
        await page.keyboard.press("Tab")
        assert await form.evaluate("form => form.contains(document.activeElement)")
    await page.keyboard.press("Escape")
    await expect(form).to_be_hidden()
    await expect(page.get_by_label("Message #general")).to_be_focused()
