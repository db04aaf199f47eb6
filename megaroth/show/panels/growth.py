"""What it can become: one return, or many futures, and the account that it replaces."""

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import latest_published_year, load_law
from megaroth.plans.projection import Projection, project
from megaroth.plans.simulation import Simulation, simulate
from megaroth.plans.strategies import BROKERAGE, LATE_CONVERT, NEVER, PROMPT
from megaroth.show.findings import assumptions, futures_finding, growth_finding, waiting_cautions
from megaroth.show.growth_pictures import ValuesPicture
from megaroth.show.growth_tables import futures_table, taxes_on_the_way, values_table, worth_table
from megaroth.show.language import language
from megaroth.show.panels.fields import (
    ChoiceField,
    Field,
    PercentField,
    PercentSlider,
    WholeField,
    label,
)
from megaroth.show.panels.page import (
    emptied,
    finding_html,
    footer_html,
    frame_html,
    p_note,
    paragraph,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel, value_of
from megaroth.show.panels.plain import Html
from megaroth.show.tables import strategy_name

MARKETS = {"one": "one return", "lognormal": "many futures", "history": "history"}
AGAINST = {strategy.key: strategy for strategy in (BROKERAGE, LATE_CONVERT, NEVER)}
PATHS, PATHS_MOVING = 10_000, 500  # futures at rest, and while a control moves


class GrowthPanel(Panel):
    """Controls for the market and the years, and what the money could become in them."""

    chapter = "03_growth"
    more = "More assumptions"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.picture, self.table_place, self.taxes, self.values, self.working = (Html() for _ in range(5))
        self.picture.add_class("megaroth-picture")
        self.table_place.add_class("megaroth-table-place")
        self._picture = ValuesPicture(speak)
        self._shown: pd.DataFrame = pd.DataFrame()
        markets = {key: speak._(text) for key, text in MARKETS.items()}
        # A plan that lets nothing out before the job ends has no prompt way.
        self._way = LATE_CONVERT if client.plan.way_out == "none" else PROMPT
        others = {key: strategy_name(speak, each) for key, each in AGAINST.items() if each is not self._way}
        self.market = ChoiceField("market", "one", markets, speak, speak._("The market"), radio=True)
        self.against = ChoiceField("against", BROKERAGE.key, others, speak, speak._("Held against"))
        super().__init__(
            client, code, [self.market, *_what_if(client, speak), self.against], _more(client, speak)
        )

    def answer_parts(self) -> list[w.Widget]:
        folded = (
            ("Taxes on the way and at the end", self.taxes),
            ("Year by year", self.values),
            ("Show the working", self.working),
        )
        folds = [Fold(self.speak._(title), [content]) for title, content in folded]
        return [self.picture, self.table_place, *folds]

    def changes(self) -> dict[str, object]:
        found = super().changes()
        return {name: value for name, value in found.items() if name not in ("market", "against")}

    def cautions(self, client: Client) -> list[str]:
        speak, found = self.speak, waiting_cautions(self.speak, client.plan)
        if self._way is LATE_CONVERT:
            text = "The plan lets after-tax money out only at separation: it is converted then."
            found = [speak._(text)]
        if self.market.value == "history":
            found.append(speak._("Markets of the past, drawn at random: history, not a forecast."))
        return found

    def table(self) -> pd.DataFrame:
        return self._shown

    def empty(self) -> None:
        self._shown = pd.DataFrame()
        self.picture.value, self.table_place.value = self._picture.gap(), emptied(self.table_place.value)
        self.taxes.value = self.values.value = self.working.value = ""

    def answer(self, client: Client) -> None:
        speak, market = self.speak, self.market.value
        if market == "one":
            projection = project(client, self._pair())
            self._show_one(client, projection, moving=True)
            work = lambda: self._show_rest(client, projection)  # noqa: E731
            places = (self.taxes, self.values, self.working)
        else:
            self._show_many(client, simulate(client, PATHS_MOVING, market, strategies=self._pair()), True)
            work = lambda: self._show_futures(client, market)  # noqa: E731
            places = (self.picture, self.table_place, self.taxes, self.values, self.working)
        law = load_law(client.assumptions.start_year)
        self.footer.value = footer_html(speak, law, self.opened_as, assumptions(speak, client), later=True)
        self.later(work, *places)

    def _pair(self) -> tuple:
        return self._way, AGAINST[self.against.value]

    def _names(self) -> dict[str, str]:
        return {each.key: strategy_name(self.speak, each) for each in self._pair()}

    def _show_one(self, client: Client, projection: Projection, moving: bool) -> None:
        sentence, code = growth_finding(self.speak, projection), self.speak.code
        picture = self._picture.draw(
            projection.values(), self._names(), sentence, latest_published_year() + 1, moving=moving
        )
        self._shown = worth_table(projection, code)
        self.finding.value, self.picture.value = finding_html(sentence, self._nominal(client)), picture
        self.table_place.value = frame_html(self._shown)

    def _show_many(self, client: Client, simulation: Simulation, moving: bool) -> None:
        sentence, code = futures_finding(self.speak, simulation), self.speak.code
        first, second = self._pair()
        middle = pd.DataFrame({each.key: simulation.quantiles.loc[each.key, 0.5] for each in (first, second)})
        picture = self._picture.draw(
            middle, self._names(), sentence, latest_published_year() + 1,
            fan=simulation.quantiles.loc[first.key], moving=moving,
        )  # fmt: skip
        self._shown = futures_table(simulation, code)
        self.finding.value = finding_html(sentence, self._credit(client, simulation))
        self.picture.value, self.table_place.value = picture, frame_html(self._shown)

    def _show_futures(self, client: Client, market: str) -> None:
        self._show_many(client, simulate(client, PATHS, market, strategies=self._pair()), moving=False)
        self._show_folds(project(client, self._pair()))

    def _show_rest(self, client: Client, projection: Projection) -> None:
        self._show_one(client, projection, moving=False)
        self._show_folds(projection)

    def _show_folds(self, projection: Projection) -> None:
        speak, code = self.speak, self.speak.code
        note = "" if self.market.value == "one" else paragraph(speak._("At the one assumed return."))
        workings = "".join(
            paragraph(strategy_name(speak, each)) + working_html(speak, projection.value_working(each.key))
            for each in projection.strategies
        )
        self.taxes.value = note + frame_html(taxes_on_the_way(projection, code))
        self.values.value = note + frame_html(values_table(projection, code)) + p_note(speak)
        self.working.value = note + workings

    def _nominal(self, client: Client) -> str:
        text = "Dollars of {year}; the table has today's dollars too. Law after {known} as projected."
        return self.speak._(text, year=client.assumptions.horizon_year, known=latest_published_year())

    def _credit(self, client: Client, simulation: Simulation) -> str:
        speak, year = self.speak, client.assumptions.horizon_year
        said = speak._("Dollars of {year}. The same futures for both ways.", year=year)
        if simulation.credit is None:
            return said
        credit = speak._("Market history: {credit}.", credit=simulation.credit)
        return speak.run_on([said, credit])


# --- controls ---


def _what_if(client: Client, speak: object) -> list[Field]:
    assumed = client.assumptions
    own, spread = assumed.annual_return, assumed.volatility
    words = speak._("Return a year (%)")
    spread_words = label(speak, "volatility", "%")
    return [
        PercentSlider("annual_return", own, speak, words, min(-0.06, own), max(0.12, own)),
        PercentSlider("volatility", spread, speak, spread_words, 0.0, max(0.4, spread)),
        WholeField("horizon_year", assumed.horizon_year, speak, label(speak, "horizon_year")),
    ]


def _more(client: Client, speak: object) -> list[Field]:
    names = (
        "stock_share", "bond_return", "dividend_yield", "inflation", "pay_growth", "retirement_tax_rate",
        "gains_rate_at_horizon",
    )  # fmt: skip
    return [PercentField(name, value_of(client, name), speak, label(speak, name, "%")) for name in names]
