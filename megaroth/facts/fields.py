"""
What a fact may be: annotated types with their bounds, and the frozen group of facts.

pydantic checks; this module turns its first complaint into one sentence for a person.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
)

from megaroth.facts.errors import InputError, refuse, refuse_outside

FIRST_YEAR, LAST_YEAR = 2018, 2126


def _day(value: object, about: ValidationInfo) -> object:
    """A date; a bare number, which pydantic would read as seconds since 1970, is left to the branch for years."""
    if value is None or isinstance(value, int | float):
        raise ValueError
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        refuse("year_or_date", about.field_name, value)


def _no_flag(value: object) -> object:
    # To Python True equals 1, which no number of paychecks means.
    return str(value) if isinstance(value, bool) else value


Money = Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]
SignedMoney = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Rate = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
Growth = Annotated[float, Field(ge=-0.99, le=1, strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=20, strict=True)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR, strict=True)]
BirthYear = Annotated[int, Field(ge=1900, le=LAST_YEAR, strict=True)]
Day = Annotated[dt.date, BeforeValidator(_day)]
Flag = Annotated[bool, Field(strict=True)]
Text = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=80)]
PayPeriods = Annotated[Literal[1, 4, 12, 24, 26, 52], BeforeValidator(_no_flag)]

FilingStatus = Literal["single", "mfj", "mfs", "hoh", "qss"]
State = Literal[
    "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DC", "DE", "FL", "GA", "HI", "IA", "ID", "IL", "IN", "KS",
    "KY", "LA", "MA", "MD", "ME", "MI", "MN", "MO", "MS", "MT", "NC", "ND", "NE", "NH", "NJ", "NM", "NV",
    "NY", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VA", "VT", "WA", "WI", "WV", "WY",
]  # fmt: skip


class Facts(BaseModel):
    """A frozen group of facts: unknown keys are refused, every bad value is an InputError."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **facts: Any) -> None:
        # An advisor's own script takes numbers out of a table: numpy's are as good as Python's.
        facts = {name: fact.item() if isinstance(fact, np.generic) else fact for name, fact in facts.items()}
        try:
            super().__init__(**facts)
        except ValidationError as error:
            raise _first_problem(error, type(self)) from None


def near(name: object, choices: Iterable[str]) -> str:
    return ", ".join(
        difflib.get_close_matches(str(name), list(choices), n=3, cutoff=0.4) or list(choices)[:6]
    )


def _first_problem(error: ValidationError, model: type[Facts]) -> InputError:
    """The first complaint of pydantic as a sentence of ours, with the place where it stands."""
    # A misspelt name says more than the name that is missing for it; and of a union's branches the one that took the
    # value for its own knows best what is wrong with it.
    detail = min(
        error.errors(include_url=False),
        key=lambda each: 0 if each["type"] == "extra_forbidden" else 1 if _own_problem(each) else 2,
    )
    *path, last = detail["loc"] or ("client",)
    place = tuple(step for step in path if not _is_union_branch(step))
    if detail["type"] == "extra_forbidden" or not _is_union_branch(last):
        place = (*place, last)
    problem = _own_problem(detail)
    if problem:  # of a group inside this one, or of a check across fields
        inside = problem.place or (problem.field,)
        problem.place = (
            (*place[:-1], *inside) if place[-1:] in (inside[:1], ("client",)) else (*place, *inside)
        )
        return problem
    field = next((step for step in reversed(place) if isinstance(step, str)), "client")
    problem = _sentence(field, detail, model)
    problem.place = place
    return problem


def _own_problem(detail: Mapping[str, Any]) -> InputError | None:
    problem = detail.get("ctx", {}).get("error")
    return problem if isinstance(problem, InputError) else None


def _is_union_branch(step: object) -> bool:
    # pydantic names the branch of a union it tried ("float", "ShareOfPay", "literal['fill']", "function-before[...]").
    return isinstance(step, str) and bool(
        re.match(r"(float|int|date|str|literal|ShareOfPay|constrained|function)\b", step)
    )


def _sentence(field: str, detail: Mapping[str, Any], model: type[Facts]) -> InputError:
    kind, given, context = detail["type"], detail["input"], detail.get("ctx", {})
    shown = given if isinstance(given, int | float | str | dt.date) else type(given).__name__
    if kind == "missing" or given is None:
        kind, given, shown = "missing", None, None
    rules = {
        "missing": "missing",
        "extra_forbidden": "unknown",
        "finite_number": "finite",
        "literal_error": "choice",
        "bool_type": "yes_or_no",
        "string_type": "text",
        "string_too_short": "missing",
        "string_too_long": "too_long",
        "string_unicode": "text",
        "tuple_type": "list",
        "too_short": "missing",
        "model_type": "group",
        "int_from_float": "whole",
        "int_type": "whole",
    }
    if kind in ("greater_than_equal", "greater_than", "less_than_equal"):
        low, high = bounds_of(model, field)
        try:
            refuse_outside(field, given, low, high)
        except InputError as problem:
            return problem
    rule = rules.get(kind, "number")
    values: dict[str, object] = {}
    if rule == "too_long":
        values["limit"] = context["max_length"]
    if rule == "choice":
        values["choices"] = context["expected"].replace("'", "").replace(" or ", ", ")
    if rule == "unknown":
        shown, values["choices"] = field, near(field, model.model_fields)
    try:
        refuse(rule, field, shown, **values)
    except InputError as problem:
        return problem


@cache
def bounds_of(model: type[Facts], field: str) -> tuple[float, float]:
    """The lowest and highest value that a field's type allows."""
    found = model.model_json_schema()["properties"].get(field, {})
    options = [found, *found.get("anyOf", []), found.get("items", {})]
    low = next((o[k] for o in options for k in ("minimum", "exclusiveMinimum") if k in o), float("-inf"))
    high = next((o["maximum"] for o in options if "maximum" in o), float("inf"))
    return low, high
