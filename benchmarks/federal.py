"""Federal tax of many households, beside Tax-Calculator on the same ones in the same run."""

from collections.abc import Iterator
from importlib.util import find_spec

import numpy as np

import megaroth as mr
from benchmarks.measure import Measured, times
from tests.deep import tax_calculator
from tests.deep.households import random_households

YEAR = 2026
GOALS = {10_000: 100, 100_000: 30}  # households: times as many a second as Tax-Calculator
TURNS, CALLS = 5, 3
HOW_TO_INSTALL = (
    "Tax-Calculator is not installed, so federal tax is measured alone. To compare, run this, then start again:\n"
    "    python -m pip install --require-hashes -r requirements-deep.txt\n"
)


def measured() -> Iterator[Measured]:
    """
    Both take a table and give every column in a table.

    Tax-Calculator is spared what it does once for many tables: its policy and its input columns are ready before.
    """
    compare = find_spec("taxcalc") is not None
    if not compare:
        print(HOW_TO_INSTALL)
    for rows, goal in GOALS.items():
        households = random_households(rows, seed=rows)
        actions = [lambda households=households: mr.federal_tax(YEAR, households)]
        if compare:
            law, records = tax_calculator.policy(YEAR), tax_calculator.inputs(households)
            actions.append(lambda law=law, records=records: tax_calculator.answers(law, records))
        taken = times(*actions, turns=TURNS, calls=CALLS)
        yield _row(rows, goal, rows / taken)


def _row(rows: int, goal: int, a_second: np.ndarray) -> Measured:
    what, budget = f"federal tax, {rows:,} households", f"{goal} times Tax-Calculator"
    ours, *theirs = (float(np.median(rates)) for rates in a_second)
    spread = f"{a_second[0].min() / 1e6:.2f} to {a_second[0].max() / 1e6:.2f}"
    found = f"{ours / 1e6:.2f} million a second ({spread})"
    if not theirs:
        return Measured(what, budget, found, None)
    times_faster = ours / theirs[0]
    return Measured(what, budget, f"{found}, {times_faster:.0f} times {theirs[0]:,.0f}", times_faster / goal)
