"""Results as tables: what they say is what was calculated, in the reader's words."""

import pandas as pd
import pytest

import megaroth as mr
from megaroth.plans.projection import LAYERS
from megaroth.show.language import language, parse_money
from megaroth.show.tables import (
    growth_table,
    key_of,
    limits_table,
    room_table,
    tax_by_year,
    tax_layers,
    tax_of,
    tax_shown,
    wait_label,
    waiting_table,
    years_of,
)

LIN = mr.Client.load("lin")
COSTS = mr.cost_of_waiting(LIN, (0, 0.25, 1, 8))
PROJECTION = mr.project(LIN)


def _dollars(column: pd.Series) -> list[float]:
    return [parse_money("amount", cell) for cell in column]


@pytest.mark.parametrize("code", ["en", "zh"])
def test_room_table_is_the_waterfall(code: str) -> None:
    """A row per step with its dollars, in order."""
    room = mr.after_tax_space(LIN, 2026)

    table = room_table(room, code)

    assert _dollars(table.iloc[:, 0]) == list(room.waterfall()["amount"])


def test_catch_up_stands_below_the_waterfall() -> None:
    """It is in the table, under the room, and only where there is any."""
    okafor = room_table(mr.after_tax_space(mr.Client.load("okafor"), 2026), "en")

    assert okafor.index[-1] == "Catch-up beside the limit"
    assert okafor.iloc[-1, 0] == "$11,250"
    assert "Catch-up beside the limit" not in room_table(mr.after_tax_space(LIN, 2026), "en").index


@pytest.mark.parametrize("code", ["en", "zh"])
def test_waiting_table_is_the_cost_of_waiting(code: str) -> None:
    """Rounded to the dollar, the tax layer by layer; nothing else."""
    table = waiting_table(COSTS, code)

    layers = COSTS[[*LAYERS, "additional_tax"]].to_numpy()
    assert _dollars(table.iloc[:, 1]) == [sum(round(each) for each in row) for row in layers]
    assert _dollars(table.iloc[:, 1]) == pytest.approx(COSTS["tax"], abs=len(LAYERS) / 2)
    assert _dollars(table.iloc[:, 2]) == [round(each) for each in COSTS["value_after_tax"]]
    assert _dollars(table.iloc[:, 3]) == [round(each) + 0.0 for each in COSTS["against_prompt"]]


def test_waits_that_would_outlast_the_job_are_left_out() -> None:
    """They repeat the last row; whoever asks for one of them gets it."""
    costs = mr.cost_of_waiting(LIN.with_(separation_year=2030))
    assert costs["past_separation"].sum() > 2

    known, asked = waiting_table(costs, "en"), waiting_table(costs, "en", (0, 10))

    assert len(known) == (~costs["past_separation"]).sum()
    assert not known.duplicated().any()
    assert list(asked.index) == ["Prompt", "10 years"]


def test_headings_name_what_is_projected() -> None:
    """The horizon is a projected year; a horizon within the published law would not be."""
    assert "After-tax value 2056 (projected)" in waiting_table(COSTS, "en")
    assert "2056 年税后净值（推算值）" in waiting_table(COSTS, "zh")
    near = mr.cost_of_waiting(
        LIN.with_(start_year=2026, separation_year=2026, retirement_year=2026, horizon_year=2026), (0,)
    )
    assert "After-tax value 2026" in waiting_table(near, "en")


@pytest.mark.parametrize(
    ("years", "english", "chinese"),
    [
        (0, "Prompt", "及时转换"),
        (1, "1 year", "1 年"),
        (8, "8 years", "8 年"),
        (1 / 12, "1 month", "1 个月"),
        (0.75, "9 months", "9 个月"),
    ],
)
def test_waits_are_counted(years: float, english: str, chinese: str) -> None:
    """Whole years or months, one or many; Chinese has one form."""
    assert (wait_label(language("en"), years), wait_label(language("zh"), years)) == (english, chinese)


