"""
One local Jupyter server with two faces: the planning app (Voilà) and the notebooks (JupyterLab).

It listens on this computer alone, with Jupyter's token on, and takes no setting from elsewhere on the machine.
"""

import argparse
import os
import sys
import warnings
from importlib.resources import files
from pathlib import Path

from megaroth.facts.data import data_path
from megaroth.show.language import reader_language

HERE = Path(__file__).parent
ITSELF = "megaroth.show.server"
FIRST_CHAPTER = "00_start_here.ipynb"


def notebooks_folder() -> Path:
    """The chapters: beside the package in a checkout, inside it in an installed wheel."""
    inside = HERE.parent / "notebooks"
    return inside if inside.is_dir() else data_path().parent / "notebooks"


def settings(port: int, lab: bool, browser: bool, code: str) -> list[str]:
    """The server's command line."""
    first = f"/lab/tree/{code}/{FIRST_CHAPTER}" if lab else f"/voila/render/{code}/{FIRST_CHAPTER}"
    chosen = {
        "ServerApp.ip": "127.0.0.1",
        "ServerApp.port": port,
        "ServerApp.port_retries": 0,
        "ServerApp.root_dir": str(notebooks_folder()),
        "ServerApp.default_url": first,
        "ServerApp.open_browser": browser,
        "ServerApp.answer_yes": True,  # Ctrl-C ends the server without a question
        # Containers and fresh machines run as root; the server is reached from this computer alone.
        "ServerApp.allow_root": hasattr(os, "geteuid") and os.geteuid() == 0,
        # What an extension forgets to protect asks for the token too.
        "ServerApp.allow_unauthenticated_access": False,
        "ServerApp.contents_manager_class": "megaroth.show.notebook_files.NotebookFiles",
        "LabApp.default_url": first,
        "LabApp.open_browser": browser,
        "LabApp.news_url": "None",
        "LabApp.extension_manager": "readonly",
        "LabApp.app_settings_dir": str(HERE / "jupyter" / "lab" / "settings" / code),
        "LabApp.custom_css": True,
        "VoilaConfiguration.template": "megaroth",
        "VoilaConfiguration.show_tracebacks": False,
        "VoilaConfiguration.preheat_kernel": False,
        # An address (?template=...) can choose no other page than ours, and Voilà hands out no file of the folder.
        "VoilaConfiguration.allow_template_override": "NO",
        "VoilaConfiguration.allow_theme_override": "NO",
        "VoilaConfiguration.file_denylist": ".*",
        # The app runs no cell that is for readers of the notebook.
        "TagRemovePreprocessor.enabled": True,
        "TagRemovePreprocessor.remove_cell_tags": "notebook-only",
        "MappingKernelManager.cull_idle_timeout": 3600,
        "MappingKernelManager.cull_interval": 300,
    }
    extensions = [
        f"--ServerApp.jpserver_extensions={module}=True" for module in ("voila.server_extension", ITSELF)
    ]
    return [f"--{name}={value}" for name, value in chosen.items()] + extensions


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": ITSELF}]


def _link_jupyter_server_extension(server: object) -> None:
    """Before any extension loads: our style sheet for all pages, and a cookie for each page of the app."""
    from jupyter_server.serverapp import JupyterServerAuthWarning

    # Voilà's own scripts are read without the token, as those of the log-in page are; nothing else is.
    warnings.simplefilter("ignore", JupyterServerAuthWarning)
    server.static_custom_path = [str(HERE / "jupyter" / "lab" / "custom")]
    server.config.VoilaConfiguration.prelaunch_hook = _hand_out_xsrf_cookie


def _load_jupyter_server_extension(server: object) -> None:
    """No page of ours asks a public server for MathJax or for a font."""
    from jupyter_server.base.handlers import AuthenticatedFileHandler

    web_app = server.web_app
    # "null" makes Voilà take the MathJax that it brings along.
    web_app.settings["mathjax_url"] = web_app.settings["mathjax_config"] = "null"
    fonts = files("mpl_font") / "fonts" / "noto"
    address = web_app.settings["base_url"].rstrip("/") + r"/megaroth/fonts/(.*)"
    web_app.add_handlers(".*$", [(address, AuthenticatedFileHandler, {"path": str(fonts)})])


def _hand_out_xsrf_cookie(handler: object, notebook: object, cwd: str) -> None:
    """With this cookie a page that is left can stop its kernel; else each would run on for an hour."""
    handler.xsrf_token  # noqa: B018 (reading it sets the cookie)


def own_settings_only() -> None:
    """Templates from the package; the person's own Jupyter settings stay out."""
    os.environ["JUPYTER_PATH"] = str(HERE / "jupyter")
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"
    os.environ["JUPYTER_NO_CONFIG"] = "1"
    # Kernels run in the chapters' folders and must find this package.
    package = str(HERE.parents[1])
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (package, os.environ.get("PYTHONPATH"))))
    os.environ["PYTHONUTF8"] = "1"


def main(arguments: list[str] | None = None) -> None:
    """Start the server; returns when it is stopped."""
    parser = argparse.ArgumentParser(prog="megaroth.show.server")
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--lab", action="store_true")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--language", choices=("en", "zh"), default=None)
    options = parser.parse_args(arguments)
    own_settings_only()
    from jupyterlab.labapp import LabApp

    code = options.language or reader_language()
    command = settings(options.port, options.lab, not options.no_browser, code)
    sys.exit(LabApp.launch_instance(command))


if __name__ == "__main__":
    main()
