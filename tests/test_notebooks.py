"""The chapters as files: run, in order, thin, alike in both languages, and without a figure of the law typed in."""

import ast
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from megaroth.facts.law import parameters

ROOT = Path(__file__).parents[1] / "notebooks"


def _names(code: str) -> list[str]:
    """The chapters of a language and those in the folder for a training room."""
    found = (path for kind in ("*.ipynb", "training/*.ipynb") for path in (ROOT / code).glob(kind))
    return sorted(path.relative_to(ROOT / code).as_posix() for path in found)


CHAPTERS = _names("en")
ALL = [f"{code}/{name}" for code in ("en", "zh") for name in CHAPTERS]
IGNORED = "nbval-ignore-output"
# Limits that a chapter could be tempted to type; fees and shares are too common as numbers to be told apart.
LIMITS = (
    "annual_additions", "elective_deferral", "catch_up_50", "catch_up_60_63", "compensation_cap", "hce_threshold",
    "roth_catch_up_wages", "ira_contribution", "ira_catch_up", "social_security_wage_base", "standard_deduction",
    "bracket_edges", "gains_breakpoints", "niit_threshold", "amt_exemption", "child_credit",
)  # fmt: skip


def _chapter(name: str) -> dict:
    return json.loads((ROOT / name).read_text(encoding="utf-8"))


def _cells(name: str, kind: str) -> list[dict]:
    return [cell for cell in _chapter(name)["cells"] if cell["cell_type"] == kind]


def _source(cell: dict) -> str:
    return "".join(cell["source"])


def _tags(cell: dict) -> list[str]:
    return cell["metadata"].get("tags", [])


def _said(cell: dict) -> str:
    """The text of a cell's stored outputs."""
    return "".join(
        "".join(output.get("data", {}).get("text/plain", output.get("text", "")))
        for output in cell["outputs"]
    )


def _amounts(figure: object) -> set[float]:
    """Every number in a figure of the law, however it is nested; small ones say nothing."""
    if isinstance(figure, Mapping):
        return set().union(*(_amounts(each) for each in figure.values()))
    if isinstance(figure, list):
        return set().union(*(_amounts(each) for each in figure))
    return {float(figure)} if isinstance(figure, int | float) and figure >= 1_000 else set()


def _figures_of_the_law() -> set[float]:
    values = [value["amount"] for name in LIMITS for value in parameters()[name]["values"].values()]
    return set().union(*(_amounts(value) for value in values))


def test_both_languages_have_the_same_chapters() -> None:
    """Nothing is missing in one of them."""
    assert CHAPTERS
    assert "training/01_workshop.ipynb" in CHAPTERS
    assert _names("zh") == CHAPTERS


@pytest.mark.parametrize("name", ALL)
def test_every_cell_was_run_in_order(name: str) -> None:
    """Counts run from 1 to n: a cell stored unrun would not be compared."""
    cells = _cells(name, "code")

    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert [cell for cell in cells if not cell["outputs"]] == []


@pytest.mark.parametrize("name", ALL)
def test_no_errors_and_no_noise_are_stored(name: str) -> None:
    """No trace, no warning, no widget state, no path of a machine; metadata is the little that a kernel needs."""
    chapter = _chapter(name)
    kinds = {output["output_type"] for cell in _cells(name, "code") for output in cell["outputs"]}

    assert kinds <= {"execute_result", "display_data"}
    assert set(chapter["metadata"]) == {"kernelspec", "language_info", "title"}
    assert "widget-view" not in json.dumps(chapter)
    assert not re.search(r"/home/|/root/|/Users/|C:\\\\|\b0x[0-9a-f]{6,}", json.dumps(chapter))


@pytest.mark.parametrize("name", ALL)
def test_numbers_are_compared(name: str) -> None:
    """At least one table or finding with dollars is under nbval's eyes; what it ignores holds no numbers."""
    checked = [cell for cell in _cells(name, "code") if IGNORED not in _tags(cell)]
    ignored = [cell for cell in _cells(name, "code") if IGNORED in _tags(cell)]

    assert any(re.search(r"\$[\d,]{4,}", _said(cell)) for cell in checked)
    assert {_said(cell) for cell in ignored} <= {"panel", "picture"}


@pytest.mark.parametrize("name", ALL)
def test_a_panel_is_followed_by_a_check(name: str) -> None:
    """Only its first drawing is seen by nbval, so a cell after each drives it, or reads what it says."""
    sources = [_source(cell) for cell in _cells(name, "code")]
    panels = [k for k, source in enumerate(sources) if "Panel(" in source]

    assert panels
    for k in panels:
        variable = sources[k].split(" = ")[0]
        assert re.search(rf"{variable}\.(table_with|findings)", "\n".join(sources[k + 1 :]))


