"""
The projection once more, as slowly as one would do it with a pencil: what the engine is compared with.

Written from the law and the conventions alone, it shares nothing with megaroth.plans. Every account is a plain number,
every year, pay period and transfer is walked through one by one, and nothing is clever. Room, tax and Medicare
surcharges come from functions of megaroth.rules that have published examples of their own.

Money is USD, nothing is rounded.
"""

import calendar
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

import megaroth as mr
from megaroth.facts.client import Client
from megaroth.facts.law import STATUS_CODE, Law
from megaroth.facts.state_law import load_state_law
from megaroth.rules.client_space import deferral_left, employer_money, roth_only_catch_up, solo_space
from megaroth.rules.income_tax import federal_columns
from megaroth.rules.medicare import medicare_surcharge
from megaroth.rules.self_employed import self_employment_tax
from megaroth.rules.space import catch_up_limit
from megaroth.rules.state_tax import state_columns

PRICED = (
    "taxable_interest", "tax_exempt_interest", "ordinary_dividends", "qualified_dividends", "long_term_gain",
    "other_ordinary_income", "social_security", "state_local_taxes", "other_itemized",
)  # fmt: skip
PAID = ("wages", "spouse_wages", "self_employment_profit")
PLAN_AND_IRAS = ("pre_tax", "designated_roth", "after_tax", "traditional_ira", "roth_ira")
PARTS_OF_THE_YEAR = {"monthly": 12, "quarterly": 4, "yearly": 1}
DAYS_IN_A_YEAR, MONTHS, QUARTERS = 365, 12, 4
PREMIUM_LAG = 2  # years from a return to the Medicare premiums that rest on it


