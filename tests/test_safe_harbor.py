"""Estimated tax: the required annual payment, what is missing, installments and their dates."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.safe_harbor import due_dates, next_business_day
from megaroth.show.form_tables import harbor_finding
from megaroth.show.language import language
from tests.generators import dollars

# As the IRS printed them on Form 1040-ES; 2028 to 2033 follow from 26 U.S.C. 7503 by the calendar.
DATES = {
    2023: (
        "2023-04-18",
        "2023-06-15",
        "2023-09-15",
        "2024-01-16",
    ),  # Emancipation Day on Monday the 17th; King's on the 15th
    2024: ("2024-04-15", "2024-06-17", "2024-09-16", "2025-01-15"),
    2025: ("2025-04-15", "2025-06-16", "2025-09-15", "2026-01-15"),
    2026: ("2026-04-15", "2026-06-15", "2026-09-15", "2027-01-15"),
    2027: (
        "2027-04-15",
        "2027-06-15",
        "2027-09-15",
        "2028-01-18",
    ),  # 15 January 2028 is a Saturday, Monday is King's
    2028: (
        "2028-04-17",
        "2028-06-15",
        "2028-09-15",
        "2029-01-16",
    ),  # 15 April a Saturday, the holiday on Sunday is kept on...
    2033: (
        "2033-04-18",
        "2033-06-15",
        "2033-09-15",
        "2034-01-17",
    ),  # 16 April a Saturday: kept on Friday the 15th
}
DATES[2028] = ("2028-04-18", *DATES[2028][1:])  # ... Monday the 17th


@pytest.mark.parametrize("year", sorted(DATES))
def test_due_dates(year: int) -> None:
    """15 April, June, September and January, or the next business day in the District of Columbia."""
    assert tuple(day.isoformat() for day in due_dates(mr.load_law(year))) == DATES[year]


@given(day=st.dates(dt.date(2023, 1, 1), dt.date(2060, 12, 31)))
def test_the_next_business_day(day: dt.date) -> None:
    """Never before, on no weekend, at most four days later, and itself once it is one."""
    law = mr.load_law(2026)

    found = next_business_day(law, day)

    assert 0 <= (found - day).days <= 4
    assert found.weekday() < 5
    assert next_business_day(law, found) == found


@pytest.mark.parametrize("withheld", [None, 0.0, 5_000.0])
def test_no_tax_last_year(withheld: float | None) -> None:
    """Nothing is required whatever is withheld, and the sentence names why and its conditions: 6654(e)(2)."""
    harbor = mr.safe_harbor_of(2026, 60_000, prior_year_tax=0, withholding=withheld)
    said = harbor_finding(language("en"), "Lin", harbor)

    assert (harbor.nothing_due, harbor.to_pay, harbor.missing) == ("no_tax_before", 0, ())
    assert said.startswith("No tax was due for 2025, so no estimated payment is needed for 2026")
    assert "12 months" in said
    assert "$0" not in said
    assert any("(e)(1), (2)" in source for source in harbor.working["source"])


@pytest.mark.parametrize(
    ("status", "agi", "required"),
    [
        ("mfj", 150_000, 45_000), ("mfj", 150_000.01, 49_500), ("single", 149_999, 45_000), ("hoh", 150_001, 49_500),
        ("mfs", 75_000, 45_000), ("mfs", 75_001, 49_500), ("mfj", -10_000, 45_000),
    ],
)  # fmt: skip
def test_the_line_of_high_income(status: str, agi: float, required: float) -> None:
    """110% of last year's tax from one cent above 150,000 of AGI, 75,000 for separate filers."""
    harbor = mr.safe_harbor_of(2026, 90_000, 45_000, agi, 0, status)

    assert harbor.required == pytest.approx(required)
    assert harbor.missing == ()


@pytest.mark.parametrize(
    ("withheld", "to_pay", "why"),
    [
        (48_999.99, 0.01 + 500, ""), (49_500, 0, "withheld"), (59_000.01, 0, "small"), (0, 49_500, ""),
    ],
)  # fmt: skip
def test_what_is_withheld_counts(withheld: float, to_pay: float, why: str) -> None:
    """Tax of 60,000, 49,500 required; nothing is due once that is withheld, or less than 1,000 is owed."""
    harbor = mr.safe_harbor_of(2026, 60_000, 45_000, 240_000, withheld)

    assert (harbor.to_pay, harbor.nothing_due) == (pytest.approx(to_pay), why)
    assert harbor.installments["amount"].sum() == pytest.approx(to_pay)


