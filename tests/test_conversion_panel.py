"""The panel that prices one conversion: its sentences, its linked controls, its sources. Bad input is in test_panels."""

import asyncio
import html
import re

import pytest

import megaroth as mr
from megaroth.show.client_files import open_client
from megaroth.show.panels import ConversionPanel
from megaroth.show.panels.conversion import FURTHEST, USUAL
from megaroth.show.panels.panel import REST

RETIRED = {
    "birth_year": 1958, "spouse_birth_year": 1959, "on_medicare": True, "spouse_on_medicare": True, "wages": 0.0,
    "elective_deferral": 0.0, "after_tax_so_far": 0.0, "children": 0, "state": "TX", "other_ordinary_income": 190_000.0,
    "taxable_interest": 0.0, "qualified_dividends": 0.0, "long_term_gain": 0.0,
}  # fmt: skip


pytestmark = pytest.mark.usefixtures("clients_folder")


def _panel(code: str = "en", name: str = "lin", **facts: object) -> ConversionPanel:
    client = open_client(name)
    return ConversionPanel(client.with_(**facts) if facts else client, code)


def _finding(panel: ConversionPanel) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _choices(panel: ConversionPanel) -> dict[str, str]:
    return {key: words for words, key in panel.edge.widget.options}


# --- the answer ---


def test_says_what_the_calculation_says() -> None:
    """Finding, tables, pictures and working are those of cost_of_income; parts add up as shown."""
    panel, cost = _panel(), mr.cost_of_income(open_client("lin"), 2026, USUAL)

    federal, state = round(cost.total - cost.state), round(cost.state)
    assert _finding(panel) == (
        f"Converting $25,000 of earnings in 2026 adds ${federal + state:,} of tax: federal ${federal:,}; state and local ${state:,}"
    )
    assert panel.table().loc["Ordinary brackets", "Tax"] == f"${cost.ordinary:,.0f}"
    assert f"${cost.total:,.2f}" in panel.working.value
    assert panel.edges_table().index[0] == "Child tax credit shrinks"
    assert "All of $25,000 is taxed at 24%" in panel.picture.value
    assert "After $25,000 the next dollar is taxed at 30.4%" in panel.second.value


@pytest.mark.parametrize(
    ("facts", "amount", "english", "chinese"),
    [
        ({}, 0, "Nothing is converted in 2026, so no tax is added", "2026 年没有转换，税款不增加"),
        ({"state": "TX"}, 10_000, "Converting $10,000 of earnings in 2026 adds $2,400 of federal tax", "2026 年转换 US$10,000 收益，联邦所得税增加 US$2,400"),
        ({"state": "TX", "local_rate": 0.01}, 10_000, "Converting $10,000 of earnings in 2026 adds $2,500 of tax: federal $2,400; state and local $100", "2026 年转换 US$10,000 收益，税款增加 US$2,500：联邦 US$2,400；州和地方 US$100"),
        ({**RETIRED, "other_ordinary_income": 5_000.0}, 10_000, "Converting $10,000 of earnings in 2026 adds no tax", "2026 年转换 US$10,000 收益，税款不增加"),
        ({**RETIRED, "other_ordinary_income": 5_000.0, "state_rate": 0.05}, 10_000, "Converting $10,000 of earnings in 2026 adds $500 of state and local tax", "2026 年转换 US$10,000 收益，州和地方所得税增加 US$500"),
    ],
)  # fmt: skip
def test_each_case_has_its_sentence(
    facts: dict, amount: int, english: str, chinese: str, quick: None
) -> None:
    """Nothing converted, no tax, federal alone, state alone, both."""
    for code, sentence in (("en", english), ("zh", chinese)):
        panel = _panel(code, **facts)
        panel.enter("amount", float(amount))

        assert _finding(panel) == sentence


def test_medicare_is_named_with_its_year() -> None:
    """Crossing a tier costs premiums two years later; the sentence and the table say which year."""
    panel = _panel(**RETIRED)

    panel.enter("amount", "60,000")

    cost = mr.cost_of_income(panel.client, 2026, 60_000)
    assert cost.medicare > 0
    assert f"Medicare in 2028 ${cost.medicare:,.0f}" in _finding(panel)
    assert panel.table().loc["Medicare surcharges, 2028 p", "Tax"] == f"${cost.medicare:,.0f}"
    assert "Medicare surcharges of 2028 go by the income of 2026." in panel.table_place.value