# What moves when ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """
    A strategy in the reference's own words.

    Attributes: key (the engine's name); kind (prompt, yearly, late_convert, late_split, never, brokerage, convert_in,
        every, delay); years (of convert_in); months (between the transfers of every, or the wait of delay).
    """

    key: str
    kind: str
    years: frozenset[int] = frozenset()
    months: int = 0


THE_SIX = tuple(
    Way(kind, kind) for kind in ("prompt", "yearly", "late_convert", "late_split", "never", "brokerage")
)


def leaving_year(client: Client) -> int:
    day = client.assumptions.separation_year
    return day.year if isinstance(day, dt.date) else day


def worked_periods(client: Client, year: int) -> int:
    """
    Pay periods of the year in the job: all, none, or up to the last one that ends by the day of leaving.

    A month counts by its days, so that April 30 ends the fourth of twelve periods.
    """
    periods, day = client.plan.pay_periods, client.assumptions.separation_year
    if year != leaving_year(client):
        return periods if year < leaving_year(client) else 0
    if not isinstance(day, dt.date):
        return periods
    days = calendar.monthrange(day.year, day.month)[1]
    return periods * ((day.month - 1) * days + day.day) // (MONTHS * days)


def ends_a_part(period: int, periods: int, parts: int) -> bool:
    """
    Whether a part of a year cut into equal parts ends in this period.

    What is due at the end of January moves at the first pay date on which it is due: with a paycheck every two weeks
    that is the third.
    """
    return any(parts * (period - 1) < periods * part <= parts * period for part in range(1, parts + 1))


def is_due(client: Client, way: Way, year: int, period: int) -> bool:
    """Whether the whole after-tax account moves at the end of this pay period."""
    periods, start = client.plan.pay_periods, client.assumptions.start_year
    end_year = client.assumptions.conversions_end_year
    left = leaving_year(client)
    at_leaving = year == left and period == max(1, worked_periods(client, left))
    if end_year is not None and year >= end_year:
        return False
    if way.kind in ("never", "brokerage"):
        return False
    if way.kind == "convert_in":
        if year not in way.years:
            return False
        return at_leaving if year == left else period == periods
    if at_leaving:
        return True
    if year > left or (year == left and period > worked_periods(client, left)):
        return False
    if way.kind in ("late_convert", "late_split"):
        return False
    plan_parts = PARTS_OF_THE_YEAR.get(client.plan.frequency, periods)
    if way.kind == "yearly":
        return period == periods
    if way.kind == "every":
        return ends_a_part(period, periods, min(plan_parts, MONTHS // way.months))
    if way.kind == "delay" and MONTHS * ((year - start) * periods + period) <= way.months * periods:
        return False
    return ends_a_part(period, periods, min(plan_parts, periods))


# The client in a later year -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Year:
    """
    What a year holds before any transfer, the same for every strategy.

    Attributes: law; worked (pay periods in the job); pre_tax, roth (own and employer money of each worked period);
        after_tax (of each period, a list); household (a row for mr.federal_tax and mr.state_tax); people (on Medicare
        when the premiums that rest on this year are due).
    """

    year: int
    law: Law
    premium_law: Law
    worked: int
    pre_tax: float
    roth: float
    after_tax: list[float]
    household: dict
    people: int


def year_of(client: Client, year: int) -> Year:
    a = client.assumptions
    law = mr.load_law(year, inflation=a.inflation)
    home = household_of(client, year)
    worked = worked_periods(client, year)
    own_pre_tax = roth = employer = contribution = 0.0
    if worked:
        saver = saver_of(client, year, law, worked, home)
        employer = employer_of(client, year, law, worked, saver)
        if client.plan.kind == "solo_401k" or not (client.plan.true_up and formula(client)):
            saver = saver.with_(employer_contribution=employer)
        room = mr.after_tax_space(saver, law)
        contribution = contribution_of(client, year, law, saver, room.space)
        chosen = saver.elections
        roth = chosen.roth_deferral
        if roth_only_catch_up(saver, law):
            roth = max(roth, room.catch_up)
        own_pre_tax = chosen.elective_deferral + chosen.catch_up - roth
    return Year(
        year=year,
        law=law,
        premium_law=mr.load_law(year + PREMIUM_LAG, inflation=a.inflation),
        worked=worked,
        pre_tax=(own_pre_tax + employer) / worked if worked else 0.0,
        roth=roth / worked if worked else 0.0,
        after_tax=spread(client, year, contribution, worked),
        household=tax_row(client, year, home, own_pre_tax, employer),
        people=people_with_medicare(client, year),
    )


def pay_factor(client: Client, year: int) -> float:
    a = client.assumptions
    last_with_pay = leaving_year(client) if a.retirement_year is None else a.retirement_year
    return (1 + a.pay_growth) ** (year - a.start_year) if year <= last_with_pay else 0.0


def household_of(client: Client, year: int) -> dict[str, float]:
    """Amounts of the household in dollars of the year, pay in full."""
    a, home = client.assumptions, client.household
    prices = (1 + a.inflation) ** (year - a.start_year)
    amounts = {name: getattr(home, name) * prices for name in PRICED}
    amounts |= {name: getattr(home, name) * pay_factor(client, year) for name in PAID}
    if pay_factor(client, year) == 0:
        amounts["other_ordinary_income"] += a.income_after_retirement * prices
    return amounts


def saver_of(client: Client, year: int, law: Law, worked: int, home: dict[str, float]) -> Client:
    """The client with the pay, last year's pay and the deferrals of the year, as the plan sees them."""
    a, chosen, solo = client.assumptions, client.elections, client.plan.kind == "solo_401k"
    share = worked / client.plan.pay_periods
    own = "wages" if client.participant == "client" else "spouse_wages"
    # The job that ends is the plan's: beside a solo plan the pay of another employer goes on.
    facts = {own: home[own] * (1 if solo else share)}
    facts["self_employment_profit"] = home["self_employment_profit"] * share
    if client.household.prior_year_wages is not None and year > a.start_year:
        facts["prior_year_wages"] = client.participant_wages * pay_factor(client, year - 1)
    saver = client.with_(**facts)

    first = mr.load_law(a.start_year, inflation=a.inflation)
    # What is catch-up the first year's limit tells, as other plans leave it, however the two were entered (law, section 1.3).
    total = chosen.elective_deferral + chosen.catch_up
    below_limit = min(total, deferral_left(client, first)[0])
    deferral = below_limit * law.elective_deferral / first.elective_deferral
    at_first = catch_up_limit(first, client.age(a.start_year))
    catch_up = (total - below_limit) * catch_up_limit(law, client.age(year)) / at_first if at_first else 0.0
    pay = facts[own]
    if solo:
        profit = facts["self_employment_profit"]
        pay = profit - float(self_employment_tax(law, profit, facts[own])) / 2
    deferral = min(deferral, pay)
    catch_up = min(catch_up, pay - deferral)
    if roth_only_catch_up(saver, law) and client.plan.offers_roth is False:
        limit, _ = deferral_left(saver, law)
        deferral = min(deferral, limit)
        catch_up = min(catch_up, limit - deferral)

    together = chosen.elective_deferral + chosen.catch_up
    roth = (deferral + catch_up) * chosen.roth_deferral / together if together else 0.0
    roth = min(roth, deferral + catch_up)  # not above it by the last bit of a product
    return saver.with_(elective_deferral=deferral, catch_up=catch_up, roth_deferral=roth)


