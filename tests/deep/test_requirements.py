"""What the deep tests need beside the lock fits it: installing the one never changes what the other installed."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK, DEEP = (ROOT / name for name in ("requirements.lock", "requirements-deep.txt"))
PINNED = re.compile(r"(?P<name>[\w.-]+)==(?P<version>[\w.+!-]+)(?: ; (?P<when>[^\\]+?))?(?: \\)?$")


def pinned(path: Path) -> dict[tuple[str, str], str]:
    """(name, marker) -> version."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found = [PINNED.match(line) for line in lines if line and not line.startswith((" ", "#"))]
    assert all(found)
    return {(each["name"], each["when"] or ""): each["version"] for each in found}


def test_no_version_differs_from_the_lock() -> None:
    """A package of both has the same versions under the same conditions, in each part of the lock that is wanted."""
    lock, deep = pinned(LOCK), pinned(DEEP)
    versions_of = {name: {v for (other, _), v in lock.items() if other == name} for name, _ in lock}

    for (name, when), version in deep.items():
        assert version in versions_of.get(name, {version})
        assert lock.get((name, when), version) == version
    assert ("taxcalc", "") in deep


def test_every_package_is_hashed_and_nothing_names_a_registry() -> None:
    """So that pip's --require-hashes takes the file on any machine."""
    blocks = re.split(r"\n(?=\S)", DEEP.read_text(encoding="utf-8").strip())

    assert len(blocks) == len(pinned(DEEP))
    assert all("--hash=sha256:" in block for block in blocks)
    assert "://" not in DEEP.read_text(encoding="utf-8")
