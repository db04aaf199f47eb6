"""The planning app in a real browser, in both languages: what an advisor does, and what must never show."""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Playwright, sync_playwright

import megaroth as mr
from tests.conftest import App

CHAPTERS = ("00_start_here", "02_after_tax_space", "04_late_or_prompt")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = ((1024, 768), (1280, 900), (1920, 1080))
HOSTILE = "<img src=x onerror=alert(1)>{name}"
# A field to break in each chapter, by its label, and the fold that it lies in.
FIELD = {
    ("00_start_here", "en"): ("Household", "Pay (US$ a year)"),
    ("00_start_here", "zh"): ("家庭", "薪酬（美元／年）"),
    ("02_after_tax_space", "en"): ("", "Pay (US$ a year)"),
    ("02_after_tax_space", "zh"): ("", "薪酬（美元／年）"),
    ("04_late_or_prompt", "en"): ("More assumptions", "Inflation (%)"),
    ("04_late_or_prompt", "zh"): ("更多假设", "通胀率（%）"),
}
MUST_BE = {"en": "must be a number; you entered abc.", "zh": "必须是数字，您输入的是“abc”。"}
CUT = """() => [...document.querySelectorAll('#rendered_cells *')].filter((e) =>
  e.offsetParent && e.clientWidth > 0 && e.textContent.trim() && getComputedStyle(e).display !== 'inline' &&
  e.tagName !== 'SELECT' && e.scrollWidth > e.clientWidth + 1
).map((e) => `${e.tagName}.${e.className}: ${e.textContent.trim().slice(0, 60)}`)"""
SMALL = """() => [...document.querySelectorAll('#rendered_cells *')].filter((e) =>
  e.offsetParent && [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) &&
  parseFloat(getComputedStyle(e).fontSize) < 13
).map((e) => e.textContent.trim().slice(0, 60))"""
FOCUS = """() => { const e = document.activeElement, dress = getComputedStyle(e);
  return [e.tagName, (e.getAttribute('aria-label') || e.labels?.[0]?.textContent || e.textContent || '').trim(),
          `${dress.outlineStyle} ${dress.outlineWidth}`]; }"""


@dataclass
class Opened:
    """A chapter in a browser page, and what the browser had to say about it."""

    page: Page
    code: str
    chapter: str
    complaints: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def panel(self) -> Locator:
        """The chapter's first panel; a chapter can have more."""
        return self.page.locator(".megaroth").first

    @property
    def main(self) -> Locator:
        """What the chapter answers: its finding, or the lines of the first page."""
        return self.panel.locator(".megaroth-lines" if self.chapter.startswith("00") else ".megaroth-finding")

    def type(self, fold: str, label: str, text: str) -> Locator:
        """Type into a field and press Enter; its fold is opened first."""
        if fold:
            self.page.locator("details:not([open]) > summary", has_text=fold).first.evaluate_all(
                "them => them.forEach((e) => e.click())"
            )
        box = self.page.locator(f'.widget-text input[aria-label^="{label}"]')
        box.fill(text)
        box.press("Enter")
        return box


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    found = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
    yield found
    found.close()


def _open(browser: Browser, address: str, code: str, chapter: str) -> Opened:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    opened = Opened(page, code, chapter)
    page.on("console", lambda said: opened.complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: opened.complaints.append(str(error)))
    page.on("dialog", lambda dialog: opened.complaints.append(dialog.message) or dialog.dismiss())
    page.on("request", lambda request: opened.asked.append(request.url))
    page.on("websocket", lambda socket: opened.asked.append(socket.url))
    page.goto(address, timeout=60_000)
    _settled(opened)
    return opened


def _settled(opened: Opened) -> None:
    """Until the answer is there and the part that waits for rest as well."""
    opened.main.wait_for(timeout=60_000)
    if opened.chapter.startswith("04"):
        opened.page.locator(".megaroth-picture-b img").wait_for(timeout=30_000)
    opened.page.wait_for_function("!document.querySelector('.megaroth-stale')")


