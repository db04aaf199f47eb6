"""Many markets: the same engine path by path, seeds that repeat, quantiles and chances that can be, a run that can be stopped."""

import signal
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import megaroth as mr
from megaroth.plans import simulation
from megaroth.plans.engine import run
from megaroth.plans.markets import BLOCK, CREDIT, Mix, growth_paths
from megaroth.plans.mistakes import MISTAKES
from megaroth.plans.planned import plan_of_years
from megaroth.plans.simulation import AT_ONCE, MONTHS, QUANTILES
from tests.generators import CENT, clients

LIN, MOREAU, OKAFOR, REYES = (mr.Client.load(name) for name in ("lin", "moreau", "okafor", "reyes"))
SHORT = LIN.with_(separation_year=2028, retirement_year=None, horizon_year=2031)
KEYS = [each.key for each in mr.STRATEGIES]
PROMPT_OF_SEED_1 = [2160314.9, 8404925.17, 28685606.73]
LATE_OF_SEED_1 = [2084708.55, 8136015.25, 27327070.73]


TOGETHER = AT_ONCE * BLOCK


def monthly_growth(client: mr.Client, paths: int, seed: int = 1, market: str = "lognormal") -> np.ndarray:
    """The market of simulate's paths, side by side."""
    assumed = client.assumptions
    years = assumed.horizon_year - assumed.start_year + 1
    return np.concatenate(list(growth_paths(Mix.of(assumed), years, paths, seed, market)), axis=1)


# The same engine


@settings(max_examples=10, deadline=None)
@given(clients(), st.sampled_from(["outside", "from_conversion"]))
def test_without_volatility_it_is_the_projection(client: mr.Client, paid_from: str) -> None:
    """At zero volatility every path and quantile is project with twelve periods, each year, to the cent."""
    if client.plan.way_out != "in_plan_rollover":
        client = client.with_(tax_paid_from=paid_from)
    fan = mr.simulate(client.with_(volatility=0.0), paths=3)

    values = mr.project(client.with_(pay_periods=12)).values()
    for share in QUANTILES:
        assert fan.quantiles[share].unstack("strategy")[KEYS].to_numpy() == pytest.approx(
            values.to_numpy(), abs=CENT
        )
    assert fan.at_horizon[:, 2] == pytest.approx(values.iloc[-1].to_numpy(), abs=CENT)


def test_without_volatility_bonds_count_as_they_do_in_the_projection() -> None:
    """Half in bonds: project and simulate grow the money at the same return of the mix."""
    client = SHORT.with_(stock_share=0.5, bond_return=0.03, volatility=0.0, bond_volatility=0.0)

    ends = mr.simulate(client, paths=1).at_horizon[:, 0]

    values = mr.project(client.with_(pay_periods=12)).values()
    assert ends == pytest.approx(values.iloc[-1].to_numpy(), abs=CENT)
    assert (ends < mr.simulate(client.with_(stock_share=1.0), paths=1).at_horizon[:, 0] - 1_000).all()


@pytest.mark.parametrize("market", ["lognormal", "history"])
@pytest.mark.parametrize("client", [LIN, MOREAU, OKAFOR, REYES], ids=lambda client: client.name)
def test_a_path_among_many_is_the_path_alone(client: mr.Client, market: str) -> None:
    """Each path, taken out of the market and run alone, gives the cents that it gives among the others."""
    fan = mr.simulate(client, paths=TOGETHER + 3, seed=5, market=market)
    growth = monthly_growth(client, TOGETHER + 3, 5, market)

    plan = plan_of_years(client.with_(pay_periods=MONTHS), mr.STRATEGIES)
    worst, best = fan.at_horizon[0].argmin(), fan.at_horizon[0].argmax()
    for path in (0, 1, BLOCK - 1, BLOCK, TOGETHER - 1, TOGETHER, TOGETHER + 2, worst, best):
        alone = run(plan, growth[:, [path]]).after_tax[-1, :, 0]
        assert fan.at_horizon[:, path] == pytest.approx(alone, abs=CENT)


