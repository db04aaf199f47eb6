"""What could change the answer: the return and the wait, each assumption, mistakes, and when the money is free."""

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import latest_published_year, load_law
from megaroth.plans.comparison import break_even, cost_of_waiting
from megaroth.plans.mistakes import MISTAKES
from megaroth.plans.projection import Projection, project
from megaroth.plans.sensitivity import ranges_of, sensitivity
from megaroth.plans.strategies import PROMPT
from megaroth.show.eligibility_tables import wait_until_leaving
from megaroth.show.findings import LONGEST, assumptions, first_wait, longest_wait, waiting_finding, waits_of
from megaroth.show.growth_pictures import HeatMapPicture, LadderPicture, MistakesPicture, TornadoPicture
from megaroth.show.growth_tables import (
    break_even_sentences,
    grid_table,
    ladder_finding,
    ladder_table,
    mistakes_finding,
    mistakes_table,
    tornado_finding,
    tornado_rows,
)
from megaroth.show.language import language
from megaroth.show.panels.fields import PercentSlider, WholeField, YearsSlider, label
from megaroth.show.panels.page import emptied, finding_html, footer_html, frame_html, p_note, paragraph
from megaroth.show.panels.panel import Fold, Panel
from megaroth.show.panels.plain import Html
from megaroth.show.tables import strategy_name, waiting_table


