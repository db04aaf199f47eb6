"""
What to tell payroll: an election for each paycheck left that fills the year's room by the last one, to the cent.

In a plan without true-up each paycheck defers at least what earns its match, as far as the year's deferral goes. What
a paycheck can carry is its pay less own deferral and an amount to keep: taxes come out of what is kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import Dollars, Message, Rate, Term, checked_one
from megaroth.facts.labels import label_of
from megaroth.facts.law import Law, law_of
from megaroth.rules.client_space import after_tax_space
from megaroth.rules.pay_dates import Day, PayChange
from megaroth.rules.paycheck_elections import PaycheckPlan
from megaroth.rules.paychecks_left import (
    OwnDeferrals,
    PaychecksLeft,
    match_left,
    paychecks_left,
    planned_deferrals,
    spilling_deferrals,
)
from megaroth.rules.payroll import TINY, stopped_at
from megaroth.rules.room import CENT, Reason, Room, cite_of_excess
from megaroth.rules.spreading import level, whole_cents, whole_percents


def paycheck_plan(
    client: Client,
    year: int | Law,
    paid_through: Day | None = None,
    year_to_date: Mapping[str, float] | None = None,
    pay_changes: Sequence[PayChange | Mapping[str, object]] = (),
    *,
    pay_date: Day | None = None,
    keep: float = 0.0,
    whole_percent: bool = False,
    spill_over: float | None = None,
) -> PaycheckPlan:
    """
    Elections for the paychecks left, that fill the room exactly by the last one without losing match.

    The year's own deferral is the client's election; pay is the client's, spread evenly over the year's pay dates.

    Args:
        paid_through: the last day whose paychecks are already paid; None: nothing is paid yet.
        year_to_date: what went in so far, any of `pay`, `elective_deferral`, `catch_up`, `roth_deferral`, `match`,
            `employer_contribution`, `after_tax`; see so_far_of for those that are missing.
        pay_changes: each `date` with the new yearly `pay` from then on, or with a `bonus` once.
        pay_date: a known pay date, see pay_dates.
        keep: the least that each paycheck must leave, USD.
        whole_percent: after-tax elections in whole percents of pay, which leave a little room.
        spill_over: one election, a share of pay, in a plan where what exceeds the deferral limit goes on as after-tax
            money; None: after-tax money has an election of its own.

    Returns: the plan.
    Raises: InputError for what cannot be, as after_tax_space too.
    Source: 26 U.S.C. 402(g), 414(v), 415(c), 401(a)(17), 401(m); terms of the plan.

    >>> plan = paycheck_plan(Client.load("lin"), 2026, paid_through="2026-06-30")
    >>> plan.even
    EvenAmounts(paychecks=13, each=1615.38, last=1615.44)
    """
    law = law_of(year, client.assumptions.inflation)
    left = paychecks_left(client, law, paid_through, year_to_date, pay_changes, pay_date, keep)
    if spill_over is None:
        own = planned_deferrals(left)
    else:
        spill_over = checked_one("spill_over", spill_over, high=1.0)
        own = spilling_deferrals(left, spill_over)
    by_date, missing = match_left(left, own)
    true_up = missing if client.plan.true_up else 0.0
    of_year = _of_year(left, own, float(by_date.sum()) + true_up)
    room = _room(left, of_year, left.so_far.match + float(by_date.sum()) + true_up)
    fill = float(whole_cents(room.remaining))
    after_tax = _after_tax(left, own, fill, whole_percent, spill_over is not None)
    reached = np.flatnonzero(left.so_far.own + np.cumsum(own.both) >= left.limit - TINY)
    found = PaycheckPlan(
        client=of_year, law=law, paid_through=left.paid_through, dates=left.dates, so_far=left.so_far, room=room,
        schedule=_schedule(left, own, by_date, after_tax, fill), true_up=true_up, match_lost=missing - true_up,
        shortfall=max(0.0, round(fill - float(after_tax.sum()), 2)), excess=float(room.excess),
        excess_deferral=max(0.0, left.so_far.own - left.limit - left.most_catch_up),
        deferral_shortfall=own.shortfall, limit_reached=left.days[reached[0]] if len(reached) else None,
        whole_percent=bool(whole_percent), spill_over=spill_over, pay_apart=left.pay_apart,
    )  # fmt: skip
    return replace(found, reasons=(*_reasons(found, left), *room.reasons))


def _of_year(left: PaychecksLeft, own: OwnDeferrals, match_to_come: float) -> Client:
    """The client with the pay, deferral, employer and after-tax money that the whole year comes to."""
    client, so_far = left.client, left.so_far
    # The last bits of a sum are no catch-up.
    deferred = round(min(so_far.own, left.limit + left.most_catch_up) + float(own.both.sum()), 4)
    chosen = client.elections
    asked = chosen.elective_deferral + chosen.catch_up
    roth = deferred * chosen.roth_deferral / asked if asked else 0.0
    roth = min(deferred, np.clip(roth, so_far.roth_deferral, so_far.roth_deferral + float(own.both.sum())))
    changes = {"elective_deferral": deferred, "catch_up": 0.0, "roth_deferral": float(roth)}
    if client.plan.kind != "solo_401k":
        changes["wages" if client.participant == "client" else "spouse_wages"] = left.year_pay
        changes["employer_contribution"] = _employer_money(left, match_to_come)
    return client.with_(**changes, after_tax_so_far=so_far.after_tax)


def _employer_money(left: PaychecksLeft, match_to_come: float) -> float:
    """The full year's: as entered, or more where more is in; else what is in and what the formula adds."""
    plan, so_far = left.client.plan, left.so_far
    if plan.employer_contribution is not None:
        return max(plan.employer_contribution, so_far.employer_contribution)
    return so_far.employer_contribution + match_to_come + plan.nonelective_share * float(left.counted.sum())


