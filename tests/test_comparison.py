"""What waiting costs: the table, its present value by hand, and what must hold for any client."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.plans.comparison import FIRST_MONTHS, SEARCHED
from megaroth.rules.extra_income import LAYERS
from tests.generators import SAMPLES, clients

LIN = mr.Client.load("lin")
MOREAU = mr.Client.load("moreau")
OKAFOR = mr.Client.load("okafor")
REYES = mr.Client.load("reyes")
CENT, FINE = 0.005, 1e-6


def test_a_row_per_wait() -> None:
    """The index is the years waited, twelfths for months; whole years stay whole numbers."""
    years, months = mr.cost_of_waiting(LIN), mr.cost_of_waiting(LIN, [0, 1 / 12, 5 / 12, 1, 2.5])

    assert years.index.name == months.index.name == "delay_years"
    assert years.index.tolist() == list(range(11))
    assert all(isinstance(each, int) for each in years.index.tolist())
    assert months.index.tolist() == [0, 1 / 12, 5 / 12, 1, 2.5]
    assert months.loc[5 / 12, "tax"] > months.loc[1 / 12, "tax"] > 0


def test_delays_in_any_order_and_kind() -> None:
    """Numpy numbers and a generator do; the order asked is the order shown; a row does not depend on the others' order."""
    there, back = (
        mr.cost_of_waiting(LIN, np.array([0, 3, 7])),
        mr.cost_of_waiting(LIN, (k for k in (7, 3, 0))),
    )

    assert back.index.tolist() == [7, 3, 0]
    for delay in (0, 3, 7):
        assert there.loc[delay].to_dict() == back.loc[delay].to_dict()


def test_every_month_of_the_first_two_years() -> None:
    """FIRST_MONTHS: 25 rows, each month's wait taxes more, and whole years agree with the table of years."""
    months = mr.cost_of_waiting(LIN, FIRST_MONTHS)

    assert (months.index * 12).tolist() == pytest.approx(list(range(25)))
    assert (months["taxable_rollover"].diff().iloc[1:] > 0).all()
    years = mr.cost_of_waiting(LIN, [0, 1, 2])
    for column in ("transfer_year", "taxable_rollover", "tax"):
        assert months.loc[[0, 1, 2], column].tolist() == pytest.approx(years[column].tolist())


def test_prompt_is_the_row_of_no_wait() -> None:
    """0 is prompt itself: nothing taxed for a client whose plan moves money each payday, nothing lost against prompt."""
    row = mr.cost_of_waiting(LIN).loc[0]

    assert (row["tax"], row["taxable_rollover"], row["against_prompt"]) == (0, 0, 0)
    assert row["transfer_year"] == 2026


@pytest.mark.parametrize("discount_rate", [None, 0.0, 0.04])
@pytest.mark.parametrize("name", ["lin", "moreau", "okafor", "reyes"])
def test_the_present_value_by_hand(name: str, discount_rate: float | None) -> None:
    """The difference at the end of the last year, discounted to today; without a rate of its own, at inflation."""
    client = mr.Client.load(name).with_(discount_rate=discount_rate)
    assumed = client.assumptions

    costs = mr.cost_of_waiting(client, [0, 2, 5])

    rate = assumed.inflation if discount_rate is None else discount_rate
    years = assumed.horizon_year - assumed.start_year + 1
    beside = mr.project(client, ["prompt", *(mr.delay(k) for k in (0, 2, 5))]).summary["value_after_tax"]
    assert costs["value_after_tax"].tolist() == pytest.approx(beside.iloc[1:].tolist())
    today = (beside.iloc[1:] - beside.iloc[0]) / (1 + rate) ** years
    assert costs["against_prompt"].tolist() == pytest.approx(today.tolist(), abs=CENT)


