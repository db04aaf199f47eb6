"""The panel of the paychecks left without a browser, its table, its picture, and the pay history that it reads."""

import datetime as dt
import html
import re

import pytest

import megaroth as mr
from megaroth.show.client_files import open_client
from megaroth.show.language import language
from megaroth.show.panels import PaychecksPanel
from megaroth.show.panels.fields import TypedField
from megaroth.show.pay_history import PayHistory, read_day, read_pay_history
from megaroth.show.pay_pictures import PaychecksPicture, climb_finding
from megaroth.show.pay_tables import paychecks_finding, paychecks_table, take_home_table

pytestmark = pytest.mark.usefixtures("clients_folder")
LIN = mr.Client.load("lin")
HEAD = "date,pay,elective_deferral,catch_up,employer,after_tax\n"
ROWS = HEAD + '2026-01-02,"11,538.46",942.31,0,346.15,500\n2026-01-16,$11538.46,942.31,,346.15,\n'
TOTALS = {
    "pay": 23_076.92, "elective_deferral": 1_884.62, "catch_up": 0.0, "employer_contribution": 692.30, "after_tax": 500.0,
}  # fmt: skip
BEFORE = dt.date(2025, 12, 31)  # no paycheck of the clients' first year is over
HOSTILE = '<script>alert("x")</script>'


def _panel(name: str = "lin", code: str = "en") -> PaychecksPanel:
    return PaychecksPanel(open_client(name), code, BEFORE)


def _finding(panel: PaychecksPanel) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _problem(panel: PaychecksPanel) -> str:
    found = re.search(r'class="megaroth-error"[^>]*>(.*?)</div>', panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _upload(panel: PaychecksPanel, content: bytes, name: str = "history.csv") -> str:
    about = {
        "name": name,
        "type": "text/csv",
        "size": len(content),
        "last_modified": dt.datetime(2026, 1, 20),
    }
    panel.upload.value = ({**about, "content": content},)
    return panel.read.value


# The panel


@pytest.mark.parametrize("name", ["lin", "moreau", "okafor", "reyes"])
@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_sample_is_answered(name: str, code: str) -> None:
    """Each invented client in both languages, without a complaint; each fold has something in it."""
    panel = _panel(name, code)

    assert _problem(panel) == ""
    assert _finding(panel)
    assert not panel.table().empty
    assert all((panel.take_home.value, panel.why.value, panel.working.value, panel.sources.value))


def test_the_meeting_sentence() -> None:
    """Paid through June: 13 paychecks, to the cent, with the share of pay; the same in the working."""
    panel = _panel()
    panel.enter("paid_through", "2026-06-30")

    assert _finding(panel) == "Fill it: 13 paychecks of $1,615.38, the last $1,615.44 (14.0% of pay)"
    assert len(panel.table()) == 13
    assert "$21,000.00" in panel.working.value
    assert "26 U.S.C. 415(c)" in panel.sources.value


def test_the_meeting_sentence_in_chinese() -> None:
    """The same figures in Chinese words."""
    panel = _panel(code="zh")
    panel.enter("paid_through", "2026 年 6 月 30 日")

    assert _finding(panel) == "填满空间：13 期，每期 US$1,615.38，最后一期 US$1,615.44（工资的 14.0%）"
    assert panel.table().index[0] == "2026-07-03"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"year_to_date": {"after_tax": 37_500}}, "The room of $37,500 for 2026 is all used."),
        ({"year_to_date": {"after_tax": 40_000}}, "Nothing more to elect in 2026: $2,500.00 too much is already in."),
        ({"paid_through": "2026-12-31"}, "No paycheck is left in 2026; $21,000.00 of the room stays open."),
        ({"paid_through": "2026-12-12"}, "1 paycheck carries $10,596.15; $10,403.85 of the room stays open."),
        ({"paid_through": "2026-12-12", "year_to_date": {"after_tax": 36_500}},
         "Fill it: one paycheck of $1,000.00 (8.7% of pay)."),
        ({"year_to_date": {"after_tax": 11_500}}, "Fill it: 26 paychecks of $1,000.00 each (8.7% of pay)."),
        ({"whole_percent": True}, "7% of pay from every paycheck; $0.06 of the room stays open."),
        ({"whole_percent": True, "year_to_date": {"after_tax": 17_000}},
         "6% of pay, from March 13, 2026 on 7%; $77.01 of the room stays open."),
        ({"spill_over": 0.2}, "One election of 20.0% of pay puts in $21,000.00 as after-tax money and fills the room."),
        ({"spill_over": 0.1},
         "One election of 10.0% of pay puts in $5,499.84 as after-tax money; $15,500.16 of the room stays open."),
        ({"keep": 12_000}, "The paychecks left carry no after-tax money; $45,500.00 of the room stays open."),
    ],
)  # fmt: skip
def test_each_case_has_its_sentence(asked: dict, expected: str) -> None:
    """Awkward cases are told as plainly as the good one; Chinese has its own words for each."""
    plan = mr.paycheck_plan(LIN, 2026, **asked)

    assert paychecks_finding(language("en"), plan) == expected
    assert not re.search("[a-z]{3}", paychecks_finding(language("zh"), plan))


