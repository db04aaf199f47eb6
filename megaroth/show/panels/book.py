"""A firm's list of clients: open a file, see who can act first and which rows need a look, take the answer along."""

import base64
import html
import traceback
from collections.abc import Callable
from functools import partial

import ipywidgets as w
import pandas as pd

from megaroth.facts.errors import InputError
from megaroth.facts.law import latest_published_year, load_law
from megaroth.plans.book import AT_ONCE, Screened, parts_of, screened_part, together
from megaroth.plans.book_rows import REQUIRED, check_columns
from megaroth.show.book_file import USUAL, heading_of, read_book, sample_book
from megaroth.show.book_result import result_file
from megaroth.show.book_tables import book_finding, book_table, counts_table, in_words
from megaroth.show.client_files import asked_name, link_to
from megaroth.show.language import NAMES, Language, language
from megaroth.show.panels.handouts import TYPES
from megaroth.show.panels.page import error_html, finding_html, footer_html, frame_html, paragraph, style
from megaroth.show.panels.panel import AtRest, Fold, button
from megaroth.show.panels.plain import Column, Html, Row

MOST_ROWS = 100  # on the page; the others are in the download
ALL = ""
CHAPTER = "10_client_book"


class BookPanel(Column):
    """
    A list in, the answer out; the invented sample stands there until a file is opened.

    `panel.book` and `panel.answer` are what is on the screen; None after a problem. A long list is done part by part,
    with a line that says how far it is, and can be stopped.
    """

    def __init__(self, code: str = "en") -> None:
        self.speak = speak = language(code)
        self.book: pd.DataFrame | None = None
        self.answer: Screened | None = None
        self.upload = w.FileUpload(accept=".csv,.txt,.xlsx", description=speak._("Open a list, CSV or Excel"))
        self.sample = button(speak._("Show the sample list"), lambda: self.load(sample_book()))
        self._law = load_law(latest_published_year())
        rows = [
            (speak._("All rows"), ALL), (speak._("Can act this year"), "can_act"), (speak._("Needs a look"), "needs_a_look"),
        ]  # fmt: skip
        self.only = w.Dropdown(options=rows, value=ALL, description=speak._("Rows shown"))
        self.stop = button(speak._("Stop"), self._on_stop)
        self.stop.layout.display = "none"
        self.downloads = [
            button(name, partial(self._on_download, kind))
            for name, kind in (("CSV", "csv"), ("Excel", "xlsx"))
        ]
        self.finding, self.counts, self.table_place, self.more, self.link, self.told, self.footer = (
            Html() for _ in range(7)
        )
        self.rest = AtRest(self._attempt, first=0.0)
        self.upload.observe(lambda _: self._on_upload(), names="value")
        self.only.observe(lambda _: self._attempt(self._show), names="value")
        super().__init__(self._arranged())
        self.load(sample_book())

    def _arranged(self) -> list[w.Widget]:
        speak = self.speak
        words = Html(f"<b>{html.escape(speak._('Download the answer'))}</b>")
        download = Row(self.downloads)
        columns = Fold(speak._("Which columns a list can have"), [Html(_columns_html(speak))])
        left = Column([self.upload, self.sample, self.only, words, download, self.link, columns])
        right = Column([self.finding, self.told, self.stop, self.counts, self.table_place, self.more])
        body = Row([left, right])
        for widget, name in (
            (self, ""), (body, "-body"), (left, "-controls"), (right, "-answer"), (self.finding, "-live"), (self.told, "-live"),
            (self.link, "-live"), (self.counts, "-table-place"), (self.table_place, "-table-place"), (self.table_place, "-ahead"),
            (self.more, "-below"), (download, "-buttons"), (self.only, "-field-only"),
        ):  # fmt: skip
            widget.add_class(f"megaroth{name}")
        for widget in (self.upload, self.only):
            widget.layout.width, widget.tooltip = "100%", widget.description
            widget.style.description_width = "initial"
        return [style(speak), Html(self._links()), body, self.footer]

    def _links(self) -> str:
        """To the start page, and to this one in the other language."""
        speak, client = self.speak, asked_name() or None
        other = "zh" if speak.code == "en" else "en"
        start = f'<a href="{html.escape(link_to("00_start_here", client))}">{html.escape(speak._("Start page"))}</a>'
        lang = "zh-Hans" if other == "zh" else "en"
        there = f'<a href="{html.escape(link_to(CHAPTER, client, other))}" lang="{lang}">{NAMES[other]}</a>'
        return f'<nav class="megaroth-facts">{start} · {there}</nav>'

    # --- what is read by others ---

    def load(self, source: object, name: str = "") -> None:
        """Read a list, a file or its bytes, and answer it; a problem becomes a sentence and empties what was there."""
        self._attempt(partial(self._read, source, name))

    def table(self) -> pd.DataFrame:
        """The rows on the screen; empty after a problem."""
        if self.answer is None:
            return pd.DataFrame()
        return book_table(self.book, self.answer, self.speak.code, self.only.value, MOST_ROWS)

    def table_with(self, only: str = ALL, source: object = None) -> pd.DataFrame:
        """The table of a fresh panel after these were chosen; this one stays as it is."""
        other = type(self)(self.speak.code)
        if source is not None:
            other.load(source)
        other.only.value = only
        return other.table()

    @property
    def findings(self) -> pd.DataFrame:
        """How many of the list on the screen have each verdict."""
        return counts_table(self.answer.table, self.speak.code)

    # --- reading and answering ---

    def _on_upload(self) -> None:
        if self.upload.value:
            file = self.upload.value[0]
            self.load(bytes(file["content"]), file["name"])

    def _read(self, source: object, name: str) -> None:
        book = read_book(source, name)
        check_columns(book)
        self.book = book
        self._is_sample = source == sample_book()
        self._screen()

    def _screen(self) -> None:
        """Answer the list, a long one part by part, so that the page stays awake and Stop is heard."""
        self.rest.cancel()
        if self.book is None:
            return
        book, answers = self.book, []

        def do(part: pd.DataFrame) -> None:
            answers.append(screened_part(part, self._law))
            done = sum(len(each.table) for each in answers)
            text = "{n} of {all} rows are done."
            self.told.value = paragraph(self.speak._(text, n=f"{done:,}", all=f"{len(book):,}"))

        def finish() -> None:
            self._busy(False)
            self.answer = together(answers)
            self._show()

        if len(book) <= AT_ONCE:
            self._attempt(lambda: (do(book), finish()))
            return
        self._busy(True)
        self.rest.ask(*(partial(do, part) for part in parts_of(book)), finish)

    def _busy(self, busy: bool) -> None:
        self.answer = None if busy else self.answer
        self.stop.layout.display = "" if busy else "none"
        self.told.value = ""
        if busy:
            self._empty()
            self.finding.value = paragraph(self.speak._("The list is being screened."))
        for each in (*self.downloads, self.only):
            each.disabled = busy

    def _on_stop(self) -> None:
        self.rest.cancel()
        self._busy(False)
        self.finding.value = error_html(self.speak._("Stopped; open the list again to screen it."))

    def _show(self) -> None:
        if self.answer is None:
            return
        speak, found, table = self.speak, self.answer.table, self.table()
        shown = found[self.only.value].sum() if self.only.value else len(found)
        text = "The first {most} rows are shown; the download has all."
        more = paragraph(speak._(text, most=f"{MOST_ROWS:,}")) if shown > MOST_ROWS else ""
        rests = speak._("Federal and state tax on the next dollar converted, without Medicare's surcharges.")
        counts, rows = frame_html(counts_table(found, speak.code)), frame_html(table)
        self.told.value = self.link.value = ""
        self.finding.value = finding_html(book_finding(speak, found), rests)
        self.counts.value, self.table_place.value, self.more.value = counts, rows, more
        self.footer.value = footer_html(
            speak, self._law, None, speak._("Fictional clients.") if self._is_sample else ""
        )
        for each in self.downloads:
            each.disabled = False

    def _on_download(self, kind: str) -> None:
        """Make the file and offer it; nothing of it is kept on disk."""
        self._attempt(partial(self._offer, kind))

    def _offer(self, kind: str) -> None:
        speak = self.speak
        content = result_file(self.book, self.answer, self._law, speak.code, kind)
        type_ = {**TYPES, "csv": "text/csv"}[kind]
        address = f"data:{type_};base64,{base64.b64encode(content).decode('ascii')}"
        words = html.escape(speak._("Save {file}", file=f"screen.{kind}"))
        self.link.value = f'<p><a download="screen.{kind}" href="{address}">{words}</a></p>'

    def _attempt(self, work: Callable[[], object]) -> None:
        """Do *work*; a problem becomes a sentence where the finding stands."""
        try:
            work()
        except InputError as problem:
            self._refuse(self.speak.problem(in_words(self.speak, problem)))
        except Exception:
            self._refuse(self.speak._("The list could not be screened; nothing was lost."))
            traceback.print_exc()

    def _refuse(self, sentence: str) -> None:
        self.rest.cancel()
        self._busy(False)
        self.book = self.answer = None
        self._empty()
        self.finding.value = error_html(sentence)
        for each in self.downloads:
            each.disabled = True

    def _empty(self) -> None:
        for place in (self.counts, self.table_place, self.more, self.link, self.footer):
            place.value = ""


def _columns_html(speak: Language) -> str:
    """The headings under which the facts of a client are read, as the reader's own client form has them."""
    text = "A row for each client, with these headings or the names that scripts use. Yes and no as you write them; an empty cell means not known."
    groups = ((speak._("Every list has"), REQUIRED), (speak._("Most lists also have"), USUAL))
    lists = "".join(
        f"<p><b>{html.escape(words)}</b></p><ul>"
        + "".join(f"<li>{html.escape(heading_of(speak, name))}</li>" for name in names)
        + "</ul>"
        for words, names in groups
    )
    return paragraph(speak._(text)) + lists
