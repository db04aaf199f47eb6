"""A firm's list: each row as the client alone, to the cent; bad rows and columns said plainly; parts and sizes alike."""

import datetime as dt
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import megaroth as mr
from megaroth.plans import book
from megaroth.plans.book import COLUMNS, LOOK, NOTED, no_answers, screen
from megaroth.plans.book_rows import FIELDS
from megaroth.rules.room import Room

YEAR = 2026
CENT = 0.005
BASE = {"name": "Ames", "filing_status": "single", "birth_year": 1981, "state": "TX", "wages": 250_000}
OPEN = {"accepts_after_tax": True, "separate_account": True, "way_out": "both", "offers_roth": True}
# What a random row can hold in each column; the bad values are some that a person could type.
DRAWN: dict[str, list[object]] = {
    "filing_status": ["single", "mfj", "mfs", "hoh", "qss"],
    "birth_year": [1955, 1960, 1964, 1966, 1976, 1977, 1985, 1999, "1981-05-17"],
    "spouse_birth_year": [None, 1960, 1980],
    "state": ["NJ", "CA", "TX", "PA", "NY", "IL", "MA"],
    "wages": [60_000.0, 150_000.0, 155_000.0, 240_000.0, 365_000.0, 900_000.0],
    "spouse_wages": [0.0, 80_000.0],
    "qualified_dividends": [0.0, 20_000.0],
    "self_employment_profit": [0.0, 200_000.0],
    "prior_year_wages": [None, 100_000.0, 158_000.0, 250_000.0],
    "kind": ["401k", "401k", "401k", "403b", "457b", "solo_401k"],
    "accepts_after_tax": [True, True, False, None],
    "separate_account": [True, True, False, None],
    "way_out": ["both", "in_plan_rollover", "in_service_distribution", "none", None],
    "offers_roth": [True, True, False, None],
    "after_tax_cap_share": [None, None, 0.1],
    "after_tax_cap_dollars": [None, None, 12_000.0],
    "combined_cap_share": [None, None, 0.2],
    "acp_ceiling": [None, None, 0.05],
    "true_up": [True, False],
    "pay_periods": [12, 26],
    "nonelective_share": [0.0, 0.03],
    "employer_contribution": [None, None, 5_000.0, 30_000.0],
    "match_rate": [None, 0.5, 1.0],
    "match_up_to_share": [0.04, 0.06],
    "elective_deferral": [0.0, 10_000.0, 20_000.0, 24_500.0],
    "roth_deferral": [0.0, 0.0, 5_000.0],
    "catch_up": [0.0, 0.0, 4_000.0, 8_000.0],
    "after_tax_so_far": [0.0, 0.0, 16_500.0, 60_000.0],
}
BAD: dict[str, list[object]] = {
    "filing_status": ["divorced"], "birth_year": [1850, "soon"], "state": ["XX", None], "wages": [-1.0, np.inf, "much"],
    "acp_ceiling": [5.0], "pay_periods": [13], "elective_deferral": [90_000.0], "accepts_after_tax": ["maybe"],
}  # fmt: skip


def random_rows(count: int, seed: int = 1, bad: float = 0.01) -> pd.DataFrame:
    """Rows drawn from DRAWN, now and then with a cell of BAD in one of its columns."""
    draw = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        row = {name: values[draw.integers(len(values))] for name, values in DRAWN.items()}
        if row["match_rate"] is None:
            row["match_up_to_share"] = None
        wrong = [name for name in BAD if draw.random() < bad]
        row |= {name: BAD[name][draw.integers(len(BAD[name]))] for name in wrong}
        rows.append({"name": f"Client {number}", **row})
    return pd.DataFrame(rows, dtype=object)


def client_of(row: dict[str, object], year: int = YEAR) -> mr.Client:
    """The row as a client made by hand, past everything that reads a list."""
    facts = {name: value for name, value in row.items() if value is not None}
    match = (
        [{"rate": facts.pop("match_rate"), "up_to_share": facts.pop("match_up_to_share")}]
        if "match_rate" in facts
        else []
    )
    years = {"start_year": year, "separation_year": year, "horizon_year": year}
    models = {"household": mr.Household, "elections": mr.Elections, "plan": mr.Plan}
    parts = {
        part: {name: facts.pop(name) for name in list(facts) if name in model.model_fields}
        for part, model in models.items()
    }
    plan = {**parts.pop("plan"), "match": match}
    return mr.Client(**facts, **parts, plans=[plan], assumptions=years)


