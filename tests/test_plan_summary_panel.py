"""The panel that reads a plan's summary: it suggests, the advisor confirms, and nothing else reaches the client."""

import datetime as dt
import re
from pathlib import Path

import pytest

import megaroth as mr
from megaroth.show.client_files import open_client
from megaroth.show.panels import PlanSummaryPanel
from megaroth.show.plan_facts import cap_of, frequency_of
from tests.test_plan_text import as_pdf

pytestmark = pytest.mark.usefixtures("clients_folder")
SUMMARY = (
    "You may make after-tax contributions of up to 10% of eligible pay. They may not be withdrawn until you leave. "
    "In-plan Roth conversions of after-tax contributions are permitted once per quarter. "
    "After-tax contributions are held in a separate account."
)
NOTHING_KNOWN = {
    "accepts_after_tax": None, "separate_account": None, "way_out": None, "frequency": None, "after_tax_cap_share": None,
}  # fmt: skip


def _panel(code: str = "en", text: str = SUMMARY) -> PlanSummaryPanel:
    panel = PlanSummaryPanel(open_client("lin").with_(**NOTHING_KNOWN), code)
    panel.text.value = text
    return panel


def _answer(panel: PlanSummaryPanel, **chosen: str) -> PlanSummaryPanel:
    for topic, answer in chosen.items():
        panel.choices[topic].value = answer
    return panel


def _file(name: str, content: bytes) -> tuple[dict, ...]:
    return (
        {
            "name": name,
            "type": "",
            "size": len(content),
            "content": memoryview(content),
            "last_modified": dt.datetime.now(dt.UTC),
        },
    )


def test_nothing_is_confirmed_by_reading() -> None:
    """The suggestion stands in the list's first line; the client stays as it was and cannot be saved."""
    panel = _panel()

    assert panel.confirmed() == {}
    assert panel.client == open_client("lin").with_(**NOTHING_KNOWN)
    assert panel.save.disabled
    assert panel.choices["after_tax_contributions"].label == "not confirmed; the text says: yes"
    assert panel.choices["in_service_withdrawal"].label == "not confirmed; the text says: no"


def test_sentences_are_shown_with_their_page() -> None:
    """A row for each, the question in the reader's language and the sentence as it stands."""
    table = _panel("zh").findings

    assert [index for index in table.index if re.search("[A-Za-z]{5}", index)] == []
    assert list(table.iloc[:, 0]) == ["是", "薪酬的 10.0%", "否", "是", "每季度", "是"]
    assert table.iloc[1, 2].startswith("You may make after-tax contributions of up to 10%")
    assert set(table.iloc[:, 1]) == {"1"}


def test_what_is_confirmed_becomes_facts() -> None:
    """Each answer is a field of the plan, in the API's units; the rest is left alone."""
    panel = _answer(
        _panel(), after_tax_contributions="yes", after_tax_cap="after_tax_cap_share=0.1", in_plan_rollover="yes",
        in_service_withdrawal="no", frequency="quarterly", separate_account="yes",
    )  # fmt: skip

    assert panel.confirmed() == {
        "accepts_after_tax": True, "after_tax_cap_share": 0.1, "way_out": "in_plan_rollover", "frequency": "quarterly",
        "separate_account": True,
    }  # fmt: skip
    assert panel.client.plan.after_tax_cap_share == 0.1
    assert not panel.save.disabled


@pytest.mark.parametrize(
    ("withdrawal", "rollover", "way"),
    [
        ("yes", "yes", "both"), ("yes", "no", "in_service_distribution"), ("no", "yes", "in_plan_rollover"),
        ("no", "no", "none"), ("not_known", "no", None), ("not_known", "yes", "in_plan_rollover"), ("", "no", "absent"),
        ("yes", "", "in_service_distribution"),
    ],
)  # fmt: skip
def test_the_way_out_needs_both_answers(withdrawal: str, rollover: str, way: str | None) -> None:
    """One no says nothing of the other way; one yes is a way already."""
    panel = _answer(_panel(), in_service_withdrawal=withdrawal, in_plan_rollover=rollover)

    assert panel.confirmed().get("way_out", "absent") == way


