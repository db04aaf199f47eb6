"""What all panels share: fields at the left, an answer at the right, undo, reset, save, and work put off until a hand rests."""

import asyncio
import datetime as dt
import gc
import html
import traceback
from collections.abc import Callable, Sequence

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.show.client_files import asked_name, open_client, opened_name, save_client
from megaroth.show.language import Language, language
from megaroth.show.panels.fields import Field
from megaroth.show.panels.page import caution_html, error_html, facts_line, opening_problem, style
from megaroth.show.panels.plain import Column, Html, Row
from megaroth.show.panels.why import WHY, why_html

REST = 0.3  # seconds without a press


class AtRest:
    """
    Runs the last thing asked for when nothing was asked for a moment; at once where no loop runs (tests).

    It can be asked for in several works: between two of them the page is drawn and the next press is heard.
    """

    def __init__(self, run: Callable[[Callable[[], None]], object], first: float = REST) -> None:
        self._run, self._timer, self._wait, self._has_rested = run, None, first, False

    def ask(self, *works: Callable[[], None]) -> None:
        self.cancel()
        try:
            self._timer = asyncio.get_running_loop().call_later(self._wait, self._turn, works)
        except RuntimeError:
            for work in works:
                work()

    def cancel(self) -> None:
        """An error must stop what an earlier press asked for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn(self, works: Sequence[Callable[[], None]]) -> None:
        """The next work; those after it are asked for first, so that its error cancels them."""
        self._wait = REST
        work, *left = works
        self._timer = asyncio.get_running_loop().call_later(0, self._turn, left) if left else None
        self._run(work)
        if not left and not self._has_rested:
            self._has_rested = True
            # What stands now stays: looking through all of it again would hold up a press now and then.
            gc.freeze()


class Fold(Column):
    """
    A title that opens what stands under it.

    The browser keeps the title's state, so that what is inside can be renewed without closing it; the keyboard
    reaches it, unlike an accordion's head.
    """

    def __init__(self, title: str, content: Sequence[w.Widget]) -> None:
        self.title = title
        self._head, self.inside = Html(self._head_html()), Column(list(content))
        super().__init__([self._head, self.inside])
        for widget, name in ((self, "fold"), (self._head, "fold-head"), (self.inside, "fold-inside")):
            widget.add_class(f"megaroth-{name}")

    def unfold(self) -> None:
        """Show the inside, for a field there that needs another look."""
        self._head.value = self._head_html("open")

    def _head_html(self, state: str = "") -> str:
        return f"<details {state}><summary>{html.escape(self.title)}</summary></details>"


class Panel(Column):
    """
    Controls at the left, the answer at the right. A subclass names its fields and says how to answer.

    The client on the screen is `panel.client`; reading it can raise InputError.
    """

    chapter = ""
    more = "More"  # title of the folded fields
    trial = False  # a try-out of which nothing is to be kept
    first_rest = 1.5  # seconds: the page comes up before the slower parts are worked out

    def __init__(
        self, client: Client, code: str, fields: Sequence[Field], folded: Sequence[Field] = ()
    ) -> None:
        self.speak: Language = language(code)
        self.fields = {field.name: field for field in (*fields, *folded)}
        self.folds: list[Fold] = []
        self.finding, self.note, self.facts, self.footer, self.printed, self.saved = (
            Html() for _ in range(6)
        )
        self.rest = AtRest(self._attempt, self.first_rest)
        self._stale: tuple[w.Widget, ...] = ()
        self._busy = False
        self._undo, self._reset = self._button("Undo", self._on_undo), self._button("Reset", self._on_reset)
        self._save = self._button("Save client", self._on_save)
        self._save.add_class("megaroth-main-button")
        self._buttons = Row([self._undo, self._reset, self._save])
        for field in self.fields.values():
            field.widget.tooltip = self.speak._(WHY[field.fact])
            field.widget.add_class(f"megaroth-field-{field.name}")
            field.on_change(self.refresh)
        self._hold(client)
        self._first: dict[str, object] = self._controls()
        super().__init__(
            [style(self.speak), self.facts, self.printed, *self.arrange(fields, folded), self.footer]
        )
        for widget, name in (
            (self, "megaroth"), (self.finding, "megaroth-live"), (self.saved, "megaroth-live"),
            (self.printed, "megaroth-printed"), (self._buttons, "megaroth-buttons"),
        ):  # fmt: skip
            widget.add_class(name)
        self.refresh()
        self._first = self._controls()

    # --- what a subclass gives ---

    def answer_parts(self) -> list[w.Widget]:
        """The widgets under the finding, in order."""
        raise NotImplementedError

    def answer(self, client: Client) -> None:
        """Compute first, then assign to the widgets. Raises InputError."""
        raise NotImplementedError

    def empty(self) -> None:
        """Take pictures and tables out in place, after an error."""
        raise NotImplementedError

    def table(self) -> pd.DataFrame:
        """The answer's table, for the chapter's checks; empty after an error."""
        raise NotImplementedError

    def changes(self) -> dict[str, object]:
        """What the fields say, as keywords of client.with_."""
        return {name: field.value for name, field in self.fields.items()}

    def cautions(self, client: Client) -> list[str]:
        """Sentences about what is not known, or not so, and would change the answer."""
        return []

    def arrange(self, fields: Sequence[Field], folded: Sequence[Field]) -> list[w.Widget]:
        """Controls at the left, the answer at the right."""
        controls = [field.widget for field in fields]
        if folded:
            self.folds.append(Fold(self.speak._(self.more), [field.widget for field in folded]))
        why = Html(why_html(self.speak, self.fields.values()))
        left = Column(
            [
                *controls,
                *self.folds,
                self._buttons,
                self.saved,
                Fold(self.speak._("Where the figures come from"), [why]),
            ]
        )
        answer = Column([self.finding, self.note, *self.answer_parts()])
        body = Row([left, answer])
        for widget, name in ((left, "controls"), (answer, "answer"), (body, "body")):
            widget.add_class(f"megaroth-{name}")
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
            self._attempt(self._answer)
        finally:
            self._busy = False

    def later(self, work: Callable[[], None], *places: w.Widget) -> None:
        """Do the slower part when the hand rests; until then what stands in *places* is marked as old."""
        self.later_in_turn([work], *places)

    def later_in_turn(self, works: Sequence[Callable[[], None]], *places: w.Widget) -> None:
        """The same for a part so slow that it is done piece by piece."""
        self._stale = places
        for place in places:
            place.add_class("megaroth-stale")
        self.rest.ask(*works, self._freshen)

    def table_with(self, **typed: object) -> pd.DataFrame:
        """The table that a fresh panel of the same client shows after these fields were set; this one stays as it is."""
        other = type(self)(self._start, self.speak.code)
        other.trial = True
        for name, value in typed.items():
            other.enter(name, value)
        return other.table()

    def enter(self, name: str, value: object) -> None:
        """Set a field as a person would: a fact's value, or text into a text box."""
        field = self.fields[name]
        field.widget.value = value if isinstance(value, str) else field.control_of(value)

    def _attempt(self, work: Callable[[], None]) -> None:
        """Do *work*; a problem becomes a sentence where the finding stands."""
        try:
            work()
        except InputError as problem:
            self._refuse(self.speak.problem(problem), problem.field)
        except Exception:
            # Under the app an exception in a callback shows nowhere; half-new figures would stay on the page.
            text = "This could not be calculated; nothing was lost. Reset brings the client back."
            self._refuse(self.speak._(text))
            traceback.print_exc()

    def _answer(self) -> None:
        client = self.client
        self.answer(client)
        for field in self.fields.values():
            field.tidy()
        self._accept(client)

    def _accept(self, client: Client) -> None:
        self._remember()
        for field in self.fields.values():
            field.mark(False)
        self._undo.disabled, self.saved.value = not self._history, ""
        self._save.disabled = client == self._start and self.opened_as is not None
        self._mark_unsaved(client != self._start)
        self.facts.value = facts_line(self.speak, client, self.chapter, self.opened_as)
        self.note.value = caution_html([self._opened_instead, *self.cautions(client)])
        printed = self.speak.joined(field.in_words() for field in self.fields.values())
        self.printed.value = f"<p>{html.escape(printed)}</p>"

    def _refuse(self, sentence: str, field: str = "") -> None:
        self.rest.cancel()
        self._freshen()
        self.empty()
        self._mark(field)
        self.finding.value, self.note.value = error_html(sentence), ""
        self._undo.disabled, self._save.disabled = self._accepted is None, True

    def _mark_unsaved(self, changed: bool) -> None:
        """Let the browser ask before the page is left: for facts that were typed, not for what-ifs that were slid."""
        now, first = self._controls(), self._first
        typed = changed and any(
            now[name] != first.get(name) for name, field in self.fields.items() if not field.slides
        )
        (self.add_class if typed else self.remove_class)("megaroth-unsaved")

    def _mark(self, wrong: str) -> None:
        """Mark the field that a problem names, and show it."""
        for field in self.fields.values():
            field.mark(field.stands_for(wrong))
            for fold in self.folds:
                if field.stands_for(wrong) and field.widget in fold.inside.children:
                    fold.unfold()

    def _freshen(self) -> None:
        for place in self._stale:
            place.remove_class("megaroth-stale")
        self._stale = ()

    # --- undo, reset, save ---

    def _hold(self, client: Client, opened_as: str | None = None) -> None:
        """This is the client as it is saved; what was typed before is forgotten."""
        self._start, self.opened_as = client, opened_as or opened_name(client)
        self._opened_instead = self._asked_for_another(client)
        self._history: list[dict[str, object]] = []
        self._accepted: dict[str, object] | None = None
        self._slid = ""

    def _asked_for_another(self, client: Client) -> str:
        """Why this is not the client that the page's address asks for; "" when it is, or none was asked for."""
        if not asked_name():
            return ""
        try:
            open_client(asked_name())
        except InputError as problem:
            return opening_problem(self.speak, problem, client)
        return ""

    def _controls(self) -> dict[str, object]:
        return {name: field.held for name, field in self.fields.items()}

    def _remember(self) -> None:
        """Note what stands in the controls; the steps of one slide are one step back."""
        before, now = self._accepted, self._controls()
        if before is not None and before != now:
            changed = [name for name in now if now[name] != before[name]]
            slid = changed[0] if len(changed) == 1 and self.fields[changed[0]].slides else ""
            if not slid or slid != self._slid:
                self._history.append(before)
            self._slid = slid
        self._accepted = now

    def _put(self, controls: dict[str, object]) -> None:
        self._accepted = controls
        self._busy = True  # one answer for all fields, not one for each
        try:
            for name, value in controls.items():
                self.fields[name].widget.value = value
        finally:
            self._busy = False
        self.refresh()

    def _on_undo(self) -> None:
        self._slid = ""
        if self._accepted is not None and self._controls() != self._accepted:
            self._put(self._accepted)  # what was refused
        elif self._history:
            self._put(self._history.pop())

    def _on_reset(self) -> None:
        self._history.clear()
        self._put(self._first)

    def _on_save(self) -> None:
        try:
            client = self.client
            same = self.opened_as is not None and client.name == self._start.name
            name = save_client(client, self.opened_as if same else None, self._start if same else None)
        except InputError as problem:
            self._mark(problem.field)
            self.saved.value = error_html(self.speak.problem(problem))
            return
        self._hold(client, name)
        self._first = self._controls()
        self.refresh()
        text = self.speak._(
            "Saved at {time} as {file}.", time=f"{dt.datetime.now():%H:%M}", file=f"{name}.yaml"
        )
        self.saved.value = f"<p>{html.escape(text)}</p>"

    def _button(self, text: str, react: Callable[[], None]) -> w.Button:
        return button(self.speak._(text), react)


def button(words: str, react: Callable[[], None]) -> w.Button:
    """A button with these words."""
    found = w.Button(description=words)
    found.on_click(lambda _: react())
    return found


def value_of(client: Client, name: str) -> object:
    """A fact of the client by its field name, of whichever part has it."""
    parts = (client, client.household, client.plan, client.elections, client.balances, client.assumptions)
    for part in parts:
        if name in type(part).model_fields:
            return getattr(part, name)
    raise KeyError(name)
