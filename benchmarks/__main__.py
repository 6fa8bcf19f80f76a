"""`python -m benchmarks [NAME …]`: one JSON object a line; exit code 1 when one does not hold."""

import importlib
import json
import pkgutil
import sys
from collections.abc import Sequence

import benchmarks


def names() -> list[str]:
    """The modules that measure something."""
    return sorted(
        module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")
    )


def main(wanted: Sequence[str]) -> int:
    """Run the benchmarks named, or all; each line is printed as soon as it is known."""
    known = names()
    if unknown := sorted(set(wanted) - set(known)):
        sys.stderr.write(f"no benchmark is called {', '.join(unknown)}; there are {', '.join(known)}\n")
        return 2
    held = True
    for name in wanted or known:
        module = importlib.import_module(f"benchmarks.{name}")
        if not hasattr(module, "run"):  # what several of them share
            continue
        for line in module.run():
            print(json.dumps({key: line[key] for key in benchmarks.KEYS}), flush=True)
            held = held and bool(line["holds"])
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
