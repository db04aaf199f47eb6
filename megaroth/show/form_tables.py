"""Tax forms as small tables of boxes and lines, a check of a payer's form, and estimated tax, in the reader's words."""

import pandas as pd

from megaroth.facts.labels import label_of
from megaroth.facts.law import Law
from megaroth.rules.payer_forms import CheckedForms
from megaroth.rules.payouts import Form1099R
from megaroth.rules.safe_harbor import SafeHarbor
from megaroth.rules.tax_forms import Form5498, TaxForms
from megaroth.show.language import Language, language
from megaroth.show.tables import frame

NOTHING = "–"
CHOICES = {
    "direct": "directly to a Roth IRA",
    "in_plan": "in-plan Roth rollover",
    "split": "split: basis to a Roth IRA, earnings to a traditional IRA",
    "sixty_day": "paid to the client, rolled over within 60 days",
    "refund": "paid back after the ACP test",
    "roth_ira": "a Roth IRA",
    "traditional_ira": "a traditional IRA",
}
_LABELS = {
    "forms": {
        "roth_ira": "Form 1099-R, to the Roth IRA",
        "designated_roth": "Form 1099-R, to the Roth account in the plan",
        "traditional_ira": "Form 1099-R, to the traditional IRA",
        "paid": "Form 1099-R, paid to the client",
    },
    "lines": {
        "4a": "IRA distributions",
        "4b": "IRA distributions, taxable amount",
        "5a": "Pensions and annuities",
        "5b": "Pensions and annuities, taxable amount",
    },
}


# --- forms ---


def forms_tables(forms: TaxForms, code: str) -> list[tuple[str, pd.DataFrame]]:
    """Title and boxes of each form, then the lines of Form 1040."""
    speak = language(code)
    found = [
        (speak._(_LABELS["forms"][form.goes_to]), form_1099r_table(form, code)) for form in forms.forms_1099r
    ]
    for form in forms.forms_5498:
        to_roth = form.ira == "roth_ira"
        title = speak._("Form 5498 of the Roth IRA" if to_roth else "Form 5498 of the traditional IRA")
        found.append((title, form_5498_table(form, code)))
    return [*found, (speak._("Form 1040"), lines_table(forms, code))]


def form_1099r_table(form: Form1099R, code: str) -> pd.DataFrame:
    """The boxes of one Form 1099-R: number, what it holds, amount to the cent."""
    speak = language(code)
    blank = form.box_2a is None
    rows = [
        ("1", speak._("Gross distribution"), speak.money(form.box_1, cents=True)),
        ("2a", speak._("Taxable amount"), NOTHING if blank else speak.money(form.box_2a, cents=True)),
        ("2b", speak._("Taxable amount not determined"), _tick(speak, form.not_determined)),
        ("4", speak._("Federal income tax withheld"), _or_nothing(speak, form.box_4)),
        ("5", speak._("Employee contributions, already taxed"), _or_nothing(speak, form.box_5)),
        ("7", speak._("Distribution code"), form.box_7),
        ("7", speak._("IRA/SEP/SIMPLE box"), _tick(speak, form.ira_sep_simple)),
        ("10", speak._("Amount allocable to IRR within 5 years"), _or_nothing(speak, form.box_10)),
    ]
    return frame(speak, ("Box", "What it holds", "Amount"), rows)


def form_5498_table(form: Form5498, code: str) -> pd.DataFrame:
    """The boxes of one Form 5498."""
    speak = language(code)
    rows = [
        ("2", speak._("Rollover contributions"), speak.money(form.box_2, cents=True)),
        ("3", speak._("Roth IRA conversion amount"), _or_nothing(speak, form.box_3)),
        (
            "5",
            speak._("Value on December 31"),
            NOTHING if form.box_5 is None else speak.money(form.box_5, cents=True),
        ),
        ("10", speak._("Roth IRA contributions"), _or_nothing(speak, form.box_10)),
    ]
    if form.ira == "traditional_ira":
        rows = [row for row in rows if row[0] in ("2", "5")]
    return frame(speak, ("Box", "What it holds", "Amount"), rows)


def lines_table(forms: TaxForms, code: str) -> pd.DataFrame:
    """The lines of Form 1040 and, where something is due, of Form 5329; whole dollars."""
    speak, lines = language(code), forms.lines_1040
    rows = [(line, speak._(words), speak.money(lines[line])) for line, words in _LABELS["lines"].items()]
    rows.append((forms.rollover_line, speak._("Marked as a rollover"), _tick(speak, forms.rollover)))
    if forms.withheld:
        rows.append(("25b", speak._("Tax withheld, Forms 1099"), speak.money(forms.withheld)))
    if forms.additional_tax:
        rows.append(
            ("5329", speak._("Additional tax on early distributions"), speak.money(forms.additional_tax))
        )
    return frame(speak, ("Line", "What it holds", "Amount"), rows)


def forms_finding(speak: Language, forms: TaxForms) -> str:
    """The answer in one sentence."""
    year = year_words(speak, forms.law)
    if not forms.forms_1099r:
        return speak._("Nothing moves in {year}, so no form comes.", year=year)
    line = forms.lines_1040["5b"]
    if len(forms.forms_1099r) == 1:
        text = "Form 1099-R of {year} shows box 2a: {amount} taxable, with code {code}."
        (form,) = forms.forms_1099r
        return speak._(
            text, year=year, amount=speak.money(form.box_2a, cents=bool(form.box_2a % 1)), code=form.box_7
        )
    text = "{n} Forms 1099-R come for {year}; Form 1040 shows line 5b: {amount} taxable."
    return speak._(text, n=len(forms.forms_1099r), year=year, amount=speak.money(line))


