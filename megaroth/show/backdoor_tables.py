"""The ordinary backdoor beside the mega one: comparison, Form 8606, the two MAGIs, and findings in one sentence."""

import re
from collections.abc import Sequence

import pandas as pd
from IPython.display import HTML

from megaroth.facts.client import Client
from megaroth.facts.law import Law
from megaroth.rules.backdoor import Form8606
from megaroth.rules.client_space import after_tax_space
from megaroth.rules.ira_money import BackdoorYear, DirectRoth, PricedForm
from megaroth.rules.room import Room
from megaroth.show.income_tables import total_shown
from megaroth.show.language import Language, language
from megaroth.show.tables import frame

LEAST = 0.5  # USD; less is shown as nothing

# By line of Form 8606: what the form asks for there.
_LABELS = {
    "1": "Nondeductible contributions to traditional IRAs for the year, those made by the April after included",
    "2": "Total basis in traditional IRAs (line 14 of the last Form 8606)",
    "3": "Add lines 1 and 2",
    "4": "Contributions of line 1 that were made after the year's end",
    "5": "Subtract line 4 from line 3",
    "6": "Value of all traditional, SEP and SIMPLE IRAs on December 31",
    "7": "Distributions from these IRAs in the year, without conversions",
    "8": "Net amount converted from these IRAs to Roth IRAs",
    "9": "Add lines 6, 7 and 8",
    "10": "Divide line 5 by line 9; at least three decimals, not more than 1.000",
    "11": "Multiply line 8 by line 10: the nontaxable part of the conversion",
    "12": "Multiply line 7 by line 10: the nontaxable part of the distributions",
    "13": "Add lines 11 and 12: the nontaxable part of all payouts",
    "14": "Subtract line 13 from line 3: the basis carried to later years",
    "15": "Subtract line 12 from line 7: the taxable distributions",
    "16": "Converted to Roth IRAs: line 8",
    "17": "Basis in it: line 11",
    "18": "Subtract line 17 from line 16: the taxable conversion, to Form 1040, line 4b",
}  # fmt: skip


# --- tables ---


def strategies_table(client: Client, year: BackdoorYear, code: str) -> pd.DataFrame:
    """The mega-backdoor and the ordinary one side by side, with the client's own figures of the year."""
    speak, law = language(code), year.law
    room = after_tax_space(client, law)
    shown = speak._("{year} (projected)", year=law.year) if law.projected else str(law.year)
    rows = [
        (
            speak._("Goal"),
            speak._("use the high limit of the plan"),
            speak._("reach a Roth IRA above the income limit on direct contributions"),
        ),
        (
            speak._("Limit of {year}", year=shown),
            speak._("{limit} less own deferrals and employer money", limit=speak.money(law.annual_additions)),
            _ira_limit(speak, law),
        ),
        (
            speak._("Room for {name}", name=client.name),
            speak.money(room.space),
            speak.money(year.contribution_limit),
        ),
        (
            speak._("Mechanism"),
            speak._("after-tax contributions, then moved to a Roth IRA or to the Roth account of the plan"),
            speak._("nondeductible contribution to a traditional IRA, then converted"),
        ),
        (
            speak._("Who"),
            speak._("whoever has a plan that takes after-tax money and lets it out"),
            speak._("anyone with pay, whatever the income; clean without pre-tax money in other IRAs"),
        ),
        (speak._("Here"), _plan_answer(speak, client, room), _ira_answer(speak, year.as_is)),
    ]
    columns = ("Compared", "Mega-backdoor Roth", "Backdoor Roth IRA")
    return frame(speak, columns, rows)


def side_by_side(client: Client, year: BackdoorYear, code: str) -> HTML:
    """The same for a page: words stand at the left of their column."""
    table = strategies_table(client, year, code).to_html(border=0)
    return HTML(re.sub(r"<(t[hd])>", r'<\1 style="text-align: left">', table))


def _ira_limit(speak: Language, law: Law) -> str:
    return speak._(
        "{limit} and {catch_up} more from age {age}",
        limit=speak.money(law.ira_contribution), catch_up=speak.money(law.ira_catch_up), age=law.catch_up_ages[0],
    )  # fmt: skip


