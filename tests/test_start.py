"""The door: its promises on set-up, ports and old Pythons, without a network (test_start_deep.py has one)."""

import ast
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import start
from tests import __main__ as checks

ROOT = Path(__file__).parents[1]
SOURCE = (ROOT / "start.py").read_text(encoding="utf-8")


def fill(folder: str, content: str) -> None:
    """What a real set-up leaves: a Python, packages, and the stamp last."""
    python = Path(start._python())
    python.parent.mkdir(parents=True)
    python.write_text("")
    package = Path(folder, "lib", "package")
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(content)
    (package / "__init__.cpython-311.pyc").write_text("")


def content(folder: str) -> str:
    return Path(folder, "lib", "package", "__init__.py").read_text()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of its own, whose set-up writes a few files instead of fetching packages."""
    folder = tmp_path / "有 空格"
    folder.mkdir()
    shutil.copy(ROOT / "start.py", folder)
    (folder / "requirements.lock").write_text("package==1\n")
    monkeypatch.setattr(start, "ROOT", str(folder))
    monkeypatch.setattr(start, "VENV", str(folder / ".venv"))
    monkeypatch.setattr(start, "OLD_VENV", str(folder / ".venv.old"))
    monkeypatch.setattr(start, "LOG", str(folder / "setup.log"))
    monkeypatch.setattr(start, "_make", make)
    return folder


def make() -> None:
    fill(start.VENV, "new")
    start._write_stamp()


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """A set-up that gets half-way."""

    def half_way() -> None:
        fill(start.VENV, "half-made")
        raise error

    monkeypatch.setattr(start, "_make", half_way)


def must_not_run(*_: object, **__: object) -> None:
    raise AssertionError("nothing was to be done here")


# --- an environment that stands ---


def test_what_stands_is_left_alone(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run fetches nothing and writes nothing."""
    start.set_up()
    monkeypatch.setattr(start, "_make", must_not_run)
    monkeypatch.setattr(start, "_remove", must_not_run)

    start.set_up()

    assert start._is_current()


@pytest.mark.parametrize(
    "damage",
    [
        lambda: os.remove(os.path.join(start.VENV, start.STAMP)),
        lambda: Path(start.VENV, start.STAMP).write_text("{"),
        lambda: Path(start.VENV, start.STAMP).write_text("[1]"),
        lambda: os.remove(os.path.join(start.VENV, "lib", "package", "__init__.py")),
        lambda: shutil.rmtree(os.path.join(start.VENV, "lib")),
        lambda: os.remove(start._python()),
        lambda: Path(start.ROOT, "requirements.lock").write_text("package==2\n"),
    ],
    ids=["no stamp", "cut stamp", "strange stamp", "no module", "no package", "no Python", "other lock"],
)
def test_damage_is_seen_and_mended(house: Path, damage: object) -> None:
    """A half-made, damaged or outdated environment is made again."""
    start.set_up()
    damage()

    assert not start._is_current()
    start.set_up()

    assert start._is_current()
    assert not os.path.exists(start.OLD_VENV)


@pytest.mark.parametrize(
    ("name", "value"),
    [("_base_executable", "gone"), ("implementation", SimpleNamespace(cache_tag="cpython-399"))],
)
def test_another_python_makes_its_own_environment(
    house: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: object
) -> None:
    """An environment of a Python that is gone, or of another version, does not count."""
    with monkeypatch.context() as other:
        other.setattr(sys, name, value)
        start.set_up()

    assert not start._is_current()


def test_line_ends_and_bytecode_do_not_count(house: Path) -> None:
    """A Windows checkout has the same lock, and compiled files come and go."""
    start.set_up()
    (house / "requirements.lock").write_bytes(b"package==1\r\n")
    os.remove(os.path.join(start.VENV, "lib", "package", "__init__.cpython-311.pyc"))

    assert start._is_current()


def test_more_packages_do_not_count(house: Path) -> None:
    """The packages of the long checks may stand beside the lock's."""
    start.set_up()

    Path(start.VENV, "lib", "more.py").write_text("")

    assert start._is_current()


# --- a set-up that fails ---

FAILURES = [
    (start.SetUpError("No internet."), start.SetUpError, "No internet."),
    (OSError(28, "No space left on device"), start.SetUpError, "disk is too full"),
    (PermissionError(13, "Permission denied"), start.SetUpError, "cannot be written"),
    (OSError(30, "Read-only file system"), start.SetUpError, "cannot be written"),
    (OSError(5, "Input/output error"), start.SetUpError, "setup.log says why"),
    (KeyboardInterrupt(), KeyboardInterrupt, None),
]


