"""
Return paths: what a dollar grows to in each period of an uncertain future, log-normal or drawn from history.

Paths come in blocks shaped (periods, paths), each block from a seed of its own: memory stays flat however many paths
are run, and a path is the same however many others, or later years, are drawn with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Self

import numpy as np

from megaroth.facts.client import Assumptions
from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError, checked, refuse

BLOCK = 2500  # paths
HISTORY_BLOCK_YEARS = 5  # years that stay together when history is drawn
MOST_YEARS, MOST_PERIODS, MOST_PATHS, MOST_SEED = 100, 366, 1_000_000, 2**63 - 1
MOST_BYTES = 2 * 1024**3
CREDIT = "Robert Shiller"  # to be named wherever a figure rests on market_history.csv


@dataclass(frozen=True)
class Mix:
    """
    What the money is in: stocks and bonds at a constant share, rebalanced all the time, and how they may move.

    annual_return and bond_return are what a year brings in the typical path, the median: half of all paths end above
    (1 + return) to the number of years, half below, over any time. That is the growth that compounds, as an advisor
    says "7% a year"; the arithmetic mean of the years is higher, by about half the volatility squared. A mix has the
    share-weighted return as its median, so that the middle of a fan is what a projection without chance shows. (Two
    parts that do not move together give a rebalanced mix a little more than that; it is left out, on the cautious side.)

    Attributes (fractions):
        annual_return, volatility: of stocks; volatility is the standard deviation of a year's log growth.
        stock_share: in stocks, the rest in bonds. bond_return, bond_volatility: of bonds.
        correlation: of the log growth of stocks and bonds, -1 to 1.
    """

    annual_return: float
    volatility: float
    stock_share: float = 1.0
    bond_return: float = 0.0
    bond_volatility: float = 0.0
    correlation: float = 0.0

    def __post_init__(self) -> None:
        bounds = {
            "annual_return": (-0.99, 1.0),
            "bond_return": (-0.99, 1.0),
            "volatility": (0.0, 1.0),
            "bond_volatility": (0.0, 1.0),
            "stock_share": (0.0, 1.0),
            "correlation": (-1.0, 1.0),
        }
        for field, (low, high) in bounds.items():
            value = checked(field, getattr(self, field), low=low, high=high)
            if not isinstance(value, float):
                refuse("number", field, value)

    @classmethod
    def of(cls, assumed: Assumptions) -> Self:
        """The mix that a client's assumptions name."""
        return cls(**{field.name: getattr(assumed, field.name) for field in fields(cls)})

    @property
    def median_return(self) -> float:
        """
        A year's return of the mix in the typical path.

        >>> round(Mix(0.07, 0.15, stock_share=0.6, bond_return=0.04, bond_volatility=0.06).median_return, 6)
        0.058
        """
        share = self.stock_share
        return share * self.annual_return + (1 - share) * self.bond_return

    @property
    def mixed_volatility(self) -> float:
        """
        Standard deviation of a year's log growth of the mix.

        >>> round(Mix(0.07, 0.15, stock_share=0.6, bond_return=0.04, bond_volatility=0.06).mixed_volatility, 6)
        0.093145
        """
        stocks, bonds = self.stock_share * self.volatility, (1 - self.stock_share) * self.bond_volatility
        return float(np.sqrt(max(0.0, stocks**2 + bonds**2 + 2 * self.correlation * stocks * bonds)))


@dataclass(frozen=True)
class History:
    """Calendar years in order, and the nominal total return of stocks and of bonds in each, fractions."""

    years: np.ndarray
    stocks: np.ndarray
    bonds: np.ndarray


@cache
def market_history() -> History:
    """
    The years of data/market/market_history.csv, nominal.

    Source: Robert Shiller's monthly series; see data/market/README.md.
    """
    table = np.genfromtxt(
        data_path("market", "market_history.csv"), delimiter=",", names=True, encoding="utf-8"
    )
    columns = table["year"].astype(int), table["stocks_total_return"], table["bonds_total_return"]
    for column in columns:
        column.flags.writeable = False
    return History(*columns)