def alone(row: dict[str, object]) -> tuple[mr.Client | None, Room | None, str]:
    """The row's client and room by the functions for one client, or the sentence with which they refuse it."""
    try:
        client = client_of(row)
        return client, mr.after_tax_space(client, YEAR), ""
    except mr.InputError as problem:
        return None, None, str(problem)


# --- as the client alone ---


def test_each_row_is_the_client_alone() -> None:
    """Space, excess, verdict, rates: to the cent what the one-client functions say; a row is bad where they refuse it."""
    rows = random_rows(300)

    answers = screen(rows, YEAR)

    refused = 0
    for row, answer in zip(rows.to_dict(orient="records"), answers.to_dict(orient="records"), strict=True):
        client, room, refusal = alone(row)
        assert answer["problem"] == refusal, row
        if refusal:
            assert (answer["verdict"], answer["can_act"], answer["needs_a_look"]) == ("", False, True)
            refused += 1
            continue
        able = mr.eligibility(client, YEAR)
        assert answer["verdict"] == able.verdict, row
        for name in ("space", "remaining", "excess", "catch_up"):
            assert answer[name] == pytest.approx(getattr(room, name), abs=CENT), (name, row)
        assert answer["limited_by"] == room.limited_by, row
        assert (
            None if answer["highly_compensated"] is pd.NA else answer["highly_compensated"]
        ) == able.highly_compensated
        assert answer["can_act"] == (able.verdict == "prompt" and room.remaining > CENT)
        cost = mr.cost_of_income(client, YEAR, 0.0)
        assert answer["marginal_rate"] == pytest.approx(float(cost.marginal_rate), abs=1e-6), row
    assert 30 < refused < 200
    assert set(answers["verdict"]) == {"", "prompt", "late_only", "no_space", "not_offered", "ask"}


def test_the_sentence_of_a_bad_row_names_field_and_value() -> None:
    """It is the one that the client form shows."""
    frame = pd.DataFrame([BASE | {"wages": -5.0}, BASE | {"elective_deferral": 90_000}])

    problems = screen(frame, YEAR)["problem"].tolist()

    assert problems[0] == "Pay cannot be negative; you entered −$5."
    assert problems[1].startswith("Own deferral of $90,000 is above the 2026 limit of")


def test_the_year_asked_for() -> None:
    """Without a year each row has its own start_year; money already in counts in that year only; old years know no tax."""
    frame = pd.DataFrame(
        [BASE | OPEN | {"start_year": start, "after_tax_so_far": 10_000} for start in (2025, 2026, 2021)]
    )

    own, asked, late = screen(frame), screen(frame, 2026), screen(frame.drop(columns="start_year"), 2030)

    assert own["space"].tolist() == [mr.load_law(year).annual_additions for year in (2025, 2026, 2021)]
    assert (own["space"] - own["remaining"]).tolist() == [10_000] * 3
    assert own["marginal_rate"].isna().tolist() == [False, False, True]
    assert (asked["space"] - asked["remaining"]).tolist() == [0, 10_000, 0]
    assert late["space"].tolist() == [mr.load_law(2030).annual_additions] * 3


@pytest.mark.parametrize("frame", [pd.DataFrame([BASE]), pd.DataFrame([BASE]).iloc[:0]])
def test_a_year_without_law_is_no_fault_of_the_rows(frame: pd.DataFrame) -> None:
    """It is refused once, and not in each row."""
    with pytest.raises(mr.InputError, match="Tax year must be between 2018"):
        screen(frame, 1999)


# --- cells ---


@pytest.mark.parametrize(
    ("column", "typed", "value"),
    [
        ("filing_status", "MFJ", "mfj"), ("state", " nj ", "NJ"), ("birth_year", "1981", 1981),
        ("birth_year", 1981.0, 1981), ("birth_year", pd.Timestamp("1981-05-17"), dt.date(1981, 5, 17)),
        ("wages", "$300,000", 300_000.0), ("wages", "US$ 300,000.50", 300_000.5), ("kind", "401(k)", "401k"),
        ("kind", "Solo 401(k)", "solo_401k"), ("way_out", "In-plan rollover", "in_plan_rollover"),
        ("frequency", "each paycheck", "each_paycheck"), ("after_tax_cap_share", "10%", 0.1), ("pay_periods", "26", 26),
        ("pay_periods", 26.0, 26), ("after_tax", "8%", mr.Elections(after_tax={"share_of_pay": 0.08}).after_tax),
        ("after_tax", "填满", "fill"), ("children", "２", 2), ("name", 1024, "1024"), ("accepts_after_tax", 1, True),
        *(("accepts_after_tax", word, True) for word in ("yes", "Y", "TRUE", "是")),
        *(("accepts_after_tax", word, False) for word in ("no", "False", "否", "0", False)),
        *(("accepts_after_tax", word, None) for word in ("", "  ", "unknown", "未知", None, np.nan, pd.NA)),
        *(("prior_year_wages", word, None) for word in ("", "?", None)),
    ],
)  # fmt: skip
def test_cells_as_people_write_them(column: str, typed: object, value: object) -> None:
    """Case, currency, percent and the words for yes, no and not known are read; a blank is the fact's default."""
    frame = pd.DataFrame([BASE | {column: typed}], dtype=object)

    (client,) = book.clients_of(frame, YEAR)

    parts = (client, client.household, client.plan, client.elections)
    assert [getattr(part, column) for part in parts if column in type(part).model_fields] == [value]


