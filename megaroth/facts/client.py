"""
Who the client is: household, plan, elections, balances, and the assumptions that nobody can know.

Facts are checked once, here; a calculation checks only what it alone can know (a deferral against the law of
its year, for instance). Money is US dollars a year, rates are fractions, years are calendar years.
"""

import calendar
import datetime as dt
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError, Term, refuse, refuse_outside
from megaroth.facts.fields import (
    FIRST_YEAR,
    LAST_YEAR,
    BirthYear,
    Count,
    Day,
    Facts,
    FilingStatus,
    Flag,
    Growth,
    Money,
    PayPeriods,
    Rate,
    SignedMoney,
    State,
    Text,
    Year,
    near,
)  # fmt: skip
from megaroth.facts.yaml_file import in_file, read_yaml, write_yaml

FILE_VERSION = 1
OLDEST = 110
MOST_YEARS = 100  # that are planned for


class Household(Facts):
    """The tax household of one year. Pay is before any deferral; box 1 wages are pay less pre-tax deferrals."""

    filing_status: FilingStatus
    birth_year: BirthYear | Day
    spouse_birth_year: BirthYear | Day | None = None
    state: State
    local_rate: Rate = 0.0
    state_rate: Rate | None = None  # None: the state's own rules
    wages: Money = 0.0
    spouse_wages: Money = 0.0
    taxable_interest: Money = 0.0
    tax_exempt_interest: Money = 0.0
    ordinary_dividends: Money = 0.0  # nonqualified
    qualified_dividends: Money = 0.0
    long_term_gain: Money = 0.0
    other_ordinary_income: Money = 0.0
    self_employment_profit: Money = 0.0
    specified_service: Flag = False
    social_security: Money = 0.0
    state_local_taxes: Money = 0.0
    other_itemized: Money = 0.0
    children: Count = 0
    other_dependents: Count = 0
    on_medicare: Flag = False
    spouse_on_medicare: Flag = False
    prior_year_wages: Money | None = None  # from this employer; None: not known
    prior_year_tax: Money | None = None
    prior_year_agi: SignedMoney | None = None
    withholding: Money | None = None

    def age(self, year: int) -> int:
        """The first person's age on 31 December of *year*."""
        return year - _year_of(self.birth_year)

    def spouse_age(self, year: int) -> int | None:
        """The spouse's age on 31 December of *year*; None where there is none, or the birth year is not known."""
        born = _year_of(self.spouse_birth_year)
        return None if born is None else year - born


class MatchTier(Facts):
    """A step of the match: *rate* on deferrals from the last step's share of pay up to *up_to_share*."""

    rate: Annotated[float, Field(ge=0, le=5, strict=True, allow_inf_nan=False)]
    up_to_share: Rate


class Plan(Facts):
    """What the employer's plan allows. None means: not known yet, ask."""

    employer: Text = ""
    kind: Literal["401k", "403b", "457b", "solo_401k"] = "401k"
    accepts_after_tax: Flag | None = None
    separate_account: Flag | None = None
    after_tax_cap_share: Rate | None = None  # of pay up to 401(a)(17); None: the plan sets no cap
    after_tax_cap_dollars: Money | None = None
    combined_cap_share: Rate | None = None  # deferrals and after-tax together
    way_out: Literal["in_plan_rollover", "in_service_distribution", "both", "none"] | None = None
    frequency: Literal["each_paycheck", "monthly", "quarterly", "yearly"] | None = None
    match: tuple[MatchTier, ...] = ()
    true_up: Flag = True
    nonelective_share: Rate = 0.0
    employer_contribution: Money | None = None  # the full year's, when known; None: from the plan's formula
    deferral_made: Money = 0.0  # plans after the first: what the participant defers there this year
    pay_periods: PayPeriods = 26
    acp_ceiling: Rate | None = None
    acp_refund_share: Rate = 0.0
    offers_roth: Flag | None = None

    @model_validator(mode="after")
    def _match_tiers_rise(self) -> Self:
        for lower, upper in zip(self.match, self.match[1:], strict=False):
            if upper.up_to_share <= lower.up_to_share:
                refuse("later", "up_to_share", upper.up_to_share, earlier=lower.up_to_share)
        return self


class ShareOfPay(Facts):
    """An after-tax election as a share of pay."""

    share_of_pay: Rate


class Elections(Facts):
    """What the participant asks payroll for in a year."""

    elective_deferral: Money = 0.0  # pre-tax and Roth together, without catch-up
    roth_deferral: Money = 0.0
    catch_up: Money = 0.0
    after_tax: Money | ShareOfPay | Literal["fill"] = "fill"
    after_tax_so_far: Money = 0.0
    first_pay_period: Annotated[int, Field(ge=1, le=52, strict=True)] = 1

    @model_validator(mode="after")
    def _roth_is_part_of_the_deferral(self) -> Self:
        most = self.elective_deferral + self.catch_up
        if self.roth_deferral > most:
            refuse("at_most", "roth_deferral", self.roth_deferral, limit=most)
        return self