def test_the_first_transfer_and_the_end_of_the_job() -> None:
    """Lin leaves on 31 December 2036: eleven years from the start. A wait that ends sooner does not outlast the job."""
    costs = mr.cost_of_waiting(LIN, [0, 1, 10, 10.5, 131 / 12, 11, 12, 30])

    assert costs["transfer_year"].tolist() == [2026, 2027, 2036, 2036, 2036, 2036, 2036, 2036]
    assert costs["past_separation"].tolist() == [False, False, False, False, False, False, True, True]
    past = costs.loc[11:]
    assert past["value_after_tax"].nunique() == 1
    # Beside the same others, whose taxes decide what each side account holds and so what its dividends add to income.
    others = [mr.delay(k) for k in (1, 10, 10.5, 131 / 12, 11)]
    late = mr.project(LIN, ["prompt", *others, "late_convert"]).summary.loc["late_convert"]
    assert past["tax"].tolist() == pytest.approx([late["tax"]] * 3)


def test_without_a_transfer_there_is_no_year_and_no_tax() -> None:
    """Who works and waits past the horizon moves nothing."""
    client = LIN.with_(separation_year=2050, retirement_year=None, horizon_year=2030)

    row = mr.cost_of_waiting(client, [0, 20]).loc[20]

    assert math.isnan(row["transfer_year"])
    assert (row["tax"], row["taxable_rollover"]) == (0, 0)


def test_layers_add_up() -> None:
    """Tax is the sum of the ledger's years, and its layers make it up."""
    costs = mr.cost_of_waiting(LIN)
    ledger = mr.project(LIN, [mr.delay(k) for k in range(11)]).ledger

    assert costs["tax"].tolist() == pytest.approx(
        ledger.groupby("strategy", sort=False)["tax"].sum().tolist(), abs=FINE
    )
    between = list(costs.columns)[
        list(costs.columns).index("tax") + 1 : list(costs.columns).index("additional_tax")
    ]
    assert costs[between].sum(axis=1).tolist() == pytest.approx(costs["tax"].tolist(), abs=CENT)
    assert between == list(LAYERS)
    assert costs.loc[10, "state"] > 0


@settings(max_examples=15, deadline=None)
@given(clients(), st.floats(0.001, 0.12), st.integers(0, 20))
def test_taxed_earnings_never_fall_with_the_wait(client: mr.Client, annual_return: float, days: int) -> None:
    """In a rising market each longer wait has at least the earnings of a shorter one to tax."""
    rising = client.with_(annual_return=annual_return, days_to_rollover=days)

    costs = mr.cost_of_waiting(rising, [k / 4 for k in range(8)] + [2, 3, 5, 8, 13])

    assert costs["taxable_rollover"].diff().iloc[1:].min() >= -FINE


@settings(max_examples=10, deadline=None)
@given(clients())
def test_in_a_falling_market_waiting_costs_nothing(client: mr.Client) -> None:
    """Without earnings there is no tax to add: every wait that ends in Roth is worth the same."""
    falling = client.with_(annual_return=-0.03, after_tax_value=0.0, after_tax_basis=0.0)

    costs = mr.cost_of_waiting(falling, [0, 0.5, 1, 2, 4, 8])

    assert (costs["tax"] == 0).all()
    assert costs["against_prompt"].abs().max() < CENT


def test_sending_earnings_to_the_ira_defers_the_tax() -> None:
    """The split: no tax when the money moves; the earnings, grown, bear the rate in retirement at the horizon."""
    costs = mr.cost_of_waiting(LIN, [0, 5], earnings_to="traditional_ira")
    roth = mr.cost_of_waiting(LIN, [0, 5])

    assert (costs["tax"] == 0).all()
    owed = 0.24 * roth.loc[5, "taxable_rollover"] * 1.07 ** (2056 - 2031)
    ledger = costs.projection.ledger
    split = ledger[(ledger["strategy"] == "delay_60m") & (ledger["year"] == 2056)].iloc[0]
    # The wait ends with the first payday of 2031: to its end there are 25 periods more.
    assert split["traditional_ira_closing"] * 0.24 == pytest.approx(owed * 1.07 ** (25 / 26))
    assert costs.loc[5, "against_prompt"] < 0


