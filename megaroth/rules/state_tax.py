"""
State income tax of all fifty states and DC, from their data.

`state_columns` computes one state's return, on numbers or arrays; `state_tax` is the table around it. The kinds of rules
are in state_rules, the figures in data/law/states. Not modelled in any state: itemized deductions, exemptions and
credits for dependents, refundable credits and rebates, other states' tax-exempt interest.
"""

from collections.abc import Callable, Iterator, Mapping

import numpy as np
import pandas as pd

from megaroth.facts.errors import Message, Rate
from megaroth.facts.law import STATUS_CODE, Law, law_of
from megaroth.facts.state_law import FEDERAL, STATES, StateLaw, load_state_law
from megaroth.rules.household_table import OPTIONAL, REQUIRED, checked_columns, refuse_cell
from megaroth.rules.income_tax import BLOCK, federal_columns
from megaroth.rules.state_return import Numbers, Return
from megaroth.rules.state_rules import (
    ADDITIONS,
    CREDITS,
    CUTS,
    DEDUCTIONS,
    EXCLUSIONS,
    SCHEDULES,
    ZERO_TAX,
    schedule_tax,
)

STATE_COLUMNS = (
    "state_agi", "state_income", "excluded", "deductions", "taxable_income", "tax_before_credits", "credits", "local_tax", "state_tax",
)  # fmt: skip
STATE_REQUIRED = (*REQUIRED, "state")
STATE_OPTIONAL = (
    *OPTIONAL, "conversion_from", "spouse_converts", "state_nontaxable", "state_rate", "local_rate",
)  # fmt: skip
CODES = {
    "filing_status": STATUS_CODE,
    "state": {state: code for code, state in enumerate(STATES)},
    "conversion_from": {"plan": 0, "ira": 1},
}
ABSENT = {
    **dict.fromkeys((*REQUIRED[1:], *OPTIONAL), 0.0),
    "conversion_from_ira": 0.0, "spouse_converts": 0.0, "state_nontaxable": 0.0, "local_rate": 0.0, "state_rate": np.nan,
}  # fmt: skip


def state_columns(
    state_law: StateLaw, law: Law, household: Mapping[str, Numbers], federal: Mapping[str, Numbers]
) -> dict[str, Numbers]:
    """
    A state's return, for numbers or arrays that broadcast together.

    An exclusion of retirement income counts once, for the owner of the conversion. A surviving spouse has a couple's
    figures but counts as one person.

    Args:
        state_law, law: the state's and the federal law of the year.
        household: what federal_columns was given, and of these any: conversion_from_ira (1: an IRA's, 0: a plan's),
            spouse_converts (1: the conversion is that of the person of spouse_age), state_nontaxable (part of the
            conversion that this state alone has taxed, USD), state_rate (a flat rate on federal AGI in place of the
            state's rules, nan for none), local_rate (a flat rate on the state's taxable income; on federal AGI where
            state_rate is given or the state has no tax).
        federal: what federal_columns answered.

    Returns: a dict of STATE_COLUMNS, USD; state_tax holds the local tax.
    Source: the files of data/law/states, StateLaw.source.
    """
    home = {**ABSENT, **household}
    found = _own_rules(state_law, law, home, federal) if state_law.taxes else _no_tax(federal)
    base = found["taxable_income"] if state_law.taxes else federal["agi"]
    flat = np.logical_not(np.isnan(home["state_rate"]))
    if np.any(flat):
        base = np.where(flat, federal["agi"], base)
        found["state_tax"] = np.where(flat, home["state_rate"] * base, found["state_tax"])
    found["local_tax"] = home["local_rate"] * np.maximum(base, 0.0)
    found["state_tax"] = np.maximum(found["state_tax"], 0.0) + found["local_tax"]
    return found


def _own_rules(state_law: StateLaw, law: Law, home: Mapping, federal: Mapping) -> dict[str, Numbers]:
    """The steps of a return in their order; each applies the rules of its kinds in the order of the file."""
    form = Return(state_law, law, home, federal)
    form.allowances = _allowances(form)
    form.excluded = sum(_amounts(EXCLUSIONS, form))
    for rule in state_law.rules:
        if rule["kind"] in CUTS:
            left = CUTS[rule["kind"]](rule, form)
            form.allowances.update(dict.fromkeys(rule["target"], 0.0) | {rule["target"][0]: left})
    senior = federal["senior_deduction"] if state_law.federal_senior_deduction else 0.0
    form.deductions = sum(form.allowances.values()) + senior + sum(_amounts(DEDUCTIONS, form))
    form.taxable = np.maximum(form.income - form.deductions, 0.0)
    form.tax = (
        sum(_amounts(SCHEDULES, form)) if _has(SCHEDULES, state_law) else schedule_tax(form, form.taxable)
    )
    for added in _amounts(ADDITIONS, form):
        form.tax = form.tax + added
    before_credits, credits = form.tax, sum(_amounts(CREDITS, form))
    form.tax = np.maximum(form.tax - credits, 0.0)
    for left in _amounts(ZERO_TAX, form):
        form.tax = left
    return {
        "state_agi": form.agi, "state_income": form.income, "excluded": form.excluded, "deductions": form.deductions,
        "taxable_income": form.taxable, "tax_before_credits": before_credits, "credits": credits,
        "state_tax": form.tax,
    }  # fmt: skip


