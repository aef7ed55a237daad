from pathlib import Path

import pytest

from loramake.errors import StoreError
from loramake.files import digest, read_json, write_json
from loramake.results import last_published, publish, published_points, republish


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def made(stage: str, key: str, files: dict[str, str]) -> None:
    folder = Path("build") / stage / key
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    write_json(folder / "sealed.json", {"outputs": {name: {} for name in files}})


def publication(**keys: str) -> str:
    slice_ = {"stage": "publish", "point": "small", "upstream": keys}
    write_json(Path(f"build/plan/{digest(slice_)}.json"), slice_)
    return digest(slice_)


def stand() -> list[str]:
    place = Path("results/small")
    return sorted(str(p.relative_to(place)) for p in place.rglob("*") if p.is_file() and not p.name.startswith("."))


def test_files_take_the_names_that_people_look_for():
    made("clean", "a", {"train/train.jsonl": "t", "dropped.jsonl": "d"})
    made("curate", "b", {"splits/sft_train.jsonl": "s", "dropped.jsonl": "no"})
    made("export", "c", {"gguf/model-f16.gguf": "g", "merged/config.json": "m", "parity.json": "p"})
    publish(publication(clean="a", curate="b", export="c"))
    names = ["dropped.jsonl", "merged/config.json", "parity.json", "sft_train.jsonl", "small-f16.gguf", "train.jsonl"]
    assert stand() == names
    assert Path("results/small/dropped.jsonl").read_text() == "d"


def test_what_a_recipe_no_longer_makes_goes_away():
    made("clean", "a", {"train/train.jsonl": "t", "dropped.jsonl": "d"})
    made("export", "c", {"merged/config.json": "m"})
    publish(publication(clean="a", export="c"))
    publish(publication(clean="a"))
    assert stand() == ["dropped.jsonl", "train.jsonl"]
    assert not Path("results/small/merged").exists()


def test_a_file_of_the_users_own_stays():
    made("clean", "a", {"train/train.jsonl": "t"})
    publish(publication(clean="a"))
    Path("results/small/notes.txt").write_text("mine")
    publish(publication(clean="a"))
    assert stand() == ["notes.txt", "train.jsonl"]


def test_an_edited_result_does_not_touch_the_store():
    made("clean", "a", {"train/train.jsonl": "t"})
    publish(publication(clean="a"))
    Path("results/small/train.jsonl").write_text("edited")
    assert Path("build/clean/a/train/train.jsonl").read_text() == "t"


def test_a_large_file_costs_no_disk(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("loramake.results.COPIED_BYTES", 1)
    made("export", "c", {"merged/model.safetensors": "weights"})
    publish(publication(export="c"))
    assert Path("results/small/merged/model.safetensors").stat().st_nlink == 2


def test_the_mark_says_what_stands_there():
    made("clean", "a", {"train/train.jsonl": "t"})
    key = publication(clean="a")
    publish(key)
    assert last_published("small") == {"clean": "a"}
    assert read_json(Path(f"results/small/.published-{key}"))["files"] == ["train.jsonl"]
    assert published_points() == ["small"]
    assert last_published("other") == {}


def test_a_file_asked_for_by_name_comes_back():
    made("clean", "a", {"train/train.jsonl": "t"})
    publish(publication(clean="a"))
    Path("results/small/train.jsonl").unlink()
    republish("small/train.jsonl")
    assert stand() == ["train.jsonl"]
    with pytest.raises(StoreError, match="no such file among the results"):
        republish("small/tarin.jsonl")
    with pytest.raises(StoreError, match="nothing is published there"):
        republish("other/train.jsonl")


def test_a_result_that_is_missing_is_named():
    made("clean", "a", {"train/train.jsonl": "t"})
    Path("build/clean/a/train/train.jsonl").unlink()
    with pytest.raises(StoreError, match="a result is missing"):
        publish(publication(clean="a"))
