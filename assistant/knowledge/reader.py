"""Reads a YAML file of data/ into its schema; what is wrong comes back as file, line, field and reason."""

from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence, Tuple, Type, TypeVar, Union

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

Model = TypeVar("Model", bound=BaseModel)


# What it nearly always is, in words for somebody who writes answers.
YAML_HINT = "(use spaces and no tabs, close every bracket, put quotes around a text that holds a colon)"


class DataError(Exception):
    """A file of data/ is broken. The message names file, line, entry, field and reason, one problem a line."""


def read_yaml(path: Path) -> Any:
    """Parse `path` as plain YAML.

    Raises:
        DataError: the file is missing, or is not YAML (with the line of the fault).
    """
    try:
        return YAML(typ="safe", pure=False).load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{path}: the file is missing") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise DataError(f"{path}:{line}: not valid YAML: {error.problem} {YAML_HINT}") from None


def line_of(path: Path, keys: Sequence[Union[str, int]]) -> int:
    """Line (from 1) on which the entry at `keys` begins, or that of the deepest of its parents that exists."""
    node: Any = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    line = 1
    for key in keys:
        try:
            marks = node.lc  # what ruamel.yaml remembers of the file
            position = marks.key(key) if hasattr(node, "keys") else marks.item(key)
            line, node = position[0] + 1, node[key]
        except (KeyError, IndexError, AttributeError, TypeError):
            break
    return line


def describe(path: Path, prefix: Tuple[str, ...], error: ValidationError) -> List[str]:
    """One line a problem of `error`: file, line, entry, field, reason."""
    lines = []
    for problem in error.errors():
        keys = [*prefix, *(part for part in problem["loc"] if part != "__root__")]
        lines.append(f"{path}:{line_of(path, keys)}: {'.'.join(map(str, keys))}: {problem['msg']}")
    return lines


def read_entry(path: Path, model: Type[Model]) -> Model:
    """Read a file that is one entry.

    Raises:
        DataError: see `read_yaml`; or the content does not fit `model`.
    """
    try:
        return model.parse_obj(read_yaml(path) or {})
    except ValidationError as error:
        raise DataError("\n".join(describe(path, (), error))) from None


def read_entries(path: Path, model: Type[Model]) -> Dict[str, Model]:
    """Read a file that maps ids to entries.

    Raises:
        DataError: see `read_yaml`; or an entry does not fit `model` (all problems of the file at once).
    """
    content = read_yaml(path)
    if not isinstance(content, Mapping):
        raise DataError(f"{path}:1: expected entries by id")
    entries: Dict[str, Model] = {}
    problems: List[str] = []
    for key, value in content.items():
        try:
            entries[str(key)] = model.parse_obj(value)
        except ValidationError as error:
            problems += describe(path, (str(key),), error)
    if problems:
        raise DataError("\n".join(problems))
    return entries
