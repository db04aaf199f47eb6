"""
When after-tax money moves to Roth: a strategy is a frozen value, worked out into dates before any year is run.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from megaroth.facts.client import Assumptions, Client
from megaroth.facts.errors import checked_one, refuse
from megaroth.facts.fields import FIRST_YEAR, LAST_YEAR

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
        only_in: the years in which money moves, at their end; empty: no such choice.
        stays: nothing moves at all.
        contributes: False: the after-tax contributions go into a brokerage account instead.
        earnings_to: where earnings go, "roth" (taxed at the transfer) or "traditional_ira" (Notice 2014-54).
        pre_tax: what a transfer takes along of the pre-tax account: "stays" (nothing, as it should), "all" (once, with
            the first transfer) or "share" (its share of each transfer).
        overfilled_by: how far the first year's contributions exceed what fits, as a share of it; the excess is paid back.
        refund_share: of each year's after-tax money, paid back in the next; None: the plan's acp_refund_share.
    """

    key: str
    english: str
    chinese: str
    times_a_year: int | None = None
    wait_years: Fraction = Fraction(0)
    only_at_separation: bool = False
    only_in: tuple[int, ...] = ()
    stays: bool = False
    contributes: bool = True
    earnings_to: str = "roth"
    pre_tax: str = "stays"
    overfilled_by: float = 0.0
    refund_share: float | None = None


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
NEVER = Strategy("never", "Never", "始终不转换", stays=True)
BROKERAGE = Strategy("brokerage", "Brokerage account", "改投应税账户", stays=True, contributes=False)
STRATEGIES = (PROMPT, YEARLY, LATE_CONVERT, LATE_SPLIT, NEVER, BROKERAGE)
DESTINATIONS = ("roth", "traditional_ira")
LONGEST_WAIT = 100  # years
MONTHS_BETWEEN = (1, 2, 3, 4, 6, 12)


def convert_in(years: Iterable[int]) -> Strategy:
    """
    Everything moves at the end of chosen years, and at no other time, not at leaving the job either.

    In the year of leaving it moves with the last paycheck.

    Args: years, calendar years.
    Raises: InputError when there is none, or one is no year; project refuses one outside the plan's years.

    >>> convert_in({2033, 2029}).english
    'Convert in 2029, 2033'
    """
    if isinstance(years, str) or not isinstance(years, Iterable):
        refuse("list", "convert_in", years)
    chosen = {
        int(checked_one("convert_in", each, low=FIRST_YEAR, high=LAST_YEAR, whole=True)) for each in years
    }
    if not chosen:
        refuse("missing", "convert_in", None)
    only_in = tuple(sorted(chosen))
    listed = [str(year) for year in only_in]
    key = "_".join(("convert_in", *listed))
    names = f"Convert in {', '.join(listed)}", f"{'、'.join(listed)} 年转换"
    return Strategy(key, *names, only_in=only_in)


