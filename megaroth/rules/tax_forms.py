"""
The forms that a payout of after-tax money leads to: 1099-R, 5498, and the lines of Form 1040 and Form 8606.

Amounts are USD. Boxes are in cents, lines of Form 1040 in whole dollars, as the forms have them; the exact parts
stand beside them. Money that moves into an account in the plan or into a Roth IRA comes out of a plan, so it stands on
lines 5a and 5b of Form 1040, never on 4a and 4b, and not in Part II of Form 8606, which is for IRAs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from megaroth.facts.errors import InputError, checked_one, refuse
from megaroth.facts.law import Law, law_of
from megaroth.rules.payouts import (
    CITES,
    INSTRUCTIONS,
    ROLLED_TO,
    ROUTES,
    Form1099R,
    Payout,
    cents,
    dollars,
)
from megaroth.rules.rollover import CENT, after_tax_rollover
from megaroth.rules.working import Working

OLDEST = 120


@dataclass(frozen=True)
class Form5498:
    """
    A Form 5498, by which an IRA's custodian tells what went in.

    Attributes: ira ("roth_ira" or "traditional_ira"); box_2 rollovers, from a plan to a Roth IRA too; box_3 conversions of
        IRAs; box_5 value on 31 December (None: not known); box_10 contributions to a Roth IRA.
    """

    ira: str
    box_2: float
    box_5: float | None = None
    box_3: float = 0.0
    box_10: float = 0.0


@dataclass(frozen=True)
class TaxForms:
    """
    All forms of a year.

    Attributes:
        law, payouts: what they rest on. roth_ira_value, traditional_ira_value: on 31 December; None: not known.
        forms_1099r, forms_5498; lines_1040: "4a" to "5b" in whole dollars; rollover: whether it is
            marked as one, on rollover_line.
        lines_8606: Part II, all zero; later_8606: what to remember for a later form, by line (24: basis in conversions
            for a payout from the Roth IRA; 2: basis in traditional IRAs).
        taxable, nontaxable: exact; withheld; to_make_up: money of one's own that a full 60-day rollover takes;
            additional_tax: on earnings kept before 59 1/2 (Form 5329).
        working: the steps to line 5b.
    """

    law: Law
    payouts: tuple[Payout, ...]
    roth_ira_value: float | None = None
    traditional_ira_value: float | None = None

    @cached_property
    def forms_1099r(self) -> tuple[Form1099R, ...]:
        return tuple(form for payout in self.payouts for form in payout.forms(self.law))

    @property
    def forms_5498(self) -> tuple[Form5498, ...]:
        arrived = {"roth_ira": 0.0, "traditional_ira": 0.0}
        for payout in self.payouts:
            if payout.route == "split":
                arrived["roth_ira"] += payout.nontaxable
                arrived["traditional_ira"] += payout.earnings
            elif payout.route != "in_plan":
                arrived[payout.rolled_to] += payout.rolled
        values = {"roth_ira": self.roth_ira_value, "traditional_ira": self.traditional_ira_value}
        return tuple(
            Form5498(ira, cents(amount), None if values[ira] is None else cents(values[ira]))
            for ira, amount in arrived.items()
            if cents(amount) > 0
        )

    @property
    def lines_1040(self) -> dict[str, int]:
        gross = sum(form.box_1 for form in self.forms_1099r)
        taxed = min(gross, sum(cents(payout.taxable) for payout in self.payouts))
        return {"4a": 0, "4b": 0, "5a": dollars(gross), "5b": dollars(taxed)}

    @property
    def rollover(self) -> bool:
        return any(payout.rolled > CENT for payout in self.payouts)

    @property
    def rollover_line(self) -> str:
        """The line of Form 1040 with that mark: of all that is rolled over, also to Roth, where it is taxed."""
        return self.law.rollover_mark_line

    @property
    def lines_8606(self) -> dict[str, float]:
        return dict.fromkeys(("16", "17", "18"), 0.0)

    @property
    def later_8606(self) -> dict[str, float]:
        found = {"24": 0.0, "2": 0.0}
        for payout in self.payouts:
            if payout.route == "split":
                found["24"] += payout.nontaxable
            elif payout.route == "sixty_day" and payout.rolled_to == "traditional_ira":
                found["2"] += payout.nontaxable - payout.parts_kept[0]
            elif payout.route in ("direct", "sixty_day"):
                found["24"] += payout.rolled
        return {line: cents(amount) for line, amount in found.items() if cents(amount) > 0}

    @property
    def amount(self) -> float:
        return sum(payout.amount for payout in self.payouts)

    @property
    def taxable(self) -> float:
        return sum(payout.taxable for payout in self.payouts)

    @property
    def nontaxable(self) -> float:
        return sum(payout.nontaxable for payout in self.payouts)

    @property
    def withheld(self) -> float:
        return sum(form.box_4 for form in self.forms_1099r)

    @property
    def to_make_up(self) -> float:
        """What must come from other money, so that all that was meant to be rolled over arrives."""
        passing = (payout for payout in self.payouts if payout.route == "sixty_day")
        return sum(
            max(0.0, sum(form.box_4 for form in payout.forms(self.law)) - payout.kept) for payout in passing
        )

    @property
    def additional_tax(self) -> float:
        return sum(payout.additional_tax(self.law) for payout in self.payouts)

    @property
    def working(self) -> pd.DataFrame:
        steps = Working()
        for payout in self.payouts:
            steps.add("Paid out", payout.amount, "box 1", INSTRUCTIONS)
            formula = "basis that left with it, pro rata"
            steps.add("Nontaxable part", payout.nontaxable, formula, "26 U.S.C. 72(d)(2), 72(e)(8)")
            steps.add("Earnings", payout.earnings, "paid out less the nontaxable part", CITES[payout.route])
            untaxed = payout.earnings - payout.taxable
            if untaxed > CENT:
                formula = "go on in a traditional IRA, taxed when drawn"
                steps.add("Earnings not taxed now", untaxed, formula, "26 U.S.C. 402(c)(1); Notice 2014-54")
        lines = self.lines_1040
        steps.add("Form 1040, line 5a", lines["5a"], "sum of box 1, to the dollar", "Form 1040 Instructions")
        formula = "earnings taxed now, to the dollar"
        steps.add("Form 1040, line 5b", lines["5b"], formula, "Form 1040 Instructions")
        return steps.frame()


def tax_forms_of(
    year: int | Law,
    route: str,
    amount: float,
    balance: float,
    after_tax_basis: float,
    kept: float = 0.0,
    age: float | None = None,
    exception: bool = False,
    withheld: float | None = None,
    rolled_to: str = "roth_ira",
    roth_ira_value: float | None = None,
    traditional_ira_value: float | None = None,
) -> TaxForms:
    """
    The forms of one payout from the after-tax account, kept as a separate account by the plan.

    Args (USD):
        year: of the payout, or its law.
        route: one of ROUTES.
        amount, balance, after_tax_basis: as after_tax_rollover.
        kept: of the amount, what is not rolled over (directly: paid to the person for tax; 60-day: not put in again).
        age: on the day of the payout, needed where money is paid to the person; exception: one to the tax on early
            payouts is known to the payer (leaving the job from 55 on, and the like).
        withheld: None: the least that the law allows. More can be asked for.
        rolled_to: of a 60-day rollover, one of ROLLED_TO.
        roth_ira_value, traditional_ira_value: on 31 December, for box 5 of Form 5498.

    Raises: InputError for amounts that cannot be, an unknown route, a missing age, or money kept where nothing can be.
    Source: CITES by route; 26 U.S.C. 72(t), 3405(c).

    >>> forms = tax_forms_of(2026, "direct", amount=20_000, balance=45_000, after_tax_basis=37_500)
    >>> forms.forms_1099r[0].box_2a, forms.forms_1099r[0].box_5, forms.lines_1040["5b"]
    (3333.33, 16666.67, 3333)
    """
    law, payout = payout_of(
        year, route, amount, balance, after_tax_basis, kept, age, exception, withheld, rolled_to
    )
    values = {
        name: None if value is None else checked_one(name, value)
        for name, value in {
            "roth_ira_value": roth_ira_value,
            "traditional_ira_value": traditional_ira_value,
        }.items()
    }
    return TaxForms(law, (payout,), **values)


def payout_of(
    year: int | Law,
    route: str,
    amount: float,
    balance: float,
    after_tax_basis: float,
    kept: float = 0.0,
    age: float | None = None,
    exception: bool = False,
    withheld: float | None = None,
    rolled_to: str = "roth_ira",
) -> tuple[Law, Payout]:
    """The law of the year and the payout, checked; arguments and errors of tax_forms_of."""
    _one_of("route", route, ROUTES)
    _one_of("rolled_to", rolled_to, ROLLED_TO)
    law = law_of(year)
    moved = checked_one("amount", amount)
    value, basis = checked_one("balance", balance), checked_one("after_tax_basis", after_tax_basis)
    rest = checked_one("kept", kept)
    parts = after_tax_rollover(moved, value, basis)
    if rest > (moved if route in ("direct", "sixty_day") else 0.0) + CENT:
        if route in ("direct", "sixty_day"):
            refuse("at_most", "kept", rest, limit=moved)
        text = "{field} must be 0 for this route, which lets nothing be kept; you entered {value}."
        raise InputError("nothing_kept", text, field="kept", value=rest)
    early = False
    if route == "sixty_day" or (route == "direct" and rest > CENT):
        early = checked_one("age", age, high=OLDEST) < law.early_distribution_age
    payout = Payout(
        route, float(parts.nontaxable), float(parts.taxable), rest, early, exception, None,
        rolled_to if route == "sixty_day" else "roth_ira",
    )  # fmt: skip
    if withheld is None:
        return law, payout
    least, most = payout.mandatory_withholding(law), moved if route in ("sixty_day", "refund") else rest
    taken = checked_one("withheld", withheld)
    if taken < least - CENT or taken > most + CENT:
        refuse("between", "withheld", taken, low=least, high=most)
    return law, Payout(**{**vars(payout), "withheld": taken})


def _one_of(field: str, value: object, choices: Iterable[str]) -> None:
    if not isinstance(value, str) or value not in choices:
        refuse("choice", field, value, choices=", ".join(choices))
