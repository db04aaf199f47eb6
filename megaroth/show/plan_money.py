"""
Which money a clause speaks of: after-tax contributions, other money, or none that is named; the phrases for it in small tables.

Every pattern is matched against a clause in small letters with plain quotes and single spaces, see plan_clauses.
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from megaroth.show.plan_sentences import Sentence


def table(*alternatives: str) -> re.Pattern:
    """One pattern out of alternatives, each at the beginning of a word."""
    return re.compile("|".join(rf"(?<![a-z-])(?:{each})" for each in alternatives))


# What a sentence, or what it points back to, must speak of to be read at all: most of a summary does not.
TOUCHED = re.compile(
    r"(?:after|post)[-\s‐‑–]*tax|taxed|roth|conver|in[-\s‐‑–]*plan|intra|nondeductible|mega|voluntary|thrift",
    re.I,
)

# And where only what stands above speaks of it, a word that could carry on with it.
CARRIES_ON = re.compile(
    r"contribut|sav(?:e|ing)|withdr|distribut|take|%|percent|availab|permit|allow|offer|feature|option|these|such|this"
    r"|they|them|\bit\b|\byes\b|\bno|separate|not\b", re.I
)  # fmt: skip

# "After-tax" in another sense is blanked before the money is read. Roth money is paid after tax too, and so are loan
# payments, premiums and gifts; money that comes from another plan is no contribution from pay.
ROTH = r"roth(?: 401\(k\)| 403\(b\)| 457\(b\)| elective| deferral| salary deferral| contribution| basic| account)*s?"
ANOTHER_MEANING = table(
    r"(?:after|post)[- ]?tax,? \(?roth\)?(?! (?:in-plan|conversion))", r"after-tax \(roth\)",
    rf"{ROTH}(?: are| is| were)?(?: also| always| made| contributed| paid| taken| deducted| withheld"
    rf"| that| which| you| make| contribute)*"
    rf" (?:on|with|from|in|using|of)(?: an| a| your)? \(?(?:after|post)[- ]?tax (?:basis|dollars"
    rf"|money|income|pay)",
    rf"{ROTH}(?: are| is| means?)?(?: also| considered| called| an?| type of)* \(?(?:after"
    rf"|post)[- ]?tax\)?(?: contributions?| deferrals?| savings)?(?! (?:source|account|sub))",
    r"(?:loan|premium|insurance|coverage|repay\w*|donation|gift)[a-z ,()]{0,60}(?:after"
    r"|post)[- ]?tax(?: dollars| basis| money| pay| deductions?)",
    r"(?:after|post)[- ]?tax(?: dollars| basis| money| pay)?[a-z ,]{0,30}(?:loan|premium|insurance"
    r"|coverage)", r"(?:after|post)[- ]?tax rollover(?:s| contributions?| accounts?| amounts?| source)*",
    r"(?:after|post)[- ]?tax (?:value|return|income|interest rate)", r"rollover after-tax",
    r"rollover \w+,? \(?(?:pre-tax|roth)[^;.]{0,12}after-tax",
    r"mandatory (?:employee )?(?:(?:after|post)[- ]?tax )?(?:employee )?contributions?",
)  # fmt: skip

# A law firm's words for it, read as "after-tax"; "voluntary contributions" alone can be salary deferrals.
ALSO_CALLED = re.compile(
    r"(?<!tax )(?<!roth )(?<!deferral )\b(?:voluntary (?:nondeductible |non-deductible )?(?=employee contribution|contributions? (?:sub-?)?account)"
    r"|employee voluntary (?=contribution|account)|(?:voluntary )?(?:nondeductible|non-deductible) (?:voluntary )?(?=(?:employee )?contribution))"
)
AFTER_TAX = table(
    r"(?:after|post)[- ]?tax\b", r"non-?roth,? (?:after|voluntary|employee contribution)",
    r"taxed (?:employee )?contributions?",
    r"mega[- ]?back[- ]?door",
)  # fmt: skip

# Where converted money goes, which is not what is converted.
DESTINATION = table(
    r"(?:to|into|as) (?:a |an |the |your |its |the plan's )?(?:designated |in-plan )?roth(?: [\w()-]+){0,3}",
    r"in-plan roth \w+(?: account)?", r"roth (?:in-plan )?conver\w+(?: account)?",
)  # fmt: skip
# Money that is there already, and no contribution from pay.
BALANCE = re.compile(
    r"(?:after|post)-tax (?:[\w()-]+ ){0,2}?(?:accounts?|balances?|amounts?|sub-?accounts?|portion"
    r"|earnings|value|assets|money)\b",
)  # fmt: skip
# What the words of an inherited clause must speak of, for contributions.
SAVING = table(
    r"contribut", r"sav(?:e|es|ing|ings)\b", r"defer", r"payroll", r"add\b", r"which\b", r"option",
    r"it\b", r"this (?:feature|option|source)", r"percent", r"\d+%", r"they\b", r"these\b", r"such\b",
    r"available", r"(?:yes|no)\b",
)  # fmt: skip

# Other money by name: a clause that names it and no after-tax money is not about after-tax money.
OTHER_MONEY = table(
    r"pre-?tax", r"before-?tax", r"tax-deferred",
    r"roth (?:contribution|deferral|elective|account|401|403|source|money|ira contribution)",
    r"designated roth", r"match", r"employer", r"company (?:contribution|match|stock)",
    r"profit[- ]sharing", r"safe harbor", r"rollover (?:account|contribution|source|money|amount)",
    r"rollovers? (?:from|into)", r"elective deferral", r"salary deferral", r"deferrals", r"catch-up",
    r"nonelective", r"non-elective", r"basic contribution", r"qnec", r"qualified nonelective", r"hardship",
    r"401\(k\) contribution",
)  # fmt: skip

# What points back to money named before.
POINTS_BACK = table(
    r"(?:these|those|such|this|that|the same|said|both|each) (?:\w+ )?(?:type|kind|feature|option"
    r"|contribution|amount|account|source|money|monies|dollar|fund|"
    r"balance|saving|conversion|withdrawal|service|election|benefit|distribution)",
    r"(?:it|they|them|these|do so|the feature|this)\b", r"amounts (?:contributed|so)",
    r"the (?:feature|option|election|account|source)", r"conversions?\b", r"withdrawals?\b",
)  # fmt: skip

THESE_ARE = re.compile(r"(?:these|those|such|this|that|they|it)\b")
HOW_PAID = re.compile(
    r"\b(?:on|with|from|in|using) (?:an? |your )?(?:after|post)-tax (?:basis|dollars|money|pay|income)|\b(?:after|post)-tax deductions?"
)
THESE = re.compile(r"\b(?:these|those|such|this|that|them)\b")

# What the money is kept apart from is not the money.
KEPT_FROM = re.compile(r"\b(?:separate|separately|apart|distinct) from [^;:]*")

# A name that the summary gives to such money, and names that mean other money everywhere.
DEFINED = re.compile(
    r"[Aa]fter-[Tt]ax [^.;()]{0,60}\((?:the |your |called |collectively, )*[\"“]([A-Z][\w -]{3,40}?)[\"”]\)"
    r"|([A-Z][a-z]+(?: [A-Z][a-z]+)? [Cc]ontributions) (?:are|means?) (?:[\w-]+ ){0,4}?after-tax (?!\(?roth)"
    r"|(?:make|elect) ([A-Z][a-z]+(?: [A-Z][a-z]+)? Contributions)[^.;]{0,60} on an after-tax basis"
)
TAKEN = re.compile(
    r"roth|tax|match|employer|company|rollover|catch|elective|deferral|salary|your|these|such|plan|account",
    re.I,
)


def money_of(text: str) -> str:
    """ "after_tax", "other" or "": the money that a text names."""
    bare = ANOTHER_MEANING.sub(" roth contribution ", KEPT_FROM.sub(" ", text))
    if AFTER_TAX.search(bare):
        return "after_tax"
    return "other" if OTHER_MONEY.search(bare) else ""


def is_how_paid(text: str) -> bool:
    """Whether "after-tax" only says how money named before is paid: "these are made on an after-tax basis"."""
    return bool(THESE_ARE.match(text)) and money_of(HOW_PAID.sub(" ", text)) != "after_tax"


def with_defined_names(sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences with the summary's own name for such money ("Thrift Contributions") read as after-tax; quotes stay."""
    read = list(sentences)
    text = " ".join(sentence.quote for sentence in read)
    names = {
        name.rstrip("s")
        for found in DEFINED.findall(text)
        for name in found
        if name and not TAKEN.search(name)
    }
    if not names:
        return read
    called = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})", re.I)
    parts = ("heading", "before", "lead", "item")
    return [
        replace(each, **{part: called.sub("After-Tax Contribution", getattr(each, part)) for part in parts})
        for each in read
    ]
