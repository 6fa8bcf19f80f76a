"""One import, measured from inside: `python -m benchmarks.ingest_child URL FILE` prints JSON.

As in bot.cli, what it needs is imported inside it: the process that reads the file imports this module too.
"""

import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter


def main(url: str, path: Path) -> None:
    from bot.importing.importer import import_files
    from store.engine import migrate, open_engine

    engine = open_engine(url)
    migrate(engine)
    start = perf_counter()
    summary = import_files(engine, [path], now=datetime.now(UTC), quarantine_path=path.with_suffix(".quarantine"))
    seconds = perf_counter() - start
    engine.dispose()
    # Of the process that merges, and of the one that reads: as if both had their peaks at once.
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {"seconds": seconds, "events": summary.new + summary.duplicates, "new": summary.new, "mib": sum(peaks)}
    print(json.dumps(told | {"peaks": peaks}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
