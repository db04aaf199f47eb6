"""A list's answer as a file: CSV or Excel, whose texts stay texts whatever they begin with."""

import csv
import io

import pandas as pd
from openpyxl import Workbook

from megaroth.facts.law import Law
from megaroth.plans.book import Screened
from megaroth.show.book_tables import Cell, book_finding, result_head, result_rows
from megaroth.show.language import language
from megaroth.show.sheet import Sheet, plain
from megaroth.show.sources import full_disclaimer, law_line

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # with which a spreadsheet would begin to calculate


def result_file(book: pd.DataFrame, answer: Screened, law: Law, code: str, format_: str) -> bytes:
    """The answer to a list as the bytes of a file, "csv" or "xlsx"."""
    return (_workbook if format_ == "xlsx" else _csv)(book, answer, law, code)


def _csv(book: pd.DataFrame, answer: Screened, law: Law, code: str) -> bytes:
    """Comma-separated in UTF-8 with its mark, so that Excel reads the Chinese; amounts are bare numbers."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(result_head(language(code)))
    writer.writerows([_harmless(cell) for cell in row] for row in result_rows(book, answer, code))
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> object:
    """A name that begins as a formula does gets an apostrophe, which a spreadsheet takes for the sign of a text."""
    if isinstance(cell, str):
        return (
            f"'{cell}"
            if cell.lstrip(" \N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}").startswith(_FORMULA)
            else cell
        )
    if isinstance(cell, float):
        return f"{float(cell):.6g}" if abs(cell) < 1 else f"{float(cell):.2f}"
    return cell


def _workbook(book: pd.DataFrame, answer: Screened, law: Law, code: str) -> bytes:
    speak, work = language(code), Workbook()
    sheet = Sheet(work.active, speak, speak._("Clients"))
    sheet.head(result_head(speak))
    for row in result_rows(book, answer, code):
        sheet.add(row)
    sheet.finish()
    about = Sheet(work.create_sheet(), speak, speak._("Summary"))
    for sentence in (book_finding(speak, answer.table), law_line(speak, law), full_disclaimer(speak)):
        about.add([sentence])
    about.finish()
    work.properties.creator, work.properties.title = "megaroth", plain(speak._("A firm's list of clients"))
    buffer = io.BytesIO()
    work.save(buffer)
    return buffer.getvalue()
