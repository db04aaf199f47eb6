"""Federal income tax: published edges worked by hand, properties, bad tables."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.law import STATUS_CODE, STATUSES
from megaroth.rules.household_table import OPTIONAL
from megaroth.rules.income_tax import COLUMNS, federal_columns
from tests.deep.households import random_households

CENT = 0.005
YEARS = (2023, 2024, 2025, 2026, 2027, 2029, 2031)


def tax(
    year: int = 2026, filing_status: str = "single", age: int = 45, wages: float = 0.0, **facts: float
) -> pd.Series:
    """The return of one household."""
    household = {"filing_status": filing_status, "age": age, "wages": wages, **facts}
    return mr.federal_tax(year, pd.DataFrame([household])).iloc[0]


def dollars(amount: float) -> object:
    return pytest.approx(amount, abs=CENT)


# --- edges: just below, on, just above ---

SCHEDULES = {  # 2026, Rev. Proc. 2025-32: tax at each edge
    "single": {12_400: 1_240, 50_400: 5_800, 105_700: 17_966, 201_775: 41_024, 256_225: 58_448, 640_600: 192_979.25},
    "mfj": {24_800: 2_480, 100_800: 11_600, 211_400: 35_932, 403_550: 82_048, 512_450: 116_896, 768_700: 206_583.50},
    "mfs": {12_400: 1_240, 50_400: 5_800, 105_700: 17_966, 201_775: 41_024, 256_225: 58_448, 384_350: 103_291.75},
    "hoh": {17_700: 1_770, 67_450: 7_740, 105_700: 16_155, 201_750: 39_207, 256_200: 56_631, 640_600: 191_171},
    "qss": {24_800: 2_480, 100_800: 11_600, 211_400: 35_932, 403_550: 82_048, 512_450: 116_896, 768_700: 206_583.50},
}  # fmt: skip
RATES = (0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37)
STANDARD_2026 = {"single": 16_100, "mfj": 32_200, "mfs": 16_100, "hoh": 24_150, "qss": 32_200}


@pytest.mark.parametrize("status", STATUSES)
def test_bracket_edges(status: str) -> None:
    """A dollar below an edge bears the lower rate, a dollar above it the higher one."""
    for (edge, on), below, above in zip(SCHEDULES[status].items(), RATES[:-1], RATES[1:], strict=True):
        gross = edge + STANDARD_2026[status]
        found = [tax(filing_status=status, wages=gross + step)["tax_on_ordinary"] for step in (-1, 0, 1)]

        assert found == [dollars(on - below), dollars(on), dollars(on + above)]


@pytest.mark.parametrize(
    ("status", "zero_top", "fifteen_top"),
    [
        ("single", 49_450, 545_500),
        ("mfj", 98_900, 613_700),
        ("mfs", 49_450, 306_850),
        ("hoh", 66_200, 579_600),
    ],
)
def test_gains_breakpoints(status: str, zero_top: float, fifteen_top: float) -> None:
    """Gains alone bear nothing up to the first breakpoint, 15% up to the second, 20% above."""
    standard, at_fifteen = STANDARD_2026[status], 0.15 * (fifteen_top - zero_top)

    def on_gains(taxable: float) -> float:
        return tax(filing_status=status, long_term_gain=taxable + standard)["tax_on_gains"]

    assert [on_gains(zero_top + step) for step in (-1, 0, 1)] == [0, dollars(0), dollars(0.15)]
    found = [on_gains(fifteen_top + step) for step in (-1, 0, 1)]
    assert found == [dollars(at_fifteen - 0.15), dollars(at_fifteen), dollars(at_fifteen + 0.20)]


def test_gains_never_bear_more_than_the_plain_schedule() -> None:
    """Between 49,450 and 50,400 the 12% bracket is cheaper than the 15% rate: 500 of gains bear 60, not 75."""
    assert tax(wages=16_100 + 49_450, long_term_gain=500)["tax_on_gains"] == dollars(60)


def test_income_pushes_gains_into_15_percent() -> None:
    """12% on the income and 15% on the gains it lifts: 27% in all."""
    couple = {"filing_status": "mfj", "wages": 112_200, "qualified_dividends": 30_000}

    assert tax(**couple, conversion=100)["total"] - tax(**couple)["total"] == dollars(27)


@pytest.mark.parametrize(
    ("status", "threshold"),
    [("single", 200_000), ("mfj", 250_000), ("mfs", 125_000), ("hoh", 200_000), ("qss", 250_000)],
)
def test_net_investment_tax(status: str, threshold: float) -> None:
    """3.8% of the MAGI over the threshold, and no more than of the investment income."""

    def niit(over: float) -> float:
        return tax(filing_status=status, wages=threshold - 10_000 + over, taxable_interest=10_000)["niit"]

    assert [niit(over) for over in (-1, 0, 1)] == [0, 0, dollars(0.038)]
    assert niit(50_000) == dollars(380)


def test_a_conversion_raises_magi_but_is_no_investment_income() -> None:
    """5,000 over the threshold bear 190; 10,000 converted bring the other half of the interest in, and no more."""
    home = {"wages": 195_000, "taxable_interest": 10_000}

    assert tax(**home)["niit"] == dollars(190)
    assert tax(**home, conversion=10_000)["niit"] == dollars(380)
    assert tax(wages=500_000, conversion=100_000)["niit"] == 0


@pytest.mark.parametrize(
    ("status", "threshold"),
    [("single", 200_000), ("mfj", 400_000), ("mfs", 200_000), ("hoh", 200_000), ("qss", 200_000)],
)
def test_child_credit_falls_by_started_thousands(status: str, threshold: float) -> None:
    """Two children and a parent, 4,900 in 2026: 50 less with the first cent over, the next 50 over 1,000 more."""

    def credit(over: float) -> float:
        return tax(filing_status=status, wages=threshold + over, children=2, other_dependents=1)["credits"]

    found = [credit(over) for over in (-0.01, 0, 0.01, 1_000, 1_000.01, 97_000, 97_000.01)]
    assert found == [4_900, 4_900, 4_850, 4_850, 4_800, 50, 0]


def test_credits_are_not_refunded() -> None:
    """A tax of 390 is the most that 2,200 of credit can take."""
    found = tax(filing_status="hoh", wages=24_150 + 3_900, children=1)

    assert (found["credits"], found["total"]) == (dollars(390), 0)


@pytest.mark.parametrize(
    ("household", "agi", "deduction"),
    [
        ({"age": 64}, 50_000, 0),
        ({"age": 65}, 75_000, 6_000),
        ({"age": 65}, 75_001, 5_999.94),
        ({"age": 65}, 174_999, 0.06),
        ({"age": 65}, 175_000, 0),
        ({"filing_status": "mfj", "age": 66, "spouse_age": 65}, 150_000, 12_000),
        ({"filing_status": "mfj", "age": 66, "spouse_age": 65}, 150_001, 11_999.88),
        ({"filing_status": "mfj", "age": 66, "spouse_age": 65}, 249_999, 0.12),
        ({"filing_status": "mfj", "age": 66, "spouse_age": 65}, 250_001, 0),
        ({"filing_status": "mfj", "age": 50, "spouse_age": 65}, 160_000, 5_400),
        ({"filing_status": "mfs", "age": 70}, 50_000, 0),
        ({"filing_status": "hoh", "age": 70}, 85_000, 5_400),
        ({"filing_status": "qss", "age": 70}, 85_000, 5_400),
        ({"filing_status": "single", "age": 50, "spouse_age": 70}, 50_000, 0),
    ],
)
def test_senior_deduction(household: dict, agi: float, deduction: float) -> None:
    """Each person's own 6,000 falls by 6% of the MAGI over 75,000, or 150,000 on a joint return."""
    assert tax(**household, wages=agi)["senior_deduction"] == dollars(deduction)


