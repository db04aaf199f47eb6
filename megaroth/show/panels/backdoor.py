"""The ordinary backdoor beside the mega one: controls for one person's IRA money in a tax year."""

import html

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import Law, latest_published_year, load_law
from megaroth.rules.client_space import after_tax_space
from megaroth.rules.ira_money import BackdoorYear, backdoor_year, direct_roth
from megaroth.show.backdoor_pictures import BackdoorPicture
from megaroth.show.backdoor_tables import (
    backdoor_finding,
    cure_sentence,
    direct_sentence,
    form_table,
    magi_table,
    scenarios_table,
    split_sentence,
    strategies_table,
)
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import ChoiceField, Field, MoneyField, label
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
from megaroth.show.sources import FIGURES_OF_IRA

FIRST = (
    "contribution", "converted", "traditional_ira_value", "traditional_ira_basis", "rolled_in", "split_earnings",
)  # fmt: skip
MORE = ("contributed_next_year", "distributions", "in_plan_income", "state_ira_basis")
OF_THE_CLIENT = ("traditional_ira_value", "traditional_ira_basis", "state_ira_basis")
OF_THE_YEAR = (
    "contribution", "converted", "rolled_in", "split_earnings", "contributed_next_year", "distributions",
)  # fmt: skip
CITES = (
    "26 U.S.C. 408(d)(1), (2)", "26 U.S.C. 408(d)(3)(A)(ii), (H)", "26 U.S.C. 408(o), 219(b)(5), (c)",
    "26 U.S.C. 408A(c)(3), (d)(3)", "IRS Notice 2014-54", "Form 8606",
)  # fmt: skip


class BackdoorPanel(Panel):
    """Controls for one backdoor Roth IRA: what of it is taxable, what cures it, and what spoils it."""

    chapter = "05_mega_or_backdoor"
    more = "More about the year"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.picture, self.table_place, self.below, self.compared, self.form = (Html() for _ in range(5))
        self.cure, self.magi, self.working, self.sources = (Html() for _ in range(4))
        self.picture.add_class("megaroth-picture")
        self.table_place.add_class("megaroth-table-place")
        self.below.add_class("megaroth-below")
        for place in (self.compared, self.form, self.magi):
            place.add_class("megaroth-prose")
        self._picture = BackdoorPicture(speak)
        self.answered: BackdoorYear | None = None
        self.year = _year_field(client, speak)
        first, more = (_money_fields(client, speak, *names) for names in (FIRST, MORE))
        super().__init__(client, code, [self.year, *first], more)

    def answer_parts(self) -> list[w.Widget]:
        folded = (
            ("Mega-backdoor and backdoor side by side", self.compared),
            ("Form 8606, line by line", self.form),
            ("What rolling into the plan needs", self.cure),
            ("Direct contributions: two readings of the income", self.magi),
            ("Show the working", self.working),
            ("Law and sources", self.sources),
        )
        folds = [Fold(self.speak._(title), [content]) for title, content in folded]
        return [self.picture, self.table_place, self.below, *folds]

    def changes(self) -> dict[str, object]:
        return {name: self.fields[name].value for name in OF_THE_CLIENT}

    def table(self) -> pd.DataFrame:
        return scenarios_table(self.answered, self.speak.code) if self.answered else pd.DataFrame()

    def form_table(self) -> pd.DataFrame:
        """Form 8606 as it is; empty after an error."""
        return form_table(self.answered.as_is.form, self.speak.code) if self.answered else pd.DataFrame()

    def cautions(self, client: Client) -> list[str]:
        text = "Whether the plan takes after-tax contributions is not known yet; ask HR."
        return [self.speak._(text)] if client.plan.accepts_after_tax is None else []

    def empty(self) -> None:
        self.answered = None
        self.picture.value, self.table_place.value = self._picture.gap(), emptied(self.table_place.value)
        for place in (self.below, *self._folded()):
            place.value = ""

    def _folded(self) -> tuple[w.HTML, ...]:
        return self.compared, self.form, self.cure, self.magi, self.working, self.sources

    def answer(self, client: Client) -> None:
        speak = self.speak
        law = load_law(self.year.value, inflation=client.assumptions.inflation)
        typed = {name: self.fields[name].value for name in OF_THE_YEAR}
        in_plan = self.fields["in_plan_income"].value or 0.0
        nothing = {"split_earnings": 0.0, "contributed_next_year": 0.0, "distributions": 0.0}
        typed |= {name: none for name, none in nothing.items() if typed[name] is None}
        year, readings = backdoor_year(client, law, **typed), direct_roth(client, law, in_plan)
        sentence = backdoor_finding(speak, client, year, after_tax_space(client, law))
        picture = self._picture.draw(year, moving=True)
        table = frame_html(scenarios_table(year, speak.code))
        said = cure_sentence(speak, year), split_sentence(speak, year), direct_sentence(speak, readings)
        below = _paragraphs(*filter(None, said))
        rests = _rests(speak, law)
        self.answered = year
        for name, amount in (
            ("contribution", year.contribution_limit), ("converted", year.converted), ("rolled_in", year.rolled_in),
        ):  # fmt: skip
            self.fields[name].widget.placeholder = f"{amount:,.0f}"
        self.finding.value, self.picture.value, self.table_place.value = (
            finding_html(sentence, rests),
            picture,
            table,
        )
        self.below.value = below
        self.footer.value = footer_html(speak, law, self.opened_as, rests)
        magi = frame_html(magi_table(readings, in_plan, speak.code))
        self.later(lambda: self._show_more(client, year, magi), *self._folded())

    def _show_more(self, client: Client, year: BackdoorYear, magi: str) -> None:
        speak = self.speak
        self.picture.value = self._picture.draw(year)
        self.compared.value = frame_html(strategies_table(client, year, speak.code))
        self.form.value = frame_html(form_table(year.as_is.form, speak.code))
        self.cure.value = _paragraphs(
            speak._("The plan must accept rollovers from IRAs; ask the plan administrator."),
            speak._("Only pre-tax money can go in; what is already taxed stays in the IRA."),
            speak._("The money must be out of every IRA of this person by December 31 of the year of the conversion."),
            speak._("A SIMPLE IRA can go in only two years after its first contribution."),
            cite="26 U.S.C. 408(d)(3)(A)(ii), (G), (H)",
        )  # fmt: skip
        self.magi.value = magi + _paragraphs(
            speak._("Income of conversions from an IRA, and of rollovers from a plan to a Roth IRA, is left out of it."),
            speak._("For in-plan Roth rollovers no IRS text says so outright; the figures above show both readings."),
            cite="26 U.S.C. 408A(c)(3)(B)(i), 408A(d)(3), 402A(c)(4)",
        )  # fmt: skip
        cost = year.as_is.cost
        heading = html.escape(speak._("What line 18 costs"))
        self.working.value = f"{working_html(speak, year.as_is.form.working)}<h3>{heading}</h3>{working_html(speak, cost.working)}"
        cites = "".join(f"<li><cite>{html.escape(speak.cite(cite))}</cite></li>" for cite in CITES)
        figures = sources_html(speak, year.law, FIGURES_OF_IRA, client.household.filing_status)
        self.sources.value = f"{figures}<ul>{cites}</ul>"


