"""The room for after-tax money in one plan and year: the figures, why they are so, and how they came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np
import pandas as pd

from megaroth.facts.errors import Message
from megaroth.facts.law import Law
from megaroth.rules.working import Step, Working

Numbers = np.ndarray | float
CENT = 0.005

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
CAPS = tuple(name for name in LIMIT_NAMES if name not in ("annual_additions", "compensation", "plan_kind"))
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
        employer_contribution, after_tax_so_far: as given. caps: the cap amounts that were stated, by name.
        employer, allowed_deferral: set where several employers share one limit.
    """

    law: Law
    compensation: Numbers
    limit: Numbers
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
    earlier_steps: tuple[Step, ...] = field(default=(), repr=False)

    def with_(self, **changes: object) -> Self:
        """The same room with some attributes replaced."""
        return replace(self, **changes)

    @property
    def allowed_deferral(self) -> Numbers:
        """The deferral that the person's 402(g) limit left for this plan, without catch-up."""
        return self.elective_deferral

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
        first = "compensation" if self.limited_by == "compensation" else "annual_additions"
        rows = [
            ("Pay" if first == "compensation" else "Limit on annual additions", self.limit, True, first == self.limited_by),
            ("Own deferral", -self.elective_deferral, False, False),
            ("Employer money", -self.employer_contribution, False, False),
        ]  # fmt: skip
        if capped > CENT:
            rows.append(("Held back by the cap", -capped, False, True))
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
    def working(self) -> pd.DataFrame:
        """The steps from facts to the room still open: label, amount, formula in words, source."""
        law, steps = self.law, Working(self.earlier_steps)
        steps.add("Dollar limit", law.annual_additions, "of the year", str(law.source("annual_additions")))
        steps.add(
            "Pay that counts", self.compensation, "full-year pay before deferrals", "26 U.S.C. 415(c)(3)"
        )
        if self.limited_by == "plan_kind":
            formula = "the lesser of the deferral limit and pay; no place for after-tax money"
            steps.add("Limit of the 457(b) plan", self.limit, formula, "26 U.S.C. 457(b)(2), (e)(15)")
        else:
            formula = "the lesser of the dollar limit and the pay that counts"
            steps.add("Annual additions limit", self.limit, formula, "26 U.S.C. 415(c)(1)")
        steps.add(
            "Own deferral",
            -self.elective_deferral,
            "pre-tax and Roth, without catch-up",
            "26 U.S.C. 415(c)(2)(B)",
        )
        steps.add(
            "Catch-up beside the limit",
            self.catch_up,
            "what exceeds the deferral limit",
            "26 U.S.C. 414(v)(3)(A)",
        )
        steps.add(
            "Employer money",
            -self.employer_contribution,
            "match and all else, full year",
            "26 U.S.C. 415(c)(2)(A)",
        )
        if self.limited_by != "plan_kind":
            formula = "limit less own deferral less employer money, not below 0"
            steps.add("Room before caps", self.room_before_caps, formula, "26 U.S.C. 415(c)")
        for name, amount in self.caps.items():
            steps.add(CAP_LABELS[name], amount, CAP_FORMULAS[name], CAP_SOURCES[name])
        formula = "the least of the room before caps and the caps"
        steps.add("After-tax space", self.space, formula, "26 U.S.C. 415(c); terms of the plan")
        steps.add(
            "After-tax so far", -self.after_tax_so_far, "already in this year", "26 U.S.C. 415(c)(2)(B)"
        )
        steps.add(
            "Excess",
            self.excess,
            "what is over the space, and over the limit",
            "26 U.S.C. 415(c); Rev. Proc. 2021-30",
        )
        steps.add(
            "Room still open", self.remaining, "space less after-tax so far, not below 0", "26 U.S.C. 415(c)"
        )
        return steps.frame()
