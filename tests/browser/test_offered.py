"""Menus that the app fills, in a real browser."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.async_api import Route, expect

from bot.demo_run import Stage
from tests.browser.conftest import FRIDAY, OpenPage

MENU = {
    "type": "external_select",
    "action_id": "city",
    "min_query_length": 2,
    "placeholder": {"type": "plain_text", "text": "City"},
}


async def test_a_menu_of_a_message_offers_while_one_types(stage: Stage, visit: OpenPage) -> None:
    ts = f"{FRIDAY.timestamp():.6f}"
    message = {"text": "Where?", "blocks": [{"type": "actions", "elements": [MENU]}]}
    stage.sandbox.workspace.posted["C0GENERAL00", ts] = message
    page = await visit()
    asked: list[dict[str, list[str]]] = []

    async def offer(route: Route) -> None:
        asked.append(parse_qs(urlsplit(route.request.url).query))
        await route.fulfill(body='<option value="Delft">', content_type="text/html")

    await page.route("**/press/offered?*", offer)
    field = page.get_by_role("combobox", name="City")
    await field.press_sequentially("De")
    await expect(page.locator("#offered option")).to_have_attribute("value", "Delft")
    place = {"channel": ["C0GENERAL00"], "ts": [ts], "block": ["0"], "action": ["city"]}
    (query,) = asked
    assert {key: query[key] for key in place} == place, "one letter asks for nothing yet"
    assert query["typed"] == ["De"]
    await field.fill("D")
    await expect(page.locator("#offered option")).to_have_count(0)


async def test_a_menu_of_a_form_offers_what_the_app_has(visit: OpenPage) -> None:
    page = await visit()
    await page.get_by_label(re.compile("^Message ")).fill("/emailstats subscribe")
    await page.keyboard.press("Enter")
    await page.get_by_role("combobox", name="Time zone").fill("kolk")
    await expect(page.locator("#offered option").first).to_have_attribute("value", "Asia/Kolkata")
