"""State tax: every rule that law.md names at its edges, the data files, what is carried forward, an advisor's rates."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.data import data_path
from megaroth.facts.law import STATUS_CODE
from megaroth.facts.state_law import STATES, load_state_law
from megaroth.rules import state_rules
from megaroth.rules.income_tax import federal_columns
from megaroth.rules.state_return import Return
from megaroth.rules.state_tax import ABSENT, STATE_COLUMNS, state_columns, state_sentences
from megaroth.show.language import language

NO_TAX = ("AK", "FL", "NV", "NH", "SD", "TN", "TX", "WA", "WY")
STEPS = (
    state_rules.EXCLUSIONS, state_rules.CUTS, state_rules.DEDUCTIONS, state_rules.SCHEDULES, state_rules.ADDITIONS,
    state_rules.CREDITS, state_rules.ZERO_TAX,
)  # fmt: skip


def tax(state: str, year: int = 2025, **facts: object) -> float:
    """The state's tax of one household: single, 45, no wages unless told."""
    row = {"filing_status": "single", "age": 45, "wages": 0.0, "state": state} | facts
    return float(mr.state_tax(year, pd.DataFrame([row]))["state_tax"].iloc[0])


def cost(state: str, conversion: float, year: int = 2025, **facts: object) -> float:
    """What a conversion costs: the tax with it less the tax without it."""
    return tax(state, year, **facts, conversion=conversion) - tax(state, year, **facts)


# States by name


@pytest.mark.parametrize("state", NO_TAX)
def test_states_without_the_tax(state: str) -> None:
    """A state without the tax takes 0 and says so."""
    row = pd.DataFrame(
        [{"filing_status": "mfj", "age": 45, "wages": 900_000, "conversion": 500_000, "state": state}]
    )

    answer = mr.state_tax(2026, row).iloc[0]

    assert tuple(answer) == (0.0, "none", "no income tax")


def test_new_york_by_hand() -> None:
    """
    New York 2025 from the statute's text, Tax Law 601(c), (d-4): single, 45, wages 130,000, conversion 32,650.

    New York AGI 162,650, taxable 162,650 - 8,000 = 154,650. Schedule: 340 on 8,500; + 3,200 x 4.5% = 144; + 2,200 x
    5.25% = 115.50; + 66,750 x 5.5% = 3,671.25; + 74,000 x 6% = 4,440; together 8,710.75. The 6% bracket holds taxable
    income; its benefit is 80,650 x 6% - 4,270.75 = 568.25, on the form 568, and AGI is more than 50,000 over 107,650, so
    all of it comes back: 9,278.75. Without the conversion: taxable 122,000, schedule 4,270.75 + 41,350 x 6% = 6,751.75,
    recapture 568 x 22,350 / 50,000 = 253.896: 7,005.646. Difference 2,273.104.
    """
    assert cost("NY", 32_650, wages=130_000) == pytest.approx(2_273.104, abs=1e-6)


@pytest.mark.parametrize(
    ("agi", "expected"),
    [
        (107_650, 5_410.75),  # no recapture up to the line
        (132_650, 6_910.75 + 568 / 2),
        (157_650, 8_410.75 + 568),
        (223_400, 12_355.75 + 568),  # taxable income ends on the edge of the 6% bracket
        (223_401, 12_355.75 + 0.0685 + 568 + 1_831 * 8_001 / 50_000),  # a step of 293 at once
        (265_400, 12_355.75 + 42_000 * 0.0685 + 568 + 1_831),
        (25_000_001, 24_992_001 * 0.109),  # the top rate on everything
    ],
)
def test_new_york_recapture(agi: float, expected: float) -> None:
    """The lower brackets' benefit comes back over 50,000 of AGI, from 107,650 and from each edge."""
    assert tax("NY", wages=agi) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("age", "conversion_from", "excluded"),
    [(59, "ira", 0), (60, "ira", 20_000), (60, "plan", 0), (75, "plan", 0)],
)
def test_new_york_exclusion_is_for_ira_money(age: int, conversion_from: str, excluded: float) -> None:
    """20,000 from 59 1/2 (60 in whole years) for an IRA conversion; a plan's in one sum has none."""
    facts = {"wages": 30_000, "age": age}

    found = cost("NY", 30_000, **facts, conversion_from=conversion_from)

    assert found == pytest.approx((30_000 - excluded) * 0.055)


