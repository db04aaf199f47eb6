"""The panel for two job offers without a browser: what it says, each control, bad entries, pictures, providers."""

import html
import re
from functools import cache
from pathlib import Path

import pytest

import megaroth as mr
from megaroth.plans.offers import comparison_of
from megaroth.show.client_files import open_client
from megaroth.show.language import language
from megaroth.show.offer_pictures import OffersPicture
from megaroth.show.offer_tables import offers_finding, offers_table, standing
from megaroth.show.panels import OffersPanel
from megaroth.show.panels.offers import FIRST, FOLDED, SIDES

HOSTILE = '<script>alert("x")</script>{x}'
pytestmark = pytest.mark.usefixtures("clients_folder")


@pytest.fixture(autouse=True)
def providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A firm's folder of its own, so that nobody's entries are read."""
    folder = tmp_path / "providers"
    folder.mkdir()
    monkeypatch.setenv("MEGAROTH_PROVIDERS", str(folder))
    return folder


def _panel(name: str = "lin", code: str = "en") -> OffersPanel:
    return OffersPanel(open_client(name), code)


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures in words alone, for tests that press many keys."""
    words = lambda self, alternative, moving: f'<img alt="{html.escape(alternative)}">'  # noqa: E731
    monkeypatch.setattr(OffersPicture, "image", words)


@cache
def _alike() -> OffersPanel:
    """One panel for many tests, each of which leaves it as it was: two plans alike, in which every fact counts."""
    panel = _panel()
    for each in SIDES:
        for name, start in (
            ("accepts_after_tax", True),
            ("way_out", "both"),
            ("rate", "50"),
            ("up_to_share", "6"),
        ):
            panel.enter(f"{name}_{each}", start)
    return panel


def _finding(panel: OffersPanel) -> str:
    found = re.search(r"<h2[^>]*>(.*?)</h2>", panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _problem(panel: OffersPanel) -> str:
    found = re.search(r'class="megaroth-error"[^>]*>(.*?)</div>', panel.finding.value)
    return html.unescape(found[1]) if found else ""


def _dollars(text: str) -> list[int]:
    return [int(each.replace(",", "")) for each in re.findall(r"\$([\d,]+)", text)]


@pytest.mark.parametrize("name", ["lin", "moreau", "okafor", "reyes"])
@pytest.mark.parametrize("code", ["en", "zh"])
def test_every_sample_is_answered(name: str, code: str) -> None:
    """A sentence, a picture with its text, a table and every fold for each invented client in both languages."""
    panel = _panel(name, code)

    assert _problem(panel) == ""
    assert panel.table().shape == (2, 5)
    assert re.search(r'<img alt="[^"]{40,}"', panel.picture.value)
    for place in (panel.why, panel.counted, panel.working, panel.providers):
        assert len(place.value) > 100
    assert name.capitalize() in panel.facts.value


def test_it_says_what_the_calculation_says() -> None:
    """Finding, table and working are those of compare_offers on the offers that the fields describe."""
    panel = _panel()
    table = mr.compare_offers([panel.offer(side) for side in SIDES], open_client("lin"))
    lead = table["plan"].iloc[0] - table["plan"].iloc[1]

    assert lead > 0
    assert _finding(panel) == (
        f"Present job's plan is worth about ${round(lead, -3):,.0f} more in today's after-tax dollars than New offer's"
    )
    assert f"${table['total'].iloc[1]:,.2f}" in panel.working.value
    assert standing(language("en"), table) in html.unescape(panel.finding.value)


def test_the_table_adds_up_as_shown() -> None:
    """The sum is that of the rounded parts."""
    for _, row in _panel().table().iterrows():
        salary, employer, mega, together, _ = (_dollars(cell)[0] for cell in row)

        assert salary + employer + mega == together


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("salary", "350k"), ("bonus", "4万"), ("rate", "75"), ("up_to_share", "3"), ("nonelective_share", "2"),
        ("accepts_after_tax", False), ("accepts_after_tax", None), ("way_out", "none"), ("after_tax_cap_share", "2"),
        ("after_tax_cap_dollars", "1,000"), ("vesting", "0, 10，20"), ("waiting_months", "12"), ("employer", "Acme"),
    ],
)  # fmt: skip
def test_every_control_of_each_offer_moves_its_row(side: str, fact: str, value: object) -> None:
    """And leaves the other offer's row as it is, to the letter."""
    panel = _alike()
    held = panel.fields[f"{fact}_{side}"].widget.value
    row, other = (0, 1) if side == "a" else (1, 0)
    before = panel.table()

    panel.enter(f"{fact}_{side}", value)

    after, problem = panel.table(), _problem(panel)
    panel.fields[f"{fact}_{side}"].widget.value = held
    assert problem == ""
    assert [after.index[row], *after.iloc[row]] != [before.index[row], *before.iloc[row]]
    assert after.iloc[other].tolist() == before.iloc[other].tolist()


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("name", "value"),
    [("years_expected", "3"), ("annual_return", "4"), ("retirement_tax_rate", "35"), ("inflation", "4"), ("discount_rate", "7")],
)  # fmt: skip
def test_years_and_assumptions_move_both_rows(name: str, value: str) -> None:
    """They are the client's, whichever the offer."""
    panel = _panel()
    before = panel.table()

    panel.enter(name, value)

    assert (panel.table() != before).any(axis=1).tolist() == [True, True]


