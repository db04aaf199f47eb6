"""
Every check of the project: lint, format, doctests, tests, chapters.

`python start.py test [--deep]` sets up and runs this; `python -m tests [--deep]` runs it alone.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NO_BROWSER = (
    "The tests need a Chromium browser: install Chromium, Google Chrome or Microsoft Edge, "
    "or set MEGAROTH_CHROMIUM to its program."
)
WORKERS = min(4, (os.cpu_count() or 1) + 1)
ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC_APPS = ("Google Chrome", "Chromium", "Microsoft Edge")
WINDOWS_FOLDERS = ("ProgramFiles", "ProgramFiles(x86)", "LocalAppData")
WINDOWS_PROGRAMS = (r"Google\Chrome\Application\chrome.exe", r"Microsoft\Edge\Application\msedge.exe")


def main(arguments: list[str]) -> int:
    browser = find_browser() or install_browser()
    if browser is None:
        print(NO_BROWSER, file=sys.stderr)
        return 1
    deep = ("-m", "") if "--deep" in arguments else ()
    checks = (
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "--no-cache", "."],
        # Side by side, a file at a time (a chapter's cells and a page's tests build on each other), one more than there
        # are processors (pages wait a lot), the files in their order (the pages come early).
        ["pytest", "-n", str(WORKERS), "--dist=loadfile", "--no-loadscope-reorder", *deep],
    )
    for check in checks:
        print("==", *check, flush=True)
        environment = os.environ | {"MEGAROTH_CHROMIUM": browser}
        status = subprocess.call([sys.executable, "-m", *check], cwd=ROOT, env=environment)
        if status != 0:
            return status
    return 0


def find_browser() -> str | None:
    """The Chromium that MEGAROTH_CHROMIUM names, else one at a usual place."""
    named = os.environ.get("MEGAROTH_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    usual = [shutil.which(name) or "" for name in ON_PATH]
    usual += [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in MAC_APPS]
    usual += [
        str(Path(os.environ[folder], program))
        for folder in WINDOWS_FOLDERS
        for program in WINDOWS_PROGRAMS
        if folder in os.environ
    ]
    return next((path for path in usual if path and Path(path).is_file()), None)


def install_browser() -> str | None:
    """Debian's chromium, where root can fetch it; elsewhere the reader is asked to."""
    if not (shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0):
        return None
    print("Installing chromium for the browser tests ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        subprocess.call(["apt-get", "-q", *command], stdout=subprocess.DEVNULL, env=environment)
    return find_browser()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
