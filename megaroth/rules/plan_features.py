"""What a plan's features lead to: the verdict where all are known, and those left open where some are not."""

from collections.abc import Collection
from itertools import product

from megaroth.facts.client import Client, Plan
from megaroth.facts.fields import FIRST_YEAR
from megaroth.facts.law import Law, load_law

# From the least to the most that a plan allows; a further one, "ask", stands for several of them.
VERDICTS = ("not_offered", "no_space", "late_only", "prompt")
# What each fact can turn out to be while it is not known.
ANSWERS: dict[str, tuple[object, ...]] = {
    "accepts_after_tax": (False, True),
    "separate_account": (False, True),
    "way_out": ("none", "in_plan_rollover", "in_service_distribution", "both"),
    "offers_roth": (False, True),
}


def verdict_of(
    has_room: bool, accepts_after_tax: bool, separate_account: bool, way_out: str, offers_roth: bool
) -> str:
    """
    The verdict where every fact is known.

    Without a separate account each transfer before separation takes pre-tax money along, so the after-tax money
    moves alone only when all is paid out: late.

    Source: 26 U.S.C. 72(d)(2), 402A(c)(4); Notice 2014-54.
    """
    if not accepts_after_tax:
        return "not_offered"
    if not has_room:
        return "no_space"
    return "prompt" if separate_account and _moves(way_out, offers_roth) else "late_only"


def takes_after_tax(plan: Plan) -> bool | None:
    """Feature 1; None: not known. A 457(b) has no place for it (26 U.S.C. 457(b)(2); Reg. 1.457-2(b))."""
    return False if plan.kind == "457b" else plan.accepts_after_tax


def way_to_roth(plan: Plan) -> bool | None:
    """Feature 2, a way to Roth while the job lasts; None: not known."""
    found = {_moves(*each) for each in product(_answers(plan, "way_out"), _answers(plan, "offers_roth"))}
    return found.pop() if len(found) == 1 else None


def _moves(way_out: str, offers_roth: bool) -> bool:
    """An in-plan Roth rollover needs Roth deferrals in the plan (26 U.S.C. 402A(c)(4))."""
    return way_out in ("in_service_distribution", "both") or (way_out == "in_plan_rollover" and offers_roth)


def highly_compensated(client: Client, law: Law) -> bool | None:
    """
    Whether last year's pay from this employer was above last year's figure; None: not known.

    The other test, ownership, is not modelled. A solo 401(k) has nobody to be compared with.

    Source: 26 U.S.C. 414(q)(1).
    """
    if client.plan.kind == "solo_401k":
        return False
    before, threshold = client.household.prior_year_wages, pay_threshold(law)
    return None if before is None or threshold is None else before > threshold


def pay_threshold(law: Law) -> float | None:
    """Last year's figure; None for the first year, whose year before is not in the sources."""
    return None if law.year == FIRST_YEAR else load_law(law.year - 1, inflation=law.inflation).hce_threshold


def _answers(plan: Plan, fact: str) -> tuple[object, ...]:
    known = takes_after_tax(plan) if fact == "accepts_after_tax" else getattr(plan, fact)
    return ANSWERS[fact] if known is None else (known,)


def outcomes(plan: Plan, has_room: Collection[bool]) -> tuple[frozenset[str], set[str]]:
    """
    The verdicts that can still come out, and the unknown facts that decide between them.

    Args: has_room: whether anything fits; both, where that is not known.
    """
    facts = {"has_room": tuple(has_room)}
    facts |= {fact: _answers(plan, fact) for fact in ANSWERS}
    outcome = {answers: verdict_of(*answers) for answers in product(*facts.values())}
    deciding = set()
    for k, fact in enumerate(facts):
        for answers, verdict in outcome.items():
            others = (outcome[(*answers[:k], other, *answers[k + 1 :])] for other in facts[fact])
            if any(other != verdict for other in others):
                deciding.add(fact)
    return frozenset(outcome.values()), deciding
