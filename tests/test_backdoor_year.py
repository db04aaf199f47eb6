"""A year's IRA money: pro rata over all IRAs of a person, the cure, the split rollover, the limits and both MAGIs."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.ira_money import BackdoorYear, backdoor_year, direct_roth, ira_contribution_limit
from tests.generators import CENT, SAMPLES, dollars

LIN = mr.Client.load("lin")


def year_of(client: mr.Client = LIN, year: int = 2026, **typed: float) -> BackdoorYear:
    """A year with some of the client's facts and some of the year's amounts changed."""
    facts = {
        name: typed.pop(name)
        for name in list(typed)
        if name in ("traditional_ira_value", "traditional_ira_basis")
    }
    return backdoor_year(client.with_(**facts), year, **typed)


def test_the_worked_form_and_its_cure() -> None:
    """7,500 beside 67,500: 0.1, 750, 6,750; with the 67,500 in the plan nothing is taxed, and no tax is added."""
    year = year_of(traditional_ira_value=67_500.0)

    assert (year.contribution, year.converted) == (7_500, 7_500)
    assert year.as_is.form.fraction == pytest.approx(0.1)
    assert year.as_is.form.nontaxable_conversion == pytest.approx(750)
    assert year.as_is.form.taxable_conversion == pytest.approx(6_750)
    assert year.as_is.taxable_share == pytest.approx(0.9)
    assert year.as_is.pre_tax == year.rolled_in == year.most_rolled_in == pytest.approx(67_500)
    assert year.cured.form.fraction == 1
    assert year.cured.form.taxable_conversion == 0
    assert year.cured.cost.total == 0
    assert year.as_is.cost.total == pytest.approx(mr.cost_of_income(LIN, 2026, 6_750, "ira").total, abs=CENT)


def test_a_part_rolled_in_cures_a_part() -> None:
    """Of 67,500 a plan takes 45,000: 22,500 stay, 7,500 / (22,500 + 7,500) = 0.25, so 5,625 is taxable."""
    year = year_of(traditional_ira_value=67_500.0, rolled_in=45_000)

    assert year.cured.form.lines["6"] == 22_500
    assert year.cured.form.fraction == pytest.approx(0.25)
    assert year.cured.form.taxable_conversion == pytest.approx(5_625)
    assert 0 < year.cured.cost.total < year.as_is.cost.total


def test_basis_cannot_go_into_a_plan() -> None:
    """
    30,000 in the IRAs, 6,000 of it basis from earlier years: at most 24,000 can go, and then nothing is taxed.

    As it is: (6,000 + 7,500) / (30,000 + 7,500) = 0.36, so 2,700 of 7,500 is nontaxable and 4,800 taxable.
    """
    facts = {"traditional_ira_value": 30_000.0, "traditional_ira_basis": 6_000.0}
    year = year_of(**facts)

    assert year.as_is.form.taxable_conversion == pytest.approx(4_800)
    assert year.most_rolled_in == year.rolled_in == pytest.approx(24_000)
    assert year.cured.form.lines["6"] == pytest.approx(6_000)
    assert year.cured.form.taxable_conversion == pytest.approx(0)
    with pytest.raises(mr.InputError) as caught:
        year_of(**facts, rolled_in=24_001)
    assert (caught.value.field, caught.value.rule) == ("rolled_in", "at_most")


def test_the_earnings_of_a_split_spoil_a_clean_backdoor() -> None:
    """
    No other IRA, 12,500 of earnings sent to one: 7,500 / (12,500 + 7,500) = 0.375.

    So 2,812.50 is nontaxable, 4,687.50 taxable, and 4,687.50 of basis is carried to later years.
    """
    year = year_of(split_earnings=12_500)

    assert year.as_is.form.taxable_conversion == 0
    assert year.spoiled.form.fraction == pytest.approx(0.375)
    assert year.spoiled.form.taxable_conversion == pytest.approx(4_687.50)
    assert year.spoiled.form.basis_carried_forward == pytest.approx(4_687.50)
    assert year.spoiled.cost.total == pytest.approx(
        mr.cost_of_income(LIN, 2026, 4_687.50, "ira").total, abs=CENT
    )
    assert year.earnings_taxed.total == pytest.approx(mr.cost_of_income(LIN, 2026, 12_500).total, abs=CENT)


def test_what_is_not_converted_stays_in_the_pool() -> None:
    """7,500 in, 5,000 converted, 10,000 elsewhere: line 6 is 12,500, 7,500 / 17,500 is three sevenths."""
    form = year_of(traditional_ira_value=10_000.0, converted=5_000).as_is.form

    assert form.lines["6"] == 12_500
    assert form.fraction == pytest.approx(3 / 7)
    assert form.taxable_conversion == pytest.approx(5_000 * 4 / 7)


def test_money_of_the_next_spring_is_not_converted_this_year() -> None:
    """2,500 of the contribution made after the year's end: 5,000 is converted, and 2,500 of basis is carried."""
    form = year_of(contributed_next_year=2_500).as_is.form

    assert (form.lines["8"], form.lines["6"], form.taxable_conversion) == (5_000, 0, 0)
    assert form.basis_carried_forward == 2_500


