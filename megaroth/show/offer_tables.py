"""Job offers and providers in the reader's words: the sentence, the tables, and what the figures count."""

import datetime as dt
import re
from collections.abc import Sequence

import pandas as pd
from IPython.display import HTML

from megaroth.facts.errors import InputError
from megaroth.facts.labels import label_of
from megaroth.facts.providers import Claim, Provider, Providers
from megaroth.plans.offers import PARTS, OfferComparison
from megaroth.show.language import Language, language
from megaroth.show.tables import brought_to_today, frame

LEAST = 0.5  # USD; less is shown as nothing


def offers_table(table: OfferComparison, code: str) -> pd.DataFrame:
    """A row per offer: the parts, their sum, and that by year of stay; a range where a plan fact is not known."""
    speak = language(code)
    rows = [(name, *_cells(speak, row, table.years)) for name, row in table.iterrows()]
    columns = ("Offer", "Salary after tax", "Employer money", "Mega-backdoor", "Together", "Per year of stay")
    return frame(speak, columns, rows)


def _cells(speak: Language, row: pd.Series, years: int) -> tuple[str, ...]:
    """The parts rounded first, so that the sum shown is the sum of what is shown."""
    salary, employer = (round(row[part]) for part in PARTS[:2])
    ends = round(row["mega_low"]), round(row["mega_high"])
    sums = [salary + employer + end for end in ends]
    if row["status"] == "known":
        ends, sums = ends[1:], sums[1:]
    yearly = [total / years for total in sums]
    return (
        speak.money(salary),
        speak.money(employer),
        *(_span(speak, each) for each in (ends, sums, yearly)),
    )


def _span(speak: Language, ends: Sequence[float]) -> str:
    return "\N{EN DASH}".join(speak.money(end) for end in ends)


def offers_finding(speak: Language, table: OfferComparison) -> str:
    """Of the first two offers, whose plan is worth more, in one sentence; a tie and an unknown have their own."""
    lows, highs = (table["employer_money"] + table[name] for name in ("mega_low", "mega_high"))
    first, other = lows.iloc[:2].sort_values(ascending=False, kind="stable").index
    lead, known = lows[first] - highs[other], (table["status"].iloc[:2] == "known").all()
    values = {"a": first, "b": other, "value": speak.about(lead)}
    if lead >= LEAST:
        text = "{a}'s plan is worth {value} more than {b}'s."
        if not known:
            text = "{a}'s plan is worth at least {value} more than {b}'s, whatever HR answers."
        elif table.discount_basis == "inflation":
            text = "{a}'s plan is worth {value} more in today's after-tax dollars than {b}'s."
    elif known:
        text = "The plans of {a} and {b} are worth the same."
    else:
        asked = table.index[table["status"] == "ask"][0]
        values |= {
            "name": asked,
            "low": speak.about(lows[asked]),
            "high": speak.about(highs[asked]),
        }
        text = "Whose plan is worth more depends on HR's answers: {name}'s is worth between {low} and {high}."
    return speak._(text, **values)


def standing(speak: Language, table: OfferComparison) -> str:
    """Pay included: which offer is ahead in all, and by how much."""
    values = {"years": table.years}
    if table.best is None:
        text = (
            "Pay included, the answer depends on what is not known."
            if (table["status"] == "ask").any()
            else "Pay included, the offers are worth the same."
        )
        return speak._(text)
    lead = table.loc[table.best, "total_low"] - table.drop(index=table.best)["total_high"].max()
    values |= {"name": table.best, "amount": brought_to_today(speak, table, float(lead))}
    text = "Pay included, {name} is ahead by {amount} (years of the stay: {years})."
    return speak._(text, **values)


def questions(speak: Language, table: OfferComparison) -> list[str]:
    """What to ask, and what each answer is worth."""
    return [
        speak._(
            "{name}, not known yet: {fact}. The after-tax account is worth {yes} if yes, {no} if no.",
            name=each.offer, fact=speak._(label_of(each.field)), yes=speak.about(each.if_yes), no=speak.about(each.if_no),
        )
        for each in table.questions.itertuples()
    ]  # fmt: skip


