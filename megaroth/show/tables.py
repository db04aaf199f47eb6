"""Results as tables in the reader's words: headings translated, money and rates formatted, years marked."""

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from megaroth.facts.law import latest_published_year, load_law
from megaroth.plans.comparison import CostOfWaiting
from megaroth.plans.projection import LAYERS, Projection
from megaroth.plans.strategies import Strategy
from megaroth.rules.medicare import LOOKBACK
from megaroth.rules.room import CENT, Room
from megaroth.show.language import Language, language

# Two dollar signs in a table are no formula, which JupyterLab's MathJax would make of them.
pd.set_option("display.html.use_mathjax", False)
pd.set_option("display.max_colwidth", None)  # a cell of words is shown whole


def room_table(room: Room, code: str) -> pd.DataFrame:
    """The waterfall of a room: step and amount; below it the catch-up, which is no part of it."""
    speak, steps = language(code), room.waterfall()
    rows = [(speak._(step.step), speak.money(step.amount)) for step in steps.itertuples()]
    if room.catch_up > 0:
        rows.append((speak._("Catch-up beside the limit"), speak.money(room.catch_up)))
    return frame(speak, ("Step", "Amount"), rows)


# Where a law would end conversions: what it would catch, and the price of waiting without that risk.
AT_RISK = {"caught": "Caught in the account", "against_prompt_if_open": "The same if the law stays"}


def rounded_sum(parts: Iterable[float]) -> int:
    """The sum of parts that are shown in whole dollars, as a reader adds them up."""
    return sum(round(float(part)) for part in parts)


def waiting_table(costs: CostOfWaiting, code: str, waits: Iterable[float] | None = None) -> pd.DataFrame:
    """
    A row per wait: taxed earnings, tax, value at the horizon, and what it is against prompt, brought to today.

    Args: waits: only these; None: all but those that would outlast the job, which end there and are alike.
    """
    speak = language(code)
    shown = costs[~costs["past_separation"]] if waits is None else costs.loc[list(waits)]
    horizon = costs.projection.client.assumptions.horizon_year
    at_risk = AT_RISK if "caught" in costs else {}
    rows = [
        (
            wait_label(speak, years), speak.money(row["taxable_rollover"]), speak.money(tax_shown(row)),
            speak.money(row["value_after_tax"]), speak.money(row["against_prompt"]),
            *(speak.money(row[name]) for name in at_risk),
        )
        for years, row in shown.iterrows()
    ]  # fmt: skip
    columns = (
        "Wait",
        "Taxed earnings",
        "Tax",
        value_heading(speak, horizon),
        against_heading(speak, costs),
        *at_risk.values(),
    )
    return frame(speak, columns, rows)


def tax_by_year(projection: Projection, strategy: str, code: str) -> pd.DataFrame:
    """
    The years in which a strategy's rollovers are taxed: earnings, tax and its layers; "p" marks projected law.

    A layer that is nothing in every year has no column.
    """
    speak, ledger = language(code), years_of(projection, strategy)
    layers, total = _layers_in(ledger), tax_of(ledger)
    layers = {layer: label for layer, label in layers.items() if (ledger[layer].abs() > CENT).any()}
    due = ledger[(ledger["taxable_rollover"] > 0) | (total.abs() > CENT)]
    rows = [
        (
            year_label(speak, row["year"], row["projected"]), speak.money(row["taxable_rollover"]),
            *(speak.money(row[layer]) for layer in layers), speak.money(tax_shown(row)),
        )
        for _, row in due.iterrows()
    ]  # fmt: skip
    columns = ("Year", "Taxed earnings", *layers.values(), "Tax")
    return frame(speak, columns, rows)


def tax_layers(costs: CostOfWaiting, wait: float, code: str) -> list[tuple[str, float]]:
    """The layers of the tax that a wait causes: label with the years in which the layer is due, and USD."""
    speak, ledger = language(code), years_of(costs.projection, key_of(costs, wait))
    found = []
    for layer, label in _layers_in(ledger).items():
        due = ledger[ledger[layer].abs() > CENT]
        moved = ledger.loc[ledger["taxable_rollover"] > 0, "year"]
        later = LOOKBACK if layer == "medicare" else 0
        years = due if len(due) else ledger[ledger["year"].isin(moved + later)]
        words = speak._(label)
        if len(years):
            words = speak._("{layer}, {years}", layer=words, years=_span(speak, years))
        found.append((words, float(ledger[layer].sum())))
    return found


def tax_of(rows: pd.DataFrame | pd.Series) -> pd.Series | float:
    """All that a rollover causes: the tax of all layers and the additional tax on early distributions, USD."""
    return rows["tax"] + rows["additional_tax"]


def tax_shown(row: pd.Series) -> int:
    """The same in whole dollars, beside its layers: their sum as they are shown."""
    return rounded_sum(row[[*LAYERS, "additional_tax"]])


