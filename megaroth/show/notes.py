"""A note for the file: what was said in a meeting, beside the answers of that day."""

import datetime as dt
from collections.abc import Sequence

from megaroth.facts.client import Client
from megaroth.show.client_files import file_name
from megaroth.show.handout import free_path, handouts_folder, save_handout


def save_note(client: Client, day: dt.date, lines: Sequence[str], text: str) -> str:
    """
    Write the day's answers and the advisor's own words as a text file beside the hand-outs; returns the file's name.

    Raises: InputError when the folder cannot be written.
    """
    path = free_path(handouts_folder() / f"{file_name(client.name)}-{day.isoformat()}-note.txt")
    content = "\n".join([day.isoformat(), *lines, "", text.strip(), ""])
    # Windows' own editor shows Chinese when the file begins with this mark.
    save_handout(content.encode("utf-8-sig"), path)
    return path.name
