"""What all panels share: the frame, the answer's places, working and sources, and work put off until a hand rests."""

import asyncio
import html
import traceback
from collections.abc import Callable, Sequence
from importlib.resources import files

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import Law
from megaroth.show.client_files import file_name, is_sample, link_to, save_client
from megaroth.show.language import NAMES, Language, language
from megaroth.show.panels.fields import Field

REST = 0.3  # seconds without a press


class AtRest:
    """Runs the last thing asked for when nothing was asked for a moment; at once where no loop runs (tests)."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def ask(self, work: Callable[[], None]) -> None:
        self.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(REST, work)
        except RuntimeError:
            work()

    def cancel(self) -> None:
        """An error must stop what an earlier press asked for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Fold(w.VBox):
    """Controls behind a button: unlike an accordion's head, the keyboard reaches it."""

    def __init__(self, title: str, controls: Sequence[w.Widget]) -> None:
        self._title, self._inside = title, w.VBox(list(controls))
        self._inside.layout.display = "none"
        self.button = w.Button(description=f"▸ {title}", tooltip=title)
        self.button.add_class("megaroth-fold")
        self.button.on_click(lambda _: self.turn())
        super().__init__([self.button, self._inside])

    @property
    def is_open(self) -> bool:
        return self._inside.layout.display is None

    def turn(self) -> None:
        """Open what is closed, close what is open."""
        opened = not self.is_open
        self._inside.layout.display = None if opened else "none"
        self.button.description = f"{'▾' if opened else '▸'} {self._title}"


class Panel(w.VBox):
    """
    Controls at the left, the answer at the right. A subclass names its fields and says how to answer.

    The client on the screen is `panel.client`; reading it can raise InputError.
    """

    chapter = ""

    def __init__(
        self, client: Client, code: str, fields: Sequence[Field], folded: Sequence[Field] = ()
    ) -> None:
        self.speak: Language = language(code)
        self._start, self._shown, self._history = client, client, []
        self.fields = {field.name: field for field in (*fields, *folded)}
        self.finding, self.facts, self.footer = w.HTML(), w.HTML(), w.HTML()
        self.rest = AtRest()
        self._busy = False
        self._undo, self._reset = self._button("Undo", self._on_undo), self._button("Reset", self._on_reset)
        self._save, self.saved = self._button("Save client", self._on_save), w.HTML()
        self._save.add_class("megaroth-main-button")
        for field in self.fields.values():
            field.on_change(self.refresh)
        self._buttons = w.HBox([self._undo, self._reset, self._save])
        super().__init__([style(), self.facts, *self.arrange(fields, folded), self.footer])
        self.add_class("megaroth")
        self.refresh()

    # --- what a subclass gives ---

    def answer_parts(self) -> list[w.Widget]:
        """The widgets under the finding, in order."""
        raise NotImplementedError

    def answer(self, client: Client) -> None:
        """Compute first, then assign to the widgets. Raises InputError."""
        raise NotImplementedError

    def empty(self) -> None:
        """Take pictures and tables out, after an error."""
        raise NotImplementedError

    def changes(self) -> dict[str, object]:
        """What the fields say, as keywords of client.with_."""
        return {name: field.value for name, field in self.fields.items()}

    def show_client(self, client: Client) -> None:
        """Put a client's facts into the fields."""
        for name, field in self.fields.items():
            field.value = value_of(client, name)

    def arrange(self, fields: Sequence[Field], folded: Sequence[Field]) -> list[w.Widget]:
        """Controls at the left, the answer at the right."""
        controls = [*(field.widget for field in fields), self._buttons, self.saved]
        if folded:
            controls.append(Fold(self.speak._("More"), [field.widget for field in folded]))
        left, answer = w.VBox(controls), w.VBox([self.finding, *self.answer_parts()])
        left.add_class("megaroth-controls")
        answer.add_class("megaroth-answer")
        body = w.HBox([left, answer])
        body.add_class("megaroth-body")
        return [body]

    # --- what all do alike ---

    @property
    def client(self) -> Client:
        """The client that the fields describe; raises InputError for what cannot be."""
        return self._start.with_(**self.changes())

    def refresh(self) -> None:
        """Read the fields and answer, or say what to check; what was typed stays typed."""
        if self._busy:
            return
        self._busy = True
        try:
            client = self.client
            for field in self.fields.values():
                field.tidy()
            self.answer(client)
        except InputError as problem:
            self._refuse(self.speak.problem(problem), problem.field)
        except Exception:
            # Under the app an exception in a callback shows nowhere; half-new figures would stay on the page.
            self._refuse(
                self.speak._("This could not be calculated; nothing was lost. Reset brings the client back."),
                "",
            )
            traceback.print_exc()
        else:
            self._accept(client)
        finally:
            self._busy = False

    def table_with(self, **typed: object) -> pd.DataFrame:
        """The table that a fresh panel of the same client shows after these fields were set; this one stays as it is."""
        other = type(self)(self._start, self.speak.code)
        for name, value in typed.items():
            other.fields[name].value = value
        return other.table()

    def _accept(self, client: Client) -> None:
        if client != self._shown:
            self._history.append(self._shown)
            self._shown, self.saved.value = client, ""
        for field in self.fields.values():
            field.mark(False)
        self._undo.disabled = not self._history
        self._save.disabled = False
        self.facts.value = facts_line(self.speak, client, self.chapter)

    def _refuse(self, sentence: str, field: str) -> None:
        self.rest.cancel()
        self.empty()
        for name, each in self.fields.items():
            each.mark(name == field)
        self.finding.value = f'<div class="megaroth-error" role="alert">{html.escape(sentence)}</div>'
        self._save.disabled = True

    def _button(self, text: str, react: Callable[[], None]) -> w.Button:
        button = w.Button(description=self.speak._(text))
        button.on_click(lambda _: react())
        return button

    def _put(self, client: Client) -> None:
        self._busy = True  # one answer for all fields, not one for each
        try:
            self.show_client(client)
        finally:
            self._busy = False
        self.refresh()

    def _on_undo(self) -> None:
        if self._history:
            client = self._history.pop()
            self._shown = client
            self._put(client)

    def _on_reset(self) -> None:
        self._history.clear()
        self._shown = self._start
        self._put(self._start)

    def _on_save(self) -> None:
        try:
            name = save_client(self.client)
        except InputError as problem:
            self.saved.value = f'<div class="megaroth-error">{html.escape(self.speak.problem(problem))}</div>'
        else:
            text = self.speak._("Saved as {file} in the clients folder.", file=f"{name}.yaml")
            self.saved.value = f"<p>{html.escape(text)}</p>"


