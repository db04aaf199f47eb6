"""
A sentence of a plan summary in clauses: what each says, and whose money it speaks of.

"After-tax contributions may be made but may not be withdrawn" is two clauses, and the second takes its money from the
first; a clause can also take it from the sentence before, the question above it or the heading of the section.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from megaroth.show import plan_phrases as says
from megaroth.show.plan_sentences import BARE_ANSWER, COLUMNS, Sentence
from megaroth.show.plan_verdicts import VERB, denied

LONGEST = 3_000  # letters of one sentence; a longer one is a table that lost its lines

# Where a new statement can begin inside a sentence.
BREAK = re.compile(
    r"\s*(?:;|,? but\b|,? however,?|,? although\b|,? though\b|,? because\b|,? whereas\b"
    r"|,? and (?:then |also )?(?=convert|withdraw|roll|immediately conv|automatically conv|invest|"
    r"(?:(?:the plan|you|they|these|such|it|those|this)\b ?)?(?:[\w-]+ ){0,3}?(?:do|does|may|will"
    r"|can|cannot|is|are|must|has|have|takes?)\b)"
    r"|,? (?=nor (?:can|may|do|does|will|is|are)\b)|,? or (?=(?:may|can|will|do|does) )"
    r"|,? so (?:that )?)\s*",
)  # fmt: skip
# An aside between commas: "after-tax contributions, which are not matched, ...".
ASIDE = re.compile(
    r", (?:which|that|who) [^,;]{3,120}(?:,|$)",
)  # fmt: skip
# What other money or another plan does, before what is said: "Unlike your pre-tax savings, ...".
UNLIKE = re.compile(r"^unlike [^,]{3,80},(?: which [^,]{3,120},)?")
# A list inside a sentence: "The following may not be converted: (a) ...; (b) ...".
LISTED = re.compile(
    r"^([^:;]{10,160}): ?(\(?(?:a|1|i)\).*)$",
)  # fmt: skip
# What only says when: "once you convert them, ...", "... after you have withdrawn the rest".
WHEN_FIRST = re.compile(
    r"^(?:\W*)(?:once|after|when|if|upon|before|as soon as|whenever) [^,:]{4,150},(?! (?:or|and)\b)",
)  # fmt: skip
WHEN_LAST = re.compile(
    r",? (?:after|once|when|if|before) you (?:have |had |first |also )?(?:withdraw|convert|tak"
    r"|receiv|roll|mak|us)\w*\b[^,;]*$",
)  # fmt: skip
NO_SUBJECT = re.compile(
    r"(?:then |also |immediately |automatically )*(?:may|can|cannot|will|is|are|do|does|must|has"
    r"|have|not|in no more|no more|up to|once|twice)\b",
)  # fmt: skip
BARE_VERB = re.compile(
    r"(?:then |also |immediately |automatically )*(?:convert|withdraw|roll)\b",
)  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """A clause in small letters, with what it takes from before."""

    text: str
    main: str  # without "once you ..., " and the like
    money: str  # "after_tax", "other" or "" (none named)
    owned: bool  # whether the clause itself names the money
    subject: str = ""  # the clause before, where this one goes on without a subject
    before: str = ""  # the clause before in the same sentence
    above: str = ""  # the sentence before, or the question
    heading: str = ""


def clauses_of(sentence: Sentence) -> Iterator[Clause]:
    text = _folded(sentence.item)[:LONGEST]
    if sentence.before and BARE_ANSWER.match(text):
        text = f"{_folded(sentence.before).rstrip('?')}: {text}"
    if sentence.lead:
        text = f"{_folded(sentence.lead).rstrip(':')} {text}"
    text = UNLIKE.sub("", text)
    above, heading = _folded(sentence.before), _folded(sentence.heading)
    before, money = "", ""
    for part in _parts(text):
        own = money_of(_main(part))
        money = own or money or _inherited(part, above, heading)
        asked = above if above.endswith("?") and says.POINTS_BACK.search(part) else ""
        subject = before if NO_SUBJECT.match(part) else asked
        yield Clause(part, _main(part), money, own == "after_tax", subject, before, above, heading)
        before = _main(part)


def _parts(text: str) -> list[str]:
    """The clauses; a piece without a verb ("after-tax contributions and | their earnings may not ...") is none."""
    listed = LISTED.match(text)
    if listed:
        return [f"{listed[1]}: {item.strip()}" for item in listed[2].split(";")]
    asides = [aside[0].strip(" ,") for aside in ASIDE.finditer(text)]
    text, parts, start = ASIDE.sub(", ", text), [], 0
    for mark in BREAK.finditer(text):
        if VERB.search(text[start : mark.start()]):
            parts.append(_with_modal(text[start : mark.start()], parts))
            start = mark.start() if "but not" in text[mark.start() : mark.end() + 4] else mark.end()
    parts.append(_with_modal(text[start:], parts))
    return [part.strip() for part in [*parts, *asides] if part.strip()]


def _with_modal(part: str, parts: list[str]) -> str:
    """A bare verb after "and" takes the may or may not before it: "you may contribute and | convert"."""
    if not parts or not BARE_VERB.match(part):
        return part
    return f"{'may not' if denied(parts[-1]) else 'may'} {part}"


def _main(text: str) -> str:
    """A clause without what only says when."""
    bare = WHEN_LAST.sub("", WHEN_FIRST.sub("", text))
    return bare if VERB.search(bare) else text


def _folded(text: str) -> str:
    """Small letters, plain quotes and hyphens, single spaces; columns of a table as a colon."""
    text = COLUMNS.sub(": ", text).lower()
    for curly, plain in {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "‐": "-",
        "‑": "-",
        "–": "-",
        "—": " - ",
    }.items():
        text = text.replace(curly, plain)
    text = re.sub(r"\b(after|post|pre|before|in|non) ?- ?(tax|plan|service|roth)", r"\1-\2", text)
    text = re.sub(r"\b(after|post) ?tax\b", r"\1-tax", text)
    return " ".join(text.split())


def money_of(text: str) -> str:
    bare = says.ANOTHER_MEANING.sub(" roth contribution ", text)
    if says.AFTER_TAX.search(bare):
        return "after_tax"
    return "other" if says.OTHER_MONEY.search(bare) else ""


def _inherited(text: str, above: str, heading: str) -> str:
    """The money that a clause without a name of its own speaks of."""
    if says.POINTS_BACK.search(text) and money_of(above):
        return money_of(above)
    return money_of(heading) or (money_of(above) if above.endswith("?") else "")
