"""Providers: our entries, a firm's own beside them, files that are not in order, and entries grown old."""

import datetime as dt
from pathlib import Path

import pytest

from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError
from megaroth.facts.providers import load_providers, read_provider
from megaroth.show.client_files import providers_folder
from megaroth.show.language import language
from megaroth.show.offer_tables import provider_problems, providers_table

DAY = dt.date(2026, 11, 24)
NAMED = ["Charles Schwab", "Fidelity Investments", "IRA Financial", "Vanguard"]
ENTRY = """version: 1
name: {name}
kind: administrator
claims:
  - claim: Said yes on the phone.
    claimed_by: our back office
    source: call of that day
    checked: {checked}
"""


def _write(
    folder: Path, name: str = "Acme Trust", checked: str = "2026-11-01", file: str = "own.yaml"
) -> Path:
    path = folder / file
    path.write_text(ENTRY.format(name=name, checked=checked), encoding="utf-8")
    return path


# --- ours ---


def test_the_institutions_of_the_article_are_there() -> None:
    """All four, each as the article has it: who says it, where, and when it was checked."""
    entries = load_providers().entries

    assert [entry.name for entry in entries] == NAMED
    assert [entry.kind for entry in entries if entry.name == "IRA Financial"] == ["solo_specialist"]
    for entry in entries:
        first = entry.claims[0]
        assert "CPA/CFP in New Jersey" in first.claimed_by
        assert first.source == "Mega-Backdoor Roth – Part I"
        assert first.checked == DAY


def test_a_claim_beyond_the_article_names_its_page() -> None:
    """Whatever the article does not say comes with an address."""
    others = [claim for entry in load_providers().entries for claim in entry.claims[1:]]

    assert others
    assert all(claim.address.startswith("https://") for claim in others)


def test_our_entries_speak_both_languages() -> None:
    """Each claim and whoever makes it has its Chinese."""
    for entry in load_providers().entries:
        for claim in entry.claims:
            assert claim.claim_zh
            assert claim.claimed_by_zh


def test_the_readme_lists_every_key() -> None:
    """The schema that a firm writes by is the one that is checked."""
    text = data_path("providers", "README.md").read_text(encoding="utf-8")
    entry = load_providers().entries[0]

    for key in (
        *type(entry).model_fields,
        *type(entry.claims[0]).model_fields,
        "version",
        "MEGAROTH_PROVIDERS",
    ):
        assert f"`{key}`" in text


# --- a firm's own ---


def test_a_firm_adds_and_replaces_without_touching_ours(tmp_path: Path) -> None:
    """A new name is added last, a name of ours replaced in its place, whatever its capitals; both are marked."""
    _write(tmp_path)
    _write(tmp_path, "VANGUARD", file="vanguard.yml")

    found = load_providers(tmp_path)
    table = providers_table(found, DAY, "en")

    assert [entry.name for entry in found.entries] == [*NAMED[:3], "VANGUARD", "Acme Trust"]
    assert found.of_firm == {"VANGUARD", "Acme Trust"}
    assert [name for name in table.index if "firm's own" in name] == [
        "VANGUARD (the firm's own entry)",
        "Acme Trust (the firm's own entry)",
    ]
    assert len(load_providers().entries) == 4


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "version: 1\nname: Q\nkind: bank\nclaims: []\n",
            "own.yaml, line 3: Kind of institution must be one of",
        ),
        (
            ENTRY.format(name="Q", checked="last autumn"),
            "own.yaml, line 8: Checked on must be a date like 2026-11-24",
        ),
        (
            ENTRY.format(name="Q", checked="2026-11-01") + "    chekced: 1\n",
            "own.yaml, line 9: There is no field called",
        ),
        (ENTRY.format(name="[]", checked="2026-11-01"), "own.yaml, line 2: Name must be text"),
        ("version: 1\nname: Q\nkind: administrator\n", "own.yaml, line 1: Claims is missing"),
        (ENTRY.format(name="Q", checked="2026-11-01").replace("1\n", "2\n", 1), "it must say 'version: 1'"),
        ("- a\n- b\n", "own.yaml holds no provider"),
        ("", "own.yaml holds no provider"),
        ("a: [\n", "own.yaml, line 2: this is not valid YAML"),
        (b"\xff\xfe\x00", "own.yaml is not a text file"),
    ],
)
def test_a_damaged_file_is_named_and_the_others_show(tmp_path: Path, text: str | bytes, says: str) -> None:
    """One sentence with file, line and key; ours and the firm's good files are all there."""
    path = tmp_path / "own.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    _write(tmp_path, file="good.yaml")

    found = load_providers(tmp_path)

    (problem,) = found.problems
    assert says in str(problem)
    assert [entry.name for entry in found.entries] == [*NAMED, "Acme Trust"]
    for code in ("en", "zh"):
        (sentence,) = provider_problems(language(code), found.problems)
        assert "own.yaml" in sentence
    with pytest.raises(InputError):
        read_provider(path)


