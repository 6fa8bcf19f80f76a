"""Typing, reading and pressing in a browser."""

import re

from playwright.async_api import expect

from tests.browser.conftest import OpenPage


async def test_a_command_is_answered_with_figures_and_then_the_chart(visit: OpenPage) -> None:
    page = await visit()
    await page.get_by_label("Message #general as Anna").fill("/emailstats newsletter-may")
    await page.get_by_role("button", name="Send").click()
    messages = page.get_by_role("log", name="Messages")
    await expect(messages).to_contain_text("Open rate")
    await expect(messages).to_contain_text("Only visible to you")
    chart = messages.get_by_role("img").first
    await expect(chart).to_have_attribute("alt", re.compile("^Engagement over time"), timeout=20_000)
    assert await chart.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400


async def test_a_button_asks_what_it_names_and_nobody_else_sees_of_it(visit: OpenPage) -> None:
    anna, mark = await visit(), await visit("?as=U0MARK00000")
    await anna.get_by_label("Message #general").fill("/emailstats newsleter-may")
    await anna.keyboard.press("Enter")
    await anna.get_by_role("button", name="newsletter-may", exact=True).click()
    await expect(anna.get_by_role("log")).to_contain_text("Open rate")
    await expect(mark.get_by_role("log")).not_to_contain_text("newsleter-may")


async def test_everything_can_be_done_by_keyboard(visit: OpenPage) -> None:
    page = await visit()
    await expect(page.get_by_label("Message #general")).to_be_focused()  # by itself, once the page is drawn
    await page.keyboard.type("/emailstats newsleter-may")
    await page.keyboard.press("Enter")
    button = page.get_by_role("button", name="newsletter-may", exact=True)
    await expect(button).to_be_visible()
    for _ in range(40):
        await page.keyboard.press("Shift+Tab")
        if await button.evaluate("button => button === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Open rate")


async def test_the_apps_home_is_shown_as_it_publishes_it(visit: OpenPage) -> None:
    page = await visit("?as=U0ANNA00000&in=home")
    await expect(page.get_by_role("region", name="Home").get_by_role("heading").first).to_be_visible()


async def test_the_clock_is_moved_while_one_looks(visit: OpenPage) -> None:
    page = await visit()
    form = page.get_by_role("form", name="The clock")
    await expect(form).to_contain_text("Fri 20 Nov 2026, 10:00")
    await form.get_by_role("button", name="Forward by one week").click()
    await expect(form).to_contain_text("Fri 27 Nov 2026, 10:0")


async def test_a_guest_is_told_that_they_may_not_ask(visit: OpenPage) -> None:
    page = await visit("?as=U0GUEST0000")
    await page.get_by_label("Message #general as Gita").fill("/emailstats newsletter-may")
    await page.keyboard.press("Enter")
    messages = page.get_by_role("log")
    await expect(messages).to_contain_text("You may not see figures here")
    await expect(messages).not_to_contain_text("Open rate")


async def test_the_service_answers_over_another_socket_when_slack_refreshes_it(visit: OpenPage) -> None:
    page = await visit()
    await page.get_by_role("button", name="Refresh the socket").click()
    await page.get_by_label("Message #general").fill("/emailstats newsletter-may")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Open rate")


async def test_an_answer_that_slack_refuses_as_too_many_is_sent_again(visit: OpenPage) -> None:
    page = await visit()
    await page.get_by_role("button", name="Refuse the next answer").click()
    await page.get_by_label("Message #general").fill("/emailstats newsletter-may")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("Open rate")
