"""How often processes are killed, and a PostgreSQL that keeps its promises when it is killed itself."""

import os
from collections.abc import Iterator

import pytest

from store.engine import migrate, open_engine
from tests.postgres import Cluster, NoPostgres


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """In all tests together."""
    return int(request.config.getoption("--kills"))


def migrated(url: str) -> None:
    """Gives a database its schema."""
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()


@pytest.fixture
def durable() -> Iterator[Cluster]:
    cluster = Cluster.reserve("-c max_connections=60 -c shared_buffers=16MB")
    try:
        cluster.start()
    except NoPostgres as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI needs PostgreSQL: {error}")
        pytest.skip(f"PostgreSQL is not installed: {error}")
    yield cluster
    cluster.stop()
