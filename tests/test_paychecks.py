"""Paychecks left: pay dates, what is in so far, elections that fill the room to the cent, and the match that stays."""

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.client import Client, MatchTier
from megaroth.rules.pay_dates import PayChange, pay_dates
from megaroth.rules.paycheck_elections import PaycheckPlan
from megaroth.rules.payroll import even_amounts, match_of_year, matched
from megaroth.rules.spreading import level, matched_first, whole_percents
from tests.generators import CENT, SAMPLES

LIN = SAMPLES["lin"]
NOTHING_IN = LIN.with_(after_tax_so_far=0.0, employer_contribution=None)
HALF_TO_SIX = (MatchTier(rate=0.5, up_to_share=0.06),)
# 500,000 a year passes 401(a)(17) with the nineteenth of 26 paychecks.
HIGH_PAY = NOTHING_IN.with_(wages=500_000.0, true_up=False)

amounts = st.floats(0, 40_000).map(lambda amount: round(amount, 2))
several = st.lists(amounts, min_size=1, max_size=27).map(np.array)
falling_tiers = st.sampled_from(
    [
        HALF_TO_SIX,
        (MatchTier(rate=1.0, up_to_share=0.03), MatchTier(rate=0.5, up_to_share=0.05)),
        (MatchTier(rate=1.0, up_to_share=0.04),),
        (),
    ]
)


@st.composite
def situations(draw: st.DrawFn) -> tuple[Client, dict]:
    """A client like the samples in the middle of a year, and the keywords of paycheck_plan."""
    client = SAMPLES[draw(st.sampled_from(["lin", "moreau", "okafor"]))].with_(
        pay_periods=draw(st.sampled_from([4, 12, 24, 26, 52])),
        true_up=draw(st.booleans()),
        match=draw(falling_tiers),
        employer_contribution=draw(st.sampled_from([None, 10_000.0])),
        after_tax_so_far=draw(st.sampled_from([0.0, 16_500.0, 30_000.01])),
        acp_ceiling=draw(st.sampled_from([None, 0.08])),
    )
    client = client.with_(wages=draw(st.sampled_from([60_000.0, 185_000.0, 300_000.0, 500_000.0])))
    end = dt.date(2025, 12, 31) + dt.timedelta(days=draw(st.integers(0, 365)))
    asked: dict = {"paid_through": end, "keep": draw(st.sampled_from([0.0, 1_500.0]))}
    if draw(st.booleans()):
        asked["pay_date"] = dt.date(2026, 1, draw(st.integers(1, 14)))
    if draw(st.booleans()):
        asked["pay_changes"] = [{"date": "2026-04-01", "pay": 240_000.0}]
    if draw(st.booleans()):
        asked["year_to_date"] = {"elective_deferral": draw(st.floats(0, 24_500)), "catch_up": 0.0}
    return client, asked


def made(situation: tuple[Client, dict], **more: object) -> PaycheckPlan:
    """The plan of a situation."""
    client, asked = situation
    return mr.paycheck_plan(client, 2026, **{**asked, **more})


# Pay dates


@pytest.mark.parametrize("periods", [1, 4, 12, 24, 26, 52])
@pytest.mark.parametrize("year", [2024, 2026, 2027, 2032])
def test_without_a_known_date_there_are_as_many_as_the_plan_says(year: int, periods: int) -> None:
    """Each in the year, in order, never twice."""
    days = pay_dates(year, periods)

    assert len(days) == len(set(days)) == periods
    assert list(days) == sorted(days)
    assert {day.year for day in days} == {year}


@pytest.mark.parametrize(
    ("year", "periods", "known", "count"),
    [
        (2026, 26, "2026-01-02", 26),
        (2027, 26, "2027-01-01", 27),
        (2027, 26, "2026-12-18", 27),
        (2026, 26, "2026-01-09", 26),
        (2026, 52, "2026-01-01", 53),
        (2026, 52, "2026-01-02", 52),
        (2024, 26, "2024-01-02", 27),
    ],
)
def test_years_with_one_payday_more(year: int, periods: int, known: str, count: int) -> None:
    """A calendar that begins on January 1, or 2 in a leap year, has a 27th or a 53rd date."""
    assert len(pay_dates(year, periods, known)) == count


