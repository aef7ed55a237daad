from pathlib import Path
from typing import Any

import pytest

from loramake.files import digest, write_json
from loramake.why import reasons


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def slice_of(version: int = 1, upstream: dict[str, str] | None = None, **spec: Any) -> dict[str, Any]:
    return {"stage": "train", "version": version, "spec": spec, "upstream": upstream or {}}


def why(before: dict[str, Any], after: dict[str, Any], stale: set[str] | None = None) -> list[str]:
    write_json(Path(f"build/plan/{digest(before)}.json"), before)
    return reasons("train", after, {"train": digest(before)}, stale or set())


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (slice_of(lora={"rank": 16}), slice_of(lora={"rank": 32}), ["train.lora.rank: 16 -> 32"]),
        (slice_of(), slice_of(steps=5), ["train.steps: nothing -> 5"]),
        (slice_of(steps=5), slice_of(), ["train.steps: 5 -> nothing"]),
        (slice_of(prompt="one\ntwo"), slice_of(prompt="one\nthree"), ["train.prompt: 7 characters -> 9 characters"]),
        (slice_of(targets=["a"]), slice_of(targets=["a", "b"]), ['train.targets: ["a"] -> ["a","b"]']),
        (slice_of(1), slice_of(2), ["train version 1 -> 2"]),
        (slice_of(upstream={"curate": "a"}), slice_of(upstream={"curate": "a", "pretrain": "b"}), ["pretrain is new"]),
        (slice_of(upstream={"curate": "a", "pretrain": "b"}), slice_of(upstream={"curate": "a"}), ["pretrain is gone"]),
        (slice_of(), slice_of(), ["its result is gone"]),
    ],
)
def test_why_is_said_in_the_recipes_words(before, after, said):
    assert why(before, after) == said


def test_a_stage_above_that_changes_is_a_reason():
    before, after = (slice_of(upstream={"curate": key}) for key in "ab")
    assert why(before, after, {"curate"}) == ["curate changes"]


def test_what_was_never_built_says_so():
    assert reasons("train", slice_of(), {}, set()) == ["never built"]


def test_files_are_named():
    rows = [[{"path": "a.md", "sha256": "1"}], [{"path": "a.md", "sha256": "2"}, {"path": "b.md", "sha256": "3"}]]
    for name, listing in zip("xy", rows, strict=True):
        write_json(Path(f"build/plan/contents/{name}.json"), listing)
    before, after = ({**slice_of(read={}, contents={"yard": name}), "stage": "sources"} for name in "xy")
    write_json(Path(f"build/plan/{digest(before)}.json"), before)
    assert reasons("sources", after, {"sources": digest(before)}, set()) == ["yard: edited a.md, new b.md"]
