"""The client in a later year: pay grows, limits grow by the statute, deferrals keep up with their limit."""

from dataclasses import dataclass

from megaroth.facts.client import Client
from megaroth.facts.law import STATUS_CODE, Law, load_law
from megaroth.rules.client_space import after_tax_space, solo_space
from megaroth.rules.self_employed import self_employment_tax
from megaroth.rules.space import catch_up_limit


@dataclass(frozen=True)
class ComingYear:
    """
    One year of the client's life as the projection needs it, USD.

    Attributes:
        law: of that year, published or projected.
        household: the columns of federal_columns without any rollover.
        after_tax: after-tax contribution of the year; pre_tax: own pre-tax deferral, catch-up and employer money;
            roth_deferral: own Roth deferral. All 0 after the year of leaving the job.
    """

    law: Law
    household: dict
    after_tax: float = 0.0
    pre_tax: float = 0.0
    roth_deferral: float = 0.0


def coming_years(client: Client) -> list[ComingYear]:
    """
    Every year from start_year to horizon_year.

    Pay grows by pay_growth until retirement_year, other amounts by inflation. An elective deferral keeps its
    share of the 402(g) limit, a catch-up its share of the limit of that age. After-tax money fills the room, is a
    share of pay, or stays at its dollars, and is never more than the room (415(c) and the plan's caps). In the
    first year money already in counts as part of the year's contribution.
    """
    assumed = client.assumptions
    return [_year(client, year) for year in range(assumed.start_year, assumed.horizon_year + 1)]


def _year(client: Client, year: int) -> ComingYear:
    law = load_law(year, inflation=client.assumptions.inflation)
    grown = in_year(client, year)
    if year > client.assumptions.separation_year:
        return ComingYear(law, household_columns(grown, year, pre_tax_deferral=0.0))
    room = after_tax_space(grown, law)
    roth = grown.elections.roth_deferral
    own_pre_tax = grown.elections.elective_deferral + grown.elections.catch_up - roth
    # An employee's employer money is no pay; a sole proprietor deducts it like his own.
    deducted = own_pre_tax + (room.employer_contribution if client.plan.kind == "solo_401k" else 0.0)
    return ComingYear(
        law=law,
        household=household_columns(grown, year, pre_tax_deferral=deducted),
        after_tax=_after_tax(grown, room.space),
        pre_tax=own_pre_tax + room.employer_contribution,
        roth_deferral=roth,
    )


def in_year(client: Client, year: int) -> Client:
    """The client with the pay, incomes and elections of a later year; the first year is the client as typed."""
    assumed = client.assumptions
    ahead = year - assumed.start_year
    if ahead == 0:
        return client
    prices, pay = (1 + assumed.inflation) ** ahead, (1 + assumed.pay_growth) ** ahead
    working = year <= (assumed.retirement_year or assumed.separation_year)
    home = client.household
    changes: dict[str, object] = {name: getattr(home, name) * prices for name in _GROW_WITH_PRICES}
    changes |= {name: getattr(home, name) * pay * working for name in _GROW_WITH_PAY}
    if home.prior_year_wages is not None:
        changes["prior_year_wages"] = client.participant_wages * (1 + assumed.pay_growth) ** (ahead - 1)
    if not working:
        changes["other_ordinary_income"] += assumed.income_after_retirement * prices
    grown = client.with_(**changes, **_NO_ELECTIONS)
    if not working:
        return grown
    grown = grown.with_(**_elections_in(client, grown, year))
    if client.plan.employer_contribution is None:
        return grown
    made = client.plan.employer_contribution * pay
    if client.plan.kind == "solo_401k":
        largest = solo_space(
            grown.with_(employer_contribution=None), load_law(year, assumed.inflation)
        ).max_employer
        made = min(made, largest)
    return grown.with_(employer_contribution=made)


_GROW_WITH_PAY = ("wages", "spouse_wages", "self_employment_profit")
_GROW_WITH_PRICES = (
    "taxable_interest", "tax_exempt_interest", "ordinary_dividends", "qualified_dividends", "long_term_gain",
    "social_security", "state_local_taxes", "other_itemized", "other_ordinary_income",
)  # fmt: skip
_NO_ELECTIONS = {"elective_deferral": 0.0, "catch_up": 0.0, "roth_deferral": 0.0, "after_tax_so_far": 0.0}


def _elections_in(client: Client, grown: Client, year: int) -> dict:
    """Deferral and catch-up at the same share of the law's limits, and no more than the pay of that year."""
    chosen, start = client.elections, client.assumptions.start_year
    now, then = (load_law(each, inflation=client.assumptions.inflation) for each in (start, year))
    deferral = chosen.elective_deferral * then.elective_deferral / now.elective_deferral
    before, after = catch_up_limit(now, client.age(start)), catch_up_limit(then, client.age(year))
    catch_up = chosen.catch_up * after / before if before else 0.0
    pay = _own_pay(grown, then)
    deferral = min(deferral, pay)
    catch_up = min(catch_up, pay - deferral)
    total = chosen.elective_deferral + chosen.catch_up
    roth = chosen.roth_deferral / total * (deferral + catch_up) if total else 0.0
    # A share of exactly the whole must not pass it by a rounding of the last bit.
    return {
        "elective_deferral": deferral,
        "catch_up": catch_up,
        "roth_deferral": min(roth, deferral + catch_up),
    }


def _own_pay(client: Client, law: Law) -> float:
    """What the participant can defer from: pay, or a sole proprietor's profit less half of the tax on it."""
    if client.plan.kind != "solo_401k":
        return client.participant_wages
    profit, job = client.household.self_employment_profit, client.participant_wages
    return float(profit - self_employment_tax(law, profit, job) / 2)


def _after_tax(client: Client, space: float) -> float:
    choice = client.elections.after_tax
    if choice == "fill":
        return space
    wanted = choice if isinstance(choice, float | int) else choice.share_of_pay * client.participant_wages
    return min(wanted, space)


def household_columns(client: Client, year: int, pre_tax_deferral: float) -> dict:
    """
    The client's return of a year as the columns of federal_columns, the age of the participant's spouse included.

    Box 1 wages are pay less the year's pre-tax deferrals; a sole proprietor's deferral lowers other income.
    """
    home = client.household
    names = (
        "taxable_interest", "tax_exempt_interest", "ordinary_dividends", "qualified_dividends", "long_term_gain",
        "other_ordinary_income", "self_employment_profit", "specified_service", "social_security",
        "state_local_taxes", "other_itemized", "children", "other_dependents",
    )  # fmt: skip
    columns = {name: float(getattr(home, name)) for name in names}
    pay = {"wages": home.wages, "spouse_wages": home.spouse_wages}
    own = "wages" if client.participant == "client" else "spouse_wages"
    from_pay = min(pay[own], pre_tax_deferral)
    pay[own] -= from_pay
    columns |= pay
    # Schedule 1 deducts a sole proprietor's own contribution from all income: 26 U.S.C. 404(a)(8), 62(a)(6).
    columns["other_ordinary_income"] -= pre_tax_deferral - from_pay
    columns["age"] = home.age(year)
    columns["spouse_age"] = home.spouse_age(year) or 0
    columns["status"] = STATUS_CODE[home.filing_status]
    return columns
