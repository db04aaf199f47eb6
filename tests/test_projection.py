"""The ledger keeps count of every dollar, the tax is a difference of full taxes, and all is valued after tax."""

import datetime as dt
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.law import STATUS_CODE
from megaroth.plans.coming_years import coming_years
from megaroth.plans.engine import run
from megaroth.plans.planned import even_growth, plan_of_years
from megaroth.rules.income_tax import federal_columns
from tests.generators import clients

ACCOUNTS = ("pre_tax", "designated_roth", "after_tax", "traditional_ira", "roth_ira", "brokerage")
FEDERAL = {"ordinary": "tax_on_ordinary", "capital_gains": "tax_on_gains", "amt": "amt", "niit": "niit"}
SAMPLES = ("lin", "moreau", "okafor", "reyes")
LIN, MOREAU, OKAFOR, REYES = (mr.Client.load(name) for name in SAMPLES)
# No state tax, nobody near Medicare: the tax of these is the federal one alone.
TEXAN = {
    "lin": LIN.with_(state="TX", horizon_year=2037),
    "moreau": MOREAU.with_(state="TX", horizon_year=2036),
    "reyes": REYES.with_(state="TX", separation_year=2032, horizon_year=2034, other_ordinary_income=120_000.0),
    "mfs": LIN.with_(state="TX", filing_status="mfs", spouse_wages=500_000.0, separation_year=2030, horizon_year=2031),
    "spouse": LIN.with_(
        state="TX", participant="spouse", wages=60_000.0, spouse_wages=300_000.0, separation_year=2030, horizon_year=2031
    ),
    "solo_with_a_job": REYES.with_(
        state="TX", wages=90_000.0, other_ordinary_income=120_000.0, separation_year=2030, horizon_year=2031
    ),
}  # fmt: skip
CENT, FINE = 0.005, 1e-6
FOUR = ("prompt", "yearly", "late_convert", "late_split")


def by_account(ledger: pd.DataFrame, flow: str) -> pd.DataFrame:
    return pd.DataFrame({name: ledger[f"{name}_{flow}"] for name in ACCOUNTS})


@pytest.mark.parametrize("name", SAMPLES)
def test_every_sample_projects(name: str) -> None:
    """All four clients, all strategies: a finite row per strategy and year, a summary row per strategy."""
    client = mr.Client.load(name)
    years = range(client.assumptions.start_year, client.assumptions.horizon_year + 1)

    found = mr.project(client)

    assert list(found.summary.index) == [each.key for each in mr.STRATEGIES]
    assert len(found.ledger) == len(years) * len(mr.STRATEGIES)
    for key in found.summary.index:
        assert found.ledger.loc[found.ledger["strategy"] == key, "year"].tolist() == list(years)
    assert np.isfinite(found.ledger.select_dtypes("number")).all(axis=None)
    assert np.isfinite(found.summary).all(axis=None)
    assert found.summary["against_first"].iloc[0] == 0


@settings(max_examples=20, deadline=None)
@given(clients(), st.sampled_from(["outside", "from_conversion"]), st.integers(0, 20))
def test_every_account_ties_out(client: mr.Client, paid_from: str, days: int) -> None:
    """Opening + in + growth + moved - tax = closing; one close is the next open; what moves only changes place."""
    if client.plan.way_out == "in_plan_rollover":
        paid_from = "outside"
    client = client.with_(tax_paid_from=paid_from, days_to_rollover=days)
    ledger = mr.project(client).ledger

    opening, closing = by_account(ledger, "opening"), by_account(ledger, "closing")
    flows = by_account(ledger, "in") + by_account(ledger, "growth") + by_account(ledger, "moved")
    ends = opening + flows - by_account(ledger, "tax")
    np.testing.assert_allclose(ends, closing, rtol=1e-9, atol=CENT)
    np.testing.assert_allclose(by_account(ledger, "moved").sum(axis=1), 0, atol=CENT)
    assert (closing > -CENT).all(axis=None)
    for _, mine in ledger.groupby("strategy"):
        np.testing.assert_array_equal(by_account(mine, "opening")[1:], by_account(mine, "closing")[:-1])
        start = client.balances
        assert by_account(mine, "opening").iloc[0].tolist() == [
            start.pre_tax, start.designated_roth, start.after_tax_value, start.traditional_ira_value,
            start.roth_ira_value, start.brokerage_value,
        ]  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(clients(), st.sampled_from(["outside", "from_conversion"]))
def test_dollars_in_are_dollars_out(client: mr.Client, paid_from: str) -> None:
    """Over the whole horizon: what was there, came in and grew is what is there at the end and what tax took."""
    if client.plan.way_out == "in_plan_rollover":
        paid_from = "outside"
    ledger = mr.project(client.with_(tax_paid_from=paid_from)).ledger

    for _, mine in ledger.groupby("strategy"):
        came = by_account(mine, "opening").iloc[0].sum() + by_account(mine, "in").sum().sum()
        grew = by_account(mine, "growth").sum().sum()
        left = by_account(mine, "closing").iloc[-1].sum() + by_account(mine, "tax").sum().sum()
        assert came + grew == pytest.approx(left, rel=1e-9, abs=CENT)


