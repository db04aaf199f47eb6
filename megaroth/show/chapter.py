"""What stands at the head of every chapter: which law it rests on, and what it is not."""

import html

from IPython.display import HTML

from megaroth.facts.law import latest_published_year
from megaroth.show.language import language
from megaroth.show.sources import full_disclaimer, law_checked


def disclaimer(code: str) -> HTML:
    """The law year, its status, and the full disclaimer, in the reader's language."""
    speak = language(code)
    year, date = latest_published_year(), speak.date(law_checked())
    lines = [
        speak._(
            "Law of {year}: published, checked {date}; {next_year} and later: projected.",
            year=year, date=date, next_year=year + 1,
        ),
        speak._("The examples are fictional clients. Form names and citations follow the English."),
        full_disclaimer(speak),
    ]  # fmt: skip
    text = speak.run_on(lines)
    return HTML(f'<p class="megaroth-disclaimer">{html.escape(text)}</p>')
