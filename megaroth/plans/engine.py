"""
The loop over years: grow, contribute, roll over, then the tax of the year; one year's close is the next one's open.

All strategies run side by side on all paths, in arrays shaped (strategies, paths), and spend the same take-home
dollars: what the dearest of them pays in tax beyond each other one, and what the one that contributes most pays in
beyond it, goes into that one's brokerage side account (design section 4). Amounts are USD.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from megaroth.facts.client import Client
from megaroth.plans.accounts import (
    AfterTax,
    PaidBack,
    TakenAlong,
    Transfers,
    at_year_end,
    one_year,
    to_year_end,
)
from megaroth.plans.coming_years import ComingYear
from megaroth.plans.planned import PlanOfYears
from megaroth.plans.refunds import Refund, Refunds
from megaroth.plans.yearly_tax import TaxOfYear, tax_of_year
from megaroth.rules.medicare import LOOKBACK
from megaroth.rules.rollover import kept_back

ACCOUNTS = ("pre_tax", "designated_roth", "after_tax", "traditional_ira", "roth_ira", "brokerage")
Balances = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Values:
    """
    What a run comes to, USD.

    Attributes:
        years: calendar years. strategies: their keys.
        after_tax: value after tax if all was drawn at each year's end, shape (years, strategies, paths).
        tax: taxes caused by the rollovers, all years, the additional tax included. taxable: income from them. Both
            (strategies, paths).
    """

    years: tuple[int, ...]
    strategies: tuple[str, ...]
    after_tax: np.ndarray
    tax: np.ndarray
    taxable: np.ndarray


def run(
    plan: PlanOfYears, growth: np.ndarray, on_year: Callable[["YearOfRun"], None] | None = None
) -> Values:
    """
    Run every strategy through all years on every path.

    Args:
        plan: of plan_of_years.
        growth: 1 + return of each pay period, shape (years x periods, paths).
        on_year: is shown each year as it closes, with all flows and the layers of the tax; None: only values are kept.

    Returns: the values; path by path what the path alone gives.
    Source: design sections 3 and 4; 26 U.S.C. 402A(c)(4), 408A(d)(3), 72(d)(2), 72(t).
    """
    paths = growth.shape[1]
    by_year = growth.reshape(len(plan.years), plan.periods, paths)
    accounts = _Accounts(plan, paths)
    worth = np.empty((len(plan.years), len(plan.strategies), paths))
    tax, taxable = np.zeros(worth.shape[1:]), np.zeros(worth.shape[1:])
    for k, of_year in enumerate(by_year):
        year = accounts.run(k, of_year, by_layer=on_year is not None)
        worth[k] = value_after_tax(plan.client, year.closing)
        tax += year.tax + year.additional
        taxable += year.income
        if on_year is not None:
            on_year(year)
    keys = tuple(each.key for each in plan.strategies)
    return Values(tuple(each.law.year for each in plan.years), keys, worth, tax, taxable)


def value_after_tax(client: Client, closing: Balances) -> np.ndarray:
    """
    What balances are worth after tax: Roth whole, pre-tax less the assumed rate in retirement, brokerage less its gain
    at the assumed rate; no loss is a credit.

    Args: closing, of ACCOUNTS, after_tax_basis and brokerage_basis.
    """
    assumed = client.assumptions
    earnings = np.maximum(closing["after_tax"] - closing["after_tax_basis"], 0.0)
    ira_gain = np.maximum(closing["traditional_ira"] - client.balances.traditional_ira_basis, 0.0)
    gain = np.maximum(closing["brokerage"] - closing["brokerage_basis"], 0.0)
    whole = sum(closing[name] for name in ACCOUNTS)
    later = assumed.retirement_tax_rate * (closing["pre_tax"] + earnings + ira_gain)
    return whole - later - assumed.gains_rate_at_horizon * gain


@dataclass(frozen=True)
class YearOfRun:
    """
    A year that has closed. Balances are by account; what happens in a period is shaped (periods, strategies, paths).

    Attributes:
        coming: the client's year. growth: of its periods, (periods, paths).
        opening, closing: balances, the bases included.
        paid_in: contributions by account. moved: between accounts; arrived: the same without the earnings of the days
            until arrival. transfers, refund: what lies behind these.
        deposit: into the side account at the year's end. kept: taken out of the conversion for tax.
        taxable: income from rollovers by period, without the refund's.
        tax: caused by rollovers and refund and paid in the year. layers: what it consists of. additional: 10% on
            earnings kept back. side_account_tax: on the side account's dividends, paid in the year.
    """

    coming: ComingYear
    growth: np.ndarray
    opening: Balances
    closing: Balances
    paid_in: Mapping[str, np.ndarray]
    moved: Mapping[str, np.ndarray]
    arrived: Mapping[str, np.ndarray]
    transfers: Transfers
    refund: Refund | None
    deposit: np.ndarray
    kept: np.ndarray
    taxable: np.ndarray
    tax: np.ndarray
    layers: Mapping[str, np.ndarray]
    additional: np.ndarray
    side_account_tax: np.ndarray

    @property
    def income(self) -> np.ndarray:
        """Of the year, from rollovers and refund."""
        rolled = np.sum(self.taxable, axis=0)
        return rolled if self.refund is None else rolled + self.refund.taxable


class _Accounts:
    """Every balance of the client, from year to year, shaped (strategies, paths)."""

    def __init__(self, plan: PlanOfYears, paths: int) -> None:
        client, strategies = plan.client, plan.strategies
        self.plan, self.client, self.assumed, self.n = plan, client, client.assumptions, plan.periods
        self.shape = len(strategies), paths
        self.nothing, self.no_flow = np.zeros(self.shape), np.zeros((self.n, len(strategies), 1))
        start = client.balances
        amounts = {
            "pre_tax": start.pre_tax,
            "designated_roth": start.designated_roth,
            "after_tax": start.after_tax_value,
            "traditional_ira": start.traditional_ira_value,
            "roth_ira": start.roth_ira_value,
            "brokerage": start.brokerage_value,
            "after_tax_basis": start.after_tax_basis,
            "brokerage_basis": start.brokerage_basis,
        }
        self.balances = {name: np.full(self.shape, float(amount)) for name, amount in amounts.items()}
        self.side = np.zeros(
            self.shape
        )  # the part of the brokerage account that evens out what strategies spend
        self.refunds = Refunds(plan, paths)
        self.surcharges: list[tuple[np.ndarray, np.ndarray]] = []  # of income and of dividends, oldest first

    def run(self, k: int, growth: np.ndarray, by_layer: bool) -> YearOfRun:
        """One year for all strategies and paths."""
        plan, coming, opening = self.plan, self.plan.years[k], self.balances
        later = to_year_end(growth)
        whole = later[0] * growth[0]
        days = self.assumed.days_to_rollover
        # Days between payday and rollover earn the period's rate.
        wait = growth ** (days * self.n / 365) if days else None
        refund = self.refunds.of_year(k, growth, wait)
        transfers, after_tax = self._transfers(k, growth, wait, refund)
        moved, arrived, taxable = self._flows(transfers, wait, refund)
        paid_in = {
            name: by_period
            for name, by_period in (
                ("pre_tax", coming.pre_tax[:, None, None]),
                ("designated_roth", coming.roth_deferral[:, None, None]),
                ("after_tax", plan.paid_in[k]),
                ("brokerage", plan.aside[k]),
            )
            if by_period.any()
        }
        closing = {"after_tax": after_tax.value, "after_tax_basis": after_tax.basis}
        for name in ("pre_tax", "designated_roth", "traditional_ira", "roth_ira"):
            closing[name] = opening[name] * whole
            for flows in (paid_in, arrived):
                if name in flows:
                    closing[name] = closing[name] + at_year_end(flows[name], later)
        dividends = self.side * self.assumed.dividend_yield
        of_refund = self.nothing if refund is None else refund.taxable
        rolled = taxable.sum(axis=0)
        found = tax_of_year(coming.tax_return, rolled + of_refund, dividends, by_layer)
        tax, layers, side_account_tax = self._due_now(k, found)
        kept, additional, missing = self._kept_back(coming, found, transfers, taxable, of_refund, later, wait)
        closing["roth_ira"] = closing["roth_ira"] - missing
        spent = tax + additional - kept + side_account_tax
        deposit = np.max(spent, axis=0) - spent
        into_side, new_basis = deposit, dividends + deposit
        for flows in (paid_in, arrived):
            if "brokerage" in flows:
                into_side = into_side + at_year_end(flows["brokerage"], later)
                new_basis = new_basis + flows["brokerage"].sum(axis=0)
        self.side = self.side * whole + into_side
        closing["brokerage"] = opening["brokerage"] * whole + into_side
        closing["brokerage_basis"] = opening["brokerage_basis"] + new_basis
        self.balances = closing
        return YearOfRun(
            coming, growth, opening, closing, paid_in, moved, arrived, transfers, refund, deposit, kept, taxable, tax,
            layers, additional, side_account_tax,
        )  # fmt: skip

    def _transfers(
        self, k: int, growth: np.ndarray, wait: np.ndarray | None, refund: Refund | None
    ) -> tuple[Transfers, AfterTax]:
        """Run the after-tax account, and the pre-tax account where a mistake takes it along."""
        plan = self.plan
        account = AfterTax(self.balances["after_tax"], self.balances["after_tax_basis"])
        if not plan.due[k].any() and not plan.paid_in[k].any() and refund is None:
            account.value = account.value * np.prod(growth, axis=0)
            return Transfers(self.no_flow, self.no_flow, self.no_flow), account
        taken_along = paid_back = None
        if plan.its_share.any() or plan.all_of_it[k].any():
            by_period = plan.years[k].pre_tax
            taken_along = TakenAlong(self.balances["pre_tax"], by_period, plan.all_of_it[k], plan.its_share)
        if refund is not None:
            paid_back = PaidBack(refund.period, refund.after_tax, refund.after_tax_basis)
        transfers = one_year(account, plan.paid_in[k], growth, plan.due[k], wait, taken_along, paid_back)
        return transfers, account

    def _flows(
        self, transfers: Transfers, wait: np.ndarray | None, refund: Refund | None
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray], np.ndarray]:
        """
        Where the money of the transfers goes by period, with and without the earnings of the days of the wait, and the
        income it is.

        Roth and IRA earn those days from the period's end on, so they start with what the money is worth then: nothing
        earns a day twice.
        """
        if transfers.left is self.no_flow:
            return {}, {}, self.no_flow
        to_ira = transfers.earnings * self.plan.splits
        taxable = transfers.earnings - to_ira
        along = 0.0 if transfers.pre_tax is None else transfers.pre_tax
        taxable = taxable + along
        to_roth = transfers.moved - to_ira + along
        moved = {"after_tax": -transfers.moved, "traditional_ira": to_ira}
        if wait is None:
            arrived = {"after_tax": -transfers.left, "traditional_ira": to_ira}
            roth_arrived = to_roth
        else:
            ira_arrived = to_ira / wait[:, None, :]
            arrived = {"after_tax": -transfers.left, "traditional_ira": ira_arrived}
            roth_arrived = transfers.left - ira_arrived + along
        for flows, roth in ((moved, to_roth), (arrived, roth_arrived)):
            flows["designated_roth"] = roth * self.plan.in_plan
            flows["roth_ira"] = roth * (1.0 - self.plan.in_plan)
            if transfers.pre_tax is not None:
                flows["pre_tax"] = -transfers.pre_tax
            if refund is not None:
                self._pay_back(flows, refund)
        return moved, arrived, taxable

    def _pay_back(self, flows: dict[str, np.ndarray], refund: Refund) -> None:
        """Add a refund to the flows of its period; the cash goes into the side account."""
        out = {
            "after_tax": -refund.after_tax,
            "designated_roth": -refund.roth * self.plan.in_plan,
            "roth_ira": -refund.roth * (1.0 - self.plan.in_plan),
            "traditional_ira": -refund.traditional_ira,
            "brokerage": refund.cash,
        }
        for name, amount in out.items():
            by_period = np.zeros((self.n, *self.shape)) + flows.get(name, 0.0)
            by_period[refund.period] += amount
            flows[name] = by_period

    def _due_now(self, k: int, found: TaxOfYear) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
        """
        What is paid this year: the year's own tax, and the surcharges of two years ago; in the last year all that would
        come after it.
        """
        self.surcharges.append((found.medicare, found.medicare_of_dividends))
        medicare, of_dividends = self.nothing, self.nothing
        is_last = k == len(self.plan.years) - 1
        while self.surcharges and (is_last or len(self.surcharges) > LOOKBACK):
            of_income_then, of_dividends_then = self.surcharges.pop(0)
            medicare, of_dividends = medicare + of_income_then, of_dividends + of_dividends_then
        layers = {**found.layers, "medicare": medicare}
        return found.on_income + medicare, layers, found.on_dividends + of_dividends

    def _kept_back(
        self,
        coming: ComingYear,
        found: TaxOfYear,
        transfers: Transfers,
        taxable: np.ndarray,
        of_refund: np.ndarray,
        later: np.ndarray,
        wait: np.ndarray | None,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """
        What the year's conversions keep back for tax, the additional tax on the earnings in it, and what Roth misses.

        Each transfer keeps the year's tax by its share of the income, and what it would have earned in Roth to the
        year's end goes too. What is kept is the transfer's basis first; earnings kept bear the additional tax before
        59 1/2, which is kept back as well. Medicare's surcharges come two years later, from outside money, and so does
        the tax on a refund.

        Source: 26 U.S.C. 72(t), 402(c)(2); Notice 2014-54.
        """
        rolled = taxable.sum(axis=0)
        if self.assumed.tax_paid_from == "outside" or not rolled.any():
            return self.nothing, self.nothing, self.nothing
        income = rolled + of_refund
        tax = taxable * np.divide(found.on_income, income, out=np.zeros_like(income), where=income > 0)
        law = coming.law
        old = self.client.has_reached(law.early_distribution_age, law.year)
        rate = 0.0 if old else law.early_distribution_rate
        moved = transfers.moved if transfers.pre_tax is None else transfers.moved + transfers.pre_tax
        basis = np.maximum(moved - taxable, 0.0)
        kept = np.where(tax > basis, (tax - rate * basis) / (1 - rate), tax)
        kept = np.clip(kept, 0.0, moved)
        _, earnings = kept_back(kept, moved, basis)
        missing = kept if wait is None else kept / wait[:, None, :]
        return kept.sum(axis=0), rate * earnings.sum(axis=0), at_year_end(missing, later)