def test_another_text_opens_all_questions_again() -> None:
    """What was confirmed for one text is not carried to the next."""
    panel = _answer(_panel(), after_tax_contributions="yes")

    panel.text.value = "The Plan does not permit after-tax contributions."

    assert panel.confirmed() == {}
    assert panel.choices["after_tax_contributions"].label.endswith("no")


def test_a_file_is_read() -> None:
    """A PDF and a text file; a file that cannot be read is a sentence, and the old table goes."""
    panel = _panel(text="")
    for name, content in (("a.pdf", as_pdf(SUMMARY[:66])), ("a.txt", SUMMARY.encode())):
        panel.upload.value = _file(name, content)
        assert panel.findings.iloc[0, 0] == "yes"

    panel.upload.value = _file("a.pdf", b"%PDF-1.4 broken")

    assert "damaged" in panel.finding.value
    assert panel.table_place.value == ""
    assert panel.findings.empty


def test_nothing_found_is_no_no() -> None:
    """The panel says that silence denies nothing."""
    assert "not a no" in _panel(text="The Plan covers all employees of the Company.").finding.value


def test_saving_keeps_what_another_panel_saved(clients_folder: Path) -> None:
    """Only what is confirmed changes in the client's file."""
    panel = _answer(PlanSummaryPanel(open_client("lin")), after_tax_contributions="no")
    mr.Client.load("lin").with_(wages=123_456).save(_own(clients_folder))

    panel.save.click()

    assert "lin.yaml" in panel.saved.value
    saved = open_client("lin")
    assert (saved.plan.accepts_after_tax, saved.household.wages) == (False, 123_456)


def _own(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    return folder / "lin.yaml"


def test_markup_in_a_summary_is_text() -> None:
    """A summary cannot put anything into the page."""
    panel = _panel(text="You may make after-tax contributions <script>alert(1)</script> to the Plan.")

    assert "<script" not in panel.table_place.value
    assert re.search("&lt;script", panel.table_place.value)


def test_table_with_leaves_the_panel_alone() -> None:
    """A chapter's check reads a text with a fresh panel."""
    panel = PlanSummaryPanel(open_client("lin"))

    assert panel.table_with(SUMMARY).iloc[0, 0] == "yes"
    assert panel.table_with(SUMMARY, frequency="quarterly").iloc[0, 0] == "quarterly"
    assert panel.findings.empty


@pytest.mark.parametrize(
    ("quote", "cap"),
    [
        ("You may contribute from 1% to 10% of pay after-tax.", {"after_tax_cap_share": 0.1}),
        ("After-tax contributions may not exceed 8 percent of pay.", {"after_tax_cap_share": 0.08}),
        (
            "Pre-tax and after-tax contributions together may not exceed 50% of pay.",
            {"combined_cap_share": 0.5},
        ),
        ("After-tax: $15,000 per plan year", {"after_tax_cap_dollars": 15_000.0}),
        ("Up to 12% of pay for some and 6% for everyone else, after-tax.", {}),
        ("An after-tax cap applies.", {}),
    ],
)
def test_caps(quote: str, cap: dict[str, float]) -> None:
    """A cap that stands there plainly is read; two of them, or none, are left to the advisor."""
    assert cap_of(quote) == cap


@pytest.mark.parametrize(
    ("quote", "often"),
    [
        ("Conversions are processed daily.", "each_paycheck"), ("at any time", "each_paycheck"), ("once a month", "monthly"),
        ("once per calendar quarter", "quarterly"), ("once a year", "yearly"), ("from time to time", None),
    ],
)  # fmt: skip
def test_frequencies(quote: str, often: str | None) -> None:
    """The plan's words as one of the four that the calculation knows."""
    assert frequency_of(quote) == often
