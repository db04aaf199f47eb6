"""
A year paycheck by paycheck: elections as dollars, the limits that stop them, and the match that follows.

Amounts are USD. Pay periods run down the first axis, (periods,) or (periods, clients); a figure of the year is a
number or one for each client, (clients,). Nothing is rounded but the even amounts that a person tells payroll.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from megaroth.facts.errors import checked, refuse
from megaroth.facts.law import Law

Numbers = np.ndarray | float
MOST_PAYCHECKS = 366
CENTS = 100  # in a dollar
TINY = 1e-6  # the last bits of a sum are no excess over a limit


class Tier(Protocol):
    """A step of the match: *rate* on deferrals from the last step's share of pay up to *up_to_share*."""

    rate: float
    up_to_share: float


def elected(
    pay: np.ndarray,
    dollars: Numbers | None = None,
    share_of_pay: Numbers | None = None,
    first_pay_period: int = 1,
) -> np.ndarray:
    """
    What an election takes out of each paycheck, before any limit.

    Dollars are spread evenly over the paychecks from *first_pay_period* on; a period without pay is none. A share is
    of each paycheck, a bonus included, also above the compensation cap, which does not limit elections.

    Args:
        pay: of each period.
        dollars: for the whole year; or share_of_pay: a fraction. One of the two.
        first_pay_period: from 1; before it nothing is taken.

    Returns: USD per period; never more than the paycheck, and what it cannot carry is not made up later.
    Raises: InputError for what cannot be; TypeError unless one of the two is given.

    >>> elected([5_000, 5_000, 20_000, 5_000], share_of_pay=0.1, first_pay_period=2).tolist()
    [0.0, 500.0, 2000.0, 500.0]
    """
    if (dollars is None) == (share_of_pay is None):
        raise TypeError("give dollars or share_of_pay")
    asked = checked("share_of_pay", share_of_pay, high=1.0) if dollars is None else checked("amount", dollars)
    paid = _from_period(_by_period("pay", pay, asked), first_pay_period)
    if dollars is None:
        return asked * paid
    pays = paid > 0
    even = asked / np.maximum(np.sum(pays, axis=0), 1)
    return np.minimum(even * pays, paid)


def stopped_at(amounts: np.ndarray, limit: Numbers) -> np.ndarray:
    """
    Amounts as elected until the year's total reaches a limit, then nothing.

    Args: amounts, of each period; limit, of the year.

    >>> stopped_at([400.0, 400.0, 400.0], limit=1_000).tolist()
    [400.0, 400.0, 200.0]
    """
    most = checked("limit", limit)
    wanted = _by_period("amounts", amounts, most)
    left = np.maximum(0.0, most - (np.cumsum(wanted, axis=0) - wanted))
    return np.where(wanted <= left + TINY, wanted, left)


def deferrals_by_period(
    wanted: np.ndarray, limit: Numbers, catch_up: Numbers
) -> tuple[np.ndarray, np.ndarray]:
    """
    Own deferrals of each period: up to the 402(g) limit, what spills over as catch-up, then nothing.

    Args:
        wanted: elected for each period, catch-up included.
        limit: what is left of the person's 402(g) limit; catch_up: the most beside it that age and plan allow.

    Returns: (counts in 415(c), catch-up beside it), each per period. Their sum is below *wanted* where payroll stops.
    Source: 26 U.S.C. 402(g), 414(v); Reg. 1.414(v)-1(b).

    >>> [each.tolist() for each in deferrals_by_period([20_000, 20_000], limit=24_500, catch_up=8_000)]
    [[20000.0, 4500.0], [0.0, 8000.0]]
    """
    taken = stopped_at(wanted, checked("elective_deferral", limit) + checked("catch_up", catch_up))
    regular = stopped_at(taken, limit)
    return regular, taken - regular


def after_tax_by_period(
    pay: np.ndarray,
    room: Numbers,
    dollars: Numbers | None = None,
    share_of_pay: Numbers | None = None,
    first_pay_period: int = 1,
    so_far: Numbers = 0.0,
    deferral: np.ndarray | float = 0.0,
) -> np.ndarray:
    """
    After-tax money of each period from *first_pay_period* on, stopping when the year's room is full.

    Args:
        pay: of each period. deferral: own deferrals of each period, which come out of the same paycheck first.
        room: of the whole year.
        dollars: for the whole year, or share_of_pay of each paycheck; neither: fill the room.
        so_far: after-tax money already in this year; it counts in room and dollars and is not part of the answer.

    Returns: USD per period; what a paycheck cannot carry is not made up later.
    Source: 26 U.S.C. 415(c)(2)(B); terms of the plan.
    """
    already = checked("after_tax_so_far", so_far)
    left = np.maximum(0.0, checked("room", room) - already)
    wanted = None if dollars is None else np.maximum(0.0, checked("after_tax", dollars) - already)
    if wanted is None and share_of_pay is None:
        wanted = left
    amounts = elected(pay, wanted, share_of_pay, first_pay_period)
    paid, first = _aligned(_by_period("pay", pay), np.atleast_1d(checked("deferral", deferral)))
    amounts, carried = _aligned(amounts, np.maximum(0.0, paid - first))
    return stopped_at(np.minimum(amounts, carried), left)


