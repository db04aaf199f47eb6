"""A sole proprietor's plan: self-employment tax, the employer share, and the room beside them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.self_employed import self_employment_earnings, self_employment_tax
from tests.generators import CENT, ages, shares, years

LAW = mr.load_law(2026)
profits = st.floats(0, 1_000_000).map(lambda amount: round(amount, 2))


def solo(profit: float, **changes: object) -> object:
    return mr.solo_401k_space(LAW, **{"net_profit": profit, "age": 45, **changes})


@pytest.mark.parametrize(
    ("profit", "half", "net", "employer", "pay", "space"),
    [
        (50_000, 3_532.39, 46_467.61, 9_293.52, 37_174.09, 3_380.57),
        (100_000, 7_064.77, 92_935.23, 18_587.05, 74_348.18, 28_912.95),
        (200_000, 14_117.15, 185_882.85, 37_176.57, 148_706.28, 10_323.43),
        (300_000, 15_456.225, 284_543.775, 47_500, 237_043.775, 0),
    ],
)
def test_the_worked_figures(
    profit: float, half: float, net: float, employer: float, pay: float, space: float
) -> None:
    """2026, no job beside it, 24,500 deferred, the largest employer share."""
    found = solo(profit)

    assert found.deferral == 24_500
    worked = (found.half_se_tax, found.net, found.employer, found.compensation_415, found.after_tax)
    assert worked == pytest.approx((half, net, employer, pay, space), abs=0.0051)
    assert found.max_employer == found.employer


@pytest.mark.parametrize(
    ("profit", "base"), [(433.12, 0.0), (433.13, 0.0), (433.14, 400.0), (0, 0), (1_000, 923.5)]
)
def test_the_least_earnings_that_bear_the_tax(profit: float, base: float) -> None:
    """Below 400 of net earnings there is no tax at all."""
    assert float(self_employment_earnings(LAW, profit)) == pytest.approx(base, abs=0.01)
    assert (self_employment_tax(LAW, profit) > 0) == (base > 0)


@pytest.mark.parametrize(("year", "wage_base"), [(2025, 176_100), (2026, 184_500)])
def test_the_wage_base_ends_social_security(year: int, wage_base: float) -> None:
    """Just below, on and above: 15.3% of 92.35% of a dollar, then 2.9%; a job's wages use the base up first."""
    law = mr.load_law(year)
    edge = wage_base / 0.9235

    def on_a_dollar(profit: float, wages: float = 0) -> float:
        return float(self_employment_tax(law, profit + 1, wages) - self_employment_tax(law, profit, wages))

    assert on_a_dollar(edge - 1) == pytest.approx(0.153 * 0.9235)
    assert on_a_dollar(edge) == pytest.approx(0.029 * 0.9235)
    assert on_a_dollar(10_000, wages=wage_base) == pytest.approx(0.029 * 0.9235)
    assert on_a_dollar(10_000, wages=wage_base - 20_000) == pytest.approx(0.153 * 0.9235)
    # The 0.9% is no part of it, nor of the half that is deducted.
    assert on_a_dollar(600_000) == pytest.approx(0.029 * 0.9235)


def test_low_profit_binds_the_share_by_pay() -> None:
    """Half of net earnings less deferrals: a share of 20% would put more in than the pay that is left."""
    found = solo(30_000)

    assert found.employer == pytest.approx((found.net - 24_500) / 2)
    assert found.after_tax == pytest.approx(0, abs=CENT)
    assert found.limit == found.compensation_415


def test_a_large_profit_binds_the_share_by_the_compensation_cap() -> None:
    """25% of 360,000 is more than the dollar limit leaves; without deferrals the dollar limit still binds first."""
    assert solo(2_000_000, deferral=0).employer == 72_000
    assert solo(2_000_000, deferral=0, employer=0).after_tax == 72_000


@pytest.mark.parametrize("profit", [60_000, 120_000, 250_000])
def test_less_employer_share_frees_room(profit: float) -> None:
    """A dollar of share not taken is a dollar of room, two where pay is the limit."""
    most, less = solo(profit), solo(profit, employer=5_000)
    given_up = most.employer - 5_000

    assert less.after_tax - most.after_tax >= given_up - CENT
    assert less.compensation_415 - most.compensation_415 == pytest.approx(given_up)


