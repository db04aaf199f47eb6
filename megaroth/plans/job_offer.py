"""One job offer: what its pay, its employer money and its after-tax account are worth to the client, in today's dollars."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Self

import numpy as np
from pydantic import AliasChoices, Field, model_validator

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import refuse
from megaroth.facts.fields import Facts, Money, Rate, Text
from megaroth.facts.law import Law, load_law
from megaroth.plans.accounts import to_year_end
from megaroth.plans.coming_years import ComingYear, coming_years, in_year
from megaroth.plans.comparison import CENT, discounting, horizon_years
from megaroth.plans.engine import run
from megaroth.plans.planned import PlanOfYears, even_growth, plan_of_years
from megaroth.plans.strategies import BROKERAGE, LATE_CONVERT, LATE_SPLIT, PROMPT, Strategy
from megaroth.rules.client_return import client_return, pre_tax_of
from megaroth.rules.client_space import after_tax_space
from megaroth.rules.room import Room

KINDS = ("401k", "403b", "457b")
OPEN, LATE = "both", "none"  # the two answers to "does after-tax money get out while the job lasts?"


class Offer(Facts):
    """
    A job offer: its pay, and its plan. Money is USD a year, in the client's first year.

    The bonus is pay that the plan counts. `vesting` is the share of employer money that is the client's own after 1, 2, 3
    ... years of service, the last one from then on; empty: all of it, at once. Nothing goes into the plan in the first
    `waiting_months`.
    """

    name: Annotated[Text, Field(min_length=1, validation_alias=AliasChoices("name", "employer"))]
    salary: Money
    bonus: Money = 0.0
    plan: Plan = Plan()
    vesting: tuple[Rate, ...] = ()
    waiting_months: Annotated[int, Field(ge=0, le=24, strict=True)] = 0

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        if self.plan.kind not in KINDS:
            refuse("choice", "kind", self.plan.kind, choices=", ".join(KINDS))
        for earlier, later in zip(self.vesting, self.vesting[1:], strict=False):
            if later < earlier:
                refuse("at_least", "vesting", later, low=earlier)
        return self

    @property
    def pay(self) -> float:
        """Salary and bonus, USD a year."""
        return self.salary + self.bonus

    def vested_share(self, years: int) -> float:
        """The share of employer money that the client keeps when leaving after so many years."""
        return self.vesting[min(years, len(self.vesting)) - 1] if self.vesting else 1.0

    def with_(self, **changes: Any) -> Self:
        """The same offer with some facts changed; those of a plan change its plan. Raises: InputError."""
        of_plan = {name: changes.pop(name) for name in list(changes) if name in Plan.model_fields}
        now = {name: getattr(self, name) for name in type(self).model_fields}
        if of_plan:
            before = changes.pop("plan", self.plan)
            now["plan"] = Plan(**{**{name: getattr(before, name) for name in Plan.model_fields}, **of_plan})
        return type(self)(**{**now, **changes})


@dataclass(frozen=True)
class MegaBackdoor:
    """
    What the plan's after-tax account adds, against a brokerage account for the same take-home dollars.

    Attributes:
        low, high: in today's dollars, the least and the most that the unknown facts allow; equal where nothing is unknown.
        at_horizon: nominal, of `high`. strategy: by which `high` comes about; None: it comes to nothing.
        questions: what is not known, with the worth if the answer is yes and if it is no.
    """

    low: float
    high: float
    at_horizon: float
    strategy: Strategy | None
    questions: Mapping[str, tuple[float, float]]

    @property
    def known(self) -> bool:
        """Whether the plan facts that are missing can change the worth."""
        return self.high - self.low < CENT


@dataclass(frozen=True)
class OfferWorth:
    """
    What one offer is worth, in today's dollars after tax, over the years that the client expects to stay.

    Attributes:
        offer; client: in that job; years: of the stay. law, room: of the first year.
        paid, taxes: of the stay, nominal. salary_after_tax: pay less taxes, each year brought to today.
        employer_paid: of the stay, nominal, vested or not. employer_at_horizon: that money after tax at the horizon, all of
            it. vested: the share kept. employer_money: what is kept, brought to today; forfeited: what is not.
        mega: of the after-tax account. factor: that brings the horizon to today.
    """

    offer: Offer
    client: Client
    years: int
    law: Law
    room: Room
    paid: float
    taxes: float
    salary_after_tax: float
    employer_paid: float
    employer_at_horizon: float
    vested: float
    factor: float
    mega: MegaBackdoor

    @property
    def employer_money(self) -> float:
        return self.employer_at_horizon * self.vested * self.factor

    @property
    def forfeited(self) -> float:
        return self.employer_at_horizon * (1 - self.vested) * self.factor


def worth_of(offer: Offer, client: Client, years: int) -> OfferWorth:
    """
    What an offer is worth to a client who stays so many years.

    Args: years, from the client's first year on, which the offer begins with.
    Raises: InputError as project.
    """
    employed = client_in(offer, client, years)
    law = load_law(employed.assumptions.start_year, inflation=employed.assumptions.inflation)
    rate, factor = discounting(client)[0], (1 + discounting(client)[0]) ** -horizon_years(client)
    part = _participating(employed, offer)
    paid, taxes, today = _salary(employed, part, years, rate)
    contributed, at_horizon = _employer_money(employed, part)
    return OfferWorth(
        offer=offer,
        client=employed,
        years=years,
        law=law,
        room=after_tax_space(employed, law),
        paid=paid,
        taxes=taxes,
        salary_after_tax=today,
        employer_paid=contributed,
        employer_at_horizon=at_horizon,
        vested=offer.vested_share(years),
        factor=factor,
        mega=_mega_backdoor(employed, part, factor),
    )


def client_in(offer: Offer, client: Client, years: int) -> Client:
    """
    The client in the offered job from the first year on.

    A new employer has paid nothing last year, and its plan has no after-tax money yet; the old plan's after-tax account
    stays behind with every offer. Own deferrals are the client's, as far as the offered pay goes.
    """
    chosen, assumed = client.elections, client.assumptions
    deferral = min(chosen.elective_deferral, offer.pay)
    catch_up = min(chosen.catch_up, offer.pay - deferral)
    roth = 0.0 if offer.plan.offers_roth is False else min(chosen.roth_deferral, deferral + catch_up)
    leaves = assumed.start_year + years - 1
    changes: dict[str, Any] = {
        "wages" if client.participant == "client" else "spouse_wages": offer.pay,
        "prior_year_wages": 0.0,
        "plans": (offer.plan, *client.plans[1:]),
        "elective_deferral": deferral,
        "catch_up": catch_up,
        "roth_deferral": roth,
        "after_tax_so_far": 0.0,
        "first_pay_period": 1,
        "after_tax_basis": 0.0,
        "after_tax_value": 0.0,
        "separation_year": leaves,
        "retirement_year": max(assumed.retirement_year or assumed.leaving_year, leaves),
    }
    if offer.plan.way_out == "in_plan_rollover":
        changes["tax_paid_from"] = "outside"  # it lets nothing be kept back
    return client.with_(**changes)


def _participating(client: Client, offer: Offer) -> np.ndarray:
    """1 for each pay period in which the plan takes the client in, else 0; shape (years, pay periods)."""
    n = client.plan.pay_periods
    part = np.ones((horizon_years(client), n))
    part.flat[: int(n * offer.waiting_months / 12 + 1e-9)] = 0.0
    return part


def _salary(client: Client, part: np.ndarray, years: int, rate: float) -> tuple[float, float, float]:
    """
    Pay of the stay, the taxes that it causes, and what is left, each year's brought from its end to today.

    The taxes are the full taxes of the year's return with the pay less those without it, and the employee's own payroll
    tax. Own pre-tax deferrals lower box 1 and count as pay received; payroll tax rests on the whole pay.

    Source: 26 U.S.C. 1, 3101, 402(e)(3), 3121(v)(1)(A).
    """
    assumed, paid, taxes, today = client.assumptions, 0.0, 0.0, 0.0
    joint = client.household.filing_status == "mfj"
    own = "spouse_wages" if joint and client.participant == "spouse" else "wages"
    deferred = "spouse_deferred" if own == "spouse_wages" else "deferred"
    for ahead in range(years):
        law = load_law(assumed.start_year + ahead, inflation=assumed.inflation)
        grown = in_year(client, law)
        pay = grown.participant_wages
        returned = client_return(grown, law, pre_tax_of(grown, law) * part[ahead].mean())
        box_1 = returned.household[own]
        of_each = {own: np.array([box_1, pay, 0.0]), f"{deferred}_pay": np.array([pay - box_1, 0.0, 0.0])}
        found = returned.columns(**of_each)
        with_pay, _, without = found["all_taxes"]
        _, on_pay, on_none = found["additional_medicare_tax"] + 2 * found["half_se_tax"]
        social_security = law.employee_social_security_rate * min(pay, law.social_security_wage_base)
        payroll = social_security + law.employee_medicare_rate * pay + on_pay - on_none
        tax = float(with_pay - without + payroll)
        paid, taxes = paid + pay, taxes + tax
        today += (pay - tax) * (1 + rate) ** -(ahead + 1)
    return paid, taxes, today


def _employer_money(client: Client, part: np.ndarray) -> tuple[float, float]:
    """What the employer pays in over the stay, and what that is worth after tax at the horizon, USD, vested or not."""
    plan = plan_of_years(client, (BROKERAGE,))
    without = coming_years(client.with_(match=(), nonelective_share=0.0, employer_contribution=0.0))
    flows = part * np.stack(
        [one.pre_tax - other.pre_tax for one, other in zip(plan.years, without, strict=True)]
    )
    grown = flows.ravel() @ to_year_end(even_growth(plan))[:, 0]
    return float(flows.sum()), float(grown * (1 - client.assumptions.retirement_tax_rate))


def _mega_backdoor(client: Client, part: np.ndarray, factor: float) -> MegaBackdoor:
    """The worth of the after-tax account under each answer that is not known yet."""
    plan, questions = client.plan, {}
    if plan.accepts_after_tax is False or plan.kind == "457b":
        return MegaBackdoor(0.0, 0.0, 0.0, None, {})
    ways = (OPEN, LATE) if plan.way_out is None else (plan.way_out,)
    found = {way: _ahead_of_brokerage(client, part, way) for way in ways}
    at_horizon, strategy = max(found.values(), key=lambda each: each[0])
    worth = {way: ahead * factor for way, (ahead, _) in found.items()}
    low, high = min(worth.values()), max(worth.values())
    if plan.accepts_after_tax is None:
        low = 0.0
        questions["accepts_after_tax"] = high, 0.0
    if plan.way_out is None:
        questions["way_out"] = worth[OPEN], worth[LATE]
    asked = {name: (yes, no) for name, (yes, no) in questions.items() if abs(yes - no) >= CENT}
    return MegaBackdoor(low, high, at_horizon, strategy, asked)


def _ahead_of_brokerage(client: Client, part: np.ndarray, way_out: str) -> tuple[float, Strategy | None]:
    """How far the plan's better strategy ends ahead of a brokerage account, USD at the horizon; 0, None where none does."""
    # Without an account of its own after-tax money cannot move alone while the job lasts.
    late = way_out == LATE or client.plan.separate_account is False
    strategies = (LATE_CONVERT, LATE_SPLIT) if late else (PROMPT,)
    asked = client if client.plan.way_out == way_out else client.with_(way_out=way_out)
    plan = _while_participating(plan_of_years(asked, (*strategies, BROKERAGE)), part)
    *values, brokerage = run(plan, even_growth(plan)).after_tax[-1, :, 0]
    ahead = np.subtract(values, brokerage)
    most = int(ahead.argmax())
    return (float(ahead[most]), strategies[most]) if ahead[most] >= CENT else (0.0, None)


def _while_participating(plan: PlanOfYears, part: np.ndarray) -> PlanOfYears:
    """The plan of years with nothing going in before the plan takes the client in; what waits is not made up for."""
    if part.all():
        return plan
    years = tuple(_less(plan.client, year, goes_in) for year, goes_in in zip(plan.years, part, strict=True))
    going_in = part[:, :, None, None]
    return replace(plan, years=years, paid_in=plan.paid_in * going_in, aside=plan.aside * going_in)


def _less(client: Client, year: ComingYear, goes_in: np.ndarray) -> ComingYear:
    if goes_in.all():
        return year
    grown = in_year(client, year.law)
    return replace(
        year,
        tax_return=client_return(grown, year.law, pre_tax_of(grown, year.law) * goes_in.mean()),
        after_tax=year.after_tax * goes_in,
        pre_tax=year.pre_tax * goes_in,
        roth_deferral=year.roth_deferral * goes_in,
    )
