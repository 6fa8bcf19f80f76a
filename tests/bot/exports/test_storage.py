"""A folder and a server that speaks S3 keep files alike."""

from pathlib import Path

import pytest

from bot.export_settings import Exports
from bot.exports.storage import Storage, StorageFault

_CONTENT = bytes(range(256)) * 6_000  # more than two pieces


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return Storage(Exports(storage=str(tmp_path / "kept" / "files")))
    endpoint = request.getfixturevalue("s3")
    return Storage(Exports(storage="s3://reports/x", endpoint=endpoint, access_key="a" * 20, secret_key="b" * 40))


def _put(storage: Storage, folder: Path, key: str, content: bytes) -> None:
    (folder / "source").write_bytes(content)
    storage.put(key, folder / "source")


async def _read(storage: Storage, key: str, start: int, end: int) -> bytes:
    return b"".join([piece async for piece in storage.read(key, start, end)])


async def test_what_is_kept_comes_back_whole_and_in_parts(storage: Storage, tmp_path: Path) -> None:
    _put(storage, tmp_path, "1-1-a", _CONTENT)
    _put(storage, tmp_path, "2-1-b", b"other")
    assert await _read(storage, "1-1-a", 0, len(_CONTENT)) == _CONTENT
    assert await _read(storage, "1-1-a", 700_000, 700_003) == _CONTENT[700_000:700_003]
    assert await _read(storage, "2-1-b", 0, 5) == b"other"


async def test_an_empty_file_is_a_file(storage: Storage, tmp_path: Path) -> None:
    _put(storage, tmp_path, "3-1-c", b"")
    assert await _read(storage, "3-1-c", 0, 0) == b""


async def test_what_is_deleted_is_gone_and_may_be_deleted_again(storage: Storage, tmp_path: Path) -> None:
    _put(storage, tmp_path, "4-1-d", b"x")
    storage.delete("4-1-d")
    storage.delete("4-1-d")
    with pytest.raises(StorageFault):
        await _read(storage, "4-1-d", 0, 1)


async def test_storage_that_is_not_there_is_told_without_its_secrets(tmp_path: Path) -> None:
    settings = Exports(
        storage="s3://reports", endpoint="http://127.0.0.1:9", access_key="a" * 20, secret_key="sesame" * 6
    )
    storage = Storage(settings)
    with pytest.raises(StorageFault) as fault:
        _put(storage, tmp_path, "5", b"x")
    assert "sesame" not in str(fault.value)


def test_a_folder_is_its_owner_s_alone_and_is_made_when_it_is_needed(tmp_path: Path) -> None:
    storage = Storage(Exports(storage=str(tmp_path / "files")))
    assert not (tmp_path / "files").exists()
    _put(storage, tmp_path, "1-1-a", b"x")
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
    assert storage.workplace().stat().st_mode & 0o777 == 0o700


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    storage = Storage(Exports(storage=str(tmp_path / "file" / "files")))
    with pytest.raises(StorageFault):
        storage.workplace()
    with pytest.raises(StorageFault):
        _put(storage, tmp_path, "1-1-a", b"x")


@pytest.mark.parametrize("place", ["", "ftp://x/y", "s3://", "s3://Bucket/x", "s3://a/b?c"])
def test_places_that_there_are_not_are_refused(place: str) -> None:
    with pytest.raises(ValueError, match="should be a folder, or s3"):
        Exports(storage=place)


def test_keys_of_s3_go_together() -> None:
    with pytest.raises(ValueError, match="go together"):
        Exports(access_key="a" * 20)
