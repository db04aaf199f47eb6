"""What a plan summary's sentences would say as facts of the plan: a cap, how often; a suggestion until it is confirmed."""

import re

from megaroth.facts.errors import InputError
from megaroth.show.language import parse_money, parse_percent
from megaroth.show.plan_phrases import DOLLARS

SHARES = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(?:%|percent)", re.I)
# A cap on all contributions together, and not on after-tax money alone.
TOGETHER = re.compile(
    r"combin|together|total|(?:pre|before)-?tax[^.;]*(?:and|or|\+)[^.;]*after-?tax|in any combination", re.I
)
# How a plan's own words answer to the four that a plan can have; the first that fits. "At any time" includes each paycheck.
OFTEN = {
    "each_paycheck": r"daily|nightly|weekly|any ?time|pay ?(?:roll|day|check| period|date)|as often|same day|(?:business|trading) day",
    "monthly": r"month(?!s)|(?:twelve|12) times",
    "quarterly": r"quarter|four times|(?:four|4) [\w -]{0,30}year|(?:three|3) months",
    "yearly": r"annual|year",
}


def cap_of(quote: str) -> dict[str, float]:
    """The cap that a sentence names, under the plan's field for it; {} where it cannot be read with certainty."""
    shares = {parse_percent("after_tax_cap_share", each) for each in SHARES.findall(quote)}
    dollars = {_dollars(each) for each in re.findall(DOLLARS, quote)} - {None}
    if shares and not dollars and (len(shares) == 1 or _is_range(quote)) and max(shares) <= 1:
        field = "combined_cap_share" if TOGETHER.search(quote) else "after_tax_cap_share"
        return {field: max(shares)}
    if len(dollars) == 1 and not shares and not TOGETHER.search(quote):
        return {"after_tax_cap_dollars": dollars.pop()}
    return {}


def frequency_of(quote: str) -> str | None:
    """Which of the plan's four frequencies a sentence speaks of; None where none fits."""
    found = (name for name, words in OFTEN.items() if re.search(words, quote, re.I))
    return next(found, None)


def _is_range(quote: str) -> bool:
    """Whether two shares are one range ("1% to 10%", "in 1% increments up to 10%") and not two caps."""
    return len(SHARES.findall(quote)) <= 3 and bool(
        re.search(r"between|increment|% ?(?:to|through|-|–) ?\d|\bfrom \d", quote)
    )


def _dollars(text: str) -> float | None:
    try:
        return parse_money("after_tax_cap_dollars", text)
    except InputError:
        return None