@pytest.mark.parametrize(
    ("periods", "known", "first"),
    [
        (24, None, [(1, 15), (1, 30), (2, 13), (2, 27)]),
        (24, "2025-03-31", [(1, 15), (1, 30), (2, 13), (2, 27)]),
        (24, "2026-08-14", [(1, 15), (1, 30), (2, 13), (2, 27)]),
        (24, "2026-05-29", [(1, 15), (1, 30), (2, 13), (2, 27)]),
        (24, "2026-01-12", [(1, 12), (1, 27), (2, 12), (2, 27)]),
        (24, "2026-06-22", [(1, 7), (1, 22), (2, 6), (2, 20)]),
        (12, "2025-01-30", [(1, 30), (2, 27), (3, 30)]),
        (12, "2026-01-30", [(1, 30), (2, 27), (3, 31)]),
        (12, "2026-08-14", [(1, 14), (2, 13), (3, 13)]),
        (12, None, [(1, 30), (2, 27)]),
        (4, "2025-05-12", [(2, 12), (5, 12), (8, 12), (11, 12)]),
        (4, None, [(3, 31), (6, 30), (9, 30), (12, 31)]),
        (1, "2024-02-29", [(2, 27)]),
        (26, "2026-06-19", [(1, 2), (1, 16)]),
        (52, "2026-06-20", [(1, 2), (1, 9)]),
    ],
)
def test_days_of_the_month(periods: int, known: str | None, first: list) -> None:
    """
    A known day sets the others; the month's last day stays the last, however long the month is.

    On a weekend it is the Friday before; such a Friday that is known stands for the last day, or for the 15th.
    """
    days = pay_dates(2026, periods, known)

    assert [(day.month, day.day) for day in days[: len(first)]] == first


@given(
    year=st.integers(2024, 2040),
    periods=st.sampled_from([1, 4, 12, 24, 26, 52]),
    known=st.none() | st.dates(dt.date(2024, 1, 3), dt.date(2030, 12, 31)),
)
def test_nobody_is_paid_on_a_weekend(year: int, periods: int, known: dt.date | None) -> None:
    """Each date is a weekday of the year, in order; a year has at most one date more or less than the plan says."""
    days = pay_dates(year, periods, known)

    assert list(days) == sorted(set(days))
    assert all(day.year == year and day.weekday() < 5 for day in days)
    assert abs(len(days) - periods) <= 1


def test_new_years_day_on_a_saturday_is_paid_in_the_old_year() -> None:
    """Paid on the first of the month: January 1, 2028 comes on December 31, 2027, so one year has 13 and one 11."""
    before, after = (pay_dates(year, 12, "2026-04-01") for year in (2027, 2028))

    assert (len(before), len(after)) == (13, 11)
    assert before[-1] == dt.date(2027, 12, 31)
    assert after[0] == dt.date(2028, 2, 1)


def test_a_payday_on_a_saturday_was_paid_on_friday() -> None:
    """August 15, 2026 is a Saturday: paid through the 14th is paid through the 15th, with 9 paychecks left."""
    client = LIN.with_(
        employer_contribution=None, true_up=False, after_tax_so_far=0.0, wages=240_000.0, pay_periods=24
    )
    so_far = {"pay": 150_000, "elective_deferral": 15_312.5, "match": 4_500, "after_tax": 5_000}

    friday, saturday = (mr.paycheck_plan(client, 2026, f"2026-08-{day}", so_far) for day in (14, 15))

    assert friday.schedule.equals(saturday.schedule)
    assert (friday.even.paychecks, friday.even.each) == (9, 3_922.22)
    assert friday.schedule["date"][0] == dt.datetime(2026, 8, 31)
    assert "Friday before" in " ".join(map(str, friday.reasons))
    assert friday.pay_apart == 0


@pytest.mark.parametrize(
    ("pay", "told"),
    [(150_000, False), (158_000, False), (161_000, True), (139_000, True), (None, False)],
)
def test_year_to_date_pay_a_paycheck_apart_from_the_dates(pay: float | None, told: bool) -> None:
    """13 paychecks of 11,538.46 are 150,000: one more or less is a date that is off, and is said."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-06-30", year_to_date={"pay": pay})
    said = [str(reason) for reason in plan.reasons if "about a paycheck or more" in str(reason)]

    assert bool(said) == told
    assert bool(plan.pay_apart) == told
    if told:
        assert f"${pay:,}" in said[0]
        assert "$150,000" in said[0]


def test_a_year_with_27_paydays_spreads_the_pay_over_them() -> None:
    """The year's pay stays what was entered, and the plan says so."""
    plan = mr.paycheck_plan(NOTHING_IN, 2027, pay_date="2027-01-01")

    assert len(plan.schedule) == 27
    assert plan.schedule["pay"].sum() == pytest.approx(300_000)
    assert "2027 has 27 pay dates" in " ".join(map(str, plan.reasons))


# The conversation's own figures


def test_thirteen_paychecks_to_the_cent() -> None:
    """21,000 left at midyear: 13 paychecks of 1,615.38, the last 1,615.44, 14.0% of pay."""
    plan = mr.paycheck_plan(LIN, 2026, paid_through="2026-06-30")

    assert plan.even == even_amounts(21_000, 13)
    assert plan.schedule["share_of_pay"].iloc[0] == pytest.approx(0.14, abs=1e-6)
    assert plan.schedule["after_tax_to_date"].iloc[-1] == pytest.approx(37_500, abs=1e-9)
    assert plan.schedule["room_left"].iloc[-1] == 0
    assert plan.assumed == ("pay", "elective_deferral")
    assert plan.working["amount"].iloc[-1] == pytest.approx(21_000)


