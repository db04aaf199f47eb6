"""What a person calls each field: nothing that an error can name is without a label, and no label is idle."""

import ast
import inspect
import re
from pathlib import Path

import pytest

import megaroth as mr
from megaroth.facts.client import ALL_FIELDS, MatchTier, RothConversion, ShareOfPay
from megaroth.facts.errors import in_unit
from megaroth.facts.labels import LABELS, label_of, unit_of
from megaroth.facts.providers import Claim, Provider
from megaroth.plans.job_offer import Offer
from megaroth.rules.income_tax import OPTIONAL, REQUIRED
from megaroth.show.firm import Firm

PACKAGE = Path(mr.__file__).parent
FIELDS = {
    *ALL_FIELDS,
    *(
        name
        for model in (MatchTier, RothConversion, ShareOfPay, Offer, Provider, Claim, Firm)
        for name in model.model_fields
    ),
}
COLUMNS = {*REQUIRED, *OPTIONAL}
UNITS = {"money", "rate", "year", "age", "count", "number", "text"}
# Calls that can refuse a value: the field is their first argument, of `refuse` the second. A bad cell of a
# table (`refuse_cell`) is named by its column.
REFUSING = re.compile(r"_?(checked\w*|refuse\w*|whole\w*|one|by_period)$")


def named_in_errors() -> set[str]:
    """The field names that stand in calls which can refuse a value, or in a loop over a call's fields."""
    nodes = [node for path in PACKAGE.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    found = []
    for node in nodes:
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            found += [keyword.value for keyword in node.keywords if keyword.arg == "field"]
            if REFUSING.match(name) and name not in ("refuse_cell", "_refuse_column"):
                found += node.args[1:2] if name == "refuse" else node.args[:1]
        if (
            isinstance(node, ast.For)
            and getattr(node.target, "id", "") == "field"
            and isinstance(node.iter, ast.Tuple)
        ):
            found += node.iter.elts
    return {each.value for each in found if isinstance(each, ast.Constant) and isinstance(each.value, str)}


def arguments() -> set[str]:
    """The names of the arguments of every public function."""
    functions = [getattr(mr, name) for name in mr.__all__ if inspect.isfunction(getattr(mr, name))]
    return {name for function in functions for name in inspect.signature(function).parameters}


def test_every_field_has_a_label() -> None:
    """Of each model of a client file, and each column of a table of households."""
    assert sorted((FIELDS | COLUMNS) - set(LABELS)) == []


def test_whatever_an_error_names_has_a_label() -> None:
    """So that no reader meets a name with underscores."""
    assert len(named_in_errors()) > 50
    assert sorted(named_in_errors() - set(LABELS)) == []


def test_no_label_is_idle() -> None:
    """Every label belongs to a field, a column, or an argument."""
    assert sorted(set(LABELS) - FIELDS - COLUMNS - named_in_errors() - arguments()) == []


@pytest.mark.parametrize("name", sorted(LABELS))
def test_labels_are_words(name: str) -> None:
    """Words a person would use, with a unit that is known."""
    assert unit_of(name) in UNITS
    assert "_" not in label_of(name)
    assert label_of(name)[0].isupper()


def test_amounts_are_shown_in_the_unit_of_their_field() -> None:
    """Money with a dollar sign, rates in percent, years and counts plainly."""
    assert (
        f"{in_unit('wages', 1_234.5)} {in_unit('wages', 300_000)} {in_unit('wages', -1)}"
        == "$1,234.50 $300,000 −$1"
    )
    assert f"{in_unit('annual_return', 0.07)} {in_unit('annual_return', -0.005)}" == "7.0% −0.5%"
    assert (
        f"{in_unit('start_year', 2026.0)} {in_unit('children', 1.5)} {in_unit('wages', True)}"
        == "2026 1.5 True"
    )
    assert f"{in_unit('wages', float('nan'))} {in_unit('wages', 10**400)}" == "nan inf"
    assert len(str(in_unit("wages", "9" * 1_000))) < 70
