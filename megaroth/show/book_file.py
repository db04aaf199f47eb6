"""
Reading a firm's list of clients: a CSV or an Excel sheet with a row for each.

Spreadsheets write such files in their own way: UTF-8, UTF-16 or GBK, commas, semicolons or tabs. Headings are the
names of a client's facts, or what the client form calls them in either language. What the form takes in the reader's
words (a choice, a state's name, 20万) gets the fact's own value; other cells stay as they are written, and what they
mean is for book_rows to say.
"""

import csv
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from pathlib import Path

import pandas as pd

from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError
from megaroth.facts.labels import label_of, unit_of
from megaroth.plans.book_rows import FIELDS
from megaroth.show.choices import CHOICES, STATES
from megaroth.show.language import LOCALES, Language, language, parse_money
from megaroth.show.pay_history import decoded, separator_of

MOST_BYTES = 2**26
MOST_COLUMNS = 2**8
RESULTS = ("csv", "xlsx")
# Columns beyond the required ones that most answers rest on.
USUAL = (
    "name", "wages", "prior_year_wages", "kind", "accepts_after_tax", "separate_account", "way_out", "offers_roth",
    "match_rate", "match_up_to_share", "employer_contribution", "elective_deferral", "catch_up", "after_tax_so_far",
)  # fmt: skip
# An amount as in much of Europe: points between thousands, a comma before the cents.
_COMMA = re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}")
_THOUSAND_OR_POINT = re.compile(r"-?\d{1,3}(\.\d{3})+")
# Amounts as people type them, in thousands, millions, 万 or 亿; book_rows reads the plain ones, and much faster.
_SCALED = re.compile(r"\d\s*[km万亿]", re.IGNORECASE)
Line = tuple[int, Sequence[object]]


def sample_book() -> Path:
    """The invented list that comes with megaroth."""
    return data_path("book", "sample.csv")


def read_book(source: str | Path | bytes, name: str = "") -> pd.DataFrame:
    """
    The list in a file, ready for mr.screen.

    Args: source: a file, or its bytes. name: what the sentences call it; a file has its own name.
    Returns: a row for each client; its index is the row's number in the file.
    Raises: InputError for what is no such file, is empty, or has a row with more cells than there are headings.
    """
    if isinstance(source, str | Path):
        name = name or Path(source).name
        try:
            source = Path(source).read_bytes()
        except OSError:
            raise _file_error("unreadable", "{file} cannot be read.", name) from None
    name, content = name or "CSV", bytes(source)
    if len(content) > MOST_BYTES:
        raise _file_error("too_large", "{file} is too large for a list of clients.", name)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _file_error(
            "old_workbook", "{file} is an old or a protected workbook; save it as .xlsx or CSV.", name
        )
    lines = _of_workbook(content, name) if content.startswith(b"PK") else _of_text(content, name)
    return _table(lines, name)


def check_result(path: Path, replace: bool = False) -> str:
    """
    The format that a result's name asks for, "csv" or "xlsx", before any work is done.

    Raises: InputError for another ending, or where there is such a file and *replace* was not said.
    """
    ending = path.suffix.lower().removeprefix(".")
    if ending not in RESULTS:
        raise _file_error("format", "{file} must end in .csv or .xlsx.", path.name)
    if path.exists() and not replace:
        raise _file_error("there", "{file} is there already; --force replaces it.", path.name)
    return ending


def _of_workbook(content: bytes, name: str) -> Iterator[Line]:
    """The rows of the first sheet; of a formula the value that was saved with it."""
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings(action="ignore"):
            sheet = load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets[0]
            rows = list(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS))
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, TypeError, OSError, SyntaxError):
        raise _file_error(
            "workbook", "{file} is no workbook that can be read; save it again.", name
        ) from None
    yield from enumerate(rows, start=1)


def _of_text(content: bytes, name: str) -> Iterator[Line]:
    text = decoded(content)
    if text is None:
        raise _file_error("encoding", "{file} is no text that can be read; save it as CSV in UTF-8.", name)
    separator = separator_of(text)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            cells = [cell.strip() for cell in row]
            yield number, [_with_point(cell, number, name) for cell in cells] if separator == ";" else cells
    except csv.Error:
        raise _file_error(
            "table", "{file} is no table that can be read; save it as CSV again.", name
        ) from None


