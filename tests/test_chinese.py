"""The Chinese app is Chinese: no English sentence escapes, and values fall into its sentences as a person would write them."""

import datetime as dt
import html
import io
import json
import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from inspect import signature
from pathlib import Path

import ipywidgets as w
import pytest
from openpyxl import load_workbook

import megaroth as mr
from megaroth.facts.client import sample_names
from megaroth.facts.providers import load_providers
from megaroth.show import panels
from megaroth.show.book_file import read_book, sample_book
from megaroth.show.book_tables import names_of
from megaroth.show.charts import Picture
from megaroth.show.choices import CHOICES
from megaroth.show.client_files import open_client
from megaroth.show.handout import handouts
from megaroth.show.language import language
from megaroth.show.panels.fields import ChoiceField, Field, TypedField
from megaroth.show.panels.panel import Panel
from megaroth.show.results import results_of

NOTEBOOKS = Path(__file__).parents[1] / "notebooks" / "zh"
DAY = dt.date(2026, 7, 6)
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
VOID = {"br", "col", "hr", "img", "input", "link", "meta", "wbr"}  # HTML elements that hold nothing
SAID_BY = ("alt", "aria-label", "placeholder", "title")
# A source's parts are never translated, whatever words they hold.
CITATION = re.compile(
    r"U\.S\.C\.|\bReg\. 1|\bNotice \d|Rev\. Proc\.|P\.L\. |T\.D\. |\bPublication \d|\bPub\. \d|PolicyEngine-US|ILCS|N\.J\.S\.A\.|RTC \d"
    r"|^Form [\w-]+ Instructions|^Social Security Administration|^https://"
)
# Words that stay English: kinds of accounts and plans, forms, short names, programs, and the article's title.
STAYS = re.compile(
    r"US|Roth|IRA|SEP|SIMPLE|Solo|Form|Schedule|ACP|HCE|AGI|MAGI|AMT|NIIT|IRMAA|QBI|SALT|FICA|RMD|SPD|HR|IRS|Medicare|CPA|CFP"
    r"|PDF|HTML|Excel|CSV|UTF|JPG|PNG|YAML|MB|GB|SSA|Reg\.?|Rollover|Tax|Table|Mega-Backdoor|megaroth|clients|data|providers|README.md"
)
STATES = re.compile(
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
# Names of columns and their values in the files of a firm.
CODES = re.compile("[a-z]+(_[a-z]+)+|name|state|wages|kind|" + "|".join(map(str, CHOICES["filing_status"])))
# Words that are the client's, and how two fields show what may be typed.
EXAMPLES = r"\w+ Example\b|Old Corp 401k|Lin 2|Palisade|Hudson"
# English in brackets where a term comes first, and titles that a notebook quotes.
IN_BRACKETS = r"true-up|catch-up|pro-rata rule|annual additions|after-tax basis|excess|vested|Backdoor Roth IRA|S-Corp|NUA|Robert Shiller|Publication 560"
# What stands beside a term where a chapter uses it first.
FIRST_MENTIONS = [
    ("巨额后门 Roth", "Mega-Backdoor Roth"), ("税后供款", "既非税前，也非 Roth"), ("Roth IRA", "罗斯个人退休账户"),
    ("Solo 401(k)", "自雇人士的 401(k)"), ("Medicare", "联邦医疗保险"), ("ACP 测试", "公平性测试"), ("年终补足匹配", "true-up"),
    ("追加供款", "catch-up"), ("按比例分配规则", "pro-rata rule"), ("高薪员工", "HCE"), ("AGI", "调整后总收入"),
]  # fmt: skip
HAN = "\u4e00-\u9fff"
# What no reader should meet: a value glued on, two spaces of Chinese, a Western mark, a place left open, a missing number.
SLIPS = {
    "Chinese beside Latin without a space": rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9%)½][{HAN}]",
    "a space between Chinese and Chinese": rf"[{HAN}] +[{HAN}]",
    "a Western mark": rf"[{HAN}] ?[,:!?]|[,:!?] ?[{HAN}]|[{HAN}] ?\((?!\d)|\.\.\.",
    "a place left open": r"[{}]",
    "no number": r"\bnan\b|\binf\b|\bNone\b",
    "a word twice": r"年 年|约 约|约约|。。|，，|：：",
}


