"""What importing megaroth costs beyond pandas, in fresh processes."""

import subprocess
import sys
from collections.abc import Iterator

import numpy as np

from benchmarks.measure import Measured, in_milliseconds

ALLOWED = 0.1  # seconds over pandas' own import
RUNS = 7
TIMED = "import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
EVERY_NAME = "import pandas; " + TIMED.format(
    module="megaroth as mr; [getattr(mr, name) for name in mr.__all__]"
)


def measured() -> Iterator[Measured]:
    pandas, package = _in_turns(TIMED.format(module="pandas"), TIMED.format(module="megaroth"))
    alone = float(np.median(pandas))
    found = f"{in_milliseconds(package)}, pandas {1_000 * alone:,.0f} ms"
    yield Measured("import megaroth", "pandas + 100 ms", found, (alone + ALLOWED) / float(np.median(package)))
    # The budget is for the import; names load when first used, so here is what the first use of all of them adds.
    (names,) = _in_turns(EVERY_NAME)
    yield Measured("first use of every public name", "none", in_milliseconds(names), None)


def _in_turns(*programs: str) -> np.ndarray:
    """Seconds that each program prints, shape (programs, runs); the first round warms the disk and is not counted."""
    rounds = [[_run(program) for program in programs] for _ in range(RUNS + 1)]
    return np.array(rounds[1:]).T


def _run(program: str) -> float:
    return float(
        subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True).stdout
    )
