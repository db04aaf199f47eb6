"""What can come out of Roth without tax: by hand for short lives, and what must hold for any client."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

import megaroth as mr
from megaroth.facts.client import RothConversion
from megaroth.plans.ladder import WAYS, conversion_of
from tests.generators import CENT, clients

LIN = mr.Client.load("lin")
# Nothing but after-tax money: no deferral, no employer money, nothing in any account; 45 in 2026, so 59 1/2 in July 2041.
BARE = LIN.with_(
    elective_deferral=0.0, employer_contribution=0.0, match=(), after_tax=10_000.0, after_tax_so_far=0.0,
    designated_roth=0.0, pre_tax=0.0, separation_year=2028, retirement_year=None, horizon_year=2045,
)  # fmt: skip


def ladder_of(client: mr.Client, strategy: object = "prompt") -> pd.DataFrame:
    return mr.project(client, [strategy]).ladder.droplevel("strategy")


def test_a_row_per_strategy_and_year() -> None:
    """The index is the ledger's; both destinations stand side by side with their account and their value."""
    found = mr.project(LIN)

    assert found.ladder.index.names == ["strategy", "year"]
    assert found.ladder.index.tolist() == list(
        zip(found.ledger["strategy"], found.ledger["year"], strict=True)
    )
    parts = ("", "_value", "_from_ira", "_from_plan")
    assert found.ladder.columns.tolist() == [
        f"{way}{part}" for way in ("roth_ira", "designated_roth") for part in parts
    ]


def test_what_was_rolled_over_promptly_comes_out_of_a_roth_ira_at_once() -> None:
    """Each 10,000 was taxed before and moved on arrival: free from the first day; its earnings from 59 1/2."""
    ladder = ladder_of(BARE)

    assert ladder.loc[[2026, 2027, 2028], "roth_ira"].tolist() == pytest.approx([10_000, 20_000, 30_000])
    assert ladder.loc[2028:2040, "roth_ira"].tolist() == pytest.approx([30_000] * 13)
    assert ladder.loc[2041, "roth_ira"] == pytest.approx(ladder.loc[2041, "roth_ira_value"])
    assert ladder.loc[2041, "roth_ira"] > 60_000


def test_the_account_in_the_plan_gives_nothing_or_all() -> None:
    """Each dollar out of the plan carries earnings, so nothing is free before 59 1/2, when all is."""
    ladder = ladder_of(BARE)

    assert (ladder.loc[:2040, "designated_roth"] == 0).all()
    after = ladder.loc[2041:]
    assert after["designated_roth"].tolist() == pytest.approx(after["designated_roth_value"].tolist())
    assert after["designated_roth_from_plan"].tolist() == after["designated_roth"].tolist()


def test_a_late_conversion_waits_five_years() -> None:
    """Converted in 2028 with income, its taxed part bears the 10% until 2032 and bars the way: from 2033 basis is free too."""
    ladder, row = (
        ladder_of(BARE, "late_convert"),
        mr.project(BARE, ["late_convert"]).ledger.set_index("year").loc[2028],
    )

    assert row["taxable_rollover"] > 0
    assert (ladder.loc[:2032, "roth_ira"] == 0).all()
    assert ladder.loc[2033:2040, "roth_ira"].tolist() == pytest.approx([-row["after_tax_moved"]] * 8)


def test_a_split_leaves_nothing_that_waits() -> None:
    """The split moves basis alone, no income: free at once, whichever way out the plan has."""
    ladder = ladder_of(BARE, "late_split")

    for way in WAYS:
        assert ladder.loc[2027, way] == 0
        assert ladder.loc[2028:2039, way].tolist() == pytest.approx([30_000] * 12)


def test_older_layers_come_first() -> None:
    """What the client had counts in its order: contributions, then a young conversion that bars the way until its clock ends."""
    client = BARE.with_(
        roth_ira_value=50_000.0,
        roth_ira_contributions=7_000.0,
        roth_ira_conversions=(RothConversion(year=2024, taxable=20_000.0, nontaxable=1_000.0),),
    )

    ladder = ladder_of(client)

    # The five years of 2024 end with 2028; in 2029 its 21,000 and the 30,000 behind it are free.
    assert ladder.loc[2026:2028, "roth_ira"].tolist() == pytest.approx([7_000] * 3)
    assert ladder.loc[2029:2039, "roth_ira"].tolist() == pytest.approx([58_000] * 11)
    assert (
        ladder.loc[2039, "designated_roth"]
        == ladder.loc[2039, "designated_roth_from_ira"]
        == pytest.approx(28_000)
    )


