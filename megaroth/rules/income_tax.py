"""
Federal income tax, column by column, as a return computes it.

`federal_columns` holds the formulas, on numbers or arrays; `federal_tax` is the thin table around it. Tax comes from
the rate schedules, unrounded: below 100,000 of taxable income a paper return reads the Tax Table and can differ by
some dollars.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from megaroth.facts.errors import InputError, Message, refuse
from megaroth.facts.law import STATUS_CODE, STATUSES, Law, load_law
from megaroth.rules.self_employed import self_employment_earnings, self_employment_tax

Numbers = np.ndarray | float
REQUIRED = ("filing_status", "age", "wages")
OPTIONAL = (
    "spouse_age", "spouse_wages", "taxable_interest", "tax_exempt_interest", "ordinary_dividends",
    "qualified_dividends", "long_term_gain", "conversion", "other_ordinary_income", "self_employment_profit",
    "specified_service", "social_security", "state_local_taxes", "other_itemized", "children", "other_dependents",
)  # fmt: skip
COLUMNS = (
    "agi", "niit_magi", "provisional_income", "taxable_social_security", "half_se_tax", "standard_deduction",
    "itemized_deduction", "deduction", "senior_deduction", "qbi_deduction", "taxable_income",
    "ordinary_taxable_income", "tax_on_ordinary", "tax_on_gains", "amt_income", "amt", "tax_before_credits",
    "credits", "tax_after_credits", "niit", "total", "additional_medicare_tax", "se_tax",
)  # fmt: skip
BLOCK = 8192  # rows whose intermediates stay in the processor's cache
OLDEST = 120


def bracket_tax(income: Numbers, edges: np.ndarray, rates: np.ndarray) -> Numbers:
    """
    Tax by a rate schedule.

    Args:
        income: taxable income, USD.
        edges: lower edge of each bracket, shape (brackets,) or (rows, brackets), the first 0.
        rates: of each bracket, fractions.

    Source: 26 U.S.C. 1(j)(2).

    >>> float(bracket_tax(150.0, np.array([0.0, 100.0]), np.array([0.1, 0.2])))
    20.0
    """
    tax = rates[0] * income
    for k in range(1, len(rates)):
        tax = tax + (rates[k] - rates[k - 1]) * np.maximum(income - edges[..., k], 0.0)
    return tax


def tax_on_gains_in(
    taxable: Numbers, gains: Numbers, ordinary: Numbers, zero_top: Numbers, fifteen_top: Numbers, rates: tuple
) -> Numbers:
    """
    Tax on long-term gains and qualified dividends stacked on ordinary income.

    Args: *gains* of the *taxable* income, *ordinary* below them; the two breakpoints; the three rates.
    Source: 26 U.S.C. 1(h)(1).
    """
    at_zero = np.maximum(0.0, np.minimum(taxable, zero_top) - ordinary)
    at_fifteen = np.maximum(0.0, np.minimum(taxable, fifteen_top) - np.maximum(ordinary, zero_top))
    return rates[0] * at_zero + rates[1] * at_fifteen + rates[2] * (gains - at_zero - at_fifteen)


def federal_columns(law: Law, household: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    Every column of federal_tax for numbers or arrays that broadcast together.

    Args:
        law: of the year; 2023 or later.
        household: the columns of federal_tax, already checked, absent ones 0; `status` is a code of STATUS_CODE in
            place of filing_status.

    Returns: a dict of COLUMNS, USD.
    Source: 26 U.S.C. 1, 24, 55, 61 to 63, 68, 86, 151(d)(5), 164(b), 199A, 1401, 1411, 3101(b)(2).
    """
    have = {name: household.get(name, 0.0) for name in (*REQUIRED[1:], *OPTIONAL)}
    status = household["status"]

    def by_status(name: str) -> Numbers:
        return law.array(name)[status]

    # Income
    profit = have["self_employment_profit"]
    se_tax = self_employment_tax(law, profit, have["wages"])
    half_se = se_tax / 2
    preferred = have["qualified_dividends"] + have["long_term_gain"]
    pay = have["wages"] + have["spouse_wages"]
    investment = have["taxable_interest"] + have["ordinary_dividends"] + preferred
    before_benefits = pay + investment + have["conversion"] + have["other_ordinary_income"] + profit - half_se
    benefits = have["social_security"]
    low_share, high_share = law.social_security_shares
    provisional = before_benefits + have["tax_exempt_interest"] + low_share * benefits
    first, second = (
        by_status("social_security_first_threshold"),
        by_status("social_security_second_threshold"),
    )
    in_first_band = np.minimum(
        low_share * benefits, low_share * np.clip(provisional - first, 0.0, second - first)
    )
    taxable_benefits = np.minimum(
        high_share * benefits, in_first_band + high_share * np.maximum(0.0, provisional - second)
    )
    agi = before_benefits + taxable_benefits

    # Deductions
    joint = status == STATUS_CODE["mfj"]
    seniors = 1.0 * (have["age"] >= law.senior_age) + joint * (have["spouse_age"] >= law.senior_age)
    standard = by_status("standard_deduction") + seniors * by_status("additional_deduction_65")
    senior = _senior_deduction(law, by_status, seniors, agi)
    salt = np.minimum(have["state_local_taxes"], _salt_cap(law, status, agi))
    itemized_gross = salt + have["other_itemized"]
    profit_left = profit - half_se
    edges = by_status("bracket_edges")
    qbi_if_itemized = _qbi(law, by_status, have, profit_left, preferred, agi - senior - itemized_gross)
    itemized = itemized_gross - _itemized_limitation(
        law, edges, itemized_gross, agi - senior - qbi_if_itemized
    )
    itemizes = itemized > standard
    deduction = np.where(itemizes, itemized, standard)
    qbi = np.where(
        itemizes, qbi_if_itemized, _qbi(law, by_status, have, profit_left, preferred, agi - senior - standard)
    )
    net = agi - deduction - senior - qbi
    taxable = np.maximum(0.0, net)

    # Tax
    rates = law.array("bracket_rates")
    zero_top, fifteen_top = np.moveaxis(by_status("gains_breakpoints"), -1, 0)
    gains = np.minimum(preferred, taxable)
    ordinary = taxable - gains
    on_ordinary = bracket_tax(ordinary, edges, rates)
    # The worksheet takes the smaller of the stacked tax and the plain schedule on everything.
    on_gains = np.minimum(
        tax_on_gains_in(taxable, gains, ordinary, zero_top, fifteen_top, law.gains_rates),
        bracket_tax(taxable, edges, rates) - on_ordinary,
    )
    amt_income = net + senior + np.where(itemizes, np.minimum(salt, itemized), standard)
    amt = np.maximum(
        0.0,
        _tentative_minimum_tax(law, by_status, amt_income, preferred, ordinary, zero_top, fifteen_top)
        - (on_ordinary + on_gains),
    )
    before_credits = on_ordinary + on_gains + amt
    credits = np.minimum(before_credits, _family_credits(law, by_status, have, agi))
    after_credits = before_credits - credits
    niit = law.niit_rate * np.minimum(
        np.maximum(investment, 0.0), np.maximum(0.0, agi - by_status("niit_threshold"))
    )
    earned_over = np.maximum(
        0.0, pay + self_employment_earnings(law, profit) - by_status("additional_medicare_threshold")
    )
    return {
        "agi": agi, "niit_magi": agi, "provisional_income": provisional, "taxable_social_security": taxable_benefits,
        "half_se_tax": half_se, "standard_deduction": standard, "itemized_deduction": itemized,
        "deduction": deduction, "senior_deduction": senior, "qbi_deduction": qbi, "taxable_income": taxable,
        "ordinary_taxable_income": ordinary, "tax_on_ordinary": on_ordinary, "tax_on_gains": on_gains,
        "amt_income": amt_income, "amt": amt, "tax_before_credits": before_credits, "credits": credits,
        "tax_after_credits": after_credits, "niit": niit, "total": after_credits + niit,
        "additional_medicare_tax": law.additional_medicare_rate * earned_over, "se_tax": se_tax,
    }  # fmt: skip


