"""The command line: it reads recipes, plans and results. Building is Snakemake's."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from loramake import __version__
from loramake.errors import LoramakeError, PlanError
from loramake.files import canonical_json
from loramake.plan import compile_all, open_project, read_slice, recipe_files, write_plan
from loramake.recipe.load import Variant, load_recipe, shown
from loramake.recipe.model import Synthesize
from loramake.recipe.tree import Keys
from loramake.slices import Point


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command. Exits with 2 when a recipe is wrong, with 1 after any other error of ours."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        sys.exit(chosen.run(chosen))
    except LoramakeError as error:
        if chosen.debug:
            raise
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="loramake", description="make for LoRA adapters")
    parser.add_argument("--version", action="version", version=f"loramake {__version__}")
    parser.add_argument("--debug", action="store_true", help="show where an error comes from")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="say everything that is wrong with recipes")
    check.add_argument("recipe", nargs="+", help="a recipe's file or its name")
    check.set_defaults(run=_check)
    plan = commands.add_parser("plan", help="say what a build would do, stage by stage, and why")
    plan.add_argument("recipe", nargs="*", help="a recipe's file or its name; every one if none is named")
    plan.add_argument(
        "--pilot",
        type=int,
        metavar="N",
        help="ask a recipe's teacher about N passages first, so that the rest can be estimated; this costs money",
    )
    plan.set_defaults(run=_plan)
    show = commands.add_parser("show", help="a recipe with everything resolved, and where each value comes from")
    show.add_argument("recipe", help="a recipe's file or its name")
    show.set_defaults(run=_show)
    fetch = commands.add_parser("fetch", help="take snapshots of the live services that a recipe names, in data/raw/")
    fetch.add_argument("recipe", help="a recipe's file or its name")
    fetch.add_argument("source", nargs="*", help="a source of it; every one with a 'fetch' block if none is named")
    fetch.set_defaults(run=_fetch)
    results = commands.add_parser("results", help="what a recipe's last build made")
    results.add_argument("recipe", nargs="*", help="a recipe's name; everything that is built if none is named")
    results.set_defaults(run=_results)
    return parser


def _file(name: str) -> Path:
    """The file of a recipe that is named by its file or by its bare name."""
    by_name = Path("recipes") / f"{name}.yaml"
    return by_name if by_name.is_file() and not Path(name).is_file() else Path(name)


def _files(names: Sequence[str]) -> list[Path]:
    files = [_file(name) for name in names] or recipe_files(Path())
    if not files:
        raise PlanError(
            "there is no recipe", where="recipes/", hint="write recipes/<name>.yaml, or go to the project's folder"
        )
    return files


def _check(arguments: argparse.Namespace) -> int:
    files = _files(arguments.recipe)
    points, errors = compile_all(open_project(Path()), files, save=False)
    for error in errors.values():
        print(error, file=sys.stderr)
    for file in files:
        variants = [point for point in points if point.recipe == file.stem]
        if file.stem not in errors:
            stages = ", ".join(variants[0].slices)
            count = f" in {len(variants)} variants" if len(variants) > 1 else ""
            print(f"{shown(file, Path())}: good: {stages}{count}")
    return 2 if errors else 0


def _plan(arguments: argparse.Namespace) -> int:
    from loramake.results import last_published
    from loramake.store import is_fresh
    from loramake.why import reasons

    if arguments.pilot is not None and (len(arguments.recipe) != 1 or arguments.pilot < 1):
        raise PlanError(
            "a pilot is for one recipe, and for one passage or more", hint="loramake plan RECIPE --pilot 20"
        )
    points, broken = compile_all(open_project(Path()), _files(arguments.recipe))
    errors: dict[str, LoramakeError] = {**broken}
    for error in broken.values():
        print(error, file=sys.stderr)
    write_plan(points, {}, only_slices=True)
    for point in points:
        last = last_published(point.name)
        stale = {stage for stage, key in point.keys.items() if not is_fresh(stage, key)}
        rows = [("stage", "key", "state", "why")]
        for stage, key in point.keys.items():
            why = "; ".join(reasons(stage, point.slices[stage], last, stale)) if stage in stale else ""
            rows.append((stage, key, "stale" if stage in stale else "fresh", why))
        print(f"{point.name}: {len(stale)} of {len(point.keys)} stages to build")
        print(_table(rows))
        if "synthesize" in stale:
            try:
                for line in _calls(point, arguments.pilot, built="chunk" not in stale):
                    print(f"  {line}")
            except LoramakeError as error:
                errors[point.name] = error
                print(error, file=sys.stderr)
            except KeyboardInterrupt:
                print("stopped; what was answered is kept", file=sys.stderr)
                return 130
    return max((error.exit_code for error in errors.values()), default=0)


def _calls(point: Point, pilot: int | None, *, built: bool) -> Iterator[str]:
    """What the teacher of a point would be asked, and what that would cost; after a pilot, if one is asked for."""
    from loramake.store import CACHE, folder_of, spec_of

    # As the stage will read it: the order of keys is the file's.
    key = point.keys["synthesize"]
    spec = spec_of(read_slice(key), key)
    assert isinstance(spec, Synthesize)
    if spec.model.here:
        return
    if not built:
        first = f"snakemake --profile local {point.recipe} --until chunk"
        yield f"what the teacher would be asked is known once there are passages: {first}"
        return
    from loramake.teachers.offer import offer
    from loramake.teachers.preview import pilot as ask
    from loramake.teachers.preview import preview

    chunks, calls = folder_of("chunk", point.keys["chunk"]) / "chunks.jsonl", CACHE / "calls"
    if pilot is not None:
        asked = ask(spec, chunks=chunks, calls=calls, recipe=point.recipe, count=pilot)
        yield f"pilot: {asked} passages asked about; their answers are kept"
    yield from offer(preview(spec, chunks=chunks, calls=calls, recipe=point.recipe), spec, point.recipe)


def _table(rows: Sequence[Sequence[str]]) -> str:
    """Rows as columns of equal width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(f"  {line}" for line in lines)


