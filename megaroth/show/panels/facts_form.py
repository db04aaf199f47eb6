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
    ChoiceField,
    Field,
    MoneyField,
    PercentField,
    TypedField,
    WholeField,
    label,
)
from megaroth.show.panels.parts import value_of

# Facts that this form does not ask for: they have no simple control yet and stay as they are in the file.
NOT_ASKED = ("roth_ira_conversions", "deferral_made")
UNITS = {"money": "US$", "rate": "%"}
GROUPS = {
    "Household": Household,
    "Job and plan": (Plan, Elections),
    "Money already there": Balances,
    "Assumptions": Assumptions,
}
CHOICES: dict[str, dict[object, str]] = {
    "filing_status": {
        "single": "single", "mfj": "married filing jointly", "mfs": "married filing separately",
        "hoh": "head of household", "qss": "qualifying surviving spouse",
    },
    "kind": {"401k": "401(k)", "403b": "403(b)", "457b": "457(b)", "solo_401k": "solo 401(k)"},
    "way_out": {
        None: "not known", "in_plan_rollover": "in-plan Roth rollover",
        "in_service_distribution": "in-service distribution", "both": "both ways", "none": "at separation",
    },
    "frequency": {
        None: "not known", "each_paycheck": "each paycheck", "monthly": "monthly", "quarterly": "quarterly",
        "yearly": "once a year",
    },
    "tax_paid_from": {"outside": "money outside the plan", "from_conversion": "the money being moved"},
    "pay_periods": {number: str(number) for number in (1, 4, 12, 24, 26, 52)},
}  # fmt: skip
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


def all_fields(client: Client, speak: Language) -> dict[str, list[Field]]:
    """Every asked fact as a control with the client's value, by group."""
    found: dict[str, list[Field]] = {}
    for title, models in GROUPS.items():
        models = models if isinstance(models, tuple) else (models,)
        names = [name for model in models for name in model.model_fields if name not in NOT_ASKED]
        found[title] = [_field(name, client, speak) for name in names]
    found["Household"].insert(0, TypedField("name", client.name, speak, label(speak, "name")))
    return found


def _field(name: str, client: Client, speak: Language) -> Field:
    value, words = value_of(client, name), label(speak, name, UNITS.get(unit_of(name), ""))
    if name in CHOICES:
        choices = {key: speak._(text) for key, text in CHOICES[name].items()}
        return ChoiceField(name, value, choices, speak, words)
    if name == "state":
        return ChoiceField(name, value, {state: state for state in State.__args__}, speak, words)
    if name in TRUE_OR_NOT or name in YES_NO_UNKNOWN:
        choices = {True: speak._("yes"), False: speak._("no")}
        if name in YES_NO_UNKNOWN:
            choices = {None: speak._("not known"), **choices}
        return ChoiceField(name, value, choices, speak, words)
    kinds = {
        "after_tax": AfterTaxField,
        "match": MatchField,
        "birth_year": BirthField,
        "spouse_birth_year": BirthField,
    }
    units = {
        "money": MoneyField,
        "rate": PercentField,
        "year": WholeField,
        "count": WholeField,
        "age": WholeField,
    }
    if name in ("correlation",):
        return NumberField(name, value, speak, words)
    kind = kinds.get(name) or (TypedField if name == "employer" else units[unit_of(name)])
    return kind(name, value, speak, words)


class NumberField(TypedField):
    """A plain number."""

    @staticmethod
    def parse(field: str, text: str) -> object:
        return parse_money(field, text)