def every(months: int) -> Strategy:
    """
    Everything moves every so many months, or as often as the plan allows where that is slower.

    Args: months, one of MONTHS_BETWEEN.
    Raises: InputError for any other number.

    >>> every(months=3).key
    'every_3m'
    """
    given = checked_one("every", months, low=1, high=12, whole=True)
    if given not in MONTHS_BETWEEN:
        refuse("choice", "every", months, choices=", ".join(map(str, MONTHS_BETWEEN)))
    between = int(given)
    names = (
        ("Every month", "每月转换") if between == 1 else (f"Every {between} months", f"每 {between} 个月转换")
    )
    return Strategy(f"every_{between}m", *names, times_a_year=12 // between)


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
    wait = whole_months("delay", years) + whole_months("delay", months, in_a_year=1)
    in_months = int(wait * 12)
    if wait.denominator == 1:
        names = f"Wait {wait} year{'s' * (wait != 1)}", f"等 {wait} 年"
    else:
        names = f"Wait {in_months} month{'s' * (in_months != 1)}", f"等 {in_months} 个月"
    return Strategy(f"delay_{in_months}m", *names, wait_years=wait, earnings_to=earnings_to)


def whole_months(field: str, time: float, in_a_year: int = 12) -> Fraction:
    """
    A time as exact years.

    Args: field, the argument's name. time, in years, or in months where one month is a unit (in_a_year=1).
    Raises: InputError when it is no number, negative, above 100 years, or no whole number of months.
    """
    given = checked_one(field, time, high=LONGEST_WAIT * 12 / in_a_year)
    if abs(given * in_a_year - round(given * in_a_year)) > 1e-6:
        refuse("whole_months", field, given)
    return Fraction(round(given * in_a_year), 12)


def paychecks_worked(assumed: Assumptions, year: int, n: int) -> int:
    """
    How many of a year's *n* pay periods end while the client has the job.

    A job that ends with a date ends with the last pay period that is over by then.
    """
    if year < assumed.leaving_year:
        return n
    if year > assumed.leaving_year:
        return 0
    return int(n * assumed.share_of_leaving_year + 1e-9)


def schedule(strategy: Strategy, client: Client) -> np.ndarray:
    """
    The periods at whose end a strategy moves the whole after-tax account.

    A wait ends with the first transfer date after it, but never later than the day of leaving the job: the plan
    pays out then (26 U.S.C. 401(k)(2)(B)(i)(I); after-tax money earlier where the plan says so). From
    conversions_end_year on nothing moves.

    Args:
        strategy: the strategy.
        client: whose plan frequency, pay periods and years count.

    Returns: bool array, shape (years, pay periods), from start_year to horizon_year.
    Raises: InputError for a chosen year outside these.
    """
    assumed, n = client.assumptions, client.plan.pay_periods
    start, end = assumed.start_year, assumed.horizon_year
    moves = np.zeros((end - start + 1, n), dtype=bool)
    if strategy.stays:
        return moves
    # Who leaves before the year's first payday is over still has the money paid out with it.
    last = max(1, paychecks_worked(assumed, assumed.leaving_year, n)) - 1
    if strategy.only_in:
        for year in strategy.only_in:
            if not start <= year <= end:
                refuse("between", "convert_in", year, low=start, high=end)
            moves[year - start, last if year == assumed.leaving_year else -1] = True
    else:
        worked = (assumed.leaving_year - start) * n + last + 1
        if not strategy.only_at_separation:
            moves[:] = _due(
                n, _slower(strategy.times_a_year, TIMES_A_YEAR[client.plan.frequency or "each_paycheck"])
            )
            ends = (np.arange(moves.size) + 1).reshape(moves.shape) / n  # in years from the start
            moves &= ends > float(strategy.wait_years) + 1e-9
            moves.flat[worked:] = False
        if worked <= moves.size:
            moves.flat[worked - 1] = True
    if assumed.conversions_end_year is not None:
        moves[max(0, assumed.conversions_end_year - start) :] = False
    return moves


def named(strategies: Iterable[Strategy | str]) -> tuple[Strategy, ...]:
    """Strategies given by value or by key; raises InputError for what is none, for none at all, and for one given twice."""
    known = {strategy.key: strategy for strategy in STRATEGIES}
    if isinstance(strategies, str) or not isinstance(strategies, Iterable):
        refuse("list", "strategies", strategies)
    found: dict[str, Strategy] = {}
    for each in strategies:
        strategy = known.get(each) if isinstance(each, str) else each
        if not isinstance(strategy, Strategy):
            refuse("choice", "strategies", each, choices=", ".join(known))
        if strategy.key in found:
            refuse("once", "strategies", strategy.key)
        found[strategy.key] = strategy
    if not found:
        refuse("missing", "strategies", None)
    return tuple(found.values())


def end_of_first_quarter(n: int) -> int:
    """The place, from 0, of the pay period that closes a year's first quarter."""
    return int(np.argmax(_due(n, 4)))


def _due(n: int, times_a_year: int | None) -> np.ndarray:
    """Which of n periods close one of the year's equal parts: the first whose end is no earlier than the part's."""
    if times_a_year is None:
        return np.ones(n, dtype=bool)
    part = np.arange(n + 1) * times_a_year // n
    return part[1:] > part[:-1]


def _slower(a: int | None, b: int | None) -> int | None:
    given = [each for each in (a, b) if each is not None]
    return min(given) if given else None
