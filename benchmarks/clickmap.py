"""The click map of a large e-mail, from its stored HTML to the PNG: first of all in a new process, and one after it.

Of the sample e-mails of ../shared/data the largest, with clicks on every link, or where they are not there one of the
demo's. Figures are milliseconds of processor time, of which other programs take none, and are held to a bar of their
own: nothing else draws such a picture.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import process_time

from benchmarks import Measure
from bot.demo.catalogue import plans
from bot.fonts import provide_fonts
from reports.charts import draw, size
from reports.facts import EmailFacts, Facts, LinkFacts
from reports.query import Query
from reports.report import ClickMap
from reports.sections.map import SECTION

COLD_BAR = 1_500
WARM_BAR = 300
_ROUNDS = 7
_EMAILS = Path(__file__).parents[2] / "shared" / "data" / "emails"


def run() -> Iterator[Measure]:
    cold = [float(_child()) for _ in range(3)]
    yield Measure("click map of the largest sample e-mail, cold", median(cold), "ms", COLD_BAR, "at most")
    provide_fonts()
    html = _html()
    _milliseconds(html, 0)
    warm = [_milliseconds(html, number) for number in range(1, 1 + _ROUNDS)]
    yield Measure("click map of the largest sample e-mail, warm", median(warm), "ms", WARM_BAR, "at most")


def _child() -> str:
    """Milliseconds of a process that has drawn nothing yet, its imports included."""
    code = (
        "from time import process_time; from benchmarks.clickmap import _html, _milliseconds, provide_fonts;"
        "provide_fonts(); _milliseconds(_html(), 0); print(process_time() * 1000)"
    )
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def _milliseconds(html: str, number: int) -> float:
    """Each with other figures, so that nothing of the map before can be used again."""
    hrefs = dict.fromkeys(re.findall(r'href="(https?:[^"]+)"', html))
    links = tuple(LinkFacts(url, True, 9 + number, 1, 0, 8, 7, 1, 0) for url in hrefs)
    email = EmailFacts(1, "demo", "e1", "largest", sent_at=datetime(2026, 5, 1, tzinfo=UTC))
    before = process_time()
    chart = SECTION.build(Query("largest"), Facts(email, links=links, html=html)).chart
    assert isinstance(chart, ClickMap)
    draw(chart, "light", "en")
    size(chart)
    return (process_time() - before) * 1000


def _html() -> str:
    found = sorted(_EMAILS.glob("*.html"), key=lambda path: path.stat().st_size)
    if found:
        # The largest leads nowhere: every link of it gets a page of its own.
        pieces = re.split(r'href="(?:#|undefined)?"', found[-1].read_text())
        return (
            "".join(f'{piece}href="https://a.example/{place}"' for place, piece in enumerate(pieces[:-1])) + pieces[-1]
        )
    email = next(plans(1, 1, datetime(2026, 6, 1, tzinfo=UTC))).email
    assert email.html is not None
    return email.html
