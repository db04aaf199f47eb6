"""The engine against the reference with a pencil: random clients, every strategy, every balance of every year."""

import datetime as dt
import random

import pytest

import megaroth as mr
from megaroth.facts.law import STATUSES, Law
from megaroth.facts.state_law import STATES
from megaroth.rules.space import catch_up_limit
from tests.reference_engine import THE_SIX, Way, reference

CENT = 0.01
CLIENTS, IN_EVERY_RUN = 500, 60
ACCOUNTS = ("pre_tax", "designated_roth", "after_tax", "traditional_ira", "roth_ira", "brokerage")
COLUMNS = (
    *(f"{account}_closing" for account in ACCOUNTS), "after_tax_basis", "brokerage_basis", "taxable_rollover",
    "taxable_refund", "tax", "state", "medicare", "additional_tax", "side_account_tax",
)  # fmt: skip


# Random clients: every fact that a projection reads, at its edges more often than elsewhere ----------------------


def random_client(number: int) -> mr.Client:
    """The client of this number; one whose own first year is refused (a deferral above pay ...) is drawn again."""
    chance = random.Random(number)
    while True:
        client = _drawn(chance, number)
        try:
            mr.after_tax_space(client, client.assumptions.start_year)
        except mr.InputError:
            continue
        return client


def _drawn(chance: random.Random, number: int) -> mr.Client:
    start = chance.choice([2023, 2024, 2025, 2026, 2026, 2027])
    inflation = chance.choice([0.0, 0.02, 0.025, 0.04])
    status = chance.choice(STATUSES)
    spouse_saves = status in ("mfj", "mfs") and chance.random() < 0.35
    born = [_born(chance, start), _born(chance, start)]
    solo = chance.random() < 0.2
    plans = [_plan(chance, solo)]
    if chance.random() < 0.15:
        kind = chance.choice(["401k", "457b"])
        plans.append({"employer": "Another", "kind": kind, "deferral_made": _dollars(chance, 1_000, 15_000)})
    assumptions = _assumptions(chance, start, inflation, plans[0]["way_out"])
    law = mr.load_law(start, inflation=inflation)
    age = start - _year(born[spouse_saves])
    return mr.Client(
        name=f"Random {number}",
        participant="spouse" if spouse_saves else "client",
        household=_household(chance, status, born, solo, spouse_saves, start),
        plans=plans,
        elections=_elections(chance, law, age, plans),
        balances=_balances(chance),
        assumptions=assumptions,
    )


def _dollars(chance: random.Random, low: float, high: float) -> float:
    return round(chance.uniform(low, high), 2)


def _often_none(chance: random.Random, low: float, high: float) -> float:
    return chance.choice([0.0, 0.0, _dollars(chance, low, high)])


def _born(chance: random.Random, start: int) -> int | dt.date:
    near = chance.choice([chance.randint(24, 46), *(chance.randint(*ages) for ages in _AGES)])
    if chance.random() < 0.7:
        return start - near
    return dt.date(start - near, chance.randint(1, 12), chance.randint(1, 28))


_AGES = (
    (47, 51),
    (56, 60),
    (58, 60),
    (60, 64),
    (62, 66),
    (66, 71),
)  # around 50, 59 1/2, 60 to 63, and Medicare


def _year(born: int | dt.date) -> int:
    return born.year if isinstance(born, dt.date) else born