def formula(client: Client) -> bool:
    return client.plan.employer_contribution is None


def employer_of(client: Client, year: int, law: Law, worked: int, saver: Client) -> float:
    """The year's employer money: as entered and grown with pay, or from the plan's formula."""
    plan, share = client.plan, worked / client.plan.pay_periods
    if plan.kind == "solo_401k":
        largest = solo_space(saver.with_(employer_contribution=None), law).max_employer
        if formula(client):
            return largest
        return min(plan.employer_contribution * pay_factor(client, year) * share, largest)
    if not formula(client):
        return plan.employer_contribution * pay_factor(client, year) * share
    if plan.true_up:
        return employer_money(saver, law)
    deferral = saver.elections.elective_deferral + saver.elections.catch_up
    counted = min(deferral, deferral_left(saver, law)[0]) / worked
    pay, pay_so_far, match = saver.participant_wages / worked, 0.0, 0.0
    for _ in range(worked):
        pay_that_counts = min(pay, max(0.0, law.compensation_cap - pay_so_far))
        pay_so_far += pay
        below = 0.0
        for tier in plan.match:
            up_to = tier.up_to_share * pay_that_counts
            match += tier.rate * max(0.0, min(counted, up_to) - below)
            below = up_to
    return match + plan.nonelective_share * min(saver.participant_wages, law.compensation_cap)


def contribution_of(client: Client, year: int, law: Law, saver: Client, room: float) -> float:
    """After-tax money of the year: the room, or what is elected of it."""
    elected = client.elections.after_tax
    if elected == "fill":
        return room
    if isinstance(elected, float | int):
        dollars = float(elected)
    else:
        pay = saver.participant_wages
        if client.plan.kind == "solo_401k":
            profit = saver.household.self_employment_profit
            pay = profit - float(self_employment_tax(law, profit, pay)) / 2
        dollars = elected.share_of_pay * pay
    if year == client.assumptions.start_year:
        dollars = max(dollars, client.elections.after_tax_so_far)
    return min(dollars, room)


def spread(client: Client, year: int, contribution: float, worked: int) -> list[float]:
    """The year's after-tax money period by period."""
    amounts = [0.0] * client.plan.pay_periods
    first = client.elections.first_pay_period
    if year == client.assumptions.start_year and first > 1 and worked:
        before = min(client.elections.after_tax_so_far, contribution)
        last_before = min(first - 1, worked)
        for period in range(1, last_before + 1):
            amounts[period - 1] = before / last_before
        for period in range(first, worked + 1):
            amounts[period - 1] = (contribution - before) / (worked - first + 1)
    else:
        for period in range(1, worked + 1):
            amounts[period - 1] = contribution / worked
    return amounts


