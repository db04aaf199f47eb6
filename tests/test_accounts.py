"""The clock inside a year: grow, contribute, roll over; held against closed forms and a loop written out here."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.plans.accounts import AfterTax, at_year_end, one_year, to_year_end

LIN = mr.Client.load("lin")
FINE = 1e-6
returns = st.floats(0.001, 0.15)
whole_returns = st.one_of(st.just(0.0), returns)
FLAT = {"contribution": 3_000.0, "periods_per_year": 12, "years": 10}


def geometric(u: float, k: int) -> float:
    """1 + u + ... + u^(k-1), added up: the closed quotient loses digits where u is near 1."""
    return math.fsum(u**i for i in range(k))


@st.composite
def converted_alike(draw: st.DrawFn) -> dict:
    """Figures of projection_of whose conversions are all alike: the interval divides the periods."""
    m, years = draw(st.sampled_from([1, 2, 4, 12, 26])), draw(st.integers(1, 12))
    n = m * years
    k = draw(st.sampled_from([k for k in range(1, n + 1) if n % k == 0]))
    return {
        "contribution": draw(st.floats(1, 20_000)),
        "periods_per_year": m,
        "years": years,
        "years_after": draw(st.integers(0, 30)),
        "annual_return": draw(whole_returns),
        "convert_every": k,
        "tax_rate": draw(st.floats(0, 0.6)),
        "tax_paid_from": draw(st.sampled_from(["outside", "from_conversion"])),
        "timing": draw(st.sampled_from(["end", "begin"])),
    }


@settings(max_examples=60, deadline=None)
@given(converted_alike())
def test_conversions_are_the_closed_form(facts: dict) -> None:
    """Value, income, tax, Roth and taxes at the horizon are what the oracle's README derives by hand."""
    m, k, n = facts["periods_per_year"], facts["convert_every"], facts["periods_per_year"] * facts["years"]
    u = (1 + facts["annual_return"]) ** (1 / m)
    value = facts["contribution"] * geometric(u, k) * (u if facts["timing"] == "begin" else 1)
    taxable = max(0.0, value - k * facts["contribution"])
    tax = facts["tax_rate"] * taxable
    into_roth = value - tax if facts["tax_paid_from"] == "from_conversion" else value
    of_all, after = geometric(u**k, n // k), u ** (m * facts["years_after"])
    near = {"rel": 1e-9, "abs": FINE}

    found = mr.projection_of(**facts)

    assert len(found.conversions) == n // k
    assert found.conversions["value"].to_numpy() == pytest.approx(value, **near)
    assert found.conversions["basis"].to_numpy() == pytest.approx(k * facts["contribution"], **near)
    assert found.conversions["taxable"].to_numpy() == pytest.approx(taxable, **near)
    assert found.total_tax == pytest.approx(tax * n / k, **near)
    assert found.roth_at_end_of_contributions == pytest.approx(into_roth * of_all, **near)
    assert found.roth_at_horizon == pytest.approx(into_roth * of_all * after, **near)
    assert found.taxes_at_horizon == pytest.approx(tax * of_all * after, **near)
    assert (found.after_tax_value, found.after_tax_basis) == pytest.approx((0.0, 0.0), abs=FINE)


@settings(max_examples=30, deadline=None)
@given(converted_alike(), st.floats(0, 0.6))
def test_never_is_the_closed_form(facts: dict, rate_at_withdrawal: float) -> None:
    """What stays in the account is taxed on its earnings alone, once, at the horizon."""
    m, n = facts["periods_per_year"], facts["periods_per_year"] * facts["years"]
    u = (1 + facts["annual_return"]) ** (1 / m)
    begin = u if facts["timing"] == "begin" else 1
    value = facts["contribution"] * geometric(u, n) * begin * u ** (m * facts["years_after"])
    earnings = max(0.0, value - n * facts["contribution"])

    found = mr.projection_of(**{**facts, "convert_every": "never"}, rate_at_withdrawal=rate_at_withdrawal)

    assert len(found.conversions) == 0
    assert found.total_tax == found.roth_at_horizon == 0
    assert found.after_tax_value == pytest.approx(value, rel=1e-9)
    assert found.after_tax_basis == pytest.approx(n * facts["contribution"], rel=1e-9)
    assert found.earnings == pytest.approx(earnings, rel=1e-6, abs=1e-4)
    assert found.net == pytest.approx(value - rate_at_withdrawal * earnings, rel=1e-9)


def test_once_is_one_conversion_when_the_contributions_end() -> None:
    """The word and the number of all periods say the same; the years after are growth only."""
    by_word = mr.projection_of(**FLAT, years_after=5, convert_every="once_at_end_of_contributions")
    by_number = mr.projection_of(**FLAT, years_after=5, convert_every=120)

    assert by_word.roth_at_horizon == by_number.roth_at_horizon
    assert len(by_word.conversions) == 1
    assert by_word.roth_at_horizon == pytest.approx(by_word.roth_at_end_of_contributions * 1.07**5)


def test_what_no_conversion_reached_stays_after_tax() -> None:
    """Every 50 periods of 120: two conversions, and the last 20 contributions with their earnings are left."""
    found = mr.projection_of(**FLAT, convert_every=50)
    u = 1.07 ** (1 / 12)

    assert len(found.conversions) == 2
    assert found.after_tax_value == pytest.approx(3_000 * geometric(u, 20))
    assert found.after_tax_basis == 60_000


@settings(max_examples=40, deadline=None)
@given(st.floats(-0.5, -0.001), st.sampled_from([1, 3, 12, 120]))
def test_a_falling_market_gives_no_deduction(annual_return: float, every: int) -> None:
    """Value below basis: income 0, never negative, and the basis that was not recovered stays with the account."""
    found = mr.projection_of(**FLAT, annual_return=annual_return, convert_every=every)

    assert found.total_taxable == 0
    assert found.total_tax == 0
    moved = found.conversions["value"].sum()
    assert found.after_tax_basis == pytest.approx(360_000 - moved)


def test_basis_that_a_loss_left_shelters_later_earnings() -> None:
    """20,000 of loss stays as basis: the next 20,000 of earnings move free of tax."""
    losing = LIN.with_(
        after_tax_value=30_000.0, after_tax_basis=50_000.0, annual_return=0.0, horizon_year=2027
    )

    ledger = mr.project(losing, ["prompt"]).ledger
    rising = mr.project(losing.with_(annual_return=0.07, days_to_rollover=30), ["prompt"]).ledger

    assert ledger["after_tax_basis"].tolist() == pytest.approx([20_000, 20_000])
    assert ledger["taxable_rollover"].tolist() == [0, 0]
    assert rising["taxable_rollover"].tolist() == [0, 0]
    assert rising["after_tax_basis"].is_monotonic_decreasing
    assert 19_000 < rising["after_tax_basis"].iloc[-1] < 20_000


@settings(max_examples=40, deadline=None)
@given(returns, st.sampled_from([1, 4, 12, 24, 26, 52]), st.floats(0, 60_000))
def test_prompt_on_payday_has_no_earnings_at_all(
    annual_return: float, pay_periods: int, after_tax: float
) -> None:
    """Paid each paycheck and moved on arrival: taxable earnings are exactly zero, not nearly."""
    client = LIN.with_(annual_return=annual_return, pay_periods=pay_periods, after_tax=after_tax)

    ledger = mr.project(client.with_(after_tax_so_far=0.0, horizon_year=2037), ["prompt"]).ledger

    assert (ledger["taxable_rollover"] == 0).all()
    assert (ledger["tax"] == 0).all()
    assert (ledger["after_tax_closing"] == 0).all()
    assert (ledger["after_tax_growth"].abs() < FINE).all()


def test_prompt_after_an_old_balance_is_exactly_clean() -> None:
    """Earnings that stood in the account are taxed in the first year; from the second on there are none at all."""
    moreau = mr.Client.load("moreau").with_(frequency="each_paycheck")

    ledger = mr.project(moreau, ["prompt"]).ledger

    first = 55_500 * 1.065 ** (1 / 26) - 42_000
    assert ledger["taxable_rollover"].iloc[0] == pytest.approx(first)
    assert (ledger["taxable_rollover"].iloc[1:] == 0).all()
    assert (ledger["after_tax_basis"] == 0).all()


@settings(max_examples=30, deadline=None)
@given(returns, st.integers(1, 60), st.sampled_from([1, 12, 26]))
def test_days_until_the_rollover_make_earnings(annual_return: float, days: int, pay_periods: int) -> None:
    """Each contribution earns the period's rate for the days it waits, and that is income."""
    client = LIN.with_(
        annual_return=annual_return, days_to_rollover=days, pay_periods=pay_periods, horizon_year=2030
    )

    ledger = mr.project(client, ["prompt"]).ledger

    earned = ledger["after_tax_in"] * ((1 + annual_return) ** (days / 365) - 1)
    assert ledger["taxable_rollover"].to_numpy() == pytest.approx(earned.to_numpy(), rel=1e-9)
    assert (ledger["taxable_rollover"] > 0).all()


@pytest.mark.parametrize("strategy", ["prompt", "yearly", "late_convert", "late_split"])
@pytest.mark.parametrize("days", [0, 3, 45])
def test_income_is_what_moved_less_the_basis_in_it(strategy: str, days: int) -> None:
    """Also when days pass before the rollover: the account's growth, the move and the income tie out."""
    client = LIN.with_(days_to_rollover=days, separation_year=2029, retirement_year=None, horizon_year=2032)

    ledger = mr.project(client, [strategy]).ledger

    basis_before = ledger["after_tax_basis"].shift(fill_value=0.0)
    recovered = basis_before + ledger["after_tax_in"] - ledger["after_tax_basis"]
    to_ira = ledger["traditional_ira_moved"]
    income = -ledger["after_tax_moved"] - recovered
    assert (ledger["taxable_rollover"] + to_ira).to_numpy() == pytest.approx(income.to_numpy(), abs=FINE)


@pytest.mark.parametrize("strategy", ["prompt", "yearly", "late_convert", "late_split"])
def test_the_days_of_the_rollover_are_earned_once(strategy: str) -> None:
    """Waiting days change what is taxed, not how much money there is: tax paid from outside, the balances agree."""
    short = LIN.with_(separation_year=2029, retirement_year=None, horizon_year=2032)
    names = ["after_tax_closing", "roth_ira_closing", "traditional_ira_closing"]

    now, waited = (mr.project(short.with_(days_to_rollover=days), [strategy]).ledger for days in (0, 30))

    assert waited[names].sum(axis=1).to_numpy() == pytest.approx(now[names].sum(axis=1).to_numpy())


def test_a_split_after_days_gives_each_its_share() -> None:
    """Thirty days later basis and earnings stand as 30 days' growth says, each in its account."""
    client = LIN.with_(days_to_rollover=30, separation_year=2029, retirement_year=None, horizon_year=2029)

    last = mr.project(client, ["late_split"]).ledger.iloc[-1]

    wait = 1.07 ** (30 / 365)
    basis = mr.project(client, ["late_split"]).ledger["after_tax_in"].sum()
    assert last["roth_ira_closing"] * wait == pytest.approx(basis)
    assert last["traditional_ira_closing"] * wait == pytest.approx(-last["after_tax_moved"] - basis)


def loop(
    client: mr.Client, ledger: object, due: Callable[[int, int], bool]
) -> list[tuple[float, float, float]]:
    """The convention written out on plain numbers: after-tax value, Roth and income at each year's end."""
    n, found = client.plan.pay_periods, []
    u = (1 + client.assumptions.annual_return) ** (1 / n)
    value, basis = client.balances.after_tax_value, client.balances.after_tax_basis
    roth = client.balances.roth_ira_value
    for k, paid in enumerate(ledger["after_tax_in"]):
        income = 0.0
        for period in range(1, n + 1):
            value, roth = value * u + paid / n, roth * u
            basis += paid / n
            if due(k, period):
                income += max(0.0, value - basis)
                basis = max(0.0, basis - value)
                value, roth = 0.0, roth + value
        found.append((value, roth, income))
    return found


@settings(max_examples=20, deadline=None)
@given(st.floats(-0.1, 0.15), st.integers(0, 4), st.sampled_from([4, 12, 26]), st.floats(0, 90_000))
def test_the_engine_is_the_loop_written_out(
    annual_return: float, last: int, pay_periods: int, held: float
) -> None:
    """Prompt, yearly, late and a wait of 15 months, from any opening balance, equal a plain loop to 1e-6."""
    client = LIN.with_(
        annual_return=annual_return, pay_periods=pay_periods, separation_year=2026 + last, retirement_year=None,
        horizon_year=2031, after_tax_value=held, after_tax_basis=60_000.0, roth_ira_value=12_000.0,
    )  # fmt: skip

    def at_the_end(k: int, period: int) -> bool:
        return k == last and period == pay_periods

    schedules = {
        "prompt": lambda k, period: k <= last,
        "yearly": lambda k, period: k <= last and period == pay_periods,
        "late_convert": at_the_end,
        "delay_15m": lambda k, p: k <= last and (k + p / pay_periods > 1.25 + 1e-9 or at_the_end(k, p)),
    }
    ledger = mr.project(client, ["prompt", "yearly", "late_convert", mr.delay(months=15)]).ledger

    for key, due in schedules.items():
        mine = ledger[ledger["strategy"] == key]
        got = mine[["after_tax_closing", "roth_ira_closing", "taxable_rollover"]].to_numpy()
        assert got == pytest.approx(np.array(loop(client, mine, due)), rel=1e-9, abs=FINE), key


def test_a_mid_year_start_pays_from_then_on() -> None:
    """From pay period 14 of 26 the year's money comes in 13 parts, which have half a year to grow."""
    client = LIN.with_(first_pay_period=14, after_tax=26_000.0, after_tax_so_far=0.0, horizon_year=2027)

    first, second = mr.project(client, ["late_convert"]).ledger.itertuples()

    u = 1.07 ** (1 / 26)
    assert first.after_tax_in == 26_000
    assert first.after_tax_closing == pytest.approx(2_000 * geometric(u, 13))
    assert second.after_tax_closing == pytest.approx(
        first.after_tax_closing * 1.07 + 1_000 * geometric(u, 26)
    )


def test_money_already_in_came_before_the_first_pay_period_ahead() -> None:
    """16,500 in the first 13 pay periods, the other 21,000 in the 13 that are still to come."""
    client = LIN.with_(first_pay_period=14, horizon_year=2027)

    first = mr.project(client, ["late_convert"]).ledger.iloc[0]

    u = 1.07 ** (1 / 26)
    early, late = 16_500 / 13 * geometric(u, 13) * u**13, 21_000 / 13 * geometric(u, 13)
    assert first["after_tax_in"] == pytest.approx(37_500, abs=FINE)
    assert first["after_tax_closing"] == pytest.approx(early + late)


def test_a_first_pay_period_that_the_year_does_not_have() -> None:
    """The thirteenth of twelve paychecks is refused, not moved to December in silence."""
    with pytest.raises(mr.InputError) as caught:
        mr.project(LIN.with_(pay_periods=12, first_pay_period=13))

    assert (caught.value.field, caught.value.value) == ("first_pay_period", 13)


def test_bare_figures_and_a_client_run_through_one_engine() -> None:
    """A client who pays 12,000 a year for 11 years and leaves is the bare case of 12 x 1,000."""
    client = LIN.with_(pay_periods=12, after_tax=12_000.0, after_tax_so_far=0.0, roth_ira_value=0.0)
    ledger = mr.project(client).ledger.set_index(["strategy", "year"])

    for key, every in {"prompt": 1, "yearly": 12, "late_convert": "once_at_end_of_contributions"}.items():
        flat = mr.projection_of(1_000, periods_per_year=12, years=11, years_after=20, convert_every=every)
        mine = ledger.loc[key]
        assert mine["taxable_rollover"].sum() == pytest.approx(flat.total_taxable)
        assert mine["roth_ira_closing"].loc[2036] == pytest.approx(flat.roth_at_end_of_contributions)
        assert mine["roth_ira_closing"].loc[2056] == pytest.approx(flat.roth_at_horizon)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("contribution", -1),
        ("contribution", [1_000.0, 2_000.0]),
        ("contribution", math.nan),
        ("periods_per_year", 0),
        ("periods_per_year", 12.5),
        ("periods_per_year", 1e9),
        ("periods_per_year", [12, 26]),
        ("years", 0),
        ("years", 101),
        ("years", 1e6),
        ("years", np.array([1, 2])),
        ("years_after", -1),
        ("years_after", 101),
        ("annual_return", -1),
        ("annual_return", 7),
        ("annual_return", [0.05, 0.07]),
        ("tax_rate", 24),
        ("tax_rate", np.array([0.24])),
        ("rate_at_withdrawal", -0.1),
        ("rate_at_withdrawal", "24%"),
        ("convert_every", 0),
        ("convert_every", 1.5),
        ("convert_every", "monthly"),
        ("convert_every", None),
        ("convert_every", [1, 2]),
        ("tax_paid_from", "savings"),
        ("tax_paid_from", None),
        ("tax_paid_from", ["outside"]),
        ("timing", "middle"),
        ("timing", 3),
    ],
)
def test_impossible_bare_figures(field: str, bad: object) -> None:
    """Each bad figure is an InputError that names its field."""
    with pytest.raises(mr.InputError) as caught:
        mr.projection_of(**{**FLAT, field: bad})

    assert caught.value.field == field
    assert str(caught.value).endswith(".")


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.5, 1.5), min_size=1, max_size=12), st.integers(0, 10_000))
def test_the_year_end_is_the_loop_written_out(factors: list[float], seed: int) -> None:
    """What each period's end has become by the last one: growth of the periods after it, nothing for the last."""
    growth = np.array(factors)[:, None]
    flows = np.random.default_rng(seed).uniform(0, 1_000, (len(factors), 2, 1))

    there = at_year_end(flows, to_year_end(growth))

    balance = np.zeros((2, 1))
    for factor, flow in zip(factors, flows, strict=True):
        balance = balance * factor + flow
    np.testing.assert_allclose(there, balance, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_many_paths_are_each_path_alone(seed: int, waits: bool) -> None:
    """An account run on an array of paths equals the account run on each of them, to the last bit."""
    random = np.random.default_rng(seed)
    growth = random.uniform(0.8, 1.3, (6, 5))
    due = random.integers(0, 2, (6, 3, 1)).astype(float)
    paid = random.uniform(0, 5_000, (6, 3, 1))
    wait = growth ** (1 / 3) if waits else None

    def of(paths: slice) -> tuple[np.ndarray, ...]:
        start = np.full((3, growth[:, paths].shape[1]), 9_000.0)
        account = AfterTax(start, start + 1_000)
        out = one_year(account, paid, growth[:, paths], due, None if wait is None else wait[:, paths])
        return account.value, account.basis, out.moved.sum(axis=0), out.earnings.sum(axis=0)

    together = of(slice(None))
    for path in range(5):
        for whole, alone in zip(together, of(slice(path, path + 1)), strict=True):
            np.testing.assert_array_equal(whole[:, path], alone[:, 0])
