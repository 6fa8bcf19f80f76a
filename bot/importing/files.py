"""Lines and rows of files that may be large, compressed, damaged or wrong, one at a time and in little memory."""

import csv
import gzip
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Self, TypeVar, cast

from providers.intake import Reject

T = TypeVar("T")

#: The longest line that is read: an e-mail's description has its HTML in it.
LONGEST = 4 * 1024 * 1024
TOO_LONG = "the line is longer than 4 MiB"
_AT_ONCE = 256 * 1024  # bytes
#: What reading a .gz raises where it is cut off, is none, or was changed.
DAMAGE = (EOFError, gzip.BadGzipFile, zlib.error)


def open_file(path: Path) -> tuple[IO[bytes], IO[bytes]]:
    """The file's content, and the file itself, whose position is the progress."""
    raw = path.open("rb")
    return (cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if path.suffix.lower() == ".gz" else raw), raw


def read_lines(content: IO[bytes], lines: list[bytes]) -> None:
    """Adds some lines to a list, none at the end of the file; only the last may be cut off, as it is too long.

    What was read before an error stays in the list.
    """
    readline, size = content.readline, 0
    while size < _AT_ONCE and (line := readline(LONGEST)):
        lines.append(line)
        size += len(line)


def is_whole(line: bytes) -> bool:
    return len(line) < LONGEST or line.endswith(b"\n")


def skip_line(content: IO[bytes]) -> None:
    """Reads on to the end of a line that was too long."""
    while not is_whole(content.readline(LONGEST)):
        pass


def damaged(line: int, error: Exception) -> Reject:
    return Reject(line, f"the compressed file is damaged from here: {error}", "")


def columns_of(path: Path) -> list[str]:
    """The cells of a CSV's first row, trimmed. Raises ValueError, with the reason, when it cannot be read."""
    content, raw = open_file(path)
    with raw, content:
        try:
            return [cell.strip() for cell in next(csv.reader(_Lines(content), strict=True), [])]
        except (csv.Error, *DAMAGE) as error:
            raise ValueError(f"its first row cannot be read: {error}") from None


def rows_of(path: Path, read: Callable[[dict[str, str]], T]) -> Iterator[tuple[T | Reject, int]]:
    """What `read` makes of each row, by column, with the bytes read so far; its ValueErrors become Rejects.

    Cells that a row lacks are empty. A row of many lines that makes no sense, as after a quote that nobody closes, is
    given up with its first line; the others are read anew.
    """
    columns = columns_of(path)
    content, raw = open_file(path)
    with raw, content:
        lines = _Lines(content)
        rows = csv.reader(lines, strict=True)
        next(rows, None)
        while True:
            lines.begin_row()
            try:
                cells = next(rows)
                if not cells:
                    continue
                if len(cells) > len(columns):
                    raise ValueError("the row has more cells than the header has columns")
                cells += [""] * (len(columns) - len(cells))
                found: T | Reject = read(dict(zip(columns, cells, strict=True)))
            except StopIteration:
                return
            except DAMAGE as error:
                yield damaged(lines.number + 1, error), raw.tell()
                return
            except (ValueError, csv.Error) as error:
                found = lines.refused(str(error))
            yield found, raw.tell()


class _Lines:
    """The lines of a CSV as text, for csv.reader; it goes on after an error, as a generator could not."""

    def __init__(self, content: IO[bytes]) -> None:
        self.number = 0  #: of the last line that was given out, from 1
        self._content = content
        self._again: deque[str] = deque()
        self._row: list[str] = []

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> str:
        if not self._again:
            self._again.append(self._next_line())
        self.number += 1
        self._row.append(self._again.popleft())
        return self._row[-1]

    def begin_row(self) -> None:
        self._row.clear()

    def refused(self, reason: str) -> Reject:
        """The row's first line, refused; its other lines will be given out again."""
        first, *others = self._row or [""]
        self._again.extendleft(reversed(others))
        self.number -= len(others)
        return Reject(self.number, reason, (first + "".join(others)).rstrip("\r\n"))

    def _next_line(self) -> str:
        line = self._content.readline(LONGEST)
        if not line:
            raise StopIteration
        if not is_whole(line):
            skip_line(self._content)
            self.number += 1
            raise csv.Error(TOO_LONG)
        return line.decode("utf-8" if self.number else "utf-8-sig", errors="replace")
