"""
Federal income tax, column by column, as a return computes it.

`federal_columns` goes through the pieces of a return on numbers or arrays; `federal_tax` is the thin table around it.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from megaroth.facts.law import STATUS_CODE, Law, law_of
from megaroth.rules.deductions import deductions, excess
from megaroth.rules.household_table import OPTIONAL, REQUIRED, checked_columns
from megaroth.rules.self_employed import self_employment_earnings, self_employment_tax

Numbers = np.ndarray | float
COLUMNS = (
    "agi", "niit_magi", "provisional_income", "taxable_social_security", "half_se_tax", "standard_deduction",
    "itemized_deduction", "deduction", "senior_deduction", "qbi_deduction", "taxable_income",
    "ordinary_taxable_income", "tax_on_ordinary", "tax_on_gains", "amt_income", "amt", "tax_before_credits",
    "credits", "tax_after_credits", "niit", "total", "additional_medicare_tax", "se_tax",
)  # fmt: skip
NOTHING = dict.fromkeys((*REQUIRED[1:], *OPTIONAL), 0.0)  # a household without any income
BLOCK = 25_000  # rows at a time: many, so that the calls do not count; few enough to stay near the processor
# The C library of Linux hands freed memory back and fetches it again page by page, which takes longer than the
# formulas do; once it has freed a piece of this size it keeps what it has.
np.empty(4_000_000)


def bracket_tax(income: Numbers, edges: np.ndarray, rates: np.ndarray) -> Numbers:
    """
    Tax by a rate schedule.

    Args:
        income: taxable income, USD.
        edges: lower edge of each bracket, shape (brackets,) or (rows, brackets), the first 0.
        rates: of each bracket, fractions, shape (brackets,) or that of *edges*.

    Source: 26 U.S.C. 1(j)(2).

    >>> float(bracket_tax(150.0, np.array([0.0, 100.0]), np.array([0.1, 0.2])))
    20.0
    """
    if edges.ndim == 1:
        return _by_one_schedule(income, edges, rates)
    tax = rates[..., 0] * (income - edges[..., 0])
    nothing = 0.0 * income  # two arrays are compared faster than an array with a number
    for k in range(1, rates.shape[-1]):
        over = np.maximum(income - edges[..., k], nothing)
        over *= rates[..., k] - rates[..., k - 1]
        tax += over
    return tax


def _by_one_schedule(income: Numbers, edges: np.ndarray, rates: np.ndarray) -> Numbers:
    """The same where all share the schedule: every bracket at once, since one client's call costs more than its sums."""
    along = (-1, *(1,) * np.ndim(income))
    over = income - edges.reshape(along)
    np.maximum(over[1:], 0.0, out=over[1:])
    steps = rates.copy()
    steps[1:] -= rates[:-1]
    over *= steps.reshape(along)
    return np.add.reduce(over)


def tax_on_gains_in(
    taxable: Numbers, gains: Numbers, ordinary: Numbers, zero_top: Numbers, fifteen_top: Numbers, rates: tuple
) -> Numbers:
    """
    Tax on long-term gains and qualified dividends stacked on ordinary income.

    Args: *gains* of the *taxable* income, *ordinary* below them; the two breakpoints; the three rates.
    Source: 26 U.S.C. 1(h)(1).
    """
    at_zero = excess(np.minimum(taxable, zero_top), ordinary)
    at_fifteen = excess(np.minimum(taxable, fifteen_top), np.maximum(ordinary, zero_top))
    return rates[0] * at_zero + rates[1] * at_fifteen + rates[2] * (gains - at_zero - at_fifteen)


