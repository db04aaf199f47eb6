"""
An amount spread over paychecks: even in whole cents, the match first, or in whole percents of pay.

Amounts are USD, one for each paycheck in order; what is asked for never passes what a paycheck can carry.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from megaroth.rules.payroll import CENTS, TINY, Tier, stopped_at

PERCENT = 100


def whole_cents(amounts: np.ndarray | float) -> np.ndarray:
    """Rounded down to cents; an amount of whole cents does not lose one by the last bit of its float."""
    return np.floor(np.multiply(amounts, CENTS) + TINY * CENTS) / CENTS


def level(total: float, most: np.ndarray, least: np.ndarray | float = 0.0) -> np.ndarray:
    """
    Amounts as even as can be, in whole cents, that add up to *total*; the last paychecks take the odd cents.

    Args:
        total: to be spread. most: what each paycheck can carry.
        least: what each gets first, together no more than *total*.

    Returns: USD for each; together less than *total* only where *most* is.

    >>> level(100, most=np.full(3, 60.0)).tolist(), level(100, most=np.array([10.0, 60.0, 60.0])).tolist()
    ([33.33, 33.33, 33.34], [10.0, 45.0, 45.0])
    """
    if not len(most):
        return np.zeros(0)
    highest = np.rint(whole_cents(np.maximum(most, 0.0)) * CENTS)
    cents = min(float(np.rint(whole_cents(total) * CENTS)), highest.sum())
    lowest = np.minimum(np.ceil(np.multiply(least, CENTS) - TINY * CENTS), highest)
    if np.sum(lowest) > cents:  # by the cents that were rounded up
        lowest = np.minimum(np.rint(whole_cents(least) * CENTS), highest)
    # The height to which water stands in vessels with these floors and rims: the sum is linear between them.
    heights = np.unique(np.concatenate([np.atleast_1d(lowest), highest]))
    held = np.clip(heights[:, None], lowest, highest).sum(axis=1)
    height = np.floor(np.interp(cents, held, heights) + TINY)
    amounts = np.clip(height, lowest, highest)
    rest = stopped_at((highest - amounts)[::-1], max(0.0, cents - amounts.sum()))[::-1]
    return (amounts + rest) / CENTS


def matched_first(total: float, counted_pay: np.ndarray, match: Sequence[Tier]) -> np.ndarray:
    """
    The part of each paycheck's deferral that a plan without true-up matches, for the most match that *total* earns.

    The best-matched step is filled in every paycheck before the next one is. Where a later step pays more than an
    earlier one the two count as one, filled in one paycheck after the other.

    Args: total deferral of these paychecks; counted_pay: of each, up to 401(a)(17) over the year.
    Source: terms of the plan.

    >>> from megaroth.facts.client import MatchTier
    >>> matched_first(1_000, np.array([5_000.0, 5_000.0]), [MatchTier(rate=0.5, up_to_share=0.06)]).tolist()
    [300.0, 300.0]
    """
    taken, left = np.zeros(len(counted_pay)), total
    for share, joined in _blocks(match):
        widths = share * counted_pay
        needed = widths.sum()
        if left >= needed:
            filled = widths
        elif joined:
            filled = stopped_at(widths, left)
        else:
            filled = widths * (left / needed)
        taken, left = taken + filled, left - filled.sum()
    return taken


def _blocks(match: Sequence[Tier]) -> Iterator[tuple[float, bool]]:
    """Steps of the match with rates that fall: share of pay, and whether several steps were joined."""
    blocks: list[tuple[float, float, bool]] = []
    below = 0.0
    for tier in match:
        block = (tier.rate, tier.up_to_share - below, False)
        below = tier.up_to_share
        while blocks and blocks[-1][0] < block[0]:
            rate, share, _ = blocks.pop()
            width = share + block[1]
            block = ((rate * share + block[0] * block[1]) / width, width, True)
        blocks.append(block)
    return ((share, joined) for rate, share, joined in blocks if rate > 0)


def whole_percents(total: float, pay: np.ndarray, most: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """
    Elections in whole percents that come closest to *total* without passing it: one percent, from some date on one more.

    Args: total to be spread; pay of each paycheck; most: what each can carry.
    Returns: (percents, USD) of each.

    >>> [each.tolist() for each in whole_percents(1_000, np.full(4, 2_000.0), np.full(4, 2_000.0))]
    [[12.0, 12.0, 13.0, 13.0], [240.0, 240.0, 260.0, 260.0]]
    """
    if not len(pay):
        return np.zeros(0), np.zeros(0)
    highest = np.floor(np.divide(most, pay, out=np.zeros_like(pay), where=pay > 0) * PERCENT + TINY)

    def dollars(percents: np.ndarray) -> np.ndarray:
        return whole_cents(percents * pay / PERCENT)

    tried = np.minimum(np.arange(PERCENT + 1)[:, None], np.maximum(highest, 0.0))
    percents = tried[np.searchsorted(dollars(tried).sum(axis=1), total + TINY, side="right") - 1]
    more = np.minimum(percents + 1, np.maximum(highest, percents))
    added = np.cumsum((dollars(more) - dollars(percents))[::-1])[::-1]
    percents = np.where(added <= total - dollars(percents).sum() + TINY, more, percents)
    return percents, dollars(percents)
