"""
What a rollover of after-tax money adds to income.

Amounts are USD, numbers or arrays that broadcast together; nothing is rounded.
"""

from dataclasses import dataclass

import numpy as np

from megaroth.facts.errors import InputError, checked, furthest_over, refuse

Numbers = np.ndarray | float
CENT = 0.005


def taxable_rollover(amount: Numbers, balance: Numbers, after_tax_basis: Numbers) -> Numbers:
    """
    Income recognised when part of the after-tax account moves to Roth.

    Each dollar moved carries its share of earnings, so a rollover cannot take basis first. A balance below basis
    carries no income.

    Args (numbers or arrays that broadcast together):
        amount: moved to Roth, USD, between 0 and *balance*.
        balance: after-tax account just before the rollover, USD.
        after_tax_basis: contributions already taxed and not recovered yet, USD.

    Returns: ordinary income of the year, USD, unrounded, in the broadcast shape.
    Source: 26 U.S.C. 72(d)(2), 72(e)(8), 402A(c)(4), 408A(d)(3).

    >>> float(taxable_rollover(10_000, balance=50_000, after_tax_basis=40_000))
    2000.0
    """
    earnings = np.maximum(np.subtract(balance, after_tax_basis), 0.0)
    share_moved = np.divide(amount, np.where(np.equal(balance, 0), 1.0, balance))
    return earnings * share_moved


@dataclass(frozen=True)
class Rollover:
    """
    A rollover out of the after-tax account, USD.

    Attributes: basis_fraction (a fraction, at most 1), nontaxable, taxable, basis_left, balance_left.
    """

    basis_fraction: Numbers
    nontaxable: Numbers
    taxable: Numbers
    basis_left: Numbers
    balance_left: Numbers


def after_tax_rollover(amount: Numbers, balance: Numbers, after_tax_basis: Numbers) -> Rollover:
    """
    The parts of a rollover, and what stays in the after-tax account.

    Basis falls by the nontaxable amount only: after a loss the rest of it stays with the account and is no
    deduction (26 U.S.C. 67(g), 72(e)(6)). Pre-tax money and the match stay out of the fraction when the plan
    keeps the after-tax money as a separate account (72(d)(2); Notice 87-13 Q&A-14).

    Args: as taxable_rollover.
    Raises: InputError for negative amounts, or an amount above the balance.

    >>> parts = after_tax_rollover(20_000, balance=45_000, after_tax_basis=37_500)
    >>> round(parts.nontaxable, 2), round(parts.taxable, 2), round(parts.basis_left, 2)
    (16666.67, 3333.33, 20833.33)
    """
    value = checked("balance", balance)
    basis = checked("after_tax_basis", after_tax_basis)
    moved = checked("amount", amount)
    _refuse_more_than("amount", moved, value)
    taxable = taxable_rollover(moved, value, basis)
    nontaxable = np.subtract(moved, taxable)
    larger = np.maximum(value, basis)  # so that the fraction is 1 at most
    fraction = np.divide(basis, np.where(np.equal(larger, 0), 1.0, larger))
    # Nothing is left of an account that is emptied, not even the rounding of the last bit.
    basis_left = np.maximum(0.0, np.subtract(basis, nontaxable))
    parts = fraction, nontaxable, taxable, basis_left, np.maximum(0.0, np.subtract(value, moved))
    return Rollover(*(float(part) if np.ndim(part) == 0 else part for part in parts))


@dataclass(frozen=True)
class SplitRollover:
    """A payout of the whole account to two places, USD: to_roth, to_traditional, and what of it is taxable now."""

    to_roth: Numbers
    to_traditional: Numbers
    taxable: Numbers


def split_rollover(
    pretax: Numbers,
    after_tax_basis: Numbers,
    after_tax_earnings: Numbers,
    to_roth: Numbers | None = None,
    to_traditional: Numbers | None = None,
) -> SplitRollover:
    """
    Pre-tax money to a traditional IRA and basis to a Roth IRA, in one payout, all of it rolled directly.

    Payments scheduled for the same time are one distribution; pre-tax money, earnings on after-tax money
    included, counts first toward the place that the participant names for it. What of it does not fit into the
    traditional IRA is taxable in the Roth IRA. Earnings sent to the traditional IRA are deferred, not forgiven.

    Args (USD):
        pretax: pre-tax balance paid out.
        after_tax_basis, after_tax_earnings: what is paid out of the after-tax account; after a loss it is all basis.
        to_roth, to_traditional: the two destinations, together the whole payout; None: the rest of it, and where
            neither is given the basis goes to Roth.

    Raises: InputError for negative amounts, or destinations that do not add up to the payout.
    Source: Notice 2014-54.

    >>> split_rollover(0, after_tax_basis=80_000, after_tax_earnings=20_000).taxable
    0.0
    """
    basis = checked("after_tax_basis", after_tax_basis)
    earnings = checked("after_tax_earnings", after_tax_earnings)
    pre_tax = np.add(checked("pretax", pretax), earnings)
    whole = np.add(pre_tax, basis)
    if to_roth is not None:
        roth = checked("to_roth", to_roth)
        _refuse_more_than("to_roth", roth, whole)
    traditional = whole - roth if to_roth is not None else pre_tax
    if to_traditional is not None:
        traditional = checked("to_traditional", to_traditional)
        _refuse_more_than("to_traditional", traditional, whole)
    if to_roth is None:
        roth = whole - traditional
    if np.any(np.abs(np.add(roth, traditional) - whole) > CENT):
        text = "{field} and the amount to the traditional IRA must add up to the whole payout; you entered {value}."
        raise InputError("adds_up", text, field="to_roth", value=float(np.max(roth)))
    parts = roth, traditional, np.maximum(0.0, np.subtract(pre_tax, traditional))
    return SplitRollover(*(float(part) if np.ndim(part) == 0 else part for part in parts))


def kept_back(kept: Numbers, balance: Numbers, after_tax_basis: Numbers) -> tuple[Numbers, Numbers]:
    """
    Tax money kept out of a payout of the whole account, the rest rolled over: what of it is basis, what earnings.

    Pre-tax money belongs to the rolled part first, so what is kept is basis as long as the basis lasts; only
    beyond it are earnings kept, which bear the 10% additional tax under 59 1/2.

    Args: USD; kept is at most the balance.
    Returns: (basis kept, earnings kept).
    Source: 26 U.S.C. 402(c)(2), 72(t); Notice 2014-54.
    """
    _refuse_more_than("kept", checked("kept", kept), checked("balance", balance))
    basis_kept = np.minimum(kept, np.minimum(checked("after_tax_basis", after_tax_basis), balance))
    return basis_kept, np.subtract(kept, basis_kept)


def _refuse_more_than(field: str, amount: Numbers, limit: Numbers) -> None:
    if over := furthest_over(amount, limit):
        refuse("at_most", field, over[0], limit=over[1])
