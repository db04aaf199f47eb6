"""
Owners with what can stand beside the plan: a day job, a spouse on the payroll.

Amounts are USD, numbers or arrays that broadcast together; nothing is rounded.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from megaroth.facts.errors import Dollars, InputError, Message, checked, furthest_over, refuse
from megaroth.facts.law import Law
from megaroth.rules.incorporated import IncorporatedSpace, incorporated_401k_space
from megaroth.rules.room import Reason
from megaroth.rules.self_employed import SoloSpace, solo_401k_space
from megaroth.rules.space import OLDEST, catch_up_limit, plain, refuse_deferral
from megaroth.rules.working import Working

Numbers = np.ndarray | float
SOLE_PROPRIETOR, INCORPORATED = "sole_proprietor", "incorporated"
BUSINESSES = (SOLE_PROPRIETOR, INCORPORATED)
JOB_KINDS = ("401k", "403b", "457b")


def limits_left(law: Law, age: Numbers, job_deferral: Numbers) -> tuple[Numbers, Numbers]:
    """
    What deferrals at a day job leave of the person's deferral limit and of the age's catch-up, USD.

    One limit for the person over all plans; the catch-up is used once. A 457(b) plan is not counted here.

    Raises: InputError when the job alone has more than both.
    Source: 26 U.S.C. 402(g)(1), (3), 414(v)(2)(D).

    >>> from megaroth.facts.law import load_law
    >>> limits_left(load_law(2026), age=52, job_deferral=26_000)
    (0.0, 6500.0)
    """
    elsewhere = checked("job_deferral", job_deferral)
    catch_up = catch_up_limit(law, checked("age", age, high=OLDEST))
    if over := furthest_over(elsewhere, law.elective_deferral + catch_up):
        refuse_deferral(law, *over, field="job_deferral")
    regular = np.minimum(elsewhere, law.elective_deferral)
    left = {"regular": law.elective_deferral - regular, "extra": catch_up - (elsewhere - regular)}
    return tuple(plain(left).values())


@dataclass(frozen=True)
class OwnerPlan:
    """
    An owner's year with a spouse on the payroll or without, USD.

    Attributes:
        owner: the owner's own plan year. alone: the same with nobody else on the payroll. spouse: the spouse's, from the
            pay that the business gives; all 0 without pay.
        employee_fica, employer_fica: Social Security and Medicare tax on the spouse's pay.
        self_employment_tax_saved: by the smaller profit (0 for a corporation).
        profit_left: of a sole proprietor, after the spouse's pay, the employer's FICA and employer share; for a
            corporation the owner's W-2 pay.
        job_kind: of the day job's plan. reasons: what stands out for the owner, each with its citation.
    """

    owner: SoloSpace | IncorporatedSpace
    alone: SoloSpace | IncorporatedSpace
    spouse: IncorporatedSpace
    employee_fica: Numbers
    employer_fica: Numbers
    self_employment_tax_saved: Numbers
    profit_left: Numbers
    job_kind: str = "401k"

    @property
    def reasons(self) -> tuple[Reason, ...]:
        if self.job_kind != "457b":
            return self.owner.reasons
        text = "Deferrals to a 457(b) have a limit of their own and take nothing from the limits here."
        return (Reason(Message(text), "26 U.S.C. 457(c), 402(g)(3)"), *self.owner.reasons)

    @property
    def after_tax(self) -> Numbers:
        """Room for after-tax money of both."""
        return self.owner.after_tax + self.spouse.after_tax

    @property
    def room_added(self) -> Numbers:
        """After-tax room that the spouse's pay adds to the household; negative where the owner loses more."""
        return self.after_tax - self.alone.after_tax

    @property
    def payroll_tax_added(self) -> Numbers:
        """Both halves of FICA on the spouse's pay less the self-employment tax that the smaller profit saves."""
        return self.employee_fica + self.employer_fica - self.self_employment_tax_saved

    @property
    def working(self) -> pd.DataFrame:
        """The steps to the room that the spouse's pay adds: label, amount, formula, source."""
        steps, spouse = Working(), self.spouse
        steps.add("Spouse's pay", spouse.compensation, "W-2 pay from the business", "26 U.S.C. 162(a)(1)")
        formula = "Social Security up to the wage base and Medicare, the employer's half"
        steps.add("Employer's FICA", self.employer_fica, formula, "26 U.S.C. 3111")
        steps.add("Employee's FICA", self.employee_fica, "the same, out of the pay", "26 U.S.C. 3101")
        steps.add(
            "Employer share for the spouse", spouse.employer, "made for the year", "26 U.S.C. 404(a)(3)"
        )
        formula = "of the owner, by the smaller profit"
        steps.add(
            "Self-employment tax saved",
            -np.asarray(self.self_employment_tax_saved),
            formula,
            "26 U.S.C. 1401",
        )
        formula = "both halves of FICA less self-employment tax saved"
        steps.add("Payroll taxes added", self.payroll_tax_added, formula, "26 U.S.C. 1401, 3101, 3111")
        formula = "from the spouse's own pay and deferral limit"
        steps.add("Spouse's after-tax space", spouse.after_tax, formula, "26 U.S.C. 402(g), 415(c)")
        steps.add("Owner's after-tax space", self.owner.after_tax, "from what is left", "26 U.S.C. 415(c)")
        formula = "with nobody else on the payroll"
        steps.add("Owner's space alone", -np.asarray(self.alone.after_tax), formula, "26 U.S.C. 415(c)")
        formula = "both spaces less the owner's alone"
        steps.add("Room added to the household", self.room_added, formula, "26 U.S.C. 415(c)")
        return steps.frame()