def test_a_457b_has_no_place() -> None:
    """Said as in the room's own panel."""
    panel = PaychecksPanel(LIN.with_(kind="457b"))

    assert _finding(panel) == "A 457(b) plan has no place for after-tax money"


def test_raise_and_bonus_come_in_pairs() -> None:
    """Half of either is a field to fill; both together move pay."""
    panel = _panel()
    panel.enter("raise_date", "2026-10-01")
    assert "New pay is missing" in _problem(panel)

    panel.enter("new_pay", "390,000")
    assert panel.table()["Pay"].iloc[-1] == "$15,000.00"

    panel.enter("bonus", "20,000")
    assert "Bonus on is missing" in _problem(panel)
    panel.enter("bonus_date", "11/20/2026")
    assert panel.table().loc["Nov 20, 2026", "Pay"] == "$35,000.00"


BAD = [
    ("paid_through", "yesterday", "must be a date"),
    ("paid_through", "2027-02-01", "between"),
    ("pay_date", "2026-02-30", "must be a date"),
    ("pay_so_far", "-1", "negative"),
    ("pay_so_far", "abc", "a number"),
    ("elective_deferral_so_far", "nan", "finite"),
    ("catch_up_so_far", "inf", "finite"),
    ("employer_contribution_so_far", "1e300", "more than"),
    ("after_tax_so_far", "-5", "negative"),
    ("keep", "-5", "negative"),
    ("spill_over", "200", "between"),
]


def test_what_cannot_be_is_a_sentence_at_its_field() -> None:
    """The field is marked, the table emptied, and what was typed stays; a good value brings the answer back."""
    panel = _panel()
    for field, typed, part in BAD:
        panel.enter(field, typed)

        assert part in _problem(panel), (field, typed)
        assert "please check" in panel.fields[field].widget.description
        assert panel.table().empty
        panel.enter(field, "")
        assert _problem(panel) == ""


def test_pay_and_pay_dates_that_do_not_agree_are_a_caution() -> None:
    """A paycheck too much: said beneath the finding, in both languages, and gone when the figures agree."""
    for code, words in (("en", "about a paycheck or more apart"), ("zh", "相差约一期工资或更多")):
        panel = _panel(code=code)
        panel.enter("paid_through", "2026-06-30")
        panel.enter("pay_so_far", "161000")
        assert words in panel.note.value
        panel.enter("pay_so_far", "150000")
        assert words not in panel.note.value


def test_a_later_year_counts_nothing_to_date() -> None:
    """2027: its own limits, projected; the fields of this year are shut and their amounts do not count."""
    panel = _panel()
    panel.enter("paid_through", "2026-06-30")
    panel.enter("year", 2027)

    assert _problem(panel) == ""
    assert panel.plan.so_far.after_tax == 0
    assert len(panel.table()) == 26
    assert panel.table().index[0] == "Jan 1, 2027 p"
    assert panel.fields["paid_through"].widget.disabled
    assert "projected" in panel.finding.value


def test_estimates_stand_pale_in_empty_fields() -> None:
    """What was not given shows what is assumed in its place."""
    panel = _panel()
    panel.enter("paid_through", "2026-06-30")

    assert panel.fields["pay_so_far"].widget.placeholder == "150,000"
    assert panel.fields["elective_deferral_so_far"].widget.placeholder == "12,250"
    assert "pro rata" in panel.finding.value


