"""Where the project's data folder is."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]


def data_path(*parts: str) -> Path:
    """
    A place in data/: in a checkout the folder beside the package, in an installed wheel the one mapped into it.

    >>> data_path("law").name
    'law'
    """
    inside = _PACKAGE / "data"
    return (inside if inside.is_dir() else _PACKAGE.parent / "data").joinpath(*parts)
