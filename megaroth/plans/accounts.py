"""
The after-tax account from one pay period to the next: grow, contribute, roll over.

Amounts are USD. Pay periods run down the first axis; what differs by strategy and by path is shaped (strategies,
paths) in each period, and a single client has one path.
"""

from dataclasses import dataclass

import numpy as np


@dataclass
class AfterTax:
    """The after-tax account of the plan at one moment."""

    value: np.ndarray
    basis: np.ndarray  # contributions in it that are not recovered yet


@dataclass(frozen=True)
class Transfers:
    """
    What left the after-tax account in a year, by pay period, shaped (periods, strategies, paths).

    Attributes:
        left: taken out at the period's end. moved: the same with the earnings of the days until it arrives.
        earnings: of what moved. pre_tax: pre-tax money that was taken along.
    """

    left: np.ndarray
    moved: np.ndarray
    earnings: np.ndarray
    pre_tax: np.ndarray | None = None


@dataclass(frozen=True)
class TakenAlong:
    """
    The pre-tax account where a transfer wrongly takes some of it along.

    Attributes:
        opening: shape (strategies, paths). contributions: of each period.
        all_of_it: 1 where a strategy takes the whole account along, else 0; floats, (periods, strategies, 1).
        its_share: 1 for a strategy whose transfers take their share of it along, else 0; floats, (strategies, 1).
    """

    opening: np.ndarray
    contributions: np.ndarray
    all_of_it: np.ndarray
    its_share: np.ndarray


@dataclass(frozen=True)
class PaidBack:
    """After-tax money that the plan pays back at the end of a period, after any transfer then: value and basis."""

    period: int
    value: np.ndarray
    basis: np.ndarray


def one_year(
    account: AfterTax,
    contributions: np.ndarray,
    growth: np.ndarray,
    due: np.ndarray,
    wait: np.ndarray | None = None,
    taken_along: TakenAlong | None = None,
    paid_back: PaidBack | None = None,
    contribution_first: bool = False,
) -> Transfers:
    """
    Run the account through pay periods; *account* holds the closing balance afterwards.

    In a period the balance grows, then the contribution arrives, then a transfer due takes the whole account: money
    moved on arrival has earned nothing (conventions of the project, design section 3). Each dollar moved carries its
    share of basis; a value below basis carries no income, and the basis that the loss leaves stays with the account.

    Args:
        account: opening balance, changed in place.
        contributions: of each period, shape (periods, strategies, 1).
        growth: 1 + return of each period, shape (periods, paths).
        due: 1 where a strategy moves the account at the end of a period, else 0; floats, (periods, strategies, 1).
        wait: growth during the days until the money arrives, shape (periods, paths); those earnings are income too.
        taken_along: the pre-tax account, where some strategy takes it along by mistake.
        paid_back: what the plan pays back in the year.
        contribution_first: the contribution arrives before the period's growth (to check against tables that
            count that way).

    Source: 26 U.S.C. 72(d)(2), 72(e)(8), 402A(c)(4), 408A(d)(3).
    """
    value, basis = account.value, account.basis
    left = np.zeros((len(growth), *value.shape))
    basis_left = np.zeros_like(left)
    pre_tax = along = None
    if taken_along is not None:
        pre_tax, along = taken_along.opening, np.zeros_like(left)
    dates = due.any(axis=(1, 2))
    for period, (factor, contribution) in enumerate(zip(growth, contributions, strict=True)):
        value = (value + contribution) * factor if contribution_first else value * factor + contribution
        basis = basis + contribution
        if pre_tax is not None:
            pre_tax = pre_tax * factor + taken_along.contributions[period]
        if dates[period]:
            portion = due[period]
            if pre_tax is not None:
                portion, along[period] = _mistaken(taken_along, period, portion, value, pre_tax)
                pre_tax = pre_tax - along[period]
            left[period] = out = value * portion
            basis_left[period] = basis_out = basis * portion
            value = value - out
            recovered = out if wait is None else out * wait[period]
            # After a loss less basis is recovered than moved along; the rest of it stays.
            basis = np.maximum(basis - basis_out, basis - recovered)
        if paid_back is not None and paid_back.period == period:
            value = np.maximum(value - paid_back.value, 0.0)
            basis = np.maximum(basis - paid_back.basis, 0.0)
    account.value, account.basis = value, basis
    moved = left if wait is None else left * wait[:, None, :]
    return Transfers(left, moved, np.maximum(moved - basis_left, 0.0), along)


def _mistaken(
    taken: TakenAlong, period: int, due: np.ndarray, after_tax: np.ndarray, pre_tax: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """
    The portion of the after-tax account that moves, and the pre-tax money that comes with it.

    Without a separate account a payout as large as the after-tax account comes from both accounts alike, so it leaves
    part of the after-tax money behind (26 U.S.C. 72(e)(8) without 72(d)(2)).
    """
    both = after_tax + pre_tax
    share = np.divide(after_tax, both, out=np.ones_like(both), where=both > 0)
    portion = due * np.where(taken.its_share > 0, share, 1.0)
    return portion, pre_tax * (portion * taken.its_share + taken.all_of_it[period])


def to_year_end(growth: np.ndarray) -> np.ndarray:
    """
    What a dollar at the end of each period has become at the end of the last one.

    Args: growth, 1 + return of each period, shape (periods, paths).

    >>> to_year_end(np.array([[1.1], [1.2], [1.5]])).ravel().tolist()
    [1.7999999999999998, 1.5, 1.0]
    """
    later = np.ones_like(growth)
    for period in reversed(range(len(growth) - 1)):
        later[period] = later[period + 1] * growth[period + 1]
    return later


def at_year_end(flows: np.ndarray, later: np.ndarray) -> np.ndarray:
    """Amounts that arrive at each period's end, together at the year's end; flows (periods, strategies, paths or 1)."""
    return np.einsum("psk,pk->sk", flows, later)
