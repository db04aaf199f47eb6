"""
Where a year's transfers take the money: all together at the year's end for the run, by period for a ledger.

Only the strategies that move anything in the year are carried, in arrays shaped (periods, movers, paths). Amounts are
USD.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from megaroth.plans.accounts import Transfers, at_year_end
from megaroth.plans.planned import PlanOfYears


@dataclass(frozen=True)
class Moves:
    """
    The transfers of a year.

    Attributes:
        movers: places of the strategies that have any. transfers: theirs.
        wait: growth during the days until the money arrives, (periods, paths); None: it arrives at once.
    """

    plan: PlanOfYears
    movers: np.ndarray
    transfers: Transfers
    wait: np.ndarray | None

    @cached_property
    def to_ira(self) -> np.ndarray | None:
        """Earnings that a split sends to the traditional IRA; None where nobody splits."""
        splits = self.plan.splits[self.movers]
        return self.transfers.earnings * splits if splits.any() else None

    @cached_property
    def taxable(self) -> np.ndarray:
        """Income, by period."""
        earnings, along = self.transfers.earnings, self.transfers.pre_tax
        income = earnings if self.to_ira is None else earnings - self.to_ira
        return income if along is None else income + along

    @property
    def basis(self) -> np.ndarray:
        """Basis that moves, by period."""
        return self.transfers.moved - self.transfers.earnings

    def at_year_end(self, later: np.ndarray) -> dict[str, np.ndarray]:
        """What the receiving accounts hold of it at the year's end, by account; later of accounts.to_year_end."""
        flows = self._flows(arrived=True)
        del flows["after_tax"]
        return self._by_account({name: at_year_end(flow, later) for name, flow in flows.items()})

    def by_period(self, arrived: bool) -> dict[str, np.ndarray]:
        """
        What moves in or out of each account, of all strategies.

        Args: arrived: as the accounts get it; else with the earnings of the wait, as it is reported.
        """
        return {name: self.of_all(flow) for name, flow in self._by_account(self._flows(arrived)).items()}

    def of_all(self, flow: np.ndarray) -> np.ndarray:
        """A flow of the movers among all strategies."""
        periods, _, paths = flow.shape
        found = np.zeros((periods, len(self.plan.strategies), paths))
        found[:, self.movers] = flow
        return found

    def _flows(self, arrived: bool) -> dict[str, np.ndarray]:
        """
        What goes out of the after-tax account, along from the pre-tax one, to a traditional IRA and to Roth.

        Roth and IRA earn the days of the wait from the period's end on, so they start with what the money is worth
        then: nothing earns a day twice.
        """
        transfers, to_ira = self.transfers, self.to_ira
        to_roth = transfers.left if arrived else transfers.moved
        flows = {"after_tax": -to_roth}
        if to_ira is not None:
            if arrived and self.wait is not None:
                to_ira = to_ira / self.wait[:, None, :]
            flows["traditional_ira"], to_roth = to_ira, to_roth - to_ira
        if transfers.pre_tax is not None:
            flows["pre_tax"], to_roth = -transfers.pre_tax, to_roth + transfers.pre_tax
        return flows | {"roth": to_roth}

    def _by_account(self, flows: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Roth is the account in the plan or the Roth IRA, as the strategy's way out has it."""
        in_plan, roth = self.plan.in_plan[self.movers], flows.pop("roth")
        if not in_plan.any():
            return flows | {"roth_ira": roth}
        return flows | {"designated_roth": roth * in_plan, "roth_ira": roth * (1.0 - in_plan)}
