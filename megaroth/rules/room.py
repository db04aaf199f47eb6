"""The room for after-tax money in one plan and year: the figures, why they are so, and how they came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd

from megaroth.facts.errors import Dollars, Message, Term
from megaroth.facts.law import Law
from megaroth.rules.working import Step, Working

Numbers = np.ndarray | float
CENT = 0.005
CORRECTION = "Rev. Proc. 2021-30"
SHARED_LIMIT = "26 U.S.C. 415(k)(4), (f)(1)(B)"

# What can hold the room down, in the order in which it is looked at; the first of equals is named.
LIMIT_NAMES = {
    "annual_additions": "the limit on annual additions",
    "compensation": "pay",
    "after_tax_cap_share": "the plan's cap on after-tax money as a share of pay",
    "after_tax_cap_dollars": "the plan's cap on after-tax money in dollars",
    "combined_cap_share": "the plan's cap on deferrals and after-tax money together",
    "acp_ceiling": "the ACP ceiling",
    "take_home_pay_left": "take-home pay",
    "plan_kind": "the kind of plan",
}
CAP_LABELS = {
    "after_tax_cap_share": "Plan's cap, share of pay",
    "after_tax_cap_dollars": "Plan's cap, dollars",
    "combined_cap_share": "Plan's cap with deferrals",
    "acp_ceiling": "ACP ceiling (estimate)",
    "take_home_pay_left": "Take-home pay left",
}
CAP_FORMULAS = {
    "after_tax_cap_share": "cap share of pay up to the compensation cap",
    "after_tax_cap_dollars": "as the plan states it",
    "combined_cap_share": "cap share of pay up to the compensation cap, less own deferral, not below 0",
    "acp_ceiling": "ceiling share of pay up to the compensation cap, less match, not below 0; an estimate",
    "take_home_pay_left": "what the paychecks can still carry",
}
CAP_SOURCES = {
    "after_tax_cap_share": "26 U.S.C. 401(a)(17); terms of the plan",
    "after_tax_cap_dollars": "terms of the plan",
    "combined_cap_share": "26 U.S.C. 401(a)(17); terms of the plan",
    "acp_ceiling": "26 U.S.C. 401(m)(2), 414(q)",
    "take_home_pay_left": "as entered",
}


@dataclass(frozen=True)
class Reason:
    """Why a figure is as it is: a sentence for people and the paragraph behind it."""

    message: Message
    cite: str

    def __str__(self) -> str:
        return f"{self.message} ({self.cite})"


@dataclass(frozen=True)
class Room:
    """
    The room for after-tax money in one plan and year, USD; arrays where arrays went in.

    Attributes:
        space: of the full year, after the caps. remaining: what is open after the money already in.
        limit: on annual additions. limited_by: the name in LIMIT_NAMES of what binds.
        excess: how far the money in is over the limit and the caps; 0 when nothing is.
        reasons: why, each with its citation.
        elective_deferral: the part that counts (without catch-up). catch_up: the part beside the limit.
        allowed_deferral: what the person's 402(g) limit allows here of the deferral, without catch-up; more than
            elective_deferral where 415(c) makes some of it catch-up.
        employer_contribution, after_tax_so_far: as given. caps: the cap amounts that were stated, by name.
        additions_elsewhere: annual additions to another plan that shares the dollar limit.
        employer: its name, where there are several.
    """

    law: Law
    compensation: Numbers
    limit: Numbers
    allowed_deferral: Numbers
    elective_deferral: Numbers
    catch_up: Numbers
    employer_contribution: Numbers
    caps: Mapping[str, Numbers]
    space: Numbers
    after_tax_so_far: Numbers
    remaining: Numbers
    excess: Numbers
    limited_by: np.ndarray | str
    reasons: tuple[Reason, ...] = ()
    employer: str = ""
    additions_elsewhere: Numbers = 0.0
    earlier_steps: tuple[Step, ...] = field(default=(), repr=False)

    def with_(self, **changes: object) -> Self:
        """The same room with some attributes replaced."""
        return replace(self, **changes)

    @property
    def dollar_limit(self) -> Numbers:
        """What a plan that shares it leaves of the dollar limit."""
        return np.maximum(0.0, self.law.annual_additions - self.additions_elsewhere)

    @property
    def room_before_caps(self) -> Numbers:
        """What the limit alone leaves, not below 0."""
        return np.maximum(0.0, self.limit - self.elective_deferral - self.employer_contribution)

    def waterfall(self) -> pd.DataFrame:
        """
        From the limit down to the room still open, for one client.

        Returns: a row per step, in order. Columns: step (a name in English, a catalogue key), amount (USD, signed:
            what is taken away is negative), total (True for a level, False for a step between levels), binding
            (True for the step that limits the room).
        """
        capped = self.room_before_caps - self.space
        pay_is_less = self.compensation < self.dollar_limit
        limit_binds = self.limited_by in ["annual_additions", "compensation"]
        rows = [
            (
                "Limit of the 457(b) plan" if self._of_457b else "Pay" if pay_is_less else "Limit on annual additions",
                self.limit, True, limit_binds,
            ),
            ("Own deferral", -self.elective_deferral, False, False),
            ("Employer money", -self.employer_contribution, False, False),
        ]  # fmt: skip
        if capped > CENT:
            rows.append(
                (
                    "No place for after-tax money" if self._of_457b else "Held back by the cap",
                    -capped, False, True,
                )
            )  # fmt: skip
        rows += [
            ("After-tax space", self.space, True, False),
            ("After-tax so far", -self.after_tax_so_far, False, False),
            ("Room still open", self.remaining, True, False),
        ]
        if self.excess > CENT:
            rows.append(("Excess", self.excess, True, False))
        frame = pd.DataFrame(rows, columns=["step", "amount", "total", "binding"])
        return frame.assign(amount=frame["amount"].astype(float) + 0.0)

    @property
    def _of_457b(self) -> bool:
        return isinstance(self.limited_by, str) and self.limited_by == "plan_kind"

    @property
    def working(self) -> pd.DataFrame:
        """The steps from facts to the room still open: label, amount, formula in words, source."""
        steps = Working(self.earlier_steps)
        self._add_limit(steps)
        formula = "pre-tax and Roth, without catch-up"
        steps.add("Own deferral", -self.elective_deferral, formula, "26 U.S.C. 415(c)(2)(B)")
        formula = catch_up_formula(self.catch_up, self.allowed_deferral - self.elective_deferral)
        steps.add("Catch-up beside the limit", self.catch_up, formula, "26 U.S.C. 414(v)(3)(A)")
        formula = "match and all else, full year"
        steps.add("Employer money", -self.employer_contribution, formula, "26 U.S.C. 415(c)(2)(A)")
        formula = "limit less own deferral less employer money, not below 0"
        steps.add("Room before caps", self.room_before_caps, formula, "26 U.S.C. 415(c)")
        for name, amount in self.caps.items():
            steps.add(CAP_LABELS[name], amount, CAP_FORMULAS[name], CAP_SOURCES[name])
        if self._of_457b:
            formula = "no place for after-tax money"
            steps.add("After-tax space", self.space, formula, "26 U.S.C. 457(b); Reg. 1.457-2(b)")
        else:
            formula = "the least of the room before caps and the caps"
            steps.add("After-tax space", self.space, formula, "26 U.S.C. 415(c); terms of the plan")
        formula = "already in this year"
        steps.add("After-tax so far", -self.after_tax_so_far, formula, "26 U.S.C. 415(c)(2)(B)")
        formula = "what is over the space, and over the limit"
        steps.add("Excess", self.excess, formula, f"26 U.S.C. 415(c); {CORRECTION}")
        formula = "space less after-tax so far, not below 0"
        steps.add("Room still open", self.remaining, formula, "26 U.S.C. 415(c)")
        return steps.frame()

    def _add_limit(self, steps: Working) -> None:
        formula = "full-year pay before deferrals"
        steps.add("Pay that counts", self.compensation, formula, "26 U.S.C. 415(c)(3)")
        if self._of_457b:
            source = str(self.law.source("elective_deferral"))
            steps.add("Employee deferral limit", self.law.elective_deferral, "of the year", source)
            formula = "the lesser of the deferral limit and pay"
            steps.add("Limit of the 457(b) plan", self.limit, formula, "26 U.S.C. 457(b)(2), (c), (e)(15)")
        else:
            source = str(self.law.source("annual_additions"))
            steps.add("Dollar limit", self.law.annual_additions, "of the year", source)
            add_shared_limit(steps, self.additions_elsewhere)
            formula = "the lesser of the dollar limit and the pay that counts"
            formula = limit_formula(formula, self.additions_elsewhere)
            steps.add("Annual additions limit", self.limit, formula, "26 U.S.C. 415(c)(1)")


def add_shared_limit(steps: Working, elsewhere: Numbers) -> None:
    """What another plan takes of the dollar limit, where one shares it."""
    if np.any(elsewhere):
        formula = "deferrals without catch-up, employer and after-tax money there"
        steps.add(
            "Annual additions to the plan that shares the limit",
            -np.asarray(elsewhere),
            formula,
            SHARED_LIMIT,
        )


def limit_formula(of_the_whole: str, elsewhere: Numbers) -> str:
    """How the limit comes about, in words: as said, or of what a plan that shares it leaves."""
    formula = "the lesser of what is left of the dollar limit and pay"
    return formula if np.any(elsewhere) else of_the_whole


def catch_up_formula(catch_up: Numbers, from_annual_additions: Numbers) -> str:
    """Which limit made deferrals catch-up; *from_annual_additions*: the part that 415(c) pushed out, of one client."""
    formula = "what exceeds the deferral limit, or the annual additions limit"
    if from_annual_additions <= CENT:
        formula = "what exceeds the deferral limit, 26 U.S.C. 402(g)"
    elif catch_up - from_annual_additions <= CENT:
        formula = "what exceeds the annual additions limit, 26 U.S.C. 415(c)"
    return formula


def reasons_of(room: Room) -> tuple[Reason, ...]:
    """Why one client's room is as it is, each with its citation."""
    pay_left = room.compensation - room.elective_deferral - room.catch_up
    return (*_reasons_of_limit(room), *room_above_pay(room.space, pay_left), *_reasons_of_excess(room))


