"""The whole conversation on one page: five answers in view, one picture at a time, two sliders."""

import datetime as dt
import html
from dataclasses import replace

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import latest_published_year
from megaroth.plans.projection import Projection
from megaroth.show.charts import WaitingPicture, WaterfallPicture
from megaroth.show.eligibility_tables import eligibility_table, feature_lines, still_possible
from megaroth.show.findings import (
    assumptions,
    first_wait,
    growth_finding,
    longest_wait,
    same_dollars,
    waiting_cautions,
    who,
)
from megaroth.show.growth_pictures import ValuesPicture
from megaroth.show.growth_tables import taxes_on_the_way, worth_table
from megaroth.show.language import Language, language
from megaroth.show.letters import questions_html
from megaroth.show.notes import save_note
from megaroth.show.panels.fields import PercentSlider, YearsSlider
from megaroth.show.panels.handouts import HandoutButtons
from megaroth.show.panels.page import (
    error_html,
    features_html,
    finding_html,
    footer_html,
    frame_html,
    p_note,
    paragraph,
    working_html,
)
from megaroth.show.panels.panel import Fold, Panel
from megaroth.show.panels.plain import Column, Html, Row
from megaroth.show.pay_tables import paychecks_finding
from megaroth.show.results import Results, answers, results_of, short_answers, steps
from megaroth.show.tables import cost_axis, cost_bars, room_table, strategy_name, waiting_table

WORTH, MONDAY = 2, 4  # places of the questions what it will be worth, and what to do


