"""
Getting money out of Roth: in which order it comes, what of it is income, and what bears the additional tax.

A Roth IRA pays out layer by layer, what was paid in before what it earned. A Roth account in a plan pays basis and
earnings together, pro rata. Age is the only exception to the additional tax looked at here: not leaving the job at 55,
disability, death or a first home. Whether a plan pays out at all is a question of its own.

Amounts are USD, numbers or arrays that broadcast together; nothing is rounded.
"""

import calendar
import datetime as dt
from collections.abc import Iterator

import numpy as np

from megaroth.facts.errors import checked, refuse
from megaroth.facts.law import Law
from megaroth.rules.roth_money import (
    FIRST_ROTH_YEAR,
    ORDER,
    PRO_RATA,
    Conversion,
    Free,
    Part,
    RothMoney,
    Withdrawal,
    checked_year,
)

Numbers = np.ndarray | float
CENT = 0.005
OLDEST_BIRTH = 1900


def early_age_day(law: Law, born: int | dt.date) -> dt.date:
    """
    The day from which a payout bears no additional tax for age: six months after the 59th birthday.

    With a birth year only the person counts as born on the first day after it, so the day is 1 July of the year of
    the 60th birthday.

    Args: born, a year or a date.
    Source: 26 U.S.C. 72(t)(2)(A)(i); convention of the project for a birth year.

    >>> from megaroth.facts.law import load_law
    >>> early_age_day(load_law(2026), 1966), early_age_day(load_law(2026), dt.date(1967, 3, 31))
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    """
    if not isinstance(born, dt.date):
        born = dt.date(checked_year("birth_year", born, low=OLDEST_BIRTH) + 1, 1, 1)
    year, month = divmod(born.year * 12 + born.month - 1 + round(law.early_distribution_age * 12), 12)
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(born.day, last))


def is_early(law: Law, born: int | dt.date, day: dt.date | None = None) -> bool:
    """
    Whether a payout is before 59 1/2.

    Args: born, a year or a date; day of the payout within the law's year, None: its last one, as a yearly step acts.
    """
    on = dt.date(law.year, 12, 31) if day is None else day
    if on.year != law.year:
        refuse("between", "day", on, low=dt.date(law.year, 1, 1), high=dt.date(law.year, 12, 31))
    return on < early_age_day(law, born)


def clock_is_over(law: Law, first_year: int) -> bool:
    """
    Whether five taxable years, counted from 1 January of *first_year*, are over in the law's year.

    Source: 26 U.S.C. 408A(d)(2)(B), (d)(3)(F), 402A(d)(2)(B); Reg. 1.408A-6 Q&A-2, 1.402A-1 Q&A-4.

    >>> from megaroth.facts.law import load_law
    >>> clock_is_over(load_law(2026), 2021), clock_is_over(load_law(2026), 2022)
    (True, False)
    """
    return law.year - first_year >= law.roth_holding_years


def is_qualified(law: Law, roth: RothMoney, born: int | dt.date, day: dt.date | None = None) -> bool:
    """
    Whether a payout is qualified, so that nothing of it is income: after 59 1/2 and after the five-year clock.

    Source: 26 U.S.C. 408A(d)(2), 402A(d)(2).
    """
    return not is_early(law, born, day) and clock_is_over(law, roth.clock_year)


def roth_ira_withdrawal(
    law: Law, roth: RothMoney, amount: Numbers, born: int | dt.date, day: dt.date | None = None
) -> Withdrawal:
    """
    What a payout from Roth IRAs consists of.

    Contributions come first, then conversions, the oldest first and in each the part taxed then before the part taxed
    before, then earnings. Only earnings are income, unless the payout is qualified. Before 59 1/2 earnings bear the
    additional tax, and so does the part taxed then of a conversion less than five taxable years old.

    Args:
        law: of the year of the payout. day: within it; None: its last one.
        roth: all Roth IRAs of the person before the payout. amount: of it. born: a year or a date.

    Raises: InputError for more than the value, a conversion after the year, or an unknown start of the clock.
    Source: 26 U.S.C. 408A(d)(1)-(4), 72(t); Reg. 1.408A-6 Q&A-4, -5, -8.

    >>> from megaroth.facts.law import load_law
    >>> roth = RothMoney(60_000, 20_000, (Conversion(2022, taxable=3_000, nontaxable=27_000),), first_year=2015)
    >>> out = roth_ira_withdrawal(load_law(2026), roth, 55_000, born=1981)
    >>> float(out.income), float(out.additional_tax)
    (5000.0, 800.0)
    """
    amount = _within(roth, amount)
    early, qualified = is_early(law, born, day), is_qualified(law, roth, born, day)
    parts, still = [], amount
    for layer, year, size in _layers(law, roth):
        taken = np.minimum(still, size)
        still = still - taken
        parts.append(_part(law, layer, year, taken, early, qualified))
    return Withdrawal(tuple(parts), _without(roth, amount, parts), qualified, ORDER)


