"""A document into a file: which format, under which name, whole or not at all."""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import IO

from bot.fonts import provide_fonts
from bot.names import file_name
from reports import charts, exports
from reports.charts import ThemeName
from reports.discover import discover
from reports.export import Document, Export, Tools
from reports.exports._together import write_together
from reports.report import Chart
from reports.views import DEFAULT, word_of

#: By the word that asks for it.
FORMATS: dict[str, Export] = discover(exports, "EXPORT")


class UnknownFormat(ValueError):
    """There is no such format; its text says which there are."""

    def __str__(self) -> str:
        return f"There is no format “{self.args[0]}”; there are {', '.join(sorted(FORMATS))}."


def format_of(word: str) -> Export:
    """Raises UnknownFormat."""
    try:
        return FORMATS[word.casefold().removeprefix(".")]
    except KeyError:
        raise UnknownFormat(word) from None


def name_of(document: Document, export: Export) -> str:
    """What the file is called: after the e-mail, and after what was asked of it."""
    report = document.report
    word = word_of(report.query.sections)
    asked = "" if word == DEFAULT else f"-{word}"
    return f"{file_name(report.subject.name, 'report')}{asked}{export.suffix}"


def write_file(document: Document, export: Export, tools: Tools, path: Path) -> int:
    """Bytes of the file, which only its owner may read: addresses may be inside. Whatever fails leaves none behind."""
    return _written(path, partial(export.write, document, tools))


def write_archive(documents: Sequence[Document], export: Export, tools: Tools, path: Path) -> int:
    """The same for several documents: an archive with each of them in that format."""
    return _written(path, partial(write_together, documents, export, tools))


def _written(path: Path, write: Callable[[IO[bytes]], None]) -> int:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(unfinished, "wb", opener=_private) as file:
            write(file)
        unfinished.replace(path)
    except BaseException:
        with suppress(FileNotFoundError):
            unfinished.unlink()
        raise
    return path.stat().st_size


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def own_tools(theme: ThemeName, locale: str) -> Tools:
    """What draws and prints in this process, which gets its fonts when it first does."""

    def chart(described: Chart) -> bytes:
        _fonts()
        return charts.draw(described, theme, locale)

    def pdf(html: str) -> bytes:
        _fonts()
        from reports import paper  # noqa: PLC0415 - loads what draws e-mails

        return paper.pdf(html)

    def picture(html: str) -> bytes:
        _fonts()
        from reports import paper  # noqa: PLC0415

        return paper.picture(html)

    return Tools(chart, pdf, picture)


@lru_cache(maxsize=1)
def _fonts() -> None:
    provide_fonts()
