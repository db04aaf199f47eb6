"""What tests share: the running app, the browser, and for panels a clients' folder of their own."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from tests.__main__ import NO_BROWSER, find_browser

START_TIME = 60  # seconds that the server may take on a slow machine


def pytest_configure(config: pytest.Config) -> None:
    """The same examples in every run of the same commit; the deep checks look for new ones."""
    settings.register_profile("every commit", derandomize=True)
    if config.option.markexpr:
        settings.load_profile("every commit")


@dataclass(frozen=True)
class App:
    """A running server: where it listens, its token, and the folder that stands for an advisor's clients."""

    port: int
    token: str
    clients: Path

    def address(self, path: str, **query: str) -> str:
        """The address of a page, without the token unless the query has it."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        return f"http://127.0.0.1:{self.port}/{path}" + (f"?{asked}" if asked else "")

    def chapter(self, code: str, chapter: str, client: str = "lin") -> str:
        """The address of a chapter in the planning app."""
        return self.address(f"voila/render/{code}/{chapter}.ipynb", client=client, token=self.token)


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The server as start.py starts it, on a free port, with clients and run-time files of its own."""
    folder = tmp_path_factory.mktemp("app")
    found = App(_free_port(), secrets.token_hex(16), folder / "clients")
    environment = os.environ | {
        "JUPYTER_TOKEN": found.token,
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "MEGAROTH_CLIENTS": str(found.clients),
        "PYTHONUTF8": "1",
    }
    command = [sys.executable, "-m", "megaroth.show.server", "--port", str(found.port), "--no-browser"]
    with (folder / "server.log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_for(found, process, folder / "server.log")
        yield found
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of a Chromium browser; without one the tests fail, and say what to install."""
    found = find_browser()
    if found is None:
        pytest.fail(NO_BROWSER, pytrace=False)
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(app: App, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + START_TIME
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(app.address("api/status", token=app.token), timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The server did not start:\n{log.read_text(encoding='utf-8')}", pytrace=False)


@pytest.fixture
def clients_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Each test saves into a folder of its own."""
    monkeypatch.setenv("MEGAROTH_CLIENTS", str(tmp_path / "clients"))
    monkeypatch.delenv("QUERY_STRING", raising=False)
    return tmp_path / "clients"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what a panel does when the hand rests."""
    monkeypatch.setattr("megaroth.show.panels.panel.AtRest.ask", lambda _self, *_works: None)
