"""The panel of chapter 05: every control, every finding, the form, the cure, the split and both readings of the MAGI."""

import html
import re

import pytest

import megaroth as mr
from megaroth.show.client_files import open_client
from megaroth.show.panels import BackdoorPanel

pytestmark = pytest.mark.usefixtures("clients_folder")


def panel_of(name: str = "lin", code: str = "en", **typed: str) -> BackdoorPanel:
    panel = BackdoorPanel(open_client(name), code)
    for field, text in typed.items():
        panel.enter(field, text)
    return panel


def finding(panel: BackdoorPanel) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)
    return html.unescape(found[1]) if found else ""


def problem(panel: BackdoorPanel) -> str:
    found = re.search(r'class="megaroth-error"[^>]*>(.*?)</div>', panel.finding.value)
    return html.unescape(found[1]) if found else ""


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("lin", {}, "Both fit: $37,500 through the plan and $7,500 through the IRA"),
        ("lin", {"traditional_ira_value": "67.5k"},
         "$67,500 of pre-tax IRA money makes 90.0% of the $7,500 conversion taxable, unless a plan takes it in by December 31"),
        ("lin", {"split_earnings": "12,500"},
         "$12,500 of split-rollover earnings in a traditional IRA would make 62.5% of the $7,500 conversion taxable"),
        ("lin", {"converted": "0"}, "Nothing is converted in 2026; $7,500 of basis is carried to later years"),
        ("lin", {"converted": "7,550"},
         "$50 of the $7,550 conversion is more than was contributed, and taxable; nothing is left to roll into a plan"),
        ("lin", {"year": 2030}, "Both fit: $45,500 through the plan and $8,000 through the IRA"),
    ],
)  # fmt: skip
def test_each_case_has_its_finding(name: str, typed: dict, sentence: str, quick: None) -> None:
    """Clean, spoiled before, spoiled by a split, not converted, grown before the conversion, and a later year."""
    assert finding(panel_of(name, **typed)) == sentence


def test_without_room_in_the_plan_the_ira_is_left(quick: None) -> None:
    """A 457(b) plan has no place for after-tax money; the backdoor IRA does not depend on it."""
    panel = BackdoorPanel(open_client("lin").with_(kind="457b"))

    assert finding(panel) == "$7,500 fits through the IRA; the plan has no room in 2026"


def test_without_after_tax_money_in_the_plan_the_ira_is_left(quick: None) -> None:
    """A plan that does not take it gives no room, whatever the limit; where that is not known, a caution says so."""
    refused = BackdoorPanel(open_client("lin").with_(accepts_after_tax=False))
    unknown = BackdoorPanel(open_client("lin").with_(accepts_after_tax=None))

    assert finding(refused) == "$7,500 fits through the IRA; the plan does not take after-tax contributions"
    assert "not known yet; ask HR" in unknown.note.value


def test_earnings_start_where_the_plan_lets_them_out(quick: None) -> None:
    """Moreau's wait for separation; out of service they could be split, within the plan they are income."""
    waiting = open_client("moreau")
    shown = {
        way: [
            BackdoorPanel(waiting.with_(way_out=way)).fields[name].value
            for name in ("split_earnings", "in_plan_income")
        ]
        for way in ("none", "both", "in_plan_rollover")
    }

    assert shown == {"none": [0, 0], "both": [13_500, 0], "in_plan_rollover": [0, 13_500]}


def test_the_panel_says_what_the_calculation_says() -> None:
    """Table, sentences, working and form are those of backdoor_year."""
    panel = panel_of(traditional_ira_value="67,500", split_earnings="12,500")
    year = mr.backdoor_year(
        open_client("lin").with_(traditional_ira_value=67_500.0), 2026, split_earnings=12_500
    )
    tax = [f"${float(each.cost.total):,.0f}" for each in (year.as_is, year.cured, year.spoiled)]

    assert list(panel.table()["Taxable"]) == ["$6,750", "$0", "$6,857"]
    assert list(panel.table()["Tax added"]) == tax
    assert f"the conversion adds $0 of tax instead of {tax[0]}" in panel.below.value
    assert f"postpones ${float(year.earnings_taxed.total):,.0f} of tax" in panel.below.value
    assert "<td>Nontaxable fraction</td><td>0.100000</td>" in panel.working.value
    assert "<td>Taxable conversion</td><td>$6,750.00</td>" in panel.working.value
    assert f"${float(year.as_is.cost.total):,.2f}" in panel.working.value
    assert list(panel.form_table().iloc[9]) == ["0.100000", "0.100"]
    assert "<td>$7,500</td>" in panel.form.value
    assert "$37,500" in panel.compared.value
    assert "408(d)(3)(A)(ii)" in panel.cure.value
    assert "$242,000, $252,000" in panel.sources.value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("year", 2030),
        ("contribution", "5,000"),
        ("converted", "5,000"),
        ("traditional_ira_value", "40k"),
        ("traditional_ira_basis", "3,000"),
        ("rolled_in", "30000"),
        ("split_earnings", "9,000"),
        ("contributed_next_year", "2,000"),
        ("distributions", "10,000"),
        ("state_ira_basis", "60,000"),
    ],
)
def test_every_control_moves_the_answer(name: str, value: object, quick: None) -> None:
    """Each of them changes table and picture where other IRA money is about."""
    panel = panel_of(traditional_ira_value="67,500")
    before, picture = panel.table().to_string(), panel.picture.value

    panel.enter(name, value)

    assert problem(panel) == ""
    assert panel.table().to_string() != before
    assert panel.picture.value != picture


