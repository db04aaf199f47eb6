"""Tables of many years: what the money could become in one future or in many, and what moves the price of waiting."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.labels import label_of
from megaroth.plans.comparison import BreakEven, discounting, horizon_years
from megaroth.plans.projection import Projection
from megaroth.plans.scenarios import Scenario
from megaroth.plans.sensitivity import RATE_STEPS, Sensitivity
from megaroth.plans.simulation import QUANTILES, Simulation
from megaroth.plans.strategies import Strategy
from megaroth.show.language import Language, language
from megaroth.show.tables import frame, put_together, strategy_name, value_heading, wait_label, year_label

NOTHING = "–"
LEAST = 0.5  # USD; less is no difference
MOST_ROWS = 9  # of the tornado


def worth_table(projection: Projection, code: str) -> pd.DataFrame:
    """Each strategy at the horizon: value after tax, the same brought to today, and its distance to the first."""
    speak = language(code)
    assumed, (rate, basis) = projection.client.assumptions, discounting(projection.client)
    factor = (1 + rate) ** -horizon_years(projection.client)
    today = speak._("In today's dollars") if basis == "inflation" else speak._("Present value")
    rows = []
    for strategy in projection.strategies:
        found = projection.summary.loc[strategy.key]
        against = found["against_first"]
        rows.append(
            (
                strategy_name(speak, strategy), speak.money(found["value_after_tax"]),
                speak.money(found["value_after_tax"] * factor),
                NOTHING if strategy is projection.strategies[0] else speak.money(against),
            )
        )  # fmt: skip
    first = strategy_name(speak, projection.strategies[0])
    headings = (
        value_heading(speak, assumed.horizon_year),
        today,
        speak._("Against {strategy}", strategy=first),
    )
    return frame(speak, ("Way", *headings), rows)


def futures_table(simulation: Simulation, code: str) -> pd.DataFrame:
    """Poor, middle and good futures: the value of both strategies at the horizon, and how far they are apart."""
    speak, (first, second) = language(code), simulation.strategies[:2]
    lead = simulation.at_horizon[0] - simulation.at_horizon[1]
    rows = [
        (
            speak._("{share} end below", share=f"{share:.0%}"),
            *(speak.money(np.quantile(values, share)) for values in (*simulation.at_horizon[:2], lead)),
        )
        for share in QUANTILES
    ]
    apart = speak._(
        "{first} less {second}", first=strategy_name(speak, first), second=strategy_name(speak, second)
    )
    return frame(speak, ("Futures", strategy_name(speak, first), strategy_name(speak, second), apart), rows)


def taxes_on_the_way(projection: Projection, code: str) -> pd.DataFrame:
    """Why they differ: the taxes that each strategy pays on its way, and at the end."""
    speak, rows = language(code), []
    for strategy in projection.strategies:
        found, working = projection.summary.loc[strategy.key], projection.value_working(strategy.key)
        at_the_end = working.set_index("label")["amount"]
        rows.append(
            (
                strategy_name(speak, strategy), speak.money(found["tax"]), speak.money(found["side_account_tax"]),
                speak.money(-at_the_end["Income tax when it is drawn"]), speak.money(-at_the_end["Tax on the gain"]),
            )
        )  # fmt: skip
    columns = (
        "Way",
        "Tax on conversions",
        "Tax on dividends",
        "Income tax at the end",
        "Tax on gains at the end",
    )
    return frame(speak, columns, rows)


def values_table(projection: Projection, code: str) -> pd.DataFrame:
    """Value after tax by year: three years, then every fifth, and the last."""
    speak, values = language(code), projection.values()
    marks = projection.ledger.groupby("year")["projected"].first()
    shown = [
        year for k, year in enumerate(values.index) if k < 3 or year % 5 == 0 or year == values.index[-1]
    ]
    rows = [
        (
            year_label(speak, year, marks[year]),
            *(speak.money(values.loc[year, each.key]) for each in projection.strategies),
        )
        for year in shown
    ]
    names = (strategy_name(speak, each) for each in projection.strategies)
    return frame(speak, ("Year", *names), rows)


def ladder_table(ladder: pd.DataFrame, projection: Projection, strategy: Strategy, code: str) -> pd.DataFrame:
    """What is free of tax by year, for both places of converted money: three years, then every fifth, and the last."""
    speak, of_one = language(code), ladder.loc[strategy.key]
    marks = projection.ledger.groupby("year")["projected"].first()
    rows = [
        (
            year_label(speak, year, marks[year]),
            *(_money_or_nothing(speak, row[name]) for name in ("roth_ira", "designated_roth")),
        )
        for k, (year, row) in enumerate(of_one.iterrows())
        if k < 3 or year % 5 == 0 or year == of_one.index[-1]
    ]
    columns = "Year", "Converted money in a Roth IRA", "Converted money in the Roth 401(k)"
    return frame(speak, columns, rows)


def _money_or_nothing(speak: Language, amount: float) -> str:
    return NOTHING if np.isnan(amount) else speak.money(amount)


def mistakes_table(projection: Projection, code: str) -> pd.DataFrame:
    """The right way and each mistake: what is taxed, the tax, and how far it ends behind."""
    speak, rows = language(code), []
    for strategy in projection.strategies:
        found = projection.summary.loc[strategy.key]
        rows.append(
            (
                strategy_name(speak, strategy), speak.money(found["taxable_rollover"] + found["taxable_refund"]),
                speak.money(found["tax"] + found["additional_tax"]), speak.money(found["against_first"]),
            )
        )  # fmt: skip
    horizon = projection.client.assumptions.horizon_year
    return frame(speak, ("Way", "Income", "Tax", speak._("Against prompt in {year}", year=horizon)), rows)


def break_even_sentences(breaks: Sequence[BreakEven], code: str) -> list[str]:
    """Each break-even in a sentence: at which rate the two ways tie, or that one of them is ahead everywhere."""
    return [_break_even(language(code), each) for each in breaks]


TIES = {
    "retirement_tax_rate": (
        "All to Roth and the split would end level at a tax rate of {rate} in retirement; above it, all to Roth is ahead.",
        "At every tax rate in retirement, {way} is ahead.",
    ),
    "annual_return": (
        "All to Roth and the split would end level at a return of {rate} a year.",
        "At every return from {low} to {high} a year, {way} is ahead.",
    ),
}
TIED = {"late_convert": "all to Roth at leaving", "late_split": "the split at leaving"}


def _break_even(speak: Language, found: BreakEven) -> str:
    at_rate, always = TIES[found.of]
    if found.rate is not None:
        return speak._(at_rate, rate=speak.percent(found.rate))
    if found.always_wins is None:
        return speak._("All to Roth and the split would end level whatever is assumed.")
    ends = {"low": speak.percent(found.low), "high": speak.percent(found.high)}
    return speak._(always, way=speak._(TIED[found.always_wins]), **ends)


def grid_table(found: Sensitivity, code: str) -> pd.DataFrame:
    """The cost of waiting by return and years waited, in thousands (万) of today's dollars."""
    speak, costs = language(code), -found.grid.sort_index(ascending=False)
    rows = [(speak.percent(rate), *map(speak.thousands, row)) for rate, row in costs.iterrows()]
    return frame(speak, ("Return a year", *(f"{years:g}" for years in costs.columns)), rows)


