"""What waiting costs: late against prompt, with the layers of the tax."""

from collections.abc import Mapping

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import Law, latest_published_year, load_law
from megaroth.plans.comparison import CostOfWaiting, cost_of_waiting
from megaroth.plans.projection import project
from megaroth.plans.strategies import LATE_CONVERT, LATE_SPLIT, PROMPT, YEARLY
from megaroth.rules.backdoor import form_8606
from megaroth.show.charts import LayersPicture, LinesPicture, WaitingPicture, growth_picture
from megaroth.show.choices import CHOICES
from megaroth.show.findings import (
    LEAST,
    assumptions,
    first_wait,
    longest_wait,
    same_dollars,
    waiting_cautions,
    waiting_finding,
    waits_of,
)
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import (
    ChoiceField,
    Field,
    PercentField,
    PercentSlider,
    WholeField,
    YearsSlider,
    label,
)
from megaroth.show.panels.page import (
    NOTHING,
    caution_html,
    emptied,
    finding_html,
    footer_html,
    frame_html,
    p_note,
    sources_html,
    table_html,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel, value_of
from megaroth.show.panels.plain import Html, Row
from megaroth.show.sources import figures_used
from megaroth.show.tables import (
    against_heading,
    cost_axis,
    cost_bars,
    growth_table,
    key_of,
    tax_by_year,
    tax_layers,
    tax_of,
    tax_shown,
    value_heading,
    wait_label,
    waiting_table,
    years_of,
)

OTHER_WAY = {"roth": "traditional_ira", "traditional_ira": "roth"}


class WaitingPanel(Panel):
    """Controls for how long the money waits, and what that costs."""

    chapter = "04_late_or_prompt"
    more = "More assumptions"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.picture, self.table_place, self.second, self.split = (Html() for _ in range(4))
        self.working, self.years, self.waits, self.lines, self.at_leaving, self.sources = (
            Html() for _ in range(6)
        )
        self.picture.add_class("megaroth-picture")
        self.second.add_class("megaroth-picture")
        self.second.add_class("megaroth-picture-b")
        self.table_place.add_class("megaroth-table-place")
        self._pictures = WaitingPicture(speak), LayersPicture(speak), LinesPicture(speak)
        self.costs: CostOfWaiting | None = None
        self._known: dict[str, CostOfWaiting] = {}  # by way, of self._known_of
        self._known_of: Client | None = None
        self.wait, self.annual_return = _wait_field(client, speak), _return_field(client, speak)
        self.tax_paid_from, self.earnings_to = _pocket_field(client, speak), _way_field(speak)
        fields: list[Field] = [self.wait, self.annual_return, self.tax_paid_from, self.earnings_to]
        super().__init__(client, code, fields, _assumption_fields(client, speak))

    def answer_parts(self) -> list[w.Widget]:
        pictures = Row([self.picture, self.second])
        pictures.add_class("megaroth-pictures")
        folded = (
            ("Show the working", self.working),
            ("Where the tax comes from, year by year", self.years),
            ("Every wait", self.waits),
            ("All strategies over time", self.lines),
            ("Tax by year when all waits until leaving", self.at_leaving),
            ("Law and sources", self.sources),
        )
        folds = [Fold(self.speak._(title), [content]) for title, content in folded]
        return [pictures, self.table_place, self.split, *folds]

    def changes(self) -> dict[str, object]:
        found = super().changes()
        return {name: value for name, value in found.items() if name not in ("wait", "earnings_to")}

    def cautions(self, client: Client) -> list[str]:
        return waiting_cautions(self.speak, client.plan)

    def table(self) -> pd.DataFrame:
        if self.costs is None:
            return pd.DataFrame()
        return waiting_table(self.costs, self.speak.code, (0, self.wait.value))

    def empty(self) -> None:
        self.costs = self._known_of = None
        self.picture.value, self.second.value = self._pictures[0].gap(), self._pictures[1].gap()
        self.table_place.value = emptied(self.table_place.value)
        for place in (self.split, *self._slower()):
            place.value = ""

    def _slower(self) -> tuple[w.HTML, ...]:
        return self.working, self.years, self.waits, self.lines, self.at_leaving, self.sources

    def answer(self, client: Client) -> None:
        speak, wait, way = self.speak, self.wait.value, self.earnings_to.value
        # Moving the wait alone asks for another row of the tables that are already there.
        known = dict(self._known) if client == self._known_of else {}
        if way not in known:
            known[way] = cost_of_waiting(client, waits_of(client, self.wait.widget.max), way)
        costs = known[way]
        sentence = waiting_finding(speak, client, costs, wait)
        picture = self._pictures[0].draw(
            cost_bars(known), way, wait, sentence, cost_axis(speak, costs), moving=True
        )
        table = _rows(speak, costs, wait) + p_note(speak, same_dollars(speak))
        self.costs, self._known, self._known_of = costs, known, client
        self.finding.value = finding_html(sentence, _rests(speak, client))
        self.picture.value, self.table_place.value = picture, table
        law = load_law(client.assumptions.start_year)
        self.footer.value = footer_html(speak, law, self.opened_as, assumptions(speak, client), later=True)
        work = lambda: self._show_rest(client, wait, way, sentence)  # noqa: E731
        self.later(work, self.second, self.split, *self._slower())

    def _show_rest(self, client: Client, wait: int, way: str, sentence: str) -> None:
        speak, known, code = self.speak, self._known, self.speak.code
        if OTHER_WAY[way] not in known:
            known[OTHER_WAY[way]] = cost_of_waiting(
                client, waits_of(client, self.wait.widget.max), OTHER_WAY[way]
            )
        costs = known[way]
        tax, key = tax_shown(costs.loc[wait]), key_of(costs, wait)
        layers = self._pictures[1].draw(
            tax_layers(costs, wait, code), speak._("Where the tax of {tax} comes from", tax=speak.money(tax))
        )
        over_time = project(client, (PROMPT, YEARLY, LATE_CONVERT, LATE_SPLIT))
        lines = growth_picture(over_time, code, self._pictures[2]) + frame_html(growth_table(over_time, code))
        law = _law_of(client, years_of(costs.projection, key))
        split = _split_note(speak, client, known, wait) if way == "traditional_ira" else ""
        self.picture.value = self._pictures[0].draw(
            cost_bars(known), way, wait, sentence, cost_axis(speak, costs)
        )
        self.second.value, self.split.value = layers, caution_html([split])
        self.working.value = working_html(speak, costs.working_of(wait))
        no_tax = speak._("Layers without tax are left out.")
        self.years.value = frame_html(tax_by_year(costs.projection, key, code)) + p_note(speak, no_tax)
        self.waits.value, self.lines.value = frame_html(waiting_table(costs, code)), lines + p_note(speak)
        self.at_leaving.value = frame_html(tax_by_year(over_time, LATE_CONVERT.key, code)) + p_note(
            speak, no_tax
        )
        self.sources.value = sources_html(speak, law, figures_used(), client.household.filing_status)


def _rests(speak: Language, client: Client) -> str:
    """The assumption that moves the answer most, next to the answer."""
    projected = client.assumptions.horizon_year > latest_published_year()
    text = (
        "If returns are {return_} a year, and the law after {year} is as projected."
        if projected
        else "If returns are {return_} a year."
    )
    return speak._(
        text, return_=speak.percent(client.assumptions.annual_return), year=latest_published_year()
    )


def _split_note(speak: Language, client: Client, known: Mapping[str, CostOfWaiting], wait: int) -> str:
    """What earnings in a traditional IRA do to the next backdoor Roth IRA; "" where none are there."""
    split = known["traditional_ira"]
    ledger = years_of(split.projection, key_of(split, wait))
    there = ledger[ledger["traditional_ira_closing"] > LEAST]
    postponed = tax_of(known["roth"].loc[wait]) - tax_of(split.loc[wait])
    if there.empty or postponed < LEAST:
        return ""
    first = there.iloc[0]
    law = _law_in(client, int(first["year"]))
    form = form_8606(
        law.year, contribution=law.ira_contribution, converted=law.ira_contribution,
        prior_basis=client.balances.traditional_ira_basis, year_end_value=float(first["traditional_ira_closing"]),
    )  # fmt: skip
    return speak._(
        "Sending the earnings to a traditional IRA postpones {tax} and makes {share} of the next backdoor Roth IRA taxable.",
        tax=speak.about(postponed), share=speak.percent(form.taxable_conversion / law.ira_contribution),
    )  # fmt: skip


def _law_in(client: Client, year: int) -> Law:
    return load_law(year, inflation=client.assumptions.inflation)


def _law_of(client: Client, ledger: pd.DataFrame) -> Law:
    """The law of the year in which most is taxed."""
    taxed = ledger["taxable_rollover"]
    year = ledger.loc[taxed.idxmax(), "year"] if taxed.max() > 0 else client.assumptions.start_year
    return _law_in(client, int(year))


def _rows(speak: Language, costs: CostOfWaiting, wait: int) -> str:
    """Prompt, and the chosen wait."""
    horizon = costs.projection.client.assumptions.horizon_year
    columns = ["", speak._("Tax"), value_heading(speak, horizon), against_heading(speak, costs)]
    rows = []
    for years in dict.fromkeys((0, wait)):
        row = costs.loc[years]
        words = wait_label(speak, years)
        name = words if years == 0 else speak._("Wait: {wait}", wait=words)
        against = NOTHING if years == 0 else speak.money(row["against_prompt"])
        rows.append((name, speak.money(tax_shown(row)), speak.money(row["value_after_tax"]), against))
    return table_html(columns, rows)


# --- controls ---


def _wait_field(client: Client, speak: Language) -> Field:
    words = speak._("Wait before moving the money (years)")
    return YearsSlider("wait", first_wait(client), speak, words, 0, longest_wait(client))


def _return_field(client: Client, speak: Language) -> Field:
    annual = client.assumptions.annual_return
    low, high = min(-0.06, annual), max(0.12, annual)
    return PercentSlider("annual_return", annual, speak, speak._("Return a year (%)"), low, high)


def _pocket_field(client: Client, speak: Language) -> Field:
    choices = {key: speak._(text) for key, text in CHOICES["tax_paid_from"].items()}
    value, words = client.assumptions.tax_paid_from, label(speak, "tax_paid_from")
    return ChoiceField("tax_paid_from", value, choices, speak, words, radio=True)


def _way_field(speak: Language) -> Field:
    choices = {"roth": speak._("Roth, taxed now"), "traditional_ira": speak._("traditional IRA, taxed later")}
    words = speak._("Earnings that built up go to")
    return ChoiceField("earnings_to", "roth", choices, speak, words, radio=True)


def _assumption_fields(client: Client, speak: Language) -> list[Field]:
    leaves = WholeField(
        "separation_year", value_of(client, "separation_year"), speak, label(speak, "separation_year")
    )
    units = {
        "retirement_tax_rate": "%", "gains_rate_at_horizon": "%", "inflation": "%", "discount_rate": "%, empty: inflation",
    }  # fmt: skip
    rates = [
        PercentField(name, value_of(client, name), speak, label(speak, name, unit))
        for name, unit in units.items()
    ]
    end = client.assumptions.conversions_end_year
    words = label(speak, "conversions_end_year", "empty: never")
    return [leaves, *rates, WholeField("conversions_end_year", end, speak, words)]