@pytest.mark.parametrize(
    ("status", "income", "excluded"),
    [
        ("single", 100_000, 40_000),
        ("single", 100_001, 0.375 * 40_001),
        ("single", 125_000, 0.375 * 65_000),
        ("single", 125_001, 0.1875 * 65_001),
        ("single", 150_000, 0.1875 * 90_000),
        ("single", 150_001, 0),
        ("hoh", 125_001, 0.1875 * 65_001),
        ("qss", 125_001, 0.1875 * 65_001),
        ("mfj", 100_000, 40_000),
        ("mfj", 100_001, 0.5 * 40_001),
        ("mfj", 125_001, 0.25 * 65_001),
        ("mfj", 150_001, 0),
        ("mfs", 100_001, 0.25 * 40_001),
        ("mfs", 125_001, 0.125 * 65_001),
    ],
)
def test_new_jersey_exclusion_falls_in_cliffs(status: str, income: float, excluded: float) -> None:
    """At 62 the excluded share of the conversion falls where total income passes 100,000, 125,000 and 150,000."""
    facts = {"filing_status": status, "age": 62, "spouse_age": 50, "wages": 60_000}

    found = columns("NJ", 2026, **facts, conversion=income - 60_000)

    assert found["excluded"] == pytest.approx(excluded)


def test_new_jersey_by_hand() -> None:
    """
    One dollar over 100,000 of total income, single, 62: 280 + 262.50 + 175 + 19,000 x 5.525% = 1,767.25 on 59,000 with
    all 40,000 excluded; 2,651.25 + 9,000.625 x 6.37% = 3,224.59 on 84,000.625 with 15,000.375 excluded.
    """
    facts = {"age": 62, "wages": 60_000}

    assert tax("NJ", 2026, **facts, conversion=40_000) == pytest.approx(1_767.25)
    assert tax("NJ", 2026, **facts, conversion=40_001) == pytest.approx(2_651.25 + 9_000.625 * 0.0637)


def test_new_jersey_exclusion_from_62_with_a_cap_and_for_the_retired() -> None:
    """Nothing at 61; at most the cap; and with earnings of 3,000 at most other income fills what is left."""
    retired = {"age": 62, "taxable_interest": 90_000}

    assert columns("NJ", age=61, conversion=20_000)["excluded"] == 0
    assert columns("NJ", age=62, conversion=90_000)["excluded"] == 75_000
    assert columns("NJ", **retired, conversion=5_000)["excluded"] == 75_000
    assert columns("NJ", **retired, wages=3_000, conversion=5_000)["excluded"] == 75_000
    assert columns("NJ", **retired, wages=3_001, conversion=5_000)["excluded"] == 5_000


def test_new_jersey_basis_of_its_own() -> None:
    """What New Jersey alone has taxed already is not taxed again, nor counted towards the cliffs."""
    facts = {"age": 62, "wages": 60_000}

    taxed_already = tax("NJ", **facts, conversion=50_000, state_nontaxable=10_000)

    assert taxed_already == pytest.approx(tax("NJ", **facts, conversion=40_000))


@pytest.mark.parametrize(("status", "line", "exemptions"), [("single", 250_000, 1), ("mfj", 500_000, 2)])
def test_illinois_exempts_the_conversion_but_not_the_exemption(
    status: str, line: float, exemptions: int
) -> None:
    """The conversion costs nothing until it takes AGI over the line: then 4.95% of 2,850 each, 1,000 more at 65."""
    facts = {"filing_status": status, "wages": line - 50_000, "spouse_age": 45}

    assert cost("IL", 50_000, **facts) == 0
    assert cost("IL", 50_001, **facts) == pytest.approx(exemptions * 2_850 * 0.0495)
    aged = facts | {"age": 65, "spouse_age": 66}
    assert cost("IL", 50_001, **aged) == pytest.approx(exemptions * 3_850 * 0.0495)


