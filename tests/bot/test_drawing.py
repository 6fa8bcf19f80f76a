"""Charts drawn in real processes."""

import asyncio
import multiprocessing
import subprocess
import sys
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime, timedelta
from io import BytesIO

import psutil
import pytest
from PIL import Image

from bot.drawing import Drawing, DrawingError, _draw, _start, check
from reports import charts
from reports.clickmap import annotate
from reports.report import BarChart, ClickMap, MapLink, Series, TimeChart

START = datetime(2025, 5, 12, tzinfo=UTC)
CHART = TimeChart(
    "Opens", tuple(START + timedelta(hours=hour) for hour in range(48)), "hour", (Series("Opens", (3.0,) * 48),)
)
LINK = MapLink("https://a.b/", 3, 2, 1.0)
HEAVY = BarChart(
    "Links",
    tuple(f"https://example.com/{'long/' * 20}{number}" for number in range(50)),
    (Series("Clicks", (1.0,) * 50),),
)


@pytest.fixture
async def drawing() -> AsyncIterator[Drawing]:
    async with Drawing(workers=1) as pool:
        yield pool


def children() -> set[psutil.Process]:
    """This process's drawing processes; multiprocessing's resource tracker is none."""
    found = set()
    for child in psutil.Process().children():
        if "spawn_main" in " ".join(child.cmdline()):
            found.add(child)
    return found


def png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


async def test_a_chart_comes_back_as_a_picture_of_its_size_with_something_on_it(drawing: Drawing) -> None:
    picture = await drawing.draw(CHART, "dark", "nl")
    with Image.open(BytesIO(picture)) as image:
        assert image.size == charts.size(CHART)
        assert len(image.convert("RGB").getcolors(maxcolors=1 << 20) or ()) > 8


async def test_the_event_loop_goes_on_while_a_chart_is_drawn(drawing: Drawing) -> None:
    await drawing.warm()
    loop = asyncio.get_running_loop()
    waits: list[float] = []
    task = asyncio.create_task(drawing.draw(HEAVY, "light", "en"))
    began = loop.time()
    while not task.done():
        before = loop.time()
        await asyncio.sleep(0)
        waits.append(loop.time() - before)
    took = loop.time() - began
    await task
    # The loop turned many times, and no turn took a large part of the drawing.
    assert len(waits) > 20
    assert max(waits) < took / 2


async def test_a_killed_process_is_replaced_and_its_chart_is_drawn_again(drawing: Drawing) -> None:
    await drawing.warm()
    (victim,) = children()
    task = asyncio.create_task(drawing.draw(CHART, "light", "en"))
    victim.kill()
    check(await task, charts.size(CHART))
    check(await drawing.draw(CHART, "light", "en"), charts.size(CHART))
    assert victim not in children()


async def test_it_is_alive_while_a_process_answers_and_a_killed_one_is_replaced(drawing: Drawing) -> None:
    await drawing.warm()
    (victim,) = children()
    victim.kill()
    victim.wait()
    async with asyncio.timeout(30):  # a new process has to start first
        while not await drawing.alive():
            pass
    assert children() and victim not in children()


async def test_it_is_not_alive_once_closed() -> None:
    drawing = Drawing(workers=1)
    await drawing.close()
    assert not await drawing.alive()


async def test_charts_that_lose_their_process_together_share_one_new_pool() -> None:
    async with Drawing(workers=2) as drawing:
        await drawing.warm()
        old = children()
        assert len(old) == 2
        tasks = [asyncio.create_task(drawing.draw(CHART, "light", "en")) for _ in range(6)]
        old.pop().kill()
        for picture in await asyncio.gather(*tasks):
            check(picture, charts.size(CHART))
        assert len(children() - old) <= 2


async def test_a_chart_that_takes_too_long_is_an_error() -> None:
    async with Drawing(workers=1, timeout=0.01) as drawing:
        with pytest.raises(DrawingError, match=r"more than 0\.01 seconds"):
            await drawing.draw(CHART, "light", "en")


def test_a_process_stuck_in_a_chart_ends_when_the_charts_time_is_up() -> None:
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
    with pool, pytest.raises(BrokenProcessPool):
        pool.submit(_draw, HEAVY, "light", "en", 0.002).result(timeout=60)


