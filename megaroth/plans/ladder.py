"""What can come out of Roth without tax and additional tax, year by year, by where the converted money went."""

from collections.abc import Iterator, Mapping

import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.law import Law, load_law
from megaroth.rules.roth_access import free_from_plan_roth, free_from_roth_ira
from megaroth.rules.roth_money import Conversion, RothMoney

# Where converted money can go, and the plan's way out that leads there.
WAYS = {"roth_ira": "in_service_distribution", "designated_roth": "in_plan_rollover"}


def ladder(client: Client, ledgers: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """
    Dollars that can come out of Roth at each year's end without tax and additional tax, for both destinations.

    In either case the client has both Roth accounts, the Roth IRAs and the one in the plan; only the converted money is
    now in one, now in the other. A Roth IRA pays out in the order of its layers, each conversion with a clock of its own
    for its taxed part; the account in the plan pays pro rata, so of it nothing is free before it is qualified, or all.
    Whether the plan pays out at all, before the job ends, is a question of its own; it stays in the plan here.

    What the balances do not tell is taken cautiously: Roth money that is there at the start began its five years in the
    year before the first one, unless an earlier conversion is known; what is in the plan's account then is earnings.

    Args:
        client: whose ledgers these are.
        ledgers: by destination, of WAYS; the ledger of the client with that way out.

    Returns: index (strategy, year); for each destination a column of its name, what is free of the value of both
        accounts together, <name>_value, that value, and <name>_from_ira and <name>_from_plan, out of which account it
        comes, USD. A destination without a ledger is NaN.
    Source: 26 U.S.C. 408A(d)(2)-(4), 402A(c)(4), (d), 72(e)(8), 72(t); see megaroth.rules.roth_access.
    """
    by_way = {way: _of_destination(client, way, ledger) for way, ledger in ledgers.items()}
    columns = [f"{way}{part}" for way in WAYS for part in ("", "_value", "_from_ira", "_from_plan")]
    return pd.concat(by_way.values(), axis=1).reindex(columns=columns)


def _of_destination(client: Client, way: str, ledger: pd.DataFrame) -> pd.DataFrame:
    home, rows = client.household, {}
    born = home.birth_year if client.participant == "client" else home.spouse_birth_year
    for strategy, years in ledger.groupby("strategy", sort=False):
        for law, ira, plan in _roth_accounts(client, way, years):
            from_ira = free_from_roth_ira(law, ira, born).amount if ira.value else 0.0
            from_plan = free_from_plan_roth(law, plan, born).amount if plan.value else 0.0
            rows[strategy, law.year] = from_ira + from_plan, ira.value + plan.value, from_ira, from_plan
    columns = [way, f"{way}_value", f"{way}_from_ira", f"{way}_from_plan"]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float)
    return found.set_axis(pd.MultiIndex.from_tuples(found.index, names=["strategy", "year"]))


def _roth_accounts(
    client: Client, way: str, years: pd.DataFrame
) -> Iterator[tuple[Law, RothMoney, RothMoney]]:
    """At each year's end of one strategy: the law, the Roth IRAs, and the Roth account in the plan."""
    start, before = client.balances, client.assumptions.start_year - 1
    to_ira = [Conversion(each.year, each.taxable, each.nontaxable) for each in start.roth_ira_conversions]
    had_ira = start.roth_ira_value or start.roth_ira_contributions
    ira_since = min((before, *(each.year for each in to_ira))) if had_ira else None
    plan_since = before if start.designated_roth else None
    in_plan, deferred = [], 0.0
    for row in years.to_dict("records"):
        to_ira += conversion_of(row, "roth_ira", way)
        in_plan += conversion_of(row, "designated_roth", way)
        deferred += row["designated_roth_in"]
        if plan_since is None and (in_plan or deferred):
            plan_since = row["year"]
        yield (
            load_law(row["year"], client.assumptions.inflation),
            RothMoney(row["roth_ira_closing"], start.roth_ira_contributions, tuple(to_ira), ira_since),
            RothMoney(row["designated_roth_closing"], deferred, tuple(in_plan), plan_since),
        )


def conversion_of(row: Mapping[str, float], name: str, way: str) -> list[Conversion]:
    """What a year brought into one Roth account, if anything; a tax kept back, basis first, never arrived there."""
    moved, kept = row[f"{name}_moved"], row[f"{name}_tax"]
    if moved <= 0:
        return []
    taxable = row["taxable_rollover"] if name == way else 0.0
    basis = max(0.0, moved - taxable)
    basis_kept = min(kept, basis)
    return [Conversion(row["year"], max(0.0, taxable - (kept - basis_kept)), basis - basis_kept)]
