"""Sentences for people: what they carry, how they are shown, and that they cross a process border."""

import pickle

import numpy as np
import pandas as pd
import pytest

import megaroth as mr
from megaroth.facts.errors import Dollars, Message, Rate, checked, checked_one, furthest_over


def problem_of(call: object, *args: object, **options: object) -> mr.InputError:
    with pytest.raises(mr.InputError) as caught:
        call(*args, **options)
    return caught.value


def test_an_error_carries_field_value_and_rule() -> None:
    """For a program the three, for a person the sentence; it is a ValueError too."""
    problem = problem_of(checked, "wages", -5)

    assert (problem.field, problem.value, problem.rule) == ("wages", -5, "negative")
    assert str(problem) == "Pay cannot be negative; you entered \N{MINUS SIGN}$5."
    assert isinstance(problem, ValueError)


def test_an_error_crosses_a_process_border() -> None:
    """Pickled and back it is the same in every part."""
    problem = problem_of(checked, "annual_return", 2, low=-0.99, high=1.0)
    back = pickle.loads(pickle.dumps(problem))

    assert str(back) == str(problem) == "Return a year must be between −99.0% and 100.0%; you entered 200.0%."
    assert (back.field, back.value, back.rule, back.place) == ("annual_return", 2, "between", ())
    assert back.message == problem.message


def test_an_error_can_name_the_field_a_person_knows() -> None:
    """The same problem under another name: value, rule and limits stay."""
    problem = problem_of(mr.solo_401k_space, mr.load_law(2026), net_profit=200_000, age=45, employer=50_000)
    renamed = problem.under("employer_contribution")

    assert (
        str(problem)
        == "Employer share cannot be more than $37,176.57 for this net profit; you entered $50,000."
    )
    assert (
        str(renamed)
        == "Employer money cannot be more than $37,176.57 for this net profit; you entered $50,000."
    )
    assert (renamed.field, renamed.value, renamed.rule) == ("employer_contribution", 50_000, "at_most")


def test_values_in_a_message() -> None:
    """Whole dollars without cents, others with; rates in percent; a message cannot be changed."""
    message = Message("{a} {b} {c} {d}", {"a": Dollars(37_500), "b": Dollars(-1.5), "c": Rate(0.025), "d": 3})

    assert str(message) == "$37,500 −$1.50 2.5% 3"
    with pytest.raises(TypeError):
        message.values["a"] = 0


@pytest.mark.parametrize(
    "value",
    [[1, 2.5], (1, 2.5), np.array([1, 2.5]), pd.Series([1, 2.5]), pd.Series([1, 2.5], dtype="Float64")],
)
def test_checked_takes_what_holds_numbers(value: object) -> None:
    """Lists, arrays and columns of a table become float64 arrays; a single number a float."""
    numbers = checked("wages", value)

    assert numbers.dtype == np.float64
    assert numbers.tolist() == [1, 2.5]
    assert isinstance(checked("wages", np.int64(3)), float)
    assert checked("wages", np.zeros((2, 3))).shape == (2, 3)
    assert checked("wages", []).size == 0


def test_the_first_bad_number_of_many_is_shown() -> None:
    """Not the whole array."""
    assert problem_of(checked, "wages", np.arange(5, -95, -1)).value == -1
    assert problem_of(checked, "age", [[30, 121], [122, 50]], high=120).value == 121


def test_one_number_where_one_is_asked_for() -> None:
    """No array, and no broken number where whole ones are."""
    assert problem_of(checked_one, "year", [2026, 2027]).rule == "number"
    assert problem_of(checked_one, "year", 2026.5, whole=True).rule == "whole"
    assert checked_one("year", 2026, whole=True) == 2026


def test_the_furthest_over_its_limit() -> None:
    """Half a cent is no difference; of several the worst is named with its own limit."""
    assert furthest_over(100.005, 100) is None
    assert furthest_over(100.006, 100) == (100.006, 100)
    assert furthest_over([5, 30, 90], [10, 10, 80]) == (30, 10)
    assert furthest_over([[1], [2]], [1, 0.5]) == (2, 0.5)
    assert furthest_over([], 1) is None
