"""The room of a client's own plan: which rule of space.py applies to this plan, and why."""

import numpy as np

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import Dollars, InputError, Message, Rate
from megaroth.facts.law import Law, load_law
from megaroth.rules.room import Reason, Room
from megaroth.rules.self_employed import SoloSpace, solo_401k_space
from megaroth.rules.space import after_tax_space_of, no_room_457b


def after_tax_space(client: Client, year: int | Law) -> Room:
    """
    Room for after-tax money in the plan that is planned for.

    Pay, deferrals and employer money count as entered, whatever the year; after-tax money already in counts in the
    client's first year. Deferrals to the other plans use the same 402(g) limit.

    Args:
        client: facts and the plan.
        year: a year, projected at the client's inflation where it is not published, or a Law.

    Returns: the room.
    Raises: InputError for deferrals above the limits of the year, or above pay.
    Source: 26 U.S.C. 415(c), 402(g), 414(v), 457(b); Reg. 1.401(m)-2(a)(1)(ii).
    """
    law = year if isinstance(year, Law) else load_law(year, inflation=client.assumptions.inflation)
    so_far = client.elections.after_tax_so_far if law.year == client.assumptions.start_year else 0.0
    notes = _plan_notes(client, law)
    if client.plan.kind == "solo_401k":
        solo = solo_space(client, law)
        room = after_tax_space_of(
            law,
            age=client.age(law.year),
            compensation=max(solo.compensation_415, solo.deferral + solo.catch_up),
            elective_deferral=solo.deferral,
            catch_up=solo.catch_up,
            employer_contribution=solo.employer,
            after_tax_so_far=so_far,
            **_caps(client.plan),
            deferral_limit=solo.deferral,
        )
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
    if client.plan.kind == "457b":
        return no_room_457b(law, **facts)
    left = _deferral_limit_left(client, law)
    _refuse_catch_up_without_roth(client, law, left)
    ceiling, about_hce = _acp(client, law)
    room = after_tax_space_of(law, **facts, **_caps(client.plan), **ceiling, deferral_limit=left)
    return room.with_(reasons=(*notes, *about_hce, *_about_catch_up(client, law, room), *room.reasons))


def solo_space(client: Client, law: Law) -> SoloSpace:
    """The solo 401(k) behind the client's room; arguments and errors as after_tax_space."""
    made = client.plan.employer_contribution
    job = client.household.wages if client.participant == "client" else client.household.spouse_wages
    return solo_401k_space(
        law,
        net_profit=client.household.self_employment_profit,
        age=client.age(law.year),
        wages=job,
        deferral=client.elections.elective_deferral + client.elections.catch_up,
        employer="max" if made is None else made,
        deferral_limit=_deferral_limit_left(client, law),
    )


def employer_money(client: Client, law: Law) -> float:
    """
    The full year's employer money: as entered, else from the plan's formula.

    The formula counts pay up to 401(a)(17) and deferrals without catch-up, spread evenly over the year.

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
    pay = min(client.participant_wages, law.compensation_cap)
    deferral = min(client.elections.elective_deferral, law.elective_deferral)
    total, below = 0.0, 0.0
    for tier in client.plan.match:
        total += tier.rate * (min(deferral, tier.up_to_share * pay) - min(deferral, below * pay))
        below = tier.up_to_share
    return total


def _caps(plan: Plan) -> dict:
    names = ("after_tax_cap_share", "after_tax_cap_dollars", "combined_cap_share")
    return {name: getattr(plan, name) for name in names}


def _deferral_limit_left(client: Client, law: Law) -> float:
    """402(g) is one per person over all plans but 457(b), 402(g)(3)."""
    elsewhere = sum(plan.deferral_made for plan in client.plans[1:] if plan.kind != "457b")
    return float(np.maximum(0.0, law.elective_deferral - elsewhere))


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


def _refuse_catch_up_without_roth(client: Client, law: Law, left: float) -> None:
    chosen = client.elections
    total = chosen.elective_deferral + chosen.catch_up
    if total > left and client.plan.offers_roth is False and roth_only_catch_up(client, law):
        text = (
            "{field} must be 0 in {year}: last year's pay from this employer was above {limit}, so it must be Roth, "
            "and the plan has no Roth deferrals; you entered {value}."
        )
        raise InputError(
            "roth_only", text, field="catch_up", value=total - left,
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


def _acp(client: Client, law: Law) -> tuple[dict, list[Reason]]:
    """The ACP ceiling where it can bind: for a highly compensated employee of a plan that states one."""
    ceiling = client.plan.acp_ceiling
    if ceiling is None:
        return {}, []
    before, cite = client.household.prior_year_wages, "26 U.S.C. 414(q)(1), 401(m)(2)"
    threshold = load_law(law.year - 1, inflation=law.inflation).hce_threshold
    values = {"limit": Dollars(threshold)}
    if before is not None and before <= threshold:
        text = "Last year's pay was not above {limit}: no highly compensated employee by pay, so the ACP ceiling does not bind."
        return {}, [Reason(Message(text, values), cite)]
    formula = client.plan.match or client.plan.employer_contribution is None
    share = {"acp_ceiling": ceiling, "match": _match(client, law) if formula else None}
    if before is None:
        text = "Last year's pay from this employer is not known; the ACP ceiling is applied as if it was above {limit}."
        return share, [Reason(Message(text, values), cite)]
    return share, []


def _plan_notes(client: Client, law: Law) -> list[Reason]:
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
    if law.year != client.assumptions.start_year:
        text = "Pay, deferrals and employer money are those entered for {start}, under the limits of {year}."
        values = {"start": client.assumptions.start_year, "year": law.year}
        found.append(Reason(Message(text, values), "assumption"))
    if law.projected:
        text = "The limits of {year} are projected at {inflation} inflation."
        values = {"year": law.year, "inflation": Rate(law.inflation)}
        found.append(Reason(Message(text, values), "26 U.S.C. 415(d), 402(g)(4)"))
    return found