def test_nothing_paid_yet_fills_the_whole_year() -> None:
    """The default: all 26 paychecks, and nothing has to be assumed."""
    plan = mr.paycheck_plan(NOTHING_IN, 2026)

    assert len(plan.schedule) == 26
    assert plan.assumed == ()
    assert plan.schedule["after_tax"].sum() == pytest.approx(72_000 - 24_500 - 9_000)


def test_year_to_date_counts() -> None:
    """What the pay slip says goes before what was elected: less deferred so far is more to defer."""
    plan = mr.paycheck_plan(
        LIN, 2026, paid_through="2026-06-30",
        year_to_date={"pay": 160_000, "elective_deferral": 8_000, "after_tax": 20_000},
    )  # fmt: skip

    assert plan.schedule["elective_deferral"].sum() == pytest.approx(16_500)
    assert plan.schedule["after_tax"].sum() == pytest.approx(17_500)
    assert plan.client.household.wages == pytest.approx(310_000)
    assert plan.assumed == ()


def test_the_last_bits_of_a_sum_are_no_catch_up() -> None:
    """Twelve deferrals that add up to the limit of 2025 hold no catch-up."""
    client = NOTHING_IN.with_(
        wages=150_000.0, pay_periods=12, start_year=2025, elective_deferral=23_500.0, roth_deferral=0.0
    )

    plan = mr.paycheck_plan(client, 2025)

    assert plan.room.catch_up == 0
    assert plan.room.elective_deferral == 23_500
    assert not any("Catch-up" in str(reason) for reason in plan.reasons)


AT_52 = NOTHING_IN.with_(birth_year=1974, elective_deferral=24_500.0, catch_up=8_000.0)


@pytest.mark.parametrize("deferred", [20_000.0, 19_999.99, 13_333.33])
def test_a_deferral_without_its_catch_up_loses_no_cent(deferred: float) -> None:
    """20,000 in so far, not divided: 12,500 to come, and the year has all of its 8,000 catch-up."""
    plan = mr.paycheck_plan(AT_52, 2026, "2026-06-30", {"elective_deferral": deferred})
    rows = plan.schedule

    assert (rows["elective_deferral"] + rows["catch_up"]).sum() == pytest.approx(32_500 - deferred, abs=1e-6)
    assert plan.room.catch_up == pytest.approx(8_000, abs=1e-6)
    assert any("$8,000 " in str(reason) for reason in plan.reasons)


@settings(max_examples=40, deadline=None)
@given(situations())
def test_the_year_s_own_money_is_whole_cents(situation: tuple[Client, dict]) -> None:
    """Where what is in so far is given or estimated in cents, the year's deferral and catch-up are cents as well."""
    client, asked = situation
    if "year_to_date" in asked:
        asked["year_to_date"]["elective_deferral"] = round(asked["year_to_date"]["elective_deferral"], 2)
    room = made((client, asked)).room

    for amount in (room.elective_deferral, room.catch_up):
        assert amount == round(amount, 2)


def test_two_elections_are_an_assumption() -> None:
    """Below the limit, with no catch-up so far: that it is not matched changes the match lost, so it is said."""
    client = AT_52.with_(true_up=False)

    plan = mr.paycheck_plan(client, 2026, "2026-06-30", {"elective_deferral": 12_000, "catch_up": 0})

    said = [reason for reason in plan.reasons if "two elections" in str(reason)]
    assert [reason.cite for reason in said] == ["assumption"]
    assert not any("two elections" in str(each) for each in mr.paycheck_plan(NOTHING_IN, 2026).reasons)
    assert not any(
        "two elections" in str(each) for each in mr.paycheck_plan(client, 2026, spill_over=0.3).reasons
    )


def test_a_catch_up_that_must_be_roth_without_roth_is_refused_as_such() -> None:
    """414(v)(7), not an excess deferral to be returned: nothing is in yet. The sentence of after_tax_space."""
    client = AT_52.with_(offers_roth=False, way_out="in_service_distribution", prior_year_wages=290_000.0)
    sentences = set()
    for answer in (mr.paycheck_plan, mr.after_tax_space, mr.eligibility):
        with pytest.raises(mr.InputError) as refused:
            answer(client, 2026)
        assert (refused.value.rule, refused.value.field) == ("roth_only", "catch_up")
        sentences.add(str(refused.value))

    assert len(sentences) == 1


def test_employer_money_so_far_counts_where_it_is_not_entered() -> None:
    """The formula for what is to come, the pay slip for what is in: 6,000 in and 4,500 to come."""
    plan = mr.paycheck_plan(
        NOTHING_IN, 2026, paid_through="2026-06-30", year_to_date={"employer_contribution": 6_000}
    )

    assert plan.room.employer_contribution == pytest.approx(10_500)
    assert plan.room.space == pytest.approx(72_000 - 24_500 - 10_500)


