"""Job offers as bars: what each comes to, part by part."""

import pandas as pd

from megaroth.plans.offers import PARTS, OfferComparison
from megaroth.show.charts import COLOURS, GREY, INK, LEAST, NORMAL, QUIET, SMALL, Picture, money_axis
from megaroth.show.tables import rounded_sum

FILLS = {
    "salary_after_tax": (GREY, INK),
    "employer_money": (INK, "white"),
    "mega_backdoor": (COLOURS["prompt"], "white"),
}
LONGEST = 18  # letters of a name
NARROW = 0.06  # of the axis; a part that is narrower carries no figure of its own


class OffersPicture(Picture):
    """A running bar for each offer; the part that hangs on an answer is hatched."""

    size = (6.4, 2.6)

    def draw(self, table: OfferComparison, finding: str, moving: bool = False) -> str:
        """The picture; *finding* is its title in words, for the text alternative."""
        speak, axes, unit = self.speak, self.axes, self.speak.axis_unit
        self.clear()
        reach = max(LEAST, float(table["total_high"].max())) / unit
        for place, row in enumerate(table.itertuples()):
            self._bar(place, row, reach)
        for place, (part, words) in enumerate(self._parts().items()):
            fill = FILLS[part][0]
            colour = QUIET if fill == GREY else fill
            where = {"transform": axes.transAxes, "va": "bottom", "ha": ("left", "center", "right")[place]}
            axes.text(place / 2, 1.02, words, color=colour, fontsize=SMALL, fontweight="bold", **where)
        axes.set_yticks(range(len(table)), [_short(name) for name in table.index])
        axes.set_ylim(len(table) - 0.5, -0.5)
        axes.set_xlim(0, reach * 1.2)
        money_axis(axes.xaxis, speak, scaled=True)
        axes.set_xlabel(self._unit(table), color=QUIET, fontsize=SMALL)
        amounts = speak.joined(self._described(name, row) for name, row in table.iterrows())
        ends = str(table.index[0]), str(table.index[-1])
        words = self.alternative(speak._("Bar chart"), finding, speak._("Offers"), ends, amounts)
        return self.image(words, moving)

    def _bar(self, place: int, row: object, reach: float) -> None:
        axes, speak, unit, left = self.axes, self.speak, self.speak.axis_unit, 0.0
        amounts = {**{part: getattr(row, part) for part in PARTS}, "mega_backdoor": row.mega_low}
        for part, amount in amounts.items():
            fill, ink = FILLS[part]
            width = amount / unit
            axes.barh(place, width, left=left, height=0.56, color=fill, edgecolor="white", linewidth=0.8)
            if width >= reach * NARROW:
                figure = {"ha": "center", "va": "center", "color": ink, "fontsize": NORMAL}
                axes.text(left + width / 2, place, speak.thousands(amount), **figure)
            left += width
        open_ = (row.mega_high - row.mega_low) / unit if row.status == "ask" else 0.0
        if open_:
            colour = COLOURS["prompt"]
            axes.barh(place, open_, left=left, height=0.56, color="white", hatch="////", edgecolor=colour)
        ends = [row.total_high] if row.status == "known" else [row.total_low, row.total_high]
        total = "\N{EN DASH}".join(speak.thousands(end) for end in ends)
        end = {"va": "center", "fontsize": NORMAL, "fontweight": "bold", "color": INK}
        axes.text(left + open_ + reach * 0.012, place, total, **end)

    def _parts(self) -> dict[str, str]:
        speak = self.speak
        names = speak._("Salary after tax"), speak._("Employer money"), speak._("Mega-backdoor")
        return dict(zip(PARTS, names, strict=True))

    def _unit(self, table: OfferComparison) -> str:
        today = table.discount_basis == "inflation"
        return self.speak._("Today's dollars (US$ thousand)" if today else "Present value (US$ thousand)")

    def _described(self, name: str, row: pd.Series) -> str:
        """An offer in words: its parts and their sum, as in the table."""
        speak = self.speak
        low, high = (speak.money(rounded_sum(row[[*PARTS[:2], end]])) for end in ("mega_low", "mega_high"))
        if row["status"] == "ask":
            return speak._("{name}: between {low} and {high}", name=name, low=low, high=high)
        parts = [(words, row[part]) for part, words in self._parts().items()]
        return speak._("{name}: {amount} ({parts})", name=name, amount=high, parts=self.listed(parts))


def _short(name: str) -> str:
    """A name that fits beside a bar."""
    return name if len(name) <= LONGEST else f"{name[:LONGEST]}\N{HORIZONTAL ELLIPSIS}"
