"""Pictures of an owner's plan: what fills the limit, and the employer share against the after-tax room."""

import numpy as np

from megaroth.rules.owner_plans import OwnerPlan
from megaroth.rules.room import CENT
from megaroth.rules.share_trade import ShareTrade
from megaroth.show.charts import (
    COLOURS,
    DASHES,
    GREY,
    INK,
    LARGE,
    LEAST,
    NORMAL,
    QUIET,
    SMALL,
    Picture,
    money_axis,
)
from megaroth.show.solo_tables import PARTS, Space, trade_finding

FILL = {"deferral": GREY, "employer": INK, "after_tax": COLOURS["prompt"]}


class PartsPicture(Picture):
    """Own deferral, employer share and after-tax room, one after the other up to the limit; catch-up apart."""

    size = (6.2, 2.6)

    def draw(self, plan: OwnerPlan, finding: str, moving: bool = False) -> str:
        """The owner's parts, under them the spouse's where there is pay; *finding* is the title in words."""
        speak, axes, unit = self.speak, self.axes, self.speak.axis_unit
        self.clear()
        spouse_too = plan.spouse.compensation > 0
        spaces = [plan.owner, *([plan.spouse] if spouse_too else [])]
        furthest = max(10 * LEAST, *(each.limit for each in spaces), *(each.catch_up for each in spaces))
        places, labels, amounts = [], [], []
        text = ("Owner: {part}", "Spouse: {part}")
        for whose, space in zip(text, spaces, strict=False):
            top = places[-1] + 1.3 if places else 0.0
            for k, (words, left, amount, colour) in enumerate(_bars(space)):
                name = speak._(whose, part=speak._(words)) if spouse_too else speak._(words)
                axes.barh(
                    top + k, amount / unit, left=left / unit, height=0.62, color=colour,
                    edgecolor=GREY if colour == "#ffffff" else colour,
                )  # fmt: skip
                bold = "bold" if words == PARTS["after_tax"] else "normal"
                at = (left + amount + furthest * 0.012) / unit
                axes.text(
                    at, top + k, speak.money(amount), va="center", fontsize=NORMAL, color=INK, fontweight=bold,
                    bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 1.0}, zorder=4,
                )  # fmt: skip
                places.append(top + k)
                labels.append(name)
                amounts.append((name, amount))
            foot = top + len(PARTS) - 0.6
            axes.plot(
                [space.limit / unit] * 2, [top - 0.45, foot], color=INK, linewidth=1.2, linestyle=(0, (4, 2))
            )
        axes.set_yticks(places, labels)
        axes.set_ylim(places[-1] + 0.55, -0.55)
        axes.set_xlim(0, furthest * 1.24 / unit)
        money_axis(axes.xaxis, speak, scaled=True)
        axes.set_xlabel(
            speak._("US$ thousand; dashed line: limit on annual additions"), color=QUIET, fontsize=SMALL
        )
        kind, ends = speak._("Bar chart"), (labels[0], labels[-1])
        words = self.alternative(kind, finding, speak._("Parts"), ends, self.listed(amounts))
        return self.image(words, moving)


def _bars(space: Space) -> list[tuple[str, float, float, str]]:
    """Name, left end, width and colour of each part, one after the other; the catch-up from nothing."""
    found, level = [], 0.0
    for part, words in PARTS.items():
        amount = float(getattr(space, part))
        found.append((words, level, amount, FILL[part]))
        level += amount
    if space.catch_up > CENT:
        found.append(("Catch-up beside the limit", 0.0, float(space.catch_up), "#ffffff"))
    return found


class TradePicture(Picture):
    """After-tax room and tax saved, share by share; the chosen share is marked, and where pay becomes the limit."""

    size = (6.2, 3.2)

    def draw(self, trade: ShareTrade, chosen: ShareTrade) -> str:
        """*trade*: of many shares in order; *chosen*: of the one that the sentence is about."""
        speak, axes, unit = self.speak, self.axes, self.speak.axis_unit
        self.clear()
        shares, high = trade.employer / unit, max(LEAST, float(np.max(trade.after_tax)))
        text = ("After-tax room", "Tax saved by the share")
        dresses = (("after_tax", "prompt"), ("tax_saved", "late_convert"))
        width, series = max(LEAST, float(trade.employer[-1])) / unit, []
        for words, (name, strategy) in zip(text, dresses, strict=True):
            values, colour = getattr(trade, name), COLOURS[strategy]
            axes.plot(shares, values / unit, color=colour, linestyle=DASHES[strategy], linewidth=2.4)
            end = {"color": colour, "va": "center", "fontsize": NORMAL}
            axes.text(shares[-1] + width * 0.02, values[-1] / unit, speak._(words), **end)
            series.append((speak._(words), values))
        at, room = chosen.employer / unit, chosen.after_tax / unit
        axes.plot([at], [room], marker="o", color=COLOURS["prompt"], markersize=8)
        axes.text(
            at + width * 0.02, room + high * 0.05 / unit, speak.thousands(chosen.after_tax), color=COLOURS["prompt"],
            fontsize=LARGE, fontweight="bold", va="bottom",
        )  # fmt: skip
        if trade.corner is not None:
            axes.axvline(trade.corner / unit, color=QUIET, linewidth=0.9, linestyle=":")
            note = {"color": QUIET, "fontsize": SMALL, "va": "top"}
            axes.text(
                trade.corner / unit + width * 0.015,
                high * 1.24 / unit,
                speak._("from here pay is the limit"),
                **note,
            )
        axes.set_xlim(0, width * 1.42)
        axes.set_ylim(min(0.0, float(np.min(trade.tax_saved))) / unit, high * 1.26 / unit)
        for axis in (axes.xaxis, axes.yaxis):
            money_axis(axis, speak, scaled=True)
        axes.set_xlabel(speak._("Employer share made (US$ thousand)"), color=QUIET, fontsize=SMALL)
        axes.set_ylabel(speak._("US$ thousand"), color=QUIET, fontsize=SMALL)
        finding = trade_finding(speak, chosen)
        said = speak.joined(
            speak._("{name}: {first} to {last}", name=name, first=speak.money(values[0]), last=speak.money(values[-1]))
            for name, values in series
        )  # fmt: skip
        ends = (speak.money(trade.employer[0]), speak.money(trade.employer[-1]))
        words = self.alternative(speak._("Line chart"), finding, speak._("Employer share"), ends, said)
        return self.image(words, moving=False)
