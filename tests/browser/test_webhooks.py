"""A provider's events, fired in a browser at the service."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenPage


@pytest.mark.parametrize("provider", ["SendGrid", "Mailgun"])
async def test_the_figures_move_with_what_a_provider_tells(visit: OpenPage, provider: str) -> None:
    page = await visit("webhooks?as=U0MARK00000")
    await expect(page.get_by_text("The service knows nothing of webhook-sale yet")).to_be_visible()
    await page.get_by_label("Provider").select_option(provider)
    for happening, figure in (("delivered", "Delivery rate"), ("opened", "Open rate"), ("clicked", "Click rate")):
        await page.get_by_label("What happened").select_option(happening)
        await page.get_by_role("button", name="Fire the event").click()
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=figure, exact=True))
        await expect(row).to_contain_text("1 of 1")
