"""
Tables to pictures; the only module that draws.

Each picture keeps one Figure and moves what is in it, since laying a figure out anew costs more than all the rest. A
picture's `draw` returns an `<img>` with its text alternative. Colours are one per strategy, everywhere.
"""

import base64
import html
import io
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd
from matplotlib import font_manager, rcParams
from matplotlib.figure import Figure

from megaroth.facts.law import latest_published_year
from megaroth.plans.projection import Projection
from megaroth.rules.room import CAP_LABELS, Room
from megaroth.show.language import Language, language

INK, QUIET, GREY, ERROR = "#1f2328", "#57606a", "#8c959f", "#a40e26"
COLOURS = {
    "prompt": "#0b5fa5",
    "yearly": "#3497b2",
    "late_convert": "#b83a00",
    "late_split": "#bd8700",
}
LABEL_COLOURS = {**COLOURS, "yearly": "#1d6f86", "late_split": "#8a6200"}
PALE = "#f0d3c6"
DASHES = {"prompt": "solid", "yearly": (0, (8, 3)), "late_convert": (0, (5, 2)), "late_split": (0, (1, 1.4))}
WIDTHS = {"prompt": 2.4, "yearly": 2.0, "late_convert": 2.4, "late_split": 2.8}
CHINESE_FONT = "Noto Sans CJK SC"
DPI = 200
BIT = 2  # pictures are drawn at twice the size that they are shown in, so that they stay sharp


@cache
def use_fonts() -> None:
    """Add the Chinese faces of the pinned font package; Latin text keeps its own face."""
    folder = files("mpl_font") / "fonts" / "noto"
    for weight in ("Regular", "Bold"):
        font_manager.fontManager.addfont(str(folder / f"NotoSansCJKsc-{weight}.otf"))
    rcParams["font.family"] = ["DejaVu Sans", CHINESE_FONT]
    rcParams["axes.unicode_minus"] = True


class Picture:
    """A figure that is drawn again and again: subclasses fill `self.axes` and give its text alternative."""

    size = (6.4, 3.4)  # inches at 100 px

    def __init__(self, language: Language) -> None:
        use_fonts()
        self.language = language
        self.figure = Figure(figsize=self.size, dpi=DPI, layout="constrained")
        self.axes = self.figure.add_subplot()
        for side in ("top", "right"):
            self.axes.spines[side].set_visible(False)
        self.axes.tick_params(colors=INK, labelsize=9)

    def image(self, alternative: str) -> str:
        """The figure as an `<img>` that says in words what it shows."""
        buffer = io.BytesIO()
        self.figure.savefig(
            buffer, format="png", pil_kwargs={"compress_level": 1}, metadata={"Software": None}
        )
        data = base64.b64encode(buffer.getvalue()).decode("ascii")
        width = round(self.size[0] * DPI / BIT)
        return (
            f'<img alt="{html.escape(alternative, quote=True)}" src="data:image/png;base64,{data}" '
            f'style="width: 100%; max-width: {width}px; height: auto">'
        )

    def clear(self) -> None:
        """Take the drawing out, keep the axes' dress."""
        for artist in [*self.axes.patches, *self.axes.texts, *self.axes.lines, *self.axes.collections]:
            artist.remove()

    def alternative(self, kind: str, finding: str, series: str) -> str:
        """The one pattern of every text alternative."""
        text = "{kind}: {finding}. {series}. The numbers stand in the table below."
        return self.language._(text, kind=kind, finding=finding, series=series)


class WaterfallPicture(Picture):
    """From the limit down to the room still open, one bar a step."""

    size = (7.0, 3.6)

    def draw(self, room: Room, finding: str) -> str:
        """The picture of one room; *finding* is its title in words, for the text alternative."""
        speak, axes = self.language, self.axes
        self.clear()
        steps = room.waterfall()
        level, labels = 0.0, []
        top = max(float(steps["amount"].abs().max()), 1.0)
        for place, step in enumerate(steps.itertuples()):
            if step.total:
                left, width = (room.limit, step.amount) if step.step == "Excess" else (0.0, step.amount)
                level = width if step.step != "Excess" else level
            else:
                left, width = level + min(step.amount, 0.0), abs(step.amount)
                level += step.amount
            colour, hatch = _bar_dress(step)
            axes.barh(
                place,
                width,
                left=left,
                height=0.62,
                color=colour,
                hatch=hatch,
                edgecolor=ERROR if hatch else colour,
            )
            end = left + width
            axes.text(
                end + top * 0.012, place, speak.money(step.amount), va="center", fontsize=9.5,
                color=INK, fontweight="bold" if step.binding or step.step == "Room still open" else "normal",
            )  # fmt: skip
            labels.append(_step_label(speak, step, room))
            axes.plot(
                [level, level],
                [place - 0.31, min(place + 1.31, len(steps) - 0.69)],
                color=GREY,
                linewidth=0.6,
            )
        axes.set_yticks(range(len(labels)), labels)
        axes.set_ylim(len(labels) - 0.5, -0.5)
        furthest = max(top, float(room.limit) + float(room.excess))
        axes.set_xlim(0, furthest * 1.16)
        _money_axis(axes.xaxis, speak)
        axes.set_xlabel(speak._("US$ thousand"), color=QUIET, fontsize=9)
        amounts = "; ".join(
            f"{label}: {speak.money(amount)}" for label, amount in zip(labels, steps["amount"], strict=True)
        )
        return self.image(self.alternative(speak._("Waterfall chart"), finding, amounts))


