"""The floor of `webhook`: a Starlette endpoint that writes the body to the database and answers.

`python -m benchmarks.webhook_bare PORT URL` serves until it is ended.
"""

import asyncio
import sys

import uvicorn
from sqlalchemy import Engine, text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from store.engine import open_engine, writing


def build(engine: Engine) -> Starlette:
    with writing(engine).begin() as connection:
        binary = "BLOB" if engine.dialect.name == "sqlite" else "BYTEA"
        connection.execute(text(f"CREATE TABLE bare (body {binary})"))

    def write(body: bytes) -> None:
        with writing(engine, durable=True).begin() as connection:
            connection.execute(text("INSERT INTO bare (body) VALUES (:body)"), {"body": body})

    async def webhook(request: Request) -> Response:
        await asyncio.to_thread(write, await request.body())
        return Response()

    async def ready(_request: Request) -> Response:
        return Response()

    return Starlette(
        routes=[Route("/webhooks/sendgrid", webhook, methods=["POST"]), Route("/readyz", ready, methods=["GET"])]
    )


if __name__ == "__main__":
    uvicorn.run(build(open_engine(sys.argv[2])), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
