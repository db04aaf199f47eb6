"""Reading the plan's own summary: the sentences that decide, each for the advisor to confirm; nothing else reaches the client."""

import html

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.show.choices import CHOICES
from megaroth.show.client_files import open_client, opened_name, save_client
from megaroth.show.language import Language, language
from megaroth.show.panels.page import caution_html, error_html, finding_html, paragraph, style, table_html
from megaroth.show.panels.plain import Column, Html, Row
from megaroth.show.plan_facts import cap_of, frequency_of
from megaroth.show.plan_pages import plain_text
from megaroth.show.plan_text import TOPICS, PlanSentence, read_plan_text
from megaroth.show.tables import frame

OPEN = ""  # a topic that nobody has confirmed
UNKNOWN = "not_known"
_LABELS = {
    "after_tax_contributions": "After-tax contributions", "after_tax_cap": "Plan's cap on after-tax contributions",
    "in_service_withdrawal": "In-service distribution of after-tax money", "in_plan_rollover": "In-plan Roth rollover",
    "frequency": "How often money can move", "separate_account": "A separate account for after-tax money",
    "yes": "yes", "no": "no", "unclear": "unclear", "not_known": "not known",
}  # fmt: skip
# What two confirmed answers say of the way out: distribution while employed, rollover in the plan.
WAYS = {
    ("yes", "yes"): "both", ("no", "yes"): "in_plan_rollover", ("yes", "no"): "in_service_distribution",
    ("no", "no"): "none", (UNKNOWN, "yes"): "in_plan_rollover", ("yes", UNKNOWN): "in_service_distribution",
    (UNKNOWN, "no"): None, ("no", UNKNOWN): None, (UNKNOWN, UNKNOWN): None,
}  # fmt: skip
FLAGS = {"yes": True, "no": False, UNKNOWN: None}