def test_california_top_rate_and_credits() -> None:
    """13.3% over 1,000,000, and 6 of the exemption credit for each started 2,500 over the line, 12 for a couple."""
    couple = {"filing_status": "mfj", "spouse_age": 45, "wages": 504_411}

    assert cost("CA", 1_000, wages=2_000_000) == pytest.approx(133)
    assert cost("CA", 2_500, wages=252_203) == pytest.approx(2_500 * 0.093 + 6)
    assert cost("CA", 2_501, wages=252_203) == pytest.approx(2_501 * 0.093 + 12)
    assert cost("CA", 2_500, **couple) == pytest.approx(2_500 * 0.093 + 12)
    assert cost("CA", 2_500, **couple | {"age": 65}) == pytest.approx(2_500 * 0.093 + 18)


def test_massachusetts_surtax_line() -> None:
    """5% up to 1,083,150 of taxable income (2025), 9% over it, the same line for a couple."""
    on_the_line = 1_083_150 + 4_400 + 2_000

    assert cost("MA", 1_000, wages=on_the_line - 1_000) == pytest.approx(50)
    assert cost("MA", 1_000, wages=on_the_line) == pytest.approx(90)
    assert cost("MA", 1_000, wages=on_the_line + 4_400, filing_status="mfj") == pytest.approx(90)


@pytest.mark.parametrize(
    ("wages", "rate"),
    [(40_000, 0.0575), (49_000, 0.0575), (50_000, 0.115), (61_000, 0.115), (62_000, 0.0575)],
)
def test_virginia_age_deduction(wages: float, rate: float) -> None:
    """At 65 each dollar of AGI from 50,000 to 62,000 takes a dollar of the deduction with it: 11.5%."""
    assert cost("VA", 1_000, wages=wages, age=66) == pytest.approx(1_000 * rate)


def test_alabama_deducts_the_federal_tax_by_hand() -> None:
    """
    Alabama 2025, single, wages 90,000, conversion 10,000. Federal tax on 84,250 and 74,250: 13,449 and 11,249. Taxable
    100,000 - 2,500 - 1,500 - 13,449 = 82,551 and 74,751; tax 110 + 5% over 3,000: 4,087.55 and 3,697.55: 390.
    """
    assert cost("AL", 10_000, wages=90_000) == pytest.approx(390)


def test_pennsylvania_and_others_leave_it_free() -> None:
    """Pennsylvania and Mississippi at any age, Iowa from 55: the conversion costs nothing, Social Security or not."""
    facts = {"wages": 40_000, "social_security": 30_000}

    assert cost("PA", 50_000, **facts) == 0
    assert cost("MS", 50_000, **facts) == 0
    assert cost("IA", 50_000, **facts, age=55) == 0
    assert cost("IA", 50_000, wages=40_000, age=54) == pytest.approx(50_000 * 0.038)


@pytest.mark.parametrize(
    ("state", "year", "status", "age", "agi", "step", "rate"),
    [
        ("AL", 2025, "single", 45, 25_999, 25 * 0.05, 0.05 * 0.9),  # only whole steps of 500 count
        ("AR", 2026, "single", 45, 2_570 + 95_000, 10, 0.037),  # each 100 costs 10 more
        ("CO", 2025, "single", 45, 299_999, (15_750 - 12_000) * 0.044, 0.044),
        ("CO", 2026, "mfj", 45, 299_999, (32_200 - 2_000) * 0.044, 0.044),
        ("CT", 2025, "single", 45, 105_000, 25, 0.06),
        ("CT", 2025, "single", 45, 500_000, 50, 0.0699),
        ("MD", 2025, "single", 45, 100_000, 1_600 * 0.0475, 0.0475),
        ("MD", 2025, "single", 66, 99_999, 1_000, 0.0475),
        ("MO", 2025, "single", 45, 124_999, 19_066.76 * 0.05 * 0.047, 0.047),
        ("NM", 2025, "single", 45, 36_667, 0, 0.043),
        ("OH", 2025, "single", 45, 749_999, 1_900 * 0.03125, 0.03125),
        ("OH", 2025, "single", 45, 101_900, 18.695, 0.03125),
        ("OR", 2025, "single", 45, 124_999, 1_700 * 0.0875, 0.0875),
        ("OR", 2025, "single", 45, 100_000, 256, 0.0875),
        ("RI", 2025, "single", 45, 254_250, 0.2 * 16_000 * 0.0599, 0.0599),
        ("WI", 2025, "single", 45, 300_000, 0, 0.053),
    ],
)
def test_steps_of_other_states(
    state: str, year: int, status: str, age: int, agi: float, step: float, rate: float
) -> None:
    """The dollar that reaches a line costs the step besides its rate."""
    found = cost(state, 1.0, year, filing_status=status, age=age, wages=agi, conversion_from="ira")

    assert found == pytest.approx(step + rate, abs=0.006)


