"""Results as tables in the reader's words: headings translated, money and rates formatted, years marked."""

from collections.abc import Iterable

import pandas as pd

from megaroth.facts.law import load_law
from megaroth.plans.comparison import CostOfWaiting
from megaroth.plans.projection import LAYER_LABELS, LAYERS, Projection
from megaroth.rules.room import Room
from megaroth.show.language import Language, language

# Two dollar signs in a table are no formula, which JupyterLab's MathJax would make of them.
pd.set_option("display.html.use_mathjax", False)


def room_table(room: Room, code: str) -> pd.DataFrame:
    """The waterfall of a room: step and amount."""
    speak, steps = language(code), room.waterfall()
    rows = [(speak._(step.step), speak.money(step.amount)) for step in steps.itertuples()]
    return _frame(speak, ("Step", "Amount"), rows)


def waiting_table(costs: CostOfWaiting, code: str) -> pd.DataFrame:
    """A row per wait: tax, value at the horizon, and what it is against prompt in today's dollars."""
    speak = language(code)
    horizon = costs.projection.client.assumptions.horizon_year
    rows = [
        (
            wait_label(speak, years), speak.money(row["taxable_rollover"]), speak.money(row["tax"]),
            speak.money(row["value_after_tax"]), speak.money(row["against_prompt"]),
        )
        for years, row in costs.iterrows()
    ]  # fmt: skip
    columns = (
        "Wait",
        "Taxed earnings",
        "Tax",
        value_heading(speak, horizon),
        "Against prompt, today's dollars",
    )
    return _frame(speak, columns, rows)


def tax_by_year(projection: Projection, strategy: str, code: str) -> pd.DataFrame:
    """A strategy's years in which earnings are taxed: earnings, tax and its layers; "p" marks projected law."""
    speak, ledger = language(code), projection.ledger
    mine = ledger[(ledger["strategy"] == strategy) & (ledger["taxable_rollover"] > 0)]
    rows = [
        (
            year_label(speak, row["year"], row["projected"]), speak.money(row["taxable_rollover"]),
            *(speak.money(row[layer]) for layer in LAYERS), speak.money(row["tax"]),
        )
        for _, row in mine.iterrows()
    ]  # fmt: skip
    columns = ("Year", "Taxed earnings", *(LAYER_LABELS[layer] for layer in LAYERS), "Tax")
    return _frame(speak, columns, rows)


def limits_table(years: Iterable[int], code: str, inflation: float = 0.025) -> pd.DataFrame:
    """The limits of several years; "p" marks those that the IRS has not published."""
    speak = language(code)
    laws = [load_law(year, inflation) for year in years]
    rows = [
        (
            year_label(speak, law.year, law.projected), speak.money(law.annual_additions),
            speak.money(law.elective_deferral), speak.money(law.catch_up_50), speak.money(law.compensation_cap),
        )
        for law in laws
    ]  # fmt: skip
    columns = (
        "Year", "Limit on annual additions", "Employee deferral limit", "Catch-up from age 50", "Compensation cap",
    )  # fmt: skip
    return _frame(speak, columns, rows)


def value_heading(speak: Language, horizon: int) -> str:
    """The heading of values at the horizon, already translated."""
    return speak._("After-tax value {year}", year=horizon)


def wait_label(speak: Language, years: float) -> str:
    """0: prompt; whole years, or months."""
    months = round(years * 12)
    if months == 0:
        return speak._("Prompt")
    if months % 12 == 0:
        return speak.ngettext("{n} year", "{n} years", months // 12, n=months // 12)
    return speak.ngettext("{n} month", "{n} months", months, n=months)


def year_label(speak: Language, year: int, projected: bool) -> str:
    """A year in a table; "p" stands for projected."""
    return f"{year:.0f} p" if projected else f"{year:.0f}"


def _frame(speak: Language, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> pd.DataFrame:
    """Text cells with the first column as index, its name at the head of the one line of headings."""
    names = [speak._(name) for name in columns]
    frame = pd.DataFrame(rows, columns=names).set_index(names[0])
    frame.index.name, frame.columns.name = None, names[0]
    return frame
