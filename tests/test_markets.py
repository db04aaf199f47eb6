"""Return paths: seeds, blocks, moments, closed forms, and history that is history."""

import tracemalloc
from itertools import islice
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.plans.markets import (
    BLOCK,
    MOST_BYTES,
    Mix,
    bytes_of_run,
    growth_paths,
    market_history,
)

STOCKS = Mix(annual_return=0.07, volatility=0.15)
BALANCED = Mix(0.07, 0.15, stock_share=0.6, bond_return=0.04, bond_volatility=0.06, correlation=0.2)
MARKETS = ["lognormal", "history"]


def drawn(mix: Mix = STOCKS, years: int = 10, paths: int = 100, **how: object) -> np.ndarray:
    """All blocks of a run side by side."""
    return np.concatenate(list(growth_paths(mix, years, paths, **how)), axis=1)


# Seeds and blocks


@pytest.mark.parametrize("market", MARKETS)
def test_a_seed_gives_the_same_numbers(market: str) -> None:
    """The same seed the same paths, another seed others."""
    once = drawn(seed=7, market=market)

    assert np.array_equal(once, drawn(seed=7, market=market))
    assert not np.array_equal(once, drawn(seed=8, market=market))


@pytest.mark.parametrize(
    ("market", "ends"),
    [
        ("lognormal", [5.768817202150398, 18.338481771263996]),
        ("history", [7.141277130954972, 31.29100185527487]),
    ],
)
def test_a_seed_on_another_machine(market: str, ends: list[float]) -> None:
    """Seed 1 with the locked numpy: what a dollar is after 30 years on the first path of two blocks, to the cent of a fortune."""
    grown = drawn(years=30, paths=2 * BLOCK, seed=1, market=market).prod(axis=0)

    assert grown[[0, BLOCK]].tolist() == pytest.approx(ends, rel=1e-10)


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize("paths", [1, 500, BLOCK - 1, BLOCK, BLOCK + 1])
def test_a_path_does_not_depend_on_how_many_there_are(market: str, paths: int) -> None:
    """The first paths of a large run are the small run, across the edge of a block too."""
    large = drawn(paths=2 * BLOCK + 10, market=market)

    assert np.array_equal(drawn(paths=paths, market=market), large[:, :paths])


@pytest.mark.parametrize("market", MARKETS)
def test_a_longer_horizon_only_adds_years(market: str) -> None:
    """Thirteen years begin with the same seven."""
    assert np.array_equal(drawn(years=13, market=market)[: 7 * 12], drawn(years=7, market=market))


@pytest.mark.parametrize("market", MARKETS)
def test_shapes(market: str) -> None:
    """Periods down, paths across; blocks of 2,500 and what is left."""
    shapes = [block.shape for block in growth_paths(STOCKS, 3, 6_000, market=market, periods_per_year=26)]

    assert shapes == [(78, BLOCK), (78, BLOCK), (78, 1_000)]


def test_blocks_are_independent() -> None:
    """Two blocks share no path, and their paths do not move together."""
    one, other = growth_paths(STOCKS, 1, 2 * BLOCK)

    assert not np.isin(one[0], other[0]).any()
    assert abs(np.corrcoef(np.log(one).ravel(), np.log(other).ravel())[0, 1]) < 4 / np.sqrt(one.size)


def test_memory_stays_flat() -> None:
    """A run taken block by block holds no more than bytes_of_run says, however many paths it has."""
    stated = bytes_of_run(10, 12, paths=20_000)
    peaks = []
    for paths in (BLOCK, 8 * BLOCK):
        tracemalloc.start()
        for block in growth_paths(STOCKS, 10, paths):
            del block
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert max(peaks) < 1.1 * stated
    assert peaks[1] < 1.5 * peaks[0]


# Log-normal


@given(
    annual=st.floats(-0.9, 1),
    n=st.sampled_from([1, 4, 12, 26, 52]),
    share=st.floats(0, 1),
    bonds=st.floats(-0.9, 1),
)
@settings(max_examples=30)
def test_no_volatility_is_the_projection(annual: float, n: int, share: float, bonds: float) -> None:
    """At zero volatility each period grows by exactly (1 + annual)^(1/n), of a mix by its share-weighted return."""
    stocks_alone = drawn(Mix(annual, 0.0), years=2, paths=3, periods_per_year=n)
    mixed = drawn(Mix(annual, 0.0, share, bonds), years=2, paths=3, periods_per_year=n)

    assert np.all(stocks_alone == (1 + annual) ** (1 / n))
    typical = 1 + (share * annual + (1 - share) * bonds)
    assert np.all(mixed == typical ** (1 / n))


