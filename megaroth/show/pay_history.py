"""
Reading a pay history, a CSV with a row for each paycheck so far: out of it the year to date and the last payday.

Spreadsheets of either language write such files in their own way: UTF-8, UTF-16 or GBK, commas, semicolons or tabs.
What cannot be read for sure is refused in one sentence with its line.
"""

import csv
import datetime as dt
import io
import math
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from megaroth.facts.errors import InputError, refuse

MOST_BYTES = 2**21
MOST_COLUMNS = 64
# Headings in either language, without case, spaces and marks, and the year-to-date amount that each is.
HEADINGS = {
    "date": ("date", "paydate", "payday", "checkdate", "日期", "发薪日", "发薪日期"),
    "pay": ("pay", "gross", "grosspay", "wages", "工资", "薪酬", "应发工资", "税前工资"),
    "elective_deferral": ("electivedeferral", "owndeferral", "deferral", "401k", "员工供款"),
    "roth_deferral": ("rothdeferral", "roth", "roth供款", "roth部分"),
    "catch_up": ("catchup", "catchupcontribution", "追加供款"),
    "match": ("match", "employermatch", "雇主匹配", "匹配资金"),
    "employer_contribution": ("employer", "employermoney", "employercontribution", "雇主供款"),
    "after_tax": ("aftertax", "aftertaxcontribution", "税后供款"),
}
_COLUMN_OF = {name: column for column, names in HEADINGS.items() for name in names}
_CURRENCY = re.compile(r"us\$|usd|\$|美元|元|\s")
# Digits, in groups of three or not, with a point; and as in much of Europe with points between groups and a comma.
_POINT = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?")
_COMMA = re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}")
_THOUSAND_OR_POINT = re.compile(r"-?\d{1,3}\.\d{3}")


@dataclass(frozen=True)
class PayHistory:
    """
    What a pay history says, ready for paycheck_plan.

    Attributes: paid_through: the last pay date; year_to_date: USD by name, of the columns there are; paychecks: how
        many rows; ignored: headings that are none of HEADINGS.
    """

    paid_through: dt.date
    year_to_date: dict[str, float]
    paychecks: int
    ignored: tuple[str, ...] = ()


def read_pay_history(source: str | Path | bytes, name: str = "") -> PayHistory:
    """
    The year to date out of a CSV.

    Args: source: a file, or its bytes. name: what the sentences call it; a file has its own name.
    Raises: InputError for what is no such file, headings that are missing or given twice, a row that cannot be read, or
        dates of several years.
    """
    if isinstance(source, str | Path):
        name = name or Path(source).name
        try:
            source = Path(source).read_bytes()
        except OSError:
            raise _file_error("unreadable", "{file} cannot be read.", name) from None
    name = name or "CSV"
    content = _text_of(bytes(source), name)
    separator = separator_of(content)
    lines = _lines(content, separator, name)
    if not lines:
        raise _file_error("empty", "{file} is empty.", name)
    (_, head), *rows = lines
    columns, ignored = _columns(head, name)
    days: list[dt.date] = []
    amounts: dict[str, list[float]] = {column: [] for column in columns if column != "date"}
    for number, row in rows:
        if any(row[len(head) :]):
            text = "{file}, line {line}: more cells than headings; put amounts with thousands separators in quotes."
            raise _file_error("cells", text, name, line=number)
        try:
            days.append(read_day(field="date", typed=row[columns["date"]]))
            for column, found in amounts.items():
                found.append(_amount(column, row[columns[column]], separator))
        except InputError as problem:
            text = "{file}, line {line}: {problem}"
            raise _file_error(problem.rule, text, name, line=number, problem=problem.message) from None
    if not days:
        raise _file_error("empty", "{file} has no paychecks.", name)
    first, last = min(days), max(days)
    if first.year != last.year:
        text = "{file} holds paychecks of {first} and {last}; keep those of one year."
        raise _file_error("years", text, name, first=first.year, last=last.year)
    totals = {column: round(math.fsum(found), 2) for column, found in amounts.items()}
    return PayHistory(last, totals, len(days), ignored)


def read_day(field: str, typed: str) -> dt.date:
    """
    A date as people write it: 2026-06-30, 2026/6/30, 6/30/2026 or 2026 年 6 月 30 日.

    Raises: InputError with rule "date".
    """
    bare = re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(T?0?0:00(:00)?)?", bare)
    american = re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", bare)
    try:
        if found:
            return dt.date(*map(int, found.groups()[:3]))
        if american:
            month, day, year = map(int, american.groups())
            return dt.date(year, month, day)
    except ValueError:
        pass
    text = "{field} must be a date like 2026-06-30; you entered {value}."
    raise InputError("date", text, field=field, value=typed.strip())