@pytest.mark.parametrize(("year", "amount"), [(2024, 0), (2025, 6_000), (2028, 6_000), (2029, 0)])
def test_senior_deduction_has_four_years(year: int, amount: float) -> None:
    """2025 to 2028."""
    assert tax(year, age=70, wages=50_000)["senior_deduction"] == amount


def test_a_couple_of_seniors_in_the_22_percent_bracket() -> None:
    """Each dollar takes 12 cents of their two deductions with it: 22% x 1.12 = 24.64%."""
    couple = {"filing_status": "mfj", "age": 70, "spouse_age": 70, "other_ordinary_income": 180_000}

    assert tax(**couple, conversion=100)["total"] - tax(**couple)["total"] == dollars(24.64)


def test_seven_thousand_five_hundred_across_a_bracket_edge() -> None:
    """From 400,000 of taxable income: 3,550 at 24% and 3,950 at 32% are 2,116."""
    couple = {"filing_status": "mfj", "wages": 432_200}

    assert tax(**couple)["ordinary_taxable_income"] == 400_000
    assert tax(**couple, conversion=7_500)["total"] - tax(**couple)["total"] == dollars(2_116)


@pytest.mark.parametrize(
    ("year", "status", "agi", "cap"),
    [
        (2024, "mfj", 300_000, 10_000),
        (2024, "mfs", 300_000, 5_000),
        (2025, "single", 500_000, 40_000),
        (2025, "single", 500_001, 39_999.70),
        (2026, "mfj", 504_999, 40_400),
        (2026, "mfj", 505_000, 40_400),
        (2026, "mfj", 505_001, 40_399.70),
        (2026, "mfj", 606_333, 10_000.10),
        (2026, "mfj", 606_334, 10_000),
        (2026, "mfj", 700_000, 10_000),
        (2026, "mfs", 252_500, 20_200),
        (2026, "mfs", 252_501, 20_199.70),
        (2026, "mfs", 303_167, 5_000),
        (2029, "mfj", 520_302.01, 41_624.16),
        (2030, "mfj", 300_000, 10_000),
    ],
)
def test_cap_on_state_and_local_taxes(year: int, status: str, agi: float, cap: float) -> None:
    """The cap falls by 30% of the MAGI over its threshold, to a floor; separate filers have half of each."""
    found = tax(year, status, wages=agi, state_local_taxes=60_000)

    assert found["itemized_deduction"] == dollars(cap)


