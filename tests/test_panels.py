"""The panels without a browser: move each control, break each field, undo, reset, save."""

import asyncio
import html
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

import megaroth as mr
from megaroth.facts.labels import unit_of
from megaroth.show.client_files import open_client
from megaroth.show.panels import (
    BackdoorPanel,
    ConversionPanel,
    EligibilityPanel,
    GrowthPanel,
    SoloPanel,
    SpacePanel,
    StartPanel,
    WaitingPanel,
)
from megaroth.show.panels.fields import TypedField
from megaroth.show.panels.panel import REST, Panel
from megaroth.show.panels.why import WHY

PANELS = (
    SpacePanel,
    WaitingPanel,
    ConversionPanel,
    GrowthPanel,
    EligibilityPanel,
    BackdoorPanel,
    SoloPanel,
    StartPanel,
)
NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
HOSTILE = '<script>alert("x")</script>'
# What each unit refuses, with a part of the sentence that says why.
BAD = {
    "money": [
        ("abc", "a number"),
        ("-1", "negative"),
        ("nan", "finite"),
        ("inf", "finite"),
        ("1e300", "more than"),
    ],
    "rate": [
        ("abc", "a number"),
        ("nan", "finite"),
        ("inf", "finite"),
        ("900", "between"),
        ("-900", "between"),
    ],
    "year": [("abc", "a number"), ("1850", "between|at least"), ("2036.5", "whole"), ("nan", "finite|whole")],
    "count": [
        ("abc", "a number"),
        ("-1", "negative|between|at least"),
        ("1.5", "whole"),
        ("nan", "finite|whole"),
    ],
}
# Fields that read more than a number of their unit.
OWN_BAD = {
    "plans": [
        ("Old Corp", "read like Old Corp 401k"),
        ("Old 401k abc", "a number"),
        ("Old 401k 60000", "limit"),
    ],
    "roth_ira_conversions": [
        ("2022", "read like 2022"),
        ("2022 abc 1", "a number"),
        ("1700 1 1", "between"),
        ("2022 -1 1", "negative"),
    ],
    "correlation": [("abc", "a number"), ("2", "between"), ("nan", "finite")],
    "prior_year_agi": [("abc", "a number"), ("nan", "finite"), ("1e300", "more than")],
    "name": [("", "missing"), ("x" * 81, "letters")],
    "birth_year": [("abc", "year, or a date"), ("1800", "between"), ("2090", "between"), ("", "missing")],
    "spouse_birth_year": [("abc", "year, or a date"), ("1800", "between")],
    "match": [
        ("half", "50% to 6%"),
        ("50% to 600%", "between"),
        ("900% to 6%", "between"),
        ("50% to 6%, 25% to 3%", "after"),
    ],
    "after_tax": [("abc", "a number"), ("-1", "negative|number"), ("200%", "between")],
    "elective_deferral": [*BAD["money"], ("60000", "above the 2026 limit"), ("", "missing")],
    "catch_up": [*BAD["money"], ("", "missing")],
    "wages": [*BAD["money"], ("", "missing")],
    "amount": [*BAD["money"], ("", "missing")],
}


pytestmark = pytest.mark.usefixtures("clients_folder")


def _panel(kind: type[Panel], name: str = "lin", code: str = "en") -> Panel:
    return kind(open_client(name), code)


@cache
def _same_panel(kind: type[Panel]) -> Panel:
    return _panel(kind)