def value_of(client: Client, name: str) -> object:
    """A fact of the client by its field name, of whichever part has it."""
    for part in (
        client,
        client.household,
        client.plan,
        client.elections,
        client.balances,
        client.assumptions,
    ):
        if name in type(part).model_fields:
            return getattr(part, name)
    raise KeyError(name)


def style() -> w.HTML:
    """The panels' dress; one small sheet, nothing fetched."""
    return w.HTML(
        f"<style>{(files('megaroth.show.panels') / 'panels.css').read_text(encoding='utf-8')}</style>"
    )


def facts_line(speak: Language, client: Client, chapter: str) -> str:
    """Who is on the screen, and links to the client's facts and to the other language."""
    name = client.name
    here = speak._("{name}, {age}", name=name, age=client.age(client.assumptions.start_year))
    other = "zh" if speak.code == "en" else "en"
    return (
        f'<nav class="megaroth-facts"><b>{html.escape(here)}</b> · '
        f'<a href="{html.escape(link_to("00_start_here", file_name(name)))}">{speak._("edit facts")}</a> · '
        f'<a lang="{"zh-Hans" if other == "zh" else "en"}" '
        f'href="{html.escape(link_to(chapter, file_name(name), other))}">{NAMES[other]}</a></nav>'
    )


def finding_html(sentence: str) -> str:
    """The answer in one sentence, as a heading without its full stop."""
    return f'<h2 class="megaroth-finding" aria-live="polite">{html.escape(sentence.rstrip(".。"))}</h2>'


def details(summary: str, content: str) -> str:
    """A fold that the keyboard reaches."""
    return f"<details><summary>{html.escape(summary)}</summary>{content}</details>"


def table_html(columns: Sequence[str], rows: Sequence[Sequence[str]], bold_last: bool = False) -> str:
    """A table of text already formatted: the first column left, the others right."""
    head = "".join(f"<th scope='col'>{html.escape(name)}</th>" for name in columns)
    body = ""
    for number, row in enumerate(rows):
        tag = " class='megaroth-last'" if bold_last and number == len(rows) - 1 else ""
        body += f"<tr{tag}>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
    return f"<table class='megaroth-table'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def working_html(speak: Language, working: pd.DataFrame) -> str:
    """The steps to a figure, the last in bold, to the cent."""
    rows = [
        (speak._(step.label), speak.money(step.amount, cents=True) if abs(step.amount) > 1 or step.amount == 0
         else f"{step.amount:.6f}", speak._(step.formula), speak._(step.source))
        for step in working.itertuples()
    ]  # fmt: skip
    columns = [speak._(name) for name in ("Step", "Amount", "How", "Source")]
    return f'<div class="megaroth-working">{table_html(columns, rows, bold_last=True)}</div>'


def sources_html(speak: Language, law: Law, names: Sequence[str]) -> str:
    """Figures of the law with their citation, status and the day they were checked."""
    rows = []
    for name in names:
        figure = getattr(law, name)
        if not isinstance(figure, int | float):
            continue
        source = law.source(name)
        status = speak._("projected" if source.projected else "published")
        shown = speak.money(figure) if figure >= 1 else speak.percent(figure)
        rows.append(
            (
                speak._(FIGURES.get(name, name)),
                shown,
                status,
                f"{source.statute}; {source.cite}",
                source.checked,
            )
        )
    columns = [speak._(name) for name in ("Figure", "Amount", "Status", "Source", "Checked")]
    return f'<div class="megaroth-working">{table_html(columns, rows)}</div>'


FIGURES = {
    "annual_additions": "Limit on annual additions",
    "elective_deferral": "Employee deferral limit",
    "catch_up_50": "Catch-up from age 50",
    "catch_up_60_63": "Catch-up at ages 60 to 63",
    "roth_catch_up_wages": "Pay above which catch-up must be Roth",
    "compensation_cap": "Compensation cap",
    "hce_threshold": "Pay above which an employee is highly compensated",
    "social_security_wage_base": "Social Security wage base",
}


def footer_html(speak: Language, client: Client, law: Law) -> str:
    """Law year, status, what the answer rests on, and what it is not."""
    assumed = client.assumptions
    status = speak._("projected" if law.projected else "published")
    lines = [
        speak._("Education, not advice. Law of {year}, {status}.", year=law.year, status=status),
        speak._("Fictional client.") if is_sample(file_name(client.name)) else "",
        speak._(
            "Rests on a return of {return_} a year, inflation of {inflation} and pay growth of {pay_growth}.",
            return_=speak.percent(assumed.annual_return),
            inflation=speak.percent(assumed.inflation),
            pay_growth=speak.percent(assumed.pay_growth),
        ),
    ]
    joined = ("" if speak.code == "zh" else " ").join(lines)
    return f'<footer class="megaroth-footer">{html.escape(joined)}</footer>'
