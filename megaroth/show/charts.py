"""
Tables to pictures; the only module that draws.

Each picture keeps one Figure. Its layout is worked out when it is drawn at rest and kept while a control moves, since
laying a figure out costs as much as drawing it. `draw` returns an `<img>` with its text alternative. A strategy has
one colour, one dash and one name everywhere.
"""

import base64
import html
import io
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from importlib.resources import files

import numpy as np
import pandas as pd
from matplotlib import font_manager, rcParams
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator
from PIL import Image

from megaroth.facts.law import latest_published_year
from megaroth.plans.projection import Projection
from megaroth.rules.room import CAP_LABELS, Room
from megaroth.show.language import MINUS, Language, language
from megaroth.show.tables import strategy_name

INK, QUIET, GREY, ERROR = "#1f2328", "#57606a", "#8c959f", "#a40e26"
COLOURS = {
    "prompt": "#0b5fa5",
    "yearly": "#3497b2",
    "late_convert": "#b83a00",
    "late_split": "#bd8700",
    "never": "#5b1a4e",
    "brokerage": "#5f6368",
}
LABEL_COLOURS = {**COLOURS, "yearly": "#1d6f86", "late_split": "#8a6200"}
PALE = "#f0d3c6"  # late_convert, not chosen
DASHES = {
    "prompt": "solid",
    "yearly": (0, (8, 3)),
    "late_convert": (0, (5, 2)),
    "late_split": (0, (1, 1.4)),
    "never": (0, (6, 2, 1, 2)),
    "brokerage": "solid",
}
WIDTHS = {
    "prompt": 2.4, "yearly": 2.0, "late_convert": 2.4, "late_split": 2.8, "never": 2.0, "brokerage": 1.4,
}  # fmt: skip
CHINESE_FONT = "Noto Sans CJK SC"
# An inch is shown in 100 px: at rest pictures are drawn twice as fine, so that they stay sharp on fine screens.
DPI, DPI_MOVING = 200, 140
SMALL, NORMAL, LARGE = 9, 9.5, 11  # points
MOST_TICKS = 6  # of a money axis; each costs a millisecond, and more of them say no more
USUAL_WAITS, MOST_BARS_NAMED = 10, 14  # years that the bars of waiting span at least; that are each named
LEAST = 1e3  # USD that an axis spans at least: no picture magnifies cents


@cache
def use_fonts() -> None:
    """Add the Chinese faces of the pinned font package; Latin text keeps its own face."""
    folder = files("mpl_font") / "fonts" / "noto"
    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(str(folder / f"NotoSansCJKsc-{weight}.otf"))
    rcParams["font.family"] = ["DejaVu Sans", CHINESE_FONT]
    rcParams["axes.unicode_minus"] = True
    rcParams["text.parse_math"] = False  # two dollar signs in a text are no formula