@pytest.mark.parametrize(
    ("agi", "deduction"),
    [
        (640_599, 37_000),
        (640_600, 37_000),
        (640_637, 36_998),
        (677_600, 35_000),
        (677_601, 35_000),
        (900_000, 35_000),
    ],
)
def test_limit_on_itemized_deductions(agi: float, deduction: float) -> None:
    """From 2026: 2/37 of what of the income before them is in the top bracket, at most of all of them."""
    assert tax(wages=agi, other_itemized=37_000)["deduction"] == dollars(deduction)
    assert tax(2025, wages=agi, other_itemized=37_000)["deduction"] == 37_000


@pytest.mark.parametrize(
    ("household", "deduction"),
    [
        ({"age": 64}, 16_100),
        ({"age": 65}, 18_150),
        ({"filing_status": "hoh", "age": 65}, 26_200),
        ({"filing_status": "mfs", "age": 65}, 17_750),
        ({"filing_status": "qss", "age": 65}, 33_850),
        ({"filing_status": "mfj", "age": 65, "spouse_age": 64}, 33_850),
        ({"filing_status": "mfj", "age": 64, "spouse_age": 65}, 33_850),
        ({"filing_status": "mfj", "age": 65, "spouse_age": 65}, 35_500),
    ],
)
def test_standard_deduction_with_the_addition_for_age(household: dict, deduction: float) -> None:
    """2,050 unmarried, 1,650 for each spouse and a surviving spouse, in 2026."""
    assert tax(**household, wages=100_000)["deduction"] == deduction