@pytest.mark.parametrize("name", SAMPLES)
def test_accounts_that_nothing_is_moved_into_grow_by_hand(name: str) -> None:
    """Pre-tax money: contributions at each period's end; what takes no part: the return alone. Written out here."""
    client = mr.Client.load(name)
    n, r = client.plan.pay_periods, client.assumptions.annual_return
    u = (1 + r) ** (1 / n)
    late = (u**n - 1) / (u - 1) / n  # a year's even contributions at its end, per dollar

    ledger = mr.project(client, ["prompt"]).ledger

    for account in (
        "pre_tax",
        "designated_roth" if client.plan.way_out != "in_plan_rollover" else "roth_ira",
    ):
        grown = ledger[f"{account}_opening"] * (1 + r) + ledger[f"{account}_in"] * late
        assert ledger[f"{account}_closing"].to_numpy() == pytest.approx(grown.to_numpy())
    assert ledger["traditional_ira_closing"].tolist() == [0.0] * len(ledger)


def test_a_traditional_ira_grows_and_takes_the_split() -> None:
    """What was in it earns the return; a split adds the earnings of the after-tax account, and nothing is taxed yet."""
    client = LIN.with_(traditional_ira_value=50_000.0, traditional_ira_basis=20_000.0, horizon_year=2036)

    rows = mr.project(client).ledger.set_index(["strategy", "year"])

    prompt, split, late = (rows.loc[key] for key in ("prompt", "late_split", "late_convert"))
    assert prompt.loc[2036, "traditional_ira_closing"] == pytest.approx(50_000 * 1.07**11)
    earnings = late.loc[2036, "taxable_rollover"]
    assert split.loc[2036, "traditional_ira_closing"] == pytest.approx(50_000 * 1.07**11 + earnings)
    assert split.loc[2036, "tax"] == 0


@pytest.mark.parametrize("paid_from", ["outside", "from_conversion"])
@pytest.mark.parametrize("name", ["lin", "moreau", "reyes"])
def test_every_strategy_spends_the_same_take_home_dollars(name: str, paid_from: str) -> None:
    """Each year: its taxes, less what the conversion itself paid, plus its deposit in the side account, are one sum."""
    client = mr.Client.load(name).with_(tax_paid_from=paid_from)

    ledger = mr.project(client, [*mr.STRATEGIES, mr.delay(2)]).ledger

    taxes = ledger["tax"] + ledger["additional_tax"] + ledger["side_account_tax"]
    ledger["spent"] = taxes - ledger["roth_ira_tax"] + ledger["brokerage_in"] + ledger["after_tax_in"]
    spent = ledger.pivot(index="year", columns="strategy", values="spent")
    aside = ledger.groupby("year")["after_tax_in"].transform("max") - ledger["after_tax_in"]
    ledger["deposit"] = ledger["brokerage_in"] - aside
    deposits = ledger.pivot(index="year", columns="strategy", values="deposit")
    assert spent.sub(spent.iloc[:, 0], axis=0).abs().max(axis=None) < FINE
    assert (deposits > -FINE).all(axis=None)
    assert (deposits.min(axis=1) < FINE).all()  # the dearest of the year deposits nothing
    for kind in ("pre_tax_in", "designated_roth_in"):
        assert (ledger.groupby("year")[kind].nunique() == 1).all()
    paid_in = ledger[ledger["strategy"] != "brokerage"].groupby("year")["after_tax_in"]
    assert (paid_in.nunique() == 1).all()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_side_account_closes_after_tax(name: str) -> None:
    """Opening and its dividends earn the year; the deposit arrives at the end; dividends and deposits are basis."""
    client = mr.Client.load(name)
    without_brokerage = [each for each in mr.STRATEGIES if each != mr.BROKERAGE]
    r, dividend_yield, start = (
        client.assumptions.annual_return,
        client.assumptions.dividend_yield,
        client.balances,
    )

    for _, mine in mr.project(client, without_brokerage).ledger.groupby("strategy"):
        grown = mine["brokerage_opening"] * (1 + r) + mine["brokerage_in"]
        assert mine["brokerage_closing"].to_numpy() == pytest.approx(grown.to_numpy())
        own = start.brokerage_value * (1 + r) ** np.arange(len(mine))
        dividends = dividend_yield * (mine["brokerage_opening"] - own)
        basis = start.brokerage_basis + (mine["brokerage_in"] + dividends).cumsum()
        assert mine["brokerage_basis"].to_numpy() == pytest.approx(basis.to_numpy())
        first = mine.iloc[0]
        assert first["side_account_tax"] == 0  # no opening balance, no dividends


@pytest.mark.parametrize("name", SAMPLES)
def test_another_strategy_moves_all_finals_alike(name: str) -> None:
    """Beside a dearer one everybody deposits more, and nobody is better off against another (no dividends to tax)."""
    client = mr.Client.load(name).with_(dividend_yield=0.0)

    alone = mr.project(client, ["prompt", "yearly"]).summary["value_after_tax"]
    beside = mr.project(client, ["prompt", "yearly", "late_convert", mr.delay(1)]).summary["value_after_tax"]

    moved = beside[alone.index] - alone
    assert moved.iloc[0] > 0
    assert moved.tolist() == pytest.approx([moved.iloc[0]] * 2, abs=CENT)


def test_the_order_of_strategies_changes_no_figure() -> None:
    """First is only what the others are held against."""
    there, back = mr.project(LIN, FOUR).summary, mr.project(LIN, FOUR[::-1]).summary

    assert there["value_after_tax"].to_dict() == back["value_after_tax"].to_dict()
    assert back.loc["prompt", "against_first"] == -there.loc["late_split", "against_first"]


