"""
Estimated tax: how much must be in, and by when, so that nothing is added for underpayment.

The regular method only: equal installments. Income that comes late in the year can be annualized (Form 2210, Schedule
AI), which is not modelled; nor is the estimated tax of states.
"""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import checked_one, refuse
from megaroth.facts.law import STATUSES, Law, law_of
from megaroth.rules.client_return import client_return
from megaroth.rules.rollover import CENT
from megaroth.rules.working import Working

CITE = "26 U.S.C. 6654(d)(1)(B), (C)"
DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)


# What a year's tax is made of: column, label, source.
TAX_PARTS = {
    "tax_before_credits": ("Income tax before credits", "26 U.S.C. 1, 55"),
    "credits": ("Credits", "26 U.S.C. 24"),
    "niit": ("NIIT", "26 U.S.C. 1411"),
    "se_tax": ("Self-employment tax", "26 U.S.C. 1401(a), (b)(1)"),
    "additional_medicare_tax": ("Additional Medicare Tax", "26 U.S.C. 1401(b)(2), 3101(b)(2)"),
}


@dataclass(frozen=True)
class SafeHarbor:
    """
    What keeps an addition for underpaid estimated tax away, USD.

    Attributes:
        law; this_year_tax; parts: what it is made of, by the columns of client_return, where known; prior_year_tax, prior_year_agi, withholding: None where not known.
        by_this_year, by_last_year: the two ways to it; the second None where last year's facts are missing.
        required: the lesser of them, the required annual payment; where last year's facts are missing it is what is enough
            whatever they are.
        to_pay: required less withholding, 0 where nothing is due; None where the withholding is not known.
        nothing_due: why nothing is ("" where something is): "small" (less than the least amount is owed), "no_tax_before"
            (none last year, taken to be a year of 12 months and of citizenship or residence) or "withheld".
        missing: the facts that can change the answer; without those of last year it can only be too high.
        installments: DataFrame due, amount, together, a row each; empty where nothing is due or it is not known.
        working: the steps to to_pay.
    """

    law: Law
    filing_status: str
    this_year_tax: float
    prior_year_tax: float | None
    prior_year_agi: float | None
    withholding: float | None
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def by_this_year(self) -> float:
        return self.this_year_tax * self.law.estimated_tax_current_year_share

    @property
    def _ways_by_last_year(self) -> tuple[float, ...]:
        """What last year's tax asks for; both shares where the AGI that decides between them is not known."""
        if self.prior_year_tax is None:
            return ()
        usual, higher = self.law.estimated_tax_prior_year_shares
        if self.prior_year_agi is None:
            return self.prior_year_tax * usual, self.prior_year_tax * higher
        high = self.prior_year_agi > self.law.estimated_tax_high_agi[self.filing_status]
        return (self.prior_year_tax * (higher if high else usual),)

    @property
    def by_last_year(self) -> float | None:
        ways = self._ways_by_last_year
        return ways[0] if len(ways) == 1 else None

    @property
    def required(self) -> float:
        return min(self.by_this_year, max(self._ways_by_last_year, default=self.by_this_year))

    @property
    def nothing_due(self) -> str:
        if self.this_year_tax - (self.withholding or 0.0) < self.law.estimated_tax_minimum:
            return "small"
        if self.prior_year_tax == 0:
            return "no_tax_before"
        return "withheld" if (self.withholding or 0.0) > self.required - CENT else ""

    @property
    def missing(self) -> tuple[str, ...]:
        if self.nothing_due:
            return ()
        lower = min(self.by_this_year, *self._ways_by_last_year, self.by_this_year)
        unknown = {
            "prior_year_tax": self.prior_year_tax is None,
            "prior_year_agi": self.prior_year_agi is None and lower < self.required,
            "withholding": self.withholding is None,
        }
        return tuple(name for name, decides in unknown.items() if decides)

    @property
    def to_pay(self) -> float | None:
        if self.nothing_due:
            return 0.0
        return None if self.withholding is None else self.required - self.withholding

    @cached_property
    def due_dates(self) -> tuple[dt.date, ...]:
        return due_dates(self.law)

    @property
    def installments(self) -> pd.DataFrame:
        """What is to be paid by each date; withholding counts as paid evenly over them, whenever it is made."""
        dates = self.due_dates if self.to_pay else ()
        part = (self.to_pay or 0.0) / len(self.due_dates)
        amounts = [part] * len(dates)
        return pd.DataFrame(
            {"due": list(dates), "amount": amounts, "together": [part * (k + 1) for k in range(len(dates))]}
        )

    @property
    def working(self) -> pd.DataFrame:
        steps = Working()
        for name, (label, source) in TAX_PARTS.items():
            if self.parts.get(name):
                steps.add(
                    label,
                    -self.parts[name] if name == "credits" else self.parts[name],
                    "of the whole return",
                    source,
                )
        formula = "income tax, tax on self-employment, NIIT and Additional Medicare Tax, less credits"
        steps.add("This year's tax", self.this_year_tax, formula, "26 U.S.C. 6654(f), (m)")
        formula = "this year's tax times the share that the law asks for"
        steps.add("By this year's tax", self.by_this_year, formula, "26 U.S.C. 6654(d)(1)(B)(i)")
        if self.by_last_year is not None:
            formula = "last year's tax, times the larger share where last year's AGI was high"
            steps.add("By last year's tax", self.by_last_year, formula, "26 U.S.C. 6654(d)(1)(B)(ii), (C)")
        steps.add("Required annual payment", self.required, "the lesser of the two", CITE)
        if self.withholding is not None:
            formula = "counts as paid in equal parts on the due dates"
            steps.add("Tax withheld", self.withholding, formula, "26 U.S.C. 6654(g)(1)")
        if self.to_pay is not None:
            formula = "required less withheld; nothing where less than the least amount is owed, or none was last year"
            steps.add("To pay in installments", self.to_pay, formula, "26 U.S.C. 6654(d)(1)(A), (e)(1), (2)")
        return steps.frame()


