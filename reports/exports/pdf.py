"""A PDF to print and to pass on: what it is about first, then charts, figures and tables."""

from typing import IO

from reports.export import Document, Export, Tools
from reports.exports._page import html

_ROWS = 1_000  #: of a table; some forty pages that nobody turns


def write(document: Document, tools: Tools, out: IO[bytes]) -> None:
    out.write(tools.pdf(html(document, tools, _ROWS)))


EXPORT = Export("PDF", ".pdf", "application/pdf", write)