def test_distributions_count_and_are_income_beneath() -> None:
    """
    17,500 left, 200,000 taken out, 7,500 in and converted: 7,500 / 225,000 is a thirtieth, 7,250 of the conversion taxable.

    193,333.33 of the distribution is income before the conversion is priced, so that it meets a higher bracket.
    """
    year = year_of(traditional_ira_value=17_500.0, distributions=200_000)
    with_it = LIN.with_(other_ordinary_income=200_000 * 29 / 30)

    assert year.as_is.form.taxable_distribution == pytest.approx(200_000 * 29 / 30)
    assert year.as_is.form.taxable_conversion == pytest.approx(7_250)
    assert year.as_is.cost.total == pytest.approx(
        mr.cost_of_income(with_it, 2026, 7_250, "ira").total, abs=CENT
    )
    assert year.as_is.cost.total > mr.cost_of_income(LIN, 2026, 7_250, "ira").total + 500


def test_a_state_that_taxed_contributions_does_not_tax_them_again() -> None:
    """
    New Jersey basis 27,500 where the federal one is 0: of 7,500 converted 1,500 is nontaxable to the one,
    (27,500 + 7,500) / 37,500 x 7,500 = 7,000 to the other, so the state's tax is that of 500.
    """
    facts = {"traditional_ira_value": 30_000.0}
    plain = year_of(LIN, **facts).as_is
    states = year_of(LIN.with_(state_ira_basis=27_500.0), **facts).as_is

    assert plain.form.taxable_conversion == states.form.taxable_conversion == pytest.approx(6_000)
    assert states.cost.state == pytest.approx(mr.cost_of_income(LIN, 2026, 500, "ira").state, abs=CENT)
    assert states.cost.state < plain.cost.state
    assert states.cost.total - states.cost.state == pytest.approx(plain.cost.total - plain.cost.state)


def test_states_tell_an_ira_from_a_plan() -> None:
    """New York leaves out up to 20,000 of IRA money from 59 1/2; plan money in one sum gets nothing of that."""
    client = mr.Client.load("okafor").with_(state="NY")

    year = year_of(client, traditional_ira_value=67_500.0, contribution=7_500)

    assert year.as_is.cost.state == pytest.approx(
        mr.cost_of_income(client, 2026, 6_750, "ira").state, abs=CENT
    )
    assert year.as_is.cost.state < mr.cost_of_income(client, 2026, 6_750).state
    with pytest.raises(mr.InputError) as caught:
        mr.cost_of_income(client, 2026, 6_750, "sep")
    assert caught.value.field == "conversion_from"


def test_the_spouses_iras_stay_out() -> None:
    """The balances are the participant's: planning for the spouse changes ages, not the pool."""
    couple = LIN.with_(spouse_wages=100_000.0, participant="spouse", traditional_ira_value=67_500.0)

    assert backdoor_year(couple, 2026, contribution=7_500).as_is.form.taxable_conversion == pytest.approx(
        6_750
    )


@pytest.mark.parametrize(
    ("name", "changes", "year", "limit"),
    [
        ("lin", {}, 2026, 7_500),
        ("lin", {}, 2025, 7_000),
        ("okafor", {}, 2026, 8_600),
        ("okafor", {}, 2025, 8_000),
        ("moreau", {"birth_year": 1977}, 2026, 7_500),
        ("moreau", {"birth_year": 1976}, 2026, 8_600),
        ("lin", {"wages": 4_000.0, "elective_deferral": 0.0, "employer_contribution": 0.0}, 2026, 4_000),
        ("lin", {"wages": 0.0, "spouse_wages": 90_000.0, "elective_deferral": 0.0}, 2026, 7_500),
        ("reyes", {}, 2026, 7_500),
        # 30,000 less half of the self-employment tax, 2,119.43, less 24,500 of own deferral.
        ("reyes", {"self_employment_profit": 30_000.0, "employer_contribution": 0.0}, 2026, 3_380.57),
        ("reyes", {"self_employment_profit": 0.0, "elective_deferral": 0.0, "employer_contribution": 0.0}, 2026, 0),
    ],
)  # fmt: skip
def test_the_limit_by_age_year_and_pay(name: str, changes: dict, year: int, limit: float) -> None:
    """The published amounts, the catch-up from the year of age 50, and never more than the couple's pay."""
    client = mr.Client.load(name).with_(**changes)

    assert ira_contribution_limit(client, mr.load_law(year)) == pytest.approx(limit, abs=0.01)