@pytest.mark.parametrize("paid_from", ["outside", "from_conversion"])
def test_the_working_ends_in_the_present_value(paid_from: str) -> None:
    """
    Each row: what is taxed, layer by layer, two values, their difference, years, factor, and the figure of the table;
    each step follows from those that are printed before it, to the cent.
    """
    client = MOREAU.with_(
        tax_paid_from=paid_from, after_tax=0.0, after_tax_value=400_000.0, after_tax_basis=9_000.0
    )
    costs = mr.cost_of_waiting(client, [0, 1, 2.5])

    for delay, row in costs.iterrows():
        steps = costs.working_of(delay)
        amount = steps.set_index("label")["amount"]
        assert list(steps.columns) == ["label", "amount", "formula", "source"]
        assert steps["amount"].iloc[-1] == pytest.approx(row["against_prompt"], abs=0.02)
        layers = [amount[words] for words in LAYERS.values() if words in amount]
        assert amount["Tax when the money moves"] == pytest.approx(sum(round(each, 2) for each in layers))
        assert amount["Tax when the money moves"] == pytest.approx(row["tax"], abs=0.005 * len(layers))
        assert row["tax"] > 0
        assert amount["Value after tax, waiting"] == row["value_after_tax"]
        difference = round(amount["Value after tax, waiting"], 2) - round(
            amount["Value after tax, prompt"], 2
        )
        assert amount["Difference at the horizon"] == pytest.approx(difference)
        assert amount["Number of years"] == 30
        product = round(amount["Difference at the horizon"] * amount["Discount factor"], 2)
        assert amount["In today's dollars"] == product
        assert amount["Discount factor"] == round(1.025**-30, 9)
        extra = amount.get("Additional tax before 59 1/2", 0.0)
        assert extra == row["additional_tax"]
        assert (extra > 0) == (paid_from == "from_conversion")
    assert costs.working.equals(costs.working_of(2.5))


def test_the_discounting_says_what_it_rests_on() -> None:
    """Without a rate of its own the client's inflation makes today's dollars; with one it is a present value. Both say so."""
    today, present = (mr.cost_of_waiting(LIN.with_(discount_rate=rate), [0, 5]) for rate in (None, 0.04))

    assert (today.discount_basis, today.discount_rate) == ("inflation", 0.025)
    assert (present.discount_basis, present.discount_rate) == ("discount_rate", 0.04)
    for table, label, factor, word in (
        (today, "In today's dollars", 1.025**-31, "inflation"),
        (present, "Present value", 1.04**-31, "discount rate"),
    ):
        steps = table.working
        assert steps["label"].iloc[-1] == label
        step = steps.set_index("label").loc["Discount factor"]
        assert step["amount"] == pytest.approx(factor)
        assert word in step["formula"]


# What if the law changes


def test_waiting_with_the_risk_beside_waiting_without() -> None:
    """Conversions forbidden from 2031: who waits five years is caught with all of it, who waits three is not."""
    open_, closing = mr.cost_of_waiting(LIN), mr.cost_of_waiting(LIN.with_(conversions_end_year=2031))

    assert closing["against_prompt_if_open"].tolist() == open_["against_prompt"].tolist()
    assert "against_prompt_if_open" not in open_
    assert closing.loc[:4, "caught"].tolist() == [0] * 5
    paid_in = mr.project(LIN, ["prompt"]).ledger.set_index("year")["after_tax_in"]
    assert (closing.loc[5:, "caught"] > paid_in.loc[2026:2030].sum()).all()
    assert (closing.loc[5:, "against_prompt"] < closing.loc[5:, "against_prompt_if_open"] - 1_000).all()


def test_what_was_converted_before_keeps_its_gain() -> None:
    """Prompt with the risk: what moved by 2030 is in Roth to the end, what came later stays and is taxed as never."""
    closing = mr.cost_of_waiting(LIN.with_(conversions_end_year=2031), [0]).projection
    never = mr.project(LIN, ["never", "prompt"])

    prompt = closing.ledger[closing.ledger["strategy"] == "prompt"].set_index("year")
    assert (prompt.loc[2026:2030, "after_tax_closing"] < 1).all()
    assert (prompt.loc[2031:, "after_tax_moved"] == 0).all()
    value = closing.summary["value_after_tax"].iloc[0]
    assert (
        never.summary.loc["never", "value_after_tax"] < value < never.summary.loc["prompt", "value_after_tax"]
    )


