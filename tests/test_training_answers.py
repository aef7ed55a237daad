import math

import pytest

import tiny_llama
from loramake.training.answers import answer_loss, as_object, greedy_answers, majority_answers, perplexity, score

RIGHT, WRONG = '{"crew": "port", "n": 1}', '{"crew": "starboard", "n": 1}'


@pytest.mark.parametrize(
    ("answers", "expected", "figures"),
    [
        ([RIGHT], [RIGHT], {"exact_match": 1.0, "valid_json": 1.0, "fields": {"crew": 1.0, "n": 1.0}}),
        ([WRONG], [RIGHT], {"exact_match": 0.0, "valid_json": 1.0, "fields": {"crew": 0.0, "n": 1.0}}),
        (["port"], [RIGHT], {"exact_match": 0.0, "valid_json": 0.0, "fields": {"crew": 0.0, "n": 0.0}}),
        (["yes", "no"], ["yes", "yes"], {"exact_match": 0.5, "valid_json": None, "fields": {}}),
        ([], [], {"exact_match": 0.0, "valid_json": None, "fields": {}}),
    ],
)
def test_scores(answers, expected, figures):
    assert score(answers, expected) == {"n": len(expected), **figures}


def test_the_majority_is_what_was_seen_most_in_training_and_field_by_field():
    figures = majority_answers([RIGHT, RIGHT, WRONG], [WRONG, WRONG, RIGHT, RIGHT])
    assert figures["exact_match"] == 0.5
    assert figures["fields"] == {"crew": 0.5, "n": 1.0}


def test_without_training_there_is_no_majority():
    assert majority_answers([], [RIGHT])["exact_match"] == 0.0


@pytest.mark.parametrize(("text", "value"), [('{"a": 1}', {"a": 1}), ("[1]", None), ("", None), ("{", None)])
def test_only_an_object_is_an_object(text, value):
    assert as_object(text) == value


def test_perplexity_is_of_tokens_not_of_examples():
    assert perplexity([(math.log(4) * 3, 3), (0.0, 1)]) == pytest.approx(4**0.75)
    assert perplexity([]) is None


def test_answers_do_not_depend_on_their_batch():
    model, tokenizer = tiny_llama.llama(vocab_size=len(tiny_llama.tokenizer())), tiny_llama.tokenizer()
    examples = [tiny_llama.example(number) for number in range(5)]
    alone, together = (greedy_answers(model, tokenizer, examples, 6, batch) for batch in (1, 5))
    assert alone == together


def test_the_loss_is_taken_on_the_answer_alone():
    model, tokenizer, example = tiny_llama.llama(), tiny_llama.tokenizer(), tiny_llama.example(1)
    loss, count = answer_loss(model, tokenizer, example)
    assert count == len(tokenizer(example.messages[-1]["content"])["input_ids"]) + 1
    assert loss > 0
