"""Job offers side by side: parts that add up, invariants of any offer, a case worked by hand, and what is refused."""

import math

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError
from megaroth.plans.job_offer import client_in
from megaroth.plans.offers import PARTS
from tests.generators import SAMPLES

CENT = 0.005
LIN = SAMPLES["lin"]
MATCH = [{"rate": 0.5, "up_to_share": 0.06}]
OPEN = {"accepts_after_tax": True, "way_out": "both", "frequency": "each_paycheck", "match": MATCH}
OFFER = {"name": "A", "salary": 250_000.0, "bonus": 30_000.0, "plan": OPEN}
EXAMPLE = yaml.safe_load(data_path("worked_examples", "offers", "two_offers.yaml").read_text("utf-8"))


def _offer(**changes: object) -> mr.Offer:
    return mr.Offer(**OFFER).with_(**changes)


def _two(one: object, other: object, client: mr.Client = LIN, **asked: object) -> object:
    return mr.compare_offers([one, other], client, **asked)


@st.composite
def offers(draw: st.DrawFn) -> mr.Offer:
    """Offers as people type them, with everything known."""
    return _offer(
        name=draw(st.sampled_from(["A", "B", "C"])),
        salary=float(draw(st.integers(0, 500_000))),
        bonus=float(draw(st.integers(0, 100_000))),
        accepts_after_tax=draw(st.booleans()),
        way_out=draw(st.sampled_from(["in_plan_rollover", "in_service_distribution", "both", "none"])),
        match=draw(st.sampled_from([(), MATCH, [{"rate": 1.0, "up_to_share": 0.04}]])),
        nonelective_share=draw(st.sampled_from([0.0, 0.03])),
        after_tax_cap_share=draw(st.sampled_from([None, 0.1])),
        vesting=draw(st.sampled_from([(), (0.0, 0.0, 1.0), (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)])),
        waiting_months=draw(st.sampled_from([0, 3, 12, 18])),
    )


# --- worked by hand ---


def test_two_offers_worked_by_hand() -> None:
    """Tax by the brackets of 2026, match, and a year of growth, each with a pencil."""
    client = mr.Client(**EXAMPLE["client"])
    # With a plan: 10,000 of 100,000 deferred, the standard deduction is 16,100.
    taxable = 100_000 - 10_000 - 16_100
    tax = 0.10 * 12_400 + 0.12 * (50_400 - 12_400) + 0.22 * (taxable - 50_400)
    salary = 100_000 - tax - 0.0765 * 100_000
    # Half of 6% of pay at the end of 2026, a year at 10%, then 25% tax.
    employer = 0.5 * 0.06 * 100_000 * 1.10 * (1 - 0.25)
    # 5,000 in Roth for a year, against 5,000 in a brokerage account whose gain bears 20%.
    mega = 5_000 * 1.10 - (5_000 * 1.10 - 0.20 * 500)
    # More pay: 4,000 more, all of it in the 22% bracket, 7.65% payroll tax.
    more = salary + 4_000 * (1 - 0.22 - 0.0765)

    table = mr.compare_offers(EXAMPLE["offers"], client)

    with_plan, more_pay = EXAMPLE["answer"].values()
    assert [salary, employer, mega] == pytest.approx([with_plan[part] for part in PARTS], abs=CENT)
    assert more == pytest.approx(more_pay["salary_after_tax"], abs=CENT)
    for name, answer in EXAMPLE["answer"].items():
        for column, amount in answer.items():
            assert table.loc[name, column] == pytest.approx(amount, abs=CENT), (name, column)
    assert table.best == "More pay"


def test_later_money_is_brought_to_today() -> None:
    """A year's pay from that year's end, the rest from the horizon, at the client's own rate."""
    client = mr.Client(**EXAMPLE["client"]).with_(discount_rate=0.1)

    table = mr.compare_offers(EXAMPLE["offers"], client)

    assert table.loc["With a plan", list(PARTS)].tolist() == pytest.approx(
        [81_380 / 1.1, 2_475 / 1.21, 100 / 1.21], abs=CENT
    )
    assert table.discount_basis == "discount_rate"


