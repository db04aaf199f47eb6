"""Generators of clients, laws and dollars for property tests."""

from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.space import catch_up_limit

CENT = 0.005

dollars = st.floats(0, 2_000_000, allow_nan=False).map(lambda amount: round(amount, 2))
shares = st.floats(0, 1, allow_nan=False)
years = st.integers(2018, 2045)
tax_years = st.integers(2023, 2040)
ages = st.integers(18, 90)


SAMPLES = {name: mr.Client.load(name) for name in ("lin", "okafor", "moreau", "reyes")}


@st.composite
def space_facts(draw: st.DrawFn) -> dict:
    """Keywords of after_tax_space_of that are possible together: deferrals within the law and the pay."""
    law = mr.load_law(draw(years))
    age = draw(ages)
    pay = draw(dollars)
    most = law.elective_deferral + catch_up_limit(law, age)
    total = min(pay, draw(shares) * most)
    regular = min(total, law.elective_deferral)
    return {
        "law": law,
        "age": age,
        "compensation": pay,
        "elective_deferral": regular,
        "catch_up": total - regular,
        "employer_contribution": draw(st.floats(0, 100_000)),
        "after_tax_so_far": draw(st.floats(0, 100_000)),
    }


@st.composite
def clients(draw: st.DrawFn) -> mr.Client:
    """Clients like the samples, with what a person slides or types changed."""
    client = SAMPLES[draw(st.sampled_from(sorted(SAMPLES)))]
    start = client.assumptions.start_year
    leaves = draw(st.integers(start, start + 12))
    return client.with_(
        annual_return=round(draw(st.floats(-0.06, 0.12)), 4),
        inflation=round(draw(st.floats(0.0, 0.05)), 4),
        separation_year=leaves,
        retirement_year=None,
        horizon_year=draw(st.integers(leaves, leaves + 20)),
        retirement_tax_rate=round(draw(st.floats(0, 0.5)), 3),
    )
