"""
The calculations behind the training cases: each gives the right answer, and what well-known mistakes give instead.

The right answer comes from the package's own functions, a wrong one from the wrong rule written out; no figure of the
law is typed. Keywords are the facts of a case, named as in the rest of the package.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import STATUS_CODE, Law, load_law
from megaroth.plans.flat import projection_of
from megaroth.rules.backdoor import form_8606
from megaroth.rules.client_space import after_tax_space
from megaroth.rules.eligibility import eligibility
from megaroth.rules.income_tax import federal_tax
from megaroth.rules.medicare import LOOKBACK, MONTHS, medicare_surcharge
from megaroth.rules.self_employed import solo_401k_space
from megaroth.rules.space import after_tax_space_of, catch_up_limit
from megaroth.rules.tax_forms import tax_forms_of
from megaroth.rules.working import Working

Answer = float | int | bool | str


@dataclass(frozen=True)
class Solution:
    """
    What a case comes to.

    Attributes: right; wrong (by the name of the wrong rule); law (of the case's year); working (the steps to the right
        answer; None where there is nothing to add up); shown (figures of the law that the story tells, by name).
    """

    law: Law
    right: Answer
    wrong: Mapping[str, Answer]
    working: pd.DataFrame | None = None
    shown: Mapping[str, float] = field(default_factory=dict)


# --- the room ---


def verdict(year: int, client: str) -> Solution:
    """Whether an invented client's plan lets after-tax money move now."""
    right = eligibility(Client.load(client), year).verdict
    return Solution(load_law(year), right, {"moves_now": "prompt", "not_at_all": "not_offered"})


def room_in_457b(year: int, client: str) -> Solution:
    """Whether a 457(b) plan, with all else as in the client's own plan, has any room."""
    room = after_tax_space(Client.load(client).with_(kind="457b"), year)
    return Solution(room.law, room.space > 0, {"as_a_401k": True}, room.working)


def room_with_catch_up(year: int, age: int, compensation: float, employer_contribution: float) -> Solution:
    """The year's room of somebody who defers the limit and the catch-up of the age."""
    law = load_law(year)
    catch_up = catch_up_limit(law, age)
    room = after_tax_space_of(
        law, age, compensation, law.elective_deferral, catch_up, employer_contribution=employer_contribution
    )
    wrong = {
        "catch_up_inside": room.space - catch_up,
        "catch_up_on_top": room.space + catch_up,
        "employer_left_out": room.space + employer_contribution,
        "limit_itself": room.limit,
    }
    return Solution(law, room.space, wrong, room.working)


def own_deferral_at(year: int, age: int) -> Solution:
    """The most that somebody of that age can defer, catch-up included."""
    law = load_law(year)
    limit, catch_up = law.elective_deferral, float(catch_up_limit(law, age))
    steps = Working()
    steps.add("Employee deferral limit", limit, "of the year", str(law.source("elective_deferral")))
    steps.add("Catch-up of the age", catch_up, "of the year", str(law.source("catch_up_60_63")))
    steps.add("Deferral in all", limit + catch_up, "the two together", "26 U.S.C. 402(g), 414(v)")
    wrong = {
        "half_again": limit + 1.5 * law.catch_up_50,
        "both_catch_ups": limit + law.catch_up_50 + catch_up,
        "catch_up_of_50": limit + law.catch_up_50,
        "no_catch_up": limit,
        "catch_up_alone": catch_up,
    }
    return Solution(law, limit + catch_up, wrong, steps.frame())


def room_left_under_a_cap(
    year: int, age: int, compensation: float, employer_contribution: float, after_tax_cap_share: float,
    after_tax_so_far: float,
) -> Solution:  # fmt: skip
    """What is still open this year where the plan caps after-tax money at a share of pay."""
    law = load_law(year)
    room = after_tax_space_of(
        law, age, compensation, law.elective_deferral, employer_contribution=employer_contribution,
        after_tax_cap_share=after_tax_cap_share, after_tax_so_far=after_tax_so_far,
    )  # fmt: skip
    uncapped = room.limit - law.elective_deferral - employer_contribution
    wrong = {
        "cap_after_money_in": min(uncapped - after_tax_so_far, room.space),
        "cap_ignored": uncapped - after_tax_so_far,
        "cap_and_money_in_ignored": uncapped,
    }
    return Solution(law, room.remaining, wrong, room.working)


# --- the conversion ---