@pytest.mark.parametrize(
    ("status", "other", "taxable"),
    [
        ("single", 15_000, 0),
        ("single", 15_001, 0.5),
        ("single", 24_000, 4_500),
        ("single", 24_001, 4_500.85),
        ("single", 38_705, 16_999.25),
        ("single", 38_706, 17_000),
        ("mfj", 22_000, 0),
        ("mfj", 22_002, 1),
        ("mfj", 34_000, 6_000),
        ("mfj", 34_001, 6_000.85),
        ("mfs", 0, 8_500),
        ("mfs", 10_000, 17_000),
        ("qss", 15_001, 0.5),
    ],
)
def test_taxable_social_security(status: str, other: float, taxable: float) -> None:
    """Of 20,000: half over the first threshold, 85% over the second; a separate filer from the first dollar."""
    found = tax(filing_status=status, social_security=20_000, other_ordinary_income=other)

    assert found["provisional_income"] == other + 10_000
    assert found["taxable_social_security"] == dollars(taxable)


def test_what_counts_for_social_security() -> None:
    """Tax-exempt interest and a conversion count; half of self-employment tax comes off."""
    assert tax(social_security=20_000, tax_exempt_interest=15_002)["taxable_social_security"] == dollars(1)
    assert tax(social_security=20_000, conversion=15_002)["taxable_social_security"] == dollars(1)
    assert tax(social_security=20_000, self_employment_profit=20_000)["provisional_income"] == dollars(
        28_587.04
    )


@pytest.mark.parametrize(
    ("year", "service", "income", "deduction"),
    [
        (2024, 0, 191_950, 9_293.52),
        (2024, 0, 216_950, 4_646.76),
        (2025, 0, 222_300, 4_646.76),
        (2025, 0, 247_300, 0),
        (2026, 0, 201_750, 9_293.52),
        (2026, 0, 201_751, 9_293.40),
        (2026, 1, 201_751, 9_293.27),
        (2026, 0, 239_250, 4_646.76),
        (2026, 1, 239_250, 2_323.38),
        (2026, 0, 276_749, 400),
        (2026, 0, 276_750, 400),
        (2026, 1, 276_750, 0),
    ],
)
def test_qbi_deduction_in_its_range(year: int, service: int, income: float, deduction: float) -> None:
    """20% of 46,467.61 (profit 50,000 less half of SE tax) fades over the range, twice for a specified service."""
    agi = income + mr.load_law(year).standard_deduction["single"]
    found = tax(
        year,
        self_employment_profit=50_000,
        specified_service=service,
        other_ordinary_income=agi - 46_467.61,
    )

    assert found["agi"] == dollars(agi)
    assert found["qbi_deduction"] == dollars(deduction)


@pytest.mark.parametrize(
    ("year", "profit", "deduction"),
    [
        (2025, 1_200, 223.04),
        (2026, 1_076, 200.00),
        (2026, 1_077, 400),
        (2026, 1_200, 400),
        (2026, 2_200, 408.91),
    ],
)
def test_least_qbi_deduction(year: int, profit: float, deduction: float) -> None:
    """From 2026 at least 400 where the income of the business, half of SE tax off, reaches 1,000."""
    assert tax(year, wages=80_000, self_employment_profit=profit)["qbi_deduction"] == dollars(deduction)


def test_qbi_deduction_is_a_fifth_of_the_income_without_gains_at_most() -> None:
    """Net 46,467.61 less 16,100 leaves 30,367.61 of ordinary income: 6,073.52, gains or not."""
    assert tax(self_employment_profit=50_000)["qbi_deduction"] == dollars(6_073.52)
    assert tax(self_employment_profit=50_000, long_term_gain=9_000)["qbi_deduction"] == dollars(6_073.52)


def test_nobody_in_the_top_bracket_is_in_the_qbi_range() -> None:
    """So the QBI deduction and the limit on itemized deductions, each told by the other, cannot move each other."""
    for year in range(2023, 2060):
        law = mr.load_law(year)
        for status in STATUSES:
            assert law.bracket_edges[status][-1] > law.qbi_threshold[status] + law.qbi_range[status]


