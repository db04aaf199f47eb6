"""What an advisor does in the planning app: sliders, the meeting, from page to page, and what is not saved yet."""

import base64
import io
import json
import os
import re
import signal
import time
import unicodedata
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page
from pypdf import PdfReader

import megaroth as mr
from megaroth.show.language import language
from tests.browsing import PAGE_TIME, App, Opened, open_chapter, running_app

START, SPACE, WAITING, MEETING = (
    "00_start_here",
    "02_after_tax_space",
    "04_late_or_prompt",
    "09_client_meeting",
)
SOON = 30  # seconds
# Sentence, first picture and table of the first panel.
LOOK = """() => ['.megaroth-finding', '.megaroth-picture img', '.megaroth-table-place'].map((name) => {
  const e = document.querySelector(name); return e ? e.src || e.innerText : ''; })"""
# Whether the browser would ask before the page is left.
ASKS = """() => { const leave = new Event('beforeunload', { cancelable: true });
  window.dispatchEvent(leave); return leave.defaultPrevented; }"""


def _look(opened: Opened) -> list[str]:
    return opened.page.evaluate(LOOK)


# --- sliders ---


@pytest.fixture(scope="module")
def waiting(browser: Browser, app: App) -> Iterator[Opened]:
    """The chapter with sliders; a test leaves it as it was."""
    found = open_chapter(browser, app, "en", WAITING)
    yield found
    found.page.close()


def test_a_slider_moved_by_keyboard(waiting: Opened) -> None:
    """One press of an arrow changes sentence, chart and table; the next brings them back; focus stays; nothing is unsaved."""
    page, before = waiting.page, _look(waiting)
    handle = waiting.slider("wait")
    handle.focus()

    page.keyboard.press("ArrowLeft")

    page.wait_for_function(f"(old) => ({LOOK})().every((each, k) => each && each !== old[k])", arg=before)
    assert re.search(r"\b9\b", _look(waiting)[0])
    assert handle.evaluate("e => e === document.activeElement")
    assert page.evaluate(ASKS) is False
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(old) => ({LOOK})().every((each, k) => each === old[k])", arg=before)


def test_a_fold_stays_open_while_its_content_changes(waiting: Opened) -> None:
    """The working that is open is renewed at rest and not closed."""
    page, head = waiting.page, waiting.panel.locator("summary", has_text="Show the working").first
    head.click()
    working = waiting.panel.locator(".megaroth-answer .megaroth-working:visible").first
    before = working.inner_text()

    waiting.slider("wait").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "(old) => [...document.querySelectorAll('.megaroth-answer .megaroth-working')].some("
        "(e) => e.offsetParent && e.innerText !== old)",
        arg=before,
    )

    assert working.is_visible()
    page.keyboard.press("ArrowRight")
    head.click()
    assert waiting.panel.locator(".megaroth-answer .megaroth-working:visible").count() == 0


def test_percent_typed_beside_a_slider(waiting: Opened) -> None:
    """ "4%" in the read-out is four percent, not the slider's end."""
    readout = waiting.page.locator(".megaroth-field-annual_return .widget-readout").first

    for typed in ("4%", "7"):
        readout.click()
        readout.fill(typed)
        readout.press("Enter")
        wanted = f"{float(typed.rstrip('%')):.1f}%"
        waiting.page.wait_for_function(
            "(wanted) => document.querySelector('.megaroth-footer').innerText.includes(wanted)", arg=wanted
        )
        assert readout.inner_text() == wanted.rstrip("%")


def test_a_slider_says_what_it_shows(waiting: Opened) -> None:
    """A screen reader hears the number of the read-out, before and after a press, and no 6.999999999999998."""
    said = "e => [e.getAttribute('aria-valuetext'), e.closest('.jupyter-widgets').querySelector('.widget-readout').innerText]"
    handle = waiting.slider("annual_return")
    assert handle.evaluate(said) == ["7.0", "7.0"]
    handle.focus()

    waiting.page.keyboard.press("ArrowLeft")
    waiting.page.wait_for_function(f"(e) => ({said})(e).join() === '6.5,6.5'", arg=handle.element_handle())
    waiting.page.keyboard.press("ArrowRight")
    waiting.page.wait_for_function(f"(e) => ({said})(e).join() === '7.0,7.0'", arg=handle.element_handle())
    waiting.settled()
    assert handle.evaluate(said) == ["7.0", "7.0"]