def test_raise_and_bonus() -> None:
    """A raise from its date on, a bonus in the paycheck on or after its date; both enter pay and match."""
    changes = [PayChange(dt.date(2026, 10, 1), pay=390_000.0), {"date": "2026-11-20", "bonus": 15_000}]

    plan = mr.paycheck_plan(LIN, 2026, "2026-06-30", pay_changes=changes)
    pay = plan.schedule.set_index("date")["pay"]

    assert pay["2026-09-25"] == pytest.approx(300_000 / 26)
    assert pay["2026-10-09"] == pytest.approx(15_000)
    assert pay["2026-11-20"] == pytest.approx(30_000)
    assert pay["2026-12-04"] == pytest.approx(15_000)


def test_the_job_that_ends_has_fewer_paychecks() -> None:
    """Who leaves on September 15 fills the room by the last paycheck before."""
    plan = mr.paycheck_plan(LIN.with_(separation_year=dt.date(2026, 9, 15)), 2026, "2026-06-30")

    assert plan.schedule["date"].max() <= dt.datetime(2026, 9, 15)
    assert plan.schedule["after_tax"].sum() == pytest.approx(21_000)


# Match


def test_high_pay_keeps_its_match_without_a_true_up() -> None:
    """Pay counts until the nineteenth paycheck: even deferrals lose match, these do not."""
    plan = mr.paycheck_plan(HIGH_PAY, 2026)
    law, pay = mr.load_law(2026), np.full(26, 500_000 / 26)
    even = match_of_year(law, pay, np.full(26, 24_500 / 26), HALF_TO_SIX, true_up=False)

    assert plan.match == pytest.approx(10_800, abs=CENT)
    assert plan.match_lost == 0
    assert even.total < 10_800 - 1_000
    assert plan.schedule["elective_deferral"].sum() == pytest.approx(24_500)


def test_pay_so_far_uses_up_what_counts_for_the_match() -> None:
    """With 300,000 paid, 60,000 still counts under 401(a)(17): at 3% of it 1,800 of match is left to earn."""
    so_far = {"pay": 300_000, "elective_deferral": 20_000, "match": 9_000}

    plan = mr.paycheck_plan(HIGH_PAY, 2026, "2026-06-30", year_to_date=so_far)

    assert plan.schedule["match"].sum() == pytest.approx(1_800, abs=CENT)
    assert plan.match == pytest.approx(10_800, abs=CENT)


def test_the_acp_ceiling_counts_the_match_that_is_earned() -> None:
    """8% of 360,000 less the 10,800 that this schedule keeps: an even deferral would have left more headroom."""
    plan = mr.paycheck_plan(HIGH_PAY.with_(acp_ceiling=0.08), 2026)

    assert plan.room.limited_by == "acp_ceiling"
    assert plan.schedule["after_tax"].sum() == pytest.approx(0.08 * 360_000 - 10_800, abs=0.01)


def test_with_a_true_up_the_deferral_is_even() -> None:
    """The plan makes up after the year what the paychecks did not earn, and the room counts it."""
    plan = mr.paycheck_plan(HIGH_PAY.with_(true_up=True), 2026)

    assert plan.schedule["elective_deferral"].max() - plan.schedule["elective_deferral"].min() < 0.27
    assert plan.true_up > 1_000
    assert plan.match == pytest.approx(10_800, abs=CENT)
    assert plan.room.employer_contribution == pytest.approx(10_800, abs=CENT)


def test_match_missed_before_is_told() -> None:
    """Nothing deferred until June without a true-up: half the match is lost, and nothing ahead."""
    client = NOTHING_IN.with_(true_up=False)

    plan = mr.paycheck_plan(client, 2026, "2026-06-30", year_to_date={"elective_deferral": 0.0})

    assert plan.match_lost == pytest.approx(4_500)
    assert plan.schedule["match"].sum() == pytest.approx(4_500)


def test_catch_up_beside_the_deferral_costs_no_match() -> None:
    """At 61 both run to the last paycheck, and each paycheck is matched in full."""
    client = SAMPLES["okafor"].with_(true_up=False)

    plan = mr.paycheck_plan(client, 2026)

    assert plan.schedule["catch_up"].sum() == pytest.approx(11_250)
    assert plan.schedule["elective_deferral"].sum() == pytest.approx(24_500)
    assert plan.match_lost == 0
    assert plan.match == pytest.approx(0.04 * 260_000)


@settings(max_examples=60)
@given(pay=several, match=falling_tiers, share=st.floats(0, 0.3))
def test_no_other_spread_earns_more_match(pay: np.ndarray, match: tuple, share: float) -> None:
    """Neither an even share of pay nor deferring early or late beats the best-matched step first."""
    total = share * pay.sum()
    best = matched(pay, matched_first(total, pay, match), match).sum()

    early = np.clip(total - (np.cumsum(pay) - pay), 0, pay)
    for other in (share * pay, early, early[::-1], np.minimum(total / len(pay), pay)):
        assert matched(pay, other, match).sum() <= best + CENT