@pytest.mark.parametrize(
    ("state", "year", "wages", "rate"),
    [
        ("ME", 2025, 120_000, 0.0715 * (1 + 15_000 / 75_000)),
        ("MN", 2025, 250_000, 0.0985 * 1.03),
        ("NM", 2025, 25_000, 0.032 * 1.15),
        ("UT", 2025, 50_000, 0.045 + 0.013),
        ("WI", 2025, 40_000, 0.044 * 1.12),
        ("SC", 2026, 60_000, 0.0521 * 15_000 / 55_000),  # the conversion itself fits into the 3,000
    ],
)
def test_slopes_of_other_states(state: str, year: int, wages: float, rate: float) -> None:
    """Inside a phase-out a conversion bears the bracket's rate and the share that it takes away."""
    assert cost(state, 550.0, year, wages=wages) == pytest.approx(550 * rate, abs=0.5)


def test_an_exclusion_counts_once_for_the_owner() -> None:
    """The owner's age decides, be it the spouse, and a couple has no second room for one person's conversion."""
    couple = {"filing_status": "mfj", "wages": 100_000}

    assert cost("KY", 40_000, **couple) == pytest.approx((40_000 - 31_110) * 0.04)
    older, younger = {"age": 61, "spouse_age": 50}, {"age": 50, "spouse_age": 61}
    assert cost("DE", 12_500, **couple, **older) == pytest.approx(0)
    assert cost("DE", 12_500, **couple, **older, spouse_converts=1) == pytest.approx(12_500 * 0.066)
    assert cost("DE", 12_500, **couple, **younger, spouse_converts=1) == pytest.approx(0)


def test_other_income_fills_the_same_room() -> None:
    """Delaware's 12,500 from 60 is worth to the conversion only what interest and dividends leave of it."""
    facts = {"wages": 100_000, "age": 60}

    assert cost("DE", 12_500, **facts) == 0
    assert cost("DE", 12_500, **facts, taxable_interest=8_000) == pytest.approx(8_000 * 0.066)
    assert cost("DE", 12_500, **facts, ordinary_dividends=12_500) == pytest.approx(12_500 * 0.066)


def test_arkansas_tells_plans_from_iras() -> None:
    """The 6,000 is for plan money at any age and for IRA money from 59 1/2."""
    assert columns("AR", age=45, conversion=9_000)["excluded"] == 6_000
    assert columns("AR", age=59, conversion=9_000, conversion_from_ira=1.0)["excluded"] == 0
    assert columns("AR", age=60, conversion=9_000, conversion_from_ira=1.0)["excluded"] == 6_000


def test_michigan_takes_the_larger_deduction() -> None:
    """From 67 the 20,000 less the exemption is there without a conversion, and gives way to a larger one."""
    assert columns("MI", age=66, wages=50_000)["excluded"] == 0
    assert columns("MI", age=67, wages=50_000)["excluded"] == 20_000 - 5_800
    assert columns("MI", age=67, wages=50_000, conversion=30_000)["excluded"] == 30_000
    assert columns("MI", age=58, wages=50_000, conversion=30_000)["excluded"] == 0


def test_hawaii_caps_the_rate_on_gains_by_hand() -> None:
    """
    Hawaii 2025, single, wages and gain 100,000 each. Taxable 200,000 - 4,400 - 1,144 = 194,456; without the gain 94,456,
    which bears 2,539.20 + 46,456 x 7.6% = 6,069.856; the gain 7.25%. The schedule on all would be 13,946.32.
    """
    assert tax("HI", wages=100_000, long_term_gain=100_000) == pytest.approx(6_069.856 + 7_250)


