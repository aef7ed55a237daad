from pathlib import Path
from typing import Any

import pytest

from loramake.errors import DataError
from loramake.recipe.model import Curate, Split
from loramake.records import Counts, Example, Writer, read_rows
from loramake.stages.curate import curate


def example(number: int, group: str, source: str = "docs", answer: str = "") -> Example:
    messages = [{"role": "user", "content": f"q{number}"}, {"role": "assistant", "content": answer or f"a{number}"}]
    return Example(f"e{number}", "qa", messages, "c", "d", source, group, "offline")


def run(tmp_path: Path, examples: list[Example], **spec: Any) -> tuple[Counts, dict[str, list[str]]]:
    with Writer(tmp_path / "examples.jsonl") as out:
        for row in examples:
            out.write(row)
    splits = tmp_path / "splits"
    splits.mkdir(exist_ok=True)
    counts = curate(
        Curate(**spec), examples=tmp_path / "examples.jsonl", splits=splits, dropped=tmp_path / "dropped.jsonl"
    )
    return counts, {path.stem: [row["id"] for row in read_rows(path)] for path in sorted(splits.iterdir())}


def many(groups: int = 40) -> list[Example]:
    return [example(3 * group + n, f"docs/{group}.md") for group in range(groups) for n in range(3)]


def test_examples_of_a_document_never_part(tmp_path: Path):
    _, splits = run(tmp_path, many())
    groups = [{int(name[1:]) // 3 for name in names} for names in splits.values()]
    assert sum(map(len, groups)) == 40
    assert all(len(names) % 3 == 0 for names in splits.values())


def test_shares_are_about_what_was_asked(tmp_path: Path):
    _, splits = run(tmp_path, many(400))
    assert 0.75 < len(splits["sft_train"]) / 1200 < 0.85


def test_a_new_document_moves_no_other(tmp_path: Path):
    _, before = run(tmp_path, many(40))
    _, after = run(tmp_path, many(41))
    assert all(set(names) <= set(after[split]) for split, names in before.items())


def test_no_split_stays_empty_when_documents_are_few(tmp_path: Path):
    _, splits = run(tmp_path, [example(n, f"docs/{n}.md") for n in range(3)])
    assert {split: len(names) for split, names in splits.items()} == {
        "sft_train": 1,
        "sft_validation": 1,
        "sft_test": 1,
    }


def test_every_source_reaches_the_test_split(tmp_path: Path):
    _, splits = run(tmp_path, many(60) + [example(1000 + n, f"t{n}", "tickets") for n in range(4)])
    assert any(int(name[1:]) >= 1000 for name in splits["sft_test"])


def test_duplicates_go_with_the_name_of_the_first(tmp_path: Path):
    same = [example(1, "a"), example(2, "b"), example(1, "c")]
    counts, _ = run(
        tmp_path,
        [*same[:2], Example(**{**asdict(same[2]), "id": "copy"})],
        split=Split(train=1.0, validation=0.0, test=0.0),
    )
    assert counts.dropped == {"duplicate": 1}
    assert next(read_rows(tmp_path / "dropped.jsonl"))["reason"] == "duplicate: e1"


def asdict(row: Example) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__slots__}


def test_held_out_sources_are_learnt_from_by_nobody(tmp_path: Path):
    rows = [*many(20), example(900, "x", "unseen"), example(901, "y", "unseen")]
    counts, splits = run(tmp_path, rows, holdout={"hard": ["unseen"]})
    assert splits["sft_hard"] == ["e900", "e901"]
    assert counts.made["hard"] == 2


def test_a_copy_of_a_held_out_example_is_not_learnt_from(tmp_path: Path):
    twin = Example(**{**asdict(example(900, "x", "unseen")), "id": "twin", "source": "docs", "group": "docs/1.md"})
    _, splits = run(tmp_path, [twin, *many(20), example(900, "x", "unseen")], holdout={"hard": ["unseen"]})
    assert splits["sft_hard"] == ["e900"]
    assert not any("twin" in names for names in splits.values())


def test_nothing_to_learn_from_is_an_error(tmp_path: Path):
    with pytest.raises(DataError, match="no example is left to learn from"):
        run(tmp_path, [example(1, "x", "unseen")], holdout={"hard": ["unseen"]})
