"""
The answer to each question in one sentence; every awkward case has a sentence of its own.

Panels, hand-outs and the command line say the same.
"""

import numpy as np

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import InputError
from megaroth.plans.comparison import CostOfWaiting
from megaroth.plans.projection import Projection
from megaroth.plans.simulation import Simulation
from megaroth.rules.room import CENT, LIMIT_NAMES, Room
from megaroth.show.choices import CHOICES, state_name
from megaroth.show.client_files import client_names, is_sample, open_client
from megaroth.show.eligibility_tables import wait_until_leaving
from megaroth.show.language import Language
from megaroth.show.tables import brought_to_today, tax_of

LONGEST = 10  # years of waiting that are shown
LEAST = 0.5  # USD; less is shown as nothing
POOREST = 0.05  # the share of futures that stands for a poor one


def who(speak: Language, client: Client) -> str:
    """The client in a line: name first, facts after."""
    home = client.household
    return speak._(
        "{name}, {age}, {filing}, {state}",
        name=client.name, age=client.age(client.assumptions.start_year),
        filing=speak._(CHOICES["filing_status"][home.filing_status]), state=state_name(speak, home.state),
    )  # fmt: skip


def client_choices(speak: Language) -> list[tuple[str, str]]:
    """Every client that can be opened: words for a list, and the name that opens it."""
    return [(_choice(speak, name), name) for name in client_names()]


def _choice(speak: Language, name: str) -> str:
    """Name first, facts after; only the file's name where it cannot be read."""
    try:
        words = who(speak, open_client(name))
    except InputError:
        return name
    return speak._("{client} (fictional example)", client=words) if is_sample(name) else words


def space_finding(speak: Language, name: str, room: Room) -> str:
    """The answer in one sentence; each awkward case has one of its own."""
    return speak._(_finding_text(room), **_finding_values(speak, name, room))


def _finding_text(room: Room) -> str:
    capped = room.limited_by not in ("annual_additions", "compensation")
    if room.limited_by == "plan_kind":
        text = "A 457(b) plan has no place for after-tax money."
    elif room.limit <= CENT:
        text = "{name} has no pay in {year}, so there is no room."
    elif room.elective_deferral + room.employer_contribution > room.limit + CENT:
        text = "Own and employer money of {used} is above the limit of {limit} in {year}. Ask the plan to correct it."
    elif room.excess > CENT:
        text = "{excess} too much is in: {made} against room for {room}. Ask the plan to correct it."
    elif room.space <= CENT and room.room_before_caps <= CENT:
        text = "No room in {year}: own and employer money already fill {limit}."
    elif room.space <= CENT:
        text = "No room in {year}: {limit_name} leaves none."
    elif room.remaining <= CENT:
        text = "The room of {room} for {year} is all used."
    elif room.after_tax_so_far > CENT and capped:
        text = (
            "{name} can still add {remaining} of after-tax money in {year}; {made} of the year's {room} is already in, "
            "and {limit_name} allows no more."
        )
    elif room.after_tax_so_far > CENT:
        text = "{name} can still add {remaining} of after-tax money in {year}; {made} of the year's {room} is already in."
    elif room.limited_by == "annual_additions":
        text = "{name} can add {room} of after-tax money in {year}."
    else:
        text = "{name} can add {room} of after-tax money in {year}, held down by {limit_name}."
    return text


def _finding_values(speak: Language, name: str, room: Room) -> dict[str, str]:
    return {
        "name": name,
        "year": speak._("{year} (projected)" if room.law.projected else "{year}", year=room.law.year),
        "room": speak.money(room.space),
        "remaining": speak.money(room.remaining),
        "made": speak.money(room.after_tax_so_far),
        "limit": speak.money(room.limit),
        "excess": speak.money(room.excess),
        "used": speak.money(room.elective_deferral + room.employer_contribution),
        "limit_name": speak._(LIMIT_NAMES[room.limited_by]),
    }


def waiting_finding(speak: Language, client: Client, costs: CostOfWaiting, wait: int) -> str:
    """The answer in one sentence; a zero, a gain and a wait past the job have sentences of their own."""
    row = costs.loc[wait]
    cost, taxed = -row["against_prompt"], row["taxable_rollover"]
    values = {
        "years": wait, "name": client.name, "leaves": client.assumptions.leaving_year,
        "cost": brought_to_today(speak, costs, cost), "gain": brought_to_today(speak, costs, -cost),
        "earnings": speak.money(taxed),
    }  # fmt: skip
    leaving = client.plan.way_out == "none" and wait == wait_until_leaving(client)
    if abs(cost) >= LEAST and cost > 0 and leaving:
        return speak._("Waiting until leaving in {leaves} costs {cost}.", **values)
    if abs(cost) >= LEAST and cost > 0 and wait and not row["past_separation"]:
        return speak.ngettext(
            "Waiting {years} year costs {cost}.",
            "Waiting {years} years costs {cost}.",
            wait, **values,
        )  # fmt: skip
    if wait == 0:
        text = (
            "Moved promptly, {earnings} of earnings is left to tax."
            if taxed >= LEAST
            else "Moved promptly, no earnings are left to tax."
        )
    elif _nothing_goes_in(costs.projection) and taxed < LEAST:
        text = "No after-tax money goes in, so nothing waits."
    elif abs(cost) < LEAST and taxed < LEAST:
        text = "Waiting costs nothing here: the account is not above what was paid in."
    elif abs(cost) < LEAST:
        text = "Waiting costs nothing here."
    elif cost > 0:
        text = "{name} leaves in {leaves}, so the wait ends then: it costs {cost}."
    elif tax_of(row) < tax_of(costs.iloc[0]):
        text = "Here waiting {years} years gains {gain}: less tax is due."
    else:
        text = "Here waiting {years} years gains {gain}: the tax is due later."
    return speak._(text, **values)


