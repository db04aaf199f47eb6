"""What a client waits for: the cost of income, a projection."""

from collections.abc import Iterator

import megaroth as mr
from benchmarks.measure import Measured, against_limit, times


def measured() -> Iterator[Measured]:
    client = mr.Client.load("lin")
    (taken,) = times(lambda: mr.cost_of_income(client, 2026, 25_000), turns=1, calls=200)
    yield against_limit("cost_of_income, one client, one amount", 0.001, taken)
    (taken,) = times(lambda: mr.project(client, strategies=mr.STRATEGIES), turns=1, calls=30)
    years = client.assumptions.horizon_year - client.assumptions.start_year
    what = f"project, {len(mr.STRATEGIES)} strategies, {years} years, {client.plan.pay_periods} pay periods"
    yield against_limit(what, 0.020, taken)