def _finding(panel: Panel) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _problem(panel: Panel) -> str:
    found = re.search(r'class="megaroth-error"[^>]*>(.*?)</div>', panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _typed_fields() -> list[tuple[type[Panel], str]]:
    """Every field of every panel that a person types into, but the employer's name, which can be anything."""
    return [
        (kind, name)
        for kind in PANELS
        for name, field in _same_panel(kind).fields.items()
        if isinstance(field, TypedField) and name != "employer"
    ]


def _pictures(panel: Panel) -> list[str]:
    return [place.value for place in (getattr(panel, name, None) for name in ("picture", "second")) if place]


# --- answers ---


@pytest.mark.parametrize("kind", PANELS)
@pytest.mark.parametrize("name", ["lin", "moreau", "okafor", "reyes"])
@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_sample_is_answered(kind: type[Panel], name: str, code: str) -> None:
    """Each panel answers for each invented client in both languages, and does not complain."""
    panel = _panel(kind, name, code)

    assert _problem(panel) == ""
    assert not panel.table().empty
    assert name.capitalize() in panel.facts.value


def test_space_panel_says_what_the_calculation_says() -> None:
    """Finding, table and working are those of after_tax_space."""
    panel, room = _panel(SpacePanel), mr.after_tax_space(open_client("lin"), 2026)

    assert _finding(panel) == (
        "Lin can still add $21,000 of after-tax money in 2026; $16,500 of the year's $37,500 is already in"
    )
    assert panel.table().loc["Room still open", "Amount"] == "$21,000"
    assert f"${room.working['amount'].iloc[-1]:,.2f}" in panel.working.value
    assert "26 U.S.C. 415(c)(1)(A)" in panel.sources.value
    assert "Nov 24, 2026" in panel.sources.value


def test_waiting_panel_says_what_the_calculation_says() -> None:
    """Finding, table and working are those of cost_of_waiting."""
    panel = _panel(WaitingPanel)
    cost = -mr.cost_of_waiting(open_client("lin")).loc[10, "against_prompt"]

    assert _finding(panel) == f"Waiting 10 years costs about ${round(cost, -3):,.0f} in today's dollars"
    assert panel.table().iloc[1, -1] == f"\N{MINUS SIGN}${cost:,.0f}"
    assert f"${cost:,.2f}" in panel.working.value


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (SpacePanel, "year", 2030),
        (SpacePanel, "wages", "50,000"),
        (SpacePanel, "elective_deferral", "20k"),
        (SpacePanel, "employer_contribution", "$12,000"),
        (SpacePanel, "after_tax_so_far", "0"),
        (SpacePanel, "after_tax_cap_share", "10"),
        (SpacePanel, "after_tax_cap_dollars", "1.5万"),
        (SpacePanel, "combined_cap_share", "15"),
        (SpacePanel, "acp_ceiling", "8"),
        (WaitingPanel, "wait", 4),
        (WaitingPanel, "annual_return", 0.04),
        (WaitingPanel, "tax_paid_from", "from_conversion"),
        (WaitingPanel, "earnings_to", "traditional_ira"),
        (WaitingPanel, "separation_year", "2030"),
        (WaitingPanel, "inflation", "4"),
        (WaitingPanel, "discount_rate", "5"),
        (WaitingPanel, "conversions_end_year", "2030"),
        (WaitingPanel, "retirement_tax_rate", "37"),
        (WaitingPanel, "gains_rate_at_horizon", "20"),
        (ConversionPanel, "year", 2030),
        (ConversionPanel, "amount", "40k"),
        (ConversionPanel, "state_rate", "3"),
        (ConversionPanel, "local_rate", "2"),
        (StartPanel, "wages", "50000"),
        (StartPanel, "after_tax_so_far", "0"),
        (StartPanel, "annual_return", "3"),
        (StartPanel, "separation_year", "2030"),
    ],
)
def test_every_control_moves_the_answer(kind: type[Panel], name: str, value: object, quick: None) -> None:
    """A changed number changes table and picture; nothing is asked for that has no effect."""
    panel = _panel(kind)
    if name in ("retirement_tax_rate", "gains_rate_at_horizon"):
        panel.enter("earnings_to", "traditional_ira")  # only there do these count
    before, pictures = panel.table().to_string(), _pictures(panel)

    panel.enter(name, value)

    assert _problem(panel) == ""
    assert panel.table().to_string() != before
    if name not in ("retirement_tax_rate", "gains_rate_at_horizon"):
        assert _pictures(panel)[:1] != pictures[:1] or kind is StartPanel


@pytest.mark.parametrize(("kind", "name", "value"), [(SpacePanel, "wages", "5万"), (WaitingPanel, "wait", 4)])
def test_a_control_moves_the_answer_in_chinese(
    kind: type[Panel], name: str, value: object, quick: None
) -> None:
    """Sentence, table and picture follow in the other language too."""
    panel = _panel(kind, code="zh")
    before = _finding(panel), panel.table().to_string(), _pictures(panel)[0]

    panel.enter(name, value)

    after = _finding(panel), panel.table().to_string(), _pictures(panel)[0]
    assert all(old != new for old, new in zip(before, after, strict=True))