def tax_row(client: Client, year: int, home: dict[str, float], own_pre_tax: float, employer: float) -> dict:
    """The household as mr.federal_tax and mr.state_tax read it, without any dividend or conversion of a strategy."""
    facts, spouse_saves = client.household, client.participant == "spouse"
    joint = facts.filing_status == "mfj"
    row = {name: home[name] for name in PRICED}
    row["filing_status"] = facts.filing_status
    row["self_employment_profit"] = home["self_employment_profit"]
    row["specified_service"] = facts.specified_service
    row["children"], row["other_dependents"] = facts.children, facts.other_dependents
    if joint:
        row["age"], row["spouse_age"] = facts.age(year), facts.spouse_age(year) or 0
        row["wages"], row["spouse_wages"] = home["wages"], home["spouse_wages"]
    else:
        row["age"], row["spouse_age"] = client.age(year), 0
        row["wages"], row["spouse_wages"] = home["spouse_wages" if spouse_saves else "wages"], 0.0
    if client.plan.kind == "solo_401k":
        row["plan_deduction"] = own_pre_tax + employer
        row["other_ordinary_income"] -= row["plan_deduction"]
    else:
        saver = "spouse_wages" if joint and spouse_saves else "wages"
        row[saver] -= own_pre_tax
        if saver == "wages" and row["self_employment_profit"]:
            row["deferred_pay"] = own_pre_tax  # it still uses up the wage base: 26 U.S.C. 3121(v)(1)(A)
    row["state"] = facts.state
    row["spouse_converts"] = joint and spouse_saves
    row["state_rate"] = np.nan if facts.state_rate is None else facts.state_rate
    row["local_rate"] = facts.local_rate
    return row


def people_with_medicare(client: Client, year: int) -> int:
    """How many on the return of the year pay Medicare premiums two years later."""
    home, start = client.household, client.assumptions.start_year
    from_age = mr.load_law(year, inflation=client.assumptions.inflation).medicare_age
    first = (home.age(start), home.on_medicare)
    second = (home.spouse_age(start), home.spouse_on_medicare)
    if home.filing_status == "mfj":
        people = [first, second]
    else:
        people = [second if client.participant == "spouse" else first]
    count = 0
    for age, on in people:
        joins = age is not None and age < from_age <= age + (year - start) + PREMIUM_LAG
        count += 1 if on or joins else 0
    return count


# Tax ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taxes:
    """Taxes of one return, USD: federal and state of the year, Medicare surcharges two years later."""

    federal: float
    state: float
    medicare: float

    @property
    def of_the_year(self) -> float:
        return self.federal + self.state


def taxes_of(facts: Year, dividends_and_conversions: Sequence[tuple[float, float]]) -> list[Taxes]:
    """A return for each pair of additional qualified dividends and taxable conversion."""
    rows = []
    for dividends, conversion in dividends_and_conversions:
        row = dict(facts.household)
        row["qualified_dividends"] += dividends
        row["conversion"] = conversion
        rows.append(row)
    table = pd.DataFrame(rows)
    if facts.household.keys() & {"plan_deduction", "deferred_pay"}:
        return _taxes_by_formula(facts, rows)
    federal = mr.federal_tax(
        facts.law, table.drop(columns=["state", "spouse_converts", "state_rate", "local_rate"])
    )
    state = mr.state_tax(facts.law, table)
    return [
        Taxes(total, of_state, _surcharge(facts, row, agi))
        for row, total, agi, of_state in zip(
            rows, federal["total"], federal["agi"], state["state_tax"], strict=True
        )
    ]


def _taxes_by_formula(facts: Year, rows: list[dict]) -> list[Taxes]:
    """
    The same without the tables, which know neither a sole proprietor's own saving nor what was deferred out of wages.

    It comes off income as a whole: where there is no other income the cell for other income is what he deducts, below
    zero. It comes off the business income of the QBI deduction too.
    """
    found = []
    for row in rows:
        home = dict(row)
        home["status"] = STATUS_CODE[home.pop("filing_status")]
        state_law = load_state_law(home.pop("state"), facts.year)
        home = {name: np.float64(cell) if name != "status" else cell for name, cell in home.items()}
        federal = federal_columns(facts.law, home)
        state = state_columns(state_law, facts.law, home, federal)
        surcharge = _surcharge(facts, row, federal["agi"])
        found.append(Taxes(float(federal["total"]), float(state["state_tax"]), surcharge))
    return found


def _surcharge(facts: Year, row: dict, agi: float) -> float:
    if facts.people == 0:
        return 0.0
    magi = np.float64(agi + row["tax_exempt_interest"])
    status = STATUS_CODE[row["filing_status"]]
    return float(medicare_surcharge(facts.premium_law, status, magi, facts.people))


# One strategy's money -------------------------------------------------------------------------------------------


@dataclass
class Part:
    """After-tax money that will go back to the client, where it lies now, USD: with what it earns, and of it taxed."""

    value: float = 0.0
    basis: float = 0.0


