"""
The boxes of a Form 1099-R one by one: what differs from the form that should have come, and what to ask the payer.

State boxes are not looked at, nor the second box of 2b (total distribution), which changes no tax here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from megaroth.facts.errors import Dollars, InputError, Message, checked_one
from megaroth.rules.payouts import DIRECT_ROLLOVER, INSTRUCTIONS, PAID_BACK, Form1099R

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


def differences(form: Form1099R, wanted: Form1099R) -> list[Problem]:
    """Every box that is not what it should be, in the form's order."""
    found = (check(form, wanted) for check in CHECKS)
    return [problem for problem in found if problem is not None]


def apart(one: float, other: float) -> bool:
    """By more than rounding."""
    return abs(one - other) > A_CENT


def _box_1(form: Form1099R, wanted: Form1099R) -> Problem | None:
    if not apart(form.box_1, wanted.box_1):
        return None
    text = "Box 1 shows {found}; {wanted} was paid out. Ask the payer to correct it."
    return Problem("gross", "1", _money(text, form.box_1, wanted.box_1), INSTRUCTIONS)


def _box_2a(form: Form1099R, wanted: Form1099R) -> Problem | None:
    found, right = form.box_2a, wanted.box_2a or 0.0
    if found is None:
        text = (
            "Box 2a is blank. The plan keeps the account apart and knows its basis; ask it to show {wanted}."
        )
        return Problem("blank", "2a", _money(text, 0.0, right), INSTRUCTIONS)
    if not apart(found, right):
        return None
    if wanted.box_5 > 0 and not apart(found, form.box_1):
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


def _box_2b(form: Form1099R, _: Form1099R) -> Problem | None:
    if not form.not_determined:
        return None
    text = "Box 2b says that the taxable amount is not determined. The plan knows the basis; ask it to fill in box 2a and to take the mark out."
    return Problem("not_determined", "2b", Message(text), INSTRUCTIONS)


def _box_4(form: Form1099R, wanted: Form1099R) -> Problem | None:
    if not apart(form.box_4, wanted.box_4):
        return None
    # What goes back after the ACP test is no eligible rollover distribution: the client elects what is withheld.
    cite = f"26 U.S.C. {'3405(b)' if wanted.box_7 == PAID_BACK else '3405(c)'}; {INSTRUCTIONS}"
    if wanted.box_7 == DIRECT_ROLLOVER and wanted.box_4 == 0:
        text = "Box 4 shows {found}; nothing is withheld from a direct rollover. Ask the payer whether money was paid out instead."
    elif form.box_4 < wanted.box_4:
        text = "Box 4 shows {found}; {wanted} was withheld, or had to be. Ask the payer to correct it."
    else:
        text = "Box 4 shows {found}, by the facts {wanted} was withheld. Ask the payer which is right."
    return Problem("withheld", "4", _money(text, form.box_4, wanted.box_4), cite)


def _box_5(form: Form1099R, wanted: Form1099R) -> Problem | None:
    if not apart(form.box_5, wanted.box_5):
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


def _box_7(form: Form1099R, wanted: Form1099R) -> Problem | None:
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


def _ira_box(form: Form1099R, _: Form1099R) -> Problem | None:
    if not form.ira_sep_simple:
        return None
    text = "The box IRA/SEP/SIMPLE is ticked; the money came out of a plan and belongs on lines 5a and 5b, not 4a and 4b. Ask the payer to take the tick out."
    return Problem("ira_ticked", "IRA/SEP/SIMPLE", Message(text), f"{INSTRUCTIONS}; {RETURN}")


def _box_10(form: Form1099R, _: Form1099R) -> Problem | None:
    if form.box_10 == 0:
        return None
    text = "Box 10 shows {found}; it is for a later payout from the Roth account of the plan. Ask the payer to empty it."
    return Problem(
        "irr_too_early", "10", _money(text, form.box_10, 0.0), f"26 U.S.C. 402A(c)(4)(D); {INSTRUCTIONS}"
    )


def _box_11(form: Form1099R, _: Form1099R) -> Problem | None:
    if form.box_11 is None:
        return None
    text = "Box 11 shows a first Roth year; it is for payouts from the Roth account of a plan. Ask the payer to empty it."
    return Problem("roth_year", "11", Message(text), INSTRUCTIONS, changes_tax=False)


def _sum_of_boxes(form: Form1099R, wanted: Form1099R) -> Problem | None:
    """Where every dollar is either basis or taxed, boxes 2a and 5 are all of box 1; said when each alone does not tell."""
    whole = not apart((wanted.box_2a or 0.0) + wanted.box_5, wanted.box_1)
    if not whole or form.box_2a is None or not apart(form.box_2a + form.box_5, form.box_1):
        return None
    text = "Boxes 2a and 5 add up to {found} and box 1 shows {wanted}: of an account kept apart every dollar is either basis or taxed."
    return Problem(
        "do_not_add_up",
        "2a",
        _money(text, form.box_2a + form.box_5, form.box_1),
        f"26 U.S.C. 72(d)(2), 72(e)(8); {INSTRUCTIONS}",
    )


Check = Callable[[Form1099R, Form1099R], Problem | None]
CHECKS: tuple[Check, ...] = (
    _box_1, _box_2a, _box_2b, _box_4, _box_5, _box_7, _ira_box, _box_10, _box_11, _sum_of_boxes,
)  # fmt: skip


def _money(text: str, found: float, wanted: float) -> Message:
    return Message(text, {"found": Dollars(round(found, 2)), "wanted": Dollars(round(wanted, 2))})
