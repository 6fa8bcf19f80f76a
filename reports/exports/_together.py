"""Several reports in one archive: each a file of the chosen format, or a folder where that is an archive itself."""

from collections.abc import Sequence
from typing import IO
from zipfile import ZipFile

from reports.export import Document, Export, Tools
from reports.exports import zip as archives
from reports.views import DEFAULT, word_of


def write_together(documents: Sequence[Document], export: Export, tools: Tools, out: IO[bytes]) -> None:
    """Into a stream, in which it never moves; what a tool raises ends it. Names in the archive are ours."""
    with ZipFile(out, "w", compresslevel=archives.COMPRESSION) as archive:
        for number, document in enumerate(documents, 1):
            name = _name(number, document)
            if export is archives.EXPORT:
                archives.add(document, tools, archive, f"{name}/")
            else:
                with archives.part(archive, f"{name}{export.suffix}", document.report) as file:
                    export.write(document, tools, file)


def _name(number: int, document: Document) -> str:
    word = word_of(document.report.query.sections)
    return f"{number}-{'summary' if word == DEFAULT else word}"
