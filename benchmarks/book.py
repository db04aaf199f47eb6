"""A firm's list: how long 10,000 different clients take, and that memory grows no faster than the list."""

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pandas as pd

import megaroth as mr
from benchmarks.measure import Measured, against_limit, times

ROWS = 10_000
LIMIT = 5.0  # seconds
SMALL, LARGE = 3_000, 12_000  # rows


def measured() -> Iterator[Measured]:
    clients = book_of(ROWS)
    (taken,) = times(lambda: mr.screen(clients, 2026), turns=1, calls=3)
    yield against_limit(f"screen, {ROWS:,} different clients", LIMIT, taken)
    few, many = (peak(book_of(rows)) for rows in (SMALL, LARGE))
    growth, allowed = many / few, LARGE / SMALL
    found = f"{growth:.2f} times ({few / 1e6:,.0f} MB to {many / 1e6:,.0f} MB)"
    yield Measured("screen, memory of four times the rows", "at most 4 times", found, allowed / growth)


def book_of(rows: int) -> pd.DataFrame:
    """Invented clients, no two alike, with every kind of plan and facts that are not known."""
    draw = np.random.default_rng(1)

    def some(*values: object) -> np.ndarray:
        return draw.choice(np.array(values, dtype=object), rows)

    pay = draw.integers(60_000, 600_000, rows).astype(float)
    return pd.DataFrame({
        "name": [f"Client {number}" for number in range(rows)],
        "filing_status": some("single", "mfj", "mfs", "hoh"), "birth_year": draw.integers(1956, 2000, rows),
        "state": some("NJ", "CA", "TX", "NY", "PA", "MA", "IL", "WA"), "wages": pay,
        "prior_year_wages": pay * draw.uniform(0.8, 1.1, rows), "kind": some("401k", "401k", "401k", "403b", "457b"),
        "accepts_after_tax": some(True, True, False, None), "separate_account": some(True, False, None),
        "way_out": some("both", "in_plan_rollover", "in_service_distribution", "none", None),
        "offers_roth": some(True, True, None), "match_rate": draw.uniform(0.2, 1.0, rows),
        "match_up_to_share": draw.uniform(0.02, 0.08, rows), "true_up": some(True, False), "pay_periods": some(12, 24, 26),
        "acp_ceiling": some(None, None, None, 0.06), "elective_deferral": draw.uniform(0, 24_000, rows),
        "after_tax_so_far": draw.uniform(0, 20_000, rows),
    })  # fmt: skip


def peak(clients: pd.DataFrame) -> int:
    """The most memory that screening the list takes beside it, bytes."""
    tracemalloc.start()
    mr.screen(clients, 2026)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most
