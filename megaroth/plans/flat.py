"""The engine on bare figures and a flat rate: no client, no law, to check against published tables."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from megaroth.facts.errors import checked_one, refuse
from megaroth.plans.accounts import AfterTax, at_year_end, one_year, to_year_end


@dataclass(frozen=True)
class FlatProjection:
    """
    The engine on bare figures, USD.

    Attributes:
        conversions: a row each: value, basis, taxable, tax.
        roth_at_end_of_contributions, roth_at_horizon: Roth account. taxes_at_horizon: the taxes paid, grown at the
            same return. after_tax_value, after_tax_basis: what was never converted, at the horizon.
        tax_rate_at_withdrawal: the rate that its earnings bear there.
    """

    conversions: pd.DataFrame
    roth_at_end_of_contributions: float
    roth_at_horizon: float
    taxes_at_horizon: float
    after_tax_value: float
    after_tax_basis: float
    tax_rate_at_withdrawal: float

    @cached_property
    def total_taxable(self) -> float:
        return float(self.conversions["taxable"].sum())

    @cached_property
    def total_tax(self) -> float:
        return float(self.conversions["tax"].sum())

    @property
    def earnings(self) -> float:
        """Earnings of what was never converted, not below 0."""
        return max(0.0, self.after_tax_value - self.after_tax_basis)

    @property
    def tax_at_withdrawal(self) -> float:
        return self.tax_rate_at_withdrawal * self.earnings

    @property
    def net(self) -> float:
        """What was never converted, after the tax on its earnings."""
        return self.after_tax_value - self.tax_at_withdrawal


EVERY = ("once_at_end_of_contributions", "never")
MOST_PERIODS, MOST_YEARS = 366, 100


def projection_of(
    contribution: float,
    periods_per_year: int,
    years: int,
    years_after: int = 0,
    annual_return: float = 0.07,
    convert_every: int | str = 1,
    tax_rate: float = 0.24,
    tax_paid_from: str = "outside",
    timing: str = "end",
    rate_at_withdrawal: float | None = None,
) -> FlatProjection:
    """
    The same engine on bare figures and a flat rate, to check against published tables.

    Args:
        contribution: after-tax money of each period, USD.
        periods_per_year, years: of contributions. years_after: only growth.
        annual_return: a fraction; a period earns (1 + annual_return)^(1 / periods_per_year) - 1.
        convert_every: periods between conversions of the whole account, or "once_at_end_of_contributions", or "never".
        tax_rate: on earnings, at the conversion. tax_paid_from: "outside", or "from_conversion" (kept back).
        timing: "end" (grow, contribute, convert) or "begin" (contribute, grow, convert).
        rate_at_withdrawal: of earnings never converted; None: tax_rate.

    Raises: InputError for impossible figures.

    >>> projection_of(3_000, periods_per_year=12, years=10).total_tax
    0.0
    """
    paid_in = checked_one("contribution", contribution)
    n = int(checked_one("periods_per_year", periods_per_year, low=1, high=MOST_PERIODS, whole=True))
    during = int(checked_one("years", years, low=1, high=MOST_YEARS, whole=True))
    after = int(checked_one("years_after", years_after, high=MOST_YEARS, whole=True))
    growth = (1 + checked_one("annual_return", annual_return, low=-0.99, high=1.0)) ** (1 / n)
    rate = checked_one("tax_rate", tax_rate, high=1.0)
    later = (
        rate
        if rate_at_withdrawal is None
        else checked_one("rate_at_withdrawal", rate_at_withdrawal, high=1.0)
    )
    for field, value, choices in (
        ("tax_paid_from", tax_paid_from, ("outside", "from_conversion")),
        ("timing", timing, ("end", "begin")),
    ):
        if not isinstance(value, str) or value not in choices:
            refuse("choice", field, value, choices=", ".join(choices))
    moves = _flat_schedule(convert_every, n * during)
    account = AfterTax(np.zeros((1, 1)), np.zeros((1, 1)))
    # The whole span runs as one long year, so that every tax is grown to its end.
    of_periods = np.full((n * during, 1), growth)
    transfers = one_year(
        account, np.full((n * during, 1, 1), paid_in), of_periods, moves[:, None, None].astype(float),
        contribution_first=timing == "begin",
    )  # fmt: skip
    to_end, paid = to_year_end(of_periods), np.arange(1, n * during + 1)[moves] * paid_in
    taxes = rate * at_year_end(transfers.earnings, to_end).item()
    roth = at_year_end(transfers.moved, to_end).item() - (
        taxes if tax_paid_from == "from_conversion" else 0.0
    )
    further = growth ** (n * after)
    value, taxable = (each[moves, 0, 0] for each in (transfers.moved, transfers.earnings))
    recovered = value - taxable
    basis = paid - np.cumsum(recovered) + recovered  # paid in so far, less what earlier conversions recovered
    conversions = pd.DataFrame({"value": value, "basis": basis, "taxable": taxable, "tax": rate * taxable})
    return FlatProjection(
        conversions,
        roth,
        roth * further,
        taxes * further,
        account.value.item() * further,
        account.basis.item(),
        later,
    )


def _flat_schedule(convert_every: int | str, periods: int) -> np.ndarray:
    """Which periods end with a conversion."""
    moves = np.zeros(periods, dtype=bool)
    if convert_every == "never":
        return moves
    if convert_every == "once_at_end_of_contributions":
        moves[-1] = True
        return moves
    if isinstance(convert_every, str):
        refuse("choice", "convert_every", convert_every, choices=", ".join(EVERY))
    every = int(
        checked_one("convert_every", convert_every, low=1, high=MOST_PERIODS * MOST_YEARS, whole=True)
    )
    moves[every - 1 :: every] = True
    return moves