def test_rooms_for_two_and_for_one() -> None:
    """Wisconsin: 24,000 at 67, 48,000 for a couple both 67. West Virginia: 8,000 only of a spouse's own income."""
    couple = {"filing_status": "mfj", "wages": 100_000, "conversion": 60_000}

    assert columns("WI", **couple, age=67, spouse_age=66)["excluded"] == 24_000
    assert columns("WI", **couple, age=67, spouse_age=67)["excluded"] == 48_000
    assert columns("WV", **couple, age=67, spouse_age=67)["deductions"] == 4_000 + 8_000
    assert columns("WV", **couple, age=67, spouse_age=67, spouse_wages=5_000)["deductions"] == 4_000 + 13_000


def test_south_carolina_counts_one_of_two_deductions() -> None:
    """At 65 the 10,000 for retirement income comes off the 15,000 for age, so the conversion gains nothing by it."""
    assert cost("SC", 10_000, wages=100_000, age=66) == pytest.approx(600)
    assert cost("SC", 10_000, wages=100_000, age=64) == pytest.approx(7_000 * 0.06)


@pytest.mark.parametrize(
    ("state", "year", "facts", "column", "expected"),
    [
        ("AL", 2025, {"wages": 25_700}, "deductions", 3_000 + 1_500 + 995),
        ("AR", 2025, {"age": 66, "wages": 60_000}, "credits", 3 * 29),
        (
            "AR",
            2025,
            {"age": 66, "wages": 60_000, "conversion": 1.0},
            "credits",
            2 * 29,
        ),  # its user loses one
        (
            "AZ",
            2025,
            {"age": 66, "wages": 60_000},
            "deductions",
            15_750 + 2_100 + 6_000,
        ),  # federal senior deduction
        ("CT", 2025, {"wages": 60_000}, "credits", 0.1 * (2_550 + 25)),
        ("MD", 2025, {"age": 66, "wages": 80_000}, "credits", 1_000),
        ("MD", 2025, {"filing_status": "mfj", "age": 66, "spouse_age": 64}, "credits", 1_000),
        ("MD", 2025, {"filing_status": "mfj", "age": 66, "spouse_age": 65}, "credits", 1_750),
        ("MN", 2025, {"wages": 1_000_000}, "deductions", 14_950 * 0.2),  # at most 80% is cut
        ("MN", 2025, {"age": 66, "wages": 240_000}, "deductions", 16_950 - 0.03 * 1_050),
        ("SC", 2026, {"wages": 40_100}, "deductions", 15_000 - 20),  # 27.27 rounded down to 10
        (
            "WI",
            2025,
            {"filing_status": "hoh", "wages": 57_220},
            "deductions",
            17_520 - 37_660 * 0.22515 - 1.2 + 700,
        ),
    ],
)
def test_deductions_and_credits_by_hand(
    state: str, year: int, facts: dict, column: str, expected: float
) -> None:
    """Figures that a return shows before the tax."""
    assert columns(state, year, **facts)[column] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("state", "kind", "agi", "expected"),
    [
        ("MN", "amt", 200_000, 0.0675 * (200_000 - (71_540 - 0.25 * 87_500))),
        ("MN", "amt", 500_000, 0.0675 * 500_000),
        ("VT", "minimum_tax", 150_000, 0),
        ("VT", "minimum_tax", 150_001, 0.03 * 150_001),
    ],
)
def test_taxes_that_only_a_small_regular_tax_lets_bind(
    state: str, kind: str, agi: float, expected: float
) -> None:
    """The second reckoning of the tax, before what the schedule has taken already is set against it."""
    law, state_law = mr.load_law(2025), load_state_law(state, 2025)
    home = ABSENT | {"age": 45, "wages": agi, "status": STATUS_CODE["single"]}
    form = Return(state_law, law, home, federal_columns(law, home))
    rule = next(rule for rule in state_law.rules if rule["kind"] == kind)

    untaxed = state_rules.ADDITIONS[kind](rule, form)
    form.tax = 1_000_000.0

    assert untaxed == pytest.approx(expected)
    assert state_rules.ADDITIONS[kind](rule, form) == 0