def key_of(costs: CostOfWaiting, wait: float) -> str:
    """The key of a wait's strategy in the projection behind the table."""
    return costs.projection.strategies[1 + costs.index.get_loc(wait)].key


def years_of(projection: Projection, strategy: str) -> pd.DataFrame:
    """The rows of one strategy's ledger."""
    return projection.ledger[projection.ledger["strategy"] == strategy]


def _layers_in(ledger: pd.DataFrame) -> dict[str, str]:
    """Columns and labels of the layers; the additional tax on early distributions only where there is any."""
    early = {"additional_tax": "Additional tax before 59 1/2"} if ledger["additional_tax"].any() else {}
    return {**LAYERS, **early}


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
    return frame(speak, columns, rows)


def growth_table(projection: Projection, code: str) -> pd.DataFrame:
    """After-tax value of the first strategy and how far the others are from it: three years, then every fifth, and the last."""
    speak, values = language(code), projection.values()
    first, *others = projection.strategies
    years = [
        year for k, year in enumerate(values.index) if k < 3 or year % 5 == 0 or year == values.index[-1]
    ]
    projected = projection.ledger.groupby("year")["projected"].first()
    rows = [
        (
            year_label(speak, year, projected[year]), speak.money(values.loc[year, first.key]),
            *(speak.money(values.loc[year, each.key] - values.loc[year, first.key]) for each in others),
        )
        for year in years
    ]  # fmt: skip
    headings = [
        speak._("{strategy}, after-tax value", strategy=strategy_name(speak, first)),
        *(speak._("{strategy}, against it", strategy=strategy_name(speak, each)) for each in others),
    ]
    return put_together([speak._("Year"), *headings], rows)


def value_heading(speak: Language, horizon: int) -> str:
    """The heading of values at the horizon, already translated."""
    projected = horizon > latest_published_year()
    return speak._(
        "After-tax value {year} (projected)" if projected else "After-tax value {year}", year=horizon
    )


def against_heading(speak: Language, costs: CostOfWaiting) -> str:
    """The heading of differences brought to today, already translated: today's dollars, or at the client's own rate."""
    if costs.discount_basis == "inflation":
        return speak._("Against prompt, today's dollars")
    return speak._("Against prompt, present value at {rate}", rate=speak.percent(costs.discount_rate))


def cost_axis(speak: Language, costs: CostOfWaiting) -> str:
    """What the bars are, for the axis."""
    today = costs.discount_basis == "inflation"
    return speak._(
        "Cost in today's dollars (US$ thousand)" if today else "Cost in present value (US$ thousand)"
    )


def cost_bars(known: Mapping[str, CostOfWaiting]) -> dict[str, pd.Series]:
    """Costs by years waited, for a picture: positive is a cost; none past separation."""
    return {way: -costs.loc[~costs["past_separation"], "against_prompt"] for way, costs in known.items()}


def brought_to_today(speak: Language, costs: CostOfWaiting, amount: float) -> str:
    """Rounded dollars of such a difference for a sentence, with what they are."""
    today = costs.discount_basis == "inflation"
    return speak._(
        "{amount} in today's dollars" if today else "{amount} in present value", amount=speak.about(amount)
    )


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


def strategy_name(speak: Language, strategy: Strategy) -> str:
    """A strategy's own name in the reader's language."""
    return strategy.english if speak.code == "en" else strategy.chinese


def _span(speak: Language, rows: pd.DataFrame) -> str:
    """The years of some rows of a ledger: 2034 p, or 2026–2034 p."""
    first, last = rows.iloc[0], rows.iloc[-1]
    shown = year_label(speak, last["year"], last["projected"])
    return shown if first["year"] == last["year"] else f"{first['year']:.0f}–{shown}"


def frame(speak: Language, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> pd.DataFrame:
    return put_together([speak._(name) for name in columns], rows)


class Table(pd.DataFrame):
    """Text cells under one line of headings; a notebook shows amounts at the right and words at the left."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return Table

    def _repr_html_(self) -> str:
        return self.to_html(classes=["megaroth-amounts", *word_classes(self.to_numpy().tolist())])


def put_together(names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    """Text cells with the first column as index, its name at the head of the one line of headings."""
    table = Table(rows, columns=list(names)).set_index(names[0])
    table.index.name, table.columns.name = None, names[0]
    return table


_AMOUNT = re.compile(
    r"(about |约 ?)?[+\-\N{MINUS SIGN}]?(US)?\$?\d[\d,.]*( ?(%|p|万|万美元|thousand|million))?|[+\-\N{MINUS SIGN}\N{EN DASH}]?"
)


def word_classes(rows: Sequence[Sequence[str]]) -> list[str]:
    """A style sheet's class for each column of words, counted from 1 after the first: most of its cells are no amounts."""
    columns = zip(*rows, strict=True)
    words = [
        sum(_AMOUNT.fullmatch(str(cell)) is None for cell in column) * 2 > len(rows) for column in columns
    ]
    return [f"megaroth-words-{place}" for place, is_words in enumerate(words, 1) if is_words]
