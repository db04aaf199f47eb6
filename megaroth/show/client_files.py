"""Where an advisor's clients are kept, and which one a page was opened for. Nothing leaves this folder."""

import datetime as dt
import os
import re
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, quote

from megaroth.facts.client import Client, sample_names
from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError, refuse

_SAFE = re.compile(r"[^\w-]+")
_LONGEST = 40  # letters of a file's name; 255 bytes are the most that any system takes
# Names that Windows keeps for devices.
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))}


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


def providers_folder() -> Path:
    """A firm's own provider entries: MEGAROTH_PROVIDERS, else beside the program, or in the person's home."""
    named = os.environ.get("MEGAROTH_PROVIDERS")
    if named:
        return Path(named)
    beside = data_path().parent
    return beside / "providers" if (beside / "start.py").is_file() else Path.home() / "megaroth-providers"


def client_names() -> list[str]:
    """Names to open: the fictional examples first, then the advisor's own files."""
    samples, folder = sample_names(), clients_folder()
    own = sorted(path.stem for path in folder.glob("*.yaml")) if folder.is_dir() else []
    return [*samples, *(name for name in own if name not in samples)]


def is_sample(name: str) -> bool:
    """Whether a name is one of the fictional examples and not a file of the advisor's."""
    return name in sample_names() and not _own_file(name).is_file()


def open_client(name: str) -> Client:
    """
    The client of that name; the advisor's own file goes before an example of the same name.

    Raises: InputError when there is none, or its file is not in order.
    """
    names = client_names()
    if name not in names:
        refuse("choice", "client", name, choices=", ".join(names))
    own = _own_file(name)
    return Client.load(own if own.is_file() else name)


def save_client(client: Client, opened_as: str | None = None, was: Client | None = None) -> str:
    """
    Save a client; returns the file's name without ending.

    Args:
        opened_as: the name of the file that the client came from, which the save may replace. None: a new client,
            kept under its own name.
        was: the client as it was opened; a file that holds another one by now was saved in another window.

    Raises: InputError when another client has that file, it was changed since, or the folder cannot be written.
    """
    name = opened_as or file_name(client.name)
    if was is not None and not _still_there(name, was):
        text = "{file} was changed in another window since it was opened here; give the client another name to keep both."
        raise InputError("changed_elsewhere", text, field="name", value=client.name, file=f"{name}.yaml")
    if opened_as is None and name in client_names():
        text = "There is already a client file {file}; choose another name."
        raise InputError("name_taken", text, field="name", value=client.name, file=f"{name}.yaml")
    try:
        clients_folder().mkdir(parents=True, exist_ok=True)
    except OSError:
        text = "{file} cannot be saved: the folder is read-only, missing or full."
        raise InputError("file_unwritable", text, field="client", value=name, file=f"{name}.yaml") from None
    client.save(_own_file(name))
    return name


def _still_there(name: str, was: Client) -> bool:
    """Whether the file is as it was opened; one that is gone can be written again."""
    if not _own_file(name).is_file():
        return True
    try:
        return open_client(name) == was
    except InputError:
        return False


# What was typed and not saved yet, so that a page that is lost loses nothing.


def keep_draft(client: Client, opened_as: str | None) -> None:
    """Note a client as typed, beside its file; a folder that cannot be written is no reason to disturb."""
    path = _draft_of(client, opened_as)
    with suppress(InputError, OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        client.save(path)


def draft_of(client: Client, opened_as: str | None) -> tuple[Client, dt.datetime] | None:
    """What was typed for this client and never saved, and when; None where there is nothing else than what is saved."""
    path = _draft_of(client, opened_as)
    if not path.is_file():
        return None
    try:
        draft = Client.load(path)
    except InputError:
        return None
    return None if draft == client else (draft, dt.datetime.fromtimestamp(path.stat().st_mtime))


def drop_draft(client: Client, opened_as: str | None) -> None:
    """Forget it: it was saved, or is not wanted."""
    with suppress(OSError):
        _draft_of(client, opened_as).unlink(missing_ok=True)


def _draft_of(client: Client, opened_as: str | None) -> Path:
    # In a folder of its own: client_names lists no draft.
    return clients_folder() / "drafts" / f"{opened_as or file_name(client.name)}.yaml"


def file_name(name: str) -> str:
    """
    A client's name as a file name: letters of any script, digits, hyphens; lower case.

    >>> file_name("../Lin & Söhne")
    'lin-söhne'
    """
    plain = _SAFE.sub("-", name).strip("-").lower()[:_LONGEST].strip("-") or "client"
    return f"{plain}-client" if plain in _RESERVED else plain


def _own_file(name: str) -> Path:
    return clients_folder() / f"{name}.yaml"


def asked_name() -> str:
    """The client that the page's address asks for (?client=lin); "" when it asks for none."""
    return parse_qs(os.environ.get("QUERY_STRING", "")).get("client", [""])[0]


def chosen_name(default: str = "lin") -> str:
    """
    The client that the page opens: the one that its address asks for, else *default*.

    The address is a stranger's text: only names that exist are followed.
    """
    return asked_name() if asked_name() in client_names() else default


def chosen_client(default: str = "lin") -> Client:
    """The client of chosen_name; an example where that file is not in order."""
    try:
        return open_client(chosen_name(default))
    except InputError:
        return Client.load(default)


def opened_name(client: Client) -> str | None:
    """The name that opens this very client: the page's own one, else the file of its name; None when it is not saved."""
    for name in (asked_name(), file_name(client.name)):
        if name in client_names():
            try:
                if open_client(name) == client:
                    return name
            except InputError:
                continue
    return None


def link_to(chapter: str, name: str | None, code: str | None = None) -> str:
    """The address of a chapter for a client, in this language's folder or in that of *code*."""
    folder = "" if code is None else f"../{code}/"
    return f"{folder}{chapter}.ipynb" + (f"?client={quote(name)}" if name else "")
