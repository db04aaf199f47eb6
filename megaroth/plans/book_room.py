"""The rooms of many clients at once: client_space's rules on columns, for clients with one plan each."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import Law
from megaroth.rules.client_space import after_tax_space, roth_only_catch_up
from megaroth.rules.payroll import match_of_year, yearly_match
from megaroth.rules.plan_features import highly_compensated
from megaroth.rules.room import CENT, Room
from megaroth.rules.self_employed import solo_401k_space
from megaroth.rules.space import after_tax_space_of, catch_up_limit, no_room_457b

NO_CAP = 1.0  # a cap of all pay never binds, for no room is larger than the pay that counts


@dataclass(frozen=True)
class BookRoom:
    """
    Rooms of many clients, an array each, USD; nan and "" where there is none.

    Attributes: space, remaining, excess, limited_by, catch_up as Room; space_without_ceiling: the same as space but
        where it is not known whether the ACP ceiling binds; pay_left: after own deferrals.
    """

    space: np.ndarray
    remaining: np.ndarray
    excess: np.ndarray
    limited_by: np.ndarray
    catch_up: np.ndarray
    space_without_ceiling: np.ndarray
    pay_left: np.ndarray

    def at(self, rows: np.ndarray) -> Self:
        """Those of some rows."""
        return type(self)(*(getattr(self, each.name)[rows] for each in fields(self)))


def book_rooms(law: Law, clients: Sequence[Client]) -> tuple[BookRoom, dict[int, InputError]]:
    """Each client's room, and by its position why one has none: what after_tax_space refuses."""
    found = {each.name: np.full(len(clients), np.nan) for each in fields(BookRoom)}
    found["limited_by"] = np.full(len(clients), "", dtype=object)
    problems = _plainly_refused(law, clients)
    for rule, rows in _by_rule(clients, problems):
        for some, room in _in_parts(rule, law, clients, rows):
            if isinstance(room, InputError):
                problems[some[0]] = room
                continue
            space = found["space"][some] = room.space
            found["space_without_ceiling"][some] = space
            for name in ("remaining", "excess", "limited_by", "catch_up"):
                found[name][some] = getattr(room, name)
            found["pay_left"][some] = room.compensation - room.elective_deferral - room.catch_up
    _look_without_ceiling(law, clients, found)
    return BookRoom(**found), problems


Rule = Callable[[Law, Sequence[Client]], Room]


def _plainly_refused(law: Law, clients: Sequence[Client]) -> dict[int, InputError]:
    """What is refused most often is seen in the columns: a deferral above the person's limits, or above pay."""
    own, limits = _own(law, clients), _own_limits(law, clients)
    total = own["elective_deferral"] + own["catch_up"]
    pay = _column(clients, lambda each: np.inf if each.plan.kind == "solo_401k" else each.participant_wages)
    doubtful = total > np.minimum(limits["deferral_limit"] + limits["catch_up_left"], pay) + CENT
    found = {int(row): _own_problem(law, clients[row]) for row in np.flatnonzero(doubtful)}
    return {row: problem for row, problem in found.items() if problem}


def _by_rule(clients: Sequence[Client], left_out: Container[int]) -> Iterator[tuple[Rule, list[int]]]:
    """The rows of each kind of plan with the rule for them."""
    groups: dict[Rule, list[int]] = {}
    for row, client in enumerate(clients):
        if row in left_out:
            continue
        plan = client.plan
        solo = _solo_largest if plan.employer_contribution is None else _solo_as_made
        rule = {"457b": _room_457b, "solo_401k": solo}.get(plan.kind, _room_of_job)
        groups.setdefault(rule, []).append(row)
    yield from groups.items()


