"""Who may read what the app's server has, from where, and whom its pages ask: this computer alone, with the token."""

import http.client
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPMessage
from pathlib import Path
from urllib.parse import quote

import psutil
import pytest
from playwright.sync_api import Browser
from tornado.web import HTTPError

import megaroth as mr
from megaroth.show.notebook_files import NotebookFiles
from megaroth.show.server import notebooks_folder
from tests.browsing import FLAGS, PAGE_TIME, App, open_chapter

SPACE = "02_after_tax_space"
HOSTILE = "<img src=x onerror=alert(1)>{name}"
SECRET = "a client's private name"
STRANGER = "evil.example"


@dataclass(frozen=True)
class Answer:
    """What the server sent."""

    status: int
    text: str
    headers: HTTPMessage

    @property
    def refused(self) -> bool:
        """Not readable: forbidden, not there, or sent to the page that asks for the token."""
        return self.status in (400, 403, 404, 405) or (
            self.status == 302 and self.headers["Location"].startswith("/login")
        )


def _ask(app: App, path: str, method: str = "GET", **headers: str) -> Answer:
    """One request, sent as it is written, followed nowhere; names of headers have _ for -."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=60)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = "{}" if method == "POST" else None
    try:
        connection.request(method, f"/{path}", body=body, headers=named)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", errors="replace") if answer.status != 101 else ""
    finally:
        connection.close()
    return Answer(answer.status, text, answer.headers)


def _with_token(app: App, path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}token={app.token}"


# --- from where ---


def test_it_listens_on_this_computer_alone(app: App) -> None:
    """Every port of the server and of its kernels is one of the loopback address."""
    server = psutil.Process(app.process.pid)
    listening = [
        each.laddr.ip
        for process in (server, *server.children(recursive=True))
        for each in process.net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    ]

    assert listening
    assert set(listening) == {"127.0.0.1"}


@pytest.mark.parametrize(
    "path", ["api/contents", "api/kernels", f"voila/render/en/{SPACE}.ipynb", "lab", "api/kernels/x/channels"]
)
def test_a_strangers_name_for_this_computer_is_refused(app: App, path: str) -> None:
    """A site that lets its own name point here (DNS rebinding) is refused, the token known or not."""
    assert _ask(app, _with_token(app, path), Host=f"{STRANGER}:{app.port}").status == 403


@pytest.fixture(scope="module")
def signed_in(app: App) -> str:
    """The cookie of a browser that has opened the app."""
    answer = _ask(app, _with_token(app, "lab"))
    cookies = (cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie"))
    return next(cookie for cookie in cookies if cookie.startswith("username-"))


def test_a_page_of_another_site_can_do_nothing(app: App, signed_in: str) -> None:
    """The browser sends our cookie along for any site; without our own page's mark it starts and changes nothing."""
    cookie = {"Cookie": signed_in}
    assert _ask(app, "api/kernels", **cookie).status == 200

    assert _ask(app, "api/kernels", "POST", **cookie).status == 403
    assert _ask(app, "api/kernels", "POST", Origin=f"http://{STRANGER}", **cookie).refused
    assert _ask(app, "api/contents", "POST", Referer=f"http://{STRANGER}/", **cookie).refused
    assert _ask(app, "api/contents", Origin=f"http://{STRANGER}", **cookie).refused
    assert (
        "access-control-allow-origin" not in _ask(app, "lab", Origin=f"http://{STRANGER}", **cookie).headers
    )


def test_a_socket_of_another_site_is_refused(app: App, signed_in: str) -> None:
    """A kernel's channels open for our own page and for no other."""
    cookie = {"Cookie": signed_in}
    kernel = json.loads(_ask(app, _with_token(app, "api/kernels"), "POST").text)["id"]
    upgrade = {
        "Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==", **cookie,
    }  # fmt: skip
    channels = f"api/kernels/{kernel}/channels"

    assert _ask(app, channels, **upgrade, Origin=f"http://127.0.0.1:{app.port}").status == 101
    assert _ask(app, channels, **upgrade, Origin=f"http://{STRANGER}").status == 403
    upgrade.pop("Cookie")
    assert _ask(app, channels, **upgrade, Origin=f"http://127.0.0.1:{app.port}").status == 403
    assert _ask(app, _with_token(app, f"api/kernels/{kernel}"), "DELETE").status == 204


# --- with which key ---


@pytest.mark.parametrize(
    "path",
    [
        "", "lab", "lab/tree/en/00_start_here.ipynb", "lab/api/settings", "tree", f"voila/render/en/{SPACE}.ipynb",
        "voila", "voila/tree", "voila/api/contents", "voila/files/en/00_start_here.ipynb", "voila/files/picture.png",
        "api/contents", "api/contents/en/00_start_here.ipynb", "api/kernels", "api/sessions", "api/terminals",
        "api/status", "api/config/notebook", "files/en/00_start_here.ipynb", "metrics", "view/en/00_start_here.ipynb",
        "nbconvert/html/en/00_start_here.ipynb", "megaroth/fonts/NotoSansCJKsc-Regular.otf",
    ],
)  # fmt: skip
@pytest.mark.parametrize("token", ["", "wrong"])
def test_nothing_is_read_without_the_token(app: App, path: str, token: str) -> None:
    """App, notebooks, files and kernels ask for the token first."""
    answer = _ask(app, f"{path}?token={token}" if token else path)

    if path == "" and answer.status == 302:  # to the first chapter, which asks
        answer = _ask(app, answer.headers["Location"].lstrip("/"))
    assert answer.refused
    assert "megaroth.show" not in answer.text


