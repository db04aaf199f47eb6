"""Whether a plan lets after-tax money in and on to Roth: the verdict, why, and what HR has to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import Dollars, Message
from megaroth.facts.law import Law, law_of
from megaroth.rules.client_space import after_tax_space
from megaroth.rules.plan_features import (
    highly_compensated,
    outcomes,
    pay_threshold,
    takes_after_tax,
    way_to_roth,
)
from megaroth.rules.plan_reasons import (
    about_acp,
    about_features,
    about_kind,
    about_other_plans,
    about_room,
    other_plans_that_take_it,
)
from megaroth.rules.room import CENT, Reason, Room


@dataclass(frozen=True)
class Eligibility:
    """
    Whether a client can use the strategy in the plan that is planned for.

    Attributes:
        verdict: "prompt", "late_only" (the money moves cleanly only at separation), "no_space", "not_offered", or
            "ask" where an unknown fact decides.
        possible: the verdicts that the unknown facts leave open; one, unless the verdict is "ask".
        reasons: why, each with its citation. questions_for_hr: what is open, the most important first.
        features: the two that the plan must have, "after_tax" and "way_to_roth", and "separate_account"; True, False,
            or None for not known.
        highly_compensated: by last year's pay; None: not known. room: None where the plan takes nothing anyway.
    """

    law: Law
    plan: Plan
    verdict: str
    possible: frozenset[str]
    features: Mapping[str, bool | None]
    highly_compensated: bool | None
    room: Room | None
    reasons: tuple[Reason, ...]
    questions_for_hr: tuple[Message, ...]


def eligibility(client: Client, year: int | Law) -> Eligibility:
    """
    Whether the plan takes after-tax money and lets it move to Roth, with what is still to be asked.

    Every unknown fact is tried with each answer it can have: where all lead to one verdict it stands, else the
    verdict is "ask". A cap or an ACP ceiling that is not stated does not bind, as in after_tax_space.

    Args:
        client: facts and the plan; None in a fact of the plan is not known.
        year: a year, projected at the client's inflation where it is not published, or a Law.

    Returns: the verdict, its reasons and the questions.
    Raises: InputError as after_tax_space, where the plan can take after-tax money.
    Source: 26 U.S.C. 401(k)(2)(B), 402A(c)(4), 415(c), 457(b), 72(d)(2).

    >>> eligibility(Client.load("lin"), 2026).verdict
    'prompt'
    """
    law, plan = law_of(year, client.assumptions.inflation), client.plan
    highly = highly_compensated(client, law)
    rooms = _rooms(client, law, highly) if takes_after_tax(plan) is not False else ()
    possible, deciding = outcomes(plan, {room.space > CENT for room in rooms} or {False})
    open_ = possible & {"prompt", "late_only"}  # money can go in
    return Eligibility(
        law=law,
        plan=plan,
        verdict=next(iter(possible)) if len(possible) == 1 else "ask",
        possible=possible,
        features={
            "after_tax": takes_after_tax(plan),
            "way_to_roth": way_to_roth(plan),
            "separate_account": plan.separate_account,
        },
        highly_compensated=highly,
        room=rooms[0] if rooms else None,
        reasons=_each_once(
            *about_kind(plan.kind),
            *about_features(plan, possible),
            *about_other_plans(client),
            *(about_room(rooms[0]) if rooms else ()),
            *(about_acp(client, law, highly) if open_ else ()),
        ),
        questions_for_hr=(
            *_question_on_other_plans(client),
            *_questions_on_features(plan, deciding, possible),
            *(_questions_on_amounts(client, law, rooms, highly) if open_ else ()),
        ),
    )


def _rooms(client: Client, law: Law, highly: bool | None) -> tuple[Room, ...]:
    """The room; where it is not known whether the ACP ceiling binds, the one without it as well."""
    room = after_tax_space(client, law)
    if highly is None and "acp_ceiling" in room.caps:
        return room, after_tax_space(client.with_(acp_ceiling=None), law)
    return (room,)


def _each_once(*reasons: Reason) -> tuple[Reason, ...]:
    """The room has some of the reasons too."""
    kept: dict[str, Reason] = {}
    for reason in reasons:
        kept.setdefault(str(reason.message), reason)
    return tuple(kept.values())


def _question_on_other_plans(client: Client) -> list[Message]:
    if client.plan.kind != "457b" or other_plans_that_take_it(client):
        return []
    return [
        Message(
            "Besides the 457(b), does the employer have a 401(a), 403(b) or 401(k) plan that accepts voluntary after-tax contributions?"
        )
    ]


def _questions_on_features(plan: Plan, deciding: set[str], possible: frozenset[str]) -> list[Message]:
    found = []
    if "accepts_after_tax" in deciding:
        text = "Does the plan accept voluntary employee after-tax contributions, that is, neither pre-tax nor Roth, beyond the elective deferrals?"
        found.append(Message(text))
    if "way_out" in deciding:
        text = "While still employed, can a participant take the after-tax money out (in-service distribution, to a Roth IRA), move it to Roth inside the plan (in-plan Roth rollover), both, or neither?"
        if plan.offers_roth is False:  # without Roth deferrals the second way is closed
            text = "While still employed, can a participant take the after-tax money out (in-service distribution, to a Roth IRA)?"
        found.append(Message(text))
    if "separate_account" in deciding:
        text = "Does the plan keep after-tax contributions and their earnings in a separate account, so that they can be moved without any pre-tax money?"
        found.append(Message(text))
    if "offers_roth" in deciding:
        text = (
            "Does the plan offer Roth deferrals, and with them an in-plan Roth rollover of after-tax money?"
        )
        found.append(Message(text))
    if plan.kind == "403b" and plan.way_out == "in_service_distribution" and "prompt" in possible:
        text = "Is this 403(b) an annuity contract or a custodial account, and does the provider pay out after-tax money while the participant is employed?"
        found.append(Message(text))
    if plan.frequency is None and "prompt" in possible:
        text = "How often can after-tax money be moved: automatically, each paycheck, monthly, quarterly, or once a year?"
        found.append(Message(text))
    return found


def _questions_on_amounts(
    client: Client, law: Law, rooms: tuple[Room, ...], highly: bool | None
) -> list[Message]:
    plan, found = client.plan, []
    stated = (plan.after_tax_cap_share, plan.after_tax_cap_dollars, plan.combined_cap_share)
    # Who knows that the plan takes after-tax money has read its terms; then an empty cap says that there is none.
    if plan.accepts_after_tax is None and all(cap is None for cap in stated):
        text = "Does the plan cap after-tax contributions: as a share of pay, in dollars, or together with elective deferrals?"
        found.append(Message(text))
    threshold = pay_threshold(law)
    values = {"year": law.year, "before": law.year - 1, "limit": Dollars(threshold or 0)}
    if highly and plan.acp_ceiling is None:
        text = "For {year} the participant counts as highly compensated (pay above {limit} in {before}). How much after-tax money did the last ACP test allow, and was any refunded?"
        found.append(Message(text, values))
    elif highly is None and (plan.acp_ceiling is None or len({room.space for room in rooms}) > 1):
        text = (
            "Does the participant count as highly compensated for {year} (pay above {limit} in {before}, or an owner)? If so, "
            "how much after-tax money did the last ACP test allow, and was any refunded?"
            if threshold
            else "Does the participant count as highly compensated for {year}? If so, how much after-tax money did the last ACP "
            "test allow, and was any refunded?"
        )
        found.append(Message(text, values))
    return found