def test_the_next_cliff_is_told() -> None:
    """How far it is, what it costs at once, and its name; nothing where no cliff of weight lies ahead."""
    panel = _panel(**RETIRED)
    cliff = panel.cost.edges_ahead.query("step_dollars > 100").iloc[0]

    assert (
        f"More than ${cliff['dollars_to_it']:,.0f} more income would cross an edge and cost ${cliff['step_dollars']:,.0f} at once: Medicare tier"
        in panel.cliff.value
    )
    assert _panel(name="reyes").cliff.value == ""


def test_a_projected_year_says_so() -> None:
    """Finding, what it rests on, picture, footer and sources."""
    panel = _panel()

    panel.enter("year", 2030)

    assert "in 2030 (projected)" in _finding(panel)
    assert "Brackets and limits of 2030 are projected at 2.5% inflation" in panel.finding.value
    assert "Law of 2030, projected" in panel.footer.value
    assert "<td>projected</td>" in panel.sources.value
    assert "carried forward to 2030" in panel.state.value


@pytest.mark.parametrize(
    ("state", "english", "chinese"),
    [
        ("NJ", "two independent calculators agree through 2025", "两个独立的计算器"),
        ("CA", "projected by a price index", "推算值"),
        ("VT", "so the state tax is an estimate", "估算值"),
        ("TX", "TX does not tax this income", "TX 不对这笔收入征税"),
    ],
)
def test_how_sure_the_state_is(state: str, english: str, chinese: str) -> None:
    """Confirmed, partly projected, an estimate, or no tax at all."""
    assert english in html.unescape(_panel(state=state).state.value)
    assert chinese in _panel("zh", state=state).state.value


def test_law_and_sources_name_state_and_statute() -> None:
    """The federal figures with their notices, and each source of the state's file."""
    panel = _panel(state="CA")

    assert "26 U.S.C. 1(j)" in panel.sources.value
    assert "RTC 17043" in panel.sources.value
    assert panel.sources.value.count("Nov 24, 2026") > 5


# --- the amount, its slider and the edge ---


@pytest.mark.parametrize(
    ("basis", "value", "shown"),
    [(50_000.0, 95_000.0, "45,000"), (0.0, 0.0, "25,000"), (60_000.0, 50_000.0, "25,000")],
)
def test_it_opens_on_the_earnings_that_wait(basis: float, value: float, shown: str, quick: None) -> None:
    """What a conversion today would tax; a usual amount where nothing waits, or less than was paid in."""
    panel = _panel(after_tax_basis=basis, after_tax_value=value)

    assert panel.amount.widget.value == shown


def test_slider_and_box_are_one(quick: None) -> None:
    """Either sets the other; beyond the slider's end the box goes on alone."""
    panel = _panel()

    panel.amount.slider.value = 40_000
    assert (panel.amount.widget.value, panel.cost.amount) == ("40,000", 40_000)
    panel.enter("amount", "61,480.50")
    assert (panel.amount.slider.value, panel.cost.amount) == (61_000, 61_480.5)
    panel.enter("amount", "1m")
    assert (panel.amount.slider.value, panel.cost.amount) == (FURTHEST, 1e6)


def test_a_slide_is_one_step_back(quick: None) -> None:
    """Ten steps of the hand are undone at once, two amounts typed are two."""
    panel = _panel()

    for amount in range(30_000, 40_000, 1_000):
        panel.amount.slider.value = amount
    panel.enter("amount", "50,000")
    panel._undo.click()
    assert panel.amount.widget.value == "39,000"
    panel._undo.click()
    assert panel.amount.widget.value == "25,000"
    assert panel.amount.slider.value == 25_000
    assert panel._undo.disabled


@pytest.mark.parametrize("edge", ["bracket_32", "child_credit_end", "state_bracket_8.97"])
def test_an_edge_fills_the_amount_to_the_cent(edge: str) -> None:
    """The amount is that of fill_to_edge, and the next bracket is not yet met."""
    panel = _panel()

    panel.enter("edge", edge)

    assert panel.cost.amount == mr.fill_to_edge(open_client("lin"), 2026, edge)
    assert panel.amount.value == panel.cost.amount
    assert "32%" not in panel.picture.value or edge != "bracket_32"


def test_every_edge_offered_can_be_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The list names edge and amount, and choosing leads there; its first line is an amount of one's own."""
    panel = _panel("zh", state="NY", **{name: value for name, value in RETIRED.items() if name != "state"})
    choices = _choices(panel)
    assert len(choices) > 8
    assert next(iter(choices)) == ""

    # What comes at rest has come once; it need not come again for each of them.
    monkeypatch.setattr("megaroth.show.panels.panel.AtRest.ask", lambda _self, *_works: None)
    for edge in list(choices)[1:]:
        panel.enter("edge", edge)
        assert "megaroth-error" not in panel.finding.value
        assert panel.edge.value == edge
        assert choices[edge].endswith(f"US${panel.cost.amount:,.2f}".removesuffix(".00"))