class RothConversion(Facts):
    """One year's conversions into the Roth IRA."""

    year: Annotated[int, Field(ge=1998, le=LAST_YEAR, strict=True)]
    taxable: Money = 0.0
    nontaxable: Money = 0.0


class Balances(Facts):
    """What is in each account at the start of the first year."""

    pre_tax: Money = 0.0
    designated_roth: Money = 0.0
    after_tax_basis: Money = 0.0
    after_tax_value: Money = 0.0
    traditional_ira_basis: Money = 0.0
    traditional_ira_value: Money = 0.0
    state_ira_basis: Money | None = None  # None: the federal basis
    roth_ira_contributions: Money = 0.0
    roth_ira_conversions: tuple[RothConversion, ...] = ()
    roth_ira_value: Money = 0.0
    brokerage_basis: Money = 0.0
    brokerage_value: Money = 0.0


class Assumptions(Facts):
    """What nobody can know, kept apart from the facts."""

    start_year: Year
    separation_year: Year | Day  # a year: at its end
    retirement_year: Year | None = None  # None: the year of leaving the job
    horizon_year: Year
    annual_return: Growth = 0.07
    volatility: Rate = 0.15
    stock_share: Rate = 1.0
    bond_return: Growth = 0.04
    bond_volatility: Rate = 0.06
    correlation: Annotated[float, Field(ge=-1, le=1, strict=True, allow_inf_nan=False)] = 0.0
    inflation: Annotated[float, Field(ge=-0.05, le=0.2, strict=True, allow_inf_nan=False)] = 0.025
    pay_growth: Growth = 0.03
    dividend_yield: Rate = 0.015
    retirement_tax_rate: Rate = 0.24
    gains_rate_at_horizon: Rate = 0.15
    discount_rate: Growth | None = None  # None: the inflation rate
    income_after_retirement: Money = 0.0
    days_to_rollover: Annotated[int, Field(ge=0, le=366, strict=True)] = 0
    tax_paid_from: Literal["outside", "from_conversion"] = "outside"
    conversions_end_year: Year | None = None

    @model_validator(mode="after")
    def _years_in_order(self) -> Self:
        for later in ("separation_year", "retirement_year", "horizon_year"):
            year = getattr(self, later)
            if year is not None and _year_of(year) < self.start_year:
                refuse("at_least", later, year, low=self.start_year)
        if _year_of(self.separation_year) > LAST_YEAR:
            refuse_outside("separation_year", self.separation_year, FIRST_YEAR, LAST_YEAR)
        if self.retirement_year is not None and self.retirement_year < self.leaving_year:
            refuse("at_least", "retirement_year", self.retirement_year, low=self.leaving_year)
        if self.horizon_year >= self.start_year + MOST_YEARS:
            refuse("at_most", "horizon_year", self.horizon_year, limit=self.start_year + MOST_YEARS - 1)
        return self

    @property
    def leaving_year(self) -> int:
        """The calendar year in which the job ends."""
        return _year_of(self.separation_year)

    @property
    def share_of_leaving_year(self) -> float:
        """How much of that year is worked: its full months, and of the last one the days up to the last, a fraction."""
        last = self.separation_year
        if not isinstance(last, dt.date):
            return 1.0
        return (last.month - 1 + last.day / calendar.monthrange(last.year, last.month)[1]) / 12


PARTS: dict[str, type[Facts]] = {
    "household": Household,
    "elections": Elections,
    "balances": Balances,
    "assumptions": Assumptions,
}