def _show(arguments: argparse.Namespace) -> int:
    for variant in load_recipe(_file(arguments.recipe), Path()):
        if variant.name:
            print(f"# variant {variant.name}")
        recipe = variant.recipe.model_dump(by_alias=True, exclude_none=True)
        print("\n".join(_lines(variant, recipe, ())))
    return 0


def _lines(variant: Variant, value: dict[str, Any], keys: Keys) -> list[str]:
    """A mapping as YAML, each value with the place that it was written at."""
    lines = []
    for key, below in value.items():
        here, indent = (*keys, key), "  " * len(keys)
        if isinstance(below, dict) and below:
            lines.append(f"{indent}{key}:")
            lines += _lines(variant, below, here)
        else:
            lines.append(f"{f'{indent}{key}: {_as_yaml(below)}':<64}  # {variant.origin(here)}")
    return lines


def _as_yaml(value: Any) -> str:
    """A scalar or a list on one line; JSON is YAML."""
    if (
        isinstance(value, str)
        and value
        and value.replace("-", "").replace("_", "").isalnum()
        and not value[0].isdigit()
    ):
        return value
    return canonical_json(_said(value))


def _said(value: Any) -> Any:
    """A value without the keys that say nothing."""
    if isinstance(value, list):
        return [_said(item) for item in value]
    return (
        {key: _said(below) for key, below in value.items() if below is not None} if isinstance(value, dict) else value
    )


def _fetch(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from loramake.fetching.fetch import fetch

    try:
        errors = fetch(_file(arguments.recipe), arguments.source, open_project(Path()), say=tqdm.write)
    except KeyboardInterrupt:
        print("stopped; the same command goes on from here", file=sys.stderr)
        return 130
    for error in errors:
        if arguments.debug:
            raise error
        print(error, file=sys.stderr)
    return 1 if errors else 0


def _results(arguments: argparse.Namespace) -> int:
    from loramake.results import published_points
    from loramake.summary import summary

    points = [point for point in published_points() if not arguments.recipe or point.split("/")[0] in arguments.recipe]
    if not points:
        raise PlanError("nothing is built", where="results/", hint="snakemake --profile local builds it")
    print("\n\n".join(summary(point) for point in points))
    return 0