@pytest.mark.parametrize("n", [1, 12, 26])
@pytest.mark.parametrize("mix", [STOCKS, BALANCED, Mix(-0.05, 0.4)])
def test_moments_of_a_period(mix: Mix, n: int) -> None:
    """Log growth has mean ln(1 + median)/n and deviation volatility/sqrt(n), within four standard errors."""
    logs = np.log(drawn(mix, years=10, paths=5_000, periods_per_year=n))
    deviation = mix.mixed_volatility / np.sqrt(n)

    assert abs(logs.mean() - np.log1p(mix.median_return) / n) < 4 * deviation / np.sqrt(logs.size)
    assert abs(logs.std() / deviation - 1) < 4 / np.sqrt(2 * logs.size)
    in_a_row = np.corrcoef(logs[:-1].ravel(), logs[1:].ravel())[0, 1]
    assert abs(in_a_row) < 4 / np.sqrt(logs.size)


@pytest.mark.parametrize("mix", [STOCKS, BALANCED])
@pytest.mark.parametrize("years", [1, 30])
def test_quantiles_are_the_closed_form(mix: Mix, years: int) -> None:
    """A dollar after T years: quantiles are (1 + median)^T exp(volatility sqrt(T) z); half of the paths end below the median."""
    paths = 20_000
    ends = drawn(mix, years=years, paths=paths).prod(axis=0)

    for chance in (0.05, 0.25, 0.5, 0.75, 0.95):
        z = NormalDist().inv_cdf(chance)
        expected = (1 + mix.median_return) ** years * np.exp(mix.mixed_volatility * np.sqrt(years) * z)
        below = np.mean(ends < expected)
        assert abs(below - chance) < 4 * np.sqrt(chance * (1 - chance) / paths)


@pytest.mark.parametrize(
    ("correlation", "expected"),
    [(1.0, 0.6 * 0.15 + 0.4 * 0.06), (-1.0, 0.6 * 0.15 - 0.4 * 0.06), (0.0, 0.0931450)],
)
def test_correlation_in_the_mix(correlation: float, expected: float) -> None:
    """Moving together volatilities add, moving apart they offset, unrelated they add in squares."""
    mix = Mix(0.07, 0.15, 0.6, 0.04, 0.06, correlation)

    assert mix.mixed_volatility == pytest.approx(expected, abs=1e-7)
    spread = np.log(drawn(mix, years=20, paths=5_000)).std() * np.sqrt(12)
    assert spread == pytest.approx(expected, rel=0.01)


def test_a_perfect_hedge_is_certain() -> None:
    """Two parts that offset each other exactly: every path is the median."""
    hedge = Mix(0.07, 0.06, stock_share=0.5, bond_return=0.03, bond_volatility=0.06, correlation=-1.0)

    assert drawn(hedge) == pytest.approx(1.05 ** (1 / 12), abs=1e-12)


def test_all_in_bonds() -> None:
    """At a stock share of 0 only the bonds' figures count."""
    bonds = Mix(0.07, 0.15, stock_share=0.0, bond_return=0.04, bond_volatility=0.06)

    assert np.array_equal(drawn(bonds), drawn(Mix(0.04, 0.06)))


def test_two_assets_rebalanced_each_period_come_close() -> None:
    """
    Stocks and bonds drawn apart and rebalanced each month spread as the mix does.

    Their median lies above the mix's by the known gain of rebalancing, share (1 - share)/2 x variance of the difference.
    """
    rng, share, n, years = np.random.default_rng(3), BALANCED.stock_share, 12, 20
    first, second = rng.standard_normal((2, years * n, 20_000))
    second = BALANCED.correlation * first + np.sqrt(1 - BALANCED.correlation**2) * second
    stocks = 1.07 ** (1 / n) * np.exp(BALANCED.volatility / np.sqrt(n) * first)
    bonds = 1.04 ** (1 / n) * np.exp(BALANCED.bond_volatility / np.sqrt(n) * second)
    logs = np.log(share * stocks + (1 - share) * bonds).sum(axis=0)

    apart = 0.15**2 + 0.06**2 - 2 * 0.2 * 0.15 * 0.06
    gain = share * (1 - share) / 2 * apart
    typical = (share * np.log(1.07) + (1 - share) * np.log(1.04) + gain) * years
    assert np.median(logs) == pytest.approx(typical, abs=0.02)
    assert logs.std() == pytest.approx(BALANCED.mixed_volatility * np.sqrt(years), rel=0.02)
    assert np.median(logs) > np.log1p(BALANCED.median_return) * years


def test_markets_fall_too() -> None:
    """Some paths end below their start, in both markets, and none at or below nothing."""
    for market in MARKETS:
        growth = drawn(years=5, paths=2_000, market=market)
        assert growth.min() > 0
        assert 0.01 < np.mean(growth.prod(axis=0) < 1) < 0.5


# History


def test_history_is_what_the_file_says() -> None:
    """97 nominal years in order; the crash of 1931 and the boom of 1954 are in it."""
    past = market_history()

    assert past.years.tolist() == list(range(1926, 2023))
    assert past.stocks[past.years == 1929] == -0.09459
    assert past.bonds[past.years == 2022] == -0.11687
    assert not past.stocks.flags.writeable


