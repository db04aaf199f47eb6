"""
The other way round: a Form 1099-R that a client received, held against what happened.

Each box that differs is a problem with a sentence on what to ask the payer; beside them stands what the return must say
meanwhile, which follows from the facts and not from the form. State boxes are not looked at, nor the second box of 2b
(total distribution), which changes no tax here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import permutations

from megaroth.facts.errors import Dollars, InputError, Message, checked_one
from megaroth.rules.payouts import DIRECT_ROLLOVER, INSTRUCTIONS, PAID_BACK, Form1099R
from megaroth.rules.tax_forms import TaxForms, tax_forms_of

A_CENT = 0.01 + 0.001  # two people who round may differ by one
TAXED_BEFORE = "P"
CODES = frozenset("123456789ABCDEFGHJKLMNPQRSTUWY")
RETURN = "Form 1040 Instructions; Form 8606 Instructions"


@dataclass(frozen=True)
class Problem:
    """
    One thing on a form that is not as it should be.

    Attributes: rule, a short stable name; box ("2a"; "" where it is the whole form); message, what differs and what to
        ask the payer; cite; changes_tax: a return made from the form as it is would be wrong.
    """

    rule: str
    box: str
    message: Message
    cite: str
    changes_tax: bool = True


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
            found.append(Message("The rollover is marked beside line 5b."))
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
    forms, problems = _compared(forms, expected)
    return CheckedForms(forms, expected, tuple(problems))


def check_boxes(form: Form1099R) -> None:
    """Raises: InputError for amounts or a code that cannot be."""
    for field in ("box_1", "box_4", "box_5", "box_10"):
        checked_one(field, getattr(form, field))
    if form.box_2a is not None:
        checked_one("box_2a", form.box_2a)
    code = form.box_7
    if not isinstance(code, str) or not 1 <= len(code) <= 2 or not set(code) <= CODES:
        text = (
            "{field} holds one or two of the codes that the form prints, such as G or 1; you entered {value}."
        )
        raise InputError("code", text, field="box_7", value=code)


def _compared(
    received: tuple[Form1099R, ...], expected: TaxForms
) -> tuple[tuple[Form1099R, ...], list[Problem]]:
    """The forms in the order of those expected, and what is wrong with them."""
    wanted = expected.forms_1099r
    if len(received) == len(wanted):
        pairs = (
            (
                order,
                [
                    problem
                    for pair in zip(order, wanted, strict=True)
                    for problem in _differences(*pair, expected)
                ],
            )
            for order in permutations(received)
        )
        return min(pairs, key=lambda found: len(found[1]))
    if not received:
        return received, [_not_reported(expected)]
    if len(received) < len(wanted):
        return received, [_on_one_form(expected), *_differences(received[0], _merged(wanted), expected)]
    values = {"received": len(received), "expected": len(wanted)}
    text = "There are {received} forms for this payout, and {expected} would do. Ask the payer which of them stand."
    return received, [Problem("too_many", "", Message(text, values), INSTRUCTIONS)]


def _not_reported(expected: TaxForms) -> Problem:
    text = "No Form 1099-R came. A rollover within the plan is reported too; ask the payer for it, with code {code}."
    if expected.payouts[0].route != "in_plan":
        text = "No Form 1099-R came. Ask the payer for it, with code {code}."
    code = expected.forms_1099r[0].box_7 if expected.forms_1099r else DIRECT_ROLLOVER
    return Problem("not_reported", "", Message(text, {"code": code}), f"26 U.S.C. 6047(d); {INSTRUCTIONS}")


def _on_one_form(expected: TaxForms) -> Problem:
    text = "Two destinations stand on one form. Ask for one form each: {first} in box 1 of one, {second} of the other."
    first, second = (Dollars(form.box_1) for form in expected.forms_1099r[:2])
    paid = any(form.goes_to == "paid" for form in expected.forms_1099r)
    return Problem(
        "two_on_one",
        "",
        Message(text, {"first": first, "second": second}),
        f"Notice 2014-54; {INSTRUCTIONS}",
        paid,
    )


def _merged(forms: tuple[Form1099R, ...]) -> Form1099R:
    """All on one form, as a payer that makes only one would have it."""
    gross, taxable, basis, withheld = (
        sum(getattr(form, name) for form in forms) for name in ("box_1", "box_2a", "box_5", "box_4")
    )
    return Form1099R(round(gross, 2), round(taxable, 2), round(basis, 2), forms[0].box_7, round(withheld, 2))


def _differences(form: Form1099R, wanted: Form1099R, expected: TaxForms) -> list[Problem]:
    """Every box that is not what it should be, in the form's order."""
    found = (check(form, wanted, expected) for check in CHECKS)
    return [problem for problem in found if problem is not None]