@pytest.fixture(
    scope="module", params=[(code, chapter) for code in ("en", "zh") for chapter in CHAPTERS], ids="-".join
)
def opened(request: pytest.FixtureRequest, browser: Browser, app: App) -> Iterator[Opened]:
    """Each chapter in each language, opened once; a test leaves it as it was."""
    code, chapter = request.param
    found = _open(browser, app.chapter(code, chapter), code, chapter)
    yield found
    found.page.close()


# --- every chapter ---


def test_opens_quietly(opened: Opened, app: App) -> None:
    """No error in the console, no request but to this computer, the page's own language and title."""
    title = opened.page.locator("h1").first.inner_text().strip("¶ \n")

    assert opened.complaints == []
    assert [
        url for url in opened.asked if not re.match(rf"(http|ws)://127\.0\.0\.1:{app.port}/|data:|blob:", url)
    ] == []
    assert opened.page.evaluate("document.documentElement.lang") == {"en": "en", "zh": "zh-Hans"}[opened.code]
    assert opened.page.title() == f"{title} · megaroth"
    assert opened.main.inner_text()


def test_no_code_in_sight(opened: Opened) -> None:
    """The app shows no code and none of the cells that are for readers of the notebook."""
    shown = opened.page.locator("#rendered_cells").inner_text()

    assert not re.search(r"\bimport \w|\bfrom megaroth|Panel\(|table_with", shown)
    assert "Predict first" not in shown
    assert "先想一想" not in shown


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
    opened.page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    shown = opened.page.locator("#rendered_cells").inner_text()
    stays = r"Social Security Administration, contribution and\s+benefit base|made permanent by|megaroth|clients|sec\."
    stays += r"|true-up|pro-rata|catch-up|annual additions|excess|after-tax basis|Tax Table|Hudson Example Systems|English|parameters/[\w/.]+|line \d+"

    assert re.findall(r"\b[a-z]{3,}(?: [a-z]{2,})*\b", re.sub(stays, "", shown)) == []


def test_nothing_is_cut_at_any_size(opened: Opened) -> None:
    """No text is wider than its place and none is small, with every fold open, at 1024, 1280 and 1920."""
    page = opened.page
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    try:
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate(CUT) == [], width
            assert page.evaluate(SMALL) == [], width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = false; })")


def test_finding_picture_and_table_fit_at_1024(opened: Opened) -> None:
    """On a small screen the answer, its first picture and its table stand in one view, in this order."""
    if opened.chapter.startswith("00"):
        assert opened.page.locator(".megaroth-lines li").count() == 2
        return
    page = opened.page
    page.set_viewport_size({"width": 1024, "height": 768})
    try:
        places = [
            page.locator(name).first.bounding_box()
            for name in (".megaroth-finding", ".megaroth-picture img", ".megaroth-table-place")
        ]
        bottoms = [place["y"] + place["height"] for place in places]
        assert bottoms == sorted(bottoms)
        assert bottoms[-1] - places[0]["y"] <= 768
        if opened.chapter.startswith("04"):
            assert page.locator(".megaroth-picture-b").bounding_box()["y"] >= bottoms[-1]
    finally:
        page.set_viewport_size({"width": 1280, "height": 900})


def test_the_keyboard_reaches_everything(opened: Opened) -> None:
    """Tab goes through links, controls and folds; each stop has a name and a visible outline; then it leaves."""
    page, stops = opened.page, []
    page.evaluate("document.activeElement.blur()")
    for _ in range(120):
        page.keyboard.press("Tab")
        stop = page.evaluate(FOCUS)
        if stop[0] == "BODY":
            break
        stops.append(stop)

    assert stop[0] == "BODY", "Tab is caught"
    assert {"A", "SUMMARY"} <= {stop[0] for stop in stops}
    assert [stop for stop in stops if not stop[1]] == []
    assert [stop for stop in stops if stop[2] != "solid 3px"] == []


