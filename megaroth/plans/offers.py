"""Job offers side by side: the same client and the same years, another employer."""

from collections.abc import Iterable, Mapping

import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import Dollars, InputError, Message, Rate, Term, checked_one, refuse
from megaroth.facts.labels import label_of
from megaroth.plans.comparison import CENT, discounting
from megaroth.plans.job_offer import Offer, OfferWorth, worth_of
from megaroth.rules.room import LIMIT_NAMES, Reason
from megaroth.rules.working import Working

FEWEST, MOST = 2, 6
PARTS = ("salary_after_tax", "employer_money", "mega_backdoor")  # they add up to the total


class OfferComparison(pd.DataFrame):
    """
    The table of compare_offers.

    Attributes:
        best: the name of the offer that is worth most in all; None: they tie, or an answer that is missing decides.
        reasons: why the figures are as they are, offer by offer, and last which offer is ahead.
        questions: DataFrame offer, field, if_yes, if_no: plan facts not known that would change the worth, and the worth
            of the after-tax account under each answer.
        worths: what stands behind each row. years: of the stay.
        discount_rate, discount_basis: as in CostOfWaiting.
    """

    _metadata = ("best", "reasons", "questions", "worths", "years", "discount_rate", "discount_basis")

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame  # a part of the table is a plain table

    @property
    def working(self) -> pd.DataFrame:
        """The steps to the first offer's total: label, amount, formula, source."""
        return self.working_of(self.index[0])

    def working_of(self, name: str) -> pd.DataFrame:
        """The steps to one offer's total; raises InputError for an offer that is not in the table."""
        if name not in self.index:
            refuse("choice", "offers", name, choices=", ".join(self.index))
        return _working(self.worths[self.index.get_loc(name)], self.discount_basis)


def compare_offers(
    offers: Iterable[Offer | Mapping[str, object]], client: Client, years_expected: int | None = None
) -> OfferComparison:
    """
    What the plans of job offers are worth beside their salaries, in today's dollars after tax.

    Each offer starts with the client's first year and differs in nothing but its own facts. Three parts, which add up:

    - salary_after_tax: pay of each year of the stay less the taxes that it causes (federal, state, Medicare surcharges and
      the employee's payroll tax: full tax with the pay less full tax without it). Own deferrals count as pay received.
    - employer_money: match and other employer money of the stay at the horizon, after the tax rate in retirement, as far as
      it is vested when the client leaves.
    - mega_backdoor: how far the after-tax account ends ahead of a brokerage account for the same take-home dollars, by the
      better way that the plan allows; nothing where the brokerage account ends ahead.

    A year's pay is brought to today from that year's end, the other two from the horizon, at discount_rate or inflation.
    Not counted: health insurance, stock and options, signing bonuses, paid leave, fees and funds of the plans, payroll
    taxes of states.

    Args:
        offers: two to six; Offer, or mappings of its fields.
        client: facts, elections and assumptions; his own job's pay and first plan are replaced.
        years_expected: that the client stays, whole years; None: to the client's own separation_year, that year included.

    Returns: a row per offer, index its name. Columns: the three PARTS, total, per_year (total by year of stay), plan
        (employer_money and mega_backdoor together), mega_low, mega_high, total_low, total_high and status: "known"; or
        "ask", where a plan fact that is not known would change the worth: then mega_backdoor, plan, total and per_year are
        empty, and the low and high ones say between what they lie.
    Raises: InputError for fewer than two or more than six offers, unknown fields or bad values in one, years that the
        horizon does not reach, and as project.
    Source: design sections 3 and 4; 26 U.S.C. 415(c), 402A(c)(4), 411(a)(2)(B).
    """
    chosen, years = _checked(offers), years_of_stay(client, years_expected)
    return comparison_of([worth_in(k, offer, client, years) for k, offer in enumerate(chosen, 1)])


def worth_in(number: int, offer: Offer, client: Client, years: int) -> OfferWorth:
    """What the offer of that number is worth; a problem with it names the number."""
    try:
        return worth_of(offer, client, years)
    except InputError as problem:
        raise of_offer(number, problem) from None


def of_offer(number: int, problem: InputError) -> InputError:
    """The same problem with the number of the offer in which it stands."""
    text = "Offer {number}: {problem}"
    return InputError(
        problem.rule, text, field=problem.field, value=problem.value, number=number, problem=problem.message
    )


