"""
The door to hand-outs: one client, one day, one format to a file that is whole or not there.

PDF, HTML and Excel come from the same results; each module that makes one loads when it is asked for.
"""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError, refuse
from megaroth.facts.yaml_file import write_whole
from megaroth.show.client_files import clients_folder, file_name
from megaroth.show.firm import Firm
from megaroth.show.results import Results, results_of

FORMATS = ("pdf", "html", "xlsx")
MOST_OF_A_NAME = 1_000  # hand-outs of one client, day and language


def handouts(
    client: Client,
    day: dt.date,
    code: str,
    formats: Iterable[str] = FORMATS,
    firm: Firm | None = None,
    working: bool = False,
    wait: int | None = None,
) -> dict[str, bytes]:
    """
    The hand-outs of a client, by format; the same client, day and firm give the same bytes.

    Args: code, the language; formats, of FORMATS; working, whether the steps to the headline figures are appended;
        wait, the years of waiting that it speaks of, None: until leaving, ten at most.
    Raises: InputError for an unknown format or language, or facts that the calculation refuses.
    """
    results = results_of(client, day, wait)
    return {each: _made(results, code, each, firm, working) for each in formats}


def _made(results: Results, code: str, format_: str, firm: Firm | None, working: bool) -> bytes:
    match format_:
        case "pdf":
            from megaroth.show.handout_parts import handout_of
            from megaroth.show.handout_pdf import pdf_of

            return pdf_of(handout_of(results, code, firm, working))
        case "html":
            from megaroth.show.handout_html import html_of
            from megaroth.show.handout_parts import handout_of

            return html_of(handout_of(results, code, firm, working))
        case "xlsx":
            from megaroth.show.workbook import workbook_of

            return workbook_of(results, code, firm)
    refuse("choice", "format", format_, choices=", ".join(FORMATS))


def handouts_folder() -> Path:
    """Where the app puts hand-outs: beside the clients' folder."""
    return clients_folder().parent / "handouts"


def handout_name(client: Client, day: dt.date, code: str, format_: str) -> str:
    """
    The file's name: client, day, language. It holds no path, whatever the client is called.

    >>> handout_name(Client.load("lin"), dt.date(2026, 11, 25), "zh", "pdf")
    'lin-2026-11-25-zh.pdf'
    """
    return f"{file_name(client.name)}-{day.isoformat()}-{code}.{format_}"


def check_free(paths: Iterable[Path]) -> None:
    """Raises InputError for the first of these files that is there already."""
    for path in paths:
        if path.exists():
            text = "{file} is already there; choose another folder, or say {option} to replace it."
            raise InputError(
                "file_exists", text, field="out", value=str(path), file=path.name, option="--force"
            )


def save_handout(content: bytes, path: Path, replace: bool = False) -> None:
    """
    Write a hand-out, all of it or nothing.

    Raises: InputError when there is such a file and *replace* was not said, or the folder cannot be written.
    """
    if not replace:
        check_free([path])
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError:
        text = "{file} cannot be saved: the folder is read-only, missing or full."
        raise InputError("file_unwritable", text, field="out", value=str(path), file=path.name) from None
    write_whole(path, content)


def free_path(path: Path) -> Path:
    """The path itself, or with the first number behind its name that no file has yet."""
    numbered = (path.with_stem(f"{path.stem}-{number}") for number in range(2, MOST_OF_A_NAME))
    return next((each for each in (path, *numbered) if not each.exists()), path)
