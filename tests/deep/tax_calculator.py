"""
Tax-Calculator's answer for our households: as it comes, and with its known errors put right.

DIFFERENCES.md beside the oracle cases tells each correction with the paragraph of law that decides it. Where a
figure is wrong, the policy parameter is set to the law's; where a rule is missing, its amount is worked out here
from Tax-Calculator's own numbers and handed to it as an input. The package is imported when first used: only the
deep tests and the benchmarks need it (requirements-deep.txt).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import taxcalc

MARS = {"single": 1, "mfj": 2, "mfs": 3, "hoh": 4, "qss": 5}
INPUTS = {  # theirs: ours
    "age_head": "age", "age_spouse": "spouse_age", "e00200p": "wages", "e00200s": "spouse_wages",
    "e00300": "taxable_interest", "e00400": "tax_exempt_interest", "e00650": "qualified_dividends",
    "p23250": "long_term_gain", "e01400": "conversion", "e01500": "other_ordinary_income",
    "e01700": "other_ordinary_income", "e00900": "self_employment_profit", "e00900p": "self_employment_profit",
    "PT_SSTB_income": "specified_service", "e02400": "social_security", "e18400": "state_local_taxes",
    "e19200": "other_itemized", "n24": "children", "nu18": "children",
}  # fmt: skip
ANSWERS = {  # our column: theirs
    "agi": "c00100", "taxable_social_security": "c02500", "half_se_tax": "c03260", "senior_deduction": "senior_deduction",
    "qbi_deduction": "qbided", "taxable_income": "c04800", "regular_tax": "taxbc", "amt_income": "c62100",
    "amt": "c09600", "tax_before_credits": "c05800", "credits": "c07100", "niit": "niit",
    "additional_medicare_tax": "ptax_amc", "se_tax": "setax",
}  # fmt: skip

# What is wrong in which years; parameters in the order single, joint, separate, head of household, surviving spouse.
CORRECTIONS = (
    (2023, 2023, "II_brk6", [578_125, 693_750, 346_875, 578_100, 693_750]),
    (2023, 2023, "STD_Aged", [1_850, 1_500, 1_500, 1_850, 1_500]),
    (2024, 2024, "STD_Aged", [1_950, 1_550, 1_550, 1_950, 1_550]),
    (2023, 2026, "SS_thd1", [25_000, 32_000, 0, 25_000, 25_000]),
    (2023, 2026, "SS_thd2", [34_000, 44_000, 0, 34_000, 34_000]),
    (2023, 2026, "CTC_ps", [200_000, 400_000, 200_000, 200_000, 200_000]),
    (2023, 2025, "PT_qbid_taxinc_gap", [50_000, 100_000, 50_000, 50_000, 50_000]),
    (2026, 2026, "PT_qbid_taxinc_gap", [75_000, 150_000, 75_000, 75_000, 75_000]),
    (2026, 2026, "ID_AllTaxes_c_ps", [505_000, 505_000, 252_500, 505_000, 505_000]),
    (2026, 2026, "AMT_em_pe", 640_200),
    (2026, 2026, "ID_reduction_rate", 0.0),  # the rule is wrong, not the rate: see _top_bracket_reduction
)
STANDARD_ONLY = {"e18400": 0.0, "e19200": 0.0}
ITEMIZED_ONLY = {"STD": [0.0] * 5, "STD_Aged": [0.0] * 5}
NO_QBI_MINIMUM = {"PT_qbid_min_ded": 0.0}


def as_it_comes(year: int, households: pd.DataFrame) -> pd.DataFrame:
    """Tax-Calculator's own answer, exact calculations on: ANSWERS, deduction, itemizes and total."""
    return answers(policy(year), inputs(households))


def put_right(year: int, households: pd.DataFrame) -> pd.DataFrame:
    """The same with CORRECTIONS, the missing rules, and the deduction that leaves less tax."""
    records = inputs(households)
    corrections = {name: value for first, last, name, value in CORRECTIONS if first <= year <= last}
    standard = _with_missing_rules(year, records.assign(**STANDARD_ONLY), corrections)
    itemized = _with_missing_rules(year, records, corrections | ITEMIZED_ONLY)
    more_tax = (itemized["tax_before_credits"] - standard["tax_before_credits"]).round(2)
    larger = itemized["deduction"] > standard["deduction"]
    return itemized.where((more_tax < 0) | ((more_tax == 0) & larger), standard)


def policy(year: int, changes: Mapping[str, object] = MappingProxyType({})) -> taxcalc.Policy:
    """Tax-Calculator's law of a year with some of its parameters changed."""
    import taxcalc

    law = taxcalc.Policy()
    law.implement_reform({name: {year: value} for name, value in changes.items()})
    law.set_year(year)
    return law


