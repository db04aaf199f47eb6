"""What extra income costs: layers that add up, exact edges, and filling up to them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.plans.coming_years import coming_years
from megaroth.rules.client_return import client_return
from megaroth.rules.extra_income import LAYERS
from tests.generators import clients

LAW = mr.load_law(2026)
CENT = 0.005
SAMPLES = [mr.Client.load(name) for name in ("lin", "moreau", "okafor", "reyes")]


def couple(**facts: object) -> mr.Client:
    """A couple of 45 without children, deferrals or gains, in a state without the tax, but for *facts*."""
    plain = {
        "state": "TX", "wages": 0.0, "taxable_interest": 0.0, "qualified_dividends": 0.0, "long_term_gain": 0.0,
        "state_local_taxes": 0.0, "other_itemized": 0.0, "children": 0, "elective_deferral": 0.0, "after_tax_so_far": 0.0,
    }  # fmt: skip
    return SAMPLES[0].with_(**{**plain, **facts})


def retired_couple(**facts: object) -> mr.Client:
    """The same at 66, both on Medicare."""
    return couple(birth_year=1960, spouse_birth_year=1960, on_medicare=True, spouse_on_medicare=True, **facts)


def test_a_bracket_crossed_is_no_rate_times_amount() -> None:
    """Joint, 400,000 of ordinary taxable income, 7,500 more: 3,550 x 24% + 3,950 x 32% = 2,116 (law, section 3)."""
    client = couple(wages=400_000.0 + LAW.standard_deduction["mfj"])

    cost = mr.cost_of_income(client, 2026, 7_500)

    assert cost.total == pytest.approx(2_116, abs=CENT)
    assert cost.ordinary == pytest.approx(2_116, abs=CENT)
    assert cost.marginal_rate == pytest.approx(0.32)


def test_gains_pushed_into_fifteen_percent() -> None:
    """Income in the 12% bracket that pushes gains out of the 0% rate bears 12% + 15% = 27%."""
    deduction, zero_top = LAW.standard_deduction["mfj"], LAW.gains_breakpoints["mfj"][0]
    client = couple(wages=deduction + zero_top - 30_000.0, long_term_gain=30_000.0)

    cost = mr.cost_of_income(client, 2026, 10_000)

    assert cost.ordinary == pytest.approx(1_200, abs=CENT)
    assert cost.capital_gains == pytest.approx(1_500, abs=CENT)
    assert cost.marginal_rate == pytest.approx(0.27)


def test_two_seniors_in_the_22_percent_bracket() -> None:
    """Each person's senior deduction falls by 6%, so a dollar adds 1.12 dollars to taxable income: 24.64%."""
    cost = mr.cost_of_income(retired_couple(other_ordinary_income=170_000.0), 2026, 10_000)

    assert cost.marginal_rate == pytest.approx(0.2464)
    assert cost.ordinary == pytest.approx(2_200, abs=CENT)
    assert cost.deductions == pytest.approx(264, abs=CENT)


def test_medicare_is_a_cliff_two_years_later() -> None:
    """One dollar over the first tier costs both of a couple the whole step of the premium year, and no rate."""
    first = mr.load_law(2028).irmaa["mfj"][1]
    client = retired_couple(other_ordinary_income=first[0] - 10_000.0)

    below, above = (mr.cost_of_income(client, 2026, amount) for amount in (10_000, 10_001))

    assert below.medicare == 0
    assert above.medicare == pytest.approx(24 * (first[1] + first[2]), abs=CENT)
    assert below.marginal_rate == pytest.approx(above.marginal_rate)
    assert mr.fill_to_edge(client, 2026, "irmaa_1") == 10_000


def test_the_top_tier_starts_at_its_line() -> None:
    """A cent before the line of the top tier is as far as one can go."""
    client = retired_couple(other_ordinary_income=700_000.0)
    top = mr.load_law(2028).irmaa["mfj"][-1][0]

    most = mr.fill_to_edge(client, 2026, "irmaa_5")

    assert most == pytest.approx(top - 700_000 - 0.01, abs=1e-6)
    costs = mr.cost_of_income(client, 2026, np.array([most, most + 0.01]))
    assert costs.medicare[1] > costs.medicare[0]


