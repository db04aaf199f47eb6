"""Thousands of markets: a simulation beside drawing and compounding the same returns alone, and the memory it takes."""

import tracemalloc
from collections.abc import Iterator

import numpy as np

import megaroth as mr
from benchmarks.measure import Measured, times
from megaroth.plans.markets import Mix, growth_paths
from megaroth.plans.simulation import MONTHS

PATHS, YEARS = 10_000, 30
GOAL = 5  # times the returns alone
TURNS = 9
MEGABYTE = 1e6
ALLOWED = 100  # megabytes over the values that are kept, however many paths


def measured() -> Iterator[Measured]:
    client = mr.Client.load("lin")
    client = client.with_(horizon_year=client.assumptions.start_year + YEARS - 1)
    mix = Mix.of(client.assumptions)

    def returns_alone() -> None:
        for growth in growth_paths(mix, YEARS, PATHS, periods_per_year=MONTHS):
            np.cumprod(growth, axis=0)

    taken = times(lambda: mr.simulate(client, PATHS), returns_alone, turns=TURNS)
    ratios = taken[0] / taken[1]
    middle = float(np.median(ratios))
    what = f"simulate, {PATHS:,} paths, {YEARS} years, monthly, {len(mr.STRATEGIES)} strategies"
    found = f"{middle:.1f} times ({ratios.min():.1f} to {ratios.max():.1f}), {1_000 * np.median(taken[0]):,.0f} ms"
    yield Measured(what, f"{GOAL} times its returns alone", found, GOAL / middle)
    for paths in (PATHS, 10 * PATHS):
        yield _memory(client, paths)


def _memory(client: mr.Client, paths: int) -> Measured:
    tracemalloc.start()
    mr.simulate(client, paths)
    peak = tracemalloc.get_traced_memory()[1] / MEGABYTE
    tracemalloc.stop()
    kept = paths * YEARS * len(mr.STRATEGIES) * np.dtype(float).itemsize / MEGABYTE
    what, budget = f"simulate, memory, {paths:,} paths", f"values kept and {ALLOWED} MB"
    return Measured(what, budget, f"{peak:,.0f} MB, {kept:,.0f} MB of it kept", ALLOWED / (peak - kept))