def shared_limit(law: Law, elsewhere: Numbers) -> list[Reason]:
    """That a 403(b) and the plan of a business which its participant controls have one limit."""
    if elsewhere <= 0:
        return []
    text = (
        "A 403(b) and the plan of a business that its participant controls share one limit: "
        "{made} of annual additions to the other plan come off {limit}."
    )
    values = {"made": Dollars(elsewhere), "limit": Dollars(law.annual_additions)}
    return [Reason(Message(text, values), SHARED_LIMIT)]


def room_above_pay(space: Numbers, pay_left: Numbers) -> list[Reason]:
    """That more fits than there is pay to put in."""
    if space <= max(0.0, pay_left) + CENT:
        return []
    text = "Under the limit on annual additions {room} fits; {left} of pay is left to put in."
    values = {"room": Dollars(round(space, 2)), "left": Dollars(round(max(0.0, pay_left), 2))}
    return [Reason(Message(text, values), "26 U.S.C. 415(c)(1)(B), (3)(D)")]


def over_limit(used: Numbers, limit: Numbers, cite: str) -> list[Reason]:
    """That deferrals and employer money are more than the limit."""
    if used <= limit + CENT:
        return []
    text = "Own and employer money of {used} is above the limit of {limit}; ask the plan to correct it."
    values = {"used": Dollars(used), "limit": Dollars(limit)}
    return [Reason(Message(text, values), f"{cite}; {CORRECTION}")]


