"""A function at many places: what it is at each of them, with few places worked out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from megaroth.plans.coming_years import coming_years
from megaroth.rules.piecewise import CELLS, INSIDE, MANY, at_many
from tests.generators import SAMPLES

FINE = 1e-6


class Counted:
    """A function that remembers at how many places it was asked."""

    def __init__(self, function: object) -> None:
        self.function, self.places = function, 0

    def __call__(self, places: np.ndarray) -> np.ndarray:
        self.places += len(places)
        return self.function(places)


def spread(top: float, paths: int = 3 * MANY, seed: int = 1) -> np.ndarray:
    """Places like the side accounts' dividends: most of them small, some far out, and nothing at all."""
    places = np.random.default_rng(seed).lognormal(0.0, 1.5, paths)
    places *= top / places.max()
    places[0] = 0.0
    return places


@st.composite
def functions(draw: st.DrawFn) -> object:
    """Straight lines with kinks and upward jumps at any places, and a second value that only jumps."""
    at = st.floats(0.001, 0.999)
    kinks = draw(st.lists(st.tuples(at, st.floats(-1, 1)), max_size=6))
    jumps = draw(st.lists(st.tuples(at, st.floats(0, 5_000)), max_size=6))
    top, slope = draw(st.floats(10.0, 2e6)), draw(st.floats(-1, 1))

    def function(places: np.ndarray) -> np.ndarray:
        bends = sum((bend * np.maximum(places - top * share, 0.0) for share, bend in kinks), slope * places)
        steps = sum((step * (places > top * share) for share, step in jumps), np.zeros(len(places)))
        return np.stack([bends + steps, steps])

    return top, function


@settings(max_examples=60, deadline=None)
@given(functions(), st.integers(0, 99))
def test_it_is_the_function(case: tuple, seed: int) -> None:
    """Whatever the kinks and jumps: at each place what the function itself gives."""
    top, function = case
    places = spread(top, seed=seed)

    assert at_many(function, places) == pytest.approx(function(places), abs=FINE)


@pytest.mark.parametrize("width", [50, 200, 1_000, 3_000, 20_000])
def test_a_flight_of_steps(width: float) -> None:
    """A credit that falls by 50 for each started thousand, in cells narrower and wider than a step: every step is there."""
    places = spread(400_000.0)

    def function(dollars: np.ndarray) -> np.ndarray:
        return 50.0 * np.ceil(dollars / width)[None]

    assert np.array_equal(at_many(function, places), function(places))


@pytest.mark.parametrize("year", [2026, 2029, 2035, 2044, 2050])
@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_taxes_of_a_year(name: str, year: int) -> None:
    """Federal, state and Medicare on dividends up to ten millions, every year of the law that has something of its own."""
    client = SAMPLES[name]
    tax_return = coming_years(client)[year - client.assumptions.start_year].tax_return

    def taxes(dividends: np.ndarray) -> np.ndarray:
        columns = tax_return.columns(qualified_dividends=dividends)
        return np.stack(
            [columns["total"] + columns["state"], np.broadcast_to(columns["medicare"], dividends.shape)]
        )

    counted = Counted(taxes)
    for top in (2_000.0, 60_000.0, 1e6, 1e7):
        places = spread(top)
        assert at_many(counted, places) == pytest.approx(taxes(places), abs=FINE)
    assert counted.places < 4 * len(places) / 2


def test_a_straight_line_is_worked_out_at_few_places() -> None:
    """Without a break only the cells' ends and the places tried inside are asked for."""
    line = Counted(lambda places: np.stack([0.238 * places + 7.0]))
    places = spread(90_000.0)

    found = at_many(line, places)

    assert found[0] == pytest.approx(0.238 * places + 7.0, abs=FINE)
    assert line.places == CELLS + 1 + len(INSIDE) * CELLS


def test_few_places_and_no_amount() -> None:
    """Few places are worked out one by one; where there is no amount at all, one stands for all."""
    few, none = (
        Counted(lambda places: np.stack([np.sqrt(places)])),
        Counted(lambda places: np.stack([places + 3.0])),
    )

    assert np.array_equal(at_many(few, np.arange(MANY - 1.0))[0], np.sqrt(np.arange(MANY - 1.0)))
    assert np.array_equal(at_many(none, np.zeros(2 * MANY))[0], np.full(2 * MANY, 3.0))
    assert (few.places, none.places) == (MANY - 1, 1)


def test_the_break_keeps_its_place() -> None:
    """Half a cent on either side of a jump the function is what it is on that side."""
    places = np.append(spread(1_000.0), [499.995, 500.005])

    found = at_many(lambda dollars: 2_296.8 * (dollars > 500.0)[None], places)

    assert found[0, -2:].tolist() == [0.0, 2_296.8]
