"""Two job offers side by side: what each plan is worth beside the salary, and who can run such plans."""

import datetime as dt
import html
from collections.abc import Sequence

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import InputError
from megaroth.facts.law import load_law
from megaroth.facts.providers import load_providers
from megaroth.plans.job_offer import Offer, OfferWorth, worth_of
from megaroth.plans.offers import OfferComparison, comparison_of, years_of_stay
from megaroth.show.choices import CHOICES
from megaroth.show.client_files import providers_folder
from megaroth.show.findings import assumptions
from megaroth.show.language import Language, language, parse_percent
from megaroth.show.offer_pictures import OffersPicture
from megaroth.show.offer_tables import (
    in_and_out,
    offers_finding,
    offers_table,
    provider_problems,
    providers_table,
    questions,
    reasons,
    standing,
)
from megaroth.show.panels.fields import (
    ChoiceField,
    Field,
    MoneyField,
    PercentField,
    TypedField,
    WholeField,
    label,
)
from megaroth.show.panels.page import (
    caution_html,
    cite_html,
    emptied,
    finding_html,
    footer_html,
    frame_html,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel, value_of
from megaroth.show.panels.plain import Html

SIDES = ("a", "b")
MONEY = {"salary": "US$ a year", "bonus": "US$ a year", "after_tax_cap_dollars": "US$ a year"}
SHARES = ("rate", "up_to_share", "nonelective_share", "after_tax_cap_share")
CHOSEN = {"accepts_after_tax": {None: "not known", True: "yes", False: "no"}}
FIRST = ("employer", "salary", "bonus", "rate", "up_to_share", "accepts_after_tax", "way_out")
FOLDED = (
    "nonelective_share", "frequency", "after_tax_cap_share", "after_tax_cap_dollars", "vesting", "waiting_months",
)  # fmt: skip
OF_PLAN = (
    "accepts_after_tax", "way_out", "nonelective_share", "frequency", "after_tax_cap_share", "after_tax_cap_dollars",
)  # fmt: skip
ASSUMED = {
    "annual_return": "%", "retirement_tax_rate": "%", "inflation": "%", "discount_rate": "%, empty: inflation",
}  # fmt: skip
# Where a problem with a fact is mended here.
ENTERED_AS = {"name": "employer", "match": "rate"}


class SharesField(TypedField):
    """Shares in percent points, one after another: 0, 20, 40."""

    def __init__(self, name: str, value: Sequence[float], speak: Language, label: str) -> None:
        super().__init__(name, tuple(value), speak, label)

    @property
    def value(self) -> tuple[float, ...]:
        shares = self.widget.value.replace("，", ",").replace("、", ",").split(",")
        return tuple(parse_percent(self.fact, share) for share in shares if share.strip())

    def shown(self, value: Sequence[float]) -> str:
        return ", ".join(f"{share * 100:.10g}" for share in value)


class OffersPanel(Panel):
    """Controls for two offers, and what they come to."""

    chapter = "07_job_offers_and_providers"
    more = "More about plans and assumptions"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.picture, self.table_place, self.why, self.counted, self.working, self.providers = (
            Html() for _ in range(6)
        )
        self.picture.add_class("megaroth-picture")
        self.table_place.add_class("megaroth-table-place")
        self.why.add_class("megaroth-prose")
        self._picture = OffersPicture(speak)
        self.comparison: OfferComparison | None = None
        self._known: dict[str, OfferWorth] = {}  # by side, of self._known_of
        self._known_of: tuple[Client, int] | None = None
        self.years = _years_field(client, speak)
        starts = {"a": offer_to_start(client, speak), "b": other_offer(client, speak)}
        top, folded = (
            [_field(fact, side, starts[side], speak) for fact in facts for side in SIDES]
            for facts in (FIRST, FOLDED)
        )
        super().__init__(client, code, [self.years, *top], [*folded, *_assumption_fields(client, speak)])

    def arrange(self, fields: Sequence[Field], folded: Sequence[Field]) -> list[w.Widget]:
        (body,) = super().arrange(fields, folded)
        body.children[0].add_class("megaroth-side-by-side")
        self.years.widget.add_class("megaroth-across")
        return [body]

    def answer_parts(self) -> list[w.Widget]:
        speak = self.speak
        folded = (
            ("Why?", self.why),
            ("What is counted, and what is not", self.counted),
            ("Show the working", self.working),
            ("Who can run such a plan", self.providers),
        )
        return [
            self.picture,
            self.table_place,
            *(Fold(speak._(title), [content]) for title, content in folded),
        ]

    def changes(self) -> dict[str, object]:
        return {name: self.fields[name].value for name in ASSUMED}

    def offer(self, side: str) -> Offer:
        """The offer that the fields of that side describe; raises InputError for what cannot be."""
        try:
            facts = {fact: self.fields[f"{fact}_{side}"].value for fact in (*FIRST, *FOLDED)}
            plan = Plan(
                **{fact: _zero(fact, facts.pop(fact)) for fact in OF_PLAN},
                match=_match(facts.pop("rate"), facts.pop("up_to_share")),
                pay_periods=self._start.plan.pay_periods,
                employer=facts["employer"],
            )
            return Offer(plan=plan, **{fact: _zero(fact, value) for fact, value in facts.items()})
        except InputError as problem:
            raise _of_side(side, problem) from None

    def cautions(self, client: Client) -> list[str]:
        return [*questions(self.speak, self.comparison), *by_formula(self.speak, client)]

    def table(self) -> pd.DataFrame:
        return pd.DataFrame() if self.comparison is None else offers_table(self.comparison, self.speak.code)

    def empty(self) -> None:
        self.comparison = None
        self.picture.value, self.table_place.value = self._picture.gap(), emptied(self.table_place.value)
        self.why.value = self.counted.value = self.working.value = ""

    def answer(self, client: Client) -> None:
        speak, years = self.speak, years_of_stay(client, self.years.value)
        worths = self._worths(client, years)
        table = comparison_of(worths.values())
        sentence = offers_finding(speak, table)
        picture = self._picture.draw(table, sentence, moving=True)
        rows = frame_html(offers_table(table, speak.code))
        self.comparison, self._known, self._known_of = table, worths, (client, years)
        self.finding.value = finding_html(sentence, standing(speak, table))
        self.picture.value, self.table_place.value = picture, rows
        law = load_law(client.assumptions.start_year)
        self.footer.value = footer_html(speak, law, self.opened_as, assumptions(speak, client), later=True)
        places = (self.why, self.counted, self.working, self.providers)
        self.later(lambda: self._show_more(table, sentence), *places)

    def _worths(self, client: Client, years: int) -> dict[str, OfferWorth]:
        """What each side is worth; one that has not changed is not worked out again."""
        found = {}
        for side in SIDES:
            offer, known = self.offer(side), self._known.get(side)
            if known is None or self._known_of != (client, years) or known.offer != offer:
                try:
                    known = worth_of(offer, client, years)
                except InputError as problem:
                    raise _of_side(side, problem) from None
            found[side] = known
        return found

    def _show_more(self, table: OfferComparison, sentence: str) -> None:
        speak = self.speak
        self.picture.value = self._picture.draw(table, sentence)
        self.why.value = _list_html(
            speak.run_on([html.escape(text), cite_html(cite)]) for text, cite in reasons(speak, table)
        )
        self.counted.value = _list_html(html.escape(text) for text in in_and_out(speak))
        self.working.value = "".join(
            f"<h3>{html.escape(name)}</h3>{working_html(speak, table.working_of(name))}"
            for name in table.index
        )
        self.providers.value = providers_html(speak, dt.date.today())


def by_formula(speak: Language, client: Client) -> list[str]:
    """That offers count employer money by formula, where the client's own was typed in dollars."""
    typed = client.plan.employer_contribution
    if typed is None:
        return []
    text = "Both offers count employer money by their formulas; in the other chapters {name} has the {amount} that was typed."
    return [speak._(text, name=client.name, amount=speak.money(typed))]


def providers_html(speak: Language, as_of: dt.date) -> str:
    """What was said of institutions, and by whom; what is wrong with a firm's own files stands above it."""
    found = load_providers(providers_folder())
    first = speak._("The employer's plan decides, not the institution; no list is complete.")
    table = frame_html(providers_table(found, as_of, speak.code))
    problems = caution_html(provider_problems(speak, found.problems))
    return (
        f'<p>{html.escape(first)}</p>{problems}<div class="megaroth-prose megaroth-providers">{table}</div>'
    )


def offer_to_start(client: Client, speak: Language) -> Offer:
    """The client's own job, so that the first comparison is one with it."""
    plan = client.plan
    if plan.kind == "solo_401k":
        plan = Plan(accepts_after_tax=True, way_out="both")
    pay = client.participant_wages or client.household.self_employment_profit
    plan = plan.model_copy(update={"match": plan.match[:1]})
    return Offer(name=speak._("Present job"), salary=pay, plan=plan)


def other_offer(client: Client, speak: Language) -> Offer:
    """Somewhat more pay, and a plan that takes no after-tax money."""
    pay = round(offer_to_start(client, speak).salary * 1.05, -3)
    match = ({"rate": 1.0, "up_to_share": 0.04},)
    return Offer(name=speak._("New offer"), salary=pay, plan=Plan(accepts_after_tax=False, match=match))


def _match(rate: float | None, share: float | None) -> tuple[dict[str, float], ...]:
    """One tier; without a rate there is no match."""
    return ({"rate": rate, "up_to_share": share},) if rate else ()


def _zero(fact: str, value: object) -> object:
    """An empty amount is nothing; an empty cap is none."""
    return 0 if value is None and fact in ("bonus", "nonelective_share", "waiting_months") else value


def _of_side(side: str, problem: InputError) -> InputError:
    """The same problem, with the offer in which it stands and the field that is to be mended."""
    fact = ENTERED_AS.get(problem.field, problem.field)
    field = f"{fact}_{side}" if fact in (*FIRST, *FOLDED) else fact
    text = "Offer A: {problem}" if side == "a" else "Offer B: {problem}"
    return InputError(problem.rule, text, field=field, value=problem.value, problem=problem.message)


def _list_html(items: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"


# --- controls ---


def _field(fact: str, side: str, offer: Offer, speak: Language) -> Field:
    """The control of one fact of one offer, named for both."""
    value, unit = _value(fact, offer), MONEY.get(fact, "%" if fact in (*SHARES, "vesting") else "")
    words = label(speak, fact, unit)
    words = speak._("A: {label}", label=words) if side == "a" else speak._("B: {label}", label=words)
    if fact in MONEY:
        field: Field = MoneyField(fact, value, speak, words)
    elif fact in SHARES:
        field = PercentField(fact, value, speak, words)
    elif fact == "vesting":
        field = SharesField(fact, value, speak, words)
    elif fact == "waiting_months":
        field = WholeField(fact, value, speak, words)
    elif fact == "employer":
        field = TypedField(fact, value, speak, words)
    else:
        texts = CHOSEN.get(fact) or CHOICES[fact]
        field = ChoiceField(fact, value, {key: speak._(text) for key, text in texts.items()}, speak, words)
    field.name = f"{fact}_{side}"
    return field


def _value(fact: str, offer: Offer) -> object:
    """What an offer says of a fact."""
    if fact in ("rate", "up_to_share"):
        return getattr(offer.plan.match[0], fact) if offer.plan.match else None
    if fact == "employer":
        return offer.name
    return getattr(offer if fact in Offer.model_fields else offer.plan, fact)


def _years_field(client: Client, speak: Language) -> Field:
    return WholeField("years_expected", years_of_stay(client, None), speak, label(speak, "years_expected"))


def _assumption_fields(client: Client, speak: Language) -> list[Field]:
    return [
        PercentField(name, value_of(client, name), speak, label(speak, name, unit))
        for name, unit in ASSUMED.items()
    ]
