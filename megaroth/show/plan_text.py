"""
Reading a plan summary: the sentences that decide what the plan does with after-tax money, each quoted with its page.

It suggests and never decides: the advisor confirms each sentence. So "yes" is for a plain permission alone; what rests
on a condition, a later date, some of the people or a double negation is "unclear", and a denial is "no". Sentences
about other money (pre-tax, Roth, money rolled in from another plan) give nothing. English only; a summary in Chinese
is not read.

A sentence is read in clauses. For each: whose money is it (the clause's own words, or those of the clause, sentence,
question or heading before it), which of the six questions does it touch, does it allow or deny, is that certain.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from megaroth.show import plan_phrases as says
from megaroth.show import plan_verdicts as verdicts
from megaroth.show.plan_clauses import Clause, clauses_of
from megaroth.show.plan_money import (
    BALANCE,
    CARRIES_ON,
    DESTINATION,
    SAVING,
    TOUCHED,
    money_of,
    with_defined_names,
)
from megaroth.show.plan_pages import check_sentences, pages_of
from megaroth.show.plan_sentences import Sentence, sentences_of

TOPICS = (
    "after_tax_contributions", "after_tax_cap", "in_service_withdrawal", "in_plan_rollover", "frequency",
    "separate_account",
)  # fmt: skip


@dataclass(frozen=True)
class PlanSentence:
    """A sentence that decides a topic; answer "yes", "no" or "unclear"; page from 1."""

    topic: str
    answer: str
    quote: str
    page: int


def read_plan_text(source: str | bytes | Path, today: dt.date | None = None) -> tuple[PlanSentence, ...]:
    """
    The sentences of a plan summary that decide after-tax questions, in order.

    Args:
        source: the text itself (form feeds part its pages), the bytes of a PDF, or the path of a .pdf or .txt file.
        today: a date after it is still to come; None: the computer's own date.

    Returns: items with .topic, .answer, .quote and .page, one for each topic and deciding sentence.
    Raises: InputError for what cannot be read, see plan_pages.

    >>> found = read_plan_text("You may make after-tax contributions. They may not be withdrawn until you retire.")
    >>> [(each.topic, each.answer) for each in found]
    [('after_tax_contributions', 'yes'), ('in_service_withdrawal', 'no')]
    """
    today = today or dt.date.today()
    read = [each for each in with_defined_names(sentences_of(pages_of(source))) if is_touched(each)]
    check_sentences(len(read))
    found = [
        PlanSentence(topic, answer, sentence.quote, sentence.page)
        for sentence in read
        for topic, answer in answers_of(sentence, today).items()
    ]
    return tuple(dict.fromkeys(found))


def is_touched(sentence: Sentence) -> bool:
    """Whether a sentence could decide anything; most of a summary could not, and is not read further."""
    own, above = f"{sentence.lead} {sentence.item}", f"{sentence.before} {sentence.heading}"
    answers = sentence.before.endswith("?") or CARRIES_ON.search(own)
    return bool(TOUCHED.search(own) or (TOUCHED.search(above) and answers))


def answers_of(sentence: Sentence, today: dt.date) -> dict[str, str]:
    """Topic and answer of one sentence; clauses that contradict each other leave it unclear."""
    found: dict[str, str] = {}
    for clause in clauses_of(sentence):
        for topic, answer in _answers(clause, today):
            before = found.setdefault(topic, answer)
            if before != answer:
                found[topic] = "unclear"
    return {topic: found[topic] for topic in TOPICS if topic in found}


# --- the six questions ---


def _answers(clause: Clause, today: dt.date) -> Iterator[tuple[str, str]]:
    if says.OFF_TOPIC.search(says.BESIDE_LOANS.sub(" ", clause.text)):
        return
    beside = bool(says.BESIDE.search(clause.main) or says.NO_ROOM.search(clause.main))
    found = {
        "in_plan_rollover": _conversion(clause, today),
        "in_service_withdrawal": _withdrawal(clause, today),
        "separate_account": _separate(clause, today),
        "frequency": _frequency(clause, today),
    }
    if beside or not (_is_conversion(clause) or says.WITHDRAWAL.search(clause.subject + clause.main)):
        found["after_tax_contributions"] = _contributions(clause, today)
        found["after_tax_cap"] = _cap(clause, today)
    yield from ((topic, answer) for topic, answer in found.items() if answer)


def _is_conversion(clause: Clause) -> bool:
    """Whether money becomes Roth inside the plan, or "this feature" is what the words before call so."""
    text = says.CONVERSION_ACCOUNT.sub("roth account", f"{clause.subject} {clause.main}")
    if says.IN_PLAN.search(text) or (clause.money == "after_tax" and says.CONVERTED.search(text)):
        return True
    return bool(says.THE_FEATURE.search(text) and says.IN_PLAN.search(f"{clause.above} {clause.heading}"))


def _contributions(clause: Clause, today: dt.date) -> str | None:
    text = clause.main
    if (
        clause.money != "after_tax"
        or any(each.search(text) for each in says.NOT_ABOUT_GIVING)
        or says.APART.search(text)
    ):
        return None
    if says.CHANGES.search(text) and not verdicts.denied(text):
        return None
    goes_out = says.ON_LEAVING.search(clause.text) or says.OUT_HEADING.search(clause.heading)
    if goes_out and not says.SAVES.search(text):
        return None
    if says.NO_ROOM.search(text):
        return _verdict(clause, today)
    named = money_of(BALANCE.sub(" ", text)) == "after_tax" if clause.owned else SAVING.search(text)
    tables = (says.GIVES, says.IS_GIVEN, verdicts.STOPS, says.NONE_GIVEN)
    is_given = any(each.search(text) for each in tables)
    return _verdict(clause, today) if (named or says.PAID_IN.search(text)) and is_given else None


def _cap(clause: Clause, today: dt.date) -> str | None:
    text = says.LAWS_FIGURE.sub("the law's limit", clause.main)
    if clause.money != "after_tax" or any(each.search(text) for each in says.NO_CAP_OF_THE_PLAN):
        return None
    if clause.above.endswith("?") and (
        says.CONVERTED.search(clause.above) or says.WITHDRAWAL.search(clause.above)
    ):
        return None
    if says.CAP.search(text):
        # A cap for some people is a cap.
        return (
            "yes"
            if verdicts.HIGHLY_PAID.search(text.replace("non-", ""))
            else verdicts.certain("yes", clause.about, today)
        )
    if says.NO_CAP.search(text):
        return "no"
    if says.LIMIT_SET.search(text) or (clause.owned and says.LAWS_LIMIT.search(text)):
        return "unclear"
    return None


def _withdrawal(clause: Clause, today: dt.date) -> str | None:
    text = says.NO_WAIT.sub("while employed", clause.text)
    if clause.money != "after_tax" or says.FROM_ELSEWHERE.search(text) or says.TAX_NOTICE.search(text):
        return None
    if _is_conversion(clause) and not says.OUT_OR_ROTH.search(text):
        return None
    if says.LOCKED.search(text):
        return verdicts.certain("no", clause.about, today)
    headed = says.OUT_HEADING.search(clause.heading) and not says.SAVES.search(text)
    if not (says.WITHDRAWAL.search(clause.main) or (headed and clause.owned)):
        return None
    leaving, employed = says.ON_LEAVING.search(text), says.WHILE_EMPLOYED.search(text)
    if leaving and (verdicts.ONLY.search(text) or verdicts.denied(text)) and not verdicts.EXCEPT.search(text):
        return "no"
    if leaving and not employed:
        return None
    answer = _verdict(clause, today, says.AGE, says.BARE_HARDSHIP)
    bare = says.TO_AN_IRA.sub(" ", clause.main)
    only_to_an_ira = bare != clause.main and not employed and not says.WITHDRAWAL.search(bare)
    return "unclear" if answer == "yes" and only_to_an_ira and "any time" not in text else answer


def _conversion(clause: Clause, today: dt.date) -> str | None:
    if not _is_conversion(clause):
        return None
    answer = _verdict(clause, today, says.AGE)
    if money_of(DESTINATION.sub(" ", clause.main)) != "other":
        return answer
    if answer == "yes":  # other money may: of after-tax money it says nothing, or no where it says "only"
        return "no" if verdicts.ONLY.search(clause.main) else "unclear"
    return "unclear" if answer == "unclear" else None


def _frequency(clause: Clause, today: dt.date) -> str | None:
    text = f"{clause.subject} {clause.main}"
    converts = _is_conversion(clause) or says.CONVERTED.search(f"{clause.before} {text}")
    withdraws = clause.money == "after_tax" and says.WITHDRAWAL.search(f"{clause.before} {text}")
    if not says.FREQUENCY.search(clause.main) or not (converts or withdraws):
        return None
    if money_of(DESTINATION.sub(" ", clause.main)) == "other":
        return None
    if not converts and says.ON_LEAVING.search(text) and not says.WHILE_EMPLOYED.search(text):
        return None
    return None if _verdict(clause, today) == "no" else verdicts.certain("yes", clause.about, today)


def _separate(clause: Clause, today: dt.date) -> str | None:
    text = clause.main
    if clause.money != "after_tax" or not says.APART.search(text) or says.OTHER_PLAN.search(text):
        return None
    if says.MIXED.search(text) or verdicts.denied(text):
        return "no"
    return verdicts.certain("yes", clause.about, today)


# --- allowed or denied ---


def _verdict(clause: Clause, today: dt.date, *conditions: re.Pattern) -> str | None:
    """What a clause says of its subject: allowed, denied, uncertain (also under one of *conditions*), or nothing."""
    main, exception = verdicts.without_exception(clause.main)
    about = says.NO_HARDSHIP.sub(" ", verdicts.CONCEDED.sub(" ", clause.about))
    allowed, denied = bool(verdicts.ALLOWS.search(main)), verdicts.denied(main)
    if _is_excepted(main, exception, clause):
        if verdicts.VERB.search(exception) and main != clause.main:
            # "... except that after-tax contributions can be withdrawn": the exception says all by itself.
            main = about = exception
            allowed, denied = bool(verdicts.ALLOWS.search(main)), verdicts.denied(main)
        else:
            allowed, denied = denied, allowed and not denied
    elif exception and denied and not clause.owned:
        return None
    elif denied and " unless " in clause.main:
        return "unclear"
    if verdicts.doubly_denied(main):
        return "unclear"
    if denied:
        return verdicts.certain("no", about, today)
    if not allowed and not verdicts.TO_COME.search(about):
        return None
    if any(each.search(about) for each in conditions) and "any time" not in about:
        return "unclear"
    return verdicts.certain("yes", about, today)


def _is_excepted(main: str, exception: str, clause: Clause) -> bool:
    """Whether "except ..." names the subject, and the words outside it do not."""
    if money_of(exception) == "after_tax":
        return main == clause.main or money_of(main) != "after_tax"
    return bool(says.IN_PLAN.search(exception)) and not says.IN_PLAN.search(main)
