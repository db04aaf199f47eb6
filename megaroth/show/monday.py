"""What to do next: four lines with a date, from what the plan allows and the room that is left."""

import datetime as dt

from megaroth.facts.client import Client
from megaroth.rules.eligibility import Eligibility
from megaroth.rules.paycheck_elections import PaycheckPlan
from megaroth.rules.room import CENT, Room
from megaroth.show.language import Language

A_WEEK = dt.timedelta(days=7)


def monday_steps(
    speak: Language,
    client: Client,
    day: dt.date,
    able: Eligibility,
    room: Room,
    next_room: Room,
    pay: PaycheckPlan | None = None,
) -> list[str]:
    """
    Whom to call, which way to Roth to ask for, what to elect, what to check in January.

    Args:
        day: the day of the meeting. able, room: of the client's first year. next_room: of the year after it.
        pay: the elections of the paychecks left after *day*; None where there is nothing to elect.
    """
    soon, year_end = day + A_WEEK, dt.date(room.law.year, 12, 31)
    elect_by = soon if pay is not None or day > year_end else year_end
    if pay is not None and pay.even is not None:
        elect_by = min(soon, pay.schedule["date"].iloc[0].date())
    lines = [
        (soon, _call(speak, able)),
        (soon, _way(speak, client, able)),
        (elect_by, _elect(speak, day, room, pay)),
    ]
    dated = [speak._("By {date}: {action}", date=speak.date(each), action=action) for each, action in lines]
    return [*dated, _january(speak, day, able, next_room)]


def _call(speak: Language, able: Eligibility) -> str:
    if able.questions_for_hr:
        text = "ask HR or the plan administrator what stands under Questions for HR."
    elif able.verdict == "not_offered":
        text = "ask HR who decides whether the plan will take after-tax contributions."
    elif able.plan.kind == "solo_401k":
        text = "have the plan's provider confirm in writing that it takes after-tax contributions, and their way to Roth."
    else:
        text = (
            "have HR confirm in writing that the plan takes after-tax contributions, and their way to Roth."
        )
    return speak._(text)


def _elect(speak: Language, day: dt.date, room: Room, pay: PaycheckPlan | None) -> str:
    year, even = room.law.year, None if pay is None else pay.even
    values = {
        "year": year, "next_year": year + 1, "excess": speak.money(room.excess), "remaining": speak.money(room.remaining),
    }  # fmt: skip
    if even is not None:
        into = (even.paychecks - 1) * even.each + even.last
        values |= {"each": speak.money(even.each, cents=True), "n": even.paychecks, "into": speak.money(into)}
        if pay.shortfall > CENT:
            text = speak.ngettext(
                "set the after-tax election with payroll: {each} from the one paycheck left is what fits of the {remaining} still open.",
                "set the after-tax election with payroll: with pay dates spread evenly, {each} from each of the {n} paychecks left puts in {into} of the {remaining} still open.",
                even.paychecks, **values,
            )  # fmt: skip
            return speak.run_on([text, _left_of_pay(speak, pay)])
        text = speak.ngettext(
            "set the after-tax election with payroll: {each} from the one paycheck left fills the {remaining} still open.",
            "set the after-tax election with payroll: with pay dates spread evenly, {each} from each of the {n} paychecks left fills the {remaining} still open.",
            even.paychecks, **values,
        )  # fmt: skip
        return speak.run_on([text, _left_of_pay(speak, pay)])
    if day.year > year:
        text = "bring the facts up to date; the figures here are of {year}."
    elif room.excess > CENT:
        text = "ask the plan to correct {excess} that is too much in {year}."
    elif pay is not None:
        text = "set the after-tax election for {next_year}; no paycheck of {year} is left."
    else:
        text = "nothing more goes in for {year}; leave the after-tax election at zero."
    return speak._(text, **values)


def _left_of_pay(speak: Language, pay: PaycheckPlan) -> str:
    """What the elections leave of a paycheck, before any tax."""
    rows = pay.schedule
    left = rows["pay"] - rows["elective_deferral"] - rows["catch_up"] - rows["after_tax"]
    return speak._(
        "That leaves {left} of a paycheck for its taxes and for take-home pay.", left=speak.money(left.min())
    )


def _way(speak: Language, client: Client, able: Eligibility) -> str:
    way = client.plan.way_out
    if able.verdict == "late_only":
        text = "note with the plan administrator that the after-tax money moves by direct rollover when the job ends, as planned in {year}."
    elif able.verdict != "prompt":
        text = "agree on a day to look at this again; a new plan year or a new job can change the answer."
    elif way in ("in_service_distribution", "both"):  # of both, a rollover to a Roth IRA is what is projected
        text = (
            "ask the plan administrator for the form for a direct rollover of after-tax money to a Roth IRA."
        )
    else:
        text = "ask the plan administrator for the form for in-plan Roth rollovers, automatic where the plan offers that."
    return speak._(text, year=client.assumptions.leaving_year)


def _january(speak: Language, day: dt.date, able: Eligibility, next_room: Room) -> str:
    text = "In January {january}: look at the limits of the new year; room for {year} would be {room}."
    if able.verdict == "prompt":
        text = "In January {january}: compare Form 1099-R with what moved (box 1 the amount, box 2a its earnings); room for {year} would be {room}."
    year = speak._("{year} (projected)" if next_room.law.projected else "{year}", year=next_room.law.year)
    january = max(day.year + 1, next_room.law.year)
    return speak._(text, january=january, year=year, room=speak.money(next_room.space))
