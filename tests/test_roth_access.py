"""Getting money out of Roth: order, clocks, age, and how much is free of tax in a year."""

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.client import RothConversion
from megaroth.rules.roth_access import (
    clock_is_over,
    early_age_day,
    free_from_plan_roth,
    free_from_roth_ira,
    is_early,
    is_qualified,
    plan_roth_withdrawal,
    rolled_to_plan,
    rolled_to_roth_ira,
    roth_ira_withdrawal,
)
from megaroth.rules.roth_money import Conversion, RothMoney
from tests.generators import CENT

Y2026, Y2027 = mr.load_law(2026), mr.load_law(2027)
# 20,000 paid in; 30,000 converted in 2022, of it 3,000 taxed; 10,000 of earnings.
ROTH = RothMoney(
    60_000, contributions=20_000, conversions=(Conversion(2022, taxable=3_000, nontaxable=27_000),)
)
# The same layers with a second conversion in 2026.
TWO = RothMoney(
    100_000,
    contributions=20_000,
    conversions=(
        Conversion(2022, taxable=3_000, nontaxable=27_000),
        Conversion(2026, taxable=5_000, nontaxable=35_000),
    ),
    first_year=2015,
)
BORN_1981 = 1981  # 45 in 2026

pieces = st.floats(0, 50_000).map(lambda amount: round(amount, 2))


@st.composite
def roth_moneys(draw: st.DrawFn) -> RothMoney:
    """Roth money as of 2026 or later: any layers, a gain or a loss on them."""
    years = draw(st.lists(st.integers(2015, 2026), max_size=4))
    conversions = tuple(Conversion(year, draw(pieces), draw(pieces)) for year in years)
    whole = RothMoney(0.0, draw(pieces), conversions, draw(st.integers(2010, 2026)))
    return RothMoney(
        whole.basis * draw(st.floats(0, 3)) + draw(pieces), whole.contributions, conversions, whole.first_year
    )


born_years = st.integers(1950, 2000)


# Age and clocks


@pytest.mark.parametrize(
    ("born", "day"),
    [
        (1966, dt.date(2026, 7, 1)),
        (dt.date(1966, 7, 1), dt.date(2026, 1, 1)),
        (dt.date(1966, 6, 30), dt.date(2025, 12, 30)),
        (dt.date(1967, 1, 1), dt.date(2026, 7, 1)),
        (dt.date(1966, 8, 31), dt.date(2026, 2, 28)),
    ],
)
def test_the_day_of_59_and_a_half(born: int | dt.date, day: dt.date) -> None:
    """Six months after the 59th birthday; with a birth year only 1 July of the year of the 60th."""
    assert early_age_day(Y2026, born) == day


def test_a_yearly_step_acts_at_the_end_of_the_year() -> None:
    """Born in 1966: early in 2025 and on 30 June 2026, no more on 1 July and at the end of 2026."""
    assert is_early(mr.load_law(2025), 1966)
    assert is_early(Y2026, 1966, dt.date(2026, 6, 30))
    assert not is_early(Y2026, 1966, dt.date(2026, 7, 1))
    assert not is_early(Y2026, 1966)
    assert is_early(Y2026, 1967)


@pytest.mark.parametrize("month", range(1, 13))
def test_age_agrees_with_the_clients(month: int) -> None:
    """At year-ends the answer is the one that the projection asks a client for."""
    born = dt.date(1966, month, 15)
    client = mr.Client.load("lin").with_(birth_year=born)

    for year in (2024, 2025, 2026, 2027):
        law = mr.load_law(year)
        assert is_early(law, born) == (not client.has_reached(law.early_distribution_age, year))
        assert is_early(law, 1966) == (
            not client.with_(birth_year=1966).has_reached(law.early_distribution_age, year)
        )


def test_five_taxable_years() -> None:
    """A clock of 2022 runs through 2026 and is over on 1 January 2027."""
    assert not clock_is_over(Y2026, 2022)
    assert clock_is_over(Y2027, 2022)
    assert clock_is_over(Y2026, 2021)


@pytest.mark.parametrize(
    ("born", "first_year", "qualified"),
    [(1966, 2021, True), (1966, 2022, False), (1967, 2021, False), (1964, 2021, True)],
)
def test_qualified_takes_age_and_clock(born: int, first_year: int, qualified: bool) -> None:
    """In 2026: 60 with a clock of 2021 is, with one of 2022 is not, 59 is not, 62 is."""
    assert is_qualified(Y2026, RothMoney(1, first_year=first_year), born) == qualified


