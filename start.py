"""
The door of megaroth: sets up its own environment and opens the planning app.

    python start.py                 set up if needed, open the planning app in the browser
    python start.py setup           set up and stop
    python start.py lab             open the notebooks in JupyterLab
    python start.py test [--deep]   set up and run every test; --deep adds the long checks
    python start.py bench           measure speed

Options: --port NUMBER, --no-browser. Needs Python 3.11 or newer and nothing else.
"""

import argparse
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import venv

OLDEST_PYTHON = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
OLD_VENV = os.path.join(ROOT, ".venv.old")
LOG = os.path.join(ROOT, "setup.log")
STAMP = "megaroth-stamp.json"
LOCK, DEEP_LOCK = "requirements.lock", "requirements-deep.txt"
SPACE_NEEDED = 1500000000  # bytes, the environment and pip's working copies
FIRST_PORT = 8888
NO_NETWORK = (
    "NewConnectionError",
    "Failed to establish a new connection",
    "Temporary failure in name resolution",
    "Connection broken",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "Could not find a version that satisfies",
)
NO_SPACE = ("No space left on device", "Errno 28", "not enough space on the disk", "WinError 112")


class SetUpError(Exception):
    """Something a person can mend, in one sentence."""


def main(arguments):
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(str(part) for part in sys.version_info[:3])
        print("megaroth needs Python 3.11 or newer; this is Python " + found + ". Get it from python.org.")
        return 1
    options = _options(arguments)
    try:
        set_up()
        if options.what == "setup":
            print("megaroth is set up. Open it with: python start.py")
            return 0
        if options.what == "test":
            return run_tests(options.deep)
        if options.what == "bench":
            return _run("-m", "benchmarks")
        return open_server(options)
    except SetUpError as problem:
        print(str(problem))
        return 1
    except KeyboardInterrupt:
        return 130


def _options(arguments):
    parser = argparse.ArgumentParser(prog="python start.py", description="Set up and open megaroth.")
    choices = ("app", "setup", "lab", "test", "bench")
    parser.add_argument("what", nargs="?", default="app", choices=choices, help="what to do (app)")
    parser.add_argument("--port", type=int, help="port of the local server")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    parser.add_argument("--deep", action="store_true", help="with test: the long checks too")
    return parser.parse_args(arguments)


# --- the environment ---


def set_up(lock=LOCK):
    """Make .venv what the lock says; a half-made or outdated one is made again, the old kept until the new works."""
    if _is_current(lock):
        return
    print("Setting up megaroth in .venv; the first time takes a few minutes ...")
    _refuse_full_disk()
    _remove(OLD_VENV)
    if os.path.isdir(VENV):
        _rename(VENV, OLD_VENV)
    try:
        _make_venv()
        _install(lock)
        _put_on_path()
        subprocess.check_call([_python(), "-c", "import matplotlib.pyplot"], cwd=ROOT)  # builds its font list
        _write_stamp(lock)
    except BaseException:
        _remove(VENV)
        if os.path.isdir(OLD_VENV):
            _rename(OLD_VENV, VENV)
        raise
    _remove(OLD_VENV)
    _remove_file(LOG)


def _is_current(lock):
    try:
        with open(os.path.join(VENV, STAMP), encoding="utf-8") as file:
            stamp = json.load(file)
        expected = {key: stamp[key] for key in ("lock", "python")} == _wanted(lock)
        return expected and os.path.exists(_python()) and set(stamp["packages"]) <= set(_packages())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _wanted(lock):
    with open(os.path.join(ROOT, lock), "rb") as file:
        # A checkout on Windows may have other line ends; the content is the same.
        digest = hashlib.sha256(file.read().replace(b"\r\n", b"\n")).hexdigest()
    return {"lock": digest, "python": sys.version.split()[0]}


def _write_stamp(lock):
    """Written last, so that an environment without it is known to be half-made."""
    stamp = dict(_wanted(lock), packages=_packages())
    with open(os.path.join(VENV, STAMP), "w", encoding="utf-8") as file:
        json.dump(stamp, file)


def _make_venv():
    try:
        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        if _mentions(str(error), NO_SPACE):
            raise SetUpError(_disk_sentence()) from None
        text = "The environment could not be made in this folder; on Debian or Ubuntu install python3-venv, "
        raise SetUpError(text + "else check that the folder can be written.") from None


