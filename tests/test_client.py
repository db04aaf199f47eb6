"""Who the client is: checked once on entry, written whole or not at all, and mended by the sentence that refuses it."""

import datetime as dt
import math
import os
import subprocess
import sys
import typing
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.facts.client import (
    ALL_FIELDS,
    FILE_VERSION,
    PARTS,
    MatchTier,
    RothConversion,
    ShareOfPay,
    sample_names,
)
from megaroth.facts.data import data_path
from megaroth.facts.errors import RULES
from megaroth.facts.fields import State
from megaroth.facts.labels import label_of
from tests.generators import clients

ROOT = Path(__file__).parents[1]
SAMPLES = ("lin", "moreau", "okafor", "reyes")
LIN = mr.Client.load("lin")
AS_LOADED = LIN.model_copy(deep=True)
MODELS = {**PARTS, "plans": mr.Plan}
OF_CLIENT = ("name", "language", "participant")

# Facts that may be below zero: a loss, a bad market, deflation.
MAY_BE_NEGATIVE = {
    "prior_year_agi", "annual_return", "bond_return", "pay_growth", "discount_rate", "inflation", "correlation",
}  # fmt: skip
# Facts that are words or yes and no; every other one is a number, a year or a list of groups.
WORDS = {
    "filing_status", "state", "employer", "kind", "way_out", "frequency", "tax_paid_from", "name", "language", "participant",
}  # fmt: skip
YES_OR_NO = {
    "specified_service", "on_medicare", "spouse_on_medicare", "accepts_after_tax", "separate_account", "true_up",
    "offers_roth",
}  # fmt: skip
GROUPS = {"match", "roth_ira_conversions"}
NUMBERS = sorted(set(ALL_FIELDS) - WORDS - YES_OR_NO - GROUPS - set(PARTS) - {"plans"})
SHARES = {
    name
    for name in NUMBERS
    if name.endswith(("_rate", "_share", "_yield", "_horizon", "volatility", "_ceiling"))
}

NO_NUMBERS = [
    "abc", "", "12", b"12", True, False, np.True_, math.nan, math.inf, -math.inf, 10**400, 1 + 2j, [1], {}, [], {"a": 1},
    dt.timedelta(1),
]  # fmt: skip
IMPOSSIBLE = {
    "birth_year": [-1981, 0, 1899, 1915, 2027, 3000, 86_400, 1981.5, "1981-13-01", "1981-02-30", dt.date(1850, 1, 1), dt.date(2099, 1, 1)],
    "spouse_birth_year": [-1, 0, 1899, 1915, 2027, 86_400, 1983.5, "1983-00-10", dt.date(2050, 6, 1)],
    "start_year": [-1, 0, 1999, 2017, 2127, 2026.5],
    "separation_year": [-1, 2025, 2127, 2030.5],
    "retirement_year": [-1, 2025, 2035, 2127, 2046.5],
    "horizon_year": [-1, 2025, 2127, 2056.5],
    "conversions_end_year": [-1, 2017, 2127, 2030.5],
    "children": [21, 1.5], "other_dependents": [21, 0.5], "days_to_rollover": [367, 1.5], "first_pay_period": [0, 27, 53, 1.5],
    "pay_periods": [0, 2, 13, 27, 365, 1.5],
    "annual_return": [-1.0, 1.01, 7, 70], "bond_return": [-1.0, 4], "pay_growth": [-1, 3], "discount_rate": [-1, 2.5],
    "inflation": [-0.06, 0.21, 2.5], "correlation": [-1.01, 1.01], "roth_deferral": [24_500.01, 60_000],
}  # fmt: skip


def bad_values(name: str) -> list[object]:
    """What a number field must refuse, from its own nature."""
    bad = list(NO_NUMBERS)
    if not _may_be_none(name):
        bad.append(None)
    if name not in MAY_BE_NEGATIVE:
        bad += [-1, -0.01, np.float64(-5), np.int64(-5)]
    if name in SHARES:
        bad += [1.01, 8, 100]
    return bad + IMPOSSIBLE.get(name, [])