@pytest.mark.parametrize(
    ("household", "se_tax", "additional"),
    [
        ({"self_employment_profit": 433}, 0, 0),
        ({"self_employment_profit": 434}, 61.32, 0),
        ({"self_employment_profit": 100_000}, 14_129.55, 0),
        ({"wages": 184_500, "self_employment_profit": 100_000}, 2_678.15, 691.65),
        ({"wages": 174_500, "self_employment_profit": 100_000}, 3_918.15, 601.65),
        ({"wages": 200_000}, 0, 0),
        ({"wages": 200_001}, 0, 0.009),
        ({"wages": 150_000, "conversion": 900_000}, 0, 0),
        ({"filing_status": "mfj", "wages": 150_000, "spouse_wages": 100_001}, 0, 0.009),
        ({"filing_status": "mfs", "wages": 125_001}, 0, 0.009),
        ({"filing_status": "qss", "wages": 200_001}, 0, 0.009),
    ],
)
def test_payroll_taxes_stand_apart(household: dict, se_tax: float, additional: float) -> None:
    """SE tax up to the wage base that wages leave; 0.9% on wages and earnings together; neither is in the total."""
    found = tax(**household)

    assert found["se_tax"] == dollars(se_tax)
    assert found["additional_medicare_tax"] == pytest.approx(additional, abs=1e-4)
    assert found["half_se_tax"] == dollars(se_tax / 2)
    assert found["total"] == found["tax_after_credits"] + found["niit"]


# --- minimum tax ---


def test_minimum_tax_without_an_exemption() -> None:
    """1,000,000 of gains in 2026: 20% of the standard deduction that it does not know, 3,220."""
    found = tax(long_term_gain=1_000_000)

    assert found["tax_on_gains"] == dollars(162_087.50)
    assert found["amt"] == dollars(3_220)


@pytest.mark.parametrize(
    ("year", "gain", "amt", "of_100_more"),
    [(2026, 500_000, 2_404, 13), (2026, 900_000, 12_830, 0), (2025, 800_000, 7_432.25, 6.50)],
)
def test_fading_of_the_exemption(year: int, gain: float, amt: float, of_100_more: float) -> None:
    """Each dollar takes 50 cents of exemption from 2026, 25 before, and those bear 26%; not once it is gone."""
    home = {"wages": 100_000}

    assert tax(year, **home, long_term_gain=gain)["amt"] == dollars(amt)
    more = tax(year, **home, long_term_gain=gain + 100)["amt"] - tax(year, **home, long_term_gain=gain)["amt"]
    assert more == dollars(of_100_more)


@pytest.mark.parametrize(
    ("year", "agi", "income"),
    [
        (2026, 640_200, 640_200),
        (2026, 640_202, 640_203),
        (2026, 780_400, 850_500),
        (2026, 780_402, 850_502),
        (2025, 900_350, 900_350),
        (2025, 900_354, 900_355),
        (2025, 1_174_350, 1_242_850),
        (2024, 1_142_550, 1_209_200),
    ],
)
def test_separate_filers_lose_the_exemption_twice(year: int, agi: float, income: float) -> None:
    """Past the income where it is gone, AMT income grows by half (a quarter before 2026) of the rest, up to it."""
    assert tax(year, "mfs", wages=agi)["amt_income"] == dollars(income)


def test_what_the_minimum_tax_does_not_know() -> None:
    """Standard and senior deduction, taxes paid and the limit of section 68; the QBI deduction it does."""
    assert tax(age=70, wages=60_000)["amt_income"] == 60_000
    assert tax(wages=700_000, other_itemized=37_000, state_local_taxes=10_000)["amt_income"] == 663_000
    earner = tax(self_employment_profit=50_000)
    assert earner["amt_income"] == dollars(earner["agi"] - earner["qbi_deduction"])


def test_itemizing_below_the_standard_deduction() -> None:
    """15,000 of interest, 14,189.19 after its limit, is less than 16,100 and saves 3,804.46 of minimum tax."""
    home = {"wages": 100_000, "long_term_gain": 900_000}
    without, found = tax(**home), tax(**home, other_itemized=15_000)

    assert found["deduction"] == dollars(14_189.19)
    assert found["tax_before_credits"] == dollars(179_115.54)
    assert without["total"] - found["total"] == dollars(3_804.46)
    assert tax(**home, state_local_taxes=15_000)["deduction"] == 16_100
    assert tax(wages=100_000, other_itemized=15_000)["deduction"] == 16_100


# --- properties ---