def _apart(one: float, other: float) -> bool:
    return abs(one - other) > A_CENT


def _box_1(form: Form1099R, wanted: Form1099R, _: TaxForms) -> Problem | None:
    if not _apart(form.box_1, wanted.box_1):
        return None
    text = "Box 1 shows {found}; {wanted} was paid out. Ask the payer to correct it."
    return Problem("gross", "1", _money(text, form.box_1, wanted.box_1), INSTRUCTIONS)


def _box_2a(form: Form1099R, wanted: Form1099R, _: TaxForms) -> Problem | None:
    found, right = form.box_2a, wanted.box_2a or 0.0
    if found is None:
        text = (
            "Box 2a is blank. The plan keeps the account apart and knows its basis; ask it to show {wanted}."
        )
        return Problem("blank", "2a", _money(text, 0.0, right), INSTRUCTIONS)
    if not _apart(found, right):
        return None
    if wanted.box_5 > 0 and not _apart(found, form.box_1):
        text = (
            "Box 2a shows {found}, all of the payout; {wanted} of it is taxable. Ask the payer to correct it."
        )
        return Problem("all_taxed", "2a", _money(text, found, right), f"26 U.S.C. 72(e)(8); {INSTRUCTIONS}")
    if right == 0 and wanted.box_5 == 0:
        text = "Box 2a shows {found}; earnings rolled to a traditional IRA are not taxed now, so it is {wanted}. Ask the payer to correct it."
        return Problem(
            "deferred_taxed", "2a", _money(text, found, right), f"26 U.S.C. 402(c)(1); {INSTRUCTIONS}"
        )
    text = "Box 2a shows {found}; the taxable part is {wanted}. Ask the payer to correct it."
    return Problem("taxable", "2a", _money(text, found, right), f"26 U.S.C. 72(e)(8); {INSTRUCTIONS}")


def _box_2b(form: Form1099R, _: Form1099R, __: TaxForms) -> Problem | None:
    if not form.not_determined:
        return None
    text = "Box 2b says that the taxable amount is not determined. The plan knows the basis; ask it to fill in box 2a and to take the mark out."
    return Problem("not_determined", "2b", Message(text), INSTRUCTIONS)


def _box_4(form: Form1099R, wanted: Form1099R, expected: TaxForms) -> Problem | None:
    if not _apart(form.box_4, wanted.box_4):
        return None
    cite = f"26 U.S.C. 3405(c); {INSTRUCTIONS}"
    if wanted.box_7 == DIRECT_ROLLOVER:
        text = "Box 4 shows {found}; nothing is withheld from a direct rollover. Ask the payer whether money was paid out instead."
    elif form.box_4 < wanted.box_4:
        text = "Box 4 shows {found}; {wanted} was withheld, or had to be. Ask the payer to correct it."
    else:
        text = "Box 4 shows {found}, by the facts {wanted} was withheld. Ask the payer which is right."
    return Problem("withheld", "4", _money(text, form.box_4, wanted.box_4), cite)


def _box_5(form: Form1099R, wanted: Form1099R, _: TaxForms) -> Problem | None:
    if not _apart(form.box_5, wanted.box_5):
        return None
    if form.box_5 == 0:
        text = "Box 5 is empty; {wanted} of the payout is basis, already taxed. Ask the payer to show it."
        return Problem(
            "basis_missing",
            "5",
            _money(text, 0.0, wanted.box_5),
            f"26 U.S.C. 72(e)(8); {INSTRUCTIONS}",
        )
    text = "Box 5 shows {found}; the basis in the payout is {wanted}. Ask the payer to correct it."
    return Problem(
        "basis", "5", _money(text, form.box_5, wanted.box_5), f"26 U.S.C. 72(e)(8); {INSTRUCTIONS}"
    )