@pytest.mark.parametrize("total", range(0, 13))
@pytest.mark.parametrize(
    "match",
    [
        HALF_TO_SIX,
        (MatchTier(rate=1.0, up_to_share=0.02), MatchTier(rate=0.25, up_to_share=0.06)),
        (MatchTier(rate=0.25, up_to_share=0.02), MatchTier(rate=1.0, up_to_share=0.06)),
    ],
)
def test_the_match_is_the_most_there_is(total: int, match: tuple) -> None:
    """Against every way to defer whole dollars out of three paychecks, rates that rise included."""
    pay = np.array([100.0, 100.0, 100.0])
    ways = [way for way in itertools.product(range(13), repeat=3) if sum(way) == total]
    most = max(matched(pay, np.array(way, dtype=float), match).sum() for way in ways)

    deferred = matched_first(total, pay, match)

    assert deferred.sum() <= total + 1e-9
    assert matched(pay, deferred, match).sum() == pytest.approx(most)


# Spreading


@given(total=amounts, most=several)
def test_level_adds_up_or_uses_all(total: float, most: np.ndarray) -> None:
    """To the cent; none above what it can carry; none far below another that could carry more."""
    spread = level(total, most)

    assert spread.sum() == pytest.approx(min(total, most.sum()), abs=1e-6)
    assert (spread <= most + 1e-9).all()
    assert np.allclose(spread * 100, np.rint(spread * 100), atol=1e-6)
    below = spread < most - 1e-9
    if below.any():
        assert spread.max() <= spread[below].min() + 0.01 * len(most) + 1e-9


@given(total=amounts, paychecks=st.integers(1, 53))
def test_level_is_even_amounts_where_nothing_binds(total: float, paychecks: int) -> None:
    """The same as the sentence for payroll: even, the last takes the odd cents."""
    found, told = level(total, np.full(paychecks, 1e6)), even_amounts(total, paychecks)

    assert found[:-1].tolist() == [told.each] * (paychecks - 1)
    assert found[-1] == pytest.approx(told.last, abs=1e-9)


@pytest.mark.parametrize("total", range(1, 12))
def test_level_is_the_most_even_way(total: int) -> None:
    """Against every way to put whole cents into paychecks that carry 1, 5 and 4, the first at least 1; odd ones go last."""
    most, least = np.array([0.01, 0.05, 0.04]), np.array([0.01, 0.0, 0.0])
    ways = [w for w in itertools.product(range(2), range(6), range(5)) if sum(w) == total and w[0] >= 1]

    spread = np.rint(level(total / 100, most, least) * 100)

    if ways:
        assert tuple(spread) in ways
        assert sum(spread**2) <= min(sum(np.square(way)) for way in ways) + 2
    else:
        assert spread.tolist() == [1, 5, 4]


@given(total=amounts, pay=several)
def test_whole_percents_come_close_and_never_over(total: float, pay: np.ndarray) -> None:
    """Where a paycheck could carry one percent more, less than a percent of the largest is left open, cents apart."""
    percents, dollars = whole_percents(total, pay, pay * 0.5)

    assert dollars.sum() <= total + 1e-6
    assert (percents == np.floor(percents)).all()
    assert (dollars <= pay * 0.5 + 1e-6).all()
    if ((percents < 50) & (pay > 0)).any():
        assert total - dollars.sum() < pay.max() * 0.01 + 0.01 * len(pay)