def _amounts(step: Mapping[str, Callable], form: Return) -> Iterator[Numbers]:
    """What each rule of a step answers, one after the other, so that a rule sees what those before it did."""
    return (step[rule["kind"]](rule, form) for rule in form.state.rules if rule["kind"] in step)


def _has(step: Mapping[str, Callable], state_law: StateLaw) -> bool:
    return any(rule["kind"] in step for rule in state_law.rules)


def _allowances(form: Return) -> dict[str, Numbers]:
    """Deductions and exemptions of everybody on the return, before any cut."""
    figures = dict(form.state.allowances)
    if figures["standard_deduction_65"] is FEDERAL:
        figures["standard_deduction_65"] = form.federal_law.array("additional_deduction_65")
    of_65 = form.people_of(form.federal_law.senior_age)
    found = {name: form.figure(figure) for name, figure in figures.items()}
    if figures["standard_deduction"] is FEDERAL:
        found["standard_deduction"] = form.federal["standard_deduction"]
    found["standard_deduction_65"] = found["standard_deduction_65"] * of_65
    found["exemption_65"] = found["exemption_65"] * of_65
    return found


def _no_tax(federal: Mapping) -> dict[str, Numbers]:
    nothing = np.zeros_like(federal["agi"])
    return {
        **dict.fromkeys(STATE_COLUMNS, nothing),
        "state_agi": federal["agi"],
        "state_income": federal["agi"],
    }


def state_sentences(
    state_law: StateLaw, state_rate: float | None = None, local_rate: float = 0.0
) -> tuple[Message, ...]:
    """What a reader must know about a state tax: how sure its figures are, and the rates that an advisor gave."""
    if state_rate is None:
        said = list(state_law.sentences)
    else:
        text = "{state}: a flat rate of {rate} on adjusted gross income stands in for the state's own rules."
        said = [Message(text, {"state": state_law.state, "rate": Rate(state_rate)})]
    if local_rate:
        said.append(Message("A flat local income tax of {rate} is added.", {"rate": Rate(local_rate)}))
    return tuple(said)


def _refuse_more_than_the_conversion(households: pd.DataFrame, columns: Mapping[str, np.ndarray]) -> None:
    """What the state has taxed already is part of the conversion."""
    taxed = columns.get("state_nontaxable")
    if taxed is None:
        return
    wrong = taxed > columns.get("conversion", 0.0)
    if wrong.any():
        refuse_cell(
            "at_most", "state_nontaxable", households.index[wrong][0], taxed[wrong][0], other="conversion"
        )


def state_tax(year: int | Law, households: pd.DataFrame) -> pd.DataFrame:
    """
    State income tax of many households.

    Args:
        year: tax year, 2023 or later, or a Law. A state's file without that year takes the nearest one it has.
        households: a row each, USD: the columns of federal_tax, `state` (two letters), and any of: conversion_from
            ("plan", the default, or "ira"), spouse_converts (1: the conversion is the spouse's, so that spouse_age
            decides about exclusions), state_nontaxable (part of the conversion that this state alone has taxed
            already), state_rate and local_rate (fractions, an empty cell for none): an advisor's flat rate on federal
            AGI in place of the state's rules, and a flat local tax on the state's own taxable income (on federal AGI
            where state_rate is given or the state has no tax).

    Returns: a DataFrame with the index of *households*: state_tax, USD, unrounded, before refundable credits; method
        ("schedule", "flat", "none"); status, StateLaw.status or "flat rate given".
    Raises: InputError naming column and row for a missing, unknown, negative or non-finite value.
    Source: the files of data/law/states.
    """
    law = law_of(year)
    law.array("bracket_edges")  # a year without federal tables is refused before any row is read
    columns = checked_columns(households, STATE_REQUIRED, STATE_OPTIONAL, CODES)
    _refuse_more_than_the_conversion(households, columns)
    state_codes = columns.pop("state")
    columns["conversion_from_ira"] = columns.pop("conversion_from", np.zeros(len(households)))
    columns["state_rate"] = columns.get("state_rate", np.full(len(households), np.nan))
    columns["local_rate"] = np.nan_to_num(columns.get("local_rate", np.zeros(len(households))))
    tax = np.empty(len(households))
    method = np.empty(len(households), dtype=object)
    status = np.empty(len(households), dtype=object)
    for code in np.unique(state_codes):
        state_law = load_state_law(STATES[code], law.year)
        rows = np.flatnonzero(state_codes == code)
        for start in range(0, len(rows), BLOCK):
            part = rows[start : start + BLOCK]
            home = {name: column[part] for name, column in columns.items()}
            tax[part] = state_columns(state_law, law, home, federal_columns(law, home))["state_tax"]
        method[rows] = "schedule" if state_law.taxes else "none"
        status[rows] = state_law.status
    flat = ~np.isnan(columns["state_rate"])
    method[flat], status[flat] = "flat", "flat rate given"
    local = columns["local_rate"] > 0
    method[local & (method == "none")] = "flat"
    status[local] += ", local rate given"
    return pd.DataFrame({"state_tax": tax, "method": method, "status": status}, index=households.index)