def test_a_day_job_shares_the_deferral_and_not_the_limit() -> None:
    """20,000 deferred at work leaves 4,500 here; the 72,000 are this plan's own."""
    found = solo(300_000, wages=150_000, deferral_limit=4_500)

    assert found.deferral == 4_500
    assert found.limit == 72_000
    with pytest.raises(mr.InputError):
        solo(300_000, deferral_limit=4_500, deferral=4_501)


@pytest.mark.parametrize(("age", "catch_up"), [(49, 0), (50, 8_000), (60, 11_250), (63, 11_250), (64, 8_000)])
def test_catch_up_beside_the_limit(age: int, catch_up: float) -> None:
    """Deferring the most takes the age's catch-up with it; the room is the same."""
    found = solo(200_000, age=age)

    assert (found.deferral, found.catch_up) == (24_500, catch_up)
    assert found.after_tax == pytest.approx(solo(200_000).after_tax)


def test_catch_up_leaves_the_employer_share_its_place() -> None:
    """At low profit deferral, share and catch-up together are no more than net earnings (Publication 560)."""
    found = solo(36_000, age=55)

    assert found.employer == pytest.approx((found.net - 24_500) / 2)
    assert found.catch_up == pytest.approx(found.net - 24_500 - found.employer)
    assert 0 < found.catch_up < 8_000
    asked = solo(36_000, age=55, deferral=32_500)
    assert asked.catch_up == 8_000
    assert asked.employer == asked.max_employer == pytest.approx(asked.net - 32_500)


def test_a_share_that_is_given_leaves_what_can_be_deferred() -> None:
    """Deferral none asked for: the most beside a share of 3,000, within pay and within the dollar limit."""
    small = solo(20_000, employer=3_000)
    assert small.deferral == pytest.approx(small.net - 6_000)
    assert small.after_tax == pytest.approx(0, abs=CENT)
    large = solo(400_000, employer=60_000)
    assert (large.deferral, large.after_tax) == (12_000, 0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"deferral": 24_501}, "elective_deferral"),
        ({"age": 50, "deferral": 32_501}, "elective_deferral"),
        ({"net_profit": 20_000, "deferral": 18_588}, "deferral"),
        ({"employer": 37_176.59}, "employer"),
        ({"employer": "most"}, "employer"),
        ({"deferral_limit": -1}, "deferral_limit"),
    ],
)
def test_too_much_is_refused(changes: dict, field: str) -> None:
    """Above 402(g) and the catch-up, above net earnings, above the largest share: named, with the limit in dollars."""
    with pytest.raises(mr.InputError) as caught:
        solo(
            **{
                "profit": 200_000,
                **{("profit" if key == "net_profit" else key): each for key, each in changes.items()},
            }
        )
    assert caught.value.field == field
    if field != "deferral_limit" and changes.get("employer") != "most":
        assert str(caught.value).count("$") == 2


def test_to_the_cent_of_a_limit_is_fine() -> None:
    """A share rounded to the cent on paper is not refused for a fraction of a cent."""
    assert solo(200_000, employer=37_176.57).after_tax == pytest.approx(10_323.43, abs=0.01)


@given(years, profits, ages, shares, shares, st.floats(0, 400_000))
def test_any_year_holds_together(
    year: int, profit: float, age: int, own: float, share: float, wages: float
) -> None:
    """Pay, limit and room add up; nothing is more than net earnings; the limit is never passed."""
    law = mr.load_law(year)
    most = mr.solo_401k_space(law, net_profit=profit, age=age, wages=wages)
    found = mr.solo_401k_space(
        law, net_profit=profit, age=age, wages=wages, deferral=(most.deferral + most.catch_up) * own,
        employer=most.max_employer * share,
    )  # fmt: skip

    for each in (most, found):
        assert each.net == pytest.approx(profit - each.half_se_tax)
        assert each.compensation_415 == pytest.approx(each.net - each.employer)
        assert each.limit == pytest.approx(min(law.annual_additions, each.compensation_415))
        assert each.after_tax == pytest.approx(each.limit - each.deferral - each.employer, abs=CENT)
        assert each.after_tax >= 0
        assert each.excess <= CENT
        assert each.deferral + each.catch_up + each.employer <= each.net + CENT
        assert each.employer <= each.max_employer + CENT
    assert found.after_tax >= most.after_tax - CENT


