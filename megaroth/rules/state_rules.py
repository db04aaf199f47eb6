"""
What a state's rules do to a return: one small function per kind of rule, in the table of its step.

data/law/states/README.md says what each kind and each of its figures means. A function sees the rule and the return as
far as it is filled in, and answers with an amount in USD; numbers or arrays alike.
"""

from collections.abc import Mapping

import numpy as np

from megaroth.rules.income_tax import bracket_tax
from megaroth.rules.state_return import Numbers, Return, Rule

ALMOST_ONE_STEP = (
    1e-9  # an income exactly on a step must not start the next one by a rounding of the last bit
)


def _over(income: Numbers, start: Numbers) -> Numbers:
    return np.maximum(income - start, 0.0)


def _started_steps(income: Numbers, start: Numbers, step: Numbers) -> Numbers:
    return np.ceil(_over(income, start) / step - ALMOST_ONE_STEP)


# Step 1: what of the income is excluded


def _exclude_conversion(rule: Rule, form: Return) -> Numbers:
    """Retirement income of an owner of some age, up to a cap that other income may share."""
    cap = form.figure(rule.get("cap_per_owner", rule.get("cap_per_return", np.inf)))
    if "cap_if_both_spouses" in rule:
        cap = np.where(form.people_of(rule["age_from"]) > 1, rule["cap_if_both_spouses"], cap)
    excluded = np.where(_owner_qualifies(rule, form), np.minimum(_income_in_room(rule, form), cap), 0.0)
    if "or_deduction" not in rule:
        return excluded
    other = rule["or_deduction"]
    amount = form.figure(other["amount"]) - form.allowances[other["less"]]
    return np.maximum(excluded, np.where(form.people_of(other["age_from"]) > 0, amount, 0.0))


def _owner_qualifies(rule: Rule, form: Return) -> Numbers:
    """Whether the owner of the conversion has the age and was born in the years that the rule names."""
    age, age_from = form.owner(form.ages), rule["age_from"]
    if isinstance(age_from, Mapping):
        age_from = np.where(form.home["conversion_from_ira"], age_from["ira"], age_from["plan"])
    born, born_before = form.state.year - age, rule.get("born_before") or np.inf
    of_age = (age >= age_from) & (age < rule.get("age_below", np.inf))
    return of_age & (born >= rule.get("born_from", 0)) & (born < born_before)


def _income_in_room(rule: Rule, form: Return) -> Numbers:
    """The conversion, and the other incomes that fill the same room."""
    counted = form.conversion
    if "applies_to" in rule:
        ira, plan = ("ira" in rule["applies_to"]), ("plan" in rule["applies_to"])
        counted = counted * np.where(form.home["conversion_from_ira"], ira, plan)
    others = sum(form.home[name] for name in rule.get("also_counts", ()))
    return counted + others + np.minimum(form.owner(form.earned), rule.get("earned_income_counted", 0.0))


def _exclusion_by_income_step(rule: Rule, form: Return) -> Numbers:
    """New Jersey: a share, by total income, of the conversion, and of all income of those who hardly work."""
    share = form.row_at(rule["share_by_income"], form.agi)("share")
    retired = sum(form.earned) <= rule["unused_part_if_earnings_at_most"]
    counted = np.maximum(np.where(retired, form.agi, form.conversion), 0.0)
    excluded = np.minimum(share * counted, form.figure(rule["cap"]))
    return np.where(form.owner(form.ages) >= rule["age_from"], excluded, 0.0)


EXCLUSIONS = {
    "exclude_conversion": _exclude_conversion,
    "exclusion_by_income_step": _exclusion_by_income_step,
}


# Step 2: what is left of the allowances that a rule cuts


def _cut(rule: Rule, form: Return) -> Numbers:
    """The amount that is left, after the cut, of the rule's allowances taken together."""
    amount = sum(form.allowances[name] for name in rule["target"])
    if "per_person_by_income" in rule:
        return form.people * form.row(rule, "per_person_by_income", "amount")
    income = form.by(rule)
    if "lost_above" in rule:
        return np.where(income > form.figure(rule["lost_above"]), 0.0, amount)
    if "segments" in rule:
        return amount - _cut_by_segments(rule, form, income, amount)
    start = form.figure(rule["start"])
    if "width" in rule:
        return amount * (1 - np.minimum(_over(income, start) / form.figure(rule["width"]), 1.0))
    steps = _started_steps(income, start, form.figure(rule["step"]))
    if "share_per_step" in rule:
        return amount * np.maximum(1 - rule["share_per_step"] * steps, 0.0)
    if rule.get("whole_steps_only"):
        steps = np.floor(_over(income, start) / form.figure(rule["step"]) + ALMOST_ONE_STEP)
    left = amount - form.figure(rule["amount_per_step"]) * steps
    return np.maximum(left, form.figure(rule.get("floor", 0.0)))