def test_what_cannot_be_typed_beside_a_slider(waiting: Opened) -> None:
    """A slider takes its nearest value; a sentence names the rule and what was typed, until something else is."""
    readout = waiting.page.locator(".megaroth-field-wait .widget-readout").first
    note = waiting.page.locator(".megaroth-field-wait .megaroth-told").first

    for typed in ("99", "3.7", "abc"):
        readout.click()
        readout.fill(typed)
        readout.press("Enter")
        note.wait_for()
        assert note.inner_text() == f"Enter a whole number from 0 to 10; you entered {typed}."

    readout.click()
    readout.fill("10")
    readout.press("Enter")
    note.wait_for(state="detached")
    waiting.page.locator(".megaroth-finding", has_text="Waiting 10 years").first.wait_for()


def test_each_panel_follows_its_own_slider(waiting: Opened) -> None:
    """A press in the conversion's panel moves its sentence, picture and box; the first panel stays as it is."""
    page, first = waiting.page, _look(waiting.settled())
    other, box = _conversion(waiting)
    picture = other.locator(".megaroth-picture img").first
    before = picture.get_attribute("src")
    other.locator(".noUi-handle").focus()

    page.keyboard.press("ArrowRight")

    other.locator(".megaroth-finding", has_text="$26,000").wait_for()
    page.wait_for_function(
        "([e, old]) => e.src !== old || !e.isConnected", arg=[picture.element_handle(), before]
    )
    assert box.input_value() == "26,000"
    held = [each.inner_text() for each in page.locator(".widget-readout").all()]
    assert (_look(waiting), held) == (first, held)
    page.keyboard.press("ArrowLeft")
    other.locator(".megaroth-finding", has_text="$25,000").wait_for()


def test_an_edge_chosen_from_the_list(waiting: Opened) -> None:
    """The list shows what is chosen; an edge fills the amount; undo brings both back."""
    other, box = _conversion(waiting)
    edges = other.locator(".megaroth-field-edge select")
    shown = "e => e.selectedOptions[0].textContent.trim()"
    own = edges.evaluate(shown)
    assert own

    edges.select_option(index=2)

    waiting.page.wait_for_function("(box) => box.value !== '25,000'", arg=box.element_handle())
    assert edges.evaluate(shown).endswith(box.input_value())
    other.locator(".megaroth-buttons button").first.click()
    waiting.page.wait_for_function("(box) => box.value === '25,000'", arg=box.element_handle())
    assert edges.evaluate(shown) == own


def _conversion(waiting: Opened) -> tuple[Locator, Locator]:
    """The panel of one conversion, and its box for the amount."""
    other = waiting.page.locator(".megaroth", has=waiting.page.locator(".megaroth-field-edge"))
    return other, other.locator(".megaroth-field-amount input[type=text]").first


# --- the meeting ---


@pytest.fixture(scope="module")
def meeting(browser: Browser, app: App) -> Iterator[Opened]:
    """The page of the meeting, in Chinese."""
    found = open_chapter(browser, app, "zh", MEETING)
    yield found
    found.page.close()


def _rail(meeting: Opened) -> list[str]:
    return meeting.page.locator(".megaroth-rail button").all_inner_texts()


def test_the_rail_by_keyboard(meeting: Opened) -> None:
    """Tab reaches the five questions in order; Enter shows one, and it is marked for the eye and for the ear."""
    page, shown = meeting.page, language("zh")._("shown")
    page.locator(".megaroth-facts a").last.focus()
    reached = []
    for place in range(5):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.innerText"))
        page.keyboard.press("Enter")
        page.wait_for_function(
            "(place) => document.querySelectorAll('.megaroth-rail button')[place].matches('.megaroth-chosen')",
            arg=place,
        )
        assert [shown in words for words in _rail(meeting)] == [each == place for each in range(5)]
        assert page.locator(".megaroth-rail .megaroth-chosen").count() == 1

    assert [words[0] for words in reached] == list("12345")
    meeting.settled()


