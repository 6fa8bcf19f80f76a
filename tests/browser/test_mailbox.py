"""The mailbox of the demo in a browser."""

import asyncio
import smtplib
from email.message import EmailMessage
from pathlib import Path

from playwright.async_api import expect

from bot.demo_run import Stage
from tests.browser.conftest import FRIDAY, OpenPage

HOSTILE = """<h1>Open rate 37 %</h1>
<script>document.body.textContent = "a script ran"; parent.document.body.textContent = "a script ran"</script>
<p><a href="http://127.0.0.1:9/u/token">Unsubscribe</a></p>"""

BLOCKED = "Blocked script execution"  # the browser says so of the mail's script


async def arrives(stage: Stage, subject: str = "Opens & clicks, week 47") -> None:
    message = EmailMessage()
    message["Subject"], message["From"], message["Date"] = subject, "Reports <reports@example.com>", FRIDAY
    message["To"], message["List-Unsubscribe"] = "ann@example.com", "<http://127.0.0.1:9/u/token>"
    message.set_content("Open rate 37 %\nhttp://127.0.0.1:9/u/token\n")
    message.add_alternative(HOSTILE, subtype="html")
    message.add_attachment(b"a;b\r\n", maintype="text", subtype="csv", filename="rows.csv")

    def send() -> None:
        with smtplib.SMTP("127.0.0.1", stage.mail.port) as client:
            client.send_message(message)

    await asyncio.to_thread(send)


async def test_a_mail_appears_while_one_looks_and_is_read_in_every_form(stage: Stage, visit: OpenPage) -> None:
    page = await visit("mail?as=U0ANNA00000", expecting=BLOCKED)
    await expect(page.get_by_text("No mail yet")).to_be_visible()
    await arrives(stage)
    await page.get_by_role("link", name="Opens & clicks, week 47").click()
    letter = page.frame_locator("iframe[title='The mail as it looks']")
    await expect(letter.get_by_role("heading", name="Open rate 37 %")).to_be_visible()
    await expect(letter.get_by_role("link", name="Unsubscribe")).to_have_attribute("href", "http://127.0.0.1:9/u/token")
    await page.get_by_role("link", name="Plain text").click()
    await expect(page.get_by_role("link", name="http://127.0.0.1:9/u/token")).to_be_visible()
    await page.get_by_role("link", name="Headers").click()
    await expect(page.get_by_text("List-Unsubscribe")).to_be_visible()
    await page.get_by_role("link", name="Source").click()
    await expect(page.get_by_text("multipart/mixed")).to_be_visible()


async def test_an_attachment_is_saved_as_it_was_sent(stage: Stage, visit: OpenPage) -> None:
    await arrives(stage)
    page = await visit("mail/1?as=U0ANNA00000", expecting=BLOCKED)
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="rows.csv").click()
    saved = await saving.value
    assert saved.suggested_filename == "rows.csv"
    assert await asyncio.to_thread(Path(await saved.path()).read_bytes) == b"a;b\r\n"
