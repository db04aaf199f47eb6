"""Pictures of many years: what the money could become, what moves the price of waiting, and what is free when."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from megaroth.show.charts import (
    COLOURS,
    INK,
    LABEL_COLOURS,
    LEAST,
    NORMAL,
    PALE,
    QUIET,
    SMALL,
    Picture,
    apart,
    framed,
    line_dress,
    money_axis,
)

BANDS = ((0.05, 0.95, 0.25), (0.25, 0.75, 0.45))  # from, to, opacity
LIGHT, DARK = (1.0, 1.0, 1.0), (184 / 255, 58 / 255, 0.0)  # white, and the colour of late_convert
WHITE_ON = 0.6  # of the way from light to dark, from which figures are written in white


class ValuesPicture(Picture):
    """Value after tax over the years: a line a strategy; around the first one, where there are many futures, a fan."""

    size = (6.4, 3.4)

    def draw(
        self,
        values: pd.DataFrame,
        names: Mapping[str, str],
        finding: str,
        projected_from: int | None = None,
        fan: pd.DataFrame | None = None,
        moving: bool = False,
    ) -> str:
        """
        The picture.

        Args:
            values: USD, index year, a column per strategy key: its one future, or the middle one of many.
            names: the strategies' names for the reader. finding: the picture's sentence.
            projected_from: the first year whose law is projected. fan: of the first strategy, a column per quantile.
        """
        speak, axes, years, unit = self.speak, self.axes, values.index, self.speak.axis_unit
        self.clear()
        scaled = values / unit
        top = float(scaled.to_numpy().max())
        ends = [(float(scaled[key].iloc[-1]), key) for key in values.columns]
        words = {
            key: (names[key], {"color": LABEL_COLOURS.get(key, INK), "fontsize": NORMAL}) for key in names
        }
        if fan is not None:
            top = max(top, float(fan[BANDS[0][1]].max()) / unit)
            colour = COLOURS.get(values.columns[0], INK)
            for low, high, opacity in BANDS:
                axes.fill_between(
                    years, fan[low] / unit, fan[high] / unit, color=colour, alpha=opacity, linewidth=0
                )
            for share in (BANDS[0][0], BANDS[1][0], BANDS[1][1], BANDS[0][1]):
                ends.append((float(fan[share].iloc[-1]) / unit, share))
                text = speak._("{share} end below", share=f"{share:.0%}")
                words[share] = (text, {"color": QUIET, "fontsize": SMALL})
        for key in values.columns:
            axes.plot(years, scaled[key], **line_dress(key))
        room = max(top, LEAST / unit)
        for place, key in apart(ends, room * 0.07):
            text, dress = words[key]
            axes.text(years[-1] + 0.5, place, text, va="center", **dress)
        axes.set_ylim(0, room * 1.14)
        label = speak._("After-tax value (US$ thousand)")
        self.over_years(years, max(4, len(years) * 0.42), projected_from, room * 1.06, label)
        series = speak.joined(self.described(names[key], values[key]) for key in values.columns)
        kind = speak._("Line chart") if fan is None else speak._("Fan chart")
        span = str(years[0]), str(years[-1])
        return self.image(self.alternative(kind, finding, speak._("Year"), span, series), moving)


class HeatMapPicture(Picture):
    """The cost of waiting over the return and the years waited: the darker the dearer."""

    size = (6.4, 3.3)

    def draw(self, costs: pd.DataFrame, own_return: float, chosen: float, finding: str) -> str:
        """
        The picture.

        Args:
            costs: USD brought to today, positive is a cost; index the return, a column per year waited.
            own_return, chosen: the client's return and wait, which are framed. finding: title in words.
        """
        speak, axes = self.speak, self.axes
        self.clear()
        for image in list(axes.images):
            image.remove()
        rows = costs.sort_index(ascending=False)
        # The root spreads the small costs, among which a client's own often is.
        shades = np.sqrt(np.maximum(rows.to_numpy(), 0.0) / max(float(rows.to_numpy().max()), LEAST))
        axes.imshow(_between(LIGHT, DARK, shades[..., None]), aspect="auto")
        style = {"ha": "center", "va": "center", "fontsize": SMALL}
        for (place, along), cost in np.ndenumerate(rows.to_numpy()):
            colour = "white" if shades[place, along] > WHITE_ON else INK
            axes.text(along, place, speak.thousands(cost), color=colour, **style)
        place, along = rows.index.get_loc(own_return), rows.columns.get_loc(chosen)
        framed(axes, -0.5, place - 0.5, len(rows.columns), 1)
        framed(axes, along - 0.5, -0.5, 1, len(rows))
        axes.set_xticks(range(len(rows.columns)), [f"{each:g}" for each in rows.columns])
        axes.set_yticks(range(len(rows)), [speak.percent(each) for each in rows.index])
        axes.set_xlabel(speak._("Years waited"), color=QUIET, fontsize=SMALL)
        axes.set_ylabel(speak._("Return a year"), color=QUIET, fontsize=SMALL)
        axes.set_title(finding, x=0, loc="left", fontsize=NORMAL, color=INK)
        series = self.described(speak.percent(own_return), costs.loc[own_return])
        kind, ends = speak._("Heat map"), (f"{rows.columns[0]:g}", f"{rows.columns[-1]:g}")
        return self.image(
            self.alternative(kind, finding, speak._("Years waited"), ends, series), moving=False
        )


class TornadoPicture(Picture):
    """How far each assumption moves the cost of waiting, to either side of the answer; the widest first."""

    size = (6.4, 3.6)

    def draw(self, rows: Sequence[tuple[str, str, str, float, float]], answer: float, finding: str) -> str:
        """
        The picture.

        Args:
            rows: (assumption, its low, its high, cost at the low, cost at the high), texts ready, USD.
            answer: the cost as the client assumes.
        """
        speak, axes, unit = self.speak, self.axes, self.speak.axis_unit
        self.clear()
        costs = [cost for *_, low, high in rows for cost in (low, high)]
        least, most = min([answer, *costs]) / unit, max([answer, *costs]) / unit
        span = max(most - least, LEAST / unit)
        for place, (_, low, high, at_low, at_high) in enumerate(rows):
            for text, cost in ((low, at_low), (high, at_high)):
                colour = COLOURS["late_convert"] if cost > answer else PALE
                axes.barh(
                    place, (cost - answer) / unit, left=answer / unit, height=0.62, color=colour,
                    edgecolor=COLOURS["late_convert"],
                )  # fmt: skip
                right = cost > answer
                side = {"ha": "left" if right else "right", "va": "center", "fontsize": SMALL, "color": QUIET}
                if abs(cost - answer) / unit > span * 0.004:
                    axes.text(cost / unit + span * (0.012 if right else -0.012), place, text, **side)
        axes.axvline(answer / unit, color=INK, linewidth=0.9)
        axes.set_yticks(range(len(rows)), [row[0] for row in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlim(least - span * 0.14, most + span * 0.14)
        money_axis(axes.xaxis, speak, scaled=True)
        axes.set_xlabel(speak._("Cost of waiting (US$ thousand)"), color=QUIET, fontsize=SMALL)
        amounts = speak.joined(
            speak._("{name}: {first} to {last}", name=name, first=speak.money(low), last=speak.money(high))
            for name, _, _, low, high in rows
        )
        kind, ends = speak._("Bar chart"), (rows[0][0], rows[-1][0])
        return self.image(
            self.alternative(kind, finding, speak._("Assumptions"), ends, amounts), moving=False
        )


class LadderPicture(Picture):
    """What can come out of Roth without tax and additional tax, for both places where converted money can be."""

    size = (6.4, 3.2)

    def draw(
        self, free: pd.DataFrame, names: Mapping[str, str], projected_from: int | None, finding: str
    ) -> str:
        """*free*: USD, index year, a column per destination; *names* of these for the reader."""
        speak, axes, years, unit = self.speak, self.axes, free.index, self.speak.axis_unit
        self.clear()
        scaled = free / unit
        room = max(float(np.nanmax(scaled.to_numpy())), LEAST / unit)
        dress = {"roth_ira": ("solid", COLOURS["prompt"], 2.4), "designated_roth": ((0, (5, 2)), INK, 1.8)}
        for key in free.columns:
            dash, colour, width = dress[key]
            axes.step(years, scaled[key], where="post", color=colour, linestyle=dash, linewidth=width)
        ends = [(float(scaled[key].iloc[-1]), key) for key in free.columns]
        for place, key in apart(ends, room * 0.08):
            axes.text(years[-1] + 0.5, place, names[key], va="center", fontsize=NORMAL, color=dress[key][1])
        axes.set_ylim(0, room * 1.14)
        label = speak._("Free of tax (US$ thousand)")
        self.over_years(years, max(3, len(years) * 0.34), projected_from, room * 1.06, label)
        axes.set_title(finding, x=0, loc="left", fontsize=NORMAL, color=INK)
        series = speak.joined(self.described(names[key], free[key]) for key in free.columns)
        kind, span = speak._("Line chart"), (str(years[0]), str(years[-1]))
        return self.image(self.alternative(kind, finding, speak._("Year"), span, series), moving=False)


class MistakesPicture(Picture):
    """What each mistake costs at the horizon: a bar each."""

    size = (6.4, 2.4)

    def draw(self, costs: Sequence[tuple[str, float]], axis: str, finding: str) -> str:
        """*costs*: (mistake, USD) in order; *axis*: what the bars are, with their unit."""
        speak, axes, unit = self.speak, self.axes, self.speak.axis_unit
        self.clear()
        most = max([LEAST, *(cost for _, cost in costs)])
        for place, (_, cost) in enumerate(costs):
            axes.barh(place, max(cost, 0.0) / unit, height=0.6, color=COLOURS["late_convert"])
            where = (max(cost, 0.0) + most * 0.015) / unit
            axes.text(where, place, speak.money(cost), va="center", fontsize=NORMAL, color=INK)
        axes.set_yticks(range(len(costs)), [name for name, _ in costs])
        axes.set_ylim(len(costs) - 0.5, -0.5)
        axes.set_xlim(0, most * 1.25 / unit)
        money_axis(axes.xaxis, speak, scaled=True)
        axes.set_xlabel(axis, color=QUIET, fontsize=SMALL)
        kind, ends = speak._("Bar chart"), (costs[0][0], costs[-1][0])
        words = self.alternative(kind, finding, speak._("Mistakes"), ends, self.listed(costs))
        return self.image(words, moving=False)


class ScenariosPicture(Picture):
    """Versions side by side: what each gains over a brokerage account, and what waiting costs it."""

    size = (6.4, 3.2)

    def draw(self, rows: Sequence[tuple[str, float, float]], finding: str) -> str:
        """*rows*: (name, gain, cost of waiting), USD brought to today."""
        speak, axes, unit = self.speak, self.axes, self.speak.axis_unit
        self.clear()
        amounts = [amount for _, *both in rows for amount in both]
        least, most = min([0.0, *amounts]), max([LEAST, *amounts])
        named = speak._("gain over a brokerage account"), speak._("cost of waiting")
        bars = []
        for side, colour in enumerate((COLOURS["prompt"], COLOURS["late_convert"])):
            heights = [place - 0.19 + 0.38 * side for place in range(len(rows))]
            lengths = [row[1 + side] for row in rows]
            bars.append(axes.barh(heights, [each / unit for each in lengths], height=0.36, color=colour))
            for height, amount in zip(heights, lengths, strict=True):
                end = (max(amount, 0.0) + most * 0.012) / unit
                axes.text(end, height, speak.money(amount), va="center", fontsize=SMALL, color=INK)
        axes.set_yticks(range(len(rows)), [name if len(name) <= 24 else f"{name[:23]}…" for name, *_ in rows])
        axes.set_ylim(max(len(rows), 3) - 0.5, -0.5)
        axes.set_xlim(least * 1.1 / unit, most * 1.25 / unit)
        axes.axvline(0, color=INK, linewidth=0.8)
        # Beside a bar the words would not fit where the bar is long.
        axes.legend(
            bars, named, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False, fontsize=SMALL,
            labelcolor=INK, borderaxespad=0, borderpad=0.3, handlelength=1.2,
        )  # fmt: skip
        money_axis(axes.xaxis, speak, scaled=True)
        axes.set_xlabel(speak._("In today's dollars (US$ thousand)"), color=QUIET, fontsize=SMALL)
        series = self.listed(
            (speak._("{name}, {what}", name=name, what=what), amount)
            for name, *both in rows
            for what, amount in zip(named, both, strict=True)
        )
        kind, ends = speak._("Bar chart"), (rows[0][0], rows[-1][0])
        words = self.alternative(kind, finding, speak._("Scenarios"), ends, series)
        # Other clients have other names and amounts, so the picture is laid out anew.
        return self.image(words, moving=False)


def _between(one: Sequence[float], other: Sequence[float], share: np.ndarray) -> np.ndarray:
    """Colours from *one* to *other*."""
    return np.asarray(one) + share * (np.asarray(other) - np.asarray(one))
