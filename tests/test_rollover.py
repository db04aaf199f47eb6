"""What a rollover adds to income: pro rata inside the after-tax account, the split, money kept back."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.rules.rollover import kept_back
from tests.generators import CENT, dollars, shares


def test_the_worked_figure_of_the_law() -> None:
    """Basis 37,500 in 45,000, 20,000 moved: 16,666.67 untaxed, 3,333.33 taxed, 20,833.33 of basis left."""
    parts = mr.after_tax_rollover(20_000, balance=45_000, after_tax_basis=37_500)

    assert parts.basis_fraction == pytest.approx(37_500 / 45_000)
    assert round(parts.nontaxable, 2) == 16_666.67
    assert round(parts.taxable, 2) == 3_333.33
    assert round(parts.basis_left, 2) == 20_833.33
    assert parts.balance_left == 25_000


def test_no_partial_rollover_takes_basis_first() -> None:
    """Not even a dollar below the basis is free of tax once there are earnings."""
    assert mr.after_tax_rollover(37_500, balance=45_000, after_tax_basis=37_500).taxable == pytest.approx(
        6_250
    )


@pytest.mark.parametrize(
    ("balance", "taxable", "basis_left"),
    [(999.99, 0, 0.01), (1_000, 0, 0), (1_000.01, 0.01, 0), (400, 0, 600)],
)
def test_around_the_basis(balance: float, taxable: float, basis_left: float) -> None:
    """Just below, on and just above the basis: a loss is no deduction, and the basis not recovered stays."""
    parts = mr.after_tax_rollover(balance, balance=balance, after_tax_basis=1_000)

    assert parts.taxable == pytest.approx(taxable, abs=1e-9)
    assert parts.basis_left == pytest.approx(basis_left, abs=1e-9)
    assert parts.balance_left == 0


def test_an_empty_account() -> None:
    """Nothing to move, nothing to tax, and basis left after a total loss is not lost sight of."""
    parts = mr.after_tax_rollover(0, balance=0, after_tax_basis=0)
    assert (parts.basis_fraction, parts.nontaxable, parts.taxable, parts.basis_left) == (0, 0, 0, 0)
    lost = mr.after_tax_rollover(0, balance=0, after_tax_basis=5_000)
    assert (lost.basis_fraction, lost.taxable, lost.basis_left) == (1, 0, 5_000)


@given(balance=dollars, basis=dollars, share=shares)
def test_income_stays_between_zero_and_amount(balance: float, basis: float, share: float) -> None:
    """A rollover is never a deduction, nor more income than it moves; its parts and what is left add up."""
    amount = balance * share

    parts = mr.after_tax_rollover(amount, balance, basis)

    assert 0 <= parts.taxable <= amount + CENT
    assert parts.nontaxable + parts.taxable == pytest.approx(amount, abs=CENT)
    assert parts.basis_left == pytest.approx(basis - parts.nontaxable, abs=CENT)
    assert parts.balance_left == pytest.approx(balance - amount, abs=CENT)
    assert min(parts.basis_left, parts.balance_left, parts.nontaxable) >= -1e-9
    assert 0 <= parts.basis_fraction <= 1
    assert parts.basis_fraction * amount == pytest.approx(parts.nontaxable, abs=CENT)
    assert float(mr.taxable_rollover(amount, balance, basis)) == parts.taxable


@given(balance=dollars, basis=dollars, share=shares)
def test_two_steps_tax_what_one_does(balance: float, basis: float, share: float) -> None:
    """Without growth between them, moving all in two steps or at once is the same income."""
    first = mr.after_tax_rollover(balance * share, balance, basis)
    second = mr.after_tax_rollover(first.balance_left, first.balance_left, first.basis_left)

    assert first.taxable + second.taxable == pytest.approx(max(0.0, balance - basis), abs=CENT)


@given(basis=dollars, share=shares)
def test_without_earnings_there_is_no_tax(basis: float, share: float) -> None:
    """A contribution moved before it has earned anything costs nothing."""
    assert mr.after_tax_rollover(basis * share, balance=basis, after_tax_basis=basis).taxable == 0


def test_arrays_equal_numbers_one_by_one() -> None:
    """Many accounts at once, of any shape, give what each gives alone."""
    rng = np.random.default_rng(3)
    balance, basis = rng.uniform(0, 1e6, (20, 5)), rng.uniform(0, 1e6, (20, 1))
    amount = balance * rng.uniform(0, 1, 5)
    together = mr.after_tax_rollover(amount, balance, basis)

    for row in range(20):
        for column in range(5):
            alone = mr.after_tax_rollover(amount[row, column], balance[row, column], basis[row, 0])
            for name in ("basis_fraction", "nontaxable", "taxable", "basis_left", "balance_left"):
                found = np.broadcast_to(getattr(together, name), (20, 5))[row, column]
                assert found == getattr(alone, name)


@pytest.mark.parametrize(("amount", "balance"), [(100.01, 100), (1, 0), ([50, 150], [100, 100])])
def test_more_than_there_is_is_refused(amount: object, balance: object) -> None:
    """The sentence names the amount and the account's value."""
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_rollover(amount, balance, after_tax_basis=0)
    assert (caught.value.field, caught.value.rule) == ("amount", "at_most")
    assert "$100" in str(caught.value) or "$0" in str(caught.value)