def _box_7(form: Form1099R, wanted: Form1099R, _: TaxForms) -> Problem | None:
    found, right = form.box_7, wanted.box_7
    if "".join(sorted(found)) == right:
        return None
    cite, rule = INSTRUCTIONS, "code"
    text = "Box 7 shows code {found}; by the facts it is code {wanted}. Ask the payer to correct it."
    if right == DIRECT_ROLLOVER and found in ("1", "2", "7"):
        rule = "paid_not_rolled"
        text = "Box 7 shows code {found}, money paid to the client; a direct rollover has code {wanted}. Ask the payer to correct it."
    elif right == DIRECT_ROLLOVER and found == "H":
        rule = "from_roth"
        text = "Box 7 shows code {found}, a rollover out of the Roth account of a plan; after-tax money has code {wanted}. Ask the payer to correct it."
    elif right == PAID_BACK and TAXED_BEFORE in found:
        rule, cite = "year_before", f"26 U.S.C. 4979(f)(2); {INSTRUCTIONS}"
        text = "Box 7 shows code {found}, taxed in the year before; what goes back after the ACP test is taxed in the year it is paid, code {wanted}. Ask the payer to correct it."
    elif right == PAID_BACK:
        rule, cite = "not_a_refund", f"26 U.S.C. 401(m)(7)(A); {INSTRUCTIONS}"
        text = "Box 7 shows code {found}; what goes back after the ACP test has code {wanted}: no additional tax, and no rollover. Ask the payer to correct it."
    elif PAID_BACK in found or TAXED_BEFORE in found:
        rule = "refund_code"
        text = "Box 7 shows code {found}, money that the plan pays back; nothing was, and the code is {wanted}. Ask the payer to correct it."
    elif found == DIRECT_ROLLOVER:
        rule = "rolled_not_paid"
        text = "Box 7 shows code {found}, a direct rollover; the money was paid to the client, which is code {wanted}. Ask the payer to correct it."
    return Problem(rule, "7", Message(text, {"found": found, "wanted": right}), cite)


def _ira_box(form: Form1099R, _: Form1099R, __: TaxForms) -> Problem | None:
    if not form.ira_sep_simple:
        return None
    text = "The box IRA/SEP/SIMPLE is ticked; the money came out of a plan and belongs on lines 5a and 5b, not 4a and 4b. Ask the payer to take the tick out."
    return Problem("ira_ticked", "IRA/SEP/SIMPLE", Message(text), f"{INSTRUCTIONS}; {RETURN}")


def _box_10(form: Form1099R, _: Form1099R, __: TaxForms) -> Problem | None:
    if form.box_10 == 0:
        return None
    text = "Box 10 shows {found}; it is for a later payout from the Roth account of the plan. Ask the payer to empty it."
    return Problem(
        "irr_too_early", "10", _money(text, form.box_10, 0.0), f"26 U.S.C. 402A(c)(4)(D); {INSTRUCTIONS}"
    )


def _box_11(form: Form1099R, _: Form1099R, __: TaxForms) -> Problem | None:
    if form.box_11 is None:
        return None
    text = "Box 11 shows a first Roth year; it is for payouts from the Roth account of a plan. Ask the payer to empty it."
    return Problem("roth_year", "11", Message(text), INSTRUCTIONS, changes_tax=False)


def _sum_of_boxes(form: Form1099R, wanted: Form1099R, _: TaxForms) -> Problem | None:
    """Where every dollar is either basis or taxed, boxes 2a and 5 are all of box 1; said when each alone does not tell."""
    whole = not _apart((wanted.box_2a or 0.0) + wanted.box_5, wanted.box_1)
    if not whole or form.box_2a is None or not _apart(form.box_2a + form.box_5, form.box_1):
        return None
    text = "Boxes 2a and 5 add up to {found} and box 1 shows {wanted}: of an account kept apart every dollar is either basis or taxed."
    return Problem(
        "do_not_add_up",
        "2a",
        _money(text, form.box_2a + form.box_5, form.box_1),
        f"26 U.S.C. 72(d)(2), 72(e)(8); {INSTRUCTIONS}",
    )


Check = Callable[[Form1099R, Form1099R, TaxForms], Problem | None]
CHECKS: tuple[Check, ...] = (
    _box_1, _box_2a, _box_2b, _box_4, _box_5, _box_7, _ira_box, _box_10, _box_11, _sum_of_boxes,
)  # fmt: skip


def _money(text: str, found: float, wanted: float) -> Message:
    return Message(text, {"found": Dollars(round(found, 2)), "wanted": Dollars(round(wanted, 2))})