def federal_tax(year: int | Law, households: pd.DataFrame) -> pd.DataFrame:
    """
    Federal income tax of many households.

    Args:
        year: tax year, 2023 or later (later than published: projected), or a Law.
        households: a row each, USD. Columns filing_status (single mfj mfs hoh qss), age (reached by 31 December),
            wages (box 1), and any of OPTIONAL, 0 when absent: spouse_age, spouse_wages, taxable_interest,
            tax_exempt_interest, ordinary_dividends (nonqualified), qualified_dividends, long_term_gain, conversion
            (taxable part of a Roth conversion), other_ordinary_income, self_employment_profit (of the person
            who has `wages`), specified_service, social_security, state_local_taxes, other_itemized, children (under
            17), other_dependents.

    Returns: COLUMNS in USD, unrounded, with the index of *households*. total = tax_after_credits + niit; credits are
        nonrefundable; additional_medicare_tax and se_tax stand outside it.
    Raises: InputError naming column and row for a missing, unknown, negative or non-finite value, or a year without
        tax tables.
    Source: see federal_columns.
    """
    law = year if isinstance(year, Law) else load_law(year)
    law.array("bracket_edges")  # a year without tables is refused before any row is read
    columns = checked_columns(households, REQUIRED, OPTIONAL)
    rows = len(households)
    out = np.empty((len(COLUMNS), rows))
    for start in range(0, rows, BLOCK):
        part = slice(start, start + BLOCK)
        found = federal_columns(law, {name: column[part] for name, column in columns.items()})
        for k, name in enumerate(COLUMNS):
            out[k, part] = found[name]
    return pd.DataFrame(out.T, index=households.index, columns=list(COLUMNS), copy=False)