def test_pay_for_an_ira_is_after_pre_tax_deferrals() -> None:
    """Of 30,000 of pay 24,500 deferred pre-tax leaves 5,500; deferred as Roth it leaves all."""
    client = mr.Client.load("moreau").with_(wages=30_000.0)

    assert ira_contribution_limit(client, mr.load_law(2026)) == 5_500
    assert ira_contribution_limit(client.with_(roth_deferral=24_500.0), mr.load_law(2026)) == 7_500


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"contribution": 7_500.01}, "contribution"),
        ({"contribution": -1.0}, "contribution"),
        ({"converted": float("nan")}, "converted"),
        ({"split_earnings": -1.0}, "split_earnings"),
        ({"rolled_in": 0.01}, "rolled_in"),
        ({"distributions": float("inf")}, "distributions"),
        ({"contributed_next_year": 7_501.0}, "contributed_next_year"),
    ],
)
def test_what_cannot_be_is_refused(typed: dict, field: str) -> None:
    """Too much, negative or no number: the field is named."""
    with pytest.raises(mr.InputError) as caught:
        year_of(**typed)

    assert caught.value.field == field


amounts = st.fixed_dictionaries(
    {"traditional_ira_value": dollars, "traditional_ira_basis": dollars, "split_earnings": dollars}
)


@given(amounts, st.sampled_from(sorted(SAMPLES)), st.floats(0, 1), st.floats(0, 1))
def test_the_pool_decides(facts: dict, name: str, part: float, share: float) -> None:
    """Rolling in never taxes more, earnings in the pool never less; all that can go in leaves nothing to tax."""
    client = mr.Client.load(name)
    contribution = part * ira_contribution_limit(client, mr.load_law(2026))
    whole = year_of(client, contribution=contribution, **facts)
    some = year_of(client, contribution=contribution, rolled_in=share * whole.most_rolled_in, **facts)
    taxed = [each.form.taxable_conversion for each in (whole.cured, some.cured, whole.as_is, whole.spoiled)]

    assert taxed == pytest.approx(sorted(taxed), abs=CENT)
    assert taxed[0] == pytest.approx(0, abs=CENT)
    for each in (whole.as_is, whole.cured, whole.spoiled):
        assert each.form.nontaxable_conversion + each.form.taxable_conversion == pytest.approx(
            contribution, abs=CENT
        )
        assert each.cost.total == 0 or each.form.taxable_conversion > 0


# ------------------------------------------------------------------ on paper


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        # 3,333.33 exactly; by hand 0.333, so 3,330 and 6,670.
        ({"prior_basis": 10_000, "converted": 10_000, "year_end_value": 20_000},
         {"10": 0.333, "11": 3_330, "13": 3_330, "14": 6_670, "17": 3_330, "18": 6_670}),
        # 6,998.50 is 6,999; 6,999 / 60,499 = 0.1157 -> 0.116; 6,999 x 0.116 = 811.88 -> 812.
        ({"contribution": 6_998.50, "converted": 6_998.50, "year_end_value": 53_500.49},
         {"1": 6_999, "6": 53_500, "8": 6_999, "9": 60_499, "10": 0.116, "11": 812, "14": 6_187, "18": 6_187}),
        # 5,000 / 7,500 = 0.667 rounded up would use 5,002.50: no more than line 5 holds.
        ({"prior_basis": 5_000, "converted": 7_500}, {"10": 0.667, "11": 5_000, "14": 0, "18": 2_500}),
        # 1,234 / 9,000 = 0.137; lines 11 and 12 each rounded: 3,000 x 0.137 = 411; 1,005 x 0.137 = 137.685 -> 138.
        ({"prior_basis": 1_234, "converted": 3_000, "distributions": 1_005, "year_end_value": 4_995},
         {"10": 0.137, "11": 411, "12": 138, "13": 549, "14": 685, "15": 867, "18": 2_589}),
    ],
)  # fmt: skip
def test_the_form_by_hand(typed: dict, lines: dict) -> None:
    """Whole dollars, half up, three decimals on line 10, and sums of what stands there."""
    paper = mr.form_8606(2026, **typed).on_paper

    assert {number: paper.lines[number] for number in lines} == pytest.approx(lines)


