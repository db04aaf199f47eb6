"""
A row of a firm's list as a client: cells as people write them, in columns with the names of a client's facts.

What cannot be read is left as it stands, so that Client refuses it with the sentence that it has for everybody.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial
from types import UnionType
from typing import Annotated, Literal, NoReturn, Union, get_args, get_origin

import numpy as np
import pandas as pd
from pydantic import BaseModel

from megaroth.facts.client import PARTS, Client, Plan
from megaroth.facts.errors import InputError, refuse
from megaroth.facts.fields import near
from megaroth.facts.labels import unit_of
from megaroth.rules.household_table import RULES

REQUIRED = ("filing_status", "birth_year", "state")
YES = {"yes", "y", "true", "1", "1.0", "是", "有", "对"}
NO = {"no", "n", "false", "0", "0.0", "否", "无", "没有"}
NOT_KNOWN = {"", "?", "-", "n/a", "unknown", "not known", "未知", "不详", "待确认"}
BLANK = object()  # a cell that says nothing
TIERS = ("", "_2", "_3")  # a match of several steps: match_rate, match_up_to_share, match_rate_2, ...
_NUMBER = re.compile(r"[-+]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?(e[-+]?\d+)?")
_CURRENCY = re.compile(r"us\$|usd|\$|美元|\s")
_TIER = re.compile(r"\s*([\d.]+)\s*%\s*(?:to|至|到)\s*([\d.]+)\s*%\s*")
Read = Callable[[object], object]
Columns = list[tuple[str, str, Read, list, np.ndarray]]


def clients_of(frame: pd.DataFrame, year: int) -> Iterator[Client | InputError]:
    """
    Each row's client, or why it is none.

    A column that is absent, and a cell that is blank, take the fact's own default; a name the row's label. The years
    that a Client must have and a list need not name are *year*.

    Args: frame: columns of FIELDS, as check_columns lets pass.
    """
    columns: Columns = [
        (*FIELDS[str(name)][:1], str(name), FIELDS[str(name)][1], cells.tolist(), cells.isna().to_numpy())
        for name, cells in frame.items()
    ]
    for row, label in enumerate(frame.index):
        try:
            yield _client(columns, row, label, year)
        except InputError as problem:
            yield problem


def check_columns(frame: object) -> None:
    """Raise InputError for what is no table of clients: a column that is unknown, missing, or there twice."""
    if not isinstance(frame, pd.DataFrame):
        refuse("group", "clients", type(frame).__name__)
    names = [str(name) for name in frame.columns]
    for name in names:
        if name not in FIELDS:
            _refuse_column("unknown", name, choices=near(name, FIELDS))
        if names.count(name) > 1:
            _refuse_column("twice", name)
    for name in REQUIRED:
        if name not in names:
            _refuse_column("missing", name)


def _refuse_column(rule: str, column: str, **values: object) -> NoReturn:
    raise InputError(rule, RULES[rule], field=column, value=column, column=column, **values)


def _client(columns: Columns, row: int, label: object, year: int) -> Client:
    parts: dict[str, dict[str, object]] = {
        "client": {},
        "plan": {},
        "tiers": {},
        **{part: {} for part in PARTS},
    }
    for part, name, read, cells, missing in columns:
        value = BLANK if missing[row] else read(cells[row])
        if value is not BLANK:
            parts[part][name] = value
    whole, plan, tiers = (parts.pop(name) for name in ("client", "plan", "tiers"))
    if tiers:
        plan["match"] = _tiers(tiers)
    _fill_years(parts["assumptions"], year)
    if not any(name == "name" for _, name, *_ in columns):
        whole["name"] = str(label)
    return Client(**whole, **parts, plans=(plan,))


def _tiers(cells: dict[str, object]) -> tuple[dict[str, object], ...]:
    """The steps of a match out of their pairs of columns; the half of a pair is refused."""
    found = []
    for tier in TIERS:
        pair = {name: cells.get(f"match_{name}{tier}") for name in ("rate", "up_to_share")}
        if set(pair.values()) != {None}:
            found.append(pair)
    return tuple(found)


def _fill_years(assumptions: dict[str, object], year: int) -> None:
    """No year but the one screened decides anything here, so those not named follow from it."""
    start = assumptions.setdefault("start_year", year)
    leaves = assumptions.setdefault("separation_year", start)
    years = [start, getattr(leaves, "year", leaves), assumptions.get("retirement_year", start)]
    whole = [each for each in years if type(each) is int]
    assumptions.setdefault("horizon_year", max(whole, default=year))


# --- cells ---


def _flag(cell: object) -> object:
    words = _plain(cell)
    return True if words in YES else False if words in NO else BLANK if words in NOT_KNOWN else cell


def _choice(choices: dict[str, object], cell: object) -> object:
    """One of a few values, whatever its case and marks: "MFJ", "401(k)", "In-plan rollover"."""
    words = _plain(cell)
    return BLANK if words in NOT_KNOWN else choices.get(_letters(words), cell)


def _number(cell: object, whole: bool = False, rate: bool = False) -> object:
    """Dollars, shares and counts; also as text with a currency or, where it is a share, with a percent sign."""
    if isinstance(cell, str):
        words = _plain(cell)
        if words in NOT_KNOWN:
            return BLANK
        bare = _CURRENCY.sub("", words).replace("\N{MINUS SIGN}", "-")
        percent = rate and bare.endswith("%")
        bare = bare.removesuffix("%") if percent else bare
        if not (_NUMBER.fullmatch(bare) and re.search(r"\d", bare)):
            return cell.strip()
        cell = float(bare.replace(",", ""))
        cell = round(cell / 100, 12) if percent else cell
    is_whole = whole and isinstance(cell, float) and cell.is_integer()
    return int(cell) if is_whole else cell


def _year_or_day(cell: object) -> object:
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, str) and re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", cell):
        return cell.strip()
    return _number(cell, whole=True)


def _after_tax(cell: object) -> object:
    """Dollars, a share of pay with its percent sign, or "fill"."""
    words = _plain(cell)
    if words in ("fill", "填满"):
        return "fill"
    return {"share_of_pay": _number(cell, rate=True)} if words.endswith("%") else _number(cell)


def _match(cell: object) -> object:
    """Steps as "50% to 6%", with commas between them; or as Plan has them."""
    if not isinstance(cell, str):
        return cell
    if _plain(cell) in NOT_KNOWN:
        return BLANK
    steps = [_TIER.fullmatch(step) for step in re.split(r"[,;]", unicodedata.normalize("NFKC", cell))]
    if not all(steps):
        refuse("match", "match", cell.strip())
    return [
        {name: _number(f"{each}%", rate=True) for name, each in zip(("rate", "up_to_share"), step.groups(), strict=True)}
        for step in steps
    ]  # fmt: skip


def _text(cell: object) -> object:
    """Words; a number that stands for a name (a file number) is a text too."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    words = str(cell).strip() if not isinstance(cell, bool) else cell
    return words if words != "" else BLANK


