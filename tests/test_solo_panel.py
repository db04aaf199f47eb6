"""The panel of an owner's plan: its sentences, its linked slider, what it keeps of the client. Bad input is in test_panels."""

import html
import re

import numpy as np
import pytest

import megaroth as mr
from megaroth.show.client_files import open_client
from megaroth.show.language import language, parse_money
from megaroth.show.panels import SoloPanel
from megaroth.show.solo_tables import parts_table, spouse_finding, spouse_table, table_shares

pytestmark = pytest.mark.usefixtures("clients_folder")


def _panel(name: str = "reyes", code: str = "en", **facts: object) -> SoloPanel:
    client = open_client(name)
    return SoloPanel(client.with_(**facts) if facts else client, code)


def _text(markup: str) -> str:
    return html.unescape(re.sub("<[^>]+>", "", markup))


def test_says_what_the_calculation_says() -> None:
    """Finding, table, trade, picture and working are those of after_tax_space and employer_share_trade."""
    panel, client = _panel(), open_client("reyes")
    room, trade = mr.after_tax_space(client, 2026), mr.employer_share_trade(client, 2026, 20_000)

    assert (
        _text(panel.finding.value) == "Reyes can put $24,500 + $20,000 + $27,500 into a solo 401(k) for 2026"
    )
    assert panel.table().loc["After-tax space", "Owner"] == f"${room.space:,.0f}"
    assert _text(panel.trade_said.value) == (
        f"Giving up $17,177 of employer share adds $17,177 of after-tax room and ${trade.tax_added:,.0f} of tax this year."
    )
    assert "Own deferral: $24,500; Employer share: $20,000; After-tax space: $27,500" in panel.picture.value
    assert "After-tax room: $47,500 to $10,323" in panel.second.value
    assert f"${room.space:,.2f}" in panel.working.value
    assert f"${trade.tax_added:,.2f}" in panel.working.value
    assert "26 U.S.C. 415(c)(1)(A)" in panel.sources.value
    assert panel._save.disabled


@pytest.mark.parametrize(
    ("facts", "typed", "english", "chinese"),
    [
        (
            {}, {"employer_contribution": ""},
            "Reyes can put $24,500 + $37,177 + $10,323 into a solo 401(k) for 2026",
            "2026 年 Reyes 可以向 Solo 401(k) 存入员工供款 US$24,500、雇主部分 US$37,177 和税后供款 US$10,323",
        ),
        (
            {"birth_year": 1965}, {"deferral": ""},
            "Reyes can put $24,500 + $20,000 + $27,500 into a solo 401(k) for 2026, and $11,250 of catch-up beside it",
            "2026 年 Reyes 可以向 Solo 401(k) 存入员工供款 US$24,500、雇主部分 US$20,000 和税后供款 US$27,500，另有追加供款 US$11,250",
        ),
        (
            {}, {"employer_contribution": "", "self_employment_profit": "300000"},
            "Reyes can put $24,500 + $47,500 into a solo 401(k) for 2026; no room is left for after-tax money",
            "2026 年 Reyes 可以向 Solo 401(k) 存入员工供款 US$24,500 和雇主部分 US$47,500；没有剩余空间可供税后供款",
        ),
        (
            {}, {"self_employment_profit": "0", "employer_contribution": "", "deferral": ""},
            "No profit in 2026, so no solo room",
            "2026 年没有利润，因此没有 Solo 401(k) 空间",
        ),
        (
            {}, {"business": "incorporated", "self_employment_profit": "0", "employer_contribution": "", "deferral": ""},
            "No W-2 pay in 2026, so no room in the plan",
            "2026 年没有 W-2 工资，因此计划中没有空间",
        ),
    ],
)  # fmt: skip
def test_each_case_has_its_sentence(
    facts: dict, typed: dict, english: str, chinese: str, quick: None
) -> None:
    """Room, catch-up, none left, no profit, no pay."""
    for code, sentence in (("en", english), ("zh", chinese)):
        panel = _panel(code=code, **facts)
        for name, value in typed.items():
            panel.enter(name, value)

        assert _text(panel.finding.value) == sentence


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("year", 2030),
        ("business", "incorporated"),
        ("self_employment_profit", "8.5万"),
        ("deferral", "10,000"),
        ("employer_contribution", "0"),
        ("job_deferral", "$5,000"),
        ("spouse_pay", "40k"),
    ],
)
def test_every_control_moves_the_answer(name: str, value: object, quick: None) -> None:
    """A changed number changes table and picture."""
    panel = _panel()
    panel.enter("deferral", "")
    panel.enter("employer_contribution", "")
    before, picture = panel.table().to_string(), panel.picture.value

    panel.enter(name, value)

    assert panel.table().to_string() != before
    assert panel.picture.value != picture


def test_age_and_wages_move_the_answer(quick: None) -> None:
    """The birth year brings catch-up; wages of a day job use the wage base and so leave more net earnings."""
    panel = _panel()
    panel.enter("deferral", "")
    panel.enter("birth_year", "1970")
    assert panel.table().loc["Catch-up beside the limit", "Owner"] == "$8,000"
    largest = panel.table().loc["Largest employer share", "Owner"]
    panel.enter("wages", "150000")
    assert panel.table().loc["Largest employer share", "Owner"] > largest