def test_the_parts_are_those_of_the_projection() -> None:
    """The after-tax account is the engine's prompt against brokerage, employer money its run with less without."""
    offer = _offer()
    client = client_in(offer, LIN, 11)
    with_money = mr.project(client, ("prompt", "brokerage")).summary["value_after_tax"]
    nothing = client.with_(match=(), nonelective_share=0.0, employer_contribution=0.0)
    one, other = (
        mr.project(each, ("brokerage",)).summary["value_after_tax"].iloc[0] for each in (client, nothing)
    )
    factor = 1.025**-31

    row = _two(offer, _offer(name="B")).loc["A"]

    assert row["mega_backdoor"] == pytest.approx(
        (with_money["prompt"] - with_money["brokerage"]) * factor, abs=CENT
    )
    assert row["employer_money"] == pytest.approx((one - other) * factor, abs=CENT)


# --- for any offer ---


@settings(max_examples=12, deadline=None)
@given(one=offers(), other=offers(), name=st.sampled_from(sorted(SAMPLES)))
def test_parts_add_up_and_order_does_not_matter(one: mr.Offer, other: mr.Offer, name: str) -> None:
    """Parts make the total to the cent, nothing is negative, and the other order gives the same rows."""
    table, turned = _two(one, other, SAMPLES[name]), _two(other, one, SAMPLES[name])

    assert (table[list(PARTS)].sum(axis=1) - table["total"]).abs().max() < CENT
    assert (table["employer_money"] >= 0).all()
    assert (table["mega_backdoor"] >= 0).all()
    assert table["per_year"].tolist() == pytest.approx((table["total"] / table.years).tolist())
    columns = [*PARTS, "total", "total_low", "total_high"]
    assert table[columns].to_numpy().tolist() == turned[columns].iloc[::-1].to_numpy().tolist()
    assert (table.best is None) == (turned.best is None)


@settings(max_examples=6, deadline=None)
@given(offer=offers())
def test_identical_offers_tie(offer: mr.Offer) -> None:
    """To the cent; no winner is named, and the second one gets a number to its name."""
    table = _two(offer, offer)

    assert table.index.tolist() == [offer.name, f"{offer.name} (2)"]
    assert table["total"].iloc[0] == table["total"].iloc[1]
    assert table.best is None
    assert "the same" in str(table.reasons[-1])


@settings(max_examples=8, deadline=None)
@given(offer=offers(), made=st.integers(0, 20_000), rate=st.sampled_from([0.0, 0.24, 0.5]))
def test_a_dollar_more_of_vested_match_is_worth_more(offer: mr.Offer, made: int, rate: float) -> None:
    """Employer money always; the whole offer where the dollar takes no room from after-tax money."""
    client = LIN.with_(retirement_tax_rate=rate, wages=300_000.0)
    less, more = (
        offer.with_(
            name=name,
            employer_contribution=float(made + k),
            accepts_after_tax=False,
            vesting=(),
            waiting_months=0,
        )
        for k, name in enumerate(("less", "more"))
    )

    table = _two(less, more, client)

    assert table.loc["more", "employer_money"] > table.loc["less", "employer_money"]
    assert table.loc["more", "total"] > table.loc["less", "total"]
    assert table.loc["more", "salary_after_tax"] == table.loc["less", "salary_after_tax"]


def test_a_match_dollar_outweighs_the_room_it_takes() -> None:
    """With the room filled a match dollar costs an after-tax dollar its lead, which is less than the dollar."""
    table = _two(_offer(employer_contribution=8_000.0), _offer(name="B", employer_contribution=8_001.0))

    gain = table.loc["B", list(PARTS)] - table.loc["A", list(PARTS)]

    assert gain["mega_backdoor"] < 0 < gain["employer_money"]
    assert gain.sum() > 0


def test_features_without_room_are_worth_nothing() -> None:
    """Where own and employer money fill the limit, taking after-tax money adds nothing."""
    full = _offer(employer_contribution=80_000.0)

    table = _two(full, full.with_(name="B", accepts_after_tax=False))

    assert table["mega_backdoor"].tolist() == [0, 0]
    assert table.loc["A", "total"] == pytest.approx(table.loc["B", "total"], abs=CENT)
    assert any("no room in 2026" in str(reason) for reason in table.reasons)