def _plain(cell: object) -> str:
    return unicodedata.normalize("NFKC", str(cell)).strip().lower()


def _letters(words: str) -> str:
    return re.sub(r"[\W_]", "", words)


# --- fields ---


def _reader(name: str, annotation: object) -> Read:
    """How the cells of a fact are read, by what the fact may be."""
    if name in _OWN:
        return _OWN[name]
    leaves = set(_leaves(annotation))
    if bool in leaves:
        return _flag
    if words := {leaf for leaf in leaves if isinstance(leaf, str)}:
        return partial(_choice, {_letters(word.lower()): word for word in words})
    if leaves & {int, float} or any(isinstance(leaf, int) for leaf in leaves):
        return partial(_number, whole=float not in leaves, rate=unit_of(name) == "rate")
    return _text


def _leaves(annotation: object) -> Iterator[object]:
    """The types and values that an annotation allows."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for each in get_args(annotation):
            yield from _leaves(each)
    elif origin is Literal:
        yield from get_args(annotation)
    else:
        yield annotation


_OWN: dict[str, Read] = {
    "birth_year": _year_or_day,
    "spouse_birth_year": _year_or_day,
    "separation_year": _year_or_day,
    "after_tax": _after_tax,
    "match": _match,
}
# What a list of one plan for each client has no column for.
_LEFT_OUT = {"household", "plans", *PARTS, "deferral_made", "roth_ira_conversions"}


def _fields() -> Iterator[tuple[str, tuple[str, Read]]]:
    models: dict[str, type[BaseModel]] = {"client": Client, **PARTS, "plan": Plan}
    for part, model in models.items():
        for name, about in model.model_fields.items():
            if name not in _LEFT_OUT:
                yield name, (part, _reader(name, about.annotation))
    for tier in TIERS:
        yield f"match_rate{tier}", ("tiers", partial(_number, rate=True))
        yield f"match_up_to_share{tier}", ("tiers", partial(_number, rate=True))


# Column name -> (part of the client, how its cells are read).
FIELDS: dict[str, tuple[str, Read]] = dict(_fields())
