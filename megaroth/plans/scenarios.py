"""A few versions of a client side by side: the answers of each, found the same way."""

from dataclasses import dataclass

from megaroth.facts.client import Client
from megaroth.facts.law import load_law
from megaroth.plans.comparison import cost_of_waiting, discounting, horizon_years
from megaroth.plans.projection import project
from megaroth.plans.strategies import BROKERAGE, LATE_CONVERT, PROMPT, Strategy
from megaroth.rules.client_space import after_tax_space
from megaroth.rules.room import Room


@dataclass(frozen=True)
class Scenario:
    """
    What one version comes to, USD.

    Attributes:
        room: of the first year. way: how its plan lets the money move at best, prompt or at leaving.
        value: after tax at the horizon, nominal. gain: what it leaves more than a brokerage account, brought to today.
        wait: years until leaving, at most so many as asked. waiting_costs: what waiting so long costs, brought to today.
    """

    client: Client
    room: Room
    way: Strategy
    value: float
    gain: float
    wait: int
    waiting_costs: float


def scenario_of(client: Client, wait: int, waits: range) -> Scenario:
    """
    The answers for one version of a client.

    Args: wait, in years, of the cost of waiting; waits, those side by side, among them this one.
    Raises: InputError as after_tax_space, project and cost_of_waiting.
    """
    assumed = client.assumptions
    way = LATE_CONVERT if client.plan.way_out == "none" else PROMPT
    summary = project(client, (way, BROKERAGE)).summary
    factor = (1 + discounting(client)[0]) ** -horizon_years(client)
    # The same waits side by side as everywhere: what the others spend on tax moves each one's side account a little.
    costs = cost_of_waiting(client, waits)
    return Scenario(
        client=client,
        room=after_tax_space(client, load_law(assumed.start_year, inflation=assumed.inflation)),
        way=way,
        value=float(summary["value_after_tax"].iloc[0]),
        gain=-float(summary["against_first"].iloc[1]) * factor,
        wait=wait,
        waiting_costs=-float(costs.loc[wait, "against_prompt"]),
    )
