"""Paychecks: elections, the limits that stop them, the match that follows, and a room filled to the cent."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.client import MatchTier
from megaroth.rules.client_space import employer_money
from megaroth.rules.payroll import (
    after_tax_by_period,
    deferrals_by_period,
    elected,
    even_amounts,
    match_of_year,
    matched,
    stopped_at,
    yearly_match,
)
from megaroth.rules.space import catch_up_limit
from tests.generators import CENT, shares

LAW = mr.load_law(2026)
HALF_TO_SIX = (MatchTier(rate=0.5, up_to_share=0.06),)
SAFE_HARBOR = (MatchTier(rate=1.0, up_to_share=0.03), MatchTier(rate=0.5, up_to_share=0.05))
PAY = np.full(12, 10_000.0)  # 120,000 a year

amounts = st.floats(0, 60_000).map(lambda amount: round(amount, 2))
paychecks = st.lists(amounts, min_size=1, max_size=26).map(np.array)
falling_tiers = st.lists(st.tuples(st.floats(0, 2), st.floats(0.01, 0.1)), min_size=1, max_size=3).map(
    lambda steps: tuple(
        MatchTier(rate=rate, up_to_share=round(sum(width for _, width in steps[: k + 1]), 6))
        for k, rate in enumerate(sorted((rate for rate, _ in steps), reverse=True))
    )
)


def deferred(
    wanted: np.ndarray, age: int = 45, limit: float = LAW.elective_deferral
) -> tuple[np.ndarray, np.ndarray]:
    """Regular deferrals and catch-up of each period at an age."""
    return deferrals_by_period(wanted, limit, catch_up_limit(LAW, age))


# Elections


def test_dollars_are_spread_over_the_paychecks_ahead() -> None:
    """12,000 a year from the fourth of twelve paychecks on: nine times 1,333.33."""
    found = elected(PAY, dollars=12_000, first_pay_period=4)

    assert found[:3].tolist() == [0, 0, 0]
    assert found[3:] == pytest.approx(12_000 / 9)


def test_a_period_without_pay_is_no_paycheck() -> None:
    """Who leaves after June has the year's dollars in six paychecks."""
    left_in_june = np.repeat([10_000.0, 0.0], 6)

    assert elected(left_in_june, dollars=12_000).tolist() == [2_000] * 6 + [0] * 6
    assert elected(np.zeros(12), dollars=12_000).tolist() == [0] * 12


def test_a_share_is_of_each_paycheck_the_bonus_too() -> None:
    """8% of 10,000, and of the 50,000 in March."""
    with_bonus = PAY.copy()
    with_bonus[2] = 50_000

    assert elected(with_bonus, share_of_pay=0.08).tolist() == pytest.approx([800, 800, 4_000] + [800] * 9)


def test_a_paycheck_gives_no_more_than_it_holds() -> None:
    """120,000 elected with two paychecks of 10,000 left is 20,000."""
    assert elected(PAY, dollars=120_000, first_pay_period=11).sum() == 20_000


@pytest.mark.parametrize("given_both", [{}, {"dollars": 1, "share_of_pay": 0.1}])
def test_one_kind_of_election(given_both: dict) -> None:
    """Dollars or a share, not both and not neither."""
    with pytest.raises(TypeError):
        elected(PAY, **given_both)
    with pytest.raises(TypeError):
        after_tax_by_period(PAY, room=1_000, dollars=1, share_of_pay=0.1)


# Limits


def test_the_deferral_stops_at_the_limit() -> None:
    """At 45, half of each 10,000 reaches 24,500 with the fifth paycheck's 4,500; nothing is catch-up."""
    regular, catch_up = deferred(elected(PAY, share_of_pay=0.5))

    assert regular.tolist() == [5_000] * 4 + [4_500] + [0] * 7
    assert catch_up.tolist() == [0] * 12


