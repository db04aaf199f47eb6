"""
Maps the fields of a case file to ours, and our answers back. Nothing is computed here: no tax, no room.

Each adapter takes the file and yields checks: (case id, field, expected, got, tolerance). A field that no adapter knows
is a failed check, never a skipped one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import yaml

import megaroth as mr

CENT, FINE, DOLLAR = 0.01, 0.001, 1.0
STRICT_STATE, LOOSE_STATE, LOOSE_STATE_SHARE = 5.0, 25.0, 0.02


class Check(NamedTuple):
    case: str
    field: str
    expected: object
    got: object
    tolerance: float
    loosely_judged: str = ""  # the state, for a row that is judged apart from the strict ones

    @property
    def difference(self) -> float:
        """How far apart; inf where the two cannot be compared."""
        try:
            gap = abs(float(self.expected) - float(self.got))
        except (TypeError, ValueError):
            return 0.0 if np.array_equal(self.expected, self.got) else float("inf")
        return gap if np.isfinite(gap) else float("inf")

    @property
    def passed(self) -> bool:
        # Files state figures rounded to their last digit; a half of it is no difference of ours.
        return self.difference <= self.tolerance * (1 + 1e-9)


def _yaml_cases(path: Path) -> list[dict]:
    return yaml.load(path.read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))["cases"]


def _renamed(given: dict, names: dict[str, str], ignored: tuple[str, ...] = ()) -> dict:
    """Our keywords for a case's fields; a field without a name of ours is refused."""
    unknown = [field for field in given if field not in names and field not in ignored]
    if unknown:
        raise KeyError(f"unknown field {unknown[0]}")
    return {names[field]: value for field, value in given.items() if field in names}


def _compared(
    case: str, expected: dict, answers: dict[str, Callable[[], object]], tolerance: float, part: str = ""
) -> Iterator[Check]:
    for field, value in expected.items():
        got = answers[field]() if field in answers else "unknown field"
        yield Check(case, f"{part}{field}", value, got, tolerance)


def _each(path: Path, answer: Callable[[dict], Iterator[Check]], *more_expected: str) -> Iterator[Check]:
    for number, case in enumerate(_yaml_cases(path), start=1):
        name = str(case.get("id", number)) if isinstance(case, dict) else str(number)
        try:
            for key in case:
                if str(key).startswith("expected") and key not in ("expected", *more_expected):
                    raise KeyError(f"unknown field {key}")
            checks = list(answer(case))
        except Exception as problem:  # whatever it is, this case failed and the others are still to be run
            checks = [Check(name, type(problem).__name__, "an answer", str(problem), 0.0)]
        yield from checks or [Check(name, "expected", "some figure", "nothing to compare", 0.0)]


SPACE_INPUT = {
    "age_at_year_end": "age",
    "compensation": "compensation",
    "elective_deferral_excluding_catch_up": "elective_deferral",
    "catch_up": "catch_up",
    "employer_contributions": "employer_contribution",
    "after_tax_already_contributed": "after_tax_so_far",
    "plan_after_tax_cap_percent_of_pay": "after_tax_cap_share",
    "plan_combined_employee_cap_percent_of_pay": "combined_cap_share",
}
PERCENT = ("plan_after_tax_cap_percent_of_pay", "plan_combined_employee_cap_percent_of_pay")
SPACE_OUTPUT = {
    "annual_additions_limit": "limit",
    "after_tax_space_full_year": "space",
    "after_tax_space_remaining": "remaining",
    "allowed_deferral": "allowed_deferral",
    "employer": "employer",
}


def _as_fractions(given: dict) -> dict:
    return {
        field: value / 100 if field in PERCENT and value is not None else value
        for field, value in given.items()
    }


def _from(result: object, names: dict[str, str]) -> dict[str, Callable[[], object]]:
    return {field: (lambda name=name: getattr(result, name)) for field, name in names.items()}


def _space(case: dict) -> Iterator[Check]:
    law, given, expected = mr.load_law(case["year"]), case["input"], case["expected"]
    match case["kind"]:
        case "employee":
            facts = _renamed(_as_fractions(given), SPACE_INPUT, ignored=("match_formula",))
            room = mr.after_tax_space_of(law, **facts)
            yield from _compared(case["id"], expected, _from(room, SPACE_OUTPUT), CENT)
        case "two_unrelated_employers":
            yield from _employers(case, law)
        case "self_employed_solo_plan":
            names = {
                "age_at_year_end": "age", "schedule_c_net_profit": "net_profit", "w2_wages_social_security": "wages",
                "elective_deferral": "deferral", "employer_contribution": "employer",
            }  # fmt: skip
            outputs = {
                "half_se_tax": "half_se_tax", "net_profit_less_half_se_tax": "net",
                "max_employer_contribution": "max_employer", "employer_contribution": "employer",
                "compensation_415": "compensation_415", "annual_additions_limit": "limit", "after_tax_space": "after_tax",
            }  # fmt: skip
            solo = mr.solo_401k_space(law, **_renamed(given, names))
            yield from _compared(case["id"], expected, _from(solo, outputs), CENT)
        case kind:
            raise KeyError(f"unknown kind {kind}")


