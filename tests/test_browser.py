"""Every chapter of the planning app in a real browser, in both languages: what must show, and what must never."""

import io
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator
from pypdf import PdfReader

from tests.browsing import CHAPTERS, LANGUAGES, PAGE_TIME, ROOT, USUAL, App, Opened, begin

SCREENSHOTS = ROOT / "build" / "screenshots"  # kept to be looked at
SIZES = ((1024, 768), (1280, 900), (1920, 1080))
LETTER = {"width": 740, "height": 960}  # what a Letter page leaves between its margins
ORDER = [(code, chapter) for code in LANGUAGES for chapter in CHAPTERS]
# Their first answer is a list or tables, and no picture.
WITHOUT_PICTURE = ("00_start_here", "08_tax_forms", "09_client_meeting", "10_client_book")
SLIDE = "slide"
# In each panel of a chapter a field, and what to put there: a text, the place in a list, or a step of the slider.
USES: dict[str, tuple[tuple[str, str | int], ...]] = {
    "00_start_here": (("wages", "350000"), ("scenario_2", 2)),
    "01_eligibility": (
        ("accepts_after_tax", 2),
        ("text", "The Plan does not permit after-tax employee contributions."),
    ),
    "02_after_tax_space": (("employer_contribution", "20000"), ("after_tax_so_far", "20000")),
    "03_growth": (("annual_return", SLIDE),),
    "04_late_or_prompt": (("wait", SLIDE), ("wait", SLIDE), ("amount", SLIDE)),
    "05_mega_or_backdoor": (("traditional_ira_value", "60000"),),
    "06_self_employed": (("self_employment_profit", "150000"),),
    "07_job_offers_and_providers": (("salary_a", "350000"),),
    "08_tax_forms": (("amount", "12345"), ("box_2a", "1000"), ("conversion", "100000")),
    "09_client_meeting": (("annual_return", SLIDE),),
    "10_client_book": (("only", 1),),
}
# In the first panel of a chapter a field to mistype.
MISTYPED = {
    "00_start_here": "wages",
    "01_eligibility": "prior_year_wages",
    "02_after_tax_space": "wages",
    "03_growth": "inflation",
    "04_late_or_prompt": "inflation",
    "05_mega_or_backdoor": "traditional_ira_value",
    "06_self_employed": "self_employment_profit",
    "07_job_offers_and_providers": "salary_a",
    "08_tax_forms": "amount",
}
MUST_BE = {"en": "must be a number; you entered abc.", "zh": "必须是数字，您输入的是“abc”。"}
MOST_STOPS = 250
RESULT = ".megaroth-finding, .megaroth-lines, .megaroth-table-place, .megaroth-rail, .megaroth-forms"
CUT = """() => [...document.querySelectorAll('#rendered_cells *')].filter((e) =>
  e.offsetParent && e.clientWidth > 0 && e.textContent.trim() && getComputedStyle(e).display !== 'inline' &&
  e.tagName !== 'SELECT' && e.scrollWidth > e.clientWidth + 1
).map((e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`)"""
SMALL = """() => [...document.querySelectorAll('#rendered_cells *')].filter((e) =>
  e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) &&
  parseFloat(getComputedStyle(e).fontSize) < 13
).map((e) => e.textContent.trim().slice(0, 60))"""
# Texts whose colour is too near to what is behind them (WCAG 2, contrast ratio); what is disabled is exempt.
FAINT = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (rgb) => rgb.slice(0, 3).map((c) => c / 255)
    .map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, k) => sum + c * [0.2126, 0.7152, 0.0722][k], 0);
  const behind = (e) => { for (; e; e = e.parentElement) {
    const found = parts(getComputedStyle(e).backgroundColor); if (found.length < 4 || found[3] > 0.5) return found; }
    return [255, 255, 255]; };
  const ratio = (e) => { const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05); };
  return [...document.querySelectorAll('#rendered_cells *')].filter((e) =>
    e.offsetParent && !e.closest(':disabled, .megaroth-stale') &&
    (/^(INPUT|SELECT|TEXTAREA)$/.test(e.tagName) || [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) &&
    ratio(e) < 4.5
  ).map((e) => `${e.tagName}.${e.className} ${ratio(e).toFixed(2)}: ${e.textContent.trim().slice(0, 40)}`); }"""
# Writes down where the focus goes: tag, name, outline, and whether the place is later in the page than the one before.
FOLLOW = """() => { window.stops = []; let before = null;
  document.addEventListener('focusin', (event) => {
    const e = event.target, dress = getComputedStyle(e);
    window.stops.push([e.tagName,
      (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.placeholder || e.textContent || '').trim(),
      `${dress.outlineStyle} ${dress.outlineWidth}`,
      !before || Boolean(before.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)]);
    before = e; }); }"""


@pytest.fixture(scope="module")
def coming(browser: Browser, app: App) -> Callable[[str, str], Opened]:
    """Opens a chapter; the next one comes up while that one is tested."""
    begun: dict[tuple[str, str], Opened] = {}

    def start(code: str, chapter: str) -> Opened:
        return begin(browser, app.chapter(code, chapter), code, chapter)

    def take(code: str, chapter: str) -> Opened:
        found = (begun.pop((code, chapter), None) or start(code, chapter)).settled()
        for following in ORDER[ORDER.index((code, chapter)) + 1 :][:1]:
            begun[following] = start(*following)
        return found

    return take


@pytest.fixture(scope="module", params=ORDER, ids="-".join)
def opened(request: pytest.FixtureRequest, coming: Callable[[str, str], Opened]) -> Iterator[Opened]:
    """Each chapter in each language, opened once; a test leaves it as it was."""
    found = coming(*request.param)
    yield found
    found.page.close()


# --- what it shows ---


def test_opens_quietly(opened: Opened, app: App) -> None:
    """No error in the console, no request but to this computer, the page's own language and title."""
    title = opened.page.locator("h1").first.inner_text().strip("¶ \n")

    assert opened.complaints == []
    assert opened.strangers(app) == []
    assert opened.page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-Hans"}[opened.code]
    assert opened.page.title() == f"{title} · megaroth"
    assert opened.main.inner_text()