class Picture:
    """A figure that is drawn again and again: subclasses fill `self.axes` and give its text alternative."""

    size = (6.2, 3.2)  # inches at 100 px
    dpi = DPI  # at rest

    def __init__(self, speak: Language) -> None:
        use_fonts()
        self.speak, self._laid_out = speak, False

    @cached_property
    def figure(self) -> Figure:
        """Made when it is first drawn: a page comes up before its lower pictures are wanted."""
        return Figure(figsize=self.size, dpi=DPI)

    @cached_property
    def canvas(self) -> FigureCanvasAgg:
        """What the figure is drawn on."""
        return FigureCanvasAgg(self.figure)

    @cached_property
    def axes(self) -> Axes:
        """The one pair of axes, in the dress of all pictures."""
        axes = self.figure.add_subplot()
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(colors=INK, labelsize=SMALL)
        return axes

    def image(self, alternative: str, moving: bool) -> str:
        """The figure as an `<img>` that says in words what it shows; while *moving* its layout stays as it was."""
        fast = moving and self._laid_out
        self.figure.set_layout_engine("none" if fast else "constrained")
        self.figure.set_dpi(DPI_MOVING if fast else self.dpi)
        self.canvas.draw()
        self._laid_out = True
        size = self.canvas.get_width_height()
        drawn = Image.frombuffer("RGBA", size, self.canvas.buffer_rgba(), "raw", "RGBA", 0, 1).convert("RGB")
        if fast:  # a palette is packed in half the time, and no eye sees the difference
            drawn = drawn.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        buffer = io.BytesIO()
        drawn.save(buffer, format="png", compress_level=1)
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        size = f"width: 100%; max-width: {self.size[0] * 100:.0f}px; height: auto"
        return f'<img alt="{html.escape(alternative)}" style="{size}" src="data:image/png;base64,{data}">'

    def gap(self) -> str:
        """An empty place of the picture's shape, so that nothing jumps when a picture is taken away."""
        width, height = self.size
        return f'<div class="megaroth-gap" style="aspect-ratio: {width} / {height}"></div>'

    def clear(self) -> None:
        """Take the drawing out, keep the axes' dress."""
        for artist in [*self.axes.patches, *self.axes.texts, *self.axes.lines, *self.axes.collections]:
            artist.remove()

    def over_years(
        self, years: pd.Index, beyond: float, projected_from: int | None, height: float, label: str
    ) -> None:
        """
        Dress the axes for lines over years.

        Args: beyond: room for the lines' names, in years. projected_from, height: see mark_projected. label: of the
            dollars, in the reader's language.
        """
        axes, speak = self.axes, self.speak
        axes.set_xlim(years[0], years[-1] + beyond)
        every = 5 if len(years) <= 25 else 10
        axes.set_xticks([year for year in years if year % every == 0] or list(years))
        self.mark_projected(projected_from, years, height)
        money_axis(axes.yaxis, speak, scaled=True)
        axes.set_xlabel(speak._("Year"), color=QUIET, fontsize=SMALL)
        axes.set_ylabel(label, color=QUIET, fontsize=SMALL)

    def mark_projected(self, first: int | None, years: pd.Index, height: float) -> None:
        """A dotted line at the first year whose law is projected, and the word at this height."""
        if first is None or not years[0] <= first <= years[-1]:
            return
        self.axes.axvline(first, color=QUIET, linewidth=0.9, linestyle=":")
        note = {"color": QUIET, "fontsize": SMALL, "va": "bottom"}
        self.axes.text(first + 0.3, height, self.speak._("projected"), **note)

    def alternative(self, kind: str, finding: str, along: str, ends: tuple[str, str], series: str) -> str:
        """The one pattern of every text alternative; *along* goes from the first to the second of *ends*."""
        return self.speak._(
            "{kind}: {finding}. {along} from {first} to {last}. {series}. Numbers in the table below.",
            kind=kind, finding=finding.rstrip(".。"), along=along, first=ends[0], last=ends[1], series=series,
        )  # fmt: skip

    def listed(self, amounts: Iterable[tuple[str, float]]) -> str:
        """Names and their dollars in words."""
        speak = self.speak
        return speak.joined(
            speak._("{name}: {amount}", name=name, amount=speak.money(amount)) for name, amount in amounts
        )

    def described(self, name: str, values: pd.Series) -> str:
        """A series in words: first, last, and the highest where that is neither."""
        speak, shown = self.speak, self.speak.money
        first, last, highest = values.iloc[0], values.iloc[-1], values.max()
        if highest > max(first, last):
            return speak._(
                "{name}: {first} to {last}, highest {highest} at {place}",
                name=name, first=shown(first), last=shown(last), highest=shown(highest), place=values.idxmax(),
            )  # fmt: skip
        return speak._("{name}: {first} to {last}", name=name, first=shown(first), last=shown(last))


