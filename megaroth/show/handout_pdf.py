"""
A hand-out as PDF: Letter with margins that A4 has room for, text that can be selected and searched in both languages.

reportlab embeds TrueType outlines only, so the text is set in WenQuanYi Micro Hei, which has both scripts; it has no bold
face, hence headings stand out by size and colour.
"""

import io
from collections.abc import Sequence
from functools import cache
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch, mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as Grid

from megaroth.show.handout_parts import (
    Answers,
    Block,
    Drawing,
    Facts,
    Handout,
    Section,
    Steps,
    Table,
    Text,
    font_file,
)

FONT = "WenQuanYi Micro Hei"
MISSING = "\N{WHITE SQUARE}"  # for a character that the font lacks
TAGS = {"en": "en-US", "zh": "zh-CN"}
MARGIN = 20 * mm
INSET = 6  # points that reportlab keeps free inside a frame
WIDTH = letter[0] - 2 * MARGIN
INK, QUIET, ACCENT, RULE, SHADE = map(HexColor, ("#1f2328", "#57606a", "#0b5fa5", "#8c959f", "#f3f4f6"))
BODY, SMALL, FINDING, TITLE = 10.5, 8.0, 14.0, 17.0
LOGO = 14 * mm  # height


def pdf_of(handout: Handout) -> bytes:
    """The whole document; built twice, since every page says how many there are."""
    pages = _build(handout, 0)[1]
    return _build(handout, pages)[0]


