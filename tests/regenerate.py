"""
Runs the chapters and stores their outputs, so that two runs give the same bytes.

`python -m tests.regenerate` writes; `python -m tests.regenerate --check` says which chapters would change.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted(
    path for path in (ROOT / "notebooks").rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts
)
WIDGET = "application/vnd.jupyter.widget-view+json"


def run(path: Path) -> str:
    """The chapter as text after a run from top to bottom."""
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", store_widget_state=False, record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()  # fmt: skip
    title = notebook.metadata.get("title", "")
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "title": title,
    }
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        for output in cell.get("outputs", []):
            _tidy(output)
    return nbformat.writes(notebook, version=4) + "\n"


def _tidy(output: dict) -> None:
    """A widget's stored view means nothing without its kernel, and its text only repeats its settings."""
    data = output.get("data", {})
    if WIDGET in data:
        output["data"] = {"text/plain": "panel"}
    elif "<img" in str(data.get("text/html", "")):
        output["data"] = {"text/plain": "picture"}


def main(arguments: list[str]) -> int:
    changed = []
    for path in CHAPTERS:
        text = run(path)
        if text != path.read_text(encoding="utf-8"):
            changed.append(path.relative_to(ROOT).as_posix())
            if "--check" not in arguments:
                path.write_text(text, encoding="utf-8", newline="\n")
    print("\n".join(changed) or "all chapters are as stored")
    return int("--check" in arguments and bool(changed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
