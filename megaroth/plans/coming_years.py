"""The client in a later year: pay grows, limits grow by the statute, deferrals keep up with their limit."""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np

from megaroth.facts.client import Assumptions, Client
from megaroth.facts.law import Law, load_law
from megaroth.plans.markets import Mix
from megaroth.plans.strategies import paychecks_worked
from megaroth.rules.client_return import ClientReturn, client_return
from megaroth.rules.client_space import (
    after_tax_space,
    deferral_left,
    own_pre_tax,
    roth_only_catch_up,
    solo_space,
)
from megaroth.rules.self_employed import self_employment_tax
from megaroth.rules.space import catch_up_limit


@dataclass(frozen=True)
class ComingYear:
    """
    One year of the client's life as the projection needs it; no market moves it. USD.

    Attributes:
        law: of that year, published or projected.
        tax_return: of the year, without any rollover.
        after_tax: after-tax contribution of each pay period; pre_tax: own pre-tax deferral, catch-up and employer
            money; roth_deferral: own Roth deferral. All 0 after the job has ended.
    """

    law: Law
    tax_return: ClientReturn
    after_tax: np.ndarray
    pre_tax: np.ndarray
    roth_deferral: np.ndarray

    def __post_init__(self) -> None:
        # A year is shared by all projections of a client: nobody may write into it.
        for paid in (self.after_tax, self.pre_tax, self.roth_deferral):
            paid.flags.writeable = False


_OF_MARKETS = {field.name: Assumptions.model_fields[field.name].get_default() for field in fields(Mix)}


def coming_years(client: Client) -> tuple[ComingYear, ...]:
    """
    Every year from start_year to horizon_year.

    Pay grows by pay_growth until retirement_year, other amounts by inflation. An elective deferral keeps its
    share of the 402(g) limit, a catch-up its share of the limit of that age. After-tax money fills the room, is a
    share of pay, or stays at its dollars, and is never more than the room (415(c) and the plan's caps). In the
    first year money already in counts as part of the year's contribution, and what is in stays in: the year's is
    no less, as far as the room goes. A catch-up that 414(v)(7) wants as Roth is Roth, whatever was elected. In a year
    in which the job ends early the plan counts the pay of the pay periods worked, and what is elected comes out of
    these; the tax return has the whole year's pay, since the client works on elsewhere.
    """
    # The years of a client are the same in every market: a slider of the return moves none of them.
    return _years_in_any_market(_with(client, assumptions=_OF_MARKETS))


@lru_cache(maxsize=32)
def _years_in_any_market(client: Client) -> tuple[ComingYear, ...]:
    assumed = client.assumptions
    return tuple(_year(client, year) for year in range(assumed.start_year, assumed.horizon_year + 1))


def _year(client: Client, year: int) -> ComingYear:
    law, n = load_law(year, inflation=client.assumptions.inflation), client.plan.pay_periods
    grown = in_year(client, law)
    worked = paychecks_worked(client.assumptions, year, n)
    if not worked:
        nothing = np.zeros(n)
        return ComingYear(law, client_return(grown, law, pre_tax_deferral=0.0), nothing, nothing, nothing)
    at_job = grown if worked == n else _at_this_job(grown, law, worked)
    room = after_tax_space(at_job, law)
    chosen, pre_tax = at_job.elections, own_pre_tax(at_job, law, room.catch_up)
    # An employee's employer money is no pay; a sole proprietor deducts it like his own.
    deducted = pre_tax + (room.employer_contribution if client.plan.kind == "solo_401k" else 0.0)
    return ComingYear(
        law=law,
        tax_return=client_return(grown, law, deducted),
        after_tax=_paychecks(client, year, _after_tax(at_job, law, room.space), worked),
        pre_tax=_evenly(pre_tax + room.employer_contribution, worked, n),
        roth_deferral=_evenly(chosen.elective_deferral + chosen.catch_up - pre_tax, worked, n),
    )


def in_year(client: Client, law: Law) -> Client:
    """The client with the pay, incomes and elections of the law's year; the first year is the client as typed."""
    assumed, year = client.assumptions, law.year
    ahead = year - assumed.start_year
    if ahead == 0:
        return client
    prices, pay = (1 + assumed.inflation) ** ahead, (1 + assumed.pay_growth) ** ahead
    working = year <= (assumed.retirement_year or assumed.leaving_year)
    home = client.household
    changes: dict[str, Any] = {name: getattr(home, name) * prices for name in _GROW_WITH_PRICES}
    changes |= {name: getattr(home, name) * pay * working for name in _GROW_WITH_PAY}
    changes |= _on_medicare(client, law)
    if home.prior_year_wages is not None:
        changes["prior_year_wages"] = client.participant_wages * (1 + assumed.pay_growth) ** (ahead - 1)
    if not working:
        changes["other_ordinary_income"] += assumed.income_after_retirement * prices
    grown = _with(client, household=changes, elections=_NO_ELECTIONS)
    if year > assumed.leaving_year:
        return grown
    grown = _with(grown, elections=_elections_in(client, grown, law))
    return _with_employer_money(client, grown, law, pay)


_GROW_WITH_PAY = ("wages", "spouse_wages", "self_employment_profit")
_GROW_WITH_PRICES = (
    "taxable_interest", "tax_exempt_interest", "ordinary_dividends", "qualified_dividends", "long_term_gain",
    "social_security", "state_local_taxes", "other_itemized", "other_ordinary_income",
)  # fmt: skip
_NO_ELECTIONS = {"elective_deferral": 0.0, "catch_up": 0.0, "roth_deferral": 0.0, "after_tax_so_far": 0.0}


