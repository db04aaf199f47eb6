"""Up to four clients, or versions of one, side by side."""

from collections.abc import Sequence

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import load_law
from megaroth.plans.scenarios import Scenario, scenario_of
from megaroth.show.client_files import open_client
from megaroth.show.findings import assumptions, client_choices, first_wait, waits_of
from megaroth.show.growth_pictures import ScenariosPicture
from megaroth.show.growth_tables import scenarios_finding, scenarios_table
from megaroth.show.language import Language, language
from megaroth.show.panels.facts_form import all_fields
from megaroth.show.panels.fields import ChoiceField
from megaroth.show.panels.page import emptied, finding_html, footer_html, frame_html
from megaroth.show.panels.panel import Fold, Panel, value_of
from megaroth.show.panels.plain import Html

MOST = 4
PLACES = tuple(f"scenario_{place}" for place in range(2, MOST + 1))


class ScenariosPanel(Panel):
    """Chooses what stands beside the client, and shows the answers and the facts that differ."""

    chapter = "00_start_here"

    def __init__(self, client: Client, code: str = "en") -> None:
        speak = language(code)
        self.picture, self.table_place, self.differing = (Html() for _ in range(3))
        self.picture.add_class("megaroth-picture")
        self.table_place.add_class("megaroth-table-place")
        self._picture = ScenariosPicture(speak)
        self._shown = pd.DataFrame()
        self._known: dict[Client, Scenario] = {}
        choices, words = _choices(speak), speak._("Beside it")
        super().__init__(client, code, [ChoiceField(name, None, choices, speak, words) for name in PLACES])
        self._buttons.children = [self._undo, self._reset]  # there is nothing to save

    def take_up(self, client: Client, opened_as: str | None) -> None:
        """Stand beside another client, one that was chosen or saved elsewhere on the page; the others stay."""
        self._hold(client, opened_as)
        self._opened_instead = ""
        self._busy = True  # a longer list is no other choice
        try:
            for field in self.fields.values():
                held, field.widget.options = field.held, field.options_of(_choices(self.speak))
                field.widget.value = held
        finally:
            self._busy = False
        self.refresh()

    def answer_parts(self) -> list[w.Widget]:
        return [self.picture, self.table_place, Fold(self.speak._("Facts that differ"), [self.differing])]

    def changes(self) -> dict[str, object]:
        return {}

    def table(self) -> pd.DataFrame:
        return self._shown

    def empty(self) -> None:
        self._shown = pd.DataFrame()
        self.picture.value, self.table_place.value = self._picture.gap(), emptied(self.table_place.value)
        self.differing.value = ""

    def answer(self, client: Client) -> None:
        speak = self.speak
        chosen = [self.fields[name].value for name in PLACES]
        clients = [client, *(open_client(name) for name in chosen if name is not None)]
        for each in clients:
            if each not in self._known:
                wait = first_wait(each)
                self._known[each] = scenario_of(each, wait, waits_of(each, wait))
        scenarios = [self._known[each] for each in clients]
        sentence = scenarios_finding(speak, scenarios)
        rows = [(each.client.name, each.gain, each.waiting_costs) for each in scenarios]
        picture = self._picture.draw(rows, sentence)
        self._shown = scenarios_table(scenarios, speak.code)
        self.finding.value, self.picture.value = finding_html(sentence), picture
        self.table_place.value = _wrapped(self._shown)
        self.differing.value = _wrapped(facts_that_differ(clients, speak.code))
        law = load_law(client.assumptions.start_year)
        self.footer.value = footer_html(speak, law, self.opened_as, assumptions(speak, client), later=True)


def _choices(speak: Language) -> dict[str | None, str]:
    return {None: speak._("nobody"), **{name: words for words, name in client_choices(speak)}}


def _wrapped(table: pd.DataFrame) -> str:
    """A table whose cells go on in a second line: four clients are wide."""
    return f'<div class="megaroth-prose">{frame_html(table)}</div>'


def facts_that_differ(clients: Sequence[Client], code: str) -> pd.DataFrame:
    """Every fact that is not the same for all, as the form shows it; a column per client."""
    speak = language(code)
    fields = [field for group in all_fields(clients[0], speak).values() for field in group]
    rows = {}
    for field in fields:
        values = [value_of(client, field.name) for client in clients]
        if field.name != "name" and any(value != values[0] for value in values):
            rows[field.label] = [_in_words(field, value) for value in values]
    names = [client.name for client in clients]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=pd.RangeIndex(len(names)), dtype=object)
    return table.set_axis(names, axis=1).rename_axis(speak._("Fact"), axis=1)


def _in_words(field: object, value: object) -> str:
    field.widget.value = field.control_of(value)
    return field.shown_value()