def test_a_chosen_edge_follows_the_facts_and_yields_to_the_hand() -> None:
    """Another year fills up to its own edge; another amount lets the edge go; undo goes back through all of it."""
    panel = _panel()
    panel.enter("edge", "bracket_32")
    of_2026 = panel.cost.amount

    panel.enter("year", 2028)
    of_2028 = panel.cost.amount
    panel.amount.slider.value = 30_000

    assert of_2028 == mr.fill_to_edge(open_client("lin"), 2028, "bracket_32") > of_2026
    assert (panel.edge.value, panel.cost.amount) == (None, 30_000)
    seen = []
    while not panel._undo.disabled:
        panel._undo.click()
        seen.append((panel.year.value, panel.edge.value, panel.cost.amount))
    assert seen == [(2028, "bracket_32", of_2028), (2026, "bracket_32", of_2026), (2026, None, USUAL)]


def test_the_edges_on_offer_are_those_of_the_law_chosen() -> None:
    """A flat rate in place of the state's rules takes the state's edges away, a chosen one included."""
    panel = _panel()
    panel.enter("edge", "state_bracket_8.97")

    panel.enter("state_rate", "6")

    assert not any(edge.startswith("state_") for edge in _choices(panel))
    assert panel.edge.value is None
    assert "megaroth-error" not in panel.finding.value
    assert "a flat rate of 6.0%" in panel.state.value


def test_an_edge_mends_a_bad_amount() -> None:
    """Choosing one after a mistype is a way out of the error."""
    panel = _panel()
    panel.enter("amount", "abc")
    assert panel.table().empty
    assert panel.edges_table().empty

    panel.enter("edge", "bracket_32")

    assert "megaroth-error" not in panel.finding.value
    assert panel.cost.amount == mr.fill_to_edge(open_client("lin"), 2026, "bracket_32")


def test_no_line_of_a_list_is_blank() -> None:
    """What is chosen stands in its list, "no edge" too: a list whose value is nothing shows an empty line."""
    panel = _panel()

    assert panel.edge.widget.label == "no edge: the amount above"
    panel.enter("edge", "bracket_32")
    panel._undo.click()
    assert panel.edge.widget.label == "no edge: the amount above"


# --- the advisor's own rates, and the years ---


def test_rates_of_the_advisor() -> None:
    """A flat state rate stands in for the state's rules; a local rate is added; empty means none."""
    panel = _panel()

    panel.enter("state_rate", "5")
    panel.enter("local_rate", "3.876")
    assert panel.table().loc["State and local tax", "Tax"] == "$2,219"
    panel.enter("local_rate", "")
    assert panel.table().loc["State and local tax", "Tax"] == "$1,250"
    panel.enter("state_rate", "")
    assert panel.client == open_client("lin")


def test_saved_rates_stay_with_the_client() -> None:
    """The state's rate is a fact of the client; the amount is not."""
    panel = _panel()
    panel.enter("state_rate", "5")

    panel._save.click()

    assert open_client("lin").household.state_rate == 0.05
    assert _panel().fields["state_rate"].widget.value == "5.0"


def test_a_first_year_without_tax_tables_is_told() -> None:
    """2020 has limits but no brackets: a sentence, the year marked, and a later year mends it."""
    panel = _panel(start_year=2020)
    assert "There are no tax tables for 2020" in panel.finding.value
    assert panel.year.widget.description.endswith("please check")

    panel.enter("year", 2026)

    assert "adds" in _finding(panel)
    assert len(_choices(panel)) > 3


# --- at rest ---


def test_the_curve_comes_at_rest_and_not_after_an_error() -> None:
    """While the hand moves the ruler follows alone; an error cancels what was to come."""

    async def slide(then: str) -> tuple[bool, ConversionPanel]:
        panel = _panel()
        await asyncio.sleep(ConversionPanel.first_rest + REST * 3)
        before, ruler = panel.second.value, panel.picture.value
        panel.amount.slider.value = 170_000
        moved = panel.picture.value != ruler and panel.second.value == before
        if then:
            panel.enter("amount", then)
        await asyncio.sleep(REST * 3)
        return moved, panel

    moved, rested = asyncio.run(slide(""))
    _, broken = asyncio.run(slide("abc"))

    assert moved
    assert "After $170,000" in rested.second.value
    assert "megaroth-stale" not in rested.second._dom_classes
    assert "<img" not in broken.second.value + broken.picture.value
    assert broken.working.value == broken.ahead.value == broken.cliff.value == ""
