import pytest

import tiny_llama
from loramake.errors import TrainingError
from loramake.training.chat import IGNORED, encode, end_ids, prompt_ids

TURNS = [{"role": "user", "content": "Is it cold?"}, {"role": "assistant", "content": "The heating is cold."}]


def trained_text(messages: list[dict[str, str]]) -> str:
    tokenizer = tiny_llama.tokenizer()
    return tokenizer.decode([label for label in encode(tokenizer, messages).labels if label != IGNORED])


def test_only_what_the_assistant_says_is_learnt_and_its_end():
    assert trained_text(TURNS) == "The heating is cold.<|end|>"


def test_every_turn_of_the_assistant_is_learnt():
    assert (
        trained_text([*TURNS, TURNS[0], {"role": "assistant", "content": "Yes."}])
        == "The heating is cold.<|end|>Yes.<|end|>"
    )


def test_the_system_is_heard_and_not_learnt():
    turns = [{"role": "system", "content": "Be terse."}, *TURNS, TURNS[0], {"role": "assistant", "content": "Yes."}]
    ids = encode(tiny_llama.tokenizer(), turns).input_ids
    assert tiny_llama.tokenizer().decode(ids).startswith("<|system|>Be terse.<|end|><|user|>")
    assert trained_text(turns) == "The heating is cold.<|end|>Yes.<|end|>"


def test_a_prompt_is_the_beginning_of_the_conversation():
    tokenizer = tiny_llama.tokenizer()
    ids, prompt = encode(tokenizer, TURNS).input_ids, prompt_ids(tokenizer, TURNS[:1])
    assert ids[: len(prompt)] == prompt
    assert tokenizer.decode(prompt).endswith("<|assistant|>")


def test_a_conversation_without_an_answer_trains_nothing():
    assert encode(tiny_llama.tokenizer(), TURNS[:1]).trained == 0


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% for m in messages %}{{ m['content'] }}{% endfor %}", "ends no turn"),
        (
            "{{ messages | length }}{% for m in messages %}{{ m['content'] }}<|end|>{% endfor %}",
            "rewrites earlier turns",
        ),
        ("{{ raise_exception('System role not supported') }}", "refuses a conversation: System role not supported"),
    ],
)
def test_a_template_that_would_teach_wrongly_is_refused(template: str, message: str):
    tokenizer = tiny_llama.changed()
    tokenizer.chat_template = template
    with pytest.raises(TrainingError, match=message):
        encode(tokenizer, TURNS)


def test_what_follows_the_end_of_a_turn_is_not_learnt():
    tokenizer = tiny_llama.changed()
    turns = "{% for m in messages %}<|{{ m['role'] }}|>{{ m['content'] }}<|end|>\n{% endfor %}"
    tokenizer.chat_template = turns + "{% if add_generation_prompt %}<|assistant|>{% endif %}"
    labels = [label for label in encode(tokenizer, TURNS).labels if label != IGNORED]
    assert labels[-1] in end_ids(tokenizer)