def test_no_tax_on_small_incomes() -> None:
    """New Jersey up to 10,000 of gross income, Ohio up to 26,050 of taxable income; a dollar more bears it all."""
    assert tax("NJ", wages=10_000) == 0
    assert tax("NJ", wages=10_001) == pytest.approx(9_001 * 0.014)
    assert tax("OH", wages=26_050 + 2_400) == 0
    assert tax("OH", wages=26_051 + 2_400) == pytest.approx(26_050 * 0.013129 + 0.0275)


def test_social_security_is_not_income_where_the_state_leaves_it_free() -> None:
    """Virginia leaves benefits out, Colorado keeps the federally taxed part."""
    facts = {"wages": 80_000, "age": 60, "social_security": 20_000}

    assert tax("VA", **facts) == pytest.approx(tax("VA", wages=80_000, age=60))
    assert tax("CO", **facts) == pytest.approx(tax("CO", wages=97_000, age=60))


# Properties


def columns(state: str, year: int = 2025, **facts: object) -> dict:
    """The columns of one household as scalars."""
    law = mr.load_law(year)
    home = {"age": 45, "wages": 0.0, "status": STATUS_CODE[facts.pop("filing_status", "single")]} | facts
    return state_columns(load_state_law(state, year), law, home, federal_columns(law, home))


amounts = st.floats(0, 2_000_000, allow_nan=False).map(round)
small_amounts = st.floats(0, 300_000, allow_nan=False).map(round)
rows = st.fixed_dictionaries(
    {
        "filing_status": st.sampled_from(list(STATUS_CODE)),
        "age": st.integers(20, 90),
        "spouse_age": st.integers(20, 90),
        "wages": amounts,
        "spouse_wages": small_amounts,
        "taxable_interest": small_amounts,
        "qualified_dividends": small_amounts,
        "long_term_gain": small_amounts,
        "self_employment_profit": small_amounts,
        "social_security": st.integers(0, 60_000),
        "conversion": small_amounts,
        "spouse_converts": st.sampled_from([0, 1]),
        "conversion_from": st.sampled_from(["plan", "ira"]),
    }
)
tax_years = st.sampled_from([2023, 2024, 2025, 2026, 2033])


@settings(max_examples=40)
@given(year=tax_years, households=st.lists(st.tuples(rows, st.sampled_from(STATES)), min_size=1, max_size=6))
def test_a_table_equals_its_households_one_by_one(year: int, households: list[tuple[dict, str]]) -> None:
    """Any mixture of states and statuses gives each household what it gives alone, and never less than nothing."""
    together = mr.state_tax(year, pd.DataFrame([row | {"state": state} for row, state in households]))

    for (row, state), found in zip(households, together["state_tax"], strict=True):
        facts = {name: value for name, value in row.items() if name != "conversion_from"}
        from_ira = float(row["conversion_from"] == "ira")
        alone = columns(state, year, **facts, conversion_from_ira=from_ira)["state_tax"]
        assert found == pytest.approx(float(alone), rel=1e-12, abs=1e-6)
        assert found >= 0


@pytest.mark.parametrize("year", [2024, 2026])
def test_every_state_takes_arrays_of_every_status(year: int) -> None:
    """In each state a column of households of all statuses equals the households one by one."""
    random = np.random.default_rng(year)
    size = 40
    facts = {
        "status": random.integers(0, len(STATUS_CODE), size),
        "age": random.integers(20, 90, size),
        "spouse_age": random.integers(20, 90, size),
        "wages": random.choice([0.0, 30_000.0, 97_000.0, 260_000.0, 1_200_000.0], size),
        "long_term_gain": random.choice([0.0, 50_000.0], size),
        "conversion": random.uniform(0, 200_000, size),
    }
    law = mr.load_law(year)
    for state in STATES:
        state_law = load_state_law(state, year)

        together = state_columns(state_law, law, facts, federal_columns(law, facts))

        for row in range(size):
            home = {name: column[row] for name, column in facts.items()}
            alone = state_columns(state_law, law, home, federal_columns(law, home))
            for name in STATE_COLUMNS:
                assert float(np.broadcast_to(together[name], size)[row]) == pytest.approx(float(alone[name]))


