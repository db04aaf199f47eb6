"""The panel of what it can become, and the panel of what could change that: their sentences, tables and parts."""

import asyncio
import html
import re
from functools import cache

import numpy as np
import pytest

import megaroth as mr
from megaroth.plans.sensitivity import ranges_of
from megaroth.show.client_files import open_client
from megaroth.show.panels import GrowthPanel, RiskPanel
from megaroth.show.panels.panel import REST, AtRest

pytestmark = pytest.mark.usefixtures("clients_folder")
PAIR = ("prompt", "brokerage")


def _panel(kind: type, code: str = "en", name: str = "lin", **facts: object) -> GrowthPanel | RiskPanel:
    client = open_client(name)
    return kind(client.with_(**facts) if facts else client, code)


@cache
def _risk() -> RiskPanel:
    """Lin's, which takes seconds; a test leaves it as it was."""
    return RiskPanel(mr.Client.load("lin"), "en")


def _finding(panel: GrowthPanel | RiskPanel) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)
    return html.unescape(found[1]) if found else ""


# --- growth ---


def test_one_return_says_what_the_projection_says() -> None:
    """The lead, both values and the working are those of project."""
    panel, found = _panel(GrowthPanel), mr.project(open_client("lin"), PAIR)

    values, lead = found.summary["value_after_tax"], -found.summary["against_first"].iloc[1]
    assert f"about ${round(lead, -3):,.0f} more after tax in 2056" in _finding(panel)
    assert panel.table().iloc[:, 0].tolist() == [f"${value:,.0f}" for value in values]
    assert f"${values['brokerage']:,.2f}" in panel.working.value
    assert f"${found.summary.loc['brokerage', 'side_account_tax']:,.0f}" in panel.taxes.value


@pytest.mark.parametrize("market", ["lognormal", "history"])
def test_many_futures_are_those_of_simulate(market: str) -> None:
    """At rest the table holds the quantiles of ten thousand paths, the lead taken path by path."""
    panel = _panel(GrowthPanel)

    panel.enter("market", market)

    found = mr.simulate(open_client("lin"), 10_000, market=market, strategies=PAIR)
    lead = np.quantile(found.at_horizon[0] - found.at_horizon[1], (0.05, 0.5))
    shown = panel.table().iloc[[0, 2], 2].tolist()
    assert shown == [f"${amount:,.0f}" for amount in lead]
    assert "10,000 simulated futures" in _finding(panel)
    assert ("Robert Shiller" in panel.finding.value) == (market == "history")
    assert ("history, not a forecast" in panel.note.value) == (market == "history")


@pytest.mark.parametrize(
    ("facts", "english", "chinese"),
    [
        ({"annual_return": 0.0, "dividend_yield": 0.0}, "would end level in 2056", "持平"),
        ({"annual_return": 0.04}, "more after tax in 2056 than a brokerage account", "多约"),
    ],
)  # fmt: skip
def test_each_case_has_its_sentence(facts: dict, english: str, chinese: str) -> None:
    """Level and ahead, in both languages."""
    for code, words in (("en", english), ("zh", chinese)):
        assert words in _finding(_panel(GrowthPanel, code, **facts))


def test_the_other_way_is_chosen() -> None:
    """Held against waiting, the sentence and the table name it."""
    panel = _panel(GrowthPanel)

    panel.enter("against", "late_convert")

    assert "than waiting until leaving" in _finding(panel)
    assert panel.table().index[1] == "Late, all to Roth"


def test_a_plan_that_lets_nothing_out_has_no_prompt_way() -> None:
    """Its first way is conversion at leaving, and the band says so."""
    panel = _panel(GrowthPanel, name="moreau")

    assert panel.table().index[0] == "Late, all to Roth"
    assert "it is converted then" in panel.note.value
    assert "late_convert" not in dict(panel.against.widget.options).values()


