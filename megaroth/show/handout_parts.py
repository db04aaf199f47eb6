"""
What goes home with a client: the content of a hand-out, in the reader's words, before any page is laid out.

The same sections make the PDF and the HTML; the workbook takes its numbers from the same `Results`.
"""

import base64
import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import pandas as pd

from megaroth.facts.client import Client, sample_names
from megaroth.facts.law import latest_published_year
from megaroth.plans.projection import ACCOUNT_LABELS, Projection
from megaroth.plans.strategies import PROMPT
from megaroth.show.charts import LinesPicture, WaitingPicture, growth_picture
from megaroth.show.findings import (
    LEAST,
    assumptions,
    growth_finding,
    waiting_cautions,
    waiting_finding,
    who,
)
from megaroth.show.firm import Firm
from megaroth.show.growth_pictures import ValuesPicture
from megaroth.show.handout_facts import facts_of
from megaroth.show.language import Language, language
from megaroth.show.results import Results, answers, not_modelled, steps
from megaroth.show.sources import (
    FIGURES_OF_ROOM,
    figures_used,
    full_disclaimer,
    law_line,
    source_table,
    working_table,
)
from megaroth.show.tables import (
    cost_axis,
    cost_bars,
    growth_table,
    strategy_name,
    tax_layers,
    tax_shown,
)

IMAGE = re.compile(r'<img alt="(.*?)".*?base64,([^"]+)"', re.DOTALL)
PRINT_DPI = 300
WIDTH = 6.7  # inches of a picture on paper, 170 mm
FEW = 3  # blocks that the questions for HR may take up on the page before


def font_file() -> str:
    """The face of the pinned font package with TrueType outlines, which PDF and HTML can carry a part of."""
    return str(files("mpl_font") / "fonts" / "wqy" / "wqy-microhei.ttc")


# --- what a page is made of ---


@dataclass(frozen=True)
class Text:
    """A paragraph; quiet ones are set smaller."""

    text: str
    quiet: bool = False


@dataclass(frozen=True)
class Answers:
    """Questions, each with its answer in a sentence."""

    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Steps:
    """Things to do, each with a box to tick."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Labels and values, set in three columns."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Drawing:
    """A picture and what it shows in words."""

    png: bytes
    alternative: str
    shape: tuple[float, float]  # width and height, inches


@dataclass(frozen=True)
class Table:
    """Text cells; of each column whether it stands to the left or to the right ("lrr"); *fine* print where rows are many."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sides: str
    bold_last: bool = False
    fine: bool = False


Block = Text | Answers | Steps | Facts | Drawing | Table


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; some begin a page."""

    title: str
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True)
class Handout:
    """A hand-out in the reader's words."""

    speak: Language
    firm: Firm | None
    title: str
    client: str
    date: str
    sections: tuple[Section, ...]
    foot: str


def handout_of(results: Results, code: str, firm: Firm | None = None, working: bool = False) -> Handout:
    """The hand-out in the language *code*; *working* appends the steps to the headline figures."""
    speak, client = language(code), results.client
    questions = _questions(speak, results)
    few = len(questions) <= FEW
    sections = [
        _answers(speak, results),
        _monday(speak, results),
        _growth(speak, results, questions if few else []),
        _rests_on(speak, results, firm),
    ]
    if not few:
        sections.append(Section(speak._("Questions for HR"), tuple(questions[1:]), new_page=True))
    if working:
        sections.append(_working(speak, results, new_page=few))
    return Handout(
        speak=speak,
        firm=firm,
        title=speak._("Mega-Backdoor Roth: a plan for {name}", name=client.name),
        client=who(speak, client),
        date=speak.date(results.day),
        sections=tuple(sections),
        foot=law_line(speak, results.law, later=True),
    )


def _answers(speak: Language, results: Results) -> Section:
    cautions = (Text(text, quiet=True) for text in waiting_cautions(speak, results.client.plan))
    rests = Text(assumptions(speak, results.client), quiet=True)
    lines = Answers(answers(speak, results))
    return Section(speak._("The answers"), (lines, *cautions, rests, _waiting_drawing(speak, results)))


def _monday(speak: Language, results: Results) -> Section:
    return Section(speak._("On Monday"), (Steps(tuple(steps(speak, results))),))


def _growth(speak: Language, results: Results, questions: Sequence[Block]) -> Section:
    sentence = growth_finding(speak, results.worth)
    projected = Text(speak._("p: the law of that year is projected."), quiet=True)
    table = table_of(growth_table(results.worth, speak.code))
    blocks = [Text(sentence), _growth_drawing(speak, results), table, projected, _layers(speak, results)]
    return Section(speak._("What it can become"), (*blocks, *questions), new_page=True)


def _layers(speak: Language, results: Results) -> Table:
    """The tax of the wait, layer by layer; those without any are left out."""
    tax = tax_shown(results.costs.loc[results.wait])
    layers = [
        (name, amount)
        for name, amount in tax_layers(results.costs, results.wait, speak.code)
        if abs(amount) >= LEAST
    ]
    rows = [(name, speak.money(amount)) for name, amount in layers]
    rows.append((speak._("Together"), speak.money(tax)))
    heading = speak.ngettext(
        "Tax after waiting {n} year", "Tax after waiting {n} years", results.wait, n=results.wait
    )
    return Table((heading, speak._("Tax")), tuple(rows), "lr", bold_last=True)


