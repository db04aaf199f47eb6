"""Form 8606 line by line, and the direct Roth IRA contribution at the edges of its phase-out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from tests.generators import CENT, ages, dollars, years

# Law of 2026: contributes and converts 7,500, other pre-tax IRAs of 67,500 at year's end.
FORM = {"contribution": 7_500, "converted": 7_500, "year_end_value": 67_500}
LINES = {
    "1": 7_500, "2": 0, "3": 7_500, "4": 0, "5": 7_500, "6": 67_500, "7": 0, "8": 7_500, "9": 75_000, "10": 0.1,
    "11": 750, "12": 0, "13": 750, "14": 6_750, "15": 0, "16": 7_500, "17": 750, "18": 6_750,
}  # fmt: skip

form_facts = st.fixed_dictionaries(
    {
        "prior_basis": dollars,
        "contribution": dollars,
        "converted": dollars,
        "year_end_value": dollars,
        "distributions": dollars,
        "decimals": st.sampled_from([None, 3, 4]),
    }
)


def test_the_worked_form() -> None:
    """Every line as the reference shows it; 6,750 goes to line 4b of the return."""
    form = mr.form_8606(2026, **FORM)

    assert form.lines == pytest.approx(LINES)
    assert (form.taxable_conversion, form.nontaxable_conversion) == (6_750, 750)
    assert form.basis_carried_forward == 6_750
    assert form.fraction == pytest.approx(0.1)


def test_a_clean_backdoor_costs_nothing() -> None:
    """The same without other pre-tax IRAs: fraction 1, nothing taxed, nothing carried."""
    form = mr.form_8606(2026, **{**FORM, "year_end_value": 0})

    assert (form.fraction, form.taxable_conversion, form.basis_carried_forward) == (1, 0, 0)


def test_without_a_payout_lines_4_to_13_stay_empty() -> None:
    """Only a contribution: all basis is carried, the rest of the form is blank."""
    form = mr.form_8606(
        2026, contribution=7_500, prior_basis=100, contributed_next_year=7_500, year_end_value=10_000
    )

    assert form.lines == {"1": 7_500, "2": 100, "3": 7_600, "14": 7_600}
    assert (form.fraction, form.taxable_conversion, form.taxable_distribution) == (0, 0, 0)
    assert list(form.working["label"])[-1] == "Basis carried forward"


def test_money_contributed_after_the_year_is_no_basis_yet() -> None:
    """January to April: it is carried forward and stays out of the fraction."""
    form = mr.form_8606(
        2026, contribution=7_500, contributed_next_year=7_500, converted=1_000, year_end_value=9_000
    )

    assert (form.fraction, form.taxable_conversion, form.basis_carried_forward) == (0, 1_000, 7_500)


@pytest.mark.parametrize(
    ("decimals", "fraction", "taxable"), [(None, 2 / 3, 2_500), (3, 0.667, 2_497.5), (4, 0.6667, 2_499.75)]
)
def test_line_10_is_exact_unless_places_are_asked_for(
    decimals: int | None, fraction: float, taxable: float
) -> None:
    """Rounded half up to three places at least, on request."""
    form = mr.form_8606(2026, prior_basis=6_000, converted=7_500, year_end_value=1_500, decimals=decimals)

    assert form.fraction == pytest.approx(fraction, abs=1e-15)
    assert form.taxable_conversion == pytest.approx(taxable)


def test_half_a_step_of_line_10_rounds_up() -> None:
    """0.0625 to three places is 0.063, as on paper."""
    assert mr.form_8606(2026, prior_basis=625, converted=10_000, decimals=3).fraction == 0.063


def test_rounding_up_uses_no_more_basis_than_there_is() -> None:
    """0.6666... rounded to 0.667 of 7,500 would be 2.50 more than line 5 holds."""
    form = mr.form_8606(2026, prior_basis=5_000, converted=7_500, decimals=3)

    assert form.nontaxable_conversion == 5_000
    assert form.basis_carried_forward == 0


@given(form_facts, st.floats(0, 1))
def test_the_form_is_pro_rata(facts: dict, part: float) -> None:
    """What comes out is taxed or not, basis is never negative nor made, the fraction at most 1."""
    later = facts["contribution"] * part
    form = mr.form_8606(2026, **facts, contributed_next_year=later)
    basis = facts["prior_basis"] + facts["contribution"]
    out = facts["converted"] + facts["distributions"]
    untaxed = form.nontaxable_conversion + form.nontaxable_distribution

    assert 0 <= form.fraction <= 1
    assert min(form.lines.values()) >= -1e-6
    if out:
        assert untaxed + form.taxable_conversion + form.taxable_distribution == pytest.approx(out, abs=CENT)
    assert untaxed + form.basis_carried_forward == pytest.approx(basis, abs=CENT)
    assert untaxed <= basis - later + CENT


@given(form_facts)
def test_the_working_ends_in_the_taxable_conversion(facts: dict) -> None:
    """The lines in the form's order, sums right, each with its formula and paragraph; the last is the answer."""
    form = mr.form_8606(2026, **facts)
    working = form.working

    assert list(working.columns) == ["label", "amount", "formula", "source"]
    assert list(working["formula"].str.extract(r"^line (\d+)")[0]) == list(form.lines)
    assert all("408(d)" in source for source in working["source"])
    if "18" in form.lines:
        assert working["amount"].iloc[-1] == form.taxable_conversion
        line = {number: form.lines[number] for number in form.lines}
        assert line["9"] == line["6"] + line["7"] + line["8"]
        assert line["13"] == line["11"] + line["12"]
        assert line["18"] == line["16"] - line["17"]


