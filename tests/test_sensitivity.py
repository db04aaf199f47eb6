"""What moves the cost of waiting: the grid is the table of waiting, the tornado its change, and impossible input is refused."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.plans.sensitivity import VARIED
from tests.generators import CENT, SAMPLES, clients

LIN = mr.Client.load("lin")
OKAFOR = mr.Client.load("okafor")


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_row_of_the_clients_return_is_the_cost_of_waiting(name: str) -> None:
    """In the grid the client's own return gives the table of cost_of_waiting to the last bit; so does the tornado's middle."""
    client = SAMPLES[name]
    found = mr.sensitivity(client, delays=[0, 1, 2.5, 5], varied={})
    costs = mr.cost_of_waiting(client, [0, 1, 2.5, 5])

    assert (found.grid.index.name, found.grid.columns.name) == ("annual_return", "delay_years")
    assert found.grid.loc[client.assumptions.annual_return].tolist() == costs["against_prompt"].tolist()
    assert (found.delay_years, found.answer) == (5, costs.loc[5, "against_prompt"])
    assert len(found.grid) == 9


@settings(max_examples=4, deadline=None)
@given(clients(), st.sampled_from([-0.02, 0.03, 0.1]))
def test_another_row_is_another_client(client: mr.Client, rate: float) -> None:
    """A row of the grid is the cost of waiting of the client with that return."""
    grid = mr.sensitivity(client, returns=[rate], delays=[0, 2], varied={}).grid

    alone = mr.cost_of_waiting(client.with_(annual_return=rate), [0, 2])["against_prompt"]
    assert grid.loc[rate].tolist() == alone.tolist()


def test_higher_returns_and_longer_waits_cost_more() -> None:
    """For Lin the heat map darkens to one corner; without a wait there is no cost."""
    grid = mr.sensitivity(LIN, varied={}).grid

    assert (grid[0] == 0).all()
    assert (np.diff(grid.to_numpy(), axis=1) < 0).all()
    assert (np.diff(grid.to_numpy()[:, 1:], axis=0) < 0).all()


def test_the_tornado_is_the_answer_at_both_ends() -> None:
    """Each row: the cost with that assumption alone moved; sorted by how far it moves the answer."""
    found = mr.sensitivity(LIN, delays=[0, 5])

    tornado = found.tornado
    assert tornado.index.name == "assumption"
    assert set(tornado.index) == set(VARIED)
    assert tornado["swing"].is_monotonic_decreasing
    for name, row in tornado.iterrows():
        ends = [
            int(end) if name.endswith("_year") or name.startswith("days") else end
            for end in row[["low", "high"]]
        ]
        costs = [
            mr.cost_of_waiting(LIN.with_(**{name: end}), [0, 5]).loc[5, "against_prompt"] for end in ends
        ]
        assert row[["answer_at_low", "answer_at_high"]].tolist() == pytest.approx(costs, abs=CENT)
        reached = [*costs, found.answer]
        assert row["swing"] == pytest.approx(max(reached) - min(reached), abs=CENT)
    assert tornado.index[0] == "annual_return"
    assert tornado.loc["annual_return", ["low", "high"]].tolist() == [0.05, 0.09]


def test_what_decides_nothing_moves_nothing() -> None:
    """All to Roth, the rate in retirement touches what no wait changes; split, it is what earnings bear."""
    to_roth, split = (
        mr.sensitivity(LIN, returns=[0.07], delays=[0, 5], earnings_to=way).tornado["swing"]
        for way in ("roth", "traditional_ira")
    )

    assert to_roth["retirement_tax_rate"] < CENT
    assert split["retirement_tax_rate"] > 1_000


def test_own_ranges() -> None:
    """An advisor names what is varied and how far."""
    varied = {"annual_return": (0.05, 0.06), "horizon_year": [2050, 2060], "discount_rate": (0, 0)}
    found = mr.sensitivity(LIN, returns=[0.07], delays=[0, 5], varied=varied)

    assert set(found.tornado.index) == set(varied)
    assert found.tornado.loc["horizon_year", ["low", "high"]].tolist() == [2050, 2060]
    undiscounted = mr.cost_of_waiting(LIN.with_(discount_rate=0.0), [0, 5]).loc[5, "against_prompt"]
    assert found.tornado.loc["discount_rate", "answer_at_low"] == pytest.approx(undiscounted)


def test_ranges_stay_possible() -> None:
    """Near the edges of what can be, a range ends there: no negative rate, no year out of order."""
    client = OKAFOR.with_(
        separation_year=2027, retirement_year=2028, horizon_year=2029, dividend_yield=0.005, gains_rate_at_horizon=0.0,
        retirement_tax_rate=0.95,
    )  # fmt: skip

    ranges = mr.sensitivity(client, returns=[0.06], delays=[0, 1]).tornado[["low", "high"]]

    assert ranges.loc["separation_year"].tolist() == [2026, 2028]
    assert ranges.loc["retirement_year"].tolist() == [2027, 2029]
    assert ranges.loc["horizon_year"].tolist() == [2028, 2034]
    assert ranges.loc["dividend_yield"].tolist() == [0.0, 0.015]
    assert ranges.loc["gains_rate_at_horizon"].tolist() == [0.0, 0.1]
    assert ranges.loc["retirement_tax_rate"].tolist() == [0.85, 1.0]


def test_without_a_year_of_retirement_it_is_not_varied() -> None:
    """Who retires with the job has one year for both."""
    found = mr.sensitivity(OKAFOR, returns=[0.06], delays=[0, 1])

    assert "retirement_year" not in found.tornado.index
    assert found.tornado.loc["separation_year", ["low", "high"]].tolist() == [2028, 2034]


def test_a_day_of_leaving_moves_by_whole_years() -> None:
    """Who leaves on 29 February leaves three years earlier on the 28th."""
    client = OKAFOR.with_(separation_year=dt.date(2032, 2, 29))

    row = mr.sensitivity(client, returns=[0.06], delays=[0, 1]).tornado.loc["separation_year"]

    earlier = client.with_(separation_year=dt.date(2029, 2, 28))
    assert row["low"] == 2029
    assert row["answer_at_low"] == pytest.approx(mr.cost_of_waiting(earlier, [0, 1]).loc[1, "against_prompt"])


@settings(max_examples=3, deadline=None)
@given(clients())
def test_any_client_has_an_answer(client: mr.Client) -> None:
    """No default range leads where a client cannot be, and the discounting is that of the table."""
    found = mr.sensitivity(client, returns=[0.05], delays=[0, 3])

    assert np.isfinite(found.tornado.to_numpy()).all()
    assert (found.tornado["low"] <= found.tornado["high"]).all()
    assert found.discount_basis == mr.cost_of_waiting(client, [0]).discount_basis


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        *(("returns", {"returns": bad}) for bad in ("7%", 0.07, [], [0.07, 0.07], [1.5], ["a"], [None], {"a": 1})),
        *(("delays", {"delays": bad}) for bad in (None, "5", [], [-1], [1, 1])),
        *(("varied", {"varied": bad}) for bad in ("inflation", [("inflation", 1, 2)], {"wages": (1, 2)}, {3: (1, 2)})),
        *(
            ("inflation", {"varied": {"inflation": bad}})
            for bad in (0.02, "12", (0.01,), (0.01, 0.02, 0.03), (0.03, 0.01), (0.01, 0.9), (None, 0.1))
        ),
        *(("horizon_year", {"varied": {"horizon_year": bad}}) for bad in ((2050.5, 2060), (2020, 2060), (2050, 2500))),
        ("earnings_to", {"earnings_to": "cash"}),
    ],
    ids=repr,
)  # fmt: skip
def test_impossible_input(field: str, asked: dict) -> None:
    """InputError naming the argument or the assumption, in a sentence."""
    with pytest.raises(mr.InputError) as caught:
        mr.sensitivity(LIN, **asked)

    assert caught.value.field == field
    assert str(caught.value).endswith(".")