def test_the_slider_goes_to_the_largest_and_back(quick: None) -> None:
    """At its end the share is the largest, and stays so when profit changes; in between it is dollars; one slide, one undo."""
    panel = _panel()
    assert panel.share.slider.value == 54  # 20,000 of 37,177

    panel.share.slider.value = 100
    assert panel.fields["employer_contribution"].widget.value == ""
    panel.enter("self_employment_profit", "100000")
    assert panel.plan.owner.employer == pytest.approx(18_587.045)
    assert panel.share.slider.value == 100
    for percent in (80, 60, 50):
        panel.share.slider.value = percent
    assert panel.plan.owner.employer == 9_293
    panel._undo.click()
    assert panel.plan.owner.employer == pytest.approx(18_587.045)


def test_a_spouse_on_the_payroll() -> None:
    """The sentence, the table and the working are owner_plan's; without a spouse on file a band says so."""
    panel = _panel("lin", self_employment_profit=200_000.0)
    panel.enter("job_deferral", "0")
    panel.enter("spouse_pay", "40000")
    plan = mr.owner_plan(
        mr.load_law(2026), "sole_proprietor", 200_000, age=45, wages=300_000, spouse_pay=40_000, spouse_age=43
    )

    assert _text(panel.spouse.value).startswith(
        f"$40,000 of pay for the spouse adds ${plan.room_added:,.0f} of after-tax room, ${plan.after_tax:,.0f} for both"
    )
    assert f"${plan.payroll_tax_added:,.0f}" in panel.spouse.value
    assert list(panel.table().columns) == ["Owner", "Spouse"]
    assert f"${plan.room_added:,.2f}" in panel.working.value
    assert "name no spouse" not in panel.note.value
    single = _panel()
    single.enter("spouse_pay", "40000")
    assert "name no spouse" in single.note.value


def test_a_corporation_has_no_trade_in_the_owners_tax() -> None:
    """The room moves one for one; the tax is the corporation's, so no picture of it."""
    panel = _panel()
    panel.enter("employer_contribution", "")

    panel.enter("business", "incorporated")

    assert panel.table().loc["Largest employer share", "Owner"] == "$47,500"
    assert "<img" not in panel.second.value
    assert panel.trade_table().empty
    assert "The corporation deducts" in panel.trade_said.value


def test_who_has_no_solo_plan_looks_at_one_beside_the_job(quick: None) -> None:
    """Lin's pay is the day job's and her deferral is used there; only the profit becomes a fact of the client."""
    panel = _panel("lin")

    panel.enter("self_employment_profit", "100000")

    assert panel.plan.owner.deferral == 0
    assert panel.plan.owner.after_tax == pytest.approx(72_000 - panel.plan.owner.employer)
    client = open_client("lin")
    assert panel.client == client.with_(self_employment_profit=100_000.0)


def test_what_is_kept_of_a_solo_client(quick: None) -> None:
    """Profit, deferral and share are facts; a corporation's pay, the day job's deferral and the spouse's pay are not."""
    panel = _panel(birth_year=1965, catch_up=8_000.0, roth_deferral=30_000.0)
    assert panel.client == panel._start
    panel.enter("deferral", "20000")
    panel.enter("employer_contribution", "5000")
    panel.enter("job_deferral", "4000")
    panel.enter("spouse_pay", "30000")

    kept = panel.client
    assert (kept.elections.elective_deferral, kept.elections.catch_up, kept.elections.roth_deferral) == (
        20_000,
        0,
        20_000,
    )
    assert kept.plan.employer_contribution == 5_000
    assert kept.plans == (kept.plan,)
    panel.enter("business", "incorporated")
    assert panel.client.household == panel._start.household


def test_a_year_before_the_tax_tables_keeps_the_room() -> None:
    """2020 has limits and no tax tables: the room stands, and a band says what is missing."""
    panel = _panel(start_year=2020, employer_contribution=None, elective_deferral=19_500.0)

    assert "into a solo 401(k) for 2020" in panel.finding.value
    assert "no tax tables for 2020" in panel.trade_said.value
    assert not panel.table().empty


def test_the_trades_table_holds_even_steps_the_corner_and_the_chosen() -> None:
    """Each once, in order, from nothing to the largest."""
    largest = mr.solo_401k_space(mr.load_law(2026), 85_000, 45)
    found = table_shares(largest, 6_994.94, 9_000.0, 0.0, None)

    assert found[[0, -1]] == pytest.approx([0, largest.max_employer])
    assert (np.diff(found) > 0).all()
    assert {6_994.94, 9_000.0} <= set(found)
    assert len(found) == 7


