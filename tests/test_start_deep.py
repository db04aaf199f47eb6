"""The door for real: an environment fetched, damaged, cut off, moved and opened; and the wheel."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.deep

ROOT = Path(__file__).parents[1]
PARTS = (
    "start.py", "requirements.lock", "pyproject.toml", "README.md", "LICENSE",
    "megaroth", "data", "notebooks",
)  # fmt: skip
NOWHERE = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
NO_NETWORK = (
    "The packages could not be fetched: check the internet connection or the proxy, then run this again.\n"
)


def copy(folder: Path) -> Path:
    """A checkout of its own."""
    folder.mkdir(parents=True)
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        else:
            shutil.copy(ROOT / part, folder)
    return folder


def door(folder: Path, *words: str, **environment: str) -> subprocess.Popen:
    """start.py in a checkout, by the Python that made this environment, in a process group of its own."""
    return subprocess.Popen(
        [sys._base_executable, "start.py", *words], cwd=folder, env=os.environ | environment,
        encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def said(process: subprocess.Popen) -> tuple[int, str, str]:
    """Status, what was told, and the sentence of a failure."""
    out, problem = process.communicate(timeout=900)
    return process.returncode, out, problem


def python(folder: Path) -> str:
    return str(folder / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))


def works(folder: Path) -> bool:
    """The environment imports what a chapter needs, and finds the package in this very folder."""
    code = (
        "import numpy, pandas, matplotlib, voila, megaroth as mr; mr.Client.load('lin'); print(mr.__file__)"
    )
    asked = subprocess.run(
        [python(folder), "-c", code], cwd=folder.parent, capture_output=True, encoding="utf-8"
    )
    return asked.stdout.strip() == str(folder / "megaroth" / "__init__.py")


def wait_for(done: Callable[[], object], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.1)


def outdate(folder: Path) -> Callable[[], object]:
    """Change the lock; what is returned puts it back."""
    lock = folder / "requirements.lock"
    before = lock.read_bytes()
    lock.write_bytes(before + b"# another lock\n")
    return lambda: lock.write_bytes(before)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One set-up from nothing, with an empty pip cache, in a folder with a space and Chinese in its name."""
    folder = copy(tmp_path_factory.mktemp("deep") / "有 空格" / "megaroth")
    cache = tmp_path_factory.mktemp("cache")

    status, out, problem = said(door(folder, "setup", PIP_CACHE_DIR=str(cache)))

    assert (status, problem) == (0, "")
    assert out.endswith("megaroth is set up. Open it with: python start.py\n")
    return folder


def test_a_set_up_leaves_the_environment_alone(house: Path) -> None:
    """Beside .venv nothing is left: no log, no old environment, no working copies."""
    assert {path.name for path in house.iterdir()} - set(PARTS) == {".venv"}
    assert not (house / ".venv" / "tmp").exists()
    assert works(house)


def test_a_second_run_needs_seconds_and_no_network(house: Path) -> None:
    """What stands is used as it is, offline."""
    began = time.monotonic()

    status, out, problem = said(door(house, "setup", **NOWHERE))

    assert (status, out, problem) == (0, "megaroth is set up. Open it with: python start.py\n", "")
    assert time.monotonic() - began < 5


def test_a_moved_folder_still_works(house: Path) -> None:
    """The folder may be taken elsewhere, offline."""
    elsewhere = house.parent / "moved"
    house.rename(elsewhere)
    try:
        status, _, _ = said(door(elsewhere, "setup", **NOWHERE))

        assert status == 0
        assert works(elsewhere)
    finally:
        elsewhere.rename(house)


def test_without_a_network_the_old_environment_survives(house: Path) -> None:
    """An outdated environment that cannot be renewed is said in a sentence, and stands as before."""
    put_back = outdate(house)
    try:
        status, _, problem = said(door(house, "setup", **NOWHERE))
    finally:
        put_back()

    assert (status, problem) == (1, NO_NETWORK)
    assert works(house)
    assert said(door(house, "setup", **NOWHERE))[0] == 0