def _room(left: PaychecksLeft, of_year: Client, match: float) -> Room:
    """The year's room; after-tax money already in counts in every year, not in the first alone."""
    plan, so_far = of_year.plan, left.so_far.after_tax
    counted = None if plan.kind == "solo_401k" or not plan.match else min(match, plan.employer_contribution)
    # What is already in counts below; the room's own sentence about it would be a second one.
    room = after_tax_space(of_year.with_(after_tax_so_far=0.0), left.law, counted)
    over = max(0.0, room.elective_deferral + room.employer_contribution - room.limit)
    return room.with_(
        after_tax_so_far=so_far,
        remaining=max(0.0, room.space - so_far),
        excess=max(0.0, so_far - room.space) + over,
    )


def _after_tax(
    left: PaychecksLeft, own: OwnDeferrals, fill: float, whole_percent: bool, spills: bool
) -> np.ndarray:
    """After-tax money of each paycheck left, USD, in whole cents."""
    carried = np.maximum(0.0, left.carried - own.both)
    if left.law.year == left.client.assumptions.start_year:
        before = left.client.elections.first_pay_period - 1 - (len(left.dates) - len(left.days))
        carried[: max(0, before)] = 0.0
    if spills:
        return stopped_at(np.minimum(own.spilled, carried), fill)
    return whole_percents(fill, left.pay, carried)[1] if whole_percent else level(fill, carried)


def _schedule(
    left: PaychecksLeft, own: OwnDeferrals, match: np.ndarray, after_tax: np.ndarray, fill: float
) -> pd.DataFrame:
    to_date = np.cumsum(after_tax)
    return pd.DataFrame(
        {
            "date": pd.to_datetime(list(left.days)),
            "pay": left.pay,
            "elective_deferral": own.regular,
            "catch_up": own.catch_up,
            "match": match,
            "after_tax": after_tax,
            "share_of_pay": np.divide(after_tax, left.pay, out=np.zeros_like(after_tax), where=left.pay > 0),
            "deferral_to_date": left.so_far.own + np.cumsum(own.both),
            "after_tax_to_date": left.so_far.after_tax + to_date,
            "room_left": np.round(fill - to_date, 2) + 0.0,
        }
    )


# Why


def _reasons(plan: PaycheckPlan, left: PaychecksLeft) -> Iterator[Reason]:
    yield from _about_the_calendar(plan, left)
    for name in plan.assumed:
        text = "{field} is not given: {amount} is assumed, pro rata to the paychecks."
        if name == "employer_contribution":
            text = "{field} is not given: {amount} is assumed, by the plan's formula."
        field, amount = Term(label_of(f"{name}_so_far")), Dollars(round(getattr(plan.so_far, name), 2))
        yield Reason(Message(text, {"field": field, "amount": amount}), "assumption")
    yield from _about_the_match(plan, left)
    yield from _about_typed_employer_money(plan)
    yield from _about_the_fill(plan, left)


