"""Tax forms: controls for one payout of after-tax money, and the forms it leads to."""

import html
from dataclasses import dataclass

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import Law, first_tax_year, latest_published_year, load_law
from megaroth.plans.projection import Projection, project
from megaroth.plans.strategies import LATE_CONVERT, LATE_SPLIT, PROMPT, YEARLY
from megaroth.plans.year_forms import tax_forms, usual_route
from megaroth.rules.payouts import cents
from megaroth.rules.tax_forms import TaxForms, tax_forms_of
from megaroth.show.form_tables import (
    CHOICES,
    forms_finding,
    forms_notes,
    forms_tables,
)
from megaroth.show.language import Language, language, parse_money
from megaroth.show.panels.fields import ChoiceField, Field, MoneyField, TypedField, label
from megaroth.show.panels.page import (
    emptied,
    finding_html,
    footer_html,
    frame_html,
    sources_html,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel
from megaroth.show.panels.plain import Html
from megaroth.show.tables import strategy_name, years_of

CHAPTER = "08_tax_forms"
PLANNED = (PROMPT, YEARLY, LATE_CONVERT, LATE_SPLIT)
OWN_FIGURES = (
    "route",
    "amount",
    "balance",
    "after_tax_basis",
    "kept",
    "withheld",
)  # any of them sets the plan aside
FIGURES_OF_FORMS = ("rollover_withholding_rate", "early_distribution_rate")


@dataclass(frozen=True)
class Moved:
    """What a year of the ledger moved: the money, the account it came from, its basis, and how it went. USD."""

    amount: float
    balance: float
    after_tax_basis: float
    route: str


class AgeField(TypedField):
    """An age, with its half year."""

    parse = staticmethod(parse_money)

    def shown(self, value: object) -> str:
        return f"{value:g}"


class PayoutPanel(Panel):
    """What two panels share: fields for one payout, empty ones filled from the client's ledger of that year."""

    chapter = CHAPTER
    more = "More about the payout"
    _planned: Projection | None = None

    def __init__(
        self, client: Client, code: str, boxes: tuple[Field, ...] = (), second: tuple[Field, ...] = ()
    ) -> None:
        speak = language(code)
        self.year, self.strategy = year_field(client, speak), _strategy_field(speak)
        self.route = _choice(
            "route",
            None,
            ("direct", "in_plan", "split", "sixty_day", "refund"),
            speak,
            speak._("as the plan does"),
        )
        amounts = [
            MoneyField(name, None, speak, label(speak, name, "US$, empty: from the plan of years"))
            for name in ("amount", "balance", "after_tax_basis")
        ]
        folded = [
            MoneyField("kept", None, speak, label(speak, "kept", "US$")),
            MoneyField("withheld", None, speak, label(speak, "withheld", "US$, empty: the least")),
            AgeField("age", None, speak, label(speak, "age", "on the day; empty: at the year's end")),
            _choice("rolled_to", "roth_ira", ("roth_ira", "traditional_ira"), speak),
        ]
        super().__init__(
            client, code, [self.year, self.strategy, self.route, *amounts, *boxes], [*folded, *second]
        )

    def changes(self) -> dict[str, object]:
        return {}

    def payout(self, client: Client) -> dict[str, object]:
        """The keywords of tax_forms_of: what was typed, and for what was not, the ledger and the client."""
        moved = self._moved(client)
        found: dict[str, object] = {}
        for name in ("amount", "balance", "after_tax_basis"):
            typed, planned = self.fields[name].value, getattr(moved, name)
            self.fields[name].widget.placeholder = f"{planned:,.2f}".removesuffix(".00")
            found[name] = planned if typed is None else typed
        law, age = self.law(client), self.fields["age"].value
        if age is None:
            year, early = law.year, not client.has_reached(law.early_distribution_age, law.year)
            limit = law.early_distribution_age
            age = min(client.age(year), limit - 1) if early else max(client.age(year), limit)
        found |= {
            "route": self.route.value or moved.route,
            "age": age,
            "kept": self.fields["kept"].value or 0.0,
        }
        return found | {
            "withheld": self.fields["withheld"].value,
            "rolled_to": self.fields["rolled_to"].value,
        }

    def law(self, client: Client) -> Law:
        return load_law(self.year.value, inflation=client.assumptions.inflation)

    def planned_forms(self, client: Client) -> TaxForms:
        """The forms of the ledger's year as they are, its balances on 31 December with them."""
        return tax_forms(self._projection(client), self.strategy.value, self.year.value)

    def _projection(self, client: Client) -> Projection:
        if self._planned is None or self._planned.client != client:
            self._planned = project(client, PLANNED)
        return self._planned

    def _moved(self, client: Client) -> Moved:
        """From the ledger: what moved, or the account as it stands where nothing did."""
        rolled = [payout for payout in self.planned_forms(client).payouts if payout.route != "refund"]
        if not rolled:
            rows = years_of(self._projection(client), self.strategy.value)
            row = rows[rows["year"] == self.year.value].iloc[0]
            return Moved(0.0, row["after_tax_closing"], row["after_tax_basis"], usual_route(client))
        (payout,) = rolled
        amount = cents(payout.amount)
        return Moved(amount, amount, cents(payout.nontaxable), payout.route)


class FormsPanel(PayoutPanel):
    """Controls for one payout of after-tax money, and the forms it leads to."""

    def __init__(self, client: Client, code: str = "en") -> None:
        self.table_place, self.below, self.working, self.sources = (Html() for _ in range(4))
        self.table_place.add_class("megaroth-table-place")
        self.below.add_class("megaroth-below")
        self.forms: TaxForms | None = None
        super().__init__(client, code)

    def answer_parts(self) -> list[w.Widget]:
        folded = (("Show the working", self.working), ("Law and sources", self.sources))
        return [
            self.table_place,
            self.below,
            *(Fold(self.speak._(title), [inside]) for title, inside in folded),
        ]

    def table(self) -> pd.DataFrame:
        """All boxes and lines, one under the other."""
        if self.forms is None:
            return pd.DataFrame()
        return pd.concat(dict(forms_tables(self.forms, self.speak.code)))

    def empty(self) -> None:
        self.forms = None
        self.table_place.value = emptied(self.table_place.value)
        self.below.value = self.working.value = self.sources.value = ""

    def answer(self, client: Client) -> None:
        speak, law = self.speak, self.law(client)
        facts, forms = self.payout(client), self.planned_forms(client)
        if any(self.fields[name].value is not None for name in OWN_FIGURES):
            forms = tax_forms_of(law, **facts)
        self.forms = forms
        self.finding.value = finding_html(forms_finding(speak, forms), rests(speak, law))
        self.table_place.value = side_by_side(forms_tables(forms, speak.code))
        self.below.value = paragraphs(forms_notes(speak, forms))
        self.footer.value = footer_html(speak, law, self.opened_as, rests(speak, law))
        self.later(lambda: self._show_more(client, forms), self.working, self.sources)

    def _show_more(self, client: Client, forms: TaxForms) -> None:
        status = client.household.filing_status
        self.working.value = working_html(self.speak, forms.working)
        self.sources.value = sources_html(self.speak, forms.law, FIGURES_OF_FORMS, status)


# --- pieces ---


def side_by_side(tables: list[tuple[str, pd.DataFrame]]) -> str:
    """Each form under its title, as many beside each other as fit."""
    boxes = "".join(
        f"<section><h3>{html.escape(title)}</h3>{frame_html(table)}</section>" for title, table in tables
    )
    return f'<div class="megaroth-forms">{boxes}</div>'


def paragraphs(sentences: list[str]) -> str:
    return "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences)


def rests(speak: Language, law: Law) -> str:
    """That a later year's forms are those of today."""
    if not law.projected:
        return ""
    return speak._("Forms, boxes and lines are those of {year}.", year=latest_published_year())


def year_field(client: Client, speak: Language) -> Field:
    start = first_year(client)
    years = range(start, client.assumptions.horizon_year + 1)
    choices = {year: speak.year(year, projected=year > latest_published_year()) for year in years}
    return ChoiceField("year", start, choices, speak, label(speak, "year"))


def first_year(client: Client) -> int:
    """The first year that has the figures of withholding and estimated tax."""
    return max(first_tax_year(), client.assumptions.start_year)


def _strategy_field(speak: Language) -> Field:
    choices = {each.key: strategy_name(speak, each) for each in PLANNED}
    return ChoiceField("strategy", PROMPT.key, choices, speak, speak._("Plan of years"))


def _choice(name: str, value: object, keys: tuple[str, ...], speak: Language, none: str = "") -> Field:
    choices: dict[object, str] = {None: none} if none else {}
    return ChoiceField(
        name, value, choices | {key: speak._(CHOICES[key]) for key in keys}, speak, label(speak, name)
    )
