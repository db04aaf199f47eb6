"""
The loop over years: grow, contribute, roll over, then the tax of the year; one year's close is the next one's open.

All strategies run side by side on arrays shaped (strategies, paths) and spend the same take-home dollars: what the
dearest of them pays in tax beyond each other one goes into that one's brokerage side account (design section 4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError, checked, refuse
from megaroth.plans.accounts import AfterTaxAndRoth, YearOfMoves, one_year, with_contributions
from megaroth.plans.coming_years import ComingYear, coming_years
from megaroth.plans.strategies import STRATEGIES, Strategy, named, schedule
from megaroth.rules.income_tax import federal_columns
from megaroth.rules.working import Working

ACCOUNTS = ("pre_tax", "designated_roth", "after_tax", "traditional_ira", "roth_ira", "brokerage")
FLOWS = ("opening", "in", "growth", "moved", "tax", "closing")
# Layers of the tax on a rollover: the column of federal_columns that each is the difference of, and its sign.
LAYERS = {
    "ordinary": ("tax_on_ordinary", 1.0),
    "capital_gains": ("tax_on_gains", 1.0),
    "amt": ("amt", 1.0),
    "credits": ("credits", -1.0),
    "niit": ("niit", 1.0),
}
LAYER_LABELS = {
    "ordinary": "Ordinary brackets",
    "capital_gains": "Tax on gains",
    "amt": "AMT",
    "credits": "Smaller credits",
    "niit": "NIIT",
}


@dataclass(frozen=True)
class Projection:
    """
    Many years of several strategies for one client.

    Attributes:
        client, strategies: what was projected.
        ledger: a row per strategy and year. Columns strategy, year, projected (the year's law is not published),
            <account>_opening _in _growth _moved _tax _closing for ACCOUNTS (closing = opening + in + growth + moved -
            tax), after_tax_basis, brokerage_basis, taxable_rollover, tax (that the rollover causes) and its layers,
            side_account_tax (on the side account's dividends), USD.
        summary: a row per strategy, index its key: taxable_rollover, tax, value_after_tax at the horizon and
            against_first (its difference to the first strategy).
    """

    client: Client
    strategies: tuple[Strategy, ...]
    ledger: pd.DataFrame
    summary: pd.DataFrame

    def values(self) -> pd.DataFrame:
        """Value after tax at each year's end if all was drawn then: index year, a column per strategy, USD."""
        worth = self.ledger[["strategy", "year"]].assign(value=value_after_tax(self.ledger, self.client))
        return worth.pivot(index="year", columns="strategy", values="value")[
            [each.key for each in self.strategies]
        ]

    def working(self, strategy: str, year: int) -> pd.DataFrame:
        """
        One year of the ledger as steps: what moved, what of it is income, and the tax by layer.

        Raises: InputError for a strategy or a year that was not projected.
        """
        rows = self.ledger
        mine = rows[(rows["strategy"] == strategy) & (rows["year"] == year)]
        if mine.empty:
            known = ", ".join(each.key for each in self.strategies)
            refuse("choice", "strategies", f"{strategy} {year}", choices=known)
        row, steps = mine.iloc[0], Working()
        steps.add("After-tax account on January 1", row["after_tax_opening"], "last year's close", "ledger")
        steps.add("After-tax contribution", row["after_tax_in"], "the year's", "26 U.S.C. 415(c)(2)(B)")
        steps.add("Earnings", row["after_tax_growth"], "growth before the money moves", "ledger")
        steps.add("Moved", -row["after_tax_moved"], "rolled over", "26 U.S.C. 402A(c)(4), 408A(e)")
        steps.add(
            "Income", row["taxable_rollover"], "moved less basis recovered", "26 U.S.C. 72(d)(2), 72(e)(8)"
        )
        for layer in LAYERS:
            steps.add(
                layer, row[layer], "tax with the income less tax without it", "26 U.S.C. 1, 24, 55, 1411"
            )
        steps.add("Tax of the year", row["tax"], "sum of the layers", "26 U.S.C. 1, 24, 55, 1411")
        return steps.frame()


def project(client: Client, strategies: Iterable[Strategy | str] = STRATEGIES) -> Projection:
    """
    Project a client's accounts under each strategy to the horizon, after tax.

    Args:
        client: facts, plan and assumptions.
        strategies: values of megaroth.plans.strategies, or their keys; the first is what the others are held against.

    Returns: ledger and summary; see Projection.
    Raises: InputError for an unknown strategy, a year without tax tables, deferrals above the law's limits, or tax
        to be kept back from an in-plan rollover, which lets nothing be kept.
    Source: design sections 3 and 4; 26 U.S.C. 402A(c)(4), 408A(d)(3), 72(d)(2), 72(t).
    """
    chosen = named(strategies)
    assumed = client.assumptions
    if assumed.tax_paid_from == "from_conversion" and client.plan.way_out == "in_plan_rollover":
        text = "{field}: an in-plan rollover lets no money out, so the tax cannot be kept back from it; choose outside."
        raise InputError("nothing_kept", text, field="tax_paid_from", value="from_conversion")
    state = _Accounts(client, len(chosen))
    moves = np.stack([schedule(strategy, client) for strategy in chosen])
    split = np.array([[strategy.earnings_to == "traditional_ira"] for strategy in chosen])
    rows = [state.run(coming, moves[:, k], split) for k, coming in enumerate(coming_years(client))]
    ledger = _ledger(rows, chosen, state.converted_into)
    return Projection(client, chosen, ledger, _summary(ledger, client, chosen))


class _Accounts:
    """Every balance of the client, from year to year, shaped (strategies, 1)."""

    def __init__(self, client: Client, strategies: int) -> None:
        start, assumed = client.balances, client.assumptions
        n = client.plan.pay_periods
        self.client, self.assumed, self.n = client, assumed, n
        self.growth = np.full((n, 1), (1 + assumed.annual_return) ** (1 / n))
        # Days between payday and rollover earn the period's rate.
        self.wait = (1 + assumed.annual_return) ** (assumed.days_to_rollover / 365)
        in_plan = client.plan.way_out == "in_plan_rollover"
        self.converted_into = "designated_roth" if in_plan else "roth_ira"
        self.other_roth_name = "roth_ira" if in_plan else "designated_roth"

        def same(amount: float) -> np.ndarray:
            return np.full((strategies, 1), float(amount))

        into, other = (getattr(start, _FACT_OF[name]) for name in (self.converted_into, self.other_roth_name))
        self.moving = AfterTaxAndRoth(
            same(start.after_tax_value),
            same(start.after_tax_basis),
            same(into),
            same(start.traditional_ira_value),
        )
        self.pre_tax, self.other_roth = same(start.pre_tax), same(other)
        self.brokerage, self.brokerage_basis = same(start.brokerage_value), same(start.brokerage_basis)
        self.side = same(0.0)  # the part of the brokerage account that evens out what strategies spend on tax

    def run(self, coming: ComingYear, moves: np.ndarray, split: np.ndarray) -> dict[str, np.ndarray]:
        """One year for all strategies: the ledger's columns, each (strategies,)."""
        opening = self._balances()
        in_roth_plan, per_period = coming.roth_deferral, self._paychecks(coming)
        year = one_year(self.moving, self.growth, per_period, moves, split, self.wait)
        paid = np.full(self.n, coming.pre_tax / self.n), np.full(self.n, in_roth_plan / self.n)
        self.pre_tax = with_contributions(self.pre_tax, paid[0], self.growth)
        if self.converted_into == "designated_roth":
            extra = with_contributions(np.zeros_like(self.moving.roth), paid[1], self.growth)
            self.moving.roth = self.moving.roth + extra
            self.other_roth = with_contributions(self.other_roth, 0 * paid[1], self.growth)
        else:
            self.other_roth = with_contributions(self.other_roth, paid[1], self.growth)
        dividends = self.side * self.assumed.dividend_yield
        layers, on_dividends = _tax(coming, year.taxable, dividends)
        tax = sum(layers.values())
        tax_from_roth, tax_from_outside = self._pay(coming, year, tax)
        spent = tax_from_outside + on_dividends
        deposit = np.max(spent) - spent
        rate = self.assumed.annual_return
        gain, side_gain = self.brokerage * rate, self.side * rate
        self.brokerage = self.brokerage + gain + deposit
        self.brokerage_basis = self.brokerage_basis + dividends + deposit
        self.side = self.side + side_gain + deposit
        closing = self._balances()
        flows = {
            "pre_tax": (coming.pre_tax, 0.0, 0.0),
            "after_tax": (coming.after_tax, -year.moved, 0.0),
            "traditional_ira": (0.0, year.to_ira, 0.0),
            "brokerage": (deposit, 0.0, 0.0),
            self.converted_into: (0.0, year.moved - year.to_ira, tax_from_roth),
            self.other_roth_name: (0.0, 0.0, 0.0),
        }
        roth_in, moved, taken = flows["designated_roth"]
        flows["designated_roth"] = (roth_in + in_roth_plan, moved, taken)
        columns: dict[str, np.ndarray] = {"year": coming.law.year, "projected": coming.law.projected}
        for name in ACCOUNTS:
            came_in, moved, taken = flows[name]
            growth = closing[name] - opening[name] - came_in - moved + taken
            for flow, amount in zip(
                FLOWS, (opening[name], came_in, growth, moved, taken, closing[name]), strict=True
            ):
                columns[f"{name}_{flow}"] = amount
        columns |= {"after_tax_basis": self.moving.basis, "brokerage_basis": self.brokerage_basis}
        return columns | {
            "taxable_rollover": year.taxable,
            "tax": tax,
            **layers,
            "side_account_tax": on_dividends,
        }

    def _paychecks(self, coming: ComingYear) -> np.ndarray:
        """The year's after-tax money, spread evenly; in the first year from the first pay period on."""
        first = self.client.elections.first_pay_period if coming.law.year == self.assumed.start_year else 1
        paid = np.arange(1, self.n + 1) >= min(first, self.n)
        return paid * coming.after_tax / paid.sum()

    def _balances(self) -> dict[str, np.ndarray]:
        return {
            "pre_tax": self.pre_tax,
            "after_tax": self.moving.value,
            "traditional_ira": self.moving.ira,
            "brokerage": self.brokerage,
            self.converted_into: self.moving.roth,
            self.other_roth_name: self.other_roth,
        }

    def _pay(self, coming: ComingYear, year: YearOfMoves, tax: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """
        The tax as it leaves the receiving Roth account at the year's end, and as it is paid from outside.

        Kept back from a conversion, it never entered Roth; what it would have earned there to the year's end goes too.
        What is kept is basis first; earnings kept bear the additional tax before 59 1/2 (law 2.4).
        """
        if self.assumed.tax_paid_from == "outside":
            return np.zeros_like(tax), tax
        law = coming.law
        young = self.client.age(law.year) < law.early_distribution_age
        basis = year.moved - year.taxable
        rate = law.early_distribution_rate if young else 0.0
        kept = np.where(tax > basis, (tax - rate * basis) / (1 - rate), tax)
        kept = np.where(year.taxable > 0, kept, 0.0)
        grown = kept * year.taxable_at_year_end / np.where(year.taxable > 0, year.taxable, 1.0)
        self.moving.roth = self.moving.roth - grown
        return grown, np.where(year.taxable > 0, 0.0, tax)


_FACT_OF = {"designated_roth": "designated_roth", "roth_ira": "roth_ira_value"}


def _tax(
    coming: ComingYear, taxable: np.ndarray, dividends: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """
    Tax of the rollover by layer, and of the side account's dividends: three full taxes in one call.

    Each is a difference: with both less with the dividends alone, and that less with neither.
    """
    home, zero = coming.household, np.zeros_like(taxable)
    household = {
        **home,
        "conversion": np.stack([taxable, zero, zero]),
        "qualified_dividends": home["qualified_dividends"] + np.stack([dividends, dividends, zero]),
    }
    columns = federal_columns(coming.law, household)
    layers = {
        layer: sign * (columns[name][0] - columns[name][1]) + 0.0 for layer, (name, sign) in LAYERS.items()
    }
    return layers, columns["total"][1] - columns["total"][2]


def _ledger(rows: list[dict], strategies: tuple[Strategy, ...], converted_into: str) -> pd.DataFrame:
    columns: dict[str, object] = {
        "strategy": np.repeat([strategy.key for strategy in strategies], len(rows)),
    }
    shape = len(strategies), 1
    for name in rows[0]:
        per_year = [np.broadcast_to(row[name], shape)[:, 0] for row in rows]
        columns[name] = np.stack(per_year, axis=1).ravel()
    return pd.DataFrame(columns)


def _summary(ledger: pd.DataFrame, client: Client, strategies: tuple[Strategy, ...]) -> pd.DataFrame:
    by_strategy = ledger.groupby("strategy", sort=False)
    last = by_strategy.last()
    found = by_strategy[["taxable_rollover", "tax", *LAYERS]].sum()
    found["value_after_tax"] = value_after_tax(last, client)
    found["against_first"] = found["value_after_tax"] - found["value_after_tax"].iloc[0]
    return found


def value_after_tax(close: pd.DataFrame, client: Client) -> pd.Series:
    """
    What the closing balances are worth after tax: Roth whole, pre-tax less the assumed rate in retirement, brokerage
    less its gain at the assumed rate.

    Args: close, rows of a ledger; the client's assumptions give the rates.
    Returns: USD, nominal.
    """
    assumed = client.assumptions
    later = assumed.retirement_tax_rate
    earnings = (close["after_tax_closing"] - close["after_tax_basis"]).clip(lower=0.0)
    ira_gain = (close["traditional_ira_closing"] - client.balances.traditional_ira_basis).clip(lower=0.0)
    gain = (close["brokerage_closing"] - close["brokerage_basis"]).clip(lower=0.0)
    whole = sum(close[f"{name}_closing"] for name in ACCOUNTS)
    return (
        whole
        - later * (close["pre_tax_closing"] + earnings + ira_gain)
        - assumed.gains_rate_at_horizon * gain
    )


@dataclass(frozen=True)
class FlatProjection:
    """
    The engine on bare figures, USD.

    Attributes:
        conversions: a row each: value, basis, taxable, tax.
        roth_at_end_of_contributions, roth_at_horizon: Roth account. taxes_at_horizon: the taxes paid, grown at the
            same return. after_tax_value, after_tax_basis: what was never converted, at the horizon.
        tax_rate_at_withdrawal: the rate that its earnings bear there.
    """

    conversions: pd.DataFrame
    roth_at_end_of_contributions: float
    roth_at_horizon: float
    taxes_at_horizon: float
    after_tax_value: float
    after_tax_basis: float
    tax_rate_at_withdrawal: float

    @cached_property
    def total_taxable(self) -> float:
        return float(self.conversions["taxable"].sum())

    @cached_property
    def total_tax(self) -> float:
        return float(self.conversions["tax"].sum())

    @property
    def earnings(self) -> float:
        """Earnings of what was never converted, not below 0."""
        return max(0.0, self.after_tax_value - self.after_tax_basis)

    @property
    def tax_at_withdrawal(self) -> float:
        return self.tax_rate_at_withdrawal * self.earnings

    @property
    def net(self) -> float:
        """What was never converted, after the tax on its earnings."""
        return self.after_tax_value - self.tax_at_withdrawal


EVERY = ("once_at_end_of_contributions", "never")


def projection_of(
    contribution: float,
    periods_per_year: int,
    years: int,
    years_after: int = 0,
    annual_return: float = 0.07,
    convert_every: int | str = 1,
    tax_rate: float = 0.24,
    tax_paid_from: str = "outside",
    timing: str = "end",
    rate_at_withdrawal: float | None = None,
) -> FlatProjection:
    """
    The same engine on bare figures and a flat rate, to check against published tables.

    Args:
        contribution: after-tax money of each period, USD.
        periods_per_year, years: of contributions. years_after: only growth.
        annual_return: a fraction; a period earns (1 + annual_return)^(1 / periods_per_year) - 1.
        convert_every: periods between conversions of the whole account, or "once_at_end_of_contributions", or "never".
        tax_rate: on earnings, at the conversion. tax_paid_from: "outside", or "from_conversion" (kept back).
        timing: "end" (grow, contribute, convert) or "begin" (contribute, grow, convert).
        rate_at_withdrawal: of earnings never converted; None: tax_rate.

    Raises: InputError for impossible figures.

    >>> projection_of(3_000, periods_per_year=12, years=10).total_tax
    0.0
    """
    paid_in = checked("contribution", contribution)
    n, during, after = (
        _whole(name, value, low)
        for name, value, low in (
            ("periods_per_year", periods_per_year, 1),
            ("years", years, 1),
            ("years_after", years_after, 0),
        )
    )
    growth = (1 + checked("annual_return", annual_return, low=-0.99, high=1.0)) ** (1 / n)
    rate = checked("tax_rate", tax_rate, high=1.0)
    later = (
        rate if rate_at_withdrawal is None else checked("rate_at_withdrawal", rate_at_withdrawal, high=1.0)
    )
    for field, value, choices in (
        ("tax_paid_from", tax_paid_from, ("outside", "from_conversion")),
        ("timing", timing, ("end", "begin")),
    ):
        if value not in choices:
            refuse("choice", field, value, choices=", ".join(choices))
    moves = _flat_schedule(convert_every, n * during)
    account = AfterTaxAndRoth(*(np.zeros((1, 1)) for _ in range(4)))
    # The whole span runs as one long year, so that every tax is grown to its end.
    flows = one_year(
        account, np.full((n * during, 1), growth), np.full(n * during, paid_in), moves[None, :],
        contribution_first=timing == "begin",
    )  # fmt: skip
    taxes = rate * flows.taxable_at_year_end.item()
    roth = account.roth.item() - (taxes if tax_paid_from == "from_conversion" else 0.0)
    further = growth ** (n * after)
    rows = [[float(each.item()) for each in rollover[1:]] for rollover in flows.rollovers]
    conversions = pd.DataFrame(rows, columns=["value", "basis", "taxable"], dtype=float)
    conversions["tax"] = rate * conversions["taxable"]
    return FlatProjection(
        conversions,
        roth,
        roth * further,
        taxes * further,
        account.value.item() * further,
        account.basis.item(),
        later,
    )


def _flat_schedule(convert_every: int | str, periods: int) -> np.ndarray:
    """Which periods end with a conversion."""
    moves = np.zeros(periods, dtype=bool)
    if convert_every == "never":
        return moves
    if convert_every == "once_at_end_of_contributions":
        moves[-1] = True
        return moves
    if isinstance(convert_every, str):
        refuse("choice", "convert_every", convert_every, choices=", ".join(EVERY))
    every = _whole("convert_every", convert_every, 1)
    moves[every - 1 :: every] = True
    return moves


def _whole(field: str, value: object, low: int) -> int:
    number = checked(field, value, low=low, high=100_000)
    if not float(number).is_integer():
        refuse("whole", field, value)
    return int(number)
