"""The house stays as docs/architecture.md says: imports point one way, the core is pure, nothing runs at import."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "providers", "store", "reports")

#: What would let the functional core see the world: files, sockets, processes, the environment, chance.
WORLDLY = {
    "os",
    "pathlib",
    "socket",
    "subprocess",
    "tempfile",
    "random",
    "secrets",
    "time",
    "asyncio",
    "threading",
    "uuid",
}
#: Methods that read a clock.
CLOCKS = {"now", "utcnow", "today"}


def modules(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def fresh_python(code: str) -> str:
    """Run code in an interpreter that has imported nothing of ours."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_imports_point_one_way() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", modules("reports", "providers"), ids=name_of)
def test_the_core_sees_nothing_of_the_world(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert WORLDLY.isdisjoint(module.partition(".")[0] for module in imported(tree))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    clocks = [call.attr for call in calls if isinstance(call, ast.Attribute) and call.attr in CLOCKS]
    assert not clocks, "the core takes `now` as an argument"
    assert not [call.id for call in calls if isinstance(call, ast.Name) and call.id in {"open", "print", "input"}]


def test_sql_is_in_the_store_alone() -> None:
    drivers = {"sqlite3", "psycopg", "alembic", "sqlmodel"}
    guilty = [
        name_of(path)
        for path in modules("bot", "providers", "reports")
        if drivers.intersection(module.partition(".")[0] for module in imported(ast.parse(path.read_text())))
    ]
    assert guilty == []


def test_numbers_and_dates_are_written_in_one_place() -> None:
    writers = {"babel.dates", "babel.numbers"}
    asking = [name_of(p) for p in modules(*PACKAGES) if writers.intersection(imported(ast.parse(p.read_text())))]
    assert asking == ["reports/numbers.py"]


def test_the_service_does_not_import_matplotlib() -> None:
    code = "import bot.app, bot.cli, sys; print([m for m in ('matplotlib', 'numpy') if m in sys.modules])"
    assert fresh_python(code) == "[]"


def test_asking_for_help_imports_neither_the_store_nor_slack() -> None:
    heavy = ("sqlalchemy", "slack_bolt", "slack_sdk", "aiohttp", "starlette", "uvicorn", "msgspec", "babel")
    assert fresh_python(f"import bot.cli, sys; print([m for m in {heavy} if m in sys.modules])") == "[]"


def test_nothing_is_made_at_import() -> None:
    """Settings, engines and apps are made in bot/app.py by a call: importing every module opens and reads nothing."""
    code = """
import importlib, pkgutil, sys, bot, providers, reports, store
made = []
def watch(event, args):
    if event in ("socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen"):
        made.append(event)
sys.addaudithook(watch)
for package in (bot, providers, reports, store):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith(("__main__", "migrations.env")) and ".versions" not in module.name:
            importlib.import_module(module.name)
print(made)
"""
    assert fresh_python(code) == "[]"


@pytest.mark.parametrize("path", modules(*PACKAGES), ids=name_of)
def test_no_module_outgrows_what_can_be_read_in_one_go(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", modules(*PACKAGES), ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    text = path.read_text()
    assert not text.strip() or ast.get_docstring(ast.parse(text))
