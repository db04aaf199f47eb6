"""Every number that a function takes refuses what cannot be, in one sentence that names field, value and rule."""

import inspect
import math

import numpy as np
import pytest

import megaroth as mr
from megaroth.facts.errors import RULES
from megaroth.facts.labels import LABELS, label_of

LAW = mr.load_law(2026)
FUNCTIONS = {
    "space": mr.after_tax_space_of, "solo": mr.solo_401k_space, "rollover": mr.after_tax_rollover, "split": mr.split_rollover,
    "8606": mr.form_8606, "roth ira": mr.roth_ira_limit, "flat": mr.projection_of,
}  # fmt: skip
GOOD = {
    "space": (
        lambda **facts: mr.after_tax_space_of(LAW, **facts),
        {
            "age": 45, "compensation": 300_000, "elective_deferral": 24_500, "catch_up": 0, "employer_contribution": 10_000,
            "after_tax_so_far": 0, "after_tax_cap_share": 0.5, "after_tax_cap_dollars": 50_000, "combined_cap_share": 0.5,
            "acp_ceiling": 0.5, "match": 5_000, "take_home_pay_left": 50_000, "deferral_limit": 24_500, "catch_up_left": 0,
            "additions_elsewhere": 0,
        },
    ),
    "solo": (
        lambda **facts: mr.solo_401k_space(LAW, **facts),
        {
            "net_profit": 200_000, "age": 45, "wages": 0, "deferral": 20_000, "employer": 10_000, "deferral_limit": 24_500,
            "catch_up_left": 0, "additions_elsewhere": 0,
        },
    ),
    "rollover": (mr.after_tax_rollover, {"amount": 100, "balance": 1_000, "after_tax_basis": 900}),
    "split": (
        mr.split_rollover,
        {"pretax": 100, "after_tax_basis": 900, "after_tax_earnings": 50, "to_roth": 900, "to_traditional": 150},
    ),
    "8606": (
        lambda **facts: mr.form_8606(2026, **facts),
        {
            "contribution": 7_500, "prior_basis": 100, "converted": 7_500, "year_end_value": 1_000, "distributions": 0,
            "contributed_next_year": 0,
        },
    ),
    "roth ira": (
        lambda **facts: mr.roth_ira_limit(LAW, filing_status="single", **facts),
        {"magi": 160_000, "age": 45},
    ),
    "flat": (
        mr.projection_of,
        {
            "contribution": 3_000, "periods_per_year": 12, "years": 2, "years_after": 1, "annual_return": 0.07,
            "tax_rate": 0.24, "rate_at_withdrawal": 0.2,
        },
    ),
}  # fmt: skip
BAD = [
    -1, -0.01, math.nan, math.inf, -math.inf, "abc", "12", b"12", True, np.True_, 10**400, 1 + 2j, [1, "x"], [1, None],
    [1, True], [[1], [1, 2]], np.array([1.0, math.nan]), np.array([1, "2"], dtype=object), {}, None, object(),
]  # fmt: skip
NONE_IS_FINE = {
    "after_tax_cap_share", "after_tax_cap_dollars", "combined_cap_share", "acp_ceiling", "match", "take_home_pay_left",
    "deferral", "deferral_limit", "catch_up_left", "to_roth", "to_traditional", "rate_at_withdrawal",
}  # fmt: skip
MAY_BE_NEGATIVE = {"magi": (-1, -0.01), "annual_return": (-0.01,)}


@pytest.mark.parametrize(
    ("kind", "field"), [(kind, field) for kind, (_, facts) in GOOD.items() for field in facts]
)
def test_bad_number(kind: str, field: str) -> None:
    """Negative, no number, NaN, infinite: InputError naming field, value and rule in a sentence, never another error."""
    function, facts = GOOD[kind]
    function(**facts)
    for bad in BAD:
        negative = isinstance(bad, float | int) and bad in MAY_BE_NEGATIVE.get(field, ())
        if negative or (bad is None and field in NONE_IS_FINE):
            continue
        problem = refused(function, {**facts, field: bad})
        assert problem.field == field, bad
        assert problem.rule in RULES
        assert field in LABELS
        sentence = str(problem)
        assert sentence.startswith(label_of(field))
        assert sentence.endswith(".")
        assert len(sentence) < 250


def refused(function: object, facts: dict) -> mr.InputError:
    """The problem of a call; any other error fails the test, and so does an answer."""
    try:
        function(**facts)
    except mr.InputError as problem:
        return problem
    raise AssertionError(f"{facts} got an answer")


def test_every_number_argument_is_tried() -> None:
    """A new argument of a rule cannot be forgotten."""
    others = {
        "law",
        "employers",
        "filing_status",
        "year",
        "decimals",
        "tax_paid_from",
        "timing",
        "convert_every",
    }
    for kind, function in FUNCTIONS.items():
        assert set(inspect.signature(function).parameters) - others == set(GOOD[kind][1]) - others, kind


@pytest.mark.parametrize("age", [-1, 121, 1000])
def test_impossible_ages(age: int) -> None:
    """Nobody is older than 120."""
    with pytest.raises(mr.InputError, match="Age"):
        mr.after_tax_space_of(LAW, age=age, compensation=1, elective_deferral=0)


@pytest.mark.parametrize("share", [1.01, 8, 15])
def test_shares_are_fractions(share: float) -> None:
    """8 for 8% is refused, not read as eight times the pay."""
    with pytest.raises(mr.InputError, match="between"):
        mr.after_tax_space_of(LAW, age=45, compensation=1, elective_deferral=0, after_tax_cap_share=share)


def test_a_wrong_keyword_stays_a_type_error() -> None:
    """A programmer's slip is no person's bad value."""
    with pytest.raises(TypeError):
        mr.after_tax_space_of(LAW, age=45, compensation=1, elective_deferral=0, employer_match=3)
