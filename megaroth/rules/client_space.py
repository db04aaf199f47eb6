"""The room of a client's own plan: which rule of space.py applies to this plan, and why."""

import numpy as np

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import Dollars, InputError, Message, Rate, furthest_over
from megaroth.facts.fields import FIRST_YEAR
from megaroth.facts.law import Law, law_of, load_law
from megaroth.rules.payroll import match_of_year, yearly_match
from megaroth.rules.room import Reason, Room
from megaroth.rules.self_employed import SoloSpace, solo_401k_space
from megaroth.rules.space import after_tax_space_of, catch_up_limit, no_room_457b, refuse_deferral


def after_tax_space(client: Client, year: int | Law, match: float | None = None) -> Room:
    """
    Room for after-tax money in the plan that is planned for.

    Pay, deferrals and employer money count as entered, whatever the year; after-tax money already in counts in the
    client's first year. Deferrals to the other plans use the same 402(g) limit.

    Args:
        client: facts and the plan.
        year: a year, projected at the client's inflation where it is not published, or a Law.
        match: the year's, where it is known paycheck by paycheck; None: by the formula, the deferral spread evenly.

    Returns: the room.
    Raises: InputError for deferrals above the limits of the year, or above pay.
    Source: 26 U.S.C. 415(c), 402(g), 414(v), 457(b); Reg. 1.401(m)-2(a)(1)(ii).
    """
    law = law_of(year, client.assumptions.inflation)
    so_far = client.elections.after_tax_so_far if law.year == client.assumptions.start_year else 0.0
    notes = [*_plan_notes(client), *_year_notes(client, law)]
    if client.plan.kind == "solo_401k":
        solo = solo_space(client, law)
        room = after_tax_space_of(
            law,
            age=client.age(law.year),
            compensation=solo.compensation_415,
            elective_deferral=solo.deferral,
            catch_up=solo.catch_up,
            employer_contribution=solo.employer,
            after_tax_so_far=so_far,
            **_caps(client.plan),
            deferral_limit=solo.deferral,
            additions_elsewhere=solo.additions_elsewhere,
        ).with_(allowed_deferral=solo.allowed_deferral)
        return room.with_(reasons=(*notes, *room.reasons), earlier_steps=solo.steps_to_pay)
    chosen = client.elections
    facts = {
        "age": client.age(law.year),
        "compensation": client.participant_wages,
        "elective_deferral": chosen.elective_deferral,
        "catch_up": chosen.catch_up,
        "employer_contribution": employer_money(client, law),
        "after_tax_so_far": so_far,
    }
    left, catch_up_left = deferral_and_catch_up_left(client, law)
    own = {"deferral_limit": left, "catch_up_left": catch_up_left}
    if client.plan.kind == "457b":
        room = no_room_457b(law, **facts, **own)
        about = *_year_notes(client, law), *_about_catch_up(client, law, room)
        return room.with_(reasons=(*room.reasons, *about))
    ceiling, about_hce = _acp(client, law, match)
    shared = {"additions_elsewhere": additions_elsewhere(client, law)}
    room = after_tax_space_of(law, **facts, **_caps(client.plan), **ceiling, **own, **shared)
    return room.with_(reasons=(*notes, *about_hce, *_about_catch_up(client, law, room), *room.reasons))


def solo_space(client: Client, law: Law) -> SoloSpace:
    """The solo 401(k) behind the client's room; arguments and errors as after_tax_space."""
    made = client.plan.employer_contribution
    left, catch_up_left = deferral_left(client, law)
    try:
        return solo_401k_space(
            law,
            net_profit=client.household.self_employment_profit,
            age=client.age(law.year),
            wages=client.participant_wages,
            deferral=client.elections.elective_deferral + client.elections.catch_up,
            employer="max" if made is None else made,
            deferral_limit=left,
            catch_up_left=catch_up_left,
            additions_elsewhere=additions_elsewhere(client, law),
        )
    except InputError as problem:
        raise problem.under(_ENTERED_AS.get(problem.field, problem.field)) from None


_ENTERED_AS = {"deferral": "elective_deferral", "employer": "employer_contribution"}


def employer_money(client: Client, law: Law) -> float:
    """
    The full year's employer money: as entered, else from the plan's formula.

    The formula counts pay up to 401(a)(17) and deferrals without catch-up, spread evenly over the year. A plan without
    true-up matches each paycheck by itself.

    Source: 26 U.S.C. 401(a)(17); terms of the plan.
    """
    plan = client.plan
    if plan.kind == "solo_401k":
        return solo_space(client, law).employer
    if plan.employer_contribution is not None:
        return plan.employer_contribution
    pay = min(client.participant_wages, law.compensation_cap)
    return _match(client, law) + plan.nonelective_share * pay