def growth_paths(
    mix: Mix,
    years: int,
    paths: int,
    seed: int = 1,
    market: str = "lognormal",
    periods_per_year: int = 12,
    kept_per_path: int = 0,
) -> Iterator[np.ndarray]:
    """
    Blocks of growth factors, 1 + return of each period.

    "lognormal": a period's growth is (1 + median return)^(1/n) times the exponential of a normal draw; at zero
    volatility it is that power exactly.
    "history": years of 1926 to 2022 as they were, nominal, in runs of five from a start drawn at random, 1926 following
    2022. Only the mix's stock share counts: the years bring their own returns. Stocks and bonds of one year stay
    together; inflation is the client's assumption and not drawn. Within a year growth is even, the n-th root of the
    year's, so that a year's end is exact and the months in between are smooth.

    The same seed gives the same numbers, to the cent, on every machine with the locked numpy. Path k is the same
    whatever the number of paths; a longer horizon only adds years.

    Args:
        mix: what the money is in. years: 1 to 100. paths: 1 to 1,000,000. seed: a whole number from 0.
        market: "lognormal" or "history". periods_per_year: 1 to 366.
        kept_per_path: how many numbers the caller will keep of each path, for the check of memory.

    Returns: an iterator over arrays shaped (years x periods_per_year, at most 2,500), as many as the paths need.
    Raises: InputError, at the call and not later, for what cannot be or would not fit into memory.
    """
    if not isinstance(market, str) or market not in MARKETS:
        refuse("choice", "market", market, choices=", ".join(MARKETS))
    years = _whole("years", years, 1, MOST_YEARS)
    n = _whole("periods_per_year", periods_per_year, 1, MOST_PERIODS)
    paths = _whole("paths", paths, 1, MOST_PATHS)
    seed = _whole("seed", seed, 0, MOST_SEED)
    needed = bytes_of_run(years, n, paths, kept_per_path)
    if needed > MOST_BYTES:
        text = "{field}: {value} would take about {size} GB of memory, more than the {limit} GB set aside; choose fewer."
        size, limit = f"{needed / 1024**3:,.1f}", f"{MOST_BYTES / 1024**3:,.1f}"
        raise InputError("too_large", text, field="paths", value=paths, size=size, limit=limit)
    draw = MARKETS[market]
    return (
        draw(mix, years, n, _random(seed, block), min(BLOCK, paths - first))
        for block, first in enumerate(range(0, paths, BLOCK))
    )


def bytes_of_run(years: int, periods_per_year: int, paths: int, kept_per_path: int = 0) -> int:
    """
    The memory that a run takes at its peak: a block and the draws behind it, and what the caller keeps of each path.

    Args: kept_per_path, numbers of eight bytes.

    >>> bytes_of_run(30, 12, paths=10_000) == bytes_of_run(30, 12, paths=1_000_000)
    True
    """
    number = np.dtype(np.float64).itemsize
    return number * (2 * years * periods_per_year * BLOCK + paths * kept_per_path)


def _lognormal(mix: Mix, years: int, n: int, random: np.random.Generator, paths: int) -> np.ndarray:
    # Period by period for a whole block, so that neither fewer paths nor more years change a draw.
    growth = np.ascontiguousarray(random.standard_normal((years * n, BLOCK))[:, :paths])
    growth *= mix.mixed_volatility / np.sqrt(n)
    np.exp(growth, out=growth)
    growth *= (1 + mix.median_return) ** (1 / n)
    return growth


def _history(mix: Mix, years: int, n: int, random: np.random.Generator, paths: int) -> np.ndarray:
    past = market_history()
    by_year = 1 + mix.stock_share * past.stocks + (1 - mix.stock_share) * past.bonds
    runs = -(-years // HISTORY_BLOCK_YEARS)
    starts = random.integers(len(by_year), size=(runs, BLOCK))[:, :paths]
    drawn = (starts[:, None, :] + np.arange(HISTORY_BLOCK_YEARS)[:, None]) % len(by_year)
    of_periods = by_year ** (1 / n)
    return np.repeat(of_periods[drawn.reshape(-1, paths)[:years]], n, axis=0)


MARKETS: dict[str, Callable[..., np.ndarray]] = {"lognormal": _lognormal, "history": _history}


def _random(seed: int, block: int) -> np.random.Generator:
    """The generator of one block: child *block* of the seed, and the algorithm by name, not numpy's default of the day."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(block,))))


def _whole(field: str, value: object, low: int, high: int) -> int:
    if isinstance(value, int | np.integer) and not isinstance(value, bool) and low <= value <= high:
        return int(value)  # a seed has more digits than a float holds
    number = checked(field, value, low=low, high=high)
    if not isinstance(number, float) or not number.is_integer():
        refuse("whole", field, value)
    return int(number)
