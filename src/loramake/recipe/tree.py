"""YAML with positions: a file -> plain values, and the place of every one of them.

YAML 1.2's core types are read, so `no` is text and `2e-4` a number. Everything that could make a small file large or
deep is bounded.
"""

import difflib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from loramake.errors import Problem, RecipeError

MOST_BYTES = 1_000_000
MOST_VALUES = 20_000
MOST_LEVELS = 40

Keys = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands; `line` and `column` count from 1."""

    file: str
    line: int
    column: int


@dataclass
class Tree:
    """A value, and the place of each key under it: of the key itself, or of the item in a list."""

    value: Any
    places: dict[Keys, Place] = field(default_factory=dict)

    def place(self, keys: Keys) -> Place:
        """The place of `keys`, or of the nearest thing around it."""
        while keys not in self.places and keys:
            keys = keys[:-1]
        return self.places[keys]

    def problem(self, keys: Keys, what: str, hint: str = "") -> Problem:
        """`what` is wrong with the value at `keys`."""
        place = self.place(keys)
        return Problem(place.file, place.line, place.column, dotted(keys), what, hint)


def dotted(keys: Keys) -> str:
    """`("clean", "steps", 0)` as `clean.steps.0`."""
    return ".".join(str(key) for key in keys)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A hint at the known word that `word` is closest to; empty where none is close."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean '{close[0]}'?" if close else ""


class _Loader(yaml.SafeLoader):
    """PyYAML's parser with the core types of YAML 1.2."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own form


_TYPES = {
    "null": r"~|null|",
    "bool": r"true|false",
    "int": r"[-+]?[0-9][0-9_]*",
    "float": r"[-+]?(\.[0-9]+|[0-9][0-9_]*(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan",
}
for _name, _pattern in _TYPES.items():
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern})$"), None)

_SCALARS: dict[str, Any] = {
    "null": lambda _text: None,
    "bool": lambda text: text == "true",
    "int": lambda text: int(text.replace("_", "")),
    "float": lambda text: float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan")),
    "str": lambda text: text,
}


class _Builder:
    """Turns PyYAML's nodes into values, and gathers places and problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Keys, Place] = {}
        self.problems: list[Problem] = []
        self.values = 0

    def place(self, mark: yaml.Mark) -> Place:
        return Place(self.file, mark.line + 1, mark.column + 1)

    def refuse(self, mark: yaml.Mark, keys: Keys, what: str, hint: str = "") -> None:
        place = self.place(mark)
        self.problems.append(Problem(self.file, place.line, place.column, dotted(keys), what, hint))

    def build(self, node: yaml.Node, keys: Keys) -> Any:
        self.values += 1
        if self.values > MOST_VALUES or len(keys) > MOST_LEVELS:
            bound = f"{MOST_VALUES} values" if self.values > MOST_VALUES else f"{MOST_LEVELS} levels"
            self.refuse(node.start_mark, (), f"grows to more than {bound}", "aliases that repeat aliases do that")
            raise RecipeError(self.problems)
        self.places.setdefault(keys, self.place(node.start_mark))
        kind = node.tag.removeprefix("tag:yaml.org,2002:")
        if kind not in (*_SCALARS, "map", "seq"):
            self.refuse(node.start_mark, keys, f"the tag {node.tag} is not allowed", "write plain values")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, keys)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*keys, index)) for index, item in enumerate(node.value)]
        try:
            return _SCALARS[kind](node.value)
        except (KeyError, ValueError):
            self.refuse(node.start_mark, keys, f"{node.value!r} is not of the type that its tag says")
            return None

    def mapping(self, node: yaml.MappingNode, keys: Keys) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key_node, yaml.ScalarNode) or not isinstance(key, str):
                self.refuse(key_node.start_mark, keys, "a key must be plain text")
                continue
            below = (*keys, key)
            if key in value:
                first = self.places[below].line
                self.refuse(key_node.start_mark, below, "the key stands here twice", f"the first is in line {first}")
                continue
            self.places[below] = self.place(key_node.start_mark)
            value[key] = self.build(value_node, below)
        return value


def read_tree(path: Path, name: str) -> Tree:
    """The values of a YAML file, called `name` in messages, with their places.

    Raises RecipeError with all that is wrong.
    """

    def refuse(what: str, hint: str = "", line: int = 1, column: int = 1) -> RecipeError:
        return RecipeError([Problem(name, line, column, "", what, hint)])

    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror or error}", "check the path") from None
    except UnicodeDecodeError as error:
        raise refuse("is not UTF-8 text", "save it as UTF-8", data[: error.start].count(b"\n") + 1) from None
    if len(data) > MOST_BYTES:
        raise refuse(f"is larger than {MOST_BYTES // 1_000_000} MB", "a recipe names data, it does not hold it")
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        hint = "indent with spaces" if "\\t" in (error.problem or "") else ""
        what = f"is not YAML: {error.problem}"
        raise refuse(what, hint, *((mark.line + 1, mark.column + 1) if mark else (1, 1))) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise refuse(f"is not YAML: {str(error).splitlines()[0]}") from None
    if node is None:
        raise refuse("is empty", "a recipe needs at least 'sources'")
    builder = _Builder(name)
    value = builder.build(node, ())
    if not isinstance(value, dict):
        builder.refuse(node.start_mark, (), "is not a mapping of keys", "begin with 'sources:'")
    if builder.problems:
        raise RecipeError(builder.problems)
    return Tree(value, builder.places)


def rows_of(text: str) -> list[dict[str, Any]]:
    """The mappings in JSON lines, or in a list in YAML. Raises ValueError when it is neither."""
    if len(text) > MOST_BYTES:
        raise ValueError(f"it is longer than {MOST_BYTES} characters")
    lines = [line for line in text.splitlines() if line.strip()]
    if lines and all(line.lstrip().startswith("{") for line in lines):
        try:
            rows: Any = [json.loads(line, parse_constant=_no_number) for line in lines]
        except RecursionError:
            raise ValueError("it is nested too deeply") from None
    else:
        rows = _list_in(text)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise ValueError("write JSON lines, or a list in YAML, of mappings")
    return rows


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _list_in(text: str) -> Any:
    builder = _Builder("")
    try:
        node = yaml.compose(text, Loader=_Loader)
        value = None if node is None else builder.build(node, ())
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())[:200]) from None
    except RecipeError:
        value = None
    if builder.problems:
        problem = builder.problems[0]
        raise ValueError(f"line {problem.line}: {problem.what}")
    return value