@pytest.mark.parametrize("share", [1.0, 0.6, 0.0])
@pytest.mark.parametrize("n", [1, 12])
def test_history_holds_historical_years_in_runs(share: float, n: int) -> None:
    """Each year of a path is a year that was, followed within its run of five by the next one; 1926 follows 2022."""
    past = market_history()
    by_year = 1 + share * past.stocks + (1 - share) * past.bonds
    mix = Mix(0.99, 0.5, stock_share=share, bond_return=0.99)

    growth = drawn(mix, years=13, paths=500, market="history", periods_per_year=n)

    of_years = growth.reshape(13, n, -1).prod(axis=1)
    nearest = np.abs(of_years[..., None] - by_year).argmin(axis=-1)
    assert of_years == pytest.approx(by_year[nearest], rel=1e-12)
    for run in (nearest[:5], nearest[5:10], nearest[10:]):
        assert np.array_equal(run[1:], (run[:-1] + 1) % len(by_year))
    assert np.unique(nearest).size == len(by_year)


def test_every_year_starts_a_run_as_often() -> None:
    """Starts are even over the 97 years, within five standard errors."""
    past = market_history()
    first_years = drawn(years=1, paths=20_000, market="history", periods_per_year=1)[0]
    counts = np.array([(np.abs(first_years - (1 + each)) < 1e-12).sum() for each in past.stocks])

    assert counts.sum() == 20_000
    chance = 1 / len(counts)
    assert np.abs(counts - 20_000 * chance).max() < 5 * np.sqrt(20_000 * chance * (1 - chance))


# A client, and bad input


def test_a_clients_assumptions_are_a_mix() -> None:
    """The names are those of the assumptions."""
    assumed = mr.Client.load("lin").with_(stock_share=0.6, volatility=0.18, correlation=-0.2).assumptions

    mix = Mix.of(assumed)

    assert (mix.stock_share, mix.volatility, mix.correlation) == (0.6, 0.18, -0.2)
    assert (mix.annual_return, mix.bond_return) == (assumed.annual_return, assumed.bond_return)


def test_a_run_too_large_is_refused_before_it_starts() -> None:
    """A million paths of which 1,000 numbers are kept take 8 GB: refused at the call, with the size."""
    assert bytes_of_run(30, 12, 1_000_000, kept_per_path=1_000) > MOST_BYTES
    with pytest.raises(mr.InputError) as caught:
        growth_paths(STOCKS, 30, 1_000_000, kept_per_path=1_000)

    assert (caught.value.field, caught.value.rule) == ("paths", "too_large")
    assert "7.5 GB" in str(caught.value)
    next(growth_paths(STOCKS, 30, 1_000_000, kept_per_path=100))


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: Mix(0.07, -0.01), "volatility"),
        (lambda: Mix(0.07, float("nan")), "volatility"),
        (lambda: Mix(-1.0, 0.1), "annual_return"),
        (lambda: Mix("7%", 0.1), "annual_return"),
        (lambda: Mix([0.07, 0.08], 0.1), "annual_return"),
        (lambda: Mix(0.07, 0.1, stock_share=1.1), "stock_share"),
        (lambda: Mix(0.07, 0.1, stock_share=-0.1), "stock_share"),
        (lambda: Mix(0.07, 0.1, bond_volatility=-0.1), "bond_volatility"),
        (lambda: Mix(0.07, 0.1, correlation=1.1), "correlation"),
        (lambda: Mix(0.07, 0.1, correlation=-1.1), "correlation"),
        (lambda: growth_paths(STOCKS, 0, 10), "years"),
        (lambda: growth_paths(STOCKS, 101, 10), "years"),
        (lambda: growth_paths(STOCKS, 10, 0), "paths"),
        (lambda: growth_paths(STOCKS, 10, 2.5), "paths"),
        (lambda: growth_paths(STOCKS, 10, 1_000_001), "paths"),
        (lambda: growth_paths(STOCKS, 10, True), "paths"),
        (lambda: growth_paths(STOCKS, 10, 10, seed=-1), "seed"),
        (lambda: growth_paths(STOCKS, 10, 10, seed=None), "seed"),
        (lambda: growth_paths(STOCKS, 10, 10, market="bull"), "market"),
        (lambda: growth_paths(STOCKS, 10, 10, market=["history"]), "market"),
        (lambda: growth_paths(STOCKS, 10, 10, periods_per_year=0), "periods_per_year"),
    ],
)
def test_bad_input_is_named(call, field: str) -> None:
    """What cannot be is refused at the call, in one sentence that names the field."""
    with pytest.raises(mr.InputError) as caught:
        call()

    assert caught.value.field == field
    assert str(caught.value).endswith(".")


def test_blocks_are_drawn_when_they_are_asked_for() -> None:
    """A run of a million paths can be stopped after its first block."""
    first = next(iter(islice(growth_paths(STOCKS, 1, 1_000_000), 1)))

    assert first.shape == (12, BLOCK)
