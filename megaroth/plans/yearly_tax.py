"""
What a year's rollovers, and the dividends of the side accounts, cost in taxes: all strategies and paths in one call.

Each cost is a difference of full taxes on the same household (design section 3). Amounts are USD, shaped (strategies,
paths).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from megaroth.rules.client_return import ClientReturn
from megaroth.rules.extra_income import layers_between, row
from megaroth.rules.piecewise import MANY, at_many

NOTHING: Mapping[str, np.ndarray] = {}


@dataclass(frozen=True)
class TaxOfYear:
    """
    Taxes that a year causes.

    Attributes:
        on_income: federal and state tax caused by the rollovers, due for the year. medicare: surcharges caused by them
            two years later.
        on_dividends, medicare_of_dividends: the same caused by the side account's dividends.
            Medicare's are 0.0 on many paths where nobody has it.
        layers: of extra_income.LAYERS, what on_income and medicare consist of; empty where nothing is taxed or it was
            not asked for.
    """

    on_income: np.ndarray
    medicare: np.ndarray | float
    on_dividends: np.ndarray
    medicare_of_dividends: np.ndarray | float
    layers: Mapping[str, np.ndarray]


def tax_of_year(
    tax_return: ClientReturn, income: np.ndarray, dividends: np.ndarray, by_layer: bool = False
) -> TaxOfYear:
    """
    The taxes of one year.

    Args:
        tax_return: of the year, without both.
        income: taxable part of the rollovers. dividends: of the side accounts, qualified.
        by_layer: whether the layers are asked for.

    Source: of the layers, see extra_income.LAYER_SOURCES.
    """
    if income.size >= MANY and not by_layer:
        return _on_many_paths(tax_return, income, dividends)
    taxed = income.any(axis=1)
    zero = np.zeros(income.shape)
    if not taxed.any() and not dividends.any():
        return TaxOfYear(zero, zero, zero, zero, NOTHING)
    # Row after row: the household alone; with the dividends of each strategy; of the taxed ones with their income too.
    end = 1 + dividends.size
    conversion = np.concatenate([np.zeros(end), income[taxed].ravel()])
    more_dividends = np.concatenate([[0.0], dividends.ravel(), dividends[taxed].ravel()])
    own_dividends = tax_return.household["qualified_dividends"]
    columns = tax_return.columns(conversion=conversion, qualified_dividends=own_dividends + more_dividends)

    def caused(taxes: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
        """By the income, and by the dividends."""
        if np.ndim(taxes) == 0:
            return zero, zero
        with_dividends, by_income = taxes[1:end].reshape(income.shape), zero.copy()
        by_income[taxed] = taxes[end:].reshape(-1, income.shape[1]) - with_dividends[taxed]
        return by_income, with_dividends - taxes[0]

    on_income, on_dividends = caused(columns["total"] + columns["state"])
    medicare, medicare_of_dividends = caused(columns["medicare"])
    layers = NOTHING
    if by_layer and taxed.any():
        without = np.arange(1, end).reshape(income.shape)[taxed].ravel()
        of_taxed = (row(columns, rows, 1) for rows in (without, slice(end, None)))
        layers = {
            name: _placed(amount, taxed, income.shape)
            for name, amount in layers_between(tax_return.law, *of_taxed).items()
        }
    return TaxOfYear(on_income, medicare, on_dividends, medicare_of_dividends, layers)


def _on_many_paths(tax_return: ClientReturn, income: np.ndarray, dividends: np.ndarray) -> TaxOfYear:
    """The same where the paths are many: the tax on dividends is a function of one amount, see rules/piecewise.py."""
    own = tax_return.household["qualified_dividends"]

    def taxes(more_dividends: np.ndarray, conversion: np.ndarray | float = 0.0) -> np.ndarray:
        """Due for the year, and where there is any Medicare's two years later; shape (1 or 2, rows)."""
        columns = tax_return.columns(qualified_dividends=own + more_dividends, conversion=conversion)
        due = columns["total"] + columns["state"]
        return np.stack([due, columns["medicare"]] if tax_return.people else [due])

    # Strategies whose side accounts are alike need one row: prompt without days, split and never have paid the same.
    like = (dividends[:, None] == dividends).all(axis=2).argmax(axis=1)
    firsts, row_of = np.unique(like, return_inverse=True)
    found = at_many(taxes, np.append(dividends[firsts].ravel(), 0.0))
    with_dividends = found[:, :-1].reshape(len(found), len(firsts), -1)[:, row_of]
    on_dividends = with_dividends - found[:, -1:, None]
    on_income, taxed = np.zeros_like(on_dividends), income > 0
    if taxed.any():
        on_income[:, taxed] = taxes(dividends[taxed], income[taxed]) - with_dividends[:, taxed]
    medicare = (on_income[1], on_dividends[1]) if tax_return.people else (0.0, 0.0)
    return TaxOfYear(on_income[0], medicare[0], on_dividends[0], medicare[1], NOTHING)


def _placed(amount: np.ndarray | float, taxed: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Amounts of the taxed strategies among all of them."""
    found = np.zeros(shape)
    found[taxed] = amount.reshape(-1, shape[1]) if np.ndim(amount) else amount
    return found
