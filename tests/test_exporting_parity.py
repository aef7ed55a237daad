from dataclasses import replace

import gguf
import pytest
import torch
from tokenizers import pre_tokenizers
from transformers import GenerationConfig

from loramake.errors import TrainingError
from loramake.exporting import llama_gguf, probes
from loramake.exporting.llama_gguf import write_gguf
from loramake.exporting.merging import observe
from loramake.exporting.probes import Likeness, prepare
from loramake.exporting.vocabulary import read_vocabulary
from tiny_llama import PADDED, adapted, changed, example, llama, tokenizer

pytest.importorskip("llama_cpp", reason="llama-cpp-python is not installed")

from loramake.exporting.parity import check_likeness, compared, run
from loramake.exporting.quantising import quantise

# PEFT asks a model by a name that transformers is about to drop.
pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing` is deprecated:FutureWarning")

HARD = "  I'll say:\n\n\tit's 12345½ €, naïve 漢字 😀👩‍👩‍👧 \u00a0x\u0301  …<|end|> don't \r\n   "


@pytest.fixture(scope="module")
def trial():
    hard = replace(example(0), messages=[{"role": "user", "content": HARD}, {"role": "assistant", "content": HARD}])
    return prepare([hard, *(example(number) for number in range(1, 4))], tokenizer(), llama().config)


@pytest.fixture(scope="module")
def reference(trial):
    return observe(adapted(llama()), trial, answers=True)


@pytest.fixture(scope="module")
def merged():
    return adapted(llama()).merge_and_unload()


@pytest.fixture
def written(tmp_path, merged):
    def write(kind, vocabulary=None):
        path = tmp_path / f"model-{kind}.gguf"
        write_gguf(merged, vocabulary or read_vocabulary(tokenizer(), PADDED), path, kind)
        return path

    return write


def test_a_file_of_32_bits_is_the_adapter(written, trial, reference):
    figures = compared(reference, written("f32"), "f32", trial, threads=1)
    assert figures["max_logit_difference"] < 1e-3
    assert figures["argmax_agreement"] == 1
    assert figures["perplexity"] == pytest.approx(figures["reference_perplexity"], rel=1e-4)
    assert figures["greedy_equal"] == [4, 4]


def test_a_file_of_16_bits_answers_as_the_merged_model_does(written, trial, merged):
    wishes = GenerationConfig(max_new_tokens=trial.new, do_sample=False, eos_token_id=tokenizer().eos_token_id)
    for probe, observed in zip(trial.probes, run(written("f16"), trial, threads=1), strict=True):
        ids = torch.tensor([probe.asked])
        answer = merged.generate(ids, attention_mask=torch.ones_like(ids), generation_config=wishes, pad_token_id=0)
        assert tuple(answer[0, len(probe.asked) :].tolist()) == observed.greedy


def test_a_quantised_file_is_reported_whatever_it_says(written, tmp_path, trial, reference):
    quantise(written("f32"), tmp_path / "q4_0.gguf", "q4_0", threads=1)
    figures = compared(reference, tmp_path / "q4_0.gguf", "q4_0", trial, threads=1)
    assert figures["max_logit_difference"] > 0.1
    assert figures["perplexity"] != figures["reference_perplexity"]


def test_threads_change_no_figure(written, trial, reference, monkeypatch):
    monkeypatch.setattr(probes, "SMALL", 0)
    one, two = (compared(reference, written("f16"), "f16", trial, threads) for threads in (1, 2))
    assert one == two


@pytest.mark.parametrize("shape", [{"num_key_value_heads": 1}, {"head_dim": 32}, {"tie_word_embeddings": False}])
def test_llamas_of_other_shapes_come_through(tmp_path, trial, shape):
    model = llama(rope_parameters={"rope_type": "default", "rope_theta": 5e5}, **shape)
    write_gguf(model, read_vocabulary(tokenizer(), PADDED), tmp_path / "m.gguf", "f32")
    figures = compared(observe(model, trial, answers=True), tmp_path / "m.gguf", "f32", trial, threads=1)
    assert figures["max_logit_difference"] < 1e-3


def test_digits_that_are_cut_one_by_one_come_through(tmp_path):
    digits = changed()
    digits.backend_tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    messages = [
        {"role": "user", "content": "4711 12345 room 5. 12:30½ " + HARD},
        {"role": "assistant", "content": "12"},
    ]
    trial = prepare([replace(example(0), messages=messages)], digits, llama().config)
    write_gguf(llama(), read_vocabulary(digits, PADDED), tmp_path / "m.gguf", "f32")
    assert len(run(tmp_path / "m.gguf", trial, threads=1)) == 1


def test_rows_in_the_wrong_order_are_found_out(written, trial, reference, monkeypatch):
    monkeypatch.setattr(llama_gguf, "rotated", lambda rows, heads: rows)  # noqa: ARG005 (it stands for another one)
    with pytest.raises(TrainingError, match=r"logits differ by .*, 0.01 is allowed\n  model-f32.gguf"):
        compared(reference, written("f32"), "f32", trial, threads=1)


def test_text_that_is_cut_otherwise_is_found_out(written, trial):
    vocabulary = read_vocabulary(tokenizer(), PADDED)
    few = replace(vocabulary, merges=vocabulary.merges[:9])
    with pytest.raises(TrainingError, match="cuts a text into other tokens"):
        run(written("f32", few), trial, threads=1)


def test_chat_tokens_that_are_read_as_text_are_found_out(written, trial):
    vocabulary = read_vocabulary(tokenizer(), PADDED)
    plain = replace(vocabulary, types=[int(gguf.TokenType.NORMAL)] * PADDED)
    with pytest.raises(TrainingError, match="cuts a text into other tokens"):
        run(written("f32", plain), trial, threads=1)


def test_a_template_that_gives_another_prompt_is_found_out(written, trial):
    vocabulary = replace(read_vocabulary(tokenizer(), PADDED), template="{{ messages[0].content }}")
    with pytest.raises(TrainingError, match="chat template gives another prompt"):
        run(written("f32", vocabulary), trial, threads=1)


def test_a_file_that_cannot_be_loaded_is_an_error(written, trial):
    path = written("f32", replace(read_vocabulary(tokenizer(), PADDED), merges=[]))
    with pytest.raises(TrainingError, match="cannot load the file"):
        run(path, trial, threads=1)


def likeness(difference=0.0, differing=0, places=400, equal=8):
    return Likeness(difference, places - differing, places, 2.0, 2.0, equal, probes=8)


@pytest.mark.parametrize(
    ("kind", "likeness", "fault"),
    [
        ("f32", likeness(difference=0.009), None),
        ("f32", likeness(difference=0.02), "logits differ by 0.02, 0.01 is allowed"),
        ("f32", likeness(equal=7), "7 of 8 greedy answers are the same"),
        ("f16", likeness(difference=0.5, differing=4, equal=7), None),
        ("f16", likeness(differing=5), "differs in 5 of 400 places, 4 may"),
        ("f16", likeness(differing=1, places=30), None),
        ("f16", likeness(differing=2, places=30), "differs in 2 of 30 places, 1 may"),
        ("q8_0", likeness(difference=9.0, differing=390, equal=0), None),
        ("q8_0", likeness(difference=float("nan")), "not all numbers"),
    ],
)
def test_floats_must_be_the_adapter_and_quantised_files_are_what_they_are(kind, likeness, fault):
    if fault is None:
        check_likeness("model.gguf", kind, likeness)
    else:
        with pytest.raises(TrainingError) as error:
            check_likeness("model.gguf", kind, likeness)
        assert (fault in error.value.what, error.value.where) == (True, "model.gguf")