def _questions(speak: Language, results: Results) -> list[Block]:
    """Questions for HR: in English, for HR reads them; for a Chinese reader with the Chinese under each."""
    questions = results.able.questions_for_hr
    if not questions:
        return []
    lines = [f"{n}. {language('en').say(each)}" for n, each in enumerate(questions, 1)]
    if speak.code == "zh":
        lines = [f"{line}\n{speak.say(each)}" for line, each in zip(lines, questions, strict=True)]
    return [Text(speak._("Questions for HR")), *(Text(line, quiet=True) for line in lines)]


def _rests_on(speak: Language, results: Results, firm: Firm | None) -> Section:
    status = results.client.household.filing_status
    names = (*FIGURES_OF_ROOM, *figures_used())
    columns, rows = source_table(speak, results.law, names, status)
    disclaimer = [full_disclaimer(speak), speak._("Form names and citations follow the English.")]
    if _is_fictional(results.client):
        disclaimer.append(speak._("Fictional client."))
    blocks: list[Block] = [
        Facts(facts_of(speak, results.client)),
        Table(tuple(columns), tuple(rows), "lrlll", fine=True),
        Text(speak._("Not modelled")),
        Text(speak.run_on(not_modelled(speak)), quiet=True),
        Text(speak.run_on(disclaimer), quiet=True),
    ]
    if firm and firm.note:
        blocks.append(Text(firm.note, quiet=True))
    return Section(speak._("What this rests on"), tuple(blocks), new_page=True)


def _is_fictional(client: Client) -> bool:
    """Whether this is one of the examples, as it came."""
    return any(client == Client.load(name) for name in sample_names())


def _working(speak: Language, results: Results, new_page: bool) -> Section:
    """The steps to every headline figure."""
    blocks: list[Block] = []
    for title, working in (
        (speak._("To the room"), results.room.working),
        (speak._("To the cost of waiting"), results.costs.working_of(results.wait)),
    ):
        columns, rows = working_table(speak, working)
        blocks += [Text(title), Table(tuple(columns), tuple(rows), "lrll", bold_last=True, fine=True)]
    blocks += [Text(speak._("To what it will be worth")), _working_of_worth(speak, results.worth)]
    return Section(speak._("The working"), tuple(blocks), new_page)


def _working_of_worth(speak: Language, worth: Projection) -> Table:
    """The values at the horizon of both ways side by side, account by account, and what drawing them would cost."""
    steps = pd.concat([worth.value_working(each.key).set_index("label") for each in worth.strategies])
    amounts = [worth.value_working(each.key).set_index("label")["amount"] for each in worth.strategies]
    order = [*(label for label in ACCOUNT_LABELS.values() if label in steps.index), *amounts[0].index[-3:]]
    rows = [
        (
            speak._(label),
            *(speak.money(each.get(label, 0.0), cents=True) for each in amounts),
            speak._(steps["formula"][~steps.index.duplicated()][label]),
        )
        for label in order
    ]
    names = (strategy_name(speak, each) for each in worth.strategies)
    columns = (speak._("Step"), *names, speak._("How"))
    return Table(columns, tuple(rows), "lrrl", bold_last=True, fine=True)


def table_of(frame: pd.DataFrame) -> Table:
    """A table of tables.py: the first column to the left, the others to the right."""
    rows = [(index, *row) for index, row in zip(frame.index, frame.to_numpy().tolist(), strict=True)]
    columns = (frame.columns.name, *frame.columns)
    return Table(columns, tuple(rows), "l" + "r" * len(frame.columns))


# --- pictures ---


class _WaitingOnPaper(WaitingPicture):
    size, dpi = (WIDTH, 2.75), PRINT_DPI


class _LinesOnPaper(LinesPicture):
    size, dpi = (WIDTH, 3.2), PRINT_DPI


class _ValuesOnPaper(ValuesPicture):
    size, dpi = (WIDTH, 3.2), PRINT_DPI


def _waiting_drawing(speak: Language, results: Results) -> Drawing:
    costs, wait = results.costs, results.wait
    sentence = waiting_finding(speak, results.client, costs, wait)
    bars = cost_bars({"roth": costs})
    image = _WaitingOnPaper(speak).draw(bars, "roth", wait, sentence, cost_axis(speak, costs))
    return _drawing(image, _WaitingOnPaper.size)


def _growth_drawing(speak: Language, results: Results) -> Drawing:
    """How far the taxable account is from moving promptly, for the values themselves nearly coincide; else the values."""
    worth = results.worth
    if worth.strategies[0] == PROMPT:
        return _drawing(growth_picture(worth, speak.code, _LinesOnPaper(speak)), _LinesOnPaper.size)
    names = {each.key: strategy_name(speak, each) for each in worth.strategies}
    sentence, first = growth_finding(speak, worth), latest_published_year() + 1
    return _drawing(_ValuesOnPaper(speak).draw(worth.values(), names, sentence, first), _ValuesOnPaper.size)


def _drawing(image: str, shape: tuple[float, float]) -> Drawing:
    """A picture out of its `<img>`."""
    alternative, data = IMAGE.search(image).groups()
    return Drawing(base64.b64decode(data), html.unescape(alternative), shape)
