"""
Pictures of one amount of extra income: where it lands on the brackets, and what each next dollar would cost.

The ruler is drawn while a slider moves, so its artists are made once and moved. The curve is drawn at rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from unicodedata import east_asian_width

import numpy as np
import pandas as pd

from megaroth.rules.extra_income import CostOfIncome
from megaroth.rules.landing import Landing, Parts
from megaroth.show.charts import COLOURS, GREY, INK, LEAST, NORMAL, PALE, QUIET, SMALL, Picture, money_axis
from megaroth.show.edges import named_edges
from megaroth.show.language import Language

STRONG = COLOURS["late_convert"]
BAR = 0.62
WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 1.0}  # under a text that lines would cross
POINTS = 72  # in an inch
WIDE = 0.85  # of the figure that the curve's axes surely have, whatever stands beside them
LANES = 5  # rows of edge names above the curve
NAMED_CLIFFS = 3


def points(text: str, size: float) -> float:
    """How wide a text is at a size, a little more rather than less; a Chinese character is as wide as high."""
    return size * sum(map(_em, text))


def _em(character: str) -> float:
    if east_asian_width(character) in "WF":
        return 1.02
    return 0.54 if character.islower() or character.isspace() else 0.66


def bracket_rate(rate: float) -> str:
    """The rate of a bracket as everybody calls it: 24%, 8.97%."""
    return f"{rate * 100:.4g}%"


def landing_finding(speak: Language, where: Landing) -> str:
    """In which brackets the amount is taxed, in one sentence that is no longer than a title."""
    amount, parts, covered = speak.money(where.amount), where.parts, where.covered >= 0.5
    if where.amount <= 0:
        return speak._("Nothing is converted")
    if not parts:
        return speak._("Deductions cover all of {amount}", amount=amount)
    top, last = bracket_rate(parts[-1][0]), speak.money(parts[-1][1])
    if len(parts) == 1 and not covered:
        return speak._("All of {amount} is taxed at {rate}", amount=amount, rate=top)
    if len(parts) == 1:
        first = speak.money(where.covered)
        text = "Of {amount}, {first} is covered by deductions and {second} is taxed at {high}"
        return speak._(text, amount=amount, first=first, second=last, high=top)
    if len(parts) == 2 and not covered:
        first, low = speak.money(parts[0][1]), bracket_rate(parts[0][0])
        text = "Of {amount}, {first} is taxed at {low} and {second} at {high}"
        return speak._(text, amount=amount, first=first, low=low, second=last, high=top)
    text = "Of {amount}, {last} is taxed at {high} and the rest at lower rates"
    return speak._(text, amount=amount, last=last, high=top)


@dataclass(frozen=True)
class _Band:
    """A row of the ruler: from where to where, and what stands at its end."""

    label: str
    low: float
    high: float
    text: str
    colour: str


class RulerPicture(Picture):
    """The client's brackets as a ruler; deductions, income, the conversion and gains run on along it, a row each."""

    size = (6.2, 2.9)

    def __init__(self, speak: Language) -> None:
        super().__init__(speak)
        axes = self.axes
        self._bars = [axes.barh(0, 1, height=BAR)[0] for _ in range(5)]
        self._texts = [
            axes.text(0, 0, "", va="center", fontsize=NORMAL, color=INK, bbox=WHITE) for _ in self._bars
        ]
        self._edges = [axes.axvline(0, color=GREY, linewidth=0.8, zorder=0)]
        self._rates = [axes.text(0, 0, "", ha="center", va="bottom", fontsize=SMALL, color=QUIET)]
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        money_axis(axes.xaxis, speak)

    def draw(self, where: Landing, moving: bool = False) -> str:
        """The picture of one amount."""
        speak, axes = self.speak, self.axes
        bands = self._bands(where)
        low, high = self._reach(where, bands)
        for k, (bar, text) in enumerate(zip(self._bars, self._texts, strict=True)):
            shown = k < len(bands)
            bar.set_visible(shown)
            text.set_visible(shown)
            if shown:
                self._place(bar, text, k, bands[k], low, (high - low) * 0.012)
        self._draw_edges(where, low, high, len(bands))
        axes.set_yticks(range(len(bands)), [band.label for band in bands])
        axes.set_xlim(low, high)
        axes.set_ylim(-0.5, len(bands) - 0.1)
        year = speak.year(where.law.year, where.law.projected)
        axes.set_xlabel(
            speak._("Federal taxable income (US$ thousand); brackets of {year}", year=year),
            color=QUIET,
            fontsize=SMALL,
        )
        axes.set_xticks(_round_steps(high))
        finding = landing_finding(speak, where)
        axes.set_title(finding, x=0, loc="left", fontsize=NORMAL, color=INK)
        kind, ends = speak._("Ruler"), (speak.money(max(low, 0.0)), speak.money(high))
        series = speak.joined(
            speak._("{name}: {amount}", name=band.label, amount=band.text) for band in bands
        )
        words = self.alternative(kind, finding, speak._("Federal taxable income"), ends, series)
        return self.image(words, moving)

    def _bands(self, where: Landing) -> list[_Band]:
        speak = self.speak
        bands = [
            _Band(speak._("Deductions"), -where.deductions, 0.0, speak.money(where.deductions), "#ffffff"),
            _Band(speak._("Income before"), 0.0, where.before, speak.money(where.before), GREY),
            _Band(speak._("Conversion"), where.start, where.end, speak.money(where.amount), STRONG),
        ]
        if abs(where.drawn_in) >= 0.5:
            text = "Drawn in with it" if where.drawn_in > 0 else "Deducted with it"
            end = max(where.end, 0.0)
            bands.append(_Band(speak._(text), end, end + where.drawn_in, speak.money(where.drawn_in), PALE))
        gains = sum(dollars for _, dollars in where.gains)
        if gains >= 0.5:
            top = where.ordinary + gains
            bands.append(
                _Band(
                    speak._("Gains and dividends"),
                    where.ordinary,
                    top,
                    self._gains(where.gains),
                    COLOURS["yearly"],
                )
            )
        return bands

    def _gains(self, parts: Parts) -> str:
        """Gains together with their rates."""
        speak, rates = self.speak, " / ".join(bracket_rate(rate) for rate, _ in parts)
        return speak._(
            "{amount} at {rate}", amount=speak.money(sum(dollars for _, dollars in parts)), rate=rates
        )

    def _reach(self, where: Landing, bands: Sequence[_Band]) -> tuple[float, float]:
        """From the deductions to the next edge, or as far as the texts need; the same for many a step of a slider."""
        furthest = max(band.high for band in bands)
        edge = min((edge for edge in where.edges if edge > furthest), default=furthest)
        high = max(min(edge, 1.3 * furthest), LEAST)
        low = -min(where.deductions, 0.3 * high)
        low, high = low * 1.04, high * 1.06
        shares = [(band.high, (points(band.text, NORMAL) + 8) / self._width) for band in bands]
        needed = max((end - low * share) / (1 - share) for end, share in shares)
        return low, max(high, needed)

    @property
    def _width(self) -> float:
        """Of the axes, in points, beside the longest name of a row."""
        return self.figure.get_figwidth() * POINTS * 0.7

    def _place(self, bar: object, text: object, row: int, band: _Band, low: float, beside: float) -> None:
        bar.set_xy((min(band.low, band.high), row - BAR / 2))
        bar.set_width(abs(band.high - band.low))
        bar.set_facecolor(band.colour)
        bar.set_edgecolor(
            GREY if band.colour == "#ffffff" else STRONG if band.colour == PALE else band.colour
        )
        text.set_position((max(band.low, band.high, low) + beside, row))
        text.set_text(band.text)
        text.set_fontweight("bold" if band.colour == STRONG else "normal")

    def _draw_edges(self, where: Landing, low: float, high: float, rows: int) -> None:
        """A line where each bracket begins, its rate between two lines where there is room."""
        axes, edges = self.axes, where.edges
        while len(self._edges) < len(edges):
            self._edges.append(axes.axvline(0, color=GREY, linewidth=0.8, zorder=0))
            self._rates.append(axes.text(0, 0, "", ha="center", va="bottom", fontsize=SMALL, color=QUIET))
        a_point = (high - low) / self._width
        reached = {rate for rate, _ in where.parts}
        for k, (line, text) in enumerate(zip(self._edges, self._rates, strict=True)):
            begin = edges[k]
            end = min(edges[k + 1] if k + 1 < len(edges) else high, high)
            rate = where.law.bracket_rates[k]
            words = bracket_rate(rate)
            line.set_xdata([begin, begin])
            line.set_visible(begin < high)
            text.set_visible(end - begin > a_point * (points(words, SMALL) + 8))
            text.set_position(((begin + end) / 2, rows - 0.45))
            text.set_text(words)
            text.set_color(STRONG if rate in reached else QUIET)
            text.set_fontweight("bold" if rate in reached else "normal")