def test_whole_percents_change_once() -> None:
    """14% of 11,538.46 thirteen times is 21,000.00: no raise needed; 20,000 needs 13% and a last stretch of 14%."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-06-30", whole_percent=True)
    later = mr.paycheck_plan(LIN, 2026, "2026-06-30", year_to_date={"after_tax": 17_500}, whole_percent=True)

    assert np.unique(np.rint(plan.schedule["share_of_pay"] * 100)).tolist() == [14]
    assert plan.shortfall < 0.13
    shares = np.rint(later.schedule["share_of_pay"] * 100)
    assert np.unique(shares).tolist() == [13, 14]
    assert shares.is_monotonic_increasing
    assert later.shortfall < 115.39


# Properties of a whole plan


@settings(max_examples=60, deadline=None)
@given(situations())
def test_the_room_is_filled_to_the_cent_or_the_rest_is_told(situation: tuple[Client, dict]) -> None:
    """Elections and shortfall together are the room still open in whole cents."""
    plan = made(situation)

    elected = plan.schedule["after_tax"].sum() + plan.shortfall

    assert elected == pytest.approx(plan.room.remaining, abs=0.01)
    assert elected <= plan.room.remaining + 1e-6


@settings(max_examples=60, deadline=None)
@given(situations(), st.sampled_from([{}, {"whole_percent": True}, {"spill_over": 0.2}, {"spill_over": 0.7}]))
def test_no_limit_is_passed_on_any_date(situation: tuple[Client, dict], how: dict) -> None:
    """402(g) and catch-up, 415(c), plan caps, the ACP ceiling and each paycheck."""
    plan = made(situation, **how)
    law, rows, client = plan.law, plan.schedule, plan.client
    catch_up = {"lin": 0, "moreau": 0, "okafor": 11_250}[client.name.lower()]
    own = rows["elective_deferral"] + rows["catch_up"]
    in_415 = min(plan.so_far.own + own.sum(), law.elective_deferral)  # what exceeds it is catch-up

    assert (rows["deferral_to_date"] <= law.elective_deferral + catch_up + CENT).all()
    if plan.excess <= CENT:
        total = in_415 + plan.room.employer_contribution + rows["after_tax_to_date"]
        assert (total <= min(law.annual_additions, plan.room.compensation) + CENT).all()
        for cap in plan.room.caps.values():
            assert (rows["after_tax_to_date"] <= cap + CENT).all()
    else:
        assert not rows["after_tax"].any()
    left = rows["pay"] - own - rows["after_tax"]
    assert (left >= np.minimum(rows["pay"], situation[1]["keep"]) - 1e-6).all()
    assert (rows[["elective_deferral", "catch_up", "after_tax", "match"]] >= 0).all(axis=None)


@settings(max_examples=40, deadline=None)
@given(situations())
def test_employer_money_holds_what_the_paychecks_match(situation: tuple[Client, dict]) -> None:
    """By the formula: match so far, ahead and trued up, with nonelective money; entered: not less than that says."""
    plan = made(situation)
    terms = plan.client.plan

    if situation[0].plan.employer_contribution is None:
        counted = min(plan.client.participant_wages, plan.law.compensation_cap)
        expected = plan.match + terms.nonelective_share * counted
        assert plan.room.employer_contribution == pytest.approx(expected, abs=CENT)
    else:
        assert plan.room.employer_contribution >= 10_000


@settings(max_examples=40, deadline=None)
@given(situations(), st.sampled_from([1.0, 500.0, 40_000.0]))
def test_more_already_in_never_raises_an_election(situation: tuple[Client, dict], more: float) -> None:
    """More after-tax money so far: each election is as high or lower; the last one but for the odd cents."""
    client, asked = situation
    so_far = dict(asked.get("year_to_date", {}))
    lower = made((client, {**asked, "year_to_date": {**so_far, "after_tax": 2_000.0}}))
    higher = made((client, {**asked, "year_to_date": {**so_far, "after_tax": 2_000.0 + more}}))

    rise = (higher.schedule["after_tax"] - lower.schedule["after_tax"]).to_numpy()

    assert (rise <= 0.01 * len(rise) + 1e-9).all()
    assert rise.sum() <= 1e-9


@settings(max_examples=40, deadline=None)
@given(situations())
def test_match_is_no_less_than_of_an_even_share(situation: tuple[Client, dict]) -> None:
    """Deferring the same share of every paycheck left earns no more match, whole cents apart."""
    plan = made(situation)
    rows, tiers = plan.schedule, plan.client.plan.match
    if plan.client.plan.true_up or not len(rows):
        return
    law = plan.law
    counted = np.diff(np.minimum(plan.so_far.pay + np.cumsum([0, *rows["pay"]]), law.compensation_cap))
    share = rows["elective_deferral"].sum() / rows["pay"].sum()

    even = matched(counted, np.minimum(share, 1) * rows["pay"].to_numpy(), tiers).sum()

    assert rows["match"].sum() >= even - 0.01 * len(rows)


# Limits already passed, and money that does not fit


def test_too_much_in_elects_nothing_more() -> None:
    """40,000 in against room for 37,500: 2,500 too much, elections 0."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-06-30", year_to_date={"after_tax": 40_000})

    assert plan.excess == pytest.approx(2_500)
    assert not plan.schedule["after_tax"].any()
    assert plan.even is None
    assert "$2,500 more than fits" in " ".join(map(str, plan.reasons))


@pytest.mark.parametrize(
    ("cap", "cite"),
    [
        ({"acp_ceiling": 0.0}, "26 U.S.C. 401(m)(6)"),
        ({"after_tax_cap_dollars": 0.0}, "terms of the plan"),
        ({"after_tax_cap_share": 0.0}, "terms of the plan"),
        ({}, "26 U.S.C. 415(c)(1)"),
    ],
)
def test_an_excess_is_told_once_with_the_paragraph_of_what_binds(cap: dict, cite: str) -> None:
    """The ACP test sends it back under 401(m)(6), a cap is the plan's own; the law's limit is 415(c)."""
    plan = mr.paycheck_plan(LIN.with_(**cap), 2026, "2026-06-30", year_to_date={"after_tax": 40_000})
    over = [
        reason
        for reason in plan.reasons
        if "more than fits" in str(reason) or "of after-tax money is in" in str(reason)
    ]

    assert len(over) == 1
    assert over[0].cite.startswith(cite)
    assert "415" not in over[0].cite or not cap


