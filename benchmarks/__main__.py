"""
The budgets of the project, measured on this machine.

`python start.py bench` sets up and runs this; `python -m benchmarks [NAME...]` runs it alone, or a part of it.
Figures are medians of several runs, with the extremes; a ratio of 1 or more means that the goal is met.
"""

import sys

from benchmarks import book, federal, feel, imports, planning, simulation
from benchmarks.measure import Measured

PARTS = {
    "federal": federal.measured,
    "planning": planning.measured,
    "simulation": simulation.measured,
    "book": book.measured,
    "imports": imports.measured,
    "feel": feel.measured,
}
HEAD = ("what", "budget", "measured: median (extremes)", "ratio", "verdict")


def main(names: list[str]) -> int:
    unknown = set(names) - set(PARTS)
    if unknown:
        print(f"There is no benchmark called {', '.join(sorted(unknown))}; choose from: {', '.join(PARTS)}.")
        return 2
    rows = [row for name in names or PARTS for row in PARTS[name]()]
    print(table(rows))
    return 0


def table(rows: list[Measured]) -> str:
    """The rows as text, each column as wide as its widest cell."""
    cells = [HEAD, *(_cells(row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in cells]
    return "\n".join(line.rstrip() for line in lines)


def _cells(row: Measured) -> tuple[str, ...]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    return row.what, row.budget, row.found, ratio, row.verdict


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
