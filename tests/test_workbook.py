"""The workbook: live sums that agree with our own figures, numbers that are numbers, texts that stay text."""

import datetime as dt
import io
import re
import unicodedata
from functools import cache

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

import megaroth as mr
from megaroth.facts.client import sample_names
from megaroth.plans.projection import LAYERS
from megaroth.show.firm import Firm
from megaroth.show.results import Results, results_of
from megaroth.show.sheet import INPUT
from megaroth.show.tables import tax_of
from megaroth.show.workbook import workbook_of

DAY = dt.date(2026, 7, 6)
CODES = ("en", "zh")
NAMES = {
    "en": ["Summary", "Room", "Waiting", "Tax layers", "Year by year", "Assumptions", "Sources"],
    "zh": ["摘要", "空间", "等待成本", "税负构成", "逐年数值", "假设", "来源"],
}
YES = {"en": "yes", "zh": "是"}
HOSTILE = '=HYPERLINK("http://x","y")'


@cache
def results(name: str) -> Results:
    return results_of(mr.Client.load(name), DAY)


@cache
def book(name: str, code: str = "en") -> Workbook:
    return load_workbook(io.BytesIO(workbook_of(results(name), code)))


def sheet(name: str, number: int, code: str = "en") -> Worksheet:
    return book(name, code)[NAMES[code][number]]


# --- a small reader of formulas: what Excel would show ---

FUNCTIONS = {
    "MAX": max, "MIN": lambda *each: min(each), "ABS": abs, "AND": lambda *each: all(each),
    "IF": lambda test, one, other: one if test else other, "SUM": lambda each: sum(each),
}  # fmt: skip


def value_of(cells: Worksheet, place: str) -> object:
    """A cell as Excel would show it."""
    content = cells[place].value
    if cells[place].data_type != "f":
        return content
    code = content.removeprefix("=").replace("$", "")
    code = re.sub(r"\b([A-Z]\d+):([A-Z]\d+)", r'column("\1","\2")', code)
    code = re.sub(r'(?<!")\b([A-Z]\d+)\b(?!")', r'at("\1")', code)
    names = {"at": lambda where: value_of(cells, where), "column": lambda one, last: column(cells, one, last)}
    return eval(code, {"__builtins__": {}}, {**FUNCTIONS, **names})


def column(cells: Worksheet, first: str, last: str) -> list[float]:
    return [value_of(cells, f"{first[0]}{row}") for row in range(int(first[1:]), int(last[1:]) + 1)]


def row_of(cells: Worksheet, label: str) -> int:
    """The row that begins with that label."""
    return next(cell.row for cell in cells["A"] if cell.value == label)


# --- live sums ---


@pytest.mark.parametrize("name", sample_names())
@pytest.mark.parametrize("code", CODES)
def test_every_check_says_yes(name: str, code: str) -> None:
    """Each live check of the workbook, computed as Excel would, finds our figures and the sums to agree."""
    checks = [
        (cells.title, cell.coordinate)
        for cells in book(name, code)
        for row in cells.iter_rows()
        for cell in row
        if cell.data_type == "f" and cell.value.startswith("=IF(")
    ]

    assert {title for title, _ in checks} == {NAMES[code][k] for k in (1, 2, 3, 4)}
    assert {value_of(book(name, code)[title], place) for title, place in checks} == {YES[code]}


def test_a_check_says_no_when_a_cell_is_changed() -> None:
    """The checks are live: another employer contribution in the sheet is noticed."""
    cells = load_workbook(io.BytesIO(workbook_of(results("lin"), "en")))["Room"]
    check = f"B{row_of(cells, 'Agrees with megaroth')}"

    cells[f"B{row_of(cells, 'Employer money')}"].value += 1

    assert value_of(cells, check) == "no"


CLIENTS = {
    "lin": {},
    "okafor": {},
    "lin with a cap in dollars": {"after_tax_cap_dollars": 9_000.0},
    "lin with a combined cap": {"combined_cap_share": 0.1},
    "lin over the limit": {"employer_contribution": 60_000.0},
    "lin with too much in": {"after_tax_so_far": 50_000.0},
    "lin in a 457(b)": {"kind": "457b"},
    "lin in a 403(b) beside a business": {
        "kind": "403b",
        "plans": (mr.Client.load("lin").plan, mr.Plan(kind="solo_401k", employer_contribution=12_000.0)),
    },
    "lin with little pay": {
        "wages": 30_000.0,
        "elective_deferral": 20_000.0,
        "employer_contribution": 1_000.0,
    },
}


@pytest.mark.parametrize("which", CLIENTS)
def test_the_live_room_is_our_room(which: str) -> None:
    """Under every cap, over the limit and in a plan that takes nothing, the sheet's sums give our space and rest."""
    client = mr.Client.load(which.split()[0]).with_(**CLIENTS[which])
    made = results_of(client, DAY)
    cells = load_workbook(io.BytesIO(workbook_of(made, "en")))["Room"]

    for label, ours in (("After-tax space", made.room.space), ("Room still open", made.room.remaining)):
        place = f"B{row_of(cells, label)}"
        assert cells[place].data_type == "f"
        assert value_of(cells, place) == pytest.approx(float(ours), abs=0.005)


def test_the_live_cost_of_waiting_is_ours() -> None:
    """The difference at the horizon, and what it is in today's dollars, come from live sums."""
    cells, costs = sheet("lin", 2), results("lin").costs
    for row, against in enumerate(costs["against_prompt"], 2):
        assert value_of(cells, f"H{row}") == pytest.approx(against, abs=0.005)
        assert cells[f"H{row}"].data_type == cells[f"F{row}"].data_type == "f"


