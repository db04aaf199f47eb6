"""
A piecewise linear function at very many places, worked out at few.

Taxes are such functions of an amount: straight lines between kinks and jumps. Ten thousand amounts need the whole tax
return only where a line breaks; everywhere else the line itself says what the return would.
"""

from collections.abc import Callable

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]
CELLS = 256  # stretches that are looked at, the shorter the nearer to nothing, where most places are
# Where in a cell the line is tried: at odd shares, which no even flight of steps falls in with.
INSIDE = (0.2718, 0.618)
STRAIGHT = 1e-7  # how far from the line is still on it, in the function's unit
MANY = 16 * CELLS  # places from which this is quicker than the function itself


def at_many(function: Function, places: np.ndarray) -> np.ndarray:
    """
    What a piecewise linear function is at many places.

    A cell counts as straight when the function lies on the line between its ends at both places tried inside. Places in
    other cells are worked out one by one, so a kink or a jump is where it is and as large as it is. What would be missed
    is a rise that is gone again before the next place tried: steps of taxes go one way.

    Args:
        function: takes places, shape (n,), and gives any number of values at each, shape (values, n).
        places: from 0 on, shape (n,).

    Returns: shape (values, n); to within STRAIGHT what the function gives.

    >>> tax = lambda income: np.stack([np.maximum(income - 100.0, 0.0), 50.0 * (income > 500.0)])
    >>> places = np.linspace(0.0, 1_000.0, 5_001)
    >>> bool(np.allclose(at_many(tax, places), tax(places), rtol=0, atol=STRAIGHT))
    True
    """
    if len(places) < MANY:
        return function(places)
    top = places.max()
    if top == 0:
        return np.repeat(function(places[:1]), len(places), axis=1)
    ends = top * np.linspace(0.0, 1.0, CELLS + 1) ** 2
    low, width = ends[:-1], np.diff(ends)
    tried = function(np.concatenate([ends, *(low + share * width for share in INSIDE)]))
    at_ends, inside = np.split(tried, [CELLS + 1], axis=1)
    slope = np.diff(at_ends, axis=1) / width
    on_line = at_ends[:, None, :-1] + np.outer(INSIDE, width) * slope[:, None]
    breaks = np.abs(inside.reshape(on_line.shape) - on_line).max(axis=(0, 1)) > STRAIGHT
    cell = np.minimum((np.sqrt(places / top) * CELLS).astype(np.intp), CELLS - 1)
    beyond = places - low[cell]
    found = np.stack([start[cell] + rise[cell] * beyond for start, rise in zip(at_ends, slope, strict=True)])
    one_by_one = np.flatnonzero(breaks[cell])
    found[:, one_by_one] = function(places[one_by_one])
    return found