class WaterfallPicture(Picture):
    """From the limit down to the room still open, one bar a step; catch-up stands apart below."""

    def draw(self, room: Room, finding: str, moving: bool = False) -> str:
        """The picture of one room; *finding* is its title in words, for the text alternative."""
        speak, axes, steps = self.speak, self.axes, room.waterfall()
        self.clear()
        furthest = max(float(steps["amount"].abs().max()), float(room.limit + room.excess), LEAST)
        labels = [_step_label(speak, step, room) for step in steps.itertuples()]
        places, level = list(range(len(steps))), 0.0
        for place, step in enumerate(steps.itertuples()):
            left, width, level = _bar(step, level, float(room.limit))
            strong = step.binding or step.step == "Room still open"
            self._bar(place, left, width, step.amount, _bar_dress(step), furthest, strong)
            lower_end = min(place + 1.31, len(steps) - 0.69)
            axes.plot([level, level], [place - 0.31, lower_end], color=GREY, linewidth=0.6)
        if room.catch_up > 0:
            labels.append(speak._("Catch-up beside the limit"))
            places.append(len(steps) + 0.4)
            self._bar(places[-1], 0.0, room.catch_up, room.catch_up, ("#ffffff", None), furthest, False)
        axes.set_yticks(places, labels)
        axes.set_ylim(places[-1] + 0.5, -0.5)
        axes.set_xlim(0, furthest * 1.24)
        money_axis(axes.xaxis, speak)
        unit = speak._("US$ thousand")
        if room.law.projected:
            unit = speak._("{unit}; limits of {year}, projected", unit=unit, year=room.law.year)
        axes.set_xlabel(unit, color=QUIET, fontsize=SMALL)
        amounts = self.listed(zip(labels, [*steps["amount"], room.catch_up], strict=False))
        kind, ends = speak._("Waterfall chart"), (labels[0], labels[len(steps) - 1])
        return self.image(self.alternative(kind, finding, speak._("Steps"), ends, amounts), moving)

    def _bar(
        self,
        place: float,
        left: float,
        width: float,
        amount: float,
        dress: tuple[str, str | None],
        furthest: float,
        strong: bool,
    ) -> None:
        colour, hatch = dress
        edge = ERROR if hatch else GREY if colour == "#ffffff" else colour
        self.axes.barh(place, width, left=left, height=0.62, color=colour, hatch=hatch, edgecolor=edge)
        self.axes.text(
            left + width + furthest * 0.012, place, self.speak.money(amount), va="center", fontsize=NORMAL, color=INK,
            fontweight="bold" if strong else "normal",
        )  # fmt: skip


def _bar(step: object, level: float, limit: float) -> tuple[float, float, float]:
    """Left end and width of a step's bar, and the level after it."""
    if step.step == "Excess":
        return limit, step.amount, level
    if step.total:
        return 0.0, step.amount, step.amount
    return level + min(step.amount, 0.0), abs(step.amount), level + step.amount


def _bar_dress(step: object) -> tuple[str, str | None]:
    """Colour and hatch."""
    if step.step == "Excess":
        return "#ffffff", "////"
    if step.step in ("After-tax space", "Room still open"):
        return COLOURS["prompt"], None
    return (INK if step.binding else GREY), None


def _step_label(speak: Language, step: object, room: Room) -> str:
    """The step's name; a cap says which."""
    return speak._(
        CAP_LABELS.get(room.limited_by, step.step) if step.step == "Held back by the cap" else step.step
    )