def scenarios_table(scenarios: Sequence[Scenario], code: str) -> pd.DataFrame:
    """
    The answers of each version, a column each.

    No values at the end: each rests on a side account of its own, so they say nothing beside each other.
    """
    speak = language(code)
    rows = [
        (speak._("Room of the first year"), *(speak.money(each.room.space) for each in scenarios)),
        (speak._("Still open of it"), *(speak.money(each.room.remaining) for each in scenarios)),
        (speak._("How it would move"), *(strategy_name(speak, each.way) for each in scenarios)),
        (speak._("More than a brokerage account, today"), *(speak.money(each.gain) for each in scenarios)),
        (
            speak._("Cost of waiting, today"),
            *(
                speak._(
                    "{amount} for {wait}",
                    amount=speak.money(each.waiting_costs),
                    # A narrow cell breaks before it.
                    wait=wait_label(speak, each.wait).replace(" ", "\N{NO-BREAK SPACE}"),
                )
                for each in scenarios
            ),
        ),
    ]
    return put_together([speak._("Answer"), *(each.client.name for each in scenarios)], rows)


# --- sentences of the pictures ---


def scenarios_finding(speak: Language, scenarios: Sequence[Scenario]) -> str:
    """Which version leaves most over a brokerage account."""
    first, *others = scenarios
    if not others:
        text = "Choose what is to stand beside {name}."
        return speak._(text, name=first.client.name)
    highest = max(scenarios, key=lambda each: each.gain)
    if all(abs(each.gain - first.gain) < LEAST for each in others):
        return speak._("All of them would gain the same over a brokerage account.")
    text = "{name} would gain most over a brokerage account: {gain} in today's dollars."
    return speak._(text, name=highest.client.name, gain=speak.about(highest.gain))


def tornado_rows(speak: Language, tornado: pd.DataFrame) -> list[tuple[str, str, str, float, float]]:
    """Assumption, its low and high in words, and the cost of waiting at each; those that move nothing are left out."""
    return [
        (
            speak._(label_of(name)), _assumed(speak, name, row["low"]), _assumed(speak, name, row["high"]),
            -row["answer_at_low"], -row["answer_at_high"],
        )
        for name, row in tornado[tornado["swing"] >= LEAST].head(MOST_ROWS).iterrows()
    ]  # fmt: skip


def _assumed(speak: Language, name: str, amount: float) -> str:
    return speak.percent(amount) if name in RATE_STEPS else f"{amount:.0f}"


def tornado_finding(speak: Language, tornado: pd.DataFrame) -> str:
    """Which assumption moves the price of waiting most."""
    first = tornado.index[0]
    if tornado["swing"].iloc[0] < LEAST:
        return speak._("No assumption moves the cost of waiting")
    row = tornado.iloc[0]
    ends = sorted((-row["answer_at_low"], -row["answer_at_high"]))
    return speak._(
        "{assumption} moves it most: the cost goes from {low} to {high}",
        assumption=speak._(label_of(first)), low=speak.about(ends[0]), high=speak.about(ends[1]),
    )  # fmt: skip


def mistakes_finding(speak: Language, projection: Projection) -> str:
    """Which mistake costs most."""
    behind = -projection.summary["against_first"].iloc[1:]
    worst = next(each for each in projection.strategies if each.key == behind.idxmax())
    if behind.max() < LEAST:
        return speak._("None of these would end behind prompt.")
    values = {"mistake": strategy_name(speak, worst), "cost": speak.about(behind.max())}
    text = "The dearest of them, “{mistake}”, would end {cost} behind prompt in {year}."
    return speak._(text, year=projection.client.assumptions.horizon_year, **values)


def ladder_finding(speak: Language, client: Client, free: pd.DataFrame) -> str:
    """From which year on all is free, and what is free five years from the start, in the Roth IRA."""
    start = client.assumptions.start_year
    if "roth_ira" not in free:
        return speak._("An in-plan rollover is the only way here")
    year = min(start + 5, int(free.index[-1]))
    amount = float(free.loc[year, "roth_ira"])
    return speak._(
        "By {year} {amount} could come out of a Roth IRA free of tax", year=year, amount=speak.about(amount)
    )