def _cut_by_segments(rule: Rule, form: Return, income: Numbers, amount: Numbers) -> Numbers:
    segments = rule["segments"]
    most = amount * rule.get("max_share_cut", 1.0)
    over, rate = form.figure(segments.over), form.figure(segments.columns["rate"])
    cut = np.minimum(bracket_tax(_over(income, over[..., 0]), over - over[..., :1], rate), most)
    return np.where(income > rule.get("full_cut_above", np.inf), most, cut)


CUTS = {"cut": _cut}


# Step 3: deductions of their own


def _deduction_at_age(rule: Rule, form: Return) -> Numbers:
    """An amount for each person of an age, less what the rule sets against it."""
    age, amount = rule["age_from"], rule["amount"]
    if rule.get("needs_own_income"):
        return _deduction_from_own_income(form, age, amount)
    total = form.people_of(age) * amount
    if rule.get("less_exclusion_used"):
        used = np.minimum(form.excluded, amount)
        total = total - np.where(form.owner(form.ages) >= age, used, 0.0)
    if "reduce_over" in rule:
        total = total - rule["per_dollar"] * _over(form.by(rule), form.figure(rule["reduce_over"]))
    return np.maximum(total, 0.0)


def _deduction_from_own_income(form: Return, age: float, amount: float) -> Numbers:
    """The amount for each person of the age, no more than that person's own income."""
    own_age, spouse_age = form.ages
    spouse_income = form.home["spouse_wages"] + form.home["spouse_converts"] * form.conversion
    own_income = np.maximum(form.agi - spouse_income, 0.0)
    own = np.minimum(own_income, amount) * (own_age >= age)
    return own + np.minimum(spouse_income, amount) * (form.joint & (spouse_age >= age))


def _exemption_by_income(rule: Rule, form: Return) -> Numbers:
    return form.people * form.row(rule, "per_person", "amount")


def _deduction_phased(rule: Rule, form: Return) -> Numbers:
    """An amount that falls evenly to nothing, the reduction rounded down to whole steps."""
    amount, step = form.figure(rule["amount"]), rule["rounds_down_to"]
    gone = np.minimum(_over(form.by(rule), form.figure(rule["start"])) / form.figure(rule["width"]), 1.0)
    return amount - np.where(gone < 1, np.floor(amount * gone / step + ALMOST_ONE_STEP) * step, amount)


def _deduction_per_person_reduced(rule: Rule, form: Return) -> Numbers:
    income = form.by(rule)
    reduction = form.figure(rule["reduce_rate"]) * _over(income, form.figure(rule["reduce_over"]))
    left = form.people * np.maximum(rule["amount"] - reduction, 0.0)
    return np.where(income > form.figure(rule["lost_above"]), 0.0, left)


def _fica_deduction(rule: Rule, form: Return) -> Numbers:
    wages = form.home["wages"], form.home["spouse_wages"]
    return sum(np.minimum(rule["rate"] * each, rule["per_earner_cap"]) for each in wages)


def _federal_tax_deduction(rule: Rule, form: Return) -> Numbers:
    """A share of the federal income tax after credits, net investment income tax included."""
    share = form.row(rule, "share_by_income", "share") if "share_by_income" in rule else rule["share"]
    cap = (
        form.row(rule, "cap_by_income", "cap")
        if "cap_by_income" in rule
        else form.figure(rule.get("cap", np.inf))
    )
    return np.minimum(share * form.federal["total"], cap)


def _add_back_of_deduction(rule: Rule, form: Return) -> Numbers:
    """The federal deduction above an amount is added back from an income on: less is deducted."""
    added = _over(form.federal["standard_deduction"], form.figure(rule["deduction_over"]))
    return np.where(form.by(rule) >= rule["from_agi"], -added, 0.0)


DEDUCTIONS = {
    "deduction_at_age": _deduction_at_age,
    "exemption_by_income": _exemption_by_income,
    "deduction_phased": _deduction_phased,
    "deduction_per_person_reduced": _deduction_per_person_reduced,
    "fica_deduction": _fica_deduction,
    "federal_tax_deduction": _federal_tax_deduction,
    "add_back_of_deduction": _add_back_of_deduction,
}


# Step 4: what replaces the schedule


def schedule_tax(form: Return, taxable: Numbers) -> Numbers:
    """Tax by the state's brackets."""
    brackets = form.state.brackets
    over, rate = brackets.over, brackets.columns["rate"]
    if over.ndim == 2:
        over, rate = form.figure(over), form.figure(rate)
    return bracket_tax(taxable, over, rate)


def _tax_table(rule: Rule, form: Return) -> Numbers:
    row = form.row_at(rule["rows"], form.taxable)
    return np.maximum(row("rate") * form.taxable - row("minus"), 0.0)


def _gain_rate_cap(rule: Rule, form: Return) -> Numbers:
    """The smaller of the schedule on all, and the schedule on the rest with the gain at the capped rate."""
    brackets, taxable = form.state.brackets, form.taxable
    over, rate = form.figure(brackets.over), form.figure(brackets.columns["rate"])
    first_above = np.argmax(rate > rule["rate"], axis=-1)
    edge = np.take_along_axis(over, np.expand_dims(first_above, -1), -1)[..., 0]
    rest = np.maximum(taxable - form.home["long_term_gain"], np.minimum(taxable, edge))
    capped = schedule_tax(form, rest) + rule["rate"] * (taxable - rest)
    return np.minimum(schedule_tax(form, taxable), capped)


