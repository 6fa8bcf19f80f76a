"""A real server that speaks S3, for storage."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest

from benchmarks.processes import free_ports

_MOTO = Path(__file__).parents[3] / ".venv" / "s3" / "bin" / "moto_server"


@pytest.fixture(scope="session")
def s3() -> Iterator[str]:
    """The address of a server with the bucket `reports`; without one installed its tests are skipped, but for CI."""
    if not _MOTO.exists():
        if os.environ.get("CI"):
            pytest.fail("CI needs the S3 server: make test installs it")
        pytest.skip("the S3 server is not installed: make test installs it")
    (port,) = free_ports(1)
    process = subprocess.Popen(
        [_MOTO, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield _bucket(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait()


def _bucket(endpoint: str, process: "subprocess.Popen[bytes]") -> str:
    while True:
        try:
            with urlopen(Request(f"{endpoint}/reports", method="PUT")):
                return endpoint
        except (URLError, ConnectionError):
            if process.poll() is not None:
                raise
            time.sleep(0.05)
