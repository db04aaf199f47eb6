"""
Where a piecewise linear function breaks: finds kinks and jumps that nobody has named.

Taxes are such functions of income. Lines of law that are known by name are looked up elsewhere; what only follows from
several rules together (a minimum tax that begins to bind, a credit that is used up) is found here.
"""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
SAMPLES = 8  # points looked at inside a gap
HALVINGS = 60
NEAR = 1 / 64  # dollars: so little that no line but a cliff lies inside, and exact in binary
BESIDE = 20.0  # dollars from a break at which the lines on its sides are read


def breaks_between(
    function: Function, places: np.ndarray, tolerance: float = 0.01, rounds: int = 4
) -> np.ndarray:
    """
    The breaks of a piecewise linear function that lie between known places.

    Args:
        function: takes and gives an array of any length.
        places: known breaks and the two ends of the stretch to search, rising.
        tolerance: how far from a straight line counts as a break, in the function's unit.
        rounds: each finds at most one more break between two neighbours.

    Returns: the breaks that were not known, rising; found by halving to well under a cent.
    """
    found = np.empty(0)
    for _ in range(rounds):
        known = np.unique(np.concatenate([places, found]))
        low, high = known[:-1] + 2 * NEAR, known[1:] - 2 * NEAR
        wide = high - low > 1.0
        more = _first_breaks(function, low[wide], high[wide], tolerance)
        if more.size == 0:
            break
        found = np.sort(np.concatenate([found, more]))
    return found


def _first_breaks(function: Function, low: np.ndarray, high: np.ndarray, tolerance: float) -> np.ndarray:
    """In each gap that is not straight, the first place where the function leaves its first straight line."""
    at_low, slope = function(low), (function(low + NEAR) - function(low)) / NEAR

    def straight(x: np.ndarray) -> np.ndarray:
        # A slope read over so little is off in its last digits, the more the longer the gap.
        slack = tolerance + 1e-6 * (x - low)
        return np.abs(function(x) - at_low - slope * (x - low)) <= slack

    shares = np.linspace(0, 1, SAMPLES + 1)[1:]
    ok = np.array([straight(low + share * (high - low)) for share in shares])
    broken = ~ok.all(axis=0)
    if not broken.any():
        return np.empty(0)
    first_bad = np.argmin(ok, axis=0)
    good = low + np.where(first_bad > 0, shares[first_bad - 1], 0.0) * (high - low)
    bad = low + shares[first_bad] * (high - low)
    for _ in range(HALVINGS):
        middle = (good + bad) / 2
        fine = straight(middle)
        good, bad = np.where(fine, middle, good), np.where(fine, bad, middle)
    return _sharpened(function, good[broken], low[broken])


def _sharpened(function: Function, rough: np.ndarray, low: np.ndarray) -> np.ndarray:
    """A kink shows only some dollars beyond it: it is where the lines on its two sides meet. A jump shows at once."""
    left = np.maximum(rough - BESIDE, (rough + low) / 2)
    left_slope = (function(left) - function(low)) / np.maximum(left - low, NEAR)
    right = rough + BESIDE
    right_slope = function(right + 1.0) - function(right)
    bend = left_slope - right_slope
    gap = (function(right) - right_slope * right) - (function(left) - left_slope * left)
    meets = gap / np.where(np.abs(bend) < 1e-5, np.inf, bend)
    return np.where(np.abs(meets - rough) < BESIDE, meets, rough)
