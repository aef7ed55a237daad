"""Sweeps: `vary` maps dotted keys to lists, and every combination of their values is a recipe of its own."""

import itertools
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from loramake.errors import Problem, RecipeError
from loramake.files import canonical_json, digest
from loramake.recipe.model import Recipe
from loramake.recipe.tree import Place, Tree, did_you_mean

MOST_VARIANTS = 256
BLOCKS = tuple(name for name in Recipe.model_fields if name != "about")


def sweep_points(tree: Tree, sweep: Any) -> Iterator[tuple[str, dict[str, Any], Tree]]:
    """Name, changed values and tree of each combination of the values that `vary` lists. Raises RecipeError."""
    problems = list(_problems_of_sweep(tree, sweep))
    if problems:
        raise RecipeError(problems)
    names = _short_names(list(sweep))
    for choice in itertools.product(*(range(len(values)) for values in sweep.values())):
        point = Tree(deepcopy(tree.value), dict(tree.places))
        changed = {}
        for (path, values), index in zip(sweep.items(), choice, strict=True):
            _put(point, path, values[index], tree.place(("vary", path, index)))
            changed[path] = values[index]
        name = ",".join(f"{names[path]}={_plain(value)}" for path, value in changed.items())
        yield name, changed, point


def _problems_of_sweep(tree: Tree, sweep: Any) -> Iterator[Problem]:
    if not isinstance(sweep, dict) or not sweep:
        yield tree.problem(("vary",), "must map dotted keys to lists", "for example 'train.lora.rank: [8, 16]'")
        return
    for path, values in sweep.items():
        if not isinstance(values, list) or not values:
            yield tree.problem(("vary", path), "must be a list of values")
        elif len({canonical_json(value) for value in values}) < len(values):
            yield tree.problem(("vary", path), "lists a value twice")
        if path.partition(".")[0] not in BLOCKS:
            yield tree.problem(("vary", path), "no such key", did_you_mean(path.partition(".")[0], BLOCKS))
        elif isinstance(values, list) and _parent_of(tree.value, path) is None:
            yield tree.problem(
                ("vary", path), "names nothing in this recipe", "what is above its last part must stand there"
            )
    size = 1
    for values in sweep.values():
        size *= len(values) if isinstance(values, list) else 1
    if size > MOST_VARIANTS:
        yield tree.problem(("vary",), f"makes {size} variants; the most is {MOST_VARIANTS}")


def _parent_of(value: Any, path: str) -> Any:
    """The mapping or list that holds the last part of `path`; missing mappings are made.

    None where a part fits nothing.
    """
    *parts, last = path.split(".")
    for part in parts:
        if isinstance(value, dict):
            if value.get(part) is None:
                value[part] = {}
            value = value[part]
        elif isinstance(value, list) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            return None
    fits = isinstance(value, dict) or (isinstance(value, list) and last.isdecimal() and int(last) < len(value))
    return value if fits else None


def _put(tree: Tree, path: str, value: Any, place: Place) -> None:
    parent, last = _parent_of(tree.value, path), path.split(".")[-1]
    parent[int(last) if isinstance(parent, list) else last] = value
    keys = tuple(int(part) if part.isdecimal() else part for part in path.split("."))
    tree.places[keys] = place


def _short_names(paths: list[str]) -> dict[str, str]:
    """Each path by as many of its last parts as it takes to tell it from the others."""
    names = {}
    for path in paths:
        parts = path.split(".")
        lengths = range(1, len(parts) + 1)
        tails = (".".join(parts[-n:]) for n in lengths)
        names[path] = next(tail for tail in tails if sum(("." + p).endswith("." + tail) for p in paths) == 1)
    return names


def _plain(value: Any) -> str:
    """A value as a part of a folder's name."""
    text = value if isinstance(value, str) else canonical_json(value)
    return text if re.fullmatch(r"[A-Za-z0-9._+-]{1,40}", text) else digest(value)[:8]