def test_a_bad_number_and_its_mending(opened: Opened) -> None:
    """A sentence where the finding stood, the field marked, chart and table emptied; mended, all is back."""
    panel = opened.panel
    fold, label = FIELD[opened.chapter, opened.code]
    before = opened.main.inner_text()

    box = opened.type(fold, label, "abc")

    panel.locator(".megaroth-error").wait_for()
    assert MUST_BE[opened.code] in panel.locator(".megaroth-error").inner_text()
    assert box.get_attribute("aria-invalid") == "true"
    assert panel.locator(".megaroth-wrong").count() == 1
    assert box.input_value() == "abc"
    assert panel.locator(".megaroth-picture img").count() == 0
    assert "$" not in panel.locator(".megaroth-table-place, .megaroth-lines").first.inner_text()
    assert panel.locator("button.megaroth-main-button").is_disabled()

    opened.type("", label, {"04": "2.5"}.get(opened.chapter[:2], "300000"))

    panel.locator(".megaroth-error").wait_for(state="detached")
    _settled(opened)
    assert opened.main.inner_text() == before
    assert panel.locator(".megaroth-wrong, .megaroth-error").count() == 0
    if not opened.chapter.startswith("00"):
        panel.locator(".megaroth-picture img").first.wait_for()


def test_paper(opened: Opened) -> None:
    """Printed, the controls are a line of text, buttons and closed folds are gone, and nothing is clipped."""
    page = opened.page
    page.emulate_media(media="print")
    try:
        assert opened.panel.locator(".megaroth-printed").is_visible()
        assert (
            page.locator(
                ".megaroth-controls:visible, .megaroth button:visible, .megaroth summary:visible"
            ).count()
            == 0
        )
        assert opened.panel.locator(".megaroth-footer").is_visible()
        for clipped in ("html", "body", "#rendered_cells"):
            assert page.locator(clipped).evaluate("e => getComputedStyle(e).overflow") == "visible"
        pdf = page.pdf(format="Letter")
    finally:
        page.emulate_media(media="screen")
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 1


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


def test_still_quiet_after_use(opened: Opened) -> None:
    """Nothing that was done to the page made the browser complain."""
    assert opened.complaints == []


# --- the chapter with sliders ---

with_sliders = pytest.mark.parametrize(
    "opened", [(code, CHAPTERS[2]) for code in ("en", "zh")], indirect=True, ids="-".join
)


LOOK = """() => ['.megaroth-finding', '.megaroth-picture img', '.megaroth-table-place'].map((name) => {
  const e = document.querySelector(name); return e ? e.src || e.innerText : ''; })"""


def _look(opened: Opened) -> list[str]:
    """Sentence, first picture and table."""
    return opened.page.evaluate(LOOK)


@with_sliders
def test_a_slider_moved_by_keyboard(opened: Opened) -> None:
    """One press of an arrow changes sentence, chart and table; the next one brings them back; focus stays."""
    page, before = opened.page, _look(opened)
    handle = page.locator(".noUi-handle").first
    handle.focus()

    page.keyboard.press("ArrowLeft")

    page.wait_for_function(f"(old) => ({LOOK})().every((each, k) => each && each !== old[k])", arg=before)
    assert re.search(r"\b9\b", _look(opened)[0])
    assert handle.evaluate("e => e === document.activeElement")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(f"(old) => ({LOOK})().every((each, k) => each === old[k])", arg=before)
    _settled(opened)


@with_sliders
def test_a_fold_stays_open_while_its_content_changes(opened: Opened) -> None:
    """The working that is open is renewed at rest and not closed."""
    page = opened.page
    name = {"en": "Show the working", "zh": "显示计算过程"}[opened.code]
    opened.panel.locator("summary", has_text=name).click()
    working = opened.panel.locator(".megaroth-answer .megaroth-working:visible")
    before = working.inner_text()

    page.locator(".noUi-handle").first.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(
        "(old) => [...document.querySelectorAll('.megaroth-answer .megaroth-working')].some((e) => e.offsetParent && e.innerText !== old)",
        arg=before,
    )

    assert working.is_visible()
    page.keyboard.press("ArrowRight")
    opened.panel.locator("summary", has_text=name).click()
    assert working.count() == 0
    _settled(opened)