@settings(max_examples=20)
@given(state=st.sampled_from(STATES), year=tax_years, household=rows)
def test_an_array_of_conversions_equals_each_alone(state: str, year: int, household: dict) -> None:
    """One client with many amounts costs one call and answers as many calls would."""
    conversions = np.linspace(0, 200_000, 9)
    facts = {
        name: value for name, value in household.items() if name not in ("conversion", "conversion_from")
    }

    curve = columns(state, year, **facts, conversion=conversions)

    for name in STATE_COLUMNS:
        alone = [float(columns(state, year, **facts, conversion=each)[name]) for each in conversions]
        assert np.broadcast_to(curve[name], conversions.shape) == pytest.approx(alone, rel=1e-12, abs=1e-6)


# Years, status, overrides


@pytest.mark.parametrize(
    ("state", "year", "status"),
    [
        ("NJ", 2025, "confirmed"),
        ("NJ", 2026, "confirmed through 2025"),
        ("CA", 2026, "confirmed through 2025, partly projected"),
        ("PA", 2025, "second source"),
        ("OH", 2026, "estimate"),
        ("OH", 2031, "estimate, carried forward from 2026"),
        ("OH", 2023, "estimate, figures of 2025"),
        ("TX", 2031, "no income tax"),
        ("WA", 2027, "no income tax"),
        ("WA", 2028, "no income tax, announced tax not counted"),
    ],
)
def test_status_says_how_sure_the_figures_are(state: str, year: int, status: str) -> None:
    """Estimates, projected and carried-forward figures are named in every row."""
    row = pd.DataFrame([{"filing_status": "single", "age": 45, "wages": 1.0, "state": state}])

    assert mr.state_tax(year, row)["status"].iloc[0] == status


def test_sentences_in_both_languages() -> None:
    """The reader's sentences name state, year and what is projected, in English and in Chinese."""
    said = state_sentences(load_state_law("CA", 2030), local_rate=0.01)

    assert [str(each) for each in said] == [
        "CA: figures of 2026 are carried forward to 2030, not indexed.",
        "CA: two independent calculators agree through 2025; figures of 2026 have one source.",
        "CA: some figures of 2026 are not published but projected by a price index: "
        "brackets, limits of its rules, standard deduction.",
        "A flat local income tax of 1.0% is added.",
    ]
    for state, year in (("CA", 2030), ("NJ", 2025), ("PA", 2025), ("OH", 2023), ("WA", 2030), ("TX", 2026)):
        for each in state_sentences(load_state_law(state, year), state_rate=0.05 if state == "TX" else None):
            in_chinese = language("zh").say(each)
            assert state in in_chinese
            assert in_chinese != language("en").say(each)


def test_a_year_without_data_uses_the_nearest_one_unindexed() -> None:
    """2031 has the schedule of 2026, 2023 that of the first year in the file; neither is indexed."""
    assert (
        load_state_law("NY", 2031).brackets.over.tolist() == load_state_law("NY", 2026).brackets.over.tolist()
    )
    assert load_state_law("NY", 2023).data_year == 2024
    assert tax("OH", 2031, wages=100_000) == tax("OH", 2026, wages=100_000)
    assert tax("OH", 2023, wages=100_000) == tax("OH", 2025, wages=100_000)


def test_an_advisors_flat_rates() -> None:
    """state_rate replaces the state's rules on AGI; local_rate comes on top, on AGI there, else on taxable income."""
    facts = {"filing_status": "single", "age": 45, "wages": 100_000.0}
    given_rates = [
        ("NY", np.nan, 0.03),
        ("NY", 0.05, 0.03),
        ("NY", 0.05, np.nan),
        ("TX", np.nan, 0.01),
        ("NY", 0.0, 0.0),
    ]
    frame = pd.DataFrame([facts | {"state": s, "state_rate": r, "local_rate": c} for s, r, c in given_rates])

    answer = mr.state_tax(2025, frame)

    own = tax("NY", wages=100_000)
    assert answer["state_tax"].tolist() == pytest.approx([own + 92_000 * 0.03, 8_000, 5_000, 1_000, 0])
    assert answer["method"].tolist() == ["schedule", "flat", "flat", "flat", "flat"]
    assert answer["status"].tolist() == [
        "confirmed, local rate given",
        "flat rate given, local rate given",
        "flat rate given",
        "no income tax, local rate given",
        "flat rate given",
    ]