class _Said(HTMLParser):
    """The texts of a page, without what is marked as English."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if not self._hidden:
            self.texts += [found[name] or "" for name in SAID_BY if name in found]
        if tag not in VOID:
            self._open.append((tag, found.get("lang") == "en" or tag in ("style", "script")))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._hidden:
            self.texts.append(" ".join(data.split()))

    @property
    def _hidden(self) -> bool:
        return any(hides for _, hides in self._open)


def said_by_html(page: str) -> list[str]:
    parser = _Said()
    parser.feed(page)
    return parser.texts


def said_by(widget: w.Widget) -> Iterator[str]:
    """Every text of a widget and of what is inside it: labels, choices, tips, pages."""
    if isinstance(widget, w.HTML):
        yield from said_by_html(widget.value)
    for name in ("description", "placeholder", "tooltip"):
        yield getattr(widget, name, None) or ""
    yield from getattr(widget, "_options_labels", ())
    for child in getattr(widget, "children", ()):
        yield from said_by(child)


@cache
def names() -> re.Pattern[str]:
    """Clients, employers and institutions by their names; the longest first."""
    clients = [mr.Client.load(name) for name in sample_names()]
    found = {text for each in clients for text in (each.name, *each.name.split(), each.plan.employer) if text}
    found |= {each.name for each in load_providers().entries} | {"Vanguard", "Mega-Backdoor Roth – Part I"}
    found |= {text for name in names_of(read_book(sample_book())) for text in (name, name.split()[0])}
    longest_first = sorted(found, key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, longest_first), EXAMPLES]))


def english_in(text: str) -> list[str]:
    """Latin words that are neither names nor codes nor a citation's."""
    left = "; ".join(part for part in text.split("; ") if not CITATION.search(part))
    left = re.sub(rf"https://\S+|您输入的是“[^”]*”|{IN_BRACKETS}", " ", names().sub(" ", left))
    words = re.findall(r"[A-Za-z][A-Za-z_'’.-]*[A-Za-z]", left)
    return [
        word
        for word in words
        if not STAYS.fullmatch(word) and not STATES.fullmatch(word) and not CODES.fullmatch(word)
    ]


def slips_in(text: str) -> list[str]:
    said = re.sub(r"\d\.\d\d万(?!美)", "", text)  # how an amount may be typed
    return [slip for slip, pattern in SLIPS.items() if re.search(pattern, said)]


