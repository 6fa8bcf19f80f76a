"""Speed, each figure beside a floor measured in the same run, so that it says something on any machine.

A module here exports `run()`, which yields one mapping with the keys of KEYS for each thing it measures; `python -m
benchmarks` finds and runs them. `value` and `floor` share `unit`, `ratio` is one by the other, and `holds` says whether
it keeps to `bar`.
"""

KEYS = ("name", "value", "unit", "floor", "ratio", "bar", "holds")