def inputs(households: pd.DataFrame) -> pd.DataFrame:
    """Our columns under Tax-Calculator's names; a conversion is a taxable IRA distribution."""
    home = households
    joint = home["filing_status"] == "mfj"
    own = {
        "e00200": home["wages"] + home["spouse_wages"],
        "e00600": home["ordinary_dividends"] + home["qualified_dividends"],
        "MARS": home["filing_status"].map(MARS).astype(int),
        "RECID": np.arange(1, len(home) + 1),
        "XTOT": 1 + joint + home["children"] + home["other_dependents"],
    }
    return pd.DataFrame(own | {theirs: home[ours] for theirs, ours in INPUTS.items()}, index=home.index)


def answers(law: taxcalc.Policy, records: pd.DataFrame) -> pd.DataFrame:
    """ANSWERS, deduction, itemizes and total of each record, exact as the forms are."""
    return _answers_of(_calculated(law, records))


def _calculated(law: taxcalc.Policy, records: pd.DataFrame) -> taxcalc.Calculator:
    import taxcalc

    year = law.current_year
    data = taxcalc.Records(records, year, gfactors=None, weights=None, exact_calculations=True)
    calculator = taxcalc.Calculator(policy=law, records=data)
    calculator.calc_all()
    return calculator


def _answers_of(run: taxcalc.Calculator) -> pd.DataFrame:
    found = pd.DataFrame({ours: run.array(theirs) for ours, theirs in ANSWERS.items()})
    itemized = run.array("c04470")
    return found.assign(
        itemizes=itemized > 0,
        deduction=np.maximum(run.array("standard"), itemized),
        total=found["tax_before_credits"] - found["credits"] + found["niit"],
    )


def _with_missing_rules(year: int, records: pd.DataFrame, changes: Mapping[str, object]) -> pd.DataFrame:
    law = policy(year, changes)
    first = _calculated(law, records)
    found = _told_of_limits(law, records, first)
    no_business = pd.Series(_has_no_qualified_business(law, first))
    if not no_business.any():
        return found
    law = policy(year, {**changes, **NO_QBI_MINIMUM})
    return found.where(~no_business, _told_of_limits(law, records, _calculated(law, records)))


def _told_of_limits(law: taxcalc.Policy, records: pd.DataFrame, first: taxcalc.Calculator) -> pd.DataFrame:
    """A second run that is told what follows from the numbers of the first by the rules that are missing."""
    reduction = _top_bracket_reduction(law, first)
    known = records.assign(
        e19200=records["e19200"] - reduction,
        # Income of Form 6251 that is not in AGI. Section 68 does not hold for the minimum tax.
        cmbtp=_separate_filers_amt_income(law, first) - reduction,
    )
    return answers(law, known)


def _top_bracket_reduction(law: taxcalc.Policy, run: taxcalc.Calculator) -> np.ndarray:
    """26 U.S.C. 68(a): 2/37 of the itemized deductions, or of the income before them that is in the top bracket."""
    if law.current_year < 2026:
        return np.zeros(run.array_len)
    itemized = run.array("c21060")
    income = run.array("c00100") - run.array("senior_deduction") - run.array("qbided")
    return 2 / 37 * np.minimum(itemized, np.maximum(0.0, income - _of_status(law, "II_brk6", run)))


def _separate_filers_amt_income(law: taxcalc.Policy, run: taxcalc.Calculator) -> np.ndarray:
    """26 U.S.C. 55(d)(2), last sentence: what the exemption would have sheltered comes back as income."""
    exemption, rate = _of_status(law, "AMT_em", run), law.AMT_prt
    over = run.array("c62100") - _of_status(law, "AMT_em_ps", run) - exemption / rate
    return np.where(run.array("MARS") == MARS["mfs"], np.clip(rate * over, 0.0, exemption), 0.0)


def _has_no_qualified_business(law: taxcalc.Policy, run: taxcalc.Calculator) -> np.ndarray:
    """26 U.S.C. 199A(d)(1)(A), (3), (i)(2): too little of a specified service's income counts for the minimum."""
    income = run.array("c04800") + run.array("qbided")
    over = (income - _of_status(law, "PT_qbid_taxinc_thd", run)) / _of_status(law, "PT_qbid_taxinc_gap", run)
    counted = (run.array("e00900") - run.array("c03260")) * (1 - np.clip(over, 0.0, 1.0))
    return (run.array("PT_SSTB_income") == 1) & (counted < law.PT_qbid_min_qbi)


def _of_status(law: taxcalc.Policy, parameter: str, run: taxcalc.Calculator) -> np.ndarray:
    return np.ravel(getattr(law, parameter))[run.array("MARS") - 1]
