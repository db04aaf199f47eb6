"""
The messages that the source holds, and the Chinese catalogue that must have each of them.

`python -m tests.catalogue` compiles the catalogue and lists what is missing or no longer used.
"""

import ast
import datetime as dt
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[1]
WRITTEN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
PO = ROOT / "megaroth" / "show" / "locale" / "zh_CN" / "LC_MESSAGES" / "megaroth.po"
MO = PO.with_suffix(".mo")
# Tables of words: every text in them is a message (of LABELS the label, not the unit; of GROUPS the keys).
TABLES = (
    "RULES",
    "LIMIT_NAMES",
    "CAP_FORMULAS",
    "CAP_LABELS",
    "LAYERS",
    "LAYER_LABELS",
    "FIGURES",
    "CHOICES",
    "UNITS",
    "HOW_TO_TYPE",
    "WHY",
    "IN_A_SENTENCE",
    "STATES",
    "SHORT_VERDICTS",
    "ELSEWHERE",
    "AT_RISK",
    "MARKETS",
    "ACCOUNT_LABELS",
    "TIES",
    "TIED",
    "EDGES",
    "_LABELS",
)
# Names of variables that hold a message, or several.
HOLDERS = ("text", "formula", "more", "folded")
SPEAKERS = ("_", "_button", "Message")
CITATION = ("U.S.C.", "Publication", "Form ", "Rev. Proc.", "Notice")


def messages() -> set[str]:
    """Every English message of the package."""
    found: set[str] = set()
    for path in sorted((ROOT / "megaroth").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            found.update(_of(node))
    return {text for text in found if any(letter.isalpha() for letter in text)}


def _of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Call):
        yield from _of_call(node)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        name = target.id if isinstance(target, ast.Name) else ""
        if name in HOLDERS:
            yield from _texts(node.value)
        elif name in TABLES or name == "texts":
            yield from _values(node.value)
        elif name in ("CAP_SOURCES", "LAYER_SOURCES", "EDGE_SOURCES", "TAX_PARTS"):
            yield from (text for text in _values(node.value) if not _is_citation(text))
        elif name == "LABELS":
            yield from (pair.elts[0].value for pair in node.value.values)
        elif name == "GROUPS":
            yield from (key.value for key in node.value.keys)
        elif name == "columns" and isinstance(node.value, ast.Tuple):
            yield from _texts(node.value)
    elif isinstance(node, ast.ListComp) and isinstance(node.elt, ast.Call) and _name(node.elt) == "_":
        yield from _texts(node.generators[0].iter)
    elif isinstance(node, ast.FunctionDef) and node.name == "waterfall":
        tuples = (each for each in ast.walk(node) if isinstance(each, ast.Tuple) and each.elts)
        yield from (text for each in tuples for text in _texts(each.elts[0]))


def _of_call(call: ast.Call) -> Iterator[str]:
    name = _name(call)
    if (name in SPEAKERS and call.args) or name == "ngettext":
        yield from _texts(call.args[0])
    elif name in ("InputError", "_file_error") and len(call.args) > 1:
        yield from _texts(call.args[1])
    elif name == "add" and len(call.args) == 4:
        yield from (text for k in (0, 2) for text in _texts(call.args[k]))
        yield from (text for text in _texts(call.args[3]) if not _is_citation(text))
    elif name in ("label", "frame") and len(call.args) > 2 - (name == "frame"):
        yield from _texts(call.args[2 if name == "label" else 1])


def _is_citation(text: str) -> bool:
    return any(sign in text for sign in CITATION)


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _texts(node: ast.AST) -> Iterator[str]:
    """Whole texts in an expression: constants, either side of a condition, members of a tuple."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)
    elif isinstance(node, ast.Tuple):
        for each in node.elts:
            yield from _texts(each)


def _values(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _values(value)
    else:
        yield from _texts(node)


def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def compiled() -> bytes:
    """What the compiled catalogue must be; its dates stand still, so that the same words give the same bytes."""
    out, found = io.BytesIO(), catalogue()
    found.creation_date = found.revision_date = WRITTEN
    write_mo(out, found)
    return out.getvalue()


def _ids(found: Catalog) -> set[str]:
    return {message.id[0] if isinstance(message.id, tuple) else message.id for message in found if message.id}


def main() -> int:
    wanted, there = messages(), _ids(catalogue())
    MO.write_bytes(compiled())
    for text in sorted(wanted - there):
        print("missing:", text)
    for text in sorted(there - wanted):
        print("not used:", text)
    return int(wanted != there)


if __name__ == "__main__":
    sys.exit(main())