def _with_point(cell: str, line: int, name: str) -> str:
    """An amount with a comma before its cents; raises InputError for 1.234, which can be two amounts."""
    if _COMMA.fullmatch(cell):
        return cell.replace(".", "").replace(",", ".")
    if _THOUSAND_OR_POINT.fullmatch(cell):
        text = "{file}, line {line}: {amount} can be two amounts; write it without a point between thousands."
        raise _file_error("two_ways", text, name, line=line, amount=cell)
    return cell


def _table(lines: Iterator[Line], name: str) -> pd.DataFrame:
    """The lines that are not blank: the first has the headings."""
    filled = ((number, row) for number, row in lines if any(cell not in (None, "") for cell in row))
    _, head = next(filled, (0, ()))
    if not head:
        raise _file_error("empty", "{file} is empty.", name)
    headings = ["" if cell is None else str(cell).strip() for cell in head]
    while not headings[-1]:
        headings.pop()
    numbers, rows = [], []
    for number, row in filled:
        if any(cell not in (None, "") for cell in row[len(headings) :]):
            text = "{file}, line {line}: more cells than headings; put amounts with thousands separators in quotes."
            raise _file_error("cells", text, name, line=number)
        numbers.append(number)
        rows.append([*row[: len(headings)], *[None] * (len(headings) - len(row))])
    if not rows:
        raise _file_error("no_rows", "{file} has headings and no clients.", name)
    frame = pd.DataFrame(rows, columns=headings, index=pd.Index(numbers, name="row"), dtype=object)
    kept = [bool(heading) or frame.iloc[:, place].notna().any() for place, heading in enumerate(headings)]
    frame = frame.loc[:, kept]
    frame.columns = [_fact(heading) for heading in frame.columns]
    return _in_our_words(frame)


def _in_our_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Cells that have the client form's words, with what these mean."""
    for place, field in enumerate(frame.columns):
        if read := _reader_of(field):
            cells = [read(cell) if isinstance(cell, str) else cell for cell in frame.iloc[:, place]]
            frame.isetitem(place, cells)
    return frame


def _reader_of(field: str) -> Callable[[str], object] | None:
    """How a fact's words are read; None where they are no other than book_rows has."""
    if field in CHOICES or field == "state":
        names = _choice_names(field)
        return lambda cell: names.get(_letters(cell), cell)
    return partial(_amount, field) if unit_of(field) == "money" else None


def _amount(field: str, cell: str) -> float | str:
    """20万 and 250k as the form takes them; what is no such amount stays as it stands, for the row to be refused."""
    if not _SCALED.search(unicodedata.normalize("NFKC", cell)):
        return cell
    try:
        return parse_money(field, cell)
    except InputError:
        return cell


def heading_of(speak: Language, field: str) -> str:
    """The heading that a column has in the reader's language, as on the client form."""
    return speak._(
        label_of(field.removeprefix("match_") if field in ("match_rate", "match_up_to_share") else field)
    )


@cache
def _names() -> dict[str, str]:
    """Each heading that is understood, bare, and the fact that it means."""
    headings = {_letters(heading_of(language(code), name)): name for code in LOCALES for name in FIELDS}
    return headings | {_letters(name): name for name in FIELDS}


def _fact(heading: str) -> str:
    """The fact that a heading means, a unit in brackets behind it or not; one that means none as it stands."""
    without_unit = re.sub(r"\([^()]*\)\s*$", "", unicodedata.normalize("NFKC", heading))
    names = _names()
    return names.get(_letters(heading)) or names.get(_letters(without_unit), heading)


@cache
def _choice_names(field: str) -> dict[str, str]:
    """Each word for one of a fact's values, bare, and the value; of a state also with its code behind it."""
    words = STATES if field == "state" else CHOICES[field]
    known = {}
    for key, word in words.items():
        for name in (language(code)._(word) for code in LOCALES if key is not None):
            known[_letters(name)] = key
            if field == "state":
                known |= {_letters(name + key): key, _letters(name.removesuffix("州")): key}
    return known


def _letters(words: str) -> str:
    """Words without case and marks."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", words).casefold())


def _file_error(rule: str, text: str, file: str, **values: object) -> InputError:
    return InputError(rule, text, field="book", value=file, file=file, **values)
