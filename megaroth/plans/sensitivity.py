"""How much the cost of waiting depends on what nobody can know: a grid of returns and delays, and what moves it most."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from megaroth.facts.client import MOST_YEARS, Assumptions, Client
from megaroth.facts.errors import InputError, checked_one, refuse
from megaroth.facts.fields import LAST_YEAR, bounds_of
from megaroth.plans.comparison import cost_of_waiting, discounting

RETURN_STEPS = (
    -0.04,
    -0.03,
    -0.02,
    -0.01,
    0.0,
    0.01,
    0.02,
    0.03,
    0.04,
)  # of the grid, around the client's own
# How far each assumption is moved to either side of the client's own.
RATE_STEPS = {
    "annual_return": 0.02, "stock_share": 0.2, "bond_return": 0.02, "inflation": 0.01, "pay_growth": 0.02,
    "dividend_yield": 0.01, "retirement_tax_rate": 0.1, "gains_rate_at_horizon": 0.1, "discount_rate": 0.02,
}  # fmt: skip
YEAR_STEPS = {"separation_year": 3, "retirement_year": 3, "horizon_year": 5}
DAYS = {"days_to_rollover": (0, 30)}
VARIED = (*RATE_STEPS, *YEAR_STEPS, *DAYS)
PLACES = 6  # decimals of a rate that a step leads to: 0.07 + 0.01 is 0.08

Range = tuple[float, float]


@dataclass(frozen=True)
class Sensitivity:
    """
    How the cost of waiting, discounted to today as cost_of_waiting does, answers to the assumptions.

    Attributes:
        grid: index annual_return, a column per delay in years: against_prompt of cost_of_waiting, USD (negative:
            waiting costs).
        delay_years: the wait of the tornado. answer: its cost as the client assumes.
        tornado: index assumption, what moves the answer most first. Columns low, high (what is assumed), answer_at_low,
            answer_at_high (the cost then), swing (from the least of these two and the answer to the most), USD.
        discount_basis: as of cost_of_waiting.
    """

    client: Client
    grid: pd.DataFrame
    delay_years: float
    answer: float
    tornado: pd.DataFrame

    @property
    def discount_basis(self) -> str:
        return discounting(self.client)[1]


def sensitivity(
    client: Client,
    returns: Iterable[float] | None = None,
    delays: Iterable[float] = range(0, 11),
    varied: Mapping[str, Range] | None = None,
    earnings_to: str = "roth",
    wait: float | None = None,
) -> Sensitivity:
    """
    A grid of returns and delays, and a tornado of the assumptions.

    Args:
        client: facts and assumptions.
        returns: of the grid, fractions; None: the client's own and RETURN_STEPS around it.
        delays, earnings_to: as cost_of_waiting. wait: of the delays, the one of the tornado; None: the longest.
        varied: the assumptions of the tornado, of VARIED, each with its low and high; None: all of them, RATE_STEPS and
            YEAR_STEPS around the client's own as far as that is possible, and DAYS.

    Returns: see Sensitivity.
    Raises: InputError for an assumption that is not varied, for other than a low and a high, and as cost_of_waiting.
    """
    asked = list(delays) if isinstance(delays, Iterable) and not isinstance(delays, str) else delays

    def costs(changed: Client) -> pd.Series:
        return cost_of_waiting(changed, asked, earnings_to)["against_prompt"]

    # Always the same waits side by side: what the others spend on tax moves each one's side account a little.
    answers = costs(client)
    if wait is not None and wait not in answers.index:
        refuse("choice", "delays", wait, choices=", ".join(f"{each:g}" for each in answers.index))
    chosen, own = max(answers.index) if wait is None else wait, client.assumptions.annual_return
    answer = float(answers[chosen])
    rates = _returns(client) if returns is None else _rates(returns)
    grid = pd.DataFrame(
        {rate: answers if rate == own else costs(client.with_(annual_return=rate)) for rate in rates}
    ).T.rename_axis(index="annual_return", columns="delay_years")
    ranges = ranges_of(client) if varied is None else _given_ranges(varied)
    rows = []
    for name, ends in ranges.items():
        at_ends = [float(costs(client.with_(**{name: _as_fact(client, name, end)}))[chosen]) for end in ends]
        rows.append((name, *ends, *at_ends, max(*at_ends, answer) - min(*at_ends, answer)))
    columns = ["assumption", "low", "high", "answer_at_low", "answer_at_high", "swing"]
    tornado = pd.DataFrame(rows, columns=columns).set_index("assumption").astype(float)
    return Sensitivity(
        client, grid, chosen, answer, tornado.sort_values("swing", ascending=False, kind="stable")
    )


def _returns(client: Client) -> list[float]:
    """The client's own return and those around it, as far as a return may go; the own one to the last bit."""
    own = client.assumptions.annual_return
    low, high = bounds_of(Assumptions, "annual_return")
    return [
        rate for step in RETURN_STEPS if low <= (rate := round(own + step, PLACES) if step else own) <= high
    ]