def _on_medicare(client: Client, law: Law) -> dict[str, bool]:
    """Who was younger than the age for Medicare in the first year has it from that age on; others as they are now."""
    home, start = client.household, client.assumptions.start_year

    def joined(then: int | None, now: int | None) -> bool:
        return then is not None and then < law.medicare_age <= now

    return {
        "on_medicare": home.on_medicare or joined(home.age(start), home.age(law.year)),
        "spouse_on_medicare": home.spouse_on_medicare
        or joined(home.spouse_age(start), home.spouse_age(law.year)),
    }


def _with(client: Client, plan: dict | None = None, **parts: dict) -> Client:
    """As client.with_, without checking again what was computed from checked facts."""
    changed: dict[str, Any] = {
        name: getattr(client, name).model_copy(update=new) for name, new in parts.items()
    }
    if plan is not None:
        changed["plans"] = (client.plan.model_copy(update=plan), *client.plans[1:])
    return client.model_copy(update=changed)


def _elections_in(client: Client, grown: Client, then: Law) -> dict:
    """
    Deferral and catch-up at the same share of the law's limits, and no more than the pay of that year.

    What is catch-up tells the first year's limit, as other plans leave it, and not how the two were entered: 26 U.S.C.
    414(v)(3)(A).
    """
    chosen, start = client.elections, client.assumptions.start_year
    now = load_law(start, inflation=client.assumptions.inflation)
    total = chosen.elective_deferral + chosen.catch_up
    within = min(total, deferral_left(client, now)[0])
    deferral = within * then.elective_deferral / now.elective_deferral
    before, after = catch_up_limit(now, client.age(start)), catch_up_limit(then, client.age(then.year))
    catch_up = (total - within) * after / before if before else 0.0
    if grown.plan.offers_roth is False and roth_only_catch_up(grown, then):
        # Pay has passed the threshold on the way, and the plan has no place for what exceeds the deferral limit.
        catch_up = min(catch_up, max(0.0, deferral_left(grown, then)[0] - deferral))
    return _within_pay(client, deferral, catch_up, _own_pay(grown, then))


def _within_pay(client: Client, deferral: float, catch_up: float, pay: float) -> dict:
    """The deferral as far as pay goes, then the catch-up; the Roth part keeps its share of both."""
    chosen = client.elections
    deferral = min(deferral, pay)
    catch_up = min(catch_up, pay - deferral)
    total = chosen.elective_deferral + chosen.catch_up
    roth = chosen.roth_deferral / total * (deferral + catch_up) if total else 0.0
    # A share of exactly the whole must not pass it by a rounding of the last bit.
    return {
        "elective_deferral": deferral,
        "catch_up": catch_up,
        "roth_deferral": min(roth, deferral + catch_up),
    }


def _with_employer_money(client: Client, grown: Client, law: Law, factor: float) -> Client:
    """The employer money that was entered for the first year, grown with pay; none entered: the plan's formula."""
    if client.plan.employer_contribution is None:
        return grown
    made = client.plan.employer_contribution * factor
    if client.plan.kind == "solo_401k":
        made = min(made, solo_space(_with(grown, plan={"employer_contribution": None}), law).max_employer)
    return _with(grown, plan={"employer_contribution": made})


def _at_this_job(grown: Client, law: Law, worked: int) -> Client:
    """The client as the plan sees a year in which the job ends early: the pay of *worked* pay periods."""
    share = worked / grown.plan.pay_periods
    paid_as = "wages" if grown.participant == "client" else "spouse_wages"
    if grown.plan.kind == "solo_401k":
        paid_as = "self_employment_profit"
    part = _with(
        grown,
        household={paid_as: getattr(grown.household, paid_as) * share},
        plan={"pay_periods": worked},
    )
    chosen = grown.elections
    elections = _within_pay(grown, chosen.elective_deferral, chosen.catch_up, _own_pay(part, law))
    return _with_employer_money(grown, _with(part, elections=elections), law, share)


def _own_pay(client: Client, law: Law) -> float:
    """What the participant can defer from: pay, or a sole proprietor's profit less half of the tax on it."""
    if client.plan.kind != "solo_401k":
        return client.participant_wages
    profit, job = client.household.self_employment_profit, client.participant_wages
    return float(profit - self_employment_tax(law, profit, job) / 2)


def _after_tax(client: Client, law: Law, space: float) -> float:
    choice = client.elections.after_tax
    if choice == "fill":
        return space
    wanted = choice if isinstance(choice, float | int) else choice.share_of_pay * _own_pay(client, law)
    return min(max(wanted, client.elections.after_tax_so_far), space)


def _paychecks(client: Client, year: int, amount: float, worked: int) -> np.ndarray:
    """
    The year's after-tax money by pay period, spread evenly.

    In the first year what is already in came before the first pay period ahead, the rest comes from it on; who leaves
    before it pays in no more.
    """
    n = client.plan.pay_periods
    before = client.elections.first_pay_period - 1 if year == client.assumptions.start_year else 0
    if not before:
        return _evenly(amount, worked, n)
    so_far = min(client.elections.after_tax_so_far, amount)
    paid = _evenly(so_far, min(before, worked), n)
    paid[before:worked] = (amount - so_far) / max(1, worked - before)
    return paid


def _evenly(amount: float, worked: int, n: int) -> np.ndarray:
    paid = np.zeros(n)
    paid[:worked] = amount / worked
    return paid