@pytest.mark.usefixtures("undrawn")
def test_what_did_not_change_is_not_worked_out_again() -> None:
    """Typing into one offer leaves the other's worth the same object; a new assumption renews both."""
    panel = _panel()
    before = dict(panel._known)

    panel.enter("salary_b", "400,000")
    after = dict(panel._known)
    panel.enter("annual_return", "5")

    assert after["a"] is before["a"]
    assert after["b"] is not before["b"]
    assert panel._known["a"] is not before["a"]


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("fact", "text", "says"),
    [
        ("salary", "abc", "Salary must be a number"),
        ("salary", "-1", "Salary cannot be negative"),
        ("salary", "", "Salary is missing"),
        ("salary", "1e300", "Salary cannot be more than"),
        ("bonus", "nan", "Bonus must be a finite number"),
        ("rate", "900", "Match rate must be between"),
        ("up_to_share", "900", "share of pay must be between"),
        ("up_to_share", "", "share of pay is missing"),
        ("nonelective_share", "-5", "must be between"),
        ("after_tax_cap_share", "101", "must be between"),
        ("after_tax_cap_dollars", "-5", "cannot be negative"),
        ("vesting", "50, 20", "must be at least 50.0%"),
        ("vesting", "half", "must be a number"),
        ("vesting", "120", "must be between"),
        ("waiting_months", "25", "must be between 0 and 24"),
        ("waiting_months", "1.5", "whole number"),
        ("employer", "", "Employer is missing"),
        ("employer", "x" * 81, "80 letters"),
    ],
)
def test_a_bad_entry_is_one_sentence_and_marks_its_field(side: str, fact: str, text: str, says: str) -> None:
    """It names the offer; only that field is marked; figures are taken away; mending it brings them back."""
    panel = _alike()
    before, field = panel.finding.value, panel.fields[f"{fact}_{side}"]
    good = field.widget.value

    panel.enter(field.name, text)

    assert f"Offer {side.upper()}: " in _problem(panel)
    assert says in _problem(panel)
    marked = [each.name for each in panel.fields.values() if "megaroth-wrong" in each.widget._dom_classes]
    assert marked == [field.name]
    assert panel.table().empty
    assert "<img" not in panel.picture.value

    panel.enter(field.name, good)

    assert panel.finding.value == before


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("text", ["0", "40", "abc", "2.5"])
def test_a_stay_that_cannot_be_is_explained(text: str) -> None:
    """Years that the plan does not have."""
    panel = _panel()

    panel.enter("years_expected", text)

    assert "Years expected to stay" in _problem(panel)
    assert "megaroth-wrong" in panel.years.widget._dom_classes


@pytest.mark.usefixtures("undrawn")
def test_unknown_facts_are_asked_for() -> None:
    """A band says what each answer is worth; table and picture show the range; no figure stands for the unknown."""
    panel = _panel()
    panel.enter("salary_b", panel.fields["salary_a"].widget.value)

    panel.enter("accepts_after_tax_b", None)

    band = html.unescape(panel.note.value)
    assert "New offer, not known yet: Plan takes after-tax contributions" in band
    assert "–$" in panel.table().loc["New offer", "Mega-backdoor"]
    assert "between $" in html.unescape(panel.picture.value)


@pytest.mark.usefixtures("undrawn")
def test_undo_reset_and_save_leave_the_client_alone() -> None:
    """Undo takes back one entry, reset all; what is saved is the client, whose facts the offers do not touch."""
    panel = _panel()
    before = panel.table()
    panel.enter("salary_b", "400,000")
    middle = panel.table()
    panel.enter("bonus_b", "10,000")

    panel._undo.click()
    assert panel.table().equals(middle)
    panel._reset.click()

    assert panel.table().equals(before)
    assert panel.client == open_client("lin")


