"""The server's settings: this computer alone, with a token, asking nobody."""

import json
import os
import re
from pathlib import Path

import pytest

from megaroth.show import server

ROOT = Path(__file__).parents[1]
TEMPLATE = server.HERE / "jupyter" / "voila" / "templates" / "megaroth" / "index.html.j2"


def _settings(**changes: object) -> dict[str, str]:
    arguments = {"port": 8888, "lab": False, "browser": False, "code": "en", **changes}
    return dict(each.removeprefix("--").split("=", 1) for each in server.settings(**arguments))


def test_only_this_computer_can_reach_it() -> None:
    """Loopback, the port that was asked for and no other."""
    settings = _settings(port=8999)

    assert settings["ServerApp.ip"] == "127.0.0.1"
    assert settings["ServerApp.port"] == "8999"
    assert settings["ServerApp.port_retries"] == "0"


def test_the_token_stays_on() -> None:
    """Nothing switches off Jupyter's token, its password, or the check of where a request comes from."""
    # The one setting about it makes the check stricter; see below.
    named = " ".join(set(_settings()) - {"ServerApp.allow_unauthenticated_access"})

    for forbidden in (
        "token",
        "password",
        "allow_origin",
        "disable_check_xsrf",
        "allow_remote_access",
        "authenticat",
    ):
        assert forbidden not in named.lower()


@pytest.mark.parametrize(
    ("lab", "code", "address"),
    [
        (False, "en", "/voila/render/en/00_start_here.ipynb"),
        (False, "zh", "/voila/render/zh/00_start_here.ipynb"),
        (True, "zh", "/lab/tree/zh/00_start_here.ipynb"),
    ],
)
def test_first_page(lab: bool, code: str, address: str) -> None:
    """App or notebooks, in the reader's language, begin with the first chapter, which exists."""
    settings = _settings(lab=lab, code=code)

    assert settings["ServerApp.default_url"] == settings["LabApp.default_url"] == address
    assert (server.notebooks_folder() / code / server.FIRST_CHAPTER).is_file()


def test_no_browser_unless_asked() -> None:
    """--no-browser reaches both applications."""
    assert {_settings(browser=False)[f"{name}.open_browser"] for name in ("ServerApp", "LabApp")} == {"False"}


def test_no_code_and_no_traces_in_the_app() -> None:
    """The app uses our page, shows no trace, and starts no kernel before somebody asks for a page."""
    settings = _settings()

    assert settings["VoilaConfiguration.template"] == "megaroth"
    assert settings["VoilaConfiguration.show_tracebacks"] == "False"
    assert settings["VoilaConfiguration.preheat_kernel"] == "False"
    assert settings.get("VoilaConfiguration.strip_sources", "True") == "True"
    assert settings["TagRemovePreprocessor.remove_cell_tags"] == "notebook-only"


def test_no_news_no_updates_no_extensions_from_outside() -> None:
    """JupyterLab asks nobody: no news, no update check, no extension manager."""
    for code in ("en", "zh"):
        folder = Path(_settings(code=code)["LabApp.app_settings_dir"])
        overrides = json.loads((folder / "overrides.json").read_text(encoding="utf-8"))
        notifications = overrides["@jupyterlab/apputils-extension:notification"]
        assert (notifications["checkForUpdates"], notifications["fetchNews"]) == (False, "false")
        assert "@jupyterlab/lsp-extension" in (folder / "page_config.json").read_text(encoding="utf-8")
    assert _settings()["LabApp.extension_manager"] == "readonly"
    assert _settings()["LabApp.news_url"] == "None"


@pytest.mark.parametrize(
    "path", [TEMPLATE, *sorted((ROOT / "megaroth" / "show").rglob("*.css"))], ids=lambda path: path.name
)
def test_our_page_names_no_outside_address(path: Path) -> None:
    """No font, script or style from a public server, and none imported."""
    text = path.read_text(encoding="utf-8")

    assert re.findall(r"https?://|@import|//[a-z]+\.[a-z]", text) == []


def test_only_our_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's own Jupyter settings stay out, and kernels find this package."""
    for name in ("JUPYTER_PATH", "JUPYTER_PREFER_ENV_PATH", "JUPYTER_NO_CONFIG", "PYTHONPATH", "PYTHONUTF8"):
        monkeypatch.setenv(name, "before")

    server.own_settings_only()

    assert os.environ["JUPYTER_PATH"] == str(server.HERE / "jupyter")
    assert os.environ["JUPYTER_NO_CONFIG"] == "1"
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(ROOT), "before"]


@pytest.mark.parametrize(
    ("lang", "code"),
    [("zh_CN.UTF-8", "zh"), ("zh_TW", "zh"), ("en_US.UTF-8", "en"), ("C", "en"), ("fr_FR", "en")],
)
def test_reader_language(monkeypatch: pytest.MonkeyPatch, lang: str, code: str) -> None:
    """Chinese where the system speaks it, else English."""
    monkeypatch.setenv("LANG", lang)

    assert server.reader_language() == code


def test_nothing_is_open_by_an_extensions_mistake() -> None:
    """Addresses that an extension forgot to protect ask for the token; the app's address chooses no other template."""
    settings = _settings()

    assert settings["ServerApp.allow_unauthenticated_access"] == "False"
    assert settings["VoilaConfiguration.allow_template_override"] == "NO"
    assert settings["VoilaConfiguration.allow_theme_override"] == "NO"
    assert settings["VoilaConfiguration.file_denylist"] == ".*"
