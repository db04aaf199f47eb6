"""How much fits this year: controls for one plan's after-tax space."""

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.fields import FIRST_YEAR
from megaroth.facts.law import latest_published_year, load_law
from megaroth.rules.client_space import after_tax_space, employer_money
from megaroth.rules.room import LIMIT_NAMES, Room
from megaroth.show.charts import WaterfallPicture
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import ChoiceField, Field, MoneyField, PercentField, label
from megaroth.show.panels.parts import (
    Panel,
    details,
    finding_html,
    footer_html,
    sources_html,
    table_html,
    value_of,
    working_html,
)  # fmt: skip
from megaroth.show.tables import room_table

FIGURES_USED = (
    "annual_additions", "elective_deferral", "catch_up_50", "catch_up_60_63", "roth_catch_up_wages",
    "compensation_cap", "hce_threshold", "social_security_wage_base",
)  # fmt: skip
CENT = 0.005


class SpacePanel(Panel):
    """Controls for one client's after-tax space in a tax year."""

    chapter = "02_after_tax_space"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.year = _year_field(client, speak)
        self.picture, self.table_place, self.more = w.HTML(), w.HTML(), w.HTML()
        self.table_place.add_class("megaroth-table-place")
        self.picture.add_class("megaroth-picture")
        self._picture = WaterfallPicture(speak)
        self.room: Room | None = None
        fields = [self.year, *_money_fields(client, speak)]
        caps = [
            PercentField("after_tax_cap_share", None, speak, label(speak, "after_tax_cap_share", "% of pay")),
            MoneyField(
                "after_tax_cap_dollars", None, speak, label(speak, "after_tax_cap_dollars", "US$ a year")
            ),
            PercentField("combined_cap_share", None, speak, label(speak, "combined_cap_share", "% of pay")),
            PercentField("acp_ceiling", None, speak, label(speak, "acp_ceiling", "%, an estimate")),
        ]
        for field in caps:
            field.value = value_of(client, field.name)
        super().__init__(client, code, fields, folded=caps)

    def answer_parts(self) -> list[w.Widget]:
        return [self.picture, self.table_place, self.more]

    def changes(self) -> dict[str, object]:
        found = super().changes()
        found.pop("year")
        return found

    def show_client(self, client: Client) -> None:
        for name, field in self.fields.items():
            field.value = client.assumptions.start_year if name == "year" else value_of(client, name)

    def table(self) -> pd.DataFrame:
        """The waterfall as a table, for the chapter's checks."""
        return room_table(self.room, self.speak.code) if self.room else pd.DataFrame()

    def empty(self) -> None:
        self.room = None
        self.picture.value = self.table_place.value = self.more.value = ""

    def answer(self, client: Client) -> None:
        law = load_law(self.year.value, inflation=client.assumptions.inflation)
        room = after_tax_space(client, law)
        speak = self.speak
        sentence = space_finding(speak, client.name, room)
        picture = self._picture.draw(room, sentence)
        table = room_table(room, speak.code)
        rows = [(index, *row) for index, row in zip(table.index, table.to_numpy().tolist(), strict=True)]
        if client.plan.employer_contribution is None:
            self.fields["employer_contribution"].widget.placeholder = f"{employer_money(client, law):,.0f}"
        self.room = room
        self.finding.value = finding_html(sentence)
        self.picture.value = picture
        self.table_place.value = table_html([table.columns.name, *table.columns], rows)
        self.footer.value = footer_html(speak, client, law)
        self.rest.ask(lambda: self._show_more(room))

    def _show_more(self, room: Room) -> None:
        speak = self.speak
        why = "".join(
            f"<li>{speak.say(reason.message)} <cite>{speak._(reason.cite)}</cite></li>"
            for reason in room.reasons
        )
        beside = speak._("Catch-up beside the limit: {amount}.", amount=speak.money(room.catch_up))
        self.more.value = (
            details(
                speak._("Why?"),
                f"<ul>{why}</ul>" if why else f"<p>{speak._('Nothing but the limit itself.')}</p>",
            )
            + details(speak._("What stands beside the limit"), f"<p>{beside}</p>")
            + details(speak._("Show the working"), working_html(speak, room.working))
            + details(speak._("Law and sources"), sources_html(speak, room.law, FIGURES_USED))
        )


def space_finding(speak: Language, name: str, room: Room) -> str:
    """The answer in one sentence; each awkward case has one of its own."""
    year = speak._("{year} (projected)", year=room.law.year) if room.law.projected else str(room.law.year)
    values = {
        "name": name, "year": year, "room": speak.money(room.space), "remaining": speak.money(room.remaining),
        "made": speak.money(room.after_tax_so_far), "limit": speak.money(room.limit), "excess": speak.money(room.excess),
        "used": speak.money(room.elective_deferral + room.employer_contribution),
    }  # fmt: skip
    if room.limited_by == "plan_kind":
        return speak._("A 457(b) plan has no place for after-tax money.")
    if room.elective_deferral + room.employer_contribution > room.limit + CENT:
        return speak._(
            "Own and employer money of {used} is above the limit of {limit} in {year}. Ask the plan to correct it.",
            **values,
        )
    if room.excess > CENT:
        return speak._(
            "{excess} too much is in: {made} against room for {room}. Ask the plan to correct it.", **values
        )
    if room.space <= CENT:
        if room.room_before_caps <= CENT:
            return speak._("No room in {year}: own and employer money already fill {limit}.", **values)
        return speak._(
            "No room in {year}: {limit_name} leaves none.",
            **values,
            limit_name=speak._(LIMIT_NAMES[room.limited_by]),
        )
    if room.remaining <= CENT:
        return speak._("The room of {room} for {year} is all used.", **values)
    if room.after_tax_so_far > CENT:
        return speak._(
            "{name} can still add {remaining} of after-tax money in {year}; {made} of {room} is already in.",
            **values,
        )
    if room.limited_by not in ("annual_additions",):
        return speak._(
            "{name} can add {room} of after-tax money in {year}, held down by {limit_name}.",
            **values, limit_name=speak._(LIMIT_NAMES[room.limited_by]),
        )  # fmt: skip
    return speak._("{name} can add {room} of after-tax money in {year}.", **values)


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