def test_catch_up_counts_where_age_allows() -> None:
    """Okafor's catch-up stands beside the limit; without it the room is the same."""
    panel = _panel(SpacePanel, "okafor")
    room = panel.room.space

    panel.enter("catch_up", "0")

    assert _problem(panel) == ""
    assert panel.room.space == room
    assert panel.client.elections.roth_deferral == 11_250


def test_a_projected_year_is_named_everywhere() -> None:
    """Finding, list, footer and sources of 2030 say that its law is projected, with the inflation behind it."""
    panel = _panel(SpacePanel)

    panel.enter("year", 2030)

    assert "2030 (projected)" in _finding(panel)
    assert "projected at 2.5% inflation" in panel.finding.value
    assert "Law of 2030, projected" in panel.footer.value
    assert "<td>projected</td>" in panel.sources.value
    assert panel.year.widget.label == "2030, projected"
    assert "projected from IRS Notice 2025-67" in panel.working.value


def test_money_already_in_is_of_the_first_year() -> None:
    """In another year it counts for nothing, so its field is off there."""
    panel = _panel(SpacePanel)

    panel.enter("year", 2030)

    assert panel.fields["after_tax_so_far"].widget.disabled
    assert panel.room.after_tax_so_far == 0
    panel.enter("year", 2026)
    assert not panel.fields["after_tax_so_far"].widget.disabled


def test_projected_figures_of_the_waiting_panel_are_named() -> None:
    """The horizon's value, the assumption beside the finding, and the years of the layers."""
    panel = _panel(WaitingPanel)

    assert "(projected)" in panel.table_place.value
    assert "law after 2026 is as projected" in panel.finding.value
    assert "2036 p" in panel.second.value
    assert "p: the law of that year is projected." in panel.table_place.value


def test_the_split_says_what_it_does_to_the_next_backdoor() -> None:
    """Tax postponed, and the share of the next backdoor Roth IRA that becomes taxable."""
    panel = _panel(WaitingPanel)

    panel.enter("earnings_to", "traditional_ira")

    assert re.search(r"postpones about \$\d\d,000 and makes 9\d\.\d% of the next backdoor", panel.split.value)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"after_tax_so_far": 37_500.0}, "The room of $37,500 for 2026 is all used"),
        ({"after_tax_so_far": 40_000.0}, "$2,500 too much is in: $40,000 against room for $37,500. Ask the plan to correct it"),
        ({"employer_contribution": 47_500.0, "after_tax_so_far": 0.0}, "No room in 2026: own and employer money already fill $72,000"),
        ({"employer_contribution": 60_000.0}, "Own and employer money of $84,500 is above the limit of $72,000 in 2026. Ask the plan to correct it"),
        ({"after_tax_so_far": 0.0}, "Lin can add $37,500 of after-tax money in 2026"),
        ({"after_tax_so_far": 0.0, "after_tax_cap_dollars": 9_000.0}, "Lin can add $9,000 of after-tax money in 2026, held down by the plan's cap on after-tax money in dollars"),
        ({"after_tax_cap_dollars": 20_000.0}, "Lin can still add $3,500 of after-tax money in 2026; $16,500 of the year's $20,000 is already in, and the plan's cap on after-tax money in dollars allows no more"),
        ({"after_tax_so_far": 0.0, "after_tax_cap_dollars": 0.0}, "No room in 2026: the plan's cap on after-tax money in dollars leaves none"),
        ({"kind": "457b"}, "A 457(b) plan has no place for after-tax money"),
        ({"wages": 0.0, "elective_deferral": 0.0, "employer_contribution": 0.0, "after_tax_so_far": 0.0}, "Lin has no pay in 2026, so there is no room"),
    ],
)  # fmt: skip
def test_each_awkward_room_has_its_sentence(changes: dict, sentence: str, quick: None) -> None:
    """Used up, too much, none, capped, no pay, wrong kind of plan: as plain as the good news."""
    panel = SpacePanel(open_client("lin").with_(**changes))

    assert _finding(panel) == sentence


