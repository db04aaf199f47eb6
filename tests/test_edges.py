"""Names of the edges ahead: each has words in both languages and a source, and one place in a state is told once."""

import re

import pandas as pd
import pytest

import megaroth as mr
from megaroth.facts.law import STATUSES
from megaroth.facts.state_law import STATES, load_state_law
from megaroth.rules.client_return import client_return
from megaroth.rules.tax_edges import COLUMNS, _lines
from megaroth.show.edges import EDGES, REACH, edge_label, edge_source, named_edges
from megaroth.show.language import language

LIN = mr.Client.load("lin")
CODES = ("en", "zh")
# A worker with children, a retired couple on Medicare who itemize, and one who works for himself.
RETIRED = {
    "birth_year": 1955, "spouse_birth_year": 1957, "on_medicare": True, "spouse_on_medicare": True, "wages": 0.0,
    "social_security": 40_000.0, "elective_deferral": 0.0, "after_tax_so_far": 0.0, "children": 0,
    "other_ordinary_income": 20_000.0, "other_itemized": 50_000.0,
}  # fmt: skip
SELF_EMPLOYED = {"self_employment_profit": 120_000.0, "wages": 60_000.0, "state_local_taxes": 60_000.0}
HOUSEHOLDS = ({}, RETIRED, SELF_EMPLOYED)
YEARS = (2024, 2025, 2026)


def _names(state: str) -> set[str]:
    """The names of all lines that the law could draw for these households."""
    returns = (
        client_return(LIN.with_(state=state, filing_status=status, **facts), mr.load_law(year))
        for year in YEARS for status in STATUSES for facts in HOUSEHOLDS
    )  # fmt: skip
    return {line.name for ret in returns for line in _lines(ret, 0.0)}


def _stem(name: str) -> str:
    return re.sub(r"_\d+(\.\d+)?$", "", name)


def _check(name: str, state: str) -> None:
    """Words in both languages without an empty place, and a source."""
    english, chinese = (edge_label(language(code), name, state) for code in CODES)
    sources = [
        edge_source(language(code), name, load_state_law(state, year)) for code in CODES for year in YEARS
    ]

    assert not re.search(r"[{}]|None", english + chinese), name
    assert re.search(r"[\u4e00-\u9fff]", chinese), name
    assert not re.search(r"[\u4e00-\u9fff]", english), name
    assert any(sources), name


@pytest.mark.parametrize("state", STATES)
def test_every_line_of_the_law_has_words(state: str) -> None:
    """No filing status, year or kind of household meets a line that a reader could not be told."""
    names = _names(state)

    assert len(names) > 30
    for name in names:
        _check(name, state)


def test_no_words_without_a_line() -> None:
    """The table holds what the rules can draw and no more; the last three are found by search, or from an amount on."""
    stems = {_stem(name) for state in STATES for name in _names(state)}

    assert set(EDGES) - stems == {"federal_tax_at", "state_tax_at", "child_credit_step"}


@pytest.mark.parametrize("state", STATES[::4])
def test_every_edge_ahead_has_words(state: str) -> None:
    """What is found for real clients, the breaks without a line included."""
    k = STATES.index(state)
    client = LIN.with_(state=state, filing_status=STATUSES[k % 5], **HOUSEHOLDS[k % 3])

    for name in mr.cost_of_income(client, 2026, 10_000).edges_ahead["name"]:
        _check(name, state)


@pytest.mark.parametrize(
    ("name", "state", "english", "chinese"),
    [
        ("bracket_24", "NJ", "24% bracket", "24% 税级"),
        ("gains_all_15", "NJ", "All gains at 15%", "全部资本利得适用 15%"),
        ("irmaa_2", "NJ", "Medicare tier 2", "Medicare 保费附加费第 2 档"),
        ("child_credit_start", "NJ", "Child tax credit shrinks", "子女税收抵免开始减少"),
        ("state_bracket_8.97", "NJ", "NJ: 8.97% bracket", "NJ：8.97% 税级"),
        (
            "state_surtax_1000000",
            "CA",
            "CA: surtax from $1,000,000",
            "CA：收入从 US$1,000,000 起，适用加征税",
        ),
        (
            "federal_tax_at_204983",
            "TX",
            "Federal rate changes at an AGI of $204,983",
            "AGI 达到 US$204,983，联邦税率改变",
        ),
    ],
)
def test_what_an_edge_is_called(name: str, state: str, english: str, chinese: str) -> None:
    """The rate, the tier or the dollars of the name are in its words."""
    assert [edge_label(language(code), name, state) for code in CODES] == [english, chinese]


def test_a_name_without_words_is_no_silence() -> None:
    """A new rule needs its words; until then the tests fail."""
    with pytest.raises(KeyError):
        edge_label(language("en"), "new_credit_start", "NJ")


@pytest.mark.parametrize(
    ("name", "state", "source"),
    [
        ("bracket_24", "CA", "26 U.S.C. 1(j)"),
        ("child_credit_step", "CA", "26 U.S.C. 24(b)"),
        ("irmaa_1", "CA", "42 U.S.C. 1395r(i), 1395w-113(a)(7)"),
        ("state_surtax_1000000", "CA", "RTC 17043"),
        ("state_credit_step_257919", "CA", "RTC 17054, 17054.1, Form 540 instructions line 32"),
        (
            "state_recapture_by_bracket_end_211550",
            "NY",
            "Tax Law 601(d-4), IT-201-I tax computation worksheets",
        ),
        ("state_tax_at_100", "CA", "law of the state"),
    ],
)
def test_whose_law_draws_it(name: str, state: str, source: str) -> None:
    """The statute, or the source that the state's file gives for that rule."""
    assert edge_source(language("en"), name, load_state_law(state, 2026)) == source


def _edges(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS)


def test_one_place_in_a_state_is_told_once() -> None:
    """New York's bracket and its recapture begin together, and each row has the cost of both."""
    edges = _edges(
        ("state_bracket_5.9", "cliff", 500.0, 259.0, 0.3, 0.32),
        ("state_recapture_by_bracket_161550", "cliff", 500.0, 259.0, 0.3, 0.32),
        ("state_recapture_by_bracket_end_200000", "edge", 900.0, 0.0, 0.3, 0.32),
        ("state_bracket_6.85", "edge", 900.0, 0.0, 0.3, 0.32),
    )

    told = named_edges(language("en"), edges, "NY")

    assert list(told["name"]) == ["state_recapture_by_bracket_161550", "state_bracket_6.85"]
    assert told["step_dollars"].sum() == 259


def test_federal_edges_at_one_place_are_all_told() -> None:
    """They are different laws, and so is a state's at the same place."""
    edges = _edges(
        ("niit_threshold", "edge", 500.0, 0.0, 0.3, 0.32),
        ("senior_deduction_end", "phase-out", 500.0, 0.0, 0.3, 0.32),
        ("state_bracket_6", "edge", 500.0, 0.0, 0.3, 0.32),
    )

    assert list(named_edges(language("zh"), edges, "NY")["name"]) == list(edges["name"])


def test_what_is_out_of_reach_is_not_told() -> None:
    """A bracket that begins tens of millions away is no help."""
    edges = _edges(
        ("bracket_37", "edge", REACH, 0.0, 0.3, 0.32),
        ("state_bracket_10.9", "edge", REACH + 1, 0.0, 0.3, 0.32),
    )

    assert list(named_edges(language("en"), edges, "NY")["name"]) == ["bracket_37"]


def test_nothing_ahead() -> None:
    """An empty table stays one."""
    assert named_edges(language("en"), _edges(), "NY").empty
