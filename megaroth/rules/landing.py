"""Where extra income lands: on top of the income that was there, in the brackets of the ordinary schedule."""

from dataclasses import dataclass

import numpy as np

from megaroth.facts.law import Law
from megaroth.rules.extra_income import CostOfIncome, row

Parts = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Landing:
    """
    One amount of extra income on the ladder of federal taxable income, USD.

    Attributes:
        law: of the year. amount: the extra income.
        edges: lower edge of each bracket of the client's filing status, from 0.
        deductions: all that comes off AGI, with the income.
        before: taxable ordinary income without the extra income.
        start: where the extra income begins; below 0 where deductions are left that cover its first dollars.
        covered: what of it those deductions cover.
        parts: (rate, dollars) of the rest, one for each bracket that it reaches, rising; they bear the layer "ordinary".
        drawn_in: taxable income that comes along, because Social Security is drawn in or deductions shrink; negative
            where a deduction grows.
        ordinary: taxable ordinary income with all of that; gains begin here.
        gains: (rate, dollars) of gains and qualified dividends on top.
    """

    law: Law
    amount: float
    edges: tuple[float, ...]
    deductions: float
    before: float
    start: float
    covered: float
    parts: Parts
    drawn_in: float
    ordinary: float
    gains: Parts

    @property
    def end(self) -> float:
        return self.start + self.amount


def landing(cost: CostOfIncome) -> Landing:
    """
    Where the income of *cost* lands, with the deductions and Social Security that there were without it.

    Args: cost: of one amount.
    Raises: TypeError for an array of amounts.
    Source: 26 U.S.C. 1(h), (j), 63.
    """
    if np.ndim(cost.amount):
        raise TypeError("where income lands is shown for one amount at a time")
    law, amount = cost.tax_return.law, float(cost.amount)
    both = cost.tax_return.columns(conversion=np.array([0.0, amount]))
    without, with_ = row(both, 0, 1), row(both, 1, 1)
    status = int(without["status"])
    edges = tuple(float(edge) for edge in law.array("bracket_edges")[status])
    tops = tuple(float(top) for top in law.array("gains_breakpoints")[status])
    start = float(without["income_after_deductions"] - without["preferred_income"])
    ordinary, taxable = float(with_["ordinary_taxable_income"]), float(with_["taxable_income"])
    end = max(start + amount, 0.0)
    return Landing(
        law=law,
        amount=amount,
        edges=edges,
        deductions=float(with_["deduction"] + with_["senior_deduction"] + with_["qbi_deduction"]),
        before=float(without["ordinary_taxable_income"]),
        start=start,
        covered=min(amount, max(0.0, -start)),
        parts=_between(max(start, 0.0), end, edges, law.bracket_rates),
        drawn_in=ordinary - end,
        ordinary=ordinary,
        gains=_between(ordinary, taxable, (0.0, *tops), law.gains_rates),
    )


def _between(low: float, high: float, edges: tuple[float, ...], rates: tuple[float, ...]) -> Parts:
    """What of the stretch from *low* to *high* lies above each edge and below the next."""
    cuts = np.clip([*edges, np.inf], low, max(low, high))
    return tuple(
        (rate, float(dollars)) for rate, dollars in zip(rates, np.diff(cuts), strict=True) if dollars > 0
    )
