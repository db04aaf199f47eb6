"""A Form 1099-R that came, beside what happened: is it right, and what to ask the payer."""

import html

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.plans.strategies import PROMPT
from megaroth.plans.year_forms import tax_forms
from megaroth.rules.payer_forms import CheckedForms, check_1099r, check_boxes
from megaroth.rules.payouts import Form1099R
from megaroth.rules.tax_forms import TaxForms
from megaroth.show.form_tables import check_finding, forms_tables, meanwhile, problems_table
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import ChoiceField, Field, MoneyField, TypedField, label
from megaroth.show.panels.forms import PayoutPanel, first_year, paragraphs, rests, side_by_side
from megaroth.show.panels.page import emptied, finding_html, footer_html, frame_html
from megaroth.show.panels.panel import Fold
from megaroth.show.panels.plain import Html


class ReceivedFormPanel(PayoutPanel):
    """Controls for a Form 1099-R that came, beside what happened: is it right, and what to ask the payer."""

    more = "More about the payout, and a second form"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.table_place, self.below, self.expected = (Html() for _ in range(3))
        self.table_place.add_class("megaroth-table-place")
        self.table_place.add_class("megaroth-prose")
        self.below.add_class("megaroth-below")
        self.checked: CheckedForms | None = None
        start = tax_forms(self._projection(client), PROMPT.key, first_year(client))
        boxes, second = _box_fields(speak, start), _second_box_fields(speak)
        self.boxes = {field.name: field for field in (*boxes, *second)}
        super().__init__(client, code, boxes, second)

    def answer_parts(self) -> list[w.Widget]:
        return [
            self.table_place,
            self.below,
            Fold(self.speak._("The forms as they are expected"), [self.expected]),
        ]

    def table(self) -> pd.DataFrame:
        return problems_table(self.checked, self.speak.code) if self.checked else pd.DataFrame()

    def empty(self) -> None:
        self.checked = None
        self.table_place.value = emptied(self.table_place.value)
        self.below.value = self.expected.value = ""

    def received(self) -> tuple[Form1099R, ...]:
        """The forms as typed; one without box 1 did not come."""
        box = {name: field.value for name, field in self.boxes.items()}
        first = Form1099R(
            box["box_1"], box["box_2a"], box["box_5"] or 0.0, box["box_7"], box["box_4"] or 0.0, box["box_2b"],
            box["ira_sep_simple"],
        )  # fmt: skip
        second = Form1099R(
            box["second_box_1"], box["second_box_2a"], box["second_box_5"] or 0.0, box["second_box_7"]
        )
        if second.box_1 is not None:
            _check_second(second)
        return tuple(form for form in (first, second) if form.box_1 is not None)

    def answer(self, client: Client) -> None:
        speak, law, received = self.speak, self.law(client), self.received()
        checked = check_1099r(received, law, **self.payout(client))
        self.checked = checked
        self.finding.value = finding_html(check_finding(speak, checked), rests(speak, law))
        self.table_place.value = frame_html(problems_table(checked, speak.code))
        said = meanwhile(speak, checked)
        head = f"<h3>{html.escape(speak._('Until it is corrected'))}</h3>" if said else ""
        self.below.value = head + paragraphs(said)
        self.footer.value = footer_html(speak, law, self.opened_as, rests(speak, law))
        tables = forms_tables(checked.expected, speak.code)
        self.expected.value = side_by_side(tables)


def _box_fields(speak: Language, expected: TaxForms) -> tuple[Field, ...]:
    """The boxes of the form that came; to start from, those of the client's first year as they are expected."""
    start = next(iter(expected.forms_1099r), Form1099R(0.0, None))
    return (
        _money_box("box_1", start.box_1 or None, speak), _money_box("box_2a", start.box_2a, speak),
        _tick("box_2b", speak._("Box 2b, taxable amount not determined"), speak), _money_box("box_4", start.box_4 or None, speak),
        _money_box("box_5", start.box_5 or None, speak), _code_box("box_7", start.box_7, speak),
        _tick("ira_sep_simple", speak._("Box IRA/SEP/SIMPLE"), speak),
    )  # fmt: skip


def _second_box_fields(speak: Language) -> tuple[Field, ...]:
    """The boxes of a second form, empty: most payouts have one."""
    amounts = (_money_box(name, None, speak) for name in ("second_box_1", "second_box_2a", "second_box_5"))
    return *amounts, _code_box("second_box_7", "G", speak)


def _check_second(form: Form1099R) -> None:
    """Boxes that cannot be, under the names that they have on the second form."""
    try:
        check_boxes(form)
    except InputError as problem:
        for field in ("second_box_1", "second_box_2a", "second_box_5", "second_box_7"):
            if field == f"second_{problem.field}":
                raise problem.under(field) from problem
        raise


def _money_box(name: str, amount: float | None, speak: Language) -> Field:
    return MoneyField(name, amount, speak, label(speak, name, "US$"))


def _code_box(name: str, code: str, speak: Language) -> Field:
    return TypedField(name, code, speak, label(speak, name))


def _tick(name: str, words: str, speak: Language) -> Field:
    choices = {False: speak._("not ticked"), True: speak._("ticked")}
    return ChoiceField(name, False, choices, speak, words)