def test_every_typed_field_can_be_emptied() -> None:
    """An empty field is no error."""
    panel = _panel()
    for name, field in panel.fields.items():
        if isinstance(field, TypedField):
            panel.enter(name, "")
            assert _problem(panel) == "", name


def test_undo_and_reset() -> None:
    """One step back, and all the way."""
    panel = _panel()
    first = _finding(panel)
    panel.enter("paid_through", "2026-06-30")
    panel.enter("keep", "1,000")

    panel._undo.click()
    assert panel.fields["keep"].value is None
    panel._reset.click()
    assert _finding(panel) == first


def test_table_with_leaves_the_panel_alone() -> None:
    """The chapter's check drives a panel of its own."""
    panel = _panel()

    assert len(panel.table_with(paid_through="2026-06-30")) == 13
    assert len(panel.table()) == 26


# Table and picture


@pytest.mark.parametrize("code", ["en", "zh"])
def test_tables_say_what_the_plan_says(code: str) -> None:
    """Election, share and room left row by row; take-home adds up."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-06-30")

    table, home = paychecks_table(plan, code), take_home_table(plan, code)

    assert [cell.split("$")[1] for cell in table.iloc[:, -3]] == ["1,615.38"] * 12 + ["1,615.44"]
    assert set(table.iloc[:, -2]) == {"14.0%"}
    assert table.iloc[-1, -1].endswith("$0")
    assert len(home) == 13
    assert home.iloc[0, 0].startswith("\N{MINUS SIGN}")


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize(
    "asked",
    [{}, {"paid_through": "2026-12-31"}, {"year_to_date": {"after_tax": 50_000}}, {"spill_over": 0.1}],
)
def test_the_picture_says_what_it_shows(code: str, asked: dict) -> None:
    """Its text alternative holds the finding and the room, also when nothing is left to draw."""
    speak, plan = language(code), mr.paycheck_plan(LIN, 2026, **asked)

    image = html.unescape(PaychecksPicture(speak).draw(plan))

    assert image.startswith("<img")
    assert climb_finding(speak, plan) in image
    assert speak.money(37_500) in image


def test_uneven_paychecks_have_a_sentence() -> None:
    """Where some paychecks carry less than the others."""
    plan = mr.paycheck_plan(LIN, 2026, "2026-06-30", pay_changes=[{"date": "2026-12-01", "pay": 26_000}])

    assert paychecks_finding(language("en"), plan).startswith("Fill it: 13 paychecks of up to $")


# A pay history


@pytest.mark.parametrize(
    "content",
    [
        ROWS.encode(),
        ROWS.encode("utf-8-sig"),
        ROWS.encode("utf-16"),
        ROWS.replace("\n", "\r\n").encode(),
        ROWS.replace("\n2026-01-16", "\n\n,,,,,\n2026-01-16").encode(),
        ROWS.replace("-01-02", "-1-2").replace("2026-01-16", "1/16/2026").encode(),
        ROWS.replace("date,pay,elective_deferral,catch_up,employer,after_tax", "Pay date,Gross pay,401(k),Catch-up,Employer,After-tax (US$)").encode(),
        "日期,薪酬（美元）,员工供款,追加供款,雇主供款,税后供款\n2026年1月2日,\"11,538.46\",942.31,0,346.15,500\n"
        "2026/1/16,11538.46美元,942.31,,346.15,\n".encode("gb18030"),
        "日期;薪酬;员工供款;追加供款;雇主供款;税后供款\n2026-01-02;11.538,46;942,31;0;346,15;500\n"
        "2026-01-16;11538,46;942.31;;346,15;\n".encode("gbk"),
        "日期\t薪酬\t员工供款\t追加供款\t雇主供款\t税后供款\n２０２６-01-02\t11,538.46\t942.31\t0\t346.15\t500\n"
        "2026-01-16\tUS$ 11,538.46\t942.31\t\t346.15\t-\n".encode("utf-16-le").join([b"\xff\xfe", b""]),
    ],
)  # fmt: skip
def test_a_history_of_any_spreadsheet_is_read(content: bytes) -> None:
    """Encodings, separators, headings and ways to write dollars and dates: always the same sums."""
    found = read_pay_history(content)

    assert found.paid_through.isoformat() == "2026-01-16"
    assert found.year_to_date == pytest.approx(TOTALS)
    assert found.ignored == ()


def test_corrections_count_and_other_columns_are_named() -> None:
    """A negative row takes back; a column that is none of ours is left aside and told."""
    found = read_pay_history(b"date,pay,net pay\n2026-01-02,100,70\n2026-01-16,(25.50),-10\n")

    assert found == PayHistory(read_day("date", "2026-01-16"), {"pay": 74.5}, 2, ("net pay",))


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "is empty"),
        ("\n\n", "is empty"),
        (HEAD, "no paychecks"),
        ("pay,after_tax\n1,2\n", "no column with the heading date"),
        ("date,net\n2026-01-02,3\n", "has no amounts"),
        ("date,pay,Gross\n2026-01-02,3,3\n", "heading Gross twice"),
        (ROWS.replace('"', ""), "line 2: more cells than headings"),
        (ROWS + "2026-13-01,1,1,1,1,1\n", "line 4: Date must be a date"),
        (ROWS + "30/6/2026,1,1,1,1,1\n", "line 4: Date must be a date"),
        (ROWS + "Total,1,1,1,1,1\n", "line 4: Date must be a date"),
        (
            ROWS + "\n2026-01-30,=A1+1,1,1,1,1\n",
            "line 5: Pay of each paycheck must be a number; you entered =A1+1",
        ),
        (ROWS + "2026-01-30,1,@SUM(1),1,1,1\n", "line 4: Own deferral must be a number"),
        (ROWS + "2026-01-30,1,1,1,1,12.3.4\n", "line 4: After-tax contribution must be a number"),
        (ROWS + "2026-01-30,nan,1,1,1,1\n", "line 4: Pay of each paycheck must be a number"),
        ("date;pay\n2026-01-02;1.234\n", "line 2: Pay of each paycheck must be a number"),
        (ROWS + "2025-12-19,1,1,1,1,1\n", "2025 and 2026"),
        ('date,pay\n2026-01-02,"1', "no table"),
        ("PK\x03\x04", "workbook"),
        ("date,pay\n2026-01-02,\0", "no text"),
    ],
)
def test_a_history_that_cannot_be_read_is_one_sentence(text: str, part: str) -> None:
    """With the file's name and, where there is one, the line."""
    with pytest.raises(mr.InputError) as caught:
        read_pay_history(text.encode(), "pay.csv")

    assert part in str(caught.value)
    assert str(caught.value).startswith("pay.csv")
    assert caught.value.field == "pay_history"
    assert "\n" not in language("zh").problem(caught.value)


