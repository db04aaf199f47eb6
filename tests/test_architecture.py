"""The house keeps its plan: floors, one module that draws, pure rules, law in data, no machine's places."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# A module imports only from modules that stand before it here. A new module takes its place here first.
HOUSE = {
    "facts": "data labels errors yaml_file fields law state_law providers client",
    "rules": """
        working room space employers payroll rollover self_employed incorporated deductions household_table income_tax
        state_return state_lines state_rules state_tax medicare breaks piecewise client_space owner_plans
        client_return spreading pay_dates paid_so_far paychecks_left
        paycheck_elections paychecks tax_edges extra_income share_trade landing roth_money roth_access backdoor ira_money plan_features plan_reasons eligibility payouts tax_forms
        form_boxes payer_forms safe_harbor
    """,
    "plans": """
        strategies markets accounts yearly_tax ladder coming_years flat mistakes planned refunds moves engine
        ledger simulation projection year_forms comparison sensitivity scenarios job_offer offers book_rows book_room book
    """,
    "show": """
        language plan_pages plan_sentences plan_money plan_phrases plan_verdicts plan_clauses plan_text plan_facts
        client_files edges tables income_tables eligibility_tables backdoor_tables solo_tables
        pay_history pay_tables offer_tables form_tables growth_tables choices book_file book_tables page_font letters sources findings monday results training_answers training charts eligibility_pictures income_pictures
        backdoor_pictures solo_pictures pay_pictures offer_pictures growth_pictures chapter firm handout_facts
        handout_parts handout_pdf handout_html sheet book_result workbook handout notes notebook_files server
    """,
    "show.panels": """
        plain fields page why panel facts_form space paychecks waiting conversion eligibility plan_summary backdoor solo_fields solo
        offers forms received_form estimated_tax growth risk scenarios handouts start meeting training book
    """,
}
ORDER = [f"megaroth.{floor}.{name}" for floor, names in HOUSE.items() for name in names.split()] + [
    "megaroth.cli",
    "megaroth.__main__",
]
CALCULATION = ("facts", "rules", "plans")


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its full name; a folder's own `__init__` has the folder's."""
    found = {}
    for path in sorted((ROOT / "megaroth").rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def named(*floors: str) -> list[str]:
    """The modules of these floors."""
    return [name for name in modules() if name.startswith(tuple(f"megaroth.{floor}." for floor in floors))]


def imports(name: str) -> Iterator[str]:
    """Full names of what a module imports, at its head or inside a function."""
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports by a relative name"
            full = [f"{node.module}.{each.name}" for each in node.names]
            yield from (each if each in modules() else node.module for each in full)


def importers(*packages: str) -> set[str]:
    """Modules that import one of these packages or a part of it."""
    roots = set(packages)
    return {name for name in modules() if any(each.split(".")[0] in roots for each in imports(name))}


# --- floors ---


def test_every_module_has_its_place() -> None:
    """A module stands on a floor and in the order of HOUSE, so that its imports can be judged."""
    packages = {"megaroth", *(f"megaroth.{floor}" for floor in HOUSE)}

    assert modules().keys() - packages - set(ORDER) == set()
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("name", [name for name in modules() if name in ORDER])
def test_imports_go_one_way(name: str) -> None:
    """A module imports only from earlier floors, or from earlier modules of its own."""
    earlier = set(ORDER[: ORDER.index(name)])

    ours = {each for each in imports(name) if each.split(".")[0] == "megaroth"}

    assert ours - earlier == set()


@pytest.mark.parametrize("name", ["megaroth", *(f"megaroth.{floor}" for floor in HOUSE)])
def test_a_folder_only_lists_its_own(name: str) -> None:
    """A folder's `__init__` is empty or re-exports its own modules: a floor brings no other one in."""
    assert [
        each for each in imports(name) if each.startswith("megaroth") and not each.startswith(f"{name}.")
    ] == []


def test_nothing_is_imported_out_of_sight() -> None:
    """Only the package's own `__init__` and that of the panels, which load names when first used, import by a text."""
    hidden = {"import_module", "__import__", "exec", "eval"}
    guilty = {name for name, tree in modules().items() if hidden & {called for called, _ in calls(tree)}}

    assert guilty <= {"megaroth", "megaroth.show.panels"}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Each call with the last word of its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


# --- who may use what ---


def test_one_module_draws() -> None:
    """Pictures are made in show/charts.py alone."""
    assert importers("matplotlib") == {"megaroth.show.charts"}


def test_widgets_stay_in_the_panels() -> None:
    """Only show/panels knows widgets."""
    assert importers("ipywidgets") <= {"megaroth.show.panels", *named("show.panels")}
    assert importers("ipywidgets")


def test_calculation_knows_no_screen() -> None:
    """Facts, rules and plans use no package that shows, serves or translates."""
    screen = importers(
        "matplotlib", "PIL", "ipywidgets", "IPython", "jupyterlab", "tornado", "babel", "gettext"
    )

    assert screen & set(named(*CALCULATION)) == set()


def test_rules_and_plans_read_nothing() -> None:
    """Facts and law in, numbers out: no file, no clock, no chance but a seeded one, no print."""
    inner = set(named("rules", "plans"))
    outside = importers(
        "os", "io", "pathlib", "sys", "time", "random", "yaml", "json", "csv", "shutil", "socket"
    )
    forbidden = {"open", "print", "input", "now", "today", "read_csv", "read_text", "write_text"}

    assert outside & inner == set()
    for name in inner:
        assert forbidden & {called for called, _ in calls(modules()[name])} == set(), name
        assert [
            call.lineno
            for called, call in calls(modules()[name])
            if called == "default_rng" and not call.args
        ] == []


def test_facts_need_no_frame() -> None:
    """Facts and law are values, not tables: reading a client does not wait for pandas."""
    assert importers("pandas") & set(named("facts")) == set()


# --- importing ---


def run(code: str) -> str:
    """What a fresh Python says."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import megaroth` waits for no package; names load when first used."""
    heavy = {"numpy", "pandas", "scipy", "pydantic", "yaml", "matplotlib", "ipywidgets", "IPython", "babel"}

    loaded = run("import sys, megaroth; print(*{name.split('.')[0] for name in sys.modules})").split()

    assert heavy & set(loaded) == set()


def test_calculation_works_without_the_screen() -> None:
    """A script that only calculates needs none of show/, nor what it draws and serves with."""
    absent = ("megaroth.show", "matplotlib", "PIL", "ipywidgets", "IPython", "jupyterlab", "babel")
    code = f"import sys; sys.modules.update(dict.fromkeys({absent})); from importlib import import_module\n"
    code += f"for name in {named(*CALCULATION)}: import_module(name)\n"
    code += "import megaroth as mr; print(mr.Client.load('lin').name, mr.load_law(2026).year)"

    assert run(code).split() == ["Lin", "2026"]


def test_every_public_name_is_there() -> None:
    """Each name that the package promises can be had, and `dir` shows it."""
    missing = run(
        "import megaroth as mr; print(*(n for n in mr.__all__ if not hasattr(mr, n) or n not in dir(mr)))"
    )

    assert missing.split() == []


# --- law is data ---

# Numbers that may stand in a calculation, for none of them comes from a statute.
COUNTS = {0, 1, 2, 3, 4, 0.5}
CALENDAR = {12, 24, 26, 31, 52, 365, 366}  # months, paychecks, days
PERCENT = {100}
TINY = {0.005, *(10.0**-k for k in range(2, 16))}  # cents, and the last bits of a sum
MEMORY = {2**k for k in range(5, 15)}  # rows at a time, answers kept
ORDINARY = COUNTS | CALENDAR | PERCENT | TINY | MEMORY
# The others, by module, each with what it is.
SPECIAL = {
    "facts.client": {
        "oldest participant": {110},
        "assumptions to start from (design, not law)": {0.07, 0.15, 0.04, 0.06, 0.025, 0.03, 0.015, 0.24},
        "how far an assumption may go": {0.05, 0.2, 5},
        "first half of a year": {6},
        "no Roth IRA is older": {1998},
    },
    "facts.errors": {"letters of a value that a sentence repeats": {60}, "number too long to write out": {1e18}},
    "facts.fields": {
        "years that can be asked for": {2018, 2126, 1900},
        "how far an entry may go": {20, 0.99, 80},
        "near misses named in a message": {0.4, 6},
    },
    "facts.providers": {"letters of a sentence": {400}},
    "facts.law": {"inflation to start from, and its bounds": {0.025, 0.05, 0.2}},
    "rules.backdoor": {"oldest person": {120}, "oldest Form 8606": {1987}, "decimals of a float": {15}},
    "rules.breaks": {"samples, halvings, dollars beside a break": {8, 60, 20}},
    "rules.household_table": {"oldest person": {120}},
    "rules.income_tax": {"rows at a time, and what they take": {25_000, 4_000_000}},
    "rules.pay_dates": {"middle of a month": {15}},
    "rules.paychecks_left": {"about a paycheck": {0.8}},
    "rules.piecewise": {"cells, and where a line is tried in them": {16, 0.2718, 0.618}},
    "rules.roth_access": {"oldest birth": {1900}},
    "rules.roth_money": {"no Roth IRA is older": {1998}},
    "rules.space": {"oldest person": {120}},
    "rules.tax_forms": {"oldest person": {120}},
    "rules.tax_edges": {"dollars beyond every line of law, and how far to look": {100_000_000, 2_000_000}},
    "rules.share_trade": {"shares from nothing to the largest": {41}},
    "plans.comparison": {"delays and rates that are tried": {11, 21, 25, 0.2}, "decimals of a factor": {9}},
    "plans.flat": {"bare figures to start from, and their bounds": {0.07, 0.24, 0.99}},
    "plans.markets": {"paths, years, seeds that can be asked for": {2_500, 5, 1_000_000, 63, 0.99}},
    "plans.mistakes": {"a room overfilled, to show": {0.1}},
    "plans.offers": {"offers side by side": {6}},
    "plans.sensitivity": {
        "steps by which an assumption is moved": {0.02, 0.03, 0.04, 0.1, 0.2, 5, 11, 30},
        "decimals of a rate": {6},
        "last day that every month has": {28},
    },
    "plans.simulation": {"quantiles and paths": {0.05, 0.25, 0.75, 0.95, 10_000}},
    "plans.strategies": {"months between transfers": {6}},
}  # fmt: skip
# Numbers from a thousand up that may stand in show/.
SHOWN = {
    # bytes and letters of a file that is read, and its sentences
    "megaroth.show.plan_pages": {1_024, 3_000, 500_000, 1_500_000, 3_000_000},
    "megaroth.show.plan_sentences": {8_000},  # letters of a paragraph
    "megaroth.show.plan_clauses": {3_000},  # letters of a sentence
    "units of money": {1e3, 1e4, 1e6, 1e7, 1e8},
    "the most that can be typed": {1e12},
    "a slider's start and end": {25_000, 200_000},
    "objects between two looks for garbage": {100_000},
    "seconds, and a port": {3600, 8888},
}


def numbers(name: str) -> set[float]:
    nodes = (node for node in ast.walk(modules()[name]) if isinstance(node, ast.Constant))
    return {node.value for node in nodes if type(node.value) in (int, float)}


@pytest.mark.parametrize("name", named(*CALCULATION))
def test_no_figure_of_law_is_in_code(name: str) -> None:
    """A limit, rate or age stands in data/law: a number in a calculation is on the short list above."""
    special = SPECIAL.get(name.removeprefix("megaroth."), {})

    assert numbers(name) - ORDINARY - set().union(*special.values()) == set()


@pytest.mark.parametrize("name", named("show"))
def test_no_dollar_of_law_is_on_the_screen(name: str) -> None:
    """What is shown comes from a calculation: a large number in show/ is on the short list above."""
    assert {number for number in numbers(name) if number >= 1000} - set().union(*SHOWN.values()) == set()


def test_the_list_of_numbers_is_no_longer_than_needed() -> None:
    """Each special number is still used: a list that only grows stops telling anything."""
    kept = {
        (module, number)
        for module, reasons in SPECIAL.items()
        for number in set().union(*reasons.values())
        if f"megaroth.{module}" not in modules() or number not in numbers(f"megaroth.{module}")
    }

    assert kept == set()


# --- what the files say ---

WRITTEN = {
    ".py",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".lock",
    ".txt",
    ".csv",
    ".ipynb",
    ".po",
    ".css",
    ".j2",
    ".json",
    "",
}
OF_A_PLACE = re.compile(
    r"(?<![\w.])/(root|home|Users|work|tmp|opt|mnt)/\w|\b[A-Z]:\\+(Users|work|tmp)\b|\bfile:/"
    r"|\b(pypi|pythonhosted|anaconda|npmjs|deb\.debian)\.(org|com)"
)
MADE_HERE = {
    ".venv",
    ".venv.old",
    ".git",
    ".hypothesis",
    ".ruff_cache",
    "__pycache__",
    "clients",
    "providers",
    "handouts",
    "build",
    "dist",
}


def written_files() -> Iterator[Path]:
    """Every text of the project; what set-up, tests and readers make lies elsewhere."""
    for path in sorted(ROOT.iterdir()):
        if path.name not in MADE_HERE:
            found = path.rglob("*") if path.is_dir() else [path]
            yield from (each for each in found if each.suffix in WRITTEN and each.is_file())


def test_no_file_names_a_place_of_one_machine() -> None:
    """No path of the machine that wrote it, no package registry: the project works where it is put."""
    found = {
        path.relative_to(ROOT).as_posix(): match[0]
        for path in written_files()
        for match in OF_A_PLACE.finditer(path.read_text(encoding="utf-8"))
    }

    assert found == {}