def _employers(case: dict, law: object) -> Iterator[Check]:
    given, expected = dict(case["input"]), dict(case["expected"])
    names = {**SPACE_INPUT, "wanted_elective_deferral": "elective_deferral", "employer": "employer"}
    employers = [
        _renamed(_as_fractions(each), names, ignored=("match_formula",)) for each in given.pop("employers")
    ]
    found = mr.after_tax_space_of_employers(
        law, **_renamed(given, {"age_at_year_end": "age"}), employers=employers
    )
    for room, wanted in zip(found.rooms, expected.pop("per_employer"), strict=True):
        yield from _compared(
            case["id"], wanted, _from(room, SPACE_OUTPUT), CENT, part=f"{wanted['employer']}: "
        )
    yield from _compared(case["id"], expected, {"total_after_tax_space": lambda: found.total_space}, CENT)


def _pro_rata(case: dict) -> Iterator[Check]:
    given, expected, name = case["input"], case["expected"], case["id"]
    match case["kind"]:
        case "ira_form_8606":
            names = {
                "prior_basis": "prior_basis", "nondeductible_for_year": "contribution",
                "of_which_contributed_next_year": "contributed_next_year", "year_end_value": "year_end_value",
                "distributions": "distributions", "conversions": "converted",
            }  # fmt: skip
            outputs = {
                field: field
                for field in (
                    "nontaxable_conversion", "taxable_conversion", "nontaxable_distribution",
                    "taxable_distribution", "basis_carried_forward",
                )
            } | {"nontaxable_fraction": "fraction"}  # fmt: skip
            facts = _renamed(given, names)
            form = mr.form_8606(case["year"], **facts)
            yield from _compared(name, expected, _from(form, outputs), CENT)
            if "expected_three_decimals" in case:
                form = mr.form_8606(case["year"], **facts, decimals=3)
                yield from _compared(
                    name, case["expected_three_decimals"], _from(form, outputs), CENT, part="three decimals: "
                )
        case "plan_after_tax_account":
            names = {
                "amount_converted": "amount", "after_tax_account_value": "balance", "after_tax_basis": "after_tax_basis",
            }  # fmt: skip
            outputs = {
                "basis_fraction": "basis_fraction", "nontaxable": "nontaxable", "taxable": "taxable",
                "basis_left": "basis_left", "value_left": "balance_left",
            }  # fmt: skip
            moved = mr.after_tax_rollover(**_renamed(given, names))
            yield from _compared(name, expected, _from(moved, outputs), CENT)
        case "plan_split_rollover_notice_2014_54":
            names = {
                "pretax_balance_distributed": "pretax", "after_tax_basis": "after_tax_basis",
                "after_tax_earnings": "after_tax_earnings", "to_roth_ira": "to_roth", "to_traditional_ira": "to_traditional",
            }  # fmt: skip
            outputs = {
                "roth_ira_received": "to_roth",
                "traditional_ira_received": "to_traditional",
                "taxable": "taxable",
            }
            yield from _compared(
                name, expected, _from(mr.split_rollover(**_renamed(given, names)), outputs), CENT
            )
        case kind:
            raise KeyError(f"unknown kind {kind}")


def _late(case: dict) -> Iterator[Check]:
    names = {
        "contribution_per_period": "contribution", "periods_per_year": "periods_per_year", "contribution_timing": "timing",
        "years_of_contributions": "years", "years_after_contributions": "years_after", "annual_return": "annual_return",
        "convert_every_periods": "convert_every", "tax_rate_on_earnings": "tax_rate", "tax_paid_from": "tax_paid_from",
        "tax_rate_at_withdrawal": "rate_at_withdrawal",
    }  # fmt: skip
    flat = mr.projection_of(**_renamed(case["input"], names))
    answers = _from(
        flat,
        {
            "total_taxable": "total_taxable", "total_tax": "total_tax",
            "roth_value_at_end_of_contributions": "roth_at_end_of_contributions",
            "roth_value_at_horizon": "roth_at_horizon", "taxes_carried_to_horizon_at_r": "taxes_at_horizon",
            "after_tax_account_value": "after_tax_value", "basis": "after_tax_basis", "earnings": "earnings",
            "tax_at_withdrawal": "tax_at_withdrawal", "net_after_tax": "net",
        },
    )  # fmt: skip
    answers["conversions"] = lambda: len(flat.conversions)
    for field in ("value", "basis", "taxable", "tax"):
        answers[f"{field}_per_conversion"] = lambda field=field: _alike(flat.conversions[field])
    yield from _compared(case["id"], case["expected"], answers, FINE)


