"""The first page: which client, the answers of the chapters at a glance, and the client's facts."""

import datetime as dt
import html
from collections.abc import Sequence

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import latest_published_year
from megaroth.show.client_files import (
    clients_folder,
    draft_of,
    drop_draft,
    file_name,
    keep_draft,
    link_to,
    open_client,
)
from megaroth.show.findings import assumptions, client_choices, waiting_cautions
from megaroth.show.language import Language, language
from megaroth.show.panels.facts_form import all_fields
from megaroth.show.panels.fields import Field
from megaroth.show.panels.handouts import HandoutButtons
from megaroth.show.panels.page import footer_html, paragraph
from megaroth.show.panels.panel import Fold, Panel, button, value_of
from megaroth.show.panels.plain import Column, Html, Row
from megaroth.show.panels.scenarios import ScenariosPanel
from megaroth.show.panels.why import why_html
from megaroth.show.results import answers, results_of, steps

CHAPTERS = (
    "01_eligibility",
    "02_after_tax_space",
    "03_growth",
    "04_late_or_prompt",
)  # of the first four answers
MEETING = "09_client_meeting"
ELSEWHERE = {
    MEETING: "The meeting on one page",
    "05_mega_or_backdoor": "Mega or ordinary backdoor",
    "06_self_employed": "Self-employed",
    "07_job_offers_and_providers": "Job offers and providers",
    "08_tax_forms": "Tax forms",
    "10_client_book": "The firm's clients",
}