@pytest.mark.parametrize(
    ("changes", "wait", "pattern"),
    [
        ({}, 0, "Moved promptly, no earnings are left to tax"),
        ({"days_to_rollover": 30}, 0, r"Moved promptly, \$[\d,]+ of earnings is left to tax"),
        ({}, 1, r"Waiting 1 year costs about \$[\d,]+ in today's dollars"),
        ({"discount_rate": 0.05}, 8, r"Waiting 8 years costs about \$[\d,]+ in present value"),
        ({"annual_return": -0.02}, 5, "Waiting costs nothing here: the account is not above what was paid in"),
        ({"separation_year": 2030}, 8, r"Lin leaves in 2030, so the wait ends then: it costs about \$[\d,]+ in today's dollars"),
    ],
)  # fmt: skip
def test_each_awkward_wait_has_its_sentence(changes: dict, wait: int, pattern: str, quick: None) -> None:
    """No wait, one year, a loss, and a wait that outlasts the job."""
    panel = WaitingPanel(open_client("lin").with_(**changes))

    panel.enter("wait", wait)

    assert re.fullmatch(pattern, _finding(panel))


@pytest.mark.parametrize(
    ("kind", "name", "changes", "words"),
    [
        (SpacePanel, "lin", {"accepts_after_tax": None}, "not known yet"),
        (SpacePanel, "lin", {"accepts_after_tax": False}, "does not take after-tax"),
        (WaitingPanel, "lin", {"accepts_after_tax": False}, "does not take after-tax"),
        (WaitingPanel, "moreau", {}, "only at separation"),
        (WaitingPanel, "lin", {"way_out": None}, "not known yet"),
    ],
)
def test_what_is_not_known_is_a_caution(
    kind: type[Panel], name: str, changes: dict, words: str, quick: None
) -> None:
    """Unknown is no error: a band says what is missing, and the figures stay."""
    panel = kind(open_client(name).with_(**changes))

    assert words in panel.note.value
    assert _problem(panel) == ""


def test_a_list_shows_what_is_not_known(quick: None) -> None:
    """A fact that nobody knows yet stands in its list as such, and not as an empty line."""
    panel = StartPanel(open_client("lin").with_(way_out=None, accepts_after_tax=None))

    assert (
        panel.fields["way_out"].widget.label == panel.fields["accepts_after_tax"].widget.label == "not known"
    )
    assert panel.client.plan.way_out is None
    panel.enter("way_out", "both")
    panel._undo.click()
    assert panel.fields["way_out"].widget.label == "not known"


# --- bad input ---


@pytest.mark.parametrize(("kind", "name"), _typed_fields())
def test_every_field_refuses_what_cannot_be(kind: type[Panel], name: str, quick: None) -> None:
    """A sentence where the finding stands, the field marked, pictures and table emptied, save off; then it recovers."""
    panel = _same_panel(kind)  # one for all fields: each test leaves it mended
    field, good = panel.fields[name], panel.fields[name].widget.value
    before = panel.table().to_string()

    for typed, reason in OWN_BAD.get(name) or BAD[unit_of(name)]:
        panel.enter(name, typed)

        assert re.search(reason, _problem(panel))
        assert field.widget.description.endswith("please check")
        assert field.widget.value == typed
        assert panel.table().empty
        assert not any("<img" in picture for picture in _pictures(panel))
        assert panel._save.disabled
        assert [each for each in panel.fields.values() if "megaroth-wrong" in each.widget._dom_classes] == [
            field
        ]

    panel.enter(name, good)

    assert _problem(panel) == ""
    assert panel.table().to_string() == before
    assert "megaroth-wrong" not in field.widget._dom_classes


@pytest.mark.parametrize("kind", PANELS)
def test_every_field_says_why_it_is_asked_for(kind: type[Panel], quick: None) -> None:
    """Where the figure stands and why it matters, as a hint and in a fold."""
    for name, field in _panel(kind).fields.items():
        assert WHY[name] == field.widget.tooltip


def test_an_error_in_chinese() -> None:
    """The whole sentence, field and mark are in the reader's language."""
    panel = _panel(SpacePanel, code="zh")

    panel.enter("wages", "很多")

    assert _problem(panel) == "请检查：薪酬必须是数字，您输入的是“很多”。"
    assert panel.fields["wages"].widget.description == "薪酬（美元／年）：请检查"