def test_no_code_in_sight(opened: Opened) -> None:
    """The app shows no code and none of the cells that are for readers of the notebook, nor hides them in the page."""
    shown = opened.page.locator("#rendered_cells").inner_text()
    sent = opened.page.evaluate("document.querySelector('#rendered_cells').outerHTML")

    for text in (shown, sent):
        assert not re.search(
            r"\bimport \w|\bfrom megaroth|Panel\(|table_with|(Solution|解答)</summary>", text
        )
        assert "Predict first" not in text
        assert "先想一想" not in text


def test_the_disclaimer_is_there(opened: Opened) -> None:
    """Law year, the date on which it was checked, and "not advice", in full at the head and short at the foot."""
    head = opened.page.locator(".megaroth-disclaimer").inner_text()
    foot = opened.panel.locator(".megaroth-footer").inner_text()

    words = {"en": ("not tax, legal or investment advice", "November 24, 2026", "Education, not advice."),
             "zh": ("不构成税务、法律或投资建议", "2026 年 11 月 24 日", "仅供教育参考")}[opened.code]  # fmt: skip
    assert words[0] in head
    assert words[1] in head
    assert words[2] in foot


def test_no_english_on_a_chinese_page(opened: Opened) -> None:
    """Names, forms, citations and code words of files stay; sentences don't."""
    if opened.code == "en":
        assert "仅供" not in opened.page.locator("#rendered_cells").inner_text()
        return
    opened.unfold()
    # A letter to HR is English on purpose, and says so.
    marked = "document.querySelectorAll('[lang=en]').forEach((each) => { each.style.display = '%s'; })"
    opened.page.evaluate(marked % "none")
    shown = opened.page.locator("#rendered_cells").inner_text()
    opened.page.evaluate(marked % "")
    opened.unfold(False)
    stays = r"Social Security Administration, contribution and\s+benefit base|made permanent by|megaroth|clients|sec\."
    stays += r"|https://\S+|data/providers/\S+|vested|true-up|pro-rata rule|pro-rata|catch-up|annual additions|excess"
    stays += r"|after-tax basis|Tax Table|Hudson Example Systems|English|parameters/[\w/.]+|line \d+|PDF|HTML|Excel"

    assert re.findall(r"\b[a-z]{3,}(?: [a-z]{2,})*\b", re.sub(stays, "", shown)) == []


def test_nothing_is_cut_at_any_size(opened: Opened) -> None:
    """No text is wider than its place and none is small, with every fold open, at 1024, 1280 and 1920."""
    page = opened.page
    opened.unfold()
    try:
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(CUT) == [], width
            assert page.evaluate(SMALL) == [], width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        page.set_viewport_size(USUAL)
        opened.unfold(False)


def test_every_text_stands_out(opened: Opened) -> None:
    """Each text, with every fold open, stands out from what is behind it by 4.5 to 1."""
    opened.unfold()

    faint = opened.page.evaluate(FAINT)

    opened.unfold(False)
    assert faint == []