@pytest.mark.parametrize(("error", "kind", "sentence"), FAILURES)
def test_the_old_environment_survives(
    house: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, kind: type, sentence: str | None
) -> None:
    """Whatever stops a set-up, the environment that stood before stands again, and one sentence says why."""
    fill(start.VENV, "old")
    start._write_stamp()
    (house / "requirements.lock").write_text("package==2\n")
    fail_with(monkeypatch, error)

    with pytest.raises(kind, match=sentence) as problem:
        start.set_up()

    assert content(start.VENV) == "old"
    assert start._has_stamp(start.VENV)
    assert not os.path.exists(start.OLD_VENV)
    assert str(problem.value).count("\n") == 0


def test_a_failed_first_set_up_leaves_nothing(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half an environment is not kept."""
    fail_with(monkeypatch, start.SetUpError("No internet."))

    with pytest.raises(start.SetUpError):
        start.set_up()

    assert sorted(os.listdir(house)) == ["requirements.lock", "start.py"]


def test_a_small_disk_is_refused_before_anything_moves(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too little space is said at once, before the old environment is touched."""
    fill(start.VENV, "old")
    monkeypatch.setattr(start, "_make", must_not_run)
    monkeypatch.setattr(start, "_rename", must_not_run)
    monkeypatch.setattr(
        shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(2e9, 1e9, start.SPACE_NEEDED - 1)
    )

    with pytest.raises(start.SetUpError, match="disk is too full"):
        start.set_up()

    assert content(start.VENV) == "old"


def test_killed_between_the_renames(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With .venv moved aside and nothing in its place, the old one comes back, offline too."""
    fill(start.VENV, "old")
    start._write_stamp()
    os.rename(start.VENV, start.OLD_VENV)
    monkeypatch.setattr(start, "_make", must_not_run)

    start.set_up()

    assert content(start.VENV) == "old"
    assert not os.path.exists(start.OLD_VENV)


def test_killed_in_the_middle(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a half-made .venv the old one comes back, and serves until a set-up succeeds."""
    fill(start.VENV, "old")
    start._write_stamp()
    os.rename(start.VENV, start.OLD_VENV)
    fill(start.VENV, "half-made")
    monkeypatch.setattr(start, "_make", must_not_run)

    start.set_up()

    assert content(start.VENV) == "old"


def test_killed_at_the_end(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With both there and the new one stamped, the new one counts and the old one goes."""
    fill(start.VENV, "old")
    start._write_stamp()
    os.rename(start.VENV, start.OLD_VENV)
    make()
    monkeypatch.setattr(start, "_make", must_not_run)

    start.set_up()

    assert content(start.VENV) == "new"
    assert not os.path.exists(start.OLD_VENV)


def test_a_half_removed_environment_is_never_whole(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed while an environment is removed, no stamp is left to vouch for the rest."""
    start.set_up()
    monkeypatch.setattr(shutil, "rmtree", must_not_run)

    with pytest.raises(AssertionError):
        start._remove(start.VENV)

    assert not start._has_stamp(start.VENV)


def test_two_set_ups_at_once(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second window is told to wait, and may go on when the first is done."""
    with start._alone(), pytest.raises(start.SetUpError, match="another window"):
        start.set_up()

    start.set_up()

    assert start._is_current()


# --- what a failed step says ---

FAILED = "ERROR: Could not install packages due to an OSError: "
NOT_FOUND = "ERROR: No matching distribution found for numpy==2.5.5"
SAID = {
    FAILED + "[Errno 28] No space left on device": "disk is too full",
    "The virtual environment was not created successfully because ensurepip is not available.": "install "
    "python3-venv",
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError('Failed to establish "
    "a new connection: [Errno 13] Permission denied')'\n" + NOT_FOUND: "internet connection",
    "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.": "arrived damaged",
    NOT_FOUND: "no ready-made packages for this Python",
    FAILED + "[Errno 13] Permission denied: 'x'": "cannot be written",
    FAILED
    + "[Errno 2] No such file or directory\nHINT: This error might have occurred since this system does not "
    "have Windows Long Path support enabled.": "path is too long",
    "ERROR: something new": "setup.log says why",
}


@pytest.mark.parametrize(("said", "sentence"), SAID.items())
def test_each_failure_has_its_sentence(house: Path, said: str, sentence: str) -> None:
    """What pip and venv say in a page is told in a line; only what is unknown goes to setup.log."""
    told = start._sentence(said)

    assert sentence in told
    assert "\n" not in told
    assert (house / "setup.log").exists() == (told == start.UNKNOWN)


def test_a_failed_step_is_written_down(house: Path) -> None:
    """A step that fails for a reason of its own leaves all it said in setup.log."""
    with pytest.raises(start.SetUpError, match=r"setup\.log"):
        start._step(sys.executable, "no_such_module")

    assert "no_such_module" in (house / "setup.log").read_text(encoding="utf-8")


def test_a_step_sees_none_of_the_readers_packages(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python settings of the reader bring no other packages into the set-up."""
    (house / "theirs.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(house))

    with pytest.raises(start.SetUpError):
        start._step(sys.executable, "theirs")


def test_working_copies_lie_inside_the_environment(house: Path) -> None:
    """pip unpacks on the disk that was checked for space, not on a small one for temporary files."""
    os.makedirs(start._scratch())

    environment = start._environment()

    places = {environment[name] for name in ("TMPDIR", "TEMP", "TMP")}
    assert places == {os.path.join(start.VENV, "tmp")}


def test_the_package_is_found_after_a_move(house: Path) -> None:
    """The line that puts the checkout on the path holds wherever the folder is taken."""
    make()
    site = Path(start.sysconfig.get_path("purelib", "venv", vars={"base": start.VENV}))
    site.mkdir(parents=True, exist_ok=True)

    start._put_on_path()

    line = (site / "megaroth-checkout.pth").read_text(encoding="utf-8").strip()
    assert (site / line).resolve() == house
    assert not os.path.isabs(line)


if os.name != "nt":  # on Windows closing the window ends both

    def test_a_step_ends_when_the_door_is_killed(tmp_path: Path) -> None:
        """After a kill that no one can catch, no pip goes on writing into the environment."""
        beats = tmp_path / "beats"
        beat = f"import time; time.sleep(0.05); open({str(beats)!r}, 'a').write('x')"
        code = f"import sys, start; start._step(sys.executable, 'timeit', '-n200', '-r1', {beat!r})"
        door = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
        wait_for(beats.exists)

        door.kill()
        door.wait()
        time.sleep(0.5)
        last = beats.stat().st_size
        time.sleep(0.3)

        assert beats.stat().st_size == last


def wait_for(done: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


# --- ports ---


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("asked", ["80", "65536", "-1", "8.5", "abc", "", "²", "1e4"])
def test_an_impossible_port_is_refused_at_once(
    asked: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port no one can have is refused in a sentence, before minutes of set-up."""
    monkeypatch.setattr(start, "set_up", must_not_run)

    status = start.main(["--port", asked] if asked != "-1" else ["--port=-1"])

    assert status == 1
    assert capsys.readouterr().err == f"The port must be a number from 1024 to 65535; you entered {asked}.\n"


def test_a_taken_port_is_refused_at_once(
    taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A port in use is named, with what to do."""
    monkeypatch.setattr(start, "set_up", must_not_run)

    status = start.main(["lab", "--port", str(taken_port)])

    assert status == 1
    said = capsys.readouterr().err
    assert said == f"Port {taken_port} is in use: choose another with --port, or leave it out.\n"


def test_without_a_port_the_next_free_one_serves(
    taken_port: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """When the usual port is in use the app opens on another, and says so."""
    monkeypatch.setattr(start, "FIRST_PORT", taken_port)

    port = start._port(None)

    assert taken_port < port < taken_port + 100
    assert f"Port {taken_port} is in use" in capsys.readouterr().out


def test_no_port_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a hundred ports in use the reader is asked for one."""
    monkeypatch.setattr(start, "_is_free", lambda port: False)

    with pytest.raises(start.SetUpError, match="name one with --port"):
        start._port(None)


# --- the commands ---


@pytest.mark.parametrize(
    ("words", "run"),
    [
        ([], ["-m", "megaroth.show.server", "--port", "8888"]),
        (["app", "--no-browser"], ["-m", "megaroth.show.server", "--port", "8888", "--no-browser"]),
        (["lab", "--port", "9000"], ["-m", "megaroth.show.server", "--port", "9000", "--lab"]),
        (["test"], ["-m", "tests"]),
        (["test", "--deep"], ["-m", "tests", "--deep"]),
        (["bench"], ["-m", "benchmarks"]),
    ],
)
def test_each_word_opens_its_door(words: list[str], run: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """app, lab, test and bench run their module in the environment, and its status is the door's."""
    asked = []
    monkeypatch.setattr(start, "set_up", lambda: None)
    monkeypatch.setattr(start, "_is_free", lambda port: True)
    monkeypatch.setattr(start, "_install", lambda lock: asked.append(lock))
    monkeypatch.setattr(start, "_run", lambda *arguments: asked.append(list(arguments)) or 7)

    status = start.main(words)

    deep = ["requirements-deep.txt"] if words in (["test", "--deep"], ["bench"]) else []
    assert asked == [*deep, run]
    assert status == 7


def test_setup_stops_after_the_set_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`setup` opens nothing and says what to do next."""
    monkeypatch.setattr(start, "set_up", lambda: None)
    monkeypatch.setattr(start, "_run", must_not_run)

    assert start.main(["setup"]) == 0
    assert "python start.py" in capsys.readouterr().out


def test_ctrl_c_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Ctrl-C in a set-up ends it in a sentence, not in a traceback."""

    def stopped() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "set_up", stopped)

    assert start.main(["setup"]) == 130
    assert capsys.readouterr().err == "Stopped; nothing is broken, run this again to go on.\n"


# --- the tests' browser ---


def test_a_named_browser_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """MEGAROTH_CHROMIUM decides; a name that leads nowhere is not replaced by a guess."""
    browser = tmp_path / "chromium"
    monkeypatch.setenv("MEGAROTH_CHROMIUM", str(browser))

    before = checks.find_browser()
    browser.write_text("")

    assert before is None
    assert checks.find_browser() == str(browser)


def test_without_a_browser_the_tests_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no browser can be had, one sentence says what to install and nothing passes unseen."""
    monkeypatch.setattr(checks, "find_browser", lambda: None)
    monkeypatch.setattr(checks.shutil, "which", lambda name: None)
    monkeypatch.setattr(checks.subprocess, "call", must_not_run)

    assert checks.main([]) == 1
    assert capsys.readouterr().err == checks.NO_BROWSER + "\n"


@pytest.mark.parametrize(("deep", "statuses"), [([], [0, 0, 5]), (["--deep"], [0, 0, 0]), ([], [1])])
def test_lint_format_and_tests_run_until_one_fails(
    monkeypatch: pytest.MonkeyPatch, deep: list[str], statuses: list[int]
) -> None:
    """ruff for code and chapters, then pytest; the first failure ends the run with its status."""
    ran, answers = [], iter(statuses)
    monkeypatch.setattr(checks, "find_browser", lambda: "chromium")
    monkeypatch.setattr(
        checks.subprocess, "call", lambda command, **_: ran.append(command[2:]) or next(answers)
    )

    status = checks.main(deep)

    side_by_side = ["-n", str(checks.WORKERS), "--dist=loadfile", "--no-loadscope-reorder"]
    pytest_alone = ["pytest", *side_by_side, *(["-m", ""] if deep else [])]
    every = [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "--no-cache", "."],
        pytest_alone,
    ]
    assert status == statuses[-1]
    assert ran == every[: len(statuses)]


# --- old Pythons ---

# In every Python since 2.7.
OLD_MODULES = {
    "__future__", "argparse", "contextlib", "hashlib", "json", "os", "shutil", "signal", "socket",
    "subprocess", "sys", "sysconfig",
}  # fmt: skip


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 11, 0)])
def test_an_old_python_is_told_so(version: tuple[int, ...], tmp_path: Path) -> None:
    """A Python before 3.11 gets one sentence and status 1; 3.11 goes on to the next question."""
    shutil.copy(ROOT / "start.py", tmp_path)
    code = f"import sys, runpy; sys.version_info = {version}; sys.argv = ['start.py', '--port', '1']; "
    code += "runpy.run_path('start.py', run_name='__main__')"

    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8")

    found = ".".join(map(str, version))
    old = f"megaroth needs Python 3.11 or newer; this is Python {found}. Get a newer one from python.org.\n"
    new = "The port must be a number from 1024 to 65535; you entered 1.\n"
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", new if version >= (3, 11) else old)


def test_an_old_python_can_read_the_door() -> None:
    """The file is spelled as Python 2.7 reads it: no f-string, annotation, `raise from`, inner star."""
    tree = ast.parse(SOURCE, feature_version=(3, 4))

    nodes = list(ast.walk(tree))
    assert not [node for node in nodes if isinstance(node, ast.JoinedStr | ast.AnnAssign | ast.NamedExpr)]
    assert not [node for node in nodes if isinstance(node, ast.Raise) and node.cause]
    assert not [
        node for node in nodes if isinstance(node, ast.FunctionDef) and (node.returns or node.args.kwonlyargs)
    ]
    assert not [node for node in nodes if isinstance(node, ast.List | ast.Tuple) and _has_star(node.elts)]
    assert not [node for node in nodes if isinstance(node, ast.Call) and _has_star(node.args[:-1])]
    assert SOURCE.isascii()


def _has_star(nodes: list[ast.expr]) -> bool:
    return any(isinstance(node, ast.Starred) for node in nodes)


def test_the_door_imports_only_what_every_python_has() -> None:
    """Nothing before the version check can fail on an old Python, and nothing needs an installed package."""
    imported = {
        name
        for node in ast.parse(SOURCE).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
        )
    }

    assert imported <= OLD_MODULES