@given(
    st.fixed_dictionaries(
        dict.fromkeys(
            ("contribution", "prior_basis", "converted", "year_end_value", "distributions"), dollars
        )
    )
)
def test_paper_differs_by_its_rounding_only(typed: dict) -> None:
    """Whole dollars that add up; from the exact form by half a step of line 10, and a dollar or two."""
    form = mr.form_8606(2026, **typed)
    line = form.on_paper.lines

    assert all(amount == int(amount) for number, amount in line.items() if number != "10")
    assert line["3"] == line["1"] + line["2"]
    if "10" in line and "10" in form.lines:
        assert line["10"] == round(line["10"], 3)
        assert line["14"] + line["11"] + line["12"] == line["3"]
        assert line["18"] == line["8"] - line["11"] >= 0
        assert line["14"] >= 0
        step = Fraction(1, 2000) + Fraction(4, max(1, int(form.lines["9"])))
        assert abs(line["11"] - form.lines["11"]) <= float(step) * form.lines["8"] + 2


# ------------------------------------------------------------------ direct contribution


def test_both_readings_of_the_magi() -> None:
    """A single filer on 155,000 with 10,000 of in-plan rollover income: counted it shrinks the direct contribution."""
    client = mr.Client.load("moreau").with_(
        filing_status="single", wages=179_500.0, taxable_interest=0.0, qualified_dividends=0.0
    )
    counted, left_out = direct_roth(client, 2026, in_plan_income=10_000)

    assert (counted.in_plan_counts, left_out.in_plan_counts) == (True, False)
    assert (counted.magi, left_out.magi) == (165_000, 155_000)
    # 7,500 x 12,000 / 15,000 = 6,000; 7,500 x 2,000 / 15,000 = 1,000.
    assert (counted.limit, left_out.limit) == (1_500, 6_500)


def test_conversions_of_an_ira_never_count() -> None:
    """However much the backdoor is taxed, the direct contribution stays what it was."""
    before = direct_roth(LIN, 2026)

    assert direct_roth(LIN.with_(traditional_ira_value=500_000.0), 2026) == before
    assert before[0].magi == before[1].magi == pytest.approx(300_000 - 24_500 + 6_000 + 9_000 + 5_000)
    assert before[0].limit == 0


@pytest.mark.parametrize(
    ("changes", "limit"),
    [({"wages": 0.0}, 0), ({"wages": 3_000.0}, 3_000), ({"wages": 0.0, "spouse_wages": 2_000.0}, 2_000)],
)
def test_no_more_than_pay_goes_in_directly(changes: dict, limit: float) -> None:
    """26 U.S.C. 219(b)(1)(B), (c), 408A(c)(2): the couple's pay is a limit of the direct contribution too."""
    client = LIN.with_(elective_deferral=0.0, employer_contribution=0.0, **{"spouse_wages": 0.0, **changes})

    for each in direct_roth(client, 2026):
        assert each.limit == each.before_phase_out == limit


def test_the_phase_out_takes_a_share_of_what_pay_allows() -> None:
    """408A(c)(3)(A): the reduction is a share of the amount that pay allows; 3,000 x 5,500 / 15,000 = 1,100."""
    client = mr.Client.load("moreau").with_(
        filing_status="single", wages=3_000.0, elective_deferral=0.0, taxable_interest=0.0, qualified_dividends=0.0,
        other_ordinary_income=155_500.0,
    )  # fmt: skip

    counted, _ = direct_roth(client, 2026)

    assert counted.magi == 158_500
    assert counted.limit == 1_900
    # Of 100 the least amount of 200 would be more than the pay.
    assert direct_roth(client.with_(wages=100.0), 2026)[0].limit == 100


def test_nothing_converted_and_still_something_to_roll_in() -> None:
    """60,000 of pre-tax money, 7,500 contributed and left: lines 4-13 are empty, and 60,000 can go into the plan."""
    facts = {"traditional_ira_value": 60_000.0, "contribution": 7_500, "converted": 0}
    year = year_of(**facts, rolled_in=60_000)

    assert year.most_rolled_in == 60_000
    assert year.rolled_in == 60_000
    assert year.as_is.cost.total == year.cured.cost.total == 0
    assert year.cured.form.basis_carried_forward == 7_500
    with pytest.raises(mr.InputError):
        year_of(**facts, rolled_in=60_001)
    basis = year_of(**facts, traditional_ira_basis=9_000.0)
    assert basis.most_rolled_in == 51_000