def _alike(column: pd.Series) -> object:
    """All conversions of a case are alike; the one that differs most from the first is the answer."""
    return column[(column - column.iloc[0]).abs().idxmax()] if len(column) else "no conversion"


FEDERAL_INPUT = (
    "filing_status", "age", "wages", "qualified_dividends", "long_term_gain", "taxable_interest", "children",
)  # fmt: skip
FEDERAL_OUTPUT = {
    "agi": "agi", "taxable_income": "taxable_income", "tax_before_credits": "tax_before_credits", "ctc": "credits",
    "niit": "niit", "total": "total", "tax_after_credits": "tax_after_credits",
}  # fmt: skip


def _federal(path: Path) -> Iterator[Check]:
    cases = pd.read_csv(path)
    answers: dict[str, str] = {}
    for column in cases.columns:
        part, _, field = column.partition("_")
        if part in ("base", "with", "inc") and field in FEDERAL_OUTPUT:
            answers[column] = FEDERAL_OUTPUT[field]
        elif column not in (*FEDERAL_INPUT, "household", "year", "conversion", "ots"):
            yield Check(path.name, column, "a known field", "unknown field", 0.0)
    for year, rows in cases.groupby("year", dropna=False):
        household = rows[list(FEDERAL_INPUT)].assign(
            spouse_age=rows["age"].where(rows["filing_status"] == "mfj", 0)
        )
        base = mr.federal_tax(int(year), household)
        with_it = mr.federal_tax(int(year), household.assign(conversion=rows["conversion"]))
        found = {"base": base, "with": with_it, "inc": with_it - base}
        for column, name in answers.items():
            got = found[column.partition("_")[0]][name]
            for household_id, conversion, expected, mine in zip(
                rows["household"], rows["conversion"], rows[column], got, strict=True
            ):
                yield Check(f"{year}/{household_id}/{conversion}", column, expected, mine, DOLLAR)


STATE_INPUT = ("state", "filing_status", "age", "wages", "taxable_interest", "long_term_gain")
LOOSE_TOOLS = ("pe", "pe_only_ots_differs")  # one calculator's word
STATE_IGNORED = ("base_state_tax", "inc_state_tax_ots")  # can hold rebates; a second opinion


def _state(path: Path) -> Iterator[Check]:
    """Each row by the tax with its conversion, an IRA's, less the tax without it."""
    cases = pd.read_csv(path)
    for column in cases.columns:
        if column not in (*STATE_INPUT, *STATE_IGNORED, "year", "conversion", "inc_state_tax", "tools"):
            yield Check(path.name, column, "a known field", "unknown field", 0.0)
    for year, rows in cases.groupby("year", dropna=False):
        household = rows[list(STATE_INPUT)].assign(
            spouse_age=rows["age"].where(rows["filing_status"] == "mfj", 0), conversion_from="ira"
        )
        base = mr.state_tax(int(year), household)
        with_it = mr.state_tax(int(year), household.assign(conversion=rows["conversion"]))
        for row, got in (with_it["state_tax"] - base["state_tax"]).items():
            state, expected, tools = cases.loc[row, ["state", "inc_state_tax", "tools"]]
            strict = tools not in LOOSE_TOOLS
            loose = max(LOOSE_STATE, LOOSE_STATE_SHARE * abs(expected))
            yield Check(
                f"{year}/{state}/line {row + 2}", "inc_state_tax", expected, got, STRICT_STATE if strict else loose,
                loosely_judged="" if strict else state,
            )  # fmt: skip


ADAPTERS: dict[str, Callable[[Path], Iterator[Check]]] = {
    "after_tax_space_cases.yaml": lambda path: _each(path, _space),
    "pro_rata_cases.yaml": lambda path: _each(path, _pro_rata, "expected_three_decimals"),
    "late_conversion_cases.yaml": lambda path: _each(path, _late),
    "federal_tax_cases.csv": _federal,
    "state_tax_cases.csv": _state,
    "state_tax_all_cases.csv": _state,
}