def years_of_stay(client: Client, years_expected: int | None) -> int:
    """The years that the client stays; None: the years to separation_year, that one included."""
    assumed = client.assumptions
    most = assumed.horizon_year - assumed.start_year + 1
    if years_expected is None:
        return min(most, assumed.leaving_year - assumed.start_year + 1)
    return int(checked_one("years_expected", years_expected, low=1, high=most, whole=True))


def comparison_of(worths: Iterable[OfferWorth]) -> OfferComparison:
    """The table of offers whose worth is known, all of one client and one stay."""
    worths = tuple(worths)
    client, years = worths[0].client, worths[0].years
    rows = [_row(worth) for worth in worths]
    table = OfferComparison(pd.DataFrame(rows, index=pd.Index(_names(worths), name="offer")))
    table.worths, table.years = worths, years
    table.discount_rate, table.discount_basis = discounting(client)
    table.best = _best(table)
    table.questions = _questions(table)
    own = (reason for name, worth in zip(table.index, worths, strict=True) for reason in _about(name, worth))
    table.reasons = (*own, _standing(table))
    return table


def _checked(offers: object) -> list[Offer]:
    if isinstance(offers, str | Mapping) or not isinstance(offers, Iterable):
        refuse("list", "offers", offers if isinstance(offers, str) else type(offers).__name__)
    given = list(offers)
    if not FEWEST <= len(given) <= MOST:
        text = "Two to six offers can be compared; you entered {value}."
        raise InputError("between", text, field="offers", value=len(given))
    return [_offer(number, each) for number, each in enumerate(given, 1)]


def _offer(number: int, given: object) -> Offer:
    if isinstance(given, Offer):
        return given
    try:
        if not isinstance(given, Mapping):
            refuse("group", "offers", type(given).__name__)
        return Offer(**{str(name): value for name, value in given.items()})
    except InputError as problem:
        raise of_offer(number, problem) from None


def _names(worths: tuple[OfferWorth, ...]) -> list[str]:
    """The offers' names; of those that have the same one the later ones are numbered."""
    found: list[str] = []
    for worth in worths:
        name, copy = worth.offer.name, 2
        while name in found:
            name, copy = f"{worth.offer.name} ({copy})", copy + 1
        found.append(name)
    return found


def _row(worth: OfferWorth) -> dict[str, float | str]:
    mega, beside = worth.mega, worth.salary_after_tax + worth.employer_money
    point = mega.high if mega.known else float("nan")
    return {
        "salary_after_tax": worth.salary_after_tax,
        "employer_money": worth.employer_money,
        "mega_backdoor": point,
        "total": beside + point,
        "per_year": (beside + point) / worth.years,
        "plan": worth.employer_money + point,
        "mega_low": mega.low,
        "mega_high": mega.high,
        "total_low": beside + mega.low,
        "total_high": beside + mega.high,
        "status": "known" if mega.known else "ask",
    }


def _best(table: pd.DataFrame) -> str | None:
    """The offer whose least is more than the most of every other one."""
    for name, row in table.iterrows():
        if (row["total_low"] - table.drop(index=name)["total_high"] >= CENT).all():
            return name
    return None


def _questions(table: OfferComparison) -> pd.DataFrame:
    rows = [
        (name, field, yes, no)
        for name, worth in zip(table.index, table.worths, strict=True)
        for field, (yes, no) in worth.mega.questions.items()
    ]
    return pd.DataFrame(rows, columns=["offer", "field", "if_yes", "if_no"])


# --- why ---


