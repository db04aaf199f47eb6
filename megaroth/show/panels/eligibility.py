"""Can I? Controls for what the plan allows, the verdict, the questions for HR, and what waiting until leaving costs."""

import datetime as dt
import html

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.fields import FIRST_YEAR
from megaroth.facts.law import load_law
from megaroth.rules.eligibility import Eligibility, eligibility
from megaroth.rules.plan_reasons import about_kind, about_the_acp_test
from megaroth.show.choices import CHOICES
from megaroth.show.eligibility_pictures import LeavingPicture
from megaroth.show.eligibility_tables import (
    cost_of_leaving_late,
    eligibility_finding,
    eligibility_table,
    feature_lines,
    late_finding,
    late_table,
    nothing_goes_in,
    reasons_html,
    still_possible,
)
from megaroth.show.findings import assumptions
from megaroth.show.language import Language, language
from megaroth.show.letters import Letter, hr_letter, questions_html
from megaroth.show.panels.fields import ChoiceField, Field, MoneyField, PercentField, label
from megaroth.show.panels.page import (
    emptied,
    features_html,
    finding_html,
    footer_html,
    frame_html,
    sources_html,
)
from megaroth.show.panels.panel import Fold, Panel, value_of
from megaroth.show.panels.plain import Html
from megaroth.show.tables import cost_axis

FIGURES_SHOWN = ("annual_additions", "elective_deferral", "compensation_cap")
ASKED = ("kind", "accepts_after_tax", "separate_account", "way_out", "offers_roth", "frequency")


class EligibilityPanel(Panel):
    """Controls for what a client's plan allows, and whether that is enough."""

    chapter = "01_eligibility"
    more = "Caps of the plan"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.features, self.questions, self.letter, self.file = (Html() for _ in range(4))
        self.picture, self.table_place, self.why, self.sources = (Html() for _ in range(4))
        self.picture.add_class("megaroth-picture")
        self.table_place.add_class("megaroth-table-place")
        self.questions.add_class("megaroth-below")
        self._picture = LeavingPicture(speak)
        self.able: Eligibility | None = None
        super().__init__(client, code, _plan_fields(client, speak), _cap_fields(client, speak))

    def answer_parts(self) -> list[w.Widget]:
        speak = self.speak
        kinds = "".join(
            f"<h3>{html.escape(speak._(CHOICES['kind'][kind]))}</h3>{reasons_html(speak, about_kind(kind))}"
            for kind in ("403b", "457b", "solo_401k")
        )
        self.make = self._button("Make a file of the letter", lambda: self._attempt(self._make_file))
        folded = (
            ("Letter to HR", (self.make, self.file, self.letter)),
            ("Why?", (self.why,)),
            ("The ACP test", (Html(reasons_html(speak, about_the_acp_test())),)),
            ("403(b), 457(b) and solo 401(k)", (Html(kinds),)),
            ("Law and sources", (self.sources,)),
        )
        folds = [Fold(speak._(title), content) for title, content in folded]
        return [self.features, self.picture, self.table_place, self.questions, *folds]

    def cautions(self, client: Client) -> list[str]:
        speak = self.speak
        if client.plan.kind != "457b" and client.plan.accepts_after_tax is False:
            text = "This plan does not take after-tax contributions; the figures show what it could be if it did."
            return [speak._(text)]
        return []

    def table(self) -> pd.DataFrame:
        return eligibility_table(self.able, self.speak.code) if self.able else pd.DataFrame()

    def empty(self) -> None:
        self.able = None
        self.picture.value, self.table_place.value = self._picture.gap(), emptied(self.table_place.value)
        for place in (self.features, self.questions, self.letter, self.file, self.why, self.sources):
            place.value = ""
        self.make.disabled = True

    def answer(self, client: Client) -> None:
        speak = self.speak
        able = eligibility(client, client.assumptions.start_year)
        sentence = eligibility_finding(speak, client.name, able)
        letter = hr_letter(client, able, dt.date.today())
        self.able, self.file.value, self.make.disabled = able, "", not able.questions_for_hr
        self.letter.value = _letter_html(letter) if able.questions_for_hr else ""
        self.finding.value = finding_html(sentence, still_possible(speak, able))
        self.features.value = features_html(speak, feature_lines(speak, able))
        self.questions.value = _questions_html(speak, able)
        self.footer.value = footer_html(
            speak, able.law, self.opened_as, assumptions(speak, client), later=True
        )
        work = lambda: self._show_rest(client, able)  # noqa: E731
        self.later(work, self.picture, self.table_place, self.why, self.sources)

    def _make_file(self) -> None:
        """A link that saves the letter; made when asked for, since its font takes a second."""
        letter = hr_letter(self.client, self.able, dt.date.today())
        words = html.escape(self.speak._("Save the letter (HTML, opens and prints anywhere)"))
        self.file.value = f'<p><a href="{letter.address}" download="questions-for-hr.html">{words}</a></p>'

    def _show_rest(self, client: Client, able: Eligibility) -> None:
        speak, status = self.speak, client.household.filing_status
        if nothing_goes_in(able):
            picture, table = (
                f"<p>{html.escape(speak._('No after-tax money goes in, so none waits.'))}</p>",
                "",
            )
        else:
            costs = cost_of_leaving_late(client)
            said = late_finding(speak, client, costs, able.verdict == "late_only")
            title = f"<h3>{html.escape(said.rstrip('.。'))}</h3>"
            picture = title + self._picture.draw(-costs["against_prompt"], said, cost_axis(speak, costs))
            table = frame_html(late_table(costs, speak.code))
        sources = sources_html(speak, able.law, FIGURES_SHOWN, status)
        if able.law.year > FIRST_YEAR:
            before = load_law(able.law.year - 1, inflation=able.law.inflation)
            sources += sources_html(speak, before, ("hce_threshold",), status)
        self.picture.value, self.table_place.value = picture, table
        self.why.value, self.sources.value = reasons_html(speak, able.reasons), sources


def _questions_html(speak: Language, able: Eligibility) -> str:
    if not able.questions_for_hr:
        return f"<p>{html.escape(speak._('Nothing is open: all that matters here is known.'))}</p>"
    return (
        f"<h3>{html.escape(speak._('Questions for HR or the plan administrator'))}</h3>{questions_html(able)}"
    )


def _letter_html(letter: Letter) -> str:
    return f'<div class="megaroth-letter" lang="en">{html.escape(letter.text)}</div>'


# --- controls ---


def _plan_fields(client: Client, speak: Language) -> list[Field]:
    fields: list[Field] = [_choice(client, name, speak) for name in ASKED]
    pay = client.household.prior_year_wages
    name = "prior_year_wages"
    return [*fields, MoneyField(name, pay, speak, label(speak, name, "US$ a year, empty: not known"))]


def _choice(client: Client, name: str, speak: Language) -> Field:
    texts = CHOICES.get(name) or {None: "not known", True: "yes", False: "no"}
    choices = {value: speak._(words) for value, words in texts.items()}
    return ChoiceField(name, value_of(client, name), choices, speak, label(speak, name))


def _cap_fields(client: Client, speak: Language) -> list[Field]:
    shares = {"after_tax_cap_share": "%", "combined_cap_share": "%", "acp_ceiling": "%, an estimate"}
    dollars = "after_tax_cap_dollars"
    return [
        *(PercentField(name, value_of(client, name), speak, label(speak, name, unit)) for name, unit in shares.items()),
        MoneyField(dollars, value_of(client, dollars), speak, label(speak, dollars, "US$ a year")),
    ]  # fmt: skip
