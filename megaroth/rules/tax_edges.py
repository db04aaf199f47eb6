"""
The edges ahead of a client's income: brackets, thresholds, phase-outs and cliffs, each found exactly.

Every tax is piecewise linear in the income. An edge is an amount of a measure (ordinary taxable income, AGI, a MAGI) at
which a rule changes; a root finder says how much more income brings the measure there.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from megaroth.facts.law import STATUSES, Law
from megaroth.rules.breaks import NEAR, breaks_between
from megaroth.rules.client_return import ClientReturn, Columns
from megaroth.rules.state_lines import state_lines

FURTHEST = 100_000_000.0  # beyond every line of law
SEARCHED = 2_000_000.0  # how far ahead breaks without a name are looked for
AROUND = np.array([[-2], [-1], [1], [2]]) * NEAR  # where the taxes beside a place are read
CENT = 0.01
SMALL_STEP = 100.0  # dollars
A_BIT = 1e-6  # a measure that stops at its line reaches it nowhere exactly but a bit before
COLUMNS = ["name", "kind", "dollars_to_it", "step_dollars", "rate_before", "rate_after"]


@dataclass(frozen=True)
class Edge:
    """
    A line of law: the rule called *name* changes where *measure* passes *at*.

    Attributes: kind, "edge" (nothing jumps there), "phase-out" or "cliff", or "" where only the client's own taxes tell
        whether it is an edge or a cliff; included, True where the rule bites at the line itself and not only above it.
    """

    name: str
    measure: str
    at: float
    kind: str = "edge"
    included: bool = False


def edges_ahead(ret: ClientReturn, amount: float) -> pd.DataFrame:
    """
    The edges that more income would meet after *amount*, nearest first, and what happens there.

    A line that changes nothing for this client (a phase-out of a deduction not taken) is left out.

    Args: ret, the client's return; amount: income already added, USD.
    Returns: columns COLUMNS; see CostOfIncome.edges_ahead.
    """
    lines = list(_lines(ret, amount))
    at = np.array([line.at for line in lines])
    names = sorted({line.measure for line in lines})
    which = np.array([names.index(line.measure) for line in lines])

    def short_of(income: np.ndarray, measure: np.ndarray, line: np.ndarray) -> np.ndarray:
        found = _measures(ret.columns(conversion=income))
        table = np.stack([np.broadcast_to(found[name], income.shape) for name in names])
        return np.take_along_axis(table, measure[None, :], axis=0)[0] - line

    ahead = short_of(np.full(at.shape, amount), which, at) <= 0
    lines = [line for line, is_ahead in zip(lines, ahead, strict=True) if is_ahead]
    places = _roots(short_of, amount, which[ahead], at[ahead])
    # Where a cliff carries a measure past a line at once, the cliff is the edge and not the line.
    drawn = short_of(np.maximum(places - NEAR, amount), which[ahead], at[ahead]) > -1.0
    lines = [line for line, is_drawn in zip(lines, drawn, strict=True) if is_drawn]
    places = places[drawn]
    unnamed = _unnamed(ret, amount, places)
    lines += [Edge(name, "", 0.0, kind="") for name in unnamed]
    found = _described(ret, amount, lines, np.concatenate([places, list(unnamed.values())]))
    return found.sort_values("dollars_to_it", kind="stable", ignore_index=True)


def _roots(short_of: object, amount: float, which: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Where each measure passes its line: all roots at once."""
    from scipy.optimize.elementwise import find_root  # slow to import, and not needed to price income

    low, high = np.full(at.shape, amount), np.full(at.shape, FURTHEST)
    found = find_root(short_of, (low, high), args=(which, at), tolerances={"xatol": 1e-7, "xrtol": 0})
    return np.where(short_of(low, which, at) == 0, low, found.x)


def _unnamed(ret: ClientReturn, amount: float, places: np.ndarray) -> dict[str, float]:
    """
    Breaks that follow from several rules together, by a name that says whose tax breaks there and at what AGI.

    The small even steps of a credit are one phase-out, named elsewhere, and not a break each.
    """

    def taxes(income: np.ndarray) -> np.ndarray:
        columns = ret.columns(conversion=income)
        return columns["all_taxes"] + columns["credits"]

    ends = np.concatenate([[amount, amount + SEARCHED], places])
    found = breaks_between(taxes, np.unique(np.minimum(ends, amount + SEARCHED)))
    around = ret.columns(conversion=found + AROUND)
    before, after, jump = _beside(around["all_taxes"])
    federal_before, federal_after, _ = _beside(around["total"])
    kept = (np.abs(after - before) > A_BIT) | (np.abs(jump) > SMALL_STEP)
    federal = np.abs(federal_after - federal_before) > A_BIT
    names = np.where(federal, "federal_tax_at_", "state_tax_at_")
    agi = np.broadcast_to(around["agi"], (4, found.size))[1]
    return {
        f"{name}{income:.0f}": place
        for name, income, place in zip(names[kept], agi[kept], found[kept], strict=True)
    }


