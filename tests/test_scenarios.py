"""Versions of a client side by side, and what was typed and never saved."""

import html
from pathlib import Path

import pytest

import megaroth as mr
from megaroth.plans.comparison import horizon_years
from megaroth.plans.scenarios import scenario_of
from megaroth.show.client_files import draft_of, drop_draft, keep_draft, open_client, save_client
from megaroth.show.growth_pictures import ScenariosPicture
from megaroth.show.growth_tables import scenarios_table
from megaroth.show.language import language
from megaroth.show.panels import ScenariosPanel, StartPanel
from megaroth.show.panels.scenarios import facts_that_differ

LIN = mr.Client.load("lin")


# --- side by side ---


def test_a_scenario_is_what_the_engine_says() -> None:
    """Room, value, gain in today's dollars and the cost of waiting are those of the functions that chapters use."""
    found = scenario_of(LIN, 10, range(11))

    summary = mr.project(LIN, ("prompt", "brokerage")).summary
    today = 1.025 ** -horizon_years(LIN)
    assert found.room.space == mr.after_tax_space(LIN, 2026).space
    assert found.value == summary["value_after_tax"].iloc[0]
    assert found.gain == pytest.approx(-summary["against_first"].iloc[1] * today)
    assert found.waiting_costs == -mr.cost_of_waiting(LIN, range(11)).loc[10, "against_prompt"]


def test_a_plan_that_lets_nothing_out_is_judged_at_leaving() -> None:
    """Its way is conversion at leaving."""
    assert scenario_of(mr.Client.load("moreau"), 9, range(10)).way.key == "late_convert"


@pytest.mark.usefixtures("clients_folder")
@pytest.mark.parametrize(("code", "words"), [("en", "would gain most"), ("zh", "多得最多")])
def test_four_stand_side_by_side(code: str, words: str) -> None:
    """The panel shows a column each, the one that gains most, a picture, and every fact that differs."""
    save_client(LIN.with_(name="Lin later", annual_return=0.09))
    panel = ScenariosPanel(LIN, code)

    for place, name in zip(
        ("scenario_2", "scenario_3", "scenario_4"), ("lin-later", "okafor", "reyes"), strict=True
    ):
        panel.enter(place, name)

    assert list(panel.table().columns) == ["Lin", "Lin later", "Okafor", "Reyes"]
    assert words in panel.finding.value
    assert "<img" in panel.picture.value
    differing = facts_that_differ([LIN, open_client("lin-later")], code)
    assert len(differing) == 1
    assert differing.iloc[0].tolist() == ["7.0", "9.0"]


@pytest.mark.usefixtures("clients_folder")
def test_a_damaged_file_is_a_sentence(clients_folder: Path) -> None:
    """What cannot be read is named; the others are chosen again without harm."""
    save_client(LIN.with_(name="Broken"))
    (clients_folder / "broken.yaml").write_text("name: [", encoding="utf-8")
    panel = ScenariosPanel(LIN, "en")

    panel.enter("scenario_2", "broken")

    assert "broken.yaml" in panel.finding.value
    assert panel.table().empty
    panel.enter("scenario_2", "okafor")
    assert list(panel.table().columns) == ["Lin", "Okafor"]


def test_only_what_can_be_compared_is_shown() -> None:
    """Gain and cost of waiting stand side by side in today's dollars; values at the end would mislead, so none does."""
    versions = [scenario_of(LIN, 10, range(11)), scenario_of(LIN.with_(wages=500_000), 10, range(11))]

    shown = scenarios_table(versions, "en")

    for column, each in enumerate(versions):
        cells = " ".join(shown.iloc[:, column])
        assert f"{each.gain:,.0f}" in cells
        assert f"{each.waiting_costs:,.0f} for 10\N{NO-BREAK SPACE}years" in cells
        assert f"{each.value:,.0f}" not in cells


@pytest.mark.parametrize("code", ["en", "zh"])
def test_no_label_is_cut(code: str) -> None:
    """After short names and small amounts, long ones and large ones stand inside the picture as well, apart from the bars' key."""
    picture = ScenariosPicture(language(code))
    picture.draw([("Lin", 3_000.0, 100.0)], "")

    rows = [
        ("Ashworth of the long name", 9_876_543.0, -1_234_567.0),
        ("Ashworth 2", 9_876_543.0, 9_876_543.0),
    ]
    picture.draw([*rows, *rows], "")

    renderer, (width, height) = picture.canvas.get_renderer(), picture.canvas.get_width_height()
    key = picture.axes.get_legend()
    labels = [*picture.axes.texts, *picture.axes.get_yticklabels(), picture.axes.xaxis.label]
    boxes = [each.get_window_extent(renderer) for each in (*labels, *key.get_texts())]
    assert all(box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height for box in boxes)
    assert len(key.get_texts()) == 2
    assert key.get_window_extent(renderer).y0 >= picture.axes.bbox.y1 - 1


