"""The offline teacher."""

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loramake.teachers.calls import Call
from loramake.teachers.offline import Rules, best_pairs
from loramake.teachers.prompts import qa_schema

HANDBOOK = """\
## Company cards

A company card is a card for travel alone. If you lose the card, block it in the app first.
The card must be returned within 14 days.

- Head: Daniel Osei
- Telephone: +44 1632 960125

| Kind | Limit |
| --- | --- |
| Breakfast | 12 pounds |

1. Open the form.
2. Choose a kind.

```sh
card --is a "command that nobody asks about"
```
"""


def ask(text: str, pairs: int = 20, section: str | None = None) -> list[str]:
    return [pair.question for pair in best_pairs(Call("qa", text, section, {}, pairs, [], qa_schema(pairs)))]


def test_every_kind_of_block_is_asked_about_the_best_first():
    assert ask(HANDBOOK) == [
        "What is a company card?",
        'What are the steps under "Company cards"?',
        "What should I do if I lose the card?",
        "Who is the head of company cards?",
        "What is the telephone number of company cards?",
        "How soon must the card be returned?",
        "What is the limit for Breakfast?",
    ]


def test_no_more_pairs_than_are_wanted():
    assert ask(HANDBOOK, pairs=2) == ["What is a company card?", 'What are the steps under "Company cards"?']


def test_every_answer_is_quoted_from_the_passage():
    for pair in best_pairs(Call("qa", HANDBOOK, None, {}, 20, [], {})):
        words = {word.strip('.,:;"').lower() for word in pair.answer.split()}
        assert {word for word in words if word not in HANDBOOK.lower()} <= {"of", "number"}


def test_a_sentence_is_asked_about_once():
    assert ask("A winch is a drum of steel that must be oiled within 30 days.") == ["What is a winch?"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Winches 3\nRopes 4\nIndex 9",
        "```\nA winch is a drum.\n```",
        "It is a drum. They are ropes. This is a page.",
        "Die Winde ist eine Trommel, und der Mast ist nicht von Holz. Das Boot ist ein Schiff mit Mast.",
        "ロープは道具です。" * 5,
        "x = {'a': 1}; y <- f(x)",
        "\f \t\n",
    ],
)
def test_nothing_sensible_gives_nothing(text: str):
    assert ask(text) == []


def test_a_passage_that_goes_on_with_a_section_is_not_asked_what_the_section_is():
    assert ask("Rope lasts when it is kept dry and clean. Nobody doubts it.", section="Care of ropes") == []
    assert ask("## Care of ropes\n\nRope lasts when kept dry. Nobody doubts it.") == [
        "Can you tell me about care of ropes?"
    ]


def test_a_list_that_began_elsewhere_is_no_answer_but_its_sentences_are():
    steps = "4. The manager answers within three days.\n5. Put it away."
    assert ask(steps, section="How to ask") == ["How soon does the manager answer?"]


def test_the_last_part_of_a_section_path_is_the_topic():
    assert ask("- Owner: Ada Quill", section="Handbook > Ropes") == ["Who is the owner of ropes?"]


def test_the_same_passage_gives_the_same_bytes():
    call = Call("qa", HANDBOOK, None, {}, 9, [], qa_schema(9))
    assert Rules().answer(call) == Rules().answer(call)
    assert Rules().knows(call) and json.loads(Rules().answer(call).content)["pairs"]


@pytest.mark.parametrize(
    "text",
    ["**" * 4000, "| " * 4000, "[a](" * 2000, "A is a " * 900, "If a b c, or d, " * 400, "# " * 4000, "Key: " * 1500],
)
def test_hostile_text_takes_no_time(text: str):
    begun = time.process_time()
    ask(text)
    assert time.process_time() - begun < 2


SAID = "A If To is means the you card lose locks , . : ; within 30 days by not - 1. # | ** ` ``` ( How when"
MARKS = ["| --- |", "when it", "Key: x", "\n", "\n\n", "\f", " ", "\u2028", '"']


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*SAID.split(), *MARKS]), max_size=60), st.booleans())
def test_no_text_is_too_odd(words: list[str], spaced: bool):
    text = (" " if spaced else "").join(words)
    pairs = json.loads(Rules().answer(Call("qa", text, "A > B", {}, 9, [], qa_schema(9))).content)["pairs"]
    assert all(pair["question"].strip() and pair["answer"].strip() for pair in pairs)