def test_what_was_typed_is_shown_as_text(quick: None) -> None:
    """Markup that is typed appears as typed and does nothing."""
    panel = _panel(SpacePanel)

    panel.enter("wages", "<img src=x onerror=alert(1)>")

    assert "<img" not in panel.finding.value
    assert "&lt;img src=x" in panel.finding.value


def test_heights_stay_after_an_error() -> None:
    """The table keeps its rows and the picture its shape, so that nothing jumps."""
    panel = _panel(WaitingPanel)
    rows = panel.table_place.value.count("<tr")

    panel.enter("separation_year", "1999")

    assert panel.table_place.value.count("<tr") == rows
    assert "$" not in panel.table_place.value
    assert all("megaroth-gap" in picture for picture in _pictures(panel))


def test_an_error_cancels_what_waits_for_rest() -> None:
    """A picture that an earlier press asked for does not come after the error."""

    async def type_and_wait() -> Panel:
        panel = _panel(WaitingPanel)
        panel.enter("wait", 3)
        assert "megaroth-stale" in panel.second._dom_classes
        panel.enter("inflation", "abc")
        await asyncio.sleep(WaitingPanel.first_rest + REST)
        return panel

    panel = asyncio.run(type_and_wait())

    assert _problem(panel)
    assert "<img" not in panel.second.value
    assert panel.working.value == ""
    assert "megaroth-stale" not in panel.second._dom_classes


def test_the_slower_part_comes_at_rest() -> None:
    """While keys are pressed the first picture follows; the second comes once, when the hand rests."""

    async def press_and_wait() -> tuple[str, str, Panel]:
        panel = _panel(WaitingPanel)
        await asyncio.sleep(WaitingPanel.first_rest + REST * 2)
        before = panel.second.value
        for years in (9, 8, 7):
            panel.enter("wait", years)
        during = panel.second.value
        await asyncio.sleep(REST * 3)
        return before, during, panel

    before, during, panel = asyncio.run(press_and_wait())

    assert before == during != panel.second.value
    assert "2033 p" in panel.second.value
    assert "megaroth-stale" not in panel.second._dom_classes


def test_an_unforeseen_failure_leaves_no_half_new_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    """A fault of ours is a plain sentence for the reader, with the trace in the log and no old figures left."""
    panel = _panel(SpacePanel)
    monkeypatch.setattr("megaroth.show.panels.space.after_tax_space", lambda *_: 1 / 0)

    panel.enter("wages", "200000")

    assert _problem(panel).startswith("This could not be calculated")
    assert panel.table().empty
    assert "ZeroDivisionError" in capsys.readouterr().err


# --- undo, reset, save ---


def test_undo_goes_back_step_by_step(quick: None) -> None:
    """Each change can be taken back, also one that was refused; then there is nothing more to undo."""
    panel = _panel(SpacePanel)
    assert panel._undo.disabled

    panel.enter("after_tax_so_far", "10000")
    panel.enter("year", 2030)
    panel.enter("wages", "abc")
    seen = []
    while not panel._undo.disabled:
        panel._undo.click()
        seen.append((panel.year.value, panel.fields["after_tax_so_far"].value, _problem(panel)))

    assert seen == [(2030, 10_000, ""), (2026, 10_000, ""), (2026, 16_500, "")]


def test_a_slide_is_one_step(quick: None) -> None:
    """Ten presses on a slider are undone at once, and the other controls stay."""
    panel = _panel(WaitingPanel)
    panel.enter("annual_return", 0.05)

    for years in range(9, 2, -1):
        panel.enter("wait", years)
    panel._undo.click()

    assert (panel.wait.value, panel.annual_return.value) == (10, 0.05)


def test_a_browsers_rounding_is_no_change(quick: None) -> None:
    """The browser sends 6.999999999999998 for 7.0 when it shows a slider."""
    panel = _panel(WaitingPanel)

    panel.annual_return.widget.value = 6.999999999999998

    assert panel._undo.disabled


def test_reset_brings_the_client_back(quick: None) -> None:
    """All fields are as they were when the client was opened, also after an error."""
    panel = _panel(SpacePanel)
    before = panel.table().to_string()
    panel.enter("wages", "100000")
    panel.enter("elective_deferral", "abc")

    panel._reset.click()

    assert panel.table().to_string() == before
    assert panel._undo.disabled


