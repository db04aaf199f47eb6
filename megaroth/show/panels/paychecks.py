"""What to tell payroll: controls for the paychecks left, and the elections that fill the room by the last one."""

import datetime as dt
import html
from collections.abc import Mapping

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError, refuse
from megaroth.facts.fields import LAST_YEAR
from megaroth.facts.law import first_tax_year, latest_published_year, load_law
from megaroth.rules.paycheck_elections import PaycheckPlan
from megaroth.rules.paychecks import paycheck_plan
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import ChoiceField, Field, MoneyField, PercentField, TypedField, label
from megaroth.show.panels.page import (
    caution_html,
    cite_html,
    emptied,
    error_html,
    finding_html,
    footer_html,
    frame_html,
    p_note,
    sources_html,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel
from megaroth.show.panels.plain import Html
from megaroth.show.pay_history import PayHistory, read_day, read_pay_history
from megaroth.show.pay_pictures import PaychecksPicture
from megaroth.show.pay_tables import paychecks_finding, paychecks_table, take_home_table
from megaroth.show.sources import FIGURES_OF_ROOM

SO_FAR = ("pay", "elective_deferral", "catch_up", "employer_contribution", "after_tax")


class DateField(TypedField):
    """A date; empty where there is none."""

    parse = staticmethod(lambda field, text: read_day(field, text) if text.strip() else None)

    def shown(self, value: dt.date) -> str:
        return value.isoformat()


class PaychecksPanel(Panel):
    """Controls for what is paid and in so far, and the elections of the paychecks left."""

    chapter = "02_after_tax_space"
    more = "Raise, bonus and how payroll takes elections"

    def __init__(self, client: Client, code: str = "en", day: dt.date | None = None) -> None:
        """*day*: of the meeting, up to which the first year's paychecks are paid; None: today."""
        speak, day = language(code), day or dt.date.today()
        paid_through = day if day.year == client.assumptions.start_year else None
        self.picture, self.table_place, self.take_home, self.why, self.working, self.sources = (
            Html() for _ in range(6)
        )
        self.picture.add_class("megaroth-picture")
        self.table_place.add_class("megaroth-table-place")
        self.upload, self.read = _upload(speak), Html()
        self.read.add_class("megaroth-live")
        self._picture = PaychecksPicture(speak)
        self.plan: PaycheckPlan | None = None
        self.year = _year_field(client, speak)
        super().__init__(
            client,
            code,
            [self.year, *_date_fields(speak, paid_through), *_so_far_fields(client, speak)],
            _more_fields(speak),
        )
        self.upload.observe(lambda change: self._on_upload(change["new"]), names="value")

    def arrange(self, fields: list[Field], folded: list[Field]) -> list[w.Widget]:
        (body,) = super().arrange(fields, folded)
        left = body.children[0]
        below = left.children.index(self.fields["after_tax_so_far"].widget) + 1
        left.children = (*left.children[:below], self.upload, self.read, *left.children[below:])
        return [body]

    def answer_parts(self) -> list[w.Widget]:
        folded = (
            ("What it does to take-home pay", self.take_home),
            ("Why?", self.why),
            ("Show the working", self.working),
            ("Law and sources", self.sources),
        )
        folds = [Fold(self.speak._(title), [content]) for title, content in folded]
        return [self.picture, self.table_place, *folds]

    def changes(self) -> dict[str, object]:
        # Of all that is typed here only the after-tax money so far is a fact of the client's file.
        return {"after_tax_so_far": self.fields["after_tax_so_far"].value or 0.0}

    def cautions(self, client: Client) -> list[str]:
        found = [] if self.plan is None or self.plan.caution is None else [self.speak.say(self.plan.caution)]
        if client.plan.accepts_after_tax is False:
            text = "This plan does not take after-tax contributions; the figures show what it could be if it did."
            found.append(self.speak._(text))
        return found

    def asked(self, client: Client) -> dict[str, object]:
        """What the fields say, as keywords of paycheck_plan; year to date is of the first year alone."""
        found = {name: self.fields[name].value for name in ("pay_date", "whole_percent", "spill_over")}
        found |= {"keep": self.fields["keep"].value or 0.0, "pay_changes": self._pay_changes()}
        if self.year.value == client.assumptions.start_year:
            found["paid_through"] = self.fields["paid_through"].value
            found["year_to_date"] = {name: self.fields[f"{name}_so_far"].value for name in SO_FAR}
        return found

    def _pay_changes(self) -> list[dict[str, object]]:
        """The raise and the bonus, each with both its fields or with none."""
        found = []
        for field in ("raise_date", "bonus_date"):
            amount = {"raise_date": "new_pay", "bonus_date": "bonus"}[field]
            on, dollars = self.fields[field].value, self.fields[amount].value
            if (on is None) != (dollars is None):
                refuse("missing", field if on is None else amount, None)
            if on is not None:
                found.append({"date": on, "pay" if amount == "new_pay" else "bonus": dollars})
        return found

    def table(self) -> pd.DataFrame:
        return paychecks_table(self.plan, self.speak.code) if self.plan else pd.DataFrame()

    def empty(self) -> None:
        self.plan = None
        self.picture.value, self.table_place.value = self._picture.gap(), emptied(self.table_place.value)
        for place in self._slower():
            place.value = ""

    def _slower(self) -> tuple[w.HTML, ...]:
        return self.take_home, self.why, self.working, self.sources

    def answer(self, client: Client) -> None:
        speak = self.speak
        law = load_law(self.year.value, inflation=client.assumptions.inflation)
        plan = paycheck_plan(client, law, **self.asked(client))
        sentence = paychecks_finding(speak, plan)
        rests = _rests(speak, plan)
        picture = self._picture.draw(plan, moving=True)
        table = frame_html(paychecks_table(plan, speak.code)) + (p_note(speak) if law.projected else "")
        self.plan = plan
        self._show_what_counts(client, plan)
        self.finding.value, self.picture.value, self.table_place.value = (
            finding_html(sentence, rests),
            picture,
            table,
        )
        self.footer.value = footer_html(speak, law, self.opened_as, rests)
        self.later(lambda: self._show_rest(client, plan), *self._slower())

    def _show_what_counts(self, client: Client, plan: PaycheckPlan) -> None:
        """Estimates stand pale in empty fields; what is of the first year alone is shut in another."""
        first_year = plan.law.year == client.assumptions.start_year
        for name in SO_FAR:
            widget = self.fields[f"{name}_so_far"].widget
            widget.placeholder = f"{getattr(plan.so_far, name):,.0f}" if first_year else ""
            widget.disabled = not first_year
        self.fields["paid_through"].widget.disabled = not first_year
        self.upload.disabled = not first_year

    def _show_rest(self, client: Client, plan: PaycheckPlan) -> None:
        speak = self.speak
        self.picture.value = self._picture.draw(plan)
        self.take_home.value = _take_home_html(speak, plan)
        self.why.value = _reasons_html(speak, plan)
        self.working.value = working_html(speak, plan.working)
        self.sources.value = sources_html(speak, plan.law, FIGURES_OF_ROOM, client.household.filing_status)

    # --- a pay history ---

    def _on_upload(self, files: tuple[Mapping[str, object], ...]) -> None:
        for file in files:
            try:
                self.take(read_pay_history(bytes(file["content"]), str(file["name"])), str(file["name"]))
            except InputError as problem:
                self.read.value = error_html(self.speak.problem(problem))

    def take(self, history: PayHistory, name: str) -> None:
        """Put what a pay history says into the fields. Raises InputError for one of another year."""
        start = self._start.assumptions.start_year
        if history.paid_through.year != start:
            text = "{file} is of {year}; year to date counts in {start}."
            year = history.paid_through.year
            raise InputError("years", text, field="pay_history", file=name, year=year, start=start)
        told = history.year_to_date
        if "match" in told and "employer_contribution" not in told:
            told = {**told, "employer_contribution": told["match"]}
        typed = {f"{each}_so_far": told.get(each) for each in SO_FAR} | {"paid_through": history.paid_through}
        controls = {field: self.fields[field].control_of(value) for field, value in typed.items()}
        before = self._accepted
        self._put({**self._controls(), **controls})
        if before is not None and before != self._accepted:
            self._history.append(before)
            self._undo.disabled = False
        self.read.value = f"<p>{html.escape(history_read(self.speak, history, name))}</p>"


def history_read(speak: Language, history: PayHistory, name: str) -> str:
    """What was read, and what was left aside."""
    values = {
        "file": name, "date": speak.date(history.paid_through), "columns": speak.joined(history.ignored),
    }  # fmt: skip
    text = "{file} is read, paid through {date}."
    if history.ignored:
        text = "{file} is read, paid through {date}. Columns left aside: {columns}."
    return speak._(text, **values)


def _rests(speak: Language, plan: PaycheckPlan) -> str:
    """The assumption that moves the answer most: what the pay slips did not say, and limits of later years."""
    if plan.law.projected:
        text = "The limits of {year} are projected at {inflation} inflation."
        return speak._(text, year=plan.law.year, inflation=speak.percent(plan.law.inflation))
    if plan.assumed:
        return speak._("What is not given year to date is estimated pro rata; the last pay slip has it.")
    return ""


def _take_home_html(speak: Language, plan: PaycheckPlan) -> str:
    if plan.law.year < first_tax_year():
        text = "There are no tax tables for {year}, so the tax that the deferral saves is not known."
        return caution_html([speak._(text, year=plan.law.year)])
    text = "After-tax money lowers take-home pay one for one. The tax saved is the year's full tax without the deferrals left less the tax with them, spread over the paychecks."
    return frame_html(take_home_table(plan, speak.code)) + f"<p>{html.escape(speak._(text))}</p>"


def _reasons_html(speak: Language, plan: PaycheckPlan) -> str:
    reasons = "".join(
        f"<li>{speak.run_on([html.escape(speak.say(reason.message)), cite_html(speak.cite(reason.cite))])}</li>"
        for reason in plan.reasons
    )
    return f"<ul>{reasons}</ul>"


# --- controls ---


def _upload(speak: Language) -> w.FileUpload:
    words = speak._("Read pay history from CSV")
    return w.FileUpload(accept=".csv,.txt", multiple=False, description=words, icon="", tooltip=words)


def _year_field(client: Client, speak: Language) -> Field:
    assumed = client.assumptions
    years = range(assumed.start_year, min(assumed.leaving_year, LAST_YEAR) + 1)
    choices = {year: speak.year(year, projected=year > latest_published_year()) for year in years}
    return ChoiceField("year", assumed.start_year, choices, speak, label(speak, "year"))


def _date_fields(speak: Language, paid_through: dt.date | None) -> list[Field]:
    return [
        DateField(
            "paid_through", paid_through, speak, label(speak, "paid_through", "date, empty: nothing yet")
        ),
        DateField("pay_date", None, speak, label(speak, "pay_date", "date, empty: not known")),
    ]


def _so_far_fields(client: Client, speak: Language) -> list[Field]:
    so_far = client.elections.after_tax_so_far
    return [
        MoneyField(
            f"{name}_so_far",
            so_far if name == "after_tax" else None,
            speak,
            label(speak, f"{name}_so_far", "US$"),
        )
        for name in SO_FAR
    ]


def _more_fields(speak: Language) -> list[Field]:
    raise_date = DateField("raise_date", None, speak, label(speak, "raise_date", "date, empty: none"))
    bonus_date = DateField("bonus_date", None, speak, label(speak, "bonus_date", "date, empty: none"))
    raise_date.covers = bonus_date.covers = ("change_date",)
    choices = {False: speak._("dollars"), True: speak._("whole percents of pay")}
    return [
        raise_date,
        MoneyField("new_pay", None, speak, label(speak, "new_pay", "US$ a year")),
        bonus_date,
        MoneyField("bonus", None, speak, label(speak, "bonus", "US$")),
        MoneyField("keep", None, speak, label(speak, "keep", "US$")),
        ChoiceField("whole_percent", False, choices, speak, label(speak, "whole_percent"), radio=True),
        PercentField("spill_over", None, speak, label(speak, "spill_over", "%, empty: none")),
    ]
