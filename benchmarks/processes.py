"""Programs that a benchmark measures, each in a Python of its own."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

_ROOT = Path(__file__).parents[1]


@asynccontextmanager
async def started(directory: Path, environment: dict[str, str], module: str, *arguments: str) -> AsyncIterator[None]:
    """A module run by a Python of its own, ended when done with."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, *arguments),
        cwd=directory,  # no settings of the checkout's are read
        env=os.environ | {"PYTHONPATH": str(_ROOT)} | environment,
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def ready(session: aiohttp.ClientSession, url: str) -> None:
    """Returns once the URL answers 200. Raises TimeoutError after a minute."""
    async with asyncio.timeout(60):
        while True:
            try:
                async with session.get(url) as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(found.getsockname()[1]) for found in sockets]
    for found in sockets:
        found.close()
    return ports
