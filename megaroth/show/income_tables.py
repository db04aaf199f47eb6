"""What extra income costs, and what lies ahead of it, as tables in the reader's words."""

import pandas as pd

from megaroth.rules.extra_income import LAYERS, CostOfIncome
from megaroth.show.edges import edge_source, named_edges
from megaroth.show.language import Language, language
from megaroth.show.tables import frame, rounded_sum, year_label


def layers_table(cost: CostOfIncome, code: str) -> pd.DataFrame:
    """The layers of one amount's cost, zero ones too, and their sum: dollars, and what that is of each dollar added."""
    speak = language(code)
    share = 1 / cost.amount if cost.amount > 0 else 0.0
    dollars = {layer_label(speak, layer, cost): float(getattr(cost, layer)) for layer in LAYERS}
    rows = [(name, speak.money(amount), speak.percent(amount * share)) for name, amount in dollars.items()]
    together = speak.money(total_shown(cost)), speak.percent(float(cost.total) * share)
    rows.append((speak._("Together"), *together))
    columns = ("Layer of tax", "Tax", "Of the amount")
    return frame(speak, columns, rows)


def total_shown(cost: CostOfIncome) -> int:
    """One amount's cost in whole dollars, beside its layers: their sum as they are shown."""
    return rounded_sum(getattr(cost, layer) for layer in LAYERS)


def layer_label(speak: Language, layer: str, cost: CostOfIncome) -> str:
    """A layer's name; Medicare surcharges with the year in which they are due."""
    words = speak._(LAYERS[layer])
    if layer != "medicare":
        return words
    due = cost.tax_return.premium_law
    return speak._("{layer}, {years}", layer=words, years=year_label(speak, due.year, due.projected))


def edges_table(cost: CostOfIncome, code: str) -> pd.DataFrame:
    """What lies ahead of one amount, nearest first: dollars to it, cost at once, and the rate of the next dollar after it."""
    speak, state_law = language(code), cost.tax_return.state_law
    rows = [
        (
            edge.label, speak.money(edge.dollars_to_it), speak.money(edge.step_dollars),
            speak.percent(edge.rate_before), speak.percent(edge.rate_after), edge_source(speak, edge.name, state_law),
        )
        for edge in named_edges(speak, cost.edges_ahead, state_law.state).itertuples()
    ]  # fmt: skip
    columns = ("What lies ahead", "Dollars to it", "Costs at once", "Rate before", "Rate after", "Source")
    return frame(speak, columns, rows)