def _about(name: str, worth: OfferWorth) -> list[Reason]:
    """What in this offer makes its figures what they are."""
    plan, room, offer = worth.offer.plan, worth.room, worth.offer
    values: dict[str, object] = {
        "name": name, "year": worth.law.year, "room": Dollars(room.space),
        "limit_name": Term(LIMIT_NAMES[room.limited_by]), "employer": Dollars(room.employer_contribution),
        "own": Dollars(room.elective_deferral), "vested": Rate(worth.vested), "lost": Dollars(round(worth.forfeited)),
        "months": offer.waiting_months,
    }  # fmt: skip
    terms, found = "terms of the plan", []

    def add(text: str, cite: str) -> None:
        found.append(Reason(Message(text, values), cite))

    if worth.vested < 1:
        text = "{name}: at the end of the stay {vested} of the employer money is vested; {lost} of it is left behind."
        add(text, "26 U.S.C. 411(a)(2)(B)")
    if offer.waiting_months:
        text = "{name}: nothing goes into the plan at first; months of waiting: {months}."
        add(text, terms)
    if plan.kind == "457b":
        text = "{name}: a 457(b) plan has no place for after-tax money."
        add(text, "26 U.S.C. 457(b)(2)")
        return found
    if plan.accepts_after_tax is False:
        text = "{name}: the plan takes no after-tax contributions."
        add(text, terms)
        return found
    if room.space < CENT:
        text = "{name}: own deferrals of {own} and employer money of {employer} leave no room in {year}, or a cap of the plan does."
        add(text, "26 U.S.C. 415(c)")
    else:
        text = "{name}: after own deferrals of {own} and employer money of {employer} there is room for {room} in {year}; what holds it down is {limit_name}."
        add(text, "26 U.S.C. 415(c)")
    if plan.separate_account is False:
        text = "{name}: after-tax money has no account of its own, so it cannot move alone before separation."
        add(text, "26 U.S.C. 72(d)(2), 72(e)(8)")
    elif plan.way_out == "none":
        text = "{name}: after-tax money can move only at separation."
        add(text, terms)
    elif plan.frequency is None:
        text = "{name}: how often the plan moves money is not known; each paycheck is assumed."
        add(text, terms)
    if worth.mega.known and worth.mega.strategy is None and room.space >= CENT:
        text = "{name}: a brokerage account for the same dollars ends no lower, so the after-tax account counts as nothing."
        add(text, "assumption")
    for field in worth.mega.questions:
        values["asked"] = Term(label_of(field))
        text = "{name}: not known, ask HR: {asked}."
        found.append(Reason(Message(text, dict(values)), terms))
    return found


def _standing(table: OfferComparison) -> Reason:
    """Which offer is ahead in all, or why none is."""
    if table.best is not None:
        others = table.drop(index=table.best)
        least = float(table.loc[table.best, "total_low"] - others["total_high"].max())
        text = "{name} is worth at least {amount} more than any other offer, after tax in present value."
        return Reason(Message(text, {"name": table.best, "amount": Dollars(round(least))}), "assumption")
    if (table["status"] == "ask").any():
        text = "Which offer is worth most depends on what is not known yet."
        return Reason(Message(text), "terms of the plan")
    text = "The offers at the top are worth the same to the cent."
    return Reason(Message(text), "assumption")


def _working(worth: OfferWorth, basis: str) -> pd.DataFrame:
    """The steps to an offer's total; of an unknown after-tax account its most, and the total with it."""
    steps, today, mega = Working(), basis == "inflation", worth.mega
    formula = "each year of the stay, nominal"
    steps.add("Pay", worth.paid, formula, "as entered")
    formula = "tax with the pay less tax without it, and the employee's payroll tax"
    steps.add("Taxes on it", -worth.taxes, formula, "26 U.S.C. 1, 3101")
    formula = "pay less taxes of each year, from its end to today"
    steps.add("Salary after tax", worth.salary_after_tax, formula, "assumption")
    formula = "match and other employer money of the stay, nominal"
    steps.add("Employer money", worth.employer_paid, formula, "terms of the plan")
    formula = "with earnings, less the tax rate in retirement"
    steps.add("At the horizon, after tax", worth.employer_at_horizon, formula, "assumption")
    formula = "as far as it is vested at leaving"
    steps.add("Vested part", worth.employer_at_horizon * worth.vested, formula, "terms of the plan")
    formula = (
        "1 / (1 + inflation) to the number of years"
        if today
        else "1 / (1 + discount rate) to the number of years"
    )
    steps.add("Discount factor", worth.factor, formula, "assumption")
    formula = "vested part times discount factor"
    steps.add("Employer money today", worth.employer_money, formula, "assumption")
    formula = "after-tax account less a brokerage account for the same dollars"
    steps.add("Difference at the horizon", mega.at_horizon, formula, "ledger")
    formula = "difference times discount factor"
    steps.add("Mega-backdoor today", mega.high, formula, "assumption")
    formula = "salary after tax, employer money and mega-backdoor together"
    total = worth.salary_after_tax + worth.employer_money + mega.high
    steps.add("Total", total, formula, "assumption")
    return steps.frame()
