import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import tiny_llama
from loramake.errors import DataError, TrainingError
from loramake.files import read_json, sha256_file
from loramake.recipe.model import Lora, Train
from loramake.records import Example, Writer, read_rows
from loramake.stages.train import train
from loramake.training.lora import last_checkpoint

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*is_gradient_checkpointing.*:FutureWarning",  # peft asks transformers by an old name
    "ignore:.*pin_memory.*:UserWarning",  # torch, without an accelerator
)

SPEC: dict[str, Any] = {
    "lora": Lora(rank=2, alpha=4),
    "steps": 6,
    "batch": 2,
    "log_every": 2,
    "evaluate_every": 3,
    "checkpoint_every": 2,
}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tiny_llama.Tiny:
    tiny = tiny_llama.write(tmp_path_factory.mktemp("tiny"), tiny_llama.llama())
    for split, count in (("train", 8), ("validation", 2)):
        with Writer(tiny.splits / f"sft_{split}.jsonl") as out:
            for number in range(count):
                out.write(tiny_llama.example(number))
    return tiny


def run(tiny: tiny_llama.Tiny, place: Path, **spec: Any) -> Path:
    for folder in ("adapter", "checkpoints"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    paths = {"adapter": place / "adapter", "metrics": place / "metrics.jsonl", "checkpoints": place / "checkpoints"}
    train(Train(**{**SPEC, **spec}), splits=tiny.splits, base=tiny.base, **paths)
    return place


def weights(place: Path) -> str:
    return sha256_file(place / "adapter/adapter_model.safetensors")


def test_an_adapter_is_a_folder_of_safetensors_that_names_its_base(tiny: tiny_llama.Tiny, tmp_path: Path):
    place = run(tiny, tmp_path)
    config = read_json(place / "adapter/adapter_config.json")
    assert (config["base_model_name_or_path"], config["r"]) == ("base", 2)
    assert config["target_modules"] == sorted(config["target_modules"])
    assert str(tmp_path) not in "".join(path.read_text(errors="replace") for path in (place / "adapter").iterdir())


def test_metrics_are_losses_by_step_and_nothing_volatile(tiny: tiny_llama.Tiny, tmp_path: Path):
    rows = list(read_rows(run(tiny, tmp_path) / "metrics.jsonl"))
    assert [row["step"] for row in rows if "loss" in row] == [2, 4, 6]
    assert [row["step"] for row in rows if "eval_loss" in row] == [3, 6]
    assert not any("runtime" in name or "second" in name for row in rows for name in row)


def test_the_same_examples_give_the_same_bytes_and_another_seed_others(tiny: tiny_llama.Tiny, tmp_path: Path):
    first, second, other = run(tiny, tmp_path / "a"), run(tiny, tmp_path / "b"), run(tiny, tmp_path / "c", seed=1)
    names = sorted(path.name for path in (first / "adapter").iterdir())
    assert all((first / "adapter" / n).read_bytes() == (second / "adapter" / n).read_bytes() for n in names)
    assert weights(other) != weights(first)


KILLED = """
import sys; from pathlib import Path; import test_train, tiny_llama
root, place = Path(sys.argv[1]), Path(sys.argv[2])
test_train.run(tiny_llama.Tiny(root / "base", root / "adapter", root / "splits"), place)
"""


def test_a_killed_run_goes_on_to_the_same_bytes(tiny: tiny_llama.Tiny, tmp_path: Path):
    whole, cut = run(tiny, tmp_path / "whole"), tmp_path / "cut"
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tiny.base.parent), str(cut)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while process.poll() is None and last_checkpoint(cut / "checkpoints") is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert last_checkpoint(cut / "checkpoints") is not None
    shutil.rmtree(cut / "adapter", ignore_errors=True)
    assert weights(run(tiny, cut)) == weights(whole)
    assert (cut / "metrics.jsonl").read_text() == (whole / "metrics.jsonl").read_text()


def test_half_a_checkpoint_is_passed_over(tmp_path: Path):
    for step, state in (("2", "{}"), ("4", '{"half')):
        (tmp_path / f"checkpoint-{step}").mkdir()
        (tmp_path / f"checkpoint-{step}/trainer_state.json").write_text(state)
    (tmp_path / "checkpoint-6").mkdir()
    assert last_checkpoint(tmp_path) == tmp_path / "checkpoint-2"


def test_long_examples_are_dropped_and_counted(tiny: tiny_llama.Tiny, tmp_path: Path):
    splits = tmp_path / "splits"
    shutil.copytree(tiny.splits, splits)
    messages = [{"role": "user", "content": "room " * 300}, {"role": "assistant", "content": "12"}]
    with Writer(splits / "sft_train.jsonl") as out:
        out.write(tiny_llama.example(1))
        out.write(Example("long", "qa", messages, "c", "d", "s", "g", "offline"))
    paths = {name: tmp_path / name for name in ("adapter", "checkpoints")}
    for folder in paths.values():
        folder.mkdir()
    counts = train(Train(**SPEC, max_length=200), splits=splits, base=tiny.base, metrics=tmp_path / "m.jsonl", **paths)
    assert counts.dropped == {"too_long": 1}
    with pytest.raises(DataError, match="every example is longer than max_length"):
        train(Train(**SPEC, max_length=16), splits=splits, base=tiny.base, metrics=tmp_path / "m.jsonl", **paths)


@pytest.mark.parametrize(
    ("spec", "message"), [({"base": "no/such-model"}, "cannot be loaded"), ({"base": "./nowhere"}, "cannot be loaded")]
)
def test_a_base_that_is_not_to_be_had_is_named(tiny: tiny_llama.Tiny, tmp_path: Path, spec, message, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(TrainingError, match=message):
        train(
            Train(**SPEC, **spec),
            splits=tiny.splits,
            base=None,
            adapter=tmp_path,
            metrics=tmp_path / "m",
            checkpoints=tmp_path,
        )


def test_four_bits_need_their_library(tiny: tiny_llama.Tiny, tmp_path: Path):
    if __import__("importlib.util").util.find_spec("bitsandbytes"):
        pytest.skip("bitsandbytes is installed")
    with pytest.raises(TrainingError, match="'nf4' needs bitsandbytes"):
        run(tiny, tmp_path, quantize="nf4")
