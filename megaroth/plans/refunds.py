"""
After-tax money that the plan pays back: refunds after the ACP test, and contributions beyond the room.

The share that goes back is followed from its first day, in the account that holds it. Arrays are shaped (strategies,
paths), amounts USD.
"""

from dataclasses import dataclass, replace

import numpy as np

from megaroth.plans.accounts import AfterTax, PaidBack, at_year_end, one_year, to_year_end
from megaroth.plans.planned import PlanOfYears
from megaroth.plans.strategies import end_of_first_quarter


@dataclass(frozen=True)
class Refund:
    """What the plan pays back of last year's contributions, by the account that holds it. USD at that period's end."""

    period: int
    after_tax: np.ndarray
    after_tax_basis: np.ndarray
    roth: np.ndarray
    traditional_ira: np.ndarray
    taxable: np.ndarray

    @property
    def cash(self) -> np.ndarray:
        return self.after_tax + self.roth + self.traditional_ira

    @property
    def out_of_after_tax(self) -> PaidBack:
        """What of it the after-tax account still holds."""
        return PaidBack(self.period, self.after_tax, self.after_tax_basis)

    def by_account(self, in_plan: np.ndarray) -> dict[str, np.ndarray]:
        """What it takes out of each account, and the cash that goes into the side account; in_plan of PlanOfYears."""
        return {
            "after_tax": -self.after_tax,
            "designated_roth": -self.roth * in_plan,
            "roth_ira": -self.roth * (1.0 - in_plan),
            "traditional_ira": -self.traditional_ira,
            "brokerage": self.cash,
        }


@dataclass
class _Followed:
    """Money that will be paid back: still after-tax, in Roth with its basis there, or split into a traditional IRA."""

    after_tax: AfterTax
    roth: np.ndarray
    roth_basis: np.ndarray
    traditional_ira: np.ndarray

    def go_on(
        self,
        plan: PlanOfYears,
        contributions: np.ndarray,
        growth: np.ndarray,
        due: np.ndarray,
        wait: np.ndarray | None,
        all_earnings: np.ndarray,
    ) -> None:
        """Run it through pay periods, as the money around it runs: of whose *all_earnings* a split sends no more on."""
        transfers = one_year(self.after_tax, contributions, growth, due, wait)
        to_ira = np.minimum(transfers.earnings, all_earnings) * plan.splits
        basis = np.sum(transfers.moved - to_ira, axis=0)
        if wait is not None:
            to_ira = to_ira / wait[:, None, :]
        later, whole = to_year_end(growth), np.prod(growth, axis=0)
        self.roth = self.roth * whole + at_year_end(transfers.left - to_ira, later)
        self.roth_basis = self.roth_basis + basis
        self.traditional_ira = self.traditional_ira * whole + at_year_end(to_ira, later)


class Refunds:
    """What is to be paid back, from year to year."""

    def __init__(self, plan: PlanOfYears, paths: int) -> None:
        self.plan, self.shape = plan, (len(plan.strategies), paths)
        self.followed: _Followed | None = None

    def of_year(
        self, k: int, growth: np.ndarray, wait: np.ndarray | None, opening: AfterTax
    ) -> Refund | None:
        """
        What the plan pays back at the end of the first quarter, of last year's contributions with what they earned.

        What was income when it was rolled over is not income again; the rest of the earnings is, in the year of the
        refund, without the additional tax. What is contributed in this year is followed from here on.

        Args: k, the year's place; growth and wait of its periods; opening, the whole after-tax account on January 1.

        Source: 26 U.S.C. 401(m)(6)(A), (C), 402(c)(4), 72(t); Reg. 1.401(m)-2(b)(2); Rev. Proc. 2021-30 for
            an overfilled room.
        """
        last_years = self.followed
        refund = None if last_years is None else self._paid_back(last_years, k, growth, wait, opening)
        self.followed = self._of_contributions(k, growth, wait, opening, refund)
        return refund

    def _paid_back(
        self, last_years: _Followed, k: int, growth: np.ndarray, wait: np.ndarray | None, opening: AfterTax
    ) -> Refund:
        plan, period = self.plan, end_of_first_quarter(self.plan.periods)
        quarter = slice(0, period + 1)
        paid_in, due, growth = plan.paid_in[k][quarter], plan.due[k][quarter], growth[quarter]
        wait = None if wait is None else wait[quarter]
        there = replace(opening)
        whole = one_year(there, paid_in, growth, due, wait)
        last_years.go_on(plan, np.zeros_like(paid_in), growth, due, wait, whole.earnings)
        account, roth, ira = last_years.after_tax, last_years.roth, last_years.traditional_ira
        taxable = np.maximum(account.value + roth + ira - account.basis - last_years.roth_basis, 0.0)
        # Of a basis that a loss left behind no more can go back than the whole account has left.
        basis = np.minimum(account.basis, there.basis)
        return Refund(period, account.value, basis, roth, ira, taxable)

    def _of_contributions(
        self, k: int, growth: np.ndarray, wait: np.ndarray | None, opening: AfterTax, refund: Refund | None
    ) -> _Followed | None:
        """The part of a year's contributions that goes back next year; none in the last year, whose next is not run."""
        plan, share = self.plan, self.plan.refund_share[k]
        if k + 1 == len(plan.years) or not (share > 0).any() or not plan.paid_in[k].any():
            return None
        nothing = np.zeros(self.shape)
        paid_back = None if refund is None else refund.out_of_after_tax
        whole = one_year(replace(opening), plan.paid_in[k], growth, plan.due[k], wait, paid_back=paid_back)
        followed = _Followed(AfterTax(nothing, nothing), nothing, nothing, nothing)
        followed.go_on(plan, plan.paid_in[k] * share, growth, plan.due[k], wait, whole.earnings)
        return followed