@pytest.mark.parametrize("days", [0, 20])
@pytest.mark.parametrize("name", SAMPLES)
def test_without_return_and_tax_all_that_ends_in_roth_ties(name: str, days: int) -> None:
    """No earnings, past or future: no tax anywhere, so when the money moves does not matter to the cent."""
    client = mr.Client.load(name).with_(
        annual_return=0.0, days_to_rollover=days, after_tax_value=0.0, after_tax_basis=0.0
    )

    found = mr.project(client, ["prompt", "yearly", "late_convert", mr.delay(1), mr.delay(months=30)]).summary

    assert (found["tax"] == 0).all()
    assert found["value_after_tax"].to_numpy() == pytest.approx(found["value_after_tax"].iloc[0], abs=FINE)


@settings(max_examples=15, deadline=None)
@given(clients(), st.integers(0, 30))
def test_a_falling_market_never_makes_income_or_a_deduction(client: mr.Client, days: int) -> None:
    """Returns below zero: income and tax are 0, and the basis that was not recovered is kept in the account."""
    falling = client.with_(
        annual_return=-abs(client.assumptions.annual_return) - 0.001, days_to_rollover=days, after_tax_value=10_000.0,
        after_tax_basis=10_000.0,
    )  # fmt: skip

    ledger = mr.project(falling, ["prompt", "yearly", "late_convert"]).ledger

    assert (ledger["taxable_rollover"] == 0).all()
    assert (ledger["tax"] == 0).all()
    for _, mine in ledger.groupby("strategy"):
        kept = 10_000 + mine["after_tax_in"].cumsum() + mine["after_tax_moved"].cumsum()
        assert mine["after_tax_basis"].to_numpy() == pytest.approx(kept.to_numpy(), abs=CENT)


def the_return(client: mr.Client, row: pd.Series) -> pd.DataFrame:
    """The client's own return of a ledger row's year from the facts: box 1 wages are pay less pre-tax deferrals."""
    home, assumed, year = client.household, client.assumptions, int(row["year"])
    ahead = year - assumed.start_year
    prices, pay = (1 + assumed.inflation) ** ahead, (1 + assumed.pay_growth) ** ahead
    working = year <= assumed.separation_year
    employer = (
        0.0
        if client.plan.kind == "solo_401k"
        else mr.after_tax_space(client, 2026).employer_contribution * pay
    )
    deferral = row["pre_tax_in"] - employer * working  # a sole proprietor deducts the employer share too
    own = client.participant_wages * pay
    joint, solo = home.filing_status == "mfj", client.plan.kind == "solo_401k"
    wages = {"client": own, "spouse": home.wages * pay}[client.participant]
    others = {"client": home.spouse_wages * pay, "spouse": own}[client.participant]
    facts = {name: getattr(home, name) * prices for name in ("taxable_interest", "qualified_dividends", "long_term_gain",
             "state_local_taxes", "other_itemized", "other_ordinary_income")}  # fmt: skip
    facts |= {
        "filing_status": home.filing_status, "age": home.age(year), "wages": wages, "children": home.children,
        "self_employment_profit": home.self_employment_profit * pay, "specified_service": home.specified_service,
    }  # fmt: skip
    if joint:
        facts |= {"spouse_age": home.spouse_age(year), "spouse_wages": others}
    lowered = (
        "other_ordinary_income" if solo else "spouse_wages" if client.participant == "spouse" else "wages"
    )
    facts[lowered] -= deferral
    if solo:
        facts["plan_deduction"] = deferral  # off business income too: Reg. 1.199A-3(b)(1)(vi)
    return pd.DataFrame([facts])


def federal_total(law: mr.Law, household: pd.DataFrame) -> float:
    """As mr.federal_tax, whose columns know no deduction of a sole proprietor's own saving."""
    facts = household.iloc[0].to_dict()
    return float(federal_columns(law, {"status": STATUS_CODE[facts.pop("filing_status")], **facts})["total"])


@pytest.mark.parametrize("name", TEXAN)
def test_tax_is_a_difference_of_two_full_taxes(name: str) -> None:
    """Federal tax of that year's law on that year's household with the income, less the same without it."""
    client = TEXAN[name].with_(retirement_year=None)
    r, own = client.assumptions.annual_return, client.balances.brokerage_value
    ledger = mr.project(client, ["prompt", "yearly", "late_convert", mr.delay(2)]).ledger
    checked = 0

    for _, row in ledger[ledger["year"] <= client.assumptions.separation_year].iterrows():
        law = mr.load_law(int(row["year"]), inflation=client.assumptions.inflation)
        side = row["brokerage_opening"] - own * (1 + r) ** (row["year"] - 2026)
        neither = the_return(client, row)
        without = neither.assign(
            qualified_dividends=neither["qualified_dividends"] + client.assumptions.dividend_yield * side
        )
        with_it = without.assign(conversion=row["taxable_rollover"])
        taxes = [federal_total(law, each) for each in (neither, without, with_it)]
        assert row["tax"] == pytest.approx(taxes[2] - taxes[1], abs=FINE)
        assert row["side_account_tax"] == pytest.approx(taxes[1] - taxes[0], abs=FINE)
        checked += row["taxable_rollover"] > 0

    assert checked >= 5
    assert ledger["tax"].max() > 1_000


def test_a_bracket_edge_is_priced_on_both_sides() -> None:
    """law.md section 3: joint, 2026, 400,000 of ordinary taxable income before, 7,500 of earnings: 2,116."""
    client = LIN.with_(
        state="TX", wages=400_000.0 + 32_200 + 24_500, taxable_interest=0.0, qualified_dividends=0.0, long_term_gain=0.0,
        state_local_taxes=0.0, other_itemized=0.0, children=0, after_tax_basis=30_000.0, after_tax_value=37_500.0,
        annual_return=0.0, horizon_year=2027,
    )  # fmt: skip

    first = mr.project(client, ["prompt"]).ledger.iloc[0]

    assert first["taxable_rollover"] == pytest.approx(7_500)
    assert first["tax"] == pytest.approx(2_116, abs=CENT)


