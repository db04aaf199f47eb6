"""The forms of a payout: boxes, codes and lines by route, and those of a projection's year."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.payouts import ROUTES, Form1099R, cents, dollars
from megaroth.rules.tax_forms import TaxForms
from tests.generators import clients, shares
from tests.generators import dollars as amounts

V, B, E = 45_000, 37_500, 7_500


@st.composite
def payouts(draw: st.DrawFn) -> TaxForms:
    """The forms of any payout that can be."""
    balance, basis = draw(amounts), draw(amounts)
    amount, route = balance * draw(shares), draw(st.sampled_from(ROUTES))
    kept = amount * draw(shares) if route in ("direct", "sixty_day") else 0.0
    rolled_to = draw(st.sampled_from(("roth_ira", "traditional_ira")))
    return mr.tax_forms_of(
        draw(st.integers(2023, 2030)), route, amount, balance, basis, kept=kept, age=draw(st.integers(20, 80)),
        exception=draw(st.booleans()), rolled_to=rolled_to,
    )  # fmt: skip


def of(route: str, amount: float = V, **facts: object) -> TaxForms:
    return mr.tax_forms_of(2026, route, amount, V, B, **facts)


# --- by route, law.md's account of 45,000 with basis 37,500 ---


def test_direct_rollover_to_a_roth_ira() -> None:
    """One form with code G: box 1 all, 2a the earnings, 5 the basis; lines 5a and 5b; Form 5498 box 2, not box 3."""
    forms = of("direct", roth_ira_value=50_000)

    assert forms.forms_1099r == (Form1099R(V, E, B, "G", goes_to="roth_ira"),)
    assert forms.lines_1040 == {"4a": 0, "4b": 0, "5a": V, "5b": E}
    assert forms.rollover
    (received,) = forms.forms_5498
    assert (received.ira, received.box_2, received.box_3, received.box_5, received.box_10) == (
        "roth_ira", V, 0, 50_000, 0,
    )  # fmt: skip
    assert forms.lines_8606 == {"16": 0, "17": 0, "18": 0}
    assert forms.later_8606 == {"24": V}


def test_in_plan_rollover() -> None:
    """The same boxes; no IRA takes anything in, and box 10 stays empty: it is for a later payout."""
    forms = of("in_plan")

    assert forms.forms_1099r == (Form1099R(V, E, B, "G", goes_to="designated_roth"),)
    assert forms.forms_1099r[0].box_10 == 0
    assert forms.forms_5498 == ()
    assert forms.later_8606 == {}
    assert forms.lines_1040["5b"] == E


def test_split() -> None:
    """Two destinations, two forms, code G on both: E with nothing taxed, and B that is all basis; 5b is 0."""
    forms = of("split")

    assert forms.forms_1099r == (
        Form1099R(E, 0, 0, "G", goes_to="traditional_ira"),
        Form1099R(B, 0, B, "G", goes_to="roth_ira"),
    )
    assert forms.lines_1040 == {"4a": 0, "4b": 0, "5a": V, "5b": 0}
    assert {form.ira: form.box_2 for form in forms.forms_5498} == {"traditional_ira": E, "roth_ira": B}
    assert forms.later_8606 == {"24": B}


@pytest.mark.parametrize(
    ("age", "exception", "code"),
    [(45, False, "1"), (59.4, False, "1"), (59.4, True, "2"), (59.5, False, "7"), (70, True, "7")],
)
def test_sixty_days(age: float, exception: bool, code: str) -> None:
    """A fifth of the earnings is withheld and made up from other money; to a Roth IRA all earnings are taxed."""
    forms = of("sixty_day", age=age, exception=exception)

    assert forms.forms_1099r == (Form1099R(V, E, B, code, box_4=1_500, goes_to="paid"),)
    assert forms.lines_1040["5b"] == E
    assert (forms.withheld, forms.to_make_up, forms.additional_tax) == (1_500, 1_500, 0)


@pytest.mark.parametrize(
    ("kept", "rolled_to", "line_5b", "additional", "later"),
    [
        (0, "traditional_ira", 0, 0, {"2": B}),
        (1_500, "traditional_ira", 0, 0, {"2": B - 1_500}),  # what is kept is basis first
        (B, "traditional_ira", 0, 0, {}),
        (B + 2_500, "traditional_ira", 2_500, 250, {}),
        (1_500, "roth_ira", E, 0, {"24": V - 1_500}),
        (B + 2_500, "roth_ira", E, 250, {"24": 5_000}),
        (V, "roth_ira", E, 750, {}),  # nothing was rolled over
    ],
)
def test_sixty_days_in_part(
    kept: float, rolled_to: str, line_5b: int, additional: float, later: dict[str, float]
) -> None:
    """Pre-tax money counts as rolled over first: the 10% is on earnings kept alone."""
    forms = of("sixty_day", age=45, kept=kept, rolled_to=rolled_to)

    assert forms.lines_1040["5b"] == line_5b
    assert forms.additional_tax == pytest.approx(additional)
    assert forms.later_8606 == later
    assert forms.rollover == (kept < V)


def test_tax_kept_back_from_a_direct_rollover() -> None:
    """A second form for what was paid to the person: basis, nothing withheld; all earnings are taxed once."""
    forms = of("direct", kept=2_000, age=45)

    assert forms.forms_1099r == (
        Form1099R(V - 2_000, E, B - 2_000, "G", goes_to="roth_ira"),
        Form1099R(2_000, 0, 2_000, "1", goes_to="paid"),
    )
    assert forms.lines_1040 == {"4a": 0, "4b": 0, "5a": V, "5b": E}
    assert forms.forms_5498[0].box_2 == V - 2_000


def test_refund_after_the_acp_test() -> None:
    """Code 8 in the year it is paid: earnings taxed, no withholding that must be, no rollover, no 10%."""
    forms = of("refund", age=45)

    assert forms.forms_1099r == (Form1099R(V, E, B, "8", goes_to="paid"),)
    assert (forms.rollover, forms.forms_5498, forms.additional_tax) == (False, (), 0)


def test_part_of_the_account_in_cents() -> None:
    """20,000 of it: 20,000 x 7,500 / 45,000 = 3,333.33; the exact parts stay, Form 1040 has whole dollars."""
    forms = of("direct", amount=20_000)

    assert forms.forms_1099r[0] == Form1099R(20_000, 3_333.33, 16_666.67, "G", goes_to="roth_ira")
    assert forms.taxable == pytest.approx(20_000 * 7_500 / 45_000, abs=1e-9)
    assert forms.lines_1040["5b"] == 3_333


def test_after_a_loss() -> None:
    """Value below basis: box 5 is all of box 1, nothing is taxed and nothing deducted."""
    forms = mr.tax_forms_of(2026, "direct", 8_000, 8_000, 10_000)

    assert forms.forms_1099r == (Form1099R(8_000, 0, 8_000, "G", goes_to="roth_ira"),)


def test_halves_go_up() -> None:
    """Half a cent and half a dollar are rounded up, as forms have it."""
    assert [cents(0.005), cents(2.675), dollars(0.5), dollars(2.49), dollars(1.5)] == [0.01, 2.68, 1, 2, 2]


# --- true for any payout ---


@given(forms=payouts())
def test_lines_and_boxes_hang_together(forms: TaxForms) -> None:
    """5b never exceeds 5a; lines 4a and 4b stay empty; of money that goes to Roth or out, 2a and 5 are all of box 1."""
    lines = forms.lines_1040

    assert 0 <= lines["5b"] <= lines["5a"]
    assert (lines["4a"], lines["4b"]) == (0, 0)
    assert abs(lines["5b"] - forms.taxable) <= 0.52
    for form in forms.forms_1099r:
        assert form.box_1 > 0
        if form.goes_to != "traditional_ira":
            assert form.box_2a + form.box_5 == pytest.approx(form.box_1, abs=1e-9)
        assert form.box_4 <= form.box_2a + 0.01


@given(forms=payouts())
def test_every_dollar_is_somewhere(forms: TaxForms) -> None:
    """Box 1 of all forms is what left the account; what IRAs took in is what was rolled over to them."""
    gross = sum(form.box_1 for form in forms.forms_1099r)
    arrived = sum(form.box_2 for form in forms.forms_5498)
    (payout,) = forms.payouts

    assert gross == pytest.approx(forms.amount, abs=0.011)
    if payout.route != "in_plan":
        assert arrived == pytest.approx(payout.rolled, abs=0.021)


# --- what cannot be ---


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"route": "by_hand"}, "route"),
        ({"route": "sixty_day"}, "age"),
        ({"route": "direct", "kept": 100}, "age"),
        ({"route": "in_plan", "kept": 100}, "kept"),
        ({"route": "direct", "kept": V + 1, "age": 45}, "kept"),
        ({"route": "direct", "amount": V + 1}, "amount"),
        ({"route": "sixty_day", "age": 45, "rolled_to": "bank"}, "rolled_to"),
        ({"route": "sixty_day", "age": 45, "withheld": 1_000}, "withheld"),
        ({"route": "direct", "withheld": 10}, "withheld"),
        ({"route": "direct", "roth_ira_value": -1}, "roth_ira_value"),
    ],
)
def test_what_cannot_be_is_refused(facts: dict, field: str) -> None:
    """One sentence that names the field."""
    with pytest.raises(mr.InputError) as refused:
        of(**{"amount": V, **facts})

    assert refused.value.field == field


# --- from a projection's ledger ---


def ledger_row(projection: object, strategy: str, year: int) -> dict:
    rows = projection.ledger
    return rows[(rows["strategy"] == strategy) & (rows["year"] == year)].iloc[0]


@pytest.mark.parametrize(
    ("name", "strategy", "year", "to"),
    [
        ("lin", "prompt", 2026, ["roth_ira"]),
        ("lin", "late_convert", 2036, ["roth_ira"]),
        ("lin", "late_split", 2036, ["traditional_ira", "roth_ira"]),
        ("okafor", "yearly", 2026, ["designated_roth"]),
        ("lin", "never", 2030, []),
        ("lin", "late_convert", 2030, []),
    ],
)
def test_a_year_of_the_ledger(name: str, strategy: str, year: int, to: list[str]) -> None:
    """The forms hold what the ledger moved: gross, taxed part, basis, and the Roth IRA's value on 31 December."""
    projection = mr.project(mr.Client.load(name))
    row = ledger_row(projection, strategy, year)

    forms = mr.tax_forms(projection, strategy, year)

    assert [form.goes_to for form in forms.forms_1099r] == to
    assert forms.amount == pytest.approx(-row["after_tax_moved"], abs=0.01)
    assert forms.taxable == pytest.approx(row["taxable_rollover"], abs=0.01)
    assert forms.nontaxable == pytest.approx(row["nontaxable_rollover"], abs=0.01)
    for form in forms.forms_5498:
        assert form.box_5 == pytest.approx(row[f"{form.ira}_closing"], abs=0.01)