def _rates(returns: Iterable[float]) -> list[float]:
    """Returns that were given, checked."""
    if isinstance(returns, str | Mapping) or not isinstance(returns, Iterable):
        refuse("list", "returns", returns)
    low, high = bounds_of(Assumptions, "annual_return")
    rates = [checked_one("returns", each, low=low, high=high) for each in returns]
    if not rates:
        refuse("missing", "returns", None)
    for k, rate in enumerate(rates):
        if rate in rates[:k]:
            refuse("once", "returns", rate)
    return rates


def ranges_of(client: Client) -> dict[str, Range]:
    """Low and high of every assumption around the client's own, as far as that is possible."""
    assumed = client.assumptions
    found: dict[str, Range] = {}
    for name, step in RATE_STEPS.items():
        now = discounting(client)[0] if name == "discount_rate" else getattr(assumed, name)
        lowest, highest = bounds_of(Assumptions, name)
        found[name] = round(max(now - step, lowest), PLACES), round(min(now + step, highest), PLACES)
    start, leaves, end = assumed.start_year, assumed.leaving_year, assumed.horizon_year
    retires = assumed.retirement_year
    around = {
        "separation_year": (leaves, start, end if retires is None else retires),
        "horizon_year": (end, leaves if retires is None else retires, min(start + MOST_YEARS - 1, LAST_YEAR)),
    }
    if retires is not None:
        around["retirement_year"] = retires, leaves, end
    for name, (now, lowest, highest) in around.items():
        step = YEAR_STEPS[name]
        found[name] = min(now, max(now - step, lowest)), max(now, min(now + step, highest))
    return found | DAYS


def _given_ranges(varied: Mapping[str, Range]) -> dict[str, Range]:
    """Ranges that were given: of assumptions that there are, low before high."""
    if not isinstance(varied, Mapping):
        refuse("group", "varied", varied)
    found: dict[str, Range] = {}
    for name, ends in varied.items():
        if name not in VARIED:
            refuse("choice", "varied", name, choices=", ".join(VARIED))
        if isinstance(ends, str) or not isinstance(ends, Iterable):
            refuse("list", name, ends)
        low, high = _low_and_high(name, list(ends))
        found[name] = low, high
    return found


def _low_and_high(name: str, ends: list) -> Range:
    if len(ends) != 2:
        text = "{field}: give a low and a high; you entered {value}."
        raise InputError("low_and_high", text, field=name, value=", ".join(map(str, ends)))
    low, high = (checked_one(name, end, low=-np.inf, whole=name not in RATE_STEPS) for end in ends)
    if high < low:
        refuse("at_least", name, high, low=low)
    return low, high


def _as_fact(client: Client, name: str, end: float) -> object:
    """A number as the client's assumptions take it: whole years and days, and a day of leaving moved by whole years."""
    if name in RATE_STEPS:
        return float(end)
    day = client.assumptions.separation_year
    if name == "separation_year" and isinstance(day, dt.date):
        return day.replace(year=int(end), day=min(day.day, 28) if day.month == 2 else day.day)
    return int(end)
