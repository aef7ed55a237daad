"""What left the store: files, their sizes and types, and how far each is from the adapter that was trained."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from loramake.reporting.built import Build
from loramake.reporting.figures import NOTHING, count, number, percent, plural
from loramake.reporting.funnel import splits


@dataclass(frozen=True)
class Export:
    """A file or folder that can be used elsewhere: its facts as (name, value), and what the reader must be told."""

    name: str
    size: int
    facts: list[tuple[str, str]]
    warning: str = ""


def exports(build: Build) -> list[Export]:
    """The adapter, then the merged model, then the GGUF files by name."""
    parity = build["export"].json("parity.json") if "export" in build else {}
    return [*_adapter(build, parity), *_merged(build, parity), *_files(parity)]


def data_files(build: Build) -> list[Export]:
    """The files of text and examples, without facts but what they are."""
    found = []
    if "clean" in build:
        clean = build["clean"]
        what = f"the clean text, {plural(clean.records('train/'), 'document')}"
        found.append(Export("train.jsonl", clean.size("train/"), [("what", what)]))
    for name, examples in splits(build).items():
        file = f"sft_{name}.jsonl"
        found.append(Export(file, build["curate"].size(f"splits/{file}"), [("what", plural(examples, "example"))]))
    return found


def _adapter(build: Build, parity: Mapping[str, Any]) -> Iterator[Export]:
    if "train" not in build:
        return
    train = build["train"].spec
    lora = train["lora"]
    facts = [
        ("kind", "LoRA adapter (PEFT, safetensors)"),
        ("rank, alpha", f"{lora['rank']}, {lora['alpha']:g}"),
        ("layers", ", ".join(lora["targets"])),
    ]
    parameters = build["train"].counts["made"].get("parameters")
    facts += [("parameters", count(parameters))] if parameters else []
    yield Export("adapter/", build["train"].size("adapter/") or parity.get("adapter", {}).get("bytes", 0), facts)


def _merged(build: Build, parity: Mapping[str, Any]) -> Iterator[Export]:
    merged = parity.get("merged") or {}
    if merged.get("precision"):
        facts = [
            ("kind", f"base and adapter in one (safetensors, {merged['precision']})"),
            ("largest logit difference", _over(merged["max_logit_difference"], merged.get("examples"))),
        ]
        yield Export("merged/", build["export"].size("merged/"), facts)


def _over(difference: float, examples: int | None) -> str:
    return number(difference) + (f" over {count(examples)} examples" if examples else "")


def _files(parity: Mapping[str, Any]) -> Iterator[Export]:
    for stored, file in sorted(parity.get("files", {}).items()):
        # Publishing puts the recipe's name in place of this one; a report is shared by recipes, and cannot know it.
        name = f"*{stored.removeprefix('model')}"
        types = sorted(file.get("tensor_types", {}).items(), key=lambda item: (-item[1], item[0]))
        facts = [
            ("asked for", str(file.get("asked", NOTHING))),
            ("tensors", ", ".join(f"{count(tensors)} × {kind}" for kind, tensors in types) or NOTHING),
            ("largest logit difference", number(file.get("max_logit_difference"))),
            ("same next token", percent(file.get("argmax_agreement"))),
            ("perplexity", f"{number(file.get('perplexity'))} (merged {number(file.get('reference_perplexity'))})"),
            ("same greedy answers", "{} of {}".format(*file["greedy_equal"]) if file.get("greedy_equal") else NOTHING),
        ]
        yield Export(name, file.get("bytes", 0), facts, _fallen(file))


def _fallen(file: Mapping[str, Any]) -> str:
    if not file.get("fell_back"):
        return ""
    others = " and ".join(file.get("fell_back_to") or ["of another type"])
    return f"not every tensor fits {file.get('asked', 'the type')}: some are {others}"
