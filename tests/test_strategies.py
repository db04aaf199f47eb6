"""When money moves: each strategy's dates, seen in the ledger of a client."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

import megaroth as mr

LIN = mr.Client.load("lin")
OKAFOR = mr.Client.load("okafor")
SHORT = LIN.with_(separation_year=2029, retirement_year=None, horizon_year=2032)
FINE = 1e-6


def rows(client: mr.Client, strategy: object) -> pd.DataFrame:
    """The ledger of one strategy, a row per year."""
    return mr.project(client, [strategy]).ledger.set_index("year")


def years_of_moves(client: mr.Client, strategy: object) -> list[int]:
    ledger = rows(client, strategy)
    return list(ledger.index[ledger["after_tax_moved"] < 0])


@pytest.mark.parametrize("leaves", [2026, 2030, 2036])
@pytest.mark.parametrize("strategy", ["late_convert", "late_split"])
def test_late_moves_once_in_the_year_of_leaving(leaves: int, strategy: str) -> None:
    """Nothing before the separation year, all of it then, and nothing is left or comes in after."""
    ledger = rows(LIN.with_(separation_year=leaves, retirement_year=None, horizon_year=2040), strategy)

    assert list(ledger.index[ledger["after_tax_moved"] != 0]) == [leaves]
    assert ledger.loc[leaves, "after_tax_closing"] == 0
    assert (ledger.loc[leaves + 1 :, ["after_tax_in", "after_tax_closing", "taxable_rollover"]] == 0).all(
        axis=None
    )


def test_late_split_taxes_nothing_and_fills_the_ira() -> None:
    """Basis to Roth, earnings to the traditional IRA: no income when it moves."""
    ledger = rows(SHORT, "late_split")

    assert (ledger["taxable_rollover"] == 0).all()
    assert ledger.loc[2029, "roth_ira_moved"] == pytest.approx(ledger["after_tax_in"].sum())
    assert ledger.loc[2029, "traditional_ira_moved"] > 0
    moved = ledger.loc[2029, ["roth_ira_moved", "traditional_ira_moved", "after_tax_moved"]]
    assert moved.sum() == pytest.approx(0, abs=FINE)


@pytest.mark.parametrize("frequency", ["each_paycheck", "monthly", "quarterly", "yearly", None])
def test_yearly_is_december(frequency: str | None) -> None:
    """Each year's contributions wait to its end, however often the plan would move them, and the year's earnings are taxed."""
    ledger = rows(SHORT.with_(frequency=frequency), "yearly")

    working = ledger.loc[:2029]
    assert (ledger["after_tax_closing"] == 0).all()
    assert (working["taxable_rollover"] > 0).all()
    u = 1.07 ** (1 / 26)
    earned = working["after_tax_in"] * ((u**26 - 1) / (u - 1) / 26 - 1)
    assert working["taxable_rollover"].to_numpy() == pytest.approx(earned.to_numpy())


@pytest.mark.parametrize(
    ("frequency", "periods", "parts"),
    [("each_paycheck", 24, 24), ("monthly", 24, 12), ("quarterly", 24, 4), ("yearly", 24, 1), ("monthly", 4, 4)],
)  # fmt: skip
def test_prompt_is_no_faster_than_the_plan(frequency: str, periods: int, parts: int) -> None:
    """A quarterly plan lets each quarter's contributions earn to its end; a paycheck slower than the plan sets the pace."""
    client = SHORT.with_(frequency=frequency, pay_periods=periods)

    ledger = rows(client, "prompt")

    u, k = 1.07 ** (1 / periods), periods // parts
    growth = ((u**k - 1) / (u - 1)) / k - 1
    earned = ledger["after_tax_in"] * growth
    assert ledger["taxable_rollover"].to_numpy() == pytest.approx(earned.to_numpy(), abs=FINE)


