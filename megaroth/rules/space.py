"""
The room for after-tax money under 415(c): annual additions, catch-up beside them, the plan's caps.

Amounts are USD, numbers or arrays that broadcast together; nothing is rounded.
"""

from collections.abc import Mapping
from typing import NoReturn

import numpy as np

from megaroth.facts.errors import Dollars, InputError, checked, furthest_over, refuse
from megaroth.facts.law import Law
from megaroth.rules.room import CENT, Room, reasons_of

Numbers = np.ndarray | float
OLDEST = 120


def catch_up_limit(law: Law, age: Numbers) -> Numbers:
    """
    The most that a person of this age can defer beside the limits.

    Ages 60 to 63 have the higher figure instead of the one from 50 on; at 64 the person drops back.

    Args: age reached by 31 December.
    Source: 26 U.S.C. 414(v)(2)(B), (C), (E), (5).

    >>> from megaroth.facts.law import load_law
    >>> catch_up_limit(load_law(2026), 61)
    11250.0
    """
    from_50 = law.catch_up_50
    higher = from_50 if law.catch_up_60_63 is None else law.catch_up_60_63
    years, (start, higher_from, higher_to) = np.asarray(age), law.catch_up_ages
    in_higher = (years >= higher_from) & (years <= higher_to)
    most = np.where(years < start, 0.0, np.where(in_higher, higher, from_50))
    return float(most) if most.ndim == 0 else most


def own_limits(
    law: Law, age: Numbers, deferral_limit: Numbers | None = None, catch_up_left: Numbers | None = None
) -> tuple[Numbers, Numbers]:
    """
    The deferral limit and the catch-up of a person of this age, or what other plans have left of them.

    Args: USD; None: nothing was deferred elsewhere.
    Returns: (402(g) limit, catch-up).
    Source: 26 U.S.C. 402(g)(1), (3), 414(v)(2)(D).
    """
    return (
        law.elective_deferral if deferral_limit is None else checked("deferral_limit", deferral_limit),
        catch_up_limit(law, age) if catch_up_left is None else checked("catch_up_left", catch_up_left),
    )


def split_deferral(law: Law, total: Numbers, limit: Numbers, catch_up: Numbers) -> tuple[Numbers, Numbers]:
    """
    Own deferrals within the 402(g) limit, and the catch-up beside it.

    Only what exceeds the limit is catch-up, whatever a pay slip calls it: at 52, 18,000 deferred under a limit of more
    than that holds no catch-up.

    Args:
        total: elective deferrals, catch-up included.
        limit, catch_up: the most of each, see own_limits.

    Returns: (within the limit, catch-up).
    Raises: InputError when more is deferred than both together.
    Source: 26 U.S.C. 402(g), 414(v)(3)(A); Reg. 1.414(v)-1(b), (c).
    """
    most = np.add(limit, catch_up)
    if over := furthest_over(np.where(limit < law.elective_deferral - CENT, total, 0.0), most):
        refuse_deferral(law, *over, left_by_others=True)
    if over := furthest_over(total, most):
        refuse_deferral(law, *over)
    regular = np.minimum(total, limit)
    return regular, np.subtract(total, regular)


def pushed_out(regular: Numbers, employer: Numbers, limit: Numbers, catch_up_left: Numbers) -> Numbers:
    """
    Deferrals that 415(c) turns into catch-up: what employer money pushes over the limit, as far as the age allows.

    Args (USD):
        regular: deferrals within the 402(g) limit. employer: employer money.
        limit: on annual additions. catch_up_left: of the age's figure, beside what exceeds 402(g).

    Source: Reg. 1.414(v)-1(b)(1)(i).
    """
    over = np.clip(np.add(regular, employer) - limit, 0.0, regular)
    return np.minimum(np.where(over > CENT, over, 0.0), np.maximum(0.0, catch_up_left))


def refuse_deferral(
    law: Law, given: float, limit: float, field: str = "elective_deferral", left_by_others: bool = False
) -> NoReturn:
    """Raise the sentence for a deferral that 402(g) and 414(v) do not allow, or what other plans have left of them."""
    text = (
        "{field} of {value} is above the {year} limit of {limit}; "
        "ask the plan to return the excess by April 15, {next_year}."
    )
    if left_by_others:
        text = (
            "{field} of {value} is above the {limit} that other plans leave of the {year} limit; "
            "ask the plan to return the excess by April 15, {next_year}."
        )
    raise InputError(
        "deferral_limit", text, field=field, value=given,
        year=law.year, limit=Dollars(limit), next_year=law.year + 1,
    )  # fmt: skip


