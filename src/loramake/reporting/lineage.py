"""Where a build comes from: sources and licences, settings off their defaults, and one example walked back."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from loramake.recipe import cleaning, model, source
from loramake.recipe.spec import Spec
from loramake.reporting.built import Build, Built
from loramake.reporting.figures import said
from loramake.reporting.funnel import SPLITS

ANY = "*"

SPECS: dict[str, type[Spec]] = {
    "sources": source.Sources,
    "clean": cleaning.Clean,
    "chunk": model.Chunking,
    "synthesize": model.Synthesize,
    "curate": model.Curate,
    "pretrain": model.Pretrain,
    "train": model.Train,
    "evaluate": model.Evaluate,
    "export": model.Export,
}


@dataclass
class Origin:
    """A source: its kind, licences, consent and languages, and how many records of each hop come from it."""

    name: str
    kind: str
    consent: str = ""
    licences: set[str] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    clean: int = 0
    examples: int = 0

    def stated(self) -> str:
        """The licences in words."""
        return ", ".join(sorted(licence or "not stated" for licence in self.licences)) or "no documents"

    def spoken(self) -> str:
        """The languages in words, the commonest first."""
        ordered = sorted(self.languages.items(), key=lambda item: (-item[1], item[0]))
        return ", ".join(language or "unknown" for language, _ in ordered)


@dataclass(frozen=True)
class Walk:
    """The way back of one example (or of one document, where there are no examples); hops that are absent are None."""

    document: Mapping[str, Any]
    chunk: Mapping[str, Any] | None = None
    example: Mapping[str, Any] | None = None


def origins(build: Build) -> list[Origin]:
    """The sources, by name."""
    found: dict[str, Origin] = {}
    for name, spec in build["sources"].spec.get("read", {}).items():
        kinds = [kind for kind in source.SOURCE_KINDS if spec.get(kind) is not None]
        found[name] = Origin(name, kinds[0] if kinds else "", spec.get("consent", ""))
    for hop, rows in _hops(build).items():
        for row in rows:
            origin = found.setdefault(row["source"], Origin(row["source"], ""))
            setattr(origin, hop, getattr(origin, hop) + 1)
            if hop == "documents":
                origin.licences.add(row.get("licence") or "")
                origin.languages[row.get("language") or ""] += 1
    return list(found.values())


def _hops(build: Build) -> dict[str, Iterator[dict[str, Any]]]:
    hops = {"documents": build["sources"].rows("documents.jsonl")}
    if "clean" in build:
        hops["clean"] = build["clean"].rows("train/")
    if "curate" in build:
        hops["examples"] = (row for name in split_files(build["curate"]) for row in build["curate"].rows(name))
    return hops


def split_files(curate: Built) -> list[str]:
    """The names of the splits' files: the hold-outs by name, then test, train and validation."""
    return sorted(name for name in curate.receipt["outputs"] if name.startswith(SPLITS))


def one_licence(found: list[Origin]) -> str | None:
    """The licence that every document of every source states; None when they differ or one states none."""
    licences = set().union(*(origin.licences for origin in found))
    return licences.pop() or None if len(licences) == 1 else None


def settings(stage: str, built: Built) -> list[tuple[str, str]]:
    """What the recipe says that is not the default, as (dotted key, value), in the order of the reference."""
    spec = SPECS.get(stage)
    order = [info.alias or name for name, info in spec.model_fields.items()] if spec else []
    given = _stripped(built.spec)
    ordered = {
        key: given[key]
        for key in sorted(given, key=lambda key: (order.index(key) if key in order else len(order), key))
    }
    return list(_flat(ordered, _stripped(_defaults(spec)) if spec else {}, ""))


def _defaults(spec: type[BaseModel]) -> dict[str, Any]:
    """The defaults of a block by key; those of every block in a mapping by name stand under ANY."""
    found: dict[str, Any] = {}
    for name, info in spec.model_fields.items():
        inner = get_args(info.annotation)[-1:] or (None,)
        if get_origin(info.annotation) is dict and isinstance(inner[0], type) and issubclass(inner[0], BaseModel):
            found[info.alias or name] = {ANY: _defaults(inner[0])}
        elif not info.is_required():
            found[info.alias or name] = _plain(info.get_default(call_default_factory=True))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _stripped(item) for key, item in value.items() if item is not None}
    return [_stripped(item) for item in value] if isinstance(value, list) else value


def _flat(spec: Mapping[str, Any], usual: Mapping[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for key, value in spec.items():
        if isinstance(value, dict) and value:
            default = usual.get(key, usual.get(ANY))
            yield from _flat(value, default if isinstance(default, dict) else {}, f"{above}{key}.")
        elif key not in usual or usual[key] != value:
            yield above + key, said(value)


def walk(build: Build) -> Walk | None:
    """One example, its passage and its document; a document alone without examples. None when even that is missing."""
    example = _sample_example(build)
    chunk = _found(build, "chunk", "chunks.jsonl", example["chunk"]) if example and "chunk" in build else None
    wanted = (chunk or example or {}).get("document")
    for stage, file in (("clean", "train/"), ("sources", "documents.jsonl")):
        document = _found(build, stage, file, wanted) if stage in build else None
        if document:
            return Walk(document, chunk, example)
    return None


def _sample_example(build: Build) -> dict[str, Any] | None:
    if "curate" not in build:
        return None
    names = split_files(build["curate"])
    first = [name for name in names if name == f"{SPLITS}train.jsonl"]
    return next((row for name in first + names for row in build["curate"].rows(name)), None)


def _found(build: Build, stage: str, file: str, id_: str | None) -> dict[str, Any] | None:
    rows = build[stage].rows(file)
    return next((row for row in rows if id_ is None or row["id"] == id_), None)


@dataclass
class Learnt:
    """The curated examples: how many each teacher wrote, and how many there are by task and split."""

    teachers: Counter[str] = field(default_factory=Counter)
    tasks: dict[str, Counter[str]] = field(default_factory=dict)


def learnt(build: Build) -> Learnt:
    """Counts over all splits."""
    found = Learnt()
    for name in split_files(build["curate"]) if "curate" in build else ():
        split = name[len(SPLITS) :].removesuffix(".jsonl")
        for row in build["curate"].rows(name):
            found.teachers[row["teacher"]] += 1
            found.tasks.setdefault(row["task"], Counter())[split] += 1
    found.tasks = dict(sorted(found.tasks.items()))
    return found


def came_about(teacher: str) -> str:
    """How an example came about, in words, by the name of its teacher."""
    known = {"direct": "taken from the records", "offline": "written by rules"}
    return known.get(teacher, f"written by {teacher}")
