"""The floor of `slack_command`: a Starlette endpoint that checks Slack's signature and answers by the response URL.

`python -m benchmarks.slack_bare PORT SECRET` serves until it is ended.
"""

import asyncio
import sys
from urllib.parse import parse_qs

import aiohttp
import uvicorn
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ANSWER = {"text": "x" * 1_000, "response_type": "ephemeral", "replace_original": True}


def build(secret: str) -> Starlette:
    verifier = SignatureVerifier(secret)
    tasks: set[asyncio.Task[None]] = set()

    async def answer(url: str) -> None:
        async with aiohttp.ClientSession() as session, session.post(url, json=_ANSWER):
            pass

    async def events(request: Request) -> Response:
        body = await request.body()
        if not verifier.is_valid_request(body, dict(request.headers)):
            return Response(status_code=401)
        task = asyncio.create_task(answer(parse_qs(body.decode())["response_url"][0]))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return Response()

    async def ready(_request: Request) -> Response:
        return Response()

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"]), Route("/readyz", ready)])


if __name__ == "__main__":
    uvicorn.run(build(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
