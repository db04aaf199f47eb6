"""
What a fact may be: annotated types with their bounds, and the frozen group of facts.

pydantic checks; this module turns its first complaint into one sentence for a person.
"""

import datetime as dt
import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from megaroth.facts.errors import InputError, refuse, refuse_outside

FIRST_YEAR, LAST_YEAR = 2018, 2126

Money = Annotated[float, Field(ge=0, strict=True, allow_inf_nan=False)]
SignedMoney = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Rate = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
Growth = Annotated[float, Field(gt=-1, le=1, strict=True, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=0, le=20, strict=True)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR, strict=True)]
BirthYear = Annotated[int, Field(ge=1900, le=LAST_YEAR, strict=True)]
Flag = Annotated[bool, Field(strict=True)]

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
    detail = error.errors(include_url=False)[0]
    place = tuple(step for step in detail["loc"] if not _is_union_branch(step))
    problem = detail.get("ctx", {}).get("error")
    if isinstance(problem, InputError):  # of a group inside this one, or of a check across fields
        problem.place = (*place, *(problem.place or (problem.field,)))
        return problem
    field = next((step for step in reversed(place) if isinstance(step, str)), "client")
    problem = _sentence(field, detail, model)
    problem.place = place
    return problem


def _is_union_branch(step: object) -> bool:
    # pydantic names the branch of a union it tried ("float", "ShareOfPay", "literal['fill']", "date[...]").
    return isinstance(step, str) and bool(
        re.match(r"(float|int|date|str|literal|ShareOfPay|constrained)\b", step)
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
        "tuple_type": "list",
        "too_short": "missing",
        "model_type": "group",
        "int_from_float": "whole",
        "int_type": "whole",
    }
    if kind in ("greater_than_equal", "greater_than", "less_than_equal"):
        low, high = _bounds(model, field)
        try:
            refuse_outside(field, given, low, high)
        except InputError as problem:
            return problem
    rule = rules.get(kind, "number")
    values: dict[str, object] = {}
    if rule == "choice":
        values["choices"] = context["expected"].replace("'", "").replace(" or ", ", ")
    if rule == "unknown":
        shown, values["choices"] = field, near(field, model.model_fields)
    try:
        refuse(rule, field, shown, **values)
    except InputError as problem:
        return problem


def _bounds(model: type[Facts], field: str) -> tuple[float, float]:
    """The lowest and highest value that a field's type allows."""
    found = model.model_json_schema()["properties"].get(field, {})
    options = [found, *found.get("anyOf", [])]
    low = next((o[k] for o in options for k in ("minimum", "exclusiveMinimum") if k in o), float("-inf"))
    high = next((o["maximum"] for o in options if "maximum" in o), float("inf"))
    return low, high
