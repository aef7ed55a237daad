"""Slices: all that a stage may know of a recipe, and nothing else. The digest of a slice is the key of its result.

key = sha256(canonical JSON of the slice)[:16]; the result lives at build/<stage>/<key>/.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from loramake.contents import OutsideError, Project, contents_of, folder_rows
from loramake.errors import Problem, RecipeError
from loramake.files import digest
from loramake.recipe.load import Variant
from loramake.recipe.model import Report
from loramake.recipe.source import Sources
from loramake.recipe.spec import Spec
from loramake.recipe.tree import Keys, dotted, rows_of
from loramake.stage import STAGES

FORMS = {"text": "UTF-8 text", "json": "JSON", "rows": "a list of examples"}
HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


@dataclass(frozen=True)
class Point:
    """One thing to build: a recipe, or one variant of its sweep.

    `slices` and `settings` go by stage, in running order.
    """

    name: str
    recipe: str
    slices: dict[str, dict[str, Any]]
    settings: dict[str, dict[str, Any]]
    listings: dict[str, list[dict[str, str]]]

    @property
    def keys(self) -> dict[str, str]:
        """The key of every stage."""
        return {stage: digest(slice_) for stage, slice_ in self.slices.items()}


def slices_of(variant: Variant, recipe: str, project: Project) -> Point:
    """The slices of one variant of a recipe.

    Raises RecipeError with everything that its values name and the project lacks.
    """
    return _Compiler(variant, project).point(recipe)


class _Compiler:
    """Makes the slices of one variant, gathering problems on the way."""

    def __init__(self, variant: Variant, project: Project) -> None:
        self.variant, self.project = variant, project
        self.recipe = ""
        self.problems: list[Problem] = []
        self.listings: dict[str, list[dict[str, str]]] = {}

    def refuse(self, keys: Keys, what: str, hint: str = "") -> None:
        self.problems.append(self.variant.tree.problem(keys, what, hint))

    def point(self, name: str) -> Point:
        self.recipe = name
        slices: dict[str, dict[str, Any]] = {}
        settings: dict[str, dict[str, Any]] = {}
        for stage, about in STAGES.items():
            spec = self.spec(stage)
            if spec is None:
                continue
            self.models: dict[str, str] = {}
            kept, settings[stage] = self.split(spec, (stage,))
            upstream = {up: digest(slices[up]) for up in about.upstream if up in slices}
            slices[stage] = {"stage": stage, "version": about.version, "spec": kept, "upstream": upstream}
            if self.models:
                slices[stage]["models"] = self.models
        if self.problems:
            raise RecipeError(self.problems)
        full = f"{name}/{self.variant.name}" if self.variant.name else name
        return Point(full, name, slices, settings, self.listings)

    def spec(self, stage: str) -> Spec | None:
        recipe = self.variant.recipe
        if stage == "sources":
            contents = {name: self.contents(name) for name in recipe.sources}
            return Sources(read=recipe.sources, contents=contents)
        return Report() if stage == "report" else getattr(recipe, stage)

    def contents(self, name: str) -> str:
        """The digest of what stands at a source."""
        source = self.variant.recipe.sources[name]
        keys = ("sources", name, source.kind)
        try:
            rows = contents_of(source, self.project)
        except OutsideError as error:
            self.refuse(keys, f"'{error}' is outside of the project", "copy it in, or name its place in LORAMAKE_ALLOW")
        except FileNotFoundError as error:
            fetched = f"loramake fetch {self.recipe} {name}" if source.fetch else ""
            self.refuse(keys, f"no file matches '{error}'", fetched or "the path counts from the project's folder")
        except (OSError, ValueError) as error:
            self.refuse(keys, str(error))
        else:
            listing = digest(rows)
            self.listings[listing] = rows
            return listing
        return ""

    def split(self, spec: Spec, keys: Keys) -> tuple[dict[str, Any], dict[str, Any]]:
        """What of a spec belongs in the slice, and what only says how to work.

        A key that says nothing (None) is in neither.
        """
        kept: dict[str, Any] = {}
        runtime: dict[str, Any] = {}
        for name, about in type(spec).model_fields.items():
            value, key = getattr(spec, name), about.alias or name
            extra = about.json_schema_extra if isinstance(about.json_schema_extra, dict) else {}
            if value is None:
                continue
            if extra.get("runtime"):
                runtime[key] = value.model_dump(exclude_none=True) if isinstance(value, Spec) else value
            elif extra.get("file") in ("text", "json", "rows"):
                kept[key] = self.inlined(value, str(extra["file"]), (*keys, key))
            elif extra.get("file") == "bytes":
                kept[key] = self.digest_of(value, (*keys, key))
                runtime[key] = f"{kept[key]}:{value}"
            else:
                if extra.get("file") == "model":
                    self.note_model(value, (*keys, key))
                below, aside = self.split_value(value, (*keys, key))
                if aside:
                    runtime[key] = aside
                if below or not aside:
                    kept[key] = below
        return kept, runtime

    def split_value(self, value: Any, keys: Keys) -> tuple[Any, dict[str, Any]]:
        if isinstance(value, Spec):
            return self.split(value, keys)
        if isinstance(value, dict):
            parts = {key: self.split_value(below, (*keys, key)) for key, below in value.items()}
            return {key: kept for key, (kept, _) in parts.items()}, {
                key: aside for key, (_, aside) in parts.items() if aside
            }
        if isinstance(value, list):
            return [self.split_value(item, (*keys, index))[0] for index, item in enumerate(value)], {}
        return value, {}

    def inlined(self, value: Any, form: str, keys: Keys) -> Any:
        """What the file at `value` says: text, the object in its JSON, or its rows.

        An object in the recipe itself stays as it is.
        """
        if not isinstance(value, str):
            return value
        try:
            text = self.project.file(value).read_text(encoding="utf-8")
            content = text if form == "text" else rows_of(text) if form == "rows" else json.loads(text)
        except OutsideError:
            self.refuse(keys, f"'{value}' is outside of the project")
        except FileNotFoundError:
            self.refuse(keys, f"no file '{value}'", "the path counts from the project's folder")
        except ValueError as error:
            self.refuse(keys, f"'{value}' is not {FORMS[form]}: {error}")
        else:
            if form != "json" or isinstance(content, dict):
                return content
            self.refuse(keys, f"'{value}' holds no JSON object")
        return None

    def digest_of(self, value: str, keys: Keys) -> str:
        """The sha256 of a file of the project."""
        try:
            self.project.file(value)
            return self.project.digests.sha256(value)
        except OutsideError:
            self.refuse(keys, f"'{value}' is outside of the project", "copy it in, or name its place in LORAMAKE_ALLOW")
        except FileNotFoundError:
            self.refuse(keys, f"no file '{value}'", "the path counts from the project's folder")
        except OSError as error:
            self.refuse(keys, f"'{value}' cannot be read: {error.strerror}")
        return ""

    def note_model(self, value: str, keys: Keys) -> None:
        """Take a digest of a model that is a folder of the project; a name without one is a hub's."""
        if not (self.project.root / value).is_dir():
            if value.startswith((".", "/", "~")) or not HUB_NAME.fullmatch(value):
                self.refuse(keys, f"no folder '{value}'", "the path counts from the project's folder")
            return
        try:
            self.models[dotted(keys[1:])] = digest(folder_rows(value, self.project))
        except OutsideError as error:
            self.refuse(keys, f"'{error}' is outside of the project")