tax_years = st.sampled_from(YEARS)
seeds = st.integers(0, 10_000)
INCOMES = (
    "wages", "spouse_wages", "taxable_interest", "tax_exempt_interest", "ordinary_dividends", "qualified_dividends",
    "long_term_gain", "conversion", "other_ordinary_income", "social_security", "self_employment_profit",
)  # fmt: skip


@given(year=tax_years, seed=seeds)
@settings(max_examples=25, deadline=None)
def test_columns_add_up(year: int, seed: int) -> None:
    """From income to total every line follows from those above it."""
    home = random_households(50, seed)
    found = mr.federal_tax(year, home)

    incomes = home[[name for name in INCOMES if name not in ("tax_exempt_interest", "social_security")]].sum(
        axis=1
    )
    taxable = found["agi"] - found["deduction"] - found["senior_deduction"] - found["qbi_deduction"]
    taxes = found[["tax_on_ordinary", "tax_on_gains", "amt"]]
    lines = {
        "agi": incomes - found["half_se_tax"] + found["taxable_social_security"],
        "taxable_income": taxable.clip(lower=0.0),
        "tax_before_credits": taxes.sum(axis=1),
        "tax_after_credits": found["tax_before_credits"] - found["credits"],
        "total": found["tax_after_credits"] + found["niit"],
    }
    for name, expected in lines.items():
        np.testing.assert_allclose(found[name], expected, atol=1e-6)
    assert list(found) == list(COLUMNS)
    assert (found.drop(columns="amt_income").min() >= 0).all()  # that one has no floor
    assert (found["taxable_social_security"] <= 0.85 * home["social_security"] + 1e-6).all()


@given(year=tax_years, seed=seeds)
@settings(max_examples=10, deadline=None)
def test_a_table_gives_what_each_row_gives_alone(year: int, seed: int) -> None:
    """In every status, whether the row stands among others or its numbers come one by one."""
    home = random_households(30, seed)
    law = mr.load_law(year)
    found = mr.federal_tax(year, home)

    alone = pd.concat([mr.federal_tax(year, home.iloc[[row]]) for row in range(len(home))])
    pd.testing.assert_frame_equal(found, alone, rtol=0, atol=1e-9)
    for row, facts in enumerate(home.to_dict("records")):
        status = STATUS_CODE[facts.pop("filing_status")]
        columns = federal_columns(law, {"status": status, **facts})
        assert [float(columns[name]) for name in COLUMNS] == pytest.approx(list(found.iloc[row]), abs=1e-9)


def _rises(home: pd.Series, income: str, first: float, step: float) -> pd.DataFrame:
    """The household many times over, with more and more of one income."""
    return pd.DataFrame([home] * 400).assign(**{income: first + step * np.arange(400)})


@given(
    year=tax_years,
    seed=seeds,
    income=st.sampled_from(INCOMES[:-1]),
    step=st.sampled_from([1.0, 97.0, 2_503.0]),
)
@settings(max_examples=60, deadline=None)
def test_tax_never_falls_as_income_rises(year: int, seed: int, income: str, step: float) -> None:
    """Whatever kind of income it is that rises; self-employment profit has two exceptions of its own."""
    home = random_households(1, seed).iloc[0]

    found = mr.federal_tax(year, _rises(home, income, home[income], step))

    assert found["total"].diff().min() >= -1e-6


@given(year=tax_years, seed=seeds, step=st.sampled_from([1.0, 97.0, 2_503.0]), small=st.booleans())
@settings(max_examples=60, deadline=None)
def test_tax_falls_with_profit_only_where_a_deduction_starts(
    year: int, seed: int, step: float, small: bool
) -> None:
    """
    Two steps down, both of the statute: at net earnings of 400 half of the SE tax starts to come off (1402(b)(2),
    164(f)), and from 2026 at 1,000 of business income the least QBI deduction is given (199A(i)).
    """
    home = random_households(1, seed).iloc[0]
    table = _rises(home, "self_employment_profit", 0.0 if small else home["self_employment_profit"], step)

    found = mr.federal_tax(year, table)

    falls = found["total"].diff() < -1e-6
    starts_paying = (found["se_tax"] > 0) & (found["se_tax"].shift() == 0)
    business = table["self_employment_profit"] - found["half_se_tax"]
    least = mr.load_law(year).qbi_minimum_income or np.inf
    counts = found["qbi_deduction"].diff() > 0.2 * business.diff() + 1e-6
    assert not (falls & ~starts_paying & ~(counts & (business >= least))).any()