@dataclass(frozen=True)
class _Mark:
    """An edge in the curve: where, how high the curve is there, what to write, and how much it matters."""

    at: float
    height: float
    words: str
    weight: float
    cliff: bool


@dataclass(frozen=True)
class _Name:
    """Where an edge's name stands: from *low* to *high* along the axis, in a row counted from the curve up."""

    at: float
    low: float
    high: float
    row: int

    def bars(self, other: "_Name") -> bool:
        """Whether the names cover each other, or the line down from this one goes through the other."""
        if self.row == other.row:
            return self.low < other.high and other.low < self.high
        return other.row < self.row and other.low <= self.at <= other.high


class RatePicture(Picture):
    """The rate of the next dollar against the amount: a step curve, edges named above it, cliffs marked."""

    size = (6.2, 3.4)

    def draw(self, curve: CostOfIncome, edges: pd.DataFrame, chosen: CostOfIncome) -> str:
        """
        The picture, at rest.

        Args:
            curve: cost of an array of rising amounts. edges: `edges_ahead` of no amount at all. chosen: the cost of
                the amount that is marked.
        """
        speak, axes, far = self.speak, self.axes, float(curve.amount[-1])
        self.clear()
        axes.step(curve.amount, curve.marginal_rate, where="post", color=INK, linewidth=1.6)
        highest = max(float(np.max(curve.marginal_rate)), 0.1)
        lane = highest * 0.11
        state = curve.tax_return.state_law.state
        marks = self._marks(named_edges(speak, edges[edges["dollars_to_it"] < far], state))
        names = _placed(marks, [self._width(mark.words) * far for mark in marks], far)
        top = highest * 1.08 + (1 + max((name.row for name in names.values()), default=-1)) * lane
        for k, mark in enumerate(marks):
            self._mark(mark, names.get(k), highest * 1.08 + lane / 2, lane)
        self._choose(float(chosen.amount), float(chosen.marginal_rate), highest, far)
        axes.set_xlim(0, far)
        axes.set_ylim(0, top)
        money_axis(axes.xaxis, speak)
        axes.set_xticks(_round_steps(far))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value * 100:.0f}%")
        axes.set_yticks(_round_steps(highest * 1.08))
        axes.set_xlabel(
            speak._("Amount converted that is taxable (US$ thousand)"), color=QUIET, fontsize=SMALL
        )
        axes.set_ylabel(speak._("Tax on the next dollar (%)"), color=QUIET, fontsize=SMALL)
        finding = rate_finding(speak, chosen)
        axes.set_title(finding, x=0, loc="left", fontsize=NORMAL, color=INK)
        series = speak.joined([self._rates_in_words(curve), *(mark.words for mark in marks if mark.cliff)])
        kind, ends = speak._("Step chart"), (speak.money(0), speak.money(far))
        return self.image(
            self.alternative(kind, finding, speak._("Amount converted"), ends, series), moving=False
        )

    def _marks(self, edges: pd.DataFrame) -> list[_Mark]:
        """The edges from left to right; of cliffs the few largest carry their dollars."""
        speak = self.speak
        largest = edges["step_dollars"].abs().nlargest(NAMED_CLIFFS)
        marks = []
        for edge in edges.itertuples():
            words, cliff = edge.label, edge.step_dollars != 0
            if cliff:
                words = speak._("{name}: {amount}", name=words, amount=speak.money(edge.step_dollars))
            named = not cliff or edge.Index in largest.index
            bend = abs(edge.rate_after - edge.rate_before) + abs(edge.step_dollars) / LEAST
            height = max(edge.rate_before, edge.rate_after)
            marks.append(_Mark(edge.dollars_to_it, height, words if named else "", bend, cliff))
        return marks

    def _width(self, words: str) -> float:
        """How much of the axis a text takes."""
        return (points(words, SMALL) + 6) / (self.figure.get_figwidth() * WIDE * POINTS)

    def _mark(self, mark: _Mark, name: _Name | None, lowest: float, lane: float) -> None:
        axes = self.axes
        if mark.cliff:
            axes.plot(
                [mark.at], [mark.height], linestyle="none", marker="^", markersize=7, color=STRONG, zorder=3
            )
        if name is None:
            return
        height, runs_right = lowest + name.row * lane, name.low == name.at
        axes.plot([mark.at, mark.at], [mark.height, height], color=GREY, linewidth=0.7, zorder=0)
        axes.annotate(
            mark.words, (mark.at, height), xytext=(3 if runs_right else -3, 0), textcoords="offset points",
            ha="left" if runs_right else "right", va="center", fontsize=SMALL, color=INK,
        )  # fmt: skip

    def _choose(self, amount: float, rate: float, highest: float, far: float) -> None:
        axes = self.axes
        axes.plot([amount, amount], [0, rate], color=STRONG, linewidth=1.4)
        axes.plot([amount], [rate], linestyle="none", marker="o", markersize=6, color=STRONG, zorder=4)
        right = amount < far * 0.8
        axes.text(
            amount + far * (0.012 if right else -0.012), max(rate - highest * 0.12, highest * 0.04), self.speak.percent(rate),
            ha="left" if right else "right", va="center", color=STRONG, fontweight="bold", fontsize=NORMAL,
        )  # fmt: skip

    def _rates_in_words(self, curve: CostOfIncome) -> str:
        speak, rates = self.speak, curve.marginal_rate
        top = int(np.argmax(rates))
        return speak._(
            "{name}: {first} to {last}, highest {highest} at {place}",
            name=speak._("Tax on the next dollar"), first=speak.percent(rates[0]), last=speak.percent(rates[-1]),
            highest=speak.percent(rates[top]), place=speak.money(curve.amount[top]),
        )  # fmt: skip