def test_the_rail_follows_a_slider_of_another_question(meeting: Opened) -> None:
    """The return moved where waiting is asked about changes what the money is worth, in view at the left."""
    page = meeting.page
    page.locator(".megaroth-rail button").nth(3).click()
    page.locator(".megaroth-rail button").nth(3).and_(page.locator(".megaroth-chosen")).wait_for()
    before = _rail(meeting)
    meeting.slider("annual_return").focus()

    page.keyboard.press("ArrowLeft")

    page.wait_for_function(
        "(old) => document.querySelectorAll('.megaroth-rail button')[2].innerText !== old", arg=before[2]
    )
    after = _rail(meeting)
    assert [one != other for one, other in zip(before, after, strict=True)][:4] == [False, False, True, True]
    assert page.evaluate(ASKS) is False
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "(old) => document.querySelectorAll('.megaroth-rail button')[2].innerText === old", arg=before[2]
    )
    meeting.settled()


@pytest.mark.parametrize(
    ("words", "ending", "begins"),
    [("PDF", "pdf", b"%PDF"), ("HTML", "html", b"<!DOCTYPE html>"), ("Excel", "xlsx", b"PK\x03\x04")],
)
def test_a_hand_out_is_made_and_offered(
    meeting: Opened, app: App, words: str, ending: str, begins: bytes
) -> None:
    """A button makes the file; the browser offers the very bytes that lie in the folder of hand-outs."""
    meeting.unfold()

    meeting.page.get_by_role("button", name=words, exact=True).click()

    link = meeting.page.locator(f'a[download$=".{ending}"]')
    link.wait_for(timeout=PAGE_TIME)
    content = base64.b64decode(link.get_attribute("href").split(",", 1)[1])
    assert content.startswith(begins)
    assert (app.clients.parent / "handouts" / link.get_attribute("download")).read_bytes() == content
    meeting.unfold(False)


def test_a_note_is_saved_when_asked(meeting: Opened, app: App) -> None:
    """The advisor's words and the answers of the day lie beside the hand-outs, and only after the button."""
    folder = app.clients.parent / "handouts"
    meeting.unfold()
    meeting.page.locator(".megaroth-notes textarea").fill("电话：下周二 =1+1 <b>")
    assert list(folder.glob("*note*")) == []

    meeting.page.locator(".megaroth-notes button").click()

    (note,) = _soon(lambda: list(folder.glob("*note.txt")))
    meeting.page.locator(".megaroth-notes", has_text=note.name).wait_for()
    text = note.read_text(encoding="utf-8-sig")
    assert "电话：下周二 =1+1 <b>" in text
    assert meeting.page.locator(".megaroth-finding").inner_text().split("？")[0][:10] in text
    meeting.unfold(False)


def test_the_meeting_stayed_quiet(meeting: Opened, waiting: Opened, app: App) -> None:
    """All that use made the browser neither complain nor ask a stranger."""
    assert meeting.complaints + waiting.complaints == []
    assert meeting.strangers(app) + waiting.strangers(app) == []


# --- on paper ---


def _printed(opened: Opened) -> list[list[str]]:
    """The lines of each printed page; the browser writes some Chinese characters as radicals that look alike."""
    pages = PdfReader(io.BytesIO(opened.page.pdf(format="Letter"))).pages
    return [unicodedata.normalize("NFKC", page.extract_text()).splitlines() for page in pages]