def test_a_folder_named_like_a_file_is_a_problem_too(tmp_path: Path) -> None:
    """It cannot be read, and says so."""
    (tmp_path / "x.yaml").mkdir()

    assert "x.yaml cannot be read" in str(load_providers(tmp_path).problems[0])


def test_no_folder_is_no_problem(tmp_path: Path) -> None:
    """A firm without entries of its own sees ours."""
    found = load_providers(tmp_path / "nowhere")

    assert (len(found.entries), found.of_firm, found.problems) == (4, frozenset(), ())


def test_where_a_firms_entries_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder that the environment names, else beside the clients, where git does not look."""
    monkeypatch.setenv("MEGAROTH_PROVIDERS", str(tmp_path))
    named = providers_folder()
    monkeypatch.delenv("MEGAROTH_PROVIDERS")

    assert named == tmp_path
    assert providers_folder() == data_path().parent / "providers"
    assert "/providers/" in (data_path().parent / ".gitignore").read_text(encoding="utf-8").split()


# --- shown ---


@pytest.mark.parametrize(
    ("checked", "as_of", "stale"),
    [
        ("2026-11-24", "2027-11-23", False),
        ("2026-11-24", "2027-11-24", False),
        ("2026-11-24", "2027-11-25", True),
        ("2028-02-29", "2029-02-28", False),
        ("2028-02-29", "2029-03-01", True),
    ],
)
def test_an_old_entry_says_so(tmp_path: Path, checked: str, as_of: str, stale: bool) -> None:
    """More than a year after the day on which it was checked."""
    entry = read_provider(_write(tmp_path, checked=checked))

    assert entry.claims[0].stale(dt.date.fromisoformat(as_of)) is stale
    cell = providers_table(load_providers(tmp_path), dt.date.fromisoformat(as_of), "en").iloc[-1]["Checked"]
    assert ("check again" in cell) is stale


def test_the_table_in_both_languages() -> None:
    """Claim, who says so and where, with the page's address as text, and the date in the reader's form."""
    english, chinese = (providers_table(load_providers(), DAY, code) for code in ("en", "zh"))

    assert english.loc["Fidelity Investments", "Checked"] == "Nov 24, 2026"
    assert chinese.loc["Fidelity Investments", "核对日期"] == "2026-11-24"
    assert "where the employer's plan allows it" in english.loc["Fidelity Investments", "What is said of it"]
    assert "雇主计划允许时" in chinese.loc["Fidelity Investments"].iloc[1]
    assert "https://retirementplans.vanguard.com/" in english.loc["Vanguard", "Who says so"].iloc[1]


def test_a_firms_words_are_no_format(tmp_path: Path) -> None:
    """Braces in a name or a sentence are shown as they stand."""
    _write(tmp_path, name="'{x} & <b>'")

    assert providers_table(load_providers(tmp_path), DAY, "zh").index[-1].startswith("{x} & <b>")
