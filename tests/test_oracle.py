"""The oracle door: every given case passes through it, and nothing wrong gets past it."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.oracle.__main__ import main

CASES = Path(__file__).parent / "oracle"
SPACE, PRO_RATA, LATE = (
    CASES / f"{kind}_cases.yaml" for kind in ("after_tax_space", "pro_rata", "late_conversion")
)
FEDERAL = CASES / "federal_tax_cases.csv"
TOLERANCE = {SPACE: 0.01, PRO_RATA: 0.01, LATE: 0.001, FEDERAL: 1.0}
SUMMARY = re.compile(
    r"^(?P<file>.+): (?P<passed>\d+) passed, (?P<failed>\d+) failed, worst difference (?P<worst>\S+)$"
)


def door(capsys: pytest.CaptureFixture, *files: Path) -> tuple[int, list[str]]:
    """The exit status and the lines that the door prints, run in this process."""
    status = main([str(file) for file in files])
    return status, capsys.readouterr().out.splitlines()


def counts(line: str) -> tuple[int, int, float]:
    found = SUMMARY.match(line)
    assert found, line
    return int(found["passed"]), int(found["failed"]), float(found["worst"])


def yaml_copy(folder: Path, of: Path, change: Callable[[list[dict]], object]) -> Path:
    """The file with its cases changed, under its own name in another folder."""
    content = yaml.safe_load(of.read_text(encoding="utf-8"))
    change(content["cases"])
    copy = folder / of.name
    copy.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return copy


def csv_copy(folder: Path, change: Callable[[pd.DataFrame], pd.DataFrame | None]) -> Path:
    rows = pd.read_csv(FEDERAL).iloc[:60].astype({"conversion": float})
    changed = change(rows)
    copy = folder / FEDERAL.name
    (rows if changed is None else changed).to_csv(copy, index=False)
    return copy


@pytest.mark.parametrize("file", TOLERANCE, ids=lambda file: file.name)
def test_every_case_passes(file: Path, capsys: pytest.CaptureFixture) -> None:
    """All cases of the file, each counted once, within the tolerance that its README states."""
    status, lines = door(capsys, file)

    in_it = (
        len(pd.read_csv(file)) if file.suffix == ".csv" else file.read_text(encoding="utf-8").count("- id:")
    )
    passed, failed, worst = counts(lines[0])
    assert (status, passed, failed) == (0, in_it, 0)
    assert worst <= TOLERANCE[file]
    assert len(lines) == 1


def test_a_file_lying_anywhere(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """The kind is read from the name alone; several files each have their line, in the order given."""
    elsewhere = tmp_path / "with a space" / "例"
    elsewhere.mkdir(parents=True)
    files = [Path(shutil.copy(file, elsewhere)) for file in (PRO_RATA, SPACE, LATE)]

    status, lines = door(capsys, *files)

    assert status == 0
    assert [SUMMARY.match(line)["file"] for line in lines] == [str(file) for file in files]


def test_the_door_as_a_command(tmp_path: Path) -> None:
    """`python -m tests.oracle FILE...` says the same and hands the status to the shell."""
    wrong = yaml_copy(tmp_path, LATE, lambda cases: cases[0]["expected"].update(total_tax=1.0))
    command = [sys.executable, "-m", "tests.oracle"]

    bad = subprocess.run(
        [*command, str(wrong), str(PRO_RATA)], cwd=CASES.parents[1], capture_output=True, text=True
    )
    good = subprocess.run([*command, str(PRO_RATA)], cwd=CASES.parents[1], capture_output=True, text=True)
    nothing = subprocess.run(command, cwd=CASES.parents[1], capture_output=True, text=True)

    assert (bad.returncode, good.returncode) == (1, 0)
    assert nothing.returncode not in (0, 1)
    assert counts(bad.stdout.splitlines()[0])[:2] == (11, 1)
    assert bad.stdout.splitlines()[-1] == good.stdout.strip()  # a failure does not stop the next file


def tampered(cases: list[dict], number: int, field: str, by: float) -> None:
    cases[number]["expected"][field] += by


@pytest.mark.parametrize(
    ("file", "number", "field", "by"),
    [
        (SPACE, 0, "after_tax_space_full_year", 0.02),
        (SPACE, 3, "after_tax_space_remaining", -0.02),
        (PRO_RATA, 0, "taxable_conversion", 0.02),
        (LATE, 0, "total_tax", 0.002),
        (LATE, 0, "conversions", 1),
        (LATE, 0, "taxable_per_conversion", -0.002),
    ],
)
def test_a_tampered_figure_is_caught(
    file: Path, number: int, field: str, by: float, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """Just beyond the tolerance: one case fails, named with its field, what was expected and what came out."""
    copy = yaml_copy(tmp_path, file, lambda cases: tampered(cases, number, field, by))
    case = yaml.safe_load(copy.read_text(encoding="utf-8"))["cases"][number]

    status, lines = door(capsys, copy)

    passed, failed, worst = counts(lines[0])
    assert (status, failed) == (1, 1)
    assert passed == file.read_text(encoding="utf-8").count("- id:") - 1
    assert worst == pytest.approx(abs(by), rel=0.5)
    assert lines[1].startswith(f"  {case['id']}, {field}: expected {case['expected'][field]}, got ")
    got = float(lines[1].rpartition("got ")[2])
    assert abs(got - case["expected"][field]) == pytest.approx(abs(by), rel=0.5)
    assert len(lines) == 2


def test_the_parts_of_a_case_count_once(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Two employers, or the form at three decimals, are one case; a wrong part fails it and is named."""

    def spoil(cases: list[dict]) -> None:
        two = next(case for case in cases if case["kind"] == "two_unrelated_employers")
        for part in two["expected"]["per_employer"]:
            part["after_tax_space_full_year"] += 5

    status, lines = door(capsys, yaml_copy(tmp_path, SPACE, spoil))
    assert (status, counts(lines[0])) == (1, (19, 1, 5.0))
    assert len(lines) == 3

    def spoil_decimals(cases: list[dict]) -> None:
        cases[0]["expected_three_decimals"]["taxable_conversion"] += 5

    status, lines = door(capsys, yaml_copy(tmp_path, PRO_RATA, spoil_decimals))
    assert (status, counts(lines[0])) == (1, (11, 1, 5.0))
    assert "three decimals" in lines[1]