def kept_back(**changes: object) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same client with tax kept back from the conversion, and with tax from outside; moves on 31 December 2027."""
    client = LIN.with_(separation_year=2027, retirement_year=None, horizon_year=2028, **changes)
    return tuple(
        mr.project(client.with_(tax_paid_from=way), ["late_convert"]).ledger.set_index("year")
        for way in ("from_conversion", "outside")
    )


def test_tax_out_of_the_conversion_is_basis_first() -> None:
    """Tax below the basis: no additional tax at 46, Roth is short by exactly the tax, and no side account pays."""
    kept, outside = kept_back(after_tax_value=50_000.0, after_tax_basis=40_000.0)

    tax = kept.loc[2027, "tax"]
    assert tax == outside.loc[2027, "tax"] > 1_000
    assert kept.loc[2027, "roth_ira_tax"] == tax
    assert (kept["additional_tax"] == 0).all()
    assert kept.loc[2027, "roth_ira_closing"] == pytest.approx(outside.loc[2027, "roth_ira_closing"] - tax)
    assert (outside["roth_ira_tax"] == 0).all()
    assert (kept["brokerage_in"] == 0).all()


@pytest.mark.parametrize("birth_year", [1981, dt.date(1981, 6, 1), 1968, dt.date(1968, 7, 1)], ids=str)
def test_earnings_kept_back_bear_the_additional_tax(birth_year: object) -> None:
    """Under 59 1/2, tax above the basis: 10% of the earnings kept, which is kept back too."""
    kept, _ = kept_back(
        birth_year=birth_year,
        after_tax=0.0,
        after_tax_so_far=0.0,
        after_tax_value=400_000.0,
        after_tax_basis=10_000.0,
    )

    last = kept.loc[2027]
    basis = -last["after_tax_moved"] - last["taxable_rollover"]
    earnings = last["roth_ira_tax"] - basis
    assert basis == pytest.approx(10_000)
    assert earnings > 0
    assert last["additional_tax"] == pytest.approx(0.10 * earnings)
    assert last["roth_ira_tax"] == pytest.approx(last["tax"] + last["additional_tax"])


@pytest.mark.parametrize("birth_year", [1967, dt.date(1968, 6, 30), dt.date(1968, 1, 1)], ids=str)
def test_no_additional_tax_from_59_and_a_half(birth_year: object) -> None:
    """Reached by 31 December: with a birth year in the year of the 60th birthday, with a date to the half year."""
    kept, _ = kept_back(
        birth_year=birth_year,
        after_tax=0.0,
        after_tax_so_far=0.0,
        after_tax_value=400_000.0,
        after_tax_basis=10_000.0,
    )

    assert kept.loc[2027, "tax"] > 10_000
    assert kept.loc[2027, "additional_tax"] == 0
    assert kept.loc[2027, "roth_ira_tax"] == kept.loc[2027, "tax"]


def test_tax_kept_back_within_the_year_misses_the_rest_of_its_growth() -> None:
    """A quarterly plan: each quarter's tax leaves when it moves, and what it would have earned to December goes too."""
    client = LIN.with_(frequency="quarterly", pay_periods=4, horizon_year=2026, tax_paid_from="outside", separation_year=2026,
                       retirement_year=None, after_tax_value=60_000.0, after_tax_basis=40_000.0)  # fmt: skip
    outside, kept = (
        mr.project(client.with_(tax_paid_from=way), ["prompt"]).ledger.iloc[0]
        for way in ("outside", "from_conversion")
    )

    u = 1.07 ** (1 / 4)
    first = 60_000 * u - 40_000  # only the first quarter finds earnings: each later one moves on arrival
    assert outside["taxable_rollover"] == pytest.approx(first)
    missing = outside["roth_ira_closing"] - kept["roth_ira_closing"]
    assert missing == pytest.approx(outside["tax"] * u**3)
    assert kept["roth_ira_tax"] == pytest.approx(outside["tax"], abs=FINE)


def test_only_an_in_plan_rollover_lets_nothing_be_kept() -> None:
    """The one way out that pays nothing to the person is refused with its field; every other is not."""
    with pytest.raises(mr.InputError) as caught:
        mr.project(OKAFOR.with_(tax_paid_from="from_conversion"))
    assert (caught.value.field, caught.value.value) == ("tax_paid_from", "from_conversion")

    for way_out in ("both", "in_service_distribution", "none", None):
        found = mr.project(OKAFOR.with_(tax_paid_from="from_conversion", way_out=way_out, horizon_year=2032))
        assert found.ledger["roth_ira_tax"].sum() > 0


@pytest.mark.parametrize("name", SAMPLES)
def test_the_value_is_after_every_later_tax(name: str) -> None:
    """Roth whole, pre-tax money and untaxed earnings at the rate in retirement, the brokerage's gain at the gains rate."""
    client = mr.Client.load(name).with_(traditional_ira_value=30_000.0, traditional_ira_basis=12_000.0)
    projection = mr.project(client)

    for key in FOUR:
        last = projection.ledger[projection.ledger["strategy"] == key].iloc[-1]
        later = client.assumptions.retirement_tax_rate
        value = last["designated_roth_closing"] + last["roth_ira_closing"]
        value += last["pre_tax_closing"] * (1 - later)
        value += last["traditional_ira_closing"] - later * (last["traditional_ira_closing"] - 12_000)
        value += last["brokerage_closing"] - client.assumptions.gains_rate_at_horizon * (
            last["brokerage_closing"] - last["brokerage_basis"]
        )
        assert last["after_tax_closing"] == 0
        assert projection.summary.loc[key, "value_after_tax"] == pytest.approx(value)


