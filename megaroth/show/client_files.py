"""Where an advisor's clients are kept, and which one a page was opened for. Nothing leaves this folder."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, quote

from megaroth.facts.client import Client, sample_names
from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError

_SAFE = re.compile(r"[^\w-]+")


def clients_folder() -> Path:
    """
    The advisor's own clients: MEGAROTH_CLIENTS, else clients/ beside the program (git ignores it), and for an installed
    program a folder in the person's home.
    """
    named = os.environ.get("MEGAROTH_CLIENTS")
    if named:
        return Path(named)
    beside = data_path().parent
    return beside / "clients" if (beside / "start.py").is_file() else Path.home() / "megaroth-clients"


def client_names() -> list[str]:
    """Names to open: the fictional examples first, then the advisor's own files."""
    samples, folder = sample_names(), clients_folder()
    own = sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []
    return [*samples, *(name for name in own if name not in samples)]


def is_sample(name: str) -> bool:
    """Whether a name is one of the fictional examples and not a file of the advisor's."""
    return name in sample_names() and not (clients_folder() / f"{name}.yaml").is_file()


def open_client(name: str) -> Client:
    """
    The client of that name; the advisor's own file goes before an example of the same name.

    Raises: InputError when there is none, or its file is not in order.
    """
    own = clients_folder() / f"{file_name(name)}.yaml"
    return Client.load(own if own.is_file() else name)


def save_client(client: Client) -> str:
    """
    Save under the client's own name; returns the file's name without ending.

    Raises: InputError when the folder cannot be written.
    """
    name = file_name(client.name)
    try:
        clients_folder().mkdir(parents=True, exist_ok=True)
    except OSError:
        text = "{file} cannot be saved: the folder is read-only, missing or full."
        raise InputError("file_unwritable", text, field="client", value=name, file=f"{name}.yaml") from None
    client.save(clients_folder() / f"{name}.yaml")
    return name


def file_name(name: str) -> str:
    """A client's name as a file name: letters of any script, digits, hyphens; lower case."""
    return _SAFE.sub("-", name).strip("-").lower() or "client"


def in_app() -> bool:
    """Whether this page is the planning app's and not a notebook in JupyterLab."""
    return os.environ.get("SERVER_SOFTWARE", "").startswith("voila")


def chosen_name(default: str = "lin") -> str:
    """
    The client that the page's address asks for (?client=lin), else *default*.

    The address is a stranger's text: only names that exist are followed.
    """
    asked = parse_qs(os.environ.get("QUERY_STRING", "")).get("client", [""])[0]
    return asked if asked in client_names() else default


def chosen_client(default: str = "lin") -> Client:
    """The client of chosen_name; an example where that file is not in order."""
    name = chosen_name(default)
    try:
        return open_client(name)
    except InputError:
        return Client.load(default)


def link_to(chapter: str, name: str, code: str | None = None) -> str:
    """The address of a chapter for a client, in this language's folder or in that of *code*."""
    folder = "" if code is None else f"../{code}/"
    return f"{folder}{chapter}.ipynb?client={quote(name)}"
