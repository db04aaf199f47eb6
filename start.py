"""
The door of megaroth: sets up its own environment and opens the planning app.

    python start.py                 set up if needed, open the planning app in the browser
    python start.py setup           set up and stop
    python start.py lab             open the notebooks in JupyterLab
    python start.py test [--deep]   set up and run every test; --deep adds the long checks
    python start.py bench           measure speed

Options: --port NUMBER, --no-browser. Needs Python 3.11 or newer and nothing else.
"""

# An old Python, even 2.7, must be able to read this file to be told that it is old: hence the old spelling.
from __future__ import print_function

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig

OLDEST_PYTHON = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
OLD_VENV = os.path.join(ROOT, ".venv.old")
LOG = os.path.join(ROOT, "setup.log")
STAMP = "megaroth-stamp.json"
LOCK, DEEP_LOCK = "requirements.lock", "requirements-deep.txt"
SPACE_NEEDED = 1500000000  # bytes: the environment, and pip's working copies beside it
FIRST_PORT = 8888

# What a failed step says of itself, and what we say of it; the first that fits.
SENTENCES = (
    (
        (
            "No space left on device",
            "Errno 28",
            "Disk quota exceeded",
            "not enough space on the disk",
            "WinError 112",
        ),
        "The disk is too full: megaroth needs about 1.5 GB here; free some space, then run this again.",
    ),
    (
        ("ensurepip is not available", "No module named ensurepip", "No module named venv"),
        "This Python cannot make environments: on Debian or Ubuntu install python3-venv, then run again.",
    ),
    (
        ("DO NOT MATCH THE HASHES",),
        "A package arrived damaged, or is not the one that megaroth names: run this again, "
        "on another network if it stays so.",
    ),
    (
        (
            "after connection broken by",
            "Could not fetch URL",
            "ConnectionPool(",
            "Connection broken",
            "ProxyError",
        ),
        "The packages could not be fetched: check the internet connection or the proxy, then run this again.",
    ),
    (
        ("Permission denied", "Read-only file system", "Operation not permitted", "WinError 5]"),
        "This folder cannot be written: move megaroth to a folder of your own, then run this again.",
    ),
    (
        ("Long Path support", "File name too long", "WinError 206"),
        "This folder's path is too long: move megaroth to a shorter one, then run this again.",
    ),
    (
        ("No matching distribution found",),
        "There are no ready-made packages for this Python ({python}): install another one, 3.11 or newer, "
        "from python.org, then run this again with it.",
    ),
)
UNKNOWN = "The packages could not be installed: setup.log says why; run this again after mending it."