def test_every_strategy_of_an_advisor_can_be_run() -> None:
    """Chosen years, other rhythms, waits and mistakes run on the same paths as prompt."""
    chosen = ("prompt", mr.delay(1), "never", *MISTAKES)

    fan = mr.simulate(SHORT, paths=20, strategies=chosen)

    assert fan.quantiles.index.get_level_values("strategy").unique().tolist() == [
        each if isinstance(each, str) else each.key for each in chosen
    ]
    alone = mr.simulate(SHORT, paths=20, strategies=["prompt"]).at_horizon[0]
    with_never = mr.simulate(
        SHORT.with_(dividend_yield=0.0), paths=20, strategies=["prompt", "never"]
    ).at_horizon[0]
    assert with_never == pytest.approx(alone, abs=CENT)  # neither pays any tax on the way


def test_the_first_pay_period_keeps_its_place_in_the_year() -> None:
    """Of 26 paychecks the 14th opens the second half, of twelve the seventh: what is in came before, the rest after."""
    client = SHORT.with_(volatility=0.0, first_pay_period=14, after_tax_so_far=10_000.0)

    fan = mr.simulate(client, paths=1)

    values = mr.project(client.with_(pay_periods=12, first_pay_period=7)).values()
    assert fan.at_horizon[:, 0] == pytest.approx(values.iloc[-1].to_numpy(), abs=CENT)


# Seeds


@pytest.mark.parametrize("market", ["lognormal", "history"])
def test_a_seed_repeats(market: str) -> None:
    """The same seed the same numbers to the last bit; another seed others; a path does not know how many there are."""
    once = mr.simulate(SHORT, paths=200, seed=3, market=market)

    again, fewer, other = (
        mr.simulate(SHORT, paths=n, seed=s, market=market) for n, s in ((200, 3), (50, 3), (200, 4))
    )
    assert once.quantiles.equals(again.quantiles)
    assert np.array_equal(once.at_horizon, again.at_horizon)
    assert np.array_equal(once.at_horizon[:, :50], fewer.at_horizon)
    assert not np.array_equal(once.at_horizon, other.at_horizon)


def test_the_numbers_of_a_seed() -> None:
    """Lin with seed 1: the middle and the edges at the horizon, to the cent, as on every machine."""
    fan = mr.simulate(LIN, paths=1_000)

    last = fan.quantiles.xs(2056, level="year")
    assert last.loc["prompt", [0.05, 0.5, 0.95]].round(2).tolist() == PROMPT_OF_SEED_1
    assert last.loc["late_convert", [0.05, 0.5, 0.95]].round(2).tolist() == LATE_OF_SEED_1


# The answer


@settings(max_examples=8, deadline=None)
@given(clients(), st.sampled_from(["lognormal", "history"]), st.integers(0, 9))
def test_quantiles_rise_and_chances_are_shares(client: mr.Client, market: str, seed: int) -> None:
    """Whatever the client: quantiles in order, chances between 0 and 1, no worst case above a quantile."""
    fan = mr.simulate(client, paths=40, market=market, seed=seed)

    quantiles = fan.quantiles
    assert quantiles.index.names == ["strategy", "year"]
    assert tuple(quantiles.columns) == QUANTILES
    assert (np.diff(quantiles.to_numpy(), axis=1) >= 0).all()
    assert quantiles.loc["prompt"].index.tolist() == list(
        range(client.assumptions.start_year, client.assumptions.horizon_year + 1)
    )
    assert fan.chances.index.tolist() == KEYS[1:]
    assert fan.chances.between(0, 1).all()
    assert 0 <= fan.chance_waiting_wins <= 1
    low = quantiles.xs(client.assumptions.horizon_year, level="year")[QUANTILES[0]]
    assert (fan.worst["value_after_tax"] <= low[fan.worst.index] + CENT).all()


