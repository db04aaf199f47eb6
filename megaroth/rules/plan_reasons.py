"""Why a client can or cannot use a plan: each reason a sentence with the paragraph behind it."""

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import Dollars, Message, Term
from megaroth.facts.law import Law
from megaroth.rules.plan_features import pay_threshold, takes_after_tax
from megaroth.rules.room import CENT, Reason, Room

# Earnings and pre-tax money can go to a traditional IRA, where they are not taxed yet.
SPLIT = "Notice 2014-54"
HOW_OFTEN = {
    "each_paycheck": "each paycheck", "monthly": "monthly", "quarterly": "quarterly", "yearly": "once a year",
}  # fmt: skip


def about_kind(kind: str) -> list[Reason]:
    """What is special about a kind of plan; nothing about the usual one."""
    match kind:
        case "457b":
            return _about_457b()
        case "403b":
            return [
                Reason(
                    Message("A 403(b) can take after-tax contributions where plan and contract allow them."),
                    "Reg. 1.403(b)-4(b)(1)",
                ),
                Reason(
                    Message(
                        "In a 403(b) the pay that counts is that of the last full year of service, deferrals included."
                    ),
                    "26 U.S.C. 403(b)(3), 415(c)(3)(E)",
                ),
            ]
        case "solo_401k":
            text = (
                "Most ready-made solo 401(k) plans lack after-tax contributions; the plan document decides."
            )
            return [Reason(Message(text), "terms of the plan")]
    return []


def _about_457b() -> list[Reason]:
    text = "A 457(b) plan has no place for after-tax money; look at a 401(k), 403(b) or 401(a) plan of the same employer."
    found = [Reason(Message(text), "26 U.S.C. 457(b)(2), (e)(15); Reg. 1.457-2(b)")]
    text = "A governmental 457(b) can have an in-plan Roth rollover of pre-tax money, all of which is taxed; that of a tax-exempt employer has no Roth."
    found.append(Reason(Message(text), "26 U.S.C. 402A(c)(4), (f)(1)(C)"))
    text = "The limit of a 457(b) stands apart, so it can be filled beside a plan that takes after-tax money."
    found.append(Reason(Message(text), "26 U.S.C. 457(c)"))
    return found


def about_other_plans(client: Client) -> list[Reason]:
    """Beside a plan that takes nothing, those on file that do."""
    text = "Another plan on file, {plan}, takes after-tax contributions."
    return [
        Reason(Message(text, {"plan": plan.employer or plan.kind}), "terms of the plan")
        for plan in other_plans_that_take_it(client)
    ]


def other_plans_that_take_it(client: Client) -> list[Plan]:
    """The client's other plans that take after-tax money, where the one planned for does not."""
    if takes_after_tax(client.plan) is not False:
        return []
    return [plan for plan in client.plans[1:] if takes_after_tax(plan)]


def about_features(plan: Plan, possible: frozenset[str]) -> list[Reason]:
    """What the plan's own terms allow, as far as it can still matter."""
    if plan.kind == "457b":
        return []
    found = [_about_after_tax(plan)]
    if possible & {"prompt", "late_only"}:
        found += [*_about_way_out(plan), *_about_account(plan)]
    if "late_only" in possible:
        text = "Some plans pay out before separation too: from age 59½, on disability or at death."
        found.append(Reason(Message(text), "terms of the plan"))
    if "prompt" in possible:
        found.append(_about_frequency(plan))
    return found


def _about_after_tax(plan: Plan) -> Reason:
    match plan.accepts_after_tax:
        case True:
            message = Message("The plan takes after-tax contributions.")
        case False:
            message = Message(
                "The plan does not take after-tax contributions; what else it allows does not change that."
            )
        case _:
            message = Message("Whether the plan takes after-tax contributions is not known yet; ask HR.")
    return Reason(message, "26 U.S.C. 415(c)(2)(B); terms of the plan")


