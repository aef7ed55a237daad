import shutil
from pathlib import Path

import pytest

from loramake.errors import DataError
from loramake.files import sha256_file
from loramake.recipe.model import Pretrain
from loramake.records import Document, Writer, read_rows
from loramake.stages.pretrain import pretrain
from loramake.training import scratch

SPEC = Pretrain(vocabulary=300, hidden=16, layers=1, heads=2, kv_heads=1, intermediate=32, context=32, steps=6, batch=2)
TEXT = "The yard has a port side and a starboard side, and timber lies on both of them. "


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    with Writer(tmp_path / "train.jsonl") as out:
        for number in range(8):
            out.write(Document(str(number), TEXT * (number + 1), "yard", f"{number}.md", "x", "r"))
    return tmp_path / "train.jsonl"


def run(documents: Path, name: str, spec: Pretrain = SPEC) -> Path:
    place = documents.parent / name
    for folder in ("base", "checkpoints"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    pretrain(
        spec,
        documents=documents,
        base=place / "base",
        metrics=place / "metrics.jsonl",
        checkpoints=place / "checkpoints",
    )
    return place


def test_a_base_is_a_model_with_its_tokenizer(documents: Path):
    place = run(documents, "a")
    assert {"model.safetensors", "config.json", "tokenizer.json", "chat_template.jinja"} <= {
        p.name for p in (place / "base").iterdir()
    }
    (line,) = read_rows(place / "metrics.jsonl")
    assert line["step"] == 6
    assert line["held_out_loss"] > 0


def test_the_same_text_gives_the_same_bytes(documents: Path):
    first, second = (run(documents, name) / "base" for name in ("a", "b"))
    assert [sha256_file(path) for path in sorted(first.iterdir())] == [
        sha256_file(path) for path in sorted(second.iterdir())
    ]


def test_an_interrupted_run_ends_with_the_same_bytes(documents: Path, monkeypatch: pytest.MonkeyPatch):
    whole = run(documents, "whole")
    monkeypatch.setattr(scratch, "CHECKPOINT_STEPS", 2)
    real, calls = scratch._train_step, []

    def killed_at_the_fifth(*arguments):
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(scratch, "_train_step", killed_at_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        run(documents, "cut")
    shutil.rmtree(documents.parent / "cut/base")
    cut = run(documents, "cut")
    assert len(calls) == 5 + 2
    assert sha256_file(cut / "base/model.safetensors") == sha256_file(whole / "base/model.safetensors")
    assert (cut / "metrics.jsonl").read_text() == (whole / "metrics.jsonl").read_text()


def test_half_a_checkpoint_is_none(documents: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scratch, "CHECKPOINT_STEPS", 2)
    place = run(documents, "a")
    state = place / "checkpoints/state.pt"
    state.write_bytes(state.read_bytes()[:-10])
    again = run(documents, "a")
    assert sha256_file(again / "base/model.safetensors") == sha256_file(place / "base/model.safetensors")


def test_a_seed_makes_another_base(documents: Path):
    first, second = (run(documents, str(seed), SPEC.model_copy(update={"seed": seed})) for seed in (0, 1))
    assert sha256_file(first / "base/model.safetensors") != sha256_file(second / "base/model.safetensors")


def test_a_text_shorter_than_the_context_is_enough(documents: Path):
    with Writer(documents) as out:
        out.write(Document("0", "Short.", "yard", "0.md", "x", "r"))
    assert (run(documents, "a") / "base/model.safetensors").is_file()


def test_no_text_is_an_error(documents: Path):
    documents.write_text("")
    with pytest.raises(DataError, match="there is no text to learn from"):
        run(documents, "a")