class Client(Facts):
    """A client: facts, the plans, and the assumptions of one planning."""

    name: Annotated[Text, Field(min_length=1)]
    language: Literal["en", "zh"] = "en"
    participant: Literal["client", "spouse"] = "client"
    household: Household
    plans: Annotated[tuple[Plan, ...], Field(min_length=1)]
    elections: Elections = Elections()
    balances: Balances = Balances()
    assumptions: Assumptions

    @model_validator(mode="after")
    def _people_are_possible(self) -> Self:
        if self.participant == "spouse":
            if self.household.filing_status not in ("mfj", "mfs"):
                refuse("choice", "participant", Term("the spouse"), choices=Term("the client"))
            if self.household.spouse_birth_year is None:
                refuse("missing", "spouse_birth_year", None)
        start = self.assumptions.start_year
        for field in ("birth_year", "spouse_birth_year"):
            born = _year_of(getattr(self.household, field))
            if born is not None and not start - OLDEST <= born <= start:
                refuse_outside(field, born, start - OLDEST, start)
        return self

    @model_validator(mode="after")
    def _first_paycheck_is_one_of_the_year(self) -> Self:
        first, last = self.elections.first_pay_period, self.plan.pay_periods
        if first > last:
            refuse_outside("first_pay_period", first, 1, last)
        return self

    @property
    def plan(self) -> Plan:
        """The plan that is planned for."""
        return self.plans[0]

    @property
    def participant_wages(self) -> float:
        """The participant's pay of the first year, before any deferral, USD."""
        return self.household.wages if self.participant == "client" else self.household.spouse_wages

    def age(self, year: int) -> int:
        """The participant's age on 31 December of *year*."""
        home = self.household
        return home.age(year) if self.participant == "client" else home.spouse_age(year)

    def has_reached(self, age: float, year: int) -> bool:
        """
        Whether the participant reaches an age, a half one too (59.5), by 31 December of *year*.

        With a birth year only the half year counts from 1 July of the year after, so a year-end passes at the whole
        age above it.
        """
        home = self.household
        born = home.birth_year if self.participant == "client" else home.spouse_birth_year
        half = 0.5 if isinstance(born, dt.date) and born.month <= 6 else 0.0
        return self.age(year) + half >= age

    def with_(self, **changes: Any) -> Self:
        """
        The same client with some facts changed.

        Args: field names of any part; those of a plan change the first plan; or whole parts (household=...).
        Raises: InputError for a bad value or an unknown name.
        """
        whole = {name: changes.pop(name) for name in list(changes) if name in type(self).model_fields}
        parts = {name: whole.pop(name, getattr(self, name)) for name in PARTS}
        plans = whole.pop("plans", self.plans)
        for part, model in PARTS.items():
            parts[part] = _changed(part, parts[part], model, changes)
        if any(name in Plan.model_fields for name in changes):
            first, *others = plans if isinstance(plans, tuple | list) and plans else (None,)
            plans = (_changed("plans", first, Plan, changes), *others)
        for name in changes:
            refuse("unknown", name, name, choices=near(name, ALL_FIELDS))
        plain = {name: getattr(self, name) for name in ("name", "language", "participant")}
        return type(self)(**{**plain, **parts, "plans": plans, **whole})

    @classmethod
    def load(cls, name_or_path: str | Path) -> Self:
        """
        A client from a YAML file.

        Args:
            name_or_path: a sample's name ("lin") or a file.

        Raises: InputError naming file, line and key for anything that is wrong in it.
        """
        if not isinstance(name_or_path, str | Path):
            refuse("text", "client", type(name_or_path).__name__)
        path = Path(name_or_path)
        if path.suffix.lower() not in (".yaml", ".yml"):
            if not re.fullmatch(r"[\w-]+", str(name_or_path)):
                refuse("choice", "client", str(name_or_path), choices=", ".join(sample_names()))
            path = data_path("clients", f"{name_or_path}.yaml")
            if not path.is_file():
                refuse("choice", "client", str(name_or_path), choices=", ".join(sample_names()))
        content, lines = read_yaml(path)
        version = content.pop("version", None)
        if type(version) is not int or version != FILE_VERSION:
            raise _version_error(path, version)
        try:
            return cls(**content)
        except InputError as problem:
            raise in_file(path, lines, problem) from None

    def save(self, path: str | Path) -> None:
        """
        Write the client to a YAML file, whole or not at all.

        Raises: InputError when the file cannot be written; what was there before stays.
        """
        write_yaml(Path(path), {"version": FILE_VERSION, **self.model_dump(mode="json", exclude_none=True)})

    @classmethod
    def json_schema(cls) -> dict:
        """The JSON schema of a client file, for editors that check while one types."""
        schema = cls.model_json_schema()
        schema["properties"] = {"version": {"const": FILE_VERSION}, **schema["properties"]}
        schema["required"] = ["version", *schema["required"]]
        return schema


ALL_FIELDS = (*Client.model_fields, *(f for part in (*PARTS.values(), Plan) for f in part.model_fields))


def sample_names() -> list[str]:
    """The invented clients that come with megaroth."""
    return sorted(path.stem for path in data_path("clients").glob("*.yaml"))


def _changed(name: str, part: object, model: type[Facts], changes: dict) -> object:
    mine = {field: changes.pop(field) for field in list(changes) if field in model.model_fields}
    if not mine:
        return part
    if not isinstance(part, model):
        refuse("group", name, type(part).__name__)
    now = {field: getattr(part, field) for field in model.model_fields}
    return model(**{**now, **mine})


def _year_of(born: int | dt.date | None) -> int | None:
    return born.year if isinstance(born, dt.date) else born


def _version_error(path: Path, version: object) -> InputError:
    if isinstance(version, int) and not isinstance(version, bool) and version > FILE_VERSION:
        text = "{file} was saved by a newer version of megaroth ({version}); please update the program."
        return InputError(
            "newer_version", text, field="version", value=version, file=path.name, version=version
        )
    text = "{file} is no client file of megaroth: it must say 'version: {version}'."
    return InputError("version", text, field="version", value=version, file=path.name, version=FILE_VERSION)
