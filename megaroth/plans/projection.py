"""Many years of several strategies for one client: the run of the assumed return, as a ledger and a summary."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import refuse
from megaroth.plans.engine import ACCOUNTS, Values, YearOfRun, run
from megaroth.plans.flat import FlatProjection, projection_of
from megaroth.plans.ladder import WAYS, ladder
from megaroth.plans.ledger import FLOWS, ledger_of
from megaroth.plans.planned import even_growth, plan_of_years
from megaroth.plans.strategies import STRATEGIES, Strategy
from megaroth.rules.extra_income import LAYER_SOURCES, LAYERS
from megaroth.rules.working import Working

__all__ = [
    "ACCOUNTS",
    "FLOWS",
    "LAYERS",
    "LAYER_LABELS",
    "FlatProjection",
    "Projection",
    "project",
    "projection_of",
]
LAYER_LABELS = LAYERS
ACCOUNT_LABELS = {
    "pre_tax": "Pre-tax 401(k)", "designated_roth": "Roth 401(k)", "after_tax": "After-tax account",
    "traditional_ira": "Traditional IRA", "roth_ira": "Roth IRA", "brokerage": "Brokerage account",
}  # fmt: skip
IN_SUMMARY = ("taxable_rollover", "taxable_refund", "tax", *LAYERS, "additional_tax", "side_account_tax")


@dataclass(frozen=True)
class Projection:
    """
    Many years of several strategies for one client.

    Attributes:
        client, strategies: what was projected.
        run_values: value after tax by year and strategy, as arrays.
        ledger: a row per strategy and year, or per pay period. Columns strategy, year, period (from 1, where asked for),
            projected (the year's law is not published), <account>_opening _in _growth _moved _tax _closing for ACCOUNTS
            (closing = opening + in + growth + moved - tax), after_tax_basis, brokerage_basis, taxable_rollover,
            nontaxable_rollover (basis that was rolled over), taxable_refund (earnings of after-tax money paid back), tax
            (that these cause, paid in the year) and its layers, additional_tax (10% on earnings kept back for tax, under
            59 1/2), side_account_tax (on the side account's dividends), USD. A layer stands in the year in which it is
            paid: Medicare's surcharges two years after the income, those that would come after the last year in it.
        summary: a row per strategy, index its key: taxable_rollover, taxable_refund, tax and its layers, additional_tax,
            side_account_tax, value_after_tax at the horizon and against_first (its difference to the first strategy).
    """

    client: Client
    strategies: tuple[Strategy, ...]
    run_values: Values = field(repr=False)
    years: tuple[YearOfRun, ...] = field(repr=False)
    periods: bool = False

    @cached_property
    def ledger(self) -> pd.DataFrame:
        return ledger_of(self.years, self.strategies, self.periods)

    @cached_property
    def summary(self) -> pd.DataFrame:
        found = dict.fromkeys(IN_SUMMARY, 0.0)
        for year in self.years:
            refunded = 0.0 if year.refund is None else year.refund.taxable
            of_year = {
                "taxable_rollover": year.income - refunded,
                "taxable_refund": refunded,
                "tax": year.tax,
            }
            of_year |= {
                "additional_tax": year.additional,
                "side_account_tax": year.side_account_tax,
                **year.layers,
            }
            for name, amount in of_year.items():
                found[name] = found[name] + amount
        shape = len(self.strategies), 1
        columns = {name: np.broadcast_to(amount, shape)[:, 0] for name, amount in found.items()}
        index = pd.Index([strategy.key for strategy in self.strategies], name="strategy")
        summary = pd.DataFrame(columns, index=index)
        summary["value_after_tax"] = self.run_values.after_tax[-1, :, 0]
        summary["against_first"] = summary["value_after_tax"] - summary["value_after_tax"].iloc[0]
        return summary

    @cached_property
    def ladder(self) -> pd.DataFrame:
        """What can come out of Roth without tax and additional tax, by strategy and year; see megaroth.plans.ladder."""
        ledgers = {}
        for account, way_out in WAYS.items():
            client = self.client.with_(way_out=way_out)
            # An in-plan rollover lets no tax be kept back from it.
            if way_out != "in_plan_rollover" or client.assumptions.tax_paid_from == "outside":
                ledgers[account] = project(client, self.strategies).ledger
        return ladder(self.client, ledgers)

    def values(self) -> pd.DataFrame:
        """Value after tax at each year's end if all was drawn then: index year, a column per strategy, USD."""
        columns = pd.Index([each.key for each in self.strategies], name="strategy")
        index = pd.Index(self.run_values.years, name="year")
        return pd.DataFrame(self.run_values.after_tax[:, :, 0], index=index, columns=columns)

    def value_working(self, strategy: str) -> pd.DataFrame:
        """
        How a strategy's value after tax at the horizon comes about: each account, then the tax that drawing it would cost.

        Raises: InputError for a strategy that was not projected.
        """
        assumed, steps, k = self.client.assumptions, Working(), self._place_of(strategy)
        closing = {name: round(float(amounts[k, 0]), 2) for name, amounts in self.years[-1].closing.items()}
        for name, words in ACCOUNT_LABELS.items():
            if closing[name]:
                steps.add(words, closing[name], "closing balance of the last year", "ledger")
        earnings = max(0.0, closing["after_tax"] - closing["after_tax_basis"])
        ira_gain = max(0.0, closing["traditional_ira"] - self.client.balances.traditional_ira_basis)
        untaxed = closing["pre_tax"] + earnings + ira_gain
        formula = "pre-tax money and untaxed earnings times the assumed rate in retirement"
        tax = -round(assumed.retirement_tax_rate * untaxed, 2)
        later = steps.add("Income tax when it is drawn", tax, formula, "assumption")
        gain = max(0.0, closing["brokerage"] - closing["brokerage_basis"])
        formula = "brokerage value less its basis, times the assumed rate on gains"
        tax = -round(assumed.gains_rate_at_horizon * gain, 2)
        on_gain = steps.add("Tax on the gain", tax, formula, "assumption")
        value = sum(closing[name] for name in ACCOUNT_LABELS) + later + on_gain
        steps.add("Value after tax", round(value, 2), "accounts less both taxes", "ledger")
        return steps.frame()

    def _place_of(self, strategy: str) -> int:
        known = [each.key for each in self.strategies]
        if strategy not in known:
            refuse("choice", "strategies", strategy, choices=", ".join(known))
        return known.index(strategy)

    def working(self, strategy: str, year: int) -> pd.DataFrame:
        """
        One year of the ledger as steps: what moved, what of it is income, and the tax by layer.

        Raises: InputError for a strategy or a year that was not projected.
        """
        self._place_of(strategy)
        years = [each.coming.law.year for each in self.years]
        if year not in years:
            refuse("between", "year", year, low=years[0], high=years[-1])
        rows = self.ledger if not self.periods else ledger_of(self.years, self.strategies)
        row, steps = rows[(rows["strategy"] == strategy) & (rows["year"] == year)].iloc[0], Working()
        steps.add("After-tax account on January 1", row["after_tax_opening"], "last year's close", "ledger")
        steps.add("After-tax contribution", row["after_tax_in"], "the year's", "26 U.S.C. 415(c)(2)(B)")
        steps.add("Earnings", row["after_tax_growth"], "growth before the money moves", "ledger")
        steps.add("Moved", -row["after_tax_moved"], "rolled over", "26 U.S.C. 402A(c)(4), 408A(e)")
        source = "26 U.S.C. 72(d)(2), 72(e)(8)"
        steps.add("Income", row["taxable_rollover"], "moved less basis recovered", source)
        if row["taxable_refund"] > 0:
            formula = "earnings of after-tax money that the plan pays back"
            steps.add(
                "Income from the refund", row["taxable_refund"], formula, "26 U.S.C. 401(m)(6), 402(c)(4)"
            )
        for layer, words in LAYERS.items():
            formula = "tax with the income less tax without it"
            if layer == "medicare":
                formula = "surcharges with the income of two years ago less without it"
            steps.add(words, row[layer], formula, LAYER_SOURCES[layer])
        steps.add("Tax of the year", row["tax"], "sum of the layers", "26 U.S.C. 1")
        return steps.frame()


def project(
    client: Client, strategies: Iterable[Strategy | str] = STRATEGIES, periods: bool = False
) -> Projection:
    """
    Project a client's accounts under each strategy to the horizon, after tax.

    Args:
        client: facts, plan and assumptions.
        strategies: values of megaroth.plans.strategies, or their keys; the first is what the others are held against.
        periods: a ledger with a row per pay period.

    Returns: ledger and summary; see Projection.
    Raises: InputError for an unknown strategy, a year without tax tables, deferrals above the law's limits, a first
        pay period that the plan does not have, or tax to be kept back from an in-plan rollover, which lets nothing be
        kept.
    Source: design sections 3 and 4; 26 U.S.C. 402A(c)(4), 408A(d)(3), 72(d)(2), 72(t).
    """
    plan = plan_of_years(client, strategies)
    years: list[YearOfRun] = []
    values = run(plan, even_growth(plan), on_year=years.append)
    return Projection(client, plan.strategies, values, tuple(years), periods)
