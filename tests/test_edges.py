"""Names of the edges ahead: each has words in both languages and a source, and one place is told once."""

import re

import pandas as pd
import pytest

import megaroth as mr
from megaroth.facts.law import STATUSES
from megaroth.facts.state_law import STATES, load_state_law
from megaroth.rules.client_return import client_return
from megaroth.rules.tax_edges import edges_ahead
from megaroth.show.edges import EDGE_SOURCES, EDGES, REACH, edge_label, edge_source, named_edges
from megaroth.show.language import language

LAW = mr.load_law(2026)
LIN = mr.Client.load("lin")
# The same income as a worker and as a retired couple on Medicare, and one who works for himself and itemizes.
HOUSEHOLDS = (
    {},
    {
        "birth_year": 1955, "spouse_birth_year": 1957, "on_medicare": True, "spouse_on_medicare": True, "wages": 0.0,
        "social_security": 40_000.0, "elective_deferral": 0.0, "after_tax_so_far": 0.0, "children": 0,
        "other_ordinary_income": 20_000.0, "other_itemized": 50_000.0,
    },
    {"self_employment_profit": 120_000.0, "wages": 60_000.0, "state_local_taxes": 60_000.0, "other_itemized": 40_000.0},
)  # fmt: skip


def _edges(state: str, status: str, **facts: object) -> pd.DataFrame:
    client = LIN.with_(state=state, filing_status=status, **facts)
    return edges_ahead(client_return(client, LAW), 0.0)


def _told(name: str, state: str) -> dict[str, str]:
    return {code: edge_label(language(code), name, state) for code in ("en", "zh")}


@pytest.mark.parametrize("state", STATES)
def test_every_edge_has_words_and_a_source(state: str) -> None:
    """Workers, the retired and the self-employed, of every filing status in turn: no name is left without words."""
    state_law = load_state_law(state, 2026)
    status = STATUSES[STATES.index(state) % len(STATUSES)]
    names = {name for facts in HOUSEHOLDS for name in _edges(state, status, **facts)["name"]}
    assert names

    for name in names:
        told = _told(name, state)

        assert all("{" not in words and "None" not in words for words in told.values()), name
        assert re.search("[\u4e00-\u9fff]", told["zh"]), name
        assert edge_source(language("en"), name, state_law), name


def test_every_stem_is_drawn_by_some_law() -> None:
    """The list of words holds what the rules can name, and no more."""
    from megaroth.rules.tax_edges import _lines

    names = {"federal_tax_at_1", "state_tax_at_1", "child_credit_step_0"}
    for state in STATES:
        for facts in HOUSEHOLDS:
            for status in STATUSES:
                ret = client_return(LIN.with_(state=state, filing_status=status, children=2, **{k: v for k, v in facts.items() if k != "children"}), LAW)
                names |= {line.name for line in _lines(ret, 0.0)}
    stems = {re.sub(r"_\d+(\.\d+)?$", "", name) for name in names}

    assert stems - set(EDGES) == set()
    assert set(EDGES) - stems - {"child_credit_step"} == set()
