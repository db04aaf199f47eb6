"""What waiting costs: the same client, the same take-home dollars, the money moved later and later."""

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import checked
from megaroth.plans.projection import LAYERS, project
from megaroth.plans.strategies import PROMPT, delay, schedule
from megaroth.rules.working import Working


class CostOfWaiting(pd.DataFrame):
    """The table of cost_of_waiting; `.working` shows how its last row comes about."""

    _metadata = ("projection", "discount_rate")

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame  # a part of the table is a plain table

    @property
    def working(self) -> pd.DataFrame:
        """Steps from the two values at the horizon to the present value of the longest wait: label, amount, formula, source."""
        return self.working_of(self.index[-1])

    def working_of(self, delay_years: float) -> pd.DataFrame:
        """The steps of one row; raises KeyError for a delay that is not in the table."""
        row, client = self.loc[delay_years], self.projection.client
        value = self.projection.summary["value_after_tax"]
        years = horizon_years(client)
        steps = Working()
        steps.add("Tax when the money moves", row["tax"], "tax with the income less tax without it, each year",
                  "26 U.S.C. 1, 24, 55, 1411")  # fmt: skip
        steps.add("Value after tax, waiting", row["value_after_tax"], "all accounts at the horizon", "ledger")
        steps.add("Value after tax, prompt", value.iloc[0], "all accounts at the horizon", "ledger")
        steps.add(
            "Difference at the horizon",
            row["value_after_tax"] - value.iloc[0],
            "waiting less prompt",
            "ledger",
        )
        factor = (1 + self.discount_rate) ** -years
        steps.add("Discount factor", factor, "1 / (1 + discount rate) to the number of years", "assumption")
        steps.add(
            "In today's dollars", row["against_prompt"], "difference times discount factor", "assumption"
        )
        return steps.frame()


def cost_of_waiting(
    client: Client, delays: Iterable[float] = range(0, 11), earnings_to: str = "roth"
) -> CostOfWaiting:
    """
    What it costs to let after-tax money wait before it moves to Roth.

    Nothing moves for so many years; then everything at once, and promptly from then on, not past separation.

    Args:
        client: facts and assumptions.
        delays: years waited; twelfths for months. 0 is prompt.
        earnings_to: "roth" (taxed when moved) or "traditional_ira" (Notice 2014-54).

    Returns: a row per delay, index delay_years. Columns: transfer_year (of the first transfer), past_separation (the
        wait would outlast the job, so it ends there), tax (all years) and its layers, value_after_tax (at the horizon,
        nominal USD), against_prompt (its difference to prompt in today's dollars; negative: waiting costs).
    Raises: InputError for delays that are negative or no whole months, and as project.
    Source: design sections 3 and 4.
    """
    asked = [Fraction(round(checked("delays", each, high=100) * 12), 12) for each in delays]
    waits = [delay(float(each), earnings_to=earnings_to) for each in asked]
    projection = project(client, strategies=(PROMPT, *waits))
    assumed = client.assumptions
    rate = assumed.inflation if assumed.discount_rate is None else assumed.discount_rate
    summary = projection.summary
    found = pd.DataFrame(
        {
            "transfer_year": [_first_transfer(client, wait) for wait in waits],
            "past_separation": [assumed.start_year + each > assumed.separation_year for each in asked],
        },
        index=pd.Index(
            [int(each) if each.denominator == 1 else float(each) for each in asked], name="delay_years"
        ),
    )
    rows = summary.iloc[1:]
    for name in ("taxable_rollover", "tax", *LAYERS, "value_after_tax"):
        found[name] = rows[name].to_numpy()
    ahead = found["value_after_tax"] - summary["value_after_tax"].iloc[0]
    found["against_prompt"] = ahead * (1 + rate) ** -horizon_years(client)
    table = CostOfWaiting(found)
    table.projection, table.discount_rate = projection, rate
    return table


def horizon_years(client: Client) -> int:
    """Years from today, the start of the first year, to the end of the last one."""
    return client.assumptions.horizon_year - client.assumptions.start_year + 1


def _first_transfer(client: Client, wait: object) -> int | None:
    moves = schedule(wait, client)
    return client.assumptions.start_year + int(np.argmax(moves.any(axis=1))) if moves.any() else None