@pytest.mark.parametrize(("age", "catch_up"), [(49, 0), (50, 8_000), (60, 11_250), (64, 8_000)])
def test_what_spills_over_is_catch_up(age: int, catch_up: float) -> None:
    """Half of each 10,000: 24,500 first, then the catch-up of the age, then nothing."""
    regular, beside = deferred(elected(PAY, share_of_pay=0.5), age)

    assert regular.sum() == 24_500
    assert beside.sum() == catch_up
    assert beside[:4].tolist() == [0] * 4
    assert (regular + beside).max() == 5_000


@pytest.mark.parametrize("periods", [12, 24, 26, 52])
def test_even_dollars_at_the_limit_make_no_catch_up(periods: int) -> None:
    """24,500 spread over the year is 24,500 of regular deferral: the last bits of a sum spill nothing over."""
    regular, catch_up = deferred(elected(np.full(periods, 10_000.0), dollars=24_500), age=55)

    assert not catch_up.any()
    assert regular.sum() == pytest.approx(24_500, abs=1e-6)


def test_another_job_leaves_less_of_the_limit() -> None:
    """With 10,000 left of 402(g), 32,000 at 52 are 10,000, 8,000 of catch-up, and the rest stays in the paychecks."""
    regular, catch_up = deferred(elected(PAY, dollars=32_000), age=52, limit=10_000)

    assert (regular.sum(), catch_up.sum()) == pytest.approx((10_000, 8_000))


@given(wanted=paychecks, age=st.integers(20, 80))
def test_the_year_agrees_with_the_paychecks(wanted: np.ndarray, age: int) -> None:
    """The periods' sums are the split of the year's total, and no period takes more than elected."""
    regular, catch_up = deferred(wanted, age)
    total = (regular + catch_up).sum()
    of_year = mr.after_tax_space_of(LAW, age, compensation=2_000_000, elective_deferral=total)

    assert (regular.sum(), catch_up.sum()) == pytest.approx(
        (of_year.elective_deferral, of_year.catch_up), abs=CENT
    )
    assert total == pytest.approx(
        min(wanted.sum(), LAW.elective_deferral + catch_up_limit(LAW, age)), abs=CENT
    )
    assert np.all(regular + catch_up <= wanted + 1e-6)
    assert min(regular.min(), catch_up.min()) >= 0


@given(wanted=paychecks, limit=st.floats(0, 500_000))
def test_stopping_takes_the_lesser_of_the_total_and_the_limit(wanted: np.ndarray, limit: float) -> None:
    """The year is min(total, limit); amounts before the limit are as elected."""
    found = stopped_at(wanted, limit)

    assert found.sum() == pytest.approx(min(wanted.sum(), limit), abs=CENT)
    assert np.all((found == wanted) | (np.cumsum(wanted) > limit - CENT))


# The match


def test_the_formula() -> None:
    """100% to 3% and 50% of the next 2% of 100,000: 1,000 deferred, 4,000 deferred, 10,000 deferred."""
    assert [float(matched(100_000, own, SAFE_HARBOR)) for own in (1_000, 4_000, 10_000)] == [
        1_000,
        3_500,
        4_000,
    ]


def test_filling_the_deferral_early_loses_match_without_a_true_up() -> None:
    """
    Half of each 10,000 fills 24,500 in May: five paychecks are matched with 300 each, where 12 would give 3,600.
    """
    deferral, _ = deferred(elected(PAY, share_of_pay=0.5))

    without = match_of_year(LAW, PAY, deferral, HALF_TO_SIX, true_up=False)
    trued_up = match_of_year(LAW, PAY, deferral, HALF_TO_SIX, true_up=True)

    assert without.by_period.tolist() == pytest.approx([300] * 5 + [0] * 7)
    assert (without.total, without.true_up, without.lost) == pytest.approx((1_500, 0, 2_100))
    assert (trued_up.total, trued_up.true_up, trued_up.lost) == pytest.approx((3_600, 2_100, 0))


def test_an_even_deferral_loses_none() -> None:
    """24,500 evenly from 120,000: 300 with each paycheck, no true-up to add and nothing lost."""
    deferral = elected(PAY, dollars=24_500)

    for true_up in (True, False):
        found = match_of_year(LAW, PAY, deferral, HALF_TO_SIX, true_up)
        assert found.total == pytest.approx(3_600)
        assert (found.true_up, found.lost) == (0, 0)


