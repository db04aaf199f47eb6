"""The running app and a page of it in a browser: what the browser tests and the benchmark of its feel share."""

import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the tests without a browser need no playwright
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).parents[1]
CHAPTERS = tuple(sorted(path.stem for path in (ROOT / "notebooks" / "en").glob("*.ipynb")))
LANGUAGES = ("en", "zh")
START_TIME = 60  # seconds that the server may take on a slow machine
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
USUAL = {"width": 1280, "height": 900}
PAGE_TIME = 60_000  # milliseconds


# --- the server ---


@dataclass(frozen=True)
class App:
    """A running server: where it listens, its token, its process, and the folders that stand for an advisor's."""

    port: int
    token: str
    clients: Path
    process: subprocess.Popen | None = field(default=None, compare=False)

    def address(self, path: str, **query: str) -> str:
        """The address of a page, without the token unless the query has it."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return f"http://127.0.0.1:{self.port}/{path}" + (f"?{asked}" if asked else "")

    def chapter(self, code: str, chapter: str, client: str = "lin") -> str:
        """The address of a chapter in the planning app."""
        return self.address(f"voila/render/{code}/{chapter}.ipynb", client=client, token=self.token)

    @property
    def own(self) -> str:
        """What every address that a page may ask begins with, as a pattern."""
        return rf"(http|ws)://127\.0\.0\.1:{self.port}/"


@contextmanager
def running_app(folder: Path, **environment: str) -> Iterator[App]:
    """
    The server as start.py starts it, on a free port, with clients, hand-outs and run-time files in *folder*;
    *environment*: more of its variables.
    """
    port, token = _free_port(), secrets.token_hex(16)
    environment = os.environ | {
        "JUPYTER_TOKEN": token,
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "MEGAROTH_CLIENTS": str(folder / "clients"),
        "PYTHONUTF8": "1",
        **environment,
    }
    command = [sys.executable, "-m", "megaroth.show.server", "--port", str(port), "--no-browser"]
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=subprocess.STDOUT)
    found = App(port, token, folder / "clients", process)
    try:
        _wait_for(found, folder / "server.log")
        yield found
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(app: App, log: Path) -> None:
    deadline = time.monotonic() + START_TIME
    while time.monotonic() < deadline and app.process.poll() is None:
        try:
            with urllib.request.urlopen(app.address("api/status", token=app.token), timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"The server did not start:\n{log.read_text(encoding='utf-8')}")


# --- a page ---


@dataclass
class Opened:
    """A chapter in a browser page, and what the browser had to say about it."""

    page: "Page"
    code: str
    chapter: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)  # what the browser asked the person

    @property
    def panel(self) -> "Locator":
        """The chapter's first panel; a chapter can have more."""
        return self.page.locator(".megaroth").first

    @property
    def main(self) -> "Locator":
        """What the chapter answers: its finding, or the lines of the first page."""
        return self.panel.locator(".megaroth-lines" if self.chapter.startswith("00") else ".megaroth-finding")

    def control(self, name: str, panel: int = 0) -> "Locator":
        """The text box or list of a field, by the field's name."""
        return self._field(name, panel).locator("input[type=text], select, textarea").first

    def slider(self, name: str, panel: int = 0) -> "Locator":
        """The handle of a field's slider."""
        return self._field(name, panel).locator(".noUi-handle").first

    def _field(self, name: str, panel: int) -> "Locator":
        return self.page.locator(".megaroth").nth(panel).locator(f".megaroth-field-{name}")

    def type(self, name: str, text: str, panel: int = 0) -> "Locator":
        """Type into a field and press Enter, or leave it where Enter is a new line; folds are opened first."""
        self.unfold()
        box = self.control(name, panel)
        box.fill(text)
        box.press("Enter" if box.evaluate("e => e.tagName") == "INPUT" else "Tab")
        return box

    def unfold(self, opened: bool = True) -> None:
        """Open every fold, or close it."""
        self.page.evaluate(
            "(open) => document.querySelectorAll('details').forEach((each) => { each.open = open; })", opened
        )

    def settled(self) -> "Opened":
        """
        Wait until the answer is there, and what waits for rest as well.

        While all checks run side by side a page was seen, once in some hundred, to get no answer from its kernel; a
        person loads it again, and so does this, once.
        """
        from playwright.sync_api import TimeoutError

        try:
            self.main.wait_for(timeout=PAGE_TIME / 2)
        except TimeoutError:
            self.page.reload(timeout=PAGE_TIME)
            self.main.wait_for(timeout=PAGE_TIME)
        self.page.wait_for_function("!document.querySelector('.megaroth-stale')", timeout=PAGE_TIME)
        return self

    def strangers(self, app: App) -> list[str]:
        """The addresses asked for that are not this server's."""
        return [url for url in self.asked if not re.match(rf"{app.own}|data:|blob:", url)]


def begin(browser: "Browser", address: str, code: str, chapter: str) -> Opened:
    """Ask for a page and listen to what the browser says; it comes up meanwhile."""
    page = browser.new_page(viewport=USUAL)
    opened = Opened(page, code, chapter)
    page.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on("dialog", lambda dialog: opened.questions.append(dialog.type) or dialog.accept())
    page.on("request", lambda request: opened.asked.append(request.url))
    page.on("websocket", lambda socket: opened.asked.append(socket.url))
    page.goto(address, timeout=PAGE_TIME, wait_until="commit")
    return opened


def open_chapter(browser: "Browser", app: App, code: str, chapter: str, client: str = "lin") -> Opened:
    """A chapter, ready for use."""
    return begin(browser, app.chapter(code, chapter, client), code, chapter).settled()