class StartPanel(Panel):
    """Chooses a client, edits the facts, and shows each chapter's finding as a link to it."""

    chapter = "00_start_here"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self._groups = all_fields(client, speak)
        self.lines = Html()
        self.chooser = w.Dropdown(options=client_choices(speak), value=None, description=speak._("Client"))
        self.chooser.layout.width = "100%"
        self.chooser.observe(self._on_choose, names="value")
        self._day = dt.date.today()
        self._followers: list[ScenariosPanel] = []
        self._draft: Client | None = None  # what was typed for this client and never saved
        self.draft_note = Html()
        self.restore = button(speak._("Take it up"), self._on_restore)
        self.forget = button(speak._("Forget it"), self._on_forget)
        # It hides, so its layout is its own.
        self.draft_bar = w.HBox([self.draft_note, self.restore, self.forget])
        self.draft_bar.add_class("megaroth-draft")
        self.findings: list[tuple[str, str]] = []  # question and answer of each line
        self._shown: list[tuple[str, str, str]] = []  # and before them the chapter
        super().__init__(client, code, [field for group in self._groups.values() for field in group])

    def followed_by(self, panel: ScenariosPanel) -> None:
        """Let that panel take up every client that is chosen or saved here."""
        self._followers.append(panel)

    def arrange(self, fields: Sequence[Field], folded: Sequence[Field]) -> list[w.Widget]:
        speak = self.speak
        new = self._button("New", lambda: self._take_up(_blank(speak._("New client"))))
        copy = self._button(
            "Duplicate", lambda: self._take_up(self._start.with_(name=f"{self._start.name} 2"))
        )
        note = speak._(
            "The fictional examples come first; your own files are in the folder {folder} and stay on this computer.",
            folder=clients_folder().name,
        )
        chooser = Row([self.chooser, new, copy, Html(f"<p>{html.escape(note)}</p>")])
        for name in ("controls", "chooser"):
            chooser.add_class(f"megaroth-{name}")
        for title, group in self._groups.items():
            why = Fold(speak._("Where the figures come from"), [Html(why_html(speak, group))])
            self.folds.append(Fold(speak._(title), [*(field.widget for field in group), why]))
        form = Column(self.folds)
        form.add_class("megaroth-form")
        form.add_class("megaroth-controls")
        handouts = HandoutButtons(speak, lambda: self.client)
        heading = Html(f"<h3>{html.escape(speak._('Facts about the client'))}</h3>")
        return [
            chooser, self.draft_bar, self.finding, self.note, self.lines, handouts, heading, form, self._buttons,
            self.saved,
        ]  # fmt: skip

    def changes(self) -> dict[str, object]:
        found = {}
        for name, field in self.fields.items():
            # What stands as it was shown is as it was, to the last cent that a box does not show.
            if field.held != field.control_of(value_of(self._start, name)):
                found[name] = field.value
        if "plans" in found:
            found["plans"] = (self._start.plan, *found["plans"])
        return found

    def cautions(self, client: Client) -> list[str]:
        # How the money gets out is in the lines themselves; that there is none is not.
        found = waiting_cautions(self.speak, client.plan) if client.plan.accepts_after_tax is False else []
        if self.opened_as is None:
            return [*found, self.speak._("Not saved yet: save the client to open the chapters.")]
        if client != self._start:
            text = "Changed and not saved: the chapters open the client as it was saved. What is typed is kept as a draft."
            return [*found, self.speak._(text)]
        return found

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.findings, columns=["question", "finding"])

    def empty(self) -> None:
        gap = "\N{NO-BREAK SPACE}"
        self.lines.value = _lines_html(
            self.speak, [(chapter, "", gap) for chapter, _, _ in self._shown], None
        )
        self.findings = []

    def answer(self, client: Client) -> None:
        speak, found = self.speak, results_of(client, self._day)
        said = answers(speak, found)
        self._shown = [(chapter, *line) for chapter, line in zip(CHAPTERS, said, strict=True)]
        self._shown.append((MEETING, speak._("What do we do on Monday?"), steps(speak, found)[0]))
        self.findings = list(said)
        self.finding.value, self.lines.value = "", _lines_html(speak, self._shown, self.opened_as)
        self.footer.value = footer_html(
            speak, found.law, self.opened_as, assumptions(speak, client), later=True
        )

    def _on_choose(self, change: dict) -> None:
        if self._busy or change["new"] is None:
            return
        try:
            client = open_client(change["new"])
        except InputError as problem:
            self._refuse(self.speak.problem(problem), problem.field)
        else:
            self._take_up(client, change["new"])

    def _take_up(self, client: Client, opened_as: str | None = None) -> None:
        """Show another client: one that was opened, or a new one that is not saved yet."""
        self._hold(client, opened_as)
        self._opened_instead = ""  # what the address asked for is no longer what is shown
        self._put({name: field.control_of(value_of(client, name)) for name, field in self.fields.items()})
        self._first = self._controls()
        self._lead()

    def _lead(self) -> None:
        for panel in self._followers:
            panel.take_up(self._start, self.opened_as)

    def _hold(self, client: Client, opened_as: str | None = None) -> None:
        super()._hold(client, opened_as)
        self._offer_draft()

    def _offer_draft(self) -> None:
        """Say that something was typed for this client and never saved, and let it be taken up."""
        found = draft_of(self._start, self.opened_as)
        self._draft = found[0] if found else None
        self.draft_bar.layout.display = "flex" if found else "none"
        text = "For {name} something was typed on {day} at {time} and not saved."
        self.draft_note.value = ""
        if found:
            day, time = self.speak.date(found[1].date()), f"{found[1]:%H:%M}"
            self.draft_note.value = paragraph(self.speak._(text, name=self._start.name, day=day, time=time))

    def _on_restore(self) -> None:
        draft, self._draft = self._draft, None
        self.draft_bar.layout.display = "none"
        if draft is not None:
            self._put({name: field.control_of(value_of(draft, name)) for name, field in self.fields.items()})

    def _on_forget(self) -> None:
        self._draft = None
        drop_draft(self._start, self.opened_as)
        self.draft_bar.layout.display = "none"

    def _note_draft(self, client: Client) -> None:
        """Keep what is typed; an older draft waits until it is taken up or forgotten."""
        if self._draft is not None or self.trial:
            return
        if client != self._start:
            keep_draft(client, self.opened_as or file_name(self._start.name))
        else:
            drop_draft(self._start, self.opened_as)

    def _accept(self, client: Client) -> None:
        super()._accept(client)
        self._note_draft(client)
        if self.chooser.value != self.opened_as:
            self._show_choice()

    def _on_save(self) -> None:
        before, named = self._start, self.opened_as
        super()._on_save()
        if self._start != before:
            drop_draft(before, named)
        self._show_choice()
        if (before, named) != (self._start, self.opened_as):
            self._lead()

    def _show_choice(self) -> None:
        """The list of clients and the one on the screen; a longer list is no choice of another client."""
        busy, self._busy = self._busy, True
        try:
            choices = client_choices(self.speak)
            if tuple(choices) != self.chooser.options:
                self.chooser.options = choices
            self.chooser.value = self.opened_as
        finally:
            self._busy = busy


def _lines_html(speak: Language, lines: Sequence[tuple[str, str, str]], opened_as: str | None) -> str:
    """The chapters' findings and the way to the other chapters; links only for a client that they can open."""
    items = ""
    for number, (chapter, question, sentence) in enumerate(lines, start=1):
        words = f"<b>{number} {html.escape(question)}</b> <span>{html.escape(sentence)}</span>"
        items += f"<li>{_linked(chapter, words, opened_as)}</li>"
    more = " · ".join(
        _linked(chapter, html.escape(speak._(words)), opened_as) for chapter, words in ELSEWHERE.items()
    )
    return f'<ol class="megaroth-lines">{items}</ol><p class="megaroth-more">{more}</p>'


def _linked(chapter: str, words: str, opened_as: str | None) -> str:
    to = f' href="{html.escape(link_to(chapter, opened_as))}"' if opened_as else ""
    return f"<a{to}>{words}</a>"


def _blank(name: str) -> Client:
    """A new client: a single person of 45 who works for ten years more, with everything else still to be typed."""
    year = latest_published_year()
    return Client(
        name=name,
        household={"filing_status": "single", "birth_year": year - 45, "state": "NJ"},
        plans=[{}],
        assumptions={"start_year": year, "separation_year": year + 10, "horizon_year": year + 30},
    )