def _match(client: Client, law: Law) -> float:
    """
    The year's match by the formula, pay and deferral spread evenly.

    Paycheck by paycheck it is the formula on the year's totals, unless pay passes 401(a)(17): then the pay that counts
    ends before the deferrals do, and a plan without true-up leaves it so.
    """
    plan, pay = client.plan, client.participant_wages
    own = client.elections.elective_deferral + client.elections.catch_up
    deferral = min(own, deferral_left(client, law)[0])
    if plan.true_up or pay <= law.compensation_cap:
        return float(yearly_match(law, pay, deferral, plan.match))
    by_period = (np.full(plan.pay_periods, amount / plan.pay_periods) for amount in (pay, deferral))
    return float(match_of_year(law, *by_period, plan.match, true_up=False).total)


def _caps(plan: Plan) -> dict:
    names = ("after_tax_cap_share", "after_tax_cap_dollars", "combined_cap_share")
    return {name: getattr(plan, name) for name in names}


def deferral_left(client: Client, law: Law) -> tuple[float, float]:
    """
    What the participant's other plans leave of the deferral limit and of the age's catch-up, USD.

    One limit for the person over all plans; a 457(b) plan has its own, so it neither takes from that limit nor is
    held down by it.

    Raises: InputError when the other plans alone have more than both.
    Source: 26 U.S.C. 402(g)(1), (3), 414(v)(2)(D), 457(c).
    """
    catch_up = catch_up_limit(law, client.age(law.year))
    of_457b = client.plan.kind == "457b"
    elsewhere = sum(plan.deferral_made for plan in client.plans[1:] if (plan.kind == "457b") == of_457b)
    regular, extra = min(elsewhere, law.elective_deferral), max(0.0, elsewhere - law.elective_deferral)
    if over := furthest_over(extra, catch_up):
        refuse_deferral(law, elsewhere, law.elective_deferral + over[1], field="deferral_made")
    return law.elective_deferral - regular, catch_up - extra


def deferral_and_catch_up_left(client: Client, law: Law) -> tuple[float, float]:
    """
    What this plan can take of the deferral limit and of the catch-up, USD: deferral_left, and no catch-up where it must
    be Roth and the plan has no Roth deferrals.

    Raises: InputError as deferral_left, and for a catch-up elected where there can be none.
    Source: 26 U.S.C. 402(g)(1), 414(v)(7).
    """
    left, catch_up = deferral_left(client, law)
    if client.plan.offers_roth is False and roth_only_catch_up(client, law):
        _refuse_catch_up_without_roth(client, law, left)
        return left, 0.0
    return left, catch_up


def additions_elsewhere(client: Client, law: Law) -> float:
    """
    Annual additions of the participant's other plans that share the dollar limit of the one planned for, USD.

    A 403(b) counts as a plan of a business that its participant controls, so it and a solo 401(k) are one. Deferrals
    without catch-up count, and the employer money that is entered there.

    Source: 26 U.S.C. 415(k)(4), (f)(1)(B), 414(v)(3)(A).
    """
    partner = {"solo_401k": "403b", "403b": "solo_401k"}.get(client.plan.kind)
    shared = [plan for plan in client.plans[1:] if plan.kind == partner]
    deferred = min(sum(plan.deferral_made for plan in shared), law.elective_deferral)
    return deferred + sum(plan.employer_contribution or 0.0 for plan in shared)


def roth_only_catch_up(client: Client, law: Law) -> bool | None:
    """
    Whether the participant's catch-up must be Roth; None: last year's pay from this employer is not known.

    Source: 26 U.S.C. 414(v)(7); T.D. 10033. A sole proprietor has no such wages and is not covered.
    """
    if law.roth_catch_up_wages is None or client.plan.kind == "solo_401k":
        return False
    if client.household.prior_year_wages is None:
        return None
    return client.household.prior_year_wages > law.roth_catch_up_wages


def own_pre_tax(client: Client, law: Law, catch_up: float) -> float:
    """
    The pre-tax part of the year's own deferral: all but what is Roth as elected, or as a catch-up that must be Roth.

    Args: catch_up: what of the deferral is catch-up, USD.
    Source: 26 U.S.C. 402(e)(3), 402A(a), 414(v)(7).
    """
    chosen = client.elections
    roth = max(chosen.roth_deferral, catch_up) if roth_only_catch_up(client, law) else chosen.roth_deferral
    return chosen.elective_deferral + chosen.catch_up - roth


