"""Reading a YAML file with the line of every key, and writing one so that it is never half there."""

import os
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
        key twice, or holds no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise _file_error("file_text", "{file} is not a text file in UTF-8.", path) from None
    except OSError:
        raise _file_error("file_unreadable", "{file} cannot be read; is it in this folder?", path) from None
    try:
        node = yaml.compose(text, _Loader)
        content = yaml.load(text, _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _file_error(
            "file_yaml", "{file}, line {line}: this is not valid YAML.", path, line=line
        ) from None
    except (yaml.YAMLError, ValueError):
        raise _file_error("file_yaml", "{file}, line {line}: this is not valid YAML.", path, line=1) from None
    if not isinstance(content, dict):
        raise _file_error("file_mapping", "{file} holds no client: it must begin with 'name:'.", path)
    lines: Lines = {}
    _note_lines(node, (), lines, path)
    return content, lines


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
    part = None
    try:
        # The same folder, so that the last step is a rename and not a copy.
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        if part is not None:
            Path(part).unlink(missing_ok=True)
        raise _file_error(
            "file_unwritable", "{file} cannot be saved: the folder is read-only, missing or full.", path
        ) from None


def _note_lines(node: yaml.Node, where: tuple, lines: Lines, path: Path) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            place = (*where, key.value)
            line = key.start_mark.line + 1
            if place in lines:
                text = "{file}, line {line}: {key} stands here twice."
                raise _file_error("file_twice", text, path, line=line, key=key.value)
            lines[place] = line
            _note_lines(value, place, lines, path)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            lines[(*where, index)] = value.start_mark.line + 1
            _note_lines(value, (*where, index), lines, path)


def _file_error(rule: str, text: str, path: Path, **values: object) -> InputError:
    # Only the file's own name: a client sees this sentence, not the advisor's folders.
    return InputError(rule, text, field="client", value=str(path), file=path.name, **values)
