"""
The pay dates of a year, and what is paid on each: raises and bonuses in.

A date on a weekend is paid the Friday before. Holidays are not looked at: payrolls differ in moving past them.
"""

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
from dateutil.relativedelta import FR, relativedelta
from dateutil.rrule import MONTHLY, WEEKLY, rrule

from megaroth.facts.errors import InputError, checked_one, refuse
from megaroth.facts.fields import near

Day = dt.date | str
MIDDLE = 15  # of a month: the first of two paydays where none is known
WEEKS = {52: 1, 26: 2}  # between paydays
CHANGE = ("date", "pay", "bonus")


@dataclass(frozen=True)
class PayChange:
    """
    A raise or a bonus. Attributes: date; pay, a year from that date on, or bonus, once: USD, one of the two.
    """

    date: dt.date
    pay: float | None = None
    bonus: float | None = None


def checked_day(field: str, value: object) -> dt.date:
    """A date, given as one or as a text like 2026-06-30. Raises InputError with rule "date"."""
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(value.strip())
    except (AttributeError, ValueError):
        text = "{field} must be a date like 2026-06-30; you entered {value}."
        raise InputError("date", text, field=field, value=value) from None


def checked_day_in(field: str, value: object, first: dt.date, last: dt.date) -> dt.date:
    """A date between two others, both included. Raises InputError with rule "date" or "between"."""
    day = checked_day(field, value)
    if not first <= day <= last:
        refuse("between", field, day.isoformat(), low=first.isoformat(), high=last.isoformat())
    return day


def pay_dates(year: int, pay_periods: int, pay_date: Day | None = None) -> tuple[dt.date, ...]:
    """
    The pay dates of a year.

    A date on a weekend is the Friday before, which can lie in the old year: paid on the first of the month, a year has
    13 dates and the next one 11 where New Year's Day is a Saturday or Sunday.

    Args:
        pay_periods: paychecks a year, as in Plan.
        pay_date: a known pay date, of this year or another. Weekly and biweekly dates count from it, which gives 53
            or 27 in some years; twice a month means its day and the one half a month away; monthly, quarterly and
            yearly mean its day. A Friday just before the month's last day, or before the 15th of a plan that pays
            twice a month, stands for that day. None: weekly and biweekly from the first Friday on, as many as *pay_periods*; else
            the last day of each month, quarter or year, and the 15th for twice a month.

    Raises: InputError for what is no date, or a year whose one date was paid in the old year.

    >>> len(pay_dates(2026, 26)), len(pay_dates(2026, 26, pay_date="2026-01-02")), len(pay_dates(2027, 26, "2027-01-01"))
    (26, 26, 27)
    """
    start, end = dt.datetime(year, 1, 1), dt.datetime(year, 12, 31)
    known = None if pay_date is None else checked_day("pay_date", pay_date)
    if pay_periods in WEEKS:
        weeks = WEEKS[pay_periods]
        if known is None:
            first = start + relativedelta(weekday=FR)
            found = rrule(WEEKLY, interval=weeks, dtstart=first, count=pay_periods)
        else:
            first = start + (paid_on(known) - start.date()) % dt.timedelta(weeks=weeks)
            found = rrule(WEEKLY, interval=weeks, dtstart=first, until=end)
        return tuple(day.date() for day in found)
    days = _days_of_month(known, twice=pay_periods == 24)
    months = 1 if pay_periods == 24 else 12 // pay_periods
    last = 12 if known is None else known.month
    # Next January too: its first payday can be in this year.
    firsts = rrule(MONTHLY, dtstart=start, until=end + dt.timedelta(days=1))
    kept = [first for first in firsts if (first.month - last) % months == 0]
    paid = (paid_on(_on(first.year, first.month, day)) for first in kept for day in days)
    found = tuple(day for day in paid if day.year == year)
    if not found:
        text = "{field}: the one pay date of {year} is on a weekend and is paid in the year before."
        raise InputError("no_paychecks", text, field="pay_date", value=pay_date, year=year)
    return found


def paid_on(day: dt.date) -> dt.date:
    """The day itself, or the Friday before a weekend."""
    return day - dt.timedelta(days=max(0, day.weekday() - calendar.FRIDAY))