def _install(lock):
    command = [
        _python(),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-input",
    ]
    command += ["-r", os.path.join(ROOT, lock)]
    environment = dict(os.environ, PYTHONUTF8="1", PIP_REQUIRE_VIRTUALENV="0")
    try:
        with open(LOG, "w", encoding="utf-8") as log:
            status = subprocess.call(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
    except OSError:
        raise SetUpError(_disk_sentence()) from None
    if status == 0:
        return
    with open(LOG, encoding="utf-8", errors="replace") as log:
        said = log.read()
    if _mentions(said, NO_SPACE):
        raise SetUpError(_disk_sentence())
    if _mentions(said, NO_NETWORK):
        raise SetUpError(
            "The packages could not be fetched: check the internet connection (or the proxy), then run this again."
        )
    raise SetUpError(
        "The packages could not be installed; setup.log says why. Run this again after mending it."
    )


def _put_on_path():
    """The package is used where it lies; a relative line survives a move of the folder."""
    site = _site_packages()
    with open(os.path.join(site, "megaroth-checkout.pth"), "w", encoding="utf-8") as file:
        file.write(os.path.relpath(ROOT, site) + "\n")


def _python():
    return (
        os.path.join(VENV, "Scripts", "python.exe")
        if os.name == "nt"
        else os.path.join(VENV, "bin", "python")
    )


def _site_packages():
    if os.name == "nt":
        return os.path.join(VENV, "Lib", "site-packages")
    version = "python{}.{}".format(*sys.version_info[:2])
    return os.path.join(VENV, "lib", version, "site-packages")


def _packages():
    return sorted(name for name in os.listdir(_site_packages()) if name.endswith(".dist-info"))


def _refuse_full_disk():
    if shutil.disk_usage(ROOT).free < SPACE_NEEDED:
        raise SetUpError(_disk_sentence())


def _disk_sentence():
    return "The disk is too full: megaroth needs about 1.5 GB here; free some space, then run this again."


def _mentions(text, signs):
    return any(sign in text for sign in signs)


def _rename(old, new):
    try:
        os.rename(old, new)
    except OSError:
        raise SetUpError(
            "The folder .venv is in use: close megaroth and its browser pages, then run this again."
        ) from None


def _remove(folder):
    if os.path.isdir(folder):
        shutil.rmtree(folder, ignore_errors=True)


def _remove_file(path):
    if os.path.exists(path):
        os.remove(path)


def _run(*arguments, **more_environment):
    environment = dict(os.environ, PYTHONUTF8="1", **more_environment)
    process = subprocess.Popen([_python(), *arguments], cwd=ROOT, env=environment)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue  # Ctrl-C reaches the child too; wait until it has closed


# --- app and notebooks ---


def open_server(options):
    port = _port(options.port)
    arguments = ["-m", "megaroth.show.server", "--port", str(port)]
    if options.what == "lab":
        arguments.append("--lab")
    if options.no_browser:
        arguments.append("--no-browser")
    return _run(*arguments)


def _port(asked):
    if asked is not None:
        if not 1024 <= asked <= 65535:
            raise SetUpError(f"The port must be between 1024 and 65535; you entered {asked}.")
        if not _is_free(asked):
            raise SetUpError(f"Port {asked} is in use; choose another with --port, or leave it out.")
        return asked
    for port in range(FIRST_PORT, FIRST_PORT + 100):
        if _is_free(port):
            if port != FIRST_PORT:
                print(f"Port {FIRST_PORT} is in use; megaroth opens on port {port} instead.")
            return port
    raise SetUpError(f"No free port was found from {FIRST_PORT} on; name one with --port.")


def _is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        if os.name != "nt":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


# --- tests ---


def run_tests(deep):
    browser = _browser()
    if deep:
        _install(DEEP_LOCK)
    checks = [
        ("-m", "ruff", "check", "."),
        ("-m", "ruff", "format", "--check", "."),
        ("-m", "pytest", *(("-m", "") if deep else ())),
    ]
    for check in checks:
        print("== " + " ".join(check[1:]), flush=True)
        status = _run(*check, MEGAROTH_CHROMIUM=browser)
        if status != 0:
            return status
    return 0


def _browser():
    """A Chromium for the browser tests; installed where Debian's root can, asked for elsewhere."""
    found = _find_browser()
    if found is None and shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        print("Installing chromium for the browser tests ...", flush=True)
        environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.STDOUT, "env": environment}
        subprocess.call(["apt-get", "update", "-q"], **quiet)
        subprocess.call(["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"], **quiet)
        found = _find_browser()
    if found is None:
        raise SetUpError(
            "The tests need a Chromium browser: install Chromium, Google Chrome or Microsoft Edge, "
            "or set MEGAROTH_CHROMIUM to its program."
        )
    return found


def _find_browser():
    named = os.environ.get("MEGAROTH_CHROMIUM")
    if named:
        return named if os.path.isfile(named) else None
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"):
        if shutil.which(name):
            return shutil.which(name)
    usual = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"]
    usual += ["/Applications/Chromium.app/Contents/MacOS/Chromium"]
    usual += ["/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"]
    for folder in ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData"):
        base = os.environ.get(folder, "")
        usual.append(os.path.join(base, "Google", "Chrome", "Application", "chrome.exe"))
        usual.append(os.path.join(base, "Microsoft", "Edge", "Application", "msedge.exe"))
    return next((path for path in usual if os.path.isfile(path)), None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
