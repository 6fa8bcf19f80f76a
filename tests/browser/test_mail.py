"""Mails as a browser shows them, on a telephone and on a desk, to light and to dark readers."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from bot.drawing import Drawing
from bot.mail.brand import Brand, Logo
from bot.mail.compose import compose, notice
from bot.mail.letter import Letter
from bot.mail.preview import with_pictures
from tests.bot.mail.digests import LONG, UGLY

URL = f"https://mail.example.com/u/{'x' * 22}"

#: The contrast that each text has with what is behind it, where that is too little (WCAG 2.2, 1.4.3).
FAINT = """() => {
  const channels = colour => colour.match(/[\\d.]+/g).map(Number);
  const luminance = colour => channels(colour).slice(0, 3).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, n) => sum + value * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if (channels(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility()) continue;
    seen += 1;
    const style = getComputedStyle(element);
    const [darker, lighter] = [luminance(style.color), luminance(behind(element))].sort((a, b) => a - b);
    const contrast = (lighter + 0.05) / (darker + 0.05);
    if (contrast < 4.5) faint.push([walker.currentNode.data.trim().slice(0, 40), contrast]);
  }
  return {seen, faint};
}"""
#: Whatever reaches beyond the window.
WIDE = """() => [...document.body.querySelectorAll("*")].filter(element => element.checkVisibility())
  .filter(element => element.getBoundingClientRect().right > innerWidth + 0.5 || element.scrollWidth > innerWidth)
  .map(element => element.tagName + ": " + element.textContent.trim().slice(0, 40))"""
PICTURES = """() => Promise.all([...document.images].map(async image => {
  await image.decode().catch(() => {});
  const theme = ["light", "dark"].find(name => image.classList.contains(name)) ?? "";
  const {width} = image.getBoundingClientRect();
  return {shown: image.checkVisibility(), width, drawn: image.naturalWidth, alt: image.alt, theme};
}))"""
#: Tables that are neither for looks alone nor have headings, and headings that skip a step.
UNSPOKEN = """() => {
  const tables = [...document.querySelectorAll("table:not([role=presentation])")]
    .filter(table => !table.querySelector("th[scope=col]")).length;
  const steps = [...document.querySelectorAll("h1, h2, h3")].map(heading => Number(heading.tagName[1]));
  return tables + steps.filter((step, n) => step > (steps[n - 1] ?? 0) + 1).length;
}"""


def logo() -> Logo:
    file = BytesIO()
    Image.new("RGBA", (400, 80), (122, 31, 92, 255)).save(file, "PNG")
    return Logo(file.getvalue(), "image/png", 240, 48)


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """By name, each with its pictures in it."""
    brand = Brand("Example Ltd", "#7a1f5c", "Example Ltd, 1 High Street, Exampletown", logo())

    async def letters() -> dict[str, Letter]:
        async with Drawing(workers=1) as drawing:
            return {name: await compose(digest, brand, drawing) for name, digest in UGLY.items()}

    link = ("Fetch the file", f"https://mail.example.com/d/{'x' * 200}")
    found = asyncio.run(letters()) | {"notice": notice("Your file is ready", [LONG, "It is good."], brand, link=link)}
    return {name: with_pictures(letter.read_by("anna@example.com", URL)[0], letter) for name, letter in found.items()}


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 640, 1200])
@pytest.mark.parametrize("name", [*UGLY, "notice"])
def test_a_mail_is_whole_and_can_be_read(
    name: str, width: int, scheme: Literal["light", "dark"], pages: dict[str, str], browser: Browser
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(pages[name])
    pictures: list[dict[str, Any]] = page.evaluate(PICTURES)
    text = page.evaluate(FAINT)
    try:
        assert page.evaluate(WIDE) == []
        assert text["faint"] == []
        assert text["seen"] > 5
        assert all(picture["drawn"] for picture in pictures)
        assert all(picture["alt"] for picture in pictures)
        for picture in pictures:
            assert picture["shown"] == (picture["theme"] in ("", scheme))
            assert not picture["shown"] or picture["theme"] == "" or picture["width"] > 0.95 * min(width - 30, 670)
        assert page.evaluate(UNSPOKEN) == 0
        assert [url for url in asked if not url.startswith("data:")] == []
    finally:
        page.close()