def _household(
    chance: random.Random, status: str, born: list, solo: bool, spouse_saves: bool, start: int
) -> dict:
    pay = chance.choice([(15_000, 60_000), (70_000, 160_000), (140_000, 260_000), (250_000, 750_000)])
    saver, other = _dollars(chance, *pay), _often_none(chance, 20_000, 250_000)
    if solo:
        saver = _often_none(chance, 30_000, 220_000)
    before = chance.choice([None, round(saver * 0.97, 2), _dollars(chance, 130_000, 175_000)])
    no_spouse_age = status != "mfs" and not spouse_saves and chance.random() < 0.2
    return {
        "filing_status": status,
        "birth_year": born[0],
        "spouse_birth_year": None if no_spouse_age else born[1],
        "state": chance.choice(STATES),
        "state_rate": chance.choice([None, None, None, None, 0.045]),
        "local_rate": chance.choice([0.0, 0.0, 0.0, 0.03]),
        "wages": other if spouse_saves else saver,
        "spouse_wages": saver if spouse_saves else other,
        "taxable_interest": _often_none(chance, 100, 30_000),
        "tax_exempt_interest": _often_none(chance, 100, 20_000),
        "ordinary_dividends": _often_none(chance, 100, 20_000),
        "qualified_dividends": _often_none(chance, 100, 40_000),
        "long_term_gain": _often_none(chance, 100, 80_000),
        "other_ordinary_income": _often_none(chance, 100, 60_000),
        "self_employment_profit": _dollars(chance, 25_000, 400_000)
        if solo
        else _often_none(chance, 500, 80_000),
        "specified_service": chance.random() < 0.5,
        "social_security": _often_none(chance, 10_000, 50_000),
        "state_local_taxes": _often_none(chance, 3_000, 60_000),
        "other_itemized": _often_none(chance, 1_000, 40_000),
        "children": chance.choice([0, 0, 1, 3]),
        "other_dependents": chance.choice([0, 0, 1]),
        "on_medicare": start - _year(born[0]) >= 65 and chance.random() < 0.6,
        "spouse_on_medicare": start - _year(born[1]) >= 65 and chance.random() < 0.6,
        "prior_year_wages": before,
    }


def _plan(chance: random.Random, solo: bool) -> dict:
    tiers = [
        {"rate": chance.choice([0.5, 1.0]), "up_to_share": chance.choice([0.03, 0.06])},
        {"rate": chance.choice([0.25, 0.5]), "up_to_share": chance.choice([0.08, 0.1])},
    ]
    return {
        "kind": "solo_401k" if solo else chance.choice(["401k"] * 8 + ["403b", "457b"]),
        "accepts_after_tax": chance.choice([True, None]),
        "separate_account": True,
        "after_tax_cap_share": chance.choice([None, None, None, 0.1, 0.04]),
        "after_tax_cap_dollars": chance.choice([None, None, None, 20_000.0]),
        "combined_cap_share": chance.choice([None, None, None, 0.25]),
        "way_out": chance.choice(
            ["in_plan_rollover", "in_service_distribution", "both", "both", "none", None]
        ),
        "frequency": chance.choice(["each_paycheck", "monthly", "quarterly", "yearly", None]),
        "match": chance.choice([[], tiers[:1], tiers]),
        "true_up": chance.random() < 0.5,
        "nonelective_share": chance.choice([0.0, 0.0, 0.03]),
        "employer_contribution": chance.choice([None, None, _dollars(chance, 0, 30_000)]),
        "pay_periods": chance.choice([1, 4, 12, 12, 24, 26, 26, 52]),
        "acp_ceiling": chance.choice([None, None, None, 0.07]),
        "acp_refund_share": chance.choice([0.0, 0.0, 0.3]),
        "offers_roth": chance.choice([True, True, None, False]),
    }


def _elections(chance: random.Random, law: Law, age: int, plans: list[dict]) -> dict:
    shares_the_limit = any((plan["kind"] == "457b") == (plans[0]["kind"] == "457b") for plan in plans[1:])
    made = plans[1]["deferral_made"] if shares_the_limit else 0.0
    deferral = (law.elective_deferral - made) * chance.choice([0.0, 0.3, 0.8, 1.0, 1.0, 1.0])
    catch_up = float(catch_up_limit(law, age)) * chance.choice([0.0, 0.5, 1.0])
    roth = 0.0 if plans[0]["offers_roth"] is False else chance.choice([0.0, 0.0, 0.4, 1.0])
    first = 1
    if chance.random() < 0.35:
        first = chance.randint(1, plans[0]["pay_periods"])
    dollars, share = _dollars(chance, 1_000, 50_000), {"share_of_pay": chance.choice([0.02, 0.1, 0.3])}
    return {
        "elective_deferral": deferral,
        "catch_up": catch_up,
        "roth_deferral": roth * (deferral + catch_up),
        "after_tax": chance.choice(["fill", "fill", dollars, share]),
        "after_tax_so_far": _often_none(chance, 500, 25_000),
        "first_pay_period": first,
    }


