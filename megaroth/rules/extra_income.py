"""
What extra income really costs: all taxes with it less all taxes without it, layer by layer.

The income is the taxable part of a conversion: ordinary income that is neither pay nor net investment income.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import checked, refuse
from megaroth.facts.law import Law, law_of
from megaroth.rules.breaks import NEAR
from megaroth.rules.client_return import ClientReturn, Columns, client_return
from megaroth.rules.income_tax import adjusted_gross_income, tax_by_rates, taxable_income
from megaroth.rules.space import plain
from megaroth.rules.state_tax import CODES
from megaroth.rules.tax_edges import edges_ahead
from megaroth.rules.working import Working

Numbers = np.ndarray | float
# In the order in which effects are released; each with its words for people.
LAYERS = {
    "ordinary": "Ordinary brackets",
    "capital_gains": "Tax on gains",
    "social_security": "Taxed Social Security",
    "deductions": "Smaller deductions",
    "amt": "AMT",
    "credits": "Smaller credits",
    "niit": "NIIT",
    "medicare": "Medicare surcharges",
    "state": "State and local tax",
}
LAYER_SOURCES = {
    "ordinary": "26 U.S.C. 1(j)",
    "capital_gains": "26 U.S.C. 1(h)",
    "social_security": "26 U.S.C. 86",
    "deductions": "26 U.S.C. 63, 68, 151(d)(5)(C), 164(b)(7), 199A",
    "amt": "26 U.S.C. 55",
    "credits": "26 U.S.C. 24(b)",
    "niit": "26 U.S.C. 1411",
    "medicare": "42 U.S.C. 1395r(i), 1395w-113(a)(7)",
    "state": "law of the state",
}


def layers_between(law: Law, without: Columns, with_: Columns) -> dict[str, Numbers]:
    """
    The cost of income by layer: successive differences that add up to the whole.

    Each layer releases one effect and holds the later ones at what they are without the income: first the ordinary
    schedule, then gains pushed into higher rates, Social Security drawn into income, deductions that shrink, AMT,
    credits, NIIT, Medicare and state.

    Args: law of the year; *without* and *with_*: columns of ClientReturn.columns, in one shape.
    Returns: a dict of LAYERS, USD, in that shape; a layer that helps is negative.
    Source: LAYER_SOURCES.
    """
    held = {"taxable_social_security": without["taxable_social_security"]}
    income_alone = _rates_on(law, without, adjusted_gross_income(law, {**with_, **held}))
    benefits_too = _rates_on(law, without, adjusted_gross_income(law, with_))
    found = {
        "ordinary": income_alone["tax_on_ordinary"] - without["tax_on_ordinary"],
        "capital_gains": income_alone["tax_on_gains"] - without["tax_on_gains"],
        "social_security": _both(benefits_too) - _both(income_alone),
        "deductions": _both(with_) - _both(benefits_too),
        "amt": with_["amt"] - without["amt"],
        "credits": without["credits"] - with_["credits"],
    }
    found |= {layer: with_[layer] - without[layer] for layer in ("niit", "medicare", "state")}
    return {layer: np.add(amount, 0.0) for layer, amount in found.items()}


def _rates_on(law: Law, without: Columns, income: Mapping[str, Numbers]) -> Columns:
    """The tax by rates on another income with the deductions of *without*."""
    columns = {**without, **income}
    columns |= taxable_income(law, columns)
    return tax_by_rates(law, columns)


def _both(columns: Mapping[str, Numbers]) -> Numbers:
    return columns["tax_on_ordinary"] + columns["tax_on_gains"]


@dataclass(frozen=True)
class CostOfIncome:
    """
    What extra income of *amount* costs, USD; arrays where an array of amounts went in.

    Attributes:
        total: all layers together. ordinary, capital_gains, social_security, deductions, amt, credits, niit, medicare
            (surcharges two years later), state (and local): the layers, see LAYERS.
        marginal_rate: of the next dollar after the amount, a fraction; cliffs are not in it but in edges_ahead.
        agi: with the income.
    """

    tax_return: ClientReturn
    amount: Numbers
    total: Numbers
    ordinary: Numbers
    capital_gains: Numbers
    social_security: Numbers
    deductions: Numbers
    amt: Numbers
    credits: Numbers
    niit: Numbers
    medicare: Numbers
    state: Numbers
    marginal_rate: Numbers
    agi: Numbers

    @property
    def layers(self) -> pd.DataFrame:
        """The layers as a table: a column each, a row per amount (index amount)."""
        index = pd.Index(np.atleast_1d(self.amount), name="amount")
        return pd.DataFrame({layer: np.atleast_1d(getattr(self, layer)) for layer in LAYERS}, index=index)

    @cached_property
    def edges_ahead(self) -> pd.DataFrame:
        """
        Where the next dollars begin to cost something else, nearest first, for one amount.

        Returns: columns name, kind ("edge": another rate, "phase-out": a deduction or credit begins or ceases to fall,
            "cliff": a step at once), dollars_to_it (what can still be added before it), step_dollars (what crossing it
            costs at once; 0 where nothing jumps), rate_before, rate_after (of the next dollar on either side).
        Raises: TypeError for an array of amounts.
        """
        if np.ndim(self.amount):
            raise TypeError("edges are shown for one amount at a time")
        return edges_ahead(self.tax_return, float(self.amount))

    @property
    def working(self) -> pd.DataFrame:
        """The steps to the total: label, amount, formula, source; the last row is the total. For one amount."""
        ret, steps = self.tax_return, Working()
        without, with_ = ret.columns(), ret.columns(conversion=self.amount)
        steps.add(
            "Income added", self.amount, "taxable part of the conversion", "26 U.S.C. 408A(d)(3), 402A(c)(4)"
        )
        steps.add("AGI without it", without["agi"], "income less adjustments", "26 U.S.C. 62")
        steps.add("AGI with it", with_["agi"], "Social Security drawn in included", "26 U.S.C. 62, 86")
        formula = "AGI less deductions"
        steps.add("Taxable income without it", without["taxable_income"], formula, "26 U.S.C. 63")
        steps.add("Taxable income with it", with_["taxable_income"], formula, "26 U.S.C. 63")
        formula = "the state's own income, deductions, rates and credits"
        steps.add("State and local tax without it", without["state"], formula, LAYER_SOURCES["state"])
        steps.add("State and local tax with it", with_["state"], formula, LAYER_SOURCES["state"])
        for layer, words in LAYERS.items():
            formula = "with the income less without it, later layers held"
            steps.add(words, getattr(self, layer), formula, LAYER_SOURCES[layer])
        steps.add("Cost of the income", self.total, "sum of the layers", "26 U.S.C. 1")
        return steps.frame()


def cost_of_income(
    client: Client,
    year: int | Law,
    amount: Numbers,
    conversion_from: str = "plan",
    state_nontaxable: Numbers = 0.0,
) -> CostOfIncome:
    """
    What extra income from a conversion costs the client in all taxes of a year, and in Medicare two years later.

    Every figure is a full tax with the income less a full tax without it; a rate times the amount would be wrong as
    soon as an edge is crossed. Facts count as entered, whatever the year.

    Args:
        client: facts; pre-tax deferrals come off pay.
        year: tax year, 2023 or later, projected at the client's inflation where it is not published; or a Law.
        amount: taxable part of the conversion, USD; a number or an array.
        conversion_from: "plan" or "ira"; some states tell them apart.
        state_nontaxable: the part of *amount* that the state alone has taxed already, USD.

    Returns: the cost and its layers, in the shape of *amount*.
    Raises: InputError for a negative or non-finite amount, an unknown source of it, or a year without tax tables.
    Source: LAYER_SOURCES.

    >>> round(float(cost_of_income(Client.load("lin"), 2026, 25_000).ordinary), 2)
    6000.0
    """
    amounts = checked("amount", amount)
    if conversion_from not in CODES["conversion_from"]:
        refuse("choice", "conversion_from", conversion_from, choices=", ".join(CODES["conversion_from"]))
    ret = client_return(client, law_of(year, client.assumptions.inflation))
    source = {
        "conversion_from_ira": float(conversion_from == "ira"),
        "state_nontaxable": checked("state_nontaxable", state_nontaxable),
    }
    ret = replace(ret, household={**ret.household, **source})
    points = np.stack([np.zeros_like(amounts), amounts, np.add(amounts, NEAR), np.add(amounts, 2 * NEAR)])
    columns = ret.columns(conversion=points)
    without, with_ = (row(columns, k, points.ndim) for k in (0, 1))
    layers = layers_between(ret.law, without, with_)
    taxes = columns["all_taxes"]
    answer = {
        **layers,
        "total": sum(layers.values()),
        "marginal_rate": (taxes[3] - taxes[2]) / NEAR,
        "agi": with_["agi"],
    }
    return CostOfIncome(tax_return=ret, amount=amounts, **plain(answer))


def fill_to_edge(client: Client, year: int | Law, edge: str) -> float:
    """
    The most that can be converted this year before an edge.

    Args: client and year as cost_of_income; edge: a name of `cost_of_income(client, year, 0).edges_ahead`.
    Returns: USD of taxable income, rounded down to the cent, so that the edge is not crossed.
    Raises: InputError when no such edge lies ahead.
    """
    ahead = edges_ahead(client_return(client, law_of(year, client.assumptions.inflation)), 0.0)
    if edge not in set(ahead["name"]):
        refuse("choice", "edge", edge, choices=", ".join(ahead["name"]))
    return float(ahead.loc[ahead["name"] == edge, "dollars_to_it"].iloc[0])


def row(columns: Columns, k: int | slice | np.ndarray, dimensions: int) -> Columns:
    """A row of columns that are stacked to *dimensions* axes, or some rows; what is not stacked is the same for all."""
    return {
        name: value[k] if getattr(value, "ndim", 0) == dimensions else value
        for name, value in columns.items()
    }
