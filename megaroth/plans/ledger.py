"""The ledger: a run as a table, a row per strategy and year or per pay period. Amounts are USD, of the first path."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from megaroth.plans.engine import ACCOUNTS, YearOfRun
from megaroth.plans.strategies import Strategy
from megaroth.rules.extra_income import LAYERS

FLOWS = ("opening", "in", "growth", "moved", "tax", "closing")
BASES = ("after_tax_basis", "brokerage_basis")


def ledger_of(
    years: list[YearOfRun], strategies: tuple[Strategy, ...], periods: bool = False
) -> pd.DataFrame:
    """
    The ledger of a run.

    Args: years, in order; strategies; periods: a row per pay period, taxes and deposits standing in the year's last.
    Returns: see Projection.ledger.
    """
    n = len(years[0].growth)
    columns = _balances(years, n, periods) | _incomes(years, periods) | _taxes(years, n, periods)
    # From (years, strategies) or (years, periods, strategies) to a row per strategy, then year, then period.
    shape = (len(years), n, len(strategies)) if periods else (len(years), len(strategies))
    table = np.empty((len(columns), len(strategies), len(years) * (n if periods else 1)))
    for place, column in enumerate(columns.values()):
        table[place] = np.broadcast_to(column, shape).reshape(-1, shape[-1]).T
    frame = pd.DataFrame(table.reshape(len(columns), -1).T, columns=list(columns), copy=False)
    rows = [(year.coming.law.year, year.coming.law.projected) for year in years]
    each = n if periods else 1
    keys = np.repeat([strategy.key for strategy in strategies], len(rows) * each)
    frame.insert(0, "strategy", keys)
    frame.insert(1, "year", np.tile(np.repeat([year for year, _ in rows], each), len(strategies)))
    if periods:
        frame.insert(2, "period", np.tile(np.arange(1, n + 1), len(strategies) * len(rows)))
    frame.insert(
        3 if periods else 2,
        "projected",
        np.tile(np.repeat([known for _, known in rows], each), len(strategies)),
    )
    return frame


def _stacked(years: list[YearOfRun], of: Callable[[YearOfRun], np.ndarray]) -> np.ndarray:
    """A figure of each year's first path, years first."""
    return np.stack([of(year)[..., 0] for year in years])


def _balance(years: list[YearOfRun], when: str, name: str) -> np.ndarray:
    """A balance or basis at the start or the end of each year, (years, strategies)."""
    return _stacked(years, lambda year: getattr(year, when)[name])


def _flow(years: list[YearOfRun], kind: str, account: str) -> np.ndarray:
    """A flow of an account, (years, periods, strategies); 0 where there is none of the kind."""
    found = np.zeros((len(years), *years[0].shape[:2]))
    for k, year in enumerate(years):
        flows = getattr(year, kind)
        if account in flows:
            found[k] = flows[account][..., 0]
    return found


def _balances(years: list[YearOfRun], n: int, periods: bool) -> dict[str, np.ndarray]:
    """Every account's flows; what is neither put in, moved nor taken is growth."""
    deposit, kept = (
        _last_period(_stacked(years, lambda year, of=of: getattr(year, of)), n) for of in ("deposit", "kept")
    )
    columns = {}
    for name in ACCOUNTS:
        paid_in, moved = (_flow(years, kind, name) for kind in ("paid_in", "moved"))
        if name == "brokerage":
            paid_in = paid_in + deposit
        taken = kept if name == "roth_ira" else np.zeros((1, 1, 1))
        opening, closing = (_balance(years, when, name) for when in ("opening", "closing"))
        if periods:
            opening, closing = _by_period(years, name, opening, closing)
        else:
            paid_in, moved, taken = (np.sum(flow, axis=1) for flow in (paid_in, moved, taken))
        growth = closing - opening - paid_in - moved + taken
        flows = opening, paid_in, growth, moved, taken, closing
        columns |= {f"{name}_{flow}": amount for flow, amount in zip(FLOWS, flows, strict=True)}
    return columns | {name: _basis(years, name, periods) for name in BASES}


def _by_period(
    years: list[YearOfRun], name: str, opening: np.ndarray, closing: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Opening and closing balances of each period: grow, pay in, move; the year's close is the last one's."""
    growth = _stacked(years, lambda year: year.growth)
    flows = _flow(years, "paid_in", name) + _flow(years, "arrived", name)
    n = growth.shape[1]
    ends, balance = np.empty(flows.shape), opening
    for period in range(n):
        balance = ends[:, period] = balance * growth[:, period, None] + flows[:, period]
    ends[:, -1] = closing
    return np.concatenate([opening[:, None], ends[:, :-1]], axis=1), ends


def _basis(years: list[YearOfRun], name: str, periods: bool) -> np.ndarray:
    """A basis at the end of each year or period."""
    closing = _balance(years, "closing", name)
    if not periods:
        return closing
    account = name.removesuffix("_basis")
    change = _flow(years, "paid_in", account)
    if account == "after_tax":
        change = change - _stacked(years, _recovered)
    else:
        change = change + _flow(years, "moved", account)
    opening = _balance(years, "opening", name)
    ends = opening[:, None] + np.cumsum(change, axis=1)
    ends[:, -1] = closing
    # Of an account that is emptied not even the rounding of the last bit is left.
    return np.where(np.abs(ends) < 1e-6, 0.0, ends)


def _recovered(year: YearOfRun) -> np.ndarray:
    """Basis that left the after-tax account, by period."""
    out = year.basis_moved
    if year.refund is not None:
        out = out + year.in_its_period(year.refund.after_tax_basis)
    return out


def _incomes(years: list[YearOfRun], periods: bool) -> dict[str, np.ndarray]:
    """What the rollovers and refunds of a year or period add to income, and the basis that was rolled over."""

    def refunded(year: YearOfRun) -> np.ndarray:
        return np.zeros(year.shape) if year.refund is None else year.in_its_period(year.refund.taxable)

    columns = {
        "taxable_rollover": _stacked(years, lambda year: year.taxable),
        "nontaxable_rollover": _stacked(years, lambda year: year.basis_moved),
        "taxable_refund": _stacked(years, refunded),
    }
    return columns if periods else {name: np.sum(column, axis=1) for name, column in columns.items()}


def _taxes(years: list[YearOfRun], n: int, periods: bool) -> dict[str, np.ndarray]:
    """What is paid in a year, in its last period."""
    nothing = np.zeros_like(years[0].tax)
    found = {
        "tax": _stacked(years, lambda year: year.tax),
        **{
            layer: _stacked(years, lambda year, layer=layer: year.layers.get(layer, nothing))
            for layer in LAYERS
        },
        "additional_tax": _stacked(years, lambda year: year.additional),
        "side_account_tax": _stacked(years, lambda year: year.side_account_tax),
    }
    if not periods:
        return found
    return {name: _last_period(column, n) for name, column in found.items()}


def _last_period(of_year: np.ndarray, n: int) -> np.ndarray:
    """An amount of each year in its last period, (years, periods, strategies)."""
    found = np.zeros((len(of_year), n, of_year.shape[-1]))
    found[:, -1] = of_year
    return found