@given(profits, ages)
def test_the_working_ends_in_the_room(profit: float, age: int) -> None:
    """From profit to room, each step with formula and paragraph; the amounts add up to the cent."""
    found = solo(profit, age=age)
    working = found.working
    amount = working.set_index("label")["amount"]

    assert working["amount"].iloc[-1] == pytest.approx(
        found.after_tax, abs=0.02
    )  # the pencil rounds each step
    assert amount["Net earnings"] == pytest.approx(
        amount["Net profit"] - amount["Half of self-employment tax"]
    )
    assert amount["Pay that counts"] == pytest.approx(amount["Net earnings"] - amount["Employer share"])
    limit, own, share = amount["Annual additions limit"], amount["Own deferral"], amount["Employer share"]
    assert max(0, limit + own - share) == pytest.approx(amount["After-tax space"], abs=CENT)
    assert working["formula"].str.len().min() > 0
    assert working["source"].str.contains(r"U\.S\.C\.").all()


def test_arrays_equal_numbers_one_by_one() -> None:
    """Many owners at once give what each gives alone, with the largest share or a given one."""
    rng = np.random.default_rng(5)
    profit, age, wages = rng.uniform(0, 500_000, 60), rng.integers(25, 75, 60), rng.uniform(0, 250_000, 60)
    names = (
        "half_se_tax",
        "net",
        "max_employer",
        "employer",
        "deferral",
        "catch_up",
        "compensation_415",
        "after_tax",
    )
    for changes in ({}, {"deferral": 0.0}, {"employer": 0.0}, {"deferral": 0.0, "employer": 0.0}):
        together = mr.solo_401k_space(LAW, profit, age, wages, **changes)
        for k in range(60):
            alone = mr.solo_401k_space(LAW, profit[k], int(age[k]), wages[k], **changes)
            for name in names:
                each = np.broadcast_to(getattr(together, name), 60)[k]
                assert each == pytest.approx(getattr(alone, name), abs=1e-9)


def test_no_profit_no_room() -> None:
    """Nothing can be put in from nothing; a loss is refused, not counted."""
    nothing = solo(0)
    assert (nothing.deferral, nothing.employer, nothing.after_tax) == (0, 0, 0)
    with pytest.raises(mr.InputError):
        solo(-1)
    with pytest.raises(mr.InputError):
        solo(math.nan)


# --- item by item: catch-up, given shares, a plan that shares the limit ---


@pytest.mark.parametrize("total", [None, 21_163.1585])
def test_a_given_share_makes_deferrals_catch_up_and_is_read_back(total: float | None) -> None:
    """
    Reg. 1.414(v)-1(b): 26,000 at 50 with a share of 3,000; net 24,163.1585, pay 21,163.1585, so 18,163.1585 fits.

    The other 3,000 deferred are above 415(c), not 402(g), and the age allows them.
    """
    found = solo(26_000, age=50, deferral=total, employer=3_000)

    assert (found.deferral, found.catch_up) == pytest.approx((18_163.1585, 3_000))
    assert (found.after_tax, found.excess) == pytest.approx((0, 0), abs=CENT)
    assert found.allowed_deferral == pytest.approx(21_163.1585)
    assert any("counts as catch-up" in str(reason) for reason in found.reasons)
    formula = found.working.set_index("label")["formula"]["Catch-up beside the limit"]
    assert formula == "what exceeds the annual additions limit, 26 U.S.C. 415(c)"


