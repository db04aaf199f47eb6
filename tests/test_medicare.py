"""Medicare surcharges: cliffs at published lines, for each person, two years later."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.law import STATUS_CODE, STATUSES
from megaroth.rules.medicare import medicare_surcharge, people_on_medicare
from tests.generators import dollars

LAW = mr.load_law(2026)
MFJ, SINGLE, MFS = (STATUS_CODE[status] for status in ("mfj", "single", "mfs"))


@pytest.mark.parametrize(
    ("status", "magi", "people", "expected"),
    [
        (MFJ, 218_000, 2, 0.0),
        (MFJ, 218_000.01, 2, (81.20 + 14.50) * 24),  # CMS, premiums of 2026
        (MFJ, 218_001, 1, (81.20 + 14.50) * 12),
        (MFJ, 274_000, 2, (81.20 + 14.50) * 24),
        (MFJ, 274_001, 2, (202.90 + 37.50) * 24),
        (MFJ, 749_999.99, 2, (446.30 + 83.30) * 24),
        (MFJ, 750_000, 2, (487.00 + 91.00) * 24),  # the top tier starts at its line
        (SINGLE, 109_000, 1, 0.0),
        (SINGLE, 109_001, 1, (81.20 + 14.50) * 12),
        (SINGLE, 500_000, 1, (487.00 + 91.00) * 12),
        (MFS, 109_001, 1, (446.30 + 83.30) * 12),
        (MFS, 390_999, 1, (446.30 + 83.30) * 12),
        (MFS, 391_000, 1, (487.00 + 91.00) * 12),
        (MFJ, 1_000_000, 0, 0.0),
    ],
)
def test_published_tiers(status: int, magi: float, people: int, expected: float) -> None:
    """Just below, on and just above each kind of line, the surcharge is the published one."""
    assert medicare_surcharge(LAW, status, magi, people) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("status", ["hoh", "qss"])
def test_only_joint_returns_have_the_joint_column(status: str) -> None:
    """A head of household and a surviving spouse pay by the individual column."""
    magi = np.array([109_000.0, 110_000.0, 218_001.0, 499_999.0, 500_000.0])

    assert np.array_equal(
        medicare_surcharge(LAW, STATUS_CODE[status], magi, 1), medicare_surcharge(LAW, SINGLE, magi, 1)
    )


def test_the_last_bit_of_a_sum_crosses_no_cliff() -> None:
    """MAGI that is on the line but for the rounding of a sum stays below it."""
    assert medicare_surcharge(LAW, MFJ, 218_000 + 1e-9, 2) == 0.0


@given(status=st.sampled_from(range(len(STATUSES))), magi=dollars, more=dollars, year=st.integers(2023, 2040))
def test_more_income_never_costs_less(status: int, magi: float, more: float, year: int) -> None:
    """The surcharge never falls as MAGI rises, in no year and for no status."""
    law = mr.load_law(year)

    assert medicare_surcharge(law, status, magi + more, 2) >= medicare_surcharge(law, status, magi, 2)


def test_arrays_and_numbers_agree() -> None:
    """Many households of all statuses at once give what each gives alone."""
    rng = np.random.default_rng(3)
    status, magi = rng.integers(0, 5, 200), rng.uniform(50_000, 900_000, 200)

    together = medicare_surcharge(LAW, status, magi, 2)

    assert [float(medicare_surcharge(LAW, s, m, 2)) for s, m in zip(status, magi, strict=True)] == list(
        together
    )


@pytest.mark.parametrize(
    ("birth_year", "on_medicare", "expected"),
    [
        (1964, False, 0),
        (1963, False, 1),
        (1962, False, 1),
        (1961, False, 0),
        (1961, True, 1),
        (1980, True, 1),
    ],
)
def test_who_has_medicare_two_years_later(birth_year: int, on_medicare: bool, expected: int) -> None:
    """At 63 the income of 2026 begins to count; from 65 on, and before, the household says."""
    client = mr.Client.load("lin").with_(birth_year=birth_year, on_medicare=on_medicare)

    assert people_on_medicare(client, LAW) == expected


def test_the_spouse_counts_on_a_joint_return_only() -> None:
    """Both of a couple count; a separate return has one."""
    couple = mr.Client.load("lin").with_(birth_year=1962, spouse_birth_year=1962)

    assert people_on_medicare(couple, LAW) == 2
    assert people_on_medicare(couple.with_(filing_status="mfs"), LAW) == 1
