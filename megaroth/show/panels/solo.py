"""An owner's plan: controls for a solo 401(k) of a sole proprietor or a corporation's owner, and what stands beside it."""

import html

import ipywidgets as w
import numpy as np
import pandas as pd

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import InputError
from megaroth.facts.law import Law, load_law
from megaroth.rules.owner_plans import INCORPORATED, OwnerPlan, owner_plan
from megaroth.rules.room import CENT
from megaroth.rules.share_trade import ShareTrade, employer_share_trade
from megaroth.show.language import language
from megaroth.show.panels.fields import Field
from megaroth.show.panels.page import (
    caution_html,
    emptied,
    finding_html,
    footer_html,
    frame_html,
    sources_html,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel
from megaroth.show.panels.plain import Html
from megaroth.show.panels.solo_fields import (
    beside_fields,
    birth_field,
    business_field,
    own_fields,
    pay_field,
    pay_name,
    share_field,
    year_field,
)
from megaroth.show.solo_pictures import PartsPicture, TradePicture
from megaroth.show.solo_tables import (
    parts_table,
    solo_finding,
    spouse_finding,
    spouse_table,
    table_shares,
    trade_finding,
    trade_table,
)
from megaroth.show.sources import FIGURES_OF_ROOM

# What a calculation calls a fact that stands in a field of another name here.
ENTERED_AS = {
    "income": "self_employment_profit",
    "net_profit": "self_employment_profit",
    "compensation": "self_employment_profit",
    "elective_deferral": "deferral",
    "deferral_made": "job_deferral",
}


class SoloPanel(Panel):
    """Controls for an owner's plan in a tax year."""

    chapter = "06_self_employed"
    more = "A day job, a spouse on the payroll"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.picture, self.table_place, self.spouse, self.trade_said, self.second = (Html() for _ in range(5))
        self.trade_place, self.working, self.sources = (Html() for _ in range(3))
        for place, name in (
            (self.picture, "picture"), (self.table_place, "table-place"), (self.spouse, "below"), (self.trade_said, "below"),
            (self.second, "picture"), (self.second, "below"), (self.trade_place, "below"),
        ):  # fmt: skip
            place.add_class(f"megaroth-{name}")
        self._pictures = PartsPicture(speak), TradePicture(speak)
        self.plan: OwnerPlan | None = None
        self.trade: ShareTrade | None = None
        self._solo = client.plan.kind == "solo_401k"
        self.year, self.business = year_field(client, speak), business_field(speak)
        self.share = share_field(client, speak)
        own, self.born, pay = (
            own_fields(client, speak),
            birth_field(client, speak),
            pay_field(client, speak),
        )
        fields = [self.year, self.business, own[0], self.born, own[1], self.share]
        super().__init__(client, code, fields, [pay, *beside_fields(client, speak)])

    def arrange(self, fields: list[Field], folded: list[Field]) -> list[w.Widget]:
        (body,) = super().arrange(fields, folded)
        left = body.children[0]
        below = left.children.index(self.share.widget) + 1
        left.children = (*left.children[:below], self.share.slider, *left.children[below:])
        return [body]

    def answer_parts(self) -> list[w.Widget]:
        folds = [
            Fold(self.speak._(title), [content])
            for title, content in (("Show the working", self.working), ("Law and sources", self.sources))
        ]
        shown = [self.picture, self.table_place, self.spouse, self.trade_said, self.second, self.trade_place]
        return [*shown, *folds]

    def changes(self) -> dict[str, object]:
        """What of the fields is a fact of this client; the rest is looked at and not kept."""
        found = {field.name: field.value for field in (self.born, self.fields[pay_name(self._start)])}
        if self.business.value == INCORPORATED:
            return found
        found["self_employment_profit"] = self.fields["self_employment_profit"].value
        if not self._solo:
            return found
        found["employer_contribution"] = self.share.value
        chosen = self._start.elections
        asked = self.fields["deferral"].value
        if asked is not None and asked != chosen.elective_deferral + chosen.catch_up:
            found |= {"elective_deferral": asked, "catch_up": 0.0}
            found["roth_deferral"] = min(chosen.roth_deferral, max(0.0, asked))
        return found

    @property
    def client(self) -> Client:
        try:
            return super().client
        except InputError as problem:
            raise _as_entered(problem) from None

    def cautions(self, client: Client) -> list[str]:
        speak, said = self.speak, []
        if self._solo and client.plan.accepts_after_tax is not True:
            text = "Few ready-made solo plans take after-tax contributions; the plan document must say so, see chapter 07."
            said.append(speak._(text))
        spouse_pay = self.fields["spouse_pay"].value or 0.0
        if spouse_pay > 0 and client.household.filing_status not in ("mfj", "mfs"):
            said.append(speak._("The client's facts name no spouse; the figures show what it could be."))
        elif spouse_pay > 0 and _spouse_age(client, self.year.value) is None:
            said.append(
                speak._("The spouse's birth year is not known; no catch-up is counted for the spouse.")
            )
        for reason in self.plan.reasons:
            source = speak.cite(reason.cite)
            said.append(speak._("{sentence} ({source})", sentence=speak.say(reason.message), source=source))
        return said

    def table(self) -> pd.DataFrame:
        return parts_table(self.plan, self.speak.code) if self.plan else pd.DataFrame()

    def trade_table(self) -> pd.DataFrame:
        """The trade share by share; empty for a corporation, and after an error."""
        return trade_table(self.trade, self.speak.code) if self.trade else pd.DataFrame()

    def empty(self) -> None:
        self.plan = self.trade = None
        self.picture.value, self.second.value = self._pictures[0].gap(), ""
        self.table_place.value = emptied(self.table_place.value)
        for place in self._at_rest():
            place.value = ""

    def _at_rest(self) -> tuple[w.HTML, ...]:
        return self.spouse, self.trade_said, self.second, self.trade_place, self.working, self.sources

    def answer(self, client: Client) -> None:
        speak, law = self.speak, load_law(self.year.value, inflation=client.assumptions.inflation)
        plan = self._plan_of(client, law)
        sentence = solo_finding(speak, client.name, law, self.business.value, plan)
        picture = self._pictures[0].draw(plan, sentence, moving=True)
        table = frame_html(parts_table(plan, speak.code))
        rests = ""
        if law.projected:
            text = "The limits of {year} are projected at {inflation} inflation."
            rests = speak._(text, year=law.year, inflation=speak.percent(law.inflation))
        self.plan, self.trade = plan, None
        self.share.follow(plan.owner.max_employer)
        self.fields["deferral"].widget.placeholder = f"{plan.owner.deferral + plan.owner.catch_up:,.0f}"
        self.finding.value, self.picture.value, self.table_place.value = (
            finding_html(sentence, rests),
            picture,
            table,
        )
        self.footer.value = footer_html(speak, law, self.opened_as, rests)
        self.later(lambda: self._show_rest(client, plan, sentence), *self._at_rest())

    def _plan_of(self, client: Client, law: Law) -> OwnerPlan:
        typed = {name: field.value for name, field in self.fields.items()}
        try:
            return owner_plan(
                law, self.business.value, typed["self_employment_profit"], client.age(law.year),
                wages=client.participant_wages, job_deferral=typed["job_deferral"], deferral=typed["deferral"],
                employer="max" if typed["employer_contribution"] is None else typed["employer_contribution"],
                spouse_pay=typed["spouse_pay"], spouse_age=_spouse_age(client, law.year) or 0,
                job_kind=typed["job_kind"], job_other_additions=typed["job_other_additions"],
            )  # fmt: skip
        except InputError as problem:
            raise _as_entered(problem) from None

    def _show_rest(self, client: Client, plan: OwnerPlan, sentence: str) -> None:
        speak, law = self.speak, plan.owner.law
        with_spouse = plan.spouse.compensation > 0
        said = spouse_table(plan, speak.code) if with_spouse else None
        self.picture.value = self._pictures[0].draw(plan, sentence)
        self.spouse.value = ""
        working = working_html(speak, plan.owner.working)
        if with_spouse:
            self.spouse.value = (
                f"<h3>{html.escape(spouse_finding(speak, plan))}</h3>{frame_html(said, bold_last=True)}"
            )
            working += working_html(speak, plan.spouse.working) + working_html(speak, plan.working)
        working += self._show_trade(client, plan)
        self.working.value = working
        self.sources.value = sources_html(speak, law, FIGURES_OF_ROOM, client.household.filing_status)

    def _show_trade(self, client: Client, plan: OwnerPlan) -> str:
        """The trade's sentence, picture and table; returns its working."""
        speak, owner, law = self.speak, plan.owner, plan.owner.law
        self.second.value = self.trade_place.value = ""
        if self.business.value == INCORPORATED:
            text = "The corporation deducts the employer share on its own return; each dollar of it takes one of after-tax room."
            self.trade_said.value = f"<p>{html.escape(speak._(text))}</p>"
            return ""
        scenario = self._scenario(client, plan)
        try:
            every = employer_share_trade(scenario, law)
            if owner.employer > every.largest.employer + CENT:  # as far as the share that was typed
                every = employer_share_trade(scenario, law, np.append(every.employer, owner.employer))
        except InputError as problem:  # a year without tax tables: the room stands all the same
            self.trade_said.value = caution_html([speak.say(problem.message)])
            return ""
        chosen = employer_share_trade(scenario, law, min(owner.employer, every.employer[-1]))
        shares = table_shares(owner, every.corner, chosen.employer)
        self.trade = employer_share_trade(scenario, law, shares)
        self.trade_said.value = f"<h3>{html.escape(trade_finding(speak, chosen))}</h3>"
        if every.employer[-1] > 0:
            self.second.value = self._pictures[1].draw(every, chosen)
            self.trade_place.value = frame_html(trade_table(self.trade, speak.code))
        return working_html(speak, chosen.working)

    def _scenario(self, client: Client, plan: OwnerPlan) -> Client:
        """The client as somebody with this business and this job, for the tax return."""
        own = plan.owner.deferral + plan.owner.catch_up
        solo = client.plan if self._solo else Plan(kind="solo_401k")
        job = Plan(
            kind=self.fields["job_kind"].value, deferral_made=float(self.fields["job_deferral"].value),
            employer_contribution=float(self.fields["job_other_additions"].value),
        )  # fmt: skip
        roth = min(client.elections.roth_deferral, own) if self._solo else 0.0
        changed = {
            "plans": (solo, job), "self_employment_profit": float(plan.profit_left), "elective_deferral": own,
            "catch_up": 0.0, "roth_deferral": roth, "employer_contribution": None, "first_pay_period": 1,
        }  # fmt: skip
        if client.household.filing_status == "mfj" and client.participant == "client":
            changed["spouse_wages"] = client.household.spouse_wages + float(plan.spouse.compensation)
        return client.with_(**changed)


def _as_entered(problem: InputError) -> InputError:
    """The problem under the name of the field that holds the fact; the employer share keeps its own words."""
    if problem.field == "employer":
        return problem.at("employer_contribution")
    return problem.under(ENTERED_AS.get(problem.field, problem.field))


def _spouse_age(client: Client, year: int) -> int | None:
    """The age of the one who is not the participant; None where it is not known."""
    home = client.household
    return home.spouse_age(year) if client.participant == "client" else home.age(year)