def _about_way_out(plan: Plan) -> list[Reason]:
    way, found = plan.way_out, []
    if way is None:
        text = "How after-tax money can leave the plan while the job lasts is not known yet; ask HR."
        return [Reason(Message(text), "terms of the plan")]
    if way == "none":
        text = "After-tax money leaves the plan only at separation; what it earns until then is taxed if it goes to Roth."
        return [Reason(Message(text), f"26 U.S.C. 72(e)(8); {SPLIT}; terms of the plan")]
    if way in ("in_service_distribution", "both"):
        text = "An in-service distribution can bring after-tax money to a Roth IRA: the lock on deferrals does not hold it."
        found.append(Reason(Message(text), "26 U.S.C. 401(k)(2)(B), 408A(d)(3); terms of the plan"))
    if way == "in_service_distribution" and plan.kind == "403b":
        text = "For a custodial account under 403(b)(7), confirm with the provider that it pays out after-tax money while the job lasts."
        found.append(Reason(Message(text), "26 U.S.C. 403(b)(7); Reg. 1.403(b)-6(b)"))
    if way in ("in_plan_rollover", "both"):
        match plan.offers_roth:
            case True:
                message = Message("An in-plan Roth rollover moves after-tax money while the job lasts.")
            case False:
                message = Message("The plan has no Roth deferrals, so it can have no in-plan Roth rollover.")
            case _:
                message = Message(
                    "An in-plan Roth rollover needs Roth deferrals in the plan; whether it has them is not known."
                )
        found.append(Reason(message, "26 U.S.C. 402A(c)(4)"))
    return found


def _about_account(plan: Plan) -> list[Reason]:
    cite = f"26 U.S.C. 72(d)(2), 72(e)(8); Notice 87-13; {SPLIT}"
    match plan.separate_account:
        case True:
            text = "After-tax money has an account of its own, so pre-tax money stays out of the transfer."
        case False:
            text = "Without a separate account each transfer takes pre-tax money along, which is taxed if it goes to Roth."
        case _:
            text = "Whether after-tax money has an account of its own is not known; without one pre-tax money would come along."
    return [Reason(Message(text), cite)]


def _about_frequency(plan: Plan) -> Reason:
    if plan.frequency is None:
        text = "How often the plan moves money is not known; what it earns until then is taxed if it goes to Roth."
        return Reason(Message(text), f"{SPLIT}; terms of the plan")
    text = (
        "How often the plan moves money: {frequency}; what it earns until then is taxed if it goes to Roth."
    )
    values = {"frequency": Term(HOW_OFTEN[plan.frequency])}
    return Reason(Message(text, values), f"26 U.S.C. 72(e)(8); {SPLIT}; terms of the plan")


def about_room(room: Room) -> list[Reason]:
    """What fits, or what leaves no room."""
    if room.space > CENT:
        text = "{room} of after-tax money fits in {year}."
        values = {"room": Dollars(room.space), "year": room.law.year}
        return [Reason(Message(text, values), "26 U.S.C. 415(c)(1)")]
    return list(room.reasons)


def about_acp(client: Client, law: Law, highly: bool | None) -> list[Reason]:
    """Whether the ACP test can hold this client down."""
    cite, threshold = "26 U.S.C. 414(q)(1), 401(m)(2)", pay_threshold(law)
    if client.plan.kind == "solo_401k":
        text = "A solo 401(k) has no other employees to be compared with, so there is no ACP test."
        return [Reason(Message(text), "Reg. 1.401(m)-2(a)(1)(ii)")]
    found = []
    if highly is None:
        text = "Whether the participant is a highly compensated employee is not known; if so, the ACP test can hold down or send back after-tax money."
        found.append(Reason(Message(text), cite))
    else:
        values = {"limit": Dollars(threshold)}
        text = (
            "Last year's pay was above {limit}: for a highly compensated employee the ACP test can hold down or send back "
            "after-tax money, also what was already converted."
            if highly
            else "Last year's pay was not above {limit}: the ACP test does not hold this participant down; an owner can be an exception."
        )
        found.append(Reason(Message(text, values), cite))
    if client.plan.kind == "403b" and highly is not False:
        text = "The 403(b) of a government or a church has no ACP test."
        found.append(Reason(Message(text), "26 U.S.C. 403(b)(12)(A)(i)"))
    return found


def about_the_acp_test() -> list[Reason]:
    """What the test is, for whoever meets it for the first time."""
    return [
        Reason(
            Message(
                "The ACP test compares after-tax contributions and match, as shares of pay: the average of highly "
                "compensated employees may exceed the average of all others by a limited step."
            ),
            "26 U.S.C. 401(m)(2)",
        ),
        Reason(
            Message(
                "A safe-harbor plan is spared the test for its match; after-tax money is tested in any case."
            ),
            "26 U.S.C. 401(m)(11); Reg. 1.401(m)-3",
        ),
        Reason(
            Message(
                "If the test fails, the excess goes back with its earnings, which are taxed; it cannot be rolled over, so a "
                "conversion already made must be undone."
            ),
            "Reg. 1.401(m)-2",
        ),
        Reason(
            Message(
                "Highly compensated goes by last year's pay against last year's figure, or by ownership."
            ),
            "26 U.S.C. 414(q)(1)",
        ),
    ]
