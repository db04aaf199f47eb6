"""
The lines that a state's law draws on income: its brackets, and where its rules begin, step and end.

Every rule of data/law/states says what income it looks at (`by`) and where (`start`, `lost_above`, a table's `over` ...);
this module only reads those figures out, so that an advisor is told what lies ahead.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from megaroth.facts.state_law import StateLaw, Table

Numbers = np.ndarray | float
Line = tuple[str, str, float]
BY = {
    "federal_agi": "agi",
    "state_agi": "state:state_agi",
    "state_income": "state:state_income",
    "state_income_less_exemption": "state:state_income",
}
# What a kind of rule looks at where it does not say so.
USUAL = {
    "surtax": "state:taxable_income",
    "add_tax_above": "state:taxable_income",
    "tax_table": "state:taxable_income",
    "recapture_by_bracket": "state:state_income",
    "exclusion_by_income_step": "state:state_agi",
    "zero_tax": "state:state_agi",
}
SINGLE_LINES = (
    "start", "over", "lost_above", "lost_from", "reduce_over", "cut_over", "from_agi", "above_agi", "income_at_most",
    "flat_rate_above_agi", "full_cut_above",
)  # fmt: skip


def state_lines(state: StateLaw, status: int, columns: Mapping[str, Numbers]) -> Iterator[Line]:
    """
    The lines of one return.

    Args:
        state: law of the state and year. status: code of STATUS_CODE.
        columns: of ClientReturn.columns, for one amount: steps that begin over and over are told from there on.

    Yields: (name, measure of tax_edges, USD). A name begins with "state_".
    """
    if state.brackets is not None:
        over, rates = (_rows(each, status) for each in (state.brackets.over, state.brackets.columns["rate"]))
        for at, rate in zip(over, rates, strict=True):
            yield from _line(f"bracket_{rate * 100:.5g}", "state:taxable_income", at)
    for rule in state.rules:
        kind = rule["kind"]
        measure = BY.get(rule.get("by", ""), USUAL.get(kind, "agi"))
        for part in (rule, *rule.get("parts", ()), *filter(None, [rule.get("cut")])):
            yield from _of_rule(kind, part, measure, status, columns)
        yield from _conversion_cap(rule, status, columns)


def _of_rule(kind: str, rule: Mapping, measure: str, status: int, columns: Mapping) -> Iterator[Line]:
    figures = {
        name: _of(rule[name], status) for name in SINGLE_LINES if name in rule and not _is_table(rule[name])
    }
    for at in figures.values():
        yield from _line(kind, measure, at)
    for table in (value for value in rule.values() if _is_table(value)):
        for at in _rows(table.over, status):
            yield from _line(kind, "state:taxable_income" if kind == "recapture_by_bracket" else measure, at)
    if "start" in figures and "width" in rule:
        yield from _line(f"{kind}_end", measure, figures["start"] + _of(rule["width"], status))
    if "start" in figures and "step" in rule:
        step, now = _of(rule["step"], status), float(np.max(columns[measure]))
        following = figures["start"] + step * max(0.0, np.ceil((now - figures["start"]) / step - 1e-9))
        yield from _line(f"{kind}_step", measure, following)
    if "window" in rule:  # the lower brackets' benefit is taken back over a window of income above each edge
        for at in _rows(rule["rows"].over, status):
            start = max(float(at), figures["above_agi"])
            yield from _line(f"{kind}_start", measure, start)
            yield from _line(f"{kind}_end", measure, start + rule["window"])


def _conversion_cap(rule: Mapping, status: int, columns: Mapping) -> Iterator[Line]:
    """Where an exclusion of retirement income is full."""
    for name in ("cap_per_owner", "cap_per_return", "cap_if_both_spouses", "cap"):
        if rule["kind"].startswith("exclu") and name in rule:
            # The excluded amount stops at its cap, so it is looked for a bit before.
            yield from _line("exclusion_full", "state:excluded", _of(rule[name], status) - 1e-6)


def _is_table(value: object) -> bool:
    return isinstance(value, Table)


def _of(figure: object, status: int) -> float:
    """A figure for the status: of an array by status its place, else as it is."""
    return float(figure[status] if isinstance(figure, np.ndarray) else figure)


def _rows(column: np.ndarray, status: int) -> np.ndarray:
    """A table's column for the status."""
    return column[status] if column.ndim == 2 else column


def _line(name: str, measure: str, at: float) -> Iterator[Line]:
    if np.isfinite(at) and at > 0:
        # Lines of one rule are told apart by their dollars.
        yield f"state_{name}" if name.startswith("bracket") else f"state_{name}_{at:.0f}", measure, float(at)
