"""The elections of the paychecks left in a year, and what they do to take-home pay."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import Dollars, Message
from megaroth.facts.law import Law
from megaroth.rules.client_return import client_return
from megaroth.rules.client_space import own_pre_tax
from megaroth.rules.paid_so_far import SoFar
from megaroth.rules.payroll import EvenAmounts
from megaroth.rules.room import Reason, Room
from megaroth.rules.working import Working


@dataclass(frozen=True)
class PaycheckPlan:
    """
    The elections of the paychecks left in a year, USD.

    Attributes:
        client: with the pay and own deferral that the year comes to.
        paid_through: what was paid up to then is in so_far.
        dates: every pay date of the year. room: of the full year, with what is already in.
        schedule: a row for each pay date left. Columns: date, pay, elective_deferral (without catch_up), catch_up,
            match, after_tax, share_of_pay (of the after-tax election), and up to that date deferral_to_date,
            after_tax_to_date, room_left.
        true_up: what the plan adds to the match after the year. match_lost: what it would have added, in a plan that
            does not, for the whole year.
        shortfall: room that the paychecks left cannot carry, or whole percents do not reach.
        excess: after-tax and other money over the limits already in. excess_deferral: own deferral over its limit.
        deferral_shortfall: of the own deferral elected, what the paychecks left cannot carry.
        limit_reached: the pay date on which the own deferral reaches its limit; None: it does not.
        whole_percent, spill_over: as asked for.
        pay_apart: what pay so far, as given, is more than the pay dates say, where that is about a paycheck or more.
        reasons: why, what was assumed, and what was left aside.
    """

    client: Client
    law: Law
    paid_through: dt.date
    dates: tuple[dt.date, ...]
    so_far: SoFar
    room: Room
    schedule: pd.DataFrame
    true_up: float
    match_lost: float
    shortfall: float
    excess: float
    excess_deferral: float
    deferral_shortfall: float
    limit_reached: dt.date | None
    whole_percent: bool
    spill_over: float | None
    pay_apart: float = 0.0
    reasons: tuple[Reason, ...] = ()

    @property
    def assumed(self) -> tuple[str, ...]:
        """Names of year-to-date amounts that were not given."""
        return self.so_far.assumed

    @property
    def caution(self) -> Message | None:
        """That pay so far, as given, and the pay dates do not agree; None where they do."""
        if not self.pay_apart:
            return None
        text = (
            "Pay so far of {given} and the {expected} of the pay dates that are paid lie about a paycheck or more apart; "
            "check the date paid through and the pay date, or enter a raise or a bonus."
        )
        values = {
            "given": Dollars(round(self.so_far.pay, 2)), "expected": Dollars(round(self.so_far.pay - self.pay_apart, 2)),
        }  # fmt: skip
        return Message(text, values)

    @property
    def match(self) -> float:
        """The year's match, true-up included."""
        return self.so_far.match + float(self.schedule["match"].sum()) + self.true_up

    @property
    def even(self) -> EvenAmounts | None:
        """How many paychecks, how much each and the last; None where they are not alike, or nothing is elected."""
        amounts = self.schedule["after_tax"].to_numpy()
        if not amounts.any() or len(np.unique(amounts[:-1])) > 1:
            return None
        return EvenAmounts(len(amounts), float(amounts[0]), float(amounts[-1]))

    @cached_property
    def take_home(self) -> pd.DataFrame:
        """
        What the elections do to each take-home paycheck: a row per date, USD, signed.

        Columns: date, after_tax (one for one), deferral (catch-up included), tax_saved (by the pre-tax part: full
        federal and state tax of the year without the deferrals left, less with them, spread over them), change. Payroll
        taxes stay as they are.

        Raises: InputError for a year without tax tables.
        """
        own = (self.schedule["elective_deferral"] + self.schedule["catch_up"]).to_numpy()
        saved = _tax_saved(self, float(own.sum()))
        tax = saved * own / own.sum() if own.any() else 0.0 * own
        after_tax = self.schedule["after_tax"].to_numpy()
        columns = {
            "after_tax": -after_tax,
            "deferral": -own,
            "tax_saved": tax,
            "change": tax - own - after_tax,
        }
        return pd.DataFrame({"date": self.schedule["date"], **columns})

    @property
    def working(self) -> pd.DataFrame:
        """The steps from the year's room to the election: label, amount, formula in words, source."""
        steps, terms = Working(), "terms of the plan"
        formula = "limit less own deferral less employer money, then the caps"
        steps.add("After-tax space", self.room.space, formula, "26 U.S.C. 415(c); terms of the plan")
        formula = "already in this year"
        steps.add("After-tax so far", -self.room.after_tax_so_far, formula, "26 U.S.C. 415(c)(2)(B)")
        formula = "space less after-tax so far, not below 0"
        steps.add("Room still open", self.room.remaining, formula, "26 U.S.C. 415(c)")
        formula = "what pay less own deferral and amount kept does not carry"
        steps.add("Room that stays open", -self.shortfall, formula, terms)
        formula = "even amounts in whole cents, odd cents with the last; all together"
        steps.add("After-tax elections left", float(self.schedule["after_tax"].sum()), formula, terms)
        return steps.frame()


def _tax_saved(plan: PaycheckPlan, own_left: float) -> float:
    """
    What the pre-tax part of the deferrals left saves of the year's federal and state tax, USD.

    Source: 26 U.S.C. 402(e)(3); payroll taxes fall on deferrals, 3121(v)(1)(A).
    """
    so_far, client = plan.so_far, plan.client
    pre_tax = own_pre_tax(client, plan.law, plan.room.catch_up)
    before = np.clip(so_far.own - so_far.roth_deferral, pre_tax - own_left, pre_tax)
    # A sole proprietor's employer share comes off the same income, with or without them.
    beside = plan.room.employer_contribution if client.plan.kind == "solo_401k" else 0.0

    def tax(deferral: float) -> float:
        columns = client_return(client, plan.law, deferral + beside).columns()
        return float(columns["total"] + columns["state"])

    return tax(max(0.0, float(before))) - tax(pre_tax)