def test_the_two_steps_down_are_real() -> None:
    """At 37%: 434 of profit pay less income tax than 433, and 1,077 less than 1,076."""
    earner = {"other_ordinary_income": 900_000}
    first, second = (
        [tax(**earner, self_employment_profit=profit)["total"] for profit in pair]
        for pair in ((433, 434), (1_076, 1_077))
    )

    assert first[1] < first[0]
    assert second[1] < second[0]


@given(year=tax_years, seed=seeds)
@settings(max_examples=25, deadline=None)
def test_no_taxpayer_is_better_off_without_deductions(year: int, seed: int) -> None:
    """The deduction used leaves no more tax than the standard one would."""
    home = random_households(50, seed).assign(self_employment_profit=0.0, specified_service=0)

    found = mr.federal_tax(year, home)
    standard = mr.federal_tax(year, home.assign(state_local_taxes=0.0, other_itemized=0.0))

    assert (found["total"] <= standard["total"] + 1e-6).all()


@pytest.mark.parametrize("year", [2027, 2030, 2045, 2100])
def test_projected_years(year: int) -> None:
    """Brackets grow, so the same pay bears less; the thresholds of the NIIT and of Social Security stay."""
    pay = pd.DataFrame(
        {"filing_status": STATUSES, "age": 45, "wages": 400_000.0, "taxable_interest": 20_000.0}
    )
    pay = pay.assign(social_security=30_000.0)
    now, then = mr.federal_tax(2026, pay), mr.federal_tax(year, pay)

    assert mr.load_law(year).projected
    assert (then["tax_on_ordinary"] < now["tax_on_ordinary"]).all()
    assert then[["agi", "niit"]].equals(now[["agi", "niit"]])
    assert np.isfinite(mr.federal_tax(year, random_households(200, seed=1))).all(axis=None)


# --- bad tables ---

GOOD = pd.DataFrame(
    {"filing_status": ["single", "mfj"], "age": [40, 50], "wages": [50_000.0, 90_000.0], "children": [0, 2]},
    index=["first", "second"],
)


def refused(table: object, year: object = 2026) -> mr.InputError:
    with pytest.raises(mr.InputError) as caught:
        mr.federal_tax(year, table)
    return caught.value


@pytest.mark.parametrize("column", ["filing_status", "age", "wages"])
def test_a_missing_column_is_named(column: str) -> None:
    """Also in an empty table."""
    for table in (GOOD, GOOD.iloc[:0]):
        error = refused(table.drop(columns=column))
        assert (error.field, error.rule) == (column, "missing")
        assert str(error) == f"Column {column} is missing."


def test_an_unknown_column_is_named_with_its_neighbours() -> None:
    """A misspelt one, an extra one, and one without a name."""
    misspelt = refused(GOOD.rename(columns={"children": "childern"}))
    assert (
        str(misspelt)
        == "There is no column called childern; did you mean one of: children, conversion, social_security?"
    )
    assert "childern" in str(refused(GOOD.assign(childern=0)))
    assert refused(GOOD.assign(income=1.0)).field == "income"
    assert refused(pd.concat([GOOD, pd.Series([1, 2], index=GOOD.index, name=0)], axis=1)).rule == "unknown"


