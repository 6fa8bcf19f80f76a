"""The service in a process of its own, which is killed as by a power cut."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_ROOT = Path(__file__).parents[1]


@asynccontextmanager
async def life(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """The process, once it says that it is ready; afterwards it is killed, and its family ends with it.

    `settings` are such as DATABASE__URL, without the prefix of emailstats; `folder` is where it runs. A process that
    ends before it is ready has the test fail with what it said last.
    """
    told = {f"EMAILSTATS_{name}": value for name, value in settings.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"),
        cwd=folder,
        env=os.environ | told | {"PYTHONPATH": str(_ROOT)},
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        line = b""
        async for line in process.stderr:
            if json.loads(line)["event"] == "ready":
                break
        else:
            raise AssertionError(f"the service ended before it was ready: {line.decode()}")
        reading = asyncio.create_task(process.stderr.read())  # or the pipe fills, and the service waits for it
        yield process
        with suppress(ProcessLookupError):  # it has ended in order
            process.kill()
        await reading  # until its drawing processes have ended of themselves
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
