"""A recipe's file -> typed, frozen recipes: inheritance, sweeps, and every error at once with its place."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from loramake.errors import Problem, RecipeError
from loramake.files import canonical_json
from loramake.recipe.model import Recipe
from loramake.recipe.spec import Spec
from loramake.recipe.sweep import sweep_points
from loramake.recipe.teacher import PROVIDERS, called, host_of
from loramake.recipe.tree import Keys, Tree, did_you_mean, read_tree

NEEDS = {
    "chunk": "clean",
    "synthesize": "chunk",
    "curate": "synthesize",
    "pretrain": "clean",
    "train": "curate",
    "evaluate": "train",
    "export": "train",
}


@dataclass(frozen=True)
class Variant:
    """One recipe that a file describes: the file's only one, with an empty `name`, or a point of its sweep."""

    name: str
    recipe: Recipe
    tree: Tree
    changed: dict[str, Any]

    def origin(self, keys: Keys) -> str:
        """Where the value at `keys` was written, as `file:line`; "default" where nobody wrote it."""
        above = self.tree.place(keys[:-1])
        written_short = (
            bool(keys[:-1]) and keys[:-1] in self.tree.places and not isinstance(_at(self.tree.value, keys[:-1]), dict)
        )
        place = self.tree.places.get(keys) or (above if written_short else None)
        return f"{place.file}:{place.line}" if place else "default"


def load_recipe(file: Path, project: Path) -> list[Variant]:
    """The recipes that `file` describes. Raises RecipeError with everything that is wrong with it."""
    tree = _inherit(file, project, ())
    sweep = tree.value.pop("vary", None)
    points = [("", {}, tree)] if sweep is None else sweep_points(tree, sweep)
    variants = [Variant(name, _validated(point), point, changed) for name, changed, point in points]
    problems = [problem for variant in variants for problem in _problems_between_blocks(variant)]
    if problems:
        raise RecipeError(list(dict.fromkeys(problems)))
    return variants


def shown(file: Path, project: Path) -> str:
    """The name of a file in messages: relative to the project where it can be."""
    try:
        return file.resolve().relative_to(project.resolve()).as_posix()
    except ValueError:
        return str(file)


def _inherit(file: Path, project: Path, seen: tuple[Path, ...]) -> Tree:
    """The tree of `file` laid over that of the file that its `from` names."""
    tree = read_tree(file, shown(file, project))
    if "from" not in tree.value:
        return tree
    parent = tree.value.pop("from")
    if not isinstance(parent, str):
        raise RecipeError([tree.problem(("from",), "must be the name of a file")])
    above = file.parent / parent
    if not above.resolve().is_relative_to(project.resolve()):
        raise RecipeError([tree.problem(("from",), f"'{parent}' is outside of the project")])
    if not above.is_file():
        raise RecipeError(
            [tree.problem(("from",), f"no file '{shown(above, project)}'", "the path counts from this file")]
        )
    chain = (*seen, file.resolve())
    if above.resolve() in chain:
        names = " -> ".join(shown(link, project) for link in (*chain, above))
        raise RecipeError([tree.problem(("from",), f"goes in a circle: {names}")])
    base = _inherit(above, project, chain)
    _lay_over(base, tree, ())
    return base


def _lay_over(base: Tree, top: Tree, keys: Keys) -> None:
    """Let what `top` says at `keys` win over `base`, key by key; null removes."""
    below, above = _at(base.value, keys), _at(top.value, keys)
    for key, value in above.items():
        here = (*keys, key)
        if value is None and key in below:
            del below[key]
        elif isinstance(value, dict) and isinstance(below.get(key), dict):
            _lay_over(base, top, here)
        else:
            below[key] = value
            base.places = {k: p for k, p in base.places.items() if k[: len(here)] != here}
            base.places |= {k: p for k, p in top.places.items() if k[: len(here)] == here}


def _at(value: Any, keys: Keys) -> Any:
    for key in keys:
        value = value[key]
    return value


def _validated(tree: Tree) -> Recipe:
    """The typed recipe of a tree. Raises RecipeError with a problem for each thing that does not fit."""
    empty = [key for key in Recipe.model_fields if tree.value.get(key, "") is None]
    problems = [
        tree.problem((key,), "is empty", f"write '{key}: {{}}' for its defaults, or leave it out") for key in empty
    ]
    value = {key: v for key, v in tree.value.items() if key not in empty}
    try:
        recipe = Recipe.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        found: dict[tuple[str, int, int], Problem] = {}
        for details in error.errors(include_url=False):
            problem = _problem_of(tree, details)
            found.setdefault((problem.path, problem.line, problem.column), problem)
        raise RecipeError([*problems, *found.values()]) from None
    if problems:
        raise RecipeError(problems)
    return recipe


def _problem_of(tree: Tree, details: ErrorDetails) -> Problem:
    """One of pydantic's findings in our words, at its place."""
    keys = details["loc"]
    if details["type"] == "extra_forbidden":
        known = keys_at(keys[:-1])
        if keys[0] == keys[-1]:
            known = [*known, "from", "vary"]
        return tree.problem(keys, "no such key", did_you_mean(str(keys[-1]), known) or f"known are {', '.join(known)}")
    if keys and keys[-1] == "[key]":
        return tree.problem(keys[:-1], f"'{keys[-2]}' is no name", "use small letters, digits, - and _, a letter first")
    if details["type"] == "missing":
        return tree.problem(keys[:-1], f"needs '{keys[-1]}'")
    while keys and keys not in tree.places:
        keys = keys[:-1]
    what, hint = _in_words(details)
    return tree.problem(keys, what, hint)


