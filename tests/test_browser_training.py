"""The training room in a real browser, in both languages, by keyboard alone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browsing import LANGUAGES, App, Opened, open_chapter

WORKSHOP = "training/01_workshop"
SIZES = ((1024, 768), (1280, 900), (1920, 1080))
INSIDE = {"en": "inside the limit", "zh": "算进了限额"}
RIGHT = {"en": "Right: $37,500.", "zh": "正确：US$37,500。"}
SOLVED = {"en": "1 of 14 solved, 1 without", "zh": "已解出 1 题，其中 1 题"}
# What is wider than its place, or too small to read.
CUT = """() => [...document.querySelectorAll('#rendered_cells *')].filter((e) => e.offsetParent && e.textContent.trim() &&
  getComputedStyle(e).display !== 'inline' && e.tagName !== 'SELECT' && e.clientWidth > 0 &&
  (e.scrollWidth > e.clientWidth + 1 || parseFloat(getComputedStyle(e).fontSize) < 13)
).map((e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`)"""


@pytest.fixture(scope="module", params=LANGUAGES)
def workshop(request: pytest.FixtureRequest, browser: Browser, app: App) -> Iterator[Opened]:
    """The workshop, opened once in each language."""
    found = open_chapter(browser, app, request.param, WORKSHOP)
    yield found
    found.page.close()


def test_it_opens_quietly(workshop: Opened, app: App) -> None:
    """No error in the console, no stranger asked, no code and no answer in sight, the page in its own language."""
    shown = workshop.page.locator("#rendered_cells").inner_text()

    assert workshop.complaints == []
    assert workshop.strangers(app) == []
    assert not re.search(r"\bimport \w|Panel\(|37,500", shown)
    assert workshop.page.evaluate("document.documentElement.lang")[:2] == workshop.code


def test_a_case_is_worked_by_keyboard(workshop: Opened) -> None:
    """Choose, Tab, type, Enter: the mistake by its name; type again: right, and the score counts it; focus stays."""
    page, code = workshop.page, workshop.code
    page.locator(".megaroth-field-case select").focus()
    page.keyboard.press("ArrowDown")
    page.locator(".megaroth-finding", has_text="52").wait_for()

    page.keyboard.press("Tab")
    page.keyboard.type("29,500")
    page.keyboard.press("Enter")
    page.locator(".megaroth-wrong-answer", has_text=INSIDE[code]).wait_for()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("37.5k")
    page.keyboard.press("Enter")

    page.locator(".megaroth-right-answer", has_text=RIGHT[code]).wait_for()
    assert page.evaluate("document.activeElement.closest('.megaroth-field-answer') !== null")
    assert SOLVED[code] in page.locator(".megaroth-controls").inner_text()
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # Next
    page.locator(".megaroth-finding", has_text="61").wait_for()


def test_a_bad_answer_is_a_sentence(workshop: Opened) -> None:
    """In red and in words; what was typed stays typed."""
    box = workshop.type("answer", "<img src=x onerror=alert(1)>")

    workshop.page.locator(".megaroth-error").wait_for()
    assert "<img src=x" in workshop.page.locator(".megaroth-error").inner_text()
    assert box.input_value().startswith("<img")
    assert box.get_attribute("aria-invalid") == "true"
    assert workshop.questions == []


def test_nothing_is_cut(workshop: Opened) -> None:
    """With hints, working, figures and all answers open, at 1024, 1280 and 1920."""
    page = workshop.page
    hint = page.locator(".megaroth-buttons button").nth(1)
    while hint.is_enabled():
        hint.click()
        page.wait_for_timeout(200)
    workshop.unfold()
    page.locator(".megaroth-fold button").click()
    page.locator(".megaroth-table td", has_text="$29,500").first.wait_for()

    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate(CUT) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_way_back_and_the_other_language(workshop: Opened, app: App) -> None:
    """The links lead to the first page, from there to this one again, and to the same page in the other language."""
    page, other = workshop.page, {"en": "zh", "zh": "en"}[workshop.code]

    page.locator(".megaroth-facts a").first.click()
    page.locator(".megaroth-lines").wait_for()
    assert page.url.startswith(app.address(f"voila/render/{workshop.code}/00_start_here.ipynb"))
    page.locator(f'a[href*="{WORKSHOP}"]').click()
    page.locator(".megaroth-field-answer").wait_for()
    page.locator(".megaroth-facts a").last.click()
    page.locator(".megaroth-field-answer").wait_for()

    assert page.url.startswith(app.address(f"voila/render/{other}/{WORKSHOP}.ipynb"))
    assert workshop.complaints == []