def test_a_loss_in_the_brokerage_account_is_no_credit() -> None:
    """Value below basis is worth its value."""
    client = LIN.with_(brokerage_value=50_000.0, brokerage_basis=80_000.0, annual_return=0.0, horizon_year=2026, pre_tax=0.0,
                       designated_roth=0.0, employer_contribution=0.0, elective_deferral=0.0, after_tax=0.0,
                       after_tax_so_far=0.0, match=[])  # fmt: skip

    assert mr.project(client, ["prompt"]).summary["value_after_tax"].item() == 50_000


def test_the_years_end_in_the_summary() -> None:
    """The last of the values by year is the value at the horizon, one column per strategy in the order asked."""
    projection = mr.project(LIN, ["late_convert", "prompt"])

    values = projection.values()

    assert list(values.columns) == ["late_convert", "prompt"]
    assert list(values.index) == list(range(2026, 2057))
    assert values.loc[2056].to_dict() == projection.summary["value_after_tax"].to_dict()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_working_adds_up_to_the_tax_of_the_year(name: str) -> None:
    """Each year of each strategy: account and income tie out, the last step is the ledger's tax to the cent."""
    client = mr.Client.load(name).with_(days_to_rollover=5)
    projection = mr.project(client)

    for _, row in projection.ledger.iterrows():
        steps = projection.working(row["strategy"], row["year"])
        amount = steps.set_index("label")["amount"]
        assert list(steps.columns) == ["label", "amount", "formula", "source"]
        assert steps["source"].str.len().min() > 0
        assert steps["amount"].iloc[-1] == row["tax"]
        place = list(steps["label"]).index("Income")
        assert steps["amount"].iloc[place + 1 : -1].sum() == pytest.approx(row["tax"], abs=CENT)
        assert amount.iloc[:4].tolist() == pytest.approx(
            [row["after_tax_opening"], row["after_tax_in"], row["after_tax_growth"], -row["after_tax_moved"]]
        )
        left = amount.iloc[:3].sum() - amount["Moved"]
        assert left == pytest.approx(row["after_tax_closing"], abs=CENT)
        assert amount["Income"] == row["taxable_rollover"]


@pytest.mark.parametrize(("strategy", "year", "field"), [("promt", 2026, "strategies"), ("prompt", 2090, "year"),
                                                         ("prompt", "x", "year"), (None, 2026, "strategies")])  # fmt: skip
def test_a_working_that_is_not_there(strategy: object, year: object, field: str) -> None:
    """An unknown strategy or year is an InputError with its own field."""
    with pytest.raises(mr.InputError) as caught:
        mr.project(LIN, ["prompt"]).working(strategy, year)

    assert caught.value.field == field


def test_a_projection_changes_nothing() -> None:
    """The client is the same afterwards and the same question has the same answer."""
    before = LIN.model_copy(deep=True)

    once, twice = mr.project(LIN), mr.project(LIN)

    assert before == LIN
    pd.testing.assert_frame_equal(once.ledger, twice.ledger)
    assert not math.isnan(once.summary["value_after_tax"].sum())


ALL = (*mr.STRATEGIES, mr.delay(2), mr.every(3), *mr.MISTAKES)
REAL = {"acp_refund_share": 0.3, "days_to_rollover": 12, "true_up": False}


@settings(max_examples=12, deadline=None)
@given(clients(), st.sampled_from(["outside", "from_conversion"]), st.booleans(), st.booleans())
def test_everything_ties_out_whatever_goes_wrong(
    client: mr.Client, paid_from: str, refunds: bool, periods: bool
) -> None:
    """Mistakes, refunds, days, a job that ends in May: every account of every row, and what moves only changes place."""
    if client.plan.way_out == "in_plan_rollover":
        paid_from = "outside"
    changes = {**REAL, "acp_refund_share": 0.3 * refunds, "tax_paid_from": paid_from}
    if client.assumptions.separation_year > client.assumptions.start_year:
        changes["separation_year"] = dt.date(client.assumptions.separation_year, 5, 20)

    ledger = mr.project(client.with_(**changes), ALL, periods=periods).ledger

    opening, closing = by_account(ledger, "opening"), by_account(ledger, "closing")
    ends = opening + by_account(ledger, "in") + by_account(ledger, "growth") + by_account(ledger, "moved")
    np.testing.assert_allclose(ends - by_account(ledger, "tax"), closing, rtol=1e-9, atol=CENT)
    np.testing.assert_allclose(by_account(ledger, "moved").sum(axis=1), 0, atol=CENT)
    assert (closing > -CENT).all(axis=None)
    assert (ledger[["after_tax_basis", "brokerage_basis", "taxable_rollover", "taxable_refund"]] >= 0).all(
        axis=None
    )
    for _, mine in ledger.groupby("strategy"):
        np.testing.assert_array_equal(by_account(mine, "opening")[1:], by_account(mine, "closing")[:-1])


