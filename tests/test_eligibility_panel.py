"""Chapter 01's panel and tables: verdict sentences, not known, what late only costs, letter, and every control."""

import base64
import html
import re

import pytest

import megaroth as mr
from megaroth.plans.strategies import LATE_CONVERT
from megaroth.show.client_files import open_client
from megaroth.show.eligibility_tables import (
    cost_of_leaving_late,
    eligibility_finding,
    late_finding,
    late_table,
    wait_until_leaving,
)
from megaroth.show.language import language
from megaroth.show.panels import EligibilityPanel

pytestmark = pytest.mark.usefixtures("clients_folder")
EN = language("en")


def _panel(name: str = "lin", code: str = "en") -> EligibilityPanel:
    return EligibilityPanel(open_client(name), code)


def _finding(panel: EligibilityPanel) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _said(client: mr.Client) -> str:
    return eligibility_finding(EN, client.name, mr.eligibility(client, 2026))


LIN, MOREAU, REYES = (mr.Client.load(name) for name in ("lin", "moreau", "reyes"))


# --- the sentence ---


@pytest.mark.parametrize(
    ("client", "sentence"),
    [
        (LIN, "Lin can: the plan takes after-tax money and moves it to Roth, each paycheck."),
        (LIN.with_(frequency=None), "moves it to Roth; how often is still to be asked."),
        (
            MOREAU,
            "Moreau can contribute, but the money can move only at separation; its earnings until then are taxed if they go to Roth.",
        ),
        (
            LIN.with_(separate_account=False),
            "can move only together with pre-tax money, which is taxed if it goes to Roth.",
        ),
        (LIN.with_(separate_account=False, way_out="none"), "can move only at separation;"),
        (LIN.with_(employer_contribution=47_500.0), "The plan allows it, but Lin has no room in 2026."),
        (
            LIN.with_(accepts_after_tax=False),
            "This plan does not take after-tax contributions, so Lin cannot",
        ),
        (LIN.with_(kind="457b"), "A 457(b) plan has no place for after-tax money; look at a 401(k)"),
        (LIN.with_(way_out=None, acp_ceiling=0.1), "Not known yet: ask HR 1 question."),
        (LIN.with_(way_out=None), "Not known yet: ask HR 2 questions."),
        (REYES.with_(way_out=None), "Not known yet: ask the plan's provider 1 question."),
    ],
)
def test_each_case_has_a_sentence(client: mr.Client, sentence: str) -> None:
    """Every verdict, and each way to come to it, in one sentence."""
    assert sentence in _said(client)


def test_a_projected_year_says_so() -> None:
    """No room in a year whose limit is projected."""
    client = LIN.with_(employer_contribution=90_000.0)

    assert "in 2030 (projected)" in eligibility_finding(EN, "Lin", mr.eligibility(client, 2030))


# --- the panel ---


def test_the_panel_says_what_the_calculation_says() -> None:
    """Sentence, features, questions and reasons are those of mr.eligibility."""
    panel, able = _panel("moreau"), mr.eligibility(MOREAU, 2026)

    assert _finding(panel) == _said(MOREAU).rstrip(".")
    assert panel.table().loc["A way to Roth while employed", "Answer"] == "no"
    for question in able.questions_for_hr:
        assert html.escape(str(question)) in panel.questions.value
        assert html.escape(language("zh").say(question)) in panel.questions.value
    for reason in able.reasons:
        assert html.escape(str(reason.message)) in panel.why.value
        assert html.escape(reason.cite) in panel.why.value
    assert "160,000" in panel.sources.value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "457b"),
        ("accepts_after_tax", False),
        ("accepts_after_tax", None),
        ("separate_account", None),
        ("way_out", None),
        ("way_out", "none"),
        ("frequency", None),
        ("frequency", "yearly"),
        ("prior_year_wages", "100000"),
        ("after_tax_cap_share", "5"),
        ("after_tax_cap_dollars", "1.5万"),
        ("combined_cap_share", "10"),
        ("acp_ceiling", "6"),
    ],
)
def test_every_control_moves_the_answer(name: str, value: object, quick: None) -> None:
    """Each choice, "not known" among them, changes the table or what is asked."""
    panel = _panel()
    before = panel.table().to_string() + panel.questions.value

    panel.enter(name, value)

    assert "megaroth-error" not in panel.finding.value
    assert panel.table().to_string() + panel.questions.value != before


def test_roth_deferrals_matter_where_the_in_plan_way_is_the_only_one(quick: None) -> None:
    """The control does nothing beside a distribution, and decides without one."""
    panel = _panel("okafor")

    panel.enter("offers_roth", None)

    assert _finding(panel).startswith("Not known yet")
    assert "promptly to Roth; late only" in panel.finding.value