def _may_be_none(name: str) -> bool:
    model = next(model for model in MODELS.values() if name in model.model_fields)
    annotation = model.model_fields[name].annotation
    return type(None) in typing.get_args(annotation)


TABLE = {name: bad_values(name) for name in NUMBERS}
TABLE |= {key: ["yes", "true", 1, 0, 1.0, math.nan, [], {}, b"1"] for key in YES_OR_NO}
TABLE |= {key: [1, -1, "50% to 6%", math.nan, True, {}, [1], ["x"], [{}], None] for key in GROUPS}
TABLE |= {key: ["abc", "", 1, -1, math.nan, math.inf, True, [], {}, b"mfj", "MFJ", "none "] for key in WORDS}
TABLE |= {key: [1, -1, math.nan, True, [], {}, b"x", "x" * 81, None] for key in ("employer", "name")}
TABLE["name"] = [*TABLE["name"], "", "   "]


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_field_refuses_what_cannot_be(name: str) -> None:
    """InputError with field, value and rule, in one sentence that a person can act on; the client stays as it was."""
    inside = {"match": MatchTier, "roth_ira_conversions": RothConversion, "after_tax": ShareOfPay}
    fields = {name, "a"} | set(inside[name].model_fields if name in inside else ())
    for bad in TABLE[name]:
        problem = refused(name, bad)
        sentence = str(problem)
        assert problem.field in fields
        assert problem.rule in RULES
        assert label_of(problem.field) in sentence or problem.rule == "unknown"
        assert sentence.endswith((".", "?"))
        assert len(sentence) < 500
        if problem.rule not in ("missing", "list", "group", "unknown"):
            assert f"{problem.message.values['value']}" in sentence
    assert LIN == AS_LOADED


def refused(name: str, bad: object) -> mr.InputError:
    """The problem of a client with that value; anything but an InputError fails the test and names the value."""
    try:
        LIN.with_(**{name: bad})
    except mr.InputError as problem:
        return problem
    raise AssertionError(f"{name} takes {bad!r}")


def test_the_table_names_every_field() -> None:
    """A new field cannot be forgotten: the table is made from the models, and the named exceptions exist."""
    assert set(TABLE) == set(ALL_FIELDS) - set(PARTS) - {"plans"}
    assert MAY_BE_NEGATIVE | WORDS | YES_OR_NO | GROUPS | set(IMPOSSIBLE) <= set(ALL_FIELDS)
    for name in MAY_BE_NEGATIVE:
        assert _value_of(LIN.with_(**{name: -0.01}), name) == -0.01