def test_pay_alone_moves_salary_alone() -> None:
    """Without match, caps in shares of pay and dividends; with a cap of that kind the reasons name the room."""
    client = LIN.with_(dividend_yield=0.0)
    plain = _offer(match=())

    table = _two(plain, plain.with_(name="B", salary=260_000.0), client)
    capped = _two(
        plain.with_(after_tax_cap_share=0.1),
        plain.with_(name="B", salary=260_000.0, after_tax_cap_share=0.1),
        client,
    )

    assert table.loc["B", "salary_after_tax"] > table.loc["A", "salary_after_tax"]
    assert table.loc["B", "plan"] == pytest.approx(table.loc["A", "plan"], abs=CENT)
    assert capped.loc["B", "mega_backdoor"] > capped.loc["A", "mega_backdoor"]
    assert [str(reason) for reason in capped.reasons if "$28,000" in str(reason) or "$29,000" in str(reason)]


@settings(max_examples=6, deadline=None)
@given(years=st.integers(1, 7))
def test_what_is_not_vested_is_left_behind(years: int) -> None:
    """The share after the years of the stay counts; the reason names what is lost, and pay is untouched."""
    schedule = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)

    table = _two(_offer(), _offer(name="B", vesting=schedule), years_expected=years)

    share = schedule[min(years, 6) - 1]
    assert table.loc["B", "employer_money"] == pytest.approx(
        share * table.loc["A", "employer_money"], abs=CENT
    )
    assert table.loc["B", "mega_backdoor"] == table.loc["A", "mega_backdoor"]
    assert any("left behind" in str(reason) for reason in table.reasons) == (share < 1)


def test_waiting_costs_its_share_of_the_years() -> None:
    """A wait of the whole stay leaves nothing of the plan; half of a one-year stay leaves half."""
    at_once, half, whole = (_offer(name=str(k), waiting_months=k) for k in (0, 6, 12))

    table = mr.compare_offers([at_once, half, whole], LIN.with_(annual_return=0.0), years_expected=1)

    assert table["employer_money"].tolist() == pytest.approx(
        [table.iloc[0]["employer_money"] * k for k in (1, 0.5, 0)]
    )
    assert table.iloc[2]["plan"] == 0
    assert table.iloc[0]["salary_after_tax"] > table.iloc[2]["salary_after_tax"]  # nothing deferred, more tax


def test_the_way_out_decides_the_strategy() -> None:
    """Out while the job lasts is worth more than only at leaving; without an account of its own it is the latter."""
    ways = {"open": {}, "late": {"way_out": "none"}, "mixed": {"separate_account": False}}

    table = mr.compare_offers([_offer(name=name, **plan) for name, plan in ways.items()], LIN)

    assert table.loc["open", "mega_backdoor"] > table.loc["late", "mega_backdoor"] > 0
    assert table.loc["late", "mega_backdoor"] == pytest.approx(table.loc["mixed", "mega_backdoor"], abs=CENT)


def test_where_brokerage_ends_ahead_the_account_counts_as_nothing() -> None:
    """A client need not use it; the reason says so."""
    client = LIN.with_(retirement_tax_rate=0.6, gains_rate_at_horizon=0.0, dividend_yield=0.0)

    table = _two(_offer(way_out="none"), _offer(name="B", accepts_after_tax=False), client)

    assert table.loc["A", "mega_backdoor"] == 0
    assert any("brokerage account" in str(reason) for reason in table.reasons)


# --- what is not known ---


def test_unknown_features_give_a_range() -> None:
    """Between no and yes; no single figure stands for it, and the questions carry the worth of each answer."""
    known, no = _offer(), _offer(name="no", accepts_after_tax=False)
    unknown = _offer(name="B", accepts_after_tax=None, way_out=None)

    table = mr.compare_offers([known, unknown, no], LIN)

    row = table.loc["B"]
    assert row["status"] == "ask"
    assert all(math.isnan(row[name]) for name in ("mega_backdoor", "plan", "total", "per_year"))
    assert row["mega_low"] == table.loc["no", "mega_backdoor"] == 0
    assert row["mega_high"] == pytest.approx(table.loc["A", "mega_backdoor"], abs=CENT)
    assert row["total_high"] - row["total_low"] == pytest.approx(row["mega_high"], abs=CENT)
    assert table.questions["field"].tolist() == ["accepts_after_tax", "way_out"]
    assert (
        table.questions["if_no"].iloc[0]
        == 0
        < table.questions["if_no"].iloc[1]
        < table.questions["if_yes"].iloc[1]
    )
    assert table.best is None
    assert "not known yet" in str(table.reasons[-1])


