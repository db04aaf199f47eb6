"""
What people call the edges of rules/tax_edges.py, and the law that draws each.

An edge's name is a stem and, for many, a number: bracket_24, irmaa_2, state_surtax_1000000. The words go by the stem.
"""

import re

import pandas as pd

from megaroth.facts.state_law import StateLaw
from megaroth.show.language import Language

REACH = 1e6  # USD; what lies further ahead is no plan of a year
# What there is to say by stem: {number} is shown as the rate, the tier or the dollars that it is.
EDGES = {
    "bracket": "{rate} bracket",
    "gains": "Gains reach {rate}",
    "gains_all": "All gains at {rate}",
    "niit_threshold": "NIIT begins",
    "niit_all": "NIIT on all investment income",
    "child_credit_start": "Child tax credit shrinks",
    "child_credit_step": "Next step of the child tax credit",
    "child_credit_end": "Child tax credit is gone",
    "senior_deduction_start": "Senior deduction shrinks",
    "senior_deduction_end": "Senior deduction is gone",
    "salt_cap_start": "SALT deduction shrinks",
    "salt_cap_floor": "SALT cap at its lowest",
    "itemized_limitation_start": "Limit on itemized deductions begins",
    "standard_deduction": "Standard deduction is the larger",
    "qbi_start": "QBI deduction shrinks",
    "qbi_end": "QBI deduction stops shrinking",
    "social_security_first": "Social Security begins to be taxed",
    "social_security_half": "Half of Social Security is taxed",
    "social_security_second": "Social Security is taxed faster",
    "social_security_all": "Social Security is taxed as far as it can be",
    "amt_exemption_start": "AMT exemption shrinks",
    "amt_exemption_end": "AMT exemption is gone",
    "irmaa": "Medicare tier {tier}",
    "federal_tax_at": "Federal rate changes at an AGI of {amount}",
    "state_tax_at": "{state}: rate changes at an AGI of {amount}",
    "state_bracket": "{state}: {rate} bracket",
    "state_add_back_of_deduction": "{state}: federal deduction is added back from {amount}",
    "state_add_tax_above": "{state}: more tax from {amount}",
    "state_add_tax_in_steps": "{state}: more tax in steps from {amount}",
    "state_add_tax_in_steps_step": "{state}: more tax in steps from {amount}",
    "state_amt": "{state}: state AMT changes at {amount}",
    "state_credit": "{state}: a credit shrinks from {amount}",
    "state_credit_step": "{state}: a credit shrinks from {amount}",
    "state_credit_of_deduction": "{state}: a credit shrinks from {amount}",
    "state_credit_share_of_tax": "{state}: a credit changes at {amount}",
    "state_cut": "{state}: a deduction or exemption shrinks from {amount}",
    "state_cut_end": "{state}: a deduction or exemption is gone at {amount}",
    "state_cut_step": "{state}: a deduction or exemption shrinks from {amount}",
    "state_deduction_at_age": "{state}: deduction for older people shrinks from {amount}",
    "state_deduction_per_person_reduced": "{state}: deduction per person changes at {amount}",
    "state_deduction_phased": "{state}: a deduction shrinks from {amount}",
    "state_deduction_phased_end": "{state}: a deduction is gone at {amount}",
    "state_exclusion_by_income_step": "{state}: retirement income exclusion changes at {amount}",
    "state_exclusion_full": "{state}: retirement income exclusion is full",
    "state_exemption_by_income": "{state}: an exemption changes at {amount}",
    "state_federal_tax_deduction": "{state}: deduction of federal tax changes at {amount}",
    "state_minimum_tax": "{state}: minimum tax from {amount}",
    "state_recapture_by_bracket": "{state}: low brackets are taken back from {amount}",
    "state_recapture_by_bracket_start": "{state}: low brackets are taken back from {amount}",
    "state_recapture_by_bracket_end": "{state}: low brackets are taken back up to {amount}",
    "state_surtax": "{state}: surtax from {amount}",
    "state_tax_table": "{state}: next row of the tax table from {amount}",
    "state_zero_tax": "{state}: tax begins above {amount}",
}
EDGE_SOURCES = {
    "bracket": "26 U.S.C. 1(j)",
    "gains": "26 U.S.C. 1(h)",
    "niit": "26 U.S.C. 1411(a)(1)",
    "child_credit": "26 U.S.C. 24(b)",
    "senior_deduction": "26 U.S.C. 151(d)(5)(C)",
    "salt_cap": "26 U.S.C. 164(b)(7)",
    "itemized_limitation": "26 U.S.C. 68",
    "standard_deduction": "26 U.S.C. 63",
    "qbi": "26 U.S.C. 199A",
    "social_security": "26 U.S.C. 86",
    "amt_exemption": "26 U.S.C. 55(d)",
    "irmaa": "42 U.S.C. 1395r(i), 1395w-113(a)(7)",
    "federal_tax_at": "26 U.S.C. 1, 24, 55, 63, 86",
    "state_tax_at": "law of the state",
}


def edge_label(speak: Language, name: str, state: str) -> str:
    """
    A short name of an edge in the reader's language.

    Args: name: of `edges_ahead`; state: its two letters.
    Raises: KeyError for a name that has no words.
    """
    stem, number = _stem_and_number(name)
    amount = speak.money(float(number or 0))
    return speak._(EDGES[stem], rate=f"{number}%", tier=number, amount=amount, state=state)


def named_edges(speak: Language, edges: pd.DataFrame, state: str) -> pd.DataFrame:
    """
    The rows of `edges_ahead` within reach, with their `label`; what happens at one place in a state is told once.

    A state's bracket and another of its rules can begin at one place, and each row has the cost of both: a cliff goes by
    the other rule, an edge by the bracket.
    """
    near = edges[edges["dollars_to_it"] <= REACH]
    labels = [edge_label(speak, name, state) for name in near["name"]]
    of_state = near["name"].str.startswith("state_")
    second = near["name"].str.startswith("state_bracket") == (near["step_dollars"] != 0)
    told = near.assign(label=labels, of_state=of_state, second=second).sort_values("second", kind="stable")
    again = told["of_state"] & told.duplicated(["of_state", "dollars_to_it"])
    return told[~again].sort_index().drop(columns=["of_state", "second"]).reset_index(drop=True)


def edge_source(speak: Language, name: str, state_law: StateLaw) -> str:
    """The statute behind an edge; of a state's rule the source that its file names."""
    stem, _ = _stem_and_number(name)
    for known, source in EDGE_SOURCES.items():
        if stem.startswith(known):
            return speak.cite(source)
    if stem == "state_bracket":
        return state_law.source("figures").statute
    sources = dict.fromkeys(state_law.source(rule["source"]).statute for rule in _rules_of(stem, state_law))
    return "; ".join(sources)


def _stem_and_number(name: str) -> tuple[str, str | None]:
    return re.fullmatch(r"(.+?)(?:_(\d+(?:\.\d+)?))?", name).groups()


def _rules_of(stem: str, state_law: StateLaw) -> list:
    """The state's rules that draw the edge: those of its kind, or for a full exclusion those that leave income out."""
    kind = stem.removeprefix("state_")
    if kind == "exclusion_full":
        return [rule for rule in state_law.rules if rule["kind"].startswith("exclu")]
    kinds = (kind, re.sub(r"_(start|end|step)$", "", kind))
    return [rule for rule in state_law.rules if rule["kind"] in kinds]
