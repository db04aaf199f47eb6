"""The controls of an owner's plan: business, deferral and share, the day job, the spouse's pay."""

import ipywidgets as w

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import latest_published_year, load_law
from megaroth.rules.client_space import employer_money
from megaroth.rules.owner_plans import JOB_KINDS, SOLE_PROPRIETOR
from megaroth.show.choices import CHOICES
from megaroth.show.language import Language
from megaroth.show.panels.facts_form import BirthField
from megaroth.show.panels.fields import ChoiceField, Field, MoneyField, label
from megaroth.show.panels.panel import value_of

WHOLE = 100  # percent


class ShareField(MoneyField):
    """The employer share to type, empty for the largest, with a slider beside it in percent of the largest."""

    def __init__(self, name: str, value: float | None, speak: Language, label: str) -> None:
        self.slides, self.largest = False, 0.0
        self.slider = w.IntSlider(min=0, max=WHOLE, value=WHOLE, step=1, readout=False)
        self.slider.description = speak._("in percent of the largest share")
        self.slider.layout.width, self.slider.style.description_width = "100%", "initial"
        super().__init__(name, value, speak, label)
        self._following = False
        self.slider.observe(lambda change: self._slid(change["new"]), names="value")

    def follow(self, largest: float) -> None:
        """Bring slider and placeholder to what was typed and to the largest share of now."""
        self.largest, self.widget.placeholder = largest, f"{largest:,.0f}"
        made = largest if self.value is None else self.value
        self._following = True
        try:
            self.slider.value = min(WHOLE, round(WHOLE * made / largest)) if largest > 0 else WHOLE
        finally:
            self._following = False

    def _slid(self, percent: int) -> None:
        if self._following:
            return
        self.slides = True  # so that one slide is one step back
        try:
            share = None if percent == WHOLE else float(int(self.largest * percent / WHOLE))
            self.widget.value = self.control_of(share)
        finally:
            self.slides = False


def pay_name(client: Client) -> str:
    """The client's fact that is the pay of the day job."""
    return "wages" if client.participant == "client" else "spouse_wages"


def year_field(client: Client, speak: Language) -> Field:
    """Tax years of the planning."""
    years = range(client.assumptions.start_year, client.assumptions.horizon_year + 1)
    choices = {year: speak.year(year, projected=year > latest_published_year()) for year in years}
    return ChoiceField("year", client.assumptions.start_year, choices, speak, label(speak, "year"))


def business_field(speak: Language) -> ChoiceField:
    """Sole proprietor or corporation."""
    choices = {kind: speak._(words) for kind, words in CHOICES["business"].items()}
    return ChoiceField("business", SOLE_PROPRIETOR, choices, speak, label(speak, "business"), radio=True)


def share_field(client: Client, speak: Language) -> ShareField:
    """The share made, where the client has a solo plan."""
    made = client.plan.employer_contribution if client.plan.kind == "solo_401k" else None
    return ShareField(
        "employer_contribution", made, speak, speak._("Employer share (US$; empty: the largest)")
    )


def own_fields(client: Client, speak: Language) -> list[Field]:
    """Profit, and the own deferral; who has no solo plan yet is asked for the most."""
    chosen = client.elections
    deferral = chosen.elective_deferral + chosen.catch_up if client.plan.kind == "solo_401k" else None
    profit = speak._("Net profit, or W-2 pay of a corporation's owner (US$ a year)")
    own = speak._("Own deferral with catch-up (US$; empty: the most)")
    return [
        MoneyField("self_employment_profit", client.household.self_employment_profit, speak, profit),
        MoneyField("deferral", deferral, speak, own),
    ]


def birth_field(client: Client, speak: Language) -> BirthField:
    """Whose plan it is."""
    name = "birth_year" if client.participant == "client" else "spouse_birth_year"
    return BirthField(name, value_of(client, name), speak, label(speak, name))


def pay_field(client: Client, speak: Language) -> MoneyField:
    """Wages of a day job."""
    name = pay_name(client)
    return MoneyField(name, value_of(client, name), speak, speak._("Wages of a day job (US$ a year)"))


def beside_fields(client: Client, speak: Language) -> list[Field]:
    """What goes into the plan of the day job, and the spouse's pay from the business."""
    kind, deferred, other = _day_job(client)
    choices = {each: speak._(CHOICES["kind"][each]) for each in JOB_KINDS}
    amounts = {"job_deferral": deferred, "job_other_additions": other, "spouse_pay": 0.0}
    return [
        ChoiceField("job_kind", kind, choices, speak, label(speak, "job_kind")),
        *(MoneyField(name, each, speak, label(speak, name, "US$ a year")) for name, each in amounts.items()),
    ]


def _day_job(client: Client) -> tuple[str, float, float]:
    """
    Kind of the day job's plan, the deferral there, and other money in a 403(b), USD.

    It is the client's plan, or beside a solo plan the others; a 457(b) among several is left out, having its own limits.
    """
    chosen = client.elections
    if client.plan.kind != "solo_401k":
        other = _employer_money(client) + chosen.after_tax_so_far if client.plan.kind == "403b" else 0.0
        return client.plan.kind, chosen.elective_deferral + chosen.catch_up, other
    others = [plan for plan in client.plans[1:] if plan.kind in ("401k", "403b")] or client.plans[1:]
    kind = others[0].kind if others and others[0].kind in JOB_KINDS else "401k"
    other = sum(plan.employer_contribution or 0.0 for plan in others if plan.kind == kind == "403b")
    return kind, sum(plan.deferral_made for plan in others), other


def _employer_money(client: Client) -> float:
    """The year's employer money to the cent; 0 where the facts cannot be, which the answer then says."""
    try:
        return round(employer_money(client, load_law(client.assumptions.start_year)), 2)
    except InputError:
        return 0.0