@dataclass
class Books:
    """
    One strategy's accounts, USD.

    Attributes: side (its side account); owed (its Medicare by year: for rollovers, for dividends); refunds (by year of
        the contribution and account: what the ACP test will send back).
    """

    pre_tax: float
    designated_roth: float
    after_tax: float
    after_tax_basis: float
    traditional_ira: float
    roth_ira: float
    own_brokerage: float
    side: float = 0.0
    side_basis: float = 0.0
    owed: dict[int, tuple[float, float]] = field(default_factory=dict)
    refunds: dict[int, dict[str, Part]] = field(default_factory=dict)

    def put(self, account: str, amount: float) -> None:
        setattr(self, account, getattr(self, account) + amount)

    def grow(self, factor: float) -> None:
        for account in (*PLAN_AND_IRAS, "own_brokerage", "side"):
            self.put(account, getattr(self, account) * (factor - 1))
        for parts in self.refunds.values():
            for part in parts.values():
                part.value *= factor


@dataclass(frozen=True)
class Transfer:
    """The after-tax account moved at a period's end, USD as it arrives: value, basis in it, taxable, where to."""

    period: int
    value: float
    basis: float
    taxable: float
    to: str


@dataclass
class Line:
    """
    A strategy's year as the ledger shows it, USD.

    Attributes: balances at the year's end; brokerage and brokerage_basis hold the client's own and the side account;
        tax (paid in this year for rollovers and refunds, Medicare for those of two years before included) and of it
        state and medicare; additional_tax (10%); side_account_tax; kept_back; deposit.
    """

    pre_tax: float
    designated_roth: float
    after_tax: float
    after_tax_basis: float
    traditional_ira: float
    roth_ira: float
    brokerage: float
    brokerage_basis: float
    taxable_rollover: float
    taxable_refund: float
    tax: float
    state: float
    medicare: float
    additional_tax: float
    side_account_tax: float
    kept_back: float
    deposit: float


@dataclass
class Reference:
    """Lines by strategy key and year; the value after tax at the horizon by strategy key, USD."""

    lines: dict[tuple[str, int], Line]
    values: dict[str, float]


def reference(client: Client, ways: Sequence[Way] = THE_SIX) -> Reference:
    """Every strategy's accounts, year by year to the horizon."""
    a = client.assumptions
    books = {way.key: opened(client) for way in ways}
    lines = {}
    for year in range(a.start_year, a.horizon_year + 1):
        facts = year_of(client, year)
        lines |= {(key, year): line for key, line in a_year(client, ways, books, facts)}
    return Reference(lines, {key: value_after_tax(client, book) for key, book in books.items()})


def opened(client: Client) -> Books:
    has = client.balances
    return Books(
        pre_tax=has.pre_tax,
        designated_roth=has.designated_roth,
        after_tax=has.after_tax_value,
        after_tax_basis=has.after_tax_basis,
        traditional_ira=has.traditional_ira_value,
        roth_ira=has.roth_ira_value,
        own_brokerage=has.brokerage_value,
    )