def test_a_file_is_read_and_a_missing_or_huge_one_told(tmp_path) -> None:
    """By its path too."""
    path = tmp_path / "pay.csv"
    path.write_text(ROWS, encoding="utf-8")

    assert read_pay_history(path).paychecks == 2
    with pytest.raises(mr.InputError, match="cannot be read"):
        read_pay_history(tmp_path / "none.csv")
    with pytest.raises(mr.InputError, match="too large"):
        read_pay_history(b"a" * 3_000_000)


def test_an_uploaded_history_fills_the_fields() -> None:
    """Dates and amounts stand in the fields, count in the answer, and can be undone."""
    panel = _panel()
    before = panel._controls()

    said = _upload(panel, ROWS.encode())

    assert "paid through January 16, 2026" in said
    assert panel.fields["pay_so_far"].widget.value == "23,076.92"
    assert panel.plan.so_far.after_tax == 500
    assert len(panel.table()) == 24
    assert panel.plan.assumed == ()
    panel._undo.click()
    assert panel._controls() == before


def test_a_bad_upload_changes_nothing() -> None:
    """Its sentence stands under the button; a file's name stays text."""
    panel = _panel()
    before = _finding(panel)

    for content in (b"", b"date,pay\nx,1\n", ROWS.replace("2026", "2025").encode()):
        said = _upload(panel, content, HOSTILE)
        assert "megaroth-error" in said
        assert "<script" not in said
    assert _finding(panel) == before
    assert "<script" not in _upload(
        panel, ROWS.replace("after_tax", HOSTILE.replace('"', "")).encode(), HOSTILE
    )