@pytest.mark.parametrize(("owed", "why"), [(999.99, "small"), (1_000, "")])
def test_the_small_amount(owed: float, why: str) -> None:
    """Below 1,000 owed nothing is added; at 1,000 it can be."""
    harbor = mr.safe_harbor_of(2026, owed, 60_000, 90_000, withholding=0)

    assert harbor.nothing_due == why


def test_installments_are_equal() -> None:
    """9,500 in four parts of 2,375, the first due on April 15, as late as the conversion may be."""
    table = mr.safe_harbor_of(2026, 60_000, 45_000, 240_000, 40_000).installments

    assert table["amount"].tolist() == pytest.approx([2_375] * 4)
    assert table["together"].tolist() == pytest.approx([2_375, 4_750, 7_125, 9_500])
    assert table["due"].iloc[0] == dt.date(2026, 4, 15)


@pytest.mark.parametrize(
    ("known", "missing", "required"),
    [
        ({}, ("prior_year_tax", "prior_year_agi", "withholding"), 54_000),
        ({"prior_year_tax": 45_000}, ("prior_year_agi", "withholding"), 49_500),
        ({"prior_year_tax": 45_000, "withholding": 47_000}, ("prior_year_agi",), 49_500),
        ({"prior_year_tax": 45_000, "withholding": 50_000}, (), 49_500),  # enough either way
        (
            {"prior_year_tax": 80_000, "withholding": 10_000},
            (),
            54_000,
        ),  # 90% of this year is less either way
        ({"prior_year_tax": 0, "withholding": 0}, (), 0),
    ],
)
def test_what_is_not_known_is_asked_for_only_where_it_decides(
    known: dict, missing: tuple[str, ...], required: float
) -> None:
    """Without last year's facts the answer is what is enough whatever they are."""
    harbor = mr.safe_harbor_of(2026, 60_000, **known)

    asked = tuple(name for name in missing if name != "prior_year_agi" or "prior_year_tax" in known)
    assert harbor.missing == asked
    assert harbor.required == pytest.approx(required)
    assert (harbor.to_pay is None) == ("withholding" in missing)


@given(tax=dollars, before=dollars, agi=dollars, withheld=dollars)
def test_properties(tax: float, before: float, agi: float, withheld: float) -> None:
    """Never more than 90% of this year's tax; withholding and installments together are what is required or more."""
    harbor = mr.safe_harbor_of(2026, tax, before, agi, withheld)

    assert harbor.required <= 0.9 * tax + 0.005
    assert harbor.to_pay >= 0
    if not harbor.nothing_due:
        assert withheld + harbor.to_pay == pytest.approx(harbor.required)
    assert harbor.working["amount"].iloc[-1] == pytest.approx(harbor.to_pay)


def test_a_clients_own_tax() -> None:
    """Full returns: a conversion raises this year's tax by what federal_tax says, and the 90% with it."""
    client = mr.Client.load("lin").with_(
        prior_year_tax=48_000.0, prior_year_agi=290_000.0, withholding=45_000.0
    )

    without, with_it = (mr.safe_harbor(client, 2026, conversion=each) for each in (0, 30_000))

    row = {"filing_status": "mfj", "age": 45, "spouse_age": 43, "wages": 275_500, "taxable_interest": 6_000,
           "qualified_dividends": 9_000, "long_term_gain": 5_000, "state_local_taxes": 22_000, "other_itemized": 9_000,
           "children": 2}  # fmt: skip
    tax = mr.federal_tax(2026, pd.DataFrame([{**row, "conversion": 0}, {**row, "conversion": 30_000}]))
    # The 0.9% is due on deferrals too (26 U.S.C. 3121(v)(1)(A)): 300,000 of pay is 50,000 over.
    expected = tax["total"] + 450.0 + tax["se_tax"]
    assert without.this_year_tax == pytest.approx(expected[0])
    assert with_it.this_year_tax == pytest.approx(expected[1])
    assert with_it.by_this_year - without.by_this_year == pytest.approx(0.9 * (expected[1] - expected[0]))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"this_year_tax": -1}, "this_year_tax"),
        ({"this_year_tax": 1, "withholding": float("nan")}, "withholding"),
        ({"this_year_tax": 1, "prior_year_tax": "x"}, "prior_year_tax"),
        ({"this_year_tax": 1, "filing_status": "widow"}, "filing_status"),
        ({"this_year_tax": 1, "year": 2019}, "year"),
    ],
)
def test_what_cannot_be_is_refused(facts: dict, field: str) -> None:
    """One sentence that names the field; a year without figures too."""
    with pytest.raises(mr.InputError) as refused:
        mr.safe_harbor_of(**{"year": 2026, **facts}).by_this_year  # noqa: B018

    assert refused.value.field == field