def owner_plan(
    law: Law,
    business: str,
    income: Numbers,
    age: Numbers,
    wages: Numbers = 0.0,
    job_deferral: Numbers = 0.0,
    deferral: Numbers | None = None,
    employer: Numbers | str = "max",
    spouse_pay: Numbers = 0.0,
    spouse_age: Numbers = 0.0,
    spouse_deferral: Numbers | None = None,
    spouse_employer: Numbers | str = "max",
    job_kind: str = "401k",
    job_other_additions: Numbers = 0.0,
) -> OwnerPlan:
    """
    The plan of an owner with all that can stand beside it: a day job elsewhere, a spouse on the payroll.

    A day job with an unrelated employer shares the deferral limit and the wage base, and has a 415(c) limit of its own.
    But a 403(b) counts as a plan of the business that its participant controls, so both share the dollar limit of 415(c);
    each still has its own pay as a limit. A 457(b) shares neither.
    A spouse who is paid for real work has a deferral limit and a 415(c) limit from that pay; a sole proprietor's profit
    falls by the pay, the employer's FICA and the employer share.

    Args (USD):
        law: of the year.
        business: "sole_proprietor" or "incorporated".
        income: net profit (Schedule C) of the one, W-2 pay from the own corporation of the other.
        age, spouse_age: reached by 31 December.
        wages: Social Security wages of the day job; job_deferral: what is deferred there, catch-up included.
        deferral, employer: of the owner, as solo_401k_space.
        spouse_pay: W-2 pay from this business; 0: not on the payroll. spouse_deferral, spouse_employer: as the owner's.
        job_kind: of the day job's plan: "401k", "403b" or "457b".
        job_other_additions: employer and after-tax money of the year in the day job's plan; it matters in a 403(b).

    Returns: the year of both plans and what the spouse's pay costs in payroll taxes.
    Raises: InputError as solo_401k_space and incorporated_401k_space, or when a sole proprietor's profit cannot carry
        the spouse.
    Not modelled: a plan formula that gives both the same share of pay, the 0.9%, a spouse's own day job.
    Source: 26 U.S.C. 402(g), 415(c), (f), (k)(4), 457(c), 1401, 1402(a), 3101, 3111; Reg. 1.401(m)-2(a)(1)(ii).

    >>> from megaroth.facts.law import load_law
    >>> both = owner_plan(load_law(2026), "sole_proprietor", 200_000, age=45, spouse_pay=40_000, spouse_age=44)
    >>> both.spouse.after_tax, round(both.profit_left, 2)
    (5500.0, 146940.0)
    """
    if business not in BUSINESSES:
        refuse("choice", "business", business, choices=", ".join(BUSINESSES))
    earned, pay = checked("income", income), checked("spouse_pay", spouse_pay)
    facts = {"age": age, "deferral": deferral, "employer": employer}
    facts |= _beside_job(law, age, job_kind, job_deferral, job_other_additions)
    spouse = _spouse(law, pay, spouse_age, spouse_deferral, spouse_employer)
    employee, employer_half = _fica(law, pay)
    if business == INCORPORATED:
        alone = owner = incorporated_401k_space(law, earned, **facts)
        saved, left = 0.0, earned
    else:
        left = earned - pay - employer_half - spouse.employer
        if over := furthest_over(0.0, left):
            text = "{field} of {value}, with the employer's FICA and employer share, is {over} more than the net profit."
            too_much = Dollars(round(-over[1], 2))
            raise InputError(
                "above_profit", text, field="spouse_pay", value=float(np.max(pay)), over=too_much
            )
        left = np.maximum(left, 0.0)
        alone = solo_401k_space(law, earned, wages=wages, **facts)
        owner = solo_401k_space(law, left, wages=wages, **facts) if np.any(pay) else alone
        saved = 2 * (np.asarray(alone.half_se_tax) - owner.half_se_tax)
    numbers = {
        "employee_fica": employee, "employer_fica": employer_half, "self_employment_tax_saved": saved,
        "profit_left": left,
    }  # fmt: skip
    return OwnerPlan(owner, alone, spouse, **plain(numbers), job_kind=job_kind)


def _beside_job(
    law: Law, age: Numbers, kind: str, deferral: Numbers, other_additions: Numbers
) -> dict[str, Numbers]:
    """What the day job's plan leaves of the person's limits, as keywords of the owner's plan."""
    if kind not in JOB_KINDS:
        refuse("choice", "job_kind", kind, choices=", ".join(JOB_KINDS))
    made, other = checked("job_deferral", deferral), checked("job_other_additions", other_additions)
    left, catch_up_left = limits_left(law, age, 0.0 if kind == "457b" else made)
    shared = law.elective_deferral - left + other if kind == "403b" else 0.0
    return {"deferral_limit": left, "catch_up_left": catch_up_left, "additions_elsewhere": shared}


def _spouse(
    law: Law, pay: Numbers, age: Numbers, deferral: Numbers | None, employer: Numbers | str
) -> IncorporatedSpace:
    """The spouse's plan year, errors under the names that the owner's function has for the facts."""
    try:
        return incorporated_401k_space(law, pay, age, deferral, employer)
    except InputError as problem:
        raise problem.under(_SPOUSE_HAS.get(problem.field, problem.field)) from None


_SPOUSE_HAS = {
    "age": "spouse_age",
    "deferral": "spouse_deferral",
    "elective_deferral": "spouse_deferral",
    "employer": "spouse_employer",
}


def _fica(law: Law, pay: Numbers) -> tuple[Numbers, Numbers]:
    """The employee's and the employer's tax on pay, without the 0.9%: 26 U.S.C. 3101(a), (b)(1), 3111, 3121(a)(1)."""
    half = law.employee_social_security_rate * np.minimum(pay, law.social_security_wage_base)
    half = half + law.employee_medicare_rate * pay
    return half, half