class WaitingPicture(Picture):
    """Cost by years waited: bars where the earnings go to Roth, dots where they go to a traditional IRA."""

    size = (4.5, 3.0)

    def __init__(self, speak: Language) -> None:
        super().__init__(speak)
        self.axes.set_xlabel(speak._("Years waited"), color=QUIET, fontsize=SMALL)
        money_axis(self.axes.yaxis, speak, scaled=True)

    def draw(
        self,
        costs: Mapping[str, pd.Series],
        way: str,
        chosen: int,
        finding: str,
        axis: str,
        moving: bool = False,
    ) -> str:
        """
        The picture.

        Args:
            costs: by way ("roth", "traditional_ira"), those that are known: USD brought to today by years waited,
                positive is a cost; years past separation are left out.
            way, chosen: the one that the sentence is about, which is marked. finding: title in words. axis: what the
                bars are, with their unit.
        """
        speak, axes, unit = self.speak, self.axes, self.speak.axis_unit
        self.clear()
        values = [cost for each in costs.values() for cost in each]
        high, low = max([LEAST, *values]), min([0.0, *values])
        span = high - low
        described = []
        if "roth" in costs:
            self._bars(costs["roth"] / unit, chosen if way == "roth" else None)
            self._key(0.99, speak._("Bars: all to Roth"), COLOURS["late_convert"])
            described.append(self.described(speak._("Bars: all to Roth"), costs["roth"]))
        if "traditional_ira" in costs:
            self._dots(costs["traditional_ira"] / unit, chosen if way == "traditional_ira" else None)
            self._key(0.91, speak._("Dots: earnings to a traditional IRA"), LABEL_COLOURS["late_split"])
            text = speak._("Dots: earnings to a traditional IRA")
            described.append(self.described(text, costs["traditional_ira"]))
        if chosen in costs[way].index:
            highest = max(float(each.get(chosen, 0.0)) for each in costs.values())
            axes.text(
                chosen, (highest + span * 0.035) / unit, speak.thousands(float(costs[way][chosen])), ha="center", va="bottom",
                color=COLOURS["late_convert"] if way == "roth" else LABEL_COLOURS["late_split"], fontweight="bold", fontsize=LARGE,
            )  # fmt: skip
        axes.set_ylim((low - (span * 0.1 if low < 0 else 0)) / unit, (high + span * 0.24) / unit)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set_ylabel(axis, color=QUIET, fontsize=SMALL - 0.5)
        years = costs[way].index
        last = max(USUAL_WAITS, years[-1])
        axes.set_xlim(-0.6, last + 0.6)
        axes.set_xticks(range(0, last + 1, 1 if last <= MOST_BARS_NAMED else 5))
        kind, ends = speak._("Bar chart"), (str(years[0]), str(years[-1]))
        words = self.alternative(kind, finding, speak._("Years waited"), ends, speak.joined(described))
        return self.image(words, moving)

    def _bars(self, costs: pd.Series, chosen: int | None) -> None:
        colour = COLOURS["late_convert"]
        for years, cost in costs.items():
            fill = colour if years == chosen else PALE
            bar = Rectangle((years - 0.36, 0), 0.72, cost, facecolor=fill, edgecolor=colour, linewidth=0.9)
            self.axes.add_patch(bar)

    def _dots(self, costs: pd.Series, chosen: int | None) -> None:
        colour = COLOURS["late_split"]
        self.axes.plot(costs.index, costs, linestyle="none", marker="o", color=colour, markersize=5.5)
        if chosen in costs.index:
            ring = {"markerfacecolor": "none", "markeredgecolor": colour, "markeredgewidth": 1.6}
            self.axes.plot([chosen], [costs[chosen]], linestyle="none", marker="o", markersize=10, **ring)

    def _key(self, height: float, text: str, colour: str) -> None:
        where = {"transform": self.axes.transAxes, "va": "top"}
        self.axes.text(0.02, height, text, color=colour, fontsize=SMALL, **where)


class LayersPicture(Picture):
    """Where the tax comes from: running horizontal bars, one a layer, zero layers written."""

    size = (4.5, 3.0)

    def draw(self, layers: Sequence[tuple[str, float]], title: str) -> str:
        """*layers*: (label in the reader's language, USD), in order; they add up to the tax."""
        speak, axes, unit, total = self.speak, self.axes, self.speak.axis_unit, 0.0
        self.clear()
        ends = np.cumsum([amount for _, amount in layers])
        lowest, highest = min([0.0, *ends]), max([LEAST, *ends])
        for place, (_, amount) in enumerate(layers):
            start, total = total, total + amount
            colour = COLOURS["late_convert"]
            axes.barh(place, amount / unit, left=start / unit, height=0.6, color=colour)
            end = (max(start, total) + highest * 0.015) / unit
            axes.text(end, place, speak.money(amount), va="center", color=INK, fontsize=NORMAL)
        axes.set_yticks(range(len(layers)), [label for label, _ in layers])
        axes.set_ylim(len(layers) - 0.5, -0.5)
        axes.set_xlim(lowest / unit, highest * 1.4 / unit)
        money_axis(axes.xaxis, speak, scaled=True)
        axes.set_xlabel(speak._("US$ thousand"), color=QUIET, fontsize=SMALL)
        axes.set_title(title, x=0, loc="left", fontsize=NORMAL, color=INK)
        amounts = self.listed(layers)
        kind, ends = speak._("Bar chart"), (layers[0][0], layers[-1][0])
        return self.image(self.alternative(kind, title, speak._("Layers"), ends, amounts), moving=False)