def federal_columns(law: Law, household: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    Every column of federal_tax for numbers or arrays that broadcast together.

    Args:
        law: of the year; 2023 or later.
        household: the columns of federal_tax, already checked, absent ones 0; `status` is a code of STATUS_CODE in
            place of filing_status.

    Returns: a dict of the household, of COLUMNS and of the amounts between them that PIECES name, USD.
    Source: see PIECES.
    """
    columns = _through_pieces(law, household)
    _elect_to_itemize(law, household, columns)
    return columns


def _through_pieces(law: Law, household: Mapping[str, Numbers]) -> dict[str, Numbers]:
    columns = {**NOTHING, **household}
    for piece in PIECES:
        columns |= piece(law, columns)
    return columns


def _elect_to_itemize(law: Law, household: Mapping[str, Numbers], columns: dict[str, Numbers]) -> None:
    """
    Itemize below the standard deduction where that leaves less tax: the minimum tax knows no standard deduction.

    Changes *columns* in place, in the rows where it does.

    Source: 26 U.S.C. 63(b), (e), 56(b)(1)(D).
    """
    takes_standard = columns["deduction"] == columns["standard_deduction"]
    asked = (columns["amt"] > 0) & takes_standard & (household.get("other_itemized", 0.0) > 0)
    shape, rows = np.shape(asked), np.flatnonzero(asked)
    if not len(rows):
        return
    there = {name: _at(rows, shape, numbers) for name, numbers in household.items()}
    itemized = _through_pieces(law, there | {"elects_to_itemize": True})
    less = np.flatnonzero(itemized["tax_before_credits"] < _at(rows, shape, columns["tax_before_credits"]))
    for name in columns.keys() - NOTHING.keys() - household.keys():
        whole = columns[name]
        if not isinstance(whole, np.ndarray) or whole.shape != shape:
            columns[name] = whole = np.array(np.broadcast_to(whole, shape))
        whole.reshape(-1)[rows[less]] = _at(less, rows.shape, itemized[name])


def _at(rows: np.ndarray, shape: tuple[int, ...], numbers: Numbers) -> np.ndarray:
    """The numbers of some rows, counted through *shape*, to which they broadcast."""
    whole = numbers if np.shape(numbers) == shape else np.broadcast_to(numbers, shape)
    return np.reshape(whole, -1)[rows]


def income(law: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    Income of the return, kind by kind, and the taxable part of Social Security.

    Reads: the household.
    Returns: se_tax, half_se_tax, investment_income (net investment income), preferred_income (what the gains rates
        apply to), income_before_benefits (half of the self-employment tax is off), provisional_income,
        taxable_social_security.
    Source: 26 U.S.C. 61, 62, 86, 164(f), 1401, 1411(c).
    """
    pay = columns["wages"] + columns.get("deferred_pay", 0.0)
    se_tax = self_employment_tax(law, columns["self_employment_profit"], pay)
    half_se_tax = se_tax / 2
    preferred = columns["qualified_dividends"] + columns["long_term_gain"]
    investment = columns["taxable_interest"] + columns["ordinary_dividends"] + preferred
    earned = columns["wages"] + columns["spouse_wages"] + columns["self_employment_profit"] - half_se_tax
    before_benefits = earned + investment + columns["conversion"] + columns["other_ordinary_income"]
    low_share, _ = law.social_security_shares
    provisional = before_benefits + columns["tax_exempt_interest"] + low_share * columns["social_security"]
    return {
        "se_tax": se_tax, "half_se_tax": half_se_tax, "investment_income": investment, "preferred_income": preferred,
        "income_before_benefits": before_benefits, "provisional_income": provisional,
        "taxable_social_security": _taxable_benefits(law, columns, provisional),
    }  # fmt: skip


def adjusted_gross_income(_: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    AGI, and the MAGI of the net investment income tax, which is the same here.

    Reads: income_before_benefits, taxable_social_security.
    Returns: agi, niit_magi.
    Source: 26 U.S.C. 62, 1411(d).
    """
    agi = columns["income_before_benefits"] + columns["taxable_social_security"]
    return {"agi": agi, "niit_magi": agi}


def taxable_income(_: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    AGI less the deductions, and what of it the ordinary schedule taxes.

    Reads: agi, deduction, senior_deduction, qbi_deduction, preferred_income.
    Returns: income_after_deductions (may be negative), taxable_income, ordinary_taxable_income.
    Source: 26 U.S.C. 63.
    """
    left = columns["agi"] - columns["deduction"] - columns["senior_deduction"] - columns["qbi_deduction"]
    taxable = np.maximum(left, 0.0)
    ordinary = excess(taxable, columns["preferred_income"])
    return {
        "income_after_deductions": left,
        "taxable_income": taxable,
        "ordinary_taxable_income": ordinary,
    }


def tax_by_rates(law: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    Tax of the ordinary schedule, and of gains stacked on top at their own rates.

    Reads: status, taxable_income, ordinary_taxable_income.
    Returns: tax_on_ordinary, tax_on_gains.
    Source: 26 U.S.C. 1(h), (j).
    """
    status = columns["status"]
    taxable, ordinary = columns["taxable_income"], columns["ordinary_taxable_income"]
    edges, rates = law.for_status("bracket_edges", status), law.array("bracket_rates")
    if edges.ndim > 1:
        edges = np.moveaxis(edges, 0, -1)
    zero_top, fifteen_top = law.for_status("gains_breakpoints", status)
    on_ordinary = bracket_tax(ordinary, edges, rates)
    stacked = tax_on_gains_in(taxable, taxable - ordinary, ordinary, zero_top, fifteen_top, law.gains_rates)
    # The worksheet takes the smaller of the stacked tax and the plain schedule on everything.
    on_gains = np.minimum(stacked, bracket_tax(taxable, edges, rates) - on_ordinary)
    return {"tax_on_ordinary": on_ordinary, "tax_on_gains": on_gains}


def minimum_tax(law: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    Alternative minimum tax: the excess of its own tax over the regular one.

    Its income knows no standard and no senior deduction, no deduction of taxes and no limit on the other itemized
    deductions; separate filers far above the exemption's phase-out add up to the exemption again.

    Reads: status, agi, itemizes, other_itemized, qbi_deduction, preferred_income, ordinary_taxable_income,
        tax_on_ordinary, tax_on_gains.
    Returns: amt_income, amt.
    Source: 26 U.S.C. 55, 56(b)(1)(A), (D), (E), 199A(f)(2).
    """
    status = columns["status"]
    income = columns["agi"] - columns["qbi_deduction"] - columns["itemizes"] * columns["other_itemized"]
    exemption, start = law.for_status("amt_exemption", status), law.for_status("amt_phaseout_start", status)
    exemption_gone = start + exemption / law.amt_phaseout_rate
    separate = status == STATUS_CODE["mfs"]
    income = income + separate * np.minimum(law.amt_phaseout_rate * excess(income, exemption_gone), exemption)
    fading = law.amt_phaseout_rate * excess(income, start)
    base = np.maximum(income - excess(exemption, fading), 0.0)
    regular = columns["tax_on_ordinary"] + columns["tax_on_gains"]
    return {"amt_income": income, "amt": excess(_tentative_minimum_tax(law, columns, base), regular)}


def family_credits(law: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    Credits for children and other dependents: together they fall by a step for each started thousand; not refunded.

    Reads: the household, agi, tax_on_ordinary, tax_on_gains, amt.
    Returns: tax_before_credits, credits.
    Source: 26 U.S.C. 24(b), (h), 26(a).
    """
    credit = columns["children"] * law.child_credit + columns["other_dependents"] * law.other_dependent_credit
    width, fall = law.child_credit_step
    over = excess(columns["agi"], law.for_status("child_credit_threshold", columns["status"]))
    # A MAGI exactly on a step must not start the next one by a rounding of the last bit.
    credit = np.maximum(credit - fall * np.ceil(over / width - 1e-9), 0.0)
    tax = columns["tax_on_ordinary"] + columns["tax_on_gains"] + columns["amt"]
    return {"tax_before_credits": tax, "credits": np.minimum(tax, credit)}


def net_investment_tax(law: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    Tax on the lesser of net investment income and the MAGI over a threshold.

    Reads: status, niit_magi, investment_income. Returns: niit.
    Source: 26 U.S.C. 1411(a) to (c).
    """
    over = excess(columns["niit_magi"], law.for_status("niit_threshold", columns["status"]))
    return {"niit": law.niit_rate * np.minimum(np.maximum(columns["investment_income"], 0.0), over)}


def total(_: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    The income tax of the return: tax less credits, and the net investment income tax.

    Reads: tax_before_credits, credits, niit. Returns: tax_after_credits, total.
    Source: 26 U.S.C. 26, 1411(a).
    """
    after_credits = columns["tax_before_credits"] - columns["credits"]
    return {"tax_after_credits": after_credits, "total": after_credits + columns["niit"]}


def additional_medicare_tax(law: Law, columns: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """
    The 0.9% on pay and self-employment earnings together over a threshold; outside the income tax total.

    Reads: the household; deferred_pay and spouse_deferred_pay, what elective deferrals took off wages, where given.
    Returns: additional_medicare_tax.
    Source: 26 U.S.C. 1401(b)(2), 3101(b)(2), 3121(v)(1)(A): deferrals are pay here.
    """
    deferred = columns.get("deferred_pay", 0.0) + columns.get("spouse_deferred_pay", 0.0)
    pay = columns["wages"] + columns["spouse_wages"] + deferred
    earned = pay + self_employment_earnings(law, columns["self_employment_profit"])
    over = excess(earned, law.for_status("additional_medicare_threshold", columns["status"]))
    return {"additional_medicare_tax": law.additional_medicare_rate * over}


# In the order of a return; each reads the columns so far and returns its own.
PIECES = (
    income,
    adjusted_gross_income,
    deductions,
    taxable_income,
    tax_by_rates,
    minimum_tax,
    family_credits,
    net_investment_tax,
    total,
    additional_medicare_tax,
)


def federal_tax(year: int | Law, households: pd.DataFrame) -> pd.DataFrame:
    """
    Federal income tax of many households.

    Tax comes from the rate schedules: with taxable income under 100,000 a paper return reads the Tax Table instead,
    which taxes the middle of a 50-dollar step, and can differ by a few dollars.

    Args:
        year: tax year, 2023 or later (later than published: projected), or a Law.
        households: a row each, USD. Columns filing_status (single mfj mfs hoh qss), age (reached by 31 December),
            wages (box 1), and any of OPTIONAL, 0 when absent: spouse_age (counts on a joint return), spouse_wages (of
            the same return), taxable_interest, tax_exempt_interest, ordinary_dividends (nonqualified),
            qualified_dividends, long_term_gain, conversion (taxable part of a Roth conversion),
            other_ordinary_income, self_employment_profit (of the person who has `wages`), specified_service (0 or
            1), social_security, state_local_taxes, other_itemized (what is allowed of it after its own floors),
            children (under 17), other_dependents.

    Returns: COLUMNS in USD, unrounded, with the index of *households*. deduction is the larger one, or the itemized
        one where that leaves less tax. total = tax_after_credits + niit; credits are nonrefundable;
        additional_medicare_tax and se_tax stand outside it and take `wages` for Medicare wages.
    Raises: InputError naming column and row for a missing, unknown, negative or impossible value, or a year without
        tax tables.
    Not modelled: capital losses, credits other than section 24's, blindness, dependents' own returns, a separate
        filer whose spouse itemizes, a separate filer who lived apart all year, AMT preference items.
    Source: see PIECES.
    """
    law = law_of(year)
    law.array("bracket_edges")  # a year without tables is refused before any row is read
    columns = checked_columns(households, REQUIRED, OPTIONAL)
    rows = len(households)
    out = np.empty((len(COLUMNS), rows))
    for start in range(0, rows, BLOCK):
        part = slice(start, start + BLOCK)
        found = _through_pieces(law, {name: column[part] for name, column in columns.items()})
        for k, name in enumerate(COLUMNS):
            out[k, part] = found[name]
    _elect_to_itemize(law, columns, dict(zip(COLUMNS, out, strict=True)))
    return pd.DataFrame(out.T, index=households.index, columns=list(COLUMNS), copy=False)


def _taxable_benefits(law: Law, columns: Mapping[str, Numbers], provisional: Numbers) -> Numbers:
    """26 U.S.C. 86(a), (c): up to half of Social Security over the first threshold, up to 85% over the second."""
    status, benefits = columns["status"], columns["social_security"]
    low_share, high_share = law.social_security_shares
    first = law.for_status("social_security_first_threshold", status)
    second = law.for_status("social_security_second_threshold", status)
    over_first = low_share * np.minimum(excess(provisional, first), second - first)
    over_second = high_share * excess(provisional, second)
    in_first_band = np.minimum(low_share * benefits, over_first)
    return np.minimum(high_share * benefits, in_first_band + over_second)


def _tentative_minimum_tax(law: Law, columns: Mapping[str, Numbers], base: Numbers) -> Numbers:
    """26 U.S.C. 55(b); the gains keep the room under their breakpoints that the regular tax gives them (55(b)(3))."""
    status, ordinary = columns["status"], columns["ordinary_taxable_income"]
    low, high = law.amt_rates
    start = law.for_status("amt_28_start", status)

    def on(amount: Numbers) -> Numbers:
        return low * amount + (high - low) * excess(amount, start)

    zero_top, fifteen_top = law.for_status("gains_breakpoints", status)
    gains = np.minimum(columns["preferred_income"], base)
    room = excess(zero_top, ordinary)
    at_zero = np.minimum(room, gains)
    at_fifteen = np.minimum(gains - at_zero, excess(fifteen_top, room + ordinary))
    rates = law.gains_rates
    stacked = rates[0] * at_zero + rates[1] * at_fifteen + rates[2] * (gains - at_zero - at_fifteen)
    return np.minimum(on(base), on(base - gains) + stacked)
