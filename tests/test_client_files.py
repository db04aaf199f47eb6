"""Where clients are kept, and which one a page opens."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import megaroth as mr
from megaroth.show.client_files import (
    chosen_client,
    chosen_name,
    client_names,
    clients_folder,
    file_name,
    is_sample,
    link_to,
    open_client,
    opened_name,
    save_client,
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEGAROTH_CLIENTS", str(tmp_path / "clients"))
    monkeypatch.delenv("QUERY_STRING", raising=False)
    return tmp_path / "clients"


def _lin(**changes: object) -> mr.Client:
    return mr.Client.load("lin").with_(**changes)


def test_own_folder_is_beside_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without MEGAROTH_CLIENTS an advisor's files are in clients/, which git does not take."""
    monkeypatch.delenv("MEGAROTH_CLIENTS")
    root = Path(__file__).parents[1]

    assert clients_folder() == root / "clients"
    assert "/clients/" in (root / ".gitignore").read_text(encoding="utf-8").split()


def test_examples_come_first_then_own_files() -> None:
    """The list is the same on every machine, and an own file of an example's name is not listed twice."""
    for name in ("Zhao", "Abel", "Lin"):
        save_client(_lin(name=name), "lin" if name == "Lin" else None)

    assert client_names() == ["lin", "moreau", "okafor", "reyes", "abel", "zhao"]
    assert not is_sample("lin")
    assert is_sample("okafor")


def test_what_is_saved_opens_again(folder: Path) -> None:
    """A saved client is equal to the one that was saved; the folder is made when first needed."""
    client = _lin(name="王喆镕", wages=123_456.78)

    name = save_client(client)

    assert open_client(name) == client
    assert sorted(path.name for path in folder.iterdir()) == ["王喆镕.yaml"]


def test_an_own_file_goes_before_the_example() -> None:
    """After Lin was saved, Lin is the saved one; the example's file is as it was."""
    save_client(_lin(wages=200_000.0), "lin")

    assert open_client("lin").household.wages == 200_000
    assert mr.Client.load("lin").household.wages == 300_000


def test_a_new_client_never_replaces_another() -> None:
    """A name that is taken is refused, also where only its spelling differs, and an example's name."""
    save_client(_lin(name="Zhao Wei", wages=1.0, elective_deferral=0.0))

    for name in ("Zhao Wei", "zhao-wei", "Zhao/Wei", "Okafor"):
        with pytest.raises(mr.InputError, match="already a client file") as caught:
            save_client(_lin(name=name))
        assert caught.value.field == "name"
    assert open_client("zhao-wei").household.wages == 1


@pytest.mark.parametrize(
    "name", ["nobody", "", "..", "../lin", "/etc/passwd", "lin.yaml", "a/b", "lin\0", "../../x.yaml"]
)
def test_only_listed_names_open(name: str) -> None:
    """A name is no path: nothing outside the two folders can be read."""
    with pytest.raises(mr.InputError, match="must be one of"):
        open_client(name)


@given(st.text(min_size=1, max_size=80))
def test_every_name_makes_a_harmless_file_name(name: str) -> None:
    """One plain part, short enough for any disk, no device of Windows, and the same when made twice."""
    found = file_name(name)

    assert found
    assert not set(found) & set('/\\:*?"<>|. \n\t\0')
    assert len(f".{found}.yaml.abcdefgh.part".encode()) < 255
    assert found not in ("con", "nul", "aux", "prn", "com1")
    assert file_name(found) == found


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("client=okafor", "okafor"),
        ("", "lin"),
        ("client=", "lin"),
        ("client=nobody", "lin"),
        ("client=../../etc/passwd", "lin"),
        ("client=%3Cscript%3E", "lin"),
        ("client=okafor&client=reyes", "okafor"),
        ("other=okafor", "lin"),
        ("client=" + "x" * 100_000, "lin"),
        ("%00%ff=;;&&", "lin"),
    ],
)
def test_the_address_chooses_only_what_exists(monkeypatch: pytest.MonkeyPatch, query: str, name: str) -> None:
    """The page's address is a stranger's text."""
    monkeypatch.setenv("QUERY_STRING", query)

    assert chosen_name("lin") == name
    assert chosen_client("lin") == mr.Client.load(name)


def test_a_broken_file_opens_the_example(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page still opens; the file stays as it was."""
    folder.mkdir()
    (folder / "broken.yaml").write_text("wages: lots", encoding="utf-8")
    monkeypatch.setenv("QUERY_STRING", "client=broken")

    assert chosen_client("lin") == mr.Client.load("lin")
    assert (folder / "broken.yaml").read_text(encoding="utf-8") == "wages: lots"


def test_a_client_is_known_by_the_file_it_came_from(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hand-made copy whose name inside is another one is not taken for the original."""
    folder.mkdir()
    _lin(wages=250_000.0).save(folder / "lin-old.yaml")
    monkeypatch.setenv("QUERY_STRING", "client=lin-old")
    client = chosen_client()

    assert opened_name(client) == "lin-old"
    assert save_client(client.with_(wages=240_000.0), "lin-old") == "lin-old"
    assert open_client("lin") == mr.Client.load("lin")


def test_a_client_that_is_not_saved_has_no_name_to_open() -> None:
    """A what-if is no file."""
    assert opened_name(_lin()) == "lin"
    assert opened_name(_lin(wages=1.0, elective_deferral=0.0)) is None


@pytest.mark.parametrize(
    ("arguments", "address"),
    [
        (("02_after_tax_space", "lin"), "02_after_tax_space.ipynb?client=lin"),
        (("02_after_tax_space", "lin", "zh"), "../zh/02_after_tax_space.ipynb?client=lin"),
        (("02_after_tax_space", None), "02_after_tax_space.ipynb"),
        (("02_after_tax_space", "王&x=1"), "02_after_tax_space.ipynb?client=%E7%8E%8B%26x%3D1"),
    ],
)
def test_links_carry_the_client(arguments: tuple, address: str) -> None:
    """Chapter to chapter and language to language, with the name safely written."""
    assert link_to(*arguments) == address
