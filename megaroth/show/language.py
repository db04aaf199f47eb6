"""
Words, money and dates in the reader's language, and reading what people type.

Catalogues are gettext's, formats are Babel's. Calculations hand out `Message`s and `InputError`s in English with named
places; `Language` puts them into either language.
"""

import datetime as dt
import gettext as gettext_module
import locale
import math
import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import localcontext
from functools import cache
from pathlib import Path
from string import Formatter

from babel.dates import format_date
from babel.numbers import NumberFormatError, format_currency, format_decimal, parse_decimal

from megaroth.facts.errors import Dollars, InputError, Message, Rate, Term, refuse

LOCALES = {"en": "en_US", "zh": "zh_CN"}
NAMES = {"en": "English", "zh": "中文"}
MINUS = "\N{MINUS SIGN}"
CATALOGUES = Path(__file__).parent / "locale"
WAN = 10_000
MOST = 1e12  # USD that can be typed
DIGITS = 400  # Babel fails on an amount that is longer than the usual 28, and a float has at most 309
# In Chinese no space stands next to a full-width mark, also where a value ends or begins with one.
_BESIDE_MARK = re.compile(r"(?<=[，。；：？！（）“”《》、]) | (?=[，。；：？！（）“”《》、])")
_CHINESE, _LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z0-9$%)½]")
_SCALES = {"k": 1e3, "m": 1e6, "万": 1e4, "亿": 1e8}