@pytest.mark.parametrize("code", ["en", "zh"])
def test_hostile_names_are_text(code: str) -> None:
    """Nothing typed becomes markup, nor a place to be filled."""
    panel = _panel("lin", code)

    panel.enter("employer_a", HOSTILE)

    assert _problem(panel) == ""
    page = "".join(
        place.value for place in (panel.finding, panel.picture, panel.table_place, panel.why, panel.working)
    )
    assert "<script" not in page
    assert "&lt;script" in page


def test_labels_tell_the_offers_apart() -> None:
    """No two controls have the same label, in either language."""
    for code in ("en", "zh"):
        labels = [field.label for field in _panel("lin", code).fields.values()]
        assert len(set(labels)) == len(labels) == 1 + 2 * (len(FIRST) + len(FOLDED)) + 4


# --- sentences and pictures ---


def _worths(**plan: object) -> list[object]:
    panel = _panel()
    for name, value in plan.items():
        panel.enter(name, value)
    return list(panel._known.values())


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"accepts_after_tax_b": True, "way_out_b": "both", "rate_b": "50", "up_to_share_b": "6", "salary_b": "300,000"},
         "The plans of Present job and New offer are worth the same."),
        ({"accepts_after_tax_b": None}, "Whose plan is worth more depends on HR's answers"),
        ({"accepts_after_tax_b": None, "rate_a": "0"}, "depends on HR|New offer's plan is worth at least"),
        ({"discount_rate": "7"}, "Present job's plan is worth about .* more than New offer's."),
        ({"rate_a": "0", "accepts_after_tax_a": False}, "New offer's plan is worth about .* more in today's"),
    ],
)  # fmt: skip
def test_each_case_has_its_sentence(typed: dict, says: str) -> None:
    """A lead, a tie, an unknown, a rate of the client's own."""
    assert re.search(says, offers_finding(language("en"), comparison_of(_worths(**typed))))


@pytest.mark.parametrize("code", ["en", "zh"])
def test_the_picture_shows_each_part(code: str) -> None:
    """Three bars an offer and the total beside them; an unknown part is hatched; text is not cut."""
    table = comparison_of(_worths(accepts_after_tax_b=None))
    picture = OffersPicture(language(code))

    picture.draw(table, "Finding")

    patches = picture.axes.patches
    assert len(patches) == 7
    assert [patch.get_hatch() for patch in patches].count("////") == 1
    lengths = [patch.get_width() * language(code).axis_unit for patch in patches[:3]]
    assert sum(lengths) == pytest.approx(table["total"].iloc[0])
    renderer = picture.canvas.get_renderer()
    page = picture.figure.bbox
    for text in picture.axes.texts:
        box = text.get_window_extent(renderer)
        assert page.x0 <= box.x0
        assert box.x1 <= page.x1


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", ["lin", "moreau", "okafor", "reyes"])
def test_the_picture_in_words_adds_up(name: str) -> None:
    """To the dollar, and to what the table says, also where an offer's rounded total is another."""
    panel = _panel(name)

    words = html.unescape(panel.picture.value)

    for offer, row in panel.table().iterrows():
        total, *parts = _dollars(re.search(rf"{offer}: (\$[^)]+)\)", words)[1])
        assert len(parts) == 3
        assert total == sum(parts) == _dollars(row["Together"])[0]


def test_tables_in_both_languages() -> None:
    """The same dollars."""
    table = comparison_of(_worths())

    english, chinese = (offers_table(table, code) for code in ("en", "zh"))

    assert [_dollars(cell) for cell in english.to_numpy().ravel()] == [
        _dollars(cell) for cell in chinese.to_numpy().ravel()
    ]
    assert chinese.columns[0] == "税后薪酬"


# --- providers ---


def test_providers_stand_below(providers: Path) -> None:
    """Ours, the firm's own, and what is wrong with a file of the firm's."""
    (providers / "bad.yaml").write_text("version: 1\nname: Q\nkind: bank\n", encoding="utf-8")
    (providers / "good.yaml").write_text(
        "version: 1\nname: <b>Acme\nkind: administrator\nclaims:\n"
        "  - {claim: Yes, claimed_by: us, source: call, checked: 2020-01-01}\n".replace("Yes", "'Said yes'"),
        encoding="utf-8",
    )

    shown = _panel().providers.value

    for name in ("Fidelity Investments", "Vanguard", "Charles Schwab", "IRA Financial", "&lt;b&gt;Acme"):
        assert name in shown
    assert "bad.yaml, line 3" in shown
    assert "check again" in shown
    assert "plan decides" in html.unescape(shown)
    assert "<a " not in shown
