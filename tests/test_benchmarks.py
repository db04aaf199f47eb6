"""The table of budgets: what is judged, how times are taken."""

import numpy as np
import pytest

from benchmarks.__main__ import PARTS, main
from benchmarks.measure import Measured, against_limit, times


@pytest.mark.parametrize(
    ("ratio", "verdict"), [(1.0, "met"), (1.7, "met"), (0.99, "missed"), (None, "not judged")]
)
def test_verdict(ratio: float | None, verdict: str) -> None:
    """A goal is met from exactly its figure on; without a comparison nothing is judged."""
    assert Measured("what", "budget", "found", ratio).verdict == verdict


def test_a_limit_is_judged_by_the_median() -> None:
    """One slow run out of three does not miss it."""
    row = against_limit("what", 0.010, np.array([0.004, 0.005, 0.500]))

    assert (row.ratio, row.verdict) == (pytest.approx(2.0), "met")
    assert row.found == "5.00 ms (4.00 to 500.00)"


def test_actions_take_turns() -> None:
    """In each turn every action runs once uncounted, then is timed."""
    order: list[str] = []

    taken = times(lambda: order.append("a"), lambda: order.append("b"), turns=2, calls=2)

    assert "".join(order) == "aaabbbaaabbb"
    assert taken.shape == (2, 4)
    assert (taken > 0).all()


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With the names there are."""
    assert main(["speed"]) == 2
    said = capsys.readouterr().out
    assert all(name in said for name in ("speed", *PARTS))
