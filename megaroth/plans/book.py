"""
A firm's list of clients: who can act this year, how much is open, and which rows need a look.

A row is checked as every client is; the calculation then runs over many rows at once, through the same formulas as for
one, and gives the same figures to the cent.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from megaroth.facts.client import Client, Plan
from megaroth.facts.errors import InputError
from megaroth.facts.law import Law, latest_published_year, law_of
from megaroth.plans.book_room import BookRoom, book_rooms
from megaroth.plans.book_rows import check_columns, clients_of
from megaroth.rules.breaks import NEAR
from megaroth.rules.client_return import ClientReturn, client_return
from megaroth.rules.client_space import roth_only_catch_up
from megaroth.rules.income_tax import federal_columns
from megaroth.rules.plan_features import highly_compensated, outcomes, takes_after_tax
from megaroth.rules.room import CENT
from megaroth.rules.state_tax import state_columns

AT_ONCE = 2048  # rows: enough that calls do not count, few enough that memory does not grow with the list
PATIENCE = 2.0  # seconds without a bar
# What a row's reasons say, as short codes. These ask for a person:
LOOK = (
    "problem",  # a value must be mended
    "excess",  # more is in than fits
    "plan_not_known",  # an unknown feature of the plan decides
    "roth_catch_up",  # the catch-up must be Roth, and whether the plan offers Roth is not known
    "last_year_pay_not_known",  # it decides about the catch-up or the ACP ceiling
)
# and these are good to know:
NOTED = (
    "acp_test",  # highly compensated: the ACP test can send after-tax money back
    "room_filled",  # what fits is already in
    "above_pay",  # more fits than there is pay left to put in
)
# Columns of the answer with their types; pandas' own texts and nullable flags, so that all parts of a list fit together.
COLUMNS = {
    "verdict": "str", "can_act": "bool", "space": "float64", "remaining": "float64", "excess": "float64",
    "limited_by": "str", "catch_up": "float64", "highly_compensated": "boolean", "marginal_rate": "float64",
    "needs_a_look": "bool", "reasons": "str", "problem": "str",
}  # fmt: skip
Advanced = Callable[[int], object]


@dataclass(frozen=True)
class Screened:
    """A list's answer: the table of screen, and each bad row's problem by its position."""

    table: pd.DataFrame
    problems: Mapping[int, InputError]


def screen(frame: pd.DataFrame, year: int | Law | None = None) -> pd.DataFrame:
    """
    A firm's list of clients, a row each.

    A client can act where money fits and the plan moves it to Roth promptly; "late_only", "ask" and the rest are
    verdicts of eligibility. A run of more than two seconds shows its progress; it takes the memory of a few thousand
    rows beside the list and its answer.

    Args:
        frame: a pandas DataFrame, or anything in parts with map_partitions, such as Dask's. Columns: any facts of
            Household, Plan, Elections, Balances and Assumptions by their names, and name, participant, language;
            filing_status, birth_year and state are required. The match as match_rate and match_up_to_share (further
            steps with _2 and _3), as text (50% to 6%), or as employer_contribution in dollars. Shares are fractions.
            Yes and no as people write them; blank: not known, or the fact's own default.
        year: a year or a Law; None: each row's start_year, or the latest published year. In a list without start_year
            the money that is in is that year's.

    Returns: a DataFrame with the index of *frame*, USD and fractions, unrounded:
        verdict; can_act; space, remaining, excess, limited_by, catch_up as after_tax_space; highly_compensated (missing:
        not known); marginal_rate (federal and state tax on the next dollar of a conversion from the plan, without
        Medicare's surcharges; missing for a year without tax tables); needs_a_look; reasons (codes of LOOK and NOTED,
        semicolons between them); problem (why a row cannot be used, in one sentence; empty otherwise).
    Raises: InputError for a column that is unknown, missing or there twice, and for a year without law.
    Source: as eligibility, after_tax_space and cost_of_income.
    """
    _default_year(year)
    if hasattr(frame, "map_partitions"):
        return frame.map_partitions(_screen_part, year=year, meta=no_answers())
    check_columns(frame)
    if len(frame) <= AT_ONCE:
        return screened(frame, year).table
    with progress(len(frame)) as bar:
        return screened(frame, year, bar.update).table


def screened(
    frame: pd.DataFrame, year: int | Law | None = None, advanced: Advanced | None = None
) -> Screened:
    """As screen, for a whole list; *advanced* is told the number of rows after each part."""
    check_columns(frame)
    answers = []
    for part in parts_of(frame):
        answers.append(screened_part(part, year))
        if advanced:
            advanced(len(part))
    return together(answers)


def parts_of(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The rows that are done at once, part after part; one part without rows of a list that has none."""
    for start in range(0, max(len(frame), 1), AT_ONCE):
        yield frame.iloc[start : start + AT_ONCE]