@pytest.mark.parametrize("strategy", ["yearly", "late_convert"])
def test_tax_by_year_adds_up(strategy: str) -> None:
    """Each year's layers, as shown, add up to its tax to the dollar; a layer without tax has no column."""
    table, ledger = tax_by_year(PROJECTION, strategy, "en"), years_of(PROJECTION, strategy)
    taxed = [label for layer, label in LAYERS.items() if ledger[layer].abs().max() > 0.005]

    assert list(table.columns[1:-1]) == taxed
    for _, row in table.iterrows():
        layers = sum(parse_money("amount", cell) for cell in row.iloc[1:-1])
        assert layers == parse_money("amount", row["Tax"])
    assert sum(_dollars(table["Tax"])) == pytest.approx(tax_of(ledger).sum(), abs=len(table))


def test_a_single_year_has_the_tax_of_its_wait() -> None:
    """The headline of a wait and the year below it say the same dollars, also where rounding breaks the sum."""
    costs = mr.cost_of_waiting(LIN)
    assert any(round(tax_of(row)) != tax_shown(row) for _, row in costs.iterrows())

    for wait in range(1, 11):
        (year,) = tax_by_year(costs.projection, key_of(costs, wait), "en")["Tax"]
        assert waiting_table(costs, "en", [wait])["Tax"].item() == year


def test_the_additional_tax_has_a_column_where_it_is_due() -> None:
    """Under 59 1/2, tax kept back from the money moved can bear it; else there is no such column."""
    kept = mr.project(
        LIN.with_(tax_paid_from="from_conversion", annual_return=0.3), ["prompt", "late_convert"]
    )
    assert kept.summary["additional_tax"].max() > 0

    table = tax_by_year(kept, "late_convert", "en")

    assert "Additional tax before 59 1/2" in table
    assert "Additional tax before 59 1/2" not in tax_by_year(PROJECTION, "late_convert", "en")
    assert sum(_dollars(table["Tax"])) == pytest.approx(
        tax_of(kept.summary.loc["late_convert"]), abs=len(table)
    )


@pytest.mark.parametrize("wait", [0.25, 1, 8])
def test_layers_of_a_wait_are_its_tax(wait: float) -> None:
    """The picture's layers add up to the tax in the table, to the cent."""
    amounts = [amount for _, amount in tax_layers(COSTS, wait, "en")]

    assert sum(amounts) == pytest.approx(tax_of(COSTS.loc[wait]), abs=0.005)


def test_layers_say_in_which_years_they_are_due() -> None:
    """One year, or from the first to the last, with the mark of projected law."""
    label, _ = tax_layers(COSTS, 8, "en")[0]

    assert label == "Ordinary brackets, 2034 p"
    yearly = mr.cost_of_waiting(LIN.with_(frequency="yearly"), (0, 1))
    assert tax_layers(yearly, 1, "en")[0][0] == "Ordinary brackets, 2027–2036 p"


def test_the_rows_of_a_wait() -> None:
    """key_of finds the strategy behind a row of the table."""
    rows = years_of(COSTS.projection, key_of(COSTS, 8))

    assert rows["tax"].sum() == pytest.approx(COSTS.loc[8, "tax"])
    assert len(rows) == 31


def test_growth_table() -> None:
    """The first strategy's value, the others against it: three years, every fifth, the last."""
    table, values = growth_table(PROJECTION, "en"), PROJECTION.values()

    assert list(table.index) == [
        "2026",
        "2027 p",
        "2028 p",
        *(f"{year} p" for year in range(2030, 2056, 5)),
        "2056 p",
    ]
    assert table.iloc[-1, 0] == f"${values['prompt'].iloc[-1]:,.0f}"
    gap = values["late_convert"].iloc[-1] - values["prompt"].iloc[-1]
    assert _dollars(table["Late, all to Roth, against it"])[-1] == round(gap)


def test_limits_are_the_laws() -> None:
    """Each year's limits as load_law has them, "p" where they are projected."""
    table = limits_table(range(2025, 2029), "en", inflation=0.03)

    assert list(table.index) == ["2025", "2026", "2027 p", "2028 p"]
    wanted = [mr.load_law(year, inflation=0.03).annual_additions for year in range(2025, 2029)]
    assert _dollars(table["Limit on annual additions"]) == wanted


def test_a_layer_is_named_with_the_year_in_which_it_is_paid() -> None:
    """Medicare's surcharges come two years after the transfer, also where they are nothing."""
    costs = mr.cost_of_waiting(mr.Client.load("lin"), [0, 8])

    words = [label for label, _ in tax_layers(costs, 8, "en")]

    assert words[0] == "Ordinary brackets, 2034 p"
    assert "Medicare surcharges, 2036 p" in words
