"""What tests of every package share: a fresh, migrated store on SQLite and on PostgreSQL.

`store_url` runs a test on both. PostgreSQL is a throw-away cluster of the run's own; where it is not installed those
tests are skipped, except in CI (CI=true), where they fail.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings
from sqlalchemy import Engine

from store.engine import migrate, open_engine
from tests.postgres import TEMPLATE, Cluster, NoPostgres

CLUSTER = pytest.StashKey[Cluster]()

# Tests are never timed: a machine may be busy, and a first call may build tables that later ones find.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
# As the service logs: structlog's own way draws tracebacks with all variables, which takes seconds on a busy machine.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fuzz", type=int, default=120, help="how many damaged webhooks each provider is sent")
    parser.addoption("--kills", type=int, default=80, help="how many processes the tests of crashes kill")


def pytest_configure(config: pytest.Config) -> None:
    workerinput = getattr(config, "workerinput", None)
    config.stash[CLUSTER] = Cluster.reserve() if workerinput is None else Cluster(Path(workerinput["postgres"]))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Tell a worker of pytest-xdist where the run's cluster is."""
    node.workerinput["postgres"] = str(node.config.stash[CLUSTER].root)  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and CLUSTER in config.stash:
        config.stash[CLUSTER].stop()


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> Cluster:
    """The run's PostgreSQL cluster, started."""
    cluster = pytestconfig.stash[CLUSTER]
    try:
        cluster.start()
    except NoPostgres as error:
        if os.environ.get("CI"):
            pytest.fail(f"CI needs PostgreSQL: {error}")
        pytest.skip(f"PostgreSQL is not installed: {error}")
    return cluster


@pytest.fixture(scope="session")
def postgres_template(postgres: Cluster) -> str:
    """The name of a migrated, empty database that each test's own is copied from; made once a run."""
    made = postgres.root / "template"
    with postgres.locked():
        if not made.exists():
            database = postgres.create()
            _migrate(postgres.url(database))
            postgres.rename(database, TEMPLATE)
            made.touch()
    return TEMPLATE


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that each test's own is copied from."""
    path = tmp_path_factory.mktemp("template") / "store.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(postgres: Cluster, postgres_template: str) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database."""
    database = postgres.create(postgres_template)
    yield postgres.url(database)
    postgres.drop(database)


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A fresh, migrated SQLite file."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'store.db')}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it, not even tables: SQLite, then PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    database = cluster.create()
    yield cluster.url(database)
    cluster.drop(database)


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    """An engine on `store_url`, closed after the test."""
    engine = open_engine(store_url)
    yield engine
    engine.dispose()


def _migrate(url: str) -> None:
    engine = open_engine(url)
    migrate(engine)
    engine.dispose()
