"""Buttons that make a hand-out of the client on the screen, save it on this computer, and offer it as a download."""

import base64
import datetime as dt
import html
import traceback
from collections.abc import Callable

import ipywidgets as w

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.show.firm import firm_of
from megaroth.show.handout import free_path, handout_name, handouts, handouts_folder, save_handout
from megaroth.show.language import Language
from megaroth.show.panels.page import error_html
from megaroth.show.panels.plain import Column, Html, Row

TYPES = {
    "pdf": "application/pdf",
    "html": "text/html",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class HandoutButtons(Column):
    """
    PDF, HTML, Excel: each makes a hand-out of what *client* returns at that moment.

    A panel puts it among its parts: `HandoutButtons(self.speak, lambda: self.client)`.
    """

    def __init__(
        self,
        speak: Language,
        client: Callable[[], Client],
        day: Callable[[], dt.date] = dt.date.today,
        wait: Callable[[], int | None] = lambda: None,
    ) -> None:
        self.speak, self._client, self._day, self._wait = speak, client, day, wait
        self.working = w.Checkbox(False, description=speak._("With the working"), indent=False)
        self.said = Html()
        self.said.add_class("megaroth-live")
        self.buttons = {format_: self._button(format_) for format_ in TYPES}
        row = Row([Html(f"<b>{html.escape(speak._('Hand-out'))}</b>"), *self.buttons.values(), self.working])
        row.add_class("megaroth-buttons")
        super().__init__([row, self.said])

    def make(self, format_: str) -> None:
        """Make, save and offer one hand-out; a problem becomes a sentence."""
        self._busy(True)
        self.said.value = f"<p>{html.escape(self.speak._('Making the hand-out…'))}</p>"
        try:
            self.said.value = self._made(format_)
        except InputError as problem:
            self.said.value = error_html(self.speak.problem(problem))
        except Exception:
            text = "The hand-out could not be made; nothing was lost."
            self.said.value = error_html(self.speak._(text))
            traceback.print_exc()
        finally:
            self._busy(False)

    def _made(self, format_: str) -> str:
        """What stands under the buttons once it is saved: where, and a link."""
        speak, client, day = self.speak, self._client(), self._day()
        made = handouts(client, day, speak.code, (format_,), firm_of(), self.working.value, self._wait())
        content = made[format_]
        path = free_path(handouts_folder() / handout_name(client, day, speak.code, format_))
        save_handout(content, path)
        saved = speak._("Saved as {file} in the folder {folder}.", file=path.name, folder=path.parent.name)
        address = f"data:{TYPES[format_]};base64,{base64.b64encode(content).decode('ascii')}"
        link = (
            f'<a download="{html.escape(path.name)}" href="{address}">{html.escape(speak._("Download"))}</a>'
        )
        return f"<p>{html.escape(saved)} {link}</p>"

    def _busy(self, busy: bool) -> None:
        for button in self.buttons.values():
            button.disabled = busy

    def _button(self, format_: str) -> w.Button:
        button = w.Button(description={"pdf": "PDF", "html": "HTML", "xlsx": "Excel"}[format_])
        button.on_click(lambda _: self.make(format_))
        return button
