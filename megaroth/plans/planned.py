"""
What is fixed before any market is drawn: the client's coming years, and each strategy's dates and contributions.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError, refuse
from megaroth.plans.coming_years import ComingYear, coming_years
from megaroth.plans.markets import Mix
from megaroth.plans.strategies import Strategy, named, schedule


@dataclass(frozen=True)
class PlanOfYears:
    """
    Everything about a client and the strategies that no market moves: worked out once for all paths.

    Attributes:
        years: the client's coming years.
        due: 1 where a strategy moves the after-tax account at a period's end, floats, (years, periods, strategies, 1).
        paid_in: after-tax contributions by strategy, same shape. aside: what a strategy contributes less than the one
            that contributes most; it goes into the side account on the same day.
        refund_share: of a year's contributions, paid back in the next, (years, strategies, 1).
        splits, in_plan: 1 for a strategy whose earnings go to a traditional IRA; whose converted money goes to the Roth
            account of the plan, not to a Roth IRA; floats, (strategies, 1).
        its_share, all_of_it: 1 where a transfer wrongly takes pre-tax money along, its share (strategies, 1) or all of
            it (shape of due).
    """

    client: Client
    strategies: tuple[Strategy, ...]
    years: tuple[ComingYear, ...]
    due: np.ndarray
    paid_in: np.ndarray
    aside: np.ndarray
    refund_share: np.ndarray
    splits: np.ndarray
    in_plan: np.ndarray
    its_share: np.ndarray
    all_of_it: np.ndarray

    @property
    def periods(self) -> int:
        """Pay periods a year."""
        return self.client.plan.pay_periods


def plan_of_years(client: Client, strategies: Iterable[Strategy | str]) -> PlanOfYears:
    """
    Work out a client's coming years and each strategy's dates and contributions.

    Raises: InputError for an unknown strategy, a chosen year outside the plan, a year without tax tables, deferrals
        above the law's limits, a first pay period that the plan does not have, or tax to be kept back from an in-plan
        rollover, which lets nothing be kept.
    """
    chosen, assumed, n = named(strategies), client.assumptions, client.plan.pay_periods
    if assumed.tax_paid_from == "from_conversion" and client.plan.way_out == "in_plan_rollover":
        text = "{field}: an in-plan rollover lets no money out, so the tax cannot be kept back from it; choose outside."
        raise InputError("nothing_kept", text, field="tax_paid_from", value="from_conversion")
    if client.elections.first_pay_period > n:
        refuse("at_most", "first_pay_period", client.elections.first_pay_period, limit=n)
    due = np.stack([schedule(strategy, client) for strategy in chosen], axis=-1)[..., None].astype(float)
    years = coming_years(client)
    ones = np.ones((len(chosen), 1))
    paid_in = np.stack([year.after_tax for year in years])[:, :, None, None] * ones
    refund_share = client.plan.acp_refund_share * np.ones((len(years), len(chosen), 1))
    for k, strategy in enumerate(chosen):
        if not strategy.contributes:
            paid_in[:, :, k] = 0.0
        if strategy.refund_share is not None:
            refund_share[:, k] = strategy.refund_share
        if strategy.overfilled_by:
            paid_in[0, :, k] *= 1 + strategy.overfilled_by
            refund_share[0, k] = 1 - 1 / (1 + strategy.overfilled_by)
    aside = np.max(paid_in, axis=2, keepdims=True) - paid_in
    # A split is a payout: its basis goes to a Roth IRA, whatever else the plan offers.
    splits = np.array([[float(each.earnings_to == "traditional_ira")] for each in chosen])
    in_plan = (1.0 - splits) * (client.plan.way_out == "in_plan_rollover")
    along = {kind: np.array([[float(each.pre_tax == kind)] for each in chosen]) for kind in ("share", "all")}
    transfers_so_far = np.cumsum(due.reshape(-1, len(chosen)), axis=0).reshape(due.shape)
    all_of_it = due * (transfers_so_far == 1) * along["all"]
    return PlanOfYears(
        client, chosen, years, due, paid_in, aside, refund_share, splits, in_plan, along["share"], all_of_it
    )


def even_growth(plan: PlanOfYears) -> np.ndarray:
    """The assumed return of what the money is in, in every pay period, one path."""
    periods, mix = len(plan.years) * plan.periods, Mix.of(plan.client.assumptions)
    return np.full((periods, 1), (1 + mix.median_return) ** (1 / plan.periods))