def _close(words: str) -> str:
    """The words without spaces, as they can be found on paper."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", words))


def test_the_five_answers_are_printed(meeting: Opened) -> None:
    """Questions and answers, buttons on the screen, are a line each on paper; no other button is there."""
    shown = [_close(words) for words in _rail(meeting)]

    lines = [_close(line) for page in _printed(meeting) for line in page]

    assert [line for line in lines if line in shown] == shown
    assert not any("Excel" in line for line in lines)


def test_tables_are_printed_whole(waiting: Opened) -> None:
    """The head of a row stays on its line, and a short table on its page, with its last row."""
    pages = _printed(waiting)

    lines = [line for page in pages for line in page]
    assert any(line.startswith("2027 p $") for line in lines)
    assert any(line.startswith("2 months $") for line in lines)
    for first, last in (("Ordinary brackets $", "Together $"), ("11.0% ", "3.0% "), ("2026 $", "2056 p $")):
        found = [number for number, page in enumerate(pages) if any(line.startswith(first) for line in page)]
        assert found, first
        assert any(line.startswith(last) for line in pages[found[0]]), last


# --- from page to page ---


def test_links_carry_the_client(browser: Browser, app: App) -> None:
    """Choose a client, open a chapter, change the language, go back to the facts: always the same client."""
    opened = open_chapter(browser, app, "en", START)
    page = opened.page
    page.evaluate(
        "new MutationObserver(() => { if (document.querySelector('.megaroth-stopped'))"
        " { sessionStorage.setItem('flashed', 'yes'); } }).observe(document.body, { childList: true })"
    )
    page.locator(".megaroth-chooser select").select_option(label=_label_of("Okafor", page))
    page.wait_for_function("document.querySelector('.megaroth-lines').innerText.includes('Okafor')")

    kernels = _kernels(app)
    page.locator(".megaroth-lines a").nth(1).click()
    page.locator(".megaroth-finding", has_text="Okafor can add $26,000").wait_for(timeout=PAGE_TIME)
    assert page.evaluate("sessionStorage.getItem('flashed')") is None, "leaving is no stop"
    page.locator(".megaroth-facts a", has_text="中文").first.click()
    page.locator(".megaroth-finding", has_text="Okafor 可以存入 US$26,000").wait_for(timeout=PAGE_TIME)
    page.locator(".megaroth-facts a", has_text="修改资料").first.click()
    page.locator(".megaroth-lines", has_text="Okafor").wait_for(timeout=PAGE_TIME)

    assert page.url.startswith(app.address("voila/render/zh/00_start_here.ipynb"))
    assert opened.complaints == []
    assert _kernels(app) == kernels, "a page that is left stops its kernel"
    page.close()


def test_loading_again_shows_the_same_client(browser: Browser, app: App) -> None:
    """The address follows what is chosen and saved, and stays as it was for a new client; below, the first stands beside."""
    opened = open_chapter(browser, app, "en", START)
    page, beside = opened.page, opened.page.locator(".megaroth").nth(1)
    page.locator(".megaroth-chooser select").select_option(label=_label_of("Okafor", page))
    page.wait_for_url("**client=okafor**")
    beside.locator(".megaroth-facts", has_text="Okafor").wait_for()

    page.locator(".megaroth-chooser button").first.click()
    opened.panel.locator(".megaroth-facts", has_text="New client").wait_for()
    beside.locator(".megaroth-facts", has_text="New client").wait_for()
    assert "client=okafor" in page.url

    opened.type("name", "Zhao & Co")
    page.locator("button.megaroth-main-button").first.click()
    page.wait_for_url("**client=zhao-co**")
    assert f"token={app.token}" in page.url
    page.reload(timeout=PAGE_TIME)
    opened.settled()
    assert "Zhao & Co" in opened.panel.locator(".megaroth-facts").inner_text()
    assert opened.complaints == []
    page.close()
    (app.clients / "zhao-co.yaml").unlink()


@pytest.mark.parametrize(("code", "width"), [("en", 1280), ("zh", 1024)])
def test_four_clients_fit_the_page(browser: Browser, app: App, code: str, width: int) -> None:
    """Side by side, with the facts that differ, nothing but a table's own box can scroll sideways."""
    opened = open_chapter(browser, app, code, START)
    page, beside = opened.page, opened.page.locator(".megaroth").nth(1)
    page.set_viewport_size({"width": width, "height": 900})
    for place, name in ((2, "Okafor"), (3, "Reyes"), (4, "Moreau")):
        beside.locator(f".megaroth-field-scenario_{place} select").select_option(label=_label_of(name, page))
        beside.locator(".megaroth-table-place th", has_text=name).wait_for()
    opened.unfold()

    for table in beside.locator(".megaroth-prose table").all():
        table.locator("th", has_text="Moreau").wait_for()
    assert beside.locator(".megaroth-prose table:visible").count() == 2
    assert page.evaluate("document.querySelector('#rendered_cells').scrollWidth - innerWidth") <= 0
    page.close()


def _kernels(app: App) -> int:
    with urllib.request.urlopen(app.address("api/kernels", token=app.token), timeout=20) as answer:
        return len(json.load(answer))


def _label_of(name: str, page: Page) -> str:
    labels = page.locator(".megaroth-chooser select option").all_inner_texts()
    return next(label for label in labels if label.strip().startswith(name))


# --- what is not saved, and what goes wrong ---


