"""An import that is killed, as by a power cut, after so many batches: `python -m ... URL FILE BATCHES NOW`."""

import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from bot.importing import importer
from bot.importing.importer import Progress
from store.engine import open_engine


def main(url: str, path: Path, batches: int, now: datetime) -> None:
    importer.BATCH = 500

    def die(_progress: Progress) -> None:
        nonlocal batches
        batches -= 1
        if not batches:
            os.kill(os.getpid(), signal.SIGKILL)

    importer.import_files(
        open_engine(url), [path], now=now, quarantine_path=path.with_suffix(".quarantine"), on_progress=die
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), datetime.fromisoformat(sys.argv[4]))