@pytest.mark.parametrize("model", [MatchTier, RothConversion, ShareOfPay])
@pytest.mark.parametrize("bad", [-1, -0.01, 5.01, math.nan, math.inf, "x", True, None, []])
def test_groups_inside_refuse_what_cannot_be(model: type, bad: object) -> None:
    """A match tier, a year's conversions, an election as share of pay: each of their fields."""
    good = {
        "rate": 0.5,
        "up_to_share": 0.06,
        "year": 2020,
        "taxable": 10.0,
        "nontaxable": 10.0,
        "share_of_pay": 0.1,
    }
    for name in model.model_fields:
        if bad == 5.01 and name in ("taxable", "nontaxable"):
            continue
        facts = {field: good[field] for field in model.model_fields}
        with pytest.raises(mr.InputError) as caught:
            model(**{**facts, name: bad})
        assert caught.value.field == name


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"match": [{"rate": 0.5, "up_to_share": 0.06}, {"rate": 0.5, "up_to_share": 0.06}]}, "up_to_share"),
        ({"match": [{"rate": 0.5, "up_to_share": 0.06, "extra": 1}]}, "extra"),
        ({"roth_ira_conversions": [{"year": 1997}]}, "year"),
        ({"after_tax": {"share_of_pay": 1.5}}, "share_of_pay"),
        ({"after_tax": {"share": 0.1}}, "share"),
        ({"after_tax": "all"}, "after_tax"),
        ({"filing_status": "single", "participant": "spouse"}, "participant"),
        ({"participant": "spouse", "spouse_birth_year": None}, "spouse_birth_year"),
        ({"pay_periods": 12, "first_pay_period": 13}, "first_pay_period"),
        ({"separation_year": 2046, "retirement_year": 2045}, "retirement_year"),
        ({"elective_deferral": 10_000, "catch_up": 0, "roth_deferral": 10_001}, "roth_deferral"),
        ({"plans": ()}, "plans"),
        ({"plans": None, "kind": "403b"}, "plans"),
        ({"household": None, "wages": 1}, "household"),
        ({"household": {"filing_status": "mfj"}}, "birth_year"),
    ],
)
def test_facts_that_cannot_be_together(changes: dict, field: str) -> None:
    """Checks across fields name the one to mend."""
    with pytest.raises(mr.InputError) as caught:
        LIN.with_(**changes)
    assert caught.value.field == field


def test_field_names_are_unique_over_all_parts() -> None:
    """So that `with_(annual_return=0.05)` can only mean one thing."""
    assert len(set(ALL_FIELDS)) == len(ALL_FIELDS)


def _another(name: str, now: object) -> object:
    """A value for the field that is possible and not what it is now."""
    special = {
        "filing_status": "mfs", "state": "NY", "birth_year": 1979, "spouse_birth_year": dt.date(1984, 2, 29), "kind": "403b",
        "way_out": "none", "frequency": "yearly", "match": (MatchTier(rate=1.0, up_to_share=0.03),), "pay_periods": 24,
        "after_tax": ShareOfPay(share_of_pay=0.1), "roth_ira_conversions": (RothConversion(year=2020, taxable=5.0),),
        "tax_paid_from": "from_conversion", "start_year": 2025, "separation_year": 2037, "retirement_year": 2047,
        "horizon_year": 2057, "conversions_end_year": 2030, "name": "林女士", "language": "en", "participant": "spouse",
        "first_pay_period": 2, "children": 1, "other_dependents": 1, "days_to_rollover": 3, "employer": "Another Example",
    }  # fmt: skip
    if name in special:
        return special[name]
    if name in YES_OR_NO:
        return not now
    return 0.11 if name in SHARES or name in MAY_BE_NEGATIVE else 1_234.5


@pytest.mark.parametrize("name", [name for name in ALL_FIELDS if name not in (*PARTS, "plans")])
def test_with_changes_one_field_and_no_other(name: str, tmp_path: Path) -> None:
    """Every field can be changed, only that one changes, and the changed client survives its file."""
    client = LIN
    now = _value_of(client, name)
    changed = client.with_(**{name: _another(name, now)})

    assert _value_of(changed, name) == _another(name, now) != now
    assert changed.with_(**{name: now}) == client == LIN
    changed.save(tmp_path / "changed.yaml")
    assert mr.Client.load(tmp_path / "changed.yaml") == changed


def _value_of(client: mr.Client, name: str) -> object:
    if name in OF_CLIENT:
        return getattr(client, name)
    parts = [client.plan if part == "plans" else getattr(client, part) for part in MODELS]
    return next(getattr(part, name) for part in parts if name in type(part).model_fields)


def test_with_whole_parts() -> None:
    """A part can be replaced as a whole, and a field of the same call then changes the new one."""
    home = mr.Household(filing_status="single", birth_year=1990, state="TX")
    other = mr.Plan(kind="457b", deferral_made=5_000.0)
    client = LIN.with_(household=home, wages=100_000, plans=(*LIN.plans, other), pay_periods=12)

    assert client.household == home.model_copy(update={"wages": 100_000})
    assert client.plans[1] == other
    assert client.plan.pay_periods == 12


