"""What stands at the head of every chapter: which law it rests on, and what it is not."""

import datetime as dt
import html

from IPython.display import HTML

from megaroth.facts.law import latest_published_year, load_law
from megaroth.show.language import language


def disclaimer(code: str) -> HTML:
    """The law year, its status, and the full disclaimer, in the reader's language."""
    speak = language(code)
    year, date = latest_published_year(), speak.date(law_checked())
    lines = [
        speak._(
            "Law of {year}: published, checked {date}; {next_year} and later: projected.",
            year=year, date=date, next_year=year + 1,
        ),
        speak._("Fictional clients. Form names and citations follow the English."),
        speak._(
            "For education; not tax, legal or investment advice. Figures rest on the law as checked on {date} and on the "
            "assumptions listed; years marked p use projected limits and brackets. Actual taxes and returns will differ. "
            "The employer's plan decides what is possible. Review with a CPA or tax attorney before acting.",
            date=date,
        ),
    ]  # fmt: skip
    text = (" " if code == "en" else "").join(lines)
    return HTML(f'<p class="megaroth-disclaimer">{html.escape(text)}</p>')


def law_checked() -> dt.date:
    """The day on which the latest published year's law was checked."""
    return dt.date.fromisoformat(load_law(latest_published_year()).source("annual_additions").checked)