@pytest.mark.parametrize("year", [2057, 2090])
def test_a_law_that_changes_after_the_plan_changes_nothing(year: int) -> None:
    """From a year after the horizon nothing is caught and both prices agree."""
    costs = mr.cost_of_waiting(LIN.with_(conversions_end_year=year), [0, 5])

    assert costs["caught"].tolist() == [0, 0]
    assert costs["against_prompt"].tolist() == pytest.approx(costs["against_prompt_if_open"].tolist())


def test_a_law_that_has_changed_makes_all_waits_alike() -> None:
    """From the first year on nothing can move: no wait differs, and all that was there is caught."""
    client = MOREAU.with_(conversions_end_year=2026)

    costs = mr.cost_of_waiting(client, [0, 1, 3])

    assert costs["caught"].tolist() == [55_500] * 3
    assert costs["against_prompt"].abs().max() < CENT


# Break-even


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_the_rate_in_retirement_at_which_late_ways_tie(name: str) -> None:
    """Put into the client, the rate makes both worth the same to the cent; on either side another one is ahead."""
    client = SAMPLES[name]
    even = mr.break_even(client)

    assert (even.of, even.between) == ("retirement_tax_rate", ("late_convert", "late_split"))
    values = mr.project(client.with_(retirement_tax_rate=even.rate), even.between).summary["value_after_tax"]
    assert values.iloc[0] == pytest.approx(values.iloc[1], abs=CENT)
    # The split's earnings bear the rate in retirement, so it wins where that is low.
    assert even.difference_at_low < 0 < even.difference_at_high
    for rate, ahead in ((even.rate - 0.01, "late_split"), (even.rate + 0.01, "late_convert")):
        beside = mr.project(client.with_(retirement_tax_rate=rate), even.between).summary["value_after_tax"]
        assert beside.idxmax() == ahead


@settings(max_examples=10, deadline=None)
@given(clients(), st.sampled_from(sorted(SEARCHED)))
def test_a_break_even_ties_and_none_means_one_side(client: mr.Client, of: str) -> None:
    """A rate is a tie to the cent, or the place where a cliff lets the difference jump; no rate: one sign at all points."""
    even = mr.break_even(client, of=of)

    def difference(rate: float) -> float:
        values = mr.project(client.with_(**{of: rate}), even.between).summary["value_after_tax"]
        return values.iloc[0] - values.iloc[1]

    low, high, points = SEARCHED[of]
    assert (even.low, even.high) == (low, high)
    assert difference(low) == pytest.approx(even.difference_at_low, abs=CENT)
    assert difference(high) == pytest.approx(even.difference_at_high, abs=CENT)
    for rate in even.rates:
        assert low < rate < high
        jumps = difference(rate - 1e-9) * difference(rate + 1e-9) < 0
        assert abs(difference(rate)) < CENT or jumps
    if even.rate is None:
        signs = {np.sign(gap) for gap in map(difference, np.linspace(low, high, points)) if abs(gap) > CENT}
        assert len(signs) <= 1
        assert even.always_wins == {1: "late_convert", -1: "late_split"}.get(next(iter(signs), 0))
    else:
        assert even.always_wins is None
        nearest = min(even.rates, key=lambda each: abs(each - getattr(client.assumptions, of)))
        assert even.rate == nearest


def test_a_tie_between_other_strategies() -> None:
    """Any two can be asked for; with the sides changed the rate is the same and the differences change their sign."""
    there = mr.break_even(LIN, between=[mr.delay(5), "late_split"])
    back = mr.break_even(LIN, between=("late_split", mr.delay(5)))

    assert there.between == ("delay_60m", "late_split")
    assert there.rate == pytest.approx(back.rate, abs=1e-9)
    assert there.difference_at_low == pytest.approx(-back.difference_at_low, abs=CENT)


