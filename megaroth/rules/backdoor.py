"""The ordinary backdoor Roth IRA: who may contribute directly, and what Form 8606 makes taxable."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from megaroth.facts.errors import checked, checked_one, refuse
from megaroth.facts.fields import LAST_YEAR
from megaroth.facts.law import STATUSES, Law
from megaroth.rules.working import Working

CITE = "26 U.S.C. 408(d)(1), (2), 72(e)(8); Form 8606"
# By line of the form: what stands there, and how it comes about.
_LABELS = {
    "1": ("Nondeductible contributions for the year", "line 1: as entered"),
    "2": ("Basis of earlier years", "line 2: line 14 of the last form"),
    "3": ("Line 1 plus line 2", "line 3: line 1 plus line 2"),
    "4": ("Contributions made after the year's end", "line 4: as entered, a part of line 1"),
    "5": ("Line 3 less line 4", "line 5: line 3 less line 4"),
    "6": ("Value of all traditional IRAs on December 31", "line 6: as entered"),
    "7": ("Distributions", "line 7: as entered"),
    "8": ("Converted to Roth", "line 8: as entered"),
    "9": ("Line 6 plus lines 7 and 8", "line 9: line 6 plus line 7 plus line 8"),
    "10": ("Nontaxable fraction", "line 10: line 5 over line 9, at most 1"),
    "11": ("Nontaxable part of the conversion", "line 11: line 8 times line 10, at most line 5"),
    "12": ("Nontaxable part of the distributions", "line 12: line 7 times line 10, at most what line 11 leaves of line 5"),
    "13": ("Line 11 plus line 12", "line 13: line 11 plus line 12"),
    "14": ("Basis carried forward", "line 14: line 3 less line 13"),
    "15": ("Taxable distributions", "line 15: line 7 less line 12"),
    "16": ("Converted to Roth", "line 16: line 8"),
    "17": ("Basis in the conversion", "line 17: line 11"),
    "18": ("Taxable conversion", "line 18: line 16 less line 17"),
}  # fmt: skip


@dataclass(frozen=True)
class Form8606:
    """
    A Form 8606 filled in, USD and unrounded unless decimals were asked for.

    Attributes: lines (line number as text to amount; lines that the form leaves empty are absent); fraction (line
        10); nontaxable_conversion, taxable_conversion, nontaxable_distribution, taxable_distribution,
        basis_carried_forward, 0 where the form leaves a line empty.
    """

    year: int
    lines: dict[str, float]

    @property
    def fraction(self) -> float:
        """The share of each dollar paid out that is basis; 0 when nothing was paid out."""
        return self.lines.get("10", 0.0)

    @property
    def nontaxable_conversion(self) -> float:
        return self.lines.get("11", 0.0)

    @property
    def taxable_conversion(self) -> float:
        return self.lines.get("18", 0.0)

    @property
    def nontaxable_distribution(self) -> float:
        return self.lines.get("12", 0.0)

    @property
    def taxable_distribution(self) -> float:
        return self.lines.get("15", 0.0)

    @property
    def basis_carried_forward(self) -> float:
        return self.lines["14"]

    @property
    def on_paper(self) -> "Form8606":
        """
        The form as it is filled in by hand: whole dollars on every line, line 10 to three decimals.

        Source: instructions of Form 1040, rounding off to whole dollars; Form 8606, line 10.
        """
        entered = {number: _whole(self.lines.get(number, 0.0)) for number in ("1", "2", "4", "6", "7", "8")}
        form = form_8606(
            self.year, contribution=entered["1"], prior_basis=entered["2"], converted=entered["8"],
            year_end_value=entered["6"], distributions=entered["7"], contributed_next_year=entered["4"], decimals=3,
        )  # fmt: skip
        if "10" not in form.lines:
            return form
        line = dict(form.lines)
        line["11"] = _whole(line["11"])
        line["12"] = min(_whole(line["12"]), line["5"] - line["11"])
        line["13"] = line["11"] + line["12"]
        line |= {"14": line["3"] - line["13"], "15": line["7"] - line["12"]}
        line |= {"17": line["11"], "18": line["16"] - line["11"]}
        return Form8606(self.year, line)

    @property
    def working(self) -> pd.DataFrame:
        """The form's lines in order: label, amount, formula, source; the last row is line 18, or 14 without a payout."""
        steps = Working()
        for number, (label, formula) in _LABELS.items():
            if number in self.lines:
                steps.add(label, self.lines[number], formula, CITE)
        return steps.frame()


def _whole(amount: float) -> float:
    """To whole dollars, fifty cents up."""
    return float(Decimal(str(amount)).quantize(Decimal(1), ROUND_HALF_UP))