def test_a_year_is_whole_and_a_form_is_one_persons() -> None:
    """No form of 2026.5, none before 1987, and arrays are refused rather than half read."""
    for year in (2026.5, 1986, math.nan, "2026", None):
        with pytest.raises(mr.InputError) as caught:
            mr.form_8606(year)
        assert caught.value.field == "year"
    for places in (2, 2.9, 3.5, 16, True, math.nan, [3]):
        with pytest.raises(mr.InputError) as caught:
            mr.form_8606(2026, **FORM, decimals=places)
        assert caught.value.field == "decimals"
    with pytest.raises(mr.InputError) as caught:
        mr.form_8606(2026, contribution=[7_500, 7_500])
    assert caught.value.field == "contribution"
    with pytest.raises(mr.InputError) as caught:
        mr.form_8606(2026, contribution=100, contributed_next_year=100.01)
    assert (caught.value.field, caught.value.rule) == ("contributed_next_year", "at_most")


# ------------------------------------------------------------------ direct contribution


def limit(year: int, status: str, magi: float, age: float = 45) -> float:
    return mr.roth_ira_limit(mr.load_law(year), filing_status=status, magi=magi, age=age)


def test_the_worked_reduction() -> None:
    """2026, single, 161,111: 4,055.50 is rounded down to 4,050, so 3,450 may go in."""
    assert limit(2026, "single", 161_111) == 3_450


@pytest.mark.parametrize(
    ("year", "status", "start", "end", "whole"),
    [
        (2025, "single", 150_000, 165_000, 7_000), (2026, "single", 153_000, 168_000, 7_500),
        (2025, "mfj", 236_000, 246_000, 7_000), (2026, "mfj", 242_000, 252_000, 7_500),
        (2026, "hoh", 153_000, 168_000, 7_500), (2026, "qss", 242_000, 252_000, 7_500),
        (2025, "mfs", 0, 10_000, 7_000), (2026, "mfs", 0, 10_000, 7_500), (2018, "single", 120_000, 135_000, 5_500),
    ],
)  # fmt: skip
def test_edges_of_the_phase_out(year: int, status: str, start: float, end: float, whole: float) -> None:
    """Whole up to the start; at least 200 until the end; nothing on it and above."""
    assert limit(year, status, start - 1) == limit(year, status, start) == whole
    assert limit(year, status, start + 1) == whole  # less than 10 of reduction is none
    assert limit(year, status, end - 1) == 200
    assert limit(year, status, end) == limit(year, status, end + 1) == 0
    middle = (start + end) / 2
    assert limit(year, status, middle) == pytest.approx(whole / 2, abs=10)


@pytest.mark.parametrize(("age", "whole"), [(49, 7_500), (50, 8_600), (63, 8_600), (80, 8_600)])
def test_the_catch_up_of_an_ira(age: int, whole: float) -> None:
    """From the year of age 50, in 2026 the indexed 1,100; it is phased out with the rest."""
    assert limit(2026, "single", 100_000, age) == whole
    assert limit(2025, "single", 100_000, 50) == 8_000
    assert limit(2026, "single", 160_500, age) == pytest.approx(whole / 2, abs=10)


@given(
    years,
    st.sampled_from(["single", "mfj", "mfs", "hoh", "qss"]),
    st.floats(-1e6, 1e6),
    st.floats(0, 1e5),
    ages,
)
def test_more_income_never_allows_more(year: int, status: str, magi: float, more: float, age: int) -> None:
    """In steps of 10, between nothing and the limit, never rising with income."""
    first, second = limit(year, status, magi, age), limit(year, status, magi + more, age)
    whole = limit(year, status, -1, age)

    assert 0 <= second <= first <= whole
    assert first % 10 == pytest.approx(0)
    assert first == 0 or first >= 200


def test_arrays_equal_numbers_one_by_one() -> None:
    """Incomes and ages in arrays that broadcast give what each gives alone."""
    magi, age = np.linspace(140_000, 170_000, 31), np.array([[45], [50]])
    together = mr.roth_ira_limit(mr.load_law(2026), filing_status="single", magi=magi, age=age)

    assert together.shape == (2, 31)
    assert [[limit(2026, "single", each, old[0]) for each in magi] for old in age] == together.tolist()


@pytest.mark.parametrize("status", ["married", "", "MFJ", None, 1, ["mfj"], np.array(["mfj", "single"])])
def test_a_status_that_does_not_exist(status: object) -> None:
    """The five are named."""
    with pytest.raises(mr.InputError, match="single, mfj, mfs, hoh, qss") as caught:
        limit(2026, status, 100_000)
    assert caught.value.field == "filing_status"
