"""Several unrelated employers in one year: one deferral limit and one catch-up for the person, a 415(c) limit for each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from megaroth.facts.errors import Dollars, Message, checked, furthest_over, refuse
from megaroth.facts.law import Law
from megaroth.rules.room import Reason, Room
from megaroth.rules.space import (
    OLDEST,
    after_tax_space_of,
    catch_up_limit,
    plain,
    pushed_out,
    refuse_above_pay,
)

Numbers = np.ndarray | float


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

    Deferrals that 415(c) pushes out at one employer are catch-up and leave 402(g) to the others. What the person defers
    above 402(g) is catch-up as well, up to the figure of the age: first where `catch_up` says so, else at the employer
    that stands last. Beyond that it is trimmed in the order given. So the order decides in which plan something falls,
    and never what is lawful.

    Args:
        law: of the year.
        age: reached by 31 December.
        employers: each with `employer` (its name) and the keywords of after_tax_space_of but age; `elective_deferral`
            and `catch_up` are what is wanted, and what is trimmed of them is named in `reasons`.

    Returns: a room for each, and the sum of their spaces.
    Raises: InputError as after_tax_space_of, for more of `catch_up` than the age allows, or when no employer is given.
        TypeError for an unknown keyword.
    Source: 26 U.S.C. 402(g)(1), (3); 414(v)(2)(D), (3)(A); Reg. 1.414(v)-1(b); 415(c), (f); 414(b), (c), (m) say who
        is related.
    """
    if not isinstance(employers, Sequence) or isinstance(employers, str) or not employers:
        refuse("missing", "employers", None)
    if not all(isinstance(facts, Mapping) for facts in employers):
        refuse("group", "employers", [type(facts).__name__ for facts in employers])
    age = checked("age", age, high=OLDEST)
    jobs = [dict(facts) for facts in employers]
    names = [str(facts.pop("employer", "") or number) for number, facts in enumerate(jobs, start=1)]
    called = [checked("catch_up", facts.pop("catch_up", 0.0)) for facts in jobs]
    own = [checked("elective_deferral", facts.pop("elective_deferral", 0.0)) for facts in jobs]
    most, most_catch_up = law.elective_deferral, catch_up_limit(law, age)
    # A catch-up of someone below the limit is none.
    if over := furthest_over(sum(called), np.maximum(0.0, most - sum(own)) + most_catch_up):
        refuse("at_most", "catch_up", over[0], limit=over[1])
    wanted = [np.add(*both) for both in zip(own, called, strict=True)]
    totals = list(_filled(most + most_catch_up, wanted))
    to_push = (_over_415c(law, *each) for each in zip(jobs, wanted, totals, strict=True))
    pushed = list(_filled(most_catch_up, to_push))
    above = _above_402g(np.maximum(0.0, sum(totals) - sum(pushed) - most), called, totals, pushed)
    rooms = []
    for name, facts, total, out, extra in zip(names, jobs, totals, pushed, above, strict=True):
        room = after_tax_space_of(
            law, age=age, elective_deferral=total, deferral_limit=total - out - extra, catch_up_left=out + extra, **facts,
        )  # fmt: skip
        rooms.append(room.with_(employer=name, **plain({"allowed_deferral": total - extra})))
    trimmed = [
        _trimmed(law, name, over[0] - over[1], float(np.max(most_catch_up)))
        for name, asked, total in zip(names, wanted, totals, strict=True)
        if (over := furthest_over(asked, total))
    ]
    reasons = (*trimmed, *(reason for room in rooms for reason in room.reasons))
    return RoomsOfEmployers(tuple(rooms), sum(room.space for room in rooms), reasons)


def _filled(amount: Numbers, places: Iterable[Numbers]) -> Iterator[Numbers]:
    """What of the amount each place takes, the first ones first."""
    for place in places:
        taken = np.minimum(amount, place)
        amount = amount - taken
        yield taken


def _over_415c(law: Law, facts: Mapping[str, object], wanted: Numbers, total: Numbers) -> Numbers:
    """What 415(c) pushes out of the deferral at one employer, were there catch-up enough."""
    pay = checked("compensation", facts.get("compensation"))
    refuse_above_pay(wanted, pay)
    employer = checked("employer_contribution", facts.get("employer_contribution", 0.0))
    elsewhere = checked("additions_elsewhere", facts.get("additions_elsewhere", 0.0))
    limit = np.minimum(np.maximum(0.0, law.annual_additions - elsewhere), pay)
    return pushed_out(total, employer, limit, catch_up_left=total)


def _above_402g(
    amount: Numbers, called: Sequence[Numbers], totals: Sequence[Numbers], pushed: Sequence[Numbers]
) -> list[Numbers]:
    """Where the catch-up above 402(g) stands: first what is called so, then the rest, from the last employer on."""
    left = [total - out for total, out in zip(totals, pushed, strict=True)]
    named = [
        np.clip(catch_up - out, 0.0, most) for catch_up, out, most in zip(called, pushed, left, strict=True)
    ]
    rest = [most - catch_up for most, catch_up in zip(left, named, strict=True)]
    taken = list(_filled(amount, [*reversed(named), *reversed(rest)]))
    return [first + then for first, then in zip(taken[: len(left)], taken[len(left) :], strict=True)][::-1]


def _trimmed(law: Law, employer: str, cut: float, catch_up: float) -> Reason:
    text = (
        "One person has one deferral limit of {limit} over all employers, so {cut} less can go to {employer}."
    )
    if catch_up > 0:
        text = (
            "One person has one deferral limit of {limit} and one catch-up of {catch_up} over all employers, "
            "so {cut} less can go to {employer}."
        )
    values = {
        "limit": Dollars(law.elective_deferral), "catch_up": Dollars(catch_up), "cut": Dollars(cut), "employer": employer,
    }  # fmt: skip
    return Reason(Message(text, values), "26 U.S.C. 402(g)(1), (3), 414(v)(2)(D)")