def plan_roth_withdrawal(
    law: Law, roth: RothMoney, amount: Numbers, born: int | dt.date, day: dt.date | None = None
) -> Withdrawal:
    """
    What a payout from the Roth account in a plan consists of: of each dollar its share of basis and of earnings.

    The earnings are income unless the payout is qualified, and bear the additional tax before 59 1/2; so does the part
    of the basis that is the taxed part of an in-plan rollover less than five taxable years old. An assumption, since
    plans differ: the basis in a payout comes from all layers of the basis alike.

    Args and errors: as roth_ira_withdrawal; roth is the account of this plan alone.
    Source: 26 U.S.C. 72(e)(8), 402A(c)(4)(D), (d); Reg. 1.402A-1 Q&A-3.

    >>> from megaroth.facts.law import load_law
    >>> roth = RothMoney(100_000, 20_000, (Conversion(2022, taxable=5_000, nontaxable=55_000),))
    >>> out = plan_roth_withdrawal(load_law(2026), roth, 10_000, born=1981)
    >>> float(out.income), float(out.additional_tax)
    (2000.0, 250.0)
    """
    amount = _within(roth, amount)
    early, qualified = is_early(law, born, day), is_qualified(law, roth, born, day)
    earned = np.divide(roth.earnings, np.where(np.equal(roth.value, 0), 1.0, roth.value)) * amount
    of_basis = np.divide(amount - earned, np.where(np.equal(roth.basis, 0), 1.0, roth.basis))
    parts = [
        _part(law, layer, year, earned if layer == "earnings" else of_basis * size, early, qualified)
        for layer, year, size in _layers(law, roth)
    ]
    return Withdrawal(tuple(parts), _without(roth, amount, parts), qualified, PRO_RATA)


def free_from_roth_ira(law: Law, roth: RothMoney, born: int | dt.date, day: dt.date | None = None) -> Free:
    """
    How much can come out of Roth IRAs in a year without tax and additional tax.

    All of it when qualified. Else contributions, then conversions oldest first, up to one whose taxed part would bear
    the additional tax; what lies behind that, earnings included, cannot be had without it.

    Args and errors: as roth_ira_withdrawal.
    Source: 26 U.S.C. 408A(d)(2)-(4).

    >>> from megaroth.facts.law import load_law
    >>> roth = RothMoney(60_000, 20_000, (Conversion(2022, taxable=3_000, nontaxable=27_000),))
    >>> [float(free_from_roth_ira(load_law(year), roth, born=1981).amount) for year in (2026, 2027)]
    [20000.0, 50000.0]
    """
    early, qualified = is_early(law, born, day), is_qualified(law, roth, born, day)
    reached, of_contributions = np.zeros(np.shape(roth.value)), 0.0
    way_is_open: np.ndarray | bool = True
    for layer, year, size in _layers(law, roth):
        bears = layer == "earnings" or (layer == "taxable" and early and not clock_is_over(law, year))
        # Less than half a cent bears nothing that a return would show, and blocks no way.
        way_is_open = way_is_open & (np.less(size, CENT) | (not bears))
        reached = reached + np.where(way_is_open, size, 0.0)
        if layer == "contributions":
            of_contributions = np.minimum(size, roth.value)
    amount = roth.value if qualified else np.minimum(reached, roth.value)
    from_layers = (0.0, 0.0) if qualified else (of_contributions, amount - of_contributions)
    return _free(amount, roth, *from_layers, qualified, ORDER)


def free_from_plan_roth(law: Law, roth: RothMoney, born: int | dt.date, day: dt.date | None = None) -> Free:
    """
    How much can come out of the Roth account in a plan in a year without tax and additional tax: all or nothing.

    All of it when qualified. Else each dollar carries earnings, and before 59 1/2 its part of young in-plan rollovers,
    so nothing is free as long as there are any.

    Args and errors: as plan_roth_withdrawal.
    Source: 26 U.S.C. 72(e)(8), 402A(c)(4)(D), (d).
    """
    early, qualified = is_early(law, born, day), is_qualified(law, roth, born, day)
    bearing = roth.earnings
    for layer, year, size in _layers(law, roth):
        if layer == "taxable" and early and not clock_is_over(law, year):
            bearing = bearing + size
    amount = roth.value if qualified else np.where(np.less(bearing, CENT), roth.value, 0.0)
    return _free(amount, roth, 0.0, 0.0, qualified, PRO_RATA)