def forms_notes(speak: Language, forms: TaxForms) -> list[str]:
    """What the forms do not say by themselves: Form 8606, money to make up, what to remember."""
    found = []
    if not forms.forms_1099r:
        return found
    if forms.rollover:
        found.append(
            speak._("None of it goes on Form 8606, Part II: that part is for conversions from IRAs.")
        )
    if "24" in forms.later_8606:
        text = "For later: {amount} counts as basis of the Roth IRA, on line 24 of Form 8606 at a nonqualified payout."
        found.append(speak._(text, amount=speak.money(forms.later_8606["24"], cents=True)))
    if "2" in forms.later_8606:
        text = "For later: {amount} of basis joins the traditional IRA, on line 2 of Form 8606."
        found.append(speak._(text, amount=speak.money(forms.later_8606["2"], cents=True)))
    routes = {payout.route for payout in forms.payouts}
    if "in_plan" in routes:
        found.append(
            speak._("Box 10 stays empty now; it is filled when the Roth account pays out within five years.")
        )
    if "split" in routes:
        found.append(
            speak._(
                "Earnings in the traditional IRA count on line 6 of Form 8606 in the year of a backdoor Roth IRA."
            )
        )
    if forms.to_make_up:
        text = "{amount} was withheld and must come from other money within 60 days, or it counts as kept."
        found.append(speak._(text, amount=speak.money(forms.to_make_up, cents=True)))
    return found


# --- a form that came ---


def check_finding(speak: Language, checked: CheckedForms) -> str:
    """The answer in one sentence."""
    if not checked.expected.forms_1099r and checked.right:
        return forms_finding(speak, checked.expected)
    if checked.right:
        return speak._(
            "The form is right; Form 1040 shows line 5b: {amount} taxable.",
            amount=_line_5b(speak, checked),
        )
    text = "Points to ask the payer about: {n}; Form 1040 shows line 5b: {amount} taxable."
    return speak._(text, n=len(checked.problems), amount=_line_5b(speak, checked))


def _line_5b(speak: Language, checked: CheckedForms) -> str:
    return speak.money(checked.expected.lines_1040["5b"])


def problems_table(checked: CheckedForms, code: str) -> pd.DataFrame:
    """A row for each problem: the box, what to ask the payer, the source; one row that says so where there is none."""
    speak = language(code)
    rows = [
        (problem.box or speak._("whole form"), speak.say(problem.message), speak.cite(problem.cite))
        for problem in checked.problems
    ]
    if not rows:
        rows = [(speak._("whole form"), speak._("Nothing to correct."), NOTHING)]
    return frame(speak, ("Box", "What to ask the payer", "Source"), rows)


def meanwhile(speak: Language, checked: CheckedForms) -> list[str]:
    """What the return says until the payer corrects the form."""
    return [speak.say(message) for message in checked.meanwhile]


# --- estimated tax ---


def installments_table(harbor: SafeHarbor, code: str) -> pd.DataFrame:
    """A row for each date: what is to be paid by it, and together so far."""
    speak = language(code)
    known = harbor.to_pay is not None
    part = (harbor.to_pay or 0.0) / len(harbor.due_dates)
    rows = [
        (
            speak.date(day, short=True),
            speak.money(part, cents=True) if known else NOTHING,
            speak.money(part * (k + 1), cents=True) if known else NOTHING,
        )
        for k, day in enumerate(harbor.due_dates)
    ]
    return frame(speak, ("Due", "Installment", "Together so far"), rows)


def harbor_finding(speak: Language, name: str, harbor: SafeHarbor) -> str:
    """The answer in one sentence."""
    part = (harbor.to_pay or 0.0) / len(harbor.due_dates)
    values = {
        "name": name, "year": year_words(speak, harbor.law), "required": speak.money(harbor.required),
        "before": harbor.law.year - 1, "withheld": speak.money(harbor.withholding or 0.0), "least": speak.money(harbor.law.estimated_tax_minimum),
        "total": speak.money(harbor.to_pay or 0.0), "part": speak.money(part, cents=True),
        "first": speak.date(harbor.due_dates[0]), "last": speak.date(harbor.due_dates[-1]),
    }  # fmt: skip
    if harbor.nothing_due == "small":
        text = "Less than {least} would be owed for {year}, so no estimated tax is required."
    elif harbor.nothing_due == "no_tax_before":
        text = "No tax was due for {before}, so no estimated payment is needed for {year}, provided that {before} had 12 months and was a year of U.S. citizenship or residence throughout."
    elif harbor.nothing_due == "withheld":
        text = "Withholding of {withheld} covers the {required} required for {year}; no estimated tax is due."
    elif harbor.to_pay is None:
        text = "{required} is required for {year}, by withholding or in installments."
    else:
        text = (
            "{total} beyond withholding is required for {year}: {part} by each date from {first} to {last}."
        )
    return speak._(text, **values)


def harbor_cautions(speak: Language, harbor: SafeHarbor) -> list[str]:
    """What is not known and can change the answer."""
    if not harbor.missing:
        return []
    names = ("、" if speak.code == "zh" else ", ").join(speak._(label_of(name)) for name in harbor.missing)
    found = [speak._("Needed: {missing}.", missing=names)]
    if set(harbor.missing) & {"prior_year_tax", "prior_year_agi"}:
        found.append(speak._("Without last year's figures the required amount can be too high, not too low."))
    return found


def year_words(speak: Language, law: Law) -> str:
    """A tax year inside a sentence, with its mark."""
    return speak._("{year} (projected)" if law.projected else "{year}", year=law.year)


def _tick(speak: Language, ticked: bool) -> str:
    return speak._("yes") if ticked else NOTHING


def _or_nothing(speak: Language, amount: float) -> str:
    """An amount to the cent; an empty box is no zero."""
    return speak.money(amount, cents=True) if amount else NOTHING
