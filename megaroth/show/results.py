"""One client's figures on one day, and the answers that they give: hand-outs, workbook and command line tell the same."""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import Law, load_law
from megaroth.plans.coming_years import in_year
from megaroth.plans.comparison import CostOfWaiting, cost_of_waiting
from megaroth.plans.projection import Projection, project
from megaroth.plans.strategies import BROKERAGE, LATE_CONVERT, PROMPT
from megaroth.rules.client_space import after_tax_space
from megaroth.rules.eligibility import Eligibility, eligibility
from megaroth.rules.paycheck_elections import PaycheckPlan
from megaroth.rules.paychecks import paycheck_plan
from megaroth.rules.room import CENT, Room
from megaroth.show.eligibility_tables import eligibility_finding
from megaroth.show.findings import (
    first_wait,
    growth_finding,
    space_finding,
    waiting_finding,
    waits_of,
)
from megaroth.show.language import Language, language
from megaroth.show.monday import monday_steps
from megaroth.show.tables import frame


@dataclass(frozen=True)
class Results:
    """One client's figures on one day: calculated once, shown in every format."""

    client: Client
    day: dt.date
    law: Law
    able: Eligibility
    room: Room
    next_room: Room
    wait: int  # years that the answers speak of
    worth: Projection  # what the plan lets the client do, prompt or all at separation, against a brokerage account
    pay: PaycheckPlan | None  # of the paychecks left; None where nothing is to be elected

    @property
    def costs(self) -> CostOfWaiting:
        """Of every wait that is looked at; worked out when first asked for, since all else can be shown without it."""
        return _costs_of(self.client, waits_of(self.client, self.wait))


@lru_cache(maxsize=4)
def _costs_of(client: Client, waits: range) -> CostOfWaiting:
    return cost_of_waiting(client, waits)


def results_of(client: Client, day: dt.date, wait: int | None = None) -> Results:
    """
    All that a hand-out or a meeting tells of a client; *wait* None: until leaving, ten years at most.

    Raises: InputError where the facts do not allow it.
    """
    assumed = client.assumptions
    law = load_law(assumed.start_year, inflation=assumed.inflation)
    able, room = eligibility(client, law), after_tax_space(client, law)
    next_law = load_law(law.year + 1, inflation=assumed.inflation)
    wait = first_wait(client) if wait is None else wait
    elects = able.verdict in ("prompt", "late_only", "ask") and room.remaining > CENT and day.year == law.year
    return Results(
        client=client,
        day=day,
        law=law,
        able=able,
        room=room,
        pay=paycheck_plan(client, law, paid_through=day) if elects else None,
        # As the projection has that year: deferral and employer money have grown.
        next_room=after_tax_space(in_year(client, next_law), next_law),
        wait=wait,
        worth=project(client, (LATE_CONVERT if able.verdict == "late_only" else PROMPT, BROKERAGE)),
    )


def answers(speak: Language, results: Results) -> tuple[tuple[str, str], ...]:
    """The first four questions of a client and their answers; the fifth is what to do."""
    client = results.client
    return (
        (speak._("Can I?"), eligibility_finding(speak, client.name, results.able)),
        (speak._("How much?"), _how_much(speak, results)),
        (speak._("What will it be worth?"), growth_finding(speak, results.worth)),
        (speak._("What does waiting cost?"), waiting_finding(speak, client, results.costs, results.wait)),
    )


def _how_much(speak: Language, results: Results) -> str:
    """The room; where the paychecks left cannot carry it, how much of it they can."""
    sentence, pay = space_finding(speak, results.client.name, results.room), results.pay
    if pay is None or pay.shortfall <= CENT:
        return sentence
    carried = speak.money(max(0.0, results.room.remaining - pay.shortfall))
    return speak.run_on([sentence, speak._("The paychecks left can carry {amount} of it.", amount=carried)])


SHORT_VERDICTS = {
    "prompt": "Yes", "late_only": "Late only", "no_space": "No room", "not_offered": "No", "ask": "Ask first",
}  # fmt: skip


def short_answers(speak: Language, results: Results, todo: int) -> tuple[str, ...]:
    """All five answers in a word or a figure; *todo*: how many steps there are."""
    gain, horizon = -results.worth.summary["against_first"].iloc[1], results.client.assumptions.horizon_year
    cost, today = (
        results.costs.loc[results.wait, "against_prompt"],
        results.costs.discount_basis == "inflation",
    )
    return (
        speak._(SHORT_VERDICTS[results.able.verdict]),
        speak.money(results.room.remaining),
        speak._(
            "{amount} in {year}",
            amount=f"+{speak.money(gain)}" if gain > 0 else speak.money(gain),
            year=horizon,
        ),
        speak._(
            "{amount} in today's dollars" if today else "{amount} in present value", amount=speak.money(cost)
        ),
        speak._("{n} steps", n=todo),
    )


def short_findings(client: Client, code: str) -> pd.DataFrame:
    """The five questions and their answers in a word or a figure, as they stand before anything of the year is over."""
    speak, found = language(code), results_of(client, dt.date(client.assumptions.start_year, 1, 1))
    questions = [*(question for question, _ in answers(speak, found)), speak._("What do we do on Monday?")]
    rows = list(zip(questions, short_answers(speak, found, len(steps(speak, found))), strict=True))
    return frame(speak, ("Question", "Answer"), rows)


def steps(speak: Language, results: Results) -> list[str]:
    """What to do next, with dates: the answer to the fifth question."""
    return monday_steps(
        speak, results.client, results.day, results.able, results.room, results.next_room, results.pay
    )


def not_modelled(speak: Language) -> list[str]:
    """What the figures leave out, in short."""
    return [
        speak._(
            "Tax comes from the rate schedules, so a return made with the Tax Tables differs by a few dollars."
        ),
        speak._("State rules rest on fewer sources than federal ones; local tax is the rate entered."),
        speak._("Refundable credits and related employers' plans taken together are left out."),
        speak._("The number of children under 17 stays the same in all years."),
        speak._("What the plan allows is as entered; the plan document decides."),
    ]