def _text_of(content: bytes, name: str) -> str:
    """The file's text, in whichever of the usual encodings it is; raises InputError for a file that is none."""
    if len(content) > MOST_BYTES:
        raise _file_error("too_large", "{file} is too large for a pay history.", name)
    if content.startswith(b"PK") or content.startswith(b"\xd0\xcf\x11\xe0"):
        raise _file_error("workbook", "{file} is a workbook; save the sheet as CSV first.", name)
    text = decoded(content)
    if text is not None:
        return text
    raise _file_error("encoding", "{file} is no text that can be read; save it as CSV in UTF-8.", name)


def decoded(content: bytes) -> str | None:
    """A file's bytes as text: UTF-8, UTF-16 or GBK; None where they are none of these."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    return None


def separator_of(text: str) -> str:
    """The mark that stands most often in the first line."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    return max((",", ";", "\t"), key=head.count)


def _lines(text: str, separator: str, name: str) -> list[tuple[int, list[str]]]:
    """Lines that are not blank, with their numbers; every cell is text, whatever it looks like."""
    if not text.strip():
        return []
    try:
        cells = pd.read_csv(
            io.StringIO(text), sep=separator, header=None, names=range(MOST_COLUMNS), dtype=str, index_col=False,
            keep_default_na=False, na_filter=False, skip_blank_lines=False, quoting=csv.QUOTE_MINIMAL,
        )  # fmt: skip
    except (pd.errors.ParserError, pd.errors.EmptyDataError, csv.Error):
        raise _file_error(
            "table", "{file} is no table that can be read; save it as CSV again.", name
        ) from None
    rows = [[str(cell or "").strip() for cell in row] for row in cells.fillna("").to_numpy().tolist()]
    return [(number, row) for number, row in enumerate(rows, start=1) if any(row)]


def _columns(head: list[str], name: str) -> tuple[dict[str, int], tuple[str, ...]]:
    """Where each amount stands, and the headings that mean none; *head* is cut to its last heading."""
    while not head[-1]:
        head.pop()
    columns: dict[str, int] = {}
    ignored = []
    for place, heading in enumerate(head):
        column = _COLUMN_OF.get(_bare(heading))
        if column is None:
            ignored.append(heading)
        elif column in columns:
            text = "{file} has the heading {heading} twice."
            raise _file_error("once", text, name, heading=heading)
        else:
            columns[column] = place
    if "date" not in columns:
        raise _file_error(
            "heading", "{file} has no column with the heading {heading}.", name, heading="date / 日期"
        )
    if len(columns) == 1:
        text = "{file} has no amounts; headings that can be read are: {headings}."
        raise _file_error("heading", text, name, headings=", ".join(map(_in_both, list(HEADINGS)[1:])))
    return columns, tuple(heading for heading in ignored if heading)


def _in_both(column: str) -> str:
    """A heading as it can be in either language."""
    return f"{column} / {next(name for name in HEADINGS[column] if not name.isascii())}"


def _bare(heading: str) -> str:
    """A heading without case, marks and what stands in brackets, such as its unit."""
    plain = unicodedata.normalize("NFKC", heading).casefold().replace("401(k)", "401k")
    return re.sub(r"[\W_]", "", re.sub(r"\([^)]*\)", "", plain))


def _amount(field: str, typed: str, separator: str) -> float:
    """
    Dollars in a cell; an empty one is none. A formula stays text and so is refused.

    Raises: InputError with rule "number", also for 1.234 in a file with semicolons, which can be two amounts.
    """
    bare = _CURRENCY.sub("", unicodedata.normalize("NFKC", typed).lower()).replace("−", "-")
    if bare in ("", "-"):
        return 0.0
    if bracketed := re.fullmatch(r"\((.+)\)", bare):
        bare = f"-{bracketed[1]}"
    european = separator != ","
    if european and _COMMA.fullmatch(bare):
        return float(bare.replace(".", "").replace(",", "."))
    if _POINT.fullmatch(bare) and not (european and _THOUSAND_OR_POINT.fullmatch(bare)):
        return float(bare.replace(",", ""))
    refuse("number", field, typed)


def _file_error(rule: str, text: str, file: str, **values: object) -> InputError:
    return InputError(rule, text, field="pay_history", file=file, **values)