def partial_conversion(
    year: int, amount: float, balance: float, after_tax_basis: float, pre_tax: float
) -> Solution:
    """The income in an in-plan rollover of a part of the after-tax account, other money being in the plan too."""
    forms = tax_forms_of(year, "in_plan", amount, balance, after_tax_basis)
    wrong = {
        "basis_first": max(0.0, amount - after_tax_basis),
        "earnings_first": min(amount, balance - after_tax_basis),
        "all_taxed": amount,
        "whole_plan": amount * (1 - after_tax_basis / (balance + pre_tax)),
        "the_basis": forms.nontaxable,
    }
    to_earnings = forms.working.iloc[: 1 + list(forms.working["label"]).index("Earnings")]
    return Solution(forms.law, forms.taxable, wrong, to_earnings)


def tax_across_a_bracket(year: int, age: int, wages: float, conversion: float) -> Solution:
    """Federal tax that a conversion adds for a couple with pay alone, where it crosses into the next bracket."""
    law = load_law(year)
    without, with_it = _returns(law, conversion, age=age, wages=wages)
    tax = with_it["total"] - without["total"]
    low, high = (_rate_at(law, each["taxable_income"]) for each in (without, with_it))
    steps = Working()
    formula = "full tax of the year, federal"
    steps.add("Tax with the conversion", with_it["total"], formula, "26 U.S.C. 1; Form 1040")
    steps.add("Tax without the conversion", without["total"], formula, "26 U.S.C. 1; Form 1040")
    steps.add("Tax that the conversion adds", tax, "the first less the second", "26 U.S.C. 1")
    wrong = {
        "at_the_higher_rate": high * conversion,
        "at_the_lower_rate": low * conversion,
        "early_tax_added": tax + law.early_distribution_rate * conversion,
        "investment_tax_added": tax + law.niit_rate * conversion,
    }
    return Solution(law, tax, wrong, steps.frame())


def investment_tax(year: int, age: int, wages: float, taxable_interest: float, conversion: float) -> Solution:
    """How much more net investment income tax a couple owes through a conversion."""
    law = load_law(year)
    without, with_it = _returns(law, conversion, age=age, wages=wages, taxable_interest=taxable_interest)
    threshold = law.niit_threshold["mfj"]
    over = max(0.0, with_it["niit_magi"] - threshold)
    tax = with_it["niit"] - without["niit"]
    steps = Working()
    steps.add("MAGI with the conversion", with_it["niit_magi"], "AGI here", "26 U.S.C. 1411(d)")
    steps.add("MAGI over the threshold", over, "less the threshold of a couple", "26 U.S.C. 1411(b)")
    formula = "earnings of the plan are none of it"
    steps.add("Net investment income", taxable_interest, formula, "26 U.S.C. 1411(c)(5)")
    formula = "rate times the lesser of the two, less what was owed before"
    steps.add("NIIT that the conversion adds", tax, formula, "26 U.S.C. 1411(a)(1)")
    wrong = {
        "on_the_conversion": law.niit_rate * conversion,
        "on_all_investment_income": law.niit_rate * taxable_interest,
        "none_at_all": 0.0,
    }
    return Solution(law, tax, wrong, steps.frame())


def _returns(law: Law, conversion: float, **household: float) -> list[Mapping[str, float]]:
    """A couple's federal tax without and with a conversion."""
    rows = [{"filing_status": "mfj", **household, "conversion": each} for each in (0.0, conversion)]
    return federal_tax(law, pd.DataFrame(rows)).astype(float).to_dict("records")


def _rate_at(law: Law, taxable_income: float) -> float:
    """The bracket that a couple's next dollar would fall into."""
    reached = sum(edge <= taxable_income for edge in law.bracket_edges["mfj"])
    return law.bracket_rates[reached - 1]


# --- waiting ---


def tax_on_waiting(
    year: int, contribution: float, years: int, annual_return: float, tax_rate: float
) -> Solution:
    """The tax of one conversion at the end, of money paid in at each year's end."""
    paid_in = {"contribution": contribution, "periods_per_year": 1, "years": years}
    assumed = {"annual_return": annual_return, "tax_rate": tax_rate}
    late = projection_of(**paid_in, **assumed, convert_every="once_at_end_of_contributions")
    early = projection_of(**paid_in, **assumed, convert_every="once_at_end_of_contributions", timing="begin")
    law, (value, basis) = load_law(year), late.conversions.loc[late.conversions.index[0], ["value", "basis"]]
    steps = Working()
    formula = "each payment grown from the end of its year"
    steps.add("Value at the conversion", value, formula, "26 U.S.C. 72(e)(8)")
    steps.add("Paid in", -basis, "already taxed", "26 U.S.C. 72(e)(8)")
    steps.add("Earnings", late.total_taxable, "value less what was paid in", "26 U.S.C. 402A(c)(4)(A)(i)")
    steps.add(
        "Tax on the conversion", late.total_tax, "earnings times the rate", "26 U.S.C. 402A(c)(4)(A)(i)"
    )
    wrong = {
        "all_taxed": tax_rate * value,
        "earnings_not_tax": late.total_taxable,
        "paid_in_at_the_start": early.total_tax,
        "early_tax_added": late.total_tax + law.early_distribution_rate * late.total_taxable,
        "nothing_taxed": 0.0,
    }
    return Solution(law, late.total_tax, wrong, steps.frame())