def test_the_clock_starts_with_the_first_roth_money() -> None:
    """The year given, else the first conversion; unknown is asked for only from the age on, where it decides."""
    assert TWO.clock_year == 2015
    assert ROTH.clock_year == 2022
    assert RothMoney(1, conversions=TWO.conversions).clock_year == 2022
    unknown = RothMoney(10_000, contributions=8_000)
    assert free_from_roth_ira(Y2026, unknown, BORN_1981).amount == 8_000
    with pytest.raises(mr.InputError) as caught:
        free_from_roth_ira(Y2026, unknown, 1960)
    assert (caught.value.field, caught.value.rule) == ("first_roth_year", "missing")


# Roth IRAs


@pytest.mark.parametrize(
    ("year", "born", "amount", "income", "additional"),
    [
        (2026, 1981, 20_000, 0, 0),  # contributions
        (2026, 1981, 20_001, 0, 0.1),  # a dollar of the part taxed then
        (2026, 1981, 23_000, 0, 300),
        (2026, 1981, 50_000, 0, 300),  # the part taxed before bears nothing
        (2026, 1981, 55_000, 5_000, 800),  # earnings are income and early
        (2026, 1981, 60_000, 10_000, 1_300),
        (2027, 1981, 50_000, 0, 0),  # the conversion is five taxable years old
        (2027, 1981, 60_000, 10_000, 1_000),
        (2026, 1967, 50_000, 0, 300),  # 59
        (2026, 1966, 60_000, 10_000, 0),  # 60: no additional tax; the clock of 2022 still runs
        (2027, 1966, 60_000, 0, 0),  # 61 and clock over: qualified
        (2026, 1964, 60_000, 10_000, 0),  # 62
    ],
)
def test_a_payout_of_roth_iras(year: int, born: int, amount: float, income: float, additional: float) -> None:
    """20,000 paid in, 3,000 + 27,000 converted in 2022, worth 60,000: by hand at 45, 59, 60 and 62."""
    found = roth_ira_withdrawal(mr.load_law(year), ROTH, amount, born)

    assert found.amount == amount
    assert found.income == pytest.approx(income)
    assert found.additional_tax == pytest.approx(additional)


def test_an_exact_day_decides_between_59_and_60() -> None:
    """Born 20 March 1967: on 19 September 2026 earnings of 10,000 bear 1,000 and the conversion 300, a day later none."""
    born = dt.date(1967, 3, 20)

    assert roth_ira_withdrawal(
        Y2026, ROTH, 60_000, born, dt.date(2026, 9, 19)
    ).additional_tax == pytest.approx(1_300)
    assert roth_ira_withdrawal(Y2026, ROTH, 60_000, born, dt.date(2026, 9, 20)).additional_tax == 0


def test_layers_come_in_their_order() -> None:
    """70,000 in 2026 at 45: 20,000 paid in, 30,000 of 2022, then of 2026 first its 5,000 taxed then and 15,000 more."""
    found = roth_ira_withdrawal(Y2026, TWO, 70_000, BORN_1981)

    assert [(part.layer, part.year, part.amount) for part in found.parts] == [
        ("contributions", None, 20_000),
        ("taxable", 2022, 3_000),
        ("nontaxable", 2022, 27_000),
        ("taxable", 2026, 5_000),
        ("nontaxable", 2026, 15_000),
        ("earnings", None, 0),
    ]
    assert found.additional_tax == pytest.approx(800)
    assert found.left == RothMoney(
        30_000, 0, (Conversion(2022, 0, 0), Conversion(2026, 0, 20_000)), first_year=2015
    )


def test_conversions_of_one_year_are_one() -> None:
    """Two conversions of 2022: both parts taxed then come before both parts taxed before; order given is no matter."""
    split = (Conversion(2026, 5_000, 35_000), Conversion(2022, 1_000, 9_000), Conversion(2022, 2_000, 18_000))

    assert RothMoney(100_000, 20_000, split, 2015) == TWO


def test_a_clients_conversions_are_taken() -> None:
    """The conversions of a client's balances are layers as they are."""
    facts = (RothConversion(year=2022, taxable=3_000.0, nontaxable=27_000.0),)

    assert RothMoney(60_000, 20_000, facts) == ROTH


@pytest.mark.parametrize(
    ("year", "born", "free"),
    [
        (2026, 1981, 20_000),  # 2022's 3,000 stand in the way
        (2027, 1981, 50_000),  # 2026's 5,000 do
        (2030, 1981, 50_000),
        (2031, 1981, 90_000),  # all conversions are free, the earnings are not
        (2026, 1967, 20_000),  # 59
        (2026, 1966, 100_000),  # 60, clock of 2015
    ],
)
def test_free_from_roth_iras(year: int, born: int, free: float) -> None:
    """Contributions, then each conversion as its five years pass, all after 59 1/2."""
    assert free_from_roth_ira(mr.load_law(year), TWO, born).amount == free