def test_with_an_unknown_name_suggests() -> None:
    """A slip of the pen gets the names that are near."""
    with pytest.raises(mr.InputError) as caught:
        LIN.with_(anual_return=0.05)
    assert str(caught.value).startswith(
        "There is no field called anual_return; did you mean one of: annual_return"
    )


def test_facts_are_frozen() -> None:
    """A what-if is a new client; the old one cannot be changed."""
    client = LIN
    for part, name, value in (
        (client, "name", "x"),
        (client.household, "wages", 1.0),
        (client.plan, "kind", "403b"),
    ):
        with pytest.raises(ValueError, match="frozen"):
            setattr(part, name, value)


@pytest.mark.parametrize("number", [np.float64(310_000), np.int64(310_000), np.int32(310_000), 310_000])
def test_numbers_out_of_a_table_are_numbers(number: object) -> None:
    """An advisor's own script takes pay out of a DataFrame."""
    assert LIN.with_(wages=number).household.wages == 310_000
    assert LIN.with_(children=np.int64(3)).household.children == 3


# ------------------------------------------------------------------ files


@given(
    client=clients(),
    name=st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=80),
)
def test_a_saved_client_reopens_equal(
    client: mr.Client, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Any client, any name a keyboard can type: the same facts come back."""
    if not name.strip():
        return
    client = client.with_(
        name=name, birth_year=dt.date(1980, 2, 29), roth_ira_conversions=[{"year": 2021, "taxable": 1.5}]
    )
    path = tmp_path_factory.getbasetemp() / "reopened.yaml"

    client.save(path)

    assert mr.Client.load(path) == client
    assert path.read_text(encoding="utf-8").startswith("version: 1\n")


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_reopen_equal(name: str, tmp_path: Path) -> None:
    """The file as written by hand and the file as saved hold the same client."""
    client = mr.Client.load(name)
    client.save(tmp_path / "saved.yml")

    assert mr.Client.load(tmp_path / "saved.yml") == client
    assert mr.Client.load(str(tmp_path / "saved.yml")) == client


def test_none_is_left_out_and_comes_back() -> None:
    """Saving drops what is not known; so every fact that may be None is None when it is left out."""
    for model in (*MODELS.values(), mr.Client):
        for name, field in model.model_fields.items():
            if type(None) in typing.get_args(field.annotation):
                assert field.default is None, name


def test_the_samples_are_the_four_of_the_book() -> None:
    """A Chinese-speaking couple in New Jersey, a 61-year-old with catch-up, one way out at separation, a consultant."""
    assert sample_names() == sorted(SAMPLES)
    people = {name: mr.Client.load(name) for name in SAMPLES}

    couple = people["lin"]
    assert (couple.language, couple.household.state, couple.household.filing_status) == ("zh", "NJ", "mfj")
    assert couple.household.wages > 0 == couple.household.spouse_wages
    assert (couple.plan.frequency, couple.plan.way_out) == ("each_paycheck", "both")
    older = people["okafor"]
    assert older.age(2026) == 61
    assert older.elections.catch_up == mr.load_law(2026).catch_up_60_63
    late = people["moreau"]
    assert late.plan.accepts_after_tax
    assert late.plan.way_out == "none"
    assert late.balances.after_tax_value > late.balances.after_tax_basis > 0
    consultant = people["reyes"]
    assert consultant.plan.kind == "solo_401k"
    assert consultant.household.self_employment_profit > 0
    for client in people.values():
        assert mr.after_tax_space(client, client.assumptions.start_year).space > 0


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_are_clearly_invented(name: str) -> None:
    """The file says so in its first line, and no employer could be a real one."""
    text = data_path("clients", f"{name}.yaml").read_text(encoding="utf-8")

    assert text.startswith("# A fictional client")
    assert "Example" in mr.Client.load(name).plan.employer


def test_ages_count_to_the_end_of_the_year() -> None:
    """Reached by 31 December, whose ever the plan is; a birth date gives the same as its year."""
    client = LIN

    assert (client.age(2026), client.household.spouse_age(2026)) == (45, 43)
    assert client.with_(participant="spouse").age(2026) == 43
    assert client.with_(birth_year=dt.date(1981, 12, 31)).age(2026) == 45
    assert client.with_(birth_year="1981-01-01").age(2026) == 45
    assert client.with_(spouse_birth_year=None).household.spouse_age(2026) is None
    assert client.with_(participant="spouse", spouse_wages=90_000).participant_wages == 90_000


GOOD = data_path("clients", "moreau.yaml").read_text(encoding="utf-8")
PAY = "  wages: 185_000"
BROKEN = [
    # what is replaced, by what, words on the line that must be named (none: the file alone), a piece of the sentence
    ("name: Moreau", "name: [Moreau", "language: en", "not valid YAML"),
    (PAY, "  wages: 1: x", "1: x", "not valid YAML"),
    (PAY, "\twages: 7", "wages: 7", "not valid YAML"),
    (PAY, "  wages: \x07", "wages: \x07", "not valid YAML"),
    (PAY, "  wages: &pay 5\n  spouse_wages: *pay", "&pay", "not valid YAML"),
    (PAY, "  wages: !!python/object/apply:os.getcwd []", "getcwd", "not valid YAML"),
    ("birth_year: 1978", "birth_year: 1978-13-45", "1978-13-45", "not valid YAML"),
    ("balances:", "balances: &me\n  again: *me", "&me", "not valid YAML"),
    (PAY, "  wages: 5\n  wages: 7", "wages: 7", "wages stands here twice"),
    ("elections:", "language: zh\nelections:", "language: zh", "language stands here twice"),
    (PAY, "  wagess: 5", "wagess", "no field called wagess; did you mean one of: wages"),
    (PAY, "  date: 5", "date: 5", "no field called date"),
    (PAY, "  2026: 5", "2026: 5", "the name of a field must be a word"),
    (PAY, "  yes: 5", "yes: 5", "the name of a field must be a word"),
    (PAY, "  [a]: 5", "[a]: 5", "the name of a field must be a word"),
    (PAY, "  wages: a lot", "a lot", "Pay must be a number; you entered a lot."),
    (PAY, "  wages: 185,000", "185,000", "Pay must be a number; you entered 185,000."),
    (PAY, "  wages: -1", "wages: -1", "Pay cannot be negative; you entered −$1."),
    (PAY, "  wages: .nan", ".nan", "Pay must be a finite number; you entered nan."),
    (PAY, "  wages: {amount: 1}", "amount: 1}", "Pay must be a number"),
    (PAY, "  wages:", "  wages:", "Pay is missing."),
    ("birth_year: 1978", "birth_year: 1778", "1778", "Birth year must be between"),
    ("  state: IL\n", "", "household:", "State is missing."),
    ("  state: IL", "  state: ZZ", "ZZ", "State must be one of"),
    ("name: Moreau\n", "", "# A fictional", "Name is missing."),
    ("  - employer: Prairie", "  - colour: red\n    employer: Prairie", "colour", "no field called colour"),
    ("    kind: 403b", "    kind: 403(b)", "403(b)", "Kind of plan must be one of"),
    ("    kind: 403b", "    kind: true", "kind: true", "Kind of plan must be one of"),
    ("rate: 1.0", "rate: 900%", "900%", "Match rate must be a number; you entered 900%."),
    (
        "    pay_periods: 26",
        "    pay_periods: 26\n    first_pay: 1",
        "first_pay",
        "no field called first_pay",
    ),
    (
        "  after_tax: 15_000",
        "  first_pay_period: 30",
        "first_pay_period",
        "First pay period must be between 1 and 26",
    ),
    (
        "horizon_year: 2055",
        "horizon_year: 2020",
        "2020",
        "Last year of the plan must be at least 2026; you entered 2020.",
    ),
    (
        "assumptions:",
        "assumption:",
        "assumption:",
        "no field called assumption; did you mean one of: assumptions",
    ),
    (
        "version: 1",
        "version: 2",
        "",
        "was saved by a newer version of megaroth (2); please update the program.",
    ),
    ("version: 1", "version: 0", "", "it must say 'version: 1'"),
    ("version: 1", "version: true", "", "it must say 'version: 1'"),
    ("version: 1\n", "", "", "it must say 'version: 1'"),
]


@pytest.mark.parametrize(("there", "instead", "at", "words"), BROKEN, ids=lambda each: str(each)[:30])
def test_a_broken_file_says_where(tmp_path: Path, there: str, instead: str, at: str, words: str) -> None:
    """File, line and what is wrong in one sentence; the file's bytes are as they were."""
    assert there in GOOD
    broken = GOOD.replace(there, instead, 1)
    path = tmp_path / "moreau.yaml"
    path.write_text(broken, encoding="utf-8")
    before = path.read_bytes()
    line = broken.count("\n", 0, broken.rindex(at)) + 1

    with pytest.raises(mr.InputError) as caught:
        mr.Client.load(path)

    sentence = str(caught.value)
    assert sentence.startswith(f"moreau.yaml, line {line}: " if at else "moreau.yaml ")
    assert words in sentence
    assert str(tmp_path) not in sentence
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "holds no client"),
        (b"- 1\n", "holds no client"),
        (b"just words", "holds no client"),
        (b"a: 1\n---\nb: 2\n", "not valid YAML"),
        (b"name: caf\xe9\n", "not a text file in UTF-8"),
        (b"\x00\x01\x02", "not valid YAML"),
        (b"\xff\xfen\x00", "not a text file in UTF-8"),
        (b"a: " + b"[" * 5_000, "not valid YAML"),
    ],
)
def test_no_client_file_at_all(tmp_path: Path, content: bytes, words: str) -> None:
    """Anything a person may pick in a file dialog gets one sentence."""
    path = tmp_path / "some.yaml"
    path.write_bytes(content)

    with pytest.raises(mr.InputError, match=words) as caught:
        mr.Client.load(path)
    assert str(caught.value).startswith("some.yaml")
    assert path.read_bytes() == content