def matched(pay: Numbers, deferral: Numbers, match: Sequence[Tier]) -> Numbers:
    """
    The match formula: each tier's rate on the deferrals between its shares of pay.

    Args (numbers or arrays that broadcast together): pay that counts; deferral of the same span; tiers in order.

    >>> from megaroth.facts.client import MatchTier
    >>> half_to_six = [MatchTier(rate=0.5, up_to_share=0.06)]
    >>> float(matched(100_000, 8_000, half_to_six))
    3000.0
    """
    total, below = 0.0 * np.add(pay, deferral), 0.0
    for tier in match:
        in_tier = np.minimum(deferral, tier.up_to_share * pay) - np.minimum(deferral, below * pay)
        total = total + tier.rate * in_tier
        below = tier.up_to_share
    return total


def yearly_match(law: Law, pay: Numbers, deferral: Numbers, match: Sequence[Tier]) -> Numbers:
    """
    The formula on the year's totals, which is what a true-up brings the match to.

    Pay counts up to 401(a)(17), deferrals without catch-up.

    Args (numbers or arrays that broadcast together): full-year pay; elective deferrals; the plan's tiers.
    Source: 26 U.S.C. 401(a)(17); terms of the plan.
    """
    return matched(np.minimum(pay, law.compensation_cap), np.minimum(deferral, law.elective_deferral), match)


@dataclass(frozen=True)
class MatchOfYear:
    """
    The match of one year, USD.

    Attributes:
        by_period: paid with each paycheck.
        true_up: what the plan adds after the year; 0 in a plan that does not.
        lost: what it would have added, in a plan that does not; 0 in a plan that does.
    """

    by_period: np.ndarray
    true_up: Numbers
    lost: Numbers

    @property
    def total(self) -> Numbers:
        """The year's match, the true-up included."""
        return np.sum(self.by_period, axis=0) + self.true_up


def match_of_year(
    law: Law, pay: np.ndarray, deferral: np.ndarray, match: Sequence[Tier], true_up: bool
) -> MatchOfYear:
    """
    The match paycheck by paycheck: who fills the deferral early has none in the paychecks after, unless trued up.

    Pay counts until the year's total reaches 401(a)(17) and not from there on, so at high pay an even deferral below
    the matched share loses match too. (Some plans go on matching until the year's largest match is reached; with a
    true-up both end alike.) A true-up adds what the formula on the year's totals gives beyond the paychecks' match and
    takes nothing back: only where a later tier has a higher rate than an earlier one can these give more.

    Args:
        pay: of each period. deferral: elective deferral of each period, without catch-up.
        match: the plan's tiers, in order. true_up: whether the plan has one.

    Source: 26 U.S.C. 401(a)(17); Reg. 1.401(a)(17)-1(b)(3)(iii)(B) (no proration by period); terms of the plan.
    """
    paid, own = _aligned(_by_period("pay", pay), _by_period("deferral", deferral))
    own = stopped_at(own, law.elective_deferral)
    by_period = matched(stopped_at(paid, law.compensation_cap), own, match)
    of_totals = yearly_match(law, np.sum(paid, axis=0), np.sum(own, axis=0), match)
    missing = of_totals - np.sum(by_period, axis=0)
    missing = np.where(missing > TINY, missing, 0.0)
    return MatchOfYear(by_period, missing * true_up, missing * (not true_up))


@dataclass(frozen=True)
class EvenAmounts:
    """
    What to tell payroll: *each* with every paycheck but the last, and *last* with that one, USD in whole cents.

    Attributes: paychecks (how many there are), each, last.
    """

    paychecks: int
    each: Numbers
    last: Numbers


def even_amounts(room: Numbers, paychecks: int) -> EvenAmounts:
    """
    A room filled to the cent by the last pay date: even amounts, and the last paycheck takes the odd cents.

    Args: room, USD; what is below a cent is left. paychecks: how many are left, at least 1.

    >>> even_amounts(21_000, paychecks=13)
    EvenAmounts(paychecks=13, each=1615.38, last=1615.44)
    """
    count = _whole("paychecks", paychecks, MOST_PAYCHECKS)
    # A room of whole cents must not lose one by the last bit of its float.
    cents = np.floor(np.multiply(checked("room", room), CENTS) + 1e-6)
    each = np.floor(cents / count)
    amounts = each / CENTS, (cents - each * (count - 1)) / CENTS
    return EvenAmounts(count, *(float(amount) if np.ndim(amount) == 0 else amount for amount in amounts))


def _by_period(field: str, amounts: object, of_year: Numbers = 0.0) -> np.ndarray:
    """Amounts of each period, checked, with an axis for clients where a figure of the year has one."""
    numbers = np.asarray(checked(field, amounts))
    if numbers.ndim == 0 or len(numbers) == 0:
        refuse("list", field, amounts)
    return numbers[:, None] if numbers.ndim == 1 and np.ndim(of_year) == 1 else numbers


def _aligned(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays by period, each with an axis for clients where the other has one."""
    if one.ndim == other.ndim:
        return one, other
    return tuple(each[:, None] if each.ndim == 1 else each for each in (one, other))


def _from_period(pay: np.ndarray, first_pay_period: int) -> np.ndarray:
    first = _whole("first_pay_period", first_pay_period, len(pay))
    paid = pay.copy()
    paid[: first - 1] = 0.0
    return paid


def _whole(field: str, value: object, high: int) -> int:
    number = checked(field, value, low=1, high=high)
    if not isinstance(number, float) or not number.is_integer():
        refuse("whole", field, value)
    return int(number)