def after_tax_space_of(
    law: Law,
    age: Numbers,
    compensation: Numbers,
    elective_deferral: Numbers,
    catch_up: Numbers = 0.0,
    employer_contribution: Numbers = 0.0,
    after_tax_so_far: Numbers = 0.0,
    after_tax_cap_share: Numbers | None = None,
    after_tax_cap_dollars: Numbers | None = None,
    combined_cap_share: Numbers | None = None,
    acp_ceiling: Numbers | None = None,
    match: Numbers | None = None,
    take_home_pay_left: Numbers | None = None,
    deferral_limit: Numbers | None = None,
    catch_up_left: Numbers | None = None,
    additions_elsewhere: Numbers = 0.0,
) -> Room:
    """
    Room for after-tax money: the limit, less own deferrals without catch-up, less all employer money, then the caps.

    A cap holds for the whole year, so money already in comes off after the caps. Where low pay makes 415(c) bind,
    deferrals above it become catch-up as far as the age allows; after-tax money never does.

    Args (numbers or arrays that broadcast together, USD; shares are fractions):
        law: of the year.
        age: reached by 31 December.
        compensation: full-year pay of this employer before deferrals, not cut by 401(a)(17).
        elective_deferral, catch_up: the year's; what exceeds the limit is catch-up, however they are divided here.
        employer_contribution: the full year's match, nonelective money and forfeitures.
        after_tax_so_far: after-tax money already in this year.
        after_tax_cap_share, combined_cap_share: the plan's caps, of pay up to 401(a)(17); the second counts deferrals
            (without catch-up) and after-tax money. after_tax_cap_dollars: a cap in dollars. None: the plan has none.
        acp_ceiling: share of capped pay that match and after-tax money of a highly compensated employee may reach,
            an estimate; match: the part of employer money that counts there (None: all of it).
        take_home_pay_left: what paychecks can still carry for the whole year's after-tax money; None: not looked at.
        deferral_limit, catch_up_left: what is left of the person's 402(g) limit and of the age's catch-up beside other
            jobs; None: all of it.
        additions_elsewhere: annual additions to a plan that shares this one's dollar limit: a 403(b) and the plan of a
            business that its participant controls.

    Returns: the room.
    Raises: InputError for what cannot be: negative or non-finite numbers, impossible ages, deferrals above 402(g)
        and the catch-up or above pay, a match above all employer money.
    Source: 26 U.S.C. 415(c), (k)(4), 414(v)(3)(A), 402(g), 401(a)(17), 401(m)(2).

    >>> from megaroth.facts.law import load_law
    >>> after_tax_space_of(load_law(2025), age=40, compensation=250_000, elective_deferral=23_500,
    ...                    employer_contribution=10_000).space
    36500.0
    """
    age = checked("age", age, high=OLDEST)
    pay = checked("compensation", compensation)
    total = np.add(checked("elective_deferral", elective_deferral), checked("catch_up", catch_up))
    employer = checked("employer_contribution", employer_contribution)
    so_far = checked("after_tax_so_far", after_tax_so_far)
    elsewhere = checked("additions_elsewhere", additions_elsewhere)
    refuse_above_pay(total, pay)
    own_limit, catch_up_most = own_limits(law, age, deferral_limit, catch_up_left)
    allowed, extra = split_deferral(law, total, own_limit, catch_up_most)
    dollar_limit = np.maximum(0.0, law.annual_additions - elsewhere)
    limit = np.minimum(dollar_limit, pay)
    pushed = pushed_out(allowed, employer, limit, catch_up_most - extra)
    regular, extra = allowed - pushed, extra + pushed
    used = regular + employer
    counted_pay = np.minimum(pay, law.compensation_cap)
    stated = {
        "after_tax_cap_share": after_tax_cap_share,
        "after_tax_cap_dollars": after_tax_cap_dollars,
        "combined_cap_share": combined_cap_share,
        "acp_ceiling": acp_ceiling,
        "take_home_pay_left": take_home_pay_left,
    }
    shares = ("after_tax_cap_share", "combined_cap_share", "acp_ceiling")
    stated = {
        name: checked(name, amount, high=1.0 if name in shares else np.inf)
        for name, amount in stated.items()
        if amount is not None
    }
    less = {"combined_cap_share": regular, "acp_ceiling": _counted_match(match, employer)}
    caps = {
        name: np.maximum(0.0, amount * counted_pay - less.get(name, 0.0)) if name in shares else amount
        for name, amount in stated.items()
    }
    room = np.maximum(0.0, limit - used)
    space = np.minimum.reduce(np.broadcast_arrays(room, *caps.values()))
    limited_by = _binding(dollar_limit, pay, room, caps, space.shape)
    numbers = {
        "compensation": pay,
        "limit": limit,
        "allowed_deferral": allowed,
        "elective_deferral": regular,
        "catch_up": extra,
        "employer_contribution": employer,
        "space": space,
        "after_tax_so_far": so_far,
        "additions_elsewhere": elsewhere,
        "remaining": np.maximum(0.0, space - so_far),
        "excess": np.maximum(0.0, so_far - space) + np.maximum(0.0, used - limit),
    }
    return _explained(Room(law=law, caps=caps, limited_by=limited_by, **plain(numbers)))


