"""
A table of households, checked cell by cell before any formula sees it.

Nothing is guessed: a column that is missing, unknown or there twice, and a cell that is empty, text, negative or
impossible, is an InputError that names column and row.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn

import numpy as np
import pandas as pd

from megaroth.facts.errors import InputError, Message, refuse
from megaroth.facts.fields import near
from megaroth.facts.law import STATUS_CODE

REQUIRED = ("filing_status", "age", "wages")
OPTIONAL = (
    "spouse_age", "spouse_wages", "taxable_interest", "tax_exempt_interest", "ordinary_dividends",
    "qualified_dividends", "long_term_gain", "conversion", "other_ordinary_income", "self_employment_profit",
    "specified_service", "social_security", "state_local_taxes", "other_itemized", "children", "other_dependents",
)  # fmt: skip
OLDEST = 120
HIGHEST = {"age": OLDEST, "spouse_age": OLDEST, "state_rate": 1.0, "local_rate": 1.0}
WHOLE = ("children", "other_dependents")
YES_OR_NO = ("specified_service", "spouse_converts")
MAY_BE_EMPTY = ("state_rate", "local_rate")
LARGEST = float(np.finfo(np.float64).max)

RULES = {
    "missing": "Column {column} is missing.",
    "unknown": "There is no column called {column}; did you mean one of: {choices}?",
    "twice": "Column {column} is there twice.",
    "choice": "Column {column}, row {row}: must be one of {choices}; you entered {value}.",
    "number": "Column {column}, row {row}: must be a possible number; you entered {value}.",
    "whole": "Column {column}, row {row}: must be a whole number; you entered {value}.",
    "yes_or_no": "Column {column}, row {row}: must be 0 or 1; you entered {value}.",
    "finite": "Column {column}, row {row}: a number is missing or not finite; you entered {value}.",
    "negative": "Column {column}, row {row}: cannot be negative; you entered {value}.",
    "at_most": "Column {column}, row {row}: cannot be more than {other}; you entered {value}.",
}


def checked_columns(
    households: pd.DataFrame,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    codes: Mapping[str, Mapping[str, int]] = MappingProxyType({"filing_status": STATUS_CODE}),
) -> dict[str, np.ndarray]:
    """
    The columns as float64 arrays, those of *codes* as codes (filing_status under the name `status`).

    Raises: InputError naming column and row.
    """
    if not isinstance(households, pd.DataFrame):
        refuse("group", "households", type(households).__name__)
    known = (*required, *optional)
    for name in households.columns:
        if name not in known:
            _refuse_column(str(name), "unknown", choices=near(name, known))
    for name in required:
        if name not in households.columns:
            _refuse_column(name, "missing")
    if households.columns.has_duplicates:
        _refuse_column(households.columns[households.columns.duplicated()][0], "twice")
    columns = {
        name: _codes(name, column, codes[name]) if name in codes else _numbers(name, column)
        for name, column in households.items()
    }
    columns["status"] = columns.pop("filing_status")
    return columns


def refuse_cell(rule: str, column: str, row: object, value: object, **values: object) -> NoReturn:
    """Raise the InputError of one cell of a table."""
    error = InputError(rule, RULES[rule], field=column, value=value, column=column, row=row, **values)
    error.message = Message(RULES[rule], {**error.message.values, "value": str(value)})
    raise error


def _refuse_column(column: str, rule: str, **values: object) -> NoReturn:
    raise InputError(rule, RULES[rule], field=column, column=column, **values)


def _codes(name: str, column: pd.Series, choices: Mapping[str, int]) -> np.ndarray:
    try:
        found = pd.Index(list(choices)).get_indexer(column.array)
    except TypeError:  # a cell that cannot be looked up, a list or a dict
        found = np.array([list(choices).index(cell) if cell in [*choices] else -1 for cell in column])
    if len(found) and found.min() < 0:
        row = np.argmin(found)
        refuse_cell("choice", name, column.index[row], column.iloc[row], choices=", ".join(choices))
    return np.fromiter(choices.values(), dtype=np.intp).take(found)


def _numbers(name: str, column: pd.Series) -> np.ndarray:
    numbers = _as_numbers(name, column)
    highest = HIGHEST.get(name, LARGEST)
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() <= highest):  # nan passes neither
        wrong = ~((numbers >= 0) & (numbers <= highest))
        if name in MAY_BE_EMPTY:
            wrong &= ~np.isnan(numbers)
        if wrong.any():
            row = np.argmax(wrong)
            given = numbers[row]
            rule = "finite" if not np.isfinite(given) else "negative" if given < 0 else "number"
            refuse_cell(rule, name, column.index[row], given)
    if name in WHOLE:
        _refuse_where(numbers != np.floor(numbers), "whole", name, column)
    if name in YES_OR_NO:
        _refuse_where((numbers != 0) & (numbers != 1), "yes_or_no", name, column)
    return numbers


def _as_numbers(name: str, column: pd.Series) -> np.ndarray:
    """Numbers as float64, an empty cell as nan; text, dates and (but for yes or no) truth values are refused."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf":
        return column.to_numpy(dtype=np.float64)
    empty = column.isna().to_numpy()
    cells = column.to_numpy(dtype=object)
    fits = np.array([_is_number(cell, name in YES_OR_NO) for cell in cells], dtype=bool)
    _refuse_where(~fits & ~empty, "number", name, column)
    return np.where(empty, np.nan, cells).astype(np.float64)


def _is_number(cell: object, may_be_bool: bool) -> bool:
    if isinstance(cell, bool | np.bool_):
        return may_be_bool
    if isinstance(cell, int | np.integer):
        return abs(cell) <= LARGEST
    return isinstance(cell, float | np.floating)


def _refuse_where(wrong: np.ndarray, rule: str, name: str, column: pd.Series) -> None:
    if wrong.any():
        row = np.argmax(wrong)
        refuse_cell(rule, name, column.index[row], column.iloc[row])