def rate_finding(speak: Language, cost: CostOfIncome) -> str:
    """What the next dollar after the amount costs."""
    rate = speak.percent(float(cost.marginal_rate))
    return speak._(
        "After {amount} the next dollar is taxed at {rate}", amount=speak.money(cost.amount), rate=rate
    )


def rate_amounts(edges: pd.DataFrame, far: float) -> np.ndarray:
    """Amounts from 0 to *far* for a curve whose steps stand exactly at the edges."""
    at = edges["dollars_to_it"].to_numpy()
    return np.unique(np.concatenate([np.linspace(0, far, 401), at[at < far], (at + 0.02)[at + 0.02 < far]]))


def _round_steps(high: float) -> np.ndarray:
    """Four to ten ticks from 0 to *high* at round numbers."""
    step = 10 ** np.floor(np.log10(high))
    step = next(step * share for share in (1, 0.5, 0.2, 0.1) if high / (step * share) >= 4)
    return np.arange(0, high * 1.0001, step)


def _placed(marks: Sequence[_Mark], widths: Sequence[float], far: float) -> dict[int, _Name]:
    """Places of the names by mark: of two ways to look for room the one that finds it for more of them."""
    rows = range(LANES)
    return max((_places(marks, widths, far, way) for way in (rows, rows[::-1])), key=len)


def _places(
    marks: Sequence[_Mark], widths: Sequence[float], far: float, rows: Sequence[int]
) -> dict[int, _Name]:
    """To the right or to the left of its edge, in the first of *rows*; what matters most gets its room first."""
    placed: dict[int, _Name] = {}
    for k in sorted((k for k, mark in enumerate(marks) if mark.words), key=lambda k: -marks[k].weight):
        at, width = marks[k].at, widths[k]
        tried = (_Name(at, low, low + width, row) for low in (at, at - width) for row in rows)
        free = (
            name for name in tried
            if name.low >= 0 and name.high <= far
            and not any(name.bars(other) or other.bars(name) for other in placed.values())
        )  # fmt: skip
        name = next(free, None)
        if name is not None:
            placed[k] = name
    used = sorted({name.row for name in placed.values()})
    return {k: replace(name, row=used.index(name.row)) for k, name in placed.items()}