@pytest.mark.parametrize("name", SAMPLES)
def test_pay_periods_add_up_to_the_years(name: str) -> None:
    """A row per paycheck: flows and taxes add up to the year's, the last balance is the year's, taxes stand in the last."""
    client = mr.Client.load(name).with_(**REAL)
    n = client.plan.pay_periods

    by_year = mr.project(client, ALL).ledger
    ledger = mr.project(client, ALL, periods=True).ledger

    assert ledger["period"].tolist() == list(range(1, n + 1)) * len(by_year)
    assert (ledger["year"].to_numpy()[::n] == by_year["year"]).all()
    sums = [column for column in by_year if column.endswith(("_in", "_growth", "_moved", "_tax"))]
    sums += ["tax", "state", "medicare", "taxable_rollover", "nontaxable_rollover", "taxable_refund"]
    blocks = np.repeat(np.arange(len(by_year)), n)
    np.testing.assert_allclose(ledger[sums].groupby(blocks).sum(), by_year[sums], rtol=1e-9, atol=CENT)
    last = [column for column in by_year if column.endswith(("_closing", "_basis"))]
    np.testing.assert_array_equal(ledger[last][ledger["period"] == n], by_year[last])
    early = ledger[ledger["period"] < n]
    assert (early[["tax", "side_account_tax", "additional_tax", "roth_ira_tax"]] == 0).all(axis=None)


def test_a_period_grows_then_pays_in_then_moves() -> None:
    """Each paycheck by hand: prompt is empty at each period's end, Roth grows by the period's rate and takes 1/26."""
    ledger = mr.project(LIN.with_(after_tax_so_far=0.0), ["prompt", "yearly"], periods=True).ledger
    u = 1.07 ** (1 / 26)

    first = ledger[(ledger["strategy"] == "prompt") & (ledger["year"] == 2026)]
    assert (first["after_tax_closing"] == 0).all()
    assert first["roth_ira_closing"].tolist() == pytest.approx(
        [37_500 / 26 * sum(u**k for k in range(p)) for p in range(1, 27)]
    )
    waiting = ledger[(ledger["strategy"] == "yearly") & (ledger["year"] == 2026)]
    assert waiting["after_tax_basis"].tolist() == pytest.approx(
        [37_500 / 26 * p for p in range(1, 26)] + [0.0]
    )


@settings(max_examples=8, deadline=None)
@given(clients(), st.integers(0, 10_000))
def test_array_paths_equal_scalar_runs(client: mr.Client, seed: int) -> None:
    """Four paths at once are each of them alone, value by value; a constant path is what project shows."""
    client = client.with_(
        acp_refund_share=0.2, days_to_rollover=4, horizon_year=client.assumptions.start_year + 14
    )
    client = client.with_(
        separation_year=min(client.assumptions.separation_year, client.assumptions.horizon_year)
    )
    plan = plan_of_years(client, ALL)
    even = even_growth(plan)
    drawn = np.random.default_rng(seed).lognormal(0.004, 0.05, (len(even), 3))

    together = run(plan, np.hstack([even, drawn]))

    for path, growth in enumerate([even, *(drawn[:, [k]] for k in range(3))]):
        alone = run(plan, growth)
        for name in ("after_tax", "tax", "taxable"):
            whole = getattr(together, name)[..., path]
            np.testing.assert_allclose(whole, getattr(alone, name)[..., 0], rtol=1e-12, atol=1e-6)
    shown = mr.project(client, ALL)
    np.testing.assert_allclose(together.after_tax[..., 0], shown.values(), rtol=1e-12, atol=1e-6)
    paid = shown.summary["tax"] + shown.summary["additional_tax"]
    np.testing.assert_allclose(together.tax[:, 0], paid, rtol=1e-12, atol=1e-6)


@pytest.mark.parametrize("name", SAMPLES)
def test_without_return_and_tax_every_way_into_roth_ties(name: str) -> None:
    """Whenever the money moves, also at dates of the advisor's own: no earnings, no tax, one value."""
    client = mr.Client.load(name).with_(annual_return=0.0, after_tax_value=0.0, after_tax_basis=0.0)
    leaves = client.assumptions.leaving_year
    ways = ["prompt", "yearly", "late_convert", mr.delay(1), mr.every(6), mr.convert_in({2027, leaves})]

    value = mr.project(client, ways).summary["value_after_tax"]

    assert value.tolist() == pytest.approx([value.iloc[0]] * len(ways), abs=CENT)


@settings(max_examples=12, deadline=None)
@given(clients(), st.floats(0.001, 0.12))
def test_taxed_earnings_never_fall_with_a_slower_schedule(client: mr.Client, annual_return: float) -> None:
    """In a rising market every schedule that contains another one's dates taxes no more than that one."""
    rising = client.with_(annual_return=annual_return, conversions_end_year=None)

    taxed = mr.project(rising, ["prompt", mr.every(3), mr.every(6), "yearly", "late_convert"]).summary[
        "taxable_rollover"
    ]

    assert taxed.diff().iloc[1:].min() > -CENT


def test_the_state_taxes_the_rollover_too() -> None:
    """The same couple in New Jersey and in Texas: federal layers alike, the state's tax by difference on top."""
    jersey, texas = (
        mr.project(LIN.with_(state=state, dividend_yield=0.0), ["late_convert"])
        .ledger.set_index("year")
        .loc[2036]
        for state in ("NJ", "TX")
    )

    law = mr.load_law(2036)
    household = coming_years(LIN)[10].tax_return.household
    frame = pd.DataFrame([{"filing_status": "mfj", "state": "NJ"} | {
        name: household[name] for name in household if name not in ("status", "spouse_converts", "local_rate")
    }] * 2)  # fmt: skip
    taxes = mr.state_tax(law, frame.assign(conversion=[0.0, jersey["taxable_rollover"]]))["state_tax"]
    assert jersey["state"] == pytest.approx(taxes[1] - taxes[0], abs=CENT)
    assert jersey["state"] > 10_000
    assert texas["state"] == 0
    assert jersey["tax"] - jersey["state"] == pytest.approx(texas["tax"], abs=CENT)