@pytest.mark.parametrize(("assumed", "nearest"), [(0.06, 0), (0.15, 1)])
def test_of_two_ties_the_nearest_is_the_rate(assumed: float, nearest: int) -> None:
    """Okafor's late conversion ties with a brokerage account at a low and at a high return: both are told."""
    even = mr.break_even(OKAFOR.with_(annual_return=assumed), "annual_return", ("late_convert", "brokerage"))

    assert even.rates == pytest.approx((0.018, 0.173), abs=0.002)
    assert even.rate == even.rates[nearest]
    assert even.always_wins is None
    assert even.working["amount"].iloc[-1] == even.rate


def test_one_side_always_wins() -> None:
    """At any rate in retirement prompt beats a late conversion: no rate, and the side is named."""
    even = mr.break_even(LIN, between=("prompt", "late_convert"))

    assert (even.rate, even.rates, even.difference_at_rate) == (None, (), None)
    assert even.always_wins == "prompt"
    assert even.difference_at_low > 0
    assert even.working["label"].tolist()[-1] == "Difference there"


def test_two_that_never_differ() -> None:
    """Without after-tax money there is nothing to tie: no rate and no winner."""
    even = mr.break_even(LIN.with_(after_tax=0.0, after_tax_so_far=0.0))

    assert (even.rate, even.always_wins) == (None, None)
    assert abs(even.difference_at_high) < CENT


def test_the_working_of_a_break_even_ends_in_the_rate() -> None:
    """From the two ends of the search to the difference at the rate, and last the rate itself."""
    even = mr.break_even(REYES, of="annual_return")

    steps = even.working
    assert list(steps.columns) == ["label", "amount", "formula", "source"]
    amounts = [
        0.001,
        even.difference_at_low,
        0.2,
        even.difference_at_high,
        even.difference_at_rate,
        even.rate,
    ]
    assert steps["amount"].tolist() == amounts
    assert even.difference_at_low > 0 > even.difference_at_high


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        *(("of", {"of": bad}) for bad in ("inflation", "rate", None, 3, ["annual_return"])),
        *(
            ("between", {"between": bad})
            for bad in (
                "late_split", None, 7, (), ("prompt",), ("prompt", "sometime"), ("prompt", "prompt"), ("prompt", None),
                ("prompt", "late_split", "never"),
            )
        ),
    ],
    ids=repr,
)  # fmt: skip
def test_impossible_break_evens(field: str, asked: dict) -> None:
    """Another assumption, or other than two strategies: InputError naming the argument."""
    with pytest.raises(mr.InputError) as caught:
        mr.break_even(LIN, **asked)

    assert caught.value.field == field
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "bad",
    [None, 5, "5", [], [-1], [0, -0.5], [0.51], [101], [math.nan], [math.inf], ["2"], [None], [True], [[1, 2]], [1, 1.0],
     [0, 3, 3]],
    ids=repr,
)  # fmt: skip
def test_impossible_delays(bad: object) -> None:
    """Negative, not whole months, too long, none, twice, or no list: InputError naming the field."""
    with pytest.raises(mr.InputError) as caught:
        mr.cost_of_waiting(LIN, bad)

    assert caught.value.field == "delays"
    assert str(caught.value).endswith(".")


def test_other_bad_input() -> None:
    """An unknown destination, a row that is not there, and what project itself refuses."""
    with pytest.raises(mr.InputError) as caught:
        mr.cost_of_waiting(LIN, earnings_to="cash")
    assert caught.value.field == "earnings_to"
    with pytest.raises(mr.InputError) as caught:
        mr.cost_of_waiting(LIN, [0, 1]).working_of(2)
    assert caught.value.field == "delays"
    with pytest.raises(mr.InputError) as caught:
        mr.cost_of_waiting(REYES.with_(way_out="in_plan_rollover", tax_paid_from="from_conversion"))
    assert caught.value.field == "tax_paid_from"
