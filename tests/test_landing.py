"""Where extra income lands: its parts by bracket are all of it, and they bear the layer of the ordinary schedule."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.landing import landing
from tests.generators import CENT, SAMPLES, dollars

LAW = mr.load_law(2026)


def _couple(**facts: object) -> mr.Client:
    """A couple of 45 with nothing but *facts*, in a state without the tax."""
    plain = {
        "state": "TX", "wages": 0.0, "taxable_interest": 0.0, "qualified_dividends": 0.0, "long_term_gain": 0.0,
        "state_local_taxes": 0.0, "other_itemized": 0.0, "children": 0, "elective_deferral": 0.0, "after_tax_so_far": 0.0,
    }  # fmt: skip
    return SAMPLES["lin"].with_(**{**plain, **facts})


@given(
    name=st.sampled_from(sorted(SAMPLES)), wages=dollars, gain=st.floats(0, 100_000), benefits=st.floats(0, 60_000),
    amount=dollars, year=st.sampled_from([2025, 2026, 2030]),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_parts_are_all_of_it_and_bear_its_tax(
    name: str, wages: float, gain: float, benefits: float, amount: float, year: int
) -> None:
    """What is covered and what each bracket takes add up to the amount; rates times parts are the ordinary layer."""
    client = SAMPLES[name].with_(
        wages=wages,
        elective_deferral=0.0,
        catch_up=0.0,
        roth_deferral=0.0,
        after_tax_so_far=0.0,
        long_term_gain=gain,
        social_security=benefits,
    )
    cost = mr.cost_of_income(client, year, amount)

    where = landing(cost)

    assert where.covered + sum(part for _, part in where.parts) == pytest.approx(amount, abs=CENT)
    assert sum(rate * part for rate, part in where.parts) == pytest.approx(cost.ordinary, abs=CENT)
    assert where.ordinary == pytest.approx(max(where.end, 0.0) + where.drawn_in, abs=CENT)
    assert [rate for rate, _ in where.parts] == sorted({rate for rate, _ in where.parts})


def test_an_edge_is_crossed_at_its_dollar() -> None:
    """400,000 of ordinary taxable income and 7,500 more: 3,550 at 24% and 3,950 at 32% (law, section 3)."""
    client = _couple(wages=400_000.0 + LAW.standard_deduction["mfj"])

    where = landing(mr.cost_of_income(client, 2026, 7_500))

    assert dict(where.parts) == pytest.approx({0.24: 3_550.0, 0.32: 3_950.0})
    assert (where.before, where.start, where.covered, where.drawn_in) == (400_000, 400_000, 0, 0)


def test_deductions_left_over_cover_the_first_dollars() -> None:
    """Without other income a couple's standard deduction covers that much, and the rest begins at the lowest rate."""
    deduction = LAW.standard_deduction["mfj"]

    where = landing(mr.cost_of_income(_couple(), 2026, deduction + 1_000))

    assert where.start == -deduction
    assert where.covered == deduction
    assert where.parts == ((0.1, 1_000.0),)


def test_gains_lie_on_top_at_their_own_rates() -> None:
    """Gains that straddle the 15% line are told in two parts, on the income that the conversion has raised."""
    deduction, top = LAW.standard_deduction["mfj"], LAW.gains_breakpoints["mfj"][0]
    client = _couple(wages=deduction + top - 30_000.0, long_term_gain=30_000.0)

    where = landing(mr.cost_of_income(client, 2026, 10_000))

    assert where.ordinary == pytest.approx(top - 20_000)
    assert dict(where.gains) == pytest.approx({0.0: 20_000.0, 0.15: 10_000.0})


def test_deductions_that_shrink_draw_income_in() -> None:
    """Two seniors lose 6% of each dollar twice: 10,000 more income is 11,200 more taxable income."""
    client = _couple(birth_year=1960, spouse_birth_year=1960, other_ordinary_income=170_000.0)

    where = landing(mr.cost_of_income(client, 2026, 10_000))

    assert where.drawn_in == pytest.approx(1_200)
    assert sum(part for _, part in where.parts) == pytest.approx(10_000)


def test_one_amount_at_a_time() -> None:
    """A curve has no one place to land."""
    with pytest.raises(TypeError, match="one amount"):
        landing(mr.cost_of_income(SAMPLES["lin"], 2026, np.array([0.0, 1.0])))
