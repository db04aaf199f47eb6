"""The training room: every case computed, its mistakes told apart, typed text of any kind read, and the panel that shows it."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError
from megaroth.facts.law import load_law
from megaroth.show.language import language
from megaroth.show.panels.training import HOW_TO_TYPE, CasesPanel
from megaroth.show.sources import FIGURES
from megaroth.show.training import (
    PARTS,
    Case,
    cases_table,
    check,
    mistakes_table,
    training_case,
    training_cases,
    verdict_on,
)
from megaroth.show.training_answers import CALCULATIONS
from tests.test_chinese import check as check_chinese
from tests.test_chinese import said_by
from tests.test_notebooks import _figures_of_the_law

CASES = training_cases()
CENT = 0.01
NUMBERS = ("dollars", "percent", "year")
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
each_mistake = pytest.mark.parametrize(
    ("case", "rule"), [(case, rule) for case in CASES for rule in case.mistakes], ids=lambda each: getattr(each, "name", each)
)  # fmt: skip
both_languages = pytest.mark.parametrize("code", ["en", "zh"])


def as_typed(case: Case, answer: object) -> str:
    """An answer as a trainee would type it."""
    match case.answer_in:
        case "dollars":
            return f"{answer:,.2f}"
        case "percent":
            return f"{answer * 100:.4f}"
        case "yes_no":
            return "yes" if answer else "no"
        case "choice":
            return "abc"[list(case.options).index(answer)]
    return str(answer)


def texts(case: Case) -> list[dict[str, str]]:
    whys = [mistake.why for mistake in case.mistakes.values()]
    return [
        case.title, case.story, case.question, *case.hints, case.because, *whys, *case.options.values()
    ]  # fmt: skip


# --- the cases ---


def test_the_published_answers() -> None:
    """What the law reference works out by hand, and sums that a pencil can follow."""
    right = {case.name: case.solution.right for case in CASES}

    expected = {
        "verdict": "late_only", "room": 37_500, "catch_up": 24_500 + 11_250, "cap": 31_000 - 5_000, "plan_457b": False,
        "solo": 18_587.05, "partial": 3_333.33, "bracket": 10_750 * 0.24 + 9_250 * 0.32, "niit": 5_000 * 0.038,
        "waiting": (30_000 * (1.06**2 + 1.06 + 1) - 90_000) * 0.24, "premium_year": 2028, "premiums": 2_296.80,
        "backdoor": 0.9, "form_line": "5b",
    }  # fmt: skip
    assert right == pytest.approx(expected, abs=0.005)


@each_case
def test_a_right_answer_is_accepted(case: Case) -> None:
    """As the trainee types it, to the cent."""
    assert check(case, as_typed(case, case.solution.right)).status == "right"


@each_mistake
def test_a_mistake_is_recognised_by_name(case: Case, rule: str) -> None:
    """And lies more than a cent away from the right answer and from every other mistake."""
    wrong = case.solution.wrong[rule]
    others = [case.solution.right, *(each for name, each in case.solution.wrong.items() if name != rule)]

    found = check(case, as_typed(case, wrong))

    assert (found.status, found.rule) == ("mistake", rule)
    if case.answer_in in NUMBERS:
        unit = 0.0001 if case.answer_in == "percent" else CENT
        assert min(abs(wrong - other) for other in others) > unit
    else:
        assert wrong not in others


@each_case
def test_rounding_is_forgiven(case: Case) -> None:
    """Whole dollars for cents, a tenth of a percent: right but for rounding, never a mistake."""
    right = case.solution.right
    if case.answer_in == "dollars":
        assert check(case, f"{right + 0.6:.2f}").status == "close"
        assert check(case, f"{right:.0f}").solved
    if case.answer_in == "percent":
        assert check(case, f"{right * 100 + 0.05}").status == "close"
    if case.answer_in == "year":
        assert check(case, f"{right + 3}").status == "not_yet"


@each_case
def test_a_case_is_whole(case: Case) -> None:
    """A calculation that is there, a why for each of its wrong rules, two hints, citations, figures with a name."""
    assert case.calculation in CALCULATIONS
    assert set(case.mistakes) == set(case.solution.wrong)
    assert len(case.hints) == 2
    assert case.part in PARTS
    assert case.answer_in in HOW_TO_TYPE
    assert set(case.figures) <= set(FIGURES)
    assert all([case.cite, *(mistake.cite for mistake in case.mistakes.values())])


def test_the_cases_cover_the_workshop() -> None:
    """Each part has a case, they follow each other in order, and each kind of answer is asked for."""
    order = [PARTS.index(case.part) for case in CASES]

    assert order == sorted(order)
    assert set(order) == set(range(len(PARTS)))
    assert {case.answer_in for case in CASES} == set(HOW_TO_TYPE)
    assert len({case.name for case in CASES}) == len(CASES) == 14


@each_case
def test_the_working_ends_in_the_answer(case: Case) -> None:
    """To the cent, where the answer is an amount: a reviewer can follow it with a pencil."""
    if case.answer_in == "dollars":
        assert case.solution.working["amount"].iloc[-1] == pytest.approx(case.solution.right, abs=0.005)


def test_another_year_needs_no_edit() -> None:
    """With the facts of another year the answers follow that year's law."""
    room = training_case("room")
    facts = {**room.facts, "year": 2025}

    solution = CALCULATIONS[room.calculation](**facts)

    assert solution.right == load_law(2025).annual_additions - load_law(2025).elective_deferral - 10_000