def test_the_first_roth_money_starts_the_clock() -> None:
    """62 in 2026 with no Roth money before: earnings are free only when five years from the first transfer are over."""
    client = BARE.with_(birth_year=1964)

    prompt, late = ladder_of(client), ladder_of(client, "late_convert")

    for ladder, since in ((prompt, 2026), (late, 2028)):
        held = ladder.loc[2029 : since + 4]
        assert (held["roth_ira"] < held["roth_ira_value"] - 100).all()
        assert (held["designated_roth"] < CENT).all()
        free = ladder.loc[since + 5 :]
        assert free["roth_ira"].tolist() == pytest.approx(free["roth_ira_value"].tolist())
        assert free["designated_roth"].tolist() == pytest.approx(free["designated_roth_value"].tolist())


def test_roth_money_of_before_has_its_clock_running() -> None:
    """Balances at the start belong to the year before at the latest: at 62 they and what joins them are free from 2030."""
    client = BARE.with_(birth_year=1964, roth_ira_value=10_000.0, designated_roth=5_000.0)

    ladder = ladder_of(client)

    for way in WAYS:
        assert ladder.loc[2029, way] < ladder.loc[2029, f"{way}_value"] - 100
        assert ladder.loc[2030, way] == pytest.approx(ladder.loc[2030, f"{way}_value"])


def test_tax_kept_back_comes_off_the_basis_first() -> None:
    """What was kept of a conversion never arrived in Roth; a plan that keeps none back has no ladder then."""
    client = BARE.with_(tax_paid_from="from_conversion")
    row = mr.project(client, ["late_convert"]).ledger.set_index("year").loc[2028]

    ladder = ladder_of(client, "late_convert")

    assert row["roth_ira_tax"] > 0
    arrived = row["roth_ira_moved"] - row["roth_ira_tax"]
    assert ladder.loc[2033, "roth_ira"] == pytest.approx(arrived)
    assert ladder["designated_roth"].isna().all()


@pytest.mark.parametrize(
    ("kept", "taxable", "nontaxable"), [(0, 3_000, 7_000), (2_000, 3_000, 5_000), (8_000, 2_000, 0)]
)
def test_a_conversion_by_its_parts(kept: float, taxable: float, nontaxable: float) -> None:
    """10,000 moved, of it 3,000 income: what is kept for tax comes off the 7,000 of basis, and only then off the income."""
    row = {"year": 2030, "roth_ira_moved": 10_000.0, "roth_ira_tax": kept, "taxable_rollover": 3_000.0}

    (found,) = conversion_of(row, "roth_ira", "roth_ira")

    assert (found.year, found.taxable, found.nontaxable) == (2030, taxable, nontaxable)


def test_the_participants_age_counts() -> None:
    """It is the spouse's plan: the spouse, born 1983, reaches 59 1/2 in July 2043, the client in 2041."""
    client = BARE.with_(participant="spouse", wages=0.0, spouse_wages=300_000.0, horizon_year=2045)

    ladder = ladder_of(client)

    full = ladder.index[np.isclose(ladder["roth_ira"], ladder["roth_ira_value"])]
    assert full.min() == 2043


def test_a_ledger_by_paycheck_has_the_same_ladder() -> None:
    """The ladder is by year, however fine the ledger is."""
    assert mr.project(BARE, ["prompt"], periods=True).ladder.equals(mr.project(BARE, ["prompt"]).ladder)


@settings(max_examples=12, deadline=None)
@given(clients())
def test_never_more_than_there_is(client: mr.Client) -> None:
    """Free dollars are between nothing and the value, their parts add up, and the way out changes no value."""
    ladder = mr.project(client).ladder

    for way in WAYS:
        assert (ladder[way] >= -CENT).all()
        assert (ladder[way] <= ladder[f"{way}_value"] + CENT).all()
        parts = ladder[f"{way}_from_ira"] + ladder[f"{way}_from_plan"]
        assert parts.to_numpy() == pytest.approx(ladder[way].to_numpy(), abs=CENT)
    values = ladder["roth_ira_value"], ladder["designated_roth_value"]
    assert values[0].to_numpy() == pytest.approx(values[1].to_numpy(), rel=1e-9, abs=CENT)


@settings(max_examples=6, deadline=None)
@given(clients())
def test_a_roth_ira_gives_no_less_than_a_new_account_in_the_plan(client: mr.Client) -> None:
    """With no Roth money in the plan before, the order of a Roth IRA's layers frees at least what the plan's pro rata does."""
    ladder = mr.project(client.with_(designated_roth=0.0, roth_deferral=0.0)).ladder

    assert (ladder["roth_ira"] >= ladder["designated_roth"] - CENT).all()