# Runs a module that ends when we end, however we end. (On Windows closing the window ends both.)
WATCHED = """
import os, runpy, sys, threading, time

def watch(parent=os.getppid()):
    while os.getppid() == parent:
        time.sleep(0.1)
    os._exit(1)

threading.Thread(target=watch, daemon=True).start()
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""


class SetUpError(Exception):
    """Something a person can mend, in one sentence."""


def main(arguments):
    if sys.version_info < OLDEST_PYTHON:
        text = "megaroth needs Python 3.11 or newer; this is Python {}. Get a newer one from python.org."
        print(text.format(_version()), file=sys.stderr)
        return 1
    options = _options(arguments)
    try:
        port = _port(options.port) if options.what in ("app", "lab") else None
        set_up()
        if options.what == "setup":
            print("megaroth is set up. Open it with: python start.py")
            return 0
        if options.what == "test":
            return run_tests(options.deep)
        if options.what == "bench":
            return run_benchmarks()
        return open_server(port, options.what == "lab", not options.no_browser)
    except SetUpError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing is broken, run this again to go on.", file=sys.stderr)
        return 130


def _options(arguments):
    parser = argparse.ArgumentParser(prog="python start.py", description="Set up and open megaroth.")
    choices = ("app", "setup", "lab", "test", "bench")
    parser.add_argument("what", nargs="?", default="app", choices=choices, help="what to do (app)")
    parser.add_argument("--port", help="port of the local server")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    parser.add_argument("--deep", action="store_true", help="with test: the long checks too")
    return parser.parse_args(arguments)


# --- the environment ---


def set_up():
    """Make .venv what the lock says, unless it is; the old one is kept until the new one works."""
    if _is_current() and not os.path.isdir(OLD_VENV):
        return
    try:
        with _alone():
            _settle()
            if not _is_current():
                _renew()
    except OSError as error:
        raise SetUpError(_sentence(str(error)))


@contextlib.contextmanager
def _alone():
    """Two set-ups at once would undo each other; the lock on this file goes with its process."""
    with open(os.path.join(ROOT, "start.py"), "rb") as file:
        try:
            if os.name == "nt":
                import msvcrt

                file.seek(1 << 30)  # a place beyond the text, which others may go on reading
                msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            raise SetUpError("megaroth is being set up in another window: wait until that is done.")
        except OSError:
            pass  # a file system without locks
        yield


def _settle():
    """After a set-up that was cut off: of .venv and .venv.old the one that has its stamp is whole."""
    if os.path.isdir(OLD_VENV) and not _has_stamp(VENV) and _has_stamp(OLD_VENV):
        _remove(VENV)
        _rename(OLD_VENV, VENV)
    _remove(OLD_VENV)


def _renew():
    print("Setting up megaroth in .venv: a few minutes, once ...", flush=True)
    if shutil.disk_usage(ROOT).free < SPACE_NEEDED:
        raise SetUpError(_sentence("No space left on device"))
    if os.path.lexists(VENV):
        _rename(VENV, OLD_VENV)
    try:
        _make()
    except BaseException:
        _remove(VENV)
        if os.path.lexists(OLD_VENV):
            _rename(OLD_VENV, VENV)
        raise
    _remove(OLD_VENV)
    _remove(LOG)


def _make():
    os.makedirs(_scratch())
    _step(sys._base_executable, "venv", VENV)  # this very Python may lie in the old environment
    _install(LOCK, "--only-binary", ":all:")  # nothing is compiled on the reader's machine
    _put_on_path()
    _step(_python(), "matplotlib.pyplot")  # builds its list of fonts
    _remove(_scratch())
    _write_stamp()


def _install(lock, *more):
    """Exactly the packages that the lock names."""
    exactly = ("--require-hashes", "--no-input", "--disable-pip-version-check")
    _step(_python(), "pip", "install", "-r", os.path.join(ROOT, lock), *(exactly + more))


def _step(python, *module_and_arguments):
    """Run a module out of sight; when it fails, one sentence says why."""
    process = subprocess.Popen(
        [python, "-P", "-u", "-c", WATCHED] + list(module_and_arguments),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        cwd=ROOT,
        env=_environment(PIP_USER="0", PIP_REQUIRE_VIRTUALENV="0"),
    )
    try:
        said = _listen(process.stdout)
        status = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if status != 0:
        raise SetUpError(_sentence(said))


def _listen(output):
    """All that a step says; in a terminal the reader sees that something moves."""
    said = []
    for line in output:
        said.append(line)
        if sys.stdout.isatty() and line.startswith(("Collecting", "Installing")):
            print("\r" + line.split(" (")[0].strip()[:60].ljust(60), end="", flush=True)
    if sys.stdout.isatty():
        print("\r" + " " * 60, end="\r", flush=True)
    return "".join(said)


def _sentence(said):
    for signs, sentence in SENTENCES:
        if any(sign in said for sign in signs):
            return sentence.format(python=_version())
    try:
        with open(LOG, "w", encoding="utf-8") as log:
            log.write(said)
    except OSError as error:
        return "The packages could not be installed, and setup.log could not be written: {}.".format(error)
    return UNKNOWN


def _put_on_path():
    """The package is used where it lies; a relative line survives a move of the folder."""
    site = sysconfig.get_path("purelib", "venv", vars={"base": VENV})
    with open(os.path.join(site, "megaroth-checkout.pth"), "w", encoding="utf-8") as file:
        file.write(os.path.relpath(ROOT, site) + "\n")


def _python():
    name = "python.exe" if os.name == "nt" else "python"
    return os.path.join(sysconfig.get_path("scripts", "venv", vars={"base": VENV}), name)


def _scratch():
    """Working copies lie inside the environment: the same disk, and gone with it when it fails."""
    return os.path.join(VENV, "tmp")


def _wanted():
    with open(os.path.join(ROOT, LOCK), "rb") as file:
        # A checkout on Windows may have other line ends; the content is the same.
        digest = hashlib.sha256(file.read().replace(b"\r\n", b"\n")).hexdigest()
    return {"lock": digest, "python": "{} {}".format(sys.implementation.cache_tag, sysconfig.get_platform())}


def _write_stamp():
    """Written last, so that an environment without it is known to be half-made."""
    stamp = dict(_wanted(), base=sys._base_executable, files=_count_files())
    with open(os.path.join(VENV, STAMP), "w", encoding="utf-8") as file:
        json.dump(stamp, file)


def _is_current():
    try:
        with open(os.path.join(VENV, STAMP), encoding="utf-8") as file:
            stamp = json.load(file)
        files, base = stamp.pop("files"), stamp.pop("base")
        return stamp == _wanted() and os.path.exists(base) and files <= _count_files()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _has_stamp(folder):
    return os.path.isfile(os.path.join(folder, STAMP))


def _count_files():
    """Files that came with the packages; fewer than at set-up: some were deleted."""
    names = (name for _, _, names in os.walk(VENV) for name in names)
    return sum(not name.endswith(".pyc") and name != STAMP for name in names)


def _rename(old, new):
    try:
        os.rename(old, new)
    except PermissionError:
        if os.name == "nt":
            raise SetUpError(
                "The folder .venv is in use: close megaroth and its windows, then run this again."
            )
        raise


def _remove(path):
    """An environment loses its stamp first, so that a half-removed one is never taken for whole."""
    stamp = os.path.join(path, STAMP)
    if os.path.isfile(stamp):
        os.remove(stamp)
    if os.path.isdir(path) and not os.path.islink(path):
        shutil.rmtree(path, ignore_errors=True)
    elif os.path.lexists(path):
        os.remove(path)


def _version():
    return ".".join(str(part) for part in sys.version_info[:3])


def _environment(**more):
    """The reader's Python settings stay out (they bring other packages in); pip works on our disk."""
    theirs = ("PYTHONPATH", "PYTHONHOME", "PYTHONSAFEPATH")
    ours = {name: value for name, value in os.environ.items() if name not in theirs}
    if os.path.isdir(_scratch()):
        ours.update(TMPDIR=_scratch(), TEMP=_scratch(), TMP=_scratch())
    ours.update(more, PYTHONUTF8="1")
    return ours


