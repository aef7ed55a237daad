import json
from pathlib import Path

import pytest

from loramake import store
from loramake.errors import DataError, StoreError
from loramake.files import digest, read_json, write_json
from loramake.recipe.cleaning import Clean
from loramake.recipe.model import Chunking
from loramake.records import Counts
from loramake.stage import STAGES

RUNS: list[str] = []


def clean(spec: Clean, *, documents: Path, unread: Path, train: Path, dropped: Path) -> Counts:
    """A stand-in with the real stage's name: it copies, and notes that it ran."""
    RUNS.append(spec.engine)
    (train / "train.jsonl").write_text(documents.read_text().replace(" ", ""))
    dropped.write_text(unread.read_text())
    return Counts(unit="documents", given=2, passed=1, dropped={"too_short": 1})


def chunk(spec: Chunking, *, documents: Path, chunks: Path, threads: int) -> Counts:
    RUNS.append(f"chunk {threads} {spec.size}")
    chunks.write_text((documents / "train.jsonl").read_text())
    return Counts(unit="documents", given=1, passed=1)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    RUNS.clear()
    return tmp_path


def plan(stage: str, upstream: dict[str, str], **spec: object) -> str:
    slice_ = {"stage": stage, "version": STAGES[stage].version, "spec": spec, "upstream": upstream}
    write_json(Path(f"build/plan/{digest(slice_)}.json"), slice_)
    return digest(slice_)


def source(text: str) -> str:
    """A finished `sources` that holds `text`."""
    key = digest(text)
    folder = Path("build/sources") / key
    folder.mkdir(parents=True)
    (folder / "documents.jsonl").write_text(text)
    (folder / "dropped.jsonl").write_text("")
    about = {
        name: {"sha256": digest((folder / name).read_text()), "bytes": (folder / name).stat().st_size}
        for name in ("documents.jsonl", "dropped.jsonl")
    }
    write_json(folder / "sealed.json", {"outputs": about})
    return key


def test_a_receipt_says_what_was_made_and_nothing_volatile():
    key = plan("clean", {"sources": source("a b\n")})
    receipt = store.run(clean, key)
    assert receipt["outputs"]["train/train.jsonl"]["records"] == 1
    assert receipt["counts"]["dropped"] == {"too_short": 1}
    assert set(receipt) == {"stage", "key", "slice", "counts", "outputs"}
    assert read_json(Path(f"build/clean/{key}/receipt.json")) == receipt


def test_what_is_built_is_not_built_again():
    key = plan("clean", {"sources": source("a b\n")})
    store.run(clean, key)
    store.run(clean, key)
    assert len(RUNS) == 1


def test_a_receipt_that_was_swept_away_comes_back_without_work():
    key = plan("clean", {"sources": source("a b\n")})
    store.run(clean, key)
    Path(f"build/clean/{key}/receipt.json").unlink()
    store.run(clean, key)
    assert len(RUNS) == 1
    assert store.is_fresh("clean", key)


def test_a_damaged_result_is_built_again():
    key = plan("clean", {"sources": source("a b\n")})
    store.run(clean, key)
    Path(f"build/clean/{key}/train/train.jsonl").write_text("cut off")
    store.run(clean, key)
    assert len(RUNS) == 2


def test_settings_reach_the_stage_and_stay_out_of_the_receipt():
    key = plan("clean", {"sources": source("a b\n")})
    write_json(Path(f"build/plan/{key}.settings.json"), {"engine": "python"})
    receipt = store.run(clean, key)
    assert RUNS == ["python"]
    assert "python" not in json.dumps(receipt)


def test_same_spec_and_same_inputs_are_linked_instead_of_made():
    first, second = source("a b\n"), source("a  b\n")
    keys = [plan("clean", {"sources": key}) for key in (first, second)]
    chunks = [plan("chunk", {"clean": key}, size=400) for key in keys]
    for key in keys:
        store.run(clean, key)
    receipts = [store.run(chunk, key, threads=3) for key in chunks]
    assert RUNS.count("chunk 3 400") == 1
    assert receipts[0]["outputs"] == receipts[1]["outputs"]
    assert [receipt["key"] for receipt in receipts] == chunks


def test_a_failure_leaves_no_receipt_and_is_tried_again():
    def chunk(spec: Chunking, *, documents: Path, chunks: Path) -> Counts:
        chunks.write_text("half")
        raise DataError("nothing is left")

    cleaned = plan("clean", {"sources": source("a b\n")})
    store.run(clean, cleaned)
    key = plan("chunk", {"clean": cleaned})
    with pytest.raises(DataError):
        store.run(chunk, key)
    assert not store.is_fresh("chunk", key)
    assert not Path(f"build/chunk/{key}/chunks.jsonl").exists()
    assert not Path(f"build/chunk/{key}/lock").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 9}, f"planned for clean version 9, and this is clean version {STAGES['clean'].version}"),
        ({"stage": "chunk"}, "planned for chunk"),
    ],
)
def test_a_slice_for_something_else_is_refused(change: dict[str, object], message: str):
    slice_ = {"stage": "clean", "version": STAGES["clean"].version, "spec": {}, "upstream": {}, **change}
    write_json(Path(f"build/plan/{digest(slice_)}.json"), slice_)
    with pytest.raises(StoreError, match=message):
        store.run(clean, digest(slice_))


def test_what_it_builds_on_must_be_there():
    with pytest.raises(StoreError, match="sources is not built"):
        store.run(clean, plan("clean", {"sources": "0" * 16}))
    with pytest.raises(StoreError, match="nothing is planned under the key"):
        store.run(clean, "f" * 16)


def test_the_run_is_noted_beside_the_receipt():
    key = plan("clean", {"sources": source("a b\n")})
    store.run(clean, key)
    run = read_json(Path(f"build/clean/{key}/run.json"))
    assert run["attempts"] == 1
    assert run["peak_memory_mb"] > 1
    diary = [json.loads(line)["event"] for line in Path(f"build/clean/{key}/attempts.jsonl").read_text().splitlines()]
    assert diary == ["started", "finished"]