async def test_closing_finishes_the_charts_that_were_asked_for() -> None:
    drawing = Drawing(workers=1)
    tasks = [asyncio.create_task(drawing.draw(CHART, "light", "en")) for _ in range(3)]
    await asyncio.sleep(0)  # each has begun to hand in its chart
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    await drawing.close()
    for picture in await asyncio.gather(*tasks):
        check(picture, charts.size(CHART))


async def test_what_goes_wrong_in_drawing_is_one_kind_of_error(drawing: Drawing) -> None:
    with pytest.raises(DrawingError, match="unknown locale"):
        await drawing.draw(CHART, "light", "xx_YY")
    crooked = TimeChart("Opens", (START,), "hour", (Series("Opens", (1.0, 2.0)),))
    with pytest.raises(DrawingError, match="one value a start"):
        await drawing.draw(crooked, "light", "en")


async def test_an_e_mail_becomes_a_picture_in_a_process_that_had_no_fonts_before(drawing: Drawing) -> None:
    chart = ClickMap("Click map", annotate("<p>Words <a href='https://a.b/'>link</a></p>", []).html, (LINK,))
    with Image.open(BytesIO(await drawing.draw(chart, "dark", "nl"))) as image:
        assert image.width == 1200


async def test_an_e_mail_without_end_costs_its_own_picture_alone() -> None:
    # Each rule counts the siblings of each element: within every other bound, and hours of work.
    rules = "".join(f"p:nth-last-of-type({number}n+1){{color:red}}" for number in range(2, 4_000))
    html = f"<style>{rules}</style>" + "<p>x</p>" * 19_000
    endless = ClickMap("Click map", annotate(html, []).html, ())
    async with Drawing(workers=1, timeout=6) as drawing:
        await drawing.warm()
        with pytest.raises(DrawingError):
            await drawing.draw(endless, "light", "en")
        check(await drawing.draw(CHART, "light", "en"), charts.size(CHART))


def test_a_drawing_process_has_a_bound_of_memory() -> None:
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_start)
    with pool:
        assert pool.submit(len, b"x").result(timeout=60) == 1
        with pytest.raises(MemoryError):
            pool.submit(bytes, 4 << 30).result(timeout=60)


async def test_closing_leaves_no_process() -> None:
    drawing = Drawing(workers=1)
    before = children()
    await drawing.warm()
    assert len(children() - before) == 1
    await drawing.close()
    assert children() == before


def test_drawing_processes_end_with_a_killed_service() -> None:
    service = """
import asyncio, bot.drawing
async def main():
    drawing = bot.drawing.Drawing(workers=1)
    await drawing.warm()
    print("warm", flush=True)
    await asyncio.sleep(600)
if __name__ == "__main__":
    asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", service], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"warm\n"
        workers = psutil.Process(process.pid).children()
        assert workers
        process.kill()
        _, alive = psutil.wait_procs(workers, timeout=20)
        assert alive == []


async def test_pages_are_printed_and_pictured_in_the_processes_that_draw(drawing: Drawing) -> None:
    html = f"<h1>Zomer</h1>{'<p>word</p>' * 400}"
    assert (await drawing.pdf(html)).startswith(b"%PDF-")
    with Image.open(BytesIO(await drawing.picture(html))) as image:
        assert image.height > image.width


def test_importing_the_pool_does_not_import_matplotlib() -> None:
    code = "import sys, bot.drawing; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (png(Image.new("RGB", (40, 30), "white")), "blank"),
        (png(Image.linear_gradient("L")), "256 by 256 pixels, not 40 by 30"),
        (png(Image.linear_gradient("L").resize((40, 30)))[:-60], "damaged"),
        (b"<html>", "damaged"),
    ],
    ids=["blank", "wrong size", "cut off", "no picture"],
)
def test_a_picture_that_is_not_right_is_refused(picture: bytes, reason: str) -> None:
    with pytest.raises(DrawingError, match=reason):
        check(picture, (40, 30))


def test_a_right_picture_passes() -> None:
    check(png(Image.linear_gradient("L").resize((40, 30))), (40, 30))
