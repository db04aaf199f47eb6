"""
Federal tax against Tax-Calculator, an independent model of the same law, on households wider than the oracle's.

Every difference over a dollar is explained in tests/oracle/DIFFERENCES.md.
"""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import megaroth as mr
from tests.deep import tax_calculator
from tests.deep.households import random_households

pytestmark = pytest.mark.deep
DIFFERENCES = Path(__file__).parents[1] / "oracle" / "DIFFERENCES.md"
YEARS = (2023, 2024, 2025, 2026)
ROWS = 2_500
DOLLAR = 1.0
CHOICE = ["deduction", "qbi_deduction", "taxable_income", "amt_income"]
COLUMNS = [*tax_calculator.ANSWERS, "deduction", "total"]


@cache
def households(year: int) -> pd.DataFrame:
    return random_households(ROWS, seed=year)


@cache
def ours(year: int) -> pd.DataFrame:
    found = mr.federal_tax(year, households(year))
    return found.assign(regular_tax=found["tax_on_ordinary"] + found["tax_on_gains"])


@cache
def as_it_comes(year: int) -> pd.DataFrame:
    return tax_calculator.as_it_comes(year, households(year))


@cache
def put_right(year: int) -> pd.DataFrame:
    return tax_calculator.put_right(year, households(year))


def differs(year: int, theirs: pd.DataFrame) -> pd.DataFrame:
    return (ours(year)[COLUMNS] - theirs[COLUMNS]).abs() > DOLLAR


def no_tax_either_way(theirs: pd.DataFrame) -> pd.Series:
    """No tax with either deduction: Tax-Calculator takes the standard one then, we the larger."""
    return theirs["tax_before_credits"] == 0


def under_the_self_employment_minimum(year: int) -> pd.Series:
    """Net earnings under 400 are no self-employment income, 26 U.S.C. 1402(b)(2)."""
    law = mr.load_law(year)
    earnings = law.self_employment_share * households(year)["self_employment_profit"]
    return (earnings > 0) & (earnings < law.self_employment_minimum)


@pytest.mark.parametrize("year", YEARS)
def test_nothing_differs_once_its_errors_are_put_right(year: int) -> None:
    """Income, deductions, each tax and the total agree to a dollar when Tax-Calculator knows the law it lacks."""
    theirs = put_right(year)

    different = differs(year, theirs)

    different.loc[no_tax_either_way(theirs), CHOICE] = False
    different.loc[under_the_self_employment_minimum(year), "additional_medicare_tax"] = False
    assert not different.any(axis=None), _first(year, different, theirs)


CAUSES = {
    "86(c)(1)(C)(ii)": lambda f: (f.status == "mfs") & (f.home.social_security > 0),
    "24(h)(3)": lambda f: (f.status == "qss") & (f.dependents > 0) & (f.our.agi > 200_000),
    "63(f)(3)": lambda f: (
        f.senior & ((f.status == "qss") & (f.year <= 2024) | (f.year == 2023) & f.unmarried)
    ),
    "1(j)(2)(D)": lambda f: (f.status == "mfs") & (f.year == 2023) & (f.our.taxable_income > 346_875),
    "164(b)(7)": lambda f: (
        (f.year == 2026) & (f.home.state_local_taxes > f.salt_floor) & (f.our.agi > f.salt_start)
    ),
    "68(a)": lambda f: (f.year == 2026) & f.could_itemize & (f.our.agi > f.top_bracket),
    "55(d)(2)": lambda f: (f.status == "mfs") & (f.our.amt_income > f.amt_exemption_gone - 1_000),
    "199A(b)(3)(B)": lambda f: (f.status == "qss") & f.profit & (f.before_qbi > f.qbi_start),
    "199A(i)(2)": lambda f: (f.year == 2026) & f.service & (f.before_qbi > f.qbi_start),
    "56(b)(1)(A)(ii)": lambda f: (f.our.amt > 0) & (f.home.state_local_taxes > 0) & f.could_itemize,
    "1402(b)(2)": lambda f: under_the_self_employment_minimum(f.year),
    "63(e)": lambda f: no_tax_either_way(as_it_comes(f.year)) & f.could_itemize,
}


def facts(year: int) -> SimpleNamespace:
    """What the causes ask of the households: their facts, our answer, and the law's thresholds for each."""
    law, home, our = mr.load_law(year), households(year), ours(year)
    status = home["filing_status"]

    def of_status(figure: dict) -> pd.Series:
        return status.map(dict(figure))

    share = np.where(status == "mfs", law.salt_cap_mfs_share, 1.0)
    exemption_gone = of_status(law.amt_exemption) / law.amt_phaseout_rate + of_status(law.amt_phaseout_start)
    return SimpleNamespace(
        year=year,
        home=home,
        our=our,
        status=status,
        unmarried=status.isin(["single", "hoh"]),
        senior=(home["age"] >= 65) | (home["spouse_age"] >= 65),
        dependents=home["children"] + home["other_dependents"],
        could_itemize=home["state_local_taxes"] + home["other_itemized"] > 0,
        profit=home["self_employment_profit"] > 0,
        service=home["specified_service"] > 0,
        before_qbi=our["taxable_income"] + our["qbi_deduction"],
        qbi_start=of_status(law.qbi_threshold),
        salt_floor=share * law.salt_cap_floor,
        salt_start=share * (law.salt_cap_threshold or np.inf),
        top_bracket=of_status({name: edges[-1] for name, edges in law.bracket_edges.items()}),
        amt_exemption_gone=exemption_gone,
    )


@pytest.mark.parametrize("year", YEARS)
def test_every_difference_has_a_known_cause(year: int) -> None:
    """Where Tax-Calculator as it comes differs, the household meets the condition of an explained class."""
    about = facts(year)
    different = differs(year, as_it_comes(year))

    explained = np.logical_or.reduce([cause(about) for cause in CAUSES.values()])

    unexplained = different[~explained]
    assert not unexplained.any(axis=None), _first(year, unexplained, as_it_comes(year))


@pytest.mark.parametrize("paragraph", CAUSES)
def test_each_cause_still_makes_a_difference(paragraph: str) -> None:
    """A class of DIFFERENCES.md that no household shows any more is to be taken out."""
    alone = 0
    for year in YEARS:
        about = facts(year)
        different = differs(year, as_it_comes(year)).any(axis=1)
        others = np.logical_or.reduce([cause(about) for name, cause in CAUSES.items() if name != paragraph])
        alone += (different & CAUSES[paragraph](about) & ~others).sum()

    assert alone > 0


@pytest.mark.parametrize("paragraph", CAUSES)
def test_each_cause_is_explained(paragraph: str) -> None:
    """In the file that a reviewer reads, under the paragraph of law that decides it."""
    assert paragraph in DIFFERENCES.read_text(encoding="utf-8")


def _first(year: int, different: pd.DataFrame, theirs: pd.DataFrame) -> str:
    """The first household that differs, as a message."""
    row = different.index[different.any(axis=1)][0]
    names = [name for name in different if different.at[row, name]]
    answers = pd.DataFrame({"ours": ours(year).loc[row, names], "theirs": theirs.loc[row, names]})
    return (
        f"{year}, household {row} of {different.any(axis=1).sum()}:\n{answers}\n{households(year).loc[row]}"
    )
