"""Recipes -> build/plan.json and the slices that jobs read; and what rules ask of them."""

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from loramake.cache import Digests
from loramake.contents import Project
from loramake.errors import PlanError, Problem, RecipeError, StoreError
from loramake.files import digest, read_json, write_json
from loramake.places import allowed_places
from loramake.recipe.load import load_recipe, shown
from loramake.slices import Point, slices_of
from loramake.stage import BUILD, STAGES

PLAN = BUILD / "plan"
PUBLISH = "publish"
# Whose money a stage spends stands among its settings, under a name that no key of a recipe has.
RECIPE, PAYS = "@recipe", ("synthesize",)


def open_project(root: Path) -> Project:
    """The project at `root`; LORAMAKE_ALLOW names what recipes may read beside it."""
    return Project(root, Digests(root, root / BUILD / "cache" / "digests.json"), *allowed_places())


def compile_recipe(file: Path, project: Project) -> list[Point]:
    """The points that a recipe's file describes. Raises RecipeError with everything that is wrong."""
    name = file.stem
    if name in (*STAGES, PUBLISH, "all", "result", "default"):
        problem = Problem(shown(file, project.root), 1, 1, "", f"'{name}' is the name of a rule", "rename the file")
        raise RecipeError([problem])
    points, problems = [], []
    for variant in load_recipe(file, project.root):
        try:
            points.append(slices_of(variant, name, project))
        except RecipeError as error:
            problems += error.problems
    if problems:
        raise RecipeError(list(dict.fromkeys(problems)))
    return points


def compile_all(
    project: Project, files: Iterable[Path], *, save: bool = True
) -> tuple[list[Point], dict[str, RecipeError]]:
    """The points of every recipe, and the errors of those that cannot be compiled, by recipe.

    `save`: keep digests of files.
    """
    points: list[Point] = []
    errors: dict[str, RecipeError] = {}
    for file in files:
        try:
            points += compile_recipe(file, project)
        except RecipeError as error:
            errors[file.stem] = error
    if save:
        project.digests.save()
    return points, errors


def compile_project(root: Path = Path()) -> None:
    """Plan every recipe of the project: what the Snakefile does first. Recipes with problems are named on the way."""
    points, errors = compile_all(open_project(root), recipe_files(root))
    write_plan(points, errors, root)
    for error in errors.values():
        sys.stderr.write(f"left out: {error}\n")


def recipe_files(root: Path) -> list[Path]:
    """The recipes of a project: recipes/*.yaml, less those that begin with `_` and are there to inherit from."""
    return sorted(path for path in (root / "recipes").glob("*.yaml") if not path.name.startswith(("_", ".")))


def write_plan(
    points: Sequence[Point], errors: Mapping[str, RecipeError], root: Path = Path(), *, only_slices: bool = False
) -> None:
    """Put slices, settings and listings where jobs find them, and build/plan.json, which maps recipes to addresses.

    A slice is written once and never changed: a job that starts an hour later builds what it was planned to build.
    """
    recipes: dict[str, dict[str, str]] = {}
    paid: dict[str, str] = {}
    for point in points:
        keys = point.keys
        for stage, slice_ in point.slices.items():
            _write_once(root / PLAN / f"{keys[stage]}.json", slice_)
            settings = point.settings[stage] | ({RECIPE: point.recipe} if stage in PAYS else {})
            _write_once(root / PLAN / f"{keys[stage]}.settings.json", settings, changes=True)
        for listing, rows in point.listings.items():
            _write_once(root / PLAN / "contents" / f"{listing}.json", rows)
        published = publication(point)
        _write_once(root / PLAN / f"{digest(published)}.json", published)
        recipes.setdefault(point.recipe, {})[point.name] = digest(published)
        if variable := point.settings.get("synthesize", {}).get("model", {}).get("key"):
            paid[point.recipe] = variable
    if only_slices:
        return
    problems = {recipe: str(error) for recipe, error in errors.items()}
    plan = {"recipes": recipes, "problems": problems, "paid": paid}
    _write_once(root / BUILD / "plan.json", plan, changes=True)


def publication(point: Point) -> dict[str, Any]:
    """The slice of a point's results: what stands under results/<point>/ follows from it."""
    return {"stage": PUBLISH, "point": point.name, "upstream": point.keys}


def _write_once(path: Path, value: Any, *, changes: bool = False) -> None:
    if not path.exists() or (changes and read_json(path) != value):
        write_json(path, value)


def read_slice(key: str, root: Path = Path()) -> dict[str, Any]:
    """The slice that `key` is the address of. Raises StoreError when it was never planned."""
    try:
        slice_: dict[str, Any] = read_json(root / PLAN / f"{key}.json")
    except FileNotFoundError:
        raise StoreError(f"nothing is planned under the key {key}", where=str(root / PLAN)) from None
    return slice_


def upstream(*stages: str) -> Callable[[Any], list[str]]:
    """An input function for rules: the receipts of `stages` (or of all) that the slice of `wildcards.key` names."""
    from snakemake.io import ancient

    def receipts(wildcards: Any) -> list[str]:
        above = read_slice(wildcards.key)["upstream"]
        return [ancient(f"build/{stage}/{above[stage]}/receipt.json") for stage in stages or above if stage in above]

    return receipts


def targets(config: Mapping[str, Any], *recipes: str, complete: bool = True) -> Callable[[Any], list[str]]:
    """An input function for rules: the marks of everything that `recipes` publish (of all recipes, if none is named).

    A recipe with problems raises them, unless `complete` is false: then it is left out, and so is one whose model is
    asked with a key. What may cost money is built when it is named.
    """

    def marks(_wildcards: Any) -> list[str]:
        wanted = recipes or sorted({*config["recipes"], *config["problems"]})
        broken = [config["problems"][recipe] for recipe in wanted if recipe in config["problems"]]
        if broken and (complete or len(broken) == len(wanted)):
            raise PlanError("\n".join(broken))
        paid = set() if complete or recipes else _paid(config.get("paid", {}))
        points = [p for recipe in wanted if recipe not in paid for p in config["recipes"].get(recipe, {}).items()]
        return [f"results/{name}/.published-{key}" for name, key in points]

    return marks


def _paid(variables: Mapping[str, str]) -> set[str]:
    """The recipes whose model is asked with a key, which each variable holds; they are named on the way."""
    for recipe, variable in variables.items():
        sys.stderr.write(f"left out: {recipe}: its model is asked with {variable}, for money; build it by name\n")
    return set(variables)


def publication_of(config: Mapping[str, Any]) -> Callable[[Any], list[str]]:
    """An input function for rules: the mark of whatever publishes results/`wildcards.path`."""

    def mark(wildcards: Any) -> list[str]:
        for points in config["recipes"].values():
            for name, key in points.items():
                if wildcards.path.startswith(f"{name}/"):
                    return [f"results/{name}/.published-{key}"]
        raise PlanError(f"no recipe makes results/{wildcards.path}")

    return mark