def checked_columns(
    households: pd.DataFrame, required: tuple[str, ...], optional: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """
    The columns as float64 arrays, `status` as codes; every cell is checked.

    Raises: InputError naming column and row.
    """
    if not isinstance(households, pd.DataFrame):
        refuse("group", "households", type(households).__name__)
    for name in required:
        if name not in households.columns:
            refuse("missing", name, None)
    for name in households.columns:
        if name not in (*required, *optional):
            refuse("unknown", str(name), str(name), choices=", ".join((*required, *optional)))
    if households.columns.has_duplicates:
        refuse("unknown", "households", "a column twice", choices=", ".join((*required, *optional)))
    columns = {
        name: _numbers(name, households[name]) for name in households.columns if name != "filing_status"
    }
    codes = households["filing_status"].map(STATUS_CODE)
    if codes.isna().any():
        row = households.index[codes.isna()][0]
        _refuse_cell("choice", "filing_status", row, households.loc[[row], "filing_status"].iloc[0])
    columns["status"] = codes.to_numpy(dtype=np.intp)
    return columns


def _numbers(name: str, column: pd.Series) -> np.ndarray:
    if column.dtype.kind in "iufb":
        numbers = column.to_numpy(dtype=np.float64)
    else:
        text = column.map(lambda cell: isinstance(cell, str | bytes) or not np.isscalar(cell))
        if text.any():
            _refuse_cell("number", name, column.index[text][0], column[text].iloc[0])
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    high = OLDEST if name in ("age", "spouse_age") else np.inf
    wrong = ~np.isfinite(numbers) | (numbers < 0) | (numbers > high)
    if wrong.any():
        given = numbers[wrong][0]
        rule = "finite" if not np.isfinite(given) else "negative" if given < 0 else "number"
        _refuse_cell(rule, name, column.index[wrong][0], given)
    return numbers


def _refuse_cell(rule: str, column: str, row: object, value: object) -> None:
    texts = {
        "choice": "Column {column}, row {row}: must be one of {choices}; you entered {value}.",
        "number": "Column {column}, row {row}: must be a possible number; you entered {value}.",
        "finite": "Column {column}, row {row}: a number is missing or not finite; you entered {value}.",
        "negative": "Column {column}, row {row}: cannot be negative; you entered {value}.",
    }
    error = InputError(
        rule, texts[rule], field=column, value=value, column=column, row=row, choices=", ".join(STATUSES)
    )
    error.message = Message(texts[rule], {**error.message.values, "value": str(value)})
    raise error


def _senior_deduction(law: Law, by_status, seniors: Numbers, agi: Numbers) -> Numbers:
    """Each person's own amount falls by the rate, 26 U.S.C. 151(d)(5)(C); none for separate filers."""
    if not law.senior_deduction:
        return np.zeros_like(agi)
    threshold = by_status("senior_deduction_threshold")  # nan where there is none
    over = np.maximum(0.0, agi - np.where(np.isnan(threshold), 0.0, threshold))
    each = np.maximum(0.0, law.senior_deduction - law.senior_deduction_rate * over)
    return np.where(np.isnan(threshold), 0.0, seniors * each)


def _salt_cap(law: Law, status: Numbers, agi: Numbers) -> Numbers:
    """26 U.S.C. 164(b)(6), (7): the cap falls above a threshold, not below its floor; halves for separate filers."""
    share = np.where(status == STATUS_CODE["mfs"], law.salt_cap_mfs_share, 1.0)
    if law.salt_cap_threshold is None:
        return share * law.salt_cap
    over = np.maximum(0.0, agi - share * law.salt_cap_threshold)
    return np.maximum(share * law.salt_cap_floor, share * law.salt_cap - law.salt_cap_rate * over)


def _itemized_limitation(law: Law, edges: Numbers, itemized: Numbers, income: Numbers) -> Numbers:
    """26 U.S.C. 68 from 2026: 2/37 of the lesser of the deductions and what of *income* (before them) is in the top bracket."""
    if law.itemized_limitation is None:
        return np.zeros_like(income)
    over, of = law.itemized_limitation
    return over / of * np.minimum(itemized, np.maximum(0.0, income - edges[..., -1]))


def _qbi(law: Law, by_status, have: Mapping, profit: Numbers, preferred: Numbers, income: Numbers) -> Numbers:
    """
    Deduction for a sole proprietor without wages paid or property, *income* being taxable income before it.

    Source: 26 U.S.C. 199A(a), (b)(2), (3), (d)(3).
    """
    if not np.any(profit > 0):
        return np.zeros_like(income)
    income = np.maximum(0.0, income)
    start, width = by_status("qbi_threshold"), by_status("qbi_range")
    left = 1.0 - np.clip((income - start) / width, 0.0, 1.0)
    service = np.where(have["specified_service"], left, 1.0)
    deduction = law.qbi_rate * np.maximum(profit, 0.0) * service * left
    return np.minimum(deduction, law.qbi_rate * np.maximum(0.0, income - preferred))


def _tentative_minimum_tax(
    law: Law,
    by_status,
    amt_income: Numbers,
    preferred: Numbers,
    ordinary: Numbers,
    zero_top: Numbers,
    fifteen_top: Numbers,
) -> Numbers:
    """26 U.S.C. 55(b), (d); the gains keep the room under their breakpoints that the regular tax gives them (55(b)(3))."""
    fading = law.amt_phaseout_rate * np.maximum(0.0, amt_income - by_status("amt_phaseout_start"))
    base = np.maximum(0.0, amt_income - np.maximum(0.0, by_status("amt_exemption") - fading))
    low, high = law.amt_rates
    start = by_status("amt_28_start")

    def on(amount: Numbers) -> Numbers:
        return low * amount + (high - low) * np.maximum(0.0, amount - start)

    gains = np.minimum(preferred, base)
    room = np.maximum(0.0, zero_top - ordinary)
    at_zero = np.minimum(room, gains)
    at_fifteen = np.minimum(gains - at_zero, np.maximum(0.0, fifteen_top - room - ordinary))
    rates = law.gains_rates
    stacked = rates[0] * at_zero + rates[1] * at_fifteen + rates[2] * (gains - at_zero - at_fifteen)
    return np.minimum(on(base), on(base - gains) + stacked)


def _family_credits(law: Law, by_status, have: Mapping, agi: Numbers) -> Numbers:
    """26 U.S.C. 24(b), (h): both credits together fall by a step for each started thousand."""
    credit = have["children"] * law.child_credit + have["other_dependents"] * law.other_dependent_credit
    width, fall = law.child_credit_step
    # A MAGI exactly on a step must not start the next one by a rounding of the last bit.
    steps = np.ceil(np.maximum(0.0, agi - by_status("child_credit_threshold")) / width - 1e-9)
    return np.maximum(0.0, credit - fall * steps)