def test_a_split_of_the_whole_account() -> None:
    """Notice 2014-54: earnings to a traditional IRA and basis to Roth is no income now."""
    parts = mr.split_rollover(0, after_tax_basis=80_000, after_tax_earnings=20_000)

    assert (parts.to_roth, parts.to_traditional, parts.taxable) == (80_000, 20_000, 0)


@pytest.mark.parametrize(
    ("to_roth", "taxable"),
    [(79_999.99, 0), (80_000, 0), (80_000.01, 0.01), (90_000, 10_000), (100_000, 20_000), (0, 0)],
)
def test_pre_tax_money_fills_the_traditional_ira_first(to_roth: float, taxable: float) -> None:
    """What of the earnings no longer fits there is taxed in the Roth IRA; basis may follow into the traditional."""
    parts = mr.split_rollover(0, after_tax_basis=80_000, after_tax_earnings=20_000, to_roth=to_roth)

    assert parts.taxable == pytest.approx(taxable, abs=1e-9)
    assert parts.to_roth + parts.to_traditional == pytest.approx(100_000)


@given(pretax=dollars, basis=dollars, earnings=dollars, share=shares)
def test_a_split_taxes_no_more_than_the_pre_tax_money(
    pretax: float, basis: float, earnings: float, share: float
) -> None:
    """Destinations add up to the payout, income is between 0 and what was never taxed, either way of asking alike."""
    whole = pretax + basis + earnings
    parts = mr.split_rollover(pretax, basis, earnings, to_roth=whole * share)
    other_way = mr.split_rollover(pretax, basis, earnings, to_traditional=parts.to_traditional)

    assert parts.to_roth + parts.to_traditional == pytest.approx(whole, abs=CENT)
    assert -1e-9 <= parts.taxable <= pretax + earnings + CENT
    assert parts.taxable <= parts.to_roth + CENT
    assert other_way.taxable == pytest.approx(parts.taxable, abs=CENT)


def test_destinations_must_add_up() -> None:
    """Both named and not the whole payout: a sentence, not a guess."""
    with pytest.raises(mr.InputError) as caught:
        mr.split_rollover(0, 80_000, 20_000, to_roth=80_000, to_traditional=10_000)
    assert (caught.value.field, caught.value.rule) == ("to_roth", "adds_up")
    for field in ("to_roth", "to_traditional"):
        with pytest.raises(mr.InputError) as caught:
            mr.split_rollover(0, 80_000, 20_000, **{field: 100_000.01})
        assert caught.value.field == field


@pytest.mark.parametrize(
    ("kept", "of_basis", "of_earnings"), [(7_999, 7_999, 0), (8_000, 8_000, 0), (8_001, 8_000, 1)]
)
def test_what_is_kept_is_basis_first(kept: float, of_basis: float, of_earnings: float) -> None:
    """402(c)(2): pre-tax money belongs to the rolled part; only beyond the basis are earnings kept."""
    assert kept_back(kept, balance=10_000, after_tax_basis=8_000) == (of_basis, of_earnings)


def test_after_a_loss_all_that_is_kept_is_basis() -> None:
    """An account below its basis holds nothing else."""
    assert kept_back(5_000, balance=5_000, after_tax_basis=8_000) == (5_000, 0)
    with pytest.raises(mr.InputError):
        kept_back(5_001, balance=5_000, after_tax_basis=8_000)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_any_float_gives_an_answer_or_a_sentence(amount: float) -> None:
    """No number at all ends in anything else."""
    assume(not 0 <= amount <= 1_000.01)
    with pytest.raises(mr.InputError) as caught:
        mr.after_tax_rollover(amount, balance=1_000, after_tax_basis=500)
    assert caught.value.field == "amount"
    assert math.isnan(amount) or str(caught.value)
