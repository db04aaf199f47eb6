"""
One payout of after-tax money, by the way it went: what is taxed, what is withheld, and the payer's Form 1099-R.

Amounts are USD, exact; boxes are in cents, as the form has them.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from megaroth.facts.law import Law
from megaroth.rules.rollover import kept_back

# How the money goes, by route: to a Roth IRA directly, within the plan, basis and earnings to two IRAs, through the
# person's hands within 60 days, or back to the person after the plan's ACP test.
ROUTES = ("direct", "in_plan", "split", "sixty_day", "refund")
ROLLED_TO = ("roth_ira", "traditional_ira")
INSTRUCTIONS = "Form 1099-R Instructions (2024)"  # of Forms 1099-R and 5498 together
CITES = {
    "direct": f"26 U.S.C. 408A(d)(3), (e); {INSTRUCTIONS}",
    "in_plan": f"26 U.S.C. 402A(c)(4); {INSTRUCTIONS}",
    "split": f"Notice 2014-54; {INSTRUCTIONS}",
    "sixty_day": f"26 U.S.C. 402(c)(2), (3), 3405(c); {INSTRUCTIONS}",
    "refund": f"26 U.S.C. 401(m)(6), 4979(f)(2); {INSTRUCTIONS}",
}
DIRECT_ROLLOVER, PAID_BACK = "G", "8"
EARLY, EARLY_WITH_EXCEPTION, NORMAL = "1", "2", "7"


@dataclass(frozen=True)
class Form1099R:
    """
    A Form 1099-R: its boxes as a payer fills them in, USD.

    Attributes: box_1 gross, box_2a taxable (None: left blank), box_4 withheld, box_5 basis, box_7 code, box_10 and
        box_11 (of a later payout from a Roth account in the plan only); not_determined, the first box of 2b;
        ira_sep_simple, the one beside box 7; goes_to, where the money went, which the form does not show.
    """

    box_1: float
    box_2a: float | None
    box_5: float = 0.0
    box_7: str = DIRECT_ROLLOVER
    box_4: float = 0.0
    not_determined: bool = False
    ira_sep_simple: bool = False
    box_10: float = 0.0
    box_11: int | None = None
    goes_to: str = ""


@dataclass(frozen=True)
class Payout:
    """
    What left the after-tax account in a year by one route, USD and exact.

    Attributes: route; nontaxable, basis that left; earnings that left with it; kept, what was not rolled over of it; early,
        before 59 1/2; exception, one to the additional tax is known; withheld (None: what the law asks for); rolled_to.
    """

    route: str
    nontaxable: float
    earnings: float
    kept: float = 0.0
    early: bool = False
    exception: bool = False
    withheld: float | None = None
    rolled_to: str = "roth_ira"

    @property
    def amount(self) -> float:
        return self.nontaxable + self.earnings

    @property
    def parts_kept(self) -> tuple[float, float]:
        """Basis and earnings of what was kept: pre-tax money belongs to the rolled part first."""
        basis, earnings = kept_back(self.kept, self.amount, self.nontaxable)
        return float(basis), float(earnings)

    @property
    def rolled(self) -> float:
        return 0.0 if self.route == "refund" else self.amount - self.kept

    @property
    def taxable(self) -> float:
        """Income of the year: all earnings, but those that a traditional IRA takes over untaxed."""
        if self.route == "split" or (self.route == "sixty_day" and self.rolled_to == "traditional_ira"):
            return self.parts_kept[1]
        return self.earnings

    def mandatory_withholding(self, law: Law) -> float:
        """Tax that the plan must withhold: on the taxable part of what it pays to the person, and nothing from a refund."""
        if self.route == "refund":
            return 0.0
        paid = self.earnings if self.route == "sixty_day" else self.parts_kept[1]
        return paid * law.rollover_withholding_rate

    def additional_tax(self, law: Law) -> float:
        """The tax on early payouts, on earnings kept only: never on a rollover, nor on a refund after the ACP test."""
        if not self.early or self.exception or self.route == "refund":
            return 0.0
        return self.parts_kept[1] * law.early_distribution_rate

    @property
    def code_when_paid(self) -> str:
        """Box 7 of what is paid to the person."""
        return NORMAL if not self.early else EARLY_WITH_EXCEPTION if self.exception else EARLY

    def forms(self, law: Law) -> tuple[Form1099R, ...]:
        """The payer's forms, one for each place that the money goes to."""
        withheld = cents(self.mandatory_withholding(law) if self.withheld is None else self.withheld)
        if self.route == "split":
            found = (
                Form1099R(cents(self.earnings), 0.0, goes_to="traditional_ira"),
                Form1099R(cents(self.nontaxable), 0.0, cents(self.nontaxable), goes_to="roth_ira"),
            )
        elif self.route in ("direct", "in_plan"):
            to = "designated_roth" if self.route == "in_plan" else "roth_ira"
            basis, earnings = self.parts_kept
            paid = _form(basis, earnings, self.code_when_paid, "paid", withheld)
            rolled = _form(self.nontaxable - basis, self.earnings - earnings, DIRECT_ROLLOVER, to)
            found = (rolled, paid)
        else:
            code = PAID_BACK if self.route == "refund" else self.code_when_paid
            found = (_form(self.nontaxable, self.earnings, code, "paid", withheld),)
        return tuple(form for form in found if form.box_1 > 0)


def _form(basis: float, earnings: float, code: str, goes_to: str, withheld: float = 0.0) -> Form1099R:
    """One form; boxes 2a and 5 add up to box 1 in cents too."""
    gross = cents(basis + earnings)
    taxable = min(gross, cents(earnings))
    return Form1099R(gross, taxable, cents(gross - taxable), code, withheld, goes_to=goes_to)


def cents(amount: float) -> float:
    """An amount as a box has it, half a cent up."""
    # The last bits of a sum must not decide over half a cent.
    return float(Decimal(repr(round(amount, 4))).quantize(Decimal("0.01"), ROUND_HALF_UP))


def dollars(amount: float) -> int:
    """An amount as a line of Form 1040 has it, half a dollar up."""
    return int(Decimal(repr(round(amount, 2))).quantize(Decimal(1), ROUND_HALF_UP))
