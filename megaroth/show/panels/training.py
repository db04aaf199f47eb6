"""The training room: cases one by one, an answer to type, and what it says about how it was found."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import ipywidgets as w
import pandas as pd

from megaroth.facts.errors import InputError
from megaroth.show.language import NAMES, Language, language
from megaroth.show.panels.fields import TypedField, label
from megaroth.show.panels.page import (
    error_html,
    finding_html,
    footer_html,
    frame_html,
    paragraph,
    sources_html,
    style,
    working_html,
)
from megaroth.show.panels.panel import Fold, button
from megaroth.show.panels.plain import Column, Html, Row
from megaroth.show.tables import frame
from megaroth.show.training import (
    Case,
    Checked,
    cases_table,
    check,
    mistakes_table,
    training_cases,
    verdict_on,
)

WORKSHOP = "training/01_workshop.ipynb"
HOW_TO_TYPE = {
    "dollars": "US$", "percent": "%", "year": "a year", "yes_no": "yes or no", "form_line": "a line, like 1a",
    "choice": "a letter",
}  # fmt: skip


@dataclass
class Progress:
    """How far a trainee is with a case: hints seen (the working comes after the last), and whether it is solved."""

    hints: int = 0
    seen_working: bool = False
    solved: bool = False
    unaided: bool = False  # solved before the working was shown


class CasesPanel(Column):
    """A case at a time; nothing that is typed is kept anywhere."""

    def __init__(self, code: str = "en", cases: Sequence[Case] = ()) -> None:
        self.speak = speak = language(code)
        self.cases = list(cases) or training_cases()
        self.progress = {case.name: Progress() for case in self.cases}
        self._judged, self._busy = "", False
        titles = [f"{k} · {case.said(speak, case.title)}" for k, case in enumerate(self.cases, start=1)]
        places = [*zip(titles, range(len(titles)), strict=True), (speak._("Score"), len(titles))]
        self.chooser = w.Dropdown(options=places, description=speak._("Case"))
        self.answer = TypedField("answer", "", speak, label(speak, "answer"))
        self.check, self.hint, self.next = (
            button(speak._("Check"), self._on_check),
            button(speak._("Hint"), self._on_hint),
            button(speak._("Next"), self._on_next),
        )
        self.finding, self.story, self.feedback, self.help, self.score, self.figures, self.footer = (
            Html() for _ in range(7)
        )
        self.answers, self.answers_shown = Html(), False
        self.show_answers = button(speak._("Show all answers"), self._on_show_answers)
        self.chooser.layout.width, self.chooser.tooltip = "100%", speak._("Case")
        self.chooser.observe(lambda _: self._show(), names="value")
        self.answer.on_change(self._on_typed)
        super().__init__([style(speak), Html(_links(speak)), self._body(), self.footer])
        self.add_class("megaroth")
        self._show()

    def _body(self) -> w.HBox:
        speak, buttons = self.speak, Row([self.check, self.hint, self.next])
        left = Column([self.chooser, self.answer.widget, buttons, self.score])
        folds = [
            Fold(speak._("Figures of the law"), [self.figures]),
            Fold(speak._("For the trainer"), [self.show_answers, self.answers]),
        ]
        right = Column([self.finding, self.story, self.feedback, self.help, *folds])
        body = Row([left, right])
        for widget, name in (
            (body, "body"), (left, "controls"), (right, "answer"), (buttons, "buttons"), (self.story, "story"),
            (self.feedback, "live"), (self.feedback, "story"), (self.help, "live"), (self.help, "story"),
            (self.score, "live"), (self.check, "main-button"), (self.answers, "prose"), (self.answers, "compared"),
            (self.answer.widget, "field-answer"), (self.chooser, "field-case"),
        ):  # fmt: skip
            widget.add_class(f"megaroth-{name}")
        return body

    # --- what is read by others ---

    @property
    def case(self) -> Case | None:
        """The case on the screen; None: the score."""
        place = self.chooser.value
        return self.cases[place] if place < len(self.cases) else None

    def choose(self, name: str) -> None:
        """Turn to the case of that name."""
        self.chooser.value = [case.name for case in self.cases].index(name)

    def table_with(self, **typed: str) -> pd.DataFrame:
        """What a fresh panel says to these answers, by the names of the cases."""
        other, rows = type(self)(self.speak.code, self.cases), []
        for name, text in typed.items():
            other.choose(name)
            other.answer.widget.value = text
            sentence, cite = verdict_on(self.speak, other.case, check(other.case, text))
            rows.append(
                (other.case.said(self.speak, other.case.title), text, sentence, self.speak.cite(cite))
            )
        return frame(self.speak, ("Case", "Typed", "What it means", "Source"), rows)

    def score_table(self) -> pd.DataFrame:
        """Each case and how it went."""
        rows = [
            (case.said(self.speak, case.title), self._result(self.progress[case.name])) for case in self.cases
        ]
        return frame(self.speak, ("Case", "Result"), rows)

    # --- what a trainee does ---

    def _on_typed(self) -> None:
        """Enter, or leaving the box, asks for a check; an emptied box asks for nothing."""
        if not self._busy and self.answer.widget.value.strip():
            self._on_check()

    def _on_check(self) -> None:
        case, typed = self.case, self.answer.widget.value
        if case is None or (typed and typed == self._judged):
            return  # a click on Check also leaves the box, which has checked already
        self._judged = typed
        try:
            checked = check(case, typed)
        except InputError as problem:
            self.answer.mark(True)
            self.feedback.value = error_html(self.speak.problem(problem))
        else:
            self.answer.mark(False)
            self._take(case, checked)

    def _take(self, case: Case, checked: Checked) -> None:
        progress = self.progress[case.name]
        if checked.solved and not progress.solved:
            progress.solved, progress.unaided = True, not progress.seen_working
        elif checked.status == "not_yet":
            self._on_hint()
        sentence, cite = verdict_on(self.speak, case, checked)
        kind = "right" if checked.solved else "wrong"
        self.feedback.value = _feedback_html(kind, sentence, self.speak.cite(cite))
        self._show_score()

    def _on_hint(self) -> None:
        """The next hint; after the last one the working."""
        case = self.case
        if case is not None:
            progress = self.progress[case.name]
            progress.seen_working = progress.hints == len(case.hints)
            progress.hints = min(progress.hints + 1, len(case.hints))
            self._show_help(case)

    def _on_next(self) -> None:
        self.chooser.value = min(self.chooser.value + 1, len(self.cases))

    def _on_show_answers(self) -> None:
        self.answers_shown = not self.answers_shown
        text = "Hide the answers" if self.answers_shown else "Show all answers"
        self.show_answers.description = self.speak._(text)
        tables = (cases_table, mistakes_table) if self.answers_shown else ()
        self.answers.value = "".join(frame_html(table(self.speak.code, self.cases)) for table in tables)

    # --- what is shown ---

    def _show(self) -> None:
        """The chosen case, or the score."""
        speak, case = self.speak, self.case
        self._busy, self._judged = True, ""
        try:
            self.answer.widget.value = ""
            how = HOW_TO_TYPE[case.answer_in] if case else ""
            self.answer.label = label(speak, "answer", how)
            self.answer.mark(False)
        finally:
            self._busy = False
        for control in (self.answer.widget, self.check, self.hint, self.next):
            control.disabled = case is None
        self.feedback.value = ""
        if case is None:
            self._show_end()
        else:
            law = case.solution.law
            self.finding.value = finding_html(case.said(speak, case.title))
            self.story.value = _story_html(speak, case)
            none = paragraph(speak._("This case needs no figure beside those of the story."))
            self.figures.value = sources_html(speak, law, case.figures, "mfj") if case.figures else none
            self.footer.value = footer_html(speak, law, None, speak._("Fictional client."))
            self._show_help(case)
        self._show_score()

    def _show_help(self, case: Case) -> None:
        speak, progress = self.speak, self.progress[case.name]
        said = [
            paragraph(speak._("Hint: {hint}", hint=case.said(speak, hint)))
            for hint in case.hints[: progress.hints]
        ]
        if progress.seen_working:
            answer = case.answer(speak, case.solution.right)
            text = speak._("The answer is {answer}: {why}", answer=answer, why=case.said(speak, case.because))
            said.append(_feedback_html("told", text, speak.cite(case.cite)))
            if case.solution.working is not None:
                said.append(working_html(speak, case.solution.working))
        self.help.value = "".join(said)
        left = len(case.hints) - progress.hints
        self.hint.description = speak._("Hint") if left else speak._("Show the working")
        self.hint.disabled = progress.seen_working

    def _show_end(self) -> None:
        text = "{own} of {n} cases solved without the working"
        self.finding.value = finding_html(self.speak._(text, own=self._unaided(), n=len(self.cases)))
        self.story.value, self.help.value, self.figures.value = frame_html(self.score_table()), "", ""

    def _show_score(self) -> None:
        solved = sum(each.solved for each in self.progress.values())
        text = "{solved} of {n} solved, {own} without the working. The score is not saved."
        said = self.speak._(text, solved=solved, n=len(self.cases), own=self._unaided())
        self.score.value = paragraph(said)

    def _unaided(self) -> int:
        return sum(each.unaided for each in self.progress.values())

    def _result(self, progress: Progress) -> str:
        if progress.solved:
            return self.speak._("solved" if progress.unaided else "solved after the working")
        return self.speak._("open")


def _links(speak: Language) -> str:
    """Back to the first page, and to this one in the other language."""
    other = "zh" if speak.code == "en" else "en"
    tag = "zh-Hans" if other == "zh" else "en"
    return (
        f'<nav class="megaroth-facts"><a href="../00_start_here.ipynb">{html.escape(speak._("Start here"))}</a>'
        f' · <a href="../../{other}/{WORKSHOP}" lang="{tag}">{NAMES[other]}</a></nav>'
    )


def _story_html(speak: Language, case: Case) -> str:
    options = "".join(f"<li>{letter}) {html.escape(words)}</li>" for letter, words in case.lettered(speak))
    listed = f'<ul class="megaroth-options">{options}</ul>' if options else ""
    question = html.escape(case.said(speak, case.question))
    return f"{paragraph(case.said(speak, case.story))}<p><b>{question}</b></p>{listed}"


def _feedback_html(kind: str, sentence: str, cite: str) -> str:
    source = f" <cite>{html.escape(cite)}</cite>" if cite else ""
    return f'<div class="megaroth-said megaroth-{kind}-answer">{html.escape(sentence)}{source}</div>'
