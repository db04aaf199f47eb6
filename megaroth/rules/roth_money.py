"""What Roth money consists of, layer by layer, and what a payout of it turned out to be. Amounts are USD."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from megaroth.facts.errors import checked, refuse
from megaroth.facts.fields import LAST_YEAR
from megaroth.rules.working import Working

Numbers = np.ndarray | float
FIRST_ROTH_YEAR = 1998
ORDER = "26 U.S.C. 408A(d)(4)(B)"
PRO_RATA = "26 U.S.C. 72(e)(8), 402A(d)"
RECAPTURE = "26 U.S.C. 408A(d)(3)(F), 402A(c)(4)(D)"
EARLY = "26 U.S.C. 72(t)(1), (2)(A)(i)"
LAYER_LABELS = {
    "contributions": "From contributions",
    "taxable": "From conversions, part taxed then",
    "nontaxable": "From conversions, part taxed before",
    "earnings": "From earnings",
}


@dataclass(frozen=True)
class Conversion:
    """What was converted in a year, USD: the part that was income then, and the part that had been taxed before."""

    year: int
    taxable: Numbers = 0.0
    nontaxable: Numbers = 0.0


@dataclass(frozen=True)
class RothMoney:
    """
    What all Roth IRAs of a person hold, or the Roth account in one plan.

    Attributes:
        value: of the account, USD. contributions: of it paid in directly: to a Roth IRA, or as Roth deferrals.
        conversions: by year, oldest first; for a plan its in-plan rollovers. Anything with a Conversion's fields is
            taken, and what falls into one year is one conversion.
        first_year: the first with any Roth money, of any Roth IRA or of this plan; None: that of the first conversion.
    """

    value: Numbers
    contributions: Numbers = 0.0
    conversions: tuple[Conversion, ...] = ()
    first_year: int | None = None

    def __post_init__(self) -> None:
        for field in ("value", "contributions"):
            checked(field, getattr(self, field))
        by_year: dict[int, list] = {}
        for each in self.conversions:
            checked("taxable", each.taxable)
            checked("nontaxable", each.nontaxable)
            by_year.setdefault(checked_year("conversion_year", each.year), []).append(each)
        merged = tuple(
            Conversion(year, sum(each.taxable for each in found), sum(each.nontaxable for each in found))
            for year, found in sorted(by_year.items())
        )
        object.__setattr__(self, "conversions", merged)
        if self.first_year is not None:
            checked_year("first_roth_year", self.first_year)

    @property
    def basis(self) -> Numbers:
        """What was paid in and converted, and comes out once without income."""
        return self.contributions + sum(each.taxable + each.nontaxable for each in self.conversions)

    @property
    def earnings(self) -> Numbers:
        """Value above basis, not below 0."""
        return np.maximum(0.0, np.subtract(self.value, self.basis))

    @property
    def clock_year(self) -> int:
        """
        The year on whose 1 January the five-year clock started.

        Raises: InputError when neither first_year nor a conversion tells.
        Source: 26 U.S.C. 408A(d)(2)(B), 402A(d)(2)(B).
        """
        if self.first_year is not None:
            return self.first_year
        return self.conversions[0].year if self.conversions else refuse("missing", "first_roth_year", None)


@dataclass(frozen=True)
class Part:
    """
    A layer's part of a withdrawal, USD.

    Attributes: layer ("contributions", "taxable" or "nontaxable" of a conversion, "earnings"); year of the
        conversion, else None; amount; income, what of it is income now; additional_tax on it.
    """

    layer: str
    year: int | None
    amount: Numbers
    income: Numbers
    additional_tax: Numbers


@dataclass(frozen=True)
class Withdrawal:
    """
    A payout taken apart.

    Attributes: parts, in the order in which they come; left, the account after it; qualified: nothing of it is income.
    """

    parts: tuple[Part, ...]
    left: RothMoney
    qualified: bool
    source: str

    @property
    def amount(self) -> Numbers:
        return sum(part.amount for part in self.parts)

    @property
    def income(self) -> Numbers:
        """Ordinary income of the year."""
        return sum(part.income for part in self.parts)

    @property
    def additional_tax(self) -> Numbers:
        """The 10% on early money, beside the income tax."""
        return sum(part.additional_tax for part in self.parts)

    def of(self, layer: str) -> Numbers:
        """What comes from one kind of layer."""
        return sum((part.amount for part in self.parts if part.layer == layer), 0.0)

    @property
    def working(self) -> pd.DataFrame:
        """The payout by layer, the income in it, and last the additional tax."""
        steps = Working()
        formula = "in the order of the layers" if self.source == ORDER else "its share of the payout"
        for layer, label in LAYER_LABELS.items():
            steps.add(label, self.of(layer), formula, self.source)
        steps.add(
            "Income",
            self.income,
            "earnings, unless the payout is qualified",
            "26 U.S.C. 408A(d)(1), 402A(d)(1)",
        )
        formula = "on earnings and young conversions, before the age"
        steps.add("10% additional tax", self.additional_tax, formula, f"{EARLY}; {RECAPTURE}")
        return steps.frame()


@dataclass(frozen=True)
class Free:
    """
    What can come out in a year without tax and additional tax, USD.

    Attributes: amount; value of the account; contributions and conversions: what of the amount they are (0 for a
        qualified payout, which asks for no layers, and for a plan, which has none); qualified.
    """

    amount: Numbers
    value: Numbers
    contributions: Numbers
    conversions: Numbers
    qualified: bool
    source: str

    @property
    def working(self) -> pd.DataFrame:
        """The steps from the account to what is free, for one client."""
        steps = Working()
        steps.add("Account value", self.value, "of the year", "ledger")
        if self.source == ORDER and not self.qualified:
            steps.add("From contributions", self.contributions, "in the order of the layers", ORDER)
            formula = "oldest first, up to one that bears the additional tax"
            steps.add("From conversions", self.conversions, formula, f"{ORDER}; {RECAPTURE}")
        held = np.subtract(self.amount, self.value)
        steps.add("Would bear tax", held, "what lies behind it, or comes with earnings", self.source)
        formula = "all of it after age and clock, else what is left"
        steps.add("Free of tax", self.amount, formula, "26 U.S.C. 408A(d)(1), (2), 402A(d)(1), (2)")
        return steps.frame()


def checked_year(field: str, year: object, low: int = FIRST_ROTH_YEAR) -> int:
    """A calendar year from *low* on, in which there can be Roth money."""
    number = checked(field, year, low=low, high=LAST_YEAR)
    if not isinstance(number, float) or not number.is_integer():
        refuse("whole", field, year)
    return int(number)
