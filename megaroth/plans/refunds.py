"""
After-tax money that the plan pays back: refunds after the ACP test, and contributions beyond the room.

The share that goes back is followed from its first day, in the account that holds it. Arrays are shaped (strategies,
paths), amounts USD.
"""

from dataclasses import dataclass

import numpy as np

from megaroth.plans.accounts import AfterTax, at_year_end, one_year, to_year_end
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
    ) -> None:
        """Run it through pay periods, as the money around it runs."""
        transfers = one_year(self.after_tax, contributions, growth, due, wait)
        to_ira = transfers.earnings * plan.splits
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

    def of_year(self, k: int, growth: np.ndarray, wait: np.ndarray | None) -> Refund | None:
        """
        What the plan pays back at the end of the first quarter, of last year's contributions with what they earned.

        What was income when it was rolled over is not income again; the rest of the earnings is, in the year of the
        refund, without the additional tax. What is contributed in this year is followed from here on.

        Source: 26 U.S.C. 401(m)(6)(A), (C), 402(c)(4), 72(t); Reg. 1.401(m)-2(b)(2); Rev. Proc. 2021-30 for
            an overfilled room.
        """
        plan, last_years = self.plan, self.followed
        self.followed = self._of_contributions(k, growth, wait)
        if last_years is None:
            return None
        period = end_of_first_quarter(plan.periods)
        quarter = slice(0, period + 1)
        nothing = np.zeros_like(plan.paid_in[k][quarter])
        last_years.go_on(
            plan, nothing, growth[quarter], plan.due[k][quarter], None if wait is None else wait[quarter]
        )
        account, roth, ira = last_years.after_tax, last_years.roth, last_years.traditional_ira
        taxable = np.maximum(account.value + roth + ira - account.basis - last_years.roth_basis, 0.0)
        return Refund(period, account.value, account.basis, roth, ira, taxable)

    def _of_contributions(self, k: int, growth: np.ndarray, wait: np.ndarray | None) -> _Followed | None:
        """The part of a year's contributions that goes back next year; none in the last year, whose next is not run."""
        plan, share = self.plan, self.plan.refund_share[k]
        if k + 1 == len(plan.years) or not (share > 0).any() or not plan.paid_in[k].any():
            return None
        nothing = np.zeros(self.shape)
        followed = _Followed(AfterTax(nothing, nothing), nothing, nothing, nothing)
        followed.go_on(plan, plan.paid_in[k] * share, growth, plan.due[k], wait)
        return followed