def test_medicare_is_paid_two_years_later() -> None:
    """All of it moves in 2030 at 65: the surcharge stands in 2032 and not in 2030; a horizon in 2031 still pays it."""
    client = OKAFOR.with_(after_tax_value=600_000.0, after_tax_basis=100_000.0, separation_year=2030)

    long, short = (
        mr.project(client.with_(horizon_year=year), ["late_convert"]).ledger.set_index("year")
        for year in (2035, 2031)
    )

    assert list(long.index[long["medicare"] > 0]) == [2032]
    assert long.loc[2032, "tax"] == long.loc[2032, "medicare"] > 500
    assert short.loc[2031, "medicare"] == long.loc[2032, "medicare"]


def test_from_the_conversion_medicare_is_paid_from_outside() -> None:
    """Federal and state tax are kept back; the surcharges of two years later are outside money."""
    client = OKAFOR.with_(after_tax_value=600_000.0, after_tax_basis=500_000.0, separation_year=2030, way_out="both",
                          tax_paid_from="from_conversion")  # fmt: skip

    ledger = mr.project(client, ["late_convert"]).ledger.set_index("year")

    assert ledger["medicare"].sum() > 500
    assert ledger["roth_ira_tax"].sum() == pytest.approx(ledger["tax"].sum() - ledger["medicare"].sum())


def test_a_split_always_goes_to_iras() -> None:
    """Also from a plan that converts inside: a split is a payout, its basis goes to the Roth IRA."""
    ledger = mr.project(OKAFOR, ["late_split", "late_convert"]).ledger.set_index(["strategy", "year"])

    split, convert = ledger.loc[("late_split", 2031)], ledger.loc[("late_convert", 2031)]
    assert split["roth_ira_moved"] == pytest.approx(split["nontaxable_rollover"])
    assert split["designated_roth_moved"] == convert["roth_ira_moved"] == 0
    assert convert["designated_roth_moved"] == pytest.approx(
        convert["taxable_rollover"] + convert["nontaxable_rollover"]
    )


@pytest.mark.parametrize("strategy", ["prompt", "yearly", "late_convert"])
def test_an_acp_refund_by_hand(strategy: str) -> None:
    """30% of the first year's 26,000 with its growth to the seventh paycheck, from the account that has it, to the side."""
    client = LIN.with_(after_tax=26_000.0, after_tax_so_far=0.0, acp_refund_share=0.3, separation_year=2028,
                       retirement_year=None, horizon_year=2028)  # fmt: skip

    ledger = mr.project(client, [strategy], periods=True).ledger.set_index(["year", "period"])

    u = 1.07 ** (1 / 26)
    at_year_end = 0.3 * 1_000 * sum(u**k for k in range(26))
    back, was_taxed = at_year_end * u**7, (at_year_end - 7_800) * (strategy == "yearly")
    row = ledger.loc[(2027, 7)]
    assert row["brokerage_moved"] == pytest.approx(back)
    assert ledger["brokerage_moved"].astype(bool).sum() == 2  # of 2026 and 2027; 2028 has no next year here
    assert row["taxable_refund"] == pytest.approx(back - 7_800 - was_taxed)
    holder = "after_tax" if strategy == "late_convert" else "roth_ira"
    other = ledger.loc[(2027, 6), f"{holder}_moved"]
    assert row[f"{holder}_moved"] == pytest.approx(other - back)
    without = mr.project(client.with_(acp_refund_share=0.0), [strategy], periods=True).ledger
    basis = without.set_index(["year", "period"]).loc[(2027, 7), "after_tax_basis"]
    assert row["after_tax_basis"] == pytest.approx(basis - 7_800 * (strategy == "late_convert"))
    assert ledger.loc[2027, "tax"].sum() > 0
    assert (ledger["additional_tax"] == 0).all()


def test_a_refund_grows_in_the_side_account_from_its_day() -> None:
    """The cash earns the rest of the year there, is basis, and leaves the take-home dollars alone."""
    client = LIN.with_(after_tax=26_000.0, after_tax_so_far=0.0, acp_refund_share=1.0, separation_year=2026, dividend_yield=0.0,
                       retirement_year=2046, horizon_year=2027, brokerage_value=0.0, brokerage_basis=0.0)  # fmt: skip

    first, second = mr.project(client, ["prompt"]).ledger.to_dict("records")

    u = 1.07 ** (1 / 26)
    back = 1_000 * sum(u**k for k in range(26)) * u**7
    assert second["roth_ira_closing"] == pytest.approx(0, abs=FINE)
    assert second["brokerage_closing"] == pytest.approx(back * u**19)
    assert second["brokerage_basis"] == pytest.approx(back)
    assert first["roth_ira_closing"] * u**7 == pytest.approx(back)


def test_a_refund_after_a_split_comes_from_both_iras() -> None:
    """Who left on 31 December 2026 with a split: in March basis comes out of the Roth IRA, earnings out of the other."""
    client = LIN.with_(after_tax=26_000.0, after_tax_so_far=0.0, acp_refund_share=0.4, separation_year=2026,
                       retirement_year=None, horizon_year=2027)  # fmt: skip

    row = mr.project(client, ["late_split"], periods=True).ledger.set_index(["year", "period"]).loc[(2027, 7)]

    u = 1.07 ** (1 / 26)
    earned = 1_000 * sum(u**k for k in range(26)) - 26_000
    assert row["roth_ira_moved"] == pytest.approx(-0.4 * 26_000 * u**7)
    assert row["traditional_ira_moved"] == pytest.approx(-0.4 * earned * u**7)
    assert row["taxable_refund"] == pytest.approx(0.4 * ((26_000 + earned) * u**7 - 26_000))