def test_conversions_without_earnings_open_the_way() -> None:
    """Prompt conversions hold nothing taxed then: at 45 all 40,000 converted this year is free, the growth is not."""
    prompt = RothMoney(43_000, conversions=(Conversion(2026, taxable=0.0, nontaxable=40_000),))

    found = free_from_roth_ira(Y2026, prompt, BORN_1981)

    assert (found.amount, found.conversions, found.contributions) == (40_000, 40_000, 0)


def test_after_a_loss_no_more_than_the_value_is_free() -> None:
    """Worth 15,000 with 50,000 of basis: 15,000 is free, none of it income, and the basis left is 35,000."""
    down = RothMoney(15_000, 20_000, ROTH.conversions)

    assert free_from_roth_ira(Y2026, down, BORN_1981).amount == 15_000
    gone = roth_ira_withdrawal(Y2026, down, 15_000, BORN_1981)
    assert (gone.income, gone.left.value, gone.left.basis) == (0, 0, 35_000)


# The Roth account in a plan


@pytest.mark.parametrize(
    ("year", "born", "income", "additional"),
    [
        (2026, 1981, 2_000, 250),  # 2,000 of earnings, 500 of the 5,000 taxed in 2022
        (2027, 1981, 2_000, 200),
        (2026, 1966, 2_000, 0),  # 60, the plan's clock of 2022 runs
        (2027, 1966, 0, 0),
    ],
)
def test_a_payout_of_the_plan_is_pro_rata(year: int, born: int, income: float, additional: float) -> None:
    """10,000 of 100,000 with 80,000 of basis: 2,000 earnings, 8,000 of all layers of the basis alike."""
    plan = RothMoney(100_000, 20_000, (Conversion(2022, taxable=5_000, nontaxable=55_000),))

    found = plan_roth_withdrawal(mr.load_law(year), plan, 10_000, born)

    assert [part.amount for part in found.parts] == pytest.approx([2_000, 500, 5_500, 2_000])
    assert found.income == pytest.approx(income)
    assert found.additional_tax == pytest.approx(additional)
    assert (found.left.value, found.left.basis) == pytest.approx((90_000, 72_000))


def test_free_from_the_plan_is_all_or_nothing() -> None:
    """With earnings nothing is free before the payout is qualified; without, all of it, once no rollover is young."""
    earned = RothMoney(100_000, 20_000, (Conversion(2022, taxable=0.0, nontaxable=60_000),))
    flat = RothMoney(80_000, 20_000, (Conversion(2022, taxable=5_000, nontaxable=55_000),))

    assert [free_from_plan_roth(law, earned, 1966).amount for law in (Y2026, Y2027)] == [0, 100_000]
    assert free_from_plan_roth(Y2027, earned, BORN_1981).amount == 0
    assert [free_from_plan_roth(law, flat, BORN_1981).amount for law in (Y2026, Y2027)] == [0, 80_000]
    assert free_from_plan_roth(Y2026, flat, 1966).amount == 80_000


def test_rolled_into_a_first_roth_ira() -> None:
    """
    At 45: 25,000 of the basis become contributions, the young 5,000 stay a conversion of 2024, the clock starts anew.

    8,000 of growth follow as earnings; the 10% on the 5,000 goes along until 2029.
    """
    plan = RothMoney(38_000, 20_000, (Conversion(2024, 5_000, 5_000),), first_year=2016)

    found = rolled_to_roth_ira(Y2026, plan, RothMoney(0.0), BORN_1981)

    assert found == RothMoney(38_000, 25_000, (Conversion(2024, taxable=5_000),), first_year=2026)
    free = [free_from_roth_ira(mr.load_law(year), found, BORN_1981).amount for year in (2026, 2028, 2029)]
    assert free == [25_000, 25_000, 30_000]
    assert roth_ira_withdrawal(Y2026, found, 38_000, BORN_1981).additional_tax == pytest.approx(1_300)


def test_rolled_after_a_qualified_payout_all_is_contributions() -> None:
    """At 60 with the plan's clock over, 38,000 come into a Roth IRA of 2025 as contributions: free although its clock runs."""
    plan = RothMoney(38_000, 20_000, (Conversion(2018, 5_000, 5_000),))
    young_ira = RothMoney(1_000, 900, first_year=2025)

    found = rolled_to_roth_ira(Y2026, plan, young_ira, 1966)

    assert (found.contributions, found.clock_year) == (38_900, 2025)
    assert free_from_roth_ira(Y2026, found, 1966).amount == 38_900