def a_year(
    client: Client, ways: Sequence[Way], books: dict[str, Books], facts: Year
) -> Iterator[tuple[str, Line]]:
    """One year of all strategies: pay periods and transfers, then tax, then the side accounts' equal dollars."""
    a = client.assumptions
    dividends = {way.key: a.dividend_yield * books[way.key].side for way in ways}
    walked = {way.key: walk_through(client, way, facts, books[way.key]) for way in ways}
    returns = [(0.0, 0.0)]
    for way in ways:
        transfers, refund_income = walked[way.key]
        income = sum(each.taxable for each in transfers) + refund_income
        returns += [(dividends[way.key], 0.0), (dividends[way.key], income)]
    neither, *each_way = taxes_of(facts, returns)

    lines = {}
    for number, way in enumerate(ways):
        key, book = way.key, books[way.key]
        dividends_alone, both = each_way[2 * number], each_way[2 * number + 1]
        due = min(facts.year + PREMIUM_LAG, a.horizon_year)
        before = book.owed.get(due, (0.0, 0.0))
        book.owed[due] = (
            before[0] + both.medicare - dividends_alone.medicare,
            before[1] + dividends_alone.medicare - neither.medicare,
        )
        medicare, medicare_of_dividends = book.owed.pop(facts.year, (0.0, 0.0))
        transfers, refund_income = walked[key]
        taxable = sum(each.taxable for each in transfers)
        of_the_year = both.of_the_year - dividends_alone.of_the_year
        of_transfers = of_the_year * taxable / (taxable + refund_income) if taxable else 0.0
        kept, additional = keep_back(client, facts, transfers, of_transfers, book)
        side_tax = dividends_alone.of_the_year - neither.of_the_year + medicare_of_dividends
        lines[key] = Line(
            **dict.fromkeys(Line.__dataclass_fields__, 0.0)
            | {
                "taxable_rollover": taxable,
                "taxable_refund": refund_income,
                "tax": of_the_year + medicare,
                "state": both.state - dividends_alone.state,
                "medicare": medicare,
                "additional_tax": additional,
                "side_account_tax": side_tax,
                "kept_back": kept,
            }
        )
    spent = {
        key: line.tax + line.additional_tax - line.kept_back + line.side_account_tax
        for key, line in lines.items()
    }
    for key, line in lines.items():
        book = books[key]
        deposit = max(spent.values()) - spent[key]
        book.side += deposit
        book.side_basis += dividends[key] + deposit
        yield key, closed(client, book, replace(line, deposit=deposit))


def closed(client: Client, book: Books, line: Line) -> Line:
    return replace(
        line,
        pre_tax=book.pre_tax,
        designated_roth=book.designated_roth,
        after_tax=book.after_tax,
        after_tax_basis=book.after_tax_basis,
        traditional_ira=book.traditional_ira,
        roth_ira=book.roth_ira,
        brokerage=book.own_brokerage + book.side,
        brokerage_basis=client.balances.brokerage_basis + book.side_basis,
    )


def walk_through(client: Client, way: Way, facts: Year, book: Books) -> tuple[list[Transfer], float]:
    """
    The pay periods of a year: balances grow, money arrives, what is due moves, and a refund goes back.

    Returns: the transfers; the income in a refund, USD.
    """
    transfers, refund_income = [], 0.0
    book.refunds[facts.year] = {account: Part() for account in PLAN_AND_IRAS}
    for period in range(1, client.plan.pay_periods + 1):
        book.grow(growth_of_a_period(client))
        if period <= facts.worked:
            book.pre_tax += facts.pre_tax
            book.designated_roth += facts.roth
        contribute(client, way, facts, facts.after_tax[period - 1], book)
        if is_due(client, way, facts.year, period):
            transfers.append(move(client, way, period, book))
        if is_first_to_end_a_quarter(client, period) and facts.year - 1 in book.refunds:
            refund_income = pay_back(book.refunds.pop(facts.year - 1), book)
    return transfers, refund_income


def contribute(client: Client, way: Way, facts: Year, amount: float, book: Books) -> None:
    if way.kind == "brokerage":
        book.side += amount
        book.side_basis += amount
        return
    book.after_tax += amount
    book.after_tax_basis += amount
    refund = book.refunds[facts.year]["after_tax"]
    refund.value += client.plan.acp_refund_share * amount
    refund.basis += client.plan.acp_refund_share * amount


def is_first_to_end_a_quarter(client: Client, period: int) -> bool:
    """Two and a half months after the year, rounded up to the quarter: when a failed ACP test is made good."""
    return QUARTERS * (period - 1) < client.plan.pay_periods <= QUARTERS * period


def pay_back(parts: dict[str, Part], book: Books) -> float:
    """
    Last year's refund out of wherever the money is by now, into the side account; its earnings are income.

    A contribution that goes back takes its basis along, and what of its basis a loss has left in the account.
    """
    income = 0.0
    for account, part in parts.items():
        book.put(account, -part.value)
        book.side += part.value
        book.side_basis += part.value
        income += part.value - part.basis
    book.after_tax_basis -= min(parts["after_tax"].basis, book.after_tax_basis)
    return max(0.0, income)


def growth_of_a_period(client: Client) -> float:
    return (1 + yearly_return(client)) ** (1 / client.plan.pay_periods)