def mistakes(client: mr.Client) -> pd.DataFrame:
    return mr.project(client, ["prompt", *mr.MISTAKES]).ledger.set_index(["strategy", "year"])


def test_the_wrong_source_taxes_the_whole_plan() -> None:
    """The first transfer takes all pre-tax money along, once, and each dollar of it is income."""
    ledger = mistakes(LIN)

    wrong, right = ledger.loc["wrong_source"], ledger.loc["prompt"]
    u = 1.07 ** (1 / 26)
    taken = 310_000 * u + right.loc[2026, "pre_tax_in"] / 26
    assert wrong.loc[2026, "taxable_rollover"] == pytest.approx(taken)
    assert wrong.loc[2026, "pre_tax_moved"] == pytest.approx(-taken)
    assert (wrong.loc[2027:, "taxable_rollover"] == 0).all()
    assert wrong.loc[2026, "tax"] > 0.3 * taken
    assert (wrong["pre_tax_in"] == right["pre_tax_in"]).all()


def test_without_a_separate_account_pre_tax_money_comes_along() -> None:
    """Of a first transfer of D out of a plan worth V with basis B, D x (1 - B / V) is income (72(e)(8))."""
    client = LIN.with_(pay_periods=1, frequency="yearly", after_tax_so_far=0.0)

    first = mistakes(client).loc[("no_separate_account", 2026)]

    pre_tax, after_tax = 310_000 * 1.07 + first["pre_tax_in"], 37_500
    income = after_tax * (1 - 37_500 / (pre_tax + after_tax))
    assert first["taxable_rollover"] == pytest.approx(income)
    assert first["designated_roth_moved"] + first["roth_ira_moved"] == pytest.approx(after_tax)
    assert first["after_tax_basis"] == pytest.approx(37_500 - 37_500 * after_tax / (pre_tax + after_tax))


def test_an_overfilled_room_comes_back_in_march() -> None:
    """A tenth above the room: the excess and its earnings leave Roth in 2027, only the earnings are income."""
    ledger = mistakes(LIN.with_(after_tax_so_far=0.0))

    over = ledger.loc["overfilled"]
    assert over.loc[2026, "after_tax_in"] == pytest.approx(1.1 * 37_500)
    assert over.loc[2027, "after_tax_in"] == pytest.approx(ledger.loc[("prompt", 2027), "after_tax_in"])
    assert over.loc[2027, "brokerage_moved"] - over.loc[2027, "taxable_refund"] == pytest.approx(3_750)
    assert 0 < over.loc[2027, "taxable_refund"] < 3_750 * 0.07 * 1.25
    assert (over["taxable_refund"].drop(2027) == 0).all()
    roths = [ledger.loc[(key, 2027), "roth_ira_closing"] for key in ("overfilled", "prompt")]
    assert roths[0] == pytest.approx(roths[1])
    others = ledger.loc["prompt"]
    assert others.loc[2026, "brokerage_in"] >= 3_750 - FINE


def test_a_refund_of_converted_money_leaves_roth() -> None:
    """Each year half of last year's contributions goes back out of Roth; in the last year of the plan nothing is due after."""
    ledger = mistakes(LIN)

    refunded, right = ledger.loc["acp_refund"], ledger.loc["prompt"]
    assert (refunded["after_tax_in"] == right["after_tax_in"]).all()
    back = refunded["brokerage_moved"] - refunded["taxable_refund"]
    assert back.loc[2027:2037].tolist() == pytest.approx(
        (0.5 * right["after_tax_in"]).loc[2026:2036].tolist()
    )
    assert (back.loc[2038:].abs() < FINE).all()
    assert (refunded["taxable_rollover"] == 0).all()


@pytest.mark.parametrize("name", SAMPLES)
def test_a_mistake_costs(name: str) -> None:
    """Pre-tax money taken along is taxed at once, more of it than ever by prompt; money paid back has lost its place in Roth."""
    summary = mr.project(mr.Client.load(name), ["prompt", *mr.MISTAKES]).summary

    taxed = summary["tax"] - summary.loc["prompt", "tax"]
    assert (taxed[["wrong_source", "no_separate_account"]] > 5_000).all()
    assert (summary.loc[["overfilled", "acp_refund"], "against_first"] < 0).all()
    assert (summary.loc[["overfilled", "acp_refund"], "taxable_refund"] > 0).all()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_value_working_adds_up(name: str) -> None:
    """
    The accounts less both taxes, each to the cent as printed, are the last step to the cent, for every strategy; it is
    the value after tax but for what rounding each of them leaves.
    """
    projection = mr.project(mr.Client.load(name))

    for key, value in projection.summary["value_after_tax"].items():
        steps = projection.value_working(key)["amount"]
        assert (steps == steps.round(2)).all()
        assert steps.iloc[-1] == round(steps.iloc[:-1].sum(), 2)
        assert abs(steps.iloc[-1] - value) <= 0.005 * len(steps)


def test_the_value_working_refuses_another_strategy() -> None:
    """A strategy that was not projected is named."""
    with pytest.raises(mr.InputError) as caught:
        mr.project(mr.Client.load("lin"), ("prompt",)).value_working("never")

    assert caught.value.value == "never"
