"""The command line: an answer on stdout, a problem as one sentence on stderr, and the exit status a script goes by."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

import megaroth as mr
from megaroth.cli import main
from megaroth.show import server

ROOT = Path(__file__).parents[1]
Said = tuple[int, str, str]
Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], clients_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; its exit status, what it printed, and its complaints."""
    monkeypatch.setenv("LANG", "en_US.UTF-8")

    def call(*words: str) -> Said:
        with pytest.raises(SystemExit) as ended:
            main(list(words))
        out, complaints = capsys.readouterr()
        return int(ended.value.code or 0), out, complaints

    return call


def test_help_is_quick_and_names_every_command() -> None:
    """`python -m megaroth --help` loads nothing that calculates or draws."""
    code = "import sys\nsys.argv = ['megaroth', '--help']\nimport runpy\ntry:\n    runpy.run_module('megaroth', run_name='__main__')\n"
    code += "except SystemExit:\n    print(sorted({name.split('.')[0] for name in sys.modules} & {'numpy', 'pandas', 'matplotlib', 'pydantic'}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True
    )

    assert done.stdout.splitlines()[-1] == "[]"
    for command in ("app", "lab", "space", "plan", "handout", "screen", "law"):
        assert f"  {command} " in done.stdout


def test_the_room_in_words_and_as_numbers(run: Run) -> None:
    """`space` says the finding, its table and the law's year; `--json` gives the same numbers."""
    status, said, complaints = run("space", "lin")
    figures = json.loads(run("space", "lin", "--json", "--year", "2027")[1])
    room = mr.after_tax_space(mr.Client.load("lin"), 2027)

    assert (status, complaints) == (0, "")
    assert said.startswith("Lin can still add $21,000 of after-tax money in 2026;")
    assert "Education, not advice. Law of 2026, published." in said
    assert (figures["year"], figures["projected"], figures["space"]) == (2027, True, float(room.space))


def test_the_whole_plan(run: Run) -> None:
    """`plan` has the four answers, the steps, and a row for every wait; `--json` the numbers behind them."""
    said = run("plan", "okafor", "--language", "zh")[1]
    figures = json.loads(run("plan", "okafor", "--json")[1])
    costs = mr.cost_of_waiting(mr.Client.load("okafor"), range(11))

    assert "Okafor 可以" in said
    assert said.count("\n  - ") == 4
    assert [row["against_prompt"] for row in figures["cost_of_waiting"]] == pytest.approx(
        list(costs["against_prompt"])
    )
    assert figures["verdict"] == "prompt"


def test_the_law_with_its_sources(run: Run) -> None:
    """`law` lists the limits of a year, a projected one marked as such, with citation and the day of the check."""
    said = run("law", "--year", "2027")[1]
    figures = json.loads(run("law", "--json")[1])

    assert "projected" in said
    assert figures["figures"]["annual_additions"]["amount"] == 72_000
    assert figures["figures"]["annual_additions"]["source"] == "IRS Notice 2025-67"


def test_a_client_is_a_name_or_a_file(run: Run, clients_folder: Path, tmp_path: Path) -> None:
    """An example, one of one's own in the clients' folder, or a path."""
    client = mr.Client.load("lin").with_(name="喆镕")
    clients_folder.mkdir()
    client.save(clients_folder / "own.yaml")
    client.save(tmp_path / "elsewhere.yaml")

    assert run("space", "own") == run("space", str(tmp_path / "elsewhere.yaml"))
    assert "喆镕" in run("space", "own")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("space", "nobody"), "Please check: Client must be one of: lin, moreau, okafor, reyes"),
        (("space", "../secret"), "Please check: Client must be one of"),
        (("space", "missing.yaml"), "Please check: missing.yaml cannot be read"),
        (("space", "lin", "--year", "1999"), "Please check: Tax year must be between 2018 and 2126"),
        (("space", "nobody", "--language", "zh"), "请检查：客户必须是以下之一"),
        (("handout", "nobody"), "Please check: Client must be one of"),
    ],
)  # fmt: skip
def test_a_problem_is_one_sentence(run: Run, words: tuple[str, ...], said: str) -> None:
    """What a person can mend is a sentence on stderr in the language asked for, status 1, and no traceback."""
    status, out, complaints = run(*words)

    assert (status, out) == (1, "")
    assert complaints.startswith(said)
    assert len(complaints.splitlines()) == 1


@pytest.mark.parametrize(
    "words",
    [("space",), ("fly", "lin"), ("handout", "lin", "--format", "docx"), ("plan", "lin", "--language", "fr")],
)
def test_a_wrong_call_has_status_two(run: Run, words: tuple[str, ...]) -> None:
    """A missing client, an unknown command or choice is a matter of usage."""
    status, out, complaints = run(*words)

    assert (status, out) == (2, "")
    assert "Traceback" not in complaints


