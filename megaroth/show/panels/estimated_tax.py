"""Estimated tax: controls for the safe harbor of a year with a conversion in it."""

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import load_law
from megaroth.rules.safe_harbor import SafeHarbor, safe_harbor
from megaroth.show.form_tables import harbor_cautions, harbor_finding, installments_table
from megaroth.show.language import language
from megaroth.show.panels.fields import MoneyField, label
from megaroth.show.panels.forms import CHAPTER, paragraphs, rests, year_field
from megaroth.show.panels.page import (
    emptied,
    finding_html,
    footer_html,
    frame_html,
    sources_html,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel, value_of
from megaroth.show.panels.plain import Html

FIGURES_OF_HARBOR = (
    "estimated_tax_current_year_share", "estimated_tax_prior_year_shares", "estimated_tax_high_agi",
    "estimated_tax_minimum",
)  # fmt: skip


class EstimatedTaxPanel(Panel):
    """Controls for the safe harbor of a year with a conversion in it."""

    chapter = CHAPTER

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.table_place, self.below, self.working, self.sources = (Html() for _ in range(4))
        self.table_place.add_class("megaroth-table-place")
        self.below.add_class("megaroth-below")
        self.harbor: SafeHarbor | None = None
        self.year = year_field(client, speak)
        fields = [
            MoneyField(name, value_of(client, name), speak, label(speak, name, "US$"))
            for name in ("prior_year_tax", "prior_year_agi", "withholding")
        ]
        conversion = MoneyField("conversion", 0.0, speak, label(speak, "conversion", "taxable part, US$"))
        super().__init__(client, code, [self.year, conversion, *fields])

    def changes(self) -> dict[str, object]:
        found = super().changes()
        return {name: found[name] for name in ("prior_year_tax", "prior_year_agi", "withholding")}

    def answer_parts(self) -> list[w.Widget]:
        folded = (("Show the working", self.working), ("Law and sources", self.sources))
        return [
            self.table_place,
            self.below,
            *(Fold(self.speak._(title), [inside]) for title, inside in folded),
        ]

    def cautions(self, client: Client) -> list[str]:
        return harbor_cautions(self.speak, self.harbor) if self.harbor else []

    def table(self) -> pd.DataFrame:
        return installments_table(self.harbor, self.speak.code) if self.harbor else pd.DataFrame()

    def empty(self) -> None:
        self.harbor = None
        self.table_place.value = emptied(self.table_place.value)
        self.below.value = self.working.value = self.sources.value = ""

    def answer(self, client: Client) -> None:
        speak = self.speak
        law = load_law(self.year.value, inflation=client.assumptions.inflation)
        harbor = safe_harbor(client, law, self.fields["conversion"].value or 0.0)
        self.harbor = harbor
        self.finding.value = finding_html(harbor_finding(speak, client.name, harbor), rests(speak, law))
        self.table_place.value = frame_html(installments_table(harbor, speak.code))
        self.below.value = paragraphs(
            [
                speak._(
                    "Tax withheld from pay counts as paid evenly, also when it is raised late in the year."
                ),
                speak._("Not modelled: income annualized by quarter, and the estimated tax of states."),
            ]
        )
        self.footer.value = footer_html(speak, law, self.opened_as, rests(speak, law))
        self.later(lambda: self._show_more(client, harbor), self.working, self.sources)

    def _show_more(self, client: Client, harbor: SafeHarbor) -> None:
        status = client.household.filing_status
        self.working.value = working_html(self.speak, harbor.working)
        self.sources.value = sources_html(self.speak, harbor.law, FIGURES_OF_HARBOR, status)
