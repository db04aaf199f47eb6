"""One measured budget, and how its times are taken: several runs after a warm-up, the median judged."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Measured:
    """
    A row of the table.

    Attributes:
        what: what was measured.
        budget: the goal, in words.
        found: what was measured, in words.
        ratio: how many times better than the goal; below 1 it is missed. None: there was nothing to compare with.
    """

    what: str
    budget: str
    found: str
    ratio: float | None

    @property
    def verdict(self) -> str:
        if self.ratio is None:
            return "not judged"
        return "met" if self.ratio >= 1 else "missed"


def seconds(action: Callable[[], object]) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def times(*actions: Callable[[], object], turns: int, calls: int = 1) -> np.ndarray:
    """
    Seconds of each action, shape (actions, turns * calls).

    The actions take turns, so that a machine that slows down slows all of them. A turn starts with a call that is
    not counted: what the other action left behind in caches and memory is no part of the measure.
    """
    taken = np.empty((len(actions), turns, calls))
    for turn in range(turns):
        for k, action in enumerate(actions):
            action()
            taken[k, turn] = [seconds(action) for _ in range(calls)]
    return taken.reshape(len(actions), -1)


def in_milliseconds(taken: np.ndarray) -> str:
    low, middle, high = (1_000 * f(taken) for f in (np.min, np.median, np.max))
    return f"{middle:,.2f} ms ({low:,.2f} to {high:,.2f})"


def against_limit(what: str, limit: float, taken: np.ndarray) -> Measured:
    """A row for something that may take *limit* seconds."""
    budget = f"under {1_000 * limit:,.0f} ms"
    return Measured(what, budget, in_milliseconds(taken), limit / float(np.median(taken)))