def _in_parts(
    rule: Rule, law: Law, clients: Sequence[Client], rows: list[int]
) -> Iterator[tuple[list[int], Room | InputError]]:
    """
    The room of all rows; where the rule refuses one of them it is found by halving.

    A row that is refused gets the sentence that it has on its own.
    """
    try:
        yield rows, rule(law, [clients[row] for row in rows])
    except InputError as problem:
        if len(rows) == 1:
            yield rows, _own_problem(law, clients[rows[0]]) or problem
            return
        half = len(rows) // 2
        for part in (rows[:half], rows[half:]):
            yield from _in_parts(rule, law, clients, part)


def _own_problem(law: Law, client: Client) -> InputError | None:
    try:
        after_tax_space(client, law)
    except InputError as problem:
        return problem
    return None


def _look_without_ceiling(law: Law, clients: Sequence[Client], found: dict[str, np.ndarray]) -> None:
    """Where last year's pay is not known, the space of somebody whom the ACP ceiling does not hold down."""
    rows = [
        row
        for row, client in enumerate(clients)
        if client.plan.acp_ceiling is not None
        and client.plan.kind not in ("457b", "solo_401k")
        and highly_compensated(client, law) is None
        and not np.isnan(found["space"][row])
    ]
    if rows:
        found["space_without_ceiling"][rows] = _room_of_job(law, [clients[row] for row in rows], False).space


# --- the rules, each for clients of its kind ---


def _room_of_job(law: Law, clients: Sequence[Client], with_ceiling: bool = True) -> Room:
    own, pay = _own(law, clients), _column(clients, lambda each: each.participant_wages)
    counted_pay = np.minimum(pay, law.compensation_cap)
    nonelective = _plans(clients, "nonelective_share") * counted_pay
    match = _match(law, clients, pay, own["elective_deferral"] + own["catch_up"])
    made = _plans(clients, "employer_contribution", np.nan)
    employer = np.where(np.isnan(made), match + nonelective, made)
    has_formula = np.array([bool(each.plan.match) for each in clients])
    counted = np.where(has_formula, np.minimum(match, employer), np.maximum(0.0, employer - nonelective))
    ceiling = _plans(clients, "acp_ceiling", NO_CAP)
    binds = np.array([with_ceiling and highly_compensated(each, law) is not False for each in clients])
    return after_tax_space_of(
        law, **own, compensation=pay, employer_contribution=employer, **_caps(law, clients),
        acp_ceiling=np.where(binds, ceiling, NO_CAP), match=counted, **_own_limits(law, clients),
    )  # fmt: skip


def _room_457b(law: Law, clients: Sequence[Client]) -> Room:
    pay = _column(clients, lambda each: each.participant_wages)
    made = _plans(clients, "employer_contribution", np.nan)
    own = _own(law, clients)
    by_formula = _match(law, clients, pay, own["elective_deferral"] + own["catch_up"])
    by_formula = by_formula + _plans(clients, "nonelective_share") * np.minimum(pay, law.compensation_cap)
    employer = np.where(np.isnan(made), by_formula, made)
    return no_room_457b(
        law, **own, compensation=pay, employer_contribution=employer, **_own_limits(law, clients)
    )


def _solo_as_made(law: Law, clients: Sequence[Client]) -> Room:
    return _solo(law, clients, _plans(clients, "employer_contribution"))


def _solo_largest(law: Law, clients: Sequence[Client]) -> Room:
    return _solo(law, clients, "max")


def _solo(law: Law, clients: Sequence[Client], employer: np.ndarray | str) -> Room:
    own, limits = _own(law, clients), _own_limits(law, clients)
    solo = solo_401k_space(
        law,
        net_profit=_column(clients, lambda each: each.household.self_employment_profit),
        age=own["age"],
        wages=_column(clients, lambda each: each.participant_wages),
        deferral=own["elective_deferral"] + own["catch_up"],
        employer=employer,
        **limits,
    )
    return after_tax_space_of(
        law, age=own["age"], compensation=solo.compensation_415, elective_deferral=solo.deferral,
        catch_up=solo.catch_up, employer_contribution=solo.employer, after_tax_so_far=own["after_tax_so_far"],
        **_caps(law, clients), deferral_limit=solo.deferral,
    )  # fmt: skip