def _paragraphs(*sentences: str, cite: str = "") -> str:
    source = f"<p><cite>{html.escape(cite)}</cite></p>" if cite else ""
    return "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences) + source


def _rests(speak: Language, law: Law) -> str:
    """What the answer rests on: all IRAs of the person, and what a year without published law is."""
    if not law.projected:
        return speak._("All traditional, SEP, SIMPLE and rollover IRAs of this person count as one.")
    text = "Limits and brackets of {year} are projected at {inflation} inflation."
    return speak._(text, year=law.year, inflation=speak.percent(law.inflation))


# --- controls ---


def waiting_earnings(client: Client, *ways: str) -> float:
    """The earnings in the after-tax account where the plan lets money out in one of these ways, else nothing, USD."""
    earnings = max(0.0, client.balances.after_tax_value - client.balances.after_tax_basis)
    return earnings if client.plan.way_out in ways else 0.0


def _year_field(client: Client, speak: Language) -> Field:
    years = range(client.assumptions.start_year, client.assumptions.horizon_year + 1)
    choices = {year: speak.year(year, projected=year > latest_published_year()) for year in years}
    return ChoiceField("year", client.assumptions.start_year, choices, speak, label(speak, "year"))


def _money_fields(client: Client, speak: Language, *names: str) -> list[Field]:
    """Amounts in US dollars; what is empty is said in the label."""
    starts = {
        **{name: value_of(client, name) for name in OF_THE_CLIENT},
        "split_earnings": waiting_earnings(client, "in_service_distribution", "both"),
        "in_plan_income": waiting_earnings(client, "in_plan_rollover"),
        "contributed_next_year": 0.0, "distributions": 0.0,
    }  # fmt: skip
    texts = {
        "contribution": "IRA contribution of the year (US$, empty: the limit)",
        "converted": "Converted to a Roth IRA (US$, empty: what went in)",
        "traditional_ira_value": "Other traditional, SEP and SIMPLE IRAs on December 31 (US$)",
        "traditional_ira_basis": "IRA basis of earlier years (US$)",
        "rolled_in": "Rolled from the IRAs into the plan (US$, empty: all that can go)",
        "split_earnings": "Split rollover: earnings to a traditional IRA (US$)",
        "contributed_next_year": "Part contributed after the year's end (US$)",
        "distributions": "Distributions of the year (US$)",
        "in_plan_income": "Taxable part of in-plan Roth rollovers (US$)",
        "state_ira_basis": "IRA basis for the state (US$, empty: the federal one)",
    }
    return [MoneyField(name, starts.get(name), speak, speak._(texts[name])) for name in names]
