"""What tests share: the running app, the browser, and for panels a clients' folder of their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.__main__ import NO_BROWSER, find_browser
from tests.browsing import FLAGS, App, running_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def pytest_configure(config: pytest.Config) -> None:
    """The same examples in every run of the same commit; the deep checks look for new ones."""
    # How long a machine takes is for benchmarks/: checks run side by side, and one can be made to wait.
    settings.register_profile("every commit", derandomize=True, deadline=None)
    if config.option.markexpr:
        settings.load_profile("every commit")


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One server for all tests."""
    with running_app(tmp_path_factory.mktemp("app")) as found:
        yield found


@pytest.fixture(scope="session")
def chromium() -> str:
    """The program of a Chromium browser; without one the tests fail, and say what to install."""
    found = find_browser()
    if found is None:
        pytest.fail(NO_BROWSER, pytrace=False)
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator["Browser"]:
    """A browser for the tests of one file: while it runs, no other event loop can."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield found
        found.close()


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