def safe_harbor_of(
    year: int | Law,
    this_year_tax: float,
    prior_year_tax: float | None = None,
    prior_year_agi: float | None = None,
    withholding: float | None = None,
    filing_status: str = "single",
) -> SafeHarbor:
    """
    The safe harbor on bare figures.

    Args (USD): year, or its law; this_year_tax, what the return will show, with self-employment tax and the surtaxes;
        prior_year_tax, prior_year_agi of last year's return; withholding of this year; None: not known; filing_status
        of this year.

    Raises: InputError for figures that cannot be.
    Source: 26 U.S.C. 6654.

    >>> harbor = safe_harbor_of(2026, 60_000, prior_year_tax=45_000, prior_year_agi=240_000, withholding=40_000)
    >>> round(harbor.required), round(harbor.to_pay), harbor.installments["due"][0].isoformat()
    (49500, 9500, '2026-04-15')
    """
    if not isinstance(filing_status, str) or filing_status not in STATUSES:
        refuse("choice", "filing_status", filing_status, choices=", ".join(STATUSES))
    law = law_of(year)

    def known(field: str, value: float | None) -> float | None:
        return None if value is None else checked_one(field, value)

    agi = None if prior_year_agi is None else checked_one("prior_year_agi", prior_year_agi, low=-float("inf"))
    return SafeHarbor(
        law, filing_status, checked_one("this_year_tax", this_year_tax), known("prior_year_tax", prior_year_tax), agi,
        known("withholding", withholding),
    )  # fmt: skip


def safe_harbor(client: Client, year: int | Law, conversion: float = 0.0) -> SafeHarbor:
    """
    The safe harbor of a client whose conversion adds to income, from full returns and the household's own facts.

    Args: year, or its law; conversion, its taxable part, USD.
    Raises: InputError for a year without tax tables or an amount that cannot be.
    Source: 26 U.S.C. 6654.
    """
    law = law_of(year, client.assumptions.inflation)
    columns = client_return(client, law).columns(conversion=checked_one("conversion", conversion))
    tax = sum(float(columns[name]) for name in ("total", "se_tax", "additional_medicare_tax"))
    home = client.household
    found = safe_harbor_of(
        law, tax, home.prior_year_tax, home.prior_year_agi, home.withholding, home.filing_status
    )
    return replace(found, parts={name: float(columns[name]) for name in TAX_PARTS})


def due_dates(law: Law) -> tuple[dt.date, ...]:
    """
    The dates of the installments of a year, moved past weekends and holidays; the last one lies in the year after.

    Source: 26 U.S.C. 6654(c)(2), 7503; Rev. Rul. 2015-13.

    >>> from megaroth.facts.law import load_law
    >>> [day.isoformat() for day in due_dates(load_law(2026))]
    ['2026-04-15', '2026-06-15', '2026-09-15', '2027-01-15']
    """
    months = law.estimated_tax_due_dates
    last = len(months) - 1
    return tuple(
        next_business_day(law, dt.date(law.year + (k == last), month, day))
        for k, (month, day) in enumerate(months)
    )


def next_business_day(law: Law, day: dt.date) -> dt.date:
    """
    The day itself, or the next one that is no Saturday, Sunday or legal holiday in the District of Columbia.

    Only the two holidays that can meet a due date are looked at: Emancipation Day and the Birthday of Martin Luther
    King, Jr.

    Source: 26 U.S.C. 7503.
    """
    while day.weekday() >= calendar.SATURDAY or day in _holidays(law, day.year):
        day += DAY
    return day


def _holidays(law: Law, year: int) -> tuple[dt.date, dt.date]:
    """Emancipation Day as observed, the weekday nearest to it where it falls on a weekend; and a Monday in January."""
    emancipation = dt.date(year, *law.emancipation_day)
    beyond = emancipation.weekday() - calendar.SATURDAY
    if beyond >= 0:
        emancipation += DAY if beyond else -DAY
    month, which = law.martin_luther_king_day
    monday = dt.date(year, month, 1)
    while monday.weekday() != calendar.MONDAY:
        monday += DAY
    return emancipation, monday + (which - 1) * WEEK
