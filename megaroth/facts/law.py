"""
What is enacted: the cited figures of one year, published or projected.

Every figure is a file in data/law/ and an attribute of `Law` under the file's name. Figures that depend on the
filing status are mappings over STATUSES (`law.standard_deduction["mfj"]`), or arrays in that order
(`law.array("standard_deduction")`). A figure that does not exist in a year by law is None.

A year that is not published is projected by the statute's own indexing and rounding: see `projection` in each
file and `_projected` here.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

import numpy as np
import yaml

from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError, checked_one
from megaroth.facts.fields import FIRST_YEAR, LAST_YEAR

STATUSES = ("single", "mfj", "mfs", "hoh", "qss")
STATUS_CODE = {status: code for code, status in enumerate(STATUSES)}
INDEX = "cpi_u_q3"

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Source:
    """
    Where a figure comes from.

    Attributes:
        cite: the notice, procedure or statute that states the figure (for a projected one: the last published).
        statute: the paragraph that makes it law.
        checked: the day it was read, ISO date.
        projected: the figure follows from the statute's indexing at an assumed inflation.
    """

    cite: str
    statute: str
    checked: str
    projected: bool

    def __str__(self) -> str:
        if self.projected:
            return f"{self.statute} (projected from {self.cite})"
        return self.statute if self.cite == self.statute else f"{self.statute}; {self.cite}"


class Law:
    """
    The law of one year. Attributes: `year`, `inflation`, `projected`, and one per file of data/law/.

    Raises (on reading a figure): InputError with rule "no_tax_tables" where the sources hold no figure so early.
    """

    __slots__ = ("__dict__", "_arrays", "inflation", "projected", "year")

    def __init__(self, year: int, inflation: float):
        put = object.__setattr__
        put(self, "year", year)
        put(self, "inflation", inflation)
        put(self, "projected", year > latest_published_year())
        put(self, "_arrays", {})

    def __getattr__(self, name: str) -> object:
        if name.startswith("_") or name not in parameters():
            raise AttributeError(f"the law has no figure called {name!r}; see data/law/")
        figure = _frozen(_amount(name, self.year, self.inflation))
        self.__dict__[name] = figure  # Python finds it there the next time
        return figure

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("the law of a year is fixed")

    def __reduce__(self) -> tuple:
        return load_law, (self.year, self.inflation)

    def __repr__(self) -> str:
        status = f"projected at {self.inflation:.1%} inflation" if self.projected else "published"
        return f"Law({self.year}, {status})"

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *parameters()]

    def array(self, name: str) -> np.ndarray:
        """A figure by status as numbers in the order of STATUSES, statuses first; not there (None): nan."""
        arrays = self._arrays
        if name not in arrays:
            amount = getattr(self, name)
            rows = [amount[status] for status in STATUSES] if isinstance(amount, Mapping) else amount
            array = np.array(rows, dtype=np.float64)
            array.flags.writeable = False
            arrays[name] = array
        return arrays[name]

    def for_status(self, name: str, status: np.ndarray | int) -> np.ndarray | float:
        """A figure for each household by its STATUS_CODE; one of several amounts has them along the first axis."""
        if not isinstance(status, int):
            return self.array(name).T.take(status, axis=-1)
        arrays, key = self._arrays, (name, status)  # one client asks for the same few over and over
        if key not in arrays:
            arrays[key] = self.array(name).T[..., status]
        return arrays[key]

    def source(self, name: str) -> Source:
        """
        Where the figure *name* of this year comes from.

        Raises: AttributeError for a name that is no figure; InputError for a year that has none.
        """
        getattr(self, name)
        parameter = parameters()[name]
        known = max(year for year in parameter["values"] if year <= self.year)
        entry = parameter["sources"][parameter["values"][known]["source"]]
        moves = parameter["projection"]["method"] != "stays"
        return Source(
            cite=entry["cite"],
            statute=parameter["sources"]["statute"]["cite"],
            checked=str(entry["checked"]),
            projected=moves and known < self.year,
        )


@lru_cache(maxsize=512)
def _law(year: int, inflation: float) -> Law:
    return Law(year, inflation)


def load_law(year: int, inflation: float = 0.025) -> Law:
    """
    The law of a year: published figures, or projected ones after the last published year.

    Args:
        year: calendar year, 2018 or later; limits from 2018, tax tables from 2023.
        inflation: assumed yearly growth of the price index, a fraction; used for projected years only.

    Raises: InputError for a year or an inflation that cannot be.

    >>> load_law(2026).annual_additions
    72000
    """
    number = checked_one("year", year, low=FIRST_YEAR, high=LAST_YEAR, whole=True)
    return _law(int(number), checked_one("inflation", inflation, low=-0.05, high=0.2))


def law_of(year: int | Law, inflation: float = 0.025) -> Law:
    """A law as it is, or that of a year; arguments and errors of load_law."""
    return year if isinstance(year, Law) else load_law(year, inflation)


@cache
def parameters() -> dict[str, dict]:
    """Every file of data/law/ by name, read once."""
    files = sorted(data_path("law").glob("*.yaml"))
    return {file.stem: yaml.load(file.read_text(encoding="utf-8"), _Loader) for file in files}


@cache
def latest_published_year() -> int:
    """The last year whose limit on annual additions the IRS has published."""
    return max(parameters()["annual_additions"]["values"])


@cache
def first_tax_year() -> int:
    """The first year that has tax tables."""
    return min(parameters()["bracket_edges"]["values"])


def _amount(name: str, year: int, inflation: float) -> object:
    parameter = parameters()[name]
    values = parameter["values"]
    if year in values:
        return values[year]["amount"]
    if year > max(values):
        return _projected(name, parameter, year, inflation)
    if year < first_tax_year():
        text = "There are no tax tables for {year}; choose {first} or later."
        raise InputError("no_tax_tables", text, field="year", value=year, year=year, first=first_tax_year())
    text = "The sources hold no {figure} for {year}; choose {first} or later."
    first = min(known for known in values if known > year)
    raise InputError("no_figure", text, field="year", value=year, year=year, figure=name, first=first)


def _projected(name: str, parameter: dict, year: int, inflation: float) -> object:
    """
    A figure after its last published year, rounded once, never a rounded projection grown again.

    Source: the indexing paragraphs cited in the files of data/law/.
    """
    recipe = parameter["projection"]
    values = parameter["values"]
    last = max(values)
    amount = values[last]["amount"]
    method = recipe["method"]
    if method == "stays" or amount is None:
        return amount
    growth = (1 + inflation) ** (year - last)
    if method == "index":
        return amount * growth
    if method == "irmaa":
        return _projected_irmaa(recipe, amount, year, last, growth)
    if method == "base_amount":
        found = base_amount_limit(recipe, _amount(INDEX, year - 1, inflation))
    else:
        found = _each(amount, lambda figure, status: _indexed(figure, status, recipe, growth))
        for status in recipe.get("twice_single", ()):
            found[status] = 2 * found["single"]
        for status in recipe.get("half_of_mfj", ()):
            found[status] = found["mfj"] // 2
        if recipe.get("width_stays"):
            found = _with_widths_of(amount, found, recipe.get("never_indexed", ()))
    if method == "base_amount" or recipe.get("never_falls"):
        before = amount if year - 1 == last else _amount(name, year - 1, inflation)
        found = max(found, before)
    return found


def base_amount_limit(recipe: Mapping, index: float) -> int:
    """
    A limit that grows from a base amount with the CPI-U of the third quarter before.

    Args:
        recipe: base_amount, base_quarter ("2001Q3"), multiple, rounds ("down", or "increase_down": only the
            increase over the base amount is rounded).
        index: average CPI-U of July to September of the year before.

    Source: 26 U.S.C. 415(d)(3), (4) and the paragraphs that point to it.
    """
    base = recipe["base_amount"]
    base_index = parameters()[INDEX]["values"][int(recipe["base_quarter"][:4])]["amount"]
    grown = base * index / base_index
    if recipe["rounds"] == "increase_down":
        return base + _rounded(grown - base, recipe["multiple"], "down")
    return _rounded(grown, recipe["multiple"], recipe["rounds"])


def _indexed(figure: float, status: str | None, recipe: Mapping, growth: float) -> float:
    multiple = recipe.get("multiple_by_status", {}).get(status, recipe["multiple"])
    return _rounded(figure * growth, multiple, recipe["rounds"])


def _rounded(amount: float, multiple: float, direction: str) -> float:
    """Round to a multiple, down or to the nearest (half up); whole dollars stay whole numbers."""
    steps = amount / multiple
    # A figure that is exactly on a step must not fall below it by a rounding of the last bit.
    whole = math.floor(steps + 1e-9) if direction == "down" else math.floor(steps + 0.5)
    return whole * multiple if isinstance(multiple, int) else round(whole * multiple, 2)


def _each(amount: object, change, status: str | None = None) -> object:
    """The same nesting with every number changed; *change* sees the status it stands under."""
    if isinstance(amount, Mapping):
        return {key: _each(each, change, key) for key, each in amount.items()}
    if isinstance(amount, list):
        return [_each(each, change, status) for each in amount]
    return change(amount, status)


def _with_widths_of(before: Mapping, found: Mapping, never: tuple) -> dict:
    """Ranges whose start is indexed and whose width is fixed by the statute."""
    return {
        status: before[status] if status in never else [start, start + before[status][1] - before[status][0]]
        for status, (start, _) in found.items()
    }


def _projected_irmaa(recipe: Mapping, tables: Mapping, year: int, last: int, growth: float) -> dict:
    """Tiers to the nearest 1,000, the top one fixed until its year; premiums grow with inflation (an estimate)."""
    frozen = recipe["top_tier_stays_until"]
    top_growth = growth ** ((year - frozen) / (year - last)) if year > frozen else 1.0

    def tier(row: list, top: bool) -> list:
        start = _rounded(row[0] * (top_growth if top else growth), recipe["multiple"], "nearest")
        return [
            start,
            *(_rounded(premium * growth, recipe["premium_multiple"], "nearest") for premium in row[1:]),
        ]

    found = {s: [tier(row, row is rows[-1]) for row in rows] for s, rows in tables.items()}
    # Separate filers: the unmarried top tier less the first one (42 U.S.C. 1395r(i)(3)(C)(iii)).
    found["mfs"][-1][0] = found["single"][-1][0] - found["single"][1][0]
    return found


def _frozen(amount: object) -> object:
    if isinstance(amount, dict):
        return MappingProxyType({key: _frozen(each) for key, each in amount.items()})
    return tuple(_frozen(each) for each in amount) if isinstance(amount, list) else amount
