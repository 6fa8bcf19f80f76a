"""Plug-ins are found by where they stand, and one that is incomplete stops the start."""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from reports.discover import discover


@pytest.fixture
def plugins(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """A package of a name that no other test has, with the modules that the test names."""
    name = f"plugins_{abs(hash(request.node.nodeid))}"
    package = tmp_path / name
    package.mkdir()
    (package / "__init__.py").touch()
    for module, source in request.param.items():
        (package / f"{module}.py").write_text(source)
    sys.path.insert(0, str(tmp_path))
    try:
        yield import_module(name)
    finally:
        sys.path.remove(str(tmp_path))
        for loaded in [loaded for loaded in sys.modules if loaded.partition(".")[0] == name]:
            del sys.modules[loaded]


@pytest.mark.parametrize("plugins", [{"one": "THING = 1", "two": "THING = 2", "_help": ""}], indirect=True)
def test_every_module_gives_its_constant_by_its_name_and_private_ones_give_none(plugins: ModuleType) -> None:
    assert discover(plugins, "THING") == {"one": 1, "two": 2}


@pytest.mark.parametrize("plugins", [{"one": "THING = 1", "two": "", "three": "THNG = 3"}], indirect=True)
def test_all_modules_that_lack_the_constant_are_named_at_once(plugins: ModuleType) -> None:
    with pytest.raises(TypeError, match=r"three, two must export THING"):
        discover(plugins, "THING")


@pytest.mark.parametrize("plugins", [{"broken": "import there_is_no_such_module"}], indirect=True)
def test_a_module_that_cannot_be_imported_is_not_passed_over(plugins: ModuleType) -> None:
    with pytest.raises(ModuleNotFoundError, match="there_is_no_such_module"):
        discover(plugins, "THING")
