"""What stands behind a figure, as tables of text: the figures of the law with their citations, and the steps of a working."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import pandas as pd

from megaroth.facts.law import Law, Source, latest_published_year, load_law
from megaroth.show.language import Language, language
from megaroth.show.tables import put_together

FIGURES = {
    "annual_additions": "Limit on annual additions",
    "elective_deferral": "Employee deferral limit",
    "catch_up_50": "Catch-up from age 50",
    "catch_up_60_63": "Catch-up at ages 60 to 63",
    "roth_catch_up_wages": "Pay above which catch-up must be Roth",
    "compensation_cap": "Compensation cap",
    "hce_threshold": "Pay above which an employee is highly compensated",
    "social_security_wage_base": "Social Security wage base",
    "bracket_edges": "Where the brackets begin",
    "bracket_rates": "Rates of the brackets",
    "standard_deduction": "Standard deduction",
    "gains_breakpoints": "Where the higher rates on gains begin",
    "amt_exemption": "AMT exemption",
    "child_credit": "Child tax credit",
    "child_credit_threshold": "Income at which the child tax credit begins to shrink",
    "niit_threshold": "Threshold of the net investment income tax",
    "niit_rate": "Rate of the net investment income tax",
    "rollover_withholding_rate": "Withheld from the taxable part of what is paid out",
    "early_distribution_rate": "Additional tax on early distributions",
    "estimated_tax_current_year_share": "Share of this year's tax that is enough",
    "estimated_tax_prior_year_shares": "Share of last year's tax that is enough; the larger one for a high AGI",
    "estimated_tax_high_agi": "Last year's AGI above which the larger share counts",
    "estimated_tax_minimum": "Owed below this, nothing is added",
    "ira_contribution": "Contribution limit over all IRAs",
    "ira_catch_up": "IRA catch-up from age 50",
    "roth_ira_phaseout": "Income between which direct Roth IRA contributions end",
}
FIGURES_OF_ROOM = (
    "annual_additions", "elective_deferral", "catch_up_50", "catch_up_60_63", "roth_catch_up_wages",
    "compensation_cap", "hce_threshold", "social_security_wage_base",
)  # fmt: skip
FIGURES_OF_IRA = ("ira_contribution", "ira_catch_up", "roth_ira_phaseout")
# The figures of the law behind each layer of the tax, as far as they are single figures or short lists.
FIGURES_OF_LAYER = {
    "ordinary": ("bracket_edges", "bracket_rates", "standard_deduction"),
    "capital_gains": ("gains_breakpoints",),
    "amt": ("amt_exemption",),
    "credits": ("child_credit", "child_credit_threshold"),
    "niit": ("niit_threshold", "niit_rate"),
}


def figures_used() -> tuple[str, ...]:
    """The law behind the layers, in their order."""
    return tuple(name for names in FIGURES_OF_LAYER.values() for name in names)


def law_checked() -> dt.date:
    """The day on which the latest published year's law was checked."""
    return dt.date.fromisoformat(load_law(latest_published_year()).source("annual_additions").checked)


def law_line(speak: Language, law: Law, later: bool = False) -> str:
    """Law year and status, for the foot of every output; *later*: further years count too."""
    text = "Education, not advice. Law of {year}, {status}."
    if later and not law.projected:
        text = "Education, not advice. Law of {year}, {status}; later years projected."
    return speak._(text, year=law.year, status=speak._("projected" if law.projected else "published"))


def full_disclaimer(speak: Language) -> str:
    """What the figures are not, for the first cell of a chapter and the last page of a hand-out."""
    return speak._(
        "For education; not tax, legal or investment advice. Figures rest on the law as checked on {date} and on the "
        "assumptions listed; years marked p use projected limits and brackets. Actual taxes and returns will differ. "
        "The employer's plan decides what is possible. Review with a CPA or tax attorney before acting.",
        date=speak.date(law_checked()),
    )  # fmt: skip


@dataclass(frozen=True)
class LawFigure:
    """A figure of the law of one year, or a short list of them, with where it stands."""

    name: str
    amount: float | tuple[float, ...]
    source: Source

    @property
    def is_money(self) -> bool:
        """Dollars; else a rate, which can be more than the whole: 110% of last year's tax."""
        return not isinstance(self.amount, tuple) and (self.amount == 0 or self.amount >= 2)

    @property
    def citation(self) -> str:
        """Statute and what was published."""
        statute, cite = self.source.statute, self.source.cite
        return statute if statute == cite else f"{statute}; {cite}"

    @property
    def checked(self) -> dt.date:
        return dt.date.fromisoformat(self.source.checked)

    def status(self, speak: Language) -> str:
        return speak._("projected" if self.source.projected else "published")

    def text(self, speak: Language) -> str:
        """The amount in words."""
        if isinstance(self.amount, tuple):
            each = (LawFigure(self.name, amount, self.source).text(speak) for amount in self.amount)
            return reduce(
                lambda first, second: speak._("{first}, {second}", first=first, second=second), each
            )
        return speak.money(self.amount) if self.is_money else speak.percent(self.amount)


def law_figures(law: Law, names: Sequence[str], filing_status: str) -> Iterator[LawFigure]:
    """The figures of that year, for this filing status; those that the year has not are left out."""
    for name in names:
        amount = getattr(law, name)
        amount = amount[filing_status] if isinstance(amount, Mapping) else amount
        if amount is not None:
            yield LawFigure(name, amount, law.source(name))


def source_table(
    speak: Language, law: Law, names: Sequence[str], filing_status: str
) -> tuple[list[str], list[tuple[str, ...]]]:
    """Headings and rows: figures of the law with their amount, status, citation and the day they were checked."""
    rows = [
        (
            speak._(FIGURES[figure.name]), figure.text(speak), figure.status(speak), figure.citation,
            speak.date(figure.checked, short=True),
        )
        for figure in law_figures(law, names, filing_status)
    ]  # fmt: skip
    return [speak._(name) for name in ("Figure", "Amount", "Status", "Source", "Checked")], rows


def working_table(speak: Language, working: pd.DataFrame) -> tuple[list[str], list[tuple[str, ...]]]:
    """Headings and rows: the steps to a figure, to the cent; a factor between -1 and 1 with six decimals."""
    rows = [
        (
            speak._(step.label),
            _step_amount(speak, step.label, step.amount),
            speak._(step.formula),
            speak.cite(step.source),
        )
        for step in working.itertuples()
    ]
    return [speak._(name) for name in ("Step", "Amount", "How", "Source")], rows


NO_DOLLARS = {"Nontaxable fraction": ".6f", "Discount factor": ".9f", "Number of years": ".0f"}


def _step_amount(speak: Language, label: str, amount: float) -> str:
    # A fraction like 0.1 or 1, and a count of years, look like dollars, so they go by their names.
    if label in NO_DOLLARS:
        return format(amount, NO_DOLLARS[label])
    factor = 0 < abs(amount) < 1 and round(amount, 2) != amount
    return f"{amount:.6f}" if factor else speak.money(amount, cents=True)


def working_frame(working: pd.DataFrame, code: str) -> pd.DataFrame:
    """The steps to a figure in the reader's language."""
    return put_together(*working_table(language(code), working))