SCHEDULES = {"tax_table": _tax_table, "gain_rate_cap": _gain_rate_cap}


# Step 5: what is added to the tax


def _surtax(rule: Rule, form: Return) -> Numbers:
    return rule["rate"] * _over(form.taxable, form.figure(rule["over"]))


def _add_tax_in_steps(rule: Rule, form: Return) -> Numbers:
    income, added = form.by(rule), 0.0
    for part in rule["parts"]:
        start, step, amount, most = (
            form.figure(part[name]) for name in ("start", "step", "amount_per_step", "max")
        )
        added = added + np.minimum(amount * _started_steps(income, start, step), most)
    return added


def _add_tax_above(rule: Rule, form: Return) -> Numbers:
    return rule["amount"] * (form.taxable > rule["over"])


def _recapture_by_bracket(rule: Rule, form: Return) -> Numbers:
    """New York: the lower brackets' benefit is taken back over a window of income above each bracket's edge."""
    income, line = form.income, rule["above_agi"]
    row = form.row_at(rule["rows"], form.taxable)
    into_window = np.minimum(_over(income, np.maximum(row("over"), line)) / rule["window"], 1.0)
    added = np.where(income > line, row("base") + row("benefit") * into_window, 0.0)
    top_rate = form.state.brackets.columns["rate"][..., -1]
    all_at_top = form.figure(top_rate) * form.taxable - form.tax
    return np.where(income > rule["flat_rate_above_agi"], all_at_top, added)


def _minimum_tax(rule: Rule, form: Return) -> Numbers:
    agi = form.federal["agi"]
    return np.where(agi > rule["above_agi"], _over(rule["rate"] * agi, form.tax), 0.0)


def _amt(rule: Rule, form: Return) -> Numbers:
    agi = form.federal["agi"]
    fallen = rule["reduce_rate"] * _over(agi, form.figure(rule["reduce_over"]))
    exemption = _over(form.figure(rule["exemption"]), fallen)
    return _over(rule["rate"] * _over(agi, exemption), form.tax)


ADDITIONS = {
    "surtax": _surtax,
    "add_tax_in_steps": _add_tax_in_steps,
    "add_tax_above": _add_tax_above,
    "recapture_by_bracket": _recapture_by_bracket,
    "minimum_tax": _minimum_tax,
    "amt": _amt,
}


# Step 6: credits


def _credit(rule: Rule, form: Return) -> Numbers:
    """An amount a person or a return, with what cuts it and the income at which it is lost."""
    total = _credit_at_age(rule, form) if "age_from" in rule else _credit_per_person(rule, form)
    if "lost_above" in rule:
        total = np.where(form.by(rule) > form.figure(rule["lost_above"]), 0.0, total)
    if "lost_from" in rule:
        total = np.where(form.by(rule) >= form.figure(rule["lost_from"]), 0.0, total)
    return total


def _credit_per_person(rule: Rule, form: Return) -> Numbers:
    amount, count = rule["per_person"], form.people
    if "again_from_age" in rule:
        count = count + form.people_of(rule["again_from_age"])
    if "again_without_exclusion_from_age" in rule:
        age = rule["again_without_exclusion_from_age"]
        count = count + form.people_of(age) - (form.owner(form.ages) >= age) * (form.excluded > 0)
    if "cut" in rule:
        cut = rule["cut"]
        steps = _started_steps(form.by(cut), form.figure(cut["start"]), form.figure(cut["step"]))
        amount = np.maximum(amount - cut["amount_per_step"] * steps, 0.0)
    return count * amount


def _credit_at_age(rule: Rule, form: Return) -> Numbers:
    people = form.people_of(rule["age_from"])
    both = rule.get("amount_if_both_spouses", form.figure(rule["amount"]))
    return np.where(people > 1, both, form.figure(rule["amount"]) * (people > 0))


def _credit_share_of_tax(rule: Rule, form: Return) -> Numbers:
    return form.row(rule, "share_by_income", "share") * form.tax


def _credit_of_deduction(rule: Rule, form: Return) -> Numbers:
    full = rule["rate"] * form.federal["standard_deduction"]
    return _over(full, rule["cut_rate"] * _over(form.income, form.figure(rule["cut_over"])))


CREDITS = {
    "credit": _credit,
    "credit_share_of_tax": _credit_share_of_tax,
    "credit_of_deduction": _credit_of_deduction,
}


# Step 7: no tax at all for small incomes


def _zero_tax(rule: Rule, form: Return) -> Numbers:
    """What is left of the tax: nothing up to an income."""
    if "income_at_most" in rule:
        free = form.income <= form.figure(rule["income_at_most"])
    else:
        free = form.taxable <= rule["taxable_at_most"]
    return np.where(free, 0.0, form.tax)


ZERO_TAX = {"zero_tax": _zero_tax}