_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "string": "text",
    "bool": "true or false",
    "list": "a list",
    "dict": "a mapping of keys",
    "model": "a mapping of keys",
}
_BOUNDS = {
    "greater_than": ("more than", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("less than", "lt"),
    "less_than_equal": ("at most", "le"),
}


def _in_words(details: ErrorDetails) -> tuple[str, str]:
    """What is wrong and a hint, from pydantic's type of error."""
    kind, value, context = details["type"], details["input"], details.get("ctx", {})
    given = f"not {canonical_json(value)[:60]}" if isinstance(value, str | int | float | bool | None) else "not that"
    if kind in _BOUNDS:
        word, bound = _BOUNDS[kind]
        return f"must be {word} {context[bound]:g}, {given}", ""
    if kind == "value_error":
        return str(context["error"]), ""
    if kind == "literal_error":
        return f"must be {context['expected']}, {given}", did_you_mean(
            str(value), re.findall("'(.*?)'", context["expected"])
        )
    if kind in ("string_too_short", "too_short"):
        return "must not be empty", ""
    if kind == "string_pattern_mismatch":
        return f"must match {context['pattern']}, {given}", ""
    name = kind.partition("_")[0]
    return (f"must be {_KINDS[name]}, {given}", "") if name in _KINDS else (details["msg"].lower(), "")


def keys_at(keys: Keys) -> list[str]:
    """The keys that a recipe may have at `keys`; empty where any name will do."""
    spec = spec_at(keys)
    return [] if spec is None else [field.alias or name for name, field in spec.model_fields.items()]


def spec_at(keys: Keys) -> type[Spec] | None:
    """The model that describes the mapping at `keys`; None where there is none."""
    kind: Any = Recipe
    for key in keys:
        if isinstance(kind, type) and issubclass(kind, Spec):
            fields = {field.alias or name: field for name, field in kind.model_fields.items()}
            if key not in fields:
                return None
            kind = fields[str(key)].annotation
        else:
            kind = get_args(kind)[-1] if get_args(kind) else None
        kind = holder(kind)
    return kind if isinstance(kind, type) and issubclass(kind, Spec) else None


def holder(kind: Any) -> Any:
    """The part of a type that holds keys: a model, or a mapping or list of models."""
    if isinstance(kind, type) and issubclass(kind, Spec):
        return kind
    if getattr(kind, "__origin__", None) in (dict, list):
        return kind
    parts = [holder(part) for part in get_args(kind)]
    return next((part for part in parts if part is not None), None)


def _problems_between_blocks(variant: Variant) -> Iterator[Problem]:
    """What one block needs of another."""
    recipe, tree = variant.recipe, variant.tree
    for block, needed in NEEDS.items():
        if getattr(recipe, block) is not None and getattr(recipe, needed) is None:
            yield tree.problem((block,), f"needs '{needed}'", f"add '{needed}:'")
    if recipe.train and recipe.train.base is None and recipe.pretrain is None:
        yield tree.problem(("train",), "needs 'base'", "name a model, or add 'pretrain: {}' for a tiny one of your own")
    if recipe.train and recipe.train.base is not None and recipe.pretrain is not None:
        yield tree.problem(("train", "base"), "is of no use beside 'pretrain'", "remove one of them")
    yield from _problems_with_teacher(variant)
    named: list[tuple[Keys, list[str]]] = []
    if recipe.synthesize:
        tasks = recipe.synthesize.tasks.items()
        named += [(("synthesize", "tasks", name, "from"), task.sources) for name, task in tasks if task.sources]
    if recipe.curate:
        named += [(("curate", "holdout", name), sources) for name, sources in recipe.curate.holdout.items()]
        taken = [name for name in recipe.curate.holdout if name in ("train", "validation", "test")]
        yield from (
            tree.problem(("curate", "holdout", name), f"'{name}' is a split already", "use another name")
            for name in taken
        )
    for keys, sources in named:
        for source in sources:
            if source not in recipe.sources:
                hint = did_you_mean(source, list(recipe.sources)) or f"sources are {', '.join(recipe.sources)}"
                yield tree.problem(keys, f"no source '{source}'", hint)


def _problems_with_teacher(variant: Variant) -> Iterator[Problem]:
    """What may not be sent to whom, and how it can be."""
    recipe, tree = variant.recipe, variant.tree
    asking = recipe.synthesize
    if asking is None or all(task.kind == "direct" for task in asking.tasks.values()):
        return
    masked = recipe.clean is not None and any(step.mask is not None for step in recipe.clean.steps)
    if asking.model.remote and not masked and not asking.unmasked:
        host = host_of(asking.model.url) or "a model elsewhere"
        yield tree.problem(
            ("synthesize", "model"),
            f"text that is not masked would be sent to {host}",
            "add '- mask: all' to the steps of 'clean', or write 'unmasked: true' under 'synthesize' if it may be sent",
        )
    if asking.limit.batch and not asking.model.batches:
        able = ", ".join(called(name) for name, provider in PROVIDERS.items() if provider.batch)
        yield tree.problem(
            ("synthesize", "limit", "batch"), "this model has no batch interface", f"{able} have one; or remove 'batch'"
        )