def test_a_file_from_windows(tmp_path: Path) -> None:
    """A byte order mark and Windows line ends are no fault."""
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert mr.Client.load(path) == mr.Client.load("moreau")


@pytest.mark.parametrize(
    "name", ["nobody", "../clients/lin", "lin/..", "", "a b", "/etc/passwd", 5, None, ["lin"]]
)
def test_a_name_that_is_no_sample(name: object) -> None:
    """The samples are named; no path can be slipped in as a name."""
    with pytest.raises(mr.InputError) as caught:
        mr.Client.load(name)
    assert caught.value.field == "client"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file and a folder cannot be read; the sentence names the file alone."""
    (tmp_path / "folder.yaml").mkdir()
    for name in ("absent.yaml", "folder.yaml"):
        with pytest.raises(mr.InputError, match=f"^{name} cannot be read"):
            mr.Client.load(tmp_path / name)


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left on device"), PermissionError(13, "denied"), KeyboardInterrupt()]
)
def test_saving_is_all_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, failure: BaseException
) -> None:
    """A disk that fills, or a break midway: the old file is whole, and nothing half-written lies beside it."""
    path = tmp_path / "client.yaml"
    LIN.save(path)
    before = path.read_bytes()

    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(os, step, fail)
    expected = mr.InputError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        LIN.with_(wages=1.0).save(path)

    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["client.yaml"]
    if expected is mr.InputError:
        assert str(caught.value) == "client.yaml cannot be saved: the folder is read-only, missing or full."


def test_a_killed_save_leaves_the_old_file(tmp_path: Path) -> None:
    """The process dies before the last step: the old file is whole and opens."""
    path = tmp_path / "client.yaml"
    LIN.save(path)
    before = path.read_bytes()
    script = (
        "import os, sys, megaroth as mr; os.replace = lambda *_: os._exit(9); "
        "mr.Client.load('okafor').save(sys.argv[1])"
    )

    killed = subprocess.run([sys.executable, "-c", script, str(path)], cwd=ROOT, check=False)

    assert killed.returncode == 9
    assert path.read_bytes() == before
    assert mr.Client.load(path) == LIN


@pytest.mark.parametrize("place", ["absent/client.yaml", "a_file/client.yaml"])
def test_a_folder_that_cannot_be_written(tmp_path: Path, place: str) -> None:
    """No such folder: a sentence, and nothing is made."""
    (tmp_path / "a_file").write_text("x")

    with pytest.raises(mr.InputError, match="cannot be saved"):
        LIN.save(tmp_path / place)
    assert sorted(os.listdir(tmp_path)) == ["a_file"]


def test_a_read_only_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The system refuses the new file: the old one stays, nothing lies beside it."""
    path = tmp_path / "client.yaml"
    LIN.save(path)
    before = path.read_bytes()

    def refused(*_: object, **__: object) -> typing.NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.mkstemp", refused)  # root may write anywhere, so the refusal is played
    with pytest.raises(mr.InputError, match="read-only"):
        LIN.with_(wages=1.0).save(path)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["client.yaml"]