@pytest.mark.parametrize("name", ALL)
def test_cells_are_short_and_hold_no_helpers(name: str) -> None:
    """One to eight lines that end in what they show; no function, class, loop or branch; imports only at the head."""
    for number, cell in enumerate(_cells(name, "code")):
        source = _source(cell)
        tree = ast.parse(source)
        assert 1 <= len([line for line in source.splitlines() if line.strip()]) <= 8
        assert isinstance(tree.body[-1], ast.Expr)
        kinds = {type(node) for node in ast.walk(tree)}
        assert not kinds & {
            ast.FunctionDef,
            ast.ClassDef,
            ast.Lambda,
            ast.For,
            ast.While,
            ast.If,
            ast.With,
            ast.Try,
        }
        if number:
            assert not kinds & {ast.Import, ast.ImportFrom}
        assert not source.rstrip().endswith(";")


@pytest.mark.parametrize("name", ALL)
def test_more_text_than_code(name: str) -> None:
    """A chapter reads like one."""
    assert len(_cells(name, "markdown")) > len(_cells(name, "code"))


@pytest.mark.parametrize("name", CHAPTERS)
def test_both_languages_run_the_same_code(name: str) -> None:
    """Cell by cell, with the language's code the only difference; tags and kinds are the same too."""
    english, chinese = _chapter(f"en/{name}")["cells"], _chapter(f"zh/{name}")["cells"]

    assert [(cell["cell_type"], _tags(cell)) for cell in english] == [
        (cell["cell_type"], _tags(cell)) for cell in chinese
    ]
    for one, other in zip(_cells(f"en/{name}", "code"), _cells(f"zh/{name}", "code"), strict=True):
        assert _source(one).replace('"en"', '"zh"') == _source(other)


@pytest.mark.parametrize("name", CHAPTERS)
def test_both_languages_show_the_same_numbers(name: str) -> None:
    """The dollars in the stored tables are the same in both, in the same order."""

    def dollars(cell: dict) -> list[str]:
        tables = "".join("".join(output["data"].get("text/html", "")) for output in cell["outputs"])
        return re.findall(r"\$[\d,]+", tables)

    for one, other in zip(_cells(f"en/{name}", "code"), _cells(f"zh/{name}", "code"), strict=True):
        assert dollars(one) == dollars(other)


@pytest.mark.parametrize("name", ALL)
def test_head_and_foot(name: str) -> None:
    """Title and question first, then law and disclaimer; at the end what to take away, what is not modelled, sources."""
    chapter, code = _chapter(name), name[:2]
    first, second, last = (_source(chapter["cells"][k]) for k in (0, 1, -1))
    words = {"en": ("What to take away", "Not modelled", "Sources"), "zh": ("要点", "未纳入计算", "来源")}[
        code
    ]

    assert re.match(rf"# (\d\d · )?{re.escape(chapter['metadata']['title'])}\n\n\*\*.+(\?\*\*|\*\*？)", first)
    assert f'disclaimer("{code}")' in second
    assert all(word in last for word in words)


@pytest.mark.parametrize("name", ALL)
def test_the_disclaimer_is_made_from_the_law(name: str) -> None:
    """Law year, status and the day of checking come from data/law, and so never grow old in the text."""
    head = "".join(_cells(name, "code")[0]["outputs"][0]["data"]["text/html"])
    prose = "\n".join(_source(cell) for cell in _cells(name, "markdown"))
    words = {
        "en": ("not tax, legal or investment advice", "November 24, 2026"),
        "zh": ("不构成税务、法律或投资建议", "2026 年 11 月 24 日"),
    }

    assert all(word in head for word in words[name[:2]])
    assert not re.search(r"checked on \w+ \d|核对于|核对的法规", prose)


@pytest.mark.parametrize("name", ALL)
def test_no_figure_of_the_law_is_typed(name: str) -> None:
    """Neither in code nor in prose: next year's limits need no edit here."""
    law = _figures_of_the_law()
    typed = "\n".join(_source(cell) for cell in _chapter(name)["cells"])
    numbers = {float(re.sub(r"[,_]", "", number)) for number in re.findall(r"\d[\d,_]*\d", typed)}

    assert 72_000.0 in law
    assert numbers & law == set()


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("zh")])
def test_chinese_prose_is_chinese(name: str) -> None:
    """Full-width marks, no italics, 您 and never 你; the words of the glossary, not their look-alikes."""
    for cell in _cells(name, "markdown"):
        text = re.sub(r"\[[^\]]*\]\([^)]*\)|https?://\S+", "", _source(cell))
        assert not re.search(r"[\u4e00-\u9fff] ?[,;:!?](?!\w)", text)
        assert not re.search(r"(?<!\*)\*(?!\*|\s)[^*\n]*[\u4e00-\u9fff]", re.sub(r"\*\*", "", text))
        assert not re.search(r"你|亲，|帐户|收益率|补偿|应该|建议您|务必|最佳|保证|！", text)


@pytest.mark.parametrize("name", [name for name in ALL if name.startswith("en")])
def test_english_prose_gives_no_advice(name: str) -> None:
    """No advice verbs, no promises, no dollar sign that JupyterLab would take for a formula."""
    for cell in _cells(name, "markdown"):
        assert not re.search(
            r"\b(should|recommend|guaranteed|risk-free|best|always|loophole|huge|simply|just)\b",
            _source(cell),
        )
        assert "$" not in _source(cell)
        assert "!" not in _source(cell)
