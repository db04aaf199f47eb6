"""What waiting costs: late against prompt, with the layers of the tax."""

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import load_law
from megaroth.plans.comparison import CostOfWaiting, cost_of_waiting
from megaroth.plans.projection import LAYER_LABELS, LAYERS, project
from megaroth.plans.strategies import LATE_CONVERT, LATE_SPLIT, PROMPT, YEARLY
from megaroth.show.charts import LayersPicture, LinesPicture, WaitingPicture, growth_picture
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import (
    ChoiceField,
    Field,
    PercentField,
    PercentSlider,
    WholeField,
    YearsSlider,
    label,
)  # fmt: skip
from megaroth.show.panels.parts import (
    Panel,
    details,
    finding_html,
    footer_html,
    table_html,
    value_of,
    working_html,
)
from megaroth.show.tables import tax_by_year, value_heading, wait_label, waiting_table

LONGEST = 10
OTHER_WAY = {"roth": "traditional_ira", "traditional_ira": "roth"}


class WaitingPanel(Panel):
    """Controls for how long the money waits, and what that costs."""

    chapter = "04_late_or_prompt"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.wait = YearsSlider(
            "wait", _first_wait(client), speak, speak._("Wait before moving the money (years)"), 0, LONGEST
        )
        annual = client.assumptions.annual_return
        self.annual_return = PercentSlider(
            "annual_return",
            annual,
            speak,
            speak._("Return a year (%)"),
            min(-0.06, annual),
            max(0.12, annual),
        )
        self.tax_paid_from = ChoiceField(
            "tax_paid_from", client.assumptions.tax_paid_from,
            {"outside": speak._("money outside the plan"), "from_conversion": speak._("the money being moved")},
            speak, label(speak, "tax_paid_from"), radio=True,
        )  # fmt: skip
        self.earnings_to = ChoiceField(
            "earnings_to", "roth",
            {"roth": speak._("Roth, taxed now"), "traditional_ira": speak._("traditional IRA, taxed later")},
            speak, speak._("Earnings that built up go to"), radio=True,
        )  # fmt: skip
        self.picture, self.table_place, self.second, self.more = w.HTML(), w.HTML(), w.HTML(), w.HTML()
        self.picture.add_class("megaroth-picture")
        self.second.add_class("megaroth-picture")
        self._pictures = WaitingPicture(speak), LayersPicture(speak), LinesPicture(speak)
        self.costs: CostOfWaiting | None = None
        self._costs_of: tuple[Client, str] | None = None
        fields: list[Field] = [self.wait, self.annual_return, self.tax_paid_from, self.earnings_to]
        super().__init__(client, code, fields, folded=_assumption_fields(client, speak))

    def answer_parts(self) -> list[w.Widget]:
        pictures = w.HBox([self.picture, self.second])
        pictures.add_class("megaroth-pictures")
        return [pictures, self.table_place, self.more]

    def changes(self) -> dict[str, object]:
        found = super().changes()
        return {name: value for name, value in found.items() if name not in ("wait", "earnings_to")}

    def show_client(self, client: Client) -> None:
        for name, field in self.fields.items():
            if name == "wait":
                field.value = _first_wait(client)
            elif name == "earnings_to":
                field.value = "roth"
            else:
                field.value = value_of(client, name)

    def table(self) -> pd.DataFrame:
        """Prompt and the chosen wait as a table, for the chapter's checks."""
        if self.costs is None:
            return pd.DataFrame()
        return waiting_table(self.costs, self.speak.code).iloc[[0, self.wait.value]]

    def empty(self) -> None:
        self.costs = self._costs_of = None
        for place in (self.picture, self.second, self.table_place, self.more):
            place.value = ""

    def answer(self, client: Client) -> None:
        speak, wait, way = self.speak, self.wait.value, self.earnings_to.value
        asked = client, way
        # Moving the wait alone asks for another row of the table that is already there.
        costs = self.costs if asked == self._costs_of else cost_of_waiting(client, range(LONGEST + 1), way)
        sentence = waiting_finding(speak, client, costs, wait)
        picture = self._pictures[0].draw(_bars(costs), wait, None, sentence)
        table = _three_rows(speak, costs, wait)
        self.costs, self._costs_of = costs, asked
        self.finding.value = finding_html(sentence) + _band(speak, client)
        self.picture.value = picture
        self.table_place.value = table
        self.footer.value = footer_html(speak, client, load_law(client.assumptions.start_year))
        self.rest.ask(lambda: self._show_rest(client, costs, wait, way, sentence))

    def _show_rest(self, client: Client, costs: CostOfWaiting, wait: int, way: str, sentence: str) -> None:
        speak = self.speak
        row = costs.loc[wait]
        layers = [(speak._(LAYER_LABELS[layer]), float(row[layer])) for layer in LAYERS]
        title = speak._("Where the tax of {tax} comes from", tax=speak.money(row["tax"]))
        other = cost_of_waiting(client, range(LONGEST + 1), OTHER_WAY[way])
        dots = _bars(other if way == "roth" else costs)
        bars = _bars(costs if way == "roth" else other)
        self.picture.value = self._pictures[0].draw(bars, wait, dots, sentence)
        self.second.value = self._pictures[1].draw(layers, title)
        self.more.value = "".join(
            (
                details(speak._("Show the working"), working_html(speak, costs.working_of(wait))),
                details(speak._("Every wait, year by year"), _whole_table(waiting_table(costs, speak.code))),
                self._strategies_over_time(client),
            )
        )

    def _strategies_over_time(self, client: Client) -> str:
        speak = self.speak
        projection = project(client, (PROMPT, YEARLY, LATE_CONVERT, LATE_SPLIT))
        picture = growth_picture(projection, speak.code, self._pictures[2])
        table = _whole_table(tax_by_year(projection, LATE_CONVERT.key, speak.code))
        note = speak._("p: the law of that year is projected.")
        heading = speak._("All strategies over time")
        return details(heading, picture) + details(
            speak._("Tax by year when all waits until leaving"), f"{table}<p>{note}</p>"
        )