def test_an_impossible_horizon_is_a_sentence() -> None:
    """The field is named, and pictures and tables are taken out in place."""
    panel = _panel(GrowthPanel)

    panel.enter("horizon_year", "1990")

    assert "Last year of the plan" in panel.finding.value
    assert panel.table().empty
    assert "megaroth-gap" in panel.picture.value


# --- risk ---


def test_the_heat_map_is_the_grid_of_sensitivity() -> None:
    """Its table holds the grid in thousands, the client's own return among the rows."""
    panel, found = _risk(), mr.sensitivity(mr.Client.load("lin"), varied={})

    cost = -found.grid.loc[0.07, 10]
    assert f"<td>{cost / 1_000:,.0f}</td>" in panel.heat.value
    assert panel.heat.value.count("<tr>") == len(found.grid) + 1


def test_the_tornado_names_what_moves_it_most() -> None:
    """Assumption by assumption it comes to what sensitivity finds in one go for this wait."""
    panel = _risk()

    found = mr.sensitivity(open_client("lin"), returns=(0.07,), delays=range(11), wait=10)
    assert panel.tornado.value.startswith("<p>Return a year moves it most")
    assert len(panel._moved) == len(ranges_of(open_client("lin"))) == len(found.tornado)
    swings = {frame.index[0]: frame["swing"].iloc[0] for frame in panel._moved}
    assert swings == pytest.approx(found.tornado["swing"].to_dict())
    assert panel.stop.disabled
    assert panel.progress.value == ""


def test_ladder_ties_and_mistakes_are_those_of_the_engine() -> None:
    """Each part shows the engine's own figures."""
    panel, client = _risk(), open_client("lin")

    free = mr.project(client, ("prompt",)).ladder.loc["prompt"].loc[2031, "roth_ira"]
    tie = mr.break_even(client).rate
    behind = mr.project(client, ("prompt", *mr.MISTAKES)).summary["against_first"]
    assert f"${round(free, -3):,.0f} could come out of a Roth IRA" in panel.ladder.value
    assert f"a tax rate of {tie:.1%} in retirement" in panel.breaks.value
    for cost in behind.iloc[1:]:
        assert f"\N{MINUS SIGN}${-cost:,.0f}" in panel.mistakes.value


def test_a_law_that_ends_conversions_shows_both_prices(quick: None) -> None:
    """What is caught, and the price of waiting without that risk, stand beside the price with it."""
    table = _risk().table_with(wait=8, conversions_end_year=2029)

    costs = mr.cost_of_waiting(open_client("lin").with_(conversions_end_year=2029), range(11))
    row = table.loc["8 years"]
    assert row["Caught in the account"] == f"${costs.loc[8, 'caught']:,.0f}"
    price = -costs.loc[8, "against_prompt_if_open"]
    assert row["The same if the law stays"] == f"\N{MINUS SIGN}${price:,.0f}"


def test_stop_ends_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tornado can be stopped between two assumptions; what was typed stays."""
    monkeypatch.setattr(RiskPanel, "first_rest", 0.0)

    async def scene() -> RiskPanel:
        panel = _panel(RiskPanel)
        while not panel._moved:
            await asyncio.sleep(0.01)
        panel.stop.click()
        await asyncio.sleep(0.2)
        return panel

    panel = asyncio.run(scene())

    assert len(panel._moved) < len(ranges_of(open_client("lin")))
    assert "Stopped" in panel.progress.value
    assert panel.tornado.value == ""


def test_works_in_turn_leave_room_and_stop_at_an_error() -> None:
    """Between two works others run; the error of one cancels those after it."""
    done: list[str] = []

    async def scene() -> None:
        def attempt(work: object) -> None:
            try:
                work()
            except ValueError:
                rest.cancel()

        def fails() -> None:
            raise ValueError

        rest = AtRest(attempt)
        rest.ask(lambda: done.append("first"), fails, lambda: done.append("never"))
        await asyncio.sleep(REST + 0.2)

    asyncio.run(scene())

    assert done == ["first"]
