"""What goes home: pages, words that can be found, texts that stay text, files that are whole or not there."""

import datetime as dt
import io
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

import megaroth as mr
from megaroth.facts.client import sample_names
from megaroth.show.firm import Firm
from megaroth.show.handout import (
    check_free,
    free_path,
    handout_name,
    handouts,
    handouts_folder,
    save_handout,
)
from megaroth.show.handout_html import html_of
from megaroth.show.handout_parts import Drawing, Handout, Table, handout_of
from megaroth.show.handout_pdf import pdf_of
from megaroth.show.language import language
from megaroth.show.panels.handouts import HandoutButtons
from megaroth.show.results import Results, results_of

DAY = dt.date(2026, 7, 6)
HOSTILE = '<script>alert(1)</script>=HYPERLINK("x") & <b>喆镕</b> 🎉'
CODES = ("en", "zh")


@cache
def results(name: str) -> Results:
    return results_of(mr.Client.load(name), DAY)


@cache
def handout(name: str, code: str, working: bool = True) -> Handout:
    return handout_of(results(name), code, working=working)


@cache
def pdf(name: str, code: str, working: bool = True) -> PdfReader:
    return PdfReader(io.BytesIO(pdf_of(handout(name, code, working))))


def text_of(reader: PdfReader) -> str:
    """All text of a PDF without the places where lines were broken."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))


def bare(text: str) -> str:
    return re.sub(r"\s+", "", text)


def texts(content: Handout) -> list[str]:
    """The findings, steps and tables of a hand-out, each text by itself."""
    found = [content.title, content.client, content.date]
    for section in content.sections:
        found.append(section.title)
        for block in section.blocks:
            if isinstance(block, Table):
                found += [cell for row in (block.columns, *block.rows) for cell in row]
            elif not isinstance(block, Drawing):
                lines = getattr(block, "lines", None) or getattr(block, "pairs", None) or [block.text]
                found += [each for line in lines for each in ([line] if isinstance(line, str) else line)]
    return found


# --- the content ---


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", sample_names())
def test_every_client_gets_the_five_answers(name: str, code: str) -> None:
    """Four findings and four dated lines, pictures with their words, and nothing unfilled."""
    content = handout(name, code)
    findings, monday = content.sections[0].blocks[0], content.sections[1].blocks[0]
    drawings = [
        block for section in content.sections for block in section.blocks if isinstance(block, Drawing)
    ]

    assert len(findings.lines) == len(monday.lines) == 4
    assert mr.Client.load(name).name in content.title
    assert len(drawings) == 2
    assert all(len(drawing.alternative) > 40 for drawing in drawings)
    assert not [text for text in texts(content) if "{" in text or "nan" in text.split()]


@pytest.mark.parametrize("name", sample_names())
def test_no_english_is_left_in_the_chinese_one(name: str) -> None:
    """Every text of the Chinese hand-out has Chinese in it, unless it is a number, a name or a citation."""
    english = {*texts(handout(name, "en"))}
    letters = re.compile(r"[A-Za-z]{3}")
    kept = re.compile(r"U\.S\.C\.|Rev\. Proc|Notice|US\$|^401|^403|Roth|AMT|NIIT|HCE|^\d+\. ")

    same = [text for text in texts(handout(name, "zh")) if text in english and letters.search(text)]

    assert [text for text in same if not kept.search(text)] == []


def test_the_projection_of_a_late_only_plan_is_the_late_one() -> None:
    """Where money moves only at separation, the worth is that of the late strategy and not of the prompt one."""
    late = results("moreau")
    values = late.worth.summary["value_after_tax"]
    gain = values["late_convert"] - values["brokerage"]

    assert late.able.verdict == "late_only"
    assert language("en").about(gain) in handout("moreau", "en").sections[0].blocks[0].lines[2][1]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", sample_names())
def test_sentence_picture_and_table_say_the_same(name: str, code: str) -> None:
    """The gain at the horizon is one figure: in the answer, in the picture's words and in the last row of the table."""
    speak, content = language(code), handout(name, code)
    gain = -results(name).worth.summary["against_first"].iloc[1]
    drawing, table = content.sections[2].blocks[1:3]

    assert speak.about(gain) in content.sections[0].blocks[0].lines[2][1]
    assert speak.about(gain) in drawing.alternative
    assert table.rows[-1][-1] == speak.money(-gain)