class Language:
    """One reader's language: `_` translates, the rest formats. Get one from `language("zh")`."""

    def __init__(self, code: str) -> None:
        self.code, self.locale = code, LOCALES[code]
        languages = [] if code == "en" else [self.locale]
        self._catalogue = gettext_module.translation("megaroth", CATALOGUES, languages, fallback=code == "en")

    def _(self, text: str, /, **values: object) -> str:
        """The sentence in this language, its named places filled; values are already text."""
        return self._filled(self._catalogue.gettext(text), values) if text else ""

    def ngettext(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The same for a counted thing; Chinese has one form."""
        return self._filled(self._catalogue.ngettext(one, many, count), values)

    def _filled(self, text: str, values: Mapping[str, object]) -> str:
        """The text with its places filled; in Chinese the spaces around a value go by what the value is."""
        if self.code == "en":
            return text.format(**values)
        filled = ""
        for literal, name, spec, _conversion in Formatter().parse(text):
            filled = _spaced(filled, literal)
            if name is not None:
                filled = _spaced(filled, format(values[name], spec or ""))
        return _BESIDE_MARK.sub("", filled)

    def say(self, message: Message) -> str:
        """A calculation's message in this language."""
        shown = {name: self._value(value) for name, value in message.values.items()}
        return self._(message.text, **shown)

    def problem(self, error: InputError) -> str:
        """The sentence of an error, framed for the reader."""
        return self._("Please check: {problem}", problem=self.say(error.message))

    def _value(self, value: object) -> str:
        if isinstance(value, Message):
            return self.say(value)
        if isinstance(value, Dollars):
            return self.money(value, cents=not float(value).is_integer())
        if isinstance(value, Rate):
            return self.percent(value)
        if isinstance(value, Term):
            return self._(str(value))
        if isinstance(value, dt.date):
            return self.date(value)
        return str(value)

    def money(self, amount: float, cents: bool = False) -> str:
        """Exact dollars: $37,500, US$37,500; cents only where asked for."""
        rounded = round(float(amount), 2 if cents else 0) + 0.0
        pattern = "¤#,##0.00" if cents else "¤#,##0"
        with localcontext(prec=DIGITS):
            text = format_currency(abs(rounded), "USD", pattern, locale=self.locale, currency_digits=False)
        return f"{MINUS}{text}" if rounded < 0 else text

    def about(self, amount: float) -> str:
        """Rounded dollars for a sentence: about $48,000; 约 4.8 万美元."""
        size = abs(amount)
        if size >= 1e6:
            rounded = round(size, -5 if size < 1e7 else -6)
        else:
            rounded = round(size, -3 if size >= 1e4 else -2 if size >= 1e3 else -1 if size >= 100 else 0)
        sign = MINUS if amount < 0 and rounded else ""
        if self.code == "en":
            if rounded >= 1e6:
                shown = format_decimal(rounded / 1e6, "#,##0.#", locale=self.locale)
                return f"about {sign}${shown} million"
            return f"about {sign}{self.money(rounded)}"
        if rounded < WAN:
            return f"约 {sign}{rounded:,.0f} 美元"
        if rounded >= WAN * WAN:
            return f"约 {sign}{format_decimal(rounded / WAN / WAN, '#,##0.##', locale=self.locale)} 亿美元"
        decimals = "#,##0.#" if rounded < 100 * WAN else "#,##0"
        return f"约 {sign}{format_decimal(rounded / WAN, decimals, locale=self.locale)} 万美元"

    def thousands(self, amount: float) -> str:
        """An amount beside a bar, in the unit of `axis_unit`."""
        shown = amount / self.axis_unit
        text = format_decimal(abs(shown), "#,##0" if self.code == "en" else "#,##0.0", locale=self.locale)
        return f"{MINUS}{text}" if shown < 0 and text.strip("0.,") else text

    @property
    def axis_unit(self) -> float:
        """Dollars in one unit of a chart's axis: a thousand, or 万."""
        return 1e3 if self.code == "en" else WAN

    def percent(self, rate: float) -> str:
        """A fraction as percent with one decimal: 7.0%."""
        text = f"{abs(rate) * 100:.1f}%"
        return f"{MINUS}{text}" if rate < 0 and text != "0.0%" else text

    def date(self, day: dt.date, short: bool = False) -> str:
        """A date in running text (November 24, 2026; 2026 年 11 月 24 日), or short for a table (Nov 24, 2026; 2026-11-24)."""
        if self.code == "zh":
            return day.isoformat() if short else f"{day.year} 年 {day.month} 月 {day.day} 日"
        return format_date(day, "medium" if short else "long", locale=self.locale)

    def run_on(self, sentences: Iterable[str]) -> str:
        """Sentences one after another: a space between them, none in Chinese."""
        return ("" if self.code == "zh" else " ").join(sentences)

    def joined(self, parts: Iterable[str]) -> str:
        """Parts of a line, with the language's own semicolon between them."""
        return ("; " if self.code == "en" else "；").join(parts)

    def cite(self, source: str) -> str:
        """A source: citations stay English, the words between them are translated."""
        statute, projected, notice = source.partition(" (projected from ")
        if projected:
            return self._(
                "{statute} (projected from {notice})", statute=statute, notice=notice.removesuffix(")")
            )
        return "; ".join(self._(part) for part in source.split("; "))

    def year(self, year: int, projected: bool) -> str:
        """A tax year with its status, for lists and sentences: 2027, projected."""
        return self._("{year}, projected" if projected else "{year}, published", year=year)


def _spaced(left: str, right: str) -> str:
    """Two pieces of a Chinese text put together: one space between Chinese and Latin, none between Chinese and Chinese."""
    before, after = left.rstrip(" "), right.lstrip(" ")
    sides = _CHINESE.match(before[-1:]), _CHINESE.match(after[:1])
    if all(sides):
        return before + after
    latin = _LATIN.match(after[:1]) if sides[0] else _LATIN.match(before[-1:]) if sides[1] else None
    return f"{before} {after}" if latin else left + right


def reader_language() -> str:
    """Chinese where the system speaks it, else English."""
    spoken = os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return "zh" if spoken.lower().startswith(("zh", "chinese")) else "en"


def columns_of(text: str) -> int:
    """How many columns of a typewriter a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


@cache
def language(code: str) -> Language:
    """The language "en" or "zh"; raises InputError for any other."""
    if code not in LOCALES:
        refuse("choice", "language", code, choices=", ".join(LOCALES))
    return Language(code)


def parse_money(field: str, text: str) -> float | None:
    """
    What a person typed as money: "37500", "$37,500", "37.5k" and "3.75万" are 37,500.

    Returns: USD, None for an empty text. Whether the amount can be is the calculation's to say.
    Raises: InputError with rule "number"; "at_most" for a slip of the keys that makes it more than anybody has.
    """
    bare = re.sub(r"(us)?\$|美元|\s", "", unicodedata.normalize("NFKC", text).lower())
    if not bare:
        return None
    scale = _SCALES.get(bare[-1], 1.0)
    number = _number(field, text, bare[:-1] if scale != 1.0 else bare)
    if not math.isfinite(number):
        return number
    if number * scale > MOST:
        refuse("at_most", field, number * scale, limit=MOST)
    # 37.5k must be 37,500 and not the nearest binary fraction's multiple.
    return round(number * scale, 6)


def parse_percent(field: str, text: str) -> float | None:
    """
    What a person typed as percent: "7", "7.0" and "7%" are 0.07; None for an empty text.

    Raises: InputError with rule "number".
    """
    bare = unicodedata.normalize("NFKC", text).strip().removesuffix("%").strip()
    if not bare:
        return None
    number = _number(field, text, bare)
    return round(number / 100, 12) if math.isfinite(number) else number


def parse_whole(field: str, text: str) -> int | None:
    """
    A year or a count as typed; None for an empty text.

    Raises: InputError with rule "number" or "whole".
    """
    bare = unicodedata.normalize("NFKC", text).strip()
    if not bare:
        return None
    number = _number(field, text, bare)
    if not number.is_integer():
        refuse("whole" if math.isfinite(number) else "finite", field, number)
    return int(number)


def _number(field: str, typed: str, bare: str) -> float:
    bare = bare.replace(MINUS, "-")
    if re.fullmatch(r"[-+]?(nan|inf|infinity)", bare, re.IGNORECASE):
        return float(bare)
    try:
        with localcontext(prec=DIGITS):
            return float(parse_decimal(bare.replace("_", "?"), locale="en_US", strict=True))
    except (NumberFormatError, ValueError, ArithmeticError):  # the last: more digits than a decimal holds
        refuse("number", field, typed.strip()[:40])