def test_quantiles_and_chances_by_hand() -> None:
    """They are the quantiles of the paths, and the share of paths on which a strategy ends above prompt."""
    client = OKAFOR.with_(frequency="yearly", volatility=0.4, retirement_tax_rate=0.1)
    fan = mr.simulate(client, paths=300)
    plan = plan_of_years(client.with_(pay_periods=MONTHS), mr.STRATEGIES)
    values = run(plan, monthly_growth(client, 300))

    for k, key in enumerate(KEYS):
        for year in (2026, 2040, 2050):
            expected = np.quantile(values.after_tax[year - 2026, k], QUANTILES)
            assert fan.quantiles.loc[(key, year)].to_numpy() == pytest.approx(expected, abs=CENT)
    ends = values.after_tax[-1]
    assert fan.chances["late_split"] == np.mean(
        [late > prompt + CENT for late, prompt in zip(ends[3], ends[0], strict=True)]
    )
    # Prompt is yearly here and taxed in good years; waiting wins where later ones lost what they gained.
    assert 0 < fan.chances["late_convert"] < 0.5 < fan.chances["late_split"] < 1
    assert fan.chance_waiting_wins == fan.chances["late_convert"]
    worst = fan.worst.loc["late_convert"]
    assert worst["value_after_tax"] == ends[2].min() == ends[2, int(worst["path"])]
    assert worst["against_first"] == (ends[2] - ends[0]).min()


def test_the_chance_without_late_convert() -> None:
    """Without it the chance is that of the strategy after the first; of one strategy there is none."""
    wait = mr.simulate(SHORT, paths=30, strategies=["prompt", mr.delay(1), "late_split"])
    alone = mr.simulate(SHORT, paths=30, strategies=["prompt"])

    assert wait.chance_waiting_wins == wait.chances["delay_12m"]
    assert alone.chances.empty
    assert alone.chance_waiting_wins is None


def test_a_falling_market_is_no_win_and_no_loss() -> None:
    """Where every path falls there is nothing to tax: all that ends in Roth ties, no deduction, and a tie is no win."""
    fan = mr.simulate(SHORT.with_(annual_return=-0.3, volatility=0.02, dividend_yield=0.0), paths=50)

    ends = dict(zip(KEYS, fan.at_horizon, strict=True))
    for key in ("yearly", "late_convert", "late_split", "never"):
        assert ends[key] == pytest.approx(ends["prompt"], abs=CENT)
    assert (fan.chances[["yearly", "late_convert", "late_split", "never"]] == 0).all()
    assert fan.worst.loc["late_convert", "against_first"] > -CENT


def test_bonds_narrow_the_fan() -> None:
    """With half in bonds that do not move with stocks the edges come closer, and the middle is that of the mix."""
    stocks, mixed = (mr.simulate(SHORT.with_(stock_share=share), paths=500).quantiles for share in (1.0, 0.5))

    assert ((mixed[0.95] - mixed[0.05]) < (stocks[0.95] - stocks[0.05])).all()
    assert (mixed[0.5] < stocks[0.5]).all()


def test_history_names_its_source() -> None:
    """A figure that rests on the history of markets carries the credit; a drawn one needs none."""
    assert mr.simulate(SHORT, paths=2, market="history").credit == CREDIT
    assert mr.simulate(SHORT, paths=2).credit is None


# Stopping, progress, memory


def test_a_run_that_is_stopped_keeps_what_is_done() -> None:
    """Asked before each 10,000 paths: the second time it says stop, and the first are the answer, as if asked for alone."""
    asked = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) == 2

    fan = mr.simulate(SHORT, paths=4 * TOGETHER, stop=stop)

    assert (fan.paths, fan.asked, len(asked)) == (TOGETHER, 4 * TOGETHER, 2)
    assert fan.quantiles.equals(mr.simulate(SHORT, paths=TOGETHER).quantiles)
    assert (
        str(fan.note) == "The simulation was stopped after 10000 of 40000 paths: the figures rest on these."
    )
    assert mr.simulate(SHORT, paths=10).note is None