def test_no_figure_of_the_law_is_typed() -> None:
    """Neither in a story nor in its facts: an answer that rests on a typed limit would grow old."""
    typed = (data_path("training", "cases.yaml")).read_text(encoding="utf-8")
    numbers = {float(re.sub(r"[,_]", "", number)) for number in re.findall(r"\d[\d,_]*\d", typed)}

    assert 310_000.0 in numbers
    assert numbers & _figures_of_the_law() == set()


@both_languages
@each_case
def test_every_text_is_there(case: Case, code: str) -> None:
    """In both languages, with its places filled and no sentence left empty."""
    speak = language(code)

    said = [case.said(speak, words) for words in texts(case)]

    assert all(said)
    assert not re.search(r"[{}]|\bnan\b|None", " ".join(said))
    assert bool(re.search(r"[\u4e00-\u9fff]", "".join(said))) == (code == "zh")
    assert {frozenset(words) for words in texts(case)} == {frozenset(("en", "zh"))}


@each_case
def test_the_english_gives_no_advice(case: Case) -> None:
    """The words that voice leaves out."""
    said = " ".join(words["en"] for words in texts(case))

    assert not re.search(
        r"\b(should|recommend|guaranteed|best|always|never mind|simply|just|only|loophole)\b|!", said
    )


@each_case
def test_the_chinese_is_chinese(case: Case) -> None:
    """Full-width marks, spaces where they belong, the glossary's words, 您 and never 你."""
    speak = language("zh")
    said = [case.said(speak, words) for words in texts(case)]

    check_chinese(said)
    assert not re.search(r"你|帐户|收益率|补偿|应该|建议您|务必|最佳|保证|！|(?<!其)他|她", "".join(said))


# --- what is typed ---


def test_answers_are_read_in_many_ways() -> None:
    """Money as the house reads it, a letter in either width, a line with its words, yes and no in both languages."""
    ways = {
        "room": ("37500", "$37,500", "37.5k", "3.75万", " US$37,500.00 ", "３７５００"),
        "backdoor": ("90", "90%", "90.0 %"),
        "plan_457b": ("no", "No.", "N", "否", "没有", "ｎｏ"),
        "verdict": ("b", "B", "b)", "(b)", "ｂ"),
        "form_line": ("5b", "5 B", "line 5b", "Form 1040, line 5b", "第 5b 行", "５ｂ"),
        "premium_year": ("2028", " 2028 ", "２０２８"),
    }

    for case in CASES:
        for typed in ways.get(case.name, ()):
            assert check(case, typed).status == "right", (case.name, typed)