def screened_part(part: pd.DataFrame, year: int | Law | None) -> Screened:
    """The answer to some rows whose columns check_columns has let pass."""
    table, problems = _answers(list(clients_of(part, _default_year(year))), year)
    return Screened(table.set_axis(part.index), problems)


def together(answers: Sequence[Screened]) -> Screened:
    """The answers to the parts of a list as that to the list."""
    tables = [each.table for each in answers]
    starts = np.cumsum([0, *map(len, tables)])
    problems = {
        int(start) + row: problem
        for start, each in zip(starts, answers, strict=False)
        for row, problem in each.problems.items()
    }
    return Screened(pd.concat(tables), problems)


def progress(rows: int) -> object:
    """A bar for a terminal or a notebook, with the method update(rows)."""
    from tqdm.auto import tqdm  # takes longer to load than a short list

    return tqdm(total=rows, unit=" rows", delay=PATIENCE, leave=False)


def no_answers() -> pd.DataFrame:
    """The answer of a list without rows: its columns and their types."""
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in COLUMNS.items()})


def _screen_part(part: pd.DataFrame, year: int | Law | None) -> pd.DataFrame:
    return screened(part, year).table


def _default_year(year: int | Law | None) -> int:
    """The year of rows that name none; raises InputError for one that no law can be had of."""
    return latest_published_year() if year is None else law_of(year).year


def _answers(
    rows: Sequence[Client | InputError], year: int | Law | None
) -> tuple[pd.DataFrame, dict[int, InputError]]:
    """The answers of some rows in their order, and the problems of the bad ones."""
    problems = {row: each for row, each in enumerate(rows) if isinstance(each, InputError)}
    by_law: dict[tuple, list[int]] = {}
    for row, client in enumerate(rows):
        if row not in problems:
            asked = client.assumptions.start_year if year is None else year
            by_law.setdefault((asked, client.assumptions.inflation), []).append(row)
    found = _unanswered(len(rows))
    for (asked, inflation), places in by_law.items():
        law = law_of(asked, inflation)
        rooms, refused = book_rooms(law, [rows[row] for row in places])
        problems |= {places[k]: problem for k, problem in refused.items()}
        good = [k for k in range(len(places)) if k not in refused]
        if not good:
            continue
        where = np.array([places[k] for k in good], dtype=int)
        answers = _of_law(law, [rows[row] for row in where], rooms.at(np.array(good, dtype=int)))
        for name, column in answers.items():
            found[name][where] = column
    for row, problem in problems.items():
        found["problem"][row], found["reasons"][row], found["needs_a_look"][row] = (
            str(problem),
            "problem",
            True,
        )
    return pd.DataFrame(
        {name: pd.Series(found[name], dtype=kind) for name, kind in COLUMNS.items()}
    ), problems


def _unanswered(rows: int) -> dict[str, np.ndarray]:
    """A column for each of COLUMNS with what a bad row has there."""
    nothing = {"str": "", "bool": False, "float64": np.nan, "boolean": None}
    return {
        name: np.full(rows, nothing[kind], dtype=kind if kind in ("bool", "float64") else object)
        for name, kind in COLUMNS.items()
    }


def _of_law(law: Law, clients: Sequence[Client], rooms: BookRoom) -> dict[str, object]:
    """The columns of clients who are all good, under one law."""
    highly = [highly_compensated(client, law) for client in clients]
    verdicts, open_ = _verdicts(clients, rooms)
    remaining = rooms.remaining > CENT
    reasons = _reasons(law, clients, rooms, verdicts, open_, highly)
    return {
        "verdict": verdicts,
        "can_act": (verdicts == "prompt") & remaining,
        **{name: getattr(rooms, name) for name in ("space", "remaining", "excess", "limited_by", "catch_up")},
        "highly_compensated": highly,
        "marginal_rate": _marginal_rates(law, clients),
        "needs_a_look": [any(code in LOOK for code in codes) for codes in reasons],
        "reasons": ["; ".join(codes) for codes in reasons],
    }