def test_the_pictures_are_fine_enough_for_paper() -> None:
    """At the width they are set in, pictures have 300 dots an inch."""
    for section in handout("lin", "en").sections:
        for block in section.blocks:
            if isinstance(block, Drawing):
                with Image.open(io.BytesIO(block.png)) as image:
                    assert image.width / block.shape[0] >= 299


def test_a_later_day_asks_for_newer_facts() -> None:
    """A hand-out made after the year of the facts says so in its steps, and counts no paychecks."""
    late = results_of(mr.Client.load("lin"), dt.date(2027, 3, 1))

    assert late.pay is None
    assert "bring the facts up to date; the figures here are of 2026." in " ".join(
        handout_of(late, "en").sections[1].blocks[0].lines
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "$1,615.38 from each of the 13 paychecks left fills the $21,000 still open."),
        ({"accepts_after_tax": False}, "nothing more goes in for 2026"),
        ({"after_tax_so_far": 40_000.0}, "ask the plan to correct $2,500 that is too much in 2026."),
        (
            {"kind": "457b", "after_tax_so_far": 0.0, "employer_contribution": 0.0},
            "nothing more goes in for 2026",
        ),
    ],
)
def test_what_to_elect_follows_from_the_room(changes: dict, said: str) -> None:
    """The election fills the room by the last paycheck; none, an excess and a closed plan have lines of their own."""
    made = results_of(mr.Client.load("lin").with_(**changes), dt.date(2026, 6, 30))

    assert said in " ".join(handout_of(made, "en").sections[1].blocks[0].lines)


NO_PAY = dict.fromkeys(("wages", "elective_deferral", "after_tax_so_far", "employer_contribution"), 0.0)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "457b"}, "en"),
        ({"way_out": None}, "zh"),
        (NO_PAY, "zh"),
        ({"separation_year": "2030-06-30"}, "en"),
    ],
)
def test_an_awkward_client_gets_a_hand_out_too(changes: dict, code: str) -> None:
    """A plan that takes nothing, one not known, no pay, a job that ends on a date: every format is made."""
    made = handouts(mr.Client.load("lin").with_(**changes), DAY, code, working=True)

    assert len(PdfReader(io.BytesIO(made["pdf"])).pages) == 4
    assert made.keys() == {"pdf", "html", "xlsx"}


# --- the PDF ---


@pytest.mark.parametrize(
    ("name", "code"), [("lin", "en"), ("lin", "zh"), ("moreau", "zh"), ("okafor", "en"), ("reyes", "zh")]
)
def test_the_pdf_has_two_to_four_pages(name: str, code: str) -> None:
    """Three pages, and a fourth with the working; each says which of how many it is, and the law's year."""
    reader = pdf(name, code)

    assert len(reader.pages) == 4
    for n, page in enumerate(reader.pages, 1):
        said = bare(page.extract_text())
        assert bare(language(code)._("page {n} of {m}", n=n, m=4)) in said
        assert bare(handout(name, code).foot) in said


def test_without_the_working_there_is_a_page_less() -> None:
    """The working is the last page, and only where it was asked for."""
    assert len(pdf("lin", "en", False).pages) == 3


@pytest.mark.parametrize("code", CODES)
def test_the_text_of_the_pdf_can_be_found(code: str) -> None:
    """Every text, the Chinese too, comes out of the PDF as it went in."""
    said = text_of(pdf("lin", code))

    for text in texts(handout("lin", code)):
        assert bare(text.rstrip(".。")) in said, text
    assert code == "en" or "税后供款" in said