def check(texts: Iterable[str]) -> None:
    """Fail with every text that is not as it should be, and why."""
    each = {text for text in texts if text.strip()}
    found = {text: english_in(text) + slips_in(text) for text in each}

    assert each
    assert {text: why for text, why in found.items() if why} == {}


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words in pictures, which are laid out but not painted."""
    words: list[str] = []

    def image(self: Picture, alternative: str, moving: bool) -> str:
        for found in self.figure.findobj(lambda artist: hasattr(artist, "get_text")):
            words.append(found.get_text())
        for axis in (axis for axes in self.figure.axes for axis in (axes.xaxis, axes.yaxis)):
            words.extend(label.get_text() for label in axis.get_ticklabels())
        words.append(alternative)
        return f'<img alt="{html.escape(alternative)}" style="" src="data:image/png;base64,{PIXEL}">'

    monkeypatch.setattr(Picture, "image", image)
    return words


def _panel(kind: str, name: str) -> w.Widget:
    """A panel in Chinese, of this client where it is of any."""
    made = getattr(panels, kind)
    return made(open_client(name), "zh") if "client" in signature(made).parameters else made("zh")


def _moved(panel: Panel, field: Field) -> None:
    """The control at its other end, or at a text that cannot be read."""
    if isinstance(field, TypedField):
        panel.enter(field.name, "很多")
    elif isinstance(field, ChoiceField):
        field.widget.index = len(field.widget.options) - 1
    elif hasattr(field.widget, "max"):
        field.widget.value = field.widget.max


# --- what the app shows ---


@pytest.mark.parametrize(
    ("kind", "name"),
    # The slowest panel asks for thousands of years each time; one client shows all its words.
    [
        (kind, name)
        for kind in panels.__all__
        for name in sample_names()
        if kind != "RiskPanel" or name == "lin"
    ],
)
def test_a_panel_speaks_chinese(kind: str, name: str, drawn: list[str], clients_folder: Path) -> None:
    """Labels, choices, tips, findings, tables, working and pictures of every panel, for each invented client."""
    panel = _panel(kind, name)

    check([*said_by(panel), *drawn])


@pytest.mark.parametrize(
    "kind", [kind for kind in panels.__all__ if issubclass(getattr(panels, kind), Panel)]
)
def test_a_panel_answers_in_chinese_whatever_is_moved(
    kind: str, drawn: list[str], quick: None, clients_folder: Path
) -> None:
    """Each control at another place, one after the other: answers and refusals."""
    panel, texts = _panel(kind, "okafor"), []
    for field in getattr(panel, "fields", {}).values():
        before = field.held
        _moved(panel, field)
        texts += [
            *said_by(panel.finding),
            *said_by(panel.note),
            field.widget.description,
            panel.printed.value,
        ]
        panel._busy = True  # put back in silence: the answer to it was read at the start
        field.widget.value = before
        panel._busy = False

    check([*texts, *drawn])


def test_a_summary_is_read_in_chinese(clients_folder: Path) -> None:
    """What is quoted from the plan is marked as English; the rest is ours."""
    panel = panels.PlanSummaryPanel(open_client("lin"), "zh")
    panel.text.value = (
        "Participants may make voluntary after-tax contributions. In-plan Roth rollovers are not permitted."
    )

    check(said_by(panel))
    assert "voluntary" in panel.table_place.value


@pytest.mark.parametrize(
    "chapter", sorted(str(path.relative_to(NOTEBOOKS)) for path in NOTEBOOKS.rglob("[!.]*.ipynb"))
)
def test_a_chapter_is_stored_in_chinese(chapter: str) -> None:
    """Prose, and every table and sentence that its cells have shown, but for what a cell itself gives a name or quotes."""
    cells = json.loads((NOTEBOOKS / chapter).read_text(encoding="utf-8"))["cells"]
    prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    code = " ".join(re.sub(r'"\s+"', "", code).split())  # a long text of several lines
    shown = [
        "".join(output["data"].get("text/html") or output["data"]["text/plain"])
        for cell in cells
        for output in cell.get("outputs", [])
        if "".join(output["data"]["text/plain"]) not in ("panel", "picture")
    ]
    # Addresses of links and file names in code are not read.
    plain = re.sub(r"\]\([^)]*\)|`[^`]*`|\*\*", "", prose)

    check(text for page in shown for text in said_by_html(page) if text not in code)
    check(text for line in plain.splitlines() for text in said_by_html(line))


@pytest.mark.parametrize(("term", "explained"), FIRST_MENTIONS)
def test_a_term_is_explained_where_it_comes_first(term: str, explained: str) -> None:
    """In each chapter that uses it, in the paragraph of its first use; titles and the list of sources need not."""
    used = 0
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        prose = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
        lines = [line for line in prose.splitlines() if not line.startswith(("#", "**来源", "**未纳入计算"))]
        # Titles of other chapters, addresses and stars are left out.
        plain = re.sub(r"\[\d\d [^\]]*\]\([^)]*\)|\]\([^)]*\)|\*", "", "\n".join(lines))
        first = next((line for line in plain.splitlines() if term in line), None)
        used += first is not None
        assert first is None or explained in first, path.name

    assert used


# --- what goes home ---


@pytest.mark.parametrize("name", sample_names())
def test_a_hand_out_is_chinese(name: str, drawn: list[str]) -> None:
    """The HTML, which holds all that the PDF does, its pictures, each text of the workbook; HR reads its questions in English."""
    client = mr.Client.load(name)
    made = handouts(client, DAY, "zh", ("html", "xlsx"), working=True)
    book = load_workbook(io.BytesIO(made["xlsx"]))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "s"]
    to_hr = [language("en").say(question) for question in results_of(client, DAY).able.questions_for_hr]
    said = [
        *said_by_html(made["html"].decode("utf-8")),
        *drawn,
        *book.sheetnames,
        *(cell.value for cell in cells),
    ]

    check(re.sub("|".join(map(re.escape, to_hr)) or "^$", "", text) for text in said)


# --- how values fall into sentences ---


@pytest.mark.parametrize(
    ("first", "said"),
    [
        ("应税投资账户", "期末，应税投资账户与及时转换持平。"),
        ("Roth IRA", "期末，Roth IRA 与及时转换持平。"),
        ("401(k)", "期末，401(k) 与及时转换持平。"),
    ],
)
def test_spaces_go_by_the_value(first: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One space between Chinese and Latin, none between Chinese and Chinese, whatever the message was written for."""
    speak = language("zh")
    for message in ("期末，{first} 与{second}持平。", "期末，{first}与 {second} 持平。"):
        monkeypatch.setattr(speak._catalogue, "gettext", lambda text: text)
        assert speak._(message, first=first, second="及时转换") == said


def test_a_name_stays_as_it_was_typed() -> None:
    """Only the places around a value are set, never what is inside it."""
    name = "王 小明A先生"

    assert f"“{name}”" in language("zh")._("Column {column} is missing.", column=f"“{name}”")


def test_an_english_word_would_be_found() -> None:
    """The search itself: sentences are found, names and citations are not."""
    assert english_in("等待成本 about 4.8 万美元；see the ledger") == ["about", "see", "the", "ledger"]
    assert english_in("26 U.S.C. 415(c); plan terms") == ["plan", "terms"]
    assert (
        english_in("Lin 的 Form 1099-R，NJ，IRA/SEP/SIMPLE；26 U.S.C. 1(j)(2), made permanent by P.L. 119-21")
        == []
    )