def _run(*arguments, **more_environment):
    process = subprocess.Popen([_python()] + list(arguments), cwd=ROOT, env=_environment(**more_environment))
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # Ctrl-C reaches the child too; wait until it has closed


# --- app and notebooks ---


def open_server(port, lab, browser):
    arguments = ["-m", "megaroth.show.server", "--port", str(port)]
    arguments += ["--lab"] if lab else []
    arguments += [] if browser else ["--no-browser"]
    return _run(*arguments)


def _port(asked):
    if asked is not None:
        if not (asked.isdecimal() and 1024 <= int(asked) <= 65535):
            raise SetUpError("The port must be a number from 1024 to 65535; you entered {}.".format(asked))
        if not _is_free(int(asked)):
            raise SetUpError("Port {} is in use: choose another with --port, or leave it out.".format(asked))
        return int(asked)
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        if _is_free(port):
            if port != FIRST_PORT:
                print(
                    "Port {} is in use; megaroth opens on port {} instead.".format(FIRST_PORT, port),
                    flush=True,
                )
            return port
    raise SetUpError("No free port was found from {} on: name one with --port.".format(FIRST_PORT))


def _is_free(port):
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    with contextlib.closing(probe):
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


# --- checks ---


def run_tests(deep):
    if deep:
        _add_deep()
    return _run("-m", "tests", *(["--deep"] if deep else []))


def run_benchmarks():
    _add_deep()
    return _run("-m", "benchmarks")


def _add_deep():
    """What only the long checks need: Tax-Calculator, to hold ours against."""
    print("Adding what the long checks need ...", flush=True)
    _install(DEEP_LOCK)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