def _saved(app: App, name: str) -> Path:
    """A client of the advisor's own."""
    app.clients.mkdir(exist_ok=True)
    path = app.clients / f"{name.lower()}.yaml"
    mr.Client.load("lin").with_(name=name).save(path)
    return path


def _type_pay(opened: Opened, pay: str) -> None:
    """Type a pay on the first page and wait until it was answered."""
    opened.type("wages", pay)
    opened.page.locator(".megaroth-unsaved").wait_for()


def test_a_killed_kernel_loses_nothing(browser: Browser, app: App) -> None:
    """
    The page says within seconds that it has stopped; the browser asks before what was typed is left; the page that is
    loaded again offers it; once saved, nothing asks any more.
    """
    path, before = _saved(app, "Killed"), set(_kernel_processes(app))
    opened = open_chapter(browser, app, "en", START, client="killed")
    assert opened.page.evaluate(ASKS) is False
    _type_pay(opened, "310000")
    assert opened.page.evaluate(ASKS) is True

    for process in set(_kernel_processes(app)) - before:
        process.kill()

    band = opened.page.locator(".megaroth-stopped")
    band.wait_for(timeout=10_000)
    assert "has stopped" in band.inner_text()
    assert "kept as a draft" in band.inner_text()
    opened.page.reload(timeout=PAGE_TIME)
    assert opened.questions == ["beforeunload"]
    opened.settled()
    assert mr.Client.load(path).household.wages == 300_000
    draft = opened.page.locator(".megaroth-draft")
    assert "not saved" in draft.inner_text()
    draft.locator("button").first.click()
    opened.page.locator(".megaroth-unsaved").wait_for()
    assert opened.control("wages").input_value() == "310,000"
    opened.page.locator("button.megaroth-main-button").first.click()
    opened.page.wait_for_function("!document.querySelector('.megaroth-unsaved')")
    assert opened.page.evaluate(ASKS) is False
    assert mr.Client.load(path).household.wages == 310_000
    opened.page.close()


def _kernel_processes(app: App) -> list[psutil.Process]:
    everyone = psutil.Process(app.process.pid).children(recursive=True)
    return [each for each in everyone if "ipykernel_launcher" in " ".join(each.cmdline())]


def test_two_windows_on_one_client(browser: Browser, app: App) -> None:
    """The second to save is told so, and keeps both under another name; what the first saved stays."""
    path = _saved(app, "Shared")
    first, second = (open_chapter(browser, app, "en", START, client="shared") for _ in range(2))
    _type_pay(first, "310000")
    first.page.locator("button.megaroth-main-button").first.click()
    first.page.wait_for_function("!document.querySelector('.megaroth-unsaved')")
    _type_pay(second, "320000")

    second.page.locator("button.megaroth-main-button").first.click()

    second.page.locator(".megaroth-error", has_text="changed in another window").wait_for()
    assert second.page.evaluate(ASKS) is True
    second.type("name", "Shared 2")
    second.page.locator("button.megaroth-main-button").first.click()
    second.page.wait_for_function("!document.querySelector('.megaroth-unsaved')")
    assert mr.Client.load(path).household.wages == 310_000
    assert mr.Client.load(app.clients / "shared-2.yaml").household.wages == 320_000
    first.page.close()
    second.page.close()


