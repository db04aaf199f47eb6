"""
The firm that hands something out: its name, logo and lines, from `firm.yaml` beside the clients' folder.

Without that file a hand-out names no firm. A file that is not in order is refused: nothing goes out with half a head.
"""

from pathlib import Path
from typing import Annotated

from PIL import Image
from pydantic import Field, StringConstraints

from megaroth.facts.errors import InputError, refuse
from megaroth.facts.fields import Facts, Text
from megaroth.facts.yaml_file import in_file, read_yaml
from megaroth.show.client_files import clients_folder

FILE = "firm.yaml"
LARGEST_LOGO = 2 * 1e6  # bytes
MOST_PIXELS = 16 * 1e6
LOGO_FORMATS = ("PNG", "JPEG")

Note = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, max_length=400)]


class Firm(Facts):
    """What stands at the head of a hand-out, and what the firm adds to the disclaimer."""

    name: Annotated[Text, Field(min_length=1)]
    address: Text = ""
    phone: Text = ""
    logo: Path | None = None  # where the file says; once loaded, where it lies
    note: Note = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """Address and phone, as far as they are given."""
        return tuple(line for line in (self.address, self.phone) if line)


def firm_of() -> Firm | None:
    """
    The firm of this computer; None where there is no firm.yaml.

    Raises: InputError naming file, line and field for anything that is wrong in it, the logo too.
    """
    path = clients_folder().parent / FILE
    return load_firm(path) if path.exists() else None


def load_firm(path: Path) -> Firm:
    """The firm of a file; see firm_of."""
    try:
        content, lines = read_yaml(path)
    except InputError as problem:
        if problem.rule != "file_mapping":
            raise
        text = "{file} names no firm: it must begin with 'name:'."
        raise InputError("file_mapping", text, field="firm", value=str(path), file=path.name) from None
    try:
        if not isinstance(content.get("logo", ""), str):
            refuse("text", "logo", content["logo"])
        firm = Firm(**content)
        if firm.logo is None:
            return firm
        return Firm(**{**content, "logo": _logo(path.parent, str(firm.logo))})
    except InputError as problem:
        raise in_file(path, lines, problem) from None


def _logo(folder: Path, name: str) -> Path:
    """The logo's file, checked: in the firm's own folder, an image, not too large."""
    inside = folder.resolve()
    path = (inside / name).resolve()
    if not path.is_relative_to(inside) or not path.suffix:
        text = "{field} must be the name of a PNG or JPG file in the folder of {file}; you entered {value}."
        raise InputError("logo_place", text, field="logo", value=name, file=FILE)
    if not path.is_file():
        text = "{field}: there is no file {value} in the folder of {file}."
        raise InputError("logo_missing", text, field="logo", value=name, file=FILE)
    if path.stat().st_size > LARGEST_LOGO:
        text = "{field}: {value} is larger than {limit} MB; save a smaller one."
        raise InputError("logo_large", text, field="logo", value=name, limit=int(LARGEST_LOGO / 1e6))
    try:
        with Image.open(path, formats=LOGO_FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                text = "{field}: {value} has too many pixels ({width} by {height}); save a smaller one."
                raise InputError(
                    "logo_large", text, field="logo", value=name, width=width, height=height
                )  # fmt: skip
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as problem:
        if isinstance(problem, InputError):
            raise
        text = "{field}: {value} is no PNG or JPG image."
        raise InputError("logo_image", text, field="logo", value=name) from None
    return path