def _refuse_catch_up_without_roth(client: Client, law: Law, left: float) -> None:
    total = client.elections.elective_deferral + client.elections.catch_up
    if over := furthest_over(total, left):
        text = (
            "{field} must be 0 in {year}: last year's pay from this employer was above {limit}, so it must be Roth, "
            "and the plan has no Roth deferrals; you entered {value}."
        )
        raise InputError(
            "roth_only", text, field="catch_up", value=over[0] - over[1],
            year=law.year, limit=Dollars(law.roth_catch_up_wages),
        )  # fmt: skip


def _about_catch_up(client: Client, law: Law, room: Room) -> list[Reason]:
    if room.catch_up <= 0 or law.roth_catch_up_wages is None:
        return []
    cite = "26 U.S.C. 414(v)(7); T.D. 10033"
    values = {"limit": Dollars(law.roth_catch_up_wages), "catch_up": Dollars(room.catch_up)}
    if roth_only_catch_up(client, law):
        text = (
            "Last year's pay from this employer was above {limit}, so the catch-up of {catch_up} must be Roth; "
            "the room stays the same."
        )
        return [Reason(Message(text, values), cite)]
    if client.household.prior_year_wages is None and client.plan.kind != "solo_401k":
        text = "If last year's pay from this employer was above {limit}, the catch-up of {catch_up} must be Roth."
        return [Reason(Message(text, values), cite)]
    return []


def _acp(client: Client, law: Law, match: float | None) -> tuple[dict, list[Reason]]:
    """The ACP ceiling where it can bind: for a highly compensated employee of a plan that states one."""
    if client.plan.acp_ceiling is None:
        return {}, []
    counted = _counted_match(client, law) if match is None else match
    ceiling = {"acp_ceiling": client.plan.acp_ceiling, "match": counted}
    before, cite = client.household.prior_year_wages, "26 U.S.C. 414(q)(1), 401(m)(2)"
    if law.year == FIRST_YEAR:
        text = "What made an employee highly compensated in {year} is not in the sources; the ACP ceiling is applied."
        return ceiling, [Reason(Message(text, {"year": law.year}), cite)]
    threshold = load_law(law.year - 1, inflation=law.inflation).hce_threshold
    values = {"limit": Dollars(threshold)}
    if before is None:
        text = "Last year's pay from this employer is not known; the ACP ceiling is applied as if it was above {limit}."
        return ceiling, [Reason(Message(text, values), cite)]
    if before <= threshold:
        text = "Last year's pay was not above {limit}: no highly compensated employee by pay, so the ACP ceiling does not bind."
        return {}, [Reason(Message(text, values), cite)]
    return ceiling, []


def _counted_match(client: Client, law: Law) -> float:
    """
    The employer money that the ACP ceiling counts: the match by the formula; without a formula all that is not
    nonelective.

    Where the year's employer money is entered, the match is no more than that.
    """
    pay = min(client.participant_wages, law.compensation_cap)
    whole = employer_money(client, law)
    return (
        min(_match(client, law), whole)
        if client.plan.match
        else max(0.0, whole - client.plan.nonelective_share * pay)
    )


def _plan_notes(client: Client) -> list[Reason]:
    plan, found = client.plan, []
    if plan.accepts_after_tax is False:
        text = "This plan does not take after-tax contributions; the figures show what it could be if it did."
        found.append(Reason(Message(text), "terms of the plan"))
    elif plan.accepts_after_tax is None:
        text = "Whether the plan takes after-tax contributions is not known yet; ask HR."
        found.append(Reason(Message(text), "terms of the plan"))
    if plan.kind == "403b":
        text = "In a 403(b) the pay that counts is that of the last full year of service, deferrals included."
        found.append(Reason(Message(text), "26 U.S.C. 403(b)(3), 415(c)(3)(E)"))
    return found


def _year_notes(client: Client, law: Law) -> list[Reason]:
    found = []
    if law.year != client.assumptions.start_year:
        text = "Pay, deferrals and employer money are those entered for {start}, under the limits of {year}."
        values = {"start": client.assumptions.start_year, "year": law.year}
        found.append(Reason(Message(text, values), "assumption"))
    if law.projected:
        text = "The limits of {year} are projected at {inflation} inflation."
        values = {"year": law.year, "inflation": Rate(law.inflation)}
        found.append(Reason(Message(text, values), "26 U.S.C. 415(d), 402(g)(4)"))
    return found
