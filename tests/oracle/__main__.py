"""The oracle door: `python -m tests.oracle FILE...` holds any case file against the public API."""

import sys
from pathlib import Path

from tests.oracle.adapters import ADAPTERS, Check


def run(path: Path) -> bool:
    """Run one file and print what came of it; True when every case passed."""
    if path.name not in ADAPTERS:
        print(f"{path}: 0 passed, 1 failed, worst difference inf")
        print(f"  unknown kind of file; known: {', '.join(ADAPTERS)}")
        return False
    try:
        checks = list(ADAPTERS[path.name](path))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        print(f"{path}: 0 passed, 1 failed, worst difference inf")
        print(f"  cannot be read as {path.name}: {problem}")
        return False
    failed = [check for check in checks if not check.passed]
    failed_cases = {_case(check) for check in failed}
    cases = {_case(check) for check in checks}
    worst = max((check.difference for check in checks), default=float("inf"))
    print(
        f"{path}: {len(cases) - len(failed_cases)} passed, {len(failed_cases)} failed, worst difference {worst:.6g}"
    )
    for check in failed[:10]:
        print(f"  {check.case}, {check.field}: expected {check.expected}, got {check.got}")
    return bool(cases) and not failed


def _case(check: Check) -> str:
    """A case of several parts counts once."""
    return (
        check.case if "/" in check.case and check.case.split("/")[0].isdigit() else check.case.split("/")[0]
    )


def main(files: list[str]) -> int:
    if not files:
        print("usage: python -m tests.oracle FILE...")
        return 2
    passed = [run(Path(file)) for file in files]  # every file runs, also after a failure
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
