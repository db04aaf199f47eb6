"""Projections worked by hand, data/worked_examples/projections: their sums, the engine and the reference."""

import pytest
import yaml

import megaroth as mr
from megaroth.facts.data import data_path
from tests.reference_engine import Way, reference

TO_THE_CENT = 0.0051
LAST_DIGIT = 0.000001  # the sums are written down to six decimals
EXAMPLES = [
    pytest.param(yaml.safe_load(file.read_text(encoding="utf-8")), id=file.stem)
    for file in sorted(data_path("worked_examples", "projections").glob("*.yaml"))
]
STRATEGIES = {strategy.key: strategy for strategy in mr.STRATEGIES}


def _client(example: dict) -> mr.Client:
    return mr.Client(name=example["name"], **example["client"])


def _strategies(example: dict) -> dict[str, tuple]:
    """By the name that the example uses: the engine's strategy, and the reference's."""
    found = {}
    for each in example["strategies"]:
        if isinstance(each, dict):
            years = frozenset(each["convert_in"])
            strategy = mr.convert_in(years)
            found["convert_in"] = strategy, Way(strategy.key, "convert_in", years=years)
        else:
            found[each] = STRATEGIES[each], Way(each, each)
    return found


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_sums_of_the_working_are_right(example: dict) -> None:
    """Each step of the working is the sum that stands beside it."""
    for step in example["steps"]:
        answer = eval(step["sum"], {"__builtins__": {}}, {"max": max})
        assert answer == pytest.approx(step["is"], abs=LAST_DIGIT), step["step"]


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_expected_figure_is_in_the_working(example: dict) -> None:
    """An expected figure is 0, a fact, or the answer of a step."""
    worked = [0.0, *(step["is"] for step in example["steps"])]
    expected = list(example["expected"]["value_after_tax"].values())
    for row in example["expected"]["ledger"]:
        expected += [row[name] for name in row if name not in ("strategy", "year")]

    assert [figure for figure in expected if figure not in worked] == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_engine_gives_what_was_worked_by_hand(example: dict) -> None:
    """Balances, taxes and the value at the horizon, to the cent."""
    strategies = _strategies(example)

    found = mr.project(_client(example), strategies=[engine for engine, _ in strategies.values()])

    ledger = found.ledger.set_index(["strategy", "year"])
    for row in example["expected"]["ledger"]:
        place = strategies[row["strategy"]][0].key, row["year"]
        for name in set(row) - {"strategy", "year"}:
            assert ledger.loc[place, name] == pytest.approx(row[name], abs=TO_THE_CENT), (*place, name)
    for name, value in example["expected"]["value_after_tax"].items():
        key = strategies[name][0].key
        assert found.summary.loc[key, "value_after_tax"] == pytest.approx(value, abs=TO_THE_CENT), key


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_reference_gives_what_was_worked_by_hand(example: dict) -> None:
    """The reference that random clients are compared with is held to the same figures."""
    strategies = _strategies(example)

    found = reference(_client(example), [way for _, way in strategies.values()])

    for row in example["expected"]["ledger"]:
        line = found.lines[strategies[row["strategy"]][1].key, row["year"]]
        for name in set(row) - {"strategy", "year"}:
            by_hand = getattr(line, name.removesuffix("_closing"))
            assert by_hand == pytest.approx(row[name], abs=TO_THE_CENT), (row["strategy"], row["year"], name)
    for name, value in example["expected"]["value_after_tax"].items():
        key = strategies[name][1].key
        assert found.values[key] == pytest.approx(value, abs=TO_THE_CENT), key