class RiskPanel(Panel):
    """The same wait under other assumptions; every part is worked out when the hand rests, one after the other."""

    chapter = "04_late_or_prompt"
    more = "What if the law changes"
    first_rest = 3.0

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.table_place, self.heat, self.tornado, self.breaks, self.ladder, self.mistakes, self.progress = (
            Html() for _ in range(7)
        )
        self.table_place.add_class("megaroth-table-place")
        for place in (self.heat, self.tornado, self.ladder, self.mistakes):
            place.add_class("megaroth-picture")
        self.stop = w.Button(description=speak._("Stop"), disabled=True)
        self.stop.on_click(lambda _: self._on_stop())
        self._pictures = (
            HeatMapPicture(speak),
            TornadoPicture(speak),
            LadderPicture(speak),
            MistakesPicture(speak),
        )
        self._shown = pd.DataFrame()
        self._moved: list[pd.DataFrame] = []  # rows of the tornado so far
        own, end = client.assumptions.annual_return, client.assumptions.conversions_end_year
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
        law = WholeField(
            "conversions_end_year", end, speak, label(speak, "conversions_end_year", "empty: never")
        )
        super().__init__(client, code, [wait, return_], [law])

    def answer_parts(self) -> list[w.Widget]:
        speak = self.speak
        by_assumption = [self.progress, self.stop, self.tornado]
        folded = (
            ("Return and wait together", [self.heat]),
            ("What moves it most", by_assumption),
            ("Where the ways tie", [self.breaks]),
            ("What comes out of Roth free of tax, and when", [self.ladder]),
            ("Mistakes, beside the right way", [self.mistakes]),
        )
        folds = [Fold(speak._(title), content) for title, content in folded]
        folds[0].unfold()
        return [self.table_place, *folds]

    def changes(self) -> dict[str, object]:
        found = super().changes()
        found.pop("wait")
        return found

    def table(self) -> pd.DataFrame:
        return self._shown

    def mistakes_frame(self) -> pd.DataFrame:
        """The table of mistakes, for the chapter's checks."""
        return mistakes_table(_with_mistakes(self.client), self.speak.code)

    def ladder_frame(self) -> pd.DataFrame:
        """The table of what is free, for the chapter's checks."""
        projection = project(self.client, (PROMPT,))
        return ladder_table(projection.ladder, projection, PROMPT, self.speak.code)

    def ties(self) -> list[str]:
        """The sentences of the break-evens, for the chapter's checks."""
        found = [break_even(self.client, of) for of in ("retirement_tax_rate", "annual_return")]
        return break_even_sentences(found, self.speak.code)

    def empty(self) -> None:
        self._shown = pd.DataFrame()
        self.table_place.value = emptied(self.table_place.value)
        for place in (self.heat, self.tornado, self.breaks, self.ladder, self.mistakes, self.progress):
            place.value = ""
        self.stop.disabled = True

    def answer(self, client: Client) -> None:
        speak, wait = self.speak, self.fields["wait"].value
        costs = cost_of_waiting(client, waits_of(client, wait))
        self._shown = waiting_table(costs, speak.code, sorted({0, wait}))
        self.finding.value = finding_html(waiting_finding(speak, client, costs, wait))
        self.table_place.value = frame_html(self._shown) + p_note(speak)
        law = load_law(client.assumptions.start_year)
        self.footer.value = footer_html(speak, law, self.opened_as, assumptions(speak, client), later=True)
        self._moved = []
        ranges = ranges_of(client)
        works = [
            lambda: self._show_heat(client, wait),
            lambda: self._show_mistakes(client),
            lambda: self._show_ladder(client),
            self._show_breaks,
            *(lambda name=name: self._vary(client, wait, name, ranges) for name in ranges),
        ]
        places = (self.heat, self.tornado, self.breaks, self.ladder, self.mistakes)
        self.later_in_turn(works, *places)

    def _show_heat(self, client: Client, wait: int) -> None:
        speak = self.speak
        # A wait that would outlast the job is no other wait.
        waits = range(min(LONGEST, wait_until_leaving(client)) + 1)
        found = sensitivity(client, delays=sorted({*waits, wait}), varied={})
        sentence = speak._("The cost of waiting by return and years waited (US$ thousand, today's dollars)")
        picture = self._pictures[0].draw(-found.grid, client.assumptions.annual_return, wait, sentence)
        self.heat.value = picture + frame_html(grid_table(found, speak.code))

    def _vary(self, client: Client, wait: int, name: str, ranges: dict) -> None:
        """One more assumption for the tornado; the picture comes with the last."""
        speak, own = self.speak, client.assumptions.annual_return
        found = sensitivity(
            client, returns=(own,), delays=waits_of(client, wait), wait=wait, varied={name: ranges[name]}
        )
        self._moved.append(found.tornado)
        done, of = len(self._moved), len(ranges)
        self.stop.disabled = done == of
        self.progress.value = (
            ""
            if done == of
            else f"<p>{speak._('Trying assumption {done} of {of} ...', done=done, of=of)}</p>"
        )
        if done == of:
            rows = pd.concat(self._moved).sort_values("swing", ascending=False, kind="stable")
            sentence = tornado_finding(speak, rows)
            picture = self._pictures[1].draw(tornado_rows(speak, rows), -found.answer, sentence)
            self.tornado.value = paragraph(sentence) + picture

    def _show_mistakes(self, client: Client) -> None:
        speak, code = self.speak, self.speak.code
        projection = _with_mistakes(client)
        costs = -projection.summary["against_first"].iloc[1:]
        names = [strategy_name(speak, each) for each in projection.strategies[1:]]
        axis = speak._("Behind prompt in {year} (US$ thousand)", year=client.assumptions.horizon_year)
        sentence = mistakes_finding(speak, projection)
        picture = self._pictures[3].draw(list(zip(names, costs, strict=True)), axis, sentence)
        self.mistakes.value = paragraph(sentence) + picture + frame_html(mistakes_table(projection, code))

    def _show_ladder(self, client: Client) -> None:
        speak, code = self.speak, self.speak.code
        projection = project(client, (PROMPT,))
        ladder = projection.ladder
        free = ladder.loc[PROMPT.key, ["roth_ira", "designated_roth"]]
        free = free.dropna(axis=1, how="all")
        names = {
            "roth_ira": speak._("in a Roth IRA"),
            "designated_roth": speak._("in the Roth 401(k)"),
        }
        sentence = ladder_finding(speak, client, free)
        picture = self._pictures[2].draw(free, names, latest_published_year() + 1, sentence)
        table = frame_html(ladder_table(ladder, projection, PROMPT, code)) + p_note(speak)
        self.ladder.value = picture + table

    def _show_breaks(self) -> None:
        self.breaks.value = "".join(paragraph(sentence) for sentence in self.ties())

    def _on_stop(self) -> None:
        self.rest.cancel()
        self._freshen()
        self.stop.disabled = True
        self.progress.value = paragraph(self.speak._("Stopped. The next change starts it again."))


def _with_mistakes(client: Client) -> Projection:
    return project(client, (PROMPT, *MISTAKES))