if os.name != "nt":  # Windows knows neither of these two signals

    @pytest.mark.parametrize("seconds", [0.5, 4, 12])
    def test_killed_in_the_middle_the_old_environment_comes_back(house: Path, seconds: float) -> None:
        """After a kill that nothing can catch, the next run puts back what stood, offline."""
        put_back = outdate(house)
        killed = door(house, "setup")
        wait_for((house / ".venv.old").exists, 20)
        time.sleep(seconds)
        killed.kill()
        said(killed)
        put_back()

        status, _, problem = said(door(house, "setup", **NOWHERE))

        assert (status, problem) == (0, "")
        assert works(house)
        assert not (house / ".venv.old").exists()

    def test_ctrl_c_in_the_middle_puts_the_old_environment_back(house: Path) -> None:
        """Ctrl-C ends a set-up in a sentence, with the old environment in its place."""
        put_back = outdate(house)
        before = signal.signal(
            signal.SIGINT, signal.default_int_handler
        )  # a shell's background job ignores it
        stopped = door(house, "setup")
        signal.signal(signal.SIGINT, before)
        wait_for((house / ".venv.old").exists, 20)
        time.sleep(3)

        os.killpg(stopped.pid, signal.SIGINT)
        status, _, problem = said(stopped)
        put_back()

        assert (status, problem) == (130, "Stopped; nothing is broken, run this again to go on.\n")
        assert works(house)


def test_a_deleted_package_is_fetched_again(house: Path) -> None:
    """Half an environment is noticed and made whole."""
    shutil.rmtree(next((house / ".venv").rglob("site-packages/numpy")))

    status, _, problem = said(door(house, "setup"))

    assert (status, problem) == (0, "")
    assert works(house)


@pytest.mark.parametrize("word", ["app", "lab"])
def test_the_door_opens_a_server_and_closes_it(house: Path, word: str) -> None:
    """The server answers on the port asked for, and ends with the door."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    opened = door(house, word, "--no-browser", "--port", str(port))
    address = f"http://127.0.0.1:{port}/api"

    def answers() -> bool:
        try:
            return b"version" in urllib.request.urlopen(address, timeout=5).read()
        except OSError:
            assert opened.poll() is None, said(opened)
            return False

    wait_for(answers, 120)
    opened.terminate()
    said(opened)

    with socket.create_server(("127.0.0.1", port)):
        pass


FROM_THE_WHEEL = """
import megaroth as mr
from megaroth.show.language import language
from megaroth.show.server import notebooks_folder
assert "fresh" in mr.__file__, mr.__file__
assert mr.after_tax_space(mr.Client.load("lin"), 2026).space == 37_500
assert mr.load_law(2026).source("annual_additions")
assert "已公布" in language("zh").year(2026, projected=False)
assert (notebooks_folder() / "zh" / "00_start_here.ipynb").is_file()
"""


def test_the_wheel_works_where_there_is_no_checkout(house: Path, tmp_path: Path) -> None:
    """Built and installed elsewhere, it brings law, clients, chapters, both languages and its templates."""
    source = copy(tmp_path / "source")
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    run(python(house), *pip, "wheel", "--no-deps", "-w", "dist", "./source", cwd=tmp_path)
    run(sys._base_executable, "-m", "venv", "fresh", cwd=tmp_path)
    fresh_python = str(tmp_path / "fresh" / Path(python(house)).relative_to(house / ".venv"))
    (wheel,) = (tmp_path / "dist").glob("megaroth-*.whl")

    run(fresh_python, *pip, "install", "--no-deps", str(wheel), cwd=tmp_path)

    site = next((tmp_path / "fresh").rglob("site-packages"))
    assert carried(source) - {path.relative_to(site).as_posix() for path in site.rglob("*")} == set()
    # Its dependencies are those of the house; only the package itself comes from the wheel.
    packages = next((house / ".venv").rglob("site-packages"))
    (site / "dependencies.pth").write_text(f"{packages}\n", encoding="utf-8")
    shutil.rmtree(source)
    run(fresh_python, "-c", FROM_THE_WHEEL, cwd=tmp_path)


def carried(source: Path) -> set[str]:
    """What the wheel must hold of a checkout, by its place in there."""
    found = set()
    for folder, place in (
        ("megaroth", "megaroth"),
        ("data", "megaroth/data"),
        ("notebooks", "megaroth/notebooks"),
    ):
        files = [path for path in (source / folder).rglob("*") if path.is_file() and path.suffix != ".po"]
        found |= {f"{place}/{path.relative_to(source / folder).as_posix()}" for path in files}
    return found


def run(*command: str, cwd: Path) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