def premium_year(year: int) -> Solution:
    """The year in which a conversion's income raises Medicare premiums."""
    wrong = {"same_year": year, "next_year": year + 1}
    return Solution(load_law(year), year + LOOKBACK, wrong)


def premiums_over_the_first_line(year: int, people: int) -> Solution:
    """What one dollar over the first line costs a couple in the premium year, all of them on Medicare."""
    law = load_law(year)
    line, part_b, part_d = law.irmaa["mfj"][1]
    surcharge = float(medicare_surcharge(law, STATUS_CODE["mfj"], line + 1, people))
    steps, cite = Working(), "42 U.S.C. 1395r(i), 1395w-113(a)(7)"
    steps.add("Surcharge of Part B and Part D, a month", part_b + part_d, "first tier, each person", cite)
    steps.add("Surcharge of the year", surcharge, "twelve months, each person on Medicare", cite)
    wrong = {
        "once_a_couple": surcharge / people,
        "part_b_alone": MONTHS * people * part_b,
        "one_month": people * (part_b + part_d),
        "a_slope": 0.0,
    }
    return Solution(law, surcharge, wrong, steps.frame(), {"part_b": part_b, "part_d": part_d})


# --- the ordinary backdoor, forms, owners ---


def backdoor_share(year: int, year_end_value: float) -> Solution:
    """The taxable share of an ordinary backdoor that converts the year's contribution, with other IRA money there."""
    law = load_law(year)
    given = law.ira_contribution
    form = form_8606(year, contribution=given, converted=given, year_end_value=year_end_value)
    share = form.taxable_conversion / given
    wrong = {
        "own_account_alone": 0.0,
        "all_taxed": 1.0,
        "the_basis": form.fraction,
        "conversion_left_out": max(0.0, 1 - given / year_end_value),
    }
    return Solution(law, share, wrong, form.working)


def line_of_a_plan_conversion(year: int, amount: float, balance: float, after_tax_basis: float) -> Solution:
    """The line of Form 1040 with the taxable part of an in-plan rollover."""
    forms = tax_forms_of(year, "in_plan", amount, balance, after_tax_basis)
    lines = forms.lines_1040
    gross, taxed = (next(line for line in lines if lines[line] == each) for each in _gross_and_taxed(lines))
    of_iras = next(line for line in lines if line[-1] == taxed[-1] and line != taxed)
    wrong = {"line_of_iras": of_iras, "whole_amount": gross, "form_8606": list(forms.lines_8606)[-1]}
    return Solution(forms.law, taxed, wrong, forms.working)


def _gross_and_taxed(lines: Mapping[str, int]) -> tuple[int, int]:
    filled = sorted((amount for amount in lines.values() if amount), reverse=True)
    return filled[0], filled[1]


def largest_employer_share(year: int, age: int, net_profit: float) -> Solution:
    """The most that a sole proprietor's business can put in."""
    law = load_law(year)
    plan = solo_401k_space(law, net_profit=net_profit, age=age)
    rate, reduced = law.employer_share_rate, law.employer_share_rate / (1 + law.employer_share_rate)
    working = plan.working
    to_share = working.iloc[: 1 + list(working["label"]).index("Largest employer share")]
    wrong = {
        "of_gross_profit": reduced * net_profit,
        "full_rate": rate * plan.net,
        "full_rate_of_profit": rate * net_profit,
        "whole_tax_taken_off": reduced * (net_profit - 2 * plan.half_se_tax),
    }
    return Solution(law, plan.max_employer, wrong, to_share)


CALCULATIONS: dict[str, Callable[..., Solution]] = {
    function.__name__: function
    for function in (
        verdict, room_in_457b, room_with_catch_up, own_deferral_at, room_left_under_a_cap, partial_conversion,
        tax_across_a_bracket, investment_tax, tax_on_waiting, premium_year, premiums_over_the_first_line,
        backdoor_share, line_of_a_plan_conversion, largest_employer_share,
    )
}  # fmt: skip