def _bar_dress(step: object) -> tuple[str, str | None]:
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
    """Cost by years waited: a bar a year, the chosen one solid; another table's costs as dots."""

    size = (5.6, 3.5)

    def draw(self, costs: pd.Series, chosen: int, dots: pd.Series | None, finding: str) -> str:
        """
        The picture.

        Args:
            costs: USD in today's dollars by years waited, positive is a cost; years past separation are left out.
            chosen: the bar to mark. dots: the same for the split, or None.
            finding: title in words.
        """
        speak, axes = self.language, self.axes
        self.clear()
        unit = speak.axis_unit
        late, split = COLOURS["late_convert"], COLOURS["late_split"]
        for years, cost in costs.items():
            axes.bar(
                years,
                cost / unit,
                width=0.72,
                color=late if years == chosen else PALE,
                edgecolor=late,
                linewidth=0.9,
            )
        values = [*costs, *([] if dots is None else dots)]
        high, low = max([1e3, *values]), min([0.0, *values])
        span = high - low
        if chosen in costs.index:
            cost = float(costs[chosen])
            above = cost if dots is None else max(cost, float(dots.get(chosen, cost)) + span * 0.02)
            axes.text(
                chosen, (above + span * 0.02) / unit, speak.thousands(cost), ha="center", va="bottom",
                color=late, fontweight="bold", fontsize=11,
            )  # fmt: skip
        if dots is not None:
            axes.plot(dots.index, dots / unit, linestyle="none", marker="o", color=split, markersize=5.5)
            axes.text(
                0.02, 0.90, speak._("Dots: earnings to a traditional IRA"), color=LABEL_COLOURS["late_split"],
                fontsize=9, transform=axes.transAxes, va="top",
            )  # fmt: skip
        axes.text(
            0.02,
            0.99,
            speak._("Bars: all to Roth"),
            color=late,
            fontsize=9,
            transform=axes.transAxes,
            va="top",
        )
        axes.set_ylim((low - (span * 0.1 if low < 0 else 0)) / unit, (high + span * 0.22) / unit)
        axes.axhline(0, color=INK, linewidth=0.8)
        axes.set_xlim(-0.6, 10.6)
        axes.set_xticks(range(11))
        _money_axis(axes.yaxis, speak, scaled=True)
        axes.set_xlabel(speak._("Years waited"), color=QUIET, fontsize=9)
        axes.set_ylabel(speak._("Cost in today's dollars (US$ thousand)"), color=QUIET, fontsize=9)
        series = "; ".join(f"{years}: {speak.money(cost)}" for years, cost in costs.items())
        return self.image(self.alternative(speak._("Bar chart"), finding, series))


class LayersPicture(Picture):
    """Where the tax comes from: running horizontal bars, one a layer, zero layers written."""

    size = (5.4, 3.5)

    def draw(self, layers: Sequence[tuple[str, float]], title: str) -> str:
        """*layers*: (label in the reader's language, USD), in order; they add up to the tax."""
        speak, axes = self.language, self.axes
        self.clear()
        unit, total = speak.axis_unit, 0.0
        highest = max([1e3, *np.cumsum([amount for _, amount in layers])])
        for place, (_, amount) in enumerate(layers):
            start, total = total, total + amount
            axes.barh(place, amount / unit, left=start / unit, height=0.6, color=COLOURS["late_convert"])
            axes.text(
                (max(start, total) + highest * 0.015) / unit,
                place,
                speak.money(amount),
                va="center",
                color=INK,
                fontsize=9.5,
            )
        axes.set_yticks(range(len(layers)), [label for label, _ in layers])
        axes.set_ylim(len(layers) - 0.5, -0.5)
        axes.set_xlim(0, highest * 1.28 / unit)
        _money_axis(axes.xaxis, speak, scaled=True)
        axes.set_xlabel(speak._("US$ thousand"), color=QUIET, fontsize=9)
        axes.set_title(title, loc="left", fontsize=10, color=INK)
        series = "; ".join(f"{label}: {speak.money(amount)}" for label, amount in layers)
        return self.image(self.alternative(speak._("Bar chart"), title, series))