def test_pay_counts_until_the_compensation_cap() -> None:
    """
    40,000 a month reaches 360,000 in September: 50% of 6% of nine paychecks, none after.

    Deferring 6% gets the whole 10,800; 24,500 evenly is 2,041.67 a month, matched nine times: 9,187.50.
    """
    pay = np.full(12, 40_000.0)

    by_share, _ = deferred(elected(pay, share_of_pay=0.06))
    full = match_of_year(LAW, pay, by_share, HALF_TO_SIX, true_up=False)
    even = match_of_year(LAW, pay, elected(pay, dollars=24_500), HALF_TO_SIX, true_up=False)

    assert full.by_period.tolist() == pytest.approx([1_200] * 9 + [0] * 3)
    assert (full.total, full.lost) == pytest.approx((10_800, 0))
    assert (even.total, even.lost) == pytest.approx((9_187.50, 10_800 - 9_187.50))


def test_mary_of_the_irs_page() -> None:
    """IRS, Employee Plans News: 360,000 a year in 2018, 1,500 a month, 50% to 5%: half of 5% of 275,000 = 6,875."""
    law, pay = mr.load_law(2018), np.full(12, 30_000.0)
    tiers = (MatchTier(rate=0.5, up_to_share=0.05),)

    assert match_of_year(law, pay, np.full(12, 1_500.0), tiers, true_up=False).total == pytest.approx(6_875)


def test_catch_up_is_not_matched() -> None:
    """The match counts deferrals up to 402(g): 32,500 deferred at 52 is matched like 24,500."""
    wide = (MatchTier(rate=1.0, up_to_share=0.3),)

    found = match_of_year(LAW, PAY, elected(PAY, dollars=32_500), wide, true_up=True)

    assert found.total == pytest.approx(24_500)
    assert yearly_match(LAW, 120_000, 32_500, wide) == 24_500


def test_rising_rates_are_not_taken_back() -> None:
    """
    25% to 3%, then 100% to 6%: 6% in six of twelve months is matched with 375 each, 2,250 in all.

    On the year's totals the deferral is 3% of pay, matched with 900: a true-up adds nothing and takes nothing back.
    """
    rising = (MatchTier(rate=0.25, up_to_share=0.03), MatchTier(rate=1.0, up_to_share=0.06))
    deferral = np.repeat([600.0, 0.0], 6)

    found = match_of_year(LAW, PAY, deferral, rising, true_up=True)

    assert yearly_match(LAW, 120_000, 3_600, rising) == pytest.approx(900)
    assert found.by_period.tolist() == pytest.approx([375] * 6 + [0] * 6)
    assert (found.total, found.true_up) == pytest.approx((2_250, 0))


@pytest.mark.parametrize("wages", [80_000.0, 360_000.0, 500_000.0])
def test_the_yearly_formula_is_the_employer_money_of_the_room(wages: float) -> None:
    """What the room counts as employer money is the formula on the year's totals."""
    client = mr.Client.load("okafor").with_(wages=wages, nonelective_share=0.0, employer_contribution=None)

    found = yearly_match(LAW, wages, client.elections.elective_deferral, client.plan.match)

    assert client.plan.match
    assert found == pytest.approx(employer_money(client, LAW))


@settings(max_examples=60)
@given(pay=paychecks, share=shares, tiers=falling_tiers, first=st.integers(1, 26))
def test_a_true_up_never_gives_less(pay: np.ndarray, share: float, tiers: tuple, first: int) -> None:
    """Match without a true-up is never above the match with it, which is the formula on the year's totals."""
    deferral, _ = deferred(elected(pay, share_of_pay=share, first_pay_period=min(first, len(pay))))

    without = match_of_year(LAW, pay, deferral, tiers, true_up=False)
    trued_up = match_of_year(LAW, pay, deferral, tiers, true_up=True)

    assert without.total <= trued_up.total + CENT
    assert without.total + without.lost == pytest.approx(trued_up.total, abs=CENT)
    assert trued_up.total == pytest.approx(yearly_match(LAW, pay.sum(), deferral.sum(), tiers), abs=CENT)


