import stat

import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig

from loramake.errors import TrainingError
from loramake.exporting.merging import check_merged, observe, save_merged
from loramake.exporting.probes import prepare
from tiny_llama import adapted, changed, example, llama, tokenizer

# PEFT asks a model by a name that transformers is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")


@pytest.fixture(scope="module")
def trial():
    return prepare([example(number) for number in range(3)], tokenizer(), llama().config)


@pytest.fixture(scope="module")
def reference(trial):
    return observe(adapted(llama()), trial, answers=True)


def test_merging_moves_logits_by_rounding_alone(trial, reference):
    merged = adapted(llama()).merge_and_unload()
    assert 0 < check_merged(reference, observe(merged, trial, answers=False)) < 1e-4


def test_a_model_that_is_not_base_and_adapter_is_refused(trial, reference):
    with pytest.raises(TrainingError, match=r"logits differ by \d+\.\d+, 0.001 is allowed"):
        check_merged(reference, observe(llama(), trial, answers=False))


def test_a_merge_into_nothing_that_is_a_number_is_refused(trial, reference):
    broken = llama()
    torch.nn.init.constant_(broken.model.norm.weight, float("nan"))
    with pytest.raises(TrainingError, match="differ by nan"):
        check_merged(reference, observe(broken, trial, answers=False))


def test_answers_are_those_of_greedy_decoding(trial, reference):
    model = adapted(llama())
    for probe, observed in zip(trial.probes, reference, strict=True):
        wishes = GenerationConfig(max_new_tokens=trial.new, do_sample=False, eos_token_id=tokenizer().eos_token_id)
        ids = torch.tensor([probe.asked])
        answer = model.generate(ids, attention_mask=torch.ones_like(ids), generation_config=wishes, pad_token_id=0)
        assert tuple(answer[0, len(probe.asked) :].tolist()) == observed.greedy


def test_an_answer_stops_at_the_end_of_its_turn(trial, reference):
    from dataclasses import replace

    second = reference[0].greedy[1]
    early = observe(adapted(llama()), replace(trial, stop=frozenset({second})), answers=True)
    assert early[0].greedy == reference[0].greedy[: reference[0].greedy.index(second) + 1]


def test_a_model_that_is_not_asked_gives_no_answer(trial):
    assert {observed.greedy for observed in observe(llama(), trial, answers=False)} == {()}


@pytest.mark.parametrize("precision", ["float32", "bfloat16", "float16"])
def test_a_saved_model_is_loaded_in_its_precision(tmp_path, precision):
    save_merged(llama(), changed(), tmp_path, precision)
    assert {tensor.dtype for tensor in load_file(tmp_path / "model.safetensors").values()} == {
        getattr(torch, precision)
    }
    assert AutoModelForCausalLM.from_pretrained(tmp_path).dtype == getattr(torch, precision)


def test_a_saved_model_says_what_the_merged_one_says(tmp_path, trial):
    merged = adapted(llama()).merge_and_unload()
    said = observe(merged, trial, answers=True)
    save_merged(merged, changed(), tmp_path, "float32")
    again = observe(AutoModelForCausalLM.from_pretrained(tmp_path), trial, answers=True)
    assert check_merged(said, again) == 0
    assert AutoTokenizer.from_pretrained(tmp_path)(trial.probes[0].text)["input_ids"] == trial.probes[0].ids


def test_a_saved_model_is_the_same_bytes_wherever_it_lay(tmp_path):
    for name in ("one", "two"):
        tokenizer().save_pretrained(tmp_path / name / "from")
        found = AutoTokenizer.from_pretrained(tmp_path / name / "from", local_files_only=name == "two")
        save_merged(llama(), found, tmp_path / name / "to", "bfloat16")
    one, two = ({file.name: file.read_bytes() for file in (tmp_path / n / "to").iterdir()} for n in ("one", "two"))
    assert one == two
    assert not any(str(tmp_path).encode() in content for content in one.values())


def test_a_saved_model_can_be_read_by_everyone(tmp_path):
    save_merged(llama(), changed(), tmp_path, "float32")
    assert {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()} == {0o644}


def test_a_weight_that_a_precision_cannot_hold_is_refused(tmp_path):
    model = llama()
    torch.nn.init.constant_(model.model.norm.weight, 1e5)
    with pytest.raises(TrainingError, match=r"'model.norm.weight' holds a number that float16 cannot"):
        save_merged(model, changed(), tmp_path, "float16")
