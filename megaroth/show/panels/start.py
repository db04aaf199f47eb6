"""The first page: which client, the answers of the chapters at a glance, and the client's facts."""

import html
from collections.abc import Sequence

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import latest_published_year, load_law
from megaroth.plans.comparison import cost_of_waiting
from megaroth.rules.client_space import after_tax_space
from megaroth.show.client_files import client_names, clients_folder, is_sample, link_to, open_client
from megaroth.show.language import Language, language
from megaroth.show.panels.facts_form import all_fields
from megaroth.show.panels.fields import Field
from megaroth.show.panels.page import footer_html, who
from megaroth.show.panels.panel import Fold, Panel, value_of
from megaroth.show.panels.space import space_finding
from megaroth.show.panels.waiting import assumptions, first_wait, waiting_finding
from megaroth.show.panels.why import why_html


class StartPanel(Panel):
    """Chooses a client, edits the facts, and shows each chapter's finding as a link to it."""

    chapter = "00_start_here"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self._groups = all_fields(client, speak)
        self.lines = w.HTML()
        self.chooser = w.Dropdown(options=_choices(speak), value=None, description=speak._("Client"))
        self.chooser.layout.width = "100%"
        self.chooser.observe(self._on_choose, names="value")
        self.findings: list[tuple[str, str]] = []  # question and answer of each line
        self._shown: list[tuple[str, str, str]] = []  # and before them the chapter
        super().__init__(client, code, [field for group in self._groups.values() for field in group])

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
        chooser = w.HBox([self.chooser, new, copy, w.HTML(f"<p>{html.escape(note)}</p>")])
        for name in ("controls", "chooser"):
            chooser.add_class(f"megaroth-{name}")
        for title, group in self._groups.items():
            why = Fold(speak._("Where the figures come from"), [w.HTML(why_html(speak, group))])
            self.folds.append(Fold(speak._(title), [*(field.widget for field in group), why]))
        form = w.VBox(self.folds)
        form.add_class("megaroth-form")
        form.add_class("megaroth-controls")
        heading = w.HTML(f"<h3>{html.escape(speak._('Facts about the client'))}</h3>")
        return [chooser, self.finding, self.note, self.lines, heading, form, self._buttons, self.saved]

    def changes(self) -> dict[str, object]:
        found = super().changes()
        return {name: value for name, value in found.items() if value_of(self._start, name) != value}

    def cautions(self, client: Client) -> list[str]:
        if self.opened_as is None:
            return [self.speak._("Not saved yet: save the client to open the chapters.")]
        if client != self._start:
            return [self.speak._("Changed and not saved: the chapters open the client as it was saved.")]
        return []

    def table(self) -> pd.DataFrame:
        return pd.DataFrame(self.findings, columns=["question", "finding"])

    def empty(self) -> None:
        self.lines.value = _lines_html(
            [(chapter, "", "\N{NO-BREAK SPACE}") for chapter, _, _ in self._shown], None
        )
        self.findings = []

    def answer(self, client: Client) -> None:
        speak, assumed = self.speak, client.assumptions
        law = load_law(assumed.start_year, inflation=assumed.inflation)
        room, wait = after_tax_space(client, law), first_wait(client)
        costs = cost_of_waiting(client, sorted({0, wait}))
        self._shown = [
            ("02_after_tax_space", speak._("How much?"), space_finding(speak, client.name, room)),
            (
                "04_late_or_prompt",
                speak._("What does waiting cost?"),
                waiting_finding(speak, client, costs, wait),
            ),
        ]
        self.findings = [(question, sentence) for _, question, sentence in self._shown]
        self.finding.value, self.lines.value = "", _lines_html(self._shown, self.opened_as)
        self.footer.value = footer_html(speak, law, self.opened_as, assumptions(speak, client), later=True)

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
        self._put({name: field.control_of(value_of(client, name)) for name, field in self.fields.items()})
        self._first = self._controls()

    def _accept(self, client: Client) -> None:
        super()._accept(client)
        if self.chooser.value != self.opened_as:
            self._show_choice()

    def _on_save(self) -> None:
        super()._on_save()
        self._show_choice()

    def _show_choice(self) -> None:
        """The list of clients and the one on the screen; a longer list is no choice of another client."""
        busy, self._busy = self._busy, True
        try:
            choices = _choices(self.speak)
            if tuple(choices) != self.chooser.options:
                self.chooser.options = choices
            self.chooser.value = self.opened_as
        finally:
            self._busy = busy


def _lines_html(lines: Sequence[tuple[str, str, str]], opened_as: str | None) -> str:
    """The chapters' findings; links only for a client that they can open."""
    items = ""
    for chapter, question, sentence in lines:
        number = chapter[1] if question else ""
        words = f"<b>{number} {html.escape(question)}</b> <span>{html.escape(sentence)}</span>"
        to = f' href="{html.escape(link_to(chapter, opened_as))}"' if opened_as else ""
        items += f"<li><a{to}>{words}</a></li>"
    return f'<ol class="megaroth-lines">{items}</ol>'


def _choices(speak: Language) -> list[tuple[str, str]]:
    return [(_choice(speak, name), name) for name in client_names()]


def _choice(speak: Language, name: str) -> str:
    """A client in the list: name first, facts after; only the file's name where it cannot be read."""
    try:
        words = who(speak, open_client(name))
    except InputError:
        return name
    return speak._("{client} (fictional example)", client=words) if is_sample(name) else words


def _blank(name: str) -> Client:
    """A new client: a single person of 45 who works for ten years more, with everything else still to be typed."""
    year = latest_published_year()
    return Client(
        name=name,
        household={"filing_status": "single", "birth_year": year - 45, "state": "NJ"},
        plans=[{}],
        assumptions={"start_year": year, "separation_year": year + 10, "horizon_year": year + 30},
    )