class MeetingPanel(Panel):
    """Five questions at the left, the answer to one of them at the right; nothing here edits facts."""

    chapter = "09_client_meeting"

    def __init__(self, client: Client, code: str = "en", day: dt.date | None = None) -> None:
        speak = language(code)
        self.day = day or dt.date.today()
        self.picture, self.table_place, self.below, self.working = (Html() for _ in range(4))
        self.picture.add_class("megaroth-picture")
        self.table_place.add_class("megaroth-table-place")
        self._pictures = WaterfallPicture(speak), ValuesPicture(speak), WaitingPicture(speak)
        self.rail = tuple(w.Button() for _ in range(5))
        for place, choice in enumerate(self.rail):
            choice.on_click(lambda _, place=place: self.choose(place))
        self.chosen, self._results = 0, None
        self.findings: pd.DataFrame = pd.DataFrame()
        self.note_text = w.Textarea(placeholder=speak._("Notes of the meeting"))
        self.note_saved = Html()
        own = client.assumptions.annual_return
        wait = YearsSlider(
            "wait",
            first_wait(client),
            speak,
            speak._("Wait before moving the money (years)"),
            0,
            longest_wait(client),
        )
        words = speak._("Return a year (%)")
        return_ = PercentSlider("annual_return", own, speak, words, min(-0.06, own), max(0.12, own))
        super().__init__(client, code, [wait, return_])

    def arrange(self, fields: list, folded: list) -> list[w.Widget]:
        speak = self.speak
        rail = Column(self.rail)
        rail.add_class("megaroth-rail")
        sliders = Row([field.widget for field in fields])
        for name in ("controls", "sliders"):
            sliders.add_class(f"megaroth-{name}")
        self.handouts = HandoutButtons(
            speak, lambda: self.client, lambda: self.day, lambda: self.fields["wait"].value
        )
        save_note_ = self._button("Note for the file", self._on_note)
        notes = Column([self.note_text, Row([save_note_]), self.note_saved])
        notes.add_class("megaroth-notes")
        self._steps = Fold(speak._("Show the working"), [self.working])
        folds = [
            self._steps,
            Fold(speak._("Hand-out: PDF, HTML, Excel"), [self.handouts]),
            Fold(speak._("Notes of the meeting"), [notes]),
        ]
        answer = Column(
            [self.finding, self.note, sliders, self.picture, self.table_place, self.below, *folds]
        )
        body = Row([rail, answer])
        for widget, name in ((answer, "answer"), (body, "body"), (body, "meeting")):
            widget.add_class(f"megaroth-{name}")
        return [body]

    def choose(self, place: int) -> None:
        """Show the answer to one of the questions."""
        self.chosen = place
        self.refresh()

    def changes(self) -> dict[str, object]:
        found = super().changes()
        found.pop("wait")
        return found

    def cautions(self, client: Client) -> list[str]:
        if self.chosen == 0 or self._results is None or self._results.able.verdict == "late_only":
            return []
        return waiting_cautions(self.speak, client.plan)

    def table(self) -> pd.DataFrame:
        speak = self.speak
        heads = {
            "question": speak._("Question"),
            "answer": speak._("Answer"),
            "finding": speak._("Finding"),
        }
        return self.findings.rename(columns=heads)

    def empty(self) -> None:
        self._results, self.findings = None, pd.DataFrame()
        self.picture.value = self._pictures[0].gap()
        self.table_place.value = self.below.value = self.working.value = ""
        for place, choice in enumerate(self.rail):
            choice.description = f"{place + 1}"

    def answer(self, client: Client) -> None:
        speak, wait = self.speak, self.fields["wait"].value
        known = self._results
        # Another wait is another row of the tables that are already there.
        same = known is not None and known.client == client
        found = replace(known, wait=wait) if same else results_of(client, self.day, wait)
        picture = ""
        if self.chosen == WORTH:
            # It does not wait for the price of waiting, which takes as long again.
            picture = self._picture_of(found, growth_finding(speak, found.worth), moving=True)
            self.picture.value = picture
        todo = steps(speak, found)
        said = (*answers(speak, found), (speak._("What do we do on Monday?"), todo[0]))
        shorts = short_answers(speak, found, len(todo))
        question, sentence = said[self.chosen]
        picture, table = picture or self._picture_of(found, sentence, moving=True), self._table_of(found)
        self._results = found
        self.findings = pd.DataFrame(
            [(asked, short, answer) for (asked, answer), short in zip(said, shorts, strict=True)],
            columns=["question", "answer", "finding"],
        )
        self.finding.value = finding_html(question if self.chosen == MONDAY else sentence)
        self.picture.value, self.table_place.value = picture, table
        for place, (choice, (words, _), short) in enumerate(zip(self.rail, said, shorts, strict=True)):
            here = place == self.chosen
            choice.description = f"{place + 1} {words}\n{short}" + (f" · {speak._('shown')}" if here else "")
            (choice.add_class if here else choice.remove_class)("megaroth-chosen")
        self.footer.value = footer_html(
            speak, found.law, self.opened_as, assumptions(speak, client), later=True
        )
        self.later(lambda: self._show_rest(found, sentence), self.picture, self.below, self.working)

    def _picture_of(self, found: Results, sentence: str, moving: bool) -> str:
        """What is looked at for the question that is chosen."""
        speak, worth = self.speak, found.worth
        match self.chosen:
            case 0:
                return features_html(speak, feature_lines(speak, found.able)) + paragraph(
                    still_possible(speak, found.able)
                )
            case 1:
                return self._pictures[0].draw(found.room, sentence, moving=moving)
            case 2:
                first, values = latest_published_year() + 1, worth.values()
                return self._pictures[1].draw(values, _names(speak, worth), sentence, first, moving=moving)
            case 3:
                bars, axis = cost_bars({"roth": found.costs}), cost_axis(speak, found.costs)
                return self._pictures[2].draw(bars, "roth", found.wait, sentence, axis, moving=moving)
        lines = "".join(f"<li>{html.escape(line)}</li>" for line in steps(speak, found))
        return f'<ol class="megaroth-steps">{lines}</ol>'

    def _table_of(self, found: Results) -> str:
        """The small table of the question that is chosen; of what to do there is none."""
        speak, code = self.speak, self.speak.code
        match self.chosen:
            case 0:
                return frame_html(eligibility_table(found.able, code))
            case 1:
                return frame_html(room_table(found.room, code))
            case 2:
                return frame_html(worth_table(found.worth, code))
            case 3:
                waits = sorted({0, found.wait})
                return frame_html(waiting_table(found.costs, code, waits)) + p_note(
                    speak, same_dollars(speak)
                )
        return ""

    def _show_rest(self, found: Results, sentence: str) -> None:
        """The picture as fine as it can be, what stands below it, and the working."""
        speak, worth, below, working = self.speak, found.worth, "", ""
        picture = self._picture_of(found, sentence, moving=False)
        match self.chosen:
            case 0 if found.able.questions_for_hr:
                below = f"<h3>{html.escape(speak._('Questions for HR'))}</h3>{questions_html(found.able)}"
            case 1:
                working = working_html(speak, found.room.working)
                if found.pay is not None:
                    below = paragraph(paychecks_finding(speak, found.pay))
            case 2:
                below = frame_html(taxes_on_the_way(worth, speak.code))
                working = "".join(
                    paragraph(name) + working_html(speak, worth.value_working(key))
                    for key, name in _names(speak, worth).items()
                )
            case 3:
                working = working_html(speak, found.costs.working_of(found.wait))
        self.picture.value, self.below.value, self.working.value = picture, below, working
        # Two of the questions have no figure that could be worked out.
        (self._steps.remove_class if working else self._steps.add_class)("megaroth-nothing")

    def _on_note(self) -> None:
        speak = self.speak
        try:
            lines = [f"{row.question} {row.finding}" for row in self.findings.itertuples()]
            name = save_note(self.client, self.day, [who(speak, self.client), *lines], self.note_text.value)
        except InputError as problem:
            self.note_saved.value = error_html(speak.problem(problem))
            return
        self.note_saved.value = paragraph(speak._("Saved as {file}.", file=name))


def _names(speak: Language, worth: Projection) -> dict[str, str]:
    return {each.key: strategy_name(speak, each) for each in worth.strategies}