def _days_of_month(known: dt.date | None, twice: bool) -> tuple[int, ...]:
    """Days of a month in order; 31 is its last one."""
    if known is None:
        return (MIDDLE, 31) if twice else (31,)
    known = _meant(known, twice)
    day = 31 if _is_last(known) else known.day
    if not twice:
        return (day,)
    if day in (MIDDLE, 31):
        return MIDDLE, 31
    return tuple(sorted((day, day + MIDDLE if day < MIDDLE else day - MIDDLE)))


def _meant(known: dt.date, twice: bool) -> dt.date:
    """The usual payday, end or middle of the month, of which a known Friday can be the payment before a weekend."""
    for day in (known, known + dt.timedelta(days=1), known + dt.timedelta(days=2)):
        if paid_on(day) == known and (_is_last(day) or (twice and day.day == MIDDLE)):
            return day
    return known


def _is_last(day: dt.date) -> bool:
    return day.day == calendar.monthrange(day.year, day.month)[1]


def _on(year: int, month: int, day: int) -> dt.date:
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def changes_of(pay_changes: Sequence[PayChange | Mapping[str, object]], year: int) -> tuple[PayChange, ...]:
    """
    Raises and bonuses, checked and in the order of their dates.

    Args: pay_changes: each a PayChange, or a mapping with `date` and either `pay` or `bonus`.
    Raises: InputError for a date outside the year, an amount that cannot be, unknown or missing names.
    """
    if isinstance(pay_changes, str | Mapping) or not isinstance(pay_changes, Sequence):
        refuse("list", "pay_changes", type(pay_changes).__name__)
    return tuple(sorted((_change(each, year) for each in pay_changes), key=lambda change: change.date))


def _change(given: object, year: int) -> PayChange:
    if isinstance(given, PayChange):
        given = {name: getattr(given, name) for name in CHANGE if getattr(given, name) is not None}
    if not isinstance(given, Mapping):
        refuse("group", "pay_changes", type(given).__name__)
    for name in given:
        if name not in CHANGE:
            refuse("unknown", "pay_changes", name, choices=near(name, CHANGE))
    day = checked_day_in("change_date", given.get("date"), dt.date(year, 1, 1), dt.date(year, 12, 31))
    amounts = [name for name in ("pay", "bonus") if given.get(name) is not None]
    if len(amounts) != 1:
        text = "{field}: give each either a new pay or a bonus."
        raise InputError("one_of", text, field="pay_changes", value=", ".join(amounts))
    (name,) = amounts
    amount = checked_one("new_pay", given[name]) if name == "pay" else checked_one("bonus", given[name])
    return PayChange(day, **{name: amount})


def pay_by_date(
    dates: Sequence[dt.date], paychecks: int, yearly_pay: float, changes: Sequence[PayChange]
) -> np.ndarray:
    """
    What is paid on each date, USD: the year's pay spread evenly, raises from their date on, bonuses on top.

    A bonus is counted in the first paycheck on or after its date.

    Args: dates on which there is pay; paychecks: of the whole year; yearly_pay without bonuses; changes in order.
    Raises: InputError for a bonus after the last pay date.

    >>> days = pay_dates(2026, 4)
    >>> pay_by_date(days, 4, 40_000, changes_of([{"date": "2026-07-01", "pay": 48_000}], 2026)).tolist()
    [10000.0, 10000.0, 12000.0, 12000.0]
    """
    ordinals = np.array([day.toordinal() for day in dates])
    paid = np.full(len(dates), yearly_pay / paychecks)
    for change in changes:
        place = int(np.searchsorted(ordinals, change.date.toordinal()))
        if change.pay is not None:
            paid[place:] = change.pay / paychecks
    for change in changes:
        if change.bonus is not None:
            place = int(np.searchsorted(ordinals, change.date.toordinal()))
            if place == len(dates):
                _refuse_late(change.date, dates[-1])
            paid[place] += change.bonus
    return paid


def _refuse_late(day: dt.date, last: dt.date) -> NoReturn:
    text = "{field} of {value} comes after the year's last pay date, {last}."
    raise InputError("too_late", text, field="bonus", value=day.isoformat(), last=last.isoformat())