def form_8606(
    year: int,
    contribution: float = 0.0,
    prior_basis: float = 0.0,
    converted: float = 0.0,
    year_end_value: float = 0.0,
    distributions: float = 0.0,
    contributed_next_year: float = 0.0,
    decimals: int | None = None,
) -> Form8606:
    """
    Pro rata over all traditional, SEP and SIMPLE IRAs of one person; plans and the spouse's IRAs stay out.

    Args (one number each, USD):
        year: tax year of the form.
        contribution: nondeductible, for the year; contributed_next_year: the part made from January to April after.
        prior_basis: line 14 of the last form.
        converted, distributions: of the year. year_end_value: of all the person's traditional IRAs on 31 December.
        decimals: round line 10 half up to so many places, at least 3; None: the exact fraction. Never more basis is
            used than line 5 holds.

    Raises: InputError for negative or non-finite amounts, a part larger than the contribution, or fewer decimals.
    Source: 26 U.S.C. 408(d)(1), (2), 408A(d)(3); instructions of Form 8606.

    >>> form_8606(2026, contribution=7_500, converted=7_500, year_end_value=67_500).taxable_conversion
    6750.0
    """
    tax_year = checked_one("year", year, low=1987, high=LAST_YEAR, whole=True)
    line_1, line_2 = checked_one("contribution", contribution), checked_one("prior_basis", prior_basis)
    line_4 = checked_one("contributed_next_year", contributed_next_year)
    line_6 = checked_one("year_end_value", year_end_value)
    line_7, line_8 = checked_one("distributions", distributions), checked_one("converted", converted)
    places = None if decimals is None else checked_one("decimals", decimals, low=3, high=15, whole=True)
    if line_4 > line_1:
        refuse("at_most", "contributed_next_year", line_4, limit=line_1)
    line_3 = line_1 + line_2
    lines = {"1": line_1, "2": line_2, "3": line_3}
    if line_7 + line_8 == 0:
        return Form8606(int(tax_year), {**lines, "14": line_3})
    line_5, line_9 = line_3 - line_4, line_6 + line_7 + line_8
    fraction = min(1.0, line_5 / line_9)
    if places is not None:
        fraction = float(Decimal(str(fraction)).quantize(Decimal(1).scaleb(-int(places)), ROUND_HALF_UP))
    # A fraction rounded up could use more basis than there is: the conversion has it first, then distributions.
    line_11 = min(line_8 * fraction, line_5)
    line_12 = min(line_7 * fraction, line_5 - line_11)
    line_13 = line_11 + line_12
    lines |= {"4": line_4, "5": line_5, "6": line_6, "7": line_7, "8": line_8, "9": line_9, "10": fraction}
    lines |= {"11": line_11, "12": line_12, "13": line_13, "14": max(0.0, line_3 - line_13)}
    lines["15"] = line_7 - line_12
    lines |= {"16": line_8, "17": line_11, "18": line_8 - line_11}
    return Form8606(int(tax_year), lines)


def roth_ira_limit(law: Law, filing_status: str, magi: float, age: float) -> float | np.ndarray:
    """
    The most that can go into a Roth IRA directly, after the phase-out by income.

    It is before what goes into other IRAs in the year, since one limit holds for all of them, and before the pay of the
    year, which can be less: direct_roth knows a client's pay.

    Args (magi and age: numbers or arrays):
        law: of the year.
        filing_status: one of single, mfj, mfs (lived with the spouse), hoh or qss.
        magi: modified AGI for Roth IRAs, USD, without conversions.
        age: reached by 31 December.

    Returns: USD. The reduction is rounded down, and the result is not below the statute's least amount until it ends.
    Raises: InputError for a status that does not exist or bad numbers.
    Source: 26 U.S.C. 408A(c)(3), 219(b)(5), 219(g)(2).

    >>> from megaroth.facts.law import load_law
    >>> roth_ira_limit(load_law(2026), filing_status="single", magi=161_111, age=45)
    3450.0
    """
    if not isinstance(filing_status, str) or filing_status not in STATUSES:
        refuse("choice", "filing_status", filing_status, choices=", ".join(STATUSES))
    income = checked("magi", magi, low=-np.inf)
    years = checked("age", age, high=120)
    limit = law.ira_contribution + law.ira_catch_up * np.greater_equal(years, law.catch_up_ages[0])
    return after_phase_out(law, filing_status, income, limit)


def after_phase_out(
    law: Law, filing_status: str, magi: float | np.ndarray, limit: float | np.ndarray
) -> float | np.ndarray:
    """
    What the phase-out by income leaves of the most that may go into a Roth IRA; the statute's least amount adds nothing.

    Args: limit: by age and pay, USD.
    Source: 26 U.S.C. 408A(c)(2), (3), 219(g)(2).
    """
    start, end = law.roth_ira_phaseout[filing_status]
    least, multiple = law.roth_ira_minimum
    reduction = limit * np.clip((np.asarray(magi) - start) / (end - start), 0.0, 1.0)
    # Exactly on a step must not fall below it by a rounding of the last bit.
    left = limit - np.floor(reduction / multiple + 1e-9) * multiple
    left = np.where(np.less(magi, end), np.minimum(np.maximum(left, least), limit), 0.0)
    return float(left) if left.ndim == 0 else left
