"""How the app feels in a real browser: from a key to the new picture on the screen, and from a click to a chapter in use."""

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks.measure import Measured
from tests.__main__ import NO_BROWSER, find_browser
from tests.browsing import CHAPTERS, FLAGS, PAGE_TIME, App, Opened, open_chapter, running_app

PRESSES = 100
ALLOWED = 0.120  # seconds from key to picture, for 95 presses of 100
COLD, NEXT = 6.0, 4.0  # seconds from click to a chapter in use
PATIENCE = 3_000  # milliseconds after which a press counts as not drawn
# Notes when a key goes down, and when a new first picture of that panel has been painted: its bytes differ, they are
# decoded, and the frame that shows them has begun and ended.
WATCH = """(number) => {
  const panel = document.querySelectorAll('.megaroth')[number];
  const picture = () => panel.querySelector('.megaroth-picture img')?.src;
  let shown = picture();
  window.drawn = [];
  document.addEventListener('keydown', () => { window.pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const now = picture();
    if (!now || now === shown) { return; }
    shown = now;
    panel.querySelector('.megaroth-picture img').decode().then(() => requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => window.drawn.push(performance.now() - window.pressed);
      channel.port2.postMessage(0);
    }));
  }).observe(panel, { childList: true, subtree: true, attributes: true, attributeFilter: ['src'] });
}"""


def measured() -> Iterator[Measured]:
    program = find_browser()
    if program is None:
        print(NO_BROWSER)
        return
    from playwright.sync_api import sync_playwright

    with (
        tempfile.TemporaryDirectory() as folder,
        running_app(Path(folder)) as app,
        sync_playwright() as started,
    ):
        browser = started.chromium.launch(executable_path=program, args=FLAGS)
        yield from _loads(browser, app)
        for what, chapter, press, panel in (
            ("slider of the wait (04)", "04_late_or_prompt", _slides("wait", 0), 0),
            ("slider of the return (04)", "04_late_or_prompt", _slides("annual_return", 0), 0),
            ("slider of the amount converted (04)", "04_late_or_prompt", _slides("amount", 2), 2),
            ("slider of the return (03)", "03_growth", _slides("annual_return", 0), 0),
            ("slider of the wait (09, question 4)", "09_client_meeting", _slides("wait", 0, question=3), 0),
            ("slider of the return (09, question 3)", "09_client_meeting", _slides("annual_return", 0, question=2), 0),
            ("typed employer contribution (02)", "02_after_tax_space", _typed, 0),
        ):  # fmt: skip
            opened = open_chapter(browser, app, "en", chapter)
            opened.page.wait_for_timeout(1_000)
            yield _row(what, np.array(press(opened, panel)))
            opened.page.close()
        browser.close()


def _row(what: str, taken: np.ndarray) -> Measured:
    """95 of 100 presses under the limit, and each one drawn."""
    drawn = taken[np.isfinite(taken)] / 1_000
    high = float(np.quantile(drawn, 0.95)) if len(drawn) else np.inf
    found = f"95th {1_000 * high:,.0f} ms, median {1_000 * np.median(drawn):,.0f} ms, {len(drawn)} of {len(taken)} drawn"
    ratio = ALLOWED / high if len(drawn) == len(taken) else 0.0
    return Measured(f"key to picture, {what}", f"95th under {1_000 * ALLOWED:,.0f} ms", found, ratio)


def _slides(name: str, panel: int, question: int | None = None) -> Callable[[Opened, int], list[float]]:
    """Presses of the arrow keys on a slider, to and fro, a few steps each way."""

    def press(opened: Opened, number: int) -> list[float]:
        if question is not None:
            opened.page.locator(".megaroth-rail button").nth(question).click()
            opened.page.locator(".megaroth-picture img").first.wait_for()
            opened.settled()
        opened.page.evaluate(WATCH, number)
        handle = opened.slider(name, panel)
        handle.focus()
        keys = (["ArrowLeft"] * 4 + ["ArrowRight"] * 4) * PRESSES
        return [_drawn(opened, lambda key=key: opened.page.keyboard.press(key)) for key in keys[:PRESSES]]

    return press


def _typed(opened: Opened, number: int) -> list[float]:
    """Enter after an amount was typed into a box."""
    opened.page.evaluate(WATCH, number)
    box, taken = opened.control("employer_contribution"), []
    for k in range(PRESSES):
        box.fill(str(10_000 + 100 * (k % 7 + 1)))
        taken.append(_drawn(opened, lambda: box.press("Enter")))
    return taken


def _drawn(opened: Opened, press: Callable[[], None]) -> float:
    """Milliseconds from the key to the picture; not a number when none came."""
    from playwright.sync_api import TimeoutError

    opened.page.evaluate("window.drawn = []")
    press()
    try:
        opened.page.wait_for_function("window.drawn.length > 0", timeout=PATIENCE, polling=10)
    except TimeoutError:
        return np.nan
    return opened.page.evaluate("window.drawn[0]")


def _loads(browser: object, app: App) -> Iterator[Measured]:
    """The first chapter after the server has come up, then each of the others, one after the other."""
    taken = {}
    for chapter in CHAPTERS:
        page = browser.new_page()
        start = time.perf_counter()
        page.goto(app.chapter("en", chapter), wait_until="commit", timeout=PAGE_TIME)
        page.locator(".megaroth-finding, .megaroth-lines a").first.wait_for(timeout=PAGE_TIME)
        taken[chapter] = time.perf_counter() - start
        page.close()
    first, *others = taken
    cold = f"{taken[first]:.1f} s ({first})"
    yield Measured("click to chapter in use, cold", f"under {COLD:.0f} s", cold, COLD / taken[first])
    slowest = max(others, key=taken.get)
    middle = float(np.median([taken[chapter] for chapter in others]))
    found = f"median {middle:.1f} s, slowest {taken[slowest]:.1f} s ({slowest})"
    yield Measured(
        "click to chapter in use, the next ones", f"each under {NEXT:.0f} s", found, NEXT / taken[slowest]
    )
