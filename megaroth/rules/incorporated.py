"""
The plan of somebody whom the own corporation, or the spouse's business, pays by W-2.

Amounts are USD, numbers or arrays that broadcast together; nothing is rounded.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from megaroth.facts.errors import checked, furthest_over
from megaroth.facts.law import Law
from megaroth.rules.room import Reason, add_shared_limit, catch_up_formula, limit_formula
from megaroth.rules.self_employed import add_share, checked_share, reasons_of_plan, refuse_share
from megaroth.rules.space import OLDEST, after_tax_space_of, own_limits, plain, split_deferral
from megaroth.rules.working import Working

Numbers = np.ndarray | float


@dataclass(frozen=True)
class IncorporatedSpace:
    """
    A 401(k)'s year of somebody whom the own corporation, or the spouse's business, pays by W-2; USD.

    Attributes: compensation (W-2 pay before deferrals); max_employer (the largest employer share that makes no deferral
        catch-up); employer (the share made); allowed_deferral (what 402(g) allows of the deferral, without catch-up);
        deferral (what of it counts in 415(c)); catch_up; compensation_415; limit (annual additions); after_tax (room
        of the full year); excess (own and employer money over the limit); additions_elsewhere (to a plan that shares
        the limit).
    """

    law: Law
    compensation: Numbers
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
        """What stands out, for one client, as SoloSpace.reasons; the share comes out of no pay here."""
        return reasons_of_plan(self, self.compensation - self.deferral - self.catch_up)

    @property
    def working(self) -> pd.DataFrame:
        """The steps from pay to room: label, amount, formula, source; the last row is the room."""
        law, steps = self.law, Working()
        steps.add("W-2 pay", self.compensation, "before own deferrals", "26 U.S.C. 415(c)(3)(A), (D)")
        counted = np.minimum(self.compensation, law.compensation_cap)
        source = f"26 U.S.C. 404(l); {law.source('compensation_cap')}"
        steps.add("Pay for the employer share", counted, "W-2 pay up to the compensation cap", source)
        add_shared_limit(steps, self.additions_elsewhere)
        formula = "the lesser of 25% of that pay and what own deferral leaves of the annual additions limit"
        add_share(steps, self, formula, "26 U.S.C. 404(a)(3)(A), 404(n), 415(c)")
        formula = "the lesser of the dollar limit and W-2 pay"
        formula = limit_formula(formula, self.additions_elsewhere)
        steps.add("Annual additions limit", self.limit, formula, str(law.source("annual_additions")))
        formula = "pre-tax and Roth, without catch-up"
        steps.add("Own deferral", -np.asarray(self.deferral), formula, "26 U.S.C. 402(g), 414(v)")
        formula = catch_up_formula(self.catch_up, self.allowed_deferral - self.deferral)
        steps.add("Catch-up beside the limit", self.catch_up, formula, "26 U.S.C. 414(v)(3)(A)")
        formula = "limit less own deferral less employer share, not below 0"
        steps.add("After-tax space", self.after_tax, formula, "26 U.S.C. 415(c)")
        return steps.frame()


def incorporated_401k_space(
    law: Law,
    compensation: Numbers,
    age: Numbers,
    deferral: Numbers | None = None,
    employer: Numbers | str = "max",
    deferral_limit: Numbers | None = None,
    catch_up_left: Numbers | None = None,
    additions_elsewhere: Numbers = 0.0,
) -> IncorporatedSpace:
    """
    Room for after-tax money of an owner who is on the payroll of the own corporation (an S corporation, say).

    Pay is what the W-2 says: the employer share is 25% of it, not reduced, and the share does not come off the pay that
    counts under 415(c). Distributions of profit are no pay.

    Args (USD):
        law: of the year.
        compensation: W-2 pay for the year before deferrals.
        age: reached by 31 December.
        deferral: own deferral, catch-up included; None: the most that 402(g), the age, pay and a given share allow.
        employer: the share made for the year, or "max": the largest that leaves the deferral its place in 415(c). A
            larger one that is given turns deferrals into catch-up, as far as the age allows.
        deferral_limit, catch_up_left: what a day job leaves of 402(g) and of the age's catch-up; None: all of it.
        additions_elsewhere: annual additions to the owner's 403(b), which shares the dollar limit.

    Returns: the plan's year.
    Raises: InputError for negative amounts, a deferral above 402(g) and the catch-up or above pay, or an employer share
        above the largest one that the age's catch-up makes place for.
    Source: 26 U.S.C. 404(a)(3)(A), (12), 404(n), 401(a)(17), 415(c), (k)(4), 414(v); Reg. 1.414(v)-1(b).

    >>> from megaroth.facts.law import load_law
    >>> incorporated_401k_space(load_law(2026), compensation=120_000, age=45).after_tax
    17500.0
    """
    pay, years = checked("compensation", compensation), checked("age", age, high=OLDEST)
    elsewhere = checked("additions_elsewhere", additions_elsewhere)
    own_limit, catch_up_most = own_limits(law, years, deferral_limit, catch_up_left)
    limit = np.minimum(np.maximum(0.0, law.annual_additions - elsewhere), pay)
    share_of_pay = law.employer_share_rate * np.minimum(pay, law.compensation_cap)
    made = checked_share(employer)
    if deferral is None:
        within = np.clip(limit - (0.0 if made is None else made), 0.0, own_limit)
        total = np.minimum(pay, within + catch_up_most)
    else:
        total = checked("deferral", deferral)
    allowed, extra = split_deferral(law, total, own_limit, catch_up_most)

    def largest_beside(regular: Numbers) -> Numbers:
        return np.maximum(0.0, np.minimum(share_of_pay, limit - regular))

    largest = largest_beside(allowed)
    if made is None:
        made = largest
    elif over := furthest_over(made, largest_beside(np.maximum(0.0, allowed - (catch_up_most - extra)))):
        text = "{field} cannot be more than {limit} for this pay; you entered {value}."
        refuse_share(*over, text)
    room = after_tax_space_of(
        law, age=years, compensation=pay, elective_deferral=total, employer_contribution=made,
        deferral_limit=own_limit, catch_up_left=catch_up_most, additions_elsewhere=elsewhere,
    )  # fmt: skip
    numbers = {
        "compensation": pay, "max_employer": largest, "employer": made, "allowed_deferral": room.allowed_deferral,
        "deferral": room.elective_deferral, "catch_up": room.catch_up, "compensation_415": pay, "limit": room.limit,
        "after_tax": room.space, "excess": room.excess, "additions_elsewhere": elsewhere,
    }  # fmt: skip
    return IncorporatedSpace(law, **plain(numbers))