def test_saving_keeps_who_may_read_a_file(tmp_path: Path) -> None:
    """A file that colleagues may read stays readable for them."""
    path = tmp_path / "client.yaml"
    LIN.save(path)
    path.chmod(0o640)
    before = path.stat().st_mode

    LIN.with_(wages=1.0).save(path)

    assert path.stat().st_mode == before


# ------------------------------------------------------------------ schema


@pytest.mark.parametrize("name", SAMPLES)
def test_the_schema_accepts_the_samples(name: str) -> None:
    """An editor that checks while one types finds nothing wrong with them."""
    jsonschema.validate(
        yaml.safe_load(data_path("clients", f"{name}.yaml").read_text(encoding="utf-8")), _schema()
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda file: file.pop("version"), "'version' is a required property"),
        (lambda file: file.update(version=2), "1 was expected"),
        (lambda file: file.pop("household"), "'household' is a required property"),
        (lambda file: file["household"].pop("birth_year"), "'birth_year' is a required property"),
        (lambda file: file["household"].update(wages=-1), "less than the minimum"),
        (lambda file: file["household"].update(wagess=1), "Additional properties are not allowed"),
        (lambda file: file["household"].update(state="ZZ"), "is not one of"),
        (lambda file: file["plans"][0].update(pay_periods=13), "is not one of"),
        (lambda file: file["elections"].update(first_pay_period=53), "greater than the maximum"),
    ],
)
def test_the_schema_names_what_is_wrong(change: object, why: str) -> None:
    """Missing, unknown and impossible facts are found by the schema alone."""
    file = yaml.safe_load(GOOD)
    change(file)
    with pytest.raises(jsonschema.ValidationError, match=why):
        jsonschema.validate(file, _schema())


def test_the_schema_holds_every_field() -> None:
    """Each part, each field, and the version."""
    schema = _schema()

    assert schema["properties"]["version"] == {"const": FILE_VERSION}
    for model in MODELS.values():
        assert set(schema["$defs"][model.__name__]["properties"]) == set(model.model_fields)


def _schema() -> dict:
    return mr.Client.json_schema()


def test_every_state_and_dc() -> None:
    """Fifty states and the District of Columbia."""
    assert len(set(State.__args__)) == 51