class LinesPicture(Picture):
    """What each strategy is behind the first one over time; lines carry their own labels."""

    size = (6.4, 3.6)

    def draw(
        self, gaps: pd.DataFrame, names: dict[str, str], projected_from: int | None, finding: str
    ) -> str:
        """
        The picture.

        Args:
            gaps: USD, index year, a column per strategy key. names: the strategies' names for the reader.
            projected_from: the first year whose law is projected, marked by a dotted line.
        """
        speak, axes = self.language, self.axes
        self.clear()
        unit = speak.axis_unit
        ends = []
        for key in gaps.columns:
            line = gaps[key] / unit
            axes.plot(
                gaps.index,
                line,
                color=COLOURS[key],
                linestyle=DASHES[key],
                linewidth=WIDTHS[key],
                label=names[key],
            )
            ends.append((float(line.iloc[-1]), key))
        low, high = float(gaps.min().min()) / unit, float(gaps.max().max()) / unit
        room = max(high - low, 1.0)
        for place, key in _apart(ends, room * 0.075):
            axes.text(
                gaps.index[-1] + 0.4, place, names[key], color=LABEL_COLOURS[key], va="center", fontsize=9.5
            )
        axes.set_ylim(low - room * 0.08, high + room * 0.14)
        axes.set_xlim(gaps.index[0], gaps.index[-1] + max(4, len(gaps) * 0.32))
        axes.set_xticks([year for year in gaps.index if year % 5 == 0])
        if projected_from is not None and gaps.index[0] <= projected_from <= gaps.index[-1]:
            axes.axvline(projected_from, color=QUIET, linewidth=0.9, linestyle=":")
            axes.text(
                projected_from + 0.3,
                high + room * 0.08,
                speak._("projected"),
                color=QUIET,
                fontsize=9,
                va="bottom",
            )
        _money_axis(axes.yaxis, speak, scaled=True)
        axes.set_xlabel(speak._("Year"), color=QUIET, fontsize=9)
        axes.set_ylabel(speak._("After-tax value against prompt (US$ thousand)"), color=QUIET, fontsize=9)
        series = "; ".join(f"{names[key]}: {speak.money(gaps[key].iloc[-1])}" for key in gaps.columns)
        return self.image(self.alternative(speak._("Line chart"), finding, series))


def growth_picture(projection: Projection, code: str, picture: LinesPicture | None = None) -> str:
    """How far each strategy is from the first one, year by year, as HTML."""
    speak = language(code)
    values = projection.values()
    gaps = values.sub(values.iloc[:, 0], axis=0)
    names = {each.key: strategy_name(speak, each) for each in projection.strategies}
    last = gaps.iloc[-1]
    behind = last.idxmin()
    finding = speak._(
        "{strategy} ends {amount} behind prompt", strategy=names[behind], amount=speak.money(-last[behind])
    )
    start = latest_published_year() + 1
    return (picture or LinesPicture(speak)).draw(gaps, names, start, finding)


def strategy_name(speak: Language, strategy: object) -> str:
    """A strategy's own name in the reader's language."""
    return strategy.english if speak.code == "en" else strategy.chinese


def _apart(ends: list[tuple[float, str]], distance: float) -> list[tuple[float, str]]:
    """Label places in the order of the lines, pushed apart so that none covers another."""
    placed: list[tuple[float, str]] = []
    for place, key in sorted(ends):
        if placed and place - placed[-1][0] < distance:
            place = placed[-1][0] + distance
        placed.append((place, key))
    return placed


def _money_axis(axis: object, speak: Language, scaled: bool = False) -> None:
    """Ticks in thousands or 万, with the minus of print."""
    unit = 1.0 if scaled else speak.axis_unit

    def shown(value: float, _: object) -> str:
        text = f"{abs(value) / unit:,.10g}"
        return f"\N{MINUS SIGN}{text}" if value < 0 else text

    axis.set_major_formatter(shown)
