"""Every strategy on thousands of uncertain markets: the same engine with twelve periods a year."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import Message
from megaroth.plans.engine import run
from megaroth.plans.markets import BLOCK, CREDIT, Mix, growth_paths
from megaroth.plans.planned import plan_of_years
from megaroth.plans.strategies import LATE_CONVERT, STRATEGIES, Strategy

MONTHS = 12
AT_ONCE = 4  # blocks of paths that run together: fewer calls, and the arrays still lie near the processor
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
CENT = 0.005  # USD; a lead of less is none
PATIENCE = 2.0  # seconds that a run may take without a progress bar


@dataclass(frozen=True)
class Simulation:
    """
    What the strategies come to on many markets, each path the same for all of them.

    Attributes:
        client, strategies, market, seed: what was run.
        asked: paths that were asked for. paths: those that were run; fewer where the run was stopped, and then just
            what a run of so many would have given.
        quantiles: index (strategy, year), a column per share of the paths (QUANTILES) that end the year at that value
            or below; value after tax if all was drawn then, USD.
        at_horizon: that value at the end of the last year, shape (strategies, paths).
        chances: by strategy, without the first: in which share of the paths it is worth more than the first at the
            horizon, by a cent at least. A tie is no win: where a market gave nothing to tax, waiting was not better.
        worst: by strategy, on its worst path: value_after_tax at the horizon and path (from 0); against_first, the most
            it falls behind the first strategy on any one path (0 or more: it never does), USD.
    """

    client: Client
    strategies: tuple[Strategy, ...]
    market: str
    seed: int
    asked: int
    quantiles: pd.DataFrame = field(repr=False)
    at_horizon: np.ndarray = field(repr=False)

    @property
    def paths(self) -> int:
        return self.at_horizon.shape[1]

    @property
    def chances(self) -> pd.Series:
        ahead = self.at_horizon - self.at_horizon[0] > CENT
        share = ahead.mean(axis=1) if self.paths else np.full(len(ahead), np.nan)
        return pd.Series(share, self._keys(), name="chance").iloc[1:]

    @property
    def chance_waiting_wins(self) -> float | None:
        """
        The chance of waiting until the job ends and converting then: that of late_convert.

        Where it was not run, that of the strategy after the first; None: there is only one.
        """
        chances = self.chances
        if chances.empty:
            return None
        return float(chances.get(LATE_CONVERT.key, chances.iloc[0]))

    @property
    def worst(self) -> pd.DataFrame:
        columns = ["value_after_tax", "path", "against_first"]
        if not self.paths:
            return pd.DataFrame(np.nan, index=self._keys(), columns=columns)
        behind = (self.at_horizon - self.at_horizon[0]).min(axis=1)
        figures = self.at_horizon.min(axis=1), self.at_horizon.argmin(axis=1), behind
        return pd.DataFrame(dict(zip(columns, figures, strict=True)), index=self._keys())

    @property
    def credit(self) -> str | None:
        """Who is to be named beside the figures."""
        return CREDIT if self.market == "history" else None

    @property
    def note(self) -> Message | None:
        """What the reader of a stopped run must know; None where it ran to its end."""
        if self.paths == self.asked:
            return None
        if not self.paths:
            return Message(
                "The simulation was stopped before its first paths were done: there are no figures."
            )
        text = "The simulation was stopped after {paths} of {asked} paths: the figures rest on these."
        return Message(text, {"paths": self.paths, "asked": self.asked})

    def _keys(self) -> pd.Index:
        return pd.Index([each.key for each in self.strategies], name="strategy")


def simulate(
    client: Client,
    paths: int = 10_000,
    market: str = "lognormal",
    seed: int = 1,
    strategies: Iterable[Strategy | str] = STRATEGIES,
    stop: Callable[[], bool] | None = None,
) -> Simulation:
    """
    Run a client's strategies on many markets, month by month.

    The plan pays twelve times a year here; without volatility the outcome is that of project with pay_periods=12. A run
    of more than two seconds shows its progress. It can be stopped, by Ctrl-C or by *stop*, and then gives what the
    paths that are done come to.

    Args:
        client: facts and assumptions; what the money is in, see markets.Mix.
        paths: how many markets, to 1,000,000. market: "lognormal" or "history". seed: the same one, the same paths.
        strategies: values or keys; the first is what the others are held against.
        stop: asked before each 10,000 paths; true ends the run.

    Returns: see Simulation.
    Raises: InputError as project, for an unknown market, for paths or a seed that cannot be, and before anything is run
        for more than memory holds.
    """
    plan = plan_of_years(_monthly(client), strategies)
    shape = len(plan.years), len(plan.strategies)
    mix = Mix.of(client.assumptions)
    blocks = growth_paths(mix, shape[0], paths, seed, market, MONTHS, kept_per_path=shape[0] * shape[1])
    worth = np.empty((*shape, int(paths)))
    done = 0
    try:
        with _progress(int(paths)) as bar:
            for growth in _together(blocks, MONTHS * shape[0], int(paths)):
                if stop is not None and stop():
                    break
                here = growth.shape[1]
                run(plan, growth, into=worth[:, :, done : done + here])
                done += here
                bar.update(here)
    except KeyboardInterrupt:
        pass  # what is done is done; Simulation.note says how much
    worth = worth[:, :, :done]
    years = [each.law.year for each in plan.years]
    quantiles = _quantiles(worth, [each.key for each in plan.strategies], years)
    return Simulation(client, plan.strategies, market, int(seed), int(paths), quantiles, worth[-1].copy())


def _monthly(client: Client) -> Client:
    """The client paid twelve times a year; what was paid in before today keeps its place in the year."""
    first = (client.elections.first_pay_period - 1) * MONTHS // client.plan.pay_periods + 1
    return client.with_(pay_periods=MONTHS, first_pay_period=first)


def _together(blocks: Iterator[np.ndarray], periods: int, paths: int) -> Iterator[np.ndarray]:
    """Blocks of paths side by side, AT_ONCE of them, each time in the same memory."""
    growth = np.empty((periods, min(paths, AT_ONCE * BLOCK)))
    filled = 0
    for block in blocks:
        growth[:, filled : filled + block.shape[1]] = block
        filled += block.shape[1]
        if filled == growth.shape[1]:
            yield growth
            filled = 0
    if filled:
        yield growth[:, :filled]


def _progress(paths: int) -> object:
    from tqdm.auto import tqdm  # a bar in a terminal and in a notebook; takes longer to load than a short run

    return tqdm(total=paths, unit=" paths", delay=PATIENCE, leave=False)


def _quantiles(worth: np.ndarray, keys: list[str], years: list[int]) -> pd.DataFrame:
    """Quantiles of each strategy at each year's end; worth (years, strategies, paths)."""
    found = np.full((len(QUANTILES), len(keys), len(years)), np.nan)
    if worth.shape[2]:
        for k, of_year in enumerate(worth):
            found[:, :, k] = np.quantile(of_year, QUANTILES, axis=1)
    index = pd.MultiIndex.from_product([keys, years], names=["strategy", "year"])
    return pd.DataFrame(found.reshape(len(QUANTILES), -1).T, index=index, columns=list(QUANTILES))
