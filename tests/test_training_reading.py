import json
import random

from loramake.training.reading import frequent_words, reading_conversation

WORDS = frequent_words(["timber timber sails sails anchor pump ballast caulking rigging paint " * 3])


def test_frequent_words_come_by_count_and_then_by_spelling():
    assert frequent_words(["sails sails anchor pump paint anchor sails"]) == ["sails", "anchor", "paint", "pump"]
    assert frequent_words(["!"])


def test_the_answer_stands_in_the_record():
    for seed in range(50):
        question, answer = reading_conversation(WORDS, random.Random(seed))
        for key, value in json.loads(answer["content"]).items():
            assert key in question["content"]
            assert value in question["content"]


def test_the_same_seed_gives_the_same_record():
    assert reading_conversation(WORDS, random.Random(3)) == reading_conversation(WORDS, random.Random(3))


def test_a_text_of_few_words_is_enough():
    assert reading_conversation(["alone"], random.Random(0))