def yearly_return(client: Client) -> float:
    a = client.assumptions
    return a.stock_share * a.annual_return + (1 - a.stock_share) * a.bond_return


def on_the_way(client: Client) -> float:
    """Growth over the days that moved money is on the way."""
    return (1 + yearly_return(client)) ** (client.assumptions.days_to_rollover / DAYS_IN_A_YEAR)


def move(client: Client, way: Way, period: int, book: Books) -> Transfer:
    """
    Move the whole after-tax account, and in it what will have to go back.

    What arrives has earned the days on the way, and that is income. It is entered in its new account at once, so
    without the growth of those days, which that account would earn again.
    """
    wait = on_the_way(client)
    arrives, basis = book.after_tax * wait, book.after_tax_basis
    earnings = max(0.0, arrives - basis)
    book.after_tax = 0.0
    book.after_tax_basis = max(0.0, basis - arrives)
    to = "designated_roth" if client.plan.way_out == "in_plan_rollover" else "roth_ira"
    untaxed = 0.0
    if way.kind == "late_split":
        to, untaxed = "roth_ira", earnings
    book.put(to, (arrives - untaxed) / wait)
    book.put("traditional_ira", untaxed / wait)
    for parts in book.refunds.values():
        move_part(parts, wait, untaxed, to)
    return Transfer(period, arrives, arrives - earnings, earnings - untaxed, to)


def move_part(parts: dict[str, Part], wait: float, untaxed: float, to: str) -> None:
    """
    What will go back moves with the account, as an account by itself would.

    Its basis is then what was moved, with the earnings of the days on the way, which have been income too.
    """
    here = parts["after_tax"]
    arrives = here.value * wait
    deferred = min(max(0.0, arrives - here.basis), untaxed)
    parts["traditional_ira"].value += deferred / wait
    parts[to].value += (arrives - deferred) / wait
    parts[to].basis += max(here.value, arrives) - deferred
    parts["after_tax"] = Part(0.0, max(0.0, here.basis - arrives))


def keep_back(
    client: Client, facts: Year, transfers: list[Transfer], tax: float, book: Books
) -> tuple[float, float]:
    """
    The year's tax kept out of the transfers, each bearing its share by taxable income, basis before earnings.

    Returns: (kept back in all, 10% additional tax in it), USD. What is kept does not grow from the transfer on.
    """
    taxable = sum(each.taxable for each in transfers)
    if client.assumptions.tax_paid_from == "outside" or client.plan.way_out == "in_plan_rollover":
        return 0.0, 0.0
    if taxable <= 0 or tax <= 0:
        return 0.0, 0.0
    early = not client.has_reached(facts.law.early_distribution_age, facts.year)
    rate = facts.law.early_distribution_rate if early else 0.0
    kept_in_all = additional = 0.0
    for each in transfers:
        kept = tax * each.taxable / taxable
        earnings_kept = 0.0
        if kept > each.basis:
            # The additional tax on the earnings kept is kept too: earnings = tax - basis + rate x earnings.
            earnings_kept = (kept - each.basis) / (1 - rate)
            earnings_kept = min(earnings_kept, each.value - each.basis)
            kept = each.basis + earnings_kept
        kept_in_all += kept
        additional += rate * earnings_kept
        until_the_end = growth_of_a_period(client) ** (client.plan.pay_periods - each.period)
        book.put(each.to, -kept / on_the_way(client) * until_the_end)
    return kept_in_all, additional


def value_after_tax(client: Client, book: Books) -> float:
    """All accounts at the horizon, after the tax that is still due on them."""
    a, has = client.assumptions, client.balances
    after_rate = 1 - a.retirement_tax_rate
    value = book.designated_roth + book.roth_ira
    value += book.pre_tax * after_rate
    for account, basis in (
        (book.after_tax, book.after_tax_basis),
        (book.traditional_ira, has.traditional_ira_basis),
    ):
        value += min(account, basis) + max(0.0, account - basis) * after_rate
    brokerage = book.own_brokerage + book.side
    gain = max(0.0, brokerage - has.brokerage_basis - book.side_basis)
    return value + brokerage - a.gains_rate_at_horizon * gain
