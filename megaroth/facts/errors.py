"""
Messages for people, and the one error a person can fix.

A calculation knows no language. It hands out a `Message`: an English sentence with named places
and the values that belong there. `str()` gives English; `megaroth.show.language` looks the sentence
up in the reader's catalogue and formats the values the reader's way.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from numbers import Real
from types import MappingProxyType
from typing import NoReturn

import numpy as np

from megaroth.facts.labels import label_of, unit_of

LARGEST = float(np.finfo(np.float64).max)
LONGEST = 60  # letters of a value that a sentence repeats
WRITTEN_OUT = 1e18  # a number beyond it would fill the line with zeros


class Dollars(float):
    """An amount in US dollars inside a message."""

    def __format__(self, spec: str) -> str:
        cents = "" if float(self).is_integer() else ".2f"
        sign = "\N{MINUS SIGN}" if self < 0 else ""
        return f"{sign}${abs(float(self)):,{cents or '.0f'}}"


class Rate(float):
    """A fraction inside a message, shown as percent."""

    def __format__(self, spec: str) -> str:
        return f"{float(self) * 100:.1f}%".replace("-", "\N{MINUS SIGN}")


class Term(str):
    """A word inside a message that has a translation of its own (a field's label, a limit's name)."""


@dataclass(frozen=True)
class Message:
    """An English sentence with named places, and the values for them."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))

    def __str__(self) -> str:
        return self.text.format(**self.values)

    def __reduce__(self) -> tuple:
        return Message, (self.text, dict(self.values))


class InputError(ValueError):
    """
    A value that a person can mend: one sentence that names the field, the value and the rule.

    Attributes:
        field: the field's name in the API ("elective_deferral").
        value: what was given.
        rule: the broken rule, a short stable name ("between", "missing", ...).
        message: the sentence, ready for translation.
        place: where it stands in a client file, as a path of keys; () when that is not known.
    """

    def __init__(self, rule: str, text: str, *, field: str, value: object = None, **values: object):
        self.field, self.value, self.rule = field, value, rule
        self.place: tuple[str | int, ...] = ()
        shown = {"field": Term(label_of(field)), "value": in_unit(field, value), **values}
        self.message = Message(text, shown)
        super().__init__(field, value, rule)

    def __str__(self) -> str:
        return str(self.message)

    def under(self, field: str) -> "InputError":
        """The same problem under the name that the field has where a person entered it."""
        values = {name: each for name, each in self.message.values.items() if name not in ("field", "value")}
        return InputError(self.rule, self.message.text, field=field, value=self.value, **values)

    def at(self, field: str) -> "InputError":
        """The same problem in the same words, at the field that holds the fact; for a name that says less than the words."""
        self.field = field
        return self

    def __reduce__(self) -> tuple:
        return _restore_error, (self.__dict__.copy(),)


def _restore_error(state: dict) -> InputError:
    """An InputError that crossed a process border."""
    error = InputError.__new__(InputError)
    error.__dict__.update(state)
    return error


def refuse(rule: str, field: str, value: object, **values: object) -> NoReturn:
    """Raise the InputError of one of the general rules below, amounts shown in the field's unit."""
    shown = {name: in_unit(field, each) for name, each in values.items()}
    raise InputError(rule, RULES[rule], field=field, value=value, **shown)


def in_unit(field: str, value: object) -> object:
    """The value tagged with the unit of its field, so that it is shown as money, percent or plainly."""
    if isinstance(value, Dollars | Rate):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        text = str(value)
        return value if len(text) <= LONGEST else f"{text[:LONGEST]}\N{HORIZONTAL ELLIPSIS}"
    number = _as_float(value)
    if not np.isfinite(number) or abs(number) > WRITTEN_OUT:
        return f"{number:g}"
    match unit_of(field):
        case "money":
            return Dollars(number)
        case "rate":
            return Rate(number)
    return int(number) if number.is_integer() else number