def _beside(taxes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """From the taxes AROUND a place: the rate before it, the rate after it, and what jumps there."""
    before, after = (taxes[1] - taxes[0]) / NEAR, (taxes[3] - taxes[2]) / NEAR
    return before, after, taxes[2] - taxes[1] - NEAR * (before + after)


def _described(ret: ClientReturn, amount: float, lines: list[Edge], places: np.ndarray) -> pd.DataFrame:
    """The taxes on either side of each place tell what crossing it does."""
    taxes = ret.columns(conversion=np.maximum(places + AROUND, 0.0))["all_taxes"]
    before, after, jump = _beside(taxes)
    jumps = (np.abs(jump) > CENT / 2) & np.array([line.kind != "edge" for line in lines])
    step = np.where(jumps, np.round(jump, 2), 0.0)
    # Rounded down to the cent; where the line itself bites, a cent before it.
    to_it = np.floor((places - amount) * 100 + 1e-4) / 100 - [CENT * line.included for line in lines]
    rows = {
        "name": [line.name for line in lines],
        "kind": [line.kind or ("cliff" if cost else "edge") for line, cost in zip(lines, step, strict=True)],
        "dollars_to_it": np.maximum(to_it, 0.0),
        "step_dollars": step,
        "rate_before": before,
        "rate_after": after,
    }
    matters = (step != 0) | (np.abs(after - before) > A_BIT)
    return pd.DataFrame(rows, columns=COLUMNS)[matters & (places < FURTHEST - 1)]


def _measures(columns: Columns) -> Columns:
    """What lines of law are drawn on."""
    left = columns["income_after_deductions"]
    return {
        "ordinary": left - columns["preferred_income"],
        "taxable": left,
        "agi": columns["agi"],
        "provisional": columns["provisional_income"],
        "taxed_benefits": columns["taxable_social_security"],
        "before_qbi": left + columns["qbi_deduction"],
        "before_itemized": columns["agi"] - columns["senior_deduction"] - columns["qbi_deduction"],
        "standard_over_itemized": columns["standard_deduction"] - columns["itemized_deduction"],
        "amt_income": columns["amt_income"],
        "irmaa_magi": columns["irmaa_magi"],
        **{name: column for name, column in columns.items() if name.startswith("state:")},
    }


def _lines(ret: ClientReturn, amount: float) -> Iterator[Edge]:
    now = ret.columns(conversion=amount)
    status = int(now["status"])
    yield from _bracket_lines(ret.law, now)
    yield from _threshold_lines(ret.law, now)
    yield from _credit_lines(ret.law, now)
    yield from _deduction_lines(ret.law, now)
    yield from _benefit_lines(ret.law, now)
    yield from _amt_lines(ret.law, now)
    yield from _medicare_lines(ret, now)
    for name, measure, at in state_lines(ret.state_law, status, now):
        yield Edge(name, measure, at, kind="")


def _bracket_lines(law: Law, now: Columns) -> Iterator[Edge]:
    """26 U.S.C. 1(h), (j): where the next ordinary dollar, and the gains above it, meet another rate."""
    status = int(now["status"])
    for edge, rate in zip(law.array("bracket_edges")[status], law.bracket_rates, strict=True):
        yield Edge(f"bracket_{rate * 100:.4g}", "ordinary", float(edge))
    for top, rate in zip(law.array("gains_breakpoints")[status], law.gains_rates[1:], strict=True):
        yield Edge(f"gains_{rate * 100:.4g}", "taxable", float(top))
        yield Edge(f"gains_all_{rate * 100:.4g}", "ordinary", float(top))


def _threshold_lines(law: Law, now: Columns) -> Iterator[Edge]:
    """26 U.S.C. 1411(a)(1): the tax rests on MAGI over the line until all net investment income is in it."""
    line = float(law.array("niit_threshold")[int(now["status"])])
    yield Edge("niit_threshold", "agi", line)
    yield Edge("niit_all", "agi", line + float(np.maximum(0.0, now["investment_income"])))


def _credit_lines(law: Law, now: Columns) -> Iterator[Edge]:
    """26 U.S.C. 24(b): a step for each started thousand; the first, the next and the last of them."""
    credit = now["children"] * law.child_credit + now["other_dependents"] * law.other_dependent_credit
    if credit <= 0:
        return
    start, (width, fall) = (
        float(law.array("child_credit_threshold")[int(now["status"])]),
        law.child_credit_step,
    )
    last = start + width * (np.ceil(credit / fall) - 1)
    yield Edge("child_credit_start", "agi", start, "phase-out")
    following = start + width * np.ceil((now["agi"] - start) / width - 1e-9)
    if start < following < last:
        yield Edge("child_credit_step", "agi", float(following), "cliff")
    if last > start:
        yield Edge("child_credit_end", "agi", float(last), "phase-out")


def _deduction_lines(law: Law, now: Columns) -> Iterator[Edge]:
    """26 U.S.C. 151(d)(5)(C), 164(b)(7), 68, 63, 199A: where a deduction begins or ceases to shrink."""
    status = int(now["status"])
    if law.senior_deduction:
        start = float(law.array("senior_deduction_threshold")[status])
        if np.isfinite(start):
            yield Edge("senior_deduction_start", "agi", start, "phase-out")
            end = start + law.senior_deduction / law.senior_deduction_rate
            yield Edge("senior_deduction_end", "agi", end, "phase-out")
    if law.salt_cap_threshold is not None:
        share = law.salt_cap_mfs_share if STATUSES[status] == "mfs" else 1.0
        start, cap, floor = (
            share * each for each in (law.salt_cap_threshold, law.salt_cap, law.salt_cap_floor)
        )
        paid = float(np.clip(now["state_local_taxes"], floor, cap))
        yield Edge("salt_cap_start", "agi", start + (cap - paid) / law.salt_cap_rate, "phase-out")
        yield Edge("salt_cap_floor", "agi", start + (cap - floor) / law.salt_cap_rate, "phase-out")
    if law.itemized_limitation is not None:
        top = float(law.array("bracket_edges")[status][-1])
        yield Edge("itemized_limitation_start", "before_itemized", top, "phase-out")
    yield Edge("standard_deduction", "standard_over_itemized", 0.0)
    if now["self_employment_profit"] > 0:
        start, width = (float(law.array(name)[status]) for name in ("qbi_threshold", "qbi_range"))
        yield Edge("qbi_start", "before_qbi", start, "phase-out")
        yield Edge("qbi_end", "before_qbi", start + width, "phase-out")


def _benefit_lines(law: Law, now: Columns) -> Iterator[Edge]:
    """26 U.S.C. 86: half, then 85% of each further dollar, until 85% of the benefits are income."""
    benefits = float(now["social_security"])
    if benefits <= 0:
        return
    status, (_, high) = int(now["status"]), law.social_security_shares
    first, second = (
        float(law.array(f"social_security_{which}_threshold")[status]) for which in ("first", "second")
    )
    yield Edge("social_security_first", "provisional", first, "phase-out")
    yield Edge("social_security_half", "provisional", min(first + benefits, second), "phase-out")
    yield Edge("social_security_second", "provisional", second, "phase-out")
    yield Edge("social_security_all", "taxed_benefits", high * benefits - A_BIT, "phase-out")


def _amt_lines(law: Law, now: Columns) -> Iterator[Edge]:
    """26 U.S.C. 55(d)(2): the exemption falls above a line until it is gone."""
    status = int(now["status"])
    start, exemption = (float(law.array(name)[status]) for name in ("amt_phaseout_start", "amt_exemption"))
    yield Edge("amt_exemption_start", "amt_income", start, "phase-out")
    yield Edge("amt_exemption_end", "amt_income", start + exemption / law.amt_phaseout_rate, "phase-out")


def _medicare_lines(ret: ClientReturn, now: Columns) -> Iterator[Edge]:
    """42 U.S.C. 1395r(i)(3): each tier is a cliff above its line, the top one at it."""
    if not ret.people:
        return
    tiers = ret.premium_law.irmaa[STATUSES[int(now["status"])]][1:]
    for number, (start, *_) in enumerate(tiers, start=1):
        yield Edge(f"irmaa_{number}", "irmaa_magi", float(start), "cliff", included=number == len(tiers))
