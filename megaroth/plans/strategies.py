"""
When after-tax money moves to Roth: a strategy is a frozen value, worked out into dates before any year is run.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from megaroth.facts.client import Client
from megaroth.facts.errors import checked, refuse

TIMES_A_YEAR = {"each_paycheck": None, "monthly": 12, "quarterly": 4, "yearly": 1}


@dataclass(frozen=True)
class Strategy:
    """
    A schedule of transfers out of the after-tax account, with a name in both languages.

    Attributes:
        key: the name in tables ("prompt").
        english, chinese: the name that people read.
        times_a_year: how often money moves; None: as often as the plan allows.
        wait_years: nothing moves in these first years; then everything at once, and on from there.
        only_at_separation: one transfer, when the client leaves the job.
        earnings_to: where earnings go, "roth" (taxed at the transfer) or "traditional_ira" (Notice 2014-54).
    """

    key: str
    english: str
    chinese: str
    times_a_year: int | None = None
    wait_years: Fraction = Fraction(0)
    only_at_separation: bool = False
    earnings_to: str = "roth"


PROMPT = Strategy("prompt", "Prompt", "及时转换")
YEARLY = Strategy("yearly", "Yearly", "每年转换", times_a_year=1)
LATE_CONVERT = Strategy("late_convert", "Late, all to Roth", "延后转换", only_at_separation=True)
LATE_SPLIT = Strategy(
    "late_split",
    "Late, earnings to an IRA",
    "延后拆分",
    only_at_separation=True,
    earnings_to="traditional_ira",
)
STRATEGIES = (PROMPT, YEARLY, LATE_CONVERT, LATE_SPLIT)
DESTINATIONS = ("roth", "traditional_ira")


def delay(years: float = 0, months: int = 0, earnings_to: str = "roth") -> Strategy:
    """
    Nothing moves for some time from the start; then everything at once and promptly from then on.

    Args:
        years: how long, in years; whole twelfths.
        months: the same in months, added to the years.
        earnings_to: "roth" or "traditional_ira".

    Raises: InputError when the time is negative or no whole number of months, or there is no such destination.
    """
    if earnings_to not in DESTINATIONS:
        refuse("choice", "earnings_to", earnings_to, choices=", ".join(DESTINATIONS))
    in_months = checked("delay", years, high=100) * 12 + checked("delay", months, high=1200)
    if abs(in_months - round(in_months)) > 1e-6:
        refuse("whole", "delay", in_months)
    wait = Fraction(round(in_months), 12)
    if wait.denominator == 1:
        names = f"Wait {wait} years" if wait != 1 else "Wait 1 year", f"等 {wait} 年"
    else:
        names = f"Wait {round(in_months)} months", f"等 {round(in_months)} 个月"
    return Strategy(f"delay_{round(in_months)}m", *names, wait_years=wait, earnings_to=earnings_to)


def schedule(strategy: Strategy, client: Client) -> np.ndarray:
    """
    The periods at whose end a strategy moves the whole after-tax account.

    A wait ends with the first transfer date after it, but never later than the day of leaving the job: the plan
    pays out then (26 U.S.C. 401(k)(2)(B)(i)(I); after-tax money earlier where the plan says so).

    Args:
        strategy: the strategy.
        client: whose plan frequency, pay periods and years count. The job is left at the end of separation_year.

    Returns: bool array, shape (years, pay periods), from start_year to horizon_year.
    """
    assumed, plan = client.assumptions, client.plan
    n = plan.pay_periods
    years = assumed.horizon_year - assumed.start_year + 1
    working = min(assumed.separation_year - assumed.start_year + 1, years)
    moves = np.zeros((years, n), dtype=bool)
    if not strategy.only_at_separation:
        moves[:working] = _due(
            n, _slower(strategy.times_a_year, TIMES_A_YEAR[plan.frequency or "each_paycheck"])
        )
        ends = (np.arange(moves.size) + 1).reshape(moves.shape) / n  # in years from the start
        moves &= ends > float(strategy.wait_years) + 1e-9
    if assumed.separation_year <= assumed.horizon_year:
        moves[working - 1, -1] = True
    return moves


def named(strategies: Iterable[Strategy | str]) -> tuple[Strategy, ...]:
    """Strategies given by value or by key; raises InputError for a key that does not exist."""
    known = {strategy.key: strategy for strategy in STRATEGIES}
    found = []
    for each in strategies:
        if isinstance(each, str) and each not in known:
            refuse("choice", "strategies", each, choices=", ".join(known))
        found.append(known[each] if isinstance(each, str) else each)
    if not found:
        refuse("missing", "strategies", None)
    return tuple(found)


def _due(n: int, times_a_year: int | None) -> np.ndarray:
    """Which of n periods is the last one in each of the year's equal parts."""
    if times_a_year is None:
        return np.ones(n, dtype=bool)
    part = np.arange(n + 1) * times_a_year // n
    return part[1:] > part[:-1]


def _slower(a: int | None, b: int | None) -> int | None:
    given = [each for each in (a, b) if each is not None]
    return min(given) if given else None
