"""What one conversion costs: controls for its taxable amount, and the tax it adds, layer by layer."""

import datetime as dt
import html

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import Law, latest_published_year, load_law
from megaroth.facts.state_law import StateLaw
from megaroth.rules.extra_income import CostOfIncome, cost_of_income, fill_to_edge
from megaroth.rules.landing import landing
from megaroth.rules.state_tax import state_sentences
from megaroth.show.choices import state_name
from megaroth.show.edges import named_edges
from megaroth.show.income_pictures import RatePicture, RulerPicture, rate_amounts
from megaroth.show.income_tables import edges_table, layers_table, total_shown
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import NO_VALUE, ChoiceField, Field, MoneyField, PercentField, label
from megaroth.show.panels.page import (
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
from megaroth.show.panels.plain import Html
from megaroth.show.panels.waiting import figures_used

THOUSAND = 10**3
USUAL = 25.0 * THOUSAND  # USD, where the client has no earnings waiting
FURTHEST, STEP = 200 * THOUSAND, THOUSAND  # USD, of the slider
LEAST_CLIFF = 100.0  # USD that a step costs, to be told beside the answer


class AmountField(MoneyField):
    """An amount to type, with a slider beside it for the hand."""

    def __init__(self, name: str, value: float, speak: Language, label: str) -> None:
        self.slides, self.slider = False, w.IntSlider(min=0, max=FURTHEST, step=STEP, readout=False)
        super().__init__(name, value, speak, label)
        self.slider.description = speak._("by steps of {step}", step=speak.money(STEP))
        self.slider.add_class(f"megaroth-field-{name}")
        self.slider.layout.width, self.slider.style.description_width = "100%", "initial"
        self.follow()
        self.slider.observe(lambda change: self._slid(change["new"]), names="value")

    def follow(self) -> None:
        """Bring the slider to what was typed, as near as it goes."""
        self._following = True
        try:
            self.slider.value = min(FURTHEST, round((self.value or 0.0) / STEP) * STEP)
        finally:
            self._following = False

    def _slid(self, amount: int) -> None:
        if self._following:
            return
        self.slides = True  # so that one slide is one step back
        try:
            self.widget.value = self.control_of(float(amount))
        finally:
            self.slides = False


class ConversionPanel(Panel):
    """Controls for the taxable part of one conversion, and what it costs."""

    chapter = "04_late_or_prompt"
    more = "State and local rates"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.picture, self.table_place, self.cliff, self.second = (Html() for _ in range(4))
        self.ahead, self.working, self.state, self.sources = (Html() for _ in range(4))
        self.picture.add_class("megaroth-picture")
        self.second.add_class("megaroth-picture")
        self.cliff.add_class("megaroth-below")
        self.second.add_class("megaroth-below")
        self.ahead.add_class("megaroth-ahead")
        self.table_place.add_class("megaroth-table-place")
        self._pictures = RulerPicture(speak), RatePicture(speak)
        self.cost: CostOfIncome | None = None
        self.year, self.amount = _year_field(client, speak), _amount_field(client, speak)
        self.edge = _edge_field(speak)
        super().__init__(client, code, [self.year, self.amount, self.edge], _rate_fields(client, speak))

    def arrange(self, fields: list[Field], folded: list[Field]) -> list[w.Widget]:
        (body,) = super().arrange(fields, folded)
        left = body.children[0]
        below = left.children.index(self.amount.widget) + 1
        left.children = (*left.children[:below], self.amount.slider, *left.children[below:])
        return [body]

    def answer_parts(self) -> list[w.Widget]:
        folded = (
            ("What lies ahead", self.ahead),
            ("Show the working", self.working),
            ("How sure the state's figures are", self.state),
            ("Law and sources", self.sources),
        )
        folds = [Fold(self.speak._(title), [content]) for title, content in folded]
        return [self.picture, self.table_place, self.cliff, self.second, *folds]

    def changes(self) -> dict[str, object]:
        local = self.fields["local_rate"].value
        return {"state_rate": self.fields["state_rate"].value, "local_rate": 0.0 if local is None else local}

    def table(self) -> pd.DataFrame:
        return layers_table(self.cost, self.speak.code) if self.cost else pd.DataFrame()

    def edges_table(self) -> pd.DataFrame:
        """What lies ahead of the amount; empty after an error."""
        return edges_table(self.cost, self.speak.code) if self.cost else pd.DataFrame()

    def refresh(self) -> None:
        if not self._busy:
            self._busy = True
            try:
                self._fill()
            except InputError:
                pass  # the answer below meets it too, and says so
            finally:
                self._busy = False
        super().refresh()

    def _fill(self) -> None:
        """A chosen edge sets the amount, also when the facts change; an amount of one's own lets the edge go."""
        edge, before = self.edge.value, self._accepted or {}
        now = self._controls()
        if edge is None or now == before:
            return
        if before.get("edge") == edge and before.get("amount") != now["amount"]:
            self.edge.widget.value = NO_VALUE
            return
        try:
            amount = fill_to_edge(self.client, self._law(self.client), edge)
        except InputError:
            self.edge.widget.value = NO_VALUE  # not an edge of this year or state
            raise
        self.amount.widget.value = self.amount.control_of(amount)

    def _law(self, client: Client) -> Law:
        return load_law(self.year.value, inflation=client.assumptions.inflation)

    def empty(self) -> None:
        self.cost = None
        self.picture.value, self.second.value = self._pictures[0].gap(), self._pictures[1].gap()
        self.table_place.value = emptied(self.table_place.value)
        for place in (self.cliff, *self._folded()):
            place.value = ""

    def _folded(self) -> tuple[w.HTML, ...]:
        return self.ahead, self.working, self.state, self.sources

    def answer(self, client: Client) -> None:
        speak, law = self.speak, self._law(client)
        cost = cost_of_income(client, law, self.amount.value)
        sentence = conversion_finding(speak, cost)
        picture = self._pictures[0].draw(landing(cost), moving=True)
        table = frame_html(layers_table(cost, speak.code), bold_last=True) + _medicare_note(speak, cost)
        self.cost = cost
        self.amount.follow()
        self.finding.value, self.picture.value, self.table_place.value = (
            finding_html(sentence, _rests(speak, law)),
            picture,
            table,
        )
        self.footer.value = footer_html(speak, law, self.opened_as, _rests(speak, law))
        self.later(lambda: self._show_rest(client, cost), self.cliff, self.second, *self._folded())

    def _show_rest(self, client: Client, cost: CostOfIncome) -> None:
        speak, law, state_law = self.speak, cost.tax_return.law, cost.tax_return.state_law
        from_nothing = cost_of_income(client, law, 0.0).edges_ahead
        far = FURTHEST if cost.amount <= FURTHEST * 0.9 else cost.amount * 1.2
        curve = cost_of_income(client, law, rate_amounts(from_nothing, far))
        second = self._pictures[1].draw(curve, from_nothing, cost)
        ahead = frame_html(edges_table(cost, speak.code))
        household = client.household
        said = state_sentences(state_law, household.state_rate, household.local_rate)
        self.picture.value = self._pictures[0].draw(landing(cost))
        self.cliff.value, self.second.value = caution_html([next_cliff(speak, cost)]), second
        self.ahead.value = ahead
        self.working.value = working_html(speak, cost.working)
        self.state.value = "".join(f"<p>{html.escape(speak.say(sentence))}</p>" for sentence in said)
        federal = sources_html(speak, law, figures_used(), household.filing_status)
        self.sources.value = federal + _state_sources_html(speak, state_law)
        self._offer(edge_choices(speak, named_edges(speak, from_nothing, state_law.state)))

    def _offer(self, choices: dict[str | None, str]) -> None:
        """The edges of this year and state, the chosen one still chosen."""
        options = self.edge.options_of(choices)
        if options == self.edge.widget.options:
            return
        chosen, busy, self._busy = self.edge.value, self._busy, True
        try:
            self.edge.widget.options = options
            self.edge.widget.value = self.edge.control_of(chosen if chosen in choices else None)
        finally:
            self._busy = busy


# --- sentences ---


def conversion_finding(speak: Language, cost: CostOfIncome) -> str:
    """The answer in one sentence, its parts rounded first so that they add up as shown."""
    medicare, state = round(cost.medicare), round(cost.state)
    law, later = cost.tax_return.law, cost.tax_return.premium_law.year
    total = total_shown(cost)
    federal = total - state - medicare
    values = {
        "amount": speak.money(cost.amount), "total": speak.money(abs(total)), "later": later,
        "year": speak._("{year} (projected)", year=law.year) if law.projected else law.year,
    }  # fmt: skip
    if cost.amount <= 0:
        return speak._("Nothing is converted in {year}, so no tax is added.", **values)
    if total == 0:
        return speak._("Converting {amount} of earnings in {year} adds no tax.", **values)
    if total < 0:
        return speak._("Converting {amount} of earnings in {year} lowers the tax by {total}.", **values)
    if total == federal:
        return speak._("Converting {amount} of earnings in {year} adds {total} of federal tax.", **values)
    if total == state:
        return speak._(
            "Converting {amount} of earnings in {year} adds {total} of state and local tax.", **values
        )
    if total == medicare:
        text = "Converting {amount} of earnings in {year} adds {total} of Medicare surcharges in {later}."
        return speak._(text, **values)
    said = (
        speak._("federal {tax}", tax=speak.money(federal)) if federal else "",
        speak._("state and local {tax}", tax=speak.money(state)) if state else "",
        speak._("Medicare in {later} {tax}", later=later, tax=speak.money(medicare)) if medicare else "",
    )
    text = "Converting {amount} of earnings in {year} adds {total} of tax: {parts}."
    return speak._(text, parts=speak.joined(filter(None, said)), **values)


def next_cliff(speak: Language, cost: CostOfIncome) -> str:
    """The nearest cliff that costs more than a little; "" where none lies ahead."""
    named = named_edges(speak, cost.edges_ahead, cost.tax_return.state_law.state)
    cliffs = named[(named["step_dollars"] >= LEAST_CLIFF) & (named["dollars_to_it"] <= FURTHEST)]
    if cliffs.empty:
        return ""
    cliff = cliffs.iloc[0]
    return speak._(
        "More than {amount} more income would cross an edge and cost {step} at once: {edge}.",
        amount=speak.money(cliff["dollars_to_it"]), step=speak.money(cliff["step_dollars"]), edge=cliff["label"],
    )  # fmt: skip


def _rests(speak: Language, law: Law) -> str:
    """What a year without published law rests on."""
    if not law.projected:
        return ""
    text = "Brackets and limits of {year} are projected at {inflation} inflation; income stays as typed."
    return speak._(text, year=law.year, inflation=speak.percent(law.inflation))


def _medicare_note(speak: Language, cost: CostOfIncome) -> str:
    """When surcharges are due, whether or not anybody pays them yet; what "p" means."""
    due = cost.tax_return.premium_law
    text = "Medicare surcharges of {later} go by the income of {year}."
    said = speak._(text, later=due.year, year=cost.tax_return.law.year)
    return p_note(speak, said) if due.projected else f"<p>{html.escape(said)}</p>"


def _state_sources_html(speak: Language, state_law: StateLaw) -> str:
    """Where the figures of the state come from, and when they were read."""
    names = ["figures", *(rule["source"] for rule in state_law.rules)] if state_law.taxes else ["figures"]
    rows = []
    for source in (state_law.source(name) for name in dict.fromkeys(names)):
        rows.append((source.statute, speak.date(dt.date.fromisoformat(source.checked), short=True)))
    heading = speak._("Law of the state: {state}", state=state_name(speak, state_law.state))
    columns = [speak._(name) for name in ("Source", "Checked")]
    return f'<h3>{html.escape(heading)}</h3><div class="megaroth-working">{table_html(columns, rows)}</div>'


# --- controls ---


def waiting_earnings(client: Client) -> float:
    """What a conversion today would tax: the earnings in the after-tax account, or a usual amount where there are none."""
    earnings = client.balances.after_tax_value - client.balances.after_tax_basis
    return earnings if earnings > 0 else USUAL


def edge_choices(speak: Language, named: pd.DataFrame | None = None) -> dict[str | None, str]:
    """What can be filled up to, of named_edges, with the amount that does it; first an amount of one's own."""
    choices: dict[str | None, str] = {None: speak._("no edge: the amount above")}
    for edge in () if named is None else named.itertuples():
        amount = speak.money(edge.dollars_to_it, cents=not float(edge.dollars_to_it).is_integer())
        choices[edge.name] = speak._("{name}: {amount}", name=edge.label, amount=amount)
    return choices


def _year_field(client: Client, speak: Language) -> Field:
    years = range(client.assumptions.start_year, client.assumptions.horizon_year + 1)
    choices = {year: speak.year(year, projected=year > latest_published_year()) for year in years}
    return ChoiceField("year", client.assumptions.start_year, choices, speak, label(speak, "year"))


def _amount_field(client: Client, speak: Language) -> AmountField:
    words = speak._("Amount converted that is taxable (US$)")
    return AmountField("amount", waiting_earnings(client), speak, words)


def _edge_field(speak: Language) -> ChoiceField:
    """Opens on an amount of one's own; the edges are offered when they have been worked out, at rest."""
    return ChoiceField("edge", None, edge_choices(speak), speak, speak._("Fill up to the edge"))


def _rate_fields(client: Client, speak: Language) -> list[Field]:
    own_rules = label(speak, "state_rate", "%, empty: the state's own rules")
    return [
        PercentField("state_rate", value_of(client, "state_rate"), speak, own_rules),
        PercentField("local_rate", value_of(client, "local_rate"), speak, label(speak, "local_rate", "%")),
    ]
