"""Cases for a training room: stories with a question, and what a trainee's answer says about how it was found."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError, refuse
from megaroth.facts.labels import unit_of
from megaroth.facts.yaml_file import read_yaml
from megaroth.show.language import Language, language, parse_money, parse_percent, parse_whole
from megaroth.show.tables import frame
from megaroth.show.training_answers import CALCULATIONS, Answer, Solution

Words = Mapping[str, str]  # by language code
# How far from an answer still is that answer, and how far is rounding: a cent and a dollar, hundredths of a percent.
EXACT = {"dollars": 0.005, "percent": 0.000_05}
CLOSE = {"dollars": 1.0, "percent": 0.001}
YES_NO = {
    **dict.fromkeys(("yes", "y", "是", "有", "能", "可以"), True),
    **dict.fromkeys(("no", "n", "否", "不", "没有", "不能", "不可以", "无"), False),
}
PARTS = ("room", "conversion", "waiting", "backdoor", "forms")


@dataclass(frozen=True)
class Mistake:
    """A wrong answer with a name: why it is wrong, in one sentence, and where the rule stands."""

    why: Words
    cite: str


@dataclass(frozen=True)
class Case:
    """
    A case of data/training/cases.yaml.

    Attributes: name; part (of the workshop, one of PARTS); calculation (one of CALCULATIONS) and its facts; answer_in (what
        is typed: dollars, percent, year, yes_no, form_line, choice); title, story, question; hints (two); because and
        cite (the rule in a sentence); mistakes (by the names of the calculation's wrong rules); options (of a choice);
        figures (of data/law that are needed).
    """

    name: str
    part: str
    calculation: str
    facts: Mapping[str, float | str]
    answer_in: str
    title: Words
    story: Words
    question: Words
    hints: tuple[Words, ...]
    because: Words
    cite: str
    mistakes: Mapping[str, Mistake]
    options: Mapping[str, Words] = field(default_factory=dict)
    figures: tuple[str, ...] = ()

    @cached_property
    def solution(self) -> Solution:
        """The answers, computed from the facts when first asked for."""
        return CALCULATIONS[self.calculation](**self.facts)

    def said(self, speak: Language, words: Words) -> str:
        """One of the case's texts in the reader's language, with its facts."""
        shown = {name: _fact(speak, name, value) for name, value in self.facts.items()}
        law = {name: speak.money(value, cents=True) for name, value in self.solution.shown.items()}
        return speak._(words[speak.code], **shown, **law)

    def answer(self, speak: Language, answer: Answer) -> str:
        """An answer, right or wrong, in words."""
        match self.answer_in:
            case "dollars":
                return speak.money(answer, cents=round(answer, 2) % 1 != 0)
            case "percent":
                return speak.percent(answer)
            case "yes_no":
                return speak._("yes" if answer else "no")
            case "form_line":
                return speak._("line {line}", line=answer)
            case "choice":
                return self.options[answer][speak.code]
        return str(answer)

    def lettered(self, speak: Language) -> list[tuple[str, str]]:
        """The letter and the words of each option."""
        return [(chr(ord("a") + k), words[speak.code]) for k, words in enumerate(self.options.values())]


def _fact(speak: Language, name: str, value: float | str) -> str:
    unit = unit_of(name)
    return speak.money(value) if unit == "money" else speak.percent(value) if unit == "rate" else str(value)


def training_cases(part: str | None = None) -> list[Case]:
    """The cases in the order of the workshop, or those of one part; raises InputError for a part that is none."""
    content, _ = read_yaml(data_path("training", "cases.yaml"))
    if part is not None and part not in PARTS:
        refuse("choice", "part", part, choices=", ".join(PARTS))
    return [case for case in map(_case, content["cases"]) if part in (None, case.part)]


def training_case(name: str) -> Case:
    """The case of that name; raises InputError for any other."""
    cases = {case.name: case for case in training_cases()}
    if name not in cases:
        refuse("choice", "case", name, choices=", ".join(cases))
    return cases[name]


def _case(row: Mapping[str, object]) -> Case:
    listed = {name: tuple(row[name]) for name in ("hints", "figures") if name in row}
    mistakes = {rule: Mistake(**mistake) for rule, mistake in row["mistakes"].items()}
    return Case(**{**row, **listed, "mistakes": mistakes})


# --- checking ---


@dataclass(frozen=True)
class Checked:
    """What an answer is: "right", "close" (right but for rounding), "mistake" (with its name), or "not_yet"."""

    status: str
    rule: str = ""

    @property
    def solved(self) -> bool:
        return self.status in ("right", "close")


def check(case: Case, typed: str) -> Checked:
    """
    Judge what a trainee typed: the answer, right or known to be wrong, that is nearest to it.

    Raises: InputError when nothing was typed, or what cannot be an answer to this question.
    """
    given, kind = answer_of(case, typed), case.answer_in
    answers = {"": case.solution.right, **case.solution.wrong}
    rule, away = min(
        ((name, _distance(given, answer)) for name, answer in answers.items()), key=lambda each: each[1]
    )
    if away > CLOSE.get(kind, 0.0):
        return Checked("not_yet")
    if rule:
        return Checked("mistake", rule)
    return Checked("right" if away <= EXACT.get(kind, 0.0) else "close")


def _distance(given: Answer, answer: Answer) -> float:
    if isinstance(given, str) or isinstance(answer, str):
        return 0.0 if given == answer else math.inf
    return abs(float(given) - float(answer))


def answer_of(case: Case, typed: str) -> Answer:
    """
    What was typed as an answer to the question.

    Raises: InputError that says what the answer has to be.
    """
    if not typed.strip():
        refuse("missing", "answer", None)
    given = _READERS[case.answer_in](case, typed)
    if isinstance(given, float) and not math.isfinite(given):
        refuse("finite", "answer", given)
    return given


def _read_yes_no(case: Case, typed: str) -> bool:
    if (bare := _bare(typed)) not in YES_NO:
        refuse("yes_or_no", "answer", typed.strip())
    return YES_NO[bare]


def _read_choice(case: Case, typed: str) -> str:
    letters = {chr(ord("a") + k): option for k, option in enumerate(case.options)}
    if (bare := _bare(typed)) not in letters:
        refuse("choice", "answer", typed.strip(), choices=", ".join(letters))
    return letters[bare]


def _read_line(case: Case, typed: str) -> str:
    bare = re.sub(r"form|lines?|1040|[第行]", "", _bare(typed))
    if not re.fullmatch(r"[0-9]{1,2}[a-z]?", bare):
        text = "{field} must be a line of Form 1040, like 1a; you entered {value}."
        raise InputError("form_line", text, field="answer", value=typed.strip())
    return bare


def _bare(typed: str) -> str:
    """Small letters in their plain form, without spaces and marks at the end."""
    return re.sub(r"[\s,.:()。]", "", unicodedata.normalize("NFKC", typed).casefold())


_READERS: Mapping[str, Callable[[Case, str], Answer]] = {
    "dollars": lambda case, typed: parse_money("answer", typed),
    "percent": lambda case, typed: parse_percent("answer", typed),
    "year": lambda case, typed: parse_whole("answer", typed),
    "yes_no": _read_yes_no,
    "choice": _read_choice,
    "form_line": _read_line,
}


# --- words ---


def verdict_on(speak: Language, case: Case, checked: Checked) -> tuple[str, str]:
    """What to say to an answer, and the citation; no citation where it says nothing about the law."""
    if checked.status == "not_yet":
        return speak._("Not yet."), ""
    if checked.status == "mistake":
        mistake = case.mistakes[checked.rule]
        return case.said(speak, mistake.why), mistake.cite
    text = "Right: {answer}." if checked.status == "right" else "Right but for rounding: {answer}."
    right = speak._(text, answer=case.answer(speak, case.solution.right))
    return speak.run_on([right, case.said(speak, case.because)]), case.cite


def cases_table(code: str, cases: Sequence[Case] = ()) -> pd.DataFrame:
    """For the trainer: each case with its answer, and the rule in a sentence; no cases: all of them."""
    speak = language(code)
    rows = [
        (
            case.said(speak, case.title), case.answer(speak, case.solution.right),
            case.said(speak, case.because), speak.cite(case.cite),
        )
        for case in cases or training_cases()
    ]  # fmt: skip
    return frame(speak, ("Case", "Answer", "Why", "Source"), rows)


def mistakes_table(code: str, cases: Sequence[Case] = ()) -> pd.DataFrame:
    """For the trainer: wrong answers that come up, with the mistake behind each; no cases: all of them."""
    speak = language(code)
    rows = [
        (
            case.said(speak, case.title), case.answer(speak, case.solution.wrong[rule]),
            case.said(speak, mistake.why), speak.cite(mistake.cite),
        )
        for case in cases or training_cases()
        for rule, mistake in case.mistakes.items()
    ]  # fmt: skip
    return frame(speak, ("Case", "Typed", "What it means", "Source"), rows)