def _about_the_calendar(plan: PaycheckPlan, left: PaychecksLeft) -> Iterator[Reason]:
    year, count = plan.law.year, left.paychecks
    if plan.client.plan.kind == "solo_401k":
        text = "A sole proprietor has no paychecks: the dates are instalments out of the year's net profit."
        yield Reason(Message(text), "assumption")
    if not left.calendar_known:
        text = "No pay date is known, so the pay dates are assumed; one real pay date sets them right."
        yield Reason(Message(text), "assumption")
    text = "A pay date on a weekend is taken to be the Friday before; holidays are not looked at."
    yield Reason(Message(text), "assumption")
    if plan.caution is not None:
        yield Reason(plan.caution, "assumption")
    if count != plan.client.plan.pay_periods:
        text = "{year} has {count} pay dates; the year's pay is spread over them."
        yield Reason(Message(text, {"year": year, "count": count}), "assumption")


def _about_the_match(plan: PaycheckPlan, left: PaychecksLeft) -> Iterator[Reason]:
    terms = plan.client.plan
    if terms.match and left.elected[1] and plan.spill_over is None:
        text = (
            "Own deferral and catch-up run beside each other as two elections; the catch-up is not matched."
        )
        yield Reason(Message(text), "assumption")
    if plan.spill_over is not None and plan.limit_reached is not None:
        text = "The own deferral reaches its limit on {date}; what goes in from then on is not matched here."
        yield Reason(Message(text, {"date": plan.limit_reached}), "26 U.S.C. 402(g); terms of the plan")
    if not terms.match:
        return
    if plan.true_up:
        text = "After the year the plan adds {amount} to the match (true-up); it counts in the room."
        yield Reason(Message(text, {"amount": Dollars(round(plan.true_up, 2))}), "terms of the plan")
    elif plan.match_lost:
        text = "{amount} of match is lost over the year: some paychecks defer too little for it, and the plan has no true-up."
        yield Reason(Message(text, {"amount": Dollars(round(plan.match_lost, 2))}), "terms of the plan")
    elif not terms.true_up:
        text = "The plan has no true-up, so each paycheck defers what earns its match."
        yield Reason(Message(text), "terms of the plan")


def _about_typed_employer_money(plan: PaycheckPlan) -> Iterator[Reason]:
    """The match that is scheduled, where it is more than the employer money that the room counts."""
    match = plan.so_far.employer_contribution + float(plan.schedule["match"].sum()) + plan.true_up
    counted = float(plan.room.employer_contribution)
    if plan.client.plan.employer_contribution is not None and match > counted + CENT:
        text = "The match comes to {match}, more than the {counted} of employer money that was typed and that the room counts: type the larger, or the limit is passed."
        values = {"match": Dollars(round(match, 2)), "counted": Dollars(round(counted, 2))}
        yield Reason(Message(text, values), "26 U.S.C. 415(c)")


def _about_the_fill(plan: PaycheckPlan, left: PaychecksLeft) -> Iterator[Reason]:
    terms = "terms of the plan"
    over = plan.so_far.after_tax - float(plan.room.space)
    if over > CENT:
        text = "{amount} more than fits is already in; nothing more is elected, and the plan corrects it."
        yield Reason(Message(text, {"amount": Dollars(round(over, 2))}), cite_of_excess(plan.room))
    if plan.excess_deferral > CENT:
        text = "Own deferral so far is {amount} above the limit; ask the plan to return the excess by April 15, {next_year}."
        values = {"amount": Dollars(round(plan.excess_deferral, 2)), "next_year": plan.law.year + 1}
        yield Reason(Message(text, values), "26 U.S.C. 402(g)(2)")
    if plan.deferral_shortfall:
        text = "Of the own deferral elected, {amount} is more than the paychecks left can carry."
        if not left.days:
            text = "No paycheck is left to carry {amount} of the own deferral elected."
        yield Reason(Message(text, {"amount": Dollars(plan.deferral_shortfall)}), terms)
    if plan.shortfall:
        text = "The paychecks left cannot carry {amount} of the room."
        if not left.days:
            text = "No paycheck is left to carry {amount} of the room."
        elif plan.spill_over is not None:
            text = "The one election leaves {amount} of the room open."
        elif plan.whole_percent:
            text = "Whole percents leave {amount} of the room open at the year's end."
        yield Reason(Message(text, {"amount": Dollars(plan.shortfall)}), terms)
    cap = plan.client.plan.after_tax_cap_share
    if cap is not None and (plan.schedule["share_of_pay"] > cap + TINY).any():
        text = "The plan's cap of {share} is held against the whole year's pay; ask whether the plan holds it against each paycheck."
        yield Reason(Message(text, {"share": Rate(cap)}), terms)
    if left.days:
        text = "Taxes come out of what a paycheck leaves; nothing is set aside for them."
        if left.keep:
            text = "Each paycheck leaves at least {amount}; taxes come out of that."
        yield Reason(Message(text, {"amount": Dollars(left.keep)}), "assumption")