def _build(handout: Handout, pages: int) -> tuple[bytes, int]:
    """The document whose feet speak of so many pages, and how many it has."""
    use_font()
    buffer = io.BytesIO()
    firm = handout.firm.name if handout.firm else "megaroth"
    document = SimpleDocTemplate(
        buffer, pagesize=letter, leftMargin=MARGIN - INSET, rightMargin=MARGIN - INSET, topMargin=MARGIN - INSET,
        bottomMargin=MARGIN - INSET,
        title=handout.title, author=firm, subject=handout.foot, creator="megaroth", lang=TAGS[handout.speak.code],
        displayDocTitle=1, invariant=1,
    )  # fmt: skip

    def foot(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFillColor(QUIET)
        canvas.setFont(FONT, SMALL)
        canvas.drawString(MARGIN, MARGIN - 6 * mm, printable(handout.foot))
        page = handout.speak._("page {n} of {m}", n=canvas.getPageNumber(), m=pages)
        canvas.drawRightString(letter[0] - MARGIN, MARGIN - 6 * mm, page)

    document.build(_story(handout), onFirstPage=foot, onLaterPages=foot)
    return buffer.getvalue(), document.page


@cache
def use_font() -> None:
    """Add the font of the pinned font package; pictures go in as bytes, not as letters."""
    rl_config.useA85 = 0
    pdfmetrics.registerFont(TTFont(FONT, font_file(), subfontIndex=0))


def printable(text: str) -> str:
    """The text with a square for each character that the font lacks."""
    known = pdfmetrics.getFont(FONT).face.charToGlyph
    return "".join(each if ord(each) in known or each == "\n" else MISSING for each in text)


def _style(size: float, colour: HexColor = INK, side: str = "l", tight: bool = False) -> ParagraphStyle:
    # CJK: a line may break between any two Chinese characters; English words stay whole.
    return ParagraphStyle(
        "", fontName=FONT, fontSize=size, leading=size * (1.15 if tight else 1.25 if size > BODY else 1.35), textColor=colour, wordWrap="CJK",
        alignment=TA_LEFT if side == "l" else TA_RIGHT,
    )  # fmt: skip


def _paragraph(text: str, style: ParagraphStyle) -> Paragraph:
    """A text from anywhere: its markup is text."""
    return Paragraph(escape(printable(text)).replace("\n", "<br/>"), style)


def _story(handout: Handout) -> list[Flowable]:
    story = _head(handout)
    for section in handout.sections:
        story += _section(section)
    return story


def _head(handout: Handout) -> list[Flowable]:
    """The firm, then who and when."""
    quiet, right = _style(SMALL + 1, QUIET), _style(SMALL + 1, QUIET, "r")
    story: list[Flowable] = []
    if handout.firm:
        lines = [_paragraph(handout.firm.name, _style(FINDING - 2, ACCENT))]
        lines += [_paragraph(line, quiet) for line in handout.firm.lines]
        if handout.firm.logo:
            logo = Image(str(handout.firm.logo))
            scale = min(LOGO / logo.imageHeight, WIDTH / 3 / logo.imageWidth)
            logo.drawWidth, logo.drawHeight = logo.imageWidth * scale, logo.imageHeight * scale
            beside = logo.drawWidth + 4 * mm
            story.append(_grid([[logo, lines]], [beside, WIDTH - beside], []))
        else:
            story += lines
        story.append(Spacer(0, 3 * mm))
    story.append(_paragraph(handout.title, _style(TITLE)))
    line = [_paragraph(handout.client, quiet), _paragraph(handout.date, right)]
    story += [
        Spacer(0, 1 * mm),
        _grid([line], [WIDTH * 0.7, WIDTH * 0.3], [("LINEBELOW", (0, 0), (-1, 0), 0.8, RULE)]),
    ]
    return story


def _section(section: Section) -> list[Flowable]:
    start: Flowable = PageBreak() if section.new_page else CondPageBreak(40 * mm)
    story = [
        start,
        Spacer(0, 2 * mm),
        _paragraph(section.title, _style(FINDING, ACCENT)),
        Spacer(0, 1.5 * mm),
    ]
    for block in section.blocks:
        story += [*_block(block), Spacer(0, 1.5 * mm)]
    return story


def _block(block: Block) -> list[Flowable]:
    match block:
        case Text():
            return [_paragraph(block.text, _style(SMALL, QUIET) if block.quiet else _style(BODY))]
        case Answers():
            return _answers(block)
        case Steps():
            return _steps(block)
        case Facts():
            return _facts(block)
        case Drawing():
            width, height = (each * inch for each in block.shape)
            return [Image(io.BytesIO(block.png), width, height)]
        case Table():
            return [_table(block)]


def _answers(block: Answers) -> list[Flowable]:
    story: list[Flowable] = []
    for question, answer in block.lines:
        story += [
            _paragraph(question, _style(SMALL + 1, QUIET)),
            _paragraph(answer.rstrip(".。"), _style(FINDING - 2)),
            Spacer(0, 1.6 * mm),
        ]
    return story


def _steps(block: Steps) -> list[Flowable]:
    """A drawn box before each line, to tick by hand."""
    rows = [[_Box(), _paragraph(line, _style(BODY))] for line in block.lines]
    return [_grid(rows, [7 * mm, WIDTH - 7 * mm], [("BOTTOMPADDING", (0, 0), (-1, -1), 3)])]


class _Box(Flowable):
    """An empty square."""

    def __init__(self) -> None:
        super().__init__()
        self.width = self.height = 3.6 * mm

    def draw(self) -> None:
        self.canv.setStrokeColor(INK)
        self.canv.rect(0, -0.6 * mm, self.width, self.height)


def _facts(block: Facts) -> list[Flowable]:
    """Label above value, down three columns."""
    cells = [
        [
            _paragraph(label, _style(SMALL - 1, QUIET, tight=True)),
            _paragraph(value, _style(SMALL, tight=True)),
        ]
        for label, value in block.pairs
    ]
    long = -(-len(cells) // 3)
    cells += [[]] * (3 * long - len(cells))
    rows = [[cells[row + column * long] for column in range(3)] for row in range(long)]
    return [_grid(rows, [WIDTH / 3] * 3, [])]


def _table(table: Table) -> Grid:
    """Heads, rows, thin rules; columns as wide as their texts, squeezed together to the page."""
    size = SMALL - 0.5 if table.fine else SMALL + 0.5
    head = _row(table.columns, table.sides, size, QUIET)
    rows = [_row(row, table.sides, size, INK, tight=table.fine) for row in table.rows]
    last = len(rows)
    dress = [("LINEBELOW", (0, 0), (-1, 0), 0.6, RULE), ("LINEBELOW", (0, 1), (-1, -1), 0.25, SHADE)]
    if table.fine:
        dress += [("TOPPADDING", (0, 0), (-1, -1), 0.2), ("BOTTOMPADDING", (0, 0), (-1, -1), 0.6)]
    if table.bold_last:
        dress += [
            ("LINEABOVE", (0, last), (-1, last), 0.6, RULE),
            ("BACKGROUND", (0, last), (-1, last), SHADE),
        ]
    return _grid([head, *rows], _widths(table, size), dress, repeatRows=1, padding=2)


def _row(
    cells: Sequence[str], sides: str, size: float, colour: HexColor, tight: bool = False
) -> list[Paragraph]:
    return [
        _paragraph(text, _style(size, colour, side, tight)) for text, side in zip(cells, sides, strict=True)
    ]


def _widths(table: Table, size: float) -> list[float]:
    """What each column's longest text needs; where that is more than the page, the wide columns give way."""
    columns = [
        [pdfmetrics.stringWidth(text, FONT, size) + 7 for text in column]
        for column in zip(table.columns, *table.rows, strict=True)
    ]
    needed = [max(column) for column in columns]
    if sum(needed) <= WIDTH:
        return needed if len(needed) > 2 else [WIDTH * 0.5, WIDTH * 0.2]
    # One long text among short ones asks for less than a column of long ones.
    asked = [(max(column) * sum(column) / len(column)) ** 0.5 for column in columns]
    wide = [need > WIDTH / len(needed) for need in needed]
    narrow = sum(need for need, is_wide in zip(needed, wide, strict=True) if not is_wide)
    share = (WIDTH - narrow) / sum(ask for ask, is_wide in zip(asked, wide, strict=True) if is_wide)
    return [ask * share if is_wide else need for need, ask, is_wide in zip(needed, asked, wide, strict=True)]


def _grid(rows: list, widths: list[float], dress: list, padding: float = 0, **more: object) -> Grid:
    plain = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), padding),
        ("RIGHTPADDING", (0, 0), (-1, -1), padding + 1), ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]  # fmt: skip
    return Grid(rows, colWidths=widths, style=TableStyle([*plain, *dress]), hAlign="LEFT", **more)
