"""What has gone in since New Year: as the pay slip says it, and estimated from the elections where it says nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from megaroth.facts.client import Client
from megaroth.facts.errors import checked_one, refuse
from megaroth.facts.fields import near
from megaroth.facts.law import Law
from megaroth.rules.payroll import matched, stopped_at

YEAR_TO_DATE = (
    "pay", "elective_deferral", "roth_deferral", "catch_up", "match", "employer_contribution", "after_tax",
)  # fmt: skip


@dataclass(frozen=True)
class SoFar:
    """
    Year to date, USD.

    Attributes:
        pay; elective_deferral without catch_up; catch_up; roth_deferral, the Roth part of both; match, with paychecks;
        employer_contribution, the match included; after_tax.
        assumed: names of those that were not given and are estimates.
    """

    pay: float
    elective_deferral: float
    catch_up: float
    roth_deferral: float
    match: float
    employer_contribution: float
    after_tax: float
    assumed: tuple[str, ...] = ()

    @property
    def own(self) -> float:
        """Own deferrals, catch-up included."""
        return self.elective_deferral + self.catch_up


def so_far_of(
    client: Client,
    law: Law,
    given: Mapping[str, object] | None,
    pay: np.ndarray,
    elected: tuple[float, float],
    worked: float,
) -> SoFar:
    """
    Year to date. What is not given: own deferrals by the elections, pro rata to the paychecks; employer money by the
    plan's formula; after-tax money as the client's facts have it for the first year, else none.

    Args:
        given: a mapping of some of YEAR_TO_DATE. An own deferral without a catch-up beside it holds both.
        pay: of each paycheck already paid.
        elected: own deferral of the year without catch-up, and catch-up.
        worked: the share of the year's paychecks that is paid.

    Raises: InputError for unknown names, amounts that cannot be, parts above their whole.
    """
    told = _checked(given or {})
    regular_share = elected[0] / sum(elected) if sum(elected) else 1.0
    own, catch_up = told.get("elective_deferral"), told.get("catch_up")
    # Estimates in whole cents, so that what is left to defer is whole cents too.
    if own is None:
        regular = round(elected[0] * worked, 2)
        catch_up = round(elected[1] * worked, 2) if catch_up is None else catch_up
    elif catch_up is None:
        regular = min(own, round(own * regular_share, 2))
        catch_up = own - regular
    else:
        regular = own
    total = regular + catch_up
    paid = told.get("pay", float(pay.sum()))
    chosen = client.elections
    asked = chosen.elective_deferral + chosen.catch_up
    roth = told.get("roth_deferral", total * chosen.roth_deferral / asked if asked else 0.0)
    match, employer = _employer_money(client, law, told, _spread(paid, pay), regular)
    first_year = law.year == client.assumptions.start_year
    after_tax = told.get("after_tax", chosen.after_tax_so_far if first_year else 0.0)
    for part, whole, name in ((roth, total, "roth_deferral"), (match, employer, "match")):
        if name in told and part > whole:
            refuse("at_most", f"{name}_so_far", part, limit=whole)
    for part, name in ((total, "elective_deferral"), (after_tax, "after_tax")):
        if name in told and "pay" in told and part > paid:
            refuse("at_most", f"{name}_so_far", part, limit=paid)
    assumed = _assumed(client, law, told, elected) if worked else ()
    return SoFar(paid, regular, catch_up, roth, match, employer, after_tax, assumed)


def _checked(given: Mapping[str, object]) -> dict[str, float]:
    if not isinstance(given, Mapping):
        refuse("group", "year_to_date", type(given).__name__)
    for name in given:
        if name not in YEAR_TO_DATE:
            refuse("unknown", "year_to_date", name, choices=near(name, YEAR_TO_DATE))
    told = {}
    for field in (
        "pay_so_far", "elective_deferral_so_far", "roth_deferral_so_far", "catch_up_so_far", "match_so_far",
        "employer_contribution_so_far", "after_tax_so_far",
    ):  # fmt: skip
        name = field.removesuffix("_so_far")
        if given.get(name) is not None:
            told[name] = checked_one(field, given[name])
    return told


def _spread(total: float, pattern: np.ndarray) -> np.ndarray:
    """A total over the paychecks as the pattern has it; one lump where there is none."""
    whole = pattern.sum()
    return pattern * (total / whole) if whole > 0 else np.array([total])


def _employer_money(
    client: Client, law: Law, told: Mapping[str, float], pay: np.ndarray, regular: float
) -> tuple[float, float]:
    """Match so far, and all employer money so far."""
    plan = client.plan
    counted = stopped_at(pay, law.compensation_cap)
    nonelective = plan.nonelective_share * float(counted.sum())
    by_formula = float(matched(counted, np.full(len(pay), regular / len(pay)), plan.match).sum())
    if (
        plan.employer_contribution is not None
    ):  # what was entered for the whole year is the most of an estimate
        by_formula = min(by_formula, plan.employer_contribution)
        nonelective = min(nonelective, plan.employer_contribution - by_formula)
    whole = told.get("employer_contribution")
    match = told.get("match", by_formula if whole is None else max(0.0, whole - nonelective))
    return match, match + nonelective if whole is None else whole


def _assumed(
    client: Client, law: Law, told: Mapping[str, float], elected: tuple[float, float]
) -> tuple[str, ...]:
    """What was not given and could change the answer."""
    chosen, plan = client.elections, client.plan
    by_formula = plan.employer_contribution is None and bool(plan.match or plan.nonelective_share)
    matters = {
        "pay": True,
        "elective_deferral": True,
        "catch_up": elected[1] > 0,
        "roth_deferral": chosen.roth_deferral > 0,
        "employer_contribution": by_formula and "match" not in told,
        "after_tax": law.year != client.assumptions.start_year,
    }
    return tuple(name for name, does in matters.items() if does and name not in told)
