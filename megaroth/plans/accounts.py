"""
Money in the accounts from one pay period to the next: grow, contribute, roll over.

Every array is shaped (strategies, paths); a single client has one path. Amounts are USD.
"""

from dataclasses import dataclass

import numpy as np

from megaroth.rules.rollover import taxable_rollover


@dataclass
class AfterTaxAndRoth:
    """The after-tax account of the plan and the accounts that receive it, at one moment."""

    value: np.ndarray  # of the after-tax account
    basis: np.ndarray  # contributions in it that are not recovered yet
    roth: np.ndarray
    ira: np.ndarray  # traditional IRA


@dataclass
class YearOfMoves:
    """
    What happened to the two accounts in a year.

    Attributes:
        moved: rolled over out of the after-tax account. to_ira: the earnings of it that went to the traditional IRA.
        taxable: income recognised by the rollovers.
        taxable_at_year_end: the same income, each rollover's part grown from its date to the year's end. A tax paid
            at each rollover is worth tax x taxable_at_year_end / taxable by then.
        growth, roth_growth, ira_growth: of the three accounts.
        rollovers: one (period, value, basis, taxable) per date on which money moved.
    """

    moved: np.ndarray
    to_ira: np.ndarray
    taxable: np.ndarray
    taxable_at_year_end: np.ndarray
    growth: np.ndarray
    roth_growth: np.ndarray
    ira_growth: np.ndarray
    rollovers: list[tuple[int, np.ndarray, np.ndarray, np.ndarray]]


def one_year(
    account: AfterTaxAndRoth,
    growth: np.ndarray,
    contributions: np.ndarray,
    moves: np.ndarray,
    split: np.ndarray | bool = False,
    wait: float = 1.0,
    contribution_first: bool = False,
) -> YearOfMoves:
    """
    Run the accounts through one year's pay periods; *account* holds the closing balances afterwards.

    In a period the balances grow, then the contribution arrives, then a rollover due takes place: money rolled
    over on arrival has earned nothing (conventions of the project, design section 3).

    Args:
        account: opening balances, changed in place.
        growth: 1 + return of each period, shape (periods, paths).
        contributions: after-tax contribution of each period, shape (periods,) or (periods, paths).
        moves: which strategy moves all at the end of which period, bool, shape (strategies, periods).
        split: which strategy sends earnings to the traditional IRA, bool, shape (strategies, 1).
        wait: growth during the days between payday and rollover; those earnings are taxable too.
        contribution_first: the contribution arrives before the period's growth (to check against tables that
            count that way).

    Returns: the year's flows.
    Source: 26 U.S.C. 72(e)(8), 402A(c)(4), 408A(d)(3) for what is taxable.
    """
    start, roth_start, ira_start = account.value, account.roth, account.ira
    year = YearOfMoves(*(np.zeros_like(account.value) for _ in range(7)), rollovers=[])
    paid_in = np.zeros_like(account.value)
    for period, (factor, contribution) in enumerate(zip(growth, contributions, strict=True)):
        if contribution_first:
            account.value = (account.value + contribution) * factor
        else:
            account.value = account.value * factor + contribution
        account.roth = account.roth * factor
        account.ira = account.ira * factor
        year.taxable_at_year_end = year.taxable_at_year_end * factor
        account.basis = account.basis + contribution
        paid_in = paid_in + contribution
        due = moves[:, period, None]
        if due.any():
            _roll_over(account, year, period, due, split, wait)
    year.growth = account.value - start - paid_in + year.moved
    year.roth_growth = account.roth - roth_start - (year.moved - year.to_ira)
    year.ira_growth = account.ira - ira_start - year.to_ira
    return year


def _roll_over(
    account: AfterTaxAndRoth,
    year: YearOfMoves,
    period: int,
    due: np.ndarray,
    split: np.ndarray | bool,
    wait: float,
) -> None:
    """Move the whole account where *due*; basis that a loss leaves behind stays with the account."""
    amount = np.where(due, account.value, 0.0)
    # The wait's earnings are income, but Roth must not earn those days twice: it gets today's value.
    earnings = taxable_rollover(amount * wait, account.value * wait, account.basis)
    basis_before = account.basis
    account.basis = basis_before - (amount * wait - earnings)
    account.value = account.value - amount
    to_ira = np.where(split, np.minimum(earnings, amount), 0.0)
    taxable = np.where(split, 0.0, earnings)
    account.roth = account.roth + amount - to_ira
    account.ira = account.ira + to_ira
    year.moved = year.moved + amount
    year.to_ira = year.to_ira + to_ira
    year.taxable = year.taxable + taxable
    year.taxable_at_year_end = year.taxable_at_year_end + taxable
    year.rollovers.append((period, amount, np.where(due, basis_before, 0.0), taxable))


def with_contributions(opening: np.ndarray, contributions: np.ndarray, growth: np.ndarray) -> np.ndarray:
    """
    An account's closing balance when each contribution arrives at its period's end.

    Args:
        opening: balance at the year's start, shape (strategies, paths).
        contributions: shape (periods,).
        growth: 1 + return of each period, shape (periods, paths).

    Returns: closing balance, shape (strategies, paths).
    """
    balance = opening
    for factor, contribution in zip(growth, contributions, strict=True):
        balance = balance * factor + contribution
    return balance