@pytest.mark.parametrize(("code", "tag"), [("en", "en-US"), ("zh", "zh-CN")])
def test_the_pdf_says_what_it_is(code: str, tag: str) -> None:
    """Title, author and language stand in the document, for a screen reader and a folder of many."""
    firm = Firm(name="Example 理财")
    reader = PdfReader(io.BytesIO(pdf_of(handout_of(results("lin"), code, firm))))

    assert reader.trailer["/Root"]["/Lang"] == tag
    assert (reader.metadata.title, reader.metadata.author) == (handout("lin", code).title, firm.name)
    assert "Example理财" in bare(reader.pages[0].extract_text())


def test_everything_stays_inside_the_margins_of_both_papers() -> None:
    """Letter, with 20 mm all around for text, so that A4 has room for it as well."""
    millimetre = 72 / 25.4
    for page in pdf("okafor", "en").pages:
        assert [float(side) for side in page.mediabox] == [0, 0, 612, 792]
        places: list[float] = []

        def note(text: str, page_at: list, text_at: list, *_: object, places: list = places) -> None:
            if text.strip():
                places.append(page_at[4] + text_at[4])

        page.extract_text(visitor_text=note)
        assert len(places) > 20
        assert min(places) >= 20 * millimetre - 0.1


def test_the_fullest_hand_out_has_four_pages(tmp_path: Path) -> None:
    """A firm with logo and note, a long name and every question open still fit."""
    Image.new("RGB", (400, 300), "#0b5fa5").save(tmp_path / "logo.png")
    firm = Firm(
        name="F" * 60,
        address="A" * 70,
        phone="0" * 30,
        note="A note of the firm. " * 20,
        logo=tmp_path / "logo.png",
    )
    unknown = dict.fromkeys(("accepts_after_tax", "separate_account", "way_out", "frequency", "offers_roth"))
    client = mr.Client.load("lin").with_(
        name="Lin and a name that goes on " * 2, prior_year_wages=None, **unknown
    )
    for code in CODES:
        made = pdf_of(handout_of(results_of(client, DAY), code, firm, working=True))

        assert len(PdfReader(io.BytesIO(made)).pages) == 4


# --- the HTML ---