def test_employer_money_over_the_limit_is_told_once() -> None:
    """Own and employer money above the limit is no after-tax money, and is said by the room."""
    client = NOTHING_IN.with_(employer_contribution=60_000.0)

    plan = mr.paycheck_plan(client, 2026)

    assert plan.excess == pytest.approx(12_500)
    assert sum("ask the plan to correct it" in str(reason) for reason in plan.reasons) == 1
    assert not any("more than fits" in str(reason) for reason in plan.reasons)


def test_an_excess_deferral_is_told() -> None:
    """26,000 deferred at 45 is 1,500 too much; it is returned and takes nothing from the room."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-06-30", year_to_date={"elective_deferral": 26_000})

    assert plan.excess_deferral == pytest.approx(1_500)
    assert not plan.schedule["elective_deferral"].any()
    assert plan.room.space == pytest.approx(37_500)


def test_paychecks_that_cannot_carry_the_room() -> None:
    """One paycheck left of 11,538.46, 942.31 of it deferred and 2,000 kept: the rest of 21,000 stays open."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-12-10", keep=2_000)
    (row,) = plan.schedule.itertuples()

    assert row.after_tax == pytest.approx(300_000 / 26 - row.elective_deferral - 2_000, abs=0.01)
    assert plan.shortfall == pytest.approx(21_000 - row.after_tax)


def test_nothing_left_after_the_last_payday() -> None:
    """At the year's end the whole room is the shortfall."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-12-31")

    assert plan.schedule.empty
    assert plan.shortfall == 21_000
    said = " ".join(map(str, plan.reasons))
    assert "No paycheck is left to carry $21,000 of the room." in said
    assert "The paychecks left" not in said
    assert plan.take_home.empty


def test_after_tax_money_begins_with_its_first_paycheck() -> None:
    """Elected from the tenth on: the nine before have none, and the room is filled all the same."""
    plan = mr.paycheck_plan(NOTHING_IN.with_(first_pay_period=10), 2026)

    assert not plan.schedule["after_tax"][:9].any()
    assert (plan.schedule["after_tax"][9:] > 0).all()
    assert plan.shortfall == 0


def test_money_in_counts_in_a_later_year_only_where_it_is_told() -> None:
    """The client's after-tax so far is of the first year."""
    assert mr.paycheck_plan(LIN, 2027).so_far.after_tax == 0
    assert mr.paycheck_plan(LIN, 2027, year_to_date={"after_tax": 5_000}).room.after_tax_so_far == 5_000


# One election that spills over


def test_a_spilling_election_reaches_the_limit_and_goes_on() -> None:
    """20% of 11,538.46 is 2,307.69: 24,500 is reached with the eleventh paycheck, from then on it is after-tax."""
    plan = mr.paycheck_plan(NOTHING_IN.with_(true_up=False), 2026, spill_over=0.2)
    rows = plan.schedule

    assert plan.limit_reached == rows["date"][10].date()
    assert rows["after_tax"][9] == 0
    assert rows["after_tax"][10] == pytest.approx(11 * 2_307.69 - 24_500)
    assert rows["elective_deferral"][11] == 0
    assert rows["match"][10] == pytest.approx(346.15, abs=0.01)
    assert not rows["match"][11:].any()
    assert plan.match_lost == pytest.approx(15 * 346.1538, abs=0.1)
    assert plan.shortfall > 0


def test_a_true_up_makes_good_what_spilling_over_loses() -> None:
    """The same election in a plan with a true-up: the match comes after the year, and the room counts it."""
    plan = mr.paycheck_plan(NOTHING_IN, 2026, spill_over=0.2)

    assert plan.true_up == pytest.approx(15 * 346.1538, abs=0.1)
    assert plan.match == pytest.approx(9_000)
    assert plan.room.space == pytest.approx(38_500)


def test_a_large_spilling_election_stops_at_the_room() -> None:
    """60% fills the room and stops."""
    plan = mr.paycheck_plan(NOTHING_IN, 2026, spill_over=0.6)

    assert plan.schedule["after_tax"].sum() == pytest.approx(38_500)
    assert plan.shortfall == 0


# Take-home pay


