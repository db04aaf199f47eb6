"""How much fits this year: controls for one plan's after-tax space."""

import html

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.fields import FIRST_YEAR
from megaroth.facts.law import latest_published_year, load_law
from megaroth.rules.client_space import after_tax_space, employer_money
from megaroth.rules.room import Room
from megaroth.show.charts import WaterfallPicture
from megaroth.show.findings import space_finding
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import ChoiceField, Field, MoneyField, PercentField, label
from megaroth.show.panels.page import (
    cite_html,
    emptied,
    finding_html,
    footer_html,
    frame_html,
    sources_html,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel, value_of
from megaroth.show.panels.plain import Html
from megaroth.show.sources import FIGURES_OF_ROOM
from megaroth.show.tables import room_table


class SpacePanel(Panel):
    """Controls for one client's after-tax space in a tax year."""

    chapter = "02_after_tax_space"
    more = "Caps of the plan"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.picture, self.table_place, self.why, self.working, self.sources = (Html() for _ in range(5))
        self.picture.add_class("megaroth-picture")
        self.table_place.add_class("megaroth-table-place")
        self._picture = WaterfallPicture(speak)
        self.room: Room | None = None
        self.year = _year_field(client, speak)
        super().__init__(client, code, [self.year, *_money_fields(client, speak)], _cap_fields(client, speak))

    def answer_parts(self) -> list[w.Widget]:
        speak = self.speak
        return [
            self.picture,
            self.table_place,
            Fold(speak._("Why?"), [self.why]),
            Fold(speak._("Show the working"), [self.working]),
            Fold(speak._("Law and sources"), [self.sources]),
        ]

    def changes(self) -> dict[str, object]:
        found = super().changes()
        found.pop("year")
        own = (found["elective_deferral"], found["catch_up"])
        if None not in own:
            # The Roth part is not asked for here; it cannot be more than what is deferred.
            found["roth_deferral"] = min(self._start.elections.roth_deferral, max(0.0, sum(own)))
        return found

    def cautions(self, client: Client) -> list[str]:
        speak, accepts = self.speak, client.plan.accepts_after_tax
        if accepts is False:
            return [
                speak._(
                    "This plan does not take after-tax contributions; the figures show what it could be if it did."
                )
            ]
        if accepts is None:
            return [speak._("Whether the plan takes after-tax contributions is not known yet; ask HR.")]
        return []

    def table(self) -> pd.DataFrame:
        return room_table(self.room, self.speak.code) if self.room else pd.DataFrame()

    def empty(self) -> None:
        self.room = None
        self.picture.value, self.table_place.value = self._picture.gap(), emptied(self.table_place.value)
        self.why.value = self.working.value = self.sources.value = ""

    def answer(self, client: Client) -> None:
        law = load_law(self.year.value, inflation=client.assumptions.inflation)
        room = after_tax_space(client, law)
        speak = self.speak
        sentence = space_finding(speak, client.name, room)
        picture = self._picture.draw(room, sentence, moving=True)
        table = frame_html(room_table(room, speak.code))
        rests = ""
        if law.projected:
            text = "The limits of {year} are projected at {inflation} inflation."
            rests = speak._(text, year=law.year, inflation=speak.percent(law.inflation))
        if client.plan.employer_contribution is None:
            self.fields["employer_contribution"].widget.placeholder = f"{employer_money(client, law):,.0f}"
        # Money already in is of the first year; in another one it counts for nothing.
        self.fields["after_tax_so_far"].widget.disabled = law.year != client.assumptions.start_year
        self.room = room
        self.finding.value, self.picture.value, self.table_place.value = (
            finding_html(sentence, rests),
            picture,
            table,
        )
        self.footer.value = footer_html(speak, law, self.opened_as, rests)
        status = client.household.filing_status
        self.later(lambda: self._show_more(room, sentence, status), self.why, self.working, self.sources)

    def _show_more(self, room: Room, sentence: str, filing_status: str) -> None:
        speak = self.speak
        self.picture.value = self._picture.draw(room, sentence)
        self.why.value = _reasons_html(speak, room)
        self.working.value = working_html(speak, room.working)
        self.sources.value = sources_html(speak, room.law, FIGURES_OF_ROOM, filing_status)


def _reasons_html(speak: Language, room: Room) -> str:
    if not room.reasons:
        return f"<p>{speak._('Nothing but the limit itself.')}</p>"
    reasons = "".join(
        f"<li>{speak.run_on([html.escape(speak.say(reason.message)), cite_html(speak.cite(reason.cite))])}</li>"
        for reason in room.reasons
    )
    return f"<ul>{reasons}</ul>"


def _year_field(client: Client, speak: Language) -> Field:
    years = range(FIRST_YEAR, client.assumptions.horizon_year + 1)
    choices = {year: speak.year(year, projected=year > latest_published_year()) for year in years}
    return ChoiceField("year", client.assumptions.start_year, choices, speak, label(speak, "year"))


def _money_fields(client: Client, speak: Language) -> list[Field]:
    """Pay under the name it has for this client, then what goes in."""
    if client.plan.kind == "solo_401k":
        pay = "self_employment_profit"
    else:
        pay = "wages" if client.participant == "client" else "spouse_wages"
    names = (pay, "elective_deferral", "catch_up", "employer_contribution", "after_tax_so_far")
    return [
        MoneyField(name, value_of(client, name), speak, label(speak, name, "US$ a year")) for name in names
    ]


def _cap_fields(client: Client, speak: Language) -> list[Field]:
    return [
        PercentField(
            "after_tax_cap_share",
            client.plan.after_tax_cap_share,
            speak,
            label(speak, "after_tax_cap_share", "%"),
        ),
        MoneyField(
            "after_tax_cap_dollars",
            client.plan.after_tax_cap_dollars,
            speak,
            label(speak, "after_tax_cap_dollars", "US$ a year"),
        ),
        PercentField(
            "combined_cap_share",
            client.plan.combined_cap_share,
            speak,
            label(speak, "combined_cap_share", "%"),
        ),
        PercentField(
            "acp_ceiling", client.plan.acp_ceiling, speak, label(speak, "acp_ceiling", "%, an estimate")
        ),
    ]
