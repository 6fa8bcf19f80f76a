"""One picture of the whole report, for slides and chats."""

from typing import IO

from reports.export import Document, Export, Tools
from reports.exports._page import html

_ROWS = 20  #: of a table


def write(document: Document, tools: Tools, out: IO[bytes]) -> None:
    out.write(tools.picture(html(document, tools, _ROWS)))


EXPORT = Export("PNG", ".png", "image/png", write)