def test_a_month_of_paychecks_ends_with_its_last_one() -> None:
    """26 paychecks, 12 months: two or three each, every one moved by December."""
    ledger = rows(SHORT.with_(frequency="monthly"), "prompt")

    u = 1.07 ** (1 / 26)
    ends = sorted({-(-26 * month // 12) for month in range(1, 13)})  # the paycheck that closes each month
    earned = sum(u ** (min(end for end in ends if end >= pay) - pay) - 1 for pay in range(1, 27)) / 26
    assert ledger.loc[2026, "taxable_rollover"] == pytest.approx(37_500 * earned)
    assert (ledger["after_tax_closing"] == 0).all()


def test_prompt_in_a_yearly_plan_is_yearly() -> None:
    """Where the plan moves money once a year, both strategies are one to the cent."""
    found = mr.project(LIN.with_(frequency="yearly"), ["prompt", "yearly"]).summary

    assert found.loc["prompt", "value_after_tax"] == found.loc["yearly", "value_after_tax"]
    assert found.loc["prompt", "tax"] == found.loc["yearly", "tax"] > 0


@pytest.mark.parametrize(
    ("months", "first"), [(0, 2026), (1, 2026), (11, 2026), (12, 2027), (18, 2027), (36, 2029)]
)
def test_nothing_moves_while_the_wait_lasts(months: int, first: int) -> None:
    """The first transfer is the first pay date after the wait, in that calendar year; from then on every year."""
    assert years_of_moves(SHORT, mr.delay(months=months)) == list(range(first, 2030))


def test_after_the_wait_it_is_prompt() -> None:
    """All earnings are taxed in the year the wait ends; in later years none are."""
    ledger = rows(LIN, mr.delay(3))

    assert ledger.loc[2029, "taxable_rollover"] > 0
    assert (ledger["taxable_rollover"].drop(2029) == 0).all()
    assert ledger.loc[2028, "after_tax_basis"] == pytest.approx(ledger.loc[:2028, "after_tax_in"].sum())


def test_a_wait_ends_at_separation_at_the_latest() -> None:
    """The plan pays out when the job ends: a wait of fifty years is late_convert."""
    long, late = rows(LIN, mr.delay(50)), rows(LIN, "late_convert")

    assert years_of_moves(LIN, mr.delay(50)) == [2036]
    assert (long["roth_ira_closing"] == late["roth_ira_closing"]).all()


def test_without_leaving_before_the_horizon_nothing_is_late() -> None:
    """Who works past the horizon has not separated: late money is still in the account, taxed in the value."""
    client = LIN.with_(separation_year=2040, retirement_year=None, horizon_year=2030)

    projection = mr.project(client, ["late_convert"])

    last = projection.ledger.iloc[-1]
    earnings = last["after_tax_closing"] - last["after_tax_basis"]
    assert projection.summary["taxable_rollover"].item() == 0
    assert earnings > 0
    whole = sum(
        last[f"{name}_closing"]
        for name in ("pre_tax", "designated_roth", "after_tax", "traditional_ira", "roth_ira", "brokerage")
    )
    taxed = 0.24 * (last["pre_tax_closing"] + earnings)
    gain = 0.15 * (last["brokerage_closing"] - last["brokerage_basis"])
    assert projection.summary["value_after_tax"].item() == pytest.approx(whole - taxed - gain)


@pytest.mark.parametrize("strategy", ["prompt", "yearly", "late_convert", "late_split", mr.delay(1)])
def test_nothing_moves_once_the_law_forbids_it(strategy: object) -> None:
    """From conversions_end_year on the money stays in the account, also at separation."""
    closed = SHORT.with_(conversions_end_year=2028)

    ledger = rows(closed, strategy)

    assert (ledger.loc[2028:, "after_tax_moved"] == 0).all()
    assert ledger.loc[2032, "after_tax_closing"] > ledger.loc[2028:, "after_tax_in"].sum() > 0
    assert years_of_moves(closed, "prompt") == [2026, 2027]
    assert years_of_moves(SHORT.with_(conversions_end_year=2020), "prompt") == []
    assert years_of_moves(SHORT.with_(conversions_end_year=2090), "prompt") == [2026, 2027, 2028, 2029]


def test_money_goes_where_the_plan_lets_it() -> None:
    """An in-plan rollover ends in the plan's Roth account, any other way out in the Roth IRA."""
    in_plan, out = rows(OKAFOR, "prompt"), rows(LIN, "prompt")

    assert (in_plan["roth_ira_moved"] == 0).all()
    assert in_plan["designated_roth_moved"].sum() == pytest.approx(-in_plan["after_tax_moved"].sum())
    assert (out["designated_roth_moved"] == 0).all()
    assert out["roth_ira_moved"].sum() == pytest.approx(-out["after_tax_moved"].sum())


def test_a_delay_has_one_name_however_it_is_written() -> None:
    """Years and months are one wait; the names are whole years, or months."""
    assert mr.delay(1.5) == mr.delay(months=18) == mr.delay(years=1, months=6)
    assert mr.delay(1 / 12) == mr.delay(months=1)
    assert [mr.delay(years=k).english for k in (1, 2)] == ["Wait 1 year", "Wait 2 years"]
    assert [mr.delay(months=k).english for k in (1, 18)] == ["Wait 1 month", "Wait 18 months"]
    assert [mr.delay(months=k).chinese for k in (12, 18)] == ["等 1 年", "等 18 个月"]


def test_a_strategy_is_a_frozen_value() -> None:
    """It can be compared and named, not changed; keys and names are unique in both languages."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        mr.PROMPT.key = "other"
    for name in ("key", "english", "chinese"):
        assert len({getattr(each, name) for each in mr.STRATEGIES}) == len(mr.STRATEGIES)


@pytest.mark.parametrize(
    "bad",
    [-1, -1 / 12, 0.51, 101, float("nan"), float("inf"), "2", None, True, [1, 2], np.array([1.0, 2.0]), {}],
    ids=repr,
)
def test_an_impossible_wait(bad: object) -> None:
    """Negative, not whole months, beyond a hundred years, or no number: InputError naming the field."""
    with pytest.raises(mr.InputError) as caught:
        mr.delay(bad)

    assert caught.value.field == "delay"
    for months in (-1, 0.5, 1201, "6", None):
        with pytest.raises(mr.InputError):
            mr.delay(months=months)


def test_an_unknown_destination() -> None:
    """Earnings go to Roth or to a traditional IRA."""
    with pytest.raises(mr.InputError) as caught:
        mr.delay(1, earnings_to="brokerage")

    assert caught.value.field == "earnings_to"


@pytest.mark.parametrize(
    "bad",
    ["prompt", "promt", None, 5, mr.PROMPT, [], ["promt"], [5], [None], [["prompt"]], ["prompt", "prompt"],
     ["prompt", mr.PROMPT], [mr.delay(1), mr.delay(months=12)]],
    ids=repr,
)  # fmt: skip
def test_impossible_strategies(bad: object) -> None:
    """Unknown, none, not a list, or the same one twice (whose row could not be told apart): InputError."""
    with pytest.raises(mr.InputError) as caught:
        mr.project(SHORT, strategies=bad)

    assert caught.value.field == "strategies"


@pytest.mark.parametrize(
    ("field", "year"),
    [
        ("horizon_year", 2025),
        ("separation_year", 2025),
        ("horizon_year", 2127),
        ("retirement_year", 2030),
        ("start_year", 2017),
        ("days_to_rollover", -1),
        ("days_to_rollover", 367),
        ("conversions_end_year", "soon"),
    ],
)
def test_years_out_of_order(field: str, year: object) -> None:
    """A horizon or separation before the start, retirement before separation, years beyond the law: InputError."""
    with pytest.raises(mr.InputError) as caught:
        mr.project(LIN.with_(**{field: year}))

    assert caught.value.field == field


def test_years_without_tax_tables() -> None:
    """Limits reach back to 2018, tax tables do not: the projection is refused, not made with another year's tax."""
    with pytest.raises(mr.InputError) as caught:
        mr.project(LIN.with_(start_year=2022, after_tax_so_far=0.0, elective_deferral=20_500.0))

    assert caught.value.field == "year"


def test_the_six_in_the_order_of_the_design() -> None:
    """Their keys, and the advisor's own built beside them."""
    keys = ["prompt", "yearly", "late_convert", "late_split", "never", "brokerage"]
    assert [each.key for each in mr.STRATEGIES] == keys
    assert list(mr.project(SHORT, keys).summary.index) == keys


def test_never_stays_and_pays_at_the_end() -> None:
    """Nothing moves; at the horizon the earnings bear the rate in retirement, the basis none."""
    found = mr.project(SHORT.with_(pre_tax=0.0, designated_roth=0.0, employer_contribution=0.0, elective_deferral=0.0,
                                   brokerage_value=0.0, brokerage_basis=0.0), ["never"])  # fmt: skip

    last = found.ledger.iloc[-1]
    paid = found.ledger["after_tax_in"].sum()
    assert (found.ledger["after_tax_moved"] == 0).all()
    assert last["after_tax_basis"] == pytest.approx(paid)
    value = last["after_tax_closing"] - 0.24 * (last["after_tax_closing"] - paid)
    assert found.summary["value_after_tax"].item() == pytest.approx(value)


def test_brokerage_takes_the_same_dollars_on_the_same_days() -> None:
    """No after-tax money in the plan: each paycheck's dollars go into the side account instead, and are its basis."""
    client = SHORT.with_(dividend_yield=0.0, brokerage_value=0.0, brokerage_basis=0.0)
    ledger = mr.project(client, ["prompt", "brokerage"]).ledger.set_index(["strategy", "year"])

    plan, taxable = ledger.loc["prompt"], ledger.loc["brokerage"]
    assert (taxable["after_tax_in"] == 0).all()
    assert taxable["brokerage_in"].tolist() == pytest.approx(plan["after_tax_in"].tolist())
    assert taxable["brokerage_closing"].tolist() == pytest.approx(plan["roth_ira_closing"].tolist())
    assert taxable["brokerage_basis"].tolist() == pytest.approx(plan["after_tax_in"].cumsum().tolist())


def test_brokerage_pays_tax_on_its_dividends_every_year() -> None:
    """Its side account is the largest, so its dividends cost the most, and the others are given the difference."""
    totals = mr.project(LIN).summary["side_account_tax"]

    assert totals["brokerage"] > 2 * totals.drop("brokerage").max()


def test_chosen_years_and_no_others() -> None:
    """At the end of each chosen year all is moved, also after leaving; at leaving itself nothing is."""
    strategy = mr.convert_in({2031, 2027})
    ledger = rows(SHORT, strategy)

    assert years_of_moves(SHORT, strategy) == [2027, 2031]
    assert ledger.loc[2029, "after_tax_closing"] > 0
    assert ledger.loc[[2027, 2031], "after_tax_closing"].tolist() == [0, 0]
    assert (strategy.key, strategy.chinese) == ("convert_in_2027_2031", "2027、2031 年转换")
    assert mr.convert_in([2031, 2027, 2027]) == strategy


def test_the_year_of_leaving_moves_with_its_last_paycheck() -> None:
    """Chosen in the year of leaving, it is late_convert, also when the job ends in June."""
    for leaves in (2029, "2029-06-30"):
        client = SHORT.with_(separation_year=leaves)
        chosen, late = (
            mr.project(client, [each]).summary.iloc[0] for each in (mr.convert_in({2029}), "late_convert")
        )

        assert chosen["taxable_rollover"] == late["taxable_rollover"] > 0
        assert chosen["value_after_tax"] == late["value_after_tax"]


def test_every_so_many_months() -> None:
    """Twelve is December, one is the month; no faster than the plan; what is left moves at leaving."""
    twelve, yearly = rows(SHORT, mr.every(12)), rows(SHORT, "yearly")
    assert twelve["taxable_rollover"].tolist() == yearly["taxable_rollover"].tolist()
    taxed = [rows(SHORT, mr.every(months))["taxable_rollover"].sum() for months in (1, 2, 3, 4, 6, 12)]
    assert taxed == sorted(taxed)
    quarterly = SHORT.with_(frequency="quarterly")
    assert (
        rows(quarterly, mr.every(1))["taxable_rollover"].tolist()
        == rows(quarterly, "prompt")["taxable_rollover"].tolist()
    )
    assert (rows(SHORT, mr.every(6))["after_tax_closing"] == 0).all()


@pytest.mark.parametrize(
    ("leaves", "n", "worked"),
    [("2029-06-30", 12, 6), ("2029-06-29", 12, 5), ("2029-12-31", 26, 26), ("2029-06-30", 26, 13), ("2029-02-28", 12, 2),
     ("2029-01-01", 12, 0), ("2028-02-29", 24, 4)],
)  # fmt: skip
def test_the_last_paycheck_before_a_date(leaves: str, n: int, worked: int) -> None:
    """A job that ends on a date ends with the last pay period that is over by then; the money moves with it."""
    client = SHORT.with_(separation_year=leaves, pay_periods=n)
    year = int(leaves[:4])

    ledger = mr.project(client, ["late_convert"], periods=True).ledger

    mine = ledger[ledger["year"] == year].set_index("period")
    assert (mine["after_tax_in"] > 0).sum() == worked
    assert list(mine.index[mine["after_tax_moved"] < 0]) == [max(1, worked)]
    assert (ledger.loc[ledger["year"] > year, "after_tax_closing"] == 0).all()


@pytest.mark.parametrize(
    "bad", [None, 2029, "2029", [], ["2029"], [2029.5], [1990], [3000], [None], [True]], ids=repr
)
def test_impossible_years_of_conversion(bad: object) -> None:
    """No list, none, no year, or one that no plan can reach: InputError; so is one outside this client's plan."""
    with pytest.raises(mr.InputError) as caught:
        mr.convert_in(bad)
    assert caught.value.field == "convert_in"

    with pytest.raises(mr.InputError) as caught:
        mr.project(SHORT, [mr.convert_in({2033})])
    assert (caught.value.field, caught.value.value) == ("convert_in", 2033)


@pytest.mark.parametrize("bad", [0, 5, 7, 13, 24, -3, 1.5, "3", None, True, [3]], ids=repr)
def test_impossible_months_between(bad: object) -> None:
    """Only what divides a year into equal parts."""
    with pytest.raises(mr.InputError) as caught:
        mr.every(bad)

    assert caught.value.field == "every"


def test_more_than_a_hundred_years() -> None:
    """A hundred years can be planned, one more cannot."""
    assert len(mr.project(LIN.with_(horizon_year=2125), ["prompt"]).ledger) == 100
    with pytest.raises(mr.InputError) as caught:
        LIN.with_(horizon_year=2126)

    assert str(caught.value) == "Last year of the plan cannot be more than 2125; you entered 2126."
