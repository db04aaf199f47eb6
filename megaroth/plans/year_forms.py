"""The tax forms of one year of a projection: what its ledger moved, by the route that the strategy took."""

import numpy as np

from megaroth.facts.client import Client
from megaroth.facts.errors import refuse
from megaroth.plans.engine import YearOfRun
from megaroth.plans.projection import Projection
from megaroth.rules.payouts import Payout
from megaroth.rules.tax_forms import TaxForms

LEAST = 0.005  # USD; what is less was no payout


def tax_forms(projection: Projection, strategy: str, year: int) -> TaxForms:
    """
    The forms that a year of a strategy leads to: all its transfers together, and what the plan paid back.

    Where earnings go to a traditional IRA it is a split; else the money goes to the Roth account of the plan where that
    is the plan's only way, and to a Roth IRA directly where it has another. Money kept back for tax was paid to the
    client, who is early before 59 1/2 at the year's end.

    Args: projection; strategy, its key; year, of the plan.
    Returns: see TaxForms; no forms for a year in which nothing moved.
    Raises: InputError for a strategy or a year that was not projected.
    """
    keys = [each.key for each in projection.strategies]
    if strategy not in keys:
        refuse("choice", "strategies", strategy, choices=", ".join(keys))
    known = [each.coming.law.year for each in projection.years]
    if year not in known:
        refuse("between", "year", year, low=known[0], high=known[-1])
    place, of_year = keys.index(strategy), projection.years[known.index(year)]
    law, closing = of_year.coming.law, of_year.closing
    early = not projection.client.has_reached(law.early_distribution_age, year)
    payouts = _rolled_over(of_year, place, early) + _paid_back(of_year, place, early)
    values = {
        f"{ira}_value": float(np.broadcast_to(closing[ira], of_year.tax.shape)[place, 0])
        for ira in ("roth_ira", "traditional_ira")
    }
    return TaxForms(law, payouts, **values)


def usual_route(client: Client) -> str:
    """How this plan lets the money out, as a route of tax_forms_of."""
    return "in_plan" if client.plan.way_out == "in_plan_rollover" else "direct"


def _rolled_over(year: YearOfRun, place: int, early: bool) -> tuple[Payout, ...]:
    if year.moves is None:
        return ()
    basis, taxed = (_sum(flow, place) for flow in (year.basis_moved, year.taxable))
    to_ira = year.moves.to_ira
    deferred = 0.0 if to_ira is None else _sum(year.moves.of_all(to_ira), place)
    if basis + taxed + deferred <= LEAST:
        return ()
    if deferred > LEAST:
        return (Payout("split", basis, deferred),)
    if np.broadcast_to(year.in_plan, year.tax.shape)[place, 0]:
        return (Payout("in_plan", basis, taxed),)
    kept = float(np.broadcast_to(year.kept, year.tax.shape)[place, 0])
    return (Payout("direct", basis, taxed, kept, early),)


def _paid_back(year: YearOfRun, place: int, early: bool) -> tuple[Payout, ...]:
    if year.refund is None:
        return ()
    cash, earnings = (_at(amount, place) for amount in (year.refund.cash, year.refund.taxable))
    return (Payout("refund", cash - earnings, earnings, early=early),) if cash > LEAST else ()


def _sum(flow: np.ndarray, place: int) -> float:
    return max(0.0, float(np.sum(flow[:, place, 0])))


def _at(amount: np.ndarray, place: int) -> float:
    return float(np.asarray(amount)[place, 0])