def test_rolled_after_59_and_a_half_nothing_stays_young() -> None:
    """At 60 with the plan's clock of 2024 running: all 30,000 of basis are contributions, 8,000 are earnings."""
    plan = RothMoney(38_000, 20_000, (Conversion(2024, 5_000, 5_000),))

    found = rolled_to_roth_ira(Y2026, plan, RothMoney(0.0), 1966)

    assert found == RothMoney(38_000, 30_000, first_year=2026)


def test_the_plans_years_are_lost_in_a_roth_ira() -> None:
    """Rolled at 59 in 2039 into a first Roth IRA: the plan is qualified at 60, the Roth IRA only from 2044 on."""
    plan = RothMoney(38_000, 20_000, first_year=2015)

    found = rolled_to_roth_ira(mr.load_law(2039), plan, RothMoney(0.0), born=1980)

    assert is_qualified(mr.load_law(2040), plan, 1980)
    assert [is_qualified(mr.load_law(year), found, 1980) for year in (2040, 2043, 2044)] == [
        False,
        False,
        True,
    ]


def test_after_a_loss_the_value_comes_over() -> None:
    """Worth 15,000 with 30,000 of basis: 15,000 of contributions, 5,000 of which stay the young conversion."""
    plan = RothMoney(15_000, 20_000, (Conversion(2024, 5_000, 5_000),))

    found = rolled_to_roth_ira(Y2026, plan, RothMoney(0.0), BORN_1981)

    assert found == RothMoney(15_000, 10_000, (Conversion(2024, taxable=5_000),), first_year=2026)


def test_a_plan_rolled_into_a_plan_carries_the_earlier_start() -> None:
    """2016 of the old plan, 2025 of the new: 2016."""
    old = RothMoney(10_000, 8_000, first_year=2016)
    new = RothMoney(5_000, 1_000, (Conversion(2025, 500, 3_500),))

    assert rolled_to_plan(new, old) == RothMoney(
        15_000, 9_000, (Conversion(2025, 500, 3_500),), first_year=2016
    )


# Properties


@settings(max_examples=60)
@given(roth=roth_moneys(), share=st.floats(0, 1), born=born_years, year=st.integers(2026, 2045))
def test_layers_add_up(roth: RothMoney, share: float, born: int, year: int) -> None:
    """Parts are the amount, what is left is the rest, income and tax lie between 0 and the amount; in both places."""
    law, amount = mr.load_law(year), share * roth.value

    for withdraw in (roth_ira_withdrawal, plan_roth_withdrawal):
        found = withdraw(law, roth, amount, born)
        assert found.amount == pytest.approx(amount, abs=1e-6)
        assert found.left.value == pytest.approx(roth.value - amount, abs=1e-6)
        assert found.left.basis + sum(
            part.amount for part in found.parts if part.layer != "earnings"
        ) == pytest.approx(roth.basis, abs=1e-6)
        assert 0 <= found.income <= amount + 1e-6
        assert 0 <= found.additional_tax <= 0.1 * amount + 1e-6
        assert all(part.amount >= 0 for part in found.parts)


@settings(max_examples=60)
@given(roth=roth_moneys(), born=born_years)
def test_waiting_never_makes_less_free(roth: RothMoney, born: int) -> None:
    """With nothing withdrawn the free amount never falls from year to year, and never passes the value."""
    for free_from in (free_from_roth_ira, free_from_plan_roth):
        by_year = [free_from(mr.load_law(year), roth, born).amount for year in range(2026, 2062)]
        assert all(later >= earlier for earlier, later in pairwise(by_year))
        assert 0 <= by_year[0] <= by_year[-1] <= roth.value
        if born + 60 <= 2061:
            assert by_year[-1] == roth.value


@settings(max_examples=100)
@given(roth=roth_moneys(), born=born_years, year=st.integers(2026, 2045))
def test_what_is_free_costs_nothing_and_a_dollar_more_does(roth: RothMoney, born: int, year: int) -> None:
    """Taking the free amount gives no income and no additional tax; a dollar more gives one of them."""
    law = mr.load_law(year)
    pairs = (free_from_roth_ira, roth_ira_withdrawal), (free_from_plan_roth, plan_roth_withdrawal)

    for free_from, withdraw in pairs:
        free = free_from(law, roth, born).amount
        taken = withdraw(law, roth, free, born)
        assert taken.income + taken.additional_tax < CENT
        if roth.value - free > 1:
            more = withdraw(law, roth, free + 1, born)
            assert more.income + more.additional_tax > 0


