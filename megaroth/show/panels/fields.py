"""Controls that know the fact they stand for: what is typed becomes a value of that field, or one clear sentence."""

from collections.abc import Callable, Mapping

import ipywidgets as w

from megaroth.facts.labels import label_of
from megaroth.show.language import Language, parse_money, parse_percent, parse_whole
from megaroth.show.panels.plain import unshortened, wide

NO_VALUE = ""  # a list whose value is None shows no line at all


def control(kind: type[w.DOMWidget], label: str, **options: object) -> w.DOMWidget:
    """A control under its label."""
    return kind(description=label, tooltip=label, layout=wide(), style=unshortened(kind), **options)


class Field:
    """
    One control for the fact *name*. `value` is in the API's units; reading it can raise InputError.

    A subclass says in `covers` which finer facts its control holds, and in `slides` that a hand moves it step by step.
    """

    covers: tuple[str, ...] = ()
    slides = False

    def __init__(self, name: str, widget: w.DOMWidget, speak: Language, label: str) -> None:
        self.name = self.fact = name  # a panel that asks for a fact twice renames the one and not the other
        self.widget, self._speak, self.label = widget, speak, label

    @property
    def value(self) -> object:
        return self.widget.value

    @property
    def held(self) -> object:
        """What the control holds; control_of(value) puts it there."""
        return self.widget.value

    def control_of(self, value: object) -> object:
        """What the control holds for a value."""
        return value

    def on_change(self, react: Callable[[], None]) -> None:
        """Call *react* after every change by a person or by code."""
        self.widget.observe(lambda _: react(), names="value")

    def tidy(self) -> None:
        """Rewrite what was typed in the house form; nothing for other controls."""

    def stands_for(self, fact: str) -> bool:
        """Whether a problem with that fact is to be mended here."""
        return fact == self.name or fact in self.covers

    def in_words(self) -> str:
        """Label and value in a line, for paper."""
        return self._speak._("{name}: {amount}", name=self.label, amount=self.shown_value())

    def shown_value(self) -> str:
        """The value as it stands in the control."""
        return str(self.widget.value)

    def mark(self, wrong: bool) -> None:
        """Show in red and in words that this field needs another look."""
        if wrong:
            self.widget.description = self._speak._("{label}: please check", label=self.label)
            self.widget.add_class("megaroth-wrong")
        else:
            self.widget.description = self.label
            self.widget.remove_class("megaroth-wrong")


def dollars(amount: float) -> str:
    """An amount as it stands in a box: cents only where there are any."""
    return f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,.2f}"


class TypedField(Field):
    """A text box, read when left or on Enter; a subclass reads more than words from it."""

    parse: Callable[[str, str], object] = staticmethod(lambda field, text: text.strip())

    def __init__(self, name: str, value: object, speak: Language, label: str) -> None:
        super().__init__(name, control(w.Text, label, continuous_update=False), speak, label)
        self.widget.value = self.control_of(value)
        if type(self) is TypedField:
            self.widget.add_class("megaroth-words")

    @property
    def value(self) -> object:
        return self.parse(self.fact, self.widget.value)

    def control_of(self, value: object) -> object:
        return "" if value is None else self.shown(value)

    def shown_value(self) -> str:
        return self.widget.value or "\N{EN DASH}"

    def shown(self, value: object) -> str:
        """The value as it stands in the box."""
        return str(value)

    def tidy(self) -> None:
        value = self.value
        if value is not None and self.widget.value != self.shown(value):
            self.widget.value = self.shown(value)


class MoneyField(TypedField):
    """US dollars."""

    parse = staticmethod(parse_money)

    def shown(self, value: object) -> str:
        return dollars(value)


class PercentField(TypedField):
    """A fraction, typed in percent points."""

    parse = staticmethod(parse_percent)

    def shown(self, value: object) -> str:
        return f"{value * 100:.10g}" if (value * 1000) % 1 else f"{value * 100:.1f}"


class WholeField(TypedField):
    """A year or a count."""

    parse = staticmethod(parse_whole)


class ChoiceField(Field):
    """One of a few values, each with its words."""

    def __init__(
        self,
        name: str,
        value: object,
        choices: Mapping[object, str],
        speak: Language,
        label: str,
        radio: bool = False,
    ) -> None:
        kind = w.RadioButtons if radio else w.Dropdown
        widget = control(kind, label, options=self.options_of(choices), value=self.control_of(value))
        super().__init__(name, widget, speak, label)

    @property
    def value(self) -> object:
        return None if self.widget.value == NO_VALUE else self.widget.value

    def control_of(self, value: object) -> object:
        return NO_VALUE if value is None else value

    def options_of(self, choices: Mapping[object, str]) -> tuple[tuple[str, object], ...]:
        """What the control lists: words and what it holds for them."""
        return tuple((text, self.control_of(key)) for key, text in choices.items())

    def shown_value(self) -> str:
        return self.widget.label


class YearsSlider(Field):
    """Whole years."""

    slides = True

    def __init__(
        self, name: str, value: int, speak: Language, label: str, low: int = 0, high: int = 10
    ) -> None:
        slider = control(w.IntSlider, label, value=value, min=low, max=high, step=1)
        super().__init__(name, slider, speak, label)
        self.widget.add_class("megaroth-whole")


class PercentSlider(Field):
    """A fraction, slid in percent points: a readout in percent would read a typed 4 as 400 %."""

    slides = True

    def __init__(self, name: str, value: float, speak: Language, label: str, low: float, high: float) -> None:
        slider = control(
            w.FloatSlider,
            label,
            value=round(value * 100, 6),
            min=low * 100,
            max=high * 100,
            step=0.5,
            readout_format=".1f",
        )
        super().__init__(name, slider, speak, label)

    @property
    def value(self) -> float:
        return round(self.widget.value / 100, 12)

    @property
    def held(self) -> float:
        # The browser answers a 7.0 with 6.999999999999998.
        return round(self.widget.value, 6)

    def control_of(self, value: float) -> float:
        return round(value * 100, 6)

    def shown_value(self) -> str:
        return f"{self.widget.value:.1f}"


def label(speak: Language, name: str, unit: str = "") -> str:
    """A field's label in the reader's language, with its unit in brackets."""
    words = speak._(label_of(name))
    return speak._("{label} ({unit})", label=words, unit=speak._(unit)) if unit else words