def _balances(chance: random.Random) -> dict:
    basis = chance.choice([0.0, _dollars(chance, 500, 3_000), _dollars(chance, 20_000, 200_000)])
    value = basis * chance.choice([0.7, 1.0, 1.3, 25.0])
    ira = _often_none(chance, 5_000, 200_000)
    brokerage = _often_none(chance, 5_000, 400_000)
    return {
        "pre_tax": _often_none(chance, 1_000, 900_000),
        "designated_roth": _often_none(chance, 1_000, 90_000),
        "after_tax_basis": basis,
        "after_tax_value": value,
        "traditional_ira_basis": ira * chance.choice([0.0, 0.4, 1.2]),
        "traditional_ira_value": ira,
        "roth_ira_value": _often_none(chance, 1_000, 90_000),
        "brokerage_basis": brokerage * chance.choice([0.6, 1.0, 1.1]),
        "brokerage_value": brokerage,
    }


def _assumptions(chance: random.Random, start: int, inflation: float, way_out: str | None) -> dict:
    leaves = start + chance.choice([0, 1, 2, 3, 4, 6, 9])
    retires = chance.choice([None, leaves + chance.choice([0, 1, 3])])
    day = chance.choice(
        [dt.date(leaves, chance.randint(1, 12), chance.randint(1, 28)), dt.date(leaves, 4, 30)]
    )
    in_mid_year = chance.random() < 0.3
    ways_to_pay = ["outside"] if way_out == "in_plan_rollover" else ["outside", "from_conversion"]
    return {
        "start_year": start,
        "separation_year": day if in_mid_year else leaves,
        "retirement_year": retires,
        "horizon_year": start + chance.choice([3, 3, 4, 5, 6, 7, 8, 10, 15, 25]),
        "annual_return": chance.choice([0.0, 0.05, 0.07, 0.09, -0.04, -0.1]),
        "stock_share": chance.choice([1.0, 1.0, 0.6]),
        "bond_return": chance.choice([0.04, -0.02]),
        "inflation": inflation,
        "pay_growth": chance.choice([0.0, 0.03, 0.06, -0.02]),
        "dividend_yield": chance.choice([0.0, 0.015, 0.04]),
        "retirement_tax_rate": chance.choice([0.12, 0.24, 0.35]),
        "gains_rate_at_horizon": chance.choice([0.0, 0.15, 0.238]),
        "income_after_retirement": _often_none(chance, 5_000, 120_000),
        "days_to_rollover": chance.choice([0, 0, 0, 5, 45]),
        "tax_paid_from": chance.choice(ways_to_pay),
        "conversions_end_year": chance.choice([None, None, None, start + chance.randint(0, 6)]),
    }


def own_strategies(number: int, client: mr.Client) -> tuple[tuple[Way, object], ...]:
    """An advisor's own strategies, in the reference's words and in the engine's."""
    chance, a = random.Random(number), client.assumptions
    years = frozenset(chance.sample(range(a.start_year, a.horizon_year + 1), 2))
    months, wait = chance.choice([1, 2, 3, 4, 6, 12]), chance.choice([0, 1, 5, 12, 18, 30, 48])
    theirs = mr.convert_in(years), mr.every(months=months), mr.delay(years=wait // 12, months=wait % 12)
    ours = ("convert_in", years, 0), ("every", frozenset(), months), ("delay", frozenset(), wait)
    return tuple((Way(its.key, *each), its) for each, its in zip(ours, theirs, strict=True))


# The comparison -------------------------------------------------------------------------------------------------


def _compare(number: int) -> None:
    client = random_client(number)
    own = own_strategies(number, client)
    found = mr.project(client, strategies=(*mr.STRATEGIES, *(its for _, its in own)))
    expected = reference(client, (*THE_SIX, *(way for way, _ in own)))

    ledger = found.ledger.set_index(["strategy", "year"])
    assert set(ledger.index) == set(expected.lines)
    for place, line in expected.lines.items():
        row = ledger.loc[place]
        for column in COLUMNS:
            by_hand = getattr(line, column.removesuffix("_closing"))
            assert row.get(column, 0.0) == pytest.approx(by_hand, abs=CENT), (*place, column)
    for key, by_hand in expected.values.items():
        assert found.summary.loc[key, "value_after_tax"] == pytest.approx(by_hand, abs=CENT), key


@pytest.mark.parametrize("number", range(IN_EVERY_RUN))
def test_engine_and_pencil_agree(number: int) -> None:
    """Every balance and every tax of every strategy and year, and what it is worth at the horizon, to a cent."""
    _compare(number)


@pytest.mark.deep
@pytest.mark.parametrize("number", range(IN_EVERY_RUN, CLIENTS))
def test_engine_and_pencil_agree_on_many_more(number: int) -> None:
    """The same for as many clients as it takes to meet rare facts together."""
    _compare(number)
