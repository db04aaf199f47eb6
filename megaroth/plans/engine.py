"""
The loop over years: grow, contribute, roll over, then the tax of the year; one year's close is the next one's open.

All strategies run side by side on all paths, in arrays shaped (strategies, paths), and spend the same take-home
dollars: what the dearest of them pays in tax beyond each other one, and what the one that contributes most pays in
beyond it, goes into that one's brokerage side account (design section 4). Amounts are USD.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from megaroth.facts.client import Client
from megaroth.plans.accounts import AfterTax, TakenAlong, at_year_end, one_year, to_year_end
from megaroth.plans.coming_years import ComingYear
from megaroth.plans.moves import Moves
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
    plan: PlanOfYears,
    growth: np.ndarray,
    on_year: Callable[["YearOfRun"], None] | None = None,
    into: np.ndarray | None = None,
) -> Values:
    """
    Run every strategy through all years on every path.

    Args:
        plan: of plan_of_years.
        growth: 1 + return of each pay period, shape (years x periods, paths).
        on_year: is shown each year as it closes, with all flows and the layers of the tax; None: only values are kept.
        into: an array for the values after tax, in their shape; None: a new one.

    Returns: the values; path by path what the path alone gives.
    Source: design sections 3 and 4; 26 U.S.C. 402A(c)(4), 408A(d)(3), 72(d)(2), 72(t).
    """
    paths = growth.shape[1]
    by_year = growth.reshape(len(plan.years), plan.periods, paths)
    accounts = _Accounts(plan, paths)
    worth = np.empty((len(plan.years), len(plan.strategies), paths)) if into is None else into
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
        paid_in: contributions by account. moves: the transfers, None where there are none. refund: what the plan pays back.
        in_plan: 1 for a strategy whose converted money is in the Roth account of the plan, else 0.
        deposit: into the side account at the year's end. kept: taken out of the conversion for tax.
        income: from rollovers and refund.
        tax: caused by rollovers and refund and paid in the year. layers: what it consists of. additional: 10% on
            earnings kept back. side_account_tax: on the side account's dividends, paid in the year.
    """

    coming: ComingYear
    growth: np.ndarray
    opening: Balances
    closing: Balances
    paid_in: Mapping[str, np.ndarray]
    moves: Moves | None
    refund: Refund | None
    in_plan: np.ndarray
    deposit: np.ndarray
    kept: np.ndarray
    income: np.ndarray
    tax: np.ndarray
    layers: Mapping[str, np.ndarray]
    additional: np.ndarray
    side_account_tax: np.ndarray

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of what happens in a period, for all strategies."""
        return len(self.growth), *self.tax.shape

    @cached_property
    def moved(self) -> dict[str, np.ndarray]:
        """Between accounts, by account."""
        return self._flows(arrived=False)

    @cached_property
    def arrived(self) -> dict[str, np.ndarray]:
        """The same without the earnings of the days until arrival."""
        return self._flows(arrived=True)

    @property
    def taxable(self) -> np.ndarray:
        """Income from rollovers by period, without the refund's."""
        return np.zeros(self.shape) if self.moves is None else self.moves.of_all(self.moves.taxable)

    @property
    def basis_moved(self) -> np.ndarray:
        """Basis that was rolled over, by period."""
        return np.zeros(self.shape) if self.moves is None else self.moves.of_all(self.moves.basis)

    def in_its_period(self, amount: np.ndarray) -> np.ndarray:
        """An amount of the refund, by period."""
        found = np.zeros(self.shape)
        found[self.refund.period] = amount
        return found

    def _flows(self, arrived: bool) -> dict[str, np.ndarray]:
        flows = {} if self.moves is None else self.moves.by_period(arrived)
        if self.refund is not None:
            for name, amount in self.refund.by_account(self.in_plan).items():
                flows[name] = flows.get(name, 0.0) + self.in_its_period(amount)
        return flows


