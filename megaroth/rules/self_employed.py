"""
A sole proprietor's plan: self-employment tax, the employer share, and the room for after-tax money.

Amounts are USD, numbers or arrays that broadcast together; nothing is rounded.
"""

from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import pandas as pd

from megaroth.facts.errors import Dollars, InputError, Message, checked, furthest_over
from megaroth.facts.law import Law
from megaroth.rules.room import (
    CENT,
    Reason,
    add_shared_limit,
    catch_up_formula,
    limit_formula,
    over_limit,
    room_above_pay,
    shared_limit,
)
from megaroth.rules.space import OLDEST, own_limits, plain, pushed_out, split_deferral
from megaroth.rules.working import Step, Working

Numbers = np.ndarray | float


def self_employment_earnings(law: Law, net_profit: Numbers) -> Numbers:
    """
    Net earnings that bear self-employment tax: 92.35% of the profit, or nothing under the statute's minimum.

    Source: 26 U.S.C. 1402(a)(12), (b)(2).
    """
    base = np.maximum(net_profit, 0.0) * law.self_employment_share
    return np.where(base < law.self_employment_minimum, 0.0, base)


def self_employment_tax(law: Law, net_profit: Numbers, wages: Numbers = 0.0) -> Numbers:
    """
    Self-employment tax without the 0.9%: Social Security up to the wage base that W-2 wages leave, Medicare on all.

    Args: net_profit and wages (Social Security wages of a job), USD.
    Returns: USD. Half of it is deductible (26 U.S.C. 164(f)).
    Source: 26 U.S.C. 1401(a), (b)(1), 1402(b).
    """
    base = self_employment_earnings(law, net_profit)
    wage_base_left = np.maximum(0.0, np.subtract(law.social_security_wage_base, wages))
    social_security = law.self_employment_social_security_rate * np.minimum(base, wage_base_left)
    return social_security + law.self_employment_medicare_rate * base