def waiting_finding(speak: Language, client: Client, costs: CostOfWaiting, wait: int) -> str:
    """The answer in one sentence; a zero, a gain and a wait past the job have sentences of their own."""
    row = costs.loc[wait]
    cost = -row["against_prompt"]
    if wait == 0:
        if row["taxable_rollover"] < 0.5:
            return speak._("Moved promptly, no earnings are left to tax.")
        return speak._(
            "Moved promptly, {earnings} of earnings is left to tax.",
            earnings=speak.money(row["taxable_rollover"]),
        )
    values = {"years": wait, "name": client.name, "leaves": client.assumptions.separation_year}
    if abs(cost) < 0.5:
        if row["taxable_rollover"] < 0.5:
            return speak._("Waiting costs nothing here: the account is not above what was paid in.")
        return speak._("Waiting costs nothing here.")
    if cost < 0:
        less_tax = row["tax"] < costs["tax"].iloc[0]
        text = (
            "Here waiting {years} years leaves {gain} more in today's dollars: less tax is due."
            if less_tax
            else "Here waiting {years} years leaves {gain} more in today's dollars: the tax is due later."
        )
        return speak._(text, **values, gain=speak.about(-cost))
    if row["past_separation"]:
        return speak._(
            "{name} leaves in {leaves}, so the wait ends then: it costs {cost} in today's dollars.",
            **values, cost=speak.about(cost),
        )  # fmt: skip
    return speak.ngettext(
        "Waiting {years} year costs {cost} in today's dollars.",
        "Waiting {years} years costs {cost} in today's dollars.",
        wait, **values, cost=speak.about(cost),
    )  # fmt: skip


def _band(speak: Language, client: Client) -> str:
    """A caution where the plan itself leaves no choice."""
    if client.plan.way_out == "none":
        text = "The plan lets after-tax money out only at separation; the figures show what it would be if it did not wait."
    elif client.plan.accepts_after_tax is False:
        text = "The plan does not take after-tax contributions; the figures show what it would be if it did."
    else:
        return ""
    return f'<div class="megaroth-caution">{speak._(text)}</div>'


def _first_wait(client: Client) -> int:
    """Years to separation, at most ten."""
    return min(LONGEST, client.assumptions.separation_year - client.assumptions.start_year)


def _bars(costs: CostOfWaiting) -> pd.Series:
    """Positive is a cost; none past separation."""
    return -costs.loc[~costs["past_separation"], "against_prompt"]


def _three_rows(speak: Language, costs: CostOfWaiting, wait: int) -> str:
    horizon = costs.projection.client.assumptions.horizon_year
    columns = ["", speak._("Tax"), value_heading(speak, horizon), speak._("Against prompt, today's dollars")]
    rows = []
    for years in dict.fromkeys((0, wait)):
        row = costs.loc[years]
        name = (
            wait_label(speak, years) if years == 0 else speak._("Wait: {wait}", wait=wait_label(speak, years))
        )
        against = "–" if years == 0 else speak.money(row["against_prompt"])
        rows.append((name, speak.money(row["tax"]), speak.money(row["value_after_tax"]), against))
    return table_html(columns, rows)


def _whole_table(table: pd.DataFrame) -> str:
    rows = [(index, *row) for index, row in zip(table.index, table.to_numpy().tolist(), strict=True)]
    return f'<div class="megaroth-working">{table_html([table.columns.name, *table.columns], rows)}</div>'


def _assumption_fields(client: Client, speak: Language) -> list[Field]:
    assumed = client.assumptions
    return [
        WholeField("separation_year", assumed.separation_year, speak, label(speak, "separation_year")),
        PercentField(
            "retirement_tax_rate",
            assumed.retirement_tax_rate,
            speak,
            label(speak, "retirement_tax_rate", "%"),
        ),
        PercentField(
            "gains_rate_at_horizon",
            assumed.gains_rate_at_horizon,
            speak,
            label(speak, "gains_rate_at_horizon", "%"),
        ),
        PercentField("inflation", assumed.inflation, speak, label(speak, "inflation", "%")),
        PercentField(
            "discount_rate",
            assumed.discount_rate,
            speak,
            label(speak, "discount_rate", "%, empty: inflation"),
        ),
    ]