def test_given_shares_that_414v_allows() -> None:
    """20,000 beside 3,000 out of 26,000; 20,000 beside 60,000 out of 400,000 at 52: 8,000 leave 415(c). Younger: refused."""
    small = solo(26_000, age=50, deferral=20_000, employer=3_000)
    assert (small.deferral, small.catch_up) == pytest.approx((18_163.1585, 1_836.8415))
    large = solo(400_000, age=52, deferral=20_000, employer=60_000)
    assert (large.deferral, large.catch_up, large.after_tax, large.excess) == (12_000, 8_000, 0, 0)
    assert large.max_employer == 52_000
    with pytest.raises(
        mr.InputError, match=r"Employer share cannot be more than \$60,000 for this net profit"
    ):
        solo(400_000, age=52, deferral=20_000, employer=60_000.01)
    with pytest.raises(mr.InputError, match=r"\$52,000"):
        solo(400_000, age=49, deferral=20_000, employer=60_000)


@pytest.mark.parametrize(("total", "employer"), [(18_000, 54_000), (24_500, 47_500), (32_500, 47_500)])
def test_the_largest_share_makes_no_catch_up(total: float, employer: float) -> None:
    """law.md 6, trap 19: at 52, 18,000 deferred leave 54,000; only what exceeds 402(g) is catch-up."""
    found = solo(500_000, age=52, deferral=total)

    assert (found.deferral, found.catch_up) == (min(total, 24_500), max(0, total - 24_500))
    assert found.employer == found.max_employer == employer


def test_catch_up_is_no_more_than_pay_leaves() -> None:
    """414(v)(2)(A)(ii): the share lowers pay, and deferrals with catch-up are no more than that pay."""
    found = solo(40_000, age=61, deferral=35_750)

    assert found.employer == pytest.approx(found.net - 35_750)
    assert found.after_tax == pytest.approx(9_825.91, abs=0.01)
    said = [str(reason) for reason in found.reasons if "of pay is left" in str(reason)]
    assert len(said) == 1
    assert "$9,825.91" in said[0]
    assert not any("of pay is left" in str(reason) for reason in solo(200_000).reasons)


@given(profits, ages, shares, shares, st.booleans())
def test_the_answer_reads_back(
    profit: float, age: int, own: float, share: float, most_deferred: bool
) -> None:
    """Its own deferral and share give the same year again, whatever was given and whatever was left open."""
    net = solo(profit, age=age).net
    asked = {
        "deferral": None if most_deferred else min(net, 35_750 if age in range(60, 64) else 24_500) * own
    }
    try:
        found = solo(profit, age=age, employer=net * share / 5, **asked)
    except mr.InputError:
        found = solo(profit, age=age, **asked)

    again = solo(profit, age=age, deferral=found.deferral + found.catch_up, employer=found.employer)

    for name in ("deferral", "catch_up", "employer", "max_employer", "after_tax", "limit"):
        assert getattr(again, name) == pytest.approx(getattr(found, name), abs=CENT)


def test_a_plan_that_shares_the_limit() -> None:
    """415(k)(4): 30,000 of additions to the owner's 403(b) leave 42,000 of the limit here."""
    found = solo(300_000, deferral=0, deferral_limit=0, additions_elsewhere=30_000)

    assert (found.limit, found.employer, found.after_tax) == (42_000, 42_000, 0)
    assert solo(300_000, deferral=0, employer=10_000, additions_elsewhere=30_000).after_tax == 32_000
    assert any("415(k)(4)" in reason.cite for reason in found.reasons)
    amount = found.working.set_index("label")["amount"]
    assert amount["Annual additions to the plan that shares the limit"] == -30_000
    # More elsewhere than the limit: nothing fits, and what is deferred is over it.
    over = solo(300_000, deferral=4_500, deferral_limit=4_500, additions_elsewhere=80_000)
    assert (over.limit, over.employer, over.after_tax, over.excess) == (0, 0, 0, 4_500)
    assert any("ask the plan to correct it" in str(reason) for reason in over.reasons)


@pytest.mark.parametrize("share", [-5, math.nan, "5", 99_999])
def test_the_share_is_called_by_its_name(share: object) -> None:
    """The sentence says "Employer share", not "Employer", and the field is the argument's."""
    with pytest.raises(mr.InputError) as caught:
        solo(200_000, employer=share)
    assert caught.value.field == "employer"
    assert str(caught.value).startswith("Employer share ")
