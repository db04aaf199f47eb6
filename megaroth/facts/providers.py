"""What was said about institutions that can run such plans: by whom, where and when. The employer's plan decides."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from megaroth.facts.data import data_path
from megaroth.facts.errors import InputError
from megaroth.facts.fields import Facts, Text
from megaroth.facts.yaml_file import in_file, read_yaml

FILE_VERSION = 1
Sentence = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=400)]
Name = Annotated[Text, Field(min_length=1)]


def _day(value: object) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value).split()[0])
    except (ValueError, IndexError):
        text = "{field} must be a date like 2026-11-24; you entered {value}."
        raise InputError("date", text, field="checked", value=value) from None


Checked = Annotated[dt.date, BeforeValidator(_day)]


class Claim(Facts):
    """One thing that somebody said about an institution; without its Chinese the English shows in both languages."""

    claim: Sentence
    claim_zh: Sentence | None = None
    claimed_by: Sentence
    claimed_by_zh: Sentence | None = None
    source: Sentence
    source_zh: Sentence | None = None
    address: Sentence | None = None
    checked: Checked

    def stale(self, as_of: dt.date) -> bool:
        """Whether it was checked more than a year before a day."""
        year, *day = self.checked.timetuple()[:3]
        return as_of.timetuple()[:3] > (year + 1, *day)


class Provider(Facts):
    """An institution, and what was said about it."""

    name: Name
    name_zh: Name | None = None
    kind: Literal["administrator", "solo_specialist"]
    claims: Annotated[tuple[Claim, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Providers:
    """
    The entries to show.

    Attributes:
        entries: ours in the order of their names, a firm's own one in the place of ours where it has the same name, then
            the firm's others.
        of_firm: the names of those that are the firm's own.
        problems: firm's files that are not in order, a sentence each; the others show all the same.
    """

    entries: tuple[Provider, ...]
    of_firm: frozenset[str]
    problems: tuple[InputError, ...]


def load_providers(firms_folder: Path | None = None) -> Providers:
    """
    The entries of data/providers, with a firm's own.

    Args: firms_folder, with the firm's files; None, or a folder that is not there: ours alone.
    Raises: InputError when one of our own files is not in order.
    """
    entries = {_key(entry): entry for entry in map(read_provider, _files(data_path("providers")))}
    entries = dict(sorted(entries.items()))
    of_firm, problems = set(), []
    for path in _files(firms_folder) if firms_folder is not None else ():
        try:
            entry = read_provider(path)
        except InputError as problem:
            problems.append(problem)
        else:
            entries[_key(entry)] = entry
            of_firm.add(entry.name)
    return Providers(tuple(entries.values()), frozenset(of_firm), tuple(problems))


def read_provider(path: Path) -> Provider:
    """
    One entry from its file.

    Raises: InputError naming the file, and the line and key of what is wrong in it.
    """
    try:
        content, lines = read_yaml(path)
    except InputError as problem:
        if problem.rule == "file_mapping":
            text = "{file} holds no provider: it must begin with 'version:'."
            raise InputError(problem.rule, text, field="provider", value=str(path), file=path.name) from None
        raise
    version = content.pop("version", None)
    if version != FILE_VERSION:
        text = "{file} is no provider's file of megaroth: it must say 'version: {version}'."
        raise InputError(
            "version", text, field="version", value=version, file=path.name, version=FILE_VERSION
        )
    try:
        return Provider(**content)
    except InputError as problem:
        raise in_file(path, lines, _as_institution(problem)) from None


def _as_institution(problem: InputError) -> InputError:
    """A client's plan has a `kind` too, which goes by another name."""
    if problem.field != "kind":
        return problem
    renamed = problem.under(field="institution")
    renamed.place = problem.place
    return renamed


def _files(folder: Path) -> list[Path]:
    endings = (".yaml", ".yml")
    return (
        sorted(path for path in folder.iterdir() if path.suffix.lower() in endings) if folder.is_dir() else []
    )


def _key(entry: Provider) -> str:
    return entry.name.casefold()
