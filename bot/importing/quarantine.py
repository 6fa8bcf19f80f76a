"""Rows that could not be read, with the reason, as lines of JSON; private, for addresses may be inside."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Self

import msgspec

from providers.intake import Reject

_ROW = 2_000  # characters of a bad row that are kept: enough to find it


class Quarantine:
    """A file that is made only when there is something to put in it; what stands in it already stays."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._file:
            self._file.close()

    def put(self, source: Path, rejects: Iterable[Reject]) -> None:
        for reject in rejects:
            if self._file is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._file = os.fdopen(os.open(self.path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "wb")
            file = os.fsencode(source).decode(errors="replace")  # a name need not be text
            row = {"file": file, "line": reject.line, "reason": reject.reason, "row": reject.raw[:_ROW]}
            self._file.write(msgspec.json.encode(row) + b"\n")
            self.count += 1
