"""A client's tax return of one year, as the tax formulas read it: federal, state, and Medicare two years later."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from megaroth.facts.client import Client
from megaroth.facts.fields import LAST_YEAR
from megaroth.facts.law import STATUS_CODE, Law, load_law
from megaroth.facts.state_law import StateLaw, load_state_law
from megaroth.rules.client_space import deferral_left, own_pre_tax, solo_space
from megaroth.rules.income_tax import federal_columns
from megaroth.rules.medicare import LOOKBACK, irmaa_magi, medicare_surcharge, people_on_medicare
from megaroth.rules.state_tax import state_columns

Numbers = np.ndarray | float
Columns = dict[str, Numbers]
_AS_STATED = (
    "taxable_interest", "tax_exempt_interest", "ordinary_dividends", "qualified_dividends", "long_term_gain",
    "other_ordinary_income", "self_employment_profit", "specified_service", "social_security", "state_local_taxes",
    "other_itemized", "children", "other_dependents", "local_rate",
)  # fmt: skip


@dataclass(frozen=True)
class ClientReturn:
    """
    What decides the taxes of one return.

    Attributes: law, state_law of the year; premium_law of the year whose Medicare premiums rest on this return;
        people: how many pay those; household: the columns of federal_columns and state_columns; deferred: what elective
        deferrals took off wages, for the taxes that are due on it all the same.
    """

    law: Law
    state_law: StateLaw
    premium_law: Law
    people: int
    household: Mapping[str, Numbers]
    deferred: Mapping[str, Numbers] = field(default_factory=dict)

    def columns(self, **changes: Numbers) -> Columns:
        """
        Every column of the return with some of the household's changed (conversion=25_000), numbers or arrays.

        Returns: federal_columns, `irmaa_magi`, `medicare` (surcharges two years later), `state` (state and local tax),
            the columns of state_columns behind it under their names with "state:" before them, and `all_taxes`: federal
            total, medicare and state together.
        """
        household = {**self.household, **self.deferred, **changes}
        found = federal_columns(self.law, household)
        state = state_columns(self.state_law, self.law, household, found)
        found["irmaa_magi"] = irmaa_magi(found["agi"], household["tax_exempt_interest"])
        found["medicare"] = 0.0
        if self.people:
            status = household["status"]
            found["medicare"] = medicare_surcharge(self.premium_law, status, found["irmaa_magi"], self.people)
        found |= {f"state:{name}": column for name, column in state.items()}
        found["state"] = state["state_tax"]
        found["all_taxes"] = found["total"] + found["medicare"] + found["state"]
        return found


def client_return(client: Client, law: Law, pre_tax_deferral: float | None = None) -> ClientReturn:
    """
    The client's return of the law's year, with the amounts as entered.

    Box 1 wages are pay less the year's pre-tax deferrals. On a return that is not joint only the participant's pay and
    age count.

    Args:
        client: facts; pay before any deferral.
        law: of the year, 2023 or later.
        pre_tax_deferral: what comes off pay (or off a sole proprietor's other income); None: from the elections.

    Raises: InputError for a year without tax tables.
    Source: 26 U.S.C. 402(e)(3), 402(g); 404(a)(8), 62(a)(6), Reg. 1.199A-3(b)(1)(vi) for a sole proprietor.
    """
    home, year = client.household, law.year
    deferral = pre_tax_of(client, law) if pre_tax_deferral is None else pre_tax_deferral
    columns = {name: float(getattr(home, name)) for name in _AS_STATED}
    joint, spouse_saves = home.filing_status == "mfj", client.participant == "spouse"
    pay = {"wages": home.wages, "spouse_wages": home.spouse_wages if joint else 0.0}
    ages = {"age": home.age(year), "spouse_age": (home.spouse_age(year) or 0) if joint else 0}
    own = "spouse_wages" if joint and spouse_saves else "wages"
    if spouse_saves and not joint:
        pay["wages"], ages["age"] = home.spouse_wages, client.age(year)
    # A sole proprietor's own contribution comes off all income (Schedule 1), never off the wages of a job beside it;
    # it lowers the business income of the QBI deduction as well.
    solo = client.plan.kind == "solo_401k"
    from_pay = 0.0 if solo else min(pay[own], deferral)
    if solo:
        columns["plan_deduction"] = deferral
    pay[own] -= from_pay
    # Payroll taxes are due on deferrals too: 26 U.S.C. 3121(v)(1)(A).
    deferred = {"deferred_pay" if own == "wages" else "spouse_deferred_pay": from_pay}
    columns["other_ordinary_income"] -= deferral - from_pay
    columns |= pay | ages
    columns["status"] = STATUS_CODE[home.filing_status]
    columns["spouse_converts"] = float(joint and spouse_saves)
    if home.state_rate is not None:
        columns["state_rate"] = home.state_rate
    premium_law = load_law(min(year + LOOKBACK, LAST_YEAR), inflation=client.assumptions.inflation)
    return ClientReturn(
        law, load_state_law(home.state, year), premium_law, people_on_medicare(client, law), columns, deferred
    )


def pre_tax_of(client: Client, law: Law) -> float:
    """
    The year's own pre-tax deferral, catch-up included, as elected; a sole proprietor deducts his employer share too.

    Source: 26 U.S.C. 402(e)(3), 404(a)(8), 414(v)(3)(A).
    """
    chosen = client.elections
    catch_up = max(0.0, chosen.elective_deferral + chosen.catch_up - deferral_left(client, law)[0])
    employer = solo_space(client, law).employer if client.plan.kind == "solo_401k" else 0.0
    return own_pre_tax(client, law, catch_up) + employer