def _plan_answer(speak: Language, client: Client, room: Room) -> str:
    """Whether the plan allows it, as far as the facts say."""
    plan = client.plan
    if plan.kind == "457b":
        text = "no: a 457(b) plan has no place for after-tax money"
    elif plan.accepts_after_tax is False:
        text = "no: the plan does not take after-tax money"
    elif room.space < LEAST:
        text = "no room this year"
    elif plan.accepts_after_tax is None or plan.way_out is None:
        text = "not known yet: ask HR"
    elif plan.way_out == "none":
        text = "yes, but the money moves only at separation"
    else:
        text = "yes: the plan takes it and lets it out"
    return speak._(text)


def _ira_answer(speak: Language, as_is: PricedForm) -> str:
    if as_is.form.taxable_conversion < LEAST:
        return speak._("yes: no pre-tax IRA money in the way")
    return speak._("yes, but {share} of the conversion is taxable", share=speak.percent(as_is.taxable_share))


def scenarios_table(year: BackdoorYear, code: str) -> pd.DataFrame:
    """A row for the conversion as it is, with the cure, and with the split's earnings: the pool, the parts, the tax."""
    speak = language(code)
    rows = [
        (
            name, speak.money(priced.pre_tax) if "9" in priced.form.lines else "–",
            speak.money(priced.form.nontaxable_conversion), speak.money(priced.form.taxable_conversion),
            speak.money(total_shown(priced.cost)), speak.money(priced.form.basis_carried_forward),
        )
        for name, priced in zip(scenario_names(speak, year), scenarios(year), strict=True)
    ]  # fmt: skip
    columns = (
        "The conversion", "Pre-tax money counted", "Nontaxable", "Taxable", "Tax added", "Basis for later years",
    )  # fmt: skip
    return frame(speak, columns, rows)


def scenarios(year: BackdoorYear) -> tuple[PricedForm, PricedForm, PricedForm]:
    """As it is, with the cure, with the split's earnings."""
    return year.as_is, year.cured, year.spoiled


def scenario_names(speak: Language, year: BackdoorYear) -> tuple[str, str, str]:
    """What each of the three is called, with its amount."""
    cured, split = year.rolled_in >= LEAST, year.split_earnings >= LEAST
    return (
        speak._("As it is"),
        speak._(
            "{amount} rolled into the plan" if cured else "Nothing rolled into the plan",
            amount=speak.money(year.rolled_in),
        ),
        speak._(
            "{amount} of split earnings in an IRA" if split else "No split rollover",
            amount=speak.money(year.split_earnings),
        ),
    )


def form_table(form: Form8606, code: str) -> pd.DataFrame:
    """The form line by line: exact to the cent, and as it is filled in by hand; a line that stays empty is "–"."""
    speak, paper = language(code), form.on_paper
    rows = [
        (
            f"{number} · {speak._(words)}",
            _cell(speak, number, form, exact=True),
            _cell(speak, number, paper, exact=False),
        )
        for number, words in _LABELS.items()
    ]
    columns = ("Line", "Exact", "By hand, whole dollars")
    return frame(speak, columns, rows)


def _cell(speak: Language, number: str, form: Form8606, exact: bool) -> str:
    if number not in form.lines:
        return "–"
    if number == "10":
        return f"{form.lines[number]:.{6 if exact else 3}f}"
    return speak.money(form.lines[number], cents=exact)


def magi_table(readings: Sequence[DirectRoth], in_plan_income: float, code: str) -> pd.DataFrame:
    """The income that decides about direct Roth IRA contributions, under both readings side by side."""
    speak, (counted, left_out) = language(code), readings
    rows = [
        (speak._("AGI without any conversion"), *(speak.money(left_out.magi),) * 2),
        (
            speak._("Income of in-plan rollovers"),
            speak.money(in_plan_income),
            speak._("left out"),
        ),
        (speak._("Income of conversions from IRAs"), *(speak._("left out"),) * 2),
        (speak._("MAGI for Roth IRAs"), speak.money(counted.magi), speak.money(left_out.magi)),
        (
            speak._("Direct Roth IRA contribution"),
            speak.money(counted.limit),
            speak.money(left_out.limit),
        ),
    ]
    columns = ("Step", "If in-plan income counts", "If it does not")
    return frame(speak, columns, rows)


