"""
Places without a look of their own: the style sheet dresses them.

Each kind shares one layout and one style, and so do the controls. A page then holds half as many models, each of which a browser must ask for,
build and connect before the page can be used.
"""

from collections.abc import Sequence
from functools import cache

import ipywidgets as w
from ipywidgets.widgets.widget_string import HTMLStyle


@cache
def _layout() -> w.Layout:
    return w.Layout()


@cache
def _style() -> HTMLStyle:
    return HTMLStyle()


@cache
def wide() -> w.Layout:
    """The layout of all controls: as wide as their place."""
    return w.Layout(width="100%")


@cache
def unshortened(kind: type[w.DOMWidget]) -> w.Style:
    """The style of all controls of a kind: their descriptions are not cut."""
    return kind.style.klass(description_width="initial")


class Html(w.HTML):
    """A place for HTML."""

    def __init__(self, value: str = "") -> None:
        super().__init__(value, layout=_layout(), style=_style())


class Column(w.VBox):
    """Widgets under each other."""

    def __init__(self, children: Sequence[w.Widget] = ()) -> None:
        super().__init__(children, layout=_layout())


class Row(w.HBox):
    """Widgets beside each other."""

    def __init__(self, children: Sequence[w.Widget] = ()) -> None:
        super().__init__(children, layout=_layout())
