"""Picture of the paychecks left: how after-tax money climbs to the room, paycheck by paycheck."""

import datetime as dt

from megaroth.rules.paycheck_elections import PaycheckPlan
from megaroth.show.charts import COLOURS, INK, LEAST, NORMAL, QUIET, SMALL, Picture, money_axis
from megaroth.show.language import Language
from megaroth.show.pay_tables import cents

PALE_BLUE = "#cfe0ef"  # what is already in
BEHIND = {"facecolor": PALE_BLUE, "edgecolor": "none", "pad": 1.0}  # a text that runs over bars
STRONG = COLOURS["prompt"]
MOST_TICKS = 8
WIDE = 0.85  # of the figure that the axes have


class PaychecksPicture(Picture):
    """A bar for each pay date, as high as what is in by then; its own election is the strong part at its top."""

    size = (6.2, 3.2)

    def draw(self, plan: PaycheckPlan, moving: bool = False) -> str:
        """The picture of one plan."""
        speak, axes, unit, rows = self.speak, self.axes, self.speak.axis_unit, plan.schedule
        self.clear()
        places = range(len(rows))
        in_before = (rows["after_tax_to_date"] - rows["after_tax"]).to_numpy() / unit
        elected = rows["after_tax"].to_numpy() / unit
        # One artist for all bars of a colour: a rectangle for each would take twice the time of the whole picture.
        width = 0.78 * self.figure.get_figwidth() * 72 * WIDE / max(len(rows), 1)
        axes.vlines(places, 0, in_before, colors=PALE_BLUE, linewidth=width)
        axes.vlines(places, in_before, in_before + elected, colors=STRONG, linewidth=width)
        room, so_far = float(plan.room.space), plan.so_far.after_tax
        highest = max(room, so_far + float(rows["after_tax"].sum()), LEAST)
        axes.axhline(room / unit, color=INK, linewidth=1.2)
        axes.set_xlim(-0.8, max(len(rows) - 0.2, 0.8))
        axes.set_ylim(0, highest * 1.24 / unit)
        self._name(room, highest, speak._("Room for the year: {amount}", amount=speak.money(room)))
        if so_far > highest * 0.1 and len(rows):  # lower bars have no room for a text
            amount = speak.money(so_far, cents=not float(so_far).is_integer())
            text = speak._("already in: {amount}", amount=amount)
            axes.text(-0.3, in_before[0] * 0.5, text, va="center", fontsize=SMALL, color=INK, bbox=BEHIND)
        days = [day.date() for day in rows["date"]]
        step = max(1, -(-len(days) // MOST_TICKS))
        axes.set_xticks(list(places)[::step], [month_day(speak, day) for day in days[::step]])
        year = speak._("{year} (projected)" if plan.law.projected else "{year}", year=plan.law.year)
        axes.set_xlabel(speak._("Pay date in {year}", year=year), color=QUIET, fontsize=SMALL)
        axes.set_ylabel(speak._("After-tax money in by then (US$ thousand)"), color=QUIET, fontsize=SMALL)
        money_axis(axes.yaxis, speak, scaled=True)
        finding = climb_finding(speak, plan)
        axes.set_title(finding, x=0, loc="left", fontsize=NORMAL, color=INK)
        ends = tuple(speak.date(day, short=True) for day in (days[0], days[-1])) if days else ("–", "–")
        amounts = self.listed([(speak._("Already in"), so_far), (speak._("In by the end"), so_far + float(rows["after_tax"].sum())),
                               (speak._("Room"), room)])  # fmt: skip
        words = self.alternative(speak._("Bar chart"), finding, speak._("Pay dates"), ends, amounts)
        return self.image(words, moving)

    def _name(self, room: float, highest: float, words: str) -> None:
        """The room's name on its line, at the left, where the bars are lowest."""
        place = {"va": "bottom", "fontsize": NORMAL, "color": INK, "fontweight": "bold"}
        self.axes.text(-0.6, (room + highest * 0.02) / self.speak.axis_unit, words, **place)


def climb_finding(speak: Language, plan: PaycheckPlan) -> str:
    """Whether the room is full by the last pay date."""
    if plan.excess:
        return speak._("{amount} more than fits is in", amount=cents(speak, plan.excess))
    if plan.schedule.empty or plan.shortfall:
        return speak._("{amount} of the room stays open", amount=cents(speak, plan.shortfall))
    last = plan.schedule.loc[plan.schedule["after_tax"] > 0, "date"].max()
    if not plan.schedule["after_tax"].any():
        return speak._("Nothing more to elect")
    return speak._("The room is full on {date}", date=speak.date(last))


def month_day(speak: Language, day: dt.date) -> str:
    """A date of the year that the axis names: Jul 3; 07-03."""
    shown = speak.date(day, short=True)
    return shown.split(",")[0] if speak.code == "en" else shown[-5:]