# --- columns of facts ---


def _column(clients: Sequence[Client], fact: Callable[[Client], float]) -> np.ndarray:
    return np.array([fact(each) for each in clients], dtype=float)


def _plans(clients: Sequence[Client], name: str, absent: float = 0.0) -> np.ndarray:
    """A figure of each plan; *absent* where it is not stated."""
    found = (getattr(each.plan, name) for each in clients)
    return np.array([absent if figure is None else figure for figure in found], dtype=float)


def _own(law: Law, clients: Sequence[Client]) -> dict[str, np.ndarray]:
    """Age, deferrals, and the after-tax money that is in, which is of the client's first year."""
    return {
        "age": _column(clients, lambda each: each.age(law.year)),
        "elective_deferral": _column(clients, lambda each: each.elections.elective_deferral),
        "catch_up": _column(clients, lambda each: each.elections.catch_up),
        "after_tax_so_far": _column(
            clients,
            lambda each: each.elections.after_tax_so_far * (each.assumptions.start_year == law.year),
        ),
    }


def _own_limits(law: Law, clients: Sequence[Client]) -> dict[str, np.ndarray]:
    """The person's limits; a catch-up that must be Roth has no place in a plan without Roth."""
    catch_up = np.asarray(catch_up_limit(law, _column(clients, lambda each: each.age(law.year))))
    no_place = [each.plan.offers_roth is False and bool(roth_only_catch_up(each, law)) for each in clients]
    return {
        "deferral_limit": np.full(len(clients), float(law.elective_deferral)),
        "catch_up_left": np.where(no_place, 0.0, catch_up),
    }


def _caps(law: Law, clients: Sequence[Client]) -> dict[str, np.ndarray]:
    absent = {
        "after_tax_cap_share": NO_CAP, "combined_cap_share": NO_CAP, "after_tax_cap_dollars": law.annual_additions,
    }  # fmt: skip
    return {name: _plans(clients, name, figure) for name, figure in absent.items()}


@dataclass(frozen=True)
class _Tier:
    """A step of the match of many plans: what MatchTier is for one."""

    rate: np.ndarray
    up_to_share: np.ndarray


def _match(law: Law, clients: Sequence[Client], pay: np.ndarray, own: np.ndarray) -> np.ndarray:
    """
    The year's match by each plan's formula, pay and deferral spread evenly.

    As client_space has it: paycheck by paycheck only where pay passes 401(a)(17) in a plan without true-up.
    """
    tiers = _tiers(clients)
    deferral = np.minimum(own, law.elective_deferral)
    match = np.array(yearly_match(law, pay, deferral, tiers)) * np.ones(len(clients))
    uneven = (pay > law.compensation_cap) & np.array([not each.plan.true_up for each in clients])
    periods = _plans(clients, "pay_periods")
    for count in np.unique(periods[uneven]):
        rows = uneven & (periods == count)
        each_pay, each_deferral = (
            np.tile(amounts[rows] / count, (int(count), 1)) for amounts in (pay, deferral)
        )
        some = [_Tier(tier.rate[rows], tier.up_to_share[rows]) for tier in tiers]
        match[rows] = match_of_year(law, each_pay, each_deferral, some, true_up=False).total
    return match


def _tiers(clients: Sequence[Client]) -> list[_Tier]:
    """The steps of all plans; a plan with fewer of them has steps of nothing at the end of its last."""
    formulas = [each.plan.match for each in clients]
    found, below = [], np.zeros(len(clients))
    for k in range(max(map(len, formulas), default=0)):
        rate = np.array([formula[k].rate if k < len(formula) else 0.0 for formula in formulas])
        up_to = [formula[k].up_to_share if k < len(formula) else np.nan for formula in formulas]
        below = np.where(np.isnan(up_to), below, up_to)
        found.append(_Tier(rate, below))
    return found
