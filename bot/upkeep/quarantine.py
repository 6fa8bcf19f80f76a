"""Rows that an import kept apart, without those of somebody who is forgotten."""

from pathlib import Path

from store.packing import normal
from store.tombstones import pattern


def clear(folder: Path, address: str, *, dry_run: bool) -> int:
    """Takes the rows that hold an address out of the files, each of which is replaced whole; gives how many."""
    found, gone = pattern(normal(address)), 0
    for path in sorted(folder.glob("*.ndjson")):
        beside = path.with_suffix(".part")
        with path.open(encoding="utf-8", errors="surrogateescape") as old:
            held = sum(1 for line in old if found.search(line))
        gone += held
        if not held or dry_run:
            continue
        with (
            path.open(encoding="utf-8", errors="surrogateescape") as old,
            beside.open("w", encoding="utf-8", errors="surrogateescape") as new,
        ):
            beside.chmod(0o600)
            new.writelines(line for line in old if not found.search(line))
        beside.replace(path)
    return gone
