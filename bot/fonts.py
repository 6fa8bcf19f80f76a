"""Fonts for what draws e-mails: those of the machine, and DejaVu, which comes with matplotlib, where it has none."""

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

_SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))


def provide_fonts(system: Sequence[Path] = _SYSTEM) -> None:
    """Gives this process's drawing of e-mails the fonts in the system's folders, and DejaVu.

    Raises reports.charts.clickmap.engine.NoFont.
    """
    matplotlib = find_spec("matplotlib")
    plutoprint = find_spec("plutoprint")
    assert matplotlib and matplotlib.origin and plutoprint and plutoprint.origin
    dejavu = Path(matplotlib.origin).with_name("mpl-data") / "fonts" / "ttf"
    rules = Path(plutoprint.origin).with_name("fontconfig") / "conf.d"
    with TemporaryDirectory(prefix="emailstats-fonts-", ignore_cleanup_errors=True) as folder:
        Path(folder, "fonts.conf").write_text(_configuration((*system, dejavu), rules, Path(folder)), encoding="utf-8")
        os.environ["FONTCONFIG_FILE"] = str(Path(folder, "fonts.conf"))
        from reports.charts.clickmap.engine import check_fonts  # noqa: PLC0415 - only processes that draw load it

        check_fonts()
    del os.environ["FONTCONFIG_FILE"]


def _configuration(fonts: Sequence[Path], rules: Path, cache: Path) -> str:
    """What fontconfig reads, once: later changes of the machine's fonts are of no interest to a running service."""
    folders = "".join(f"<dir>{escape(str(folder))}</dir>" for folder in fonts)
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd"><fontconfig>'
        # What must be written goes with the folder; what the machine already knows of its fonts is read.
        f"{folders}<cachedir>{escape(str(cache))}</cachedir><cachedir>/var/cache/fontconfig</cachedir>"
        # Beside DejaVu matplotlib has fonts of signs for formulas, in which letters are other signs.
        "<selectfont><rejectfont><glob>*/mpl-data/fonts/ttf/cm*</glob></rejectfont>"
        "<rejectfont><glob>*/mpl-data/fonts/ttf/STIX*</glob></rejectfont>"
        "<rejectfont><glob>*/LastResort*</glob></rejectfont></selectfont>"
        f'<include ignore_missing="yes">{escape(str(rules))}</include>'
        "<config><rescan><int>0</int></rescan></config></fontconfig>"
    )
