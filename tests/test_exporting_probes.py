import math
from copy import copy
from dataclasses import replace

import numpy as np
import pytest

from loramake.exporting import probes
from loramake.exporting.probes import Observation, Probe, compare, observation, prepare, rounded, worthwhile
from tiny_llama import example, llama, tokenizer


@pytest.fixture(scope="module")
def config():
    return llama().config


def trial(config, count=3, longest=256, **changes):
    config = copy(config)
    config.max_position_embeddings = longest
    for name, value in changes.items():
        setattr(config, name, value)
    return prepare([example(number) for number in range(count)], tokenizer(), config)


def seen(logits, nll=(1.0,), greedy=(1,)):
    scores = np.array(logits, dtype=np.float32)
    return Observation(scores, scores.argmax(axis=1), np.array(nll), greedy)


def test_a_probe_is_a_prompt_and_its_answer(config):
    probe = trial(config).probes[0]
    assert probe.prompt.endswith("<|assistant|>")
    assert tokenizer().decode(probe.ids[-probe.answer :]) == example(0).messages[-1]["content"] + "<|end|>"
    assert probe.shown == probe.ids
    assert probe.asked == probe.prompt_ids


@pytest.mark.parametrize(("count", "ids"), [(3, ["0", "1", "2"]), (32, [str(2 * n) for n in range(16)])])
def test_probes_are_spread_over_the_examples(config, count, ids):
    said = [probe.messages for probe in trial(config, count).probes]
    assert said == [example(int(number)).messages[:-1] for number in ids]


def test_what_does_not_fit_is_cut_at_the_left(config):
    tried = trial(config, longest=40)
    probe = tried.probes[0]
    assert (probe.room, tried.new, tried.context) == (30, 10, 40)
    assert probe.shown == probe.ids[-30:]
    assert probe.asked == probe.prompt_ids[-30:]
    assert 0 < probe.answer < 30


def test_an_answer_that_is_too_long_keeps_one_token_before_it(config):
    long = replace(example(0), messages=[*example(0).messages[:-1], {"role": "assistant", "content": "room " * 400}])
    probe = prepare([long], tokenizer(), config).probes[0]
    assert probe.answer == probe.room - 1 == len(probe.shown) - 1


@pytest.mark.parametrize(("ends", "more"), [(None, set()), (7, {7}), ([7, 8], {7, 8})])
def test_an_answer_ends_where_tokenizer_or_model_says(config, ends, more):
    assert trial(config, eos_token_id=ends).stop == {tokenizer().eos_token_id, *more}


def test_a_large_vocabulary_is_looked_at_in_fewer_places(config, monkeypatch):
    shown = sum(len(probe.shown) for probe in trial(config).probes)
    monkeypatch.setattr(probes, "MOST_LOGITS", shown * config.vocab_size // 3)
    assert trial(config).apart == 3


def test_an_observation_judges_the_answer_alone():
    scores = np.log(np.array([[0.5, 0.5], [0.25, 0.75], [0.9, 0.1]], dtype=np.float32))
    probe = Probe([], "", "", [], [0, 1, 1], answer=2, room=9)
    observed = observation(scores, probe, [1], apart=2)
    assert observed.nll == pytest.approx([-math.log(0.5), -math.log(0.75)], rel=1e-6)
    assert observed.likeliest.tolist() == [0, 1, 0]
    assert observed.logits.shape == (2, 2)


def test_likeness_counts_what_differs():
    one, two = seen([[0, 1], [0, 1]], nll=[0.0]), seen([[0, 1], [3, 1]], nll=[2.0], greedy=(2,))
    likeness = compare([one, one], [one, two])
    assert likeness.max_logit_difference == 3
    assert (likeness.argmax_equal, likeness.places) == (3, 4)
    assert likeness.figures()["argmax_agreement"] == 0.75
    assert (likeness.reference_perplexity, likeness.perplexity) == (1, pytest.approx(math.e))
    assert (likeness.greedy_equal, likeness.probes) == (1, 2)


def test_a_number_that_is_none_is_not_hidden_by_a_maximum():
    likeness = compare([seen([[0, 1]])] * 2, [seen([[math.nan, 1]]), seen([[0, 1]])])
    assert math.isnan(likeness.max_logit_difference)


@pytest.mark.parametrize(("number", "kept"), [(1 / 3, 0.333333), (123456.789, 123457.0), (1.23456789e-5, 1.23457e-5)])
def test_figures_have_six_digits(number, kept):
    assert rounded(number) == kept


@pytest.mark.parametrize(("size", "used"), [(probes.SMALL - 1, 1), (probes.SMALL, 4)])
def test_several_threads_are_for_large_models(size, used):
    assert worthwhile(4, size) == used
