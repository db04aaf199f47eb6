"""Pieces of a page as HTML: the finding, bands, tables, working, sources, and the lines at head and foot."""

import html
import re
from collections.abc import Sequence
from importlib.resources import files

import ipywidgets as w
import pandas as pd

from megaroth.facts.client import Client
from megaroth.facts.errors import InputError
from megaroth.facts.law import Law
from megaroth.show.client_files import is_sample, link_to
from megaroth.show.findings import who
from megaroth.show.language import NAMES, Language
from megaroth.show.panels.plain import Html
from megaroth.show.sources import law_line, source_table, working_table
from megaroth.show.tables import word_classes

NOTHING = "–"


def style(speak: Language) -> w.HTML:
    """The panels' dress; one small sheet, nothing fetched."""
    sheet = (files("megaroth.show.panels") / "panels.css").read_text(encoding="utf-8")
    words = f'.megaroth {{ --megaroth-updating: "{speak._("updating")}"; }}'
    return Html(f"<style>{sheet}{words}</style>")


# --- the answer ---


def finding_html(sentence: str, rests: str = "") -> str:
    """The answer in one sentence, as a heading without its full stop; under it what it rests on."""
    below = f'<p class="megaroth-rests">{html.escape(rests)}</p>' if rests else ""
    heading = re.sub(r"(?<=\d) (?=[万亿])", "\N{NO-BREAK SPACE}", sentence.rstrip(".。"))
    return f'<h2 class="megaroth-finding">{html.escape(heading)}</h2>{below}'


def error_html(sentence: str) -> str:
    """What is wrong, where the finding stands."""
    return f'<div class="megaroth-error" role="alert">{html.escape(sentence)}</div>'


def features_html(speak: Language, lines: Sequence[tuple[str, str]]) -> str:
    """What the plan must allow, each with its answer."""
    items = "".join(
        f"<li>{speak._('{name}: {amount}', name=html.escape(name), amount=f'<b>{html.escape(answer)}</b>')}</li>"
        for name, answer in lines
    )
    return f'<ul class="megaroth-features">{items}</ul>'


def cite_html(source: str) -> str:
    """Where something is written, in its own dress."""
    return f"<cite>{html.escape(source)}</cite>"


def paragraph(sentence: str) -> str:
    """A sentence on its own."""
    return f"<p>{html.escape(sentence)}</p>"


def caution_html(sentences: Sequence[str]) -> str:
    """Bands for what is not known or not so; nothing where there is nothing to say."""
    return "".join(
        f'<div class="megaroth-caution">{html.escape(sentence)}</div>' for sentence in sentences if sentence
    )


# --- tables ---


def table_html(columns: Sequence[str], rows: Sequence[Sequence[str]], bold_last: bool = False) -> str:
    """A table of text already formatted: words left, amounts right."""
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in columns)
    body = ""
    for number, row in enumerate(rows):
        last = ' class="megaroth-last"' if bold_last and number == len(rows) - 1 else ""
        body += f"<tr{last}>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
    classes = " ".join(["megaroth-table", *word_classes([row[1:] for row in rows])])
    return f'<div class="megaroth-wide"><table class="{classes}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def frame_html(frame: pd.DataFrame, bold_last: bool = False) -> str:
    """A table of tables.py; beneath it what "p" means does not stand: see p_note."""
    rows = [(index, *row) for index, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)]
    return table_html([frame.columns.name, *frame.columns], rows, bold_last)


def emptied(table: str) -> str:
    """The same table without its numbers and of the same height."""
    return re.sub(r"(<td>).*?(</td>)", r"\1&nbsp;\2", table)


def p_note(speak: Language, *more: str) -> str:
    """What the mark in a table of years means, and *more* sentences of that kind."""
    lines = [speak._("p: the law of that year is projected."), *more]
    return f"<p>{html.escape(speak.run_on(lines))}</p>"


def working_html(speak: Language, working: pd.DataFrame) -> str:
    """The steps to a figure, the last in bold."""
    columns, rows = working_table(speak, working)
    return f'<div class="megaroth-working">{table_html(columns, rows, bold_last=True)}</div>'


# --- law ---


def sources_html(speak: Language, law: Law, names: Sequence[str], filing_status: str) -> str:
    """Figures of the law with their citation, status and the day they were checked."""
    columns, rows = source_table(speak, law, names, filing_status)
    heading = speak._("Law of {year}", year=speak.year(law.year, law.projected))
    return f'<h3>{html.escape(heading)}</h3><div class="megaroth-working megaroth-sources">{table_html(columns, rows)}</div>'


# --- head and foot ---


def facts_line(speak: Language, client: Client, chapter: str, opened_as: str | None) -> str:
    """Who is on the screen, for the page's script the name that opens this client, and links to facts and other language."""
    other = "zh" if speak.code == "en" else "en"
    links = [
        (link_to(chapter, opened_as, other), NAMES[other], f' lang="{"zh-Hans" if other == "zh" else "en"}"')
    ]
    if not chapter.startswith("00"):
        links.insert(0, (link_to("00_start_here", opened_as), speak._("edit facts"), ""))
    shown = " · ".join(
        f'<a href="{html.escape(to)}"{lang}>{html.escape(text)}</a>' for to, text, lang in links
    )
    opens = f' data-client="{html.escape(opened_as)}"' if opened_as else ""
    return f'<nav class="megaroth-facts"{opens}><b>{html.escape(who(speak, client))}</b> · {shown}</nav>'


def opening_problem(speak: Language, problem: InputError, client: Client) -> str:
    """Why the page shows another client than the one that its address asks for."""
    text = "{problem} This page shows the fictional example {name} instead."
    return speak._(text, problem=speak.say(problem.message), name=client.name)


def footer_html(
    speak: Language, law: Law, opened_as: str | None, rests: str = "", later: bool = False
) -> str:
    """Law year and status, what the answer rests on, and what it is not; *later*: further years count too."""
    lines = [law_line(speak, law, later)]
    if opened_as and is_sample(opened_as):
        lines.append(speak._("Fictional client."))
    joined = speak.run_on([*lines, rests]).strip()
    return f'<footer class="megaroth-footer">{html.escape(joined)}</footer>'
