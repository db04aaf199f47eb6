"""What waiting costs: the same client, the same take-home dollars, the money moved later and later."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError, refuse
from megaroth.plans.projection import project
from megaroth.plans.strategies import PROMPT, Strategy, delay, named, schedule, whole_months
from megaroth.rules.extra_income import LAYER_SOURCES, LAYERS
from megaroth.rules.working import Working

CENT = 0.005  # USD; less is no difference
FIRST_MONTHS = tuple(month / 12 for month in range(25))  # every month of the first two years, as delays
# Where a break-even is looked for: from, to, and at how many points the sides are compared first. A value is a straight
# line over the rate in retirement, so that its two ends tell all; without any return all tie, so that one starts above.
SEARCHED = {"retirement_tax_rate": (0.0, 1.0, 2), "annual_return": (0.001, 0.2, 21)}


class CostOfWaiting(pd.DataFrame):
    """
    The table of cost_of_waiting.

    Attributes:
        discount_rate: with which its present values are made. discount_basis: where that comes from, "inflation" (the
            client names no rate of his own: the figures are today's dollars) or "discount_rate".
        working: how the last row comes about. projection: the years behind it.
    """

    _metadata = ("projection", "discount_rate", "discount_basis")

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame  # a part of the table is a plain table

    @property
    def working(self) -> pd.DataFrame:
        """Steps from two values at the horizon to the last row's present value: label, amount, formula, source."""
        return self.working_of(self.index[-1])

    def working_of(self, delay_years: float) -> pd.DataFrame:
        """The steps of one row; raises InputError for a delay that is not in the table."""
        if delay_years not in self.index:
            refuse("choice", "delays", delay_years, choices=", ".join(f"{each:g}" for each in self.index))
        row, prompt = self.loc[delay_years], self.projection.summary["value_after_tax"].iloc[0]
        today = self.discount_basis == "inflation"
        steps = Working()
        formula = "earnings in what is moved, all years"
        steps.add("Taxed earnings", row["taxable_rollover"], formula, "26 U.S.C. 72(d)(2), 72(e)(8)")
        tax = 0.0
        formula = "tax with the income less tax without it, each year"
        for layer, words in LAYERS.items():
            if abs(row[layer]) >= CENT:
                tax += steps.add(words, row[layer], formula, LAYER_SOURCES[layer])
        steps.add("Tax when the money moves", tax, "sum of the layers", "26 U.S.C. 1")
        if row["additional_tax"] > 0:
            formula = "rate of the additional tax on the earnings kept back"
            steps.add("Additional tax before 59 1/2", row["additional_tax"], formula, "26 U.S.C. 72(t)")
        formula = "all accounts at the horizon"
        waiting = steps.add("Value after tax, waiting", row["value_after_tax"], formula, "ledger")
        formula = "the same, with the tax that the dearest wait pays more kept in a brokerage account"
        prompt = steps.add("Value after tax, prompt", prompt, formula, "ledger")
        difference = steps.add("Difference at the horizon", waiting - prompt, "waiting less prompt", "ledger")
        years = horizon_years(self.projection.client)
        steps.add(
            "Number of years",
            years,
            "from the start of the first year to the end of the last one",
            "assumption",
        )
        formula = (
            "1 / (1 + inflation) to the number of years"
            if today
            else "1 / (1 + discount rate) to the number of years"
        )
        factor = round((1 + self.discount_rate) ** -years, 9)
        steps.add("Discount factor", factor, formula, "assumption")
        label, formula = (
            "In today's dollars" if today else "Present value",
            "difference times discount factor",
        )
        steps.add(label, round(difference * factor, 2), formula, "assumption")
        return steps.frame()


def cost_of_waiting(
    client: Client, delays: Iterable[float] = range(0, 11), earnings_to: str = "roth"
) -> CostOfWaiting:
    """
    What it costs to let after-tax money wait before it moves to Roth.

    Nothing moves for so many years; then everything at once, and promptly from then on, not past separation.

    Args:
        client: facts and assumptions.
        delays: years waited; twelfths for months (FIRST_MONTHS: every month of two years). 0 is prompt.
        earnings_to: "roth" (taxed when moved) or "traditional_ira" (Notice 2014-54).

    Returns: a row per delay, index delay_years. Columns: transfer_year (of the first transfer), past_separation (the
        wait would outlast the job, so it ends there), taxable_rollover, tax (all years) and its LAYERS, additional_tax,
        value_after_tax (at the horizon, nominal USD), against_prompt (its difference to prompt, discounted to today;
        negative: waiting costs). A client whose conversions end in a year (conversions_end_year) gets two more: caught
        (in the after-tax account when they end) and against_prompt_if_open, the price without that risk.
    Raises: InputError for delays that are negative, no whole months or given twice, for none at all, and as project.
    Source: design sections 3 and 4.
    """
    asked = _waits(delays)
    waits = [delay(float(each), earnings_to=earnings_to) for each in asked]
    projection = project(client, strategies=(PROMPT, *waits))
    assumed = client.assumptions
    summary = projection.summary
    left = assumed.leaving_year + assumed.share_of_leaving_year
    found = pd.DataFrame(
        {
            "transfer_year": [_first_transfer(client, wait) for wait in waits],
            "past_separation": [assumed.start_year + each > left for each in asked],
        },
        index=pd.Index(
            [int(each) if each.denominator == 1 else float(each) for each in asked], name="delay_years"
        ),
    )
    rows = summary.iloc[1:]
    for name in ("taxable_rollover", "tax", *LAYERS, "additional_tax", "value_after_tax"):
        found[name] = rows[name].to_numpy()
    rate, basis = discounting(client)
    ahead = found["value_after_tax"] - summary["value_after_tax"].iloc[0]
    found["against_prompt"] = ahead * (1 + rate) ** -horizon_years(client)
    if assumed.conversions_end_year is not None:
        found["caught"] = _caught(projection.ledger, assumed.conversions_end_year, waits)
        open_ = cost_of_waiting(client.with_(conversions_end_year=None), found.index, earnings_to)
        found["against_prompt_if_open"] = open_["against_prompt"]
    table = CostOfWaiting(found)
    table.projection, table.discount_rate, table.discount_basis = projection, rate, basis
    return table


def _waits(delays: Iterable[float]) -> list[Fraction]:
    """The delays as exact years."""
    if isinstance(delays, str) or not isinstance(delays, Iterable):
        refuse("list", "delays", delays)
    waits = [whole_months("delays", each) for each in delays]
    if not waits:
        refuse("missing", "delays", None)
    for k, wait in enumerate(waits):
        if wait in waits[:k]:
            refuse("once", "delays", float(wait))
    return waits


def discounting(client: Client) -> tuple[float, str]:
    """The rate that brings later dollars to today, and the assumption that it is: the client's own, else inflation."""
    name = "inflation" if client.assumptions.discount_rate is None else "discount_rate"
    return getattr(client.assumptions, name), name


def horizon_years(client: Client) -> int:
    """Years from today, the start of the first year, to the end of the last one."""
    return client.assumptions.horizon_year - client.assumptions.start_year + 1


def _first_transfer(client: Client, wait: Strategy) -> int | None:
    moves = schedule(wait, client)
    return client.assumptions.start_year + int(np.argmax(moves.any(axis=1))) if moves.any() else None


def _caught(ledger: pd.DataFrame, year: int, waits: Iterable[Strategy]) -> list[float]:
    """What each wait has left in the after-tax account on 1 January of the year from which nothing moves."""
    then = ledger[ledger["year"] == year].set_index("strategy")["after_tax_opening"]
    return [float(then.get(wait.key, 0.0)) for wait in waits]


@dataclass(frozen=True)
class BreakEven:
    """
    Where two strategies are worth the same after tax at the horizon.

    Attributes:
        of: the assumption that was varied, all else as the client has it. between: the two strategies' keys.
        rate: at which they tie, a fraction; of several the one nearest to what the client assumes. None: nowhere.
        rates: all of them. Where a cliff of the law makes the difference jump over zero no rate is an exact tie; it is
            then the one at which the other side begins to win, and difference_at_rate is what the jump leaves, USD.
        always_wins: where there is no rate, the side that is ahead all the way; None: they never differ.
        low, high: between which it was looked for. difference_at_low, difference_at_high: the first strategy's value
            less the second's there, USD at the horizon.
    """

    of: str
    between: tuple[str, str]
    rate: float | None
    rates: tuple[float, ...]
    always_wins: str | None
    low: float
    high: float
    difference_at_low: float
    difference_at_high: float
    difference_at_rate: float | None

    @property
    def working(self) -> pd.DataFrame:
        """The steps to the rate, or to the side that always wins: label, amount, formula, source."""
        steps, formula = Working(), "value of the first strategy less the second, at the horizon"
        steps.add("Lowest rate tried", self.low, "assumption", "assumption")
        steps.add("Difference there", self.difference_at_low, formula, "ledger")
        steps.add("Highest rate tried", self.high, "assumption", "assumption")
        steps.add("Difference there", self.difference_at_high, formula, "ledger")
        if self.rate is not None:
            steps.add("Difference at the break-even", self.difference_at_rate, formula, "ledger")
            steps.add("Break-even", self.rate, "where the difference is nothing", "ledger")
        return steps.frame()


def break_even(
    client: Client,
    of: str = "retirement_tax_rate",
    between: Iterable[Strategy | str] = ("late_convert", "late_split"),
) -> BreakEven:
    """
    The rate at which two strategies are worth the same.

    Args:
        client: facts and assumptions.
        of: what is varied: "retirement_tax_rate" (0 to 100%) or "annual_return" (0.1% to 20%; of stocks, where the
            client has bonds too).
        between: two strategies, values or keys.

    Returns: the rate, or which side always wins; see BreakEven. Two returns of a tie within one percentage point of each
        other can go unseen.
    Raises: InputError for another assumption, for other than two strategies, and as project.
    """
    if not isinstance(of, str) or of not in SEARCHED:
        refuse("choice", "of", of, choices=", ".join(SEARCHED))
    sides = _two(between)

    def difference(rate: float) -> float:
        value = project(client.with_(**{of: float(rate)}), sides).summary["value_after_tax"]
        return float(value.iloc[0] - value.iloc[1])

    points = np.linspace(*SEARCHED[of])
    found = np.array([difference(rate) for rate in points])
    rates = _roots(difference, points, found)
    now = getattr(client.assumptions, of)
    rate = min(rates, key=lambda each: abs(each - now), default=None)
    ahead = found[np.abs(found) >= CENT]
    keys = sides[0].key, sides[1].key
    return BreakEven(
        of=of,
        between=keys,
        rate=rate,
        rates=rates,
        always_wins=None if rates or not ahead.size else keys[0] if ahead[0] > 0 else keys[1],
        low=float(points[0]),
        high=float(points[-1]),
        difference_at_low=float(found[0]),
        difference_at_high=float(found[-1]),
        difference_at_rate=None if rate is None else difference(rate),
    )


def _two(between: Iterable[Strategy | str]) -> tuple[Strategy, Strategy]:
    try:
        sides = named(between)
    except InputError as problem:
        raise problem.under("between") from None
    if len(sides) != 2:
        text = "{field} must be two strategies; you entered {value}."
        raise InputError("two", text, field="between", value=", ".join(side.key for side in sides))
    return sides


def _roots(difference: object, points: np.ndarray, found: np.ndarray) -> tuple[float, ...]:
    """Where the difference changes sides; points at which the sides tie, as with no earnings at all, are no change."""
    from scipy.optimize import brentq  # takes longer to load than all of megaroth

    differ = np.abs(found) >= CENT
    points, found = points[differ], found[differ]
    changes = np.flatnonzero(np.sign(found[1:]) != np.sign(found[:-1]))
    return tuple(float(brentq(difference, points[k], points[k + 1], xtol=1e-13)) for k in changes)