@with_sliders
def test_percent_typed_beside_a_slider(opened: Opened) -> None:
    """ "4%" in the read-out is four percent, not the slider's end."""
    readout = opened.page.locator(".widget-readout").nth(1)

    for typed in ("4%", "7"):
        readout.click()
        readout.fill(typed)
        readout.press("Enter")
        wanted = f"{float(typed.rstrip('%')):.1f}%"
        opened.page.wait_for_function(
            "(wanted) => document.querySelector('.megaroth-footer').innerText.includes(wanted)", arg=wanted
        )
        assert readout.inner_text() == wanted.rstrip("%")
    _settled(opened)


@with_sliders
def test_each_panel_follows_its_own_slider(opened: Opened) -> None:
    """A press in the second panel moves its sentence, picture, box and table; the first one stays as it is."""
    page, other = opened.page, opened.page.locator(".megaroth").nth(1)
    first, box = _look(opened), other.locator(".widget-text input").first
    before = other.locator(".megaroth-picture img").first.get_attribute("src")
    other.locator(".noUi-handle").focus()

    page.keyboard.press("ArrowRight")

    other.locator(".megaroth-finding", has_text="$26,000").wait_for()
    page.wait_for_function(
        "(old) => document.querySelectorAll('.megaroth')[1].querySelector('.megaroth-picture img').src !== old",
        arg=before,
    )
    assert box.input_value() == "26,000"
    assert _look(opened) == first
    page.keyboard.press("ArrowLeft")
    other.locator(".megaroth-finding", has_text="$25,000").wait_for()
    _settled(opened)


@with_sliders
def test_an_edge_chosen_from_the_list(opened: Opened) -> None:
    """The list shows what is chosen; an edge fills the amount; undo brings both back."""
    other = opened.page.locator(".megaroth").nth(1)
    edges, box = other.locator(".widget-dropdown select").nth(1), other.locator(".widget-text input").first
    shown = "e => e.selectedOptions[0].textContent.trim()"
    own = edges.evaluate(shown)
    assert own

    edges.select_option(index=2)

    opened.page.wait_for_function("(box) => box.value !== '25,000'", arg=box.element_handle())
    assert edges.evaluate(shown).endswith(box.input_value())
    other.locator(".megaroth-buttons button").first.click()
    opened.page.wait_for_function("(box) => box.value === '25,000'", arg=box.element_handle())
    assert edges.evaluate(shown) == own
    _settled(opened)


# --- from page to page ---


def test_links_carry_the_client(browser: Browser, app: App) -> None:
    """Choose a client, open a chapter, change the language, go back to the facts: always the same client."""
    opened = _open(browser, app.chapter("en", CHAPTERS[0]), "en", CHAPTERS[0])
    page = opened.page
    page.locator(".megaroth-chooser select").select_option(label=_label_of("Okafor", page))
    page.wait_for_function("document.querySelector('.megaroth-lines').innerText.includes('Okafor')")

    kernels = _kernels(app)
    page.locator(".megaroth-lines a").first.click()
    page.locator(".megaroth-finding", has_text="Okafor can add $26,000").wait_for(timeout=60_000)
    page.locator(".megaroth-facts a", has_text="中文").click()
    page.locator(".megaroth-finding", has_text="Okafor 可以存入 US$26,000").wait_for(timeout=60_000)
    page.locator(".megaroth-facts a", has_text="修改资料").click()
    page.locator(".megaroth-lines", has_text="Okafor").wait_for(timeout=60_000)

    assert page.url.startswith(app.address("voila/render/zh/00_start_here.ipynb"))
    assert opened.complaints == []
    assert _kernels(app) == kernels, "a page that is left stops its kernel"
    page.close()


