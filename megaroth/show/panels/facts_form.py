"""A control for every fact of a client, in four groups; the table decides, not code per field."""

import re

from megaroth.facts.client import (
    Assumptions,
    Balances,
    Client,
    Elections,
    Household,
    MatchTier,
    Plan,
    ShareOfPay,
)
from megaroth.facts.errors import refuse
from megaroth.facts.fields import State
from megaroth.facts.labels import unit_of
from megaroth.show.language import Language, parse_money, parse_percent
from megaroth.show.panels.fields import (
    CHOICES,
    ChoiceField,
    Field,
    MoneyField,
    PercentField,
    TypedField,
    WholeField,
    label,
)
from megaroth.show.panels.panel import value_of

# Facts that this form does not ask for: no chapter reads them yet, or they have no simple control. They stay as they
# are in the file.
NOT_ASKED = (
    "roth_ira_conversions", "deferral_made", "prior_year_tax", "prior_year_agi", "withholding", "acp_refund_share",
    "volatility", "stock_share", "bond_return", "bond_volatility", "correlation",
)  # fmt: skip
UNITS = {"money": "US$ a year", "balance": "US$", "rate": "%"}
HOW_TO_TYPE = {
    "after_tax": "US$ a year, % of pay, or fill",
    "match": "as 50% to 6%",
    "birth_year": "year or date",
    "spouse_birth_year": "year or date",
    "state_rate": "%, empty: the state's own rules",
    "discount_rate": "%, empty: inflation",
    "conversions_end_year": "empty: never",
    "employer_contribution": "US$ a year, empty: the plan's formula",
}
GROUPS = {
    "Household": Household,
    "Job and plan": (Plan, Elections),
    "Money already there": Balances,
    "Assumptions": Assumptions,
}
TRUE_OR_NOT = ("specified_service", "on_medicare", "spouse_on_medicare", "true_up")
YES_NO_UNKNOWN = ("accepts_after_tax", "separate_account", "offers_roth")


class BirthField(TypedField):
    """A year, or a date as 1981-05-17."""

    @staticmethod
    def parse(field: str, text: str) -> object:
        bare = text.strip()
        if re.fullmatch(r"\d{4}", bare):
            return int(bare)
        return bare or None


class AfterTaxField(TypedField):
    """The after-tax election: "fill", dollars, or a share of pay as "10%"."""

    covers = ("share_of_pay",)

    @staticmethod
    def parse(field: str, text: str) -> object:
        bare = text.strip()
        if bare.lower() in ("fill", "填满"):
            return "fill"
        if bare.endswith(("%", "％")):
            return ShareOfPay(share_of_pay=parse_percent(field, bare))
        return parse_money(field, bare)

    def shown(self, value: object) -> str:
        if isinstance(value, ShareOfPay):
            return f"{value.share_of_pay * 100:.10g}%"
        return self._speak._("fill") if value == "fill" else f"{value:,.0f}"


class MatchField(TypedField):
    """Steps of the match: "50% to 6%", several with a comma between them."""

    covers = ("rate", "up_to_share")

    @staticmethod
    def parse(field: str, text: str) -> object:
        tiers = []
        for step in filter(None, re.split(r"[,，;；]", text)):
            found = re.fullmatch(r"\s*([\d.]+)\s*[%％]\s*(?:to|至|到)\s*([\d.]+)\s*[%％]\s*", step)
            if not found:
                refuse("match", field, text.strip()[:40])
            rate, up_to = (parse_percent(field, part) for part in found.groups())
            tiers.append(MatchTier(rate=rate, up_to_share=up_to))
        return tuple(tiers)

    def shown(self, value: object) -> str:
        to = self._speak._("to")
        return ", ".join(f"{tier.rate * 100:.10g}% {to} {tier.up_to_share * 100:.10g}%" for tier in value)


class NumberField(TypedField):
    """A plain number."""

    @staticmethod
    def parse(field: str, text: str) -> object:
        return parse_money(field, text)


KINDS = {
    "after_tax": AfterTaxField,
    "match": MatchField,
    "birth_year": BirthField,
    "spouse_birth_year": BirthField,
    "employer": TypedField,
}
KINDS_OF_UNIT = {
    "money": MoneyField,
    "rate": PercentField,
    "year": WholeField,
    "count": WholeField,
    "age": WholeField,
    "number": NumberField,
}


def all_fields(client: Client, speak: Language) -> dict[str, list[Field]]:
    """Every asked fact as a control with the client's value, by group."""
    found: dict[str, list[Field]] = {}
    for title, models in GROUPS.items():
        models = models if isinstance(models, tuple) else (models,)
        names = [name for model in models for name in model.model_fields if name not in NOT_ASKED]
        found[title] = [_field(name, client, speak, models) for name in names]
    found["Household"].insert(0, TypedField("name", client.name, speak, label(speak, "name")))
    found["Job and plan"].insert(0, _field("participant", client, speak, ()))
    return found


def _field(name: str, client: Client, speak: Language, models: tuple) -> Field:
    value, words = value_of(client, name), label(speak, name, _unit(name, models))
    if name == "pay_periods":
        numbers = {number: str(number) for number in Plan.model_fields[name].annotation.__args__}
        return ChoiceField(name, value, numbers, speak, words)
    if name == "state":
        return ChoiceField(name, value, {state: state for state in State.__args__}, speak, words)
    if name in CHOICES:
        choices = {key: speak._(text) for key, text in CHOICES[name].items()}
        return ChoiceField(name, value, choices, speak, words)
    if name in TRUE_OR_NOT or name in YES_NO_UNKNOWN:
        choices = {True: speak._("yes"), False: speak._("no")}
        if name in YES_NO_UNKNOWN:
            choices = {None: speak._("not known"), **choices}
        return ChoiceField(name, value, choices, speak, words)
    kind = KINDS.get(name) or KINDS_OF_UNIT[unit_of(name)]
    return kind(name, value, speak, words)


def _unit(name: str, models: tuple) -> str:
    if name in HOW_TO_TYPE:
        return HOW_TO_TYPE[name]
    unit = "balance" if Balances in models and unit_of(name) == "money" else unit_of(name)
    return UNITS.get(unit, "")