def test_a_column_twice_is_named() -> None:
    """Neither of the two is taken."""
    error = refused(pd.concat([GOOD, GOOD[["wages"]]], axis=1))

    assert (error.field, error.rule) == ("wages", "twice")


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("wages", -1.0, "negative"),
        ("wages", np.nan, "finite"),
        ("wages", np.inf, "finite"),
        ("wages", -np.inf, "finite"),
        ("wages", None, "finite"),
        ("wages", pd.NA, "finite"),
        ("wages", "90000", "number"),
        ("wages", "much", "number"),
        ("wages", [1, 2], "number"),
        ("wages", 1j, "number"),
        ("wages", True, "number"),
        ("wages", dt.date(2026, 1, 1), "number"),
        ("wages", 10**400, "number"),
        ("age", 121, "number"),
        ("age", -1, "negative"),
        ("children", 1.5, "whole"),
        ("specified_service", 2, "yes_or_no"),
        ("specified_service", 0.5, "yes_or_no"),
        ("long_term_gain", -3_000.0, "negative"),
        ("filing_status", "married", "choice"),
        ("filing_status", "MFJ", "choice"),
        ("filing_status", None, "choice"),
        ("filing_status", 1, "choice"),
        ("filing_status", ["mfj"], "choice"),
    ],
)
def test_a_bad_cell_is_named(column: str, cell: object, rule: str) -> None:
    """Column, row and value stand in the sentence."""
    values = pd.Series([0, cell], index=GOOD.index, dtype=object)
    if column == "filing_status":
        values.iloc[0] = "single"

    error = refused(GOOD.assign(**{column: values}))

    assert (error.field, error.rule) == (column, rule)
    assert f"Column {column}, row second" in str(error)


@pytest.mark.parametrize("dtype", ["int32", "float32", "Int64", "Float64", "object", "category"])
def test_other_types_of_numbers_are_numbers(dtype: str) -> None:
    """A nullable, boxed or categorical column gives the same tax."""
    table = GOOD.assign(
        wages=GOOD["wages"].astype(dtype), filing_status=GOOD["filing_status"].astype("category")
    )

    pd.testing.assert_frame_equal(mr.federal_tax(2026, table), mr.federal_tax(2026, GOOD))


def test_an_empty_cell_of_a_nullable_column_is_named() -> None:
    """It does not become 0."""
    wages = pd.Series([50_000, None], index=GOOD.index, dtype="Int64")

    assert "row second" in str(refused(GOOD.assign(wages=wages)))


def test_truth_values_may_say_specified_service() -> None:
    """As 0 and 1 do."""
    table = GOOD.assign(self_employment_profit=300_000.0)

    said = mr.federal_tax(2026, table.assign(specified_service=[True, False]))

    pd.testing.assert_frame_equal(said, mr.federal_tax(2026, table.assign(specified_service=[1, 0])))


def test_the_index_is_kept() -> None:
    """Whatever it is, also with a label twice; an empty table gives an empty table."""
    twice = pd.concat([GOOD, GOOD])
    two_levels = GOOD.set_index(pd.MultiIndex.from_tuples([("a", 1), ("b", 2)]))

    for table in (GOOD, twice, two_levels, GOOD.iloc[:0]):
        found = mr.federal_tax(2026, table)
        assert found.index.equals(table.index)
        assert list(found) == list(COLUMNS)


def test_the_table_given_is_not_changed() -> None:
    """Nor does an absent column differ from one of zeros."""
    before = GOOD.copy()
    zeros = GOOD.assign(**dict.fromkeys(set(OPTIONAL) - {"children"}, 0))

    pd.testing.assert_frame_equal(mr.federal_tax(2026, zeros), mr.federal_tax(2026, GOOD))
    pd.testing.assert_frame_equal(before, GOOD)


@pytest.mark.parametrize("table", [None, {"wages": [1]}, [GOOD], "table", GOOD["wages"]])
def test_only_a_table_is_taken(table: object) -> None:
    """Anything else is an InputError, too."""
    assert refused(table).field == "households"


@pytest.mark.parametrize("year", [2018, 2019, 2020, 2021, 2022])
def test_years_without_tax_tables_are_refused(year: int) -> None:
    """With the first year that has them, given as a number or as a law."""
    sentence = f"There are no tax tables for {year}; choose 2023 or later."

    assert str(refused(GOOD, year)) == sentence
    assert str(refused(GOOD, mr.load_law(year))) == sentence


@pytest.mark.parametrize("year", ["2026", 2026.5, None, 1999, True])
def test_a_year_that_is_none_is_refused(year: object) -> None:
    """Text, a fraction, nothing, a year before the law we hold."""
    assert refused(GOOD, year).field == "year"
