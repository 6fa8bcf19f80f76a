"""Finds plug-ins: one module each in a package, each exporting one constant."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any


def discover(package: ModuleType, constant: str) -> dict[str, Any]:
    """The constant of every module of a package, by module name.

    Raises TypeError at once, with all their names, when modules lack it: a plug-in can't go missing silently.
    """
    modules = {name: import_module(f"{package.__name__}.{name}") for name in _names(package)}
    missing = [name for name, module in modules.items() if not hasattr(module, constant)]
    if missing:
        raise TypeError(f"{package.__name__}: {', '.join(missing)} must export {constant}")
    return {name: getattr(module, constant) for name, module in modules.items()}


def _names(package: ModuleType) -> Iterator[str]:
    return (module.name for module in iter_modules(package.__path__) if not module.name.startswith("_"))