def test_tax_kept_back_in_the_ledger() -> None:
    """Tax paid from the conversion: a second form, of the size that the ledger took out of the Roth IRA."""
    client = mr.Client.load("lin").with_(tax_paid_from="from_conversion", annual_return=0.0, after_tax_basis=50_000.0,
                                         after_tax_value=80_000.0)  # fmt: skip
    projection = mr.project(client)

    forms = mr.tax_forms(projection, "prompt", 2026)

    assert [form.box_7 for form in forms.forms_1099r] == ["G", "1"]
    kept = ledger_row(projection, "prompt", 2026)["roth_ira_tax"]
    assert kept > 1_000
    assert forms.forms_1099r[1].box_1 == pytest.approx(kept, abs=0.01)


def test_a_refund_in_the_ledger() -> None:
    """What the plan pays back of last year's money is a form with code 8 beside that of the rollover."""
    projection = mr.project(mr.Client.load("lin").with_(acp_refund_share=0.2))

    forms = mr.tax_forms(projection, "yearly", 2027)

    row = ledger_row(projection, "yearly", 2027)
    assert [form.box_7 for form in forms.forms_1099r] == ["G", "8"]
    assert forms.forms_1099r[1].box_2a == pytest.approx(row["taxable_refund"], abs=0.01)
    assert forms.taxable == pytest.approx(row["taxable_rollover"] + row["taxable_refund"], abs=0.01)


@given(client=clients(), strategy=st.sampled_from(("yearly", "late_convert", "late_split")))
def test_any_projected_year(client: mr.Client, strategy: str) -> None:
    """In the first year and in that of leaving, 5b is the ledger's income to the dollar."""
    projection = mr.project(client, (strategy,))
    for year in (client.assumptions.start_year, client.assumptions.separation_year):
        row = ledger_row(projection, strategy, year)
        line = mr.tax_forms(projection, strategy, year).lines_1040["5b"]
        assert abs(line - row["taxable_rollover"] - row["taxable_refund"]) <= 0.52


def test_an_unknown_year_or_strategy() -> None:
    """Refused by name."""
    projection = mr.project(mr.Client.load("lin"))
    with pytest.raises(mr.InputError, match="must be one of"):
        mr.tax_forms(projection, "sometimes", 2026)
    with pytest.raises(mr.InputError, match="between"):
        mr.tax_forms(projection, "prompt", 2020)