def test_after_tax_money_lowers_take_home_one_for_one() -> None:
    """The deferral costs less than its dollars: the tax it saves is a full difference, spread over the paychecks."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-06-30")
    found = plan.take_home
    with_, without = (
        LIN.with_(elective_deferral=amount, roth_deferral=0.0) for amount in (24_500.0, 12_250.0)
    )
    pay = [{"filing_status": "mfj", "age": 45, "spouse_age": 43, "wages": 300_000 - c.elections.elective_deferral,
            "taxable_interest": 6_000, "qualified_dividends": 9_000, "long_term_gain": 5_000, "state_local_taxes": 22_000,
            "other_itemized": 9_000, "children": 2, "state": "NJ"} for c in (with_, without)]  # fmt: skip
    rows = pd.DataFrame(pay)
    taxes = mr.federal_tax(2026, rows.drop(columns="state"))["total"] + mr.state_tax(2026, rows)["state_tax"]

    assert found["after_tax"].tolist() == (-plan.schedule["after_tax"]).tolist()
    assert found["tax_saved"].sum() == pytest.approx(taxes[1] - taxes[0], abs=0.01)
    assert found["change"].sum() == pytest.approx(-21_000 - 12_250 + taxes[1] - taxes[0], abs=0.01)


def test_roth_deferrals_save_no_tax() -> None:
    """All Roth: take-home falls by the whole deferral."""
    plan = mr.paycheck_plan(LIN.with_(roth_deferral=24_500.0), 2026)

    assert plan.take_home["tax_saved"].abs().max() < 1e-9


# What a person can mend


@pytest.mark.parametrize(
    ("asked", "field", "rule"),
    [
        ({"paid_through": "30.6.2026"}, "paid_through", "date"),
        ({"paid_through": "2027-01-05"}, "paid_through", "between"),
        ({"paid_through": 20260630}, "paid_through", "date"),
        ({"pay_date": "soon"}, "pay_date", "date"),
        ({"year_to_date": {"pays": 1}}, "year_to_date", "unknown"),
        ({"year_to_date": [1]}, "year_to_date", "group"),
        ({"year_to_date": {"pay": -1}}, "pay_so_far", "negative"),
        ({"year_to_date": {"match": float("nan")}}, "match_so_far", "finite"),
        ({"year_to_date": {"pay": "1,000"}}, "pay_so_far", "number"),
        ({"year_to_date": {"pay": 1_000, "elective_deferral": 2_000}}, "elective_deferral_so_far", "at_most"),
        ({"year_to_date": {"match": 2, "employer_contribution": 1}}, "match_so_far", "at_most"),
        ({"year_to_date": {"elective_deferral": 1, "roth_deferral": 2}}, "roth_deferral_so_far", "at_most"),
        ({"pay_changes": "raise"}, "pay_changes", "list"),
        ({"pay_changes": [3]}, "pay_changes", "group"),
        ({"pay_changes": [{"date": "2026-09-01"}]}, "pay_changes", "one_of"),
        ({"pay_changes": [{"date": "2026-09-01", "pay": 1, "bonus": 1}]}, "pay_changes", "one_of"),
        ({"pay_changes": [{"day": "2026-09-01", "pay": 1}]}, "pay_changes", "unknown"),
        ({"pay_changes": [{"date": "2025-09-01", "pay": 1}]}, "change_date", "between"),
        ({"pay_changes": [{"bonus": 1}]}, "change_date", "date"),
        ({"pay_changes": [{"date": "2026-09-01", "bonus": -1}]}, "bonus", "negative"),
        ({"pay_changes": [{"date": "2026-12-31", "bonus": 5}]}, "bonus", "too_late"),
        ({"keep": -1}, "keep", "negative"),
        ({"spill_over": 1.5}, "spill_over", "between"),
    ],
)
def test_what_cannot_be_is_refused_by_name(asked: dict, field: str, rule: str) -> None:
    """One sentence that names the field."""
    with pytest.raises(mr.InputError) as caught:
        mr.paycheck_plan(LIN, 2026, **asked)

    assert (caught.value.field, caught.value.rule) == (field, rule)
    assert str(caught.value).endswith((".", "?"))


def test_a_year_whose_one_payday_was_paid_in_the_old_year() -> None:
    """January 1, 2028 is a Saturday: who is paid once a year then has no pay date in 2028."""
    with pytest.raises(mr.InputError, match="2028 is on a weekend") as caught:
        pay_dates(2028, 1, "2026-01-01")

    assert caught.value.field == "pay_date"


def test_no_pay_date_after_the_job() -> None:
    """The year after leaving has no paychecks, and a deferral above the law is refused as everywhere."""
    with pytest.raises(mr.InputError, match="no pay date in 2037"):
        mr.paycheck_plan(LIN, 2037)
    with pytest.raises(mr.InputError, match="above the 2026 limit"):
        mr.paycheck_plan(LIN.with_(elective_deferral=30_000.0), 2026)


def test_a_match_above_the_typed_employer_money_is_said() -> None:
    """The room counts what was typed; a scheduled match that is more would pass the limit, so a reason names both."""
    plan = mr.paycheck_plan(LIN.with_(wages=500_000.0, true_up=False, employer_contribution=10_000.0), 2026)
    by_formula = mr.paycheck_plan(LIN.with_(wages=500_000.0, true_up=False, employer_contribution=None), 2026)

    said = [str(reason.message) for reason in plan.reasons if "was typed" in str(reason.message)]
    assert len(said) == 1
    assert "10,800" in said[0] or "10,799" in said[0]
    assert [reason for reason in by_formula.reasons if "was typed" in str(reason.message)] == []
    whole = (
        by_formula.schedule["match"].sum()
        + by_formula.room.space
        + by_formula.client.elections.elective_deferral
    )
    assert whole == pytest.approx(by_formula.law.annual_additions, abs=1.0)