# --- sentences ---


def backdoor_finding(speak: Language, client: Client, year: BackdoorYear, room: Room) -> str:
    """The answer in one sentence; each awkward case has one of its own."""
    as_is, spoiled = year.as_is, year.spoiled
    taxed, own_growth = as_is.form.taxable_conversion, year.most_rolled_in < LEAST
    if year.converted < LEAST:
        text = "Nothing is converted in {year}; {carried} of basis is carried to later years."
    elif taxed >= LEAST and own_growth:
        text = (
            "{taxable} of the {converted} conversion is more than was contributed, and taxable; nothing is left to roll "
            "into a plan."
        )
    elif taxed >= LEAST:
        text = (
            "{pretax} of pre-tax IRA money makes {share} of the {converted} conversion taxable, unless a plan takes it "
            "in by December 31."
        )
    elif spoiled.form.taxable_conversion >= LEAST:
        text = (
            "{earnings} of split-rollover earnings in a traditional IRA would make {spoiled} of the {converted} "
            "conversion taxable."
        )
    elif client.plan.accepts_after_tax is False and client.plan.kind != "457b":
        text = "{ira} fits through the IRA; the plan does not take after-tax contributions."
    elif room.space >= LEAST:
        text = "Both fit: {mega} through the plan and {ira} through the IRA."
    else:
        text = "{ira} fits through the IRA; the plan has no room in {year}."
    return speak._(
        text,
        year=speak._("{year} (projected)" if year.law.projected else "{year}", year=year.law.year),
        carried=speak.money(as_is.form.basis_carried_forward), taxable=speak.money(taxed),
        converted=speak.money(year.converted), pretax=speak.money(as_is.pre_tax),
        share=speak.percent(as_is.taxable_share), earnings=speak.money(year.split_earnings),
        spoiled=speak.percent(spoiled.taxable_share), mega=speak.money(room.space), ira=speak.money(year.contribution),
    )  # fmt: skip


def cure_sentence(speak: Language, year: BackdoorYear) -> str:
    """What rolling pre-tax IRA money into the plan saves this year; "" where there is none."""
    if year.most_rolled_in < LEAST or year.as_is.form.taxable_conversion < LEAST:
        return ""
    before, after = total_shown(year.as_is.cost), total_shown(year.cured.cost)
    return speak._(
        "With {amount} rolled into the plan by December 31 the conversion adds {after} of tax instead of {before}.",
        amount=speak.money(year.rolled_in), after=speak.money(after), before=speak.money(before),
    )  # fmt: skip


def split_sentence(speak: Language, year: BackdoorYear) -> str:
    """What the split postpones, and what it costs beside a backdoor of the same year; "" without a split."""
    if year.split_earnings < LEAST:
        return ""
    more = total_shown(year.spoiled.cost) - total_shown(year.as_is.cost)
    return speak._(
        "Sending {earnings} of earnings to a traditional IRA postpones {saved} of tax on them and adds {more} of tax to "
        "the backdoor conversion; {carried} of basis is left for later years.",
        earnings=speak.money(year.split_earnings), saved=speak.money(total_shown(year.earnings_taxed)),
        more=speak.money(more), carried=speak.money(year.spoiled.form.basis_carried_forward),
    )  # fmt: skip


def direct_sentence(speak: Language, readings: Sequence[DirectRoth]) -> str:
    """What could go into a Roth IRA without any backdoor; the readings told apart where they differ."""
    counted, left_out = (speak.money(each.limit) for each in readings)
    if counted != left_out:
        text = (
            "Directly, without a backdoor, {counted} could go into a Roth IRA if in-plan rollover income counts, and "
            "{left_out} if it does not: the law leaves it open."
        )
    elif readings[0].limit > 0:
        text = "Directly, without a backdoor, {counted} could go into a Roth IRA."
    elif readings[0].before_phase_out <= 0:
        text = "Directly nothing can go into a Roth IRA: there is no pay in the year."
    else:
        text = "Directly nothing can go into a Roth IRA: the income is above the range."
    return speak._(text, counted=counted, left_out=left_out)