class LinesPicture(Picture):
    """What each strategy is behind the first one over time; lines carry their own labels."""

    size = (6.4, 3.6)

    def draw(
        self, gaps: pd.DataFrame, names: Mapping[str, str], projected_from: int | None, finding: str
    ) -> str:
        """
        The picture.

        Args:
            gaps: USD, index year, a column per strategy key. names: the strategies' names for the reader.
            projected_from: the first year whose law is projected, marked by a dotted line.
        """
        speak, axes, years = self.speak, self.axes, gaps.index
        self.clear()
        scaled = gaps / speak.axis_unit
        for key in gaps.columns:
            axes.plot(years, scaled[key], **line_dress(key))
        low, high = float(scaled.min().min()), float(scaled.max().max())
        room = max(high - low, LEAST / speak.axis_unit)
        ends = [(float(scaled[key].iloc[-1]), key) for key in gaps.columns]
        for place, key in apart(ends, room * 0.075):
            label = {"color": LABEL_COLOURS.get(key, INK), "va": "center", "fontsize": NORMAL}
            axes.text(years[-1] + 0.4, place, names[key], **label)
        axes.set_ylim(low - room * 0.08, high + room * 0.14)
        label = speak._("After-tax value against prompt (US$ thousand)")
        self.over_years(years, max(4, len(gaps) * 0.36), projected_from, high + room * 0.06, label)
        axes.set_title(finding, x=0, loc="left", fontsize=NORMAL, color=INK)
        series = speak.joined(self.described(names[key], gaps[key]) for key in gaps.columns)
        kind, ends = speak._("Line chart"), (str(years[0]), str(years[-1]))
        return self.image(self.alternative(kind, finding, speak._("Year"), ends, series), moving=False)


def growth_picture(projection: Projection, code: str, picture: LinesPicture | None = None) -> str:
    """How far each strategy is from the first one, year by year, as HTML."""
    speak = language(code)
    values = projection.values()
    gaps = values.sub(values.iloc[:, 0], axis=0)
    names = {each.key: strategy_name(speak, each) for each in projection.strategies}
    last = gaps.iloc[-1]
    behind = last.idxmin()
    values = {"strategy": names[behind], "amount": speak.about(-last[behind]), "year": gaps.index[-1]}
    text = (
        "{strategy} would end {amount} behind prompt in {year}"
        if last[behind] < -0.5
        else "None would end behind prompt in {year}"
    )
    finding = speak._(text, **values)
    start = latest_published_year() + 1
    return (picture or LinesPicture(speak)).draw(gaps, names, start, finding)


def line_dress(key: str) -> dict[str, object]:
    """Colour, dash and width of a strategy's line; an advisor's own strategy is drawn in ink with square marks."""
    if key not in COLOURS:
        return {"color": INK, "linestyle": "solid", "linewidth": 1.6, "marker": "s", "markersize": 3}
    return {"color": COLOURS[key], "linestyle": DASHES[key], "linewidth": WIDTHS[key]}


def framed(axes: object, left: float, top: float, width: float, height: float) -> None:
    """A frame around a part of a picture."""
    axes.add_patch(
        Rectangle((left, top), width, height, facecolor="none", edgecolor=INK, linewidth=1.6, clip_on=False)
    )


def apart(ends: list[tuple[float, object]], distance: float) -> list[tuple[float, object]]:
    """Label places in the order of the lines, pushed apart so that none covers another."""
    placed: list[tuple[float, object]] = []
    for place, key in sorted(ends, key=lambda end: end[0]):
        if placed and place - placed[-1][0] < distance:
            place = placed[-1][0] + distance
        placed.append((place, key))
    return placed


def money_axis(axis: object, speak: Language, scaled: bool = False) -> None:
    """Ticks in thousands or 万, with the minus of print; *scaled* values are in that unit already."""
    unit = 1.0 if scaled else speak.axis_unit
    axis.set_major_locator(MaxNLocator(MOST_TICKS, steps=(1, 2, 2.5, 5, 10)))
    axis.set_major_formatter(lambda value, _: f"{value / unit:,.10g}".replace("-", MINUS))
