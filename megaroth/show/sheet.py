"""
One sheet of a workbook, row by row: numbers with formats, live formulas, texts that stay text, columns that fit.

A value's type says how it is shown: Dollars, Rate, a whole number for a year or a count, text.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from megaroth.facts.errors import Dollars, Rate
from megaroth.show.language import Language, columns_of

WIDEST, NARROWEST = 60, 8  # characters
INPUT = PatternFill("solid", fgColor="FFF2CC")
RULE = Border(bottom=Side("thin", color="8C959F"))
QUIET, STRONG = Font(color="57606A"), Font(bold=True)
PREFIX = {"en": '"$"', "zh": '"US$"'}


@dataclass(frozen=True)
class Live:
    """A formula, and the value that it has by our own figures."""

    formula: str
    value: Dollars | Rate | str


Value = Dollars | Rate | Live | int | float | str | dt.date | None


class Sheet:
    """Writes rows from the top and remembers how wide they are."""

    def __init__(self, sheet: Worksheet, speak: Language, title: str) -> None:
        self.cells, self.speak = sheet, speak
        sheet.title = title
        self.row = 0
        self._widths: dict[int, int] = {}

    def head(self, columns: Sequence[str]) -> None:
        """The headings, which stay in sight."""
        self.add(columns)
        for cell in self.cells[self.row]:
            cell.font, cell.border = QUIET, RULE
            cell.alignment = Alignment(wrap_text=True, vertical="bottom")
        self.cells.freeze_panes = f"A{self.row + 1}"
        self.cells.print_title_rows = f"{self.row}:{self.row}"

    def add(self, values: Sequence[Value], bold: bool = False, inputs: Sequence[int] = ()) -> int:
        """A row; *inputs*: columns (from 0) that are coloured as assumptions. Returns its number."""
        self.row += 1
        for place, value in enumerate(values):
            cell = self.cells.cell(self.row, place + 1)
            self._fill(cell, value)
            if bold:
                cell.font = STRONG
            if place in inputs:
                cell.fill = INPUT
        return self.row

    def finish(self) -> None:
        """Widths of the columns, and the page: landscape, one page wide."""
        for place, width in self._widths.items():
            letter = get_column_letter(place)
            self.cells.column_dimensions[letter].width = min(max(width + 2, NARROWEST), WIDEST)
        self.cells.page_setup.orientation = "landscape"
        self.cells.page_setup.fitToWidth, self.cells.page_setup.fitToHeight = 1, 0
        self.cells.sheet_properties.pageSetUpPr.fitToPage = True

    def _fill(self, cell: Cell, value: Value) -> None:
        shown = value.value if isinstance(value, Live) else value
        if isinstance(value, Live):
            cell.value = value.formula
        elif isinstance(value, str):
            _put_text(cell, value)
        elif isinstance(value, Dollars | Rate):
            cell.value = float(value)
        elif value is not None:
            cell.value = value
        if isinstance(shown, Dollars):
            cell.number_format = f"{PREFIX[self.speak.code]}#,##0"
        elif isinstance(shown, Rate):
            cell.number_format = "0.0%"
        elif isinstance(shown, dt.date):
            cell.number_format = "mmm d, yyyy" if self.speak.code == "en" else "yyyy-mm-dd"
        elif isinstance(shown, int | float):
            cell.number_format = "0" if isinstance(shown, int) else "0.000000"
        self._widths[cell.column] = max(self._widths.get(cell.column, 0), self._width(shown))
        if isinstance(shown, str):
            cell.alignment = Alignment(wrap_text=columns_of(shown) > WIDEST, vertical="top")

    def _width(self, shown: Value) -> int:
        if shown is None:
            return 0
        if isinstance(shown, Dollars):
            return len(self.speak.money(shown))
        if isinstance(shown, dt.date):
            return len("Nov 24, 2026")
        if isinstance(shown, float):
            return len("0.000000")
        return max((columns_of(line) for line in str(shown).split("\n")), default=0)


def plain(text: str) -> str:
    """The text without control letters, which no workbook can hold."""
    return ILLEGAL_CHARACTERS_RE.sub("", text)


def _put_text(cell: Cell, text: str) -> None:
    """A text as text, whatever it begins with: nothing that a person typed is ever a formula."""
    cell.value = plain(text)
    cell.data_type = "s"
    if text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        cell.quotePrefix = True
