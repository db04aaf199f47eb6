"""The facts and assumptions that a hand-out names, as labels and values."""

import datetime as dt

from megaroth.facts.client import PARTS, Client, ShareOfPay
from megaroth.facts.labels import label_of, unit_of
from megaroth.show.choices import CHOICES, state_name
from megaroth.show.language import Language

NOTHING = "\N{EN DASH}"
# What moves the answers, in the order in which a person looks for it.
NAMED = (
    "annual_return", "inflation", "pay_growth", "dividend_yield", "retirement_tax_rate", "gains_rate_at_horizon",
    "discount_rate", "start_year", "separation_year", "retirement_year", "horizon_year", "tax_paid_from",
    "days_to_rollover", "filing_status", "state", "wages", "spouse_wages", "self_employment_profit", "kind", "way_out",
    "frequency", "elective_deferral", "catch_up", "employer_contribution", "after_tax", "after_tax_so_far",
    "after_tax_basis", "after_tax_value",
)  # fmt: skip
NEVER_EMPTY = ("elective_deferral", "after_tax_so_far", "days_to_rollover")


def facts_of(speak: Language, client: Client) -> tuple[tuple[str, str], ...]:
    """Label and value of the facts that move the answers; amounts of nothing are left out, what is not known is not."""
    pairs = []
    for name in NAMED:
        value = fact(client, name)
        if value or name in NEVER_EMPTY or unit_of(name) == "rate" or None in CHOICES.get(name, ()):
            pairs.append((speak._(label_of(name)), shown(speak, name, value)))
    return tuple(pairs)


def fact(client: Client, name: str) -> object:
    """A fact of the client by its field name, of whichever part has it."""
    for part in (client, client.plan, *(getattr(client, each) for each in PARTS)):
        if name in type(part).model_fields:
            return getattr(part, name)
    raise KeyError(name)


def shown(speak: Language, name: str, value: object) -> str:
    """A fact's value in the reader's words."""
    if name == "discount_rate" and value is None:
        return speak._("the inflation rate")
    if name in CHOICES:
        return speak._(CHOICES[name][value])
    if name == "state":
        return state_name(speak, value)
    if value is None:
        return NOTHING
    if isinstance(value, ShareOfPay):
        return speak._("{share} of pay", share=speak.percent(value.share_of_pay))
    if value == "fill":
        return speak._("as much as fits")
    if isinstance(value, dt.date):
        return speak.date(value, short=True)
    match unit_of(name):
        case "money":
            return speak.money(value)
        case "rate":
            return speak.percent(value)
    return str(value)
