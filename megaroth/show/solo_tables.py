"""An owner's plan as sentences and tables in the reader's words: what fits, what a share is worth, a spouse on the payroll."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from megaroth.facts.law import Law
from megaroth.rules.incorporated import IncorporatedSpace, incorporated_401k_space
from megaroth.rules.owner_plans import INCORPORATED, OwnerPlan
from megaroth.rules.room import CENT
from megaroth.rules.self_employed import SoloSpace, solo_401k_space
from megaroth.rules.share_trade import ShareTrade
from megaroth.show.language import Language, language
from megaroth.show.tables import frame, rounded_sum

Space = SoloSpace | IncorporatedSpace
# Parts of the bar up to the limit, in order, with their words.
PARTS = {"deferral": "Own deferral", "employer": "Employer share", "after_tax": "After-tax space"}
ROWS = 5  # even steps of a trade in its table


def solo_finding(speak: Language, name: str, law: Law, business: str, plan: OwnerPlan) -> str:
    """The answer in one sentence; each awkward case has one of its own."""
    year = speak._("{year} (projected)" if law.projected else "{year}", year=law.year)
    owner = plan.owner
    if owner.compensation_415 + owner.employer <= CENT:
        text = "No profit in {year}, so no solo room."
        if business == INCORPORATED:
            text = "No W-2 pay in {year}, so no room in the plan."
        return speak._(text, year=year)
    if owner.after_tax <= CENT:
        text = "{name} can put {deferral} + {employer} into a solo 401(k) for {year}; no room is left for after-tax money."
    elif owner.catch_up > CENT:
        text = "{name} can put {deferral} + {employer} + {after_tax} into a solo 401(k) for {year}, and {catch_up} of catch-up beside it."
    else:
        text = "{name} can put {deferral} + {employer} + {after_tax} into a solo 401(k) for {year}."
    amounts = {part: speak.money(getattr(owner, part)) for part in (*PARTS, "catch_up")}
    return speak._(text, name=name, year=year, **amounts)


def trade_finding(speak: Language, trade: ShareTrade) -> str:
    """What the chosen share gives up and gains against the largest one; *trade* of one share."""
    given_up = trade.largest.employer - trade.employer
    if max(trade.largest.employer, trade.employer) <= CENT:
        return speak._("There is no employer share to give up.")
    if given_up < -CENT:
        text = (
            "The share of {share} is {more} above the largest that leaves deferrals their place: it makes so much of them "
            "catch-up, leaves no after-tax room and saves {tax} more tax this year."
        )
        return speak._(
            text,
            share=speak.money(trade.employer),
            more=speak.money(-given_up),
            tax=speak.money(-trade.tax_added),
        )
    if given_up <= CENT:
        values = {"room": speak.money(trade.after_tax), "share": speak.money(trade.employer)}
        return speak._("The largest share of {share} leaves {room} of after-tax room.", **values)
    return speak._(
        "Giving up {share} of employer share adds {room} of after-tax room and {tax} of tax this year.",
        share=speak.money(given_up), room=speak.money(trade.room_gained), tax=speak.money(trade.tax_added),
    )  # fmt: skip


def spouse_finding(speak: Language, plan: OwnerPlan) -> str:
    """What a spouse's pay adds to the household's after-tax room, and what it costs in payroll taxes."""
    added, taxes = _room_added(plan), _payroll_tax_added(plan)
    both = rounded_sum((plan.owner.after_tax, plan.spouse.after_tax))
    values = {
        "pay": speak.money(plan.spouse.compensation), "room": speak.money(abs(added)), "both": speak.money(both),
        "tax": speak.money(abs(taxes)),
    }  # fmt: skip
    if added > CENT and taxes >= 0:
        text = "{pay} of pay for the spouse adds {room} of after-tax room, {both} for both, and {tax} of payroll taxes."
    elif added > CENT:
        text = "{pay} of pay for the spouse adds {room} of after-tax room, {both} for both; payroll taxes fall by {tax}."
    elif taxes >= 0:
        text = "{pay} of pay for the spouse adds no after-tax room here: {both} for both; payroll taxes rise by {tax}."
    else:
        text = "{pay} of pay for the spouse adds no after-tax room here: {both} for both; payroll taxes fall by {tax}."
    return speak._(text, **values)


def parts_table(plan: OwnerPlan, code: str) -> pd.DataFrame:
    """What goes in up to the limit, catch-up beside it, and the limits; a column for the spouse where there is pay."""
    speak = language(code)
    spaces = [plan.owner, *([plan.spouse] if plan.spouse.compensation > 0 else [])]

    def line(words: str, amounts: list[float]) -> tuple[str, ...]:
        return speak._(words), *(speak.money(amount) for amount in amounts)

    rows = [line(words, [getattr(each, part) for each in spaces]) for part, words in PARTS.items()]
    rows.append(line("Together", [rounded_sum(getattr(each, part) for part in PARTS) for each in spaces]))
    rows.append(line("Limit on annual additions", [each.limit for each in spaces]))
    rows.append(line("Largest employer share", [each.max_employer for each in spaces]))
    if any(each.catch_up > CENT for each in spaces):
        rows.append(line("Catch-up beside the limit", [each.catch_up for each in spaces]))
    columns = ("Part", "Owner", "Spouse")
    return frame(speak, columns[: 1 + len(spaces)], rows)


def incomes_table(law: Law, incomes: Iterable[float], age: int, code: str) -> pd.DataFrame:
    """The largest share and the room beside it, the most deferred: as net profit, and as W-2 pay of the own corporation."""
    speak, rows = language(code), []
    for income in incomes:
        alone = solo_401k_space(law, income, age)
        on_payroll = incorporated_401k_space(law, income, age)
        amounts = (alone.employer, alone.after_tax, on_payroll.employer, on_payroll.after_tax)
        rows.append(tuple(speak.money(amount) for amount in (income, *amounts)))
    columns = (
        "Net profit or W-2 pay", "Sole proprietor: employer share", "Sole proprietor: after-tax space",
        "W-2 pay: employer share", "W-2 pay: after-tax space",
    )  # fmt: skip
    return frame(speak, columns, rows)


def trade_table(trade: ShareTrade, code: str) -> pd.DataFrame:
    """A row per share: the room beside it, the tax it saves, and both against the largest share."""
    speak = language(code)
    rows = [
        (
            speak.money(row.employer), speak.money(row.after_tax), speak.money(row.room_gained),
            speak.money(row.tax_saved), speak.money(row.tax_added),
        )
        for row in trade.table.itertuples()
    ]  # fmt: skip
    columns = (
        "Employer share", "After-tax space", "Room gained against the largest", "Tax saved by the share",
        "Tax added against the largest",
    )  # fmt: skip
    return frame(speak, columns, rows)


def table_shares(largest: Space, *more: float | None) -> np.ndarray:
    """The shares of a table: even steps from nothing to the largest, and *more* of them, each once, in order."""
    even = np.linspace(0.0, largest.max_employer, ROWS)
    wanted = [share for share in more if share is not None]
    most = max(largest.max_employer, *wanted)
    return np.array(sorted({round(share, 2) for share in (*even, *wanted)})).clip(max=most)


def spouse_table(plan: OwnerPlan, code: str) -> pd.DataFrame:
    """The household's after-tax room without and with the spouse on the payroll, and the payroll taxes."""
    speak = language(code)
    rows = [
        ("Owner's space alone", plan.alone.after_tax), ("Owner's after-tax space", plan.owner.after_tax),
        ("Spouse's after-tax space", plan.spouse.after_tax), ("Room added to the household", _room_added(plan)),
        ("Employer's FICA", plan.employer_fica), ("Employee's FICA", plan.employee_fica),
        ("Self-employment tax saved", plan.self_employment_tax_saved), ("Payroll taxes added", _payroll_tax_added(plan)),
    ]  # fmt: skip
    return frame(speak, ("Step", "Amount"), [(speak._(words), speak.money(amount)) for words, amount in rows])


def _room_added(plan: OwnerPlan) -> int:
    """plan.room_added in whole dollars, as its parts in the table add up."""
    return rounded_sum((plan.owner.after_tax, plan.spouse.after_tax, -plan.alone.after_tax))


def _payroll_tax_added(plan: OwnerPlan) -> int:
    """plan.payroll_tax_added in the same way."""
    return rounded_sum((plan.employer_fica, plan.employee_fica, -plan.self_employment_tax_saved))
