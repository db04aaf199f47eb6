"""The environment: pyproject.toml, the locks, environment.yml and start.py speak of the same packages."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from itertools import product
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import start

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUN = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
TEST = [Requirement(line) for line in PROJECT["project"]["optional-dependencies"]["test"]]
LOCKS = ("requirements.lock", "requirements-deep.txt")
SYSTEMS = {"win32": ("nt", "Windows"), "darwin": ("posix", "Darwin"), "linux": ("posix", "Linux")}
PYTHONS = ("3.11.0", "3.11.7", "3.12.1", "3.13.0", "3.14.0")

HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def locked(name: str) -> list[tuple[Requirement, int]]:
    """Each requirement of a lock, with the number of its hashes; anything else in the file is an error."""
    lines = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    return [(Requirement(HASH.sub("", line).strip()), len(HASH.findall(line))) for line in lines]


def on(system: str, python: str) -> dict[str, str]:
    """What the markers of a lock ask about a machine."""
    os_name, platform = SYSTEMS[system]
    return {
        "sys_platform": system,
        "os_name": os_name,
        "platform_system": platform,
        "python_full_version": python,
        "python_version": ".".join(python.split(".")[:2]),
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }


def versions(name: str, machine: dict[str, str]) -> dict[str, str]:
    """What a lock installs on a machine: one version of each package."""
    found: dict[str, str] = {}
    for requirement, _ in locked(name):
        marker: Marker | None = requirement.marker
        if marker is None or marker.evaluate(machine):
            package = canonicalize_name(requirement.name)
            assert package not in found, f"{name} has two versions of {package} for {machine}"
            found[package] = next(iter(requirement.specifier)).version
    return found


MACHINES = [pytest.param(on(*pair), id="-".join(pair)) for pair in product(SYSTEMS, PYTHONS)]


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_exact_versions_with_hashes_and_no_address(name: str) -> None:
    """Each line is one package, one version, at least one hash; no index, no host, no option."""
    for requirement, hashes in locked(name):
        assert [each.operator for each in requirement.specifier] == ["=="], requirement
        assert "*" not in str(requirement.specifier), requirement
        assert hashes > 0, requirement
        assert requirement.url is None, requirement


@pytest.mark.parametrize("machine", MACHINES)
def test_the_lock_holds_what_the_project_asks_for(machine: dict[str, str]) -> None:
    """On each system and Python every direct dependency is locked at a version inside its range."""
    installed = versions("requirements.lock", machine)

    for asked in RUN + TEST:
        assert installed[canonicalize_name(asked.name)] in asked.specifier, asked


@pytest.mark.parametrize("machine", MACHINES)
def test_the_long_checks_change_no_locked_version(machine: dict[str, str]) -> None:
    """A package in both locks has one version, so that the long checks test what users have."""
    users = versions("requirements.lock", machine)

    deep = versions("requirements-deep.txt", machine)

    assert {name: version for name, version in deep.items() if users.get(name, version) != version} == {}
    assert deep.keys() - users.keys()


def test_every_import_is_asked_for() -> None:
    """What the code imports is a dependency of the project itself, not a neighbour's."""
    run = {canonicalize_name(each.name) for each in RUN}
    test = run | {canonicalize_name(each.name) for each in TEST}
    deep = test | {"taxcalc"}

    assert imported("megaroth") - run == set()
    assert imported("tests", but="deep") - test == set()
    assert imported("tests/deep") | imported("benchmarks") <= deep


def imported(folder: str, but: str | None = None) -> set[str]:
    """Installed packages that a folder's modules import, by their name in a requirement."""
    paths = [
        path for path in (ROOT / folder).rglob("*.py") if but not in path.relative_to(ROOT / folder).parts
    ]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in paths]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    modules = {each.name for node in nodes if isinstance(node, ast.Import) for each in node.names}
    modules |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    roots = {module.split(".")[0] for module in modules} - sys.stdlib_module_names
    roots -= {"megaroth", "tests", "benchmarks", "start"}
    known = packages_distributions()
    return {canonicalize_name(known[root][0] if root in known else root) for root in roots}


def test_every_file_has_the_same_floor() -> None:
    """pyproject.toml, start.py, ruff and environment.yml name the same oldest Python."""
    floor = ".".join(map(str, start.OLDEST_PYTHON))

    assert PROJECT["project"]["requires-python"] == f">={floor}"
    assert PROJECT["tool"]["ruff"]["target-version"] == "py" + floor.replace(".", "")
    assert conda()["python"] in SpecifierSet(f">={floor}")


def conda() -> dict[str, str]:
    """The packages that environment.yml takes from conda itself, with their versions."""
    lines = [line for line in environment()["dependencies"] if isinstance(line, str)]
    return dict((*line.split("="), "")[:2] for line in lines)


def environment() -> dict:
    return yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def test_conda_takes_python_alone_and_the_rest_from_the_lock() -> None:
    """conda users get the lock's versions: Python and pip from conda, one line that reads the lock."""
    assert environment()["dependencies"][-1] == {"pip": ["-r requirements.lock"]}
    assert conda().keys() == {"python", "pip"}
    assert environment()["channels"] == ["conda-forge"]


def test_conda_has_a_python_for_which_the_lock_was_made() -> None:
    """The Python of environment.yml is among those that the lock is checked for."""
    assert conda()["python"] in {".".join(python.split(".")[:2]) for python in PYTHONS}


def test_no_file_names_an_index() -> None:
    """Where packages come from is the reader's own setting."""
    for name in (*LOCKS, "environment.yml", "pyproject.toml", "start.py", ".ci/run"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert not re.search(r"://|index-url|find-links|trusted-host", text), name


def test_the_wheel_takes_every_folder_of_the_package() -> None:
    """Each folder with modules is a package of the wheel; data and chapters lie inside it."""
    folders = [path.parent.relative_to(ROOT) for path in sorted((ROOT / "megaroth").rglob("__init__.py"))]
    packages = set(PROJECT["tool"]["setuptools"]["packages"])

    assert packages == {".".join(folder.parts) for folder in folders} | {
        "megaroth.data",
        "megaroth.notebooks",
    }
    assert PROJECT["tool"]["setuptools"]["package-dir"] == {
        "megaroth.data": "data",
        "megaroth.notebooks": "notebooks",
    }


def test_every_file_of_the_package_is_in_the_wheel() -> None:
    """A catalogue, template or style sheet that a checkout has is matched by a pattern of the wheel."""
    source_only = {".py", ".po", ".pyc"}
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    matched = {
        path
        for package, globs in patterns.items()
        for pattern in globs
        for path in (
            ROOT / PROJECT["tool"]["setuptools"]["package-dir"].get(package, package.replace(".", "/"))
        ).glob(pattern)
    }

    files = [
        path
        for folder in ("megaroth", "data", "notebooks")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    ]
    assert [path for path in files if path not in matched and path.suffix not in source_only] == []
