"""A folder for a file while it is made; what a process that was killed has left is cleared away by the next one."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp

_PREFIX = "emailstats-export-"
_LOCK = ".lock"


@contextmanager
def workshop(place: Path) -> Iterator[Path]:
    """An empty folder in `place`, its owner's alone, and gone afterwards. Raises OSError."""
    for lock in place.glob(f"{_PREFIX}*{_LOCK}"):
        _clear(lock)
    descriptor, name = mkstemp(_LOCK, _PREFIX, place)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)  # the system lets go of it however this process ends
        folder = _folder(Path(name))
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        Path(name).unlink(missing_ok=True)
        os.close(descriptor)


def _folder(lock: Path) -> Path:
    return lock.with_name(lock.name.removesuffix(_LOCK))


def _clear(lock: Path) -> None:
    """Takes away what is left, unless somebody is still at it, or it is another user's."""
    with suppress(OSError):
        descriptor = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(_folder(lock), ignore_errors=True)
            lock.unlink()
        finally:
            os.close(descriptor)
