"""
The room for after-tax money under 415(c): annual additions, catch-up beside them, the plan's caps.

Amounts are USD, numbers or arrays that broadcast together; nothing is rounded.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from megaroth.facts.errors import Dollars, InputError, Message, Term, checked, refuse
from megaroth.facts.law import Law
from megaroth.rules.room import CAP_SOURCES, CENT, LIMIT_NAMES, Reason, Room

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


def split_deferral(
    law: Law, age: Numbers, total: Numbers, deferral_limit: Numbers | None = None
) -> tuple[Numbers, Numbers]:
    """
    Own deferrals as the part that counts in 415(c) and the catch-up beside it.

    Only what exceeds the 402(g) limit is catch-up, whatever a pay slip calls it: at 52, 18,000 deferred under a
    limit of more than that holds no catch-up.

    Args:
        total: elective deferrals, catch-up included.
        deferral_limit: what other employers' plans have left of the 402(g) limit; None: all of it.

    Returns: (counts in 415(c), catch-up).
    Raises: InputError when more is deferred than the limit and the age's catch-up allow.
    Source: 26 U.S.C. 402(g), 414(v)(3)(A); Reg. 1.414(v)-1(b), (c).
    """
    limit = law.elective_deferral if deferral_limit is None else deferral_limit
    regular = np.minimum(total, limit)
    extra = np.subtract(total, regular)
    allowed = catch_up_limit(law, age)
    over = np.subtract(extra, allowed)
    if np.any(over > CENT):
        worst = np.argmax(over)
        given, most = (
            np.broadcast_to(each, np.shape(over)).flat[worst] for each in (total, np.add(limit, allowed))
        )
        refuse_deferral(law, float(given), float(most))
    return regular, extra


def refuse_deferral(law: Law, given: float, limit: float) -> None:
    """Raise the sentence for a deferral that 402(g) and 414(v) do not allow."""
    text = (
        "Own deferral of {value} is above the {year} limit of {limit}; "
        "ask the plan to return the excess by April 15, {next_year}."
    )
    raise InputError(
        "deferral_limit", text, field="elective_deferral", value=given,
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
        deferral_limit: what is left of the person's 402(g) limit beside other jobs; None: all of it.

    Returns: the room.
    Raises: InputError for what cannot be: negative or non-finite numbers, impossible ages, deferrals above 402(g)
        and the catch-up or above pay.
    Source: 26 U.S.C. 415(c), 414(v)(3)(A), 402(g), 401(a)(17), 401(m)(2).

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
    _refuse_above_pay(total, pay)
    regular, extra = split_deferral(law, age, total, deferral_limit)
    limit = np.minimum(law.annual_additions, pay)
    # Deferrals that low pay pushes over 415(c) are catch-up too: Reg. 1.414(v)-1(b)(1)(i).
    pushed = np.minimum(
        np.clip(regular + employer - limit, 0.0, regular), np.maximum(0.0, catch_up_limit(law, age) - extra)
    )
    regular, extra = regular - pushed, extra + pushed
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
    in_match = employer if match is None else np.minimum(checked("match", match), employer)
    less = {"combined_cap_share": regular, "acp_ceiling": in_match}
    caps = {
        name: np.maximum(0.0, amount * counted_pay - less.get(name, 0.0)) if name in shares else amount
        for name, amount in stated.items()
    }
    room = np.maximum(0.0, limit - used)
    space = np.minimum.reduce(np.broadcast_arrays(room, *caps.values()))
    limited_by = _binding(law, pay, room, caps, space.shape)
    numbers = {
        "compensation": pay,
        "limit": limit,
        "elective_deferral": regular,
        "catch_up": extra,
        "employer_contribution": employer,
        "space": space,
        "after_tax_so_far": so_far,
        "remaining": np.maximum(0.0, space - so_far),
        "excess": np.maximum(0.0, so_far - space) + np.maximum(0.0, used - limit),
    }
    numbers = {name: float(each) if np.ndim(each) == 0 else each for name, each in numbers.items()}
    room = Room(law=law, caps=caps, limited_by=limited_by, **numbers)
    return room.with_(reasons=_why(room)) if isinstance(limited_by, str) else room


@dataclass(frozen=True)
class RoomsOfEmployers:
    """Rooms at several unrelated employers, in the order given; total_space (USD); reasons over all of them."""

    rooms: tuple[Room, ...]
    total_space: Numbers
    reasons: tuple[Reason, ...]


def after_tax_space_of_employers(
    law: Law, age: Numbers, employers: Sequence[Mapping[str, object]]
) -> RoomsOfEmployers:
    """
    Unrelated employers in one year: one 402(g) limit for the person, one 415(c) limit for each employer.

    Args:
        law: of the year.
        age: reached by 31 December.
        employers: each with `employer` (its name) and the keywords of after_tax_space_of but age; `elective_deferral`
            is the one wanted, and what exceeds the person's limit is trimmed in the order given and named in
            `reasons`.

    Returns: a room for each, and the sum of their spaces.
    Raises: InputError as after_tax_space_of, or when no employer is given. TypeError for an unknown keyword.
    Source: 26 U.S.C. 402(g)(1), (3); 415(c), (f); 414(b), (c), (m) say who is related.
    """
    if not isinstance(employers, Sequence) or isinstance(employers, str) or not employers:
        refuse("missing", "employers", None)
    age = checked("age", age, high=OLDEST)
    left, catch_left = float(law.elective_deferral), catch_up_limit(law, age)
    rooms, trimmed = [], []
    for number, facts in enumerate(employers, start=1):
        facts = dict(facts)
        name = str(facts.pop("employer", "") or number)
        wanted = checked("elective_deferral", facts.pop("elective_deferral", 0.0))
        extra = checked("catch_up", facts.pop("catch_up", 0.0))
        regular = np.minimum(wanted, left)
        from_extra = np.minimum(extra, left - regular)  # a catch-up below the limit is none
        beside = extra - from_extra
        if np.any(beside > catch_left + CENT):
            most = np.max(left + np.asarray(catch_left))
            refuse_deferral(law, float(np.max(wanted + extra)), float(most))
        room = after_tax_space_of(
            law, age=age, elective_deferral=regular + from_extra, catch_up=beside,
            deferral_limit=regular + from_extra, **facts,
        )  # fmt: skip
        if np.any(wanted > regular + CENT):
            cut = np.max(np.subtract(wanted, regular))
            trimmed.append(_trimmed(law, name, float(cut)))
        left, catch_left = left - regular - from_extra, catch_left - beside
        rooms.append(room.with_(employer=name))
    total = sum(room.space for room in rooms)
    return RoomsOfEmployers(tuple(rooms), total, (*trimmed, *(r for room in rooms for r in room.reasons)))


def no_room_457b(
    law: Law,
    age: Numbers,
    compensation: Numbers,
    elective_deferral: Numbers,
    catch_up: Numbers = 0.0,
    employer_contribution: Numbers = 0.0,
    after_tax_so_far: Numbers = 0.0,
) -> Room:
    """
    A 457(b) plan has no source for after-tax money: the room is 0, and 415(c) does not apply to it.

    Args and errors: as after_tax_space_of. Its own limit holds employer money too.
    Source: 26 U.S.C. 457(b)(2), (c), (e)(15); Reg. 1.457-2(b).
    """
    pay = checked("compensation", compensation)
    total = np.add(checked("elective_deferral", elective_deferral), checked("catch_up", catch_up))
    employer, so_far = (
        checked("employer_contribution", employer_contribution),
        checked("after_tax_so_far", after_tax_so_far),
    )
    regular, extra = split_deferral(law, checked("age", age, high=OLDEST), total)
    limit = np.minimum(law.elective_deferral, pay)
    excess = so_far + np.maximum(0.0, regular + employer - limit)
    text = "A 457(b) plan has no place for after-tax money; look at a 401(k), 403(b) or 401(a) plan of the same employer."
    reason = Reason(Message(text), "26 U.S.C. 457(b)(2), (e)(15); Reg. 1.457-2(b)")
    numbers = pay, limit, regular, extra, employer, 0.0, so_far, 0.0, excess
    pay, limit, regular, extra, employer, space, so_far, remaining, excess = (
        float(each) if np.ndim(each) == 0 else each for each in numbers
    )
    return Room(
        law,
        pay,
        limit,
        regular,
        extra,
        employer,
        {},
        space,
        so_far,
        remaining,
        excess,
        "plan_kind",
        (reason,),
    )


def _refuse_above_pay(total: Numbers, pay: Numbers) -> None:
    over = np.subtract(total, pay)
    if np.any(over > CENT):
        worst = np.argmax(over)
        given, most = (float(np.broadcast_to(each, np.shape(over)).flat[worst]) for each in (total, pay))
        text = "{field} cannot be more than the pay of {limit}; you entered {value}."
        raise InputError("above_pay", text, field="elective_deferral", value=given, limit=Dollars(most))


def _binding(law: Law, pay: Numbers, room: Numbers, caps: Mapping, shape: tuple) -> np.ndarray | str:
    """The name of what holds the room down; the law's own limit where a cap is no lower."""
    names = np.where(np.greater_equal(pay, law.annual_additions), "annual_additions", "compensation").astype(
        "U24"
    )
    names = np.array(np.broadcast_to(names, shape))
    least = np.array(np.broadcast_to(room, shape), dtype=float)
    for name, amount in caps.items():
        lower = np.less(amount, least)
        names[lower] = name
        least = np.minimum(least, amount)
    return str(names) if names.ndim == 0 else names