# After-tax money


def test_the_room_is_filled_from_the_pay_period_on() -> None:
    """Lin: 37,500 of room, 16,500 in, 13 of 26 paychecks left: 1,615.3846 each, 21,000 in all."""
    pay = np.full(26, 300_000 / 26)

    found = after_tax_by_period(pay, room=37_500, first_pay_period=14, so_far=16_500)

    assert found[:13].tolist() == [0] * 13
    assert found[13:] == pytest.approx(21_000 / 13)


def test_dollars_and_shares_stop_at_the_room() -> None:
    """10% of 10,000 a month stops at a room of 7,500; 30,000 elected for the year is no more than it either."""
    by_share = after_tax_by_period(PAY, room=7_500, share_of_pay=0.1)
    by_dollars = after_tax_by_period(PAY, room=7_500, dollars=30_000)

    assert by_share.tolist() == [1_000] * 7 + [500] + [0] * 4
    assert by_dollars.tolist() == [2_500] * 3 + [0] * 9


def test_dollars_count_what_is_in() -> None:
    """10,000 for the year with 4,000 in: 6,000 more; with 12,000 in: nothing more, and a full room takes nothing."""
    later = {"dollars": 10_000, "first_pay_period": 7}

    assert after_tax_by_period(PAY, room=37_500, so_far=4_000, **later).sum() == pytest.approx(6_000)
    assert after_tax_by_period(PAY, room=37_500, so_far=12_000, **later).sum() == 0
    assert after_tax_by_period(PAY, room=4_000, so_far=5_000, share_of_pay=0.5).sum() == 0


def test_the_deferral_comes_out_of_the_paycheck_first() -> None:
    """9,000 of each 10,000 deferred leaves 1,000 for after-tax money, whatever was elected."""
    found = after_tax_by_period(PAY, room=37_500, deferral=np.repeat([9_000.0, 0.0], 6))

    assert found.tolist() == pytest.approx([1_000] * 6 + [3_125] * 6)


@settings(max_examples=60)
@given(
    pay=paychecks, room=st.floats(0, 80_000), so_far=st.floats(0, 40_000), first=st.integers(1, 26), share=shares,
    dollars=st.floats(0, 100_000), kind=st.sampled_from(["share_of_pay", "dollars", "fill"]),
)  # fmt: skip
def test_nothing_is_above_its_limit(
    pay: np.ndarray, room: float, so_far: float, first: int, share: float, dollars: float, kind: str
) -> None:
    """Money in and to come is within the room, no paycheck gives more than it holds, nothing comes too early."""
    first = min(first, len(pay))
    election = {"share_of_pay": {"share_of_pay": share}, "dollars": {"dollars": dollars}, "fill": {}}[kind]

    found = after_tax_by_period(pay, room, so_far=so_far, first_pay_period=first, **election)

    assert found.sum() <= max(0, room - so_far) + CENT
    assert np.all(found <= pay + 1e-6)
    assert found.min() >= 0
    assert not found[: first - 1].any()


# To the cent


def test_the_last_paycheck_takes_the_odd_cents() -> None:
    """13 paychecks for 21,000: 1,615.38, the last 1,615.44."""
    found = even_amounts(21_000, paychecks=13)

    assert (found.paychecks, found.each, found.last) == (13, 1615.38, 1615.44)


@pytest.mark.parametrize(
    ("room", "count", "each", "last"),
    [(0, 5, 0, 0), (0.03, 5, 0, 0.03), (100, 1, 100, 100), (0.29, 1, 0.29, 0.29), (10.019, 2, 5, 5.01)],
)
def test_edges_of_the_cents(room: float, count: int, each: float, last: float) -> None:
    """Nothing, less than a cent each, one paycheck, a float below its cent, and part of a cent that is left."""
    found = even_amounts(room, count)

    assert (found.each, found.last) == (each, last)


