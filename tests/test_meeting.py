"""The meeting on one page: five answers in view, one of them shown, sliders that move all of them, a note for the file."""

import datetime as dt
import html
import re
from pathlib import Path

import pytest

import megaroth as mr
from megaroth.show.findings import growth_finding, space_finding, waiting_finding
from megaroth.show.language import language
from megaroth.show.panels import MeetingPanel
from megaroth.show.results import results_of, short_findings, steps

DAY = dt.date(2026, 7, 1)
LIN = mr.Client.load("lin")
SAMPLES = ("lin", "moreau", "okafor", "reyes")

pytestmark = pytest.mark.usefixtures("clients_folder")


def _panel(name: str = "lin", code: str = "en") -> MeetingPanel:
    return MeetingPanel(mr.Client.load(name), code, DAY)


def _finding(panel: MeetingPanel) -> str:
    return html.unescape(re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)[1])


@pytest.mark.parametrize("code", ["en", "zh"])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_question_is_answered(name: str, code: str) -> None:
    """Each of the five shows its sentence and something to look at, and is marked on the rail."""
    panel = _panel(name, code)

    for place in range(5):
        panel.choose(place)

        assert _finding(panel)
        assert panel.picture.value
        assert "megaroth-chosen" in panel.rail[place]._dom_classes
        assert sum("megaroth-chosen" in choice._dom_classes for choice in panel.rail) == 1
        assert all(choice.description.startswith(str(k + 1)) for k, choice in enumerate(panel.rail))


def test_the_answers_are_those_of_the_chapters() -> None:
    """The page says word for word what chapters 02 to 04 say."""
    panel, speak, found = _panel(), language("en"), results_of(LIN, DAY)

    said = panel.findings["finding"].tolist()
    assert said[1] == space_finding(speak, "Lin", found.room)
    assert said[2] == growth_finding(speak, mr.project(LIN, ("prompt", "brokerage")))
    assert said[3] == waiting_finding(speak, LIN, mr.cost_of_waiting(LIN), 10)
    panel.choose(4)
    assert all(html.escape(step) in panel.picture.value for step in steps(speak, found))


def test_a_slider_moves_every_answer_that_rests_on_it() -> None:
    """The return changes worth and waiting, and neither verdict nor room; the wait changes the fourth alone."""
    panel = _panel()
    before = panel.findings["answer"].tolist()

    panel.enter("annual_return", 0.04)
    slower = panel.findings["answer"].tolist()
    panel.enter("wait", 3)
    sooner = panel.findings["answer"].tolist()

    assert (slower[0], slower[1], slower[4]) == (before[0], before[1], before[4])
    assert slower[2] != before[2]
    assert slower[3] != before[3]
    assert sooner[:3] == slower[:3]
    assert sooner[3] != slower[3]


def test_nothing_here_edits_facts() -> None:
    """The only controls are the two what-ifs."""
    assert set(_panel().fields) == {"wait", "annual_return"}


def test_a_late_only_plan_is_compared_at_leaving() -> None:
    """Moreau's third answer is conversion at leaving against the brokerage account."""
    panel = _panel("moreau")

    panel.choose(2)

    assert panel.findings["answer"][0] == "Late only"
    assert "waiting until leaving" in _finding(panel)


def test_short_findings_are_the_rail() -> None:
    """The table of the chapter holds what the rail shows."""
    assert (
        short_findings(LIN, "en")["Answer"].tolist()
        == MeetingPanel(LIN, "en", dt.date(2026, 1, 1)).findings["answer"].tolist()
    )


def test_the_working_ends_in_the_headline() -> None:
    """Room and cost of waiting open into steps whose last is the figure to the cent."""
    panel, found = _panel(), results_of(LIN, DAY)

    panel.choose(1)
    assert f"${found.room.space:,.2f}" in panel.working.value
    panel.choose(3)
    cost = -found.costs.loc[10, "against_prompt"]
    assert f"\N{MINUS SIGN}${cost:,.2f}" in panel.working.value


def test_a_note_is_kept_beside_the_hand_outs(clients_folder: Path) -> None:
    """The day, the five answers and the advisor's words, in a text file that a second one does not overwrite."""
    panel = _panel()
    panel.note_text.value = "Call HR about the form. 王喆镕"

    panel._on_note()
    panel._on_note()

    folder = clients_folder.parent / "handouts"
    names = sorted(path.name for path in folder.glob("*-note*.txt"))
    text = (folder / names[0]).read_text(encoding="utf-8-sig")
    assert len(names) == 2
    assert text.startswith("2026-07-01")
    assert "王喆镕" in text
    assert "Lin can still add $21,000" in text
    assert "Saved as" in panel.note_saved.value


def test_a_note_that_cannot_be_saved_is_a_sentence(clients_folder: Path) -> None:
    """A file in the place of the folder: one sentence, and what was typed stays."""
    clients_folder.parent.mkdir(parents=True, exist_ok=True)
    (clients_folder.parent / "handouts").write_text("", encoding="utf-8")
    panel = _panel()
    panel.note_text.value = "words"

    panel._on_note()

    assert "cannot be saved" in panel.note_saved.value
    assert panel.note_text.value == "words"