def _reasons_of_limit(room: Room) -> list[Reason]:
    found = shared_limit(room.law, room.additions_elsewhere)
    if room.limited_by == "plan_kind":
        text = "A 457(b) plan has no place for after-tax money; look at a 401(k), 403(b) or 401(a) plan of the same employer."
        found.append(Reason(Message(text), "26 U.S.C. 457(b)(2), (e)(15); Reg. 1.457-2(b)"))
    elif room.limited_by == "compensation":
        text = "Pay of {pay} is below the dollar limit of {limit}, so pay is the limit."
        if room.additions_elsewhere > 0:
            text = "Pay of {pay} is below the {limit} that is left of the dollar limit, so pay is the limit."
        values = {"pay": Dollars(room.compensation), "limit": Dollars(room.dollar_limit)}
        found.append(Reason(Message(text, values), "26 U.S.C. 415(c)(1)(B)"))
    elif room.limited_by != "annual_additions":
        text = "The room is held down by {limit_name}: {room} instead of {before}."
        name = Term(LIMIT_NAMES[room.limited_by])
        values = {"limit_name": name, "room": Dollars(room.space), "before": Dollars(room.room_before_caps)}
        found.append(Reason(Message(text, values), CAP_SOURCES[room.limited_by]))
    if "acp_ceiling" in room.caps:
        text = (
            "The ACP test compares averages of groups, so one person's ceiling is an estimate; ask the plan."
        )
        found.append(Reason(Message(text), "26 U.S.C. 401(m)(2)"))
    if room.catch_up > CENT:
        text = "Catch-up of {catch_up} stands beside the limit and takes nothing from the room."
        found.append(Reason(Message(text, {"catch_up": Dollars(room.catch_up)}), "26 U.S.C. 414(v)(3)(A)"))
    return found


def cite_of_excess(room: Room) -> str:
    """The paragraph by which what is too much goes back: that of the limit, of the ACP test, or the plan's own terms."""
    if room.limited_by == "acp_ceiling":
        return "26 U.S.C. 401(m)(6)"
    return f"{'terms of the plan' if room.limited_by in room.caps else _cite_of_limit(room)}; {CORRECTION}"


def _cite_of_limit(room: Room) -> str:
    return "26 U.S.C. 457(b)(2), (c)" if room.limited_by == "plan_kind" else "26 U.S.C. 415(c)(1)"


def _reasons_of_excess(room: Room) -> list[Reason]:
    cite = _cite_of_limit(room)
    found = over_limit(room.elective_deferral + room.employer_contribution, room.limit, cite)
    if not found and room.room_before_caps <= CENT:
        text = "Own and employer money already fill the limit of {limit}."
        found.append(Reason(Message(text, {"limit": Dollars(room.limit)}), cite))
    if room.after_tax_so_far > room.space + CENT:
        text = "{made} of after-tax money is in against room for {room}; ask the plan to correct it."
        values = {"made": Dollars(room.after_tax_so_far), "room": Dollars(room.space)}
        found.append(Reason(Message(text, values), cite_of_excess(room)))
    return found
