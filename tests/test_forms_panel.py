"""The panels of chapter 08: forms of a payout, a check of a form that came, estimated tax."""

import html
import re
import time

import pytest

import megaroth as mr
from megaroth.show.client_files import open_client
from megaroth.show.form_tables import CHOICES, form_5498_table
from megaroth.show.panels import EstimatedTaxPanel, FormsPanel, ReceivedFormPanel
from megaroth.show.panels.panel import Panel
from megaroth.show.panels.why import WHY

PANELS = (FormsPanel, ReceivedFormPanel, EstimatedTaxPanel)
HOSTILE = '<script>alert("x")</script>'

pytestmark = pytest.mark.usefixtures("clients_folder")


def _panel(kind: type[Panel], code: str = "en", name: str = "lin", **facts: object) -> Panel:
    client = open_client(name)
    return kind(client.with_(**facts) if facts else client, code)


def _finding(panel: Panel) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _problem(panel: Panel) -> str:
    found = re.search(r'class="megaroth-error"[^>]*>(.*?)</div>', panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _typed(panel: Panel, **typed: object) -> Panel:
    for name, value in typed.items():
        panel.enter(name, value)
    return panel


@pytest.mark.parametrize("kind", PANELS)
@pytest.mark.parametrize("name", ["lin", "moreau", "okafor", "reyes"])
@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_sample_is_answered(kind: type[Panel], name: str, code: str) -> None:
    """Each panel answers for each invented client in both languages, and does not complain."""
    panel = _panel(kind, code, name)

    assert _problem(panel) == ""
    assert _finding(panel)
    assert not panel.table().empty
    assert all(panel.speak._(WHY[field]) for field in panel.fields)


# --- forms ---


def test_the_forms_are_those_of_the_ledger() -> None:
    """Nothing typed: the plan of years says what moved; boxes and lines are those of tax_forms, in cents and dollars."""
    panel = _typed(_panel(FormsPanel), strategy="late_convert", year=2036)
    forms = mr.tax_forms(mr.project(open_client("lin")), "late_convert", 2036)
    (form,) = forms.forms_1099r

    assert _finding(panel) == (
        f"Form 1099-R of 2036 (projected) shows box 2a: ${form.box_2a:,.2f} taxable, with code G"
    )
    table = panel.table()["Amount"]
    assert table["Form 1099-R, to the Roth IRA", "1"] == f"${form.box_1:,.2f}"
    assert table["Form 1040", "5b"] == f"${forms.lines_1040['5b']:,}"
    assert table["Form 5498 of the Roth IRA", "3"] == "–"


@pytest.mark.parametrize(
    ("typed", "english", "chinese"),
    [
        (
            {"strategy": "late_convert"},
            "Nothing moves in 2026, so no form comes",
            "2026 年没有资金转出，不会收到表格",
        ),
        (
            {"amount": "52000", "balance": "52000", "after_tax_basis": "40000"},
            "Form 1099-R of 2026 shows box 2a: $12,000 taxable, with code G",
            "2026 年的 Form 1099-R 第 2a 格：应税 US$12,000，代码 G",
        ),
        (
            {"route": "split", "amount": "52000", "balance": "52000", "after_tax_basis": "40000"},
            "2 Forms 1099-R come for 2026; Form 1040 shows line 5b: $0 taxable",
            "2026 年会收到 2 张 Form 1099-R；Form 1040 第 5b 行：应税 US$0",
        ),
    ],
)
def test_sentences(typed: dict, english: str, chinese: str) -> None:
    """Each case has its own, in both languages."""
    assert _finding(_typed(_panel(FormsPanel), **typed)) == english
    assert _finding(_typed(_panel(FormsPanel, "zh"), **typed)) == chinese


def test_sixty_days_tell_what_to_make_up() -> None:
    """What was withheld must come from other money; at 45 the code is 1, at 60 it is 7."""
    facts = {"route": "sixty_day", "amount": "52000", "balance": "52000", "after_tax_basis": "40000"}

    panel = _typed(_panel(FormsPanel), **facts)

    assert "$2,400.00 was withheld and must come from other money" in panel.below.value
    assert "with code 1" in _finding(panel)
    assert "with code 7" in _finding(_typed(panel, age="60"))


def test_a_refund_shows_beside_the_rollover() -> None:
    """A plan that pays back after its ACP test: two forms, G and 8."""
    panel = _typed(_panel(FormsPanel, acp_refund_share=0.2), strategy="yearly", year=2027)

    assert [row for row in panel.table()["Amount"] if row in ("G", "8")] == ["G", "8"]


def test_a_refused_amount_marks_its_field_and_comes_back() -> None:
    """More than the account: a sentence, the field marked, tables emptied; undo brings the answer back."""
    panel = _panel(FormsPanel)
    before = panel.finding.value

    _typed(panel, amount="60000")

    assert _problem(panel) == "Please check: Amount cannot be more than $37,500; you entered $60,000."
    assert "please check" in panel.fields["amount"].widget.description
    assert "$" not in re.sub(r"<th.*?</th>", "", panel.table_place.value)
    assert panel.table().empty
    panel._undo.click()
    assert panel.finding.value == before


@pytest.mark.parametrize("text", ["abc", "-1", "nan", "1e300"])
@pytest.mark.parametrize("kind", PANELS)
def test_what_cannot_be_typed(kind: type[Panel], text: str) -> None:
    """Every money field refuses what is no amount, names itself and keeps what was typed."""
    panel = _panel(kind)
    first = panel.finding.value
    for name, field in panel.fields.items():
        if type(field).__name__ != "MoneyField" or (name, text) == ("prior_year_agi", "-1"):
            continue
        if name.startswith("second_") and name != "second_box_1":
            continue  # looked at where a second form came
        held = field.held
        field.widget.value = text
        assert _problem(panel), name
        assert "please check" in field.widget.description, name
        assert field.widget.value == text
        field.widget.value = held
        assert panel.finding.value == first


def test_nothing_typed_becomes_markup() -> None:
    """A hostile code is shown as text."""
    panel = _typed(_panel(ReceivedFormPanel), box_7=HOSTILE)

    assert "<script" not in panel.finding.value
    assert "you entered" in _problem(panel)


# --- a form that came ---


def test_a_right_form_and_a_wrong_one() -> None:
    """What is expected is right; a wrong code is told with its source, and what the return says meanwhile."""
    panel = _panel(ReceivedFormPanel)
    assert _finding(panel) == "The form is right; Form 1040 shows line 5b: $0 taxable"

    _typed(panel, box_7="1")

    assert _finding(panel) == "Points to ask the payer about: 1; Form 1040 shows line 5b: $0 taxable"
    assert panel.table().index.tolist() == ["7"]
    assert "Until it is corrected" in panel.below.value
    assert "Form 4852" in panel.below.value


def test_no_form_and_two_forms() -> None:
    """Box 1 empty: none came. A split needs two, typed as two they are right."""
    none = _typed(_panel(ReceivedFormPanel, name="okafor"), box_1="")
    facts = {"route": "split", "amount": "52000", "balance": "52000", "after_tax_basis": "40000"}
    two = {
        "box_1": "12000",
        "box_2a": "0",
        "box_5": "",
        "second_box_1": "40000",
        "second_box_2a": "0",
        "second_box_5": "40000",
    }

    assert "within the plan is reported too" in none.table_place.value
    assert _typed(_panel(ReceivedFormPanel), **facts, **two).checked.right


def test_a_blank_box_is_no_zero() -> None:
    """Box 2a empty is blank; 0 is a figure. Only where nothing was earned can it be left so."""
    earned = {
        "amount": "52000",
        "balance": "52000",
        "after_tax_basis": "40000",
        "box_1": "52000",
        "box_5": "40000",
    }

    def rules(**typed: str) -> list[str]:
        return [problem.rule for problem in _typed(_panel(ReceivedFormPanel), **typed).checked.problems]

    assert rules(**earned, box_2a="") == ["blank"]
    assert rules(**earned, box_2a="0") == ["taxable", "do_not_add_up"]
    assert rules(box_2a="") == rules(box_2a="0") == []


def test_a_form_that_has_not_come_is_asked_for() -> None:
    """One form of a split, in both languages: the other one's amount and destination."""
    facts = {"route": "split", "amount": "52000", "balance": "52000", "after_tax_basis": "40000"}
    one = {"box_1": "12000", "box_2a": "0", "box_5": ""}

    said = {
        code: _typed(_panel(ReceivedFormPanel, code), **facts, **one).table_place.value
        for code in ("en", "zh")
    }

    assert "The form for $40,000 to a Roth IRA has not come." in said["en"]
    assert "转入 Roth IRA 的 US$40,000" in said["zh"]


# --- estimated tax ---

KNOWN = {"prior_year_tax": "46000", "prior_year_agi": "281000", "withholding": "41000"}


def test_installments() -> None:
    """110% of 46,000 is 50,600, less than 90% of this year's; or the other way round: the lesser less 41,000."""
    panel = _typed(_panel(EstimatedTaxPanel), **KNOWN, conversion="200000")

    assert panel.harbor.required == pytest.approx(50_600)
    assert _finding(panel) == (
        "$9,600 beyond withholding is required for 2026: $2,400.00 by each date from April 15, 2026 to January 15, 2027"
    )
    assert panel.table().loc["Jan 15, 2027"].tolist() == ["$2,400.00", "$9,600.00"]
    assert panel.note.value == ""
    assert "100.0%, 110.0%" in panel.sources.value


@pytest.mark.parametrize(
    ("typed", "said", "noted"),
    [
        (
            {},
            "is required for 2026, by withholding or in installments",
            "Needed: Last year&#x27;s tax, Tax withheld this year.",
        ),
        ({**KNOWN, "withholding": "50600", "conversion": "200000"}, "no estimated tax is due", ""),
        ({**KNOWN, "withholding": "43500"}, "so no estimated tax is required", ""),
        (
            {**KNOWN, "prior_year_agi": "", "conversion": "200000"},
            "beyond withholding",
            "Needed: Last year&#x27;s AGI.",
        ),
    ],
)
def test_other_answers(typed: dict, said: str, noted: str) -> None:
    """Nothing due for either reason, and what is missing named, where it decides."""
    panel = _typed(_panel(EstimatedTaxPanel), **typed)

    assert said in _finding(panel)
    assert noted in panel.note.value
    assert bool(noted) == bool(panel.note.value)


def test_the_facts_are_saved_with_the_client() -> None:
    """Last year's figures and the withholding belong to the client, so saving keeps them."""
    panel = _typed(_panel(EstimatedTaxPanel), **KNOWN)

    home = panel.client.household
    assert (home.prior_year_tax, home.prior_year_agi, home.withholding) == (46_000, 281_000, 41_000)


# --- all ---


@pytest.mark.parametrize(
    ("kind", "name"),
    [(FormsPanel, "amount"), (ReceivedFormPanel, "box_1"), (EstimatedTaxPanel, "conversion")],
)
def test_quick_enough_to_type(kind: type[Panel], name: str) -> None:
    """A key press takes no more of the processor than the budget of a panel; the best of five."""
    panel, taken = _panel(kind), []
    for amount in ("20000", "21000", "22000", "23000", "24000"):
        started = time.process_time()
        panel.enter(name, amount)
        taken.append(time.process_time() - started)

    assert min(taken) < 0.06


def test_a_traditional_ira_has_no_roth_boxes() -> None:
    """Boxes 3 and 10 are for Roth IRAs."""
    form = mr.tax_forms_of(2026, "split", 52_000, 52_000, 40_000).forms_5498[1]

    assert form_5498_table(form, "en").index.tolist() == ["2", "5"]
    assert {"direct", "in_plan", "split", "sixty_day", "refund"} <= CHOICES.keys()
