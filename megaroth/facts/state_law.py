"""
A state's income tax law of one year, as its file in data/law/states/ states it.

A file is read when its state is asked for, not before. Figures that depend on the filing status become arrays in the
order of STATUSES, tables become `Table`s; qss takes the figures of mfj where a file has none of its own. A year that
a file does not hold takes the nearest earlier one (or the first), unindexed, and says so. The README beside the files
explains their format and every kind of rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import get_args

import numpy as np
import yaml

from megaroth.facts.data import data_path
from megaroth.facts.errors import Dollars, Message, Rate, Term, checked, refuse
from megaroth.facts.fields import FIRST_YEAR, LAST_YEAR, State
from megaroth.facts.law import STATUSES, Source

STATES: tuple[str, ...] = get_args(State)
ALLOWANCES = ("standard_deduction", "standard_deduction_65", "personal_exemption", "exemption_65")
FEDERAL = object()  # in place of an allowance: it follows the federal one
FIGURES = {
    "brackets": "brackets",
    "standard_deduction": "standard deduction",
    "personal_exemption": "personal exemption",
    "rules": "limits of its rules",
}

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Table:
    """
    Rows that apply above their `over`.

    Attributes: over, USD, shape (rows,) or (statuses, rows), rows that a status lacks at infinity; columns: the
        figures of the rows by name, same shape.
    """

    over: np.ndarray
    columns: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class StateLaw:
    """
    The income tax law of a state in a year.

    Attributes:
        state: its two letters; name: in English.
        year: the tax year asked for; data_year: the year whose figures are used (None: no tax).
        tax_type: "none", "flat" or "graduated"; conversion_income: "taxed", "exempt", "own_rules" or "none".
        confirmation: "two_calculators", "second_source" or "one_source"; confirmed_years: those of two_calculators.
        thresholds_as_of: newest published year in the figures; projected: which figures a price index moved.
        federal_senior_deduction: the federal deduction of 2025 to 2028 comes off here too.
        social_security_share: how much of the federally taxed benefits is income here.
        brackets: Table of `rate`, None where a rule replaces it; allowances: of ALLOWANCES, numbers by status,
            plain numbers or FEDERAL; rules: those of the year, each with kind, text, source and its own figures.
        announced: a coming tax that is not counted, or None. notes, not_modelled: sentences in English.
    """

    state: str
    name: str
    year: int
    data_year: int | None
    tax_type: str
    conversion_income: str
    confirmation: str
    confirmed_years: tuple[int, ...]
    thresholds_as_of: int | None
    projected: tuple[str, ...]
    federal_senior_deduction: bool
    social_security_share: float
    brackets: Table | None
    allowances: Mapping[str, object]
    rules: tuple[Mapping[str, object], ...]
    announced: Mapping[str, object] | None
    notes: tuple[str, ...]
    not_modelled: tuple[str, ...]

    def __reduce__(self) -> tuple:
        return load_state_law, (self.state, self.year)

    @property
    def taxes(self) -> bool:
        """Whether the state has an income tax that could reach a conversion."""
        return self.tax_type != "none"

    @property
    def announced_tax_would_apply(self) -> bool:
        return self.announced is not None and self.year >= self.announced["from"]

    @property
    def status(self) -> str:
        """
        How sure the figures are, as short text for a table; `sentences` says it to a reader.

        >>> load_state_law("NY", 2025).status, load_state_law("OR", 2031).status
        ('confirmed', 'estimate, partly projected, carried forward from 2026')
        """
        if not self.taxes:
            return "no income tax" + ", announced tax not counted" * self.announced_tax_would_apply
        parts = [self._confidence()]
        if self.projected:
            parts.append("partly projected")
        if self.year > self.data_year:
            parts.append(f"carried forward from {self.data_year}")
        if self.year < self.data_year:
            parts.append(f"figures of {self.data_year}")
        return ", ".join(parts)

    def _confidence(self) -> str:
        if self.confirmation == "two_calculators":
            latest = max(self.confirmed_years)
            return "confirmed" if self.data_year in self.confirmed_years else f"confirmed through {latest}"
        return "second source" if self.confirmation == "second_source" else "estimate"

    @property
    def sentences(self) -> tuple[Message, ...]:
        """The status as sentences for a reader, in the order of importance."""
        if not self.taxes:
            return self._sentences_without_tax()
        said = []
        if self.year != self.data_year:
            which = {"state": self.state, "year": self.year, "known": self.data_year}
            text = (
                "{state}: figures of {known} are carried forward to {year}, not indexed."
                if self.year > self.data_year
                else "{state}: figures of {known}, the first there are, stand in for {year}."
            )
            said.append(Message(text, which))
        said.append(self._confidence_sentence())
        if self.projected:
            text = (
                "{state}: some figures of {known} are not published but projected by a price index: {parts}."
            )
            said.append(
                Message(
                    text, {"state": self.state, "known": self.data_year, "parts": _listed(self.projected)}
                )
            )
        return tuple(said)

    def _confidence_sentence(self) -> Message:
        of = {"state": self.state, "known": self.data_year}
        if self._confidence() == "confirmed":
            return Message("{state}: two independent calculators agree on the figures of {known}.", of)
        if self.confirmation == "two_calculators":
            text = "{state}: two independent calculators agree through {latest}; figures of {known} have one source."
            return Message(text, {**of, "latest": max(self.confirmed_years)})
        if self.confirmation == "second_source":
            return Message("{state}: the main figures were seen in a second source.", of)
        return Message("{state}: the figures have one source, so the state tax is an estimate.", of)

    def _sentences_without_tax(self) -> tuple[Message, ...]:
        said = [Message("{state} does not tax this income.", {"state": self.state})]
        if self.announced_tax_would_apply:
            text = "{state}: a contested tax of {rate} on income over {over} from {year} is not counted."
            coming = self.announced
            values = {"rate": Rate(coming["rate"]), "over": Dollars(coming["over"]), "year": coming["from"]}
            said.append(Message(text, {"state": self.state, **values}))
        return tuple(said)

    def source(self, name: str) -> Source:
        """
        Where the figures of a rule come from.

        Args: name: a rule's `source`, or "figures" for brackets and allowances.
        """
        entry = _file(self.state)["sources"][name]
        return Source(
            cite=entry.get("read_in", entry["cite"]),
            statute=entry["cite"],
            checked=str(entry["checked"]),
            projected=bool(self.projected) or self.year != self.data_year,
        )


def _listed(names: tuple[str, ...]) -> object:
    """The names of figures in a row, each translated by itself."""
    first, *others = (Term(FIGURES[name]) for name in names)
    listed: object = first
    for each in others:
        listed = Message("{first}, {second}", {"first": listed, "second": each})
    return listed


def load_state_law(state: str, year: int) -> StateLaw:
    """
    The law of a state in a year.

    Args:
        state: two letters, of STATES.
        year: tax year.

    Raises: InputError for a state or a year that cannot be.

    >>> load_state_law("CA", 2030).data_year
    2026
    """
    if state not in STATES:
        refuse("choice", "state", state, choices=", ".join(STATES))
    number = checked("year", year, low=FIRST_YEAR, high=LAST_YEAR)
    if not isinstance(number, float) or not number.is_integer():
        refuse("whole", "year", year)
    return _state_law(state, int(number))


@lru_cache(maxsize=2048)
def _state_law(state: str, year: int) -> StateLaw:
    file = _file(state)
    years = file.get("years", {})
    known = max((each for each in years if each <= year), default=min(years, default=None))
    figures = years.get(known, {})
    rules = (rule for rule in file.get("rules", ()) if known in rule.get("years", (known,)))
    return StateLaw(
        state=state,
        name=file["name"],
        year=year,
        data_year=known,
        tax_type=file["tax_type"],
        conversion_income=file["conversion_income"],
        confirmation=file["confirmation"],
        confirmed_years=tuple(file.get("confirmed_years", ())),
        thresholds_as_of=figures.get("thresholds_as_of"),
        projected=tuple(figures.get("projected", ())),
        federal_senior_deduction=file.get("federal_senior_deduction", False),
        social_security_share=_resolved(file.get("social_security_share", 0), known),
        brackets=_resolved(figures.get("brackets"), known),
        allowances=MappingProxyType({name: _resolved(figures.get(name, 0), known) for name in ALLOWANCES}),
        rules=tuple(_resolved(rule, known) for rule in rules),
        announced=_resolved(file.get("announced"), known),
        notes=tuple(file.get("notes", ())),
        not_modelled=tuple(file.get("not_modelled", ())),
    )


@cache
def _file(state: str) -> dict:
    return yaml.load(data_path("law", "states", f"{state}.yaml").read_text(encoding="utf-8"), _Loader)


def _resolved(value: object, year: int) -> object:
    """What a figure of the file is in a year: a number, an array by status, a Table, or groups of these."""
    if isinstance(value, list):
        return tuple(_resolved(each, year) for each in value)
    if value == "federal":
        return FEDERAL
    if not isinstance(value, dict):
        return value
    if all(isinstance(key, int) for key in value):
        return _resolved(value.get(year), year)
    if "all" in value:
        return _resolved(value["all"], year)
    if "single" in value:
        return _by_status([value.get(status, value["mfj"]) for status in STATUSES])
    if "over" in value and isinstance(value["over"], list):
        return _table({name: np.array(column, dtype=np.float64) for name, column in value.items()})
    return MappingProxyType({key: _resolved(each, year) for key, each in value.items()})


def _by_status(rows: list) -> np.ndarray | Table:
    if not isinstance(rows[0], dict):
        return _fixed(np.array(rows, dtype=np.float64))
    most = max(len(row["over"]) for row in rows)

    def stacked(name: str) -> np.ndarray:
        # A shorter table repeats its last row at infinity, where nothing reaches it.
        rows_of = [row[name] for row in rows]
        last = [np.inf if name == "over" else figures[-1] for figures in rows_of]
        return np.array([each + [end] * (most - len(each)) for each, end in zip(rows_of, last, strict=True)])

    return _table({name: stacked(name) for name in rows[0]})


def _table(columns: dict[str, np.ndarray]) -> Table:
    over = _fixed(columns.pop("over"))
    return Table(over, MappingProxyType({name: _fixed(column) for name, column in columns.items()}))


def _fixed(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array