@dataclass(frozen=True)
class SoloSpace:
    """
    A solo 401(k)'s year, USD; arrays where arrays went in.

    Attributes: half_se_tax; net (profit less that half); max_employer (the largest employer share, deduction
        worksheet of Publication 560, that makes no deferral catch-up); employer (the share made); allowed_deferral
        (what 402(g) allows of the deferral, without catch-up); deferral (what of it counts in 415(c)); catch_up;
        compensation_415; limit (annual additions); after_tax (room of the full year); excess (own and employer money
        over the limit); additions_elsewhere (to a plan that shares the limit).
    """

    law: Law
    net_profit: Numbers
    half_se_tax: Numbers
    net: Numbers
    max_employer: Numbers
    employer: Numbers
    allowed_deferral: Numbers
    deferral: Numbers
    catch_up: Numbers
    compensation_415: Numbers
    limit: Numbers
    after_tax: Numbers
    excess: Numbers
    additions_elsewhere: Numbers = 0.0

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What stands out, for one client: a shared limit, deferrals that became catch-up, an excess, room above pay."""
        return reasons_of_plan(self, self.compensation_415 - self.deferral - self.catch_up)

    @property
    def steps_to_pay(self) -> tuple[Step, ...]:
        """From profit to the employer share: the steps before the annual additions limit."""
        law, steps = self.law, Working()
        profit = steps.add("Net profit", self.net_profit, "Schedule C", "26 U.S.C. 1402(a)")
        formula = "half of: Social Security rate on 92.35% of profit up to the wage base left, Medicare rate on all of it"
        source = f"26 U.S.C. 164(f), 1401, 1402(a)(12); {law.source('social_security_wage_base')}"
        half = steps.add("Half of self-employment tax", self.half_se_tax, formula, source)
        formula = "net profit less half of self-employment tax"
        steps.add("Net earnings", profit - half, formula, "26 U.S.C. 401(c)(2), 404(a)(8); Publication 560")
        add_shared_limit(steps, self.additions_elsewhere)
        formula = (
            "the least of: 20% of net earnings; 25% of the compensation cap; the dollar limit less own deferral; "
            "half of net earnings less own deferral; net earnings less own deferral and catch-up"
        )
        source = f"26 U.S.C. 404(a)(3), (8), 414(v)(2)(A)(ii), 415(c)(1)(B); Publication 560; {law.source('compensation_cap')}"
        add_share(steps, self, formula, source)
        return steps.steps

    @property
    def working(self) -> pd.DataFrame:
        """The steps from profit to room: label, amount, formula, source; the last row is the room."""
        steps = Working(self.steps_to_pay)
        share = round(self.employer, 2)
        pay = round(self.net_profit, 2) - round(self.half_se_tax, 2) - share
        formula = "net earnings less the employer share"
        pay = steps.add("Pay that counts", pay, formula, "26 U.S.C. 415(c)(3)(B), 401(c)(2)")
        formula = "the lesser of the dollar limit and the pay that counts"
        formula = limit_formula(formula, self.additions_elsewhere)
        limit = pay if self.limit == self.compensation_415 else self.limit
        limit = steps.add("Annual additions limit", limit, formula, str(self.law.source("annual_additions")))
        formula = "pre-tax and Roth, without catch-up"
        own = steps.add("Own deferral", -np.asarray(self.deferral), formula, "26 U.S.C. 402(g), 414(v)")
        formula = catch_up_formula(self.catch_up, self.allowed_deferral - self.deferral)
        steps.add("Catch-up beside the limit", self.catch_up, formula, "26 U.S.C. 414(v)(3)(A)")
        formula = "limit less own deferral less employer share, not below 0"
        room = max(0.0, limit + own - share) if self.after_tax else 0.0
        steps.add("After-tax space", round(room, 2), formula, "26 U.S.C. 415(c)")
        return steps.frame()


def add_share(steps: Working, plan: object, formula: str, source: str) -> None:
    """The largest employer share and the one made; before them the deferral, where not all of it counts in 415(c)."""
    if plan.allowed_deferral - plan.deferral > CENT:
        text = "within the deferral limit; the largest share would leave it its place"
        steps.add("Own deferral asked for", plan.allowed_deferral, text, "26 U.S.C. 402(g)")
    steps.add("Largest employer share", plan.max_employer, formula, source)
    steps.add("Employer share", plan.employer, "made for the year", "26 U.S.C. 415(c)(2)(A)")


def reasons_of_plan(plan: object, pay_left: Numbers) -> tuple[Reason, ...]:
    """
    What stands out in the plan year of one owner, each with its citation; () for arrays.

    Args: plan: a SoloSpace or an IncorporatedSpace. pay_left: after deferrals, catch-up and what the share takes of it.
    """
    if np.ndim(plan.after_tax):
        return ()
    found, pushed = shared_limit(plan.law, plan.additions_elsewhere), plan.allowed_deferral - plan.deferral
    if pushed > CENT:
        text = "{pushed} of own deferral is above the annual additions limit and counts as catch-up."
        values = {"pushed": Dollars(round(pushed, 2))}
        found.append(Reason(Message(text, values), "26 U.S.C. 414(v)(3)(A); Reg. 1.414(v)-1(b)"))
    found += over_limit(plan.deferral + plan.employer, plan.limit, "26 U.S.C. 415(c)(1)")
    return (*found, *room_above_pay(plan.after_tax, pay_left))


def solo_401k_space(
    law: Law,
    net_profit: Numbers,
    age: Numbers,
    wages: Numbers = 0.0,
    deferral: Numbers | None = None,
    employer: Numbers | str = "max",
    deferral_limit: Numbers | None = None,
    catch_up_left: Numbers | None = None,
    additions_elsewhere: Numbers = 0.0,
) -> SoloSpace:
    """
    Room for after-tax money in a sole proprietor's plan.

    The owner's pay under 415(c) is net profit less half of the self-employment tax less the employer share actually
    made; deferrals and after-tax money are not subtracted. Taking less employer share frees after-tax room.

    Args (USD):
        law: of the year.
        net_profit: Schedule C.
        age: reached by 31 December.
        wages: Social Security wages of a job beside it, which use up the wage base first.
        deferral: own deferral, catch-up included; None: the most that 402(g), the age and net earnings allow, the
            employer share before the catch-up.
        employer: the share made for the year, or "max": the largest that leaves the deferral its place in 415(c). A
            larger one that is given turns deferrals into catch-up, as far as the age allows.
        deferral_limit, catch_up_left: what a day job leaves of the 402(g) limit and of the age's catch-up; None: all
            of it.
        additions_elsewhere: annual additions to the owner's 403(b), which shares the dollar limit.

    Returns: the plan's year.
    Raises: InputError for negative amounts, a deferral above 402(g) and the catch-up or above net earnings, or an
        employer share above the largest one that the age's catch-up makes place for.
    Source: 26 U.S.C. 401(c)(2), 404(a)(3), (8), 414(v)(2)(A)(ii), 415(c), (k)(4); Reg. 1.414(v)-1(b); Publication 560
        worksheets.

    >>> from megaroth.facts.law import load_law
    >>> round(solo_401k_space(load_law(2026), net_profit=200_000, age=45).after_tax, 2)
    10323.43
    """
    profit = checked("net_profit", net_profit)
    job = checked("wages", wages)
    years = checked("age", age, high=OLDEST)
    elsewhere = checked("additions_elsewhere", additions_elsewhere)
    half = self_employment_tax(law, profit, job) / 2
    net, dollar_limit = profit - half, np.maximum(0.0, law.annual_additions - elsewhere)
    own_limit, catch_up_most = own_limits(law, years, deferral_limit, catch_up_left)
    made = checked_share(employer)
    if deferral is None:
        total = _most_deferred(law, net, dollar_limit, own_limit, catch_up_most, made)
    else:
        total = checked("deferral", deferral)
        _refuse_above("deferral", total, net)
    allowed, extra = split_deferral(law, total, own_limit, catch_up_most)

    def largest_beside(regular: Numbers) -> Numbers:
        # The share comes out of pay, and deferrals with catch-up are no more than what is left: 414(v)(2)(A)(ii).
        return np.minimum(_largest_share(law, net, dollar_limit, regular), np.maximum(0.0, net - total))

    largest = largest_beside(allowed)
    if made is None:
        made = largest
    elif over := furthest_over(made, largest_beside(np.maximum(0.0, allowed - (catch_up_most - extra)))):
        text = "{field} cannot be more than {limit} for this net profit; you entered {value}."
        refuse_share(*over, text)
    pay = net - made
    limit = np.minimum(dollar_limit, pay)
    pushed = pushed_out(allowed, made, limit, catch_up_most - extra)
    regular = allowed - pushed
    used = regular + made
    numbers = {
        "net_profit": profit, "half_se_tax": half, "net": net, "max_employer": largest, "employer": made,
        "allowed_deferral": allowed, "deferral": regular, "catch_up": extra + pushed, "compensation_415": pay,
        "limit": limit, "after_tax": np.maximum(0.0, limit - used), "excess": np.maximum(0.0, used - limit),
        "additions_elsewhere": elsewhere,
    }  # fmt: skip
    return SoloSpace(law, **plain(numbers))


def _most_deferred(
    law: Law, net: Numbers, dollar_limit: Numbers, own_limit: Numbers, catch_up: Numbers, made: Numbers | None
) -> Numbers:
    """The most that can be deferred beside a share, *made* or the largest: it has its place before the catch-up."""
    most = np.minimum(net, dollar_limit) if made is None else np.minimum(net - 2 * made, dollar_limit - made)
    within = np.clip(most, 0.0, own_limit)
    share = _largest_share(law, net, dollar_limit, within) if made is None else made
    return within + np.clip(net - within - share, 0.0, catch_up)


def checked_share(employer: Numbers | str) -> Numbers | None:
    """
    An employer share that is given, or None for "max".

    Raises: InputError at `employer`, which the sentence calls the employer share.
    """
    if isinstance(employer, str) and employer == "max":
        return None
    try:
        return checked("employer_share", employer)
    except InputError as problem:
        raise problem.at("employer") from None


def refuse_share(given: float, limit: float, text: str) -> NoReturn:
    """Raise the sentence for a share that is larger than can be."""
    values = {"value": Dollars(given), "limit": Dollars(round(limit, 2))}
    raise InputError("at_most", text, field="employer_share", **values).at("employer")


def _largest_share(law: Law, net: Numbers, dollar_limit: Numbers, regular: Numbers) -> Numbers:
    """The deduction worksheet's largest employer share beside a deferral without catch-up."""
    rate = law.employer_share_rate
    reduced = rate / (1 + rate)  # the owner's share comes out of the pay that it is a share of: 404(a)(8)
    bounds = reduced * net, rate * law.compensation_cap, dollar_limit - regular, (net - regular) / 2
    return np.maximum(0.0, np.minimum.reduce(np.broadcast_arrays(*bounds)))


def _refuse_above(field: str, given: Numbers, limit: Numbers) -> None:
    if over := furthest_over(given, limit):
        text = "{field} cannot be more than {limit} for this net profit; you entered {value}."
        most = Dollars(round(over[1], 2))
        raise InputError("at_most", text, field=field, value=Dollars(over[0]), limit=most)
