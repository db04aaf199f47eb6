"""
A sentence of a plan summary in clauses: what each says, and whose money it speaks of.

"After-tax contributions may be made but may not be withdrawn" is two clauses, and the second takes its money from the
first; a clause can also take it from the sentence before, the question above it or the heading of the section.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from megaroth.show import plan_phrases as says
from megaroth.show.plan_money import ALSO_CALLED, POINTS_BACK, THESE, is_how_paid, money_of
from megaroth.show.plan_sentences import BARE_ANSWER, COLUMNS, Sentence
from megaroth.show.plan_verdicts import DATE, SOME_PEOPLE, TO_COME, UNSURE, VERB, denied

LONGEST = 3_000  # letters of one sentence; a longer one is a table that lost its lines

# As printed, and as the tables expect it; in this order.
SPELLED = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "-", "—": " - ",
    "cannot": "can not", "can't": "can not", "won't": "will not", "n't": " not",
}  # fmt: skip

# Where a new statement can begin inside a sentence.
BREAK = re.compile(
    r"\s*(?:;|,? but\b|,? however,?|,? although\b|,? though\b|,? because\b|,? whereas\b"
    r"|,? and (?:then |also )?(?=convert|withdraw|roll|immediately conv|automatically conv|invest|"
    r"(?:(?:the plan|you|they|these|such|it|those|this)\b ?)?(?:[\w-]+ ){0,3}?(?:do|does|may|will"
    r"|can|is|are|must|has|have|takes?)\b)"
    r"|(?<!withdraw)(?<!withdraw,)(?<!convert)(?<!convert,)(?<!transfer),? or (?=convert|withdraw|roll)"
    r"|,? (?=nor (?:can|may|do|does|will|is|are)\b)|,? or (?=(?:you |they |it )?(?:may|can|will|do|does) )"
    r"|,? with (?:the|an) (?:ability|option|right|choice) to (?=convert|withdraw|roll)|,? so (?:that )?)\s*",
)  # fmt: skip
# An aside between commas: "after-tax contributions, which are not matched, ...".
ASIDE = re.compile(
    r", (?:which|that|who) [^,;]{3,120}(?:,|$)",
)  # fmt: skip
# A sentence is made plainer before it is parted: what to look for, and what stands in its place.
PLAINER = (
    # Earnings that stay behind decide nothing.
    (r",? ?\(?(?:but not|excluding|not including) (?:any |the |its |their )?(?:investment )?(?:earnings|gains|income)[^),;.]*[),]?", ""),
    # An exception amid a statement.
    (r",? but not ((?:[\w-]+ ){0,3}after-tax[^,;.:]*),", r", except \1,"),
    (r"\b(may|can),? but need not,?", r"\1 or may not"),
    (r"except as (?:may be )?required by (?:applicable )?law,? ?", ""),
    # What other money or another plan does: "Unlike your pre-tax savings, ...".
    (r"^unlike [^,]{3,80},(?: which [^,]{3,120},)?", ""),
    # "Although these may be withdrawn, those may not" is two statements.
    (r"^(?:(?:even )?though|although|whereas) (?!many|some|other|most|certain)([^,]{10,200}), (?=\w)", r"\1; "),
)  # fmt: skip
# A list inside a sentence: "The following may not be converted: (a) ...; (b) ...".
LISTED = re.compile(
    r"^([^:;]{10,160}): ?(\(?(?:a|1|i)\).*|[^:;]{3,80}(?:;[^:;]{3,80}){2,})$",
)  # fmt: skip
# What only says when: "once you convert them, ...", "... after you have withdrawn the rest".
WHEN_FIRST = re.compile(
    r"^(?:[\w ()/'-]{3,60}: )?\W*(?:once(?! (?:each|every|per|an?|in)\b)|after|when|if|upon|before|as soon as|whenever|to the extent|where) [^,:]{4,150},(?! (?:or|and)\b)",
)  # fmt: skip
WHEN_LAST = re.compile(
    r",? (?:after|once|when|if|before) you (?:have |had |first |also )?(?:withdraw|convert|tak"
    r"|receiv|roll|mak|us)\w*\b[^,;]*$"
    r"|,? (?:after|until|unless|before|once) you (?:have |had |first )*(?:obtain|exhaust|taken|received|withdrawn)\w*\b[^;]*$",
)  # fmt: skip
# What a sentence opens with, and all of it stands under: "if your employer permits, ...", "we hope that ...".
OPENING = re.compile(r"^[^,]{3,120}?(?:,|\b(?:that|whether)\b)")
CONDITION_FIRST = re.compile(r"^(?:unless|if|when|once|while|although|after|before|to the extent)\b[^,]*,")
NO_SUBJECT = re.compile(
    r"(?:then |also |immediately |automatically )*(?:may|can|will|is|are|do|does|must|has"
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
    condition: str = ""  # "if your employer permits, " of the clause before: it holds for all that follows

    @property
    def about(self) -> str:
        """The clause with the condition it stands under, for the question whether it is certain."""
        is_now = re.search(r"\bnow\b|currently|today|since then", self.text)
        return (
            self.text if is_now or self.text.startswith(self.condition) else f"{self.condition} {self.text}"
        )


def clauses_of(sentence: Sentence) -> Iterator[Clause]:
    text = _folded(sentence.item)[:LONGEST]
    if sentence.before.endswith("?") and BARE_ANSWER.match(text):
        text = f"{_folded(sentence.before).rstrip('?')}: {text}"
    if sentence.lead:
        text = f"{_folded(sentence.lead).rstrip(':')} {text}"
    for pattern, plain in PLAINER:
        text = re.sub(pattern, plain, text)
    above, heading = _folded(sentence.before), _folded(sentence.heading)
    before, money, condition = "", "", ""
    for part in _parts(text):
        own = _named(part)
        if own == "after_tax" and (money or money_of(above)) == "other" and is_how_paid(part):
            own = "other"  # "You may make Roth contributions. These are deducted on an after-tax basis."
        if own == "other" and THESE.search(part) and not money_of(says.BARE_HARDSHIP.sub(" ", part)):
            own = ""  # "these contributions ... only for a hardship": the money is what stands above
        money = own or money or _inherited(part, above, heading)
        asked = above if above.endswith("?") and POINTS_BACK.search(part) else ""
        subject = before if NO_SUBJECT.match(part) else asked
        owned = money_of(_main(part)) == "after_tax"
        yield Clause(part, _main(part), money, owned, subject, before, above, heading, condition)
        before = _main(part)
        condition = condition or _opening(part)


def _parts(text: str) -> list[str]:
    """The clauses; a piece without a verb ("after-tax contributions and | their earnings may not ...") is none."""
    listed = LISTED.match(text)
    if listed and (listed[2][0] == "(" or not any(map(VERB.search, listed[2].split(";")))):
        return [f"{listed[1]}: {item.strip()}" for item in listed[2].split(";")]
    asides = [aside[0].strip(" ,") for aside in ASIDE.finditer(text)]
    text, parts, start = ASIDE.sub(", ", text), [], 0
    for mark in BREAK.finditer(text):
        if VERB.search(CONDITION_FIRST.sub("", text[start : mark.start()])):
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
    """Small letters, plain words and hyphens, single spaces; columns of a table as a colon."""
    text = COLUMNS.sub(": ", text).lower()
    for printed, plain in SPELLED.items():
        text = text.replace(printed, plain)
    text = re.sub(r"\b(after|post|pre|before|in|non) ?- ?(tax|plan|service|roth)", r"\1-\2", text)
    text = re.sub(
        r"\bseparate(s?) from (?=service|employ|the (?:company|employer|univer))", r"leave\1 ", text
    )
    text = re.sub(r"\b(after|post) ?tax\b", r"\1-tax", text)
    return ALSO_CALLED.sub("after-tax ", " ".join(text.split()))


def _opening(text: str) -> str:
    """What a sentence opens with, where it leaves open for whom or when the rest holds: "depending on your employer, "."""
    found = OPENING.match(text)
    opening = found[0] if found else ""
    return opening if any(each.search(opening) for each in (UNSURE, TO_COME, SOME_PEOPLE, DATE)) else ""


def _named(text: str) -> str:
    """The money a clause names, also in its "if you make after-tax contributions, they may ..."."""
    main = _main(text)
    pointed = "after_tax" if POINTS_BACK.search(main) and money_of(text) == "after_tax" else ""
    return money_of(main) or pointed


def _inherited(text: str, above: str, heading: str) -> str:
    """The money that a clause without a name of its own speaks of."""
    if any(each.search(text) for each in (POINTS_BACK, says.CAP, says.NO_CAP)) and money_of(above):
        return money_of(above)
    return money_of(heading) or (money_of(above) if above.endswith("?") else "")
