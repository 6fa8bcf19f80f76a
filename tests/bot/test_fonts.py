"""What draws e-mails has fonts on every machine, and says so where it has none."""

import os
import subprocess
import sys
from pathlib import Path

_INK = """
from reports.charts.clickmap.engine import Document
page = Document("<p style='font:40px Arial'>Ag</p><p style='font:40px Consolas'>Ag</p><p style='font:40px Times'>Ag")
print([bool((page.paint(top, 40, 1) < 128).any()) for top in (40, 130, 220)])
"""


def fresh(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Fonts are given once, for the life of a process."""
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def test_a_machine_without_any_font_writes_with_the_one_that_comes_along(tmp_path: Path) -> None:
    done = fresh(f"from bot.fonts import provide_fonts; provide_fonts(()); {_INK}", TMPDIR=str(tmp_path))
    assert done.stdout == "[True, True, True]\n", done.stderr
    assert list(tmp_path.iterdir()) == []  # nothing stays behind


def test_fonts_are_given_once_and_leave_the_environment_alone() -> None:
    done = fresh(
        "import os; from bot.fonts import provide_fonts; provide_fonts(); print('FONTCONFIG_FILE' in os.environ)"
    )
    assert done.stdout == "False\n", done.stderr


def test_an_engine_without_fonts_is_an_error_and_no_empty_picture(tmp_path: Path) -> None:
    empty = tmp_path / "fonts.conf"
    empty.write_text("<fontconfig/>")
    code = "from reports.charts.clickmap.engine import check_fonts; check_fonts()"
    done = fresh(code, FONTCONFIG_FILE=str(empty))
    assert done.returncode == 1
    assert "NoFont" in done.stderr
