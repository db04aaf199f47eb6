"""The oracle door: `python -m tests.oracle FILE...` holds any case file against the public API."""

import sys
from collections import Counter
from pathlib import Path

from tests.oracle.adapters import ADAPTERS, Check

LOOSE_SHARE = 0.99  # of the rows of a file that are judged loosely


def run(path: Path) -> bool:
    """Run one file and print what came of it; True when every case passed."""
    if path.name not in ADAPTERS:
        return _fail(path, f"unknown kind of file; known: {', '.join(ADAPTERS)}")
    try:
        checks = list(ADAPTERS[path.name](path))
    except Exception as problem:  # whatever it is, this file failed and the others are still to be run
        return _fail(path, f"cannot be read as {path.name}: {type(problem).__name__}: {problem}")
    if not checks:
        return _fail(path, "there is no case in it")
    strict = [check for check in checks if not check.loosely_judged]
    loose = [check for check in checks if check.loosely_judged]
    failed = [check for check in strict if not check.passed]
    failed_cases = {check.case for check in failed}
    cases = {check.case for check in strict}
    worst = max((check.difference for check in strict), default=0.0)
    print(
        f"{path}: {len(cases) - len(failed_cases)} passed, {len(failed_cases)} failed, worst difference {worst:.6g}"
    )
    for check in failed[:10]:
        print(f"  {check.case}, {check.field}: expected {check.expected}, got {check.got}")
    return _judge_loosely(path, loose) and not failed


def _fail(path: Path, why: str) -> bool:
    """Report a file that gives nothing to compare."""
    print(f"{path}: 0 passed, 1 failed, worst difference inf")
    print(f"  {why}")
    return False


def _judge_loosely(path: Path, checks: list[Check]) -> bool:
    """Print how many rows by state lie within tolerance; True when enough of all of them do."""
    if not checks:
        return True
    missed = [check for check in checks if not check.passed]
    passed = Counter(check.loosely_judged for check in checks if check.passed)
    of = Counter(check.loosely_judged for check in checks)
    share = 1 - len(missed) / len(checks)
    print(
        f"{path}, judged loosely: {len(checks) - len(missed)} of {len(checks)} within tolerance ({share:.1%})"
    )
    print("  by state: " + ", ".join(f"{state} {passed[state]}/{of[state]}" for state in sorted(of)))
    for check in missed[:10]:
        print(f"  outside: {check.case}, {check.field}: expected {check.expected}, got {check.got:.2f}")
    return share >= LOOSE_SHARE


def main(files: list[str]) -> int:
    if not files:
        print("usage: python -m tests.oracle FILE...")
        return 2
    passed = [run(Path(file)) for file in files]  # every file runs, also after a failure
    return 0 if all(passed) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
