"""The elections of the paychecks left as tables and as one sentence, in the reader's words."""

import numpy as np
import pandas as pd

from megaroth.rules.paycheck_elections import PaycheckPlan
from megaroth.rules.room import CENT
from megaroth.show.language import Language, language
from megaroth.show.tables import frame

# Columns of the schedule that show only where there is something in them.
_LABELS = {"elective_deferral": "Own deferral", "catch_up": "Catch-up", "match": "Match"}


def paychecks_table(plan: PaycheckPlan, code: str) -> pd.DataFrame:
    """A row for each pay date left: pay, what goes in, and the room still open; "p" marks a year of projected law."""
    speak, rows = language(code), plan.schedule
    shown = {column: label for column, label in _LABELS.items() if rows[column].any()}
    cells = [
        (
            day_label(speak, plan, row["date"]), cents(speak, row["pay"]), *(cents(speak, row[column]) for column in shown),
            cents(speak, row["after_tax"]), speak.percent(row["share_of_pay"]), cents(speak, row["room_left"]),
        )
        for _, row in rows.iterrows()
    ]  # fmt: skip
    columns = ("Pay date", "Pay", *shown.values(), "After-tax money", "Of pay", "Room still open")
    return frame(speak, columns, cells)


def take_home_table(plan: PaycheckPlan, code: str) -> pd.DataFrame:
    """
    What the elections do to each take-home paycheck: after-tax money, own deferral, the tax that it saves, and together.

    Raises: InputError for a year without tax tables.
    """
    speak = language(code)
    cells = [
        (
            day_label(speak, plan, row["date"]),
            *(cents(speak, row[column]) for column in ("after_tax", "deferral", "tax_saved", "change")),
        )
        for _, row in plan.take_home.iterrows()
    ]
    columns = ("Pay date", "After-tax money", "Own deferral", "Tax saved by it", "Change of take-home pay")
    return frame(speak, columns, cells)


def paychecks_finding(speak: Language, plan: PaycheckPlan) -> str:
    """What to tell payroll, in one sentence; each awkward case has one of its own."""
    room, rows, even = plan.room, plan.schedule, plan.even
    amounts = rows["after_tax"].to_numpy()
    count, total = int((amounts > 0).sum()), float(amounts.sum())
    values = {
        "n": count, "total": cents(speak, total), "left": cents(speak, plan.shortfall), "share": _shares(speak, plan),
        "excess": cents(speak, plan.excess), "room": speak.money(room.space),
        "year": speak._("{year} (projected)" if plan.law.projected else "{year}", year=plan.law.year),
    }  # fmt: skip
    if room.limited_by == "plan_kind":
        return speak._("A 457(b) plan has no place for after-tax money.")
    if plan.excess > CENT:
        return speak._("Nothing more to elect in {year}: {excess} too much is already in.", **values)
    if room.space <= CENT:
        return speak._("Nothing to elect in {year}: there is no room.", **values)
    if room.remaining <= CENT:
        return speak._("The room of {room} for {year} is all used.", **values)
    if rows.empty:
        return speak._("No paycheck is left in {year}; {left} of the room stays open.", **values)
    if not count:
        return speak._(
            "The paychecks left carry no after-tax money; {left} of the room stays open.", **values
        )
    if plan.spill_over is not None:
        values["election"] = speak.percent(plan.spill_over)
        text = "One election of {election} of pay puts in {total} as after-tax money and fills the room."
        if plan.shortfall:
            text = "One election of {election} of pay puts in {total} as after-tax money; {left} of the room stays open."
        return speak._(text, **values)
    if plan.whole_percent:
        return _in_whole_percents(speak, plan, values)
    if plan.shortfall:
        return speak.ngettext(
            "{n} paycheck carries {total}; {left} of the room stays open.",
            "{n} paychecks carry {total}; {left} of the room stays open.",
            count, **values,
        )  # fmt: skip
    if even is None:
        return speak._("Fill it: {n} paychecks of up to {most}, {total} together ({share} of pay).",
                       most=cents(speak, amounts.max()), **values)  # fmt: skip
    values |= {"each": cents(speak, even.each), "last": cents(speak, even.last)}
    if even.paychecks == 1:
        return speak._("Fill it: one paycheck of {each} ({share} of pay).", **values)
    if even.each == even.last:
        return speak._("Fill it: {n} paychecks of {each} each ({share} of pay).", **values)
    return speak._("Fill it: {n} paychecks of {each}, the last {last} ({share} of pay).", **values)


def day_label(speak: Language, plan: PaycheckPlan, day: pd.Timestamp) -> str:
    """A pay date in a table; "p" stands for projected."""
    shown = speak.date(day.date(), short=True)
    return f"{shown} p" if plan.law.projected else shown


def cents(speak: Language, amount: float) -> str:
    """Dollars of a paycheck, to the cent; nothing below half a cent."""
    return speak.money(amount, cents=True) if abs(amount) >= CENT else speak.money(0)


def _in_whole_percents(speak: Language, plan: PaycheckPlan, values: dict) -> str:
    """One percent, or one more from some date on."""
    percents = np.rint(plan.schedule["share_of_pay"].to_numpy() * 100)
    changes = np.flatnonzero(np.diff(percents))
    values |= {"first": f"{percents[0]:.0f}%", "second": f"{percents[-1]:.0f}%"}
    if not len(changes):
        return speak._("{first} of pay from every paycheck; {left} of the room stays open.", **values)
    if len(changes) == 1 and percents[-1] > percents[0]:
        begins = speak.date(plan.schedule["date"].iloc[changes[0] + 1])
        text = "{first} of pay, from {date} on {second}; {left} of the room stays open."
        return speak._(text, date=begins, **values)
    return speak._("Whole percents up to {most} of pay; {left} of the room stays open.",
                   most=f"{percents.max():.0f}%", **values)  # fmt: skip


def _shares(speak: Language, plan: PaycheckPlan) -> str:
    """The election as percent of pay, or from the least to the most where paychecks differ."""
    rows = plan.schedule[plan.schedule["after_tax"] > 0]
    if rows.empty:
        return ""
    # The odd cents that the last paycheck takes are no other share of pay.
    amounts = plan.even.each if plan.even else rows["after_tax"]
    shares = amounts / rows["pay"]
    low, high = speak.percent(shares.min()), speak.percent(shares.max())
    return low if low == high else speak._("{low} to {high}", low=low, high=high)
