"""
One person's IRA money in one year: a backdoor Roth IRA as it is, with pre-tax money rolled into the plan, and with the
earnings of a split rollover beside it. Each is a Form 8606 and the tax that its line 18 adds.
"""

from dataclasses import dataclass

from megaroth.facts.client import Client
from megaroth.facts.errors import checked_one, refuse
from megaroth.facts.law import Law, law_of
from megaroth.rules.backdoor import Form8606, after_phase_out, form_8606
from megaroth.rules.client_return import client_return, pre_tax_of
from megaroth.rules.extra_income import CostOfIncome, cost_of_income


@dataclass(frozen=True)
class PricedForm:
    """
    A Form 8606 and what its taxable conversion costs.

    Attributes: form; cost (of line 18: all taxes with it less all taxes without it, the state's on its own basis).
    """

    form: Form8606
    cost: CostOfIncome

    @property
    def pre_tax(self) -> float:
        """What of the year's IRA money has never been taxed, line 9 less line 5, USD; 0 where the form leaves them empty."""
        return max(0.0, self.form.lines.get("9", 0.0) - self.form.lines.get("5", 0.0))

    @property
    def taxable_share(self) -> float:
        """The share of each dollar converted that is income; 0 when nothing is converted."""
        converted = self.form.lines.get("16", 0.0)
        return self.form.taxable_conversion / converted if converted else 0.0


@dataclass(frozen=True)
class BackdoorYear:
    """
    A backdoor Roth IRA of one year, USD.

    Attributes:
        law, contribution, converted: of the year. contribution_limit: over all traditional and Roth IRAs of the person.
        as_is: the form without what follows. cured: with rolled_in moved from the IRAs into the plan by 31 December;
            split_earnings count in neither, unless traditional_ira_value holds them.
        spoiled: as_is with split_earnings in a traditional IRA.
        most_rolled_in: pre-tax money that is still in the IRAs; basis cannot go into a plan.
        earnings_taxed: what split_earnings would cost as income of the year, had they gone to Roth with the basis.
    """

    law: Law
    contribution: float
    converted: float
    contribution_limit: float
    as_is: PricedForm
    cured: PricedForm
    spoiled: PricedForm
    rolled_in: float
    most_rolled_in: float
    split_earnings: float
    earnings_taxed: CostOfIncome


@dataclass(frozen=True)
class DirectRoth:
    """
    What may go into a Roth IRA directly under one reading of its MAGI, USD.

    Attributes: in_plan_counts (whether income of an in-plan rollover counts), magi (roth_ira_magi), limit,
        before_phase_out (what age and pay allow, whatever the income).
    """

    in_plan_counts: bool
    magi: float
    limit: float
    before_phase_out: float


def backdoor_year(
    client: Client,
    year: int | Law,
    contribution: float | None = None,
    converted: float | None = None,
    rolled_in: float | None = None,
    split_earnings: float = 0.0,
    distributions: float = 0.0,
    contributed_next_year: float = 0.0,
) -> BackdoorYear:
    """
    A backdoor Roth IRA of the participant: three Forms 8606 and the tax of each conversion.

    All traditional, SEP, SIMPLE and rollover IRAs of the person are one, at their value of 31 December plus the
    year's payouts; the spouse's, inherited ones and plans stay out. Pre-tax money that a plan takes in by that day is
    out of the count. Earnings that a split rollover sends to a traditional IRA are in it.

    Args:
        client: facts. traditional_ira_value: here on 31 December of this year, not at the start of the first year, and
            beside what of this contribution is left unconverted; traditional_ira_basis: line 14 of the last form; state_ira_basis: where the state has taxed more.
        year: a year, projected where it is not published, or a Law.
        contribution: nondeductible; None: the limit. contributed_next_year: the part made from January to April after.
        converted: to a Roth IRA; None: what was contributed within the year.
        rolled_in: from the IRAs into the plan; None: all that can go.
        split_earnings: of a split rollover, to a traditional IRA.
        distributions: of the year, kept; their taxable part is income beneath the conversion.

    Raises: InputError for amounts that are negative, not finite or above their limit, or a year without tax tables.
    Source: 26 U.S.C. 408(d)(1), (2), (3)(A)(ii), (3)(H), 408A(d)(3), 219(b)(5), (c), 408(o); Notice 2014-54.

    >>> lin = Client.load("lin").with_(traditional_ira_value=67_500.0)
    >>> year = backdoor_year(lin, 2026, contribution=7_500)
    >>> year.as_is.form.taxable_conversion, year.cured.form.taxable_conversion
    (6750.0, 0.0)
    """
    law = law_of(year, client.assumptions.inflation)
    limit = ira_contribution_limit(client, law)
    paid_in = limit if contribution is None else checked_one("contribution", contribution)
    if paid_in > limit:
        refuse("at_most", "contribution", paid_in, limit=limit)
    later = checked_one("contributed_next_year", contributed_next_year)
    if later > paid_in:
        refuse("at_most", "contributed_next_year", later, limit=paid_in)
    moved = paid_in - later if converted is None else checked_one("converted", converted)
    earnings = checked_one("split_earnings", split_earnings)
    left_in = max(0.0, paid_in - later - moved)
    pool = client.balances.traditional_ira_value + left_in
    facts = {
        "contribution": paid_in, "converted": moved, "distributions": distributions, "contributed_next_year": later,
    }  # fmt: skip
    as_is = _priced(client, law, pool, facts)
    basis = client.balances.traditional_ira_basis + paid_in - later
    most = min(pool, max(0.0, pool + moved + distributions - basis))
    roll = most if rolled_in is None else checked_one("rolled_in", rolled_in)
    if roll > most:
        refuse("at_most", "rolled_in", roll, limit=most)
    return BackdoorYear(
        law=law,
        contribution=paid_in,
        converted=moved,
        contribution_limit=limit,
        as_is=as_is,
        cured=_priced(client, law, pool - roll, facts) if roll else as_is,
        spoiled=_priced(client, law, pool + earnings, facts) if earnings else as_is,
        rolled_in=roll,
        most_rolled_in=most,
        split_earnings=earnings,
        earnings_taxed=cost_of_income(client, law, earnings),
    )