def test_save_waits_for_a_change_and_keeps_it(clients_folder: Path) -> None:
    """Nothing to save at first; what is saved opens again, and the example itself stays as it is."""
    panel = _panel(SpacePanel)
    assert panel._save.disabled

    panel.enter("after_tax_so_far", "18000")
    assert not panel._save.disabled
    panel._save.click()

    assert re.search(r"Saved at \d\d:\d\d as lin\.yaml", panel.saved.value)
    assert panel._save.disabled
    assert open_client("lin").elections.after_tax_so_far == 18_000
    assert mr.Client.load("lin").elections.after_tax_so_far == 16_500
    assert "Fictional" not in panel.footer.value
    panel._reset.click()
    assert panel.fields["after_tax_so_far"].value == 18_000


def test_save_into_a_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence instead of a trace; what was typed stays."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("MEGAROTH_CLIENTS", str(tmp_path / "file" / "clients"))
    panel = _panel(SpacePanel)
    panel.enter("after_tax_so_far", "18000")

    panel._save.click()

    assert "lin.yaml cannot be saved" in panel.saved.value
    assert not panel._save.disabled


@pytest.mark.parametrize(
    ("name", "file"),
    [
        (HOSTILE, "script-alert-x-script.yaml"),
        ("../../etc/passwd", "etc-passwd.yaml"),
        ("..", "client.yaml"),
        ("CON", "con-client.yaml"),
        ("王喆镕", "王喆镕.yaml"),
        ("a/b\\c:d", "a-b-c-d.yaml"),
        ("{name}", "name.yaml"),
    ],
)
def test_hostile_names(clients_folder: Path, name: str, file: str, quick: None) -> None:
    """A name is text on the page and stays inside the clients' folder on the disk."""
    panel = _panel(StartPanel, code="zh")

    panel.enter("name", name)
    panel._save.click()

    assert [path.name for path in clients_folder.glob("*.yaml")] == [file]
    assert yaml.safe_load((clients_folder / file).read_text(encoding="utf-8"))["name"] == name
    shown = panel.lines.value + panel.facts.value + panel.finding.value + panel.saved.value + panel.note.value
    assert "<script" not in shown
    assert html.escape(name) in panel.lines.value
    for kind in (SpacePanel, WaitingPanel):
        other = kind(open_client(file.removesuffix(".yaml")), "zh")
        assert "<script" not in other.finding.value + other.facts.value + other.picture.value


# --- the first page ---


def test_lines_lead_to_the_chapters_for_this_client() -> None:
    """Each line is that chapter's own finding and opens it for the same client."""
    panel = _panel(StartPanel, "okafor")

    chapters = sorted(path.name for path in (NOTEBOOKS / "en").glob("0[1-9]*.ipynb"))
    assert all(panel.lines.value.count(f'href="{chapter}?client=okafor"') >= 1 for chapter in chapters)
    kinds = (EligibilityPanel, SpacePanel, GrowthPanel, WaitingPanel)
    for (_, said), kind in zip(panel.findings, kinds, strict=True):
        assert said.rstrip(".") == _finding(_panel(kind, "okafor"))


@pytest.mark.parametrize(("takes", "banded"), [(False, True), (True, False), (None, False)])
def test_a_plan_without_after_tax_money_has_a_band_above_its_lines(takes: bool | None, banded: bool) -> None:
    """Lines on what could be added are no promise where the plan takes nothing: the band of the chapters says so."""
    client = open_client("lin").with_(accepts_after_tax=takes)

    panel = StartPanel(client)

    assert ("the figures show what it could be if it did" in panel.note.value) == banded
    if banded:
        assert panel.note.value.startswith(WaitingPanel(client).note.value)


def test_the_page_says_which_file_it_shows(clients_folder: Path) -> None:
    """The facts line names the file for the page's script: the one chosen or saved, none for a new client."""
    panel = _panel(StartPanel)
    assert 'data-client="lin"' in panel.facts.value

    panel.chooser.value = "okafor"
    assert 'data-client="okafor"' in panel.facts.value
    panel.children[3].children[1].click()
    assert "data-client" not in panel.facts.value
    panel.enter("name", "A & B")
    panel._save.click()
    assert 'data-client="a-b"' in panel.facts.value


