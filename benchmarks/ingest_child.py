"""One import, measured from inside: `python -m benchmarks.ingest_child URL FILE` prints JSON."""

import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from bot.importing import import_files
from store.engine import migrate, open_engine


def main(url: str, path: Path) -> None:
    engine = open_engine(url)
    migrate(engine)
    start = perf_counter()
    summary = import_files(engine, [path], now=datetime.now(UTC), quarantine_path=path.with_suffix(".quarantine"))
    seconds = perf_counter() - start
    engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "events": summary.new + summary.duplicates, "new": summary.new, "mib": peak}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
