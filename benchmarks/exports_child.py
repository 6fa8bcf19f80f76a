"""Writes the recipients of the sample's e-mail once, and prints how long that took and how much memory."""

import csv
import json
import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter


def main(url: str, kind: str, path: Path, words: str) -> None:
    from bot.access.rights import OPERATOR
    from bot.exports.documents import load_document
    from bot.exports.making import FORMATS, own_tools, write_file
    from bot.grammar import parse
    from store.engine import open_engine

    query = parse(f"recipients newsletter-may {words}", "Europe/Amsterdam", "en")
    document = load_document(open_engine(url), query, datetime.now(UTC), OPERATOR)
    (table,) = document.sheets
    start = perf_counter()
    if kind == "floor":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(table.rows())
    else:
        write_file(document, FORMATS[kind], own_tools("light", "en"), path)
    seconds = perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak": peak, "rows": table.total}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), " ".join(sys.argv[4:]))