def test_choosing_ends_the_sentence_about_the_address(
    clients_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the address asked for in vain is said until another client is chosen."""
    monkeypatch.setenv("QUERY_STRING", "client=nobody")
    panel = _panel(StartPanel)
    assert "instead" in panel.note.value

    panel.chooser.value = "okafor"

    assert panel.note.value == ""


def test_choosing_another_client() -> None:
    """The form, the lines and the links are the other client's; what was typed before is gone."""
    panel = _panel(StartPanel)
    panel.enter("wages", "123456")

    panel.chooser.value = "reyes"

    assert panel.client == open_client("reyes")
    assert "Reyes can" in panel.lines.value
    assert panel._undo.disabled
    assert panel._save.disabled


def test_unsaved_facts_are_named() -> None:
    """The chapters open what is saved; the page says so when that is something else."""
    panel = _panel(StartPanel)

    panel.enter("wages", "250000")

    assert "not saved" in panel.note.value
    assert not panel._save.disabled
    panel._save.click()
    assert panel.note.value == ""


def test_a_new_client_has_nothing_of_the_old_one(clients_folder: Path) -> None:
    """New starts from blanks, links nowhere until saved, and then stands in the list."""
    panel = _panel(StartPanel)

    panel.children[3].children[1].click()

    assert panel.client.name == "New client"
    assert panel.client.household.wages == 0
    assert "href" not in panel.lines.value
    assert "save the client" in panel.note.value
    panel.enter("name", "Zhao")
    panel._save.click()
    assert panel.chooser.value == "zhao"
    assert "client=zhao" in panel.lines.value


def test_two_clients_of_one_name_do_not_overwrite_each_other(clients_folder: Path) -> None:
    """A second client under a taken name is refused, and the first file stays."""
    panel = _panel(StartPanel)
    panel.children[3].children[1].click()
    panel.enter("wages", "100000")
    panel._save.click()
    kept = (clients_folder / "new-client.yaml").read_text(encoding="utf-8")

    panel.children[3].children[1].click()
    panel._save.click()

    assert "already a client file new-client.yaml" in panel.saved.value
    assert (clients_folder / "new-client.yaml").read_text(encoding="utf-8") == kept
    assert "megaroth-wrong" in panel.fields["name"].widget._dom_classes


def test_a_copy_is_another_client(clients_folder: Path) -> None:
    """Duplicate keeps the facts under another name and leaves the first one alone."""
    panel = _panel(StartPanel)

    panel.children[3].children[2].click()
    panel._save.click()

    assert open_client("lin-2").household == open_client("lin").household
    assert panel.chooser.value == "lin-2"


def test_a_file_that_cannot_be_read_is_named(clients_folder: Path) -> None:
    """Choosing a broken client file gives its sentence, and the file stays as it was."""
    clients_folder.mkdir()
    broken = clients_folder / "broken.yaml"
    broken.write_text("version: 1\nname: [", encoding="utf-8")
    panel = _panel(StartPanel)

    panel.chooser.value = "broken"

    assert "broken.yaml, line" in _problem(panel)
    assert broken.read_text(encoding="utf-8") == "version: 1\nname: ["
    panel._reset.click()
    assert panel.chooser.value == "lin"
    assert _problem(panel) == ""


def test_a_page_that_cannot_open_its_client_says_so(
    clients_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An address that asks for another client shows the example, and why."""
    monkeypatch.setenv("QUERY_STRING", "client=zhang")

    panel = _panel(SpacePanel)

    assert "zhang" in panel.note.value
    assert "shows the fictional example Lin instead" in panel.note.value


def test_table_with_leaves_the_panel_alone() -> None:
    """A chapter's check drives a fresh panel of the same client."""
    panel = _panel(SpacePanel)
    before = panel.table().to_string()

    table = panel.table_with(employer_contribution=15_000)

    assert table.loc["Room still open", "Amount"] == "$16,000"
    assert panel.table().to_string() == before


def test_what_the_controls_hold_is_printed_as_a_line() -> None:
    """On paper the controls vanish; their values stay."""
    assert "Pay (US$ a year): 300,000; Own deferral (US$ a year): 24,500" in _panel(SpacePanel).printed.value
    assert "年回报率（%）：7.0；" in _panel(WaitingPanel, code="zh").printed.value