def test_a_run_that_is_stopped_at_once_says_so() -> None:
    """Nothing done: no figures but the same shapes, and a sentence."""
    fan = mr.simulate(SHORT, paths=10, stop=lambda: True)

    assert fan.paths == 0
    assert fan.quantiles.shape == (6 * 6, 5)
    assert fan.quantiles.isna().all(axis=None)
    assert fan.chances.isna().all()
    assert np.isnan(fan.chance_waiting_wins)
    assert fan.worst.isna().all(axis=None)
    assert "no figures" in str(fan.note)


def test_ctrl_c_stops_without_a_traceback() -> None:
    """The signal of Ctrl-C in the middle of a run gives what is done, as if asked for alone."""
    asked = []

    def press() -> bool:
        asked.append(True)
        if len(asked) == 3:
            signal.raise_signal(signal.SIGINT)
        return False

    fan = mr.simulate(SHORT, paths=5 * TOGETHER, strategies=["prompt", "late_convert"], stop=press)

    assert (fan.paths, len(asked)) == (2 * TOGETHER, 3)
    alone = mr.simulate(SHORT, paths=2 * TOGETHER, strategies=["prompt", "late_convert"])
    assert fan.quantiles.equals(alone.quantiles)
    assert str(fan.note).startswith("The simulation was stopped after 20000 of 50000 paths")


@pytest.mark.parametrize(("patience", "shown"), [(0.0, True), (60.0, False)])
def test_a_long_run_shows_its_progress(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, patience: float, shown: bool
) -> None:
    """Once a run takes longer than the patience a bar counts its paths; a short run shows nothing."""
    assert simulation.PATIENCE == 2.0
    monkeypatch.setattr(simulation, "PATIENCE", patience)

    mr.simulate(SHORT, paths=2 * TOGETHER)

    printed = capsys.readouterr()
    assert printed.out == ""
    assert (" paths" in printed.err) is shown


def test_memory_grows_with_what_is_kept_alone() -> None:
    """Four times the paths take more memory by the values that are kept, not by their months and taxes."""
    chosen = ["prompt", "late_convert"]

    def peak(paths: int) -> int:
        tracemalloc.start()
        mr.simulate(SHORT, paths=paths, strategies=chosen)
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(1)  # what is loaded once
    kept_per_path = 8 * 2 * 6
    assert peak(5 * TOGETHER) - peak(TOGETHER) < 1.5 * 4 * TOGETHER * kept_per_path


# Impossible input


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        *(("paths", {"paths": bad}) for bad in (0, -1, 2.5, 1_000_001, 10**30, "100", None, True, [10])),
        *(("market", {"market": bad}) for bad in ("normal", "", None, 1, ["history"])),
        *(("seed", {"seed": bad}) for bad in (-1, 0.5, None, "one", 2**70)),
        *(("strategies", {"strategies": bad}) for bad in ("prompt", [], None, ["soon"], ["prompt", "prompt"], [3])),
    ],
    ids=repr,
)  # fmt: skip
def test_impossible_input(field: str, asked: dict) -> None:
    """InputError naming the argument, in a sentence, before anything is run."""
    with pytest.raises(mr.InputError) as caught:
        mr.simulate(SHORT, **asked)

    assert caught.value.field == field
    assert str(caught.value).endswith(".")


def test_what_a_client_cannot_assume() -> None:
    """Negative volatility, and a plan that keeps no tax back from an in-plan rollover, are refused as elsewhere."""
    with pytest.raises(mr.InputError) as caught:
        mr.simulate(SHORT.with_(volatility=-0.1))
    assert caught.value.field == "volatility"
    with pytest.raises(mr.InputError) as caught:
        mr.simulate(OKAFOR.with_(tax_paid_from="from_conversion"))
    assert caught.value.field == "tax_paid_from"


def test_a_run_too_large_is_refused_with_its_size() -> None:
    """A million paths of 90 years and six strategies do not fit: refused at once, with how much they would take."""
    client = LIN.with_(horizon_year=2115)

    with pytest.raises(mr.InputError) as caught:
        mr.simulate(client, paths=1_000_000)

    assert (caught.value.field, caught.value.rule) == ("paths", "too_large")
    assert "GB" in str(caught.value)