def test_the_first_ten_failures_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """All failures are counted, ten are shown, each with case, field, expected and got."""

    def spoil(cases: list[dict]) -> None:
        for case in cases:
            case["expected"]["total_tax"] = -7

    status, lines = door(capsys, yaml_copy(tmp_path, LATE, spoil))

    passed, failed, _ = counts(lines[0])
    assert (status, passed) == (1, 0)
    assert failed == 12
    assert len(lines) == 11
    assert all(re.fullmatch(r"  \S+, total_tax: expected -7, got \S+", line) for line in lines[1:])


@pytest.mark.parametrize(
    "strange",
    [
        [1, 2],
        {"a": 1},
        {"a": {"b": [1]}},
        [],
        {},
        "much",
        None,
        True,
        float("nan"),
        float("inf"),
        "2026-01-01",
    ],
    ids=repr,
)
def test_a_strange_expected_value_fails(
    strange: object, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """A list, a mapping, a word, nothing: a failure of that case, not a crash, and the others are still judged."""

    def spoil(cases: list[dict]) -> None:
        cases[1]["expected"]["total_taxable"] = strange
        cases[2]["expected"] = strange

    status, lines = door(capsys, yaml_copy(tmp_path, LATE, spoil))

    assert status == 1
    assert counts(lines[0])[:2] == (10, 2)


@pytest.mark.parametrize(
    ("file", "change"),
    [
        (SPACE, lambda cases: cases[0]["input"].update(bonus=1)),
        (SPACE, lambda cases: cases[0]["expected"].update(bonus=1)),
        (SPACE, lambda cases: cases[0]["expected"].update(allowed_deferral=24_500)),
        (SPACE, lambda cases: cases[0].update(kind="partnership")),
        (SPACE, lambda cases: cases[0].update(expected={})),
        (SPACE, lambda cases: cases[0].update(expected_in_euro={"space": 1})),
        (SPACE, lambda cases: cases[0].update(year=1990)),
        (SPACE, lambda cases: cases[0].update(year="soon")),
        (SPACE, lambda cases: cases[0].pop("kind")),
        (SPACE, lambda cases: cases[0].pop("expected")),
        (SPACE, lambda cases: cases[0].pop("input")),
        (SPACE, lambda cases: cases[0].pop("id")),
        (SPACE, lambda cases: cases[0]["input"].update(compensation=-1)),
        (SPACE, lambda cases: cases[0]["input"].update(compensation=[1, 2])),
        (SPACE, lambda cases: cases[0]["input"].update(plan_after_tax_cap_percent_of_pay="8 %")),
        (SPACE, lambda cases: cases.__setitem__(0, "a case")),
        (SPACE, lambda cases: cases.__setitem__(0, None)),
        (PRO_RATA, lambda cases: cases[0]["input"].update(state="NJ")),
        (PRO_RATA, lambda cases: cases[0]["expected"].update(state_tax=0)),
        (PRO_RATA, lambda cases: cases[0]["expected_three_decimals"].update(state_tax=0)),
        (PRO_RATA, lambda cases: cases[0]["input"].update(conversions="all")),
        (LATE, lambda cases: cases[0]["input"].update(fees=0.01)),
        (LATE, lambda cases: cases[0]["expected"].update(fees=0)),
        (LATE, lambda cases: cases[0]["input"].pop("contribution_per_period")),
        (LATE, lambda cases: cases[0]["input"].update(annual_return=None)),
        (LATE, lambda cases: cases[0]["input"].update(convert_every_periods="sometimes")),
        (LATE, lambda cases: cases[0].update(expected_three_decimals={"total_tax": 0})),
    ],
)  # fmt: skip
def test_what_no_adapter_knows_fails(
    file: Path, change: Callable, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """An unknown kind, input or expected field, a missing part, a case that raises: that case fails, the others pass."""
    status, lines = door(capsys, yaml_copy(tmp_path, file, change))

    passed, failed, _ = counts(lines[0])
    assert (status, failed) == (1, 1)
    assert passed == file.read_text(encoding="utf-8").count("- id:") - 1
    assert len(lines) >= 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (LATE.name, b""),
        (LATE.name, b"cases:\n"),
        (LATE.name, b"cases: []\n"),
        (LATE.name, b"cases: 3\n"),
        (LATE.name, b"- a list\n"),
        (LATE.name, b"cases: [unclosed\n"),
        (LATE.name, b"cases:\n\t- tab: 1\n"),
        (SPACE.name, b"\xff\xfe\x00\x81"),
        (PRO_RATA.name, b"\x00"),
        (FEDERAL.name, b""),
        (FEDERAL.name, b"\n\n"),
        (FEDERAL.name, b"household,year\n"),
        (FEDERAL.name, b"\xff\xfe\x00\x81"),
        (FEDERAL.name, FEDERAL.read_bytes().splitlines(keepends=True)[0]),
        ("federal_tax_cases.yaml", b"cases: []\n"),
        ("cases.csv", b"a\n1\n"),
        ("Late_conversion_cases.yaml", LATE.read_bytes()),
    ],
)
def test_a_file_that_gives_nothing_to_compare(
    name: str, content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """Empty, unreadable or of an unknown kind: one failure, a reason, status 1."""
    (tmp_path / name).write_bytes(content)

    status, lines = door(capsys, tmp_path / name, PRO_RATA)

    assert status == 1
    assert counts(lines[0])[:2] == (0, 1)
    assert lines[1].strip()
    assert counts(lines[-1])[1] == 0


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """A wrong path, and a folder in a file's place."""
    (tmp_path / SPACE.name).mkdir()

    status, lines = door(capsys, tmp_path / LATE.name, tmp_path / SPACE.name)

    assert status == 1
    assert [counts(line)[:2] for line in lines if SUMMARY.match(line)] == [(0, 1), (0, 1)]


def tampered_cell(column: str, value: object) -> Callable[[pd.DataFrame], None]:
    def change(rows: pd.DataFrame) -> None:
        rows[column] = rows[column].astype(object)
        rows.loc[7, column] = value

    return change


@pytest.mark.parametrize(
    "column", ["base_total", "with_agi", "inc_total", "with_ctc", "base_niit", "inc_tax_after_credits"]
)
def test_a_tampered_row_is_caught(column: str, tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    """Two dollars off in one column of one row: that row alone fails."""

    def change(rows: pd.DataFrame) -> None:
        rows[column] = rows[column].astype(float)
        rows.loc[7, column] += 2

    status, lines = door(capsys, csv_copy(tmp_path, change))

    assert (status, counts(lines[0])[:2]) == (1, (59, 1))
    row = pd.read_csv(FEDERAL).loc[7]
    assert lines[1].startswith(f"  {row['year']}/{row['household']}/")
    assert f", {column}: expected " in lines[1]


@pytest.mark.parametrize(
    "change",
    [
        tampered_cell("with_total", None),
        tampered_cell("with_total", "much"),
        tampered_cell("wages", -1.0),
        tampered_cell("wages", None),
        tampered_cell("wages", "much"),
        tampered_cell("filing_status", "couple"),
        tampered_cell("year", None),
        tampered_cell("year", 1990),
        tampered_cell("conversion", None),
        lambda rows: rows.assign(state="NJ"),
        lambda rows: rows.assign(with_state_tax=0.0),
        lambda rows: rows.assign(other_total=0.0),
        lambda rows: rows.drop(columns="wages"),
        lambda rows: rows.drop(columns="year"),
        lambda rows: rows[["household", "year", "filing_status", "age", "wages", "qualified_dividends", "long_term_gain",
                           "taxable_interest", "children", "conversion"]],
    ],
)  # fmt: skip
def test_a_row_or_column_that_cannot_be_judged_fails(
    change: Callable, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    """A missing or impossible cell, an unknown or missing column, no expected column: never skipped, never a crash."""
    status, lines = door(capsys, csv_copy(tmp_path, change))

    assert status == 1
    assert counts(lines[0])[1] >= 1
    assert len(lines) >= 2


def test_the_adapters_only_map() -> None:
    """No case is known by its id, and no figure of the law or of a case stands in the adapters."""
    source = (CASES / "adapters.py").read_text(encoding="utf-8")
    ids = [
        case["id"]
        for file in (SPACE, PRO_RATA, LATE)
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))["cases"]
    ]

    assert len(ids) == len(set(ids)) == 44
    assert not [each for each in ids if each in source]
    assert not re.findall(r"\b\d{4,}\b|\d_\d{3}", source.replace("2014_54", "").replace("8606", ""))
