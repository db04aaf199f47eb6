"""A firm's own head: read from firm.yaml, or refused with one sentence; nothing outside its folder is opened."""

from pathlib import Path

import pytest
from PIL import Image

import megaroth as mr
from megaroth.show.firm import firm_of, load_firm


def written(folder: Path, text: str) -> Path:
    """A firm.yaml with that text, and a small logo beside it."""
    Image.new("RGB", (60, 20), "#0b5fa5").save(folder / "logo.png")
    path = folder / "firm.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problem_of(path: Path) -> mr.InputError:
    with pytest.raises(mr.InputError) as caught:
        load_firm(path)
    return caught.value


def test_no_file_is_no_firm(clients_folder: Path) -> None:
    """Without firm.yaml a hand-out names nobody."""
    assert firm_of() is None


def test_the_firm_stands_beside_the_clients(clients_folder: Path) -> None:
    """firm.yaml is read from the folder in which the clients' folder lies, the logo with it."""
    folder = clients_folder.parent
    written(
        folder, "name: Example 理财\nlogo: logo.png\naddress: 1 Main Street\nphone: '555 0100'\nnote: Ours.\n"
    )

    firm = firm_of()

    assert (firm.name, firm.lines, firm.note) == ("Example 理财", ("1 Main Street", "555 0100"), "Ours.")
    assert firm.logo == (folder / "logo.png").resolve()


@pytest.mark.parametrize(
    ("text", "rule", "said"),
    [
        ("- a list\n", "file_mapping", "firm.yaml names no firm: it must begin with 'name:'."),
        ("name: ''\n", "missing", "firm.yaml, line 1: Name is missing."),
        ("name: A\nlogos: x.png\n", "unknown", "firm.yaml, line 2: There is no field called logos"),
        ("name: A\nlogo: 7\n", "text", "firm.yaml, line 2: Logo must be text; you entered 7."),
        ("name: A\nlogo: none.png\n", "logo_missing", "there is no file none.png in the folder of firm.yaml."),
        ("name: A\nlogo: ../secret.png\n", "logo_place", "Logo must be the name of a PNG or JPG file"),
        ("name: A\nlogo: /etc/hostname.png\n", "logo_place", "Logo must be the name of a PNG or JPG file"),
        ("name: A\nlogo: firm.yaml\n", "logo_image", "Logo: firm.yaml is no PNG or JPG image."),
        ("name: A\nphone: [1]\n", "text", "firm.yaml, line 2: Phone must be text"),
        ("name: !!python/object:os.system {}\n", "file_yaml", "firm.yaml, line 1: this is not valid YAML."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(tmp_path: Path, text: str, rule: str, said: str) -> None:
    """A key that is not known, a logo that is missing, elsewhere or no image: named, with file and line."""
    problem = problem_of(written(tmp_path, text))

    assert problem.rule == rule
    assert said in str(problem)


def test_a_logo_may_not_be_a_link_to_elsewhere(tmp_path: Path) -> None:
    """A link inside the folder that leads out of it is refused as a path that leads out of it is."""
    (tmp_path / "firm").mkdir()
    path = written(tmp_path / "firm", "name: A\nlogo: link.png\n")
    (tmp_path / "firm" / "logo.png").rename(tmp_path / "outside.png")
    (tmp_path / "firm" / "link.png").symlink_to(tmp_path / "outside.png")

    assert problem_of(path).rule == "logo_place"


def test_a_logo_must_be_small(tmp_path: Path) -> None:
    """Too many bytes, or too many pixels in few bytes, are refused before they are drawn."""
    path = written(tmp_path, "name: A\nlogo: logo.png\n")
    Image.new("1", (9_000, 9_000)).save(tmp_path / "logo.png")
    pixels = problem_of(path)
    (tmp_path / "logo.png").write_bytes(b"\x89PNG" + bytes(3_000_000))
    large = problem_of(path)

    assert "has too many pixels (9000 by 9000)" in str(pixels)
    assert "logo.png is larger than 2 MB" in str(large)


def test_a_broken_image_is_refused(tmp_path: Path) -> None:
    """A file that only begins as a picture is no picture."""
    path = written(tmp_path, "name: A\nlogo: logo.png\n")
    whole = (tmp_path / "logo.png").read_bytes()
    (tmp_path / "logo.png").write_bytes(whole[: len(whole) // 2])

    assert problem_of(path).rule == "logo_image"
