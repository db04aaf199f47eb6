"""Reading a YAML file with the line of every key, and writing one so that it is never half there."""

import os
import shutil
import tempfile
from pathlib import Path

import yaml

from megaroth.facts.errors import InputError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

Lines = dict[tuple[str | int, ...], int]


def read_yaml(path: Path) -> tuple[dict, Lines]:
    """
    A YAML file's mapping, and the line on which each key stands.

    Args:
        path: the file; UTF-8.

    Returns: the mapping, and a dict from key path (("plans", 0, "kind")) to line number from 1.
    Raises: InputError with field "client" when the file is missing or unreadable, is no valid YAML, names a
        key twice or by something else than a word, or holds no mapping.
    """
    text = _text_of(path)
    lines: Lines = {}
    try:
        node = yaml.compose(text, _Loader)
        if not isinstance(node, yaml.MappingNode):
            raise _file_error("file_mapping", "{file} holds no client: it must begin with 'name:'.", path)
        _note_lines(node, (), lines, path, seen=set())
        return yaml.load(text, _Loader), lines
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(path, error.problem_mark.line + 1 if error.problem_mark else 1) from None


def _text_of(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _file_error("file_text", "{file} is not a text file in UTF-8.", path) from None
    except OSError:
        raise _file_error("file_unreadable", "{file} cannot be read; is it in this folder?", path) from None
    if strange := yaml.reader.Reader.NON_PRINTABLE.search(text):
        raise _not_yaml(path, text.count("\n", 0, strange.start()) + 1)
    return text


def in_file(path: Path, lines: Lines, problem: InputError) -> InputError:
    """The same problem with the file and the line in which it stands."""
    place = problem.place or (problem.field,)
    nearest = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in lines), None)
    # A check across parts knows its field and not in which part it stands.
    known = nearest or next((there for there in lines if there[-1] == problem.field), None)
    values = {"file": path.name, "line": lines.get(known, 1), "problem": problem.message}
    text = "{file}, line {line}: {problem}"
    return InputError(problem.rule, text, field=problem.field, value=problem.value, **values)


def write_yaml(path: Path, content: dict) -> None:
    """
    Write a mapping as YAML: the whole file or nothing.

    Args:
        path: where to; an existing file is replaced in one step.
        content: plain dicts, lists, numbers and text.

    Raises: InputError with field "client" when the folder cannot be written or the disk is full; the file that
        was there stays as it was.
    """
    text = yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    write_whole(path, text.encode("utf-8"))


def write_whole(path: Path, content: bytes) -> None:
    """
    Write a file: all of it or nothing.

    Raises: InputError with field "client" when the folder cannot be written or the disk is full; the file that
        was there stays as it was.
    """
    part = None
    try:
        # The same folder, so that the last step is a rename and not a copy.
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copymode(path, part)
        os.replace(part, path)
    except OSError:
        text = "{file} cannot be saved: the folder is read-only, missing or full."
        raise _file_error("file_unwritable", text, path) from None
    finally:
        if part is not None:
            Path(part).unlink(missing_ok=True)  # after the rename there is none


def _note_lines(node: yaml.Node, where: tuple, lines: Lines, path: Path, seen: set[int]) -> None:
    """Note the line of every key, and refuse what a client file has no use for."""
    line = node.start_mark.line + 1
    if id(node) in seen:  # an alias, which could also hold itself
        raise _not_yaml(path, line)
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            line = key.start_mark.line + 1
            if key.tag != "tag:yaml.org,2002:str":
                text = "{file}, line {line}: the name of a field must be a word."
                raise _file_error("file_key", text, path, line=line)
            place = (*where, key.value)
            if place in lines:
                text = "{file}, line {line}: {key} stands here twice."
                raise _file_error("file_twice", text, path, line=line, key=key.value)
            lines[place] = line
            _note_lines(value, place, lines, path, seen)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*where, index)] = value.start_mark.line + 1
            _note_lines(value, (*where, index), lines, path, seen)
    else:
        try:
            _Loader("").construct_object(node)
        except ValueError:  # a thirteenth month
            raise _not_yaml(path, line) from None


def _not_yaml(path: Path, line: int) -> InputError:
    return _file_error("file_yaml", "{file}, line {line}: this is not valid YAML.", path, line=line)


def _file_error(rule: str, text: str, path: Path, **values: object) -> InputError:
    # Only the file's own name: a client sees this sentence, not the advisor's folders.
    return InputError(rule, text, field="client", value=str(path), file=path.name, **values)