def test_a_credit_that_nobody_has_is_no_edge() -> None:
    """A single filer's child credit would begin to shrink where NIIT begins; without children only NIIT is told."""
    plain = couple(filing_status="single", wages=150_000.0, taxable_interest=30_000.0)

    alone, with_child = (
        set(mr.cost_of_income(client, 2026, 0).edges_ahead["name"])
        for client in (plain, plain.with_(children=1))
    )

    assert "niit_threshold" in alone
    assert not {name for name in alone if name.startswith("child_credit")}
    assert with_child - alone == {"child_credit_start", "child_credit_end"}


def test_nothing_of_a_conversion_is_net_investment_income() -> None:
    """Without investment income there is no 3.8%, however large the conversion; with it, at most on that income."""
    assert mr.cost_of_income(couple(wages=240_000.0), 2026, 500_000).niit == 0
    with_interest = couple(wages=240_000.0, taxable_interest=4_000.0)
    assert mr.cost_of_income(with_interest, 2026, 500_000).niit == pytest.approx(0.038 * 4_000)


@pytest.mark.parametrize("client", SAMPLES, ids=lambda client: client.name)
@pytest.mark.parametrize("amount", [0, 1, 25_000, 400_000])
def test_the_total_is_with_less_without(client: mr.Client, amount: float) -> None:
    """Through the public tables: federal and state tax with the income less without, and Medicare on top."""
    ret = client_return(client, LAW)
    home = dict(ret.household)
    codes = {0: "single", 1: "mfj", 2: "mfs", 3: "hoh", 4: "qss"}
    row = {
        name: home[name]
        for name in home
        if name not in ("status", "spouse_converts", "local_rate", "state_rate")
    }
    frame = pd.DataFrame([{**row, "filing_status": codes[home["status"]]}] * 2)
    # A sole proprietor's own contribution lowers income by less than nothing, which the table does not take.
    frame["self_employment_profit"] = home["self_employment_profit"]
    shift = min(0.0, row["other_ordinary_income"])
    frame["other_ordinary_income"] = row["other_ordinary_income"] - shift
    frame["conversion"] = [0.0, amount]

    cost = mr.cost_of_income(client, 2026, amount)

    if shift == 0:
        federal = mr.federal_tax(2026, frame)["total"]
        state = mr.state_tax(2026, frame.assign(state=client.household.state))["state_tax"]
        expected = federal[1] - federal[0] + state[1] - state[0]
        assert cost.total - cost.medicare == pytest.approx(expected, abs=CENT)
    assert cost.total == pytest.approx(sum(getattr(cost, layer) for layer in LAYERS), abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(client=clients(), amounts=st.lists(st.floats(0, 900_000), min_size=1, max_size=6))
def test_layers_add_up_and_arrays_are_scalars(client: mr.Client, amounts: list[float]) -> None:
    """For any client the layers add up to the total, and many amounts at once give what each gives alone."""
    together = mr.cost_of_income(client, 2026, np.array(amounts))

    assert together.layers.sum(axis=1).to_numpy() == pytest.approx(together.total, abs=CENT)
    for k, amount in enumerate(amounts):
        alone = mr.cost_of_income(client, 2026, amount)
        for name in ("total", "marginal_rate", *LAYERS):
            assert np.atleast_1d(getattr(together, name))[
                k if np.ndim(getattr(together, name)) else 0
            ] == pytest.approx(getattr(alone, name), abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(client=clients(), amount=st.floats(0, 300_000))
def test_edges_are_where_the_rate_or_the_cost_changes(client: mr.Client, amount: float) -> None:
    """Between two edges ahead the marginal rate stays; right before an edge it is rate_before, after it rate_after."""
    cost = mr.cost_of_income(client, 2026, round(amount, 2))
    edges = cost.edges_ahead

    assert edges["dollars_to_it"].is_monotonic_increasing
    assert (edges["dollars_to_it"] >= 0).all()
    places = cost.amount + edges["dollars_to_it"].to_numpy()
    after = mr.cost_of_income(client, 2026, places + 0.1).marginal_rate
    assert np.atleast_1d(after) == pytest.approx(edges["rate_after"].to_numpy(), abs=1e-6)


def test_crossing_an_edge_costs_its_step() -> None:
    """The step of a cliff is what two cents across it cost beyond the rate."""
    client = SAMPLES[0]
    edges = mr.cost_of_income(client, 2026, 0).edges_ahead
    start = edges.set_index("name").loc["child_credit_start"]

    costs = mr.cost_of_income(client, 2026, start["dollars_to_it"] + np.array([0.0, 0.01])).total

    assert costs[1] - costs[0] == pytest.approx(50, abs=0.01)
    assert start["step_dollars"] == 50
    assert start["kind"] == "phase-out"


@pytest.mark.parametrize("client", SAMPLES, ids=lambda client: client.name)
def test_filling_to_each_edge_does_not_cross_it(client: mr.Client) -> None:
    """At the filled amount the cost is still on the near side of the edge, and two cents more are beyond it."""
    for edge in mr.cost_of_income(client, 2026, 0).edges_ahead.itertuples():
        most = mr.fill_to_edge(client, 2026, edge.name)
        near, at, beyond = mr.cost_of_income(client, 2026, most + np.array([-0.02, 0.0, 0.02])).total
        assert at - near <= 0.02 * max(edge.rate_before, edge.rate_after) + CENT
        assert beyond - at >= edge.step_dollars - CENT


def test_an_edge_that_is_not_ahead_is_refused() -> None:
    """A name that does not lie ahead gets one sentence that says which do."""
    with pytest.raises(mr.InputError, match="child_credit_start"):
        mr.fill_to_edge(SAMPLES[0], 2026, "bracket_10")


@pytest.mark.parametrize("bad", [-1, float("nan"), float("inf"), "abc", None, [1, -2]])
def test_bad_amounts(bad: object) -> None:
    """Negative, not finite, no number: InputError naming the field."""
    with pytest.raises(mr.InputError) as caught:
        mr.cost_of_income(SAMPLES[0], 2026, bad)
    assert caught.value.field == "amount"


def test_a_year_without_tax_tables() -> None:
    """Before the first tax tables there is one sentence, no figure."""
    with pytest.raises(mr.InputError, match="no tax tables for 2021"):
        mr.cost_of_income(SAMPLES[0], 2021, 1_000)


def test_the_working_ends_in_the_total() -> None:
    """The layers in the working add up to its last row, which is the total."""
    cost = mr.cost_of_income(SAMPLES[0], 2026, 150_000)
    steps = cost.working

    layers = steps[steps["label"].isin(LAYERS.values())]
    assert layers["amount"].sum() == pytest.approx(cost.total, abs=CENT)
    assert steps["amount"].iloc[-1] == pytest.approx(cost.total, abs=CENT)
    assert steps["source"].str.len().min() > 5


def test_a_catch_up_that_must_be_roth_lowers_no_wages() -> None:
    """After high pay a catch-up is Roth whatever was elected (414(v)(7)): box 1 is the projection's too."""
    client = couple(
        birth_year=1974,
        wages=200_000.0,
        elective_deferral=24_500.0,
        catch_up=8_000.0,
        prior_year_wages=190_000.0,
    )

    assert mr.cost_of_income(client, 2026, 0).agi == 200_000 - 24_500
    assert coming_years(client)[0].tax_return.household["wages"] == 200_000 - 24_500
    assert mr.cost_of_income(client.with_(prior_year_wages=100_000.0), 2026, 0).agi == 200_000 - 32_500


def test_a_separate_return_has_the_participant_alone() -> None:
    """Without a joint return the spouse's pay and age are on another return."""
    client = couple(filing_status="mfs", wages=100_000.0, spouse_wages=900_000.0)

    assert mr.cost_of_income(client, 2026, 0).agi == 100_000


def test_pre_tax_deferrals_come_off_pay_and_roth_ones_do_not() -> None:
    """Box 1 wages are pay less the pre-tax part of the year's deferral."""
    client = couple(wages=200_000.0, elective_deferral=20_000.0, roth_deferral=5_000.0)

    assert mr.cost_of_income(client, 2026, 0).agi == 185_000
