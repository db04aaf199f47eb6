"""Tables of what extra income costs and what lies ahead: what they say is what was calculated."""

import re

import pandas as pd
import pytest

import megaroth as mr
from megaroth.rules.extra_income import LAYERS, CostOfIncome
from megaroth.show.income_tables import edges_table, layers_table
from megaroth.show.language import language, parse_money

CODES = ("en", "zh")
COST = mr.cost_of_income(mr.Client.load("lin"), 2026, 180_000)
# One whose layers, rounded, are a dollar less than its rounded total.
UNEVEN = mr.cost_of_income(mr.Client.load("lin"), 2026, 6_522)


def _dollars(column: pd.Series) -> list[float]:
    return [parse_money("amount", cell) for cell in column]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("cost", [COST, UNEVEN], ids=["even", "uneven"])
def test_every_layer_has_a_row_and_they_add_up(code: str, cost: CostOfIncome) -> None:
    """Zero layers too, in the order of the calculation; the last row is the total of what is shown."""
    table = layers_table(cost, code)

    *layers, total = _dollars(table.iloc[:, 0])
    assert layers == [round(float(getattr(cost, layer))) + 0.0 for layer in LAYERS]
    assert sum(layers) == total
    assert total == pytest.approx(cost.total, abs=len(LAYERS) / 2)
    assert "$0" in table.iloc[:, 0].str.removeprefix("US").tolist()


def test_shares_are_of_the_amount() -> None:
    """Of each dollar added so many cents, in the sum what the whole costs."""
    table = layers_table(COST, "en")

    assert table.iloc[-1, 1] == f"{COST.total / COST.amount:.1%}"
    assert table.loc["Ordinary brackets"].tolist() == [
        f"${COST.ordinary:,.0f}",
        f"{COST.ordinary / COST.amount:.1%}",
    ]


@pytest.mark.parametrize("code", CODES)
def test_no_income_costs_nothing(code: str) -> None:
    """Every row is zero, and no share is undefined."""
    table = layers_table(mr.cost_of_income(mr.Client.load("lin"), 2026, 0.0), code)

    assert set(_dollars(table.iloc[:, 0])) == {0}
    assert set(table.iloc[:, 1]) == {"0.0%"}


def test_surcharges_are_named_by_the_year_they_are_due() -> None:
    """Two years later; "p" where that year is projected."""
    client = mr.Client.load("lin")

    names = [list(layers_table(mr.cost_of_income(client, year, 1_000), "en").index) for year in (2024, 2026)]

    assert [name[7] for name in names] == ["Medicare surcharges, 2026", "Medicare surcharges, 2028 p"]


@pytest.mark.parametrize("code", CODES)
def test_what_lies_ahead_is_what_was_found(code: str) -> None:
    """Distance, step and the rates on either side of each edge within reach, nearest first, with the law."""
    table, found = edges_table(COST, code), COST.edges_ahead
    near = found[found["dollars_to_it"] <= 1e6]

    speak = language(code)
    assert _dollars(table.iloc[:, 0]) == near["dollars_to_it"].round().tolist()
    assert _dollars(table.iloc[:, 1]) == near["step_dollars"].round().tolist()
    assert table.iloc[:, 2].tolist() == [speak.percent(rate) for rate in near["rate_before"]]
    assert table.iloc[:, 3].tolist() == [speak.percent(rate) for rate in near["rate_after"]]
    assert (table.iloc[:, 4].str.len() > 0).all()


def test_chinese_tables_are_chinese() -> None:
    """Headings and names; what stays English are states, forms and citations."""
    shown = [layers_table(COST, "zh"), edges_table(COST, "zh").iloc[:, :-1]]

    for table in shown:
        said = " ".join([table.columns.name, *table.columns, *table.index])
        assert re.findall(r"\b[a-z]{3,}\b", said) == []