def _as_float(value: float) -> float:
    """A number as a float; an integer too large for one is infinite."""
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def checked(field: str, value: object, *, low: float = 0.0, high: float = np.inf) -> np.ndarray | float:
    """
    The numbers of one argument, checked: real, finite, between *low* and *high*.

    Args:
        field: the argument's name, which the message will carry.
        value: a number or anything that numpy makes an array of numbers from.

    Returns: a float for a single number, else a float64 array.
    Raises: InputError with rule "number", "finite", "negative", "between" or "at_least".
    """
    if type(value) in (float, int) and low <= value <= high and abs(value) <= LARGEST:
        return float(value)  # one good number, which is what most arguments are, needs no array
    try:
        numbers = _numbers(value)
    except (TypeError, ValueError):
        refuse("missing" if value is None else "number", field, value)
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        refuse("finite", field, _first(numbers, wrong))
    wrong = (numbers < low) | (numbers > high)
    if wrong.any():
        refuse_outside(field, _first(numbers, wrong), low, high)
    return float(numbers) if numbers.ndim == 0 else numbers


def checked_one(
    field: str, value: object, *, low: float = 0.0, high: float = np.inf, whole: bool = False
) -> float:
    """
    As checked, for an argument that is one number and never an array.

    Raises: InputError as checked, or with rule "whole" for a broken number where *whole* ones are asked for.
    """
    number = checked(field, value, low=low, high=high)
    if not isinstance(number, float):
        refuse("number", field, value)
    if whole and not number.is_integer():
        refuse("whole", field, number)
    return number


def _numbers(value: object) -> np.ndarray:
    """A float64 array of real numbers; raises TypeError or ValueError for anything that is none."""
    # In a list of both numpy takes True for 1; a table's column of objects can hold anything.
    numbers = np.asarray(value, dtype=object if isinstance(value, list | tuple) else None)
    if numbers.dtype.kind == "O":
        if not all(isinstance(each, Real | Decimal) and not isinstance(each, bool) for each in numbers.flat):
            raise TypeError
        return np.array([_as_float(each) for each in numbers.flat]).reshape(numbers.shape)
    if numbers.dtype.kind not in "iuf":
        raise TypeError
    return numbers.astype(np.float64)


def refuse_outside(field: str, value: float, low: float, high: float) -> NoReturn:
    """Raise the sentence for a number outside its bounds, whichever of them it has."""
    if np.isfinite(high):
        refuse("between", field, value, low=low, high=high)
    if low == 0:
        refuse("negative", field, value)
    refuse("at_least", field, value, low=low)


def furthest_over(
    amount: np.ndarray | float, limit: np.ndarray | float, slack: float = 0.005
) -> tuple[float, float] | None:
    """
    The amount that is furthest above its limit, with that limit; None where none is.

    Args: USD, numbers or arrays that broadcast together; slack: half a cent is no difference.
    """
    amount, limit = np.broadcast_arrays(amount, limit)
    over = np.subtract(amount, limit)
    if not np.any(over > slack):
        return None
    worst = over.argmax()
    return float(amount.flat[worst]), float(limit.flat[worst])


def _first(numbers: np.ndarray, wrong: np.ndarray) -> float:
    return float(numbers[wrong].flat[0]) if numbers.ndim else float(numbers)


RULES = {
    "missing": "{field} is missing.",
    "number": "{field} must be a number; you entered {value}.",
    "finite": "{field} must be a finite number; you entered {value}.",
    "negative": "{field} cannot be negative; you entered {value}.",
    "between": "{field} must be between {low} and {high}; you entered {value}.",
    "at_least": "{field} must be at least {low}; you entered {value}.",
    "at_most": "{field} cannot be more than {limit}; you entered {value}.",
    "whole": "{field} must be a whole number; you entered {value}.",
    "text": "{field} must be text; you entered {value}.",
    "too_long": "{field} can have {limit} letters at most; you entered {value}.",
    "year_or_date": "{field} must be a year, or a date like 1981-05-17; you entered {value}.",
    "yes_or_no": "{field} must be yes or no; you entered {value}.",
    "choice": "{field} must be one of: {choices}; you entered {value}.",
    "list": "{field} must be a list; you entered {value}.",
    "group": "{field} must be a group of fields; you entered {value}.",
    "unknown": "There is no field called {value}; did you mean one of: {choices}?",
    "match": "{field} must read like 50% to 6%; you entered {value}.",
    "other_plans": "{field} must read like Old Corp 401k 10,000; you entered {value}.",
    "conversions": "{field} must read like 2022 5,000 10,000; you entered {value}.",
    "later": "{field} must come after {earlier}; you entered {value}.",
    "once": "{field}: give each only once; you entered {value} twice.",
    "whole_months": "{field} must be a whole number of months, as twelfths of a year; you entered {value}.",
}