@pytest.mark.parametrize("typed", ["1,2", "12,34", "1.2.3", "1e", "=1+1", "nan", "--3", "."])
def test_a_doubtful_number_is_refused_and_never_guessed(typed: str) -> None:
    """A comma that divides no thousands could be a decimal one."""
    (answer,) = screen(pd.DataFrame([BASE | {"wages": typed}]), YEAR)["problem"]

    assert answer.startswith("Pay must be a ")


def test_the_match_in_any_of_its_ways() -> None:
    """A pair of columns, several pairs, the words of the client form, or the dollars: one employer money."""
    match = [{"rate": 1.0, "up_to_share": 0.03}, {"rate": 0.5, "up_to_share": 0.05}]
    pairs = {"match_rate": 1.0, "match_up_to_share": 0.03, "match_rate_2": "50%", "match_up_to_share_2": 0.05}
    own = BASE | {"elective_deferral": 20_000}
    made = 250_000 * 0.03 + 250_000 * 0.02 / 2

    spaces = [
        screen(pd.DataFrame([own | way], dtype=object), YEAR)["space"].item()
        for way in (
            pairs,
            {"match": "100% to 3%, 50% 至 5%"},
            {"match": match},
            {"employer_contribution": made},
        )
    ]
    half = screen(pd.DataFrame([own | {"match_rate": 0.5}]), YEAR)["problem"].item()

    assert spaces == pytest.approx([mr.load_law(YEAR).annual_additions - 20_000 - made] * 4, abs=CENT)
    assert half == "Matched up to, share of pay is missing."


# --- what asks for a look ---


@pytest.mark.parametrize(
    ("facts", "codes", "look"),
    [
        (OPEN | {"prior_year_wages": 100_000}, "", False),
        (OPEN | {"prior_year_wages": 250_000}, "acp_test", False),
        (OPEN | {"prior_year_wages": 100_000, "after_tax_so_far": 80_000}, "excess", True),
        (OPEN | {"prior_year_wages": 100_000, "after_tax_so_far": 72_000}, "room_filled", False),
        (OPEN | {"prior_year_wages": 100_000, "way_out": None}, "plan_not_known", True),
        (OPEN | {"acp_ceiling": 0.05}, "last_year_pay_not_known", True),
        (OPEN | {"birth_year": 1970, "elective_deferral": 32_500}, "last_year_pay_not_known", True),
        (
            OPEN
            | {
                "birth_year": 1970,
                "elective_deferral": 32_500,
                "prior_year_wages": 250_000,
                "offers_roth": None,
            },
            "roth_catch_up; acp_test",
            True,
        ),
        (OPEN | {"wages": 30_000, "elective_deferral": 20_000, "prior_year_wages": 30_000}, "", False),
        ({"accepts_after_tax": False, "prior_year_wages": 250_000}, "", False),
        ({"wages": -1.0}, "problem", True),
    ],
)
def test_reasons_and_who_needs_a_look(facts: dict[str, object], codes: str, look: bool) -> None:
    """Each code where it belongs and nowhere else; only those of LOOK ask for a person."""
    answer = screen(pd.DataFrame([BASE | facts], dtype=object), YEAR).iloc[0]

    assert (answer["reasons"], answer["needs_a_look"]) == (codes, look)
    assert set(codes.split("; ")) <= {*LOOK, *NOTED, ""}


# --- columns ---