def _verdicts(clients: Sequence[Client], rooms: BookRoom) -> tuple[np.ndarray, list[bool]]:
    """Each verdict as eligibility finds it, and whether money can, or could, go in at all."""

    @cache  # few kinds of plans come up, however long the list
    def of_plan(fits: frozenset[bool], **features: object) -> frozenset[str]:
        return outcomes(Plan(**features), fits)[0]

    found = []
    for client, space, other in zip(clients, rooms.space, rooms.space_without_ceiling, strict=True):
        plan = client.plan
        fits = frozenset({space > CENT, other > CENT} if takes_after_tax(plan) is not False else {False})
        names = ("kind", "accepts_after_tax", "separate_account", "way_out", "offers_roth")
        found.append(of_plan(fits, **{name: getattr(plan, name) for name in names}))
    verdicts = [next(iter(possible)) if len(possible) == 1 else "ask" for possible in found]
    return np.array(verdicts, dtype=object), [bool(possible & {"prompt", "late_only"}) for possible in found]


def _reasons(
    law: Law,
    clients: Sequence[Client],
    rooms: BookRoom,
    verdicts: np.ndarray,
    open_: list[bool],
    highly: list,
) -> list[list[str]]:
    """The codes of each row, those that ask for a look first."""
    has_catch_up, in_doubt = rooms.catch_up > CENT, np.abs(rooms.space_without_ceiling - rooms.space) > CENT
    above_pay = rooms.space > np.maximum(rooms.pay_left, 0.0) + CENT
    filled = (rooms.space > CENT) & (rooms.remaining <= CENT) & (rooms.excess <= CENT)
    found = []
    for k, client in enumerate(clients):
        must_be_roth = roth_only_catch_up(client, law) if has_catch_up[k] else False
        says = {
            "excess": rooms.excess[k] > CENT,
            "plan_not_known": verdicts[k] == "ask",
            "roth_catch_up": must_be_roth is True and client.plan.offers_roth is None,
            "last_year_pay_not_known": must_be_roth is None or (open_[k] and in_doubt[k]),
            "acp_test": open_[k] and highly[k] is True,
            "room_filled": open_[k] and filled[k],
            "above_pay": open_[k] and above_pay[k],
        }
        found.append([code for code, so in says.items() if so])
    return found


def _marginal_rates(law: Law, clients: Sequence[Client]) -> np.ndarray:
    """
    Federal and state tax on the next dollar of a conversion, a fraction.

    The federal return of all rows at once, then each state's for the rows in it.
    """
    rates = np.full(len(clients), np.nan)
    try:
        law.array("bracket_edges")
    except InputError:  # a year without tax tables
        return rates
    returns = [client_return(client, law) for client in clients]
    points = [_columns(returns, conversion) for conversion in (NEAR, 2 * NEAR)]
    federal = [federal_columns(law, household) for household in points]
    taxes = [each["total"].copy() for each in federal]
    states = np.array([each.state_law.state for each in returns])
    for state in np.unique(states):
        rows = np.flatnonzero(states == state)
        state_law = returns[rows[0]].state_law
        for tax, *both in zip(taxes, points, federal, strict=True):
            home, columns = ({name: _at(rows, column) for name, column in each.items()} for each in both)
            tax[rows] += state_columns(state_law, law, home, columns)["state_tax"]
    return (taxes[1] - taxes[0]) / NEAR


def _columns(returns: Sequence[ClientReturn], conversion: float) -> dict[str, np.ndarray]:
    """The households of many returns side by side; a rate that stands in for a state's rules is nan where there is none."""
    households = [{**each.household, **each.deferred} for each in returns]
    names = {name: 0.0 for each in households for name in each} | {"state_rate": np.nan}
    columns = {
        name: np.array([each.get(name, absent) for each in households]) for name, absent in names.items()
    }
    return {**columns, "conversion": np.full(len(returns), conversion)}


def _at(rows: np.ndarray, column: object) -> object:
    return column[rows] if np.ndim(column) else column