def test_finding_picture_and_table_fit_at_1024(opened: Opened) -> None:
    """On a small screen the answer, its first picture and its table stand in one view, in this order."""
    page = opened.page
    if opened.chapter.startswith("00"):
        links = page.locator(".megaroth-lines a, .megaroth-more a").evaluate_all(
            "them => them.map((e) => e.getAttribute('href').split('.')[0])"
        )
        assert {opened.chapter, *links} == set(CHAPTERS)
        return
    page.set_viewport_size({"width": 1024, "height": 768})
    try:
        names = [".megaroth-finding", ".megaroth-picture img", ".megaroth-table-place"]
        if opened.chapter in WITHOUT_PICTURE:
            names.remove(".megaroth-picture img")
        places = [opened.panel.locator(name).first.bounding_box() for name in names]
        bottoms = [place["y"] + place["height"] for place in places]
        assert bottoms == sorted(bottoms)
        assert bottoms[-1] - places[0]["y"] <= 768
        for second in page.locator(".megaroth-picture-b").all():
            assert second.bounding_box()["y"] >= bottoms[-1]
    finally:
        page.set_viewport_size(USUAL)


@pytest.mark.parametrize("width", [1024, 1280])
def test_a_picture_of_the_page_is_kept(opened: Opened, width: int) -> None:
    """The whole page, as it comes up, for a person to look at; it is not one colour."""
    page = opened.page
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    height = page.evaluate("document.querySelector('#rendered_cells').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(height + 80, 4000)})
    path = SCREENSHOTS / f"{opened.code}-{opened.chapter}-{width}.jpg"

    picture = page.screenshot(path=path, type="jpeg", quality=50)

    page.set_viewport_size(USUAL)
    assert len(picture) > 40_000


# --- what it does ---


def _panels(opened: Opened) -> Locator:
    return opened.page.locator(".megaroth")


def _result(opened: Opened, panel: int) -> str:
    """What a panel answers, in words."""
    return "\n".join(_panels(opened).nth(panel).locator(RESULT).all_inner_texts())


def _becomes(opened: Opened, panel: int, wanted: Callable[[str], bool]) -> str:
    """The panel's answer once it is as wanted."""
    for _ in range(PAGE_TIME // 50):
        if wanted(now := _result(opened, panel)):
            return now
        opened.page.wait_for_timeout(50)
    raise AssertionError(f"panel {panel} stays at: {now}")


def _moves(opened: Opened, panel: int, name: str, put: str | int) -> tuple[Callable, Callable]:
    """How to move a field, and how to move it back."""
    if put == SLIDE:
        slider = opened.slider(name, panel)
        return lambda: slider.press("ArrowLeft"), lambda: slider.press("ArrowRight")
    control = opened.control(name, panel)
    if isinstance(put, int):
        listed = control.evaluate("e => e.selectedIndex")
        return lambda: control.select_option(index=put), lambda: control.select_option(index=listed)
    was = control.input_value()
    return lambda: opened.type(name, put, panel), lambda: opened.type(name, was, panel)


def test_a_control_changes_the_answer_of_its_panel(opened: Opened) -> None:
    """In each panel one control gives another answer, without an error; put back, it gives the first one again."""
    uses = USES[opened.chapter]
    assert _panels(opened).count() == len(uses)
    opened.unfold()
    for panel, (name, put) in enumerate(uses):
        before = _result(opened, panel)
        there, back = _moves(opened, panel, name, put)

        there()

        after = _becomes(opened, panel, lambda now, before=before: now != before)
        assert after.strip()
        assert _panels(opened).nth(panel).locator(".megaroth-error").count() == 0
        # A person's hand is slower than the kernel, which rewrites what was typed in the house form.
        opened.page.wait_for_timeout(300)
        opened.page.wait_for_function("!document.querySelector('.megaroth-stale')")
        back()
        _becomes(opened, panel, lambda now, before=before: now == before)
    opened.settled()
    opened.unfold(False)


def test_the_keyboard_reaches_everything(opened: Opened) -> None:
    """Tab goes down the page through links, controls and folds; each stop has a name and an outline; then it leaves."""
    page = opened.page
    page.evaluate(
        "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
    )
    page.evaluate(FOLLOW)
    stops, whole = [], 0
    while whole == len(stops) and whole < MOST_STOPS:
        for _ in range(10):
            page.keyboard.press("Tab")
        stops = page.evaluate("stops")
        # Behind the last stop of the page it begins again from the top.
        whole = next((k for k, stop in enumerate(stops) if not stop[3]), len(stops))

    assert whole < len(stops), "Tab is caught"
    stops = stops[:whole]
    focusable = page.evaluate(
        "[...document.querySelectorAll('#rendered_cells :is(a[href], button, input, select, textarea, summary, [tabindex])')]"
        ".filter((e) => e.offsetParent && !e.disabled && e.tabIndex >= 0 && e.type !== 'radio').length"
    )
    assert len(stops) >= focusable
    assert {"A", "SUMMARY"} <= {stop[0] for stop in stops}
    assert [stop for stop in stops if not stop[1]] == []
    assert [stop for stop in stops if stop[2] != "solid 3px"] == []


def test_a_bad_number_and_its_mending(opened: Opened) -> None:
    """A sentence where the finding stood, the field marked, chart and table emptied; mended, all is back."""
    panel = opened.panel
    if opened.chapter not in MISTYPED:
        assert panel.locator("input[type=text]").count() == 0
        return
    name, before = MISTYPED[opened.chapter], opened.main.inner_text()
    was = opened.control(name).input_value()

    box = opened.type(name, "abc")

    panel.locator(".megaroth-error").wait_for()
    assert MUST_BE[opened.code] in panel.locator(".megaroth-error").inner_text()
    assert box.get_attribute("aria-invalid") == "true"
    assert panel.locator(".megaroth-wrong").count() == 1
    assert box.input_value() == "abc"
    assert panel.locator(".megaroth-picture img").count() == 0
    assert "$" not in panel.locator(".megaroth-table-place, .megaroth-lines").first.inner_text()
    assert panel.locator("button.megaroth-main-button").is_disabled()

    opened.type(name, was)

    panel.locator(".megaroth-error, .megaroth-wrong").first.wait_for(state="detached")
    opened.settled()
    assert opened.main.inner_text() == before
    assert panel.locator(".megaroth-wrong, .megaroth-error").count() == 0
    if opened.chapter not in WITHOUT_PICTURE:
        panel.locator(".megaroth-picture img").first.wait_for()
    opened.unfold(False)


# --- on paper ---


def test_paper(opened: Opened) -> None:
    """
    Printed, controls are a line of text, buttons and closed folds are gone, nothing is clipped, and no page is empty; the
    meeting's answers, buttons on the screen, stay as lines.
    """
    page = opened.page
    finding = opened.panel.locator(".megaroth-lines span, .megaroth-finding").first.inner_text()
    page.emulate_media(media="print")
    page.set_viewport_size(LETTER)
    try:
        if opened.panel.locator("input[type=text], .noUi-handle").count():
            assert opened.panel.locator(".megaroth-printed").is_visible()
        buttons = ".megaroth button:not(.megaroth-rail > button):visible"
        gone = f".megaroth-controls:visible, {buttons}, .megaroth summary:visible"
        assert page.locator(gone).count() == 0
        assert opened.panel.locator(".megaroth-footer").is_visible()
        for clipped in ("html", "body", "#rendered_cells"):
            assert page.locator(clipped).evaluate("e => getComputedStyle(e).overflow") == "visible"
        assert page.evaluate(CUT) == []
        pages = [each.extract_text() for each in PdfReader(io.BytesIO(page.pdf(format="Letter"))).pages]
    finally:
        page.emulate_media(media="screen")
        page.set_viewport_size(USUAL)
    assert [k for k, text in enumerate(pages) if len(text.strip()) < 20] == []
    assert re.search(_as_printed(finding), re.sub(r"\s", "", "".join(pages)))


def _as_printed(sentence: str) -> str:
    """A pattern for the sentence in a PDF of Chromium: radicals for Chinese characters that look alike, ligatures."""
    looks = [
        f"[{each}\u2e80-\u2fdf]" if each > "\u2e7f" else re.escape(each) for each in sentence if each.strip()
    ]
    return re.sub("ff|fi|fl", "(?:..|[\ufb00-\ufb02])", "".join(looks))


def test_chinese_is_drawn(opened: Opened) -> None:
    """A character in the page looks neither like the box of a missing glyph nor like nothing."""
    page = opened.page
    page.evaluate("document.fonts.ready")

    def drawn(text: str) -> bytes:
        page.evaluate(
            """(text) => { const e = document.createElement('span'); e.id = 'probe'; e.textContent = text;
            e.style.cssText = 'position: fixed; top: 0; left: 0; width: 60px; height: 60px; font-size: 40px; z-index: 99; background: #fff';
            document.querySelector('.megaroth').append(e); }""",
            text,
        )
        page.evaluate(
            "document.fonts.load('40px megaroth-cjk', document.querySelector('#probe').textContent)"
        )
        picture = page.locator("#probe").screenshot()
        page.evaluate("document.querySelector('#probe').remove()")
        return picture

    box, nothing = drawn("\U000e0fff\uffff"), drawn(" ")
    pictures = [drawn(character) for character in "税喆镕"]

    assert len({box, nothing, *pictures}) == 2 + len(pictures)


def test_still_quiet_after_use(opened: Opened, app: App) -> None:
    """Nothing that was done to the page made the browser complain, ask, or turn to a stranger."""
    assert (opened.complaints, opened.questions, opened.strangers(app)) == ([], [], [])