class _Accounts:
    """Every balance of the client, from year to year, shaped (strategies, paths)."""

    def __init__(self, plan: PlanOfYears, paths: int) -> None:
        client, strategies = plan.client, plan.strategies
        self.plan, self.client, self.assumed, self.n = plan, client, client.assumptions, plan.periods
        self.shape = len(strategies), paths
        self.nothing = np.zeros(self.shape)
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
        days = self.assumed.days_to_rollover
        # Days between payday and rollover earn the period's rate.
        wait = growth ** (days * self.n / 365) if days else None
        after_tax = AfterTax(opening["after_tax"], opening["after_tax_basis"])
        refund = self.refunds.of_year(k, growth, wait, after_tax)
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
        whole, later = np.prod(growth, axis=0), None
        if paid_in or refund is not None or plan.due[k].any():
            later = to_year_end(growth)
        closing = {name: opening[name] * whole for name in ACCOUNTS}
        for name in ("after_tax_basis", "brokerage_basis"):
            closing[name] = opening[name].copy()
        for name, by_period in paid_in.items():
            closing[name] += at_year_end(by_period, later)
        for name in ("after_tax", "brokerage"):
            if name in paid_in:
                closing[f"{name}_basis"] += paid_in[name].sum(axis=0)
        moves = self._moves(k, growth, wait, refund, closing)
        rolled = self.nothing
        if moves is not None:
            for name, amount in moves.at_year_end(later).items():
                closing[name][moves.movers] += amount
            rolled = np.zeros(self.shape)
            rolled[moves.movers] = moves.taxable.sum(axis=0)
        income = rolled
        if refund is not None:
            income = rolled + refund.taxable
            for name, amount in refund.by_account(plan.in_plan).items():
                if name != "after_tax":  # its account has run with the refund
                    closing[name] += amount * later[refund.period]
            closing["brokerage_basis"] += refund.cash
        dividends = self.side * self.assumed.dividend_yield
        found = tax_of_year(coming.tax_return, income, dividends, by_layer)
        tax, layers, side_account_tax = self._due_now(k, found)
        spent = tax + side_account_tax
        kept = additional = self.nothing
        if self.assumed.tax_paid_from == "from_conversion" and rolled.any():
            kept, additional, missing = self._kept_back(coming, found, moves, income, later)
            closing["roth_ira"] -= missing
            spent += additional - kept
        deposit = np.max(spent, axis=0) - spent
        closing["brokerage"] += deposit
        closing["brokerage_basis"] += dividends + deposit
        # Of the two parts of the brokerage account the client's own only grows.
        self.side = self.side * whole + (closing["brokerage"] - opening["brokerage"] * whole)
        self.balances = closing
        return YearOfRun(
            coming, growth, opening, closing, paid_in, moves, refund, plan.in_plan, deposit, kept, income, tax, layers,
            additional, side_account_tax,
        )  # fmt: skip

    def _moves(
        self, k: int, growth: np.ndarray, wait: np.ndarray | None, refund: Refund | None, closing: Balances
    ) -> Moves | None:
        """
        Run the after-tax account where it moves, and the pre-tax account where a mistake takes it along.

        Changes: of *closing*, which holds the accounts as if nothing moved, the after-tax account and its basis.
        """
        plan = self.plan
        movers = np.flatnonzero(plan.due[k].any(axis=(0, 2)))
        taken_along = paid_back = None
        if refund is not None:
            movers = np.arange(len(plan.strategies))
            paid_back = refund.out_of_after_tax
        if not len(movers):
            return None
        account = AfterTax(self.balances["after_tax"][movers], self.balances["after_tax_basis"][movers])
        its_share, all_of_it = plan.its_share[movers], plan.all_of_it[k][:, movers]
        if its_share.any() or all_of_it.any():
            opening = self.balances["pre_tax"][movers]
            taken_along = TakenAlong(opening, plan.years[k].pre_tax, all_of_it, its_share)
        paid_in, due = plan.paid_in[k][:, movers], plan.due[k][:, movers]
        transfers = one_year(account, paid_in, growth, due, wait, taken_along, paid_back)
        closing["after_tax"][movers], closing["after_tax_basis"][movers] = account.value, account.basis
        return Moves(plan, movers, transfers, wait)

    def _due_now(self, k: int, found: TaxOfYear) -> tuple[np.ndarray, dict[str, np.ndarray], np.ndarray]:
        """
        What is paid this year: the year's own tax, and the surcharges of two years ago; in the last year all that would
        come after it.
        """
        self.surcharges.append((found.medicare, found.medicare_of_dividends))
        medicare = of_dividends = 0.0
        is_last = k == len(self.plan.years) - 1
        while self.surcharges and (is_last or len(self.surcharges) > LOOKBACK):
            of_income_then, of_dividends_then = self.surcharges.pop(0)
            medicare, of_dividends = medicare + of_income_then, of_dividends + of_dividends_then
        layers = {**found.layers, "medicare": np.broadcast_to(medicare, self.shape)}
        return found.on_income + medicare, layers, found.on_dividends + of_dividends

    def _kept_back(
        self,
        coming: ComingYear,
        found: TaxOfYear,
        moves: Moves,
        income: np.ndarray,
        later: np.ndarray,
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """
        What the year's conversions keep back for tax, the additional tax on the earnings in it, and what Roth misses.

        Each transfer keeps the year's tax by its share of the income, and what it would have earned in Roth to the
        year's end goes too. What is kept is the transfer's basis first; earnings kept bear the additional tax before
        59 1/2, which is kept back as well. Medicare's surcharges come two years later, from outside money, and so does
        the tax on a refund.

        Source: 26 U.S.C. 72(t), 402(c)(2); Notice 2014-54.
        """
        taxable, transfers, wait = moves.taxable, moves.transfers, moves.wait
        whole = income[moves.movers]
        tax = found.on_income[moves.movers] * np.divide(
            taxable, whole, out=np.zeros_like(taxable), where=whole > 0
        )
        law = coming.law
        old = self.client.has_reached(law.early_distribution_age, law.year)
        rate = 0.0 if old else law.early_distribution_rate
        moved = transfers.moved if transfers.pre_tax is None else transfers.moved + transfers.pre_tax
        basis = np.maximum(moved - taxable, 0.0)
        kept = np.where(tax > basis, (tax - rate * basis) / (1 - rate), tax)
        kept = np.clip(kept, 0.0, moved)
        _, earnings = kept_back(kept, moved, basis)
        missing = kept if wait is None else kept / wait[:, None, :]
        of_movers = kept.sum(axis=0), rate * earnings.sum(axis=0), at_year_end(missing, later)
        of_all = np.zeros((3, *self.shape))
        of_all[:, moves.movers] = of_movers
        return tuple(of_all)
