"""The IRA conversion as a bar: what of it is nontaxable and what taxable, as it is, cured, and spoiled."""

from megaroth.rules.ira_money import BackdoorYear
from megaroth.show.backdoor_tables import LEAST as LEAST_SHOWN
from megaroth.show.backdoor_tables import scenarios
from megaroth.show.charts import COLOURS, INK, LEAST, NORMAL, PALE, QUIET, SMALL, Picture, money_axis
from megaroth.show.income_tables import total_shown
from megaroth.show.language import Language

BAR = 0.42
TAXABLE, NONTAXABLE = COLOURS["late_convert"], COLOURS["prompt"]


class BackdoorPicture(Picture):
    """Three bars of one length, each split into its nontaxable and its taxable part, the dollars written beneath."""

    size = (6.2, 2.7)

    def __init__(self, speak: Language) -> None:
        super().__init__(speak)
        axes = self.axes
        self._parts, self._words = [], []
        for place in range(3):
            free, taxed = axes.barh([place, place], 1, height=BAR, color=[NONTAXABLE, PALE])
            taxed.set_edgecolor(TAXABLE)
            taxed.set_hatch("//")
            self._parts.append((free, taxed))
            at = {"va": "top", "fontsize": NORMAL}
            self._words.append(
                (
                    axes.text(0, place + BAR * 0.62, "", color=NONTAXABLE, **at),
                    axes.text(0, place + BAR * 0.62, "", color=TAXABLE, ha="right", fontweight="bold", **at),
                )
            )
        axes.set_ylim(2.75, -0.4)
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(speak._("Converted to the Roth IRA (US$ thousand)"), color=QUIET, fontsize=SMALL)
        money_axis(axes.xaxis, speak)

    def draw(self, year: BackdoorYear, moving: bool = False) -> str:
        """The picture of one year."""
        speak, axes = self.speak, self.axes
        names = [speak._("As it is"), *self._changed_names(year)]
        described = []
        for (free, taxed), (left, right), name, priced in zip(
            self._parts, self._words, names, scenarios(year), strict=True
        ):
            untaxed, taxable = priced.form.nontaxable_conversion, priced.form.taxable_conversion
            free.set_width(untaxed)
            taxed.set_x(untaxed)
            taxed.set_width(taxable)
            taxed.set_visible(taxable >= LEAST_SHOWN)
            left.set_text(speak._("nontaxable {amount}", amount=speak.money(untaxed)))
            tax = speak.money(total_shown(priced.cost))
            right.set_text(speak._("taxable {amount}, tax {tax}", amount=speak.money(taxable), tax=tax))
            right.set_x(max(year.converted, LEAST))
            right.set_color(TAXABLE if taxable >= LEAST_SHOWN else QUIET)
            described.append(
                speak._(
                    "{name}: {untaxed} nontaxable, {amount} taxable, {tax} of tax",
                    name=name.replace("\n", " "), untaxed=speak.money(untaxed), amount=speak.money(taxable), tax=tax,
                )
            )  # fmt: skip
        axes.set_xlim(0, max(year.converted, LEAST) * 1.001)
        axes.set_yticks(range(3), names)
        finding = picture_finding(speak, year)
        axes.set_title(finding, x=0, loc="left", fontsize=NORMAL, color=INK)
        kind, ends = speak._("Bar chart"), (speak.money(0), speak.money(year.converted))
        along, series = speak._("Converted to the Roth IRA"), speak.joined(described)
        return self.image(self.alternative(kind, finding, along, ends, series), moving)

    def _changed_names(self, year: BackdoorYear) -> tuple[str, str]:
        """Names of the other two, their amount on a line of its own."""
        speak = self.speak
        cured, split = year.rolled_in >= LEAST_SHOWN, year.split_earnings >= LEAST_SHOWN
        rolled_in, earnings = speak.money(year.rolled_in), speak.money(year.split_earnings)
        return (
            f"{speak._('Rolled into the plan')}\n{rolled_in}" if cured else speak._("Nothing rolled in"),
            f"{speak._('Split earnings in an IRA')}\n{earnings}" if split else speak._("No split rollover"),
        )


def picture_finding(speak: Language, year: BackdoorYear) -> str:
    """What of the conversion is taxable in each case, no longer than a title."""
    as_is, cured, spoiled = (each.form.taxable_conversion for each in scenarios(year))
    if max(as_is, spoiled) < LEAST_SHOWN:
        text = "Of {converted} converted, nothing is taxable"
    elif year.split_earnings < LEAST_SHOWN:
        text = "Of {converted} converted, {as_is} is taxable; after the cure {cured}"
    elif as_is < LEAST_SHOWN:
        text = "Of {converted} converted, nothing is taxable; beside a split {spoiled}"
    else:
        text = "Of {converted}, {as_is} is taxable; cured {cured}, beside a split {spoiled}"
    return speak._(
        text,
        converted=speak.money(year.converted), as_is=speak.money(as_is), cured=speak.money(cured),
        spoiled=speak.money(spoiled),
    )  # fmt: skip
