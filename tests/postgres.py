"""A throw-away PostgreSQL cluster, started once for a whole test run and shared by all its workers."""

import fcntl
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

ROLE = "emailstats"
TEMPLATE = "emailstats_template"

#: A cluster that nobody keeps: every guarantee about crashes is traded for speed.
FAST_OPTIONS = (
    "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=64MB"
)


class NoPostgres(Exception):
    """PostgreSQL's own programs are not installed on this machine."""


def program(name: str) -> str:
    """Where one of PostgreSQL's programs is: the newest under /usr/lib/postgresql, or else on the PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if found is None:
        raise NoPostgres(f"{name} is neither on the PATH nor under /usr/lib/postgresql; apt-get install postgresql")
    return found


class Cluster:
    """One directory with the data and the socket. Any process of the run may start it; the first one does."""

    def __init__(self, root: Path, options: str = FAST_OPTIONS) -> None:
        self.root = root
        self._options = options
        self.data = root / "data"
        self._numbers = itertools.count(1)

    @classmethod
    def reserve(cls, options: str = FAST_OPTIONS) -> "Cluster":
        """A place for a cluster that starts when a test first needs it; its path is short, as a socket's has to be."""
        return cls(Path(tempfile.mkdtemp(prefix="emailstats-pg-")), options)

    def start(self) -> None:
        """Start it, unless another worker has. Raises NoPostgres."""
        with self.locked():
            if (self.root / "started").exists():
                return
            self._run(
                program("initdb"), "-D", str(self.data), "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C", "-N"
            )
            options = f"-c listen_addresses= -c unix_socket_directories={self.root} {self._options}"
            log = str(self.data / "server.log")
            self._run(program("pg_ctl"), "-D", str(self.data), "-l", log, "-w", "-t", "60", "-o", options, "start")
            (self.root / "started").touch()

    def restart(self) -> None:
        """As after a crash: connections are cut, and what was committed is there again."""
        self._run(program("pg_ctl"), "-D", str(self.data), "-m", "immediate", "-w", "-t", "60", "restart")

    def stop(self) -> None:
        """Stop it if it runs, and remove every trace."""
        if (self.data / "postmaster.pid").exists():
            self._run(program("pg_ctl"), "-D", str(self.data), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.root, ignore_errors=True)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{ROLE}@/{database}?host={self.root}"

    def create(self, template: str = "template0") -> str:
        """The name of a new database, a copy of `template`. Names carry the process, so workers never meet."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, database: str) -> None:
        self._execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))

    def rename(self, database: str, name: str) -> None:
        self._execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(database), sql.Identifier(name)))

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process of the run at a time."""
        with (self.root / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(host=str(self.root), user=ROLE, dbname="postgres", autocommit=True) as connection:
            connection.execute(statement)

    def _run(self, *command: str) -> None:
        """Run as an ordinary user: PostgreSQL refuses root, which is what a container usually is."""
        identity: dict[str, object] = {}
        if os.geteuid() == 0:
            user = _ordinary_user()
            os.chown(self.root, user.pw_uid, user.pw_gid)
            identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        # Not a pipe: the server inherits it and would keep it open for as long as it runs.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                command,
                cwd=self.root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                **identity,  # type: ignore[call-overload]
            )
            if done.returncode != 0:
                output.seek(0)
                raise RuntimeError(f"{command[0]} failed:\n{output.read().decode(errors='replace')}")


def _ordinary_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("PostgreSQL does not run as root, and this machine has neither a postgres nor a nobody user")