def reasons(speak: Language, table: OfferComparison) -> list[tuple[str, str]]:
    """Why the figures are as they are: sentence and citation."""
    return [(speak.say(reason.message), speak.cite(reason.cite)) for reason in table.reasons]


def in_and_out(speak: Language) -> list[str]:
    """What the figures count, and what they leave out."""
    return [
        speak._(
            "Salary after tax: each year's pay less the federal and state tax and the payroll tax that it causes; own "
            "deferrals count as pay received."
        ),
        speak._(
            "Employer money: match and other employer contributions with their earnings at the last year of the plan, less "
            "the tax rate in retirement, as far as they are vested."
        ),
        speak._(
            "Mega-backdoor: how far the after-tax account ends ahead of a brokerage account for the same take-home dollars."
        ),
        speak._(
            "A dollar of pay counts in the year in which it is paid; a dollar in the plan grows until the last year of the "
            "plan, and is then brought to today. A higher discount rate makes plan dollars count for less."
        ),
        speak._(
            "Left out: health insurance, stock and options, signing bonuses, paid leave, fees and funds of the plans, state "
            "payroll taxes, and the after-tax account of the old employer, which stays behind with every offer."
        ),
    ]


# --- providers ---


def providers_table(providers: Providers, as_of: dt.date, code: str) -> pd.DataFrame:
    """A row per claim: institution, kind, claim, who says so and where, and when it was checked."""
    speak = language(code)
    rows = [
        (
            _name(speak, entry, entry.name in providers.of_firm), _kind(speak, entry), _in(speak, claim, "claim"),
            _said_by(speak, claim), _checked(speak, claim, as_of),
        )
        for entry in providers.entries
        for claim in entry.claims
    ]  # fmt: skip
    columns = ("Institution", "Kind of institution", "What is said of it", "Who says so", "Checked")
    return frame(speak, columns, rows)


def providers_page(providers: Providers, as_of: dt.date, code: str) -> HTML:
    """The same table for a chapter, its sentences set from the left."""
    left = "text-align: left; vertical-align: top; "
    table = providers_table(providers, as_of, code).to_html(justify="left")
    table = re.sub(r"<td>(?=\d{4}-\d\d-\d\d</td>)", f'<td style="{left}white-space: nowrap">', table)
    return HTML(re.sub("<(t[dh])>", rf'<\1 style="{left}overflow-wrap: anywhere">', table))


def provider_problems(speak: Language, problems: Sequence[InputError]) -> list[str]:
    """A sentence for each file of the firm that is not in order."""
    return [speak.problem(problem) for problem in problems]


def _name(speak: Language, entry: Provider, of_firm: bool) -> str:
    name = _in(speak, entry, "name")
    return speak._("{name} (the firm's own entry)", name=name) if of_firm else name


def _kind(speak: Language, entry: Provider) -> str:
    texts = {
        "administrator": "administrator of employers' plans",
        "solo_specialist": "specialist for solo 401(k) plans",
    }
    return speak._(texts[entry.kind])


def _said_by(speak: Language, claim: Claim) -> str:
    """Who, where, and the page's address."""
    parts = (_in(speak, claim, "claimed_by"), _in(speak, claim, "source"), claim.address)
    return speak.joined(part for part in parts if part)


def _in(speak: Language, facts: Provider | Claim, name: str) -> str:
    """An entry's own words in the reader's language, as far as it has them."""
    chinese = getattr(facts, f"{name}_zh") if speak.code == "zh" else None
    return chinese or getattr(facts, name)


def _checked(speak: Language, claim: Claim, as_of: dt.date) -> str:
    day = speak.date(claim.checked, short=True)
    return speak._("{date}: more than a year ago, check again", date=day) if claim.stale(as_of) else day