@pytest.mark.usefixtures("clients_folder", "quick")
def test_what_stands_beside_follows_the_client_above() -> None:
    """Chosen, copied or saved above: the first column is that client, the others stay, and the lists have the new file."""
    start, beside = StartPanel(LIN, "en"), ScenariosPanel(LIN, "en")
    start.followed_by(beside)
    beside.enter("scenario_2", "reyes")

    start.chooser.value = "okafor"
    assert list(beside.table().columns) == ["Okafor", "Reyes"]
    assert 'data-client="okafor"' in beside.facts.value

    start.enter("name", "Okafor later")
    start.enter("annual_return", 0.09)
    assert list(beside.table().columns) == ["Okafor", "Reyes"], "until it is saved"
    start._save.click()
    assert list(beside.table().columns) == ["Okafor later", "Reyes"]
    beside.enter("scenario_3", "okafor-later")
    gains = beside.table().iloc[3]
    assert gains.iloc[0] == gains.iloc[2]


@pytest.mark.usefixtures("clients_folder", "quick")
def test_a_refused_save_leads_nobody() -> None:
    """A name that is taken is refused above, and what stands beside stays as it was."""
    start, beside = StartPanel(LIN, "en"), ScenariosPanel(LIN, "en")
    start.followed_by(beside)

    start.enter("name", "Okafor")
    start._save.click()

    assert "already a client file" in start.saved.value
    assert list(beside.table().columns) == ["Lin"]


# --- two windows ---


def test_what_another_window_saved_is_not_overwritten(clients_folder: Path) -> None:
    """The second of two windows is told, and keeps both by another name."""
    name = save_client(LIN.with_(name="Two"))
    one, other = (StartPanel(open_client(name), "en") for _ in range(2))
    one.enter("wages", 310_000.0)
    one._save.click()

    other.enter("wages", 320_000.0)
    other._save.click()

    assert "changed in another window" in html.unescape(other.saved.value)
    assert open_client(name).household.wages == 310_000
    other.enter("name", "Two more")
    other._save.click()
    assert open_client("two-more").household.wages == 320_000
    assert open_client(name).household.wages == 310_000


def test_a_file_that_is_gone_is_written_again(clients_folder: Path) -> None:
    """Deleted while the page was open: saving brings it back."""
    client = LIN.with_(name="Gone")
    name = save_client(client)
    (clients_folder / f"{name}.yaml").unlink()

    save_client(client.with_(wages=1.0, elective_deferral=0.0, after_tax_so_far=0.0), name, client)

    assert open_client(name).household.wages == 1.0


# --- drafts ---


def test_a_draft_is_found_again_and_dropped(clients_folder: Path) -> None:
    """What was typed stands beside the file until it is saved or forgotten; it is no client of the list."""
    changed = LIN.with_(wages=321_000)

    keep_draft(changed, "lin")

    assert draft_of(LIN, "lin")[0] == changed
    assert draft_of(changed, "lin") is None
    assert not list(clients_folder.glob("*.yaml"))
    drop_draft(LIN, "lin")
    assert draft_of(LIN, "lin") is None


def test_a_lost_page_loses_nothing(clients_folder: Path) -> None:
    """The next page offers what was typed, and takes it up; saving ends the draft."""
    StartPanel(LIN, "en").enter("wages", 321_000.0)

    page = StartPanel(LIN, "en")
    assert "not saved" in page.draft_note.value
    assert page.draft_bar.layout.display == "flex"
    page.restore.click()

    assert page.client.household.wages == 321_000
    assert "megaroth-unsaved" in page._dom_classes
    page._save.click()
    assert StartPanel(open_client("lin"), "en").draft_bar.layout.display == "none"


def test_a_draft_can_be_forgotten(clients_folder: Path) -> None:
    """Forgotten, it is not offered again."""
    StartPanel(LIN, "en").enter("wages", 321_000.0)
    page = StartPanel(LIN, "en")

    page.forget.click()

    assert page.client == LIN
    assert StartPanel(LIN, "en").draft_bar.layout.display == "none"


def test_a_damaged_draft_is_passed_over(clients_folder: Path) -> None:
    """A draft that cannot be read disturbs nobody."""
    keep_draft(LIN.with_(wages=1.0, elective_deferral=0.0, after_tax_so_far=0.0), "lin")
    (clients_folder / "drafts" / "lin.yaml").write_text("{", encoding="utf-8")

    assert draft_of(LIN, "lin") is None


def test_reset_ends_the_draft(clients_folder: Path) -> None:
    """Back at what is saved there is nothing to keep."""
    page = StartPanel(LIN, "en")
    page.enter("wages", 321_000.0)

    page._reset.click()

    assert draft_of(LIN, "lin") is None
    assert "megaroth-unsaved" not in page._dom_classes


# --- facts with a form of their own ---


def test_other_plans_and_conversions_are_typed(clients_folder: Path) -> None:
    """Plans elsewhere and earlier conversions go through the form to the client, and stand in it as typed."""
    page = StartPanel(LIN.with_(elective_deferral=10_000), "en")

    page.enter("plans", "Old Corp 401k 10,000; City 457b 5,000")
    page.enter("roth_ira_conversions", "2022 5,000 10,000")

    client = page.client
    assert [(plan.employer, plan.kind, plan.deferral_made) for plan in client.plans[1:]] == [
        ("Old Corp", "401k", 10_000.0),
        ("City", "457b", 5_000.0),
    ]
    assert client.plan == page._start.plan
    assert client.balances.roth_ira_conversions[0].taxable == 5_000
    assert page.fields["plans"].widget.value == "Old Corp 401k 10,000; City 457b 5,000"