def _why(room: Room) -> tuple[Reason, ...]:
    law, found = room.law, []
    name = Term(LIMIT_NAMES[room.limited_by])
    if room.limited_by == "compensation":
        text = "Pay of {pay} is below the dollar limit of {limit}, so pay is the limit."
        values = {"pay": Dollars(room.compensation), "limit": Dollars(law.annual_additions)}
        found.append(Reason(Message(text, values), "26 U.S.C. 415(c)(1)(B)"))
    elif room.limited_by != "annual_additions":
        text = "The room is held down by {limit_name}: {room} instead of {before}."
        values = {"limit_name": name, "room": Dollars(room.space), "before": Dollars(room.room_before_caps)}
        found.append(Reason(Message(text, values), CAP_SOURCES[room.limited_by]))
    if "acp_ceiling" in room.caps:
        text = (
            "The ACP test compares averages of groups, so one person's ceiling is an estimate; ask the plan."
        )
        found.append(Reason(Message(text), "26 U.S.C. 401(m)(2)"))
    if room.catch_up > 0:
        text = "Catch-up of {catch_up} stands beside the limit and takes nothing from the room."
        found.append(Reason(Message(text, {"catch_up": Dollars(room.catch_up)}), "26 U.S.C. 414(v)(3)(A)"))
    used = room.elective_deferral + room.employer_contribution
    if used > room.limit + CENT:
        text = "Own and employer money of {used} is above the limit of {limit}; ask the plan to correct it."
        values = {"used": Dollars(used), "limit": Dollars(room.limit)}
        found.append(Reason(Message(text, values), "26 U.S.C. 415(c)(1); Rev. Proc. 2021-30"))
    elif room.room_before_caps <= CENT:
        text = "Own and employer money already fill the limit of {limit}."
        found.append(Reason(Message(text, {"limit": Dollars(room.limit)}), "26 U.S.C. 415(c)(1)"))
    if room.after_tax_so_far > room.space + CENT:
        text = "{made} of after-tax money is in against room for {room}; ask the plan to correct it."
        values = {"made": Dollars(room.after_tax_so_far), "room": Dollars(room.space)}
        found.append(Reason(Message(text, values), "26 U.S.C. 415(c); Rev. Proc. 2021-30"))
    return tuple(found)


def _trimmed(law: Law, employer: str, cut: float) -> Reason:
    text = (
        "One person has one deferral limit of {limit} over all employers, so {cut} less can go to {employer}."
    )
    values = {"limit": Dollars(law.elective_deferral), "cut": Dollars(cut), "employer": employer}
    return Reason(Message(text, values), "26 U.S.C. 402(g)(1), (3)")