@given(cents=st.integers(0, 10_000_000), count=st.integers(1, 52))
def test_the_amounts_are_the_room(cents: int, count: int) -> None:
    """Even amounts in whole cents whose sum is the room exactly; the last is less than *count* cents more."""
    found = even_amounts(cents / 100, count)
    each, last = round(found.each * 100), round(found.last * 100)

    assert (each / 100, last / 100) == (found.each, found.last)
    assert each * (count - 1) + last == cents
    assert 0 <= last - each < count


# Arrays and bad input


def test_arrays_and_numbers_agree() -> None:
    """Thirty clients at once, elections of their own, give what each gives alone."""
    rng = np.random.default_rng(5)
    pay = rng.uniform(2_000, 40_000, (26, 30))
    share, dollars, room = rng.uniform(0, 0.5, 30), rng.uniform(0, 60_000, 30), rng.uniform(0, 60_000, 30)
    wanted = elected(pay, share_of_pay=share, first_pay_period=3)
    regular, catch_up = deferred(wanted, age=61)
    match = match_of_year(LAW, pay, regular, SAFE_HARBOR, true_up=False)
    after_tax = after_tax_by_period(pay, room, dollars=dollars, deferral=regular)
    filled = even_amounts(room, 7)

    for k in range(30):
        own = elected(pay[:, k], share_of_pay=share[k], first_pay_period=3)
        alone, beside = deferred(own, age=61)
        of_one = match_of_year(LAW, pay[:, k], alone, SAFE_HARBOR, true_up=False)
        assert np.array_equal(wanted[:, k], own)
        assert np.array_equal(regular[:, k], alone)
        assert np.array_equal(catch_up[:, k], beside)
        assert np.array_equal(match.by_period[:, k], of_one.by_period)
        assert match.total[k] == pytest.approx(of_one.total)
        assert np.array_equal(
            after_tax[:, k], after_tax_by_period(pay[:, k], room[k], dollars=dollars[k], deferral=alone)
        )
        assert (filled.each[k], filled.last[k]) == (
            even_amounts(room[k], 7).each,
            even_amounts(room[k], 7).last,
        )


def test_the_same_paychecks_for_many_elections() -> None:
    """One person's 26 paychecks with 26 elections tried: elections run across, not along the year."""
    pay, dollars = np.full(26, 10_000.0), np.linspace(0, 50_000, 26)

    found = after_tax_by_period(pay, room=40_000, dollars=dollars, deferral=np.full(26, 900.0))

    assert found.shape == (26, 26)
    assert found.sum(axis=0) == pytest.approx(np.minimum(dollars, 40_000))


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: elected(PAY, dollars=-1), "amount"),
        (lambda: elected(PAY, share_of_pay=1.01), "share_of_pay"),
        (lambda: elected([10_000, float("nan")], dollars=1), "pay"),
        (lambda: elected(10_000, dollars=1), "pay"),
        (lambda: elected([], dollars=1), "pay"),
        (lambda: elected(PAY, dollars=1, first_pay_period=0), "first_pay_period"),
        (lambda: elected(PAY, dollars=1, first_pay_period=13), "first_pay_period"),
        (lambda: elected(PAY, dollars=1, first_pay_period=1.5), "first_pay_period"),
        (lambda: stopped_at(PAY, -1), "limit"),
        (lambda: after_tax_by_period(PAY, room=-1), "room"),
        (lambda: after_tax_by_period(PAY, room=1, so_far="much"), "after_tax_so_far"),
        (lambda: match_of_year(LAW, PAY, -PAY, HALF_TO_SIX, true_up=True), "deferral"),
        (lambda: even_amounts(1_000, 0), "paychecks"),
        (lambda: even_amounts(float("inf"), 2), "room"),
    ],
)
def test_bad_input_is_named(call, field: str) -> None:
    """What cannot be is refused in one sentence that names the field."""
    with pytest.raises(mr.InputError) as caught:
        call()

    assert caught.value.field == field
    assert str(caught.value).endswith(".")