@pytest.mark.parametrize(
    ("frame", "sentence"),
    [
        (pd.DataFrame([BASE | {"filling_status": "mfj"}]), "no column called filling_status; did you mean one of: filing_status"),
        (pd.DataFrame([BASE]).drop(columns="state"), "Column state is missing."),
        (pd.DataFrame([[1, 2]], columns=["wages", "wages"]), "Column wages is there twice."),
        (pd.DataFrame([BASE | {"household": 1}]), "no column called household"),
        ([BASE], "must be a group of fields"),
    ],
)  # fmt: skip
def test_columns_are_refused_by_name(frame: object, sentence: str) -> None:
    """A misspelt column would leave a fact at its default in every row."""
    with pytest.raises(mr.InputError) as told:
        screen(frame, YEAR)

    assert sentence in str(told.value)


def test_every_fact_of_a_client_has_its_column() -> None:
    """But those that are no single cell, and what belongs to plans after the first."""
    models = (mr.Household, mr.Plan, mr.Elections, mr.Balances, mr.Assumptions)
    facts = {name for model in models for name in model.model_fields} | {"name", "participant", "language"}

    assert {name for name in FIELDS if not name.startswith("match_")} == facts - {
        "deferral_made",
        "roth_ira_conversions",
    }


# --- one row for each ---


def test_same_index_one_row_each_in_parts_of_any_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """Order and labels stay, labels that repeat too; how many rows are done at once changes nothing."""
    rows = random_rows(40, seed=2).set_axis(np.arange(40) // 2 - 5)
    whole, told = screen(rows, YEAR), []

    monkeypatch.setattr(book, "AT_ONCE", 7)
    parts = book.screened(rows, YEAR, told.append)

    assert whole.index.equals(rows.index)
    assert {name: str(kind) for name, kind in whole.dtypes.items()} == COLUMNS
    pd.testing.assert_frame_equal(parts.table, whole, rtol=1e-12)
    assert told == [7, 7, 7, 7, 7, 5]
    assert {row: str(problem) for row, problem in parts.problems.items()} == {
        row: text for row, text in enumerate(whole["problem"]) if text
    }


def test_a_list_without_rows() -> None:
    """Has an answer without rows, and the same columns."""
    answer = screen(pd.DataFrame([BASE]).iloc[:0], YEAR)

    pd.testing.assert_frame_equal(answer, no_answers(), check_index_type=False)


def test_the_list_itself_stays_as_it_is() -> None:
    """Nobody's frame is changed."""
    rows = random_rows(5)
    before = rows.copy(deep=True)

    screen(rows, YEAR)

    pd.testing.assert_frame_equal(rows, before)


def test_names_are_the_labels_where_there_is_no_column() -> None:
    """A list without names can be screened; an empty name in one that has them is missing."""
    nameless = pd.DataFrame([{name: value for name, value in BASE.items() if name != "name"}], index=["A-17"])

    assert next(book.clients_of(nameless, YEAR)).name == "A-17"
    assert screen(nameless, YEAR)["problem"].item() == ""
    assert screen(pd.DataFrame([BASE | {"name": ""}]), YEAR)["problem"].item() == "Name is missing."


class Parts:
    """A stand-in for a frame in parts, which works as Dask's does: a function for each part, and the answer's types."""

    def __init__(self, *parts: pd.DataFrame) -> None:
        self.parts = parts

    def map_partitions(
        self, work: Callable[..., pd.DataFrame], *, meta: pd.DataFrame, **given: object
    ) -> "Parts":
        found = Parts(*(work(part, **given) for part in self.parts))
        assert all(part.dtypes.equals(meta.dtypes) for part in found.parts)
        return found


def test_a_frame_in_parts() -> None:
    """Dask's frames go part by part, each with the promised types, also a part that is empty or all bad."""
    rows = random_rows(30, seed=3)
    bad = rows.iloc[:4].assign(state="XX")

    answer = screen(Parts(rows, rows.iloc[:0], bad), YEAR)

    pd.testing.assert_frame_equal(pd.concat(answer.parts), screen(pd.concat([rows, bad]), YEAR))


def test_memory_grows_no_faster_than_the_list() -> None:
    """Four times the rows take at most four times the peak."""
    rows = random_rows(2_000, seed=4, bad=0.0)

    def peak(count: int) -> int:
        tracemalloc.start()
        screen(rows.iloc[np.arange(count) % len(rows)], YEAR)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    screen(rows.iloc[:10], YEAR)
    book_size = book.AT_ONCE
    try:
        book.AT_ONCE = 250
        small, large = peak(500), peak(2_000)
    finally:
        book.AT_ONCE = book_size

    assert large <= 4 * small
