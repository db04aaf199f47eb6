"""
The paychecks left in a year: what each pays, can carry and counts for the match, and the own deferral spread over them.

Own deferral and catch-up run beside each other as two elections; what of them is catch-up the year's total decides.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError, checked_one
from megaroth.facts.law import Law
from megaroth.rules.client_space import deferral_and_catch_up_left
from megaroth.rules.paid_so_far import SoFar, so_far_of
from megaroth.rules.pay_dates import Day, PayChange, changes_of, checked_day_in, pay_by_date, pay_dates
from megaroth.rules.payroll import deferrals_by_period, matched, stopped_at, yearly_match
from megaroth.rules.room import CENT
from megaroth.rules.space import split_deferral
from megaroth.rules.spreading import level, matched_first, whole_cents

ABOUT_ONE = 0.8  # of a paycheck: nearer, pay given and pay dates agree


@dataclass(frozen=True)
class PaychecksLeft:
    """
    What is known about the paychecks left before anything is elected, USD; arrays have one amount for each.

    Attributes:
        paid_through; dates: every pay date of the year while the job lasts; days: those left; paychecks: how many dates
            the whole year has; so_far: what is paid and in.
        pay_apart: how much more the pay given so far is than that of the dates paid, where that is about a paycheck or
            more either way; else 0.
        pay: of each; counted: the part that the match counts, up to 401(a)(17); carried: what it can carry.
        limit, most_catch_up: the year's most own deferral here and the most beside it.
        elected: the year's own deferral as elected, and its catch-up.
        calendar_known: whether a real pay date was given.
    """

    client: Client
    law: Law
    paid_through: dt.date
    dates: tuple[dt.date, ...]
    days: tuple[dt.date, ...]
    paychecks: int
    so_far: SoFar
    pay_apart: float
    pay: np.ndarray
    counted: np.ndarray
    carried: np.ndarray
    limit: float
    most_catch_up: float
    elected: tuple[float, float]
    keep: float
    calendar_known: bool

    @property
    def year_pay(self) -> float:
        """The whole year's, bonuses included."""
        return round(self.so_far.pay + float(self.pay.sum()), 4)

    @property
    def to_defer(self) -> tuple[float, float]:
        """What is left of the own deferral elected, without catch-up, and of the catch-up."""
        left = max(0.0, sum(self.elected) - self.so_far.own)
        catch_up = min(left, max(0.0, self.elected[1] - self.so_far.catch_up))
        return left - catch_up, catch_up


def paychecks_left(
    client: Client,
    law: Law,
    paid_through: Day | None,
    year_to_date: Mapping[str, float] | None,
    pay_changes: Sequence[PayChange | Mapping[str, object]],
    pay_date: Day | None,
    keep: float,
) -> PaychecksLeft:
    """The paychecks left; arguments and errors as paycheck_plan."""
    eve, end = dt.date(law.year - 1, 12, 31), dt.date(law.year, 12, 31)
    through = eve if paid_through is None else checked_day_in("paid_through", paid_through, eve, end)
    keep = checked_one("keep", keep)
    whole_year = pay_dates(law.year, client.plan.pay_periods, pay_date)
    dates = _worked(client, law.year, whole_year)
    changes = changes_of(pay_changes, law.year)
    pay = pay_by_date(dates, len(whole_year), _yearly_pay(client), changes)
    paid = sum(day <= through for day in dates)
    limit, most_catch_up = deferral_and_catch_up_left(client, law)
    chosen = client.elections
    elected = split_deferral(law, chosen.elective_deferral + chosen.catch_up, limit, most_catch_up)
    so_far = so_far_of(client, law, year_to_date, pay[:paid], elected, paid / len(whole_year))
    told = year_to_date is not None and year_to_date.get("pay") is not None
    apart = so_far.pay - float(pay[:paid].sum()) if told else 0.0
    ahead = pay[paid:]
    counted = stopped_at(np.concatenate([[so_far.pay], ahead]), law.compensation_cap)[1:]
    return PaychecksLeft(
        client, law, through, dates, dates[paid:], len(whole_year), so_far,
        apart if abs(apart) >= ABOUT_ONE * np.median(pay) else 0.0, ahead, counted, np.maximum(0.0, ahead - keep),
        limit, most_catch_up, elected, keep, pay_date is not None,
    )  # fmt: skip


def _yearly_pay(client: Client) -> float:
    """Pay that is spread over the pay dates; a sole proprietor's is the net profit."""
    solo = client.plan.kind == "solo_401k"
    return client.household.self_employment_profit if solo else client.participant_wages


def _worked(client: Client, year: int, dates: tuple[dt.date, ...]) -> tuple[dt.date, ...]:
    """The pay dates while the job lasts."""
    leaves = client.assumptions.separation_year
    last = leaves if isinstance(leaves, dt.date) else dt.date(leaves, 12, 31)
    worked = tuple(day for day in dates if day <= last)
    if not worked:
        text = "There is no pay date in {year}: the job ends before ({field}: {value})."
        raise InputError("no_paychecks", text, field="separation_year", value=str(leaves), year=year)
    return worked


@dataclass(frozen=True)
class OwnDeferrals:
    """
    Own deferral of each paycheck left, USD: regular counts in 415(c) and for the match, catch_up stands beside it.

    Attributes: spilled: what a spill-over election takes beyond both. shortfall: elected, and not carried.
    """

    regular: np.ndarray
    catch_up: np.ndarray
    spilled: np.ndarray
    shortfall: float = 0.0

    @property
    def both(self) -> np.ndarray:
        """Catch-up included."""
        return self.regular + self.catch_up


def planned_deferrals(left: PaychecksLeft) -> OwnDeferrals:
    """
    The elected deferral over the paychecks left, as even as the match allows, to the cent.

    Where the plan has no true-up each paycheck first gets what earns its match.
    """
    regular, catch_up = left.to_defer
    plan = left.client.plan
    least = 0.0 if plan.true_up else matched_first(regular, left.counted, plan.match)
    spread = level(regular, left.carried, least)
    beside = level(catch_up, left.carried - spread)
    missing = whole_cents(regular) + whole_cents(catch_up) - spread.sum() - beside.sum()
    return OwnDeferrals(spread, beside, np.zeros(len(spread)), max(0.0, round(float(missing), 2)))


def spilling_deferrals(left: PaychecksLeft, share_of_pay: float) -> OwnDeferrals:
    """One election for all: own deferral until its limit, catch-up as far as age and plan allow, then after-tax money."""
    wanted = np.minimum(whole_cents(share_of_pay * left.pay), left.carried)
    with_so_far = np.concatenate([[left.so_far.own], wanted])
    regular, catch_up = (
        each[1:] for each in deferrals_by_period(with_so_far, left.limit, left.most_catch_up)
    )
    return OwnDeferrals(regular, catch_up, wanted - regular - catch_up)


def match_left(left: PaychecksLeft, own: OwnDeferrals) -> tuple[np.ndarray, float]:
    """
    The match of each paycheck left, and what the formula on the year's totals would give beyond all paychecks' match.

    The second is the true-up of a plan that has one, and lost in one that has none.
    """
    match = left.client.plan.match
    by_date = matched(left.counted, own.regular, match)
    deferred = min(left.so_far.own + float(own.both.sum()), left.limit)
    of_totals = float(yearly_match(left.law, left.year_pay, deferred, match))
    missing = of_totals - left.so_far.match - float(by_date.sum())
    # Elections in whole cents can earn a part of a cent less than the formula on the totals.
    return by_date, missing if missing > CENT * (1 + len(by_date)) else 0.0
