"""Where files are kept: a folder of this machine, or S3-compatible storage; keys are ours, never names from outside."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from bot.export_settings import Exports

if TYPE_CHECKING:
    from obstore.store import S3Config

_PIECE = 512 * 1024  # bytes in memory


class StorageFault(Exception):
    """The storage did not do what it was asked; its text has no secret in it."""


class Storage:
    """Files by key. A key is letters, digits and dashes. Nothing is made or asked of a server before it is needed."""

    def __init__(self, settings: Exports) -> None:
        self._settings = settings
        self._folder = None if settings.storage.startswith("s3://") else Path(settings.storage)

    @cached_property
    def _store(self) -> LocalStore | S3Store:
        return _s3(self._settings) if self._folder is None else LocalStore(self._made(self._folder))

    def workplace(self) -> Path:
        """A folder of this machine for files that are being made: where `put` moves them from at no cost.

        Raises StorageFault.
        """
        try:
            return Path(gettempdir()) if self._folder is None else self._made(self._folder / ".making")
        except OSError as error:
            raise _fault("take", error) from error

    @staticmethod
    def _made(folder: Path) -> Path:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)  # addresses may be inside
        return folder

    def put(self, key: str, path: Path) -> None:
        """Takes a file; whoever asks for the key has all of it or nothing. Raises StorageFault."""
        try:
            if self._folder is None:
                obstore.put(self._store, key, path)
            else:
                _to_disk(path)
                path.replace(self._made(self._folder) / key)
        except (BaseError, OSError) as error:
            raise _fault("keep", error) from error

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to and without `end`, some at a time. Raises StorageFault."""
        while start < end:
            until = min(end, start + _PIECE)
            try:
                piece = await obstore.get_range_async(self._store, key, start=start, end=until)
            except (BaseError, OSError) as error:
                raise _fault("give back", error) from error
            yield bytes(piece)
            start = until

    def delete(self, key: str) -> None:
        """Raises StorageFault; that there is no such file is none."""
        try:
            obstore.delete(self._store, key)
        except FileNotFoundError:
            pass
        except (BaseError, OSError) as error:
            raise _fault("remove", error) from error


def _fault(did_not: str, error: Exception) -> StorageFault:
    return StorageFault(f"the storage did not {did_not} a file ({type(error).__name__})")


def _to_disk(path: Path) -> None:
    """A file that is promised outlives a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _s3(settings: Exports) -> S3Store:
    bucket, _, prefix = settings.storage.removeprefix("s3://").partition("/")
    config: S3Config = {"region": settings.region}
    if settings.access_key is not None and settings.secret_key is not None:
        config["access_key_id"] = settings.access_key.get_secret_value()
        config["secret_access_key"] = settings.secret_key.get_secret_value()
    if settings.endpoint is not None:
        config["endpoint"] = settings.endpoint
    http = (settings.endpoint or "").startswith("http://")
    return S3Store(
        bucket,
        prefix=prefix or None,
        config=config,
        client_options={"allow_http": http, "timeout": timedelta(seconds=60)},
        retry_config={"max_retries": 3, "retry_timeout": timedelta(seconds=60)},
    )
