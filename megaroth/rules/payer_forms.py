"""
The other way round: a Form 1099-R that a client received, held against what happened.

Each box that differs is a problem with a sentence on what to ask the payer; beside them stands what the return must say
meanwhile, which follows from the facts and not from the form. The boxes are looked at in form_boxes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import permutations

from megaroth.facts.errors import Dollars, Message, Term
from megaroth.rules.form_boxes import Problem, apart, check_boxes, differences
from megaroth.rules.payouts import DIRECT_ROLLOVER, INSTRUCTIONS, Form1099R
from megaroth.rules.tax_forms import TaxForms, tax_forms_of

NOT_REPORTED = f"26 U.S.C. 6047(d); {INSTRUCTIONS}"
IN_A_SENTENCE = {"roth_ira": "a Roth IRA", "traditional_ira": "a traditional IRA"}
Reading = Callable[[Form1099R], Form1099R]


@dataclass(frozen=True)
class CheckedForms:
    """
    What the check found.

    Attributes: received, the forms in the order of expected where there are as many; expected, by the facts; problems;
        meanwhile, sentences on what the return says until the payer corrects it.
    """

    received: tuple[Form1099R, ...]
    expected: TaxForms
    problems: tuple[Problem, ...]

    @property
    def right(self) -> bool:
        return not self.problems

    @property
    def meanwhile(self) -> tuple[Message, ...]:
        if self.right:
            return ()
        lines, found = self.expected.lines_1040, []
        values = {"gross": Dollars(lines["5a"]), "taxable": Dollars(lines["5b"])}
        found.append(
            Message(
                "Form 1040 line 5a says {gross} and line 5b {taxable}: these follow from what happened.",
                values,
            )
        )
        if self.expected.rollover:
            text = "The rollover is marked on line {line}."
            if self.expected.rollover_line in lines:  # no box of its own yet
                text = "The word Rollover stands beside line {line}."
            found.append(Message(text, {"line": self.expected.rollover_line}))
        found.append(Message("Lines 4a and 4b and Part II of Form 8606 stay empty of it: they are for IRAs."))
        if any(problem.changes_tax for problem in self.problems):
            found.append(
                Message(
                    "If no corrected form comes in time, Form 4852 goes with the return; plan statements show the amounts."
                )
            )
        return tuple(found)


def check_1099r(
    received: Form1099R | Iterable[Form1099R],
    year: int,
    route: str,
    amount: float,
    balance: float,
    after_tax_basis: float,
    **facts: object,
) -> CheckedForms:
    """
    Whether a payout was reported as it should be, and what to ask the payer to correct.

    Args:
        received: the form, or all forms of this payout; none of them: an empty list.
        the others: what happened, as tax_forms_of.

    Raises: InputError as tax_forms_of, or for boxes that cannot be.
    Source: Instructions for Forms 1099-R and 5498 (2024); Notice 2014-54; CITES of tax_forms.

    >>> form = Form1099R(box_1=20_000, box_2a=20_000, box_7="1")
    >>> found = check_1099r(form, 2026, "direct", amount=20_000, balance=20_000, after_tax_basis=20_000)
    >>> [problem.rule for problem in found.problems]
    ['all_taxed', 'basis_missing', 'paid_not_rolled']
    """
    forms = (received,) if isinstance(received, Form1099R) else tuple(received)
    for form in forms:
        check_boxes(form)
    expected = tax_forms_of(year, route, amount, balance, after_tax_basis, **facts)
    forms, problems = _compared(forms, expected, _reading(balance, after_tax_basis))
    return CheckedForms(forms, expected, tuple(problems))


def _reading(balance: float, after_tax_basis: float) -> Reading:
    """
    How a form is read. Of an account that is not above its basis the payer can leave box 2a blank and put all
    contributions in box 5, more than box 1: that is read as the usual filling, 0 in 2a and box 1 in 5.

    Source: Instructions for Form 1099-R, box 2a, "Losses"; 26 U.S.C. 72(e)(8).
    """
    if not 0 < balance <= after_tax_basis:
        return lambda form: form
    contributions = after_tax_basis / balance

    def of_a_loss(form: Form1099R) -> Form1099R:
        all_of_them = not apart(form.box_5, form.box_1 * contributions)
        return replace(form, box_2a=form.box_2a or 0.0, box_5=form.box_1 if all_of_them else form.box_5)

    return of_a_loss


def _compared(
    received: tuple[Form1099R, ...], expected: TaxForms, read: Reading
) -> tuple[tuple[Form1099R, ...], list[Problem]]:
    """The forms in the order of those expected, and what is wrong with them."""
    wanted = expected.forms_1099r
    if len(received) == len(wanted):
        orders = ((order, _all_differences(order, wanted, read)) for order in permutations(received))
        return min(orders, key=lambda found: len(found[1]))
    if not received:
        return received, [_not_reported(expected)]
    if len(received) < len(wanted):
        return received, _one_of_two(read(received[0]), wanted)
    values = {"received": len(received), "expected": len(wanted)}
    text = "There are {received} forms for this payout, and {expected} would do. Ask the payer which of them stand."
    return received, [Problem("too_many", "", Message(text, values), INSTRUCTIONS)]


def _all_differences(
    received: Iterable[Form1099R], wanted: Iterable[Form1099R], read: Reading
) -> list[Problem]:
    pairs = zip(received, wanted, strict=True)
    return [problem for form, right in pairs for problem in differences(read(form), right)]


def _not_reported(expected: TaxForms) -> Problem:
    text = "No Form 1099-R came. A rollover within the plan is reported too; ask the payer for it, with code {code}."
    if expected.payouts[0].route != "in_plan":
        text = "No Form 1099-R came. Ask the payer for it, with code {code}."
    code = expected.forms_1099r[0].box_7 if expected.forms_1099r else DIRECT_ROLLOVER
    return Problem("not_reported", "", Message(text, {"code": code}), NOT_REPORTED)


def _one_of_two(form: Form1099R, wanted: tuple[Form1099R, ...]) -> list[Problem]:
    """One form where two should be: one of them, and the other has not come; or both destinations on one."""
    first, second = wanted
    tried = [
        [_on_one_form(first, second), *differences(form, _merged(first, second, form.box_7))],
        [_missing(second), *differences(form, first)],
        [_missing(first), *differences(form, second)],
    ]
    return min(tried, key=len)


def _missing(form: Form1099R) -> Problem:
    text = "The form for {amount} to {destination} has not come. Ask the payer for it, with code {code}."
    values = {"amount": Dollars(form.box_1), "code": form.box_7}
    if form.goes_to == "paid":
        text = (
            "The form for {amount} paid to the client has not come. Ask the payer for it, with code {code}."
        )
    else:
        values["destination"] = Term(IN_A_SENTENCE[form.goes_to])
    return Problem("one_missing", "", Message(text, values), NOT_REPORTED)


def _on_one_form(first: Form1099R, second: Form1099R) -> Problem:
    text = "Two destinations stand on one form. Ask for one form each: {first} in box 1 of one, {second} of the other."
    values = {"first": Dollars(first.box_1), "second": Dollars(second.box_1)}
    paid = "paid" in (first.goes_to, second.goes_to)
    return Problem("two_on_one", "", Message(text, values), f"Notice 2014-54; {INSTRUCTIONS}", paid)


def _merged(first: Form1099R, second: Form1099R, code: str) -> Form1099R:
    """All on one form, as a payer that makes only one would have it, with the code of either."""
    gross, taxable, basis, withheld = (
        round(getattr(first, name) + getattr(second, name), 2)
        for name in ("box_1", "box_2a", "box_5", "box_4")
    )
    return Form1099R(gross, taxable, basis, code if code == second.box_7 else first.box_7, withheld)