def _counted_match(match: Numbers | None, employer: Numbers) -> Numbers:
    """The employer money that the ACP ceiling counts; all of it where the match is not told apart."""
    if match is None:
        return employer
    counted = checked("match", match)
    if over := furthest_over(counted, employer):
        refuse("at_most", "match", over[0], limit=over[1])
    return counted


def no_room_457b(
    law: Law,
    age: Numbers,
    compensation: Numbers,
    elective_deferral: Numbers,
    catch_up: Numbers = 0.0,
    employer_contribution: Numbers = 0.0,
    after_tax_so_far: Numbers = 0.0,
    deferral_limit: Numbers | None = None,
    catch_up_left: Numbers | None = None,
) -> Room:
    """
    A 457(b) plan has no source for after-tax money: the room is 0, and 415(c) does not apply to it.

    Args and errors: as after_tax_space_of. Its own limit holds employer money too.
    Source: 26 U.S.C. 457(b)(2), (c), (e)(15); Reg. 1.457-2(b).
    """
    pay = checked("compensation", compensation)
    total = np.add(checked("elective_deferral", elective_deferral), checked("catch_up", catch_up))
    employer = checked("employer_contribution", employer_contribution)
    so_far = checked("after_tax_so_far", after_tax_so_far)
    refuse_above_pay(total, pay)
    own_limit, catch_up_most = own_limits(
        law, checked("age", age, high=OLDEST), deferral_limit, catch_up_left
    )
    regular, extra = split_deferral(law, total, own_limit, catch_up_most)
    limit = np.minimum(own_limit, pay)
    numbers = {
        "compensation": pay,
        "limit": limit,
        "allowed_deferral": regular,
        "elective_deferral": regular,
        "catch_up": extra,
        "employer_contribution": employer,
        "space": 0.0,
        "after_tax_so_far": so_far,
        "remaining": 0.0,
        "excess": so_far + np.maximum(0.0, regular + employer - limit),
    }
    return _explained(Room(law=law, caps={}, limited_by="plan_kind", **plain(numbers)))


def _explained(room: Room) -> Room:
    """With its reasons, which are one client's."""
    return room.with_(reasons=reasons_of(room)) if np.ndim(room.space + room.excess) == 0 else room


def plain(numbers: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Single numbers as floats, arrays as they are."""
    return {name: float(each) if np.ndim(each) == 0 else each for name, each in numbers.items()}


def refuse_above_pay(total: Numbers, pay: Numbers) -> None:
    """Raise the sentence for a deferral that is more than the pay."""
    if over := furthest_over(total, pay):
        text = "{field} cannot be more than the pay of {limit}; you entered {value}."
        raise InputError("above_pay", text, field="elective_deferral", value=over[0], limit=Dollars(over[1]))


def _binding(
    dollar_limit: Numbers, pay: Numbers, room: Numbers, caps: Mapping, shape: tuple
) -> np.ndarray | str:
    """The name of what holds the room down; the law's own limit where a cap is no lower."""
    names = np.where(np.greater_equal(pay, dollar_limit), "annual_additions", "compensation").astype("U24")
    names = np.array(np.broadcast_to(names, shape))
    least = np.array(np.broadcast_to(room, shape), dtype=float)
    for name, amount in caps.items():
        lower = np.less(amount, least)
        names[lower] = name
        least = np.minimum(least, amount)
    return str(names) if names.ndim == 0 else names