def test_files_that_are_not_in_order(browser: Browser, app: App) -> None:
    """
    A damaged file, one of a newer version and one that asks for Python each get a sentence; a folder that cannot be
    written gets one on saving, and what was typed stays.
    """
    for name, text in {
        "damaged": "name: [",
        "newer": "version: 99\nname: Newer\n",
        "python": 'version: 1\nname: !!python/object/apply:os.system ["exit 1"]\n',
    }.items():
        app.clients.mkdir(exist_ok=True)
        (app.clients / f"{name}.yaml").write_text(text, encoding="utf-8")
    path = _saved(app, "Kept")
    opened = open_chapter(browser, app, "en", START, client="damaged")
    page = opened.page

    said = page.locator(".megaroth-caution").first.inner_text()
    assert "damaged.yaml, line 2: this is not valid YAML" in said
    assert "shows the fictional example" in said
    assert (app.clients / "damaged.yaml").read_text(encoding="utf-8") == "name: ["
    chooser = page.locator(".megaroth-chooser select")
    for name, sentence in {
        "newer": "newer.yaml was saved by a newer version of megaroth (99)",
        "python": "python.yaml, line 2: this is not valid YAML",
    }.items():
        chooser.select_option(label=_label_of(name, page))
        page.locator(".megaroth-error", has_text=sentence).wait_for()
    chooser.select_option(label=_label_of("Kept", page))
    page.locator(".megaroth-lines", has_text="Kept").wait_for()
    _type_pay(opened, "310000")
    aside = app.clients.with_name("aside")
    app.clients.rename(aside)
    app.clients.write_text("a file where the folder should be", encoding="utf-8")
    page.locator("button.megaroth-main-button").first.click()
    page.locator(".megaroth-error", has_text="cannot be saved: the folder is read-only").wait_for()
    assert opened.control("wages").input_value() == "310,000"
    app.clients.unlink()
    aside.rename(app.clients)
    page.locator("button.megaroth-main-button").first.click()
    page.wait_for_function("!document.querySelector('.megaroth-unsaved')")
    assert mr.Client.load(path).household.wages == 310_000
    assert opened.complaints == []
    page.close()
    for name in ("damaged", "newer", "python"):
        (app.clients / f"{name}.yaml").unlink()


# Makes a disk full for the kernels of a server, as long as a file is there: nothing more can be brought to it.
FULL_DISK = """
import errno, os
really = os.fsync
def fsync(descriptor):
    if os.path.exists(os.environ["DISK_IS_FULL"]):
        raise OSError(errno.ENOSPC, "No space left on device")
    return really(descriptor)
os.fsync = fsync
"""


def test_a_full_disk(browser: Browser, tmp_path: Path) -> None:
    """Client, hand-out and note: each gets a sentence, nothing is half written, and what was typed can be saved later."""
    mark, faults = tmp_path / "full", tmp_path / "faults"
    faults.mkdir()
    (faults / "sitecustomize.py").write_text(FULL_DISK, encoding="utf-8")
    with running_app(tmp_path, PYTHONPATH=str(faults), DISK_IS_FULL=str(mark)) as own:
        path = _saved(own, "Kept")
        before = path.read_bytes()
        start = open_chapter(browser, own, "zh", START, client="kept")
        meeting = open_chapter(browser, own, "en", MEETING, client="kept")
        _type_pay(start, "310000")
        mark.touch()

        save = start.page.locator("button.megaroth-main-button").first
        save.click()
        start.page.locator(
            ".megaroth-error", has_text="无法保存 kept.yaml：文件夹为只读、不存在或已满。"
        ).wait_for()
        meeting.unfold()
        for name in ("PDF", "HTML", "Excel", "Note for the file"):
            meeting.page.get_by_role("button", name=name, exact=True).click()
            ending = {"Note for the file": "note.txt", "Excel": "xlsx"}.get(name, name.lower())
            said = re.compile(rf"{ending} cannot be saved: the folder is read-only, missing or full\.")
            meeting.page.locator(".megaroth-error", has_text=said).wait_for()

        assert start.control("wages").input_value() == "310,000"
        assert path.read_bytes() == before
        whole = [each.name for each in tmp_path.rglob("kept*")]
        assert [name for name in whole if name != "kept.yaml"] == []
        mark.unlink()
        save.click()
        start.page.wait_for_function("!document.querySelector('.megaroth-unsaved')")
        assert mr.Client.load(path).household.wages == 310_000
        assert start.complaints == meeting.complaints == []
        start.page.close()
        meeting.page.close()


def test_a_stopped_server_is_noticed(browser: Browser, tmp_path: Path) -> None:
    """The page of a server that is gone says so within seconds."""
    with running_app(tmp_path) as own:
        opened = open_chapter(browser, own, "zh", SPACE)

        own.process.send_signal(signal.SIGTERM if os.name == "posix" else signal.CTRL_C_EVENT)

        band = opened.page.locator(".megaroth-stopped")
        band.wait_for(timeout=20_000)
        assert "计算程序已停止" in band.inner_text()
        assert "草稿" not in band.inner_text(), "only the first page keeps drafts"
        opened.page.close()


def _soon(found: object) -> list:
    """What *found* returns once it returns something."""
    deadline = time.monotonic() + SOON
    while not (there := found()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return there
