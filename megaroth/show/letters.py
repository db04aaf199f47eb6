"""The questions for HR or the plan administrator as a letter: English, with the Chinese under each paragraph."""

import base64
import datetime as dt
import html
from dataclasses import dataclass

from IPython.display import HTML

from megaroth.facts.client import Client
from megaroth.facts.errors import Message, Term
from megaroth.rules.eligibility import Eligibility
from megaroth.show.choices import CHOICES
from megaroth.show.language import language
from megaroth.show.page_font import chinese_font

STYLE = (
    "@page { size: letter; margin: 20mm; } "
    "body { font: 11pt/1.45 megaroth, system-ui, sans-serif; "
    "color: #1f2328; max-width: 170mm; margin: 24px auto; padding: 0 16px; } "
    "h1 { font-size: 14pt; } p { margin: 8px 0; } "
    "p[lang=zh-Hans] { color: #57606a; font-size: 10pt; margin-top: 0; } "
    "ol { padding-left: 22px; } li { break-inside: avoid; margin: 12px 0; } "
    ".line { border-bottom: 1px solid #6e7781; height: 24px; } "
    "@media print { body { margin: 0; padding: 0; } }"
)


@dataclass(frozen=True)
class Both:
    """One paragraph in both languages."""

    english: str
    chinese: str


@dataclass(frozen=True)
class Letter:
    """A letter with questions and room for the answers: plain text for a mail, or a page of its own without scripts."""

    date: Both
    subject: Both
    opening: tuple[Both, ...]
    questions: tuple[Both, ...]
    closing: tuple[Both, ...]

    @property
    def text(self) -> str:
        """Plain text."""
        numbered = [
            f"{k}. {question.english}\n   {question.chinese}\n   {'_' * 30}"
            for k, question in enumerate(self.questions, 1)
        ]
        before = [f"{each.english}\n{each.chinese}" for each in (self.date, self.subject, *self.opening)]
        after = [f"{each.english}\n{each.chinese}" for each in self.closing]
        return "\n\n".join([*before, *numbered, *after]) + "\n"

    @property
    def page(self) -> str:
        """One HTML file that asks nothing of any server; it brings its Chinese font along."""
        lines = '<div class="line"></div>' * 2
        items = "".join(f"<li>{_paragraphs(question)}{lines}</li>" for question in self.questions)
        body = (
            f"{_paragraphs(self.date)}<h1>{html.escape(self.subject.english)}</h1>"
            f'<p lang="zh-Hans">{html.escape(self.subject.chinese)}</p>{"".join(map(_paragraphs, self.opening))}'
            f"<ol>{items}</ol>{''.join(map(_paragraphs, self.closing))}"
        )
        return (
            '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
            f"<title>{html.escape(self.subject.english)}</title><style>{chinese_font(body)} {STYLE}</style></head>"
            f"<body>{body}</body></html>"
        )

    @property
    def address(self) -> str:
        """The page as an address from which a browser saves it."""
        return f"data:text/html;base64,{base64.b64encode(self.page.encode()).decode()}"


def hr_letter(client: Client, able: Eligibility, day: dt.date) -> Letter:
    """The open questions as a letter of that day from the client to HR or the plan administrator."""
    plan = client.plan
    values = {"kind": Term(CHOICES["kind"][plan.kind]), "employer": plan.employer}
    return Letter(
        date=Both(language("en").date(day), language("zh").date(day)),
        subject=both(
            Message("Questions about the {kind} plan of {employer}", values)
            if plan.employer
            else Message("Questions about the {kind} plan", values)
        ),
        opening=(
            both(Message("To HR, or the plan administrator")),
            both(
                Message(
                    "I take part in the plan and am planning my contributions for {year}. Please answer the questions "
                    "below, or send me the summary plan description with the pages that answer them.",
                    {"year": able.law.year},
                )
            ),
        ),
        questions=tuple(both(question) for question in able.questions_for_hr),
        closing=(
            both(Message("The questions are about the terms of the plan; I do not ask for tax advice.")),
            both(Message("Thank you. {name}", {"name": client.name})),
        ),
    )


def both(message: Message) -> Both:
    """A message in both languages."""
    return Both(language("en").say(message), language("zh").say(message))


def _paragraphs(both: Both) -> str:
    return f'<p>{html.escape(both.english)}</p><p lang="zh-Hans">{html.escape(both.chinese)}</p>'


def questions_html(able: Eligibility) -> str:
    """The questions as a checklist on a page: a box to tick, the English, the Chinese under it; "" where none is open."""
    items = "".join(
        f'<li><span aria-hidden="true">\N{BALLOT BOX}</span> <span lang="en">{html.escape(each.english)}</span>'
        f'<br><span lang="zh-Hans">{html.escape(each.chinese)}</span></li>'
        for each in map(both, able.questions_for_hr)
    )
    return f"<ol>{items}</ol>" if items else ""


def questions_list(able: Eligibility) -> HTML:
    """The same for a chapter."""
    return HTML(questions_html(able))
