"""Every example of data/worked_examples, as its source has it."""

import pytest
import yaml

import megaroth as mr
from megaroth.facts.data import data_path

TO_THE_CENT = 0.0051
FILES = sorted(data_path("worked_examples").glob("*.yaml"))
EXAMPLES = [
    pytest.param(example, id=f"{file.stem}: {example['name']}")
    for file in FILES
    for example in yaml.safe_load(file.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_published_answer(example: dict) -> None:
    """The function gives what the source gives; an answer may be a figure, or parts of the result by name."""
    assert set(example) - {"law"} == {"name", "source", "call", "facts", "answer"}
    function = getattr(mr, example["call"])
    law = (mr.load_law(example["law"]),) if "law" in example else ()
    result = function(*law, **example["facts"])

    parts = example["answer"] if isinstance(example["answer"], dict) else {"": example["answer"]}
    for name, expected in parts.items():
        found = getattr(result, name) if name else result
        if isinstance(expected, str):
            assert found == expected
        else:
            assert found == pytest.approx(expected, abs=TO_THE_CENT), name


def test_there_are_examples_of_each_rule() -> None:
    """Room, solo plan, rollover, split, Form 8606, direct contribution."""
    assert {example.values[0]["call"] for example in EXAMPLES} >= {
        "after_tax_space_of", "solo_401k_space", "after_tax_rollover", "split_rollover", "form_8606", "roth_ira_limit",
    }  # fmt: skip