@pytest.mark.parametrize(
    "path", ["login", "custom/custom.css", "static/lab/index.html", "voila/templates/base/static/voila.js"]
)
def test_what_stands_open_is_program_text(app: App, path: str) -> None:
    """The page that asks for the token, its dress and the scripts of Jupyter and Voilà: nothing of a person's."""
    answer = _ask(app, path)

    assert answer.status == 200
    assert not re.search(r"lin\.yaml|\$[\d,]{6,}|ipynb_checkpoints", answer.text)


def test_the_token_opens_it(app: App) -> None:
    """The same addresses answer with the token, so the tests of refusal test something."""
    for path in ("api/contents", "api/kernels", "voila", "files/en/00_start_here.ipynb", "api/status"):
        assert _ask(app, _with_token(app, path)).status == 200


# --- which files ---


def _ways_out(root: Path, target: Path) -> Iterator[str]:
    """Addresses that would lead from the notebooks' folder to another file, if any did."""
    steps, whole = os.path.relpath(target, root).replace(os.sep, "/"), target.as_posix()
    for door in ("files", "view", "api/contents", "voila/files", "voila/render", "voila/static", "voila/tree",
                 "voila/templates/megaroth/static", "voila/templates/base/static", "voila/api/contents", "custom", "static",
                 "nbconvert/html", "megaroth/fonts", "lab/api/themes", "voila/api/themes"):  # fmt: skip
        yield f"{door}/{quote(steps)}"
        yield f"{door}/{quote(steps, safe='').replace('.', '%2e')}"
        yield f"{door}/en/../{quote(steps)}"
        yield f"{door}/{quote(steps).replace('/', '%5c')}"
        yield f"{door}/{quote(whole)}"
        yield f"{door}/{quote(whole, safe='')}"


def test_no_file_outside_the_notebooks_is_read(app: App) -> None:
    """With the token too, no way of writing an address leads to an advisor's client or to the program's own files."""
    app.clients.mkdir(exist_ok=True)
    client = app.clients / "private.yaml"
    mr.Client.load("lin").with_(name=SECRET).save(client)
    readme = notebooks_folder().parent / "README.md"

    answers = {
        way: _ask(app, _with_token(app, way))
        for target in (client, readme, Path("/etc/passwd"))
        for way in _ways_out(notebooks_folder(), target)
    }

    leaked = [
        way for way, answer in answers.items() if re.search(rf"{SECRET}|start\.py|root:x:", answer.text)
    ]
    assert leaked == []
    assert [way for way, answer in answers.items() if answer.status in (200, 206)] == []


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """A link that somebody put among the notebooks leads nowhere; a notebook is found."""
    outside, root = tmp_path / "outside", tmp_path / "notebooks"
    for folder in (outside, root):
        folder.mkdir()
        (folder / "a.txt").write_text(folder.name, encoding="utf-8")
    (root / "link").symlink_to(outside, target_is_directory=True)
    files = NotebookFiles(root_dir=str(root))

    assert files._get_os_path("a.txt") == str(root / "a.txt")
    with pytest.raises(HTTPError, match="outside"):
        files._get_os_path("link/a.txt")


def test_the_address_chooses_no_other_page(app: App) -> None:
    """?template= and ?theme= of Voilà, which could show code or ask public servers, do nothing."""
    text = _ask(app, _with_token(app, f"voila/render/en/{SPACE}.ipynb?template=classic&theme=dark")).text

    assert "megaroth-stopped" in text
    assert not re.search(r"import\(\s*[\"']https?:|<(script|link)[^>]*https?://|@import", text)


# --- what a page shows and whom it asks ---


def test_a_hostile_client_does_nothing(browser: Browser, app: App) -> None:
    """A name full of markup is shown as it is written, in the finding, the picture's words and the head."""
    app.clients.mkdir(exist_ok=True)
    mr.Client.load("lin").with_(name=HOSTILE).save(app.clients / "hostile.yaml")

    opened = open_chapter(browser, app, "zh", SPACE, client="hostile")

    assert HOSTILE in opened.main.inner_text()
    assert HOSTILE in opened.page.locator(".megaroth-facts").first.inner_text()
    assert HOSTILE in opened.page.locator(".megaroth-picture img").first.get_attribute("alt")
    assert (opened.complaints, opened.questions) == ([], [])
    opened.page.close()


@pytest.mark.parametrize("client", [HOSTILE, "../../data/clients/lin"])
def test_a_hostile_address_opens_the_example(browser: Browser, app: App, client: str) -> None:
    """What the address asks for is read as text: no path, no markup; the page says what it shows instead."""
    opened = open_chapter(browser, app, "en", SPACE, client=quote(client, safe=""))

    said = opened.page.locator(".megaroth-caution").first.inner_text()
    assert "Client must be one of" in said
    assert client[:20] in said
    assert "Lin can " in opened.main.inner_text()
    assert (opened.complaints, opened.questions) == ([], [])
    opened.page.close()


def test_the_browser_asked_nobody_else(chromium: str, app: App, browser: Browser, tmp_path: Path) -> None:
    """The browser's own net log of the app and of JupyterLab holds no address but this computer's."""
    log = tmp_path / "net.json"
    found = browser.browser_type.launch(executable_path=chromium, args=[*FLAGS, f"--log-net-log={log}"])
    opened = open_chapter(found, app, "zh", SPACE)
    opened.page.goto(app.address("lab/tree/zh/02_after_tax_space.ipynb", token=app.token), timeout=PAGE_TIME)
    opened.page.locator(".jp-Notebook h1").wait_for(timeout=PAGE_TIME)
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
    assert [url for url in ours if not re.match(app.own, url)] == []
    assert opened.complaints == []