def test_the_layers_add_up_to_the_tax() -> None:
    """The live sum of the layers is the tax of the wait, and the live differences are those to moving promptly."""
    cells, made = sheet("okafor", 3), results("okafor")
    total = row_of(cells, "Together")

    assert value_of(cells, f"B{total}") == pytest.approx(tax_of(made.costs.loc[made.wait]), abs=0.005)
    assert value_of(cells, f"C{total}") == pytest.approx(tax_of(made.costs.loc[0]), abs=0.005)
    assert value_of(cells, f"D{total}") == pytest.approx(
        value_of(cells, f"B{total}") - value_of(cells, f"C{total}"), abs=0.005
    )
    assert total == len(LAYERS) + 3  # the head, and the additional tax


def test_the_ledger_closes_live_in_every_row() -> None:
    """Closing is opening, in, growth and moved less tax, as a formula; the next year opens with it."""
    cells = sheet("moreau", 4)
    rows = list(cells.iter_rows(min_row=2, values_only=True))
    kept = [n for n, row in enumerate(rows[1:], 3) if row[:2] == rows[n - 3][:2]]

    assert len(kept) > 100
    for n in kept:
        assert cells[f"J{n}"].value == f"=E{n}+F{n}+G{n}+H{n}-I{n}"
        assert value_of(cells, f"E{n}") == pytest.approx(value_of(cells, f"J{n - 1}"), abs=0.005)


# --- numbers, texts, colours ---


@pytest.mark.parametrize("code", CODES)
def test_the_sheets_are_as_a_reader_expects(code: str) -> None:
    """Names in the reader's language, heads that stay, one page wide in landscape, dollars as dollars."""
    money = {"en": '"$"#,##0', "zh": '"US$"#,##0'}[code]
    for cells in book("lin", code):
        assert cells.page_setup.orientation == "landscape"
        assert (cells.page_setup.fitToWidth, cells.sheet_properties.pageSetUpPr.fitToPage) == (1, True)
        assert cells.freeze_panes.startswith("A")
        assert len(cells.title) <= 31

    assert book("lin", code).sheetnames == NAMES[code]
    assert (sheet("lin", 1, code)["B2"].value, sheet("lin", 1, code)["B2"].number_format) == (300_000, money)
    assert (sheet("lin", 5, code)["B2"].value, sheet("lin", 5, code)["B2"].number_format) == (0.07, "0.0%")
    assert (sheet("lin", 4, code)["C2"].value, sheet("lin", 4, code)["C2"].number_format) == (2026, "0")
    assert sheet("lin", 6, code)["E2"].is_date


def test_only_assumptions_are_coloured() -> None:
    """The coloured cells are those that a person may think about changing: all of one sheet's values, no others."""
    coloured = {
        (cells.title, cell.column)
        for cells in book("lin")
        for row in cells.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb == INPUT.fgColor.rgb
    }

    assert coloured == {("Assumptions", 2)}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", ["lin", "okafor"])
def test_no_number_is_wider_than_its_column(name: str, code: str) -> None:
    """Each number, as it is shown, fits its column, so that none reads ####; short texts fit as well."""
    for cells in book(name, code):
        for row in cells.iter_rows(min_row=2):
            for cell in row:
                width = cells.column_dimensions[cell.column_letter].width
                assert shown_width(value_of(cells, cell.coordinate), cell.number_format) <= width, cell


def shown_width(value: object, number_format: str) -> float:
    """How many characters wide a number is in its format; a text may wrap."""
    if isinstance(value, str | None):
        wide = sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in value or "")
        return wide if wide <= 40 else 0
    if isinstance(value, dt.datetime):
        return 12
    prefix = re.match(r'"(.*?)"', number_format)
    if prefix:
        return len(f"-{prefix[1]}{abs(value):,.0f}" if value < -0.5 else f"{prefix[1]}{abs(value):,.0f}")
    return len(f"{value:.1%}") if "%" in number_format else 8


def test_a_text_from_a_person_is_never_a_formula() -> None:
    """A name or a firm's line that begins like a formula stays text, marked as such; a control letter is left out."""
    client = mr.Client.load("lin").with_(name=HOSTILE)
    firm = Firm(name="+1", address="@SUM(A1)", phone="-1", note="=1+1")
    made = load_workbook(io.BytesIO(workbook_of(results_of(client, DAY), "en", firm)))
    texts = [cell for row in made["Summary"].iter_rows() for cell in row if isinstance(cell.value, str)]
    like_formulas = [cell for cell in texts if cell.value[:1] in "=+-@"]

    assert {cell.value for cell in like_formulas} >= {"+1", "@SUM(A1)", "-1", "=1+1"}
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in like_formulas)
    assert {cell.data_type for cell in texts} == {"s"}
    assert any(cell.value.startswith(HOSTILE) for cell in like_formulas)


def test_a_control_letter_is_left_out() -> None:
    """What no workbook can hold does not stop one from being made."""
    client = mr.Client.load("lin").model_copy(update={"name": "Lin\x07"})

    made = load_workbook(io.BytesIO(workbook_of(results_of(client, DAY), "en")))

    assert made["Summary"]["A1"].value.startswith("Lin,")


def test_the_same_facts_give_the_same_workbook() -> None:
    """Client and day decide every byte; another day is another file."""
    again = results_of(mr.Client.load("lin"), DAY)

    assert workbook_of(again, "zh") == workbook_of(results("lin"), "zh")
    assert book("lin").properties.modified == book("lin").properties.created == dt.datetime(2026, 7, 6)
