"""Controls that know the fact they stand for: what is typed becomes a value of that field, or one clear sentence."""

from collections.abc import Callable, Mapping

import ipywidgets as w

from megaroth.facts.labels import label_of
from megaroth.show.language import Language, parse_money, parse_percent, parse_whole

WIDE = {"width": "100%"}


class Field:
    """One control for the fact *name*. `value` is in the API's units; reading it can raise InputError."""

    def __init__(self, name: str, widget: w.DOMWidget, speak: Language, label: str) -> None:
        self.name, self.widget, self._speak, self._label = name, widget, speak, label
        widget.description = label
        widget.layout.width = "100%"
        widget.style.description_width = "initial"
        widget.tooltip = label

    @property
    def value(self) -> object:
        return self.widget.value

    @value.setter
    def value(self, value: object) -> None:
        self.widget.value = value

    def on_change(self, react: Callable[[], None]) -> None:
        """Call *react* after every change by a person or by code."""
        self.widget.observe(lambda _: react(), names="value")

    def tidy(self) -> None:
        """Rewrite what was typed in the house form; nothing for other controls."""

    def mark(self, wrong: bool) -> None:
        """Show in red and in words that this field needs another look."""
        if wrong:
            self.widget.description = self._speak._("{label}: please check", label=self._label)
            self.widget.add_class("megaroth-wrong")
        else:
            self.widget.description = self._label
            self.widget.remove_class("megaroth-wrong")


class TypedField(Field):
    """A text box, read when left or on Enter."""

    parse: Callable[[str, str], object] = staticmethod(lambda field, text: text.strip())

    def __init__(self, name: str, value: object, speak: Language, label: str, optional: bool = False) -> None:
        box = w.Text(value="", continuous_update=False)
        super().__init__(name, box, speak, label)
        self._optional = optional
        self.value = value

    @property
    def value(self) -> object:
        return self.parse(self.name, self.widget.value)

    @value.setter
    def value(self, value: object) -> None:
        self.widget.value = "" if value is None else self.shown(value)

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
        return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"


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
        super().__init__(
            name, kind(options=[(text, key) for key, text in choices.items()], value=value), speak, label
        )


class YearsSlider(Field):
    """Whole years."""

    def __init__(
        self, name: str, value: int, speak: Language, label: str, low: int = 0, high: int = 10
    ) -> None:
        super().__init__(name, w.IntSlider(value=value, min=low, max=high, step=1), speak, label)


class PercentSlider(Field):
    """A fraction, slid in percent points: a readout in percent would read a typed 4 as 400 %."""

    def __init__(self, name: str, value: float, speak: Language, label: str, low: float, high: float) -> None:
        slider = w.FloatSlider(
            value=value * 100, min=low * 100, max=high * 100, step=0.5, readout_format=".1f"
        )
        super().__init__(name, slider, speak, label)

    @property
    def value(self) -> float:
        return round(self.widget.value / 100, 12)

    @value.setter
    def value(self, value: float) -> None:
        self.widget.value = value * 100


def label(speak: Language, name: str, unit: str = "") -> str:
    """A field's label in the reader's language, with its unit in brackets."""
    words = speak._(label_of(name))
    return speak._("{label} ({unit})", label=words, unit=speak._(unit)) if unit else words
