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
    RothConversion,
    ShareOfPay,
)
from megaroth.facts.errors import refuse
from megaroth.facts.fields import State
from megaroth.facts.labels import unit_of
from megaroth.show.choices import CHOICES, state_name
from megaroth.show.language import Language, parse_money, parse_percent
from megaroth.show.panels.fields import (
    ChoiceField,
    Field,
    MoneyField,
    PercentField,
    TypedField,
    WholeField,
    dollars,
    label,
)
from megaroth.show.panels.panel import value_of

NOT_ASKED = ("deferral_made",)  # of the plan planned for; those of other plans stand in the field for these
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
    "plans": "as Old Corp 401k 10,000",
    "roth_ira_conversions": "year, taxed, not taxed; as 2022 5,000 10,000",
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


class OtherPlansField(TypedField):
    """Plans of other employers, each with what is deferred there this year: "Old Corp 401k 10,000"; several with ; between."""

    covers = ("other_plans", "deferral_made")

    @staticmethod
    def parse(field: str, text: str) -> tuple[Plan, ...]:
        plans = []
        for entry in filter(str.strip, re.split(r"[;；]", text)):
            kinds = "|".join(OTHER_KINDS)
            found = re.fullmatch(rf"\s*(.*?)\s*\b({kinds})\s+(\S+)\s*", entry, flags=re.IGNORECASE)
            if not found:
                refuse("other_plans", "other_plans", entry.strip()[:40])
            employer, kind, amount = found.groups()
            plans.append(Plan(employer=employer, kind=kind.lower(), deferral_made=parse_money(field, amount)))
        return tuple(plans)

    @property
    def value(self) -> tuple[Plan, ...]:
        return self.parse(self.name, self.widget.value)

    def shown(self, value: tuple[Plan, ...]) -> str:
        entries = (
            f"{plan.employer or ''} {plan.kind} {dollars(plan.deferral_made)}".strip() for plan in value
        )
        return "; ".join(entries)

    def control_of(self, value: tuple[Plan, ...]) -> str:
        """Of all the client's plans those after the first."""
        return self.shown(value[1:])


class ConversionsField(TypedField):
    """Conversions into the Roth IRA: "2022 5,000 10,000" is a year, what was taxed, what was not; several with ; between."""

    covers = ("year", "taxable", "nontaxable")

    @staticmethod
    def parse(field: str, text: str) -> tuple[RothConversion, ...]:
        found = []
        for entry in filter(str.strip, re.split(r"[;；]", text)):
            parts = entry.split()
            if len(parts) != 3 or not parts[0].isdecimal():
                refuse("conversions", field, entry.strip()[:40])
            taxable, nontaxable = (parse_money(field, part) for part in parts[1:])
            found.append(RothConversion(year=int(parts[0]), taxable=taxable, nontaxable=nontaxable))
        return tuple(found)

    @property
    def value(self) -> tuple[RothConversion, ...]:
        return self.parse(self.name, self.widget.value)

    def shown(self, value: tuple[RothConversion, ...]) -> str:
        return "; ".join(f"{each.year} {dollars(each.taxable)} {dollars(each.nontaxable)}" for each in value)


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
    "plans": OtherPlansField,
    "roth_ira_conversions": ConversionsField,
}
OTHER_KINDS = ("401k", "403b", "457b", "solo_401k")
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
    found["Job and plan"].append(_field("plans", client, speak, ()))
    return found


def _field(name: str, client: Client, speak: Language, models: tuple) -> Field:
    named = "other_plans" if name == "plans" else name
    value, words = value_of(client, name), label(speak, named, _unit(name, models))
    if name == "pay_periods":
        numbers = {number: str(number) for number in Plan.model_fields[name].annotation.__args__}
        return ChoiceField(name, value, numbers, speak, words)
    if name == "state":
        return ChoiceField(
            name, value, {state: state_name(speak, state) for state in State.__args__}, speak, words
        )
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