def test_nothing_known_can_be_entered_and_taken_back(quick: None) -> None:
    """All facts not known: seven questions; undo leads back to the verdict."""
    panel = _panel()
    for name in ("accepts_after_tax", "separate_account", "way_out", "offers_roth", "frequency"):
        panel.enter(name, None)
    panel.enter("prior_year_wages", "")

    assert _finding(panel) == "Not known yet: ask HR 7 questions"
    while not panel._undo.disabled:
        panel._undo.click()
    assert _finding(panel).startswith("Lin can")


def test_a_plan_that_takes_nothing_shows_what_if() -> None:
    """A no does not lock the rest: the cost stands under a band that says what it supposes."""
    panel = _panel()
    picture = panel.picture.value

    panel.enter("accepts_after_tax", False)

    assert "what it could be if it did" in panel.note.value
    assert "<img" in panel.picture.value
    assert panel.picture.value == picture


@pytest.mark.parametrize(("name", "value"), [("kind", "457b"), ("after_tax_cap_dollars", "0")])
def test_where_nothing_goes_in_nothing_waits(name: str, value: object) -> None:
    """No picture and no dollars of a wait that cannot be."""
    panel = _panel()

    panel.enter(name, value)

    assert "so none waits" in panel.picture.value
    assert panel.table_place.value == ""


def test_an_error_empties_everything() -> None:
    """A sentence, no picture, no question and no letter of the facts before."""
    panel = _panel()

    panel.enter("prior_year_wages", "abc")

    assert "must be a number; you entered abc" in panel.finding.value
    assert panel.table().empty
    assert "<img" not in panel.picture.value
    assert "$" not in panel.table_place.value
    assert panel.questions.value == panel.letter.value == panel.file.value == panel.why.value == ""
    assert panel.make.disabled


def test_a_letter_is_made_when_asked_for_and_goes_with_its_facts(quick: None) -> None:
    """The link saves the letter that is shown; other facts take it away."""
    panel = _panel()
    assert panel.file.value == ""

    panel.make.click()

    content = re.search(r"base64,([^\"]+)\"", panel.file.value)[1]
    page = base64.b64decode(content).decode("utf-8")
    for question in panel.able.questions_for_hr:
        assert html.escape(str(question)) in page
        assert html.escape(str(question)) in panel.letter.value
    panel.enter("way_out", None)
    assert panel.file.value == ""


def test_nothing_open_needs_no_letter() -> None:
    """Reyes knows it all."""
    panel = _panel("reyes")

    assert panel.make.disabled
    assert panel.letter.value == ""
    assert "Nothing is open" in panel.questions.value


# --- what late only costs ---


@pytest.mark.parametrize("name", ["lin", "moreau", "okafor", "reyes"])
def test_the_last_wait_is_the_strategy_that_converts_at_separation(name: str) -> None:
    """Late only moves the same earnings as LATE_CONVERT in the engine, for the job has ended by then."""
    client = mr.Client.load(name)

    costs = cost_of_leaving_late(client)

    summary = mr.project(client, strategies=(LATE_CONVERT,)).summary
    assert costs.index[-1] == wait_until_leaving(client)
    assert not costs["past_separation"].any()
    assert costs["taxable_rollover"].iloc[-1] == pytest.approx(
        summary.loc[LATE_CONVERT.key, "taxable_rollover"]
    )


def test_late_only_is_said_with_its_year_and_cost() -> None:
    """A wait that is so, one that would be, one that costs nothing, and one that gains."""
    costs = cost_of_leaving_late(MOREAU)
    flat = MOREAU.with_(annual_return=0.0, after_tax_basis=0.0, after_tax_value=0.0)
    lost = f"about ${round(-costs['against_prompt'].iloc[-1], -3):,.0f}"

    assert (
        late_finding(EN, MOREAU, costs, True)
        == f"Waiting until Moreau leaves the job in 2034 would cost {lost} in today's dollars."
    )
    assert late_finding(EN, MOREAU, costs, False).startswith("If the money could move only when Moreau")
    assert "would cost nothing here" in late_finding(EN, flat, cost_of_leaving_late(flat), True)
    gains = costs.assign(against_prompt=-costs["against_prompt"])
    gains.discount_basis = costs.discount_basis
    assert f"would gain {lost}" in late_finding(EN, MOREAU, gains, True)


def test_the_late_table_holds_prompt_and_separation() -> None:
    """Two rows, with the year of leaving."""
    table = late_table(cost_of_leaving_late(MOREAU), "en")

    assert table.index.tolist() == ["Prompt", "At separation, 2034"]
    assert table.iloc[0, -1] == "$0"


def test_the_picture_goes_as_far_as_the_job() -> None:
    """Its text alternative counts the years to the end of the job, more than ten of them too."""
    assert "from 0 to 20" in html.unescape(_panel("reyes").picture.value)
