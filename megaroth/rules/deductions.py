"""
What comes off adjusted gross income: standard and itemized deduction, senior deduction, QBI deduction.

Amounts are USD, numbers or arrays that broadcast together; the columns are those of income_tax.federal_columns.
"""

from collections.abc import Mapping

import numpy as np

from megaroth.facts.law import STATUS_CODE, Law

Numbers = np.ndarray | float


def excess(amount: Numbers, threshold: Numbers) -> Numbers:
    """
    What of an amount lies over a threshold.

    >>> float(excess(120.0, 100.0)), float(excess(80.0, 100.0))
    (20.0, 0.0)
    """
    over = np.maximum(amount, threshold)
    over -= threshold  # in place: the least memory touched is the fastest
    return over


def deductions(law: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    What comes off AGI: the larger of standard and itemized deduction, the senior and the QBI deduction.

    Reads: the household, agi, half_se_tax, preferred_income; elects_to_itemize, if all of them itemize whichever is
        larger.
    Returns: standard_deduction, itemized_deduction (after its limits), itemizes, deduction (the one used),
        senior_deduction, qbi_deduction.
    Source: 26 U.S.C. 63, 68, 151(d)(5)(C), 164(b)(6), (7), 199A.
    """
    status, agi = columns["status"], columns["agi"]
    spouse = (status == STATUS_CODE["mfj"]) & (columns["spouse_age"] >= law.senior_age)
    seniors = (columns["age"] >= law.senior_age) + 1.0 * spouse
    for_age = seniors * law.for_status("additional_deduction_65", status)
    standard = law.for_status("standard_deduction", status) + for_age
    senior = _senior_deduction(law, status, seniors, agi)
    salt = np.minimum(columns["state_local_taxes"], _salt_cap(law, status, agi))
    before_limit = salt + columns["other_itemized"]
    elects = columns.get("elects_to_itemize", False)
    chosen = before_limit if elects else np.maximum(before_limit, standard)
    # The QBI deduction is found as if nothing limited the itemized ones (199A(e)(1)), and they are limited by the
    # income it leaves (68(a)(2)). In the top bracket, where that happens, it no longer depends on the income.
    qbi = qbi_deduction(law, columns, agi - senior - chosen)
    itemized = before_limit - _itemized_limitation(law, status, before_limit, agi - senior - qbi)
    return {
        "standard_deduction": standard, "itemized_deduction": itemized,
        "itemizes": np.logical_or(itemized > standard, elects),
        "deduction": itemized if elects else np.maximum(itemized, standard),
        "senior_deduction": senior, "qbi_deduction": qbi,
    }  # fmt: skip


def qbi_deduction(law: Law, columns: Mapping[str, Numbers], income: Numbers) -> Numbers:
    """
    Deduction for a sole proprietor who works in the business and has neither wages paid nor property in it.

    Above the threshold it fades over the range, twice over for a specified service. A small minimum stays, but not
    for a specified service above the range, which is no qualified business then.

    Args: columns: the household, half_se_tax, preferred_income, and plan_deduction where the owner deducts
        contributions to a plan of the business (absent: none); income: taxable income before this deduction, USD.
    Source: 26 U.S.C. 199A(a), (b)(2), (3), (d)(1), (3), (e)(1), (i); Reg. 1.199A-3(b)(1)(vi).
    """
    of_business = columns["half_se_tax"] + columns.get("plan_deduction", 0.0)
    profit = np.maximum(columns["self_employment_profit"] - of_business, 0.0)
    if not np.any(profit):
        return np.zeros_like(income)
    status = columns["status"]
    income = np.maximum(income, 0.0)
    over = excess(income, law.for_status("qbi_threshold", status))
    faded = np.minimum(over / law.for_status("qbi_range", status), 1.0)
    counted = profit * (1.0 - columns["specified_service"] * faded)
    most = law.qbi_rate * excess(income, columns["preferred_income"])
    deduction = np.minimum(law.qbi_rate * counted * (1.0 - faded), most)
    if law.qbi_minimum_deduction is None:
        return deduction
    return np.maximum(deduction, law.qbi_minimum_deduction * (counted >= law.qbi_minimum_income))


def _senior_deduction(law: Law, status: Numbers, seniors: Numbers, agi: Numbers) -> Numbers:
    """Each person's own amount falls by the rate, 26 U.S.C. 151(d)(5)(C); none for separate filers."""
    if not law.senior_deduction:
        return np.zeros_like(agi)
    # No threshold (nan) means no deduction: any income is infinitely far over it.
    threshold = np.nan_to_num(law.array("senior_deduction_threshold"), nan=-np.inf).take(status)
    fall = law.senior_deduction_rate * excess(agi, threshold)
    return seniors * np.maximum(law.senior_deduction - fall, 0.0)


def _salt_cap(law: Law, status: Numbers, agi: Numbers) -> Numbers:
    """26 U.S.C. 164(b)(6), (7): the cap falls above a threshold, not below its floor; halves for separate filers."""
    share = np.where(status == STATUS_CODE["mfs"], law.salt_cap_mfs_share, 1.0)
    if law.salt_cap_threshold is None:
        return share * law.salt_cap
    fall = law.salt_cap_rate * excess(agi, share * law.salt_cap_threshold)
    return np.maximum(share * law.salt_cap - fall, share * law.salt_cap_floor)


def _itemized_limitation(law: Law, status: Numbers, itemized: Numbers, income: Numbers) -> Numbers:
    """26 U.S.C. 68 from 2026: 2/37 of the lesser of the deductions and what of *income* (before them) is in the top bracket."""
    if law.itemized_limitation is None:
        return np.zeros_like(income)
    over, of = law.itemized_limitation
    top = law.array("bracket_edges")[:, -1].take(status)
    return over / of * np.minimum(itemized, excess(income, top))
