"""Checking a Form 1099-R that a payer made: what our own forms hold passes, every box that differs is told."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.payer_forms import CheckedForms
from megaroth.rules.payouts import ROUTES, Form1099R
from megaroth.rules.tax_forms import TaxForms
from megaroth.show.form_tables import lines_table
from tests.generators import dollars, shares

V, B, E = 45_000, 37_500, 7_500


@st.composite
def facts(draw: st.DrawFn) -> dict:
    """What happened, as keywords; at least a dollar of basis and of earnings where an account has any."""
    balance = draw(dollars)
    basis, route = balance * draw(shares), draw(st.sampled_from(ROUTES))
    amount = balance * draw(shares)
    kept = amount * draw(shares) if route in ("direct", "sixty_day") else 0.0
    return {
        "year": 2026, "route": route, "amount": amount, "balance": balance, "after_tax_basis": basis, "kept": kept,
        "age": draw(st.integers(20, 80)), "rolled_to": draw(st.sampled_from(("roth_ira", "traditional_ira"))),
    }  # fmt: skip


def check(form: Form1099R | list[Form1099R], route: str = "direct", **more: object) -> CheckedForms:
    return mr.check_1099r(form, 2026, route, V, V, B, **more)


def rules(found: CheckedForms) -> list[str]:
    return [problem.rule for problem in found.problems]


@given(known=facts())
def test_our_own_forms_pass(known: dict) -> None:
    """In either order: what the facts lead to is right, and there is nothing to say meanwhile."""
    forms = mr.tax_forms_of(**known).forms_1099r

    for received in (forms, forms[::-1]):
        found = mr.check_1099r(received, **known)
        assert found.right
        assert found.meanwhile == ()


@st.composite
def altered(draw: st.DrawFn) -> tuple[dict, tuple[Form1099R, ...], str]:
    """Facts, their forms with one box of one form changed by more than rounding, and which."""
    known = draw(facts())
    forms = list(mr.tax_forms_of(**known).forms_1099r)
    assume(forms and known["after_tax_basis"] < known["balance"])  # a loss can be filled in two ways
    place = draw(st.integers(0, len(forms) - 1))
    form, more = forms[place], draw(st.floats(0.02, 1e5))
    change = draw(
        st.sampled_from(
            [
                {"box_1": form.box_1 + more}, {"box_2a": form.box_2a + more}, {"box_2a": None},
                {"box_4": form.box_4 + more}, {"box_5": form.box_5 + more}, {"not_determined": True},
                {"box_7": draw(st.sampled_from([code for code in "12478GHP" if code != form.box_7]))},
                {"ira_sep_simple": True}, {"box_10": more}, {"box_11": 2024},
            ]
        )
    )  # fmt: skip
    forms[place] = replace(form, **change)
    return known, tuple(forms), next(iter(change))


@given(case=altered())
def test_any_box_altered_is_caught(case: tuple[dict, tuple[Form1099R, ...], str]) -> None:
    """One box is changed: it is told, under that box, with a source, and the return is not led astray by it."""
    known, forms, name = case
    box = {"not_determined": "2b", "ira_sep_simple": "IRA/SEP/SIMPLE"}.get(name, name.removeprefix("box_"))

    found = mr.check_1099r(forms, **known)

    # With two forms of one size another pairing can be the nearer one; the problem is told all the same.
    assert not found.right
    if len(forms) == 1:
        assert box in {problem.box for problem in found.problems}
    assert all(problem.cite and "{" not in str(problem.message) for problem in found.problems)
    assert f"${found.expected.lines_1040['5b']:,}" in str(found.meanwhile[0])


RIGHT = Form1099R(V, E, B, "G")


@pytest.mark.parametrize(
    ("form", "rules_found", "said"),
    [
        (replace(RIGHT, box_7="1"), ["paid_not_rolled"], "Box 7 shows code 1, money paid to the client"),
        (replace(RIGHT, box_7="H"), ["from_roth"], "out of the Roth account"),
        (replace(RIGHT, box_7="8"), ["refund_code"], "nothing was"),
        (replace(RIGHT, box_2a=None), ["blank"], "Box 2a is blank"),
        (replace(RIGHT, box_2a=None, not_determined=True), ["blank", "not_determined"], "ask it to show $7,500"),
        (replace(RIGHT, box_5=0), ["basis_missing", "do_not_add_up"], "$37,500 of the payout is basis"),
        (replace(RIGHT, box_2a=V, box_5=0), ["all_taxed", "basis_missing"], "$7,500 of it is taxable"),
        (replace(RIGHT, ira_sep_simple=True), ["ira_ticked"], "lines 5a and 5b, not 4a and 4b"),
        (replace(RIGHT, box_4=1_500), ["withheld"], "nothing is withheld from a direct rollover"),
        (replace(RIGHT, box_10=E), ["irr_too_early"], "a later payout"),
        (replace(RIGHT, box_2a=7_000), ["taxable", "do_not_add_up"], "the taxable part is $7,500"),
        (replace(RIGHT, box_1=44_000), ["gross", "do_not_add_up"], "$45,000 was paid out"),
    ],
)  # fmt: skip
def test_a_direct_rollover_misreported(form: Form1099R, rules_found: list[str], said: str) -> None:
    """Each way of getting it wrong has its own sentence."""
    found = check(form)

    assert rules(found) == rules_found
    assert said in " ".join(str(problem.message) for problem in found.problems)


def test_a_cent_is_no_difference() -> None:
    """Two people who round may differ by a cent, not by two."""
    assert check(Form1099R(V, E + 0.01, B - 0.01, "G")).right
    assert not check(Form1099R(V, E + 0.02, B - 0.02, "G")).right


def test_an_in_plan_rollover_not_reported() -> None:
    """No form at all: it is asked for; the return reports the rollover all the same."""
    found = check([], "in_plan")

    assert rules(found) == ["not_reported"]
    assert "within the plan is reported too" in str(found.problems[0].message)
    assert str(found.meanwhile[0]).startswith("Form 1040 line 5a says $45,000 and line 5b $7,500")


def test_a_split_on_one_form() -> None:
    """One form for two destinations is told apart; with the right sums it makes no tax wrong."""
    found = check(Form1099R(V, 0, B, "G"), "split")

    assert rules(found) == ["two_on_one"]
    assert "$7,500 in box 1 of one, $37,500 of the other" in str(found.problems[0].message)
    assert [problem.changes_tax for problem in found.problems] == [False]
    assert not any("4852" in str(said) for said in found.meanwhile)


def test_one_form_of_a_split_has_not_come() -> None:
    """The form that came is right; the other one is asked for by its amount, and the return does not wait for it."""
    to_traditional, to_roth = mr.tax_forms_of(2026, "split", V, V, B).forms_1099r

    for came, said in (
        (to_traditional, "The form for $37,500 to a Roth IRA has not come"),
        (to_roth, "The form for $7,500 to a traditional IRA has not come"),
    ):
        found = check([came], "split")
        assert rules(found) == ["one_missing"]
        assert said in str(found.problems[0].message)
        assert any("4852" in str(each) for each in found.meanwhile)


def test_the_form_of_what_was_kept_has_not_come() -> None:
    """5,000 rolled over directly, 40,000 paid out: neither form is blamed for the other one that is missing."""
    kept = {"kept": 40_000, "age": 45}
    rolled, paid = mr.tax_forms_of(2026, "direct", V, V, B, **kept).forms_1099r

    to_roth, to_client = check([paid], **kept), check([rolled], **kept)

    assert (rules(to_roth), rules(to_client)) == (["one_missing"], ["one_missing"])
    assert "The form for $5,000 to a Roth IRA has not come" in str(to_roth.problems[0].message)
    assert "with code G" in str(to_roth.problems[0].message)
    assert "The form for $40,000 paid to the client has not come" in str(to_client.problems[0].message)
    assert "with code 1" in str(to_client.problems[0].message)


def test_one_form_of_two_that_is_wrong_itself() -> None:
    """The earnings' leg came, taxed; the basis' leg did not: both are told, and box 1 is left alone."""
    assert rules(check([Form1099R(E, E, 0, "G")], "split")) == ["one_missing", "deferred_taxed"]


LOSS = {"route": "direct", "amount": 27_000, "balance": 27_000, "after_tax_basis": 30_000}


@pytest.mark.parametrize(
    ("form", "known"),
    [
        (Form1099R(27_000, 0, 27_000, "G"), LOSS),
        (Form1099R(27_000, None, 30_000, "G"), LOSS),
        (Form1099R(27_000, None, 27_000, "G"), LOSS),
        (Form1099R(9_000, None, 10_000, "G"), {**LOSS, "amount": 9_000}),
        (Form1099R(27_000, None, 30_000, "8"), {**LOSS, "route": "refund"}),
        (Form1099R(30_000, None, 30_000, "G"), {**LOSS, "amount": 30_000, "balance": 30_000}),
    ],
)
def test_a_loss_has_two_fillings(form: Form1099R, known: dict) -> None:
    """Where the account is not above its basis, 2a can be blank and box 5 hold all contributions; nothing is taxed."""
    found = mr.check_1099r(form, 2026, **known)

    assert found.right
    assert found.received == (form,)


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        (Form1099R(27_000, None, 31_000, "G"), "basis"),
        (Form1099R(27_000, None, 0, "G"), "basis_missing"),
        (Form1099R(27_000, 3_000, 30_000, "G"), "taxable"),
    ],
)
def test_a_loss_misreported(form: Form1099R, rule: str) -> None:
    """More than the contributions, none of them, or income where there is none."""
    assert rule in rules(mr.check_1099r(form, 2026, **LOSS))


def test_with_earnings_box_2a_cannot_be_blank() -> None:
    """A cent of earnings, and the second filling is no longer right."""
    known = {**LOSS, "after_tax_basis": 26_999.97}

    assert rules(mr.check_1099r(Form1099R(27_000, None, 26_999.97, "G"), 2026, **known)) == ["blank"]


@pytest.mark.parametrize(
    ("year", "line", "said"),
    [
        (2024, "5b", "The word Rollover stands beside line 5b."),
        (2025, "5c", "The rollover is marked on line 5c."),
    ],
)
@pytest.mark.parametrize("route", ["direct", "in_plan", "split", "sixty_day"])
def test_the_mark_for_a_rollover_is_on_one_line(route: str, year: int, line: str, said: str) -> None:
    """The sentence and the table name the same line, by any route: a box on 5c from the form of 2025 on."""
    found = mr.check_1099r([], year, route, V, V, B, age=45)
    marked = lines_table(found.expected, "en")

    assert said in map(str, found.meanwhile)
    assert marked[marked["What it holds"] == "Marked as a rollover"].index.tolist() == [line]


def test_tax_withheld_from_a_refund() -> None:
    """A refund is no eligible rollover distribution: 3405(b) lets the client elect, 3405(c) does not apply."""
    (problem,) = check(Form1099R(V, E, B, "8", box_4=40), "refund").problems

    assert problem.rule == "withheld"
    assert "3405(b)" in problem.cite
    assert "3405(c)" not in problem.cite


def test_a_split_taxed() -> None:
    """The leg to the traditional IRA shown as taxed."""
    found = check([Form1099R(E, E, 0, "G"), Form1099R(B, 0, B, "G")], "split")

    assert rules(found) == ["deferred_taxed"]
    assert any("4852" in str(said) for said in found.meanwhile)


@pytest.mark.parametrize(
    ("code", "rule"),
    [("P", "year_before"), ("8P", "year_before"), ("1", "not_a_refund"), ("G", "not_a_refund")],
)
def test_a_refund_in_the_wrong_year(code: str, rule: str) -> None:
    """What goes back after the ACP test is taxed in the year it is paid: code 8, never P."""
    assert rules(check(Form1099R(V, E, B, code), "refund")) == [rule]
    assert check(Form1099R(V, E, B, "8"), "refund").right


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (Form1099R(V, E, B, "1", box_4=1_500), []),
        (Form1099R(V, E, B, "1", box_4=0), ["withheld"]),
        (Form1099R(V, E, B, "G", box_4=1_500), ["rolled_not_paid"]),
        (Form1099R(V, E, B, "7", box_4=1_500), ["code"]),
    ],
)
def test_sixty_days(form: Form1099R, expected: list[str]) -> None:
    """Paid to the client at 45: code 1, a fifth of the earnings in box 4."""
    assert rules(check(form, "sixty_day", age=45)) == expected


def test_more_was_withheld_than_had_to_be() -> None:
    """The client asked for more: with that fact given the form is right."""
    form = Form1099R(V, E, B, "1", box_4=5_000)

    assert rules(check(form, "sixty_day", age=45)) == ["withheld"]
    assert check(form, "sixty_day", age=45, withheld=5_000).right


def test_more_forms_than_there_should_be() -> None:
    """A form too many is asked about."""
    assert rules(check([RIGHT, RIGHT])) == ["too_many"]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (replace(RIGHT, box_7=""), "box_7"), (replace(RIGHT, box_7="Z"), "box_7"), (replace(RIGHT, box_7="GGG"), "box_7"),
        (replace(RIGHT, box_1=-1), "box_1"), (replace(RIGHT, box_2a="x"), "box_2a"),
        (replace(RIGHT, box_5=float("nan")), "box_5"),
    ],
)  # fmt: skip
def test_boxes_that_cannot_be(form: Form1099R, field: str) -> None:
    """A slip of the keys is refused by its box."""
    with pytest.raises(mr.InputError) as refused:
        check(form)

    assert refused.value.field == field


def test_the_expected_forms_come_along() -> None:
    """The check shows what the forms would be."""
    assert isinstance(check(RIGHT).expected, TaxForms)