@pytest.mark.parametrize(
    ("name", "typed", "rule"),
    [
        ("room", "abc", "number"), ("room", "nan", "finite"), ("room", "inf", "finite"), ("room", "1e400", "finite"),
        ("room", "9999999999999", "at_most"), ("room", "  ", "missing"), ("room", "", "missing"), ("backdoor", "half", "number"),
        ("plan_457b", "perhaps", "yes_or_no"), ("verdict", "d", "choice"), ("form_line", "Form 8606 line 18", "form_line"),
        ("form_line", "five b", "form_line"), ("premium_year", "2028.5", "whole"), ("premium_year", "soon", "number"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_answer_gets_a_sentence(name: str, typed: str, rule: str) -> None:
    """One that names the answer and says what it has to be, in both languages."""
    with pytest.raises(InputError) as caught:
        check(training_case(name), typed)

    assert (caught.value.rule, caught.value.field) == (rule, "answer")
    assert "Your answer" in language("en").problem(caught.value)
    assert "您的答案" in language("zh").problem(caught.value)


@settings(deadline=None)
@given(typed=st.text(max_size=40), case=st.sampled_from(CASES))
def test_any_text_is_judged_or_refused(typed: str, case: Case) -> None:
    """Whatever is typed: a judgement, or a sentence; nothing else."""
    try:
        said = check(case, typed).status
    except InputError as problem:
        said = language("zh").problem(problem)

    assert said in ("right", "close", "mistake", "not_yet") or said.startswith("请检查：")


@settings(deadline=None)
@given(amount=st.floats(-1e6, 1e6))
def test_an_answer_far_from_all_known_ones_is_not_yet_right(amount: float) -> None:
    """More than a dollar from the answer and from each mistake: a hint and no guess at the mistake."""
    case = CASES[1]
    near = min(abs(amount - each) for each in (case.solution.right, *case.solution.wrong.values()))

    assert (check(case, f"{amount:.2f}").status == "not_yet") == (round(near, 2) > 1.0) or abs(
        near - 1
    ) < CENT


def test_an_unknown_case_or_part_is_refused() -> None:
    """By a sentence that names those there are; a part that is there has its own cases alone."""
    with pytest.raises(InputError, match="catch_up"):
        training_case("nothing")
    with pytest.raises(InputError, match="waiting"):
        training_cases("nothing")
    assert [case.name for case in training_cases("waiting")] == ["waiting", "premium_year", "premiums"]
    assert CasesPanel("en", training_cases("forms")).case.name == "form_line"


# --- the panel ---


def panel_at(name: str, code: str = "en") -> CasesPanel:
    panel = CasesPanel(code)
    panel.choose(name)
    return panel


def typed_into(panel: CasesPanel, text: str) -> str:
    panel.answer.widget.value = text
    return panel.feedback.value


def test_a_mistake_is_named_with_its_cite() -> None:
    """The trap of taking the catch-up inside the limit, as a trainee meets it; it costs no hint and no point."""
    panel = panel_at("room")

    said = typed_into(panel, "29,500")

    assert "inside the limit" in said
    assert "414(v)(3)(A)" in said
    assert panel.help.value == ""
    assert "Right: $37,500." in typed_into(panel, "37.5k")
    assert panel.progress["room"].unaided


def test_help_comes_step_by_step() -> None:
    """A first hint, a second one, then the working; solved after that, it does not count as one's own."""
    panel = panel_at("partial")

    assert "Not yet." in typed_into(panel, "11")
    assert panel.help.value.count("Hint:") == 1
    panel.hint.click()
    assert panel.help.value.count("Hint:") == 2
    assert "megaroth-working" not in panel.help.value
    assert panel.hint.description == "Show the working"
    panel.hint.click()
    assert "megaroth-working" in panel.help.value
    assert "$3,333.33" in panel.help.value
    assert panel.hint.disabled
    typed_into(panel, "3333.33")
    assert "1 of 14 solved, 0 without" in panel.score.value


def test_the_same_answer_twice_costs_one_hint() -> None:
    """Leaving the box checks, and so does the button that is then clicked: one answer is one try."""
    panel = panel_at("room")
    typed_into(panel, "12345")

    panel.check.click()

    assert panel.progress["room"].hints == 1


def test_the_room_goes_from_case_to_case_to_the_score() -> None:
    """Next clears the box, keeps what was reached, ends at the score and stays there."""
    panel = CasesPanel("en")
    for case in panel.cases:
        assert panel.case == case
        typed_into(panel, as_typed(case, case.solution.right))
        panel.next.click()
        assert panel.answer.widget.value == ""
        assert panel.feedback.value == ""

    assert panel.case is None
    assert "14 of 14 cases solved without the working" in panel.finding.value
    assert set(panel.score_table()["Result"]) == {"solved"}
    assert panel.check.disabled
    panel.choose("room")
    assert not panel.check.disabled


def test_a_bad_answer_marks_the_box_and_keeps_the_text() -> None:
    """One sentence where the verdict stands; it costs nothing."""
    panel = panel_at("room")

    said = typed_into(panel, "<b>abc</b>")

    assert "must be a number; you entered &lt;b&gt;abc" in said
    assert "please check" in panel.answer.widget.description
    assert panel.answer.widget.value == "<b>abc</b>"
    assert panel.progress["room"].hints == 0
    panel.answer.widget.value = ""
    panel.check.click()
    assert "Your answer is missing" in panel.feedback.value


def test_answers_are_out_of_sight_until_the_trainer_asks() -> None:
    """No answer stands anywhere in the panel; a switch shows all of them, and hides them again."""
    panel = CasesPanel("en")
    shown = "".join(part for part in said_by(panel))

    assert "$37,500" not in shown
    assert panel.answers.value == ""
    panel.show_answers.click()
    assert "$37,500" in panel.answers.value
    assert "$29,500" in panel.answers.value
    panel.show_answers.click()
    assert panel.answers.value == ""


def test_the_panel_speaks_chinese() -> None:
    """Every case, its hints, working, mistakes, the score and the trainer's tables."""
    panel, said = CasesPanel("zh"), []
    for case in panel.cases:
        for _ in range(3):
            panel.hint.click()
        said += said_by(panel)
        for answer in ("很多", *(as_typed(case, each) for each in case.solution.wrong.values())):
            typed_into(panel, answer)
            said += said_by(panel.feedback)
        panel.next.click()
    panel.show_answers.click()
    said += said_by(panel)

    check_chinese(said)


@both_languages
def test_the_tables_of_the_trainer(code: str) -> None:
    """An answer for each case and a row for each mistake; the panel's own table says the same as its verdict."""
    mistakes = sum(len(case.mistakes) for case in CASES)
    speak = language(code)

    assert len(cases_table(code)) == 14
    assert len(mistakes_table(code)) == mistakes
    assert len(mistakes_table(code, CASES[:1])) == len(CASES[0].mistakes)
    row = CasesPanel(code).table_with(room="29,500").iloc[0]
    assert row.tolist()[1:] == list(verdict_on(speak, CASES[1], check(CASES[1], "29,500")))


def test_nothing_is_written() -> None:
    """The score stays in the panel: the module knows no file but that of the cases."""
    for name in ("training.py", "training_answers.py", "panels/training.py"):
        source = (Path(__file__).parents[1] / "megaroth" / "show" / name).read_text(encoding="utf-8")
        assert not re.search(r"write|save_|\bopen\(", source)