# Bad input


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("state", "XX", "choice"),
        ("state", "nj", "choice"),
        ("state", None, "choice"),
        ("filing_status", "married", "choice"),
        ("conversion_from", "roth", "choice"),
        ("wages", np.nan, "finite"),
        ("wages", -1.0, "negative"),
        ("wages", "much", "number"),
        ("state_rate", 1.01, "number"),
        ("state_rate", np.inf, "finite"),
        ("local_rate", -0.01, "negative"),
        ("state_nontaxable", 10_001.0, "at_most"),
        ("spouse_converts", np.nan, "finite"),
    ],
)
def test_a_bad_cell_is_named(column: str, cell: object, rule: str) -> None:
    """One wrong cell refuses the table with a sentence that names its column and row."""
    good = {
        "filing_status": "mfj", "age": 45, "wages": 1.0, "state": "NJ", "conversion": 10_000.0, "conversion_from": "ira",
        "state_rate": 0.05, "local_rate": 0.0, "state_nontaxable": 0.0, "spouse_converts": 0.0,
    }  # fmt: skip
    frame = pd.DataFrame([good, good], index=["first", "second"]).astype({column: object})
    frame.loc["second", column] = cell

    with pytest.raises(mr.InputError) as caught:
        mr.state_tax(2026, frame)

    assert (caught.value.field, caught.value.rule) == (column, rule)
    assert column in str(caught.value)
    assert "row second" in str(caught.value)


@pytest.mark.parametrize("column", ["stat", "states", "conversion_form", "agi"])
def test_a_column_that_is_not_known_is_refused(column: str) -> None:
    """A misspelt column is refused by name, a missing state too."""
    row = pd.DataFrame([{"filing_status": "mfj", "age": 45, "wages": 1.0}])

    with pytest.raises(mr.InputError, match=column):
        mr.state_tax(2026, row.assign(state="NJ", **{column: 1}))
    with pytest.raises(mr.InputError) as caught:
        mr.state_tax(2026, row)
    assert (caught.value.field, caught.value.rule) == ("state", "missing")


# The files


def tables(value: object) -> list[dict]:
    """Every table inside a file."""
    if isinstance(value, dict) and isinstance(value.get("over"), list):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [table for each in inside for table in tables(each)]


@pytest.mark.parametrize("state", STATES)
def test_files_are_well_formed(state: str) -> None:
    """Every figure has a source with cite and date, every rule one function, every table rows that rise."""
    file = yaml.safe_load(data_path("law", "states", f"{state}.yaml").read_text(encoding="utf-8"))

    assert file["confirmation"] in ("two_calculators", "second_source", "one_source")
    assert file["conversion_income"] in ("taxed", "exempt", "none", "own_rules")
    assert all(entry["cite"] and isinstance(entry["checked"], dt.date) for entry in file["sources"].values())
    assert (file["tax_type"] == "none") == (state in NO_TAX) == ("years" not in file)
    for figures in file.get("years", {}).values():
        assert figures["source"] in file["sources"]
    for rule in file.get("rules", ()):
        assert rule["text"]
        assert rule["source"] in file["sources"]
        assert sum(rule["kind"] in step for step in STEPS) == 1
    for table in tables(file):
        lengths = {len(column) for column in table.values()}
        assert lengths == {len(table["over"])}
        assert table["over"] == sorted(set(table["over"]))


def test_every_state_has_a_file_and_every_kind_a_use() -> None:
    """Fifty states and DC, and no kind of rule that no state has."""
    files = {path.stem for path in data_path("law", "states").glob("*.yaml")}
    used = {
        rule["kind"]
        for state in STATES
        for year in (2025, 2026)
        for rule in load_state_law(state, year).rules
    }

    assert files == set(STATES)
    assert len(files) == 51
    assert used == {kind for step in STEPS for kind in step}
    assert len(used) == 22


@pytest.mark.parametrize("state", [state for state in STATES if state not in NO_TAX])
def test_every_source_can_be_asked_for(state: str) -> None:
    """A state's law says where brackets and rules come from."""
    law = load_state_law(state, 2026)

    for name in ("figures", *(rule["source"] for rule in law.rules)):
        assert law.source(name).checked == "2026-11-24"