def test_in_plan_income_moves_one_reading_only() -> None:
    """Moreau lies in the range: counted, 13,500 ends the direct contribution; left out, 1,750 stays."""
    panel = panel_of("moreau", in_plan_income="13,500")

    assert "if in-plan rollover income counts, and $1,750 if it does not" in panel.below.value
    assert "<td>$178,000</td><td>$164,500</td>" in panel.magi.value
    panel.enter("in_plan_income", "0")
    assert "Directly, without a backdoor, $1,750 could go into a Roth IRA." in panel.below.value


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("contribution", "7,501", "Contribution cannot be more than $7,500; you entered $7,501."),
        ("rolled_in", "1", "Rolled into the plan cannot be more than $0; you entered $1."),
        ("contributed_next_year", "8,000", "cannot be more than $7,500"),
        ("traditional_ira_value", "", "Traditional IRA value"),
    ],
)
def test_what_the_law_or_the_money_does_not_allow(name: str, value: str, sentence: str, quick: None) -> None:
    """More than the limit, or than there is: a sentence, and the field is marked."""
    panel = panel_of(**{name: value})

    assert sentence in problem(panel)
    assert "megaroth-wrong" in panel.fields[name].widget._dom_classes
    assert panel.table().empty


def test_empty_amounts_follow_the_law_and_the_money(quick: None) -> None:
    """Nothing typed: the year's limit, all of it converted, all that can go rolled in; the boxes show how much."""
    panel = panel_of("okafor", traditional_ira_value="10,000")
    shown = [panel.fields[name].widget.placeholder for name in ("contribution", "converted", "rolled_in")]

    assert shown == ["8,600", "8,600", "10,000"]


def test_the_facts_of_the_ira_are_saved_with_the_client(quick: None) -> None:
    """What belongs to the client goes into the client; what is of one year stays on the page."""
    panel = panel_of(traditional_ira_value="20,000", traditional_ira_basis="1,500", split_earnings="700")

    assert panel.client == open_client("lin").with_(
        traditional_ira_value=20_000.0, traditional_ira_basis=1_500.0
    )


def test_the_picture_says_in_words_what_it_shows() -> None:
    """Finding, ends and each bar's parts and tax, in both languages."""
    for code, words in (("en", "$750 nontaxable, $6,750 taxable"), ("zh", "不应税 US$750，应税 US$6,750")):
        alternative = re.search(
            r'alt="([^"]*)"', panel_of(code=code, traditional_ira_value="67,500").picture.value
        )[1]
        assert words in html.unescape(alternative)


def test_the_finding_in_chinese(quick: None) -> None:
    """Written anew, with the same numbers."""
    panel = panel_of(code="zh", traditional_ira_value="6.75万")

    assert (
        finding(panel)
        == "IRA 税前余额 US$67,500 使这笔 US$7,500 的转换有 90.0% 应税，除非计划在 12 月 31 日之前接受这笔余额"
    )


def test_without_pay_nothing_goes_in_directly(quick: None) -> None:
    """219(b)(1)(B): it is the pay that is missing, not the income that is too high."""
    client = open_client("lin").with_(
        wages=0.0, spouse_wages=0.0, elective_deferral=0.0, employer_contribution=0.0
    )
    panel = BackdoorPanel(client, "en")

    assert "Directly nothing can go into a Roth IRA: there is no pay in the year." in panel.below.value


def test_nothing_converted_and_still_something_to_roll_in(quick: None) -> None:
    """60,000 of pre-tax money can go into the plan in a year without a conversion; the table has the row and no tax."""
    panel = panel_of(traditional_ira_value="60,000", converted="0", rolled_in="60,000")

    assert problem(panel) == ""
    assert panel.table().loc["$60,000 rolled into the plan", "Tax added"] == "$0"
    assert panel.fields["rolled_in"].widget.placeholder == "60,000"


def test_the_panel_says_of_which_day_the_value_is() -> None:
    """Form 8606 takes December 31 of its year, not the start of the first year."""
    tooltip = panel_of().fields["traditional_ira_value"].widget.tooltip

    assert "for Form 8606 on December 31 of its year" in tooltip