@settings(max_examples=40)
@given(roth=roth_moneys(), born=born_years, share=st.floats(0, 1))
def test_two_payouts_are_one_from_roth_iras(roth: RothMoney, born: int, share: float) -> None:
    """A payout in two steps of one year comes from the same layers as in one."""
    first = roth_ira_withdrawal(Y2026, roth, share * roth.value, born)
    second = roth_ira_withdrawal(Y2026, first.left, first.left.value, born)
    once = roth_ira_withdrawal(Y2026, roth, roth.value, born)

    assert first.income + second.income == pytest.approx(once.income, abs=CENT)
    assert first.additional_tax + second.additional_tax == pytest.approx(once.additional_tax, abs=CENT)


# Arrays, working, bad input


def test_arrays_and_numbers_agree() -> None:
    """Forty accounts at once give what each gives alone."""
    rng = np.random.default_rng(11)
    value, paid_in, taxed, before = (rng.uniform(0, 50_000, 40) for _ in range(4))
    taxed[::4] = 0.0

    def account(k: int | slice) -> RothMoney:
        conversions = (Conversion(2021, taxed[k], before[k]), Conversion(2025, taxed[k] / 2, before[k]))
        return RothMoney(2 * value[k], paid_in[k], conversions, 2019)

    for withdraw, free_from in (
        (roth_ira_withdrawal, free_from_roth_ira),
        (plan_roth_withdrawal, free_from_plan_roth),
    ):
        for born in (1981, 1960):
            together = withdraw(Y2026, account(slice(None)), value, born)
            free = free_from(Y2026, account(slice(None)), born)
            for k in range(40):
                alone = withdraw(Y2026, account(k), value[k], born)
                income = np.broadcast_to(together.income, 40)[k]
                assert income == pytest.approx(alone.income, abs=1e-9)
                additional = np.broadcast_to(together.additional_tax, 40)[k]
                assert additional == pytest.approx(alone.additional_tax, abs=1e-9)
                assert free.amount[k] == pytest.approx(free_from(Y2026, account(k), born).amount, abs=1e-9)


@pytest.mark.parametrize("born", [1981, 1966])
def test_the_working_ends_in_the_figure(born: int) -> None:
    """Steps from the account to what is free, from the layers to the additional tax, each with its citation."""
    for found in (free_from_roth_ira(Y2026, TWO, born), free_from_plan_roth(Y2026, TWO, born)):
        assert found.working["amount"].iloc[-1] == found.amount
        assert found.working["amount"].iloc[0] == 100_000
        held = found.working.set_index("label").loc["Would bear tax", "amount"]
        assert 100_000 + held == found.amount
    out = roth_ira_withdrawal(Y2026, TWO, 70_000, born)
    steps = out.working
    assert steps["amount"].iloc[:4].sum() == 70_000
    assert steps["amount"].iloc[-1] == out.additional_tax
    assert steps["source"].str.contains("U.S.C.").all()


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda: RothMoney(-1), "value"),
        (lambda: RothMoney(1, contributions=float("nan")), "contributions"),
        (lambda: RothMoney(1, conversions=(Conversion(2022, taxable=-1),)), "taxable"),
        (lambda: RothMoney(1, conversions=(Conversion(2022, nontaxable="all"),)), "nontaxable"),
        (lambda: RothMoney(1, conversions=(Conversion(1997, 1),)), "conversion_year"),
        (lambda: RothMoney(1, conversions=(Conversion(2022.5, 1),)), "conversion_year"),
        (lambda: RothMoney(1, first_year=1900), "first_roth_year"),
        (lambda: roth_ira_withdrawal(Y2026, ROTH, 60_001, 1981), "amount"),
        (lambda: plan_roth_withdrawal(Y2026, ROTH, -1, 1981), "amount"),
        (lambda: roth_ira_withdrawal(Y2026, ROTH, 1, 1850), "birth_year"),
        (lambda: roth_ira_withdrawal(Y2026, ROTH, 1, 1981, dt.date(2027, 1, 1)), "day"),
        (lambda: free_from_roth_ira(mr.load_law(2025), TWO, 1981), "conversion_year"),
        (lambda: free_from_plan_roth(mr.load_law(2025), TWO, 1981), "conversion_year"),
    ],
)
def test_bad_input_is_named(call, field: str) -> None:
    """What cannot be is refused in one sentence that names the field."""
    with pytest.raises(mr.InputError) as caught:
        call()

    assert caught.value.field == field
    assert str(caught.value).endswith(".")
