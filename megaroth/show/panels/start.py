"""The first page: which client, the answers of the chapters at a glance, and the client's facts."""

import html
from collections.abc import Sequence

import ipywidgets as w

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import latest_published_year, load_law
from megaroth.plans.comparison import cost_of_waiting
from megaroth.rules.client_space import after_tax_space
from megaroth.show.client_files import client_names, file_name, is_sample, link_to, open_client, save_client
from megaroth.show.language import language
from megaroth.show.panels.facts_form import all_fields
from megaroth.show.panels.fields import Field
from megaroth.show.panels.parts import Fold, Panel, footer_html, value_of
from megaroth.show.panels.space import space_finding
from megaroth.show.panels.waiting import LONGEST, waiting_finding


class StartPanel(Panel):
    """Chooses a client, edits the facts, and shows each chapter's finding as a link to it."""

    chapter = "00_start_here"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self._groups = all_fields(client, speak)
        self.lines = w.HTML()
        self.chooser = w.Dropdown(
            options=self._choices(speak), value=self._name_of(client), description=speak._("Client")
        )
        self.chooser.layout.width = "100%"
        self.chooser.observe(self._on_choose, names="value")
        self.findings: list[tuple[str, str]] = []  # question and answer of each line
        fields = [field for group in self._groups.values() for field in group]
        super().__init__(client, code, fields)

    def arrange(self, fields: Sequence[Field], folded: Sequence[Field]) -> list[w.Widget]:
        speak = self.speak
        new = self._button("New", lambda: self._copy(speak._("New client")))
        duplicate = self._button("Duplicate", lambda: self._copy(f"{self._shown.name} 2"))
        chooser = w.VBox([self.chooser, w.HBox([new, duplicate])])
        chooser.add_class("megaroth-controls")
        self.folds = [
            Fold(speak._(title), [field.widget for field in group]) for title, group in self._groups.items()
        ]
        form = w.VBox(self.folds)
        form.add_class("megaroth-form")
        form.add_class("megaroth-controls")
        heading = w.HTML(f"<h3>{speak._('Facts about the client')}</h3>")
        return [
            w.HTML(self._law_line()),
            chooser,
            self.finding,
            self.lines,
            heading,
            form,
            self._buttons,
            self.saved,
        ]

    def changes(self) -> dict[str, object]:
        return {
            name: value for name, value in super().changes().items() if value_of(self._start, name) != value
        }

    def empty(self) -> None:
        self.findings = []
        self.lines.value = ""

    def answer(self, client: Client) -> None:
        speak, assumed = self.speak, client.assumptions
        law = load_law(assumed.start_year, inflation=assumed.inflation)
        room = after_tax_space(client, law)
        wait = min(LONGEST, assumed.separation_year - assumed.start_year)
        costs = cost_of_waiting(client, sorted({0, wait}))
        found = [
            ("02_after_tax_space", speak._("How much?"), space_finding(speak, client.name, room)),
            (
                "04_late_or_prompt",
                speak._("What does waiting cost?"),
                waiting_finding(speak, client, costs, wait),
            ),
        ]
        self.findings = [(question, sentence) for _, question, sentence in found]
        items = "".join(
            f'<li><a href="{html.escape(link_to(chapter, file_name(client.name)))}"><b>{chapter[1]} {html.escape(question)}</b> '
            f"<span>{html.escape(sentence)}</span></a></li>"
            for chapter, question, sentence in found
        )
        self.finding.value = ""
        self.lines.value = f'<ol class="megaroth-lines">{items}</ol>'
        self.footer.value = footer_html(speak, client, law)

    def _accept(self, client: Client) -> None:
        super()._accept(client)
        self._save.disabled = client == self._start and not self._is_new(client)

    def _law_line(self) -> str:
        speak, year = self.speak, latest_published_year()
        checked = load_law(year).source("annual_additions").checked
        text = speak._(
            "Law of {year}: published, checked {date}. {next_year} and later: projected. Client files stay on this computer.",
            year=year, date=checked, next_year=year + 1,
        )  # fmt: skip
        return f"<p>{html.escape(text)}</p>"

    def _choices(self, speak: object) -> list[tuple[str, str]]:
        return [
            (speak._("{name} (fictional example)", name=name.capitalize()) if is_sample(name) else name, name)
            for name in client_names()
        ]

    def _name_of(self, client: Client) -> str | None:
        name = file_name(client.name)
        return name if name in client_names() else None

    def _is_new(self, client: Client) -> bool:
        return self._name_of(client) is None

    def _on_choose(self, change: dict) -> None:
        if self._busy or change["new"] is None:
            return
        try:
            client = open_client(change["new"])
        except InputError as problem:
            self._refuse(self.speak.problem(problem), problem.field)
            return
        self._start = self._shown = client
        self._history.clear()
        self._put(client)

    def _copy(self, name: str) -> None:
        """A client of that name with the facts on the screen, not saved yet."""
        self._start = self._shown = self._shown.with_(name=name)
        self._put(self._start)

    def _on_save(self) -> None:
        try:
            client = self.client
            save_client(client)
        except InputError as problem:
            self.saved.value = f'<div class="megaroth-error">{html.escape(self.speak.problem(problem))}</div>'
            return
        self._start = client
        self._busy = True  # a longer list is no choice of another client
        try:
            self.chooser.options = self._choices(self.speak)
            self.chooser.value = self._name_of(client)
        finally:
            self._busy = False
        self._accept(client)
        text = self.speak._("Saved as {file} in the clients folder.", file=f"{file_name(client.name)}.yaml")
        self.saved.value = f"<p>{html.escape(text)}</p>"