def _priced(client: Client, law: Law, year_end_value: float, facts: dict[str, float]) -> PricedForm:
    """The form on the client's basis, and line 18 priced; the state counts on its own basis."""
    own, of_state = client.balances.traditional_ira_basis, client.balances.state_ira_basis
    form = form_8606(law.year, prior_basis=own, year_end_value=year_end_value, **facts)
    taxed_by_state = 0.0
    if of_state is not None and of_state > own:
        states = form_8606(law.year, prior_basis=of_state, year_end_value=year_end_value, **facts)
        taxed_by_state = form.taxable_conversion - states.taxable_conversion
    beneath = client
    if form.taxable_distribution:
        income = client.household.other_ordinary_income + form.taxable_distribution
        beneath = client.with_(other_ordinary_income=income)
    cost = cost_of_income(beneath, law, form.taxable_conversion, "ira", taxed_by_state)
    return PricedForm(form, cost)


def ira_contribution_limit(client: Client, law: Law) -> float:
    """
    The most that the participant may contribute to all traditional and Roth IRAs together, USD.

    The dollar limit with the catch-up of the age, or the pay of the year if that is less: box 1 wages and net earnings
    from self-employment, on a joint return the spouse's too.

    Source: 26 U.S.C. 219(b)(5), (c), (f)(1).
    """
    catch_up = law.ira_catch_up if client.age(law.year) >= law.catch_up_ages[0] else 0.0
    year = client_return(client, law).columns()
    to_own_plan = pre_tax_of(client, law) if client.plan.kind == "solo_401k" else 0.0
    own = year["self_employment_profit"] - year["half_se_tax"] - to_own_plan
    pay = year["wages"] + year["spouse_wages"] + max(0.0, own)
    return float(min(law.ira_contribution + catch_up, pay))


def direct_roth(
    client: Client, year: int | Law, in_plan_income: float = 0.0
) -> tuple[DirectRoth, DirectRoth]:
    """
    What may go into a Roth IRA directly, under both readings of its MAGI: in-plan rollover income counts, or does not.

    The limit is before what goes into other IRAs in the year: one limit holds for all of them. Pay of the year, on a
    joint return the couple's, is a limit too, and the phase-out takes its share of what pay allows.

    Conversions from an IRA, and rollovers from a plan to a Roth IRA, are left out of this MAGI. Whether income of an
    in-plan Roth rollover is left out too, no IRS text says outright: the statute names 408A(d)(3) only.

    Args: client, year as backdoor_year; in_plan_income: taxable part of the year's in-plan rollovers, USD.
    Returns: first the reading in which it counts.
    Source: 26 U.S.C. 408A(c)(2), (3)(A), (B)(i), 219(b)(1)(B), (b)(5), (c), (g)(3).
    """
    law = law_of(year, client.assumptions.inflation)
    income = checked_one("in_plan_income", in_plan_income)
    most, found = ira_contribution_limit(client, law), []
    for counts in (True, False):
        magi = float(client_return(client, law).columns(conversion=income if counts else 0.0)["agi"])
        limit = float(after_phase_out(law, client.household.filing_status, magi, most))
        found.append(DirectRoth(counts, magi, limit, most))
    return found[0], found[1]