class PlanSummaryPanel(Column):
    """Text or a file in, quoted sentences out, and for each of the six questions the advisor's own answer."""

    def __init__(self, client: Client, code: str = "en") -> None:
        self._start, self._name, self.speak = client, opened_name(client), language(code)
        self.found: tuple[PlanSentence, ...] = ()
        speak = self.speak
        self.text = w.Textarea(continuous_update=False, rows=8, description=speak._("Text of the summary"))
        self.upload = w.FileUpload(accept=".pdf,.txt", description=speak._("Open a PDF or text file"))
        self.finding, self.table_place, self.saved = Html(), Html(), Html()
        self.choices = {topic: w.Dropdown(description=speak._(_LABELS[topic])) for topic in TOPICS}
        self.save = w.Button(description=speak._("Save client"))
        self.text.add_class("megaroth-field-text")
        self.text.observe(lambda _: self._read(self.text.value), names="value")
        self.upload.observe(lambda _: self._read_file(), names="value")
        self.save.on_click(lambda _: self._on_save())
        for choice in self.choices.values():
            choice.observe(lambda _: self._on_choice(), names="value")
        left = Column([self.text, self.upload, *self.choices.values(), self.save, self.saved])
        right = Column([self.finding, self.table_place])
        body = Row([left, right])
        super().__init__([style(speak), body])
        for widget, name in (
            (self, ""), (body, "-body"), (left, "-controls"), (right, "-answer"), (self.finding, "-live"),
            (self.saved, "-live"), (self.table_place, "-prose"), (self.save, "-main-button"),
        ):  # fmt: skip
            widget.add_class(f"megaroth{name}")
        for widget in (self.text, self.upload, *self.choices.values()):
            widget.layout.width, widget.tooltip = "100%", widget.description
        self._read("")

    # --- what is read by others ---

    def confirmed(self) -> dict[str, object]:
        """The facts of the plan that the advisor has confirmed, as keywords of client.with_; None: not known."""
        chosen = {topic: choice.value for topic, choice in self.choices.items() if choice.value}
        facts: dict[str, object] = {}
        for topic, name in (
            ("after_tax_contributions", "accepts_after_tax"),
            ("separate_account", "separate_account"),
        ):
            if topic in chosen:
                facts[name] = FLAGS[chosen[topic]]
        ways = [chosen.get(topic) for topic in ("in_service_withdrawal", "in_plan_rollover")]
        if "yes" in ways or None not in ways:
            facts["way_out"] = WAYS[tuple(way or UNKNOWN for way in ways)]
        if "frequency" in chosen:
            facts["frequency"] = None if chosen["frequency"] == UNKNOWN else chosen["frequency"]
        return facts | self._confirmed_cap(chosen.get("after_tax_cap"))

    @property
    def client(self) -> Client:
        """The client with what is confirmed, and nothing else of the summary."""
        return self._start.with_(**self.confirmed())

    @property
    def findings(self) -> pd.DataFrame:
        """The sentences found: topic, answer, page and quote in the reader's words; the quote stays as it is."""
        speak = self.speak
        rows = [
            (speak._(_LABELS[each.topic]), _said(speak, each), str(each.page), each.quote)
            for each in self.found
        ]
        return frame(speak, ("Question", "The text says", "Page", "Sentence"), rows)

    def table_with(self, text: str, **chosen: str) -> pd.DataFrame:
        """What a fresh panel of the same client finds in a text, and with *chosen* the answers that are then confirmed."""
        other = type(self)(self._start, self.speak.code)
        other.text.value = text
        for topic, answer in chosen.items():
            other.choices[topic].value = answer
        if not chosen:
            return other.findings
        rows = [(self.speak._(_LABELS[topic]), other.choices[topic].label) for topic in chosen]
        return frame(self.speak, ("Question", "Confirmed"), rows)

    # --- reading ---

    def _read_file(self) -> None:
        if self.upload.value:
            file = self.upload.value[0]
            content = bytes(file["content"])
            self._read(plain_text(content) if file["name"].lower().endswith(".txt") else content)

    def _read(self, source: str | bytes) -> None:
        """Find the sentences; whatever was confirmed for another text is open again."""
        speak, self.found, self.saved.value = self.speak, (), ""
        try:
            if source:
                self.found = read_plan_text(source)
        except InputError as problem:
            self.finding.value = error_html(speak.problem(problem))
        else:
            self.finding.value = self._finding() if source else paragraph(speak._(
                "Paste what the summary says about contributions, withdrawals and conversions, or open its file. "
                "English summaries only; nothing leaves this computer."
            ))  # fmt: skip
        self.table_place.value = self._table() if self.found else ""
        for topic, choice in self.choices.items():
            choice.options, choice.value = self._options(topic), OPEN
        self._on_choice()

    def _finding(self) -> str:
        speak, count = self.speak, len({each.topic for each in self.found})
        if not count:
            return caution_html(
                [speak._("Nothing about after-tax money was found; that is not a no. Ask HR.")]
            )
        sentence = speak._("The summary speaks to {n} of the six questions", n=count)
        rests = speak._(
            "A suggestion by key words: read each sentence, then confirm at the left. Only that reaches the client."
        )
        return finding_html(sentence, rests)

    def _table(self) -> str:
        table = self.findings
        rows = [(index, *row) for index, row in zip(table.index, table.to_numpy().tolist(), strict=True)]
        page = table_html([table.columns.name, *table.columns], rows)
        for quote in {html.escape(each.quote) for each in self.found}:  # in the plan's own language
            page = page.replace(f"<td>{quote}</td>", f'<td lang="en">{quote}</td>')
        return page

    def _options(self, topic: str) -> list[tuple[str, str]]:
        """The advisor's answers to a question; first, and chosen, that none is confirmed, with what the text suggests."""
        speak = self.speak
        answers = {_said(speak, each) for each in self.found if each.topic == topic}
        said = (answers.pop() if len(answers) == 1 else speak._(_LABELS["unclear"])) if answers else ""
        first = (
            speak._("not confirmed; the text says: {answer}", answer=said)
            if said
            else speak._("not confirmed")
        )
        unknown = (speak._("not known"), UNKNOWN)
        if topic == "frequency":
            words = CHOICES["frequency"]
            often = sorted(
                set(words) - {None},
                key=lambda name: (name not in self._frequencies(), list(words).index(name)),
            )
            return [(first, OPEN), *((speak._(words[name]), name) for name in often), unknown]
        caps = (
            [(_cap_words(speak, cap), key) for key, cap in self._caps().items()]
            if topic == "after_tax_cap"
            else []
        )
        yes = [] if topic == "after_tax_cap" else [(speak._("yes"), "yes")]
        return [(first, OPEN), *caps, *yes, (speak._("no"), "no"), unknown]

    def _frequencies(self) -> set[str | None]:
        return {frequency_of(each.quote) for each in self.found if each.topic == "frequency"}

    def _caps(self) -> dict[str, dict[str, float]]:
        """The caps that can be read, each under a key of its own for the list."""
        quotes = [each.quote for each in self.found if (each.topic, each.answer) == ("after_tax_cap", "yes")]
        caps = [cap for cap in map(cap_of, quotes) if cap]
        return {f"{name}={value}": {name: value} for cap in caps for name, value in cap.items()}

    def _confirmed_cap(self, chosen: str | None) -> dict[str, object]:
        if chosen == "no":
            return {"after_tax_cap_share": None, "after_tax_cap_dollars": None}
        return self._caps().get(chosen, {})

    # --- confirming ---

    def _on_choice(self) -> None:
        self.save.disabled, self.saved.value = not self.confirmed(), ""

    def _on_save(self) -> None:
        """Into the client's file as it is now, which another panel of the page may have changed."""
        speak = self.speak
        try:
            latest = open_client(self._name) if self._name else self._start
            changed = latest.with_(**self.confirmed())
            self._name, self._start = save_client(changed, self._name), changed
        except InputError as problem:
            self.saved.value = error_html(speak.problem(problem))
        else:
            text = "Saved in {file}; open the page again to see it in the other panels."
            self.saved.value = paragraph(speak._(text, file=f"{self._name}.yaml"))


def _said(speak: Language, found: PlanSentence) -> str:
    """A sentence's answer: how often, or how much, where it can be read; else yes, no or unclear."""
    if found.answer == "yes" and found.topic == "frequency" and frequency_of(found.quote):
        return speak._(CHOICES["frequency"][frequency_of(found.quote)])
    if found.answer == "yes" and found.topic == "after_tax_cap" and cap_of(found.quote):
        return _cap_words(speak, cap_of(found.quote))
    return speak._(_LABELS[found.answer])


def _cap_words(speak: Language, cap: dict[str, float]) -> str:
    ((name, value),) = cap.items()
    if name == "after_tax_cap_dollars":
        return speak._("{amount} a year", amount=speak.money(value))
    text = "{share} of pay, with deferrals" if name == "combined_cap_share" else "{share} of pay"
    return speak._(text, share=speak.percent(value))