def test_sums_are_those_of_the_dollars_shown() -> None:
    """Where each is rounded for itself a dollar is missing: the table adds up, and the sentence says its sums."""
    plan = mr.owner_plan(
        mr.load_law(2026), "sole_proprietor", 180_000, age=45, spouse_pay=40_000, spouse_age=44
    )

    table, said = spouse_table(plan, "en"), spouse_finding(language("en"), plan)

    alone, owner, spouse, added, employers, employees, saved, taxes = (
        parse_money("amount", cell) for cell in table["Amount"]
    )
    assert added == owner + spouse - alone != round(plan.room_added)
    assert taxes == employers + employees - saved
    assert f"adds ${added:,.0f} of after-tax room, ${owner + spouse:,.0f} for both" in said
    assert f"payroll taxes fall by ${-taxes:,.0f}" in said


def test_tables_are_in_the_readers_words() -> None:
    """Chinese headings and amounts; every word of the tables and working is in the catalogue."""
    plan = mr.owner_plan(mr.load_law(2026), "incorporated", 120_000, age=61, spouse_pay=50_000, spouse_age=50)
    speak, table = language("zh"), parts_table(plan, "zh")

    assert list(table.columns) == ["业主", "配偶"]
    assert table.loc["限额之外的追加供款"].tolist() == ["US$11,250", "US$8,000"]
    for working in (
        plan.working,
        plan.owner.working,
        mr.employer_share_trade(open_client("reyes"), 2026, 0.0).working,
    ):
        for text in (*working["label"], *working["formula"]):
            assert re.search("[\u4e00-\u9fff]", speak._(text)), text


def test_a_403b_day_job_takes_of_the_limit() -> None:
    """415(k)(4): its deferral, and employer money there, come off 72,000; the band says so; a 457(b) takes nothing."""
    panel = _panel()
    for name, value in {"deferral": "", "employer_contribution": "10000", "job_deferral": "20000"}.items():
        panel.enter(name, value)
    assert panel.table().loc["Limit on annual additions", "Owner"] == "$72,000"

    panel.enter("job_kind", "403b")
    panel.enter("job_other_additions", "8000")

    assert panel.table().loc["Limit on annual additions", "Owner"] == "$44,000"
    assert panel.table().loc["After-tax space", "Owner"] == "$29,500"
    assert "415(k)(4)" in panel.note.value
    assert panel.trade_table().loc["$10,000", "After-tax space"] == "$29,500"
    panel.enter("job_kind", "457b")
    assert panel.table().loc["Own deferral", "Owner"] == "$24,500"
    assert "457(c)" in panel.note.value


@pytest.mark.parametrize(("kind", "shared"), [("401k", 0), ("403b", 24_500 + 12_000 + 3_000), ("457b", 0)])
def test_the_day_job_is_the_clients_plan(kind: str, shared: float, quick: None) -> None:
    """Who plans for a job's plan looks at a business beside it: kind, deferral, employer and after-tax money are that plan's."""
    panel = _panel(
        "lin",
        kind=kind,
        employer_contribution=12_000.0,
        after_tax_so_far=3_000.0,
        self_employment_profit=100_000.0,
    )

    assert panel.fields["job_kind"].value == kind
    assert panel.plan.owner.additions_elsewhere == shared
    assert panel.plan.owner.deferral == (24_500 if kind == "457b" else 0)
    assert panel.client == panel._start


def test_a_second_plan_of_a_solo_client_is_the_day_job(quick: None) -> None:
    """A 403(b) in the client file is the day job here; a 457(b) beside it keeps its own limits."""
    reyes = open_client("reyes")
    others = (
        mr.Plan(kind="457b", deferral_made=9_000.0),
        mr.Plan(kind="403b", deferral_made=20_000.0, employer_contribution=8_000.0),
    )
    panel = SoloPanel(reyes.with_(plans=(reyes.plan, *others), elective_deferral=4_500.0), "en")

    assert [panel.fields[name].value for name in ("job_kind", "job_deferral", "job_other_additions")] == [
        "403b", 20_000, 8_000,
    ]  # fmt: skip
    assert panel.plan.owner.after_tax == mr.after_tax_space(panel.client, 2026).space


def test_a_share_above_the_largest_is_explained() -> None:
    """At 52 a larger share makes deferrals catch-up: band, sentence and picture say it; younger it is refused by name."""
    panel = _panel(birth_year=1974, self_employment_profit=500_000.0)
    panel.enter("deferral", "18000")
    panel.enter("employer_contribution", "60000")

    assert panel.table().loc["Catch-up beside the limit", "Owner"] == "$6,000"
    assert "$6,000 of own deferral is above the annual additions limit" in _text(panel.note.value)
    assert _text(panel.trade_said.value).startswith("The share of $60,000 is $6,000 above the largest")
    assert "Tax saved by the share" in panel.second.value
    assert "$60,000" in panel.trade_table().index
    panel.enter("birth_year", "1985")
    assert _text(panel.finding.value).startswith("Please check: Employer share cannot be more than $54,000")
    assert "please check" in panel.fields["employer_contribution"].widget.description


def test_room_above_the_pay_is_said(quick: None) -> None:
    """40,000 of profit at 61, the most deferred by hand: more fits than there is pay."""
    panel = _panel(birth_year=1965, self_employment_profit=40_000.0)
    panel.enter("employer_contribution", "")
    panel.enter("deferral", "35750")

    assert "of pay is left to put in" in _text(panel.note.value)