def rolled_to_roth_ira(
    law: Law, plan: RothMoney, roth_ira: RothMoney, born: int | dt.date, day: dt.date | None = None
) -> RothMoney:
    """
    The Roth IRAs after the whole Roth account of a plan was rolled into one: no tax, and the plan's years are lost.

    Basis counts as contributions there, and after a qualified payout everything does. The taxed part of an in-plan
    rollover less than five taxable years old stays a conversion of its year: its additional tax goes along. The clock
    is that of the Roth IRAs; the first one starts it with the rollover.

    Args: law of the year of the rollover; plan, the account before; roth_ira, all Roth IRAs before.
    Source: 26 U.S.C. 408A(d)(3)(B), (4)(B)(ii)(I), 402A(c)(4)(D); Reg. 1.408A-10 Q&A-3, -4.
    """
    early = is_early(law, born, day)
    young = [
        Conversion(each.year, taxable=each.taxable)
        for each in plan.conversions
        if early and not clock_is_over(law, each.year)
    ]
    as_contributions = (
        plan.value if is_qualified(law, plan, born, day) else np.minimum(plan.basis, plan.value)
    )
    in_young = sum(each.taxable for each in young)
    is_first = roth_ira.first_year is None and not np.any(roth_ira.value) and not np.any(roth_ira.basis)
    return RothMoney(
        value=np.add(roth_ira.value, plan.value),
        contributions=roth_ira.contributions + np.maximum(0.0, as_contributions - in_young),
        conversions=(*roth_ira.conversions, *young),
        first_year=law.year if is_first else roth_ira.clock_year,
    )


def rolled_to_plan(plan: RothMoney, other: RothMoney) -> RothMoney:
    """
    The Roth account of a plan after that of another plan was rolled into it directly: the earlier clock holds.

    Source: 26 U.S.C. 402A(d)(2)(B)(ii); Reg. 1.402A-1 Q&A-4, -5.
    """
    return RothMoney(
        value=np.add(plan.value, other.value),
        contributions=np.add(plan.contributions, other.contributions),
        conversions=(*plan.conversions, *other.conversions),
        first_year=min(plan.clock_year, other.clock_year),
    )


def _free(
    amount: Numbers,
    roth: RothMoney,
    contributions: Numbers,
    conversions: Numbers,
    qualified: bool,
    source: str,
) -> Free:
    figures = amount, roth.value, contributions, conversions
    return Free(*(float(each) if np.ndim(each) == 0 else each for each in figures), qualified, source)


def _layers(law: Law, roth: RothMoney) -> Iterator[tuple[str, int | None, Numbers]]:
    """The layers of a Roth IRA in their order: what it is, year of a conversion, size."""
    yield "contributions", None, roth.contributions
    for each in roth.conversions:
        if each.year > law.year:
            refuse("between", "conversion_year", each.year, low=FIRST_ROTH_YEAR, high=law.year)
        yield "taxable", each.year, each.taxable
        yield "nontaxable", each.year, each.nontaxable
    yield "earnings", None, roth.earnings


def _part(law: Law, layer: str, year: int | None, taken: Numbers, early: bool, qualified: bool) -> Part:
    income = taken if layer == "earnings" and not qualified else 0.0 * taken
    is_young = layer == "taxable" and not clock_is_over(law, year)
    bears = early * (income + (taken if is_young else 0.0))
    return Part(layer, year, taken, income, law.early_distribution_rate * bears)


def _without(roth: RothMoney, amount: Numbers, parts: list[Part]) -> RothMoney:
    """The account after a payout; it keeps its clock."""
    first, *of_conversions, _ = (part.amount for part in parts)
    conversions = tuple(
        Conversion(each.year, _less(each.taxable, taxed_then), _less(each.nontaxable, taxed_before))
        for each, taxed_then, taxed_before in zip(
            roth.conversions, of_conversions[::2], of_conversions[1::2], strict=True
        )
    )
    return RothMoney(
        _less(roth.value, amount), _less(roth.contributions, first), conversions, roth.first_year
    )


def _less(size: Numbers, taken: Numbers) -> Numbers:
    # A share of the whole may pass it by a rounding of the last bit.
    return np.maximum(0.0, np.subtract(size, taken))


def _within(roth: RothMoney, amount: Numbers) -> Numbers:
    """The amount of a payout, checked: not more than the account holds."""
    asked = checked("amount", amount)
    over = np.greater(asked, np.add(roth.value, CENT))
    if np.any(over):
        given, most = (np.broadcast_to(each, np.shape(over))[over].flat[0] for each in (asked, roth.value))
        refuse("at_most", "amount", float(given), limit=float(most))
    return np.minimum(asked, roth.value)