def _nothing_goes_in(projection: Projection) -> bool:
    return not any(each.coming.after_tax.any() for each in projection.years)


def same_dollars(speak: Language) -> str:
    """Why a value at the horizon is another one beside other waits; for under a table that shows such values."""
    return speak._(
        "All spend the same take-home dollars: what one pays less in tax it keeps in a brokerage account. "
        "So the values rise with the waits that are compared; the differences are the answer."
    )


def waiting_cautions(speak: Language, plan: Plan) -> list[str]:
    """Where the plan does not let the money move as the figures suppose."""
    if plan.accepts_after_tax is False:
        return [
            speak._(
                "This plan does not take after-tax contributions; the figures show what it could be if it did."
            )
        ]
    if plan.way_out == "none":
        text = "The plan lets after-tax money out only at separation, so it waits until then; prompt is shown for comparison."
        return [speak._(text)]
    if plan.way_out is None:
        return [
            speak._(
                "How the plan lets after-tax money out is not known yet; ask HR. Here it can move as asked."
            )
        ]
    return []


# What a strategy is called inside a sentence.
IN_A_SENTENCE = {
    "prompt": "the mega-backdoor", "brokerage": "a brokerage account", "late_convert": "waiting until leaving",
    "never": "leaving the money in the after-tax account",
}  # fmt: skip


def growth_finding(speak: Language, projection: Projection) -> str:
    """What the first strategy leaves at the horizon more than the second, in one sentence."""
    client, (first, second) = projection.client, projection.strategies[:2]
    gain = -projection.summary.loc[second.key, "against_first"]
    values = {
        "return_": speak.percent(client.assumptions.annual_return), "year": client.assumptions.horizon_year,
        "first": speak._(IN_A_SENTENCE[first.key]), "second": speak._(IN_A_SENTENCE[second.key]),
        "gain": speak.about(abs(gain)),
    }  # fmt: skip
    if _nothing_goes_in(projection):
        text = "No after-tax money goes in, so nothing is gained over a brokerage account."
    elif abs(gain) < LEAST:
        text = "At {return_} a year, {first} and {second} would end level in {year}."
    elif gain > 0:
        text = "At {return_} a year, {first} would leave {gain} more after tax in {year} than {second}."
    else:
        text = (
            "At {return_} a year, {second} would end {gain} ahead of {first} in {year}: its taxes are lower."
        )
    return speak._(text, **values)


def futures_finding(speak: Language, simulation: Simulation) -> str:
    """In how many futures the first strategy ends ahead of the second, and by how much."""
    lead = simulation.at_horizon[0] - simulation.at_horizon[1]
    poor, middle = np.quantile(lead, (POOREST, 0.5))
    values = {
        "paths": f"{simulation.paths:,}", "share": f"{(lead > CENT).mean():.0%}", "middle": speak.about(abs(middle)),
        "poor": speak.about(abs(poor)),
        "first": speak._(IN_A_SENTENCE[simulation.strategies[0].key]),
        "second": speak._(IN_A_SENTENCE[simulation.strategies[1].key]),
    }  # fmt: skip
    if abs(middle) < LEAST and abs(poor) < LEAST:
        text = "In the middle one of {paths} simulated futures {first} and {second} end level."
    elif poor >= 0:
        text = "In {share} of {paths} simulated futures {first} ends ahead of {second}: the middle one by {middle}, one in twenty by less than {poor}."
    elif middle > 0:
        text = "In {share} of {paths} simulated futures {first} ends ahead of {second}, the middle one by {middle}; in the poorest twentieth it ends at least {poor} behind."
    else:
        text = "In {share} of {paths} simulated futures {first} ends ahead of {second}; in the middle one it ends {middle} behind."
    return speak._(text, **values)


def longest_wait(client: Client) -> int:
    """The longest wait that is looked at: ten years; where the plan lets nothing out before, until leaving."""
    return wait_until_leaving(client) if client.plan.way_out == "none" else LONGEST


def first_wait(client: Client) -> int:
    """Whole years to separation, at most the longest wait; where nothing moves before it, until then."""
    assumed = client.assumptions
    left = assumed.leaving_year + assumed.share_of_leaving_year - assumed.start_year
    return longest_wait(client) if client.plan.way_out == "none" else min(LONGEST, int(left))


def waits_of(client: Client, chosen: int) -> range:
    """The waits that stand side by side, the chosen one among them."""
    return range(max(longest_wait(client), chosen) + 1)


def assumptions(speak: Language, client: Client) -> str:
    """What every projected figure rests on."""
    assumed = client.assumptions
    return speak._(
        "Rests on a return of {return_} a year, inflation of {inflation} and pay growth of {pay_growth}.",
        return_=speak.percent(assumed.annual_return), inflation=speak.percent(assumed.inflation),
        pay_growth=speak.percent(assumed.pay_growth),
    )  # fmt: skip