def test_an_answer_that_changes_nothing_is_not_asked_for() -> None:
    """Without room the features do not matter, known or not; and a large lead holds whatever the answer."""
    full = _offer(employer_contribution=80_000.0, accepts_after_tax=None, way_out=None)
    table = _two(full, full.with_(name="B", salary=900_000.0))
    wide = _two(_offer(accepts_after_tax=None), _offer(name="B", salary=900_000.0, accepts_after_tax=None))

    assert table["status"].tolist() == ["known", "known"]
    assert table.questions.empty
    assert wide.best == "B"


# --- the answer's own papers ---


def test_the_working_ends_in_the_total() -> None:
    """Its parts are the row's, its last step is the total."""
    table = _two(_offer(vesting=(0.5,)), _offer(name="B"))

    steps = table.working_of("A").set_index("label")["amount"]

    names = ["Salary after tax", "Employer money today", "Mega-backdoor today", "Total"]
    assert steps[names].tolist() == pytest.approx(table.loc["A", [*PARTS, "total"]].tolist(), abs=CENT)
    assert steps["Pay"] + steps["Taxes on it"] > 0
    with pytest.raises(InputError, match="A, B"):
        table.working_of("C")


def test_the_stay_ends_with_the_clients_own_job() -> None:
    """Unless another number of years is asked for; both offers stay as long."""
    assert _two(_offer(), _offer(name="B")).years == 11
    assert _two(_offer(), _offer(name="B"), years_expected=3).years == 3


def test_the_client_stays_the_same() -> None:
    """Only facts of the job change: own deferrals go as far as the pay, the old employer's pay of last year is none."""
    client = client_in(
        _offer(salary=10_000.0, bonus=0.0, offers_roth=False), LIN.with_(roth_deferral=5_000.0), 3
    )

    assert (client.household.wages, client.household.prior_year_wages) == (10_000, 0)
    assert (client.elections.elective_deferral, client.elections.roth_deferral) == (10_000, 0)
    assert client.assumptions.leaving_year == 2028
    assert client.assumptions.retirement_year == LIN.assumptions.retirement_year
    assert client.balances.pre_tax == LIN.balances.pre_tax


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([OFFER], "Two to six offers can be compared; you entered 1."),
        ([OFFER] * 7, "Two to six offers can be compared; you entered 7."),
        ("AB", "Offers must be a list"),
        (OFFER, "Offers must be a list"),
        (None, "Offers must be a list"),
        ([OFFER, 5], "Offer 2: Offers must be a group of fields"),
        ([OFFER, {**OFFER, "salry": 1}], "Offer 2: There is no field called salry; did you mean one of: salary"),
        ([OFFER, {**OFFER, "plan": {"mach": []}}], "Offer 2: There is no field called mach; did you mean one of: match"),
        ([{**OFFER, "salary": -1.0}, OFFER], "Offer 1: Salary cannot be negative; you entered −.1[.]$"),
        ([OFFER, {**OFFER, "salary": math.nan}], "Offer 2: Salary must be a finite number"),
        ([OFFER, {**OFFER, "salary": "much"}], "Offer 2: Salary must be a number"),
        ([OFFER, {"salary": 1.0}], "Offer 2: Name is missing."),
        ([OFFER, {**OFFER, "plan": {"kind": "solo_401k"}}], "Offer 2: Kind of plan must be one of: 401k, 403b, 457b"),
        ([OFFER, {**OFFER, "vesting": [1.0, 0.5]}], "Offer 2: Vested share after 1, 2, 3 ... years must be at least 100.0%"),
        ([OFFER, {**OFFER, "vesting": [1.5]}], "Offer 2: Vested share.*between 0.0% and 100.0%"),
        ([OFFER, {**OFFER, "waiting_months": 25}], "Offer 2: Months before.*between 0 and 24"),
    ],
)  # fmt: skip
def test_bad_offers_are_refused_in_a_sentence(given: object, says: str) -> None:
    """The sentence names the offer, the field and the rule."""
    with pytest.raises(InputError, match=says):
        mr.compare_offers(given, LIN)


@pytest.mark.parametrize("years", [0, 2.5, 32, -1, "many", True])
def test_a_stay_that_cannot_be(years: object) -> None:
    """Whole years, one at least, and no more than the horizon has."""
    with pytest.raises(InputError, match="Years expected to stay"):
        _two(_offer(), _offer(name="B"), years_expected=years)


def test_an_employer_may_stand_for_the_name() -> None:
    """As in the rooms of several employers."""
    named = {**OFFER, "employer": "Acme"}
    del named["name"]

    assert _two(OFFER, named).index.tolist() == ["A", "Acme"]