def _kernels(app: App) -> int:
    with urllib.request.urlopen(app.address("api/kernels", token=app.token), timeout=20) as answer:
        return len(json.load(answer))


def _label_of(name: str, page: Page) -> str:
    labels = page.locator(".megaroth-chooser select option").all_inner_texts()
    return next(label for label in labels if label.strip().startswith(name))


def test_a_hostile_client_does_nothing(browser: Browser, app: App) -> None:
    """A name full of markup is shown as it is written, in the finding, the picture's words and the head."""
    app.clients.mkdir(exist_ok=True)
    mr.Client.load("lin").with_(name=HOSTILE).save(app.clients / "hostile.yaml")

    opened = _open(browser, app.chapter("zh", CHAPTERS[1], client="hostile"), "zh", CHAPTERS[1])

    assert HOSTILE in opened.main.inner_text()
    assert HOSTILE in opened.page.locator(".megaroth-facts").inner_text()
    assert HOSTILE in opened.page.locator(".megaroth-picture img").get_attribute("alt")
    assert opened.complaints == []
    opened.page.close()


# --- who may read, and whom we ask ---


@pytest.mark.parametrize(
    "path",
    [
        "", "lab", "lab/tree/en/00_start_here.ipynb", "tree", "voila/render/en/02_after_tax_space.ipynb", "voila",
        "api/contents", "api/contents/en/00_start_here.ipynb", "api/kernels", "api/sessions", "api/terminals",
        "files/en/00_start_here.ipynb", "nbconvert/html/en/00_start_here.ipynb",
    ],
)  # fmt: skip
@pytest.mark.parametrize("token", ["", "wrong"])
def test_nothing_is_read_without_the_token(app: App, path: str, token: str) -> None:
    """App, notebooks, files and kernels ask for the token first."""
    address = app.address(path, token=token) if token else app.address(path)

    status, ended_at, text = _fetched(address)

    assert status in (401, 403, 404) or (status == 200 and "/login" in ended_at)
    assert "megaroth.show" not in text


def _fetched(address: str) -> tuple[int, str, str]:
    """Status, where redirects ended, and what was sent."""
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.url, answer.read().decode("utf-8")
    except urllib.error.HTTPError as refused:
        return refused.code, address, refused.read().decode("utf-8", errors="replace")


def test_the_token_opens_it(app: App) -> None:
    """The same addresses answer with the token, so the test above tests something."""
    for path in ("api/contents", "api/kernels", "voila"):
        with urllib.request.urlopen(app.address(path, token=app.token), timeout=20) as answer:
            assert "/login" not in answer.url


def test_the_browser_asked_nobody_else(
    playwright: Playwright, chromium: str, app: App, tmp_path: Path
) -> None:
    """The browser's own net log of the app and of JupyterLab holds no address but this computer's."""
    log = tmp_path / "net.json"
    found = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, f"--log-net-log={log}"])
    opened = _open(found, app.chapter("zh", CHAPTERS[2]), "zh", CHAPTERS[2])
    opened.page.goto(app.address("lab/tree/zh/02_after_tax_space.ipynb", token=app.token), timeout=60_000)
    opened.page.locator(".jp-Notebook h1").wait_for(timeout=60_000)
    found.close()

    events = json.loads(log.read_text(encoding="utf-8"))["events"]
    asked = [
        event["params"]
        for event in events
        if "url" in event.get("params", {}) and "initiator" in event["params"]
    ]
    # What the browser asks for itself (updates, sign-in) has no initiator.
    ours = [each["url"] for each in asked if each["initiator"].startswith(app.address("").rstrip("/"))]
    assert len(ours) > 20
    assert [url for url in ours if not re.match(rf"(http|ws)://127\.0\.0\.1:{app.port}/", url)] == []
    assert opened.complaints == []
