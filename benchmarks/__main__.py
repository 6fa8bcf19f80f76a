"""`python -m benchmarks [NAME …]`: one JSON object a line; exit code 1 when a figure does not hold."""

import json
import sys
from importlib import import_module

from benchmarks import Measure

NAMES = (
    "chart",
    "clickmap",
    "slack_command",
    "webhook",
    "mail",
    "queries",
    "recipients",
    "exports",
    "overview",
    "digests",
    "ingest_sqlite",
    "ingest_postgres",
)


def line(measure: Measure) -> str:
    """A measure as a line of JSON; without a floor its ratio is null, and the value is held to the bar."""
    floor = measure.floor
    return json.dumps(
        {
            "name": measure.name,
            "value": round(measure.value, 2),
            "unit": measure.unit,
            "floor": None if floor is None else round(floor, 2),
            "ratio": None if floor is None else round(measure.ratio, 3),
            "bar": measure.bar,
            "holds": measure.holds,
        }
    )


def main(names: list[str]) -> int:
    unknown = set(names) - set(NAMES)
    if unknown:
        print(f"no benchmark called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    holds = True
    for name in names or NAMES:
        for measure in import_module(f"benchmarks.{name}").run():
            print(line(measure), flush=True)
            holds = holds and measure.holds
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