class Page(HTMLParser):
    """Tags, addresses and text of a page."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.said = ""
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize("code", CODES)
def test_the_html_is_one_file_that_asks_for_nothing(code: str) -> None:
    """No script, no link, no address but data inside; pictures have words; the page has a language and a title."""
    content = html_of(handout("lin", code))
    page = Page(content)
    asked = [value for _, name, value in page.attributes if name in ("src", "href", "srcset")]

    assert {"script", "link", "iframe", "object", "a"} & set(page.tags) == set()
    assert all(value.startswith("data:image/png;base64,") for value in asked)
    assert (
        len(asked) == len([each for each in page.attributes if each[:2] == ("img", "alt") and each[2]]) == 2
    )
    assert re.findall(r"url\((?!\"data:)|@import|https?:", content.decode()) == []
    assert page.attributes[0] == ("html", "lang", {"en": "en-US", "zh": "zh-Hans-CN"}[code])
    for text in texts(handout("lin", code)):
        assert bare(text) in bare(page.said), text


def test_the_html_brings_its_chinese_letters() -> None:
    """The Chinese page carries a font with its characters; the English one needs none."""
    assert b'format("woff")' in html_of(handout("lin", "zh"))
    assert b"@font-face" not in html_of(handout("lin", "en"))


# --- texts from people ---


def hostile() -> mr.Client:
    return mr.Client.load("lin").with_(name=HOSTILE, employer="=1+1")


@pytest.mark.parametrize("code", CODES)
def test_a_hostile_name_stays_text(code: str) -> None:
    """Markup in a client's or firm's name is shown as it was typed, in PDF and HTML; rare characters show."""
    content = handout_of(results_of(hostile(), DAY), code, Firm(name="<i>Firm</i>", address='"><script>'))
    page, said = Page(html_of(content)), text_of(PdfReader(io.BytesIO(pdf_of(content))))

    assert {"script", "b", "i"} & set(page.tags) == set()
    assert HOSTILE in page.said
    assert "<i>Firm</i>" in page.said
    assert bare(HOSTILE).replace("🎉", "□") in said
    assert '"><script>' in said


@given(name=st.text(min_size=1, max_size=80))
@settings(max_examples=100)
def test_a_file_name_leaves_no_folder(name: str) -> None:
    """Whatever a client is called, the file lies in the folder it was meant for."""
    client = mr.Client.load("lin").model_copy(update={"name": name})

    made = handout_name(client, DAY, "en", "pdf")

    assert Path(made).name == made
    assert (Path("/a/b") / made).resolve().parent == Path("/a/b").resolve()
    assert len(made.encode()) < 255


# --- files ---


def test_the_same_facts_give_the_same_bytes() -> None:
    """Client and day decide every byte."""
    content = handout("reyes", "zh")
    again = handout_of(results_of(mr.Client.load("reyes"), DAY), "zh", working=True)

    assert again == content
    assert pdf_of(again) == pdf_of(content)
    assert html_of(again) == html_of(content)


def test_a_hand_out_replaces_nothing_unasked(tmp_path: Path) -> None:
    """A file that is there stays, unless its replacement was asked for; a number finds a free name."""
    path = tmp_path / "folder" / "lin.pdf"
    save_handout(b"one", path)
    with pytest.raises(mr.InputError, match=r"lin\.pdf is already there") as caught:
        save_handout(b"two", path)
    assert (caught.value.rule, path.read_bytes()) == ("file_exists", b"one")

    save_handout(b"two", path, replace=True)

    assert path.read_bytes() == b"two"
    assert free_path(path).name == "lin-2.pdf"
    check_free([free_path(path)])


def test_a_folder_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk or a read-only folder leaves nothing behind, not even a part; a file where the folder should be too."""
    (tmp_path / "file").write_text("")
    with pytest.raises(mr.InputError, match="the folder is read-only, missing or full"):
        save_handout(b"x", tmp_path / "file" / "lin.pdf")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(mr.InputError, match="the folder is read-only, missing or full"):
        save_handout(b"x", tmp_path / "lin.pdf")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_unknown_format_is_refused() -> None:
    """Only what the door knows can be asked for."""
    with pytest.raises(mr.InputError, match="Format must be one of: pdf, html, xlsx"):
        handouts(mr.Client.load("lin"), DAY, "en", ("docx",))


# --- the buttons ---


@pytest.mark.parametrize("code", CODES)
def test_a_button_saves_and_offers_the_hand_out(clients_folder: Path, code: str) -> None:
    """The file lies beside the clients' folder, and the browser gets it by a link; a second one gets a number."""
    buttons = HandoutButtons(language(code), lambda: hostile(), lambda: DAY)

    buttons.buttons["html"].click()
    buttons.buttons["html"].click()
    saved = sorted(path.name for path in handouts_folder().iterdir())
    page = Page(buttons.said.value.encode())

    assert handouts_folder() == clients_folder.parent / "handouts"
    assert saved == [
        f"script-alert-1-script-hyperlink-x-b-喆镕-b-2026-07-06-{code}{n}.html" for n in ("-2", "")
    ]
    assert ("a", "download", saved[0]) in page.attributes
    assert next(value for _, name, value in page.attributes if name == "href").startswith("data:text/html;")
    assert not any(button.disabled for button in buttons.buttons.values())


def test_a_problem_stands_where_the_link_would(clients_folder: Path) -> None:
    """A firm that is not in order, or facts that cannot be, become a sentence; no file is written."""
    clients_folder.parent.mkdir(exist_ok=True)
    (clients_folder.parent / "firm.yaml").write_text("name: A\nlogo: none.png\n")
    buttons = HandoutButtons(language("en"), lambda: mr.Client.load("lin"), lambda: DAY)

    buttons.make("pdf")

    assert "there is no file none.png" in buttons.said.value
    assert not handouts_folder().exists()