def test_hand_outs_are_written_once(run: Run, tmp_path: Path) -> None:
    """All formats at once, in the client's language; the second time nothing is touched without --force."""
    first = run("handout", "lin", "--format", "all", "--out", str(tmp_path / "new"))
    files = {path.suffix: path for path in (tmp_path / "new").iterdir()}
    files[".pdf"].write_bytes(b"mine")
    files[".xlsx"].unlink()
    second = run("handout", "lin", "--format", "all", "--out", str(tmp_path / "new"))
    kept, missing = files[".pdf"].read_bytes(), not files[".xlsx"].exists()
    third = run("handout", "lin", "--out", str(tmp_path / "new"), "--force")

    assert (first[0], first[1].count("已保存为"), set(files)) == (0, 3, {".pdf", ".html", ".xlsx"})
    assert all(path.name.startswith("lin-") and "-zh" in path.name for path in files.values())
    assert (second[0], second[1], kept, missing) == (1, "", b"mine", True)
    assert "is already there; choose another folder, or say --force to replace it." in second[2]
    assert third[0] == 0
    assert files[".pdf"].read_bytes().startswith(b"%PDF")


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    """A file where the folder should be, as a read-only place, is one sentence."""
    (tmp_path / "file").write_text("")

    status, out, complaints = run("handout", "lin", "--out", str(tmp_path / "file"))

    assert (status, out) == (1, "")
    assert complaints.endswith("cannot be saved: the folder is read-only, missing or full.\n")


def test_the_app_and_the_lab_start_the_server(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`app` and `lab` hand their options on to the one server."""
    asked: list[list[str]] = []
    monkeypatch.setattr(server, "main", asked.append)

    run("app", "--port", "9000", "--no-browser", "--language", "zh")
    run("lab")

    assert asked == [["--port", "9000", "--no-browser", "--language", "zh"], ["--lab", "--port", "8888"]]


def test_chinese_comes_out_of_any_console() -> None:
    """A console of another code page gets UTF-8 and no traceback."""
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "LANG": "zh_CN.UTF-8"}
    command = [sys.executable, "-m", "megaroth", "space", "nobody"]

    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8")

    assert done.returncode == 1
    assert done.stderr.startswith("请检查：")


# --- a list of clients ---

BOOK = "name,filing_status,birth_year,state,wages,accepts_after_tax,separate_account,way_out\n"
AMES, BAD = "Ames,single,1981,TX,250000,yes,yes,in_service_distribution\n", "=Bad,single,1981,TX,-1,,,\n"


def test_a_list_in_words_and_as_numbers(run: Run, tmp_path: Path) -> None:
    """`screen` says who can act and why a row is bad; `--json` has a row for each, null for what is not known."""
    (tmp_path / "book.csv").write_text(BOOK + AMES + BAD, encoding="utf-8")

    status, said, complaints = run("screen", str(tmp_path / "book.csv"))
    answer = json.loads(run("screen", str(tmp_path / "book.csv"), "--json", "--year", "2025")[1])

    assert (status, complaints) == (0, "")
    assert said.startswith("1 of 2 clients can act this year; 1 row needs a look.")
    assert "Pay cannot be negative; you entered −$1." in said
    assert "Education, not advice. Law of 2026, published." in said
    assert (answer["year"], answer["can_act"], answer["needs_a_look"]) == (2025, 1, 1)
    ames, bad = answer["rows"]
    assert (ames["row"], ames["name"], ames["space"]) == (2, "Ames", mr.load_law(2025).annual_additions)
    assert (ames["highly_compensated"], bad["space"], bad["verdict"]) == (None, None, "")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_answer_to_a_list_is_written(run: Run, tmp_path: Path, ending: str) -> None:
    """Every row, no name as a formula, and no file replaced unasked."""
    (tmp_path / "book.csv").write_text(BOOK + AMES + BAD, encoding="utf-8")
    result = tmp_path / f"result.{ending}"

    status, said, _ = run("screen", str(tmp_path / "book.csv"), "--out", str(result), "--language", "zh")
    again = run("screen", str(tmp_path / "book.csv"), "--out", str(result))
    forced = run("screen", str(tmp_path / "book.csv"), "--out", str(result), "--force")

    assert (status, f"result.{ending}" in said, "2 位客户中有 1 位" in said) == (0, True, True)
    assert (again[0], again[2]) == (
        1,
        f"Please check: result.{ending} is there already; --force replaces it.\n",
    )
    assert forced[0] == 0
    if ending == "csv":
        assert "'=Bad" in result.read_text(encoding="utf-8-sig").splitlines()[2]
    else:
        assert load_workbook(result).worksheets[0]["B3"].data_type == "s"


@pytest.mark.parametrize(
    ("content", "out", "sentence"),
    [
        (None, None, "book.csv cannot be read."),
        ("", None, "book.csv is empty."),
        ("name,wagess\nAmes,1\n", None, "There is no column called wagess; did you mean one of: wages"),
        (BOOK + AMES, "result.pdf", "result.pdf must end in .csv or .xlsx."),
    ],
)
def test_a_bad_list_is_one_sentence(
    run: Run, tmp_path: Path, content: str | None, out: str | None, sentence: str
) -> None:
    """On stderr, exit status 1, nothing written."""
    if content is not None:
        (tmp_path / "book.csv").write_text(content, encoding="utf-8")

    status, said, complaints = run(
        "screen", str(tmp_path / "book.csv"), *(["--out", str(tmp_path / out)] if out else [])
    )

    assert (status, said, complaints.count("\n")) == (1, "", 1)
    assert sentence in complaints
    assert {path.name for path in tmp_path.iterdir()} <= {"book.csv", "clients"}


def test_a_stopped_list_is_a_sentence(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends it without a trace and without a file."""
    (tmp_path / "book.csv").write_text(BOOK + AMES, encoding="utf-8")

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("megaroth.plans.book.clients_of", stopped)
    status, said, complaints = run("screen", str(tmp_path / "book.csv"), "--out", str(tmp_path / "r.csv"))

    assert (status, said, complaints) == (130, "", "Stopped; nothing was written.\n")
    assert not (tmp_path / "r.csv").exists()
